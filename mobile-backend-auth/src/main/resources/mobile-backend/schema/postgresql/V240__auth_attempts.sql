-- Failed tries at passwords and codes, by keys that tell nobody who tried whom. Not logged: a commit waits for no disk,
-- and after a crash or on a standby the counts begin anew.
CREATE UNLOGGED TABLE mb_auth_attempts (
    count_key   varchar(22) PRIMARY KEY,
    last_at     timestamp with time zone NOT NULL,
    regained_at timestamp with time zone NOT NULL
);
