// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The claims of an access token as JSON (RFC 9068 section 2.2). They are read as strictly as they are written: each in
 * its one type, none twice, times in whole seconds.
 */
final class Claims {

    private Claims() {}

    static byte[] write(
            AccessTokenPolicy policy,
            Caller caller,
            @Nullable String keyThumbprint,
            String tokenId,
            Instant issuedAt,
            Duration lifetime) {
        var claims = new LinkedHashMap<String, Object>();
        claims.put("iss", policy.issuer());
        claims.put("aud", policy.audience());
        claims.put("sub", caller.accountId());
        claims.put("sid", caller.sessionId());
        claims.put("roles", sorted(caller.roles()));
        claims.put("iat", issuedAt.getEpochSecond());
        claims.put("exp", issuedAt.plus(lifetime).getEpochSecond());
        claims.put("jti", tokenId);
        if (!caller.scopes().isEmpty()) {
            claims.put("scope", scopes(caller));
        }
        if (!caller.authentication().equals(Authentication.UNKNOWN)) {
            claims.put("auth_time", caller.authentication().at().getEpochSecond());
            claims.put("amr", sorted(caller.authentication().methods()));
        }
        if (caller.actorId() != null) {
            claims.put("act", Map.of("sub", caller.actorId()));
        }
        if (keyThumbprint != null) {
            claims.put("cnf", Map.of("jkt", keyThumbprint));
        }
        return JSONObjectUtils.toJSONString(claims).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What a payload under our signature says.
     *
     * @throws ParseException if it was not written here, or for another service, or for a time that has not come
     */
    static VerifiedToken read(AccessTokenPolicy policy, byte[] payload, String keyId, Instant now)
            throws ParseException {
        Map<String, Object> claims = parse(payload);
        Instant soonest = now.plus(policy.leeway());
        if (!policy.issuer().equals(text(claims, "iss"))
                || !policy.audience().equals(text(claims, "aud"))
                || text(claims, "jti").isEmpty()
                || time(claims, "iat").isAfter(soonest)
                || (claims.containsKey("nbf") && time(claims, "nbf").isAfter(soonest))) {
            throw new ParseException("not for here and now", 0);
        }
        var caller = new Caller(
                text(claims, "sub"),
                text(claims, "sid"),
                texts(claims, "roles"),
                claims.containsKey("scope") ? words(text(claims, "scope")) : Set.of(),
                claims.containsKey("auth_time") || claims.containsKey("amr")
                        ? new Authentication(time(claims, "auth_time"), texts(claims, "amr"))
                        : Authentication.UNKNOWN,
                claims.containsKey("act") ? member(claims, "act", "sub") : null);
        String keyThumbprint = claims.containsKey("cnf") ? member(claims, "cnf", "jkt") : null;
        return new VerifiedToken(caller, keyId, time(claims, "exp"), keyThumbprint);
    }

    private static Map<String, Object> parse(byte[] payload) throws ParseException {
        try {
            String json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
            Map<String, Object> claims = JSONObjectUtils.parse(json);
            if (claims == null || !json.startsWith("{")) {
                throw new ParseException("no object", 0);
            }
            return claims;
        } catch (CharacterCodingException notUtf8) {
            throw new ParseException("not UTF-8", 0);
        }
    }

    private static String text(Map<String, Object> object, String name) throws ParseException {
        if (object.get(name) instanceof String text) {
            return text;
        }
        throw new ParseException(name + " must be a text", 0);
    }

    /** A claim that names somebody or something by one member of an object (RFC 8693 section 4.1, RFC 7800 section 3). */
    private static String member(Map<String, Object> claims, String claim, String name) throws ParseException {
        Map<String, Object> object = JSONObjectUtils.getJSONObject(claims, claim);
        if (object == null || object.size() != 1) {
            throw new ParseException(claim + " must be an object with " + name, 0);
        }
        return text(object, name);
    }

    private static Set<String> texts(Map<String, Object> claims, String name) throws ParseException {
        List<Object> values = JSONObjectUtils.getJSONArray(claims, name);
        if (values == null || !values.stream().allMatch(String.class::isInstance)) {
            throw new ParseException(name + " must be texts", 0);
        }
        return values.stream().map(String.class::cast).collect(Collectors.toUnmodifiableSet());
    }

    private static Instant time(Map<String, Object> claims, String name) throws ParseException {
        try {
            if (claims.get(name) instanceof Long seconds) {
                return Instant.ofEpochSecond(seconds);
            }
        } catch (DateTimeException tooFar) {
            // told below
        }
        throw new ParseException(name + " must be whole seconds since 1970", 0);
    }

    private static Set<String> words(String scope) {
        return scope.isBlank()
                ? Set.of()
                : Set.copyOf(Arrays.asList(scope.strip().split(" +", -1)));
    }

    private static List<String> sorted(Set<String> texts) {
        return texts.stream().sorted().toList();
    }

    /** RFC 9068 section 2.2.3: one text, in which spaces stand between them. */
    private static String scopes(Caller caller) {
        for (String scope : caller.scopes()) {
            if (scope.isEmpty() || scope.indexOf(' ') >= 0) {
                throw new IllegalArgumentException("a scope must be one word, was '" + scope + "'");
            }
        }
        return String.join(" ", sorted(caller.scopes()));
    }
}
