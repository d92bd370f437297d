package dev.mneme.models.text.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Decimals;
import dev.mneme.models.text.TextCorpus;
import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// The tasks of GLUE (Wang et al., 2018, table 1) in the official format: TSV in which quotes are literal, columns by the names of the
/// header. Only CoLA's train and dev files have no header; their columns are source, label, star and sentence.
///
/// Labels are those of the files, in the order of Hugging Face's data set `glue`, so that class numbers agree with its models.
public enum GlueTask {
    COLA("CoLA", "sentence", null, "label", List.of("0", "1"), "matthews_correlation"),
    SST2("SST-2", "sentence", null, "label", List.of("0", "1"), "accuracy"),
    MRPC("MRPC", "#1 String", "#2 String", "Quality", List.of("0", "1"), "accuracy", "f1"),
    STSB("STS-B", "sentence1", "sentence2", "score", List.of(), "pearson", "spearman"),
    QQP("QQP", "question1", "question2", "is_duplicate", List.of("0", "1"), "accuracy", "f1"),
    MNLI("MNLI", "sentence1", "sentence2", "gold_label", List.of("entailment", "neutral", "contradiction"), "accuracy"),
    QNLI("QNLI", "question", "sentence", "label", List.of("entailment", "not_entailment"), "accuracy"),
    RTE("RTE", "sentence1", "sentence2", "label", List.of("entailment", "not_entailment"), "accuracy"),
    WNLI("WNLI", "sentence1", "sentence2", "label", List.of("0", "1"), "accuracy");

    /// A part of a task's data. [#DEV] and [#TEST] are MNLI's matched parts; only MNLI has the mismatched ones.
    public enum Split {
        TRAIN, DEV, DEV_MISMATCHED, TEST, TEST_MISMATCHED;

        /// Whether the file has labels: GLUE keeps those of its test sets.
        public boolean labelled() {
            return this != TEST && this != TEST_MISMATCHED;
        }

        private boolean mismatched() {
            return this == DEV_MISMATCHED || this == TEST_MISMATCHED;
        }
    }

    /// What a file has.
    ///
    /// @param skipped the lines of QQP that were passed over; see [GlueTask#read]
    public record Examples(List<TextExample> examples, int skipped) {}

    /// The highest score of STS-B; the lowest is 0.
    public static final double MAX_SCORE = 5;

    private static final List<String> COLA_COLUMNS = List.of("source", "label", "star", "sentence");

    private final String officialName;
    private final String first;
    private final String second;
    private final String label;
    private final List<String> labels;
    private final List<String> metrics;

    GlueTask(String officialName, String first, String second, String label, List<String> labels, String... metrics) {
        this.officialName = officialName;
        this.first = first;
        this.second = second;
        this.label = label;
        this.labels = labels;
        this.metrics = List.of(metrics);
    }

    /// As GLUE writes it, and calls the task's folder: `SST-2`.
    public String officialName() {
        return officialName;
    }

    /// Whether the task is to score instead of to classify.
    public boolean regression() {
        return labels.isEmpty();
    }

    /// Whether an example is two texts.
    public boolean pairs() {
        return second != null;
    }

    /// The classes, by their number; none for regression.
    public List<String> labels() {
        return labels;
    }

    /// The official measures, of which the first one selects the best model.
    public List<String> metrics() {
        return metrics;
    }

    /// The official name of the file that has a part of the data.
    ///
    /// @throws InputException if the task has no such part
    public String fileName(Split split) {
        return switch (checked(split)) {
            case TRAIN -> "train.tsv";
            case DEV -> this == MNLI ? "dev_matched.tsv" : "dev.tsv";
            case TEST -> this == MNLI ? "test_matched.tsv" : "test.tsv";
            case DEV_MISMATCHED -> "dev_mismatched.tsv";
            case TEST_MISMATCHED -> "test_mismatched.tsv";
        };
    }

