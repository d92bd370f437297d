package dev.mneme.models.zoo.transformer;

import dev.mneme.torch.nn.Module;

/// A module that only gives its parts a common name, as Hugging Face's layout has it.
public final class Group extends Module {
    public <M extends Module> M add(String name, M module) {
        return part(name, module);
    }
}
