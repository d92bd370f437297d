package dev.mneme.models.train.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// How well IOB2 tags name the entities of a text, as CoNLL's `conlleval` and seqeval's default mode count it. An entity is
/// right if its sentence, type, start and end are; the scores pool the entities of all types. All are shares, 0 to 1.
///
/// @param tokenAccuracy share of tags predicted right, O included
/// @param precision share of predicted entities that are gold, or 0 if none is predicted
/// @param recall share of gold entities that are predicted, or 0 if none is gold
/// @param f1 harmonic mean of precision and recall, or 0 if both are
public record TaggingMetrics(double tokenAccuracy, double precision, double recall, double f1) {
    private static final Pattern TAG = Pattern.compile("(?s)O|[BI](-.*)?");

    /// @param predicted one list a sentence, of one tag a token: `O`, `B-type` or `I-type`, or `B` and `I` of a single type
    /// @param gold likewise
    /// @throws IllegalArgumentException if there are no tags, if a sentence has not as many predicted as gold, or if a tag is
    ///         none of these
    public static TaggingMetrics of(List<List<String>> predicted, List<List<String>> gold) {
        Inputs.requireAligned("Entity F1", "sentences", predicted.size(), gold.size());
        int tokens = 0;
        int rightTokens = 0;
        int predictedEntities = 0;
        int goldEntities = 0;
        int rightEntities = 0;
        for (int s = 0; s < gold.size(); s++) {
            List<String> ours = predicted.get(s);
            List<String> theirs = gold.get(s);
            if (ours.size() != theirs.size()) {
                throw new IllegalArgumentException("Entity F1: sentence " + s + " has " + ours.size() + " predicted tags for "
                        + theirs.size() + " gold ones. Give one for each.");
            }
            tokens += theirs.size();
            for (int t = 0; t < theirs.size(); t++) {
                rightTokens += ours.get(t).equals(theirs.get(t)) ? 1 : 0;
            }
            Set<Entity> found = entities(ours);
            Set<Entity> wanted = entities(theirs);
            predictedEntities += found.size();
            goldEntities += wanted.size();
            found.retainAll(wanted);
            rightEntities += found.size();
        }
        Inputs.requireSome("Entity F1", "tags", tokens);
        return new TaggingMetrics(share(rightTokens, tokens), share(rightEntities, predictedEntities),
                share(rightEntities, goldEntities), share(2 * rightEntities, predictedEntities + goldEntities));
    }

    private static double share(int part, int whole) {
        return whole == 0 ? 0 : part / (double) whole;
    }

    /// Tokens start to end, excluded, of one sentence.
    private record Entity(String type, int start, int end) {}

    /// An entity begins at B-, and also at an I- that continues nothing: after O, after another type, or first. It ends before
    /// the next tag that does not continue it.
    private static Set<Entity> entities(List<String> tags) {
        var entities = new HashSet<Entity>();
        String open = null; // the type of the entity that reaches the token before t
        int start = 0;
        for (int t = 0; t <= tags.size(); t++) {
            String tag = t < tags.size() ? tags.get(t) : "O";
            String type = type(tag);
            if (tag.startsWith("I") && type.equals(open)) {
                continue;
            }
            if (open != null) {
                entities.add(new Entity(open, start, t));
            }
            open = type;
            start = t;
        }
        return entities;
    }

    public static boolean isTag(String tag) {
        return TAG.matcher(tag).matches();
    }

    /// What follows B- or I-, nothing for a bare B or I, and null for O.
    private static String type(String tag) {
        if (!isTag(tag)) {
            throw new IllegalArgumentException("Entity F1: \"" + tag + "\" is not an IOB2 tag. Give O, B-type or I-type, type being"
                    + " any name.");
        }
        return tag.equals("O") ? null : tag.substring(Math.min(2, tag.length()));
    }
}
