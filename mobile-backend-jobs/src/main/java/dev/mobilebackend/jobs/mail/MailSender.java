// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.mail;

/** Hands a mail to whoever delivers it: an SMTP server, a provider's HTTP API. Thread safe. */
@FunctionalInterface
public interface MailSender {

    /**
     * Sends it, within a time that the sender bounds. Whatever it throws is tried again by the worker's retry policy.
     *
     * @param id the same each time this mail is tried: as its {@code Message-ID}, or as the idempotency key that many
     *     providers take, it keeps a second try from becoming a second mail
     */
    void send(Mail mail, String id) throws Exception;
}
