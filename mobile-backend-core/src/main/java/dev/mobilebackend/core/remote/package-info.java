// SPDX-License-Identifier: Apache-2.0
/**
 * Servers of others, which may be slow, silent or endless. Start at {@link dev.mobilebackend.core.remote.RemoteCall}.
 */
@NullMarked
package dev.mobilebackend.core.remote;

import org.jspecify.annotations.NullMarked;
