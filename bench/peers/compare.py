"""Runs a benchmark of ours and its peers in turns, and says how they compare. bench/run calls it with the class path.

Each pair is one run of ours and one of each peer, right after one another and in changing order, so that a machine that
slows down slows both. A ratio is ours / peer, the median over the pairs; times are medians too. Both sides warm up for as
long and count 3 rounds of 1 s. Results are compared before times: a peer with other losses stops the run.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

PEERS = pathlib.Path(__file__).resolve().parent
WARMUP = {"add": 2, "step": 4, "base": 1, "lookup": 2}  # rounds of 1 s: a step runs much more Java code, which the JIT compiles later
ROUNDS = 3
# Losses of the same steps in float32, summed in another order. What `dense` computes is another optimizer, see step.py:
# its first loss is the same, and then it may drift from the others.
TOLERANCE = {"sparse": 1e-4, "dense": 1e-2}


def fail(message):
    sys.exit(f"bench/run: {message}")


def lines_of(command, **environment):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=os.environ | environment)
    if done.returncode != 0:
        fail(f"{' '.join(map(str, command[:1] + command[-3:]))} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout.splitlines()


def java(args, *command, **environment):
    return lines_of([args.java, "--enable-native-access=ALL-UNNAMED", f"-Dmneme.test.library={args.test_library}",
                     "-Djmh.ignoreLock=true", "-cp", args.classpath, *command], **environment)


def jmh(args, *benchmarks):
    """Nanoseconds by method, and `method ARM` where it has arms: the median of the iterations."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        java(args, "org.openjdk.jmh.Main", *benchmarks, "-foe", "true", "-wi", WARMUP[args.op], "-i", ROUNDS, "-w", "1", "-r", "1",
             "-rf", "json", "-rff", out.name)
        results = json.loads(pathlib.Path(out.name).read_text())
    return {" ".join([r["benchmark"].rsplit(".", 1)[1], *r.get("params", {}).values()]):
            statistics.median(sum(r["primaryMetric"]["rawData"], [])) for r in results}


def peer(args, *arguments):
    script = PEERS / f"{'step' if args.op == 'base' else args.op}.py"
    return json.loads(lines_of([sys.executable, script, *arguments, "--warmup", WARMUP[args.op], "--rounds", ROUNDS])[-1])


def in_turns(pairs, sides):
    """Runs each of the sides once a pair, in changing order. -> name: [result of each pair]"""
    results = {name: [] for name in sides}
    for pair in range(pairs):
        for name in list(sides)[::1 if pair % 2 == 0 else -1]:
            print(f"\r{pair + 1} of {pairs}: {name} ...".ljust(60), end="", file=sys.stderr, flush=True)
            results[name].append(sides[name]())
    print("\r".ljust(61) + "\r", end="", file=sys.stderr)
    return results


def row(op, config, peer, ours, theirs, goal):
    """ours and theirs are nanoseconds, one of each a pair; goal is the largest ratio that is good enough, or None."""
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs))
    return {"op": op, "config": config, "peer": peer, "ours_ns": statistics.median(ours), "peer_ns": statistics.median(theirs),
            "ratio": ratio, "goal": goal, "met": None if goal is None else ratio <= goal, "pairs": list(zip(ours, theirs))}


def add(args):
    results = in_turns(args.pairs, {"Mneme and the C++ loop": lambda: jmh(args, "AddBenchmark", "CrossingBenchmark"),
                                    "PyTorch": lambda: peer(args)})
    ours, torch = results["Mneme and the C++ loop"], [r["ns"] for r in results["PyTorch"]]
    loop = [r["cppLoop"] for r in ours]
    rows = []
    for method, config in [("oneScope", "float32 [1], a scope for each add"), ("hundredInScope", "float32 [1], a scope for 100 adds")]:
        times = [r[method] for r in ours]
        rows += [row("add", config, "C++ loop", times, loop, 1.3), row("add", config, "PyTorch", times, torch, 0.5)]
    rows.append(row("crossing", "empty", "C++ loop of adds", [r["emptyCrossing"] for r in ours], loop, None))
    return rows, {}


