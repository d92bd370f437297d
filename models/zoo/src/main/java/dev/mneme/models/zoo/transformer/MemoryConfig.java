package dev.mneme.models.zoo.transformer;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Choices;
import dev.mneme.models.base.internal.Json;
import dev.mneme.pkm.ProductKeyConfig;
import dev.mneme.pkm.ProductKeyConfig.Gate;
import dev.mneme.torch.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Where a model has product-key memories, and of what kind. In `config.json` it stands under `mneme_memory`; in settings and flags the names begin
/// with `memory_`.
///
/// @param mode how the memory goes with the feed-forward block
/// @param heads H
/// @param subKeys n: the memory has n² slots
/// @param neighbours k
/// @param queryWidth dk
/// @param valueDtype an absent one stands for float32
/// @param sharedValues whether all layers read and train one table, which belongs to the first of them; absent from older files, as the next
/// @param gated older files have false for none, and true for silu
public record MemoryConfig(
        @JsonPropertyDescription("product-key memory: none, replace or residual") Mode mode,
        @JsonPropertyDescription("layers with a memory, from 0") List<Integer> layers,
        @JsonPropertyDescription("heads of a memory") int heads,
        @JsonPropertyDescription("sub-keys per half of a memory; it has their square in slots") int subKeys,
        @JsonPropertyDescription("slots read by each head") int neighbours,
        @JsonPropertyDescription("width of each head's query") int queryWidth,
        @JsonPropertyDescription("normalisation of the queries: batch, layer or none") ProductKeyConfig.QueryNorm queryNorm,
        @JsonPropertyDescription("start of the values: normal or zero") ProductKeyConfig.ValueInit valueInit,
        @JsonPropertyDescription("dtype of the values: float32 or bfloat16") @Choices({"float32", "bfloat16"}) DType valueDtype,
        @JsonPropertyDescription("whether all memories share one table of values") Boolean sharedValues,
        @JsonPropertyDescription("how memories are gated and projected: none, silu or memory_plus")
        @JsonDeserialize(using = OlderGate.class) Gate gated) {

    private static final String NAME = "mneme_memory";

    /// REPLACE is LN(x + PKM(x)), Lample et al.; RESIDUAL is LN(x + FFN(x) + PKM(x)), the ResM of Kim & Jung. NONE is a setting, whose sizes wait
    /// for another mode; a model without memory has no MemoryConfig.
    public enum Mode { NONE, REPLACE, RESIDUAL }

    /// None yet.
    public static final MemoryConfig DEFAULT = new MemoryConfig(Mode.NONE, List.of(2), 4, 128, 32, 128, ProductKeyConfig.QueryNorm.BATCH,
            ProductKeyConfig.ValueInit.NORMAL);

    /// @throws InputException if one of them is null: absent from a file
    public MemoryConfig {
        present("mode", mode, "replace or residual");
        present("layers", layers, "their numbers, from 0");
        if (mode != Mode.NONE && layers.isEmpty()) {
            throw new InputException("train with memory_mode " + mode.name().toLowerCase(Locale.ROOT), "memory_layers names no layer",
                    "name one, such as 0");
        }
        present("query_norm", queryNorm, "batch, layer or none");
        present("value_init", valueInit, "normal or zero");
        layers = List.copyOf(layers);
        valueDtype = valueDtype == null ? DType.FLOAT32 : valueDtype;
        sharedValues = sharedValues != null && sharedValues; // absent from older files
        gated = gated == null ? Gate.NONE : gated;
    }

    /// With float32 values.
    public MemoryConfig(Mode mode, List<Integer> layers, int heads, int subKeys, int neighbours, int queryWidth,
            ProductKeyConfig.QueryNorm queryNorm, ProductKeyConfig.ValueInit valueInit) {
        this(mode, layers, heads, subKeys, neighbours, queryWidth, queryNorm, valueInit, DType.FLOAT32, false, Gate.NONE);
    }

    private static void present(String name, Object value, String choices) {
        if (value == null) {
            throw new InputException("build a memory", "it has no " + name, "give " + choices);
        }
    }

    public boolean isNone() {
        return mode == Mode.NONE;
    }

    /// This memory, or null where it is none.
    public MemoryConfig orNull() {
        return isNone() ? null : this;
    }

    /// The memory of one layer of a model of this width.
    ///
    /// @throws InputException if the sizes are impossible
    public ProductKeyConfig ofWidth(int width) {
        try {
            return new ProductKeyConfig(width, heads, subKeys, neighbours, queryWidth, queryNorm, valueInit, valueDtype, gated);
        } catch (IllegalArgumentException e) {
            throw new InputException("give the model a memory", e.getMessage().replaceFirst("\\.$", ""), "change that setting");
        }
    }

    /// The memory that a model's `config.json` describes, or null where it describes none.
    ///
    /// @throws InputException if it is no object, or has a name that is unknown or missing
    public static MemoryConfig read(Path file, JsonNode config) {
        JsonNode memory = config.path(NAME);
        if (!Json.isAbsent(memory) && !memory.isObject()) {
            throw new InputException("read " + file, NAME + " is " + memory, "give an object");
        }
        return memory.isObject() ? Json.convert(memory, MemoryConfig.class, file.toString()).orNull() : null;
    }

    /// Puts it into what becomes a model's `config.json`.
    public void describe(ObjectNode config) {
        config.set(NAME, Json.tree(this));
    }

    /// @throws InputException if a model of this width and number of layers cannot have it
    public void requireIn(int width, int modelLayers) {
        ofWidth(width);
        for (int layer : layers) {
            if (layer < 0 || layer >= modelLayers) {
                throw new InputException("put a memory into layer " + layer, "the model has layers 0 to " + (modelLayers - 1), "choose one of these");
            }
        }
    }

    /// Floating-point operations of the matrix products of a model's layers, forward: two for each multiplication.
    ///
    /// @param memory the model's, or null
    /// @param inner width of the feed-forward blocks
    /// @param tokens in sequences of `length`
    public static double flops(MemoryConfig memory, int modelLayers, int width, int inner, long tokens, long length) {
        double perToken = 0;
        for (int layer = 0; layer < modelLayers; layer++) {
            perToken += 4.0 * width * width + 2.0 * length * width;
            boolean hasMemory = memory != null && memory.layers.contains(layer);
            perToken += hasMemory && memory.mode == Mode.REPLACE ? 0 : 2.0 * width * inner;
            perToken += hasMemory ? memory.multiplications(width) : 0;
        }
        return 2 * perToken * tokens;
    }

    /// Multiplications of a token's lookup: queries, scores of the sub-keys, and the weighted sum.
    private double multiplications(int width) {
        return (double) heads * ((double) width * queryWidth + (double) subKeys * queryWidth + (double) neighbours * width)
                + (gated == Gate.NONE ? 0 : 2.0 * width * width);
    }

    public MemoryConfig withMode(Mode other) {
        return new MemoryConfig(other, layers, heads, subKeys, neighbours, queryWidth, queryNorm, valueInit, valueDtype, sharedValues, gated);
    }

    public MemoryConfig withValueDtype(DType other) {
        return new MemoryConfig(mode, layers, heads, subKeys, neighbours, queryWidth, queryNorm, valueInit, other, sharedValues, gated);
    }
}
