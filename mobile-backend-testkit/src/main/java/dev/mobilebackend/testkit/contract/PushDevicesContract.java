// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.push.NewPushDevice;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.PushAddress;
import dev.mobilebackend.jobs.push.PushDevice;
import dev.mobilebackend.jobs.push.PushDevices;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PushDevices} must do. */
public abstract class PushDevicesContract {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final TestClock clock = new TestClock();
    private String ada;
    private String bob;
    private PushAddress phone;
    private PushDevices devices;

    protected PushDevicesContract() {}

    /** The devices to test, on this clock. Those of other tests may be among them. */
    protected abstract PushDevices devices(InstantSource clock);

    @BeforeEach
    void anotherPhone() {
        int number = COUNT.incrementAndGet();
        ada = "ada-" + number;
        bob = "bob-" + number;
        phone = address(number, 0);
        devices = devices(clock);
    }

    @Test
    void aDeviceStandsWithAllThatItsAppSaidOfIt() {
        devices.register(NewPushDevice.of(ada, phone)
                .zone(ZoneId.of("Asia/Kolkata"))
                .locale(Locale.forLanguageTag("hi-IN"))
                .session("session-" + ada));

        PushDevice device = only(ada);
        assertEquals(
                new PushDevice(
                        device.id(),
                        ada,
                        phone,
                        ZoneId.of("Asia/Kolkata"),
                        Locale.forLanguageTag("hi-IN"),
                        TestClock.START),
                device);
        assertEquals(Optional.of(device), devices.find(device.id()));
        assertEquals(List.of(), devices.ofOwner(bob));
    }

    @Test
    void aDeviceThatIsSeenAgainIsTheSameOne() {
        devices.register(NewPushDevice.of(ada, phone).zone(ZoneId.of("UTC")));
        PushDevice before = only(ada);
        clock.advance(Duration.ofDays(1));

        devices.register(NewPushDevice.of(ada, phone));

        assertEquals(new PushDevice(before.id(), ada, phone, null, null, clock.instant()), only(ada));
    }

    @Test
    void aTokenLeavesItsOwnerForWhoeverRegistersIt() {
        devices.register(NewPushDevice.of(ada, phone).session("session-" + ada));

        devices.register(NewPushDevice.of(bob, phone));

        assertEquals(List.of(), devices.ofOwner(ada));
        assertEquals(phone, only(bob).address());
        assertEquals(0, devices.forgetSession("session-" + ada));
    }

    @Test
    void aTokenHasOneOwnerHoweverManyRegisterItAtTheSameTime() {
        for (int round = 1; round <= 20; round++) {
            PushAddress contested = address(COUNT.get(), round);
            var owners = new AtomicInteger();
            String name = ada + "-" + round + "-";

            Race.of(4, () -> {
                devices.register(NewPushDevice.of(name + owners.incrementAndGet(), contested));
                return true;
            });

            long kept = List.of(1, 2, 3, 4).stream()
                    .mapToLong(owner -> devices.ofOwner(name + owner).size())
                    .sum();
            assertEquals(1, kept);
        }
    }

    @Test
    void oneTokenOfTwoAppsIsTwoDevices() {
        devices.register(NewPushDevice.of(ada, phone));
        devices.register(NewPushDevice.of(ada, new PushAddress(phone.platform(), "com.example.other", phone.token())));

        assertEquals(2, devices.ofOwner(ada).size());
    }

    @Test
    void anOwnerIsReachedAtTheDevicesThatWereSeenLast() {
        for (int i = 0; i <= PushDevices.MOST_OF_OWNER; i++) {
            devices.register(NewPushDevice.of(ada, address(COUNT.get(), i)));
            clock.advance(Duration.ofSeconds(1));
        }

        List<PushDevice> reached = devices.ofOwner(ada);

        assertEquals(PushDevices.MOST_OF_OWNER, reached.size());
        assertEquals(
                address(COUNT.get(), PushDevices.MOST_OF_OWNER), reached.get(0).address());
        assertFalse(reached.stream().anyMatch(device -> device.address().equals(phone)));
    }

    @Test
    void aDeadTokenIsForgottenUnlessItWasRegisteredAnewSince() {
        devices.register(NewPushDevice.of(ada, phone));
        long id = only(ada).id();

        assertFalse(devices.removeDead(id, TestClock.START.minusMillis(1)));
        assertEquals(id, only(ada).id());
        assertTrue(devices.removeDead(id, TestClock.START));
        assertFalse(devices.removeDead(id, TestClock.START));
        assertEquals(List.of(), devices.ofOwner(ada));
        assertEquals(Optional.empty(), devices.find(id));
    }

    @Test
    void onlyItsOwnerSignsOutOnADevice() {
        devices.register(NewPushDevice.of(ada, phone));

        assertFalse(devices.forget(bob, phone));
        assertTrue(devices.forget(ada, phone));
        assertFalse(devices.forget(ada, phone));
    }

    @Test
    void aSessionTakesItsDevicesAlong() {
        devices.register(NewPushDevice.of(ada, phone).session("session-" + ada));
        devices.register(NewPushDevice.of(ada, address(COUNT.get(), 1)).session("another of " + ada));

        assertEquals(1, devices.forgetSession("session-" + ada));
        assertEquals(address(COUNT.get(), 1), only(ada).address());
    }

    @Test
    void anOwnerTakesAllDevicesAlong() {
        devices.register(NewPushDevice.of(ada, phone));
        devices.register(NewPushDevice.of(ada, address(COUNT.get(), 1)));
        devices.register(NewPushDevice.of(bob, address(COUNT.get(), 2)));

        assertEquals(2, devices.forgetOwner(ada));
        assertEquals(1, devices.ofOwner(bob).size());
    }

    @Test
    void devicesThatWereNotSeenForLongArePurged() {
        devices.register(NewPushDevice.of(ada, phone));
        clock.advance(Duration.ofDays(60));
        devices.register(NewPushDevice.of(bob, address(COUNT.get(), 1)));

        while (devices.purge(Duration.ofDays(60).minusSeconds(1), 1) == 1) {
            // Devices of other tests go too.
        }

        assertEquals(List.of(), devices.ofOwner(ada));
        assertEquals(1, devices.ofOwner(bob).size());
    }

    private PushDevice only(String owner) {
        List<PushDevice> found = devices.ofOwner(owner);
        assertEquals(1, found.size());
        return found.get(0);
    }

    private static PushAddress address(int number, int which) {
        String token = HexFormat.of().toHexDigits(number) + HexFormat.of().toHexDigits(which);
        return new PushAddress(Platform.APNS, "com.example.shop", token.repeat(4));
    }
}
