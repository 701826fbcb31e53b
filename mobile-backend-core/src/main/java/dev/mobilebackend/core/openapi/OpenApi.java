// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.openapi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.route.RouteTable;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.core.validate.JsonSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAPI 3.1 document made from a route table: from the rules that the edge enforces, and from the records that
 * routes say they take and give. Private routes are left out. The same table gives the same bytes. Immutable.
 *
 * <pre>{@code
 * var openApi = OpenApi.of("Shop", "1.0");
 * Files.write(file, openApi.json(edge.routes()));
 * config.routes.get("/v1/openapi.json", answering(openApi.serving(() -> edge.built().routes())), edge.open());
 * }</pre>
 */
public final class OpenApi {

    /** How a path is written in the document, where each method may have called its variables otherwise. */
    private record Template(String text, List<String> variables) {}

    private final String title;
    private final String version;
    private final List<String> servers;
    private final boolean includesPrivate;

    private OpenApi(String title, String version, List<String> servers, boolean includesPrivate) {
        this.title = title;
        this.version = version;
        this.servers = List.copyOf(servers);
        this.includesPrivate = includesPrivate;
    }

    /** Documents of an API that is called this and has this version. */
    public static OpenApi of(String title, String version) {
        requireText("title", title);
        requireText("version", version);
        return new OpenApi(title, version, List.of(), false);
    }

    private static void requireText(String name, String text) {
        requireNonNull(text, () -> name + " must not be null");
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " must not be empty: it is what readers see first");
        }
    }

    /** Documents that say where it is served, such as {@code https://api.shop.example}. */
    public OpenApi server(String url) {
        requireText("url", url);
        var all = new ArrayList<>(servers);
        all.add(url);
        return new OpenApi(title, version, all, includesPrivate);
    }

    /** Documents with the private routes too, for operators. */
    public OpenApi withPrivateRoutes() {
        return new OpenApi(title, version, servers, true);
    }

    /** The document, in UTF-8. */
    public byte[] json(RouteTable table) {
        requireNonNull(table, "table must not be null");
        var schemas = new JsonSchema("#/components/schemas/");
        var operations = new Operations(schemas);
        var paths = new TreeMap<String, Map<String, Object>>();
        List<Route> shown = table.routes().stream()
                .filter(route -> includesPrivate || !route.isPrivate())
                .sorted(Comparator.comparing(Route::method))
                .toList();
        var templates = new HashMap<String, Template>();
        for (Route route : shown) {
            Template template = templates.computeIfAbsent(
                    route.template().replaceAll("\\{[^}]*}", "{}"),
                    shape -> new Template(route.template(), route.endpoint().variables()));
            paths.computeIfAbsent(template.text(), text -> new LinkedHashMap<>())
                    .put(Operations.name(route.method()), operations.describe(route, template.variables()));
        }
        var document = new LinkedHashMap<String, Object>();
        document.put("openapi", "3.1.1");
        document.put("info", info());
        if (!servers.isEmpty()) {
            document.put(
                    "servers", servers.stream().map(url -> Map.of("url", url)).toList());
        }
        document.put("paths", paths);
        document.put("components", Components.of(schemas.definitions(), shown));
        return JsonBody.write(document);
    }

    private Map<String, Object> info() {
        var info = new LinkedHashMap<String, Object>();
        info.put("title", title);
        info.put("version", version);
        return info;
    }

    /**
     * What a handler answers with the document, made once.
     *
     * @param table asked with the first request, when the edge has been built
     */
    public Function<Exchange, Answer> serving(Supplier<RouteTable> table) {
        requireNonNull(table, "table must not be null");
        var made = new AtomicReference<byte @Nullable []>();
        return exchange -> {
            byte[] document = made.get();
            if (document == null) {
                document = json(table.get());
                made.set(document);
            }
            return ETag.of(document)
                    .onRead(exchange, Answer.json(200, document).header("Cache-Control", "public, max-age=300"));
        };
    }
}
