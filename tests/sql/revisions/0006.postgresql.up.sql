ALTER TABLE indelible.seal_records DISABLE TRIGGER seal_records_no_delete
--;
ALTER TABLE indelible.seals DISABLE TRIGGER seals_no_delete
--;
DELETE FROM indelible.seal_records
--;
DELETE FROM indelible.seals
--;
ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_delete
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_delete
--;
ALTER TABLE indelible.tasks ADD COLUMN succeeded_at indelible.instant
--;
ALTER TABLE indelible.tasks ALTER COLUMN succeeded_at TYPE indelible.instant
USING CASE WHEN cancel_reason IS NULL THEN finished_at END
