// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mobilebackend.core.transport.CorsPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TrustedProxies.Field;
import dev.mobilebackend.core.validate.JsonBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** A way in for hostile bytes. */
enum Target {
    PATH {
        @Override
        void take(byte[] input) {
            String path = text(input);
            for (String method : List.of("GET", "POST", "HEAD", "OPTIONS", path)) {
                DOOR.send(FakeRequest.of(method, path.startsWith("/") ? path : "/" + path));
            }
        }
    },
    QUERY {
        @Override
        void take(byte[] input) {
            DOOR.send(FakeRequest.of("GET", "/v1/things").query(text(input)));
            DOOR.send(FakeRequest.of("GET", "/v1/things").query("cursor=" + text(input)));
            DOOR.send(FakeRequest.of("GET", "/v1/things").query("limit=" + text(input)));
            DOOR.send(FakeRequest.of("POST", "/v1/forms").query(text(input)).body(FORM_TYPE, new byte[0]));
        }
    },
    FIELD {
        @Override
        void take(byte[] input) {
            String value = text(input);
            for (String name : FIELDS) {
                DOOR.send(FakeRequest.of("GET", "/v1/things/7").header(name, value));
                DOOR.send(FakeRequest.of("GET", "/v1/me")
                        .header("Authorization", Things.AUTHORIZATION)
                        .header(name, value));
                DOOR.send(things(BODY).header(name, value));
                DOOR.send(order().header(name, value));
                DOOR.send(order().line(name, value).line(name, value));
            }
            DOOR.send(FakeRequest.of("OPTIONS", "/v1/things")
                    .header("Origin", value)
                    .header("Access-Control-Request-Method", value)
                    .header("Access-Control-Request-Headers", value));
            DOOR.send(FakeRequest.of("OPTIONS", "/v1/things")
                    .header("Origin", ORIGIN)
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", value));
        }
    },
    FORWARDED {
        @Override
        void take(byte[] input) {
            String value = text(input);
            for (String name : FORWARDING) {
                DOOR.send(where().header(name, value));
                X_FORWARDED.send(where().header(name, value));
                X_FORWARDED.send(https(where()).header(name, value));
                FORWARDED_DOOR.send(where().header(name, value));
            }
            requireClient(X_FORWARDED, https(where()).header("X-Forwarded-For", value + ", " + OUTSIDE));
            requireClient(
                    X_FORWARDED, https(where()).header("X-Forwarded-For", value).line("X-Forwarded-For", OUTSIDE));
            String element = "for=" + OUTSIDE + ";proto=https";
            requireClient(FORWARDED_DOOR, where().header("Forwarded", value + ", " + element));
            requireClient(FORWARDED_DOOR, where().header("Forwarded", value).line("Forwarded", element));
        }
    },
    JSON {
        @Override
        void take(byte[] input) {
            DOOR.send(things(input));
            DOOR.send(change(input));
            for (String property : List.of("name", "parts", "count", "code")) {
                DOOR.send(change(spliced("{\"" + property + "\":", input, "}")));
            }
            for (String property :
                    List.of("name", "count", "total", "at", "tags", "inner", "day", "span", "reference")) {
                DOOR.send(things(spliced("{\"" + property + "\":", input, "}")));
                DOOR.send(things(spliced("{\"" + property + "\":\"", input, "\"}")));
            }
        }
    },
    FORM {
        @Override
        void take(byte[] input) {
            DOOR.send(FakeRequest.of("POST", "/v1/forms").body(FORM_TYPE, input));
            DOOR.send(FakeRequest.of("POST", "/v1/forms").body(FORM_TYPE + ";charset=UTF-16", input));
        }
    },
    PARTS {
        @Override
        void take(byte[] input) {
            DOOR.send(parts(MULTIPART + "b", input));
            DOOR.send(parts(MULTIPART + "b;charset=UTF-16", input));
            DOOR.send(parts(MULTIPART + "b", input).delivery(new Delivery(7, false, false)));
            DOOR.send(parts(MULTIPART + "b", spliced(PART + "\r\n\r\n", input, "\r\n--b--\r\n")));
            DOOR.send(parts(MULTIPART + "b", spliced(PART, input, "\r\n\r\nx\r\n--b--\r\n")));
            DOOR.send(FakeRequest.of("POST", "/v1/forms").body(MULTIPART + "b", input));
        }
    },
    TYPE {
        @Override
        void take(byte[] input) {
            String value = text(input);
            byte[] body = spliced("--b\r\n", input, "\r\n--b--\r\n");
            for (String type : List.of(
                    value,
                    "application/json;" + value,
                    "application/json;charset=" + value,
                    FORM_TYPE + ";" + value,
                    FORM_TYPE + ";charset=" + value,
                    "multipart/" + value,
                    MULTIPART + value,
                    MULTIPART + "b;charset=" + value)) {
                for (String path : List.of("/v1/things", "/v1/forms", "/v1/parts", "/v1/texts")) {
                    DOOR.send(FakeRequest.of("POST", path).body(type, body));
                }
                DOOR.send(order().body(type, body));
            }
        }
    },
    LISTENER {
        @Override
        void take(byte[] input) {
            int how = input.length == 0 ? 0 : input[0];
            byte[] body = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
            var delivery = new Delivery(1 + (how >> 2 & 31), (how & 1) == 0, (how & 2) != 0);
            DOOR.send(things(body).delivery(delivery));
            DOOR.send(
                    FakeRequest.of("POST", "/v1/texts").body("text/plain", body).delivery(delivery));
            DOOR.send(FakeRequest.of("POST", "/v1/heard").body(JSON_TYPE, body).delivery(delivery));
            DOOR.send(FakeRequest.of("POST", "/v1/heard/once")
                    .header("Authorization", Things.AUTHORIZATION)
                    .header("Idempotency-Key", "k1")
                    .body(JSON_TYPE, body)
                    .delivery(delivery));
            for (String path : List.of("/v1/things", "/v1/heard")) {
                DOOR.send(FakeRequest.of("POST", path)
                        .body(JSON_TYPE, gzip(body))
                        .header("Content-Encoding", "gzip")
                        .delivery(delivery));
            }
        }
    },
    INFLATED {
        @Override
        void take(byte[] input) {
            for (String coding : List.of("gzip", "deflate", "gzip, gzip", "br", text(input))) {
                DOOR.send(things(input).header("Content-Encoding", coding));
            }
            DOOR.send(things(gzip(input)).header("Content-Encoding", "gzip"));
        }
    },
    TOKEN {
        @Override
        void take(byte[] input) {
            DOOR.send(FakeRequest.of("GET", "/v1/me").header("Authorization", text(input)));
            DOOR.send(FakeRequest.of("GET", "/v1/me").header("Authorization", "Bearer " + text(input)));
            DOOR.send(FakeRequest.of("GET", "/v1/me").header("Authorization", changed(Things.AUTHORIZATION, input)));
        }
    },
    CREDENTIALS {
        @Override
        void take(byte[] input) {
            for (String endpoint : List.of("/sign-up", "/sign-in", "/verify")) {
                ACCOUNTS.send(ACCOUNTS.request(endpoint, input));
                String email = ",\"email\":\"" + SignIn.EMAIL + "\"}";
                for (String name : List.of("password", "code")) {
                    ACCOUNTS.send(ACCOUNTS.request(endpoint, spliced("{\"" + name + "\":\"", input, "\"" + email)));
                }
                ACCOUNTS.post(endpoint, Map.of("email", text(input), "password", SignIn.PASSWORD));
                ACCOUNTS.post(endpoint, Map.of("email", text(input), "code", "00000000"));
            }
            ACCOUNTS.send(ACCOUNTS.request("/sign-in", SignIn.signIn())
                    .header("Device-Id", text(input))
                    .header("Device-Name", text(input))
                    .header("App-Version", text(input)));
        }
    },
    REFRESH {
        @Override
        void take(byte[] input) {
            String token = ACCOUNTS.refreshToken();
            ACCOUNTS.send(ACCOUNTS.request("/refresh", input));
            ACCOUNTS.post("/refresh", Map.of("refreshToken", text(input)));
            ACCOUNTS.post("/refresh", Map.of("refreshToken", changed(token, input)));
            ACCOUNTS.post("/refresh", Map.of("refreshToken", changedInside(token, input)));
            for (int i = 0; i < 2; i++) {
                ACCOUNTS.send(
                        ACCOUNTS.request("/refresh", SignIn.refresh(token)).header("Refresh-Proof", text(input)));
                ACCOUNTS.send(ACCOUNTS.request("/refresh", SignIn.refresh(token))
                        .header("Refresh-Proof", changed("A".repeat(43), input)));
            }
        }
    },
    ACCOUNT {
        @Override
        void take(byte[] input) {
            String value = text(input);
            for (String endpoint : ENDPOINTS) {
                ACCOUNTS.send(ACCOUNTS.request(endpoint, input));
                ACCOUNTS.send(ACCOUNTS.signedIn(endpoint, input));
                for (String name : List.of("email", "phone", "code", "token", "password")) {
                    byte[] odd = spliced("{\"" + name + "\":", input, "}");
                    ACCOUNTS.send(ACCOUNTS.request(endpoint, odd));
                    ACCOUNTS.send(ACCOUNTS.signedIn(endpoint, odd));
                }
                ACCOUNTS.post(endpoint, Map.of("email", SignIn.EMAIL, "code", value, "password", SignIn.PASSWORD));
                ACCOUNTS.post(endpoint, Map.of("phone", value, "code", value));
                ACCOUNTS.post(endpoint, Map.of("token", value));
                ACCOUNTS.send(ACCOUNTS.signedIn(endpoint, JsonBody.write(Map.of("code", value))));
                ACCOUNTS.send(ACCOUNTS.signedIn(
                        endpoint, JsonBody.write(Map.of("currentPassword", value, "newPassword", value))));
                ACCOUNTS.send(ACCOUNTS.signedIn(
                        endpoint, JsonBody.write(Map.of("email", value, "phone", value, "password", SignIn.PASSWORD))));
            }
        }
    },
    SERVICE {
        @Override
        void take(byte[] input) {
            for (String endpoint : List.of("/revoke", "/introspect")) {
                for (byte[] form : List.of(
                        input,
                        spliced("token=", input, ""),
                        spliced("token=a&", input, "=b"),
                        spliced("token=a&token_type_hint=", input, ""))) {
                    ACCOUNTS.send(ACCOUNTS.form(endpoint, form));
                    ACCOUNTS.send(ACCOUNTS.form(endpoint, form).header("Authorization", basic(SHOP)));
                }
                byte[] whole = "token=a".getBytes(US_ASCII);
                ACCOUNTS.send(ACCOUNTS.form(endpoint, whole).header("Authorization", "Basic " + text(input)));
                ACCOUNTS.send(ACCOUNTS.form(endpoint, whole).header("Authorization", basic(input)));
                ACCOUNTS.send(
                        ACCOUNTS.form(endpoint, whole).header("Authorization", basic(spliced("shop:", input, ""))));
            }
        }
    },
    PROOF {
        @Override
        void take(byte[] input) {
            String header = "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":";
            String claims = part("{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://api.shop.example/v1/me\",\"iat\":1}"
                    .getBytes(US_ASCII));
            String signature = "A".repeat(86);
            Stored.proof(text(input));
            Stored.signed(input);
            for (String claim : List.of("jti", "htm", "htu", "iat", "ath", "nonce")) {
                String others =
                        "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://api.shop.example/v1/me\",\"iat\":1795435200,\"";
                Stored.signed(spliced(others + claim + "\":", input, "}"));
                Stored.signed(spliced(others + claim + "\":\"", input, "\"}"));
            }
            Stored.proof(part(input) + "." + claims + "." + signature);
            Stored.proof(part(spliced(header, input, "}")) + "." + claims + "." + signature);
            for (String member : List.of("x", "y", "crv", "kty", "kid", "d", "x5u")) {
                String key = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + GENERATOR_X + "\",\"y\":\"" + GENERATOR_Y
                        + "\",\"" + member + "\":\"";
                Stored.proof(part(spliced(header + key, input, "\"}}")) + "." + claims + "." + signature);
            }
            String genuine = part((header + "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + GENERATOR_X + "\",\"y\":\""
                            + GENERATOR_Y + "\"}}")
                    .getBytes(US_ASCII));
            Stored.proof(genuine + "." + part(input) + "." + signature);
            Stored.proof(genuine + "." + claims + "." + part(input));
            ACCOUNTS.send(ACCOUNTS.request("/sign-in", SignIn.signIn()).header("DPoP", text(input)));
            ACCOUNTS.send(ACCOUNTS.request("/sign-in", SignIn.signIn())
                    .header("DPoP", genuine + "." + part(input) + "." + signature));
        }
    },
    STORED {
        @Override
        void take(byte[] input) {
            String value = text(input);
            Stored.hash(value);
            for (String form : FORMS) {
                Stored.hash(form + value);
                Stored.hash(changed(form, input));
            }
        }
    },
    BREACHED {
        @Override
        void take(byte[] input) {
            Stored.breached(input);
            Stored.breached(spliced("MBPW\1\1\0\0", input, ""));
            Stored.breached(spliced("0000000CAEF405439D57847A8657218C618160B2:10\n", input, "\n"));
        }
    };

    /** Every endpoint that takes a body, but for those that have a target of their own. */
    private static final List<String> ENDPOINTS = List.of(
            "/password/forgot",
            "/password/reset",
            "/password/change",
            "/code/send",
            "/code/sign-in",
            "/link/send",
            "/link/sign-in",
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

    /** The forms in which hashes of other systems come. */
    private static final List<String> FORMS = List.of(
            "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$2a$04$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "{bcrypt}$2b$04$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "{scrypt}$40101$c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc",
            "pbkdf2_sha256$10$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "AQAAAAEAAAAKAAAAEA",
            "firebase$");

    /** A point of P-256: its generator (FIPS 186-4, D.1.2.3). */
    private static final String GENERATOR_X = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY";

    private static final String GENERATOR_Y = "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

    private static final byte[] SHOP = ("shop:" + SignIn.SECRET).getBytes(US_ASCII);

    private static final String ORIGIN = "https://app.shop.example";
    private static final Door DOOR = Things.behind(TransportPolicy.strict().cors(CorsPolicy.allow(ORIGIN)));
    private static final Door X_FORWARDED =
            Things.behind(TransportPolicy.strict().trustedProxies(Field.X_FORWARDED, Arrival.PEER));
    private static final Door FORWARDED_DOOR =
            Things.behind(TransportPolicy.strict().trustedProxies(Field.FORWARDED, Arrival.PEER));
    private static final SignIn ACCOUNTS = new SignIn();

    /** A client as the nearest proxy names it. */
    private static final String OUTSIDE = "203.0.113.9";

    private static final String JSON_TYPE = "application/json";
    private static final String FORM_TYPE = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data; boundary=";
    private static final String PART = "--b\r\nContent-Disposition: form-data; name=\"a\"";
    private static final byte[] BODY = "{}".getBytes(US_ASCII);

    /** Every request field that something of ours reads. */
    static final List<String> FIELDS = List.of(
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "App-Version",
            "Authorization",
            "Content-Encoding",
            "Content-Type",
            "Device-Id",
            "Device-Name",
            "DPoP",
            "Expect",
            "Forwarded",
            "Host",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Origin",
            "Priority",
            "Refresh-Proof",
            "Request-Timeout",
            "Sec-Fetch-Site",
            "traceparent",
            "tracestate",
            "Upgrade",
            "Via",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-HTTP-Method-Override",
            "X-Real-IP",
            "X-Request-Id");

    /** The fields in which something may be said of where a request comes from. */
    private static final List<String> FORWARDING =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Host", "Via");

    /** Sends what the bytes make of this way in, and demands that they do no harm. */
    abstract void take(byte[] input);

    private static FakeRequest things(byte[] body) {
        return FakeRequest.of("POST", "/v1/things").body(JSON_TYPE, body);
    }

    private static FakeRequest change(byte[] body) {
        return FakeRequest.of("PATCH", "/v1/things/7").body("application/merge-patch+json", body);
    }

    private static FakeRequest parts(String type, byte[] body) {
        return FakeRequest.of("POST", "/v1/parts").body(type, body);
    }

    private static FakeRequest order() {
        return FakeRequest.of("POST", "/v1/orders/7/lines/2")
                .header("Authorization", Things.AUTHORIZATION)
                .header("Idempotency-Key", "\"k1\"")
                .header("If-Match", "\"7\"");
    }

    private static FakeRequest where() {
        return FakeRequest.of("GET", "/v1/where");
    }

    private static FakeRequest https(FakeRequest request) {
        return request.header("X-Forwarded-For", OUTSIDE).header("X-Forwarded-Proto", "https");
    }

    /** Whatever a client writes before it, what the nearest proxy says is believed, or else the request is refused. */
    private static void requireClient(Door door, FakeRequest request) {
        FakeResponse response = door.send(request);
        boolean told = response.text().contains("\"client\":\"" + OUTSIDE + "\"");
        Door.require(response.status() >= 400 || told, request, "was believed to come from " + response.text());
    }

    private static String text(byte[] input) {
        return new String(input, ISO_8859_1);
    }

    private static String basic(byte[] credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    private static byte[] spliced(String before, byte[] input, String after) {
        return (before + text(input) + after).getBytes(ISO_8859_1);
    }

    /** A text of which the input has changed some characters. */
    private static String changed(String genuine, byte[] input) {
        char[] text = genuine.toCharArray();
        for (int i = 0; i + 1 < input.length; i += 2) {
            text[(input[i] & 0xff) % text.length] = (char) (input[i + 1] & 0xff);
        }
        return new String(text);
    }

    /** A token of which the input has changed some bytes. */
    private static String changedInside(String genuine, byte[] input) {
        byte[] bytes = Base64.getUrlDecoder().decode(genuine);
        for (int i = 0; i + 1 < input.length; i += 2) {
            bytes[(input[i] & 0xff) % bytes.length] = input[i + 1];
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String part(byte[] input) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(input);
    }

    private static byte[] gzip(byte[] input) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(input);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
