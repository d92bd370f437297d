package dev.mneme.torch.nn;

import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// A part of a model: named parameters (trained by gradient), named buffers (saved, not trained so), and named parts.
///
/// Names are joined with dots, in the order of registration, as in PyTorch's state dict. A module owns its tensors: they
/// are outside every scope, and close() frees them. What is tied, one tensor or module under several names, is trained and counted once,
/// under the first of them, and is in the state under each.
public abstract class Module implements AutoCloseable {
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> buffers = new LinkedHashMap<>();
    private final Map<String, Module> parts = new LinkedHashMap<>();
    private boolean training = true;
    private boolean closed;

    /// Registers a tensor as a parameter: it leaves its scope and requires grad.
    ///
    /// @throws IllegalArgumentException if the name has a dot, is empty, or belongs to something else of this module, or if the tensor is no
    ///     leaf; it stays the caller's then
    protected final Tensor parameter(String name, Tensor tensor) {
        requireFree(name);
        if (!tensor.isLeaf()) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": its parameter " + name + " is the result of an op that autograd follows, and"
                    + " would get no gradient. Give its detach().");
        }
        parameters.put(name, tensor.requiresGrad(true).keep());
        return tensor;
    }

    /// Registers a tensor that is part of the state and gets no gradient.
    ///
    /// @throws IllegalArgumentException as [#parameter]
    protected final Tensor buffer(String name, Tensor tensor) {
        requireFree(name);
        buffers.put(name, tensor.keep());
        return tensor;
    }

    /// Registers a module as a part.
    ///
    /// @throws IllegalArgumentException as [#parameter], and if this module is the part or one of its parts
    protected final <M extends Module> M part(String name, M module) {
        requireFree(name);
        if (((Module) module).modules().contains(this)) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": its part " + name
                    + " would be itself or contain it. Give a part that is made without it.");
        }
        parts.put(name, module);
        return module;
    }

    private void requireFree(String name) {
        if (name.isEmpty() || name.contains(".")) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": \"" + name
                    + "\" was given as a name. Give one that is not empty and has no dots, which join the names of parts.");
        }
        if (parameters.containsKey(name) || buffers.containsKey(name) || parts.containsKey(name)) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": it has " + name
                    + " already, and would own what that is without a way to it. Give another name, or copy into what is there.");
        }
    }

    /// The parameters by name, each once.
    public final Map<String, Tensor> namedParameters() {
        return collect(module -> module.parameters);
    }

    /// The buffers by name, each once.
    public final Map<String, Tensor> namedBuffers() {
        return collect(module -> module.buffers);
    }

    public final List<Tensor> parameters() {
        return new ArrayList<>(namedParameters().values());
    }

    /// Parameters and buffers by name, tied ones by each of theirs. The tensors are the module's own, not copies.
    public final Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        visit("", (prefix, module) -> {
            module.parameters.forEach((name, tensor) -> state.put(prefix + name, tensor));
            module.buffers.forEach((name, tensor) -> state.put(prefix + name, tensor));
        });
        return state;
    }

    /// The modules by name, each once, this one under the empty name.
    public final Map<String, Module> namedModules() {
        var modules = new LinkedHashMap<String, Module>();
        Set<Module> seen = identities();
        visit("", (prefix, module) -> {
            if (seen.add(module)) {
                modules.put(prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), module);
            }
        });
        return modules;
    }

    private Collection<Module> modules() {
        return namedModules().values();
    }

    private static <T> Set<T> identities() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
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
        modules().forEach(module -> module.training = training);
    }

    public final boolean isTraining() {
        return training;
    }

    /// Converts all floating-point parameters and buffers in place, and the gradients of the parameters.
    ///
    /// @throws IllegalArgumentException if the dtype is not of floating-point numbers
    public final void to(Device device, DType dtype) {
        if (!dtype.isFloatingPoint()) {
            throw new IllegalArgumentException("to: a module cannot be " + dtype + ". Give a dtype of floating-point numbers.");
        }
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            for (Tensor tensor : state().values()) {
                Tensor gradient = tensor.grad();
                tensor.setGrad(null);
                tensor.setData(tensor.detach().to(device, tensor.dtype().isFloatingPoint() ? dtype : tensor.dtype()));
                if (gradient != null) {
                    tensor.setGrad(gradient.to(device, dtype));
                }
            }
        }
    }

    /// Number of trained values: the elements of the parameters, and of the buffers that a module trains in its own way.
    public final long parameterCount() {
        Set<Tensor> trained = identities();
        trained.addAll(parameters());
        modules().forEach(module -> trained.addAll(module.trainedBuffers()));
        return trained.stream().mapToLong(Tensor::numel).sum();
    }

    /// Buffers that are trained, though not by gradients of their whole: the rows of a memory's value table.
    protected List<Tensor> trainedBuffers() {
        return List.of();
    }

    /// Buffers that forward passes move in training: the running statistics of norms. Those of a ValueTable are trained, and not among them.
    public final List<Tensor> statistics() {
        var statistics = new ArrayList<Tensor>();
        visit("", (prefix, module) -> module.buffers.values().stream().filter(buffer -> !module.trainedBuffers().contains(buffer))
                .forEach(statistics::add));
        return statistics;
    }

    /// Frees parameters, buffers and parts. Closing again does nothing.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            parts.values().forEach(Module::close);
            parameters.values().forEach(Tensor::close);
            buffers.values().forEach(Tensor::close);
        }
    }

    private Map<String, Tensor> collect(Function<Module, Map<String, Tensor>> tensors) {
        var all = new LinkedHashMap<String, Tensor>();
        Set<Tensor> seen = identities();
        visit("", (prefix, module) -> tensors.apply(module).forEach((name, tensor) -> {
            if (seen.add(tensor)) {
                all.put(prefix + name, tensor);
            }
        }));
        return all;
    }

    private void visit(String prefix, BiConsumer<String, Module> visitor) {
        visitor.accept(prefix, this);
        parts.forEach((name, part) -> part.visit(prefix + name + ".", visitor));
    }
}
