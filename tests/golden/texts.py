"""The golden cases about text, for make.py: how PyTorch prints tensors, and how transformers tokenizes."""
import torch
from transformers import BertTokenizerFast


def printing():
    """What str(tensor) says under PyTorch's default print options."""
    inf, nan = float("inf"), float("nan")
    tensors = {
        "scalar": torch.tensor(3.14159), "scalar_int": torch.tensor(-7), "ints": torch.tensor([1, -20, 300]),
        "whole_floats": torch.tensor([1.0, 2.0, 30.0]),
        "matrix": torch.tensor([[0.5, 1.25, 2.0], [10.0, 0.3333, 7.75]]),
        "negative_mixed": torch.tensor([[-1.5, 0.0], [22.125, -0.0625]]), "scientific": torch.tensor([1e-10, 1.0, 1e5]),
        "wide_range": torch.tensor([0.0001, 12345.678]), "bools": torch.tensor([[True, False], [False, True]]),
        "empty": torch.empty(0), "empty_shaped": torch.empty(0, 3),
        "three_dimensions": torch.arange(12).view(2, 2, 3) / 8,
        "float64": torch.tensor([0.1, -2.5], dtype=torch.float64),
        "int32": torch.tensor([[1, 2], [-3, 40]], dtype=torch.int32), "wrapped": torch.arange(45),
        "summarised": torch.arange(1005.0), "summarised_matrix": torch.arange(1200).view(40, 30),
        "nan_inf": torch.tensor([1.5, nan, inf, -inf]), "nan_inf_whole": torch.tensor([nan, 2.0, -inf]),
        "bfloat16": torch.tensor([0.1, 1.0, -3.14159], dtype=torch.bfloat16)}
    plain = lambda v: str(v) if isinstance(v, float) and v - v != 0 else v  # "nan", "inf", "-inf": JSON has no word
    return [{"name": name, "dtype": str(t.dtype).removeprefix("torch."), "shape": list(t.shape),
             "data": [plain(v) for v in t.flatten().tolist()], "text": str(t)} for name, t in tensors.items()]


VOCABULARY = """[PAD] [UNK] [CLS] [SEP] [MASK] the quick brown fox jump over lazy dog memory key product hello world
cafe naive resume un play token able a b c in it is 0 1 2 20 . , ! ? ' - ( ) $ “ ” … 中 文 国 か ᄒ strasse stra
##s ##ed ##ing ##er ##ly ##able ##aff ##ize ##a ##b ##c ##t ##n ##0 ##1 ##2 ##key ##ß ##e ##か ##ᅡ ##ᆫ ##中 ##."""

TEXTS = [
    "The quick brown fox jumped over the lazy dogs.", "hello, world!", "", "   \t\n ",
    "Café NAÏVE résumé", "Cafe\u0301 jumping",  # composed and decomposed accents
    "unaffable playable tokenizers", "It's (in) $20…  “is”-it?", "中文hello国",
    "hello 한 が がか",  # NFD splits 한 into jamo
    "quixotic memory 🦊 key", "productkey Straße", "a" * 100, "a" * 101 + " b",  # over 100 characters: one [UNK]
    "hel\u200blo\u00a0wor\u00adld \ufffdkey\x00s", "[CLS] the [MASK] jumps [SEP]", "[mask] world.the 2012 abc!!",
    "playz unx İT ¿is?"]


def wordpiece(out):
    """Writes out/vocab.txt; returns the ids that transformers gives to TEXTS, lower-cased, with [CLS] and [SEP]."""
    vocabulary = VOCABULARY.split()
    assert len(set(vocabulary)) == len(vocabulary)
    out.mkdir(parents=True, exist_ok=True)
    (out / "vocab.txt").write_text("".join(f"{token}\n" for token in vocabulary), encoding="utf-8", newline="\n")
    # from_pretrained, because transformers 5 silently ignores a vocab_file given to the constructor.
    tokenizer = BertTokenizerFast.from_pretrained(out, do_lower_case=True)
    assert tokenizer.get_vocab() == {token: id for id, token in enumerate(vocabulary)}
    return [{"text": text, "ids": (ids := tokenizer(text).input_ids),
             "tokens": tokenizer.convert_ids_to_tokens(ids)} for text in TEXTS]
