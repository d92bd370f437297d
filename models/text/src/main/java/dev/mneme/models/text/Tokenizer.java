package dev.mneme.models.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Text to token ids and back, by Hugging Face's tokenizers library.
///
/// Where the tokenizer cuts words as BERT does, text is cut in Java and the library is asked once for each distinct
/// word: ordinary text has few, so a corpus is tokenised many times faster than by the library alone, with the same
/// result. Other tokenizers go through the library line by line.
///
/// A tokenizer may be used by several threads, one at a time waiting for another. It owns native memory until closed.
public final class Tokenizer implements AutoCloseable {

    /// A text without `[CLS]` and `[SEP]`.
    ///
    /// @param ids the tokens
    /// @param wordStart for each token whether it begins a word (or is one)
    public record Encoded(int[] ids, boolean[] wordStart) {}

    /// A text without special tokens, and where each token stands in it.
    ///
    /// @param ids the tokens
    /// @param from for each token the index of its first UTF-16 unit
    /// @param to the index after its last
    public record Located(int[] ids, int[] from, int[] to) {}

    private static final int MAX_REMEMBERED = 1 << 18;
    private static final int MAX_REMEMBERED_LENGTH = 48;

    private final TokenizersLibrary library = NativeTokenizers.library();
    private final Vocabulary vocabulary;
    private final boolean bertWords;
    private final String json; // as the library has it
    private final JsonNode sequences; // its post-processor
    private final boolean types;
    private final String asked; // for messages
    private final Map<String, String> files; // what it was made from, by their names
    private long handle;

    private final WordTable words = new WordTable();
    private Encoded[] pieces = new Encoded[1 << 11];
    private int[] ids = new int[1 << 10];
    private boolean[] starts = new boolean[1 << 10];
    private int count;

    private Tokenizer(TokenizerJson tokenizer, Map<String, String> files, String asked) {
        vocabulary = tokenizer.vocabulary();
        bertWords = tokenizer.bertWords();
        json = tokenizer.json();
        sequences = tokenizer.sequences();
        types = tokenizer.types();
        this.asked = asked;
        this.files = files;
        try {
            handle = library.createTokenizerFromString(json);
        } catch (RuntimeException e) {
            throw new InputException(TokenizerJson.ASKED, "Hugging Face's tokenizers refuse it: " + e.getMessage(),
                    "save it again with a release that writes version 1.0", e);
        }
    }

    /// A tokenizer of uncased text over a WordPiece vocabulary.
    public static Tokenizer of(Vocabulary vocabulary) {
        return of(vocabulary, true);
    }

