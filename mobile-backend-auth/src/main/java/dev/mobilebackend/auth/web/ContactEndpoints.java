// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.ContactChanges;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.validate.JsonBody;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Giving an account another address or phone. */
final class ContactEndpoints {

    private final ContactChanges changes;
    private final PasswordConfirmation passwords;
    private final GuardedTries tries;

    ContactEndpoints(ContactChanges changes, PasswordConfirmation passwords, GuardedTries tries) {
        this.changes = changes;
        this.passwords = passwords;
        this.tries = tries;
    }

    void addAddressTo(Endpoints endpoints) {
        endpoints
                .signedIn(HttpMethod.POST, "/address/change", this::changeAddress)
                .accepts(AuthAddressChange.class)
                .answers(202)
                .signedIn(HttpMethod.POST, "/address/confirm", exchange -> confirm(exchange, Contact.Channel.MAIL))
                .accepts(AuthConfirmation.class)
                .answers(200, AuthContacts.class);
    }

    void addPhoneTo(Endpoints endpoints) {
        endpoints
                .signedIn(HttpMethod.POST, "/phone/change", this::changePhone)
                .accepts(AuthPhoneChange.class)
                .answers(202)
                .signedIn(HttpMethod.POST, "/phone/confirm", exchange -> confirm(exchange, Contact.Channel.SMS))
                .accepts(AuthConfirmation.class)
                .answers(200, AuthContacts.class);
    }

    private Answer changeAddress(Exchange exchange) {
        AuthAddressChange body = JsonBody.read(exchange, AuthAddressChange.class);
        return ask(exchange, Typed.email(body.email()), body.password());
    }

    private Answer changePhone(Exchange exchange) {
        AuthPhoneChange body = JsonBody.read(exchange, AuthPhoneChange.class);
        return ask(exchange, Typed.phone(body.phone()), body.password());
    }

    private Answer ask(Exchange exchange, Contact contact, char @Nullable [] password) {
        try {
            Account account = passwords.require(exchange, password);
            boolean asked = changes.tryAsk(
                    account,
                    contact,
                    Origin.of(exchange.caller()),
                    exchange.facts().receivedAt());
            if (!asked) {
                throw PasswordConfirmation.wrong();
            }
            return Answer.of(202);
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    private Answer confirm(Exchange exchange, Contact.Channel channel) {
        AuthConfirmation body = JsonBody.read(exchange, AuthConfirmation.class);
        String accountId = exchange.caller().accountId();
        Account changed = tries.of(
                        "code " + accountId,
                        exchange,
                        () -> changes.confirm(
                                accountId,
                                channel,
                                body.code(),
                                Origin.of(exchange.caller()),
                                exchange.facts().receivedAt()))
                .orElseThrow(() -> AuthProblems.wrongSessionCode("ask for another one"));
        return Answer.json(200, JsonBody.write(AuthContacts.of(changed)));
    }
}
