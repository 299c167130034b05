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
DROP TRIGGER contest_logs_keeps_fields
--;
DROP TRIGGER contest_logs_marks_of_now
--;
DROP TRIGGER contests_frozen
--;
DROP TRIGGER contests_keeps_fields
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
DROP TRIGGER entries_keeps_fields
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
DROP TRIGGER jobs_keeps_fields
--;
DROP TRIGGER lifecycle_edges_no_delete
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
DROP TRIGGER payment_switches_initial_fields
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
DROP TRIGGER projects_keeps_fields
--;
DROP TRIGGER provider_feeds_keeps_fields
--;
DROP TRIGGER rate_buckets_empty_by_now_on_insert
--;
DROP TRIGGER rate_buckets_empty_by_now_on_update
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
DROP TRIGGER seal_records_no_delete
--;
DROP TRIGGER seals_no_delete
--;
DROP TRIGGER settlement_runs_keeps_fields
--;
DROP TRIGGER settlement_runs_next_number
--;
DROP TRIGGER spaces_keeps_fields
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
DROP TRIGGER tasks_due
--;
DROP TRIGGER tasks_due_on_insert
--;
DROP TRIGGER tasks_needs_charges
--;
DROP TRIGGER tasks_needs_payout_jobs
--;
DROP TRIGGER tasks_needs_refunds
--;
DROP TRIGGER tasks_needs_stripe_events
--;
DROP TRIGGER tasks_needs_transfers
--;
DROP TRIGGER tasks_prune
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
DROP TRIGGER webhook_rejections_no_delete
--;
DROP TRIGGER webhook_rejections_no_replace
--;
DROP TRIGGER webhook_rejections_no_update
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
CREATE TRIGGER contests_frozen BEFORE UPDATE ON contests
WHEN ((NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.provider_event_id = OLD.provider_event_id AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_frozen'); END
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
DROP TABLE subscriber_cursors
--;
DROP TABLE stage_breakers
