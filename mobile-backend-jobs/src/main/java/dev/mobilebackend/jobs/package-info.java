// SPDX-License-Identifier: Apache-2.0
/**
 * Work that need not happen now, kept where it survives the process and run at least once. Start at
 * {@link dev.mobilebackend.jobs.Worker}.
 */
@NullMarked
package dev.mobilebackend.jobs;

import org.jspecify.annotations.NullMarked;
