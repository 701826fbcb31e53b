-- One row a schedule. Whoever moves next_at on, on the condition that it still is what was read, enqueues the ticks that it
-- moved past. confirmed_at says when an instance last ran that was deployed with this spec and zone.
CREATE TABLE IF NOT EXISTS mb_job_schedule (
    name         varchar(64)  PRIMARY KEY,
    spec         varchar(200) NOT NULL,
    zone         varchar(64)  NOT NULL,
    next_at      datetime(6) NOT NULL,
    last_at      datetime(6),
    confirmed_at datetime(6) NOT NULL,
    paused       boolean DEFAULT FALSE NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
