package dev.mneme.models.train.experiment;

import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Biographies;
import dev.mneme.models.text.FactEvaluation;
import dev.mneme.models.text.FactQuery;
import dev.mneme.models.text.Seeds;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// What an experiment's arms read, written once to its folder `corpus`.
final class Corpora {
    private static final String TEXT = "text.txt";
    private static final long TASK_STREAM = 101;
    private static final int TASK_SHARES = 10; // of the words one tenth is for the test, and one for the choice of the best model

    private final ExperimentConfig.Corpus corpus;
    private final Path folder;
    private final Biographies biographies; // or null

    Corpora(ExperimentConfig.Corpus corpus, Path folder) throws IOException {
        this.corpus = corpus;
        this.folder = folder;
        biographies = corpus.biographies() == null ? null : new Biographies(corpus.biographies().people());
        if (biographies != null) {
            write(TEXT, biographies.trainingLines(corpus.biographies().textsPerPerson()));
        } else if (corpus.wordnet() != null) {
            List<WordNet.Synset> synsets = WordNet.read(Path.of(corpus.wordnet()));
            write(TEXT, WordNet.lines(synsets));
            writeTask(synsets);
        }
    }

    /// A file that is right stays as it is.
    private void write(String name, List<String> lines) throws IOException {
        Path file = folder.resolve(name);
        String text = String.join("\n", lines) + "\n";
        Files.createDirectories(folder);
        if (Files.notExists(file) || !Files.readString(file).equals(text)) {
            AtomicFile.write(file, text);
        }
    }

    /// Nouns to tell the lexicographer file of, by the gloss alone. A word belongs to one part, so the words of the test are new; synsets
    /// whose words belong to several parts are left out.
    private void writeTask(List<WordNet.Synset> synsets) throws IOException {
        Map<String, List<String>> parts = Map.of("train", new ArrayList<>(), "dev", new ArrayList<>(), "test", new ArrayList<>());
        for (WordNet.Synset synset : synsets) {
            int label = synset.file() - WordNet.FIRST_NOUN_FILE;
            if (label < 0 || label >= WordNet.NOUN_FILES.size()) {
                continue;
            }
            Set<String> own = new HashSet<>();
            synset.words().forEach(word -> own.add(part(word)));
            if (own.size() == 1) {
                String line = Json.line(Json.object().put("text", synset.gloss()).put("label", WordNet.NOUN_FILES.get(label)));
                parts.get(own.iterator().next()).add(line);
            }
        }
        for (var part : parts.entrySet()) {
            write(part.getKey() + ".jsonl", part.getValue());
        }
    }

    private static String part(String word) {
        long share = Math.floorMod(Seeds.of(word.toLowerCase(Locale.ROOT).hashCode(), TASK_STREAM, 0), TASK_SHARES);
        return share == 0 ? "test" : share == 1 ? "dev" : "train";
    }

    /// What is pretrained on.
    List<Path> files() {
        return corpus.files() == null ? List.of(folder.resolve(TEXT).toAbsolutePath())
                : corpus.files().stream().map(name -> Path.of(name).toAbsolutePath()).toList();
    }

    /// The files of the downstream task: `train`, `dev` or `test`.
    Path task(String part) {
        return folder.resolve(part + ".jsonl").toAbsolutePath();
    }

    /// The facts to ask for, or null.
    FactEvaluation facts(Tokenizer tokenizer, int length) {
        if (biographies == null) {
            return null;
        }
        int people = biographies.people().size();
        int[] order = Seeds.permutation(people, Seeds.random(0, Seeds.EVALUATION, 1));
        Set<Integer> asked = new HashSet<>();
        IntStream.range(0, Math.min(corpus.biographies().askedPersons(), people)).forEach(i -> asked.add(order[i]));
        List<FactQuery> queries = biographies.queries().stream().filter(q -> asked.contains(q.person())).toList();
        return new FactEvaluation(queries, tokenizer, length, 256, FactEvaluation.Masking.APART);
    }
}
