// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import org.jspecify.annotations.Nullable;

/**
 * Body of step-up/code.
 *
 * @param method by RFC 8176 section 2, as the refusal names it: {@code otp} for a code by mail, {@code sms} for one by
 *     text message; whichever there is if nothing is said
 */
record AuthStepUpCode(@Nullable String method) {}
