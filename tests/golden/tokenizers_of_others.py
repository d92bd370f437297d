"""tokenizers.json: folders of tokenizers as others leave them, and the ids that transformers gives with each, for make.py.

A case is a folder's files, by name, and what AutoTokenizer makes of TEXTS in it, without special tokens; or the error it ends with.
"""
import json
import random
import tempfile
from pathlib import Path

from tokenizers import pre_tokenizers, processors
from transformers import AutoTokenizer, BertTokenizerFast, PreTrainedTokenizerFast
from transformers.utils import logging

WORDS = """[PAD] [UNK] [CLS] [SEP] [MASK] the a b c Caf ##é ##e Cafe cafe caf 中 文 ##文 ##r x ##x THE new < > [ ] unk mask <mask> Ġ""".split()
N = len(WORDS)
TEXTS = ["the Café 中文 [MASK] THE", "the <x> [NEW]x [new] a<x>b [Mask]", "  <mask> x <y>  b", "cafe\u0301 x"]


def word_piece(**others):
    return {"vocab.txt": "".join(f"{w}\n" for w in WORDS), "config.json": {"model_type": "bert"}, **others}


def bert(settings, **others):
    return word_piece(**{"tokenizer_config.json": settings}, **{name + ".json": value for name, value in others.items()})


def token(content, **flags):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **flags}


def json_of(lowercase, added=()):
    """A tokenizer.json of the words."""
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": list(added),
            "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": lowercase},
            "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                      "vocab": {w: i for i, w in enumerate(WORDS)}}}


SPECIALS = [{"id": i, **token(w)} for i, w in enumerate(WORDS[:5])]

PAIRS = [*sorted(pre_tokenizers.ByteLevel.alphabet())]
MERGES = ["t h", "th e", "Ġ the", "Ġ a", "Ġ x", "c a", "ca f", "Ġ caf"]
PIECES = {t: i for i, t in enumerate([*PAIRS, *("".join(m.split()) for m in MERGES)])}


def gpt2(settings=None, vocabulary=("<|endoftext|>",), model="gpt2", **others):
    pieces = {**PIECES, **{t: len(PIECES) + i for i, t in enumerate(vocabulary)}}
    files = {"vocab.json": pieces, "merges.txt": "#version: 0.2\n" + "".join(f"{m}\n" for m in MERGES), "config.json": {"model_type": model},
             **{name + ".json": value for name, value in others.items()}}
    return files if settings is None else {**files, "tokenizer_config.json": settings}


ROBERTA = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")


def pairs_json(settings=None, prefix=False, added=({"id": len(PIECES), **token("<|endoftext|>")},)):
    files = gpt2(settings)
    files["tokenizer.json"] = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": list(added), "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": True},
        "post_processor": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": False,
                  "byte_fallback": False, "vocab": files.pop("vocab.json"), "merges": files.pop("merges.txt").splitlines()[1:]}}
    return files


def sequence(*pieces):
    """A template of a post-processor: special tokens and sequences, each with its type."""
    return [{"Sequence" if name in "AB" else "SpecialToken": {"id": name, "type_id": kind}} for name, kind in pieces]


def template(*pair):
    json = json_of(False, SPECIALS)
    json["post_processor"] = {
        "type": "TemplateProcessing", "single": sequence(("[CLS]", 0), ("A", 0), ("[SEP]", 0)), "pair": sequence(*pair),
        "special_tokens": {w: {"id": w, "ids": [WORDS.index(w)], "tokens": [w]} for w in ("[CLS]", "[SEP]")}}
    return bert({"tokenizer_class": "PreTrainedTokenizerFast", **{w[1:-1].lower() + "_token": w for w in WORDS[:5]}}, tokenizer=json)


FIRST = (("[CLS]", 0), ("A", 0), ("[SEP]", 0))

