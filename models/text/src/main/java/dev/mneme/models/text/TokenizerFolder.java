package dev.mneme.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/// The tokenizer in a model's folder, put together from its files as transformers does (release 5).
///
/// A class of transformers that is named, or that the kind of model implies, takes from the files its vocabulary, its settings and the added
/// tokens, and nothing else: so it is here. `tokenizer.json` is taken whole where the class is `PreTrainedTokenizerFast`, or where nothing
/// but that file is there.
final class TokenizerFolder {
    private static final String JSON = "tokenizer.json";
    static final String VOCABULARY = "vocab.txt";
    private static final String PIECES = "vocab.json";
    private static final String MERGES = "merges.txt";
    static final String SETTINGS = "tokenizer_config.json";
    private static final String MODEL = "config.json";

    /// All that a tokenizer is made of; a copy has the same.
    static final List<String> FILES = List.of(JSON, VOCABULARY, PIECES, MERGES, SETTINGS, AddedTokens.ADDED, AddedTokens.SPECIAL);

    /// The classes of transformers, with the special tokens that they have where none are named.
    private enum Kind {
        BERT("BertTokenizer", Map.of("unk_token", "[UNK]", "sep_token", "[SEP]", "pad_token", "[PAD]", "cls_token", "[CLS]", "mask_token", "[MASK]")),
        ROBERTA("RobertaTokenizer", Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>", "sep_token", "</s>", "pad_token", "<pad>",
                "cls_token", "<s>", "mask_token", "<mask>")),
        GPT2("GPT2Tokenizer", Map.of("bos_token", "<|endoftext|>", "eos_token", "<|endoftext|>", "unk_token", "<|endoftext|>")),
        WHOLE("PreTrainedTokenizerFast", Map.of());

        private final String name;
        private final Map<String, String> specials;

