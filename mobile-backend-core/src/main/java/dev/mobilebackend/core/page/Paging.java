// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.page;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.secret.ServerSecret;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code limit} and {@code cursor} of a request for a list. A cursor is bound to the route and the caller, so it
 * opens no other list. Thread safe.
 *
 * <pre>{@code
 * Page<Order> page = newestFirst.page(handle, "SELECT * FROM orders WHERE account_id = :account",
 *         Map.of("account", caller.accountId()), paging.request(exchange), Order::read);
 * }</pre>
 */
public final class Paging {

    private final PagePolicy policy;
    private final Cursor cursor;

    public Paging(ServerSecret secret, PagePolicy policy) {
        requireNonNull(secret, "secret must not be null: it keeps clients from making cursors");
        this.policy = requireNonNull(policy, "policy must not be null: such as new PagePolicy(20, 100)");
        this.cursor = new Cursor(secret.deriveAll("page-cursor", 32));
    }

    /**
     * The page that a request asks for.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 422 for a limit that is no positive number, 400 for a
     *     cursor that this list did not give
     */
    public PageRequest request(Exchange exchange) {
        String list = exchange.template()
                + '\n'
                + exchange.tryCaller().map(Caller::accountId).orElse("");
        String text = exchange.query("cursor");
        List<Object> after = text == null ? List.of() : cursor.read(list, text);
        return new PageRequest(limit(exchange.query("limit")), after, values -> cursor.write(list, values));
    }

    private int limit(@Nullable String text) {
        if (text == null) {
            return policy.standard();
        }
        if (!text.matches("0*[1-9][0-9]*")) {
            throw Problem.INVALID_INPUT
                    .detail("limit must be a whole number from 1; more than " + policy.maximum() + " gives that many")
                    .error("query:limit", "a whole number from 1")
                    .exception();
        }
        return new BigInteger(text).min(BigInteger.valueOf(policy.maximum())).intValue();
    }
}
