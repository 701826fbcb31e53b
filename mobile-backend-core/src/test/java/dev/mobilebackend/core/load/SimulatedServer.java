// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import dev.mobilebackend.core.exchange.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A server in moved time: requests arrive at random, are let in or refused, wait for one of its workers and are worked
 * on. The same seed gives the same run.
 */
final class SimulatedServer {

    /** What is asked whether a request may come in, and told when it has ended. */
    interface Gate {
        boolean tryBegin(Priority priority, long now);

        void end(Priority priority, long began, long now);

        int limit();
    }

    /** How long the work on one request takes, in seconds. */
    interface Work {
        double seconds(RandomGenerator random, double now);
    }

    /** One request that arrives at the given time. */
    private static final class Request {
        final Priority priority;
        final double arrived;

        Request(Priority priority, double arrived) {
            this.priority = priority;
            this.arrived = arrived;
        }
    }

    private record Event(double at, long order, Runnable what) {}

    /** What became of the requests of one priority. */
    static final class Tally {
        int sent;
        final List<Double> latencies = new ArrayList<>();

        double admitted() {
            return sent == 0 ? 1 : (double) latencies.size() / sent;
        }

        double quantile(double part) {
            double[] sorted = latencies.stream().mapToDouble(d -> d).sorted().toArray();
            return sorted.length == 0 ? Double.NaN : sorted[(int) (part * (sorted.length - 1))];
        }
    }

    private final Gate gate;
    private final int workers;
    private final Work work;
    private final RandomGenerator random;
    private final PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> {
        int byTime = Double.compare(a.at, b.at);
        return byTime != 0 ? byTime : Long.compare(a.order, b.order);
    });
    private final Queue<Request> waiting = new ArrayDeque<>();
    private Map<Priority, Tally> tallies = new EnumMap<>(Priority.class);
    private int busy;
    private long order;
    private double now;

    SimulatedServer(Gate gate, int workers, Work work, RandomGenerator random) {
        this.gate = gate;
        this.workers = workers;
        this.work = work;
        this.random = random;
        newTallies();
    }

    static Gate gate(ConcurrencyLimit limit) {
        return new Gate() {
            @Override
            public boolean tryBegin(Priority priority, long now) {
                return limit.tryBegin(priority, now);
            }

            @Override
            public void end(Priority priority, long began, long now) {
                limit.end(priority, now);
            }

            @Override
            public int limit() {
                return limit.limit();
            }
        };
    }

    /** Requests of one priority, at a rate a second that may change with the time. */
    SimulatedServer arrivals(Priority priority, double highest, DoubleUnaryOperator rate) {
        at(now + random.nextExponential() / highest, () -> {
            if (random.nextDouble() * highest < rate.applyAsDouble(now)) {
                arrive(priority);
            }
            arrivals(priority, highest, rate);
        });
        return this;
    }

    SimulatedServer arrivals(Priority priority, double rate) {
        return arrivals(priority, rate, time -> rate);
    }

    /** Runs on to a time and says what became of the requests that ended since the last call. */
    Map<Priority, Tally> runTo(double seconds) {
        while (!events.isEmpty() && events.element().at <= seconds) {
            Event event = events.remove();
            now = event.at;
            event.what.run();
        }
        now = seconds;
        Map<Priority, Tally> done = tallies;
        newTallies();
        return done;
    }

    int limit() {
        return gate.limit();
    }

    private void arrive(Priority priority) {
        tallies.get(priority).sent++;
        if (gate.tryBegin(priority, nanos(now))) {
            waiting.add(new Request(priority, now));
            workOn();
        }
    }

    private void workOn() {
        while (busy < workers && !waiting.isEmpty()) {
            Request next = waiting.remove();
            busy++;
            at(now + work.seconds(random, now), () -> {
                busy--;
                tallies.get(next.priority).latencies.add(now - next.arrived);
                gate.end(next.priority, nanos(next.arrived), nanos(now));
                workOn();
            });
        }
    }

    private void at(double time, Runnable what) {
        events.add(new Event(time, order++, what));
    }

    private void newTallies() {
        tallies = new EnumMap<>(Priority.class);
        Arrays.stream(Priority.values()).forEach(priority -> tallies.put(priority, new Tally()));
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
