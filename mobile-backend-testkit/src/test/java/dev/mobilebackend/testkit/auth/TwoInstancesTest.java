// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.web.Auth;
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
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Ticks;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one instance ends, as another over the same database learns it. Time there passes as a test says. */
class TwoInstancesTest {

    private static final String PASSWORD = "correct horse battery";

    /** In tests on PostgreSQL a signal may come as late as it likes, so what is held is how often the table is read. */
    private static final Duration WITHOUT_A_SIGNAL = Duration.ofSeconds(5);

    private static final Duration WHERE_NOTHING_SIGNALS = Duration.ofSeconds(1);

    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    class OnH2 extends Instances {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

        OnH2() {
            super(APP, WHERE_NOTHING_SIGNALS);
        }
    }

    @Nested
    class OnPostgres extends Instances {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::postgres, APP);

        OnPostgres() {
            super(APP, WITHOUT_A_SIGNAL);
        }
    }

    abstract static class Instances {

        private final AuthApp here;
        private final Duration bound;
        private final Ticks ticks = new Ticks();
        private final String email = "ida" + COUNT.incrementAndGet() + "@example.org";
        private Auth auth;
        private RunningApp there;

        Instances(AuthApp here, Duration bound) {
            this.here = here;
            this.bound = bound;
        }

        @BeforeEach
        void startAnother(MobileClient phone, TestClock clock) {
            auth = Auth.builder(here.database(), ServerSecret.of(new byte[32]), (handle, notice) -> {})
                    .clock(clock)
                    .scheduler(ticks)
                    .build();
            Edge edge = Edge.builder()
                    .clock(clock)
                    .transport(TransportPolicy.strict().plainHttp(TransportPolicy.PlainHttp.LOOPBACK))
                    .authenticate(auth.bearerStep())
                    .routes(routes -> routes.signedIn(HttpMethod.GET, "/who"))
                    .build();
            there = RunningApp.servlet((classes, context) -> {
                context.addFilter("edge", edge)
                        .addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
                context.addServlet("who", new Who()).addMapping("/who");
            });
            phone.signUp(email, PASSWORD);
            phone.verify(email, here.mail().code());
        }

        @AfterEach
        void stop() {
            there.close();
            auth.close();
            ticks.shutdownNow();
        }

        /** Whenever in its rounds that happens. */
        @Test
        void anAccessTokenIsRefusedThereSoonAfterItsSessionEndedHere(MobileClient phone) {
            for (int before = 0; before < 20; before++) {
                phone.signIn(email, PASSWORD);
                String token = phone.tokens().orElseThrow().accessToken();
                assertEquals(204, who(token));
                for (int tick = 0; tick < before; tick++) {
                    ticks.next();
                }

                assertEquals(204, phone.signOut().status());
                ticks.pass(bound);

                assertEquals(401, who(token));
            }
        }

        private int who(String token) {
            return MobileClient.builder(there.uri())
                    .build()
                    .request("GET", "/who")
                    .header("Authorization", "Bearer " + token)
                    .send()
                    .status();
        }
    }

    private static final class Who extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            Exchange.of(request).send(Answer.of(204));
        }
    }
}
