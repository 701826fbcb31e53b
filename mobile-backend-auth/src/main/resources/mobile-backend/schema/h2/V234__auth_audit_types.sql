-- The few entries that the trail itself looks for, such as changes of the server secret, are found without reading the others.
-- With the number in it, since H2 loses rows of an index on the type alone whose number is near the smallest there is.
CREATE INDEX IF NOT EXISTS mb_auth_audit_type ON mb_auth_audit (type, number);
