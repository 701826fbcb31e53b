// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.AccountStore;
import dev.mobilebackend.auth.account.Credentials;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.SignUp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link AccountStore} must do. */
public abstract class AccountStoreContract {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");
    private static final Instant EXPIRY = START.plusSeconds(900);
    private static final AtomicLong COUNT = new AtomicLong();

    private final Collection<Notice> outbox = new ConcurrentLinkedQueue<>();
    private EmailAddress email;
    private AccountStore store;

    protected AccountStoreContract() {}

    /** The store to test; what it owes goes to this outbox. Accounts of other tests may be in it. */
    protected abstract AccountStore store(Consumer<Notice> outbox);

    @BeforeEach
    void anotherAddress() {
        email = new EmailAddress("ada+" + COUNT.incrementAndGet() + "@example.org");
        outbox.clear();
        store = store(outbox::add);
    }

    @Test
    void aSignUpIsKeptAndItsNoticeOwed() {
        SignUp signUp = signUp("phone", "seed");

        assertEquals(List.of(code("seed")), List.copyOf(outbox));
        assertEquals(Optional.of(left(signUp, 4)), store.takeAttempt(email, "phone", START));
    }

    @Test
    void aSignUpForAKnownAddressOwesTheOtherNotice() {
        store.add(account(), "hash");

        signUp("phone", "seed");

        assertEquals(List.of(known()), List.copyOf(outbox));
    }

    @Test
    void aSignUpWhoseNoticeIsNotTakenIsNotKept() {
        AccountStore full = store(notice -> {
            throw new IllegalStateException("the outbox is full");
        });

        assertThrows(IllegalStateException.class, () -> full.signUp(newSignUp("phone", "seed"), code("seed"), known()));

        assertEquals(Optional.empty(), full.takeAttempt(email, "phone", START));
    }

    @Test
    void aLaterSignUpOnTheSameDeviceReplacesTheEarlier() {
        SignUp earlier = signUp("phone", "one");
        store.takeAttempt(email, "phone", START);
        SignUp later = signUp("phone", "two");

        assertFalse(store.confirm(earlier, account()));
        assertEquals(Optional.of(left(later, 4)), store.takeAttempt(email, "phone", START));
    }

    @Test
    void signUpsOnTwoDevicesStandBesideEachOther() {
        SignUp phone = signUp("phone", "one");
        SignUp unnamed = signUp("", "two");

        assertEquals(Optional.of(left(phone, 4)), store.takeAttempt(email, "phone", START));
        assertEquals(Optional.of(left(unnamed, 4)), store.takeAttempt(email, "", START));
        assertEquals(Optional.empty(), store.takeAttempt(email, "tablet", START));
    }

    @Test
    void attemptsRunOutExactlyEvenAllAtOnce() {
        signUp("phone", "seed");

        List<Optional<SignUp>> attempts = Race.of(8, () -> store.takeAttempt(email, "phone", START));

        assertEquals(5, attempts.stream().filter(Optional::isPresent).count());
        assertEquals(Optional.empty(), store.takeAttempt(email, "phone", START));
    }

    @Test
    void anExpiredSignUpHasNoAttempts() {
        signUp("phone", "seed");

        assertEquals(Optional.empty(), store.takeAttempt(email, "phone", EXPIRY));
        assertTrue(store.takeAttempt(email, "phone", EXPIRY.minusNanos(1000)).isPresent());
    }

    @Test
    void manySignUpsAtOnceLeaveOne() {
        Race.of(8, () -> {
            signUp("phone", "seed");
            return true;
        });

        SignUp left = store.takeAttempt(email, "phone", START).orElseThrow();

        assertTrue(store.confirm(left, account()));
        assertEquals(8, outbox.size());
    }

    @Test
    void confirmingMakesTheAccountWithItsPassword() {
        SignUp signUp = signUp("phone", "seed");
        Account account = account();

        assertTrue(store.confirm(signUp, account));

        assertEquals(Optional.of(account), store.find(account.id()));
        assertEquals(Optional.of(new Credentials(account, "hash of seed")), store.credentials(email));
    }

