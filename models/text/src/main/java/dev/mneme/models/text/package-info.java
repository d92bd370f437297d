/// From text to batches: corpora, vocabularies, tokenisation, masking and the synthetic biographies of the demo.
///
/// Everything here is plain arrays: no tensor, no device, no native handle but the tokenizer's. The flow is one way:
///
///     TextCorpus -> WordPieceTrainer -> Vocabulary -> Tokenizer -> TokenSequences -> BatchSource -> MaskedBatch
///     Biographies -> lines of text (as a corpus), and FactQuery -> FactEvaluation -> FactBatch
///
/// Every random choice is drawn from [dev.mneme.models.text.Seeds], so a batch is a function of (seed, step) alone, on
/// every platform and in every thread.
package dev.mneme.models.text;
