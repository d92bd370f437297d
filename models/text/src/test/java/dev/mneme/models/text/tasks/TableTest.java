package dev.mneme.models.text.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import dev.mneme.models.text.Seeds;
import dev.mneme.models.text.tasks.Table.TagColumns;
import dev.mneme.models.text.tasks.Table.TextColumns;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
    private static final TextColumns TEXT = new TextColumns(null, "text", null, null);
    private static final TextColumns ALL = new TextColumns("id", "a", "b", "label");
    private static final TagColumns TAGS = new TagColumns(null, "words", "tags");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"t.csv", "t.tsv", "t.jsonl", "t.ndjson", "T.CSV", "t.csv.gz", "t.tsv.zst", "t.jsonl.gz"})
    void everyFormatHasTheSameExamples(String name) throws IOException {
        String text = name.contains("json")
                ? "{\"label\": 1, \"a\": \"One, two\", \"b\": \"é😀\", \"id\": \"x\"}\n\n"
                        + "{\"id\": 2, \"a\": \"\", \"b\": \"\\\"q\\\"\", \"label\": \"no\"}\n"
                : name.contains("tsv")
                ? "id\tmore\ta\tb\tlabel\nx\t\tOne, two\té😀\t1\n\n2\t\t\t\"q\"\tno\n"
                : "id,more,a,b,label\nx,,\"One, two\",é😀,1\n\n2,,,\"\"\"q\"\"\",no\n";
        assertEquals(List.of(new TextExample("x", "One, two", "é😀", "1"), new TextExample("2", "", "\"q\"", "no")),
                Bare.texts(Table.of(write(name, text)).texts(ALL)));
    }

    @Test
    void idsAreRowNumbersWhereNoColumnHasThem() throws IOException {
        Path file = write("t.csv", "text\nfirst\n\nsecond\n");
        assertEquals(List.of(new TextExample("0", "first", null, null), new TextExample("1", "second", null, null)),
                Bare.texts(Table.of(file).texts(TEXT)));
    }

    @Test
    void quotedFieldsOfCsvHoldLineEndsSeparatorsAndQuotes() throws IOException {
        Path file = write("t.csv", "\uFEFFtext,label\r\n\"a\r\nb\n\n\"\"c\"\"\",\"x,y\"\r\nd \"e\" , f \r\n\"\",g");
        assertEquals(List.of(new TextExample("0", "a\nb\n\n\"c\"", null, "x,y"), new TextExample("1", "d \"e\" ", null, " f "),
                new TextExample("2", "", null, "g")), Bare.texts(Table.of(file).texts(new TextColumns(null, "text", null, "label"))));
    }

    @Test
    void whatCsvWritesItReads() throws IOException {
        RandomGenerator random = Seeds.random(3);
        String[] parts = {"a", ",", "\"", "\n", " ", "\t", "é😀", "'", "\\", ";"};
        List<String> texts = new ArrayList<>();
        StringBuilder csv = new StringBuilder("text,other\n");
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(12), 0, parts.length).forEach(part -> text.append(parts[part]));
            texts.add(text.toString());
            boolean quoted = random.nextBoolean() || text.chars().anyMatch(c -> ",\"\n".indexOf(c) >= 0);
            csv.append(quoted ? "\"" + text.toString().replace("\"", "\"\"") + "\"" : text).append(",-\n");
        }
        assertEquals(texts, Table.of(write("t.csv", csv.toString())).texts(TEXT).stream().map(TextExample::first).toList());
    }

    @Test
    void quotesOfTsvAreLiteral() throws IOException {
        Path file = write("t.tsv", "text\tn\r\n\"open\t1\r\n\"a\"\"b\"\t2");
        assertEquals(List.of("\"open", "\"a\"\"b\""), Table.of(file).texts(TEXT).stream().map(TextExample::first).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"t.csv", "t.tsv", "t.jsonl"})
    void wordsAndTagsAreListsOfTheSameLength(String name) throws IOException {
        Path file = write(name, name.endsWith("jsonl")
                ? "{\"words\": [\"Ada\", \"flew\"], \"tags\": [\"B-PER\", \"O\"]}\n"
                : name.endsWith("csv") ? "words,tags\n\"Ada  flew \",B-PER O\n" : "words\ttags\nAda flew\tB-PER O\n");
        assertEquals(List.of(new TaggedExample("0", List.of("Ada", "flew"), List.of("B-PER", "O"))), Bare.tagged(Table.of(file).tagged(TAGS)));
        assertEquals(List.of(new TaggedExample("0", List.of("Ada", "flew"), null)),
                Bare.tagged(Table.of(file).tagged(new TagColumns(null, "words", null))));
    }

    @Test
    void wordsWithoutATagEachAreRefused() throws IOException {
        Path csv = write("t.csv", "words,tags\nAda flew,O\n");
        Refusal.of("read " + csv + " as CSV: line 2 has 2 words in \"words\" and 1 tags in \"tags\"; give each word one tag",
                () -> Table.of(csv).tagged(TAGS));
        write("t.csv", "words,tags\n , \n");
        Refusal.of("read " + csv + " as CSV: line 2 has no words in \"words\"; leave the row out, or give its words", () -> Table.of(csv).tagged(TAGS));
    }

    @Test
    void aMissingColumnIsRefusedWithThoseThatThereAre() throws IOException {
        Path csv = write("t.csv", "sentence,\"class\nof it\"\na,b\n");
        Refusal.of("read " + csv + " as CSV: it has no column \"text\", but [sentence, class of it]; name a column that it has",
                () -> Table.of(csv).texts(TEXT));
        Path json = write("t.jsonl", "{\"text\": \"fine\", \"n\": 1}\n{\"body\": \"other\", \"n\": 2}\n");
        Refusal.of("read " + json + " as JSON lines: line 2 has no \"text\", but [body, n]; name a column that every line has",
                () -> Table.of(json).texts(TEXT));
    }

    @Test
    void aRaggedRowIsRefusedByTheLineItBeginsIn() throws IOException {
        Path csv = write("t.csv", "text,n\n\"a\nb\",1\n\"c\nd\",2,3\n");
        Refusal.of("read " + csv + " as CSV: line 4 has 3 fields instead of 2; give every row a field for each column", () -> Table.of(csv).texts(TEXT));
        Path tsv = write("t.tsv", "text\tn\na\n");
        Refusal.of("read " + tsv + " as TSV: line 2 has 1 field instead of 2; give every row a field for each column", () -> Table.of(tsv).texts(TEXT));
    }

    @Test
    void aHeaderThatNamesTwoColumnsAlikeIsRefused() throws IOException {
        Path csv = write("t.csv", "text,n,n\na,1,2\n");
        Refusal.of("read " + csv + " as CSV: its header has the column \"n\" twice; rename one of them", () -> Table.of(csv).texts(TEXT));
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        Path csv = write("t.csv", "\n\n");
        Refusal.of("read " + csv + " as CSV: it is empty; give a file whose first line names the columns", () -> Table.of(csv).texts(TEXT));
        write("t.csv", "text\n");
        Refusal.of("read examples from " + csv + ": it has no rows; give a file with a row for each example", () -> Table.of(csv).texts(TEXT));
        Path json = write("t.jsonl", "");
        Refusal.of("read examples from " + json + ": it has no rows; give a file with a row for each example", () -> Table.of(json).texts(TEXT));
    }

    @Test
    void aNameThatDoesNotSayTheFormatIsRefused() throws IOException {
        Path file = write("t.txt.gz", "text\n");
        Refusal.of("read examples from " + file + ": its name does not say what it is; name it .csv, .tsv, .jsonl or .ndjson, which .gz or .zst"
                + " may follow", () -> Table.of(file).texts(TEXT));
        Path none = folder.resolve("none.csv");
        Refusal.of("read " + none + " as text: there is no such file or folder; check the path; it was looked for as " + none, () -> Table.of(none).texts(TEXT));
        Path directory = Files.createDirectory(folder.resolve("d.tsv"));
        Refusal.of("read " + directory + " as text: it is a directory; name the text files in it, as in " + directory.resolve("*.txt"),
                () -> Table.of(directory).texts(TEXT));
    }

    @Test
    void aQuoteThatNeverClosesIsRefusedByTheLineItOpensIn() throws IOException {
        Path csv = write("t.csv", "text,n\n\"a\nb\",\"open\nc,1\nd,2\n");
        Refusal.of("read " + csv + " as CSV: the file ends inside a quoted field that opens in line 3; close the quote", () -> Table.of(csv).texts(TEXT));
        write("t.csv", "\"text,n\n");
        Refusal.of("read " + csv + " as CSV: the file ends inside a quoted field that opens in line 1; close the quote", () -> Table.of(csv).texts(TEXT));
    }

    @Test
    void textAfterAClosingQuoteIsRefused() throws IOException {
        Path csv = write("t.csv", "text,n\na,1\n\"b\"c,2");
        Refusal.of("read " + csv + " as CSV: line 3 has text after the quote that closes a field; double the quotes inside a quoted field",
                () -> Table.of(csv).texts(TEXT));
    }

    /// 64 MB in lines of 1 kB.
    @Test
    void anOpenQuoteBeforeVeryMuchTextIsRefusedAtTheLimitOfARow() throws IOException {
        Path csv = folder.resolve("t.csv.gz");
        byte[] lines = ("x".repeat(1023) + "\n").repeat(1024).getBytes(StandardCharsets.UTF_8);
        try (var out = new GZIPOutputStream(Files.newOutputStream(csv))) {
            out.write("text,n\na,1\n\"open".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 64; i++) {
                out.write(lines);
            }
        }
        Refusal.of("read " + csv + " as CSV: the row that begins in line 3 is longer than 1048576 characters; close the quote that a field of it"
                + " may have opened, or shorten its texts", () -> Table.of(csv).texts(TEXT));
    }

    @Test
    void theLimitOfARowIsThatOfItsFieldsTogether() throws IOException {
        Path csv = write("t.csv", "text,n\n\"123\n56\",\"1\n3\"\n"); // 6 + 3 characters, and 1 after each
        assertEquals(1, Table.of(csv, 11).texts(TEXT).size());
        Refusal.of("read " + csv + " as CSV: the row that begins in line 2 is longer than 10 characters; close the quote that a field of it may"
                + " have opened, or shorten its texts", () -> Table.of(csv, 10).texts(TEXT));
        Path json = write("t.jsonl", "{\"text\": \"123\"}\n");
        Refusal.of("read " + json + " as UTF-8 text: line 1, which begins at byte 0, is longer than 14 bytes; shorten its texts, or check that it"
                + " is a table", () -> Table.of(json, 14).texts(TEXT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"t.csv", "t.tsv", "t.jsonl"})
    void bytesThatAreNoTextAreRefusedByTheirPlace(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), "text\n\u00E9\n".getBytes(StandardCharsets.ISO_8859_1));
        if (!name.endsWith("jsonl")) { // of which the first line is no JSON
            Refusal.of("read " + file + " as UTF-8 text: byte 5 (line 2, value 0xE9) is not valid UTF-8; convert the file, for example with"
                    + " iconv -f LATIN1 -t UTF-8", () -> Table.of(file).texts(TEXT));
        }
        write(name, "te\0xt\n");
        Refusal.of("read " + file + " as UTF-8 text: byte 2 (line 1) is NUL: the file is binary; give plain text; unpack archives and export"
                + " documents first", () -> Table.of(file).texts(TEXT));
    }

    @Test
    void aValueOfAnotherTypeIsRefused() throws IOException {
        Path file = folder.resolve("t.jsonl");
        String asked = "read " + file + " as JSON lines: line 1 ";
        write("t.jsonl", "{\"text\": 3}\n");
        Refusal.of(asked + "has 3 as \"text\"; give a JSON string there", () -> Table.of(file).texts(TEXT));
        write("t.jsonl", "{\"text\": \"a\", \"label\": []}\n");
        Refusal.of(asked + "has [] as \"label\"; give a JSON string, number or truth value there",
                () -> Table.of(file).texts(new TextColumns(null, "text", null, "label")));
        for (String words : List.of("\"a b\"", "[\"a\",1]", "{\"a\":\"b\"}", "[null]")) {
            write("t.jsonl", "{\"words\": " + words + ", \"tags\": []}\n");
            Refusal.of(asked + "has " + words + " as \"words\"; give a JSON array of strings there", () -> Table.of(file).tagged(TAGS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"label\ttext\n\ta\n", "label\ttext\n \u00a0\u2003\ta\n"})
    void aBlankLabelIsAMissingOne(String tsv) throws IOException {
        for (Path file : List.of(write("t.tsv", tsv), write("t.csv", tsv.replace('\t', ',')))) {
            List<TextExample> read = Table.of(file).texts(new TextColumns(null, "text", null, "label"));
            assertEquals(List.of(new TextExample("0", "a", null, null)), Bare.texts(read));
            assertEquals("line 2", read.getFirst().origin().place());
            assertEquals("label", read.getFirst().origin().column());
        }
    }

    @Test
    void aBlankLabelOfJsonIsAlsoNullAndNone() throws IOException {
        for (String label : List.of("\"label\": \"\",", "\"label\": \" \",", "\"label\": null,", "")) {
            Path file = write("t.jsonl", "{" + label + "\"text\": \"a\"}\n");
            assertEquals(List.of(new TextExample("0", "a", null, null)), Bare.texts(Table.of(file).texts(new TextColumns(null, "text", null, "label"))));
        }
        for (String tags : List.of("\"tags\": [],", "\"tags\": [\"O\", \" \"],", "\"tags\": null,", "")) {
            Path file = write("t.jsonl", "{" + tags + "\"words\": [\"a\", \"b\"]}\n");
            assertEquals(List.of(new TaggedExample("0", List.of("a", "b"), null)), Bare.tagged(Table.of(file).tagged(TAGS)));
        }
    }

    @Test
    void linesThatAreNoJsonObjectAreRefused() throws IOException {
        Path file = folder.resolve("t.jsonl");
        for (String bad : List.of("{\"text\": \"cut", "text", "{\"text\": \"a\"} {}", "{\"text\": \"a\", \"text\": \"b\"}",
                "{\"text\": " + "[".repeat(500_000))) {
            write("t.jsonl", "{\"text\": \"fine\"}\n" + bad + "\n");
            String message = Refusal.of(() -> Table.of(file).texts(TEXT)).getMessage();
            assertTrue(message.startsWith("read " + file + " as JSON lines: line 2 is not JSON (") && message.endsWith("; give one JSON object a line"),
                    message);
        }
        write("t.jsonl", "[1, 2]\n");
        Refusal.of("read " + file + " as JSON lines: line 1 is no JSON object; give one JSON object a line", () -> Table.of(file).texts(TEXT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"t.csv", "t.tsv", "t.jsonl"})
    void whateverAByteBecomesItIsReadOrRefusedInOneSentence(String name) throws IOException {
        byte[] whole = (name.endsWith("jsonl")
                ? "{\"id\": 1, \"a\": \"x\\ny\", \"b\": \"é\", \"label\": \"0\"}\n{\"id\": 2, \"a\": \"p\", \"b\": \"q\", \"label\": \"1\"}\n"
                : name.endsWith("csv") ? "id,a,b,label\n1,\"x\ny\",é,0\n2,p,\"q\"\"\",1\n" : "id\ta\tb\tlabel\n1\tx y\té\t0\n2\tp\tq\t1\n")
                .getBytes(StandardCharsets.UTF_8);
        RandomGenerator random = Seeds.random(5);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = Arrays.copyOf(whole, i % 5 == 0 ? random.nextInt(whole.length) : whole.length);
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve(name), damaged);
            try {
                Table.of(file).texts(ALL);
            } catch (IllegalArgumentException e) {
                Refusal.of(() -> Table.of(file).texts(ALL));
            }
        }
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream raw = Files.newOutputStream(file);
                OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(raw) : name.endsWith(".zst") ? new ZstdOutputStream(raw) : raw) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
