DROP TRIGGER accounts_balance
--;
DROP TRIGGER accounts_fixed
--;
DROP TRIGGER accounts_history_exists
--;
DROP TRIGGER accounts_initial_fields
--;
DROP TRIGGER accounts_left_movement
--;
DROP TRIGGER accounts_movement_exists
--;
DROP TRIGGER accounts_new_movement
--;
DROP TRIGGER accounts_no_delete
--;
DROP TRIGGER accounts_no_nested_update
--;
DROP TRIGGER accounts_no_replace
--;
DROP TRIGGER accounts_one_step
--;
DROP TRIGGER charges_fixed
--;
DROP TRIGGER charges_generation_forward
--;
DROP TRIGGER charges_history_exists
--;
DROP TRIGGER charges_initial_fields
--;
DROP TRIGGER charges_keeps_fields
--;
DROP TRIGGER charges_latest_times_on_insert
--;
DROP TRIGGER charges_latest_times_on_update
--;
DROP TRIGGER charges_no_delete
--;
DROP TRIGGER charges_no_nested_update
--;
DROP TRIGGER charges_no_replace
--;
DROP TRIGGER charges_one_intent_on_insert
--;
DROP TRIGGER charges_one_intent_on_update
--;
DROP TRIGGER charges_one_item_on_insert
--;
DROP TRIGGER charges_one_item_on_update
--;
DROP TRIGGER charges_one_session_on_insert
--;
DROP TRIGGER charges_one_session_on_update
--;
DROP TRIGGER charges_one_step
--;
DROP TRIGGER charges_paid_once
--;
DROP TRIGGER charges_sums_refunds
--;
DROP TRIGGER contest_events_has_body
--;
DROP TRIGGER contest_logs_initial_fields
--;
DROP TRIGGER contest_logs_keeps_fields
--;
DROP TRIGGER contest_logs_latest_times_on_insert
--;
DROP TRIGGER contest_logs_latest_times_on_update
--;
DROP TRIGGER contest_logs_marks_of_now
--;
DROP TRIGGER contests_frozen
--;
DROP TRIGGER contests_initial_fields
--;
DROP TRIGGER contests_keeps_fields
--;
DROP TRIGGER contests_latest_times_on_insert
--;
DROP TRIGGER contests_latest_times_on_update
--;
DROP TRIGGER covered_items_head_exists
--;
DROP TRIGGER covered_items_in_change
--;
DROP TRIGGER covered_items_no_delete
--;
DROP TRIGGER covered_items_no_replace
--;
DROP TRIGGER covered_items_no_update
--;
DROP TRIGGER discrepancies_head_exists
--;
DROP TRIGGER discrepancies_in_change
--;
DROP TRIGGER discrepancies_no_delete
--;
DROP TRIGGER discrepancies_no_replace
--;
DROP TRIGGER discrepancies_no_update
--;
DROP TRIGGER disputes_charge_exists
--;
DROP TRIGGER disputes_covered_by_settlement
--;
DROP TRIGGER disputes_fixed
--;
DROP TRIGGER disputes_history_exists
--;
DROP TRIGGER disputes_initial_fields
--;
DROP TRIGGER disputes_keeps_fields
--;
DROP TRIGGER disputes_latest_times_on_insert
--;
DROP TRIGGER disputes_latest_times_on_update
--;
DROP TRIGGER disputes_no_delete
--;
DROP TRIGGER disputes_no_nested_update
--;
DROP TRIGGER disputes_no_replace
--;
DROP TRIGGER disputes_of_payment
--;
DROP TRIGGER disputes_one_step
--;
DROP TRIGGER disputes_times_in_order
--;
DROP TRIGGER entries_initial_fields
--;
DROP TRIGGER entries_keeps_fields
--;
DROP TRIGGER entries_latest_times_on_insert
--;
DROP TRIGGER entries_latest_times_on_update
--;
DROP TRIGGER entries_settled_stays
--;
DROP TRIGGER history_balances_movement
--;
DROP TRIGGER history_counts_discrepancies
--;
DROP TRIGGER history_counts_transfer_lines
--;
DROP TRIGGER history_declares_data_of_accounts
--;
DROP TRIGGER history_declares_data_of_algorithms
--;
DROP TRIGGER history_declares_data_of_authors
--;
DROP TRIGGER history_declares_data_of_charges
--;
DROP TRIGGER history_declares_data_of_concepts
--;
DROP TRIGGER history_declares_data_of_contest_logs
--;
DROP TRIGGER history_declares_data_of_contests
--;
DROP TRIGGER history_declares_data_of_disputes
--;
DROP TRIGGER history_declares_data_of_entries
--;
DROP TRIGGER history_declares_data_of_image_generation_jobs
--;
DROP TRIGGER history_declares_data_of_ipfs_upload_records
--;
DROP TRIGGER history_declares_data_of_jobs
--;
DROP TRIGGER history_declares_data_of_keys
--;
DROP TRIGGER history_declares_data_of_mint_events
--;
DROP TRIGGER history_declares_data_of_movements
--;
DROP TRIGGER history_declares_data_of_payees
--;
DROP TRIGGER history_declares_data_of_payment_switches
--;
DROP TRIGGER history_declares_data_of_payout_jobs
--;
DROP TRIGGER history_declares_data_of_projects
--;
DROP TRIGGER history_declares_data_of_provider_feeds
--;
DROP TRIGGER history_declares_data_of_reconciliations
--;
DROP TRIGGER history_declares_data_of_refunds
--;
DROP TRIGGER history_declares_data_of_reveal_transactions
--;
DROP TRIGGER history_declares_data_of_settings
--;
DROP TRIGGER history_declares_data_of_settlement_runs
--;
DROP TRIGGER history_declares_data_of_spaces
--;
DROP TRIGGER history_declares_data_of_stages
--;
DROP TRIGGER history_declares_data_of_stripe_events
--;
DROP TRIGGER history_declares_data_of_subspaces
--;
DROP TRIGGER history_declares_data_of_system_state
--;
DROP TRIGGER history_declares_data_of_tokens_s0
--;
DROP TRIGGER history_declares_data_of_transfers
--;
DROP TRIGGER history_keeps_fields_of_charges
--;
DROP TRIGGER history_keeps_fields_of_contest_logs
--;
DROP TRIGGER history_keeps_fields_of_contests
--;
DROP TRIGGER history_keeps_fields_of_disputes
--;
DROP TRIGGER history_keeps_fields_of_payees
--;
DROP TRIGGER history_keeps_fields_of_projects
--;
DROP TRIGGER history_keeps_fields_of_subspaces
--;
DROP TRIGGER history_keeps_fields_of_transfers
--;
DROP TRIGGER history_names_approved_by
--;
DROP TRIGGER history_names_destination_set_by
--;
DROP TRIGGER history_needs_accounts
--;
DROP TRIGGER history_needs_charges
--;
DROP TRIGGER history_needs_covered_items
--;
DROP TRIGGER history_needs_discrepancies
--;
DROP TRIGGER history_needs_disputes
--;
DROP TRIGGER history_needs_movements
--;
DROP TRIGGER history_needs_payees
--;
DROP TRIGGER history_needs_payment_switches
--;
DROP TRIGGER history_needs_payout_jobs
--;
DROP TRIGGER history_needs_postings
--;
DROP TRIGGER history_needs_reconciliations
--;
DROP TRIGGER history_needs_refunds
--;
DROP TRIGGER history_needs_stripe_events
--;
DROP TRIGGER history_needs_transfer_lines
--;
DROP TRIGGER history_needs_transfers
--;
DROP TRIGGER history_no_delete
--;
DROP TRIGGER history_no_update
--;
DROP TRIGGER history_second_person_reverses
--;
DROP TRIGGER hung_threads_expire_soon_on_insert
--;
DROP TRIGGER hung_threads_expire_soon_on_update
--;
DROP TRIGGER hung_threads_of_one_process_on_insert
--;
DROP TRIGGER hung_threads_of_one_process_on_update
--;
DROP TRIGGER image_generation_jobs_initial_fields
--;
DROP TRIGGER image_generation_jobs_latest_times_on_insert
--;
DROP TRIGGER image_generation_jobs_latest_times_on_update
--;
DROP TRIGGER ipfs_upload_records_initial_fields
--;
DROP TRIGGER ipfs_upload_records_latest_times_on_insert
--;
DROP TRIGGER ipfs_upload_records_latest_times_on_update
--;
DROP TRIGGER jobs_initial_fields
--;
DROP TRIGGER jobs_keeps_fields
--;
DROP TRIGGER jobs_latest_times_on_insert
--;
DROP TRIGGER jobs_latest_times_on_update
--;
DROP TRIGGER keys_has_scopes
--;
DROP TRIGGER lifecycle_edges_no_delete
--;
DROP TRIGGER mint_events_latest_times_on_insert
--;
DROP TRIGGER mint_events_latest_times_on_update
--;
DROP TRIGGER movements_fixed
--;
DROP TRIGGER movements_history_exists
--;
DROP TRIGGER movements_latest_times_on_insert
--;
DROP TRIGGER movements_latest_times_on_update
--;
DROP TRIGGER movements_mirrors
--;
DROP TRIGGER movements_no_delete
--;
DROP TRIGGER movements_no_nested_update
--;
DROP TRIGGER movements_no_replace
--;
DROP TRIGGER movements_notes_fact
--;
DROP TRIGGER movements_one_fact_on_insert
--;
DROP TRIGGER movements_one_fact_on_update
--;
DROP TRIGGER movements_one_key_on_insert
--;
DROP TRIGGER movements_one_key_on_update
--;
DROP TRIGGER movements_one_reversal_on_insert
--;
DROP TRIGGER movements_one_reversal_on_update
--;
DROP TRIGGER movements_one_step
--;
DROP TRIGGER movements_reversed_exists
--;
DROP TRIGGER payees_history_exists
--;
DROP TRIGGER payees_initial_fields
--;
DROP TRIGGER payees_keeps_fields
--;
DROP TRIGGER payees_no_delete
--;
DROP TRIGGER payees_no_nested_update
--;
DROP TRIGGER payees_no_replace
--;
DROP TRIGGER payees_one_destination_on_insert
--;
DROP TRIGGER payees_one_destination_on_update
--;
DROP TRIGGER payees_one_step
--;
DROP TRIGGER payment_switches_history_exists
--;
DROP TRIGGER payment_switches_latest_times_on_insert
--;
DROP TRIGGER payment_switches_latest_times_on_update
--;
DROP TRIGGER payment_switches_no_delete
--;
DROP TRIGGER payment_switches_no_nested_update
--;
DROP TRIGGER payment_switches_no_replace
--;
DROP TRIGGER payment_switches_one_step
--;
DROP TRIGGER payout_jobs_finished
--;
DROP TRIGGER payout_jobs_fixed
--;
DROP TRIGGER payout_jobs_history_exists
--;
DROP TRIGGER payout_jobs_initial_fields
--;
DROP TRIGGER payout_jobs_keeps_fields
--;
DROP TRIGGER payout_jobs_latest_times_on_insert
--;
DROP TRIGGER payout_jobs_latest_times_on_update
--;
DROP TRIGGER payout_jobs_no_delete
--;
DROP TRIGGER payout_jobs_no_nested_update
--;
DROP TRIGGER payout_jobs_no_replace
--;
DROP TRIGGER payout_jobs_no_replace_on_update
--;
DROP TRIGGER payout_jobs_of_settlement
--;
DROP TRIGGER payout_jobs_one_step
--;
DROP TRIGGER postings_head_exists
--;
DROP TRIGGER postings_in_change
--;
DROP TRIGGER postings_no_delete
--;
DROP TRIGGER postings_no_replace
--;
DROP TRIGGER postings_no_update
--;
DROP TRIGGER postings_of_accounts
--;
DROP TRIGGER postings_pays_line
--;
DROP TRIGGER postings_reverses_line
--;
DROP TRIGGER projects_initial_fields
--;
DROP TRIGGER projects_keeps_fields
--;
DROP TRIGGER provider_feeds_initial_fields
--;
DROP TRIGGER provider_feeds_keeps_fields
--;
DROP TRIGGER provider_feeds_latest_times_on_insert
--;
DROP TRIGGER provider_feeds_latest_times_on_update
--;
DROP TRIGGER rate_buckets_empty_by_now_on_insert
--;
DROP TRIGGER rate_buckets_empty_by_now_on_update
--;
DROP TRIGGER receipts_has_answer
--;
DROP TRIGGER receipts_not_far_ahead
--;
DROP TRIGGER receipts_values_on_insert
--;
DROP TRIGGER reconciliations_fixed
--;
DROP TRIGGER reconciliations_history_exists
--;
DROP TRIGGER reconciliations_initial_fields
--;
DROP TRIGGER reconciliations_json_limits
--;
DROP TRIGGER reconciliations_json_limits_on_update
--;
DROP TRIGGER reconciliations_keeps_fields
--;
DROP TRIGGER reconciliations_latest_times_on_insert
--;
DROP TRIGGER reconciliations_latest_times_on_update
--;
DROP TRIGGER reconciliations_no_delete
--;
DROP TRIGGER reconciliations_no_nested_update
--;
DROP TRIGGER reconciliations_no_replace
--;
DROP TRIGGER reconciliations_one_running_on_insert
--;
DROP TRIGGER reconciliations_one_running_on_update
--;
DROP TRIGGER reconciliations_one_step
--;
DROP TRIGGER refund_attempts_needs_head
--;
DROP TRIGGER refund_attempts_no_delete
--;
DROP TRIGGER refund_attempts_no_replace
--;
DROP TRIGGER refund_attempts_no_update
--;
DROP TRIGGER refund_attempts_previous_exists
--;
DROP TRIGGER refund_attempts_refund_exists
--;
DROP TRIGGER refunds_charge_exists
--;
DROP TRIGGER refunds_covered_by_settlement
--;
DROP TRIGGER refunds_fixed
--;
DROP TRIGGER refunds_generation_forward
--;
DROP TRIGGER refunds_history_exists
--;
DROP TRIGGER refunds_initial_fields
--;
DROP TRIGGER refunds_keeps_fields
--;
DROP TRIGGER refunds_keeps_stripe_refund_id
--;
DROP TRIGGER refunds_next_number
--;
DROP TRIGGER refunds_no_delete
--;
DROP TRIGGER refunds_no_nested_update
--;
DROP TRIGGER refunds_no_replace
--;
DROP TRIGGER refunds_no_replace_on_update
--;
DROP TRIGGER refunds_one_running_on_insert
--;
DROP TRIGGER refunds_one_running_on_update
--;
DROP TRIGGER refunds_one_step
--;
DROP TRIGGER refunds_one_stripe_refund_on_insert
--;
DROP TRIGGER refunds_one_stripe_refund_on_update
--;
DROP TRIGGER refunds_refundable
--;
DROP TRIGGER reveal_transactions_initial_fields
--;
DROP TRIGGER reveal_transactions_latest_times_on_insert
--;
DROP TRIGGER reveal_transactions_latest_times_on_update
--;
DROP TRIGGER seal_records_no_delete
--;
DROP TRIGGER seals_no_delete
--;
DROP TRIGGER settlement_runs_initial_fields
--;
DROP TRIGGER settlement_runs_keeps_fields
--;
DROP TRIGGER settlement_runs_latest_times_on_insert
--;
DROP TRIGGER settlement_runs_latest_times_on_update
--;
DROP TRIGGER settlement_runs_next_number
--;
DROP TRIGGER spaces_keeps_fields
--;
DROP TRIGGER stage_breakers_counts_one
--;
DROP TRIGGER stage_breakers_fixed
--;
DROP TRIGGER stage_breakers_no_delete
--;
DROP TRIGGER stage_breakers_no_nested_update
--;
DROP TRIGGER stage_breakers_no_replace
--;
DROP TRIGGER stage_breakers_probe_soon_on_insert
--;
DROP TRIGGER stage_breakers_probe_soon_on_update
--;
DROP TRIGGER stage_breakers_starts_clear
--;
DROP TRIGGER stage_breakers_values_on_insert
--;
DROP TRIGGER stage_breakers_values_on_update
--;
DROP TRIGGER stripe_event_attempts_event_exists
--;
DROP TRIGGER stripe_event_attempts_needs_head
--;
DROP TRIGGER stripe_event_attempts_no_delete
--;
DROP TRIGGER stripe_event_attempts_no_replace
--;
DROP TRIGGER stripe_event_attempts_no_update
--;
DROP TRIGGER stripe_event_attempts_outcome_of_state
--;
DROP TRIGGER stripe_event_attempts_previous_exists
--;
DROP TRIGGER stripe_events_fixed
--;
DROP TRIGGER stripe_events_history_exists
--;
DROP TRIGGER stripe_events_initial_fields
--;
DROP TRIGGER stripe_events_keeps_fields
--;
DROP TRIGGER stripe_events_latest_times_on_insert
--;
DROP TRIGGER stripe_events_latest_times_on_update
--;
DROP TRIGGER stripe_events_no_delete
--;
DROP TRIGGER stripe_events_no_nested_update
--;
DROP TRIGGER stripe_events_no_replace
--;
DROP TRIGGER stripe_events_one_step
--;
DROP TRIGGER subscriber_cursors_fence
--;
DROP TRIGGER subscriber_cursors_first
--;
DROP TRIGGER subscriber_cursors_fixed
--;
DROP TRIGGER subscriber_cursors_in_feed
--;
DROP TRIGGER subscriber_cursors_no_delete
--;
DROP TRIGGER subscriber_cursors_no_nested_update
--;
DROP TRIGGER subscriber_cursors_no_replace
--;
DROP TRIGGER subscriber_cursors_values_on_insert
--;
DROP TRIGGER subscriber_cursors_values_on_update
--;
DROP TRIGGER subspaces_keeps_fields
--;
DROP TRIGGER subspaces_of_owner
--;
DROP TRIGGER task_attempts_no_delete
--;
DROP TRIGGER tokens_s0_initial_fields
--;
DROP TRIGGER tokens_s0_keeps_fields
--;
DROP TRIGGER transfer_attempts_needs_head
--;
DROP TRIGGER transfer_attempts_no_delete
--;
DROP TRIGGER transfer_attempts_no_replace
--;
DROP TRIGGER transfer_attempts_no_update
--;
DROP TRIGGER transfer_attempts_previous_exists
--;
DROP TRIGGER transfer_attempts_transfer_exists
--;
DROP TRIGGER transfer_lines_head_exists
--;
DROP TRIGGER transfer_lines_in_change
--;
DROP TRIGGER transfer_lines_no_delete
--;
DROP TRIGGER transfer_lines_no_replace
--;
DROP TRIGGER transfer_lines_no_update
--;
DROP TRIGGER transfer_lines_of_owed_line
--;
DROP TRIGGER transfers_approved_once
--;
DROP TRIGGER transfers_destination_approved
--;
DROP TRIGGER transfers_destination_approved_by_another
--;
DROP TRIGGER transfers_fixed
--;
DROP TRIGGER transfers_generation_forward
--;
DROP TRIGGER transfers_history_exists
--;
DROP TRIGGER transfers_initial_fields
--;
DROP TRIGGER transfers_job_open
--;
DROP TRIGGER transfers_keeps_fields
--;
DROP TRIGGER transfers_keeps_stripe_transfer_id
--;
DROP TRIGGER transfers_latest_times_on_insert
--;
DROP TRIGGER transfers_latest_times_on_update
--;
DROP TRIGGER transfers_no_delete
--;
DROP TRIGGER transfers_no_nested_update
--;
DROP TRIGGER transfers_no_replace
--;
DROP TRIGGER transfers_of_settlement
--;
DROP TRIGGER transfers_one_step
--;
DROP TRIGGER transfers_one_stripe_transfer_on_insert
--;
DROP TRIGGER transfers_one_stripe_transfer_on_update
--;
DROP TRIGGER transfers_reissued_exists
--;
DROP TRIGGER transfers_reversed_forward
--;
DROP TRIGGER watched_subjects_fixed
--;
DROP TRIGGER watched_subjects_known_by_now
--;
DROP TRIGGER watched_subjects_no_delete
--;
DROP TRIGGER watched_subjects_no_nested_update
--;
DROP TRIGGER watched_subjects_no_replace
--;
DROP TRIGGER watched_subjects_success_rises
--;
DROP TRIGGER watched_subjects_values_on_insert
--;
DROP TRIGGER watched_subjects_values_on_update
--;
DROP TRIGGER webhook_rejections_no_delete
--;
DROP TRIGGER webhook_rejections_no_replace
--;
DROP TRIGGER webhook_rejections_no_update
--;
DROP INDEX tasks_succeeded
--;
DROP INDEX webhook_rejections_at
--;
DROP INDEX webhook_rejections_endpoint
--;
DROP INDEX accounts_created_at
--;
DROP INDEX accounts_last_movement
--;
DROP INDEX accounts_of_kind
--;
DROP INDEX accounts_of_reference
--;
DROP INDEX accounts_updated_at
--;
DROP INDEX movements_created_at
--;
DROP INDEX movements_occurred_at
--;
DROP INDEX movements_of_kind
--;
DROP INDEX movements_of_reference
--;
DROP INDEX movements_one_fact
--;
DROP INDEX movements_one_key
--;
DROP INDEX movements_one_reversal
--;
DROP INDEX movements_updated_at
--;
DROP INDEX charges_created_at
--;
DROP INDEX charges_expires_at
--;
DROP INDEX charges_of_party
--;
DROP INDEX charges_of_reference
--;
DROP INDEX charges_of_reference_id
--;
DROP INDEX charges_one_intent
--;
DROP INDEX charges_one_item
--;
DROP INDEX charges_one_session
--;
DROP INDEX charges_paid_at
--;
DROP INDEX charges_status
--;
DROP INDEX charges_updated_at
--;
DROP INDEX refunds_created_at
--;
DROP INDEX refunds_one_running
--;
DROP INDEX refunds_one_stripe_refund
--;
DROP INDEX refunds_status
--;
DROP INDEX refunds_updated_at
--;
DROP INDEX disputes_created_at
--;
DROP INDEX disputes_due
--;
DROP INDEX disputes_of_charge
--;
DROP INDEX disputes_status
--;
DROP INDEX disputes_updated_at
--;
DROP INDEX stripe_events_created
--;
DROP INDEX stripe_events_created_at
--;
DROP INDEX stripe_events_of_object
--;
DROP INDEX stripe_events_of_type
--;
DROP INDEX stripe_events_received
--;
DROP INDEX stripe_events_status
--;
DROP INDEX stripe_events_updated_at
--;
DROP INDEX reconciliations_created_at
--;
DROP INDEX reconciliations_of_scope
--;
DROP INDEX reconciliations_one_running
--;
DROP INDEX reconciliations_started_at
--;
DROP INDEX reconciliations_status
--;
DROP INDEX reconciliations_updated_at
--;
DROP INDEX payees_created_at
--;
DROP INDEX payees_one_destination
--;
DROP INDEX payees_status
--;
DROP INDEX payees_updated_at
--;
DROP INDEX payout_jobs_created_at
--;
DROP INDEX payout_jobs_status
--;
DROP INDEX payout_jobs_updated_at
--;
DROP INDEX transfers_created_at
--;
DROP INDEX transfers_of_job
--;
DROP INDEX transfers_of_job_status
--;
DROP INDEX transfers_of_party
--;
DROP INDEX transfers_of_reference
--;
DROP INDEX transfers_one_stripe_transfer
--;
DROP INDEX transfers_parked_at
--;
DROP INDEX transfers_status
--;
DROP INDEX transfers_stuck
--;
DROP INDEX transfers_updated_at
--;
DROP INDEX postings_of_credit_account
--;
DROP INDEX postings_of_debit_account
--;
DROP INDEX postings_of_party
--;
DROP INDEX postings_owed_line
--;
DROP INDEX postings_reversal
--;
DELETE FROM task_attempts
WHERE stage IN (
  'complete_payout_job', 'expire_charge', 'process_stripe_event', 'record_fee',
  'send_refund', 'send_transfer'
)
--;
DELETE FROM tasks
WHERE stage IN (
  'complete_payout_job', 'expire_charge', 'process_stripe_event', 'record_fee',
  'send_refund', 'send_transfer'
)
--;
DELETE FROM seal_records
WHERE EXISTS (
  SELECT 1 FROM history
  WHERE lifecycle IN (
    'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
    'reconciliation', 'refund', 'stripe_event', 'transfer'
  )
)
--;
DELETE FROM seals
WHERE EXISTS (
  SELECT 1 FROM history
  WHERE lifecycle IN (
    'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
    'reconciliation', 'refund', 'stripe_event', 'transfer'
  )
)
--;
DELETE FROM history
WHERE lifecycle IN (
  'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
  'reconciliation', 'refund', 'stripe_event', 'transfer'
)
--;
DELETE FROM lifecycle_edges
WHERE lifecycle IN (
  'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
  'reconciliation', 'refund', 'stripe_event', 'transfer'
)
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
CREATE TABLE downgraded_tasks AS SELECT * FROM tasks
--;
DROP TABLE tasks
--;
CREATE TABLE tasks (
	stage TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	due_at TEXT,
	lease_owner TEXT,
	lease_until TEXT,
	fence INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	dead_reason TEXT,
	priority INTEGER DEFAULT 2 NOT NULL,
	arguments TEXT,
	result TEXT,
	progress INTEGER,
	slot TEXT,
	error_class TEXT,
	cancel_reason TEXT,
	finished_at TEXT,
	CONSTRAINT tasks_pkey PRIMARY KEY (stage, entity_id),
	CONSTRAINT tasks_lease CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
	CONSTRAINT tasks_leased_is_due CHECK (lease_owner IS NULL OR (fence >= 1 AND due_at IS NOT NULL)),
	CONSTRAINT tasks_attempts_fenced CHECK (attempts <= fence),
	CONSTRAINT tasks_dead_is_not_due CHECK (dead_reason IS NULL OR due_at IS NULL),
	CONSTRAINT tasks_priority_known CHECK (priority BETWEEN 1 AND 3),
	CONSTRAINT tasks_progress_percent CHECK (progress <= 100),
	CONSTRAINT tasks_canceled_is_not_due CHECK (cancel_reason IS NULL OR (due_at IS NULL AND dead_reason IS NULL)),
	CONSTRAINT tasks_finished_once CHECK ((finished_at IS NOT NULL) = (due_at IS NULL AND dead_reason IS NULL)),
	CONSTRAINT tasks_result_of_completed CHECK (result IS NULL OR (finished_at IS NOT NULL AND cancel_reason IS NULL)),
	CONSTRAINT tasks_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT tasks_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT tasks_due_at_rule CHECK (due_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND due_at >= '2000' AND due_at < '3000'),
	CONSTRAINT tasks_lease_owner_rule CHECK ((substr(lease_owner, 1, 5) = 'user:' AND length(lease_owner) BETWEEN 6 AND 205 OR substr(lease_owner, 1, 7) = 'system:' AND length(lease_owner) BETWEEN 8 AND 207 OR substr(lease_owner, 1, 4) = 'key:' AND length(lease_owner) BETWEEN 5 AND 204) AND lease_owner NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT tasks_lease_until_rule CHECK (lease_until GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND lease_until >= '2000' AND lease_until < '3000'),
	CONSTRAINT tasks_fence_rule CHECK (fence >= 0),
	CONSTRAINT tasks_attempts_rule CHECK (attempts >= 0),
	CONSTRAINT tasks_dead_reason_rule CHECK (trim(dead_reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT tasks_priority_rule CHECK (priority >= 0),
	CONSTRAINT tasks_arguments_rule CHECK (arguments IS NULL OR json_valid(arguments) AND json_type(arguments) = 'object'),
	CONSTRAINT tasks_result_rule CHECK (result IS NULL OR json_valid(result) AND json_type(result) <> 'null'),
	CONSTRAINT tasks_progress_rule CHECK (progress >= 0),
	CONSTRAINT tasks_slot_rule CHECK (slot GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND slot >= '2000' AND slot < '3000'),
	CONSTRAINT tasks_error_class_rule CHECK (length(error_class) BETWEEN 1 AND 200),
	CONSTRAINT tasks_cancel_reason_rule CHECK (trim(cancel_reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT tasks_finished_at_rule CHECK (finished_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND finished_at >= '2000' AND finished_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO tasks (stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, dead_reason, priority, arguments,
result, progress, slot, error_class, cancel_reason, finished_at)
SELECT stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, dead_reason, priority, arguments,
result, progress, slot, error_class, cancel_reason, finished_at
FROM downgraded_tasks
--;
DROP TABLE downgraded_tasks
--;
CREATE INDEX tasks_canceled ON tasks (stage, finished_at, entity_id) WHERE cancel_reason IS NOT NULL
--;
CREATE INDEX tasks_dead ON tasks (stage, entity_id) WHERE dead_reason IS NOT NULL
--;
CREATE INDEX tasks_due ON tasks (stage, priority, due_at, entity_id) WHERE due_at IS NOT NULL
--;
CREATE INDEX tasks_finished ON tasks (stage, finished_at, entity_id) WHERE finished_at IS NOT NULL
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
CREATE TRIGGER tasks_json_limits BEFORE INSERT ON tasks
WHEN ((NEW.arguments IS NULL OR CASE WHEN json_valid(NEW.arguments) THEN length(CAST(NEW.arguments AS BLOB)) <= 16384 AND (length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.arguments, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.arguments) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.arguments)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.arguments) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.arguments -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.arguments -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.arguments -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 END) AND (NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 16384 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.result) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_json_limits'); END
--;
CREATE TRIGGER tasks_no_replace BEFORE INSERT ON tasks
WHEN (NOT EXISTS (SELECT 1 FROM main.tasks WHERE stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_replace'); END
--;
CREATE TRIGGER tasks_json_limits_on_update BEFORE UPDATE ON tasks
WHEN ((NEW.arguments IS NULL OR CASE WHEN json_valid(NEW.arguments) THEN length(CAST(NEW.arguments AS BLOB)) <= 16384 AND (length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.arguments, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.arguments) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.arguments)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.arguments) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.arguments -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.arguments -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.arguments -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 END) AND (NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 16384 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.result) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_json_limits_on_update'); END
--;
CREATE TRIGGER tasks_no_nested_update BEFORE UPDATE ON tasks
WHEN (EXISTS (SELECT 1 FROM main.tasks AS stored WHERE stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.due_at IS OLD.due_at AND stored.lease_owner IS OLD.lease_owner AND stored.lease_until IS OLD.lease_until AND stored.fence IS OLD.fence AND stored.attempts IS OLD.attempts AND stored.dead_reason IS OLD.dead_reason AND stored.priority IS OLD.priority AND stored.arguments IS OLD.arguments AND stored.result IS OLD.result AND stored.progress IS OLD.progress AND stored.slot IS OLD.slot AND stored.error_class IS OLD.error_class AND stored.cancel_reason IS OLD.cancel_reason AND stored.finished_at IS OLD.finished_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_nested_update'); END
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON tasks
WHEN (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM main.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_prune'); END
--;
CREATE TRIGGER tasks_new BEFORE INSERT ON tasks
WHEN (NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.progress IS NULL AND NEW.error_class IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_new'); END
--;
CREATE TRIGGER tasks_first_fence BEFORE INSERT ON tasks
WHEN (NEW.fence = coalesce((SELECT pruned.fence FROM main.pruned_stages AS pruned WHERE pruned.stage = NEW.stage), 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_first_fence'); END
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON tasks
WHEN (NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) OR NEW.fence = OLD.fence + 1 AND NEW.cancel_reason IS NOT NULL AND OLD.due_at IS NOT NULL OR NEW.fence = OLD.fence AND NEW.cancel_reason IS NULL AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_fence'); END
--;
CREATE TRIGGER tasks_edge BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END
--;
CREATE TRIGGER tasks_run BEFORE UPDATE OF arguments, priority, result, progress, slot, error_class ON tasks
WHEN (((NEW.arguments = OLD.arguments OR NEW.arguments IS NULL AND OLD.arguments IS NULL) OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.priority <= OLD.priority OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.result IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) AND ((NEW.progress = OLD.progress OR NEW.progress IS NULL AND OLD.progress IS NULL) OR NEW.progress IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence) AND ((NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL) OR (OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL) AND ((NEW.error_class = OLD.error_class OR NEW.error_class IS NULL AND OLD.error_class IS NULL) OR NEW.error_class IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_run'); END
--;
CREATE TRIGGER tasks_recorded BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_recorded'); END
--;
CREATE TRIGGER tasks_values_on_insert BEFORE INSERT ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19)) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_on_insert'); END
--;
CREATE TRIGGER tasks_values_of_lease BEFORE UPDATE OF lease_owner, lease_until ON tasks
WHEN ((NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_lease'); END
--;
CREATE TRIGGER tasks_values_of_end BEFORE UPDATE OF due_at, finished_at ON tasks
WHEN ((NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_end'); END
--;
CREATE TRIGGER tasks_values_of_run BEFORE UPDATE OF stage, entity_id, dead_reason, slot, error_class, cancel_reason ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_run'); END
--;
CREATE TRIGGER tasks_needs_tokens_s0 BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM main.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_tokens_s0'); END
--;
CREATE TRIGGER tasks_needs_jobs BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('process_job') OR EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_jobs'); END
--;
CREATE TRIGGER contests_frozen BEFORE UPDATE ON contests
WHEN ((NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.provider_event_id = OLD.provider_event_id AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_frozen'); END
--;
CREATE TRIGGER tasks_needs_contests BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest') OR EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_contests'); END
--;
CREATE TRIGGER tasks_needs_provider_feeds BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('fetch_tournament') OR EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_provider_feeds'); END
--;
DROP TABLE transfer_attempts
--;
DROP TABLE transfer_lines
--;
DROP TABLE discrepancies
--;
DROP TABLE stripe_event_attempts
--;
DROP TABLE refund_attempts
--;
DROP TABLE covered_items
--;
DROP TABLE postings
--;
DROP TABLE transfers
--;
DROP TABLE payout_jobs
--;
DROP TABLE payees
--;
DROP TABLE payment_switches
--;
DROP TABLE reconciliations
--;
DROP TABLE stripe_events
--;
DROP TABLE disputes
--;
DROP TABLE refunds
--;
DROP TABLE charges
--;
DROP TABLE movements
--;
DROP TABLE accounts
--;
DROP TABLE webhook_rejections
--;
DROP TABLE watched_subjects
--;
DROP TABLE subscriber_cursors
--;
DROP TABLE stage_breakers
