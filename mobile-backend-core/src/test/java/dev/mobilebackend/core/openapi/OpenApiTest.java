// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.openapi;

import static dev.mobilebackend.core.exchange.HttpMethod.DELETE;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static java.time.Duration.ofMinutes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.RouteTable;
import dev.mobilebackend.core.route.Routes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenApiTest {

    record PlaceOrder(
            long productId, int quantity, @Nullable String note) {}

    record Order(String id, long total, Instant createdAt) {}

    private final RouteTable table = new Routes()
            .open(GET, "/v1/products")
            .signedIn(POST, "/v1/orders")
            .idempotent()
            .limit(perCaller(10, ofMinutes(1)))
            .accepts(PlaceOrder.class)
            .answers(201, Order.class)
            .summary("Buys something.")
            .tag("orders")
            .signedIn(GET, "/v1/orders")
            .query("limit", int.class)
            .answers(200, Page.class, Order.class)
            .signedIn(GET, "/v1/orders/{id}")
            .owner(id -> Optional.empty())
            .answers(200, Order.class)
            .role("admin", DELETE, "/v1/orders/{order}")
            .scope("orders:write")
            .answers(204)
            .only(Access.anyOf(Access.privateNetwork(), Access.role("metrics")), GET, "/metrics")
            .role("admin", GET, "/v1/admin/jobs")
            .privateNetwork()
            .build();

    private final JsonNode document = read(OpenApi.of("Shop", "1.0").server("https://api.shop.example"), table);

    @Test
    void namesItselfAndWhereItIsServed() {
        assertEquals("3.1.1", document.at("/openapi").asString());
        assertEquals(
                "{\"title\":\"Shop\",\"version\":\"1.0\"}", document.at("/info").toString());
        assertEquals("https://api.shop.example", document.at("/servers/0/url").asString());
    }

    @Test
    void describesWhatARouteTakesAndGives() {
        JsonNode order = document.at("/paths/~1v1~1orders/post");

        assertEquals("Buys something.", order.at("/summary").asString());
        assertEquals("[\"orders\"]", order.at("/tags").toString());
        assertEquals("postV1Orders", order.at("/operationId").asString());
        assertEquals(
                "#/components/parameters/IdempotencyKey",
                order.at("/parameters/0/$ref").asString());
        assertTrue(order.at("/requestBody/required").asBoolean());
        assertEquals(
                "#/components/schemas/OpenApiTestPlaceOrder",
                order.at("/requestBody/content/application~1json/schema/$ref").asString());
        assertEquals(
                "#/components/schemas/OpenApiTestOrder",
                order.at("/responses/201/content/application~1json/schema/$ref").asString());
        assertEquals(
                "#/components/headers/RateLimit",
                order.at("/responses/201/headers/RateLimit/$ref").asString());
        assertEquals(
                "#/components/responses/TooManyRequests",
                order.at("/responses/429/$ref").asString());
        assertEquals(
                List.of("201", "400", "401", "409", "413", "415", "422", "429", "default"),
                List.copyOf(order.at("/responses").propertyNames()));
        assertEquals(
                "[\"productId\",\"quantity\"]",
                document.at("/components/schemas/OpenApiTestPlaceOrder/required")
                        .toString());
        assertEquals(
                "[\"id\",\"total\",\"createdAt\"]",
                document.at("/components/schemas/OpenApiTestOrder/required").toString());
        assertEquals(
                "limit",
                document.at("/paths/~1v1~1orders/get/parameters/0/name").asString());
    }

    @Test
    void callsTheVariablesOfOnePathTheSameForEveryMethod() {
        JsonNode path = document.at("/paths/~1v1~1orders~1{id}");

        assertEquals(List.of("get", "delete"), List.copyOf(path.propertyNames()));
        assertEquals("id", path.at("/get/parameters/0/name").asString());
        assertEquals("id", path.at("/delete/parameters/0/name").asString());
        assertEquals("No content", path.at("/delete/responses/204/description").asString());
        assertTrue(path.at("/delete/responses/204/content").isMissingNode());
    }

    @Test
    void saysWhoMayReachARoute() {
        assertEquals("[]", document.at("/paths/~1v1~1products/get/security").toString());
        assertEquals(
                "[{\"bearer\":[]}]",
                document.at("/paths/~1v1~1orders/get/security").toString());
        assertEquals(
                "[{\"bearer\":[\"admin\",\"orders:write\"]}]",
                document.at("/paths/~1v1~1orders~1{id}/delete/security").toString());
        assertEquals(
                "[{\"bearer\":[]},{}]",
                document.at("/paths/~1metrics/get/security").toString());
        assertEquals(
                "bearer",
                document.at("/components/securitySchemes/bearer/scheme").asString());
    }

    @Test
    void leavesOutPrivateRoutesUnlessAskedForThem() {
        OpenApi forOperators = OpenApi.of("Shop", "1.0").withPrivateRoutes();

        assertFalse(document.at("/paths").has("/v1/admin/jobs"));
        assertTrue(read(forOperators, table).at("/paths").has("/v1/admin/jobs"));
    }

    @Test
    void refersToNothingThatIsNotThere() {
        for (String reference : references(document)) {
            assertFalse(document.at(reference.substring(1)).isMissingNode(), reference);
        }
        assertFalse(references(document).isEmpty());
    }

    @Test
    void holdsSchemasOfTheDraftThatItNames() {
        var meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));

        for (JsonNode schema : document.at("/components/schemas")) {
            assertEquals(List.of(), meta.validate(schema.toString(), InputFormat.JSON), schema.toString());
        }
    }

    @Test
    void givesTheSameBytesForTheSameTable() {
        assertArrayEquals(
                OpenApi.of("Shop", "1.0").json(table), OpenApi.of("Shop", "1.0").json(table));
    }

    @Test
    void describesAnAlmostEmptyTable() {
        JsonNode small =
                read(OpenApi.of("Small", "1"), new Routes().open(GET, "/").build());

        assertEquals("get", small.at("/paths/~1/get/operationId").asString());
        assertEquals(
                List.of("schemas", "responses"),
                List.copyOf(small.at("/components").propertyNames()));
    }

    @Test
    void refusesARecordThatWouldTakeTheNameOfErrors() {
        var openApi = OpenApi.of("Shop", "1.0");
        RouteTable clash =
                new Routes().open(GET, "/").answers(200, Problem.class).build();

        assertThrows(IllegalArgumentException.class, () -> openApi.json(clash));
    }

    @Test
    void answersWithTheDocumentOnceItIsKnown() {
        var served = OpenApi.of("Shop", "1.0").serving(() -> table);

        Answer answer = served.apply(TestExchange.get());
        Answer again =
                served.apply(TestExchange.get("If-None-Match", answer.headers().get("ETag")));

        assertEquals("application/json", answer.headers().get("Content-Type"));
        assertArrayEquals(OpenApi.of("Shop", "1.0").json(table), answer.body());
        assertEquals(304, again.status());
    }

    @Test
    void refusesAnAnswerThatIsAnError() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Routes().open(GET, "/").answers(404));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Routes().open(GET, "/").answers(200, Page.class));
    }

    private static JsonNode read(OpenApi openApi, RouteTable table) {
        return JsonMapper.shared().readTree(openApi.json(table));
    }

    private static List<String> references(JsonNode document) {
        var found = new TreeSet<String>();
        var open = new ArrayList<JsonNode>(List.of(document));
        while (!open.isEmpty()) {
            JsonNode node = open.remove(open.size() - 1);
            if (node.has("$ref")) {
                found.add(node.get("$ref").asString());
            }
            node.forEach(open::add);
        }
        return List.copyOf(found);
    }
}

/** Called as the library's own problems are. */
record Problem(String text) {}
