// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Codes that go to a mailbox or a phone and are taken once, for a while, for one purpose, from where they were asked
 * for. Only the newest one counts, a few wrong ones use it up, and an address gets only so many, whoever asks;
 * the devices that its account knows have as many to themselves. Thread safe; has no clock and no state of its own.
 *
 * <pre>{@code
 * Contact contact = account.contact().orElseThrow(); // a guest has none
 * var request = new CodeRequest(Purpose.STEP_UP, account.id(), "session " + sessionId, contact);
 * if (!codes.tryIssue(request, now)) {
 *     throw OneTimeCodes.TOO_MANY_CODES.exception();
 * }
 * boolean shown = codes.redeem(Purpose.STEP_UP, account.id(), "session " + sessionId, typed, now).isPresent();
 * }</pre>
 */
public final class OneTimeCodes {

    /** What to tell an account's owner, at a step-up; nobody else learns that there have been enough. */
    public static final Problem TOO_MANY_CODES = Problem.of(
                    429, "too-many-codes", "Too many codes have been sent: the newest one is still taken for a while.")
            .retryAfter(Duration.ofHours(1));

    private static final int KEY_BYTES = 16;

    private final CodePolicy policy;
    private final CodeStore store;
    private final CodeText text;
    private final HmacSha256 blinding;
    private final SecureRandom random;

    public OneTimeCodes(CodePolicy policy, CodeStore store, ServerSecret secret, SecureRandom random) {
        this.policy = policy;
        this.store = store;
        this.text = new CodeText(secret);
        this.blinding = HmacSha256.of(secret.derive("mobile-backend auth.account sends v1", 32));
        this.random = random;
    }

    /** Sends a code, unless as many have been sent there as the policy allows: then the earlier one goes on. */
    public boolean tryIssue(CodeRequest request, Instant now) {
        return tryIssue(request, request.purpose().notice(), now);
    }

    /**
     * Does the same work, and sends this notice in its place. It has a seed too, so that it is as long, and a kind that
     * carries no code: then nobody gets to know the code.
     *
     * @return whether it was sent
     */
    boolean tryIssue(CodeRequest request, Notice.Kind notice, Instant now) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String seed = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Instant at = now.truncatedTo(ChronoUnit.MICROS);
        var code = new PendingCode(
                request.purpose(),
                request.subject(),
                request.origin(),
                request.contact(),
                seed,
                request.carried(),
                policy.attempts(),
                at.plus(policy.lifetime()).truncatedTo(ChronoUnit.MICROS));
        return store.keep(
                code,
                new Notice(notice, request.contact().text(), seed),
                new SendLimit(sendKey(request), policy.anHour(), at));
    }

    /**
     * The code that waits there, if this is its text; takes one of its attempts. It is still to be used, by
     * {@link #use} in the transaction of what it allows.
     */
    public Optional<PendingCode> check(Purpose purpose, String subject, String origin, String typed, Instant now) {
        return store.takeAttempt(purpose, subject, origin, now).filter(pending -> text.matches(typed, pending));
    }

    /** The code behind a link's token, still to be used, by {@link #use}. Looks up none that was not made here. */
    Optional<PendingCode> checkLink(String token, Instant now) {
        return text.seed(token).flatMap(seed -> store.findBySeed(Purpose.SIGN_IN_LINK, seed, now));
    }

    /** Uses up a code, and every other of its purpose and subject; whether it was there to be used. */
    public boolean use(PendingCode code) {
        return store.use(code);
    }

    /** {@link #check} and {@link #use} in one. */
    public Optional<PendingCode> redeem(Purpose purpose, String subject, String origin, String typed, Instant now) {
        return check(purpose, subject, origin, typed, now).filter(this::use);
    }

    /** Drops every code of an account, and every one that was sent to its address or phone. */
    void forget(Account account) {
        store.forget(account.names());
    }

    /** Drops every code of an account that somebody has asked for in a session. */
    void forgetOfSessions(Account account) {
        store.forget(List.of(account.id()));
    }

    /** Deletes what can't be used any more; says how many rows. */
    public int purgeExpired(Instant now, int atMost) {
        return store.purgeExpired(now, atMost);
    }

    /** What stands in the message of a notice with a seed. */
    String text(Notice notice) {
        return notice.kind() == Notice.Kind.SIGN_IN_LINK
                ? text.token(notice.seed())
                : text.code(notice.kind(), notice.to(), notice.seed());
    }

    /** Neither the store nor a copy of it tells from this to whom codes were sent, or whose they were. */
    private String sendKey(CodeRequest request) {
        String counted =
                switch (request.purpose().asker()) {
                    case ANYBODY -> request.contact().text();
                    case OWNER -> request.subject();
                };
        String device = request.knownDevice() ? "\nknown device" : "";
        byte[] tag = blinding.tag(request.purpose().asker() + "\n" + counted + device);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(tag, KEY_BYTES));
    }
}
