package dev.mneme.torch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the headers of a shared object say of it (System V ABI, 64 bits, little-endian).
///
/// @param bytes that the file has
/// @param end of what the headers tell of: the table of sections, which linkers write last, or a segment
/// @param needed names of other shared objects (DT_NEEDED); none where the file ends before them
/// @param folders that they are looked for in, as far as the file names them: DT_RUNPATH or DT_RPATH, $ORIGIN being the file's own
record ElfFile(long bytes, long end, List<String> needed, List<Path> folders) {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int MAGIC = 0x464c457f;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int DT_RPATH = 15;
    private static final int DT_RUNPATH = 29;
    private static final int MOST = 1 << 20; // bytes of a table: those of libtorch have a few thousand

    /// A part of the file, and the address that it gets.
    private record Segment(long type, long offset, long address, long size) {}

    private record Entry(long tag, long value) {}

    /// @return null if the file is no shared object of this kind
    static ElfFile read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < HEADER) {
                return null;
            }
            ByteBuffer header = bytes(channel, 0, HEADER);
            if (header.getInt(0) != MAGIC || header.get(4) != 2 || header.get(5) != 1 || header.getShort(0x36) != PROGRAM_HEADER) {
                return null;
            }
            long end = header.getLong(0x28) + (long) header.getShort(0x3a) * header.getShort(0x3c); // e_shoff + e_shentsize · e_shnum
            if (end > channel.size()) {
                return new ElfFile(channel.size(), end, List.of(), List.of());
            }
            try {
                List<Segment> segments = segments(channel, header);
                for (Segment each : segments) {
                    end = Math.max(end, each.offset + each.size);
                }
                return end > channel.size() ? new ElfFile(channel.size(), end, List.of(), List.of()) : named(file, channel, segments, end);
            } catch (EOFException e) {
                return null; // nonsense, which the linker refuses
            }
        }
    }

    private static List<Segment> segments(FileChannel channel, ByteBuffer header) throws IOException {
        int count = Short.toUnsignedInt(header.getShort(0x38));
        ByteBuffer table = bytes(channel, header.getLong(0x20), count * PROGRAM_HEADER);
        var segments = new ArrayList<Segment>();
        for (int at = 0; at < table.limit(); at += PROGRAM_HEADER) {
            segments.add(new Segment(table.getInt(at), table.getLong(at + 8), table.getLong(at + 16), table.getLong(at + 32)));
        }
        return segments;
    }

    private static ElfFile named(Path file, FileChannel channel, List<Segment> segments, long end) throws IOException {
        var entries = new ArrayList<Entry>();
        for (Segment each : segments) {
            if (each.type == PT_DYNAMIC) {
                ByteBuffer table = bytes(channel, each.offset, each.size);
                for (int at = 0; at + 16 <= table.limit(); at += 16) {
                    entries.add(new Entry(table.getLong(at), table.getLong(at + 8)));
                }
            }
        }
        long strings = 0;
        for (Entry entry : entries) {
            for (Segment each : segments) {
                if (entry.tag == DT_STRTAB && each.type == PT_LOAD && entry.value >= each.address && entry.value < each.address + each.size) {
                    strings = each.offset + entry.value - each.address;
                }
            }
        }
        var needed = new ArrayList<String>();
        var folders = new ArrayList<Path>();
        Path own = file.toAbsolutePath().getParent(); // of a link, its own: so does the linker
        for (Entry entry : entries) {
            if (entry.tag == DT_NEEDED) {
                needed.add(string(channel, strings + entry.value));
            } else if (entry.tag == DT_RPATH || entry.tag == DT_RUNPATH) {
                for (String folder : string(channel, strings + entry.value).split(":")) {
                    folders.add(own.resolve(folder.replace("${ORIGIN}", own.toString()).replace("$ORIGIN", own.toString())));
                }
            }
        }
        return new ElfFile(channel.size(), end, needed, folders);
    }

    private static String string(FileChannel channel, long at) throws IOException {
        var text = new StringBuilder();
        for (long from = at; ; from += 256) {
            if (from < 0 || from >= channel.size() || text.length() > MOST) {
                throw new EOFException();
            }
            ByteBuffer some = bytes(channel, from, Math.min(256, channel.size() - from));
            String part = StandardCharsets.ISO_8859_1.decode(some).toString();
            int end = part.indexOf('\0');
            if (end >= 0) {
                return new String((text + part.substring(0, end)).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            }
            text.append(part);
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long at, long count) throws IOException {
        if (at < 0 || count < 0 || count > MOST || at + count > channel.size()) {
            throw new EOFException();
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) > 0) {
            // goes on
        }
        if (bytes.hasRemaining()) {
            throw new EOFException();
        }
        return bytes.flip();
    }
}
