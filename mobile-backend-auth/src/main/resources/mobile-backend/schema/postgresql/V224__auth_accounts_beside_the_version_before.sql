-- Instances of the version before work on while the new one is rolled out: they make accounts without a version of their
-- credentials.
ALTER TABLE mb_auth_accounts ALTER COLUMN credentials_version SET DEFAULT 1;