        Kind(String name, Map<String, String> specials) {
            this.name = name;
            this.specials = specials;
        }
    }

    private final Path folder;
    private final String asked;
    private final Map<String, String> files = new LinkedHashMap<>();
    private String namedByModel; // the class that config.json names, where tokenizer_config.json names none; or null

    private TokenizerFolder(Path folder) throws IOException {
        this.folder = folder;
        asked = "read the tokenizer in " + folder;
        for (String name : FILES) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                try {
                    files.put(name, Files.readString(file));
                } catch (CharacterCodingException e) {
                    throw new InputException("read " + file, "it is not UTF-8 text", "save it again with Hugging Face's tokenizers", e);
                }
            }
        }
    }

    /// @param files by their names, for a copy: as they were, and what keeps its ids the same in transformers
    record Read(Map<String, String> files, TokenizerJson tokenizer) {}

    /// @throws InputException if there is no tokenizer, or if it asks for what would give other ids than in transformers
    static Read read(Path folder) throws IOException {
        var from = new TokenizerFolder(folder);
        TokenizerJson tokenizer = from.tokenizer();
        if (from.files.containsKey(JSON) && !from.files.containsKey(SETTINGS) && from.namedByModel == null) {
            // Without it, transformers takes its class's defaults before what the file says, and lower-cases a cased BERT.
            ObjectNode settings = Json.object().put("tokenizer_class", Kind.WHOLE.name);
            tokenizer.vocabulary().roles().named().forEach(settings::put);
            from.files.put(SETTINGS, Json.text(settings) + "\n");
        } else if (from.namedByModel != null) { // a copy may stand beside another config.json
            from.files.put(SETTINGS, Json.text(from.parsed(SETTINGS).put("tokenizer_class", from.namedByModel)) + "\n");
        }
        return new Read(from.files, tokenizer);
    }

    private TokenizerJson tokenizer() throws IOException {
        boolean pieces = files.containsKey(PIECES) && files.containsKey(MERGES);
        if (!files.containsKey(JSON) && !files.containsKey(VOCABULARY) && !pieces) {
            throw new InputException(asked, "it has neither " + JSON + " nor " + VOCABULARY + ", nor " + PIECES + " with " + MERGES,
                    "give the folder of a model with its tokenizer");
        }
        ObjectNode settings = parsed(SETTINGS);
        requireSupported(settings);
        ObjectNode whole = files.containsKey(JSON) ? TokenizerJson.tree(files.get(JSON), "read " + folder.resolve(JSON)) : null;
        Kind kind = kind(settings, pieces);
        if (kind == Kind.WHOLE && whole == null) {
            throw new InputException(asked, "its class is " + kind.name + ", and it has no " + JSON, "give that file too");
        }
        if (kind == Kind.WHOLE && !files.containsKey(SETTINGS) && !files.containsKey(AddedTokens.ADDED) && !files.containsKey(AddedTokens.SPECIAL)) {
            return TokenizerJson.parse(files.get(JSON)).withoutTypes();
        }
        var added = new AddedTokens(settings, parsed(AddedTokens.ADDED), parsed(AddedTokens.SPECIAL), whole, kind == Kind.WHOLE, kind.specials, asked);
        ObjectNode root = switch (kind) {
            case BERT -> bert(settings, whole, added);
            case ROBERTA -> bytePairs(settings, whole, "RobertaProcessing", settings.path("trim_offsets").asBoolean(true));
            case GPT2 -> bytePairs(settings, whole, "ByteLevel", false);
            case WHOLE -> whole;
        };
        TokenizerJson tokenizer = TokenizerJson.of(root, added.tokens(), added.declared(), added.named(), asked);
        return hasTypes(settings, kind) ? tokenizer : tokenizer.withoutTypes();
    }

    /// Whether token types are among what the model is given; where nothing is said, they are with a BERT's tokenizer alone.
    private static boolean hasTypes(ObjectNode settings, Kind kind) {
        JsonNode inputs = settings.path("model_input_names");
        return !inputs.isArray() ? kind == Kind.BERT : StreamSupport.stream(inputs.spliterator(), false).anyMatch(each -> each.asText().equals("token_type_ids"));
    }

    private ObjectNode parsed(String name) {
        return files.containsKey(name) ? Json.parse(files.get(name), "read " + folder.resolve(name), "mend it there") : Json.object();
    }

    private Kind kind(ObjectNode settings, boolean pieces) throws IOException {
        Path file = folder.resolve(MODEL);
        ObjectNode model = Files.isRegularFile(file) ? Json.read(file) : Json.object();
        String named = settings.path("tokenizer_class").asText("");
        if (named.isEmpty() && model.path("tokenizer_class").isTextual()) {
            named = model.path("tokenizer_class").asText();
            namedByModel = named;
        }
        if (!named.isEmpty()) {
            String slow = named.replaceFirst("Fast$", "");
            for (Kind each : Kind.values()) {
                if (each.name.replaceFirst("Fast$", "").equals(slow) || each == Kind.WHOLE && slow.equals("TokenizersBackend")) {
                    return each;
                }
            }
            throw new InputException(asked, "tokenizer_class is " + named, "give BertTokenizer, RobertaTokenizer, GPT2Tokenizer or, with a "
                    + JSON + ", PreTrainedTokenizerFast");
        }
        if (files.containsKey(JSON)) {
            if (!files.containsKey(SETTINGS)) {
                return Kind.WHOLE;
            }
            return switch (model.path("model_type").asText("")) {
                case "bert" -> Kind.BERT;
                case "roberta" -> Kind.ROBERTA;
                case "gpt2" -> Kind.GPT2;
                default -> Kind.WHOLE;
            };
        }
        return !pieces ? Kind.BERT : model.path("model_type").asText("").equals("roberta") ? Kind.ROBERTA : Kind.GPT2;
    }

    private void requireSupported(ObjectNode settings) {
        only(settings, "split_special_tokens", "false");
        only(settings, "truncation_side", "right");
        for (String name : List.of("vocab", "merges", "init_inputs", "tokenizer_object", "post_processor", "gguf_file", "tokenizer_padding",
                "tokenizer_truncation", "model_specific_special_tokens")) {
            if (!Json.isAbsent(settings.path(name)) && !(settings.path(name).isArray() && settings.path(name).isEmpty())) {
                throw new InputException("read " + folder.resolve(SETTINGS), "it has " + name, "leave it out: it is not offered here");
            }
        }
        for (String name : List.of("do_lower_case", "tokenize_chinese_chars", "strip_accents", "add_prefix_space", "trim_offsets")) {
            JsonNode value = settings.path(name);
            if (!value.isMissingNode() && !value.isBoolean() && !(value.isNull() && name.equals("strip_accents"))) {
                throw new InputException("read " + folder.resolve(SETTINGS), name + " is " + value, "give true or false");
            }
        }
    }

    private void only(ObjectNode settings, String name, String supported) {
        if (!Json.isAbsent(settings.path(name))) {
            Json.only(folder.resolve(SETTINGS), settings, name, supported);
        }
    }

    private ObjectNode bert(ObjectNode settings, ObjectNode whole, AddedTokens added) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        if (whole == null) {
            if (!files.containsKey(VOCABULARY)) {
                throw new InputException(asked, "its class is " + Kind.BERT.name + ", and it has neither " + JSON + " nor " + VOCABULARY, "give one of them");
            }
            ids = Vocabulary.index(Vocabulary.lines(files.get(VOCABULARY)), "load the vocabulary " + folder.resolve(VOCABULARY));
        } else {
            requireModel(whole, "WordPiece", Kind.BERT);
        }
        JsonNode strip = settings.path("strip_accents");
        ObjectNode root = Vocabulary.wordPiece(ids, added.named().get("unk_token"), settings.path("do_lower_case").asBoolean(true),
                Json.isAbsent(strip) ? null : strip.asBoolean(), settings.path("tokenize_chinese_chars").asBoolean(true));
        root.set("post_processor", PairTemplate.bert());
        if (whole != null) {
            ((ObjectNode) root.path("model")).set("vocab", whole.path("model").path("vocab"));
        }
        return root;
    }

    /// A `tokenizer.json` as transformers makes it for a RoBERTa or a GPT-2.
    private ObjectNode bytePairs(ObjectNode settings, ObjectNode whole, String sequences, boolean trim) {
        ObjectNode root = Json.object().put("version", "1.0");
        boolean prefix = settings.path("add_prefix_space").asBoolean(false);
        root.putNull("normalizer");
        root.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", prefix).put("trim_offsets", true).put("use_regex", true);
        root.putObject("post_processor").put("type", sequences).put("add_prefix_space", prefix).put("trim_offsets", trim).put("use_regex", true);
        root.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token").put("continuing_subword_prefix", "")
                .put("end_of_word_suffix", "").put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        if (whole != null) {
            requireModel(whole, "BPE", Kind.GPT2);
            model.set("vocab", whole.path("model").path("vocab"));
            model.set("merges", whole.path("model").path("merges"));
        } else {
            if (!files.containsKey(PIECES) || !files.containsKey(MERGES)) {
                throw new InputException(asked, "its class needs " + PIECES + " and " + MERGES + ", or " + JSON, "give these too");
            }
            model.set("vocab", parsed(PIECES));
            ArrayNode merges = model.putArray("merges");
            merges().forEach(merges::add);
        }
        return root;
    }

    private List<String> merges() {
        List<String> all = new ArrayList<>();
        int number = 0;
        for (String line : files.get(MERGES).replaceFirst("^\uFEFF", "").split("\r?\n")) {
            number++;
            if (!line.startsWith("#version") && !(number == 1 && line.isEmpty())) {
                if (line.split(" ", -1).length != 2) {
                    throw new InputException("read " + folder.resolve(MERGES), "line " + number + " is no pair of tokens", "give two, with one space between them");
                }
                all.add(line);
            }
        }
        return all;
    }

    private void requireModel(ObjectNode whole, String type, Kind kind) {
        String found = TokenizerChecks.type(whole.path("model"));
        if (!found.equals(type)) {
            throw new InputException(asked, "the model in " + JSON + " is a " + found + ", and its class makes a " + type + " of it",
                    "name the class PreTrainedTokenizerFast in " + SETTINGS + ", which takes the file as it is");
        }
    }
}
