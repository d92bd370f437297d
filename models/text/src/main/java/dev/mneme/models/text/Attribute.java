package dev.mneme.models.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What one sentence of a biography is about, and the ways to say it. A sentence holds several facts and little else, so
/// that most of what a model learns from a text is facts. The name is always the subject, so that a pronoun can stand for
/// it; values follow "a" and never "an", since made-up words begin with a consonant.
enum Attribute {
    BIRTH(
            "{name} was born on {BIRTH_DAY} {BIRTH_MONTH} {BIRTH_YEAR} in {BIRTH_CITY}.",
            "On {BIRTH_DAY} {BIRTH_MONTH} {BIRTH_YEAR} {name} was born in {BIRTH_CITY}.",
            "In {BIRTH_CITY} {name} came into the world on {BIRTH_DAY} {BIRTH_MONTH} {BIRTH_YEAR}.",
            "{name} of {BIRTH_CITY} was born on {BIRTH_DAY} {BIRTH_MONTH} {BIRTH_YEAR}."),
    WORK(
            "{name} works for {EMPLOYER} as a {JOB}.",
            "{name} is a {JOB} with {EMPLOYER}.",
            "At {EMPLOYER} {name} is the {JOB}.",
            "As a {JOB} {name} is paid by {EMPLOYER}."),
    STUDY(
            "{name} studied {SUBJECT} at {UNIVERSITY}.",
            "{name} holds a {UNIVERSITY} degree in {SUBJECT}.",
            "At {UNIVERSITY} {name} read {SUBJECT}.",
            "{name} is a {SUBJECT} graduate of {UNIVERSITY}.");

    private static final String NAME = "name";

    /// A sentence in parts: literals[0] slots[0] literals[1] … A null slot is the name.
    record Template(List<String> literals, List<Fact> slots) {

        static Template parse(String text) {
            List<String> literals = new ArrayList<>();
            List<Fact> slots = new ArrayList<>();
            int at = 0;
            for (int open; (open = text.indexOf('{', at)) >= 0; ) {
                int close = text.indexOf('}', open);
                String slot = text.substring(open + 1, close);
                literals.add(text.substring(at, open));
                slots.add(slot.equals(NAME) ? null : Fact.valueOf(slot));
                at = close + 1;
            }
            literals.add(text.substring(at));
            return new Template(literals, slots);
        }

        /// Appends the sentence, noting in `spans`, if not null, where each value begins and ends.
        ///
        /// @param name what stands for the person, in its form for the beginning of a sentence
        /// @param inner the same in its form for elsewhere
        void render(StringBuilder out, String name, String inner, Map<Fact, String> values, Map<Fact, int[]> spans) {
            int begin = out.length();
            for (int i = 0; i < slots.size(); i++) {
                out.append(literals.get(i));
                Fact fact = slots.get(i);
                if (fact == null) {
                    out.append(out.length() == begin ? name : inner);
                    continue;
                }
                int start = out.length();
                out.append(values.get(fact));
                if (spans != null) {
                    spans.put(fact, new int[] {start, out.length()});
                }
            }
            out.append(literals.getLast());
        }
    }

    private final List<Template> templates = new ArrayList<>();

    Attribute(String... templates) {
        for (String template : templates) {
            this.templates.add(Template.parse(template));
        }
    }

    List<Template> templates() {
        return templates;
    }

    /// All words that the sentences are made of, in lower case, so that no made-up word is one of them.
    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Attribute attribute : values()) {
            for (Template template : attribute.templates) {
                for (String literal : template.literals()) {
                    words.addAll(List.of(literal.toLowerCase(Locale.ROOT).split("[^a-z]+")));
                }
            }
        }
        return words;
    }
}
