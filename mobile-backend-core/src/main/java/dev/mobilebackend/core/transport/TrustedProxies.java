// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.ClientAddress;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of an application, and in which field they say where a request came from. What others say there
 * is not believed (OWASP ASVS 5.0, 4.1.3), and the two fields are never mixed. Immutable.
 *
 * <pre>{@code
 * TransportPolicy.strict().trustedProxies(Field.X_FORWARDED, "10.0.0.0/8", "fd00::/8")
 * }</pre>
 */
public final class TrustedProxies {

    /** Which field the proxies set. The nearest one must set it on every request, and add to what it finds there. */
    public enum Field {
        /** {@code X-Forwarded-For}, with {@code X-Forwarded-Proto} and {@code X-Forwarded-Host}. */
        X_FORWARDED,
        /** {@code Forwarded} (RFC 7239). */
        FORWARDED
    }

    private static final TrustedProxies NONE = new TrustedProxies(Field.X_FORWARDED, List.of());

    private final Field field;
    private final List<AddressRange> ranges;

    private TrustedProxies(Field field, List<AddressRange> ranges) {
        this.field = field;
        this.ranges = ranges;
    }

    /** No proxy: whatever a request says about where it came from is not believed. */
    public static TrustedProxies none() {
        return NONE;
    }

    /**
     * Proxies that stand in these networks.
     *
     * @param networks address ranges such as {@code 10.0.0.0/8}, or single addresses
     */
    public static TrustedProxies of(Field field, String... networks) {
        requireNonNull(field, "field must not be null: X_FORWARDED or FORWARDED, whichever your proxies set");
        requireNonNull(networks, "networks must not be null: name those of the proxies, such as 10.0.0.0/8");
        if (networks.length == 0) {
            throw new IllegalArgumentException("name the networks of the proxies, such as 10.0.0.0/8");
        }
        return new TrustedProxies(
                field, Stream.of(networks).map(AddressRange::parse).toList());
    }

    public boolean any() {
        return !ranges.isEmpty();
    }

    public boolean trusts(ClientAddress address) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Who sent a request: of the addresses that the proxies name the one nearest to us that is no proxy, with what was
     * said beside it. Null where the request came past all proxies, or is a proxy's own.
     *
     * @param peer where the connection comes from
     * @param fields gives a field's lines, joined by commas, or null
     */
    public @Nullable Sender sender(ClientAddress peer, Function<String, @Nullable String> fields) {
        if (!trusts(peer)) {
            return null;
        }
        List<Hop> hops;
        if (field == Field.FORWARDED) {
            String forwarded = fields.apply("Forwarded");
            if (forwarded == null) {
                return null;
            }
            hops = Hop.ofForwarded(forwarded);
        } else {
            String nodes = fields.apply("X-Forwarded-For");
            if (nodes == null) {
                return null;
            }
            hops = Hop.ofXForwarded(nodes, fields.apply("X-Forwarded-Proto"), fields.apply("X-Forwarded-Host"));
        }
        return hops == null ? new Sender(peer, false, false, null) : outermost(peer, hops);
    }

    private Sender outermost(ClientAddress peer, List<Hop> hops) {
        ClientAddress proxy = peer;
        for (int i = hops.size() - 1; i >= 0; i--) {
            Hop hop = hops.get(i);
            ClientAddress from = hop.address();
            if (from == null) {
                return new Sender(proxy, false, hop.isSecure(), hop.plainHost());
            }
            boolean outermost = i == 0 && hops.size() < Hop.MOST;
            if (outermost || !trusts(from)) {
                return new Sender(from, true, hop.isSecure(), hop.plainHost());
            }
            proxy = from;
        }
        return new Sender(proxy, false, false, null);
    }
}
