// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.route.Route;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.ArrayList;
import java.util.List;

/** Which paths a container gives to which servlets, as far as that could differ from what routes say. Immutable. */
final class ServletMappings {

    static final ServletMappings NONE = new ServletMappings(List.of());

    private final List<String> patterns;

    /** Ends of paths that go to a servlet of their own, such as {@code .jsp}, wherever they stand. */
    private final String[] extensions;

    private ServletMappings(List<String> patterns) {
        this.patterns = List.copyOf(patterns);
        extensions = patterns.contains("/*") // goes before every extension (Servlet 6.0 section 12.1)
                ? new String[0]
                : patterns.stream()
                        .filter(pattern -> pattern.startsWith("*."))
                        .map(pattern -> pattern.substring(1))
                        .toArray(String[]::new);
    }

    static ServletMappings of(ServletContext context) {
        var patterns = new ArrayList<String>();
        for (ServletRegistration servlet : context.getServletRegistrations().values()) {
            patterns.addAll(servlet.getMappings());
        }
        return new ServletMappings(patterns);
    }

    List<String> patterns() {
        return patterns;
    }

    /** Whether a pattern names what it serves, other than those for everything and for extensions. */
    static boolean namesPaths(String pattern) {
        return !pattern.equals("/") && !pattern.equals("/*") && !pattern.startsWith("*.");
    }

    /**
     * Whether the last value of a path, which the client chose, takes it to another servlet than the route's.
     *
     * @param path without its encoding
     */
    boolean divert(Route route, String path) {
        if (extensions.length == 0 || !route.template().endsWith("}")) {
            return false;
        }
        for (String extension : extensions) {
            if (path.endsWith(extension)) {
                return true;
            }
        }
        return false;
    }
}
