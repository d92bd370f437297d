package dev.mneme.models.text;

/// The texts of one file, in their order. One thread only.
interface TextSource extends AutoCloseable {
    /// The next text, or null after the last one.
    ///
    /// @throws dev.mneme.models.base.InputException where the file is not what it should be
    String next();

    @Override
    void close();
}
