CREATE TABLE IF NOT EXISTS downgraded_attempts AS SELECT * FROM task_attempts
--;
CREATE TABLE downgraded_tasks AS SELECT * FROM tasks
--;
DROP TABLE task_attempts
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
	CONSTRAINT tasks_pkey PRIMARY KEY (stage, entity_id),
	CONSTRAINT tasks_lease CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
	CONSTRAINT tasks_leased_is_due CHECK (lease_owner IS NULL OR (fence >= 1 AND due_at IS NOT NULL)),
	CONSTRAINT tasks_attempts_fenced CHECK (attempts <= fence),
	CONSTRAINT tasks_dead_is_not_due CHECK (dead_reason IS NULL OR due_at IS NULL),
	CONSTRAINT tasks_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT tasks_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT tasks_due_at_rule CHECK (due_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND due_at >= '2000' AND due_at < '3000'),
	CONSTRAINT tasks_lease_owner_rule CHECK ((substr(lease_owner, 1, 5) = 'user:' AND length(lease_owner) BETWEEN 6 AND 205 OR substr(lease_owner, 1, 7) = 'system:' AND length(lease_owner) BETWEEN 8 AND 207 OR substr(lease_owner, 1, 4) = 'key:' AND length(lease_owner) BETWEEN 5 AND 204) AND lease_owner NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT tasks_lease_until_rule CHECK (lease_until GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND lease_until >= '2000' AND lease_until < '3000'),
	CONSTRAINT tasks_fence_rule CHECK (fence >= 0),
	CONSTRAINT tasks_attempts_rule CHECK (attempts >= 0),
	CONSTRAINT tasks_dead_reason_rule CHECK (trim(dead_reason, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO tasks (stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, dead_reason)
SELECT stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, coalesce(dead_reason, cancel_reason) FROM downgraded_tasks
--;
INSERT INTO tasks (stage, entity_id, fence, attempts)
SELECT attempt.stage, attempt.entity_id, max(attempt.fence) + 1, 1
FROM downgraded_attempts AS attempt
WHERE NOT EXISTS (SELECT 1 FROM tasks AS task WHERE task.stage = attempt.stage
AND task.entity_id = attempt.entity_id)
GROUP BY attempt.stage, attempt.entity_id
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
SELECT stage, entity_id, fence, outcome, actor, reason, at, request_id, hash FROM downgraded_attempts
--;
DROP TABLE downgraded_attempts
--;
DROP TABLE downgraded_tasks
