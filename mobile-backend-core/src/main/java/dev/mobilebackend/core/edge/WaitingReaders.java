// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.ClientAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests wait for the rest of their bodies right now, each with a thread that a servlet can't take from it:
 * so many at once, and a quarter of them for one client's network, so that a flood from there costs others nothing.
 */
final class WaitingReaders {

    private final int most;
    private final int mostOfOneNetwork;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentMap<ClientAddress, Integer> byNetwork = new ConcurrentHashMap<>();

    WaitingReaders(int most) {
        this.most = most;
        this.mostOfOneNetwork = Math.max(1, most / 4);
    }

    /** Whether one more may wait; who may {@link #leave leaves} afterwards. */
    boolean tryEnter(ClientAddress client) {
        if (byNetwork.merge(network(client), 1, Integer::sum) > mostOfOneNetwork) {
            forget(client);
            return false;
        }
        if (all.incrementAndGet() > most) {
            leave(client);
            return false;
        }
        return true;
    }

    void leave(ClientAddress client) {
        all.decrementAndGet();
        forget(client);
    }

    private void forget(ClientAddress client) {
        byNetwork.computeIfPresent(network(client), (network, count) -> count == 1 ? null : count - 1);
    }

    int count() {
        return all.get();
    }

    private static ClientAddress network(ClientAddress client) {
        return client.isIpv4() ? client : client.prefix(64);
    }
}
