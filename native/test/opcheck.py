"""What torch.library.opcheck and torch.compile(dynamic=True) make of the memory ops. By hand, with a Python whose torch is the version that
libmneme was built against:

    python native/test/opcheck.py native/target/lib/native/linux-x86_64/libmneme.so

Two ops return other things where they are traced: the table's gradient of memory_bag is sparse in eager mode and dense in a compiled one,
since the number of its rows depends on the ids; and for the same reason memory_backward cannot be traced at all.
"""
import sys

import torch

torch.ops.load_library(sys.argv[1])
ops = torch.ops.mneme
torch.manual_seed(1)
B, H, n, K, D, k = 20, 2, 4, 16, 8, 3


def hits(bags=B, dtype=torch.int64):
    return torch.randint(0, K, (bags, H, k)).to(dtype), torch.rand(bags, H, k, requires_grad=True)


def transposed(*tensors):
    return [t.detach().transpose(0, 2).contiguous().transpose(0, 2) for t in tensors]


def adam(row_wise=False, values=torch.float32):
    return [torch.rand(K, D).to(values), torch.rand(K, D), torch.rand(K) if row_wise else torch.rand(K, D),
            torch.ones(K, dtype=torch.int32), torch.ones((), dtype=torch.int64), torch.full((), 0.1, dtype=torch.float64)]


def queries(tokens=B):
    return torch.rand(tokens, H, 6, requires_grad=True)


keys = torch.rand(H, 2, n, 3, requires_grad=True)
detached = lambda pair: [t.detach() for t in pair]
calls = [
    ("product_key_topk", (queries(), keys, k, True)),
    ("product_key_topk", (queries().detach(), keys.detach(), k)),
    ("product_key_select", (torch.rand(B, H, 2, n), k)),
    ("memory_bag", (*hits(), torch.rand(K, D))),
    ("memory_bag", (*transposed(*hits(dtype=torch.int32)), torch.rand(K, D).bfloat16())),
    ("memory_bag_compact", (*hits(), torch.rand(K, D), torch.zeros(1, 1).expand(K, D))),
    ("memory_bag_adam", (*hits(), *adam())),
    ("memory_bag_adam", (*detached(hits()), *adam(True, torch.bfloat16))),
    ("memory_weight_gradient", (torch.rand(B, D), *detached(hits()), torch.rand(K, D))),
    ("memory_dense_gradient", (torch.rand(B, D), *detached(hits()), K)),
    ("memory_backward_adam_", (torch.rand(B, D), *detached(hits()), *adam())),
    ("memory_backward_adam_", (torch.rand(B, D), *transposed(*hits()), *adam(True))),
    ("sparse_adam_", (torch.arange(5), torch.rand(5, D), *adam())),
    ("memory_usage_", (torch.zeros(K, dtype=torch.int64), torch.zeros(K, dtype=torch.float64), torch.zeros(H, K, dtype=torch.int64),
                       *detached(hits()))),
]
for name, arguments in calls:
    torch.library.opcheck(getattr(ops, name).default, arguments)
    print(f"{name}: opcheck passed")


def compiled_agrees(what, function, arguments_of):
    """Results, and gradients of what requires one, for several numbers of tokens with one compilation."""
    torch._dynamo.reset()
    compilations = torch._dynamo.testing.CompileCounterWithBackend("inductor")
    compiled = torch.compile(function, dynamic=True, fullgraph=True, backend=compilations)
    for tokens in (B, 7, 33):
        arguments = arguments_of(tokens)
        grads = [[], []]
        results = []
        for f, into in ((function, grads[0]), (compiled, grads[1])):
            wanted = [t for t in arguments if t.requires_grad]
            y = f(*arguments)
            results.append(y.detach())
            if wanted:
                into += [g.to_dense() for g in torch.autograd.grad((y * torch.arange(1.0, D + 1)).sum(), wanted)]
        torch.testing.assert_close(*results)
        for eager, other in zip(*grads):
            torch.testing.assert_close(eager, other)
    assert compilations.frame_count == 1, f"{what}: {compilations.frame_count} compilations"
    print(f"{what}: compiles")


values = torch.rand(K, D, requires_grad=True)
compiled_agrees("memory_bag", lambda ids, weights, v: ops.memory_bag(ids, weights, v), lambda tokens: (*hits(tokens), values))
compiled_agrees("memory_bag, frozen", lambda ids, weights, v: ops.memory_bag(ids, weights, v), lambda tokens: (*hits(tokens), values.detach()))


def lookup(q, sub_keys, table):
    weights, ids, _ = ops.product_key_topk(q, sub_keys, k)
    return ops.memory_bag(ids, weights, table)


compiled_agrees("a whole lookup", lookup, lambda tokens: (queries(tokens), keys, values))
