DROP TRIGGER hung_threads_expired ON indelible.hung_threads
--;
DROP TRIGGER hung_threads_fixed ON indelible.hung_threads
--;
DROP TRIGGER hung_threads_no_truncate ON indelible.hung_threads
--;
DROP TRIGGER mint_events_fixed ON indelible.mint_events
--;
DROP TRIGGER pruned_stages_needs_task ON indelible.pruned_stages
--;
DROP TRIGGER pruned_stages_no_delete ON indelible.pruned_stages
--;
DROP TRIGGER pruned_stages_no_truncate ON indelible.pruned_stages
--;
DROP TRIGGER pruned_stages_rises ON indelible.pruned_stages
--;
DROP TRIGGER rate_buckets_fixed ON indelible.rate_buckets
--;
DROP TRIGGER rate_buckets_no_delete ON indelible.rate_buckets
--;
DROP TRIGGER rate_buckets_no_truncate ON indelible.rate_buckets
--;
DROP TRIGGER tasks_fence ON indelible.tasks
--;
DROP TRIGGER tasks_first_fence ON indelible.tasks
--;
DROP TRIGGER tasks_new ON indelible.tasks
--;
DROP TRIGGER tasks_prune ON indelible.tasks
--;
DROP TRIGGER tasks_recorded ON indelible.tasks
--;
DROP TRIGGER tasks_run ON indelible.tasks
--;
ALTER DOMAIN indelible.task_arguments DROP CONSTRAINT task_arguments_json_limits
--;
ALTER DOMAIN indelible.task_result DROP CONSTRAINT task_result_json_limits
--;
DROP INDEX indelible.tasks_canceled
--;
DROP INDEX indelible.tasks_due
--;
DROP INDEX indelible.tasks_finished
--;
DROP INDEX indelible.task_attempts_actor
--;
DROP INDEX indelible.task_attempts_deaths
--;
DROP INDEX indelible.mint_events_token
--;
DROP FUNCTION indelible.tasks_prune
--;
DROP FUNCTION indelible.tasks_first_fence
--;
DROP FUNCTION indelible.tasks_run
--;
DROP FUNCTION indelible.pruned_stages_no_delete
--;
DROP FUNCTION indelible.pruned_stages_no_truncate
--;
DROP FUNCTION indelible.pruned_stages_needs_task
--;
DROP FUNCTION indelible.pruned_stages_rises
--;
DROP FUNCTION indelible.rate_buckets_no_delete
--;
DROP FUNCTION indelible.rate_buckets_no_truncate
--;
DROP FUNCTION indelible.rate_buckets_fixed
--;
DROP FUNCTION indelible.hung_threads_no_truncate
--;
DROP FUNCTION indelible.hung_threads_expired
--;
DROP FUNCTION indelible.hung_threads_fixed
--;
ALTER TABLE indelible.task_attempts DROP CONSTRAINT task_attempts_outcome_known
--;
ALTER TABLE indelible.task_attempts
ALTER COLUMN outcome TYPE indelible.identifier
USING CASE WHEN outcome = 'CANCELED' THEN 'DEAD' ELSE outcome END,
ALTER COLUMN hash TYPE indelible.digest
USING CASE WHEN outcome = 'CANCELED' THEN encode(sha256(convert_to(concat(
'[', to_json(CAST(stage AS text)), ',', to_json(CAST(entity_id AS text)), ',', fence,
',"DEAD",', to_json(CAST(actor AS text)), ',', to_json(CAST(reason AS text)),
',"', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '+00:00"',
',', coalesce(CAST(to_json(CAST(request_id AS text)) AS text), 'null'), ']'), 'UTF8')), 'hex') ELSE hash END
--;
ALTER TABLE indelible.tasks
DROP CONSTRAINT tasks_canceled_is_not_due,
DROP CONSTRAINT tasks_finished_once
--;
ALTER TABLE indelible.tasks ALTER COLUMN dead_reason TYPE indelible.nonblank_text
USING coalesce(dead_reason, cancel_reason)
--;
ALTER TABLE indelible.tasks
DROP COLUMN priority,
DROP COLUMN arguments,
DROP COLUMN result,
DROP COLUMN progress,
DROP COLUMN slot,
DROP COLUMN error_class,
DROP COLUMN cancel_reason,
DROP COLUMN finished_at
--;
INSERT INTO indelible.tasks (stage, entity_id, fence, attempts)
SELECT attempt.stage, attempt.entity_id, max(attempt.fence) + 1, 1
FROM indelible.task_attempts AS attempt
WHERE NOT EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = attempt.stage
AND task.entity_id = attempt.entity_id)
GROUP BY attempt.stage, attempt.entity_id
--;
ALTER TABLE indelible.task_attempts
ADD CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED')),
ADD CONSTRAINT task_attempts_task FOREIGN KEY (stage, entity_id) REFERENCES indelible.tasks (stage, entity_id)
--;
DROP TRIGGER tokens_s0_fixed ON indelible.tokens_s0
--;
ALTER TABLE indelible.tokens_s0 ALTER COLUMN token_id TYPE indelible.ordinal
--;
CREATE TRIGGER tokens_s0_fixed BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW WHEN ((NEW.token_id = OLD.token_id) IS NOT TRUE) EXECUTE FUNCTION indelible.tokens_s0_fixed()
--;
ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_fixed
--;
ALTER TABLE indelible.mint_events
ALTER COLUMN token_id TYPE indelible.ordinal,
DROP COLUMN batch,
DROP COLUMN copies
--;
ALTER TABLE indelible.mint_events
DROP CONSTRAINT mint_events_quantity,
ADD CONSTRAINT mint_events_quantity CHECK (quantity <= 50)
--;
CREATE INDEX tasks_due ON indelible.tasks (stage, due_at, entity_id) WHERE due_at IS NOT NULL
--;
CREATE FUNCTION indelible.tasks_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_no_delete BEFORE DELETE ON indelible.tasks
FOR EACH STATEMENT EXECUTE FUNCTION indelible.tasks_no_delete()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_no_delete
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
CREATE OR REPLACE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at = OLD.due_at OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE OR REPLACE FUNCTION indelible.tasks_recorded() RETURNS trigger LANGUAGE plpgsql
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
CREATE TRIGGER mint_events_fixed BEFORE UPDATE ON indelible.mint_events
FOR EACH ROW WHEN ((NEW.tx_hash = OLD.tx_hash AND NEW.log_index = OLD.log_index AND NEW.block_number = OLD.block_number AND NEW.block_hash = OLD.block_hash AND NEW.block_timestamp = OLD.block_timestamp AND NEW.token_id = OLD.token_id AND NEW.quantity = OLD.quantity AND NEW.author_wallet = OLD.author_wallet AND NEW.recipient = OLD.recipient AND NEW.total_paid = OLD.total_paid AND NEW.detected_at = OLD.detected_at) IS NOT TRUE) EXECUTE FUNCTION indelible.mint_events_fixed()
--;
ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_fixed
--;
DROP TABLE indelible.hung_threads
--;
DROP TABLE indelible.rate_buckets
--;
DROP TABLE indelible.pruned_stages
--;
DROP DOMAIN indelible.token_number
--;
DROP DOMAIN indelible.task_result
--;
DROP DOMAIN indelible.task_arguments
