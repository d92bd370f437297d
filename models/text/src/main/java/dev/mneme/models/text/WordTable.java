package dev.mneme.models.text;

import java.util.Arrays;

/// Numbers distinct words 0, 1, 2, … in the order they are first seen, looking them up in the text they stand in without
/// making a string of each. An open-addressing hash table; one thread only.
final class WordTable {

    private int[] slots = new int[1 << 12]; // 0: free, otherwise a word's number plus 1
    private String[] words = new String[1 << 11];
    private int[] hashes = new int[1 << 11];
    private int size;

    int size() {
        return size;
    }

    String word(int number) {
        return words[number];
    }

    /// The number of the word `text[start, end)`, which is added if it is new. The result equals the former [#size]
    /// exactly when it was.
    int number(String text, int start, int end) {
        int hash = hash(text, start, end);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int number = slots[slot] - 1;
            if (hashes[number] == hash && matches(words[number], text, start, end)) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
        if (size == words.length) {
            grow();
            return number(text, start, end);
        }
        words[size] = text.substring(start, end);
        hashes[size] = hash;
        slots[slot] = size + 1;
        return size++;
    }

    void clear() {
        Arrays.fill(slots, 0);
        Arrays.fill(words, null);
        size = 0;
    }

    private void grow() {
        words = Arrays.copyOf(words, 2 * words.length);
        hashes = Arrays.copyOf(hashes, words.length);
        slots = new int[2 * words.length];
        int mask = slots.length - 1;
        for (int number = 0; number < size; number++) {
            int slot = hashes[number] & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number + 1;
        }
    }

    private static boolean matches(String word, String text, int start, int end) {
        return word.length() == end - start && text.startsWith(word, start);
    }

    private static int hash(String text, int start, int end) {
        int h = 0;
        for (int i = start; i < end; i++) {
            h = 31 * h + text.charAt(i);
        }
        h *= 0x9E3779B1;
        return h ^ (h >>> 15);
    }
}
