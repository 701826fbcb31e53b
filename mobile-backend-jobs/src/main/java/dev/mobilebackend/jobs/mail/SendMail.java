// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.mail;

import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobKind;

/**
 * A mail that is sent once the transaction has committed that has enqueued it.
 *
 * <pre>{@code
 * Worker.builder(jobs).handle(SendMail.class, SendMail.by(sender))
 *
 * jobs.enqueue(handle, new SendMail(Mail.of(order.email(), "Your receipt", text)));
 * }</pre>
 *
 * The mail is kept in the job's row until it is sent: what must not stand in the database, a code for example, is put
 * into a mail by a job of the application's own, at the last moment.
 */
@JobKind("mail.send")
public record SendMail(Mail mail) {

    /** The handler that gives mails to this sender. */
    public static JobHandler<SendMail> by(MailSender sender) {
        return (job, context) ->
                sender.send(job.mail(), "mail-" + context.claim().job());
    }
}
