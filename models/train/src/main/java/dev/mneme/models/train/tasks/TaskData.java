package dev.mneme.models.train.tasks;

import dev.mneme.models.text.tasks.GlueTask;
import dev.mneme.models.train.tasks.Targets.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A data set as sequences for a model.
interface TaskData {
    List<Input> inputs();

    /// What they are to be answered with, or null where that is not known.
    List<Target> targets();

    /// Reads the answers out of a model's scores.
    ///
    /// @param scores for each input what [dev.mneme.models.zoo.bert.BertForTask#logits] gave for it, flattened
    Predictions predict(List<float[]> scores);

    /// Answers to a data set.
    interface Predictions {
        /// How good they are, by the names of the task's metrics; one that is not defined for them is left out.
        ///
        /// @throws IllegalStateException if the right answers are not known
        Map<String, Double> metrics();

        /// Writes them as the task's format has it.
        ///
        /// @return how many there are
        int write(Path file) throws IOException;

        /// Writes those of a test set to the file that GLUE's server takes, under its official name.
        ///
        /// @return how many there are
        default int submit(GlueTask task, Path folder, GlueTask.Split split) throws IOException {
            throw new IllegalStateException("only classes and numbers are answers to GLUE's tasks");
        }
    }
}
