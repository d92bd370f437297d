package dev.mneme.torch.optim;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.Steps;
import dev.mneme.torch.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// AdamW over named parameters, torch.optim.AdamW with `fused=True`: one native call a step.
///
/// State, by the names of the parameters: `<name>.exp_avg`, `<name>.exp_avg_sq` and `<name>.step`. It is outside every
/// scope; close() frees it. The parameters stay their module's.
public final class AdamW implements AutoCloseable {
    /// @param weightDecay decoupled, multiplied by the learning rate
    public record Config(double beta1, double beta2, double eps, double weightDecay) {
        public static final Config DEFAULT = new Config(0.9, 0.999, 1e-8, 0.01);

        public Config {
            Steps.requireAdam("AdamW", beta1, beta2, eps, weightDecay);
        }
    }

    private final Config config;
    private final List<String> names = new ArrayList<>();
    private final List<Tensor> parameters = new ArrayList<>();
    private final List<Tensor> expAvgs = new ArrayList<>();
    private final List<Tensor> expAvgSqs = new ArrayList<>();
    private final List<Tensor> steps = new ArrayList<>();

    /// @throws IllegalArgumentException if a parameter has two names (each step would move it twice), holds integers, or is no leaf
    public AdamW(Map<String, Tensor> named, Config config) {
        this.config = config;
        var given = new IdentityHashMap<Tensor, String>();
        named.forEach((name, parameter) -> {
            String other = given.put(parameter, name);
            if (other != null) {
                throw new IllegalArgumentException("AdamW: " + other + " and " + name
                        + " are one parameter, which each step would move twice. Give it under one name, as Module.namedParameters() does.");
            }
        });
        try (var construction = Construction.open()) {
            named.forEach((name, parameter) -> {
                if (!parameter.dtype().isFloatingPoint()) {
                    throw new IllegalArgumentException("AdamW: " + name + " has dtype " + parameter.dtype() + ". Give tensors of real numbers.");
                }
                if (!parameter.isLeaf()) {
                    throw new IllegalArgumentException("AdamW: " + name + " is the result of an op that autograd follows, and gets no gradient. Give a leaf.");
                }
                names.add(name);
                parameters.add(parameter);
                expAvgs.add(parameter.detach().zerosLike().keep());
                expAvgSqs.add(parameter.detach().zerosLike().keep());
                steps.add(Tensor.zeros(DType.FLOAT32).keep());
            });
            construction.complete();
        }
    }

    /// Updates every parameter that has a gradient.
    ///
    /// @param lr the learning rate of this step
    public void step(double lr) {
        Steps.adamW(parameters, expAvgs, expAvgSqs, steps, lr, config.beta1, config.beta2, config.weightDecay, config.eps);
    }

    /// The state by name: the optimizer's own tensors, not copies.
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < names.size(); i++) {
            state.put(names.get(i) + ".exp_avg", expAvgs.get(i));
            state.put(names.get(i) + ".exp_avg_sq", expAvgSqs.get(i));
            state.put(names.get(i) + ".step", steps.get(i));
        }
        return state;
    }

    @Override
    public void close() {
        expAvgs.forEach(Tensor::close);
        expAvgSqs.forEach(Tensor::close);
        steps.forEach(Tensor::close);
    }
}
