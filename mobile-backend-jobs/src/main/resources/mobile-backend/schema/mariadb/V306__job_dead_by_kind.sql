-- The table has had this index from its start here: see V302. MySQL makes none on the condition that it is not there.
DO 0;
