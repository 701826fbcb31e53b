-- Codes are counted by the hour alone: strangers must not be able to silence an address for a day.
DROP INDEX IF EXISTS mb_auth_code_sends_end;
ALTER TABLE mb_auth_code_sends DROP COLUMN day_ends;
ALTER TABLE mb_auth_code_sends DROP COLUMN in_day;
CREATE INDEX mb_auth_code_sends_end ON mb_auth_code_sends (hour_ends);
