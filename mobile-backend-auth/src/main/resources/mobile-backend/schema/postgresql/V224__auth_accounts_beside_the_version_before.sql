-- Instances of the version before work on while the new one is rolled out: they make accounts without a version of their
-- credentials, and count codes by the day too, which nobody else looks at.
ALTER TABLE mb_auth_accounts ALTER COLUMN credentials_version SET DEFAULT 1;
ALTER TABLE mb_auth_code_sends ADD COLUMN IF NOT EXISTS in_day integer NOT NULL DEFAULT 0;
ALTER TABLE mb_auth_code_sends ADD COLUMN IF NOT EXISTS day_ends timestamp with time zone NOT NULL
    DEFAULT (CURRENT_TIMESTAMP + INTERVAL '1' DAY);
