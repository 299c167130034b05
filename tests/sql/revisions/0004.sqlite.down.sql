DELETE FROM task_attempts
WHERE stage = 'process_job'
--;
DELETE FROM tasks
WHERE stage = 'process_job'
--;
DELETE FROM seal_records
WHERE EXISTS (SELECT 1 FROM history WHERE lifecycle IN ('job', 'project'))
--;
DELETE FROM seals
WHERE EXISTS (SELECT 1 FROM history WHERE lifecycle IN ('job', 'project'))
--;
DELETE FROM history
WHERE lifecycle IN ('job', 'project')
--;
DELETE FROM lifecycle_edges
WHERE lifecycle IN ('job', 'project')
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
