-- What happened, in order. The tag of each row covers the row and the tag before it; nobody updates or deletes rows here,
-- but for details and salt, which are taken away when a person has to be forgotten.
CREATE TABLE IF NOT EXISTS mb_auth_audit (
    number     bigint PRIMARY KEY, -- from 1 without a gap
    type       varchar(200) NOT NULL,
    account_id varchar(64),
    actor_id   varchar(64),
    session_id varchar(64),
    details    varchar(100000), -- JSON
    at         timestamp with time zone NOT NULL,
    salt       varbinary(64),
    blinded    varbinary(64) NOT NULL, -- SHA-256 of salt and details
    tag        varbinary(64) NOT NULL
);
CREATE INDEX IF NOT EXISTS mb_auth_audit_account ON mb_auth_audit (account_id, number);

-- The trail's end. Whoever records locks the one row.
CREATE TABLE IF NOT EXISTS mb_auth_audit_head (
    id     integer PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL,
    tag    varbinary(64) NOT NULL,
    seal   varbinary(64) NOT NULL
);
INSERT INTO mb_auth_audit_head SELECT 1, 0, '', '' WHERE NOT EXISTS (SELECT 1 FROM mb_auth_audit_head);
