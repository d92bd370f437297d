"""tasks/: models with the heads of tasks, the sequences they read, and answers found in scores, for make.py."""
import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (BertConfig, BertForQuestionAnswering, BertForSequenceClassification, BertForTokenClassification,
                          PreTrainedTokenizerFast, RobertaConfig, RobertaForQuestionAnswering, RobertaForSequenceClassification,
                          RobertaForTokenClassification)

from checkpoints import byte_level_bpe, perturbed

SIZES = dict(vocab_size=60, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=48, hidden_dropout_prob=0.0,
             attention_probs_dropout_prob=0.0, attn_implementation="eager")
FAMILIES = {
    "bert": (BertConfig, dict(max_position_embeddings=20, type_vocab_size=2),
             BertForSequenceClassification, BertForTokenClassification, BertForQuestionAnswering),
    "roberta": (RobertaConfig, dict(max_position_embeddings=22, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
                                    layer_norm_eps=1e-5),
                RobertaForSequenceClassification, RobertaForTokenClassification, RobertaForQuestionAnswering)}
LABELS = ["no", "maybe", "yes"]
TAGS = ["O", "B-X", "I-X", "B-Y", "I-Y"]

PAIRS = [("the memory is a table", None), ("a quick brown fox", "the lazy dog"), ("one two", "a much longer second text about keys and values"),
         ("a much longer first text about keys and values of the memory", "short"), ("keys keys keys keys keys", "values values values values values"),
         ("", "nothing before"), ("nothing after", ""), ("naïve café", "Hello, world!"),
         # Both too long: tokenizers 0.23 stops reading a text after the word that fills the sequence, and only then asks which is the longer.
         *((" ".join(["memory keys values table fox"[i % 28:].split()[0] for i in range(a)]), "the lazy dog's naïve values " * b)
           for a in (6, 9, 12, 40) for b in (1, 2, 3, 9))]
SENTENCES = [["The", "quick", "fox", "jumps"], ["naïve", "café-society", "!"], ["memory"] * 12, ["a", "", "b"]]
QUESTIONS = [("what is a table?", "the memory is a table of values, and the keys find them.", "a table of values"),
             ("who jumps?", "The quick brown fox jumps over the lazy dog. " * 4, "fox"),
             ("where is it?", "Na\u00efve caf\u00e9 \U0001F600 of the world: the memory is here. And it is not there.", "here"),
             ("what?", "the keys", "keys")]


def heads(out, save):
    for name, (config, more, sequence, token, spans) in FAMILIES.items():
        for kind, head, own in (
                ("classification", sequence, dict(id2label=dict(enumerate(LABELS)), label2id={l: i for i, l in enumerate(LABELS)},
                                                  problem_type="single_label_classification")),
                ("regression", sequence, dict(num_labels=1, problem_type="regression")),
                ("tagging", token, dict(id2label=dict(enumerate(TAGS)), label2id={l: i for i, l in enumerate(TAGS)})),
                ("spans", spans, {})):
            torch.manual_seed(21)
            model = perturbed(head(config(**SIZES, **more, **own))).eval()
            folder = out / f"{name}-{kind}"
            model.save_pretrained(folder)
            model.double()
            ids = torch.randint(5, 60, (3, 12))
            mask = torch.tensor([[1] * 12, [1] * 9 + [0] * 3, [1] * 5 + [0] * 7])
            ids = torch.where(mask == 1, ids, model.config.pad_token_id)
            inputs = {"input_ids": ids, "attention_mask": mask}
            if name == "bert":
                inputs["token_type_ids"] = torch.tensor([[0] * 6 + [1] * 6, [0] * 9 + [0] * 3, [0, 0, 1, 1, 1] + [0] * 7])
            targets = {"classification": {"labels": torch.tensor([2, 0, 1])}, "regression": {"labels": torch.tensor([0.5, -1.0, 3.0]).double()},
                       "tagging": {"labels": torch.where((mask == 1) & (torch.arange(12) % 3 > 0), ids % 5, -100)},
                       "spans": {"start_positions": torch.tensor([3, 0, 1]), "end_positions": torch.tensor([5, 0, 4])}}[kind]
            answer = model(**inputs, **targets)
            answer.loss.backward()
            logits = torch.stack([answer.start_logits, answer.end_logits], -1) if kind == "spans" else answer.logits
            grads = {f"grad.{key}": p.grad for key, p in model.named_parameters() if ("classifier" in key or "qa_outputs" in key or "pooler" in key)}
            save(folder / "expected_f64.safetensors", {**inputs, **targets, "logits": logits, "loss": answer.loss, **grads})


def wordpiece(path):
    letters = "abcdefghijklmnopqrstuvwxyz"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters), *".,:?!-", "the", "memory", "key", "is",
              "table", "value", "of", "fox", "quick", "and", "##own", "world"]
    path.write_text("\n".join(tokens) + "\n")
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]",
                                   mask_token="[MASK]")


def windows(tokenizer, question, context, length, stride):
    """For each window its ids, offsets, and 1 for tokens of the context. tokenizers 0.23 leaves windows out when a pair is truncated as it
    is encoded, so the context's encoding is cut by itself, by the same library, and put behind the question."""
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    asked = backend.encode(question, add_special_tokens=False).ids
    empty = backend.encode(question, "x").ids
    tail = [i for i in empty[1 + len(asked):] if i in (tokenizer.sep_token_id,)]
    between, after = tail[:-1], tail[-1:]
    head = [empty[0], *asked, *between]
    whole = backend.encode(context, add_special_tokens=False)
    whole.truncate(length - len(head) - len(after), stride=stride)
    for part in [whole, *whole.overflowing]:
        own = [0] * len(head) + [1] * len(part.ids) + [0]
        yield [*head, *part.ids, *after], [(0, 0)] * len(head) + list(part.offsets) + [(0, 0)], own


