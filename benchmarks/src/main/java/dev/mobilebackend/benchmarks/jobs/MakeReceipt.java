// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.jobs.JobKind;
import java.io.Serializable;

/** What every job carries, whoever runs it. */
@JobKind("make-receipt")
record MakeReceipt(long number, String order) implements Serializable {}
