package dev.mneme.models.train.tasks;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.mneme.models.base.InputException;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.ValueConfig;
import dev.mneme.torch.Native;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The settings of `mneme finetune`: in a JSON file in snake case, or as flags of the same names. Defaults are those of the reference
/// examples of transformers.
public record FineTuneConfig(
        @JsonPropertyDescription("seed of everything random") long seed,
        @JsonPropertyDescription("passes over the training data") double epochs,
        @JsonPropertyDescription("sequences per batch") int batchSize,
        @JsonPropertyDescription("the most tokens of a sequence, special tokens included") int maxLength,
        @JsonPropertyDescription("questions: tokens that windows of a long context share") int docStride,
        @JsonPropertyDescription("questions: the most tokens of a question") int maxQuestionLength,
        @JsonPropertyDescription("questions: the most tokens of an answer") int maxAnswerLength,
        @JsonPropertyDescription("questions: candidates that are kept") int nBest,
        @JsonPropertyDescription("questions without answers: margin of no answer over the best above which nothing is answered") double nullThreshold,
        @JsonPropertyDescription("tables: column with an example's name; empty for its number") String idColumn,
        @JsonPropertyDescription("tables: column with the text, or with the words to tag") String textColumn,
        @JsonPropertyDescription("tables: column with a second text; empty for none") String secondColumn,
        @JsonPropertyDescription("tables: column with the label, the number, or the tags") String labelColumn,
        @JsonPropertyDescription("learning rate of the dense parameters") double learningRate,
        @JsonPropertyDescription("learning rate of the memory's values") double valueLearningRate,
        @JsonPropertyDescription("which values are trained: all, frozen, or frequent: the rows that the training data reads most") ValueConfig.Training valueTraining,
        @JsonPropertyDescription("share of the rows that are frequent") double frequentShare,
        @JsonPropertyDescription("whether embeddings and encoder stay as they are, and only head and memories are trained") boolean freezeEncoder,
        @JsonPropertyDescription("share of the steps over which the learning rate rises") double warmupShare,
        @JsonPropertyDescription("learning rate after the warm-up: constant, linear or cosine") TrainConfig.Decay schedule,
        @JsonPropertyDescription("weight decay of the dense matrices") double weightDecay,
        @JsonPropertyDescription("largest global gradient norm, 0 for no clipping") double clipNorm,
        @JsonPropertyDescription("batches whose gradients make a step together") int gradientAccumulationSteps,
        @JsonPropertyDescription("of matrix products: float32, or bfloat16 by autocast") TrainConfig.Precision precision,
        @JsonPropertyDescription("whether activations are computed again in the backward pass instead of kept") boolean recompute,
        @JsonPropertyDescription("a step whose loss or gradient is not finite: stop the run, or skip the step") TrainConfig.OnNonfinite onNonfinite,
        @JsonPropertyDescription("steps between evaluations, 0 for one after each epoch") long evaluateEvery,
        @JsonPropertyDescription("steps between checkpoints, 0 for one after each epoch") long checkpointEvery,
        @JsonPropertyDescription("threads that libtorch uses, 0 for all cores") int threads) {

    public static final FineTuneConfig DEFAULT = new FineTuneConfig(
            1, 3, 32, 128, 64, 64, 30, 20, 0, "", "text", "", "label", 2e-5, 1e-3, ValueConfig.Training.ALL, 0.01, false, 0.1,
            TrainConfig.Decay.LINEAR, 0.01, 1.0, 1, TrainConfig.Precision.FLOAT32, false, TrainConfig.OnNonfinite.STOP, 0, 0, 0);

    public FineTuneConfig {
        onNonfinite = onNonfinite == null ? TrainConfig.OnNonfinite.STOP : onNonfinite; // absent from an older run.json
        require("epochs", epochs > 0 && Double.isFinite(epochs), epochs, "a number above 0");
        require("batch_size", batchSize >= 1, batchSize, "at least 1");
        require("doc_stride", docStride >= 0, docStride, "at least 0");
        require("max_question_length", maxQuestionLength >= 1, maxQuestionLength, "at least 1");
        require("max_answer_length", maxAnswerLength >= 1, maxAnswerLength, "at least 1");
        require("n_best", nBest >= 1, nBest, "at least 1");
        require("frequent_share", frequentShare > 0 && frequentShare <= 1, frequentShare, "a share above 0, up to 1");
        require("warmup_share", warmupShare >= 0 && warmupShare <= 1, warmupShare, "a share from 0 to 1");
        require("evaluate_every", evaluateEvery >= 0, evaluateEvery, "at least 0");
        require("checkpoint_every", checkpointEvery >= 0, checkpointEvery, "at least 0");
        PretrainConfig.requireBatches("fine-tune with batch_size " + batchSize + ", max_length " + maxLength + " and gradient_accumulation_steps "
                + gradientAccumulationSteps, 2.0 * batchSize, maxLength, gradientAccumulationSteps); // twice in an evaluation
        require("threads", threads >= 0 && threads <= Native.MOST_THREADS, threads, "0 to " + Native.MOST_THREADS);
        new TrainConfig(learningRate, 0, schedule, 0, weightDecay, clipNorm, gradientAccumulationSteps, // which looks at the rest
                ValueConfig.of(valueLearningRate), precision, recompute, onNonfinite);
    }

    private static void require(String name, boolean right, Object found, String wanted) {
        if (!right) {
            throw new InputException("fine-tune with " + name + " " + found, "that makes no sense", "give " + wanted);
        }
    }

    /// Settings that some tasks use, and which.
    private static final Map<String, Predicate<Task>> OF_SOME_TASKS = Map.of(
            "doc_stride", FineTuneConfig::isOfQuestions, "max_question_length", FineTuneConfig::isOfQuestions,
            "max_answer_length", FineTuneConfig::isOfQuestions, "n_best", FineTuneConfig::isOfQuestions,
            "null_threshold", task -> task == Task.SQUAD2,
            "id_column", FineTuneConfig::isOfTables, "text_column", FineTuneConfig::isOfTables, "label_column", FineTuneConfig::isOfTables,
            "second_column", task -> isOfTables(task) && task != Task.TAGGING);

    private static boolean isOfQuestions(Task task) {
        return task == Task.SQUAD || task == Task.SQUAD2;
    }

    private static boolean isOfTables(Task task) {
        return !task.hasFolder() && !isOfQuestions(task);
    }

    /// Those of some settings that a task has no use for.
    public static Set<String> unused(Task task, Set<String> names) {
        return names.stream().filter(name -> OF_SOME_TASKS.containsKey(name) && !OF_SOME_TASKS.get(name).test(task))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Whether measuring a model that is trained already uses a setting.
    public static boolean isForMeasuring(String name) {
        return OF_SOME_TASKS.containsKey(name) || name.equals("batch_size") || name.equals("max_length");
    }

    /// Whether letting a model answer uses a setting.
    public static boolean isForAnswering(String name) {
        return isForMeasuring(name) && !name.equals("label_column");
    }

    TrainConfig train(long steps) {
        return new TrainConfig(learningRate, Math.round(warmupShare * steps), schedule, steps, weightDecay, clipNorm, gradientAccumulationSteps,
                ValueConfig.of(valueLearningRate).withTraining(valueTraining),
                precision, recompute, onNonfinite);
    }

    /// Sequences per batch where nothing is kept for a backward pass. The same in training and afterwards: sums depend on it in their last
    /// bits.
    int measuredBatchSize() {
        return Math.multiplyExact(2, batchSize);
    }

    Answers.Rules rules(boolean withNull) {
        return new Answers.Rules(nBest, maxAnswerLength, withNull, nullThreshold);
    }
}
