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
--;
DELETE FROM indelible.seals
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
UPDATE indelible.history SET txid = pg_current_xact_id()
--;
SET CONSTRAINTS ALL IMMEDIATE
--;
ALTER TABLE indelible.tasks DROP COLUMN succeeded_at
