// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

/** What the fields of one request are written to. */
interface Fields {

    void put(String name, String value);

    void put(String name, long value);
}
