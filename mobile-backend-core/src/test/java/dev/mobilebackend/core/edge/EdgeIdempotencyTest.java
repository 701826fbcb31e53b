// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.idempotency.jdbi.PhasedWork;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Routes;
import io.javalin.config.JavalinConfig;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees of the three modes of idempotency. */
class EdgeIdempotencyTest {

    /** What the phased work is begun with, and what its phase results in. */
    record Text(String text) {}

    private static final Problem SOLD_OUT = Problem.of(409, "sold-out", "Nothing is left.")
            .detail("it will be back next week")
            .error("#/productId", "a product that is in stock")
            .error("query:warehouse", "one that has it")
            .error("header:If-Match", "the version that was read")
            .with("left", 0)
            .with("others", List.of("tea", "mate"));

    private final List<Boolean> replays = new CopyOnWriteArrayList<>();
    private Handle keepsTheDatabase;
    private JdbiIdempotency idempotency;
    private PhasedWork<Text, RuntimeException> refunding;
    private EdgeServer server;

    @BeforeEach
    void start() {
        Jdbi jdbi = Jdbi.create("jdbc:h2:mem:" + UUID.randomUUID());
        keepsTheDatabase = jdbi.open();
        Database database = Database.of(jdbi);
        Schema.install(database, Schema.CORE);
        keepsTheDatabase.execute("CREATE TABLE refund (id bigint GENERATED ALWAYS AS IDENTITY, text varchar(100))");
        idempotency = new JdbiIdempotency(database);
        refunding = idempotency.phased("refund", Text.class, (run, wish) -> {
            run.phase("check", Text.class, handle -> new Text("checked"));
            return run.finish(handle -> refund(handle, wish.text()));
        });
        server = EdgeServer.start(this::declare, this::serve);
    }

    @AfterEach
    void stop() {
        server.close();
        keepsTheDatabase.close();
    }

    private void declare(Routes routes) {
        for (String mode : new String[] {"/atomic", "/phased", "/detached", "/sold-out", "/bare"}) {
            routes.role("cashier", POST, mode).idempotent();
        }
        routes.signedIn(POST, "/unknown")
                .idempotent(IdempotencyPolicy.standard().statusLink("/refunds/{key}"));
    }

    private void serve(JavalinConfig config) {
        config.routes.post("/atomic", context -> {
            Exchange exchange = Exchange.of(context.req());
            String text = new String(exchange.body(), StandardCharsets.UTF_8);
            exchange.send(idempotency.inTransaction(exchange, handle -> refund(handle, text)));
        });
        config.routes.post("/phased", context -> {
            Exchange exchange = Exchange.of(context.req());
            exchange.send(refunding.run(exchange, new Text(new String(exchange.body(), StandardCharsets.UTF_8))));
        });
        config.routes.post("/detached", context -> {
            Exchange exchange = Exchange.of(context.req());
            String text = new String(exchange.body(), StandardCharsets.UTF_8);
            exchange.send(idempotency.detached(exchange, () -> refund(keepsTheDatabase, text)));
        });
        config.routes.post("/sold-out", context -> {
            Exchange exchange = Exchange.of(context.req());
            exchange.body();
            exchange.send(idempotency.inTransaction(exchange, handle -> {
                refund(handle, "noted");
                return Answer.problem(SOLD_OUT).header("Link", "</products/1>; rel=\"up\"");
            }));
            replays.add(exchange.isReplayed());
        });
        config.routes.post("/bare", context -> {
            Exchange exchange = Exchange.of(context.req());
            exchange.body();
            exchange.send(idempotency.inTransaction(
                    exchange, handle -> Answer.json(409, "{\"internal\":1}").header("Location", "/internal")));
            replays.add(exchange.isReplayed());
        });
        config.routes.post("/unknown", context -> {
            Exchange exchange = Exchange.of(context.req());
            exchange.send(idempotency.detached(exchange, () -> {
                throw new IllegalStateException("the provider did not answer");
            }));
        });
    }

