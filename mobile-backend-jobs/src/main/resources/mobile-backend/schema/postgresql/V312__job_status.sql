-- How a tracked job goes, for its owner: state 0 is waiting, 1 running, 2 done, 3 failed, 4 cancelled. The claim is the last
-- one whose run has told anything; an earlier one is not heard any more.
CREATE TABLE mb_jobs_status (
    id       text COLLATE "C" PRIMARY KEY,
    job      bigint   NOT NULL UNIQUE,
    owner    text COLLATE "C" NOT NULL,
    kind     text     NOT NULL,
    state    smallint NOT NULL,
    claim    bigint   NOT NULL,
    progress double precision,
    note     text,
    result   text,
    ended_at timestamp with time zone
) WITH (fillfactor = 70);
CREATE INDEX mb_jobs_status_owner ON mb_jobs_status (owner);
CREATE INDEX mb_jobs_status_ended ON mb_jobs_status (ended_at) WHERE ended_at IS NOT NULL;
