// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** The entries of one step, from the end of the trail on. Used once, by whoever has locked the head. */
final class AuditWriter {

    private final ChainKey key;
    private final SecureRandom random;
    private final List<AuditEntry> entries = new ArrayList<>();
    private long number;
    private byte[] tag;

    /** Goes on after a number and its tag. */
    AuditWriter(ChainKey key, long number, byte[] tag, SecureRandom random) {
        this.key = key;
        this.number = number;
        this.tag = tag;
        this.random = random;
    }

    AuditWriter add(AuditEvent event) {
        AuditEntry entry = key.entry(tag, ++number, event, random);
        entries.add(entry);
        tag = entry.tag();
        return this;
    }

    void writeTo(AuditStore store) {
        store.append(entries, key.head(number, tag));
    }
}
