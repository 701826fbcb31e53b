-- Flows of jobs. State 0 is running, 1 done, 2 stopped, 3 cancelled. A plan says for each step which steps come before it.
CREATE TABLE mb_jobs_flow (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text,
    stops      boolean  NOT NULL,
    state      smallint NOT NULL DEFAULT 0,
    plan       text     NOT NULL,
    on_failure text,
    started_at timestamp with time zone NOT NULL,
    ended_at   timestamp with time zone
) WITH (fillfactor = 70);
CREATE INDEX mb_jobs_flow_name ON mb_jobs_flow (name, id) WHERE name IS NOT NULL;
CREATE INDEX mb_jobs_flow_ended ON mb_jobs_flow (ended_at) WHERE ended_at IS NOT NULL;

-- A part of a step: some hundred of its jobs, counted by themselves, so that those who end jobs of a large step rarely
-- wait for each other. It keeps its jobs until the step begins, and then the range of their ids.
CREATE TABLE mb_jobs_flow_step (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flow      bigint  NOT NULL,
    step      integer NOT NULL,
    total     integer NOT NULL,
    done      integer NOT NULL DEFAULT 0,
    dead      integer NOT NULL DEFAULT 0,
    cancelled integer NOT NULL DEFAULT 0,
    jobs      text,
    first_id  bigint,
    last_id   bigint
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX mb_jobs_flow_step_of ON mb_jobs_flow_step (flow, step);
