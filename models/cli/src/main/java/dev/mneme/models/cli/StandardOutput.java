package dev.mneme.models.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Standard output and standard error in UTF-8, whatever the locale is; and whether all that was printed could be written, which
/// `System.out` itself keeps to itself.
final class StandardOutput extends OutputStream {
    private static final int BROKEN_PIPE = 128 + 13; // what a shell says of a program that SIGPIPE ended

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private IOException failure;

    /// In place of `System.out` and `System.err`, which it sets.
    static StandardOutput install() {
        var output = new StandardOutput();
        System.setOut(new PrintStream(new BufferedOutputStream(output), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        return output;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int start, int count) throws IOException {
        try {
            out.write(bytes, start, count);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /// The exit status of a command that ended with a status, having printed what it did. A reader that has seen enough and went (`head`) is
    /// told by the status alone.
    synchronized int statusAfter(int status) {
        System.out.flush();
        if (failure == null) {
            return status;
        }
        boolean readerWent = String.valueOf(failure.getMessage()).contains("Broken pipe");
        if (!readerWent) {
            System.err.println("mneme: what was printed is not whole: writing to standard output failed: " + failure.getMessage()
                    + (String.valueOf(failure.getMessage()).contains("No space") ? ". Make room" : ". Look at") + " where it goes, and run the command again.");
        }
        return status != 0 ? status : readerWent ? BROKEN_PIPE : 1;
    }
}
