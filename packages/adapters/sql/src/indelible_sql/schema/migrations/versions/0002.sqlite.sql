DROP TRIGGER algorithms_no_replace
--;
DROP TRIGGER mint_events_no_replace
--;
DROP TRIGGER tasks_fence
--;
DROP TRIGGER tasks_new
--;
CREATE TABLE seals (
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	starts_after INTEGER NOT NULL,
	ends_at INTEGER NOT NULL,
	changes INTEGER NOT NULL,
	feed_digest TEXT NOT NULL,
	records INTEGER NOT NULL,
	records_digest TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	at TEXT NOT NULL,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT seals_pkey PRIMARY KEY (number),
	CONSTRAINT seals_end UNIQUE (number, ends_at, hash),
	CONSTRAINT seals_predecessor FOREIGN KEY(previous_number, starts_after, prev_hash) REFERENCES seals (number, ends_at, hash),
	CONSTRAINT seals_first CHECK (CASE WHEN number = 1 THEN starts_after = 0 AND prev_hash = '' ELSE prev_hash <> '' END),
	CONSTRAINT seals_stretch CHECK (starts_after <= ends_at),
	CONSTRAINT seals_number_rule CHECK (number >= 1),
	CONSTRAINT seals_starts_after_rule CHECK (starts_after >= 0),
	CONSTRAINT seals_ends_at_rule CHECK (ends_at >= 0),
	CONSTRAINT seals_changes_rule CHECK (changes >= 0),
	CONSTRAINT seals_feed_digest_rule CHECK (length(feed_digest) = 64 AND trim(feed_digest, '0123456789abcdef') = ''),
	CONSTRAINT seals_records_rule CHECK (records >= 0),
	CONSTRAINT seals_records_digest_rule CHECK (length(records_digest) = 64 AND trim(records_digest, '0123456789abcdef') = ''),
	CONSTRAINT seals_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT seals_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT seals_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT seals_prev_hash_rule CHECK (length(prev_hash) IN (0, 64) AND trim(prev_hash, '0123456789abcdef') = ''),
	CONSTRAINT seals_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE seal_records (
	record_table TEXT NOT NULL,
	record_hash TEXT NOT NULL,
	seal_number INTEGER NOT NULL,
	CONSTRAINT seal_records_pkey PRIMARY KEY (record_table, record_hash),
	CONSTRAINT seal_records_seal FOREIGN KEY(seal_number) REFERENCES seals (number),
	CONSTRAINT seal_records_record_table_rule CHECK (length(record_table) BETWEEN 1 AND 200),
	CONSTRAINT seal_records_record_hash_rule CHECK (length(record_hash) = 64 AND trim(record_hash, '0123456789abcdef') = ''),
	CONSTRAINT seal_records_seal_number_rule CHECK (seal_number >= 1)
)
 WITHOUT ROWID,
 STRICT
--;
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
--;
CREATE INDEX concepts_created_at ON concepts (created_at, id)
--;
CREATE INDEX concepts_status ON concepts (status, id)
--;
CREATE INDEX concepts_updated_at ON concepts (updated_at, id)
--;
CREATE INDEX artifacts_created_at ON artifacts (space_id, created_at, id)
--;
CREATE INDEX tokens_s0_created_at ON tokens_s0 (created_at, token_id)
--;
CREATE INDEX tokens_s0_updated_at ON tokens_s0 (updated_at, token_id)
--;
CREATE INDEX history_by_lifecycle ON history ((lifecycle || ''), position)
--;
CREATE INDEX history_by_actor ON history (actor, position)
--;
CREATE INDEX history_by_action ON history (action, position)
--;
CREATE INDEX history_by_at ON history (at, position)
--;
CREATE TRIGGER history_json_limits BEFORE INSERT ON history
WHEN ((NEW.data IS NULL OR CASE WHEN json_valid(NEW.data) THEN length(CAST(NEW.data AS BLOB)) <= 33554432 AND (length(NEW.data) - length(replace(replace(NEW.data, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.data) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.data)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.data) - length(replace(replace(NEW.data, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_json_limits'); END
--;
CREATE TRIGGER receipts_json_limits BEFORE INSERT ON receipts
WHEN ((NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 33554432 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.result) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_json_limits'); END
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
CREATE TRIGGER seals_no_update BEFORE UPDATE ON seals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_update'); END
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON seals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_delete'); END
--;
CREATE TRIGGER seals_no_replace BEFORE INSERT ON seals
WHEN (NOT EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.number AND ends_at = NEW.ends_at AND hash = NEW.hash) AND NOT EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_replace'); END
--;
CREATE TRIGGER seals_predecessor_exists BEFORE INSERT ON seals
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.previous_number AND ends_at = NEW.starts_after AND hash = NEW.prev_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_predecessor_exists'); END
--;
CREATE TRIGGER seal_records_no_update BEFORE UPDATE ON seal_records
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_update'); END
--;
CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON seal_records
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_delete'); END
--;
CREATE TRIGGER seal_records_no_replace BEFORE INSERT ON seal_records
WHEN (NOT EXISTS (SELECT 1 FROM main.seal_records WHERE record_table = NEW.record_table AND record_hash = NEW.record_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_replace'); END
--;
CREATE TRIGGER seal_records_seal_exists BEFORE INSERT ON seal_records
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.seal_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_seal_exists'); END
--;
CREATE TRIGGER keys_json_limits BEFORE INSERT ON keys
WHEN ((NEW.scopes IS NULL OR CASE WHEN json_valid(NEW.scopes) THEN length(CAST(NEW.scopes AS BLOB)) <= 33554432 AND (length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.scopes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.scopes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.scopes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.scopes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.scopes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.scopes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.scopes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_json_limits'); END
--;
CREATE TRIGGER keys_json_limits_on_update BEFORE UPDATE ON keys
WHEN ((NEW.scopes IS NULL OR CASE WHEN json_valid(NEW.scopes) THEN length(CAST(NEW.scopes AS BLOB)) <= 33554432 AND (length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.scopes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.scopes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.scopes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.scopes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.scopes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.scopes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.scopes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_json_limits_on_update'); END
--;
CREATE TRIGGER keys_no_nested_update BEFORE UPDATE ON keys
WHEN (EXISTS (SELECT 1 FROM main.keys AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.owner IS OLD.owner AND stored.scopes IS OLD.scopes AND stored.secret_digest IS OLD.secret_digest AND stored.expires_at IS OLD.expires_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_no_nested_update'); END
--;
CREATE TRIGGER stages_no_nested_update BEFORE UPDATE ON stages
WHEN (EXISTS (SELECT 1 FROM main.stages AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stages_no_nested_update'); END
--;
CREATE TRIGGER settings_no_nested_update BEFORE UPDATE ON settings
WHEN (EXISTS (SELECT 1 FROM main.settings AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.value IS OLD.value)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settings_no_nested_update'); END
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
CREATE TRIGGER seals_finished BEFORE INSERT ON seals
WHEN (NEW.ends_at <= (SELECT coalesce(max(position), 0) FROM main.history)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_finished'); END
--;
CREATE TRIGGER concept_versions_json_limits BEFORE INSERT ON concept_versions
WHEN ((NEW.examples IS NULL OR CASE WHEN json_valid(NEW.examples) THEN length(CAST(NEW.examples AS BLOB)) <= 33554432 AND (length(NEW.examples) - length(replace(replace(NEW.examples, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.examples, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.examples) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.examples)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.examples) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.examples -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.examples -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.examples -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.examples) - length(replace(replace(NEW.examples, '[', ''), '{', '')) <= 40 END) AND (NEW.prerequisites IS NULL OR CASE WHEN json_valid(NEW.prerequisites) THEN length(CAST(NEW.prerequisites AS BLOB)) <= 33554432 AND (length(NEW.prerequisites) - length(replace(replace(NEW.prerequisites, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.prerequisites, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.prerequisites) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.prerequisites)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.prerequisites) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.prerequisites -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.prerequisites -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.prerequisites -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.prerequisites) - length(replace(replace(NEW.prerequisites, '[', ''), '{', '')) <= 40 END) AND (NEW.misconceptions IS NULL OR CASE WHEN json_valid(NEW.misconceptions) THEN length(CAST(NEW.misconceptions AS BLOB)) <= 33554432 AND (length(NEW.misconceptions) - length(replace(replace(NEW.misconceptions, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.misconceptions, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.misconceptions) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.misconceptions)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.misconceptions) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.misconceptions -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.misconceptions -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.misconceptions -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.misconceptions) - length(replace(replace(NEW.misconceptions, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_json_limits'); END
--;
CREATE TRIGGER concept_warnings_json_limits BEFORE INSERT ON concept_warnings
WHEN ((NEW.warnings IS NULL OR CASE WHEN json_valid(NEW.warnings) THEN length(CAST(NEW.warnings AS BLOB)) <= 33554432 AND (length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.warnings, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.warnings) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.warnings)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.warnings) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.warnings -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.warnings -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.warnings -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_json_limits'); END
--;
CREATE TRIGGER concepts_no_nested_update BEFORE UPDATE ON concepts
WHEN (EXISTS (SELECT 1 FROM main.concepts AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.current_version IS OLD.current_version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.name_key IS OLD.name_key)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_no_nested_update'); END
--;
CREATE TRIGGER signals_json_limits BEFORE INSERT ON signals
WHEN ((NEW.warnings IS NULL OR CASE WHEN json_valid(NEW.warnings) THEN length(CAST(NEW.warnings AS BLOB)) <= 33554432 AND (length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.warnings, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.warnings) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.warnings)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.warnings) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.warnings -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.warnings -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.warnings -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_json_limits'); END
--;
CREATE TRIGGER spaces_no_nested_update BEFORE UPDATE ON spaces
WHEN (EXISTS (SELECT 1 FROM main.spaces AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.user_id IS OLD.user_id AND stored.name IS OLD.name AND stored.model IS OLD.model AND stored.dimension IS OLD.dimension)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_no_nested_update'); END
--;
CREATE TRIGGER subspaces_no_nested_update BEFORE UPDATE ON subspaces
WHEN (EXISTS (SELECT 1 FROM main.subspaces AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.space_id IS OLD.space_id AND stored.user_id IS OLD.user_id AND stored.name IS OLD.name AND stored.description IS OLD.description AND stored.seed IS OLD.seed)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_no_nested_update'); END
--;
CREATE TRIGGER algorithms_no_replace BEFORE INSERT ON algorithms
WHEN (((NEW.status = 'ACTIVE') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.algorithms WHERE status = NEW.status AND status = 'ACTIVE')) AND NOT EXISTS (SELECT 1 FROM main.algorithms WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_replace'); END
--;
CREATE TRIGGER algorithms_no_replace_on_update BEFORE UPDATE ON algorithms
WHEN (((NEW.status = 'ACTIVE') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.algorithms WHERE status = NEW.status AND (id <> OLD.id) AND status = 'ACTIVE'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_replace_on_update'); END
--;
CREATE TRIGGER algorithms_no_nested_update BEFORE UPDATE ON algorithms
WHEN (EXISTS (SELECT 1 FROM main.algorithms AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.formulas IS OLD.formulas AND stored.checksum IS OLD.checksum)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_nested_update'); END
--;
CREATE TRIGGER artifacts_no_replace_on_update BEFORE UPDATE ON artifacts
WHEN (NOT EXISTS (SELECT 1 FROM main.artifacts WHERE space_id = NEW.space_id AND normalized_url = NEW.normalized_url AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_no_replace_on_update'); END
--;
CREATE TRIGGER artifacts_no_nested_update BEFORE UPDATE ON artifacts
WHEN (EXISTS (SELECT 1 FROM main.artifacts AS stored WHERE stored.id IS OLD.id AND stored.seq IS OLD.seq AND stored.hash IS OLD.hash AND stored.user_id IS OLD.user_id AND stored.space_id IS OLD.space_id AND stored.normalized_url IS OLD.normalized_url AND stored.title IS OLD.title AND stored.title_stamp IS OLD.title_stamp AND stored.content IS OLD.content AND stored.content_stamp IS OLD.content_stamp AND stored.engagement_level IS OLD.engagement_level AND stored.reading_depth IS OLD.reading_depth AND stored.scroll_depth IS OLD.scroll_depth AND stored.dwell_time_ms IS OLD.dwell_time_ms AND stored.word_count IS OLD.word_count AND stored.vector IS OLD.vector AND stored.content_source IS OLD.content_source AND stored.stamp IS OLD.stamp AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_no_nested_update'); END
--;
CREATE TRIGGER centroids_no_nested_update BEFORE UPDATE ON centroids
WHEN (EXISTS (SELECT 1 FROM main.centroids AS stored WHERE stored.id IS OLD.id AND stored.seq IS OLD.seq AND stored.hash IS OLD.hash AND stored.space_id IS OLD.space_id AND stored.vector IS OLD.vector AND stored.logged_vector IS OLD.logged_vector AND stored.logged_seq IS OLD.logged_seq AND stored.confidence IS OLD.confidence AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_no_nested_update'); END
--;
CREATE TRIGGER authors_no_replace_on_update BEFORE UPDATE ON authors
WHEN (NOT EXISTS (SELECT 1 FROM main.authors WHERE wallet_address = NEW.wallet_address AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_no_replace_on_update'); END
--;
CREATE TRIGGER authors_no_nested_update BEFORE UPDATE ON authors
WHEN (EXISTS (SELECT 1 FROM main.authors AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.wallet_address IS OLD.wallet_address AND stored.twitter_handle IS OLD.twitter_handle AND stored.farcaster_handle IS OLD.farcaster_handle AND stored.prompt_text IS OLD.prompt_text)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_no_nested_update'); END
--;
CREATE TRIGGER mint_events_no_replace BEFORE INSERT ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace'); END
--;
CREATE TRIGGER mint_events_no_replace_on_update BEFORE UPDATE ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id) AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace_on_update'); END
--;
CREATE TRIGGER mint_events_no_nested_update BEFORE UPDATE ON mint_events
WHEN (EXISTS (SELECT 1 FROM main.mint_events AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.tx_hash IS OLD.tx_hash AND stored.log_index IS OLD.log_index AND stored.block_number IS OLD.block_number AND stored.block_hash IS OLD.block_hash AND stored.block_timestamp IS OLD.block_timestamp AND stored.token_id IS OLD.token_id AND stored.quantity IS OLD.quantity AND stored.author_wallet IS OLD.author_wallet AND stored.recipient IS OLD.recipient AND stored.total_paid IS OLD.total_paid AND stored.detected_at IS OLD.detected_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_nested_update'); END
--;
CREATE TRIGGER tokens_s0_json_limits BEFORE INSERT ON tokens_s0
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_json_limits'); END
--;
CREATE TRIGGER tokens_s0_json_limits_on_update BEFORE UPDATE ON tokens_s0
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_json_limits_on_update'); END
--;
CREATE TRIGGER tokens_s0_no_replace_on_update BEFORE UPDATE ON tokens_s0
WHEN (NOT EXISTS (SELECT 1 FROM main.tokens_s0 WHERE token_id = NEW.token_id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_replace_on_update'); END
--;
CREATE TRIGGER tokens_s0_no_nested_update BEFORE UPDATE ON tokens_s0
WHEN (EXISTS (SELECT 1 FROM main.tokens_s0 AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_id IS OLD.token_id AND stored.author_id IS OLD.author_id AND stored.minter_address IS OLD.minter_address AND stored.mint_timestamp IS OLD.mint_timestamp AND stored.mint_event_id IS OLD.mint_event_id AND stored.image_url IS OLD.image_url AND stored.image_cid IS OLD.image_cid AND stored.metadata_cid IS OLD.metadata_cid AND stored.generation_attempts IS OLD.generation_attempts AND stored.generation_error IS OLD.generation_error AND stored.reveal_tx_hash IS OLD.reveal_tx_hash AND stored.error_data IS OLD.error_data)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_nested_update'); END
--;
CREATE TRIGGER image_generation_jobs_json_limits BEFORE INSERT ON image_generation_jobs
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_json_limits'); END
--;
CREATE TRIGGER image_generation_jobs_json_limits_on_update BEFORE UPDATE ON image_generation_jobs
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_json_limits_on_update'); END
--;
CREATE TRIGGER image_generation_jobs_no_nested_update BEFORE UPDATE ON image_generation_jobs
WHEN (EXISTS (SELECT 1 FROM main.image_generation_jobs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_id IS OLD.token_id AND stored.service IS OLD.service AND stored.external_job_id IS OLD.external_job_id AND stored.retry_count IS OLD.retry_count AND stored.error_data IS OLD.error_data AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_no_nested_update'); END
--;
CREATE TRIGGER ipfs_upload_records_json_limits BEFORE INSERT ON ipfs_upload_records
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_json_limits'); END
--;
CREATE TRIGGER ipfs_upload_records_json_limits_on_update BEFORE UPDATE ON ipfs_upload_records
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_json_limits_on_update'); END
--;
CREATE TRIGGER ipfs_upload_records_no_nested_update BEFORE UPDATE ON ipfs_upload_records
WHEN (EXISTS (SELECT 1 FROM main.ipfs_upload_records AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_id IS OLD.token_id AND stored.record_type IS OLD.record_type AND stored.cid IS OLD.cid AND stored.retry_count IS OLD.retry_count AND stored.error_data IS OLD.error_data AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_no_nested_update'); END
--;
CREATE TRIGGER reveal_transactions_json_limits BEFORE INSERT ON reveal_transactions
WHEN ((NEW.token_ids IS NULL OR CASE WHEN json_valid(NEW.token_ids) THEN length(CAST(NEW.token_ids AS BLOB)) <= 33554432 AND (length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.token_ids, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.token_ids) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.token_ids)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.token_ids) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.token_ids -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.token_ids -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.token_ids -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_json_limits'); END
--;
CREATE TRIGGER reveal_transactions_json_limits_on_update BEFORE UPDATE ON reveal_transactions
WHEN ((NEW.token_ids IS NULL OR CASE WHEN json_valid(NEW.token_ids) THEN length(CAST(NEW.token_ids AS BLOB)) <= 33554432 AND (length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.token_ids, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.token_ids) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.token_ids)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.token_ids) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.token_ids -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.token_ids -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.token_ids -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_json_limits_on_update'); END
--;
CREATE TRIGGER reveal_transactions_no_nested_update BEFORE UPDATE ON reveal_transactions
WHEN (EXISTS (SELECT 1 FROM main.reveal_transactions AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_ids IS OLD.token_ids AND stored.tx_hash IS OLD.tx_hash AND stored.block_number IS OLD.block_number AND stored.gas_price_wei IS OLD.gas_price_wei AND stored.confirmed_at IS OLD.confirmed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_no_nested_update'); END
--;
CREATE TRIGGER system_state_json_limits BEFORE INSERT ON system_state
WHEN ((NEW.state_value IS NULL OR CASE WHEN json_valid(NEW.state_value) THEN length(CAST(NEW.state_value AS BLOB)) <= 1048576 AND (length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.state_value, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.state_value) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.state_value)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.state_value) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.state_value -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.state_value -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.state_value -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_json_limits'); END
--;
CREATE TRIGGER system_state_json_limits_on_update BEFORE UPDATE ON system_state
WHEN ((NEW.state_value IS NULL OR CASE WHEN json_valid(NEW.state_value) THEN length(CAST(NEW.state_value AS BLOB)) <= 1048576 AND (length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.state_value, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.state_value) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.state_value)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.state_value) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.state_value -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.state_value -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.state_value -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_json_limits_on_update'); END
--;
CREATE TRIGGER system_state_no_nested_update BEFORE UPDATE ON system_state
WHEN (EXISTS (SELECT 1 FROM main.system_state AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.state_value IS OLD.state_value)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_no_nested_update'); END
--;
CREATE TRIGGER tasks_needs_tokens_s0 BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM main.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_tokens_s0'); END
