package dev.mneme.torch.internal;

import java.io.CharConversionException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.zip.ZipException;

/// Why something failed, in words: the message of an exception of java.nio.file may be a path and nothing else, and that of others nothing.
public final class Reason {
    /// After the path of the file that it is about, where the exception names one.
    public static String of(Throwable failure) {
        Throwable e = failure instanceof UncheckedIOException ? failure.getCause() : failure;
        if (e instanceof FileSystemException files && files.getFile() != null) {
            return files.getFile() + (files.getOtherFile() == null ? "" : " -> " + files.getOtherFile()) + ": " + why(e);
        }
        return why(e);
    }

    /// As said of a file whose path the reader knows.
    public static String why(Throwable e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file or folder";
            case AccessDeniedException _ -> "permission is denied";
            case FileAlreadyExistsException _ -> "something of that name is there already";
            case DirectoryNotEmptyException _ -> "the folder is not empty";
            case NotDirectoryException _ -> "it is not a folder";
            case FileSystemException files -> told(files, files.getReason());
            case ClosedByInterruptException _ -> "the thread was interrupted";
            case CharacterCodingException _ -> "it is not UTF-8 text";
            case CharConversionException _ -> "it is not UTF-8 text";
            case ZipException _ -> "it is damaged" + details(e);
            case EOFException _ -> "it ends early" + details(e);
            default -> told(e, e.getMessage());
        };
    }

    /// The failure with the file that it happened to: that of a write has no path.
    public static IOException at(Path file, IOException e) {
        if (e instanceof FileSystemException) {
            return e;
        }
        var named = new FileSystemException(file.toString(), null, why(e));
        named.initCause(e);
        return named;
    }

    private static String told(Throwable e, String words) {
        return words == null || words.isBlank() ? "no reason is given (" + e.getClass().getSimpleName() + ")" : words;
    }

    private static String details(Throwable e) {
        return e.getMessage() == null || e.getMessage().isBlank() ? "" : " (" + e.getMessage().lines().findFirst().orElse("") + ")";
    }

    private Reason() {}
}
