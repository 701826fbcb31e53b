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
 * who copied from the phone once, played against the real {@link Sessions}. Up to two refreshes are under way at a
 * time: those of two threads, or of two processes of the app that share its store. A world is a value; a move gives the
 * next one; worlds that were seen before are not entered again.
 */
final class RefreshModel {

    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] PHONE = {1};
    private static final byte[] THIEF = {2};
    private static final String PHONES_KEY = "the key in the phone's hardware";
    private static final String THIEFS_KEY = "a key of the thief's own";

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
        /** Everything that the app keeps; a key in hardware is not among it. */
        WHOLE_STORE
    }

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

    private final Client client;
    private final Loot loot;
    private final Duration delivery;
    private final List<Duration> clockMoves;
    private Consumer<RefreshDecision> onPhoneAnswer = decision -> {};
    private Consumer<RefreshDecision> onThiefAnswer = decision -> {};

    /**
     * @param client what the phone proves its refreshes with
     * @param loot what a thief copies, if there is one
     * @param delivery how long a request may be under way before the network drops it
     * @param clockMoves by how much the server's clock may move in one step
     */
    RefreshModel(Client client, Loot loot, Duration delivery, List<Duration> clockMoves) {
        this.client = client;
        this.loot = loot;
        this.delivery = delivery;
        this.clockMoves = clockMoves;
    }

    void onPhoneAnswer(Consumer<RefreshDecision> check) {
        onPhoneAnswer = check;
    }

    void onThiefAnswer(Consumer<RefreshDecision> check) {
        onThiefAnswer = check;
    }

    /** Plays every history of so many moves and shows each world once; returns how many there were. */
    int explore(int moves, Consumer<World> check) {
        var store = new InMemorySessionStore();
        Sessions.Opened opened = sessions(store)
                .open(
                        "ada",
                        Device.UNKNOWN,
                        Set.of("pwd"),
                        client == Client.HARDWARE_KEY ? PHONES_KEY : null,
                        null,
                        START);
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
        return ask(storeOf(world), world.held(), phone(world.held()), at);
    }

    /** How many tokens newer than the phone's have been given out. */
    static int behind(World world) {
        return world.session().counter()
                - new RefreshTokens(SECRET).verify(world.held()).orElseThrow().counter();
    }

    /** What the thief is told if it uses its token in this world at this time; the world stays as it is. */
    RefreshDecision thiefAsks(World world, Instant at) {
        String token = world.thief().token();
        return ask(storeOf(world), token, thief(token).get(0), at);
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
        if (loot != Loot.NOTHING && world.thief() == null) {
            next.add(new World(
                    world.session(),
                    world.now(),
                    world.held(),
                    world.requests(),
                    new Thief(world.held(), world.held(), Map.of()),
                    false));
        }
        if (world.thief() != null) {
            for (Presenter presenter : thief(world.thief().token())) {
                next.add(steal(world, presenter));
            }
        }
        return next;
    }

    private static World send(World world) {
        return withRequests(world, with(world.requests(), new Request(world.held(), world.now(), null)));
    }

    private World serve(World world, Request request) {
        InMemorySessionStore store = storeOf(world);
        RefreshDecision decision = ask(store, request.token(), phone(request.token()), world.now());
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

    private Presenter phone(String token) {
        return switch (client) {
            case PLAIN -> Presenter.of(null);
            case INSTALL_SECRET -> Presenter.of(RotationProof.of(PHONE, token));
            case HARDWARE_KEY -> new Presenter(null, PHONES_KEY, null, null);
        };
    }

    /** Whatever a thief can present the token with, the most that it has first. */
    private List<Presenter> thief(String token) {
        var own = RotationProof.of(loot == Loot.WHOLE_STORE ? PHONE : THIEF, token);
        return client == Client.HARDWARE_KEY
                ? List.of(new Presenter(own, THIEFS_KEY, null, null), Presenter.of(own), Presenter.of(null))
                : List.of(Presenter.of(own), Presenter.of(null));
    }

    private World steal(World world, Presenter presenter) {
        InMemorySessionStore store = storeOf(world);
        Thief thief = world.thief();
        RefreshDecision decision = ask(store, thief.token(), presenter, world.now());
        onThiefAnswer.accept(decision);
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

    private static RefreshDecision ask(InMemorySessionStore store, String token, Presenter presenter, Instant at) {
        return sessions(store).refresh(token, presenter, at);
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
