// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PausedQueueTest {

    @JobKind("note")
    record Note(String text) {}

    private final InMemoryJobStore store = new InMemoryJobStore();
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch marker = new CountDownLatch(1);
    private final CountDownLatch resumed = new CountDownLatch(1);

    /** The jobs of the other queue begin with the heartbeat that has told of the pause. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWorkerThatStartsRunsNothingOfAPausedQueueUntilItIsResumed(boolean inClaim) throws InterruptedException {
        store.view().pause("mail");
        store.enqueue(NewJob.of(new Note("mail")).queue("mail"));
        store.enqueue(NewJob.of(new Note("marker")));
        try (Worker worker = worker(inClaim)) {
            worker.start();
            boolean others = marker.await(30, TimeUnit.SECONDS);
            List<String> paused = List.copyOf(ran);
            store.view().resume("mail");
            boolean goesOn = resumed.await(30, TimeUnit.SECONDS);

            assertTrue(others);
            assertEquals(List.of("marker"), paused);
            assertTrue(goesOn);
        }
    }

    @Test
    void runDueLeavesAPausedQueueAlone() {
        store.view().pause("mail");
        store.enqueue(NewJob.of(new Note("mail")).queue("mail"));
        store.enqueue(NewJob.of(new Note("marker")));

        worker(false).runDue();

        assertEquals(List.of("marker"), ran);
    }

    private Worker worker(boolean inClaim) {
        return Worker.builder(store)
                .queue("mail", inClaim ? QueuePolicy.runInClaim() : QueuePolicy.STANDARD)
                .poll(Duration.ofMillis(10))
                .handle(Note.class, (note, context) -> {
                    ran.add(note.text());
                    (note.text().equals("mail") ? resumed : marker).countDown();
                })
                .build();
    }
}
