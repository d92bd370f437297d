package dev.mneme.torch.io;

import dev.mneme.torch.DType;
import dev.mneme.torch.Op;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.internal.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// A file of `torch.save` (`pytorch_model.bin`): a zip archive with a pickle that describes tensors, and a file of bytes for each storage.
///
/// Nothing in it is executed. What is read is tensors in dicts ([Unpickler]); anything else in the pickle is refused by its name, before
/// a byte of a tensor is read.
public final class TorchArchive implements TensorFile {
    private static final long MAX_PICKLE_BYTES = 100_000_000;
    private static final int MAX_FOUND = 500;
    private static final int MOST_SHARED = 64; // tied weights are stored once and named twice
    private static final Op AS_STRIDED = Op.find("aten::as_strided");

    private final Path file;
    private final ZipFile zip;
    private final String prefix; // of the archive's folder
    private final Map<String, Unpickler.StoredTensor> stored;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /// Opens a file and checks its pickle.
    ///
    /// @throws TensorFileException if it is no such archive, or holds something other than tensors in dicts
    /// @throws NoSuchFileException if there is none
    public static TorchArchive open(Path file) throws IOException {
        return new TorchArchive(file);
    }

    private TorchArchive(Path file) throws IOException {
        this.file = file;
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file) && !Files.isDirectory(file)) { // opening a pipe would wait for whoever writes to it
            throw bad("it is a pipe or a device", "give a file");
        }
        if (!isZip(file)) {
            throw bad("it is no zip archive", "PyTorch before 1.6 wrote another format: load it there and torch.save it again, or convert it to"
                    + " safetensors");
        }
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException | EOFException | IllegalArgumentException e) { // the last for names that are no text
            throw damaged(e);
        }
        try {
            ZipEntry pickle = pickle();
            prefix = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
            checkByteOrder();
            stored = Unpickler.tensors(bytes(pickle));
            for (Map.Entry<String, Unpickler.StoredTensor> each : stored.entrySet()) {
                check(each.getKey(), each.getValue());
                entries.put(each.getKey(), new Entry(each.getValue().dtype(), each.getValue().shape()));
            }
            checkShared();
        } catch (Unpickler.Refused e) {
            zip.close();
            throw bad(e.getMessage(), "give a file of tensors alone, as torch.save(model.state_dict(), …) writes it");
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            zip.close();
            throw damaged(e);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /// Each name gets its own copy here: a small file could ask for more memory than there is.
    private void checkShared() throws IOException {
        double asked = 0;
        for (Unpickler.StoredTensor each : stored.values()) {
            asked += Arrays.stream(each.shape()).asDoubleStream().reduce(each.dtype().bytes(), (a, b) -> a * b);
        }
        if (asked > MOST_SHARED * (double) Files.size(file)) {
            throw bad("its " + stored.size() + " tensors share their memory, and would take " + (long) (asked / (1 << 20)) + " MiB as copies", "save each tensor once");
        }
    }

    private TensorFileException damaged(Exception e) {
        return bad("its zip archive is damaged (" + Reason.why(e) + ")", "copy it again");
    }

    private static boolean isZip(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(4), new byte[] {'P', 'K', 3, 4});
        }
    }

    private ZipEntry pickle() throws IOException {
        ZipEntry found = null;
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements();) {
            ZipEntry entry = all.nextElement();
            if (entry.getName().matches("([^/]*/)?data\\.pkl")) {
                if (found != null) {
                    throw bad("it has more than one data.pkl", "give a file that torch.save wrote");
                }
                found = entry;
            }
        }
        if (found == null) {
            throw bad("it has no data.pkl", "give a file that torch.save wrote");
        }
        return found;
    }

    private byte[] bytes(ZipEntry entry) throws IOException {
        checkStored(entry);
        if (entry.getSize() > MAX_PICKLE_BYTES) {
            throw bad("its " + entry.getName() + " has " + entry.getSize() + " bytes", "give a file whose pickle has at most " + MAX_PICKLE_BYTES);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes((int) entry.getSize());
            if (bytes.length < entry.getSize()) {
                throw new EOFException(entry.getName() + " ends early");
            }
            return bytes;
        }
    }

    /// torch.save compresses nothing, and what is not compressed is no longer in memory than in the file.
    private void checkStored(ZipEntry entry) throws TensorFileException {
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
            throw bad("its " + entry.getName() + " is compressed (" + entry.getCompressedSize() + " bytes that say they are "
                    + entry.getSize() + ")", "give a file that torch.save wrote, which compresses nothing");
        }
    }

    private void checkByteOrder() throws IOException {
        ZipEntry order = zip.getEntry(prefix + "byteorder");
        String found = order == null ? "little" : new String(bytes(order), StandardCharsets.UTF_8).strip();
        if (!found.equals("little")) {
            throw bad("its numbers are " + found + "-endian", "write it on a little-endian machine");
        }
    }

    /// Within its storage, of no more elements than it has, and the storage's file as long as it says.
    private void check(String name, Unpickler.StoredTensor tensor) throws IOException {
        ZipEntry entry = zip.getEntry(prefix + "data/" + tensor.storage());
        if (entry == null) {
            throw bad("tensor " + name + " is in data/" + tensor.storage() + ", which the archive does not have", "copy it again");
        }
        checkStored(entry);
        if (tensor.negative() && tensor.dtype() == DType.BOOL) {
            throw bad("tensor " + name + " is bool, and said to be negative", "copy it again");
        }
        try {
            long bytes = Math.multiplyExact(tensor.storageSize(), tensor.dtype().bytes());
            long numel = 1;
            long last = tensor.offset();
            boolean empty = Arrays.stream(tensor.shape()).anyMatch(size -> size == 0);
            if (empty) { // of which libtorch takes the strides
                Arrays.stream(tensor.shape()).skip(1).map(size -> Math.max(1, size)).reduce(1, Math::multiplyExact);
            }
            for (int i = 0; i < tensor.shape().length && !empty; i++) {
                numel = Math.multiplyExact(numel, tensor.shape()[i]);
                last = Math.addExact(last, Math.multiplyExact(tensor.shape()[i] - 1, tensor.strides()[i]));
            }
            if (bytes == entry.getSize() && (empty || last < tensor.storageSize())) {
                if (!empty && numel > tensor.storageSize()) {
                    throw bad("tensor " + name + " of shape " + Arrays.toString(tensor.shape()) + " is expanded from " + tensor.storageSize() + " elements",
                            "save its contiguous()");
                }
                return;
            }
        } catch (ArithmeticException e) {
            // sizes that no file has: refused below
        }
        throw bad("tensor " + name + " of shape " + Arrays.toString(tensor.shape()) + ", strides " + Arrays.toString(tensor.strides())
                + " and offset " + tensor.offset() + " does not fit data/" + tensor.storage() + ", said to have " + tensor.storageSize()
                + " elements of " + tensor.dtype() + " in " + entry.getSize() + " bytes", "copy it again");
    }

    private TensorFileException bad(String found, String remedy) {
        String readable = found.length() <= MAX_FOUND ? found : found.substring(0, MAX_FOUND) + "…";
        return new TensorFileException("Reading " + file + " as a file of torch.save: " + readable + ". Remedy: " + remedy + ".");
    }

    @Override
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Tensor tensor(String name) throws IOException {
        Unpickler.StoredTensor tensor = stored.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("Reading " + file + ": it has no tensor " + name + ". It has " + entries.keySet() + ".");
        }
        ZipEntry entry = zip.getEntry(prefix + "data/" + tensor.storage());
        try (var scope = TensorScope.open(); InputStream in = zip.getInputStream(entry)) {
            Tensor result = read(in, tensor);
            return scope.escape(tensor.negative() ? result.neg() : result);
        } catch (EOFException | ZipException e) {
            throw bad("tensor " + name + " is not whole (" + Reason.why(e) + ")", "copy it again");
        }
    }

    private static Tensor read(InputStream in, Unpickler.StoredTensor tensor) throws IOException {
        if (isContiguous(tensor) || Arrays.stream(tensor.shape()).anyMatch(size -> size == 0)) {
            Tensor result = Tensor.empty(tensor.dtype(), tensor.shape());
            if (result.numel() > 0) { // nothing has any offset
                in.skipNBytes(tensor.offset() * tensor.dtype().bytes());
                read(in, result);
            }
            return result;
        }
        Tensor whole = Tensor.empty(tensor.dtype(), tensor.storageSize());
        read(in, whole);
        return ((Tensor) AS_STRIDED.call(whole, tensor.shape(), tensor.strides(), tensor.offset()).getFirst()).contiguous();
    }

    private static boolean isContiguous(Unpickler.StoredTensor tensor) {
        long expected = 1;
        for (int i = tensor.shape().length - 1; i >= 0; i--) {
            if (tensor.shape()[i] != 1 && tensor.strides()[i] != expected) {
                return false;
            }
            expected *= Math.max(1, tensor.shape()[i]);
        }
        return true;
    }

    private static void read(InputStream in, Tensor into) throws IOException {
        ReadableByteChannel channel = Channels.newChannel(in);
        long chunk = 1 << 26;
        try (var arena = Arena.ofConfined()) {
            MemorySegment to = into.segment(arena);
            for (long at = 0; at < to.byteSize(); at += chunk) {
                ByteBuffer buffer = to.asSlice(at, Math.min(chunk, to.byteSize() - at)).asByteBuffer();
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer) < 0) {
                        throw new EOFException("it ends early");
                    }
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
