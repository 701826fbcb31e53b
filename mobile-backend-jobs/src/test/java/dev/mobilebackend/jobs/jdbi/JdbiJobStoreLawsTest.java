// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.JobStoreLaws;
import java.time.InstantSource;
import java.util.List;
import net.jqwik.api.lifecycle.AfterContainer;
import org.h2.jdbcx.JdbcConnectionPool;

class JdbiJobStoreLawsTest extends JobStoreLaws {

    private static final JdbcConnectionPool POOL = JdbcConnectionPool.create("jdbc:h2:mem:jobs_laws", "sa", "");
    private static final Database DATABASE = Database.of(POOL);

    static {
        Schema.install(DATABASE, JdbiJobStore.SCHEMA);
    }

    @AfterContainer
    static void drop() {
        POOL.dispose();
    }

    @Override
    protected JobStore store(InstantSource clock) {
        DATABASE.useTransaction(handle -> {
            List.of("mb_jobs_mark", "mb_jobs_claimed", "mb_jobs_waiting", "mb_jobs_dead", "mb_job_worker")
                    .forEach(table -> handle.execute("DELETE FROM " + table));
        });
        return JdbiJobStore.of(DATABASE, clock);
    }
}
