DROP TRIGGER mint_events_fixed ON indelible.mint_events
--;
DROP TRIGGER tasks_fence ON indelible.tasks
--;
DROP TRIGGER tasks_new ON indelible.tasks
--;
DROP TRIGGER tasks_no_delete ON indelible.tasks
--;
DROP TRIGGER tasks_recorded ON indelible.tasks
--;
DROP INDEX indelible.tasks_due
--;
DROP FUNCTION indelible.tasks_no_delete
--;
CREATE DOMAIN indelible.task_arguments AS JSONB CHECK (jsonb_typeof(VALUE) = 'object')
--;
CREATE DOMAIN indelible.task_result AS JSONB CHECK (jsonb_typeof(VALUE) <> 'null')
--;
CREATE DOMAIN indelible.token_number AS NUMERIC(78, 0) CHECK (VALUE BETWEEN 0 AND 115792089237316195423570985008687907853269984665640564039457584007913129639935)
--;
CREATE TABLE indelible.pruned_stages (
	stage indelible.identifier NOT NULL,
	entity_id indelible.identifier NOT NULL,
	fence indelible.natural_number NOT NULL,
	CONSTRAINT pruned_stages_pkey PRIMARY KEY (stage)
)
--;
CREATE TABLE indelible.rate_buckets (
	stage indelible.identifier NOT NULL,
	empty_at indelible.instant NOT NULL,
	CONSTRAINT rate_buckets_pkey PRIMARY KEY (stage)
)
 WITH (fillfactor = 10)
--;
CREATE TABLE indelible.hung_threads (
	stage indelible.identifier NOT NULL,
	process indelible.identifier NOT NULL,
	threads indelible.natural_number NOT NULL,
	since indelible.instant NOT NULL,
	expires_at indelible.instant NOT NULL,
	CONSTRAINT hung_threads_pkey PRIMARY KEY (stage, process),
	CONSTRAINT hung_threads_not_empty CHECK (threads >= 1),
	CONSTRAINT hung_threads_expire_after CHECK (expires_at >= since)
)
 WITH (fillfactor = 50)
