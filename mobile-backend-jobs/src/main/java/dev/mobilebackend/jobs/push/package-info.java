// SPDX-License-Identifier: Apache-2.0
/**
 * Messages to the phones of an account, sent as jobs. Start at {@link dev.mobilebackend.jobs.push.PushMessage}, and at
 * {@code PushJobs} of the room below to wire it.
 */
@NullMarked
package dev.mobilebackend.jobs.push;

import org.jspecify.annotations.NullMarked;
