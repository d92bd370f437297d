"""What one add of two one-element float tensors without grad costs in PyTorch: the peer of AddBenchmark.

Prints one line of JSON: the nanoseconds of one add, its result released, as the median of several rounds.
"""
import argparse
import gc
import json
import statistics
import time

import torch

LOOP = 10_000


def add_loop(a, b):
    """Makes LOOP adds and returns the nanoseconds they took."""
    start = time.perf_counter_ns()
    for _ in range(LOOP):
        torch.add(a, b)
    return time.perf_counter_ns() - start


def measure(a, b, seconds):
    """The nanoseconds of one add, over as many loops as fit."""
    total = loops = 0
    while total < seconds * 1e9:
        total += add_loop(a, b)
        loops += 1
    return total / (loops * LOOP)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warmup", type=int, default=2, help="rounds before the first that counts")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a round")
    args = parser.parse_args()

    gc.disable()  # as timeit does
    with torch.no_grad():
        a, b = torch.ones(1), torch.ones(1)
        rounds = [measure(a, b, args.seconds) for _ in range(args.warmup + args.rounds)]
    print(json.dumps({"ns": statistics.median(rounds[args.warmup:]), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
