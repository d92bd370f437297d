package dev.mneme.models.base.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
    @ParameterizedTest
    @CsvSource({"0,0", "-0.5,-0.5", "+3,3", "1.,1", ".25,0.25", "1e-3,0.001", "1E+2,100", "007,7", "1e-400,0"})
    void decimalNumbersAreRead(String text, double value) {
        assertEquals(value, Decimals.number(text).orElseThrow());
        assertEquals((float) value, (float) Decimals.single(text).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "NaN", "Infinity", "-Infinity", "inf", "2f", "2d", "2F", "0x10", "0x1p3", "1e400", "-1e400", "1e", ".", "e5", "--1",
        "1,5", "1_000", " 1", "1 ", "\u0967\u0968", "\uff11", "\u22121", "1\u0000"})
    void whatOnlyJavaOrOthersCallNumbersIsNone(String text) {
        assertTrue(Decimals.number(text).isEmpty());
        assertTrue(Decimals.single(text).isEmpty());
        assertTrue(Decimals.whole(text).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e39", "-3.5e38"})
    void whatFloat32CannotHoldIsNone(String text) {
        assertTrue(Decimals.number(text).isPresent());
        assertTrue(Decimals.single(text).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"3.4028235e38,3.4028235e38", "0.1,0.1", "1.00000017881393421514957253748434595763683319091796875,1.0000001"})
    void aNumberIsRoundedToFloat32Once(String text, float value) {
        assertEquals(value, (float) Decimals.single(text).orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({"12,12", "-5,-5", "+7,7", "9223372036854775807,9223372036854775807"})
    void wholeNumbersAreRead(String text, long value) {
        assertEquals(OptionalLong.of(value), Decimals.whole(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1e3", "9223372036854775808", "99999999999999999999"})
    void whatIsNoWholeNumberOf64BitsIsNone(String text) {
        assertTrue(Decimals.whole(text).isEmpty());
    }
}
