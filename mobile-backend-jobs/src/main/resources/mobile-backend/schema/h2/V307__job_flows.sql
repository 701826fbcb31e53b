-- Flows of jobs. State 0 is running, 1 done, 2 stopped, 3 cancelled. A plan says for each step which steps come before it.
CREATE TABLE IF NOT EXISTS mb_jobs_flow (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       varchar(200),
    stops      boolean  NOT NULL,
    state      smallint DEFAULT 0 NOT NULL,
    plan       varchar(65536) NOT NULL,
    on_failure varchar(400000),
    started_at timestamp(6) with time zone NOT NULL,
    ended_at   timestamp(6) with time zone
);
CREATE INDEX IF NOT EXISTS mb_jobs_flow_name ON mb_jobs_flow (name, id);
CREATE INDEX IF NOT EXISTS mb_jobs_flow_ended ON mb_jobs_flow (ended_at);

-- A part of a step: some hundred of its jobs, counted by themselves, so that those who end jobs of a large step rarely
-- wait for each other. It keeps its jobs until the step begins, and then the range of their ids.
CREATE TABLE IF NOT EXISTS mb_jobs_flow_step (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flow      bigint  NOT NULL,
    step      integer NOT NULL,
    total     integer NOT NULL,
    done      integer DEFAULT 0 NOT NULL,
    dead      integer DEFAULT 0 NOT NULL,
    cancelled integer DEFAULT 0 NOT NULL,
    jobs      clob,
    first_id  bigint,
    last_id   bigint
);
CREATE INDEX IF NOT EXISTS mb_jobs_flow_step_of ON mb_jobs_flow_step (flow, step);
