"""metrics/: scores by scikit-learn, SciPy and transformers' copy of the SQuAD 2.0 script, for make.py. NaN is null."""
import math
import warnings

import numpy as np
from scipy import stats
from sklearn import metrics as sk
from transformers.data.metrics import squad_metrics
from transformers.data.processors.squad import SquadExample


def classification():
    rng = np.random.default_rng(11)
    binary, classes = rng.integers(0, 2, 400), rng.integers(0, 5, 500)
    cases = {
        "binary": (np.where(rng.random(400) < 0.7, binary, rng.integers(0, 2, 400)), binary),
        "binary_all_one": (np.ones(400, int), binary),
        "binary_all_zero": (np.zeros(400, int), binary),
        "binary_gold_all_zero": (binary, np.zeros(400, int)),
        "no_positives": ([0, 0, 0], [0, 0, 0]),
        "all_wrong": (1 - binary, binary),
        "all_right": (binary, binary),
        "one_label": ([1], [1]),
        "classes": (np.where(rng.random(500) < 0.5, classes, rng.integers(0, 5, 500)), classes),
        "class_missing_from_gold": (rng.integers(0, 4, 300), rng.choice([0, 1, 3], 300)),
        "class_never_predicted": (rng.choice([-2, 7], 300), rng.choice([-2, 0, 7], 300, p=[0.2, 0.7, 0.1])),
        "constant_of_many": (np.full(500, 3), classes),
    }

    def scores(predicted, gold):
        answer = {"predicted": np.asarray(predicted).tolist(), "gold": np.asarray(gold).tolist(),
                  "accuracy": sk.accuracy_score(gold, predicted),
                  "macro_f1": sk.f1_score(gold, predicted, average="macro", zero_division=0),
                  "matthews": sk.matthews_corrcoef(gold, predicted)}
        if set(answer["predicted"] + answer["gold"]) <= {0, 1}:
            answer["f1"] = sk.f1_score(gold, predicted, zero_division=0)
        return {key: v if isinstance(v, list) else float(v) for key, v in answer.items()}

    return {name: scores(*case) for name, case in cases.items()}


def number(x):
    return None if math.isnan(x) else float(x)


def regression():
    rng = np.random.default_rng(12)
    x = rng.normal(size=300)
    cases = {
        "correlated": (x + rng.normal(size=300), x),
        "independent": (rng.normal(size=300), x),
        "negative": (-3 * x + 5, x),
        "ties": (rng.integers(0, 6, 300) / 5, rng.integers(0, 11, 300) / 10),
        "signed_zeros": ([0.0, -0.0, 1.0, -1.0], [1.0, 2.0, 3.0, -4.0]),
        "large_offset": (1e6 + x + rng.normal(size=300), 1e6 + x),
        "huge": (1e200 * x, 1e200 * np.roll(x, 1) + 1e200 * x),
        "tiny": (1e-200 * x, 1e-200 * np.roll(x, 1) + 1e-200 * x),
        "two": ([0.1, 0.7], [3.0, -2.0]),
        "constant_predictions": ([0.1] * 10, x[:10]),
        "constant_gold": (x[:10], [0.1] * 10),
    }

    def scores(predicted, gold):
        squared = math.inf if np.abs(predicted).max() > 1e150 else float(sk.mean_squared_error(gold, predicted))
        return {"predicted": [float(v) for v in predicted], "gold": [float(v) for v in gold],
                "pearson": number(stats.pearsonr(predicted, gold).statistic),
                "spearman": number(stats.spearmanr(predicted, gold).statistic),
                **({} if math.isinf(squared) else {"mean_squared_error": squared})}

    return {name: scores(*case) for name, case in cases.items()}


