// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Known devices of one process that knows nothing of transactions; for tests. Thread safe. */
public final class InMemoryDeviceStore implements DeviceStore {

    private final Map<String, Map<String, KnownDevice>> byAccount = new HashMap<>();

    public InMemoryDeviceStore() {}

    @Override
    public synchronized List<KnownDevice> ofAccount(String accountId, Instant seenSince) {
        return byAccount.getOrDefault(accountId, Map.of()).values().stream()
                .filter(device -> !device.seenAt().isBefore(seenSince))
                .sorted(Comparator.comparing(KnownDevice::seenAt).reversed().thenComparing(KnownDevice::tag))
                .toList();
    }

    @Override
    public synchronized Optional<String> find(String accountId, Set<String> tags, Instant seenSince) {
        return ofAccount(accountId, seenSince).stream()
                .map(KnownDevice::tag)
                .filter(tags::contains)
                .findFirst();
    }

    @Override
    public synchronized void keep(String accountId, KnownDevice device, Set<String> forgotten) {
        Map<String, KnownDevice> devices = byAccount.computeIfAbsent(accountId, first -> new HashMap<>());
        devices.put(device.tag(), device);
        devices.keySet().removeAll(forgotten);
    }

    @Override
    public synchronized void forget(String accountId) {
        byAccount.remove(accountId);
    }

    @Override
    public synchronized int purge(Instant seenBefore, int atMost) {
        int purged = 0;
        for (Map<String, KnownDevice> devices : byAccount.values()) {
            var each = devices.values().iterator();
            while (purged < atMost && each.hasNext()) {
                if (each.next().seenAt().isBefore(seenBefore)) {
                    each.remove();
                    purged++;
                }
            }
        }
        return purged;
    }
}
