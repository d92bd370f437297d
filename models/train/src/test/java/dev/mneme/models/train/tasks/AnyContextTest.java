package dev.mneme.models.train.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Seeds;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.tasks.Question;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.torch.testing.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Questions about contexts that have whatever a Java string can have: each is read, answered with a part of its context, and written.
class AnyContextTest {
    private static final String[] PARTS = {"the", "fox", " ", "   ", "\n", "\u00A0", "\u3000", "\u2028", "\0", "e\u0301", "\u0301", "\uD83D\uDE00", "\uD83D",
        "\uDE00", "\uFFFD", "[SEP]", "<mask>", ",", "\uFDFA", "\u0130", "\u4E2D", "\uAC00"};

    private static String text(RandomGenerator random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(parts); n > 0; n--) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(names = {"BERT", "ROBERTA"})
    void everyQuestionIsAnsweredWithAPartOfItsContext(Architecture architecture, @TempDir Path folder) throws Exception {
        RandomGenerator random = Seeds.random(5);
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String context = text(random, 30) + " ".repeat(i % 3);
            int start = random.nextInt(context.length() + 1);
            String answer = context.substring(start, start + random.nextInt(context.length() - start + 1));
            questions.add(new Question("q" + i, "", context, text(random, 6), List.of(new Question.Answer(answer, start)), false));
        }
        try (Tokenizer tokenizer = Tokenizer.inFolder(Golden.file(architecture == Architecture.BERT ? "tasks" : "checkpoints/roberta"))) {
            var data = new QuestionData(questions, new InputEncoder(tokenizer, architecture, 2, 24, 512), 8, 4, new Answers.Rules(20, 30, false, 0));
            assertEquals(data.inputs().size(), data.targets().size());
            List<float[]> scores = data.inputs().stream().map(input -> {
                var own = new float[2 * input.ids().length];
                for (int i = 0; i < own.length; i++) {
                    own[i] = random.nextFloat();
                }
                return own;
            }).toList();
            Path file = folder.resolve("predictions.json");
            assertEquals(500, data.predict(scores).write(file));
            ObjectNode written = Json.read(file);
            for (Question each : questions) {
                assertTrue(each.context().contains(written.path(each.id()).asText()), each.context());
            }
            assertTrue(Files.size(folder.resolve("predictions.nbest.json")) > 0);
        }
    }
}
