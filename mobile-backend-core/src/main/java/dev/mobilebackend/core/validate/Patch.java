// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import org.jspecify.annotations.Nullable;

/**
 * One field of a merge patch (RFC 7396).
 *
 * @param named whether the client names the field; what it does not name stays as it is
 * @param value what the field becomes; null takes it away
 */
public record Patch<T>(boolean named, @Nullable T value) {}
