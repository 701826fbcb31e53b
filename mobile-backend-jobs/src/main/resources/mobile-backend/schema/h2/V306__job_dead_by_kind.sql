-- Dead jobs of one kind, the last first, for whoever looks at them or replays them.
CREATE INDEX IF NOT EXISTS mb_jobs_dead_kind ON mb_jobs_dead (kind, died_at, id);
