package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import org.junit.jupiter.api.Test;

class ProductKeyConfigTest {

    private static ProductKeyConfig config(int width, int heads, int subKeys, int neighbours, int queryWidth) {
        return new ProductKeyConfig(width, heads, subKeys, neighbours, queryWidth, QueryNorm.BATCH, ValueInit.NORMAL);
    }

    private static void refused(String message, int width, int heads, int subKeys, int neighbours, int queryWidth) {
        var e = assertThrows(IllegalArgumentException.class, () -> config(width, heads, subKeys, neighbours, queryWidth));
        assertEquals(message, e.getMessage());
    }

    @Test
    void sizesBelowOneAreRefusedByName() {
        refused("Product-key memory: width 0 was given. Give at least 1.", 0, 2, 6, 4, 8);
        refused("Product-key memory: heads 0 was given. Give at least 1.", 20, 0, 6, 4, 8);
        refused("Product-key memory: sub-keys -6 was given. Give at least 1.", 20, 2, -6, 4, 8);
        refused("Product-key memory: neighbours 0 was given. Give at least 1.", 20, 2, 6, 0, 8);
        refused("Product-key memory: query width 0 was given. Give at least 1.", 20, 2, 6, 4, 0);
    }

    @Test
    void moreNeighboursThanSubKeysAreRefused() {
        refused("Product-key memory: 7 neighbours were asked for, and there are 6 sub-keys per half."
                + " Give at most as many neighbours as sub-keys.", 20, 2, 6, 7, 8);
        assertEquals(36, config(20, 2, 6, 6, 8).slots(), "as many as sub-keys are allowed");
    }

    @Test
    void anOddQueryWidthIsRefused() {
        refused("Product-key memory: query width 7 was given, and each half takes half of it. Give an even one.", 20, 2, 6, 4, 7);
    }

    @Test
    void slotsThatNoIntHoldsAreRefused() {
        assertEquals(46_340 * 46_340, config(20, 2, 46_340, 4, 8).slots());
        refused("Product-key memory: 46341 sub-keys per half give 2147488281 slots. Give at most 46340.", 20, 2, 46_341, 4, 8);
    }

    @Test
    void theDefaultsAreThoseOfLampleEtAl() {
        assertEquals(config(768, 4, 512, 32, 256), ProductKeyConfig.ofWidth(768));
        assertEquals(262_144, ProductKeyConfig.ofWidth(768).slots());
    }
}
