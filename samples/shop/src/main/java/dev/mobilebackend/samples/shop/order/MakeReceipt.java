// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.jobs.JobKind;

/** The heavy work after an order, which its answer does not wait for. */
@JobKind("make-receipt")
public record MakeReceipt(String orderId) {}