CASES = {
    "two special tokens of one text: the last decides": bert({}, special_tokens_map={
        "bos_token": token("[MASK]", single_word=True), "mask_token": "[MASK]"}),
    "a token of the class itself, of other flags": bert({"added_tokens_decoder": {"4": {"content": "[MASK]", "rstrip": True}}}),
    "the same of a RoBERTa": gpt2({"tokenizer_class": "RobertaTokenizer"}, ROBERTA, "roberta", special_tokens_map={
        "eos_token": token("<mask>", lstrip=True), "sep_token": "<mask>"}),
    "additional_special_tokens beside an object of extra ones": bert({
        "extra_special_tokens": {"image_token": "<x>"}, "additional_special_tokens": ["<y>"], "added_tokens_decoder": {}}),
    "an empty additional_special_tokens": bert({"additional_special_tokens": []}, special_tokens_map={"additional_special_tokens": ["<y>"]}),
    "a BERT's tokenizer in a RoBERTa": bert({"tokenizer_class": "BertTokenizer"}, config={"model_type": "roberta"}),
    "a RoBERTa's tokenizer in a BERT": gpt2({"tokenizer_class": "RobertaTokenizer"}, ROBERTA, "bert"),
    "a template with types": template(*FIRST, ("B", 1), ("[SEP]", 1)),
    "a template without types": template(*FIRST, ("B", 0), ("[SEP]", 0)),
    "a template with two between": template(*FIRST, ("[SEP]", 0), ("B", 1), ("[SEP]", 1)),
    "vocab.txt alone": word_piece(),
    "words in a GPT-2, as Mneme trains it": bert({"tokenizer_class": "BertTokenizer", "do_lower_case": True}, config={"model_type": "gpt2"}),
    "do_lower_case": bert({"do_lower_case": False}),
    "strip_accents false": bert({"strip_accents": False}),
    "strip_accents true": bert({"strip_accents": True, "do_lower_case": False}),
    "strip_accents null": bert({"strip_accents": None, "do_lower_case": False}),
    "tokenize_chinese_chars": bert({"tokenize_chinese_chars": False}),
    "do_basic_tokenize and never_split": bert({"do_basic_tokenize": False, "never_split": ["Café"]}),
    "what has nothing to do with ids": bert({"model_max_length": 4, "padding_side": "left", "clean_up_tokenization_spaces": False,
                                             "model_input_names": ["input_ids"], "tokenizer_class": "BertTokenizerFast", "foo": [1]}),
    "other names": bert({"unk_token": "unk", "mask_token": "<mask>", "pad_token": "a", "cls_token": "b", "sep_token": "c"}),
    "a mask that is new, and takes spaces": bert({"mask_token": {"__type": "AddedToken", **token("<x>", lstrip=True)}}),
    "additional_special_tokens": bert({"additional_special_tokens": ["<x>", "[NEW]"]}),
    "extra_special_tokens": bert({"extra_special_tokens": {"foo_token": "<x>"}, "image_token": "[NEW]"}),
    "added_tokens.json": bert({}, added_tokens={"<x>": N, "[NEW]": N + 1}),
    "special_tokens_map.json": bert({"mask_token": "[MASK]"}, special_tokens_map={
        "mask_token": token("<mask>", lstrip=True), "additional_special_tokens": ["<y>"]}, added_tokens={"<y>": N}),
    "added_tokens_decoder": bert({"added_tokens_decoder": {
        "0": token("[PAD]"), str(N): token("<x>", special=False), str(N + 1): token("[NEW]", normalized=True, special=False),
        str(N + 2): token("<y>", rstrip=True, lstrip=True, single_word=True)}}, added_tokens={"cafe": 5}),
    "added_tokens_decoder before tokenizer.json": bert(
        {"added_tokens_decoder": {str(N): token("<x>")}}, tokenizer=json_of(True, [*SPECIALS, {"id": N, **token("<y>")}])),
    "tokenizer.json of a cased BERT": bert({"do_lower_case": False}, tokenizer=json_of(False, SPECIALS)),
    "tokenizer.json and settings that differ": bert({"do_lower_case": True, "strip_accents": False}, tokenizer=json_of(False, SPECIALS)),
    "tokenizer.json of no class": bert({"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": True, "mask_token": "<mask>",
                                        "extra_special_tokens": ["<x>"]}, tokenizer=json_of(False, [*SPECIALS, {"id": N, **token("<y>")}])),
    "GPT-2 as it was first given out": gpt2(),
    "GPT-2 with settings": gpt2({"add_prefix_space": True, "pad_token": "<pad>", "model_max_length": 1024, "add_bos_token": False}),
    "GPT-2's tokenizer.json": pairs_json(),
    "GPT-2's tokenizer.json and its settings": pairs_json({"add_prefix_space": False, "model_max_length": 1024, "tokenizer_class": "GPT2Tokenizer",
                                                           "unk_token": "<|endoftext|>", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"},
                                                          prefix=True),
    "RoBERTa as it was first given out": gpt2(vocabulary=ROBERTA, model="roberta"),
    "RoBERTa with a mask that takes the space before it": gpt2({
        "mask_token": {"__type": "AddedToken", **token("<mask>", lstrip=True)}, "add_prefix_space": True}, ROBERTA, "roberta"),
}

# What is refused here, with what the message must name.
REFUSED = {
    "split_special_tokens": bert({"split_special_tokens": True}),
    "truncation_side": bert({"truncation_side": "left"}),
    "tokenizer_class": bert({"tokenizer_class": "BertJapaneseTokenizer"}),
    "do_lower_case": bert({"do_lower_case": "false"}),
    "'<x>' is said to have id 40": bert({}, added_tokens={"<x>": 40}),
    "unk_token \"<x>\"": bert({"unk_token": "<x>"}),
    "cls_token is null": bert({"cls_token": None}),
    "mask_token is": bert({"mask_token": {"content": "<mask>"}}),
    "vocab": bert({"vocab": {"a": 0}}),
}


def ids(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, value in files.items():
            (Path(folder) / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        tokenizer = AutoTokenizer.from_pretrained(folder)
        answer = {"vocabulary": len(tokenizer), "ids": [tokenizer(t, add_special_tokens=False)["input_ids"] for t in TEXTS],
                  "specials": {name: getattr(tokenizer, name) for name in ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")}}
        if tokenizer.cls_token:
            pair = tokenizer(TEXTS[0], TEXTS[3])
            answer["pair"] = pair["input_ids"]
            answer["pair_types"] = pair.get("token_type_ids", [0] * len(answer["pair"]))
        return answer


PARTS = ["the", " ", "  ", "\n", "\t", "\u00a0", "\u2003", "\u3000", "\u2028", "\u200b", "\0", "e\u0301", "é", "\u0301", "\U0001f600", "\ufffd", "<mask>",
         "[MASK]", "x", ",", "가", "ﬁ", "\ufdfa", "İ", "中", "Ꭰ"]


def offsets(tokenizer, prefixed=False):
    """Random texts, which often end in spaces, with their tokens and where these stand, in code points."""
    rng = random.Random(9)
    backend = tokenizer.backend_tokenizer
    if prefixed:
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        backend.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=True)
    cases = []
    for i in range(60):
        text = "".join(rng.choice(PARTS) for _ in range(rng.randrange(8))) + " " * (i % 3)
        encoding = backend.encode(text, add_special_tokens=False)
        n = len(text)
        cases.append({"text": text, "ids": encoding.ids, "offsets": [[min(a, n), min(b, n)] for a, b in encoding.offsets]})
    return cases


def write(out, data, save_json):
    logging.set_verbosity_error()
    roberta = lambda: PreTrainedTokenizerFast.from_pretrained(data / "checkpoints/roberta")
    save_json(data / "offsets.json", {
        "bert": offsets(BertTokenizerFast.from_pretrained(data / "tasks")), "roberta": offsets(roberta()),
        "roberta-prefixed": offsets(roberta(), True)})
    save_json(out, {"texts": TEXTS, **{name: {"files": files, **ids(files)} for name, files in CASES.items()},
                    "refused": [{"names": name, "files": files} for name, files in REFUSED.items()]})
