// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final Duration LENGTH = Duration.ofSeconds(6);
    private static final Duration BEAT = Duration.ofSeconds(2);
    private static final Set<String> QUEUES = Set.of(NewJob.DEFAULT_QUEUE);

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final Lease lease = Lease.join(store, LENGTH, clock::ticks);

    @Test
    void coversItsClaimsUntilItEnds() {
        var claim = new Claim(1, 1, lease.owner(), 1);

        clock.advance(LENGTH.minusNanos(1));
        boolean before = lease.covers(claim);
        clock.advance(Duration.ofNanos(1));
        boolean after = lease.covers(claim);

        assertTrue(before);
        assertFalse(after);
        assertFalse(lease.live());
    }

    @Test
    void aHeartbeatExtendsIt() {
        clock.advance(BEAT);
        lease.renew(QUEUES);
        clock.advance(LENGTH.minusNanos(1));

        assertTrue(lease.live());
    }

    @Test
    void goesOnAsANewOwnerOnceItWasTakenOver() {
        var claim = new Claim(1, 1, lease.owner(), 1);
        clock.advance(LENGTH);
        store.rescue();

        lease.renew(QUEUES);

        assertTrue(lease.live());
        assertNotEquals(claim.owner(), lease.owner());
        assertFalse(lease.covers(claim));
    }

    @Test
    void takesOverFromOwnersThatAreNoMore() {
        long gone = store.join(LENGTH);
        store.enqueue(new NewJob("test", "{}", Duration.ZERO));
        store.finishAndClaim(gone, List.of(), NewJob.DEFAULT_QUEUE, 1);
        beatsUntil(LENGTH.minus(BEAT));
        List<Claim> early = store.claims(gone, NewJob.DEFAULT_QUEUE);

        Pulse onTime = beatsUntil(BEAT);

        assertEquals(1, early.size());
        assertEquals(List.of(), store.claims(gone, NewJob.DEFAULT_QUEUE));
        assertEquals(Map.of(NewJob.DEFAULT_QUEUE, Duration.ZERO), onTime.due());
    }

    @Test
    void afterMissingItsOwnLeaseItLeavesOthersTimeForAHeartbeat() {
        long other = store.join(LENGTH);
        store.enqueue(new NewJob("test", "{}", Duration.ZERO));
        store.finishAndClaim(other, List.of(), NewJob.DEFAULT_QUEUE, 1);
        clock.advance(LENGTH);

        lease.renew(QUEUES);
        Pulse others = store.beat(other, LENGTH, QUEUES);

        assertTrue(others.alive());
        assertEquals(1, store.claims(other, NewJob.DEFAULT_QUEUE).size());
    }

    private Pulse beatsUntil(Duration end) {
        Pulse last = new Pulse(true, false, Map.of(), Set.of(), Set.of());
        for (Duration passed = Duration.ZERO; passed.compareTo(end) < 0; passed = passed.plus(BEAT)) {
            clock.advance(BEAT);
            last = lease.renew(QUEUES);
        }
        return last;
    }
}
