// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.ClientAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests wait for the rest of their bodies right now, each with a thread that a servlet can't take from it:
 * so many at once, a quarter of them for one client's network and half of them for one site, which is given as many
 * networks as it likes, so that a flood from there costs others nothing.
 */
final class WaitingReaders {

    private final int most;
    private final int mostOfOneNetwork;
    private final int mostOfOneSite;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentMap<ClientAddress, Integer> byNetwork = new ConcurrentHashMap<>();
    private final ConcurrentMap<ClientAddress, Integer> bySite = new ConcurrentHashMap<>();

    WaitingReaders(int most) {
        this.most = most;
        this.mostOfOneNetwork = Math.max(1, most / 4);
        this.mostOfOneSite = Math.max(1, most / 2);
    }

    /** Whether one more may wait; who may {@link #leave leaves} afterwards. */
    boolean tryEnter(ClientAddress client) {
        if (!count(byNetwork, network(client), mostOfOneNetwork)) {
            return false;
        }
        if (!count(bySite, site(client), mostOfOneSite)) {
            forget(byNetwork, network(client));
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
        forget(bySite, site(client));
        forget(byNetwork, network(client));
    }

    private static boolean count(ConcurrentMap<ClientAddress, Integer> waiting, ClientAddress from, int most) {
        if (waiting.merge(from, 1, Integer::sum) > most) {
            forget(waiting, from);
            return false;
        }
        return true;
    }

    private static void forget(ConcurrentMap<ClientAddress, Integer> waiting, ClientAddress from) {
        waiting.computeIfPresent(from, (key, count) -> count == 1 ? null : count - 1);
    }

    int count() {
        return all.get();
    }

    private static ClientAddress network(ClientAddress client) {
        return client.isIpv4() ? client : client.prefix(64);
    }

    /** What one customer is given at most (RFC 6177): 65,536 networks. */
    private static ClientAddress site(ClientAddress client) {
        return client.isIpv4() ? client : client.prefix(48);
    }
}
