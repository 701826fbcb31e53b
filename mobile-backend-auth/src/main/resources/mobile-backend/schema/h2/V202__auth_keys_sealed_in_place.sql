-- Keys are sealed in another form, with their place among the others, and may be longer. Those sealed before do not
-- open any more: they are forgotten, and phones refresh the tokens they signed.
DELETE FROM mb_auth_keys;
ALTER TABLE mb_auth_keys ALTER COLUMN sealed_jwk SET DATA TYPE varbinary(6000);
