// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which events of a record go out: up to 64 lower case letters, digits, dots and hyphens. It stays when
 * the class is renamed or moved.
 *
 * <pre>{@code
 * @EventType("com.example.order.placed")
 * record OrderPlaced(String orderId, long total) {}
 * }</pre>
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface EventType {

    String value();

    /** Raised when those who read the old data cannot read the new. */
    int version() default 1;
}
