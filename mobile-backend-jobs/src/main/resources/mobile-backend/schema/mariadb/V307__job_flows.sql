-- Flows of jobs. State 0 is running, 1 done, 2 stopped, 3 cancelled. A plan says for each step which steps come before it.
CREATE TABLE IF NOT EXISTS mb_jobs_flow (
    id         bigint AUTO_INCREMENT PRIMARY KEY,
    name       varchar(200),
    stops      boolean  NOT NULL,
    state      smallint DEFAULT 0 NOT NULL,
    plan       mediumtext NOT NULL,
    on_failure mediumtext,
    started_at datetime(6) NOT NULL,
    ended_at   datetime(6),
    INDEX mb_jobs_flow_name (name, id),
    INDEX mb_jobs_flow_ended (ended_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- A part of a step: some hundred of its jobs, counted by themselves, so that those who end jobs of a large step rarely
-- wait for each other. It keeps its jobs until the step begins, and then the range of their ids.
CREATE TABLE IF NOT EXISTS mb_jobs_flow_step (
    id        bigint AUTO_INCREMENT PRIMARY KEY,
    flow      bigint  NOT NULL,
    step      integer NOT NULL,
    total     integer NOT NULL,
    done      integer DEFAULT 0 NOT NULL,
    dead      integer DEFAULT 0 NOT NULL,
    cancelled integer DEFAULT 0 NOT NULL,
    jobs      longtext,
    first_id  bigint,
    last_id   bigint,
    INDEX mb_jobs_flow_step_of (flow, step)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
