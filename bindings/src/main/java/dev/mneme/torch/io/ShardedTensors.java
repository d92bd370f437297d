package dev.mneme.torch.io;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.torch.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Tensors in several files beside an index, as Hugging Face splits large models: `model.safetensors.index.json` or
/// `pytorch_model.bin.index.json`, whose `weight_map` says which file has each tensor.
public final class ShardedTensors implements TensorFile {
    private static final long MAX_INDEX_BYTES = 100_000_000;
    private static final int MAX_FOUND = 500;

    private final Path index;
    private final Map<String, TensorFile> shards = new LinkedHashMap<>(); // by the name of the file
    private final Map<String, TensorFile> owners = new LinkedHashMap<>(); // by the name of the tensor
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /// Opens the index and every file that it names, and checks that each tensor is where it should be.
    ///
    /// @throws TensorFileException if the index or a file is damaged, or a tensor is missing
    /// @throws NoSuchFileException if there is no such index
    public static ShardedTensors open(Path index) throws IOException {
        return new ShardedTensors(index);
    }

    private ShardedTensors(Path index) throws IOException {
        this.index = index;
        if (Files.isDirectory(index)) {
            throw bad("it is a folder");
        }
        if (Files.size(index) > MAX_INDEX_BYTES) {
            throw bad("it has " + Files.size(index) + " bytes, which no index has");
        }
        JsonNode map;
        try {
            map = StrictJson.object(ByteBuffer.wrap(Files.readAllBytes(index))).path("weight_map");
        } catch (StrictJson.Malformed e) {
            throw bad("it is " + e.getMessage());
        }
        if (!map.isObject() || map.isEmpty()) {
            throw bad("it has no weight_map of tensors to files");
        }
        try {
            for (Map.Entry<String, JsonNode> each : map.properties()) {
                add(each.getKey(), each.getValue());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void add(String name, JsonNode file) throws IOException {
        String shard = file.asText();
        if (!file.isTextual() || !shard.matches("[^/\\\\.\\p{Cntrl}][^/\\\\\\p{Cntrl}]*")) {
            throw bad("tensor " + name + " is in the file " + file + ", which is no name of a file beside it");
        }
        TensorFile opened = shards.get(shard);
        if (opened == null) {
            Path path = beside(name, shard);
            if (!Files.isRegularFile(path)) {
                throw bad("tensor " + name + " is in the file " + shard + ", which is not beside it");
            }
            opened = shard.endsWith(".safetensors") ? Safetensors.open(path) : TorchArchive.open(path);
            shards.put(shard, opened);
        }
        Entry entry = opened.entries().get(name);
        if (entry == null) {
            throw bad("tensor " + name + " should be in " + shard + ", and is not");
        }
        owners.put(name, opened);
        entries.put(name, entry);
    }

    private Path beside(String name, String shard) throws TensorFileException {
        try {
            return index.resolveSibling(shard);
        } catch (InvalidPathException e) { // of letters that the file system has not
            throw bad("tensor " + name + " is in the file " + shard + ", which no file can be named here");
        }
    }

    private TensorFileException bad(String found) {
        String readable = found.length() <= MAX_FOUND ? found : found.substring(0, MAX_FOUND) + "…";
        return new TensorFileException("Reading the tensors of " + index + ": " + readable + ". Copy the index and its files again, all of them.");
    }

    @Override
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Tensor tensor(String name) throws IOException {
        return owner(name).tensor(name);
    }

    @Override
    public void read(String name, Tensor into) throws IOException {
        owner(name).read(name, into);
    }

    private TensorFile owner(String name) {
        TensorFile owner = owners.get(name);
        if (owner == null) {
            throw new IllegalArgumentException("Reading " + index + ": it has no tensor " + name + ". It has " + entries.keySet() + ".");
        }
        return owner;
    }

    @Override
    public void close() throws IOException {
        for (TensorFile each : shards.values()) {
            each.close();
        }
    }
}
