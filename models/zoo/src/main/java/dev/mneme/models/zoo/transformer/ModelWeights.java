package dev.mneme.models.zoo.transformer;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.io.ShardedTensors;
import dev.mneme.torch.io.TensorFile;
import dev.mneme.torch.io.TorchArchive;
import dev.mneme.torch.nn.Module;
import java.io.CharConversionException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.ZipException;

/// The weights in a folder of Hugging Face's layout, by the names that models have here ([ParameterNames]): `model.safetensors`, the same in
/// parts with an index, or `pytorch_model.bin`, of which nothing is executed; the first of these that is there. Of tied weights one name is enough.
public final class ModelWeights implements Closeable {
    /// The files that weights are looked for in, the first first.
    public static final List<String> FILES =
            List.of("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    /// What loading left undone: parameters of the model that the folder does not have, and tensors of the folder that the model has no
    /// place for.
    ///
    /// @param remarks on what was read under other names than usual, a line each
    /// @param architecture whose files have names of their own
    public record Differences(TreeSet<String> missing, TreeSet<String> unexpected, List<String> remarks, Architecture architecture) {
        /// Says what they are, a line each.
        public void tell(Path from, PrintStream out) {
            remarks.forEach(out::println);
            if (!missing.isEmpty()) {
                out.println("Not in " + from + ", so as drawn: " + toldMissing());
            }
            if (!unexpected.isEmpty()) {
                out.println("In " + from + ", and not used: " + toldUnexpected());
            }
        }

        /// Some of them, as the files of that architecture name them.
        public List<String> toldMissing() {
            return told(missing, architecture);
        }

        /// As [#toldMissing].
        public List<String> toldUnexpected() {
            return told(unexpected, architecture);
        }
    }

    private static final int MOST_TOLD = 20;

    private final Path folder;
    private final TensorFile file;
    private final Map<String, String> stored = new LinkedHashMap<>(); // names here to names in the file
    private final Map<String, String> tied = new LinkedHashMap<>(); // the same, to second names
    private final String wrapper;
    private final Architecture architecture;

    private ModelWeights(Path folder, TensorFile file, Architecture architecture) {
        this.folder = folder;
        this.file = file;
        this.architecture = architecture;
        Set<String> all = file.entries().keySet();
        wrapper = ParameterNames.wrapper(all);
        Set<String> bare = all.stream().map(name -> name.substring(wrapper.length())).collect(Collectors.toSet());
        boolean headed = ParameterNames.headed(bare, architecture);
        for (String name : all) {
            String own = name.substring(wrapper.length());
            String here = ParameterNames.here(own, architecture, headed);
            if (here != null) {
                stored.put(here, name);
            } else if (ParameterNames.tied(own) != null) {
                tied.put(ParameterNames.tied(own), name);
            }
        }
    }

    /// Whether a folder has weights.
    public static boolean areIn(Path folder) {
        return FILES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /// @throws InputException if the folder has no weights
    /// @throws IOException if they are damaged
    public static ModelWeights open(Path folder, Architecture architecture) throws IOException {
        for (String name : FILES) {
            Path path = folder.resolve(name);
            if (Files.isRegularFile(path)) {
                return new ModelWeights(folder, opened(path), architecture);
            }
        }
        throw new InputException("read the weights in " + folder, "it has none of " + FILES, "give the folder of a model");
    }

    private static TensorFile opened(Path path) throws IOException {
        String name = path.getFileName().toString();
        try {
            return name.endsWith(".json") ? ShardedTensors.open(path) : name.endsWith(".bin") ? TorchArchive.open(path) : Safetensors.open(path);
        } catch (ZipException | EOFException | CharConversionException | InvalidPathException e) {
            throw damaged(path, e);
        }
    }

    private static InputException damaged(Path path, Exception e) {
        return new InputException("read the weights in " + path, "they are damaged (" + e.getClass().getSimpleName()
                + (e.getMessage() == null ? "" : ": " + e.getMessage()) + ")", "copy or download them again", e);
    }

    /// The names that the folder has, as they are here.
    public TreeSet<String> names() {
        return new TreeSet<>(stored.keySet());
    }

    /// Copies into a model what both have, converting dtypes, one tensor after another.
    ///
    /// @return what only one of them has
    /// @throws InputException if a shape differs; nothing is copied then
    public Differences load(Module model) throws IOException {
        return load(model, name -> true, differences -> {});
    }

    /// @param strict which parameters must have the model's shape; others that do not count as missing
    /// @param look at what only one of them has, before anything is copied: it may throw
    private Differences load(Module model, Predicate<String> strict, Consumer<Differences> look) throws IOException {
        Map<String, Tensor> state = model.state();
        List<String> remarks = remarks(state);
        requireSame(state);
        tied.forEach(stored::putIfAbsent);
        var missing = new TreeSet<>(state.keySet());
        missing.removeAll(stored.keySet());
        List<String> both = new ArrayList<>();
        for (Map.Entry<String, Tensor> each : state.entrySet()) {
            String name = stored.get(each.getKey());
            if (name == null) {
                continue;
            }
            long[] shape = file.entries().get(name).shape();
            if (!Arrays.equals(shape, each.getValue().shape())) {
                if (!strict.test(each.getKey())) {
                    missing.add(each.getKey());
                    continue;
                }
                throw new InputException("read the weights in " + folder, name + " has shape " + Arrays.toString(shape)
                        + " there, and " + Arrays.toString(each.getValue().shape()) + " in the model",
                        "give the config.json that belongs to them");
            }
            both.add(each.getKey());
        }
        var unexpected = new TreeSet<>(stored.keySet());
        unexpected.removeAll(state.keySet());
        var found = new Differences(missing, unexpected, remarks, architecture);
        look.accept(found);
        for (String name : both) {
            try {
                file.read(stored.get(name), state.get(name));
            } catch (ZipException | EOFException | CharConversionException e) {
                throw damaged(folder, e);
            }
        }
        return found;
    }

    /// As the files of that architecture name them.
    private static List<String> told(Set<String> names, Architecture architecture) {
        List<String> told = names.stream().limit(MOST_TOLD).map(name -> ParameterNames.inFile(name, architecture)).collect(Collectors.toCollection(ArrayList::new));
        if (names.size() > MOST_TOLD) {
            told.add("… " + names.size() + " in all");
        }
        return told;
    }

    private List<String> remarks(Map<String, Tensor> state) {
        List<String> remarks = new ArrayList<>();
        if (!wrapper.isEmpty()) {
            remarks.add("The names in " + folder + " begin with " + wrapper + ", which a wrapper of PyTorch put there: read without it");
        }
        tied.forEach((here, name) -> {
            if (state.containsKey(here) && !stored.containsKey(here)) {
                remarks.add(name + " in " + folder + " stands for " + here + " too: they are tied");
            }
        });
        return remarks;
    }

    /// A model that predicts tokens has one matrix for reading and predicting them.
    private void requireSame(Map<String, Tensor> state) throws IOException {
        if (!state.containsKey("cls.predictions.bias") && !state.containsKey("transformer.wte.weight")) {
            return;
        }
        for (Map.Entry<String, String> each : tied.entrySet()) {
            String first = stored.get(each.getKey());
            if (first != null) {
                try (var scope = TensorScope.open()) {
                    Tensor one = file.tensor(first);
                    Tensor other = file.tensor(each.getValue());
                    if (!Arrays.equals(one.shape(), other.shape()) || !one.to(DType.FLOAT32).equal(other.to(DType.FLOAT32))) {
                        throw new InputException("read the weights in " + folder, "they have " + first + " and " + each.getValue()
                                + " with other values, and the model has one for both", "take out of the file the one that is not meant: each of the two names is enough");
                    }
                }
            }
        }
    }

    /// Loads all of a model, and passes over what the folder has besides.
    ///
    /// @param task the rest of the class's name in transformers
    /// @throws InputException if a part is missing; nothing is copied then
    public static void loadWhole(Path folder, Module model, Architecture architecture, String task) throws IOException {
        try (var weights = open(folder, architecture)) {
            Differences loaded = weights.load(model, name -> true, found -> {
                if (!found.missing().isEmpty()) {
                    throw new InputException("read the model in " + folder, "it lacks " + found.toldMissing() + " and has the unexpected "
                            + found.toldUnexpected(), "give a whole " + architecture.className(task));
                }
            });
            loaded.remarks().forEach(System.err::println);
        }
    }

    /// Loads what a model trained without memory, or for another task, has for this one: its whole encoder, and of the heads what there is.
    ///
    /// @param isReplaced whether a parameter is one of a block that a memory takes the place of
    /// @return which heads the folder lacks, so that they stay as they were drawn, and which memories where its `config.json` describes some; and
    ///     what it has besides
    /// @throws InputException if a part of the encoder is missing that is no memory, or left over that no memory replaces; nothing is copied then
    public static Differences start(Path folder, Module model, Architecture architecture, Predicate<String> isReplaced) throws IOException {
        try (var weights = open(folder, architecture)) {
            Path config = folder.resolve(TransformerModel.CONFIG);
            boolean hadMemory = MemoryConfig.read(config, Json.read(config)) != null;
            return weights.load(model, ModelWeights::isEncoders, found -> {
                if (!hadMemory) {
                    found.missing().removeIf(ModelWeights::isMemorys);
                }
                found.unexpected().removeIf(isReplaced);
                if (found.missing().stream().anyMatch(name -> isEncoders(name) && !isMemorys(name))
                        || found.unexpected().stream().anyMatch(ModelWeights::isEncoders)) {
                    throw new InputException("start from " + folder, "it lacks " + found.toldMissing() + " and has the unexpected "
                            + found.toldUnexpected(), "give a model with the same sizes");
                }
            });
        }
    }

    private static boolean isMemorys(String name) {
        return name.contains(".memory.");
    }

    /// Whether a parameter is one of the encoder, and not of a head.
    public static boolean isEncoders(String name) {
        return name.startsWith("bert.e") || name.startsWith("transformer."); // embeddings, encoder; all of a GPT
    }

    /// Writes the weights of a model under the names of transformers.
    public static void save(Path folder, Module model, Architecture architecture) throws IOException {
        var renamed = new LinkedHashMap<String, Tensor>();
        model.state().forEach((name, tensor) -> renamed.put(ParameterNames.inFile(name, architecture), tensor));
        Safetensors.write(folder.resolve(FILES.getFirst()), renamed, Map.of("format", "pt"));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
