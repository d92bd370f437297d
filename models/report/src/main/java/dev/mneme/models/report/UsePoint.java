package dev.mneme.models.report;

/// How the memory of one layer was used at one evaluation of a training curve; units as in [LayerUsage].
public record UsePoint(int layer, double top1Pooled, double topk, double klWeighted) {
    public static UsePoint of(LayerUsage usage) {
        return new UsePoint(usage.layer(), usage.top1Pooled(), usage.topk(), usage.klWeighted());
    }
}
