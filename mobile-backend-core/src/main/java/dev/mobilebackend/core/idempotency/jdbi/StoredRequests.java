// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** The rows of {@code mb_idempotency}. Each method is one step of the handle's transaction. */
final class StoredRequests {

    private static final String SAVE = "UPDATE mb_idempotency SET status = :status, headers = :headers, body = :body";
    private static final String IS = " WHERE scope = :scope";

    /** What fences off an owner whose claim was taken over, and one that is too late for an answer. */
    private static final String HELD = IS + " AND owner = :owner AND status IS NULL";

    /** Duplicates of this instance that wait at once: each holds a connection, and a pool has some ten of them. */
    private static final int MOST_WAITING = 4;

    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final SqlTime time;
    private final Claiming claiming;
    private final String select;
    private final Purge expired;

    StoredRequests(Dialect dialect, @Nullable InstantSource clock) {
        time = SqlTime.of(dialect, clock);
        claiming = switch (dialect) {
            case POSTGRESQL -> new PostgresClaiming(time);
            case H2 -> new H2Claiming(time);
            case MARIADB -> throw dialect.refused("stored answers of idempotent requests");
        };
        expired = Purge.of("mb_idempotency", "expires_at <= " + time.now()).inOrderOf("expires_at");
        select = "SELECT scope, fingerprint, status, headers, body, owner, work, input, points, lease_until > "
                + time.now() + " AS leased FROM mb_idempotency";
    }

    /**
     * Claims the key of a request, or tells what it stands for already. Waits for a transaction that is about to claim
     * it, no longer than the policy says, and not at all where enough others wait: then somebody is at it.
     *
     * @throws org.jdbi.v3.core.JdbiException a lock timeout, where that transaction takes longer
     */
    Decision begin(Handle handle, IdempotentRequest request) {
        if (claiming.claim(handle, request)) {
            return new Decision.Started();
        }
        Optional<StoredRequest> stored = find(handle, request.scope());
        if (stored.isEmpty()) {
            if (!waiting.tryAcquire()) {
                return new Decision.Running();
            }
            try {
                claiming.awaitOther(handle, request);
            } finally {
                waiting.release();
            }
            if (claiming.claim(handle, request)) {
                return new Decision.Started();
            }
            stored = find(handle, request.scope());
        }
        if (stored.isEmpty()) {
            bind(handle.createUpdate("DELETE FROM mb_idempotency" + IS + " AND expires_at <= " + time.now()))
                    .bind("scope", request.scope())
                    .execute();
            if (claiming.claim(handle, request)) {
                return new Decision.Started();
            }
            stored = find(handle, request.scope());
        }
        return stored.map(row -> row.decide(request.fingerprint())).orElseGet(Decision.Running::new);
    }

    Optional<StoredRequest> find(Handle handle, byte[] scope) {
        return bind(handle.createQuery(select + IS + " AND expires_at > " + time.now()))
                .bind("scope", scope)
                .map((row, context) -> StoredRequest.read(row))
                .findOne();
    }

    /** Saves an answer in the transaction that has claimed its key. Changes no column that an index has. */
    void save(Handle handle, byte[] scope, Answer kept) {
        answer(handle.createUpdate(SAVE + IS), kept).bind("scope", scope).execute();
    }

    /** Leases a key to the transaction that has claimed it. */
    void lease(Handle handle, Claim claim) {
        bind(handle.createUpdate("UPDATE mb_idempotency SET owner = :owner, lease_until = " + time.later() + IS))
                .bind("micros", SqlTime.micros(claim.policy().lease()))
                .bind("owner", claim.owner())
                .bind("scope", claim.scope())
                .execute();
    }

