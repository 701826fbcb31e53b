// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.session.InMemorySessionStore;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Client;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Ending;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Loot;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Outcome;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A slice of what {@code benchmarks/run refresh-histories} plays. */
class RefreshHistoryTest {

    private static final int SLICE = 20_000;
    private static final int SLICE_ON_A_DATABASE = 2_000;

    @Test
    void noHonestPhoneIsSignedOutAndNoTheftGoesUnnoticed() {
        List<Outcome> outcomes = play(SLICE, SessionPolicy.standard());

        assertEquals(Set.of(), wrong(outcomes));
        assertTrue(outcomes.stream().mapToInt(Outcome::lost).sum() > SLICE);
        for (Client client : EnumSet.of(Client.PLAIN, Client.INSTALL_SECRET)) {
            assertTrue(count(outcomes, client, Loot.TOKEN, Ending.NOTICED) > SLICE / 20, client::name);
            assertEquals(0, count(outcomes, client, Loot.TOKEN, Ending.UNNOTICED), client::name);
        }
        assertTrue(count(outcomes, Client.HARDWARE_KEY, Loot.WHOLE_STORE, Ending.FUTILE) > SLICE / 20);
    }

    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"POSTGRESQL", "H2"})
    void eachHistoryGoesOnADatabaseAsItGoesInMemory(Dialect dialect) {
        List<Outcome> inMemory = play(SLICE_ON_A_DATABASE, SessionPolicy.standard());

        List<Outcome> outcomes;
        try (var database = TestDatabase.of(dialect)) {
            Schema.install(database.database(), AuthSchema.TABLES);
            JdbiSessionStore store = JdbiSessionStore.of(database.database());
            outcomes = play(SLICE_ON_A_DATABASE, SessionPolicy.standard(), () -> store);
        }

        assertEquals(Set.of(), wrong(outcomes));
        assertEquals(inMemory, outcomes);
    }

    /** What is not promised: whoever has all that the phone has is the phone. */
    @Test
    void aThiefWithTheWholeStoreMayGoUnnoticedWithoutAKeyInHardware() {
        List<Outcome> outcomes = play(2_000, SessionPolicy.standard());

        assertTrue(count(outcomes, Client.INSTALL_SECRET, Loot.WHOLE_STORE, Ending.UNNOTICED) > 0);
    }

    @Test
    void findsARuleThatSignsHonestPhonesOut() {
        List<Outcome> outcomes = play(2_000, SessionPolicy.standard().withPlainRetry(Duration.ZERO));

        assertTrue(wrong(outcomes).stream().anyMatch(wrong -> wrong.startsWith("an honest phone")));
    }

    @Test
    void findsARuleThatForgivesThieves() {
        List<Outcome> outcomes = play(2_000, SessionPolicy.standard().withStraggler(Duration.ofDays(30)));

        assertTrue(wrong(outcomes).stream().anyMatch(wrong -> wrong.contains("notice")));
    }

    private static List<Outcome> play(int histories, SessionPolicy policy) {
        return play(histories, policy, InMemorySessionStore::new);
    }

    private static List<Outcome> play(int histories, SessionPolicy policy, Supplier<SessionStore> store) {
        return LongStream.rangeClosed(1, histories)
                .mapToObj(seed -> RefreshHistory.play(seed, policy, store.get(), line -> {}))
                .toList();
    }

    private static Set<String> wrong(List<Outcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.wrong() != null)
                .map(outcome -> outcome.client() + ": " + outcome.wrong())
                .map(wrong -> wrong.substring(wrong.indexOf(": ") + 2))
                .collect(Collectors.toSet());
    }

    private static long count(List<Outcome> outcomes, Client client, Loot loot, Ending ending) {
        return outcomes.stream()
                .filter(outcome -> outcome.client() == client && outcome.loot() == loot && outcome.ending() == ending)
                .count();
    }
}
