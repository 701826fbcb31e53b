// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.RouteMatch.Found;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Compares what is declared with what frameworks and containers say that they serve. */
final class ServedRoutes {

    private ServedRoutes() {}

    static void requireDeclared(List<Route> routes, Collection<String> served) {
        var declared = new HashSet<String>();
        for (Route route : routes) {
            String shape = Template.parse(route.template()).shape();
            declared.add(route.method() + " " + shape);
            if (route.method() == HttpMethod.GET) {
                declared.add("HEAD " + shape);
            }
        }
        var undeclared = new TreeSet<String>();
        for (String one : served) {
            if (!declared.contains(shapeOfServed(one))) {
                undeclared.add(one);
            }
        }
        if (!undeclared.isEmpty()) {
            throw new IllegalStateException("these routes are served, but no rule says who may reach them: "
                    + String.join(", ", undeclared) + ". Declare each of them, or do not serve it");
        }
    }

    private static String shapeOfServed(String methodAndPath) {
        int space = methodAndPath.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException(
                    "a served route must be a method, a space and a path, was '" + methodAndPath + "'");
        }
        return methodAndPath.substring(0, space + 1) + shapeOf(methodAndPath.substring(space + 1));
    }

    /** A framework's path, with each variable that stands for one whole segment as ours are. */
    private static String shapeOf(String path) {
        var shape = new StringBuilder();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                boolean variable = segment.startsWith("{")
                        && segment.indexOf('}') == segment.length() - 1
                        && !segment.startsWith("{*");
                shape.append('/').append(variable ? Template.VARIABLE : segment);
            }
        }
        return shape.isEmpty() ? "/" : shape.toString();
    }

    static void requireMapped(List<Route> routes, Collection<String> patterns) {
        var undeclared = new TreeSet<String>();
        var taken = new TreeSet<String>();
        for (String pattern : patterns) {
            if (!isForEverything(pattern)) {
                compare(routes, Mapping.of(pattern), undeclared, taken);
            }
        }
        var faults = new ArrayList<String>();
        if (!undeclared.isEmpty()) {
            faults.add("servlets are mapped to these paths, but no rule says who may reach them: "
                    + String.join(", ", undeclared) + ". Declare what they serve, or do not map them");
        }
        faults.addAll(taken);
        if (!faults.isEmpty()) {
            throw new IllegalStateException(String.join("\n", faults));
        }
    }

    static void requireSameChoices(RouteTable table, BiFunction<HttpMethod, String, @Nullable String> router) {
        List<Route> routes = table.routes();
        List<Template> templates =
                routes.stream().map(route -> Template.parse(route.template())).toList();
        String value = nameOfNoSegment(templates);
        var faults = new TreeSet<String>();
        for (int i = 0; i < routes.size(); i++) {
            for (int j = 0; j < i; j++) {
                HttpMethod method = routes.get(i).method();
                if (routes.get(j).method() == method && templates.get(i).overlaps(templates.get(j))) {
                    String path = templates.get(i).pathOfBoth(templates.get(j), value);
                    String taken = router.apply(method, path);
                    if (taken != null
                            && table.match(method.name(), path) instanceof Found found
                            && !shapeOf(taken).equals(shapeOf(found.route().template()))) {
                        faults.add("requests for " + found.route() + " would reach the handler of " + taken
                                + ", which was registered before it: register the more literal one first");
                    }
                }
            }
        }
        if (!faults.isEmpty()) {
            throw new IllegalStateException(String.join("\n", faults));
        }
    }

    /** What a variable may be and no plain name is. */
    private static String nameOfNoSegment(List<Template> templates) {
        int longest = 0;
        for (Template template : templates) {
            for (String segment : template.segments()) {
                longest = Math.max(longest, segment.length());
            }
        }
        return "~".repeat(longest + 1);
    }

    static List<Route> unserved(List<Route> routes, Collection<String> served, Collection<String> patterns) {
        var known = new HashSet<String>();
        for (String one : served) {
            known.add(shapeOfServed(one));
        }
        List<Mapping> mappings = patterns.stream()
                .filter(pattern -> !isForEverything(pattern))
                .map(Mapping::of)
                .toList();
        return routes.stream()
                .filter(route -> {
                    Template template = Template.parse(route.template());
                    return !known.contains(route.method() + " " + template.shape())
                            && mappings.stream().noneMatch(mapping -> mapping.names(template));
                })
                .toList();
    }

    private static boolean isForEverything(String pattern) {
        return pattern.equals("/") || pattern.equals("/*") || pattern.startsWith("*.");
    }

    private static void compare(
            List<Route> routes, Mapping mapping, Collection<String> undeclared, Collection<String> taken) {
        boolean named = false;
        for (Route route : routes) {
            Template template = Template.parse(route.template());
            if (mapping.names(template)) {
                named = true;
            } else if (mapping.takesFrom(template) && !isDeclared(routes, route.method(), mapping.within(template))) {
                taken.add("paths of " + route + " that begin like " + mapping.pattern()
                        + " would reach the servlet there under the rule of this route: declare " + route.method() + ' '
                        + mapping.within(template) + " too, or call one of them otherwise");
            }
        }
        if (!named) {
            undeclared.add(mapping.pattern());
        }
    }

    private static boolean isDeclared(List<Route> routes, HttpMethod method, String shape) {
        return routes.stream()
                .anyMatch(route -> route.method() == method
                        && Template.parse(route.template()).shape().equals(shape));
    }

    /** What a servlet is mapped to: one path, or everything below one. */
    private record Mapping(String pattern, List<String> segments, boolean everythingBelow) {

        static Mapping of(String pattern) {
            boolean below = pattern.endsWith("/*");
            String path = below ? pattern.substring(0, pattern.length() - 2) : pattern;
            return new Mapping(
                    pattern, Arrays.asList((path.isEmpty() ? path : path.substring(1)).split("/", -1)), below);
        }

        /** Whether every path of a template is mapped here. */
        boolean names(Template template) {
            return fits(template)
                    && template.segments().subList(0, segments.size()).equals(segments);
        }

        /** Whether some paths of a template are mapped here. */
        boolean takesFrom(Template template) {
            if (!fits(template)) {
                return false;
            }
            for (int i = 0; i < segments.size(); i++) {
                if (!template.isVariable(i) && !template.segments().get(i).equals(segments.get(i))) {
                    return false;
                }
            }
            return true;
        }

        /** The shape of those paths of a template that are mapped here. */
        String within(Template template) {
            var shape = new ArrayList<>(segments);
            shape.addAll(template.segments()
                    .subList(segments.size(), template.segments().size()));
            return "/" + String.join("/", shape);
        }

        private boolean fits(Template template) {
            int size = template.segments().size();
            return everythingBelow ? size >= segments.size() : size == segments.size();
        }
    }
}
