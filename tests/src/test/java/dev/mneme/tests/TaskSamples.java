package dev.mneme.tests;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Small tasks for fine-tuning, each of which one word of a text decides, and a small model to start from.
final class TaskSamples {
    private static final List<String> WORDS = List.of("the", "cat", "sat", "on", "mat", "house", "ran", "to", "a", "tree", "of", "sun");
    static final List<String> COLOURS = List.of("red", "blue");

    /// A model that has seen [Samples#corpus] for some steps: one layer of width 32, 32 positions, a residual memory of 64 slots.
    static Path pretrained(Path folder) throws IOException {
        ObjectNode settings = Samples.withMemory(Samples.settings("steps", 40, "evaluate_every", 40, "checkpoint_every", 40));
        Samples.train(folder.resolve("pretrained"), Samples.corpus(folder), settings);
        return folder.resolve("pretrained");
    }

    /// Flags with which the small model learns a small task.
    static final List<String> SETTINGS = List.of("--max-length", "32", "--batch-size", "16", "--learning-rate", "5e-3", "--epochs", "4",
            "--threads", "1");

    /// The arguments of `finetune`: the settings, with others after them.
    static String[] finetune(Path from, String task, Path out, String... more) {
        return Stream.of(List.of("finetune", "--from", from.toString(), "--task", task, "--out", out.toString()), withDefaults(more))
                .flatMap(List::stream).toArray(String[]::new);
    }

    private static List<String> withDefaults(String... more) {
        var all = new ArrayList<>(List.of(more));
        for (int i = 0; i < SETTINGS.size(); i += 2) {
            if (!all.contains(SETTINGS.get(i))) {
                all.addAll(SETTINGS.subList(i, i + 2));
            }
        }
        return all;
    }

    /// @param colour which of [#COLOURS] the text has, or -1 for none
    static List<String> text(Random random, int colour) {
        var words = new ArrayList<>(Stream.generate(() -> WORDS.get(random.nextInt(WORDS.size()))).limit(4 + random.nextInt(3)).toList());
        if (colour >= 0) {
            words.add(random.nextInt(words.size() + 1), COLOURS.get(colour));
        }
        return words;
    }

    private interface Row {
        String of(int index, int colour, String text);
    }

    /// A file of lines; the colour of each text is drawn.
    private static void rows(Path file, String header, int count, long seed, Row row) throws IOException {
        var random = new Random(seed);
        var lines = new ArrayList<>(List.of(header));
        for (int i = 0; i < count; i++) {
            int colour = random.nextInt(2);
            lines.add(row.of(i, colour, String.join(" ", text(random, colour))));
        }
        Files.write(file, lines);
    }

    /// SST-2 in GLUE's files: blue is positive.
    static Path sst2(Path folder) throws IOException {
        Path sst2 = Files.createDirectory(folder.resolve("SST-2"));
        rows(sst2.resolve("train.tsv"), "sentence\tlabel", 240, 1, (i, colour, text) -> text + "\t" + colour);
        rows(sst2.resolve("dev.tsv"), "sentence\tlabel", 60, 2, (i, colour, text) -> text + "\t" + colour);
        rows(sst2.resolve("test.tsv"), "index\tsentence", 40, 3, (i, colour, text) -> i + "\t" + text);
        return sst2;
    }

    /// RTE in GLUE's files: red entails everything.
    static Path rte(Path folder) throws IOException {
        Path rte = Files.createDirectory(folder.resolve("RTE"));
        Row row = (i, colour, text) -> i + "\ta cat\t" + text + "\t" + (colour == 0 ? "entailment" : "not_entailment");
        rows(rte.resolve("train.tsv"), "index\tsentence1\tsentence2\tlabel", 240, 4, row);
        rows(rte.resolve("dev.tsv"), "index\tsentence1\tsentence2\tlabel", 60, 5, row);
        return rte;
    }

