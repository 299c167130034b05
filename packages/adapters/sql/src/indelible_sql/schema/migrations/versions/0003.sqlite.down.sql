DROP TRIGGER hung_threads_expired
--;
DROP TRIGGER hung_threads_fixed
--;
DROP TRIGGER hung_threads_no_nested_update
--;
DROP TRIGGER hung_threads_no_replace
--;
DROP TRIGGER hung_threads_values_on_insert
--;
DROP TRIGGER hung_threads_values_on_update
--;
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
DROP INDEX tasks_canceled
--;
DROP INDEX tasks_due
--;
DROP INDEX tasks_finished
--;
DROP INDEX task_attempts_actor
--;
DROP INDEX task_attempts_deaths
--;
DROP INDEX mint_events_token
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
CREATE TABLE upgraded_mint_events AS SELECT * FROM mint_events
--;
DROP TABLE mint_events
--;
CREATE TABLE mint_events (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('mint_event') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	tx_hash TEXT NOT NULL,
	log_index INTEGER NOT NULL,
	block_number INTEGER NOT NULL,
	block_hash TEXT NOT NULL,
	block_timestamp TEXT NOT NULL,
	token_id INTEGER NOT NULL,
	quantity INTEGER NOT NULL,
	author_wallet TEXT NOT NULL,
	recipient TEXT NOT NULL,
	total_paid TEXT NOT NULL,
	detected_at TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT mint_events_occurrence UNIQUE (block_hash, tx_hash, log_index),
	CONSTRAINT mint_events_quantity CHECK (quantity <= 50),
	CONSTRAINT mint_events_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT mint_events_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT mint_events_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT mint_events_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT mint_events_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT mint_events_seq_rule CHECK (seq >= 1),
	CONSTRAINT mint_events_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT mint_events_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT mint_events_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT mint_events_tx_hash_rule CHECK (length(tx_hash) = 66 AND substr(tx_hash, 1, 2) = '0x' AND trim(substr(tx_hash, 3), '0123456789abcdef') = ''),
	CONSTRAINT mint_events_log_index_rule CHECK (log_index >= 0),
	CONSTRAINT mint_events_block_number_rule CHECK (block_number >= 1),
	CONSTRAINT mint_events_block_hash_rule CHECK (length(block_hash) = 66 AND substr(block_hash, 1, 2) = '0x' AND trim(substr(block_hash, 3), '0123456789abcdef') = ''),
	CONSTRAINT mint_events_block_timestamp_rule CHECK (block_timestamp GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND block_timestamp >= '2000' AND block_timestamp < '3000'),
	CONSTRAINT mint_events_token_id_rule CHECK (token_id >= 1),
	CONSTRAINT mint_events_quantity_rule CHECK (quantity >= 1),
	CONSTRAINT mint_events_author_wallet_rule CHECK (length(author_wallet) = 42 AND substr(author_wallet, 1, 2) = '0x' AND trim(substr(author_wallet, 3), '0123456789abcdef') = ''),
	CONSTRAINT mint_events_recipient_rule CHECK (length(recipient) = 42 AND substr(recipient, 1, 2) = '0x' AND trim(substr(recipient, 3), '0123456789abcdef') = ''),
	CONSTRAINT mint_events_detected_at_rule CHECK (detected_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND detected_at >= '2000' AND detected_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO mint_events (id, status, seq, hash, created_at, updated_at, tx_hash, log_index, block_number, block_hash, block_timestamp, token_id, quantity, author_wallet, recipient, total_paid, detected_at)
SELECT id, status, seq, hash, created_at, updated_at, tx_hash, log_index, block_number, block_hash, block_timestamp, CASE WHEN token_id <= '000000000000000000000000000000000000000000000000000000000009223372036854775807' THEN CAST(token_id AS INTEGER) END, quantity, author_wallet, recipient, total_paid, detected_at FROM upgraded_mint_events
--;
DROP TABLE upgraded_mint_events
--;
CREATE TABLE upgraded_tokens_s0 AS SELECT * FROM tokens_s0
--;
DROP TABLE tokens_s0
--;
CREATE TABLE tokens_s0 (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('token') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	token_id INTEGER NOT NULL,
	author_id TEXT NOT NULL,
	minter_address TEXT,
	mint_timestamp TEXT NOT NULL,
	mint_event_id TEXT,
	image_url TEXT,
	image_cid TEXT,
	metadata_cid TEXT,
	generation_attempts INTEGER NOT NULL,
	generation_error TEXT,
	reveal_tx_hash TEXT,
	error_data TEXT,
	PRIMARY KEY (id),
	CONSTRAINT tokens_s0_token_id UNIQUE (token_id),
	CONSTRAINT tokens_s0_author FOREIGN KEY(author_id) REFERENCES authors (id) ON DELETE RESTRICT,
	CONSTRAINT tokens_s0_mint FOREIGN KEY(mint_event_id) REFERENCES mint_events (id),
	CONSTRAINT tokens_s0_has_metadata CHECK (status NOT IN ('ready', 'revealed') OR metadata_cid IS NOT NULL),
	CONSTRAINT tokens_s0_has_image CHECK (status <> 'ready' OR image_cid IS NOT NULL),
	CONSTRAINT tokens_s0_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT tokens_s0_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT tokens_s0_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT tokens_s0_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT tokens_s0_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT tokens_s0_seq_rule CHECK (seq >= 1),
	CONSTRAINT tokens_s0_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT tokens_s0_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT tokens_s0_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT tokens_s0_token_id_rule CHECK (token_id >= 1),
	CONSTRAINT tokens_s0_author_id_rule CHECK (length(author_id) BETWEEN 1 AND 200),
	CONSTRAINT tokens_s0_minter_address_rule CHECK (length(minter_address) = 42 AND substr(minter_address, 1, 2) = '0x' AND trim(substr(minter_address, 3), '0123456789abcdef') = ''),
	CONSTRAINT tokens_s0_mint_timestamp_rule CHECK (mint_timestamp GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND mint_timestamp >= '2000' AND mint_timestamp < '3000'),
	CONSTRAINT tokens_s0_mint_event_id_rule CHECK (length(mint_event_id) BETWEEN 1 AND 200),
	CONSTRAINT tokens_s0_generation_attempts_rule CHECK (generation_attempts >= 0),
	CONSTRAINT tokens_s0_generation_error_rule CHECK (trim(generation_error, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT tokens_s0_reveal_tx_hash_rule CHECK (length(reveal_tx_hash) = 66 AND substr(reveal_tx_hash, 1, 2) = '0x' AND trim(substr(reveal_tx_hash, 3), '0123456789abcdef') = ''),
	CONSTRAINT tokens_s0_error_data_rule CHECK (error_data IS NULL OR json_valid(error_data) AND json_type(error_data) = 'object')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO tokens_s0 (id, status, seq, hash, created_at, updated_at, token_id, author_id, minter_address, mint_timestamp, mint_event_id, image_url, image_cid, metadata_cid, generation_attempts, generation_error, reveal_tx_hash, error_data)
SELECT id, status, seq, hash, created_at, updated_at, CASE WHEN token_id <= '000000000000000000000000000000000000000000000000000000000009223372036854775807' THEN CAST(token_id AS INTEGER) END, author_id, minter_address, mint_timestamp, mint_event_id, image_url, image_cid, metadata_cid, generation_attempts, generation_error, reveal_tx_hash, error_data FROM upgraded_tokens_s0
--;
DROP TABLE upgraded_tokens_s0
--;
CREATE INDEX tasks_dead ON tasks (stage, entity_id) WHERE dead_reason IS NOT NULL
--;
CREATE INDEX tasks_due ON tasks (stage, due_at, entity_id) WHERE due_at IS NOT NULL
--;
CREATE INDEX mint_events_block ON mint_events (block_number, log_index, id)
--;
CREATE UNIQUE INDEX mint_events_canonical ON mint_events (tx_hash, log_index) WHERE status = 'canonical'
--;
CREATE INDEX tokens_s0_author_id ON tokens_s0 (author_id, token_id)
--;
CREATE INDEX tokens_s0_created_at ON tokens_s0 (created_at, token_id)
--;
CREATE INDEX tokens_s0_status_mint_timestamp ON tokens_s0 (status, mint_timestamp, token_id)
--;
CREATE INDEX tokens_s0_updated_at ON tokens_s0 (updated_at, token_id)
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
CREATE TRIGGER mint_events_no_delete BEFORE DELETE ON mint_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_delete'); END
--;
CREATE TRIGGER mint_events_no_replace BEFORE INSERT ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace'); END
--;
CREATE TRIGGER mint_events_history_exists BEFORE UPDATE ON mint_events
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_history_exists'); END
--;
CREATE TRIGGER mint_events_no_replace_on_update BEFORE UPDATE ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id) AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace_on_update'); END
--;
CREATE TRIGGER mint_events_no_nested_update BEFORE UPDATE ON mint_events
WHEN (EXISTS (SELECT 1 FROM main.mint_events AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.tx_hash IS OLD.tx_hash AND stored.log_index IS OLD.log_index AND stored.block_number IS OLD.block_number AND stored.block_hash IS OLD.block_hash AND stored.block_timestamp IS OLD.block_timestamp AND stored.token_id IS OLD.token_id AND stored.quantity IS OLD.quantity AND stored.author_wallet IS OLD.author_wallet AND stored.recipient IS OLD.recipient AND stored.total_paid IS OLD.total_paid AND stored.detected_at IS OLD.detected_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_nested_update'); END
--;
CREATE TRIGGER mint_events_one_step BEFORE UPDATE ON mint_events
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_one_step'); END
--;
CREATE TRIGGER tokens_s0_no_delete BEFORE DELETE ON tokens_s0
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_delete'); END
--;
CREATE TRIGGER tokens_s0_json_limits BEFORE INSERT ON tokens_s0
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_json_limits'); END
--;
CREATE TRIGGER tokens_s0_no_replace BEFORE INSERT ON tokens_s0
WHEN (NOT EXISTS (SELECT 1 FROM main.tokens_s0 WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.tokens_s0 WHERE token_id = NEW.token_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_replace'); END
--;
CREATE TRIGGER tokens_s0_author_exists BEFORE INSERT ON tokens_s0
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.authors WHERE id = NEW.author_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_author_exists'); END
--;
CREATE TRIGGER tokens_s0_mint_exists BEFORE INSERT ON tokens_s0
WHEN (NEW.mint_event_id IS NULL OR EXISTS (SELECT 1 FROM main.mint_events WHERE id = NEW.mint_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_mint_exists'); END
--;
CREATE TRIGGER tokens_s0_history_exists BEFORE UPDATE ON tokens_s0
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_history_exists'); END
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
CREATE TRIGGER tokens_s0_one_step BEFORE UPDATE ON tokens_s0
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_one_step'); END
--;
CREATE TRIGGER mint_events_insert_canonical_once BEFORE INSERT ON mint_events
WHEN (NEW.status <> 'canonical' OR NOT EXISTS (SELECT 1 FROM main.mint_events AS other WHERE other.status = 'canonical' AND other.tx_hash = NEW.tx_hash AND other.log_index = NEW.log_index AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_insert_canonical_once'); END
--;
CREATE TRIGGER mint_events_update_canonical_once BEFORE UPDATE ON mint_events
WHEN (NEW.status <> 'canonical' OR NOT EXISTS (SELECT 1 FROM main.mint_events AS other WHERE other.status = 'canonical' AND other.tx_hash = NEW.tx_hash AND other.log_index = NEW.log_index AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_update_canonical_once'); END
--;
CREATE TRIGGER mint_events_fixed BEFORE UPDATE ON mint_events
WHEN (NEW.tx_hash = OLD.tx_hash AND NEW.log_index = OLD.log_index AND NEW.block_number = OLD.block_number AND NEW.block_hash = OLD.block_hash AND NEW.block_timestamp = OLD.block_timestamp AND NEW.token_id = OLD.token_id AND NEW.quantity = OLD.quantity AND NEW.author_wallet = OLD.author_wallet AND NEW.recipient = OLD.recipient AND NEW.total_paid = OLD.total_paid AND NEW.detected_at = OLD.detected_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_fixed'); END
--;
CREATE TRIGGER tokens_s0_fixed BEFORE UPDATE ON tokens_s0
WHEN (NEW.token_id = OLD.token_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_fixed'); END
--;
CREATE TRIGGER tokens_s0_fixed_unless_retried BEFORE UPDATE ON tokens_s0
WHEN (OLD.status = 'failed' AND NEW.status = 'detected' OR NEW.author_id = OLD.author_id AND NEW.mint_timestamp = OLD.mint_timestamp AND coalesce(NEW.minter_address, '') = coalesce(OLD.minter_address, '') AND coalesce(NEW.mint_event_id, '') = coalesce(OLD.mint_event_id, '')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_fixed_unless_retried'); END
--;
CREATE TRIGGER tasks_needs_tokens_s0 BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM main.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_tokens_s0'); END
--;
DROP TABLE hung_threads
--;
DROP TABLE rate_buckets
--;
DROP TABLE pruned_stages
