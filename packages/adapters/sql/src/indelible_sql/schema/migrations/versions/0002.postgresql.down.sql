DROP TRIGGER history_in_order ON indelible.history
--;
DROP TRIGGER seal_records_no_delete ON indelible.seal_records
--;
DROP TRIGGER seal_records_no_truncate ON indelible.seal_records
--;
DROP TRIGGER seal_records_no_update ON indelible.seal_records
--;
DROP TRIGGER seals_finished ON indelible.seals
--;
DROP TRIGGER seals_no_delete ON indelible.seals
--;
DROP TRIGGER seals_no_truncate ON indelible.seals
--;
DROP TRIGGER seals_no_update ON indelible.seals
--;
DROP TRIGGER tasks_edge ON indelible.tasks
--;
DROP TRIGGER tasks_fence ON indelible.tasks
--;
DROP TRIGGER tasks_needs_tokens_s0 ON indelible.tasks
--;
DROP TRIGGER tasks_new ON indelible.tasks
--;
DROP TRIGGER tasks_recorded ON indelible.tasks
--;
ALTER DOMAIN indelible.json_object DROP CONSTRAINT json_object_json_limits
--;
ALTER DOMAIN indelible.json_array DROP CONSTRAINT json_array_json_limits
--;
ALTER DOMAIN indelible.json_details DROP CONSTRAINT json_details_json_limits
--;
ALTER DOMAIN indelible.json_value DROP CONSTRAINT json_value_json_limits
--;
DROP FUNCTION indelible.json_is_within
--;
DROP INDEX indelible.concepts_created_at
--;
DROP INDEX indelible.concepts_status
--;
DROP INDEX indelible.concepts_updated_at
--;
DROP INDEX indelible.artifacts_created_at
--;
DROP INDEX indelible.tokens_s0_created_at
--;
DROP INDEX indelible.tokens_s0_updated_at
--;
DROP INDEX indelible.history_by_lifecycle
--;
DROP INDEX indelible.history_by_actor
--;
DROP INDEX indelible.history_by_action
--;
DROP INDEX indelible.history_by_at
--;
DROP FUNCTION indelible.history_in_order
--;
DROP FUNCTION indelible.seals_no_update
--;
DROP FUNCTION indelible.seals_no_delete
--;
DROP FUNCTION indelible.seals_no_truncate
--;
DROP FUNCTION indelible.seal_records_no_update
--;
DROP FUNCTION indelible.seal_records_no_delete
--;
DROP FUNCTION indelible.seal_records_no_truncate
--;
DROP FUNCTION indelible.tasks_edge
--;
DROP FUNCTION indelible.tasks_recorded
--;
DROP FUNCTION indelible.seals_finished
--;
DROP FUNCTION indelible.tasks_needs_tokens_s0
--;
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
--;
CREATE OR REPLACE FUNCTION indelible.task_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_new AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN ((NEW.fence = 0 AND NEW.attempts = 0 AND NEW.lease_owner IS NULL AND NEW.dead_reason IS NULL) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_new()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_new
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN ((NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.attempts = OLD.attempts + 1 AND NEW.lease_owner IS NOT NULL AND NEW.due_at = OLD.due_at OR NEW.fence = OLD.fence AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner) AND (NEW.attempts = OLD.attempts OR NEW.attempts = OLD.attempts - 1 OR NEW.attempts = 0))) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_fence()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_fence
--;
CREATE OR REPLACE FUNCTION indelible.vec_unit(a real[]) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm) $$
--;
DROP TABLE indelible.seal_records
--;
DROP TABLE indelible.seals
--;
DROP DOMAIN indelible.json_details
