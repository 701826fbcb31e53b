// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.data.Database;
import java.util.List;

/** The tables of jobs, as one test leaves them to the next. */
final class JobTables {

    private static final List<String> ALL = List.of(
            "mb_jobs_claimed",
            "mb_jobs_waiting",
            "mb_jobs_dead",
            "mb_jobs_unique",
            "mb_jobs_turn",
            "mb_jobs_queue",
            "mb_jobs_cancel",
            "mb_jobs_status",
            "mb_jobs_minute",
            "mb_job_worker");

    private JobTables() {}

    static void empty(Database database) {
        database.useTransaction(handle -> ALL.forEach(table -> handle.execute("DELETE FROM " + table)));
    }
}
