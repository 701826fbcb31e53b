// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import static dev.mobilebackend.core.exchange.HttpMethod.DELETE;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.account.CodePolicy;
import dev.mobilebackend.auth.account.CodeSignIns.LinkUse;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.attempt.Allowance;
import dev.mobilebackend.auth.attempt.AttemptPolicy;
import dev.mobilebackend.auth.dpop.DpopPolicy;
import dev.mobilebackend.auth.password.Argon2Cost;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.auth.web.TokenClient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.validate.JsonBody;
import jakarta.servlet.http.HttpServlet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.h2.jdbcx.JdbcConnectionPool;

/** The auth endpoints over a database, with limits so wide that every request comes to its handler. */
final class SignIn {

    static final String EMAIL = "ada@example.org";
    static final String PASSWORD = "correct horse battery";
    static final String SECRET = "s".repeat(32);

    private static final List<String> ENDPOINTS_FOR_ALL = List.of(
            "/sign-up",
            "/verify",
            "/sign-in",
            "/refresh",
            "/password/forgot",
            "/password/reset",
            "/code/send",
            "/code/sign-in",
            "/link/send",
            "/link/sign-in",
            "/revoke",
            "/introspect");
    private static final List<String> ENDPOINTS_FOR_CALLERS = List.of(
            "/password/change",
            "/address/change",
            "/address/confirm",
            "/phone/change",
            "/phone/confirm",
            "/guest/upgrade",
            "/guest/verify",
            "/guest/link",
            "/step-up",
            "/step-up/code",
            "/impersonation");

    private final String authorization;
    private final Deque<Notice> notices = new ArrayDeque<>();
    private final Auth auth;
    private final Door door;

    SignIn() {
        var database = Database.of(JdbcConnectionPool.create("jdbc:h2:mem:sign-in;DB_CLOSE_DELAY=-1", "sa", ""));
        Schema.install(database, Schema.CORE, AuthSchema.TABLES);
        var cheap = new Argon2Cost(8, 1, 1);
        var wide = new Allowance(Integer.MAX_VALUE, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofNanos(1));
        auth = Auth.builder(database, ServerSecret.of(new byte[32]), (handle, notice) -> {
                    notices.clear();
                    notices.add(notice);
                })
                .hashing(new HashingPolicy(cheap, cheap, 1, 1, Duration.ofSeconds(30)))
                .attempts(new AttemptPolicy(wide, wide, wide, wide, wide))
                .codes(new CodePolicy(
                        CodePolicy.standard().lifetime(), CodePolicy.standard().attempts(), 1_000_000))
                .dpop(DpopPolicy.of("https://api.shop.example"))
                .codeSignIn()
                .linkSignIn(LinkUse.ANY_DEVICE)
                .phones()
                .guests((guest, into) -> {})
                .tokenEndpoints(TokenClient.of("shop", SECRET))
                .impersonation(ImpersonationPolicy.by(Access.role("support")))
                .build();
        Edge edge = Edge.builder()
                .authenticate(auth.bearerStep())
                .routes(routes -> {
                    ENDPOINTS_FOR_ALL.forEach(endpoint -> routes.open(POST, auth.path() + endpoint));
                    ENDPOINTS_FOR_CALLERS.forEach(endpoint -> routes.signedIn(POST, auth.path() + endpoint));
                    routes.signedIn(DELETE, auth.path() + "/sessions/{id}");
                })
                .build();
        HttpServlet servlet = auth.servlet();
        door = new Door(edge, servlet::service);
        post("/sign-up", Map.of("email", EMAIL, "password", PASSWORD));
        String code = auth.accounts().message(notices.getFirst()).orElseThrow().code();
        authorization = "Bearer " + valueIn(post("/verify", Map.of("email", EMAIL, "code", code)), "accessToken");
    }

    /** The answer to a body of JSON. */
    FakeResponse post(String endpoint, Map<String, String> body) {
        return door.send(request(endpoint, JsonBody.write(body)));
    }

    FakeResponse send(FakeRequest request) {
        return door.send(request);
    }

    FakeRequest request(String endpoint, byte[] body) {
        return FakeRequest.of("POST", auth.path() + endpoint)
                .servletPath(auth.path())
                .body("application/json", body);
    }

    /** A form, as services and apps send it to the endpoints for tokens. */
    FakeRequest form(String endpoint, byte[] body) {
        return request(endpoint, body).body("application/x-www-form-urlencoded", body);
    }

    /** The same by the account's owner. */
    FakeRequest signedIn(String endpoint, byte[] body) {
        return request(endpoint, body).header("Authorization", authorization);
    }

    static byte[] signIn() {
        return JsonBody.write(Map.of("email", EMAIL, "password", PASSWORD));
    }

    static byte[] refresh(String token) {
        return JsonBody.write(Map.of("refreshToken", token));
    }

    /** A new session's refresh token. */
    String refreshToken() {
        return valueIn(send(request("/sign-in", signIn())), "refreshToken");
    }

    private static String valueIn(FakeResponse response, String name) {
        String start = "\"" + name + "\":\"";
        int at = response.text().indexOf(start) + start.length();
        return response.text().substring(at, response.text().indexOf('"', at));
    }
}
