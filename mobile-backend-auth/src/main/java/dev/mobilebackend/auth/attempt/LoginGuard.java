// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

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
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * Slows down whoever guesses passwords or codes: by the client that tries, by the account that is tried from there, and
 * by the account from everywhere. So nobody locks an owner out from elsewhere with a few tries, and many networks
 * together get no further than the account's own allowance. Accounts that don't exist are counted like those that do. A try is counted before it is made, so a thousand at once get no
 * further than a thousand in a row; one of {@link #succeeded}, {@link #failed} and {@link #abandoned} follows. Thread
 * safe.
 *
 * <pre>{@code
 * if (guard.decide(address, client) instanceof Refused refused) {
 *     throw LoginGuard.TOO_MANY_TRIES.retryAfter(refused.retryAfter()).exception();
 * }
 * }</pre>
 */
public final class LoginGuard {

    /** The answer to a refused try; add {@code retryAfter}. */
    public static final Problem TOO_MANY_TRIES =
            Problem.of(429, "too-many-tries", "Too many failed tries: wait before the next one.");

    private static final int KEY_BYTES = 16;

    private final AttemptPolicy policy;
    private final AttemptStore store;
    private final HmacSha256 blinding;
    private final InstantSource clock;

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

    /**
     * Whether a try may be made now; if so, it has been counted.
     *
     * @param accountKey the account's address in its one normal form, whether or not there is such an account
     */
    public AttemptDecision decide(String accountKey, ClientAddress client) {
        Instant now = clock.instant();
        Duration wait = take(clientKey(client), policy.client(), now);
        if (!wait.isZero()) {
            return new Refused(wait);
        }
        wait = take(pairKey(accountKey, client), policy.accountFromClient(), now);
        if (!wait.isZero()) {
            giveBack(clientKey(client), policy.client());
            return new Refused(wait);
        }
        wait = take(accountKey(accountKey), policy.account(), now);
        if (!wait.isZero()) {
            giveBack(pairKey(accountKey, client), policy.accountFromClient());
            giveBack(clientKey(client), policy.client());
            return new Refused(wait);
        }
        return new Allowed();
    }

    /** The try was wrong: the wait runs from now, not from when the work on it began. */
    public void failed(String accountKey, ClientAddress client) {
        Instant now = clock.instant();
        UnaryOperator<Tries> endedNow = tries -> tries.endedAt(now);
        store.update(clientKey(client), endedNow);
        store.update(pairKey(accountKey, client), endedNow);
        store.update(accountKey(accountKey), endedNow);
    }

    /**
     * The try was right: the account starts afresh on this network. Otherwise only this try is given back, or whoever
     * owns one account could guess at others for ever, and each sign-in of an owner would renew an attacker's tries.
     */
    public void succeeded(String accountKey, ClientAddress client) {
        store.update(pairKey(accountKey, client), tries -> Tries.NONE);
        giveBack(accountKey(accountKey), policy.account());
        giveBack(clientKey(client), policy.client());
    }

    /** The try ended without an answer, because the service was too busy or failed: it does not count. */
    public void abandoned(String accountKey, ClientAddress client) {
        giveBack(accountKey(accountKey), policy.account());
        giveBack(pairKey(accountKey, client), policy.accountFromClient());
        giveBack(clientKey(client), policy.client());
    }

    /** What stands for an account where tries at it are told of: the same for each try, and not to be turned back. */
    public String subject(String accountKey) {
        return accountKey(accountKey);
    }

    private Duration take(String key, Allowance allowance, Instant now) {
        Tries before = store.update(
                key, tries -> allowance.remainingWait(tries, now).isZero() ? tries.oneMore(now, allowance) : tries);
        return allowance.remainingWait(before, now);
    }

    private void giveBack(String key, Allowance allowance) {
        store.update(key, tries -> tries.oneLess(allowance));
    }

    private String accountKey(String account) {
        return blinded("account:" + account);
    }

    private String pairKey(String account, ClientAddress client) {
        return blinded("account from client:" + client.network() + " " + account);
    }

    private String clientKey(ClientAddress client) {
        return blinded("client:" + client.network());
    }

    /** Neither the store nor a copy of it tells who tried to sign in. */
    private String blinded(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(blinding.tag(name), KEY_BYTES));
    }
}
