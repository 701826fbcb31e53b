// SPDX-License-Identifier: Apache-2.0
/**
 * What may come in over the wire, and the fields every answer carries. Start at {@link
 * dev.mobilebackend.core.transport.TransportPolicy}.
 */
@NullMarked
package dev.mobilebackend.core.transport;

import org.jspecify.annotations.NullMarked;
