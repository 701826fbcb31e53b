// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditHead;
import dev.mobilebackend.auth.audit.AuditVerification;
import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the trail says where somebody has deleted all signing keys: whoever runs the service, or whoever must not. */
class LostKeysTest {

    private static final ServerSecret OLD = ServerSecret.of(new byte[32]);

    private final TestClock clock = new TestClock();
    private TestDatabase database;
    private AuditHead kept;

    @BeforeEach
    void aTrail() {
        database = TestDatabase.of(Dialect.H2);
        Schema.install(database.database(), Schema.CORE, AuthSchema.TABLES);
        try (Auth auth = auth(OLD)) {
            record(auth);
            kept = auth.audit().head();
        }
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void aLeakedSecretIsReplacedAtOnceAfterTheKeysAreDeleted() {
        ServerSecret fresh = ServerSecret.of(filled(1));
        assertThrows(IllegalStateException.class, () -> auth(fresh));
        execute("DELETE FROM mb_auth_keys");

        try (Auth auth = auth(fresh)) {
            record(auth);
            Broken found = assertInstanceOf(Broken.class, auth.audit().verify());

            assertEquals(kept.number() + 1 + " " + Fault.BROKEN_OFF, found.number() + " " + found.fault());
            assertInstanceOf(Whole.class, auth.audit().verifyFrom(found.number()));
            assertThrows(IllegalStateException.class, () -> auth.audit()
                    .archive(clock.instant(), entries -> {}, clock.instant()));
        }
    }

    @Test
    void onlyAKeptHeadMissesATrailThatWasDeletedWithAllKeys() {
        execute("DELETE FROM mb_auth_keys");
        execute("DELETE FROM mb_auth_audit");
        execute("UPDATE mb_auth_audit_head SET number = 0, tag = '', seal = ''");

        try (Auth auth = auth(OLD)) {
            record(auth);
            AuditVerification found = auth.audit().verify(kept);

            assertInstanceOf(Whole.class, auth.audit().verify());
            assertEquals(Fault.CUT_OFF, assertInstanceOf(Broken.class, found).fault());
        }
    }

    private Auth auth(ServerSecret secret) {
        return Auth.builder(database.database(), secret, (handle, notice) -> {})
                .accessTokens(AccessTokenPolicy.of("https://api.shop.example", "shop"))
                .clock(clock)
                .build();
    }

    private void record(Auth auth) {
        auth.audit().record(new AuditEvent("job.ran", null, null, null, Map.of(), clock.instant()));
    }

    private void execute(String statement) {
        database.database().withHandle(handle -> handle.execute(statement));
    }

    private static byte[] filled(int with) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }
}
