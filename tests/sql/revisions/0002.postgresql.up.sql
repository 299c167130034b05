ALTER TABLE indelible.history DROP CONSTRAINT history_seq
--;
ALTER TABLE indelible.tokens_s0 ALTER COLUMN error_data TYPE indelible.json_details
--;
ALTER TABLE indelible.image_generation_jobs ALTER COLUMN error_data TYPE indelible.json_details
--;
ALTER TABLE indelible.ipfs_upload_records ALTER COLUMN error_data TYPE indelible.json_details
