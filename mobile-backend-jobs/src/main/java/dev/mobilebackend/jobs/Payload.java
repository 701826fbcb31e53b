// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Job records as JSON. Fields it does not know are skipped, so that an old worker can run a newer job. The version of
 * its {@link JobKind} stands in the object beside them, from the second on.
 */
final class Payload {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String VERSION = "$version";

    /** Asked for each job that is run. */
    private static final ClassValue<Integer> VERSIONS = new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> type) {
            JobKind kind = type.getAnnotation(JobKind.class);
            return kind == null ? 1 : kind.version();
        }
    };

    private static final ClassValue<ObjectReader> READERS = new ClassValue<>() {
        @Override
        protected ObjectReader computeValue(Class<?> type) {
            return JSON.readerFor(type);
        }
    };

    private Payload() {}

    static String write(Record job) {
        try {
            int version = versionOf(job.getClass());
            if (version == 1) {
                return JSON.writeValueAsString(job);
            }
            ObjectNode object = JSON.valueToTree(job);
            return JSON.writeValueAsString(object.put(VERSION, version));
        } catch (JacksonException unwritable) {
            throw new IllegalArgumentException(
                    job.getClass().getName() + " could not be written as JSON: " + unwritable.getOriginalMessage(),
                    unwritable);
        }
    }

    /** The version that a payload was written with. */
    static int version(String payload) {
        if (!payload.contains(VERSION)) {
            return 1;
        }
        try {
            JsonNode version = JSON.readTree(payload).path(VERSION);
            return version.isInt() ? version.asInt() : 1;
        } catch (JacksonException unreadable) {
            return 1;
        }
    }

    static int versionOf(Class<? extends Record> type) {
        return VERSIONS.get(type);
    }

    /** Jackson's own message quotes the payload, which may hold what must not reach a log. */
    static <J extends Record> J read(String payload, Class<J> type) {
        if (payload.startsWith(NewJob.SEALED)) {
            throw new IllegalArgumentException(
                    "the payload is sealed under a server secret that this worker's job store"
                            + " does not have, or was changed: give every worker the secret");
        }
        try {
            J job = type.cast(READERS.get(type).readValue(payload));
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
