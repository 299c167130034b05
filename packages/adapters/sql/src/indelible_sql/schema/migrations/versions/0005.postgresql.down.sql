DROP TRIGGER contest_configurations_matches_contest ON indelible.contest_configurations
--;
DROP TRIGGER contest_configurations_needs_head ON indelible.contest_configurations
--;
DROP TRIGGER contest_configurations_no_delete ON indelible.contest_configurations
--;
DROP TRIGGER contest_configurations_no_truncate ON indelible.contest_configurations
--;
DROP TRIGGER contest_configurations_no_update ON indelible.contest_configurations
--;
DROP TRIGGER contest_configurations_payout_kind_fixed ON indelible.contest_configurations
--;
DROP TRIGGER contest_events_applied ON indelible.contest_events
--;
DROP TRIGGER contest_events_needs_head ON indelible.contest_events
--;
DROP TRIGGER contest_events_no_delete ON indelible.contest_events
--;
DROP TRIGGER contest_events_no_truncate ON indelible.contest_events
--;
DROP TRIGGER contest_events_no_update ON indelible.contest_events
--;
DROP TRIGGER contest_events_of_fetch ON indelible.contest_events
--;
DROP TRIGGER contest_logs_fixed ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_moves_forward ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_no_delete ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_no_truncate ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_one_step ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_points_to_newest ON indelible.contest_logs
--;
DROP TRIGGER contests_ends_by_event ON indelible.contests
--;
DROP TRIGGER contests_error_origin ON indelible.contests
--;
DROP TRIGGER contests_fee_fixed ON indelible.contests
--;
DROP TRIGGER contests_fixed ON indelible.contests
--;
DROP TRIGGER contests_frozen ON indelible.contests
--;
DROP TRIGGER contests_has_places ON indelible.contests
--;
DROP TRIGGER contests_locks_in_time ON indelible.contests
--;
DROP TRIGGER contests_no_delete ON indelible.contests
--;
DROP TRIGGER contests_no_truncate ON indelible.contests
--;
DROP TRIGGER contests_one_step ON indelible.contests
--;
DROP TRIGGER contests_resumes_origin ON indelible.contests
--;
DROP TRIGGER contests_starts_in_time ON indelible.contests
--;
DROP TRIGGER entries_contest_open ON indelible.entries
--;
DROP TRIGGER entries_fixed ON indelible.entries
--;
DROP TRIGGER entries_keeps_place_number ON indelible.entries
--;
DROP TRIGGER entries_no_delete ON indelible.entries
--;
DROP TRIGGER entries_no_truncate ON indelible.entries
--;
DROP TRIGGER entries_one_step ON indelible.entries
--;
DROP TRIGGER entries_paid_once ON indelible.entries
--;
DROP TRIGGER entries_roster_open ON indelible.entries
--;
DROP TRIGGER entries_within_places ON indelible.entries
--;
DROP TRIGGER entries_within_user_limit ON indelible.entries
--;
DROP TRIGGER event_faults_in_change ON indelible.event_faults
--;
DROP TRIGGER event_faults_no_delete ON indelible.event_faults
--;
DROP TRIGGER event_faults_no_truncate ON indelible.event_faults
--;
DROP TRIGGER event_faults_no_update ON indelible.event_faults
--;
DROP TRIGGER event_faults_of_newest ON indelible.event_faults
--;
DROP TRIGGER history_balances_settlement ON indelible.history
--;
DROP TRIGGER history_needs_contest_logs ON indelible.history
--;
DROP TRIGGER history_needs_contests ON indelible.history
--;
DROP TRIGGER history_needs_entries ON indelible.history
--;
DROP TRIGGER history_needs_event_faults ON indelible.history
--;
DROP TRIGGER history_needs_provider_feeds ON indelible.history
--;
DROP TRIGGER history_needs_settlement_lines ON indelible.history
--;
DROP TRIGGER history_needs_settlement_runs ON indelible.history
--;
DROP TRIGGER history_no_delete ON indelible.history
--;
DROP TRIGGER history_no_update ON indelible.history
--;
DROP TRIGGER lifecycle_edges_no_delete ON indelible.lifecycle_edges
--;
DROP TRIGGER payloads_digest_matches ON indelible.payloads
--;
DROP TRIGGER payloads_no_delete ON indelible.payloads
--;
DROP TRIGGER payloads_no_truncate ON indelible.payloads
--;
DROP TRIGGER payloads_no_update ON indelible.payloads
--;
DROP TRIGGER provider_feeds_no_delete ON indelible.provider_feeds
--;
DROP TRIGGER provider_feeds_no_truncate ON indelible.provider_feeds
--;
DROP TRIGGER provider_feeds_one_step ON indelible.provider_feeds
--;
DROP TRIGGER provider_fetches_counted ON indelible.provider_fetches
--;
DROP TRIGGER provider_fetches_needs_head ON indelible.provider_fetches
--;
DROP TRIGGER provider_fetches_no_delete ON indelible.provider_fetches
--;
DROP TRIGGER provider_fetches_no_truncate ON indelible.provider_fetches
--;
DROP TRIGGER provider_fetches_no_update ON indelible.provider_fetches
--;
DROP TRIGGER rejections_no_delete ON indelible.rejections
--;
DROP TRIGGER rejections_no_truncate ON indelible.rejections
--;
DROP TRIGGER rejections_no_update ON indelible.rejections
--;
DROP TRIGGER rosters_needs_head ON indelible.rosters
--;
DROP TRIGGER rosters_no_delete ON indelible.rosters
--;
DROP TRIGGER rosters_no_truncate ON indelible.rosters
--;
DROP TRIGGER rosters_no_update ON indelible.rosters
--;
DROP TRIGGER seal_records_no_delete ON indelible.seal_records
--;
DROP TRIGGER seals_no_delete ON indelible.seals
--;
DROP TRIGGER settlement_lines_in_change ON indelible.settlement_lines
--;
DROP TRIGGER settlement_lines_no_delete ON indelible.settlement_lines
--;
DROP TRIGGER settlement_lines_no_truncate ON indelible.settlement_lines
--;
DROP TRIGGER settlement_lines_no_update ON indelible.settlement_lines
--;
DROP TRIGGER settlement_lines_of_entries ON indelible.settlement_lines
--;
DROP TRIGGER settlement_runs_fixed ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_input_current ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_no_delete ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_no_truncate ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_of_played_contest ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_one_step ON indelible.settlement_runs
--;
DROP TRIGGER task_attempts_no_delete ON indelible.task_attempts
--;
DROP TRIGGER tasks_needs_contests ON indelible.tasks
--;
DROP TRIGGER tasks_needs_provider_feeds ON indelible.tasks
--;
DROP TRIGGER tasks_prune ON indelible.tasks
--;
DROP INDEX indelible.rejections_at
--;
DROP INDEX indelible.rejections_command
--;
DROP INDEX indelible.contests_created_at
--;
DROP INDEX indelible.contests_lock_time
--;
DROP INDEX indelible.contests_name
--;
DROP INDEX indelible.contests_of_organizer
--;
DROP INDEX indelible.contests_of_organizer_created_at
--;
DROP INDEX indelible.contests_of_organizer_name
--;
DROP INDEX indelible.contests_of_organizer_updated_at
--;
DROP INDEX indelible.contests_of_tournament
--;
DROP INDEX indelible.contests_start_time
--;
DROP INDEX indelible.contests_status
--;
DROP INDEX indelible.contests_updated_at
--;
DROP INDEX indelible.entries_created_at
--;
DROP INDEX indelible.entries_of_contest
--;
DROP INDEX indelible.entries_of_user
--;
DROP INDEX indelible.entries_status
--;
DROP INDEX indelible.entries_updated_at
--;
DROP INDEX indelible.settlement_runs_one_complete
--;
DROP INDEX indelible.settlement_runs_one_started
--;
DROP INDEX indelible.settlement_lines_user
--;
DROP FUNCTION indelible.payloads_no_update
--;
DROP FUNCTION indelible.payloads_no_delete
--;
DROP FUNCTION indelible.payloads_no_truncate
--;
DROP FUNCTION indelible.rejections_no_update
--;
DROP FUNCTION indelible.rejections_no_delete
--;
DROP FUNCTION indelible.rejections_no_truncate
--;
DROP FUNCTION indelible.payloads_digest_matches
--;
DROP FUNCTION indelible.contest_configurations_no_update
--;
DROP FUNCTION indelible.contest_configurations_no_delete
--;
DROP FUNCTION indelible.contest_configurations_no_truncate
--;
DROP FUNCTION indelible.rosters_no_update
--;
DROP FUNCTION indelible.rosters_no_delete
--;
DROP FUNCTION indelible.rosters_no_truncate
--;
DROP FUNCTION indelible.provider_fetches_no_update
--;
DROP FUNCTION indelible.provider_fetches_no_delete
--;
DROP FUNCTION indelible.provider_fetches_no_truncate
--;
DROP FUNCTION indelible.contest_events_no_update
--;
DROP FUNCTION indelible.contest_events_no_delete
--;
DROP FUNCTION indelible.contest_events_no_truncate
--;
DROP FUNCTION indelible.event_faults_no_update
--;
DROP FUNCTION indelible.event_faults_no_delete
--;
DROP FUNCTION indelible.event_faults_no_truncate
--;
DROP FUNCTION indelible.settlement_lines_no_update
--;
DROP FUNCTION indelible.settlement_lines_no_delete
--;
DROP FUNCTION indelible.settlement_lines_no_truncate
--;
DROP FUNCTION indelible.event_faults_in_change
--;
DROP FUNCTION indelible.history_needs_event_faults
--;
DROP FUNCTION indelible.settlement_lines_in_change
--;
DROP FUNCTION indelible.history_needs_settlement_lines
--;
DROP FUNCTION indelible.contest_configurations_needs_head
--;
DROP FUNCTION indelible.rosters_needs_head
--;
DROP FUNCTION indelible.contest_events_needs_head
--;
DROP FUNCTION indelible.provider_fetches_needs_head
--;
DROP FUNCTION indelible.contests_no_delete
--;
DROP FUNCTION indelible.contests_no_truncate
--;
DROP FUNCTION indelible.contests_one_step
--;
DROP FUNCTION indelible.history_needs_contests
--;
DROP FUNCTION indelible.entries_no_delete
--;
DROP FUNCTION indelible.entries_no_truncate
--;
DROP FUNCTION indelible.entries_one_step
--;
DROP FUNCTION indelible.history_needs_entries
--;
DROP FUNCTION indelible.contest_logs_no_delete
--;
DROP FUNCTION indelible.contest_logs_no_truncate
--;
DROP FUNCTION indelible.contest_logs_one_step
--;
DROP FUNCTION indelible.history_needs_contest_logs
--;
DROP FUNCTION indelible.provider_feeds_no_delete
--;
DROP FUNCTION indelible.provider_feeds_no_truncate
--;
DROP FUNCTION indelible.provider_feeds_one_step
--;
DROP FUNCTION indelible.history_needs_provider_feeds
--;
DROP FUNCTION indelible.settlement_runs_no_delete
--;
DROP FUNCTION indelible.settlement_runs_no_truncate
--;
DROP FUNCTION indelible.settlement_runs_one_step
--;
DROP FUNCTION indelible.history_needs_settlement_runs
--;
DROP FUNCTION indelible.contests_fixed
--;
DROP FUNCTION indelible.contests_frozen
--;
DROP FUNCTION indelible.contests_fee_fixed
--;
DROP FUNCTION indelible.contests_has_places
--;
DROP FUNCTION indelible.contests_locks_in_time
--;
DROP FUNCTION indelible.contests_starts_in_time
--;
DROP FUNCTION indelible.contests_error_origin
--;
DROP FUNCTION indelible.contests_resumes_origin
--;
DROP FUNCTION indelible.contests_ends_by_event
--;
DROP FUNCTION indelible.contest_configurations_matches_contest
--;
DROP FUNCTION indelible.contest_configurations_payout_kind_fixed
--;
DROP FUNCTION indelible.entries_fixed
--;
DROP FUNCTION indelible.entries_contest_open
--;
DROP FUNCTION indelible.entries_within_places
--;
DROP FUNCTION indelible.entries_within_user_limit
--;
DROP FUNCTION indelible.entries_roster_open
--;
DROP FUNCTION indelible.entries_paid_once
--;
DROP FUNCTION indelible.entries_keeps_place_number
--;
DROP FUNCTION indelible.contest_logs_fixed
--;
DROP FUNCTION indelible.contest_logs_moves_forward
--;
DROP FUNCTION indelible.contest_logs_points_to_newest
--;
DROP FUNCTION indelible.contest_events_applied
--;
DROP FUNCTION indelible.contest_events_of_fetch
--;
DROP FUNCTION indelible.event_faults_of_newest
--;
DROP FUNCTION indelible.provider_fetches_counted
--;
DROP FUNCTION indelible.settlement_runs_fixed
--;
DROP FUNCTION indelible.settlement_runs_of_played_contest
--;
DROP FUNCTION indelible.settlement_runs_input_current
--;
DROP FUNCTION indelible.settlement_lines_of_entries
--;
DROP FUNCTION indelible.history_balances_settlement
--;
DROP FUNCTION indelible.tasks_needs_contests
--;
DROP FUNCTION indelible.tasks_needs_provider_feeds
--;
ALTER TABLE indelible.contest_events DROP CONSTRAINT contest_events_payload
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_cancelled_number
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_conflict_number
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_event
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_feed
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_fetch
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_field_number
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_leaderboard_number
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_pending_rewrite_number
--;
ALTER TABLE indelible.contest_logs DROP CONSTRAINT contest_logs_terminal_number
--;
ALTER TABLE indelible.contests DROP CONSTRAINT contests_configuration
--;
ALTER TABLE indelible.contests DROP CONSTRAINT contests_settlement
--;
ALTER TABLE indelible.entries DROP CONSTRAINT entries_roster
--;
ALTER TABLE indelible.provider_feeds DROP CONSTRAINT provider_feeds_fetch
--;
ALTER TABLE indelible.provider_fetches DROP CONSTRAINT provider_fetches_payload
--;
ALTER TABLE indelible.settlement_runs DROP CONSTRAINT settlement_runs_configuration
--;
ALTER TABLE indelible.settlement_runs DROP CONSTRAINT settlement_runs_event
--;
ALTER TABLE indelible.settlement_runs DROP CONSTRAINT settlement_runs_settled
--;
TRUNCATE indelible.settlement_lines, indelible.event_faults, indelible.contest_events, indelible.provider_fetches, indelible.rosters, indelible.contest_configurations, indelible.settlement_runs, indelible.provider_feeds, indelible.contest_logs, indelible.entries, indelible.contests
--;
DELETE FROM indelible.task_attempts
WHERE stage IN ('fetch_tournament', 'ingest_contest', 'lock_contest', 'settle_contest', 'start_contest')
--;
DELETE FROM indelible.tasks
WHERE stage IN ('fetch_tournament', 'ingest_contest', 'lock_contest', 'settle_contest', 'start_contest')
--;
DELETE FROM indelible.seal_records
WHERE EXISTS (
  SELECT 1 FROM indelible.history
  WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
)
--;
DELETE FROM indelible.seals
WHERE EXISTS (
  SELECT 1 FROM indelible.history
  WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
)
--;
DELETE FROM indelible.history
WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
--;
DELETE FROM indelible.lifecycle_edges
WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
--;
SET CONSTRAINTS ALL IMMEDIATE
--;
CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_delete()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_delete
--;
CREATE TRIGGER history_no_update BEFORE UPDATE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_update()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_update
--;
CREATE TRIGGER history_no_delete BEFORE DELETE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_delete()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_delete
--;
CREATE TRIGGER task_attempts_no_delete BEFORE DELETE ON indelible.task_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.task_attempts_no_delete()
--;
ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_no_delete
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_delete()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_delete
--;
CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_delete()
--;
ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_delete
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_prune()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_prune
--;
CREATE OR REPLACE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = statement_timestamp() WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = statement_timestamp()) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= statement_timestamp() + interval '172800 seconds' OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
DROP TABLE indelible.settlement_lines
--;
DROP TABLE indelible.event_faults
--;
DROP TABLE indelible.contest_events
--;
DROP TABLE indelible.provider_fetches
--;
DROP TABLE indelible.rosters
--;
DROP TABLE indelible.contest_configurations
--;
DROP TABLE indelible.settlement_runs
--;
DROP TABLE indelible.provider_feeds
--;
DROP TABLE indelible.contest_logs
--;
DROP TABLE indelible.entries
--;
DROP TABLE indelible.contests
--;
DROP TABLE indelible.rejections
--;
DROP TABLE indelible.payloads
--;
DROP DOMAIN indelible.raw_bytes
--;
DROP DOMAIN indelible.currency
--;
DROP DOMAIN indelible.amount_minor
