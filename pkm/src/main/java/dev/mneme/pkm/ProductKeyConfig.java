package dev.mneme.pkm;

import dev.mneme.torch.DType;

/// The sizes and options of a product-key memory.
///
/// @param width d, of the tokens it reads and writes
/// @param heads H, independent queries per token; their results add
/// @param subKeys n, sub-keys per half: the memory has K = n² slots
/// @param neighbours k, slots read by each head
/// @param queryWidth dk, of each head's query; even, a half for each set of sub-keys
/// @param queryNorm what normalises the queries
/// @param valueInit how the value table starts
/// @param valueDtype of the value table: FLOAT32, or BFLOAT16, which is updated in float32 and rounded stochastically
/// @param gate whether the result is gated by the token and projected, and how
public record ProductKeyConfig(
        int width, int heads, int subKeys, int neighbours, int queryWidth, QueryNorm queryNorm, ValueInit valueInit,
        DType valueDtype, Gate gate) {

    /// BATCH is Lample et al.'s: per feature over the real tokens of the batch. LAYER is per token over all heads.
    public enum QueryNorm { BATCH, LAYER, NONE }

    /// NORMAL draws from N(0, 1/d), as Lample et al. ZERO makes a residual memory start as the model without it.
    public enum ValueInit { NORMAL, ZERO }

    /// SILU is W2 (y · silu(W1 x)) without biases, both drawn as [dev.mneme.torch.nn.Linear] draws. MEMORY_PLUS is the same formula as Berges et
    /// al. 2024 (section 3.2) have it: with biases, and drawn as theirs (see [ProductKeyMemory]); their memories also leave the queries as
    /// they are (QueryNorm.NONE) and share one table of values.
    public enum Gate { NONE, SILU, MEMORY_PLUS }

    /// Lample et al.'s defaults for a width: 4 heads, 512² slots, 32 neighbours, queries of 256.
    public static ProductKeyConfig ofWidth(int width) {
        return new ProductKeyConfig(width, 4, 512, 32, 256, QueryNorm.BATCH, ValueInit.NORMAL);
    }

    /// Not gated.
    public ProductKeyConfig(int width, int heads, int subKeys, int neighbours, int queryWidth, QueryNorm queryNorm, ValueInit valueInit,
            DType valueDtype) {
        this(width, heads, subKeys, neighbours, queryWidth, queryNorm, valueInit, valueDtype, Gate.NONE);
    }

    /// With a float32 table.
    public ProductKeyConfig(
            int width, int heads, int subKeys, int neighbours, int queryWidth, QueryNorm queryNorm, ValueInit valueInit) {
        this(width, heads, subKeys, neighbours, queryWidth, queryNorm, valueInit, DType.FLOAT32);
    }

    public ProductKeyConfig {
        if (queryNorm == null || valueInit == null || valueDtype == null || gate == null) {
            throw new IllegalArgumentException("Product-key memory: query norm " + queryNorm + ", value init " + valueInit + ", value dtype " + valueDtype
                    + " and gate " + gate + " were given. Give all four.");
        }
        positive("width", width);
        positive("heads", heads);
        positive("sub-keys", subKeys);
        positive("neighbours", neighbours);
        positive("query width", queryWidth);
        if (neighbours > subKeys) {
            throw new IllegalArgumentException("Product-key memory: " + neighbours + " neighbours were asked for, and there are "
                    + subKeys + " sub-keys per half. Give at most as many neighbours as sub-keys.");
        }
        if (queryWidth % 2 != 0) {
            throw new IllegalArgumentException("Product-key memory: query width " + queryWidth
                    + " was given, and each half takes half of it. Give an even one.");
        }
        if ((long) heads * queryWidth > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("Product-key memory: " + heads + " heads with queries of " + queryWidth + " give "
                    + (long) heads * queryWidth + " features. Give at most " + Integer.MAX_VALUE + ".");
        }
        if (subKeys > 46_340) {
            throw new IllegalArgumentException("Product-key memory: " + subKeys + " sub-keys per half give "
                    + (long) subKeys * subKeys + " slots. Give at most 46340.");
        }
        if (valueDtype != DType.FLOAT32 && valueDtype != DType.BFLOAT16) {
            throw new IllegalArgumentException("Product-key memory: values of dtype " + valueDtype
                    + " were asked for. Give FLOAT32 or BFLOAT16.");
        }
    }

    private static void positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "Product-key memory: " + what + " " + value + " was given. Give at least 1.");
        }
    }

    /// K = n².
    public int slots() {
        return subKeys * subKeys;
    }
}
