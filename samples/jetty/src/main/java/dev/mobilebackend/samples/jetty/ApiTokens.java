// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.jetty;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/** Long-lived tokens in a table of the application: who has one of its own needs no more than this step. */
final class ApiTokens implements EdgeStep {

    private static final String SCHEME = "Bearer ";

    private final Database database;

    ApiTokens(Database database) {
        this.database = database;
    }

    /** Finds out who is calling; a request without a token goes on, and its route says whether that will do. */
    @Override
    public void apply(Exchange exchange) {
        String authorization = exchange.header("Authorization");
        if (authorization == null) {
            return;
        }
        String token = authorization.startsWith(SCHEME) ? authorization.substring(SCHEME.length()) : "";
        String account = database.withHandle(
                handle -> handle.createQuery("SELECT account_id FROM api_token WHERE digest = :digest")
                        .bind("digest", digest(token))
                        .mapTo(String.class)
                        .findOne()
                        .orElseThrow(() -> Problem.UNAUTHENTICATED
                                .detail("this token is not known here")
                                .exception()));
        exchange.authenticated(new Caller(account, digest(token), Set.of()));
    }

    /** A new token, of which only its digest is kept. */
    String issue(String account, SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        database.useTransaction(
                handle -> handle.execute("INSERT INTO api_token VALUES (?, ?)", digest(token), account));
        return token;
    }

    private static String digest(String token) {
        return HexFormat.of().formatHex(Sha256.of(token));
    }
}