    @Test
    void confirmingDropsEverySignUpOfTheAddress() {
        SignUp phone = signUp("phone", "one");
        SignUp tablet = signUp("tablet", "two");
        store.confirm(phone, account());

        assertEquals(Optional.empty(), store.takeAttempt(email, "tablet", START));
        assertFalse(store.confirm(tablet, account()));
    }

    @Test
    void ofManyConfirmationsAtOnceOneSucceeds() {
        SignUp signUp = signUp("phone", "seed");

        List<Boolean> answers = Race.of(8, () -> store.confirm(signUp, account()));

        assertEquals(1, answers.stream().filter(answer -> answer).count());
    }

    @Test
    void aSignUpForAKnownAddressIsNotConfirmed() {
        Account account = account();
        store.add(account, "hash");
        SignUp signUp = signUp("phone", "seed");

        assertFalse(store.confirm(signUp, account()));

        assertEquals(Optional.of(new Credentials(account, "hash")), store.credentials(email));
    }

    @Test
    void anAddressHasOneAccount() {
        List<Boolean> answers = Race.of(8, () -> store.add(account(), "hash"));

        assertEquals(1, answers.stream().filter(answer -> answer).count());
    }

    @Test
    void anAccountKeepsEverythingItWasMadeWith() {
        var account = new Account(unique(), email, Set.of("admin", "support"), "Ada \ud83d\udcf1", START, 7);

        store.add(account, "hash");

        assertEquals(Optional.of(account), store.find(account.id()));
        assertEquals(Optional.empty(), store.find(unique()));
        assertEquals(Optional.empty(), store.credentials(new EmailAddress("eve@example.org")));
    }

    @Test
    void aRenameNeedsTheVersionThatWasSeen() {
        Account account = account();
        store.add(account, "hash");

        Account renamed = store.rename(account.id(), 1, "Ada").orElseThrow();

        assertEquals(new Account(account.id(), email, Set.of(), "Ada", START, 2), renamed);
        assertEquals(Optional.empty(), store.rename(account.id(), 1, "Eve"));
        assertEquals(Optional.of(renamed), store.find(account.id()));
        assertEquals(
                account.displayName(),
                store.rename(account.id(), 2, null).orElseThrow().displayName());
        assertEquals(Optional.empty(), store.rename(unique(), 1, "Ada"));
    }

    @Test
    void ofManyRenamesAtOnceOneSucceeds() {
        Account account = account();
        store.add(account, "hash");

        List<Optional<Account>> answers = Race.of(8, () -> store.rename(account.id(), 1, "Ada"));

        assertEquals(1, answers.stream().filter(Optional::isPresent).count());
    }

    @Test
    void aRoleIsGrantedOnce() {
        Account account = account();
        store.add(account, "hash");

        store.grantRole(account.id(), "administrator");
        Account granted = store.grantRole(account.id(), "admin").orElseThrow();

        assertEquals(Set.of("admin", "administrator"), granted.roles());
        assertEquals(3, granted.version());
        assertEquals(Optional.of(granted), store.grantRole(account.id(), "admin"));
        assertEquals(Optional.empty(), store.grantRole(unique(), "admin"));
    }

    private SignUp signUp(String origin, String seed) {
        SignUp signUp = newSignUp(origin, seed);
        store.signUp(signUp, code(seed), known());
        return signUp;
    }

    private SignUp newSignUp(String origin, String seed) {
        return new SignUp(email, origin, seed, "hash of " + seed, 5, EXPIRY);
    }

    private static SignUp left(SignUp signUp, int attempts) {
        return new SignUp(
                signUp.email(), signUp.origin(), signUp.seed(), signUp.passwordHash(), attempts, signUp.expiresAt());
    }

    private Notice code(String seed) {
        return new Notice(Notice.Kind.VERIFICATION_CODE, email.text(), seed);
    }

    private Notice known() {
        return new Notice(Notice.Kind.ALREADY_REGISTERED, email.text(), "");
    }

    private Account account() {
        return new Account(unique(), email, Set.of(), null, START, 1);
    }

    private static String unique() {
        return "%022d".formatted(COUNT.incrementAndGet());
    }
}
