package dev.mneme.pkm;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.nn.BatchNorm;
import dev.mneme.torch.nn.Initial;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Linear;
import dev.mneme.torch.nn.Module;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// A product-key memory (Lample et al. 2019; Kim & Jung 2020): each token's queries find k of K = n² slots per head and
/// the layer returns the softmax-weighted sum of their values.
///
///     q = norm(x Wqᵀ + bq)           (R, H, dk)    over real tokens only
///     w, id = topk of the scores     (R, H, k)      w a softmax, per head
///     y = Σ_h Σ_k w · V[id]          (R, d)
///
/// and, where it is gated (Berges et al. 2024, section 3.2),
///
///     y = W2 (y · silu(W1 x))          with Gate.MEMORY_PLUS both have biases, b2 and b1
///
/// State: `query.weight` (H·dk, d), `query.bias`; `norm.*` (H·dk); `keys` (H, 2, n, dk/2), whose [h, 0] is K1 and [h, 1] is
/// K2; `values.weight` (K, d), unless they are another memory's; `gate.weight` (d, d), W1, and `output.weight` (d, d), W2, where it is
/// gated, and `gate.bias`, `output.bias` (d) of a Memory+. All but the values are parameters; the values are trained by row with [SparseAdam].
public final class ProductKeyMemory extends Module {
    private final ProductKeyConfig config;
    private final Linear query;
    private final BatchNorm batchNorm;
    private final LayerNorm layerNorm;
    private final Tensor keys;
    private final ValueTable values;
    private final Linear gate; // W1, or null
    private final Linear output; // W2, or null
    private final List<Consumer<Hits>> observers = new CopyOnWriteArrayList<>();
    private boolean muted;

    /// Ends when it is closed.
    @FunctionalInterface
    public interface Observation extends AutoCloseable {
        @Override
        void close();
    }

    /// Draws keys from U(-1/sqrt(dk/2), 1/sqrt(dk/2)) and values as configured, with libtorch's default generator. A Memory+ draws as Berges et
    /// al.'s code does: keys from U(-1/sqrt(dk), 1/sqrt(dk)), Wq from Glorot's U(-sqrt(6/(d + H·dk)), sqrt(6/(d + H·dk))), W1 and W2 from N(0, 1/d).
    public ProductKeyMemory(ProductKeyConfig config) {
        this(config, null);
    }

    /// @param shared the values of another memory of the same sizes and dtype, which reads and trains them too and owns them; null for its own
    public ProductKeyMemory(ProductKeyConfig config, ValueTable shared) {
        if (shared != null && shared.weight().dtype() != config.valueDtype()) {
            throw new IllegalArgumentException("Product-key memory: shared values of dtype " + shared.weight().dtype() + " were given, and "
                    + config.valueDtype() + " is wanted. Share between memories of the same dtype.");
        }
        if (shared != null && !Arrays.equals(shared.weight().shape(), new long[] {config.slots(), config.width()})) {
            throw new IllegalArgumentException("Product-key memory: shared values of shape " + Arrays.toString(shared.weight().shape())
                    + " were given, and " + config.slots() + " slots of width " + config.width() + " are wanted. Share between memories of the"
                    + " same sizes.");
        }
        this.config = config;
        int features = config.heads() * config.queryWidth();
        int half = config.queryWidth() / 2;
        try (var construction = Construction.open()) {
            query = part("query", new Linear(config.width(), features));
            batchNorm = config.queryNorm() == ProductKeyConfig.QueryNorm.BATCH ? part("norm", new BatchNorm(features)) : null;
            layerNorm = config.queryNorm() == ProductKeyConfig.QueryNorm.LAYER ? part("norm", new LayerNorm(features, 1e-5)) : null;
            boolean memoryPlus = config.gate() == ProductKeyConfig.Gate.MEMORY_PLUS;
            double bound = 1 / Math.sqrt(memoryPlus ? config.queryWidth() : half);
            keys = parameter("keys",
                    Initial.uniform(Tensor.empty(DType.FLOAT32, config.heads(), 2, config.subKeys(), half), bound));
            values = shared != null ? shared
                    : part("values", new ValueTable(config.slots(), config.width(), config.valueInit(), config.valueDtype()));
            boolean gated = config.gate() != ProductKeyConfig.Gate.NONE;
            gate = gated ? part("gate", new Linear(config.width(), config.width(), memoryPlus)) : null;
            output = gated ? part("output", new Linear(config.width(), config.width(), memoryPlus)) : null;
            if (memoryPlus) {
                try (var noGrad = NoGrad.open()) {
                    Initial.uniform(query.weight(), Math.sqrt(6.0 / (config.width() + features)));
                    Initial.normal(gate.weight(), 1 / Math.sqrt(config.width()));
                    Initial.normal(output.weight(), 1 / Math.sqrt(config.width()));
                }
            }
            construction.complete();
        }
    }

