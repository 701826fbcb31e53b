-- The job that looks every hour whether a new signing key is due. It comes into the world here, once for all instances.
INSERT INTO mb_job (run_at, kind, payload)
SELECT TIMESTAMP WITH TIME ZONE '2000-01-01 00:00:00+00', 'rotate-keys', '{}'
WHERE NOT EXISTS (SELECT 1 FROM mb_job WHERE kind = 'rotate-keys');
