// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.key.KeyStore;
import dev.mobilebackend.auth.key.SigningKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Signing keys of which the audit trail tells when they were made and when they went. Thread safe. */
final class RecordedKeys implements KeyStore {

    private final KeyStore store;
    private final AuditTrail audit;
    private final InstantSource clock;

    RecordedKeys(KeyStore store, AuditTrail audit, InstantSource clock) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public List<SigningKey> all() {
        return store.all();
    }

    @Override
    public boolean tryAdd(SigningKey key) {
        return audit.recording(recorder -> {
            boolean added = store.tryAdd(key);
            if (added) {
                recorder.record(event(
                        AuditEvents.KEY_MADE,
                        Map.of("key", key.id(), "signsFrom", key.activeFrom().toString())));
            }
            return added;
        });
    }

    @Override
    public void remove(String keyId) {
        audit.recording(recorder -> {
            boolean there = store.all().stream().anyMatch(key -> key.id().equals(keyId));
            store.remove(keyId);
            if (there) {
                recorder.record(event(AuditEvents.KEY_REMOVED, Map.of("key", keyId)));
            }
            return there;
        });
    }

    @Override
    public void sealAnew() {
        store.sealAnew();
    }

    private AuditEvent event(String type, Map<String, String> details) {
        return new AuditEvent(type, null, null, null, details, clock.instant());
    }
}
