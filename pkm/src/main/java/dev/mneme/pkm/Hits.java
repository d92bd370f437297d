package dev.mneme.pkm;

import dev.mneme.torch.Tensor;

/// The slots that queries read.
///
/// @param weights (R, H, k), descending, with sum 1 for each query and head; float32, or float64 where the queries are
/// @param ids (R, H, k), slot numbers from 0 to K - 1; int32 from a lookup, and int64 is taken too
public record Hits(Tensor weights, Tensor ids) {}