--;
ALTER TABLE indelible.tasks
ADD COLUMN priority indelible.natural_number DEFAULT 2 NOT NULL,
ADD COLUMN arguments indelible.task_arguments,
ADD COLUMN result indelible.task_result,
ADD COLUMN progress indelible.natural_number,
ADD COLUMN slot indelible.instant,
ADD COLUMN error_class indelible.identifier,
ADD COLUMN cancel_reason indelible.nonblank_text,
ADD COLUMN finished_at indelible.instant
--;
ALTER TABLE indelible.tasks ALTER COLUMN finished_at TYPE indelible.instant
USING CASE WHEN due_at IS NULL AND dead_reason IS NULL THEN transaction_timestamp() END
--;
ALTER TABLE indelible.tasks
ADD CONSTRAINT tasks_priority_known CHECK (priority BETWEEN 1 AND 3),
ADD CONSTRAINT tasks_progress_percent CHECK (progress <= 100),
ADD CONSTRAINT tasks_canceled_is_not_due CHECK (cancel_reason IS NULL OR (due_at IS NULL AND dead_reason IS NULL)),
ADD CONSTRAINT tasks_finished_once CHECK ((finished_at IS NOT NULL) = (due_at IS NULL AND dead_reason IS NULL)),
ADD CONSTRAINT tasks_result_of_completed CHECK (result IS NULL OR (finished_at IS NOT NULL AND cancel_reason IS NULL))
--;
ALTER TABLE indelible.task_attempts
DROP CONSTRAINT task_attempts_task,
DROP CONSTRAINT task_attempts_outcome_known,
ADD CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED', 'CANCELED'))
--;
DROP TRIGGER tokens_s0_fixed ON indelible.tokens_s0
--;
ALTER TABLE indelible.tokens_s0 ALTER COLUMN token_id TYPE indelible.token_number
--;
CREATE TRIGGER tokens_s0_fixed BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW WHEN ((NEW.token_id = OLD.token_id) IS NOT TRUE) EXECUTE FUNCTION indelible.tokens_s0_fixed()
--;
ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_fixed
--;
ALTER TABLE indelible.mint_events
ALTER COLUMN token_id TYPE indelible.token_number,
ADD COLUMN batch indelible.json_array,
ADD COLUMN copies indelible.json_array
--;
CREATE FUNCTION indelible.data_of_mint(mint_id text, mint_seq bigint) RETURNS jsonb LANGUAGE sql AS $$
SELECT data FROM indelible.history WHERE lifecycle = 'mint_event' AND entity_id = mint_id AND seq = mint_seq
$$
--;
ALTER TABLE indelible.mint_events
ALTER COLUMN batch TYPE indelible.json_array
USING NULLIF(indelible.data_of_mint(id, seq) -> 'batch', 'null'),
ALTER COLUMN copies TYPE indelible.json_array
USING NULLIF(indelible.data_of_mint(id, seq) -> 'copies', 'null')
--;
DROP FUNCTION indelible.data_of_mint
--;
ALTER TABLE indelible.mint_events
DROP CONSTRAINT mint_events_quantity,
ADD CONSTRAINT mint_events_quantity CHECK (quantity <= 10000)
--;
ALTER DOMAIN indelible.task_arguments ADD CONSTRAINT task_arguments_json_limits CHECK (indelible.json_is_within(VALUE, 16, 16384, 1000)) NOT VALID
--;
ALTER DOMAIN indelible.task_result ADD CONSTRAINT task_result_json_limits CHECK (indelible.json_is_within(VALUE, 16, 16384, 1000)) NOT VALID
--;
CREATE INDEX tasks_canceled ON indelible.tasks (stage, finished_at, entity_id) WHERE cancel_reason IS NOT NULL
--;
CREATE INDEX tasks_due ON indelible.tasks (stage, priority, due_at, entity_id) WHERE due_at IS NOT NULL
--;
CREATE INDEX tasks_finished ON indelible.tasks (stage, finished_at, entity_id) WHERE finished_at IS NOT NULL
--;
CREATE INDEX task_attempts_actor ON indelible.task_attempts (stage, actor, entity_id)
--;
CREATE INDEX task_attempts_deaths ON indelible.task_attempts (stage, at, entity_id) WHERE outcome = 'DEAD'
--;
CREATE INDEX mint_events_token ON indelible.mint_events (token_id, block_number, log_index, id)
--;
CREATE FUNCTION indelible.tasks_prune() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN statement_timestamp() - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM indelible.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_prune()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_prune
--;
CREATE TRIGGER tasks_new AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN ((NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.progress IS NULL AND NEW.error_class IS NULL) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_new()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_new
--;
CREATE FUNCTION indelible.tasks_first_fence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.fence = coalesce((SELECT pruned.fence FROM indelible.pruned_stages AS pruned WHERE pruned.stage = NEW.stage), 0)) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_first_fence AFTER INSERT ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_first_fence()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_first_fence
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN ((NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= statement_timestamp()) OR NEW.fence = OLD.fence + 1 AND NEW.cancel_reason IS NOT NULL AND OLD.due_at IS NOT NULL OR NEW.fence = OLD.fence AND NEW.cancel_reason IS NULL AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_fence()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_fence
--;
CREATE OR REPLACE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = statement_timestamp() WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = statement_timestamp()) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at = OLD.due_at OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE FUNCTION indelible.tasks_run() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (((NEW.arguments = OLD.arguments OR NEW.arguments IS NULL AND OLD.arguments IS NULL) OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.priority <= OLD.priority OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.result IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) AND ((NEW.progress = OLD.progress OR NEW.progress IS NULL AND OLD.progress IS NULL) OR NEW.progress IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence) AND ((NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL) OR (OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL) AND ((NEW.error_class = OLD.error_class OR NEW.error_class IS NULL AND OLD.error_class IS NULL) OR NEW.error_class IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_run BEFORE UPDATE OF arguments, priority, result, progress, slot, error_class ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_run()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_run
--;
CREATE OR REPLACE FUNCTION indelible.tasks_recorded() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= statement_timestamp() AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM indelible.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= statement_timestamp() AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_recorded BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN (NEW.lease_owner IS NULL AND (OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL OR NEW.dead_reason IS NOT NULL OR NEW.cancel_reason IS NOT NULL OR OLD.lease_owner IS NOT NULL AND NEW.due_at IS NOT NULL)) EXECUTE FUNCTION indelible.tasks_recorded()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_recorded
--;
CREATE OR REPLACE FUNCTION indelible.task_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND CASE NEW.outcome WHEN 'REQUEUED' THEN head.fence = NEW.fence AND (head.dead_reason IS NOT NULL OR head.cancel_reason IS NOT NULL) WHEN 'CANCELED' THEN head.fence + 1 = NEW.fence AND head.due_at IS NOT NULL ELSE head.fence = NEW.fence AND head.lease_owner IS NOT NULL END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE FUNCTION indelible.pruned_stages_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER pruned_stages_no_delete BEFORE DELETE ON indelible.pruned_stages
FOR EACH STATEMENT EXECUTE FUNCTION indelible.pruned_stages_no_delete()
--;
ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_no_delete
--;
CREATE FUNCTION indelible.pruned_stages_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER pruned_stages_no_truncate BEFORE TRUNCATE ON indelible.pruned_stages
FOR EACH STATEMENT EXECUTE FUNCTION indelible.pruned_stages_no_truncate()
--;
ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_no_truncate
--;
CREATE FUNCTION indelible.pruned_stages_needs_task() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER pruned_stages_needs_task AFTER INSERT ON indelible.pruned_stages
FOR EACH ROW EXECUTE FUNCTION indelible.pruned_stages_needs_task()
--;
ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_needs_task
--;
CREATE FUNCTION indelible.pruned_stages_rises() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage = OLD.stage AND NEW.fence > OLD.fence AND EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER pruned_stages_rises BEFORE UPDATE ON indelible.pruned_stages
FOR EACH ROW EXECUTE FUNCTION indelible.pruned_stages_rises()
--;
ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_rises
--;
CREATE FUNCTION indelible.rate_buckets_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rate_buckets_no_delete BEFORE DELETE ON indelible.rate_buckets
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rate_buckets_no_delete()
--;
ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_no_delete
--;
CREATE FUNCTION indelible.rate_buckets_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rate_buckets_no_truncate BEFORE TRUNCATE ON indelible.rate_buckets
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rate_buckets_no_truncate()
--;
ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_no_truncate
--;
CREATE FUNCTION indelible.rate_buckets_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rate_buckets_fixed BEFORE UPDATE ON indelible.rate_buckets
FOR EACH ROW WHEN ((NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.rate_buckets_fixed()
--;
ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_fixed
--;
CREATE FUNCTION indelible.hung_threads_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER hung_threads_no_truncate BEFORE TRUNCATE ON indelible.hung_threads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.hung_threads_no_truncate()
--;
ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_no_truncate
--;
CREATE FUNCTION indelible.hung_threads_expired() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$
--;
CREATE TRIGGER hung_threads_expired BEFORE DELETE ON indelible.hung_threads
FOR EACH ROW WHEN ((OLD.expires_at <= statement_timestamp()) IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_expired()
--;
ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_expired
--;
CREATE FUNCTION indelible.hung_threads_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER hung_threads_fixed BEFORE UPDATE ON indelible.hung_threads
FOR EACH ROW WHEN ((NEW.stage = OLD.stage AND NEW.process = OLD.process) IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_fixed()
--;
ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_fixed
--;
CREATE TRIGGER mint_events_fixed BEFORE UPDATE ON indelible.mint_events
FOR EACH ROW WHEN ((NEW.tx_hash = OLD.tx_hash AND NEW.log_index = OLD.log_index AND NEW.block_number = OLD.block_number AND NEW.block_hash = OLD.block_hash AND NEW.block_timestamp = OLD.block_timestamp AND NEW.token_id = OLD.token_id AND NEW.quantity = OLD.quantity AND NEW.author_wallet = OLD.author_wallet AND NEW.recipient = OLD.recipient AND NEW.total_paid = OLD.total_paid AND NEW.detected_at = OLD.detected_at AND (NEW.batch = OLD.batch OR NEW.batch IS NULL AND OLD.batch IS NULL) AND (NEW.copies = OLD.copies OR NEW.copies IS NULL AND OLD.copies IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.mint_events_fixed()
--;
ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_fixed
