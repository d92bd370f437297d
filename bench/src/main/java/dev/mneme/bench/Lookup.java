package dev.mneme.bench;

import dev.mneme.pkm.ProductKeyConfig;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.pkm.SparseAdam;
import dev.mneme.torch.DType;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Op;
import dev.mneme.torch.Steps;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.optim.AdamW;
import java.util.List;

/// A memory of the paper's size (d 768, n 512, H 4, k 32, dk 256), queries for it, and what is timed. peers/lookup.py draws the same numbers
/// in the same order: both sides sit on the same libtorch, whose generator decides them.
final class Lookup implements AutoCloseable {
    static final int THREADS = 2;
    static final long SEED = 1;
    static final double RATE = 1e-3;
    static final ProductKeyConfig CONFIG = ProductKeyConfig.ofWidth(768);
    private static final int WORDS = 20_000;
    private static final Op TOPK = Op.find("mneme::product_key_topk");
    private static final Op BAG = Op.find("mneme::memory_bag");
    private static final Op USAGE = Op.find("mneme::memory_usage_");

    private final Tensor x; // (B, d)
    private final Tensor gradient; // of the memory's result, (B, d)
    private final ProductKeyMemory memory;
    private SparseAdam values;
    private AdamW dense;

    Lookup(int tokens, LookupBenchmark.Queries queries) {
        Native.setThreads(THREADS);
        int d = CONFIG.width();
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            Native.manualSeed(SEED);
            Tensor drawn = Tensor.randn(null, DType.FLOAT32, tokens, d);
            if (queries == LookupBenchmark.Queries.ZIPF) {
                Tensor words = Tensor.randn(null, DType.FLOAT32, WORDS, d);
                Tensor shares = (Tensor) Op.find("aten::reciprocal").call(Torch.arange(1L, WORDS + 1L, 1L, DType.FLOAT32, drawn.device())).getFirst();
                Tensor word = (Tensor) Op.find("aten::multinomial").call(shares, (long) tokens, true).getFirst();
                drawn = drawn.mul(0.1).add(words.indexSelect(0, word));
            }
            x = drawn.contiguous().keep();
            gradient = Tensor.randn(null, DType.FLOAT32, tokens, d).keep();
            memory = new ProductKeyMemory(CONFIG);
            Native.manualSeed(SEED);
            var state = memory.state();
            state.get("query.weight").normal_(0, 1 / Math.sqrt(d));
            state.get("query.bias").zero_();
            double bound = 1 / Math.sqrt(CONFIG.queryWidth() / 2);
            state.get("keys").uniform_(-bound, bound);
            state.get("values.weight").normal_(0, 1 / Math.sqrt(d));
        }
    }

    /// The queries of the tokens, normalised as in training, (B, H, dk). In the current scope.
    Tensor queries() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            Tensor flat = Torch.linear(x, memory.state().get("query.weight"), memory.state().get("query.bias"));
            Tensor mean = flat.mean(new long[] {0}, true);
            Tensor deviation = flat.sub(mean).square().mean(new long[] {0}, true).add(1e-5).sqrt();
            Tensor q = flat.sub(mean).div(deviation).reshape(x.size(0), CONFIG.heads(), CONFIG.queryWidth());
            return scope.escape(q.contiguous());
        }
    }

    /// -> weights, ids
    List<Object> topk(Tensor queries) {
        return TOPK.call(queries, memory.keys().detach(), CONFIG.neighbours());
    }

    Tensor bag(Tensor ids, Tensor weights) {
        return (Tensor) BAG.call(ids, weights, memory.values().weight().detach()).getFirst();
    }

    void count(Tensor counts, Tensor mass, Tensor top1, Tensor ids, Tensor weights) {
        USAGE.call(counts, mass, top1, ids, weights);
    }

    /// The two score products alone: every sub-score, as `product_key_topk` computes them, in one buffer.
    void scores(Tensor queries, Tensor out) {
        long half = CONFIG.queryWidth() / 2;
        Tensor halves = queries.reshape(queries.size(0), 2L * CONFIG.heads(), half).transpose(0, 1); // (2H, B, dk/2)
        Tensor keys = memory.keys().detach().reshape(2L * CONFIG.heads(), CONFIG.subKeys(), half).transpose(1, 2);
        Op.find("aten::bmm.out").call(halves, keys, out);
    }

    /// A training step of the memory alone, as a layer inside a model: x has a gradient too.
    ///
    /// @return the sum of its result's squares
    double step() {
        if (values == null) {
            values = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT, SparseAdam.Mode.FUSED);
            dense = new AdamW(memory.namedParameters(), AdamW.Config.DEFAULT);
        }
        try (var scope = TensorScope.open()) {
            values.begin(RATE);
            Tensor input = x.detach().requiresGrad(true);
            Tensor y = memory.forward(input, null);
            double squares = y.detach().square().sum().item();
            y.backward(gradient, false, false);
            dense.step(RATE);
            values.apply();
            Steps.zeroGrad(memory.parameters());
            return squares;
        }
    }

    ProductKeyMemory memory() {
        return memory;
    }

    @Override
    public void close() {
        if (values != null) {
            values.close();
            dense.close();
        }
        x.close();
        gradient.close();
        memory.close();
    }
}
