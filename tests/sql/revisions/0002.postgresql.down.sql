ALTER TABLE indelible.history DROP CONSTRAINT history_seq
--;
ALTER TABLE indelible.history ADD CONSTRAINT history_seq UNIQUE (lifecycle, entity_id, seq)
--;
ALTER TABLE indelible.tokens_s0 ALTER COLUMN error_data TYPE indelible.json_object
--;
ALTER TABLE indelible.image_generation_jobs ALTER COLUMN error_data TYPE indelible.json_object
--;
ALTER TABLE indelible.ipfs_upload_records ALTER COLUMN error_data TYPE indelible.json_object
--;
ALTER TABLE indelible.task_attempts DROP COLUMN hash
