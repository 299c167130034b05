-- iteration 6, 2026-12-01, revision 0001

BEGIN;

CREATE TABLE indelible_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT indelible_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 0001

CREATE TABLE lifecycle_edges (
	lifecycle TEXT NOT NULL,
	from_state TEXT NOT NULL,
	action TEXT NOT NULL,
	to_state TEXT NOT NULL,
	adds_version INTEGER NOT NULL,
	CONSTRAINT lifecycle_edges_pkey PRIMARY KEY (lifecycle, from_state, action),
	CONSTRAINT lifecycle_edges_all_columns UNIQUE (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT lifecycle_edges_adds_version_range CHECK (adds_version IN (0, 1)),
	CONSTRAINT lifecycle_edges_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT lifecycle_edges_from_state_rule CHECK (length(from_state) <= 60),
	CONSTRAINT lifecycle_edges_action_rule CHECK (length(action) BETWEEN 1 AND 200),
	CONSTRAINT lifecycle_edges_to_state_rule CHECK (length(to_state) BETWEEN 1 AND 200),
	CONSTRAINT lifecycle_edges_adds_version_rule CHECK (adds_version >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE history (
	position INTEGER NOT NULL,
	lifecycle TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	previous_seq INTEGER GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
	action TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	adds_version INTEGER NOT NULL,
	version INTEGER NOT NULL,
	previous_version INTEGER NOT NULL GENERATED ALWAYS AS (version - adds_version) STORED,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	at TEXT NOT NULL,
	request_id TEXT,
	data TEXT NOT NULL,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
	digest_scheme INTEGER DEFAULT 1 NOT NULL,
	CONSTRAINT history_position PRIMARY KEY (position),
	CONSTRAINT history_seq UNIQUE (lifecycle, entity_id, seq),
	CONSTRAINT history_revision UNIQUE (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_edge FOREIGN KEY(lifecycle, from_state, action, to_state, adds_version) REFERENCES lifecycle_edges (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT history_predecessor FOREIGN KEY(lifecycle, entity_id, previous_seq, from_state, previous_version, prev_hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_first_change CHECK (CASE WHEN seq = 1 THEN from_state = '' AND prev_hash = '' AND previous_version = 0 ELSE from_state <> '' AND prev_hash <> '' END),
	CONSTRAINT history_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT history_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT history_seq_rule CHECK (seq >= 1),
	CONSTRAINT history_action_rule CHECK (length(action) BETWEEN 1 AND 200),
	CONSTRAINT history_from_state_rule CHECK (length(from_state) <= 60),
	CONSTRAINT history_to_state_rule CHECK (length(to_state) BETWEEN 1 AND 200),
	CONSTRAINT history_adds_version_rule CHECK (adds_version >= 0),
	CONSTRAINT history_version_rule CHECK (version >= 0),
	CONSTRAINT history_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT history_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT history_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT history_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT history_data_rule CHECK (data IS NULL OR json_valid(data) AND json_type(data) = 'object'),
	CONSTRAINT history_prev_hash_rule CHECK (length(prev_hash) IN (0, 64) AND trim(prev_hash, '0123456789abcdef') = ''),
	CONSTRAINT history_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT history_digest_scheme_rule CHECK (digest_scheme >= 1),
	CONSTRAINT history_rowid CHECK (rowid >= 1)
)
 STRICT;

CREATE TABLE keys (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('key') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	owner TEXT NOT NULL,
	scopes TEXT NOT NULL,
	secret_digest TEXT NOT NULL,
	expires_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT keys_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT keys_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT keys_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT keys_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT keys_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT keys_seq_rule CHECK (seq >= 1),
	CONSTRAINT keys_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT keys_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT keys_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT keys_owner_rule CHECK ((substr(owner, 1, 5) = 'user:' AND length(owner) BETWEEN 6 AND 205 OR substr(owner, 1, 7) = 'system:' AND length(owner) BETWEEN 8 AND 207 OR substr(owner, 1, 4) = 'key:' AND length(owner) BETWEEN 5 AND 204) AND owner NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT keys_scopes_rule CHECK (scopes IS NULL OR json_valid(scopes) AND json_type(scopes) = 'array'),
	CONSTRAINT keys_secret_digest_rule CHECK (length(secret_digest) = 64 AND trim(secret_digest, '0123456789abcdef') = ''),
	CONSTRAINT keys_expires_at_rule CHECK (expires_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND expires_at >= '2000' AND expires_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE stages (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('stage') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT stages_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT stages_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT stages_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT stages_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT stages_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT stages_seq_rule CHECK (seq >= 1),
	CONSTRAINT stages_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT stages_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT stages_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE settings (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('setting') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT settings_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT settings_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT settings_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT settings_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT settings_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT settings_seq_rule CHECK (seq >= 1),
	CONSTRAINT settings_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT settings_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT settings_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT settings_value_rule CHECK (trim(value, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE runbook_executions (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('runbook_execution') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	runbook_name TEXT NOT NULL,
	runbook_version TEXT NOT NULL,
	executed_by TEXT NOT NULL,
	alert TEXT,
	step_count INTEGER NOT NULL,
	failed_step_count INTEGER NOT NULL,
	system_state_before TEXT,
	system_state_after TEXT,
	result_json TEXT,
	error_reason TEXT,
	ended_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT runbook_executions_completed_as_expected CHECK (status <> 'completed' OR step_count > 0 AND failed_step_count = 0),
	CONSTRAINT runbook_executions_failed_steps_are_steps CHECK (failed_step_count <= step_count),
	CONSTRAINT runbook_executions_steps_bounded CHECK (step_count <= 200),
	CONSTRAINT runbook_executions_system_state_after_of_status CHECK (status NOT IN ('in_progress', 'pending') OR system_state_after IS NULL),
	CONSTRAINT runbook_executions_result_json_of_status CHECK (status NOT IN ('in_progress', 'pending') OR result_json IS NULL),
	CONSTRAINT runbook_executions_error_reason_of_status CHECK ((error_reason IS NOT NULL) = (status IN ('failed', 'partial'))),
	CONSTRAINT runbook_executions_ended_at_of_status CHECK ((ended_at IS NOT NULL) = (status IN ('completed', 'failed', 'partial'))),
	CONSTRAINT runbook_executions_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT runbook_executions_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT runbook_executions_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT runbook_executions_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT runbook_executions_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT runbook_executions_seq_rule CHECK (seq >= 1),
	CONSTRAINT runbook_executions_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT runbook_executions_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT runbook_executions_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT runbook_executions_runbook_name_rule CHECK (length(runbook_name) BETWEEN 1 AND 200),
	CONSTRAINT runbook_executions_runbook_version_rule CHECK (length(runbook_version) BETWEEN 1 AND 200),
	CONSTRAINT runbook_executions_executed_by_rule CHECK (length(executed_by) BETWEEN 1 AND 200),
	CONSTRAINT runbook_executions_alert_rule CHECK (length(alert) BETWEEN 1 AND 200),
	CONSTRAINT runbook_executions_step_count_rule CHECK (step_count >= 0),
	CONSTRAINT runbook_executions_failed_step_count_rule CHECK (failed_step_count >= 0),
	CONSTRAINT runbook_executions_system_state_before_rule CHECK (system_state_before IS NULL OR json_valid(system_state_before) AND json_type(system_state_before) = 'object'),
	CONSTRAINT runbook_executions_system_state_after_rule CHECK (system_state_after IS NULL OR json_valid(system_state_after) AND json_type(system_state_after) = 'object'),
	CONSTRAINT runbook_executions_result_json_rule CHECK (result_json IS NULL OR json_valid(result_json) AND json_type(result_json) = 'object'),
	CONSTRAINT runbook_executions_error_reason_rule CHECK (trim(error_reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT runbook_executions_ended_at_rule CHECK (ended_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND ended_at >= '2000' AND ended_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX runbook_executions_created_at ON runbook_executions (created_at, id);

CREATE INDEX runbook_executions_runbook_name ON runbook_executions (runbook_name, id);

CREATE INDEX runbook_executions_status ON runbook_executions (status, id);

CREATE INDEX runbook_executions_updated_at ON runbook_executions (updated_at, id);

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
	succeeded_at TEXT,
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
	CONSTRAINT tasks_finished_at_rule CHECK (finished_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND finished_at >= '2000' AND finished_at < '3000'),
	CONSTRAINT tasks_succeeded_at_rule CHECK (succeeded_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND succeeded_at >= '2000' AND succeeded_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX tasks_canceled ON tasks (stage, finished_at, entity_id) WHERE cancel_reason IS NOT NULL;

CREATE INDEX tasks_dead ON tasks (stage, entity_id) WHERE dead_reason IS NOT NULL;

CREATE INDEX tasks_due ON tasks (stage, priority, due_at, entity_id) WHERE due_at IS NOT NULL;

CREATE INDEX tasks_finished ON tasks (stage, finished_at, entity_id) WHERE finished_at IS NOT NULL;

CREATE INDEX tasks_succeeded ON tasks (stage, succeeded_at) WHERE succeeded_at IS NOT NULL;

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
 STRICT;

CREATE TABLE pruned_tables (
	table_name TEXT NOT NULL,
	pruned_before TEXT NOT NULL,
	deleted_rows INTEGER NOT NULL,
	deleted_sealed_rows INTEGER NOT NULL,
	CONSTRAINT pruned_tables_pkey PRIMARY KEY (table_name),
	CONSTRAINT pruned_tables_known CHECK (table_name IN ('tasks', 'task_attempts', 'webhook_rejections')),
	CONSTRAINT pruned_tables_counted CHECK (deleted_rows <= 1000000000000000),
	CONSTRAINT pruned_tables_sealed CHECK (deleted_sealed_rows <= deleted_rows),
	CONSTRAINT pruned_tables_table_name_rule CHECK (length(table_name) BETWEEN 1 AND 200),
	CONSTRAINT pruned_tables_pruned_before_rule CHECK (pruned_before GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND pruned_before >= '2000' AND pruned_before < '3000'),
	CONSTRAINT pruned_tables_deleted_rows_rule CHECK (deleted_rows >= 0),
	CONSTRAINT pruned_tables_deleted_sealed_rows_rule CHECK (deleted_sealed_rows >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE rate_buckets (
	stage TEXT NOT NULL,
	empty_at TEXT NOT NULL,
	CONSTRAINT rate_buckets_pkey PRIMARY KEY (stage),
	CONSTRAINT rate_buckets_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT rate_buckets_empty_at_rule CHECK (empty_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND empty_at >= '2000' AND empty_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE stage_breakers (
	stage TEXT NOT NULL,
	outages INTEGER NOT NULL,
	probe_at TEXT,
	CONSTRAINT stage_breakers_pkey PRIMARY KEY (stage),
	CONSTRAINT stage_breakers_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT stage_breakers_outages_rule CHECK (outages >= 0),
	CONSTRAINT stage_breakers_probe_at_rule CHECK (probe_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND probe_at >= '2000' AND probe_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

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
 STRICT;

CREATE TABLE subscriber_cursors (
	name TEXT NOT NULL,
	stage TEXT NOT NULL,
	feed_cursor TEXT,
	changed_at TEXT,
	fence INTEGER NOT NULL,
	updated_at TEXT NOT NULL,
	restarts INTEGER NOT NULL,
	restarted_at TEXT,
	restarted_by TEXT,
	restart_reason TEXT,
	CONSTRAINT subscriber_cursors_pkey PRIMARY KEY (name),
	CONSTRAINT subscriber_cursors_restart_has_cause CHECK ((restarts = 0) = (restarted_at IS NULL) AND (restarts = 0) = (restarted_by IS NULL) AND (restarts = 0) = (restart_reason IS NULL)),
	CONSTRAINT subscriber_cursors_change_has_position CHECK (feed_cursor IS NOT NULL OR changed_at IS NULL),
	CONSTRAINT subscriber_cursors_name_rule CHECK (length(name) BETWEEN 1 AND 200),
	CONSTRAINT subscriber_cursors_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT subscriber_cursors_feed_cursor_rule CHECK (length(feed_cursor) BETWEEN 1 AND 200),
	CONSTRAINT subscriber_cursors_changed_at_rule CHECK (changed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND changed_at >= '2000' AND changed_at < '3000'),
	CONSTRAINT subscriber_cursors_fence_rule CHECK (fence >= 1),
	CONSTRAINT subscriber_cursors_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT subscriber_cursors_restarts_rule CHECK (restarts >= 0),
	CONSTRAINT subscriber_cursors_restarted_at_rule CHECK (restarted_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND restarted_at >= '2000' AND restarted_at < '3000'),
	CONSTRAINT subscriber_cursors_restarted_by_rule CHECK ((substr(restarted_by, 1, 5) = 'user:' AND length(restarted_by) BETWEEN 6 AND 205 OR substr(restarted_by, 1, 7) = 'system:' AND length(restarted_by) BETWEEN 8 AND 207 OR substr(restarted_by, 1, 4) = 'key:' AND length(restarted_by) BETWEEN 5 AND 204) AND restarted_by NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT subscriber_cursors_restart_reason_rule CHECK (trim(restart_reason, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE watched_subjects (
	kind TEXT NOT NULL,
	stage TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	longest_silence_seconds INTEGER,
	known_since TEXT NOT NULL,
	succeeded_at TEXT,
	CONSTRAINT watched_subjects_pkey PRIMARY KEY (kind, stage, entity_id),
	CONSTRAINT watched_subjects_kind_known CHECK (kind IN ('stage', 'recurring', 'standing', 'subscriber', 'backup')),
	CONSTRAINT watched_subjects_silence_bounded CHECK (longest_silence_seconds BETWEEN 1 AND 316224000),
	CONSTRAINT watched_subjects_kind_rule CHECK (length(kind) BETWEEN 1 AND 200),
	CONSTRAINT watched_subjects_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT watched_subjects_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT watched_subjects_longest_silence_seconds_rule CHECK (longest_silence_seconds >= 0),
	CONSTRAINT watched_subjects_known_since_rule CHECK (known_since GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND known_since >= '2000' AND known_since < '3000'),
	CONSTRAINT watched_subjects_succeeded_at_rule CHECK (succeeded_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND succeeded_at >= '2000' AND succeeded_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE receipts (
	owner TEXT NOT NULL,
	"key" TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	result TEXT NOT NULL,
	at TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT receipts_key PRIMARY KEY (owner, "key"),
	CONSTRAINT receipts_owner_rule CHECK ((substr(owner, 1, 5) = 'user:' AND length(owner) BETWEEN 6 AND 205 OR substr(owner, 1, 7) = 'system:' AND length(owner) BETWEEN 8 AND 207 OR substr(owner, 1, 4) = 'key:' AND length(owner) BETWEEN 5 AND 204) AND owner NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT receipts_key_rule CHECK (trim(key, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT receipts_fingerprint_rule CHECK (length(fingerprint) = 64 AND trim(fingerprint, '0123456789abcdef') = ''),
	CONSTRAINT receipts_result_rule CHECK (result IS NULL OR json_valid(result) AND json_type(result) = 'object'),
	CONSTRAINT receipts_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT receipts_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

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
 STRICT;

CREATE INDEX task_attempts_actor ON task_attempts (stage, actor, entity_id);

CREATE INDEX task_attempts_at ON task_attempts (at);

CREATE INDEX task_attempts_deaths ON task_attempts (stage, at, entity_id) WHERE outcome = 'DEAD';

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
 STRICT;

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
 STRICT;

CREATE TABLE payloads (
	digest TEXT NOT NULL,
	bytes BLOB NOT NULL,
	size INTEGER NOT NULL,
	content_type TEXT NOT NULL,
	first_received_at TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT payloads_pkey PRIMARY KEY (digest),
	CONSTRAINT payloads_size_matches CHECK (size = length(bytes)),
	CONSTRAINT payloads_digest_rule CHECK (length(digest) = 64 AND trim(digest, '0123456789abcdef') = ''),
	CONSTRAINT payloads_bytes_rule CHECK (typeof(bytes) = 'blob' AND length(bytes) <= 2097152),
	CONSTRAINT payloads_size_rule CHECK (size >= 0),
	CONSTRAINT payloads_content_type_rule CHECK (length(content_type) BETWEEN 1 AND 200),
	CONSTRAINT payloads_first_received_at_rule CHECK (first_received_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND first_received_at >= '2000' AND first_received_at < '3000'),
	CONSTRAINT payloads_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT payloads_rowid CHECK (rowid >= 1)
)
 STRICT;

CREATE TABLE rejections (
	id TEXT NOT NULL,
	command TEXT NOT NULL,
	code TEXT NOT NULL,
	message TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	request_id TEXT,
	command_digest TEXT NOT NULL,
	at TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT rejections_pkey PRIMARY KEY (id),
	CONSTRAINT rejections_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT rejections_command_rule CHECK (length(command) BETWEEN 1 AND 200),
	CONSTRAINT rejections_code_rule CHECK (length(code) BETWEEN 1 AND 200),
	CONSTRAINT rejections_message_rule CHECK (trim(message, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT rejections_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT rejections_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT rejections_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT rejections_command_digest_rule CHECK (length(command_digest) = 64 AND trim(command_digest, '0123456789abcdef') = ''),
	CONSTRAINT rejections_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT rejections_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX rejections_at ON rejections (at, id);

CREATE INDEX rejections_command ON rejections (command, at, id);

CREATE TABLE webhook_rejections (
	id TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	code TEXT NOT NULL,
	body_digest TEXT NOT NULL,
	body_size INTEGER NOT NULL,
	at TEXT NOT NULL,
	request_id TEXT,
	hash TEXT NOT NULL,
	CONSTRAINT webhook_rejections_pkey PRIMARY KEY (id),
	CONSTRAINT webhook_rejections_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_endpoint_rule CHECK (length(endpoint) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_code_rule CHECK (length(code) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_body_digest_rule CHECK (length(body_digest) = 64 AND trim(body_digest, '0123456789abcdef') = ''),
	CONSTRAINT webhook_rejections_body_size_rule CHECK (body_size >= 0),
	CONSTRAINT webhook_rejections_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT webhook_rejections_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX webhook_rejections_at ON webhook_rejections (at, id);

CREATE INDEX webhook_rejections_endpoint ON webhook_rejections (endpoint, at, id);

CREATE TABLE declarations (
	lifecycle TEXT NOT NULL,
	declared_at TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	document TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT declarations_pkey PRIMARY KEY (lifecycle, declared_at),
	CONSTRAINT declarations_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT declarations_declared_at_rule CHECK (declared_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND declared_at >= '2000' AND declared_at < '3000'),
	CONSTRAINT declarations_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT declarations_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT declarations_document_rule CHECK (document IS NULL OR json_valid(document) AND json_type(document) = 'object'),
	CONSTRAINT declarations_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE runbook_execution_steps (
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	command TEXT NOT NULL,
	expected TEXT NOT NULL,
	observed TEXT NOT NULL,
	ok INTEGER NOT NULL,
	at TEXT NOT NULL,
	executed_by TEXT NOT NULL,
	CONSTRAINT runbook_execution_steps_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT runbook_execution_steps_head FOREIGN KEY(entity_id) REFERENCES runbook_executions (id),
	CONSTRAINT runbook_execution_steps_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT runbook_execution_steps_seq_rule CHECK (seq >= 1),
	CONSTRAINT runbook_execution_steps_number_rule CHECK (number >= 1),
	CONSTRAINT runbook_execution_steps_command_rule CHECK (trim(command, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT runbook_execution_steps_ok_rule CHECK (ok BETWEEN 0 AND 1),
	CONSTRAINT runbook_execution_steps_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT runbook_execution_steps_executed_by_rule CHECK (length(executed_by) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE concepts (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('concept') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	current_version INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	name_key TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT concepts_version FOREIGN KEY(id, current_version, name_key) REFERENCES concept_versions (concept_id, version_number, name_key) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_warnings FOREIGN KEY(id, current_version) REFERENCES concept_warnings (concept_id, version_number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_history FOREIGN KEY (lifecycle, id, seq, status, current_version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT concepts_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT concepts_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT concepts_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT concepts_seq_rule CHECK (seq >= 1),
	CONSTRAINT concepts_current_version_rule CHECK (current_version >= 1),
	CONSTRAINT concepts_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT concepts_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT concepts_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT concepts_name_key_rule CHECK (length(name_key) <= 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX concepts_created_at ON concepts (created_at, id);

CREATE INDEX concepts_name_key ON concepts (name_key);

CREATE INDEX concepts_status ON concepts (status, id);

CREATE INDEX concepts_updated_at ON concepts (updated_at, id);

CREATE TABLE concept_versions (
	id TEXT NOT NULL,
	concept_id TEXT NOT NULL,
	version_number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(version_number - 1, 0)) STORED,
	name TEXT NOT NULL,
	definition TEXT NOT NULL,
	explanation TEXT NOT NULL,
	examples TEXT NOT NULL,
	prerequisites TEXT NOT NULL,
	learning_objective TEXT NOT NULL,
	misconceptions TEXT NOT NULL,
	scope_boundaries TEXT,
	created_by TEXT NOT NULL,
	created_at TEXT NOT NULL,
	change_note TEXT,
	name_key TEXT NOT NULL,
	search_key TEXT NOT NULL,
	CONSTRAINT concept_versions_pkey PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_versions_id UNIQUE (id),
	CONSTRAINT concept_versions_created_at UNIQUE (concept_id, version_number, created_at),
	CONSTRAINT concept_versions_name_key UNIQUE (concept_id, version_number, name_key),
	CONSTRAINT concept_versions_concept FOREIGN KEY(concept_id) REFERENCES concepts (id),
	CONSTRAINT concept_versions_previous FOREIGN KEY(concept_id, previous_number) REFERENCES concept_versions (concept_id, version_number),
	CONSTRAINT concept_versions_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT concept_versions_concept_id_rule CHECK (length(concept_id) BETWEEN 1 AND 200),
	CONSTRAINT concept_versions_version_number_rule CHECK (version_number >= 1),
	CONSTRAINT concept_versions_examples_rule CHECK (examples IS NULL OR json_valid(examples) AND json_type(examples) = 'array'),
	CONSTRAINT concept_versions_prerequisites_rule CHECK (prerequisites IS NULL OR json_valid(prerequisites) AND json_type(prerequisites) = 'array'),
	CONSTRAINT concept_versions_misconceptions_rule CHECK (misconceptions IS NULL OR json_valid(misconceptions) AND json_type(misconceptions) = 'array'),
	CONSTRAINT concept_versions_created_by_rule CHECK ((substr(created_by, 1, 5) = 'user:' AND length(created_by) BETWEEN 6 AND 205 OR substr(created_by, 1, 7) = 'system:' AND length(created_by) BETWEEN 8 AND 207 OR substr(created_by, 1, 4) = 'key:' AND length(created_by) BETWEEN 5 AND 204) AND created_by NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT concept_versions_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT concept_versions_name_key_rule CHECK (length(name_key) <= 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE concept_warnings (
	concept_id TEXT NOT NULL,
	version_number INTEGER NOT NULL,
	computed_at TEXT NOT NULL,
	ruleset INTEGER NOT NULL,
	warnings TEXT NOT NULL,
	CONSTRAINT concept_warnings_pkey PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_warnings_version FOREIGN KEY(concept_id, version_number, computed_at) REFERENCES concept_versions (concept_id, version_number, created_at),
	CONSTRAINT concept_warnings_concept_id_rule CHECK (length(concept_id) BETWEEN 1 AND 200),
	CONSTRAINT concept_warnings_version_number_rule CHECK (version_number >= 1),
	CONSTRAINT concept_warnings_computed_at_rule CHECK (computed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND computed_at >= '2000' AND computed_at < '3000'),
	CONSTRAINT concept_warnings_ruleset_rule CHECK (ruleset >= 1),
	CONSTRAINT concept_warnings_warnings_rule CHECK (warnings IS NULL OR json_valid(warnings) AND json_type(warnings) = 'array')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE spaces (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('space') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	user_id TEXT NOT NULL,
	name TEXT NOT NULL,
	model TEXT NOT NULL,
	dimension INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT spaces_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT spaces_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT spaces_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT spaces_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT spaces_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT spaces_seq_rule CHECK (seq >= 1),
	CONSTRAINT spaces_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT spaces_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT spaces_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT spaces_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT spaces_name_rule CHECK (trim(name, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT spaces_model_rule CHECK (length(model) BETWEEN 1 AND 200),
	CONSTRAINT spaces_dimension_rule CHECK (dimension >= 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX spaces_user_id ON spaces (user_id, id);

CREATE TABLE subspaces (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('subspace') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	space_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	seed BLOB,
	PRIMARY KEY (id),
	CONSTRAINT subspaces_space FOREIGN KEY(space_id) REFERENCES spaces (id),
	CONSTRAINT subspaces_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT subspaces_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT subspaces_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT subspaces_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT subspaces_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT subspaces_seq_rule CHECK (seq >= 1),
	CONSTRAINT subspaces_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT subspaces_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT subspaces_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT subspaces_space_id_rule CHECK (length(space_id) BETWEEN 1 AND 200),
	CONSTRAINT subspaces_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT subspaces_name_rule CHECK (trim(name, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT subspaces_seed_rule CHECK (length(seed) BETWEEN 4 AND 16384 AND length(seed) % 4 = 0 AND seed <> zeroblob(length(seed)))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX subspaces_space_id ON subspaces (space_id, id);

CREATE TABLE algorithms (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('algorithm') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	formulas TEXT NOT NULL,
	checksum TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT algorithms_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT algorithms_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT algorithms_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT algorithms_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT algorithms_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT algorithms_seq_rule CHECK (seq >= 1),
	CONSTRAINT algorithms_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT algorithms_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT algorithms_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT algorithms_formulas_rule CHECK (trim(formulas, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT algorithms_checksum_rule CHECK (length(checksum) = 64 AND trim(checksum, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX algorithms_active ON algorithms (status) WHERE status = 'ACTIVE';

CREATE TABLE artifacts (
	id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	hash TEXT NOT NULL,
	user_id TEXT NOT NULL,
	space_id TEXT NOT NULL,
	normalized_url TEXT NOT NULL,
	title TEXT,
	title_stamp TEXT NOT NULL,
	content TEXT,
	content_stamp TEXT NOT NULL,
	engagement_level INTEGER NOT NULL,
	reading_depth REAL NOT NULL,
	scroll_depth REAL NOT NULL,
	dwell_time_ms INTEGER NOT NULL,
	word_count INTEGER NOT NULL,
	vector BLOB NOT NULL,
	content_source TEXT NOT NULL,
	stamp TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT artifacts_normalized_url UNIQUE (space_id, normalized_url),
	CONSTRAINT artifacts_space FOREIGN KEY(space_id) REFERENCES spaces (id),
	CONSTRAINT artifacts_signal FOREIGN KEY(id, seq, hash) REFERENCES signals (artifact_id, artifact_seq, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT artifacts_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT artifacts_seq_rule CHECK (seq >= 1),
	CONSTRAINT artifacts_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT artifacts_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT artifacts_space_id_rule CHECK (length(space_id) BETWEEN 1 AND 200),
	CONSTRAINT artifacts_engagement_level_rule CHECK (engagement_level BETWEEN 0 AND 3),
	CONSTRAINT artifacts_reading_depth_rule CHECK (reading_depth BETWEEN 0 AND 1.5),
	CONSTRAINT artifacts_scroll_depth_rule CHECK (scroll_depth BETWEEN 0 AND 1),
	CONSTRAINT artifacts_dwell_time_ms_rule CHECK (dwell_time_ms >= 0),
	CONSTRAINT artifacts_word_count_rule CHECK (word_count >= 0),
	CONSTRAINT artifacts_vector_rule CHECK (length(vector) BETWEEN 4 AND 16384 AND length(vector) % 4 = 0 AND vector <> zeroblob(length(vector))),
	CONSTRAINT artifacts_content_source_rule CHECK (length(content_source) BETWEEN 1 AND 200),
	CONSTRAINT artifacts_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT artifacts_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX artifacts_created_at ON artifacts (space_id, created_at, id);

CREATE INDEX artifacts_space_id ON artifacts (space_id, id);

CREATE TABLE centroids (
	id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	hash TEXT NOT NULL,
	space_id TEXT NOT NULL,
	vector BLOB NOT NULL,
	logged_vector BLOB NOT NULL,
	logged_seq INTEGER NOT NULL,
	confidence REAL NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT centroids_subspace FOREIGN KEY(id) REFERENCES subspaces (id),
	CONSTRAINT centroids_signal FOREIGN KEY(id, seq, hash) REFERENCES signals (subspace_id, applied_seq, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT centroids_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT centroids_seq_rule CHECK (seq >= 1),
	CONSTRAINT centroids_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT centroids_space_id_rule CHECK (length(space_id) BETWEEN 1 AND 200),
	CONSTRAINT centroids_vector_rule CHECK (length(vector) BETWEEN 4 AND 16384 AND length(vector) % 4 = 0 AND vector <> zeroblob(length(vector))),
	CONSTRAINT centroids_logged_vector_rule CHECK (length(logged_vector) BETWEEN 4 AND 16384 AND length(logged_vector) % 4 = 0 AND logged_vector <> zeroblob(length(logged_vector))),
	CONSTRAINT centroids_logged_seq_rule CHECK (logged_seq >= 0),
	CONSTRAINT centroids_confidence_rule CHECK (confidence BETWEEN 0 AND 1),
	CONSTRAINT centroids_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT centroids_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX centroids_space_id ON centroids (space_id, id);

CREATE TABLE signals (
	id TEXT NOT NULL,
	capture_key TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	user_id TEXT NOT NULL,
	space_id TEXT NOT NULL,
	artifact_id TEXT NOT NULL,
	artifact_seq INTEGER NOT NULL,
	url TEXT NOT NULL,
	normalized_url TEXT NOT NULL,
	title TEXT,
	content TEXT,
	session_id TEXT,
	named_subspace_id TEXT,
	content_source TEXT NOT NULL,
	engagement_level INTEGER NOT NULL,
	reading_depth REAL NOT NULL,
	scroll_depth REAL NOT NULL,
	dwell_time_ms INTEGER NOT NULL,
	word_count INTEGER NOT NULL,
	embedding_model TEXT NOT NULL,
	vector BLOB NOT NULL,
	captured_at TEXT,
	recorded_at TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	request_id TEXT,
	algorithm_id TEXT NOT NULL,
	threshold REAL NOT NULL,
	magnitude REAL NOT NULL,
	subspace_id TEXT,
	decision TEXT NOT NULL,
	nearest_distance REAL,
	second_distance REAL,
	margin REAL,
	applied_seq INTEGER,
	drift REAL,
	logged_drift REAL,
	centroid_digest TEXT,
	reached_level INTEGER NOT NULL,
	warnings TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT signals_pkey PRIMARY KEY (id),
	CONSTRAINT signals_capture_key UNIQUE (user_id, capture_key),
	CONSTRAINT signals_artifact_seq UNIQUE (artifact_id, artifact_seq, hash),
	CONSTRAINT signals_applied_seq UNIQUE (subspace_id, applied_seq, hash),
	CONSTRAINT signals_artifact FOREIGN KEY(artifact_id) REFERENCES artifacts (id),
	CONSTRAINT signals_space FOREIGN KEY(space_id) REFERENCES spaces (id),
	CONSTRAINT signals_subspace FOREIGN KEY(subspace_id) REFERENCES subspaces (id),
	CONSTRAINT signals_algorithm FOREIGN KEY(algorithm_id) REFERENCES algorithms (id),
	CONSTRAINT signals_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT signals_capture_key_rule CHECK (trim(capture_key, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT signals_fingerprint_rule CHECK (length(fingerprint) = 64 AND trim(fingerprint, '0123456789abcdef') = ''),
	CONSTRAINT signals_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_space_id_rule CHECK (length(space_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_artifact_id_rule CHECK (length(artifact_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_artifact_seq_rule CHECK (artifact_seq >= 1),
	CONSTRAINT signals_session_id_rule CHECK (length(session_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_named_subspace_id_rule CHECK (length(named_subspace_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_content_source_rule CHECK (length(content_source) BETWEEN 1 AND 200),
	CONSTRAINT signals_engagement_level_rule CHECK (engagement_level BETWEEN 0 AND 3),
	CONSTRAINT signals_reading_depth_rule CHECK (reading_depth BETWEEN 0 AND 1.5),
	CONSTRAINT signals_scroll_depth_rule CHECK (scroll_depth BETWEEN 0 AND 1),
	CONSTRAINT signals_dwell_time_ms_rule CHECK (dwell_time_ms >= 0),
	CONSTRAINT signals_word_count_rule CHECK (word_count >= 0),
	CONSTRAINT signals_embedding_model_rule CHECK (length(embedding_model) BETWEEN 1 AND 200),
	CONSTRAINT signals_vector_rule CHECK (length(vector) BETWEEN 4 AND 16384 AND length(vector) % 4 = 0 AND vector <> zeroblob(length(vector))),
	CONSTRAINT signals_captured_at_rule CHECK (captured_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND captured_at >= '2000' AND captured_at < '3000'),
	CONSTRAINT signals_recorded_at_rule CHECK (recorded_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND recorded_at >= '2000' AND recorded_at < '3000'),
	CONSTRAINT signals_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT signals_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT signals_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_algorithm_id_rule CHECK (length(algorithm_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_threshold_rule CHECK (threshold BETWEEN -0.001 AND 2.001),
	CONSTRAINT signals_magnitude_rule CHECK (abs(magnitude) < 9e999),
	CONSTRAINT signals_subspace_id_rule CHECK (length(subspace_id) BETWEEN 1 AND 200),
	CONSTRAINT signals_decision_rule CHECK (length(decision) BETWEEN 1 AND 200),
	CONSTRAINT signals_nearest_distance_rule CHECK (nearest_distance BETWEEN -0.001 AND 2.001),
	CONSTRAINT signals_second_distance_rule CHECK (second_distance BETWEEN -0.001 AND 2.001),
	CONSTRAINT signals_margin_rule CHECK (abs(margin) < 9e999),
	CONSTRAINT signals_applied_seq_rule CHECK (applied_seq >= 1),
	CONSTRAINT signals_drift_rule CHECK (drift BETWEEN -0.001 AND 2.001),
	CONSTRAINT signals_logged_drift_rule CHECK (logged_drift BETWEEN -0.001 AND 2.001),
	CONSTRAINT signals_centroid_digest_rule CHECK (length(centroid_digest) = 64 AND trim(centroid_digest, '0123456789abcdef') = ''),
	CONSTRAINT signals_reached_level_rule CHECK (reached_level BETWEEN 0 AND 3),
	CONSTRAINT signals_warnings_rule CHECK (warnings IS NULL OR json_valid(warnings) AND json_type(warnings) = 'array'),
	CONSTRAINT signals_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT signals_rowid CHECK (rowid >= 1)
)
 STRICT;

CREATE INDEX signals_recent ON signals (space_id, recorded_at, id);

CREATE TABLE authors (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('author') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	wallet_address TEXT NOT NULL,
	twitter_handle TEXT,
	farcaster_handle TEXT,
	prompt_text TEXT,
	PRIMARY KEY (id),
	CONSTRAINT authors_wallet UNIQUE (wallet_address),
	CONSTRAINT authors_prompt_length CHECK (length(prompt_text) BETWEEN 1 AND 1000),
	CONSTRAINT authors_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT authors_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT authors_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT authors_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT authors_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT authors_seq_rule CHECK (seq >= 1),
	CONSTRAINT authors_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT authors_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT authors_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT authors_wallet_address_rule CHECK (length(wallet_address) = 42 AND substr(wallet_address, 1, 2) = '0x' AND trim(substr(wallet_address, 3), '0123456789abcdef') = ''),
	CONSTRAINT authors_prompt_text_rule CHECK (trim(prompt_text, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT;

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
 STRICT;

CREATE INDEX mint_events_block ON mint_events (block_number, log_index, id);

CREATE UNIQUE INDEX mint_events_canonical ON mint_events (tx_hash, log_index) WHERE status = 'canonical';

CREATE INDEX mint_events_token ON mint_events (token_id, block_number, log_index, id);

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
 STRICT;

CREATE INDEX tokens_s0_author_id ON tokens_s0 (author_id, token_id);

CREATE INDEX tokens_s0_created_at ON tokens_s0 (created_at, token_id);

CREATE INDEX tokens_s0_status_mint_timestamp ON tokens_s0 (status, mint_timestamp, token_id);

CREATE INDEX tokens_s0_updated_at ON tokens_s0 (updated_at, token_id);

CREATE TABLE image_generation_jobs (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('image_job') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	token_id TEXT NOT NULL,
	service TEXT NOT NULL,
	external_job_id TEXT,
	retry_count INTEGER NOT NULL,
	error_data TEXT,
	completed_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT image_generation_jobs_token FOREIGN KEY(token_id) REFERENCES tokens_s0 (id) ON DELETE CASCADE,
	CONSTRAINT image_generation_jobs_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT image_generation_jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT image_generation_jobs_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT image_generation_jobs_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT image_generation_jobs_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT image_generation_jobs_seq_rule CHECK (seq >= 1),
	CONSTRAINT image_generation_jobs_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT image_generation_jobs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT image_generation_jobs_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT image_generation_jobs_token_id_rule CHECK (length(token_id) BETWEEN 1 AND 200),
	CONSTRAINT image_generation_jobs_service_rule CHECK (length(service) BETWEEN 1 AND 200),
	CONSTRAINT image_generation_jobs_retry_count_rule CHECK (retry_count >= 0),
	CONSTRAINT image_generation_jobs_error_data_rule CHECK (error_data IS NULL OR json_valid(error_data) AND json_type(error_data) = 'object'),
	CONSTRAINT image_generation_jobs_completed_at_rule CHECK (completed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND completed_at >= '2000' AND completed_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX image_generation_jobs_service_status ON image_generation_jobs (service, status);

CREATE INDEX image_generation_jobs_token_id ON image_generation_jobs (token_id);

CREATE TABLE ipfs_upload_records (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('ipfs_upload') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	token_id TEXT NOT NULL,
	record_type TEXT NOT NULL,
	cid TEXT,
	retry_count INTEGER NOT NULL,
	error_data TEXT,
	completed_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT ipfs_upload_records_token FOREIGN KEY(token_id) REFERENCES tokens_s0 (id) ON DELETE CASCADE,
	CONSTRAINT ipfs_upload_records_type_known CHECK (record_type IN ('image', 'metadata')),
	CONSTRAINT ipfs_upload_records_has_cid CHECK (status <> 'completed' OR cid IS NOT NULL),
	CONSTRAINT ipfs_upload_records_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ipfs_upload_records_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT ipfs_upload_records_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT ipfs_upload_records_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT ipfs_upload_records_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT ipfs_upload_records_seq_rule CHECK (seq >= 1),
	CONSTRAINT ipfs_upload_records_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT ipfs_upload_records_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT ipfs_upload_records_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT ipfs_upload_records_token_id_rule CHECK (length(token_id) BETWEEN 1 AND 200),
	CONSTRAINT ipfs_upload_records_record_type_rule CHECK (length(record_type) BETWEEN 1 AND 200),
	CONSTRAINT ipfs_upload_records_retry_count_rule CHECK (retry_count >= 0),
	CONSTRAINT ipfs_upload_records_error_data_rule CHECK (error_data IS NULL OR json_valid(error_data) AND json_type(error_data) = 'object'),
	CONSTRAINT ipfs_upload_records_completed_at_rule CHECK (completed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND completed_at >= '2000' AND completed_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ipfs_upload_records_token_id ON ipfs_upload_records (token_id);

CREATE INDEX ipfs_upload_records_type_status ON ipfs_upload_records (record_type, status);

CREATE TABLE reveal_transactions (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('reveal_transaction') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	token_ids TEXT NOT NULL,
	tx_hash TEXT,
	block_number INTEGER,
	gas_price_wei INTEGER,
	confirmed_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT reveal_transactions_size CHECK (json_array_length(token_ids) BETWEEN 1 AND 50),
	CONSTRAINT reveal_transactions_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT reveal_transactions_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT reveal_transactions_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT reveal_transactions_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT reveal_transactions_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT reveal_transactions_seq_rule CHECK (seq >= 1),
	CONSTRAINT reveal_transactions_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT reveal_transactions_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT reveal_transactions_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT reveal_transactions_token_ids_rule CHECK (token_ids IS NULL OR json_valid(token_ids) AND json_type(token_ids) = 'array'),
	CONSTRAINT reveal_transactions_tx_hash_rule CHECK (length(tx_hash) = 66 AND substr(tx_hash, 1, 2) = '0x' AND trim(substr(tx_hash, 3), '0123456789abcdef') = ''),
	CONSTRAINT reveal_transactions_block_number_rule CHECK (block_number >= 1),
	CONSTRAINT reveal_transactions_gas_price_wei_rule CHECK (gas_price_wei >= 0),
	CONSTRAINT reveal_transactions_confirmed_at_rule CHECK (confirmed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND confirmed_at >= '2000' AND confirmed_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX reveal_transactions_status ON reveal_transactions (status);

CREATE INDEX reveal_transactions_tx_hash ON reveal_transactions (tx_hash);

CREATE TABLE system_state (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('system_state') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	state_value TEXT,
	PRIMARY KEY (id),
	CONSTRAINT system_state_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT system_state_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT system_state_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT system_state_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT system_state_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT system_state_seq_rule CHECK (seq >= 1),
	CONSTRAINT system_state_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT system_state_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT system_state_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT system_state_state_value_rule CHECK (state_value IS NULL OR json_valid(state_value) AND json_type(state_value) <> 'null')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE projects (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('project') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	prompt_count INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	prompt_number INTEGER GENERATED ALWAYS AS (NULLIF(prompt_count, 0)) STORED,
	user_id TEXT NOT NULL,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	current_nodes TEXT NOT NULL,
	latest_successful_job_id TEXT,
	latest_successful_job_number INTEGER,
	repository_host TEXT,
	repository_name TEXT,
	repository_id TEXT,
	repository_branch TEXT,
	github_repo_url TEXT,
	PRIMARY KEY (id),
	CONSTRAINT projects_owner UNIQUE (user_id, id),
	CONSTRAINT projects_prompt FOREIGN KEY(id, prompt_number) REFERENCES project_prompts (project_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT projects_name_not_blank CHECK (trim(name) <> ''),
	CONSTRAINT projects_repository_of_status CHECK (CASE status WHEN 'unbound' THEN repository_host IS NULL AND repository_name IS NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL WHEN 'requested' THEN repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL ELSE repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NOT NULL AND repository_branch IS NOT NULL AND github_repo_url IS NOT NULL END),
	CONSTRAINT projects_latest_job CHECK ((latest_successful_job_id IS NULL) = (latest_successful_job_number IS NULL) AND (seq > 1 OR latest_successful_job_id IS NULL)),
	CONSTRAINT projects_history FOREIGN KEY (lifecycle, id, seq, status, prompt_count, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT projects_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT projects_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT projects_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT projects_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT projects_seq_rule CHECK (seq >= 1),
	CONSTRAINT projects_prompt_count_rule CHECK (prompt_count >= 0),
	CONSTRAINT projects_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT projects_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT projects_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT projects_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT projects_current_nodes_rule CHECK (current_nodes IS NULL OR json_valid(current_nodes) AND json_type(current_nodes) = 'array'),
	CONSTRAINT projects_latest_successful_job_id_rule CHECK (length(latest_successful_job_id) BETWEEN 1 AND 200),
	CONSTRAINT projects_latest_successful_job_number_rule CHECK (latest_successful_job_number >= 1),
	CONSTRAINT projects_repository_host_rule CHECK (length(repository_host) BETWEEN 1 AND 200),
	CONSTRAINT projects_repository_name_rule CHECK (trim(repository_name, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT projects_repository_id_rule CHECK (length(repository_id) BETWEEN 1 AND 200),
	CONSTRAINT projects_repository_branch_rule CHECK (trim(repository_branch, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT projects_github_repo_url_rule CHECK (trim(github_repo_url, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX projects_created_at ON projects (user_id, created_at, id);

CREATE INDEX projects_name ON projects (user_id, name, id);

CREATE INDEX projects_updated_at ON projects (user_id, updated_at, id);

CREATE TABLE jobs (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('job') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	output_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	project_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	prompt TEXT NOT NULL,
	spec_digest TEXT NOT NULL,
	warning_count INTEGER NOT NULL,
	phase TEXT,
	result TEXT,
	failure_reason TEXT,
	completed_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT jobs_owner UNIQUE (user_id, id),
	CONSTRAINT jobs_number UNIQUE (project_id, number),
	CONSTRAINT jobs_project FOREIGN KEY(user_id, project_id) REFERENCES projects (user_id, id),
	CONSTRAINT jobs_output FOREIGN KEY(id, output_number) REFERENCES job_outputs (job_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_spec FOREIGN KEY(id) REFERENCES job_specs (job_id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_phase_known CHECK (phase IN ('cleanup', 'commit', 'finalize', 'generate', 'load', 'push', 'running', 'workspace')),
	CONSTRAINT jobs_completed_at_of_status CHECK (CASE WHEN status IN ('completed', 'completed_with_warnings', 'failed') THEN completed_at IS NOT NULL AND completed_at = updated_at ELSE completed_at IS NULL END),
	CONSTRAINT jobs_result_of_status CHECK ((result IS NOT NULL) = (status IN ('completed', 'completed_with_warnings'))),
	CONSTRAINT jobs_failure_of_status CHECK ((failure_reason IS NOT NULL) = (status = 'failed')),
	CONSTRAINT jobs_success_has_reason CHECK (CASE status WHEN 'completed' THEN warning_count = 0 AND CASE WHEN json_valid(result) THEN json_extract(result, '$.commit') END IS NOT NULL WHEN 'completed_with_warnings' THEN warning_count > 0 ELSE TRUE END),
	CONSTRAINT jobs_history FOREIGN KEY (lifecycle, id, seq, status, output_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT jobs_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT jobs_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT jobs_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT jobs_seq_rule CHECK (seq >= 1),
	CONSTRAINT jobs_output_number_rule CHECK (output_number >= 1),
	CONSTRAINT jobs_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT jobs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT jobs_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT jobs_project_id_rule CHECK (length(project_id) BETWEEN 1 AND 200),
	CONSTRAINT jobs_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT jobs_number_rule CHECK (number >= 1),
	CONSTRAINT jobs_spec_digest_rule CHECK (length(spec_digest) = 64 AND trim(spec_digest, '0123456789abcdef') = ''),
	CONSTRAINT jobs_warning_count_rule CHECK (warning_count >= 0),
	CONSTRAINT jobs_phase_rule CHECK (length(phase) BETWEEN 1 AND 200),
	CONSTRAINT jobs_result_rule CHECK (result IS NULL OR json_valid(result) AND json_type(result) = 'object'),
	CONSTRAINT jobs_failure_reason_rule CHECK (trim(failure_reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT jobs_completed_at_rule CHECK (completed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND completed_at >= '2000' AND completed_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX jobs_one_running ON jobs (project_id) WHERE status = 'running';

CREATE INDEX jobs_status ON jobs (status, id);

CREATE TABLE project_prompts (
	project_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	prompt TEXT NOT NULL,
	timestamp TEXT NOT NULL,
	metadata TEXT NOT NULL,
	CONSTRAINT project_prompts_pkey PRIMARY KEY (project_id, number),
	CONSTRAINT project_prompts_project FOREIGN KEY(project_id) REFERENCES projects (id),
	CONSTRAINT project_prompts_previous FOREIGN KEY(project_id, previous_number) REFERENCES project_prompts (project_id, number),
	CONSTRAINT project_prompts_project_id_rule CHECK (length(project_id) BETWEEN 1 AND 200),
	CONSTRAINT project_prompts_number_rule CHECK (number >= 1),
	CONSTRAINT project_prompts_timestamp_rule CHECK (timestamp GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND timestamp >= '2000' AND timestamp < '3000'),
	CONSTRAINT project_prompts_metadata_rule CHECK (metadata IS NULL OR json_valid(metadata) AND json_type(metadata) = 'object')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE job_outputs (
	job_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	written_at TEXT NOT NULL,
	logs TEXT NOT NULL,
	warnings TEXT NOT NULL,
	CONSTRAINT job_outputs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_outputs_job FOREIGN KEY(job_id) REFERENCES jobs (id),
	CONSTRAINT job_outputs_previous FOREIGN KEY(job_id, previous_number) REFERENCES job_outputs (job_id, number),
	CONSTRAINT job_outputs_logs_size CHECK (json_array_length(logs) <= 100),
	CONSTRAINT job_outputs_warnings_size CHECK (json_array_length(warnings) <= 100),
	CONSTRAINT job_outputs_job_id_rule CHECK (length(job_id) BETWEEN 1 AND 200),
	CONSTRAINT job_outputs_number_rule CHECK (number >= 1),
	CONSTRAINT job_outputs_written_at_rule CHECK (written_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND written_at >= '2000' AND written_at < '3000'),
	CONSTRAINT job_outputs_logs_rule CHECK (logs IS NULL OR json_valid(logs) AND json_type(logs) = 'array'),
	CONSTRAINT job_outputs_warnings_rule CHECK (warnings IS NULL OR json_valid(warnings) AND json_type(warnings) = 'array')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE job_specs (
	job_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	created_at TEXT NOT NULL,
	spec_digest TEXT NOT NULL,
	architecture_spec TEXT NOT NULL,
	CONSTRAINT job_specs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_specs_job_id UNIQUE (job_id),
	CONSTRAINT job_specs_job FOREIGN KEY(job_id) REFERENCES jobs (id),
	CONSTRAINT job_specs_first CHECK (number = 1),
	CONSTRAINT job_specs_job_id_rule CHECK (length(job_id) BETWEEN 1 AND 200),
	CONSTRAINT job_specs_number_rule CHECK (number >= 1),
	CONSTRAINT job_specs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT job_specs_spec_digest_rule CHECK (length(spec_digest) = 64 AND trim(spec_digest, '0123456789abcdef') = ''),
	CONSTRAINT job_specs_architecture_spec_rule CHECK (architecture_spec IS NULL OR json_valid(architecture_spec) AND json_type(architecture_spec) = 'object')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE contests (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('contest') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	configuration_version INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	organizer_id TEXT NOT NULL,
	contest_name TEXT NOT NULL,
	configuration_digest TEXT NOT NULL,
	provider_event_id TEXT NOT NULL,
	lock_time TEXT NOT NULL,
	start_time TEXT NOT NULL,
	end_time TEXT NOT NULL,
	max_entries INTEGER,
	min_entries INTEGER,
	max_entries_per_user INTEGER,
	fee_minor INTEGER NOT NULL,
	currency TEXT NOT NULL,
	payment_grace_seconds INTEGER NOT NULL,
	settle_time TEXT,
	settlement_run_id TEXT,
	settlement_run_status TEXT GENERATED ALWAYS AS (CASE WHEN settlement_run_id <> '' THEN 'COMPLETE' END) STORED,
	error_from_state TEXT,
	error_code TEXT,
	error_message TEXT,
	attempted_action TEXT,
	PRIMARY KEY (id),
	CONSTRAINT contests_fee UNIQUE (id, fee_minor, currency),
	CONSTRAINT contests_tournament UNIQUE (id, provider_event_id),
	CONSTRAINT contests_settled_by UNIQUE (id, settlement_run_id),
	CONSTRAINT contests_configuration FOREIGN KEY(id, configuration_version, configuration_digest) REFERENCES contest_configurations (contest_id, version, configuration_digest) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contests_settlement FOREIGN KEY(settlement_run_id, id, settlement_run_status) REFERENCES settlement_runs (id, contest_id, status) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contests_time_invariant CHECK (created_at < lock_time AND lock_time <= start_time AND start_time < end_time),
	CONSTRAINT contests_name_not_blank CHECK (trim(contest_name) <> ''),
	CONSTRAINT contests_fee_not_negative CHECK (fee_minor >= 0),
	CONSTRAINT contests_entry_limits CHECK (min_entries <= max_entries),
	CONSTRAINT contests_error_of_status CHECK (CASE WHEN status = 'ERROR' THEN error_from_state IS NOT NULL AND error_code IS NOT NULL AND error_message IS NOT NULL AND attempted_action IS NOT NULL ELSE error_from_state IS NULL AND error_code IS NULL AND error_message IS NULL AND attempted_action IS NULL END),
	CONSTRAINT contests_error_described CHECK (error_from_state = CASE attempted_action WHEN 'lock' THEN 'SCHEDULED' WHEN 'start' THEN 'LOCKED' WHEN 'complete' THEN 'LIVE' ELSE '' END AND length(error_message) <= 1000),
	CONSTRAINT contests_settlement_of_status CHECK (CASE WHEN status = 'COMPLETE' THEN settle_time IS NOT NULL AND settlement_run_id IS NOT NULL ELSE settle_time IS NULL AND settlement_run_id IS NULL END),
	CONSTRAINT contests_settled_by_change CHECK (settle_time = updated_at),
	CONSTRAINT contests_history FOREIGN KEY (lifecycle, id, seq, status, configuration_version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contests_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT contests_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT contests_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT contests_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT contests_seq_rule CHECK (seq >= 1),
	CONSTRAINT contests_configuration_version_rule CHECK (configuration_version >= 1),
	CONSTRAINT contests_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT contests_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT contests_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT contests_organizer_id_rule CHECK (length(organizer_id) BETWEEN 1 AND 200),
	CONSTRAINT contests_configuration_digest_rule CHECK (length(configuration_digest) = 64 AND trim(configuration_digest, '0123456789abcdef') = ''),
	CONSTRAINT contests_provider_event_id_rule CHECK (length(provider_event_id) BETWEEN 1 AND 200),
	CONSTRAINT contests_lock_time_rule CHECK (lock_time GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND lock_time >= '2000' AND lock_time < '3000'),
	CONSTRAINT contests_start_time_rule CHECK (start_time GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND start_time >= '2000' AND start_time < '3000'),
	CONSTRAINT contests_end_time_rule CHECK (end_time GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND end_time >= '2000' AND end_time < '3000'),
	CONSTRAINT contests_max_entries_rule CHECK (max_entries >= 1),
	CONSTRAINT contests_min_entries_rule CHECK (min_entries >= 1),
	CONSTRAINT contests_max_entries_per_user_rule CHECK (max_entries_per_user >= 1),
	CONSTRAINT contests_fee_minor_rule CHECK (fee_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT contests_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT contests_payment_grace_seconds_rule CHECK (payment_grace_seconds >= 0),
	CONSTRAINT contests_settle_time_rule CHECK (settle_time GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND settle_time >= '2000' AND settle_time < '3000'),
	CONSTRAINT contests_settlement_run_id_rule CHECK (length(settlement_run_id) BETWEEN 1 AND 200),
	CONSTRAINT contests_error_from_state_rule CHECK (length(error_from_state) BETWEEN 1 AND 200),
	CONSTRAINT contests_error_code_rule CHECK (length(error_code) BETWEEN 1 AND 200),
	CONSTRAINT contests_attempted_action_rule CHECK (length(attempted_action) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX contests_created_at ON contests (created_at, id);

CREATE INDEX contests_lock_time ON contests (status, lock_time, id);

CREATE INDEX contests_name ON contests (contest_name, id);

CREATE INDEX contests_of_organizer ON contests (organizer_id, id);

CREATE INDEX contests_of_organizer_created_at ON contests (organizer_id, created_at, id);

CREATE INDEX contests_of_organizer_name ON contests (organizer_id, contest_name, id);

CREATE INDEX contests_of_organizer_updated_at ON contests (organizer_id, updated_at, id);

CREATE INDEX contests_of_tournament ON contests (provider_event_id, id);

CREATE INDEX contests_start_time ON contests (status, start_time, id);

CREATE INDEX contests_status ON contests (status, id);

CREATE INDEX contests_updated_at ON contests (updated_at, id);

CREATE TABLE entries (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('entry') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	roster_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	contest_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	entry_number INTEGER NOT NULL,
	place_number INTEGER,
	roster_digest TEXT NOT NULL,
	fee_minor INTEGER NOT NULL,
	currency TEXT NOT NULL,
	paid_minor INTEGER,
	paid_at TEXT,
	payment_ref TEXT,
	rejection_reason TEXT,
	PRIMARY KEY (id),
	CONSTRAINT entries_number UNIQUE (contest_id, user_id, entry_number),
	CONSTRAINT entries_place_number UNIQUE (contest_id, place_number),
	CONSTRAINT entries_contest FOREIGN KEY(contest_id, fee_minor, currency) REFERENCES contests (id, fee_minor, currency),
	CONSTRAINT entries_roster FOREIGN KEY(id, roster_number, roster_digest) REFERENCES rosters (entry_id, number, roster_digest) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT entries_place_of_status CHECK ((place_number IS NOT NULL) = (status IN ('ACTIVE', 'PENDING_PAYMENT', 'VOID'))),
	CONSTRAINT entries_payment_of_status CHECK (CASE WHEN status IN ('PENDING_PAYMENT', 'REJECTED') THEN paid_minor IS NULL AND paid_at IS NULL AND payment_ref IS NULL ELSE paid_minor IS NOT NULL AND paid_at IS NOT NULL AND (payment_ref IS NULL) = (paid_minor = 0) END),
	CONSTRAINT entries_paid_in_full CHECK (paid_minor = fee_minor AND (fee_minor > 0 OR paid_at = created_at)),
	CONSTRAINT entries_rejection_short CHECK (length(rejection_reason) <= 1000),
	CONSTRAINT entries_rejection_of_status CHECK ((rejection_reason IS NOT NULL) = (status = 'REJECTED')),
	CONSTRAINT entries_history FOREIGN KEY (lifecycle, id, seq, status, roster_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT entries_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT entries_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT entries_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT entries_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT entries_seq_rule CHECK (seq >= 1),
	CONSTRAINT entries_roster_number_rule CHECK (roster_number >= 1),
	CONSTRAINT entries_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT entries_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT entries_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT entries_contest_id_rule CHECK (length(contest_id) BETWEEN 1 AND 200),
	CONSTRAINT entries_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT entries_entry_number_rule CHECK (entry_number >= 1),
	CONSTRAINT entries_place_number_rule CHECK (place_number >= 1),
	CONSTRAINT entries_roster_digest_rule CHECK (length(roster_digest) = 64 AND trim(roster_digest, '0123456789abcdef') = ''),
	CONSTRAINT entries_fee_minor_rule CHECK (fee_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT entries_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT entries_paid_minor_rule CHECK (paid_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT entries_paid_at_rule CHECK (paid_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND paid_at >= '2000' AND paid_at < '3000'),
	CONSTRAINT entries_payment_ref_rule CHECK (length(payment_ref) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX entries_created_at ON entries (contest_id, created_at, id);

CREATE INDEX entries_of_contest ON entries (contest_id, id);

CREATE INDEX entries_of_user ON entries (user_id, id);

CREATE INDEX entries_status ON entries (contest_id, status, id);

CREATE INDEX entries_updated_at ON entries (contest_id, updated_at, id);

CREATE TABLE contest_logs (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('contest_log') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	event_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	newest_event INTEGER GENERATED ALWAYS AS (NULLIF(event_number, 0)) STORED,
	newest_fetch INTEGER GENERATED ALWAYS AS (NULLIF(fetch_number, 0)) STORED,
	contest_id TEXT NOT NULL,
	provider_event_id TEXT NOT NULL,
	fetch_number INTEGER NOT NULL,
	head_hash TEXT,
	event_hash TEXT NOT NULL,
	field_number INTEGER,
	leaderboard_number INTEGER,
	leaderboard_at TEXT,
	leaderboard_hash TEXT,
	observations INTEGER NOT NULL,
	observed_at TEXT,
	terminal_number INTEGER,
	terminal_at TEXT,
	cancelled_number INTEGER,
	pending_rewrite TEXT,
	pending_rewrite_at TEXT,
	pending_rewrite_number INTEGER,
	conflict_number INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT contest_logs_contest FOREIGN KEY(contest_id, provider_event_id) REFERENCES contests (id, provider_event_id),
	CONSTRAINT contest_logs_feed FOREIGN KEY(provider_event_id) REFERENCES provider_feeds (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_event FOREIGN KEY(id, newest_event, event_hash) REFERENCES contest_events (contest_id, number, event_hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_fetch FOREIGN KEY(provider_event_id, newest_fetch) REFERENCES provider_fetches (provider_event_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_field_number FOREIGN KEY(id, field_number) REFERENCES contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_leaderboard_number FOREIGN KEY(id, leaderboard_number) REFERENCES contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_terminal_number FOREIGN KEY(id, terminal_number) REFERENCES contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_cancelled_number FOREIGN KEY(id, cancelled_number) REFERENCES contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_pending_rewrite_number FOREIGN KEY(id, pending_rewrite_number) REFERENCES contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_conflict_number FOREIGN KEY(id, conflict_number) REFERENCES contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_same_id CHECK (contest_id = id),
	CONSTRAINT contest_logs_hash_of_number CHECK ((event_number = 0) = (event_hash = '')),
	CONSTRAINT contest_logs_marks_complete CHECK ((leaderboard_number IS NULL) = (leaderboard_at IS NULL) AND (leaderboard_number IS NULL) = (leaderboard_hash IS NULL) AND (leaderboard_number IS NULL) = (observed_at IS NULL) AND (terminal_number IS NULL) = (terminal_at IS NULL) AND (pending_rewrite IS NULL) = (pending_rewrite_at IS NULL) AND (pending_rewrite IS NULL) = (pending_rewrite_number IS NULL)),
	CONSTRAINT contest_logs_history FOREIGN KEY (lifecycle, id, seq, status, event_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT contest_logs_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT contest_logs_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT contest_logs_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT contest_logs_seq_rule CHECK (seq >= 1),
	CONSTRAINT contest_logs_event_number_rule CHECK (event_number >= 0),
	CONSTRAINT contest_logs_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT contest_logs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT contest_logs_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT contest_logs_contest_id_rule CHECK (length(contest_id) BETWEEN 1 AND 200),
	CONSTRAINT contest_logs_provider_event_id_rule CHECK (length(provider_event_id) BETWEEN 1 AND 200),
	CONSTRAINT contest_logs_fetch_number_rule CHECK (fetch_number >= 0),
	CONSTRAINT contest_logs_head_hash_rule CHECK (length(head_hash) = 64 AND trim(head_hash, '0123456789abcdef') = ''),
	CONSTRAINT contest_logs_event_hash_rule CHECK (length(event_hash) IN (0, 64) AND trim(event_hash, '0123456789abcdef') = ''),
	CONSTRAINT contest_logs_field_number_rule CHECK (field_number >= 1),
	CONSTRAINT contest_logs_leaderboard_number_rule CHECK (leaderboard_number >= 1),
	CONSTRAINT contest_logs_leaderboard_at_rule CHECK (leaderboard_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND leaderboard_at >= '2000' AND leaderboard_at < '3000'),
	CONSTRAINT contest_logs_leaderboard_hash_rule CHECK (length(leaderboard_hash) = 64 AND trim(leaderboard_hash, '0123456789abcdef') = ''),
	CONSTRAINT contest_logs_observations_rule CHECK (observations >= 0),
	CONSTRAINT contest_logs_observed_at_rule CHECK (observed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND observed_at >= '2000' AND observed_at < '3000'),
	CONSTRAINT contest_logs_terminal_number_rule CHECK (terminal_number >= 1),
	CONSTRAINT contest_logs_terminal_at_rule CHECK (terminal_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND terminal_at >= '2000' AND terminal_at < '3000'),
	CONSTRAINT contest_logs_cancelled_number_rule CHECK (cancelled_number >= 1),
	CONSTRAINT contest_logs_pending_rewrite_rule CHECK (length(pending_rewrite) = 64 AND trim(pending_rewrite, '0123456789abcdef') = ''),
	CONSTRAINT contest_logs_pending_rewrite_at_rule CHECK (pending_rewrite_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND pending_rewrite_at >= '2000' AND pending_rewrite_at < '3000'),
	CONSTRAINT contest_logs_pending_rewrite_number_rule CHECK (pending_rewrite_number >= 1),
	CONSTRAINT contest_logs_conflict_number_rule CHECK (conflict_number >= 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE provider_feeds (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('provider_feed') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	fetch_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	newest_fetch INTEGER GENERATED ALWAYS AS (NULLIF(fetch_number, 0)) STORED,
	last_success_at TEXT,
	last_payload_digest TEXT,
	failures INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT provider_feeds_fetch FOREIGN KEY(id, newest_fetch) REFERENCES provider_fetches (provider_event_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT provider_feeds_success_complete CHECK (failures <= fetch_number AND (last_success_at IS NULL) = (last_payload_digest IS NULL)),
	CONSTRAINT provider_feeds_history FOREIGN KEY (lifecycle, id, seq, status, fetch_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT provider_feeds_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT provider_feeds_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT provider_feeds_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT provider_feeds_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT provider_feeds_seq_rule CHECK (seq >= 1),
	CONSTRAINT provider_feeds_fetch_number_rule CHECK (fetch_number >= 0),
	CONSTRAINT provider_feeds_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT provider_feeds_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT provider_feeds_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT provider_feeds_last_success_at_rule CHECK (last_success_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND last_success_at >= '2000' AND last_success_at < '3000'),
	CONSTRAINT provider_feeds_last_payload_digest_rule CHECK (length(last_payload_digest) = 64 AND trim(last_payload_digest, '0123456789abcdef') = ''),
	CONSTRAINT provider_feeds_failures_rule CHECK (failures >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE settlement_runs (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('settlement_run') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	contest_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	engine_version TEXT NOT NULL,
	configuration_version INTEGER NOT NULL,
	configuration_digest TEXT NOT NULL,
	event_number INTEGER NOT NULL,
	events_digest TEXT NOT NULL,
	entries_count INTEGER NOT NULL,
	entries_seq_sum INTEGER NOT NULL,
	currency TEXT NOT NULL,
	eligibility_digest TEXT,
	official_rounds INTEGER,
	result_digest TEXT,
	pool_minor INTEGER,
	rake_minor INTEGER,
	rounding_minor INTEGER,
	retained_minor INTEGER,
	top_up_minor INTEGER,
	line_count INTEGER,
	settled_at TEXT,
	error_code TEXT,
	error_message TEXT,
	settles_as TEXT GENERATED ALWAYS AS (CASE WHEN status = 'COMPLETE' THEN id END) STORED,
	PRIMARY KEY (id),
	CONSTRAINT settlement_runs_number UNIQUE (contest_id, number),
	CONSTRAINT settlement_runs_of_contest UNIQUE (id, contest_id, status),
	CONSTRAINT settlement_runs_contest FOREIGN KEY(contest_id) REFERENCES contests (id),
	CONSTRAINT settlement_runs_settled FOREIGN KEY(contest_id, settles_as) REFERENCES contests (id, settlement_run_id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT settlement_runs_configuration FOREIGN KEY(contest_id, configuration_version, configuration_digest) REFERENCES contest_configurations (contest_id, version, configuration_digest) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT settlement_runs_event FOREIGN KEY(contest_id, event_number, events_digest) REFERENCES contest_events (contest_id, number, event_hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT settlement_runs_result_of_status CHECK (CASE WHEN status = 'COMPLETE' THEN eligibility_digest IS NOT NULL AND official_rounds IS NOT NULL AND result_digest IS NOT NULL AND pool_minor IS NOT NULL AND rake_minor IS NOT NULL AND rounding_minor IS NOT NULL AND retained_minor IS NOT NULL AND top_up_minor IS NOT NULL AND line_count IS NOT NULL AND settled_at IS NOT NULL ELSE eligibility_digest IS NULL AND official_rounds IS NULL AND result_digest IS NULL AND pool_minor IS NULL AND rake_minor IS NULL AND rounding_minor IS NULL AND retained_minor IS NULL AND top_up_minor IS NULL AND line_count IS NULL AND settled_at IS NULL END),
	CONSTRAINT settlement_runs_error_of_status CHECK (CASE WHEN status = 'FAILED' THEN error_code IS NOT NULL AND error_message IS NOT NULL ELSE error_code IS NULL AND error_message IS NULL END),
	CONSTRAINT settlement_runs_amounts_not_negative CHECK (pool_minor >= 0 AND rake_minor >= 0 AND rounding_minor >= 0 AND retained_minor >= 0 AND top_up_minor >= 0),
	CONSTRAINT settlement_runs_settled_by_change CHECK (settled_at = updated_at),
	CONSTRAINT settlement_runs_lines_of_entries CHECK (line_count <= entries_count),
	CONSTRAINT settlement_runs_message_short CHECK (length(error_message) <= 1000),
	CONSTRAINT settlement_runs_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT settlement_runs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT settlement_runs_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT settlement_runs_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT settlement_runs_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT settlement_runs_seq_rule CHECK (seq >= 1),
	CONSTRAINT settlement_runs_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT settlement_runs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT settlement_runs_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT settlement_runs_contest_id_rule CHECK (length(contest_id) BETWEEN 1 AND 200),
	CONSTRAINT settlement_runs_number_rule CHECK (number >= 1),
	CONSTRAINT settlement_runs_engine_version_rule CHECK (length(engine_version) BETWEEN 1 AND 200),
	CONSTRAINT settlement_runs_configuration_version_rule CHECK (configuration_version >= 1),
	CONSTRAINT settlement_runs_configuration_digest_rule CHECK (length(configuration_digest) = 64 AND trim(configuration_digest, '0123456789abcdef') = ''),
	CONSTRAINT settlement_runs_event_number_rule CHECK (event_number >= 1),
	CONSTRAINT settlement_runs_events_digest_rule CHECK (length(events_digest) = 64 AND trim(events_digest, '0123456789abcdef') = ''),
	CONSTRAINT settlement_runs_entries_count_rule CHECK (entries_count >= 0),
	CONSTRAINT settlement_runs_entries_seq_sum_rule CHECK (entries_seq_sum >= 0),
	CONSTRAINT settlement_runs_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT settlement_runs_eligibility_digest_rule CHECK (length(eligibility_digest) = 64 AND trim(eligibility_digest, '0123456789abcdef') = ''),
	CONSTRAINT settlement_runs_official_rounds_rule CHECK (official_rounds >= 1),
	CONSTRAINT settlement_runs_result_digest_rule CHECK (length(result_digest) = 64 AND trim(result_digest, '0123456789abcdef') = ''),
	CONSTRAINT settlement_runs_pool_minor_rule CHECK (pool_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT settlement_runs_rake_minor_rule CHECK (rake_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT settlement_runs_rounding_minor_rule CHECK (rounding_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT settlement_runs_retained_minor_rule CHECK (retained_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT settlement_runs_top_up_minor_rule CHECK (top_up_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT settlement_runs_line_count_rule CHECK (line_count >= 0),
	CONSTRAINT settlement_runs_settled_at_rule CHECK (settled_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND settled_at >= '2000' AND settled_at < '3000'),
	CONSTRAINT settlement_runs_error_code_rule CHECK (length(error_code) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX settlement_runs_one_complete ON settlement_runs (contest_id) WHERE status = 'COMPLETE';

CREATE UNIQUE INDEX settlement_runs_one_started ON settlement_runs (contest_id) WHERE status = 'STARTED';

CREATE TABLE contest_configurations (
	contest_id TEXT NOT NULL,
	version INTEGER NOT NULL,
	previous_version INTEGER GENERATED ALWAYS AS (NULLIF(version - 1, 0)) STORED,
	created_at TEXT NOT NULL,
	configuration_digest TEXT NOT NULL,
	configuration TEXT NOT NULL,
	CONSTRAINT contest_configurations_pkey PRIMARY KEY (contest_id, version),
	CONSTRAINT contest_configurations_digest UNIQUE (contest_id, version, configuration_digest),
	CONSTRAINT contest_configurations_contest FOREIGN KEY(contest_id) REFERENCES contests (id),
	CONSTRAINT contest_configurations_previous FOREIGN KEY(contest_id, previous_version) REFERENCES contest_configurations (contest_id, version),
	CONSTRAINT contest_configurations_contest_id_rule CHECK (length(contest_id) BETWEEN 1 AND 200),
	CONSTRAINT contest_configurations_version_rule CHECK (version >= 1),
	CONSTRAINT contest_configurations_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT contest_configurations_configuration_digest_rule CHECK (length(configuration_digest) = 64 AND trim(configuration_digest, '0123456789abcdef') = ''),
	CONSTRAINT contest_configurations_configuration_rule CHECK (configuration IS NULL OR json_valid(configuration) AND json_type(configuration) = 'object')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE rosters (
	entry_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	submitted_at TEXT NOT NULL,
	player_ids TEXT NOT NULL,
	prediction INTEGER,
	roster_digest TEXT NOT NULL,
	CONSTRAINT rosters_pkey PRIMARY KEY (entry_id, number),
	CONSTRAINT rosters_digest UNIQUE (entry_id, number, roster_digest),
	CONSTRAINT rosters_entry FOREIGN KEY(entry_id) REFERENCES entries (id),
	CONSTRAINT rosters_previous FOREIGN KEY(entry_id, previous_number) REFERENCES rosters (entry_id, number),
	CONSTRAINT rosters_entry_id_rule CHECK (length(entry_id) BETWEEN 1 AND 200),
	CONSTRAINT rosters_number_rule CHECK (number >= 1),
	CONSTRAINT rosters_submitted_at_rule CHECK (submitted_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND submitted_at >= '2000' AND submitted_at < '3000'),
	CONSTRAINT rosters_player_ids_rule CHECK (player_ids IS NULL OR json_valid(player_ids) AND json_type(player_ids) = 'array'),
	CONSTRAINT rosters_roster_digest_rule CHECK (length(roster_digest) = 64 AND trim(roster_digest, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE provider_fetches (
	provider_event_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	requested_at TEXT NOT NULL,
	finished_at TEXT NOT NULL,
	outcome TEXT NOT NULL,
	http_status INTEGER,
	attempts INTEGER NOT NULL,
	payload_digest TEXT,
	content_type TEXT,
	error TEXT,
	CONSTRAINT provider_fetches_pkey PRIMARY KEY (provider_event_id, number),
	CONSTRAINT provider_fetches_feed FOREIGN KEY(provider_event_id) REFERENCES provider_feeds (id),
	CONSTRAINT provider_fetches_previous FOREIGN KEY(provider_event_id, previous_number) REFERENCES provider_fetches (provider_event_id, number),
	CONSTRAINT provider_fetches_payload FOREIGN KEY(payload_digest) REFERENCES payloads (digest) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT provider_fetches_outcome_known CHECK (outcome IN ('HTTP_ERROR', 'NETWORK_ERROR', 'OK', 'REDIRECTED', 'TIMEOUT', 'TOO_LARGE', 'TRUNCATED')),
	CONSTRAINT provider_fetches_times CHECK (requested_at <= finished_at),
	CONSTRAINT provider_fetches_http_status_known CHECK (http_status BETWEEN 100 AND 599),
	CONSTRAINT provider_fetches_success_has_payload CHECK (outcome <> 'OK' OR payload_digest IS NOT NULL AND error IS NULL),
	CONSTRAINT provider_fetches_texts_short CHECK (length(error) <= 1000 AND length(content_type) <= 1000),
	CONSTRAINT provider_fetches_provider_event_id_rule CHECK (length(provider_event_id) BETWEEN 1 AND 200),
	CONSTRAINT provider_fetches_number_rule CHECK (number >= 1),
	CONSTRAINT provider_fetches_requested_at_rule CHECK (requested_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND requested_at >= '2000' AND requested_at < '3000'),
	CONSTRAINT provider_fetches_finished_at_rule CHECK (finished_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND finished_at >= '2000' AND finished_at < '3000'),
	CONSTRAINT provider_fetches_outcome_rule CHECK (length(outcome) BETWEEN 1 AND 200),
	CONSTRAINT provider_fetches_http_status_rule CHECK (http_status >= 1),
	CONSTRAINT provider_fetches_attempts_rule CHECK (attempts >= 1),
	CONSTRAINT provider_fetches_payload_digest_rule CHECK (length(payload_digest) = 64 AND trim(payload_digest, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE contest_events (
	contest_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	kind TEXT NOT NULL,
	validity TEXT NOT NULL,
	payload_digest TEXT NOT NULL,
	fetch_number INTEGER,
	fetched_at TEXT NOT NULL,
	stored_at TEXT NOT NULL,
	body TEXT,
	body_hash TEXT NOT NULL,
	supersedes INTEGER,
	snapshot_number INTEGER,
	fault_count INTEGER NOT NULL,
	prev_hash TEXT NOT NULL,
	event_hash TEXT NOT NULL,
	CONSTRAINT contest_events_pkey PRIMARY KEY (contest_id, number),
	CONSTRAINT contest_events_hash UNIQUE (contest_id, number, event_hash),
	CONSTRAINT contest_events_log FOREIGN KEY(contest_id) REFERENCES contest_logs (id),
	CONSTRAINT contest_events_previous FOREIGN KEY(contest_id, previous_number, prev_hash) REFERENCES contest_events (contest_id, number, event_hash),
	CONSTRAINT contest_events_superseded FOREIGN KEY(contest_id, supersedes) REFERENCES contest_events (contest_id, number),
	CONSTRAINT contest_events_snapshot FOREIGN KEY(contest_id, snapshot_number) REFERENCES contest_events (contest_id, number),
	CONSTRAINT contest_events_payload FOREIGN KEY(payload_digest) REFERENCES payloads (digest) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_events_first CHECK ((number = 1) = (prev_hash = '')),
	CONSTRAINT contest_events_kind_known CHECK (kind IN ('CANCELLED', 'CONFIRMED', 'CORRECTION', 'FIELD', 'SNAPSHOT', 'TERMINAL') AND validity IN ('INVALID', 'VALID')),
	CONSTRAINT contest_events_points_back CHECK (supersedes < number AND snapshot_number < number),
	CONSTRAINT contest_events_contest_id_rule CHECK (length(contest_id) BETWEEN 1 AND 200),
	CONSTRAINT contest_events_number_rule CHECK (number >= 1),
	CONSTRAINT contest_events_kind_rule CHECK (length(kind) BETWEEN 1 AND 200),
	CONSTRAINT contest_events_validity_rule CHECK (length(validity) BETWEEN 1 AND 200),
	CONSTRAINT contest_events_payload_digest_rule CHECK (length(payload_digest) = 64 AND trim(payload_digest, '0123456789abcdef') = ''),
	CONSTRAINT contest_events_fetch_number_rule CHECK (fetch_number >= 1),
	CONSTRAINT contest_events_fetched_at_rule CHECK (fetched_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND fetched_at >= '2000' AND fetched_at < '3000'),
	CONSTRAINT contest_events_stored_at_rule CHECK (stored_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND stored_at >= '2000' AND stored_at < '3000'),
	CONSTRAINT contest_events_body_rule CHECK (body IS NULL OR json_valid(body) AND json_type(body) = 'object'),
	CONSTRAINT contest_events_body_hash_rule CHECK (length(body_hash) = 64 AND trim(body_hash, '0123456789abcdef') = ''),
	CONSTRAINT contest_events_supersedes_rule CHECK (supersedes >= 1),
	CONSTRAINT contest_events_snapshot_number_rule CHECK (snapshot_number >= 1),
	CONSTRAINT contest_events_fault_count_rule CHECK (fault_count >= 0),
	CONSTRAINT contest_events_prev_hash_rule CHECK (length(prev_hash) IN (0, 64) AND trim(prev_hash, '0123456789abcdef') = ''),
	CONSTRAINT contest_events_event_hash_rule CHECK (length(event_hash) = 64 AND trim(event_hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE event_faults (
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	event_number INTEGER NOT NULL,
	code TEXT NOT NULL,
	path TEXT NOT NULL,
	value TEXT NOT NULL,
	required_action TEXT NOT NULL,
	CONSTRAINT event_faults_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT event_faults_of_event UNIQUE (entity_id, event_number, number),
	CONSTRAINT event_faults_event FOREIGN KEY(entity_id, event_number) REFERENCES contest_events (contest_id, number),
	CONSTRAINT event_faults_texts_short CHECK (length(value) <= 200 AND length(path) <= 1000),
	CONSTRAINT event_faults_head FOREIGN KEY(entity_id) REFERENCES contest_logs (id),
	CONSTRAINT event_faults_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT event_faults_seq_rule CHECK (seq >= 1),
	CONSTRAINT event_faults_number_rule CHECK (number >= 1),
	CONSTRAINT event_faults_event_number_rule CHECK (event_number >= 1),
	CONSTRAINT event_faults_code_rule CHECK (length(code) BETWEEN 1 AND 200),
	CONSTRAINT event_faults_required_action_rule CHECK (trim(required_action, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE settlement_lines (
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	entry_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	payment_ref TEXT,
	paid_minor INTEGER NOT NULL,
	roster_digest TEXT NOT NULL,
	rank INTEGER NOT NULL,
	score INTEGER,
	payout_minor INTEGER NOT NULL,
	CONSTRAINT settlement_lines_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT settlement_lines_entry UNIQUE (entity_id, entry_id),
	CONSTRAINT settlement_lines_amounts CHECK (paid_minor >= 0 AND payout_minor >= 0),
	CONSTRAINT settlement_lines_ineligible_unpaid CHECK (score IS NOT NULL OR payout_minor = 0),
	CONSTRAINT settlement_lines_head FOREIGN KEY(entity_id) REFERENCES settlement_runs (id),
	CONSTRAINT settlement_lines_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT settlement_lines_seq_rule CHECK (seq >= 1),
	CONSTRAINT settlement_lines_number_rule CHECK (number >= 1),
	CONSTRAINT settlement_lines_entry_id_rule CHECK (length(entry_id) BETWEEN 1 AND 200),
	CONSTRAINT settlement_lines_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT settlement_lines_payment_ref_rule CHECK (length(payment_ref) BETWEEN 1 AND 200),
	CONSTRAINT settlement_lines_paid_minor_rule CHECK (paid_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT settlement_lines_roster_digest_rule CHECK (length(roster_digest) = 64 AND trim(roster_digest, '0123456789abcdef') = ''),
	CONSTRAINT settlement_lines_rank_rule CHECK (rank >= 1),
	CONSTRAINT settlement_lines_payout_minor_rule CHECK (payout_minor BETWEEN -1000000000000 AND 1000000000000)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX settlement_lines_user ON settlement_lines (user_id, entity_id, number);

CREATE TABLE accounts (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('account') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	kind TEXT NOT NULL,
	reference TEXT,
	currency TEXT NOT NULL,
	balance_minor INTEGER NOT NULL,
	last_movement_id TEXT,
	debited_minor INTEGER NOT NULL,
	credited_minor INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT accounts_movement FOREIGN KEY(last_movement_id) REFERENCES movements (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT accounts_kind_known CHECK (kind IN ('dispute_losses', 'dispute_receivable', 'escrow', 'goodwill', 'platform_rake', 'platform_rounding', 'refund_clearing', 'stripe_balance', 'stripe_fees', 'unclaimed_prizes', 'winner_payable')),
	CONSTRAINT accounts_id_of_fields CHECK (id = kind || ':' || coalesce(reference, '-') || ':' || currency),
	CONSTRAINT accounts_reference_of_kind CHECK ((reference IS NOT NULL) = (kind IN ('escrow', 'refund_clearing', 'winner_payable'))),
	CONSTRAINT accounts_never_negative CHECK (balance_minor >= 0 OR kind NOT IN ('escrow', 'refund_clearing', 'winner_payable')),
	CONSTRAINT accounts_opened_empty CHECK ((seq = 1) = (last_movement_id IS NULL) AND (seq > 1 OR balance_minor = 0 AND debited_minor = 0 AND credited_minor = 0)),
	CONSTRAINT accounts_sums CHECK (debited_minor >= 0 AND credited_minor >= 0),
	CONSTRAINT accounts_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT accounts_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT accounts_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT accounts_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT accounts_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT accounts_seq_rule CHECK (seq >= 1),
	CONSTRAINT accounts_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT accounts_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT accounts_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT accounts_kind_rule CHECK (length(kind) BETWEEN 1 AND 200),
	CONSTRAINT accounts_reference_rule CHECK (length(reference) BETWEEN 1 AND 200),
	CONSTRAINT accounts_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT accounts_balance_minor_rule CHECK (balance_minor BETWEEN -1000000000000000 AND 1000000000000000),
	CONSTRAINT accounts_last_movement_id_rule CHECK (length(last_movement_id) BETWEEN 1 AND 200),
	CONSTRAINT accounts_debited_minor_rule CHECK (debited_minor BETWEEN -1000000000000000 AND 1000000000000000),
	CONSTRAINT accounts_credited_minor_rule CHECK (credited_minor BETWEEN -1000000000000000 AND 1000000000000000)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX accounts_created_at ON accounts (created_at, id);

CREATE INDEX accounts_last_movement ON accounts (last_movement_id);

CREATE INDEX accounts_of_kind ON accounts (kind, currency, id);

CREATE INDEX accounts_of_reference ON accounts (reference, id);

CREATE INDEX accounts_updated_at ON accounts (updated_at, id);

CREATE TABLE movements (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('movement') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	kind TEXT NOT NULL,
	"key" TEXT NOT NULL,
	fact_key TEXT,
	reference TEXT,
	currency TEXT NOT NULL,
	total_minor INTEGER NOT NULL,
	posting_count INTEGER NOT NULL,
	reverses TEXT,
	source TEXT NOT NULL,
	occurred_at TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT movements_reversed FOREIGN KEY(reverses) REFERENCES movements (id),
	CONSTRAINT movements_kind_known CHECK (kind IN ('DISPUTE_LOST', 'DISPUTE_OPENED', 'DISPUTE_RESIDUE', 'DISPUTE_WON', 'ENTRY_FEE', 'GUARANTEE_TOPUP', 'PAYMENT_QUARANTINED', 'PAYOUT_CREATED', 'PAYOUT_FAILED', 'PAYOUT_REVERSED', 'PROCESSING_FEE', 'REFUND_FAILED', 'REFUND_REQUESTED', 'REFUND_SUCCEEDED', 'REVERSAL', 'REVERSAL_PROPOSED', 'SETTLEMENT', 'UNCLAIMED')),
	CONSTRAINT movements_mirror_of_kind CHECK ((reverses IS NOT NULL) = (kind = 'REVERSAL')),
	CONSTRAINT movements_sum_of_postings CHECK (CASE WHEN posting_count = 0 THEN total_minor = 0 AND kind IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED', 'SETTLEMENT') ELSE total_minor >= posting_count AND total_minor <= 1000000000000000 AND kind NOT IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED') END),
	CONSTRAINT movements_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT movements_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT movements_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT movements_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT movements_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT movements_seq_rule CHECK (seq >= 1),
	CONSTRAINT movements_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT movements_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT movements_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT movements_kind_rule CHECK (length(kind) BETWEEN 1 AND 200),
	CONSTRAINT movements_key_rule CHECK (length(key) BETWEEN 1 AND 200),
	CONSTRAINT movements_fact_key_rule CHECK (length(fact_key) BETWEEN 1 AND 200),
	CONSTRAINT movements_reference_rule CHECK (length(reference) BETWEEN 1 AND 200),
	CONSTRAINT movements_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT movements_total_minor_rule CHECK (total_minor BETWEEN -1000000000000000 AND 1000000000000000),
	CONSTRAINT movements_posting_count_rule CHECK (posting_count >= 0),
	CONSTRAINT movements_reverses_rule CHECK (length(reverses) BETWEEN 1 AND 200),
	CONSTRAINT movements_source_rule CHECK (length(source) BETWEEN 1 AND 200),
	CONSTRAINT movements_occurred_at_rule CHECK (occurred_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND occurred_at >= '2000' AND occurred_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX movements_created_at ON movements (created_at, id);

CREATE INDEX movements_occurred_at ON movements (occurred_at, kind, currency, total_minor);

CREATE INDEX movements_of_kind ON movements (kind, id);

CREATE INDEX movements_of_reference ON movements (reference, id);

CREATE UNIQUE INDEX movements_one_fact ON movements (fact_key);

CREATE UNIQUE INDEX movements_one_key ON movements ("key");

CREATE UNIQUE INDEX movements_one_reversal ON movements (reverses);

CREATE INDEX movements_updated_at ON movements (updated_at, id);

CREATE TABLE charges (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('charge') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	reference TEXT NOT NULL,
	party TEXT NOT NULL,
	item TEXT NOT NULL,
	amount_minor INTEGER NOT NULL,
	currency TEXT NOT NULL,
	expires_at TEXT NOT NULL,
	intent_id TEXT,
	generation INTEGER NOT NULL,
	session_id TEXT,
	failure_code TEXT,
	last_event_at TEXT,
	received_minor INTEGER,
	received_currency TEXT,
	paid_at TEXT,
	refunded_minor INTEGER NOT NULL,
	disputed_from TEXT,
	outcome_code TEXT,
	PRIMARY KEY (id),
	CONSTRAINT charges_amounts_positive CHECK (amount_minor > 0 AND received_minor >= 0),
	CONSTRAINT charges_payment_of_status CHECK (CASE WHEN status IN ('CHARGED_BACK', 'DISPUTED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'REFUND_PENDING', 'SUCCEEDED') THEN received_minor IS NOT NULL AND received_currency IS NOT NULL AND paid_at IS NOT NULL ELSE received_minor IS NULL AND received_currency IS NULL AND paid_at IS NULL END),
	CONSTRAINT charges_paid_exactly CHECK (received_minor IS NULL OR (received_minor = amount_minor AND received_currency = currency) <> (coalesce(outcome_code, '') IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH'))),
	CONSTRAINT charges_quarantined_not_paid CHECK (status <> 'SUCCEEDED' OR NOT (coalesce(outcome_code, '') IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH'))),
	CONSTRAINT charges_refund_of_status CHECK (refunded_minor >= 0 AND refunded_minor <= coalesce(received_minor, 0) AND CASE status WHEN 'REFUNDED' THEN refunded_minor = received_minor WHEN 'PARTIALLY_REFUNDED' THEN refunded_minor > 0 AND refunded_minor < received_minor WHEN 'SUCCEEDED' THEN refunded_minor = 0 ELSE TRUE END),
	CONSTRAINT charges_dispute_of_status CHECK ((disputed_from IS NOT NULL) = (status IN ('CHARGED_BACK', 'DISPUTED')) AND (disputed_from IN ('CANCELED', 'CHARGED_BACK', 'DISPUTED', 'FAILED', 'PARTIALLY_REFUNDED', 'PENDING', 'PROCESSING', 'REFUNDED', 'REFUND_PENDING', 'REQUIRES_ACTION', 'SUCCEEDED')) IS NOT FALSE),
	CONSTRAINT charges_outcome_of_status CHECK ((status <> 'CANCELED' OR outcome_code IS NOT NULL) AND (outcome_code IN ('AMOUNT_MISMATCH', 'CANCELLED', 'CURRENCY_MISMATCH', 'EXPIRED', 'FULL', 'LATE_PAYMENT', 'LATE_WEBHOOK_AFTER_SETTLEMENT', 'OUTSIDE', 'REQUESTED')) IS NOT FALSE),
	CONSTRAINT charges_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT charges_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT charges_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT charges_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT charges_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT charges_seq_rule CHECK (seq >= 1),
	CONSTRAINT charges_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT charges_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT charges_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT charges_reference_rule CHECK (length(reference) BETWEEN 1 AND 200),
	CONSTRAINT charges_party_rule CHECK (length(party) BETWEEN 1 AND 200),
	CONSTRAINT charges_item_rule CHECK (length(item) BETWEEN 1 AND 200),
	CONSTRAINT charges_amount_minor_rule CHECK (amount_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT charges_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT charges_expires_at_rule CHECK (expires_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND expires_at >= '2000' AND expires_at < '3000'),
	CONSTRAINT charges_intent_id_rule CHECK (length(intent_id) BETWEEN 1 AND 200),
	CONSTRAINT charges_generation_rule CHECK (generation >= 1),
	CONSTRAINT charges_session_id_rule CHECK (length(session_id) BETWEEN 1 AND 200),
	CONSTRAINT charges_failure_code_rule CHECK (length(failure_code) BETWEEN 1 AND 200),
	CONSTRAINT charges_last_event_at_rule CHECK (last_event_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND last_event_at >= '2000' AND last_event_at < '3000'),
	CONSTRAINT charges_received_minor_rule CHECK (received_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT charges_received_currency_rule CHECK (received_currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT charges_paid_at_rule CHECK (paid_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND paid_at >= '2000' AND paid_at < '3000'),
	CONSTRAINT charges_refunded_minor_rule CHECK (refunded_minor BETWEEN -1000000000000000 AND 1000000000000000),
	CONSTRAINT charges_disputed_from_rule CHECK (length(disputed_from) BETWEEN 1 AND 200),
	CONSTRAINT charges_outcome_code_rule CHECK (length(outcome_code) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX charges_created_at ON charges (created_at, id);

CREATE INDEX charges_expires_at ON charges (status, expires_at, id);

CREATE INDEX charges_of_party ON charges (party, id);

CREATE INDEX charges_of_reference ON charges (reference, status, id);

CREATE INDEX charges_of_reference_id ON charges (reference, id);

CREATE UNIQUE INDEX charges_one_intent ON charges (intent_id);

CREATE UNIQUE INDEX charges_one_item ON charges (item);

CREATE UNIQUE INDEX charges_one_session ON charges (session_id);

CREATE INDEX charges_paid_at ON charges (paid_at, id);

CREATE INDEX charges_status ON charges (status, id);

CREATE INDEX charges_updated_at ON charges (updated_at, id);

CREATE TABLE refunds (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('refund') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	attempt_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	charge_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	amount_minor INTEGER NOT NULL,
	currency TEXT NOT NULL,
	reason_code TEXT NOT NULL,
	covered INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	stripe_refund_id TEXT,
	failure_code TEXT,
	PRIMARY KEY (id),
	CONSTRAINT refunds_number UNIQUE (charge_id, number),
	CONSTRAINT refunds_charge FOREIGN KEY(charge_id) REFERENCES charges (id),
	CONSTRAINT refunds_amount_positive CHECK (amount_minor > 0),
	CONSTRAINT refunds_reason_known CHECK (reason_code IN ('AMOUNT_MISMATCH', 'CANCELLED', 'CURRENCY_MISMATCH', 'FULL', 'LATE_PAYMENT', 'LATE_WEBHOOK_AFTER_SETTLEMENT', 'OUTSIDE', 'REQUESTED')),
	CONSTRAINT refunds_at_stripe CHECK (status NOT IN ('pending', 'requires_action', 'succeeded') OR stripe_refund_id IS NOT NULL),
	CONSTRAINT refunds_failure_of_status CHECK ((failure_code IS NOT NULL) = (status = 'failed')),
	CONSTRAINT refunds_history FOREIGN KEY (lifecycle, id, seq, status, attempt_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT refunds_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT refunds_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT refunds_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT refunds_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT refunds_seq_rule CHECK (seq >= 1),
	CONSTRAINT refunds_attempt_number_rule CHECK (attempt_number >= 0),
	CONSTRAINT refunds_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT refunds_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT refunds_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT refunds_charge_id_rule CHECK (length(charge_id) BETWEEN 1 AND 200),
	CONSTRAINT refunds_number_rule CHECK (number >= 1),
	CONSTRAINT refunds_amount_minor_rule CHECK (amount_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT refunds_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT refunds_reason_code_rule CHECK (length(reason_code) BETWEEN 1 AND 200),
	CONSTRAINT refunds_covered_rule CHECK (covered BETWEEN 0 AND 1),
	CONSTRAINT refunds_generation_rule CHECK (generation >= 1),
	CONSTRAINT refunds_stripe_refund_id_rule CHECK (length(stripe_refund_id) BETWEEN 1 AND 200),
	CONSTRAINT refunds_failure_code_rule CHECK (length(failure_code) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX refunds_created_at ON refunds (created_at, id);

CREATE UNIQUE INDEX refunds_one_running ON refunds (charge_id) WHERE status IN ('requested', 'pending', 'requires_action');

CREATE UNIQUE INDEX refunds_one_stripe_refund ON refunds (stripe_refund_id);

CREATE INDEX refunds_status ON refunds (status, id);

CREATE INDEX refunds_updated_at ON refunds (updated_at, id);

CREATE TABLE disputes (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('dispute') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	charge_id TEXT NOT NULL,
	amount_minor INTEGER NOT NULL,
	currency TEXT NOT NULL,
	fee_minor INTEGER,
	reason_code TEXT NOT NULL,
	evidence_due_by TEXT,
	withdrawn_at TEXT,
	reinstated_at TEXT,
	covered INTEGER NOT NULL,
	closed_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT disputes_charge FOREIGN KEY(charge_id) REFERENCES charges (id),
	CONSTRAINT disputes_amounts_positive CHECK (amount_minor > 0 AND fee_minor >= 0),
	CONSTRAINT disputes_closed_of_status CHECK ((closed_at IS NULL) = (status IN ('needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'))),
	CONSTRAINT disputes_reinstated_after CHECK (reinstated_at IS NULL OR withdrawn_at IS NOT NULL),
	CONSTRAINT disputes_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT disputes_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT disputes_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT disputes_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT disputes_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT disputes_seq_rule CHECK (seq >= 1),
	CONSTRAINT disputes_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT disputes_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT disputes_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT disputes_charge_id_rule CHECK (length(charge_id) BETWEEN 1 AND 200),
	CONSTRAINT disputes_amount_minor_rule CHECK (amount_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT disputes_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT disputes_fee_minor_rule CHECK (fee_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT disputes_reason_code_rule CHECK (length(reason_code) BETWEEN 1 AND 200),
	CONSTRAINT disputes_evidence_due_by_rule CHECK (evidence_due_by GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND evidence_due_by >= '2000' AND evidence_due_by < '3000'),
	CONSTRAINT disputes_withdrawn_at_rule CHECK (withdrawn_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND withdrawn_at >= '2000' AND withdrawn_at < '3000'),
	CONSTRAINT disputes_reinstated_at_rule CHECK (reinstated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND reinstated_at >= '2000' AND reinstated_at < '3000'),
	CONSTRAINT disputes_covered_rule CHECK (covered BETWEEN 0 AND 1),
	CONSTRAINT disputes_closed_at_rule CHECK (closed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND closed_at >= '2000' AND closed_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX disputes_created_at ON disputes (created_at, id);

CREATE INDEX disputes_due ON disputes (status, evidence_due_by, id);

CREATE INDEX disputes_of_charge ON disputes (charge_id, id);

CREATE INDEX disputes_status ON disputes (status, id);

CREATE INDEX disputes_updated_at ON disputes (updated_at, id);

CREATE TABLE stripe_events (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('stripe_event') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	attempt_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	event_type TEXT NOT NULL,
	api_version TEXT,
	livemode INTEGER NOT NULL,
	created TEXT NOT NULL,
	payload_digest TEXT NOT NULL,
	object_id TEXT NOT NULL,
	account TEXT,
	origin TEXT NOT NULL,
	last_code TEXT,
	PRIMARY KEY (id),
	CONSTRAINT stripe_events_payload FOREIGN KEY(payload_digest) REFERENCES payloads (digest) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT stripe_events_origin_known CHECK (origin IN ('backfill', 'webhook')),
	CONSTRAINT stripe_events_outcome_of_attempt CHECK (status = 'RECEIVED' OR attempt_number > 0),
	CONSTRAINT stripe_events_history FOREIGN KEY (lifecycle, id, seq, status, attempt_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT stripe_events_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT stripe_events_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_seq_rule CHECK (seq >= 1),
	CONSTRAINT stripe_events_attempt_number_rule CHECK (attempt_number >= 0),
	CONSTRAINT stripe_events_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT stripe_events_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT stripe_events_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT stripe_events_event_type_rule CHECK (length(event_type) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_api_version_rule CHECK (length(api_version) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_livemode_rule CHECK (livemode BETWEEN 0 AND 1),
	CONSTRAINT stripe_events_created_rule CHECK (created GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created >= '2000' AND created < '3000'),
	CONSTRAINT stripe_events_payload_digest_rule CHECK (length(payload_digest) = 64 AND trim(payload_digest, '0123456789abcdef') = ''),
	CONSTRAINT stripe_events_object_id_rule CHECK (length(object_id) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_account_rule CHECK (length(account) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_origin_rule CHECK (length(origin) BETWEEN 1 AND 200),
	CONSTRAINT stripe_events_last_code_rule CHECK (length(last_code) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX stripe_events_created ON stripe_events (created);

CREATE INDEX stripe_events_created_at ON stripe_events (created_at, id);

CREATE INDEX stripe_events_of_object ON stripe_events (object_id, id);

CREATE INDEX stripe_events_of_type ON stripe_events (event_type, id);

CREATE INDEX stripe_events_received ON stripe_events (status, created_at, id);

CREATE INDEX stripe_events_status ON stripe_events (status, id);

CREATE INDEX stripe_events_updated_at ON stripe_events (updated_at, id);

CREATE TABLE reconciliations (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('reconciliation') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	scope TEXT NOT NULL,
	started_at TEXT NOT NULL,
	checked TEXT NOT NULL,
	discrepancy_count INTEGER,
	finished_at TEXT,
	error_code TEXT,
	error_message TEXT,
	PRIMARY KEY (id),
	CONSTRAINT reconciliations_scope_known CHECK (scope IN ('CHEAP', 'FULL')),
	CONSTRAINT reconciliations_result_of_status CHECK ((discrepancy_count IS NOT NULL) = (status = 'COMPLETE') AND (finished_at IS NULL) = (status = 'STARTED')),
	CONSTRAINT reconciliations_error_of_status CHECK (CASE WHEN status = 'FAILED' THEN error_code IS NOT NULL AND error_message IS NOT NULL ELSE error_code IS NULL AND error_message IS NULL END),
	CONSTRAINT reconciliations_message_short CHECK (length(error_message) <= 1000),
	CONSTRAINT reconciliations_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT reconciliations_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT reconciliations_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT reconciliations_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT reconciliations_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT reconciliations_seq_rule CHECK (seq >= 1),
	CONSTRAINT reconciliations_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT reconciliations_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT reconciliations_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT reconciliations_scope_rule CHECK (length(scope) BETWEEN 1 AND 200),
	CONSTRAINT reconciliations_started_at_rule CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND started_at >= '2000' AND started_at < '3000'),
	CONSTRAINT reconciliations_checked_rule CHECK (checked IS NULL OR json_valid(checked) AND json_type(checked) = 'array'),
	CONSTRAINT reconciliations_discrepancy_count_rule CHECK (discrepancy_count >= 0),
	CONSTRAINT reconciliations_finished_at_rule CHECK (finished_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND finished_at >= '2000' AND finished_at < '3000'),
	CONSTRAINT reconciliations_error_code_rule CHECK (length(error_code) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX reconciliations_created_at ON reconciliations (created_at, id);

CREATE INDEX reconciliations_of_scope ON reconciliations (scope, started_at, id);

CREATE UNIQUE INDEX reconciliations_one_running ON reconciliations (scope) WHERE status = 'STARTED';

CREATE INDEX reconciliations_started_at ON reconciliations (started_at, id);

CREATE INDEX reconciliations_status ON reconciliations (status, id);

CREATE INDEX reconciliations_updated_at ON reconciliations (updated_at, id);

CREATE TABLE payment_switches (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('payment_switch') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	reason_code TEXT,
	halted_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT payment_switches_halt_of_status CHECK (CASE WHEN status = 'HALTED' THEN reason_code IS NOT NULL AND halted_at IS NOT NULL ELSE reason_code IS NULL AND halted_at IS NULL END),
	CONSTRAINT payment_switches_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT payment_switches_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT payment_switches_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT payment_switches_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT payment_switches_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT payment_switches_seq_rule CHECK (seq >= 1),
	CONSTRAINT payment_switches_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT payment_switches_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT payment_switches_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT payment_switches_reason_code_rule CHECK (length(reason_code) BETWEEN 1 AND 200),
	CONSTRAINT payment_switches_halted_at_rule CHECK (halted_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND halted_at >= '2000' AND halted_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE payees (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('payee') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	destination TEXT,
	destination_set_by TEXT,
	PRIMARY KEY (id),
	CONSTRAINT payees_destination_of_status CHECK (CASE WHEN status IN ('READY', 'RESTRICTED') THEN destination IS NOT NULL AND destination_set_by IS NOT NULL ELSE destination IS NULL AND destination_set_by IS NULL END),
	CONSTRAINT payees_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT payees_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT payees_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT payees_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT payees_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT payees_seq_rule CHECK (seq >= 1),
	CONSTRAINT payees_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT payees_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT payees_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT payees_destination_rule CHECK (length(destination) BETWEEN 1 AND 200),
	CONSTRAINT payees_destination_set_by_rule CHECK (length(destination_set_by) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX payees_created_at ON payees (created_at, id);

CREATE UNIQUE INDEX payees_one_destination ON payees (destination);

CREATE INDEX payees_status ON payees (status, id);

CREATE INDEX payees_updated_at ON payees (updated_at, id);

CREATE TABLE payout_jobs (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('payout_job') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	reference TEXT NOT NULL,
	currency TEXT NOT NULL,
	transfer_count INTEGER NOT NULL,
	total_minor INTEGER NOT NULL,
	completed_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT payout_jobs_of_reference UNIQUE (id, reference, currency),
	CONSTRAINT payout_jobs_total CHECK (total_minor >= transfer_count),
	CONSTRAINT payout_jobs_end_of_status CHECK ((completed_at IS NOT NULL) = (status = 'complete')),
	CONSTRAINT payout_jobs_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT payout_jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT payout_jobs_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT payout_jobs_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT payout_jobs_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT payout_jobs_seq_rule CHECK (seq >= 1),
	CONSTRAINT payout_jobs_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT payout_jobs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT payout_jobs_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT payout_jobs_reference_rule CHECK (length(reference) BETWEEN 1 AND 200),
	CONSTRAINT payout_jobs_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT payout_jobs_transfer_count_rule CHECK (transfer_count >= 0),
	CONSTRAINT payout_jobs_total_minor_rule CHECK (total_minor BETWEEN -1000000000000000 AND 1000000000000000),
	CONSTRAINT payout_jobs_completed_at_rule CHECK (completed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND completed_at >= '2000' AND completed_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX payout_jobs_created_at ON payout_jobs (created_at, id);

CREATE INDEX payout_jobs_status ON payout_jobs (status, id);

CREATE INDEX payout_jobs_updated_at ON payout_jobs (updated_at, id);

CREATE TABLE transfers (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('transfer') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	attempt_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	job_id TEXT,
	settlement_id TEXT NOT NULL,
	reference TEXT NOT NULL,
	party TEXT NOT NULL,
	amount_minor INTEGER NOT NULL,
	currency TEXT NOT NULL,
	line_count INTEGER NOT NULL,
	reissue_of TEXT,
	approved_by TEXT,
	approved_at TEXT,
	approval_reason TEXT,
	approved_destination TEXT,
	destination TEXT,
	generation INTEGER NOT NULL,
	first_attempt_at TEXT,
	retry_until TEXT,
	must_look_up INTEGER NOT NULL,
	failure_code TEXT,
	failure_message TEXT,
	failure_count INTEGER NOT NULL,
	failure_reason TEXT,
	stripe_transfer_id TEXT,
	parked_at TEXT,
	completed_at TEXT,
	reversed_minor INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT transfers_job FOREIGN KEY(job_id, reference, currency) REFERENCES payout_jobs (id, reference, currency) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT transfers_reissued FOREIGN KEY(reissue_of) REFERENCES transfers (id),
	CONSTRAINT transfers_amount_of_lines CHECK (amount_minor >= line_count),
	CONSTRAINT transfers_result_of_status CHECK (CASE WHEN status = 'completed' THEN stripe_transfer_id IS NOT NULL AND completed_at IS NOT NULL ELSE stripe_transfer_id IS NULL AND completed_at IS NULL END),
	CONSTRAINT transfers_failure_of_status CHECK ((failure_reason IS NOT NULL) = (status = 'failed_terminal') AND (failure_reason IN ('BUDGET_SPENT', 'REJECTED', 'UNCLAIMED')) IS NOT FALSE),
	CONSTRAINT transfers_parked_since CHECK (status <> 'parked' OR parked_at IS NOT NULL),
	CONSTRAINT transfers_pending_waits_for_nothing CHECK (status <> 'pending' OR parked_at IS NULL AND failure_code IS NULL AND failure_message IS NULL),
	CONSTRAINT transfers_approval_complete CHECK (CASE WHEN approved_by IS NOT NULL THEN approved_by IS NOT NULL AND approved_at IS NOT NULL AND approval_reason IS NOT NULL ELSE approved_by IS NULL AND approved_at IS NULL AND approval_reason IS NULL END),
	CONSTRAINT transfers_destination_of_approval CHECK (approved_destination IS NULL OR approved_by IS NOT NULL),
	CONSTRAINT transfers_destination_of_attempt CHECK (destination IS NULL OR attempt_number > 0 OR status = 'completed'),
	CONSTRAINT transfers_approved_before CHECK (status <> 'processing' OR approved_by IS NOT NULL AND destination IS NOT NULL),
	CONSTRAINT transfers_reversed_within CHECK (reversed_minor BETWEEN 0 AND CASE status WHEN 'completed' THEN amount_minor ELSE 0 END),
	CONSTRAINT transfers_texts_short CHECK (length(failure_message) <= 1000 AND length(approval_reason) <= 1000),
	CONSTRAINT transfers_history FOREIGN KEY (lifecycle, id, seq, status, attempt_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT transfers_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT transfers_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT transfers_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT transfers_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT transfers_seq_rule CHECK (seq >= 1),
	CONSTRAINT transfers_attempt_number_rule CHECK (attempt_number >= 0),
	CONSTRAINT transfers_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT transfers_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT transfers_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT transfers_job_id_rule CHECK (length(job_id) BETWEEN 1 AND 200),
	CONSTRAINT transfers_settlement_id_rule CHECK (length(settlement_id) BETWEEN 1 AND 200),
	CONSTRAINT transfers_reference_rule CHECK (length(reference) BETWEEN 1 AND 200),
	CONSTRAINT transfers_party_rule CHECK (length(party) BETWEEN 1 AND 200),
	CONSTRAINT transfers_amount_minor_rule CHECK (amount_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT transfers_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT transfers_line_count_rule CHECK (line_count >= 1),
	CONSTRAINT transfers_reissue_of_rule CHECK (length(reissue_of) BETWEEN 1 AND 200),
	CONSTRAINT transfers_approved_by_rule CHECK (length(approved_by) BETWEEN 1 AND 200),
	CONSTRAINT transfers_approved_at_rule CHECK (approved_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND approved_at >= '2000' AND approved_at < '3000'),
	CONSTRAINT transfers_approved_destination_rule CHECK (length(approved_destination) BETWEEN 1 AND 200),
	CONSTRAINT transfers_destination_rule CHECK (length(destination) BETWEEN 1 AND 200),
	CONSTRAINT transfers_generation_rule CHECK (generation >= 1),
	CONSTRAINT transfers_first_attempt_at_rule CHECK (first_attempt_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND first_attempt_at >= '2000' AND first_attempt_at < '3000'),
	CONSTRAINT transfers_retry_until_rule CHECK (retry_until GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND retry_until >= '2000' AND retry_until < '3000'),
	CONSTRAINT transfers_must_look_up_rule CHECK (must_look_up BETWEEN 0 AND 1),
	CONSTRAINT transfers_failure_code_rule CHECK (length(failure_code) BETWEEN 1 AND 200),
	CONSTRAINT transfers_failure_count_rule CHECK (failure_count >= 0),
	CONSTRAINT transfers_failure_reason_rule CHECK (length(failure_reason) BETWEEN 1 AND 200),
	CONSTRAINT transfers_stripe_transfer_id_rule CHECK (length(stripe_transfer_id) BETWEEN 1 AND 200),
	CONSTRAINT transfers_parked_at_rule CHECK (parked_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND parked_at >= '2000' AND parked_at < '3000'),
	CONSTRAINT transfers_completed_at_rule CHECK (completed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND completed_at >= '2000' AND completed_at < '3000'),
	CONSTRAINT transfers_reversed_minor_rule CHECK (reversed_minor BETWEEN -1000000000000000 AND 1000000000000000)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX transfers_created_at ON transfers (created_at, id);

CREATE INDEX transfers_of_job ON transfers (job_id, id);

CREATE INDEX transfers_of_job_status ON transfers (job_id, status, id);

CREATE INDEX transfers_of_party ON transfers (party, status, id);

CREATE INDEX transfers_of_reference ON transfers (reference, id);

CREATE UNIQUE INDEX transfers_one_stripe_transfer ON transfers (stripe_transfer_id);

CREATE INDEX transfers_parked_at ON transfers (status, parked_at, id);

CREATE INDEX transfers_status ON transfers (status, id);

CREATE INDEX transfers_stuck ON transfers (status, updated_at, id);

CREATE INDEX transfers_updated_at ON transfers (updated_at, id);

CREATE TABLE postings (
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	debit_account_id TEXT NOT NULL,
	credit_account_id TEXT NOT NULL,
	amount_minor INTEGER NOT NULL,
	party TEXT,
	owed_movement_id TEXT,
	owed_number INTEGER,
	reversed_movement_id TEXT,
	reversed_number INTEGER,
	reversal_ref TEXT,
	CONSTRAINT postings_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT postings_amount_positive CHECK (amount_minor > 0),
	CONSTRAINT postings_two_accounts CHECK (debit_account_id <> credit_account_id),
	CONSTRAINT postings_lines_complete CHECK ((owed_movement_id IS NULL) = (owed_number IS NULL) AND (reversed_movement_id IS NULL) = (reversed_number IS NULL) AND (reversed_movement_id IS NULL) = (reversal_ref IS NULL)),
	CONSTRAINT postings_payout_names_line CHECK ((substr(debit_account_id, 1, 15) = 'winner_payable:') = (owed_movement_id IS NOT NULL)),
	CONSTRAINT postings_owed_to_party CHECK (party IS NOT NULL OR NOT (substr(credit_account_id, 1, 15) = 'winner_payable:')),
	CONSTRAINT postings_reversal_is_owed CHECK (reversed_movement_id IS NULL OR substr(credit_account_id, 1, 15) = 'winner_payable:'),
	CONSTRAINT postings_head FOREIGN KEY(entity_id) REFERENCES movements (id),
	CONSTRAINT postings_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT postings_seq_rule CHECK (seq >= 1),
	CONSTRAINT postings_number_rule CHECK (number >= 1),
	CONSTRAINT postings_debit_account_id_rule CHECK (length(debit_account_id) BETWEEN 1 AND 200),
	CONSTRAINT postings_credit_account_id_rule CHECK (length(credit_account_id) BETWEEN 1 AND 200),
	CONSTRAINT postings_amount_minor_rule CHECK (amount_minor BETWEEN -1000000000000 AND 1000000000000),
	CONSTRAINT postings_party_rule CHECK (length(party) BETWEEN 1 AND 200),
	CONSTRAINT postings_owed_movement_id_rule CHECK (length(owed_movement_id) BETWEEN 1 AND 200),
	CONSTRAINT postings_owed_number_rule CHECK (owed_number >= 1),
	CONSTRAINT postings_reversed_movement_id_rule CHECK (length(reversed_movement_id) BETWEEN 1 AND 200),
	CONSTRAINT postings_reversed_number_rule CHECK (reversed_number >= 1),
	CONSTRAINT postings_reversal_ref_rule CHECK (length(reversal_ref) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX postings_of_credit_account ON postings (credit_account_id, entity_id, number);

CREATE INDEX postings_of_debit_account ON postings (debit_account_id, entity_id, number);

CREATE INDEX postings_of_party ON postings (party, entity_id, number);

CREATE UNIQUE INDEX postings_owed_line ON postings (owed_movement_id, owed_number) WHERE owed_movement_id IS NOT NULL;

CREATE UNIQUE INDEX postings_reversal ON postings (reversed_movement_id, reversed_number, reversal_ref) WHERE reversed_movement_id IS NOT NULL;

CREATE TABLE covered_items (
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	item TEXT NOT NULL,
	CONSTRAINT covered_items_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT covered_items_item UNIQUE (item),
	CONSTRAINT covered_items_head FOREIGN KEY(entity_id) REFERENCES movements (id),
	CONSTRAINT covered_items_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT covered_items_seq_rule CHECK (seq >= 1),
	CONSTRAINT covered_items_number_rule CHECK (number >= 1),
	CONSTRAINT covered_items_item_rule CHECK (length(item) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE refund_attempts (
	refund_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	generation INTEGER NOT NULL,
	idempotency_key TEXT NOT NULL,
	kind TEXT NOT NULL,
	started_at TEXT NOT NULL,
	CONSTRAINT refund_attempts_pkey PRIMARY KEY (refund_id, number),
	CONSTRAINT refund_attempts_refund FOREIGN KEY(refund_id) REFERENCES refunds (id),
	CONSTRAINT refund_attempts_previous FOREIGN KEY(refund_id, previous_number) REFERENCES refund_attempts (refund_id, number),
	CONSTRAINT refund_attempts_kind_known CHECK (kind IN ('CALL', 'LOOKUP')),
	CONSTRAINT refund_attempts_key_of_generation CHECK (idempotency_key = 'refund:' || refund_id || ':' || 'g' || CAST(generation AS text)),
	CONSTRAINT refund_attempts_refund_id_rule CHECK (length(refund_id) BETWEEN 1 AND 200),
	CONSTRAINT refund_attempts_number_rule CHECK (number >= 1),
	CONSTRAINT refund_attempts_generation_rule CHECK (generation >= 1),
	CONSTRAINT refund_attempts_idempotency_key_rule CHECK (length(idempotency_key) BETWEEN 1 AND 200),
	CONSTRAINT refund_attempts_kind_rule CHECK (length(kind) BETWEEN 1 AND 200),
	CONSTRAINT refund_attempts_started_at_rule CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND started_at >= '2000' AND started_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE stripe_event_attempts (
	event_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	outcome TEXT NOT NULL,
	code TEXT,
	message TEXT,
	at TEXT NOT NULL,
	CONSTRAINT stripe_event_attempts_pkey PRIMARY KEY (event_id, number),
	CONSTRAINT stripe_event_attempts_event FOREIGN KEY(event_id) REFERENCES stripe_events (id),
	CONSTRAINT stripe_event_attempts_previous FOREIGN KEY(event_id, previous_number) REFERENCES stripe_event_attempts (event_id, number),
	CONSTRAINT stripe_event_attempts_outcome_known CHECK (outcome IN ('DUPLICATE', 'FAILED', 'IGNORED', 'PROCESSED')),
	CONSTRAINT stripe_event_attempts_message_short CHECK (length(message) <= 1000),
	CONSTRAINT stripe_event_attempts_event_id_rule CHECK (length(event_id) BETWEEN 1 AND 200),
	CONSTRAINT stripe_event_attempts_number_rule CHECK (number >= 1),
	CONSTRAINT stripe_event_attempts_outcome_rule CHECK (length(outcome) BETWEEN 1 AND 200),
	CONSTRAINT stripe_event_attempts_code_rule CHECK (length(code) BETWEEN 1 AND 200),
	CONSTRAINT stripe_event_attempts_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE discrepancies (
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	rule TEXT NOT NULL,
	subject TEXT NOT NULL,
	currency TEXT,
	expected TEXT NOT NULL,
	actual TEXT NOT NULL,
	difference_minor INTEGER,
	remedy TEXT,
	CONSTRAINT discrepancies_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT discrepancies_rule_known CHECK (rule IN ('R1', 'R10', 'R11', 'R12', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9')),
	CONSTRAINT discrepancies_remedy_known CHECK (remedy IN ('AWAITED', 'STORED')),
	CONSTRAINT discrepancies_texts_short CHECK (length(expected) <= 1000 AND length(actual) <= 1000),
	CONSTRAINT discrepancies_head FOREIGN KEY(entity_id) REFERENCES reconciliations (id),
	CONSTRAINT discrepancies_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT discrepancies_seq_rule CHECK (seq >= 1),
	CONSTRAINT discrepancies_number_rule CHECK (number >= 1),
	CONSTRAINT discrepancies_rule_rule CHECK (length(rule) BETWEEN 1 AND 200),
	CONSTRAINT discrepancies_subject_rule CHECK (length(subject) BETWEEN 1 AND 200),
	CONSTRAINT discrepancies_currency_rule CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
	CONSTRAINT discrepancies_difference_minor_rule CHECK (difference_minor BETWEEN -1000000000000000 AND 1000000000000000),
	CONSTRAINT discrepancies_remedy_rule CHECK (length(remedy) BETWEEN 1 AND 200)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE transfer_lines (
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	owed_movement_id TEXT NOT NULL,
	owed_number INTEGER NOT NULL,
	amount_minor INTEGER NOT NULL,
	CONSTRAINT transfer_lines_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT transfer_lines_owed_line UNIQUE (owed_movement_id, owed_number),
	CONSTRAINT transfer_lines_amount_positive CHECK (amount_minor > 0),
	CONSTRAINT transfer_lines_head FOREIGN KEY(entity_id) REFERENCES transfers (id),
	CONSTRAINT transfer_lines_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT transfer_lines_seq_rule CHECK (seq >= 1),
	CONSTRAINT transfer_lines_number_rule CHECK (number >= 1),
	CONSTRAINT transfer_lines_owed_movement_id_rule CHECK (length(owed_movement_id) BETWEEN 1 AND 200),
	CONSTRAINT transfer_lines_owed_number_rule CHECK (owed_number >= 1),
	CONSTRAINT transfer_lines_amount_minor_rule CHECK (amount_minor BETWEEN -1000000000000 AND 1000000000000)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE transfer_attempts (
	transfer_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	generation INTEGER NOT NULL,
	idempotency_key TEXT NOT NULL,
	kind TEXT NOT NULL,
	started_at TEXT NOT NULL,
	CONSTRAINT transfer_attempts_pkey PRIMARY KEY (transfer_id, number),
	CONSTRAINT transfer_attempts_transfer FOREIGN KEY(transfer_id) REFERENCES transfers (id),
	CONSTRAINT transfer_attempts_previous FOREIGN KEY(transfer_id, previous_number) REFERENCES transfer_attempts (transfer_id, number),
	CONSTRAINT transfer_attempts_kind_known CHECK (kind IN ('CALL', 'LOOKUP')),
	CONSTRAINT transfer_attempts_key_of_generation CHECK (idempotency_key = 'payout:' || transfer_id || ':' || 'g' || CAST(generation AS text)),
	CONSTRAINT transfer_attempts_transfer_id_rule CHECK (length(transfer_id) BETWEEN 1 AND 200),
	CONSTRAINT transfer_attempts_number_rule CHECK (number >= 1),
	CONSTRAINT transfer_attempts_generation_rule CHECK (generation >= 1),
	CONSTRAINT transfer_attempts_idempotency_key_rule CHECK (length(idempotency_key) BETWEEN 1 AND 200),
	CONSTRAINT transfer_attempts_kind_rule CHECK (length(kind) BETWEEN 1 AND 200),
	CONSTRAINT transfer_attempts_started_at_rule CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND started_at >= '2000' AND started_at < '3000')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX history_by_lifecycle ON history ((lifecycle || ''), position);

CREATE INDEX history_by_actor ON history (actor, position);

CREATE INDEX history_by_action ON history (action, position);

CREATE INDEX history_by_at ON history (at, position);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('key', '', 'create', 'ACTIVE', 0), ('key', 'ACTIVE', 'revoke', 'REVOKED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('stage', '', 'pause', 'PAUSED', 0), ('stage', 'PAUSED', 'resume', 'RUNNING', 0), ('stage', 'RUNNING', 'pause', 'PAUSED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('setting', '', 'change', 'SET', 0), ('setting', 'SET', 'change', 'SET', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('runbook_execution', '', 'start', 'pending', 0), ('runbook_execution', 'pending', 'record_step', 'in_progress', 0), ('runbook_execution', 'in_progress', 'record_step', 'in_progress', 0), ('runbook_execution', 'in_progress', 'complete', 'completed', 0), ('runbook_execution', 'pending', 'fail', 'failed', 0), ('runbook_execution', 'in_progress', 'fail', 'failed', 0), ('runbook_execution', 'in_progress', 'complete_partially', 'partial', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('concept', '', 'create', 'DRAFT', 1), ('concept', 'DRAFT', 'edit', 'DRAFT', 1), ('concept', 'DRAFT', 'submit', 'REVIEW', 0), ('concept', 'REVIEW', 'edit', 'REVIEW', 1), ('concept', 'REVIEW', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'edit', 'APPROVED', 1), ('concept', 'APPROVED', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'publish', 'PUBLISHED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('space', '', 'create', 'ACTIVE', 0), ('space', 'ACTIVE', 'rename', 'ACTIVE', 0), ('space', 'ACTIVE', 'retire', 'RETIRED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('subspace', '', 'create', 'ACTIVE', 0), ('subspace', 'ACTIVE', 'rename', 'ACTIVE', 0), ('subspace', 'ACTIVE', 'seed', 'ACTIVE', 0), ('subspace', 'ACTIVE', 'retire', 'RETIRED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('algorithm', '', 'register', 'REGISTERED', 0), ('algorithm', 'REGISTERED', 'activate', 'ACTIVE', 0), ('algorithm', 'ACTIVE', 'replace', 'REPLACED', 0), ('algorithm', 'REPLACED', 'activate', 'ACTIVE', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('author', '', 'create', 'known', 0), ('author', 'known', 'edit', 'known', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('mint_event', '', 'detect', 'canonical', 0), ('mint_event', 'canonical', 'orphan', 'orphaned', 0), ('mint_event', 'orphaned', 'restore', 'canonical', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('token', '', 'detect', 'detected', 0), ('token', '', 'recover', 'revealed', 0), ('token', 'detected', 'generate', 'generating', 0), ('token', 'generating', 'upload', 'uploading', 0), ('token', 'uploading', 'ready', 'ready', 0), ('token', 'ready', 'reveal', 'revealed', 0), ('token', 'detected', 'fail', 'failed', 0), ('token', 'generating', 'fail', 'failed', 0), ('token', 'uploading', 'fail', 'failed', 0), ('token', 'ready', 'fail', 'failed', 0), ('token', 'generating', 'progress', 'generating', 0), ('token', 'uploading', 'progress', 'uploading', 0), ('token', 'generating', 'retry', 'detected', 0), ('token', 'failed', 'retry', 'detected', 0), ('token', 'detected', 'sync', 'revealed', 0), ('token', 'generating', 'sync', 'revealed', 0), ('token', 'uploading', 'sync', 'revealed', 0), ('token', 'failed', 'sync', 'revealed', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('image_job', '', 'create', 'pending', 0), ('image_job', 'pending', 'start', 'running', 0), ('image_job', 'running', 'progress', 'running', 0), ('image_job', 'running', 'retry', 'pending', 0), ('image_job', 'running', 'complete', 'completed', 0), ('image_job', 'pending', 'fail', 'failed', 0), ('image_job', 'running', 'fail', 'failed', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('ipfs_upload', '', 'create', 'pending', 0), ('ipfs_upload', 'pending', 'start', 'uploading', 0), ('ipfs_upload', 'uploading', 'retry', 'pending', 0), ('ipfs_upload', 'uploading', 'complete', 'completed', 0), ('ipfs_upload', 'pending', 'fail', 'failed', 0), ('ipfs_upload', 'uploading', 'fail', 'failed', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('reveal_transaction', '', 'create', 'pending', 0), ('reveal_transaction', 'pending', 'send', 'sent', 0), ('reveal_transaction', 'sent', 'replace', 'sent', 0), ('reveal_transaction', 'sent', 'confirm', 'confirmed', 0), ('reveal_transaction', 'pending', 'fail', 'failed', 0), ('reveal_transaction', 'sent', 'fail', 'failed', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('system_state', '', 'create', 'set', 0), ('system_state', 'set', 'set', 'set', 0), ('system_state', 'set', 'delete', 'deleted', 0), ('system_state', 'deleted', 'set', 'set', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('project', '', 'create', 'unbound', 0), ('project', 'unbound', 'rename', 'unbound', 0), ('project', 'requested', 'rename', 'requested', 0), ('project', 'bound', 'rename', 'bound', 0), ('project', 'unbound', 'set_nodes', 'unbound', 0), ('project', 'requested', 'set_nodes', 'requested', 0), ('project', 'bound', 'set_nodes', 'bound', 0), ('project', 'unbound', 'add_prompt', 'unbound', 1), ('project', 'requested', 'add_prompt', 'requested', 1), ('project', 'bound', 'add_prompt', 'bound', 1), ('project', 'unbound', 'update_latest_job', 'unbound', 0), ('project', 'requested', 'update_latest_job', 'requested', 0), ('project', 'bound', 'update_latest_job', 'bound', 0), ('project', 'unbound', 'request_repository', 'requested', 0), ('project', 'requested', 'request_repository', 'requested', 0), ('project', 'requested', 'set_github_repo_url', 'bound', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('job', '', 'create', 'pending', 1), ('job', 'pending', 'start', 'running', 1), ('job', 'pending', 'fail', 'failed', 1), ('job', 'running', 'progress', 'running', 1), ('job', 'running', 'complete', 'completed', 1), ('job', 'running', 'complete_with_warnings', 'completed_with_warnings', 1), ('job', 'running', 'fail', 'failed', 1);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest', '', 'publish', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'configure', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'lock', 'LOCKED', 0), ('contest', 'SCHEDULED', 'force_lock', 'LOCKED', 1), ('contest', 'LOCKED', 'start', 'LIVE', 0), ('contest', 'LIVE', 'complete', 'COMPLETE', 0), ('contest', 'SCHEDULED', 'cancel', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_unfilled', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_shortened', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'fail', 'ERROR', 0), ('contest', 'LOCKED', 'fail', 'ERROR', 0), ('contest', 'LIVE', 'fail', 'ERROR', 0), ('contest', 'ERROR', 'resolve_complete', 'COMPLETE', 0), ('contest', 'ERROR', 'resolve_cancel', 'CANCELLED', 0), ('contest', 'ERROR', 'resume_scheduled', 'SCHEDULED', 0), ('contest', 'ERROR', 'resume_locked', 'LOCKED', 0), ('contest', 'ERROR', 'resume_live', 'LIVE', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('entry', '', 'enter', 'PENDING_PAYMENT', 1), ('entry', '', 'enter_free', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'set_roster', 'PENDING_PAYMENT', 1), ('entry', 'ACTIVE', 'set_roster', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'activate', 'ACTIVE', 0), ('entry', 'PENDING_PAYMENT', 'reject', 'REJECTED', 0), ('entry', 'ACTIVE', 'refund', 'REFUNDED', 0), ('entry', 'ACTIVE', 'void', 'VOID', 0), ('entry', 'VOID', 'refund', 'REFUNDED', 0), ('entry', 'VOID', 'reinstate', 'ACTIVE', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest_log', '', 'open', 'OPEN', 0), ('contest_log', 'OPEN', 'append', 'OPEN', 1), ('contest_log', 'OPEN', 'correct', 'OPEN', 1), ('contest_log', 'PAUSED', 'correct', 'PAUSED', 1), ('contest_log', 'OPEN', 'skip', 'OPEN', 0), ('contest_log', 'OPEN', 'pause', 'PAUSED', 0), ('contest_log', 'PAUSED', 'resume', 'OPEN', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('provider_feed', '', 'open', 'POLLING', 0), ('provider_feed', 'POLLING', 'fetch', 'POLLING', 1), ('provider_feed', 'POLLING', 'stop', 'STOPPED', 0), ('provider_feed', 'STOPPED', 'poll', 'POLLING', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('settlement_run', '', 'start', 'STARTED', 0), ('settlement_run', 'STARTED', 'complete', 'COMPLETE', 0), ('settlement_run', 'STARTED', 'fail', 'FAILED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('account', '', 'open', 'OPEN', 0), ('account', 'OPEN', 'post', 'OPEN', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('movement', '', 'post', 'POSTED', 0), ('movement', '', 'settle', 'POSTED', 0), ('movement', '', 'note', 'POSTED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('charge', '', 'open', 'PENDING', 0), ('charge', 'PENDING', 'attach_intent', 'PENDING', 0), ('charge', 'FAILED', 'attach_intent', 'FAILED', 0), ('charge', 'PENDING', 'attach_session', 'PENDING', 0), ('charge', 'FAILED', 'attach_session', 'FAILED', 0), ('charge', 'PENDING', 'extend', 'PENDING', 0), ('charge', 'REQUIRES_ACTION', 'extend', 'REQUIRES_ACTION', 0), ('charge', 'PROCESSING', 'extend', 'PROCESSING', 0), ('charge', 'FAILED', 'extend', 'FAILED', 0), ('charge', 'PENDING', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'FAILED', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'PENDING', 'process', 'PROCESSING', 0), ('charge', 'FAILED', 'process', 'PROCESSING', 0), ('charge', 'REQUIRES_ACTION', 'process', 'PROCESSING', 0), ('charge', 'PENDING', 'succeed', 'SUCCEEDED', 0), ('charge', 'REQUIRES_ACTION', 'succeed', 'SUCCEEDED', 0), ('charge', 'PROCESSING', 'succeed', 'SUCCEEDED', 0), ('charge', 'FAILED', 'succeed', 'SUCCEEDED', 0), ('charge', 'PENDING', 'fail', 'FAILED', 0), ('charge', 'REQUIRES_ACTION', 'fail', 'FAILED', 0), ('charge', 'PROCESSING', 'fail', 'FAILED', 0), ('charge', 'PENDING', 'cancel', 'CANCELED', 0), ('charge', 'REQUIRES_ACTION', 'cancel', 'CANCELED', 0), ('charge', 'FAILED', 'cancel', 'CANCELED', 0), ('charge', 'PENDING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'REQUIRES_ACTION', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'PROCESSING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'FAILED', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'SUCCEEDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'PARTIALLY_REFUNDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUNDED', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'refund', 'REFUNDED', 0), ('charge', 'REFUND_PENDING', 'refund_part', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUND_PENDING', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUND_PENDING', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'dispute', 'DISPUTED', 0), ('charge', 'REFUNDED', 'dispute_refunded', 'DISPUTED', 0), ('charge', 'PARTIALLY_REFUNDED', 'dispute_part_refunded', 'DISPUTED', 0), ('charge', 'DISPUTED', 'win', 'SUCCEEDED', 0), ('charge', 'DISPUTED', 'win_refunded', 'REFUNDED', 0), ('charge', 'DISPUTED', 'win_part_refunded', 'PARTIALLY_REFUNDED', 0), ('charge', 'DISPUTED', 'lose', 'CHARGED_BACK', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('refund', '', 'request', 'requested', 0), ('refund', '', 'adopt', 'pending', 0), ('refund', 'requested', 'attempt', 'requested', 1), ('refund', 'requested', 'accept', 'pending', 0), ('refund', 'requires_action', 'accept', 'pending', 0), ('refund', 'requested', 'require_action', 'requires_action', 0), ('refund', 'pending', 'require_action', 'requires_action', 0), ('refund', 'requested', 'succeed', 'succeeded', 0), ('refund', 'pending', 'succeed', 'succeeded', 0), ('refund', 'requires_action', 'succeed', 'succeeded', 0), ('refund', 'requested', 'fail', 'failed', 0), ('refund', 'pending', 'fail', 'failed', 0), ('refund', 'requires_action', 'fail', 'failed', 0), ('refund', 'succeeded', 'fail', 'failed', 0), ('refund', 'requested', 'cancel', 'canceled', 0), ('refund', 'pending', 'cancel', 'canceled', 0), ('refund', 'requires_action', 'cancel', 'canceled', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('dispute', '', 'warn', 'warning_needs_response', 0), ('dispute', '', 'open', 'needs_response', 0), ('dispute', 'warning_needs_response', 'update', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'update', 'warning_under_review', 0), ('dispute', 'needs_response', 'update', 'needs_response', 0), ('dispute', 'under_review', 'update', 'under_review', 0), ('dispute', 'warning_needs_response', 'review_warning', 'warning_under_review', 0), ('dispute', 'warning_needs_response', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_under_review', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_needs_response', 'escalate', 'needs_response', 0), ('dispute', 'warning_under_review', 'escalate', 'needs_response', 0), ('dispute', 'warning_needs_response', 'review', 'under_review', 0), ('dispute', 'warning_under_review', 'review', 'under_review', 0), ('dispute', 'needs_response', 'review', 'under_review', 0), ('dispute', 'warning_needs_response', 'win', 'won', 0), ('dispute', 'warning_under_review', 'win', 'won', 0), ('dispute', 'needs_response', 'win', 'won', 0), ('dispute', 'under_review', 'win', 'won', 0), ('dispute', 'warning_needs_response', 'lose', 'lost', 0), ('dispute', 'warning_under_review', 'lose', 'lost', 0), ('dispute', 'needs_response', 'lose', 'lost', 0), ('dispute', 'under_review', 'lose', 'lost', 0), ('dispute', 'warning_needs_response', 'prevent', 'prevented', 0), ('dispute', 'warning_under_review', 'prevent', 'prevented', 0), ('dispute', 'needs_response', 'prevent', 'prevented', 0), ('dispute', 'under_review', 'prevent', 'prevented', 0), ('dispute', 'warning_needs_response', 'withdraw', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'withdraw', 'warning_under_review', 0), ('dispute', 'warning_closed', 'withdraw', 'warning_closed', 0), ('dispute', 'needs_response', 'withdraw', 'needs_response', 0), ('dispute', 'under_review', 'withdraw', 'under_review', 0), ('dispute', 'won', 'withdraw', 'won', 0), ('dispute', 'lost', 'withdraw', 'lost', 0), ('dispute', 'prevented', 'withdraw', 'prevented', 0), ('dispute', 'warning_needs_response', 'reinstate', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'reinstate', 'warning_under_review', 0), ('dispute', 'warning_closed', 'reinstate', 'warning_closed', 0), ('dispute', 'needs_response', 'reinstate', 'needs_response', 0), ('dispute', 'under_review', 'reinstate', 'under_review', 0), ('dispute', 'won', 'reinstate', 'won', 0), ('dispute', 'lost', 'reinstate', 'lost', 0), ('dispute', 'prevented', 'reinstate', 'prevented', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('stripe_event', '', 'receive', 'RECEIVED', 0), ('stripe_event', '', 'backfill', 'RECEIVED', 0), ('stripe_event', 'RECEIVED', 'process', 'PROCESSED', 1), ('stripe_event', 'RECEIVED', 'ignore', 'IGNORED', 1), ('stripe_event', 'RECEIVED', 'fail', 'RECEIVED', 1), ('stripe_event', 'RECEIVED', 'bury', 'DEAD', 1), ('stripe_event', 'DEAD', 'replay', 'RECEIVED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('reconciliation', '', 'start', 'STARTED', 0), ('reconciliation', 'STARTED', 'complete', 'COMPLETE', 0), ('reconciliation', 'STARTED', 'fail', 'FAILED', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payment_switch', '', 'halt', 'HALTED', 0), ('payment_switch', 'OPEN', 'halt', 'HALTED', 0), ('payment_switch', 'HALTED', 'halt', 'HALTED', 0), ('payment_switch', 'HALTED', 'resume', 'OPEN', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payee', '', 'register', 'NEW', 0), ('payee', 'NEW', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'attach', 'RESTRICTED', 0), ('payee', 'READY', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'enable', 'READY', 0), ('payee', 'READY', 'restrict', 'RESTRICTED', 0), ('payee', 'NEW', 'close', 'CLOSED', 0), ('payee', 'RESTRICTED', 'close', 'CLOSED', 0), ('payee', 'READY', 'close', 'CLOSED', 0), ('payee', 'CLOSED', 'reopen', 'NEW', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payout_job', '', 'plan', 'pending', 0), ('payout_job', 'pending', 'start', 'processing', 0), ('payout_job', 'pending', 'complete', 'complete', 0), ('payout_job', 'processing', 'complete', 'complete', 0), ('payout_job', 'complete', 'reopen', 'processing', 0);

INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('transfer', '', 'plan', 'pending', 0), ('transfer', 'pending', 'approve', 'pending', 0), ('transfer', 'pending', 'claim', 'processing', 1), ('transfer', 'retryable', 'claim', 'processing', 1), ('transfer', 'parked', 'claim', 'processing', 1), ('transfer', 'processing', 'claim', 'processing', 1), ('transfer', 'processing', 'complete', 'completed', 0), ('transfer', 'processing', 'retry', 'retryable', 0), ('transfer', 'pending', 'park', 'parked', 0), ('transfer', 'processing', 'park', 'parked', 0), ('transfer', 'retryable', 'park', 'parked', 0), ('transfer', 'parked', 'repark', 'parked', 0), ('transfer', 'parked', 'request_account', 'parked', 0), ('transfer', 'processing', 'fail', 'failed_terminal', 0), ('transfer', 'retryable', 'fail', 'failed_terminal', 0), ('transfer', 'parked', 'unclaim', 'failed_terminal', 0), ('transfer', 'parked', 'unpark', 'pending', 0), ('transfer', 'parked', 'approve', 'pending', 0), ('transfer', 'pending', 'adopt', 'completed', 0), ('transfer', 'retryable', 'adopt', 'completed', 0), ('transfer', 'parked', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'reissue', 'pending', 0), ('transfer', 'completed', 'record_reversal', 'completed', 0);

CREATE TRIGGER lifecycle_edges_no_insert BEFORE INSERT ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_insert'); END;

CREATE TRIGGER lifecycle_edges_no_update BEFORE UPDATE ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_update'); END;

CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_delete'); END;

CREATE TRIGGER history_no_update BEFORE UPDATE ON history
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_update'); END;

CREATE TRIGGER history_no_delete BEFORE DELETE ON history
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_delete'); END;

CREATE TRIGGER history_no_position BEFORE INSERT ON history
WHEN (coalesce(NEW.position, 0) < 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_position'); END;

CREATE TRIGGER history_json_limits BEFORE INSERT ON history
WHEN ((NEW.data IS NULL OR CASE WHEN json_valid(NEW.data) THEN length(CAST(NEW.data AS BLOB)) <= 33554432 AND (length(NEW.data) - length(replace(replace(NEW.data, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.data) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.data)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.data) - length(replace(replace(NEW.data, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_json_limits'); END;

CREATE TRIGGER history_no_replace BEFORE INSERT ON history
WHEN (NOT EXISTS (SELECT 1 FROM main.history WHERE lifecycle = NEW.lifecycle AND entity_id = NEW.entity_id AND seq = NEW.seq AND to_state = NEW.to_state AND version = NEW.version AND hash = NEW.hash) AND NOT EXISTS (SELECT 1 FROM main.history WHERE lifecycle = NEW.lifecycle AND entity_id = NEW.entity_id AND seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history WHERE position = NEW.position)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_replace'); END;

CREATE TRIGGER history_edge_exists BEFORE INSERT ON history
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.lifecycle_edges WHERE lifecycle = NEW.lifecycle AND from_state = NEW.from_state AND action = NEW.action AND to_state = NEW.to_state AND adds_version = NEW.adds_version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_edge_exists'); END;

CREATE TRIGGER history_predecessor_exists BEFORE INSERT ON history
WHEN (NEW.previous_seq IS NULL OR EXISTS (SELECT 1 FROM main.history WHERE lifecycle = NEW.lifecycle AND entity_id = NEW.entity_id AND seq = NEW.previous_seq AND to_state = NEW.from_state AND version = NEW.previous_version AND hash = NEW.prev_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_predecessor_exists'); END;

CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_no_update'); END;

CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_no_delete'); END;

CREATE TRIGGER receipts_json_limits BEFORE INSERT ON receipts
WHEN ((NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 33554432 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.result) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_json_limits'); END;

CREATE TRIGGER receipts_no_replace BEFORE INSERT ON receipts
WHEN (NOT EXISTS (SELECT 1 FROM main.receipts WHERE owner = NEW.owner AND key = NEW.key)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_no_replace'); END;

CREATE TRIGGER task_attempts_no_update BEFORE UPDATE ON task_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_update'); END;

CREATE TRIGGER task_attempts_no_replace BEFORE INSERT ON task_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.task_attempts WHERE stage = NEW.stage AND entity_id = NEW.entity_id AND fence = NEW.fence AND outcome = NEW.outcome)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_replace'); END;

CREATE TRIGGER seals_no_update BEFORE UPDATE ON seals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_update'); END;

CREATE TRIGGER seals_no_delete BEFORE DELETE ON seals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_delete'); END;

CREATE TRIGGER seals_no_replace BEFORE INSERT ON seals
WHEN (NOT EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.number AND ends_at = NEW.ends_at AND hash = NEW.hash) AND NOT EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_replace'); END;

CREATE TRIGGER seals_predecessor_exists BEFORE INSERT ON seals
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.previous_number AND ends_at = NEW.starts_after AND hash = NEW.prev_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_predecessor_exists'); END;

CREATE TRIGGER seal_records_no_update BEFORE UPDATE ON seal_records
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_update'); END;

CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON seal_records
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_delete'); END;

CREATE TRIGGER seal_records_no_replace BEFORE INSERT ON seal_records
WHEN (NOT EXISTS (SELECT 1 FROM main.seal_records WHERE record_table = NEW.record_table AND record_hash = NEW.record_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_replace'); END;

CREATE TRIGGER seal_records_seal_exists BEFORE INSERT ON seal_records
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.seals WHERE number = NEW.seal_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_seal_exists'); END;

CREATE TRIGGER payloads_no_update BEFORE UPDATE ON payloads
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_update'); END;

CREATE TRIGGER payloads_no_delete BEFORE DELETE ON payloads
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_delete'); END;

CREATE TRIGGER payloads_no_rowid BEFORE INSERT ON payloads
WHEN (coalesce(NEW.rowid, 0) < 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_rowid'); END;

CREATE TRIGGER payloads_no_replace BEFORE INSERT ON payloads
WHEN (NOT EXISTS (SELECT 1 FROM main.payloads WHERE digest = NEW.digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_replace'); END;

CREATE TRIGGER rejections_no_update BEFORE UPDATE ON rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_update'); END;

CREATE TRIGGER rejections_no_delete BEFORE DELETE ON rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_delete'); END;

CREATE TRIGGER rejections_no_replace BEFORE INSERT ON rejections
WHEN (NOT EXISTS (SELECT 1 FROM main.rejections WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_replace'); END;

CREATE TRIGGER webhook_rejections_no_update BEFORE UPDATE ON webhook_rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_update'); END;

CREATE TRIGGER webhook_rejections_no_replace BEFORE INSERT ON webhook_rejections
WHEN (NOT EXISTS (SELECT 1 FROM main.webhook_rejections WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_replace'); END;

CREATE TRIGGER declarations_no_update BEFORE UPDATE ON declarations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'declarations_no_update'); END;

CREATE TRIGGER declarations_no_delete BEFORE DELETE ON declarations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'declarations_no_delete'); END;

CREATE TRIGGER declarations_json_limits BEFORE INSERT ON declarations
WHEN ((NEW.document IS NULL OR CASE WHEN json_valid(NEW.document) THEN length(CAST(NEW.document AS BLOB)) <= 33554432 AND (length(NEW.document) - length(replace(replace(NEW.document, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.document, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.document) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.document)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.document) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.document -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.document -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.document -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.document) - length(replace(replace(NEW.document, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'declarations_json_limits'); END;

CREATE TRIGGER declarations_no_replace BEFORE INSERT ON declarations
WHEN (NOT EXISTS (SELECT 1 FROM main.declarations WHERE lifecycle = NEW.lifecycle AND declared_at = NEW.declared_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'declarations_no_replace'); END;

CREATE TRIGGER runbook_execution_steps_no_update BEFORE UPDATE ON runbook_execution_steps
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_execution_steps_no_update'); END;

CREATE TRIGGER runbook_execution_steps_no_delete BEFORE DELETE ON runbook_execution_steps
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_execution_steps_no_delete'); END;

CREATE TRIGGER runbook_execution_steps_no_replace BEFORE INSERT ON runbook_execution_steps
WHEN (NOT EXISTS (SELECT 1 FROM main.runbook_execution_steps WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_execution_steps_no_replace'); END;

CREATE TRIGGER runbook_execution_steps_head_exists BEFORE INSERT ON runbook_execution_steps
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.runbook_executions WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_execution_steps_head_exists'); END;

CREATE TRIGGER runbook_execution_steps_in_change BEFORE INSERT ON runbook_execution_steps
WHEN (EXISTS (SELECT 1 FROM main.runbook_executions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'runbook_execution' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_execution_steps_in_change'); END;

CREATE TRIGGER history_needs_runbook_execution_steps BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'runbook_execution' OR (CASE WHEN NEW.action IN ('record_step') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.step.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.step.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('record_step') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.step.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.step.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_runbook_execution_steps'); END;

CREATE TRIGGER keys_no_delete BEFORE DELETE ON keys
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_no_delete'); END;

CREATE TRIGGER keys_json_limits BEFORE INSERT ON keys
WHEN ((NEW.scopes IS NULL OR CASE WHEN json_valid(NEW.scopes) THEN length(CAST(NEW.scopes AS BLOB)) <= 33554432 AND (length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.scopes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.scopes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.scopes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.scopes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.scopes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.scopes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.scopes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_json_limits'); END;

CREATE TRIGGER keys_no_replace BEFORE INSERT ON keys
WHEN (NOT EXISTS (SELECT 1 FROM main.keys WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_no_replace'); END;

CREATE TRIGGER keys_history_exists BEFORE UPDATE ON keys
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_history_exists'); END;

CREATE TRIGGER keys_json_limits_on_update BEFORE UPDATE ON keys
WHEN ((NEW.scopes IS NULL OR CASE WHEN json_valid(NEW.scopes) THEN length(CAST(NEW.scopes AS BLOB)) <= 33554432 AND (length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.scopes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.scopes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.scopes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.scopes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.scopes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.scopes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.scopes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.scopes) - length(replace(replace(NEW.scopes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_json_limits_on_update'); END;

CREATE TRIGGER keys_no_nested_update BEFORE UPDATE ON keys
WHEN (EXISTS (SELECT 1 FROM main.keys AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.owner IS OLD.owner AND stored.scopes IS OLD.scopes AND stored.secret_digest IS OLD.secret_digest AND stored.expires_at IS OLD.expires_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_no_nested_update'); END;

CREATE TRIGGER keys_one_step BEFORE UPDATE ON keys
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_one_step'); END;

CREATE TRIGGER history_needs_keys BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'key' OR EXISTS (SELECT 1 FROM main.keys AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_keys'); END;

CREATE TRIGGER history_declares_data_of_keys BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'key' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('expires_at', 'owner', 'scopes', 'secret_digest')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_keys'); END;

CREATE TRIGGER stages_no_delete BEFORE DELETE ON stages
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stages_no_delete'); END;

CREATE TRIGGER stages_no_replace BEFORE INSERT ON stages
WHEN (NOT EXISTS (SELECT 1 FROM main.stages WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stages_no_replace'); END;

CREATE TRIGGER stages_history_exists BEFORE UPDATE ON stages
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stages_history_exists'); END;

CREATE TRIGGER stages_no_nested_update BEFORE UPDATE ON stages
WHEN (EXISTS (SELECT 1 FROM main.stages AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stages_no_nested_update'); END;

CREATE TRIGGER stages_one_step BEFORE UPDATE ON stages
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stages_one_step'); END;

CREATE TRIGGER history_needs_stages BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'stage' OR EXISTS (SELECT 1 FROM main.stages AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_stages'); END;

CREATE TRIGGER history_declares_data_of_stages BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'stage' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ()) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_stages'); END;

CREATE TRIGGER settings_no_delete BEFORE DELETE ON settings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settings_no_delete'); END;

CREATE TRIGGER settings_no_replace BEFORE INSERT ON settings
WHEN (NOT EXISTS (SELECT 1 FROM main.settings WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settings_no_replace'); END;

CREATE TRIGGER settings_history_exists BEFORE UPDATE ON settings
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settings_history_exists'); END;

CREATE TRIGGER settings_no_nested_update BEFORE UPDATE ON settings
WHEN (EXISTS (SELECT 1 FROM main.settings AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.value IS OLD.value)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settings_no_nested_update'); END;

CREATE TRIGGER settings_one_step BEFORE UPDATE ON settings
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settings_one_step'); END;

CREATE TRIGGER history_needs_settings BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'setting' OR EXISTS (SELECT 1 FROM main.settings AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_settings'); END;

CREATE TRIGGER history_declares_data_of_settings BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'setting' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('value')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_settings'); END;

CREATE TRIGGER runbook_executions_no_delete BEFORE DELETE ON runbook_executions
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_no_delete'); END;

CREATE TRIGGER runbook_executions_json_limits BEFORE INSERT ON runbook_executions
WHEN ((NEW.system_state_before IS NULL OR CASE WHEN json_valid(NEW.system_state_before) THEN length(CAST(NEW.system_state_before AS BLOB)) <= 1048576 AND (length(NEW.system_state_before) - length(replace(replace(NEW.system_state_before, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.system_state_before, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.system_state_before) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.system_state_before)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.system_state_before) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.system_state_before -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.system_state_before -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.system_state_before -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.system_state_before) - length(replace(replace(NEW.system_state_before, '[', ''), '{', '')) <= 32 END) AND (NEW.system_state_after IS NULL OR CASE WHEN json_valid(NEW.system_state_after) THEN length(CAST(NEW.system_state_after AS BLOB)) <= 1048576 AND (length(NEW.system_state_after) - length(replace(replace(NEW.system_state_after, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.system_state_after, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.system_state_after) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.system_state_after)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.system_state_after) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.system_state_after -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.system_state_after -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.system_state_after -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.system_state_after) - length(replace(replace(NEW.system_state_after, '[', ''), '{', '')) <= 32 END) AND (NEW.result_json IS NULL OR CASE WHEN json_valid(NEW.result_json) THEN length(CAST(NEW.result_json AS BLOB)) <= 1048576 AND (length(NEW.result_json) - length(replace(replace(NEW.result_json, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result_json, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.result_json) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.result_json)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result_json) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result_json -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result_json -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result_json -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result_json) - length(replace(replace(NEW.result_json, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_json_limits'); END;

CREATE TRIGGER runbook_executions_no_replace BEFORE INSERT ON runbook_executions
WHEN (NOT EXISTS (SELECT 1 FROM main.runbook_executions WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_no_replace'); END;

CREATE TRIGGER runbook_executions_history_exists BEFORE UPDATE ON runbook_executions
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_history_exists'); END;

CREATE TRIGGER runbook_executions_json_limits_on_update BEFORE UPDATE ON runbook_executions
WHEN ((NEW.system_state_before IS NULL OR CASE WHEN json_valid(NEW.system_state_before) THEN length(CAST(NEW.system_state_before AS BLOB)) <= 1048576 AND (length(NEW.system_state_before) - length(replace(replace(NEW.system_state_before, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.system_state_before, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.system_state_before) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.system_state_before)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.system_state_before) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.system_state_before -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.system_state_before -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.system_state_before -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.system_state_before) - length(replace(replace(NEW.system_state_before, '[', ''), '{', '')) <= 32 END) AND (NEW.system_state_after IS NULL OR CASE WHEN json_valid(NEW.system_state_after) THEN length(CAST(NEW.system_state_after AS BLOB)) <= 1048576 AND (length(NEW.system_state_after) - length(replace(replace(NEW.system_state_after, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.system_state_after, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.system_state_after) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.system_state_after)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.system_state_after) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.system_state_after -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.system_state_after -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.system_state_after -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.system_state_after) - length(replace(replace(NEW.system_state_after, '[', ''), '{', '')) <= 32 END) AND (NEW.result_json IS NULL OR CASE WHEN json_valid(NEW.result_json) THEN length(CAST(NEW.result_json AS BLOB)) <= 1048576 AND (length(NEW.result_json) - length(replace(replace(NEW.result_json, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result_json, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.result_json) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.result_json)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result_json) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result_json -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result_json -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result_json -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result_json) - length(replace(replace(NEW.result_json, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_json_limits_on_update'); END;

CREATE TRIGGER runbook_executions_no_nested_update BEFORE UPDATE ON runbook_executions
WHEN (EXISTS (SELECT 1 FROM main.runbook_executions AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.runbook_name IS OLD.runbook_name AND stored.runbook_version IS OLD.runbook_version AND stored.executed_by IS OLD.executed_by AND stored.alert IS OLD.alert AND stored.step_count IS OLD.step_count AND stored.failed_step_count IS OLD.failed_step_count AND stored.system_state_before IS OLD.system_state_before AND stored.system_state_after IS OLD.system_state_after AND stored.result_json IS OLD.result_json AND stored.error_reason IS OLD.error_reason AND stored.ended_at IS OLD.ended_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_no_nested_update'); END;

CREATE TRIGGER runbook_executions_one_step BEFORE UPDATE ON runbook_executions
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_one_step'); END;

CREATE TRIGGER history_needs_runbook_executions BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'runbook_execution' OR EXISTS (SELECT 1 FROM main.runbook_executions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_runbook_executions'); END;

CREATE TRIGGER history_declares_data_of_runbook_executions BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'runbook_execution' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('alert', 'ended_at', 'error_reason', 'executed_by', 'failed_step_count', 'result_json', 'runbook_name', 'runbook_version', 'step', 'step_count', 'system_state_after', 'system_state_before')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_runbook_executions'); END;

CREATE TRIGGER runbook_executions_keeps_fields BEFORE UPDATE ON runbook_executions
WHEN ((OLD.status || ' ' || NEW.status IN ('in_progress in_progress', 'pending in_progress') OR NEW.step_count = OLD.step_count AND NEW.failed_step_count = OLD.failed_step_count) AND (OLD.status || ' ' || NEW.status IN ('in_progress completed', 'in_progress failed', 'in_progress partial', 'pending failed') OR (NEW.system_state_after = OLD.system_state_after OR NEW.system_state_after IS NULL AND OLD.system_state_after IS NULL) AND (NEW.result_json = OLD.result_json OR NEW.result_json IS NULL AND OLD.result_json IS NULL) AND (NEW.ended_at = OLD.ended_at OR NEW.ended_at IS NULL AND OLD.ended_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('in_progress failed', 'in_progress partial', 'pending failed') OR (NEW.error_reason = OLD.error_reason OR NEW.error_reason IS NULL AND OLD.error_reason IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_keeps_fields'); END;

CREATE TRIGGER runbook_executions_initial_fields BEFORE INSERT ON runbook_executions
WHEN (NEW.ended_at IS NULL AND NEW.error_reason IS NULL AND NEW.failed_step_count = 0 AND NEW.result_json IS NULL AND NEW.step_count = 0 AND NEW.system_state_after IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_initial_fields'); END;

CREATE TRIGGER tasks_json_limits BEFORE INSERT ON tasks
WHEN ((NEW.arguments IS NULL OR CASE WHEN json_valid(NEW.arguments) THEN length(CAST(NEW.arguments AS BLOB)) <= 16384 AND (length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.arguments, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.arguments) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.arguments)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.arguments) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.arguments -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.arguments -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.arguments -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 END) AND (NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 16384 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.result) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_json_limits'); END;

CREATE TRIGGER tasks_no_replace BEFORE INSERT ON tasks
WHEN (NOT EXISTS (SELECT 1 FROM main.tasks WHERE stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_replace'); END;

CREATE TRIGGER tasks_json_limits_on_update BEFORE UPDATE ON tasks
WHEN ((NEW.arguments IS NULL OR CASE WHEN json_valid(NEW.arguments) THEN length(CAST(NEW.arguments AS BLOB)) <= 16384 AND (length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.arguments, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.arguments) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.arguments)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.arguments) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.arguments -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.arguments -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.arguments -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.arguments) - length(replace(replace(NEW.arguments, '[', ''), '{', '')) <= 16 END) AND (NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 16384 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 16) SELECT max(depth) FROM nested) <= 16) AND (length(NEW.result) <= 1000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 16 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_json_limits_on_update'); END;

CREATE TRIGGER tasks_no_nested_update BEFORE UPDATE ON tasks
WHEN (EXISTS (SELECT 1 FROM main.tasks AS stored WHERE stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.due_at IS OLD.due_at AND stored.lease_owner IS OLD.lease_owner AND stored.lease_until IS OLD.lease_until AND stored.fence IS OLD.fence AND stored.attempts IS OLD.attempts AND stored.dead_reason IS OLD.dead_reason AND stored.priority IS OLD.priority AND stored.arguments IS OLD.arguments AND stored.result IS OLD.result AND stored.progress IS OLD.progress AND stored.slot IS OLD.slot AND stored.error_class IS OLD.error_class AND stored.cancel_reason IS OLD.cancel_reason AND stored.finished_at IS OLD.finished_at AND stored.succeeded_at IS OLD.succeeded_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_nested_update'); END;

CREATE TRIGGER tasks_prune BEFORE DELETE ON tasks
WHEN (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM main.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence) AND (OLD.succeeded_at IS NULL OR NOT EXISTS (SELECT 1 FROM main.watched_subjects AS subject WHERE subject.stage = OLD.stage AND (subject.kind = 'stage' OR subject.entity_id = OLD.entity_id) AND (subject.succeeded_at IS NULL OR subject.succeeded_at < OLD.succeeded_at)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_prune'); END;

CREATE TRIGGER tasks_new BEFORE INSERT ON tasks
WHEN (NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.progress IS NULL AND NEW.error_class IS NULL AND NEW.succeeded_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_new'); END;

CREATE TRIGGER tasks_first_fence BEFORE INSERT ON tasks
WHEN (NEW.fence = coalesce((SELECT pruned.fence FROM main.pruned_stages AS pruned WHERE pruned.stage = NEW.stage), 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_first_fence'); END;

CREATE TRIGGER tasks_fence BEFORE UPDATE ON tasks
WHEN (NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) OR NEW.fence = OLD.fence + 1 AND NEW.cancel_reason IS NOT NULL AND OLD.due_at IS NOT NULL OR NEW.fence = OLD.fence AND NEW.cancel_reason IS NULL AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_fence'); END;

CREATE TRIGGER tasks_edge BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END;

CREATE TRIGGER tasks_due_on_insert BEFORE INSERT ON tasks
WHEN (NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds') AND (NEW.slot IS NULL OR NEW.slot <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_due_on_insert'); END;

CREATE TRIGGER tasks_due BEFORE UPDATE OF due_at, slot ON tasks
WHEN ((NEW.due_at IS NULL OR NEW.due_at <= OLD.due_at OR NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds')) AND (NEW.slot IS NULL OR NEW.slot = OLD.slot OR NEW.slot <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_due'); END;

CREATE TRIGGER tasks_run BEFORE UPDATE OF arguments, priority, result, progress, slot, error_class ON tasks
WHEN (((NEW.arguments = OLD.arguments OR NEW.arguments IS NULL AND OLD.arguments IS NULL) OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.priority <= OLD.priority OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.result IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) AND ((NEW.progress = OLD.progress OR NEW.progress IS NULL AND OLD.progress IS NULL) OR NEW.progress IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence) AND ((NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL) OR (OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL) AND ((NEW.error_class = OLD.error_class OR NEW.error_class IS NULL AND OLD.error_class IS NULL) OR NEW.error_class IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_run'); END;

CREATE TRIGGER tasks_success BEFORE UPDATE OF succeeded_at ON tasks
WHEN (OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.fence = OLD.fence AND NEW.dead_reason IS NULL AND (NEW.due_at IS NULL OR OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NEW.succeeded_at IS NOT NULL AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at) AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_success'); END;

CREATE TRIGGER tasks_recorded BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_recorded'); END;

CREATE TRIGGER tasks_values_on_insert BEFORE INSERT ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19)) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_on_insert'); END;

CREATE TRIGGER tasks_values_of_lease BEFORE UPDATE OF lease_owner, lease_until ON tasks
WHEN ((NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_lease'); END;

CREATE TRIGGER tasks_values_of_end BEFORE UPDATE OF due_at, finished_at, succeeded_at ON tasks
WHEN ((NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_end'); END;

CREATE TRIGGER tasks_values_of_run BEFORE UPDATE OF stage, entity_id, dead_reason, slot, error_class, cancel_reason ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_run'); END;

CREATE TRIGGER task_attempts_values_on_insert BEFORE INSERT ON task_attempts
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.outcome IS NULL OR instr(NEW.outcome, char(0)) = 0) AND (NEW.actor IS NULL OR instr(NEW.actor, char(0)) = 0) AND (NEW.reason IS NULL OR instr(NEW.reason, char(0)) = 0) AND (NEW.at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.at, 1, 19), '+0 seconds') = substr(NEW.at, 1, 19)) AND (NEW.request_id IS NULL OR instr(NEW.request_id, char(0)) = 0) AND (NEW.hash IS NULL OR instr(NEW.hash, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_values_on_insert'); END;

CREATE TRIGGER pruned_stages_values_on_insert BEFORE INSERT ON pruned_stages
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_values_on_insert'); END;

CREATE TRIGGER pruned_stages_values_on_update BEFORE UPDATE ON pruned_stages
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_values_on_update'); END;

CREATE TRIGGER task_attempts_needs_head BEFORE INSERT ON task_attempts
WHEN (EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND CASE NEW.outcome WHEN 'REQUEUED' THEN head.fence = NEW.fence AND (head.dead_reason IS NOT NULL OR head.cancel_reason IS NOT NULL) WHEN 'CANCELED' THEN head.fence + 1 = NEW.fence AND head.due_at IS NOT NULL ELSE head.fence = NEW.fence AND head.lease_owner IS NOT NULL END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_needs_head'); END;

CREATE TRIGGER pruned_stages_no_delete BEFORE DELETE ON pruned_stages
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_no_delete'); END;

CREATE TRIGGER pruned_stages_no_replace BEFORE INSERT ON pruned_stages
WHEN (NOT EXISTS (SELECT 1 FROM main.pruned_stages WHERE stage = NEW.stage)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_no_replace'); END;

CREATE TRIGGER pruned_stages_no_nested_update BEFORE UPDATE ON pruned_stages
WHEN (EXISTS (SELECT 1 FROM main.pruned_stages AS stored WHERE stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.fence IS OLD.fence)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_no_nested_update'); END;

CREATE TRIGGER pruned_stages_needs_task BEFORE INSERT ON pruned_stages
WHEN (EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_needs_task'); END;

CREATE TRIGGER pruned_stages_rises BEFORE UPDATE ON pruned_stages
WHEN (NEW.stage = OLD.stage AND NEW.fence > OLD.fence AND EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_stages_rises'); END;

CREATE TRIGGER pruned_tables_no_delete BEFORE DELETE ON pruned_tables
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_tables_no_delete'); END;

CREATE TRIGGER pruned_tables_no_replace BEFORE INSERT ON pruned_tables
WHEN (NOT EXISTS (SELECT 1 FROM main.pruned_tables WHERE table_name = NEW.table_name)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_tables_no_replace'); END;

CREATE TRIGGER pruned_tables_no_nested_update BEFORE UPDATE ON pruned_tables
WHEN (EXISTS (SELECT 1 FROM main.pruned_tables AS stored WHERE stored.table_name IS OLD.table_name AND stored.pruned_before IS OLD.pruned_before AND stored.deleted_rows IS OLD.deleted_rows AND stored.deleted_sealed_rows IS OLD.deleted_sealed_rows)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_tables_no_nested_update'); END;

CREATE TRIGGER pruned_tables_retained BEFORE INSERT ON pruned_tables
WHEN (NEW.pruned_before <= CASE NEW.table_name WHEN 'tasks' THEN (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') WHEN 'task_attempts' THEN (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') WHEN 'webhook_rejections' THEN (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') END AND NEW.deleted_rows <= 1000) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_tables_retained'); END;

CREATE TRIGGER pruned_tables_rises BEFORE UPDATE ON pruned_tables
WHEN (NEW.table_name = OLD.table_name AND NEW.deleted_rows BETWEEN OLD.deleted_rows AND OLD.deleted_rows + 1000 AND NEW.deleted_sealed_rows BETWEEN OLD.deleted_sealed_rows AND OLD.deleted_sealed_rows + 1000 AND (NEW.pruned_before = OLD.pruned_before OR NEW.pruned_before > OLD.pruned_before AND NEW.pruned_before <= CASE NEW.table_name WHEN 'tasks' THEN (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') WHEN 'task_attempts' THEN (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') WHEN 'webhook_rejections' THEN (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_tables_rises'); END;

CREATE TRIGGER pruned_tables_values_on_insert BEFORE INSERT ON pruned_tables
WHEN ((NEW.table_name IS NULL OR instr(NEW.table_name, char(0)) = 0) AND (NEW.pruned_before IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.pruned_before, 1, 19), '+0 seconds') = substr(NEW.pruned_before, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_tables_values_on_insert'); END;

CREATE TRIGGER pruned_tables_values_on_update BEFORE UPDATE ON pruned_tables
WHEN ((NEW.table_name IS NULL OR instr(NEW.table_name, char(0)) = 0) AND (NEW.pruned_before IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.pruned_before, 1, 19), '+0 seconds') = substr(NEW.pruned_before, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'pruned_tables_values_on_update'); END;

CREATE TRIGGER task_attempts_prune BEFORE DELETE ON task_attempts
WHEN (OLD.at < (SELECT pruned.pruned_before FROM main.pruned_tables AS pruned WHERE pruned.table_name = 'task_attempts') AND OLD.at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') AND NOT EXISTS (SELECT 1 FROM main.seal_records AS listed JOIN main.seals AS seal ON seal.number = listed.seal_number WHERE listed.record_table = 'task_attempts' AND listed.record_hash = OLD.hash AND (seal.at >= (SELECT pruned.pruned_before FROM main.pruned_tables AS pruned WHERE pruned.table_name = 'task_attempts') OR seal.at >= (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds')))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_prune'); END;

CREATE TRIGGER webhook_rejections_prune BEFORE DELETE ON webhook_rejections
WHEN (OLD.at < (SELECT pruned.pruned_before FROM main.pruned_tables AS pruned WHERE pruned.table_name = 'webhook_rejections') AND OLD.at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') AND NOT EXISTS (SELECT 1 FROM main.seal_records AS listed JOIN main.seals AS seal ON seal.number = listed.seal_number WHERE listed.record_table = 'webhook_rejections' AND listed.record_hash = OLD.hash AND (seal.at >= (SELECT pruned.pruned_before FROM main.pruned_tables AS pruned WHERE pruned.table_name = 'webhook_rejections') OR seal.at >= (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting JOIN main.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds')))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_prune'); END;

CREATE TRIGGER task_attempts_needed BEFORE DELETE ON task_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.tasks AS head WHERE head.stage = OLD.stage AND head.entity_id = OLD.entity_id AND (head.finished_at IS NULL OR OLD.fence >= head.fence OR OLD.fence > head.fence - head.attempts OR OLD.fence = (SELECT min(start.fence) FROM main.task_attempts AS start WHERE start.stage = OLD.stage AND start.entity_id = OLD.entity_id AND start.outcome = 'STARTED')))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_needed'); END;

CREATE TRIGGER webhook_rejections_stays_deleted BEFORE INSERT ON webhook_rejections
WHEN (NOT EXISTS (SELECT 1 FROM main.seal_records AS listed JOIN main.seals AS seal ON seal.number = listed.seal_number JOIN main.pruned_tables AS pruned ON pruned.table_name = listed.record_table WHERE listed.record_table = 'webhook_rejections' AND listed.record_hash = NEW.hash AND NEW.at < pruned.pruned_before AND seal.at < pruned.pruned_before)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_stays_deleted'); END;

CREATE TRIGGER rate_buckets_empty_by_now_on_insert BEFORE INSERT ON rate_buckets
WHEN (NEW.empty_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_empty_by_now_on_insert'); END;

CREATE TRIGGER rate_buckets_empty_by_now_on_update BEFORE UPDATE ON rate_buckets
WHEN (NEW.empty_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_empty_by_now_on_update'); END;

CREATE TRIGGER rate_buckets_no_delete BEFORE DELETE ON rate_buckets
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_no_delete'); END;

CREATE TRIGGER rate_buckets_no_replace BEFORE INSERT ON rate_buckets
WHEN (NOT EXISTS (SELECT 1 FROM main.rate_buckets WHERE stage = NEW.stage)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_no_replace'); END;

CREATE TRIGGER rate_buckets_no_nested_update BEFORE UPDATE ON rate_buckets
WHEN (EXISTS (SELECT 1 FROM main.rate_buckets AS stored WHERE stored.stage IS OLD.stage AND stored.empty_at IS OLD.empty_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_no_nested_update'); END;

CREATE TRIGGER rate_buckets_fixed BEFORE UPDATE ON rate_buckets
WHEN (NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_fixed'); END;

CREATE TRIGGER rate_buckets_values_on_insert BEFORE INSERT ON rate_buckets
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.empty_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.empty_at, 1, 19), '+0 seconds') = substr(NEW.empty_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_values_on_insert'); END;

CREATE TRIGGER rate_buckets_values_on_update BEFORE UPDATE ON rate_buckets
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.empty_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.empty_at, 1, 19), '+0 seconds') = substr(NEW.empty_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_values_on_update'); END;

CREATE TRIGGER stage_breakers_probe_soon_on_insert BEFORE INSERT ON stage_breakers
WHEN (NEW.probe_at IS NULL OR NEW.probe_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_probe_soon_on_insert'); END;

CREATE TRIGGER stage_breakers_probe_soon_on_update BEFORE UPDATE ON stage_breakers
WHEN (NEW.probe_at IS NULL OR NEW.probe_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_probe_soon_on_update'); END;

CREATE TRIGGER stage_breakers_starts_clear BEFORE INSERT ON stage_breakers
WHEN (NEW.outages = 0 AND NEW.probe_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_starts_clear'); END;

CREATE TRIGGER stage_breakers_counts_one BEFORE UPDATE ON stage_breakers
WHEN (NEW.outages = 0 OR NEW.outages - OLD.outages IN (0, 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_counts_one'); END;

CREATE TRIGGER stage_breakers_no_delete BEFORE DELETE ON stage_breakers
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_delete'); END;

CREATE TRIGGER stage_breakers_no_replace BEFORE INSERT ON stage_breakers
WHEN (NOT EXISTS (SELECT 1 FROM main.stage_breakers WHERE stage = NEW.stage)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_replace'); END;

CREATE TRIGGER stage_breakers_no_nested_update BEFORE UPDATE ON stage_breakers
WHEN (EXISTS (SELECT 1 FROM main.stage_breakers AS stored WHERE stored.stage IS OLD.stage AND stored.outages IS OLD.outages AND stored.probe_at IS OLD.probe_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_nested_update'); END;

CREATE TRIGGER stage_breakers_fixed BEFORE UPDATE ON stage_breakers
WHEN (NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_fixed'); END;

CREATE TRIGGER stage_breakers_values_on_insert BEFORE INSERT ON stage_breakers
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.probe_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.probe_at, 1, 19), '+0 seconds') = substr(NEW.probe_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_values_on_insert'); END;

CREATE TRIGGER stage_breakers_values_on_update BEFORE UPDATE ON stage_breakers
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.probe_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.probe_at, 1, 19), '+0 seconds') = substr(NEW.probe_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_values_on_update'); END;

CREATE TRIGGER hung_threads_no_replace BEFORE INSERT ON hung_threads
WHEN (NOT EXISTS (SELECT 1 FROM main.hung_threads WHERE stage = NEW.stage AND process = NEW.process)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_no_replace'); END;

CREATE TRIGGER hung_threads_no_nested_update BEFORE UPDATE ON hung_threads
WHEN (EXISTS (SELECT 1 FROM main.hung_threads AS stored WHERE stored.stage IS OLD.stage AND stored.process IS OLD.process AND stored.threads IS OLD.threads AND stored.since IS OLD.since AND stored.expires_at IS OLD.expires_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_no_nested_update'); END;

CREATE TRIGGER hung_threads_expired BEFORE DELETE ON hung_threads
WHEN (OLD.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_expired'); END;

CREATE TRIGGER hung_threads_expire_soon_on_insert BEFORE INSERT ON hung_threads
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86460 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_expire_soon_on_insert'); END;

CREATE TRIGGER hung_threads_of_one_process_on_insert BEFORE INSERT ON hung_threads
WHEN (NEW.threads <= 1000) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_of_one_process_on_insert'); END;

CREATE TRIGGER hung_threads_expire_soon_on_update BEFORE UPDATE ON hung_threads
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86460 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_expire_soon_on_update'); END;

CREATE TRIGGER hung_threads_of_one_process_on_update BEFORE UPDATE ON hung_threads
WHEN (NEW.threads <= 1000) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_of_one_process_on_update'); END;

CREATE TRIGGER hung_threads_fixed BEFORE UPDATE ON hung_threads
WHEN (NEW.stage = OLD.stage AND NEW.process = OLD.process) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_fixed'); END;

CREATE TRIGGER hung_threads_values_on_insert BEFORE INSERT ON hung_threads
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.process IS NULL OR instr(NEW.process, char(0)) = 0) AND (NEW.since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.since, 1, 19), '+0 seconds') = substr(NEW.since, 1, 19)) AND (NEW.expires_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.expires_at, 1, 19), '+0 seconds') = substr(NEW.expires_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_values_on_insert'); END;

CREATE TRIGGER hung_threads_values_on_update BEFORE UPDATE ON hung_threads
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.process IS NULL OR instr(NEW.process, char(0)) = 0) AND (NEW.since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.since, 1, 19), '+0 seconds') = substr(NEW.since, 1, 19)) AND (NEW.expires_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.expires_at, 1, 19), '+0 seconds') = substr(NEW.expires_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_values_on_update'); END;

CREATE TRIGGER seals_finished BEFORE INSERT ON seals
WHEN (NEW.ends_at <= (SELECT coalesce(max(position), 0) FROM main.history)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_finished'); END;

CREATE TRIGGER seals_not_ahead BEFORE INSERT ON seals
WHEN (NEW.at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_not_ahead'); END;

CREATE TRIGGER subscriber_cursors_no_delete BEFORE DELETE ON subscriber_cursors
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_delete'); END;

CREATE TRIGGER subscriber_cursors_no_replace BEFORE INSERT ON subscriber_cursors
WHEN (NOT EXISTS (SELECT 1 FROM main.subscriber_cursors WHERE name = NEW.name)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_replace'); END;

CREATE TRIGGER subscriber_cursors_no_nested_update BEFORE UPDATE ON subscriber_cursors
WHEN (EXISTS (SELECT 1 FROM main.subscriber_cursors AS stored WHERE stored.name IS OLD.name AND stored.stage IS OLD.stage AND stored.feed_cursor IS OLD.feed_cursor AND stored.changed_at IS OLD.changed_at AND stored.fence IS OLD.fence AND stored.updated_at IS OLD.updated_at AND stored.restarts IS OLD.restarts AND stored.restarted_at IS OLD.restarted_at AND stored.restarted_by IS OLD.restarted_by AND stored.restart_reason IS OLD.restart_reason)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_nested_update'); END;

CREATE TRIGGER subscriber_cursors_fixed BEFORE UPDATE ON subscriber_cursors
WHEN (NEW.name = OLD.name AND NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_fixed'); END;

CREATE TRIGGER subscriber_cursors_first BEFORE INSERT ON subscriber_cursors
WHEN (NEW.feed_cursor IS NULL AND NEW.restarts = 0 AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_first'); END;

CREATE TRIGGER subscriber_cursors_fence BEFORE UPDATE ON subscriber_cursors
WHEN (CASE WHEN NEW.restarts = OLD.restarts THEN NEW.restarts = OLD.restarts AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL) AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL) AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL) AND NEW.feed_cursor IS NOT NULL AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL) ELSE NEW.restarts = OLD.restarts + 1 AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.cancel_reason = NEW.restart_reason) AND EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = NEW.stage AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence AND attempt.outcome = 'CANCELED' AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_fence'); END;

CREATE TRIGGER subscriber_cursors_in_feed BEFORE UPDATE ON subscriber_cursors
WHEN (NEW.feed_cursor IS NULL OR ((CASE WHEN NEW.feed_cursor = '0' THEN 0 WHEN length(NEW.feed_cursor) - 17 BETWEEN 1 AND 18 AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) GLOB '[1-9]*' AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) NOT GLOB '*[^0-9]*' AND substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1) GLOB '.*' AND substr(substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1), 2) NOT GLOB '*[^0-9a-f]*' THEN CAST(substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) AS INTEGER) END) <= (SELECT coalesce(max(position), 0) FROM main.history) AND (NEW.restarts > OLD.restarts OR OLD.feed_cursor IS NULL OR (CASE WHEN NEW.feed_cursor = '0' THEN 0 WHEN length(NEW.feed_cursor) - 17 BETWEEN 1 AND 18 AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) GLOB '[1-9]*' AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) NOT GLOB '*[^0-9]*' AND substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1) GLOB '.*' AND substr(substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1), 2) NOT GLOB '*[^0-9a-f]*' THEN CAST(substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) AS INTEGER) END) >= (CASE WHEN OLD.feed_cursor = '0' THEN 0 WHEN length(OLD.feed_cursor) - 17 BETWEEN 1 AND 18 AND substr(OLD.feed_cursor, 1, length(OLD.feed_cursor) - 17) GLOB '[1-9]*' AND substr(OLD.feed_cursor, 1, length(OLD.feed_cursor) - 17) NOT GLOB '*[^0-9]*' AND substr(OLD.feed_cursor, length(OLD.feed_cursor) - 17 + 1) GLOB '.*' AND substr(substr(OLD.feed_cursor, length(OLD.feed_cursor) - 17 + 1), 2) NOT GLOB '*[^0-9a-f]*' THEN CAST(substr(OLD.feed_cursor, 1, length(OLD.feed_cursor) - 17) AS INTEGER) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_in_feed'); END;

CREATE TRIGGER subscriber_cursors_values_on_insert BEFORE INSERT ON subscriber_cursors
WHEN ((NEW.name IS NULL OR instr(NEW.name, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.feed_cursor IS NULL OR instr(NEW.feed_cursor, char(0)) = 0) AND (NEW.changed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.changed_at, 1, 19), '+0 seconds') = substr(NEW.changed_at, 1, 19)) AND (NEW.updated_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.updated_at, 1, 19), '+0 seconds') = substr(NEW.updated_at, 1, 19)) AND (NEW.restarted_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.restarted_at, 1, 19), '+0 seconds') = substr(NEW.restarted_at, 1, 19)) AND (NEW.restarted_by IS NULL OR instr(NEW.restarted_by, char(0)) = 0) AND (NEW.restart_reason IS NULL OR instr(NEW.restart_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_values_on_insert'); END;

CREATE TRIGGER subscriber_cursors_values_on_update BEFORE UPDATE ON subscriber_cursors
WHEN ((NEW.name IS NULL OR instr(NEW.name, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.feed_cursor IS NULL OR instr(NEW.feed_cursor, char(0)) = 0) AND (NEW.changed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.changed_at, 1, 19), '+0 seconds') = substr(NEW.changed_at, 1, 19)) AND (NEW.updated_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.updated_at, 1, 19), '+0 seconds') = substr(NEW.updated_at, 1, 19)) AND (NEW.restarted_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.restarted_at, 1, 19), '+0 seconds') = substr(NEW.restarted_at, 1, 19)) AND (NEW.restarted_by IS NULL OR instr(NEW.restarted_by, char(0)) = 0) AND (NEW.restart_reason IS NULL OR instr(NEW.restart_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_values_on_update'); END;

CREATE TRIGGER watched_subjects_no_delete BEFORE DELETE ON watched_subjects
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_no_delete'); END;

CREATE TRIGGER watched_subjects_no_replace BEFORE INSERT ON watched_subjects
WHEN (NOT EXISTS (SELECT 1 FROM main.watched_subjects WHERE kind = NEW.kind AND stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_no_replace'); END;

CREATE TRIGGER watched_subjects_no_nested_update BEFORE UPDATE ON watched_subjects
WHEN (EXISTS (SELECT 1 FROM main.watched_subjects AS stored WHERE stored.kind IS OLD.kind AND stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.longest_silence_seconds IS OLD.longest_silence_seconds AND stored.known_since IS OLD.known_since AND stored.succeeded_at IS OLD.succeeded_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_no_nested_update'); END;

CREATE TRIGGER watched_subjects_fixed BEFORE UPDATE ON watched_subjects
WHEN (NEW.kind = OLD.kind AND NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND NEW.known_since = OLD.known_since) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_fixed'); END;

CREATE TRIGGER watched_subjects_known_by_now BEFORE INSERT ON watched_subjects
WHEN (NEW.known_since <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND (NEW.succeeded_at IS NULL OR NEW.succeeded_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_known_by_now'); END;

CREATE TRIGGER watched_subjects_success_rises BEFORE UPDATE OF succeeded_at ON watched_subjects
WHEN (NEW.succeeded_at IS NOT NULL AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at) AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_success_rises'); END;

CREATE TRIGGER watched_subjects_values_on_insert BEFORE INSERT ON watched_subjects
WHEN ((NEW.kind IS NULL OR instr(NEW.kind, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.known_since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.known_since, 1, 19), '+0 seconds') = substr(NEW.known_since, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_values_on_insert'); END;

CREATE TRIGGER watched_subjects_values_on_update BEFORE UPDATE ON watched_subjects
WHEN ((NEW.kind IS NULL OR instr(NEW.kind, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.known_since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.known_since, 1, 19), '+0 seconds') = substr(NEW.known_since, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_values_on_update'); END;

CREATE TRIGGER keys_has_scopes BEFORE INSERT ON keys
WHEN (CASE WHEN json_valid(NEW.scopes) THEN json_array_length(NEW.scopes) BETWEEN 1 AND 50 AND NOT EXISTS (SELECT 1 FROM json_each(NEW.scopes) WHERE type <> 'text' OR instr(NEW.scopes, char(0)) > 0 OR instr(NEW.scopes, '\u0000') > 0 OR value NOT GLOB '[a-z]*' OR value GLOB '*[^a-z0-9_:]*' OR value GLOB '*:' OR value GLOB '*:*[^a-z]*' OR instr(value || ':', ':') > 41 OR length(value) - instr(value || ':', ':') > 40) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_has_scopes'); END;

CREATE TRIGGER keys_fixed BEFORE UPDATE ON keys
WHEN (NEW.owner = OLD.owner AND NEW.scopes = OLD.scopes AND NEW.secret_digest = OLD.secret_digest AND (NEW.expires_at = OLD.expires_at OR NEW.expires_at IS NULL AND OLD.expires_at IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_fixed'); END;

CREATE TRIGGER receipts_has_answer BEFORE INSERT ON receipts
WHEN (CASE WHEN json_valid(NEW.result) THEN (SELECT group_concat(key, ',') FROM json_each(NEW.result)) = 'answer' END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_has_answer'); END;

CREATE TRIGGER receipts_not_far_ahead BEFORE INSERT ON receipts
WHEN (NEW.at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_not_far_ahead'); END;

CREATE TRIGGER receipts_values_on_insert BEFORE INSERT ON receipts
WHEN ((NEW.owner IS NULL OR instr(NEW.owner, char(0)) = 0) AND (NEW.key IS NULL OR instr(NEW.key, char(0)) = 0) AND (NEW.fingerprint IS NULL OR instr(NEW.fingerprint, char(0)) = 0) AND (NEW.at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.at, 1, 19), '+0 seconds') = substr(NEW.at, 1, 19)) AND (NEW.hash IS NULL OR instr(NEW.hash, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_values_on_insert'); END;

CREATE TRIGGER declarations_has_edges BEFORE INSERT ON declarations
WHEN (CASE WHEN json_valid(NEW.document) THEN json_type(NEW.document, '$.edges') = 'array' AND json_type(NEW.document, '$.retired') = 'array' END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'declarations_has_edges'); END;

CREATE TRIGGER declarations_values_on_insert BEFORE INSERT ON declarations
WHEN ((NEW.lifecycle IS NULL OR instr(NEW.lifecycle, char(0)) = 0) AND (NEW.declared_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.declared_at, 1, 19), '+0 seconds') = substr(NEW.declared_at, 1, 19)) AND (NEW.actor IS NULL OR instr(NEW.actor, char(0)) = 0) AND (NEW.reason IS NULL OR instr(NEW.reason, char(0)) = 0) AND (NEW.hash IS NULL OR instr(NEW.hash, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'declarations_values_on_insert'); END;

CREATE TRIGGER runbook_executions_fixed BEFORE UPDATE ON runbook_executions
WHEN (NEW.runbook_name = OLD.runbook_name AND NEW.runbook_version = OLD.runbook_version AND NEW.executed_by = OLD.executed_by AND (NEW.alert = OLD.alert OR NEW.alert IS NULL AND OLD.alert IS NULL) AND (NEW.system_state_before = OLD.system_state_before OR NEW.system_state_before IS NULL AND OLD.system_state_before IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_fixed'); END;

CREATE TRIGGER runbook_executions_steps_forward BEFORE UPDATE ON runbook_executions
WHEN (NEW.step_count >= OLD.step_count AND NEW.step_count <= OLD.step_count + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_steps_forward'); END;

CREATE TRIGGER runbook_executions_failed_steps_forward BEFORE UPDATE ON runbook_executions
WHEN (NEW.failed_step_count >= OLD.failed_step_count AND NEW.failed_step_count <= OLD.failed_step_count + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'runbook_executions_failed_steps_forward'); END;

CREATE TRIGGER history_names_executed_by BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'runbook_execution' AND NEW.action = 'start') OR EXISTS (SELECT 1 FROM main.runbook_executions AS head WHERE head.id = NEW.entity_id AND head.executed_by = NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_names_executed_by'); END;

CREATE TRIGGER history_needs_count_of_runbook_execution_steps BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'runbook_execution') OR (NEW.action <> 'record_step' OR (SELECT count(*) FROM main.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) = 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_count_of_runbook_execution_steps'); END;

CREATE TRIGGER history_needs_at_of_runbook_execution_steps BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'runbook_execution') OR NOT EXISTS (SELECT 1 FROM main.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq AND line.at <> NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_at_of_runbook_execution_steps'); END;

CREATE TRIGGER history_needs_executed_by_of_runbook_execution_steps BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'runbook_execution') OR NOT EXISTS (SELECT 1 FROM main.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq AND line.executed_by <> NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_executed_by_of_runbook_execution_steps'); END;

CREATE TRIGGER history_counts_runbook_steps BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'runbook_execution') OR (CASE WHEN json_valid(NEW.data) THEN json_extract(NEW.data, '$.step_count') END = (SELECT count(*) FROM main.runbook_execution_steps AS step WHERE step.entity_id = NEW.entity_id AND step.seq <= NEW.seq) AND CASE WHEN json_valid(NEW.data) THEN json_extract(NEW.data, '$.failed_step_count') END = (SELECT count(*) FROM main.runbook_execution_steps AS step WHERE step.entity_id = NEW.entity_id AND step.seq <= NEW.seq AND step.ok = 0))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_counts_runbook_steps'); END;

CREATE TRIGGER concept_versions_no_update BEFORE UPDATE ON concept_versions
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_no_update'); END;

CREATE TRIGGER concept_versions_no_delete BEFORE DELETE ON concept_versions
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_no_delete'); END;

CREATE TRIGGER concept_versions_json_limits BEFORE INSERT ON concept_versions
WHEN ((NEW.examples IS NULL OR CASE WHEN json_valid(NEW.examples) THEN length(CAST(NEW.examples AS BLOB)) <= 33554432 AND (length(NEW.examples) - length(replace(replace(NEW.examples, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.examples, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.examples) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.examples)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.examples) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.examples -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.examples -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.examples -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.examples) - length(replace(replace(NEW.examples, '[', ''), '{', '')) <= 40 END) AND (NEW.prerequisites IS NULL OR CASE WHEN json_valid(NEW.prerequisites) THEN length(CAST(NEW.prerequisites AS BLOB)) <= 33554432 AND (length(NEW.prerequisites) - length(replace(replace(NEW.prerequisites, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.prerequisites, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.prerequisites) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.prerequisites)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.prerequisites) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.prerequisites -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.prerequisites -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.prerequisites -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.prerequisites) - length(replace(replace(NEW.prerequisites, '[', ''), '{', '')) <= 40 END) AND (NEW.misconceptions IS NULL OR CASE WHEN json_valid(NEW.misconceptions) THEN length(CAST(NEW.misconceptions AS BLOB)) <= 33554432 AND (length(NEW.misconceptions) - length(replace(replace(NEW.misconceptions, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.misconceptions, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.misconceptions) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.misconceptions)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.misconceptions) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.misconceptions -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.misconceptions -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.misconceptions -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.misconceptions) - length(replace(replace(NEW.misconceptions, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_json_limits'); END;

CREATE TRIGGER concept_versions_no_replace BEFORE INSERT ON concept_versions
WHEN (NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number AND created_at = NEW.created_at) AND NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number AND name_key = NEW.name_key) AND NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number) AND NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_no_replace'); END;

CREATE TRIGGER concept_versions_concept_exists BEFORE INSERT ON concept_versions
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concepts WHERE id = NEW.concept_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_concept_exists'); END;

CREATE TRIGGER concept_versions_previous_exists BEFORE INSERT ON concept_versions
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_previous_exists'); END;

CREATE TRIGGER concept_warnings_no_update BEFORE UPDATE ON concept_warnings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_no_update'); END;

CREATE TRIGGER concept_warnings_no_delete BEFORE DELETE ON concept_warnings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_no_delete'); END;

CREATE TRIGGER concept_warnings_json_limits BEFORE INSERT ON concept_warnings
WHEN ((NEW.warnings IS NULL OR CASE WHEN json_valid(NEW.warnings) THEN length(CAST(NEW.warnings AS BLOB)) <= 33554432 AND (length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.warnings, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.warnings) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.warnings)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.warnings) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.warnings -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.warnings -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.warnings -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_json_limits'); END;

CREATE TRIGGER concept_warnings_no_replace BEFORE INSERT ON concept_warnings
WHEN (NOT EXISTS (SELECT 1 FROM main.concept_warnings WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_no_replace'); END;

CREATE TRIGGER concept_warnings_version_exists BEFORE INSERT ON concept_warnings
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number AND created_at = NEW.computed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_version_exists'); END;

CREATE TRIGGER concept_versions_needs_head BEFORE INSERT ON concept_versions
WHEN (EXISTS (SELECT 1 FROM main.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.created_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_needs_head'); END;

CREATE TRIGGER concept_warnings_needs_head BEFORE INSERT ON concept_warnings
WHEN (EXISTS (SELECT 1 FROM main.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.computed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_needs_head'); END;

CREATE TRIGGER concepts_no_delete BEFORE DELETE ON concepts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_no_delete'); END;

CREATE TRIGGER concepts_no_replace BEFORE INSERT ON concepts
WHEN (NOT EXISTS (SELECT 1 FROM main.concepts WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_no_replace'); END;

CREATE TRIGGER concepts_version_exists BEFORE UPDATE ON concepts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = OLD.id AND version_number = OLD.current_version AND name_key = OLD.name_key)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_version_exists'); END;

CREATE TRIGGER concepts_warnings_exists BEFORE UPDATE ON concepts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concept_warnings WHERE concept_id = OLD.id AND version_number = OLD.current_version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_warnings_exists'); END;

CREATE TRIGGER concepts_history_exists BEFORE UPDATE ON concepts
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.current_version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_history_exists'); END;

CREATE TRIGGER concepts_no_nested_update BEFORE UPDATE ON concepts
WHEN (EXISTS (SELECT 1 FROM main.concepts AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.current_version IS OLD.current_version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.name_key IS OLD.name_key)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_no_nested_update'); END;

CREATE TRIGGER concepts_one_step BEFORE UPDATE ON concepts
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_one_step'); END;

CREATE TRIGGER history_needs_concepts BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'concept' OR EXISTS (SELECT 1 FROM main.concepts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.current_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_concepts'); END;

CREATE TRIGGER history_declares_data_of_concepts BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'concept' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('corrects', 'name_key', 'ruleset', 'version', 'warnings')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_concepts'); END;

CREATE TRIGGER signals_no_update BEFORE UPDATE ON signals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_no_update'); END;

CREATE TRIGGER signals_no_delete BEFORE DELETE ON signals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_no_delete'); END;

CREATE TRIGGER signals_no_rowid BEFORE INSERT ON signals
WHEN (coalesce(NEW.rowid, 0) < 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_no_rowid'); END;

CREATE TRIGGER signals_json_limits BEFORE INSERT ON signals
WHEN ((NEW.warnings IS NULL OR CASE WHEN json_valid(NEW.warnings) THEN length(CAST(NEW.warnings AS BLOB)) <= 33554432 AND (length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.warnings, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.warnings) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.warnings)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.warnings) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.warnings -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.warnings -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.warnings -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_json_limits'); END;

CREATE TRIGGER signals_no_replace BEFORE INSERT ON signals
WHEN (NOT EXISTS (SELECT 1 FROM main.signals WHERE artifact_id = NEW.artifact_id AND artifact_seq = NEW.artifact_seq AND hash = NEW.hash) AND NOT EXISTS (SELECT 1 FROM main.signals WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.signals WHERE subspace_id = NEW.subspace_id AND applied_seq = NEW.applied_seq AND hash = NEW.hash) AND NOT EXISTS (SELECT 1 FROM main.signals WHERE user_id = NEW.user_id AND capture_key = NEW.capture_key)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_no_replace'); END;

CREATE TRIGGER signals_algorithm_exists BEFORE INSERT ON signals
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.algorithms WHERE id = NEW.algorithm_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_algorithm_exists'); END;

CREATE TRIGGER signals_artifact_exists BEFORE INSERT ON signals
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.artifacts WHERE id = NEW.artifact_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_artifact_exists'); END;

CREATE TRIGGER signals_space_exists BEFORE INSERT ON signals
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.spaces WHERE id = NEW.space_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_space_exists'); END;

CREATE TRIGGER signals_subspace_exists BEFORE INSERT ON signals
WHEN (NEW.subspace_id IS NULL OR EXISTS (SELECT 1 FROM main.subspaces WHERE id = NEW.subspace_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_subspace_exists'); END;

CREATE TRIGGER signals_needs_artifact BEFORE INSERT ON signals
WHEN (EXISTS (SELECT 1 FROM main.artifacts AS head WHERE head.id = NEW.artifact_id AND head.seq = NEW.artifact_seq AND head.hash = NEW.hash AND head.updated_at = NEW.recorded_at AND head.space_id = NEW.space_id AND head.user_id = NEW.user_id AND head.normalized_url = NEW.normalized_url AND head.engagement_level = NEW.reached_level)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_needs_artifact'); END;

CREATE TRIGGER signals_needs_centroid BEFORE INSERT ON signals
WHEN (NEW.applied_seq IS NULL OR EXISTS (SELECT 1 FROM main.centroids AS head WHERE head.id = NEW.subspace_id AND head.seq = NEW.applied_seq AND head.hash = NEW.hash AND head.updated_at = NEW.recorded_at AND head.space_id = NEW.space_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'signals_needs_centroid'); END;

CREATE TRIGGER spaces_no_delete BEFORE DELETE ON spaces
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_no_delete'); END;

CREATE TRIGGER spaces_no_replace BEFORE INSERT ON spaces
WHEN (NOT EXISTS (SELECT 1 FROM main.spaces WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_no_replace'); END;

CREATE TRIGGER spaces_history_exists BEFORE UPDATE ON spaces
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_history_exists'); END;

CREATE TRIGGER spaces_no_nested_update BEFORE UPDATE ON spaces
WHEN (EXISTS (SELECT 1 FROM main.spaces AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.user_id IS OLD.user_id AND stored.name IS OLD.name AND stored.model IS OLD.model AND stored.dimension IS OLD.dimension)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_no_nested_update'); END;

CREATE TRIGGER spaces_one_step BEFORE UPDATE ON spaces
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_one_step'); END;

CREATE TRIGGER history_needs_spaces BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'space' OR EXISTS (SELECT 1 FROM main.spaces AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_spaces'); END;

CREATE TRIGGER history_declares_data_of_spaces BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'space' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('dimension', 'model', 'name', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_spaces'); END;

CREATE TRIGGER spaces_keeps_fields BEFORE UPDATE ON spaces
WHEN ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_keeps_fields'); END;

CREATE TRIGGER subspaces_no_delete BEFORE DELETE ON subspaces
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_no_delete'); END;

CREATE TRIGGER subspaces_no_replace BEFORE INSERT ON subspaces
WHEN (NOT EXISTS (SELECT 1 FROM main.subspaces WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_no_replace'); END;

CREATE TRIGGER subspaces_space_exists BEFORE INSERT ON subspaces
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.spaces WHERE id = NEW.space_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_space_exists'); END;

CREATE TRIGGER subspaces_history_exists BEFORE UPDATE ON subspaces
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_history_exists'); END;

CREATE TRIGGER subspaces_no_nested_update BEFORE UPDATE ON subspaces
WHEN (EXISTS (SELECT 1 FROM main.subspaces AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.space_id IS OLD.space_id AND stored.user_id IS OLD.user_id AND stored.name IS OLD.name AND stored.description IS OLD.description AND stored.seed IS OLD.seed)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_no_nested_update'); END;

CREATE TRIGGER subspaces_one_step BEFORE UPDATE ON subspaces
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_one_step'); END;

CREATE TRIGGER history_needs_subspaces BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'subspace' OR EXISTS (SELECT 1 FROM main.subspaces AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_subspaces'); END;

CREATE TRIGGER history_declares_data_of_subspaces BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'subspace' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('description', 'name', 'seed', 'space_id', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_subspaces'); END;

CREATE TRIGGER subspaces_keeps_fields BEFORE UPDATE ON subspaces
WHEN ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name AND NEW.description = OLD.description AND (NEW.seed = OLD.seed OR NEW.seed IS NULL AND OLD.seed IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_subspaces BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'subspace' AND NEW.seq > 1 AND NEW.action IN ('rename', 'seed')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.subspaces AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('seed') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.name') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CAST(head.name AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.description') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END) AND (CAST(head.description AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END)) AND (NEW.action NOT IN ('rename') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.seed') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.seed') AS text) END) AND TRUE))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_subspaces'); END;

CREATE TRIGGER algorithms_no_delete BEFORE DELETE ON algorithms
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_delete'); END;

CREATE TRIGGER algorithms_no_replace BEFORE INSERT ON algorithms
WHEN (((NEW.status = 'ACTIVE') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.algorithms WHERE status = NEW.status AND status = 'ACTIVE')) AND NOT EXISTS (SELECT 1 FROM main.algorithms WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_replace'); END;

CREATE TRIGGER algorithms_history_exists BEFORE UPDATE ON algorithms
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_history_exists'); END;

CREATE TRIGGER algorithms_no_replace_on_update BEFORE UPDATE ON algorithms
WHEN (((NEW.status = 'ACTIVE') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.algorithms WHERE status = NEW.status AND (id <> OLD.id) AND status = 'ACTIVE'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_replace_on_update'); END;

CREATE TRIGGER algorithms_no_nested_update BEFORE UPDATE ON algorithms
WHEN (EXISTS (SELECT 1 FROM main.algorithms AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.formulas IS OLD.formulas AND stored.checksum IS OLD.checksum)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_no_nested_update'); END;

CREATE TRIGGER algorithms_one_step BEFORE UPDATE ON algorithms
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_one_step'); END;

CREATE TRIGGER history_needs_algorithms BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'algorithm' OR EXISTS (SELECT 1 FROM main.algorithms AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_algorithms'); END;

CREATE TRIGGER history_declares_data_of_algorithms BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'algorithm' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('checksum', 'formulas')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_algorithms'); END;

CREATE TRIGGER artifacts_no_delete BEFORE DELETE ON artifacts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_no_delete'); END;

CREATE TRIGGER artifacts_no_replace BEFORE INSERT ON artifacts
WHEN (NOT EXISTS (SELECT 1 FROM main.artifacts WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.artifacts WHERE space_id = NEW.space_id AND normalized_url = NEW.normalized_url)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_no_replace'); END;

CREATE TRIGGER artifacts_signal_exists BEFORE UPDATE ON artifacts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.signals WHERE artifact_id = OLD.id AND artifact_seq = OLD.seq AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_signal_exists'); END;

CREATE TRIGGER artifacts_space_exists BEFORE INSERT ON artifacts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.spaces WHERE id = NEW.space_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_space_exists'); END;

CREATE TRIGGER artifacts_no_replace_on_update BEFORE UPDATE ON artifacts
WHEN (NOT EXISTS (SELECT 1 FROM main.artifacts WHERE space_id = NEW.space_id AND normalized_url = NEW.normalized_url AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_no_replace_on_update'); END;

CREATE TRIGGER artifacts_no_nested_update BEFORE UPDATE ON artifacts
WHEN (EXISTS (SELECT 1 FROM main.artifacts AS stored WHERE stored.id IS OLD.id AND stored.seq IS OLD.seq AND stored.hash IS OLD.hash AND stored.user_id IS OLD.user_id AND stored.space_id IS OLD.space_id AND stored.normalized_url IS OLD.normalized_url AND stored.title IS OLD.title AND stored.title_stamp IS OLD.title_stamp AND stored.content IS OLD.content AND stored.content_stamp IS OLD.content_stamp AND stored.engagement_level IS OLD.engagement_level AND stored.reading_depth IS OLD.reading_depth AND stored.scroll_depth IS OLD.scroll_depth AND stored.dwell_time_ms IS OLD.dwell_time_ms AND stored.word_count IS OLD.word_count AND stored.vector IS OLD.vector AND stored.content_source IS OLD.content_source AND stored.stamp IS OLD.stamp AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_no_nested_update'); END;

CREATE TRIGGER artifacts_one_step BEFORE UPDATE ON artifacts
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_one_step'); END;

CREATE TRIGGER artifacts_begins BEFORE INSERT ON artifacts
WHEN (NEW.seq = 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_begins'); END;

CREATE TRIGGER centroids_no_delete BEFORE DELETE ON centroids
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_no_delete'); END;

CREATE TRIGGER centroids_no_replace BEFORE INSERT ON centroids
WHEN (NOT EXISTS (SELECT 1 FROM main.centroids WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_no_replace'); END;

CREATE TRIGGER centroids_signal_exists BEFORE UPDATE ON centroids
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.signals WHERE subspace_id = OLD.id AND applied_seq = OLD.seq AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_signal_exists'); END;

CREATE TRIGGER centroids_subspace_exists BEFORE INSERT ON centroids
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.subspaces WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_subspace_exists'); END;

CREATE TRIGGER centroids_no_nested_update BEFORE UPDATE ON centroids
WHEN (EXISTS (SELECT 1 FROM main.centroids AS stored WHERE stored.id IS OLD.id AND stored.seq IS OLD.seq AND stored.hash IS OLD.hash AND stored.space_id IS OLD.space_id AND stored.vector IS OLD.vector AND stored.logged_vector IS OLD.logged_vector AND stored.logged_seq IS OLD.logged_seq AND stored.confidence IS OLD.confidence AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_no_nested_update'); END;

CREATE TRIGGER centroids_one_step BEFORE UPDATE ON centroids
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_one_step'); END;

CREATE TRIGGER centroids_begins BEFORE INSERT ON centroids
WHEN (NEW.seq = 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_begins'); END;

CREATE TRIGGER spaces_fixed BEFORE UPDATE ON spaces
WHEN (NEW.user_id = OLD.user_id AND NEW.model = OLD.model AND NEW.dimension = OLD.dimension) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_fixed'); END;

CREATE TRIGGER subspaces_fixed BEFORE UPDATE ON subspaces
WHEN (NEW.user_id = OLD.user_id AND NEW.space_id = OLD.space_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_fixed'); END;

CREATE TRIGGER algorithms_fixed BEFORE UPDATE ON algorithms
WHEN (NEW.formulas = OLD.formulas AND NEW.checksum = OLD.checksum) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_fixed'); END;

CREATE TRIGGER artifacts_fixed BEFORE UPDATE ON artifacts
WHEN (NEW.user_id = OLD.user_id AND NEW.space_id = OLD.space_id AND NEW.normalized_url = OLD.normalized_url) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_fixed'); END;

CREATE TRIGGER centroids_fixed BEFORE UPDATE ON centroids
WHEN (NEW.space_id = OLD.space_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'centroids_fixed'); END;

CREATE TRIGGER artifacts_rising BEFORE UPDATE ON artifacts
WHEN (NEW.engagement_level >= OLD.engagement_level AND NEW.reading_depth >= OLD.reading_depth AND NEW.scroll_depth >= OLD.scroll_depth AND NEW.dwell_time_ms >= OLD.dwell_time_ms AND NEW.word_count >= OLD.word_count AND NEW.stamp >= OLD.stamp AND NEW.title_stamp >= OLD.title_stamp AND NEW.content_stamp >= OLD.content_stamp) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'artifacts_rising'); END;

CREATE TRIGGER subspaces_seeded_once BEFORE UPDATE ON subspaces
WHEN (OLD.seed IS NULL AND (NEW.seed IS NULL OR NOT EXISTS (SELECT 1 FROM main.centroids AS centroid WHERE centroid.id = NEW.id)) OR NEW.seed = OLD.seed) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_seeded_once'); END;

CREATE TRIGGER subspaces_of_owner BEFORE INSERT ON subspaces
WHEN (EXISTS (SELECT 1 FROM main.spaces AS space WHERE space.id = NEW.space_id AND space.user_id = NEW.user_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_of_owner'); END;

CREATE TRIGGER algorithms_one_active BEFORE UPDATE ON algorithms
WHEN (NEW.status <> 'ACTIVE' OR NOT EXISTS (SELECT 1 FROM main.algorithms AS other WHERE other.status = 'ACTIVE' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'algorithms_one_active'); END;

CREATE TRIGGER authors_no_delete BEFORE DELETE ON authors
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_no_delete'); END;

CREATE TRIGGER authors_no_replace BEFORE INSERT ON authors
WHEN (NOT EXISTS (SELECT 1 FROM main.authors WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.authors WHERE wallet_address = NEW.wallet_address)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_no_replace'); END;

CREATE TRIGGER authors_history_exists BEFORE UPDATE ON authors
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_history_exists'); END;

CREATE TRIGGER authors_no_replace_on_update BEFORE UPDATE ON authors
WHEN (NOT EXISTS (SELECT 1 FROM main.authors WHERE wallet_address = NEW.wallet_address AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_no_replace_on_update'); END;

CREATE TRIGGER authors_no_nested_update BEFORE UPDATE ON authors
WHEN (EXISTS (SELECT 1 FROM main.authors AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.wallet_address IS OLD.wallet_address AND stored.twitter_handle IS OLD.twitter_handle AND stored.farcaster_handle IS OLD.farcaster_handle AND stored.prompt_text IS OLD.prompt_text)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_no_nested_update'); END;

CREATE TRIGGER authors_one_step BEFORE UPDATE ON authors
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_one_step'); END;

CREATE TRIGGER history_needs_authors BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'author' OR EXISTS (SELECT 1 FROM main.authors AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_authors'); END;

CREATE TRIGGER history_declares_data_of_authors BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'author' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('farcaster_handle', 'prompt_text', 'twitter_handle', 'wallet_address')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_authors'); END;

CREATE TRIGGER mint_events_no_delete BEFORE DELETE ON mint_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_delete'); END;

CREATE TRIGGER mint_events_json_limits BEFORE INSERT ON mint_events
WHEN ((NEW.batch IS NULL OR CASE WHEN json_valid(NEW.batch) THEN length(CAST(NEW.batch AS BLOB)) <= 33554432 AND (length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.batch, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.batch) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.batch)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.batch) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.batch -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.batch -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.batch -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 END) AND (NEW.copies IS NULL OR CASE WHEN json_valid(NEW.copies) THEN length(CAST(NEW.copies AS BLOB)) <= 33554432 AND (length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.copies, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.copies) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.copies)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.copies) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.copies -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.copies -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.copies -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_json_limits'); END;

CREATE TRIGGER mint_events_no_replace BEFORE INSERT ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace'); END;

CREATE TRIGGER mint_events_history_exists BEFORE UPDATE ON mint_events
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_history_exists'); END;

CREATE TRIGGER mint_events_json_limits_on_update BEFORE UPDATE ON mint_events
WHEN ((NEW.batch IS NULL OR CASE WHEN json_valid(NEW.batch) THEN length(CAST(NEW.batch AS BLOB)) <= 33554432 AND (length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.batch, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.batch) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.batch)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.batch) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.batch -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.batch -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.batch -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.batch) - length(replace(replace(NEW.batch, '[', ''), '{', '')) <= 40 END) AND (NEW.copies IS NULL OR CASE WHEN json_valid(NEW.copies) THEN length(CAST(NEW.copies AS BLOB)) <= 33554432 AND (length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.copies, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.copies) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.copies)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.copies) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.copies -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.copies -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.copies -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.copies) - length(replace(replace(NEW.copies, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_json_limits_on_update'); END;

CREATE TRIGGER mint_events_no_replace_on_update BEFORE UPDATE ON mint_events
WHEN (((NEW.status = 'canonical') IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.mint_events WHERE tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id) AND status = 'canonical')) AND NOT EXISTS (SELECT 1 FROM main.mint_events WHERE block_hash = NEW.block_hash AND tx_hash = NEW.tx_hash AND log_index = NEW.log_index AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_replace_on_update'); END;

CREATE TRIGGER mint_events_no_nested_update BEFORE UPDATE ON mint_events
WHEN (EXISTS (SELECT 1 FROM main.mint_events AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.tx_hash IS OLD.tx_hash AND stored.log_index IS OLD.log_index AND stored.block_number IS OLD.block_number AND stored.block_hash IS OLD.block_hash AND stored.block_timestamp IS OLD.block_timestamp AND stored.token_id IS OLD.token_id AND stored.quantity IS OLD.quantity AND stored.author_wallet IS OLD.author_wallet AND stored.recipient IS OLD.recipient AND stored.total_paid IS OLD.total_paid AND stored.detected_at IS OLD.detected_at AND stored.batch IS OLD.batch AND stored.copies IS OLD.copies)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_no_nested_update'); END;

CREATE TRIGGER mint_events_one_step BEFORE UPDATE ON mint_events
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_one_step'); END;

CREATE TRIGGER history_needs_mint_events BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'mint_event' OR EXISTS (SELECT 1 FROM main.mint_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_mint_events'); END;

CREATE TRIGGER history_declares_data_of_mint_events BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'mint_event' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('author_wallet', 'batch', 'block_hash', 'block_number', 'block_timestamp', 'copies', 'detected_at', 'log_index', 'quantity', 'recipient', 'token_id', 'total_paid', 'tx_hash')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_mint_events'); END;

CREATE TRIGGER mint_events_latest_times_on_insert BEFORE INSERT ON mint_events
WHEN (NEW.detected_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_latest_times_on_insert'); END;

CREATE TRIGGER mint_events_latest_times_on_update BEFORE UPDATE ON mint_events
WHEN (NEW.detected_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_latest_times_on_update'); END;

CREATE TRIGGER tokens_s0_no_delete BEFORE DELETE ON tokens_s0
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_delete'); END;

CREATE TRIGGER tokens_s0_json_limits BEFORE INSERT ON tokens_s0
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_json_limits'); END;

CREATE TRIGGER tokens_s0_no_replace BEFORE INSERT ON tokens_s0
WHEN (NOT EXISTS (SELECT 1 FROM main.tokens_s0 WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.tokens_s0 WHERE token_id = NEW.token_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_replace'); END;

CREATE TRIGGER tokens_s0_author_exists BEFORE INSERT ON tokens_s0
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.authors WHERE id = NEW.author_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_author_exists'); END;

CREATE TRIGGER tokens_s0_mint_exists BEFORE INSERT ON tokens_s0
WHEN (NEW.mint_event_id IS NULL OR EXISTS (SELECT 1 FROM main.mint_events WHERE id = NEW.mint_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_mint_exists'); END;

CREATE TRIGGER tokens_s0_history_exists BEFORE UPDATE ON tokens_s0
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_history_exists'); END;

CREATE TRIGGER tokens_s0_json_limits_on_update BEFORE UPDATE ON tokens_s0
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_json_limits_on_update'); END;

CREATE TRIGGER tokens_s0_no_replace_on_update BEFORE UPDATE ON tokens_s0
WHEN (NOT EXISTS (SELECT 1 FROM main.tokens_s0 WHERE token_id = NEW.token_id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_replace_on_update'); END;

CREATE TRIGGER tokens_s0_no_nested_update BEFORE UPDATE ON tokens_s0
WHEN (EXISTS (SELECT 1 FROM main.tokens_s0 AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_id IS OLD.token_id AND stored.author_id IS OLD.author_id AND stored.minter_address IS OLD.minter_address AND stored.mint_timestamp IS OLD.mint_timestamp AND stored.mint_event_id IS OLD.mint_event_id AND stored.image_url IS OLD.image_url AND stored.image_cid IS OLD.image_cid AND stored.metadata_cid IS OLD.metadata_cid AND stored.generation_attempts IS OLD.generation_attempts AND stored.generation_error IS OLD.generation_error AND stored.reveal_tx_hash IS OLD.reveal_tx_hash AND stored.error_data IS OLD.error_data)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_no_nested_update'); END;

CREATE TRIGGER tokens_s0_one_step BEFORE UPDATE ON tokens_s0
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_one_step'); END;

CREATE TRIGGER history_needs_tokens_s0 BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'token' OR EXISTS (SELECT 1 FROM main.tokens_s0 AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_tokens_s0'); END;

CREATE TRIGGER history_declares_data_of_tokens_s0 BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'token' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('author_id', 'error_data', 'generation_attempts', 'generation_error', 'image_cid', 'image_url', 'metadata_cid', 'mint_event_id', 'mint_timestamp', 'minter_address', 'reveal_tx_hash', 'token_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_tokens_s0'); END;

CREATE TRIGGER tokens_s0_keeps_fields BEFORE UPDATE ON tokens_s0
WHEN ((OLD.status || ' ' || NEW.status IN ('failed detected', 'generating detected') OR NEW.author_id = OLD.author_id AND (NEW.minter_address = OLD.minter_address OR NEW.minter_address IS NULL AND OLD.minter_address IS NULL) AND NEW.mint_timestamp = OLD.mint_timestamp AND (NEW.mint_event_id = OLD.mint_event_id OR NEW.mint_event_id IS NULL AND OLD.mint_event_id IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_keeps_fields'); END;

CREATE TRIGGER tokens_s0_initial_fields BEFORE INSERT ON tokens_s0
WHEN (NEW.error_data IS NULL AND NEW.generation_attempts = 0 AND NEW.generation_error IS NULL AND NEW.image_cid IS NULL AND NEW.image_url IS NULL AND (NEW.status IN ('revealed') OR NEW.metadata_cid IS NULL) AND NEW.reveal_tx_hash IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_initial_fields'); END;

CREATE TRIGGER image_generation_jobs_no_delete BEFORE DELETE ON image_generation_jobs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_no_delete'); END;

CREATE TRIGGER image_generation_jobs_json_limits BEFORE INSERT ON image_generation_jobs
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_json_limits'); END;

CREATE TRIGGER image_generation_jobs_no_replace BEFORE INSERT ON image_generation_jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.image_generation_jobs WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_no_replace'); END;

CREATE TRIGGER image_generation_jobs_token_exists BEFORE INSERT ON image_generation_jobs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.tokens_s0 WHERE id = NEW.token_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_token_exists'); END;

CREATE TRIGGER image_generation_jobs_history_exists BEFORE UPDATE ON image_generation_jobs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_history_exists'); END;

CREATE TRIGGER image_generation_jobs_json_limits_on_update BEFORE UPDATE ON image_generation_jobs
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_json_limits_on_update'); END;

CREATE TRIGGER image_generation_jobs_no_nested_update BEFORE UPDATE ON image_generation_jobs
WHEN (EXISTS (SELECT 1 FROM main.image_generation_jobs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_id IS OLD.token_id AND stored.service IS OLD.service AND stored.external_job_id IS OLD.external_job_id AND stored.retry_count IS OLD.retry_count AND stored.error_data IS OLD.error_data AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_no_nested_update'); END;

CREATE TRIGGER image_generation_jobs_one_step BEFORE UPDATE ON image_generation_jobs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_one_step'); END;

CREATE TRIGGER history_needs_image_generation_jobs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'image_job' OR EXISTS (SELECT 1 FROM main.image_generation_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_image_generation_jobs'); END;

CREATE TRIGGER history_declares_data_of_image_generation_jobs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'image_job' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('completed_at', 'error_data', 'external_job_id', 'retry_count', 'service', 'token_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_image_generation_jobs'); END;

CREATE TRIGGER image_generation_jobs_initial_fields BEFORE INSERT ON image_generation_jobs
WHEN (NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.external_job_id IS NULL AND NEW.retry_count = 0) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_initial_fields'); END;

CREATE TRIGGER image_generation_jobs_latest_times_on_insert BEFORE INSERT ON image_generation_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_latest_times_on_insert'); END;

CREATE TRIGGER image_generation_jobs_latest_times_on_update BEFORE UPDATE ON image_generation_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_latest_times_on_update'); END;

CREATE TRIGGER ipfs_upload_records_no_delete BEFORE DELETE ON ipfs_upload_records
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_no_delete'); END;

CREATE TRIGGER ipfs_upload_records_json_limits BEFORE INSERT ON ipfs_upload_records
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_json_limits'); END;

CREATE TRIGGER ipfs_upload_records_no_replace BEFORE INSERT ON ipfs_upload_records
WHEN (NOT EXISTS (SELECT 1 FROM main.ipfs_upload_records WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_no_replace'); END;

CREATE TRIGGER ipfs_upload_records_token_exists BEFORE INSERT ON ipfs_upload_records
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.tokens_s0 WHERE id = NEW.token_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_token_exists'); END;

CREATE TRIGGER ipfs_upload_records_history_exists BEFORE UPDATE ON ipfs_upload_records
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_history_exists'); END;

CREATE TRIGGER ipfs_upload_records_json_limits_on_update BEFORE UPDATE ON ipfs_upload_records
WHEN ((NEW.error_data IS NULL OR CASE WHEN json_valid(NEW.error_data) THEN length(CAST(NEW.error_data AS BLOB)) <= 1048576 AND (length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.error_data, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.error_data) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.error_data)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.error_data) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.error_data -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.error_data -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.error_data -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.error_data) - length(replace(replace(NEW.error_data, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_json_limits_on_update'); END;

CREATE TRIGGER ipfs_upload_records_no_nested_update BEFORE UPDATE ON ipfs_upload_records
WHEN (EXISTS (SELECT 1 FROM main.ipfs_upload_records AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_id IS OLD.token_id AND stored.record_type IS OLD.record_type AND stored.cid IS OLD.cid AND stored.retry_count IS OLD.retry_count AND stored.error_data IS OLD.error_data AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_no_nested_update'); END;

CREATE TRIGGER ipfs_upload_records_one_step BEFORE UPDATE ON ipfs_upload_records
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_one_step'); END;

CREATE TRIGGER history_needs_ipfs_upload_records BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'ipfs_upload' OR EXISTS (SELECT 1 FROM main.ipfs_upload_records AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_ipfs_upload_records'); END;

CREATE TRIGGER history_declares_data_of_ipfs_upload_records BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'ipfs_upload' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('cid', 'completed_at', 'error_data', 'record_type', 'retry_count', 'token_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_ipfs_upload_records'); END;

CREATE TRIGGER ipfs_upload_records_initial_fields BEFORE INSERT ON ipfs_upload_records
WHEN (NEW.cid IS NULL AND NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.retry_count = 0) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_initial_fields'); END;

CREATE TRIGGER ipfs_upload_records_latest_times_on_insert BEFORE INSERT ON ipfs_upload_records
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_latest_times_on_insert'); END;

CREATE TRIGGER ipfs_upload_records_latest_times_on_update BEFORE UPDATE ON ipfs_upload_records
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_latest_times_on_update'); END;

CREATE TRIGGER reveal_transactions_no_delete BEFORE DELETE ON reveal_transactions
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_no_delete'); END;

CREATE TRIGGER reveal_transactions_json_limits BEFORE INSERT ON reveal_transactions
WHEN ((NEW.token_ids IS NULL OR CASE WHEN json_valid(NEW.token_ids) THEN length(CAST(NEW.token_ids AS BLOB)) <= 33554432 AND (length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.token_ids, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.token_ids) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.token_ids)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.token_ids) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.token_ids -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.token_ids -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.token_ids -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_json_limits'); END;

CREATE TRIGGER reveal_transactions_no_replace BEFORE INSERT ON reveal_transactions
WHEN (NOT EXISTS (SELECT 1 FROM main.reveal_transactions WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_no_replace'); END;

CREATE TRIGGER reveal_transactions_history_exists BEFORE UPDATE ON reveal_transactions
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_history_exists'); END;

CREATE TRIGGER reveal_transactions_json_limits_on_update BEFORE UPDATE ON reveal_transactions
WHEN ((NEW.token_ids IS NULL OR CASE WHEN json_valid(NEW.token_ids) THEN length(CAST(NEW.token_ids AS BLOB)) <= 33554432 AND (length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.token_ids, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.token_ids) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.token_ids)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.token_ids) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.token_ids -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.token_ids -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.token_ids -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.token_ids) - length(replace(replace(NEW.token_ids, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_json_limits_on_update'); END;

CREATE TRIGGER reveal_transactions_no_nested_update BEFORE UPDATE ON reveal_transactions
WHEN (EXISTS (SELECT 1 FROM main.reveal_transactions AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.token_ids IS OLD.token_ids AND stored.tx_hash IS OLD.tx_hash AND stored.block_number IS OLD.block_number AND stored.gas_price_wei IS OLD.gas_price_wei AND stored.confirmed_at IS OLD.confirmed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_no_nested_update'); END;

CREATE TRIGGER reveal_transactions_one_step BEFORE UPDATE ON reveal_transactions
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_one_step'); END;

CREATE TRIGGER history_needs_reveal_transactions BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'reveal_transaction' OR EXISTS (SELECT 1 FROM main.reveal_transactions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_reveal_transactions'); END;

CREATE TRIGGER history_declares_data_of_reveal_transactions BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'reveal_transaction' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('block_number', 'confirmed_at', 'gas_price_wei', 'token_ids', 'tx_hash')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_reveal_transactions'); END;

CREATE TRIGGER reveal_transactions_initial_fields BEFORE INSERT ON reveal_transactions
WHEN (NEW.block_number IS NULL AND NEW.confirmed_at IS NULL AND NEW.gas_price_wei IS NULL AND NEW.tx_hash IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_initial_fields'); END;

CREATE TRIGGER reveal_transactions_latest_times_on_insert BEFORE INSERT ON reveal_transactions
WHEN ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_latest_times_on_insert'); END;

CREATE TRIGGER reveal_transactions_latest_times_on_update BEFORE UPDATE ON reveal_transactions
WHEN ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_latest_times_on_update'); END;

CREATE TRIGGER system_state_no_delete BEFORE DELETE ON system_state
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_no_delete'); END;

CREATE TRIGGER system_state_json_limits BEFORE INSERT ON system_state
WHEN ((NEW.state_value IS NULL OR CASE WHEN json_valid(NEW.state_value) THEN length(CAST(NEW.state_value AS BLOB)) <= 1048576 AND (length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.state_value, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.state_value) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.state_value)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.state_value) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.state_value -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.state_value -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.state_value -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_json_limits'); END;

CREATE TRIGGER system_state_no_replace BEFORE INSERT ON system_state
WHEN (NOT EXISTS (SELECT 1 FROM main.system_state WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_no_replace'); END;

CREATE TRIGGER system_state_history_exists BEFORE UPDATE ON system_state
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_history_exists'); END;

CREATE TRIGGER system_state_json_limits_on_update BEFORE UPDATE ON system_state
WHEN ((NEW.state_value IS NULL OR CASE WHEN json_valid(NEW.state_value) THEN length(CAST(NEW.state_value AS BLOB)) <= 1048576 AND (length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.state_value, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.state_value) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.state_value)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.state_value) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.state_value -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.state_value -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.state_value -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.state_value) - length(replace(replace(NEW.state_value, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_json_limits_on_update'); END;

CREATE TRIGGER system_state_no_nested_update BEFORE UPDATE ON system_state
WHEN (EXISTS (SELECT 1 FROM main.system_state AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.state_value IS OLD.state_value)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_no_nested_update'); END;

CREATE TRIGGER system_state_one_step BEFORE UPDATE ON system_state
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'system_state_one_step'); END;

CREATE TRIGGER history_needs_system_state BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'system_state' OR EXISTS (SELECT 1 FROM main.system_state AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_system_state'); END;

CREATE TRIGGER history_declares_data_of_system_state BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'system_state' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('state_value')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_system_state'); END;

CREATE TRIGGER mint_events_insert_canonical_once BEFORE INSERT ON mint_events
WHEN (NEW.status <> 'canonical' OR NOT EXISTS (SELECT 1 FROM main.mint_events AS other WHERE other.status = 'canonical' AND other.tx_hash = NEW.tx_hash AND other.log_index = NEW.log_index AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_insert_canonical_once'); END;

CREATE TRIGGER mint_events_update_canonical_once BEFORE UPDATE ON mint_events
WHEN (NEW.status <> 'canonical' OR NOT EXISTS (SELECT 1 FROM main.mint_events AS other WHERE other.status = 'canonical' AND other.tx_hash = NEW.tx_hash AND other.log_index = NEW.log_index AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_update_canonical_once'); END;

CREATE TRIGGER authors_fixed BEFORE UPDATE ON authors
WHEN (NEW.wallet_address = OLD.wallet_address) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'authors_fixed'); END;

CREATE TRIGGER mint_events_fixed BEFORE UPDATE ON mint_events
WHEN (NEW.tx_hash = OLD.tx_hash AND NEW.log_index = OLD.log_index AND NEW.block_number = OLD.block_number AND NEW.block_hash = OLD.block_hash AND NEW.block_timestamp = OLD.block_timestamp AND NEW.token_id = OLD.token_id AND NEW.quantity = OLD.quantity AND NEW.author_wallet = OLD.author_wallet AND NEW.recipient = OLD.recipient AND NEW.total_paid = OLD.total_paid AND NEW.detected_at = OLD.detected_at AND (NEW.batch = OLD.batch OR NEW.batch IS NULL AND OLD.batch IS NULL) AND (NEW.copies = OLD.copies OR NEW.copies IS NULL AND OLD.copies IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_fixed'); END;

CREATE TRIGGER tokens_s0_fixed BEFORE UPDATE ON tokens_s0
WHEN (NEW.token_id = OLD.token_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_fixed'); END;

CREATE TRIGGER image_generation_jobs_fixed BEFORE UPDATE ON image_generation_jobs
WHEN (NEW.token_id = OLD.token_id AND NEW.service = OLD.service) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_fixed'); END;

CREATE TRIGGER ipfs_upload_records_fixed BEFORE UPDATE ON ipfs_upload_records
WHEN (NEW.token_id = OLD.token_id AND NEW.record_type = OLD.record_type) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_fixed'); END;

CREATE TRIGGER reveal_transactions_fixed BEFORE UPDATE ON reveal_transactions
WHEN (NEW.token_ids = OLD.token_ids) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_fixed'); END;

CREATE TRIGGER tokens_s0_fixed_unless_retried BEFORE UPDATE ON tokens_s0
WHEN (OLD.status = 'failed' AND NEW.status = 'detected' OR NEW.author_id = OLD.author_id AND NEW.mint_timestamp = OLD.mint_timestamp AND coalesce(NEW.minter_address, '') = coalesce(OLD.minter_address, '') AND coalesce(NEW.mint_event_id, '') = coalesce(OLD.mint_event_id, '')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_fixed_unless_retried'); END;

CREATE TRIGGER reveal_transactions_has_tokens BEFORE INSERT ON reveal_transactions
WHEN (NOT EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(NEW.token_ids) AND json_type(NEW.token_ids) = 'array' THEN NEW.token_ids ELSE '[]' END) AS listed WHERE NOT EXISTS (SELECT 1 FROM main.tokens_s0 AS token WHERE token.id = listed.value))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_has_tokens'); END;

CREATE TRIGGER tasks_needs_tokens_s0 BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM main.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_tokens_s0'); END;

CREATE TRIGGER project_prompts_no_update BEFORE UPDATE ON project_prompts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_no_update'); END;

CREATE TRIGGER project_prompts_no_delete BEFORE DELETE ON project_prompts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_no_delete'); END;

CREATE TRIGGER project_prompts_json_limits BEFORE INSERT ON project_prompts
WHEN ((NEW.metadata IS NULL OR CASE WHEN json_valid(NEW.metadata) THEN length(CAST(NEW.metadata AS BLOB)) <= 1048576 AND (length(NEW.metadata) - length(replace(replace(NEW.metadata, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.metadata, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.metadata) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.metadata)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.metadata) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.metadata -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.metadata -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.metadata -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.metadata) - length(replace(replace(NEW.metadata, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_json_limits'); END;

CREATE TRIGGER project_prompts_no_replace BEFORE INSERT ON project_prompts
WHEN (NOT EXISTS (SELECT 1 FROM main.project_prompts WHERE project_id = NEW.project_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_no_replace'); END;

CREATE TRIGGER project_prompts_previous_exists BEFORE INSERT ON project_prompts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.project_prompts WHERE project_id = NEW.project_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_previous_exists'); END;

CREATE TRIGGER project_prompts_project_exists BEFORE INSERT ON project_prompts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.projects WHERE id = NEW.project_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_project_exists'); END;

CREATE TRIGGER job_outputs_no_update BEFORE UPDATE ON job_outputs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_no_update'); END;

CREATE TRIGGER job_outputs_no_delete BEFORE DELETE ON job_outputs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_no_delete'); END;

CREATE TRIGGER job_outputs_json_limits BEFORE INSERT ON job_outputs
WHEN ((NEW.logs IS NULL OR CASE WHEN json_valid(NEW.logs) THEN length(CAST(NEW.logs AS BLOB)) <= 33554432 AND (length(NEW.logs) - length(replace(replace(NEW.logs, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.logs, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.logs) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.logs)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.logs) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.logs -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.logs -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.logs -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.logs) - length(replace(replace(NEW.logs, '[', ''), '{', '')) <= 40 END) AND (NEW.warnings IS NULL OR CASE WHEN json_valid(NEW.warnings) THEN length(CAST(NEW.warnings AS BLOB)) <= 33554432 AND (length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.warnings, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.warnings) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.warnings)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.warnings) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.warnings -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.warnings -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.warnings -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_json_limits'); END;

CREATE TRIGGER job_outputs_no_replace BEFORE INSERT ON job_outputs
WHEN (NOT EXISTS (SELECT 1 FROM main.job_outputs WHERE job_id = NEW.job_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_no_replace'); END;

CREATE TRIGGER job_outputs_job_exists BEFORE INSERT ON job_outputs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.jobs WHERE id = NEW.job_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_job_exists'); END;

CREATE TRIGGER job_outputs_previous_exists BEFORE INSERT ON job_outputs
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.job_outputs WHERE job_id = NEW.job_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_previous_exists'); END;

CREATE TRIGGER job_specs_no_update BEFORE UPDATE ON job_specs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_no_update'); END;

CREATE TRIGGER job_specs_no_delete BEFORE DELETE ON job_specs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_no_delete'); END;

CREATE TRIGGER job_specs_json_limits BEFORE INSERT ON job_specs
WHEN ((NEW.architecture_spec IS NULL OR CASE WHEN json_valid(NEW.architecture_spec) THEN length(CAST(NEW.architecture_spec AS BLOB)) <= 33554432 AND (length(NEW.architecture_spec) - length(replace(replace(NEW.architecture_spec, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.architecture_spec, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.architecture_spec) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.architecture_spec)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.architecture_spec) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.architecture_spec -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.architecture_spec -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.architecture_spec -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.architecture_spec) - length(replace(replace(NEW.architecture_spec, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_json_limits'); END;

CREATE TRIGGER job_specs_no_replace BEFORE INSERT ON job_specs
WHEN (NOT EXISTS (SELECT 1 FROM main.job_specs WHERE job_id = NEW.job_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.job_specs WHERE job_id = NEW.job_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_no_replace'); END;

CREATE TRIGGER job_specs_job_exists BEFORE INSERT ON job_specs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.jobs WHERE id = NEW.job_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_job_exists'); END;

CREATE TRIGGER project_prompts_needs_head BEFORE INSERT ON project_prompts
WHEN (EXISTS (SELECT 1 FROM main.projects AS head WHERE head.id = NEW.project_id AND head.prompt_count = NEW.number AND head.updated_at = NEW.timestamp)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_needs_head'); END;

CREATE TRIGGER job_outputs_needs_head BEFORE INSERT ON job_outputs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.written_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_needs_head'); END;

CREATE TRIGGER job_specs_needs_head BEFORE INSERT ON job_specs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.created_at AND head.spec_digest = NEW.spec_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_needs_head'); END;

CREATE TRIGGER projects_no_delete BEFORE DELETE ON projects
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_delete'); END;

CREATE TRIGGER projects_json_limits BEFORE INSERT ON projects
WHEN ((NEW.current_nodes IS NULL OR CASE WHEN json_valid(NEW.current_nodes) THEN length(CAST(NEW.current_nodes AS BLOB)) <= 33554432 AND (length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.current_nodes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.current_nodes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.current_nodes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.current_nodes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.current_nodes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.current_nodes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.current_nodes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_json_limits'); END;

CREATE TRIGGER projects_no_replace BEFORE INSERT ON projects
WHEN (NOT EXISTS (SELECT 1 FROM main.projects WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.projects WHERE user_id = NEW.user_id AND id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_replace'); END;

CREATE TRIGGER projects_prompt_exists BEFORE UPDATE ON projects
WHEN (OLD.prompt_number IS NULL OR EXISTS (SELECT 1 FROM main.project_prompts WHERE project_id = OLD.id AND number = OLD.prompt_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_prompt_exists'); END;

CREATE TRIGGER projects_history_exists BEFORE UPDATE ON projects
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.prompt_count AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_history_exists'); END;

CREATE TRIGGER projects_json_limits_on_update BEFORE UPDATE ON projects
WHEN ((NEW.current_nodes IS NULL OR CASE WHEN json_valid(NEW.current_nodes) THEN length(CAST(NEW.current_nodes AS BLOB)) <= 33554432 AND (length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.current_nodes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.current_nodes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.current_nodes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.current_nodes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.current_nodes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.current_nodes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.current_nodes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_json_limits_on_update'); END;

CREATE TRIGGER projects_no_replace_on_update BEFORE UPDATE ON projects
WHEN (NOT EXISTS (SELECT 1 FROM main.projects WHERE user_id = NEW.user_id AND id = NEW.id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_replace_on_update'); END;

CREATE TRIGGER projects_no_nested_update BEFORE UPDATE ON projects
WHEN (EXISTS (SELECT 1 FROM main.projects AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.prompt_count IS OLD.prompt_count AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.prompt_number IS OLD.prompt_number AND stored.user_id IS OLD.user_id AND stored.name IS OLD.name AND stored.description IS OLD.description AND stored.current_nodes IS OLD.current_nodes AND stored.latest_successful_job_id IS OLD.latest_successful_job_id AND stored.latest_successful_job_number IS OLD.latest_successful_job_number AND stored.repository_host IS OLD.repository_host AND stored.repository_name IS OLD.repository_name AND stored.repository_id IS OLD.repository_id AND stored.repository_branch IS OLD.repository_branch AND stored.github_repo_url IS OLD.github_repo_url)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_nested_update'); END;

CREATE TRIGGER projects_one_step BEFORE UPDATE ON projects
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_one_step'); END;

CREATE TRIGGER history_needs_projects BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'project' OR EXISTS (SELECT 1 FROM main.projects AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.prompt_count = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_projects'); END;

CREATE TRIGGER history_declares_data_of_projects BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'project' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('current_nodes', 'description', 'github_repo_url', 'latest_successful_job_id', 'latest_successful_job_number', 'name', 'prompt', 'repository_branch', 'repository_host', 'repository_id', 'repository_name', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_projects'); END;

CREATE TRIGGER projects_keeps_fields BEFORE UPDATE ON projects
WHEN ((OLD.status || ' ' || NEW.status IN ('bound bound', 'requested requested', 'unbound unbound') OR NEW.name = OLD.name AND NEW.description = OLD.description AND NEW.current_nodes = OLD.current_nodes AND (NEW.latest_successful_job_id = OLD.latest_successful_job_id OR NEW.latest_successful_job_id IS NULL AND OLD.latest_successful_job_id IS NULL) AND (NEW.latest_successful_job_number = OLD.latest_successful_job_number OR NEW.latest_successful_job_number IS NULL AND OLD.latest_successful_job_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested requested', 'unbound requested') OR (NEW.repository_host = OLD.repository_host OR NEW.repository_host IS NULL AND OLD.repository_host IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound', 'requested requested', 'unbound requested') OR (NEW.repository_name = OLD.repository_name OR NEW.repository_name IS NULL AND OLD.repository_name IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound') OR (NEW.repository_id = OLD.repository_id OR NEW.repository_id IS NULL AND OLD.repository_id IS NULL) AND (NEW.repository_branch = OLD.repository_branch OR NEW.repository_branch IS NULL AND OLD.repository_branch IS NULL) AND (NEW.github_repo_url = OLD.github_repo_url OR NEW.github_repo_url IS NULL AND OLD.github_repo_url IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_projects BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'project' AND NEW.seq > 1 AND NEW.action IN ('add_prompt', 'rename', 'request_repository', 'set_nodes', 'update_latest_job')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.projects AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('add_prompt', 'request_repository', 'set_nodes', 'update_latest_job') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.name') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CAST(head.name AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.description') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END) AND (CAST(head.description AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END)) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'update_latest_job') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.current_nodes') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.current_nodes') AS text) END) AND (CAST(head.current_nodes AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.current_nodes') AS text) END)) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'set_nodes') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.latest_successful_job_id') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_id') AS text) END) AND (CAST(head.latest_successful_job_id AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_id') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.latest_successful_job_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_number') AS text) END) AND (CAST(head.latest_successful_job_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_number') AS text) END)) AND (NEW.action NOT IN ('add_prompt', 'rename', 'set_nodes', 'update_latest_job') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.repository_host') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_host') AS text) END) AND (CAST(head.repository_host AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_host') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.repository_name') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_name') AS text) END) AND (CAST(head.repository_name AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_name') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_projects'); END;

CREATE TRIGGER projects_initial_fields BEFORE INSERT ON projects
WHEN (NEW.current_nodes = '[]' AND NEW.github_repo_url IS NULL AND NEW.latest_successful_job_id IS NULL AND NEW.latest_successful_job_number IS NULL AND NEW.repository_branch IS NULL AND NEW.repository_host IS NULL AND NEW.repository_id IS NULL AND NEW.repository_name IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_initial_fields'); END;

CREATE TRIGGER jobs_no_delete BEFORE DELETE ON jobs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_delete'); END;

CREATE TRIGGER jobs_json_limits BEFORE INSERT ON jobs
WHEN ((NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 33554432 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.result) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_json_limits'); END;

CREATE TRIGGER jobs_no_replace BEFORE INSERT ON jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.jobs WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.jobs WHERE project_id = NEW.project_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.jobs WHERE user_id = NEW.user_id AND id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_replace'); END;

CREATE TRIGGER jobs_one_running_on_insert BEFORE INSERT ON jobs
WHEN ((NEW.status = 'running') IS NOT TRUE OR NEW.project_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.jobs AS other WHERE other.project_id = NEW.project_id AND other.status = 'running' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_one_running_on_insert'); END;

CREATE TRIGGER jobs_output_exists BEFORE UPDATE ON jobs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.job_outputs WHERE job_id = OLD.id AND number = OLD.output_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_output_exists'); END;

CREATE TRIGGER jobs_project_exists BEFORE INSERT ON jobs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.projects WHERE user_id = NEW.user_id AND id = NEW.project_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_project_exists'); END;

CREATE TRIGGER jobs_spec_exists BEFORE UPDATE ON jobs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.job_specs WHERE job_id = OLD.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_spec_exists'); END;

CREATE TRIGGER jobs_history_exists BEFORE UPDATE ON jobs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.output_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_history_exists'); END;

CREATE TRIGGER jobs_json_limits_on_update BEFORE UPDATE ON jobs
WHEN ((NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 33554432 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.result) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_json_limits_on_update'); END;

CREATE TRIGGER jobs_no_replace_on_update BEFORE UPDATE ON jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.jobs WHERE project_id = NEW.project_id AND number = NEW.number AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.jobs WHERE user_id = NEW.user_id AND id = NEW.id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_replace_on_update'); END;

CREATE TRIGGER jobs_one_running_on_update BEFORE UPDATE ON jobs
WHEN ((NEW.status = 'running') IS NOT TRUE OR NEW.project_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.jobs AS other WHERE other.project_id = NEW.project_id AND other.status = 'running' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_one_running_on_update'); END;

CREATE TRIGGER jobs_no_nested_update BEFORE UPDATE ON jobs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.output_number IS OLD.output_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.project_id IS OLD.project_id AND stored.user_id IS OLD.user_id AND stored.number IS OLD.number AND stored.prompt IS OLD.prompt AND stored.spec_digest IS OLD.spec_digest AND stored.warning_count IS OLD.warning_count AND stored.phase IS OLD.phase AND stored.result IS OLD.result AND stored.failure_reason IS OLD.failure_reason AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_nested_update'); END;

CREATE TRIGGER jobs_one_step BEFORE UPDATE ON jobs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_one_step'); END;

CREATE TRIGGER history_needs_jobs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'job' OR EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.output_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_jobs'); END;

CREATE TRIGGER history_declares_data_of_jobs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'job' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('architecture_spec', 'completed_at', 'failure_reason', 'number', 'output', 'phase', 'project_id', 'prompt', 'result', 'spec_digest', 'user_id', 'warning_count')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_jobs'); END;

CREATE TRIGGER jobs_keeps_fields BEFORE UPDATE ON jobs
WHEN ((OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed_with_warnings', 'running failed', 'running running') OR NEW.warning_count = OLD.warning_count) AND (OLD.status || ' ' || NEW.status IN ('running running') OR (NEW.phase = OLD.phase OR NEW.phase IS NULL AND OLD.phase IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('running completed', 'running completed_with_warnings') OR (NEW.result = OLD.result OR NEW.result IS NULL AND OLD.result IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running failed') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed', 'running completed_with_warnings', 'running failed') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_keeps_fields'); END;

CREATE TRIGGER jobs_initial_fields BEFORE INSERT ON jobs
WHEN (NEW.completed_at IS NULL AND NEW.failure_reason IS NULL AND NEW.phase IS NULL AND NEW.result IS NULL AND NEW.warning_count = 0) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_initial_fields'); END;

CREATE TRIGGER jobs_latest_times_on_insert BEFORE INSERT ON jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_latest_times_on_insert'); END;

CREATE TRIGGER jobs_latest_times_on_update BEFORE UPDATE ON jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_latest_times_on_update'); END;

CREATE TRIGGER projects_fixed BEFORE UPDATE ON projects
WHEN (NEW.user_id = OLD.user_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_fixed'); END;

CREATE TRIGGER jobs_fixed BEFORE UPDATE ON jobs
WHEN (NEW.project_id = OLD.project_id AND NEW.user_id = OLD.user_id AND NEW.number = OLD.number AND NEW.prompt = OLD.prompt AND NEW.spec_digest = OLD.spec_digest) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_fixed'); END;

CREATE TRIGGER projects_bound_once BEFORE UPDATE ON projects
WHEN (OLD.status <> 'bound' OR NEW.repository_host = OLD.repository_host AND NEW.repository_name = OLD.repository_name AND NEW.repository_id = OLD.repository_id AND NEW.repository_branch = OLD.repository_branch AND NEW.github_repo_url = OLD.github_repo_url) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_bound_once'); END;

CREATE TRIGGER projects_requested_host BEFORE UPDATE ON projects
WHEN (OLD.status <> 'requested' OR NEW.status <> 'bound' OR NEW.repository_host = OLD.repository_host) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_requested_host'); END;

CREATE TRIGGER projects_latest_rises BEFORE UPDATE ON projects
WHEN (OLD.latest_successful_job_number IS NULL OR NEW.latest_successful_job_number >= OLD.latest_successful_job_number) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_latest_rises'); END;

CREATE TRIGGER projects_latest_successful BEFORE UPDATE ON projects
WHEN (NEW.latest_successful_job_id IS NULL OR EXISTS (SELECT 1 FROM main.jobs AS job WHERE job.id = NEW.latest_successful_job_id AND job.project_id = NEW.id AND job.number = NEW.latest_successful_job_number AND job.status IN ('completed', 'completed_with_warnings'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_latest_successful'); END;

CREATE TRIGGER jobs_warnings_rise BEFORE UPDATE ON jobs
WHEN (NEW.warning_count >= OLD.warning_count) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_warnings_rise'); END;

CREATE TRIGGER jobs_prompted BEFORE INSERT ON jobs
WHEN (EXISTS (SELECT 1 FROM main.projects AS project, main.project_prompts AS record WHERE project.id = NEW.project_id AND project.prompt_count = NEW.number AND record.project_id = NEW.project_id AND record.number = NEW.number AND record.prompt = NEW.prompt AND record.timestamp = NEW.created_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_prompted'); END;

CREATE TRIGGER job_specs_has_prompt BEFORE INSERT ON job_specs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS job WHERE job.id = NEW.job_id AND job.prompt = CASE WHEN json_valid(NEW.architecture_spec) THEN json_extract(NEW.architecture_spec, '$.prompt') END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_has_prompt'); END;

CREATE TRIGGER tasks_needs_jobs BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('process_job') OR EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_jobs'); END;

CREATE TRIGGER contest_configurations_no_update BEFORE UPDATE ON contest_configurations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_no_update'); END;

CREATE TRIGGER contest_configurations_no_delete BEFORE DELETE ON contest_configurations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_no_delete'); END;

CREATE TRIGGER contest_configurations_json_limits BEFORE INSERT ON contest_configurations
WHEN ((NEW.configuration IS NULL OR CASE WHEN json_valid(NEW.configuration) THEN length(CAST(NEW.configuration AS BLOB)) <= 33554432 AND (length(NEW.configuration) - length(replace(replace(NEW.configuration, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.configuration, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.configuration) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.configuration)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.configuration) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.configuration -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.configuration -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.configuration -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.configuration) - length(replace(replace(NEW.configuration, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_json_limits'); END;

CREATE TRIGGER contest_configurations_no_replace BEFORE INSERT ON contest_configurations
WHEN (NOT EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = NEW.contest_id AND version = NEW.version AND configuration_digest = NEW.configuration_digest) AND NOT EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = NEW.contest_id AND version = NEW.version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_no_replace'); END;

CREATE TRIGGER contest_configurations_contest_exists BEFORE INSERT ON contest_configurations
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_contest_exists'); END;

CREATE TRIGGER contest_configurations_previous_exists BEFORE INSERT ON contest_configurations
WHEN (NEW.previous_version IS NULL OR EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = NEW.contest_id AND version = NEW.previous_version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_previous_exists'); END;

CREATE TRIGGER rosters_no_update BEFORE UPDATE ON rosters
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_no_update'); END;

CREATE TRIGGER rosters_no_delete BEFORE DELETE ON rosters
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_no_delete'); END;

CREATE TRIGGER rosters_json_limits BEFORE INSERT ON rosters
WHEN ((NEW.player_ids IS NULL OR CASE WHEN json_valid(NEW.player_ids) THEN length(CAST(NEW.player_ids AS BLOB)) <= 33554432 AND (length(NEW.player_ids) - length(replace(replace(NEW.player_ids, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.player_ids, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.player_ids) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.player_ids)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.player_ids) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.player_ids -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.player_ids -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.player_ids -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.player_ids) - length(replace(replace(NEW.player_ids, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_json_limits'); END;

CREATE TRIGGER rosters_no_replace BEFORE INSERT ON rosters
WHEN (NOT EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = NEW.entry_id AND number = NEW.number AND roster_digest = NEW.roster_digest) AND NOT EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = NEW.entry_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_no_replace'); END;

CREATE TRIGGER rosters_entry_exists BEFORE INSERT ON rosters
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.entries WHERE id = NEW.entry_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_entry_exists'); END;

CREATE TRIGGER rosters_previous_exists BEFORE INSERT ON rosters
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = NEW.entry_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_previous_exists'); END;

CREATE TRIGGER provider_fetches_no_update BEFORE UPDATE ON provider_fetches
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_no_update'); END;

CREATE TRIGGER provider_fetches_no_delete BEFORE DELETE ON provider_fetches
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_no_delete'); END;

CREATE TRIGGER provider_fetches_no_replace BEFORE INSERT ON provider_fetches
WHEN (NOT EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = NEW.provider_event_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_no_replace'); END;

CREATE TRIGGER provider_fetches_feed_exists BEFORE INSERT ON provider_fetches
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.provider_feeds WHERE id = NEW.provider_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_feed_exists'); END;

CREATE TRIGGER provider_fetches_payload_exists BEFORE UPDATE ON provider_fetches
WHEN (OLD.payload_digest IS NULL OR EXISTS (SELECT 1 FROM main.payloads WHERE digest = OLD.payload_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_payload_exists'); END;

CREATE TRIGGER provider_fetches_previous_exists BEFORE INSERT ON provider_fetches
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = NEW.provider_event_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_previous_exists'); END;

CREATE TRIGGER contest_events_no_update BEFORE UPDATE ON contest_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_no_update'); END;

CREATE TRIGGER contest_events_no_delete BEFORE DELETE ON contest_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_no_delete'); END;

CREATE TRIGGER contest_events_json_limits BEFORE INSERT ON contest_events
WHEN ((NEW.body IS NULL OR CASE WHEN json_valid(NEW.body) THEN length(CAST(NEW.body AS BLOB)) <= 33554432 AND (length(NEW.body) - length(replace(replace(NEW.body, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.body, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.body) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.body)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.body) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.body -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.body -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.body -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.body) - length(replace(replace(NEW.body, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_json_limits'); END;

CREATE TRIGGER contest_events_no_replace BEFORE INSERT ON contest_events
WHEN (NOT EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.number AND event_hash = NEW.event_hash) AND NOT EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_no_replace'); END;

CREATE TRIGGER contest_events_log_exists BEFORE INSERT ON contest_events
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_logs WHERE id = NEW.contest_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_log_exists'); END;

CREATE TRIGGER contest_events_payload_exists BEFORE UPDATE ON contest_events
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.payloads WHERE digest = OLD.payload_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_payload_exists'); END;

CREATE TRIGGER contest_events_previous_exists BEFORE INSERT ON contest_events
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.previous_number AND event_hash = NEW.prev_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_previous_exists'); END;

CREATE TRIGGER contest_events_snapshot_exists BEFORE INSERT ON contest_events
WHEN (NEW.snapshot_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.snapshot_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_snapshot_exists'); END;

CREATE TRIGGER contest_events_superseded_exists BEFORE INSERT ON contest_events
WHEN (NEW.supersedes IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.supersedes)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_superseded_exists'); END;

CREATE TRIGGER event_faults_no_update BEFORE UPDATE ON event_faults
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_no_update'); END;

CREATE TRIGGER event_faults_no_delete BEFORE DELETE ON event_faults
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_no_delete'); END;

CREATE TRIGGER event_faults_no_replace BEFORE INSERT ON event_faults
WHEN (NOT EXISTS (SELECT 1 FROM main.event_faults WHERE entity_id = NEW.entity_id AND event_number = NEW.event_number AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.event_faults WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_no_replace'); END;

CREATE TRIGGER event_faults_event_exists BEFORE INSERT ON event_faults
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.entity_id AND number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_event_exists'); END;

CREATE TRIGGER event_faults_head_exists BEFORE INSERT ON event_faults
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_logs WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_head_exists'); END;

CREATE TRIGGER settlement_lines_no_update BEFORE UPDATE ON settlement_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_no_update'); END;

CREATE TRIGGER settlement_lines_no_delete BEFORE DELETE ON settlement_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_no_delete'); END;

CREATE TRIGGER settlement_lines_no_replace BEFORE INSERT ON settlement_lines
WHEN (NOT EXISTS (SELECT 1 FROM main.settlement_lines WHERE entity_id = NEW.entity_id AND entry_id = NEW.entry_id) AND NOT EXISTS (SELECT 1 FROM main.settlement_lines WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_no_replace'); END;

CREATE TRIGGER settlement_lines_head_exists BEFORE INSERT ON settlement_lines
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_head_exists'); END;

CREATE TRIGGER event_faults_in_change BEFORE INSERT ON event_faults
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'contest_log' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_in_change'); END;

CREATE TRIGGER history_needs_event_faults BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'contest_log' OR (CASE WHEN NEW.action IN ('append', 'correct') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.faults.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.faults.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('append', 'correct') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.faults.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.faults.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_event_faults'); END;

CREATE TRIGGER settlement_lines_in_change BEFORE INSERT ON settlement_lines
WHEN (EXISTS (SELECT 1 FROM main.settlement_runs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'settlement_run' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_in_change'); END;

CREATE TRIGGER history_needs_settlement_lines BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'settlement_run' OR (CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.lines.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.lines.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_settlement_lines'); END;

CREATE TRIGGER contest_configurations_needs_head BEFORE INSERT ON contest_configurations
WHEN (EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.contest_id AND head.configuration_version = NEW.version AND head.updated_at = NEW.created_at AND head.configuration_digest = NEW.configuration_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_needs_head'); END;

CREATE TRIGGER rosters_needs_head BEFORE INSERT ON rosters
WHEN (EXISTS (SELECT 1 FROM main.entries AS head WHERE head.id = NEW.entry_id AND head.roster_number = NEW.number AND head.updated_at = NEW.submitted_at AND head.roster_digest = NEW.roster_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_needs_head'); END;

CREATE TRIGGER contest_events_needs_head BEFORE INSERT ON contest_events
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.contest_id AND head.event_number = NEW.number AND head.updated_at = NEW.stored_at AND head.event_hash = NEW.event_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_needs_head'); END;

CREATE TRIGGER provider_fetches_needs_head BEFORE INSERT ON provider_fetches
WHEN (EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND head.fetch_number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_needs_head'); END;

CREATE TRIGGER contests_no_delete BEFORE DELETE ON contests
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_delete'); END;

CREATE TRIGGER contests_no_replace BEFORE INSERT ON contests
WHEN (NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND fee_minor = NEW.fee_minor AND currency = NEW.currency) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND provider_event_id = NEW.provider_event_id) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND settlement_run_id = NEW.settlement_run_id) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_replace'); END;

CREATE TRIGGER contests_configuration_exists BEFORE UPDATE ON contests
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = OLD.id AND version = OLD.configuration_version AND configuration_digest = OLD.configuration_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_configuration_exists'); END;

CREATE TRIGGER contests_settlement_exists BEFORE UPDATE ON contests
WHEN (OLD.settlement_run_id IS NULL OR OLD.settlement_run_status IS NULL OR EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = OLD.settlement_run_id AND contest_id = OLD.id AND status = OLD.settlement_run_status)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_settlement_exists'); END;

CREATE TRIGGER contests_history_exists BEFORE UPDATE ON contests
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.configuration_version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_history_exists'); END;

CREATE TRIGGER contests_no_replace_on_update BEFORE UPDATE ON contests
WHEN (NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND fee_minor = NEW.fee_minor AND currency = NEW.currency AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND provider_event_id = NEW.provider_event_id AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND settlement_run_id = NEW.settlement_run_id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_replace_on_update'); END;

CREATE TRIGGER contests_no_nested_update BEFORE UPDATE ON contests
WHEN (EXISTS (SELECT 1 FROM main.contests AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.configuration_version IS OLD.configuration_version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.organizer_id IS OLD.organizer_id AND stored.contest_name IS OLD.contest_name AND stored.configuration_digest IS OLD.configuration_digest AND stored.provider_event_id IS OLD.provider_event_id AND stored.lock_time IS OLD.lock_time AND stored.start_time IS OLD.start_time AND stored.end_time IS OLD.end_time AND stored.max_entries IS OLD.max_entries AND stored.min_entries IS OLD.min_entries AND stored.max_entries_per_user IS OLD.max_entries_per_user AND stored.fee_minor IS OLD.fee_minor AND stored.currency IS OLD.currency AND stored.payment_grace_seconds IS OLD.payment_grace_seconds AND stored.settle_time IS OLD.settle_time AND stored.settlement_run_id IS OLD.settlement_run_id AND stored.settlement_run_status IS OLD.settlement_run_status AND stored.error_from_state IS OLD.error_from_state AND stored.error_code IS OLD.error_code AND stored.error_message IS OLD.error_message AND stored.attempted_action IS OLD.attempted_action)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_nested_update'); END;

CREATE TRIGGER contests_one_step BEFORE UPDATE ON contests
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_one_step'); END;

CREATE TRIGGER history_needs_contests BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'contest' OR EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.configuration_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_contests'); END;

CREATE TRIGGER history_declares_data_of_contests BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('attempted_action', 'configuration', 'configuration_digest', 'contest_name', 'currency', 'end_time', 'error_code', 'error_from_state', 'error_message', 'evidence', 'fee_minor', 'lock_time', 'max_entries', 'max_entries_per_user', 'min_entries', 'organizer_id', 'payment_grace_seconds', 'provider_event_id', 'reason_code', 'settle_time', 'settlement_run_id', 'start_time')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_contests'); END;

CREATE TRIGGER contests_keeps_fields BEFORE UPDATE ON contests
WHEN ((OLD.status || ' ' || NEW.status IN ('SCHEDULED LOCKED', 'SCHEDULED SCHEDULED') OR NEW.configuration_digest = OLD.configuration_digest AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) AND (OLD.status || ' ' || NEW.status IN ('ERROR COMPLETE', 'LIVE COMPLETE') OR (NEW.settle_time = OLD.settle_time OR NEW.settle_time IS NULL AND OLD.settle_time IS NULL) AND (NEW.settlement_run_id = OLD.settlement_run_id OR NEW.settlement_run_id IS NULL AND OLD.settlement_run_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ERROR CANCELLED', 'ERROR COMPLETE', 'ERROR LIVE', 'ERROR LOCKED', 'ERROR SCHEDULED', 'LIVE ERROR', 'LOCKED ERROR', 'SCHEDULED ERROR') OR (NEW.error_from_state = OLD.error_from_state OR NEW.error_from_state IS NULL AND OLD.error_from_state IS NULL) AND (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL) AND (NEW.attempted_action = OLD.attempted_action OR NEW.attempted_action IS NULL AND OLD.attempted_action IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_contests BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest' AND NEW.seq > 1 AND NEW.action IN ('lock')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.contests AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('lock') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.configuration_digest') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.configuration_digest') AS text) END) AND (CAST(head.configuration_digest AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.configuration_digest') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.lock_time') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.lock_time') AS text) END) AND (CAST(head.lock_time AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.lock_time') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.start_time') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.start_time') AS text) END) AND (CAST(head.start_time AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.start_time') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.end_time') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.end_time') AS text) END) AND (CAST(head.end_time AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.end_time') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.max_entries') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries') AS text) END) AND (CAST(head.max_entries AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.min_entries') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.min_entries') AS text) END) AND (CAST(head.min_entries AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.min_entries') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.max_entries_per_user') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries_per_user') AS text) END) AND (CAST(head.max_entries_per_user AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries_per_user') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.fee_minor') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CAST(head.fee_minor AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.currency') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.currency') AS text) END) AND (CAST(head.currency AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.currency') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.payment_grace_seconds') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.payment_grace_seconds') AS text) END) AND (CAST(head.payment_grace_seconds AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.payment_grace_seconds') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_contests'); END;

CREATE TRIGGER contests_initial_fields BEFORE INSERT ON contests
WHEN (NEW.attempted_action IS NULL AND NEW.error_code IS NULL AND NEW.error_from_state IS NULL AND NEW.error_message IS NULL AND NEW.settle_time IS NULL AND NEW.settlement_run_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_initial_fields'); END;

CREATE TRIGGER contests_latest_times_on_insert BEFORE INSERT ON contests
WHEN (NEW.end_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.settle_time IS NULL OR NEW.settle_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_latest_times_on_insert'); END;

CREATE TRIGGER contests_latest_times_on_update BEFORE UPDATE ON contests
WHEN (NEW.end_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.settle_time IS NULL OR NEW.settle_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_latest_times_on_update'); END;

CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_delete'); END;

CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries
WHEN (NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND place_number = NEW.place_number) AND NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND user_id = NEW.user_id AND entry_number = NEW.entry_number) AND NOT EXISTS (SELECT 1 FROM main.entries WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_replace'); END;

CREATE TRIGGER entries_contest_exists BEFORE INSERT ON entries
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id AND fee_minor = NEW.fee_minor AND currency = NEW.currency)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_contest_exists'); END;

CREATE TRIGGER entries_roster_exists BEFORE UPDATE ON entries
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = OLD.id AND number = OLD.roster_number AND roster_digest = OLD.roster_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_roster_exists'); END;

CREATE TRIGGER entries_history_exists BEFORE UPDATE ON entries
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.roster_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_history_exists'); END;

CREATE TRIGGER entries_no_replace_on_update BEFORE UPDATE ON entries
WHEN (NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND place_number = NEW.place_number AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND user_id = NEW.user_id AND entry_number = NEW.entry_number AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_replace_on_update'); END;

CREATE TRIGGER entries_no_nested_update BEFORE UPDATE ON entries
WHEN (EXISTS (SELECT 1 FROM main.entries AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.roster_number IS OLD.roster_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.contest_id IS OLD.contest_id AND stored.user_id IS OLD.user_id AND stored.entry_number IS OLD.entry_number AND stored.place_number IS OLD.place_number AND stored.roster_digest IS OLD.roster_digest AND stored.fee_minor IS OLD.fee_minor AND stored.currency IS OLD.currency AND stored.paid_minor IS OLD.paid_minor AND stored.paid_at IS OLD.paid_at AND stored.payment_ref IS OLD.payment_ref AND stored.rejection_reason IS OLD.rejection_reason)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_nested_update'); END;

CREATE TRIGGER entries_one_step BEFORE UPDATE ON entries
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_one_step'); END;

CREATE TRIGGER history_needs_entries BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'entry' OR EXISTS (SELECT 1 FROM main.entries AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.roster_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_entries'); END;

CREATE TRIGGER history_declares_data_of_entries BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'entry' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('contest_id', 'currency', 'entry_number', 'fee_minor', 'paid_at', 'paid_minor', 'payment_ref', 'place_number', 'rejection_reason', 'roster', 'roster_digest', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_entries'); END;

CREATE TRIGGER entries_keeps_fields BEFORE UPDATE ON entries
WHEN ((OLD.status || ' ' || NEW.status IN ('ACTIVE REFUNDED', 'PENDING_PAYMENT REJECTED', 'VOID REFUNDED') OR (NEW.place_number = OLD.place_number OR NEW.place_number IS NULL AND OLD.place_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE', 'PENDING_PAYMENT PENDING_PAYMENT') OR NEW.roster_digest = OLD.roster_digest) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT ACTIVE') OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT REJECTED') OR (NEW.rejection_reason = OLD.rejection_reason OR NEW.rejection_reason IS NULL AND OLD.rejection_reason IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_keeps_fields'); END;

CREATE TRIGGER entries_initial_fields BEFORE INSERT ON entries
WHEN ((NEW.status IN ('ACTIVE') OR NEW.paid_at IS NULL) AND (NEW.status IN ('ACTIVE') OR NEW.paid_minor IS NULL) AND NEW.payment_ref IS NULL AND NEW.rejection_reason IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_initial_fields'); END;

CREATE TRIGGER entries_latest_times_on_insert BEFORE INSERT ON entries
WHEN ((NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_latest_times_on_insert'); END;

CREATE TRIGGER entries_latest_times_on_update BEFORE UPDATE ON entries
WHEN ((NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_latest_times_on_update'); END;

CREATE TRIGGER contest_logs_no_delete BEFORE DELETE ON contest_logs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_no_delete'); END;

CREATE TRIGGER contest_logs_no_replace BEFORE INSERT ON contest_logs
WHEN (NOT EXISTS (SELECT 1 FROM main.contest_logs WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_no_replace'); END;

CREATE TRIGGER contest_logs_cancelled_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.cancelled_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.cancelled_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_cancelled_number_exists'); END;

CREATE TRIGGER contest_logs_conflict_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.conflict_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.conflict_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_conflict_number_exists'); END;

CREATE TRIGGER contest_logs_contest_exists BEFORE INSERT ON contest_logs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id AND provider_event_id = NEW.provider_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_contest_exists'); END;

CREATE TRIGGER contest_logs_event_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.newest_event IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.newest_event AND event_hash = OLD.event_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_event_exists'); END;

CREATE TRIGGER contest_logs_feed_exists BEFORE UPDATE ON contest_logs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.provider_feeds WHERE id = OLD.provider_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_feed_exists'); END;

CREATE TRIGGER contest_logs_fetch_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.newest_fetch IS NULL OR EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = OLD.provider_event_id AND number = OLD.newest_fetch)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_fetch_exists'); END;

CREATE TRIGGER contest_logs_field_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.field_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.field_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_field_number_exists'); END;

CREATE TRIGGER contest_logs_leaderboard_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.leaderboard_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.leaderboard_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_leaderboard_number_exists'); END;

CREATE TRIGGER contest_logs_pending_rewrite_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.pending_rewrite_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.pending_rewrite_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_pending_rewrite_number_exists'); END;

CREATE TRIGGER contest_logs_terminal_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.terminal_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.terminal_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_terminal_number_exists'); END;

CREATE TRIGGER contest_logs_history_exists BEFORE UPDATE ON contest_logs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.event_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_history_exists'); END;

CREATE TRIGGER contest_logs_no_nested_update BEFORE UPDATE ON contest_logs
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.event_number IS OLD.event_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.newest_event IS OLD.newest_event AND stored.newest_fetch IS OLD.newest_fetch AND stored.contest_id IS OLD.contest_id AND stored.provider_event_id IS OLD.provider_event_id AND stored.fetch_number IS OLD.fetch_number AND stored.head_hash IS OLD.head_hash AND stored.event_hash IS OLD.event_hash AND stored.field_number IS OLD.field_number AND stored.leaderboard_number IS OLD.leaderboard_number AND stored.leaderboard_at IS OLD.leaderboard_at AND stored.leaderboard_hash IS OLD.leaderboard_hash AND stored.observations IS OLD.observations AND stored.observed_at IS OLD.observed_at AND stored.terminal_number IS OLD.terminal_number AND stored.terminal_at IS OLD.terminal_at AND stored.cancelled_number IS OLD.cancelled_number AND stored.pending_rewrite IS OLD.pending_rewrite AND stored.pending_rewrite_at IS OLD.pending_rewrite_at AND stored.pending_rewrite_number IS OLD.pending_rewrite_number AND stored.conflict_number IS OLD.conflict_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_no_nested_update'); END;

CREATE TRIGGER contest_logs_one_step BEFORE UPDATE ON contest_logs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_one_step'); END;

CREATE TRIGGER history_needs_contest_logs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'contest_log' OR EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.event_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_contest_logs'); END;

CREATE TRIGGER history_declares_data_of_contest_logs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest_log' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('cancelled_number', 'conflict_number', 'contest_id', 'event', 'event_hash', 'faults', 'fetch_number', 'field_number', 'head_hash', 'leaderboard_at', 'leaderboard_hash', 'leaderboard_number', 'observations', 'observed_at', 'pending_rewrite', 'pending_rewrite_at', 'pending_rewrite_number', 'provider_event_id', 'terminal_at', 'terminal_number')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_contest_logs'); END;

CREATE TRIGGER contest_logs_keeps_fields BEFORE UPDATE ON contest_logs
WHEN ((OLD.status || ' ' || NEW.status IN ('OPEN OPEN', 'PAUSED PAUSED') OR NEW.fetch_number = OLD.fetch_number AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) AND NEW.event_hash = OLD.event_hash AND (NEW.field_number = OLD.field_number OR NEW.field_number IS NULL AND OLD.field_number IS NULL) AND (NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number IS NULL AND OLD.leaderboard_number IS NULL) AND (NEW.leaderboard_at = OLD.leaderboard_at OR NEW.leaderboard_at IS NULL AND OLD.leaderboard_at IS NULL) AND (NEW.leaderboard_hash = OLD.leaderboard_hash OR NEW.leaderboard_hash IS NULL AND OLD.leaderboard_hash IS NULL) AND NEW.observations = OLD.observations AND (NEW.observed_at = OLD.observed_at OR NEW.observed_at IS NULL AND OLD.observed_at IS NULL) AND (NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number IS NULL AND OLD.terminal_number IS NULL) AND (NEW.terminal_at = OLD.terminal_at OR NEW.terminal_at IS NULL AND OLD.terminal_at IS NULL) AND (NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number IS NULL AND OLD.cancelled_number IS NULL) AND (NEW.pending_rewrite = OLD.pending_rewrite OR NEW.pending_rewrite IS NULL AND OLD.pending_rewrite IS NULL) AND (NEW.pending_rewrite_at = OLD.pending_rewrite_at OR NEW.pending_rewrite_at IS NULL AND OLD.pending_rewrite_at IS NULL) AND (NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number IS NULL AND OLD.pending_rewrite_number IS NULL) AND (NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number IS NULL AND OLD.conflict_number IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_contest_logs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest_log' AND NEW.seq > 1 AND NEW.action IN ('skip')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.contest_logs AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('skip') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.head_hash') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.head_hash') AS text) END) AND (CAST(head.head_hash AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.head_hash') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.event_hash') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.event_hash') AS text) END) AND (CAST(head.event_hash AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.event_hash') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.field_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.field_number') AS text) END) AND (CAST(head.field_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.field_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.leaderboard_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_number') AS text) END) AND (CAST(head.leaderboard_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.leaderboard_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_at') AS text) END) AND (CAST(head.leaderboard_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.leaderboard_hash') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_hash') AS text) END) AND (CAST(head.leaderboard_hash AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_hash') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.observations') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observations') AS text) END) AND (CAST(head.observations AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observations') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.observed_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observed_at') AS text) END) AND (CAST(head.observed_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observed_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.terminal_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_number') AS text) END) AND (CAST(head.terminal_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.terminal_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_at') AS text) END) AND (CAST(head.terminal_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.cancelled_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.cancelled_number') AS text) END) AND (CAST(head.cancelled_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.cancelled_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.conflict_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.conflict_number') AS text) END) AND (CAST(head.conflict_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.conflict_number') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_contest_logs'); END;

CREATE TRIGGER contest_logs_initial_fields BEFORE INSERT ON contest_logs
WHEN (NEW.cancelled_number IS NULL AND NEW.conflict_number IS NULL AND NEW.event_hash = '' AND NEW.fetch_number = 0 AND NEW.field_number IS NULL AND NEW.head_hash IS NULL AND NEW.leaderboard_at IS NULL AND NEW.leaderboard_hash IS NULL AND NEW.leaderboard_number IS NULL AND NEW.observations = 0 AND NEW.observed_at IS NULL AND NEW.pending_rewrite IS NULL AND NEW.pending_rewrite_at IS NULL AND NEW.pending_rewrite_number IS NULL AND NEW.terminal_at IS NULL AND NEW.terminal_number IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_initial_fields'); END;

CREATE TRIGGER contest_logs_latest_times_on_insert BEFORE INSERT ON contest_logs
WHEN ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.observed_at IS NULL OR NEW.observed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_latest_times_on_insert'); END;

CREATE TRIGGER contest_logs_latest_times_on_update BEFORE UPDATE ON contest_logs
WHEN ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.observed_at IS NULL OR NEW.observed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_latest_times_on_update'); END;

CREATE TRIGGER provider_feeds_no_delete BEFORE DELETE ON provider_feeds
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_no_delete'); END;

CREATE TRIGGER provider_feeds_no_replace BEFORE INSERT ON provider_feeds
WHEN (NOT EXISTS (SELECT 1 FROM main.provider_feeds WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_no_replace'); END;

CREATE TRIGGER provider_feeds_fetch_exists BEFORE UPDATE ON provider_feeds
WHEN (OLD.newest_fetch IS NULL OR EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = OLD.id AND number = OLD.newest_fetch)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_fetch_exists'); END;

CREATE TRIGGER provider_feeds_history_exists BEFORE UPDATE ON provider_feeds
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.fetch_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_history_exists'); END;

CREATE TRIGGER provider_feeds_no_nested_update BEFORE UPDATE ON provider_feeds
WHEN (EXISTS (SELECT 1 FROM main.provider_feeds AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.fetch_number IS OLD.fetch_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.newest_fetch IS OLD.newest_fetch AND stored.last_success_at IS OLD.last_success_at AND stored.last_payload_digest IS OLD.last_payload_digest AND stored.failures IS OLD.failures)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_no_nested_update'); END;

CREATE TRIGGER provider_feeds_one_step BEFORE UPDATE ON provider_feeds
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_one_step'); END;

CREATE TRIGGER history_needs_provider_feeds BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'provider_feed' OR EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.fetch_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_provider_feeds'); END;

CREATE TRIGGER history_declares_data_of_provider_feeds BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'provider_feed' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('failures', 'fetch', 'last_payload_digest', 'last_success_at')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_provider_feeds'); END;

CREATE TRIGGER provider_feeds_keeps_fields BEFORE UPDATE ON provider_feeds
WHEN ((OLD.status || ' ' || NEW.status IN ('POLLING POLLING') OR (NEW.last_success_at = OLD.last_success_at OR NEW.last_success_at IS NULL AND OLD.last_success_at IS NULL) AND (NEW.last_payload_digest = OLD.last_payload_digest OR NEW.last_payload_digest IS NULL AND OLD.last_payload_digest IS NULL) AND NEW.failures = OLD.failures)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_keeps_fields'); END;

CREATE TRIGGER provider_feeds_initial_fields BEFORE INSERT ON provider_feeds
WHEN (NEW.failures = 0 AND NEW.last_payload_digest IS NULL AND NEW.last_success_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_initial_fields'); END;

CREATE TRIGGER provider_feeds_latest_times_on_insert BEFORE INSERT ON provider_feeds
WHEN ((NEW.last_success_at IS NULL OR NEW.last_success_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_latest_times_on_insert'); END;

CREATE TRIGGER provider_feeds_latest_times_on_update BEFORE UPDATE ON provider_feeds
WHEN ((NEW.last_success_at IS NULL OR NEW.last_success_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_latest_times_on_update'); END;

CREATE TRIGGER settlement_runs_no_delete BEFORE DELETE ON settlement_runs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_delete'); END;

CREATE TRIGGER settlement_runs_no_replace BEFORE INSERT ON settlement_runs
WHEN (NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE contest_id = NEW.contest_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.id AND contest_id = NEW.contest_id AND status = NEW.status) AND NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_replace'); END;

CREATE TRIGGER settlement_runs_one_complete_on_insert BEFORE INSERT ON settlement_runs
WHEN ((NEW.status = 'COMPLETE') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'COMPLETE' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_complete_on_insert'); END;

CREATE TRIGGER settlement_runs_one_started_on_insert BEFORE INSERT ON settlement_runs
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_started_on_insert'); END;

CREATE TRIGGER settlement_runs_configuration_exists BEFORE UPDATE ON settlement_runs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = OLD.contest_id AND version = OLD.configuration_version AND configuration_digest = OLD.configuration_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_configuration_exists'); END;

CREATE TRIGGER settlement_runs_contest_exists BEFORE INSERT ON settlement_runs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_contest_exists'); END;

CREATE TRIGGER settlement_runs_event_exists BEFORE UPDATE ON settlement_runs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.contest_id AND number = OLD.event_number AND event_hash = OLD.events_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_event_exists'); END;

CREATE TRIGGER settlement_runs_settled_exists BEFORE UPDATE ON settlement_runs
WHEN (OLD.settles_as IS NULL OR EXISTS (SELECT 1 FROM main.contests WHERE id = OLD.contest_id AND settlement_run_id = OLD.settles_as)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_settled_exists'); END;

CREATE TRIGGER settlement_runs_history_exists BEFORE UPDATE ON settlement_runs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_history_exists'); END;

CREATE TRIGGER settlement_runs_no_replace_on_update BEFORE UPDATE ON settlement_runs
WHEN (NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE contest_id = NEW.contest_id AND number = NEW.number AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.id AND contest_id = NEW.contest_id AND status = NEW.status AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_replace_on_update'); END;

CREATE TRIGGER settlement_runs_one_complete_on_update BEFORE UPDATE ON settlement_runs
WHEN ((NEW.status = 'COMPLETE') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'COMPLETE' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_complete_on_update'); END;

CREATE TRIGGER settlement_runs_one_started_on_update BEFORE UPDATE ON settlement_runs
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_started_on_update'); END;

CREATE TRIGGER settlement_runs_no_nested_update BEFORE UPDATE ON settlement_runs
WHEN (EXISTS (SELECT 1 FROM main.settlement_runs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.contest_id IS OLD.contest_id AND stored.number IS OLD.number AND stored.engine_version IS OLD.engine_version AND stored.configuration_version IS OLD.configuration_version AND stored.configuration_digest IS OLD.configuration_digest AND stored.event_number IS OLD.event_number AND stored.events_digest IS OLD.events_digest AND stored.entries_count IS OLD.entries_count AND stored.entries_seq_sum IS OLD.entries_seq_sum AND stored.currency IS OLD.currency AND stored.eligibility_digest IS OLD.eligibility_digest AND stored.official_rounds IS OLD.official_rounds AND stored.result_digest IS OLD.result_digest AND stored.pool_minor IS OLD.pool_minor AND stored.rake_minor IS OLD.rake_minor AND stored.rounding_minor IS OLD.rounding_minor AND stored.retained_minor IS OLD.retained_minor AND stored.top_up_minor IS OLD.top_up_minor AND stored.line_count IS OLD.line_count AND stored.settled_at IS OLD.settled_at AND stored.error_code IS OLD.error_code AND stored.error_message IS OLD.error_message AND stored.settles_as IS OLD.settles_as)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_nested_update'); END;

CREATE TRIGGER settlement_runs_one_step BEFORE UPDATE ON settlement_runs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_step'); END;

CREATE TRIGGER history_needs_settlement_runs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'settlement_run' OR EXISTS (SELECT 1 FROM main.settlement_runs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_settlement_runs'); END;

CREATE TRIGGER history_declares_data_of_settlement_runs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'settlement_run' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('configuration_digest', 'configuration_version', 'contest_id', 'currency', 'eligibility_digest', 'engine_version', 'entries_count', 'entries_seq_sum', 'error_code', 'error_message', 'event_number', 'events_digest', 'line_count', 'lines', 'number', 'official_rounds', 'pool_minor', 'rake_minor', 'result_digest', 'retained_minor', 'rounding_minor', 'settled_at', 'top_up_minor')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_settlement_runs'); END;

CREATE TRIGGER settlement_runs_keeps_fields BEFORE UPDATE ON settlement_runs
WHEN ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR (NEW.eligibility_digest = OLD.eligibility_digest OR NEW.eligibility_digest IS NULL AND OLD.eligibility_digest IS NULL) AND (NEW.official_rounds = OLD.official_rounds OR NEW.official_rounds IS NULL AND OLD.official_rounds IS NULL) AND (NEW.result_digest = OLD.result_digest OR NEW.result_digest IS NULL AND OLD.result_digest IS NULL) AND (NEW.pool_minor = OLD.pool_minor OR NEW.pool_minor IS NULL AND OLD.pool_minor IS NULL) AND (NEW.rake_minor = OLD.rake_minor OR NEW.rake_minor IS NULL AND OLD.rake_minor IS NULL) AND (NEW.rounding_minor = OLD.rounding_minor OR NEW.rounding_minor IS NULL AND OLD.rounding_minor IS NULL) AND (NEW.retained_minor = OLD.retained_minor OR NEW.retained_minor IS NULL AND OLD.retained_minor IS NULL) AND (NEW.top_up_minor = OLD.top_up_minor OR NEW.top_up_minor IS NULL AND OLD.top_up_minor IS NULL) AND (NEW.line_count = OLD.line_count OR NEW.line_count IS NULL AND OLD.line_count IS NULL) AND (NEW.settled_at = OLD.settled_at OR NEW.settled_at IS NULL AND OLD.settled_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_keeps_fields'); END;

CREATE TRIGGER settlement_runs_initial_fields BEFORE INSERT ON settlement_runs
WHEN (NEW.eligibility_digest IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.line_count IS NULL AND NEW.official_rounds IS NULL AND NEW.pool_minor IS NULL AND NEW.rake_minor IS NULL AND NEW.result_digest IS NULL AND NEW.retained_minor IS NULL AND NEW.rounding_minor IS NULL AND NEW.settled_at IS NULL AND NEW.top_up_minor IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_initial_fields'); END;

CREATE TRIGGER settlement_runs_latest_times_on_insert BEFORE INSERT ON settlement_runs
WHEN ((NEW.settled_at IS NULL OR NEW.settled_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_latest_times_on_insert'); END;

CREATE TRIGGER settlement_runs_latest_times_on_update BEFORE UPDATE ON settlement_runs
WHEN ((NEW.settled_at IS NULL OR NEW.settled_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_latest_times_on_update'); END;

CREATE TRIGGER contests_fixed BEFORE UPDATE ON contests
WHEN (NEW.organizer_id = OLD.organizer_id AND NEW.contest_name = OLD.contest_name AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_fixed'); END;

CREATE TRIGGER contests_frozen BEFORE UPDATE ON contests
WHEN ((NEW.configuration_version = OLD.configuration_version AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds AND NEW.configuration_digest = OLD.configuration_digest) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_frozen'); END;

CREATE TRIGGER contests_fee_fixed BEFORE UPDATE ON contests
WHEN (NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency OR NOT EXISTS (SELECT 1 FROM main.entries AS entry WHERE entry.contest_id = OLD.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_fee_fixed'); END;

CREATE TRIGGER contests_has_places BEFORE UPDATE ON contests
WHEN (NEW.max_entries IS NULL OR NEW.max_entries >= OLD.max_entries OR NOT EXISTS (SELECT 1 FROM main.entries AS entry WHERE entry.contest_id = OLD.id AND entry.place_number > NEW.max_entries)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_has_places'); END;

CREATE TRIGGER contests_locks_in_time BEFORE UPDATE ON contests
WHEN (OLD.status <> 'SCHEDULED' OR NEW.status <> 'LOCKED' OR NEW.updated_at >= NEW.lock_time) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_locks_in_time'); END;

CREATE TRIGGER contests_starts_in_time BEFORE UPDATE ON contests
WHEN (NOT (OLD.status = 'LOCKED' AND NEW.status = 'LIVE') OR NEW.updated_at >= NEW.start_time AND EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.id AND (log.field_number IS NOT NULL OR log.leaderboard_number IS NOT NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_starts_in_time'); END;

CREATE TRIGGER contests_error_origin BEFORE UPDATE ON contests
WHEN (NEW.status <> 'ERROR' OR NEW.error_from_state = OLD.status) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_error_origin'); END;

CREATE TRIGGER contests_resumes_origin BEFORE UPDATE ON contests
WHEN (OLD.status <> 'ERROR' OR CASE NEW.status WHEN 'CANCELLED' THEN TRUE WHEN 'COMPLETE' THEN OLD.error_from_state = 'LIVE' ELSE NEW.status = OLD.error_from_state END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_resumes_origin'); END;

CREATE TRIGGER contests_ends_by_event BEFORE UPDATE ON contests
WHEN (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.id AND log.terminal_number IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_ends_by_event'); END;

CREATE TRIGGER contest_configurations_matches_contest BEFORE INSERT ON contest_configurations
WHEN (EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.contest_id AND (CAST(head.provider_event_id AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.provider_event_id') AS text) END) AND (CAST(head.max_entries AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.max_entries') AS text) END) AND (CAST(head.min_entries AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.min_entries') AS text) END) AND (CAST(head.max_entries_per_user AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.max_entries_per_user') AS text) END) AND (CAST(head.fee_minor AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.entry_fee_cents') AS text) END) AND (CAST(head.currency AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.currency') AS text) END) AND (CAST(head.payment_grace_seconds AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.payment_grace_seconds') AS text) END) AND substr(head.lock_time, 1, 19) = substr(CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.lock_time') AS text) END, 1, 19) AND substr(head.start_time, 1, 19) = substr(CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.tournament_start_time') AS text) END, 1, 19) AND substr(head.end_time, 1, 19) = substr(CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.tournament_end_time') AS text) END, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_matches_contest'); END;

CREATE TRIGGER contest_configurations_payout_kind_fixed BEFORE INSERT ON contest_configurations
WHEN (NEW.version = 1 OR NOT EXISTS (SELECT 1 FROM main.entries AS entry WHERE entry.contest_id = NEW.contest_id) OR EXISTS (SELECT 1 FROM main.contest_configurations AS previous WHERE previous.contest_id = NEW.contest_id AND previous.version = NEW.version - 1 AND (CASE WHEN json_valid(previous.configuration) THEN CAST(json_extract(previous.configuration, '$.payout.kind') AS text) END) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.payout.kind') AS text) END))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_payout_kind_fixed'); END;

CREATE TRIGGER entries_fixed BEFORE UPDATE ON entries
WHEN (NEW.contest_id = OLD.contest_id AND NEW.user_id = OLD.user_id AND NEW.entry_number = OLD.entry_number AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_fixed'); END;

CREATE TRIGGER entries_contest_open BEFORE INSERT ON entries
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.created_at < contest.lock_time)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_contest_open'); END;

CREATE TRIGGER entries_within_places BEFORE INSERT ON entries
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries IS NULL OR NEW.place_number <= contest.max_entries))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_within_places'); END;

CREATE TRIGGER entries_within_user_limit BEFORE INSERT ON entries
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries_per_user IS NULL OR (SELECT count(*) FROM main.entries AS other WHERE other.contest_id = NEW.contest_id AND other.user_id = NEW.user_id AND other.status IN ('ACTIVE', 'PENDING_PAYMENT', 'VOID') AND other.id <> NEW.id) < contest.max_entries_per_user))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_within_user_limit'); END;

CREATE TRIGGER entries_roster_open BEFORE UPDATE ON entries
WHEN (NEW.roster_number = OLD.roster_number AND NEW.roster_digest = OLD.roster_digest OR EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.updated_at < contest.lock_time)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_roster_open'); END;

CREATE TRIGGER entries_paid_once BEFORE UPDATE ON entries
WHEN (OLD.paid_at IS NULL OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_paid_once'); END;

CREATE TRIGGER entries_keeps_place_number BEFORE UPDATE ON entries
WHEN (NEW.place_number IS NULL OR NEW.place_number = OLD.place_number) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_keeps_place_number'); END;

CREATE TRIGGER entries_settled_stays BEFORE UPDATE ON entries
WHEN (NEW.status IN (OLD.status, 'REJECTED') OR EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status <> 'COMPLETE')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_settled_stays'); END;

CREATE TRIGGER contest_logs_fixed BEFORE UPDATE ON contest_logs
WHEN (NEW.contest_id = OLD.contest_id AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_fixed'); END;

CREATE TRIGGER contest_logs_moves_forward BEFORE UPDATE ON contest_logs
WHEN (NEW.fetch_number >= OLD.fetch_number AND (NEW.event_number = OLD.event_number AND NEW.event_hash = OLD.event_hash AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) OR NEW.event_number = OLD.event_number + 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_moves_forward'); END;

CREATE TRIGGER contest_logs_points_to_newest BEFORE UPDATE ON contest_logs
WHEN ((NEW.field_number IS NULL OR NEW.field_number = OLD.field_number OR NEW.field_number = NEW.event_number) AND (NEW.leaderboard_number IS NULL OR NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number = NEW.event_number) AND (NEW.terminal_number IS NULL OR NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number = NEW.event_number) AND (NEW.cancelled_number IS NULL OR NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number = NEW.event_number) AND (NEW.pending_rewrite_number IS NULL OR NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number = NEW.event_number) AND (NEW.conflict_number IS NULL OR NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_points_to_newest'); END;

CREATE TRIGGER contest_logs_marks_of_now BEFORE UPDATE ON contest_logs
WHEN (NEW.observations <= OLD.observations + 1 AND (NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.observed_at IS NULL OR NEW.observed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_marks_of_now'); END;

CREATE TRIGGER contest_events_applied BEFORE INSERT ON contest_events
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.contest_id AND head.head_hash = NEW.body_hash AND (head.field_number IS NULL OR head.field_number <> NEW.number OR NEW.kind IN ('FIELD') AND NEW.validity = 'VALID') AND (head.leaderboard_number IS NULL OR head.leaderboard_number <> NEW.number OR NEW.kind IN ('CORRECTION', 'SNAPSHOT') AND NEW.validity = 'VALID') AND (head.terminal_number IS NULL OR head.terminal_number <> NEW.number OR NEW.kind IN ('TERMINAL') AND NEW.validity = 'VALID') AND (head.cancelled_number IS NULL OR head.cancelled_number <> NEW.number OR NEW.kind IN ('CANCELLED') AND NEW.validity = 'VALID'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_applied'); END;

CREATE TRIGGER contest_events_has_body BEFORE INSERT ON contest_events
WHEN (CASE WHEN NEW.kind NOT IN ('CANCELLED', 'CORRECTION', 'FIELD', 'SNAPSHOT') THEN NEW.body IS NULL WHEN NEW.body IS NULL THEN NEW.validity = 'INVALID' WHEN NEW.kind = 'FIELD' THEN CASE WHEN json_valid(NEW.body) THEN NOT ((json_type(NEW.body, '$') IS NOT 'object') OR ((json_type(NEW.body, '$.primary') IN ('array')) IS NOT TRUE) OR ((json_type(NEW.body, '$.alternates') IN ('array')) IS NOT TRUE)) ELSE TRUE END ELSE CASE WHEN json_valid(NEW.body) THEN NOT ((json_type(NEW.body, '$') IS NOT 'object') OR ((json_type(NEW.body, '$.provider_event_id') IN ('text')) IS NOT TRUE) OR ((json_type(NEW.body, '$.schema_version') IN ('integer')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament') IS NOT 'object') OR ((json_extract(NEW.body, '$.tournament.status') IN ('CANCELLED', 'FINAL', 'IN_PROGRESS', 'SCHEDULED') OR json_type(NEW.body, '$.tournament.status') IN ('null')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament.rounds') IN ('integer') OR json_type(NEW.body, '$.tournament.rounds') IN ('null')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament.current_round') IN ('integer') OR json_type(NEW.body, '$.tournament.current_round') IN ('null')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament.par') IN ('integer') OR json_type(NEW.body, '$.tournament.par') IN ('null')) IS NOT TRUE)) OR ((json_type(NEW.body, '$.players') = 'array') IS NOT TRUE OR json_type(NEW.body, '$.players') = 'array' AND EXISTS (SELECT 1 FROM json_each(NEW.body, '$.players') AS players_item WHERE CASE players_item.type WHEN 'object' THEN (json_type(players_item.value, '$') IS NOT 'object') OR ((json_type(players_item.value, '$.player_id') IN ('text')) IS NOT TRUE) OR ((json_type(players_item.value, '$.name') IN ('text')) IS NOT TRUE) OR ((json_extract(players_item.value, '$.status') IN ('ACTIVE', 'CUT', 'DNS', 'DQ', 'FIN', 'MDF', 'WD')) IS NOT TRUE) OR ((json_type(players_item.value, '$.position') IN ('text') OR json_type(players_item.value, '$.position') IN ('null')) IS NOT TRUE) OR ((json_type(players_item.value, '$.playoff') IN ('false', 'true')) IS NOT TRUE) OR ((json_type(players_item.value, '$.rounds') = 'array') IS NOT TRUE OR json_type(players_item.value, '$.rounds') = 'array' AND EXISTS (SELECT 1 FROM json_each(players_item.value, '$.rounds') AS rounds_item WHERE CASE rounds_item.type WHEN 'object' THEN (json_type(rounds_item.value, '$') IS NOT 'object') OR ((json_type(rounds_item.value, '$.n') IN ('integer')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.strokes') IN ('integer') OR json_type(rounds_item.value, '$.strokes') IN ('null')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.complete') IN ('false', 'true')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.to_par') IN ('integer') OR json_type(rounds_item.value, '$.to_par') IN ('null')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.course_id') IN ('text') OR json_type(rounds_item.value, '$.course_id') IN ('null')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.holes') = 'array' OR json_type(rounds_item.value, '$.holes') = 'null') IS NOT TRUE OR json_type(rounds_item.value, '$.holes') = 'array' AND EXISTS (SELECT 1 FROM json_each(rounds_item.value, '$.holes') AS holes_item WHERE CASE holes_item.type WHEN 'object' THEN (json_type(holes_item.value, '$') IS NOT 'object') OR ((json_type(holes_item.value, '$.h') IN ('integer')) IS NOT TRUE) OR ((json_type(holes_item.value, '$.strokes') IN ('integer')) IS NOT TRUE) ELSE TRUE END)) ELSE TRUE END)) ELSE TRUE END)) OR ((json_type(NEW.body, '$.corrections') = 'array' OR json_type(NEW.body, '$.corrections') IS NULL) IS NOT TRUE OR json_type(NEW.body, '$.corrections') = 'array' AND EXISTS (SELECT 1 FROM json_each(NEW.body, '$.corrections') AS corrections_item WHERE CASE corrections_item.type WHEN 'object' THEN (json_type(corrections_item.value, '$') IS NOT 'object') OR ((json_type(corrections_item.value, '$.player_id') IN ('text')) IS NOT TRUE) OR ((json_type(corrections_item.value, '$.n') IN ('integer') OR json_type(corrections_item.value, '$.n') IN ('null')) IS NOT TRUE) OR ((json_type(corrections_item.value, '$.value') IN ('integer') OR json_type(corrections_item.value, '$.value') IN ('text')) IS NOT TRUE) OR ((json_type(corrections_item.value, '$.replaced') IN ('array')) IS NOT TRUE) ELSE TRUE END))) ELSE TRUE END END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_has_body'); END;

CREATE TRIGGER contest_events_of_fetch BEFORE INSERT ON contest_events
WHEN (NEW.fetch_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_logs AS log JOIN main.provider_fetches AS stored ON stored.provider_event_id = log.provider_event_id WHERE log.id = NEW.contest_id AND stored.number = NEW.fetch_number AND stored.payload_digest = NEW.payload_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_of_fetch'); END;

CREATE TRIGGER event_faults_of_newest BEFORE INSERT ON event_faults
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.entity_id AND log.event_number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_of_newest'); END;

CREATE TRIGGER provider_fetches_counted BEFORE INSERT ON provider_fetches
WHEN (EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND CASE NEW.outcome WHEN 'OK' THEN head.failures = 0 AND head.last_payload_digest = NEW.payload_digest AND head.last_success_at = NEW.finished_at ELSE head.failures > 0 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_counted'); END;

CREATE TRIGGER settlement_runs_fixed BEFORE UPDATE ON settlement_runs
WHEN (NEW.contest_id = OLD.contest_id AND NEW.number = OLD.number AND NEW.engine_version = OLD.engine_version AND NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.event_number = OLD.event_number AND NEW.events_digest = OLD.events_digest AND NEW.entries_count = OLD.entries_count AND NEW.entries_seq_sum = OLD.entries_seq_sum AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_fixed'); END;

CREATE TRIGGER settlement_runs_of_played_contest BEFORE INSERT ON settlement_runs
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.configuration_version = NEW.configuration_version AND contest.currency = NEW.currency AND (contest.status IN ('COMPLETE', 'LIVE') OR contest.error_from_state = 'LIVE'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_of_played_contest'); END;

CREATE TRIGGER settlement_runs_next_number BEFORE INSERT ON settlement_runs
WHEN (NEW.number = (SELECT count(*) FROM main.settlement_runs AS run WHERE run.contest_id = NEW.contest_id) + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_next_number'); END;

CREATE TRIGGER settlement_runs_input_current BEFORE UPDATE ON settlement_runs
WHEN (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.contest_id AND log.event_number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_input_current'); END;

CREATE TRIGGER settlement_lines_of_entries BEFORE INSERT ON settlement_lines
WHEN (EXISTS (SELECT 1 FROM main.settlement_runs AS run JOIN main.entries AS entry ON entry.contest_id = run.contest_id WHERE run.id = NEW.entity_id AND entry.id = NEW.entry_id AND entry.status = 'ACTIVE' AND entry.user_id = NEW.user_id AND entry.paid_minor = NEW.paid_minor AND entry.roster_digest = NEW.roster_digest AND (entry.payment_ref) IS (NEW.payment_ref))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_of_entries'); END;

CREATE TRIGGER history_balances_settlement BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'settlement_run' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM main.settlement_runs AS run WHERE run.id = NEW.entity_id AND run.line_count = (SELECT count(*) FROM main.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor = (SELECT coalesce(sum(line.paid_minor), 0) FROM main.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor + run.top_up_minor = (SELECT coalesce(sum(line.payout_minor), 0) FROM main.settlement_lines AS line WHERE line.entity_id = run.id) + run.rake_minor + run.rounding_minor + run.retained_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_balances_settlement'); END;

CREATE TRIGGER tasks_needs_contests BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest') OR EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_contests'); END;

CREATE TRIGGER tasks_needs_provider_feeds BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('fetch_tournament') OR EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_provider_feeds'); END;

CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_no_update'); END;

CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_no_delete'); END;

CREATE TRIGGER postings_no_replace BEFORE INSERT ON postings
WHEN (((NEW.owed_movement_id IS NOT NULL) IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.postings WHERE owed_movement_id = NEW.owed_movement_id AND owed_number = NEW.owed_number AND owed_movement_id IS NOT NULL)) AND ((NEW.reversed_movement_id IS NOT NULL) IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.postings WHERE reversed_movement_id = NEW.reversed_movement_id AND reversed_number = NEW.reversed_number AND reversal_ref = NEW.reversal_ref AND reversed_movement_id IS NOT NULL)) AND NOT EXISTS (SELECT 1 FROM main.postings WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_no_replace'); END;

CREATE TRIGGER postings_head_exists BEFORE INSERT ON postings
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_head_exists'); END;

CREATE TRIGGER covered_items_no_update BEFORE UPDATE ON covered_items
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_no_update'); END;

CREATE TRIGGER covered_items_no_delete BEFORE DELETE ON covered_items
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_no_delete'); END;

CREATE TRIGGER covered_items_no_replace BEFORE INSERT ON covered_items
WHEN (NOT EXISTS (SELECT 1 FROM main.covered_items WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.covered_items WHERE item = NEW.item)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_no_replace'); END;

CREATE TRIGGER covered_items_head_exists BEFORE INSERT ON covered_items
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_head_exists'); END;

CREATE TRIGGER refund_attempts_no_update BEFORE UPDATE ON refund_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_no_update'); END;

CREATE TRIGGER refund_attempts_no_delete BEFORE DELETE ON refund_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_no_delete'); END;

CREATE TRIGGER refund_attempts_no_replace BEFORE INSERT ON refund_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.refund_attempts WHERE refund_id = NEW.refund_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_no_replace'); END;

CREATE TRIGGER refund_attempts_previous_exists BEFORE INSERT ON refund_attempts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.refund_attempts WHERE refund_id = NEW.refund_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_previous_exists'); END;

CREATE TRIGGER refund_attempts_refund_exists BEFORE INSERT ON refund_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.refunds WHERE id = NEW.refund_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_refund_exists'); END;

CREATE TRIGGER stripe_event_attempts_no_update BEFORE UPDATE ON stripe_event_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_no_update'); END;

CREATE TRIGGER stripe_event_attempts_no_delete BEFORE DELETE ON stripe_event_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_no_delete'); END;

CREATE TRIGGER stripe_event_attempts_no_replace BEFORE INSERT ON stripe_event_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.stripe_event_attempts WHERE event_id = NEW.event_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_no_replace'); END;

CREATE TRIGGER stripe_event_attempts_event_exists BEFORE INSERT ON stripe_event_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.stripe_events WHERE id = NEW.event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_event_exists'); END;

CREATE TRIGGER stripe_event_attempts_previous_exists BEFORE INSERT ON stripe_event_attempts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.stripe_event_attempts WHERE event_id = NEW.event_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_previous_exists'); END;

CREATE TRIGGER discrepancies_no_update BEFORE UPDATE ON discrepancies
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_no_update'); END;

CREATE TRIGGER discrepancies_no_delete BEFORE DELETE ON discrepancies
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_no_delete'); END;

CREATE TRIGGER discrepancies_no_replace BEFORE INSERT ON discrepancies
WHEN (NOT EXISTS (SELECT 1 FROM main.discrepancies WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_no_replace'); END;

CREATE TRIGGER discrepancies_head_exists BEFORE INSERT ON discrepancies
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.reconciliations WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_head_exists'); END;

CREATE TRIGGER transfer_lines_no_update BEFORE UPDATE ON transfer_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_no_update'); END;

CREATE TRIGGER transfer_lines_no_delete BEFORE DELETE ON transfer_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_no_delete'); END;

CREATE TRIGGER transfer_lines_no_replace BEFORE INSERT ON transfer_lines
WHEN (NOT EXISTS (SELECT 1 FROM main.transfer_lines WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.transfer_lines WHERE owed_movement_id = NEW.owed_movement_id AND owed_number = NEW.owed_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_no_replace'); END;

CREATE TRIGGER transfer_lines_head_exists BEFORE INSERT ON transfer_lines
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_head_exists'); END;

CREATE TRIGGER transfer_attempts_no_update BEFORE UPDATE ON transfer_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_no_update'); END;

CREATE TRIGGER transfer_attempts_no_delete BEFORE DELETE ON transfer_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_no_delete'); END;

CREATE TRIGGER transfer_attempts_no_replace BEFORE INSERT ON transfer_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.transfer_attempts WHERE transfer_id = NEW.transfer_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_no_replace'); END;

CREATE TRIGGER transfer_attempts_previous_exists BEFORE INSERT ON transfer_attempts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.transfer_attempts WHERE transfer_id = NEW.transfer_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_previous_exists'); END;

CREATE TRIGGER transfer_attempts_transfer_exists BEFORE INSERT ON transfer_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.transfer_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_transfer_exists'); END;

CREATE TRIGGER postings_in_change BEFORE INSERT ON postings
WHEN (EXISTS (SELECT 1 FROM main.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_in_change'); END;

CREATE TRIGGER history_needs_postings BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('post', 'settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.postings.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.postings.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('post', 'settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.postings.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.postings.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_postings'); END;

CREATE TRIGGER covered_items_in_change BEFORE INSERT ON covered_items
WHEN (EXISTS (SELECT 1 FROM main.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_in_change'); END;

CREATE TRIGGER history_needs_covered_items BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.covered_items.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.covered_items.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.covered_items.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.covered_items.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_covered_items'); END;

CREATE TRIGGER discrepancies_in_change BEFORE INSERT ON discrepancies
WHEN (EXISTS (SELECT 1 FROM main.reconciliations AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'reconciliation' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_in_change'); END;

CREATE TRIGGER history_needs_discrepancies BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'reconciliation' OR (CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.discrepancies.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.discrepancies.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.discrepancies.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.discrepancies.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_discrepancies'); END;

CREATE TRIGGER transfer_lines_in_change BEFORE INSERT ON transfer_lines
WHEN (EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'transfer' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_in_change'); END;

CREATE TRIGGER history_needs_transfer_lines BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'transfer' OR (CASE WHEN NEW.action IN ('plan') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.transfer_lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.transfer_lines.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('plan') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.transfer_lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.transfer_lines.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_transfer_lines'); END;

CREATE TRIGGER refund_attempts_needs_head BEFORE INSERT ON refund_attempts
WHEN (EXISTS (SELECT 1 FROM main.refunds AS head WHERE head.id = NEW.refund_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_needs_head'); END;

CREATE TRIGGER stripe_event_attempts_needs_head BEFORE INSERT ON stripe_event_attempts
WHEN (EXISTS (SELECT 1 FROM main.stripe_events AS head WHERE head.id = NEW.event_id AND head.attempt_number = NEW.number AND (head.last_code = NEW.code OR head.last_code IS NULL AND NEW.code IS NULL) AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_needs_head'); END;

CREATE TRIGGER transfer_attempts_needs_head BEFORE INSERT ON transfer_attempts
WHEN (EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.transfer_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_needs_head'); END;

CREATE TRIGGER accounts_no_delete BEFORE DELETE ON accounts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_no_delete'); END;

CREATE TRIGGER accounts_no_replace BEFORE INSERT ON accounts
WHEN (NOT EXISTS (SELECT 1 FROM main.accounts WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_no_replace'); END;

CREATE TRIGGER accounts_movement_exists BEFORE UPDATE ON accounts
WHEN (OLD.last_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.movements WHERE id = OLD.last_movement_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_movement_exists'); END;

CREATE TRIGGER accounts_history_exists BEFORE UPDATE ON accounts
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_history_exists'); END;

CREATE TRIGGER accounts_no_nested_update BEFORE UPDATE ON accounts
WHEN (EXISTS (SELECT 1 FROM main.accounts AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.kind IS OLD.kind AND stored.reference IS OLD.reference AND stored.currency IS OLD.currency AND stored.balance_minor IS OLD.balance_minor AND stored.last_movement_id IS OLD.last_movement_id AND stored.debited_minor IS OLD.debited_minor AND stored.credited_minor IS OLD.credited_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_no_nested_update'); END;

CREATE TRIGGER accounts_one_step BEFORE UPDATE ON accounts
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_one_step'); END;

CREATE TRIGGER history_needs_accounts BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'account' OR EXISTS (SELECT 1 FROM main.accounts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_accounts'); END;

CREATE TRIGGER history_declares_data_of_accounts BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'account' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('balance_minor', 'credited_minor', 'currency', 'debited_minor', 'kind', 'last_movement_id', 'movement_key', 'posting_count', 'postings_digest', 'reference')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_accounts'); END;

CREATE TRIGGER accounts_initial_fields BEFORE INSERT ON accounts
WHEN (NEW.balance_minor = 0 AND NEW.credited_minor = 0 AND NEW.debited_minor = 0 AND NEW.last_movement_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_initial_fields'); END;

CREATE TRIGGER movements_no_delete BEFORE DELETE ON movements
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_no_delete'); END;

CREATE TRIGGER movements_no_replace BEFORE INSERT ON movements
WHEN (NOT EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_no_replace'); END;

CREATE TRIGGER movements_one_fact_on_insert BEFORE INSERT ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.fact_key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.fact_key = NEW.fact_key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_fact_on_insert'); END;

CREATE TRIGGER movements_one_key_on_insert BEFORE INSERT ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.key = NEW.key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_key_on_insert'); END;

CREATE TRIGGER movements_one_reversal_on_insert BEFORE INSERT ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.reverses = NEW.reverses AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_reversal_on_insert'); END;

CREATE TRIGGER movements_reversed_exists BEFORE INSERT ON movements
WHEN (NEW.reverses IS NULL OR EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.reverses)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_reversed_exists'); END;

CREATE TRIGGER movements_history_exists BEFORE UPDATE ON movements
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_history_exists'); END;

CREATE TRIGGER movements_one_fact_on_update BEFORE UPDATE ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.fact_key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.fact_key = NEW.fact_key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_fact_on_update'); END;

CREATE TRIGGER movements_one_key_on_update BEFORE UPDATE ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.key = NEW.key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_key_on_update'); END;

CREATE TRIGGER movements_one_reversal_on_update BEFORE UPDATE ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.reverses = NEW.reverses AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_reversal_on_update'); END;

CREATE TRIGGER movements_no_nested_update BEFORE UPDATE ON movements
WHEN (EXISTS (SELECT 1 FROM main.movements AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.kind IS OLD.kind AND stored.key IS OLD.key AND stored.fact_key IS OLD.fact_key AND stored.reference IS OLD.reference AND stored.currency IS OLD.currency AND stored.total_minor IS OLD.total_minor AND stored.posting_count IS OLD.posting_count AND stored.reverses IS OLD.reverses AND stored.source IS OLD.source AND stored.occurred_at IS OLD.occurred_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_no_nested_update'); END;

CREATE TRIGGER movements_one_step BEFORE UPDATE ON movements
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_step'); END;

CREATE TRIGGER history_needs_movements BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'movement' OR EXISTS (SELECT 1 FROM main.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_movements'); END;

CREATE TRIGGER history_declares_data_of_movements BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'movement' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('covered_items', 'currency', 'fact_key', 'key', 'kind', 'occurred_at', 'posting_count', 'postings', 'reference', 'reverses', 'source', 'total_minor')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_movements'); END;

CREATE TRIGGER movements_latest_times_on_insert BEFORE INSERT ON movements
WHEN (NEW.occurred_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_latest_times_on_insert'); END;

CREATE TRIGGER movements_latest_times_on_update BEFORE UPDATE ON movements
WHEN (NEW.occurred_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_latest_times_on_update'); END;

CREATE TRIGGER charges_no_delete BEFORE DELETE ON charges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_no_delete'); END;

CREATE TRIGGER charges_no_replace BEFORE INSERT ON charges
WHEN (NOT EXISTS (SELECT 1 FROM main.charges WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_no_replace'); END;

CREATE TRIGGER charges_one_intent_on_insert BEFORE INSERT ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.intent_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.intent_id = NEW.intent_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_intent_on_insert'); END;

CREATE TRIGGER charges_one_item_on_insert BEFORE INSERT ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.item IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.item = NEW.item AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_item_on_insert'); END;

CREATE TRIGGER charges_one_session_on_insert BEFORE INSERT ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.session_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.session_id = NEW.session_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_session_on_insert'); END;

CREATE TRIGGER charges_history_exists BEFORE UPDATE ON charges
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_history_exists'); END;

CREATE TRIGGER charges_one_intent_on_update BEFORE UPDATE ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.intent_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.intent_id = NEW.intent_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_intent_on_update'); END;

CREATE TRIGGER charges_one_item_on_update BEFORE UPDATE ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.item IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.item = NEW.item AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_item_on_update'); END;

CREATE TRIGGER charges_one_session_on_update BEFORE UPDATE ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.session_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.session_id = NEW.session_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_session_on_update'); END;

CREATE TRIGGER charges_no_nested_update BEFORE UPDATE ON charges
WHEN (EXISTS (SELECT 1 FROM main.charges AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.reference IS OLD.reference AND stored.party IS OLD.party AND stored.item IS OLD.item AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.expires_at IS OLD.expires_at AND stored.intent_id IS OLD.intent_id AND stored.generation IS OLD.generation AND stored.session_id IS OLD.session_id AND stored.failure_code IS OLD.failure_code AND stored.last_event_at IS OLD.last_event_at AND stored.received_minor IS OLD.received_minor AND stored.received_currency IS OLD.received_currency AND stored.paid_at IS OLD.paid_at AND stored.refunded_minor IS OLD.refunded_minor AND stored.disputed_from IS OLD.disputed_from AND stored.outcome_code IS OLD.outcome_code)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_no_nested_update'); END;

CREATE TRIGGER charges_one_step BEFORE UPDATE ON charges
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_step'); END;

CREATE TRIGGER history_needs_charges BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'charge' OR EXISTS (SELECT 1 FROM main.charges AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_charges'); END;

CREATE TRIGGER history_declares_data_of_charges BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'charge' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'currency', 'disputed_from', 'expires_at', 'failure_code', 'generation', 'intent_id', 'item', 'last_event_at', 'outcome_code', 'paid_at', 'party', 'received_currency', 'received_minor', 'reference', 'refunded_minor', 'session_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_charges'); END;

CREATE TRIGGER charges_keeps_fields BEFORE UPDATE ON charges
WHEN ((OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING', 'PROCESSING PROCESSING', 'REQUIRES_ACTION REQUIRES_ACTION') OR NEW.expires_at = OLD.expires_at) AND (OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING') OR (NEW.intent_id = OLD.intent_id OR NEW.intent_id IS NULL AND OLD.intent_id IS NULL) AND NEW.generation = OLD.generation AND (NEW.session_id = OLD.session_id OR NEW.session_id IS NULL AND OLD.session_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING FAILED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED PROCESSING', 'FAILED REFUND_PENDING', 'FAILED REQUIRES_ACTION', 'FAILED SUCCEEDED', 'PENDING CANCELED', 'PENDING FAILED', 'PENDING PROCESSING', 'PENDING REFUND_PENDING', 'PENDING REQUIRES_ACTION', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION PROCESSING', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.last_event_at = OLD.last_event_at OR NEW.last_event_at IS NULL AND OLD.last_event_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED CHARGED_BACK', 'DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED PARTIALLY_REFUNDED', 'PARTIALLY_REFUNDED REFUNDED', 'PARTIALLY_REFUNDED SUCCEEDED', 'REFUNDED PARTIALLY_REFUNDED', 'REFUNDED REFUND_PENDING', 'REFUNDED SUCCEEDED', 'REFUND_PENDING PARTIALLY_REFUNDED', 'REFUND_PENDING REFUNDED', 'REFUND_PENDING REFUND_PENDING', 'REFUND_PENDING SUCCEEDED', 'SUCCEEDED PARTIALLY_REFUNDED', 'SUCCEEDED REFUNDED') OR NEW.refunded_minor = OLD.refunded_minor) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED DISPUTED', 'REFUNDED DISPUTED', 'SUCCEEDED DISPUTED') OR (NEW.disputed_from = OLD.disputed_from OR NEW.disputed_from IS NULL AND OLD.disputed_from IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED REFUND_PENDING', 'PARTIALLY_REFUNDED REFUND_PENDING', 'PENDING CANCELED', 'PENDING REFUND_PENDING', 'PROCESSING REFUND_PENDING', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION REFUND_PENDING', 'SUCCEEDED REFUND_PENDING') OR (NEW.outcome_code = OLD.outcome_code OR NEW.outcome_code IS NULL AND OLD.outcome_code IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_charges BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'charge' AND NEW.seq > 1 AND NEW.action IN ('attach_intent', 'attach_session', 'extend')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.charges AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('attach_intent', 'attach_session') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.expires_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.expires_at') AS text) END) AND (CAST(head.expires_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.expires_at') AS text) END)) AND (NEW.action NOT IN ('extend') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.intent_id') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.intent_id') AS text) END) AND (CAST(head.intent_id AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.intent_id') AS text) END)) AND (NEW.action NOT IN ('attach_session', 'extend') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.generation') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.generation') AS text) END) AND (CAST(head.generation AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.generation') AS text) END)) AND (NEW.action NOT IN ('attach_intent', 'extend') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.session_id') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.session_id') AS text) END) AND (CAST(head.session_id AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.session_id') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_charges'); END;

CREATE TRIGGER charges_initial_fields BEFORE INSERT ON charges
WHEN (NEW.disputed_from IS NULL AND NEW.failure_code IS NULL AND NEW.generation = 1 AND NEW.intent_id IS NULL AND NEW.last_event_at IS NULL AND NEW.outcome_code IS NULL AND NEW.paid_at IS NULL AND NEW.received_currency IS NULL AND NEW.received_minor IS NULL AND NEW.refunded_minor = 0 AND NEW.session_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_initial_fields'); END;

CREATE TRIGGER charges_latest_times_on_insert BEFORE INSERT ON charges
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_latest_times_on_insert'); END;

CREATE TRIGGER charges_latest_times_on_update BEFORE UPDATE ON charges
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_latest_times_on_update'); END;

CREATE TRIGGER refunds_no_delete BEFORE DELETE ON refunds
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_delete'); END;

CREATE TRIGGER refunds_no_replace BEFORE INSERT ON refunds
WHEN (NOT EXISTS (SELECT 1 FROM main.refunds WHERE charge_id = NEW.charge_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.refunds WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_replace'); END;

CREATE TRIGGER refunds_one_running_on_insert BEFORE INSERT ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action')) IS NOT TRUE OR NEW.charge_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.charge_id = NEW.charge_id AND other.status IN ('requested', 'pending', 'requires_action') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_running_on_insert'); END;

CREATE TRIGGER refunds_one_stripe_refund_on_insert BEFORE INSERT ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled')) IS NOT TRUE OR NEW.stripe_refund_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.stripe_refund_id = NEW.stripe_refund_id AND other.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_stripe_refund_on_insert'); END;

CREATE TRIGGER refunds_charge_exists BEFORE INSERT ON refunds
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.charges WHERE id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_charge_exists'); END;

CREATE TRIGGER refunds_history_exists BEFORE UPDATE ON refunds
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.attempt_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_history_exists'); END;

CREATE TRIGGER refunds_no_replace_on_update BEFORE UPDATE ON refunds
WHEN (NOT EXISTS (SELECT 1 FROM main.refunds WHERE charge_id = NEW.charge_id AND number = NEW.number AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_replace_on_update'); END;

CREATE TRIGGER refunds_one_running_on_update BEFORE UPDATE ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action')) IS NOT TRUE OR NEW.charge_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.charge_id = NEW.charge_id AND other.status IN ('requested', 'pending', 'requires_action') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_running_on_update'); END;

CREATE TRIGGER refunds_one_stripe_refund_on_update BEFORE UPDATE ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled')) IS NOT TRUE OR NEW.stripe_refund_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.stripe_refund_id = NEW.stripe_refund_id AND other.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_stripe_refund_on_update'); END;

CREATE TRIGGER refunds_no_nested_update BEFORE UPDATE ON refunds
WHEN (EXISTS (SELECT 1 FROM main.refunds AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.attempt_number IS OLD.attempt_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.charge_id IS OLD.charge_id AND stored.number IS OLD.number AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.reason_code IS OLD.reason_code AND stored.covered IS OLD.covered AND stored.generation IS OLD.generation AND stored.stripe_refund_id IS OLD.stripe_refund_id AND stored.failure_code IS OLD.failure_code)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_nested_update'); END;

CREATE TRIGGER refunds_one_step BEFORE UPDATE ON refunds
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_step'); END;

CREATE TRIGGER history_needs_refunds BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'refund' OR EXISTS (SELECT 1 FROM main.refunds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_refunds'); END;

CREATE TRIGGER history_declares_data_of_refunds BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'refund' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'attempt', 'charge_id', 'covered', 'currency', 'failure_code', 'generation', 'number', 'reason_code', 'stripe_refund_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_refunds'); END;

CREATE TRIGGER refunds_keeps_fields BEFORE UPDATE ON refunds
WHEN ((OLD.status || ' ' || NEW.status IN ('requested requested') OR NEW.generation = OLD.generation) AND (OLD.status || ' ' || NEW.status IN ('pending canceled', 'pending failed', 'pending requires_action', 'pending succeeded', 'requested canceled', 'requested failed', 'requested pending', 'requested requires_action', 'requested succeeded', 'requires_action canceled', 'requires_action failed', 'requires_action pending', 'requires_action succeeded', 'succeeded failed') OR (NEW.stripe_refund_id = OLD.stripe_refund_id OR NEW.stripe_refund_id IS NULL AND OLD.stripe_refund_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'requested failed', 'requires_action failed', 'succeeded failed') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_keeps_fields'); END;

CREATE TRIGGER refunds_initial_fields BEFORE INSERT ON refunds
WHEN (NEW.failure_code IS NULL AND NEW.generation = 1 AND (NEW.status IN ('pending') OR NEW.stripe_refund_id IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_initial_fields'); END;

CREATE TRIGGER disputes_no_delete BEFORE DELETE ON disputes
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_no_delete'); END;

CREATE TRIGGER disputes_no_replace BEFORE INSERT ON disputes
WHEN (NOT EXISTS (SELECT 1 FROM main.disputes WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_no_replace'); END;

CREATE TRIGGER disputes_charge_exists BEFORE INSERT ON disputes
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.charges WHERE id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_charge_exists'); END;

CREATE TRIGGER disputes_history_exists BEFORE UPDATE ON disputes
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_history_exists'); END;

CREATE TRIGGER disputes_no_nested_update BEFORE UPDATE ON disputes
WHEN (EXISTS (SELECT 1 FROM main.disputes AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.charge_id IS OLD.charge_id AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.fee_minor IS OLD.fee_minor AND stored.reason_code IS OLD.reason_code AND stored.evidence_due_by IS OLD.evidence_due_by AND stored.withdrawn_at IS OLD.withdrawn_at AND stored.reinstated_at IS OLD.reinstated_at AND stored.covered IS OLD.covered AND stored.closed_at IS OLD.closed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_no_nested_update'); END;

CREATE TRIGGER disputes_one_step BEFORE UPDATE ON disputes
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_one_step'); END;

CREATE TRIGGER history_needs_disputes BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'dispute' OR EXISTS (SELECT 1 FROM main.disputes AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_disputes'); END;

CREATE TRIGGER history_declares_data_of_disputes BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'dispute' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'charge_id', 'closed_at', 'covered', 'currency', 'evidence_due_by', 'fee_minor', 'reason_code', 'reinstated_at', 'withdrawn_at')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_disputes'); END;

CREATE TRIGGER disputes_keeps_fields BEFORE UPDATE ON disputes
WHEN ((OLD.status || ' ' || NEW.status IN ('lost lost', 'needs_response needs_response', 'prevented prevented', 'under_review under_review', 'warning_closed warning_closed', 'warning_needs_response warning_needs_response', 'warning_under_review warning_under_review', 'won won') OR (NEW.fee_minor = OLD.fee_minor OR NEW.fee_minor IS NULL AND OLD.fee_minor IS NULL) AND (NEW.withdrawn_at = OLD.withdrawn_at OR NEW.withdrawn_at IS NULL AND OLD.withdrawn_at IS NULL) AND (NEW.reinstated_at = OLD.reinstated_at OR NEW.reinstated_at IS NULL AND OLD.reinstated_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response needs_response', 'needs_response prevented', 'needs_response under_review', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review under_review', 'under_review won', 'warning_needs_response lost', 'warning_needs_response needs_response', 'warning_needs_response prevented', 'warning_needs_response under_review', 'warning_needs_response warning_closed', 'warning_needs_response warning_needs_response', 'warning_needs_response warning_under_review', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review needs_response', 'warning_under_review prevented', 'warning_under_review under_review', 'warning_under_review warning_closed', 'warning_under_review warning_under_review', 'warning_under_review won') OR (NEW.evidence_due_by = OLD.evidence_due_by OR NEW.evidence_due_by IS NULL AND OLD.evidence_due_by IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response prevented', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review won', 'warning_needs_response lost', 'warning_needs_response prevented', 'warning_needs_response warning_closed', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review prevented', 'warning_under_review warning_closed', 'warning_under_review won') OR (NEW.closed_at = OLD.closed_at OR NEW.closed_at IS NULL AND OLD.closed_at IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_disputes BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'dispute' AND NEW.seq > 1 AND NEW.action IN ('reinstate', 'update', 'withdraw')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.disputes AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('reinstate', 'update') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.fee_minor') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CAST(head.fee_minor AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.withdrawn_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.withdrawn_at') AS text) END) AND (CAST(head.withdrawn_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.withdrawn_at') AS text) END)) AND (NEW.action NOT IN ('reinstate', 'withdraw') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.evidence_due_by') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.evidence_due_by') AS text) END) AND (CAST(head.evidence_due_by AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.evidence_due_by') AS text) END)) AND (NEW.action NOT IN ('update', 'withdraw') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.reinstated_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.reinstated_at') AS text) END) AND (CAST(head.reinstated_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.reinstated_at') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_disputes'); END;

CREATE TRIGGER disputes_initial_fields BEFORE INSERT ON disputes
WHEN (NEW.closed_at IS NULL AND NEW.fee_minor IS NULL AND NEW.reinstated_at IS NULL AND NEW.withdrawn_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_initial_fields'); END;

CREATE TRIGGER disputes_latest_times_on_insert BEFORE INSERT ON disputes
WHEN ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.closed_at IS NULL OR NEW.closed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_latest_times_on_insert'); END;

CREATE TRIGGER disputes_latest_times_on_update BEFORE UPDATE ON disputes
WHEN ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.closed_at IS NULL OR NEW.closed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_latest_times_on_update'); END;

CREATE TRIGGER stripe_events_no_delete BEFORE DELETE ON stripe_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_no_delete'); END;

CREATE TRIGGER stripe_events_no_replace BEFORE INSERT ON stripe_events
WHEN (NOT EXISTS (SELECT 1 FROM main.stripe_events WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_no_replace'); END;

CREATE TRIGGER stripe_events_history_exists BEFORE UPDATE ON stripe_events
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.attempt_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_history_exists'); END;

CREATE TRIGGER stripe_events_no_nested_update BEFORE UPDATE ON stripe_events
WHEN (EXISTS (SELECT 1 FROM main.stripe_events AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.attempt_number IS OLD.attempt_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.event_type IS OLD.event_type AND stored.api_version IS OLD.api_version AND stored.livemode IS OLD.livemode AND stored.created IS OLD.created AND stored.payload_digest IS OLD.payload_digest AND stored.object_id IS OLD.object_id AND stored.account IS OLD.account AND stored.origin IS OLD.origin AND stored.last_code IS OLD.last_code)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_no_nested_update'); END;

CREATE TRIGGER stripe_events_one_step BEFORE UPDATE ON stripe_events
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_one_step'); END;

CREATE TRIGGER history_needs_stripe_events BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'stripe_event' OR EXISTS (SELECT 1 FROM main.stripe_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_stripe_events'); END;

CREATE TRIGGER history_declares_data_of_stripe_events BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'stripe_event' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('account', 'api_version', 'attempt', 'created', 'event_type', 'last_code', 'livemode', 'object_id', 'origin', 'payload_digest')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_stripe_events'); END;

CREATE TRIGGER stripe_events_keeps_fields BEFORE UPDATE ON stripe_events
WHEN ((OLD.status || ' ' || NEW.status IN ('RECEIVED DEAD', 'RECEIVED IGNORED', 'RECEIVED PROCESSED', 'RECEIVED RECEIVED') OR (NEW.last_code = OLD.last_code OR NEW.last_code IS NULL AND OLD.last_code IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_keeps_fields'); END;

CREATE TRIGGER stripe_events_initial_fields BEFORE INSERT ON stripe_events
WHEN (NEW.last_code IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_initial_fields'); END;

CREATE TRIGGER stripe_events_latest_times_on_insert BEFORE INSERT ON stripe_events
WHEN (NEW.created <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_latest_times_on_insert'); END;

CREATE TRIGGER stripe_events_latest_times_on_update BEFORE UPDATE ON stripe_events
WHEN (NEW.created <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_latest_times_on_update'); END;

CREATE TRIGGER reconciliations_no_delete BEFORE DELETE ON reconciliations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_no_delete'); END;

CREATE TRIGGER reconciliations_json_limits BEFORE INSERT ON reconciliations
WHEN ((NEW.checked IS NULL OR CASE WHEN json_valid(NEW.checked) THEN length(CAST(NEW.checked AS BLOB)) <= 33554432 AND (length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.checked, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.checked) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.checked)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.checked) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.checked -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.checked -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.checked -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_json_limits'); END;

CREATE TRIGGER reconciliations_no_replace BEFORE INSERT ON reconciliations
WHEN (NOT EXISTS (SELECT 1 FROM main.reconciliations WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_no_replace'); END;

CREATE TRIGGER reconciliations_one_running_on_insert BEFORE INSERT ON reconciliations
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.scope IS NULL OR NOT EXISTS (SELECT 1 FROM main.reconciliations AS other WHERE other.scope = NEW.scope AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_one_running_on_insert'); END;

CREATE TRIGGER reconciliations_history_exists BEFORE UPDATE ON reconciliations
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_history_exists'); END;

CREATE TRIGGER reconciliations_json_limits_on_update BEFORE UPDATE ON reconciliations
WHEN ((NEW.checked IS NULL OR CASE WHEN json_valid(NEW.checked) THEN length(CAST(NEW.checked AS BLOB)) <= 33554432 AND (length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.checked, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.checked) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.checked)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.checked) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.checked -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.checked -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.checked -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_json_limits_on_update'); END;

CREATE TRIGGER reconciliations_one_running_on_update BEFORE UPDATE ON reconciliations
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.scope IS NULL OR NOT EXISTS (SELECT 1 FROM main.reconciliations AS other WHERE other.scope = NEW.scope AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_one_running_on_update'); END;

CREATE TRIGGER reconciliations_no_nested_update BEFORE UPDATE ON reconciliations
WHEN (EXISTS (SELECT 1 FROM main.reconciliations AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.scope IS OLD.scope AND stored.started_at IS OLD.started_at AND stored.checked IS OLD.checked AND stored.discrepancy_count IS OLD.discrepancy_count AND stored.finished_at IS OLD.finished_at AND stored.error_code IS OLD.error_code AND stored.error_message IS OLD.error_message)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_no_nested_update'); END;

CREATE TRIGGER reconciliations_one_step BEFORE UPDATE ON reconciliations
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_one_step'); END;

CREATE TRIGGER history_needs_reconciliations BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'reconciliation' OR EXISTS (SELECT 1 FROM main.reconciliations AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_reconciliations'); END;

CREATE TRIGGER history_declares_data_of_reconciliations BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'reconciliation' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('checked', 'discrepancies', 'discrepancy_count', 'error_code', 'error_message', 'finished_at', 'scope', 'started_at')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_reconciliations'); END;

CREATE TRIGGER reconciliations_keeps_fields BEFORE UPDATE ON reconciliations
WHEN ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR NEW.checked = OLD.checked AND (NEW.discrepancy_count = OLD.discrepancy_count OR NEW.discrepancy_count IS NULL AND OLD.discrepancy_count IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_keeps_fields'); END;

CREATE TRIGGER reconciliations_initial_fields BEFORE INSERT ON reconciliations
WHEN (NEW.checked = '[]' AND NEW.discrepancy_count IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.finished_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_initial_fields'); END;

CREATE TRIGGER reconciliations_latest_times_on_insert BEFORE INSERT ON reconciliations
WHEN (NEW.started_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds') AND (NEW.finished_at IS NULL OR NEW.finished_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_latest_times_on_insert'); END;

CREATE TRIGGER reconciliations_latest_times_on_update BEFORE UPDATE ON reconciliations
WHEN (NEW.started_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds') AND (NEW.finished_at IS NULL OR NEW.finished_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_latest_times_on_update'); END;

CREATE TRIGGER payment_switches_no_delete BEFORE DELETE ON payment_switches
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_no_delete'); END;

CREATE TRIGGER payment_switches_no_replace BEFORE INSERT ON payment_switches
WHEN (NOT EXISTS (SELECT 1 FROM main.payment_switches WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_no_replace'); END;

CREATE TRIGGER payment_switches_history_exists BEFORE UPDATE ON payment_switches
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_history_exists'); END;

CREATE TRIGGER payment_switches_no_nested_update BEFORE UPDATE ON payment_switches
WHEN (EXISTS (SELECT 1 FROM main.payment_switches AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.reason_code IS OLD.reason_code AND stored.halted_at IS OLD.halted_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_no_nested_update'); END;

CREATE TRIGGER payment_switches_one_step BEFORE UPDATE ON payment_switches
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_one_step'); END;

CREATE TRIGGER history_needs_payment_switches BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'payment_switch' OR EXISTS (SELECT 1 FROM main.payment_switches AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_payment_switches'); END;

CREATE TRIGGER history_declares_data_of_payment_switches BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payment_switch' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('halted_at', 'reason_code')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_payment_switches'); END;

CREATE TRIGGER payment_switches_latest_times_on_insert BEFORE INSERT ON payment_switches
WHEN ((NEW.halted_at IS NULL OR NEW.halted_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_latest_times_on_insert'); END;

CREATE TRIGGER payment_switches_latest_times_on_update BEFORE UPDATE ON payment_switches
WHEN ((NEW.halted_at IS NULL OR NEW.halted_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_latest_times_on_update'); END;

CREATE TRIGGER payees_no_delete BEFORE DELETE ON payees
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_no_delete'); END;

CREATE TRIGGER payees_no_replace BEFORE INSERT ON payees
WHEN (NOT EXISTS (SELECT 1 FROM main.payees WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_no_replace'); END;

CREATE TRIGGER payees_one_destination_on_insert BEFORE INSERT ON payees
WHEN ((NEW.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED')) IS NOT TRUE OR NEW.destination IS NULL OR NOT EXISTS (SELECT 1 FROM main.payees AS other WHERE other.destination = NEW.destination AND other.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_one_destination_on_insert'); END;

CREATE TRIGGER payees_history_exists BEFORE UPDATE ON payees
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_history_exists'); END;

CREATE TRIGGER payees_one_destination_on_update BEFORE UPDATE ON payees
WHEN ((NEW.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED')) IS NOT TRUE OR NEW.destination IS NULL OR NOT EXISTS (SELECT 1 FROM main.payees AS other WHERE other.destination = NEW.destination AND other.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_one_destination_on_update'); END;

CREATE TRIGGER payees_no_nested_update BEFORE UPDATE ON payees
WHEN (EXISTS (SELECT 1 FROM main.payees AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.destination IS OLD.destination AND stored.destination_set_by IS OLD.destination_set_by)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_no_nested_update'); END;

CREATE TRIGGER payees_one_step BEFORE UPDATE ON payees
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_one_step'); END;

CREATE TRIGGER history_needs_payees BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'payee' OR EXISTS (SELECT 1 FROM main.payees AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_payees'); END;

CREATE TRIGGER history_declares_data_of_payees BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payee' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('destination', 'destination_set_by')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_payees'); END;

CREATE TRIGGER payees_keeps_fields BEFORE UPDATE ON payees
WHEN ((OLD.status || ' ' || NEW.status IN ('NEW CLOSED', 'NEW RESTRICTED', 'READY CLOSED', 'READY RESTRICTED', 'RESTRICTED CLOSED', 'RESTRICTED RESTRICTED') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) AND (NEW.destination_set_by = OLD.destination_set_by OR NEW.destination_set_by IS NULL AND OLD.destination_set_by IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_payees BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payee' AND NEW.seq > 1 AND NEW.action IN ('restrict')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.payees AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('restrict') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.destination') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination') AS text) END) AND (CAST(head.destination AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.destination_set_by') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination_set_by') AS text) END) AND (CAST(head.destination_set_by AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination_set_by') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_payees'); END;

CREATE TRIGGER payees_initial_fields BEFORE INSERT ON payees
WHEN (NEW.destination IS NULL AND NEW.destination_set_by IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_initial_fields'); END;

CREATE TRIGGER payout_jobs_no_delete BEFORE DELETE ON payout_jobs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_delete'); END;

CREATE TRIGGER payout_jobs_no_replace BEFORE INSERT ON payout_jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.payout_jobs WHERE id = NEW.id AND reference = NEW.reference AND currency = NEW.currency) AND NOT EXISTS (SELECT 1 FROM main.payout_jobs WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_replace'); END;

CREATE TRIGGER payout_jobs_history_exists BEFORE UPDATE ON payout_jobs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_history_exists'); END;

CREATE TRIGGER payout_jobs_no_replace_on_update BEFORE UPDATE ON payout_jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.payout_jobs WHERE id = NEW.id AND reference = NEW.reference AND currency = NEW.currency AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_replace_on_update'); END;

CREATE TRIGGER payout_jobs_no_nested_update BEFORE UPDATE ON payout_jobs
WHEN (EXISTS (SELECT 1 FROM main.payout_jobs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.reference IS OLD.reference AND stored.currency IS OLD.currency AND stored.transfer_count IS OLD.transfer_count AND stored.total_minor IS OLD.total_minor AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_nested_update'); END;

CREATE TRIGGER payout_jobs_one_step BEFORE UPDATE ON payout_jobs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_one_step'); END;

CREATE TRIGGER history_needs_payout_jobs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'payout_job' OR EXISTS (SELECT 1 FROM main.payout_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_payout_jobs'); END;

CREATE TRIGGER history_declares_data_of_payout_jobs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payout_job' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('completed_at', 'currency', 'reference', 'total_minor', 'transfer_count')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_payout_jobs'); END;

CREATE TRIGGER payout_jobs_keeps_fields BEFORE UPDATE ON payout_jobs
WHEN ((OLD.status || ' ' || NEW.status IN ('complete processing', 'pending complete', 'processing complete') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_keeps_fields'); END;

CREATE TRIGGER payout_jobs_initial_fields BEFORE INSERT ON payout_jobs
WHEN (NEW.completed_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_initial_fields'); END;

CREATE TRIGGER payout_jobs_latest_times_on_insert BEFORE INSERT ON payout_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_latest_times_on_insert'); END;

CREATE TRIGGER payout_jobs_latest_times_on_update BEFORE UPDATE ON payout_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_latest_times_on_update'); END;

CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_no_delete'); END;

CREATE TRIGGER transfers_no_replace BEFORE INSERT ON transfers
WHEN (NOT EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_no_replace'); END;

CREATE TRIGGER transfers_one_stripe_transfer_on_insert BEFORE INSERT ON transfers
WHEN ((NEW.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked')) IS NOT TRUE OR NEW.stripe_transfer_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.transfers AS other WHERE other.stripe_transfer_id = NEW.stripe_transfer_id AND other.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_one_stripe_transfer_on_insert'); END;

CREATE TRIGGER transfers_reissued_exists BEFORE INSERT ON transfers
WHEN (NEW.reissue_of IS NULL OR EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.reissue_of)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_reissued_exists'); END;

CREATE TRIGGER transfers_history_exists BEFORE UPDATE ON transfers
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.attempt_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_history_exists'); END;

CREATE TRIGGER transfers_one_stripe_transfer_on_update BEFORE UPDATE ON transfers
WHEN ((NEW.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked')) IS NOT TRUE OR NEW.stripe_transfer_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.transfers AS other WHERE other.stripe_transfer_id = NEW.stripe_transfer_id AND other.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_one_stripe_transfer_on_update'); END;

CREATE TRIGGER transfers_no_nested_update BEFORE UPDATE ON transfers
WHEN (EXISTS (SELECT 1 FROM main.transfers AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.attempt_number IS OLD.attempt_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.job_id IS OLD.job_id AND stored.settlement_id IS OLD.settlement_id AND stored.reference IS OLD.reference AND stored.party IS OLD.party AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.line_count IS OLD.line_count AND stored.reissue_of IS OLD.reissue_of AND stored.approved_by IS OLD.approved_by AND stored.approved_at IS OLD.approved_at AND stored.approval_reason IS OLD.approval_reason AND stored.approved_destination IS OLD.approved_destination AND stored.destination IS OLD.destination AND stored.generation IS OLD.generation AND stored.first_attempt_at IS OLD.first_attempt_at AND stored.retry_until IS OLD.retry_until AND stored.must_look_up IS OLD.must_look_up AND stored.failure_code IS OLD.failure_code AND stored.failure_message IS OLD.failure_message AND stored.failure_count IS OLD.failure_count AND stored.failure_reason IS OLD.failure_reason AND stored.stripe_transfer_id IS OLD.stripe_transfer_id AND stored.parked_at IS OLD.parked_at AND stored.completed_at IS OLD.completed_at AND stored.reversed_minor IS OLD.reversed_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_no_nested_update'); END;

CREATE TRIGGER transfers_one_step BEFORE UPDATE ON transfers
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_one_step'); END;

CREATE TRIGGER history_needs_transfers BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'transfer' OR EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_transfers'); END;

CREATE TRIGGER history_declares_data_of_transfers BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'approval_reason', 'approved_at', 'approved_by', 'approved_destination', 'attempt', 'completed_at', 'currency', 'destination', 'failure_code', 'failure_count', 'failure_message', 'failure_reason', 'first_attempt_at', 'generation', 'job_id', 'line_count', 'must_look_up', 'parked_at', 'party', 'reference', 'reissue_of', 'retry_until', 'reversed_minor', 'settlement_id', 'stripe_transfer_id', 'transfer_lines')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_transfers'); END;

CREATE TRIGGER transfers_keeps_fields BEFORE UPDATE ON transfers
WHEN ((OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked pending', 'pending pending') OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'parked processing', 'pending completed', 'pending processing', 'processing completed', 'processing processing', 'retryable completed', 'retryable processing') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('parked processing', 'pending processing', 'processing processing', 'retryable processing') OR NEW.generation = OLD.generation AND (NEW.first_attempt_at = OLD.first_attempt_at OR NEW.first_attempt_at IS NULL AND OLD.first_attempt_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'retryable completed', 'retryable parked', 'retryable processing') OR (NEW.retry_until = OLD.retry_until OR NEW.retry_until IS NULL AND OLD.retry_until IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked', 'retryable processing') OR NEW.must_look_up = OLD.must_look_up) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked parked', 'parked pending', 'pending completed', 'pending parked', 'pending pending', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'pending completed', 'pending parked', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_message = OLD.failure_message OR NEW.failure_message IS NULL AND OLD.failure_message IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable parked', 'retryable processing') OR NEW.failure_count = OLD.failure_count) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked failed_terminal', 'pending completed', 'processing failed_terminal', 'retryable completed', 'retryable failed_terminal') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'pending completed', 'processing completed', 'retryable completed') OR (NEW.stripe_transfer_id = OLD.stripe_transfer_id OR NEW.stripe_transfer_id IS NULL AND OLD.stripe_transfer_id IS NULL) AND (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked parked', 'parked pending', 'pending parked', 'pending pending', 'processing parked', 'retryable parked') OR (NEW.parked_at = OLD.parked_at OR NEW.parked_at IS NULL AND OLD.parked_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('completed completed') OR NEW.reversed_minor = OLD.reversed_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_keeps_fields'); END;

CREATE TRIGGER history_keeps_fields_of_transfers BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND NEW.seq > 1 AND NEW.action IN ('request_account', 'unpark')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.transfers AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('unpark') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approved_by') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_by') AS text) END) AND (CAST(head.approved_by AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_by') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approved_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_at') AS text) END) AND (CAST(head.approved_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approval_reason') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approval_reason') AS text) END) AND (CAST(head.approval_reason AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approval_reason') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approved_destination') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_destination') AS text) END) AND (CAST(head.approved_destination AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_destination') AS text) END)) AND (NEW.action NOT IN ('request_account') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.failure_code') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.failure_code') AS text) END) AND (CAST(head.failure_code AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.failure_code') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.parked_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.parked_at') AS text) END) AND (CAST(head.parked_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.parked_at') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_transfers'); END;

CREATE TRIGGER transfers_initial_fields BEFORE INSERT ON transfers
WHEN (NEW.approval_reason IS NULL AND NEW.approved_at IS NULL AND NEW.approved_by IS NULL AND NEW.approved_destination IS NULL AND NEW.completed_at IS NULL AND NEW.destination IS NULL AND NEW.failure_code IS NULL AND NEW.failure_count = 0 AND NEW.failure_message IS NULL AND NEW.failure_reason IS NULL AND NEW.first_attempt_at IS NULL AND NEW.generation = 1 AND NEW.parked_at IS NULL AND NEW.retry_until IS NULL AND NEW.reversed_minor = 0 AND NEW.stripe_transfer_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_initial_fields'); END;

CREATE TRIGGER transfers_latest_times_on_insert BEFORE INSERT ON transfers
WHEN ((NEW.approved_at IS NULL OR NEW.approved_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.retry_until IS NULL OR NEW.retry_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+345600 seconds')) AND (NEW.parked_at IS NULL OR NEW.parked_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_latest_times_on_insert'); END;

CREATE TRIGGER transfers_latest_times_on_update BEFORE UPDATE ON transfers
WHEN ((NEW.approved_at IS NULL OR NEW.approved_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.retry_until IS NULL OR NEW.retry_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+345600 seconds')) AND (NEW.parked_at IS NULL OR NEW.parked_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_latest_times_on_update'); END;

CREATE TRIGGER accounts_fixed BEFORE UPDATE ON accounts
WHEN (NEW.kind = OLD.kind AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_fixed'); END;

CREATE TRIGGER accounts_balance BEFORE UPDATE ON accounts
WHEN (NEW.balance_minor - OLD.balance_minor = CASE WHEN NEW.kind IN ('dispute_losses', 'dispute_receivable', 'goodwill', 'stripe_balance', 'stripe_fees') THEN NEW.debited_minor - NEW.credited_minor ELSE NEW.credited_minor - NEW.debited_minor END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_balance'); END;

CREATE TRIGGER accounts_new_movement BEFORE UPDATE ON accounts
WHEN (NOT EXISTS (SELECT 1 FROM main.movements AS movement WHERE movement.id = NEW.last_movement_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_new_movement'); END;

CREATE TRIGGER accounts_left_movement BEFORE UPDATE ON accounts
WHEN (OLD.last_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.history AS posted WHERE posted.lifecycle = 'movement' AND posted.entity_id = OLD.last_movement_id AND posted.seq = 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_left_movement'); END;

CREATE TRIGGER movements_fixed BEFORE UPDATE ON movements
WHEN (NEW.kind = OLD.kind AND NEW.key = OLD.key AND (NEW.fact_key = OLD.fact_key OR NEW.fact_key IS NULL AND OLD.fact_key IS NULL) AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency AND NEW.total_minor = OLD.total_minor AND NEW.posting_count = OLD.posting_count AND (NEW.reverses = OLD.reverses OR NEW.reverses IS NULL AND OLD.reverses IS NULL) AND NEW.source = OLD.source AND NEW.occurred_at = OLD.occurred_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_fixed'); END;

CREATE TRIGGER movements_mirrors BEFORE INSERT ON movements
WHEN (NEW.reverses IS NULL OR EXISTS (SELECT 1 FROM main.movements AS original WHERE original.id = NEW.reverses AND original.currency = NEW.currency AND original.total_minor = NEW.total_minor AND original.posting_count = NEW.posting_count AND (NEW.source = 'operator' AND original.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (original.kind <> 'REVERSAL' OR original.source = 'operator') AND EXISTS (SELECT 1 FROM main.movements AS proposal WHERE proposal.key = 'reversal_proposed:' || NEW.reverses) OR NEW.source <> 'operator' AND original.kind = 'REFUND_SUCCEEDED' AND EXISTS (SELECT 1 FROM main.refunds AS refund WHERE refund.id = substr(original.key, 8, length(original.key) - 10) AND refund.status = 'failed')))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_mirrors'); END;

CREATE TRIGGER movements_notes_fact BEFORE INSERT ON movements
WHEN (NOT (NEW.kind IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED')) OR NEW.fact_key IS NULL AND (NEW.kind = 'PAYOUT_FAILED' AND EXISTS (SELECT 1 FROM main.transfers AS transfer WHERE transfer.id = substr(NEW.source, 10) AND NEW.source = 'transfer:' || transfer.id AND NEW.key = 'ledger:payout:' || transfer.id || ':' || CAST(transfer.attempt_number AS text) AND transfer.status IN ('failed_terminal', 'retryable') AND transfer.reference = NEW.reference AND transfer.currency = NEW.currency) OR NEW.kind = 'REVERSAL_PROPOSED' AND NEW.source = 'operator' AND EXISTS (SELECT 1 FROM main.movements AS proposed WHERE proposed.id = substr(NEW.key, 19) AND NEW.key = 'reversal_proposed:' || proposed.id AND proposed.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (proposed.reference) IS (NEW.reference) AND proposed.currency = NEW.currency))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_notes_fact'); END;

CREATE TRIGGER history_second_person_reverses BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'movement') OR NOT EXISTS (SELECT 1 FROM main.movements AS movement JOIN main.movements AS proposal ON proposal.key = 'reversal_proposed:' || movement.reverses JOIN main.history AS proposed ON proposed.lifecycle = 'movement' AND proposed.entity_id = proposal.id AND proposed.seq = 1 WHERE movement.id = NEW.entity_id AND movement.source = 'operator' AND movement.reverses IS NOT NULL AND proposed.actor = NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_second_person_reverses'); END;

CREATE TRIGGER postings_of_accounts BEFORE INSERT ON postings
WHEN (EXISTS (SELECT 1 FROM main.accounts AS account WHERE account.id = NEW.debit_account_id AND account.last_movement_id = NEW.entity_id) AND EXISTS (SELECT 1 FROM main.accounts AS account WHERE account.id = NEW.credit_account_id AND account.last_movement_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_of_accounts'); END;

CREATE TRIGGER postings_pays_line BEFORE INSERT ON postings
WHEN (NEW.owed_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.postings AS line WHERE line.entity_id = NEW.owed_movement_id AND line.seq = 1 AND line.number = NEW.owed_number AND line.party = NEW.party AND line.amount_minor = NEW.amount_minor AND line.credit_account_id = NEW.debit_account_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_pays_line'); END;

CREATE TRIGGER postings_reverses_line BEFORE INSERT ON postings
WHEN (NEW.reversed_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.postings AS line WHERE line.entity_id = NEW.reversed_movement_id AND line.seq = 1 AND line.number = NEW.reversed_number AND line.owed_movement_id IS NOT NULL AND line.party = NEW.party AND line.debit_account_id = NEW.credit_account_id AND line.amount_minor >= (SELECT coalesce(sum(earlier.amount_minor), 0) FROM main.postings AS earlier WHERE earlier.reversed_movement_id = NEW.reversed_movement_id AND earlier.reversed_number = NEW.reversed_number) + NEW.amount_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_reverses_line'); END;

CREATE TRIGGER history_balances_movement BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'movement') OR EXISTS (SELECT 1 FROM main.movements AS movement WHERE movement.id = NEW.entity_id AND movement.posting_count = (SELECT count(*) FROM main.postings AS line WHERE line.entity_id = movement.id) AND movement.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = movement.id) AND NOT EXISTS (SELECT 1 FROM main.accounts AS account WHERE account.last_movement_id = movement.id AND (account.currency = movement.currency AND (account.reference IS NULL OR account.reference = movement.reference) AND account.debited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = movement.id AND line.debit_account_id = account.id) AND account.credited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = movement.id AND line.credit_account_id = account.id)) IS NOT TRUE) AND NEW.action = CASE WHEN movement.kind = 'SETTLEMENT' THEN 'settle' WHEN movement.posting_count = 0 THEN 'note' ELSE 'post' END AND (movement.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM main.postings AS line LEFT JOIN main.postings AS original ON original.entity_id = movement.reverses AND original.seq = 1 AND original.number = line.number WHERE line.entity_id = movement.id AND (line.debit_account_id = original.credit_account_id AND line.credit_account_id = original.debit_account_id AND line.amount_minor = original.amount_minor AND (line.party) IS (original.party) AND (line.owed_movement_id IS NULL OR line.owed_movement_id = original.entity_id AND line.owed_number = original.number) AND (line.reversed_movement_id = original.entity_id AND line.reversed_number = original.number OR NOT (substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_balances_movement'); END;

CREATE TRIGGER charges_fixed BEFORE UPDATE ON charges
WHEN (NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.item = OLD.item AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_fixed'); END;

CREATE TRIGGER charges_paid_once BEFORE UPDATE ON charges
WHEN (OLD.paid_at IS NULL OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_paid_once'); END;

CREATE TRIGGER charges_sums_refunds BEFORE UPDATE ON charges
WHEN (NEW.refunded_minor = OLD.refunded_minor OR NEW.refunded_minor = (SELECT coalesce(sum(refund.amount_minor), 0) FROM main.refunds AS refund WHERE refund.charge_id = NEW.id AND refund.status = 'succeeded')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_sums_refunds'); END;

CREATE TRIGGER charges_generation_forward BEFORE UPDATE ON charges
WHEN (NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 20) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_generation_forward'); END;

CREATE TRIGGER refunds_fixed BEFORE UPDATE ON refunds
WHEN (NEW.charge_id = OLD.charge_id AND NEW.number = OLD.number AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.reason_code = OLD.reason_code AND NEW.covered = OLD.covered) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_fixed'); END;

CREATE TRIGGER refunds_refundable BEFORE INSERT ON refunds
WHEN (EXISTS (SELECT 1 FROM main.charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_currency = NEW.currency AND NEW.amount_minor <= charge.received_minor - charge.refunded_minor AND (NEW.status <> 'requested' OR charge.status IN ('PARTIALLY_REFUNDED', 'SUCCEEDED') OR charge.outcome_code IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH')))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_refundable'); END;

CREATE TRIGGER refunds_next_number BEFORE INSERT ON refunds
WHEN (NEW.number = (SELECT count(*) FROM main.refunds AS refund WHERE refund.charge_id = NEW.charge_id) + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_next_number'); END;

CREATE TRIGGER refunds_covered_by_settlement BEFORE INSERT ON refunds
WHEN (NEW.covered = 0 OR EXISTS (SELECT 1 FROM main.charges AS charge JOIN main.covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_covered_by_settlement'); END;

CREATE TRIGGER refunds_keeps_stripe_refund_id BEFORE UPDATE ON refunds
WHEN (OLD.stripe_refund_id IS NULL OR NEW.stripe_refund_id = OLD.stripe_refund_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_keeps_stripe_refund_id'); END;

CREATE TRIGGER refunds_generation_forward BEFORE UPDATE ON refunds
WHEN (NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_generation_forward'); END;

CREATE TRIGGER disputes_fixed BEFORE UPDATE ON disputes
WHEN (NEW.charge_id = OLD.charge_id AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.reason_code = OLD.reason_code AND NEW.covered = OLD.covered) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_fixed'); END;

CREATE TRIGGER disputes_of_payment BEFORE INSERT ON disputes
WHEN (EXISTS (SELECT 1 FROM main.charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_minor IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_of_payment'); END;

CREATE TRIGGER disputes_covered_by_settlement BEFORE INSERT ON disputes
WHEN (NEW.covered = 0 OR EXISTS (SELECT 1 FROM main.charges AS charge JOIN main.covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_covered_by_settlement'); END;

CREATE TRIGGER disputes_times_in_order BEFORE UPDATE ON disputes
WHEN (NEW.withdrawn_at IS NULL OR (NEW.reinstated_at IS NULL OR NEW.withdrawn_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.reinstated_at, '+86400 seconds')) AND EXISTS (SELECT 1 FROM main.charges AS charge WHERE charge.id = NEW.charge_id AND charge.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.withdrawn_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_times_in_order'); END;

CREATE TRIGGER stripe_events_fixed BEFORE UPDATE ON stripe_events
WHEN (NEW.event_type = OLD.event_type AND (NEW.api_version = OLD.api_version OR NEW.api_version IS NULL AND OLD.api_version IS NULL) AND NEW.livemode = OLD.livemode AND NEW.created = OLD.created AND NEW.payload_digest = OLD.payload_digest AND NEW.object_id = OLD.object_id AND (NEW.account = OLD.account OR NEW.account IS NULL AND OLD.account IS NULL) AND NEW.origin = OLD.origin) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_fixed'); END;

CREATE TRIGGER stripe_event_attempts_outcome_of_state BEFORE INSERT ON stripe_event_attempts
WHEN (EXISTS (SELECT 1 FROM main.stripe_events AS event WHERE event.id = NEW.event_id AND CASE event.status WHEN 'PROCESSED' THEN NEW.outcome IN ('DUPLICATE', 'PROCESSED') WHEN 'IGNORED' THEN NEW.outcome = 'IGNORED' ELSE NEW.outcome = 'FAILED' END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_outcome_of_state'); END;

CREATE TRIGGER reconciliations_fixed BEFORE UPDATE ON reconciliations
WHEN (NEW.scope = OLD.scope AND NEW.started_at = OLD.started_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_fixed'); END;

CREATE TRIGGER history_counts_discrepancies BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'reconciliation' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM main.reconciliations AS reconciliation WHERE reconciliation.id = NEW.entity_id AND reconciliation.discrepancy_count = (SELECT count(*) FROM main.discrepancies AS line WHERE line.entity_id = reconciliation.id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_counts_discrepancies'); END;

CREATE TRIGGER transfers_fixed BEFORE UPDATE ON transfers
WHEN ((NEW.job_id = OLD.job_id OR NEW.job_id IS NULL AND OLD.job_id IS NULL) AND NEW.settlement_id = OLD.settlement_id AND NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.line_count = OLD.line_count AND (NEW.reissue_of = OLD.reissue_of OR NEW.reissue_of IS NULL AND OLD.reissue_of IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_fixed'); END;

CREATE TRIGGER transfers_keeps_stripe_transfer_id BEFORE UPDATE ON transfers
WHEN (OLD.stripe_transfer_id IS NULL OR NEW.stripe_transfer_id = OLD.stripe_transfer_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_keeps_stripe_transfer_id'); END;

CREATE TRIGGER transfers_generation_forward BEFORE UPDATE ON transfers
WHEN (NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_generation_forward'); END;

CREATE TRIGGER transfers_of_settlement BEFORE INSERT ON transfers
WHEN (NEW.reissue_of IS NULL AND NEW.job_id IS NOT NULL AND NEW.settlement_id = NEW.job_id AND NEW.must_look_up = 0 OR NEW.job_id IS NULL AND EXISTS (SELECT 1 FROM main.transfers AS replaced WHERE replaced.id = NEW.reissue_of AND replaced.settlement_id = NEW.settlement_id AND replaced.reference = NEW.reference AND replaced.party = NEW.party AND replaced.currency = NEW.currency)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_of_settlement'); END;

CREATE TRIGGER transfers_reversed_forward BEFORE UPDATE ON transfers
WHEN (NEW.reversed_minor = OLD.reversed_minor OR NEW.reversed_minor > OLD.reversed_minor AND NEW.reversed_minor = (SELECT coalesce(sum(posting.amount_minor), 0) FROM main.movements AS payout JOIN main.postings AS posting ON posting.reversed_movement_id = payout.id JOIN main.movements AS reversal ON reversal.id = posting.entity_id WHERE payout.key = 'payout:' || NEW.id AND reversal.kind = 'PAYOUT_REVERSED')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_reversed_forward'); END;

CREATE TRIGGER transfers_approved_once BEFORE UPDATE ON transfers
WHEN (CASE WHEN OLD.status = 'failed_terminal' AND NEW.status = 'pending' THEN NEW.approved_by IS NULL WHEN OLD.status = 'pending' AND NEW.status = 'pending' AND OLD.approved_by IS NULL OR OLD.status = 'parked' AND NEW.status = 'pending' AND OLD.failure_code = 'destination_unapproved' THEN NEW.approved_by IS NOT NULL ELSE (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_approved_once'); END;

CREATE TRIGGER transfers_destination_approved_by_another BEFORE UPDATE ON transfers
WHEN (NEW.approved_destination IS NULL OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) OR substr(NEW.approved_by, 1, 7) <> 'system:' AND EXISTS (SELECT 1 FROM main.payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.approved_destination AND payee.destination_set_by <> NEW.approved_by)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_destination_approved_by_another'); END;

CREATE TRIGGER transfers_destination_approved BEFORE UPDATE ON transfers
WHEN (NOT (NEW.status <> 'completed') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) OR NEW.destination = NEW.approved_destination OR EXISTS (SELECT 1 FROM main.payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.destination AND payee.destination_set_by = 'user' || ':' || NEW.party)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_destination_approved'); END;

CREATE TRIGGER history_names_approved_by BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'approve') OR EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id AND head.approved_by = NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_names_approved_by'); END;

CREATE TRIGGER history_names_destination_set_by BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payee' AND NEW.action = 'attach') OR EXISTS (SELECT 1 FROM main.payees AS head WHERE head.id = NEW.entity_id AND head.destination_set_by = NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_names_destination_set_by'); END;

CREATE TRIGGER transfers_job_open BEFORE INSERT ON transfers
WHEN (NOT EXISTS (SELECT 1 FROM main.payout_jobs AS job WHERE job.id = NEW.job_id AND job.status = 'complete')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_job_open'); END;

CREATE TRIGGER transfer_lines_of_owed_line BEFORE INSERT ON transfer_lines
WHEN (EXISTS (SELECT 1 FROM main.transfers AS transfer JOIN main.postings AS owed ON owed.party = transfer.party WHERE transfer.id = NEW.entity_id AND owed.entity_id = NEW.owed_movement_id AND owed.seq = 1 AND owed.number = NEW.owed_number AND owed.amount_minor = NEW.amount_minor AND owed.credit_account_id = 'winner_payable:' || transfer.reference || ':' || transfer.currency)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_of_owed_line'); END;

CREATE TRIGGER history_counts_transfer_lines BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'plan') OR EXISTS (SELECT 1 FROM main.transfers AS transfer WHERE transfer.id = NEW.entity_id AND transfer.line_count = (SELECT count(*) FROM main.transfer_lines AS line WHERE line.entity_id = transfer.id) AND transfer.amount_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.transfer_lines AS line WHERE line.entity_id = transfer.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_counts_transfer_lines'); END;

CREATE TRIGGER payout_jobs_fixed BEFORE UPDATE ON payout_jobs
WHEN (NEW.reference = OLD.reference AND NEW.currency = OLD.currency AND NEW.transfer_count = OLD.transfer_count AND NEW.total_minor = OLD.total_minor) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_fixed'); END;

CREATE TRIGGER payout_jobs_of_settlement BEFORE INSERT ON payout_jobs
WHEN (EXISTS (SELECT 1 FROM main.movements AS settlement WHERE settlement.key = 'settlement:' || NEW.id AND settlement.kind = 'SETTLEMENT' AND settlement.reference = NEW.reference AND settlement.currency = NEW.currency AND NEW.transfer_count = (SELECT count(DISTINCT line.party) FROM main.postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:') AND NEW.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_of_settlement'); END;

CREATE TRIGGER payout_jobs_finished BEFORE UPDATE ON payout_jobs
WHEN (NOT (NEW.status = 'complete') OR NEW.transfer_count = (SELECT count(*) FROM main.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NEW.total_minor = (SELECT coalesce(sum(transfer.amount_minor), 0) FROM main.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.transfers AS transfer WHERE transfer.job_id = NEW.id AND transfer.status NOT IN ('completed', 'failed_terminal'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_finished'); END;

CREATE TRIGGER tasks_needs_charges BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('expire_charge', 'record_fee') OR EXISTS (SELECT 1 FROM main.charges AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_charges'); END;

CREATE TRIGGER tasks_needs_refunds BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('send_refund') OR EXISTS (SELECT 1 FROM main.refunds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_refunds'); END;

CREATE TRIGGER tasks_needs_stripe_events BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('process_stripe_event') OR EXISTS (SELECT 1 FROM main.stripe_events AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_stripe_events'); END;

CREATE TRIGGER tasks_needs_payout_jobs BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('plan_transfers', 'complete_payout_job') OR EXISTS (SELECT 1 FROM main.payout_jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_payout_jobs'); END;

CREATE TRIGGER tasks_needs_transfers BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('send_transfer') OR EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_transfers'); END;

INSERT INTO indelible_version (version_num) VALUES ('0001') RETURNING version_num;

COMMIT;