    /// MNLI in GLUE's files: red entails everything, and blue contradicts it; only the columns that are read.
    static Path mnli(Path folder) throws IOException {
        Path mnli = Files.createDirectory(folder.resolve("MNLI"));
        Row row = (i, colour, text) -> i + "\t" + text + "\ta cat\t" + (colour == 0 ? "entailment" : "contradiction");
        rows(mnli.resolve("train.tsv"), "index\tsentence1\tsentence2\tgold_label", 240, 6, row);
        rows(mnli.resolve("dev_matched.tsv"), "index\tsentence1\tsentence2\tgold_label", 60, 7, row);
        rows(mnli.resolve("dev_mismatched.tsv"), "index\tsentence1\tsentence2\tgold_label", 50, 8, row);
        rows(mnli.resolve("test_matched.tsv"), "index\tsentence1\tsentence2", 30, 9, (i, colour, text) -> i + "\t" + text + "\ta cat");
        rows(mnli.resolve("test_mismatched.tsv"), "index\tsentence1\tsentence2", 20, 10, (i, colour, text) -> i + "\t" + text + "\ta cat");
        return mnli;
    }

    /// STS-B in GLUE's files: red is 1.0, blue is 4.5.
    static Path stsb(Path folder) throws IOException {
        Path stsb = Files.createDirectory(folder.resolve("STS-B"));
        Row row = (i, colour, text) -> i + "\t" + text + "\ta cat\t" + (colour == 0 ? "1.0" : "4.5");
        rows(stsb.resolve("train.tsv"), "index\tsentence1\tsentence2\tscore", 240, 11, row);
        rows(stsb.resolve("dev.tsv"), "index\tsentence1\tsentence2\tscore", 60, 12, row);
        rows(stsb.resolve("test.tsv"), "index\tsentence1\tsentence2", 30, 13, (i, colour, text) -> i + "\t" + text + "\ta cat");
        return stsb;
    }

    /// Commas, quotes and a label between the texts: `review`, `stars`, `name`.
    static Path csv(Path file, int count, long seed, List<String> labels) throws IOException {
        rows(file, "name,stars,review", count, seed, (i, colour, text) -> "r" + i + "," + labels.get(colour) + ",\"" + text + ", \"\"so\"\"\"");
        return file;
    }

    /// Words with tags, as JSON lines: a colour is an entity, and all else is none.
    static Path tagged(Path file, int count, long seed) throws IOException {
        var random = new Random(seed);
        var lines = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            List<String> words = text(random, random.nextInt(3) - 1);
            ObjectNode node = Json.object();
            ArrayNode ofWords = node.putArray("words");
            ArrayNode tags = node.putArray("tags");
            for (String word : words) {
                ofWords.add(word);
                tags.add(COLOURS.contains(word) ? "B-COLOUR" : "O");
            }
            lines.add(Json.line(node));
        }
        return Files.write(file, lines);
    }

    /// Questions in SQuAD's form, whose answer is the colour, the word after "is".
    ///
    /// @param without whether every third context has no colour, and so its question no answer
    static Path squad(Path file, int count, long seed, boolean without) throws IOException {
        var random = new Random(seed);
        ObjectNode root = Json.object();
        ArrayNode paragraphs = root.put("version", "toy").putArray("data").addObject().put("title", "Toy").putArray("paragraphs");
        for (int i = 0; i < count; i++) {
            boolean impossible = without && i % 3 == 0;
            String colour = COLOURS.get(random.nextInt(2));
            String before = String.join(" ", text(random, -1));
            String context = before + (impossible ? " ran to " : " is " + colour + " ") + String.join(" ", text(random, -1));
            ObjectNode paragraph = paragraphs.addObject().put("context", context);
            ObjectNode question = paragraph.putArray("qas").addObject().put("id", "q" + i).put("question", "the tree of");
            ArrayNode answers = question.putArray("answers");
            if (!impossible) {
                answers.addObject().put("text", colour).put("answer_start", before.length() + " is ".length());
            }
            if (without) {
                question.put("is_impossible", impossible);
            }
        }
        Json.write(file, root);
        return file;
    }

    private TaskSamples() {}
}
