// SPDX-License-Identifier: Apache-2.0
/** What the process gives when nobody hands anything in. Start at {@link dev.mobilebackend.core.ambient.Ambient}. */
@NullMarked
package dev.mobilebackend.core.ambient;

import org.jspecify.annotations.NullMarked;
