package dev.mneme.models.text.tasks;

import java.util.List;

/// Examples without where they are from, to be compared with examples from no file.
final class Bare {
    static List<TextExample> texts(List<TextExample> examples) {
        return examples.stream().map(e -> new TextExample(e.id(), e.first(), e.second(), e.label())).toList();
    }

    static List<TaggedExample> tagged(List<TaggedExample> examples) {
        return examples.stream().map(e -> new TaggedExample(e.id(), e.words(), e.tags())).toList();
    }

    static List<Question> questions(List<Question> questions) {
        return questions.stream().map(q -> new Question(q.id(), q.title(), q.context(), q.question(), q.answers(), q.impossible())).toList();
    }

    private Bare() {}
}
