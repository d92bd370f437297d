package dev.mneme.models.train;

import dev.mneme.pkm.ValueTable;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.optim.AdamW;
import java.util.Map;

/// AdamW over all rows of a value table, hit or not ([ValueConfig.Optimizer#DENSE]).
final class DenseValues implements AutoCloseable {
    private final ValueTable table;
    private final AdamW adam;

    DenseValues(ValueTable table, double weightDecay) {
        if (table.weight().dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException("Dense Adam over values of dtype " + table.weight().dtype()
                    + ": its moments would have that dtype too. Give float32 values, or train them by lazy Adam.");
        }
        this.table = table;
        AdamW.Config usual = AdamW.Config.DEFAULT;
        adam = new AdamW(Map.of("values", table.weight()), new AdamW.Config(usual.beta1(), usual.beta2(), usual.eps(), weightDecay));
    }

    /// Applies the gradient that backward passes have left, zero for the rows that were not hit, and forgets it.
    void apply(double lr) {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            ValueTable.Gradient gradient = table.gradient();
            if (gradient != null) {
                table.weight().setGrad(table.weight().zerosLike().indexCopy(0, gradient.rows(), gradient.values()));
                adam.step(lr);
                table.weight().setGrad(null);
                table.clearGradient();
            }
        }
    }

    ValueTable table() {
        return table;
    }

    Map<String, Tensor> state() {
        return adam.state();
    }

    @Override
    public void close() {
        adam.close();
    }
}
