// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static dev.mobilebackend.auth.account.Desk.ADA;
import static dev.mobilebackend.auth.account.Desk.PASSWORD;
import static dev.mobilebackend.auth.account.Desk.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.core.problem.ProblemException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccountsTest {

    private static final String OF_PASSWORD =
            "{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc";

    private final Desk desk = new Desk();
    private final List<Notice> outbox = desk.outbox;
    private final Accounts accounts = desk.accounts;
    private Instant now = START;

    @Test
    void aSignUpOwesACodeToTheAddress() {
        signUp(PASSWORD, "phone");

        Message message = newestMessage();

        assertEquals("ada@example.org", message.to());
        assertTrue(message.code().matches("[0-9A-HJKMNP-TV-Z]{8}"), message.code());
        assertEquals(Optional.of(message), accounts.message(outbox.get(0)));
    }

    @Test
    void theCodeMakesTheAccountOnce() {
        signUp(PASSWORD, "phone");
        String code = newestMessage().code();

        Account account = verify(code, "phone").orElseThrow();

        assertEquals(new Account(account.id(), ADA, Set.of(), null, START, 1), account);
        assertEquals(Optional.of(account), accounts.find(account.id()));
        assertEquals(Optional.of(account), accounts.signIn(ADA, PASSWORD.toCharArray()));
        assertEquals(Optional.empty(), verify(code, "phone"));
    }

    @Test
    void aCodeIsTakenAsPeopleTypeIt() {
        signUp(PASSWORD, "phone");
        String code = newestMessage().code().toLowerCase().replace('0', 'o').replace('1', 'l');

        assertTrue(verify(" " + code.substring(0, 4) + "-" + code.substring(4), "phone")
                .isPresent());
    }

    @Test
    void afterFiveWrongCodesTheRightOneIsNotTakenEither() {
        signUp(PASSWORD, "phone");
        String code = newestMessage().code();

        for (int i = 0; i < 5; i++) {
            assertEquals(Optional.empty(), verify(i + code.substring(0, 7), "phone"));
        }

        assertEquals(Optional.empty(), verify(code, "phone"));
    }

    @Test
    void aCodeIsTakenForAQuarterOfAnHour() {
        signUp(PASSWORD, "phone");
        now = START.plus(Duration.ofMinutes(15));

        assertEquals(Optional.empty(), verify(newestMessage().code(), "phone"));
        now = now.minusMillis(1);
        assertTrue(verify(newestMessage().code(), "phone").isPresent());
    }

    @Test
    void signingUpAgainReplacesCodeAndPassword() {
        signUp(PASSWORD, "phone");
        String first = newestMessage().code();
        signUp("another long password", "phone");
        String second = newestMessage().code();

        assertEquals(Optional.empty(), verify(first, "phone"));
        assertTrue(verify(second, "phone").isPresent());

        assertTrue(accounts.signIn(ADA, "another long password".toCharArray()).isPresent());
    }

    @Test
    void aStrangersSignUpIsNotConfirmedOnTheOwnersPhone() {
        signUp(PASSWORD, "phone");
        String ownersCode = newestMessage().code();
        signUp("the stranger's password", "stranger");
        String strangersCode = newestMessage().code();

        assertEquals(Optional.empty(), verify(strangersCode, "phone"));
        assertTrue(verify(ownersCode, "phone").isPresent());

        assertTrue(accounts.signIn(ADA, PASSWORD.toCharArray()).isPresent());
        assertEquals(Optional.empty(), accounts.signIn(ADA, "the stranger's password".toCharArray()));
        assertEquals(Optional.empty(), verify(strangersCode, "stranger"));
    }

    @Test
    void theOwnerOfAKnownAddressHearsOfASignUpAndNothingChanges() {
        Account account = ada();
        signUp("the stranger's password", "stranger");

        Message message = newestMessage();

        assertEquals(Notice.Kind.ALREADY_REGISTERED, message.kind());
        assertNull(message.code());
        assertEquals(Optional.of(account), accounts.signIn(ADA, PASSWORD.toCharArray()));
        assertEquals(Optional.empty(), accounts.signIn(ADA, "the stranger's password".toCharArray()));
    }

    @Test
    void evenTheRightCodeDoesNotConfirmASignUpForAKnownAddress() {
        Account account = ada();
        signUp("the stranger's password", "stranger");
        String seed = desk.codeStore
                .takeAttempt(Purpose.SIGN_UP, ADA.text(), "stranger", now)
                .orElseThrow()
                .seed();
        String code = accounts.message(new Notice(Notice.Kind.VERIFICATION_CODE, ADA.text(), seed))
                .orElseThrow()
                .code();

        assertEquals(Optional.empty(), verify(code, "stranger"));
        assertEquals(Optional.of(account), accounts.signIn(ADA, PASSWORD.toCharArray()));
    }

    @Test
    void whatIsStoredYieldsNoCodeWithoutTheServerSecret() {
        signUp(PASSWORD, "phone");
        String code = newestMessage().code();
        byte[] guessed = new byte[32];
        guessed[0] = 1;

        Accounts attackers = new Desk(CodePolicy.standard(), guessed).accounts;
        assertNotEquals(code, attackers.message(outbox.get(0)).orElseThrow().code());
        assertFalse(outbox.toString().contains(code));
        assertFalse(newestMessage().toString().contains(code));
    }

    @Test
    void nobodySignsInBeforeTheAddressIsVerified() {
        signUp(PASSWORD, "phone");

        assertEquals(Optional.empty(), accounts.signIn(ADA, PASSWORD.toCharArray()));
    }

    @Test
    void aWrongPasswordAndAnUnknownAddressDoNotSignIn() {
        ada();

        assertEquals(Optional.empty(), accounts.signIn(ADA, "correct horse batterz".toCharArray()));
        assertEquals(Optional.empty(), accounts.signIn(EmailAddress.parse("eve@example.org"), PASSWORD.toCharArray()));
    }

    /** An interrupted thread is turned away where the hashing begins, so this shows that hashing was tried. */
    @Test
    void aPasswordIsHashedWhetherOrNotTheAddressIsKnown() {
        ada();

        for (String address : List.of("ada@example.org", "eve@example.org")) {
            Thread.currentThread().interrupt();
            assertThrows(
                    ProblemException.class,
                    () -> accounts.signIn(EmailAddress.parse(address), PASSWORD.toCharArray()),
                    address);
            assertTrue(Thread.interrupted());
            Thread.currentThread().interrupt();
            assertThrows(
                    ProblemException.class,
                    () -> accounts.signUp(
                            EmailAddress.parse(address), PASSWORD.toCharArray(), "phone", Desk.PATIENT, now),
                    address);
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aWeakPasswordIsNamedAndNothingIsSent() {
        var refusal = assertThrows(ProblemException.class, () -> signUp("short", "phone"));

        assertEquals(422, refusal.problem().status());
        assertEquals("#/password", refusal.problem().errors().get(0).pointer());
        assertEquals(List.of(), outbox);
    }

    @Test
    void anAccountThatIsVouchedForNeedsNoCodeAndIsMadeOnce() {
        Account admin = accounts.tryCreate(ADA, PASSWORD.toCharArray(), Set.of("admin"), now)
                .orElseThrow();

        assertEquals(Set.of("admin"), admin.roles());
        assertEquals(Optional.empty(), accounts.tryCreate(ADA, "another long password".toCharArray(), Set.of(), now));
        assertEquals(Optional.of(admin), accounts.signIn(ADA, PASSWORD.toCharArray()));
        assertEquals(List.of(), outbox);
    }

    @Test
    void aRenameNeedsTheVersionThatWasSeen() {
        Account account = ada();

        Account renamed = accounts.tryRename(account.id(), 1, "Ada").orElseThrow();

        assertEquals("Ada", renamed.displayName());
        assertEquals(2, renamed.version());
        assertEquals(Optional.empty(), accounts.tryRename(account.id(), 1, "Eve"));
        assertNull(accounts.tryRename(account.id(), 2, null).orElseThrow().displayName());
    }

    @Test
    void aNameIsNeitherBlankNorEndless() {
        Account account = ada();

        for (String name : List.of("", " ", "a\nb", "x".repeat(101))) {
            assertThrows(ProblemException.class, () -> accounts.tryRename(account.id(), 1, name), name);
        }
        assertTrue(
                accounts.tryRename(account.id(), 1, "\ud83d\ude00".repeat(100)).isPresent());
    }

    @Test
    void aRoleIsAWordThatIsGivenAndTaken() {
        Account account = ada();

        assertEquals(
                Set.of("admin"),
                accounts.tryGrantRole(account.id(), "admin", now).orElseThrow().roles());
        assertThrows(IllegalArgumentException.class, () -> accounts.tryGrantRole(account.id(), "admin root", now));
        assertEquals(
                Set.of(),
                accounts.tryRevokeRole(account.id(), "admin", now).orElseThrow().roles());
    }

    @Test
    void onlyARoleThatChangesIsRecorded() {
        Account account = ada();

        accounts.tryRevokeRole(account.id(), "admin", now);
        accounts.tryGrantRole(account.id(), "admin", now);
        accounts.tryGrantRole(account.id(), "admin", now);
        accounts.tryRevokeRole(account.id(), "admin", now);
        accounts.tryRevokeRole(account.id(), "admin", now);
        accounts.tryGrantRole("nobody", "admin", now);

        assertEquals(List.of("account.role-granted", "account.role-revoked"), desk.recorded());
    }

    @Test
    void aSignUpBeyondWhatAnAddressIsSentLeavesTheEarlierOne() {
        for (int i = 0; i < 6; i++) {
            signUp("the stranger's password", "stranger " + i);
        }
        signUp(PASSWORD, "phone");
        assertEquals(6, outbox.size());

        now = START.plus(Duration.ofHours(1));
        signUp(PASSWORD, "phone");

        assertTrue(verify(newestMessage().code(), "phone").isPresent());
    }

    @Test
    void anAccountThatIsDeletedLeavesNothing() {
        Account account = ada();
        desk.session(account);
        accounts.signUp(ADA, PASSWORD.toCharArray(), "phone", Desk.PATIENT, now);
        outbox.clear();

        assertTrue(accounts.delete(account, now));

        assertEquals(List.of(account), desk.deleted);
        assertEquals(Optional.empty(), accounts.find(account.id()));
        assertEquals(0, desk.sessionsOf(account));
        assertEquals(List.of(Notice.Kind.ACCOUNT_DELETED), desk.told());
        assertEquals(List.of("account.deleted", "audit.erased"), desk.recorded());
        assertEquals(Optional.empty(), desk.codeStore.takeAttempt(Purpose.SIGN_UP, ADA.text(), "phone", now));
        assertFalse(accounts.delete(account, now));
    }

    @Test
    void anAccountThatGotAnotherPasswordMeanwhileIsNotDeletedByWhoShowedTheOldOne() {
        Account account = ada();
        desk.store.setPasswordHash(account.id(), "another");

        assertFalse(accounts.delete(account, now));

        assertTrue(accounts.find(account.id()).isPresent());
    }

    @Test
    void anOwnersCopyHasTheAccountAndItsSessions() {
        Account account = ada();
        var phone = new Device("device-1", "Ada's phone", "2.1");
        Session session = desk.sessions
                .open(account.id(), phone, Set.of("pwd", "otp"), "a thumbprint", "Berlin, DE", now)
                .session();

        AccountCopy copy = accounts.export(account.id(), now).orElseThrow();

        assertEquals(account.id(), copy.id());
        assertEquals("ada@example.org", copy.email());
        assertEquals(
                List.of(new AccountCopy.SignedInDevice(
                        session.id(),
                        "device-1",
                        "Ada's phone",
                        "2.1",
                        "Berlin, DE",
                        List.of("otp", "pwd"),
                        now,
                        "a thumbprint",
                        now,
                        now)),
                copy.sessions());
        assertEquals(Optional.empty(), accounts.export("nobody", now));
    }

    @Test
    void anOutdatedHashIsReplacedWhenItsOwnerSignsIn() {
        imported(OF_PASSWORD);

        assertTrue(accounts.signIn(ADA, "passwore".toCharArray()).isEmpty());
        assertEquals(OF_PASSWORD, hash());
        assertTrue(accounts.signIn(ADA, "password".toCharArray()).isPresent());
        String renewed = hash();

        assertTrue(renewed.startsWith("$argon2id$v=19$m=8,t=1,p=1$"), renewed);
        assertTrue(accounts.signIn(ADA, "password".toCharArray()).isPresent());
        assertEquals(renewed, hash());
        assertEquals(
                1,
                accounts.find(desk.store
                                .credentials(ADA)
                                .orElseThrow()
                                .account()
                                .id())
                        .orElseThrow()
                        .version());
    }

    @Test
    void whoeverIsRightIsSignedInEvenIfTheHashCannotBeReplaced() {
        var failing = accountsOn(unableToReplace(desk.store));
        imported(OF_PASSWORD);

        assertTrue(failing.signIn(ADA, "password".toCharArray()).isPresent());

        assertEquals(OF_PASSWORD, hash());
    }

    @Test
    void whoHasNoTimeIsRefusedBeforeAnythingIsLookedUp() {
        var hurried = accountsOn(neverAsked());

        var refusal =
                assertThrows(ProblemException.class, () -> hurried.signIn(ADA, PASSWORD.toCharArray(), Duration.ZERO));

        assertEquals(503, refusal.problem().status());
    }

    @Test
    void anAccountIsImportedOnceWithAHashThatCanBeChecked() {
        assertTrue(accounts.tryImport(ADA, OF_PASSWORD, Set.of("admin"), now).isPresent());
        assertTrue(accounts.tryImport(ADA, OF_PASSWORD, Set.of(), now).isEmpty());
        assertThrows(
                IllegalArgumentException.class,
                () -> accounts.tryImport(EmailAddress.parse("eve@example.org"), "{noop}password", Set.of(), now));
    }

    @Test
    void aPasswordMayNotBeTheAddress() {
        var refusal = assertThrows(ProblemException.class, () -> signUp("ada@example.org", "phone"));

        assertEquals(422, refusal.problem().status());
    }

    private Accounts accountsOn(AccountStore store) {
        AccountParts parts = desk.parts;
        return new Accounts(new AccountParts(
                store,
                parts.codes(),
                parts.passwords(),
                parts.rules(),
                parts.sessions(),
                parts.trail(),
                parts.outbox(),
                parts.listener(),
                parts.random()));
    }

    private static AccountStore neverAsked() {
        return (AccountStore) Proxy.newProxyInstance(
                AccountsTest.class.getClassLoader(), new Class<?>[] {AccountStore.class}, (self, method, arguments) -> {
                    throw new AssertionError("the store was asked for " + method.getName());
                });
    }

    private static AccountStore unableToReplace(AccountStore store) {
        return (AccountStore) Proxy.newProxyInstance(
                AccountsTest.class.getClassLoader(), new Class<?>[] {AccountStore.class}, (self, method, arguments) -> {
                    if (method.getName().equals("replacePasswordHash")) {
                        throw new IllegalStateException("the database is read-only");
                    }
                    return method.invoke(store, arguments);
                });
    }

    private void imported(String hash) {
        assertTrue(accounts.tryImport(ADA, hash, Set.of(), now).isPresent());
    }

    private String hash() {
        return desk.store.credentials(ADA).orElseThrow().passwordHash();
    }

    private Account ada() {
        return desk.ada();
    }

    private void signUp(String password, String origin) {
        accounts.signUp(ADA, password.toCharArray(), origin, Desk.PATIENT, now);
    }

    private Optional<Account> verify(String code, String origin) {
        return accounts.verify(ADA, code, origin, now);
    }

    private Message newestMessage() {
        return desk.mail();
    }
}
