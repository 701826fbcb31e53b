// SPDX-License-Identifier: Apache-2.0
/** Mail as jobs. Start at {@link dev.mobilebackend.samples.shop.mail.Mailbox}. */
@NullMarked
package dev.mobilebackend.samples.shop.mail;

import org.jspecify.annotations.NullMarked;
