// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.AccountStore;
import dev.mobilebackend.auth.account.Credentials;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.PhoneNumber;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.secret.ServerSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link AccountStore} must do. */
public abstract class AccountStoreContract {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");
    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);
    private static final AtomicLong COUNT = new AtomicLong();

    private EmailAddress email;
    private EmailAddress otherEmail;
    private PhoneNumber phone;
    private AccountStore store;

    protected AccountStoreContract() {}

    /** The store to test. Accounts of other tests may be in it. */
    protected abstract AccountStore store();

    /** The sessions beside it. */
    protected abstract SessionStore sessions();

    /** Runs a step in one transaction of the store. */
    protected abstract <R> R inTransaction(Supplier<R> step);

    @BeforeEach
    void anotherAddress() {
        long number = COUNT.incrementAndGet();
        email = new EmailAddress("ada+" + number + "@example.org");
        otherEmail = new EmailAddress("eve+" + number + "@example.org");
        phone = new PhoneNumber("+4930" + (1_000_000 + number));
        store = store();
    }

    @Test
    void aGuestIsAbandonedWhoseLastSessionIsForgotten() {
        Instant began = START.minus(Duration.ofDays(1_000));
        var guest = new Account(unique(), null, null, Set.of(), null, began, 1);
        store.add(guest, null);
        Instant later = began.plusMillis(1);
        new Sessions(SessionPolicy.standard(), sessions(), new Revocations(), SECRET, Ambient.random())
                .open(guest.id(), Device.UNKNOWN, Set.of(), later);

        List<Account> signedIn = store.abandonedGuests(later, null, 10);
        sessions().purgeEnded(later.plus(Duration.ofDays(31)), 10);

        assertEquals(List.of(), signedIn);
        assertEquals(List.of(), store.abandonedGuests(began, null, 10));
        assertEquals(List.of(guest), store.abandonedGuests(later, null, 10));
        assertEquals(List.of(), store.abandonedGuests(later, null, 0));
        store.delete(guest.id());
    }

    @Test
    void abandonedGuestsComeOldestFirstAndGoOnBehindAnyOfThem() {
        Instant began = START.minus(Duration.ofDays(2_000));
        List<Account> old = Stream.of(0L, 0L, 0L, 1L, 2L)
                .map(age -> new Account(unique(), null, null, Set.of(), null, began.plusSeconds(age), 1))
                .toList();
        List.of(3, 1, 4, 0, 2).forEach(index -> store.add(old.get(index), null));
        Instant later = began.plusSeconds(10);

        assertEquals(old.subList(0, 2), store.abandonedGuests(later, null, 2));
        assertEquals(old.subList(2, 4), store.abandonedGuests(later, old.get(1), 2));
        assertEquals(old.subList(4, 5), store.abandonedGuests(later, old.get(3), 2));
        assertEquals(List.of(), store.abandonedGuests(later, old.get(4), 2));
        old.forEach(guest -> store.delete(guest.id()));
    }

    @Test
    void whoHasAnAddressOrAPhoneIsNoAbandonedGuest() {
        Account guest = guest();
        store.add(guest, null);
        store.add(account(), "hash");
        store.add(withPhone(), null);

        List<Account> abandoned = store.abandonedGuests(START.plusSeconds(1), null, 10_000);

        assertTrue(abandoned.contains(guest));
        assertTrue(abandoned.stream().allMatch(Account::isGuest));
    }

    @Test
    void anAddressHasOneAccount() {
        List<Boolean> answers = Race.of(8, () -> store.add(account(), "hash"));

        assertEquals(1, answers.stream().filter(answer -> answer).count());
    }

    @Test
    void aPhoneHasOneAccount() {
        List<Boolean> answers = Race.of(8, () -> store.add(withPhone(), null));

        assertEquals(1, answers.stream().filter(answer -> answer).count());
    }

    @Test
    void anAccountKeepsEverythingItWasMadeWith() {
        var account = new Account(unique(), email, phone, Set.of("admin", "support"), "Ada \ud83d\udcf1", START, 7, 5);

        store.add(account, "hash");

        assertEquals(Optional.of(account), store.find(account.id()));
        assertEquals(Optional.of(account), store.find(email));
        assertEquals(Optional.of(account), store.find(phone));
        assertEquals(Optional.of(account.id()), store.idOf(email));
        assertEquals(Optional.of(account.id()), store.idOf(phone));
        assertEquals(Optional.empty(), store.idOf(otherEmail));
        assertTrue(store.has(email));
        assertTrue(store.has(phone));
        assertFalse(store.has(otherEmail));
        assertEquals(Optional.of(new Credentials(account, "hash")), store.credentials(email));
        assertEquals(Optional.of(new Credentials(account, "hash")), store.credentials(account.id()));
        assertEquals(Optional.empty(), store.find(unique()));
        assertEquals(Optional.empty(), store.find(otherEmail));
        assertEquals(Optional.empty(), store.credentials(otherEmail));
    }

    @Test
    void guestsStandBesideEachOtherWithoutAddressPhoneAndPassword() {
        Account one = guest();
        Account two = guest();

        assertTrue(store.add(one, null));
        assertTrue(store.add(two, null));

        assertEquals(Optional.of(one), store.find(one.id()));
        assertEquals(Optional.empty(), store.credentials(one.id()));
    }

    @Test
    void aPasswordIsReplacedOnlyByWhoSawIt() {
        Account account = account();
        store.add(account, "hash");

        assertFalse(store.replacePasswordHash(account.id(), "another hash", "new"));
        assertTrue(store.replacePasswordHash(account.id(), "hash", "new"));

        assertEquals(Optional.of(new Credentials(account, "new")), store.credentials(email));
        assertFalse(store.replacePasswordHash(unique(), "hash", "new"));
    }

    @Test
    void ofManyReplacementsAtOnceOneSucceeds() {
        Account account = account();
        store.add(account, "hash");

        List<Boolean> answers = Race.of(8, () -> store.replacePasswordHash(account.id(), "hash", unique()));

        assertEquals(1, answers.stream().filter(answer -> answer).count());
    }

    @Test
    void aPasswordIsGivenToAnAccountThatHasNone() {
        Account account = account();
        store.add(account, null);

        Account changed = store.setPasswordHash(account.id(), "hash").orElseThrow();

        assertEquals(withCredentials(account, 2), changed);
        assertEquals(Optional.of(new Credentials(changed, "hash")), store.credentials(email));
        assertEquals(Optional.empty(), store.setPasswordHash(unique(), "hash"));
    }

    @Test
    void anAddressAndAPhoneAreChangedEachByItself() {
        Account account = account();
        store.add(account, "hash");

        store.changeContact(account.id(), phone);
        Account changed = store.changeContact(account.id(), otherEmail).orElseThrow();

        assertEquals(new Account(account.id(), otherEmail, phone, Set.of(), null, START, 3, 3), changed);
        assertEquals(Optional.of(changed), store.find(otherEmail));
        assertEquals(Optional.empty(), store.find(email));
        assertEquals(Optional.empty(), store.changeContact(unique(), new PhoneNumber("+4930999999")));
    }

    @Test
    void ofManyAccountsThatWantAnAddressAtOnceOneGetsIt() {
        List<Account> guests = List.of(guest(), guest(), guest(), guest());
        guests.forEach(guest -> store.add(guest, null));
        var next = new AtomicLong();

        List<Optional<Account>> answers = Race.of(
                4,
                () -> store.changeContact(
                        guests.get((int) next.getAndIncrement()).id(), email));

        assertEquals(1, answers.stream().filter(Optional::isPresent).count());
        assertTrue(store.find(email).isPresent());
    }

    @Test
    void newCredentialsAreToldFromOtherChanges() {
        Account account = account();
        store.add(account, "hash");

        store.replacePasswordHash(account.id(), "hash", "the same password hashed anew");
        store.rename(account.id(), 1, "Ada");
        Account changed = store.grantRole(account.id(), "admin").orElseThrow();

        assertEquals(1, changed.credentialsVersion());
        assertEquals(
                2, store.setPasswordHash(account.id(), "another").orElseThrow().credentialsVersion());
        assertEquals(3, store.changeContact(account.id(), phone).orElseThrow().credentialsVersion());
        assertEquals(Optional.of(3), store.credentials(email).map(found -> found.account()
                .credentialsVersion()));
    }

    @Test
    void whoeverLocksAnAccountSeesItAsItStays() {
        Account account = account();
        store.add(account, "hash");

        List<Boolean> renamed = Race.of(
                8,
                () -> inTransaction(() -> store.lock(account.id())
                        .flatMap(locked -> store.rename(account.id(), locked.version(), unique()))
                        .isPresent()));

        assertEquals(List.of(true, true, true, true, true, true, true, true), renamed);
        assertEquals(Optional.empty(), store.lock(unique()));
    }

    @Test
    void aDeletedAccountIsGoneAndItsAddressFree() {
        Account account = account();
        store.add(account, "hash");

        assertTrue(store.delete(account.id()));

        assertFalse(store.delete(account.id()));
        assertEquals(Optional.empty(), store.find(account.id()));
        assertEquals(Optional.empty(), store.credentials(email));
        assertTrue(store.add(account(), "hash"));
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

    @Test
    void aRoleIsTakenAwayOnceAndNoOther() {
        Account account = account();
        store.add(account, "hash");
        for (String role : List.of("administrator", "admin", "sub-admin")) {
            store.grantRole(account.id(), role);
        }

        Account left = store.revokeRole(account.id(), "admin").orElseThrow();

        assertEquals(Set.of("administrator", "sub-admin"), left.roles());
        assertEquals(5, left.version());
        assertEquals(Optional.of(left), store.revokeRole(account.id(), "admin"));
        store.revokeRole(account.id(), "sub-admin");
        assertEquals(
                Set.of(),
                store.revokeRole(account.id(), "administrator").orElseThrow().roles());
        assertEquals(Optional.empty(), store.revokeRole(unique(), "admin"));
    }

    private static Account withCredentials(Account account, int credentialsVersion) {
        return new Account(
                account.id(),
                account.email(),
                account.phone(),
                account.roles(),
                account.displayName(),
                account.createdAt(),
                account.version(),
                credentialsVersion);
    }

    private Account account() {
        return new Account(unique(), email, Set.of(), null, START, 1);
    }

    private Account withPhone() {
        return new Account(unique(), null, phone, Set.of(), null, START, 1);
    }

    private static Account guest() {
        return new Account(unique(), null, null, Set.of(), null, START, 1);
    }

    private static String unique() {
        return "%022d".formatted(COUNT.incrementAndGet());
    }
}
