// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.IdempotencyDecision;
import dev.mobilebackend.core.idempotency.IdempotencyDecision.Mismatch;
import dev.mobilebackend.core.idempotency.IdempotencyDecision.Replay;
import dev.mobilebackend.core.idempotency.IdempotencyDecision.Started;
import dev.mobilebackend.core.idempotency.IdempotencyKey;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.problem.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;

/**
 * Idempotent requests in atomic mode: the key is claimed by the first statement of the business transaction and the
 * answer is stored by its last one. Where the transaction rolls back nothing has happened and a retry runs; once it has
 * committed, a retry gets the stored bytes. A duplicate that comes while the first is running waits for it. Thread safe.
 *
 * <pre>{@code
 * Answer answer = idempotency.inTransaction(exchange, handle -> {
 *     Order order = orders.place(handle, wanted);
 *     return Answer.json(201, JsonBody.write(order));
 * });
 * exchange.send(answer);
 * }</pre>
 */
public final class JdbiIdempotency {

    private static final Problem KEY_REUSED =
            Problem.of(422, "idempotency-key-reused", "This Idempotency-Key was used for another request.");
    private static final Problem IN_PROGRESS =
            Problem.of(409, "idempotency-in-progress", "The first request with this Idempotency-Key is still running.");

    /** Fields that are part of the answer itself; all others belong to one delivery of it. */
    private static final List<String> STORED_HEADERS = List.of("Content-Type", "Location", "ETag", "Link");

    private final Database database;

    public JdbiIdempotency(Database database) {
        this.database = database;
    }

    /**
     * Does the work and stores its answer in one transaction, or gives the answer that was stored before, with
     * {@code Idempotent-Replayed: true}. The handler reads its body before this call. Work that throws, or answers with
     * 500 and above, is rolled back and stores nothing.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 422 where the key was used for another payload, 409 where
     *     the first request is still running after the policy's wait
     */
    public <X extends Exception> Answer inTransaction(Exchange exchange, HandleCallback<Answer, X> work) throws X {
        IdempotencyPolicy policy = exchange.declared(IdempotencyPolicy.class).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "declare the route " + exchange.template() + " idempotent() in the route table"));
        byte[] scope = IdempotencyKey.of(exchange).scope(exchange);
        byte[] fingerprint = exchange.fingerprint();
        Instant now = exchange.facts().receivedAt();
        return database.inTransaction(handle -> {
            IdempotencyDecision decision = begin(handle, scope, fingerprint, now, policy);
            if (decision instanceof Replay replay) {
                return replay.answer().header("Idempotent-Replayed", "true");
            }
            if (decision instanceof Mismatch) {
                throw KEY_REUSED
                        .detail("use a new Idempotency-Key for a new request")
                        .error("header:Idempotency-Key", "a key that was not used for another payload")
                        .exception();
            }
            return finish(handle, scope, policy, work.withHandle(handle));
        });
    }

    private IdempotencyDecision begin(
            Handle handle, byte[] scope, byte[] fingerprint, Instant now, IdempotencyPolicy policy) {
        try {
            return database.dialect()
                    .withLockWait(
                            handle, policy.lockWait(), () -> claimOrFind(handle, scope, fingerprint, now, policy));
        } catch (JdbiException e) {
            if (Dialect.isLockTimeout(e)) {
                throw inProgress();
            }
            throw e;
        }
    }

    private IdempotencyDecision claimOrFind(
            Handle handle, byte[] scope, byte[] fingerprint, Instant now, IdempotencyPolicy policy) {
        if (claim(handle, scope, fingerprint, now, policy.retention())) {
            return new Started();
        }
        Optional<IdempotencyDecision> before = find(handle, scope, fingerprint, now);
        if (before.isPresent()) {
            return before.get();
        }
        deleteExpired(handle, scope, now);
        return claim(handle, scope, fingerprint, now, policy.retention())
                ? new Started()
                : find(handle, scope, fingerprint, now).orElseThrow(JdbiIdempotency::inProgress);
    }

    private boolean claim(Handle handle, byte[] scope, byte[] fingerprint, Instant now, Duration retention) {
        return database.dialect()
                .insertIfAbsent(
                        handle,
                        "INSERT INTO mb_idempotency (scope, fingerprint, created_at, expires_at)"
                                + " VALUES (:scope, :fingerprint, :now, :expires)",
                        Map.of(
                                "scope",
                                scope,
                                "fingerprint",
                                fingerprint,
                                "now",
                                now.atOffset(ZoneOffset.UTC),
                                "expires",
                                now.plus(retention).atOffset(ZoneOffset.UTC)));
    }

    private static Optional<IdempotencyDecision> find(Handle handle, byte[] scope, byte[] fingerprint, Instant now) {
        return handle.createQuery("SELECT fingerprint, status, headers, body FROM mb_idempotency"
                        + " WHERE scope = :scope AND expires_at > :now")
                .bind("scope", scope)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .map((row, context) -> decision(row, fingerprint))
                .findOne();
    }

    private static IdempotencyDecision decision(ResultSet row, byte[] fingerprint) throws SQLException {
        if (!Arrays.equals(row.getBytes("fingerprint"), fingerprint)) {
            return new Mismatch();
        }
        return new Replay(new Answer(row.getInt("status"), headers(row.getString("headers")), row.getBytes("body")));
    }

    private static void deleteExpired(Handle handle, byte[] scope, Instant now) {
        handle.createUpdate("DELETE FROM mb_idempotency WHERE scope = :scope AND expires_at <= :now")
                .bind("scope", scope)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    private static Answer finish(Handle handle, byte[] scope, IdempotencyPolicy policy, Answer answer) {
        if (answer.status() >= 500) {
            handle.rollback();
            return answer;
        }
        if (answer.body().length > policy.maximumBody()) {
            throw new IllegalStateException("the answer has " + answer.body().length + " bytes and this route stores "
                    + policy.maximumBody() + ": answer with a link to the result instead");
        }
        handle.createUpdate("UPDATE mb_idempotency SET status = :status, headers = :headers, body = :body"
                        + " WHERE scope = :scope")
                .bind("status", answer.status())
                .bind("headers", headers(answer.headers()))
                .bind("body", answer.body())
                .bind("scope", scope)
                .execute();
        return answer;
    }

    private static String headers(Map<String, String> headers) {
        var lines = new StringBuilder();
        headers.forEach((name, value) -> {
            if (STORED_HEADERS.stream().anyMatch(name::equalsIgnoreCase)) {
                lines.append(name).append(": ").append(value).append('\n');
            }
        });
        return lines.toString();
    }

    private static Map<String, String> headers(String lines) {
        var headers = new LinkedHashMap<String, String>();
        lines.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            headers.put(line.substring(0, colon), line.substring(colon + 2));
        });
        return headers;
    }

    private static RuntimeException inProgress() {
        return IN_PROGRESS
                .detail("send the same request again after a moment to get its answer")
                .retryAfter(Duration.ofSeconds(1))
                .exception();
    }
}
