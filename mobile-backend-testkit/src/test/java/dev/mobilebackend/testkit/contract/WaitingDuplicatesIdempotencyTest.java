// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static dev.mobilebackend.testkit.contract.Effects.POLICY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Duplicates that wait in a transaction hold a connection each, so only a few may. */
@Timeout(60)
class WaitingDuplicatesIdempotencyTest {

    @Test
    void tellsADuplicateToComeBackAtOnceWhereFourOthersWait() throws Exception {
        try (var effects = new Effects(TestDatabase.postgres())) {
            IdempotentRequest request = effects.request("key-1", POLICY.lockWait(Duration.ofMinutes(5)));
            BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
            BlockingQueue<Problem> refusals = new LinkedBlockingQueue<>();
            Runnable duplicate = () -> {
                try {
                    answers.add(effects.idempotency.inTransaction(request, handle -> Effects.add(handle, "again")));
                } catch (ProblemException refused) {
                    refusals.add(refused.problem());
                }
            };

            List<Problem> told = new ArrayList<>();
            effects.idempotency.inTransaction(request, handle -> {
                for (int i = 0; i < 7; i++) {
                    Ambient.threads("duplicate").newThread(duplicate).start();
                }
                for (int i = 0; i < 3; i++) {
                    told.add(refusals.take());
                }
                return Effects.add(handle, "order");
            });
            for (int i = 0; i < 4; i++) {
                assertEquals("true", answers.take().headers().get("Idempotent-Replayed"));
            }

            for (Problem refusal : told) {
                assertEquals("idempotency-in-progress", refusal.code());
                assertEquals("1", refusal.headers().get("Retry-After"));
            }
            assertEquals(List.of("order"), effects.all());
        }
    }
}
