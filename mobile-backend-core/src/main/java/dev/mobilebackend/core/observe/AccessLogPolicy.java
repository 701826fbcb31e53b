// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import static java.util.Objects.requireNonNull;

/**
 * What an access log writes.
 *
 * @param form how the fields reach the logging backend
 * @param client how much is said of the client's address
 */
public record AccessLogPolicy(Form form, Client client) {

    public AccessLogPolicy {
        requireNonNull(form, "form must not be null");
        requireNonNull(client, "client must not be null: Client.NOTHING says nothing of it");
    }

    /** How the fields of a request reach the logging backend. */
    public enum Form {
        /** All of them in the message, as {@code name=value}: the same with every backend and every pattern. */
        LINE,
        /**
         * Each as a key-value pair of SLF4J beside a short message: for encoders that write JSON. A pattern of text
         * shows the message alone, unless it asks for pairs.
         */
        PAIRS
    }

    /** How much is said of the client's address, which is personal data. */
    public enum Client {
        /** The first 24 bits of an IPv4 address, the first 48 of an IPv6 address. */
        NETWORK,
        ADDRESS,
        NOTHING
    }

    /** Whole lines with the client's network. */
    public static AccessLogPolicy lines() {
        return new AccessLogPolicy(Form.LINE, Client.NETWORK);
    }

    /** Key-value pairs with the client's network. */
    public static AccessLogPolicy pairs() {
        return new AccessLogPolicy(Form.PAIRS, Client.NETWORK);
    }

    public AccessLogPolicy client(Client detail) {
        return new AccessLogPolicy(form, detail);
    }
}
