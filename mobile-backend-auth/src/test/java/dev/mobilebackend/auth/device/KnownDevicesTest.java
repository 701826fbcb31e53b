// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.device.SignInSignal.ImpossibleTravel;
import dev.mobilebackend.auth.device.SignInSignal.NewDevice;
import dev.mobilebackend.auth.session.Place;
import dev.mobilebackend.core.secret.ServerSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KnownDevicesTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration YEAR = Duration.ofDays(365);
    private static final byte[] OLD = secretBytes(1);
    private static final byte[] NEW = secretBytes(2);
    private static final List<String> PHONE = List.of("id 8F2A0C56-2C3B-4D7E-9B1A-7F6E5D4C3B2A");
    private static final List<String> TABLET = List.of("id 11111111-2C3B-4D7E-9B1A-7F6E5D4C3B2A");
    private static final List<String> NAMELESS = List.of();
    private static final Place BERLIN = new Place("DE", "Berlin", 52.52, 13.405);
    private static final Place POTSDAM = new Place("DE", "Potsdam", 52.39, 13.06);
    private static final Place SYDNEY = new Place("AU", "Sydney", -33.87, 151.21);

    private final InMemoryDeviceStore store = new InMemoryDeviceStore();
    private final KnownDevices devices = devices(ServerSecret.of(OLD));

    @Test
    void aDeviceIsKnownAfterASignInOnItWasRight() {
        assertNull(devices.find("ada", PHONE, START));

        devices.signedIn("ada", PHONE, null, START);

        assertNotNull(devices.find("ada", PHONE, START));
        assertNull(devices.find("ada", TABLET, START));
        assertNull(devices.find("eve", PHONE, START));
        assertNull(devices.find(null, PHONE, START));
    }

    @Test
    void aDeviceWithoutANameIsNeverKnown() {
        devices.signedIn("ada", NAMELESS, null, START);

        assertNull(devices.find("ada", NAMELESS, START));
        assertEquals(List.of(), store.ofAccount("ada", START));
    }

    @Test
    void aDeviceIsForgottenWhenNobodySignsInOnItForLong() {
        devices.signedIn("ada", PHONE, null, START);

        assertNotNull(devices.find("ada", PHONE, START.plus(YEAR)));
        assertNull(devices.find("ada", PHONE, START.plus(YEAR).plusNanos(1_000)));
    }

    @Test
    void theStoreTellsNeitherTheDeviceNorThatTwoAccountsShareIt() {
        devices.signedIn("ada", PHONE, null, START);
        devices.signedIn("eve", PHONE, null, START);

        String ofAda = store.ofAccount("ada", START).get(0).tag();
        String ofEve = store.ofAccount("eve", START).get(0).tag();
        assertEquals(22, ofAda.length());
        assertFalse(ofAda.equals(ofEve));
    }

    @Test
    void aChangedServerSecretForgetsNoDevice() {
        devices.signedIn("ada", PHONE, null, START);
        KnownDevices afterwards = devices(ServerSecret.of(NEW, OLD));

        assertNotNull(afterwards.find("ada", PHONE, START));
        assertEquals(List.of(), afterwards.signedIn("ada", PHONE, null, START));
        assertNotNull(devices(ServerSecret.of(NEW)).find("ada", PHONE, START));
        assertEquals(1, store.ofAccount("ada", START).size());
    }

    @Test
    void aDeviceThatHasProvedAKeyIsKnownByItAlone() {
        List<String> withKey = List.of("key thumbprint", PHONE.get(0));
        devices.signedIn("ada", PHONE, null, START);

        assertEquals(List.of(), devices.signedIn("ada", withKey, null, START));
        assertNotNull(devices.find("ada", withKey, START));
        assertNull(devices.find("ada", PHONE, START));
    }

    @Test
    void anAccountKnowsTwentyDevicesAndForgetsTheLongestUnseen() {
        for (int i = 0; i < 21; i++) {
            devices.signedIn("ada", List.of("id " + i), null, START.plusSeconds(i));
        }

        assertEquals(20, store.ofAccount("ada", START).size());
        assertNull(devices.find("ada", List.of("id 0"), START.plusSeconds(21)));
        assertNotNull(devices.find("ada", List.of("id 1"), START.plusSeconds(21)));
    }

    @Test
    void theFirstDeviceIsNotNewAndEachFurtherOneIs() {
        assertEquals(List.of(), devices.signedIn("ada", PHONE, null, START));
        assertEquals(List.of(), devices.signedIn("ada", PHONE, null, START));

        assertEquals(List.of(new NewDevice()), devices.signedIn("ada", TABLET, null, START));
        assertEquals(List.of(), devices.signedIn("ada", TABLET, null, START));
        assertEquals(List.of(new NewDevice()), devices.signedIn("ada", NAMELESS, null, START));
    }

    @Test
    void nobodyGetsToSydneyInAnHour() {
        devices.signedIn("ada", PHONE, BERLIN, START);

        List<SignInSignal> signals = devices.signedIn("ada", PHONE, SYDNEY, START.plus(Duration.ofHours(1)));

        var from = new Place("DE", "Berlin", 52.5, 13.4);
        assertEquals(List.of(new ImpossibleTravel(from, SYDNEY, Duration.ofHours(1))), signals);
    }

    @Test
    void onAnotherDeviceNeither() {
        devices.signedIn("ada", PHONE, BERLIN, START);

        List<SignInSignal> signals = devices.signedIn("ada", TABLET, SYDNEY, START.plus(Duration.ofHours(1)));

        assertEquals(List.of(NewDevice.class, ImpossibleTravel.class), classes(signals));
    }

    @Test
    void thereAreFlightsToSydney() {
        devices.signedIn("ada", PHONE, BERLIN, START);

        assertEquals(List.of(), devices.signedIn("ada", PHONE, SYDNEY, START.plus(Duration.ofHours(17))));
    }

    @Test
    void aNetworkComesOutInTheNextTownAtOnce() {
        devices.signedIn("ada", PHONE, BERLIN, START);

        assertEquals(List.of(), devices.signedIn("ada", PHONE, POTSDAM, START));
    }

    @Test
    void whereNoPlaceIsKnownTheOneBeforeCounts() {
        devices.signedIn("ada", PHONE, BERLIN, START);
        devices.signedIn("ada", TABLET, null, START.plusSeconds(1));

        assertEquals(
                List.of(ImpossibleTravel.class),
                classes(devices.signedIn("ada", TABLET, SYDNEY, START.plusSeconds(2))));
    }

    @Test
    void aPlaceIsKeptToATenthOfADegree() {
        devices.signedIn("ada", PHONE, SYDNEY, START);

        assertEquals(
                new Place("AU", "Sydney", -33.9, 151.2),
                store.ofAccount("ada", START).get(0).place());
    }

    @Property(tries = 500)
    void aSignInNearbyOrAfterADayIsNeverImpossible(
            @ForAll @DoubleRange(min = -90, max = 90) double latitude,
            @ForAll @DoubleRange(min = -180, max = 180) double longitude,
            @ForAll @DoubleRange(min = -90, max = 90) double otherLatitude,
            @ForAll @DoubleRange(min = -180, max = 180) double otherLongitude,
            @ForAll @IntRange(min = 0, max = 30 * 3600) int seconds) {
        var fresh = new KnownDevices(new InMemoryDeviceStore(), ServerSecret.of(OLD), YEAR);
        var from = new Place("DE", null, latitude, longitude);
        var to = new Place("DE", null, otherLatitude, otherLongitude);
        fresh.signedIn("ada", PHONE, from, START);

        boolean impossible =
                !fresh.signedIn("ada", PHONE, to, START.plusSeconds(seconds)).isEmpty();

        double kilometres = from.kilometresTo(to);
        if (impossible) {
            assertTrue(kilometres > 100 - 20 && seconds < 21 * 3600, () -> kilometres + " km in " + seconds + " s");
        } else {
            assertTrue(
                    kilometres < 100 + 20 || kilometres - 20 <= seconds / 3.6,
                    () -> kilometres + " km in " + seconds + " s");
        }
    }

    private KnownDevices devices(ServerSecret secret) {
        return new KnownDevices(store, secret, YEAR);
    }

    private static List<Class<?>> classes(List<SignInSignal> signals) {
        return signals.stream().<Class<?>>map(Object::getClass).toList();
    }

    private static byte[] secretBytes(int seed) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        return bytes;
    }
}
