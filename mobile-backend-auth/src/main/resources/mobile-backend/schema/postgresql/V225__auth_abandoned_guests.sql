-- Finds guests by their age, among whom those are purged to whom nobody can come back.
CREATE INDEX IF NOT EXISTS mb_auth_accounts_guests ON mb_auth_accounts (created_at, id)
    WHERE email IS NULL AND phone IS NULL;
