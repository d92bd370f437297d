/// How good predictions are, as the reference implementations count it, and whether two arms differ.
///
/// Everything here is plain arrays, lists and strings: no tensor, no file. Predictions come first and gold second, and a
/// percentage is one only in [dev.mneme.models.train.metrics.SquadMetrics], whose official script counts from 0 to 100.
package dev.mneme.models.train.metrics;
