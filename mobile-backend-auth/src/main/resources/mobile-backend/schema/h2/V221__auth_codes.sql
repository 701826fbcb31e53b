-- One-time codes that have been asked for and wait to be typed. A code is computed from the seed and the server secret
-- and stands nowhere.
CREATE TABLE IF NOT EXISTS mb_auth_codes (
    purpose       varchar(32) NOT NULL,
    subject       varchar(254) NOT NULL, -- an address, a phone or an account's id
    origin        varchar(160) NOT NULL, -- a device, the network of one that does not say which it is, or a session
    contact       varchar(254) NOT NULL, -- where it was sent
    seed          varchar(22) NOT NULL,
    carried       varchar(500), -- such as the hash of a sign-up's password
    attempts_left integer NOT NULL,
    expires_at    timestamp with time zone NOT NULL,
    PRIMARY KEY (purpose, subject, origin)
);
CREATE UNIQUE INDEX IF NOT EXISTS mb_auth_codes_seed ON mb_auth_codes (seed);
CREATE INDEX IF NOT EXISTS mb_auth_codes_expiry ON mb_auth_codes (expires_at);

-- How many codes went to an address or a phone, which the key stands for without telling it.
CREATE TABLE IF NOT EXISTS mb_auth_code_sends (
    send_key  varchar(22) PRIMARY KEY,
    hour_ends timestamp with time zone NOT NULL,
    in_hour   integer NOT NULL,
    day_ends  timestamp with time zone NOT NULL,
    in_day    integer NOT NULL
);
CREATE INDEX IF NOT EXISTS mb_auth_code_sends_end ON mb_auth_code_sends (day_ends);

-- Sign-ups wait among the codes now. Whoever is waiting for one asks for another.
DROP TABLE IF EXISTS mb_auth_sign_ups;

-- A guest has neither address nor password, and an address is not the only way to reach somebody.
ALTER TABLE mb_auth_accounts ALTER COLUMN email DROP NOT NULL;
ALTER TABLE mb_auth_accounts ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE mb_auth_accounts ADD COLUMN IF NOT EXISTS phone varchar(16);
CREATE UNIQUE INDEX IF NOT EXISTS mb_auth_accounts_phone ON mb_auth_accounts (phone);
