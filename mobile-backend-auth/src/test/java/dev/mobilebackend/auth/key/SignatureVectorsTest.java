// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.Curve;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The examples of the standards, which were made by other implementations. */
class SignatureVectorsTest {

    private static final String JOE =
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    /** RFC 7515 appendix A.1. */
    @Test
    void hs256() {
        SigningKey key = key("{'kty':'oct','alg':'HS256','kid':'1','k':'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-"
                + "1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'}");

        assertEquals(
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                signed(key, "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + JOE));
    }

    /** RFC 7515 appendix A.2. */
    @Test
    void rs256() {
        SigningKey key = key("{'kty':'RSA','alg':'RS256','kid':'1','n':'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9"
                + "k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9"
                + "wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5Zw"
                + "Kh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ','e':'AQAB',"
                + "'d':'Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46"
                + "sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4q"
                + "AdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS9"
                + "8l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ'}");

        assertEquals(
                "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJd"
                        + "bF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZR"
                        + "mB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY"
                        + "9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
                signed(key, "eyJhbGciOiJSUzI1NiJ9." + JOE));
    }

    /** RFC 7515 appendix A.3, whose s happens to be the greater one: its twin is the spelling that is taken. */
    @Test
    void es256() {
        SigningKey key = key("{'kty':'EC','alg':'ES256','kid':'1','crv':'P-256',"
                + "'x':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU','y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',"
                + "'d':'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI'}");
        byte[] input = bytes("eyJhbGciOiJFUzI1NiJ9." + JOE);
        byte[] signature =
                decoded("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        BigInteger twin = Curve.P_256.toECParameterSpec().getOrder().subtract(new BigInteger(1, signature, 32, 32));
        byte[] taken = HexFormat.of().parseHex(HexFormat.of().formatHex(signature, 0, 32) + "%064x".formatted(twin));

        assertFalse(key.verify(input, signature));
        assertTrue(key.verify(input, taken));
    }

    /** RFC 8037 appendices A.3 and A.4. */
    @Test
    void eddsa() throws Exception {
        SigningKey key = key(
                "{'kty':'OKP','alg':'EdDSA','kid':'1','crv':'Ed25519',"
                        + "'d':'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A','x':'11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'}");
        String input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";

        assertEquals(
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                signed(key, input));
        assertTrue(key.verify(bytes(input), decoded(signed(key, input))));
        assertEquals(
                "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
                key.publicJwk().orElseThrow().computeThumbprint().toString());
    }

    private static SigningKey key(String jwk) {
        return SigningKey.ofPrivateJwk(1, Instant.EPOCH, jwk.replace('\'', '"'));
    }

    private static String signed(SigningKey key, String input) {
        byte[] signature = key.sign(bytes(input));
        assertTrue(key.verify(bytes(input), signature));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
