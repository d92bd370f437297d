package dev.mneme.models.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.models.InputException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tokens of a model and their ids, which are 0 to size - 1. Immutable.
///
/// The five special tokens must be among them, named as BERT's ([#SPECIALS]) or as RoBERTa's. Vocabularies trained here have BERT's at
/// ids 0 to 4; a loaded one may have them anywhere.
public final class Vocabulary {

    public static final String PAD = "[PAD]";
    public static final String UNK = "[UNK]";
    public static final String CLS = "[CLS]";
    public static final String SEP = "[SEP]";
    public static final String MASK = "[MASK]";

    /// The special tokens in the order they have in vocabularies trained here.
    public static final List<String> SPECIALS = List.of(PAD, UNK, CLS, SEP, MASK);

    private static final List<String> ROBERTA_SPECIALS = List.of("<pad>", "<unk>", "<s>", "</s>", "<mask>");

    /// What a token that continues a word begins with.
    public static final String CONTINUATION = "##";

    private final List<String> tokens;
    private final Map<String, Integer> ids;
    private final List<String> specials; // in the order of SPECIALS

    private Vocabulary(List<String> tokens, Map<String, Integer> ids, List<String> specials) {
        this.tokens = tokens;
        this.ids = ids;
        this.specials = specials;
    }

    /// A vocabulary whose token at index i has id i.
    ///
    /// @throws InputException if it is empty, has a token twice, an empty token, or lacks a special token
    public static Vocabulary of(List<String> tokens) {
        return of(tokens, "make a vocabulary of " + tokens.size() + " tokens");
    }

    /// Reads `vocab.txt` as BERT's tools write it: one token a line, in UTF-8, the id being the line's index.
    ///
    /// @throws InputException as [#of], and if the file cannot be read as UTF-8 text
    public static Vocabulary load(Path file) {
        String asked = "load the vocabulary " + file;
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new InputException(asked, "it is not UTF-8 text", "give a vocab.txt with one token a line", e);
        } catch (IOException e) {
            throw new InputException(asked, "it cannot be read (" + e.getMessage() + ")",
                    "check the path; it was looked for as " + file.toAbsolutePath(), e);
        }
        List<String> tokens = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            int stop = end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
            tokens.add(text.substring(start, stop));
            start = end + 1;
        }
        return of(tokens, asked);
    }

    static Vocabulary of(List<String> tokens, String asked) {
        if (tokens.isEmpty()) {
            throw new InputException(asked, "it is empty", "give one token a line, " + SPECIALS + " among them");
        }
        Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token.isEmpty()) {
                throw new InputException(asked, "line " + (id + 1) + " is empty", "remove it, or put its token there");
            }
            Integer first = ids.putIfAbsent(token, id);
            if (first != null) {
                throw new InputException(asked, "line " + (id + 1) + " repeats '" + token + "' of line " + (first + 1),
                        "remove one of them; the ids of a trained model depend on the line, so check which it was trained with");
            }
        }
        List<String> specials = ids.keySet().containsAll(ROBERTA_SPECIALS) && !ids.containsKey(CLS) ? ROBERTA_SPECIALS : SPECIALS;
        List<String> missing = specials.stream().filter(s -> !ids.containsKey(s)).toList();
        if (!missing.isEmpty()) {
            throw new InputException(asked, "it has no " + String.join(", ", missing),
                    "give the vocabulary of a BERT model, with one token a line");
        }
        return new Vocabulary(List.copyOf(tokens), ids, specials);
    }

    /// Writes `vocab.txt`, one token a line in UTF-8, replacing the file.
    public void save(Path file) {
        try {
            Files.writeString(file, String.join("\n", tokens) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("write the vocabulary to " + file + ": " + e.getMessage(), e);
        }
    }

    public int size() {
        return tokens.size();
    }

    /// All tokens, in the order of their ids.
    public List<String> tokens() {
        return tokens;
    }

    public String token(int id) {
        return tokens.get(id);
    }

    public boolean contains(String token) {
        return ids.containsKey(token);
    }

    /// The token's id, or that of the unknown token if the vocabulary lacks it.
    public int id(String token) {
        Integer id = ids.get(token);
        return id != null ? id : unk();
    }

    public int pad() {
        return special(PAD);
    }

    public int unk() {
        return special(UNK);
    }

    public int cls() {
        return special(CLS);
    }

    public int sep() {
        return special(SEP);
    }

    public int mask() {
        return special(MASK);
    }

    private int special(String name) {
        return ids.get(specials.get(SPECIALS.indexOf(name)));
    }

    /// Whether each id is that of a special token; a new array of [#size] elements.
    public boolean[] specials() {
        boolean[] special = new boolean[size()];
        for (String token : specials) {
            special[id(token)] = true;
        }
        return special;
    }

    /// This vocabulary as a Hugging Face `tokenizer.json` for uncased text.
    public String tokenizerJson() {
        return tokenizerJson(true);
    }

    /// This vocabulary as the text of a Hugging Face `tokenizer.json`: BERT's normalizer and pre-tokenizer, a WordPiece
    /// model, the special tokens as added tokens. There is no post-processor: `[CLS]` and `[SEP]` are added by
    /// [TokenSequences].
    ///
    /// @param lowercase whether text is lower-cased and stripped of accents first
    public String tokenizerJson(boolean lowercase) {
        StringWriter text = new StringWriter(24 * size());
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            writeAddedTokens(json);
            json.writeObjectFieldStart("normalizer");
            json.writeStringField("type", "BertNormalizer");
            json.writeBooleanField("clean_text", true);
            json.writeBooleanField("handle_chinese_chars", true);
            json.writeNullField("strip_accents"); // null: as lowercase says
            json.writeBooleanField("lowercase", lowercase);
            json.writeEndObject();
            json.writeObjectFieldStart("pre_tokenizer");
            json.writeStringField("type", "BertPreTokenizer");
            json.writeEndObject();
            json.writeNullField("post_processor");
            json.writeObjectFieldStart("decoder");
            json.writeStringField("type", "WordPiece");
            json.writeStringField("prefix", CONTINUATION);
            json.writeBooleanField("cleanup", true);
            json.writeEndObject();
            writeModel(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.toString();
    }

    private void writeAddedTokens(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("added_tokens");
        for (int id : specials.stream().mapToInt(this::id).sorted().toArray()) {
            json.writeStartObject();
            json.writeNumberField("id", id);
            json.writeStringField("content", token(id));
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                json.writeBooleanField(flag, false);
            }
            json.writeBooleanField("special", true);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeModel(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", "WordPiece");
        json.writeStringField("unk_token", token(unk()));
        json.writeStringField("continuing_subword_prefix", CONTINUATION);
        json.writeNumberField("max_input_chars_per_word", 100);
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < size(); id++) {
            json.writeNumberField(token(id), id);
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