def significance():
    rng = np.random.default_rng(13)
    cases = {
        "three_seeds": (rng.normal(0, 1, 3), rng.normal(1, 1, 3)),
        "five_seeds_far_apart": (rng.normal(0, 0.1, 5), rng.normal(3, 0.5, 5)),
        "hundreds": (rng.normal(0, 1, 300), rng.normal(0.1, 3, 300)),
        "two_seeds": ([0.81, 0.83], [0.84, 0.9]),
        "one_arm_constant": ([0.5, 0.5, 0.5], [0.4, 0.6, 0.7]),
        "equal_means": ([1.0, 2.0, 3.0], [3.0, 1.0, 2.0]),
        "unequal_sizes": (rng.normal(0, 1, 4), rng.normal(0.5, 2, 9)),
        "one_value": ([0.8], [0.9]),
        "one_value_against_three": ([0.8], [0.9, 1.0, 1.1]),
        "same": ([0.25, 0.5, 1.0], [0.25, 0.5, 1.0]),
    }

    def p_values(a, b):
        return {"a": [float(v) for v in a], "b": [float(v) for v in b],
                "welch": number(stats.ttest_ind(a, b, equal_var=False).pvalue),
                **({"paired": number(stats.ttest_rel(a, b).pvalue)} if len(a) == len(b) else {})}

    return {name: p_values(*case) for name, case in cases.items()}


TEXTS = [
    "", " ", "the", "The An A", "The cat's a cat.", "Theatre, another ant", "an-other", "a_b _a_ a _ b", "$1,000.50 and 50%",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "the—end —the—", "“the” ‘a’ «an»",
    "aé a\u0301 éa", "a² a₂ a① a一 一a", "the\u200dthe a\u200ca", "𝓐 a𝓐 𝓐a 😀a😀",  # where words end
    "café CAFÉ cafe\u0301", "Iİıi", "STRASSE straße STRAẞE", "ſa \u212ba \u00b5", "Ａ， ＴＨＥ ａ",
    "full\u3000width\u00a0no\u2009break\u200bzero", "sep\x1carators\x1d \x1e\x1f x\x85y\u2028z",
    # A capital sigma is small in another way at the end of a word.
    "ΣΟΦΟΣ Σ ΑΣ. ΑΣΒ ΑΣ’Β Α’Σ ΑΣ\u0301 Α\u00adΣ Α1Σ ΑΣ1Β Α-Σ ΑΣ-Β Α.Σ ΑΣ.Β",
    "ΑΣあ あΣ AΣ ΑΣ一Β ªΣ ⅠΣ ⒶΣ \u0301Σ Α\u0301Σ\u0301Β 𐐀Σ ΑΣ𐐀",
]


def squad():
    """Texts and their normalisation, and 400 questions with probabilities from a few values, so that some tie."""
    rng = np.random.default_rng(14)
    words = ["the", "a", "An", "cat", "Cat,", "dog", "dog", "café", "“red”", "1,000", ".", "the"]
    phrase = lambda most: " ".join(rng.choice(words, rng.integers(0, most + 1)))
    questions, predictions, no_answer = [], {}, {}
    for i in range(400):
        answers = [phrase(4) for _ in range(rng.integers(1, 4))] if rng.random() < 0.6 else []
        copied = answers and rng.random() < 0.5
        questions.append({"id": f"q{i}", "answers": answers})
        predictions[f"q{i}"] = answers[-1].upper() if copied else phrase(4) if rng.random() < 0.8 else ""
        no_answer[f"q{i}"] = float(rng.integers(0, 8) / 10 + (0 if answers else 0.3))
    examples = [SquadExample(q["id"], "", "", None, None, "", answers=[{"text": a} for a in q["answers"]]) for q in questions]
    return {"texts": TEXTS, "normalized": [squad_metrics.normalize_answer(t) for t in TEXTS],
            "questions": questions, "predictions": predictions, "no_answer": no_answer,
            "evaluation": squad_metrics.squad_evaluate(examples, predictions, no_answer)}


def write(out, save_json):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of the undefined cases, which are here on purpose
        for section in (classification, regression, significance, squad):
            save_json(out / f"{section.__name__}.json", section())
