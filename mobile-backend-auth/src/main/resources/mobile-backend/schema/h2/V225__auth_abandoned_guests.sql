-- Finds guests by their age, among whom those are purged to whom nobody can come back.
CREATE INDEX IF NOT EXISTS mb_auth_accounts_guests ON mb_auth_accounts (email, phone, created_at, id);
