// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The public keys for other services to check access tokens with (RFC 7517 section 5). Stands behind an edge. */
final class JwksServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient KeyRing keys;

    JwksServlet(KeyRing keys) {
        this.keys = keys;
    }

    /** May be kept for as long as it is certain that no key signs which is not in it. */
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        Duration fresh = keys.policy().publishAhead().minus(keys.policy().reloadEvery());
        byte[] keySet = keys.jwks().getBytes(StandardCharsets.UTF_8);
        Answer answer = Answer.json(200, keySet)
                .header("Content-Type", "application/jwk-set+json")
                .header("Cache-Control", "public, max-age=" + fresh.toSeconds());
        Exchange exchange = Exchange.of(request);
        exchange.send(ETag.of(keySet).onRead(exchange, answer));
    }
}
