// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.JobStoreLaws;
import java.time.InstantSource;
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
            handle.execute("DELETE FROM mb_job");
            handle.execute("DELETE FROM mb_job_worker");
        });
        return JdbiJobStore.of(DATABASE, clock);
    }
}
