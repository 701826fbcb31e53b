// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Background jobs on the database the application has. */
@NullMarked
module dev.mobilebackend.jobs {
    requires static transitive org.jspecify;
    requires transitive dev.mobilebackend.core;
    requires org.slf4j;
    requires tools.jackson.databind;
    requires static micrometer.core;
    // Only for applications on PostgreSQL.
    requires static org.postgresql.jdbc;

    exports dev.mobilebackend.jobs;
    exports dev.mobilebackend.jobs.dashboard;
    exports dev.mobilebackend.jobs.flow;
    exports dev.mobilebackend.jobs.jdbi;
    exports dev.mobilebackend.jobs.mail;
    exports dev.mobilebackend.jobs.micrometer;
    exports dev.mobilebackend.jobs.outbox;
    exports dev.mobilebackend.jobs.outbox.jdbi;
    exports dev.mobilebackend.jobs.push;
    exports dev.mobilebackend.jobs.push.jdbi;
    exports dev.mobilebackend.jobs.schedule;
    exports dev.mobilebackend.jobs.schedule.jdbi;

    // JsonBody writes the dashboard's JSON from records that nobody else sees.
    opens dev.mobilebackend.jobs.dashboard to
            dev.mobilebackend.core;
}
