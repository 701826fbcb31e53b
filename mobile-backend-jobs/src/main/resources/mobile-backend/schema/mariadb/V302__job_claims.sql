-- A job waits as a row of mb_jobs_waiting. A claim moves some hundred of them into one row of its own, so that a job
-- costs one insert, one delete and a share of a claim. Jobs of mb_job, which the version before wrote, are moved here by
-- the workers.
CREATE TABLE IF NOT EXISTS mb_jobs_waiting (
    id            bigint AUTO_INCREMENT PRIMARY KEY,
    run_at        datetime(6) NOT NULL,
    attempt       integer  DEFAULT 0 NOT NULL,
    priority      smallint DEFAULT 20 NOT NULL,
    rescued       boolean  DEFAULT false NOT NULL,
    queue         varchar(64) DEFAULT 'default' NOT NULL,
    kind          varchar(64) NOT NULL,
    payload       mediumtext NOT NULL,
    partition_key varchar(202),
    extra         mediumtext,
    error         varchar(2000),
    INDEX mb_jobs_waiting_key (queue, partition_key, priority, run_at, id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What an owner runs. The jobs are JSON; ended has a bit for each, in the order of their ids.
CREATE TABLE IF NOT EXISTS mb_jobs_claimed (
    id         bigint AUTO_INCREMENT PRIMARY KEY,
    owner      bigint NOT NULL,
    claimed_at datetime(6) NOT NULL,
    queue      varchar(64) NOT NULL,
    jobs       longtext NOT NULL,
    ended      varbinary(1250),
    INDEX mb_jobs_claimed_owner (owner)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What a job of a claim has told by itself: that it began, after a rescue, or that it ended, in its own transaction.
-- Without a reference: InnoDB would have that transaction hold the whole claim. Whoever deletes a claim deletes these.
CREATE TABLE IF NOT EXISTS mb_jobs_mark (
    claim bigint  NOT NULL,
    job   bigint  NOT NULL,
    ended boolean NOT NULL,
    PRIMARY KEY (claim, job, ended)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS mb_jobs_dead (
    id            bigint PRIMARY KEY,
    died_at       datetime(6) NOT NULL,
    run_at        datetime(6) NOT NULL,
    attempt       integer  NOT NULL,
    priority      smallint NOT NULL,
    queue         varchar(64) NOT NULL,
    kind          varchar(64) NOT NULL,
    payload       mediumtext NOT NULL,
    partition_key varchar(202),
    extra         mediumtext,
    error         varchar(2000) NOT NULL,
    INDEX mb_jobs_dead_newest (died_at, id),
    INDEX mb_jobs_dead_kind (kind, died_at, id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
