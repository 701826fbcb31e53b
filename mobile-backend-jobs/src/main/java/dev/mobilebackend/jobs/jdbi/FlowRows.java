// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.flow.Flow;
import dev.mobilebackend.jobs.flow.FlowState;
import dev.mobilebackend.jobs.flow.FlowStatus;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tables of flows. Whoever ends jobs counts them in their parts first, in the order of the parts' ids, and holds those
 * rows until the commit. Only one who ended a part, or saw a job die, then locks the flow's row and looks whether a step
 * has ended: of two who end the last parts of a step, the second sees what the first has committed.
 */
record FlowRows(SqlTime time, PayloadSeal seal) {

    /** Jobs beside each other are counted in so many rows, so that as many may end by themselves at a time. */
    private static final int ABREAST = 16;

    /** How many jobs are counted in a row at most, and at least where there are several rows. */
    private static final int LARGEST = 500;

    private static final int SMALLEST = 25;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<List<Set<Integer>>> PLAN = new TypeReference<>() {};
    private static final RowMapper<Part> PART =
            (row, context) -> new Part(row.getLong("flow"), row.getInt("step"), row.getInt("remaining"));
    private static final String LEFT = "total - done - dead - cancelled";

    /** A flow's row, locked. */
    record Locked(
            FlowState state,
            boolean stops,
            List<Set<Integer>> plan,
            @Nullable NewJob onFailure) {}

    /** Some jobs of a step. */
    record Part(long flow, int step, int left) {}

    /** Some jobs of a step that has not begun. */
    record Unbegun(long part, List<NewJob> jobs) {}

    long add(Handle handle, Flow flow) {
        NewJob onFailure = flow.failureJob();
        return time.bind(handle.createUpdate("INSERT INTO mb_jobs_flow (name, stops, plan, on_failure, started_at)"
                        + " VALUES (:name, :stops, :plan, :onFailure, " + time.now() + ")"))
                .bind("name", flow.name())
                .bind("stops", flow.stops())
                .bind(
                        "plan",
                        JSON.writeValueAsString(
                                flow.steps().stream().map(Flow.Step::after).toList()))
                .bind("onFailure", onFailure == null ? null : write(List.of(onFailure)))
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
    }

    /** Adds jobs to a step that begins later. */
    void addLater(Handle handle, long flow, int step, List<NewJob> jobs) {
        inParts(jobs).forEach(some -> insert(handle, flow, step, some.size(), write(some)));
    }

    /** Adds jobs to a step that begins now: {@link #begun} must follow. */
    List<Unbegun> addNow(Handle handle, long flow, int step, List<NewJob> jobs) {
        return inParts(jobs).stream()
                .map(some -> new Unbegun(insert(handle, flow, step, some.size(), null), some))
                .toList();
    }

    /** As cards are dealt: {@link #inOrder} takes them up again. */
    private static List<List<NewJob>> inParts(List<NewJob> jobs) {
        var parts = new ArrayList<List<NewJob>>();
        int most = ABREAST * LARGEST;
        for (int from = 0; from < jobs.size(); from += most) {
            List<NewJob> some = jobs.subList(from, Math.min(jobs.size(), from + most));
            int hands = Math.max(1, Math.min(ABREAST, some.size() / SMALLEST));
            List<List<NewJob>> dealt =
                    Stream.<List<NewJob>>generate(ArrayList::new).limit(hands).toList();
            for (int place = 0; place < some.size(); place++) {
                dealt.get(place % hands).add(some.get(place));
            }
            parts.addAll(dealt);
        }
        return parts;
    }

    /** The jobs of a step's parts in the order in which they were given, each with its part. */
    static List<NewJob> inOrder(List<Unbegun> parts) {
        var jobs = new ArrayList<NewJob>();
        for (int from = 0; from < parts.size(); from += ABREAST) {
            List<Unbegun> hands = parts.subList(from, Math.min(parts.size(), from + ABREAST));
            for (int round = 0; round < hands.get(0).jobs().size(); round++) {
                for (Unbegun hand : hands) {
                    if (round < hand.jobs().size()) {
                        jobs.add(hand.jobs().get(round).step(hand.part()));
                    }
                }
            }
        }
        return jobs;
    }

