package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// The parts of a training step that concern all parameters, each in one native call.
public final class Steps {
    /// Forgets all gradients, as `zero_grad(set_to_none=True)`.
    public static void zeroGrad(List<Tensor> parameters) {
        try (Calls calls = Calls.enter()) {
            Native.check("zeroGrad", core_h.mn_zero_grad(calls.scratch.handles(parameters, calls), parameters.size()));
        }
    }

    /// Scales the gradients so that their global L2 norm is at most `maxNorm`, as torch.nn.utils.clip_grad_norm_ does, but for the rounding of
    /// the factor. Parameters without a gradient are passed over.
    ///
    /// @param maxNorm at least 0; infinity where only the norm is asked for, as by torch.nn.utils.get_total_norm: gradients stay as they are
    /// @return the norm before
    public static double clipGradNorm(List<Tensor> parameters, double maxNorm) {
        if (!(maxNorm >= 0)) {
            throw new IllegalArgumentException("clipGradNorm: a norm of at most " + maxNorm + " was asked for. Give at least 0.");
        }
        try (Calls calls = Calls.enter()) {
            MemorySegment norm = calls.scratch.out(1);
            Native.check("clipGradNorm",
                    core_h.mn_clip_grad_norm(calls.scratch.handles(parameters, calls), parameters.size(), maxNorm, norm));
            return norm.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    /// One AdamW step (Loshchilov & Hutter 2019, as torch.optim.AdamW) over all parameters that have a gradient.
    ///
    /// @param expAvgs first moments, shaped as their parameters
    /// @param expAvgSqs second moments
    /// @param steps float32 counts with one element each, increased here
    public static void adamW(
            List<Tensor> parameters, List<Tensor> expAvgs, List<Tensor> expAvgSqs, List<Tensor> steps,
            double lr, double beta1, double beta2, double weightDecay, double eps) {
        requireRate(lr);
        requireAdam("adamW", beta1, beta2, eps, weightDecay);
        int n = parameters.size();
        if (expAvgs.size() != n || expAvgSqs.size() != n || steps.size() != n) {
            throw new IllegalArgumentException("adamW: " + n + " parameters came with " + expAvgs.size() + " and "
                    + expAvgSqs.size() + " moments and " + steps.size() + " step counts. Give one of each per parameter.");
        }
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            Native.check("adamW", core_h.mn_adamw_step(scratch.handles(parameters, calls), scratch.handles(expAvgs, calls),
                    scratch.handles(expAvgSqs, calls), scratch.handles(steps, calls), n, lr, beta1, beta2, weightDecay, eps));
        }
    }

    /// @throws IllegalArgumentException if a learning rate is negative, infinite or NaN
    public static void requireRate(double lr) {
        if (!(lr >= 0 && Double.isFinite(lr))) {
            throw new IllegalArgumentException("The learning rate " + lr + " was given. Give a finite one of at least 0.");
        }
    }

    /// @param optimizer whose constants they are, for the message
    /// @throws IllegalArgumentException if a beta is not from 0 to below 1, or eps or the weight decay negative or not finite, or eps 0
    public static void requireAdam(String optimizer, double beta1, double beta2, double eps, double weightDecay) {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps > 0 && Double.isFinite(eps) && weightDecay >= 0 && Double.isFinite(weightDecay))) {
            throw new IllegalArgumentException(optimizer + ": beta1 " + beta1 + ", beta2 " + beta2 + ", eps " + eps + ", weight decay " + weightDecay
                    + " were given. Betas are from 0 to below 1, eps above 0, weight decay at least 0.");
        }
    }

    private Steps() {}
}
