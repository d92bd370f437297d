/// What the models have in common.
package dev.mneme.models.layers;
