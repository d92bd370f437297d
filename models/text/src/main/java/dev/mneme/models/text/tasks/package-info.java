/// The data sets of fine-tuning tasks, read strictly.
///
///     GlueTask (official TSV) ┐
///     Table (CSV, TSV, JSON)  ┴─> TextExample, TaggedExample
///     Squad (JSON)            ───> Question
///
/// What a file is not supposed to be ends the reading with a [dev.mneme.models.base.InputException] that names the file, the line or the
/// question, and the remedy. The one exception is documented at [dev.mneme.models.text.tasks.GlueTask#read].
package dev.mneme.models.text.tasks;
