ALTER TABLE indelible.tasks
ADD COLUMN priority indelible.natural_number DEFAULT 2 NOT NULL,
ADD COLUMN arguments indelible.task_arguments,
ADD COLUMN result indelible.task_result,
ADD COLUMN progress indelible.natural_number,
ADD COLUMN slot indelible.instant,
ADD COLUMN error_class indelible.identifier,
ADD COLUMN cancel_reason indelible.nonblank_text,
ADD COLUMN finished_at indelible.instant
--;
ALTER TABLE indelible.tasks ALTER COLUMN finished_at TYPE indelible.instant
USING CASE WHEN due_at IS NULL AND dead_reason IS NULL THEN transaction_timestamp() END
--;
ALTER TABLE indelible.tasks
ADD CONSTRAINT tasks_priority_known CHECK (priority BETWEEN 1 AND 3),
ADD CONSTRAINT tasks_progress_percent CHECK (progress <= 100),
ADD CONSTRAINT tasks_canceled_is_not_due CHECK (cancel_reason IS NULL OR (due_at IS NULL AND dead_reason IS NULL)),
ADD CONSTRAINT tasks_finished_once CHECK ((finished_at IS NOT NULL) = (due_at IS NULL AND dead_reason IS NULL)),
ADD CONSTRAINT tasks_result_of_completed CHECK (result IS NULL OR (finished_at IS NOT NULL AND cancel_reason IS NULL))
--;
ALTER TABLE indelible.task_attempts
DROP CONSTRAINT task_attempts_task,
DROP CONSTRAINT task_attempts_outcome_known,
ADD CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED', 'CANCELED'))
--;
DROP TRIGGER tokens_s0_fixed ON indelible.tokens_s0
--;
ALTER TABLE indelible.tokens_s0 ALTER COLUMN token_id TYPE indelible.token_number
--;
CREATE TRIGGER tokens_s0_fixed BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW WHEN ((NEW.token_id = OLD.token_id) IS NOT TRUE) EXECUTE FUNCTION indelible.tokens_s0_fixed()
--;
ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_fixed
--;
ALTER TABLE indelible.mint_events
ALTER COLUMN token_id TYPE indelible.token_number,
ADD COLUMN batch indelible.json_array,
ADD COLUMN copies indelible.json_array
--;
CREATE FUNCTION indelible.data_of_mint(mint_id text, mint_seq bigint) RETURNS jsonb LANGUAGE sql AS $$
SELECT data FROM indelible.history WHERE lifecycle = 'mint_event' AND entity_id = mint_id AND seq = mint_seq
$$
--;
ALTER TABLE indelible.mint_events
ALTER COLUMN batch TYPE indelible.json_array
USING NULLIF(indelible.data_of_mint(id, seq) -> 'batch', 'null'),
ALTER COLUMN copies TYPE indelible.json_array
USING NULLIF(indelible.data_of_mint(id, seq) -> 'copies', 'null')
--;
DROP FUNCTION indelible.data_of_mint
--;
ALTER TABLE indelible.mint_events
DROP CONSTRAINT mint_events_quantity,
ADD CONSTRAINT mint_events_quantity CHECK (quantity <= 10000)
