package dev.mneme.models.report;

import java.util.Locale;

/// How fast a training was.
///
/// @param tokensPerSecond real tokens, padding left out
/// @param flopsPerSecond floating-point operations of the model's matrix products, backward counted as twice forward
/// @param peakFlopsPerSecond what one large float32 matrix product reaches on the same threads, measured after the training
/// @param waitingShare of the training's time that was spent waiting for batches
public record Throughput(double tokensPerSecond, double flopsPerSecond, double peakFlopsPerSecond, double waitingShare) {
    /// Model FLOPs utilisation (Chowdhery et al. 2022, PaLM): the share of the peak.
    public double mfu() {
        return flopsPerSecond / peakFlopsPerSecond;
    }

    public String text() {
        return String.format(Locale.ROOT, "%,.0f tokens/s, %.1f GFLOP/s: %.0f%% of what large matrix products reach here (MFU); %.1f%% of the time"
                + " waiting for batches", tokensPerSecond, flopsPerSecond / 1e9, 100 * mfu(), 100 * waitingShare);
    }
}
