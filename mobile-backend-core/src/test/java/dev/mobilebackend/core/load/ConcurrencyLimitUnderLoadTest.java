// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import static dev.mobilebackend.core.exchange.Priority.BACKGROUND;
import static dev.mobilebackend.core.exchange.Priority.NORMAL;
import static dev.mobilebackend.core.exchange.Priority.USER_ACTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Priority;
import dev.mobilebackend.core.load.SimulatedServer.Tally;
import dev.mobilebackend.core.load.SimulatedServer.Work;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * How the limit moves, on a simulated server in moved time. Most have 20 workers that take 25 ms on average, so they
 * answer 800 requests a second and are busy with 20 in flight.
 */
class ConcurrencyLimitUnderLoadTest {

    private static final int WORKERS = 20;
    private static final double CAPACITY = 800;
    private static final int UNBOUNDED = Integer.MAX_VALUE;
    private static final Work USUAL = (random, now) -> 0.025 * random.nextExponential();

    private final ConcurrencyLimit limit = new ConcurrencyLimit(LoadPolicy.adaptive(), 0);

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void usersActionsAreAnsweredWhileBackgroundIsShedAtTenAndFiftyTimesTheLoad(
            @ForAll long seed, @ForAll boolean fifty) {
        var requests = new ConcurrencyLimit(LoadPolicy.adaptive(), 0);
        var server = new SimulatedServer(SimulatedServer.gate(requests), WORKERS, USUAL, new SplittableRandom(seed))
                .arrivals(USER_ACTION, 0.3 * CAPACITY)
                .arrivals(NORMAL, 0.2 * CAPACITY)
                .arrivals(BACKGROUND, (fifty ? 49.5 : 9.5) * CAPACITY);

        Map<Priority, Tally> cold = server.runTo(5);
        Map<Priority, Tally> later = server.runTo(35);

        assertAnswered(cold, USER_ACTION, 0.95);
        assertAnswered(later, USER_ACTION, 0.99);
        assertAnswered(later, NORMAL, 0.97);
        assertTrue(
                later.get(BACKGROUND).admitted() < 0.1,
                "background " + later.get(BACKGROUND).admitted());
        assertTrue(answered(later) > 0.85 * CAPACITY * 30, answered(later) + " answers in 30 s");
        assertTrue(
                later.get(USER_ACTION).quantile(0.99) < 1,
                "p99 " + later.get(USER_ACTION).quantile(0.99));
    }

    @Test
    void answersAsManyAsItCanWhereAllAreOfOnePriorityAndNoneWaitsLong() {
        SimulatedServer server = server(WORKERS, USUAL).arrivals(NORMAL, 10 * CAPACITY);
        server.runTo(5);

        Map<Priority, Tally> later = server.runTo(65);

        assertTrue(answered(later) > 0.9 * CAPACITY * 60, answered(later) + " answers in 60 s");
        assertTrue(
                later.get(NORMAL).quantile(0.99) < 0.4,
                "p99 " + later.get(NORMAL).quantile(0.99));
    }

    @Test
    void findsItsLimitInTwoSecondsWhereFortyASecondAreAnswered() {
        SimulatedServer server =
                server(2, (random, now) -> 0.05).arrivals(USER_ACTION, 12).arrivals(BACKGROUND, 388);
        server.runTo(2);

        Map<Priority, Tally> later = server.runTo(6);

        double slow = later.get(USER_ACTION).quantile(0.8);
        assertTrue(slow < 1, "a fifth of users' actions took over " + slow + " s");
    }

    /** Gradient rules take the latency of a long overload for the usual one and let the limit go. */
    @Test
    void doesNotDriftUpwardsInALongOverload() {
        SimulatedServer server = server(WORKERS, USUAL).arrivals(NORMAL, 10 * CAPACITY);
        server.runTo(600);

        Map<Priority, Tally> late = server.runTo(620);

        assertTrue(
                late.get(NORMAL).quantile(0.99) < 0.4, "p99 " + late.get(NORMAL).quantile(0.99));
    }

    @Test
    void isBackWhereItBeganTenSecondsAfterAStorm() {
        SimulatedServer server = server(WORKERS, USUAL)
                .arrivals(NORMAL, 20 * CAPACITY, now -> now > 20 && now < 30 ? 20 * CAPACITY : CAPACITY / 2);
        server.runTo(30);
        assertTrue(server.limit() < LoadPolicy.adaptive().start(), "limit " + server.limit());

        server.runTo(31);
        Map<Priority, Tally> after = server.runTo(40);

        assertAnswered(after, NORMAL, 0.99);
        assertEquals(LoadPolicy.adaptive().start(), server.limit());
    }

    @Test
    void growsForWorkThatHasBecomeSlowerWithoutAQueue() {
        SimulatedServer server = server(
                        UNBOUNDED, (random, now) -> (now > 30 ? 0.4 : 0.02) * (0.5 + random.nextDouble()))
                .arrivals(NORMAL, 500);
        server.runTo(40);

        Map<Priority, Tally> later = server.runTo(60);

        assertAnswered(later, NORMAL, 0.99);
    }

