-- Background jobs. State 0 is waiting, 1 running, 2 dead, and a finished job is deleted.
CREATE TABLE IF NOT EXISTS mb_job (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_at  timestamp(6) with time zone NOT NULL,
    died_at timestamp(6) with time zone,
    owner   bigint,
    attempt integer  DEFAULT 0 NOT NULL,
    state   smallint DEFAULT 0 NOT NULL,
    kind    varchar(64)    NOT NULL,
    payload varchar(65536) NOT NULL,
    error   varchar(2000)
);
CREATE INDEX IF NOT EXISTS mb_job_due ON mb_job (state, run_at, id);
CREATE INDEX IF NOT EXISTS mb_job_owner ON mb_job (owner);

-- One row a worker process, gone when its lease was ended by itself or by others.
CREATE TABLE IF NOT EXISTS mb_job_worker (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lease_until timestamp(6) with time zone NOT NULL
);
