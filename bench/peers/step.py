"""A training step of the demo's model in PyTorch: the peer of StepBenchmark.

Reads a folder that ExportStep wrote: the same weights, batches and rates. The values of a memory are trained in one of two
ways: `sparse` is EmbeddingBag(sparse=True) with SparseAdam, which is what Mneme computes; `dense` gives the whole table a
gradient and fused AdamW, which is other mathematics (moments of untouched rows decay and move them) and the faster way for
small tables. Prints one line of JSON: the losses of the first steps, and the nanoseconds of one step.
"""
import argparse
import gc
import json
import pathlib
import resource
import statistics
import struct
import time

import numpy
import torch
import torch.nn.functional as F

from model import BertForMaskedLM, BertForSequenceClassification

DTYPES = {"F32": numpy.float32, "I64": numpy.int64, "I32": numpy.int32, "BOOL": numpy.bool_}


def read_safetensors(file):
    data = file.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = numpy.frombuffer(data[start + begin:start + end], DTYPES[entry["dtype"]]).copy()
            tensors[name] = torch.from_numpy(values).view(entry["shape"])
    return tensors


def read_batches(file, count):
    """(ids, real or None, positions, labels) each, as a data loader would hand them over: int64 where PyTorch likes it."""
    t = read_safetensors(file)
    return [(t[f"ids.{i}"].long(), None if t[f"real.{i}"].all() else t[f"real.{i}"],
             t[f"positions.{i}"].long(), t[f"labels.{i}"].long()) for i in range(count)]


class Trainer:
    def __init__(self, model, train, values):
        self.model, self.train = model, train
        tables = [layer.memory.values.weight for layer in model.layers if layer.memory is not None]
        self.dense = [p for p in model.parameters() if not any(p is table for table in tables)]
        groups = [{"params": [p for p in self.dense if p.dim() > 1], "weight_decay": train["weight_decay"]},
                  {"params": [p for p in self.dense if p.dim() == 1], "weight_decay": 0.0}]
        self.optimizers = [torch.optim.AdamW(groups, lr=train["learning_rate"], fused=True)]
        self.sparse_tables = tables if values == "sparse" else []
        if tables:
            lr = train["values"]["learning_rate"]
            self.optimizers.append(torch.optim.SparseAdam(tables, lr=lr) if values == "sparse"
                                   else torch.optim.AdamW(tables, lr=lr, weight_decay=0.0, fused=True))
        self.clipped = self.dense + (tables if values == "dense" else [])
        self.steps = 0
        model.train()

    def step(self, batch):
        ids, real, positions, labels = batch
        loss = F.cross_entropy(self.model(ids, real, positions), labels)
        value = loss.item()
        loss.backward()
        self.clip()
        rate = self.train["learning_rate"] * (min(1.0, self.steps / self.train["warmup_steps"]) if self.train["warmup_steps"] else 1.0)
        for group in self.optimizers[0].param_groups:
            group["lr"] = rate
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.steps += 1
        return value

    def clip(self):
        """By the global norm. clip_grad_norm_ takes no sparse gradients: for those its two halves are called by hand."""
        if not self.sparse_tables:
            torch.nn.utils.clip_grad_norm_(self.clipped, self.train["clip_norm"], foreach=True)
            return
        gradients = [p.grad for p in self.clipped if p.grad is not None]
        for table in self.sparse_tables:
            table.grad = table.grad.coalesce()  # SparseAdam, which needs it too, finds it done
            gradients.append(table.grad._values())
        norm = torch.nn.utils.get_total_norm(gradients, foreach=True)
        torch._foreach_mul_(gradients, (self.train["clip_norm"] / (norm + 1e-6)).clamp(max=1.0))


def measure(trainer, batches, seconds):
    """The nanoseconds of one step, over as many steps as fit."""
    start, steps = time.perf_counter_ns(), 0
    while (elapsed := time.perf_counter_ns() - start) < seconds * 1e9:
        trainer.step(batches[trainer.steps % len(batches)])
        steps += 1
    return elapsed / steps


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, help="what ExportStep wrote for one arm")
    parser.add_argument("--values", choices=["sparse", "dense"], default="sparse", help="how a memory's values are trained")
    parser.add_argument("--warmup", type=int, default=2, help="rounds before the first that counts")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a round")
    args = parser.parse_args()

    described = json.loads((args.folder / "step.json").read_text())
    torch.set_num_threads(described["threads"])
    batches = read_batches(args.folder / "batches.safetensors", described["batches"])
    config = json.loads((args.folder / "config.json").read_text())
    classify = config["architectures"] == ["BertForSequenceClassification"]
    model = (BertForSequenceClassification if classify else BertForMaskedLM)(config, sparse=args.values == "sparse")
    model.load(read_safetensors(args.folder / "model.safetensors"))
    trainer = Trainer(model, described["train"], args.values)
    losses = [trainer.step(batches[i % len(batches)]) for i in range(len(described["losses"]))]
    gc.collect()
    gc.disable()
    rounds = [measure(trainer, batches, args.seconds) for _ in range(args.warmup + args.rounds)]
    print(json.dumps({"losses": losses, "ns": statistics.median(rounds[args.warmup:]), "torch": torch.__version__,
                      "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


if __name__ == "__main__":
    main()
