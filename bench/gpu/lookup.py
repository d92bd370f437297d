"""The memory's ops on a GPU beside their limits and their peers, in one process: bench/gpu/run calls it.

The ops are those of libmneme, loaded into PyTorch as torch.ops.mneme. Limits are measured here: the rate of a copy (bytes read and
written), and the scores' matrix products. Peers of a whole training step of the memory: EmbeddingBag with sparse gradients and SparseAdam,
with a dense gradient and fused Adam, and a Triton EmbeddingBag (triton_bag.py) with fused Adam. Before it is timed, every step is compared
with ours: the same x, weights and ids must give the same result and gradients of x.

Times are medians of CUDA events, in turns with the peers. A peer that runs out of memory is listed as such.
"""
import argparse
import datetime
import gc
import json
import math
import pathlib
import statistics
import subprocess

import torch
import torch.nn.functional as F

HEADS, K_BEST, DK, RATE = 4, 32, 256, 1e-3
GOALS = {"bag": 0.85, "backward": 1.4, "topk": 2.0, "sparse": 0.2, "dense": 0.5, "triton": 1.0}


def milliseconds(run, rounds=10, warmup=3):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(rounds):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        run()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


class Sizes:
    def __init__(self, d, n, B, dtype):
        self.d, self.n, self.B, self.dtype = d, n, B, dtype
        self.slots, self.hits = n * n, B * HEADS * K_BEST
        self.name = f"d {d}, n {n}, B {B}, {str(dtype).split('.')[1]}"


