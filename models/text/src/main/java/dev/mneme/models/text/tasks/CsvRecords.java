package dev.mneme.models.text.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.mneme.models.base.InputException;
import dev.mneme.models.text.LineReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The records of RFC 4180: fields separated by commas; a quoted one may hold commas, line ends, and quotes, which are doubled. A line
/// end inside a field becomes LF.
final class CsvRecords implements Records {
    private final Path file;
    private final int maxLength;
    private final Lines lines;
    private final CsvParser parser;
    private long line;

    /// @param maxLength the longest line in bytes, and the longest record in characters
    CsvRecords(Path file, int maxLength) {
        this.file = file;
        this.maxLength = maxLength;
        CsvFactory csv = CsvFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(maxLength).build())
                .enable(CsvParser.Feature.WRAP_AS_ARRAY)
                .build();
        lines = new Lines(LineReader.open(file, maxLength, TOO_LONG));
        try {
            parser = csv.createParser(lines);
            parser.nextToken(); // the array of all records, of which each is an array
        } catch (IOException e) {
            throw new UncheckedIOException("lines in memory cannot fail to be read", e);
        } catch (InputException e) {
            lines.close();
            throw e;
        }
    }

    @Override
    public List<String> next() {
        List<String> fields;
        do {
            fields = record();
        } while (fields != null && fields.size() == 1 && fields.getFirst().isEmpty());
        return fields;
    }

    private List<String> record() {
        List<String> fields = new ArrayList<>();
        try {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return null;
            }
            line = lines.in.lineNumber();
            long length = 0;
            while (parser.nextToken() == JsonToken.VALUE_STRING) {
                fields.add(parser.getText());
                length += fields.getLast().length() + 1;
                if (length > maxLength) {
                    throw tooLong(null);
                }
            }
            return fields;
        } catch (StreamConstraintsException e) {
            throw tooLong(e);
        } catch (JsonProcessingException e) {
            long at = line + fields.stream().flatMapToInt(String::chars).filter(c -> c == '\n').count();
            throw lines.ended
                    ? new InputException(asked(), "the file ends inside a quoted field that opens in line " + at, "close the quote", e)
                    : new InputException(asked(), "line " + lines.in.lineNumber() + " has text after the quote that closes a field",
                            "double the quotes inside a quoted field", e);
        } catch (IOException e) {
            throw new UncheckedIOException("lines in memory cannot fail to be read", e);
        }
    }

    private InputException tooLong(Exception cause) {
        return new InputException(asked(), "the row that begins in line " + line + " is longer than " + maxLength + " characters",
                "close the quote that a field of it may have opened, or shorten its texts", cause);
    }

    private String asked() {
        return "read " + file + " as CSV";
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public void close() {
        lines.close();
    }

    /// Lines as characters. Each read is of one line only, so that the parser is never far ahead of what it has given.
    private static final class Lines extends Reader {
        private final LineReader in;
        private String text = "";
        private int at;
        private boolean ended;

        Lines(LineReader in) {
            this.in = in;
        }

        @Override
        public int read(char[] to, int offset, int length) {
            if (at == text.length()) {
                String next = in.next();
                if (next == null) {
                    ended = true;
                    return -1;
                }
                text = next + "\n";
                at = 0;
            }
            int n = Math.min(length, text.length() - at);
            text.getChars(at, at + n, to, offset);
            at += n;
            return n;
        }

        @Override
        public void close() {
            in.close();
        }
    }
}
