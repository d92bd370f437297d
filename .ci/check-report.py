"""Checks that a demo's report holds what other tools read, and that its figures are possible."""
import json
import math
import sys

report = json.load(open(sys.argv[1]))
html = open(sys.argv[2]).read()

ARMS = {"none", "wide", "replace-scratch", "residual-scratch", "replace-pretrained", "residual-pretrained"}
FIELDS = {"name", "seed", "steps", "memory_steps", "parameters", "mlm_loss", "fact_accuracy", "tokens_per_second", "curve", "usage"}
USAGE = {"layer", "queries", "topk", "top1_pooled", "top1_per_head", "kl_weighted", "kl_counts", "gini", "stale"}
USE = {"layer", "top1_pooled", "topk", "kl_weighted"}


def check(condition, what):
    if not condition:
        sys.exit(f"{sys.argv[1]}: {what}")


def share(value):
    return 0 <= value <= 1


check({"versions", "config", "arms"} <= report.keys(), "versions, config or arms is missing")
check({"mneme", "libtorch", "java"} <= report["versions"].keys(), "a version is missing")
arms = report["arms"]
check({arm["name"] for arm in arms} == ARMS, f"arms are {[arm['name'] for arm in arms]}")
check(len({(arm["name"], arm["seed"]) for arm in arms}) == len(arms), "an arm appears twice for a seed")
total = max(arm["steps"] for arm in arms)
for arm in arms:
    name = arm["name"]
    check(FIELDS <= arm.keys(), f"{name} lacks {FIELDS - arm.keys()}")
    check(arm["steps"] == total, f"{name} made {arm['steps']} steps, not {total}")
    check(math.isfinite(arm["mlm_loss"]) and 0 < arm["mlm_loss"] < 20, f"{name} has loss {arm['mlm_loss']}")
    check(share(arm["fact_accuracy"]), f"{name} has accuracy {arm['fact_accuracy']}")
    check(arm["tokens_per_second"] > 0 and len(arm["curve"]) > 0, f"{name} has no curve or no speed")
    memory = name not in ("none", "wide")
    check(len(arm["usage"]) == (1 if memory else 0), f"{name} has {len(arm['usage'])} memories")
    check((arm["memory_steps"] > 0) == memory, f"{name} has {arm['memory_steps']} memory steps")
    check((arm.get("equal_memory_steps") is not None) == name.endswith("-scratch"), f"{name}: equal_memory_steps")
    for usage in arm["usage"]:
        check(USAGE <= usage.keys(), f"{name} lacks {USAGE - usage.keys()}")
        shares = [usage["topk"], usage["top1_pooled"], usage["gini"], usage["stale"], *usage["top1_per_head"]]
        check(all(map(share, shares)), f"{name} has a share outside 0 to 1: {shares}")
        check(usage["kl_weighted"] >= 0 and usage["kl_counts"] >= 0, f"{name} has a negative KL")
        check(usage["top1_pooled"] <= usage["topk"], f"{name}: best matches are a part of all reads")
    for point in arm["curve"]:
        where = f"{name} at step {point['step']}"
        if not memory or point["memory_steps"] > 0:
            check(len(point["usage"]) == (1 if memory else 0), f"{where} has the usage of {len(point['usage'])} memories")
        for use in point["usage"]:
            check(USE == use.keys(), f"{where} has {use.keys()} of its memory, not {USE}")
            check(0 <= use["top1_pooled"] <= use["topk"] <= 1 and use["kl_weighted"] >= -1e-12, f"{where} has an impossible use {use}")
    for use, usage in zip(arm["curve"][-1]["usage"], arm["usage"]):
        check(all(use[key] == usage[key] for key in USE), f"{name} ends its curve with {use}, and reports {usage}")
parameters = {arm["name"]: arm["parameters"] for arm in arms}
check(abs(parameters["wide"] / parameters["residual-scratch"] - 1) < 0.02, f"wide is not parameter-matched: {parameters}")
check("Top-1 usage against steps" in html and "KL against steps" in html, "the page lacks the curves of usage")
check(html.count("<svg") >= 2 and "<script src" not in html and "https://" not in html, "the page lacks curves or needs a network")
print(f"{sys.argv[1]}: {len(arms)} arms, all fields present and possible")
