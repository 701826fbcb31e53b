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

/** Six hundred tries to sign in to one account within a minute, of which the five hundredth would be right. */
class SignInAttackTest {

    private static final String PASSWORD = "correct horse battery";
    private static final int TRIES = 600;
    private static final int RIGHT = 500;

    /** Five are free, and after waits of 1, 2, 4, 8 and 16 seconds there is one more each. */
    private static final int FROM_ONE_NETWORK = 5 + 5;

    private static final int FROM_EVERYWHERE = 100 + 5;

    private static final AuthApp APP = new AuthApp();

    @RegisterExtension
    static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

    @Test
    void getsTenGuessesFromOneAddress(MobileClient owner, MobileClient.Builder phones, TestClock clock) {
        signedUp(owner, "ada@example.org");

        Map<Integer, Integer> answers = attack("ada@example.org", phones, clock, attempt -> "203.0.113.7");

        assertEquals(Map.of(401, FROM_ONE_NETWORK, 429, TRIES - FROM_ONE_NETWORK), answers);
        assertEquals(200, owner.signIn("ada@example.org", PASSWORD).status());
    }

    @Test
    void getsNoMoreThanTheAccountsTriesFromAThousandAddresses(
            MobileClient owner, MobileClient.Builder phones, TestClock clock) {
        signedUp(owner, "eve@example.org");

        Map<Integer, Integer> answers =
                attack("eve@example.org", phones, clock, attempt -> "10." + attempt % 250 + "." + attempt / 250 + ".1");

        assertEquals(Map.of(401, FROM_EVERYWHERE, 429, TRIES - FROM_EVERYWHERE), answers);
        assertEquals(200, owner.get("/who").status());
    }

    private static void signedUp(MobileClient phone, String email) {
        phone.signUp(email, PASSWORD);
        assertEquals(200, phone.verify(email, APP.mail().code()).status());
    }

    /** How often each status was the answer. */
    private static Map<Integer, Integer> attack(
            String email, MobileClient.Builder phones, TestClock clock, IntFunction<String> addressOf) {
        MobileClient attacker = phones.retry(RetryPolicy.NEVER).build();
        var answers = new TreeMap<Integer, Integer>();
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            clock.advance(Duration.ofSeconds(60).dividedBy(TRIES));
            Reply reply = attacker.request("POST", "/v1/auth/sign-in")
                    .anonymous()
                    .header("X-Forwarded-For", addressOf.apply(attempt))
                    .header("X-Forwarded-Proto", "https")
                    .json(Map.of("email", email, "password", attempt == RIGHT ? PASSWORD : "guess number " + attempt))
                    .send();
            assertTrue(reply.status() != 429 || reply.header("Retry-After").isPresent(), reply::toString);
            answers.merge(reply.status(), 1, Integer::sum);
        }
        return answers;
    }
}