def step(args):
    with tempfile.TemporaryDirectory() as folder:
        java(args, "dev.mneme.bench.ExportStep", folder, "NONE,RESIDUAL")
        folder = pathlib.Path(folder)
        peers = {("none", "sparse"): "PyTorch", ("residual", "sparse"): "PyTorch, SparseAdam",
                 ("residual", "dense"): "PyTorch, dense fused AdamW"}
        expected = {arm: json.loads((folder / arm / "step.json").read_text()) for arm, _ in peers}

        def run_peer(arm, values):
            result = peer(args, folder / arm, "--values", values)
            check_losses(f"{arm}, {values}", expected[arm]["losses"], result["losses"], TOLERANCE[values])
            return result

        sides = {"Mneme": lambda: jmh(args, "StepBenchmark")}
        sides |= {f"{name}, {key[0]}": lambda key=key: run_peer(*key) for key, name in peers.items()}
        results = in_turns(args.pairs, sides)
    versions = expected["none"]["versions"]
    rows = []
    for (arm, values), name in peers.items():
        ours = [r[f"step {arm.upper()}"] for r in results["Mneme"]]
        rows.append(row("step", f"demo, {arm}, {versions['threads']} threads", name, ours,
                        [r["ns"] for r in results[f"{name}, {arm}"]], 1.0))
    slower = max(rows[1:], key=lambda r: r["peer_ns"])  # of the two ways to train the values, the faster is the peer
    slower["goal"] = slower["met"] = None
    return rows, versions


def base(args):
    """A BERT-base: steps of pretraining and of fine-tuning, and the most memory that a process of each side had."""
    names = {"base": "masked language modelling", "classify": "classification"}
    with tempfile.TemporaryDirectory() as folder:
        java(args, "dev.mneme.bench.ExportStep", folder, "BASE,CLASSIFY")
        folder = pathlib.Path(folder)
        expected = {arm: json.loads((folder / arm / "step.json").read_text()) for arm in names}

        def run_peer(arm):
            result = peer(args, folder / arm)
            check_losses(arm, expected[arm]["losses"], result["losses"], TOLERANCE["sparse"])
            return result

        sides = {f"Mneme, {arm}": lambda arm=arm: jmh(args, "StepBenchmark", "-p", f"arm={arm.upper()}") for arm in names}
        sides |= {f"PyTorch, {arm}": lambda arm=arm: run_peer(arm) for arm in names}
        results = in_turns(args.pairs, sides)
    rows = []
    for arm, name in names.items():
        rows.append(row("step", f"BERT-base, {name}, 8 x 128, 2 threads", "PyTorch", [r[f"step {arm.upper()}"] for r in results[f"Mneme, {arm}"]],
                        [r["ns"] for r in results[f"PyTorch, {arm}"]], 1.0))
        ours = json.loads(java(args, "dev.mneme.bench.BaseMemory", arm.upper())[-1])
        theirs = statistics.median(r["peak_bytes"] for r in results[f"PyTorch, {arm}"])
        rows[-1] |= {"peak_bytes": ours["peak_bytes"], "peer_peak_bytes": theirs, "model_bytes": ours["model_bytes"],
                     "gflops_per_second": ours["flops_per_second"] / 1e9}
        print(f"{name}: peak memory {size_of(ours['peak_bytes'])}, of it weights, gradients and moments {size_of(ours['model_bytes'])};"
              f" PyTorch's {size_of(theirs)}; {ours['flops_per_second'] / 1e9:.0f} GFLOP/s")
    return rows, expected["base"]["versions"]


def load(args):
    """Reading a BERT-base of 440 MB from a file that is in the system's cache, to `cat file > /dev/null` and a copy of as many bytes.

    The fastest of each side's rounds: a virtual machine takes free memory back when it likes, and whoever touches it next waits for it."""
    import numpy

    with tempfile.TemporaryDirectory() as folder:
        java(args, "dev.mneme.bench.LoadModel", "make", folder)
        file = pathlib.Path(folder) / "model.safetensors"
        source = numpy.ones(file.stat().st_size, numpy.uint8)

        def cat_and_copy():
            times = []
            for _ in range(ROUNDS + 1):
                start = time.perf_counter_ns()
                subprocess.run(f"cat '{file}' > /dev/null", shell=True, check=True)
                target = numpy.empty_like(source)  # fresh memory, as a model's is
                target[:] = source
                times.append(time.perf_counter_ns() - start)
                del target
            return min(times[1:])

        sides = {"Mneme": lambda: min(json.loads(java(args, "dev.mneme.bench.LoadModel", "time", folder, str(ROUNDS))[-1])),
                 "cat and copy": cat_and_copy}
        results = in_turns(args.pairs, sides)
    return [row("load", f"BERT-base, {size_of(source.nbytes)}", "cat and a copy", results["Mneme"], results["cat and copy"], 1.5)], {}


# Of the memory of peers/lookup.py: d 768, H 4, k 32, n 512, dk 256.
WIDTH, HITS, HEADS, SUB_KEYS, QUERY_WIDTH = 768, 4 * 32, 4, 512, 256
GOALS = {"topk": 0.30, "bag": 1.0, "sparse": 0.08}


