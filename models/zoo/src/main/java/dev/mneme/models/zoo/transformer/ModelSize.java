package dev.mneme.models.zoo.transformer;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.DType;

/// What a model takes, in numbers that do not overflow whatever a file asks for.
///
/// @param layers how many
/// @param parameters elements of float32, those of value tables left out
/// @param rows of all value tables
/// @param width of each row
/// @param valueBytes of each of its elements
public record ModelSize(double layers, double parameters, double rows, double width, double valueBytes) {
    /// What the objects of a layer take besides their elements, at least.
    private static final double LAYER_BYTES = 16_384;
    private static final double FLOAT = 4; // bytes

    /// A transformer with its memories.
    ///
    /// @param embeddings rows of width elements: tokens, positions, types
    /// @param inner width of the feed-forward blocks
    /// @param memory or null
    public static ModelSize of(double embeddings, double layers, double width, double inner, MemoryConfig memory) {
        double memories = memory == null ? 0 : memory.layers().stream().distinct().count();
        double blocks = memory != null && memory.mode() == MemoryConfig.Mode.REPLACE ? layers - memories : layers;
        double parameters = embeddings * width + layers * (4 * width * width + 8 * width) + blocks * (2 * width * inner + width + inner);
        if (memory == null) {
            return new ModelSize(layers, parameters, 0, 0, 0);
        }
        double queries = (double) memory.heads() * memory.queryWidth();
        double gate = switch (memory.gated()) {
            case NONE -> 0;
            case SILU -> 2 * width * width;
            case MEMORY_PLUS -> 2 * width * (width + 1);
        };
        parameters += memories * (queries * width + queries + queries * memory.subKeys() + gate);
        double tables = memory.sharedValues() ? Math.min(1, memories) : memories;
        return new ModelSize(layers, parameters, tables * memory.subKeys() * memory.subKeys(), width, memory.valueDtype() == DType.BFLOAT16 ? 2 : FLOAT);
    }

    /// @throws InputException if this is no standard deviation of float32 values
    public static void requireDeviation(double initializerRange) {
        if (!(initializerRange >= 0 && initializerRange <= Float.MAX_VALUE)) {
            throw new InputException("build a model with initializer_range " + initializerRange, "that is no standard deviation", "give one of at least 0, such as 0.02");
        }
    }

    /// The weights.
    public double bytes() {
        return layers * LAYER_BYTES + parameters * FLOAT + rows * width * valueBytes;
    }
}
