DROP TRIGGER tasks_fence ON indelible.tasks
--;
DROP TRIGGER tasks_new ON indelible.tasks
--;
CREATE DOMAIN indelible.json_details AS JSONB CHECK (jsonb_typeof(VALUE) = 'object')
--;
CREATE TABLE indelible.seals (
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	starts_after indelible.natural_number NOT NULL,
	ends_at indelible.natural_number NOT NULL,
	changes indelible.natural_number NOT NULL,
	feed_digest indelible.digest NOT NULL,
	records indelible.natural_number NOT NULL,
	records_digest indelible.digest NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	at indelible.instant NOT NULL,
	prev_hash indelible.digest_or_empty NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT seals_pkey PRIMARY KEY (number),
	CONSTRAINT seals_end UNIQUE (number, ends_at, hash),
	CONSTRAINT seals_predecessor FOREIGN KEY(previous_number, starts_after, prev_hash) REFERENCES indelible.seals (number, ends_at, hash),
	CONSTRAINT seals_first CHECK (CASE WHEN number = 1 THEN starts_after = 0 AND prev_hash = '' ELSE prev_hash <> '' END),
	CONSTRAINT seals_stretch CHECK (starts_after <= ends_at)
)
--;
CREATE TABLE indelible.seal_records (
	record_table indelible.identifier NOT NULL,
	record_hash indelible.digest NOT NULL,
	seal_number indelible.ordinal NOT NULL,
	CONSTRAINT seal_records_pkey PRIMARY KEY (record_table, record_hash),
	CONSTRAINT seal_records_seal FOREIGN KEY(seal_number) REFERENCES indelible.seals (number)
)
--;
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
--;
CREATE FUNCTION indelible.json_is_within(
  value jsonb, max_depth integer, max_bytes integer, max_values integer
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  document text := value::text;
  bytes bigint := octet_length(document);
  brackets bigint := bytes - octet_length(replace(replace(document, '[', ''), '{', ''));
  bare text;
  empty bigint;
BEGIN
  IF bytes <= least(max_bytes, max_values) AND brackets <= max_depth
    AND (bytes <= 640 OR document !~ '[0-9.]{255}[0-9.]{255}[0-9.]{131}')
  THEN
    RETURN TRUE;
  END IF;
  IF bytes > 2 * max_bytes::bigint OR jsonb_path_exists(
    value,
    ('strict $.**{' || max_depth || '} ? (@.type() == "array" || @.type() == "object")')::jsonpath
  ) THEN
    RETURN FALSE;
  END IF;

  bare := regexp_replace(document, '"([^"\\]|\\.)*"', '""', 'g');
  empty := (length(bare) - length(replace(replace(bare, '[]', ''), '{}', ''))) / 2;
  brackets := length(bare) - length(replace(replace(bare, '[', ''), '{', ''));
  RETURN bytes - length(bare) + length(replace(bare, ' ', '')) <= max_bytes
    AND 1 + length(bare) - length(replace(bare, ',', '')) + brackets - empty <= max_values
    AND bare !~ '[0-9](\.?[0-9]){255}(\.?[0-9]){255}(\.?[0-9]){130}';
END $$
--;
ALTER DOMAIN indelible.json_object ADD CONSTRAINT json_object_json_limits CHECK (indelible.json_is_within(VALUE, 40, 33554432, 1000000)) NOT VALID
--;
ALTER DOMAIN indelible.json_array ADD CONSTRAINT json_array_json_limits CHECK (indelible.json_is_within(VALUE, 40, 33554432, 1000000)) NOT VALID
--;
ALTER DOMAIN indelible.json_details ADD CONSTRAINT json_details_json_limits CHECK (indelible.json_is_within(VALUE, 32, 1048576, 100000)) NOT VALID
--;
ALTER DOMAIN indelible.json_value ADD CONSTRAINT json_value_json_limits CHECK (indelible.json_is_within(VALUE, 32, 1048576, 100000)) NOT VALID
--;
CREATE INDEX concepts_created_at ON indelible.concepts (created_at, id)
--;
CREATE INDEX concepts_status ON indelible.concepts (status, id)
--;
CREATE INDEX concepts_updated_at ON indelible.concepts (updated_at, id)
--;
CREATE INDEX artifacts_created_at ON indelible.artifacts (space_id, created_at, id)
--;
CREATE INDEX tokens_s0_created_at ON indelible.tokens_s0 (created_at, token_id)
--;
CREATE INDEX tokens_s0_updated_at ON indelible.tokens_s0 (updated_at, token_id)
--;
ALTER TABLE indelible.history ADD CONSTRAINT history_seq PRIMARY KEY (lifecycle, entity_id, seq)
--;
CREATE INDEX history_by_lifecycle ON indelible.history ((lifecycle || ''), txid, position)
--;
CREATE INDEX history_by_actor ON indelible.history (actor, txid, position)
--;
CREATE INDEX history_by_action ON indelible.history (action, txid, position)
--;
CREATE INDEX history_by_at ON indelible.history (at, txid, position)
--;
CREATE FUNCTION indelible.history_in_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.history AS predecessor WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND predecessor.txid > NEW.txid)) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_in_order AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.seq > 1) EXECUTE FUNCTION indelible.history_in_order()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_in_order
--;
CREATE FUNCTION indelible.seals_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_no_update BEFORE UPDATE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_update()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_update
--;
CREATE FUNCTION indelible.seals_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_delete()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_delete
--;
CREATE FUNCTION indelible.seals_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_truncate()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_truncate
--;
CREATE FUNCTION indelible.seal_records_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seal_records_no_update BEFORE UPDATE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_update()
--;
ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_update
--;
CREATE FUNCTION indelible.seal_records_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_delete()
--;
ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_delete
--;
CREATE FUNCTION indelible.seal_records_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seal_records_no_truncate BEFORE TRUNCATE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_truncate()
--;
ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_truncate
--;
CREATE TRIGGER tasks_new AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN ((NEW.fence = 0 AND NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_new()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_new
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN ((NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= statement_timestamp()) OR NEW.fence = OLD.fence AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_fence()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_fence
--;
CREATE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at = OLD.due_at OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_edge BEFORE UPDATE ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_edge()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_edge
--;
CREATE FUNCTION indelible.tasks_recorded() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN OLD.dead_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= statement_timestamp() AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM indelible.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = OLD.fence AND attempt.outcome = CASE WHEN OLD.dead_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= statement_timestamp() AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_recorded BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN (NEW.lease_owner IS NULL AND (OLD.dead_reason IS NOT NULL OR NEW.dead_reason IS NOT NULL OR OLD.lease_owner IS NOT NULL AND NEW.due_at IS NOT NULL)) EXECUTE FUNCTION indelible.tasks_recorded()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_recorded
--;
CREATE OR REPLACE FUNCTION indelible.task_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND CASE WHEN NEW.outcome = 'REQUEUED' THEN head.dead_reason IS NOT NULL ELSE head.lease_owner IS NOT NULL END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE FUNCTION indelible.seals_finished() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_finished AFTER INSERT ON indelible.seals
FOR EACH ROW WHEN ((NEW.ends_at <= CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - 1) IS NOT TRUE) EXECUTE FUNCTION indelible.seals_finished()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_finished
--;
CREATE FUNCTION indelible.tasks_needs_tokens_s0() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM indelible.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_tokens_s0 AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('generate', 'upload', 'reveal')) EXECUTE FUNCTION indelible.tasks_needs_tokens_s0()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_tokens_s0
--;
CREATE OR REPLACE FUNCTION indelible.vec_unit(a real[]) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm) AS length $$
