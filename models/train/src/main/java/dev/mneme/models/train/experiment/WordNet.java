package dev.mneme.models.train.experiment;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The synsets of WordNet (Fellbaum 1998), from the database files `data.noun`, `data.verb`, `data.adj` and `data.adv`, whose format the
/// manual page wndb(5WN) tells. Debian has them in the package wordnet-base.
final class WordNet {
    /// A synset.
    ///
    /// @param file the lexicographer file it comes from: for nouns 3 to 28
    /// @param words that mean it, spaces for underscores
    /// @param gloss its definition, and examples
    record Synset(int file, List<String> words, String gloss) {}

    /// What the lexicographer files of nouns are called, from number 3 on (lexnames(5WN)).
    static final List<String> NOUN_FILES = List.of("Tops", "act", "animal", "artifact", "attribute", "body", "cognition", "communication",
            "event", "feeling", "food", "group", "location", "motive", "object", "person", "phenomenon", "plant", "possession", "process",
            "quantity", "relation", "shape", "state", "substance", "time");
    static final int FIRST_NOUN_FILE = 3;

    private static final List<String> FILES = List.of("data.noun", "data.verb", "data.adj", "data.adv");
    private static final int WORDS = 4; // the field before them is their number, in hexadecimal

    /// @return in the order of the files
    /// @throws InputException if a file is missing, or a line is no synset's
    static List<Synset> read(Path folder) throws IOException {
        var synsets = new ArrayList<Synset>();
        for (String name : FILES) {
            Path file = folder.resolve(name);
            try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
                int[] number = {0};
                lines.forEach(line -> {
                    number[0]++;
                    if (!line.startsWith(" ")) { // the licence is indented
                        synsets.add(synset(file, number[0], line));
                    }
                });
            } catch (NoSuchFileException e) {
                throw new InputException("read WordNet in " + folder, "it has no " + name,
                        "install Debian's package wordnet-base, which has it in /usr/share/wordnet, or give the folder of a copy", e);
            } catch (UncheckedIOException e) {
                if (e.getCause() instanceof MalformedInputException) {
                    throw new InputException("read " + file, "it is not UTF-8 text", "give WordNet's own file", e);
                }
                throw e.getCause();
            }
        }
        return synsets;
    }

    private static Synset synset(Path file, int number, String line) {
        int bar = line.indexOf(" | ");
        String[] fields = (bar < 0 ? line : line.substring(0, bar)).split(" ");
        try {
            int words = Integer.parseInt(fields[WORDS - 1], 16);
            boolean counted = fields[WORDS + 2 * words].matches("\\d{3}"); // after the words, the number of pointers
            if (bar < 0 || words < 1 || !counted) {
                throw new NumberFormatException("no gloss, no word, or another number of words");
            }
            List<String> names = new ArrayList<>();
            for (int i = 0; i < words; i++) {
                names.add(fields[WORDS + 2 * i].replace('_', ' ').replaceFirst("\\((a|p|ip)\\)$", "")); // an adjective's position
            }
            return new Synset(Integer.parseInt(fields[1]), names, line.substring(bar + 3).strip());
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new InputException("read " + file + " as a data file of WordNet", "line " + number + " is no synset: "
                    + Arrays.toString(Arrays.copyOf(fields, Math.min(fields.length, WORDS))), "give WordNet's own file", e);
        }
    }

    /// The text that models read: a line for each synset, its words before its gloss.
    static List<String> lines(List<Synset> synsets) {
        return synsets.stream().map(s -> String.join(", ", s.words()) + ": " + s.gloss()).toList();
    }

    private WordNet() {}
}
