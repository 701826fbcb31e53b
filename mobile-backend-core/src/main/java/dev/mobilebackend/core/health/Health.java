// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.health;

import dev.mobilebackend.core.data.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

    private final List<Check> checks;
    private volatile boolean draining;

    private Health(List<Check> checks) {
        this.checks = List.copyOf(checks);
    }

    /** Ready as long as the database answers. */
    public static Health of(Database database) {
        return new Health(List.of()).and("database", () -> database.answersWithin(PATIENCE));
    }

    /** This health with one more check, which passes when it returns true. */
    public Health and(String name, Callable<Boolean> test) {
        var all = new ArrayList<>(checks);
        all.add(new Check(name, test));
        return new Health(all);
    }

    /** From now on not ready, so that a load balancer sends requests elsewhere before this instance stops. */
    public void drain() {
        draining = true;
    }

    public Report report() {
        var results = new LinkedHashMap<String, Boolean>();
        for (Check check : checks) {
            results.put(check.name(), passes(check));
        }
        if (draining) {
            return new Report(Readiness.DRAINING, results);
        }
        return new Report(results.containsValue(false) ? Readiness.NOT_READY : Readiness.READY, results);
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
