package dev.mneme.models;

/// A mistake in what the user gave: a file, a flag, a configuration.
///
/// Its message is one line of three parts: what was asked, what was found, and what to do about it. The command line
/// prints the message without a trace and exits with status 2; every other exception is a failure and exits with 1.
public final class InputException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String asked;
    private final String found;
    private final String remedy;

    /// @param asked what was asked for, without a full stop: `read notes.txt as UTF-8 text`
    /// @param found what stood in the way: `byte 17 (line 2) is not UTF-8`
    /// @param remedy what the user can do: `convert the file with iconv`
    public InputException(String asked, String found, String remedy) {
        this(asked, found, remedy, null);
    }

    /// As above, keeping the exception that revealed the mistake, or null.
    public InputException(String asked, String found, String remedy, Throwable cause) {
        super(asked + ": " + found + "; " + remedy, cause);
        this.asked = asked;
        this.found = found;
        this.remedy = remedy;
    }

    public String asked() {
        return asked;
    }

    public String found() {
        return found;
    }

    public String remedy() {
        return remedy;
    }
}
