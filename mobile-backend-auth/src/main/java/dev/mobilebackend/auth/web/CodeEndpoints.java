// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.CodeSignIns;
import dev.mobilebackend.auth.account.CodeSignIns.LinkUse;
import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.validate.JsonBody;

/** Signing in by a code or a link. */
final class CodeEndpoints {

    private final CodeSignIns signIns;
    private final DeviceTrail devices;
    private final GuardedTries tries;
    private final TokenAnswers answers;

    CodeEndpoints(CodeSignIns signIns, DeviceTrail devices, GuardedTries tries, TokenAnswers answers) {
        this.signIns = signIns;
        this.devices = devices;
        this.tries = tries;
        this.answers = answers;
    }

    /** Adds those for codes, to a mailbox and, if that has been chosen, to a phone. */
    void addCodesTo(Endpoints endpoints, boolean phones) {
        endpoints
                .open(HttpMethod.POST, "/code/send", 60, exchange -> sendCode(exchange, phones))
                .accepts(AuthContact.class)
                .answers(202)
                .open(HttpMethod.POST, "/code/sign-in", 120, exchange -> byCode(exchange, phones))
                .accepts(AuthContactCode.class)
                .answers(200, AuthTokens.class);
    }

    /** Adds those for links. Opening one is no use of it: its token counts once the app sends it here. */
    void addLinksTo(Endpoints endpoints, LinkUse use) {
        endpoints
                .open(HttpMethod.POST, "/link/send", 60, this::sendLink)
                .accepts(AuthAddress.class)
                .answers(202)
                .open(HttpMethod.POST, "/link/sign-in", 120, exchange -> byLink(exchange, use))
                .accepts(AuthLinkToken.class)
                .answers(200, AuthTokens.class);
    }

    private Answer sendCode(Exchange exchange, boolean phones) {
        AuthContact body = JsonBody.read(exchange, AuthContact.class);
        Contact contact = Typed.contact(body.email(), body.phone(), phones);
        signIns.sendCode(
                contact,
                Origin.of(exchange.facts()),
                devices.known(contact.text(), exchange) != null,
                exchange.facts().receivedAt());
        return Answer.of(202);
    }

    private Answer byCode(Exchange exchange, boolean phones) {
        AuthContactCode body = JsonBody.read(exchange, AuthContactCode.class);
        Contact contact = Typed.contact(body.email(), body.phone(), phones);
        Account account = tries.of(
                        "code " + contact,
                        exchange,
                        () -> signIns.byCode(
                                contact,
                                body.code(),
                                Origin.of(exchange.facts()),
                                exchange.facts().receivedAt()))
                .orElseThrow(() -> AuthProblems.wrongCode("ask for another one"));
        return answers.opened(account, Methods.codeBy(contact.channel()), exchange);
    }

    private Answer sendLink(Exchange exchange) {
        AuthAddress body = JsonBody.read(exchange, AuthAddress.class);
        EmailAddress email = Typed.email(body.email());
        signIns.sendLink(
                email,
                Origin.of(exchange.facts()),
                devices.known(email.text(), exchange) != null,
                exchange.facts().receivedAt());
        return Answer.of(202);
    }

    private Answer byLink(Exchange exchange, LinkUse use) {
        AuthLinkToken body = JsonBody.read(exchange, AuthLinkToken.class);
        Account account = tries.ofUnguessable(
                        "link",
                        exchange,
                        () -> signIns.byLink(
                                body.token(),
                                use,
                                Origin.of(exchange.facts()),
                                exchange.facts().receivedAt()))
                .orElseThrow(() -> AuthProblems.WRONG_CODE
                        .detail("ask for another link")
                        .error(
                                "#/token",
                                "is wrong, used, replaced or expired, or was asked for on another device, or, without a"
                                        + " Device-Id, from another network")
                        .exception());
        return answers.opened(account, Methods.codeBy(Contact.Channel.MAIL), exchange);
    }
}
