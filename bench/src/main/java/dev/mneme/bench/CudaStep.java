package dev.mneme.bench;

import dev.mneme.pkm.ProductKeyConfig;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.pkm.SparseAdam;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Generator;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.Locale;

/// Trains a memory from Java on the GPU and on the CPU, from the same weights on the same batches, and fails if they part: what
/// `bench/gpu/run` shows of the Java side on a machine without a JDK.
public final class CudaStep {
    private static final int STEPS = 20;
    private static final double TOLERANCE = 1e-3; // of the values' norm: rounding, and few scores that it swaps

    public static void main(String[] args) {
        var config = new ProductKeyConfig(64, 4, 64, 16, 32, ProductKeyConfig.QueryNorm.BATCH, ProductKeyConfig.ValueInit.NORMAL);
        for (SparseAdam.Mode mode : SparseAdam.Mode.values()) {
            try (var scope = TensorScope.open(); var cpu = new ProductKeyMemory(config); var gpu = new ProductKeyMemory(config)) {
                gpu.load(cpu.state());
                gpu.to(Device.cuda(0), DType.FLOAT32);
                try (var onCpu = new SparseAdam(cpu.values(), SparseAdam.Config.DEFAULT, mode);
                        var onGpu = new SparseAdam(gpu.values(), SparseAdam.Config.DEFAULT, mode);
                        var generator = Generator.of(7)) {
                    for (int step = 0; step < STEPS; step++) {
                        try (var each = TensorScope.open()) {
                            Tensor x = Tensor.randn(generator, DType.FLOAT32, 256, 64);
                            train(cpu, onCpu, x);
                            train(gpu, onGpu, x.to(Device.cuda(0), DType.FLOAT32));
                        }
                    }
                }
                Tensor expected = cpu.values().weight().detach();
                double off = gpu.values().weight().detach().to(Device.CPU, DType.FLOAT32).sub(expected).square().sum().item()
                        / expected.square().sum().item();
                System.out.printf(Locale.ROOT, "%s: after %d steps the values on the GPU differ by %.1e of their norm%n", mode, STEPS, Math.sqrt(off));
                if (!(Math.sqrt(off) < TOLERANCE)) {
                    throw new AssertionError("CudaStep: that is more than " + TOLERANCE + ": the two devices compute different things.");
                }
            }
        }
    }

    private static void train(ProductKeyMemory memory, SparseAdam adam, Tensor x) {
        adam.begin(1e-2);
        memory.forward(x, null).sub(x).square().mean().backward();
        adam.apply();
        memory.parameters().forEach(parameter -> parameter.setGrad(null));
    }

    private CudaStep() {}
}
