package dev.mneme.models.train.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.BiographyConfig;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.tasks.FineTuneConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// A comparison, as a JSON file describes it.
///
/// @param title of the report
/// @param seeds each arm is trained from
/// @param corpus what all read
/// @param settings of `mneme pretrain` that all arms share; defaults for what is left out
/// @param reference the arm that the others are compared with
/// @param arms what is compared
/// @param downstream settings of `mneme finetune` for the corpus's task, which each arm is fine-tuned for at its end; null for none
public record ExperimentConfig(
        String title, List<Long> seeds, Corpus corpus, ObjectNode settings, String reference, List<ArmConfig> arms, ObjectNode downstream) {

    /// One of its parts, the others null.
    ///
    /// @param files as `mneme pretrain --corpus` takes them
    /// @param wordnet the folder of WordNet's data files: its glosses, and the lexicographer files of nouns as the task
    /// @param biographies made up, with facts that are asked for
    public record Corpus(List<String> files, String wordnet, Biographies biographies) {}

    /// @param people and their facts
    /// @param textsPerPerson to train on
    /// @param askedPersons how many people's facts are asked for
    public record Biographies(BiographyConfig people, int textsPerPerson, int askedPersons) {
        public Biographies {
            if (people == null || textsPerPerson < 1 || askedPersons < 1) {
                throw wrong("its biographies have no people, texts_per_person or asked_persons", "give all three");
            }
        }
    }

    /// @param settings that differ from the shared ones
    /// @param from the arm whose model it starts from, or null; `fromStep` is the step of that arm's own run
    /// @param readAt a step in all, those before its own included, at which it is read as well: equal steps with memory; or null
    public record ArmConfig(String name, ObjectNode settings, String from, Long fromStep, Long readAt) {
        public ArmConfig {
            settings = settings == null ? Json.object() : settings;
        }
    }

    private static final Set<String> TAKEN = Set.of("corpus", "tokenizer", "experiment.json", "report.json", "report.html");

    public ExperimentConfig {
        if (seeds == null || seeds.isEmpty() || arms == null || arms.isEmpty() || corpus == null) {
            throw wrong("seeds, arms or corpus is missing", "give all three");
        }
        if (Stream.of(corpus.files(), corpus.wordnet(), corpus.biographies()).filter(Objects::nonNull).count() != 1) {
            throw wrong("its corpus does not name just one of files, wordnet and biographies", "name one");
        }
        if (corpus.files() != null && (corpus.files().isEmpty() || corpus.files().stream().anyMatch(Objects::isNull))) {
            throw wrong("its corpus has the files " + corpus.files(), "name at least one, and each");
        }
        if (downstream != null && corpus.wordnet() == null) {
            throw wrong("downstream is given, and only the corpus wordnet has a task", "leave it out");
        }
        if (seeds.stream().filter(Objects::nonNull).distinct().count() != seeds.size()) {
            throw wrong("seeds are " + seeds, "give numbers, each once");
        }
        settings = settings == null ? Json.object() : settings;
        if (settings.has("seed") || arms.stream().anyMatch(arm -> arm.settings().has("seed"))) {
            throw wrong("settings give a seed", "leave it out: each arm is trained from the seeds of seeds");
        }
        Set<String> names = new HashSet<>();
        for (ArmConfig arm : arms) {
            if (arm.name() == null || !arm.name().matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
                throw wrong("an arm is called " + arm.name(), "use letters, digits, dots and dashes: it names a folder");
            }
            if (TAKEN.contains(arm.name())) {
                throw wrong("an arm is called " + arm.name(), "choose another name: the experiment has something else there");
            }
            if (arm.from() != null && !names.contains(arm.from())) {
                throw wrong("the arm " + arm.name() + " starts from " + arm.from() + ", which is not before it", "put that arm first");
            }
            if (arm.from() != null && arm.fromStep() == null) {
                throw wrong("the arm " + arm.name() + " has no from_step", "give the step of " + arm.from() + " that it starts from");
            }
            if (arm.from() != null && arm.fromStep() < 1) {
                throw wrong("the arm " + arm.name() + " has from_step " + arm.fromStep(), "give at least 1, or leave out from");
            }
            if (!names.add(arm.name())) {
                throw wrong("two arms are called " + arm.name(), "give each its own name");
            }
        }
        if (reference == null || !names.contains(reference)) {
            throw wrong("reference is " + reference, "give one of the arms " + names);
        }
    }

    private static InputException wrong(String found, String remedy) {
        return new InputException("read an experiment", found, remedy);
    }

    ArmConfig arm(String name) {
        return arms.stream().filter(arm -> arm.name().equals(name)).findFirst().orElseThrow();
    }

    /// What the model that an arm starts from has been through.
    ///
    /// @param memorySteps the steps that were made with a memory
    record Start(long steps, long memorySteps) {}

    Start start(ArmConfig arm) {
        if (arm.from() == null) {
            return new Start(0, 0);
        }
        ArmConfig source = arm(arm.from());
        Start before = start(source);
        boolean memory = !settings(source, seeds.getFirst()).memory().isNone();
        return new Start(before.steps() + arm.fromStep(), memory ? before.memorySteps() + arm.fromStep() : 0);
    }

    /// The settings of an arm and a seed, in all.
    ///
    /// @throws InputException if one is unknown or makes no sense
    PretrainConfig settings(ArmConfig arm, long seed) {
        Json.requireNoNull(settings, "the settings");
        Json.requireNoNull(arm.settings(), "the settings of the arm " + arm.name());
        ObjectNode merged = Json.tree(PretrainConfig.DEFAULT);
        merged.setAll(settings);
        merged.setAll(arm.settings());
        merged.put("seed", seed);
        return Json.convert(merged, PretrainConfig.class, "the settings of the arm " + arm.name());
    }

    /// The settings of the downstream task and a seed, in all.
    ///
    /// @throws InputException if one is unknown or makes no sense
    FineTuneConfig fineTuning(long seed) {
        Json.requireNoNull(downstream, "the settings of downstream");
        ObjectNode merged = Json.tree(FineTuneConfig.DEFAULT);
        merged.setAll(downstream);
        merged.put("seed", seed);
        return Json.convert(merged, FineTuneConfig.class, "the settings of downstream");
    }
}
