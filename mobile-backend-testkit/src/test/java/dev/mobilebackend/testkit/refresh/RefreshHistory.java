// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.refresh;

import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.Presenter;
import dev.mobilebackend.auth.session.RefreshDecision;
import dev.mobilebackend.auth.session.RefreshDecision.Ended;
import dev.mobilebackend.auth.session.RefreshDecision.Repeated;
import dev.mobilebackend.auth.session.RefreshDecision.Replayed;
import dev.mobilebackend.auth.session.RefreshDecision.Retry;
import dev.mobilebackend.auth.session.RefreshDecision.Rotated;
import dev.mobilebackend.auth.session.RefreshDecision.WrongKey;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One history of a phone, its network, the server's clock and perhaps a thief, which all follow from a seed. The
 * network loses, delays, repeats and overtakes; the app's two processes refresh beside each other and die between an
 * answer and the write of it; the clock is moved and instances disagree about it.
 *
 * <p>Three things are assumed of an honest phone: it reads its store before each refresh, it keeps an answer only if
 * the store still holds the token that it asked with, and no request of its is overtaken by more than four refreshes.
 * Of one that sends no proofs: that it repeats what it lost within ten minutes, and that no request is under way for
 * longer than a few seconds or overtaken by more than two.
 */
final class RefreshHistory {

    /** What the phone proves its refreshes with. */
    enum Client {
        PLAIN,
        INSTALL_SECRET,
        HARDWARE_KEY
    }

    /** What the thief copies. */
    enum Loot {
        NOTHING,
        TOKEN,
        WHOLE_STORE
    }

    /** What became of a theft. */
    enum Ending {
        NO_THEFT,
        NOTICED,
        /** Allowed only where a thief has all that the phone has. */
        UNNOTICED,
        /** The key was not among the loot, and the phone goes on. */
        FUTILE
    }

    /**
     * @param wrong what broke a promise, null if nothing did
     * @param answers how many answers the server gave
     * @param lost how many answers were lost on the way
     */
    record Outcome(
            Client client,
            Loot loot,
            Ending ending,
            int answers,
            int lost,
            @Nullable String wrong) {}

    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    private static final byte[] PHONES_SECRET = {1};
    private static final byte[] THIEFS_SECRET = {2};
    private static final String PHONES_KEY = "phone";
    private static final Duration LATE = Duration.ofSeconds(12);
    private static final int PROCESSES = 2;

    /** A refresh under way, and its answer once the server has given it. */
    private record Packet(
            int process,
            String token,
            Instant sentAt,
            @Nullable RefreshDecision answer) {}

    private final SessionPolicy policy;
    private final Consumer<String> trace;
    private final Random random;
    private final Client client;
    private final Loot loot;
    private final SessionStore store;
    private final Sessions sessions;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<Packet> network = new ArrayList<>();
    private Session row;
    private Instant time = START;
    private Duration clockError = Duration.ZERO;
    private String held;
    private @Nullable String stolen;
    private int stolenNumber;
    private boolean thiefGotTokens;
    private boolean ownerGotTokens;
    private int answers;
    private int lost;
    private @Nullable String wrong;

    private RefreshHistory(long seed, SessionPolicy policy, SessionStore store, Consumer<String> trace) {
        this.policy = policy;
        this.store = store;
        this.trace = trace;
        // Neighbouring seeds would begin with much the same numbers.
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        random.nextLong();
        client = Client.values()[random.nextInt(3)];
        loot = Loot.values()[random.nextInt(3)];
        sessions = new Sessions(policy, store, new Revocations(), SECRET, RANDOM);
        String key = client == Client.HARDWARE_KEY ? PHONES_KEY : null;
        Sessions.Opened opened = sessions.open("ada", Device.UNKNOWN, Set.of("pwd"), key, null, START);
        row = opened.session();
        held = opened.token().text();
        numbers.put(held, 0);
    }

    /**
     * @param store may hold sessions of other histories, and have others played over it at the same time
     * @param trace hears of each step
     */
    static Outcome play(long seed, SessionPolicy policy, SessionStore store, Consumer<String> trace) {
        var history = new RefreshHistory(seed, policy, store, trace);
        trace.accept(history.client + ", " + history.loot + " stolen");
        int moves = 20 + history.random.nextInt(100);
        for (int i = 0; i < moves && history.wrong == null && history.mayGoOn(); i++) {
            history.move();
        }
        Ending ending = history.wrong == null ? history.end() : Ending.UNNOTICED;
        return new Outcome(history.client, history.loot, ending, history.answers, history.lost, history.wrong);
    }

