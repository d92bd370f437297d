"""A weighted EmbeddingBag in Triton, in the style of Memory Layers at Scale (Berges et al. 2024): the peer of memory_bag on a GPU.

Forward, a program sums a bag's rows for a block of columns. Backward, hits are sorted by row ("reverse indices") and a program sums a
row's hits for a block of columns into a dense gradient of the table: no atomics, but K x D written, and an optimizer that walks over all
of it. The weights' gradients gather the rows a second time.
"""
import torch
import triton
import triton.language as tl

BLOCK = 256


@triton.jit
def forward_kernel(ids, weights, values, out, N, D, BLOCK: tl.constexpr):
    bag, columns = tl.program_id(0).to(tl.int64), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = columns < D
    total = tl.zeros((BLOCK,), tl.float32)
    for c in range(N):
        row = tl.load(ids + bag * N + c).to(tl.int64)
        weight = tl.load(weights + bag * N + c)
        total += weight * tl.load(values + row * D + columns, mask=inside, other=0).to(tl.float32)
    tl.store(out + bag * D + columns, total, mask=inside)


@triton.jit
def weights_kernel(ids, values, grad, grad_weights, N, D, WIDTH: tl.constexpr):
    hit = tl.program_id(0).to(tl.int64)
    columns = tl.arange(0, WIDTH)
    inside = columns < D
    row = tl.load(ids + hit).to(tl.int64)
    v = tl.load(values + row * D + columns, mask=inside, other=0).to(tl.float32)
    g = tl.load(grad + hit // N * D + columns, mask=inside, other=0)
    tl.store(grad_weights + hit, tl.sum(v * g))


@triton.jit
def rows_kernel(rows, starts, hits, weights, grad, grad_values, N, D, BLOCK: tl.constexpr):
    u, columns = tl.program_id(0).to(tl.int64), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = columns < D
    total = tl.zeros((BLOCK,), tl.float32)
    for i in range(tl.load(starts + u), tl.load(starts + u + 1)):
        hit = tl.load(hits + i)
        total += tl.load(weights + hit) * tl.load(grad + hit // N * D + columns, mask=inside, other=0)
    row = tl.load(rows + u)
    tl.store(grad_values + row * D + columns, total.to(grad_values.dtype.element_ty), mask=inside)


class Bag(torch.autograd.Function):
    @staticmethod
    def forward(context, ids, weights, values):
        B, N = ids.shape
        D = values.shape[1]
        out = torch.empty(B, D, device=ids.device)
        forward_kernel[(B, triton.cdiv(D, BLOCK))](ids, weights, values, out, N, D, BLOCK)
        context.save_for_backward(ids, weights, values)
        return out

    @staticmethod
    def backward(context, grad):
        ids, weights, values = context.saved_tensors
        N, D = ids.shape[1], values.shape[1]
        grad = grad.contiguous()
        grad_weights = torch.empty_like(weights)
        weights_kernel[(ids.numel(),)](ids, values, grad, grad_weights, N, D, triton.next_power_of_2(D))
        ordered, hits = ids.flatten().sort()
        rows, counts = torch.unique_consecutive(ordered, return_counts=True)
        starts = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        grad_values = torch.zeros_like(values)
        rows_kernel[(len(rows), triton.cdiv(D, BLOCK))](rows, starts, hits, weights, grad, grad_values, N, D, BLOCK)
        return None, grad_weights, grad_values


def bag(ids, weights, values):
    """ids (B, N), weights (B, N) float32, values (K, D) -> (B, D) float32"""
    return Bag.apply(ids, weights.contiguous(), values)
