// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

/** JobRunr, its open edition, with 20 workers that poll as often as it lets them: every five seconds. */
final class JobRunrJobs implements Contender {

    private static final Duration POLL = Duration.ofSeconds(5);

    private final JobsDatabase place;
    private final JsonMapper json = new Jackson3JsonMapper();
    private final StorageProvider storage;
    private final JobRequestScheduler scheduler;

    /** What JobRunr keeps of a job. */
    record Request(long number, String order) implements JobRequest {
        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** JobRunr calls it by reflection, so it is public. */
    public record Handler(LongConsumer body) implements JobRequestHandler<Request> {
        @Override
        public void run(Request request) {
            body.accept(request.number());
        }
    }

    JobRunrJobs(JobsDatabase place) {
        this.place = place;
        this.storage = SqlStorageProviderFactory.using(place.pool());
        storage.setJobMapper(new JobMapper(json));
        this.scheduler = new JobRequestScheduler(storage);
    }

    @Override
    public String toString() {
        return "JobRunr";
    }

    @Override
    public void clear() throws SQLException {
        place.execute("TRUNCATE TABLE jobrunr_jobs");
    }

    @Override
    public void enqueue(long number) {
        scheduler.enqueue(new Request(number, ORDER));
    }

    @Override
    public void enqueueAll(long first, int jobs) {
        scheduler.enqueue(LongStream.range(first, first + jobs).mapToObj(number -> new Request(number, ORDER)));
    }

    @Override
    public boolean pending() throws SQLException {
        return place.exists("SELECT 1 FROM jobrunr_jobs WHERE state IN ('ENQUEUED', 'PROCESSING')");
    }

    @Override
    public Working start(LongConsumer body) {
        var handler = new Handler(body);
        var activator = new JobActivator() {
            @Override
            public <T> T activateJob(Class<T> type) {
                return type.cast(handler);
            }
        };
        var server = new BackgroundJobServer(
                storage,
                json,
                activator,
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andWorkerCount(DbScheduler.THREADS)
                        .andPollInterval(POLL));
        server.start();
        return server::stop;
    }
}
