package dev.mneme.models.text;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.ColumnMetaData;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.ColumnSchema;
import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A column of strings in a Parquet file. Nulls are passed over.
///
/// The library reads by threads of its own, which damage can send looking for rows without end. So what a file says of itself is checked
/// before, and the library is asked from a thread that is not waited for longer than it can need.
final class ParquetTexts implements TextSource {
    private static final Duration PATIENCE = Duration.ofSeconds(60); // for CHUNK texts
    private static final int CHUNK = 1024;
    private static final Logger LIBRARY = Logger.getLogger("dev.hardwood"); // held, or its level would be forgotten

    static {
        LIBRARY.setLevel(Level.WARNING);
    }

    private final Path file;
    private final String column;
    private final ExecutorService asking = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("parquet").factory());
    private final ArrayDeque<String> ready = new ArrayDeque<>();
    private ParquetFileReader reader;
    private RowReader rows;
    private boolean ended;
    private boolean stuck; // and so is what would be closed

    ParquetTexts(Path file, String column) {
        this.file = file;
        this.column = column;
        try {
            ask(this::open);
        } catch (InputException e) {
            close();
            throw e;
        }
    }

    private static final List<CompressionCodec> CODECS = List.of(CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY, CompressionCodec.GZIP,
            CompressionCodec.ZSTD);
    private long row; // from 1

    private Void open() throws IOException {
        try {
            CodecLibraries.useCache();
            long size = Files.size(file);
            reader = ParquetFileReader.open(InputFile.of(file));
            List<ColumnSchema> columns = reader.getFileSchema().getColumns();
            ColumnSchema texts = columns.stream().filter(each -> each.name().equals(column)).findFirst().orElseThrow(() ->
                    columns.stream().anyMatch(each -> String.valueOf(each.fieldPath()).startsWith(column)) ? new InputException(asked(), "its column " + column
                            + " is a list or a structure", "name a column of strings with --text-column")
                    : new InputException(asked(), "it has no column " + column + ", but " + columns.stream().map(ColumnSchema::name).toList(),
                            "name the one that has the text with --text-column"));
            if (texts.type() != PhysicalType.BYTE_ARRAY) {
                throw new InputException(asked(), "its column " + column + " holds " + texts.type(),
                        "name a column of strings with --text-column");
            }
            checkCounts(texts, size);
            for (RowGroup group : reader.getFileMetaData().rowGroups()) {
                CompressionCodec codec = group.columns().get(texts.columnIndex()).metaData().codec();
                if (!CODECS.contains(codec)) {
                    throw new InputException(asked(), "it is packed by " + codec + ", which is not read here", "write it with one of " + CODECS);
                }
            }
            checkPages(texts);
            rows = reader.buildRowReader().projection(ColumnProjection.columns(column)).build();
            return null;
        } catch (StackOverflowError e) {
            throw new IOException("its schema has no end", e);
        }
    }

    private <T> T ask(Callable<T> question) {
        Future<T> answer = asking.submit(question);
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof InputException mistake ? mistake : damaged(e.getCause());
        } catch (TimeoutException e) {
            stuck = true;
            throw damaged(new IOException("nothing came of it for " + PATIENCE.toSeconds() + " s", e));
        } catch (InterruptedException e) {
            stuck = true;
            Thread.currentThread().interrupt();
            throw damaged(new IOException("interrupted", e));
        }
    }

    /// The reader believes what the file says of itself, and a damaged count would have it search for rows without end.
    private void checkCounts(ColumnSchema texts, long size) {
        FileMetaData told = reader.getFileMetaData();
        long rowsInGroups = 0;
        for (RowGroup group : told.rowGroups()) {
            ColumnMetaData chunk = group.columns().get(texts.columnIndex()).metaData();
            long begin = group.columns().get(texts.columnIndex()).chunkStartOffset();
            rowsInGroups += group.numRows();
            if (texts.maxRepetitionLevel() != 0 || group.numRows() < 0 || chunk.numValues() != group.numRows() || begin < 0
                    || chunk.totalCompressedSize() < 0 || begin > size - chunk.totalCompressedSize()) {
                throw new IllegalArgumentException("it says that " + column + " has " + chunk.numValues() + " values in a group of "
                        + group.numRows() + " rows, at bytes " + begin + " to " + (begin + chunk.totalCompressedSize()) + " of " + size);
            }
        }
        if (rowsInGroups != told.numRows()) {
            throw new IllegalArgumentException("it says that it has " + told.numRows() + " rows, and its groups have " + rowsInGroups);
        }
    }

    private void checkPages(ColumnSchema texts) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var pages = new ParquetPages(channel);
            for (RowGroup group : reader.getFileMetaData().rowGroups()) {
                ColumnChunk chunk = group.columns().get(texts.columnIndex());
                pages.check(chunk.chunkStartOffset(), chunk.metaData().totalCompressedSize(), chunk.metaData().numValues(),
                        chunk.metaData().codec() != CompressionCodec.UNCOMPRESSED);
            }
        }
    }

    @Override
    public String next() {
        if (ready.isEmpty() && !ended) {
            List<String> some = ask(this::some);
            ended = some.size() < CHUNK;
            ready.addAll(some);
        }
        return ready.poll();
    }

    private List<String> some() {
        List<String> some = new ArrayList<>();
        while (some.size() < CHUNK && rows.hasNext()) {
            rows.next();
            row++;
            if (rows.isNull(column)) {
                continue; // a row without text
            }
            try {
                some.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(rows.getBinary(column))).toString());
            } catch (CharacterCodingException e) {
                throw new InputException(asked(), "row " + row + " is not UTF-8", "write it in UTF-8", e);
            }
        }
        return some;
    }

    private InputException damaged(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = switch (root) {
            case OutOfMemoryError _ -> "it asks for more memory than Java has (-Xmx gives it more)";
            case NullPointerException _ -> "it lacks what it should have";
            case IndexOutOfBoundsException _ -> "it points where nothing is";
            case NegativeArraySizeException _ -> "it has a size below zero";
            default -> String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        };
        return new InputException(asked(), "it cannot be read as such: " + reason, "give a whole Parquet file, and a column of strings", e);
    }

    private String asked() {
        return "read " + file + " as Parquet";
    }

    @Override
    public void close() {
        asking.shutdownNow();
        if (stuck) {
            return;
        }
        try {
            if (rows != null) {
                rows.close();
            }
            if (reader != null) {
                reader.close();
            }
        } catch (IOException | RuntimeException e) {
            // Nothing was written; what was read has been checked.
        }
    }
}
