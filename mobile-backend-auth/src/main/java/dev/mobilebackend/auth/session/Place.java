// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import org.jspecify.annotations.Nullable;

/**
 * Roughly where a network address is used, as a {@link PlaceLookup} knows it: a hint for people, never a proof.
 *
 * @param countryCode two letters (ISO 3166-1), such as {@code DE}
 * @param name the city or region, where that is known
 * @param latitude in degrees, north of the equator
 * @param longitude in degrees, east of Greenwich
 */
public record Place(String countryCode, @Nullable String name, double latitude, double longitude) {

    private static final int LONGEST = 100;

    /** The mean radius. */
    private static final double EARTH_KILOMETRES = 6_371.0088;

    public Place {
        if (countryCode.length() != 2 || !countryCode.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
            throw new IllegalArgumentException("countryCode must be two letters such as DE, was '" + countryCode + "'");
        }
        if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) {
            throw new IllegalArgumentException(
                    "latitude and longitude must be within 90 and 180 degrees, were " + latitude + " and " + longitude);
        }
        if (name != null && (name.isBlank() || name.length() > LONGEST)) {
            throw new IllegalArgumentException("name must have 1 to " + LONGEST + " characters, was '" + name + "'");
        }
    }

    /**
     * The way to another place over the globe, as the crow flies, by the haversine formula; right to half a percent.
     */
    public double kilometresTo(Place other) {
        double north = Math.toRadians(other.latitude - latitude);
        double east = Math.toRadians(other.longitude - longitude);
        double square = Math.pow(Math.sin(north / 2), 2)
                + Math.cos(Math.toRadians(latitude))
                        * Math.cos(Math.toRadians(other.latitude))
                        * Math.pow(Math.sin(east / 2), 2);
        return 2 * EARTH_KILOMETRES * Math.asin(Math.sqrt(Math.min(1, square)));
    }

    /** For people to read, such as {@code Berlin, DE}. */
    public String text() {
        return name == null ? countryCode : name + ", " + countryCode;
    }
}
