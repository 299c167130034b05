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