    private static long insert(Handle handle, long flow, int step, int total, @Nullable String jobs) {
        return handle.createUpdate(
                        "INSERT INTO mb_jobs_flow_step (flow, step, total, jobs) VALUES (:flow, :step, :total, :jobs)")
                .bind("flow", flow)
                .bind("step", step)
                .bind("total", total)
                .bind("jobs", jobs)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
    }

    List<Unbegun> unbegun(Handle handle, long flow, int step) {
        return handle.createQuery("SELECT id, jobs FROM mb_jobs_flow_step"
                        + " WHERE flow = :flow AND step = :step AND jobs IS NOT NULL ORDER BY id")
                .bind("flow", flow)
                .bind("step", step)
                .map((row, context) -> new Unbegun(row.getLong("id"), read(row.getString("jobs"))))
                .list();
    }

    /** Notes that jobs are on their own now, under these ids. */
    void begun(Handle handle, List<NewJob> jobs, List<Long> ids) {
        Map<Long, LongSummaryStatistics> byPart = new TreeMap<>();
        for (int place = 0; place < jobs.size(); place++) {
            byPart.computeIfAbsent(requireNonNull(jobs.get(place).ties().step()), none -> new LongSummaryStatistics())
                    .accept(ids.get(place));
        }
        PreparedBatch batch = handle.prepareBatch(
                "UPDATE mb_jobs_flow_step SET jobs = NULL, first_id = :first, last_id = :last WHERE id = :id");
        byPart.forEach((part, own) -> batch.bind("id", part)
                .bind("first", own.getMin())
                .bind("last", own.getMax())
                .add());
        batch.execute();
    }

    /** What ended of a part. */
    record Count(long part, int done, int dead, int cancelled) {}

    /** Counts jobs that ended, and says how their parts stand; those of flows that were purged are left out. */
    List<Part> count(Handle handle, List<Count> ended) {
        PreparedBatch batch = handle.prepareBatch("UPDATE mb_jobs_flow_step SET done = done + :done,"
                + " dead = dead + :dead, cancelled = cancelled + :cancelled WHERE id = :part");
        ended.forEach(count -> batch.bind("part", count.part())
                .bind("done", count.done())
                .bind("dead", count.dead())
                .bind("cancelled", count.cancelled())
                .add());
        batch.execute();
        return handle.createQuery("SELECT flow, step, " + LEFT + " AS remaining FROM mb_jobs_flow_step"
                        + " WHERE id IN (<parts>)")
                .bindList("parts", ended.stream().map(Count::part).toList())
                .map(PART)
                .list();
    }

    /** The part, held until the end of the transaction: it does not end before. */
    Optional<Part> hold(Handle handle, long part) {
        return part(handle, part, " FOR UPDATE");
    }

    Optional<Part> part(Handle handle, long part) {
        return part(handle, part, "");
    }

    private static Optional<Part> part(Handle handle, long id, String lock) {
        return handle.createQuery(
                        "SELECT flow, step, " + LEFT + " AS remaining FROM mb_jobs_flow_step WHERE id = :id" + lock)
                .bind("id", id)
                .map((row, context) -> new Part(row.getLong("flow"), row.getInt("step"), row.getInt("remaining")))
                .findOne();
    }

    Optional<Locked> lock(Handle handle, long flow) {
        return handle.createQuery("SELECT state, stops, plan, on_failure FROM mb_jobs_flow WHERE id = :id FOR UPDATE")
                .bind("id", flow)
                .map((row, context) -> {
                    String onFailure = row.getString("on_failure");
                    return new Locked(
                            FlowState.of(row.getInt("state")),
                            row.getBoolean("stops"),
                            JSON.readValue(row.getString("plan"), PLAN),
                            onFailure == null ? null : read(onFailure).get(0));
                })
                .findOne();
    }

    void state(Handle handle, long flow, FlowState state) {
        boolean over = state != FlowState.RUNNING;
        time.bind(handle.createUpdate("UPDATE mb_jobs_flow SET state = :state, ended_at = "
                        + (over ? time.now() : "NULL") + (state == FlowState.STOPPED ? ", on_failure = NULL" : "")
                        + " WHERE id = :id"))
                .bind("state", state.code())
                .bind("id", flow)
                .execute();
    }

    /** What a step comes to, over all of its parts. */
    record Sum(FlowStatus.Step jobs, boolean unbegun) {

