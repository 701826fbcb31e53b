// SPDX-License-Identifier: Apache-2.0
/** Documents made from what is declared. Start at {@link dev.mobilebackend.core.openapi.OpenApi}. */
@NullMarked
package dev.mobilebackend.core.openapi;

import org.jspecify.annotations.NullMarked;
