// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;

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
                DOOR.send(FakeRequest.of("POST", "/v1/things")
                        .body("application/json", BODY)
                        .header(name, value));
                DOOR.send(order().header(name, value));
            }
            DOOR.send(FakeRequest.of("OPTIONS", "/v1/things")
                    .header("Origin", value)
                    .header("Access-Control-Request-Method", value)
                    .header("Access-Control-Request-Headers", value));
        }
    },
    JSON {
        @Override
        void take(byte[] input) {
            DOOR.send(FakeRequest.of("POST", "/v1/things").body("application/json", input));
        }
    },
    FORM {
        @Override
        void take(byte[] input) {
            DOOR.send(FakeRequest.of("POST", "/v1/forms").body(FORM_TYPE, input));
            DOOR.send(FakeRequest.of("POST", "/v1/forms").body(FORM_TYPE + ";charset=UTF-16", input));
        }
    },
    INFLATED {
        @Override
        void take(byte[] input) {
            for (String coding : List.of("gzip", "deflate", "gzip, gzip", "br", text(input))) {
                DOOR.send(FakeRequest.of("POST", "/v1/things")
                        .body("application/json", input)
                        .header("Content-Encoding", coding));
            }
        }
    },
    TOKEN {
        @Override
        void take(byte[] input) {
            DOOR.send(FakeRequest.of("GET", "/v1/me").header("Authorization", text(input)));
            DOOR.send(FakeRequest.of("GET", "/v1/me").header("Authorization", "Bearer " + text(input)));
        }
    };

    private static final Door DOOR = new Door();
    private static final String FORM_TYPE = "application/x-www-form-urlencoded";
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.US_ASCII);

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
            "Forwarded",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Origin",
            "Priority",
            "Request-Timeout",
            "Sec-Fetch-Site",
            "traceparent",
            "tracestate",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-HTTP-Method-Override",
            "X-Real-IP",
            "X-Request-Id");

    /** Sends what the bytes make of this way in, and demands that they do no harm. */
    abstract void take(byte[] input);

    private static FakeRequest order() {
        return FakeRequest.of("POST", "/v1/orders/7/lines/2")
                .header("Authorization", DOOR.authorization())
                .header("Idempotency-Key", "\"k1\"")
                .header("If-Match", "\"7\"");
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.ISO_8859_1);
    }
}
