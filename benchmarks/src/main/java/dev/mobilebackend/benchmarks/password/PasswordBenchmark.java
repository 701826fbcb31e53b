// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.password;

import de.mkammerer.argon2.Argon2;
import de.mkammerer.argon2.Argon2Factory;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.benchmarks.Used;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * What it costs to check a password through {@code Passwords.verify}, with its line, its threads and its forms, beside
 * argon2-jvm called straight: the same native library, the same hash, one caller. Both take turns in one JVM, and what
 * is compared are the two of one round. CPU is that of all Java threads; a hash of one lane starts none of its own.
 */
final class PasswordBenchmark {

    private static final char[] PASSWORD = "correct horse battery staple".toCharArray();

    private final Run run;
    private final ExecutorService caller = Executors.newSingleThreadExecutor();
    private final Samples alone = new Samples();
    private final Samples ours = new Samples();
    private final Samples overhead = new Samples();
    private final Samples bytes = new Samples();

    private PasswordBenchmark(Run run) {
        this.run = run;
    }

    public static void main(String[] arguments) throws Exception {
        var benchmark = new PasswordBenchmark(Run.begin(arguments, Duration.ofMinutes(10)));
        benchmark.measure();
        benchmark.report();
    }

    private void measure() throws Exception {
        HashingPolicy policy = HashingPolicy.standard();
        Passwords passwords = Passwords.of(policy);
        String stored = passwords.hash(PASSWORD);
        Argon2 argon2 = Argon2Factory.create(Argon2Factory.Argon2Types.ARGON2id);
        byte[] text = new String(PASSWORD).getBytes(StandardCharsets.UTF_8);
        int rounds = run.quick() ? 5 : 121;
        int hashes = 6;
        for (int round = -2; round < rounds; round++) {
            if (round % 10 == 0) {
                run.say("round " + round + " of " + rounds);
            }
            // Whoever is second in one round is first in the next.
            Used first = round % 2 == 0 ? alone(argon2, stored, text, hashes) : ours(passwords, stored, hashes);
            Used second = round % 2 == 0 ? ours(passwords, stored, hashes) : alone(argon2, stored, text, hashes);
            Used peer = round % 2 == 0 ? first : second;
            Used own = round % 2 == 0 ? second : first;
            if (round >= 0) {
                alone.add(peer.nanos() / 1e6 / hashes);
                ours.add(own.nanos() / 1e6 / hashes);
                overhead.add(100.0 * own.nanos() / peer.nanos() - 100);
                bytes.add((double) own.bytes() / hashes);
            }
        }
        caller.shutdown();
    }

    private Used alone(Argon2 argon2, String stored, byte[] text, int hashes) throws Exception {
        return used(() -> argon2.verify(stored, text), hashes);
    }

    private Used ours(Passwords passwords, String stored, int hashes) throws Exception {
        return used(() -> passwords.verify(PASSWORD, stored).right(), hashes);
    }

    private Used used(BooleanSupplier check, int hashes) throws Exception {
        Used before = Used.now();
        caller.submit(() -> {
                    for (int i = 0; i < hashes; i++) {
                        if (!check.getAsBoolean()) {
                            throw new IllegalStateException("the right password was found wrong");
                        }
                    }
                })
                .get();
        return Used.now().since(before);
    }

    private void report() {
        run.table(
                List.of("CPU ms a check", "argon2-jvm alone", "Passwords.verify", "overhead %", "bytes of heap"),
                List.of(List.of(
                        "median of rounds",
                        number(alone.median()),
                        number(ours.median()),
                        number(overhead.median()),
                        number(bytes.median()))));
        run.found(Figure.atMost("password-overhead", overhead.median(), "% more CPU than argon2-jvm alone", 2));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
