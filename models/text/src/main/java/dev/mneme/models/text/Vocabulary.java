package dev.mneme.models.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.torch.internal.Reason;
import java.io.IOException;
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
/// Special tokens are among them: BERT's ([#SPECIALS]), RoBERTa's, GPT-2's only one, or those that a tokenizer's files name. Vocabularies
/// trained here have BERT's at ids 0 to 4; a loaded one may have them anywhere.
public final class Vocabulary {

    public static final String PAD = "[PAD]";
    public static final String UNK = "[UNK]";
    public static final String CLS = "[CLS]";
    public static final String SEP = "[SEP]";
    public static final String MASK = "[MASK]";

    /// The special tokens in the order they have in vocabularies trained here.
    public static final List<String> SPECIALS = List.of(PAD, UNK, CLS, SEP, MASK);

    /// What a token that continues a word begins with.
    public static final String CONTINUATION = "##";

    private final List<String> tokens;
    private final Map<String, Integer> ids;
    private final Roles roles;

    private Vocabulary(List<String> tokens, Map<String, Integer> ids, Roles roles) {
        this.tokens = tokens;
        this.ids = ids;
        this.roles = roles;
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
        try {
            return of(lines(Files.readString(file)), asked);
        } catch (CharacterCodingException e) {
            throw new InputException(asked, "it is not UTF-8 text", "give a vocab.txt with one token a line", e);
        } catch (IOException e) {
            throw new InputException(asked, "it cannot be read (" + Reason.of(e) + ")",
                    "check the path; it was looked for as " + file.toAbsolutePath(), e);
        }
    }

    /// The tokens in the text of a `vocab.txt`: its lines, without white space at their ends. A byte order mark is none of them.
    static List<String> lines(String text) {
        List<String> tokens = new ArrayList<>();
        for (int start = text.startsWith("\uFEFF") ? 1 : 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            int stop = end;
            while (stop > start && isSpace(text.charAt(stop - 1))) {
                stop--;
            }
            tokens.add(text.substring(start, stop));
            start = end + 1;
        }
        return tokens;
    }

    /// Unicode's White_Space, which is what the tokenizers library takes off.
    private static boolean isSpace(char c) {
        return Character.isSpaceChar(c) || c >= '\t' && c <= '\r' || c == '\u0085';
    }

    static Vocabulary of(List<String> tokens, String asked) {
        return of(tokens, null, asked);
    }

    /// @param roles null for those that the tokens' names tell
    static Vocabulary of(List<String> tokens, Roles roles, String asked) {
        Map<String, Integer> ids = index(tokens, asked);
        return new Vocabulary(List.copyOf(tokens), ids, roles == null ? Roles.byName(ids.keySet(), asked) : roles);
    }

    /// The ids of tokens: their indices.
    ///
    /// @throws InputException if there are none, or one is empty or there twice
    static Map<String, Integer> index(List<String> tokens, String asked) {
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
        return ids;
    }

    /// Writes `vocab.txt`, one token a line in UTF-8, replacing the file.
    public void save(Path file) {
        try {
            Files.writeString(file, String.join("\n", tokens) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("write the vocabulary to " + file + ": " + Reason.of(e), e);
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

    Roles roles() {
        return roles;
    }

    /// What fills sequences up. Where there is no token for it, that which ends a text.
    public int pad() {
        return ids.get(roles.pad());
    }

    /// @throws InputException if there is no such token
    public int unk() {
        return special(roles.unk(), "read a token that is not in the vocabulary", "unk_token");
    }

    /// What begins a sequence. A GPT-2 has one token for the beginning and the end.
    public int cls() {
        return ids.get(roles.cls());
    }

    /// What ends a text.
    public int sep() {
        return ids.get(roles.sep());
    }

    /// @throws InputException if there is no such token, as in a GPT-2
    public int mask() {
        return special(roles.mask(), "hide tokens", "mask_token");
    }

    private int special(String token, String asked, String name) {
        if (token == null) {
            throw new InputException(asked, "the tokenizer has no " + name, "give a model whose tokenizer has one");
        }
        return ids.get(token);
    }

    /// Whether each id is that of a special token; a new array of [#size] elements.
    public boolean[] specials() {
        boolean[] special = new boolean[size()];
        for (String token : roles.tokens()) {
            special[ids.get(token)] = true;
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
        ObjectNode root = wordPiece(ids, token(unk()), lowercase, null, true);
        ArrayNode added = root.putArray("added_tokens");
        roles.tokens().stream().map(ids::get).sorted().forEach(id -> added.add(AddedToken.special(token(id)).json(id)));
        return Json.line(root);
    }

    /// A `tokenizer.json` as transformers makes it for a BERT, without added tokens.
    ///
    /// @param stripAccents null: as lowercase says
    /// @param chinese whether Chinese characters are words
    static ObjectNode wordPiece(Map<String, Integer> ids, String unknown, boolean lowercase, Boolean stripAccents, boolean chinese) {
        ObjectNode root = Json.object().put("version", "1.0").putNull("truncation").putNull("padding");
        root.putArray("added_tokens");
        root.putObject("normalizer").put("type", "BertNormalizer").put("clean_text", true).put("handle_chinese_chars", chinese)
                .put("strip_accents", stripAccents).put("lowercase", lowercase);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        root.putNull("post_processor");
        root.putObject("decoder").put("type", "WordPiece").put("prefix", CONTINUATION).put("cleanup", true);
        ObjectNode model = root.putObject("model").put("type", "WordPiece").put("unk_token", unknown)
                .put("continuing_subword_prefix", CONTINUATION).put("max_input_chars_per_word", 100);
        ObjectNode vocab = model.putObject("vocab");
        ids.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(each -> vocab.put(each.getKey(), each.getValue()));
        return root;
    }
}
