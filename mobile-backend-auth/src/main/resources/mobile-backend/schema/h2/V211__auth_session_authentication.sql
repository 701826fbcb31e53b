-- When and how the person at the device showed who they are. Sessions from before say nothing of it: long ago, by no method.
ALTER TABLE mb_auth_sessions ADD COLUMN IF NOT EXISTS authenticated_at timestamp with time zone NOT NULL DEFAULT '1970-01-01 00:00:00+00:00';
ALTER TABLE mb_auth_sessions ADD COLUMN IF NOT EXISTS methods varchar(100) NOT NULL DEFAULT '';
ALTER TABLE mb_auth_sessions ALTER COLUMN authenticated_at DROP DEFAULT;
ALTER TABLE mb_auth_sessions ALTER COLUMN methods DROP DEFAULT;
