package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.WriteLock;
import dev.mneme.models.report.HtmlReport;
import dev.mneme.models.report.Report;
import dev.mneme.models.report.ReportTable;
import dev.mneme.models.train.demo.Demo;
import dev.mneme.models.train.demo.DemoConfig;
import dev.mneme.torch.DType;
import dev.mneme.torch.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"The paper's comparison in a few minutes, from nothing.",
            "Trains a small BERT on synthetic biographies without memory, with a wider feed-forward block, and with",
            "product-key memory in its place or beside it, from scratch and from pretrained."})
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--quick", description = "a run of half a minute, too short to show anything")
    private boolean quick;

    @Option(names = "--seeds", defaultValue = "1", paramLabel = "<n>", description = "repeat everything with n seeds (${DEFAULT-VALUE})")
    private int seeds;

    @Option(names = "--out", defaultValue = "${sys:mneme.runs:-runs}/demo", paramLabel = "<folder>",
            description = "where report.json and report.html go (${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "<n>", description = "arms trained at a time, each on one core; 0 for as many as there are cores")
    private int threads;

    @Option(names = "--value-dtype", defaultValue = "float32", paramLabel = "<dtype>",
            description = "of the memories' values: float32 or bfloat16 (${DEFAULT-VALUE})")
    private String valueDtype;

    @Override
    public Integer call() throws Exception {
        if (seeds < 1 || threads < 0) {
            throw new InputException("run the demo with " + seeds + " seeds and " + threads + " threads", "one is out of range",
                    "give at least 1 seed and 0 threads");
        }
        DType values = switch (valueDtype) {
            case "float32" -> DType.FLOAT32;
            case "bfloat16" -> DType.BFLOAT16;
            default -> throw new InputException("run the demo with values of dtype " + valueDtype, "there is no such table",
                    "give float32 or bfloat16");
        };
        OutFolder.check(out);
        for (String other : new String[] {"run.json", "experiment.json"}) {
            if (Files.exists(out.resolve(other))) {
                throw new InputException("write the demo's report to " + out, "it holds the report of another command (" + other + ")",
                        "choose another with --out");
            }
        }
        Native.load();
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        DemoConfig config = (quick ? DemoConfig.QUICK : DemoConfig.FULL).withValueDtype(values);
        try (var lock = WriteLock.in(out); var interruption = new Interruption()) { // before the minutes of training
            Report report = new Demo(config, workers, System.out, interruption).run(LongStream.rangeClosed(1, seeds).boxed().toList());
            Json.write(out.resolve("report.json"), report);
            HtmlReport.write(out.resolve("report.html"), report);
            System.out.println();
            System.out.println(ReportTable.text(report));
            System.out.printf(Locale.ROOT, "%n%.0f seconds. Reports: %s, %s%n", report.seconds(), out.resolve("report.json"),
                    out.resolve("report.html"));
            return 0;
        }
    }
}
