// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import dev.mobilebackend.jobs.JobKind;
import java.time.Instant;

/** One message to an account: a job that makes a {@link SendPush} for each device it has by then. */
@JobKind("push.to")
public record PushTo(String owner, PushMessage message, Instant until) {

    @Override
    public String toString() {
        return "PushTo[" + message + "]";
    }
}
