"""Makes the golden files: what PyTorch, transformers, NumPy, SciPy and scikit-learn answer on
small inputs.

    python make.py [--out DIR]          (default: data/ beside this file)

The Java tests read these files and compare. Nothing here comes from the Java project, so an agreement is evidence.
Every section has its own seed, so one can change without the others. Where a case has two precisions, the inputs
were drawn in float32 and are widened for float64: both start from the same numbers.
"""
import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import BertConfig, BertForMaskedLM, get_cosine_schedule_with_warmup, get_linear_schedule_with_warmup
from transformers.utils import logging

import checkpoints
import corpora
import gpt
import metrics
import tasks
import texts
import tokenizers_of_others

PRECISIONS = {"f64": torch.float64, "f32": torch.float32}


def save(path, tensors):
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: t.detach().clone().contiguous() for name, t in tensors.items()}, str(path))
    path.chmod(0o644)  # safetensors leaves 0600


def save_json(path, value):
    """One line per top-level entry, UTF-8: short diffs, and readable texts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    opening, closing = "[]" if isinstance(value, list) else "{}"
    dump = lambda v: json.dumps(v, ensure_ascii=False, allow_nan=False)
    lines = [dump(v) for v in value] if opening == "[" else [f"{dump(k)}: {dump(v)}" for k, v in value.items()]
    path.write_text(f"{opening}\n" + ",\n".join(lines) + f"\n{closing}\n", encoding="utf-8", newline="\n")


def source(seed):
    """Two functions that draw from one seeded stream: normal(*shape) in float32, and integers(low, high, shape)."""
    g = torch.Generator().manual_seed(seed)
    return (lambda *shape: torch.randn(shape, generator=g),
            lambda low, high, shape: torch.randint(low, high, shape, generator=g))


def padded(T, lengths):
    """An int64 mask (B, T): 1 for the first lengths[b] tokens of row b."""
    return (torch.arange(T) < torch.tensor(lengths)[:, None]).long()


def bert(out):
    """bert/: a tiny random masked language model as transformers saves it, its answers and its gradients."""
    torch.manual_seed(1)
    model = BertForMaskedLM(BertConfig(
        vocab_size=60, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=48,
        max_position_embeddings=20, type_vocab_size=2, hidden_act="gelu", layer_norm_eps=1e-12,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager"))
    with torch.no_grad():  # fresh biases are 0 and fresh LayerNorm weights 1, which would hide a missing term
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    model.save_pretrained(out, safe_serialization=True)
    (out / "model.safetensors").chmod(0o644)

    _, integers = source(2)
    mask = padded(12, [12, 9, 5])
    ids = integers(5, 60, (3, 12)) * mask  # 0 is [PAD]
    segments = mask - padded(12, [6, 4, 5])  # ones after the first 6, 4 and 5 tokens, up to the padding
    labels = torch.full((3, 12), -100)
    for row, column in [(0, 2), (0, 7), (0, 11), (1, 1), (1, 8), (2, 3)]:
        labels[row, column] = integers(5, 60, ())
    inputs = dict(input_ids=ids, attention_mask=mask, token_type_ids=segments, labels=labels)

    for name, dtype in PRECISIONS.items():
        m = BertForMaskedLM.from_pretrained(out, dtype=dtype, attn_implementation="eager").train()
        answer = m(**inputs)
        answer.loss.backward()
        assert answer.logits.dtype == dtype
        save(out / f"expected_{name}.safetensors", {
            **inputs, "logits": answer.logits, "loss": answer.loss,
            **{f"grad.{n}": p.grad for n, p in m.named_parameters()}})  # the tied decoder is listed once


PKM = dict(heads=2, sub_keys=6, neighbours=4, query_width=8, width=20, eps=1e-5, momentum=0.1)


def memory(p, mask, norm):
    """Product-key memory by full search. `norm` maps the queries (R, H * dk) of the R real tokens, in (B, T) order.
    Returns y (B, T, d) with zeros at padding, and the ids and weights (R, H, k), heaviest first."""
    H, n, k, dk = (PKM[key] for key in ("heads", "sub_keys", "neighbours", "query_width"))
    real = mask.bool()
    q = norm(F.linear(p["x"][real], p["query.weight"], p["query.bias"])).view(-1, H, dk)
    s1 = torch.einsum("rhc,hnc->rhn", q[..., :dk // 2], p["keys"][:, 0])
    s2 = torch.einsum("rhc,hnc->rhn", q[..., dk // 2:], p["keys"][:, 1])
    scores = s1[:, :, :, None] + s2[:, :, None, :]  # (R, H, n, n): all the sums, slot = i * n + j
    top, ids = scores.flatten(2).topk(k + 1)  # one more than needed, to see how far the next one is
    gap = (top[..., :-1] - top[..., 1:]).min().item()
    assert gap > 5e-3, f"two scores differ by {gap} only, so rounding may swap them: choose another seed"
    ids, weights = ids[..., :k], top[..., :k].softmax(-1)
    rows = (weights[..., None] * p["values"][ids]).sum((1, 2))  # (R, d): heads add
    return torch.zeros_like(p["x"]).masked_scatter(real[..., None], rows), ids, weights


def pkm(out):
    """pkm/: one training step and its gradients, then evaluation; with batch norm, and with layer norm."""
    H, n, dk, d, eps, momentum = (PKM[key] for key in ("heads", "sub_keys", "query_width", "width", "eps", "momentum"))
    normal, _ = source(41)
    mask = padded(7, [5, 6])
    start = {
        "x": normal(2, 7, d),  # padding holds noise on purpose: it must not reach the statistics
        "query.weight": normal(H * dk, d) * d ** -0.5, "query.bias": 0.5 * normal(H * dk),
        "norm.weight": 1 + 0.2 * normal(H * dk), "norm.bias": 0.2 * normal(H * dk),
        "keys": normal(H, 2, n, dk // 2) * (dk / 2) ** -0.5, "values": normal(n * n, d) * d ** -0.5,
        "g": normal(2, 7, d)}

    def run(dtype, kind):
        p = {name: t.to(dtype, copy=True).requires_grad_(name != "g") for name, t in start.items()}
        affine = p["norm.weight"], p["norm.bias"]
        mean, var = torch.zeros(H * dk, dtype=dtype), torch.ones(H * dk, dtype=dtype)
        batch_norm = lambda training: lambda q: F.batch_norm(q, mean, var, *affine, training, momentum, eps)
        layer_norm = lambda q: F.layer_norm(q, (H * dk,), *affine, eps)  # over the whole query vector, heads together
        y, ids, weights = memory(p, mask, batch_norm(True) if kind == "batch" else layer_norm)
        loss = (y * p["g"]).sum()
        loss.backward()
        answer = {**p, "attention_mask": mask, "y": y, "ids": ids, "weights": weights, "loss": loss,
                  **{f"grad.{name}": t.grad for name, t in p.items() if name != "g"}}
        if kind == "batch":  # evaluation uses the running statistics that the one training step left
            y, ids, weights = memory(p, mask, batch_norm(False))
            answer |= {"running_mean": mean, "running_var": var, "y_eval": y, "ids_eval": ids, "weights_eval": weights}
        return answer

    f64, f32 = run(torch.float64, "batch"), run(torch.float32, "batch")
    assert torch.equal(f64["ids"], f32["ids"]) and torch.equal(f64["ids_eval"], f32["ids_eval"])
    save(out / "expected_f64.safetensors", f64)
    save(out / "expected_f32.safetensors", f32)
    save(out / "expected_ln_f64.safetensors", run(torch.float64, "layer"))
    save_json(out / "config.json", PKM)


def memory_plus(out):
    """pkm/expected_plus_f64: two Memory+ layers (Berges et al. 2024, section 3.2) that read one table: y = W2 (sum · silu(W1 x + b1)) + b2
    of a memory whose queries are not normalised; the second reads x and what the first returned."""
    H, n, dk, d = (PKM[key] for key in ("heads", "sub_keys", "query_width", "width"))
    normal, _ = source(56)
    start = {"x": normal(9, d), "values": normal(n * n, d) * d ** -0.5}
    for layer in ("0.", "1."):
        start |= {
            layer + "query.weight": normal(H * dk, d) * d ** -0.5, layer + "query.bias": 0.5 * normal(H * dk),
            layer + "keys": normal(H, 2, n, dk // 2) * (dk / 2) ** -0.5,
            layer + "gate.weight": normal(d, d) * d ** -0.5, layer + "gate.bias": 0.5 * normal(d),
            layer + "output.weight": normal(d, d) * d ** -0.5, layer + "output.bias": 0.5 * normal(d)}
    p = {name: t.double().requires_grad_() for name, t in start.items()}

    def layer(x, prefix):
        own = {name: p[prefix + name] for name in ("query.weight", "query.bias", "keys")}
        rows, _, _ = memory({"x": x, "values": p["values"], **own}, torch.ones(x.shape[:-1]), lambda q: q)
        gate = F.silu(F.linear(x, p[prefix + "gate.weight"], p[prefix + "gate.bias"]))
        return F.linear(rows * gate, p[prefix + "output.weight"], p[prefix + "output.bias"])

    g = normal(9, d).double()
    y = layer(p["x"] + layer(p["x"], "0."), "1.")
    (y * g).sum().backward()
    save(out / "expected_plus_f64.safetensors", {**p, "g": g, "y": y, **{f"grad.{name}": t.grad for name, t in p.items()}})


OPTIM = {"sparse_adam": dict(lr=1e-2, betas=[0.9, 0.999], eps=1e-8),
         "adamw": dict(lr=1e-3, betas=[0.9, 0.999], eps=1e-8, weight_decay=0.01),
         "clip": dict(tight=1.0, loose=1000.0), "schedule": dict(warmup=10, total=100)}
STEPS, KEPT = 20, (1, 10, 20)  # steps count from 1


def optimise(saved, keys, optimizer_of, gradient_of):
    """Adds to `saved` where 20 steps from saved[key] lead, and the moments after the last."""
    for name, dtype in PRECISIONS.items():
        p = {key: torch.nn.Parameter(saved[key].to(dtype, copy=True)) for key in keys}
        optimizer = optimizer_of(p.values())
        for step in range(1, STEPS + 1):
            for key in keys:
                p[key].grad = gradient_of(key, step).to(dtype)
            optimizer.step()
            if step in KEPT:
                saved |= {f"{name}.{key}.{step}": p[key].detach().clone() for key in keys}
        saved |= {f"{name}.{m}.{key}": optimizer.state[p[key]][m] for key in keys for m in ("exp_avg", "exp_avg_sq")}


def optim(out):
    """optim/: two optimizers, gradient clipping, and the learning rate's schedule."""
    normal, integers = source(4)
    table = {"table": normal(50, 6)}
    dense = {"a": normal(7, 5), "b": normal(11)}
    for step in range(1, STEPS + 1):
        # Few distinct rows, so that some repeat within a step; others wait several steps for their next visit.
        hits, scale = 3 + step % 8, 10.0 ** (step % 4 - 2)
        table |= {f"rows.{step}": integers(0, 50, (hits,)) // (1 + step % 3), f"grads.{step}": scale * normal(hits, 6)}
        dense |= {f"grads.{key}.{step}": scale * normal(*dense[key].shape) for key in "ab"}
    optimise(table, ["table"], lambda p: torch.optim.SparseAdam(p, **OPTIM["sparse_adam"]),
             lambda _, step: torch.sparse_coo_tensor(table[f"rows.{step}"][None], table[f"grads.{step}"], (50, 6),
                                                    check_invariants=True))
    optimise(dense, ["a", "b"], lambda p: torch.optim.AdamW(p, **OPTIM["adamw"], foreach=False),
             lambda key, step: dense[f"grads.{key}.{step}"])
    save(out / "sparse_adam.safetensors", table)
    save(out / "adamw.safetensors", dense)

    clip = {"grad.a": 3 * normal(4, 3), "grad.b": normal(5), "grad.c": normal(2, 2, 2)}
    for name, dtype in PRECISIONS.items():
        for case, max_norm in OPTIM["clip"].items():  # loose is above the norm and must change nothing
            p = {key: torch.nn.Parameter(torch.zeros(clip[f"grad.{key}"].shape, dtype=dtype)) for key in "abc"}
            for key in p:
                p[key].grad = clip[f"grad.{key}"].to(dtype, copy=True)  # clipped in place
            clip[f"{name}.total_norm"] = torch.nn.utils.clip_grad_norm_(p.values(), max_norm, foreach=False)
            clip |= {f"{name}.{case}.{key}": p[key].grad for key in p}
    save(out / "clip.safetensors", clip)

    def multipliers(schedule):  # [t] scales the rate of update t, counted from 0
        optimizer, factors = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0), []
        scheduler = schedule(optimizer, *OPTIM["schedule"].values())
        for _ in range(OPTIM["schedule"]["total"] + 1):
            factors += scheduler.get_last_lr()
            optimizer.step()
            scheduler.step()
        return factors

    save_json(out / "schedule.json", {
        **OPTIM["schedule"], "multipliers": multipliers(get_linear_schedule_with_warmup),
        "cosine": multipliers(get_cosine_schedule_with_warmup)})
    save_json(out / "config.json", OPTIM)


