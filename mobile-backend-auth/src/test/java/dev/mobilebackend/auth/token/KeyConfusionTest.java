// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.mobilebackend.auth.Outbound;
import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.SigningAlgorithm;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.auth.key.TestKeys;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens that lie about their algorithm or bring a key of their own, against keys of every algorithm. */
class KeyConfusionTest {

    private static final Caller ALICE = new Caller("account-1", "session-1", Set.of("buyer"));
    private static final TestClock CLOCK = new TestClock();
    private static final Map<SigningAlgorithm, Service> SERVICES = services();
    private static final Map<SigningAlgorithm, SigningKey> STRANGERS =
            Arrays.stream(SigningAlgorithm.values()).collect(Collectors.toMap(each -> each, TestKeys::other));

    private Outbound outbound;

    @BeforeEach
    void listen() {
        outbound = Outbound.listen();
    }

    @AfterEach
    void nobodyWasCalled() {
        outbound.close();
        assertEquals(List.of(), outbound.calls());
    }

    @ParameterizedTest
    @EnumSource
    void aGoodTokenIsTakenWhateverTheAlgorithm(SigningAlgorithm algorithm) {
        Service service = SERVICES.get(algorithm);

        assertEquals(ALICE, service.tokens.verify(service.tokens.issue(ALICE).token()));
        assertEquals(ALICE, service.tokens.verify(service.signed(service.header(algorithm.text()))));
    }

