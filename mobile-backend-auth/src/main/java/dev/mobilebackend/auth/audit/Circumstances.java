// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a step: who asks for it, in which session, and where from. Fills in what the step's events leave open,
 * but for whom they concern: one that names no account, as those of signing keys, is about none.
 *
 * @param accountId of whoever asks, where that is known
 * @param actorId of whoever asks in truth: the same, or staff in their place
 * @param requestId leads to the log; stays on the trail when an account is forgotten
 * @param details personal data such as {@code client}
 */
public record Circumstances(
        @Nullable String accountId,
        @Nullable String actorId,
        @Nullable String sessionId,
        String requestId,
        Map<String, String> details) {

    /** They say that somebody is to be forgotten, so they say no more of them. */
    static final Set<String> OF_THE_FORGOTTEN =
            Set.of(AuditEvents.ACCOUNT_DELETED, AuditEvents.GUEST_MERGED, AuditEvents.ERASED);

    public Circumstances {
        details = Map.copyOf(details);
    }

    AuditEvent complete(AuditEvent event) {
        var all = new HashMap<String, String>();
        if (!OF_THE_FORGOTTEN.contains(event.type())) {
            all.putAll(details);
        }
        all.put("requestId", requestId);
        all.putAll(event.details());
        boolean asker = event.actorId() == null || event.actorId().equals(accountId);
        return new AuditEvent(
                event.type(),
                event.accountId(),
                asker ? actorId : event.actorId(),
                event.sessionId() == null ? sessionId : event.sessionId(),
                all,
                event.at());
    }
}
