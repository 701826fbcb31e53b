CREATE TABLE IF NOT EXISTS api_token (
    digest     char(64) PRIMARY KEY,
    account_id varchar(64) NOT NULL
);
