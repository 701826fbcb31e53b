// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.RSAKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be made of a good signature without the key, and what looks like a signature and is none. */
class SignatureSpellingTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final BigInteger P256_ORDER = Curve.P_256.toECParameterSpec().getOrder();
    private static final BigInteger ED25519_ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

    private static final SigningKey ES256 = TestKeys.of(SigningAlgorithm.ES256);
    private static final SigningKey EDDSA = TestKeys.of(SigningAlgorithm.EDDSA);
    private static final SigningKey RS256 = TestKeys.of(SigningAlgorithm.RS256);
    private static final SigningKey HS256 = TestKeys.of(SigningAlgorithm.HS256);

    @Test
    void theTwinOfAnEcdsaSignatureIsRefused() {
        for (int i = 0; i < 20; i++) {
            byte[] signature = ES256.sign(MESSAGE);
            BigInteger s = new BigInteger(1, signature, 32, 32);

            assertTrue(ES256.verify(MESSAGE, signature));
            assertFalse(ES256.verify(MESSAGE, ecdsa(r(signature), P256_ORDER.subtract(s))));
        }
    }

    @Test
    void anEcdsaSignatureInDerIsRefused() throws Exception {
        byte[] der = ECDSA.transcodeSignatureToDER(ES256.sign(MESSAGE));

        assertFalse(ES256.verify(MESSAGE, der));
        assertFalse(ES256.verify(MESSAGE, Arrays.copyOf(der, 64)));
    }

    /** (0, 0) is the "psychic signature" of CVE-2022-21449. */
    @Test
    void anEcdsaSignatureOfEdgeNumbersIsRefused() {
        BigInteger n = P256_ORDER;
        BigInteger p = new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
        byte[] good = ES256.sign(MESSAGE);
        BigInteger s = new BigInteger(1, good, 32, 32);
        List<BigInteger> edges = List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                n.shiftRight(1),
                n.subtract(BigInteger.ONE),
                n,
                n.add(BigInteger.ONE),
                p,
                BigInteger.TWO.pow(256).subtract(BigInteger.ONE));

        for (BigInteger first : edges) {
            for (BigInteger second : edges) {
                assertFalse(ES256.verify(MESSAGE, ecdsa(first, second)), first + ", " + second);
            }
            assertFalse(ES256.verify(MESSAGE, ecdsa(first, s)), first + ", s");
            assertFalse(ES256.verify(MESSAGE, ecdsa(r(good), first)), "r, " + first);
        }
        assertFalse(ES256.verify(MESSAGE, ecdsa(s, r(good))));
    }

    @Test
    void anEd25519SignatureWithTheOrderAddedIsRefused() {
        byte[] signature = EDDSA.sign(MESSAGE);
        BigInteger s = littleEndian(Arrays.copyOfRange(signature, 32, 64));
        assertTrue(s.compareTo(ED25519_ORDER) < 0);

        for (BigInteger other = s.add(ED25519_ORDER); other.bitLength() <= 256; other = other.add(ED25519_ORDER)) {
            assertFalse(EDDSA.verify(MESSAGE, ed25519(Arrays.copyOf(signature, 32), other)));
        }
    }

    /** R, or all of it, as points of small order and in encodings that are no point (RFC 8032 section 5.1.3). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            })
    void anEd25519SignatureOfEdgePointsIsRefused(String point) {
        byte[] r = HEX.parseHex(point);
        BigInteger s = littleEndian(Arrays.copyOfRange(EDDSA.sign(MESSAGE), 32, 64));

        for (BigInteger each : List.of(BigInteger.ZERO, BigInteger.ONE, ED25519_ORDER, s)) {
            assertFalse(EDDSA.verify(MESSAGE, ed25519(r, each)));
        }
    }

    @Test
    void anRsaSignatureWithTheModulusAddedIsRefused() throws Exception {
        BigInteger n = rsa().getModulus().decodeToBigInteger();
        int small = 0;
        for (int i = 0; small < 3 && i < 100; i++) {
            byte[] message = {(byte) i};
            BigInteger other = new BigInteger(1, RS256.sign(message)).add(n);
            if (other.bitLength() <= 3072) {
                small++;
                assertFalse(RS256.verify(message, fixed(other, 384)));
            }
            assertFalse(RS256.verify(message, fixed(other, 385)));
        }
        assertFalse(RS256.verify(MESSAGE, fixed(n, 384)));
        assertFalse(RS256.verify(MESSAGE, fixed(n.subtract(BigInteger.ONE), 384)));
        assertFalse(RS256.verify(MESSAGE, fixed(BigInteger.ONE, 384)));
    }

    /** Each is a power of the private exponent, so only the padding is wrong (RFC 8017 section 9.2). */
    @Test
    void anRsaSignatureOfOtherPaddingOrHashIsRefused() throws Exception {
        byte[] sha256 = digest("SHA-256");
        byte[] info = concat(HEX.parseHex("3031300d060960864801650304020105000420"), sha256);
        assertTrue(RS256.verify(MESSAGE, raised(padded(1, 0xff, info, 384))), "the forge makes good signatures");

        byte[] sha1 = concat(HEX.parseHex("3021300906052b0e03021a05000414"), digest("SHA-1"));
        byte[] sha512 = concat(HEX.parseHex("3051300d060960864801650304020305000440"), digest("SHA-512"));
        byte[] longForm = concat(HEX.parseHex("308131300d060960864801650304020105000420"), sha256);
        byte[] junk = concat(info, new byte[] {1, 2, 3, 4});
        byte[] shortPadding = Arrays.copyOf(padded(1, 0xff, info, 64), 384);

        for (byte[] wrong : List.of(
                padded(1, 0xff, sha1, 384),
                padded(1, 0xff, sha512, 384),
                padded(1, 0xff, longForm, 384),
                padded(1, 0xff, junk, 384),
                padded(1, 0xff, sha256, 384),
                padded(2, 0xff, info, 384),
                padded(0, 0x00, info, 384),
                padded(1, 0xfe, info, 384),
                shortPadding)) {
            assertFalse(RS256.verify(MESSAGE, raised(wrong)), HEX.formatHex(wrong));
        }
    }

    @Test
    void anRsaSignatureOfAnotherSchemeUnderTheSameKeyIsRefused() throws Exception {
        for (String scheme : List.of("SHA1withRSA", "SHA384withRSA", "SHA512withRSA", "RSASSA-PSS")) {
            Signature signer = Signature.getInstance(scheme);
            if (scheme.equals("RSASSA-PSS")) {
                signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signer.initSign(rsa().toPrivateKey());
            signer.update(MESSAGE);

            assertFalse(RS256.verify(MESSAGE, signer.sign()), scheme);
        }
    }

    @Test
    void aMacThatWasCutIsRefused() {
        byte[] mac = HS256.sign(MESSAGE);

        for (int length = 0; length < mac.length; length++) {
            assertFalse(HS256.verify(MESSAGE, Arrays.copyOf(mac, length)));
        }
        assertEquals(32, mac.length);
    }

    private static BigInteger r(byte[] signature) {
        return new BigInteger(1, signature, 0, 32);
    }

    private static byte[] ecdsa(BigInteger r, BigInteger s) {
        return concat(fixed(r, 32), fixed(s, 32));
    }

    private static byte[] ed25519(byte[] r, BigInteger s) {
        byte[] digits = fixed(s, 32);
        var reversed = new byte[32];
        for (int i = 0; i < 32; i++) {
            reversed[i] = digits[31 - i];
        }
        return concat(r, reversed);
    }

    private static BigInteger littleEndian(byte[] bytes) {
        var digits = HEX.formatHex(bytes).split("(?<=\\G..)");
        Collections.reverse(Arrays.asList(digits));
        return new BigInteger(String.join("", digits), 16);
    }

    private static byte[] fixed(BigInteger number, int length) {
        return HEX.parseHex(("%0" + 2 * length + "x").formatted(number));
    }

    private static byte[] padded(int type, int filling, byte[] info, int length) {
        var block = new byte[length];
        Arrays.fill(block, 2, length - info.length - 1, (byte) filling);
        block[1] = (byte) type;
        System.arraycopy(info, 0, block, length - info.length, info.length);
        return block;
    }

    private static byte[] raised(byte[] block) throws Exception {
        BigInteger n = rsa().getModulus().decodeToBigInteger();
        BigInteger d = rsa().getPrivateExponent().decodeToBigInteger();
        return fixed(new BigInteger(1, block).modPow(d, n), 384);
    }

    private static RSAKey rsa() throws Exception {
        return RSAKey.parse(RS256.privateJwk());
    }

    private static byte[] digest(String name) throws Exception {
        return MessageDigest.getInstance(name).digest(MESSAGE);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