    /**
     * {@link #lease} for phased work, with what it takes to resume it. It isn't forgotten before it is answered: half
     * of its effects may be there.
     */
    void lease(Handle handle, Claim claim, String work, String input) {
        lease(handle, claim);
        held(
                        handle,
                        "UPDATE mb_idempotency SET work = :work, input = :input, points = '',"
                                + " expires_at = TIMESTAMP WITH TIME ZONE '9999-01-01 00:00:00+00'",
                        claim)
                .bind("work", work)
                .bind("input", input)
                .execute();
    }

    /** Gives a claim what its owner has left behind; false where somebody else was quicker. */
    boolean takeOver(Handle handle, StoredRequest left, Claim claim) {
        return bind(handle.createUpdate("UPDATE mb_idempotency SET owner = :owner, lease_until = " + time.later() + IS
                                + " AND owner = :before AND status IS NULL AND lease_until <= " + time.now()))
                        .bind("micros", SqlTime.micros(claim.policy().lease()))
                        .bind("owner", claim.owner())
                        .bind("scope", claim.scope())
                        .bind("before", left.owner())
                        .execute()
                == 1;
    }

    /**
     * Holds the row until the end of the transaction, so that nobody takes over; false where somebody has. It is locked
     * and not written, since an insert of the same key would wait for a writer.
     */
    boolean hold(Handle handle, Claim claim) {
        return handle.createQuery("SELECT owner FROM mb_idempotency" + HELD + " FOR UPDATE")
                .bind("scope", claim.scope())
                .bind("owner", claim.owner())
                .mapTo(Long.class)
                .findOne()
                .isPresent();
    }

    /** Notes what is done, and begins the lease anew; false where the claim is lost. */
    boolean reach(Handle handle, Claim claim, String points) {
        return held(handle, "UPDATE mb_idempotency SET points = :points, lease_until = " + time.later(), claim)
                        .bind("micros", SqlTime.micros(claim.policy().lease()))
                        .bind("points", points)
                        .execute()
                == 1;
    }

    /**
     * Saves an answer and ends the claim; from now on it's kept as long as the policy says. False: the claim is lost.
     */
    boolean answer(Handle handle, Claim claim, Answer kept) {
        return answer(
                                held(
                                        handle,
                                        SAVE + ", lease_until = NULL, input = NULL, points = NULL, expires_at = "
                                                + time.later(),
                                        claim),
                                kept)
                        .bind("micros", SqlTime.micros(claim.policy().retention()))
                        .execute()
                == 1;
    }

    /** Ends the lease of a claim whose owner has stopped before it had an answer. */
    void abandon(Handle handle, Claim claim) {
        held(handle, "UPDATE mb_idempotency SET lease_until = " + time.now(), claim)
                .execute();
    }

    /** Takes back a claim under which nothing was done. */
    void withdraw(Handle handle, Claim claim) {
        handle.createUpdate("DELETE FROM mb_idempotency" + HELD)
                .bind("scope", claim.scope())
                .bind("owner", claim.owner())
                .execute();
    }

    /** Phased work of one name whose owners are gone, longest first. */
    List<StoredRequest> abandoned(Handle handle, String work, int limit) {
        return bind(handle.createQuery(select + " WHERE work = :work AND lease_until <= " + time.now()
                        + " ORDER BY lease_until LIMIT :limit"))
                .bind("work", work)
                .bind("limit", limit)
                .map((row, context) -> StoredRequest.read(row))
                .list();
    }

    /** Deletes what need not be kept any longer, at most so many, in no transaction; returns how many. */
    int deleteExpired(Database database, int limit) {
        return expired.run(database, time.values(), limit);
    }

    private Update held(Handle handle, String change, Claim claim) {
        return bind(handle.createUpdate(change + HELD))
                .bind("scope", claim.scope())
                .bind("owner", claim.owner());
    }

    private static Update answer(Update update, Answer kept) {
        return update.bind("status", kept.status())
                .bind("headers", StoredRequest.lines(kept.headers()))
                .bind("body", kept.body());
    }

    private <S extends SqlStatement<S>> S bind(S statement) {
        return time.bind(statement);
    }
}
