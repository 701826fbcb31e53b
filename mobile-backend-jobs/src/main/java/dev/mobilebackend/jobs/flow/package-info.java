// SPDX-License-Identifier: Apache-2.0
/**
 * Jobs that begin when others have ended: batches with a callback, chains, fan-out and fan-in. Start at
 * {@link dev.mobilebackend.jobs.flow.Flow}.
 */
@NullMarked
package dev.mobilebackend.jobs.flow;

import org.jspecify.annotations.NullMarked;
