package dev.mneme.torch.io;

import java.io.IOException;

/// A safetensors file does not hold what its format demands. The message names the file, the fault, and what to do.
public final class SafetensorsException extends IOException {
    private static final long serialVersionUID = 1L;

    SafetensorsException(String message) {
        super(message);
    }
}
