// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.health;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this instance can take requests: every check passes and it is not about to stop. Thread safe.
 *
 * <pre>{@code
 * var health = Health.of(database);
 * Runtime.getRuntime().addShutdownHook(new Thread(health::drain));
 * }</pre>
 */
public final class Health {

    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final Duration TRUSTED = Duration.ofSeconds(5);

    /** What readiness says. */
    public enum Readiness {
        READY,
        NOT_READY,
        DRAINING
    }

    /**
     * Readiness and what it rests on.
     *
     * @param checks by name, whether each passed
     */
    public record Report(Readiness readiness, Map<String, Boolean> checks) {}

    private record Check(String name, Callable<Boolean> test) {}

    private record Results(Instant at, Map<String, Boolean> byName) {

        boolean isYoungerThan(Duration age, Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plus(age));
        }
    }

    private final List<Check> checks;
    private final InstantSource clock;
    private final AtomicBoolean draining;
    private final ReentrantLock running = new ReentrantLock();
    private volatile Results last;

    private Health(List<Check> checks, InstantSource clock, AtomicBoolean draining) {
        this.checks = List.copyOf(checks);
        this.clock = clock;
        this.draining = draining;
        this.last = new Results(Instant.EPOCH, failed());
    }

    /** Ready as long as the database answers. */
    public static Health of(Database database) {
        return of(database, Ambient.clock());
    }

    /** The same by another clock. */
    public static Health of(Database database, InstantSource clock) {
        requireNonNull(database, "database must not be null");
        requireNonNull(clock, "clock must not be null");
        return new Health(List.of(), clock, new AtomicBoolean())
                .and("database", () -> database.answersWithin(PATIENCE));
    }

    /** This health with one more check, which passes when it returns true. Both drain together. */
    public Health and(String name, Callable<Boolean> test) {
        requireNonNull(name, "the name of a check must not be null");
        requireNonNull(test, "the check must not be null");
        var all = new ArrayList<>(checks);
        all.add(new Check(name, test));
        return new Health(all, clock, draining);
    }

    /** From now on not ready, so that a load balancer sends requests elsewhere before this instance stops. */
    public void drain() {
        draining.set(true);
    }

    /**
     * Readiness right now, by checks that run once a second at most and in one thread at a time, however many ask.
     * While they run others get the last report, and not ready where that is over five seconds old.
     */
    public Report report() {
        Map<String, Boolean> results = results();
        if (draining.get()) {
            return new Report(Readiness.DRAINING, results);
        }
        return new Report(results.containsValue(false) ? Readiness.NOT_READY : Readiness.READY, results);
    }

    private Map<String, Boolean> results() {
        Results known = last;
        if (known.isYoungerThan(KEPT, clock.instant())) {
            return known.byName();
        }
        if (!running.tryLock()) {
            return known.isYoungerThan(TRUSTED, clock.instant()) ? known.byName() : failed();
        }
        try {
            if (!last.isYoungerThan(KEPT, clock.instant())) {
                var results = new LinkedHashMap<String, Boolean>();
                for (Check check : checks) {
                    results.put(check.name(), passes(check));
                }
                last = new Results(clock.instant(), Collections.unmodifiableMap(results));
            }
            return last.byName();
        } finally {
            running.unlock();
        }
    }

    private Map<String, Boolean> failed() {
        var results = new LinkedHashMap<String, Boolean>();
        checks.forEach(check -> results.put(check.name(), false));
        return Collections.unmodifiableMap(results);
    }

    private static boolean passes(Check check) {
        try {
            return check.test().call();
        } catch (Exception e) {
            LOG.warn("the health check '{}' failed", check.name(), e);
            return false;
        }
    }
}
