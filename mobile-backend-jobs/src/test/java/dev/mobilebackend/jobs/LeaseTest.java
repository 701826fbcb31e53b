// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final Duration LENGTH = Duration.ofSeconds(6);
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final Lease lease = Lease.join(store, LENGTH, clock::ticks);

    @Test
    void coversItsClaimsUntilItEnds() {
        var claim = new Claim(1, lease.owner(), 1);

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
        lease.renew();
        clock.advance(LENGTH.minusNanos(1));

        assertTrue(lease.live());
    }

    @Test
    void goesOnAsANewOwnerOnceItWasTakenOver() {
        var claim = new Claim(1, lease.owner(), 1);
        clock.advance(LENGTH);
        store.rescue();

        lease.renew();

        assertTrue(lease.live());
        assertNotEquals(claim.owner(), lease.owner());
        assertFalse(lease.covers(claim));
    }

    @Test
    void takesOverFromOwnersThatAreNoMore() {
        long gone = store.join(LENGTH);
        store.enqueue(new NewJob("test", "{}", Duration.ZERO));
        store.finishAndClaim(gone, List.of(), 1);
        int early = beatsUntil(LENGTH.minus(BEAT));

        int onTime = beatsUntil(BEAT);

        assertEquals(0, early);
        assertEquals(1, onTime);
    }

    @Test
    void afterMissingItsOwnLeaseItLeavesOthersTimeForAHeartbeat() {
        long other = store.join(LENGTH);
        store.enqueue(new NewJob("test", "{}", Duration.ZERO));
        store.finishAndClaim(other, List.of(), 1);
        clock.advance(LENGTH);

        int atOnce = lease.renew();
        boolean otherLives = store.beat(other, LENGTH);

        assertEquals(0, atOnce);
        assertTrue(otherLives);
    }

    private int beatsUntil(Duration end) {
        int rescued = 0;
        for (Duration passed = Duration.ZERO; passed.compareTo(end) < 0; passed = passed.plus(BEAT)) {
            clock.advance(BEAT);
            rescued += lease.renew();
        }
        return rescued;
    }
}
