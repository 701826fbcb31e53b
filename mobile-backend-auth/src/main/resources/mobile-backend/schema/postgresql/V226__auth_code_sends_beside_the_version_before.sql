-- Instances of the version before count codes by the day too, which nobody else looks at.
ALTER TABLE mb_auth_code_sends ADD COLUMN IF NOT EXISTS in_day integer NOT NULL DEFAULT 0;
ALTER TABLE mb_auth_code_sends ADD COLUMN IF NOT EXISTS day_ends timestamp with time zone NOT NULL
    DEFAULT (CURRENT_TIMESTAMP + INTERVAL '1' DAY);
