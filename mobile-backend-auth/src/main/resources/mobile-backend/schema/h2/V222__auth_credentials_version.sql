-- Which password, address and phone an account has: what was checked against others is worth nothing.
ALTER TABLE mb_auth_accounts ADD COLUMN IF NOT EXISTS credentials_version integer NOT NULL DEFAULT 1;
ALTER TABLE mb_auth_accounts ALTER COLUMN credentials_version DROP DEFAULT;
