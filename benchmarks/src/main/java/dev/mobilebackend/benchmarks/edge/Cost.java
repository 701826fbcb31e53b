// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import dev.mobilebackend.benchmarks.Used;

/**
 * What one request of a round cost.
 *
 * @param cpuMicros of the server's threads
 * @param bytes allocated by the server's threads
 * @param perSecond requests in one second
 * @param serverBusy CPU that the server's whole process had, in processors
 * @param loadBusy the same of the process that made the load
 */
record Cost(double cpuMicros, double bytes, double perSecond, double serverBusy, double loadBusy) {

    static Cost of(int requests, double seconds, Used byServer, Used byLoad) {
        return new Cost(
                byServer.nanos() / 1e3 / requests,
                (double) byServer.bytes() / requests,
                requests / seconds,
                byServer.wholeNanos() / 1e9 / seconds,
                byLoad.wholeNanos() / 1e9 / seconds);
    }
}
