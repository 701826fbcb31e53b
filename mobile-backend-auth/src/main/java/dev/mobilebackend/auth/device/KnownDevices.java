// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device;

import static java.util.stream.Collectors.toCollection;

import dev.mobilebackend.auth.device.SignInSignal.ImpossibleTravel;
import dev.mobilebackend.auth.device.SignInSignal.NewDevice;
import dev.mobilebackend.auth.session.Place;
import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices that accounts know: those on which a sign-in was right before, by names that nobody else can know. After
 * the pattern of device cookies (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): whoever guesses from
 * elsewhere does not slow them down. A device has several names at most, the best proven one first; it is found by each
 * of them, and under every server secret that is accepted, and kept by the first name under the current one. Thread
 * safe; has no clock of its own.
 */
public final class KnownDevices {

    /** More than anybody owns; whoever signs in on more has the account anyway. */
    private static final int MOST = 20;

    private static final int TAG_BYTES = 16;

    /** In the place of an account's id where there is no account, and as long. */
    private static final String NOBODY = "0123456789abcdefABCDEF";

    /** What a lookup of places is wrong by, or a phone's network comes out elsewhere by. */
    private static final double NEAR_KILOMETRES = 100;

    /** Faster than airliners. */
    private static final double FASTEST_KILOMETRES_AN_HOUR = 1_000;

    private final DeviceStore store;
    private final Duration kept;
    private final List<HmacSha256> blindings;

    /**
     * Known devices in a store.
     *
     * @param kept how long a device is known after its newest sign-in; longer than a session lasts, or each device
     *     would be new when its session ends
     */
    public KnownDevices(DeviceStore store, ServerSecret secret, Duration kept) {
        if (kept.isNegative() || kept.isZero()) {
            throw new IllegalArgumentException("kept must be positive, was " + kept);
        }
        this.store = store;
        this.kept = kept;
        this.blindings = secret.deriveAll("mobile-backend auth.device tag v1", HmacSha256.BYTES).stream()
                .map(HmacSha256::of)
                .toList();
    }

    /**
     * What the account knows a device by, null if it does not know it; the same work whether or not there is such an
     * account.
     *
     * @param accountId null where there is no such account
     * @param names of the device, the best proven one first
     */
    public @Nullable String find(@Nullable String accountId, List<String> names, Instant now) {
        if (names.isEmpty()) {
            return null;
        }
        String id = accountId == null ? NOBODY : accountId;
        return store.find(id, tags(id, names), now.minus(kept)).orElse(null);
    }

    /**
     * Remembers the device of a right sign-in, unless it has no name, and says what is unusual about it.
     *
     * @param place where it is, where that is known
     */
    public List<SignInSignal> signedIn(String accountId, List<String> names, @Nullable Place place, Instant now) {
        List<KnownDevice> devices = store.ofAccount(accountId, now.minus(kept));
        Set<String> tags = tags(accountId, names);
        var signals = new ArrayList<SignInSignal>();
        if (!devices.isEmpty() && devices.stream().map(KnownDevice::tag).noneMatch(tags::contains)) {
            signals.add(new NewDevice());
        }
        travel(devices, place, now).ifPresent(signals::add);
        if (!tags.isEmpty()) {
            keep(accountId, new KnownDevice(tags.iterator().next(), micros(now), rough(place)), devices, tags);
        }
        return signals;
    }

    /** Forgets all devices of an account. */
    public void forget(String accountId) {
        store.forget(accountId);
    }

    /** Forgets some of the devices that nobody has signed in on for long; says how many. */
    public int purge(Instant now, int atMost) {
        return store.purge(now.minus(kept), atMost);
    }

    /** With it goes what else stands for it, and the longest unseen if there are too many. */
    private void keep(String accountId, KnownDevice device, List<KnownDevice> devices, Set<String> tags) {
        List<String> others = devices.stream()
                .map(KnownDevice::tag)
                .filter(tag -> !tags.contains(tag))
                .toList();
        var forgotten = new LinkedHashSet<>(tags);
        forgotten.addAll(others.subList(Math.min(others.size(), MOST - 1), others.size()));
        forgotten.remove(device.tag());
        store.keep(accountId, device, forgotten);
    }

    private static Optional<SignInSignal> travel(List<KnownDevice> devices, @Nullable Place place, Instant now) {
        Optional<KnownDevice> last =
                devices.stream().filter(device -> device.place() != null).findFirst();
        if (place == null || last.isEmpty()) {
            return Optional.empty();
        }
        Place from = Objects.requireNonNull(last.get().place());
        Duration within = Duration.between(last.get().seenAt(), now);
        double kilometres = from.kilometresTo(place);
        double hours = Math.max(0, within.toMillis()) / 3_600_000.0;
        return kilometres >= NEAR_KILOMETRES && kilometres > FASTEST_KILOMETRES_AN_HOUR * hours
                ? Optional.of(new ImpossibleTravel(from, place, within))
                : Optional.empty();
    }

    /** To some ten kilometres: enough to tell a journey, and no more than that of anybody's whereabouts. */
    private static @Nullable Place rough(@Nullable Place place) {
        return place == null
                ? null
                : new Place(place.countryCode(), place.name(), rough(place.latitude()), rough(place.longitude()));
    }

    private static double rough(double degrees) {
        return Math.round(degrees * 10) / 10.0;
    }

    private static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** The one to keep it by comes first. */
    private Set<String> tags(String accountId, List<String> names) {
        return names.stream()
                .flatMap(name -> blindings.stream().map(blinding -> tag(blinding, accountId + " " + name)))
                .collect(toCollection(LinkedHashSet::new));
    }

    private static String tag(HmacSha256 blinding, String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(blinding.tag(text), TAG_BYTES));
    }
}
