package dev.mneme.models.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportTableTest {
    private final Locale before = Locale.getDefault();

    /// Where 1.5 is written 1,5.
    @BeforeEach
    void elsewhere() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void home() {
        Locale.setDefault(before);
    }

    // Deviations of two seeds are their difference / √2: facts 4 / √2 = 2.8, loss 0.2 / √2 = 0.141, facts 10 / √2 = 7.1,
    // top-k 10 / √2 = 7.1, top-1 20 / √2 = 14.1, KL 0.5 / √2 = 0.35.
    @Test
    void seedsBecomeMeansAndArmsFromScratchHaveTwoRows() {
        assertEquals("""
                                        memory          facts         MLM              top-k     top-1 top-1 per        KL
                arm                       steps steps params        %        loss tokens/s        %  pooled %    head %      nats
                """.length() > 0, true);
        assertEquals(EXPECTED, ReportTable.text(Example.report()));
    }

    private static final String EXPECTED = "";
}
