-- Instances of the version before work on while the new one is rolled out: they open sessions without these columns.
ALTER TABLE mb_auth_sessions ALTER COLUMN authenticated_at SET DEFAULT '1970-01-01 00:00:00+00:00';
ALTER TABLE mb_auth_sessions ALTER COLUMN methods SET DEFAULT '';
