package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A settings file that is wrong is refused when it is read: nothing of it is rounded, guessed or left out.
class SettingsTest {
    private static final String MEMORY = "\"memory_mode\": \"residual\", ";

    /// As `--config` reads it.
    private static PretrainConfig read(Path file) throws IOException {
        ObjectNode merged = Json.tree(PretrainConfig.DEFAULT);
        merged.setAll(Json.read(file));
        return Json.convert(merged, PretrainConfig.class, file.toString());
    }

    /// @param says parts of what was asked, of what was found and of the remedy
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            "num_attention_heads": 3                 | num_attention_heads 3  | hidden_size 128, which they do not divide | a number of heads that divides
            "num_attention_heads": 0                 | num_attention_heads 0  | that is none                              | give at least 1
            M "memory_query_width": 7                | memory                 | query width 7                             | change that setting
            M "memory_layers": [4]                   | memory into layer 4    | the model has layers 0 to 3               | choose one of these
            M "memory_layers": [-1]                  | memory into layer -1   | the model has layers 0 to 3               | choose one of these
            M "memory_layers": []                    | memory_mode residual   | names no layer                            | name one
            M "memory_neighbours": 129               | memory                 | 129 neighbours                            | change that setting
            M "memory_sub_keys": 50000, "memory_neighbours": 4 | memory       | 2500000000 slots                          | change that setting
            M "memory_layers": [1.5]                 | settings.json          | memory_layers is 1.5                      | a whole number
            M "memory_layers": 2                     | settings.json          | memory_layers is 2                        | a list in [ ]
            "memory_mode": "beside"                  | settings.json          | memory_mode is "beside"                   | one of [none, replace, residual]
            "schedule": 1                            | settings.json          | schedule is 1                             | one of [constant, linear
            "steps": 2.5                             | settings.json          | steps is 2.5                              | a whole number
            "steps": "100"                           | settings.json          | steps is "100"                            | a whole number
            "steps": null                            | settings.json          | steps is null                             | a whole number
            "batch_size": 3000000000                 | settings.json          | batch_size is 3000000000                  | a whole number up to 2147483647
            "packed": 1                              | settings.json          | packed is 1                               | true or false
            "steps": 0                               | steps 0                | too few                                   | at least 1
            "sequence_length": 2                     | sequence_length 2      | too few                                   | at least 3
            "vocabulary_size": 5                     | vocabulary_size 5      | too few                                   | at least 6
            "threads": -1                            | threads -1             | too few                                   | at least 0
            "held_out_share": 1                      | held_out_share 1.0     | nothing to train or to measure            | between 0 and 1
            "mask_probability": 0                    | probability 0.0        | not above 0                               | such as 0.15
            "dropout": 1                             | dropout_prob 1.0       | no probability of loss                    | from 0 to below 1
            "learning_rate": 0                       | learning_rate 0.0      | not above 0                               | such as 1e-3
            "value_training": "frequent"             | value_training frequent | only finetune counts                     | all or frozen
            M "value_optimizer": "dense", "memory_value_dtype": "bfloat16" | value_optimizer dense | its moments would be bfloat16 too | give float32
            "clip_norm": -1                          | clip_norm -1.0         | negative                                  | at least 0
            """)
    void aSettingThatCannotBeIsRefused(String setting, String asked, String found, String remedy, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("settings.json"), "{" + setting.replaceFirst("^M ", MEMORY) + "}");
        InputException mistake = assertThrows(InputException.class, () -> read(file));
        assertTrue(mistake.asked().contains(asked), mistake.asked());
        assertTrue(mistake.found().contains(found), mistake.found());
        assertTrue(mistake.remedy().contains(remedy), mistake.remedy());
        assertEquals(1, mistake.getMessage().lines().count(), mistake.getMessage());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"steps": 5            | it is not JSON at line 1                     | mend it there
            {"steps": 5, "steps": 6} | it is not JSON at line 1                   | mend it there
            {"steps": 5} more      | it is not JSON at line 1                     | mend it there
            [5]                    | it is not a JSON object                      | write it as { "name": value
            ï                      | it is not UTF-8 text                         | write it in UTF-8
            """)
    void aFileThatIsNoJsonObjectIsRefused(String text, String found, String remedy, @TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("settings.json"), text.getBytes(StandardCharsets.ISO_8859_1));
        InputException mistake = assertThrows(InputException.class, () -> read(file));
        assertEquals("read " + file, mistake.asked());
        assertTrue(mistake.found().contains(found), mistake.found());
        assertTrue(mistake.remedy().contains(remedy), mistake.remedy());
    }

    @Test
    void aFileThatIsNotThereOrAFolderIsRefused(@TempDir Path folder) {
        InputException missing = assertThrows(InputException.class, () -> read(folder.resolve("nowhere.json")));
        assertEquals("read " + folder.resolve("nowhere.json") + ": there is no such file or folder; check the path", missing.getMessage());
        InputException directory = assertThrows(InputException.class, () -> read(folder));
        assertEquals("read " + folder + ": Is a directory; check that the file can be read", directory.getMessage());
    }

    /// In Turkish an I in lower case has no dot.
    @Test
    void namesAreTheSameInEveryLanguage(@TempDir Path folder) throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.of("tr", "TR"));
        try {
            Mneme.Ended help = Mneme.here(folder, "pretrain", "--help");
            assertTrue(help.out().contains("--memory-value-init=<normal|zero>"), help.out());
            Mneme.Ended ended = Mneme.here(folder, "pretrain", "--schedule", "linear", "--memory-mode", "residual", "--memory-value-init", "normal", "--corpus", "none.txt", "--out", "run");
            assertTrue(ended.err().contains("none.txt"), ended.err());
        } finally {
            Locale.setDefault(before);
        }
    }

    /// A run that starts from a model of two layers may have a memory in the second, and no longer sequences than fit.
    @Test
    void theSizesOfAPretrainedModelStandForTheDefaults() throws IOException {
        PretrainConfig config = PretrainConfig.DEFAULT.withSizesOf(BertConfig.read(Golden.file("bert/config.json")));
        assertEquals(60, config.data().vocabularySize());
        assertEquals(24, config.model().hiddenSize());
        assertEquals(2, config.model().numHiddenLayers());
        assertEquals(3, config.model().numAttentionHeads());
        assertEquals(48, config.model().intermediateSize());
        assertEquals(20, config.data().sequenceLength());
        assertEquals(PretrainConfig.DEFAULT.optimizer().learningRate(), config.optimizer().learningRate());
    }
}
