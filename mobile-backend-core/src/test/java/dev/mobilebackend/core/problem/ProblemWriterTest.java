// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.transport.TransportStep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProblemWriterTest {

    @Test
    void aRefusalWithoutAnErrorStatusIsAFailureOfOurs() {
        for (int status : new int[] {0, 200, 302, 399, 600}) {
            assertEquals(Problem.INTERNAL_ERROR, Problem.ofStatus(status));
        }
        assertEquals(418, Problem.ofStatus(418).status());
    }

    @Test
    void writesEveryMemberThatTheProblemHas() {
        Problem problem = Problem.INVALID_INPUT
                .detail("two values are off")
                .error("#/email", "an address")
                .error("#/age", "a whole number")
                .with("violated-policies", List.of("burst"));

        String json = new String(ProblemWriter.body(problem, "request-1"), StandardCharsets.UTF_8);

        assertEquals(
                "{\"type\":\"https://mobilebackend.dev/problems/invalid-input\","
                        + "\"title\":\"The request has values that are not accepted.\",\"status\":422,"
                        + "\"detail\":\"two values are off\",\"code\":\"invalid-input\",\"requestId\":\"request-1\","
                        + "\"errors\":[{\"pointer\":\"#/email\",\"detail\":\"an address\"},"
                        + "{\"pointer\":\"#/age\",\"detail\":\"a whole number\"}],\"violated-policies\":[\"burst\"]}",
                json);
    }

    @Property
    void isReadBackAsItWasWritten(
            @ForAll @IntRange(min = 400, max = 599) int status,
            @ForAll String detail,
            @ForAll List<@From("places") String> places,
            @ForAll long whole,
            @ForAll double fraction,
            @ForAll boolean flag,
            @ForAll List<String> words) {
        Problem problem = Problem.of(status, "sold-out", "There is none left.")
                .detail(detail)
                .with("whole", whole)
                .with("fraction", fraction)
                .with("flag", flag)
                .with("words", words);
        for (String place : places) {
            problem = problem.error(place, detail);
        }

        assertEquals(problem, ProblemReader.read(status, ProblemWriter.body(problem, "request-1")));
    }

    @Provide
    Arbitrary<String> places() {
        return Combinators.combine(Arbitraries.of("#/", "#/email/", "header:", "query:"), Arbitraries.strings())
                .as(String::concat);
    }

    @Test
    void readsPlacesAsOthersWriteThem() {
        String others = "{\"errors\":[{\"pointer\":\"/email\"},{\"pointer\":\"email\"},{\"pointer\":\"#/age\"}]}";

        Problem read = ProblemReader.read(422, others.getBytes(StandardCharsets.UTF_8));

        assertEquals(
                List.of("#/email", "#", "#/age"),
                read.errors().stream().map(FieldError::pointer).toList());
    }

    @Test
    void aPlaceIsInTheBodyOrAFieldOrAParameter() {
        for (String other : List.of("", "email", "/email", "#email", "Header:If-Match")) {
            assertThrows(IllegalArgumentException.class, () -> new FieldError(other, "a value"));
        }
    }

    @Test
    void onlyWhatIsInTheBodyHasAPointer() {
        Problem problem = Problem.INVALID_INPUT
                .error("header:Idempotency-Key", "a key")
                .error("query:limit", "a whole number")
                .error("#/query:limit", "nothing");

        JsonNode errors = JsonMapper.shared()
                .readTree(ProblemWriter.body(problem, "request-1"))
                .get("errors");

        assertEquals(
                "[{\"header\":\"Idempotency-Key\",\"detail\":\"a key\"},"
                        + "{\"parameter\":\"limit\",\"detail\":\"a whole number\"},"
                        + "{\"pointer\":\"#/query:limit\",\"detail\":\"nothing\"}]",
                errors.toString());
    }

    @Property
    void writesJsonWhateverTheDetailSays(@ForAll String detail) {
        byte[] json = ProblemWriter.body(Problem.CONFLICT.detail(detail), "request-1");

        assertEquals(409, JsonMapper.shared().readTree(json).get("status").asInt());
    }

    @Test
    void asksForWholeSecondsNeverTooEarly() {
        assertEquals(
                "2",
                Problem.UNAVAILABLE
                        .retryAfter(Duration.ofMillis(1001))
                        .headers()
                        .get("Retry-After"));
        assertEquals(
                "1", Problem.UNAVAILABLE.retryAfter(Duration.ZERO).headers().get("Retry-After"));
    }

    @Test
    void aProblemThatCannotBeWrittenIsABareFault() throws Exception {
        Object unwritable = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("planted secret");
            }
        };
        var response = new RecordedResponse();

        ProblemWriter.write(response.servlet(), Problem.CONFLICT.with("member", unwritable), "request-1");

        assertEquals(500, response.status());
        assertEquals(
                "{\"type\":\"https://mobilebackend.dev/problems/internal-error\","
                        + "\"title\":\"Something went wrong on our side.\",\"status\":500,"
                        + "\"code\":\"internal-error\",\"requestId\":\"request-1\"}",
                response.body());
        assertEquals("application/problem+json", response.header("Content-Type"));
    }

    @Test
    void aFieldThatTheContainerRefusesEndsInABareFault() throws Exception {
        var response = new RecordedResponse();
        response.refuseField("Evil");

        ProblemWriter.write(response.servlet(), Problem.CONFLICT.header("Evil", "a"), "request-1");

        assertEquals(500, response.status());
        assertEquals("no-store", response.header("Cache-Control"));
    }

    @Test
    void saysInWhichLanguageItSpeaksAndThatItDepends() throws Exception {
        var response = new RecordedResponse();

        ProblemWriter.write(response.servlet(), ProblemTexts.shipped().in(Problem.NOT_FOUND, "es"), "request-1");

        assertEquals("es", response.header("Content-Language"));
        assertEquals("Accept-Language", response.header("Vary"));
    }

    @Test
    void anOverloadedServiceSaysWhenToComeBack() throws Exception {
        var silent = new RecordedResponse();
        var said = new RecordedResponse();
        said.servlet().setHeader("Retry-After", "30");

        ProblemWriter.write(silent.servlet(), Problem.UNAVAILABLE, "request-1");
        ProblemWriter.write(said.servlet(), Problem.UNAVAILABLE, "request-1");

        assertEquals("1", silent.header("Retry-After"));
        assertEquals("30", said.header("Retry-After"));
    }

    @Test
    void whatAContainerRefusesByItselfHasEveryFieldThatOtherAnswersHave() throws Exception {
        var response = new RecordedResponse();

        Edge.refuse(response.servlet(), 503);

        String requestId = response.header("X-Request-Id");
        assertEquals(503, response.status());
        assertEquals(TransportStep.loneFields(Problem.UNAVAILABLE, requestId), response.fieldsWithoutLength());
        assertEquals("1", response.header("Retry-After"));
        assertEquals("default-src 'none'; frame-ancestors 'none'", response.header("Content-Security-Policy"));
        assertEquals("Accept-Language", response.header("Vary"));
        assertEquals(
                new String(ProblemWriter.body(Problem.UNAVAILABLE, requestId), StandardCharsets.UTF_8),
                response.body());
    }

    @Test
    void isNeverASuccess() {
        assertThrows(IllegalArgumentException.class, () -> Problem.of(200, "fine", "Fine."));
    }
}
