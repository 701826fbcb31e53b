-- Jobs that somebody wants to be cancelled while a worker has them. Heartbeats read all of it, so it must stay small.
CREATE TABLE IF NOT EXISTS mb_jobs_cancel (
    job      bigint PRIMARY KEY,
    asked_at datetime(6) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
