// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.rotation;

import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.auth.token.IssuedToken;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.rotation.KeyHistory.Life;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Issues, checks and forges tokens, a thread on each node. The clock may leap while a token is checked, so a refusal
 * is wrong only if the token still was good afterwards, and an acceptance only if it was no good before.
 */
final class RotationLoad {

    /**
     * What the load met.
     *
     * @param taken good tokens that were taken
     * @param ended tokens that had ended by themselves or with their key, and were refused
     * @param forgeries with stolen keys that had been retired or ended, and were refused
     * @param stolen tokens under stolen keys that were still good, and so were taken: the forge works
     * @param wrong what should not have happened, in words
     */
    record Met(long issued, long taken, long ended, long forgeries, long stolen, List<String> wrong) {}

    private record Held(String token, String keyId, Instant expiresAt) {}

    private static final Caller ALICE = new Caller("account-1", "session-1", Set.of("buyer"));
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final List<RotatingNode> nodes;
    private final TestClock clock;
    private final KeyPolicy policy;
    private final long seed;
    private final AtomicReferenceArray<Held> held = new AtomicReferenceArray<>(64);
    private final Semaphore done = new Semaphore(0);
    private final LongAdder issued = new LongAdder();
    private final LongAdder taken = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder forgeries = new LongAdder();
    private final LongAdder stolen = new LongAdder();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile KeyHistory history = KeyHistory.empty();
    private volatile boolean unsettled;
    private volatile boolean stopped;

    RotationLoad(List<RotatingNode> nodes, TestClock clock, KeyPolicy policy, long seed) {
        this.nodes = nodes;
        this.clock = clock;
        this.policy = policy;
        this.seed = seed;
    }

    KeyHistory history() {
        return history;
    }

    void history(KeyHistory known) {
        history = known;
        unsettled = false;
    }

    /** A key is about to be ended: until that is history, nothing that happens to a key says anything. */
    void unsettle() {
        unsettled = true;
    }

    /** Waits until the load has done so much since this call. */
    void await(int operations) throws InterruptedException {
        done.drainPermits();
        while (!stopped && !done.tryAcquire(operations, 1, TimeUnit.SECONDS)) {
            // a thread that failed has stopped the others
        }
    }

    void stop() {
        stopped = true;
    }

    Met met() {
        return new Met(issued.sum(), taken.sum(), ended.sum(), forgeries.sum(), stolen.sum(), new ArrayList<>(wrong));
    }

    /** The load of one node, until it is stopped. */
    void run(int node) {
        var random = new SplittableRandom(seed * 31 + node);
        try {
            while (!stopped) {
                int what = random.nextInt(8);
                if (what == 0) {
                    issue(nodes.get(node), random);
                } else if (what == 1) {
                    forge(nodes.get(node), random);
                } else {
                    check(nodes.get(node), random);
                }
                done.release();
            }
        } catch (RuntimeException unexpected) {
            wrong.add("node " + node + " failed: " + unexpected);
            stopped = true;
            throw unexpected;
        }
    }

    private void issue(RotatingNode node, SplittableRandom random) {
        IssuedToken token = node.tokens().issue(ALICE);
        String payload = decoded(token.token().split("\\.")[1]);
        String header = decoded(token.token().split("\\.")[0]);
        Instant expiresAt = Instant.ofEpochSecond(Long.parseLong(payload.replaceAll(".*\"exp\":(\\d+).*", "$1")));
        String keyId = header.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
        held.set(random.nextInt(held.length()), new Held(token.token(), keyId, expiresAt));
        issued.increment();
    }

    private void check(RotatingNode node, SplittableRandom random) {
        Held token = held.get(random.nextInt(held.length()));
        if (token == null) {
            return;
        }
        boolean unsettledBefore = unsettled;
        Life before = history.lives().get(token.keyId());
        Instant start = clock.instant();
        Optional<String> refusal = refusal(node, token.token());
        Instant end = clock.instant();
        boolean settled = !unsettledBefore && !unsettled;
        Life after = history.lives().get(token.keyId());

        Instant lastMoment = token.expiresAt().plus(RotatingNode.TOKENS.leeway());
        if (refusal.isEmpty()) {
            taken.increment();
            if (!node.local(start).isBefore(lastMoment)) {
                wrong.add("a token was taken after its end, at " + start + ": " + token);
            }
            if (settled && before != null && isGone(node, before, start)) {
                wrong.add("a token was taken at " + start + " after its key had gone: " + before);
            }
            return;
        }
        boolean alive = node.local(end).isBefore(lastMoment);
        boolean keyStands = settled
                && before != null
                && after != null
                && after.endedAt().equals(Instant.MAX)
                && !start.isBefore(after.hastyUntil());
        if (alive && keyStands) {
            wrong.add("a good token was refused with " + refusal.get() + " at " + end + ": " + token + ", " + after);
        } else {
            ended.increment();
        }
    }

    /** As somebody does who has stolen a key, not long ago or years. */
    private void forge(RotatingNode node, SplittableRandom random) {
        boolean unsettledBefore = unsettled;
        KeyHistory known = history;
        int newest = known.inOrder().size() - 1;
        int back = random.nextBoolean() ? random.nextInt(6) : random.nextInt(newest + 1);
        SigningKey key = known.inOrder().get(Math.max(0, newest - back));
        Life before = known.lives().get(key.id());
        Instant start = clock.instant();
        Optional<String> refusal = refusal(node, forged(key, start));
        boolean settled = !unsettledBefore && !unsettled;

        if (refusal.isEmpty()) {
            stolen.increment();
            if (settled && isGone(node, before, start)) {
                wrong.add("a forgery under a key that had gone was taken at " + start + ": " + before);
            }
        } else if (isGone(node, before, start)) {
            forgeries.increment();
        }
    }

    private boolean isGone(RotatingNode node, Life life, Instant at) {
        return !node.local(at).isBefore(life.retiredAt())
                || (!life.endedAt().equals(Instant.MAX)
                        && !at.isBefore(life.endedAt().plus(policy.reloadEvery())));
    }

    private static Optional<String> refusal(RotatingNode node, String token) {
        try {
            node.tokens().verifyField("Bearer " + token);
            return Optional.empty();
        } catch (ProblemException refused) {
            return Optional.of(refused.problem().code());
        }
    }

    private static String forged(SigningKey key, Instant now) {
        Instant from = now.minus(Duration.ofSeconds(3));
        String header = "{\"alg\":\"" + key.algorithm().text() + "\",\"typ\":\"at+jwt\",\"kid\":\"" + key.id() + "\"}";
        String payload = "{\"iss\":\"https://api.shop.example\",\"aud\":\"shop\",\"sub\":\"account-1\",\"sid\":\"s\","
                + "\"roles\":[\"admin\"],\"iat\":" + from.getEpochSecond() + ",\"exp\":"
                + from.plusSeconds(600).getEpochSecond() + ",\"jti\":\"1\"}";
        String toSign = encoded(header) + "." + encoded(payload);
        return toSign + "." + BASE64URL.encodeToString(key.sign(toSign.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String encoded(String text) {
        return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
