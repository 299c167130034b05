ALTER TABLE indelible.history DROP CONSTRAINT history_seq
--;
ALTER TABLE indelible.history ADD CONSTRAINT history_seq UNIQUE (lifecycle, entity_id, seq)
