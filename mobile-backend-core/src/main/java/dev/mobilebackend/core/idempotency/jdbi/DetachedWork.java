// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.exchange.Answer;

/** Work that no transaction of ours contains. */
@FunctionalInterface
public interface DetachedWork<X extends Exception> {

    Answer run() throws X;
}
