// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/**
 * Which of a queue's due jobs come first. It is strict: while jobs of a higher one are due, none of a lower one is
 * claimed. What must not wait behind others at all has a queue of its own.
 */
public enum JobPriority {
    HIGH(10),
    NORMAL(20),
    LOW(30);

    private final int code;

    JobPriority(int code) {
        this.code = code;
    }

    /** What is stored: the lower comes first. */
    public int code() {
        return code;
    }
}