    @Test
    void followsWorkersThatHaveBecomeSlower() {
        SimulatedServer server = server(WORKERS, (random, now) -> (now > 30 ? 0.1 : 0.025) * random.nextExponential())
                .arrivals(USER_ACTION, 0.1 * CAPACITY)
                .arrivals(BACKGROUND, 10 * CAPACITY);
        server.runTo(40);

        Map<Priority, Tally> later = server.runTo(70);

        assertAnswered(later, USER_ACTION, 0.99);
        assertTrue(
                later.get(USER_ACTION).quantile(0.99) < 2,
                "p99 " + later.get(USER_ACTION).quantile(0.99));
    }

    @Test
    void followsWorkersThatHaveBecomeQuicker() {
        SimulatedServer server = server(WORKERS, (random, now) -> (now > 30 ? 0.005 : 0.025) * random.nextExponential())
                .arrivals(NORMAL, 10 * CAPACITY);
        server.runTo(35);

        Map<Priority, Tally> later = server.runTo(65);

        assertTrue(answered(later) > 0.85 * 5 * CAPACITY * 30, answered(later) + " answers in 30 s");
    }

    /** What mistakes a slow route for a queue ends at its minimum here. */
    @Test
    void standsStillWhereSomeRequestsTakeFourHundredTimesAsLongAsOthers() {
        SimulatedServer server = server(UNBOUNDED, (random, now) -> random.nextDouble() < 0.9 ? 0.002 : 0.8)
                .arrivals(USER_ACTION, 900);

        Map<Priority, Tally> all = server.runTo(120);

        assertAnswered(all, USER_ACTION, 0.99);
        assertTrue(server.limit() >= LoadPolicy.adaptive().start(), "limit " + server.limit());
    }

    @Test
    void staysWhereItIsWhileTheApplicationIsIdleOrNotRefused() {
        SimulatedServer idle = server(WORKERS, USUAL).arrivals(NORMAL, 1);
        SimulatedServer busy = new SimulatedServer(
                        SimulatedServer.gate(new ConcurrencyLimit(LoadPolicy.adaptive(), 0)),
                        WORKERS,
                        USUAL,
                        new SplittableRandom(7))
                .arrivals(NORMAL, CAPACITY / 2);

        idle.runTo(600);
        busy.runTo(120);

        assertEquals(LoadPolicy.adaptive().start(), idle.limit());
        assertEquals(LoadPolicy.adaptive().start(), busy.limit());
    }

    @Test
    void growsOnlyAsFarAsItIsUsed() {
        SimulatedServer server =
                server(400, (random, now) -> 0.1 * random.nextExponential()).arrivals(NORMAL, 3600);
        server.runTo(5);

        Map<Priority, Tally> later = server.runTo(60);

        assertAnswered(later, NORMAL, 0.99);
        assertTrue(server.limit() < LoadPolicy.adaptive().maximum(), "limit " + server.limit());
    }

    @Test
    void goesOnWithTheOthersWhereSomeRequestsHang() {
        SimulatedServer server = server(
                        UNBOUNDED, (random, now) -> now > 10 && now < 20 && random.nextDouble() < 0.005 ? 60 : 0.02)
                .arrivals(USER_ACTION, CAPACITY);
        server.runTo(20);

        Map<Priority, Tally> later = server.runTo(50);

        assertAnswered(later, USER_ACTION, 0.95);
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void staysBetweenItsMinimumAndItsMaximumWhateverTheLoad(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 50) int minimum,
            @ForAll @IntRange(min = 1, max = 100) int workers,
            @ForAll @IntRange(min = 10, max = 2_000) int rate) {
        var policy = new LoadPolicy(minimum, minimum * 2, minimum * 3, 90, 50);
        var requests = new ConcurrencyLimit(policy, 0);
        var server = new SimulatedServer(SimulatedServer.gate(requests), workers, USUAL, new SplittableRandom(seed))
                .arrivals(NORMAL, rate)
                .arrivals(BACKGROUND, rate);

        for (int tenths = 1; tenths <= 100; tenths++) {
            server.runTo(tenths / 10.0);
            int now = server.limit();
            assertTrue(now >= minimum && now <= policy.maximum(), "limit " + now + " of " + policy);
        }
    }

    private SimulatedServer server(int workers, Work work) {
        return new SimulatedServer(SimulatedServer.gate(limit), workers, work, new SplittableRandom(7));
    }

    private static void assertAnswered(Map<Priority, Tally> tallies, Priority priority, double part) {
        double admitted = tallies.get(priority).admitted();
        assertTrue(admitted >= part, priority + ": " + admitted + " answered, expected " + part);
    }

    private static int answered(Map<Priority, Tally> tallies) {
        return tallies.values().stream()
                .mapToInt(tally -> tally.latencies.size())
                .sum();
    }
}
