// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.page.PagePolicy;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.DeadJob;
import dev.mobilebackend.jobs.InMemoryJobStore;
import dev.mobilebackend.jobs.RunTally;
import dev.mobilebackend.jobs.dashboard.DashboardAction;
import dev.mobilebackend.jobs.dashboard.JobsDashboard;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class DashboardOverHttpTest {

    private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);
    private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);

    private final List<DashboardAction> audited = new ArrayList<>();
    private final DashboardApp app = new DashboardApp(choices ->
            choices.watch(Access.role("support")).act(Access.role("admin")).audit(audited::add));
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        app.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/running", "/retrying", "/dead", "/queues/mail", "/api/v1/overview", "/api/v1/dead"})
    void isSeenByThoseAloneWhomItsRuleLetsIn(String path) throws Exception {
        assertEquals(401, get(path, null).statusCode());
        assertEquals(403, get(path, "customer").statusCode());
        assertEquals(200, get(path, "support").statusCode());
    }

    @Test
    void whoMayWatchMayNotActForThat() throws Exception {
        long dead = app.dead("mail", "send-mail", "broken");

        int status = post("/api/v1/jobs/" + dead + "/replay", "support").statusCode();

        assertEquals(403, status);
        assertEquals(1, app.jobs.dead(10).size());
    }

    @Test
    void withoutARuleForActingThereIsNothingToPress() throws Exception {
        try (var still = new DashboardApp(choices -> choices.watch(Access.role("support")))) {
            long dead = still.dead("mail", "send-mail", "broken");
            String page = send(still, "GET", "", "support").body();
            int status = send(still, "POST", "/jobs/" + dead + "/replay", "support", "Sec-Fetch-Site", "same-origin")
                    .statusCode();

            assertTrue(page.contains("send-mail"));
            assertFalse(page.contains("<form"));
            assertEquals(404, status);
        }
    }

    @Test
    void isNotBuiltBeforeItIsSaidWhoMayWatch() {
        var paging = new Paging(ServerSecret.of(new byte[32]), new PagePolicy(20, 100));
        JobsDashboard.Builder open = JobsDashboard.builder(new InMemoryJobStore().view(), paging);

        String message = assertThrows(IllegalStateException.class, open::build).getMessage();

        assertTrue(message.startsWith("say who may look at the dashboard"), message);
    }

    @Test
    void whatAnErrorSaysIsNoMarkup() throws Exception {
        app.dead("mail", "send-mail", "<script>alert('1')</script>\" onload=\"alert(2)");

        String page = get("/dead", "support").body();

        assertTrue(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;alert(2)"));
        assertFalse(page.contains("<script>alert"));
        assertFalse(page.contains("\" onload="));
    }

    @Test
    void whatAQueryBringsIsNoMarkup() throws Exception {
        String page = get("/dead?kind=%22%3E%3Cb%3E&said=%3Cb%3E&changed=1", "support")
                .body();

        assertFalse(page.contains("\"><b>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/queues/mail",
                "/running",
                "/retrying",
                "/dead",
                "/api/v1/overview",
                "/api/v1/queues/mail/waiting",
                "/api/v1/running",
                "/api/v1/retrying",
                "/api/v1/dead"
            })
    void neverShowsWhatAJobCarries(String path) throws Exception {
        app.dead("mail", "send-mail", "broken");
        app.failed("mail", "send-mail", "broken", Duration.ofHours(1));
        app.claimed("mail", "send-mail");
        app.waiting("mail", "send-mail", Duration.ZERO);

        HttpResponse<String> seen = get(path, "support");

        assertTrue(seen.body().contains("mail"));
        assertFalse(seen.body().contains("CANARY"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "same-origin, -, 303",
                "same-origin, null, 303",
                "-, OWN, 303",
                "same-site, -, 403",
                "cross-site, -, 403",
                "none, -, 403",
                "cross-site, OWN, 403",
                "-, https://partner.example, 403",
                "-, https://other.example, 403",
                "-, null, 403",
                "-, -, 403"
            })
    void buttonsArePressedOnItsOwnPagesOnly(String site, String origin, int status) throws Exception {
        long dead = app.dead("mail", "send-mail", "broken");
        String own = app.uri().replace("/admin/jobs", "");

        HttpResponse<String> pressed = send(
                app,
                "POST",
                "/jobs/" + dead + "/discard",
                "admin",
                "Sec-Fetch-Site",
                site,
                "Origin",
                "OWN".equals(origin) ? own : origin);

        assertEquals(status, pressed.statusCode());
        assertEquals(status == 303 ? 0 : 1, app.jobs.dead(10).size());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, 200", "https://partner.example, 403", "https://other.example, 403"})
    void theApiIsForProgramsAndNotForForeignPages(String origin, int status) throws Exception {
        long dead = app.dead("mail", "send-mail", "broken");

        int answered = send(app, "POST", "/api/v1/jobs/" + dead + "/discard", "admin", "Origin", origin)
                .statusCode();

        assertEquals(status, answered);
        assertEquals(status == 200 ? 0 : 1, app.jobs.dead(10).size());
    }

    @Test
    void whoIsLetInByTheNetworkAloneIsNotServedUnderAForeignName() throws Exception {
        try (var inside = new DashboardApp(
                choices -> choices.watch(Access.privateNetwork()).hosts("ops.shop.example"))) {
            String address = URI.create(inside.uri()).getAuthority();

            assertEquals("421", statusUnder("rebound.example", inside));
            assertEquals("421", statusUnder("127.0.0.1.rebound.example:80", inside));
            assertEquals("200", statusUnder("ops.shop.example", inside));
            assertEquals("200", statusUnder("OPS.shop.example:8443", inside));
            assertEquals("200", statusUnder("localhost:8080", inside));
            assertEquals("200", statusUnder("[::1]:8080", inside));
            assertEquals("200", statusUnder(address, inside));
        }
    }

    @Test
    void whoBringsATokenMayCallItByAnyName() throws Exception {
        String status = status(app, "Host: any.example\r\nAuthorization: Bearer support\r\n");

        assertEquals("200", status);
    }

    @Test
    void aPageMayLoadItsOwnStyleAndScriptAndNothingElse() throws Exception {
        HttpResponse<String> page = get("", "support");

        String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
        assertEquals(1, page.headers().allValues("Content-Security-Policy").size());
        assertTrue(policy.startsWith("default-src 'none'; "), policy);
        assertTrue(policy.contains("style-src " + digest(STYLE, page.body()) + ";"), policy);
        assertTrue(policy.contains("script-src " + digest(SCRIPT, page.body()) + ";"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertFalse(Pattern.compile("(src|href)=\"(https?:)?//|@import|url\\(| style=| on[a-z]+=")
                .matcher(page.body())
                .find());
        assertEquals("no-store", page.headers().firstValue("Cache-Control").orElse(""));
    }

    @ParameterizedTest
    @CsvSource({
        "dead, /admin/jobs/dead?",
        "queues/mail, /admin/jobs/queues/mail?",
        "dead?kind=send-mail, /admin/jobs/dead?kind=send-mail&",
        "'', /admin/jobs?",
        "//evil.example, /admin/jobs?",
        "https://evil.example, /admin/jobs?",
        "../../v1, /admin/jobs?",
        "@evil.example, /admin/jobs?"
    })
    void aButtonLeadsBackToAPageOfTheDashboard(String back, String page) throws Exception {
        String query = "?back=" + URLEncoder.encode(back, StandardCharsets.UTF_8);

        HttpResponse<String> pressed =
                send(app, "POST", "/queues/mail/resume" + query, "admin", "Sec-Fetch-Site", "same-origin");

        assertEquals(303, pressed.statusCode());
        assertEquals(
                page + "said=queues-resume&changed=0",
                pressed.headers().firstValue("Location").orElse(""));
    }

    @Test
    void tellsAListenerWhoDidWhat() throws Exception {
        long dead = app.dead("mail", "send-mail", "broken");

        post("/api/v1/jobs/" + dead + "/replay", "admin");
        post("/api/v1/jobs/" + dead + "/replay", "admin");

        assertEquals(
                List.of("jobs/replay " + dead + " 1 admin", "jobs/replay " + dead + " 0 admin"),
                audited.stream()
                        .map(done ->
                                done.action() + " " + done.subject() + " " + done.changed() + " " + done.accountId())
                        .toList());
    }

    @Test
    void replaysAndDiscards() throws Exception {
        long first = app.dead("mail", "send-mail", "broken");
        long second = app.dead("mail", "send-mail", "broken");
        app.dead("mail", "make-receipt", "broken");
        long gone = app.dead("mail", "send-mail", "broken");

        assertEquals(1, changed("/api/v1/jobs/" + first + "/replay"));
        assertEquals(1, changed("/api/v1/jobs/" + gone + "/discard"));
        assertEquals(1, changed("/api/v1/kinds/send-mail/replay"));
        assertEquals(0, changed("/api/v1/kinds/send-mail/replay"));

        assertEquals(
                List.of("make-receipt"),
                app.jobs.dead(10).stream().map(DeadJob::kind).toList());
        assertEquals(List.of(first, second), ids("/api/v1/queues/mail/waiting"));
    }

    @Test
    void pausesAndResumesQueuesThatItKnows() throws Exception {
        app.waiting("mail", "send-mail", Duration.ZERO);

        assertEquals(1, changed("/api/v1/queues/mail/pause"));
        assertTrue(json("/api/v1/overview").get("queues").get(0).get("paused").asBoolean());
        assertEquals(1, changed("/api/v1/queues/mail/resume"));
        assertFalse(json("/api/v1/overview").get("queues").get(0).get("paused").asBoolean());
        assertEquals(0, changed("/api/v1/queues/unknown/pause"));
    }

    @Test
    void runsAWaitingJobNow() throws Exception {
        long later = app.waiting("mail", "send-mail", Duration.ofHours(1));

        assertEquals(1, changed("/api/v1/jobs/" + later + "/run"));

        JsonNode queue = json("/api/v1/overview").get("queues").get(0);
        assertEquals(1, queue.get("due").get("jobs").asInt());
        assertNotNull(queue.get("oldestDue").asString());
    }

    @Test
    void showsSchedulesAndSteersThem() throws Exception {
        assertEquals(1, changed("/api/v1/schedules/nightly-report/run"));
        assertEquals(1, changed("/api/v1/schedules/nightly-report/pause"));
        assertEquals(0, changed("/api/v1/schedules/unknown/run"));

        JsonNode nightly = json("/api/v1/schedules").get("items").get(0);
        assertEquals("nightly-report", nightly.get("name").asString());
        assertTrue(nightly.get("paused").asBoolean());
        assertEquals(1, ids("/api/v1/queues/default/waiting").size());
        String page = get("", "support").body();
        assertTrue(page.contains("nightly-report") && page.contains("0 3 * * * Europe/Berlin"));
    }

    @Test
    void listsComeInPages() throws Exception {
        var dead = new HashSet<Long>();
        for (int number = 0; number < 5; number++) {
            dead.add(app.dead("mail", "send-mail", "broken"));
        }
        var seen = new HashSet<Long>();
        String cursor = "";
        int pages = 0;
        do {
            JsonNode page = json("/api/v1/dead?limit=2" + cursor);
            page.get("items").forEach(job -> seen.add(job.get("id").asLong()));
            cursor = page.get("nextCursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("nextCursor").asString();
            pages++;
        } while (!cursor.isEmpty());

        assertEquals(dead, seen);
        assertEquals(3, pages);
        assertEquals(400, get("/api/v1/dead?cursor=made-up", "support").statusCode());
        assertTrue(get("/dead?limit=2", "support").body().contains("rel=\"next\""));
    }

    @Test
    void showsTheMinutesOfTheLastHour() throws Exception {
        Duration second = Duration.ofSeconds(1);
        app.jobs.note(7, List.of(new RunTally("mail", 2, 1, 1, second.multipliedBy(4), second, second, second)));

        JsonNode minute = json("/api/v1/minutes").get("items").get(0);

        assertEquals("mail", minute.get("queue").asString());
        assertEquals(2, minute.get("done").asInt());
        assertEquals("PT1S", minute.get("meanRun").asString());
        assertEquals("PT0.25S", minute.get("meanWait").asString());
        String page = get("", "support").body();
        assertTrue(page.contains("<rect class=\"s1\"") && page.contains("2 done"));
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        return send(app, "GET", path, token);
    }

    private HttpResponse<String> post(String path, String token) throws Exception {
        return send(app, "POST", path, token);
    }

    private JsonNode json(String path) throws Exception {
        return JsonMapper.shared().readTree(get(path, "support").body());
    }

    private List<Long> ids(String path) throws Exception {
        var ids = new ArrayList<Long>();
        json(path).get("items").forEach(job -> ids.add(job.get("id").asLong()));
        return ids;
    }

    private int changed(String path) throws Exception {
        return JsonMapper.shared()
                .readTree(post(path, "admin").body())
                .get("changed")
                .asInt();
    }

    private HttpResponse<String> send(DashboardApp to, String method, String path, String token, String... headers)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(to.uri() + path)).method(method, BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i + 1] != null) {
                request.header(headers[i], headers[i + 1]);
            }
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String statusUnder(String host, DashboardApp to) throws IOException {
        return status(to, "Host: " + host + "\r\n");
    }

    private static String status(DashboardApp to, String fields) throws IOException {
        URI uri = URI.create(to.uri());
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream()
                    .write(("GET " + uri.getPath() + " HTTP/1.1\r\n" + fields + "Connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.split(" ", 3)[1];
        }
    }

    private static String digest(Pattern part, String page) throws Exception {
        var found = part.matcher(page);
        assertTrue(found.find());
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(found.group(1).getBytes(StandardCharsets.UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    }
}
