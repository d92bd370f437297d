package dev.mneme.models.base.internal;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Numbers as people write them in files and flags: decimal, in ASCII, and finite. NaN, Infinity, hexadecimal digits, the `f` and `d` of
/// Java, other alphabets' digits, white space and separators are none.
public final class Decimals {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");

    /// Empty for what is no number, or too large for float64.
    public static OptionalDouble number(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return OptionalDouble.empty();
        }
        double value = Double.parseDouble(text);
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    /// Empty for what is no number, or too large for float32; otherwise the float32 next to it.
    public static OptionalDouble single(String text) {
        OptionalDouble value = number(text);
        return value.isPresent() && Float.isFinite(Float.parseFloat(text)) ? OptionalDouble.of(Float.parseFloat(text)) : OptionalDouble.empty();
    }

    /// Empty for what is no whole number, or too large for 64 bits.
    public static OptionalLong whole(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private Decimals() {}
}
