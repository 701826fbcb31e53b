// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that break whatever touches them. */
@Timeout(60)
class PoisonedJobsTest {

    private static final int DEEP = 100_000;

    @JobKind("fine")
    record Fine(int number) {}

    @JobKind("poison")
    record Poison(String how) {}

    /** As a version of tomorrow writes it. */
    @JobKind("poison")
    record OtherPoison(List<Integer> how) {}

    @JobKind("nobodys")
    record Nobodys() {}

    private static final RandomGenerator NO_CHANCE = () -> 0;

    private final InMemoryJobStore store = new InMemoryJobStore(new MovedClock());
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void harmNoOtherJobAndAreKept() {
        List<Record> poisons = List.of(
                new Nobodys(),
                new OtherPoison(List.of(1)),
                new Poison("overflow"),
                new Poison("memory"),
                new Poison("linkage"),
                new Poison("silent"),
                new Poison("message"),
                new Poison("interrupt"));
        Worker worker = worker();
        int number = 0;
        for (Record poison : poisons) {
            store.enqueue(NewJob.of(poison));
            store.enqueue(NewJob.of(new Fine(number++)));
        }

        worker.runDue();

        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), ran);
        Map<Long, String> errors =
                store.dead(100).stream().collect(toMap(DeadJob::id, dead -> String.valueOf(dead.error())));
        assertEquals(poisons.size(), errors.size());
        assertTrue(errors.containsValue("no handler for the kind nobodys"), errors::toString);
        assertTrue(errors.containsValue("java.lang.StackOverflowError"), errors::toString);
        assertTrue(errors.values().stream().noneMatch(String::isBlank), errors::toString);
        assertTrue(
                errors.values().stream().allMatch(error -> error.length() <= JobOutcome.LONGEST_ERROR),
                errors::toString);
    }

    @Test
    void leaveAWorkerOnItsThreadsAtWork() throws InterruptedException {
        var after = new CountDownLatch(1);
        boolean inTime;
        try (Worker worker = Worker.builder(store)
                .handle(Poison.class, PoisonedJobsTest::harm)
                .handle(Fine.class, (fine, context) -> after.countDown())
                .retry(RetryPolicy.STANDARD.attempts(1))
                .concurrency(1)
                .build()) {
            for (String how : List.of("overflow", "memory", "linkage", "silent", "message", "interrupt")) {
                store.enqueue(NewJob.of(new Poison(how)));
            }
            store.enqueue(NewJob.of(new Fine(1)));

            worker.start();
            inTime = after.await(30, TimeUnit.SECONDS);
        }

        assertTrue(inTime);
        assertEquals(6, store.dead(100).size());
    }

    private Worker worker() {
        return Worker.builder(store)
                .handle(Poison.class, PoisonedJobsTest::harm)
                .handle(Fine.class, (fine, context) -> {
                    if (!Thread.currentThread().isInterrupted()) {
                        ran.add(fine.number());
                    }
                })
                .retry(RetryPolicy.STANDARD.attempts(1))
                .random(NO_CHANCE)
                .build();
    }

    private static void harm(Poison poison, JobContext context) throws Exception {
        switch (poison.how()) {
            case "overflow" -> descend(0);
            case "memory" -> throw new OutOfMemoryError("as if");
            case "linkage" -> throw new NoClassDefFoundError("gone/with/the/Deployment");
            case "silent" -> throw new Silent();
            case "message" -> throw new IllegalStateException("\0" + "long".repeat(DEEP));
            default -> {
                Thread.currentThread().interrupt();
                throw new InterruptedException("by itself");
            }
        }
    }

    private static int descend(int depth) {
        return depth == Integer.MAX_VALUE ? depth : descend(depth + 1) + 1;
    }

    /** Fails even when it is asked what it is. */
    private static final class Silent extends RuntimeException {

        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
