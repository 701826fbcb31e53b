-- Events on their way out: published by a transaction of the application, gone once the relay has sent them. Events of
-- one subject are published one transaction after the other, so that their positions are in the order of the commits.
CREATE TABLE IF NOT EXISTS mb_outbox (
    position     bigint AUTO_INCREMENT PRIMARY KEY,
    id           varchar(36)  NOT NULL,
    source       varchar(200) NOT NULL,
    topic        varchar(200) NOT NULL,
    subject      varchar(200),
    type         varchar(64)  NOT NULL,
    version      integer      NOT NULL,
    published_at datetime(6) NOT NULL,
    headers      mediumtext  NOT NULL,
    data         mediumtext NOT NULL,
    attempt      integer DEFAULT 0 NOT NULL,
    retry_at     datetime(6),
    error        varchar(2000),
    INDEX mb_outbox_blocked (topic, subject, attempt, position)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What a transaction holds from its first event of a subject to its end; subjects share them.
CREATE TABLE IF NOT EXISTS mb_outbox_lane (
    lane smallint PRIMARY KEY
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT IGNORE INTO mb_outbox_lane (lane)
    WITH RECURSIVE n (lane) AS (SELECT 0 UNION ALL SELECT lane + 1 FROM n WHERE lane < 255) SELECT lane FROM n;

-- The one relay that sends, as long as its lease lasts.
CREATE TABLE IF NOT EXISTS mb_outbox_relay (
    name        varchar(64) PRIMARY KEY,
    owner       bigint NOT NULL,
    lease_until datetime(6) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT IGNORE INTO mb_outbox_relay (name, owner, lease_until) VALUES ('outbox', 0, '2000-01-01 00:00:00');

-- What a consumer has done already.
CREATE TABLE IF NOT EXISTS mb_inbox (
    consumer varchar(64)  NOT NULL,
    event    varchar(200) NOT NULL,
    seen_at  datetime(6) NOT NULL,
    PRIMARY KEY (consumer, event),
    INDEX mb_inbox_seen (seen_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
