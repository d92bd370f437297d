package dev.mneme.models.train.tasks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.tasks.TaggedExample;
import dev.mneme.models.train.metrics.TaggingMetrics;
import dev.mneme.models.train.tasks.Targets.Target;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sentences whose words are to be tagged. A word's tag is that of its first token, as in the reference example of transformers; words that
/// were cut off get the tag that is most frequent there: O, or else the first.
final class TaggedData implements TaskData {
    private static final String OUTSIDE = "O";

    private final List<TaggedExample> examples;
    private final TaskHead head;
    private final List<Input> inputs = new ArrayList<>();
    private final List<int[]> firsts = new ArrayList<>();
    private final List<Target> targets; // null where tags are not known

    TaggedData(List<TaggedExample> examples, InputEncoder encoder, TaskHead head) {
        this.examples = examples;
        this.head = head;
        examples.forEach(e -> inputs.add(encoder.encodeWords(e.words(), firsts)));
        boolean known = examples.stream().allMatch(TaggedExample::labelled);
        targets = known ? new ArrayList<>() : null;
        for (int i = 0; known && i < examples.size(); i++) {
            targets.add(target(examples.get(i), firsts.get(i)));
        }
    }

    private Target target(TaggedExample example, int[] first) {
        int[] ids = Arrays.stream(first).map(word -> word < 0 ? Targets.IGNORED : head.labels().indexOf(example.tags().get(word))).toArray();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == -1) {
                throw example.origin().badLabel(example.tags().get(first[i]), "which is none of " + head.labels(),
                        "give the tags that the model was trained with");
            }
        }
        return new Target.OfTokens(ids);
    }

    @Override
    public List<Input> inputs() {
        return inputs;
    }

    @Override
    public List<Target> targets() {
        return targets;
    }

    @Override
    public Predictions predict(List<float[]> scores) {
        var tags = new ArrayList<List<String>>();
        String otherwise = head.labels().contains(OUTSIDE) ? OUTSIDE : head.labels().getFirst();
        int labels = head.labels().size();
        for (int i = 0; i < examples.size(); i++) {
            var own = new ArrayList<String>(Collections.nCopies(examples.get(i).words().size(), otherwise));
            for (int token = 0; token < firsts.get(i).length; token++) {
                int word = firsts.get(i)[token];
                if (word >= 0) {
                    float[] each = Arrays.copyOfRange(scores.get(i), token * labels, (token + 1) * labels);
                    own.set(word, head.labels().get(TextData.best(each)));
                }
            }
            tags.add(own);
        }
        return new Tags(tags);
    }

    private final class Tags implements Predictions {
        private final List<List<String>> tags;

        Tags(List<List<String>> tags) {
            this.tags = tags;
        }

        @Override
        public Map<String, Double> metrics() {
            if (targets == null) {
                throw new IllegalStateException("the right answers are not known");
            }
            List<List<String>> gold = examples.stream().map(TaggedExample::tags).toList();
            TaggingMetrics found = TaggingMetrics.of(tags, gold);
            var metrics = new LinkedHashMap<String, Double>();
            metrics.put("f1", found.f1());
            metrics.put("precision", found.precision());
            metrics.put("recall", found.recall());
            metrics.put("accuracy", found.tokenAccuracy());
            return metrics;
        }

        /// JSON lines with `id` and `tags`.
        @Override
        public int write(Path file) throws IOException {
            var text = new StringBuilder();
            for (int i = 0; i < tags.size(); i++) {
                ObjectNode node = Json.object().put("id", examples.get(i).id());
                ArrayNode list = node.putArray("tags");
                tags.get(i).forEach(list::add);
                text.append(Json.line(node)).append('\n');
            }
            AtomicFile.write(file, text.toString());
            return tags.size();
        }
    }
}
