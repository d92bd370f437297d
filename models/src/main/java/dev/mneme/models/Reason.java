package dev.mneme.models;

import java.io.CharConversionException;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.zip.ZipException;

/// Why something failed, in words: exceptions of java.nio.file may have a path as their whole message, and others none.
public final class Reason {
    public static String of(Throwable failure) {
        Throwable e = failure instanceof UncheckedIOException ? failure.getCause() : failure;
        if (e instanceof FileSystemException files) {
            return files.getFile() == null ? why(files) : files.getFile()
                    + (files.getOtherFile() == null ? "" : " -> " + files.getOtherFile()) + ": " + why(files);
        }
        return switch (e) {
            case ZipException zip -> "a file is damaged (" + zip.getMessage() + ")";
            case CharConversionException coding -> "the text is not in the encoding that it should have";
            case EOFException eof -> "the file ends too early";
            case CharacterCodingException coding -> "the text is not in the encoding that it should have";
            default -> e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static String why(FileSystemException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission is denied";
            case NoSuchFileException missing -> "there is no such file or folder";
            case FileAlreadyExistsException exists -> "something of that name is there already";
            case DirectoryNotEmptyException full -> "the folder is not empty";
            case NotDirectoryException file -> "it is not a folder";
            default -> e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        };
    }

    private Reason() {}
}
