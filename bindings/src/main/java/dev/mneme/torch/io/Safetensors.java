package dev.mneme.torch.io;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes, little-endian.
///
/// The header is checked in full before anything is read: every tensor lies within the file, has as many bytes as its shape needs, and
/// shares none with another. A tensor is read straight into its memory: mapping the file instead costs a fault for every page, and takes
/// longer.
public final class Safetensors implements TensorFile {
    /// A header longer than this is refused, as by the reference implementation.
    static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH = 8; // bytes of the header's length
    private static final ValueLayout.OfLong LITTLE_ENDIAN = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int AT_ONCE = 1 << 30; // bytes of a read
    private static final int MAX_FOUND = 500;
    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = new ObjectMapper(); // for writing
    private static final Map<String, DType> DTYPES = Map.of(
            "BOOL", DType.BOOL, "U8", DType.UINT8, "I8", DType.INT8, "I16", DType.INT16, "I32", DType.INT32,
            "I64", DType.INT64, "F16", DType.FLOAT16, "BF16", DType.BFLOAT16, "F32", DType.FLOAT32, "F64", DType.FLOAT64);

    /// Where a tensor lies, in bytes after the header.
    private record Place(Entry entry, long begin, long end) {}

    private final Path file;
    private final FileChannel channel;
    private final long start; // of the tensors
    private final long bytes; // of all tensors
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /// Opens a file and checks its header.
    ///
    /// @throws TensorFileException if the file is not what the format demands
    /// @throws NoSuchFileException if there is none
    public static Safetensors open(Path file) throws IOException {
        return new Safetensors(file);
    }

    private Safetensors(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) { // opening a pipe would wait for whoever writes to it
            throw bad("it is a pipe or a device");
        }
        channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            if (Files.isDirectory(file)) {
                throw bad("it is a folder");
            }
            long size = channel.size();
            long header = size < LENGTH ? -1 : MemorySegment.ofBuffer(read(0, LENGTH)).get(LITTLE_ENDIAN, 0);
            if (header < 2 || header > MAX_HEADER_BYTES || header > size - LENGTH) {
                throw bad("its header would take " + (header < 0 ? "no valid number of" : String.valueOf(header))
                        + " bytes, and the file has " + size);
            }
            start = LENGTH + header;
            bytes = size - start;
            read(read(LENGTH, (int) header));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private ByteBuffer read(long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        fill(buffer, from);
        return buffer.flip();
    }

