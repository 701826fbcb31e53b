// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The jobs of a claim as one text, where a database has no arrays: a JSON array of an array a job. */
final class StoredJobs {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private StoredJobs() {}

    static String write(List<StoredJob> jobs) {
        ArrayNode all = JSON.createArrayNode();
        for (StoredJob job : jobs) {
            all.addArray()
                    .add(job.id())
                    .add(job.runAt())
                    .add(job.attempt())
                    .add(job.priority())
                    .add(job.kind())
                    .add(job.payload())
                    .add(job.partitionKey())
                    .add(job.extra());
        }
        return JSON.writeValueAsString(all);
    }

    static List<StoredJob> read(String text, String queue) {
        var jobs = new ArrayList<StoredJob>();
        for (JsonNode job : JSON.readTree(text)) {
            jobs.add(new StoredJob(
                    job.get(0).asLong(),
                    job.get(1).asString(),
                    job.get(2).asInt(),
                    job.get(3).asInt(),
                    false,
                    queue,
                    job.get(4).asString(),
                    job.get(5).asString(),
                    text(job.get(6)),
                    text(job.get(7))));
        }
        return jobs;
    }

    private static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.asString();
    }
}
