// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What handlers tell the owners of their jobs. */
@Timeout(60)
class TrackedJobsTest {

    @JobKind("export")
    record Export(int items) {}

    public record Made(String at) {}

    private static final Duration LEASE = Duration.ofSeconds(6);

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final List<JobStatus> seen = new ArrayList<>();

    @Test
    void theOwnerSeesEachHundredthOfAJobAndWhatComesASecondLater() {
        String id = enqueue(1_000);
        Claim claim = store.finishAndClaim(store.join(LEASE), List.of(), NewJob.DEFAULT_QUEUE, 1)
                .get(0)
                .claim();
        var context = new JobContext(claim, new JobContext.Teller(store, clock::ticks));

        for (int item = 1; item <= 1_000; item++) {
            context.progress(item / 1_000.0, "item " + item);
            seen.add(status(id));
        }
        context.progress(1, "packing");
        JobStatus tooSoon = status(id);
        clock.advance(Duration.ofSeconds(1));
        context.progress(1, "packing");

        assertEquals(new JobStatus(id, "export", JobStatus.State.RUNNING, 0.001, "item 1", null), seen.get(0));
        long told = seen.stream().map(JobStatus::note).distinct().count();
        assertTrue(told > 80 && told < 110, () -> "told " + told + " times");
        assertNotEquals("packing", tooSoon.note());
        assertEquals("packing", status(id).note());
    }

    @Test
    void theLastResultIsTheOwnersOnceTheJobIsDone() {
        String id = enqueue(1);

        run((export, context) -> {
            context.result(new Made("files/6"));
            context.result(new Made("files/7"));
            seen.add(status(id));
        });

        assertEquals(new JobStatus(id, "export", JobStatus.State.RUNNING, null, null, null), seen.get(0));
        assertEquals(new JobStatus(id, "export", JobStatus.State.DONE, null, null, "{\"at\":\"files/7\"}"), status(id));
    }

    @Test
    void anAttemptThatFailedLeavesNoResultAndTheNextTellsAnew() {
        String id = enqueue(1);

        run((export, context) -> {
            context.progress(0.9);
            context.result(new Made("files/7"));
            throw new IllegalStateException("no answer");
        });
        JobStatus between = status(id);
        clock.advance(Duration.ofDays(1));
        run((export, context) -> context.progress(0.1));

        assertEquals(new JobStatus(id, "export", JobStatus.State.RUNNING, 0.9, null, null), between);
        assertEquals(new JobStatus(id, "export", JobStatus.State.DONE, 0.1, null, null), status(id));
    }

    @Test
    void aHandlerServesJobsThatNobodyTracksToo() {
        store.enqueue(NewJob.of(new Export(1)));
        var ran = new ArrayList<Export>();

        run((export, context) -> {
            context.progress(0.5, "half");
            context.result(new Made("files/7"));
            ran.add(export);
        });

        assertEquals(1, ran.size());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void progressIsFromNothingToOneAndANoteIsShort() {
        var context = new JobContext(new Claim(1, 1, 1, 1), null);

        for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> context.progress(wrong));
        }
        assertThrows(IllegalArgumentException.class, () -> context.progress(0.5, "x".repeat(201)));
        assertThrows(IllegalArgumentException.class, () -> context.result(new Made("x".repeat(65_536))));
    }

    @Test
    void anOwnerCancelsWhatRunsForHim() throws InterruptedException {
        var begun = new CountDownLatch(1);
        try (Worker worker = Worker.builder(store)
                .handle(Export.class, (export, context) -> {
                    begun.countDown();
                    while (!context.cancelled()) {
                        Thread.onSpinWait();
                    }
                    context.throwIfCancelled();
                })
                .poll(Duration.ofMillis(5))
                .build()) {
            worker.start();
            String id = enqueue(1);
            assertTrue(begun.await(30, TimeUnit.SECONDS));

            Cancellation byAnother = store.statuses().cancel("bob", id);
            Cancellation byOwner = store.statuses().cancel("ann", id);
            while (!status(id).state().ended()) {
                Thread.onSpinWait();
            }

            assertEquals(Cancellation.NOT_FOUND, byAnother);
            assertEquals(Cancellation.ASKED, byOwner);
            assertEquals(JobStatus.State.CANCELLED, status(id).state());
        }
    }

    private String enqueue(int items) {
        return store.statuses().idOf(store.enqueue(NewJob.of(new Export(items)).tracked("ann")));
    }

    private void run(JobHandler<Export> handler) {
        Worker.builder(store).handle(Export.class, handler).build().runDue();
    }

    private JobStatus status(String id) {
        return store.statuses().find("ann", id).orElseThrow();
    }
}
