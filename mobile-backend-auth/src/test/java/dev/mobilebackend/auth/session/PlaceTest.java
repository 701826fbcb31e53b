// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PlaceTest {

    private static final double HALF_ROUND = 20_015.2;

    @Test
    void isAsFarFromAnotherAsAnAtlasSays() {
        var berlin = new Place("DE", "Berlin", 52.52, 13.405);
        var newYork = new Place("US", "New York", 40.7128, -74.006);
        var nadi = new Place("FJ", "Nadi", -17.8, 177.4);
        var apia = new Place("WS", "Apia", -13.83, -171.77);

        assertEquals(6_385, berlin.kilometresTo(newYork), 5);
        assertEquals(1_240, nadi.kilometresTo(apia), 5);
    }

    @Property
    void isAsFarThereAsBackAndNeverFartherThanHalfRoundTheWorld(
            @ForAll("places") Place here, @ForAll("places") Place there) {
        double way = here.kilometresTo(there);

        assertEquals(way, there.kilometresTo(here), 1e-6);
        assertTrue(way >= 0 && way <= HALF_ROUND, () -> "was " + way);
        assertEquals(0, here.kilometresTo(here), 1e-6);
    }

    @Property
    void isNoFartherThanByWayOfAThird(
            @ForAll("places") Place here, @ForAll("places") Place there, @ForAll("places") Place third) {
        double detour = here.kilometresTo(third) + third.kilometresTo(there);

        assertTrue(here.kilometresTo(there) <= detour + 1e-3);
    }

    @Property
    void theOppositeOfAPlaceIsHalfRoundTheWorldAway(@ForAll("places") Place here) {
        double east = here.longitude() + (here.longitude() > 0 ? -180 : 180);
        var opposite = new Place("DE", null, -here.latitude(), east);

        assertEquals(HALF_ROUND, here.kilometresTo(opposite), 0.5);
    }

    @Provide
    Arbitrary<Place> places() {
        return Combinators.combine(
                        Arbitraries.doubles().between(-90, 90).ofScale(4),
                        Arbitraries.doubles().between(-180, 180).ofScale(4))
                .as((latitude, longitude) -> new Place("DE", null, latitude, longitude));
    }
}
