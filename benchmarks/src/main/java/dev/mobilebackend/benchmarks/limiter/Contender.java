// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.limiter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.util.concurrent.RateLimiter;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.ratelimit.Bands;
import dev.mobilebackend.core.ratelimit.InMemoryRateLimitStore;
import dev.mobilebackend.core.ratelimit.RateLimitStore;
import dev.mobilebackend.core.ratelimit.SubjectKeys;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A limiter under measurement. Each stands in a JVM of its own, so no two share a type profile. Where there is one key
 * the peers are asked without a look-up, ours with it.
 */
enum Contender {
    /** What every decision pays: reading the time. */
    CLOCK("reading the clock alone") {
        @Override
        Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients) {
            return () -> asked -> clients[asked].low() != System.nanoTime();
        }
    },

    /** As the edge asks it: the time was read once, at the door. */
    OURS("ours, at the request's time") {
        @Override
        Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients) {
            var limit = new OurLimit(scenario, clients);
            return () -> {
                var bands = new Bands(1);
                var time = new long[] {System.nanoTime()};
                return asked -> limit.tryTake(bands, asked, time[0] += 100);
            };
        }
    },

    OURS_WITH_CLOCK("ours, reading the clock") {
        @Override
        Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients) {
            var limit = new OurLimit(scenario, clients);
            return () -> {
                var bands = new Bands(1);
                return asked -> limit.tryTake(bands, asked, System.nanoTime());
            };
        }
    },

    BUCKET4J("Bucket4j") {
        @Override
        Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients) {
            return each(scenario, clients, () -> bucket(scenario), bucket -> bucket.tryConsume(1));
        }
    },

    RESILIENCE4J("resilience4j") {
        @Override
        Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients) {
            RateLimiterConfig config = cycle(scenario);
            return each(
                    scenario,
                    clients,
                    () -> io.github.resilience4j.ratelimiter.RateLimiter.of("client", config),
                    limiter -> limiter.acquirePermission());
        }
    },

    RESILIENCE4J_REGISTRY("resilience4j, its registry") {
        @Override
        Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients) {
            RateLimiterRegistry registry = RateLimiterRegistry.of(cycle(scenario));
            var names = new String[clients.length];
            for (int i = 0; i < names.length; i++) {
                names[i] = clients[i].network();
            }
            return () -> asked -> registry.rateLimiter(names[asked]).acquirePermission();
        }
    },

    GUAVA("Guava") {
        @Override
        @SuppressWarnings("UnstableApiUsage")
        Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients) {
            double perSecond =
                    scenario.allowed() ? 1e9 : 1.0 / Duration.ofDays(366).toSeconds();
            return each(scenario, clients, () -> RateLimiter.create(perSecond), limiter -> limiter.tryAcquire());
        }
    };

    /** Asks for one permit for one of the clients. Used by one thread. */
    interface Decider {
        boolean tryTake(int asked);
    }

    private interface Taking<L> {
        boolean tryTake(L limiter);
    }

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isPeer() {
        return this != CLOCK && this != OURS && this != OURS_WITH_CLOCK;
    }

    /**
     * Makes a decider for each thread; all of them count together.
     *
     * @param clients who asks, in the order in which they do; each time it is another object, as in each request
     */
    abstract Supplier<Decider> deciders(Scenario scenario, ClientAddress[] clients);

    /** A peer that limits one subject: many of them stand in a bounded cache, as each of their manuals has it. */
    private static <L> Supplier<Decider> each(
            Scenario scenario, ClientAddress[] clients, Supplier<L> limiters, Taking<L> taking) {
        if (!scenario.keyed()) {
            L limiter = limiters.get();
            return () -> asked -> taking.tryTake(limiter);
        }
        Cache<ClientAddress, L> cache =
                Caffeine.newBuilder().maximumSize(1 << 17).build();
        return () -> asked -> taking.tryTake(cache.get(clients[asked], absent -> limiters.get()));
    }

    private static Bucket bucket(Scenario scenario) {
        return scenario.allowed()
                ? Bucket.builder()
                        .addLimit(limit ->
                                limit.capacity(1_000_000_000).refillGreedy(1_000_000_000, Duration.ofSeconds(1)))
                        .build()
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(1).refillGreedy(1, Duration.ofDays(366)))
                        .build();
    }

    private static RateLimiterConfig cycle(Scenario scenario) {
        return RateLimiterConfig.custom()
                .timeoutDuration(Duration.ZERO)
                .limitForPeriod(scenario.allowed() ? Integer.MAX_VALUE : 1)
                .limitRefreshPeriod(scenario.allowed() ? Duration.ofSeconds(1) : Duration.ofDays(366))
                .build();
    }

    /**
     * One limit on our store. Its time runs a thousand times quicker than the clock, as nanoseconds are handed in for
     * microseconds, so where requests are to be allowed their permits are soon back.
     */
    private static final class OurLimit {

        private final RateLimitStore store = new InMemoryRateLimitStore();
        private final SubjectKeys keys = new SubjectKeys(store.hashKey());
        private final long limit = keys.limit("client", "all routes");
        private final ClientAddress[] clients;
        private final long cost;
        private final long window;

        OurLimit(Scenario scenario, ClientAddress[] clients) {
            this.clients = clients;
            window = Duration.ofDays(366).toNanos();
            cost = scenario.allowed() ? 1 : window;
        }

        boolean tryTake(Bands bands, int asked, long now) {
            bands.clear();
            bands.add(limit ^ keys.client(clients[asked]), cost, window);
            return store.take(bands, now);
        }
    }
}
