// SPDX-License-Identifier: Apache-2.0
/**
 * Request bodies as records, refused field by field where they don't fit. Start at
 * {@link dev.mobilebackend.core.validate.JsonBody}.
 */
@NullMarked
package dev.mobilebackend.core.validate;

import org.jspecify.annotations.NullMarked;
