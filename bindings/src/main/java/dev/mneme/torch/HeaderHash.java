// Written by native/generator from native/ops.schema: change that, not this.
package dev.mneme.torch;

/// What the C headers hashed to when these bindings were made; the shim carries its own and both must agree.
final class HeaderHash {
    static final String VALUE = "81256179ce34c55f";

    private HeaderHash() {}
}
