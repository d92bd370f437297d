/// Fine-tuning: from examples to the batches that a [dev.mneme.models.zoo.bert.BertForTask] reads, and from its scores to answers and metrics.
package dev.mneme.models.train.tasks;
