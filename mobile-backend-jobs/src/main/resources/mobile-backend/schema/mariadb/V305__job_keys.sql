-- Which job stands for a kind and key: until it ends, or until a time.
CREATE TABLE IF NOT EXISTS mb_jobs_unique (
    kind         varchar(64)  NOT NULL,
    unique_key   varchar(200) NOT NULL,
    job          bigint NOT NULL,
    stands_until datetime(6),
    PRIMARY KEY (kind, unique_key),
    INDEX mb_jobs_unique_over (stands_until)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Whoever claims jobs under a limit holds the row of their queue; starts tells of claims in the last window of its rate.
CREATE TABLE IF NOT EXISTS mb_jobs_turn (
    queue  varchar(64) PRIMARY KEY,
    starts varchar(4000)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The jobs of a claim that count towards a limit, until they end.
CREATE TABLE IF NOT EXISTS mb_jobs_running (
    claim         bigint NOT NULL,
    job           bigint NOT NULL,
    queue         varchar(64)  NOT NULL,
    partition_key varchar(202) NOT NULL,
    PRIMARY KEY (claim, job),
    FOREIGN KEY (claim) REFERENCES mb_jobs_claimed (id) ON DELETE CASCADE,
    INDEX mb_jobs_running_key (queue, partition_key)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
