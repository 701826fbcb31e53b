// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a {@code Content-Type} says that a body is (RFC 9110 section 8.3.1). */
public final class MediaType {

    private MediaType() {}

    /** Type and subtype in lower case, without parameters; nothing where there is no such field. */
    public static String of(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }
}
