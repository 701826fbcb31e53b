// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.auth.key.jdbi.JdbiKeyStore;
import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * No secret comes out of the shop: it is driven through all of its ways in, rightly, wrongly and with a database that
 * fails, while all of its loggers are as talkative as they get; then everything that it has printed, answered and
 * stored is searched.
 */
@Timeout(120)
class CanaryIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String ORIGIN = "https://api.shop.example";
    private static final String EMAIL = "canary@example.org";
    private static final String PHONE = "+4930123456";
    private static final String GUEST = "guest@example.org";
    private static final String MOVED = "moved-" + GUEST;
    private static final String PASSWORD = "1st p\u00e4ssphrase \"of\" ours / & + 100%";
    private static final String RESET = "2nd p\u00e4ssphrase \"of\" ours / & + 100%";
    private static final String CHANGED = "3rd p\u00e4ssphrase \"of\" ours / & + 100%";
    private static final String GUESTS = "4th p\u00e4ssphrase \"of\" ours / & + 100%";
    private static final String MISTYPED = "5th p\u00e4ssphrase \"of\" ours / & + 100%";
    private static final String REFUSED = "tooShort7";
    private static final String ADMINS = "6th p\u00e4ssphrase \"of\" ours / & + 100%";

    /** The server in tests asks for none, so any will do. */
    private static final String DATABASES = "7th p\u00e4ssphrase \"of\" ours / & + 100%";

    private static final Set<String> HASHES = Set.of("password_hash", "carried");
    private static final Set<String> ACCOUNT_TABLES =
            Set.of("mb_auth_accounts", "mb_auth_accounts_away", "mb_auth_codes", "mb_auth_codes_away");
    private static final byte[] SERVER_SECRET = bytes("7th secret, which is the server's own");
    private static final byte[] INSTALL_SECRET = bytes("8th secret, which never leaves a phone");

    @TempDir
    private Path folder;

    private final Canary canary = new Canary();
    private final HttpClient http = HttpClient.newHttpClient();
    private Database database;
    private URI shop;
    private String accessToken;
    private String refreshToken;

    @Test
    void noSecretComesOut() throws Exception {
        canary.hide("the first password", PASSWORD);
        canary.hide("the password of a reset", RESET);
        canary.hide("the password of a change", CHANGED);
        canary.hide("the guest's password", GUESTS);
        canary.hide("a mistyped password", MISTYPED);
        canary.hide("a password that is refused", REFUSED);
        canary.hide("the admin's password", ADMINS);
        canary.hide("the database's password", DATABASES);
        canary.hide("the server secret", SERVER_SECRET);
        canary.hide("the install secret", INSTALL_SECRET);

        try (TestDatabase postgres = TestDatabase.postgres()) {
            database = postgres.database();
            TalkativeShop running = TalkativeShop.start(folder, environment(postgres));
            try (running) {
                shop = running.address();
                hidePrivateKeys();
                drive();
            }
            canary.show("the log", running.output());
        }

        assertEquals(Set.of(), canary.found());
        assertTrue(canary.shown("mb_auth_codes") > 3
                && canary.shown("mb_jobs_waiting") > 3
                && canary.shown("problems") > 20);
    }

    private void drive() throws Exception {
        signUpAndIn();
        refreshAndReplay();
        forgetAndChange();
        signInByCodeAndLink();
        aside(this::beginAsGuest);
        stepUp();
        aside(this::signInWithAKey);
        aside(this::actInAnothersPlace);
        sendNonsense();
        dump();
        sendSecretsWhereNoneBelong();
        leave();
        aside(this::lookAround);
        dump();
        failOnRows();
        aside(this::lookAround);
        failOnTables();
        dump();
    }

    private interface Steps {
        void go() throws Exception;
    }

    /** Goes on afterwards with the tokens from before. */
    private void aside(Steps steps) throws Exception {
        String access = accessToken;
        String refresh = refreshToken;
        steps.go();
        accessToken = access;
        refreshToken = refresh;
    }

    private void signUpAndIn() throws Exception {
        post("/v1/auth/sign-up", Map.of("email", EMAIL, "password", REFUSED));
        post("/v1/auth/sign-up", Map.of("email", EMAIL, "password", PASSWORD));
        String code = code(EMAIL, "sign-up code");
        post("/v1/auth/verify", Map.of("email", EMAIL, "code", "00000000"));
        post("/v1/auth/verify", Map.of("email", EMAIL, "code", code));
        post("/v1/auth/verify", Map.of("email", EMAIL, "code", code));
        post("/v1/auth/sign-up", Map.of("email", EMAIL, "password", PASSWORD));
        post("/v1/auth/sign-in", Map.of("email", EMAIL, "password", MISTYPED));
        assertEquals(200, signIn(PASSWORD));
    }

    private void refreshAndReplay() throws Exception {
        String first = refreshToken;
        assertEquals(200, refresh(first, true));
        String second = refreshToken;
        assertEquals(200, refresh(second, true));
        refresh(second, true);
        assertEquals(409, refresh(second, false));
        assertEquals(401, refresh(first, false));
        assertEquals(401, get("/v1/me"));
        assertEquals(200, signIn(PASSWORD));
    }

    private void forgetAndChange() throws Exception {
        post("/v1/auth/password/forgot", Map.of("email", EMAIL));
        String code = code(EMAIL, "reset code");
        post("/v1/auth/password/reset", Map.of("email", EMAIL, "code", code, "password", REFUSED));
        post("/v1/auth/password/reset", Map.of("email", EMAIL, "code", code, "password", RESET));
        assertEquals(200, signIn(RESET));
        post("/v1/auth/password/change", Map.of("currentPassword", MISTYPED, "newPassword", CHANGED));
        post("/v1/auth/password/change", Map.of("currentPassword", RESET, "newPassword", CHANGED));
        assertEquals(200, signIn(CHANGED));
    }

    private void signInByCodeAndLink() throws Exception {
        post("/v1/auth/code/send", Map.of("email", EMAIL));
        post("/v1/auth/code/sign-in", Map.of("email", EMAIL, "code", code(EMAIL, "sign-in code")));
        post("/v1/auth/link/send", Map.of("email", EMAIL));
        String token = code(EMAIL, "link token");
        post("/v1/auth/link/sign-in", Map.of("token", token.substring(1)));
        assertEquals(200, post("/v1/auth/link/sign-in", Map.of("token", token)));
        post("/v1/auth/phone/change", Map.of("phone", PHONE, "password", MISTYPED));
        assertEquals(202, post("/v1/auth/phone/change", Map.of("phone", PHONE, "password", CHANGED)));
        assertEquals(200, post("/v1/auth/phone/confirm", Map.of("code", code(PHONE, "phone code"))));
    }

    private void beginAsGuest() throws Exception {
        assertEquals(201, post("/v1/auth/guest", Map.of()));
        post("/v1/auth/guest/link", Map.of("email", EMAIL, "password", MISTYPED));
        assertEquals(200, post("/v1/auth/guest/link", Map.of("email", EMAIL, "password", CHANGED)));
        assertEquals(201, post("/v1/auth/guest", Map.of()));
        assertEquals(202, post("/v1/auth/guest/upgrade", Map.of("email", GUEST, "password", GUESTS)));
        assertEquals(200, post("/v1/auth/guest/verify", Map.of("code", code(GUEST, "guest's code"))));
        post("/v1/auth/address/change", Map.of("email", MOVED, "password", MISTYPED));
        assertEquals(202, post("/v1/auth/address/change", Map.of("email", MOVED, "password", GUESTS)));
        post("/v1/auth/address/confirm", Map.of("code", "00000000"));
        assertEquals(200, post("/v1/auth/address/confirm", Map.of("code", code(MOVED, "address code"))));
        assertEquals(200, get("/v1/auth/sessions"));
        assertEquals(204, post("/v1/auth/sign-out/others", Map.of()));
        assertEquals(204, delete("/v1/me", Map.of("password", GUESTS)));
    }

    private void stepUp() throws Exception {
        assertEquals(202, post("/v1/auth/step-up/code", Map.of()));
        String code = code(EMAIL, "step-up code");
        assertEquals(422, post("/v1/auth/step-up", Map.of("code", "00000000")));
        assertEquals(422, post("/v1/auth/step-up", Map.of("password", MISTYPED)));
        assertEquals(422, post("/v1/auth/step-up", Map.of("password", CHANGED, "code", code)));
        assertEquals(200, post("/v1/auth/step-up", Map.of("code", code)));
        assertEquals(422, post("/v1/auth/step-up", Map.of("code", code)));
        assertEquals(202, post("/v1/auth/step-up/code", Map.of("method", "sms")));
        assertEquals(200, post("/v1/auth/step-up", Map.of("code", code(PHONE, "step-up code by text message"))));
        assertEquals(200, post("/v1/auth/step-up", Map.of("password", CHANGED)));
    }

    /** A proof is worth a request as long as nobody else has shown it, so it has no place in a log either. */
    private void signInWithAKey() throws Exception {
        String bearers = accessToken;
        var key = new PhoneKey(ORIGIN);
        var thiefs = new PhoneKey(ORIGIN);
        Map<String, String> credentials = Map.of("email", EMAIL, "password", CHANGED);
        assertEquals(400, postProven("sign-in", credentials, key, Instant.EPOCH));
        assertEquals(200, postProven("sign-in", credentials, key, Instant.now()));
        String bound = accessToken;
        String proof = key.proof("GET", "/v1/me", Instant.now(), bound);
        assertEquals(200, getProven(bound, proof));
        assertEquals(401, getProven(bound, proof));
        assertEquals(401, getProven(bound, thiefs.proof("GET", "/v1/me", Instant.now(), bound)));
        assertEquals(401, getProven(bearers, key.proof("GET", "/v1/me", Instant.now(), bearers)));
        assertEquals(401, getProven(bound, proof + "x"));
        assertEquals(401, get("/v1/me"));
        Map<String, String> refresh = Map.of("refreshToken", refreshToken);
        assertEquals(401, postProven("refresh", refresh, thiefs, Instant.now()));
        assertEquals(400, refresh(refreshToken, true));
        assertEquals(200, postProven("refresh", refresh, key, Instant.now()));
    }

    private int postProven(String endpoint, Map<String, String> body, PhoneKey key, Instant at) throws Exception {
        String path = "/v1/auth/" + endpoint;
        HttpRequest.Builder request = json(anonymous("POST", path)).header("DPoP", hidden(key.proof("POST", path, at)));
        return send(request, JSON.writeValueAsBytes(body));
    }

    private int getProven(String token, String proof) throws Exception {
        return send(
                anonymous("GET", "/v1/me")
                        .header("Authorization", "DPoP " + token)
                        .header("DPoP", hidden(proof)),
                new byte[0]);
    }

    private String hidden(String proof) {
        canary.hide("a proof by a key", proof);
        canary.hide("the signature of a proof", proof.substring(proof.lastIndexOf('.') + 1));
        return proof;
    }

    private void actInAnothersPlace() throws Exception {
        List<String> noIds = List.of(accessToken, refreshToken, CHANGED);
        String accountId = accountId();
        assertEquals(200, post("/v1/auth/sign-in", Map.of("email", "admin@shop.example", "password", ADMINS)));
        String staffs = accessToken;
        for (String nobody : noIds) {
            assertEquals(404, post("/v1/auth/impersonation", Map.of("accountId", nobody, "reason", "ticket 7")));
        }
        assertEquals(200, post("/v1/auth/impersonation", Map.of("accountId", accountId, "reason", "ticket 7")));
        assertEquals(200, get("/v1/me"));
        assertEquals(403, get("/v1/me/export"));
        assertEquals(403, post("/v1/auth/step-up", Map.of("password", CHANGED)));
        accessToken = staffs;
        assertEquals(204, post("/v1/auth/sign-out", Map.of()));
    }

    private String accountId() {
        return database.withHandle(handle -> handle.createQuery("SELECT id FROM mb_auth_accounts WHERE email = :email")
                .bind("email", EMAIL)
                .mapTo(String.class)
                .one());
    }

    private void sendNonsense() throws Exception {
        for (String endpoint :
                List.of("sign-up", "sign-in", "verify", "password/reset", "password/change", "refresh")) {
            String path = "/v1/auth/" + endpoint;
            String quoted = JSON.writeValueAsString(CHANGED);
            for (String body : List.of(
                    "{\"email\":\"" + EMAIL + "\",\"password\":" + quoted,
                    "{\"email\":\"" + EMAIL + "\",\"password\":" + CHANGED + "}",
                    CHANGED,
                    quoted,
                    "[" + quoted + "]",
                    "{\"email\":{\"a\":" + quoted + "},\"password\":[" + quoted + "],\"code\":{" + quoted + ":1}}",
                    "{" + quoted + ":" + quoted + ",\"other\":" + quoted + ",\"password\":" + quoted + "}",
                    "{\"email\":" + quoted + ",\"password\":" + quoted + ",\"code\":" + quoted + "}",
                    "{\"refreshToken\":" + quoted + "}",
                    "{\"refreshToken\":\"" + refreshToken + "\",\"refreshToken\":\"" + refreshToken + "\"}",
                    "{\"refreshToken\":\"" + refreshToken + "x\"}",
                    "{\"password\":\"" + "a".repeat(2_000) + CHANGED.replace("\"", "") + "\",\"email\":\"" + EMAIL
                            + "\"}",
                    "password=" + URLEncoder.encode(CHANGED, StandardCharsets.UTF_8))) {
                send(request("POST", path).header("Content-Type", "application/json"), bytes(body));
            }
        }
        send(request("POST", "/v1/auth/sign-in").header("Content-Type", "text/plain"), bytes(CHANGED));
        send(request("PATCH", "/v1/me").header("Content-Type", "application/merge-patch+json"), bytes(CHANGED));
    }

    private void sendSecretsWhereNoneBelong() throws Exception {
        String password = URLEncoder.encode(CHANGED, StandardCharsets.UTF_8);
        String query = "?access_token=" + accessToken + "&password=" + password + "&limit=" + password + "&cursor="
                + refreshToken;
        for (String path : List.of("/v1/products", "/v1/orders", "/v1/me", "/nowhere", "/v1/admin/audit", "/metrics")) {
            send(request("GET", path + query), new byte[0]);
        }
        send(request("POST", "/v1/auth/sign-in" + query), bytes("{}"));
        send(request("DELETE", "/v1/auth/sessions/" + refreshToken), new byte[0]);
        send(request("GET", "/v1/orders/" + accessToken), new byte[0]);
        send(request("GET", "/" + accessToken), new byte[0]);
        String basic = Base64.getEncoder().encodeToString(bytes(EMAIL + ":" + CHANGED));
        String latin = URLEncoder.encode(CHANGED, StandardCharsets.UTF_8);
        for (String field : List.of(
                "Cookie",
                "X-Api-Key",
                "User-Agent",
                "Referer",
                "Accept",
                "Accept-Language",
                "DPoP",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "Origin",
                "Refresh-Proof",
                "Request-Timeout",
                "traceparent",
                "tracestate",
                "Priority",
                "X-Forwarded-For",
                "Forwarded")) {
            for (String value : List.of(accessToken, refreshToken, latin)) {
                send(request("GET", "/v1/me").header(field, value), new byte[0]);
                send(request("POST", "/v1/orders").header(field, value), bytes("{\"productId\":1,\"quantity\":1}"));
            }
        }
        for (String value : List.of(
                "Basic " + basic,
                latin,
                "Bearer " + latin,
                "Bearer " + refreshToken,
                "Bearer " + accessToken + "x",
                "DPoP " + accessToken,
                "Bearer " + accessToken.substring(0, 100))) {
            send(anonymous("GET", "/v1/me").header("Authorization", value), new byte[0]);
        }
    }

    private void leave() throws Exception {
        send(request("GET", "/v1/me/export"), new byte[0]);
        delete("/v1/me", Map.of("password", MISTYPED));
    }

    /** What operators see. */
    private void lookAround() throws Exception {
        post("/v1/auth/sign-in", Map.of("email", "admin@shop.example", "password", ADMINS));
        for (String path : List.of(
                "/metrics",
                "/v1/admin/jobs",
                "/v1/admin/reports",
                "/admin/jobs",
                "/admin/jobs/api/v1/queues/default/retrying",
                "/v1/admin/audit?limit=100",
                "/v1/admin/audit/verification",
                "/v1/openapi.json",
                "/.well-known/jwks.json",
                "/v1/auth/sessions",
                "/health/ready")) {
            get(path);
        }
    }

    /** The database would like to name the values of a row that it refuses. */
    private void failOnRows() throws Exception {
        execute("ALTER TABLE shop_mail ADD CONSTRAINT no_mail CHECK (recipient = '') NOT VALID");
        post("/v1/auth/password/forgot", Map.of("email", EMAIL));
        awaitFailedJob();
        execute("ALTER TABLE shop_mail DROP CONSTRAINT no_mail");
        execute("UPDATE mb_jobs_waiting SET run_at = now() WHERE error IS NOT NULL");
        code(EMAIL, "a code whose mail failed");
        execute("ALTER TABLE mb_auth_sessions ADD CONSTRAINT no_session CHECK (id = '') NOT VALID");
        execute("ALTER TABLE mb_auth_codes ADD CONSTRAINT no_code CHECK (seed = '') NOT VALID");
        execute("ALTER TABLE mb_auth_accounts ADD CONSTRAINT no_account CHECK (id = '') NOT VALID");
        fail();
        int version = database.withHandle(
                handle -> handle.createQuery("SELECT version FROM mb_auth_accounts WHERE email = :email")
                        .bind("email", EMAIL)
                        .mapTo(int.class)
                        .one());
        HttpRequest.Builder rename = request("PATCH", "/v1/me")
                .header("If-Match", ETag.ofVersion(version).toString())
                .header("Content-Type", "application/merge-patch+json");
        assertEquals(500, send(rename, bytes("{\"displayName\":\"Canary\"}")));
    }

    private void failOnTables() throws Exception {
        execute("ALTER TABLE mb_auth_accounts RENAME TO mb_auth_accounts_away");
        execute("ALTER TABLE mb_auth_codes RENAME TO mb_auth_codes_away");
        execute("ALTER TABLE mb_auth_sessions RENAME TO mb_auth_sessions_away");
        fail();
    }

    private void fail() throws Exception {
        post("/v1/auth/sign-up", Map.of("email", "new-" + EMAIL, "password", PASSWORD));
        post("/v1/auth/sign-in", Map.of("email", EMAIL, "password", CHANGED));
        post("/v1/auth/code/sign-in", Map.of("email", EMAIL, "code", "00000000"));
        post("/v1/auth/password/change", Map.of("currentPassword", CHANGED, "newPassword", PASSWORD));
        post("/v1/auth/guest/upgrade", Map.of("email", "new-" + EMAIL, "password", PASSWORD));
        assertEquals(500, refresh(refreshToken, true));
        get("/v1/me/export");
    }

    private void awaitFailedJob() {
        Pattern failure = Pattern.compile("no_mail|DataIntegrity|Constraint|UnableToExecute");
        boolean failed = false;
        while (!failed) {
            dump();
            failed = database
                    .withHandle(
                            handle -> handle.createQuery("SELECT error FROM mb_jobs_waiting WHERE error IS NOT NULL")
                                    .mapTo(String.class)
                                    .list())
                    .stream()
                    .anyMatch(error -> failure.matcher(error).find());
        }
    }

    private int signIn(String password) throws Exception {
        return post("/v1/auth/sign-in", Map.of("email", EMAIL, "password", password));
    }

    private int refresh(String token, boolean proven) throws Exception {
        HttpRequest.Builder request = json(anonymous("POST", "/v1/auth/refresh"));
        if (proven) {
            String proof = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(HmacSha256.of(INSTALL_SECRET).tag(token));
            canary.hide("a rotation proof", proof);
            request.header("Refresh-Proof", proof);
        }
        return send(request, JSON.writeValueAsBytes(Map.of("refreshToken", token)));
    }

    /** The code of the newest mail, as soon as there is one more than before. */
    private String code(String to, String name) throws Exception {
        String path = "/dev/outbox?to=" + URLEncoder.encode(to, StandardCharsets.UTF_8);
        while (true) {
            dump();
            HttpResponse<String> answer = http.send(anonymous("GET", path).build(), BodyHandlers.ofString());
            for (JsonNode message : JSON.readTree(answer.body()).get("messages")) {
                if (!message.get("code").isNull()
                        && canary.isNew(message.get("code").asString())) {
                    canary.hide(name, message.get("code").asString());
                    return message.get("code").asString();
                }
            }
        }
    }

    private int get(String path) throws Exception {
        return send(request("GET", path), new byte[0]);
    }

    private int delete(String path, Map<String, String> body) throws Exception {
        return send(json(request("DELETE", path)), JSON.writeValueAsBytes(body));
    }

    private int post(String path, Map<String, String> body) throws Exception {
        return send(json(request("POST", path)), JSON.writeValueAsBytes(body));
    }

    /** Sends it, keeps the tokens of the answer and shows what else is in it. */
    private int send(HttpRequest.Builder request, byte[] body) throws IOException, InterruptedException {
        HttpRequest built = request.build();
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(built, (name, value) -> true)
                        .method(built.method(), BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
        String text = answer.headers().map() + " " + answer.body();
        if (answer.statusCode() < 300 && answer.body().startsWith("{\"accessToken\"")) {
            JsonNode tokens = JSON.readTree(answer.body());
            accessToken = tokens.get("accessToken").asString();
            canary.hide("an access token", accessToken);
            canary.hide("an access token's signature", accessToken.substring(accessToken.lastIndexOf('.') + 1));
            text = text.replace(accessToken, "");
            if (tokens.has("refreshToken")) {
                refreshToken = tokens.get("refreshToken").asString();
                canary.hide("a refresh token", refreshToken);
                text = text.replace(refreshToken, "");
            }
        }
        canary.show(answer.statusCode() < 400 ? "answers to " + built.uri().getPath() : "problems", text);
        return answer.statusCode();
    }

    private HttpRequest.Builder request(String method, String path) {
        HttpRequest.Builder request = anonymous(method, path);
        return accessToken == null ? request : request.header("Authorization", "Bearer " + accessToken);
    }

    private HttpRequest.Builder anonymous(String method, String path) {
        return HttpRequest.newBuilder(shop.resolve(path))
                .method(method, BodyPublishers.noBody())
                .header("Device-Id", "the canary's phone");
    }

    private static HttpRequest.Builder json(HttpRequest.Builder request) {
        return request.header("Content-Type", "application/json");
    }

    /** Shows every row, but for the codes in the mailbox that stands for the mail provider. */
    private void dump() {
        database.useTransaction(handle -> {
            List<String> tables = handle.createQuery("SELECT table_name FROM information_schema.tables "
                            + "WHERE table_schema = 'public' AND table_name <> 'shop_product'")
                    .mapTo(String.class)
                    .list();
            for (String table : tables) {
                for (Map<String, Object> row :
                        handle.createQuery("SELECT * FROM " + table).mapToMap().list()) {
                    row.forEach((column, value) -> {
                        if (value != null && !(table.equals("shop_mail") && column.equals("code"))) {
                            canary.show(
                                    table,
                                    value instanceof byte[] raw
                                            ? new String(raw, StandardCharsets.ISO_8859_1)
                                            : value.toString());
                        }
                        if (value != null && HASHES.contains(column)) {
                            canary.hideOutside(ACCOUNT_TABLES, "a password's hash", value.toString());
                        }
                    });
                }
            }
        });
    }

    private void execute(String statement) {
        database.useTransaction(handle -> handle.execute(statement));
    }

    private void hidePrivateKeys() {
        Pattern value = Pattern.compile("\"d\":\"([^\"]+)\"");
        for (SigningKey key :
                JdbiKeyStore.of(database, ServerSecret.of(SERVER_SECRET)).all()) {
            Matcher matcher = value.matcher(key.privateJwk());
            assertTrue(matcher.find());
            canary.hide("a private key", Base64.getUrlDecoder().decode(matcher.group(1)));
        }
    }

    private static Map<String, String> environment(TestDatabase postgres) {
        return Map.of(
                "PORT",
                "0",
                "DATABASE_URL",
                postgres.jdbcUrl(),
                "DATABASE_USER",
                postgres.user(),
                "DATABASE_PASSWORD",
                DATABASES,
                "SHOP_ADMIN_PASSWORD",
                ADMINS,
                "SHOP_ORIGIN",
                ORIGIN,
                "SHOP_SECRET",
                Base64.getEncoder().encodeToString(SERVER_SECRET));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
