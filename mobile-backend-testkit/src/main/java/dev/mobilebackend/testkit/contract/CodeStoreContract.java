// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.CodeStore;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.PendingCode;
import dev.mobilebackend.auth.account.Purpose;
import dev.mobilebackend.auth.account.SendLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CodeStore} must do. */
public abstract class CodeStoreContract {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");
    private static final Instant EXPIRY = START.plusSeconds(900);
    private static final AtomicLong COUNT = new AtomicLong();

    private final Collection<Notice> outbox = new ConcurrentLinkedQueue<>();
    private EmailAddress email;
    private CodeStore store;

    protected CodeStoreContract() {}

    /** The store to test; what it owes goes to this outbox. Codes of other tests may be in it. */
    protected abstract CodeStore store(Consumer<Notice> outbox);

    @BeforeEach
    void anotherAddress() {
        email = new EmailAddress("ada+" + COUNT.incrementAndGet() + "@example.org");
        outbox.clear();
        store = store(outbox::add);
    }

    @Test
    void aCodeIsKeptAndItsNoticeOwed() {
        PendingCode code = kept("phone");

        assertEquals(List.of(notice(code)), List.copyOf(outbox));
        assertEquals(Optional.of(left(code, 4)), take("phone", START));
    }

    @Test
    void aCodeKeepsEverythingItWasMadeWith() {
        var code = new PendingCode(Purpose.GUEST_UPGRADE, "account", "session", email, unique(), "hash", 5, EXPIRY);
        store.keep(code, notice(code), limit(5, START));

        assertEquals(Optional.of(left(code, 4)), store.takeAttempt(Purpose.GUEST_UPGRADE, "account", "session", START));
    }

    @Test
    void aCodeWhoseNoticeIsNotTakenIsNotKept() {
        CodeStore full = store(notice -> {
            throw new IllegalStateException("the outbox is full");
        });
        PendingCode code = code("phone");

        assertThrows(IllegalStateException.class, () -> full.keep(code, notice(code), limit(1, START)));

        assertEquals(Optional.empty(), take("phone", START));
        assertTrue(store.keep(code, notice(code), limit(1, START)));
    }

    @Test
    void aLaterCodeOfTheSameOriginReplacesTheEarlier() {
        PendingCode earlier = kept("phone");
        take("phone", START);
        PendingCode later = kept("phone");

        assertFalse(store.use(earlier));
        assertEquals(Optional.empty(), store.findBySeed(Purpose.SIGN_UP, earlier.seed(), START));
        assertEquals(Optional.of(left(later, 4)), take("phone", START));
    }

    @Test
    void codesOfTwoOriginsAndTwoPurposesStandBesideEachOther() {
        PendingCode phone = kept("phone");
        PendingCode tablet = kept("tablet");
        var reset = new PendingCode(Purpose.PASSWORD_RESET, email.text(), "phone", email, unique(), null, 5, EXPIRY);
        store.keep(reset, notice(reset), limit(9, START));

        assertEquals(Optional.of(left(phone, 4)), take("phone", START));
        assertEquals(Optional.of(left(tablet, 4)), take("tablet", START));
        assertEquals(
                Optional.of(left(reset, 4)), store.takeAttempt(Purpose.PASSWORD_RESET, email.text(), "phone", START));
        assertEquals(Optional.empty(), take("watch", START));
    }

    @Test
    void attemptsRunOutExactlyEvenAllAtOnce() {
        kept("phone");

        List<Optional<PendingCode>> attempts = Race.of(8, () -> take("phone", START));

        assertEquals(5, attempts.stream().filter(Optional::isPresent).count());
        assertEquals(Optional.empty(), take("phone", START));
    }

    @Test
    void anExpiredCodeHasNoAttemptsAndIsNotFound() {
        PendingCode code = kept("phone");

        assertEquals(Optional.empty(), take("phone", EXPIRY));
        assertEquals(Optional.empty(), store.findBySeed(Purpose.SIGN_UP, code.seed(), EXPIRY));
        assertTrue(take("phone", EXPIRY.minusNanos(1000)).isPresent());
    }

    @Test
    void aCodeIsFoundByItsSeedForItsPurposeAlone() {
        PendingCode code = kept("phone");

        assertEquals(Optional.of(code), store.findBySeed(Purpose.SIGN_UP, code.seed(), START));
        assertEquals(Optional.empty(), store.findBySeed(Purpose.SIGN_IN_LINK, code.seed(), START));
    }

    @Test
    void manyCodesAtOnceLeaveOne() {
        Race.of(8, () -> kept("phone"));

        PendingCode left = take("phone", START).orElseThrow();

        assertTrue(store.use(left));
        assertEquals(8, outbox.size());
        assertEquals(Optional.empty(), take("phone", START));
    }

