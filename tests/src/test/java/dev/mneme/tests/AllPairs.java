package dev.mneme.tests;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/// Tables in which every pair of values of two settings is in some row (Cohen et al. 1997, *The AETG System*): few rows, and no two settings
/// that were never together. The same for the same settings.
final class AllPairs {
    private static final int TRIES = 400; // rows with a pair that are refused before it counts as one that cannot be
    private static final int GREEDY = 10; // of these; the others are drawn

    /// Two settings with a value each.
    record Pair(String first, Object x, String second, Object y) {
        boolean isIn(Map<String, Object> row) {
            return x.equals(row.get(first)) && y.equals(row.get(second));
        }

        @Override
        public String toString() {
            return first + " " + x + ", " + second + " " + y;
        }
    }

    /// @param rows in which all pairs are but the impossible ones
    /// @param impossible pairs that no row can have
    record Table(List<Map<String, Object>> rows, List<Pair> impossible) {}

    /// @param settings their values, by name
    /// @param possible whether a row is not refused
    static Table of(Map<String, List<Object>> settings, Predicate<Map<String, Object>> possible) {
        var random = new Random(1);
        Set<Pair> open = pairs(settings);
        var table = new Table(new ArrayList<>(), new ArrayList<>());
        while (!open.isEmpty()) {
            Pair next = open.iterator().next();
            Map<String, Object> row = null;
            for (int i = 0; i < TRIES && row == null; i++) {
                Map<String, Object> tried = greedy(settings, next, i < GREEDY ? open : Set.of(), random);
                row = possible.test(tried) ? tried : null;
            }
            if (row == null) {
                table.impossible().add(next);
                open.remove(next);
            } else {
                table.rows().add(row);
                Map<String, Object> made = row;
                open.removeIf(pair -> pair.isIn(made));
            }
        }
        return table;
    }

    private static Set<Pair> pairs(Map<String, List<Object>> settings) {
        var names = new ArrayList<>(settings.keySet());
        var all = new LinkedHashSet<Pair>();
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                for (Object x : settings.get(names.get(i))) {
                    for (Object y : settings.get(names.get(j))) {
                        all.add(new Pair(names.get(i), x, names.get(j), y));
                    }
                }
            }
        }
        return all;
    }

    /// A row that begins with a pair; each further setting, in any order, gets the value that makes the most open pairs with those before.
    private static Map<String, Object> greedy(Map<String, List<Object>> settings, Pair pair, Set<Pair> open, Random random) {
        var row = new LinkedHashMap<String, Object>();
        row.put(pair.first(), pair.x());
        row.put(pair.second(), pair.y());
        var others = new ArrayList<>(settings.keySet());
        others.removeAll(row.keySet());
        Collections.shuffle(others, random);
        for (String name : others) {
            var values = new ArrayList<>(settings.get(name));
            Collections.shuffle(values, random);
            long most = -1;
            Object best = null;
            for (Object value : values) {
                row.put(name, value);
                long made = open.stream().filter(each -> (each.first().equals(name) || each.second().equals(name)) && each.isIn(row)).count();
                if (made > most) {
                    most = made;
                    best = value;
                }
            }
            row.put(name, best);
        }
        return row;
    }

    private AllPairs() {}
}
