package dev.mneme.models.text.tasks;

/// One example of a data set.
public sealed interface Example permits TextExample, TaggedExample, Question {
    String id();

    Origin origin();

    /// Whether the right answer is known. A blank label is none.
    boolean labelled();
}
