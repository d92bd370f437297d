package dev.mneme.models.text;

import dev.mneme.models.base.InputException;

/// How tokens are hidden for masked language modelling (Devlin et al., *BERT*, section 3.1).
///
/// @param maskProbability the chance of each token (or word) to be chosen for prediction
/// @param maskShare the share of the chosen tokens replaced by `[MASK]`
/// @param randomShare the share of the chosen tokens replaced by a random token; the rest stay as they are
/// @param wholeWord whether a word's tokens are chosen together; each is then replaced, or not, on its own, as in BERT
public record MlmConfig(double maskProbability, double maskShare, double randomShare, boolean wholeWord) {

    /// 15% of the tokens; of them 80% masked, 10% random, 10% kept.
    public static final MlmConfig DEFAULT = new MlmConfig(0.15, 0.8, 0.1, false);

    public MlmConfig {
        if (!(maskProbability > 0 && maskProbability <= 1)) {
            throw new InputException("mask tokens with probability " + maskProbability, "it is not above 0 and at most 1",
                    "choose a probability such as 0.15");
        }
        if (!(maskShare >= 0 && randomShare >= 0 && maskShare + randomShare <= 1)) {
            throw new InputException("replace a share " + maskShare + " of the chosen tokens by [MASK] and " + randomShare + " at random",
                    "the shares are negative or exceed 1 together", "choose shares such as 0.8 and 0.1");
        }
    }

    /// The same with `wholeWord` as given.
    public MlmConfig withWholeWord(boolean on) {
        return new MlmConfig(maskProbability, maskShare, randomShare, on);
    }
}
