// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** The HTTP edge and data access of a mobile backend. */
@NullMarked
module dev.mobilebackend.core {
    requires static transitive jakarta.servlet;
    requires static transitive org.jspecify;
    requires transitive java.sql;
    requires transitive org.jdbi.v3.core;
    requires org.slf4j;

    exports dev.mobilebackend.core.ambient;
    exports dev.mobilebackend.core.data;
    exports dev.mobilebackend.core.exchange;
    exports dev.mobilebackend.core.problem;
    exports dev.mobilebackend.core.secret;
}
