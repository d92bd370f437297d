package dev.mneme.models.text;

import java.util.Locale;

/// One thing a biography says about a person; its value is one word.
public enum Fact {
    BIRTH_CITY,
    BIRTH_DAY,
    BIRTH_MONTH,
    BIRTH_YEAR,
    EMPLOYER,
    JOB,
    SUBJECT,
    UNIVERSITY;

    /// As reports write it: `birth_city`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
