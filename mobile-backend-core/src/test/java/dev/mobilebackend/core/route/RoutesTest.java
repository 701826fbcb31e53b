// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static dev.mobilebackend.core.exchange.HttpMethod.DELETE;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Priority;
import dev.mobilebackend.core.load.PriorityRule;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy;
import dev.mobilebackend.core.transport.BodyPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RoutesTest {

    private record Body(String text) {}

    @Test
    void refusesTwoRoutesForTheSameRequests() {
        assertContradicts(
                "GET /a/{y} is declared twice, also as GET /a/{x}: keep one",
                routes -> routes.open(GET, "/a/{x}").signedIn(GET, "/a/{y}"));
        assertContradicts("GET /a is declared twice: keep one", routes -> routes.open(GET, "/a")
                .signedIn(GET, "/a"));
    }

    @Test
    void refusesTwoRoutesOfWhichNeitherIsTheMoreLiteralOne() {
        assertContradicts(
                "GET /a/{x} and GET /{y}/b both mean /a/b, and neither is the more literal one: declare that too, or"
                        + " rename one of them",
                routes -> routes.open(GET, "/a/{x}").signedIn(GET, "/{y}/b"));

        assertStands(
                routes -> routes.open(GET, "/a/{x}").signedIn(GET, "/{y}/b").open(GET, "/a/b"));
        assertStands(routes -> routes.open(GET, "/a/{x}").signedIn(POST, "/{y}/b"));
        assertStands(routes -> routes.open(GET, "/a/{x}").signedIn(GET, "/a/b").signedIn(GET, "/{y}/{z}"));
    }

    @Test
    void refusesAnOpenRouteThatAsksWhoIsCalling() {
        String message = "GET /me is open, yet asks who is calling: declare it signedIn, or leave that condition out";

        assertContradicts(message, routes -> routes.open(GET, "/me").role("admin"));
        assertContradicts(message, routes -> routes.open(GET, "/me").scope("me"));
        assertContradicts(
                message, routes -> routes.open(GET, "/me").access(Access.anyOf(Access.signedIn(), exchange -> {})));
        assertStands(routes -> routes.open(GET, "/me").privateNetwork());
        assertStands(routes -> routes.open(GET, "/me").access(exchange -> {}));
    }

    @Test
    void refusesToAskForTheOwnerOfWhatNoVariableNames() {
        String message =
                "GET /me has no variable whose owner could be asked for: name a thing in its path, as in /things/{id}";

        assertContradicts(message, routes -> routes.signedIn(GET, "/me").owner(id -> Optional.empty()));
        assertContradicts(
                message,
                routes -> routes.only(
                        Access.anyOf(Access.role("admin"), Access.owner(id -> Optional.empty())), GET, "/me"));
        assertContradicts(
                "GET /orders/{id} has no variable {order} whose owner could be asked for: it has {id}",
                routes -> routes.signedIn(GET, "/orders/{id}").owner("order", id -> Optional.empty()));
    }

    @Test
    void refusesKeysOfClientsThatCannotBeToldApart() {
        assertContradicts(
                "POST /orders lets in clients without a token, whose keys could not be told apart: declare it signedIn",
                routes -> routes.open(POST, "/orders").idempotent());
        assertContradicts(
                "POST /orders lets in clients without a token, whose keys could not be told apart: declare it signedIn",
                routes -> routes.only(Access.anyOf(Access.signedIn(), Access.privateNetwork()), POST, "/orders")
                        .idempotent());
        assertContradicts(
                "POST /orders is declared idempotent twice: keep one",
                routes -> routes.signedIn(POST, "/orders").idempotent().idempotent());
        assertContradicts(
                "GET /orders is declared idempotent, which a GET is by itself: leave that out, or declare a POST",
                routes -> routes.signedIn(GET, "/orders").idempotent());
        assertStands(routes -> routes.signedIn(DELETE, "/orders").idempotent());
    }

    @Test
    void refusesTwoDocumentsOfOneAnswer() {
        assertContradicts(
                "GET /a says twice what it answers with 200: keep one",
                routes -> routes.open(GET, "/a").answers(200, Body.class).answers(200));
        assertStands(routes -> routes.open(GET, "/a").answers(200, Body.class).answers(204));
    }

    @Test
    void refusesTwoPoliciesForOneBody() {
        assertContradicts("POST /photos has two policies for its body: keep one", routes -> routes.open(POST, "/photos")
                .body(BodyPolicy.standard())
                .body(BodyPolicy.standard().maximum(5)));
    }

    @Test
    void refusesLimitsThatCannotBeMeantTogether() {
        RateLimitPolicy limit = perCaller(10, Duration.ofSeconds(1));
        RateLimitPolicy hourly = perCaller(1000, Duration.ofHours(1));

        assertContradicts(
                "POST /orders has two limits with the name 'caller', which clients could not tell apart:"
                        + " give one of them another with named(...)",
                routes -> routes.signedIn(POST, "/orders").limit(limit).limit(hourly));
        assertContradicts(
                "GET /health is unlimited, yet has a limit: leave one of them out",
                routes -> routes.open(GET, "/health").unlimited().limit(perClient(10, Duration.ofSeconds(1))));
        assertContradicts(
                "GET /health is unlimited, yet has a cost: leave one of them out",
                routes -> routes.open(GET, "/health").unlimited().cost(4));
        assertContradicts(
                "GET /health is not counted as load, yet has a rule on its priority: leave one of them out",
                routes -> routes.open(GET, "/health").unlimited().priority(PriorityRule.atMost(Priority.BACKGROUND)));
        assertContradicts(
                "GET /events is not counted as load, yet has a rule on its priority: leave one of them out",
                routes -> routes.open(GET, "/events").uncounted().priority(PriorityRule.atMost(Priority.BACKGROUND)));
        assertStands(routes -> routes.signedIn(POST, "/orders").limit(limit).limit(hourly.named("hourly")));
    }

    @Test
    void refusesABodyThatDoesNotArrive() {
        assertContradicts(
                "GET /orders accepts a body, which clients and proxies drop from a GET: take it from the query, or"
                        + " declare a POST",
                routes -> routes.open(GET, "/orders").accepts(Body.class));
    }

    @Test
    void namesEveryContradictionAtOnce() {
        assertContradicts("""
                GET /a is open, yet asks who is calling: declare it signedIn, or leave that condition out
                GET /a is declared twice: keep one""", routes -> routes.open(GET, "/a").role("admin").signedIn(GET, "/a"));
    }

    @Test
    void refusesTermsBeforeTheirRoute() {
        assertThrows(IllegalStateException.class, () -> new Routes().unlimited());
        assertThrows(IllegalStateException.class, () -> new Routes().with(new Object()));
    }

    @Test
    void knowsWhoMayReachARoute() {
        Route either = only(Access.anyOf(Access.privateNetwork(), Access.role("metrics")));
        Route both = only(Access.allOf(Access.privateNetwork(), Access.role("metrics")));
        Route open = only(Access.open());

        assertTrue(both.isPrivate() && both.needsCaller() && both.mentionsCaller() && !both.isOpen());
        assertTrue(either.mentionsCaller() && either.mentions(Access.Role.class::isInstance));
        assertFalse(either.isPrivate() || either.needsCaller() || either.isOpen());
        assertTrue(open.isOpen());
        assertFalse(open.needsCaller() || open.mentionsCaller() || open.mentions(Access.Role.class::isInstance));
    }

    @Test
    void knowsACallersConditionOfTheApplicationsOwn() {
        Access paying = new Access() {
            @Override
            public void check(Exchange exchange) {
                exchange.caller();
            }

            @Override
            public boolean needsCaller() {
                return true;
            }
        };

        assertTrue(only(paying).needsCaller()
                && only(Access.allOf(Access.privateNetwork(), paying)).needsCaller());
        assertTrue(only(Access.anyOf(Access.role("metrics"), paying)).needsCaller());
        assertFalse(only(Access.anyOf(Access.privateNetwork(), paying)).needsCaller());
        assertTrue(only(Access.anyOf(Access.privateNetwork(), paying)).mentionsCaller());
        assertFalse(only(exchange -> {}).mentionsCaller());
    }

    @Test
    void showsWhatIsDeclared() {
        RouteTable table = new Routes().open(GET, "/a").signedIn(POST, "/a/{b}").build();

        assertEquals("RouteTable[GET /a, POST /a/{b}]", table.toString());
    }

    @Test
    void saysHowToServeWhatItHasNoTemplateFor() {
        for (String segment : new String[] {"*", "<path>", "{path:.*}"}) {
            assertEquals(
                    "a segment must be a plain name or a {variable}, was '" + segment + "' in '/files/" + segment
                            + "': a route has as many segments as its paths, so declare one for each depth, or take the rest"
                            + " as a query parameter",
                    assertThrows(IllegalArgumentException.class, () -> new Routes().open(GET, "/files/" + segment))
                            .getMessage());
        }
    }

    private static Route only(Access condition) {
        return new Routes().only(condition, GET, "/metrics").build().routes().get(0);
    }

    private static void assertContradicts(String message, Consumer<Routes> declarations) {
        var routes = new Routes();
        declarations.accept(routes);
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, routes::build).getMessage());
    }

    private static void assertStands(Consumer<Routes> declarations) {
        var routes = new Routes();
        declarations.accept(routes);
        assertFalse(routes.build().routes().isEmpty());
    }
}
