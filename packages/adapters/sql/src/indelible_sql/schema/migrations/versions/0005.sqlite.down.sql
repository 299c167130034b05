DROP TRIGGER contest_configurations_contest_exists
--;
DROP TRIGGER contest_configurations_json_limits
--;
DROP TRIGGER contest_configurations_matches_contest
--;
DROP TRIGGER contest_configurations_needs_head
--;
DROP TRIGGER contest_configurations_no_delete
--;
DROP TRIGGER contest_configurations_no_replace
--;
DROP TRIGGER contest_configurations_no_update
--;
DROP TRIGGER contest_configurations_payout_kind_fixed
--;
DROP TRIGGER contest_configurations_previous_exists
--;
DROP TRIGGER contest_events_applied
--;
DROP TRIGGER contest_events_json_limits
--;
DROP TRIGGER contest_events_log_exists
--;
DROP TRIGGER contest_events_needs_head
--;
DROP TRIGGER contest_events_no_delete
--;
DROP TRIGGER contest_events_no_replace
--;
DROP TRIGGER contest_events_no_update
--;
DROP TRIGGER contest_events_of_fetch
--;
DROP TRIGGER contest_events_payload_exists
--;
DROP TRIGGER contest_events_previous_exists
--;
DROP TRIGGER contest_events_snapshot_exists
--;
DROP TRIGGER contest_events_superseded_exists
--;
DROP TRIGGER contest_logs_cancelled_number_exists
--;
DROP TRIGGER contest_logs_conflict_number_exists
--;
DROP TRIGGER contest_logs_contest_exists
--;
DROP TRIGGER contest_logs_event_exists
--;
DROP TRIGGER contest_logs_feed_exists
--;
DROP TRIGGER contest_logs_fetch_exists
--;
DROP TRIGGER contest_logs_field_number_exists
--;
DROP TRIGGER contest_logs_fixed
--;
DROP TRIGGER contest_logs_history_exists
--;
DROP TRIGGER contest_logs_leaderboard_number_exists
--;
DROP TRIGGER contest_logs_moves_forward
--;
DROP TRIGGER contest_logs_no_delete
--;
DROP TRIGGER contest_logs_no_nested_update
--;
DROP TRIGGER contest_logs_no_replace
--;
DROP TRIGGER contest_logs_one_step
--;
DROP TRIGGER contest_logs_pending_rewrite_number_exists
--;
DROP TRIGGER contest_logs_points_to_newest
--;
DROP TRIGGER contest_logs_terminal_number_exists
--;
DROP TRIGGER contests_configuration_exists
--;
DROP TRIGGER contests_ends_by_event
--;
DROP TRIGGER contests_error_origin
--;
DROP TRIGGER contests_fee_fixed
--;
DROP TRIGGER contests_fixed
--;
DROP TRIGGER contests_frozen
--;
DROP TRIGGER contests_has_places
--;
DROP TRIGGER contests_history_exists
--;
DROP TRIGGER contests_locks_in_time
--;
DROP TRIGGER contests_no_delete
--;
DROP TRIGGER contests_no_nested_update
--;
DROP TRIGGER contests_no_replace
--;
DROP TRIGGER contests_no_replace_on_update
--;
DROP TRIGGER contests_one_step
--;
DROP TRIGGER contests_resumes_origin
--;
DROP TRIGGER contests_settlement_exists
--;
DROP TRIGGER contests_starts_in_time
--;
DROP TRIGGER entries_contest_exists
--;
DROP TRIGGER entries_contest_open
--;
DROP TRIGGER entries_fixed
--;
DROP TRIGGER entries_history_exists
--;
DROP TRIGGER entries_keeps_place_number
--;
DROP TRIGGER entries_no_delete
--;
DROP TRIGGER entries_no_nested_update
--;
DROP TRIGGER entries_no_replace
--;
DROP TRIGGER entries_no_replace_on_update
--;
DROP TRIGGER entries_one_step
--;
DROP TRIGGER entries_paid_once
--;
DROP TRIGGER entries_roster_exists
--;
DROP TRIGGER entries_roster_open
--;
DROP TRIGGER entries_within_places
--;
DROP TRIGGER entries_within_user_limit
--;
DROP TRIGGER event_faults_event_exists
--;
DROP TRIGGER event_faults_head_exists
--;
DROP TRIGGER event_faults_in_change
--;
DROP TRIGGER event_faults_no_delete
--;
DROP TRIGGER event_faults_no_replace
--;
DROP TRIGGER event_faults_no_update
--;
DROP TRIGGER event_faults_of_newest
--;
DROP TRIGGER history_balances_settlement
--;
DROP TRIGGER history_needs_contest_logs
--;
DROP TRIGGER history_needs_contests
--;
DROP TRIGGER history_needs_entries
--;
DROP TRIGGER history_needs_event_faults
--;
DROP TRIGGER history_needs_provider_feeds
--;
DROP TRIGGER history_needs_settlement_lines
--;
DROP TRIGGER history_needs_settlement_runs
--;
DROP TRIGGER history_no_delete
--;
DROP TRIGGER history_no_update
--;
DROP TRIGGER lifecycle_edges_no_delete
--;
DROP TRIGGER payloads_no_delete
--;
DROP TRIGGER payloads_no_replace
--;
DROP TRIGGER payloads_no_rowid
--;
DROP TRIGGER payloads_no_update
--;
DROP TRIGGER provider_feeds_fetch_exists
--;
DROP TRIGGER provider_feeds_history_exists
--;
DROP TRIGGER provider_feeds_no_delete
--;
DROP TRIGGER provider_feeds_no_nested_update
--;
DROP TRIGGER provider_feeds_no_replace
--;
DROP TRIGGER provider_feeds_one_step
--;
DROP TRIGGER provider_fetches_counted
--;
DROP TRIGGER provider_fetches_feed_exists
--;
DROP TRIGGER provider_fetches_needs_head
--;
DROP TRIGGER provider_fetches_no_delete
--;
DROP TRIGGER provider_fetches_no_replace
--;
DROP TRIGGER provider_fetches_no_update
--;
DROP TRIGGER provider_fetches_payload_exists
--;
DROP TRIGGER provider_fetches_previous_exists
--;
DROP TRIGGER rejections_no_delete
--;
DROP TRIGGER rejections_no_replace
--;
DROP TRIGGER rejections_no_update
--;
DROP TRIGGER rosters_entry_exists
--;
DROP TRIGGER rosters_json_limits
--;
DROP TRIGGER rosters_needs_head
--;
DROP TRIGGER rosters_no_delete
--;
DROP TRIGGER rosters_no_replace
--;
DROP TRIGGER rosters_no_update
--;
DROP TRIGGER rosters_previous_exists
--;
DROP TRIGGER seal_records_no_delete
--;
DROP TRIGGER seals_no_delete
--;
DROP TRIGGER settlement_lines_head_exists
--;
DROP TRIGGER settlement_lines_in_change
--;
DROP TRIGGER settlement_lines_no_delete
--;
DROP TRIGGER settlement_lines_no_replace
--;
DROP TRIGGER settlement_lines_no_update
--;
DROP TRIGGER settlement_lines_of_entries
--;
DROP TRIGGER settlement_runs_configuration_exists
--;
DROP TRIGGER settlement_runs_contest_exists
--;
DROP TRIGGER settlement_runs_event_exists
--;
DROP TRIGGER settlement_runs_fixed
--;
DROP TRIGGER settlement_runs_history_exists
--;
DROP TRIGGER settlement_runs_input_current
--;
DROP TRIGGER settlement_runs_no_delete
--;
DROP TRIGGER settlement_runs_no_nested_update
--;
DROP TRIGGER settlement_runs_no_replace
--;
DROP TRIGGER settlement_runs_no_replace_on_update
--;
DROP TRIGGER settlement_runs_of_played_contest
--;
DROP TRIGGER settlement_runs_one_complete_on_insert
--;
DROP TRIGGER settlement_runs_one_complete_on_update
--;
DROP TRIGGER settlement_runs_one_started_on_insert
--;
DROP TRIGGER settlement_runs_one_started_on_update
--;
DROP TRIGGER settlement_runs_one_step
--;
DROP TRIGGER settlement_runs_settled_exists
--;
DROP TRIGGER task_attempts_no_delete
--;
DROP TRIGGER tasks_edge
--;
DROP TRIGGER tasks_needs_contests
--;
DROP TRIGGER tasks_needs_provider_feeds
--;
DROP TRIGGER tasks_prune
--;
DROP INDEX rejections_at
--;
DROP INDEX rejections_command
--;
DROP INDEX contests_created_at
--;
DROP INDEX contests_lock_time
--;
DROP INDEX contests_name
--;
DROP INDEX contests_of_organizer
--;
DROP INDEX contests_of_organizer_created_at
--;
DROP INDEX contests_of_organizer_name
--;
DROP INDEX contests_of_organizer_updated_at
--;
DROP INDEX contests_of_tournament
--;
DROP INDEX contests_start_time
--;
DROP INDEX contests_status
--;
DROP INDEX contests_updated_at
--;
DROP INDEX entries_created_at
--;
DROP INDEX entries_of_contest
--;
DROP INDEX entries_of_user
--;
DROP INDEX entries_status
--;
DROP INDEX entries_updated_at
--;
DROP INDEX settlement_runs_one_complete
--;
DROP INDEX settlement_runs_one_started
--;
DROP INDEX settlement_lines_user
--;
DELETE FROM task_attempts
WHERE stage IN ('fetch_tournament', 'ingest_contest', 'lock_contest', 'settle_contest', 'start_contest')
--;
DELETE FROM tasks
WHERE stage IN ('fetch_tournament', 'ingest_contest', 'lock_contest', 'settle_contest', 'start_contest')
--;
DELETE FROM seal_records
WHERE EXISTS (
  SELECT 1 FROM history
  WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
)
--;
DELETE FROM seals
WHERE EXISTS (
  SELECT 1 FROM history
  WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
)
--;
DELETE FROM history
WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
--;
DELETE FROM lifecycle_edges
WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
--;
CREATE TABLE downgraded_positions AS
SELECT position AS old_position, row_number() OVER (ORDER BY position) AS new_position
FROM history
--;
UPDATE history
SET position = position + (SELECT max(old_position) FROM downgraded_positions)
--;
UPDATE history
SET position = new_position
FROM downgraded_positions
WHERE position = old_position + (SELECT max(old_position) FROM downgraded_positions)
--;
DROP TABLE downgraded_positions
--;
CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_delete'); END
--;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_update'); END
--;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_delete'); END
--;
CREATE TRIGGER task_attempts_no_delete BEFORE DELETE ON task_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_delete'); END
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON seals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_delete'); END
--;
CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON seal_records
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_delete'); END
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON tasks
WHEN (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM main.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_prune'); END
--;
CREATE TRIGGER tasks_edge BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END
--;
DROP TABLE settlement_lines
--;
DROP TABLE event_faults
--;
DROP TABLE contest_events
--;
DROP TABLE provider_fetches
--;
DROP TABLE rosters
--;
DROP TABLE contest_configurations
--;
DROP TABLE settlement_runs
--;
DROP TABLE provider_feeds
--;
DROP TABLE contest_logs
--;
DROP TABLE entries
--;
DROP TABLE contests
--;
DROP TABLE rejections
--;
DROP TABLE payloads
