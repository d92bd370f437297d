package dev.mneme.models.train.tasks;

import dev.mneme.models.text.tasks.GlueTask;
import dev.mneme.models.zoo.bert.TaskHead;
import java.util.List;
import java.util.Locale;

/// What a model can be fine-tuned for: the tasks of GLUE (Wang et al. 2019) and SQuAD (Rajpurkar et al. 2016, 2018) in their official
/// formats, and a user's own tables.
public enum Task {
    COLA(GlueTask.COLA), SST2(GlueTask.SST2), MRPC(GlueTask.MRPC), STSB(GlueTask.STSB), QQP(GlueTask.QQP), MNLI(GlueTask.MNLI),
    QNLI(GlueTask.QNLI), RTE(GlueTask.RTE), WNLI(GlueTask.WNLI),
    /// SQuAD 1.1: every question has an answer.
    SQUAD(TaskHead.Kind.SPANS, "f1"),
    /// SQuAD 2.0: some have none.
    SQUAD2(TaskHead.Kind.SPANS, "f1"),
    CLASSIFICATION(TaskHead.Kind.CLASSIFICATION, "accuracy", "macro_f1"),
    REGRESSION(TaskHead.Kind.REGRESSION, "pearson", "spearman", "mean_squared_error"),
    TAGGING(TaskHead.Kind.TAGGING, "f1");

    private final GlueTask glue;
    private final TaskHead.Kind kind;
    private final List<String> metrics;

    Task(GlueTask glue) {
        this.glue = glue;
        kind = glue.regression() ? TaskHead.Kind.REGRESSION : TaskHead.Kind.CLASSIFICATION;
        metrics = glue.metrics();
    }

    Task(TaskHead.Kind kind, String... metrics) {
        glue = null;
        this.kind = kind;
        this.metrics = List.of(metrics);
    }

    /// Null for those that are not GLUE's.
    GlueTask glue() {
        return glue;
    }

    /// Whether its data is a folder of official files.
    public boolean hasFolder() {
        return glue != null;
    }

    TaskHead.Kind kind() {
        return kind;
    }

    /// The official metrics; the first says which model is best.
    List<String> metrics() {
        return metrics;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
