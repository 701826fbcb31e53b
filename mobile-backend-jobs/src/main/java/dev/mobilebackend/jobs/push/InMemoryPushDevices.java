// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Devices of one process that knows nothing of transactions; for tests. Thread safe. */
public final class InMemoryPushDevices implements PushDevices {

    private record Kept(PushDevice device, NewPushDevice registered) {}

    private final Map<PushAddress, Kept> byAddress = new HashMap<>();
    private final InstantSource clock;
    private long lastId;

    public InMemoryPushDevices(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void register(NewPushDevice device) {
        Kept before = byAddress.get(device.address());
        long id = before == null ? ++lastId : before.device.id();
        byAddress.put(
                device.address(),
                new Kept(
                        new PushDevice(
                                id, device.owner(), device.address(), device.zone(), device.locale(), clock.instant()),
                        device));
    }

    @Override
    public synchronized List<PushDevice> ofOwner(String owner) {
        return byAddress.values().stream()
                .map(Kept::device)
                .filter(device -> device.owner().equals(owner))
                .sorted(Comparator.comparing(PushDevice::seenAt)
                        .thenComparingLong(PushDevice::id)
                        .reversed())
                .limit(MOST_OF_OWNER)
                .toList();
    }

    @Override
    public synchronized Optional<PushDevice> find(long id) {
        return byAddress.values().stream()
                .map(Kept::device)
                .filter(device -> device.id() == id)
                .findFirst();
    }

    @Override
    public boolean removeDead(long id, Instant since) {
        return remove(kept -> kept.device.id() == id && !kept.device.seenAt().isAfter(since), 1) == 1;
    }

    @Override
    public boolean forget(String owner, PushAddress address) {
        return remove(
                        kept -> kept.device.owner().equals(owner)
                                && kept.device.address().equals(address),
                        1)
                == 1;
    }

    @Override
    public int forgetSession(String session) {
        return remove(kept -> session.equals(kept.registered.session()), Integer.MAX_VALUE);
    }

    @Override
    public int forgetOwner(String owner) {
        return remove(kept -> kept.device.owner().equals(owner), Integer.MAX_VALUE);
    }

    @Override
    public int purge(Duration unseen, int atMost) {
        Instant before = clock.instant().minus(unseen);
        return remove(kept -> kept.device.seenAt().isBefore(before), atMost);
    }

    private synchronized int remove(Predicate<Kept> which, int atMost) {
        List<PushAddress> gone = byAddress.values().stream()
                .filter(which)
                .limit(atMost)
                .map(kept -> kept.device.address())
                .toList();
        gone.forEach(byAddress::remove);
        return gone.size();
    }
}
