// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * A trail of nine entries, one a day, on a database whose every row a test may change, and a table {@code effect} for
 * what steps do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TrailOnDatabase {

    static final Instant AT = Instant.parse("2026-03-01T08:00:00Z");
    static final int ENTRIES = 9;
    static final ServerSecret OLD = ServerSecret.of(new byte[32]);
    static final ServerSecret OLD_THEN_NEW = ServerSecret.of(new byte[32], new byte[33]);
    static final ServerSecret NEW_THEN_OLD = ServerSecret.of(new byte[33], new byte[32]);
    static final ServerSecret NEW = ServerSecret.of(new byte[33]);

    private final Dialect dialect;
    private TestDatabase testDatabase;
    private AuditTrail trail;

    TrailOnDatabase(Dialect dialect) {
        this.dialect = dialect;
    }

    @BeforeAll
    void start() {
        testDatabase = TestDatabase.of(dialect);
        Schema.install(database(), AuthSchema.TABLES);
        tamper("CREATE TABLE effect (id integer)");
    }

    @AfterAll
    void stop() {
        testDatabase.close();
    }

    @BeforeEach
    void aTrailOfItsOwn() {
        tamper("DELETE FROM mb_auth_audit");
        tamper("DELETE FROM mb_auth_audit_head");
        tamper("DELETE FROM effect");
        trail = trail(OLD);
        trail.begin(day(1));
        for (int i = 2; i <= ENTRIES; i++) {
            Map<String, String> details = Map.of("client", "192.0.2.0/24", "turn", Integer.toString(i));
            String account = "account-" + i % 3;
            trail.record(new AuditEvent("sign-in.failed", account, account, "session", details, day(i)));
        }
    }

    final Database database() {
        return testDatabase.database();
    }

    /** The one that has recorded the entries. */
    final AuditTrail trail() {
        return trail;
    }

    final AuditTrail trail(ServerSecret secret) {
        return new AuditTrail(JdbiAuditStore.of(database()), secret, new SecureRandom());
    }

    /** When the entry of a number was recorded. */
    static Instant day(int number) {
        return AT.plus(Duration.ofDays(number - 1));
    }

    static AuditEvent event(String account, Map<String, String> details) {
        return new AuditEvent("sign-in.failed", account, account, "session", details, day(ENTRIES));
    }

    /** What was recorded since the nine, in its order. */
    final Stream<AuditEvent> since() {
        return JdbiAuditStore.of(database()).after(ENTRIES, 100).stream().map(AuditEntry::event);
    }

    final int effect(int id) {
        return tamper("INSERT INTO effect VALUES (" + id + ")");
    }

    final int effects() {
        return database().withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM effect")
                .mapTo(Integer.class)
                .one());
    }

    final int tamper(String sql) {
        return database().withHandle(handle -> handle.execute(sql));
    }

    final void assertBroken(long number, Fault fault) {
        Broken found = assertInstanceOf(Broken.class, trail.verify());

        assertEquals(number + " " + fault, found.number() + " " + found.fault());
    }
}
