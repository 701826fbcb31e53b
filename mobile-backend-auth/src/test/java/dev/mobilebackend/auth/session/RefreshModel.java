// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.auth.session.RefreshDecision.Repeated;
import dev.mobilebackend.auth.session.RefreshDecision.Rotated;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every history, up to a length, of one phone, a network that loses, delays and repeats, a clock and at most one thief
 * who copied the phone's token once, played against the real {@link Sessions}. A world is a value; a move gives the
 * next one; worlds that were seen before are not entered again.
 */
final class RefreshModel {

    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] PHONE = {1};
    private static final byte[] THIEF = {2};

    /** Long enough for a used token to be past every forgiveness but its own proof. */
    static final Duration LATER = Duration.ofSeconds(11);

    /** A refresh under way: the token it was sent with and, once the server has answered, the answer. */
    record Request(String token, Instant sentAt, @Nullable String answer) {}

    /**
     * @param copied the token that was in the phone's store at the theft
     * @param token what it has been exchanged for since
     * @param rotatedAt when the thief was the first to use each token that it was the first to use
     */
    record Thief(String copied, String token, Map<String, Instant> rotatedAt) {

        boolean hasUsedIt() {
            return !token.equals(copied);
        }
    }

    /**
     * @param held the token in the phone's store
     * @param requests the phone's refreshes under way
     * @param ownerUsedIt whether the phone got tokens for the copied token, or a newer one, since the theft
     */
    record World(
            Session session,
            Instant now,
            String held,
            List<Request> requests,
            @Nullable Thief thief,
            boolean ownerUsedIt) {}

    private final boolean proofs;
    private final boolean theft;
    private final Duration delivery;
    private final List<Duration> clockMoves;
    private Consumer<RefreshDecision> onPhoneAnswer = decision -> {};

    /**
     * @param proofs whether the phone sends rotation proofs
     * @param theft whether there is a thief
     * @param delivery how long a request may be under way before the network drops it
     * @param clockMoves by how much the server's clock may move in one step
     */
    RefreshModel(boolean proofs, boolean theft, Duration delivery, List<Duration> clockMoves) {
        this.proofs = proofs;
        this.theft = theft;
        this.delivery = delivery;
        this.clockMoves = clockMoves;
    }

    void onPhoneAnswer(Consumer<RefreshDecision> check) {
        onPhoneAnswer = check;
    }

    /** Plays every history of so many moves and shows each world once; returns how many there were. */
    int explore(int moves, Consumer<World> check) {
        var store = new InMemorySessionStore();
        Sessions.Opened opened = sessions(store).open("ada", Device.UNKNOWN, Set.of("pwd"), START);
        var first = new World(opened.session(), START, opened.token().text(), List.of(), null, false);
        Set<World> seen = new HashSet<>(Set.of(first));
        List<World> frontier = List.of(first);
        for (int move = 0; move < moves; move++) {
            var next = new ArrayList<World>();
            for (World world : frontier) {
                for (World successor : successors(world)) {
                    if (seen.add(successor)) {
                        check.accept(successor);
                        next.add(successor);
                    }
                }
            }
            frontier = next;
        }
        return seen.size();
    }

    /** What the phone is told if it refreshes in this world at this time; the world stays as it is. */
    RefreshDecision phoneAsks(World world, Instant at) {
        return ask(storeOf(world), world.held(), proofs ? PHONE : null, at);
    }

    /** How many tokens newer than the phone's have been given out. */
    static int behind(World world) {
        return world.session().counter()
                - new RefreshTokens(SECRET).verify(world.held()).orElseThrow().counter();
    }

    /** What the thief is told if it uses its token in this world at this time; the world stays as it is. */
    RefreshDecision thiefAsks(World world, Instant at) {
        return ask(storeOf(world), world.thief().token(), THIEF, at);
    }

    static Optional<String> tokens(RefreshDecision decision) {
        if (decision instanceof Rotated rotated) {
            return Optional.of(rotated.token().text());
        }
        return decision instanceof Repeated repeated
                ? Optional.of(repeated.token().text())
                : Optional.empty();
    }

    private List<World> successors(World world) {
        var next = new ArrayList<World>();
        if (world.requests().size() < 2) {
            next.add(send(world));
        }
        for (Request request : new HashSet<>(world.requests())) {
            if (request.answer() == null) {
                if (!world.now().isAfter(request.sentAt().plus(delivery))) {
                    World answered = serve(world, request);
                    next.add(answered);
                    // The same bytes may reach the server twice: the request is answered and still under way.
                    next.add(withRequests(answered, world.requests()));
                }
            } else {
                next.add(receive(world, request));
            }
            next.add(withRequests(world, without(world.requests(), request)));
        }
        for (Duration move : clockMoves) {
            next.add(at(world, world.now().plus(move)));
        }
        if (theft && world.thief() == null) {
            next.add(new World(
                    world.session(),
                    world.now(),
                    world.held(),
                    world.requests(),
                    new Thief(world.held(), world.held(), Map.of()),
                    false));
        }
        if (world.thief() != null) {
            next.add(steal(world, THIEF));
            next.add(steal(world, null));
        }
        return next;
    }

    private static World send(World world) {
        return withRequests(world, with(world.requests(), new Request(world.held(), world.now(), null)));
    }

    private World serve(World world, Request request) {
        InMemorySessionStore store = storeOf(world);
        RefreshDecision decision = ask(store, request.token(), proofs ? PHONE : null, world.now());
        onPhoneAnswer.accept(decision);
        Optional<String> tokens = tokens(decision);
        var answered = new Request(request.token(), request.sentAt(), tokens.orElse(""));
        return new World(
                session(store, world),
                world.now(),
                world.held(),
                with(without(world.requests(), request), answered),
                world.thief(),
                world.ownerUsedIt() || (world.thief() != null && isUse(decision, request, world.thief())));
    }

    /** A late duplicate of a refresh that happened before the theft uses an older token than the copied one. */
    private static boolean isUse(RefreshDecision decision, Request request, Thief thief) {
        return decision instanceof Rotated
                || (decision instanceof Repeated && request.token().equals(thief.copied()));
    }

    /** The phone takes an answer if it still holds the token that it asked with. */
    private static World receive(World world, Request request) {
        boolean taken =
                world.held().equals(request.token()) && !request.answer().isEmpty();
        return new World(
                world.session(),
                world.now(),
                taken ? request.answer() : world.held(),
                without(world.requests(), request),
                world.thief(),
                world.ownerUsedIt());
    }

    private World steal(World world, byte @Nullable [] installSecret) {
        InMemorySessionStore store = storeOf(world);
        Thief thief = world.thief();
        RefreshDecision decision = ask(store, thief.token(), installSecret, world.now());
        var rotatedAt = new HashMap<>(thief.rotatedAt());
        if (decision instanceof Rotated) {
            rotatedAt.put(thief.token(), world.now());
        }
        return new World(
                session(store, world),
                world.now(),
                world.held(),
                world.requests(),
                new Thief(thief.copied(), tokens(decision).orElse(thief.token()), Map.copyOf(rotatedAt)),
                world.ownerUsedIt());
    }

    private static RefreshDecision ask(
            InMemorySessionStore store, String token, byte @Nullable [] installSecret, Instant at) {
        RotationProof proof = installSecret == null ? null : RotationProof.of(installSecret, token);
        return sessions(store).refresh(token, Presenter.of(proof), at);
    }

    private static Sessions sessions(SessionStore store) {
        return new Sessions(SessionPolicy.standard(), store, new Revocations(), SECRET, RANDOM);
    }

    private static InMemorySessionStore storeOf(World world) {
        var store = new InMemorySessionStore();
        store.open(world.session());
        return store;
    }

    private static Session session(InMemorySessionStore store, World world) {
        return store.find(world.session().id()).orElseThrow();
    }

    private static World at(World world, Instant now) {
        return new World(world.session(), now, world.held(), world.requests(), world.thief(), world.ownerUsedIt());
    }

    private static World withRequests(World world, List<Request> requests) {
        return new World(world.session(), world.now(), world.held(), requests, world.thief(), world.ownerUsedIt());
    }

    private static List<Request> with(List<Request> requests, Request added) {
        var all = new ArrayList<>(requests);
        all.add(added);
        all.sort(Comparator.comparing(Request::toString));
        return List.copyOf(all);
    }

    private static List<Request> without(List<Request> requests, Request removed) {
        var rest = new ArrayList<>(requests);
        rest.remove(removed);
        return List.copyOf(rest);
    }
}
