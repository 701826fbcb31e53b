-- The job that comes again every hour by itself. It comes into the world here, once for all instances, and is due at once.
INSERT INTO mb_job (run_at, kind, payload)
SELECT TIMESTAMP WITH TIME ZONE '2000-01-01 00:00:00+00', 'purge-answers', '{}'
WHERE NOT EXISTS (SELECT 1 FROM mb_job WHERE kind = 'purge-answers');
