-- What operators chose for a queue. One that nobody has touched has no row.
CREATE TABLE IF NOT EXISTS mb_jobs_queue (
    queue  varchar(64) PRIMARY KEY,
    paused boolean DEFAULT FALSE NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What the runs of a queue came to in a minute, a row for each worker process, so that none waits for another's. Times are
-- in microseconds.
CREATE TABLE IF NOT EXISTS mb_jobs_minute (
    began_at     datetime(6) NOT NULL,
    queue        varchar(64) NOT NULL,
    worker       bigint NOT NULL,
    done         bigint NOT NULL,
    failed       bigint NOT NULL,
    dead         bigint NOT NULL,
    ran          bigint NOT NULL,
    longest_run  bigint NOT NULL,
    waited       bigint NOT NULL,
    longest_wait bigint NOT NULL,
    PRIMARY KEY (began_at, queue, worker)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
