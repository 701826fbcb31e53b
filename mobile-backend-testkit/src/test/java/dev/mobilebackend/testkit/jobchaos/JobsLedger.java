// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.jobchaos;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.jobs.Claim;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What was asked for, what was done, and when each lease ended, on the database's clock. No key and no constraint of it
 * keeps anything out: what is there twice was done twice.
 */
record JobsLedger(Database database) {

    static final String TABLES = """
            CREATE TABLE chaos_asked (number integer NOT NULL, transactional boolean NOT NULL, lane text);
            CREATE TABLE chaos_event (
                id bigint GENERATED ALWAYS AS IDENTITY, number integer NOT NULL, what text NOT NULL,
                owner bigint NOT NULL, attempt integer NOT NULL, process bigint NOT NULL,
                at timestamp with time zone NOT NULL DEFAULT clock_timestamp());
            CREATE INDEX chaos_event_number ON chaos_event (number);
            CREATE TABLE chaos_lease (owner bigint NOT NULL, until timestamp with time zone NOT NULL,
                at timestamp with time zone NOT NULL DEFAULT clock_timestamp());
            CREATE FUNCTION chaos_lease_ended() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO chaos_lease (owner, until) VALUES (OLD.id, OLD.lease_until); RETURN OLD; END $$;
            CREATE TRIGGER chaos_lease AFTER DELETE ON mb_job_worker FOR EACH ROW EXECUTE FUNCTION chaos_lease_ended();
            """;

    /** The most findings of a kind that are told. */
    private static final int TOLD = 5;

    /** In the transaction that enqueues the job. */
    static void ask(Handle handle, int number, boolean transactional, String lane) {
        handle.execute("INSERT INTO chaos_asked VALUES (?, ?, ?)", number, transactional, lane);
    }

    static void tell(Handle handle, int number, String what, Claim claim) {
        handle.execute(
                "INSERT INTO chaos_event (number, what, owner, attempt, process) VALUES (?, ?, ?, ?, ?)",
                number,
                what,
                claim.owner(),
                claim.attempt(),
                ProcessHandle.current().pid());
    }

    /** The lease under which a process has told anything last; 0 if it has not. */
    long ownerOf(long process) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT COALESCE(max(owner), 0) FROM chaos_event WHERE process = :process")
                        .bind("process", process)
                        .mapTo(Long.class)
                        .one());
    }

    boolean hasEnded(long owner) {
        return count("SELECT count(*) FROM chaos_lease WHERE owner = :owner", owner) > 0;
    }

    boolean hasJobs(long owner) {
        return count("SELECT count(*) FROM mb_jobs_claimed WHERE owner = :owner", owner) > 0;
    }

    private int count(String query, long owner) {
        return database.withHandle(handle -> handle.createQuery(query)
                .bind("owner", owner)
                .mapTo(Integer.class)
                .one());
    }

    /** What must not be; empty if all is well. */
    List<String> audit() {
        var found = new ArrayList<String>();
        add(found, "lost: job %s was never done", """
                SELECT number::text FROM chaos_asked a WHERE NOT EXISTS (SELECT 1 FROM chaos_event e
                    WHERE e.number = a.number AND e.what = CASE WHEN a.transactional THEN 'effect' ELSE 'ended' END)""");
        add(found, "duplicated: the effect of job %s", """
                SELECT number || ' happened ' || count(*) || ' times' FROM chaos_event WHERE what = 'effect'
                GROUP BY number HAVING count(*) > 1""");
        add(found, "rolled back: job %s was never committed and ran", """
                SELECT DISTINCT number::text FROM chaos_event e
                WHERE NOT EXISTS (SELECT 1 FROM chaos_asked a WHERE a.number = e.number)""");
        add(found, "overlap: job %s", """
                SELECT one.number || ' began at ' || other.owner || ' while it ran at ' || one.owner || ', whose lease lived'
                FROM chaos_event one JOIN chaos_event other ON other.number = one.number AND other.what = 'begun'
                    AND other.id > one.id AND other.attempt = one.attempt
                WHERE one.what = 'begun'
                AND NOT EXISTS (SELECT 1 FROM chaos_lease l WHERE l.owner = one.owner AND l.at <= other.at)
                AND NOT EXISTS (SELECT 1 FROM chaos_event e WHERE e.number = one.number AND e.owner = one.owner
                    AND e.attempt = one.attempt AND e.what = 'ended' AND e.at <= other.at)""");
        add(found, "early: the lease of %s", """
                SELECT owner || ' was ended ' || (until - at) || ' before its time' FROM chaos_lease WHERE until > at""");
        add(found, "order: %s", """
                SELECT lane || ' did ' || number || ' after ' || before FROM (
                    SELECT a.lane, e.number, lag(e.number) OVER (PARTITION BY a.lane ORDER BY e.id) AS before
                    FROM chaos_event e JOIN chaos_asked a ON a.number = e.number
                    WHERE e.what = 'effect' AND a.lane IS NOT NULL) AS done
                WHERE number < before""");
        add(found, "attempts: job %s", """
                SELECT number || ' had ' || max(attempt) FROM chaos_event GROUP BY number HAVING max(attempt) > %d""".formatted(ChaosWorker.ATTEMPTS));
        add(found, "dead: job %s", "SELECT id || ' of ' || error FROM mb_jobs_dead");
        return found;
    }

    private void add(List<String> found, String finding, String query) {
        List<String> all = database.withHandle(
                handle -> handle.createQuery(query).mapTo(String.class).list());
        all.stream().limit(TOLD).map(one -> finding.replace("%s", one)).forEach(found::add);
        if (all.size() > TOLD) {
            found.add("... and " + (all.size() - TOLD) + " more like this");
        }
    }
}