def positions(offsets, sequence_ids, start, end):
    """Where an answer of the characters [start, end) stands in a window: its first and last token, or 0 and 0."""
    context = [i for i, s in enumerate(sequence_ids) if s == 1]
    if not context or offsets[context[0]][0] > start or offsets[context[-1]][1] < end:
        return 0, 0
    first = max(i for i in context if offsets[i][0] <= start)
    last = min(i for i in context if offsets[i][1] >= end)
    return first, last


def sequences(tokenizer, prefixed):
    """What a tokenizer of transformers makes of pairs, of words and of questions. `prefixed` is the one for words."""
    pairs = []
    for first, second in PAIRS:
        for length in (8, 13, 32):
            made = tokenizer(first, second, truncation=True, max_length=length, return_token_type_ids=True)
            pairs.append({"first": first, "second": second, "max_length": length, "ids": made["input_ids"],
                          "types": made["token_type_ids"]})
    words = []
    for sentence in SENTENCES:
        made = prefixed(sentence, is_split_into_words=True, truncation=True, max_length=16)
        ids, seen, firsts = made.word_ids(), set(), []
        for word in ids:
            firsts.append(-1 if word is None or word in seen else word)
            seen.add(word)
        words.append({"words": sentence, "max_length": 16, "ids": made["input_ids"], "firsts": firsts})
    questions = []
    for question, context, answer in QUESTIONS:
        for length, stride in ((24, 4), (40, 10)):
            start = context.index(answer)
            listed = []
            for ids, offsets, own in windows(tokenizer, question, context, length, stride):
                first, last = positions(offsets, own, start, start + len(answer))
                listed.append({"ids": ids, "first": first, "last": last, "texts": [context[a:b] for (a, b), s in zip(offsets, own) if s == 1]})
            questions.append({"question": question, "context": context, "answer": answer, "answer_start": start, "max_length": length,
                              "stride": stride, "windows": listed})
    return {"pairs": pairs, "words": words, "questions": questions}


def best_answers(scores, places, n_best, longest, with_null, threshold):
    """The rules of the reference example for SQuAD, on (start, end) scores of each window."""
    candidates, null = [], None
    for place, (starts, ends) in zip(places, scores):
        null = min(null, starts[0] + ends[0]) if null is not None else starts[0] + ends[0]
        for s in np.argsort(-starts)[:n_best]:
            for e in np.argsort(-ends)[:n_best]:
                if s in place and e in place and 0 <= e - s < longest:
                    a, b = place[s][0], place[e][1]
                    candidates.append((starts[s] + ends[e], a, b))
    candidates = sorted(candidates, key=lambda c: -c[0])[:n_best]
    listed = [(score, (a, b)) for score, a, b in candidates] + ([(null, None)] if with_null or not candidates else [])
    listed = sorted(listed, key=lambda c: -c[0])[:n_best]  # no answer is one of them, or is added
    if with_null and all(span for _, span in listed):
        listed.append((null, None))
    weights = np.exp(np.array([c[0] for c in listed]) - max(c[0] for c in listed))
    margin = null - candidates[0][0] if candidates else None  # no pair is allowed: nothing can be answered
    return {"margin": margin, "spans": [list(c[1]) if c[1] else None for c in listed], "probabilities": list(weights / weights.sum()),
            "nothing": bool(not candidates or with_null and margin > threshold)}


def answers(tokenizer):
    rng = np.random.default_rng(22)
    cases = []
    for question, context, _ in QUESTIONS:
        made = list(windows(tokenizer, question, context, 24, 4))
        scores = [tuple(rng.normal(size=len(ids)).astype(np.float32).astype(float) for _ in range(2)) for ids, _, _ in made]
        places = [{i: o for i, (o, s) in enumerate(zip(offsets, own)) if s == 1} for _, offsets, own in made]
        likely = [tuple(own + 4.0 * (np.arange(len(own)) == 0) for own in pair) for pair in scores]  # no answer is among the best
        for given, with_null, threshold in ((scores, False, 0.0), (scores, True, 0.0), (scores, True, -10.0), (scores, True, 10.0), (likely, True, 0.0)):
            found = best_answers(given, places, 5, 4, with_null, threshold)
            found["texts"] = [context[s[0]:s[1]] if s else "" for s in found.pop("spans")]
            cases.append({"question": question, "context": context, "scores": [[list(s), list(e)] for s, e in given],
                          "with_null": with_null, "threshold": threshold, **found})
    return {"n_best": 5, "longest": 4, "max_length": 24, "stride": 4, "cases": cases}


def write(out, save, save_json):
    out.mkdir(parents=True, exist_ok=True)
    heads(out, save)
    bert = wordpiece(out / "vocab.txt")
    save_json(out / "bert.json", sequences(bert, bert))
    save_json(out / "answers.json", answers(bert))
    roberta = byte_level_bpe()
    prefixed = byte_level_bpe()
    prefixed.backend_tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    save_json(out / "roberta.json", sequences(roberta, prefixed))
    for path in out.rglob("*.safetensors"):
        path.chmod(0o644)
