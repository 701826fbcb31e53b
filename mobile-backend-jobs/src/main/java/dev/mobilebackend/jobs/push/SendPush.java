// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import dev.mobilebackend.jobs.JobKind;
import java.time.Instant;

/**
 * One message to one device: a job each, so that a second try repeats nothing elsewhere. It names the device and not its
 * token, and its owner too, who may have left it meanwhile.
 */
@JobKind("push.send")
public record SendPush(long device, String owner, PushMessage message, Instant until) {

    @Override
    public String toString() {
        return "SendPush[" + device + ", " + message + "]";
    }
}
