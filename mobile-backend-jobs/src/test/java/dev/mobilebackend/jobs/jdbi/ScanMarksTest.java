// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.jobs.JobPriority;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ScanMarksTest {

    private static final String QUEUE = "default";
    private static final ScanMarks.Mark START = new ScanMarks.Mark("-infinity", 0);

    private final AtomicLong ticks = new AtomicLong();
    private final ScanMarks marks = new ScanMarks(ticks::get);

    @Test
    void theNextScanBeginsAfterTheLastJobOfEachPriority() {
        scan(10, job(1, JobPriority.HIGH), job(2, JobPriority.NORMAL), job(3, JobPriority.NORMAL));

        ScanMarks.Scan next = marks.begin(QUEUE);

        assertEquals(new ScanMarks.Mark("at 1", 1), next.from(JobPriority.HIGH));
        assertEquals(new ScanMarks.Mark("at 3", 3), next.from(JobPriority.NORMAL));
        assertEquals(START, next.from(JobPriority.LOW));
    }

    @Test
    void scansFromTheStartTakeATwentiethOfTheTime() {
        scan(10, job(1, JobPriority.NORMAL));

        ticks.addAndGet(20 * 10 - 1);
        ScanMarks.Mark before = marks.begin(QUEUE).from(JobPriority.NORMAL);
        ticks.incrementAndGet();
        ScanMarks.Mark then = marks.begin(QUEUE).from(JobPriority.NORMAL);

        assertEquals(1, before.id());
        assertEquals(START, then);
    }

    @Test
    void aJobThatWasPutBackIsLookedForFromTheStartAtOnce() {
        scan(10, job(1, JobPriority.NORMAL));

        marks.putBack(QUEUE);

        assertEquals(START, marks.begin(QUEUE).from(JobPriority.NORMAL));
    }

    @Test
    void aJobThatWasPutBackWhileAScanWentOnIsLookedForFromTheStartToo() {
        scan(10, job(1, JobPriority.NORMAL));
        ScanMarks.Scan underWay = marks.begin(QUEUE);

        marks.putBack(QUEUE);
        marks.end(underWay, List.of(job(2, JobPriority.NORMAL)));

        assertEquals(START, marks.begin(QUEUE).from(JobPriority.NORMAL));
    }

    @Test
    void queuesHaveMarksOfTheirOwn() {
        scan(10, job(1, JobPriority.NORMAL));

        assertEquals(START, marks.begin("mail").from(JobPriority.NORMAL));
    }

    private void scan(long nanos, StoredJob... found) {
        ScanMarks.Scan scan = marks.begin(QUEUE);
        ticks.addAndGet(nanos);
        marks.end(scan, List.of(found));
    }

    private static StoredJob job(long id, JobPriority priority) {
        return new StoredJob(id, "at " + id, 0, priority.code(), false, QUEUE, "test", "{}", null, null);
    }
}
