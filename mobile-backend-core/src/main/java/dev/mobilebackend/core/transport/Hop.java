// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import dev.mobilebackend.core.exchange.ClientAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy says of the request that it was sent.
 *
 * @param from the node it came from, as it is written; null where the proxy does not say
 * @param proto the protocol it came over
 * @param host the host it was for
 */
record Hop(
        @Nullable String from,
        @Nullable String proto,
        @Nullable String host) {

    /** More proxies than stand in one row anywhere; what lies before them is not looked at. */
    static final int MOST = 20;

    private static final int LONGEST_FIELD = 8192;
    private static final int LONGEST_NODE = 64;
    private static final int LONGEST_HOST = 255;

    /**
     * The hops of a {@code Forwarded} field (RFC 7239 section 4), the nearest last; null where it is malformed, since a
     * quote that a client leaves open would hide what the proxies after it say.
     */
    static @Nullable List<Hop> ofForwarded(String field) {
        if (field.length() > LONGEST_FIELD) {
            return null;
        }
        var hops = new ArrayList<Hop>(2);
        var element = new ForwardedElement(field);
        while (element.next()) {
            hops.add(new Hop(element.value("for"), element.value("proto"), element.value("host")));
        }
        return element.isMalformed() ? null : hops.subList(Math.max(0, hops.size() - MOST), hops.size());
    }

    /**
     * The hops of {@code X-Forwarded-For}, the nearest last. {@code X-Forwarded-Proto} and {@code X-Forwarded-Host}
     * have either one value for all of them, or one for each, counted from the nearest.
     */
    static List<Hop> ofXForwarded(@Nullable String nodes, @Nullable String protos, @Nullable String hosts) {
        List<String> from = lastValues(nodes);
        List<String> proto = lastValues(protos);
        List<String> host = lastValues(hosts);
        var hops = new ArrayList<Hop>(from.size());
        for (int fromNearest = from.size() - 1; fromNearest >= 0; fromNearest--) {
            hops.add(new Hop(
                    from.get(from.size() - 1 - fromNearest), value(proto, fromNearest), value(host, fromNearest)));
        }
        return hops;
    }

    private static @Nullable String value(List<String> values, int fromNearest) {
        if (values.size() == 1) {
            return values.get(0);
        }
        int index = values.size() - 1 - fromNearest;
        return index < 0 ? null : values.get(index);
    }

    /** From the end, so that whatever a client put first costs nothing. */
    private static List<String> lastValues(@Nullable String field) {
        if (field == null) {
            return List.of();
        }
        var values = new ArrayList<String>(2);
        int end = field.length();
        while (end >= 0 && values.size() < MOST) {
            int comma = field.lastIndexOf(',', end - 1);
            values.add(field.substring(comma + 1, end).strip());
            end = comma;
        }
        Collections.reverse(values);
        return values;
    }

    /** The address of the node (RFC 7239 section 6) without its port; null for unknown and obfuscated ones. */
    @Nullable
    ClientAddress address() {
        if (from == null || from.length() > LONGEST_NODE) {
            return null;
        }
        String literal = from;
        int colon = from.indexOf(':');
        if (from.startsWith("[")) {
            int end = from.indexOf(']') + 1;
            if (end == 0 || (end < from.length() && !isPort(from, end))) {
                return null;
            }
            literal = from.substring(0, end);
        } else if (colon >= 0 && from.indexOf(':', colon + 1) < 0) {
            if (!isPort(from, colon)) {
                return null;
            }
            literal = from.substring(0, colon);
        }
        try {
            return ClientAddress.parse(literal);
        } catch (IllegalArgumentException hidden) {
            return null;
        }
    }

    /** A colon and a number, or an underscore and what hides it. */
    private static boolean isPort(String node, int colon) {
        if (node.charAt(colon) != ':' || colon + 1 == node.length()) {
            return false;
        }
        boolean hidden = node.charAt(colon + 1) == '_';
        for (int i = colon + 1; i < node.length(); i++) {
            char c = node.charAt(i);
            if (!(c >= '0' && c <= '9') && !(hidden && isNameCharacter(c))) {
                return false;
            }
        }
        return true;
    }

    boolean isSecure() {
        return proto != null && proto.equalsIgnoreCase("https");
    }

    /** The host, with its port if it has one; null where it could not stand in an address. */
    @Nullable
    String plainHost() {
        if (host == null || host.isEmpty() || host.length() > LONGEST_HOST) {
            return null;
        }
        boolean bracketed = host.startsWith("[");
        int colon = host.indexOf(':', bracketed ? host.indexOf(']') + 1 : 0);
        int end = colon < 0 ? host.length() : colon;
        boolean plain = bracketed ? isAddress(host.substring(0, end)) : end > 0 && isName(host.substring(0, end));
        return plain && (colon < 0 || isPortNumber(host.substring(colon + 1))) ? host.toLowerCase(Locale.ROOT) : null;
    }

    private static boolean isAddress(String bracketed) {
        try {
            ClientAddress.parse(bracketed);
            return true;
        } catch (IllegalArgumentException another) {
            return false;
        }
    }

    private static boolean isName(String text) {
        return text.chars().allMatch(c -> isNameCharacter((char) c));
    }

    private static boolean isPortNumber(String text) {
        return !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) <= 65_535;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_';
    }
}
