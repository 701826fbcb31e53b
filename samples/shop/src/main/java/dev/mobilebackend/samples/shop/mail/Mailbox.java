// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.mail;

import dev.mobilebackend.auth.account.Message;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.jobs.push.PushAddress;
import dev.mobilebackend.jobs.push.PushMessage;
import dev.mobilebackend.jobs.push.PushResult;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the shop's mail and pushes go. In development it is kept in a table and shown under {@code /dev/outbox}. Otherwise it
 * would be handed to a mail provider, which this sample doesn't have: then it is only logged that a mail was due.
 */
public final class Mailbox {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final int SHOWN = 50;

    private final Database database;
    private final InstantSource clock;
    private final boolean development;

    public Mailbox(Database database, InstantSource clock, boolean development) {
        this.database = database;
        this.clock = clock;
        this.development = development;
    }

    private record Sent(String to, String subject, @Nullable String code, Instant sentAt) {}

    /** Runs in the transaction that completes its job, so that a mail is kept once. */
    public void send(Message mail, Handle handle) {
        keep(mail.to(), mail.subject(), mail.code(), handle);
    }

    /** {@link #send(Message, Handle)} of the shop's own. */
    public void send(String to, String subject, Handle handle) {
        keep(to, subject, null, handle);
    }

    /** A push in the place of a platform that this sample has no key for: it is kept as a mail to the device's token. */
    public PushResult push(PushAddress address, PushMessage message, Instant until) {
        database.useTransaction(handle -> keep(address.token(), String.valueOf(message.title()), null, handle));
        return new PushResult.Delivered();
    }

    private void keep(String to, String subject, @Nullable String code, Handle handle) {
        if (!development) {
            LOG.warn("a message is due, '{}', and this sample has no provider for it: put yours here", subject);
            return;
        }
        handle.createUpdate("INSERT INTO shop_mail (recipient, subject, code, sent_at)"
                        + " VALUES (:to, :subject, :code, :now)")
                .bind("to", to)
                .bind("subject", subject)
                .bind("code", code)
                .bind("now", clock.instant().atOffset(ZoneOffset.UTC))
                .execute();
    }

    /** {@code GET /dev/outbox?to=ADDRESS}, in development alone: newest first. */
    public Answer outbox(Exchange exchange) {
        String to = exchange.query("to");
        if (to == null) {
            throw Problem.INVALID_INPUT
                    .detail("say whose mail to show")
                    .error("query:to", "an address")
                    .exception();
        }
        List<Sent> messages = database.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM shop_mail WHERE recipient = :to ORDER BY id DESC LIMIT :most")
                .bind("to", to)
                .bind("most", SHOWN)
                .map((row, context) -> new Sent(
                        row.getString("recipient"),
                        row.getString("subject"),
                        row.getString("code"),
                        row.getObject("sent_at", OffsetDateTime.class).toInstant()))
                .list());
        return Answer.json(200, JsonBody.write(Map.of("messages", messages)));
    }
}
