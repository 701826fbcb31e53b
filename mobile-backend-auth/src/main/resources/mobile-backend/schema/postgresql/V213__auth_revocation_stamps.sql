-- When a session was revoked by the database's clock. Revocations are read by it, since the clocks of instances disagree.
ALTER TABLE mb_auth_sessions ADD COLUMN revocation_stamp timestamp with time zone;
UPDATE mb_auth_sessions SET revocation_stamp = CURRENT_TIMESTAMP WHERE revoked_at > CURRENT_TIMESTAMP - INTERVAL '1' DAY;
CREATE INDEX mb_auth_sessions_revocation_stamp ON mb_auth_sessions (revocation_stamp) WHERE revocation_stamp IS NOT NULL;
DROP INDEX mb_auth_sessions_revoked;