    /// Reads as many bytes as the buffer has room for.
    private void fill(ByteBuffer buffer, long from) throws IOException {
        long at = from;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw bad("it ends at byte " + at + ": the file became shorter while it was open");
            }
            at += read;
        }
    }

    private void read(ByteBuffer header) throws TensorFileException {
        boolean begins = header.get(0) == '{';
        JsonNode root;
        try {
            root = StrictJson.object(header);
        } catch (StrictJson.Malformed e) {
            throw bad("its header is " + e.getMessage());
        }
        if (!begins) {
            throw bad("its header does not begin with {");
        }
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                if (!field.getValue().isObject()) {
                    throw bad("its " + METADATA + " is not a JSON object");
                }
                for (Map.Entry<String, JsonNode> each : field.getValue().properties()) {
                    if (!each.getValue().isTextual()) {
                        throw bad("its " + METADATA + " has " + each.getValue() + " for " + each.getKey() + ", where a text belongs");
                    }
                    metadata.put(each.getKey(), each.getValue().textValue());
                }
            } else {
                places.put(field.getKey(), place(field.getKey(), field.getValue()));
            }
        }
        checkLayout();
        places.forEach((name, place) -> entries.put(name, place.entry()));
    }

    private Place place(String name, JsonNode node) throws TensorFileException {
        DType dtype = DTYPES.get(node.path("dtype").asText());
        if (dtype == null) {
            throw bad("tensor " + name + " has dtype " + node.path("dtype") + ", which is not among " + DTYPES.keySet().stream().sorted().toList());
        }
        JsonNode shapeNode = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        boolean whole = shapeNode.isArray() && offsets.isArray() && offsets.size() == 2 && shapeNode.size() <= 64;
        for (JsonNode number : whole ? List.of(shapeNode, offsets) : List.<JsonNode>of()) {
            for (JsonNode each : number) {
                whole &= each.isIntegralNumber() && each.canConvertToLong() && each.longValue() >= 0;
            }
        }
        if (!whole) {
            throw bad("tensor " + name + " has shape " + shapeNode + " and data_offsets " + offsets
                    + ", where lists of sizes and two offsets belong");
        }
        var shape = new long[shapeNode.size()];
        Arrays.setAll(shape, i -> shapeNode.get(i).longValue());
        boolean empty = Arrays.stream(shape).anyMatch(size -> size == 0);
        if (empty && bytes(Arrays.stream(shape).skip(1).map(size -> Math.max(1, size)).toArray(), DType.UINT8) < 0) { // the first stride
            throw bad("tensor " + name + " has shape " + Arrays.toString(shape) + ", which is more than memory can have");
        }
        long begin = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        if (begin > end || end > bytes) {
            throw bad("tensor " + name + " lies at bytes " + begin + " to " + end + ", and the file has "
                    + bytes + " after its header");
        }
        if (bytes(shape, dtype) != end - begin) {
            throw bad("tensor " + name + " of shape " + Arrays.toString(shape) + " and dtype " + dtype + " does not fit its "
                    + (end - begin) + " bytes");
        }
        return new Place(new Entry(dtype, shape), begin, end);
    }

    /// -1 where the product does not fit a long.
    private static long bytes(long[] shape, DType dtype) {
        try {
            long bytes = dtype.bytes();
            for (long size : shape) {
                bytes = Math.multiplyExact(bytes, size);
            }
            return bytes;
        } catch (ArithmeticException e) {
            return -1;
        }
    }

    /// Tensors follow each other without gaps or overlaps, to the end of the file.
    private void checkLayout() throws TensorFileException {
        List<Map.Entry<String, Place>> ordered = places.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Place> e) -> e.getValue().begin())
                        .thenComparingLong(e -> e.getValue().end())).toList();
        long next = 0;
        for (Map.Entry<String, Place> each : ordered) {
            if (each.getValue().begin() != next) {
                throw bad("tensor " + each.getKey() + " begins at byte " + each.getValue().begin() + ", and the one before it ends at "
                        + next);
            }
            next = each.getValue().end();
        }
        if (next != bytes) {
            throw bad("its tensors end at byte " + next + ", and the file has " + bytes + " after its header");
        }
    }

    private TensorFileException bad(String found) {
        String readable = found.length() <= MAX_FOUND ? found : found.substring(0, MAX_FOUND) + "…"; // a hostile header may be long
        return new TensorFileException("Reading " + file + " as safetensors: " + readable
                + ". The file is damaged or of another format: copy or write it again.");
    }

    @Override
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /// @throws TensorFileException if the file became shorter since it was opened
    @Override
    public Tensor tensor(String name) throws IOException {
        Entry entry = place(name).entry();
        Tensor tensor = Tensor.empty(entry.dtype(), entry.shape());
        try {
            read(name, tensor);
            return tensor;
        } catch (IOException | RuntimeException e) {
            tensor.close();
            throw e;
        }
    }

    /// As [TensorFile#read]: into the tensor's own memory where it has plain memory of the same dtype.
    @Override
    public void read(String name, Tensor into) throws IOException {
        Place place = place(name);
        boolean straight = into.dtype() == place.entry().dtype() && into.isPlain() && Arrays.equals(into.shape(), place.entry().shape());
        if (!straight) {
            TensorFile.super.read(name, into);
            return;
        }
        try (var arena = Arena.ofConfined()) {
            MemorySegment memory = into.segment(arena);
            for (long at = 0; at < memory.byteSize(); at += AT_ONCE) {
                fill(memory.asSlice(at, Math.min(AT_ONCE, memory.byteSize() - at)).asByteBuffer(), start + place.begin() + at);
            }
            wrote(into);
        } catch (TensorFileException e) {
            throw bad("tensor " + name + " is gone: the file became shorter while it was open");
        }
    }

    /// Tells autograd, which may have saved the tensor for a backward pass: an op that writes to none of its elements.
    private static void wrote(Tensor into) {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            into.view(-1).narrow(0, 0, 0).zero_();
        }
    }

    private Place place(String name) {
        if (!channel.isOpen()) {
            throw new IllegalStateException("Reading " + name + " from " + file + ", which was closed. Read before close(), or open it again.");
        }
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException("Reading " + file + ": it has no tensor " + name + ". It has " + entries.keySet() + ".");
        }
        return place;
    }

    /// Closes the file. Tensors read from it stay. Closing again does nothing.
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /// Writes tensors to a file: beside it first, flushed to the disk, then renamed, so that the file is whole or not there. Where several write
    /// one file at a time, each writes all of it, and the last rename stays.
    ///
    /// @throws IOException if the disk is full, for instance; what was written so far is removed, an older file stays
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("Writing " + file + ": a tensor is named " + METADATA
                    + ", which the format keeps for itself. Give it another name.");
        }
        tensors.keySet().forEach(name -> requireText(file, "a tensor's name", name));
        metadata.forEach((name, value) -> {
            requireText(file, "a name of the metadata", name);
            requireText(file, "the metadata's " + name, value);
        });
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = header.putObject(METADATA);
            metadata.forEach(node::put);
        }
        var ends = new HashMap<String, Long>(); // after the header
        long offset = 0;
        for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
            Tensor tensor = each.getValue();
            ObjectNode node = header.putObject(each.getKey());
            if (Arrays.stream(tensor.shape()).anyMatch(size -> size < 0)) { // expand() of libtorch makes them where another size is 0
                throw new IllegalArgumentException("Writing " + file + ": tensor " + each.getKey() + " has shape " + Arrays.toString(tensor.shape())
                        + ". Give it sizes of at least 0.");
            }
            node.put("dtype", code(tensor.dtype()));
            Arrays.stream(tensor.shape()).forEach(node.putArray("shape")::add);
            long end = offset + tensor.numel() * tensor.dtype().bytes();
            node.putArray("data_offsets").add(offset).add(end);
            ends.put(each.getKey(), end);
            offset = end;
        }
        byte[] json = JSON.writeValueAsBytes(header);
        if (json.length > MAX_HEADER_BYTES - 8) {
            throw new IllegalArgumentException("Writing " + file + ": the names, shapes and metadata take " + json.length + " bytes, and the format has "
                    + MAX_HEADER_BYTES + " for them. Give less metadata.");
        }
        byte[] padded = Arrays.copyOf(json, (json.length + 7) & ~7);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');

        AtomicFile.write(file, channel -> {
            AtomicFile.writeFully(channel, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, padded.length));
            AtomicFile.writeFully(channel, ByteBuffer.wrap(padded));
            for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
                write(channel, each.getValue());
                if (channel.position() != 8 + padded.length + ends.get(each.getKey())) {
                    throw new IllegalStateException("Writing " + file + ": tensor " + each.getKey() + " got another shape or dtype while it was written. Let no"
                            + " other thread change it.");
                }
            }
        });
    }

    /// What cannot be written would be replaced by question marks, or refused when it is read.
    private static void requireText(Path file, String what, String text) {
        if (text == null || !StandardCharsets.UTF_8.newEncoder().canEncode(text) || text.length() > StreamReadConstraints.DEFAULT_MAX_NAME_LEN) {
            throw new IllegalArgumentException("Writing " + file + ": " + what + (text == null ? " is null" : text.length() > StreamReadConstraints.DEFAULT_MAX_NAME_LEN
                    ? " has " + text.length() + " characters" : " has half of a surrogate pair, which UTF-8 has nothing for")
                    + ". Give a text of at most " + StreamReadConstraints.DEFAULT_MAX_NAME_LEN + " characters.");
        }
    }

    private static void write(FileChannel channel, Tensor tensor) throws IOException {
        try (var arena = Arena.ofConfined(); var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            MemorySegment memory = tensor.plain(tensor.dtype()).segment(arena);
            long chunk = 1L << 30; // a ByteBuffer holds less than 2 GiB
            for (long at = 0; at < memory.byteSize(); at += chunk) {
                AtomicFile.writeFully(channel, memory.asSlice(at, Math.min(chunk, memory.byteSize() - at)).asByteBuffer());
            }
        }
    }

    private static String code(DType dtype) {
        return DTYPES.entrySet().stream().filter(e -> e.getValue() == dtype).findFirst().orElseThrow().getKey();
    }
}
