// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.flow;

/** Where a flow stands. */
public enum FlowState {
    RUNNING(0),
    /** All of its steps have ended. */
    DONE(1),
    /** A job of it is dead, and no further step begins until that is replayed and succeeds. */
    STOPPED(2),
    CANCELLED(3);

    private final int code;

    FlowState(int code) {
        this.code = code;
    }

    /** What is stored. */
    public int code() {
        return code;
    }

    /** The state with that code. */
    public static FlowState of(int code) {
        for (FlowState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("the state of a flow must be from 0 to 3, was " + code);
    }
}