MEMORY_ADAM = dict(lr=3e-3, beta1=0.9, beta2=0.99, eps=1e-8, weight_decay=0.1)
MEMORY_STEPS, MEMORY_KEPT = 50, (1, 10, 50)


def memory_adam(out):
    """optim/memory_adam: 50 steps of lazy Adam on the rows of a table, by torch.optim.SparseAdam and, for what that lacks, by the
    formulas. The gradient of row r is the sum over the hits of weight times the gradient of the hit's bag."""
    normal, integers = source(6)
    K, D, B, N = 40, 12, 5, 6
    saved = {"table": normal(K, D)}
    for step in range(1, MEMORY_STEPS + 1):  # ids repeat within a bag and between bags; rows wait for several steps
        saved |= {f"ids.{step}": integers(0, K, (B, N)) // (1 + step % 3), f"weights.{step}": normal(B, N).softmax(-1),
                  f"grad.{step}": 10.0 ** (step % 4 - 2) * normal(B, D)}

    def gradient(step, dtype):
        """The rows that were hit, ascending, and their gradients."""
        full = torch.zeros(K, D, dtype=dtype)
        ids, weights, grad = (saved[f"{name}.{step}"] for name in ("ids", "weights", "grad"))
        full.index_add_(0, ids.reshape(-1), (weights.to(dtype)[..., None] * grad.to(dtype)[:, None]).reshape(-1, D))
        rows = ids.unique()
        return rows, full[rows]

    a = MEMORY_ADAM
    for name, dtype in PRECISIONS.items():
        p = torch.nn.Parameter(saved["table"].to(dtype, copy=True))
        optimizer = torch.optim.SparseAdam([p], lr=a["lr"], betas=(a["beta1"], a["beta2"]), eps=a["eps"])
        for step in range(1, MEMORY_STEPS + 1):
            rows, g = gradient(step, dtype)
            p.grad = torch.sparse_coo_tensor(rows[None], g, (K, D), is_coalesced=True, check_invariants=True)
            optimizer.step()
            if step in MEMORY_KEPT:
                saved[f"{name}.global.{step}"] = p.detach().clone()

        for variant in ("per_row", "row_wise", "decay"):
            table, m = saved["table"].to(dtype, copy=True), torch.zeros(K, D, dtype=dtype)
            v = torch.zeros(K, 1 if variant == "row_wise" else D, dtype=dtype)
            counts = torch.zeros(K, 1, dtype=torch.int64)
            for step in range(1, MEMORY_STEPS + 1):
                rows, g = gradient(step, dtype)
                counts[rows] += 1
                t = counts[rows].double() if variant == "per_row" else torch.tensor(float(step), dtype=torch.float64)
                m[rows] = a["beta1"] * m[rows] + (1 - a["beta1"]) * g
                square = (g * g).mean(1, keepdim=True) if variant == "row_wise" else g * g
                v[rows] = a["beta2"] * v[rows] + (1 - a["beta2"]) * square
                size = (a["lr"] * (1 - a["beta2"] ** t).sqrt() / (1 - a["beta1"] ** t)).to(dtype)
                if variant == "decay":
                    table[rows] *= 1 - a["lr"] * a["weight_decay"]
                table[rows] -= size * m[rows] / (v[rows].sqrt() + a["eps"])
                if step in MEMORY_KEPT:
                    saved[f"{name}.{variant}.{step}"] = table.clone()
    save(out / "memory_adam.safetensors", saved)
    save_json(out / "memory_adam.json", MEMORY_ADAM)


