-- Events on their way out: published by a transaction of the application, gone once the relay has sent them. Events of
-- one subject are published one transaction after the other, so that their positions are in the order of the commits.
CREATE TABLE mb_outbox (
    position     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           text    NOT NULL,
    source       text    NOT NULL,
    topic        text    COLLATE "C" NOT NULL,
    subject      text    COLLATE "C",
    type         text    NOT NULL,
    version      integer NOT NULL,
    published_at timestamp with time zone NOT NULL,
    headers      text    NOT NULL,
    data         text    NOT NULL,
    attempt      integer NOT NULL DEFAULT 0,
    retry_at     timestamp with time zone,
    error        text
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX mb_outbox_blocked ON mb_outbox (topic, subject, position) WHERE attempt > 0;

-- The one relay that sends, as long as its lease lasts.
CREATE TABLE mb_outbox_relay (
    name        text   PRIMARY KEY,
    owner       bigint NOT NULL,
    lease_until timestamp with time zone NOT NULL
) WITH (fillfactor = 50);
INSERT INTO mb_outbox_relay (name, owner, lease_until) VALUES ('outbox', 0, '2000-01-01 00:00:00+00');

-- What a consumer has done already.
CREATE TABLE mb_inbox (
    consumer text COLLATE "C" NOT NULL,
    event    text COLLATE "C" NOT NULL,
    seen_at  timestamp with time zone NOT NULL,
    PRIMARY KEY (consumer, event)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX mb_inbox_seen ON mb_inbox (seen_at);
