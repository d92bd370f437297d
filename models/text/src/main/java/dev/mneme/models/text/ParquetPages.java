package dev.mneme.models.text;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The headers of a column's pages in a Parquet file (parquet.thrift's `PageHeader`, in Thrift's compact form), looked at before a library that
/// believes them looks for pages without end, or allocates what they ask for.
final class ParquetPages {
    private static final int WINDOW = 1 << 12; // a header has some 30 bytes, and may have the least and the greatest text
    private static final int LONGEST = 1 << 24;
    private static final int MAX_DEPTH = 16;
    private static final int VALUE_BYTES = 16; // that a reader needs for each value beside its text
    private static final int STOP = 0;
    private static final int I32 = 5;
    private static final int STRUCT = 12;
    private static final int DATA = 0;
    private static final int DICTIONARY = 2;
    private static final int DATA_V2 = 3;

    private final FileChannel file;
    private final long most = Runtime.getRuntime().maxMemory() / 4;
    private ByteBuffer window = ByteBuffer.allocate(WINDOW);

    ParquetPages(FileChannel file) {
        this.file = file;
    }

    /// Walks over the pages of one chunk of a column.
    ///
    /// @param compressed whether pages may hold more than they take up
    /// @throws IOException if they are not what the chunk says of itself, or need more memory than there is
    void check(long begin, long bytes, long values, boolean compressed) throws IOException {
        long at = begin;
        long end = begin + bytes;
        long found = 0;
        while (at < end) {
            Header header = header(at, end);
            String page = "the page at byte " + at;
            at += header.length;
            if (header.stored < 0 || header.unpacked < 0 || header.stored > end - at) {
                throw new IOException(page + " says that it has " + header.stored + " bytes, of " + (end - at) + " that are left");
            }
            if (!compressed && header.unpacked != header.stored || header.stored == 0 && header.unpacked > 0) {
                throw new IOException(page + " says that " + header.stored + " bytes unpack to " + header.unpacked);
            }
            if (header.values < 0 || header.unpacked > most || header.values > most / VALUE_BYTES) {
                throw new IOException(page + " asks for " + header.unpacked + " bytes and " + header.values + " values, and Java has " + 4 * most
                        + " bytes (-Xmx gives it more)");
            }
            at += header.stored;
            found += header.type == DATA || header.type == DATA_V2 ? header.values : 0;
        }
        if (found != values) {
            throw new IOException("it says that a group has " + values + " values, and its pages have " + found);
        }
    }

    private record Header(int length, int type, long unpacked, long stored, long values) {}

    private Header header(long at, long end) throws IOException {
        for (int size = WINDOW; ; size = Math.multiplyExact(size, 16)) {
            fill(at, (int) Math.min(size, end - at));
            try {
                return header();
            } catch (BufferUnderflowException e) {
                if (size >= Math.min(LONGEST, end - at)) {
                    throw new EOFException("the header of the page at byte " + at + " has no end");
                }
            }
        }
    }

    private void fill(long at, int size) throws IOException {
        if (window.capacity() < size) {
            window = ByteBuffer.allocate(size);
        }
        window.clear().limit(size);
        while (window.hasRemaining()) {
            if (file.read(window, at + window.position()) < 0) {
                throw new EOFException("it ends at byte " + (at + window.position()));
            }
        }
        window.flip();
    }

    private Header header() throws IOException {
        long[] fields = new long[4]; // by their number
        boolean[] seen = new boolean[4];
        long values = -1;
        int id = 0;
        for (int kind = window.get(); kind != STOP; kind = window.get()) {
            id = id(kind, id);
            if (id >= 1 && id <= 3 && (kind & 15) == I32) {
                fields[id] = integer();
                seen[id] = true;
            } else if ((id == 5 || id == 7 || id == 8) && (kind & 15) == STRUCT) { // of data, of a dictionary, of data in version 2
                values = firstInteger();
            } else {
                skip(kind & 15, 0);
            }
        }
        if (!seen[1] || !seen[2] || !seen[3] || values < 0 && (fields[1] == DATA || fields[1] == DICTIONARY || fields[1] == DATA_V2)) {
            throw new IOException("a header of a page lacks its type, its size or its number of values");
        }
        return new Header(window.position(), (int) fields[1], fields[2], fields[3], Math.max(0, values));
    }

    /// The first field of a struct, a number, or -1.
    private long firstInteger() throws IOException {
        long first = -1;
        int id = 0;
        for (int kind = window.get(); kind != STOP; kind = window.get()) {
            id = id(kind, id);
            if (id == 1 && (kind & 15) == I32) {
                first = integer();
            } else {
                skip(kind & 15, 1);
            }
        }
        return first;
    }

    /// The number of a field: by its distance from the last, or in full.
    private int id(int kind, int last) throws IOException {
        int distance = (kind & 0xF0) >> 4;
        return distance == 0 ? (int) integer() : last + distance;
    }

    private long integer() throws IOException {
        long bits = varint();
        return bits >>> 1 ^ -(bits & 1);
    }

    private long varint() throws IOException {
        long bits = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = window.get();
            bits |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return bits;
            }
        }
        throw new IOException("a header of a page has a number without an end");
    }

    private void skip(int type, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("a header of a page is too deep");
        }
        switch (type) {
            case 1, 2 -> {} // true and false
            case 3 -> window.get();
            case 4, I32, 6 -> varint();
            case 7 -> window.getLong();
            case 8 -> skipBytes(varint());
            case 9, 10 -> skipList(depth);
            case STRUCT -> {
                int id = 0;
                for (int kind = window.get(); kind != STOP; kind = window.get()) {
                    id = id(kind, id);
                    skip(kind & 15, depth + 1);
                }
            }
            default -> throw new IOException("a header of a page has a field of no known kind");
        }
    }

    private void skipList(int depth) throws IOException {
        int head = window.get() & 0xFF;
        long size = head >> 4 == 15 ? varint() : head >> 4;
        for (long i = 0; i < size; i++) {
            if ((head & 15) <= 2) {
                window.get(); // a truth value has a byte of its own in a list
            } else {
                skip(head & 15, depth + 1);
            }
        }
    }

    private void skipBytes(long count) throws IOException {
        if (count < 0 || count > LONGEST) {
            throw new IOException("a header of a page has a text of " + count + " bytes");
        }
        if (count > window.remaining()) {
            throw new BufferUnderflowException();
        }
        window.position(window.position() + (int) count);
    }
}
