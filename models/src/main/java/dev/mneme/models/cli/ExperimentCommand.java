package dev.mneme.models.cli;

import dev.mneme.models.Json;
import dev.mneme.models.experiment.Experiment;
import dev.mneme.models.experiment.ExperimentConfig;
import dev.mneme.models.report.ReportTable;
import dev.mneme.torch.Native;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "experiment", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Train several arms from several seeds and compare them.", "The file names seeds, corpus, shared settings and arms, as"
            + " models/experiments/*.json do. Called again with the same --out, it goes on where it stopped."})
final class ExperimentCommand implements Callable<Integer> {
    @Parameters(arity = "1", paramLabel = "<file>", description = "the experiment, as JSON")
    private Path file;

    @Option(names = "--out", paramLabel = "<folder>", description = "where everything goes (runs/<name of the file>)")
    private Path out;

    @Option(names = "--workers", paramLabel = "<N>", description = "arms trained at the same time, a thread each (the cores)")
    private int workers;

    @Override
    public Integer call() throws Exception {
        ExperimentConfig config = Json.convert(Json.read(file), ExperimentConfig.class, file.toString());
        Path folder = out != null ? out : Path.of(System.getProperty("mneme.runs", "runs"),
                file.getFileName().toString().replaceFirst("\\.json$", ""));
        OutFolder.check(folder);
        Native.load();
        try (var interruption = new Interruption()) {
            int arms = workers > 0 ? workers : Runtime.getRuntime().availableProcessors();
            var report = new Experiment(config, folder, arms, System.out, interruption).run();
            if (report.isEmpty()) {
                System.out.println("Stopped. Go on with: mneme experiment " + file + " --out " + folder);
                return 0;
            }
            System.out.println(ReportTable.text(report.get()));
            System.out.println(Experiment.differences(report.get(), config.reference()));
            System.out.println("Report: " + folder.resolve("report.html"));
            return 0;
        }
    }
}