    private void move() {
        network.removeIf(this::isGivenUp);
        switch (random.nextInt(10)) {
            case 0, 1 -> send();
            case 2, 3, 4 -> deliver();
            case 5, 6, 7 -> receive();
            case 8 -> pass();
            default -> thief();
        }
    }

    /** One of the two processes reads the store and asks, or asks again. */
    private void send() {
        if (network.size() < 4) {
            network.add(new Packet(random.nextInt(PROCESSES), held, time, null));
        }
    }

    private void deliver() {
        Packet packet = any(false);
        if (packet == null) {
            return;
        }
        if (random.nextInt(4) > 0) {
            network.remove(packet);
        }
        if (random.nextInt(10) > 0) {
            RefreshDecision answer = phoneAsks(packet.token());
            network.add(new Packet(packet.process(), packet.token(), packet.sentAt(), answer));
        }
    }

    private void receive() {
        Packet packet = any(true);
        if (packet == null) {
            return;
        }
        network.remove(packet);
        if (random.nextInt(4) == 0) {
            lost++;
            trace.accept("the answer is lost, or its process dies");
        } else {
            keep(packet.token(), packet.answer());
        }
    }

    private void keep(String askedWith, @Nullable RefreshDecision answer) {
        String token = token(answer);
        if (token != null && held.equals(askedWith)) {
            held = token;
        }
    }

    /** Time passes, or the clock that the server goes by is set. */
    private void pass() {
        if (client == Client.PLAIN) {
            boolean nothingToRepeat = network.isEmpty() && number(held) == row.counter();
            time = time.plusSeconds(nothingToRepeat ? random.nextInt(200_000) : random.nextInt(2));
            if (!nothingToRepeat && random.nextBoolean()) {
                // A phone that missed an answer asks again before its ten minutes are over, and nothing older is left.
                network.clear();
                time = time.plusSeconds(11 + random.nextInt(500));
                keep(held, phoneAsks(held));
            }
            return;
        }
        switch (random.nextInt(4)) {
            case 0 -> time = time.plusSeconds(random.nextInt(20));
            case 1 -> time = time.plusSeconds(random.nextInt(40_000));
            case 2 -> time = time.plus(Duration.ofDays(random.nextInt(15)));
            default -> clockError = Duration.ofSeconds(random.nextInt(7_200) - 3_600);
        }
        trace.accept("it is " + time + ", the clock is off by " + clockError);
    }

    private void thief() {
        if (loot == Loot.NOTHING) {
            return;
        }
        if (stolen == null) {
            stolen = held;
            stolenNumber = number(held);
            ownerGotTokens = row.counter() > stolenNumber;
            trace.accept("somebody copies token " + stolenNumber);
        } else {
            thiefAsks(presenters().get(random.nextInt(2)));
        }
    }

    private RefreshDecision phoneAsks(String token) {
        Instant now = now();
        boolean late = isLate(now);
        RefreshDecision answer = refresh(token, phone(token), now);
        answered("phone", token, answer);
        boolean isUse = stolen != null && number(token) >= stolenNumber;
        ownerGotTokens |= isUse && token(answer) != null;
        if (stolen == null || client == Client.HARDWARE_KEY) {
            require(token(answer) != null || answer instanceof Retry, "an honest phone was told " + answer);
        } else if (client == Client.INSTALL_SECRET && loot == Loot.TOKEN && isUse && thiefGotTokens) {
            requireNoticed(answer, late);
        }
        return answer;
    }

    private void thiefAsks(Presenter presenter) {
        String token = stolen;
        if (token == null) {
            return;
        }
        Instant now = now();
        boolean late = isLate(now);
        RefreshDecision answer = refresh(token, presenter, now);
        answered("thief", token, answer);
        String got = token(answer);
        if (client == Client.HARDWARE_KEY) {
            require(answer instanceof WrongKey, "a thief without the key was told " + answer);
        } else if (client == Client.INSTALL_SECRET && loot == Loot.TOKEN && ownerGotTokens) {
            requireNoticed(answer, late);
        }
        if (got != null) {
            thiefGotTokens = true;
            stolen = got;
        }
    }

    /** The second of two holders gets nothing, and once the first use is ten seconds old, that ends the session. */
    private void requireNoticed(RefreshDecision answer, boolean late) {
        require(token(answer) == null, "both thief and owner got tokens");
        require(!late || answer instanceof Replayed || answer instanceof Ended, "a theft was not noticed: " + answer);
    }

