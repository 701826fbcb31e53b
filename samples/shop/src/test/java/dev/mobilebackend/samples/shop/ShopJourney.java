// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.samples.shop.order.NightlyReport;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.network.NetworkProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a phone lives through with the shop, whatever the database. */
abstract class ShopJourney {

    static final String PASSWORD = "correct horse battery staple";
    private static final String OTHER_PASSWORD = "another horse, another battery";

    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    /** Runs the shop once a class; its worker does not run by itself, so that a test says when a job is done. */
    static MobileBackend shopOn(Supplier<TestDatabase> databases) {
        return MobileBackend.on(databases, ShopUnderTest::start);
    }

    @Test
    void signsUpAndInWithACodeThatCameByMail(MobileClient phone) {
        String email = newAddress();

        assertEquals(202, phone.signUp(email, PASSWORD).status());
        assertEquals(200, phone.verify(email, codeSentTo(email, phone)).status());
        assertEquals(email, phone.get("/v1/me").json().get("email").asString());
        assertEquals(204, phone.signOut().status());
        assertEquals(200, phone.signIn(email, PASSWORD).status());
        assertEquals(200, phone.get("/v1/me").status());
    }

    @Test
    void pagesThroughTheWholeCatalogue(MobileClient phone) {
        var seen = new ArrayList<Long>();
        JsonNode page = phone.get("/v1/products?limit=100").json();
        page.get("items").forEach(product -> seen.add(product.get("id").asLong()));
        while (!page.get("nextCursor").isNull()) {
            page = phone.get("/v1/products?limit=100&cursor="
                            + page.get("nextCursor").asString())
                    .json();
            page.get("items").forEach(product -> seen.add(product.get("id").asLong()));
        }

        assertEquals(500, seen.size());
        assertEquals(500, new HashSet<>(seen).size());
        assertEquals(seen.stream().sorted().toList(), seen);
    }

    @Test
    void sendsAProductOnceWhileItStaysTheSame(MobileClient phone) {
        Reply first = phone.get("/v1/products/7");
        String etag = first.header("ETag").orElseThrow();

        Reply second = phone.request("GET", "/v1/products/7")
                .header("If-None-Match", etag)
                .send();

        assertEquals(200, first.status());
        assertEquals(304, second.status());
        assertEquals(0, second.body().length);
        assertEquals(Optional.of(etag), second.header("ETag"));
    }

    @Test
    void placesAnOrderOnceThoughItsAnswerWasLost(MobileClient phone, NetworkProxy network) {
        signUp(phone);
        network.cutNextResponse();

        Reply answered = phone.post("/v1/orders", Map.of("productId", 3, "quantity", 2));

        assertEquals(1, network.cutResponses());
        assertEquals(201, answered.status());
        assertEquals(Optional.of("true"), answered.header("Idempotent-Replayed"));
        assertEquals(1, phone.get("/v1/orders").json().get("items").size());
        assertEquals(
                answered.header("Location"),
                Optional.of("/v1/orders/" + answered.json().get("id").asString()));
    }

    @Test
    void answersARetryWithTheSameBytes(MobileClient phone) {
        signUp(phone);
        Map<String, Integer> order = Map.of("productId", 4, "quantity", 1);

        Reply first = phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", "order-1")
                .json(order)
                .send();
        Reply retry = phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", "order-1")
                .json(order)
                .send();

        assertEquals(201, first.status());
        assertEquals(201, retry.status());
        assertArrayEquals(first.body(), retry.body());
        assertEquals(first.header("Location"), retry.header("Location"));
    }

