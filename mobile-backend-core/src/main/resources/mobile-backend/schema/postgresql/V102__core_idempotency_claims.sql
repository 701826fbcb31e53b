-- Phased and detached requests are claimed before they are answered. lease_until says how long the owner of a row that
-- has no answer yet may go on with it; work, input and points are what a phased one is resumed with. Rows of atomic mode
-- have none of these, so the index costs them nothing.
ALTER TABLE mb_idempotency
    ADD COLUMN owner       bigint,
    ADD COLUMN lease_until timestamp with time zone,
    ADD COLUMN work        text,
    ADD COLUMN input       text,
    ADD COLUMN points      text;
CREATE INDEX mb_idempotency_unanswered ON mb_idempotency (work, lease_until) WHERE lease_until IS NOT NULL;
