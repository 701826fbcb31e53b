// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.health.Health.Readiness;
import java.lang.Thread.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainTest {

    private static final Outcome ANSWERED = new Outcome(200, 0, Ending.ANSWERED, null);
    private static final DrainPolicy PATIENT = new DrainPolicy(Duration.ofSeconds(7), Duration.ofMinutes(5));

    private final Health health = Health.of(Database.of(Jdbi.create("jdbc:h2:mem:")));
    private final List<String> happened = new ArrayList<>();

    @Test
    void saysThatItIsNotReadyThenLetsTheGracePassThenStops() {
        Drain drain =
                new Drain(health, PATIENT, grace -> happened.add(health.report().readiness() + " for " + grace));

        int left = drain.run(() -> happened.add("stop"));

        assertEquals(0, left);
        assertEquals(List.of(Readiness.DRAINING + " for PT7S", "stop"), happened);
    }

    @Test
    void closesEachConnectionWithItsNextAnswer() {
        Map<String, String> before = new HashMap<>();
        Map<String, String> during = new HashMap<>();
        Map<String, String> multiplexed = new HashMap<>();
        var drain = new Drain(health, PATIENT, grace -> {});

        drain.after(admitted(drain, before, "HTTP/1.1"), ANSWERED);
        drain.run(() -> {});
        drain.after(admitted(drain, during, "HTTP/1.1"), ANSWERED);
        drain.after(admitted(drain, multiplexed, "HTTP/2.0"), ANSWERED);

        assertEquals(Map.of(), before);
        assertEquals(Map.of("Connection", "close"), during);
        assertEquals(Map.of(), multiplexed);
    }

    @Test
    void stopsOnlyWhenTheLastRequestHasEnded() throws Exception {
        var drain = new Drain(health, PATIENT, grace -> {});
        Exchange first = admitted(drain, new HashMap<>(), "HTTP/1.1");
        Exchange second = admitted(drain, new HashMap<>(), "HTTP/1.1");
        var leaving = new Thread(() -> drain.run(() -> happened.add("stop with " + drain.active())));

        leaving.start();
        awaitParked(leaving);
        drain.after(first, ANSWERED);
        awaitParked(leaving);
        drain.after(second, ANSWERED);
        leaving.join();

        assertEquals(List.of("stop with 0"), happened);
    }

    /** Until it waits for something, or is over. */
    private static void awaitParked(Thread thread) {
        while (thread.getState() != State.TIMED_WAITING && thread.getState() != State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void knowsHowManyRequestsHaveComeAndHowManyAreBeingAnswered() {
        var drain = new Drain(health, PATIENT, grace -> {});

        Exchange first = admitted(drain, new HashMap<>(), "HTTP/1.1");
        admitted(drain, new HashMap<>(), "HTTP/1.1");
        drain.after(first, ANSWERED);

        assertEquals(2, drain.arrived());
        assertEquals(1, drain.active());
    }

    @Test
    void stopsAnywayWhenPatienceEnds() {
        var drain = new Drain(health, PATIENT.patience(Duration.ZERO), grace -> {});
        admitted(drain, new HashMap<>(), "HTTP/1.1");

        int left = drain.run(() -> happened.add("stop"));

        assertEquals(1, left);
        assertEquals(List.of("stop"), happened);
    }

    @Test
    void refusesSpansThatCannotPass() {
        Duration negative = Duration.ofSeconds(-1);

        assertThrows(IllegalArgumentException.class, () -> DrainPolicy.usual().grace(negative));
        assertThrows(IllegalArgumentException.class, () -> DrainPolicy.usual().patience(negative));
    }

    private static Exchange admitted(Drain drain, Map<String, String> answered, String protocol) {
        var facts = new RequestFacts(
                "request-1", Instant.EPOCH, "GET", "/", ClientAddress.parse("192.0.2.1"), true, null, null, null);
        Exchange exchange = TestExchange.of(facts, answered, "Test-Protocol", protocol);
        drain.apply(exchange);
        return exchange;
    }
}
