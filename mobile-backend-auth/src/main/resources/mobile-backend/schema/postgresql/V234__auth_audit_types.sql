-- The few entries that the trail itself looks for, such as changes of the server secret, are found without reading the others.
CREATE INDEX IF NOT EXISTS mb_auth_audit_type ON mb_auth_audit (type);
