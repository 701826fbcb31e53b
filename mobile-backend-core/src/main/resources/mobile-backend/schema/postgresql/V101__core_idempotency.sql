-- Stored answers of idempotent requests, one row a key, written in the transaction of what they answer.
CREATE TABLE mb_idempotency (
    scope       bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    status      smallint,
    headers     text,
    body        bytea,
    created_at  timestamp with time zone NOT NULL,
    expires_at  timestamp with time zone NOT NULL
);
CREATE INDEX mb_idempotency_expires ON mb_idempotency (expires_at);
