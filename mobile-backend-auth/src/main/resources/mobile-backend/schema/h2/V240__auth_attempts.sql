-- Failed tries at passwords and codes, by keys that tell nobody who tried whom.
CREATE TABLE IF NOT EXISTS mb_auth_attempts (
    count_key   varchar(22) PRIMARY KEY,
    last_at     timestamp with time zone NOT NULL,
    regained_at timestamp with time zone NOT NULL
);
