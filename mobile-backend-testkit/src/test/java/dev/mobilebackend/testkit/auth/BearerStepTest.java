// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.jdbi.JdbiKeyStore;
import dev.mobilebackend.auth.session.RevocationFeed;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.web.BearerStep;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A service that signs nobody in and takes the tokens of one that does, over the same database. */
class BearerStepTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AuthApp APP = new AuthApp();

    @RegisterExtension
    static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

    @Test
    void takesTokensThatAnotherServiceIssuedUntilTheirSessionIsEnded(
            MobileClient phone, TestDatabase database, TestClock clock) {
        phone.signUp("ada@example.org", PASSWORD);
        phone.verify("ada@example.org", APP.mail().code());
        Tokens tokens = phone.tokens().orElseThrow();
        var revocations = new Revocations();
        var feed =
                new RevocationFeed(revocations, JdbiSessionStore.of(database.database()), null, Duration.ofMinutes(10));

        try (feed;
                RunningApp orders = orders(database, clock, revocations)) {
            feed.poll();
            Reply taken = who(orders, tokens);
            phone.signOut();
            feed.poll();
            Reply refused = who(orders, tokens);

            assertEquals(200, taken.status());
            assertEquals(401, refused.status());
            assertEquals("session-ended", refused.json().get("code").asString());
        }
    }

    private static RunningApp orders(TestDatabase database, TestClock clock, Revocations revocations) {
        var store = JdbiKeyStore.of(database.database(), ServerSecret.of(new byte[32]), Ambient.random());
        KeyRing keys = KeyRing.builder(store).clock(clock).build();
        AccessTokens tokens = AccessTokens.builder(AccessTokenPolicy.of("mobile-backend", "mobile-backend"), keys)
                .clock(clock)
                .build();
        Edge edge = Edge.builder()
                .clock(clock)
                .transport(TransportPolicy.strict().plainHttp(TransportPolicy.PlainHttp.LOOPBACK))
                .authenticate(new BearerStep(tokens, revocations, Set.of()))
                .routes(routes -> routes.signedIn(HttpMethod.GET, "/who"))
                .build();
        return RunningApp.servlet((classes, context) -> {
            context.addFilter("edge", edge).addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
            context.addServlet("who", new Who()).addMapping("/who");
        });
    }

    private static Reply who(RunningApp app, Tokens tokens) {
        return MobileClient.builder(app.uri())
                .build()
                .request("GET", "/who")
                .header("Authorization", "Bearer " + tokens.accessToken())
                .send();
    }

    private static final class Who extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            Exchange exchange = Exchange.of(request);
            exchange.send(Answer.json(200, "\"" + exchange.caller().accountId() + "\""));
        }
    }
}
