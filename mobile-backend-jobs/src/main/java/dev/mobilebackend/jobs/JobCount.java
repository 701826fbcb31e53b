// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/** How many jobs of a kind stand in a state. */
public record JobCount(String kind, JobState state, long count) {}
