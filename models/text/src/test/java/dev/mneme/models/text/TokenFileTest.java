package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of a tokenised corpus is made once, for as long as nothing changes that it depends on.
class TokenFileTest {
    private static final Vocabulary VOCABULARY = Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "c"));

    private static Tokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        tokenizer = Tokenizer.of(VOCABULARY);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @BeforeEach
    void cacheHere() {
        System.setProperty("mneme.cache", folder.resolve("cache").toString());
    }

    @AfterEach
    void cacheWhereItWas() {
        System.clearProperty("mneme.cache");
    }

    private TextCorpus corpus(String... lines) throws IOException {
        return TextCorpus.open(List.of(Files.write(folder.resolve("corpus.txt"), List.of(lines))));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache/tokens"))) {
            return files.toList();
        }
    }

    private static void assertSame(TokenSequences expected, TokenSequences found) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.tokens(i), found.tokens(i));
            assertEquals(expected.realTokens(i), found.realTokens(i));
            for (int t = 0; t < expected.length(); t++) {
                assertEquals(expected.wordStart(i, t), found.wordStart(i, t));
            }
        }
    }

    @Test
    void aFileHasWhatMemoryHas() throws IOException {
        String[] lines = {"a ab c", "b", "abb c a b c a b c"};
        for (TokenSequences.Layout layout : TokenSequences.Layout.values()) {
            assertSame(TokenSequences.of(List.of(lines), tokenizer, 8, layout), TokenSequences.of(corpus(lines), tokenizer, 8, layout));
        }
    }

    @Test
    void theSameCorpusIsTokenisedOnce() throws IOException {
        TokenSequences.of(corpus("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        Path file = files().getFirst();
        Object made = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        TokenSequences.of(TextCorpus.open(List.of(folder.resolve("corpus.txt"))), tokenizer, 8, TokenSequences.Layout.LINES);
        assertEquals(List.of(file), files());
        assertEquals(made, Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    }

    @Test
    void whateverTheTokensDependOnMakesAnotherFile() throws IOException {
        TokenSequences.of(corpus("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        TokenSequences.of(corpus("a b", "c"), tokenizer, 9, TokenSequences.Layout.LINES);
        TokenSequences.of(corpus("a b", "c"), tokenizer, 8, TokenSequences.Layout.PACKED);
        TokenSequences longer = TokenSequences.of(corpus("a b", "c", "a"), tokenizer, 8, TokenSequences.Layout.LINES);
        assertEquals(3, longer.size());
        try (Tokenizer cased = Tokenizer.of(VOCABULARY, false)) {
            TokenSequences.of(TextCorpus.open(List.of(folder.resolve("corpus.txt"))), cased, 8, TokenSequences.Layout.LINES);
        }
        assertEquals(5, files().size());
    }

    @Test
    void aCorpusOfTheSameSizeAndTimeWithOtherWordsIsAnother() throws IOException {
        Path file = folder.resolve("corpus.txt");
        TokenSequences.of(corpus("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        FileTime time = Files.getLastModifiedTime(file);
        TextCorpus changed = corpus("b a", "c");
        Files.setLastModifiedTime(file, time);
        assertSame(TokenSequences.of(List.of("b a", "c"), tokenizer, 8, TokenSequences.Layout.LINES),
                TokenSequences.of(changed, tokenizer, 8, TokenSequences.Layout.LINES));
    }

    @Test
    void aCorpusThatChangesWhileItIsReadIsRefused() throws IOException {
        TextCorpus corpus = corpus("a b", "c");
        corpus.hashes();
        corpus("b a", "c");
        InputException mistake = assertThrows(InputException.class, () -> TokenSequences.of(corpus, tokenizer, 8, TokenSequences.Layout.LINES));
        assertEquals("read " + folder.resolve("corpus.txt") + " as text: it was changed while it was read; start again when nothing writes to it",
                mistake.getMessage());
        assertEquals(List.of(), files());
    }

    /// Every byte counts, those of the header and of the padding too.
    @Test
    void aChangedByteIsNeverTrainedOn() throws IOException {
        TokenSequences whole = TokenSequences.of(List.of("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        TokenSequences.of(corpus("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        Path file = files().getFirst();
        byte[] right = Files.readAllBytes(file);
        TextCorpus same = TextCorpus.open(List.of(folder.resolve("corpus.txt")));
        for (int i = 0; i < right.length; i++) {
            byte[] damaged = right.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertSame(whole, TokenSequences.of(same, tokenizer, 8, TokenSequences.Layout.LINES));
            assertArrayEquals(right, Files.readAllBytes(file));
        }
    }

    @Test
    void whatAKilledProcessLeftGoesAndWhatALivingOneWritesStays() throws IOException {
        Path tokens = Files.createDirectories(folder.resolve("cache/tokens"));
        Path left = Files.createFile(tokens.resolve("a.0123456789abcdef.part"));
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS)));
        Path living = Files.createFile(tokens.resolve("b.0123456789abcdef.part"));
        TokenSequences.of(corpus("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        assertTrue(Files.notExists(left));
        assertTrue(Files.exists(living));
    }

    /// Threads and processes share the cache: none may take away what another is writing.
    @Test
    void manyWriteAtOnce() throws Exception {
        try (var pool = Executors.newFixedThreadPool(4)) {
            var made = new ArrayList<Future<TokenSequences>>();
            TextCorpus corpus = corpus("a b", "c", "b a c");
            for (int i = 0; i < 60; i++) {
                int length = 5 + i % 20;
                made.add(pool.submit(() -> TokenSequences.of(corpus, tokenizer, length, TokenSequences.Layout.LINES)));
            }
            for (Future<TokenSequences> each : made) {
                assertEquals(3, each.get().size());
            }
        }
    }

    @Test
    void aDamagedFileIsMadeAgain() throws IOException {
        TokenSequences whole = TokenSequences.of(List.of("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        TokenSequences.of(corpus("a b", "c"), tokenizer, 8, TokenSequences.Layout.LINES);
        Path file = files().getFirst();
        byte[] right = Files.readAllBytes(file);
        TextCorpus same = TextCorpus.open(List.of(folder.resolve("corpus.txt")));
        for (byte[] damaged : new byte[][] {new byte[0], new byte[10], java.util.Arrays.copyOf(right, right.length - 1),
                java.util.Arrays.copyOf(right, right.length - 36), new byte[right.length]}) {
            Files.write(file, damaged, StandardOpenOption.TRUNCATE_EXISTING);
            assertSame(whole, TokenSequences.of(same, tokenizer, 8, TokenSequences.Layout.LINES));
            assertArrayEquals(right, Files.readAllBytes(file));
        }
        assertEquals(1, files().size());
    }

    @Test
    void theLeastUsedFilesGo() throws IOException {
        TextCorpus corpus = corpus("a b", "c");
        for (int length = 3; length < 30; length++) {
            TokenSequences.of(corpus, tokenizer, length, TokenSequences.Layout.LINES);
        }
        assertEquals(16, files().size());
        assertNotEquals(0, TokenSequences.of(corpus, tokenizer, 3, TokenSequences.Layout.LINES).size());
    }
}
