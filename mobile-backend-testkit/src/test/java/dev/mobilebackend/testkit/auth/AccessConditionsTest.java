// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static dev.mobilebackend.core.javalin.JavalinEdge.answering;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.access.Attribute;
import dev.mobilebackend.auth.access.InPerson;
import dev.mobilebackend.auth.access.Permissions;
import dev.mobilebackend.auth.access.StepUp;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.javalin.Rule;
import dev.mobilebackend.core.openapi.OpenApi;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessConditionsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");
    private static final Permissions PERMISSIONS = Permissions.of(Map.of(
            "support", Set.of("orders:read"),
            "accounting", Set.of("orders:read", "orders:refund")));

    private static final Access SUPPORT = Access.role("support");
    private static final Access WRITING = Access.scope("orders:write");
    private static final Access RECENT = StepUp.within(Duration.ofMinutes(5));
    private static final AtomicBoolean ON_THE_LIST = new AtomicBoolean();
    private static final Access LISTED = Attribute.of("to be on the list", exchange -> ON_THE_LIST.get());

    private static final AtomicReference<@Nullable Caller> CALLER = new AtomicReference<>();

    private static Javalin app;

    @BeforeAll
    static void start() {
        app = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    JavalinEdge edge = JavalinEdge.install(config, edge());
                    serve(config.routes, "/orders", edge.only(PERMISSIONS.needs("orders:read")));
                    serve(config.routes, "/refunds", edge.only(PERMISSIONS.needs("orders:refund")));
                    serve(config.routes, "/recent", edge.signedIn().access(StepUp.within(Duration.ofMinutes(5))));
                    serve(
                            config.routes,
                            "/strong",
                            edge.signedIn()
                                    .access(StepUp.within(Duration.ofMinutes(5)).by("otp", "hwk")));
                    serve(config.routes, "/ever-strong", edge.signedIn().access(StepUp.method("otp")));
                    serve(config.routes, "/in-person", edge.signedIn().access(new InPerson()));
                    serve(
                            config.routes,
                            "/all/{id}",
                            edge.role("support")
                                    .scope("orders:write")
                                    .owner(Optional::of)
                                    .access(RECENT)
                                    .access(LISTED));
                    serve(
                            config.routes,
                            "/any/{id}",
                            edge.only(Access.anyOf(SUPPORT, WRITING, Access.owner(Optional::of), RECENT, LISTED)));
                    serve(
                            config.routes,
                            "/either/{id}",
                            edge.only(Access.anyOf(
                                    Access.allOf(SUPPORT, WRITING),
                                    Access.allOf(Access.owner(Optional::of), RECENT, LISTED))));
                    config.routes.get(
                            "/openapi.json",
                            answering(OpenApi.of("Conditions", "1")
                                    .serving(() -> edge.built().routes())),
                            edge.open());
                    serve(config.routes, "/anns", edge.signedIn().access(Attribute.of("to be Ann", at -> at.caller()
                            .accountId()
                            .equals("ann"))));
                })
                .start("127.0.0.1", 0);
    }

    @AfterAll
    static void stop() {
        app.stop();
    }

    @BeforeEach
    void nobody() {
        CALLER.set(null);
    }

    @Test
    void aRoleReachesWhatItHasThePermissionFor() {
        caller("support");

        assertEquals(204, get("/orders").statusCode());
        assertRefused(403, "forbidden", get("/refunds"));
    }

    @Test
    void onePermissionOfManyRolesIsEnough() {
        caller("support", "accounting");

        assertEquals(204, get("/refunds").statusCode());
    }

    @Test
    void aPermissionIsNotARole() {
        caller("orders:refund");

        assertRefused(403, "forbidden", get("/refunds"));
    }

    @Test
    void aPermissionThatNobodyHasFailsAtTheStart() {
        var refused = assertThrows(IllegalArgumentException.class, () -> PERMISSIONS.needs("orders:refnd"));

        assertEquals(
                "no role has the permission 'orders:refnd', roles are [accounting, support]: give it to one of them",
                refused.getMessage());
    }

    @Test
    void whoHasShownThemselvesLatelyMayGoOn() {
        shown(NOW.minusSeconds(300), "pwd");
        assertEquals(204, get("/recent").statusCode());

        shown(NOW.minusSeconds(301), "pwd");
        assertRefused(401, "step-up-required", get("/recent"));
    }

    @Test
    void theRefusalTellsTheAppWhatToAskFor() {
        shown(NOW.minusSeconds(10), "pwd");

        HttpResponse<String> refused = get("/strong");

        JsonNode problem = assertRefused(401, "step-up-required", refused);
        assertEquals(300, problem.get("maxAge").asInt());
        assertEquals("[\"hwk\",\"otp\"]", problem.get("methods").toString());
        assertEquals(
                List.of("Bearer error=\"insufficient_user_authentication\", acr_values=\"hwk otp\", max_age=\"300\""),
                refused.headers().allValues("WWW-Authenticate"));
    }

    @Test
    void whoeverHasShownNothingHasNotShownItLately() {
        shown(NOW);

        assertRefused(401, "step-up-required", get("/recent"));
    }

    @Test
    void oneOfTheMethodsIsEnough() {
        shown(NOW.minusSeconds(10), "pwd", "otp");
        assertEquals(204, get("/strong").statusCode());

        shown(NOW.minusSeconds(301), "pwd", "otp");
        assertRefused(401, "step-up-required", get("/strong"));
        assertEquals(204, get("/ever-strong").statusCode());
    }

    @Test
    void aTokenThatSaysNothingOfItsOwnersSignInIsNotEnough() {
        caller();

        assertRefused(401, "step-up-required", get("/recent"));
        assertRefused(401, "step-up-required", get("/ever-strong"));
    }

    @Test
    void staffInThePlaceOfAnOwnerDoNotGetWhereOnlyOwnersMay() {
        caller();
        assertEquals(204, get("/in-person").statusCode());

        CALLER.set(new Caller("ann", "session", Set.of(), Set.of(), Authentication.UNKNOWN, "staff"));
        assertRefused(403, "not-in-person", get("/in-person"));
    }

    @Test
    void anAttributeThatDoesNotHoldIsNamed() {
        caller();
        assertEquals(204, get("/anns").statusCode());

        CALLER.set(new Caller("bob", "session", Set.of()));
        JsonNode problem = assertRefused(403, "forbidden", get("/anns"));
        assertEquals("this needs to be Ann", problem.get("detail").asString());
    }

    @Test
    void staffInThePlaceOfAnOwnerAreNotAskedToShowWhoTheyAre() {
        CALLER.set(new Caller("ann", "session", Set.of(), Set.of(), new Authentication(NOW, Set.of("otp")), "staff"));

        assertRefused(403, "not-in-person", get("/recent"));
        assertRefused(403, "not-in-person", get("/ever-strong"));
    }

    /** Each of the 32 callers who meet some of the five kinds of conditions: role, scope, owner, step-up, attribute. */
    @Test
    void conditionsOfAllKindsAreAskedForTogetherAndAsAlternatives() {
        for (int met = 0; met < 32; met++) {
            meeting(met);

            assertEquals(met == 31, isLetIn("/all/ann"), "all, meeting " + met);
            assertEquals(met != 0, isLetIn("/any/ann"), "any, meeting " + met);
            assertEquals((met & 3) == 3 || (met & 28) == 28, isLetIn("/either/ann"), "either, meeting " + met);
        }
    }

    @Test
    void theDocumentTellsOfConditionsOfAllKinds() {
        JsonNode paths =
                JsonMapper.shared().readTree(get("/openapi.json").body()).get("paths");

        assertTells("[\"orders:write\",\"support\"]", List.of("401", "403", "404"), paths, "/all/{id}");
        assertTells("[]", List.of("401", "403", "404"), paths, "/any/{id}");
        assertTells("[]", List.of("401", "403"), paths, "/orders");
        assertTells("[]", List.of("401", "403"), paths, "/recent");
    }

    private static void assertTells(String demanded, List<String> refusals, JsonNode paths, String path) {
        JsonNode operation = paths.get(path).get("get");
        assertEquals(
                "[{\"bearer\":" + demanded + "}]", operation.get("security").toString(), path);
        assertEquals(
                refusals,
                operation.get("responses").propertyNames().stream()
                        .filter(status -> status.startsWith("4"))
                        .toList(),
                path);
    }

    private static boolean isLetIn(String path) {
        return get(path).statusCode() == 204;
    }

    private static void meeting(int conditions) {
        ON_THE_LIST.set((conditions & 16) != 0);
        CALLER.set(new Caller(
                (conditions & 4) != 0 ? "ann" : "bob",
                "session",
                (conditions & 1) != 0 ? Set.of("support") : Set.of(),
                (conditions & 2) != 0 ? Set.of("orders:write") : Set.of(),
                (conditions & 8) != 0 ? new Authentication(NOW, Set.of("pwd")) : Authentication.UNKNOWN,
                null));
    }

    @Test
    void aStrangerIsAskedForATokenByEveryCondition() {
        for (String path :
                List.of("/orders", "/refunds", "/recent", "/strong", "/in-person", "/anns", "/all/a", "/any/a")) {
            assertRefused(401, "unauthenticated", get(path));
        }
    }

    @Test
    void aStepUpThatAsksForNothingFailsAtTheStart() {
        assertThrows(IllegalArgumentException.class, StepUp::method);
        var refused = assertThrows(IllegalArgumentException.class, () -> StepUp.within(Duration.ofMillis(999)));

        assertTrue(refused.getMessage().contains("at least a second"), refused.getMessage());
    }

    private static void caller(String... roles) {
        CALLER.set(new Caller("ann", "session", Set.of(roles)));
    }

    private static void shown(Instant at, String... methods) {
        CALLER.set(new Caller("ann", "session", Set.of(), Set.of(), new Authentication(at, Set.of(methods)), null));
    }

    private static Edge.Builder edge() {
        return Edge.builder()
                .clock(() -> NOW)
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .authenticate(exchange -> {
                    Caller caller = CALLER.get();
                    if (caller != null) {
                        exchange.authenticated(caller);
                    }
                });
    }

    private static void serve(RoutesConfig routes, String path, Rule rule) {
        routes.get(path, answering(exchange -> Answer.of(204)), rule);
    }

    private static JsonNode assertRefused(int status, String code, HttpResponse<String> answer) {
        JsonNode problem = JsonMapper.shared().readTree(answer.body());
        assertEquals(
                status + " " + code,
                answer.statusCode() + " " + problem.get("code").asString());
        return problem;
    }

    private static HttpResponse<String> get(String path) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                                    .build(),
                            BodyHandlers.ofString());
        } catch (Exception unanswered) {
            throw new IllegalStateException("no answer from " + path, unanswered);
        }
    }
}
