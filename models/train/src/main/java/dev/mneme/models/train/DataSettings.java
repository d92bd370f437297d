package dev.mneme.models.train;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.mneme.models.base.InputException;
import dev.mneme.models.text.MlmConfig;
import dev.mneme.models.text.TextCorpus;

/// What a corpus becomes: a vocabulary, sequences, batches and masks.
public record DataSettings(
        @JsonPropertyDescription("sequences per batch") int batchSize,
        @JsonPropertyDescription("tokens per sequence, [CLS] and [SEP] included") int sequenceLength,
        @JsonPropertyDescription("whether lines are joined to fill sequences; otherwise a line is a sequence") boolean packed,
        @JsonPropertyDescription("what the text is called in JSON lines and Parquet") String textColumn,
        @JsonPropertyDescription("tokens of the vocabulary that is trained on the corpus") int vocabularySize,
        @JsonPropertyDescription("share of the sequences that is held out for evaluation") double heldOutShare,
        @JsonPropertyDescription("share of the tokens that is masked") double maskProbability,
        @JsonPropertyDescription("whether words are masked as a whole") boolean wholeWord,
        @JsonPropertyDescription("whether masks are drawn anew each time: dynamic, or once for each sequence: static") Masking masking) {

    public enum Masking { DYNAMIC, STATIC }

    public static final DataSettings DEFAULT = new DataSettings(32, 64, true, TextCorpus.DEFAULT_COLUMN, 8000, 0.02, 0.15, false, Masking.DYNAMIC);

    public DataSettings {
        textColumn = textColumn == null ? TextCorpus.DEFAULT_COLUMN : textColumn; // absent from an older run.json, as the next
        masking = masking == null ? Masking.DYNAMIC : masking;
        PretrainConfig.atLeast("batch_size", batchSize, 1);
        PretrainConfig.atLeast("sequence_length", sequenceLength, 3);
        PretrainConfig.atLeast("vocabulary_size", vocabularySize, 6);
        if (!(heldOutShare > 0 && heldOutShare < 1)) {
            throw new InputException("train with held_out_share " + heldOutShare, "that leaves nothing to train or to measure",
                    "give a share between 0 and 1, such as 0.02");
        }
        mlm(maskProbability, wholeWord); // checks itself
    }

    private static MlmConfig mlm(double maskProbability, boolean wholeWord) {
        return new MlmConfig(maskProbability, MlmConfig.DEFAULT.maskShare(), MlmConfig.DEFAULT.randomShare(), wholeWord);
    }

    public MlmConfig mlm() {
        return mlm(maskProbability, wholeWord);
    }

    DataSettings of(int vocabulary, int longest) {
        return new DataSettings(batchSize, Math.min(sequenceLength, longest), packed, textColumn, vocabulary, heldOutShare, maskProbability, wholeWord,
                masking);
    }
}
