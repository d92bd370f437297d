package dev.mneme.torch.io;

import java.util.Arrays;
import java.util.Random;

/// What happens to files: bytes change, are lost, come twice, or the end is missing. `-Dmneme.fuzz=100000` tries more of it.
final class Damage {
    static byte[] of(byte[] whole, Random random) {
        byte[] damaged = whole.clone();
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times && damaged.length > 1; i++) {
            int at = random.nextInt(damaged.length);
            int length = 1 + random.nextInt(Math.min(16, damaged.length - at));
            switch (random.nextInt(6)) {
                case 0, 1 -> damaged[at] = (byte) random.nextInt();
                case 2 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> damaged = joined(damaged, at, damaged, at + length); // lost
                case 4 -> damaged = joined(damaged, at + length, damaged, at); // twice
                default -> Arrays.fill(damaged, at, at + length, new byte[] {0, 1, (byte) 0xff, 0x7f, '}', '"'}[random.nextInt(6)]);
            }
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length + 1)) : damaged;
    }

    /// The first bytes of one up to an end, then those of another from a start.
    private static byte[] joined(byte[] first, int end, byte[] second, int start) {
        byte[] joined = Arrays.copyOf(first, end + second.length - start);
        System.arraycopy(second, start, joined, end, second.length - start);
        return joined;
    }

    private Damage() {}
}
