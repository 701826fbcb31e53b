-- Which job stands for a kind and key: until it ends, or until a time.
CREATE TABLE mb_jobs_unique (
    kind         text COLLATE "C" NOT NULL,
    unique_key   text COLLATE "C" NOT NULL,
    job          bigint NOT NULL,
    stands_until timestamp with time zone,
    PRIMARY KEY (kind, unique_key)
);
CREATE INDEX mb_jobs_unique_over ON mb_jobs_unique (stands_until) WHERE stands_until IS NOT NULL;

-- Jobs with a key: which keys have jobs waiting and which of a key is the next, by turn or in order, and when.
CREATE INDEX mb_jobs_waiting_key ON mb_jobs_waiting (queue, partition_key, priority, run_at, id)
    WHERE partition_key IS NOT NULL;
CREATE INDEX mb_jobs_waiting_order ON mb_jobs_waiting (queue, partition_key, id) WHERE partition_key IS NOT NULL;
CREATE INDEX mb_jobs_waiting_key_due ON mb_jobs_waiting (queue, run_at) WHERE partition_key IS NOT NULL;

-- Whoever claims jobs under a limit holds the row of their queue; starts tells of claims in the last window of its rate.
CREATE TABLE mb_jobs_turn (
    queue  text COLLATE "C" PRIMARY KEY,
    starts text
);

-- The jobs of a claim that count towards a limit, until they end.
CREATE TABLE mb_jobs_running (
    claim         bigint NOT NULL REFERENCES mb_jobs_claimed ON DELETE CASCADE,
    job           bigint NOT NULL,
    queue         text COLLATE "C" NOT NULL,
    partition_key text COLLATE "C" NOT NULL,
    PRIMARY KEY (claim, job)
);
CREATE INDEX mb_jobs_running_key ON mb_jobs_running (queue, partition_key);
