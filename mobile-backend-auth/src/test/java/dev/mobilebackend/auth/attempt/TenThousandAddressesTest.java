// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.attempt.AttemptDecision.Allowed;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.secret.ServerSecret;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What whoever has ten thousand addresses gets out of the standard policy: they try at one account every five seconds
 * for a day, from one address after the other and all of them from the owner's network among others, while the owner
 * signs in on a known device after each of these tries.
 */
class TenThousandAddressesTest {

    private static final int ADDRESSES = 10_000;
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int TRIES_A_DAY = (int) Duration.ofDays(1).dividedBy(PAUSE);
    private static final String ACCOUNT = "alice@shop.example";

    /** 100 are free; then one follows each wait of 1, 2, 4 to 512 seconds, and one each quarter of an hour. */
    private static final int FROM_EVERYWHERE = 100 + 10 + 24 * 4;

    /** The same with five that are free. */
    private static final int FROM_ONE_NETWORK = 5 + 10 + 24 * 4;

    /** Where the addresses are, and how many guesses a day they are good for together. */
    private enum Attackers {
        IN_TEN_THOUSAND_SUBNETS(i -> "10." + i / 256 + "." + i % 256 + ".1", FROM_EVERYWHERE),
        IN_FORTY_SUBNETS(i -> "10.0." + i / 250 + "." + (1 + i % 250), FROM_EVERYWHERE),
        IN_TEN_THOUSAND_IPV6_SITES(i -> "2001:db8:%x::1".formatted(i), FROM_EVERYWHERE),
        IN_TEN_THOUSAND_NETWORKS_OF_ONE_IPV6_SITE(i -> "2001:db8:0:%x::1".formatted(i), FROM_EVERYWHERE),
        IN_ONE_IPV6_NETWORK(i -> "2001:db8::%x".formatted(i), FROM_ONE_NETWORK);

        private final IntFunction<String> addressOf;
        private final int guessesADay;

        Attackers(IntFunction<String> addressOf, int guessesADay) {
            this.addressOf = addressOf;
            this.guessesADay = guessesADay;
        }

        ClientAddress address(int attempt) {
            return ClientAddress.parse(addressOf.apply(attempt % ADDRESSES));
        }
    }

    private final TestClock clock = new TestClock();
    private final LoginGuard guard = LoginGuard.of(
            AttemptPolicy.standard(), new InMemoryAttemptStore(1_000_000), ServerSecret.of(new byte[32]), clock);

    @ParameterizedTest
    @EnumSource
    void getNoFurtherThanTheAccountsAllowanceAndTheOwnerSignsInAllTheTime(Attackers attackers) {
        Set<ClientAddress> addresses = new HashSet<>();
        var guessesADay = new int[2];
        int refusedOwner = 0;

        for (int attempt = 0; attempt < guessesADay.length * TRIES_A_DAY; attempt++) {
            ClientAddress address = attackers.address(attempt);
            addresses.add(address);
            guessesADay[attempt / TRIES_A_DAY] += isGuessed(address) ? 1 : 0;
            refusedOwner += isSignedInOnAKnownDevice(attackers.address(0)) ? 0 : 1;
            clock.advance(PAUSE);
        }

        assertEquals(ADDRESSES, addresses.size());
        assertEquals(0, refusedOwner);
        int most = attackers.guessesADay;
        assertTrue(guessesADay[0] <= most && guessesADay[0] > most - 20, guessesADay[0] + " guesses on the first day");
        assertTrue(guessesADay[1] <= 24 * 4, guessesADay[1] + " guesses on the second day");
    }

    @ParameterizedTest
    @EnumSource
    void allAtTheSameMomentGetNoFurtherThanWhatIsFree(Attackers attackers) {
        int free = attackers.guessesADay - 10 - 24 * 4;

        long guesses = IntStream.range(0, ADDRESSES)
                .mapToObj(attackers::address)
                .filter(this::isGuessed)
                .count();

        assertEquals(free, guesses);
        assertTrue(isSignedInOnAKnownDevice(attackers.address(0)));
    }

    private boolean isGuessed(ClientAddress from) {
        var attempt = new Attempt(ACCOUNT, from, null);
        boolean allowed = guard.decide(attempt) instanceof Allowed;
        if (allowed) {
            guard.failed(attempt);
        }
        return allowed;
    }

    private boolean isSignedInOnAKnownDevice(ClientAddress from) {
        var attempt = new Attempt(ACCOUNT, from, "the owner's phone");
        boolean allowed = guard.decide(attempt) instanceof Allowed;
        if (allowed) {
            guard.succeeded(attempt);
        }
        return allowed;
    }
}
