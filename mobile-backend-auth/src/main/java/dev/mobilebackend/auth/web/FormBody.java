// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.MediaType;
import dev.mobilebackend.core.problem.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a form (RFC 6749 appendix B), each of them once (section 3.2). */
final class FormBody {

    private static final String TYPE = "application/x-www-form-urlencoded";

    private final Map<String, String> values;

    private FormBody(Map<String, String> values) {
        this.values = values;
    }

    static FormBody read(Exchange exchange) {
        requireForm(exchange.header("Content-Type"));
        String body = new String(exchange.body(), StandardCharsets.UTF_8);
        var values = new HashMap<String, String>();
        for (String pair : body.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            if (values.put(name, value) != null) {
                throw malformed("a parameter stands in it twice");
            }
        }
        return new FormBody(values);
    }

    /** A parameter that has to be there; one without a value counts as left out (RFC 6749 section 3.2). */
    String required(String name) {
        String value = values.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw malformed("send the parameter " + name);
        }
        return value;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            throw malformed("the form has a % that two hexadecimal digits do not follow");
        }
    }

    private static void requireForm(@Nullable String contentType) {
        if (!MediaType.of(contentType).equals(TYPE)) {
            throw Problem.UNSUPPORTED_MEDIA_TYPE
                    .detail("send a form")
                    .error("header:Content-Type", "must be " + TYPE)
                    .exception();
        }
    }

    private static RuntimeException malformed(String detail) {
        return Problem.MALFORMED_REQUEST
                .detail(detail)
                .with("error", "invalid_request")
                .exception();
    }
}