    private static Answer refund(Handle handle, String text) {
        long id = handle.createUpdate("INSERT INTO refund (text) VALUES (:text)")
                .bind("text", text)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
        return Answer.json(201, "{\"id\":" + id + "}").header("Location", "/refunds/" + id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/atomic", "/phased", "/detached"})
    void answersARetryWithTheSameBytesAndAnIdOfItsOwn(String mode) throws Exception {
        HttpResponse<String> first = post(mode, "ten", "cashier");

        HttpResponse<String> retry = post(mode, "ten", "cashier");

        assertEquals(201, first.statusCode());
        assertEquals(201, retry.statusCode());
        assertEquals(first.body(), retry.body());
        assertEquals(header(first, "Location"), header(retry, "Location"));
        assertEquals("(no Idempotent-Replayed)", header(first, "Idempotent-Replayed"));
        assertEquals("true", header(retry, "Idempotent-Replayed"));
        assertNotEquals(header(first, "X-Request-Id"), header(retry, "X-Request-Id"));
        assertEquals(1, refunds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/atomic", "/phased", "/detached"})
    void givesNoStoredAnswerToACallerWhoHasLostTheRole(String mode) throws Exception {
        post(mode, "ten", "cashier");

        HttpResponse<String> retry = post(mode, "ten", "customer");

        assertProblem(retry, 403, "forbidden");
        assertEquals("(no Location)", header(retry, "Location"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/atomic", "/phased", "/detached"})
    void refusesAnotherBodyUnderTheSameKey(String mode) throws Exception {
        post(mode, "ten", "cashier");

        assertProblem(post(mode, "eleven", "cashier"), 422, "idempotency-key-reused");
        assertEquals(1, refunds());
    }

    @Test
    void answersARetryWithTheRefusalThatTheWorkHasAnsweredWith() throws Exception {
        HttpResponse<String> first = post("/sold-out", "ten", "cashier");

        HttpResponse<String> retry = post("/sold-out", "ten", "cashier");

        assertProblem(first, 409, "sold-out");
        assertProblem(retry, 409, "sold-out");
        assertTrue(first.body().contains("\"left\":0,\"others\":[\"tea\",\"mate\"]"), first.body());
        assertEquals(withoutId(first), withoutId(retry));
        assertEquals("</products/1>; rel=\"up\"", header(retry, "Link"));
        assertEquals("(no Idempotent-Replayed)", header(first, "Idempotent-Replayed"));
        assertEquals("true", header(retry, "Idempotent-Replayed"));
        assertEquals(List.of(false, true), replays);
        assertEquals(1, refunds());
    }

    @Test
    void answersWithThePlainProblemOfAStatusWhereTheWorkHasAnsweredWithNoProblem() throws Exception {
        assertProblem(post("/bare", "ten", "cashier"), 409, "conflict");

        HttpResponse<String> retry = post("/bare", "ten", "cashier");

        assertProblem(retry, 409, "conflict");
        assertFalse(retry.body().contains("internal"), retry.body());
        assertEquals("(no Location)", header(retry, "Location"));
        assertEquals("true", header(retry, "Idempotent-Replayed"));
        assertEquals(List.of(false, true), replays);
    }

    private static String withoutId(HttpResponse<String> response) {
        return response.body().replace(header(response, "X-Request-Id"), "(id)");
    }

    @Test
    void tellsWhereToFindOutWhatBecameOfDetachedWork() throws Exception {
        assertProblem(post("/unknown", "ten", "cashier"), 500, "internal-error");

        HttpResponse<String> retry = post("/unknown", "ten", "cashier");

        assertProblem(retry, 409, "idempotency-outcome-unknown");
        assertEquals("</refunds/key-1>; rel=\"status\"", header(retry, "Link"));
        assertTrue(retry.body().contains("\"statusUrl\":\"/refunds/key-1\""), retry.body());
    }

    private HttpResponse<String> post(String path, String body, String role) throws Exception {
        return server.send(
                "POST",
                path,
                BodyPublishers.ofString(body),
                "Test-Caller",
                "ann",
                "Test-Role",
                role,
                "Idempotency-Key",
                "key-1");
    }

    private int refunds() {
        return keepsTheDatabase
                .createQuery("SELECT count(*) FROM refund")
                .mapTo(Integer.class)
                .one();
    }
}
