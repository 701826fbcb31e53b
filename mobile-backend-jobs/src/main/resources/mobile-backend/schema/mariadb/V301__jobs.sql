-- Background jobs. State 0 is waiting, 1 running, 2 dead, and a finished job is deleted.
CREATE TABLE IF NOT EXISTS mb_job (
    id      bigint AUTO_INCREMENT PRIMARY KEY,
    run_at  datetime(6) NOT NULL,
    died_at datetime(6),
    owner   bigint,
    attempt integer  DEFAULT 0 NOT NULL,
    state   smallint DEFAULT 0 NOT NULL,
    kind    varchar(64)    NOT NULL,
    payload mediumtext NOT NULL,
    error   varchar(2000),
    INDEX mb_job_due (state, run_at, id),
    INDEX mb_job_owner (owner)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row a worker process, gone when its lease was ended by itself or by others.
CREATE TABLE IF NOT EXISTS mb_job_worker (
    id          bigint AUTO_INCREMENT PRIMARY KEY,
    lease_until datetime(6) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
