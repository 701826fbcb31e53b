// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.validate.JsonBody;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** What was sold day by day, added up at night. */
public final class Reports {

    private static final int SHOWN = 31;

    private final Database database;

    public Reports(Database database) {
        this.database = database;
    }

    /** Runs in the transaction that completes its job; a day that is added up again replaces what was there. */
    public void make(NightlyReport job, Handle handle) {
        LocalDate day = job.day();
        handle.createUpdate("DELETE FROM shop_report WHERE sold_on = :day")
                .bind("day", day)
                .execute();
        handle.createUpdate(
                        "INSERT INTO shop_report (sold_on, orders, total) SELECT :day, count(*), COALESCE(sum(total), 0)"
                                + " FROM shop_order WHERE created_at >= :from AND created_at < :to")
                .bind("day", day)
                .bind("from", start(day))
                .bind("to", start(day.plusDays(1)))
                .execute();
    }

    /** {@code GET /v1/admin/reports}: the last month's, the newest first. */
    public Answer list(Exchange exchange) {
        List<Report> reports = database.withHandle(
                handle -> handle.createQuery("SELECT * FROM shop_report ORDER BY sold_on DESC LIMIT :most")
                        .bind("most", SHOWN)
                        .map((row, context) -> new Report(
                                row.getObject("sold_on", LocalDate.class), row.getLong("orders"), row.getLong("total")))
                        .list());
        return Answer.json(200, JsonBody.write(Map.of("items", reports)));
    }

    private static OffsetDateTime start(LocalDate day) {
        return day.atStartOfDay(NightlyReport.ZONE).toOffsetDateTime();
    }
}
