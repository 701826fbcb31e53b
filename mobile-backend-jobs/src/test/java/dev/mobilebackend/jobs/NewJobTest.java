// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewJobTest {

    @JobKind("send-mail")
    record SendMail(String to, List<String> lines, long count, Instant at) {}

    @JobKind("Send Mail")
    record Misnamed(String to) {}

    record Unnamed(String to) {}

    @Test
    void isStoredUnderTheNameThatItsRecordCarries() {
        NewJob job = NewJob.of(new SendMail("ann@example.com", List.of("hello"), 1, Instant.EPOCH));

        assertEquals("send-mail", job.kind());
        assertEquals(
                "{\"to\":\"ann@example.com\",\"lines\":[\"hello\"],\"count\":1,\"at\":\"1970-01-01T00:00:00Z\"}",
                job.payload());
        assertEquals(Duration.ZERO, job.delay());
    }

    @Property
    void aRecordSurvivesTheStore(@ForAll String to, @ForAll List<String> lines, @ForAll long count) {
        var job = new SendMail(to, lines, count, Instant.parse("2030-01-01T12:00:00.123456Z"));

        SendMail read = Payload.read(Payload.write(job), SendMail.class);

        assertEquals(job, read);
    }

    @Test
    void fieldsOfANewerVersionAreSkipped() {
        SendMail read = Payload.read(
                "{\"to\":\"ann@example.com\",\"lines\":[],\"count\":1,\"at\":\"1970-01-01T00:00:00Z\",\"urgent\":true}",
                SendMail.class);

        assertEquals("ann@example.com", read.to());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{\"count\":\"s3cret\"}", "{\"to\":\"s3cret\", oops"})
    void anUnreadablePayloadIsNotQuoted(String payload) {
        var unreadable = assertThrows(IllegalArgumentException.class, () -> Payload.read(payload, SendMail.class));

        assertTrue(unreadable.getMessage().contains("SendMail"), unreadable::getMessage);
        assertFalse(unreadable.getMessage().contains("s3cret"), unreadable::getMessage);
    }

    @Test
    void refusesARecordWithoutANameAndABadName() {
        var unnamed = assertThrows(IllegalArgumentException.class, () -> NewJob.of(new Unnamed("ann")));
        var misnamed = assertThrows(IllegalArgumentException.class, () -> NewJob.of(new Misnamed("ann")));

        assertTrue(unnamed.getMessage().endsWith("Unnamed must carry @JobKind(\"...\"), the name it is stored under"));
        assertEquals(
                "kind must be up to 64 lower case letters, digits, dots and hyphens, was \"Send Mail\"",
                misnamed.getMessage());
    }

    @Test
    void refusesADelayThatIsNegativeOrBeyondTenYears() {
        NewJob job = new NewJob("test", "{}", Duration.ZERO);

        assertThrows(IllegalArgumentException.class, () -> job.after(Duration.ofNanos(-1)));
        assertThrows(IllegalArgumentException.class, () -> job.after(Duration.ofDays(3_651)));
    }

    @Test
    void refusesAPayloadThatIsTooLong() {
        String tooLong = "x".repeat(NewJob.LONGEST_PAYLOAD + 1);

        assertThrows(IllegalArgumentException.class, () -> new NewJob("test", tooLong, Duration.ZERO));
    }

    @Test
    void neitherFormOfAJobShowsItsPayload() {
        String secret = "{\"code\":\"s3cret\"}";

        assertFalse(new NewJob("test", secret, Duration.ZERO).toString().contains("s3cret"));
        assertFalse(new ClaimedJob(new Claim(1, 1, 1, 1), "test", secret, false)
                .toString()
                .contains("s3cret"));
        assertFalse(
                new DeadJob(1, "test", secret, 1, "", Instant.EPOCH).toString().contains("s3cret"));
    }
}