    /** What is under way is dropped, and each holder uses its token once more. */
    private Ending end() {
        if (stolen == null || client == Client.HARDWARE_KEY) {
            time = time.plus(LATE);
            String token = token(phoneAsks(held));
            require(token != null, "an honest phone gets no tokens any more");
            return stolen == null ? Ending.NO_THEFT : Ending.FUTILE;
        }
        clockError = Duration.ZERO;
        Duration pause = client == Client.PLAIN ? policy.plainRetry().plus(LATE) : LATE;
        // The clock may have been ahead before.
        Instant newest = row.refreshedAt();
        time = newest.isAfter(time) ? newest : time;
        boolean phoneFirst = random.nextBoolean();
        for (int i = 0; i < 2; i++) {
            time = time.plus(pause);
            if (phoneFirst == (i == 0)) {
                keep(held, phoneAsks(held));
            } else {
                thiefAsks(presenters().get(0));
            }
        }
        boolean noticed = row.revocation() != null;
        boolean promised = client == Client.PLAIN || loot == Loot.TOKEN;
        require(noticed || !promised, "both holders used their tokens and nobody noticed");
        return noticed ? Ending.NOTICED : Ending.UNNOTICED;
    }

    private Presenter phone(String token) {
        return switch (client) {
            case PLAIN -> Presenter.of(null);
            case INSTALL_SECRET -> Presenter.of(RotationProof.of(PHONES_SECRET, token));
            case HARDWARE_KEY -> new Presenter(null, PHONES_KEY, null, null);
        };
    }

    /** What a thief can present its token with, the most that it has first. */
    private List<Presenter> presenters() {
        String token = stolen == null ? "" : stolen;
        boolean hasSecret = client == Client.INSTALL_SECRET && loot == Loot.WHOLE_STORE;
        RotationProof proof = RotationProof.of(hasSecret ? PHONES_SECRET : THIEFS_SECRET, token);
        return switch (client) {
            case PLAIN -> List.of(Presenter.of(null), Presenter.of(proof));
            case INSTALL_SECRET -> List.of(Presenter.of(proof), Presenter.of(null));
            case HARDWARE_KEY -> List.of(new Presenter(proof, "thief", null, null), Presenter.of(proof));
        };
    }

    private void answered(String who, String token, RefreshDecision answer) {
        answers++;
        trace.accept(who + " asks with token " + number(token) + ": "
                + answer.getClass().getSimpleName());
        if (answer instanceof Rotated rotated) {
            numbers.putIfAbsent(rotated.token().text(), rotated.session().counter());
        } else if (answer instanceof Repeated repeated) {
            numbers.putIfAbsent(repeated.token().text(), repeated.session().counter());
        }
    }

    private static @Nullable String token(@Nullable RefreshDecision answer) {
        if (answer instanceof Rotated rotated) {
            return rotated.token().text();
        }
        return answer instanceof Repeated repeated ? repeated.token().text() : null;
    }

    private @Nullable Packet any(boolean answered) {
        List<Packet> fitting = network.stream()
                .filter(packet -> answered == (packet.answer() != null))
                .toList();
        return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
    }

    private boolean isGivenUp(Packet packet) {
        boolean plain = client == Client.PLAIN;
        Duration longest = Duration.ofSeconds(plain ? 4 : 60);
        boolean overtaken = row.counter() - number(packet.token()) > (plain ? 2 : 4);
        return time.isAfter(packet.sentAt().plus(longest)) || (overtaken && packet.answer() == null);
    }

    private boolean isLate(Instant now) {
        return Duration.between(row.refreshedAt(), now).compareTo(policy.straggler()) > 0;
    }

    /** A phone that is away for longer than sessions last signs in again, and that is as it should be. */
    private boolean mayGoOn() {
        return time.plus(Duration.ofDays(16)).isBefore(row.expiresAt());
    }

    /** As the instance tells that is asked; no two agree to the second. */
    private Instant now() {
        return time.plus(clockError).plusMillis(random.nextInt(1_000));
    }

    private int number(String token) {
        return numbers.getOrDefault(token, -1);
    }

    private RefreshDecision refresh(String token, Presenter presenter, Instant now) {
        RefreshDecision answer = sessions.refresh(token, presenter, now);
        row = store.find(row.id()).orElseThrow();
        return answer;
    }

    private void require(boolean promise, String broken) {
        if (!promise && wrong == null) {
            wrong = broken;
            trace.accept("WRONG: " + broken);
        }
    }
}
