// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.mobilebackend.auth.attempt.AttemptDecision.Allowed;
import dev.mobilebackend.auth.attempt.AttemptDecision.Refused;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.secret.ServerSecret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Slows down whoever guesses passwords or codes, by everything that a try has in common with others: the client's
 * network and subnet, the account that is tried from there, and the account from everywhere. So nobody locks an owner
 * out from elsewhere with a few tries, and many networks together get no further than the account's own allowance. A
 * device that the account knows has an allowance for itself and is refused by no other, so not even they lock the owner
 * out there. Accounts that don't exist are counted like those that do. A try is counted before it is made, so a
 * thousand at once get no further than a thousand in a row; one of {@link #succeeded}, {@link #failed} and
 * {@link #abandoned} follows. Thread safe.
 *
 * <pre>{@code
 * var attempt = new Attempt(address, client, null);
 * if (guard.decide(attempt) instanceof Refused refused) {
 *     throw LoginGuard.TOO_MANY_TRIES.retryAfter(refused.retryAfter()).exception();
 * }
 * }</pre>
 */
public final class LoginGuard {

    /** The answer to a refused try; add {@code retryAfter}. It is the same whatever refuses. */
    public static final Problem TOO_MANY_TRIES =
            Problem.of(429, "too-many-tries", "Too many failed tries: wait before the next one.");

    private static final int KEY_BYTES = 16;
    private static final int REFUSALS = 100_000;

    /** What one try counts against, under which key. */
    private record Count(Brake brake, String key) {}

    private final AttemptPolicy policy;
    private final AttemptStore store;
    private final HmacSha256 blinding;
    private final InstantSource clock;

    /** Until when which key refuses, as the store said: a flood of refused tries costs the store nothing. */
    private final Cache<String, Instant> refusals =
            Caffeine.newBuilder().maximumSize(REFUSALS).executor(Runnable::run).build();

    private LoginGuard(AttemptPolicy policy, AttemptStore store, ServerSecret secret, InstantSource clock) {
        this.policy = policy;
        this.store = store;
        this.blinding = HmacSha256.of(secret.derive("mobile-backend auth.attempt key v1", 32));
        this.clock = clock;
    }

    public static LoginGuard of(AttemptPolicy policy, AttemptStore store, ServerSecret secret) {
        return of(policy, store, secret, Ambient.clock());
    }

    public static LoginGuard of(AttemptPolicy policy, AttemptStore store, ServerSecret secret, InstantSource clock) {
        return new LoginGuard(policy, store, secret, clock);
    }

    /** Whether a try may be made now; if so, it has been counted. */
    public AttemptDecision decide(Attempt attempt) {
        Instant now = now();
        List<Count> counts = counts(attempt);
        for (Count count : counts) {
            Instant until = refusals.getIfPresent(count.key());
            if (until != null && until.isAfter(now)) {
                return new Refused(Duration.between(now, until), count.brake());
            }
        }
        List<Tries> before = store.update(
                keys(counts),
                all -> isFree(counts, all, now)
                        ? changed(counts, all, (count, tries) -> tries.oneMore(now, allowance(count)))
                        : all);
        return isFree(counts, before, now) ? new Allowed() : refused(counts, before, now);
    }

    /** The try was wrong: the wait runs from now, not from when the work on it began. */
    public void failed(Attempt attempt) {
        Instant now = now();
        settle(attempt, (count, tries) -> tries.endedAt(now));
    }

    /**
     * The try was right: the account starts afresh on this network or device. Otherwise only this try is given back, or
     * whoever owns one account could guess at others for ever, and each sign-in of an owner would renew an attacker's
     * tries.
     */
    public void succeeded(Attempt attempt) {
        settle(attempt, (count, tries) -> switch (count.brake()) {
            case ACCOUNT_FROM_DEVICE, ACCOUNT_FROM_CLIENT -> Tries.NONE;
            case ACCOUNT, CLIENT, SUBNET -> tries.oneLess(allowance(count));
        });
    }

    /** The try ended without an answer, because the service was too busy or failed: it does not count. */
    public void abandoned(Attempt attempt) {
        settle(attempt, (count, tries) -> tries.oneLess(allowance(count)));
    }

    /** What stands for an account where tries at it are told of: the same for each try, and not to be turned back. */
    public String subject(String account) {
        return blinded("account:" + account);
    }

    private void settle(Attempt attempt, BiFunction<Count, Tries, Tries> change) {
        List<Count> counts = counts(attempt);
        store.update(keys(counts), all -> changed(counts, all, change));
        // Another try may have been refused for this one, which has perhaps been given back.
        refusals.invalidateAll(keys(counts));
    }

    private boolean isFree(List<Count> counts, List<Tries> all, Instant now) {
        return IntStream.range(0, counts.size())
                .allMatch(i -> wait(counts.get(i), all.get(i), now).isZero());
    }

    /** By what asks for the longest wait, which goes on refusing until then. */
    private Refused refused(List<Count> counts, List<Tries> all, Instant now) {
        int longest = IntStream.range(0, counts.size())
                .boxed()
                .max(Comparator.comparing(i -> wait(counts.get(i), all.get(i), now)))
                .orElseThrow();
        Count by = counts.get(longest);
        Duration wait = wait(by, all.get(longest), now);
        refusals.put(by.key(), now.plus(wait));
        return new Refused(wait, by.brake());
    }

    private Duration wait(Count count, Tries tries, Instant now) {
        return allowance(count).remainingWait(tries, now);
    }

    private static List<Tries> changed(List<Count> counts, List<Tries> all, BiFunction<Count, Tries, Tries> change) {
        return IntStream.range(0, counts.size())
                .mapToObj(i -> change.apply(counts.get(i), all.get(i)))
                .toList();
    }

    private List<Count> counts(Attempt attempt) {
        String account = attempt.account();
        ClientAddress client = attempt.client();
        String device = attempt.knownDevice();
        if (account != null && device != null) {
            return List.of(
                    new Count(Brake.ACCOUNT_FROM_DEVICE, blinded("account from device:" + device + " " + account)));
        }
        var network = new Count(Brake.CLIENT, blinded("client:" + client.network()));
        var subnet = new Count(Brake.SUBNET, blinded("subnet:" + client.prefix(client.isIpv4() ? 24 : 48)));
        return account == null
                ? List.of(network, subnet)
                : List.of(
                        network,
                        subnet,
                        new Count(
                                Brake.ACCOUNT_FROM_CLIENT,
                                blinded("account from client:" + client.network() + " " + account)),
                        new Count(Brake.ACCOUNT, subject(account)));
    }

    private Allowance allowance(Count count) {
        return policy.allowance(count.brake());
    }

    /** As finely as any store keeps it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static List<String> keys(List<Count> counts) {
        return counts.stream().map(Count::key).toList();
    }

    /** Neither the store nor a copy of it tells who tried to sign in. */
    private String blinded(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(blinding.tag(name), KEY_BYTES));
    }
}
