package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which tokens stand for what.
///
/// @param pad fills sequences up
/// @param unk stands for what the vocabulary lacks, or null
/// @param cls begins a sequence
/// @param sep ends a text
/// @param mask stands for a hidden token, or null
record Roles(String pad, String unk, String cls, String sep, String mask) {
    static final Roles BERT = new Roles(Vocabulary.PAD, Vocabulary.UNK, Vocabulary.CLS, Vocabulary.SEP, Vocabulary.MASK);
    static final Roles ROBERTA = new Roles("<pad>", "<unk>", "<s>", "</s>", "<mask>");
    /// A GPT-2 has one special token, which ends texts. Padding is never read, so the same may stand there.
    static final Roles GPT2 = new Roles("<|endoftext|>", "<|endoftext|>", "<|endoftext|>", "<|endoftext|>", null);

    /// All of them, each once.
    List<String> tokens() {
        return Stream.of(pad, unk, cls, sep, mask).filter(each -> each != null).distinct().toList();
    }

    /// All of them by the names of transformers.
    Map<String, String> named() {
        Map<String, String> all = new TreeMap<>(Map.of("pad_token", pad, "cls_token", cls, "sep_token", sep));
        if (unk != null) {
            all.put("unk_token", unk);
        }
        if (mask != null) {
            all.put("mask_token", mask);
        }
        return all;
    }

    /// Those of a vocabulary about which nothing else is known: BERT's, RoBERTa's or GPT-2's, by their names.
    ///
    /// @throws InputException if they are not there
    static Roles byName(Set<String> tokens, String asked) {
        Roles family = family(tokens);
        List<String> missing = family.tokens().stream().filter(each -> !tokens.contains(each)).toList();
        if (!missing.isEmpty()) {
            throw new InputException(asked, "it has no " + String.join(", ", missing),
                    "give the vocabulary of a BERT model, with one token a line");
        }
        return family;
    }

    /// Those that a `tokenizer_config.json` names; where it does not, as [#byName].
    ///
    /// @param named tokens by the names of transformers, such as `cls_token`
    /// @param tokens the vocabulary with all that is added to it
    /// @throws InputException if nothing says what begins or ends a text
    static Roles named(Map<String, String> named, Set<String> tokens, String asked) {
        Roles family = family(tokens);
        String cls = first(named.get("cls_token"), named.get("bos_token"), known(family.cls, tokens));
        String sep = first(named.get("sep_token"), named.get("eos_token"), known(family.sep, tokens));
        List<String> missing = new ArrayList<>();
        if (cls == null) {
            missing.add("cls_token or bos_token");
        }
        if (sep == null) {
            missing.add("sep_token or eos_token");
        }
        if (!missing.isEmpty()) {
            throw new InputException(asked, "nothing says what its " + String.join(" and its ", missing) + " is",
                    "name them in tokenizer_config.json");
        }
        return new Roles(first(named.get("pad_token"), known(family.pad, tokens), sep), first(named.get("unk_token"), known(family.unk, tokens)),
                cls, sep, first(named.get("mask_token"), known(family.mask, tokens)));
    }

    private static Roles family(Set<String> tokens) {
        return tokens.contains(BERT.cls) ? BERT : tokens.contains(ROBERTA.cls) && tokens.contains(ROBERTA.sep) ? ROBERTA
                : tokens.contains(GPT2.sep) ? GPT2 : BERT;
    }

    private static String known(String token, Set<String> tokens) {
        return token != null && tokens.contains(token) ? token : null;
    }

    private static String first(String... some) {
        return Stream.of(some).filter(each -> each != null).findFirst().orElse(null);
    }
}
