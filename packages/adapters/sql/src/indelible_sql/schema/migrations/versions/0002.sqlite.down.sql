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
DROP TRIGGER task_attempts_needs_head
--;
DROP TRIGGER task_attempts_values_on_insert
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
