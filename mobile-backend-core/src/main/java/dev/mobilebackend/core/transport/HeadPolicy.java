// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

/**
 * How large the part of a request before its body may be. The container has read it by then and has limits of its own,
 * which hold first: these only make the answer the same everywhere.
 *
 * @param address longest path and query together, in characters
 * @param fields most header fields; counting them costs an allocation a field, so that it is left to the container
 *     unless a number is given
 * @param bytes largest size of all fields, names and values
 */
public record HeadPolicy(int address, int fields, int bytes) {

    private static final int BY_CONTAINER = Integer.MAX_VALUE;

    public HeadPolicy {
        positive("address", address);
        positive("fields", fields);
        positive("bytes", bytes);
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }

    /**
     * Addresses to 8,000 characters, which RFC 9110 section 4.1 recommends to support; fields as the container does.
     */
    public static HeadPolicy standard() {
        return new HeadPolicy(8000, BY_CONTAINER, BY_CONTAINER);
    }

    public HeadPolicy address(int characters) {
        return new HeadPolicy(characters, fields, bytes);
    }

    /** Counts the fields of every request. */
    public HeadPolicy fields(int most, int mostBytes) {
        return new HeadPolicy(address, most, mostBytes);
    }

    public boolean countsFields() {
        return fields != BY_CONTAINER || bytes != BY_CONTAINER;
    }
}
