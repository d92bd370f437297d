package dev.mneme.models.train.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.tasks.Example;
import dev.mneme.models.text.tasks.GlueTask;
import dev.mneme.models.text.tasks.Origin;
import dev.mneme.models.text.tasks.Question;
import dev.mneme.models.text.tasks.Squad;
import dev.mneme.models.text.tasks.Table;
import dev.mneme.models.text.tasks.TaggedExample;
import dev.mneme.models.text.tasks.TextExample;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.torch.internal.Sha256;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a task's files. Where labels are asked for, every example that it gives has one.
final class TaskFiles {
    private static final String TRAINING = "give it one, or leave it out";
    private static final String MEASURING = TRAINING + ", or evaluate with --missing-labels skip";

    private final Task task;
    private final FineTuneConfig config;
    private final PrintStream out;
    private final MissingLabels missing;
    private final String remedy;
    private int unlabelled;

    private TaskFiles(Task task, FineTuneConfig config, PrintStream out, MissingLabels missing, String remedy) {
        this.task = task;
        this.config = config;
        this.out = out;
        this.missing = missing;
        this.remedy = remedy;
    }

    /// @param out is told what was passed over
    static TaskFiles toTrain(Task task, FineTuneConfig config, PrintStream out) {
        return new TaskFiles(task, config, out, MissingLabels.REFUSE, TRAINING);
    }

    /// @param out is told what was passed over
    static TaskFiles toMeasure(Task task, FineTuneConfig config, PrintStream out, MissingLabels missing) {
        return new TaskFiles(task, config, out, missing, MEASURING);
    }

    /// How many examples were passed over because they have no label.
    int unlabelled() {
        return unlabelled;
    }

    /// What is trained on.
    ///
    /// @param head that the data asks for: of a user's own table, its labels in the order of the alphabet
    record Training(TaskHead head, TaskData data) {}

    /// @param file or a folder with the task's official files
    /// @param before the labels of the model that training starts from: of the same ones the order stays, which is that of its head's rows
    Training training(Path file, InputEncoder encoder, List<String> before) {
        if (task.kind() == TaskHead.Kind.TAGGING) {
            List<TaggedExample> examples = tagged(file, true);
            examples.forEach(example -> example.tags().forEach(tag -> {
                requireText(example.origin(), tag);
                if (!tag.equals("O") && !tag.matches("(?s)[BI]-.+")) {
                    throw example.origin().badLabel(tag, "which is no IOB2 tag", "give O, B-type or I-type, type being any name");
                }
            }));
            var head = new TaskHead(task.kind(), ordered(labels(examples.stream().flatMap(e -> e.tags().stream())), before));
            return new Training(head, new TaggedData(examples, encoder, head));
        } else if (task == Task.CLASSIFICATION) {
            List<TextExample> examples = texts(file, true);
            examples.forEach(example -> requireText(example.origin(), example.label()));
            var head = new TaskHead(task.kind(), ordered(labels(examples.stream().map(TextExample::label)), before));
            return new Training(head, new TextData(examples, encoder, head, task.metrics()));
        }
        TaskHead head = switch (task.kind()) {
            case SPANS -> TaskHead.spans();
            case REGRESSION -> TaskHead.regression();
            case CLASSIFICATION, TAGGING -> new TaskHead(task.kind(), ordered(task.glue().labels(), before));
        };
        return new Training(head, data(file, GlueTask.Split.TRAIN, encoder, head).get(""));
    }

