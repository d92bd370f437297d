/// A decoder in the style of GPT-2 (Radford et al. 2019): Lample et al.'s setting for product-key memories.
package dev.mneme.models.zoo.gpt;
