-- How a tracked job goes, for its owner: state 0 is waiting, 1 running, 2 done, 3 failed, 4 cancelled. The claim is the last
-- one whose run has told anything; an earlier one is not heard any more.
CREATE TABLE IF NOT EXISTS mb_jobs_status (
    id       varchar(22)  PRIMARY KEY,
    job      bigint       NOT NULL UNIQUE,
    owner    varchar(200) NOT NULL,
    kind     varchar(64)  NOT NULL,
    state    smallint     NOT NULL,
    claim    bigint       NOT NULL,
    progress double precision,
    note     varchar(200),
    result   varchar(65536),
    ended_at timestamp(6) with time zone
);
CREATE INDEX IF NOT EXISTS mb_jobs_status_owner ON mb_jobs_status (owner);
CREATE INDEX IF NOT EXISTS mb_jobs_status_ended ON mb_jobs_status (ended_at);
