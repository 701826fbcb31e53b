// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.validate.JsonBody;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The claims of an access token as JSON (RFC 9068 section 2.2). They are read as strictly as they are written: each in
 * its one type, none twice, times in whole seconds. Others are left alone, since a newer instance may write them.
 */
final class Claims {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

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
        return JsonBody.write(claims);
    }

    /**
     * What a payload under our signature says.
     *
     * @throws ParseException if it was not written here, or for another service, or for a time that has not come
     */
    static VerifiedToken read(AccessTokenPolicy policy, byte[] payload, String keyId, Instant now)
            throws ParseException {
        JsonNode claims = parse(payload);
        Instant soonest = now.plus(policy.leeway());
        if (!policy.issuer().equals(text(claims, "iss"))
                || !policy.audience().equals(text(claims, "aud"))
                || text(claims, "jti").isEmpty()
                || time(claims, "iat").isAfter(soonest)
                || (claims.has("nbf") && time(claims, "nbf").isAfter(soonest))) {
            throw new ParseException("not for here and now", 0);
        }
        var caller = new Caller(
                text(claims, "sub"),
                text(claims, "sid"),
                texts(claims, "roles"),
                claims.has("scope") ? words(text(claims, "scope")) : Set.of(),
                claims.has("auth_time") || claims.has("amr")
                        ? new Authentication(time(claims, "auth_time"), texts(claims, "amr"))
                        : Authentication.UNKNOWN,
                claims.has("act") ? only(claims, "act", "sub") : null);
        String keyThumbprint = claims.has("cnf") ? only(claims, "cnf", "jkt") : null;
        return new VerifiedToken(caller, keyId, time(claims, "exp"), keyThumbprint);
    }

    /** Decoded here, since the parser would guess at other encodings. */
    private static JsonNode parse(byte[] payload) throws ParseException {
        try {
            return JSON.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString());
        } catch (CharacterCodingException | JacksonException notJson) {
            throw new ParseException("must be JSON in UTF-8", 0);
        }
    }

    private static String text(JsonNode object, String name) throws ParseException {
        if (object.get(name) instanceof StringNode text) {
            return text.stringValue();
        }
        throw new ParseException(name + " must be a text", 0);
    }

    /**
     * A claim that names somebody or something by the one member of an object (RFC 8693 section 4.1, RFC 7800 section
     * 3).
     */
    private static String only(JsonNode claims, String claim, String name) throws ParseException {
        if (claims.get(claim) instanceof ObjectNode object && object.size() == 1) {
            return text(object, name);
        }
        throw new ParseException(claim + " must be an object with " + name + " and nothing else", 0);
    }

    private static Set<String> texts(JsonNode claims, String name) throws ParseException {
        if (!(claims.get(name) instanceof ArrayNode array)) {
            throw new ParseException(name + " must be a list", 0);
        }
        var texts = new HashSet<String>();
        for (JsonNode each : array) {
            if (!(each instanceof StringNode text)) {
                throw new ParseException(name + " must be texts", 0);
            }
            texts.add(text.stringValue());
        }
        return texts;
    }

    private static Instant time(JsonNode claims, String name) throws ParseException {
        JsonNode seconds = claims.get(name);
        if (seconds == null || !seconds.isIntegralNumber() || !seconds.canConvertToLong()) {
            throw new ParseException(name + " must be whole seconds since 1970", 0);
        }
        try {
            return Instant.ofEpochSecond(seconds.longValue());
        } catch (DateTimeException tooFar) {
            throw new ParseException(name + " must be a time, was " + seconds, 0);
        }
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
        caller.scopes().forEach(Access::scope); // the words that a route can ask for, and no others
        return String.join(" ", sorted(caller.scopes()));
    }
}
