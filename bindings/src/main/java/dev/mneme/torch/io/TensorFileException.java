package dev.mneme.torch.io;

import java.io.IOException;

/// A file of tensors does not hold what its format demands. The message names the file, the fault, and what to do.
public final class TensorFileException extends IOException {
    private static final long serialVersionUID = 1L;

    TensorFileException(String message) {
        super(message);
    }
}
