// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.profile;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.core.validate.Patch;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the caller sees and changes of the own account. */
public final class Profile {

    private final Accounts accounts;

    public Profile(Accounts accounts) {
        this.accounts = accounts;
    }

    /** The account as its owner sees it. */
    public record View(String id, String email, @Nullable String displayName, List<String> roles, Instant createdAt) {

        static View of(Account account) {
            return new View(
                    account.id(),
                    account.email().text(),
                    account.displayName(),
                    account.roles().stream().sorted().toList(),
                    account.createdAt());
        }
    }

    /** A merge patch (RFC 7396) of the one thing that can be changed. */
    public record Change(Patch<String> displayName) {}

    /** {@code GET /v1/me}. */
    public Answer read(Exchange exchange) {
        Account account = account(exchange);
        return ETag.ofVersion(account.version()).onRead(exchange, view(account));
    }

    /** {@code PATCH /v1/me}, with {@code If-Match}. */
    public Answer change(Exchange exchange) {
        Account account = account(exchange);
        ETag.ofVersion(account.version()).requireOnChange(exchange);
        Patch<String> displayName = JsonBody.read(exchange, Change.class).displayName();
        if (!displayName.named()) {
            return view(account)
                    .header("ETag", ETag.ofVersion(account.version()).toString());
        }
        Account changed = accounts.tryRename(account.id(), account.version(), displayName.value())
                .orElseThrow(ETag::changed);
        return view(changed).header("ETag", ETag.ofVersion(changed.version()).toString());
    }

    private Account account(Exchange exchange) {
        return accounts.find(exchange.caller().accountId()).orElseThrow(Problem.NOT_FOUND::exception);
    }

    private static Answer view(Account account) {
        return Answer.json(200, JsonBody.write(View.of(account)));
    }
}
