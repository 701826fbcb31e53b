// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.profile;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.AccountCopy;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.core.validate.Patch;
import dev.mobilebackend.samples.shop.order.Order;
import dev.mobilebackend.samples.shop.order.Orders;
import dev.mobilebackend.samples.shop.order.Receipt;
import dev.mobilebackend.samples.shop.push.Phones;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the caller sees and changes of the own account. */
public final class Profile {

    private final Auth auth;
    private final Accounts accounts;
    private final Orders orders;
    private final Phones phones;

    public Profile(Auth auth, Orders orders, Phones phones) {
        this.auth = auth;
        this.accounts = auth.accounts();
        this.orders = orders;
        this.phones = phones;
    }

    /** The account as its owner sees it. */
    public record View(
            String id,
            @Nullable String email,
            @Nullable String phone,
            @Nullable String displayName,
            List<String> roles,
            Instant createdAt) {

        static View of(Account account) {
            return new View(
                    account.id(),
                    account.email() == null ? null : account.email().text(),
                    account.phone() == null ? null : account.phone().text(),
                    account.displayName(),
                    account.roles().stream().sorted().toList(),
                    account.createdAt());
        }
    }

    /** A merge patch (RFC 7396) of the one thing that can be changed. */
    public record Change(Patch<String> displayName) {}

    /** What deletes an account; a guest's has no password. */
    @SuppressWarnings("ArrayRecordComponent") // the password is wiped after its use, and no two bodies are compared
    public record Leaving(char @Nullable [] password) {

        @Override
        public String toString() {
            return "Leaving[hidden]";
        }
    }

    /** Everything that the shop keeps of somebody. */
    public record Copy(AccountCopy account, List<Order> orders, List<Receipt> receipts, List<Phones.Phone> phones) {}

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

    /** {@code DELETE /v1/me}, with the password: all devices are signed out, and orders are nobody's. */
    public Answer delete(Exchange exchange) {
        char[] password = JsonBody.read(exchange, Leaving.class).password();
        try {
            Account account = auth.requirePassword(exchange, password);
            boolean deleted = auth.during(
                    exchange, () -> accounts.delete(account, exchange.facts().receivedAt()));
            if (!deleted) {
                throw Problem.CONFLICT
                        .detail("your account was changed a moment ago: look at it and try again")
                        .exception();
            }
            return Answer.of(204);
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    /** {@code GET /v1/me/export}. */
    public Answer export(Exchange exchange) {
        String accountId = exchange.caller().accountId();
        AccountCopy account =
                accounts.export(accountId, exchange.facts().receivedAt()).orElseThrow(Problem.NOT_FOUND::exception);
        Orders.History bought = orders.history(accountId);
        return Answer.json(
                        200,
                        JsonBody.write(new Copy(account, bought.orders(), bought.receipts(), phones.of(accountId))))
                .header("Content-Disposition", "attachment; filename=\"shop-account.json\"");
    }

    /** Whether the caller has neither an address nor a password to show who they are. */
    public boolean isGuest(Exchange exchange) {
        return account(exchange).isGuest();
    }

    private Account account(Exchange exchange) {
        return accounts.find(exchange.caller().accountId()).orElseThrow(Problem.NOT_FOUND::exception);
    }

    private static Answer view(Account account) {
        return Answer.json(200, JsonBody.write(View.of(account)));
    }
}