def nn(out):
    """nn/: single layers in float64."""
    normal, integers = source(7)
    saved = {}

    def case(name, f, constants=None, **tensors):
        """Saves inputs, output y, and grad.* under loss = (y * g).sum() of every floating-point input."""
        tensors = {key: t.double().requires_grad_() if t.is_floating_point() else t for key, t in tensors.items()}
        y = f(**tensors)
        g = normal(*y.shape).double()
        (y * g).sum().backward()
        grads = {f"grad.{key}": t.grad for key, t in tensors.items() if t.requires_grad}
        fixed = {key: torch.tensor(v, dtype=torch.float64) if isinstance(v, float) else torch.as_tensor(v)
                 for key, v in (constants or {}).items()}
        saved.update({f"{name}.{key}": t.detach() for key, t in {**tensors, **fixed, "g": g, "y": y, **grads}.items()})

    case("linear", lambda x, weight, bias: F.linear(x, weight, bias),
         x=normal(2, 3, 5), weight=normal(4, 5), bias=normal(4))
    case("layer_norm", lambda x, weight, bias: F.layer_norm(x, (6,), weight, bias, 1e-5), {"eps": 1e-5},
         x=normal(2, 3, 6), weight=normal(6), bias=normal(6))
    x, weight, bias = 2 * normal(9, 5) + 1, normal(5), normal(5)
    mean, var = normal(5).double(), normal(5).double().square() + 0.5
    before = {"running_mean": mean.clone(), "running_var": var.clone(), "momentum": 0.1, "eps": 1e-5}
    case("batch_norm", lambda x, weight, bias: F.batch_norm(x, mean, var, weight, bias, True, 0.1, 1e-5), before,
         x=x, weight=weight, bias=bias)
    saved.update({"batch_norm.running_mean_after": mean, "batch_norm.running_var_after": var})
    case("batch_norm_eval", lambda x, weight, bias: F.batch_norm(x, mean, var, weight, bias, False, 0.1, 1e-5),
         {"running_mean": mean, "running_var": var, "eps": 1e-5}, x=x, weight=weight, bias=bias)
    case("embedding", lambda ids, weight: F.embedding(ids, weight, padding_idx=1), {"padding_idx": 1},
         ids=torch.tensor([[0, 1, 3, 3], [6, 2, 1, 1]]), weight=normal(7, 4))
    for kind in ("none", "tanh"):
        case("gelu" if kind == "none" else "gelu_tanh", lambda x: F.gelu(x, approximate=kind),
             x=torch.cat([3 * normal(17), torch.tensor([0.0, -10.0, 10.0])]))
    logits, labels = normal(7, 9), integers(0, 9, (7,))
    labels[2] = labels[5] = -100
    for name, smoothing in (("cross_entropy", 0.0), ("cross_entropy_smooth", 0.1)):
        case(name, lambda logits, labels: F.cross_entropy(logits, labels, ignore_index=-100, label_smoothing=smoothing),
             {"ignore_index": -100, "label_smoothing": smoothing}, logits=logits, labels=labels)
    mask = integers(0, 2, (2, 1, 5, 6)).bool()
    mask[..., 0] = True  # no row is masked entirely: its softmax would have no meaning
    case("attention", lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, attn_mask=mask),
         q=normal(2, 3, 5, 4), k=normal(2, 3, 6, 4), v=normal(2, 3, 6, 4), mask=mask)
    save(out / "expected_f64.safetensors", saved)


