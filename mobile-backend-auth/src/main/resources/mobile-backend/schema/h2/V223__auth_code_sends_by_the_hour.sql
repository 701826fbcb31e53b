-- Codes are counted by the hour alone: strangers must not be able to silence an address for a day.
DROP INDEX IF EXISTS mb_auth_code_sends_end;
ALTER TABLE mb_auth_code_sends DROP COLUMN IF EXISTS day_ends;
ALTER TABLE mb_auth_code_sends DROP COLUMN IF EXISTS in_day;
CREATE INDEX IF NOT EXISTS mb_auth_code_sends_end ON mb_auth_code_sends (hour_ends);
