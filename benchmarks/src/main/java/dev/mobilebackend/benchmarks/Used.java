// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What a JVM has used since it started.
 *
 * @param nanos of CPU, by the Java threads that live now but the one that asks
 * @param bytes allocated by the same threads
 * @param wholeNanos of CPU by the whole process, collector and compilers included
 */
public record Used(long nanos, long bytes, long wholeNanos) {

    public static Used now() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long me = Thread.currentThread().getId();
        long[] all =
                Arrays.stream(threads.getAllThreadIds()).filter(id -> id != me).toArray();
        return new Used(
                sum(threads.getThreadCpuTime(all)),
                sum(threads.getThreadAllocatedBytes(all)),
                system.getProcessCpuTime());
    }

    public Used since(Used before) {
        return new Used(nanos - before.nanos, bytes - before.bytes, wholeNanos - before.wholeNanos);
    }

    /** As one line, for another JVM. */
    String line() {
        return nanos + " " + bytes + " " + wholeNanos;
    }

    static Used parse(String line) {
        String[] parts = line.split(" ", -1);
        return new Used(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    /** A thread that has just ended counts -1. */
    private static long sum(long[] each) {
        return Arrays.stream(each).filter(value -> value > 0).sum();
    }
}
