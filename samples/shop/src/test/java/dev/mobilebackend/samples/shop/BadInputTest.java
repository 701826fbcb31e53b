// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static dev.mobilebackend.samples.shop.ShopJourney.assertProblem;
import static dev.mobilebackend.samples.shop.ShopJourney.newAddress;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a phone sends that no phone should: each a clear problem that names the place, and nothing changed. */
class BadInputTest {

    @RegisterExtension
    static final MobileBackend SHOP = ShopJourney.shopOn(TestDatabase::h2);

    private MobileClient phone;

    @BeforeEach
    void signUp(MobileClient phone) {
        this.phone = phone;
        ShopJourney.signUp(phone);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"productId":1,"quantity":         | 400 | malformed-request
            {'productId':1}                    | 400 | malformed-request
            {"productId":1,"quantity":1} {}    | 400 | malformed-request
            []                                 | 422 | invalid-input
            {"productId":"1","quantity":1}     | 422 | #/productId
            {"productId":1.5,"quantity":1}     | 422 | #/productId
            {"productId":1,"quantity":true}    | 422 | #/quantity
            {"productId":1,"quantity":99999999999} | 422 | #/quantity
            {"productId":1}                    | 422 | #/quantity
            {"productId":1,"quantity":null}    | 422 | #/quantity
            {"productId":1,"quantity":0}       | 422 | #/quantity
            {"productId":1,"quantity":-5}      | 422 | #/quantity
            {"productId":1,"quantity":101}     | 422 | #/quantity
            {"productId":1,"quantity":1,"price":1} | 422 | #/price
            {"productId":999999,"quantity":1}  | 422 | #/productId
            """)
    void namesTheFieldOfAnOrderThatIsOff(String body, int status, String named) {
        Reply reply = phone.request("POST", "/v1/orders")
                .body("application/json", body)
                .send();

        assertProblem(status, reply);
        assertTrue(reply.text().contains('"' + named + '"'), reply::toString);
        assertNothingOrdered();
    }

    @Test
    void refusesABodyThatIsTooLargeOrNoJson() {
        Reply large = phone.request("POST", "/v1/orders")
                .body("application/json", "{\"x\":\"" + "x".repeat(2_000_000) + "\"}")
                .send();
        Reply text =
                phone.request("POST", "/v1/orders").body("text/plain", "hello").send();
        Reply compressed = phone.request("POST", "/v1/orders")
                .header("Content-Encoding", "br")
                .json(Map.of("productId", 1, "quantity", 1))
                .send();

        assertProblem(413, "body-too-large", large);
        assertProblem(415, "unsupported-media-type", text);
        assertProblem(415, "unsupported-coding", compressed);
        assertNothingOrdered();
    }

    @Test
    void refusesAnUnknownPathAndAWrongMethod() {
        assertProblem(404, "not-found", phone.get("/v1/no-such-thing"));
        Reply wrongMethod = phone.delete("/v1/products");
        assertProblem(405, "method-not-allowed", wrongMethod);
        assertEquals("GET, HEAD", wrongMethod.header("Allow").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/products?cursor=AAAA", "/v1/products?cursor=", "/v1/orders?cursor=%00"})
    void refusesACursorThatItDidNotGive(String path) {
        Reply reply = phone.get(path);

        assertProblem(400, "invalid-cursor", reply);
        assertTrue(reply.text().contains("\"parameter\":\"cursor\""), reply::toString);
    }

    @Test
    void refusesACursorOfAnotherList() {
        String cursor =
                phone.get("/v1/products?limit=1").json().get("nextCursor").asString();

        assertProblem(400, "invalid-cursor", phone.get("/v1/orders?cursor=" + cursor));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "ten", "1e3"})
    void refusesALimitThatIsNoPositiveNumber(String limit) {
        Reply reply = phone.get("/v1/products?limit=" + limit);

        assertProblem(422, "invalid-input", reply);
        assertTrue(reply.text().contains("\"parameter\":\"limit\""), reply::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two words",
                "\"a \" quote inside\"",
                "",
                "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
            })
    void refusesAKeyThatCannotBeRead(String key) {
        Reply reply = phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", key)
                .json(Map.of("productId", 1, "quantity", 1))
                .send();

        assertProblem(400, "idempotency-key-malformed", reply);
        assertTrue(reply.text().contains("\"header\":\"Idempotency-Key\""), reply::toString);
        assertNothingOrdered();
    }

    @Test
    void refusesAKeyThatWasUsedForAnotherOrder() {
        phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", "k")
                .json(Map.of("productId", 1, "quantity", 1))
                .send();

        Reply other = phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", "k")
                .json(Map.of("productId", 1, "quantity", 2))
                .send();

        assertProblem(422, "idempotency-key-reused", other);
        assertEquals(1, phone.get("/v1/orders").json().get("items").size());
    }

    @Test
    void refusesForgedAndExpiredTokens(TestClock clock) {
        String token = phone.tokens().orElseThrow().accessToken();
        String forged = token.substring(0, token.length() - 8) + "AAAAAAAA";
        assertProblem(401, me(forged));
        assertProblem(401, me("nonsense"));
        assertProblem(401, me("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."));
        assertEquals(200, me(token).status());

        clock.advance(Duration.ofHours(1));

        Reply expired = me(token);
        assertProblem(401, expired);
        assertTrue(expired.header("WWW-Authenticate").orElseThrow().startsWith("Bearer"), expired::toString);
    }

    @Test
    void refusesAWrongCodeAndNamesIt(MobileClient other) {
        String email = newAddress();
        other.signUp(email, ShopJourney.PASSWORD);
        String code = ShopJourney.codeSentTo(email, other);
        String wrong = (code.charAt(0) == 'A' ? 'B' : 'A') + code.substring(1);

        Reply refused = other.verify(email, wrong);

        assertProblem(422, "wrong-code", refused);
        assertTrue(refused.text().contains("#/code"), refused::toString);
        assertEquals(200, other.verify(email, code).status());
    }

    @Test
    void takesNoCodeAfterTooManyWrongOnes(MobileClient.Builder phones) {
        MobileClient other = phones.retry(RetryPolicy.NEVER).build();
        String email = newAddress();
        other.signUp(email, ShopJourney.PASSWORD);
        String code = ShopJourney.codeSentTo(email, other);
        String wrong = (code.charAt(0) == 'A' ? 'B' : 'A') + code.substring(1);
        for (int attempt = 0; attempt < 10; attempt++) {
            int status = other.verify(email, wrong).status();
            assertTrue(status == 422 || status == 429, "status " + status);
        }

        int status = other.verify(email, code).status();

        assertTrue(status == 422 || status == 429, "status " + status);
    }

    @Test
    void answersSignUpTheSameWhetherOrNotTheAddressIsKnown(MobileClient other) {
        String known = newAddress();
        other.signUp(known, ShopJourney.PASSWORD);
        other.verify(known, ShopJourney.codeSentTo(known, other));

        Reply again = other.signUp(known, ShopJourney.PASSWORD);
        Reply fresh = other.signUp(newAddress(), ShopJourney.PASSWORD);

        assertEquals(fresh.status(), again.status());
        assertEquals(fresh.text(), again.text());
    }

    private Reply me(String token) {
        return phone.request("GET", "/v1/me")
                .header("Authorization", "Bearer " + token)
                .send();
    }

    private void assertNothingOrdered() {
        assertEquals(0, phone.get("/v1/orders").json().get("items").size());
    }
}