def dense_goal(tokens):
    """Half of the time for few tokens; with so many that nearly every row is hit, no more than all of it."""
    return 0.5 if tokens <= 512 else 1.0


def lookup(args):
    configs = [(tokens, queries) for queries in args.queries for tokens in args.tokens]
    # Every large block goes back to the system when it is freed: what is free but still the process's would hide growth.
    described = {c: json.loads(java(args, "dev.mneme.bench.DescribeLookup", str(c[0]), c[1], MALLOC_MMAP_THRESHOLD_="65536")[-1])
                 for c in configs}
    everything = ["--tokens", *map(str, args.tokens), "--queries", *args.queries]
    parts = [part for part in args.parts if part != "step"]

    def run_peer(part, values):
        results = peer(args, part, "--values", values, *everything)["results"]
        for (tokens, queries), ours in described.items():
            theirs = results[f"{tokens} {queries}"]["check"]
            if abs(ours[part] / theirs - 1) > 10 * TOLERANCE[values]:  # sums over what few scores decide that rounding may swap
                fail(f"{part}, {tokens} {queries}: the sum of squares is {ours[part]:.6g} here and {theirs:.6g} in PyTorch. The two sides"
                     " compute different things, so their times say nothing: mend peers/lookup.py or Lookup.java first.")
        return results

    sides = {"Mneme": lambda: jmh(args, "LookupBenchmark", "-p", "tokens=" + ",".join(map(str, args.tokens)), "-p",
                                  "queries=" + ",".join(args.queries))}
    sides |= {f"PyTorch {part}": lambda part=part: run_peer(part, "sparse") for part in parts}
    if "step" in args.parts:
        sides |= {f"PyTorch step, {values}": lambda values=values: run_peer("step", values) for values in ["sparse", "dense"]}
    results = in_turns(args.pairs, sides)

    def ours(method, config):
        return [r[f"{method} {config[1]} {config[0]}"] for r in results["Mneme"]]  # JMH sorts the parameters by name

    rows = []
    copy_rate = statistics.median(2 * (512 << 20) / ns for config in configs for ns in ours("copy", config))  # bytes a nanosecond
    for config in configs:
        tokens, name = config[0], f"{config[0]} tokens, {config[1].lower()}"
        limits = lookup_limits(tokens, described[config]["rows"], copy_rate, statistics.median(ours("scores", config)))

        def add(part, peer_name, theirs, goal, **more):
            made = row(part, name, peer_name, ours(part, config), theirs, goal)
            floor_bytes, floor_ns = limits[part]
            rows.append(made | {"ours_ms": made["ours_ns"] / 1e6, "peer_ms": made["peer_ns"] / 1e6, "bytes": floor_bytes,
                                "share_of_limit": floor_ns / made["ours_ns"]} | more)

        def times(side):
            return [r[f"{tokens} {config[1]}"]["ns"] for r in results[side]]

        if "topk" in parts:
            add("topk", "PyTorch composition", times("PyTorch topk"), GOALS["topk"])
            add("topk", "its two products alone", ours("scores", config), 1.6)
        if "bag" in parts:
            add("bag", "F.embedding_bag", times("PyTorch bag"), GOALS["bag"])
            lookup_time = [a + b for a, b in zip(ours("topk", config), ours("bag", config))]
            add("usage", "our lookup", lookup_time, 0.02)
        if "step" in args.parts:
            for values, label, goal in [("sparse", "sparse=True, SparseAdam", GOALS["sparse"]), ("dense", "dense, fused Adam", dense_goal(tokens))]:
                peers = results[f"PyTorch step, {values}"]
                add("step", label, times(f"PyTorch step, {values}"), goal, rows_hit=described[config]["rows"],
                    extra_bytes=described[config]["extra_bytes"], peer_extra_bytes=peers[0][f"{tokens} {config[1]}"]["extra_bytes"])
    print(f"copy {copy_rate:.1f} GB/s (read and written)")
    return rows, next(iter(described.values()))["versions"]


