package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.report.Report;
import dev.mneme.models.report.ReportTable;
import dev.mneme.models.train.experiment.Experiment;
import dev.mneme.models.train.experiment.ExperimentConfig;
import dev.mneme.torch.Native;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "experiment", mixinStandardHelpOptions = true, sortOptions = false,
        customSynopsis = {"mneme experiment <file> [--out <folder>] [--workers <N>]", "mneme experiment --differences <report.json> [--reference <arm>]"},
        description = {"Train several arms from several seeds and compare them.", "The file names seeds, corpus, shared settings and arms, as"
            + " models/experiments/*.json do. Called again with the same --out, it goes on where it stopped."})
final class ExperimentCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "<file>", description = "the experiment, as JSON")
    private Path file;

    @Option(names = "--out", paramLabel = "<folder>", description = "where everything goes (runs/<name of the file>)")
    private Path out;

    @Option(names = "--workers", paramLabel = "<N>", description = "arms trained at the same time, a thread each (the cores)")
    private Integer workers;

    @Option(names = "--differences", paramLabel = "<report.json>",
            description = "train nothing; print how the arms of a report differ, with p-values and their correction")
    private Path report;

    @Option(names = "--reference", paramLabel = "<arm>", defaultValue = "none", description = "the arm to compare with, of --differences (${DEFAULT-VALUE})")
    private String reference;

    @Override
    public Integer call() throws Exception {
        if ((file == null) == (report == null)) {
            throw new InputException("make an experiment", (file == null ? "neither" : "both") + " of its file and --differences "
                    + (file == null ? "was" : "were") + " given", "give one of them");
        }
        if (report != null && (out != null || workers != null)) {
            throw new InputException("print the differences of " + report, (out != null ? "--out" : "--workers") + " was given as well, and nothing is trained",
                    "leave it out");
        }
        if (workers != null && workers < 1) {
            throw new InputException("make an experiment with --workers " + workers, "nobody would train", "give at least 1");
        }
        if (report != null) {
            System.out.print(Experiment.differences(Json.convert(Json.read(report), Report.class, report.toString()), reference));
            return 0;
        }
        ExperimentConfig config = Json.convert(Json.read(file), ExperimentConfig.class, file.toString());
        Path folder = out != null ? out : Path.of(System.getProperty("mneme.runs", "runs"),
                file.getFileName().toString().replaceFirst("\\.json$", ""));
        OutFolder.check(folder);
        Native.load();
        try (var interruption = new Interruption()) {
            int arms = workers != null ? workers : Runtime.getRuntime().availableProcessors();
            Optional<Report> made = new Experiment(config, folder, arms, System.out, interruption).run();
            if (made.isEmpty()) {
                System.out.println("Stopped. Go on with: mneme experiment " + file + " --out " + folder);
                return 0;
            }
            System.out.println(ReportTable.text(made.get()));
            System.out.println(Experiment.differences(made.get(), config.reference()));
            System.out.println("Report: " + folder.resolve("report.html"));
            return 0;
        }
    }
}
