// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.client.Reply;
import org.junit.jupiter.api.BeforeEach;

/** Tests that ask an {@link AuthApp} as apps do; {@link MobileBackendTest} on a class below says on which database. */
abstract class OverHttp {

    private AuthApp app;

    @BeforeEach
    void running(AuthApp.Running running) {
        app = running.application();
    }

    AuthApp app() {
        return app;
    }

    /** The event of this type that was recorded last. */
    AuditEvent newest(String type) {
        return app.auth().audit().newest(null, Long.MAX_VALUE, 50).stream()
                .map(AuditEntry::event)
                .filter(event -> event.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    static void assertProblem(int status, String code, Reply reply) {
        assertEquals(status, reply.status(), reply::toString);
        assertEquals("application/problem+json", reply.header("Content-Type").orElseThrow(), reply::toString);
        assertEquals(code, reply.json().get("code").asString(), reply::toString);
    }
}
