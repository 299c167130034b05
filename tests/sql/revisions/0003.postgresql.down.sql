ALTER TABLE indelible.task_attempts DROP CONSTRAINT task_attempts_outcome_known
--;
ALTER TABLE indelible.task_attempts
ALTER COLUMN outcome TYPE indelible.identifier
USING CASE WHEN outcome = 'CANCELED' THEN 'DEAD' ELSE outcome END,
ALTER COLUMN hash TYPE indelible.digest
USING CASE WHEN outcome = 'CANCELED' THEN encode(sha256(convert_to(concat(
'[', to_json(CAST(stage AS text)), ',', to_json(CAST(entity_id AS text)), ',', fence,
',"DEAD",', to_json(CAST(actor AS text)), ',', to_json(CAST(reason AS text)),
',"', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '+00:00"',
',', coalesce(CAST(to_json(CAST(request_id AS text)) AS text), 'null'), ']'), 'UTF8')), 'hex') ELSE hash END
--;
ALTER TABLE indelible.tasks
DROP CONSTRAINT tasks_canceled_is_not_due,
DROP CONSTRAINT tasks_finished_once
--;
ALTER TABLE indelible.tasks ALTER COLUMN dead_reason TYPE indelible.nonblank_text
USING coalesce(dead_reason, cancel_reason)
--;
ALTER TABLE indelible.tasks
DROP COLUMN priority,
DROP COLUMN arguments,
DROP COLUMN result,
DROP COLUMN progress,
DROP COLUMN slot,
DROP COLUMN error_class,
DROP COLUMN cancel_reason,
DROP COLUMN finished_at
--;
INSERT INTO indelible.tasks (stage, entity_id, fence, attempts)
SELECT attempt.stage, attempt.entity_id, max(attempt.fence) + 1, 1
FROM indelible.task_attempts AS attempt
WHERE NOT EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = attempt.stage
AND task.entity_id = attempt.entity_id)
GROUP BY attempt.stage, attempt.entity_id
--;
ALTER TABLE indelible.task_attempts
ADD CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED')),
ADD CONSTRAINT task_attempts_task FOREIGN KEY (stage, entity_id) REFERENCES indelible.tasks (stage, entity_id)
--;
DROP TRIGGER tokens_s0_fixed ON indelible.tokens_s0
--;
ALTER TABLE indelible.tokens_s0 ALTER COLUMN token_id TYPE indelible.ordinal
--;
CREATE TRIGGER tokens_s0_fixed BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW WHEN ((NEW.token_id = OLD.token_id) IS NOT TRUE) EXECUTE FUNCTION indelible.tokens_s0_fixed()
--;
ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_fixed
--;
ALTER TABLE indelible.mint_events
ALTER COLUMN token_id TYPE indelible.ordinal,
DROP COLUMN batch,
DROP COLUMN copies
--;
ALTER TABLE indelible.mint_events
DROP CONSTRAINT mint_events_quantity,
ADD CONSTRAINT mint_events_quantity CHECK (quantity <= 50)
