// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.limiter;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.core.exchange.ClientAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/**
 * One contender in one scenario. For every line that it reads, with a number of threads and of decisions, it makes as
 * many on each thread, all at once, and says what they took: nanoseconds of CPU, bytes allocated and permits.
 */
final class LimiterWorker {

    private static final int MOST_THREADS = 2;
    private static final int DRAWS = 1 << 15;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ExecutorService pool = Executors.newFixedThreadPool(MOST_THREADS);
    private final List<Contender.Decider> deciders = new ArrayList<>();

    private LimiterWorker(Contender contender, Scenario scenario) {
        var made = contender.deciders(scenario, clients(scenario.keyed() ? Scenario.KEYS : 1));
        for (int i = 0; i < MOST_THREADS; i++) {
            deciders.add(made.get());
        }
    }

    public static void main(String[] arguments) throws Exception {
        String[] names = arguments[0].split(" ", -1);
        var worker = new LimiterWorker(Contender.valueOf(names[0]), Scenario.valueOf(names[1]));
        System.out.println("ready");
        worker.answerUntilInputEnds();
        worker.pool.shutdownNow();
    }

    private void answerUntilInputEnds() throws IOException, InterruptedException, ExecutionException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] numbers = line.split(" ", -1);
            int count = Integer.parseInt(numbers[0]);
            int decisions = Integer.parseInt(numbers[1]);
            var together = new CyclicBarrier(count);
            var running = new ArrayList<Future<long[]>>();
            for (int i = 0; i < count; i++) {
                Contender.Decider decider = deciders.get(i);
                int start = i * DRAWS / MOST_THREADS;
                running.add(pool.submit(() -> measure(decider, together, start, decisions)));
            }
            var used = new long[3];
            for (Future<long[]> thread : running) {
                long[] each = thread.get();
                Arrays.setAll(used, i -> used[i] + each[i]);
            }
            System.out.println(used[0] + " " + used[1] + " " + used[2]);
        }
    }

    private long[] measure(Contender.Decider decider, CyclicBarrier together, int start, int decisions)
            throws Exception {
        long me = Thread.currentThread().getId();
        together.await();
        long nanos = threads.getThreadCpuTime(me);
        long bytes = threads.getThreadAllocatedBytes(me);
        long taken = decide(decider, start, decisions);
        bytes = threads.getThreadAllocatedBytes(me) - bytes;
        nanos = threads.getThreadCpuTime(me) - nanos;
        return new long[] {nanos, bytes, taken};
    }

    /** What was taken goes out with the answer, so the compiler can leave no decision out. */
    private long decide(Contender.Decider decider, int start, int decisions) {
        long taken = 0;
        for (int i = 0; i < decisions; i++) {
            if (decider.tryTake((start + i) & (DRAWS - 1))) {
                taken++;
            }
        }
        return taken;
    }

    /** Who asks, as traffic has it: the second is there half as often as the first, the third a third as often. */
    private static ClientAddress[] clients(int keys) {
        var upTo = new double[keys];
        double sum = 0;
        for (int i = 0; i < keys; i++) {
            sum += 1.0 / (i + 1);
            upTo[i] = sum;
        }
        RandomGenerator random = new SplittableRandom(1);
        var clients = new ClientAddress[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            int at = Arrays.binarySearch(upTo, random.nextDouble() * sum);
            int key = Math.min(at < 0 ? -at - 1 : at, keys - 1);
            clients[i] = ClientAddress.parse("198.51." + (key >> 8) + '.' + (key & 255));
        }
        return clients;
    }
}
