package dev.mneme.models.text;

import dev.mneme.models.base.InputException;

/// What the synthetic biographies are made of. The sizes of the pools set how many bits a fact holds: each is drawn
/// uniformly, so a city is worth log2(cities) bits.
///
/// @param persons how many people; at most firstNames * lastNames, which uses every full name, since no two share one
/// @param firstNames first names to draw from
/// @param lastNames last names to draw from
/// @param cities cities of birth
/// @param employers employers
/// @param jobs jobs
/// @param subjects subjects of study
/// @param universities universities
/// @param firstYear the earliest year of birth
/// @param lastYear the latest year of birth, inclusive; days are 1 to 28
/// @param pronouns whether "he" or "she" stands for the name after the first sentence of a text
/// @param seed what everything is drawn from
public record BiographyConfig(int persons, int firstNames, int lastNames, int cities, int employers, int jobs, int subjects,
        int universities, int firstYear, int lastYear, boolean pronouns, long seed) {

    /// 324 people, one for each of 18 * 18 full names, with some 44 bits of facts each.
    public static final BiographyConfig DEFAULT = new BiographyConfig(324, 18, 18, 100, 100, 50, 50, 50, 1940, 1999, false, 1);

    private static final int MAX_POOL = 100_000;

    public BiographyConfig {
        int[] sizes = {persons, firstNames, lastNames, cities, employers, jobs, subjects, universities};
        String[] names = {"persons", "firstNames", "lastNames", "cities", "employers", "jobs", "subjects", "universities"};
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 1 || i > 0 && sizes[i] > MAX_POOL) {
                throw new InputException("make biographies with " + sizes[i] + " " + names[i],
                        i == 0 ? "that is none" : "it is not between 1 and " + MAX_POOL, "choose another number");
            }
        }
        if (persons > (long) firstNames * lastNames) {
            throw new InputException("make biographies of " + persons + " persons",
                    firstNames + " first names and " + lastNames + " last names make only " + (long) firstNames * lastNames + " full names",
                    "ask for fewer persons or more names");
        }
        if ((long) firstNames * lastNames > 50_000_000) {
            throw new InputException("make biographies with " + firstNames + " first and " + lastNames + " last names",
                    "these are more than 50 million full names", "choose fewer names");
        }
        if (firstYear < 1 || lastYear < firstYear || lastYear > 9999) {
            throw new InputException("make biographies with years of birth from " + firstYear + " to " + lastYear,
                    "that is not a range within 1 to 9999", "choose years such as 1900 and 1999");
        }
    }

    public BiographyConfig withPersons(int persons) {
        return new BiographyConfig(persons, firstNames, lastNames, cities, employers, jobs, subjects, universities, firstYear,
                lastYear, pronouns, seed);
    }

    public BiographyConfig withPronouns(boolean pronouns) {
        return new BiographyConfig(persons, firstNames, lastNames, cities, employers, jobs, subjects, universities, firstYear,
                lastYear, pronouns, seed);
    }

    public BiographyConfig withSeed(long seed) {
        return new BiographyConfig(persons, firstNames, lastNames, cities, employers, jobs, subjects, universities, firstYear,
                lastYear, pronouns, seed);
    }
}
