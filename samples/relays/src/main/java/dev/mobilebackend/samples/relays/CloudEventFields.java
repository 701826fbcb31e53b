// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.relays;

import dev.mobilebackend.jobs.outbox.OutboxEvent;
import java.util.Map;
import java.util.TreeMap;

/** An event's attributes by the names of CloudEvents 1.0, for the binary mode of a broker's protocol binding. */
final class CloudEventFields {

    private CloudEventFields() {}

    static Map<String, String> of(OutboxEvent event) {
        Map<String, String> fields = new TreeMap<>(event.headers());
        fields.put("specversion", "1.0");
        fields.put("id", event.id());
        fields.put("source", event.source());
        fields.put("type", event.type());
        fields.put("dataversion", Integer.toString(event.version()));
        fields.put("time", event.time().toString());
        String subject = event.subject();
        if (subject != null) {
            fields.put("subject", subject);
        }
        return fields;
    }
}
