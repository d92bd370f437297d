"""Reads what ptxas said of the kernels (-Xptxas -v), prints a table, and fails where one that must be fast keeps registers in memory."""
import re
import subprocess
import sys

# The others are for double, run once per call, or are CUB's.
HOT = re.compile(r"select_kernel<float>|bag_kernel<(float|Bfloat16),|(pieces|crossing|sparse_adam)_kernel<.*, float>")


def kernels(log):
    """(mangled name, architecture, registers, bytes spilled) of every kernel; other functions that ptxas lists are left out."""
    entry = function = spilled = None
    for line in open(log):
        if found := re.search(r"Compiling entry function '(\S+)' for '(\S+)'", line):
            entry = found
        elif found := re.search(r"Function properties for (\S+)", line):
            function = found.group(1)
        elif found := re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line):
            if entry and function == entry.group(1):
                spilled = int(found.group(1)) + int(found.group(2))
        elif (found := re.search(r"Used (\d+) registers", line)) and entry:
            yield entry.group(1), entry.group(2), int(found.group(1)), spilled
            entry = spilled = None


found = [each for log in sys.argv[1:] for each in kernels(log)]
names = subprocess.run(["c++filt"], input="\n".join(each[0] for each in found), capture_output=True, text=True, check=True).stdout
table = {}
for name, (_, architecture, registers, spilled) in zip(names.splitlines(), found):
    if "cub::" not in name:
        short = re.sub(r"void |mneme::cuda::|\(anonymous namespace\)::", "", name).split("(")[0]
        table.setdefault(short, {})[architecture] = registers, spilled

architectures = sorted({each for row in table.values() for each in row}, key=lambda each: int(each[3:]))
width = max(map(len, table), default=0) + 2
print("registers (bytes spilled)".ljust(width), *(each.rjust(10) for each in architectures))
for name, row in sorted(table.items()):
    print(name.ljust(width), *("{} ({})".format(*row[each]).rjust(10) if each in row else "-".rjust(10) for each in architectures))

hot = {name: row for name, row in table.items() if HOT.search(name)}
if len(hot) < 15 or any(len(row) != len(architectures) for row in hot.values()):
    sys.exit(f"of the kernels that must be fast only {len(hot)} are here, or not every one for each architecture")
spilling = [name for name, row in hot.items() if any(spilled != 0 for _, spilled in row.values())]
if spilling:
    sys.exit("registers are spilled by " + ", ".join(spilling))
print(f"{len(hot)} kernels that must be fast spill nothing")
