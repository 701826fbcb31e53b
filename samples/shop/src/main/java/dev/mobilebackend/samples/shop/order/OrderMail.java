// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.jobs.JobKind;

/** Confirms an order to whoever placed it. The mail is written when it is sent, so no address waits in the job. */
@JobKind("order-mail")
public record OrderMail(String orderId) {}
