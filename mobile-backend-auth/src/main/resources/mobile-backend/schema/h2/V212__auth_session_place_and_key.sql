-- Where a device was seen last, and the thumbprint (RFC 7638) of the key that it proves with each request (RFC 9449).
ALTER TABLE mb_auth_sessions ADD COLUMN IF NOT EXISTS place varchar(110);
ALTER TABLE mb_auth_sessions ADD COLUMN IF NOT EXISTS key_thumbprint varchar(43);
