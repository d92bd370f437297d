package dev.mneme.torch.nn;

import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// A part of a model: named parameters (trained by gradient), named buffers (saved, not trained so), and named parts.
///
/// Names are joined with dots, in the order of registration, as in PyTorch's state dict. A module owns its tensors: they
/// are outside every scope, and close() frees them.
public abstract class Module implements AutoCloseable {
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> buffers = new LinkedHashMap<>();
    private final Map<String, Module> parts = new LinkedHashMap<>();
    private boolean training = true;

    /// Registers a tensor as a parameter: it leaves its scope and requires grad.
    protected final Tensor parameter(String name, Tensor tensor) {
        parameters.put(name, tensor.keep().requiresGrad(true));
        return tensor;
    }

    /// Registers a tensor that is part of the state and gets no gradient.
    protected final Tensor buffer(String name, Tensor tensor) {
        buffers.put(name, tensor.keep());
        return tensor;
    }

    protected final <M extends Module> M part(String name, M module) {
        parts.put(name, module);
        return module;
    }

    public final Map<String, Tensor> namedParameters() {
        return collect(module -> module.parameters);
    }

    public final Map<String, Tensor> namedBuffers() {
        return collect(module -> module.buffers);
    }

    public final List<Tensor> parameters() {
        return new ArrayList<>(namedParameters().values());
    }

    /// Parameters and buffers by name. The tensors are the module's own, not copies.
    public final Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        visit("", (prefix, module) -> {
            module.parameters.forEach((name, tensor) -> state.put(prefix + name, tensor));
            module.buffers.forEach((name, tensor) -> state.put(prefix + name, tensor));
        });
        return state;
    }

    /// The modules by name, this one under the empty name.
    public final Map<String, Module> namedModules() {
        var modules = new LinkedHashMap<String, Module>();
        visit("", (prefix, module) ->
                modules.put(prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), module));
        return modules;
    }

    /// Copies values by name into this module's tensors, converting dtypes.
    ///
    /// @throws IllegalArgumentException if a name is missing or unexpected, or a shape differs; nothing is copied then
    public final void load(Map<String, Tensor> values) {
        Map<String, Tensor> state = state();
        var missing = new TreeSet<>(state.keySet());
        missing.removeAll(values.keySet());
        var unexpected = new TreeSet<>(values.keySet());
        unexpected.removeAll(state.keySet());
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw new IllegalArgumentException("load: the values lack " + missing + " and have the unexpected " + unexpected
                    + ". Give values of a model with the same configuration.");
        }
        loadPresent(values);
    }

    /// As [#load], for the names that both sides have.
    ///
    /// @return the names that were copied
    public final List<String> loadPresent(Map<String, Tensor> values) {
        Map<String, Tensor> state = state();
        List<String> names = state.keySet().stream().filter(values::containsKey).toList();
        for (String name : names) {
            if (!Arrays.equals(state.get(name).shape(), values.get(name).shape())) {
                throw new IllegalArgumentException("load: " + name + " has shape " + Arrays.toString(state.get(name).shape())
                        + " here, and " + Arrays.toString(values.get(name).shape())
                        + " in the values. Give values of a model with the same sizes.");
            }
        }
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            names.forEach(name -> state.get(name).copy_(values.get(name)));
        }
        return names;
    }

    /// Switches this module and its parts between training and evaluation.
    public final void train(boolean training) {
        visit("", (prefix, module) -> module.training = training);
    }

    public final boolean isTraining() {
        return training;
    }

    /// Converts all floating-point parameters and buffers in place.
    public final void to(Device device, DType dtype) {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            for (Tensor tensor : state().values()) {
                tensor.setData(tensor.detach().to(device, tensor.dtype().isFloatingPoint() ? dtype : tensor.dtype()));
            }
        }
    }

    /// Number of trained values: the elements of the parameters, and of the buffers that a module trains in its own way.
    public final long parameterCount() {
        long[] count = {0};
        visit("", (prefix, module) -> {
            module.parameters.values().forEach(p -> count[0] += p.numel());
            module.trainedBuffers().forEach(b -> count[0] += b.numel());
        });
        return count[0];
    }

    /// Buffers that are trained, though not by gradients of their whole: the rows of a memory's value table.
    protected List<Tensor> trainedBuffers() {
        return List.of();
    }

    /// Frees parameters, buffers and parts.
    @Override
    public void close() {
        parts.values().forEach(Module::close);
        parameters.values().forEach(Tensor::close);
        buffers.values().forEach(Tensor::close);
    }

    private Map<String, Tensor> collect(Function<Module, Map<String, Tensor>> tensors) {
        var all = new LinkedHashMap<String, Tensor>();
        visit("", (prefix, module) -> tensors.apply(module).forEach((name, tensor) -> all.put(prefix + name, tensor)));
        return all;
    }

    private void visit(String prefix, BiConsumer<String, Module> visitor) {
        visitor.accept(prefix, this);
        parts.forEach((name, part) -> part.visit(prefix + name + ".", visitor));
    }
}
