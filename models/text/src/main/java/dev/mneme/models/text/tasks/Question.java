package dev.mneme.models.text.tasks;

import java.util.List;
import java.util.Objects;

/// A question about a text, which holds the answer unless the question is impossible.
///
/// @param title of the article that the context is from; empty where the file has none
/// @param answers the right ones, in the file's order: none if the question is impossible or its answers are not known
/// @param impossible whether the context is known to hold no answer
public record Question(String id, String title, String context, String question, List<Answer> answers, boolean impossible, Origin origin)
        implements Example {

    /// A part of the context.
    ///
    /// @param start where it begins, in UTF-16 units of the context
    public record Answer(String text, int start) {
        public Answer {
            Objects.requireNonNull(text, "text");
            Objects.checkIndex(start, Integer.MAX_VALUE);
        }

        /// Where it ends, in UTF-16 units of the context, exclusive.
        public int end() {
            return start + text.length();
        }
    }

    public Question {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(question, "question");
        answers = List.copyOf(answers);
        if (impossible && !answers.isEmpty()) {
            throw new IllegalArgumentException("an impossible question with " + answers.size() + " answers");
        }
        for (Answer answer : answers) {
            if (!context.startsWith(answer.text, answer.start)) {
                throw new IllegalArgumentException("the context of " + id + " has no such text at " + answer.start);
            }
        }
    }

    /// From no file.
    public Question(String id, String title, String context, String question, List<Answer> answers, boolean impossible) {
        this(id, title, context, question, answers, impossible, Origin.none(id));
    }

    @Override
    public boolean labelled() {
        return impossible || !answers.isEmpty();
    }
}
