// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Job records as JSON. Fields it does not know are skipped, so that an old worker can run a newer job. */
final class Payload {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Payload() {}

    static String write(Record job) {
        try {
            return JSON.writeValueAsString(job);
        } catch (JacksonException unwritable) {
            throw new IllegalArgumentException(
                    job.getClass().getName() + " could not be written as JSON: " + unwritable.getOriginalMessage(),
                    unwritable);
        }
    }

    /** Jackson's own message quotes the payload, which may hold what must not reach a log. */
    static <J extends Record> J read(String payload, Class<J> type) {
        try {
            J job = JSON.readValue(payload, type);
            if (job != null) {
                return job;
            }
        } catch (JacksonException unreadable) {
            var at = unreadable.getLocation();
            throw new IllegalArgumentException("the payload could not be read as " + type.getSimpleName()
                    + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        }
        throw new IllegalArgumentException("the payload of a " + type.getSimpleName() + " was null");
    }
}
