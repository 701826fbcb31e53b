// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.route.Route;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which paths a container brings to the edge, as far as it says so. Whatever it serves elsewhere is served past it. */
final class FilterMappings {

    private static final Logger LOG = LoggerFactory.getLogger(FilterMappings.class);

    private static final String WAY_OUT = "Map it to /* for every dispatcher type, with async support";

    private FilterMappings() {}

    /**
     * Stops the start where servlets, or routes that are declared, lie beside the edge.
     *
     * @throws IllegalStateException if some do; the message lists all of them
     */
    static void requireAll(FilterConfig config, Collection<String> servlets, List<Route> routes) {
        FilterRegistration edge = config.getServletContext().getFilterRegistration(config.getFilterName());
        if (edge == null || edge.getUrlPatternMappings().contains("/*")) {
            return;
        }
        var patterns = new TreeSet<String>(edge.getUrlPatternMappings());
        if (patterns.isEmpty() && edge.getServletNameMappings().isEmpty()) {
            return; // mapped by means of which the container does not speak
        }
        var past = new TreeSet<String>();
        for (String servlet : servlets) {
            if (ServletMappings.namesPaths(servlet) && !covers(patterns, servlet)) {
                past.add(servlet);
            }
        }
        for (Route route : routes) {
            if (!covers(patterns, route.template())) {
                past.add(route.toString());
            }
        }
        if (!past.isEmpty()) {
            throw new IllegalStateException(
                    "the edge is mapped to " + patterns + " only, so requests for these never come" + " to it: "
                            + String.join(", ", past) + ". " + WAY_OUT);
        }
        LOG.warn("the edge is mapped to {} only: whatever is served elsewhere is served past it. " + WAY_OUT, patterns);
    }

    /**
     * Whether every path that another pattern, or a route's template, stands for is one of these (Servlet 6.0 section
     * 12.2).
     */
    private static boolean covers(Collection<String> patterns, String paths) {
        for (String pattern : patterns) {
            boolean tree = pattern.endsWith("/*");
            String root = tree ? pattern.substring(0, pattern.length() - 2) : pattern;
            if (paths.equals(pattern) || paths.equals(root) || (tree && paths.startsWith(root + "/"))) {
                return true;
            }
        }
        return false;
    }
}