    /// A label is written to the model's files.
    private static void requireText(Origin origin, String label) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(label)) {
            throw origin.badLabel(label, "which has half of a surrogate pair, and no text has that", "mend it there");
        }
    }

    private static List<String> ordered(List<String> labels, List<String> before) {
        return Set.copyOf(labels).equals(Set.copyOf(before)) ? before : labels;
    }

    private static List<String> labels(Stream<String> all) {
        return all.distinct().sorted().toList();
    }

    /// @param file or a folder with the task's official files
    /// @return by the suffix of their metrics' names: MNLI has two sets
    Map<String, TaskData> data(Path file, GlueTask.Split split, InputEncoder encoder, TaskHead head) {
        var sets = new LinkedHashMap<String, TaskData>();
        if (task.glue() == null) {
            sets.put("", data(file, split.labelled(), encoder, head));
        } else {
            sets.put("", new TextData(examples(file, split), encoder, head, task.metrics()));
            if (task == Task.MNLI && split == GlueTask.Split.DEV && Files.isDirectory(file)) {
                sets.put("_mismatched", new TextData(examples(file, GlueTask.Split.DEV_MISMATCHED), encoder, head, task.metrics()));
            }
        }
        return sets;
    }

    /// @param labelled whether a table's labels are read
    private TaskData data(Path file, boolean labelled, InputEncoder encoder, TaskHead head) {
        return switch (task.kind()) {
            case SPANS -> new QuestionData(questions(file, labelled), encoder, config.maxQuestionLength(), config.docStride(),
                    config.rules(task == Task.SQUAD2));
            case TAGGING -> new TaggedData(tagged(file, labelled), encoder, head);
            case CLASSIFICATION, REGRESSION -> new TextData(texts(file, labelled), encoder, head, task.metrics());
        };
    }

    /// What the files of a training hold, as hashes by their paths.
    Map<Path, String> fingerprints(Path train, Path dev) throws IOException {
        var found = new LinkedHashMap<Path, String>();
        add(found, train, GlueTask.Split.TRAIN);
        add(found, dev, GlueTask.Split.DEV);
        if (task == Task.MNLI && Files.isDirectory(dev)) {
            add(found, dev, GlueTask.Split.DEV_MISMATCHED);
        }
        return found;
    }

    private void add(Map<Path, String> found, Path file, GlueTask.Split split) throws IOException {
        Path read = Files.isDirectory(file) ? file.resolve(task.glue().fileName(split)) : file;
        found.put(read, Sha256.of(read));
    }

    private List<Question> questions(Path file, boolean labelled) {
        List<Question> questions = known(file, Squad.read(file), labelled);
        for (Question question : questions) {
            if (labelled && task == Task.SQUAD && question.impossible()) {
                throw question.origin().bad("is impossible, and SQuAD 1.1 has no such questions", "use the task squad2, or leave it out");
            }
        }
        return questions;
    }

    private List<TextExample> texts(Path file, boolean labelled) {
        return known(file, Table.of(file).texts(new Table.TextColumns(orNull(config.idColumn()), config.textColumn(),
                orNull(config.secondColumn()), labelColumn(file, labelled))), labelled);
    }

    private List<TaggedExample> tagged(Path file, boolean labelled) {
        return known(file, Table.of(file).tagged(new Table.TagColumns(orNull(config.idColumn()), config.textColumn(),
                labelColumn(file, labelled))), labelled);
    }

    private String labelColumn(Path file, boolean labelled) {
        if (labelled && orNull(config.labelColumn()) == null) {
            throw new InputException("read the labels of " + file, "no column was named", "name the one that has them with --label-column");
        }
        return labelled ? config.labelColumn() : null;
    }

    /// The examples that have labels, if these are asked for.
    private <E extends Example> List<E> known(Path file, List<E> examples, boolean labelled) {
        if (!labelled) {
            return examples;
        }
        List<E> known = examples.stream().filter(Example::labelled).toList();
        int without = examples.size() - known.size();
        if (without > 0 && missing == MissingLabels.REFUSE) {
            throw examples.stream().filter(e -> !e.labelled()).findFirst().orElseThrow().origin().unlabelled(remedy);
        }
        if (known.isEmpty()) {
            throw new InputException("read the labels of " + file, "none of its " + examples.size() + " examples has one",
                    "give data with labels, or ask for predictions");
        }
        if (without > 0) {
            out.printf(Locale.ROOT, "%s: %d of %d examples have no label and are passed over%n", file, without, examples.size());
            unlabelled += without;
        }
        return known;
    }

    private List<TextExample> examples(Path file, GlueTask.Split split) {
        GlueTask.Examples read = task.glue().read(file, split);
        if (read.skipped() > 0) {
            out.printf(Locale.ROOT, "%s: %d pieces of broken lines passed over%n", file, read.skipped());
        }
        return known(file, read.examples(), split.labelled());
    }

    private static String orNull(String name) {
        return name == null || name.isEmpty() ? null : name;
    }
}
