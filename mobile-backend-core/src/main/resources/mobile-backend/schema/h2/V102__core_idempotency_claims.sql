-- Phased and detached requests are claimed before they are answered. lease_until says how long the owner of a row that
-- has no answer yet may go on with it; work, input and points are what a phased one is resumed with.
ALTER TABLE mb_idempotency ADD COLUMN IF NOT EXISTS owner bigint;
ALTER TABLE mb_idempotency ADD COLUMN IF NOT EXISTS lease_until timestamp(6) with time zone;
ALTER TABLE mb_idempotency ADD COLUMN IF NOT EXISTS work varchar(100);
ALTER TABLE mb_idempotency ADD COLUMN IF NOT EXISTS input varchar(1000000);
ALTER TABLE mb_idempotency ADD COLUMN IF NOT EXISTS points varchar(1000000);
CREATE INDEX IF NOT EXISTS mb_idempotency_unanswered ON mb_idempotency (work, lease_until);
