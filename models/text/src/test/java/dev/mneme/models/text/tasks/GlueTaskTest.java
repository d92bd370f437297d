package dev.mneme.models.text.tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.text.tasks.GlueTask.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GlueTaskTest {
    private static final String MNLI_HEADER = "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse"
            + "\tsentence2_parse\tsentence1\tsentence2";

    @TempDir
    Path folder;

    @Test
    void colaHasColumnsByPositionAndItsTestHasAHeader() throws IOException {
        write("train.tsv", "gj04\t1\t\tOur friends won't buy this.\ngj04\t0\t*\tThey drank the pub.\n");
        write("test.tsv", "index\tsentence\n0\tBill whistled past.\n1\tThe \"car\" honked.\n");
        assertEquals(List.of(new TextExample("0", "Our friends won't buy this.", null, "1"), new TextExample("1", "They drank the pub.", null, "0")),
                read(GlueTask.COLA, Split.TRAIN));
        assertEquals(List.of(new TextExample("0", "Bill whistled past.", null, null), new TextExample("1", "The \"car\" honked.", null, null)),
                read(GlueTask.COLA, Split.TEST));
    }

    @Test
    void sst2HasSingleSentences() throws IOException {
        write("dev.tsv", "sentence\tlabel\nit 's a charming journey . \t1\nbleak \t0\n");
        assertEquals(List.of(new TextExample("0", "it 's a charming journey . ", null, "1"), new TextExample("1", "bleak ", null, "0")),
                read(GlueTask.SST2, Split.DEV));
    }

    @Test
    void mrpcIsReadWithItsMarkCarriageReturnsAndLiteralQuotes() throws IOException {
        write("train.tsv", "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\t\"He said\tShe said \"\"no\r\n0\t9\t10\tx\ty");
        write("test.tsv", "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n3\t7\t8\ta\tb\n");
        assertEquals(List.of(new TextExample("0", "\"He said", "She said \"\"no", "1"), new TextExample("1", "x", "y", "0")),
                read(GlueTask.MRPC, Split.TRAIN));
        assertEquals(List.of(new TextExample("3", "a", "b", null)), read(GlueTask.MRPC, Split.TEST));
    }

    @Test
    void stsbHasScoresAsTheFileWritesThem() throws IOException {
        write("dev.tsv", "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
                + "0\tmain-captions\tMSRvid\t2012test\t0000\tnone\tnone\tA man.\tA woman.\t5.000\n1\tg\tf\ty\t1\tn\tn\ta\tb\t0\n");
        assertEquals(List.of(new TextExample("0", "A man.", "A woman.", "5.000"), new TextExample("1", "a", "b", "0")),
                read(GlueTask.STSB, Split.DEV));
    }

    @Test
    void mnliHasTwoDevAndTwoTestFilesOfDifferentWidth() throws IOException {
        String row = "7\t1\t1e\tfiction\t( a )\t( b )\t(ROOT)\t(ROOT)\ta\tb";
        write("train.tsv", MNLI_HEADER + "\tlabel1\tgold_label\n" + row + "\tneutral\tcontradiction\n");
        String five = "\tlabel1\tlabel2\tlabel3\tlabel4\tlabel5\tgold_label\n";
        write("dev_matched.tsv", MNLI_HEADER + five + row + "\tneutral".repeat(5) + "\tentailment\n");
        write("dev_mismatched.tsv", MNLI_HEADER + five + row + "\tneutral".repeat(6) + "\n");
        write("test_matched.tsv", MNLI_HEADER + "\n" + row + "\n");
        write("test_mismatched.tsv", MNLI_HEADER + "\n" + row + "\n");
        List<String> labels = Arrays.stream(Split.values()).map(split -> String.valueOf(read(GlueTask.MNLI, split).getFirst().label())).toList();
        assertEquals(List.of("contradiction", "entailment", "neutral", "null", "null"), labels);
        assertEquals(new TextExample("7", "a", "b", "contradiction"), read(GlueTask.MNLI, Split.TRAIN).getFirst());
    }

    @Test
    void qnliRteAndWnliHaveTheirOwnColumns() throws IOException {
        write("dev.tsv", "index\tquestion\tsentence\tlabel\n4\tWho?\tShe.\tnot_entailment\n");
        assertEquals(List.of(new TextExample("4", "Who?", "She.", "not_entailment")), read(GlueTask.QNLI, Split.DEV));
        write("dev.tsv", "index\tsentence1\tsentence2\tlabel\n5\ta\tb\tentailment\n");
        assertEquals(List.of(new TextExample("5", "a", "b", "entailment")), read(GlueTask.RTE, Split.DEV));
        write("dev.tsv", "index\tsentence1\tsentence2\tlabel\n6\ta\tb\t1\n");
        assertEquals(List.of(new TextExample("6", "a", "b", "1")), read(GlueTask.WNLI, Split.DEV));
    }

    /// Line 97,931 of the official file is the second half of a record.
    @Test
    void piecesOfRecordsAreCountedInQqpsTrainAndDevFilesAndRefusedInItsTestFile() throws IOException {
        String header = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
        write("train.tsv", header + "133\t21\t22\tWhy?\tHow?\t0\n402\t53\t54\t\"Who was he?\n\"\tWas he real?\t0\n360\t36\t49\ta\tb\t1\n");
        GlueTask.Examples examples = GlueTask.QQP.read(folder, Split.TRAIN);
        assertEquals(List.of(new TextExample("133", "Why?", "How?", "0"), new TextExample("360", "a", "b", "1")), Bare.texts(examples.examples()));
        assertEquals(2, examples.skipped());
        Path test = write("test.tsv", "id\tquestion1\tquestion2\n0\ta\tb\n1\tc\n");
        Refusal.of("read " + test + " as test.tsv of QQP: line 3 has 2 fields instead of 3; give every row a field for each column",
                () -> read(GlueTask.QQP, Split.TEST));
    }

    @Test
    void aLineWithAnotherNumberOfFieldsIsRefused() throws IOException {
        Path file = write("dev.tsv", "sentence\tlabel\nfine\t1\n\na\ttab in it\t0\n");
        Refusal.of("read " + file + " as dev.tsv of SST-2: line 4 has 3 fields instead of 2; give every row a field for each column",
                () -> read(GlueTask.SST2, Split.DEV));
        write("dev.tsv", "sentence\tlabel\ncut");
        Refusal.of("read " + file + " as dev.tsv of SST-2: line 2 has 1 field instead of 2; give every row a field for each column",
                () -> read(GlueTask.SST2, Split.DEV));
    }

    @Test
    void anUnknownLabelIsRefusedWithThoseThatThereAre() throws IOException {
        Path file = write("dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\ta\tb\t-\n");
        Refusal.of("read " + file + " as dev.tsv of RTE: line 3 has the label \"-\" in \"label\", which is none of [entailment, not_entailment]; use one of them",
                () -> read(GlueTask.RTE, Split.DEV));
        write("dev.tsv", "source\tlabel\tstar\tsentence\ngj04\t1\t\tThe header is none.\n");
        Refusal.of("read " + file + " as dev.tsv of CoLA: line 1 has the label \"label\" in \"label\", which is none of [0, 1]; use one of them", () -> read(GlueTask.COLA, Split.DEV));
    }

    @Test
    void aScoreIsANumberInItsRange() throws IOException {
        for (String score : List.of("5.1", "-0.2", "NaN", "high", "Infinity", "2f", "0x1p1", "1e400", "\u0968", " 3", "1,5")) {
            Path file = write("dev.tsv", "sentence1\tsentence2\tscore\na\tb\t" + score + "\n");
            Refusal.of("read " + file + " as dev.tsv of STS-B: line 2 has the label \"" + score + "\" in \"score\", which is no number from 0 to 5;"
                    + " use one",
                    () -> read(GlueTask.STSB, Split.DEV));
        }
    }

    @Test
    void aBlankLabelIsAMissingOne() throws IOException {
        write("dev.tsv", "sentence1\tsentence2\tscore\na\tb\t \n");
        assertEquals(List.of(new TextExample("0", "a", "b", null)), read(GlueTask.STSB, Split.DEV));
        write("train.tsv", "gj04\t\t\tOur friends won't buy this.\n");
        assertEquals(List.of(new TextExample("0", "Our friends won't buy this.", null, null)), read(GlueTask.COLA, Split.TRAIN));
    }

    @Test
    void anotherTasksFileIsRefusedByItsColumns() throws IOException {
        Path file = write("train.tsv", "sentence\tlabel\nfine\t1\n");
        Refusal.of("read " + file + " as train.tsv of MRPC: it has no column \"#1 String\", but [sentence, label]; give the folder or file of the"
                + " GLUE download", () -> read(GlueTask.MRPC, Split.TRAIN));
    }

    @Test
    void aFileWithoutExamplesIsRefused() throws IOException {
        Path file = write("dev.tsv", "");
        Refusal.of("read " + file + " as dev.tsv of SST-2: it is empty; give a file whose first line names the columns",
                () -> read(GlueTask.SST2, Split.DEV));
        Refusal.of("read " + file + " as dev.tsv of CoLA: it has no examples; give the folder or file of the GLUE download",
                () -> read(GlueTask.COLA, Split.DEV));
        write("dev.tsv", "sentence\tlabel\n");
        Refusal.of("read " + file + " as dev.tsv of SST-2: it has no examples; give the folder or file of the GLUE download",
                () -> read(GlueTask.SST2, Split.DEV));
    }

    @Test
    void aMissingFileIsRefusedByItsPath() {
        Path file = folder.resolve("dev.tsv");
        Refusal.of("read " + file + " as text: there is no such file or folder; check the path; it was looked for as " + file,
                () -> read(GlueTask.RTE, Split.DEV));
    }

    @Test
    void bytesThatAreNoTextAreRefusedByTheirPlace() throws IOException {
        Path file = Files.write(folder.resolve("dev.tsv"), "sentence\tlabel\ncaf\u00E9\t1\n".getBytes(StandardCharsets.ISO_8859_1));
        Refusal.of("read " + file + " as UTF-8 text: byte 18 (line 2, value 0xE9) is not valid UTF-8; convert the file, for example with"
                + " iconv -f LATIN1 -t UTF-8", () -> read(GlueTask.SST2, Split.DEV));
        write("dev.tsv", "sentence\tlabel\nfi\0ne\t1\n");
        Refusal.of("read " + file + " as UTF-8 text: byte 17 (line 2) is NUL: the file is binary; give plain text; unpack archives and export"
                + " documents first", () -> read(GlueTask.SST2, Split.DEV));
        write("dev.tsv", "sentence\tlabel\n" + "x".repeat(2 << 20) + "\t1\n");
        Refusal.of("read " + file + " as UTF-8 text: line 2, which begins at byte 15, is longer than 1048576 bytes; shorten its texts, or check"
                + " that it is a table", () -> read(GlueTask.SST2, Split.DEV));
    }

    @Test
    void aFileMayBePackedAndDamageToThatIsTold() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write("sentence\tlabel\nfine\t1\n".getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(folder.resolve("mine.tsv.gz"), bytes.toByteArray());
        assertEquals(List.of(new TextExample("0", "fine", null, "1")), Bare.texts(GlueTask.SST2.read(file, Split.DEV).examples()));
        for (int cut : new int[] {1, 6, 12, 20}) {
            Files.write(file, Arrays.copyOf(bytes.toByteArray(), bytes.size() - cut));
            String message = Refusal.of(() -> GlueTask.SST2.read(file, Split.DEV)).getMessage();
            assertTrue(message.startsWith("read " + file + " as UTF-8 text: its compressed data are damaged after ")
                    && message.endsWith("; copy it, or pack it, again"), message);
        }
    }

    @ParameterizedTest
    @EnumSource(value = GlueTask.class, names = "MNLI", mode = EnumSource.Mode.EXCLUDE)
    void onlyMnliHasMismatchedData(GlueTask task) {
        Refusal.of("find the data dev_mismatched of " + task.officialName() + ": only MNLI has mismatched data; name train, dev or test",
                () -> task.fileName(Split.DEV_MISMATCHED));
        assertThrows(IllegalArgumentException.class, () -> task.read(folder, Split.TEST_MISMATCHED));
    }

    @Test
    void onlyStsbIsRegressionAndOnlyColaAndSst2AreSingleTexts() {
        for (GlueTask task : GlueTask.values()) {
            assertEquals(task == GlueTask.STSB, task.regression(), task.name());
            assertEquals(task != GlueTask.COLA && task != GlueTask.SST2, task.pairs(), task.name());
            assertEquals(task.regression(), task.labels().isEmpty(), task.name());
        }
        assertEquals(List.of("entailment", "neutral", "contradiction"), GlueTask.MNLI.labels());
        assertEquals(List.of("matthews_correlation"), GlueTask.COLA.metrics());
        assertEquals(List.of("accuracy", "f1"), GlueTask.MRPC.metrics());
        assertEquals(List.of("pearson", "spearman"), GlueTask.STSB.metrics());
    }

    @Test
    void submissionsHaveTheOfficialNamesAndForm() throws IOException {
        assertEquals("index\tprediction\n0\t1\n1\t0\n", Files.readString(GlueTask.COLA.writeSubmission(folder, Split.TEST, List.of("1", "0"))));
        GlueTask.MNLI.writeSubmission(folder, Split.TEST, List.of("neutral"));
        GlueTask.MNLI.writeSubmission(folder, Split.TEST_MISMATCHED, List.of("contradiction"));
        GlueTask.STSB.writeSubmission(folder, new double[] {3.14159, -0.2, 5.01, 2});
        assertEquals("index\tprediction\n0\tneutral\n", Files.readString(folder.resolve("MNLI-m.tsv")));
        assertEquals("index\tprediction\n0\tcontradiction\n", Files.readString(folder.resolve("MNLI-mm.tsv")));
        assertEquals("index\tprediction\n0\t3.142\n1\t0.000\n2\t5.000\n3\t2.000\n", Files.readString(folder.resolve("STS-B.tsv")));
        try (var files = Files.list(folder)) {
            assertEquals(List.of("CoLA.tsv", "MNLI-m.tsv", "MNLI-mm.tsv", "STS-B.tsv"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void whatIsNoPredictionIsNotSubmitted() {
        assertThrows(IllegalArgumentException.class, () -> GlueTask.RTE.writeSubmission(folder, Split.TEST, List.of("1")));
        assertThrows(IllegalArgumentException.class, () -> GlueTask.RTE.writeSubmission(folder, Split.DEV, List.of("entailment")));
        assertThrows(IllegalArgumentException.class, () -> GlueTask.RTE.writeSubmission(folder, new double[] {1}));
        assertThrows(IllegalArgumentException.class, () -> GlueTask.STSB.writeSubmission(folder, new double[] {Double.NaN}));
        assertArrayEquals(new String[0], folder.toFile().list());
    }

    private List<TextExample> read(GlueTask task, Split split) {
        GlueTask.Examples examples = task.read(folder, split);
        assertEquals(0, examples.skipped());
        return Bare.texts(examples.examples());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