def lookup_limits(tokens, distinct, copy_rate, scores_ns):
    """For each part the bytes that it must move, and the nanoseconds that these and its matrix products take at the measured rates."""
    hits = tokens * HITS
    flops_rate = 2 * tokens * HEADS * SUB_KEYS * QUERY_WIDTH / scores_ns  # of the scores' products
    bag = 4 * (hits * WIDTH + tokens * WIDTH + 2 * hits)
    update = 4 * (6 * distinct * WIDTH + tokens * WIDTH + 3 * hits)  # values and two moments read and written; gradients and hits read
    query_flops = 3 * 2 * tokens * WIDTH * HEADS * QUERY_WIDTH  # forward, and two products backward
    step_ns = (bag + update) / copy_rate + scores_ns + query_flops / flops_rate
    return {"topk": (4 * (tokens * HEADS * QUERY_WIDTH + HEADS * SUB_KEYS * QUERY_WIDTH + 2 * hits), scores_ns),
            "bag": (bag, bag / copy_rate), "usage": (8 * hits, 8 * hits / copy_rate), "step": (bag + update, step_ns)}


def check_losses(name, ours, theirs, tolerance):
    first = abs(ours[0] / theirs[0] - 1)
    worst = max(abs(a / b - 1) for a, b in zip(ours, theirs))
    if not (first <= 1e-5 and worst <= tolerance):
        fail(f"{name}: the losses of the same {len(ours)} steps differ by up to {worst:.1e} of their size, the first by {first:.1e};"
             f" 1e-5 for the first and {tolerance:.0e} for all is the most that rounding explains. The two sides compute different"
             " things, so their times say nothing: mend peers/model.py or peers/step.py first.")


def cpu():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.split(':', 1)[1].strip()}, {len(os.sched_getaffinity(0))} cores"
    return platform.machine()


def time_of(ns):
    return f"{ns / 1e6:.2f} ms" if ns >= 1e5 else f"{ns:.1f} ns"


def size_of(count):
    return f"{count / (1 << 20):.0f} MiB"


def print_table(rows):
    measured = any("bytes" in r for r in rows)
    cells = [("op", "config", "peer", "ours", "peer's", "ratio", "goal") + (("bytes", "of limit", "extra memory") if measured else ())]
    for r in rows:
        goal = "" if r["goal"] is None else f"<= {r['goal']} {'met' if r['met'] else 'MISSED'}"
        cells.append((r["op"], r["config"], r["peer"], time_of(r["ours_ns"]), time_of(r["peer_ns"]), f"{r['ratio']:.3f}", goal))
        if measured:
            extra = f"{size_of(r['extra_bytes'])}, peer's {size_of(r['peer_extra_bytes'])}" if "extra_bytes" in r else ""
            cells[-1] += (size_of(r["bytes"]), f"{100 * r['share_of_limit']:.0f}%", extra)
    widths = [max(map(len, column)) for column in zip(*cells)]
    for line in cells:
        print("  ".join(cell.rjust(width) if 3 <= i <= 5 else cell.ljust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip())


def at_least_one(text):
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} was given; give at least 1")
    return int(text)


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description="Compares Mneme with its peers on this machine, in turns.")
    parser.add_argument("--java", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--classpath", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--test-library", required=True, help=argparse.SUPPRESS)
    parser.add_argument("op", choices=["add", "step", "base", "load", "lookup"],
                        help="a one-element add; a training step of the demo's model, or of a BERT-base; reading a BERT-base; a lookup in a"
                             " memory of the paper's size")
    parser.add_argument("--tokens", type=at_least_one, nargs="+", default=[512, 2048, 8192], help="lookup: how many at a time (512 2048 8192)")
    parser.add_argument("--queries", nargs="+", choices=["UNIFORM", "ZIPF"], default=["UNIFORM", "ZIPF"], help="lookup: how they are drawn")
    parser.add_argument("--parts", nargs="+", choices=["topk", "bag", "step"], default=["topk", "bag", "step"], help="lookup: what to compare")
    parser.add_argument("--pairs", type=at_least_one, default=5, help="how many times each side runs (5)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="where the rows go, with date, CPU and versions")
    args = parser.parse_args()

    import torch  # for its version only; late, so that --help is quick

    busy = os.getloadavg()[0]
    if busy > 0.3:
        print(f"bench/run: the load is {busy:.1f} before the start. Other work makes times longer, and those of two threads many"
              " times so: repeat this on a quiet machine before you believe it.", file=sys.stderr)
    rows, versions = {"add": add, "step": step, "base": base, "load": load, "lookup": lookup}[args.op](args)
    versions = versions or dict(line.split("=", 1) for line in java(args, "dev.mneme.bench.ShowVersions"))
    if versions["libtorch"] != torch.__version__.split("+")[0]:
        fail(f"Mneme runs on libtorch {versions['libtorch']}, and the peer is PyTorch {torch.__version__}. Install that version"
             " where MNEME_PYTHON points, or change peers/requirements.txt.")
    print_table(rows)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "cpu": cpu(),
            "load_before": busy, "versions": versions | {"pytorch": torch.__version__, "python": platform.python_version()},
            "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
