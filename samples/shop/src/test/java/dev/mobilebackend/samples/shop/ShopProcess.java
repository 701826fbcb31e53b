// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import dev.mobilebackend.testkit.app.RunningJar;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The shop as the README starts it: the jar, in a process of its own, in a folder of its own. */
final class ShopProcess {

    private static final Path JAR = Path.of("target", "shop.jar");
    private static final Pattern READY = Pattern.compile("^shop: ready on (http://\\S+), ");

    private ShopProcess() {}

    /** Starts it on a free port and returns once it says that it is ready. */
    static RunningJar start(Path folder, Map<String, String> environment) {
        return RunningJar.start(JAR, folder, environment, READY);
    }

    /**
     * Starts it with what it cannot start with.
     *
     * @return what it printed before it ended with an error
     */
    static List<String> fail(Path folder, Map<String, String> environment) {
        return RunningJar.fail(JAR, folder, environment, 2);
    }
}
