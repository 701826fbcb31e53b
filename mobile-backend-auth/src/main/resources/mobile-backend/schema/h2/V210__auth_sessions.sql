-- Signed-in devices, one row each.
CREATE TABLE IF NOT EXISTS mb_auth_sessions (
    id              varchar(22) PRIMARY KEY,
    account_id      varchar(64) NOT NULL,
    device_id       varchar(100),
    device_name     varchar(100),
    app_version     varchar(100),
    counter         integer NOT NULL,
    proofs          varbinary(64) NOT NULL, -- fingerprints of the last four rotation proofs, 16 bytes each, newest first
    created_at      timestamp with time zone NOT NULL,
    refreshed_at    timestamp with time zone NOT NULL,
    previous_refreshed_at timestamp with time zone NOT NULL, -- when the last token but one was used
    expires_at      timestamp with time zone NOT NULL,
    ends_at         timestamp with time zone NOT NULL,
    revoked_at      timestamp with time zone,
    revoked_because varchar(32)
);
CREATE INDEX IF NOT EXISTS mb_auth_sessions_account ON mb_auth_sessions (account_id);
CREATE INDEX IF NOT EXISTS mb_auth_sessions_revoked ON mb_auth_sessions (revoked_at);
