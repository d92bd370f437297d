package dev.mneme.models.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.mneme.models.base.internal.JsonNumbers.OrNaN;

/// How the memory of one layer was used over a whole evaluation split (docs/method.md, "How memory use is measured").
/// Shares are of the memory's slots, 0 to 1. Two of these are equal only if they share the array.
///
/// @param layer of the encoder, from 0
/// @param queries that were asked: tokens times heads; usage grows with it
/// @param topk share of slots read at all
/// @param top1Pooled share of slots that were the best match of a query of any head
/// @param top1PerHead the same for each head's own queries
/// @param klWeighted KL divergence of the softmax weight per slot from even use, in nats
/// @param klCounts the same for the number of reads per slot
/// @param gini inequality of the softmax weight per slot, 0 (even) to 1
/// @param stale share of slots never updated in training, or null where not known
/// @param top50 the fewest slots that hold half of the softmax weight; top90 and top99 likewise
@JsonInclude(JsonInclude.Include.ALWAYS)
public record LayerUsage(
        int layer, long queries, double topk, double top1Pooled, double[] top1PerHead, @JsonDeserialize(using = OrNaN.class) double klWeighted,
        @JsonDeserialize(using = OrNaN.class) double klCounts, @JsonDeserialize(using = OrNaN.class) double gini, Double stale, long top50, long top90, long top99) {
    /// What a point of a curve knows of it; the rest is not a number, or 0.
    public static LayerUsage of(UsePoint point) {
        return new LayerUsage(point.layer(), 0, point.topk(), point.top1Pooled(), null, point.klWeighted(), Double.NaN, Double.NaN, null, 0, 0, 0);
    }
}
