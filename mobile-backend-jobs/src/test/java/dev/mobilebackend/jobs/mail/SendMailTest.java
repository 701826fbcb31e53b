// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.jobs.InMemoryJobStore;
import dev.mobilebackend.jobs.MovedClock;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SendMailTest {

    private static final Mail RECEIPT =
            Mail.of("ada@example.org", "Your receipt", "You bought a lamp").html("<p>lamp");

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final List<String> sent = new ArrayList<>();

    @Test
    void aMailIsTriedAgainUnderTheSameIdUntilItIsSent() {
        var tries = new ArrayList<String>();
        Worker worker = Worker.builder(jobs)
                .handle(SendMail.class, SendMail.by((mail, id) -> {
                    tries.add(id);
                    if (tries.size() == 1) {
                        throw new IOException("451 try again");
                    }
                    assertEquals(RECEIPT, mail);
                    sent.add(id);
                }))
                .build();
        long job = jobs.enqueue(NewJob.of(new SendMail(RECEIPT)));

        worker.runDue();
        clock.advance(Duration.ofSeconds(1));
        worker.runDue();

        assertEquals(List.of("mail-" + job, "mail-" + job), tries);
        assertEquals(List.of("mail-" + job), sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "Ada <ada@example.org>",
                "ada@example.org, bob@example.org",
                "ada@example.org\r\nBcc: bob@example.org"
            })
    void anAddressIsOneAddress(String to) {
        assertThrows(IllegalArgumentException.class, () -> Mail.of(to, "subject", "text"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Receipt\r\nBcc: bob@example.org", "Receipt\nX: y"})
    void aSubjectIsOneLine(String subject) {
        assertThrows(IllegalArgumentException.class, () -> Mail.of("ada@example.org", subject, "text"));
    }

    @Test
    void nothingOfItIsPrinted() {
        assertFalse(new SendMail(RECEIPT).toString().matches(".*(ada|lamp|receipt).*"));
    }
}
