-- Which job stands for a kind and key: until it ends, or until a time.
CREATE TABLE IF NOT EXISTS mb_jobs_unique (
    kind         varchar(64)  NOT NULL,
    unique_key   varchar(200) NOT NULL,
    job          bigint NOT NULL,
    stands_until timestamp(6) with time zone,
    PRIMARY KEY (kind, unique_key)
);
CREATE INDEX IF NOT EXISTS mb_jobs_unique_over ON mb_jobs_unique (stands_until);

-- Jobs with a key: which keys have jobs waiting, and which of a key is the next.
CREATE INDEX IF NOT EXISTS mb_jobs_waiting_key ON mb_jobs_waiting (queue, partition_key, priority, run_at, id);

-- Whoever claims jobs under a limit holds the row of their queue; starts tells of claims in the last window of its rate.
CREATE TABLE IF NOT EXISTS mb_jobs_turn (
    queue  varchar(64) PRIMARY KEY,
    starts varchar(4000)
);

-- The jobs of a claim that count towards a limit, until they end.
CREATE TABLE IF NOT EXISTS mb_jobs_running (
    claim         bigint NOT NULL REFERENCES mb_jobs_claimed (id) ON DELETE CASCADE,
    job           bigint NOT NULL,
    queue         varchar(64)  NOT NULL,
    partition_key varchar(202) NOT NULL,
    PRIMARY KEY (claim, job)
);
CREATE INDEX IF NOT EXISTS mb_jobs_running_key ON mb_jobs_running (queue, partition_key);
