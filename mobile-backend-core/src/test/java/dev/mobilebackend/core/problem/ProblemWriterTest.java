// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ProblemWriterTest {

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
    void isNeverASuccess() {
        assertThrows(IllegalArgumentException.class, () -> Problem.of(200, "fine", "Fine."));
    }
}
