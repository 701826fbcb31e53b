// SPDX-License-Identifier: Apache-2.0
/** Mail sent as jobs, by whatever the application sends it with. Start at {@link dev.mobilebackend.jobs.mail.SendMail}. */
@NullMarked
package dev.mobilebackend.jobs.mail;

import org.jspecify.annotations.NullMarked;
