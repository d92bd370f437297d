package dev.mneme.models.zoo.bert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What stands on an encoder to solve a task, as `config.json` tells it (`architectures`, `id2label`, `problem_type`).
///
/// @param labels by their number; one, of any name, for REGRESSION, and none for SPANS
/// @param dropout of what the head reads (`classifier_dropout`), or null for the model's `hidden_dropout_prob`
public record TaskHead(Kind kind, List<String> labels, Double dropout) {
    public enum Kind {
        /// One class of the whole input.
        CLASSIFICATION("ForSequenceClassification"),
        /// A number for the whole input.
        REGRESSION("ForSequenceClassification"),
        /// A class for each word.
        TAGGING("ForTokenClassification"),
        /// Where an answer begins and ends.
        SPANS("ForQuestionAnswering");

        private final String task;

        Kind(String task) {
            this.task = task;
        }

        /// The rest of the class's name in transformers.
        String task() {
            return task;
        }
    }

    private static final String PROBLEM = "problem_type";
    private static final String DROPOUT = "classifier_dropout";

    /// @throws InputException if there are too few labels, or one twice
    public TaskHead {
        labels = List.copyOf(labels);
        if (dropout != null && !(dropout >= 0 && dropout < 1)) {
            throw new InputException("build a model with " + DROPOUT + " " + dropout, "that is not a probability of dropping", "give one from 0 to below 1");
        }
        int least = kind == Kind.SPANS ? 0 : kind == Kind.REGRESSION ? 1 : 2;
        if (labels.size() < least) {
            throw new InputException("build a model for " + kind.name().toLowerCase(Locale.ROOT) + " with the labels " + labels, "they are too few",
                    "give data with at least " + least);
        }
        if (labels.stream().distinct().count() < labels.size()) {
            throw new InputException("build a model with the labels " + labels, "one is there twice", "give each once");
        }
    }

    /// With the model's dropout.
    public TaskHead(Kind kind, List<String> labels) {
        this(kind, labels, null);
    }

    public static TaskHead regression() {
        return new TaskHead(Kind.REGRESSION, List.of("LABEL_0"));
    }

    public static TaskHead spans() {
        return new TaskHead(Kind.SPANS, List.of());
    }

    /// Numbers that the model gives for a sequence or a token.
    int outputs() {
        return kind == Kind.SPANS ? 2 : labels.size();
    }

    ObjectNode describe() {
        ObjectNode node = Json.object();
        if (kind == Kind.SPANS) {
            return node;
        }
        ObjectNode names = node.putObject("id2label");
        ObjectNode numbers = node.putObject("label2id");
        for (int i = 0; i < labels.size(); i++) {
            names.put(Integer.toString(i), labels.get(i));
            numbers.put(labels.get(i), i);
        }
        if (dropout != null) {
            node.put(DROPOUT, dropout);
        }
        if (kind != Kind.TAGGING) {
            node.put(PROBLEM, kind == Kind.REGRESSION ? "regression" : "single_label_classification");
        }
        return node;
    }

    /// The head that a `config.json` describes, or nothing where it is of a model for no task.
    ///
    /// @throws InputException if it describes one that is not offered here
    public static Optional<TaskHead> find(Path config) throws IOException {
        String architecture = Json.read(config).path("architectures").path(0).asText();
        return Stream.of(Kind.values()).anyMatch(kind -> architecture.endsWith(kind.task)) ? Optional.of(read(config)) : Optional.empty();
    }

    /// The head that a `config.json` describes.
    ///
    /// @throws InputException if it describes none of these
    public static TaskHead read(Path config) throws IOException {
        JsonNode node = Json.read(config);
        String architecture = node.path("architectures").path(0).asText();
        List<String> labels = labels(config, node.path("id2label"), Json.whole(config, node, "num_labels", 2));
        String asked = "read a model for a task in " + config;
        Double dropout = Json.isAbsent(node.path(DROPOUT)) ? null : (Double) Json.number(config, node, DROPOUT, 0);
        if (architecture.endsWith(Kind.SPANS.task)) {
            return spans();
        } else if (architecture.endsWith(Kind.TAGGING.task)) {
            return new TaskHead(Kind.TAGGING, labels, dropout);
        } else if (architecture.endsWith(Kind.CLASSIFICATION.task)) {
            String problem = node.path(PROBLEM).asText("");
            if (problem.startsWith("multi")) {
                throw new InputException(asked, PROBLEM + " is " + problem, "give a model with one label for each input");
            }
            // transformers decides so where nothing is said
            boolean regression = problem.equals("regression") || problem.isEmpty() && labels.size() == 1;
            if (regression && labels.size() > 1) {
                throw new InputException(asked, PROBLEM + " is regression, of " + labels.size() + " numbers", "give a model with one number for each input");
            }
            return new TaskHead(regression ? Kind.REGRESSION : Kind.CLASSIFICATION, labels, dropout);
        }
        throw new InputException(asked, "its architecture is " + (architecture.isEmpty() ? "not named" : architecture),
                "give one that mneme finetune or transformers made for a task");
    }

    private static List<String> labels(Path config, JsonNode names, int count) {
        if (names.isMissingNode() || names.isNull()) {
            return IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList(); // as transformers
        }
        var labels = new ArrayList<String>();
        for (int i = 0; i < names.size(); i++) {
            JsonNode name = names.path(Integer.toString(i));
            if (!name.isTextual()) {
                throw new InputException("read " + config, "id2label has no text for " + i, "give labels 0 to " + (names.size() - 1));
            }
            labels.add(name.textValue());
        }
        return labels;
    }
}
