-- Jobs that somebody wants to be cancelled while a worker has them. Heartbeats read all of it, so it must stay small.
CREATE TABLE mb_jobs_cancel (
    job      bigint PRIMARY KEY,
    asked_at timestamp with time zone NOT NULL
);