    @ParameterizedTest
    @EnumSource
    void aHeaderThatNamesAnotherAlgorithmIsRefusedUnderAnySignature(SigningAlgorithm algorithm) throws Exception {
        Service service = SERVICES.get(algorithm);
        for (String claimed : List.of(
                "none",
                "None",
                "NONE",
                "",
                "ES256",
                "EdDSA",
                "Ed25519",
                "RS256",
                "HS256",
                "ES256K",
                "ES384",
                "ES512",
                "RS1",
                "RS384",
                "RS512",
                "PS256",
                "HS384",
                "HS512",
                "hs256",
                "HS256 ",
                "dir",
                "RSA-OAEP",
                "A128KW")) {
            if (claimed.equals(algorithm.text())) {
                continue;
            }
            String header = service.header(claimed);

            service.assertRefused(service.signed(header));
            for (SigningKey stranger : STRANGERS.values()) {
                service.assertRefused(new TokenForge(stranger).sign(header, service.payload));
            }
            for (byte[] guess : service.secretsThatEverybodyKnows()) {
                service.assertRefused(service.authenticated(header, guess));
            }
            for (String signature : List.of("", "AA", "null", "e30")) {
                service.assertRefused(
                        TokenForge.encode(header) + "." + TokenForge.encode(service.payload) + "." + signature);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRightHeaderOverAnotherKeysSignatureIsRefused(SigningAlgorithm algorithm) throws Exception {
        Service service = SERVICES.get(algorithm);
        String header = service.header(algorithm.text());

        for (SigningKey stranger : STRANGERS.values()) {
            service.assertRefused(new TokenForge(stranger).sign(header, service.payload));
        }
        for (byte[] guess : service.secretsThatEverybodyKnows()) {
            service.assertRefused(service.authenticated(header, guess));
        }
    }

    /** A ring that changes its algorithm holds keys of two: neither lends its id to the other. */
    @Test
    void keysOfOneRingAreNotConfused() throws Exception {
        var store = new InMemoryKeyStore();
        var all = new ArrayList<SigningKey>();
        for (SigningAlgorithm each : SigningAlgorithm.values()) {
            String jwk = TestKeys.of(each).privateJwk();
            all.add(SigningKey.ofPrivateJwk(all.size() + 1, CLOCK.instant(), jwk));
        }
        all.forEach(store::tryAdd);
        var service = new Service(store, SigningAlgorithm.ES256);

        for (SigningKey key : all) {
            for (SigningKey other : all) {
                String header = TokenForge.header(key.algorithm().text(), other.id());
                String token = new TokenForge(key).sign(header, service.payload);
                if (key == other) {
                    assertEquals(ALICE, service.tokens.verify(token));
                } else {
                    service.assertRefused(token);
                }
                String claimed = TokenForge.header(other.algorithm().text(), key.id());
                if (key != other) {
                    service.assertRefused(new TokenForge(key).sign(claimed, service.payload));
                    service.assertRefused(new TokenForge(other).sign(claimed, service.payload));
                }
            }
        }
    }

    @Test
    void aKeyThatATokenBringsOrPointsToIsNeitherUsedNorFetched() throws Exception {
        for (String url : List.of(
                "http://127.0.0.1:1/keys",
                "https://keys.evil.example/",
                "file:///etc/passwd",
                "jar:http://127.0.0.1:1/keys!/key",
                "ldap://127.0.0.1:1/cn=key")) {
            Service service = SERVICES.get(SigningAlgorithm.ES256);
            SigningKey stranger = STRANGERS.get(SigningAlgorithm.ES256);
            String jwk = new JWKSet(JWK.parse(stranger.privateJwk()).toPublicJWK())
                    .toPublicJWKSet()
                    .getKeys()
                    .get(0)
                    .toJSONString();
            for (String member : List.of(
                    "'jku':'URL'",
                    "'jku':'URL#'",
                    "'jku':'//127.0.0.1/keys'",
                    "'jku':['URL']",
                    "'JKU':'URL'",
                    "'x5u':'URL'",
                    "'x5u':'file:///etc/passwd'",
                    "'x5u':'jar:URL!/keys'",
                    "'jwks_uri':'URL'",
                    "'iss':'URL'",
                    "'url':'URL'",
                    "'jwk':JWK",
                    "'jwk':{'kty':'RSA','n':'AQAB','e':'AQAB','x5u':'URL'}",
                    "'x5c':['MIIB']",
                    "'x5t':'AA'",
                    "'x5t#S256':'AA'",
                    "'crit':['jku'],'jku':'URL'",
                    "'crit':['exp']",
                    "'b64':false,'crit':['b64']",
                    "'zip':'DEF'",
                    "'enc':'A128GCM'",
                    "'epk':JWK")) {
                String extra = member.replace('\'', '"').replace("URL", url).replace("JWK", jwk);
                for (SigningKey signer : List.of(service.key, stranger)) {
                    String usual = TokenForge.header("ES256", signer.id());
                    String named = TokenForge.header("ES256", service.key.id());
                    var forge = new TokenForge(signer);
                    for (String header : List.of(usual, named)) {
                        service.assertRefused(forge.sign(header.replace("}", "," + extra + "}"), service.payload));
                        service.assertRefused(forge.sign("{" + extra + "," + header.substring(1), service.payload));
                    }
                }
            }
            for (String kid :
                    List.of(url, "../" + service.key.id(), "' OR '1'='1", "/dev/null", service.key.id() + " ")) {
                service.assertRefused(
                        new TokenForge(service.key).sign(TokenForge.header("ES256", kid), service.payload));
            }
            String pointing = service.payload.replace("{", "{\"jku\":\"" + url + "\",\"jwks_uri\":\"" + url + "\",");
            service.assertRefused(new TokenForge(stranger).sign(TokenForge.header("ES256", stranger.id()), pointing));
        }
    }

    /** A JWE has five parts; a JWS in JSON (RFC 7515 section 7.2) has none of ours. */
    @ParameterizedTest
    @EnumSource
    void encryptedNestedAndJsonTokensAreRefused(SigningAlgorithm algorithm) {
        Service service = SERVICES.get(algorithm);
        String token = service.tokens.issue(ALICE).token();
        String[] parts = token.split("\\.", -1);
        String nested = new TokenForge(service.key).sign(service.header(algorithm.text()), "\"" + token + "\"");

        service.assertRefused(nested);
        service.assertRefused(token + ".AA.AA");
        service.assertRefused(token + "." + token);
        service.assertRefused(TokenForge.encode("{\"alg\":\"dir\",\"enc\":\"A128GCM\"}") + "..AA.AA.AA");
        service.assertRefused("{\"protected\":\"" + parts[0] + "\",\"payload\":\"" + parts[1] + "\",\"signature\":\""
                + parts[2] + "\"}");
        service.assertRefused("{\"payload\":\"" + parts[1] + "\",\"signatures\":[{\"protected\":\"" + parts[0]
                + "\",\"signature\":\"" + parts[2] + "\"}]}");
        service.assertRefused(parts[0] + ".." + parts[2]);
    }

    private static Map<SigningAlgorithm, Service> services() {
        var services = new EnumMap<SigningAlgorithm, Service>(SigningAlgorithm.class);
        for (SigningAlgorithm each : SigningAlgorithm.values()) {
            var store = new InMemoryKeyStore();
            store.tryAdd(TestKeys.of(each));
            services.put(each, new Service(store, each));
        }
        return services;
    }

    /** One service with keys of one algorithm. */
    private static final class Service {

        private final KeyRing keys;
        private final AccessTokens tokens;
        private final SigningKey key;
        private final String payload;

        Service(InMemoryKeyStore store, SigningAlgorithm algorithm) {
            keys = KeyRing.builder(store)
                    .policy(KeyPolicy.standard().withAlgorithm(algorithm))
                    .clock(CLOCK)
                    .build();
            tokens = AccessTokens.builder(AccessTokenPolicy.of("https://api.shop.example", "shop"), keys)
                    .clock(CLOCK)
                    .build();
            key = keys.current();
            payload = TokenForge.payload(CLOCK.instant());
        }

        String header(String claimed) {
            return TokenForge.header(claimed, key.id());
        }

        String signed(String header) {
            return new TokenForge(key).sign(header, payload);
        }

        /** The public key in every form in which somebody might have it. */
        List<byte[]> secretsThatEverybodyKnows() throws Exception {
            var guesses = new ArrayList<byte[]>();
            guesses.add(new byte[32]);
            guesses.add(key.id().getBytes(StandardCharsets.US_ASCII));
            guesses.add(keys.jwks().getBytes(StandardCharsets.UTF_8));
            JWK jwk = JWK.parse(key.privateJwk()).toPublicJWK();
            if (jwk != null) {
                guesses.add(jwk.toJSONString().getBytes(StandardCharsets.UTF_8));
                for (String member : List.of("x", "y", "n", "e")) {
                    Object value = jwk.toJSONObject().get(member);
                    if (value != null) {
                        guesses.add(value.toString().getBytes(StandardCharsets.US_ASCII));
                        guesses.add(Base64.getUrlDecoder().decode(value.toString()));
                    }
                }
                if (!jwk.getKeyType().getValue().equals("OKP")) {
                    PublicKey publicKey = ((AsymmetricJWK) jwk).toPublicKey();
                    guesses.add(publicKey.getEncoded());
                    guesses.add(("-----BEGIN PUBLIC KEY-----\n"
                                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                            .encodeToString(publicKey.getEncoded())
                                    + "\n-----END PUBLIC KEY-----\n")
                            .getBytes(StandardCharsets.US_ASCII));
                }
            }
            return guesses;
        }

        String authenticated(String header, byte[] secret) throws Exception {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            String body = TokenForge.encode(header) + "." + TokenForge.encode(payload);
            return body + "." + TokenForge.encode(mac.doFinal(body.getBytes(StandardCharsets.US_ASCII)));
        }

        void assertRefused(String token) {
            var refusal = assertThrows(ProblemException.class, () -> tokens.verify(token), token);
            assertEquals("token-invalid", refusal.problem().code());
        }
    }
}
