-- Background jobs. State 0 is waiting, 1 running, 2 dead, and a finished job is deleted. Each question of a worker has
-- its own partial index, so that none holds a job which is not an answer to it. Each claim and each finish leaves an old
-- version of a row behind, hence the room in each page and the eager vacuum.
CREATE TABLE mb_job (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_at  timestamp with time zone NOT NULL,
    died_at timestamp with time zone,
    owner   bigint,
    attempt integer  NOT NULL DEFAULT 0,
    state   smallint NOT NULL DEFAULT 0,
    kind    text     NOT NULL,
    payload text     NOT NULL,
    error   text
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX mb_job_waiting ON mb_job (run_at, id) WHERE state = 0;
CREATE INDEX mb_job_running ON mb_job (owner) WHERE state = 1;
CREATE INDEX mb_job_dead ON mb_job (died_at, id) WHERE state = 2;

-- One row a worker process, gone when its lease was ended by itself or by others. No index on lease_until, which keeps
-- a heartbeat's update inside its page.
CREATE TABLE mb_job_worker (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lease_until timestamp with time zone NOT NULL
) WITH (fillfactor = 50);
