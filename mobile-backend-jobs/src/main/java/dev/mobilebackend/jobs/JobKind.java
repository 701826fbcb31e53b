// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which jobs of a record are stored: up to 64 lower case letters, digits, dots and hyphens. It stays
 * when the class is renamed or moved, so that jobs which wait through a deployment still find their handler.
 *
 * <pre>{@code
 * @JobKind("make-receipt")
 * record MakeReceipt(String orderId) {}
 * }</pre>
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface JobKind {

    String value();

    /**
     * Raised when old payloads cannot be read as the record any more; {@link Worker.Builder#upgrade} says how they
     * become it. Adding a component that may be absent needs no new version.
     */
    int version() default 1;
}