    @Test
    void usingACodeDropsEveryOtherOfItsPurposeAndSubject() {
        PendingCode phone = kept("phone");
        PendingCode tablet = kept("tablet");
        var reset = new PendingCode(Purpose.PASSWORD_RESET, email.text(), "phone", email, unique(), null, 5, EXPIRY);
        store.keep(reset, notice(reset), limit(9, START));

        assertTrue(store.use(phone));

        assertEquals(Optional.empty(), take("tablet", START));
        assertFalse(store.use(tablet));
        assertTrue(store.use(reset));
    }

    @Test
    void ofManyUsesAtOnceOneSucceeds() {
        PendingCode code = kept("phone");

        List<Boolean> answers = Race.of(8, () -> store.use(code));

        assertEquals(1, answers.stream().filter(answer -> answer).count());
    }

    @Test
    void codesOfOneSubjectAreUsedAndForgottenAtOnce() {
        for (int round = 0; round < 30; round++) {
            List<PendingCode> codes =
                    Stream.of("watch", "phone", "tablet").map(this::kept).toList();
            var next = new AtomicInteger();

            List<Boolean> answers = Race.of(4, () -> {
                int mine = next.getAndIncrement();
                if (mine == codes.size()) {
                    store.forget(List.of(email.text()));
                    return false;
                }
                return store.use(codes.get(mine));
            });

            assertTrue(answers.stream().filter(answer -> answer).count() <= 1, answers::toString);
            codes.forEach(code -> assertFalse(store.use(code)));
        }
    }

    @Test
    void onlySoManyAreSentInAnHourEvenAllAtOnce() {
        List<Boolean> answers = Race.of(8, () -> {
            PendingCode code = code("phone " + unique());
            return store.keep(code, notice(code), limit(3, START));
        });

        assertEquals(3, answers.stream().filter(answer -> answer).count());
        assertEquals(3, outbox.size());
        assertFalse(send(limit(3, START.plus(Duration.ofHours(1)).minusNanos(1000))));
        assertTrue(send(limit(3, START.plus(Duration.ofHours(1)))));
    }

    @Test
    void aCodeThatIsNotSentLeavesTheOneBefore() {
        PendingCode first = code("phone");
        store.keep(first, notice(first), limit(1, START));

        send(limit(1, START));

        assertEquals(Optional.of(left(first, 4)), take("phone", START));
    }

    @Test
    void whatIsForgottenIsForgottenBySubjectAndByContact() {
        PendingCode mine = kept("phone");
        var elsewhere = new PendingCode(
                Purpose.ADDRESS_CHANGE, "account " + unique(), "session", email, unique(), null, 5, EXPIRY);
        store.keep(elsewhere, notice(elsewhere), limit(9, START));
        EmailAddress other = new EmailAddress("eve+" + COUNT.incrementAndGet() + "@example.org");
        var others = new PendingCode(Purpose.SIGN_UP, other.text(), "phone", other, unique(), null, 5, EXPIRY);
        store.keep(others, notice(others), limit(9, START));

        store.forget(List.of("account", email.text()));

        assertFalse(store.use(mine));
        assertFalse(store.use(elsewhere));
        assertTrue(store.use(others));
    }

    @Test
    void whatCanNotBeUsedAnyMoreIsPurgedAFewAtATime() {
        Instant later = EXPIRY.plus(Duration.ofDays(2));
        while (store.purgeExpired(later, 1_000) > 0) {
            // what other tests left
        }
        PendingCode code = kept("phone");
        kept("tablet");
        assertEquals(0, store.purgeExpired(EXPIRY.minusNanos(1000), 10));

        assertEquals(1, store.purgeExpired(EXPIRY, 1));
        assertEquals(1, store.purgeExpired(EXPIRY, 10));

        assertFalse(store.use(code));
        assertEquals(1, store.purgeExpired(START.plus(Duration.ofHours(1)), 10));
    }

    private PendingCode kept(String origin) {
        PendingCode code = code(origin);
        store.keep(code, notice(code), limit(100, START));
        return code;
    }

    private boolean send(SendLimit limit) {
        PendingCode code = code("phone");
        return store.keep(code, notice(code), limit);
    }

    private PendingCode code(String origin) {
        return new PendingCode(Purpose.SIGN_UP, email.text(), origin, email, unique(), null, 5, EXPIRY);
    }

    private Optional<PendingCode> take(String origin, Instant now) {
        return store.takeAttempt(Purpose.SIGN_UP, email.text(), origin, now);
    }

    private SendLimit limit(int anHour, Instant at) {
        return new SendLimit("%022d".formatted(Math.abs((long) email.hashCode())), anHour, at);
    }

    private static Notice notice(PendingCode code) {
        return new Notice(Notice.Kind.VERIFICATION_CODE, code.contact().text(), code.seed());
    }

    private static PendingCode left(PendingCode code, int attempts) {
        return new PendingCode(
                code.purpose(),
                code.subject(),
                code.origin(),
                code.contact(),
                code.seed(),
                code.carried(),
                attempts,
                code.expiresAt());
    }

    private static String unique() {
        return "%022d".formatted(COUNT.incrementAndGet());
    }
}