def make(s):
    """Parameters and inputs, the same for all sides."""
    torch.manual_seed(1)
    device = "cuda"
    return {"query": torch.randn(HEADS * DK, s.d, device=device) / math.sqrt(s.d),
            "keys": torch.empty(HEADS, 2, s.n, DK // 2, device=device).uniform_(-1, 1) / math.sqrt(DK / 2),
            "x": torch.randn(s.B, s.d, device=device), "grad": torch.randn(s.B, s.d, device=device)}


def table_of(s):
    torch.manual_seed(2)
    return torch.randn(s.slots, s.d, device="cuda").mul_(1 / math.sqrt(s.d)).to(s.dtype)


def queries_of(x, query):
    q = F.linear(x, query)
    return F.batch_norm(q, None, None, training=True).view(len(x), HEADS, DK)


def composed_topk(q, keys):
    """As Lample et al.'s and Meta's code: all k² sums and ids."""
    B, n = q.size(0), keys.size(2)
    scores = q.view(B, 2 * HEADS, -1).transpose(0, 1) @ keys.flatten(0, 1).transpose(1, 2)  # (2H, B, n)
    best, index = scores.topk(K_BEST)
    best, index = best.view(HEADS, 2, B, K_BEST), index.view(HEADS, 2, B, K_BEST)
    sums = (best[:, 0].unsqueeze(3) + best[:, 1].unsqueeze(2)).flatten(2)
    slots = (index[:, 0].unsqueeze(3) * n + index[:, 1].unsqueeze(2)).flatten(2)
    best, pairs = sums.topk(K_BEST)
    return best.softmax(-1).transpose(0, 1).reshape(B, -1), slots.gather(2, pairs).transpose(0, 1).reshape(B, -1)


class Ours:
    def __init__(self, s, made):
        self.s = s
        self.query, self.keys = (made[name].clone().requires_grad_() for name in ("query", "keys"))
        self.values, real = table_of(s), torch.float32
        self.m, self.v = (torch.zeros(s.slots, s.d, device="cuda", dtype=real) for _ in range(2))
        self.row_steps = torch.zeros(s.slots, device="cuda", dtype=torch.int32)
        self.steps = torch.zeros((), device="cuda", dtype=torch.int64)
        self.rate = torch.full((), RATE, device="cuda", dtype=torch.float64)
        self.dense = torch.optim.AdamW([self.query, self.keys], lr=RATE, fused=True)

    def state(self):
        return self.values, self.m, self.v, self.row_steps, self.steps, self.rate

    def forward(self, x):
        weights, ids, _ = torch.ops.mneme.product_key_topk(queries_of(x, self.query), self.keys, K_BEST)
        return torch.ops.mneme.memory_bag_adam(ids, weights, *self.state())

    def step(self, x, grad):
        self.steps += 1
        x = x.detach().requires_grad_()
        y = self.forward(x)
        y.backward(grad)
        self.dense.step()
        self.dense.zero_grad(set_to_none=True)
        return y.detach(), x.grad


class Peer:
    """`sparse`, `dense` or `triton`"""

    def __init__(self, s, made, kind):
        self.kind = kind
        self.query, self.keys = (made[name].clone().requires_grad_() for name in ("query", "keys"))
        self.values = table_of(s).requires_grad_()
        self.optimizers = [torch.optim.AdamW([self.query, self.keys], lr=RATE, fused=True),
                           torch.optim.SparseAdam([self.values], lr=RATE) if kind == "sparse"
                           else torch.optim.Adam([self.values], lr=RATE, fused=True)]

    def forward(self, x):
        weights, ids = composed_topk(queries_of(x, self.query), self.keys)
        if self.kind == "triton":
            from triton_bag import bag
            return bag(ids, weights, self.values)
        return F.embedding_bag(ids, self.values, mode="sum", sparse=self.kind == "sparse",
                               per_sample_weights=weights.to(self.values.dtype)).float()

    def step(self, x, grad):
        x = x.detach().requires_grad_()
        y = self.forward(x)
        y.backward(grad)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return y.detach(), x.grad


def check_same(s, name, ours, theirs):
    """By norms: few scores that rounding swaps must not decide. bfloat16 weights round to 2^-9."""
    bound = 1e-3 if s.dtype == torch.float32 else 2e-2
    for what, mine, other in zip(("result", "gradient of x"), ours, theirs):
        off = ((mine - other).norm() / other.norm()).item()
        if not off <= bound:
            raise SystemExit(f"bench/gpu: {s.name}, {name}: the {what} differs by {off:.1e} of its norm, more than {bound:.0e}."
                             " The two sides compute different things, so their times say nothing.")


def measure(s, copy_rate):
    made, rows = make(s), []

    def row(op, peer, ours_ms, peer_ms, ratio, goal, met, bytes=None, share=None):
        rows.append({"op": op, "config": s.name, "peer": peer, "ours_ms": ours_ms, "peer_ms": peer_ms, "ratio": ratio, "goal": goal,
                     "met": met, "bytes": bytes, "share_of_limit": share})

    ours = Ours(s, made)
    with torch.no_grad():
        q = queries_of(made["x"], ours.query).contiguous()
        weights, ids, _ = torch.ops.mneme.product_key_topk(q, ours.keys, K_BEST)
        distinct, width = ids.unique().numel(), ours.values.element_size()
        halves, subkeys = q.view(s.B, 2 * HEADS, -1).transpose(0, 1), ours.keys.flatten(0, 1).transpose(1, 2)
        products = milliseconds(lambda: torch.bmm(halves, subkeys))
        composed = milliseconds(lambda: composed_topk(q, ours.keys))
        topk = milliseconds(lambda: torch.ops.mneme.product_key_topk(q, ours.keys, K_BEST))
        row("topk", "its products alone", topk, products, topk / products, GOALS["topk"], topk <= GOALS["topk"] * products,
            share=products / topk)
        row("topk", "PyTorch composition", topk, composed, topk / composed, None, None)

        # The two ends: ids as the queries give them, and uniform ones, which caches help least.
        for kind, some in [("its ids", ids), ("uniform ids", torch.randint_like(ids, s.slots))]:
            moved = s.hits * s.d * width + s.B * s.d * 4 + s.hits * 8
            time = milliseconds(lambda: torch.ops.mneme.memory_bag(some, weights, ours.values))
            share = moved / copy_rate / time
            row(f"bag, {kind}", "copy bandwidth", time, moved / copy_rate, time / (moved / copy_rate), f">= {GOALS['bag']} of it",
                share >= GOALS["bag"] if kind == "uniform ids" else None, moved, share)
            other = milliseconds(lambda: F.embedding_bag(some.flatten(1), ours.values, mode="sum",
                                                         per_sample_weights=weights.flatten(1).to(s.dtype)))
            row(f"bag, {kind}", "F.embedding_bag", time, other, time / other, None, None)

            hit = some.unique().numel()
            ours.steps += 1
            moved = s.B * s.d * 4 + 3 * s.hits * 4 + hit * s.d * (2 * width + 4 * 4)
            time = milliseconds(lambda: torch.ops.mneme.memory_backward_adam_(made["grad"], some, weights, *ours.state()))
            row(f"backward and Adam, {kind}", "its bytes at copy bandwidth", time, moved / copy_rate, time / (moved / copy_rate),
                GOALS["backward"], time <= GOALS["backward"] * moved / copy_rate, moved, moved / copy_rate / time)
    del ours
    gc.collect()
    torch.cuda.empty_cache()

    for kind, label in [("sparse", "PyTorch, sparse, SparseAdam"), ("dense", "PyTorch, dense, fused Adam"), ("triton", "Triton, dense, fused Adam")]:
        try:
            mine, theirs = Ours(s, made), Peer(s, made, kind)
            check_same(s, label, mine.step(made["x"], made["grad"]), theirs.step(made["x"], made["grad"]))
            pairs = [(milliseconds(lambda: mine.step(made["x"], made["grad"]), 5, 1),
                      milliseconds(lambda: theirs.step(made["x"], made["grad"]), 5, 1)) for _ in range(3)]
            ratio = statistics.median(a / b for a, b in pairs)
            row("step", label, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio, GOALS[kind],
                ratio <= GOALS[kind])
        except torch.cuda.OutOfMemoryError:
            row("step", label + ": out of memory", None, None, None, GOALS[kind], None)
        mine = theirs = None
        gc.collect()
        torch.cuda.empty_cache()
    return rows


def main():
    parser = argparse.ArgumentParser(prog="bench/gpu/lookup.py", description=__doc__)
    parser.add_argument("--library", required=True, help="libmneme.so, built against this PyTorch")
    parser.add_argument("--json", type=pathlib.Path, required=True)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--quick", action="store_true", help="one size only")
    args = parser.parse_args()
    torch.ops.load_library(args.library)
    torch.backends.cuda.matmul.allow_tf32 = False

    source, target = torch.ones(1 << 28, device="cuda"), torch.empty(1 << 28, device="cuda")
    copy_rate = 2 * source.numel() * 4 / milliseconds(lambda: target.copy_(source))  # bytes a millisecond
    del source, target
    print(f"{torch.cuda.get_device_name()}: copy {copy_rate / 1e6:.0f} GB/s")
    sizes = [Sizes(d, n, B, dtype) for d in (768, 1024) for n in (512, 1024) for B in (8192, 32768)
             for dtype in (torch.float32, torch.bfloat16)]
    report = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "gpu": torch.cuda.get_device_name(),
              "commit": args.commit, "copy_gb_per_s": copy_rate / 1e6,
              "versions": {"pytorch": torch.__version__, "cuda": torch.version.cuda,
                           "driver": subprocess.run(["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
                                                    capture_output=True, text=True).stdout.strip()}, "rows": []}
    for s in sizes[:1] if args.quick else sizes:
        rows = measure(s, copy_rate)
        report["rows"] += rows
        for r in rows:
            times = "" if r["ours_ms"] is None else f"{r['ours_ms']:9.3f} ms  {r['peer_ms']:9.3f} ms  {r['ratio']:6.3f}"
            goal = "" if r["met"] is None else f"  goal {r['goal']} {'met' if r['met'] else 'MISSED'}"
            print(f"{r['config']:32} {r['op']:32} {r['peer']:36} {times}{goal}", flush=True)
        args.json.write_text(json.dumps(report, indent=2) + "\n")  # after each size: a run that is cut off keeps its figures


if __name__ == "__main__":
    main()