    /// A tokenizer over a WordPiece vocabulary, lower-casing and stripping accents or not.
    public static Tokenizer of(Vocabulary vocabulary, boolean lowercase) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(TokenizerFolder.VOCABULARY, String.join("\n", vocabulary.tokens()) + "\n");
        files.put(TokenizerFolder.SETTINGS, Json.text(Json.object().put("tokenizer_class", "BertTokenizer").put("do_lower_case", lowercase)) + "\n");
        return new Tokenizer(new TokenizerJson(vocabulary, true, vocabulary.tokenizerJson(lowercase), PairTemplate.bert(), true), files, "put texts into sequences");
    }

    /// A tokenizer from the text of a `tokenizer.json`. Padding and truncation that it asks for are switched off.
    ///
    /// @throws InputException if the text is not a tokenizer.json, lacks special tokens, or is one on which Hugging Face's library could fail
    public static Tokenizer ofJson(String json) {
        return new Tokenizer(TokenizerJson.parse(json), Map.of("tokenizer.json", json), TokenizerJson.ASKED);
    }

    /// The tokenizer of a model's folder in Hugging Face's layout: `tokenizer.json`, `vocab.txt`, or `vocab.json` with `merges.txt`, and what
    /// `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` say. Its ids are those of transformers.
    ///
    /// @throws InputException if there is none, if the files are not what they should be, or if they ask for what is not offered here
    public static Tokenizer inFolder(Path folder) throws IOException {
        TokenizerFolder.Read read = TokenizerFolder.read(folder);
        return new Tokenizer(read.tokenizer(), read.files(), "read the tokenizer in " + folder);
    }

    /// Writes what [#inFolder] reads: the files that the tokenizer was made from, as they were.
    public void save(Path folder) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    /// All that decides what the tokens of a text are.
    String description() {
        return json;
    }

    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /// How it puts texts into a sequence, or null where its files do not say: then it is as the model was pretrained.
    ///
    /// @throws InputException if they ask for sequences that are not offered here
    public PairTemplate template() {
        PairTemplate template = PairTemplate.of(sequences, vocabulary.roles(), asked);
        return template == null || types ? template : new PairTemplate(template.between(), 0);
    }

    /// Whether words that are given one by one begin with a space, as those of a RoBERTa and a GPT-2 do inside a text.
    public boolean spacedWords() {
        return Set.of("RobertaProcessing", "ByteLevel").contains(sequences.path("type").asText());
    }

    /// The tokens of a text, without special tokens except those written out in it.
    public synchronized Encoded encode(String text) {
        checkOpen();
        return bertWords ? encodeByWord(text) : encodeWhole(List.of(text)).getFirst();
    }

    /// The tokens of each text, as [#encode] gives them.
    public synchronized List<Encoded> encodeAll(List<String> texts) {
        checkOpen();
        if (!bertWords) {
            return encodeWhole(texts);
        }
        List<Encoded> all = new ArrayList<>(texts.size());
        for (String text : texts) {
            all.add(encodeByWord(text));
        }
        return all;
    }

    /// The tokens of a text and where they stand in it.
    public synchronized Located locate(String text) {
        checkOpen();
        long encoding = encodings(List.of(text))[0];
        try {
            long[] tokens = library.getTokenIds(encoding);
            CharSpan[] spans = library.getTokenCharSpans(encoding); // in code points
            int[] units = unitsOfCodePoints(text);
            int end = units.length - 1; // the library counts bytes where a token has no place but the end
            var located = new Located(new int[tokens.length], new int[tokens.length], new int[tokens.length]);
            for (int i = 0; i < tokens.length; i++) {
                located.ids[i] = (int) tokens[i];
                located.from[i] = spans[i] == null ? units[end] : units[Math.min(spans[i].getStart(), end)];
                located.to[i] = spans[i] == null ? units[end] : Math.max(located.from[i], units[Math.min(spans[i].getEnd(), end)]);
            }
            return located;
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    /// For each code point of a text, and for its end, the index of its first UTF-16 unit.
    private static int[] unitsOfCodePoints(String text) {
        var units = new int[text.codePointCount(0, text.length()) + 1];
        for (int i = 0, unit = 0; i < units.length; i++) {
            units[i] = unit;
            unit += unit < text.length() ? Character.charCount(text.codePointAt(unit)) : 0;
        }
        return units;
    }

    /// The text of the tokens, special tokens included, with the words' pieces joined.
    public synchronized String decode(int[] ids) {
        checkOpen();
        return library.decode(handle, Arrays.stream(ids).asLongStream().toArray(), false);
    }

    /// Frees the native tokenizer. Closing again does nothing.
    @Override
    public synchronized void close() {
        if (handle != 0) {
            library.deleteTokenizer(handle);
            handle = 0;
        }
    }

    private Encoded encodeByWord(String text) {
        count = 0;
        BertWords.scan(text, (start, end) -> append(lookUp(text, start, end)));
        return new Encoded(Arrays.copyOf(ids, count), Arrays.copyOf(starts, count));
    }

    private Encoded lookUp(String text, int start, int end) {
        if (end - start > MAX_REMEMBERED_LENGTH) {
            return encodeWhole(List.of(text.substring(start, end))).getFirst();
        }
        if (words.size() == MAX_REMEMBERED) {
            words.clear();
        }
        int known = words.size();
        int number = words.number(text, start, end);
        if (number == known) {
            if (number == pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * pieces.length);
            }
            pieces[number] = encodeWhole(List.of(words.word(number))).getFirst();
        }
        return pieces[number];
    }

    private void append(Encoded piece) {
        int[] more = piece.ids();
        if (count + more.length > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(2 * ids.length, count + more.length));
            starts = Arrays.copyOf(starts, ids.length);
        }
        for (int i = 0; i < more.length; i++) {
            ids[count] = more[i];
            starts[count++] = piece.wordStart()[i];
        }
    }

    private List<Encoded> encodeWhole(List<String> texts) {
        List<Encoded> all = new ArrayList<>(texts.size());
        for (long encoding : encodings(texts)) {
            try {
                all.add(read(library.getTokenIds(encoding), library.getWordIds(encoding)));
            } finally {
                library.deleteEncoding(encoding);
            }
        }
        return all;
    }

    private long[] encodings(List<String> texts) {
        return library.batchEncode(handle, texts.stream().map(Tokenizer::whole).toArray(String[]::new), false);
    }

    /// A text with U+FFFD in the place of surrogates that have lost their other half. On its way to the library such a one would take the rest
    /// of the text with it; the places of the others stay as they are.
    static String whole(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    mended = mended == null ? new StringBuilder(text) : mended;
                    mended.setCharAt(i, '\uFFFD');
                }
            }
        }
        return mended == null ? text : mended.toString();
    }

    /// @param words for each token the index of its word, or -1 for none
    private static Encoded read(long[] tokens, long[] words) {
        int[] ids = new int[tokens.length];
        boolean[] starts = new boolean[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            ids[i] = (int) tokens[i];
            starts[i] = i == 0 || words[i] < 0 || words[i] != words[i - 1];
        }
        return new Encoded(ids, starts);
    }

    private void checkOpen() {
        if (handle == 0) {
            throw new IllegalStateException("encode with a tokenizer: it is closed; keep it open for as long as it is used");
        }
    }
}
