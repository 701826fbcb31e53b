// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/** Where a stored job stands; a job that succeeded is not stored any more. */
public enum JobState {
    /** Due, delayed, or between two attempts. */
    WAITING,
    /** An owner has it. */
    RUNNING,
    /** Failed for the last time; kept until an operator replays it. */
    DEAD
}
