-- Jobs that somebody wants to be cancelled while a worker has them. Heartbeats read all of it, so it must stay small.
CREATE TABLE IF NOT EXISTS mb_jobs_cancel (
    job      bigint PRIMARY KEY,
    asked_at timestamp(6) with time zone NOT NULL
);
