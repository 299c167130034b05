DROP TRIGGER algorithms_no_nested_update
--;
DROP TRIGGER algorithms_no_replace
--;
DROP TRIGGER algorithms_no_replace_on_update
--;
DROP TRIGGER artifacts_no_nested_update
--;
DROP TRIGGER artifacts_no_replace_on_update
--;
DROP TRIGGER authors_no_nested_update
--;
DROP TRIGGER authors_no_replace_on_update
--;
DROP TRIGGER centroids_no_nested_update
--;
DROP TRIGGER concept_versions_json_limits
--;
DROP TRIGGER concept_warnings_json_limits
--;
DROP TRIGGER concepts_no_nested_update
--;
DROP TRIGGER history_json_limits
--;
DROP TRIGGER image_generation_jobs_json_limits
--;
DROP TRIGGER image_generation_jobs_json_limits_on_update
--;
DROP TRIGGER image_generation_jobs_no_nested_update
--;
DROP TRIGGER ipfs_upload_records_json_limits
--;
DROP TRIGGER ipfs_upload_records_json_limits_on_update
--;
DROP TRIGGER ipfs_upload_records_no_nested_update
--;
DROP TRIGGER keys_json_limits
--;
DROP TRIGGER keys_json_limits_on_update
--;
DROP TRIGGER keys_no_nested_update
--;
DROP TRIGGER mint_events_no_nested_update
--;
DROP TRIGGER mint_events_no_replace
--;
DROP TRIGGER mint_events_no_replace_on_update
--;
DROP TRIGGER receipts_json_limits
--;
DROP TRIGGER reveal_transactions_json_limits
--;
DROP TRIGGER reveal_transactions_json_limits_on_update
--;
DROP TRIGGER reveal_transactions_no_nested_update
--;
DROP TRIGGER seal_records_no_delete
--;
DROP TRIGGER seal_records_no_replace
--;
DROP TRIGGER seal_records_no_update
--;
DROP TRIGGER seal_records_seal_exists
--;
DROP TRIGGER seals_finished
--;
DROP TRIGGER seals_no_delete
--;
DROP TRIGGER seals_no_replace
--;
DROP TRIGGER seals_no_update
--;
DROP TRIGGER seals_predecessor_exists
--;
DROP TRIGGER settings_no_nested_update
--;
DROP TRIGGER signals_json_limits
--;
DROP TRIGGER spaces_no_nested_update
--;
DROP TRIGGER stages_no_nested_update
--;
DROP TRIGGER subspaces_no_nested_update
--;
DROP TRIGGER system_state_json_limits
--;
DROP TRIGGER system_state_json_limits_on_update
--;
DROP TRIGGER system_state_no_nested_update
--;
DROP TRIGGER tasks_edge
--;
DROP TRIGGER tasks_fence
--;
DROP TRIGGER tasks_needs_tokens_s0
--;
DROP TRIGGER tasks_new
--;
DROP TRIGGER tasks_no_nested_update
--;
DROP TRIGGER tasks_recorded
--;
DROP TRIGGER tasks_values_on_insert
--;
DROP TRIGGER tasks_values_on_update
--;
DROP TRIGGER tokens_s0_json_limits
--;
DROP TRIGGER tokens_s0_json_limits_on_update
--;
DROP TRIGGER tokens_s0_no_nested_update
--;
DROP TRIGGER tokens_s0_no_replace_on_update
--;
DROP INDEX concepts_created_at
--;
DROP INDEX concepts_status
--;
DROP INDEX concepts_updated_at
--;
DROP INDEX artifacts_created_at
--;
DROP INDEX tokens_s0_created_at
--;
DROP INDEX tokens_s0_updated_at
--;
DROP INDEX history_by_lifecycle
--;
DROP INDEX history_by_actor
--;
DROP INDEX history_by_action
--;
DROP INDEX history_by_at
--;
CREATE TABLE digested_attempts AS SELECT * FROM task_attempts
--;
DROP TABLE task_attempts
--;
CREATE TABLE task_attempts (
	stage TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	fence INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	at TEXT NOT NULL,
	request_id TEXT,
	CONSTRAINT task_attempts_pkey PRIMARY KEY (stage, entity_id, fence, outcome),
	CONSTRAINT task_attempts_task FOREIGN KEY(stage, entity_id) REFERENCES tasks (stage, entity_id),
	CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED')),
	CONSTRAINT task_attempts_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT task_attempts_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT task_attempts_fence_rule CHECK (fence >= 0),
	CONSTRAINT task_attempts_outcome_rule CHECK (length(outcome) BETWEEN 1 AND 200),
	CONSTRAINT task_attempts_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT task_attempts_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT task_attempts_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT task_attempts_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO task_attempts (stage, entity_id, fence, outcome, actor, reason, at, request_id)
SELECT stage, entity_id, fence, outcome, actor, reason, at, request_id FROM digested_attempts
--;
DROP TABLE digested_attempts
--;
CREATE TRIGGER task_attempts_no_update BEFORE UPDATE ON task_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_update'); END
--;
CREATE TRIGGER task_attempts_no_delete BEFORE DELETE ON task_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_delete'); END
--;
CREATE TRIGGER task_attempts_no_replace BEFORE INSERT ON task_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.task_attempts WHERE stage = NEW.stage AND entity_id = NEW.entity_id AND fence = NEW.fence AND outcome = NEW.outcome)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_replace'); END
--;
CREATE TRIGGER task_attempts_task_exists BEFORE INSERT ON task_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.tasks WHERE stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_task_exists'); END
--;
CREATE TRIGGER task_attempts_needs_head BEFORE INSERT ON task_attempts
WHEN (EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_needs_head'); END
--;
CREATE TRIGGER tasks_new BEFORE INSERT ON tasks
WHEN (NEW.fence = 0 AND NEW.attempts = 0 AND NEW.lease_owner IS NULL AND NEW.dead_reason IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_new'); END
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON tasks
WHEN (NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.attempts = OLD.attempts + 1 AND NEW.lease_owner IS NOT NULL AND NEW.due_at = OLD.due_at OR NEW.fence = OLD.fence AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner) AND (NEW.attempts = OLD.attempts OR NEW.attempts = OLD.attempts - 1 OR NEW.attempts = 0))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_fence'); END
--;
CREATE TRIGGER algorithms_no_replace BEFORE INSERT ON algorithms
WHEN (NOT EXISTS (SELECT 1 FROM main.algorithms WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_replace'); END
--;
CREATE TRIGGER mint_events_no_replace BEFORE INSERT ON mint_events
WHEN (NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace'); END
--;
DROP TABLE seal_records
--;
DROP TABLE seals
