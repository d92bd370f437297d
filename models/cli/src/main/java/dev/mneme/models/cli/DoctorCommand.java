package dev.mneme.models.cli;

import dev.mneme.models.base.Versions;
import dev.mneme.torch.DType;
import dev.mneme.torch.Native;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "doctor", mixinStandardHelpOptions = true,
        description = "Say what was found: JDK, libtorch, CUDA, threads, and what is wrong.")
final class DoctorCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.println("JDK        " + System.getProperty("java.vm.vendor") + " " + Runtime.version() + ", "
                + System.getProperty("java.home"));
        try {
            Native.load();
        } catch (UnsatisfiedLinkError e) {
            System.out.println("shim       NOT USABLE: " + e.getMessage());
            return 1;
        }
        System.out.println("shim       built against libtorch " + Native.stamp().get("libtorch") + ", headers "
                + Native.stamp().get("headers"));
        System.out.println("libtorch   " + Native.libtorchVersion() + ", " + Native.threads() + " threads, " + Native.libtorchFolder());
        Native.libtorchBuild().lines().map(String::strip)
                .filter(line -> line.startsWith("- CPU capability") || line.startsWith("- Intel") || line.startsWith("- OpenMP"))
                .forEach(line -> System.out.println("           " + line.substring(2)));
        System.out.println("CUDA       " + (Native.cudaAvailable() ? "available"
                : Native.stamp().get("cuda").equals("none") ? "none: this libtorch has no CUDA" : "no GPU was found"));
        try (var scope = TensorScope.open()) {
            double four = Tensor.ones(DType.FLOAT32, 2, 2).matmul(Tensor.ones(DType.FLOAT32, 2, 2)).sum().item() / 2;
            System.out.println("self-test  " + (four == 4 ? "a matrix product is right" : "FAILED: a matrix product is wrong"));
            System.out.println("mneme      " + Versions.MNEME + (four == 4 ? ", all is well" : ""));
            return four == 4 ? 0 : 1;
        }
    }
}
