// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyTest {

    private static final BigInteger ORDER = Curve.P_256.toECParameterSpec().getOrder();
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

    private final SigningKey key = SigningKey.generate(SigningAlgorithm.ES256, 1, Instant.EPOCH, new SecureRandom());

    @Test
    void takesItsOwnSignatureForTheSameMessageOnly() {
        byte[] signature = key.sign(MESSAGE);

        assertTrue(key.verify(MESSAGE, signature));
        assertFalse(key.verify("massage".getBytes(StandardCharsets.US_ASCII), signature));
        assertFalse(SigningKey.generate(SigningAlgorithm.ES256, 2, Instant.EPOCH, new SecureRandom())
                .verify(MESSAGE, signature));
    }

    @Test
    void anyoneWithThePublicKeyCanVerify() throws Exception {
        Signature jdk = Signature.getInstance("SHA256withECDSAinP1363Format");
        jdk.initVerify(ECKey.parse(key.privateJwk()).toECPublicKey());
        for (int i = 0; i < 20; i++) {
            jdk.update(MESSAGE);

            assertTrue(jdk.verify(key.sign(MESSAGE)));
        }
    }

    @Test
    void theTwinOfASignatureIsRefused() {
        for (int i = 0; i < 20; i++) {
            byte[] signature = key.sign(MESSAGE);
            BigInteger s = new BigInteger(1, signature, 32, 32);
            byte[] twin = HexFormat.of()
                    .parseHex(HexFormat.of().formatHex(signature, 0, 32) + "%064x".formatted(ORDER.subtract(s)));

            assertTrue(key.verify(MESSAGE, signature));
            assertFalse(key.verify(MESSAGE, twin));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                // r = s = 0, the "psychic signature" of CVE-2022-21449
                "0000000000000000000000000000000000000000000000000000000000000000"
                        + "0000000000000000000000000000000000000000000000000000000000000000",
                // r = n, s = 1
                "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
                        + "0000000000000000000000000000000000000000000000000000000000000001",
                // r = 1, s = 1
                "0000000000000000000000000000000000000000000000000000000000000001"
                        + "0000000000000000000000000000000000000000000000000000000000000001"
            })
    void refusesSignaturesThatNobodyMade(String hex) {
        assertFalse(key.verify(MESSAGE, HexFormat.of().parseHex(hex)));
    }

    @Test
    void refusesASignatureOfAnotherLength() {
        byte[] signature = key.sign(MESSAGE);

        assertFalse(key.verify(MESSAGE, Arrays.copyOf(signature, 63)));
        assertFalse(key.verify(MESSAGE, Arrays.copyOf(signature, 65)));
    }

    @Test
    void comesBackWholeFromItsPrivateJwk() {
        var back = SigningKey.ofPrivateJwk(1, Instant.EPOCH, key.privateJwk());

        assertEquals(key.id(), back.id());
        assertTrue(key.verify(MESSAGE, back.sign(MESSAGE)));
    }

    @Test
    void isNamedByItsThumbprint() throws Exception {
        assertEquals(ECKey.parse(key.privateJwk()).computeThumbprint().toString(), key.id());
    }

    @Test
    void refusesAnythingButAPrivateKey() {
        String publicOnly = key.publicJwk().orElseThrow().toJSONString();

        assertThrows(IllegalArgumentException.class, () -> SigningKey.ofPrivateJwk(1, Instant.EPOCH, publicOnly));
        assertThrows(IllegalArgumentException.class, () -> SigningKey.ofPrivateJwk(1, Instant.EPOCH, "{}"));
    }

    @Test
    void doesNotPrintItsPrivatePart() throws Exception {
        String secret = ECKey.parse(key.privateJwk()).getD().toString();

        assertTrue(key.privateJwk().contains(secret));
        assertFalse(key.toString().contains(secret));
    }
}
