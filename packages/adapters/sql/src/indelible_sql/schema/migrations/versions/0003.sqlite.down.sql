DROP TRIGGER pruned_stages_needs_task
--;
DROP TRIGGER pruned_stages_no_delete
--;
DROP TRIGGER pruned_stages_no_nested_update
--;
DROP TRIGGER pruned_stages_no_replace
--;
DROP TRIGGER pruned_stages_rises
--;
DROP TRIGGER pruned_stages_values_on_insert
--;
DROP TRIGGER pruned_stages_values_on_update
--;
DROP TRIGGER rate_buckets_fixed
--;
DROP TRIGGER rate_buckets_no_delete
--;
DROP TRIGGER rate_buckets_no_nested_update
--;
DROP TRIGGER rate_buckets_no_replace
--;
DROP TRIGGER rate_buckets_values_on_insert
--;
DROP TRIGGER rate_buckets_values_on_update
--;
DROP INDEX tasks_due
--;
DROP INDEX tasks_finished
--;
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
--;
CREATE INDEX tasks_dead ON tasks (stage, entity_id) WHERE dead_reason IS NOT NULL
--;
CREATE INDEX tasks_due ON tasks (stage, due_at, entity_id) WHERE due_at IS NOT NULL
--;
CREATE TRIGGER task_attempts_no_update BEFORE UPDATE ON task_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_update'); END
--;
CREATE TRIGGER task_attempts_no_delete BEFORE DELETE ON task_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_delete'); END
--;
CREATE TRIGGER task_attempts_no_replace BEFORE INSERT ON task_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.task_attempts WHERE stage = NEW.stage AND entity_id = NEW.entity_id AND fence = NEW.fence AND outcome = NEW.outcome)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_replace'); END
--;
CREATE TRIGGER task_attempts_task_exists BEFORE INSERT ON task_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.tasks WHERE stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_task_exists'); END
--;
CREATE TRIGGER tasks_no_delete BEFORE DELETE ON tasks
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_delete'); END
--;
CREATE TRIGGER tasks_no_replace BEFORE INSERT ON tasks
WHEN (NOT EXISTS (SELECT 1 FROM main.tasks WHERE stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_replace'); END
--;
CREATE TRIGGER tasks_no_nested_update BEFORE UPDATE ON tasks
WHEN (EXISTS (SELECT 1 FROM main.tasks AS stored WHERE stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.due_at IS OLD.due_at AND stored.lease_owner IS OLD.lease_owner AND stored.lease_until IS OLD.lease_until AND stored.fence IS OLD.fence AND stored.attempts IS OLD.attempts AND stored.dead_reason IS OLD.dead_reason)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_nested_update'); END
--;
CREATE TRIGGER tasks_new BEFORE INSERT ON tasks
WHEN (NEW.fence = 0 AND NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_new'); END
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON tasks
WHEN (NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) OR NEW.fence = OLD.fence AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_fence'); END
--;
CREATE TRIGGER tasks_edge BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at = OLD.due_at OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END
--;
CREATE TRIGGER tasks_recorded BEFORE UPDATE ON tasks
WHEN (CASE WHEN OLD.dead_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = OLD.fence AND attempt.outcome = CASE WHEN OLD.dead_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_recorded'); END
--;
CREATE TRIGGER tasks_values_on_insert BEFORE INSERT ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19)) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_on_insert'); END
--;
CREATE TRIGGER tasks_values_on_update BEFORE UPDATE ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19)) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_on_update'); END
--;
CREATE TRIGGER task_attempts_values_on_insert BEFORE INSERT ON task_attempts
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.outcome IS NULL OR instr(NEW.outcome, char(0)) = 0) AND (NEW.actor IS NULL OR instr(NEW.actor, char(0)) = 0) AND (NEW.reason IS NULL OR instr(NEW.reason, char(0)) = 0) AND (NEW.at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.at, 1, 19), '+0 seconds') = substr(NEW.at, 1, 19)) AND (NEW.request_id IS NULL OR instr(NEW.request_id, char(0)) = 0) AND (NEW.hash IS NULL OR instr(NEW.hash, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_values_on_insert'); END
--;
CREATE TRIGGER task_attempts_needs_head BEFORE INSERT ON task_attempts
WHEN (EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND CASE WHEN NEW.outcome = 'REQUEUED' THEN head.dead_reason IS NOT NULL ELSE head.lease_owner IS NOT NULL END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_needs_head'); END
--;
CREATE TRIGGER tasks_needs_tokens_s0 BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM main.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_tokens_s0'); END
--;
DROP TABLE rate_buckets
--;
DROP TABLE pruned_stages
