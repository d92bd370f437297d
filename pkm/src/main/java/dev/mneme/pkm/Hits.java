package dev.mneme.pkm;

import dev.mneme.torch.Tensor;

/// The slots that queries read.
///
/// @param weights (R, H, k), descending, with sum 1 for each query and head
/// @param ids (R, H, k), int64 slot numbers from 0 to K - 1
public record Hits(Tensor weights, Tensor ids) {}
