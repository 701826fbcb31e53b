// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request that takes too long answers with: 202 and where to ask how it goes (RFC 9110 section 15.3.3). Only the
 * owner of a job, the account that is signed in, finds anything there.
 *
 * <pre>{@code
 * var status = JobStatusResource.of(jobs.statuses(), "/v1/jobs/{id}");
 * routes.post("/v1/me/export", answering(exchange -> {
 *     String account = exchange.caller().accountId();
 *     long job = jobs.enqueue(NewJob.of(new MakeExport(account)).tracked(account));
 *     return status.accepted(jobs.statuses().idOf(job));
 * }), edge.signedIn());
 * routes.get("/v1/jobs/{id}", answering(status::read), edge.signedIn());
 * routes.delete("/v1/jobs/{id}", answering(status::cancel), edge.signedIn());
 * }</pre>
 *
 * Thread safe.
 */
public final class JobStatusResource {

    private static final String ID = "{id}";
    private static final String ASK_AGAIN_SECONDS = "1";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JobStatuses statuses;
    private final String path;

    private JobStatusResource(JobStatuses statuses, String path) {
        this.statuses = statuses;
        this.path = path;
    }

    /**
     * The resource at a path of the application's.
     *
     * @throws IllegalArgumentException if the path has no {@code {id}}
     */
    public static JobStatusResource of(JobStatuses statuses, String path) {
        requireNonNull(statuses, "statuses must not be null: such as jobs.statuses()");
        if (!path.startsWith("/") || !path.contains(ID)) {
            throw new IllegalArgumentException(
                    "the path of a job's status must be like /v1/jobs/{id}, was \"" + path + "\"");
        }
        return new JobStatusResource(statuses, path);
    }

    /** 202 for a job that was enqueued just now, maybe in a transaction that has yet to commit. */
    public Answer accepted(String id) {
        return answer(202, new JobStatus(id, "", JobStatus.State.WAITING, null, null, null))
                .header("Location", path.replace(ID, id));
    }

    /** 200 with how it goes, and when to ask again while it does. */
    public Answer read(Exchange exchange) {
        return answer(200, find(exchange));
    }

    /** 200 with how it ended; 202 while a worker still has to hear that it is to end. */
    public Answer cancel(Exchange exchange) {
        JobStatus known = find(exchange);
        Cancellation came = statuses.cancel(owner(exchange), known.id());
        return answer(came == Cancellation.ASKED ? 202 : 200, find(exchange));
    }

    private JobStatus find(Exchange exchange) {
        return statuses.find(owner(exchange), exchange.pathParameter("id")).orElseThrow(Problem.NOT_FOUND::exception);
    }

    private static String owner(Exchange exchange) {
        return exchange.caller().accountId();
    }

    /** In the form of {@link JobStatusView}. */
    private static Answer answer(int code, JobStatus status) {
        JsonNode result = status.result() == null ? JSON.nullNode() : JSON.readTree(status.result());
        ObjectNode json = JSON.createObjectNode()
                .put("id", status.id())
                .put("state", status.state().name().toLowerCase(Locale.ROOT))
                .put("progress", status.progress())
                .put("note", status.note());
        Answer answer = Answer.json(code, json.set("result", result).toString());
        return status.state().ended() ? answer : answer.header("Retry-After", ASK_AGAIN_SECONDS);
    }
}
