-- When a session was revoked by the database's clock. Revocations are read by it, since the clocks of instances disagree.
ALTER TABLE mb_auth_sessions ADD COLUMN IF NOT EXISTS revocation_stamp timestamp with time zone;
UPDATE mb_auth_sessions SET revocation_stamp = CURRENT_TIMESTAMP WHERE revoked_at > CURRENT_TIMESTAMP - INTERVAL '1' DAY;
CREATE INDEX IF NOT EXISTS mb_auth_sessions_revocation_stamp ON mb_auth_sessions (revocation_stamp);
DROP INDEX IF EXISTS mb_auth_sessions_revoked;
