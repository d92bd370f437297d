package dev.mneme.models.base;

import dev.mneme.torch.Native;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a result was made with.
public final class Versions {
    public static final String MNEME = "0.1.0";

    public static Map<String, String> all() {
        var versions = new LinkedHashMap<String, String>();
        versions.put("mneme", MNEME);
        versions.put("java", System.getProperty("java.vm.vendor") + " " + System.getProperty("java.version"));
        versions.put("libtorch", Native.libtorchVersion());
        versions.put("cuda", Native.stamp().get("cuda"));
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"));
        versions.put("threads", Integer.toString(Native.threads()));
        return versions;
    }

    private Versions() {}
}
