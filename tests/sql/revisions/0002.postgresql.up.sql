ALTER TABLE indelible.history DROP CONSTRAINT history_seq
