// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.core.exchange.Exchange;
import java.util.List;

/**
 * What an application does about an unusual sign-in. It runs in the transaction that opens the session: a
 * {@link dev.mobilebackend.core.problem.ProblemException} thrown here refuses the sign-in, and nothing is left of it.
 *
 * <pre>{@code
 * Auth.builder(database, secret, outbox)
 *         .signInListener((account, session, signals, exchange) -> risks.watch(session.id(), signals))
 * }</pre>
 */
@FunctionalInterface
public interface SignInListener {

    /** Does nothing: the account's owner and its trail are told anyhow. */
    SignInListener NONE = (account, session, signals, exchange) -> {};

    /**
     * A sign-in was right, and unusual.
     *
     * @param signals at least one
     */
    void noticed(Account account, Session session, List<SignInSignal> signals, Exchange exchange);
}
