// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** A cache that loads once, expires on time and survives its source. */
@NullMarked
module dev.mobilebackend.cache {
    requires static transitive org.jspecify;
    requires transitive dev.mobilebackend.core;
    requires com.github.benmanes.caffeine;
    requires org.slf4j;

    exports dev.mobilebackend.cache;
}
