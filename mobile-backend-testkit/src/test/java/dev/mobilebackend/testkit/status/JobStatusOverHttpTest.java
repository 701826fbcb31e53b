// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.status;

import static dev.mobilebackend.core.exchange.HttpMethod.DELETE;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.openapi.OpenApi;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.jobs.InMemoryJobStore;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobStatusResource;
import dev.mobilebackend.jobs.JobStatusView;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.testkit.app.RunningApp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A request that is answered before its work is done, over HTTP. */
@Timeout(60)
class JobStatusOverHttpTest {

    @JobKind("make-export")
    public record MakeExport(String account) {}

    public record Made(String at) {}

    private final InMemoryJobStore jobs = new InMemoryJobStore();
    private final JobStatusResource status = JobStatusResource.of(jobs.statuses(), "/v1/jobs/{id}");
    private final Edge edge = Edge.builder()
            .transport(TransportPolicy.strict().plainHttp(TransportPolicy.PlainHttp.LOOPBACK))
            .authenticate(JobStatusOverHttpTest::authenticate)
            .routes(routes -> routes.signedIn(POST, "/v1/export")
                    .answers(202, JobStatusView.class, Made.class)
                    .signedIn(GET, "/v1/jobs/{id}")
                    .answers(200, JobStatusView.class, Made.class)
                    .signedIn(DELETE, "/v1/jobs/{id}")
                    .answers(200, JobStatusView.class, Made.class))
            .build();
    private final RunningApp app = RunningApp.servlet((classes, context) -> {
        context.addFilter("edge", edge).addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
        context.addServlet("app", new App()).addMapping("/v1/export", "/v1/jobs/*");
    });
    private final HttpClient http = HttpClient.newHttpClient();

    private final class App extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            Exchange exchange = Exchange.of(request);
            exchange.send(
                    switch (request.getMethod()) {
                        case "POST" -> export(exchange.caller().accountId());
                        case "DELETE" -> status.cancel(exchange);
                        default -> status.read(exchange);
                    });
        }
    }

    private Answer export(String account) {
        long job = jobs.enqueue(NewJob.of(new MakeExport(account)).tracked(account));
        return status.accepted(jobs.statuses().idOf(job));
    }

    @AfterEach
    void close() {
        app.close();
    }

    @Test
    void aRequestIsAcceptedAndItsResultReadWhereTheAnswerSays() throws Exception {
        HttpResponse<String> accepted = send("POST", "/v1/export", "ann");
        String at = accepted.headers().firstValue("Location").orElseThrow();
        HttpResponse<String> waiting = send("GET", at, "ann");
        run((job, context) -> {
            context.progress(0.5, "half of it");
            context.result(new Made("/v1/files/" + job.account()));
        });
        HttpResponse<String> done = send("GET", at, "ann");

        assertEquals(List.of(202, 200, 200), List.of(accepted.statusCode(), waiting.statusCode(), done.statusCode()));
        assertEquals(json(accepted), json(waiting));
        assertEquals("waiting", json(waiting).get("state").asString());
        assertEquals("1", waiting.headers().firstValue("Retry-After").orElse(""));
        assertEquals(
                List.of("id", "state", "progress", "note", "result"),
                List.copyOf(json(done).propertyNames()));
        assertEquals("done", json(done).get("state").asString());
        assertEquals("/v1/files/ann", json(done).get("result").get("at").asString());
        assertFalse(done.headers().firstValue("Retry-After").isPresent());
    }

    @Test
    void othersFindNothingWhetherThereIsAJobOrNot() throws Exception {
        String at = send("POST", "/v1/export", "ann")
                .headers()
                .firstValue("Location")
                .orElseThrow();

        HttpResponse<String> anothers = send("GET", at, "bob");
        HttpResponse<String> unknown = send("GET", "/v1/jobs/4711", "bob");

        assertEquals(List.of(404, 404), List.of(anothers.statusCode(), unknown.statusCode()));
        assertEquals(json(anothers).propertyNames(), json(unknown).propertyNames());
        assertEquals(404, send("DELETE", at, "bob").statusCode());
        assertEquals(401, send("GET", at, null).statusCode());
        assertEquals("waiting", json(send("GET", at, "ann")).get("state").asString());
    }

    @Test
    void itsOwnerCancelsAWaitingJobAndMayRepeatThat() throws Exception {
        String at = send("POST", "/v1/export", "ann")
                .headers()
                .firstValue("Location")
                .orElseThrow();

        HttpResponse<String> cancelled = send("DELETE", at, "ann");
        HttpResponse<String> again = send("DELETE", at, "ann");

        assertEquals(List.of(200, 200), List.of(cancelled.statusCode(), again.statusCode()));
        assertEquals("cancelled", json(again).get("state").asString());
        assertEquals(List.of(), jobs.counts());
    }

    @Test
    void cancellingARunningJobIsAcceptedUntilItsWorkerHears() throws Exception {
        String at = send("POST", "/v1/export", "ann")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        jobs.finishAndClaim(jobs.join(Duration.ofHours(1)), List.of(), NewJob.DEFAULT_QUEUE, 1);

        assertEquals(202, send("DELETE", at, "ann").statusCode());
    }

    @Test
    void whatAJobDiedOfIsNotItsOwnersToRead() throws Exception {
        String at = send("POST", "/v1/export", "ann")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        long owner = jobs.join(Duration.ofHours(1));
        var claim = jobs.finishAndClaim(owner, List.of(), NewJob.DEFAULT_QUEUE, 1)
                .get(0)
                .claim();
        jobs.finishAndClaim(owner, List.of(new JobOutcome.Dead(claim, "CANARY")), NewJob.DEFAULT_QUEUE, 0);

        HttpResponse<String> failed = send("GET", at, "ann");

        assertEquals("failed", json(failed).get("state").asString());
        assertFalse(failed.body().contains("CANARY"));
    }

    @Test
    void theDocumentDescribesTheResult() {
        var document = new String(OpenApi.of("App", "1").json(edge.routes()), StandardCharsets.UTF_8);

        assertTrue(document.contains("\"progress\""));
        assertTrue(document.contains("Made"));
    }

    @Test
    void aPathWithoutAPlaceForTheIdIsRefused() {
        for (String wrong : List.of("/v1/jobs", "v1/jobs/{id}", "/v1/jobs/{job}")) {
            assertThrows(IllegalArgumentException.class, () -> JobStatusResource.of(jobs.statuses(), wrong));
        }
    }

    private void run(JobHandler<MakeExport> handler) {
        Worker.builder(jobs).handle(MakeExport.class, handler).build().runDue();
    }

    private HttpResponse<String> send(String method, String path, @Nullable String account)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(app.uri() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (account != null) {
            request.header("Authorization", "Bearer " + account);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    /** {@code Bearer NAME} is the account of that name. */
    private static void authenticate(Exchange exchange) {
        String token = exchange.header("Authorization");
        if (token != null) {
            exchange.authenticated(new Caller(token.substring("Bearer ".length()), "session", Set.of()));
        }
    }
}
