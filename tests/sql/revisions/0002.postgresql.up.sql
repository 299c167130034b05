ALTER TABLE indelible.history DROP CONSTRAINT history_seq
--;
ALTER TABLE indelible.tokens_s0 ALTER COLUMN error_data TYPE indelible.json_details
--;
ALTER TABLE indelible.image_generation_jobs ALTER COLUMN error_data TYPE indelible.json_details
--;
ALTER TABLE indelible.ipfs_upload_records ALTER COLUMN error_data TYPE indelible.json_details
--;
ALTER TABLE indelible.task_attempts ADD COLUMN hash indelible.digest
--;
ALTER TABLE indelible.task_attempts ALTER COLUMN hash TYPE indelible.digest USING encode(sha256(convert_to(concat(
'[', to_json(CAST(stage AS text)), ',', to_json(CAST(entity_id AS text)), ',', fence,
',', to_json(CAST(outcome AS text)), ',', to_json(CAST(actor AS text)), ',', to_json(CAST(reason AS text)),
',"', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '+00:00"',
',', coalesce(CAST(to_json(CAST(request_id AS text)) AS text), 'null'), ']'), 'UTF8')), 'hex')
--;
ALTER TABLE indelible.task_attempts ALTER COLUMN hash SET NOT NULL
