// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.chaos.ChaosPlan.Mode;
import dev.mobilebackend.testkit.contract.Race;
import dev.mobilebackend.testkit.network.NetworkProxy.Moment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two servers on one PostgreSQL that keeps every commit, and requests that are sent to them until they are answered,
 * while servers are killed, commits cut and answers lost. After each run the effects are counted and the answers
 * compared.
 */
public final class IdempotencyChaos implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The end of one client's attempts: an answer, or word that its outcome is unknown. */
    private record Ending(boolean known, String head, byte[] body) {

        static Ending answered(HttpResponse<byte[]> answer) {
            String head = answer.statusCode() + " " + field(answer, "Content-Type") + " " + field(answer, "Location");
            return new Ending(true, head, answer.body());
        }

        private static String field(HttpResponse<?> answer, String name) {
            return String.join(",", answer.headers().allValues(name));
        }

        boolean isAs(Ending other) {
            return head.equals(other.head) && Arrays.equals(body, other.body);
        }

        @Override
        public String toString() {
            return head + " " + new String(body, 0, Math.min(80, body.length), StandardCharsets.UTF_8);
        }
    }

    private final TestDatabase database = TestDatabase.durablePostgres();
    private final List<ChaosNode> nodes;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final Map<String, Integer> seen = new TreeMap<>();
    private final Map<String, AtomicInteger> endings = new ConcurrentHashMap<>();

    public IdempotencyChaos() {
        Schema.install(database.database(), Schema.CORE);
        database.database().useTransaction(handle -> {
            handle.execute("CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    + " run text NOT NULL, step text NOT NULL)");
            handle.execute("CREATE INDEX effect_run ON effect (run)");
            handle.execute("CREATE TABLE charge (key text PRIMARY KEY, run text NOT NULL, nonce text NOT NULL)");
            handle.execute("CREATE INDEX charge_run ON charge (run)");
        });
        nodes = List.of(new ChaosNode(database), new ChaosNode(database));
        nodes.forEach(ChaosNode::uri);
    }

    /** A setting of the database, as it says itself. */
    public String show(String setting) {
        return database.database().withHandle(handle -> handle.createQuery("SHOW " + setting)
                .mapTo(String.class)
                .one());
    }

    /** How many server processes have died so far. */
    public int deaths() {
        return nodes.stream().mapToInt(ChaosNode::deaths).sum();
    }

    /** How often each mode met each kind of fault. */
    public Map<String, Integer> seen() {
        return seen;
    }

    /** How many clients ended with what. */
    public Map<String, Integer> endings() {
        var counts = new TreeMap<String, Integer>();
        endings.forEach((name, count) -> counts.put(name, count.get()));
        return counts;
    }

    /** What a seed stands for, and how to see it again. */
    public static String describe(long seed) {
        return ChaosPlan.of(seed) + ", again: benchmarks/run idempotency-chaos --runs 1 --seed " + seed;
    }

    /** Does what a seed stands for; says what was wrong, or nothing. */
    public Optional<String> run(long seed) {
        return run(ChaosPlan.of(seed));
    }

    Optional<String> run(ChaosPlan plan) {
        String mode = plan.mode().name().toLowerCase(Locale.ROOT);
        for (Fault fault : plan.faults()) {
            String kind = fault.kind().name().toLowerCase(Locale.ROOT);
            boolean atPoint = fault.kind() == Fault.Kind.FAIL || fault.kind() == Fault.Kind.KILL_AT;
            String point = atPoint ? " " + fault.point().name().toLowerCase(Locale.ROOT) : "";
            seen.merge(mode + " " + kind + point, 1, Integer::sum);
        }
        // A seed that is run again is another request.
        String run = "run-" + plan.seed() + "-" + System.nanoTime();
        var next = new AtomicInteger();
        try {
            List<Ending> ended = Race.of(plan.clients(), () -> send(plan, next.getAndIncrement(), run));
            ended.forEach(ending -> endings.computeIfAbsent(
                            mode + (ending.known ? " answered" : " unknown"), name -> new AtomicInteger())
                    .incrementAndGet());
            return verdict(plan, run, ended);
        } catch (IllegalStateException failed) {
            return Optional.of(failed + ": " + failed.getCause());
        } finally {
            nodes.forEach(ChaosNode::calm);
        }
    }

    private Optional<String> verdict(ChaosPlan plan, String run, List<Ending> ended) {
        List<String> effects = effects(run);
        var wrong = new ArrayList<String>();
        List<Ending> known = ended.stream().filter(Ending::known).toList();
        boolean mayBeUnknown = plan.mode() == Mode.DETACHED;
        if (!mayBeUnknown && known.size() < ended.size()) {
            wrong.add("an outcome is unknown");
        }
        for (Ending one : known) {
            Ending first = known.get(0);
            if (!one.isAs(first)) {
                wrong.add("two answers differ: " + first + " and " + one);
            }
        }
        switch (plan.mode()) {
            case ATOMIC, UNSAFE -> requireOnce(effects.size(), "effect", wrong);
            case PHASED -> {
                requireOnce(count(effects, "reserve"), "reserve", wrong);
                requireOnce(count(effects, "finish"), "finish", wrong);
                requireOnce(charges(run), "charge", wrong);
            }
            case DETACHED -> {
                // What was begun and lost is never begun again, so it may have had no effect, if nobody was told one.
                if (!known.isEmpty() || effects.size() > 1) {
                    requireOnce(effects.size(), "effect", wrong);
                }
            }
        }
        return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", wrong));
    }

    private static void requireOnce(int count, String what, List<String> wrong) {
        if (count != 1) {
            wrong.add(what + " happened " + count + " times");
        }
    }

    private static int count(List<String> effects, String step) {
        return (int) effects.stream().filter(effect -> effect.startsWith(step)).count();
    }

    /** One client's attempts, as a phone makes them: the same bytes and the same key until there is an answer. */
    private Ending send(ChaosPlan plan, int client, String run) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        for (int attempt = 0; System.nanoTime() < deadline; attempt++) {
            ChaosNode node = up(client + attempt);
            try {
                HttpResponse<byte[]> answer = attempt(node, plan, plan.fault(client, attempt), run);
                if (answer.statusCode() < 300) {
                    return Ending.answered(answer);
                }
                last = answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8);
                if (last.contains("idempotency-outcome-unknown")) {
                    return new Ending(false, "unknown", answer.body());
                }
                if (answer.statusCode() != 409 && answer.statusCode() < 500) {
                    throw new IllegalStateException("a client was refused: " + last);
                }
            } catch (IOException lost) {
                last = lost.toString();
            }
            if (plan.resumed() && client == 0) {
                resume(up(attempt));
            }
            TimeUnit.MILLISECONDS.sleep(Math.min(100, 5L << Math.min(attempt, 5)));
        }
        throw new IllegalStateException("a client had no answer within " + PATIENCE + ", last " + last);
    }

    private HttpResponse<byte[]> attempt(ChaosNode node, ChaosPlan plan, Fault fault, String run)
            throws IOException, InterruptedException {
        CompletableFuture<Void> cut = CompletableFuture.completedFuture(null);
        switch (fault.kind()) {
            case CUT_ANSWER -> cut = node.cutNextAnswer();
            case CUT_BEFORE_COMMIT -> node.cutCommits(Moment.BEFORE);
            case CUT_AFTER_COMMIT -> node.cutCommits(Moment.AFTER);
            case KILL ->
                CompletableFuture.delayedExecutor(fault.delayMillis(), TimeUnit.MILLISECONDS)
                        .execute(node::kill);
            case NONE, FAIL, KILL_AT -> {
                // the server does it to itself
            }
        }
        try {
            HttpRequest.Builder request = request(node, plan.mode().path(), run);
            if (fault.kind() != Fault.Kind.NONE) {
                request.header(ChaosServer.CHAOS, fault.header());
            }
            return http.send(request.build(), BodyHandlers.ofByteArray());
        } finally {
            cut.cancel(false);
        }
    }

    private void resume(ChaosNode node) throws InterruptedException {
        try {
            http.send(request(node, "/resume", "").build(), BodyHandlers.discarding());
        } catch (IOException lost) {
            // a job that fails is run again
        }
    }

    private static HttpRequest.Builder request(ChaosNode node, String path, String run) {
        URI uri = node.uri();
        return HttpRequest.newBuilder(uri.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header("Idempotency-Key", run.isEmpty() ? "none" : run)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(run));
    }

    /** The node whose turn it is, or the other one where that is down. */
    private ChaosNode up(int turn) {
        ChaosNode preferred = nodes.get(turn % nodes.size());
        ChaosNode other = nodes.get((turn + 1) % nodes.size());
        return !preferred.isUp() && other.isUp() ? other : preferred;
    }

    private List<String> effects(String run) {
        return database.database().withHandle(handle -> handle.createQuery("SELECT step FROM effect WHERE run = :run")
                .bind("run", run)
                .mapTo(String.class)
                .list());
    }

    private int charges(String run) {
        return database.database()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM charge WHERE run = :run")
                        .bind("run", run)
                        .mapTo(Integer.class)
                        .one());
    }

    @Override
    public void close() {
        nodes.forEach(ChaosNode::close);
        database.close();
    }
}
