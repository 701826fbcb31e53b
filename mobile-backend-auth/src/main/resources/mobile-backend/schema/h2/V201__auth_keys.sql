-- Signing keys of access tokens. The keys themselves are sealed under the server secret.
CREATE TABLE IF NOT EXISTS mb_auth_keys (
    generation  integer PRIMARY KEY,
    kid         varchar(43) NOT NULL UNIQUE,
    active_from timestamp with time zone NOT NULL,
    sealed_jwk  varbinary(2000) NOT NULL
);
