// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.device.DeviceStore;
import dev.mobilebackend.auth.device.KnownDevice;
import dev.mobilebackend.auth.session.Place;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link DeviceStore} must do. */
public abstract class DeviceStoreContract {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");
    private static final Place BERLIN = new Place("DE", "Berlin", 52.5, 13.4);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final KnownDevice phone = new KnownDevice("a-phone", START, BERLIN);
    private final KnownDevice tablet = new KnownDevice("tablet", START.plusSeconds(60), null);
    private String account;
    private DeviceStore store;

    protected DeviceStoreContract() {}

    /** The store to test. Devices of other tests may be in it. */
    protected abstract DeviceStore store();

    @BeforeEach
    void anotherAccount() {
        account = "account-" + COUNT.incrementAndGet();
        store = store();
    }

    @Test
    void anAccountHasNoDevicesAtFirst() {
        assertEquals(List.of(), all());
    }

    @Test
    void devicesStandWithAllThatIsKnownOfThemTheNewestFirst() {
        store.keep(account, phone, Set.of());
        store.keep(account, tablet, Set.of());
        store.keep("another " + account, phone, Set.of());

        assertEquals(List.of(tablet, phone), all());
    }

    @Test
    void aDeviceThatIsSeenAgainReplacesWhatStoodThere() {
        store.keep(account, phone, Set.of());
        var elsewhere = new KnownDevice(phone.tag(), START.plusSeconds(1), new Place("BR", null, -23.5, -46.6));
        store.keep(account, elsewhere, Set.of());

        assertEquals(List.of(elsewhere), all());
    }

    @Test
    void whatIsForgottenWithADeviceIsGoneAtThatAccountAlone() {
        store.keep(account, phone, Set.of());
        store.keep("another " + account, phone, Set.of());
        store.keep(account, tablet, Set.of(phone.tag(), "unheard of"));

        assertEquals(List.of(tablet), all());
        assertEquals(List.of(phone), store.ofAccount("another " + account, START));
    }

    @Test
    void devicesThatWereNotSeenForLongAreNotShown() {
        store.keep(account, phone, Set.of());
        store.keep(account, tablet, Set.of());

        assertEquals(List.of(tablet, phone), store.ofAccount(account, START));
        assertEquals(List.of(tablet), store.ofAccount(account, START.plusNanos(1_000)));
    }

    @Test
    void aDeviceIsFoundByAnyOfItsTagsTheNewestFirst() {
        store.keep(account, phone, Set.of());
        store.keep(account, tablet, Set.of());

        assertEquals(Optional.of(phone.tag()), store.find(account, Set.of(phone.tag(), "unheard of"), START));
        assertEquals(Optional.of(tablet.tag()), store.find(account, Set.of(phone.tag(), tablet.tag()), START));
        assertEquals(Optional.empty(), store.find(account, Set.of("unheard of"), START));
        assertEquals(Optional.empty(), store.find(account, Set.of(phone.tag()), START.plusNanos(1_000)));
        assertEquals(Optional.empty(), store.find("another " + account, Set.of(phone.tag()), START));
    }

    @Test
    void anAccountsDevicesAreForgottenTogether() {
        store.keep(account, phone, Set.of());
        store.keep(account, tablet, Set.of());
        store.keep("another " + account, phone, Set.of());

        store.forget(account);

        assertEquals(List.of(), all());
        assertEquals(List.of(phone), store.ofAccount("another " + account, START));
    }

    @Test
    void devicesThatWereNotSeenForLongArePurged() {
        store.keep(account, phone, Set.of());
        store.keep(account, tablet, Set.of());

        while (store.purge(START.plusSeconds(60), 1) == 1) {
            // Devices of other tests go too.
        }

        assertEquals(List.of(tablet), all());
    }

    @Test
    void aDeviceIsKeptOnceByWhoeverSignsInOnItTwiceAtTheSameTime() {
        Race.of(4, () -> {
            store.keep(account, phone, Set.of());
            return true;
        });

        assertEquals(List.of(phone), all());
    }

    private List<KnownDevice> all() {
        return store.ofAccount(account, Instant.EPOCH);
    }
}
