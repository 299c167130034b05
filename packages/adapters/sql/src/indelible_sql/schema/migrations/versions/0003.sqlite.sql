DROP INDEX tasks_due
--;
CREATE TABLE pruned_stages (
	stage TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	fence INTEGER NOT NULL,
	CONSTRAINT pruned_stages_pkey PRIMARY KEY (stage),
	CONSTRAINT pruned_stages_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT pruned_stages_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT pruned_stages_fence_rule CHECK (fence >= 0)
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE rate_buckets (
	stage TEXT NOT NULL,
	empty_at TEXT NOT NULL,
	CONSTRAINT rate_buckets_pkey PRIMARY KEY (stage),
	CONSTRAINT rate_buckets_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT rate_buckets_empty_at_rule CHECK (empty_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND empty_at >= '2000' AND empty_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE hung_threads (
	stage TEXT NOT NULL,
	process TEXT NOT NULL,
	threads INTEGER NOT NULL,
	since TEXT NOT NULL,
	expires_at TEXT NOT NULL,
	CONSTRAINT hung_threads_pkey PRIMARY KEY (stage, process),
	CONSTRAINT hung_threads_not_empty CHECK (threads >= 1),
	CONSTRAINT hung_threads_expire_after CHECK (expires_at >= since),
	CONSTRAINT hung_threads_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT hung_threads_process_rule CHECK (length(process) BETWEEN 1 AND 200),
	CONSTRAINT hung_threads_threads_rule CHECK (threads >= 0),
	CONSTRAINT hung_threads_since_rule CHECK (since GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND since >= '2000' AND since < '3000'),
	CONSTRAINT hung_threads_expires_at_rule CHECK (expires_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND expires_at >= '2000' AND expires_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE upgraded_attempts AS SELECT * FROM task_attempts
--;
CREATE TABLE upgraded_tasks AS SELECT * FROM tasks
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
	priority INTEGER DEFAULT 2 NOT NULL,
	arguments TEXT,
	result TEXT,
	progress INTEGER,
	slot TEXT,
	error_class TEXT,
	cancel_reason TEXT,
	finished_at TEXT,
	CONSTRAINT tasks_pkey PRIMARY KEY (stage, entity_id),
	CONSTRAINT tasks_lease CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
	CONSTRAINT tasks_leased_is_due CHECK (lease_owner IS NULL OR (fence >= 1 AND due_at IS NOT NULL)),
	CONSTRAINT tasks_attempts_fenced CHECK (attempts <= fence),
	CONSTRAINT tasks_dead_is_not_due CHECK (dead_reason IS NULL OR due_at IS NULL),
	CONSTRAINT tasks_priority_known CHECK (priority BETWEEN 1 AND 3),
	CONSTRAINT tasks_progress_percent CHECK (progress <= 100),
	CONSTRAINT tasks_canceled_is_not_due CHECK (cancel_reason IS NULL OR (due_at IS NULL AND dead_reason IS NULL)),
	CONSTRAINT tasks_finished_once CHECK ((finished_at IS NOT NULL) = (due_at IS NULL AND dead_reason IS NULL)),
	CONSTRAINT tasks_result_of_completed CHECK (result IS NULL OR (finished_at IS NOT NULL AND cancel_reason IS NULL)),
	CONSTRAINT tasks_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT tasks_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT tasks_due_at_rule CHECK (due_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND due_at >= '2000' AND due_at < '3000'),
	CONSTRAINT tasks_lease_owner_rule CHECK ((substr(lease_owner, 1, 5) = 'user:' AND length(lease_owner) BETWEEN 6 AND 205 OR substr(lease_owner, 1, 7) = 'system:' AND length(lease_owner) BETWEEN 8 AND 207 OR substr(lease_owner, 1, 4) = 'key:' AND length(lease_owner) BETWEEN 5 AND 204) AND lease_owner NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT tasks_lease_until_rule CHECK (lease_until GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND lease_until >= '2000' AND lease_until < '3000'),
	CONSTRAINT tasks_fence_rule CHECK (fence >= 0),
	CONSTRAINT tasks_attempts_rule CHECK (attempts >= 0),
	CONSTRAINT tasks_dead_reason_rule CHECK (trim(dead_reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT tasks_priority_rule CHECK (priority >= 0),
	CONSTRAINT tasks_arguments_rule CHECK (arguments IS NULL OR json_valid(arguments) AND json_type(arguments) = 'object'),
	CONSTRAINT tasks_result_rule CHECK (result IS NULL OR json_valid(result) AND json_type(result) <> 'null'),
	CONSTRAINT tasks_progress_rule CHECK (progress >= 0),
	CONSTRAINT tasks_slot_rule CHECK (slot GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND slot >= '2000' AND slot < '3000'),
	CONSTRAINT tasks_error_class_rule CHECK (length(error_class) BETWEEN 1 AND 200),
	CONSTRAINT tasks_cancel_reason_rule CHECK (trim(cancel_reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT tasks_finished_at_rule CHECK (finished_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND finished_at >= '2000' AND finished_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO tasks (stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, dead_reason, finished_at)
SELECT stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, dead_reason,
CASE WHEN due_at IS NULL AND dead_reason IS NULL THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') END
FROM upgraded_tasks
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
	CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED', 'CANCELED')),
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
SELECT stage, entity_id, fence, outcome, actor, reason, at, request_id, hash FROM upgraded_attempts
--;
DROP TABLE upgraded_attempts
--;
DROP TABLE upgraded_tasks
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
	token_id TEXT NOT NULL,
	quantity INTEGER NOT NULL,
	author_wallet TEXT NOT NULL,
	recipient TEXT NOT NULL,
	total_paid TEXT NOT NULL,
	detected_at TEXT NOT NULL,
	batch TEXT,
	copies TEXT,
	PRIMARY KEY (id),
	CONSTRAINT mint_events_occurrence UNIQUE (block_hash, tx_hash, log_index),
	CONSTRAINT mint_events_quantity CHECK (quantity <= 10000),
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
	CONSTRAINT mint_events_token_id_rule CHECK (length(token_id) = 78 AND token_id NOT GLOB '*[^0-9]*' AND token_id <= '115792089237316195423570985008687907853269984665640564039457584007913129639935'),
	CONSTRAINT mint_events_quantity_rule CHECK (quantity >= 1),
	CONSTRAINT mint_events_author_wallet_rule CHECK (length(author_wallet) = 42 AND substr(author_wallet, 1, 2) = '0x' AND trim(substr(author_wallet, 3), '0123456789abcdef') = ''),
	CONSTRAINT mint_events_recipient_rule CHECK (length(recipient) = 42 AND substr(recipient, 1, 2) = '0x' AND trim(substr(recipient, 3), '0123456789abcdef') = ''),
	CONSTRAINT mint_events_detected_at_rule CHECK (detected_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND detected_at >= '2000' AND detected_at < '3000'),
	CONSTRAINT mint_events_batch_rule CHECK (batch IS NULL OR json_valid(batch) AND json_type(batch) = 'array'),
	CONSTRAINT mint_events_copies_rule CHECK (copies IS NULL OR json_valid(copies) AND json_type(copies) = 'array')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO mint_events (id, status, seq, hash, created_at, updated_at, tx_hash, log_index, block_number, block_hash, block_timestamp, token_id, quantity, author_wallet, recipient, total_paid, detected_at, batch, copies)
SELECT mint.id, mint.status, mint.seq, mint.hash, created_at, updated_at, tx_hash, log_index, block_number, block_hash, block_timestamp, printf('%078d', token_id), quantity, author_wallet, recipient, total_paid, detected_at,
json_extract(change.data, '$.batch'), json_extract(change.data, '$.copies')
FROM upgraded_mint_events AS mint
LEFT JOIN history AS change ON change.lifecycle = 'mint_event' AND change.entity_id = mint.id AND change.seq = mint.seq
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
	token_id TEXT NOT NULL,
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
	CONSTRAINT tokens_s0_token_id_rule CHECK (length(token_id) = 78 AND token_id NOT GLOB '*[^0-9]*' AND token_id <= '115792089237316195423570985008687907853269984665640564039457584007913129639935'),
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
SELECT id, status, seq, hash, created_at, updated_at, printf('%078d', token_id), author_id, minter_address, mint_timestamp, mint_event_id, image_url, image_cid, metadata_cid, generation_attempts, generation_error, reveal_tx_hash, error_data FROM upgraded_tokens_s0
--;
DROP TABLE upgraded_tokens_s0
--;
CREATE INDEX tasks_canceled ON tasks (stage, finished_at, entity_id) WHERE cancel_reason IS NOT NULL
--;
CREATE INDEX tasks_dead ON tasks (stage, entity_id) WHERE dead_reason IS NOT NULL
--;
CREATE INDEX tasks_due ON tasks (stage, priority, due_at, entity_id) WHERE due_at IS NOT NULL
--;
CREATE INDEX tasks_finished ON tasks (stage, finished_at, entity_id) WHERE finished_at IS NOT NULL
--;
CREATE INDEX task_attempts_actor ON task_attempts (stage, actor, entity_id)
--;
CREATE INDEX task_attempts_deaths ON task_attempts (stage, at, entity_id) WHERE outcome = 'DEAD'
--;
CREATE INDEX mint_events_block ON mint_events (block_number, log_index, id)
--;
CREATE UNIQUE INDEX mint_events_canonical ON mint_events (tx_hash, log_index) WHERE status = 'canonical'
--;
CREATE INDEX mint_events_token ON mint_events (token_id, block_number, log_index, id)
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
CREATE TRIGGER tasks_json_limits BEFORE INSERT ON tasks
WHEN ((NEW.arguments IS NULL OR CASE WHEN json_valid(NEW.arguments) THEN length(CAST(NEW.arguments AS BLOB)) <= 16384 AND (length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.arguments, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.arguments) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.arguments)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.arguments) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.arguments -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.arguments -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.arguments -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 END) AND (NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 16384 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.result) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_json_limits'); END
--;
CREATE TRIGGER tasks_no_replace BEFORE INSERT ON tasks
WHEN (NOT EXISTS (SELECT 1 FROM main.tasks WHERE stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_replace'); END
--;
CREATE TRIGGER tasks_json_limits_on_update BEFORE UPDATE ON tasks
WHEN ((NEW.arguments IS NULL OR CASE WHEN json_valid(NEW.arguments) THEN length(CAST(NEW.arguments AS BLOB)) <= 16384 AND (length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.arguments, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.arguments) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.arguments)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.arguments) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.arguments -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.arguments -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.arguments -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 END) AND (NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 16384 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.result) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_json_limits_on_update'); END
--;
CREATE TRIGGER tasks_no_nested_update BEFORE UPDATE ON tasks
WHEN (EXISTS (SELECT 1 FROM main.tasks AS stored WHERE stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.due_at IS OLD.due_at AND stored.lease_owner IS OLD.lease_owner AND stored.lease_until IS OLD.lease_until AND stored.fence IS OLD.fence AND stored.attempts IS OLD.attempts AND stored.dead_reason IS OLD.dead_reason AND stored.priority IS OLD.priority AND stored.arguments IS OLD.arguments AND stored.result IS OLD.result AND stored.progress IS OLD.progress AND stored.slot IS OLD.slot AND stored.error_class IS OLD.error_class AND stored.cancel_reason IS OLD.cancel_reason AND stored.finished_at IS OLD.finished_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_nested_update'); END
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON tasks
WHEN (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM main.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_prune'); END
--;
CREATE TRIGGER tasks_new BEFORE INSERT ON tasks
WHEN (NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.progress IS NULL AND NEW.error_class IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_new'); END
--;
CREATE TRIGGER tasks_first_fence BEFORE INSERT ON tasks
WHEN (NEW.fence = coalesce((SELECT pruned.fence FROM main.pruned_stages AS pruned WHERE pruned.stage = NEW.stage), 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_first_fence'); END
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON tasks
WHEN (NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) OR NEW.fence = OLD.fence + 1 AND NEW.cancel_reason IS NOT NULL AND OLD.due_at IS NOT NULL OR NEW.fence = OLD.fence AND NEW.cancel_reason IS NULL AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_fence'); END
--;
CREATE TRIGGER tasks_edge BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at = OLD.due_at OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END
--;
CREATE TRIGGER tasks_run BEFORE UPDATE OF arguments, priority, result, progress, slot, error_class ON tasks
WHEN (((NEW.arguments = OLD.arguments OR NEW.arguments IS NULL AND OLD.arguments IS NULL) OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.priority <= OLD.priority OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.result IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) AND ((NEW.progress = OLD.progress OR NEW.progress IS NULL AND OLD.progress IS NULL) OR NEW.progress IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence) AND ((NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL) OR (OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL) AND ((NEW.error_class = OLD.error_class OR NEW.error_class IS NULL AND OLD.error_class IS NULL) OR NEW.error_class IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_run'); END
--;
CREATE TRIGGER tasks_recorded BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_recorded'); END
--;
CREATE TRIGGER tasks_values_on_insert BEFORE INSERT ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19)) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_on_insert'); END
--;
CREATE TRIGGER tasks_values_of_lease BEFORE UPDATE OF lease_owner, lease_until ON tasks
WHEN ((NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_lease'); END
--;
CREATE TRIGGER tasks_values_of_end BEFORE UPDATE OF due_at, finished_at ON tasks
WHEN ((NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_end'); END
--;
CREATE TRIGGER tasks_values_of_run BEFORE UPDATE OF stage, entity_id, dead_reason, slot, error_class, cancel_reason ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_run'); END
--;
CREATE TRIGGER task_attempts_values_on_insert BEFORE INSERT ON task_attempts
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.outcome IS NULL OR instr(NEW.outcome, char(0)) = 0) AND (NEW.actor IS NULL OR instr(NEW.actor, char(0)) = 0) AND (NEW.reason IS NULL OR instr(NEW.reason, char(0)) = 0) AND (NEW.at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.at, 1, 19), '+0 seconds') = substr(NEW.at, 1, 19)) AND (NEW.request_id IS NULL OR instr(NEW.request_id, char(0)) = 0) AND (NEW.hash IS NULL OR instr(NEW.hash, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_values_on_insert'); END
--;
CREATE TRIGGER pruned_stages_values_on_insert BEFORE INSERT ON pruned_stages
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_values_on_insert'); END
--;
CREATE TRIGGER pruned_stages_values_on_update BEFORE UPDATE ON pruned_stages
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_values_on_update'); END
--;
CREATE TRIGGER task_attempts_needs_head BEFORE INSERT ON task_attempts
WHEN (EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND CASE NEW.outcome WHEN 'REQUEUED' THEN head.fence = NEW.fence AND (head.dead_reason IS NOT NULL OR head.cancel_reason IS NOT NULL) WHEN 'CANCELED' THEN head.fence + 1 = NEW.fence AND head.due_at IS NOT NULL ELSE head.fence = NEW.fence AND head.lease_owner IS NOT NULL END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_needs_head'); END
--;
CREATE TRIGGER pruned_stages_no_delete BEFORE DELETE ON pruned_stages
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_no_delete'); END
--;
CREATE TRIGGER pruned_stages_no_replace BEFORE INSERT ON pruned_stages
WHEN (NOT EXISTS (SELECT 1 FROM main.pruned_stages WHERE stage = NEW.stage)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_no_replace'); END
--;
CREATE TRIGGER pruned_stages_no_nested_update BEFORE UPDATE ON pruned_stages
WHEN (EXISTS (SELECT 1 FROM main.pruned_stages AS stored WHERE stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.fence IS OLD.fence)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_no_nested_update'); END
--;
CREATE TRIGGER pruned_stages_needs_task BEFORE INSERT ON pruned_stages
WHEN (EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_needs_task'); END
--;
CREATE TRIGGER pruned_stages_rises BEFORE UPDATE ON pruned_stages
WHEN (NEW.stage = OLD.stage AND NEW.fence > OLD.fence AND EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_rises'); END
--;
CREATE TRIGGER rate_buckets_no_delete BEFORE DELETE ON rate_buckets
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_no_delete'); END
--;
CREATE TRIGGER rate_buckets_no_replace BEFORE INSERT ON rate_buckets
WHEN (NOT EXISTS (SELECT 1 FROM main.rate_buckets WHERE stage = NEW.stage)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_no_replace'); END
--;
CREATE TRIGGER rate_buckets_no_nested_update BEFORE UPDATE ON rate_buckets
WHEN (EXISTS (SELECT 1 FROM main.rate_buckets AS stored WHERE stored.stage IS OLD.stage AND stored.empty_at IS OLD.empty_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_no_nested_update'); END
--;
CREATE TRIGGER rate_buckets_fixed BEFORE UPDATE ON rate_buckets
WHEN (NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_fixed'); END
--;
CREATE TRIGGER rate_buckets_values_on_insert BEFORE INSERT ON rate_buckets
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.empty_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.empty_at, 1, 19), '+0 seconds') = substr(NEW.empty_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_values_on_insert'); END
--;
CREATE TRIGGER rate_buckets_values_on_update BEFORE UPDATE ON rate_buckets
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.empty_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.empty_at, 1, 19), '+0 seconds') = substr(NEW.empty_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_values_on_update'); END
--;
CREATE TRIGGER hung_threads_no_replace BEFORE INSERT ON hung_threads
WHEN (NOT EXISTS (SELECT 1 FROM main.hung_threads WHERE stage = NEW.stage AND process = NEW.process)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_no_replace'); END
--;
CREATE TRIGGER hung_threads_no_nested_update BEFORE UPDATE ON hung_threads
WHEN (EXISTS (SELECT 1 FROM main.hung_threads AS stored WHERE stored.stage IS OLD.stage AND stored.process IS OLD.process AND stored.threads IS OLD.threads AND stored.since IS OLD.since AND stored.expires_at IS OLD.expires_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_no_nested_update'); END
--;
CREATE TRIGGER hung_threads_expired BEFORE DELETE ON hung_threads
WHEN (OLD.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_expired'); END
--;
CREATE TRIGGER hung_threads_fixed BEFORE UPDATE ON hung_threads
WHEN (NEW.stage = OLD.stage AND NEW.process = OLD.process) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_fixed'); END
--;
CREATE TRIGGER hung_threads_values_on_insert BEFORE INSERT ON hung_threads
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.process IS NULL OR instr(NEW.process, char(0)) = 0) AND (NEW.since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.since, 1, 19), '+0 seconds') = substr(NEW.since, 1, 19)) AND (NEW.expires_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.expires_at, 1, 19), '+0 seconds') = substr(NEW.expires_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_values_on_insert'); END
--;
CREATE TRIGGER hung_threads_values_on_update BEFORE UPDATE ON hung_threads
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.process IS NULL OR instr(NEW.process, char(0)) = 0) AND (NEW.since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.since, 1, 19), '+0 seconds') = substr(NEW.since, 1, 19)) AND (NEW.expires_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.expires_at, 1, 19), '+0 seconds') = substr(NEW.expires_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_values_on_update'); END
--;
CREATE TRIGGER mint_events_no_delete BEFORE DELETE ON mint_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_delete'); END
--;
CREATE TRIGGER mint_events_json_limits BEFORE INSERT ON mint_events
WHEN ((NEW.batch IS NULL OR CASE WHEN json_valid(NEW.batch) THEN length(CAST(NEW.batch AS BLOB)) <= 33554432 AND (length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.batch, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.batch) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.batch)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.batch) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.batch -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.batch -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.batch -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 END) AND (NEW.copies IS NULL OR CASE WHEN json_valid(NEW.copies) THEN length(CAST(NEW.copies AS BLOB)) <= 33554432 AND (length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.copies, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.copies) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.copies)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.copies) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.copies -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.copies -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.copies -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_json_limits'); END
--;
CREATE TRIGGER mint_events_no_replace BEFORE INSERT ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace'); END
--;
CREATE TRIGGER mint_events_history_exists BEFORE UPDATE ON mint_events
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_history_exists'); END
--;
CREATE TRIGGER mint_events_json_limits_on_update BEFORE UPDATE ON mint_events
WHEN ((NEW.batch IS NULL OR CASE WHEN json_valid(NEW.batch) THEN length(CAST(NEW.batch AS BLOB)) <= 33554432 AND (length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.batch, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.batch) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.batch)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.batch) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.batch -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.batch -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.batch -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 END) AND (NEW.copies IS NULL OR CASE WHEN json_valid(NEW.copies) THEN length(CAST(NEW.copies AS BLOB)) <= 33554432 AND (length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.copies, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.copies) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.copies)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.copies) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.copies -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.copies -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.copies -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_json_limits_on_update'); END
--;
CREATE TRIGGER mint_events_no_replace_on_update BEFORE UPDATE ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id) AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace_on_update'); END
--;
CREATE TRIGGER mint_events_no_nested_update BEFORE UPDATE ON mint_events
WHEN (EXISTS (SELECT 1 FROM main.mint_events AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.tx_hash IS OLD.tx_hash AND stored.log_index IS OLD.log_index AND stored.block_number IS OLD.block_number AND stored.block_hash IS OLD.block_hash AND stored.block_timestamp IS OLD.block_timestamp AND stored.token_id IS OLD.token_id AND stored.quantity IS OLD.quantity AND stored.author_wallet IS OLD.author_wallet AND stored.recipient IS OLD.recipient AND stored.total_paid IS OLD.total_paid AND stored.detected_at IS OLD.detected_at AND stored.batch IS OLD.batch AND stored.copies IS OLD.copies)) IS NOT TRUE
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
WHEN (NEW.tx_hash = OLD.tx_hash AND NEW.log_index = OLD.log_index AND NEW.block_number = OLD.block_number AND NEW.block_hash = OLD.block_hash AND NEW.block_timestamp = OLD.block_timestamp AND NEW.token_id = OLD.token_id AND NEW.quantity = OLD.quantity AND NEW.author_wallet = OLD.author_wallet AND NEW.recipient = OLD.recipient AND NEW.total_paid = OLD.total_paid AND NEW.detected_at = OLD.detected_at AND (NEW.batch = OLD.batch OR NEW.batch IS NULL AND OLD.batch IS NULL) AND (NEW.copies = OLD.copies OR NEW.copies IS NULL AND OLD.copies IS NULL)) IS NOT TRUE
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
