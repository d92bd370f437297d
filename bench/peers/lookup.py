"""Parts of a memory lookup in PyTorch: the peer of LookupBenchmark, with the same numbers drawn in the same order.

`topk` composes libtorch's ops as Lample et al.'s and Meta's code does, all k² sums included; `bag` is F.embedding_bag, which FBGEMM runs;
`step` is a whole training step of the memory, its values an EmbeddingBag with sparse gradients and SparseAdam, or with a dense gradient
and fused Adam. Prints one line of JSON: for each op and size the nanoseconds and the sum of squares of the result.
"""
import argparse
import ctypes
import gc
import json
import math
import pathlib
import statistics
import time

import torch
import torch.nn.functional as F

from model import Memory

SEED, RATE, WORDS = 1, 1e-3, 20_000
D, HEADS, N, K, DK = 768, 4, 512, 32, 256


def draw(tokens, queries):
    """-> x (tokens, d) and the gradient of the result"""
    torch.manual_seed(SEED)
    x = torch.randn(tokens, D)
    if queries == "ZIPF":
        words = torch.randn(WORDS, D)
        word = torch.multinomial(torch.arange(1, WORDS + 1, dtype=torch.float32).reciprocal(), tokens, True)
        x = x.mul(0.1).add(words.index_select(0, word))
    return x, torch.randn(tokens, D)


def memory(sparse):
    made = Memory(D, HEADS, N, K, DK, sparse)
    torch.manual_seed(SEED)
    with torch.no_grad():
        made.query.weight.normal_(0, 1 / math.sqrt(D))
        made.query.bias.zero_()
        bound = 1 / math.sqrt(DK / 2)
        made.keys.uniform_(-bound, bound)
        made.values.weight.normal_(0, 1 / math.sqrt(D))
    return made


def measure(run, args):
    """The median nanoseconds of one call, over rounds of at least one second."""
    def once():
        start, elapsed, calls = time.perf_counter_ns(), 0, 0
        while elapsed < 1e9:
            run()
            calls += 1
            elapsed = time.perf_counter_ns() - start
        return elapsed / calls
    rounds = [once() for _ in range(args.warmup + args.rounds)]
    return statistics.median(rounds[args.warmup:])


def normalised_queries(m, x):
    q = F.linear(x, m.query.weight, m.query.bias)
    mean = q.mean(0, True)
    return ((q - mean) / (q - mean).square().mean(0, True).add(1e-5).sqrt()).view(len(x), HEADS, DK)


def topk(m, q):
    """As Memory.forward, without the query network."""
    rows = q.size(0)
    scores = q.view(rows, 2 * HEADS, -1).transpose(0, 1) @ m.keys.flatten(0, 1).transpose(1, 2)  # (2H, R, n)
    best, index = scores.topk(K)
    best, index = best.view(HEADS, 2, rows, K), index.view(HEADS, 2, rows, K)
    sums = (best[:, 0].unsqueeze(3) + best[:, 1].unsqueeze(2)).flatten(2)  # (H, R, k²)
    slots = (index[:, 0].unsqueeze(3) * N + index[:, 1].unsqueeze(2)).flatten(2)
    best, pairs = sums.topk(K)
    return best.softmax(-1).transpose(0, 1).reshape(rows, -1), slots.gather(2, pairs).transpose(0, 1).reshape(rows, -1)


def peak(run):
    """By how many bytes the process grows at the most during a call."""
    def kilobytes(name):
        return next(int(line.split()[1]) for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    ctypes.CDLL(None).malloc_trim(0)  # what is free but still the process's would hide growth
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = kilobytes("VmRSS:")
    run()
    return 1024 * (kilobytes("VmHWM:") - before)


def step_of(m, x, gradient, values):
    parameters = [p for p in m.parameters() if p is not m.values.weight]
    optimizers = [torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01, fused=True)]
    table = [m.values.weight]
    optimizers.append(torch.optim.SparseAdam(table, lr=RATE) if values == "sparse" else torch.optim.Adam(table, lr=RATE, fused=True))

    def step():
        y = m(x.detach().requires_grad_())
        squares = y.detach().square().sum().item()
        y.backward(gradient)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return squares
    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("op", choices=["topk", "bag", "step"])
    parser.add_argument("--values", choices=["sparse", "dense"], default="sparse", help="how a step trains the values")
    parser.add_argument("--tokens", type=int, nargs="+", default=[512])
    parser.add_argument("--queries", nargs="+", default=["UNIFORM"])
    parser.add_argument("--warmup", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    results = {}
    for queries in args.queries:
        for tokens in args.tokens:
            x, gradient = draw(tokens, queries)
            m = memory(args.values == "sparse")
            result = {}
            if args.op == "step":
                m.train()
                run = step_of(m, x, gradient, args.values)
                result["check"] = [run() for _ in range(3)][-1]
                gc.collect()
                result["extra_bytes"] = peak(run)
            else:
                with torch.no_grad():
                    q = normalised_queries(m, x)
                    weights, ids = topk(m, q)
                    if args.op == "topk":
                        run, answer = lambda: topk(m, q), weights
                    else:
                        run = lambda: F.embedding_bag(ids, m.values.weight, mode="sum", per_sample_weights=weights)
                        answer = run()
                    result["check"] = answer.square().sum().item()
            gc.collect()
            gc.disable()
            with torch.set_grad_enabled(args.op == "step"):
                result["ns"] = measure(run, args)
            gc.enable()
            results[f"{tokens} {queries}"] = result
            del run, m
            gc.collect()
    print(json.dumps({"results": results, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
