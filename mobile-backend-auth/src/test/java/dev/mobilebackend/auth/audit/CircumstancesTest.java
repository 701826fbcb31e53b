// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CircumstancesTest {

    private final Circumstances admins =
            new Circumstances("admin", "admin", "session", "request", Map.of("client", "192.0.2.1"));

    @Test
    void sayWhoDidWhatAnEventLeavesOpenAndWhereFrom() {
        AuditEvent completed = admins.complete(event("account.role-granted", "ada", null));

        assertEquals("ada", completed.accountId());
        assertEquals("admin", completed.actorId());
        assertEquals("session", completed.sessionId());
        assertEquals(Map.of("requestId", "request", "client", "192.0.2.1", "key", "value"), completed.details());
    }

    @Test
    void leaveAnEventAboutNobodyToNobody() {
        AuditEvent completed = admins.complete(event(AuditEvents.KEY_REMOVED, null, null));

        assertNull(completed.accountId());
        assertEquals("admin", completed.actorId());
    }

    @Test
    void nameStaffWhereTheyActInThePlaceOfWhoeverAsks() {
        var staffs = new Circumstances("ada", "staff", "session", "request", Map.of());

        assertEquals(
                "staff", staffs.complete(event("order.placed", "ada", "ada")).actorId());
        assertEquals(
                "somebody",
                staffs.complete(event("order.placed", "ada", "somebody")).actorId());
    }

    private static AuditEvent event(String type, @Nullable String accountId, @Nullable String actorId) {
        return new AuditEvent(type, accountId, actorId, null, Map.of("key", "value"), Instant.EPOCH);
    }
}
