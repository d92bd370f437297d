package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Folders;
import dev.mneme.models.base.internal.WriteLock;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Native;
import dev.mneme.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "convert", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Write a model in Hugging Face's layout: config.json, model.safetensors and the tokenizer.",
            "Reads safetensors, whole or in parts, and PyTorch's .bin, of which nothing is executed; or the newest checkpoint of a run."})
final class ConvertCommand implements Callable<Integer> {
    @Option(names = "--from", required = true, paramLabel = "<folder>", description = "a model or a run")
    private Path from;

    @Option(names = "--to", required = true, paramLabel = "<folder>", description = "where the model goes: a new or empty folder")
    private Path to;

    @Option(names = "--dtype", defaultValue = "float32", paramLabel = "<dtype>",
            description = "of the weights: float32, float16 or bfloat16 (${DEFAULT-VALUE})")
    private DType dtype;

    private static final double FLOAT16_END = 65520; // from here on numbers are rounded to infinity

    @Override
    public Integer call() throws Exception {
        if (!List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16).contains(dtype)) {
            throw new InputException("write weights of dtype " + dtype, "models are not read with it", "give float32, float16 or bfloat16");
        }
        if (Files.isDirectory(to)) {
            try (var files = Files.list(to)) {
                if (files.findAny().isPresent()) {
                    throw new InputException("write a model to " + to, "there is something in it", "give a new or empty folder");
                }
            }
        }
        Native.load();
        try (var lock = WriteLock.beside(to)) {
            return convert();
        }
    }

    private int convert() throws IOException {
        Path folder = Checkpoint.modelFolder(from);
        try (Tokenizer tokenizer = AutoModel.tokenizer(folder, System.err); TransformerModel model = AutoModel.unloaded(folder)) {
            ModelWeights.Differences found;
            try (var weights = ModelWeights.open(folder, AutoModel.architecture(folder))) {
                found = weights.load(model);
            }
            found.remarks().forEach(System.out::println);
            if (!found.missing().isEmpty()) {
                throw new InputException("convert " + folder, "it lacks " + found.toldMissing(), "give a whole model, with the head that its config.json names");
            }
            if (!found.unexpected().isEmpty()) {
                System.out.println("Left out: " + found.toldUnexpected());
            }
            requireRange(model);
            model.to(Device.CPU, dtype);
            save(model, tokenizer);
            System.out.println("Saved " + to);
            return 0;
        }
    }

    /// What float16 cannot hold would become infinite.
    private void requireRange(TransformerModel model) {
        if (dtype != DType.FLOAT16) {
            return;
        }
        model.state().forEach((name, tensor) -> {
            try (var scope = TensorScope.open()) {
                double largest = tensor.dtype().isFloatingPoint() && tensor.numel() > 0 ? tensor.detach().abs().max().item() : 0;
                if (largest >= FLOAT16_END) {
                    throw new InputException("write weights of dtype float16", name + " has values up to " + largest + ", which it cannot hold",
                            "choose bfloat16 or float32 with --dtype");
                }
            }
        });
    }

    /// Beside its place first, so that it is whole or not there.
    private void save(TransformerModel model, Tokenizer tokenizer) throws IOException {
        Path whole = to.toAbsolutePath();
        Path part = Folders.part(whole);
        try {
            AutoModel.save(model, tokenizer, part);
            Files.deleteIfExists(whole);
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Folders.delete(part);
            throw e;
        }
    }
}
