// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.edge.Edge;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An application that has no Micrometer on its class path. */
class WithoutMicrometerTest {

    private static final String ROOM = EdgeMetrics.class.getPackageName() + ".";

    @Test
    void loadsEveryClassButThoseOfThisRoom() throws Exception {
        try (URLClassLoader loader = withoutMicrometer()) {
            for (String name : classes()) {
                load(name, loader);
            }
            assertThrows(NoClassDefFoundError.class, () -> Class.forName(EdgeMetrics.class.getName(), true, loader)
                    .getDeclaredMethods());
        }
    }

    @Test
    void buildsAnEdge() throws Exception {
        try (URLClassLoader loader = withoutMicrometer()) {
            Object builder =
                    loader.loadClass(Edge.class.getName()).getMethod("builder").invoke(null);
            Object edge = builder.getClass().getMethod("build").invoke(builder);

            assertEquals(Edge.class.getName(), edge.getClass().getName());
        }
    }

    /** Looking at its methods loads what they name. */
    private static void load(String name, ClassLoader loader) throws ClassNotFoundException {
        assertNotNull(Class.forName(name, true, loader).getDeclaredMethods());
    }

    private static URLClassLoader withoutMicrometer() throws MalformedURLException {
        var urls = new ArrayList<URL>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("micrometer")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static List<String> classes() throws Exception {
        Path root = Path.of(
                Edge.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(root::relativize)
                    .map(file -> file.toString().replace(File.separatorChar, '.'))
                    .filter(name -> name.endsWith(".class") && !name.equals("module-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .filter(name -> !name.startsWith(ROOM))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("the classes of this module could not be listed", e);
        }
    }
}
