// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many tries to sign in to one account, of which the five hundredth would be right, while its owner signs in on the
 * phone that the account knows.
 */
class SignInAttackTest {

    private static final String PASSWORD = "correct horse battery";
    private static final String HOME = "198.51.100.1";
    private static final int TEN_THOUSAND = 10_000;
    private static final int SOME = 600;
    private static final int RIGHT = 500;

    /** How many tries come between two sign-ins of the owner. */
    private static final int OWNERS_PAUSE = 250;

    /** Five are free, and after waits of 1, 2, 4, 8 and 16 seconds there is one more each within a minute. */
    private static final int FROM_ONE_NETWORK = 5 + 5;

    /** The same with a hundred that are free. */
    private static final int FROM_EVERYWHERE = 100 + 5;

    /** After 32 seconds to 512 there are five more, and then one each quarter of an hour. */
    private static final int FROM_EVERYWHERE_IN_A_DAY = FROM_EVERYWHERE + 5 + 24 * 4;

    private static final AuthApp APP = new AuthApp();

    @RegisterExtension
    static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

    @Test
    void getsTenGuessesFromOneAddressWithinAMinute(MobileClient owner, MobileClient.Builder phones, TestClock clock) {
        var attack = new Attack("ada@example.org", owner, phones, attempt -> "203.0.113.7");

        Map<Integer, Integer> answers = attack.of(SOME, Duration.ofMinutes(1), clock);

        assertEquals(Map.of(401, FROM_ONE_NETWORK, 429, SOME - FROM_ONE_NETWORK), answers);
    }

    @Test
    void getsNoMoreThanTheAccountsTriesFromTenThousandAddressesWithinAMinute(
            MobileClient owner, MobileClient.Builder phones, TestClock clock) {
        var attack = new Attack(
                "eve@example.org", owner, phones, attempt -> "10." + attempt / 250 + "." + attempt % 250 + ".1");

        Map<Integer, Integer> answers = attack.of(TEN_THOUSAND, Duration.ofMinutes(1), clock);

        assertEquals(Map.of(401, FROM_EVERYWHERE, 429, TEN_THOUSAND - FROM_EVERYWHERE), answers);
    }

    @Test
    void getsAHundredMoreFromTenThousandIpv6SitesInADay(
            MobileClient owner, MobileClient.Builder phones, TestClock clock) {
        var attack = new Attack("joy@example.org", owner, phones, attempt -> "2001:db8:%x::1".formatted(attempt));

        Map<Integer, Integer> answers = attack.of(TEN_THOUSAND, Duration.ofDays(1), clock);

        int guesses = answers.get(401);
        assertEquals(Map.of(401, guesses, 429, TEN_THOUSAND - guesses), answers);
        assertTrue(guesses > FROM_EVERYWHERE && guesses <= FROM_EVERYWHERE_IN_A_DAY, guesses + " guesses");
    }

    private static final class Attack {

        private final String email;
        private final MobileClient owner;
        private final MobileClient attacker;
        private final IntFunction<String> addressOf;

        /** On an account that the owner's phone has made. */
        Attack(String email, MobileClient owner, MobileClient.Builder phones, IntFunction<String> addressOf) {
            this.email = email;
            this.owner = owner;
            this.attacker = phones.retry(RetryPolicy.NEVER).build();
            this.addressOf = addressOf;
            owner.signUp(email, PASSWORD);
            assertEquals(200, owner.verify(email, APP.mail().code()).status());
        }

        /** How often each status was the answer; the owner is let in each time. */
        Map<Integer, Integer> of(int tries, Duration time, TestClock clock) {
            var answers = new TreeMap<Integer, Integer>();
            for (int attempt = 1; attempt <= tries; attempt++) {
                clock.advance(time.dividedBy(tries));
                String guess = attempt == RIGHT ? PASSWORD : "guess number " + attempt;
                Reply reply = signIn(attacker, addressOf.apply(attempt), guess);
                assertTrue(reply.status() != 429 || reply.header("Retry-After").isPresent(), reply::toString);
                answers.merge(reply.status(), 1, Integer::sum);
                if (attempt % OWNERS_PAUSE == 0) {
                    Reply signedIn = signIn(owner, HOME, PASSWORD);
                    assertEquals(200, signedIn.status(), () -> "the owner is locked out: " + signedIn);
                }
            }
            return answers;
        }

        private Reply signIn(MobileClient phone, String address, String password) {
            return phone.request("POST", "/v1/auth/sign-in")
                    .anonymous()
                    .header("X-Forwarded-For", address)
                    .header("X-Forwarded-Proto", "https")
                    .json(Map.of("email", email, "password", password))
                    .send();
        }
    }
}
