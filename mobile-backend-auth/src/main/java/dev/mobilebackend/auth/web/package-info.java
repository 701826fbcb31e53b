// SPDX-License-Identifier: Apache-2.0
/**
 * The endpoints of auth and the step that knows who is calling. Start at {@link dev.mobilebackend.auth.web.Auth}.
 */
@NullMarked
package dev.mobilebackend.auth.web;

import org.jspecify.annotations.NullMarked;
