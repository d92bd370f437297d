package dev.mneme.models.text;

import java.time.Month;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// People who do not exist, and short texts about them: a way to count how many facts a model's parameters hold
/// (Allen-Zhu and Li, *Physics of Language Models*, part 3).
///
/// Each person has a name nobody else has and eight facts, each drawn uniformly and independently of the others: nothing
/// but memory can tell them. A text has three sentences, about birth (four facts), work and study (two each). For each
/// person and sentence one of its four forms is never used in training, and asked about later: a model that answers has
/// learned the fact, not the sentence.
///
/// Everything is a function of the configuration, seed included. Immutable, so it may be shared by threads.
public final class Biographies {

    /// A person and the values of their facts.
    ///
    /// @param pronoun "he" or "she"
    public record Person(int index, String firstName, String lastName, String pronoun, Map<Fact, String> facts) {

        public Person {
            facts = Collections.unmodifiableMap(new EnumMap<>(facts));
        }

        public String name() {
            return firstName + " " + lastName;
        }
    }

    private static final Attribute[] ATTRIBUTES = Attribute.values();
    private static final int DAYS = 28;

    /// What the streams of the seed are for.
    private static final long POOLS = 0, PEOPLE = 1, HELD_OUT_FORMS = 2, TRAINING = 3, HELD_OUT_TEXTS = 4;

    private final BiographyConfig config;
    private final List<Person> people;

    public Biographies(BiographyConfig config) {
        this.config = config;
        RandomGenerator random = Seeds.random(stream(POOLS));
        List<String> reserved = new ArrayList<>(Attribute.words());
        reserved.addAll(List.of("he", "she"));
        months().forEach(month -> reserved.add(month.toLowerCase(Locale.ROOT)));
        PseudoWords words = new PseudoWords(random, reserved);
        List<String> first = words.draw(config.firstNames(), true);
        List<String> last = words.draw(config.lastNames(), true);
        Map<Fact, List<String>> pools = new EnumMap<>(Fact.class);
        pools.put(Fact.BIRTH_CITY, words.draw(config.cities(), true));
        pools.put(Fact.BIRTH_DAY, numbers(1, DAYS));
        pools.put(Fact.BIRTH_MONTH, months());
        pools.put(Fact.BIRTH_YEAR, numbers(config.firstYear(), config.lastYear()));
        pools.put(Fact.EMPLOYER, words.draw(config.employers(), true));
        pools.put(Fact.JOB, words.draw(config.jobs(), false));
        pools.put(Fact.SUBJECT, words.draw(config.subjects(), false));
        pools.put(Fact.UNIVERSITY, words.draw(config.universities(), true));
        int[] names = Seeds.permutation(first.size() * last.size(), random);
        List<Person> people = new ArrayList<>(config.persons());
        for (int p = 0; p < config.persons(); p++) {
            people.add(person(p, first.get(names[p] / last.size()), last.get(names[p] % last.size()), pools));
        }
        this.people = List.copyOf(people);
    }

    public BiographyConfig config() {
        return config;
    }

    public List<Person> people() {
        return people;
    }

    /// A text about a person for training: one line with a sentence for each attribute.
    ///
    /// @param variant 0, 1, 2, …: each has its own order of sentences and forms, never the forms held out
    public String trainingText(int person, int variant) {
        RandomGenerator random = Seeds.random(stream(TRAINING), person, variant);
        int[] forms = new int[ATTRIBUTES.length];
        for (int a = 0; a < forms.length; a++) {
            int form = random.nextInt(ATTRIBUTES[a].templates().size() - 1);
            forms[a] = form < heldOutForm(person, a) ? form : form + 1;
        }
        return text(people.get(person), forms, Seeds.permutation(forms.length, random), null);
    }

    /// `variantsPerPerson` texts about each person, person by person.
    public List<String> trainingLines(int variantsPerPerson) {
        List<String> lines = new ArrayList<>(Math.multiplyExact(people.size(), variantsPerPerson));
        for (int p = 0; p < people.size(); p++) {
            for (int v = 0; v < variantsPerPerson; v++) {
                lines.add(trainingText(p, v));
            }
        }
        return lines;
    }

    /// The text about a person in the forms that training never used for them.
    public String heldOutText(int person) {
        return heldOutText(person, null);
    }

    /// A question for each fact of a person, in the order of [Fact], all about their [#heldOutText(int)].
    public List<FactQuery> facts(int person) {
        Map<Fact, int[]> spans = new EnumMap<>(Fact.class);
        String text = heldOutText(person, spans);
        List<FactQuery> queries = new ArrayList<>(spans.size());
        spans.forEach((fact, span) -> queries.add(new FactQuery(person, fact.label(), text, span[0], span[1])));
        return queries;
    }

    /// The questions for everyone, person by person.
    public List<FactQuery> queries() {
        List<FactQuery> queries = new ArrayList<>(people.size() * Fact.values().length);
        for (int p = 0; p < people.size(); p++) {
            queries.addAll(facts(p));
        }
        return queries;
    }

    private String heldOutText(int person, Map<Fact, int[]> spans) {
        int[] forms = new int[ATTRIBUTES.length];
        Arrays.setAll(forms, a -> heldOutForm(person, a));
        int[] order = Seeds.permutation(forms.length, Seeds.random(stream(HELD_OUT_TEXTS), person, 0));
        return text(people.get(person), forms, order, spans);
    }

    private String text(Person person, int[] forms, int[] order, Map<Fact, int[]> spans) {
        StringBuilder out = new StringBuilder(256);
        String name = person.name();
        String inner = name;
        for (int a : order) {
            if (!out.isEmpty()) {
                out.append(' ');
                if (config.pronouns()) {
                    inner = person.pronoun();
                    name = inner.substring(0, 1).toUpperCase(Locale.ROOT) + inner.substring(1);
                }
            }
            ATTRIBUTES[a].templates().get(forms[a]).render(out, name, inner, person.facts(), spans);
        }
        return out.toString();
    }

    private int heldOutForm(int person, int attribute) {
        return Seeds.random(stream(HELD_OUT_FORMS), person, attribute).nextInt(ATTRIBUTES[attribute].templates().size());
    }

    private Person person(int index, String first, String last, Map<Fact, List<String>> pools) {
        RandomGenerator random = Seeds.random(stream(PEOPLE), index, 0);
        String pronoun = random.nextInt(2) == 0 ? "she" : "he";
        Map<Fact, String> values = new EnumMap<>(Fact.class);
        pools.forEach((fact, pool) -> values.put(fact, pool.get(random.nextInt(pool.size()))));
        return new Person(index, first, last, pronoun, values);
    }

    private long stream(long purpose) {
        return Seeds.of(config.seed(), Seeds.BIOGRAPHY, purpose);
    }

    private static List<String> months() {
        return Arrays.stream(Month.values()).map(m -> m.name().charAt(0) + m.name().substring(1).toLowerCase(Locale.ROOT)).toList();
    }

    private static List<String> numbers(int from, int to) {
        List<String> numbers = new ArrayList<>(to - from + 1);
        for (int n = from; n <= to; n++) {
            numbers.add(Integer.toString(n));
        }
        return numbers;
    }
}
