-- Events on their way out: published by a transaction of the application, gone once the relay has sent them. Events of
-- one subject are published one transaction after the other, so that their positions are in the order of the commits.
CREATE TABLE IF NOT EXISTS mb_outbox (
    position     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           varchar(36)  NOT NULL,
    source       varchar(200) NOT NULL,
    topic        varchar(200) NOT NULL,
    subject      varchar(200),
    type         varchar(64)  NOT NULL,
    version      integer      NOT NULL,
    published_at timestamp(6) with time zone NOT NULL,
    headers      varchar(16384)  NOT NULL,
    data         varchar(262144) NOT NULL,
    attempt      integer DEFAULT 0 NOT NULL,
    retry_at     timestamp(6) with time zone,
    error        varchar(2000)
);
CREATE INDEX IF NOT EXISTS mb_outbox_blocked ON mb_outbox (topic, subject, attempt, position);

-- What a transaction holds from its first event of a subject to its end; subjects share them.
CREATE TABLE IF NOT EXISTS mb_outbox_lane (
    lane smallint PRIMARY KEY
);
MERGE INTO mb_outbox_lane (lane) SELECT x FROM system_range(0, 255);

-- The one relay that sends, as long as its lease lasts.
CREATE TABLE IF NOT EXISTS mb_outbox_relay (
    name        varchar(64) PRIMARY KEY,
    owner       bigint NOT NULL,
    lease_until timestamp(6) with time zone NOT NULL
);
MERGE INTO mb_outbox_relay (name, owner, lease_until)
    VALUES ('outbox', 0, TIMESTAMP WITH TIME ZONE '2000-01-01 00:00:00+00');

-- What a consumer has done already.
CREATE TABLE IF NOT EXISTS mb_inbox (
    consumer varchar(64)  NOT NULL,
    event    varchar(200) NOT NULL,
    seen_at  timestamp(6) with time zone NOT NULL,
    PRIMARY KEY (consumer, event)
);
CREATE INDEX IF NOT EXISTS mb_inbox_seen ON mb_inbox (seen_at);
