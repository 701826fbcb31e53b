// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ambient;

import java.lang.reflect.InvocationTargetException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The clock, randomness and threads of the process: the defaults of every builder. The only class of the library that
 * makes them, so that a test which hands in its own moves all of it.
 */
public final class Ambient {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Ambient() {}

    /** The system's clock in UTC. */
    public static InstantSource clock() {
        return InstantSource.system();
    }

    /** The process's secure generator; thread safe. */
    public static SecureRandom random() {
        return RANDOM;
    }

    /** Nanoseconds from some fixed moment that never jump when the clock is set: for spans within this process. */
    public static LongSupplier ticks() {
        return System::nanoTime;
    }

    /** A quick generator for jitter and sampling; thread safe. Its numbers can be guessed: never for a secret. */
    public static RandomGenerator quickRandom() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    /** Daemon platform threads called {@code name-1}, {@code name-2} and so on. */
    public static ThreadFactory threads(String name) {
        var count = new AtomicLong();
        return task -> {
            var thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Virtual threads where the JDK has them (21 and later), otherwise {@link #threads daemon platform threads}. */
    public static ThreadFactory workerThreads(String name) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, name + "-", 1L);
            return (ThreadFactory) type.getMethod("factory").invoke(named);
        } catch (NoSuchMethodException | ClassNotFoundException beforeJdk21) {
            return threads(name);
        } catch (IllegalAccessException | InvocationTargetException refused) {
            throw new IllegalStateException("the JDK refused to make virtual threads for " + name, refused);
        }
    }

    /** One daemon thread for timed work such as heartbeats and polls; the caller shuts it down. */
    public static ScheduledExecutorService scheduler(String name) {
        return Executors.newSingleThreadScheduledExecutor(threads(name));
    }
}