    @Test
    void answersDuplicatesThatRaceWithTheOneAnswer(MobileClient phone) throws Exception {
        signUp(phone);
        Callable<Reply> duplicate = () -> phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", "raced")
                .json(Map.of("productId", 8, "quantity", 1))
                .send();
        var answers = new HashSet<String>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Reply> answer : threads.invokeAll(Collections.nCopies(8, duplicate))) {
                assertEquals(201, answer.get().status());
                answers.add(answer.get().text());
            }
        } finally {
            threads.shutdownNow();
        }

        assertEquals(1, answers.size());
        assertEquals(1, phone.get("/v1/orders").json().get("items").size());
    }

    @Test
    void forgetsAnswersDayAfterDay(MobileClient phone, TestClock clock, TestDatabase database) {
        signUp(phone);
        for (int day = 0; day < 3; day++) {
            orderOnce(phone, "day-" + day);
            ShopUnderTest.runJobs();
            int kept = keptAnswers(database);
            clock.advance(Duration.ofDays(1));

            ShopUnderTest.runJobs();

            assertNotEquals(0, kept);
            assertEquals(0, keptAnswers(database));
        }
    }

    private static int keptAnswers(TestDatabase database) {
        return database.database().withHandle(handle -> handle.createQuery("SELECT count(*) FROM mb_idempotency")
                .mapTo(Integer.class)
                .one());
    }

    @Test
    void showsAnOrderToItsOwnerAlone(MobileClient phone, MobileClient stranger) {
        signUp(phone);
        signUp(stranger);
        String order = phone.post("/v1/orders", Map.of("productId", 5, "quantity", 1))
                .header("Location")
                .orElseThrow();

        assertEquals(200, phone.get(order).status());
        assertProblem(404, "not-found", stranger.get(order));
        assertProblem(404, "not-found", stranger.get(order + "/receipt"));
        assertProblem(404, "not-found", stranger.get("/v1/orders/no-such-order"));
        assertEquals(0, stranger.get("/v1/orders").json().get("items").size());
    }

    @Test
    void makesTheReceiptInTheBackground(MobileClient phone) {
        signUp(phone);
        String order = phone.post("/v1/orders", Map.of("productId", 6, "quantity", 1))
                .header("Location")
                .orElseThrow();
        Reply before = phone.get(order + "/receipt");

        ShopUnderTest.runJobs();
        Reply after = phone.get(order + "/receipt");

        assertEquals(202, before.status());
        assertEquals(Optional.of("1"), before.header("Retry-After"));
        assertEquals(200, after.status());
        assertArrayEquals(after.body(), phone.get(order + "/receipt").body());
    }

    @Test
    void givesTheSameSuccessorForTheSameRefreshToken(MobileClient phone, MobileClient.Builder phones) {
        signUp(phone);
        MobileClient sameInstall = phones.withoutProofs().build();
        signIn(sameInstall, signUp(phones.build()));
        Tokens before = sameInstall.tokens().orElseThrow();

        String first = refreshPlainly(phone, before);
        String second = refreshPlainly(phone, before);

        assertEquals(first, second);
        assertNotEquals(before.refreshToken(), first);
    }

    @Test
    void staysSignedInThoughEveryRefreshAnswerIsLostOnce(MobileClient phone, NetworkProxy network, TestClock clock) {
        signUp(phone);
        for (int day = 0; day < 40; day++) {
            clock.advance(Duration.ofDays(1));
            network.cutNextResponse();

            assertEquals(200, phone.refresh().status());
        }

        assertEquals(40, network.cutResponses());
        assertEquals(200, phone.get("/v1/me").status());
    }

    @Test
    void endsTheOneSessionWhoseTokenWasCopied(
            MobileClient phone, MobileClient otherDevice, MobileClient.Builder thieves, TestClock clock) {
        String email = signUp(phone);
        signIn(otherDevice, email);
        assertEquals(200, phone.refresh().status());
        Tokens copied = phone.tokens().orElseThrow();
        MobileClient thief = thieves.tokens(copied).build();
        assertEquals(200, phone.refresh().status());
        assertEquals(200, phone.refresh().status());
        clock.advance(Duration.ofSeconds(11));

        Reply replay = thief.refresh();

        assertEquals(401, replay.status());
        assertProblem(401, phone.refresh());
        assertEquals(200, otherDevice.refresh().status());
        assertEquals(200, otherDevice.get("/v1/me").status());
    }

    @Test
    void refusesTheAccessTokenOfAnEndedSession(MobileClient phone) {
        signUp(phone);
        String accessToken = phone.tokens().orElseThrow().accessToken();
        assertEquals(204, phone.signOut().status());

        Reply refused = phone.request("GET", "/v1/me")
                .header("Authorization", "Bearer " + accessToken)
                .send();

        assertProblem(401, refused);
    }

    @Test
    void listsDevicesAndSignsOneOut(MobileClient phone, MobileClient lostPhone) {
        String email = signUp(phone);
        signIn(lostPhone, email);
        String lost = lostPhone.tokens().orElseThrow().sessionId();

        assertEquals(2, phone.get("/v1/auth/sessions").json().get("items").size());
        assertEquals(204, phone.delete("/v1/auth/sessions/" + lost).status());

        assertEquals(1, phone.get("/v1/auth/sessions").json().get("items").size());
        assertProblem(401, lostPhone.get("/v1/me"));
        assertEquals(200, phone.get("/v1/me").status());
    }

    @Test
    void changesTheDisplayNameOfTheStateThatWasReadAlone(MobileClient phone) {
        signUp(phone);
        String etag = phone.get("/v1/me").header("ETag").orElseThrow();
        Map<String, String> name = Map.of("displayName", "Ada");

        Reply blind = phone.request("PATCH", "/v1/me").mergePatch(name).send();
        Reply changed = phone.request("PATCH", "/v1/me")
                .header("If-Match", etag)
                .mergePatch(name)
                .send();
        Reply late = phone.request("PATCH", "/v1/me")
                .header("If-Match", etag)
                .mergePatch(name)
                .send();

        assertProblem(428, "precondition-required", blind);
        assertEquals(200, changed.status());
        assertEquals("Ada", changed.json().get("displayName").asString());
        assertProblem(412, "precondition-failed", late);
        assertEquals(changed.header("ETag"), phone.get("/v1/me").header("ETag"));
    }

    @Test
    void changesNothingThatAPatchDoesNotName(MobileClient phone) {
        signUp(phone);
        Reply named = patchMe(phone, "{\"displayName\":\"Ada\"}");

        Reply empty = patchMe(phone, "{}");
        Reply cleared = patchMe(phone, "{\"displayName\":null}");

        assertEquals("Ada", named.json().get("displayName").asString());
        assertEquals("Ada", empty.json().get("displayName").asString());
        assertEquals(named.header("ETag"), empty.header("ETag"));
        assertTrue(cleared.json().get("displayName").isNull());
    }

    @Test
    void setsAForgottenPasswordAnewWithACodeThatCameByMail(MobileClient phone) {
        String email = signUp(phone);
        assertEquals(
                202,
                phone.post("/v1/auth/password/forgot", Map.of("email", email)).status());

        Reply reset = phone.post(
                "/v1/auth/password/reset",
                Map.of("email", email, "code", codeSentTo(email, phone), "password", OTHER_PASSWORD));

        assertEquals(204, reset.status(), reset::toString);
        assertProblem(401, phone.get("/v1/me"));
        assertEquals(200, phone.signIn(email, OTHER_PASSWORD).status());
        Reply changed = phone.post(
                "/v1/auth/password/change", Map.of("currentPassword", OTHER_PASSWORD, "newPassword", PASSWORD));
        assertEquals(204, changed.status(), changed::toString);
        assertEquals(200, phone.get("/v1/me").status());
    }

    @Test
    void keepsAGuestsOrdersWhenTheGuestGetsAnAddressOrTurnsOutToHaveAnAccount(MobileClient phone, MobileClient tablet) {
        String email = newAddress();
        phone.signInBy("/v1/auth/guest", Map.of());
        phone.post("/v1/orders", Map.of("productId", 1, "quantity", 1));
        phone.post("/v1/auth/guest/upgrade", Map.of("email", email, "password", PASSWORD));
        Reply upgraded = phone.signInBy("/v1/auth/guest/verify", Map.of("code", codeSentTo(email, phone)));
        assertEquals(200, upgraded.status(), upgraded::toString);
        assertEquals(1, phone.get("/v1/orders").json().get("items").size());

        tablet.signInBy("/v1/auth/guest", Map.of());
        tablet.post("/v1/orders", Map.of("productId", 2, "quantity", 1));
        Reply linked = tablet.signInBy("/v1/auth/guest/link", Map.of("email", email, "password", PASSWORD));

        assertEquals(200, linked.status(), linked::toString);
        assertEquals(2, phone.get("/v1/orders").json().get("items").size());
    }

    @Test
    void givesTheOwnerACopyOfEverything(MobileClient phone) {
        String email = signUp(phone);
        String order = phone.post("/v1/orders", Map.of("productId", 1, "quantity", 1))
                .json()
                .get("id")
                .asString();
        ShopUnderTest.runJobs();

        JsonNode copy = phone.get("/v1/me/export").json();

        assertEquals(email, copy.at("/account/email").asString());
        assertEquals(
                phone.tokens().orElseThrow().sessionId(),
                copy.at("/account/sessions/0/id").asString());
        assertEquals(order, copy.at("/orders/0/id").asString());
        assertEquals(order, copy.at("/receipts/0/orderId").asString());
    }

    @Test
    void deletesAnAccountAndKeepsWhatWasSold(MobileClient phone, MobileClient tablet, TestDatabase database) {
        String email = signUp(phone);
        signIn(tablet, email);
        String account = phone.get("/v1/me").json().get("id").asString();
        String order = phone.post("/v1/orders", Map.of("productId", 1, "quantity", 1))
                .json()
                .get("id")
                .asString();

        Reply blind = phone.request("DELETE", "/v1/me").json(Map.of()).send();
        Reply deleted = phone.request("DELETE", "/v1/me")
                .json(Map.of("password", PASSWORD))
                .send();

        assertProblem(422, "wrong-password", blind);
        assertEquals(204, deleted.status(), deleted::toString);
        assertProblem(401, phone.get("/v1/me"));
        assertProblem(401, tablet.refresh());
        assertProblem(401, phone.signIn(email, PASSWORD));
        assertEquals(List.of("deleted"), database.database().withHandle(handle -> handle.createQuery(
                        "SELECT account_id FROM shop_order WHERE id = :id OR account_id = :account")
                .bind("id", order)
                .bind("account", account)
                .mapTo(String.class)
                .list()));
    }

    @Test
    void keepsWhatIsTheOperatorsFromOthers(MobileClient phone, MobileClient admin) {
        signUp(phone);
        assertEquals(
                200,
                admin.signIn("admin@shop.example", ShopUnderTest.ADMIN_PASSWORD).status());

        assertProblem(403, "forbidden", phone.get("/v1/admin/jobs"));
        assertEquals(200, admin.get("/v1/admin/jobs").status());
    }

    @Test
    void sendsOneMailForAnOrderThoughItsAnswerWasLost(MobileClient phone, NetworkProxy network) {
        String email = signUp(phone);
        network.cutNextResponse();

        Reply answered = phone.post("/v1/orders", Map.of("productId", 5, "quantity", 1));
        ShopUnderTest.runJobs();

        assertEquals(1, network.cutResponses());
        assertEquals(
                List.of("We have your order " + answered.json().get("id").asString()),
                subjectsTo(email, phone).stream()
                        .filter(subject -> subject.startsWith("We have"))
                        .toList());
    }

    @Test
    void tellsThePhoneOnceThatItsOrderIsOnItsWay(MobileClient phone, MobileClient admin) {
        String token = signUp(phone).replace("@", "-");
        signInAdmin(admin);
        register(token, phone);
        String order = phone.post("/v1/orders", Map.of("productId", 5, "quantity", 1))
                .header("Location")
                .orElseThrow();
        String ship = order.replace("/v1/", "/v1/admin/") + "/ship";

        Reply refused = phone.post(ship, Map.of());
        Reply shipped = admin.post(ship, Map.of());
        admin.post(ship, Map.of());
        ShopUnderTest.runJobs();

        assertProblem(403, "forbidden", refused);
        assertEquals("shipped", shipped.json().get("status").asString(), shipped::toString);
        assertEquals("shipped", phone.get(order).json().get("status").asString());
        assertEquals(List.of("Your order is on its way"), subjectsTo(token, phone));
    }

    @Test
    void tellsNoPhoneThatWasForgotten(MobileClient phone, MobileClient admin) {
        String token = signUp(phone).replace("@", "-");
        signInAdmin(admin);
        register(token, phone);
        String order = phone.post("/v1/orders", Map.of("productId", 5, "quantity", 1))
                .header("Location")
                .orElseThrow();
        assertEquals(204, phone.request("DELETE", "/v1/me/push").send().status());

        admin.post(order.replace("/v1/", "/v1/admin/") + "/ship", Map.of());
        ShopUnderTest.runJobs();

        assertEquals(List.of(), subjectsTo(token, phone));
    }

    @Test
    void addsUpAtNightWhatWasSoldByDay(MobileClient phone, MobileClient admin, TestClock clock) {
        ShopUnderTest.runJobs();
        signUp(phone);
        Reply ordered = phone.post("/v1/orders", Map.of("productId", 9, "quantity", 2));
        var day = Instant.parse(ordered.json().get("createdAt").asString())
                .atZone(NightlyReport.ZONE)
                .toLocalDate();

        clock.advance(Duration.ofDays(1));
        ShopUnderTest.runJobs();
        ShopUnderTest.runJobs();
        clock.advance(Duration.ofDays(1));
        ShopUnderTest.runJobs();
        signInAdmin(admin);
        JsonNode reports = admin.get("/v1/admin/reports").json().get("items");

        var ofDay = new ArrayList<JsonNode>();
        reports.forEach(report -> {
            if (report.get("day").asString().equals(day.toString())) {
                ofDay.add(report);
            }
        });
        assertEquals(1, ofDay.size(), reports::toString);
        assertTrue(ofDay.get(0).get("orders").asLong() >= 1);
        assertTrue(ofDay.get(0).get("total").asLong()
                >= ordered.json().get("total").asLong());
    }

    @Test
    void showsItsJobsToOperatorsWhoAloneMaySteerThem(MobileClient phone, MobileClient admin) {
        signUp(phone);
        phone.post("/v1/orders", Map.of("productId", 5, "quantity", 1));
        signInAdmin(admin);

        Reply page = admin.get("/admin/jobs");
        Reply schedules = admin.get("/admin/jobs/api/v1/schedules");
        Reply waiting = admin.get("/admin/jobs/api/v1/queues/default/waiting");
        String run = "/admin/jobs/api/v1/schedules/nightly-report/run";

        assertEquals(200, page.status(), page::toString);
        assertTrue(schedules.text().contains("nightly-report"), schedules::text);
        for (String kind : List.of("make-receipt", "order-mail")) {
            assertTrue(waiting.text().contains(kind), waiting::text);
        }
        assertProblem(403, "forbidden", phone.post(run, Map.of()));
        assertEquals(200, admin.post(run, Map.of()).status());
    }

    private static void register(String token, MobileClient phone) {
        Reply registered = phone.request("PUT", "/v1/me/push")
                .json(Map.of("platform", "FCM", "token", token))
                .send();
        assertEquals(204, registered.status(), registered::toString);
    }

    private static void signInAdmin(MobileClient admin) {
        Reply signedIn = admin.signIn("admin@shop.example", ShopUnderTest.ADMIN_PASSWORD);
        assertEquals(200, signedIn.status(), signedIn::toString);
    }

    private static List<String> subjectsTo(String address, MobileClient phone) {
        var subjects = new ArrayList<String>();
        phone.get("/dev/outbox?to=" + address)
                .json()
                .get("messages")
                .forEach(message -> subjects.add(message.get("subject").asString()));
        return subjects;
    }

    @Test
    void countsWhatItDoesForWhoeverScrapesIt(MobileClient phone) {
        signUp(phone);
        orderOnce(phone, "counted");
        orderOnce(phone, "counted");
        phone.get("/nowhere");

        String figures = phone.get("/metrics").text();

        for (String figure : List.of(
                "shop_cache_hits_total ",
                "shop_jobs{kind=",
                "http_server_active_requests 1.0",
                "http_server_request_duration_seconds_bucket{error_type=\"none\",http_request_method=\"POST\","
                        + "http_response_status_code=\"201\",http_route=\"/v1/orders\",url_scheme=\"http\",le=\"0.005\"} ",
                "http_route=\"undeclared\"",
                "mobilebackend_edge_refusals_total{code=\"not-found\"} ",
                "mobilebackend_idempotency_replays_total{http_route=\"/v1/orders\"} ")) {
            assertTrue(figures.contains(figure), () -> figure + " is not among\n" + figures);
        }
        assertFalse(figures.contains("/nowhere"));
    }

    private static void orderOnce(MobileClient phone, String key) {
        Reply answer = phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", key)
                .json(Map.of("productId", 1, "quantity", 1))
                .send();
        assertEquals(201, answer.status(), answer::toString);
    }

    @Test
    void saysThatItLivesAndIsReady(MobileClient phone) {
        assertEquals("live", phone.get("/health/live").json().get("status").asString());
        assertEquals("ready", phone.get("/health/ready").json().get("status").asString());
    }

    @Test
    void describesItselfWithoutWhatIsTheOperators(MobileClient phone) {
        JsonNode document = phone.get("/v1/openapi.json").json();

        assertEquals("3.1.1", document.get("openapi").asString());
        assertEquals(
                "#/components/schemas/PlaceOrder",
                document.at("/paths/~1v1~1orders/post/requestBody/content/application~1json/schema/$ref")
                        .asString());
        assertEquals(
                "#/components/schemas/ProductPage",
                document.at("/paths/~1v1~1products/get/responses/200/content/application~1json/schema/$ref")
                        .asString());
        assertTrue(document.get("paths").has("/v1/auth/sign-in"));
        assertFalse(document.get("paths").has("/v1/admin/jobs"));
        assertFalse(document.get("paths").has("/metrics"));
    }

    @Test
    void describesEveryBodyThatItTakes(MobileClient phone) {
        JsonNode document = phone.get("/v1/openapi.json").json();
        var undescribed = new ArrayList<String>();

        document.get("paths")
                .forEachEntry((path, methods) -> methods.forEachEntry((method, operation) -> {
                    String schema = operation
                            .at("/requestBody/content/application~1json/schema/$ref")
                            .asString("");
                    boolean described = schema.startsWith("#/")
                            && document.at(schema.substring(1)).has("properties");
                    if (Set.of("post", "put", "patch").contains(method) && !described) {
                        undescribed.add(method + " " + path);
                    }
                }));

        undescribed.removeIf(route -> route.matches("post /v1/auth/(sign-out.*|guest)"));
        assertEquals(List.of(), undescribed, "these take a body, but not signing out and being a guest");
        assertTrue(document.at("/paths/~1v1~1auth~1sign-in/post/responses/200/content/application~1json/schema")
                .has("$ref"));
    }

    @Test
    void takesANewKeyEveryMonthAndSignsNobodyOut(MobileClient phone, TestClock clock) {
        ShopUnderTest.runJobs();
        Set<String> before = keyIds(phone);
        clock.advance(Duration.ofDays(31));
        signUp(phone);

        ShopUnderTest.runJobs();
        Set<String> beside = keyIds(phone);
        clock.advance(Duration.ofMinutes(6));
        assertEquals(200, phone.get("/v1/me").status());
        clock.advance(Duration.ofHours(2));
        ShopUnderTest.runJobs();
        Set<String> after = keyIds(phone);

        assertEquals(1, after.size());
        assertTrue(beside.containsAll(after));
        assertFalse(before.containsAll(after));
        assertNotEquals(beside, after);
        assertEquals(200, phone.get("/v1/me").status());
    }

    private static Set<String> keyIds(MobileClient phone) {
        var ids = new HashSet<String>();
        phone.get("/.well-known/jwks.json")
                .json()
                .get("keys")
                .forEach(key -> ids.add(key.get("kid").asString()));
        return ids;
    }

    @Test
    void publishesTheKeysOfItsTokens(MobileClient phone) {
        JsonNode keys = phone.get("/.well-known/jwks.json").json().get("keys");

        assertFalse(keys.isEmpty());
        keys.forEach(key -> assertFalse(key.has("d"), "a private key is published"));
    }

    static String newAddress() {
        return "phone-" + ADDRESSES.incrementAndGet() + "@shop.example";
    }

    /** A new account, signed in on this phone. */
    static String signUp(MobileClient phone) {
        String email = newAddress();
        phone.signUp(email, PASSWORD);
        Reply verified = phone.verify(email, codeSentTo(email, phone));
        assertEquals(200, verified.status(), verified::toString);
        return email;
    }

    static void signIn(MobileClient phone, String email) {
        assertEquals(200, phone.signIn(email, PASSWORD).status());
    }

    static String codeSentTo(String email, MobileClient phone) {
        ShopUnderTest.runJobs();
        return phone.get("/dev/outbox?to=" + email)
                .json()
                .get("messages")
                .get(0)
                .get("code")
                .asString();
    }

    static void assertProblem(int status, String code, Reply reply) {
        assertProblem(status, reply);
        assertEquals(code, reply.json().get("code").asString(), reply::toString);
    }

    static void assertProblem(int status, Reply reply) {
        assertEquals(status, reply.status(), reply::toString);
        assertEquals(Optional.of("application/problem+json"), reply.header("Content-Type"));
        JsonNode problem = reply.json();
        for (String member : List.of("type", "title", "status", "code", "requestId")) {
            assertTrue(problem.has(member), reply::toString);
        }
        assertEquals(status, problem.get("status").asInt());
        assertFalse(
                reply.text()
                        .matches(
                                "(?s).*(Exception|\\bat [a-z.]+\\(|org\\.|java\\.|tools\\.|io\\.javalin|dev\\.mobilebackend).*"));
    }

    private static Reply patchMe(MobileClient phone, String patch) {
        Reply reply = phone.request("PATCH", "/v1/me")
                .header("If-Match", phone.get("/v1/me").header("ETag").orElseThrow())
                .body("application/merge-patch+json", patch)
                .send();
        assertEquals(200, reply.status(), reply::toString);
        return reply;
    }

    private static String refreshPlainly(MobileClient phone, Tokens tokens) {
        Reply reply = phone.request("POST", "/v1/auth/refresh")
                .anonymous()
                .json(Map.of("refreshToken", tokens.refreshToken()))
                .send();
        assertEquals(200, reply.status(), reply::toString);
        return reply.json().get("refreshToken").asString();
    }
}
