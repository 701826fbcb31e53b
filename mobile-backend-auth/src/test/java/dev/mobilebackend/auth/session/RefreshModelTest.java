// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.session.RefreshDecision.Ended;
import dev.mobilebackend.auth.session.RefreshDecision.Replayed;
import dev.mobilebackend.auth.session.RefreshDecision.Retry;
import dev.mobilebackend.auth.session.RefreshDecision.WrongKey;
import dev.mobilebackend.auth.session.RefreshModel.Client;
import dev.mobilebackend.auth.session.RefreshModel.Loot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the refresh rules promise, searched in every history of {@link RefreshModel} up to a length. */
class RefreshModelTest {

    private static final Duration EVER = Duration.ofDays(30);

    /**
     * The bound of the search. To ask, to be served, to be answered, to lose, to repeat, to move the clock, to steal
     * and to use what was stolen are a move each, so three refreshes fit in, or two and a theft.
     */
    private static final int MOVES = 10;

    /** With two more moves three refreshes within seconds overtake a duplicate, which is then taken for a theft. */
    private static final int MOVES_WITHOUT_PROOFS = 8;

    @Test
    void aPhoneThatSendsProofsIsNeverSignedOutWhateverTheNetworkAndTheClockDo() {
        List<Duration> clock = List.of(RefreshModel.LATER, Duration.ofHours(-1));
        var model = new RefreshModel(Client.INSTALL_SECRET, Loot.NOTHING, EVER, clock);
        model.onPhoneAnswer(RefreshModelTest::assertSignedIn);

        int worlds = model.explore(MOVES, world -> assertTokens(model.phoneAsks(world, world.now()), world));

        assertTrue(worlds > 3_000, () -> "the search was cut short: " + worlds);
    }

    @Test
    void aPhoneWithoutProofsIsNeverSignedOutByRacesAndRetriesInsideTheWindows() {
        List<Duration> clock = List.of(Duration.ofSeconds(4), Duration.ofSeconds(-4));
        var model = new RefreshModel(Client.PLAIN, Loot.NOTHING, Duration.ofSeconds(8), clock);
        model.onPhoneAnswer(RefreshModelTest::assertSignedIn);

        int worlds = model.explore(MOVES_WITHOUT_PROOFS, world -> {
            assertTokens(model.phoneAsks(world, world.now()), world);
            assertTokens(model.phoneAsks(world, world.session().refreshedAt().plus(Duration.ofMinutes(10))), world);
        });

        assertTrue(worlds > 3_000, () -> "the search was cut short: " + worlds);
    }

    @Test
    void ofThiefAndOwnerOnlyOneEverGetsTokensAndTheOtherIsFoundOut() {
        var model = new RefreshModel(Client.INSTALL_SECRET, Loot.TOKEN, EVER, List.of(RefreshModel.LATER));

        int worlds = model.explore(MOVES, world -> {
            boolean thiefUsedIt = world.thief() != null && world.thief().hasUsedIt();
            Instant later = world.now().plus(RefreshModel.LATER);
            assertFalse(thiefUsedIt && world.ownerUsedIt(), world::toString);
            if (thiefUsedIt) {
                assertFoundOut(model.phoneAsks(world, later), world);
            }
            if (world.ownerUsedIt()) {
                assertFoundOut(model.thiefAsks(world, later), world);
            }
        });

        assertTrue(worlds > 3_000, () -> "the search was cut short: " + worlds);
    }

    @Test
    void aThiefOfAPhoneWithoutProofsIsFoundOutUnlessThePhoneStillHasItsPlainRetry() {
        SessionPolicy policy = SessionPolicy.standard();
        var model = new RefreshModel(Client.PLAIN, Loot.TOKEN, EVER, List.of(Duration.ofSeconds(8)));
        var used = new AtomicInteger();

        int worlds = model.explore(MOVES, world -> {
            Instant rotatedAt =
                    world.thief() == null ? null : world.thief().rotatedAt().get(world.held());
            if (rotatedAt == null) {
                return;
            }
            Instant forgiven = rotatedAt.plus(policy.straggler());
            Instant late = world.now().isAfter(forgiven) ? world.now() : forgiven.plusMillis(1);
            Instant retry = world.session().refreshedAt().plus(policy.plainRetry());
            boolean forgivenOneBehind = RefreshModel.behind(world) == 1 && !late.isAfter(retry);
            if (!forgivenOneBehind) {
                used.incrementAndGet();
                assertFoundOut(model.phoneAsks(world, late), world);
            }
            assertFoundOut(model.phoneAsks(world, retry.plusMillis(1)), world);
        });

        assertTrue(worlds > 3_000, () -> "the search was cut short: " + worlds);
        assertTrue(used.get() > 100, () -> "hardly any thief was two ahead: " + used);
    }

    @Test
    void aPhoneWithAKeyIsNeverSignedOutWhateverTheNetworkAndTheClockDo() {
        List<Duration> clock = List.of(RefreshModel.LATER, Duration.ofHours(-1));
        var model = new RefreshModel(Client.HARDWARE_KEY, Loot.NOTHING, EVER, clock);
        model.onPhoneAnswer(RefreshModelTest::assertSignedIn);

        int worlds = model.explore(MOVES, world -> assertTokens(model.phoneAsks(world, world.now()), world));

        assertTrue(worlds > 3_000, () -> "the search was cut short: " + worlds);
    }

    @Test
    void aThiefOfTheWholeStoreGetsNothingWithoutTheKeyAndIsNoticedAtOnceAndThePhoneGoesOn() {
        var model = new RefreshModel(Client.HARDWARE_KEY, Loot.WHOLE_STORE, EVER, List.of(RefreshModel.LATER));
        model.onPhoneAnswer(RefreshModelTest::assertSignedIn);
        var tries = new AtomicInteger();
        model.onThiefAnswer(decision -> {
            tries.incrementAndGet();
            assertInstanceOf(WrongKey.class, decision);
        });

        model.explore(MOVES, world -> assertTokens(model.phoneAsks(world, world.now()), world));

        assertTrue(tries.get() > 3_000, () -> "the thief hardly tried: " + tries);
    }

    /** What the rule can't promise: such a copy is the phone, as far as anybody can tell. */
    @Test
    void whoCopiesTheInstallSecretTooIsNotToldApart() {
        var model = new RefreshModel(Client.INSTALL_SECRET, Loot.WHOLE_STORE, EVER, List.of(RefreshModel.LATER));
        var shared = new AtomicInteger();

        model.explore(5, world -> {
            boolean thiefUsedIt = world.thief() != null && world.thief().hasUsedIt();
            if (thiefUsedIt && world.ownerUsedIt() && world.session().revocation() == null) {
                shared.incrementAndGet();
            }
        });

        assertTrue(shared.get() > 0);
    }

    private static void assertSignedIn(RefreshDecision decision) {
        assertTrue(RefreshModel.tokens(decision).isPresent() || decision instanceof Retry, decision::toString);
    }

    private static void assertTokens(RefreshDecision decision, RefreshModel.World world) {
        assertTrue(RefreshModel.tokens(decision).isPresent(), () -> decision + " in " + world);
    }

    private static void assertFoundOut(RefreshDecision decision, RefreshModel.World world) {
        assertTrue(decision instanceof Replayed || decision instanceof Ended, () -> decision + " in " + world);
    }
}
