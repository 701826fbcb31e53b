// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import org.slf4j.spi.LoggingEventBuilder;

/** Fields as key-value pairs of a logging event. Their text is cleaned, since {@code %kvp} writes it as it is. */
final class PairFields implements Fields {

    private final LoggingEventBuilder event;

    PairFields(LoggingEventBuilder event) {
        this.event = event;
    }

    @Override
    public void put(String name, String value) {
        var unused = event.addKeyValue(name, LogText.clean(value));
    }

    @Override
    public void put(String name, long value) {
        var unused = event.addKeyValue(name, value);
    }
}