def usage(path):
    """Q queries, H heads and k hits each over K slots, skewed, seen as histograms and as their measures."""
    rng = np.random.default_rng(8)
    Q, H, k, K = 17, 2, 4, 40
    popularity = rng.permutation(1.0 / np.arange(1, K + 1) ** 1.3)
    counts, mass, top1 = np.zeros(K, np.int64), np.zeros(K), np.zeros((H, K), np.int64)
    for h in np.tile(np.arange(H), Q):
        slots = rng.choice(K, k, replace=False, p=popularity / popularity.sum())
        weights = np.sort(rng.dirichlet(np.ones(k)))[::-1]
        counts[slots] += 1
        mass[slots] += weights
        top1[h, slots[0]] += 1

    def measures(histogram):
        z = histogram / histogram.sum()
        ascending = np.sort(z)
        held = np.cumsum(ascending[::-1])
        answer = {"usage": float((z > 0).mean()),
                  "kl": float(np.log(K) + np.sum(z[z > 0] * np.log(z[z > 0]))),
                  "gini": float(np.sum((2 * np.arange(1, K + 1) - K - 1) * ascending) / K)}
        for percent in (50, 90, 99):
            assert np.abs(held - percent / 100).min() > 1e-6, "a share is hit exactly: choose another seed"
            answer[f"top{percent}"] = int(np.argmax(held >= percent / 100)) + 1
        return answer

    save_json(path, {
        "slots": K, "heads": H, "queries": Q, "neighbours": k,
        "counts": counts.tolist(), "mass": mass.tolist(), "top1": top1.tolist(),
        "by_counts": measures(counts), "weighted": measures(mass),
        "top1_usage_per_head": (top1 > 0).mean(1).tolist(), "top1_usage": float((top1.sum(0) > 0).mean())})


def main():
    arguments = argparse.ArgumentParser(description="Makes the golden files of the Java tests.")
    arguments.add_argument("--out", type=Path, default=Path(__file__).resolve().parent / "data")
    out = arguments.parse_args().out
    torch.set_num_threads(1)  # the order of additions must not depend on the machine
    torch.use_deterministic_algorithms(True)
    logging.disable_progress_bar()
    bert(out / "bert")
    checkpoints.write(out / "checkpoints", out / "bert", save, save_json)
    corpora.write(out / "corpora")
    gpt.write(out / "gpt", save)
    tasks.write(out / "tasks", save, save_json)
    pkm(out / "pkm")
    memory_plus(out / "pkm")
    optim(out / "optim")
    memory_adam(out / "optim")
    nn(out / "nn")
    usage(out / "metrics.json")
    metrics.write(out / "metrics", save_json)
    save_json(out / "printing.json", texts.printing())
    tokenizers_of_others.write(out / "tokenizers.json", out, save_json)
    save_json(out / "wordpiece/cases.json", texts.wordpiece(out / "wordpiece"))


if __name__ == "__main__":
    main()
