DROP TRIGGER accounts_balance ON indelible.accounts
--;
DROP TRIGGER accounts_fixed ON indelible.accounts
--;
DROP TRIGGER accounts_left_movement ON indelible.accounts
--;
DROP TRIGGER accounts_new_movement ON indelible.accounts
--;
DROP TRIGGER accounts_no_delete ON indelible.accounts
--;
DROP TRIGGER accounts_no_truncate ON indelible.accounts
--;
DROP TRIGGER accounts_one_step ON indelible.accounts
--;
DROP TRIGGER charges_fixed ON indelible.charges
--;
DROP TRIGGER charges_generation_forward ON indelible.charges
--;
DROP TRIGGER charges_no_delete ON indelible.charges
--;
DROP TRIGGER charges_no_truncate ON indelible.charges
--;
DROP TRIGGER charges_one_step ON indelible.charges
--;
DROP TRIGGER charges_paid_once ON indelible.charges
--;
DROP TRIGGER covered_items_in_change ON indelible.covered_items
--;
DROP TRIGGER covered_items_no_delete ON indelible.covered_items
--;
DROP TRIGGER covered_items_no_truncate ON indelible.covered_items
--;
DROP TRIGGER covered_items_no_update ON indelible.covered_items
--;
DROP TRIGGER discrepancies_in_change ON indelible.discrepancies
--;
DROP TRIGGER discrepancies_no_delete ON indelible.discrepancies
--;
DROP TRIGGER discrepancies_no_truncate ON indelible.discrepancies
--;
DROP TRIGGER discrepancies_no_update ON indelible.discrepancies
--;
DROP TRIGGER disputes_fixed ON indelible.disputes
--;
DROP TRIGGER disputes_no_delete ON indelible.disputes
--;
DROP TRIGGER disputes_no_truncate ON indelible.disputes
--;
DROP TRIGGER disputes_one_step ON indelible.disputes
--;
DROP TRIGGER history_balances_movement ON indelible.history
--;
DROP TRIGGER history_counts_discrepancies ON indelible.history
--;
DROP TRIGGER history_counts_transfer_lines ON indelible.history
--;
DROP TRIGGER history_needs_accounts ON indelible.history
--;
DROP TRIGGER history_needs_charges ON indelible.history
--;
DROP TRIGGER history_needs_covered_items ON indelible.history
--;
DROP TRIGGER history_needs_discrepancies ON indelible.history
--;
DROP TRIGGER history_needs_disputes ON indelible.history
--;
DROP TRIGGER history_needs_movements ON indelible.history
--;
DROP TRIGGER history_needs_payees ON indelible.history
--;
DROP TRIGGER history_needs_payment_switches ON indelible.history
--;
DROP TRIGGER history_needs_payout_jobs ON indelible.history
--;
DROP TRIGGER history_needs_postings ON indelible.history
--;
DROP TRIGGER history_needs_reconciliations ON indelible.history
--;
DROP TRIGGER history_needs_refunds ON indelible.history
--;
DROP TRIGGER history_needs_stripe_events ON indelible.history
--;
DROP TRIGGER history_needs_transfer_lines ON indelible.history
--;
DROP TRIGGER history_needs_transfers ON indelible.history
--;
DROP TRIGGER history_no_delete ON indelible.history
--;
DROP TRIGGER history_no_update ON indelible.history
--;
DROP TRIGGER lifecycle_edges_no_delete ON indelible.lifecycle_edges
--;
DROP TRIGGER movements_fixed ON indelible.movements
--;
DROP TRIGGER movements_mirrors ON indelible.movements
--;
DROP TRIGGER movements_no_delete ON indelible.movements
--;
DROP TRIGGER movements_no_truncate ON indelible.movements
--;
DROP TRIGGER movements_one_step ON indelible.movements
--;
DROP TRIGGER payees_no_delete ON indelible.payees
--;
DROP TRIGGER payees_no_truncate ON indelible.payees
--;
DROP TRIGGER payees_one_step ON indelible.payees
--;
DROP TRIGGER payment_switches_no_delete ON indelible.payment_switches
--;
DROP TRIGGER payment_switches_no_truncate ON indelible.payment_switches
--;
DROP TRIGGER payment_switches_one_step ON indelible.payment_switches
--;
DROP TRIGGER payout_jobs_finished ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_fixed ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_no_delete ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_no_truncate ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_one_step ON indelible.payout_jobs
--;
DROP TRIGGER postings_in_change ON indelible.postings
--;
DROP TRIGGER postings_no_delete ON indelible.postings
--;
DROP TRIGGER postings_no_truncate ON indelible.postings
--;
DROP TRIGGER postings_no_update ON indelible.postings
--;
DROP TRIGGER postings_of_accounts ON indelible.postings
--;
DROP TRIGGER postings_pays_line ON indelible.postings
--;
DROP TRIGGER postings_reverses_line ON indelible.postings
--;
DROP TRIGGER reconciliations_fixed ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_no_delete ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_no_truncate ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_one_step ON indelible.reconciliations
--;
DROP TRIGGER refund_attempts_needs_head ON indelible.refund_attempts
--;
DROP TRIGGER refund_attempts_no_delete ON indelible.refund_attempts
--;
DROP TRIGGER refund_attempts_no_truncate ON indelible.refund_attempts
--;
DROP TRIGGER refund_attempts_no_update ON indelible.refund_attempts
--;
DROP TRIGGER refunds_fixed ON indelible.refunds
--;
DROP TRIGGER refunds_generation_forward ON indelible.refunds
--;
DROP TRIGGER refunds_keeps_stripe_refund_id ON indelible.refunds
--;
DROP TRIGGER refunds_no_delete ON indelible.refunds
--;
DROP TRIGGER refunds_no_truncate ON indelible.refunds
--;
DROP TRIGGER refunds_one_step ON indelible.refunds
--;
DROP TRIGGER seal_records_no_delete ON indelible.seal_records
--;
DROP TRIGGER seals_no_delete ON indelible.seals
--;
DROP TRIGGER stage_breakers_fixed ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_delete ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_truncate ON indelible.stage_breakers
--;
DROP TRIGGER stripe_event_attempts_needs_head ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_no_delete ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_no_truncate ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_no_update ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_outcome_of_state ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_events_fixed ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_no_delete ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_no_truncate ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_one_step ON indelible.stripe_events
--;
DROP TRIGGER subscriber_cursors_fence ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_first ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_fixed ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_no_delete ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_no_truncate ON indelible.subscriber_cursors
--;
DROP TRIGGER task_attempts_no_delete ON indelible.task_attempts
--;
DROP TRIGGER tasks_needs_charges ON indelible.tasks
--;
DROP TRIGGER tasks_needs_payout_jobs ON indelible.tasks
--;
DROP TRIGGER tasks_needs_refunds ON indelible.tasks
--;
DROP TRIGGER tasks_needs_stripe_events ON indelible.tasks
--;
DROP TRIGGER tasks_needs_transfers ON indelible.tasks
--;
DROP TRIGGER tasks_prune ON indelible.tasks
--;
DROP TRIGGER transfer_attempts_needs_head ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_attempts_no_delete ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_attempts_no_truncate ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_attempts_no_update ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_lines_in_change ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_no_delete ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_no_truncate ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_no_update ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_of_owed_line ON indelible.transfer_lines
--;
DROP TRIGGER transfers_approved_once ON indelible.transfers
--;
DROP TRIGGER transfers_fixed ON indelible.transfers
--;
DROP TRIGGER transfers_generation_forward ON indelible.transfers
--;
DROP TRIGGER transfers_job_open ON indelible.transfers
--;
DROP TRIGGER transfers_keeps_stripe_transfer_id ON indelible.transfers
--;
DROP TRIGGER transfers_no_delete ON indelible.transfers
--;
DROP TRIGGER transfers_no_truncate ON indelible.transfers
--;
DROP TRIGGER transfers_one_step ON indelible.transfers
--;
DROP TRIGGER transfers_reversed_forward ON indelible.transfers
--;
DROP TRIGGER webhook_rejections_no_delete ON indelible.webhook_rejections
--;
DROP TRIGGER webhook_rejections_no_truncate ON indelible.webhook_rejections
--;
DROP TRIGGER webhook_rejections_no_update ON indelible.webhook_rejections
--;
DROP INDEX indelible.webhook_rejections_at
--;
DROP INDEX indelible.webhook_rejections_endpoint
--;
DROP INDEX indelible.accounts_created_at
--;
DROP INDEX indelible.accounts_last_movement
--;
DROP INDEX indelible.accounts_of_kind
--;
DROP INDEX indelible.accounts_of_reference
--;
DROP INDEX indelible.accounts_updated_at
--;
DROP INDEX indelible.movements_created_at
--;
DROP INDEX indelible.movements_occurred_at
--;
DROP INDEX indelible.movements_of_kind
--;
DROP INDEX indelible.movements_of_reference
--;
DROP INDEX indelible.movements_one_fact
--;
DROP INDEX indelible.movements_one_key
--;
DROP INDEX indelible.movements_one_reversal
--;
DROP INDEX indelible.movements_updated_at
--;
DROP INDEX indelible.charges_created_at
--;
DROP INDEX indelible.charges_expires_at
--;
DROP INDEX indelible.charges_of_party
--;
DROP INDEX indelible.charges_of_reference
--;
DROP INDEX indelible.charges_of_reference_id
--;
DROP INDEX indelible.charges_one_intent
--;
DROP INDEX indelible.charges_one_item
--;
DROP INDEX indelible.charges_one_session
--;
DROP INDEX indelible.charges_paid_at
--;
DROP INDEX indelible.charges_status
--;
DROP INDEX indelible.charges_updated_at
--;
DROP INDEX indelible.refunds_created_at
--;
DROP INDEX indelible.refunds_one_running
--;
DROP INDEX indelible.refunds_one_stripe_refund
--;
DROP INDEX indelible.refunds_status
--;
DROP INDEX indelible.refunds_updated_at
--;
DROP INDEX indelible.disputes_created_at
--;
DROP INDEX indelible.disputes_due
--;
DROP INDEX indelible.disputes_of_charge
--;
DROP INDEX indelible.disputes_status
--;
DROP INDEX indelible.disputes_updated_at
--;
DROP INDEX indelible.stripe_events_created
--;
DROP INDEX indelible.stripe_events_created_at
--;
DROP INDEX indelible.stripe_events_of_object
--;
DROP INDEX indelible.stripe_events_of_type
--;
DROP INDEX indelible.stripe_events_received
--;
DROP INDEX indelible.stripe_events_status
--;
DROP INDEX indelible.stripe_events_updated_at
--;
DROP INDEX indelible.reconciliations_created_at
--;
DROP INDEX indelible.reconciliations_of_scope
--;
DROP INDEX indelible.reconciliations_one_running
--;
DROP INDEX indelible.reconciliations_started_at
--;
DROP INDEX indelible.reconciliations_status
--;
DROP INDEX indelible.reconciliations_updated_at
--;
DROP INDEX indelible.payees_created_at
--;
DROP INDEX indelible.payees_one_destination
--;
DROP INDEX indelible.payees_status
--;
DROP INDEX indelible.payees_updated_at
--;
DROP INDEX indelible.payout_jobs_created_at
--;
DROP INDEX indelible.payout_jobs_status
--;
DROP INDEX indelible.payout_jobs_updated_at
--;
DROP INDEX indelible.transfers_created_at
--;
DROP INDEX indelible.transfers_of_job
--;
DROP INDEX indelible.transfers_of_job_status
--;
DROP INDEX indelible.transfers_of_party
--;
DROP INDEX indelible.transfers_of_reference
--;
DROP INDEX indelible.transfers_one_stripe_transfer
--;
DROP INDEX indelible.transfers_parked_at
--;
DROP INDEX indelible.transfers_status
--;
DROP INDEX indelible.transfers_stuck
--;
DROP INDEX indelible.transfers_updated_at
--;
DROP INDEX indelible.postings_of_credit_account
--;
DROP INDEX indelible.postings_of_debit_account
--;
DROP INDEX indelible.postings_of_party
--;
DROP INDEX indelible.postings_owed_line
--;
DROP INDEX indelible.postings_reversal
--;
DROP FUNCTION indelible.webhook_rejections_no_update
--;
DROP FUNCTION indelible.webhook_rejections_no_delete
--;
DROP FUNCTION indelible.webhook_rejections_no_truncate
--;
DROP FUNCTION indelible.stage_breakers_no_delete
--;
DROP FUNCTION indelible.stage_breakers_no_truncate
--;
DROP FUNCTION indelible.stage_breakers_fixed
--;
DROP FUNCTION indelible.subscriber_cursors_no_delete
--;
DROP FUNCTION indelible.subscriber_cursors_no_truncate
--;
DROP FUNCTION indelible.subscriber_cursors_fixed
--;
DROP FUNCTION indelible.subscriber_cursors_first
--;
DROP FUNCTION indelible.subscriber_cursors_fence
--;
DROP FUNCTION indelible.postings_no_update
--;
DROP FUNCTION indelible.postings_no_delete
--;
DROP FUNCTION indelible.postings_no_truncate
--;
DROP FUNCTION indelible.covered_items_no_update
--;
DROP FUNCTION indelible.covered_items_no_delete
--;
DROP FUNCTION indelible.covered_items_no_truncate
--;
DROP FUNCTION indelible.refund_attempts_no_update
--;
DROP FUNCTION indelible.refund_attempts_no_delete
--;
DROP FUNCTION indelible.refund_attempts_no_truncate
--;
DROP FUNCTION indelible.stripe_event_attempts_no_update
--;
DROP FUNCTION indelible.stripe_event_attempts_no_delete
--;
DROP FUNCTION indelible.stripe_event_attempts_no_truncate
--;
DROP FUNCTION indelible.discrepancies_no_update
--;
DROP FUNCTION indelible.discrepancies_no_delete
--;
DROP FUNCTION indelible.discrepancies_no_truncate
--;
DROP FUNCTION indelible.transfer_lines_no_update
--;
DROP FUNCTION indelible.transfer_lines_no_delete
--;
DROP FUNCTION indelible.transfer_lines_no_truncate
--;
DROP FUNCTION indelible.transfer_attempts_no_update
--;
DROP FUNCTION indelible.transfer_attempts_no_delete
--;
DROP FUNCTION indelible.transfer_attempts_no_truncate
--;
DROP FUNCTION indelible.postings_in_change
--;
DROP FUNCTION indelible.history_needs_postings
--;
DROP FUNCTION indelible.covered_items_in_change
--;
DROP FUNCTION indelible.history_needs_covered_items
--;
DROP FUNCTION indelible.discrepancies_in_change
--;
DROP FUNCTION indelible.history_needs_discrepancies
--;
DROP FUNCTION indelible.transfer_lines_in_change
--;
DROP FUNCTION indelible.history_needs_transfer_lines
--;
DROP FUNCTION indelible.refund_attempts_needs_head
--;
DROP FUNCTION indelible.stripe_event_attempts_needs_head
--;
DROP FUNCTION indelible.transfer_attempts_needs_head
--;
DROP FUNCTION indelible.accounts_no_delete
--;
DROP FUNCTION indelible.accounts_no_truncate
--;
DROP FUNCTION indelible.accounts_one_step
--;
DROP FUNCTION indelible.history_needs_accounts
--;
DROP FUNCTION indelible.movements_no_delete
--;
DROP FUNCTION indelible.movements_no_truncate
--;
DROP FUNCTION indelible.movements_one_step
--;
DROP FUNCTION indelible.history_needs_movements
--;
DROP FUNCTION indelible.charges_no_delete
--;
DROP FUNCTION indelible.charges_no_truncate
--;
DROP FUNCTION indelible.charges_one_step
--;
DROP FUNCTION indelible.history_needs_charges
--;
DROP FUNCTION indelible.refunds_no_delete
--;
DROP FUNCTION indelible.refunds_no_truncate
--;
DROP FUNCTION indelible.refunds_one_step
--;
DROP FUNCTION indelible.history_needs_refunds
--;
DROP FUNCTION indelible.disputes_no_delete
--;
DROP FUNCTION indelible.disputes_no_truncate
--;
DROP FUNCTION indelible.disputes_one_step
--;
DROP FUNCTION indelible.history_needs_disputes
--;
DROP FUNCTION indelible.stripe_events_no_delete
--;
DROP FUNCTION indelible.stripe_events_no_truncate
--;
DROP FUNCTION indelible.stripe_events_one_step
--;
DROP FUNCTION indelible.history_needs_stripe_events
--;
DROP FUNCTION indelible.reconciliations_no_delete
--;
DROP FUNCTION indelible.reconciliations_no_truncate
--;
DROP FUNCTION indelible.reconciliations_one_step
--;
DROP FUNCTION indelible.history_needs_reconciliations
--;
DROP FUNCTION indelible.payment_switches_no_delete
--;
DROP FUNCTION indelible.payment_switches_no_truncate
--;
DROP FUNCTION indelible.payment_switches_one_step
--;
DROP FUNCTION indelible.history_needs_payment_switches
--;
DROP FUNCTION indelible.payees_no_delete
--;
DROP FUNCTION indelible.payees_no_truncate
--;
DROP FUNCTION indelible.payees_one_step
--;
DROP FUNCTION indelible.history_needs_payees
--;
DROP FUNCTION indelible.payout_jobs_no_delete
--;
DROP FUNCTION indelible.payout_jobs_no_truncate
--;
DROP FUNCTION indelible.payout_jobs_one_step
--;
DROP FUNCTION indelible.history_needs_payout_jobs
--;
DROP FUNCTION indelible.transfers_no_delete
--;
DROP FUNCTION indelible.transfers_no_truncate
--;
DROP FUNCTION indelible.transfers_one_step
--;
DROP FUNCTION indelible.history_needs_transfers
--;
DROP FUNCTION indelible.accounts_fixed
--;
DROP FUNCTION indelible.accounts_balance
--;
DROP FUNCTION indelible.accounts_new_movement
--;
DROP FUNCTION indelible.accounts_left_movement
--;
DROP FUNCTION indelible.movements_fixed
--;
DROP FUNCTION indelible.movements_mirrors
--;
DROP FUNCTION indelible.postings_of_accounts
--;
DROP FUNCTION indelible.postings_pays_line
--;
DROP FUNCTION indelible.postings_reverses_line
--;
DROP FUNCTION indelible.history_balances_movement
--;
DROP FUNCTION indelible.charges_fixed
--;
DROP FUNCTION indelible.charges_paid_once
--;
DROP FUNCTION indelible.charges_generation_forward
--;
DROP FUNCTION indelible.refunds_fixed
--;
DROP FUNCTION indelible.refunds_keeps_stripe_refund_id
--;
DROP FUNCTION indelible.refunds_generation_forward
--;
DROP FUNCTION indelible.disputes_fixed
--;
DROP FUNCTION indelible.stripe_events_fixed
--;
DROP FUNCTION indelible.stripe_event_attempts_outcome_of_state
--;
DROP FUNCTION indelible.reconciliations_fixed
--;
DROP FUNCTION indelible.history_counts_discrepancies
--;
DROP FUNCTION indelible.transfers_fixed
--;
DROP FUNCTION indelible.transfers_keeps_stripe_transfer_id
--;
DROP FUNCTION indelible.transfers_generation_forward
--;
DROP FUNCTION indelible.transfers_reversed_forward
--;
DROP FUNCTION indelible.transfers_approved_once
--;
DROP FUNCTION indelible.transfers_job_open
--;
DROP FUNCTION indelible.transfer_lines_of_owed_line
--;
DROP FUNCTION indelible.history_counts_transfer_lines
--;
DROP FUNCTION indelible.payout_jobs_fixed
--;
DROP FUNCTION indelible.payout_jobs_finished
--;
DROP FUNCTION indelible.tasks_needs_charges
--;
DROP FUNCTION indelible.tasks_needs_refunds
--;
DROP FUNCTION indelible.tasks_needs_stripe_events
--;
DROP FUNCTION indelible.tasks_needs_payout_jobs
--;
DROP FUNCTION indelible.tasks_needs_transfers
--;
ALTER TABLE indelible.accounts DROP CONSTRAINT accounts_movement
--;
ALTER TABLE indelible.stripe_events DROP CONSTRAINT stripe_events_payload
--;
ALTER TABLE indelible.transfers DROP CONSTRAINT transfers_job
--;
TRUNCATE indelible.transfer_attempts, indelible.transfer_lines, indelible.transfers, indelible.payout_jobs, indelible.payees, indelible.payment_switches, indelible.discrepancies, indelible.reconciliations, indelible.stripe_event_attempts, indelible.stripe_events, indelible.disputes, indelible.refund_attempts, indelible.refunds, indelible.charges, indelible.covered_items, indelible.postings, indelible.movements, indelible.accounts
--;
DELETE FROM indelible.task_attempts
WHERE stage IN (
  'complete_payout_job', 'expire_charge', 'process_stripe_event', 'record_fee',
  'send_refund', 'send_transfer'
)
--;
DELETE FROM indelible.tasks
WHERE stage IN (
  'complete_payout_job', 'expire_charge', 'process_stripe_event', 'record_fee',
  'send_refund', 'send_transfer'
)
--;
DELETE FROM indelible.seal_records
WHERE EXISTS (
  SELECT 1 FROM indelible.history
  WHERE lifecycle IN (
    'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
    'reconciliation', 'refund', 'stripe_event', 'transfer'
  )
)
--;
DELETE FROM indelible.seals
WHERE EXISTS (
  SELECT 1 FROM indelible.history
  WHERE lifecycle IN (
    'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
    'reconciliation', 'refund', 'stripe_event', 'transfer'
  )
)
--;
DELETE FROM indelible.history
WHERE lifecycle IN (
  'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
  'reconciliation', 'refund', 'stripe_event', 'transfer'
)
--;
DELETE FROM indelible.lifecycle_edges
WHERE lifecycle IN (
  'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
  'reconciliation', 'refund', 'stripe_event', 'transfer'
)
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
DROP TABLE indelible.transfer_attempts
--;
DROP TABLE indelible.transfer_lines
--;
DROP TABLE indelible.discrepancies
--;
DROP TABLE indelible.stripe_event_attempts
--;
DROP TABLE indelible.refund_attempts
--;
DROP TABLE indelible.covered_items
--;
DROP TABLE indelible.postings
--;
DROP TABLE indelible.transfers
--;
DROP TABLE indelible.payout_jobs
--;
DROP TABLE indelible.payees
--;
DROP TABLE indelible.payment_switches
--;
DROP TABLE indelible.reconciliations
--;
DROP TABLE indelible.stripe_events
--;
DROP TABLE indelible.disputes
--;
DROP TABLE indelible.refunds
--;
DROP TABLE indelible.charges
--;
DROP TABLE indelible.movements
--;
DROP TABLE indelible.accounts
--;
DROP TABLE indelible.webhook_rejections
--;
DROP TABLE indelible.subscriber_cursors
--;
DROP TABLE indelible.stage_breakers
--;
DROP DOMAIN indelible.sum_minor
--;
DROP DOMAIN indelible.flag
