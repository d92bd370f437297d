package dev.mneme.models.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/// How BERT cuts text into words, in two parts.
///
/// [#scan] cuts where it cannot matter what the rest of BERT's normalisation does: at white space, and, in stretches of
/// plain ASCII, around punctuation. WordPiece treats the pieces independently, so each is looked up or tokenised once
/// and remembered. [#normalize] is the rest, for uncased text: control characters dropped, Chinese characters set apart,
/// accents stripped, lower case, punctuation set apart. Both follow `BertNormalizer` and `BertPreTokenizer` of Hugging
/// Face's tokenizers.
final class BertWords {

    /// Receives one piece of a text, the characters from start to end.
    interface Visitor {
        void word(int start, int end);
    }

    private static final byte OTHER = 0, LETTER = 1, PUNCTUATION = 2, SPACE = 3;
    private static final byte[] KIND = kinds();

    private BertWords() {}

    /// Calls the visitor with the pieces of a text, in order.
    ///
    /// A stretch between white space that has anything but ASCII letters, digits and punctuation is one piece, and so is
    /// one with an opening bracket, which may hold a special token such as `[MASK]`.
    static void scan(String text, Visitor visitor) {
        int length = text.length();
        for (int at = 0; at < length; ) {
            if (kind(text.charAt(at)) == SPACE) {
                at++;
                continue;
            }
            int start = at;
            boolean plain = true;
            for (byte kind; at < length && (kind = kind(text.charAt(at))) != SPACE; at++) {
                plain &= kind != OTHER;
            }
            if (plain) {
                split(text, start, at, visitor);
            } else {
                visitor.word(start, at);
            }
        }
    }

    private static void split(String text, int start, int end, Visitor visitor) {
        int word = start;
        for (int i = start; i < end; i++) {
            if (kind(text.charAt(i)) == PUNCTUATION) {
                if (word < i) {
                    visitor.word(word, i);
                }
                visitor.word(i, i + 1);
                word = i + 1;
            }
        }
        if (word < end) {
            visitor.word(word, end);
        }
    }

    /// The normalised words in a piece of uncased text; none if nothing is left of it.
    static List<String> normalize(String piece) {
        String clean = isAscii(piece) ? piece : Normalizer.normalize(spaced(piece), Normalizer.Form.NFD);
        List<String> words = new ArrayList<>(1);
        StringBuilder word = new StringBuilder();
        clean.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (isSpace(c)) {
                flush(word, words);
            } else if (isDropped(c, type) || type == Character.NON_SPACING_MARK) {
                return;
            } else if (isPunctuation(c, type)) {
                flush(word, words);
                words.add(Character.toString(c));
            } else {
                word.appendCodePoint(Character.toLowerCase(c));
            }
        });
        flush(word, words);
        return words;
    }

    /// Whether WordPiece may meet the character inside a word, so that a continuing token `##c` can be of use.
    static boolean joins(int c) {
        return !isPunctuation(c, Character.getType(c)) && !isChinese(c);
    }

    private static void flush(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private static String spaced(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(c -> {
            if (isChinese(c)) {
                out.append(' ').appendCodePoint(c).append(' ');
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c >= 128 && Character.isSpaceChar(c);
    }

    private static boolean isDropped(int c, int type) {
        return c == 0xFFFD || type == Character.CONTROL || type == Character.FORMAT
                || type == Character.PRIVATE_USE || type == Character.SURROGATE;
    }

    private static boolean isPunctuation(int c, int type) {
        return c > ' ' && c < 127 && !Character.isLetterOrDigit(c)
                || type == Character.CONNECTOR_PUNCTUATION || type == Character.DASH_PUNCTUATION
                || type == Character.START_PUNCTUATION || type == Character.END_PUNCTUATION
                || type == Character.INITIAL_QUOTE_PUNCTUATION || type == Character.FINAL_QUOTE_PUNCTUATION
                || type == Character.OTHER_PUNCTUATION;
    }

    /// The blocks that BERT's original code names CJK.
    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F || c >= 0x2B740 && c <= 0x2B81F || c >= 0x2B920 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
    }

    private static byte kind(char c) {
        return c < 128 ? KIND[c] : OTHER;
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[128];
        for (char c = '!'; c < 127; c++) {
            kinds[c] = Character.isLetterOrDigit(c) ? LETTER : PUNCTUATION;
        }
        kinds['['] = OTHER;
        for (char c : " \t\n\r".toCharArray()) {
            kinds[c] = SPACE;
        }
        return kinds;
    }
}
