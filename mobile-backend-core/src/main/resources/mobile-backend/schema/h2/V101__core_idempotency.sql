-- Stored answers of idempotent requests, one row a key, written in the transaction of what they answer.
CREATE TABLE IF NOT EXISTS mb_idempotency (
    scope       varbinary(32) PRIMARY KEY,
    fingerprint varbinary(32) NOT NULL,
    status      smallint,
    headers     varchar(8000),
    body        varbinary(1048576),
    created_at  timestamp with time zone NOT NULL,
    expires_at  timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS mb_idempotency_expires ON mb_idempotency (expires_at);
