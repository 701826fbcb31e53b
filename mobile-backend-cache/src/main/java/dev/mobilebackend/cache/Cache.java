// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.mobilebackend.core.ambient.Ambient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values of one source, kept in memory: bounded in number, each for a stated time, and loaded by one thread a key
 * while the others wait for it. Failures are never kept. Thread safe; no lock is held while a load runs.
 *
 * <pre>{@code
 * Cache<Long, Product> products = Cache.<Long, Product>named("products")
 *     .maximumSize(10_000)
 *     .timeToLive(ofMinutes(1))
 *     .staleOnError(ofMinutes(10))
 *     .absentFor(ofSeconds(5))
 *     .build(id -> catalog.find(id));
 * Optional<Product> product = products.get(42L);
 * Database.afterCommit(handle, () -> products.invalidate(42L));
 * }</pre>
 *
 * <p>A load that runs while its key is invalidated or put may have read the old value. It still answers those who
 * asked before; it is not kept, and who asks afterwards starts a load of their own. For this, {@code flights} holds
 * the one load of each key that may still be kept, and every change of an entry happens inside a {@code compute} of
 * its key there.
 */
public final class Cache<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(Cache.class);

    private final CachePolicy policy;
    private final Function<? super K, Optional<V>> loader;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final com.github.benmanes.caffeine.cache.Cache<K, Entry<V>> entries;
    private final ConcurrentMap<K, Flight<V>> flights = new ConcurrentHashMap<>();
    private final AtomicLong nextWarning = new AtomicLong(Long.MIN_VALUE);

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder staleServed = new LongAdder();

    private Cache(
            CachePolicy policy, Function<? super K, Optional<V>> loader, InstantSource clock, RandomGenerator random) {
        this.policy = policy;
        this.loader = loader;
        this.clock = clock;
        this.random = random;
        // Eviction is a few steps at a time: done by the threads that use the cache, so it needs none of its own.
        entries = Caffeine.newBuilder()
                .maximumSize(policy.maximumSize())
                .executor(Runnable::run)
                .build();
    }

    /** A cache in the making. The name appears in messages, logs and metrics. */
    public static <K, V> Builder<K, V> named(String name) {
        return new Builder<>(name);
    }

    public String name() {
        return policy.name();
    }

    /**
     * What the source has under this key, from memory or by a load on this thread.
     *
     * @throws RuntimeException what the loader threw, where no old value may stand in
     * @throws CancellationException if this thread is interrupted while another one loads; the flag stays set
     * @throws IllegalStateException if a loader asks for a key that it is itself loading
     */
    public Optional<V> get(K key) {
        Entry<V> entry = entries.getIfPresent(key);
        // The clock is read after the entry: otherwise one written in between would seem to come from the future.
        if (entry == null || !entry.answersAt(clock.millis())) {
            misses.increment();
            entry = load(key);
        } else if (!entry.stale()) {
            hits.increment();
        }
        if (entry.stale()) {
            staleServed.increment();
        }
        return entry.value();
    }

    /** Keeps a value that the application has at hand; a load of the key that runs meanwhile will not replace it. */
    public void put(K key, V value, Duration timeToLive) {
        Entry<V> entry = policy.put(value, clock.millis(), timeToLive, random);
        flights.compute(key, (same, overtaken) -> {
            entries.put(key, entry);
            return null;
        });
    }

    /** Forgets the key, its stand-in for a failing source included. Call it once the change is committed. */
    public void invalidate(K key) {
        flights.compute(key, (same, overtaken) -> {
            entries.invalidate(key);
            return null;
        });
    }

    /** Forgets everything. */
    public void invalidateAll() {
        // First the loads that run, so that none of them can land after the entries are gone.
        flights.clear();
        entries.invalidateAll();
    }

    public CacheStatistics statistics() {
        return new CacheStatistics(hits.sum(), misses.sum(), loads.sum(), loadFailures.sum(), staleServed.sum());
    }

    private Entry<V> load(K key) {
        var mine = new Flight<V>();
        Flight<V> running = flights.putIfAbsent(key, mine);
        if (running != null) {
            return running.await(policy.name());
        }
        try {
            Entry<V> entry = ask(key, mine);
            mine.land(entry);
            return entry;
        } catch (RuntimeException | Error failed) {
            flights.remove(key, mine);
            mine.fail(failed);
            throw failed;
        }
    }

    private Entry<V> ask(K key, Flight<V> mine) {
        Entry<V> known = entries.getIfPresent(key);
        // Counted from before the load: that is the age which its slowest byte may have.
        long now = clock.millis();
        if (known != null && known.answersAt(now)) {
            // Another load has landed between this thread's look at the entries and its own take-off.
            flights.remove(key, mine);
            return known;
        }
        Optional<V> value;
        try {
            value = Objects.requireNonNull(
                    loader.apply(key),
                    () -> "the loader of cache " + policy.name() + " returned null; return Optional.empty()");
        } catch (RuntimeException failed) {
            loadFailures.increment();
            return standIn(key, mine, failed);
        }
        loads.increment();
        Entry<V> entry = policy.loaded(value, now, random);
        keep(key, mine, entry);
        return entry;
    }

    /** The old value for a little longer, or the failure. */
    private Entry<V> standIn(K key, Flight<V> mine, RuntimeException failed) {
        Entry<V> old = entries.getIfPresent(key);
        long now = clock.millis();
        if (old == null || !old.usableAt(now)) {
            throw failed;
        }
        warn(now, failed);
        Entry<V> standIn = old.standingInAt(now, policy.retryEvery().toMillis());
        keep(key, mine, standIn);
        return standIn;
    }

    private void keep(K key, Flight<V> mine, Entry<V> entry) {
        flights.computeIfPresent(key, (same, current) -> {
            if (current != mine) {
                return current;
            }
            if (entry.answersFor() == 0) {
                entries.invalidate(key);
            } else {
                entries.put(key, entry);
            }
            return null;
        });
    }

    /** One line a pause for the whole cache: a source that is down fails for thousands of keys. */
    private void warn(long now, RuntimeException failed) {
        long due = nextWarning.get();
        if (now >= due
                && nextWarning.compareAndSet(due, now + policy.retryEvery().toMillis())) {
            LOG.warn(
                    "The source of cache {} fails; values are served up to {} past their time to live",
                    policy.name(),
                    policy.staleOnError(),
                    failed);
        }
    }

    /** Collects what a cache needs to know; {@link #maximumSize} and {@link #timeToLive} have no default. */
    public static final class Builder<K, V> {

        private final String name;
        private long maximumSize;
        private @Nullable Duration timeToLive;
        private double jitter = 0.1;
        private Duration absentFor = Duration.ZERO;
        private Duration staleOnError = Duration.ZERO;
        private Duration retryEvery = Duration.ofSeconds(5);
        private InstantSource clock = Ambient.clock();
        private RandomGenerator random = Ambient.quickRandom();

        private Builder(String name) {
            this.name = requireNonNull(name, "name must not be null: logs and figures tell caches apart by it");
        }

        /** Entries kept at most; beyond it the least used go first. */
        public Builder<K, V> maximumSize(long entries) {
            maximumSize = entries;
            return this;
        }

        /** The age at which a loaded value is asked for again, counted from the start of its load. */
        public Builder<K, V> timeToLive(Duration time) {
            timeToLive = requireNonNull(time, "timeToLive must not be null");
            return this;
        }

        /**
         * The largest part that chance takes off each time to live, so that what was loaded together does not expire
         * together. A tenth where nothing else is said; 0 for none.
         */
        public Builder<K, V> jitter(double part) {
            jitter = part;
            return this;
        }

        /** How long the source's "there is none" is remembered. Without it, an absent thing is asked for each time. */
        public Builder<K, V> absentFor(Duration time) {
            absentFor = requireNonNull(time, "absentFor must not be null: Duration.ZERO remembers nothing");
            return this;
        }

        /** How long past its time to live a value is served while the source fails. Without it, failures go through. */
        public Builder<K, V> staleOnError(Duration time) {
            staleOnError = requireNonNull(time, "staleOnError must not be null: Duration.ZERO serves nothing");
            return this;
        }

        /** How often a failing source is asked again for a key whose old value is served; 5 seconds by default. */
        public Builder<K, V> retryEvery(Duration pause) {
            retryEvery = requireNonNull(pause, "retryEvery must not be null: leave it out for 5 seconds");
            return this;
        }

        public Builder<K, V> clock(InstantSource source) {
            clock = requireNonNull(source, "clock must not be null: leave it out for the system's");
            return this;
        }

        /** Where jitter comes from; many threads ask it. */
        public Builder<K, V> random(RandomGenerator generator) {
            random = requireNonNull(generator, "random must not be null: leave it out for our own");
            return this;
        }

        /**
         * The finished cache.
         *
         * @param loader asks the source, on the thread that asked the cache; empty where the source has nothing
         * @throws IllegalStateException without a maximum size or a time to live
         * @throws IllegalArgumentException if a value is out of its bounds
         */
        public Cache<K, V> build(Function<? super K, Optional<V>> loader) {
            requireNonNull(loader, "loader must not be null: it asks the source");
            if (timeToLive == null) {
                throw new IllegalStateException("cache " + name + " has no time to live: call timeToLive(...)");
            }
            if (maximumSize == 0) {
                throw new IllegalStateException("cache " + name + " has no bound: call maximumSize(...)");
            }
            var policy = new CachePolicy(name, maximumSize, timeToLive, jitter, absentFor, staleOnError, retryEvery);
            return new Cache<>(policy, loader, clock, random);
        }
    }
}
