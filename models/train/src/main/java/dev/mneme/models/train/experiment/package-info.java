/// Comparisons: arms that differ in their settings, each trained from several seeds, and the report on them.
package dev.mneme.models.train.experiment;
