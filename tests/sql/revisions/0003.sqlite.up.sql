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