    /// Reads a part of the data. A blank label is a missing one. Ids are the file's (`index` or `id`), or else the number of the row, from 0.
    ///
    /// A line with another number of fields than the header is refused, except in QQP's train and dev files: some of its questions hold
    /// line breaks, which cut their records in pieces (issue 5 of nyu-mll/GLUE-baselines shows line 97,931 of train.tsv, the second half of
    /// one). Such pieces are passed over, as the reference readers do, and counted. Test files must be whole, or predictions would
    /// be sent in for other lines than their own; of a test file labels are not read.
    ///
    /// @param folderOrFile the task's folder in the GLUE download, or a file in the format of the part's file, which may be packed
    /// @throws InputException if the file is missing, has not the task's columns, has no examples, or at its first bad line
    public Examples read(Path folderOrFile, Split split) {
        Path file = Files.isDirectory(folderOrFile) ? folderOrFile.resolve(fileName(split)) : folderOrFile;
        String asked = "read " + file + " as " + fileName(split) + " of " + officialName;
        String remedy = "give the folder or file of the GLUE download";
        List<String> header = this == COLA && split.labelled() ? COLA_COLUMNS : null;
        List<String> wanted = Stream.of(first, second, split.labelled() ? label : null).filter(Objects::nonNull).toList();
        var ragged = this == QQP && split.labelled() ? SeparatedRows.Ragged.SKIPPED : SeparatedRows.Ragged.REFUSED;
        var records = new Records.Tabs(file, TextCorpus.MAX_LINE_BYTES);
        try (SeparatedRows rows = new SeparatedRows(asked, records, header, wanted, remedy, ragged)) {
            String id = rows.has("index") ? "index" : rows.has("id") ? "id" : null;
            List<TextExample> examples = new ArrayList<>();
            while (rows.next()) {
                examples.add(new TextExample(id == null ? Integer.toString(examples.size()) : rows.text(id), rows.text(first),
                        second == null ? null : rows.text(second), split.labelled() ? label(rows) : null, rows.origin(label)));
            }
            if (examples.isEmpty()) {
                throw new InputException(asked, "it has no examples", remedy);
            }
            return new Examples(List.copyOf(examples), rows.skipped());
        }
    }

    private String label(Rows rows) {
        String text = rows.label(label);
        if (text == null || labels.contains(text)) {
            return text;
        }
        if (!regression()) {
            throw rows.origin(label).badLabel(text, "which is none of " + labels, "use one of them");
        }
        OptionalDouble score = Decimals.number(text);
        if (score.isEmpty() || score.getAsDouble() < 0 || score.getAsDouble() > MAX_SCORE) {
            throw rows.origin(label).badLabel(text, "which is no number from 0 to 5", "use one");
        }
        return text;
    }

    /// Writes predictions for a test set as the GLUE server takes them: `index` and `prediction`, in the order of the test file.
    ///
    /// @param split [Split#TEST] or [Split#TEST_MISMATCHED]
    /// @param predictions some of [#labels], one for each example
    /// @return the file, whose name is the official one: `CoLA.tsv`, `MNLI-mm.tsv`
    public Path writeSubmission(Path folder, Split split, List<String> predictions) throws IOException {
        for (String prediction : predictions) {
            if (!labels.contains(prediction)) {
                throw new IllegalArgumentException(prediction + " is none of the labels " + labels + " of " + officialName);
            }
        }
        return write(folder, split, predictions);
    }

    /// Writes predictions for the test set of STS-B as the GLUE server takes them: with three decimals, cut to 0 and 5.
    ///
    /// @param scores one for each example
    public Path writeSubmission(Path folder, double[] scores) throws IOException {
        if (!regression() || Arrays.stream(scores).anyMatch(Double::isNaN)) {
            throw new IllegalArgumentException(regression() ? "a score is no number" : officialName + " has no scores");
        }
        return write(folder, Split.TEST, Arrays.stream(scores)
                .mapToObj(score -> String.format(Locale.ROOT, "%.3f", Math.clamp(score, 0.0, MAX_SCORE)))
                .toList());
    }

    private Path write(Path folder, Split split, List<String> predictions) throws IOException {
        if (checked(split).labelled()) {
            throw new IllegalArgumentException(split + " is no test set");
        }
        List<String> lines = new ArrayList<>(List.of("index\tprediction"));
        for (String prediction : predictions) {
            lines.add((lines.size() - 1) + "\t" + prediction);
        }
        String matching = this != MNLI ? "" : split.mismatched() ? "-mm" : "-m";
        Path file = folder.resolve(officialName + matching + ".tsv");
        AtomicFile.write(file, String.join("\n", lines) + "\n");
        return file;
    }

    /// The label of two that F1 is of (MRPC, QQP).
    public static final String POSITIVE = "1";

    private Split checked(Split split) {
        if (split.mismatched() && this != MNLI) {
            throw new InputException("find the data " + split.name().toLowerCase(Locale.ROOT) + " of " + officialName,
                    "only MNLI has mismatched data", "name train, dev or test");
        }
        return split;
    }
}
