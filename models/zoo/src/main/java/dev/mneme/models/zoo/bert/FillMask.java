package dev.mneme.models.zoo.bert;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Finite;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;

/// What a model puts in the place of the masks of a text.
public final class FillMask {
    /// A token for a mask.
    ///
    /// @param token its text, `##` included where it continues a word
    public record Prediction(String token, int id, double probability) {}

    private final BertForMaskedLM model;
    private final Tokenizer tokenizer;

    /// Neither is closed here. The model is switched to evaluation.
    public FillMask(BertForMaskedLM model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        model.train(false);
    }

    /// @param top how many predictions for each mask
    /// @return for each mask of the text, in its order, the most probable tokens, best first
    /// @throws InputException if the text has no mask, or is too long for the model
    public List<List<Prediction>> fill(String text, int top) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        String asked = "fill the masks of a text";
        if (top < 1 || top > vocabulary.size()) {
            throw new InputException(asked + " with " + top + " tokens each", "the vocabulary has " + vocabulary.size(),
                    "ask for 1 to " + vocabulary.size());
        }
        int[] words = tokenizer.encode(text).ids();
        int[] ids = new int[words.length + 2];
        ids[0] = vocabulary.cls();
        System.arraycopy(words, 0, ids, 1, words.length);
        ids[ids.length - 1] = vocabulary.sep();
        List<Integer> masks = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == vocabulary.mask()) {
                masks.add(i);
            }
        }
        String mask = vocabulary.token(vocabulary.mask());
        if (masks.isEmpty()) {
            throw new InputException(asked, "it has no " + mask, "write " + mask + " where a token is wanted");
        }
        if (ids.length > model.config().positions()) {
            throw new InputException(asked, "it has " + ids.length + " tokens, and the model's positions are " + model.config().positions(),
                    "give a shorter text");
        }
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            Tensor hidden = model.forward(Tensor.of(ids, 1, ids.length), null, null);
            Tensor at = Tensor.of(masks.stream().mapToInt(Integer::intValue).toArray(), masks.size());
            Tensor probabilities = model.logits(hidden, at).softmax(-1, DType.FLOAT32); // (masks, vocabulary)
            var best = probabilities.topk(top, -1, true, true);
            float[] values = Finite.require("a probability", best.values().reshape(-1).toFloats());
            long[] tokens = best.indices().reshape(-1).toLongs();
            List<List<Prediction>> all = new ArrayList<>();
            for (int m = 0; m < masks.size(); m++) {
                List<Prediction> predictions = new ArrayList<>();
                for (int i = m * top; i < (m + 1) * top; i++) {
                    int id = (int) tokens[i];
                    predictions.add(new Prediction(tokenizer.decode(new int[] {id}).strip(), id, values[i]));
                }
                all.add(predictions);
            }
            return all;
        }
    }
}
