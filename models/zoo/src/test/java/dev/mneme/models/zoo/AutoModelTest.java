package dev.mneme.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.torch.testing.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class AutoModelTest {
    @TempDir
    private Path folder;

    private String told(int embeddings) throws Exception {
        try (var model = new BertForMaskedLM(BertConfig.of(embeddings, 4, 1, 1, 4, 8), 1); Tokenizer tokenizer = Tokenizer.of(Vocabulary.of(Vocabulary.SPECIALS))) {
            model.save(folder);
            tokenizer.save(folder);
        }
        var told = new ByteArrayOutputStream();
        try (Tokenizer tokenizer = AutoModel.tokenizer(folder, new PrintStream(told, true, StandardCharsets.UTF_8))) {
            assertEquals(5, tokenizer.vocabulary().size());
        }
        return told.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aVocabularyFitsTheModelOrIsSaidNotTo() throws Exception {
        assertEquals("", told(5));
        assertEquals("The tokenizer in " + folder + " has 5 tokens, and the model 8 embeddings: the last 3 are never read" + System.lineSeparator(), told(8));
        assertEquals("use the model in " + folder + ": its tokenizer has 5 tokens, and vocab_size in its config.json is 4; give the two that belong together",
                assertThrows(InputException.class, () -> told(4)).getMessage());
    }
}
