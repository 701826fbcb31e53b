-- Accounts whose address has been verified.
CREATE TABLE mb_auth_accounts (
    id            varchar(64) PRIMARY KEY,
    email         varchar(254) NOT NULL UNIQUE,
    password_hash varchar(500) NOT NULL,
    roles         varchar(1000) NOT NULL, -- words with a space between them
    display_name  varchar(200),
    created_at    timestamp with time zone NOT NULL,
    version       integer NOT NULL
);

-- Sign-ups that wait for their code. The code is computed from the seed and the server secret and stands nowhere.
CREATE TABLE mb_auth_sign_ups (
    email         varchar(254) NOT NULL,
    origin        varchar(160) NOT NULL, -- a device, or the network of one that does not say which it is
    seed          varchar(22) NOT NULL,
    password_hash varchar(500) NOT NULL,
    attempts_left integer NOT NULL,
    expires_at    timestamp with time zone NOT NULL,
    PRIMARY KEY (email, origin)
);
