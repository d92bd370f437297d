package dev.mneme.models.train.tasks;

/// A sequence as a model reads it, special tokens included.
///
/// @param ids of the tokens
/// @param types of the tokens, 0 or 1
record Input(int[] ids, int[] types) {
    int length() {
        return ids.length;
    }
}
