// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.jobs.JobKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Adds up what was sold on the day before its tick. */
@JobKind("nightly-report")
public record NightlyReport(Instant tick) {

    /** Whose days and nights the shop lives by. */
    public static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    LocalDate day() {
        return tick.atZone(ZONE).toLocalDate().minusDays(1);
    }
}
