// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.token;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.auth.key.SigningAlgorithm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * One contender with tokens of one algorithm. For every line that it reads, with a number of checks, it makes as many
 * and says what they took: nanoseconds of CPU, bytes allocated, and how many tokens were taken.
 */
final class TokenWorker {

    private static final int BATCH = 1_024;

    /** So many phones that their tokens don't all stand in the processor's own memory. */
    private static final int PHONES = 2_048;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TestTokens tokens;
    private final Contender.Checker checker;
    private final Object[] requests;
    private int next;

    private TokenWorker(Contender contender, SigningAlgorithm algorithm) throws Exception {
        tokens = new TestTokens(algorithm, contender.remembers() ? PHONES : 64);
        checker = contender.checker(tokens, algorithm);
        requests = new Object[contender.remembers() ? BATCH : 16];
    }

    public static void main(String[] arguments) throws Exception {
        String[] names = arguments[0].split(" ", -1);
        var worker = new TokenWorker(Contender.valueOf(names[0]), SigningAlgorithm.valueOf(names[1]));
        for (int i = 0; i < worker.tokens.count(); i += worker.requests.length) {
            worker.batch(new long[3]);
        }
        System.out.println("ready");
        worker.answerUntilInputEnds();
    }

    private void answerUntilInputEnds() throws Exception, IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int checks = Integer.parseInt(line);
            var used = new long[3];
            for (int done = 0; done < checks; done += requests.length) {
                batch(used);
            }
            System.out.println(used[0] + " " + used[1] + " " + used[2]);
        }
    }

    /** The requests come in anew each time, as objects whose hash nobody has computed; that is not measured. */
    private void batch(long[] used) throws Exception {
        for (int i = 0; i < requests.length; i++) {
            requests[i] = checker.request(next);
            next = (next + 1) % tokens.count();
        }
        long me = Thread.currentThread().getId();
        long bytes = threads.getThreadAllocatedBytes(me);
        long nanos = threads.getCurrentThreadCpuTime();
        int taken = 0;
        for (Object request : requests) {
            if (checker.check(request)) {
                taken++;
            }
        }
        used[0] += threads.getCurrentThreadCpuTime() - nanos;
        used[1] += threads.getThreadAllocatedBytes(me) - bytes;
        used[2] += taken;
    }
}
