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
