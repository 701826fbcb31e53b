// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.flow;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.jobs.NewJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in steps: a step is one job or many, and begins when all jobs of the step before it have ended. Immutable.
 *
 * <pre>{@code
 * var flow = Flow.first(photos.stream().map(photo -> new Resize(photo.id())).toList())
 *     .then(new PublishAlbum(album.id()))
 *     .onFailure(new TellOwner(album.id()))
 *     .named("album-" + album.id());
 * jobs.flows().start(handle, flow);
 * }</pre>
 *
 * When a job dies, the jobs beside it go on, and no further step begins: the flow is stopped. It goes on by itself when
 * the dead job is replayed and succeeds. See {@link #continueOnFailure} for the other way.
 */
public final class Flow {

    private static final int LONGEST_NAME = 200;
    private static final int MOST_STEPS = 1_000;

    private final List<Step> steps;
    private final Set<Integer> last;
    private final boolean stops;
    private final @Nullable NewJob onFailure;
    private final @Nullable String name;

    /**
     * Jobs that begin together.
     *
     * @param after places of the steps that must have ended
     */
    public record Step(List<NewJob> jobs, Set<Integer> after) {

        public Step {
            jobs = List.copyOf(jobs);
            after = Set.copyOf(after);
        }
    }

    private Flow(
            List<Step> steps, Set<Integer> last, boolean stops, @Nullable NewJob onFailure, @Nullable String name) {
        if (steps.size() > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "a flow has at most " + MOST_STEPS + " steps, had " + steps.size() + ": put many jobs into a step");
        }
        this.steps = List.copyOf(steps);
        this.last = Set.copyOf(last);
        this.stops = stops;
        this.onFailure = onFailure;
        this.name = name;
    }

    /** Begins with one job: a record with a job kind, or a {@link NewJob}. */
    public static Flow first(Record job) {
        return first(List.of(job));
    }

    /** Begins with many jobs; with none, the next step begins at once. */
    public static Flow first(Collection<? extends Record> jobs) {
        return new Flow(List.of(new Step(all(jobs), Set.of())), Set.of(0), true, null, null);
    }

    /**
     * Branches that run beside each other; what comes then waits for all of them.
     *
     * @throws IllegalArgumentException if one has a name or a policy of its own: the whole has them
     */
    public static Flow all(Flow... branches) {
        var steps = new ArrayList<Step>();
        var last = new TreeSet<Integer>();
        for (Flow branch : branches) {
            if (branch.name != null || branch.onFailure != null || !branch.stops) {
                throw new IllegalArgumentException(
                        "a branch has no name and no failure policy of its own: set them on the whole flow");
            }
            int before = steps.size();
            branch.steps.forEach(step -> steps.add(new Step(step.jobs(), moved(step.after(), before))));
            last.addAll(moved(branch.last, before));
        }
        return new Flow(steps, last, true, null, null);
    }

    /** One job after all that is there. */
    public Flow then(Record job) {
        return then(List.of(job));
    }

    /** Many jobs after all that is there. */
    public Flow then(Collection<? extends Record> jobs) {
        var more = new ArrayList<>(steps);
        more.add(new Step(all(jobs), last));
        return new Flow(more, Set.of(steps.size()), stops, onFailure, name);
    }

    /**
     * A job that is enqueued when the flow stops, once.
     *
     * @throws IllegalStateException if the flow does not stop
     */
    public Flow onFailure(Record job) {
        if (!stops) {
            throw new IllegalStateException(
                    "a flow that continues on failure has no other end: let its last step look");
        }
        return new Flow(steps, last, true, newJob(job), name);
    }

    /**
     * Steps begin whether the jobs before them succeeded or are dead. A handler asks {@code jobs.flows().of(context)} how
     * many are.
     *
     * @throws IllegalStateException if there is a job for a flow that stops
     */
    public Flow continueOnFailure() {
        if (onFailure != null) {
            throw new IllegalStateException("a flow that continues on failure has no other end: leave onFailure out");
        }
        return new Flow(steps, last, false, null, name);
    }

    /** What an operator and {@code Flows.named} find it by, up to 200 characters; it need not be its alone. */
    public Flow named(String text) {
        if (text.isBlank() || text.length() > LONGEST_NAME || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the name of a flow must have 1 to " + LONGEST_NAME
                    + " characters and no NUL, had " + text.length());
        }
        return new Flow(steps, last, stops, onFailure, text);
    }

    /** In an order in which none comes before those that it waits for. */
    public List<Step> steps() {
        return steps;
    }

    /** Whether it stops when a job dies. */
    public boolean stops() {
        return stops;
    }

    /** What is enqueued when it stops. */
    public @Nullable NewJob failureJob() {
        return onFailure;
    }

    public @Nullable String name() {
        return name;
    }

    private static List<NewJob> all(Collection<? extends Record> jobs) {
        return jobs.stream().map(Flow::newJob).toList();
    }

    /** A unique job may add nothing, and its step would wait for it for ever. */
    private static NewJob newJob(Record job) {
        NewJob made = requireNonNull(job, "a job of a flow must not be null") instanceof NewJob chosen
                ? chosen
                : NewJob.of(job);
        if (made.ties().unique() != null) {
            throw new IllegalArgumentException(
                    "a job of a flow must not be unique, and this " + made.kind() + " job is: start the flow once");
        }
        return made;
    }

    private static Set<Integer> moved(Set<Integer> places, int by) {
        var moved = new TreeSet<Integer>();
        places.forEach(place -> moved.add(place + by));
        return moved;
    }

    @Override
    public String toString() {
        return "Flow[name=" + name + ", steps=" + steps.size() + "]";
    }
}
