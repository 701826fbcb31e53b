// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.mail;

import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.jobs.JobKind;

/** One mail to send. It holds no code: the mail is written when it is sent. */
@JobKind("send-mail")
public record SendMail(Notice notice) {}
