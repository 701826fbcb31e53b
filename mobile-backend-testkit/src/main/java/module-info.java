// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** What an application's own tests run it with. */
@NullMarked
module dev.mobilebackend.testkit {
    requires transitive dev.mobilebackend.core;
    requires static transitive org.jspecify;
    requires com.zaxxer.hikari;
    requires embedded.postgres;
    requires embedded.redis;

    exports dev.mobilebackend.testkit.app;
}
