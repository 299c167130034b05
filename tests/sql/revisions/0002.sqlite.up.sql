CREATE TABLE IF NOT EXISTS digested_attempts AS SELECT task_attempts.*, NULL AS hash FROM task_attempts
--;
DROP TABLE task_attempts
--;
CREATE TABLE task_attempts (
	stage TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	fence INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	at TEXT NOT NULL,
	request_id TEXT,
	hash TEXT NOT NULL,
	CONSTRAINT task_attempts_pkey PRIMARY KEY (stage, entity_id, fence, outcome),
	CONSTRAINT task_attempts_task FOREIGN KEY(stage, entity_id) REFERENCES tasks (stage, entity_id),
	CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED')),
	CONSTRAINT task_attempts_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT task_attempts_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT task_attempts_fence_rule CHECK (fence >= 0),
	CONSTRAINT task_attempts_outcome_rule CHECK (length(outcome) BETWEEN 1 AND 200),
	CONSTRAINT task_attempts_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT task_attempts_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT task_attempts_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT task_attempts_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT task_attempts_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO task_attempts (stage, entity_id, fence, outcome, actor, reason, at, request_id, hash)
SELECT stage, entity_id, fence, outcome, actor, reason, at, request_id, hash FROM digested_attempts
--;
DROP TABLE digested_attempts
