// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.admin;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.AuditVerification;
import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.page.PageRequest;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.validate.JsonBody;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened to accounts, for those who have to account for it. */
public final class Audit {

    private final AuditTrail trail;
    private final Paging paging;

    public Audit(AuditTrail trail, Paging paging) {
        this.trail = trail;
        this.paging = paging;
    }

    /** An entry of the trail; without details once these have been erased. */
    public record Entry(
            long number,
            String type,
            @Nullable String accountId,
            @Nullable String actorId,
            @Nullable String sessionId,
            Map<String, String> details,
            boolean erased,
            Instant at) {

        static Entry of(AuditEntry entry) {
            AuditEvent event = entry.event();
            return new Entry(
                    entry.number(),
                    event.type(),
                    event.accountId(),
                    event.actorId(),
                    event.sessionId(),
                    event.details(),
                    entry.isErased(),
                    event.at());
        }
    }

    /** Whether the trail is as it was recorded; if not, the first entry that is not. */
    public record Verification(
            boolean whole,
            long number,
            @Nullable String fault,
            @Nullable String detail) {

        static Verification of(AuditVerification found) {
            return found instanceof Broken broken
                    ? new Verification(false, broken.number(), broken.fault().name(), broken.detail())
                    : new Verification(true, ((Whole) found).head().number(), null, null);
        }
    }

    /** {@code GET /v1/admin/audit}: the newest entries first, of one account where {@code account} names it. */
    public Answer list(Exchange exchange) {
        PageRequest request = paging.request(exchange);
        long before = request.after().isEmpty()
                ? Long.MAX_VALUE
                : (Long) request.after().get(0);
        List<AuditEntry> entries = trail.newest(exchange.query("account"), before, request.limit() + 1);
        return Answer.json(
                200,
                JsonBody.write(
                        request.page(entries, entry -> List.of(entry.number())).map(Entry::of)));
    }

    /** {@code GET /v1/admin/audit/verification}: reads the whole trail. */
    public Answer verify(Exchange exchange) {
        return Answer.json(200, JsonBody.write(Verification.of(trail.verify())));
    }
}