    /// @param x (..., d)
    /// @param real (R) int64, which rows of x, flattened to (tokens, d), are real tokens; null where all are
    /// @return (..., d), zero at tokens that are not real: they are neither read nor counted
    /// @throws IllegalArgumentException if x has another width, or for a single real token in training with batch norm: one has no variance
    public Tensor forward(Tensor x, Tensor real) {
        long[] shape = x.shape();
        if (shape.length == 0 || shape[shape.length - 1] != config.width()) {
            throw new IllegalArgumentException("Product-key memory: x of shape " + Arrays.toString(shape) + " was given, and tokens of width "
                    + config.width() + " are wanted. Give (..., " + config.width() + ").");
        }
        boolean around = TensorScope.isOpen();
        try (var scope = TensorScope.open()) {
            Tensor tokens = x.reshape(-1, config.width()); // (tokens, d)
            Tensor rows = real == null ? tokens : tokens.indexSelect(0, real); // (R, d)
            Hits hits = search(rows);
            if (!muted && !observers.isEmpty()) {
                observers.forEach(observer -> observer.accept(hits));
                if (around) { // where observers may keep them
                    scope.escape(hits.ids());
                    scope.escape(hits.weights());
                }
            }
            Tensor y = read(rows, hits);
            return scope.escape((real == null ? y : tokens.zerosLike().indexCopy(0, real, y)).reshape(shape));
        }
    }

    private Hits search(Tensor tokens) {
        long rows = tokens.size(0); // R
        if (batchNorm != null && isTraining() && rows == 1) { // libtorch would leave NaN in the running variance
            throw new IllegalArgumentException("Product-key memory: batch norm was given one real token in training, and one has"
                    + " no variance. Give at least 2, or normalise queries by LAYER.");
        }
        Tensor q = query.forward(tokens).to(keys.dtype()); // (R, H·dk); under autocast the product comes in a lower dtype
        if (batchNorm != null) {
            q = batchNorm.forward(q);
        } else if (layerNorm != null) {
            q = layerNorm.forward(q);
        }
        return MemoryOps.topk(q.reshape(rows, config.heads(), config.queryWidth()), keys, config.neighbours());
    }

    private Tensor read(Tensor tokens, Hits hits) {
        Tensor y = values.lookup(hits, isTraining()); // (R, d)
        return gate == null ? y : output.forward(y.mul(gate.forward(tokens).silu()));
    }

    /// Whether training leaves the running statistics of the queries as they are: for a forward pass that is made twice.
    public void holdStatistics(boolean held) {
        if (batchNorm != null) {
            batchNorm.hold(held);
        }
    }

    /// Shows the hits of every lookup to an observer, such as [MemoryUsage#add], in the thread that looks up, until the observation is closed.
    /// There may be several, which begin and end in any order. The hits are closed with the scope around the lookup (a model has one of its own);
    /// where there is none, when the observers return.
    public Observation observe(Consumer<Hits> observer) {
        Consumer<Hits> own = observer::accept; // the same observer may be shown them twice
        observers.add(own);
        return () -> observers.remove(own);
    }

    /// Whether observers are not shown lookups: for a forward pass that is made twice.
    public void mute(boolean muted) {
        this.muted = muted;
    }

    public ProductKeyConfig config() {
        return config;
    }

    public ValueTable values() {
        return values;
    }

    public Tensor keys() {
        return keys;
    }
}
