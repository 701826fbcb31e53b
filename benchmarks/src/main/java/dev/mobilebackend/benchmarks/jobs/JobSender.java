// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/**
 * Another process with a pool of its own, which only enqueues: for each line with a contender and a number it does so
 * once, then says when it began.
 */
final class JobSender {

    private JobSender() {}

    /** What is compared, in the same order in both processes. */
    static List<Contender> contenders(JobsDatabase place) throws SQLException {
        return List.of(
                OurJobs.plain(place),
                Bare.on(place, true),
                Bare.on(place, false),
                DbScheduler.postgresql(place),
                new JobRunrJobs(place));
    }

    public static void main(String[] arguments) throws Exception {
        String[] address = arguments[0].split(" ", -1);
        try (JobsDatabase place = JobsDatabase.open(address[0], address[1], address[2])) {
            List<Contender> contenders = contenders(place);
            System.out.println(System.nanoTime());
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] asked = line.split(" ", -1);
                Contender contender = contenders.get(Integer.parseInt(asked[0]));
                long start = System.nanoTime();
                contender.enqueue(Long.parseLong(asked[1]));
                System.out.println(start);
            }
        }
    }
}
