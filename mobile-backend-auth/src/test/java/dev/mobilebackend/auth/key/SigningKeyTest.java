// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyTest {

    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest
    @EnumSource
    void takesItsOwnSignatureForTheSameMessageOnly(SigningAlgorithm algorithm) {
        SigningKey key = TestKeys.of(algorithm);
        SigningKey other = TestKeys.other(algorithm);

        byte[] signature = key.sign(MESSAGE);

        assertTrue(key.verify(MESSAGE, signature));
        assertFalse(key.verify("massage".getBytes(StandardCharsets.US_ASCII), signature));
        assertFalse(other.verify(MESSAGE, signature));
        assertNotEquals(other.id(), key.id());
    }

    @ParameterizedTest
    @EnumSource
    void takesNoSignatureOfAKeyForAnotherAlgorithm(SigningAlgorithm algorithm) {
        byte[] signature = TestKeys.of(algorithm).sign(MESSAGE);

        for (SigningAlgorithm each : SigningAlgorithm.values()) {
            assertEquals(each == algorithm, TestKeys.of(each).verify(MESSAGE, signature), each::text);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HS256")
    void anyoneWithThePublicKeyCanVerify(SigningAlgorithm algorithm) throws Exception {
        SigningKey key = TestKeys.of(algorithm);
        Signature jdk = Signature.getInstance(Map.of(
                        SigningAlgorithm.ES256, "SHA256withECDSAinP1363Format",
                        SigningAlgorithm.EDDSA, "Ed25519",
                        SigningAlgorithm.RS256, "SHA256withRSA")
                .get(algorithm));
        jdk.initVerify(publicKey(key));
        for (int i = 0; i < 20; i++) {
            jdk.update(MESSAGE);

            assertTrue(jdk.verify(key.sign(MESSAGE)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesASignatureWithAnyByteChangedAddedOrTakenAway(SigningAlgorithm algorithm) {
        SigningKey key = TestKeys.of(algorithm);
        byte[] signature = key.sign(MESSAGE);
        int length = signature.length;

        for (int i = 0; i < length; i += 5) {
            byte[] changed = signature.clone();
            changed[i] ^= (byte) (1 << (i % 8));
            assertFalse(key.verify(MESSAGE, changed), "byte " + i);
        }
        assertFalse(key.verify(MESSAGE, new byte[0]));
        assertFalse(key.verify(MESSAGE, new byte[length]));
        assertFalse(key.verify(MESSAGE, Arrays.copyOf(signature, length - 1)));
        assertFalse(key.verify(MESSAGE, Arrays.copyOf(signature, length + 1)));
        assertFalse(key.verify(MESSAGE, Arrays.copyOf(signature, 1 << 16)));
        byte[] zeroBefore = new byte[length + 1];
        System.arraycopy(signature, 0, zeroBefore, 1, length);
        assertFalse(key.verify(MESSAGE, zeroBefore));
    }

    @ParameterizedTest
    @EnumSource
    void comesBackWholeFromItsPrivateJwk(SigningAlgorithm algorithm) {
        SigningKey key = TestKeys.of(algorithm);

        var back = SigningKey.ofPrivateJwk(7, Instant.MAX, key.privateJwk());

        assertEquals(key.id(), back.id());
        assertEquals(algorithm, back.algorithm());
        assertEquals(7, back.generation());
        assertTrue(key.verify(MESSAGE, back.sign(MESSAGE)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HS256")
    void isNamedByItsThumbprint(SigningAlgorithm algorithm) throws Exception {
        SigningKey key = TestKeys.of(algorithm);

        assertEquals(JWK.parse(key.privateJwk()).computeThumbprint().toString(), key.id());
    }

    @Test
    void aSecretHasNoPublicPart() {
        assertTrue(TestKeys.of(SigningAlgorithm.HS256).publicJwk().isEmpty());
    }

    @Test
    void theNameOfASecretTellsNothingOfIt() throws Exception {
        SigningKey key = TestKeys.of(SigningAlgorithm.HS256);
        JWK jwk = JWK.parse(key.privateJwk());

        assertNotEquals(jwk.computeThumbprint().toString(), key.id());
        var renamed =
                key.privateJwk().replace(jwk.toOctetSequenceKey().getKeyValue().toString(), "");
        assertTrue(renamed.contains(key.id()), "the name is no part of the secret");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HS256")
    void refusesAPublicKey(SigningAlgorithm algorithm) {
        String publicOnly = TestKeys.of(algorithm).publicJwk().orElseThrow().toJSONString();

        assertRefused(publicOnly);
    }

    @ParameterizedTest
    @EnumSource
    void refusesAKeyThatNamesAnotherAlgorithmOrNone(SigningAlgorithm algorithm) {
        SigningKey key = TestKeys.of(algorithm);
        String named = "\"alg\":\"" + algorithm.text() + "\"";
        assertTrue(key.privateJwk().contains(named));

        for (String other : List.of("none", "ES256", "EdDSA", "RS256", "HS256", "ES384", "RS512", "PS256", "HS512")) {
            if (!other.equals(algorithm.text())) {
                assertRefused(key.privateJwk().replace(named, "\"alg\":\"" + other + "\""));
            }
        }
        assertRefused(key.privateJwk().replace(named, "\"use\":\"sig\""));
        assertRefused(key.privateJwk().replace("\"kid\"", "\"kit\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'kty':'oct','alg':'HS256','kid':'1','k':'c2hvcnQ'}",
                "{'kty':'EC','alg':'ES256','kid':'1','crv':'P-256','x':'AA','y':'AA','d':'AA'}",
                "{'kty':'OKP','alg':'EdDSA','kid':'1','crv':'X25519','x':'AA','d':'AA'}",
                "{'kty':'OKP','alg':'EdDSA','kid':'1','crv':'Ed25519','x':'AA','d':'AA'}",
                "{'kty':'RSA','alg':'RS256','kid':'1','n':'AQAB','e':'AQAB','d':'AQAB'}",
            })
    void refusesAnythingButAPrivateKey(String jwk) {
        assertRefused(jwk.replace('\'', '"'));
    }

    @ParameterizedTest
    @EnumSource
    void doesNotPrintItsPrivatePart(SigningAlgorithm algorithm) throws Exception {
        SigningKey key = TestKeys.of(algorithm);
        Map<String, Object> members = JWK.parse(key.privateJwk()).toJSONObject();
        String secret =
                members.get(algorithm == SigningAlgorithm.HS256 ? "k" : "d").toString();

        assertTrue(key.privateJwk().contains(secret));
        assertFalse(key.toString().contains(secret));
    }

    private static PublicKey publicKey(SigningKey key) throws Exception {
        JWK jwk = key.publicJwk().orElseThrow();
        if (key.algorithm() != SigningAlgorithm.EDDSA) {
            return ((AsymmetricJWK) jwk).toPublicKey();
        }
        byte[] start = HexFormat.of().parseHex("302a300506032b6570032100"); // RFC 8410 section 4
        byte[] x = jwk.toOctetKeyPair().getDecodedX();
        byte[] encoded = Arrays.copyOf(start, start.length + x.length);
        System.arraycopy(x, 0, encoded, start.length, x.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static void assertRefused(String jwk) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> SigningKey.ofPrivateJwk(1, Instant.EPOCH, jwk))
                .getMessage();
        assertTrue(jwk.isEmpty() || !message.contains(jwk), message);
    }
}