        static final Sum EMPTY = new Sum(new FlowStatus.Step(0, 0, 0, 0, 0), false);
    }

    Map<Integer, Sum> sums(Handle handle, long flow) {
        var sums = new TreeMap<Integer, Sum>();
        handle.createQuery("SELECT step, sum(total) AS jobs, sum(done) AS done, sum(dead) AS dead,"
                        + " sum(cancelled) AS cancelled, sum(" + LEFT + ") AS remaining,"
                        + " count(CASE WHEN jobs IS NOT NULL THEN 1 END) AS unbegun"
                        + " FROM mb_jobs_flow_step WHERE flow = :flow GROUP BY step")
                .bind("flow", flow)
                .map((row, context) -> Map.entry(
                        row.getInt("step"),
                        new Sum(
                                new FlowStatus.Step(
                                        row.getLong("jobs"),
                                        row.getLong("done"),
                                        row.getLong("dead"),
                                        row.getLong("cancelled"),
                                        row.getLong("remaining")),
                                row.getInt("unbegun") > 0)))
                .forEach(sum -> sums.put(sum.getKey(), sum.getValue()));
        return sums;
    }

    Optional<FlowStatus> status(Handle handle, long id) {
        return handle.createQuery("SELECT name, state, plan, started_at, ended_at FROM mb_jobs_flow WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> {
                    OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
                    int steps = JSON.readValue(row.getString("plan"), PLAN).size();
                    return new FlowStatus(
                            id,
                            row.getString("name"),
                            FlowState.of(row.getInt("state")),
                            row.getObject("started_at", OffsetDateTime.class).toInstant(),
                            ended == null ? null : ended.toInstant(),
                            steps(handle, id, steps));
                })
                .findOne();
    }

    private List<FlowStatus.Step> steps(Handle handle, long flow, int count) {
        Map<Integer, Sum> sums = sums(handle, flow);
        var steps = new ArrayList<FlowStatus.Step>();
        for (int step = 0; step < count; step++) {
            steps.add(sums.getOrDefault(step, Sum.EMPTY).jobs());
        }
        return steps;
    }

    Optional<Long> named(Handle handle, String name) {
        return handle.createQuery("SELECT max(id) FROM mb_jobs_flow WHERE name = :name")
                .bind("name", name)
                .mapTo(Long.class)
                .findOne();
    }

    /** Jobs of a flow that wait, some at a time by their ids. */
    List<StoredJob> waiting(Handle handle, long flow, long after) {
        return handle.createQuery("SELECT w.id, w.run_at, w.attempt, w.priority, w.rescued, w.queue, w.kind, w.payload,"
                        + " w.partition_key, w.extra FROM mb_jobs_waiting w"
                        + " WHERE w.id > :after AND w.extra IS NOT NULL AND EXISTS (SELECT 1 FROM mb_jobs_flow_step p"
                        + " WHERE p.flow = :flow AND w.id BETWEEN p.first_id AND p.last_id)"
                        + " ORDER BY w.id LIMIT :limit")
                .bind("after", after)
                .bind("flow", flow)
                .bind("limit", LARGEST)
                .map(PlainClaiming.JOB)
                .list();
    }

    /** The ids of a flow's parts. */
    List<Long> parts(Handle handle, long flow) {
        return handle.createQuery("SELECT id FROM mb_jobs_flow_step WHERE flow = :flow")
                .bind("flow", flow)
                .mapTo(Long.class)
                .list();
    }

    /** A sealed payload is longer than a {@link NewJob} may have. */
    private String write(List<NewJob> jobs) {
        ArrayNode all = JSON.createArrayNode();
        for (NewJob job : jobs) {
            ObjectNode kept = JSON.valueToTree(job);
            all.add(kept.put("payload", seal.close(job.kind(), job.payload())));
        }
        return JSON.writeValueAsString(all);
    }

    private List<NewJob> read(String jobs) {
        var all = new ArrayList<NewJob>();
        for (JsonNode job : JSON.readTree(jobs)) {
            ObjectNode kept = job.asObject();
            String payload =
                    seal.open(kept.path("kind").asString(), kept.path("payload").asString());
            all.add(JSON.treeToValue(kept.put("payload", payload), NewJob.class));
        }
        return all;
    }
}
