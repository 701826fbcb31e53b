-- Instances of the version before look for revocations, which they date by their own clock alone, by revoked_at. A script of
-- its own, since the one before keeps readers waiting too.
CREATE INDEX IF NOT EXISTS mb_auth_sessions_revoked ON mb_auth_sessions (revoked_at);
