// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {

    /** Small, so that the tests are quick; the cap is larger in each part. */
    private static final HashingPolicy POLICY =
            new HashingPolicy(new Argon2Cost(64, 1, 1), new Argon2Cost(512, 3, 2), 1, 0, Duration.ZERO);

    private static final String HASH_OF_PASSWORD =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    /** The same hash, as Spring stores it. */
    private static final String IMPORTED = "{argon2}" + HASH_OF_PASSWORD;

    private static final String DJANGOS = "pbkdf2_sha256$%d$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=";

    private static final Pepper OLD = Pepper.of("2025", "the pepper of last year".getBytes(StandardCharsets.UTF_8));
    private static final Pepper NEW = Pepper.ofBase64("2026", "dGhlIHBlcHBlciBvZiB0aGlzIHllYXI=");

    private final HashingGate gate = new HashingGate(1, 0, Duration.ZERO, System::nanoTime, new SplittableRandom(7));
    private final Passwords passwords = Passwords.builder(POLICY).build(NativeArgon2.load(), gate);

    @Test
    void takesThePasswordItHashedAndNoOther() {
        String stored = passwords.hash(chars("correct horse battery"));

        assertTrue(passwords.verify(chars("correct horse battery"), stored).right());
        assertFalse(passwords.verify(chars("correct horse batterx"), stored).right());
        assertFalse(passwords.verify(chars(""), stored).right());
    }

    @Test
    void hashesAreOwaspStrongByTheStandardPolicy() {
        var standard = Passwords.of(HashingPolicy.standard());

        String stored = standard.hash(chars("correct horse battery"));

        assertTrue(
                stored.matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}"), stored);
        assertTrue(standard.verify(chars("correct horse battery"), stored).right());
    }

    /** From the tests of the reference implementation of Argon2. */
    @Test
    void takesHashesOfOtherImplementations() {
        assertTrue(passwords.verify(chars("password"), HASH_OF_PASSWORD).right());
        assertFalse(passwords.verify(chars("passwore"), HASH_OF_PASSWORD).right());
    }

    @Test
    void theSamePasswordNeverHashesTheSame() {
        assertNotEquals(passwords.hash(chars("correct horse battery")), passwords.hash(chars("correct horse battery")));
    }

    @ParameterizedTest
    @CsvSource({"caf\u00e9 au lait noir, cafe\u0301 au lait noir", "\uff50\uff41\uff53\uff53word word, password word"})
    void aPasswordTypedOnAnotherKeyboardIsTheSame(String chosen, String typed) {
        String stored = passwords.hash(chars(chosen));

        assertTrue(passwords.verify(chars(typed), stored).right());
    }

    @Test
    void leavesTheCallersArrayAlone() {
        char[] typed = chars("correct horse battery");

        passwords.verify(typed, passwords.hash(typed));

        assertArrayEquals(chars("correct horse battery"), typed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m=1024,t=2,p=1", "m=256,t=4,p=1", "m=256,t=2,p=3", "m=999999999,t=999999999,p=255"})
    void refusesAStoredHashOverTheCapBeforeAnyWork(String cost) {
        String stored = HASH_OF_PASSWORD.replace("m=256,t=2,p=1", cost);

        var refusal = whileBusy(
                () -> assertThrows(IllegalArgumentException.class, () -> passwords.verify(chars("password"), stored)));

        assertTrue(refusal.getMessage().contains("cap m=512,t=3,p=2"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"m=65537,t=1,p=1", "m=8,t=5,p=1", "m=40,t=1,p=5"})
    void theStandardPolicyComputesNoHashOverSixtyFourMebibytesFourTimes(String cost) {
        Passwords standard = Passwords.of(HashingPolicy.standard());
        String stored = HASH_OF_PASSWORD.replace("m=256,t=2,p=1", cost);

        assertThrows(IllegalArgumentException.class, () -> standard.verify(chars("password"), stored));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "password",
                "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
                "$argon2id$v=19$m=1,t=0,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9",
                "{noop}nf65EOgL",
                "sha1$seasalt$nf65EOgL",
                "$firebase$shop$nf65EOgL$nf65EOgL"
            })
    void refusesWhatIsNoHashItKnowsWithoutRepeatingIt(String stored) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> passwords.verify(chars("password"), stored));

        assertFalse(refusal.getMessage().contains("nf65EOgL"), refusal.getMessage());
    }

    @Test
    void aHashOfTodayIsNotOutdatedAndAWeakerOneIs() {
        assertEquals(
                new PasswordCheck(true, false),
                passwords.verify(chars("correct horse"), passwords.hash(chars("correct horse"))));
        assertTrue(outdated(new Argon2Cost(32, 1, 1)));
        assertFalse(outdated(new Argon2Cost(128, 2, 1)));
        assertTrue(passwords.verify(chars("password"), HASH_OF_PASSWORD).outdated(), "its salt has 8 bytes");
    }

    private boolean outdated(Argon2Cost cost) {
        var others = Passwords.of(new HashingPolicy(cost, POLICY.cap(), 1, 0, Duration.ZERO));
        return passwords
                .verify(chars("correct horse"), others.hash(chars("correct horse")))
                .outdated();
    }

    @Test
    void aPepperGoesIntoTheHashWhichNamesIt() {
        var peppered = Passwords.builder(POLICY).pepper(OLD).build();

        String stored = peppered.hash(chars("correct horse"));

        assertTrue(stored.matches("\\$argon2id\\$v=19\\$m=64,t=1,p=1,keyid=MjAyNQ\\$[^$]{22}\\$[^$]{43}"), stored);
        assertEquals(new PasswordCheck(true, false), peppered.verify(chars("correct horse"), stored));
        assertFalse(peppered.verify(chars("correct hors3"), stored).right());
        assertFalse(passwords
                .verify(chars("correct horse"), stored.replace(",keyid=MjAyNQ", ""))
                .right());
    }

    @Test
    void aPreviousPepperIsTakenAndOutdated() {
        String stored = Passwords.builder(POLICY).pepper(OLD).build().hash(chars("correct horse"));
        var rotated = Passwords.builder(POLICY).pepper(NEW, OLD).build();

        assertEquals(new PasswordCheck(true, true), rotated.verify(chars("correct horse"), stored));
        assertEquals(
                new PasswordCheck(true, false),
                rotated.verify(chars("correct horse"), rotated.hash(chars("correct horse"))));
        assertEquals(
                new PasswordCheck(true, true),
                rotated.verify(chars("correct horse"), passwords.hash(chars("correct horse"))));
    }

    @Test
    void anUnknownPepperIsNamedAndNothingElse() {
        String stored = Passwords.builder(POLICY).pepper(OLD).build().hash(chars("correct horse"));

        var refusal =
                assertThrows(IllegalArgumentException.class, () -> passwords.verify(chars("correct horse"), stored));

        assertTrue(refusal.getMessage().contains("'2025'"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("$"), refusal.getMessage());
        assertEquals("Pepper[2025, hidden]", OLD.toString());
    }

    @Test
    void peppersThatCannotBeRightAreRefusedAtTheStart() {
        assertThrows(IllegalArgumentException.class, () -> Pepper.of("far too long", new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> Pepper.of("2025", new byte[15]));
        assertThrows(IllegalArgumentException.class, () -> Pepper.ofBase64("2025", "%"));
        assertThrows(IllegalArgumentException.class, () -> Passwords.builder(POLICY)
                .pepper(OLD, Pepper.of("2025", new byte[32]))
                .build());
    }

    @Test
    void whoHasNoTimeIsShed() {
        String stored = passwords.hash(chars("correct horse battery"));
        Passwords hurried = passwords.within(Duration.ZERO);

        assertThrows(ProblemException.class, hurried::requireRoom);
        assertThrows(ProblemException.class, () -> hurried.verify(chars("correct horse battery"), stored));
        assertThrows(ProblemException.class, () -> hurried.hash(chars("correct horse battery")));
        assertThrows(ProblemException.class, () -> hurried.verifyNothing(chars("correct horse battery")));
    }

    @Test
    void shedsWhenAllTurnsAreTaken() {
        String stored = passwords.hash(chars("correct horse battery"));

        assertEquals(503, shed(() -> passwords.verify(chars("correct horse battery"), stored)));
        assertEquals(503, shed(() -> passwords.hash(chars("correct horse battery"))));
    }

    @Test
    void anUnknownAccountTakesATurnLikeAKnownOne() {
        passwords.verifyNothing(chars("correct horse battery"));

        int status = shed(() -> {
            passwords.verifyNothing(chars("correct horse battery"));
            return false;
        });

        assertEquals(503, status);
    }

    @Test
    void whatWasImportedTakesTheSameWorkAsWhatWasNotAndAsNobodys() {
        var work = new ArrayList<String>();
        Argon2Engine engine = NativeArgon2.load();
        Argon2Engine counting = (cost, password, salt, secret, data, length) -> {
            work.add(cost.toString());
            return engine.compute(cost, password, salt, secret, data, length);
        };
        Passwords migrating =
                Passwords.builder(POLICY).pepper(OLD).imported(IMPORTED).build(counting, gate);
        String ours = migrating.hash(chars("password"));

        List<Runnable> checks = List.of(
                () -> migrating.verify(chars("password"), ours),
                () -> migrating.verify(chars("password"), IMPORTED),
                () -> migrating.verify(chars("passwore"), IMPORTED),
                () -> migrating.verify(chars(""), ours),
                () -> migrating.within(Duration.ofMinutes(1)).verify(chars("password"), ours),
                () -> migrating.verifyNothing(chars("password")));
        for (Runnable check : checks) {
            work.clear();
            check.run();
            assertEquals(
                    List.of("m=256,t=2,p=1", "m=64,t=1,p=1"),
                    work.stream().sorted().toList());
        }
        assertEquals(new PasswordCheck(true, false), migrating.verify(chars("password"), ours));
        assertEquals(new PasswordCheck(true, true), migrating.verify(chars("password"), IMPORTED));
        assertFalse(migrating.verify(chars("passwore"), IMPORTED).right());
        assertFalse(migrating.verify(chars("passwore"), ours).right());
    }

    @Test
    void whatWouldTakeOtherWorkIsNotImported() {
        Passwords migrating = Passwords.builder(POLICY)
                .imported(IMPORTED)
                .imported(DJANGOS.formatted(600_000))
                .build();

        migrating.requireVerifiable(IMPORTED);
        migrating.requireVerifiable(DJANGOS.formatted(600_000));
        migrating.requireVerifiable(DJANGOS.formatted(260_000));
        migrating.requireVerifiable(migrating.hash(chars("password")));
        for (String dearer : List.of(DJANGOS.formatted(600_001), IMPORTED.replace("t=2", "t=1"))) {
            assertThrows(IllegalArgumentException.class, () -> migrating.requireVerifiable(dearer));
            passwords.requireVerifiable(dearer);
        }
    }

    @Test
    void formsThatArePartsOfOneAnotherAreSaidOnce() {
        Passwords.Builder twice =
                Passwords.builder(POLICY).imported(DJANGOS.formatted(260_000)).imported(DJANGOS.formatted(600_000));

        var refusal = assertThrows(IllegalArgumentException.class, twice::build);

        assertTrue(refusal.getMessage().contains("260000 iterations"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("VrX"), refusal.getMessage());
    }

    @Test
    void aPasswordLongerThanAnyIsWrongAndCannotBeStored() {
        char[] endless = "a".repeat(4097).toCharArray();

        assertFalse(passwords.verify(endless, HASH_OF_PASSWORD).right());
        assertThrows(IllegalArgumentException.class, () -> passwords.hash(endless));
    }

    @Test
    void noPasswordAtAllIsWrongAndCannotBeStored() {
        var peppered = Passwords.builder(POLICY).pepper(OLD).build();
        String stored = peppered.hash(chars(" "));

        assertFalse(peppered.verify(chars(""), stored).right());
        assertThrows(IllegalArgumentException.class, () -> passwords.hash(chars("")));
    }

    private int shed(Supplier<?> call) {
        return whileBusy(() -> assertThrows(ProblemException.class, call::get))
                .problem()
                .status();
    }

    /** Runs on the one turn there is, so that whatever asks for another is shed. */
    private <R> R whileBusy(Supplier<R> call) {
        return gate.run(Duration.ofMinutes(1), call);
    }

    private static char[] chars(String text) {
        return text.toCharArray();
    }
}
