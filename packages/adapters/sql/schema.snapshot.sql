-- iteration 6, 2026-12-01, revision 0001

BEGIN;

CREATE SCHEMA IF NOT EXISTS indelible;

SET LOCAL array_nulls = 'on';

SET LOCAL check_function_bodies = 'off';

SET LOCAL default_table_access_method = 'heap';

SET LOCAL default_tablespace = '';

SET LOCAL quote_all_identifiers = 'off';

SET LOCAL standard_conforming_strings = 'on';

SET LOCAL transform_null_equals = 'off';

CREATE TABLE indelible.indelible_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT indelible_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 0001

CREATE DOMAIN indelible.identifier AS TEXT COLLATE "C" CHECK (length(VALUE) BETWEEN 1 AND 200);

CREATE DOMAIN indelible.name_key AS TEXT COLLATE "C" CHECK (length(VALUE) <= 200);

CREATE DOMAIN indelible.state AS TEXT COLLATE "C" CHECK (length(VALUE) <= 60);

CREATE DOMAIN indelible.actor AS TEXT COLLATE "C" CHECK ((substr(VALUE, 1, 5) = 'user:' AND length(VALUE) BETWEEN 6 AND 205 OR substr(VALUE, 1, 7) = 'system:' AND length(VALUE) BETWEEN 8 AND 207 OR substr(VALUE, 1, 4) = 'key:' AND length(VALUE) BETWEEN 5 AND 204) AND VALUE !~ '\s');

CREATE DOMAIN indelible.nonblank_text AS TEXT CHECK (VALUE ~ '\S');

CREATE DOMAIN indelible.digest AS TEXT COLLATE "C" CHECK (length(VALUE) = 64 AND VALUE !~ '[^0-9a-f]');

CREATE DOMAIN indelible.digest_or_empty AS TEXT COLLATE "C" CHECK (length(VALUE) IN (0, 64) AND VALUE !~ '[^0-9a-f]');

CREATE DOMAIN indelible.ordinal AS BIGINT CHECK (VALUE >= 1);

CREATE DOMAIN indelible.natural_number AS BIGINT CHECK (VALUE >= 0);

CREATE DOMAIN indelible.instant AS TIMESTAMP WITH TIME ZONE CHECK (VALUE >= '2000-01-01 00:00:00+00' AND VALUE < '3000-01-01 00:00:00+00');

CREATE DOMAIN indelible.json_object AS JSONB CHECK (jsonb_typeof(VALUE) = 'object');

CREATE DOMAIN indelible.json_array AS JSONB CHECK (jsonb_typeof(VALUE) = 'array');

CREATE DOMAIN indelible.json_details AS JSONB CHECK (jsonb_typeof(VALUE) = 'object');

CREATE DOMAIN indelible.json_value AS JSONB CHECK (jsonb_typeof(VALUE) <> 'null');

CREATE DOMAIN indelible.number AS DOUBLE PRECISION CHECK (abs(VALUE) < 'Infinity');

CREATE DOMAIN indelible.fraction AS DOUBLE PRECISION CHECK (VALUE BETWEEN 0 AND 1);

CREATE DOMAIN indelible.task_arguments AS JSONB CHECK (jsonb_typeof(VALUE) = 'object');

CREATE DOMAIN indelible.task_result AS JSONB CHECK (jsonb_typeof(VALUE) <> 'null');

CREATE DOMAIN indelible.amount_minor AS BIGINT CHECK (VALUE BETWEEN -1000000000000 AND 1000000000000);

CREATE DOMAIN indelible.currency AS TEXT COLLATE "C" CHECK (VALUE ~ '^[A-Z][A-Z][A-Z]$');

CREATE DOMAIN indelible.raw_bytes AS BYTEA CHECK (octet_length(VALUE) <= 2097152);

CREATE DOMAIN indelible.engagement_level AS BIGINT CHECK (VALUE BETWEEN 0 AND 3);

CREATE DOMAIN indelible.reading_depth AS DOUBLE PRECISION CHECK (VALUE BETWEEN 0 AND 1.5);

CREATE DOMAIN indelible.distance AS DOUBLE PRECISION CHECK (VALUE BETWEEN -0.001 AND 2.001);

CREATE DOMAIN indelible.embedding AS REAL[] CHECK (array_ndims(VALUE) = 1 AND array_position(VALUE, NULL) IS NULL AND 0 <> ANY (VALUE) AND NOT 'NaN' = ANY (VALUE) AND NOT 'Infinity' = ANY (VALUE) AND NOT '-Infinity' = ANY (VALUE));

CREATE DOMAIN indelible.wallet AS TEXT COLLATE "C" CHECK (length(VALUE) = 42 AND substr(VALUE, 1, 2) = '0x' AND substr(VALUE, 3) !~ '[^0-9a-f]');

CREATE DOMAIN indelible.chain_hash AS TEXT COLLATE "C" CHECK (length(VALUE) = 66 AND substr(VALUE, 1, 2) = '0x' AND substr(VALUE, 3) !~ '[^0-9a-f]');

CREATE DOMAIN indelible.token_number AS NUMERIC(78, 0) CHECK (VALUE BETWEEN 0 AND 115792089237316195423570985008687907853269984665640564039457584007913129639935);

CREATE DOMAIN indelible.flag AS BIGINT CHECK (VALUE BETWEEN 0 AND 1);

CREATE DOMAIN indelible.sum_minor AS BIGINT CHECK (VALUE BETWEEN -1000000000000000 AND 1000000000000000);

CREATE FUNCTION indelible.json_is_within(
  value jsonb, max_depth integer, max_bytes integer, max_values integer
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  document text := value::text;
  bytes bigint := octet_length(document);
  brackets bigint := bytes - octet_length(replace(replace(document, '[', ''), '{', ''));
  bare text;
  empty bigint;
BEGIN
  IF bytes <= least(max_bytes, max_values) AND brackets <= max_depth
    AND (bytes <= 640 OR document !~ '[0-9.]{255}[0-9.]{255}[0-9.]{131}')
  THEN
    RETURN TRUE;
  END IF;
  IF bytes > 2 * max_bytes::bigint OR jsonb_path_exists(
    value,
    ('strict $.**{' || max_depth || '} ? (@.type() == "array" || @.type() == "object")')::jsonpath
  ) THEN
    RETURN FALSE;
  END IF;

  bare := regexp_replace(document, '"([^"\\]|\\.)*"', '""', 'g');
  empty := (length(bare) - length(replace(replace(bare, '[]', ''), '{}', ''))) / 2;
  brackets := length(bare) - length(replace(replace(bare, '[', ''), '{', ''));
  RETURN bytes - length(bare) + length(replace(bare, ' ', '')) <= max_bytes
    AND 1 + length(bare) - length(replace(bare, ',', '')) + brackets - empty <= max_values
    AND bare !~ '[0-9](\.?[0-9]){255}(\.?[0-9]){255}(\.?[0-9]){130}';
END $$;

CREATE FUNCTION indelible.database_time(has_waited boolean) RETURNS timestamptz LANGUAGE sql
PARALLEL SAFE AS $$
  SELECT CASE
    WHEN has_waited THEN pg_catalog.clock_timestamp()
    ELSE pg_catalog.statement_timestamp()
  END
$$;

ALTER DOMAIN indelible.json_object ADD CONSTRAINT json_object_json_limits CHECK (indelible.json_is_within(VALUE, 40, 33554432, 1000000)) NOT VALID;

ALTER DOMAIN indelible.json_array ADD CONSTRAINT json_array_json_limits CHECK (indelible.json_is_within(VALUE, 40, 33554432, 1000000)) NOT VALID;

ALTER DOMAIN indelible.json_details ADD CONSTRAINT json_details_json_limits CHECK (indelible.json_is_within(VALUE, 32, 1048576, 100000)) NOT VALID;

ALTER DOMAIN indelible.json_value ADD CONSTRAINT json_value_json_limits CHECK (indelible.json_is_within(VALUE, 32, 1048576, 100000)) NOT VALID;

ALTER DOMAIN indelible.task_arguments ADD CONSTRAINT task_arguments_json_limits CHECK (indelible.json_is_within(VALUE, 16, 16384, 1000)) NOT VALID;

ALTER DOMAIN indelible.task_result ADD CONSTRAINT task_result_json_limits CHECK (indelible.json_is_within(VALUE, 16, 16384, 1000)) NOT VALID;

CREATE TABLE indelible.lifecycle_edges (
	lifecycle indelible.identifier NOT NULL,
	from_state indelible.state NOT NULL,
	action indelible.identifier NOT NULL,
	to_state indelible.identifier NOT NULL,
	adds_version indelible.natural_number NOT NULL,
	CONSTRAINT lifecycle_edges_pkey PRIMARY KEY (lifecycle, from_state, action),
	CONSTRAINT lifecycle_edges_all_columns UNIQUE (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT lifecycle_edges_adds_version_range CHECK (adds_version IN (0, 1))
);

CREATE TABLE indelible.history (
	position BIGINT GENERATED ALWAYS AS IDENTITY,
	lifecycle indelible.identifier NOT NULL,
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	previous_seq BIGINT GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
	action indelible.identifier NOT NULL,
	from_state indelible.state NOT NULL,
	to_state indelible.identifier NOT NULL,
	adds_version indelible.natural_number NOT NULL,
	version indelible.natural_number NOT NULL,
	previous_version BIGINT GENERATED ALWAYS AS (version - adds_version) STORED NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	at indelible.instant NOT NULL,
	request_id indelible.identifier,
	data indelible.json_object NOT NULL,
	prev_hash indelible.digest_or_empty NOT NULL,
	hash indelible.digest NOT NULL,
	digest_scheme indelible.ordinal DEFAULT 1 NOT NULL,
	CONSTRAINT history_revision UNIQUE (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_edge FOREIGN KEY(lifecycle, from_state, action, to_state, adds_version) REFERENCES indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT history_predecessor FOREIGN KEY(lifecycle, entity_id, previous_seq, from_state, previous_version, prev_hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_first_change CHECK (CASE WHEN seq = 1 THEN from_state = '' AND prev_hash = '' AND previous_version = 0 ELSE from_state <> '' AND prev_hash <> '' END)
);

CREATE TABLE indelible.keys (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('key') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	owner indelible.actor NOT NULL,
	scopes indelible.json_array NOT NULL,
	secret_digest indelible.digest NOT NULL,
	expires_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT keys_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT keys_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.stages (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('stage') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT stages_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT stages_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.settings (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('setting') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	value indelible.nonblank_text NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT settings_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT settings_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.runbook_executions (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('runbook_execution') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	runbook_name indelible.identifier NOT NULL,
	runbook_version indelible.identifier NOT NULL,
	executed_by indelible.identifier NOT NULL,
	alert indelible.identifier,
	step_count indelible.natural_number NOT NULL,
	failed_step_count indelible.natural_number NOT NULL,
	system_state_before indelible.json_details,
	system_state_after indelible.json_details,
	result_json indelible.json_details,
	error_reason indelible.nonblank_text,
	ended_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT runbook_executions_completed_as_expected CHECK (status <> 'completed' OR step_count > 0 AND failed_step_count = 0),
	CONSTRAINT runbook_executions_failed_steps_are_steps CHECK (failed_step_count <= step_count),
	CONSTRAINT runbook_executions_steps_bounded CHECK (step_count <= 200),
	CONSTRAINT runbook_executions_system_state_after_of_status CHECK (status NOT IN ('in_progress', 'pending') OR system_state_after IS NULL),
	CONSTRAINT runbook_executions_result_json_of_status CHECK (status NOT IN ('in_progress', 'pending') OR result_json IS NULL),
	CONSTRAINT runbook_executions_error_reason_of_status CHECK ((error_reason IS NOT NULL) = (status IN ('failed', 'partial'))),
	CONSTRAINT runbook_executions_ended_at_of_status CHECK ((ended_at IS NOT NULL) = (status IN ('completed', 'failed', 'partial'))),
	CONSTRAINT runbook_executions_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT runbook_executions_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX runbook_executions_created_at ON indelible.runbook_executions (created_at, id);

CREATE INDEX runbook_executions_runbook_name ON indelible.runbook_executions (runbook_name, id);

CREATE INDEX runbook_executions_status ON indelible.runbook_executions (status, id);

CREATE INDEX runbook_executions_updated_at ON indelible.runbook_executions (updated_at, id);

CREATE TABLE indelible.tasks (
	stage indelible.identifier NOT NULL,
	entity_id indelible.identifier NOT NULL,
	due_at indelible.instant,
	lease_owner indelible.actor,
	lease_until indelible.instant,
	fence indelible.natural_number NOT NULL,
	attempts indelible.natural_number NOT NULL,
	dead_reason indelible.nonblank_text,
	priority indelible.natural_number DEFAULT 2 NOT NULL,
	arguments indelible.task_arguments,
	result indelible.task_result,
	progress indelible.natural_number,
	slot indelible.instant,
	error_class indelible.identifier,
	cancel_reason indelible.nonblank_text,
	finished_at indelible.instant,
	succeeded_at indelible.instant,
	CONSTRAINT tasks_pkey PRIMARY KEY (stage, entity_id),
	CONSTRAINT tasks_lease CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
	CONSTRAINT tasks_leased_is_due CHECK (lease_owner IS NULL OR (fence >= 1 AND due_at IS NOT NULL)),
	CONSTRAINT tasks_attempts_fenced CHECK (attempts <= fence),
	CONSTRAINT tasks_dead_is_not_due CHECK (dead_reason IS NULL OR due_at IS NULL),
	CONSTRAINT tasks_priority_known CHECK (priority BETWEEN 1 AND 3),
	CONSTRAINT tasks_progress_percent CHECK (progress <= 100),
	CONSTRAINT tasks_canceled_is_not_due CHECK (cancel_reason IS NULL OR (due_at IS NULL AND dead_reason IS NULL)),
	CONSTRAINT tasks_finished_once CHECK ((finished_at IS NOT NULL) = (due_at IS NULL AND dead_reason IS NULL)),
	CONSTRAINT tasks_result_of_completed CHECK (result IS NULL OR (finished_at IS NOT NULL AND cancel_reason IS NULL))
)
 WITH (fillfactor = 60);

CREATE INDEX tasks_canceled ON indelible.tasks (stage, finished_at, entity_id) WHERE cancel_reason IS NOT NULL;

CREATE INDEX tasks_dead ON indelible.tasks (stage, entity_id) WHERE dead_reason IS NOT NULL;

CREATE INDEX tasks_due ON indelible.tasks (stage, priority, due_at, entity_id) WHERE due_at IS NOT NULL;

CREATE INDEX tasks_finished ON indelible.tasks (stage, finished_at, entity_id) WHERE finished_at IS NOT NULL;

CREATE INDEX tasks_succeeded ON indelible.tasks (stage, succeeded_at) WHERE succeeded_at IS NOT NULL;

CREATE TABLE indelible.pruned_stages (
	stage indelible.identifier NOT NULL,
	entity_id indelible.identifier NOT NULL,
	fence indelible.natural_number NOT NULL,
	CONSTRAINT pruned_stages_pkey PRIMARY KEY (stage)
);

CREATE TABLE indelible.pruned_tables (
	table_name indelible.identifier NOT NULL,
	pruned_before indelible.instant NOT NULL,
	deleted_rows indelible.natural_number NOT NULL,
	deleted_sealed_rows indelible.natural_number NOT NULL,
	CONSTRAINT pruned_tables_pkey PRIMARY KEY (table_name),
	CONSTRAINT pruned_tables_known CHECK (table_name IN ('tasks', 'task_attempts', 'webhook_rejections')),
	CONSTRAINT pruned_tables_counted CHECK (deleted_rows <= 1000000000000000),
	CONSTRAINT pruned_tables_sealed CHECK (deleted_sealed_rows <= deleted_rows)
);

CREATE TABLE indelible.rate_buckets (
	stage indelible.identifier NOT NULL,
	empty_at indelible.instant NOT NULL,
	CONSTRAINT rate_buckets_pkey PRIMARY KEY (stage)
)
 WITH (fillfactor = 10);

CREATE TABLE indelible.stage_breakers (
	stage indelible.identifier NOT NULL,
	outages indelible.natural_number NOT NULL,
	probe_at indelible.instant,
	CONSTRAINT stage_breakers_pkey PRIMARY KEY (stage)
);

CREATE TABLE indelible.hung_threads (
	stage indelible.identifier NOT NULL,
	process indelible.identifier NOT NULL,
	threads indelible.natural_number NOT NULL,
	since indelible.instant NOT NULL,
	expires_at indelible.instant NOT NULL,
	CONSTRAINT hung_threads_pkey PRIMARY KEY (stage, process),
	CONSTRAINT hung_threads_not_empty CHECK (threads >= 1),
	CONSTRAINT hung_threads_expire_after CHECK (expires_at >= since)
)
 WITH (fillfactor = 50);

CREATE TABLE indelible.subscriber_cursors (
	name indelible.identifier NOT NULL,
	stage indelible.identifier NOT NULL,
	feed_cursor indelible.identifier,
	changed_at indelible.instant,
	fence indelible.ordinal NOT NULL,
	updated_at indelible.instant NOT NULL,
	restarts indelible.natural_number NOT NULL,
	restarted_at indelible.instant,
	restarted_by indelible.actor,
	restart_reason indelible.nonblank_text,
	CONSTRAINT subscriber_cursors_pkey PRIMARY KEY (name),
	CONSTRAINT subscriber_cursors_restart_has_cause CHECK ((restarts = 0) = (restarted_at IS NULL) AND (restarts = 0) = (restarted_by IS NULL) AND (restarts = 0) = (restart_reason IS NULL)),
	CONSTRAINT subscriber_cursors_change_has_position CHECK (feed_cursor IS NOT NULL OR changed_at IS NULL)
)
 WITH (fillfactor = 20);

CREATE TABLE indelible.watched_subjects (
	kind indelible.identifier NOT NULL,
	stage indelible.identifier NOT NULL,
	entity_id indelible.identifier NOT NULL,
	longest_silence_seconds indelible.natural_number,
	known_since indelible.instant NOT NULL,
	succeeded_at indelible.instant,
	CONSTRAINT watched_subjects_pkey PRIMARY KEY (kind, stage, entity_id),
	CONSTRAINT watched_subjects_kind_known CHECK (kind IN ('stage', 'recurring', 'standing', 'subscriber', 'backup')),
	CONSTRAINT watched_subjects_silence_bounded CHECK (longest_silence_seconds BETWEEN 1 AND 316224000)
);

CREATE TABLE indelible.receipts (
	owner indelible.actor NOT NULL,
	key indelible.nonblank_text NOT NULL,
	fingerprint indelible.digest NOT NULL,
	result indelible.json_object NOT NULL,
	at indelible.instant NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT receipts_key PRIMARY KEY (owner, key)
);

CREATE TABLE indelible.task_attempts (
	stage indelible.identifier NOT NULL,
	entity_id indelible.identifier NOT NULL,
	fence indelible.natural_number NOT NULL,
	outcome indelible.identifier NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	at indelible.instant NOT NULL,
	request_id indelible.identifier,
	hash indelible.digest NOT NULL,
	CONSTRAINT task_attempts_pkey PRIMARY KEY (stage, entity_id, fence, outcome),
	CONSTRAINT task_attempts_outcome_known CHECK (outcome IN ('STARTED', 'FAILED', 'DEAD', 'REQUEUED', 'CANCELED'))
);

CREATE INDEX task_attempts_actor ON indelible.task_attempts (stage, actor, entity_id);

CREATE INDEX task_attempts_at ON indelible.task_attempts (at);

CREATE INDEX task_attempts_deaths ON indelible.task_attempts (stage, at, entity_id) WHERE outcome = 'DEAD';

CREATE TABLE indelible.seals (
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	starts_after indelible.natural_number NOT NULL,
	ends_at indelible.natural_number NOT NULL,
	changes indelible.natural_number NOT NULL,
	feed_digest indelible.digest NOT NULL,
	records indelible.natural_number NOT NULL,
	records_digest indelible.digest NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	at indelible.instant NOT NULL,
	prev_hash indelible.digest_or_empty NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT seals_pkey PRIMARY KEY (number),
	CONSTRAINT seals_end UNIQUE (number, ends_at, hash),
	CONSTRAINT seals_predecessor FOREIGN KEY(previous_number, starts_after, prev_hash) REFERENCES indelible.seals (number, ends_at, hash),
	CONSTRAINT seals_first CHECK (CASE WHEN number = 1 THEN starts_after = 0 AND prev_hash = '' ELSE prev_hash <> '' END),
	CONSTRAINT seals_stretch CHECK (starts_after <= ends_at)
);

CREATE TABLE indelible.seal_records (
	record_table indelible.identifier NOT NULL,
	record_hash indelible.digest NOT NULL,
	seal_number indelible.ordinal NOT NULL,
	CONSTRAINT seal_records_pkey PRIMARY KEY (record_table, record_hash),
	CONSTRAINT seal_records_seal FOREIGN KEY(seal_number) REFERENCES indelible.seals (number)
);

CREATE TABLE indelible.payloads (
	digest indelible.digest NOT NULL,
	bytes indelible.raw_bytes NOT NULL,
	size indelible.natural_number NOT NULL,
	content_type indelible.identifier NOT NULL,
	first_received_at indelible.instant NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT payloads_pkey PRIMARY KEY (digest),
	CONSTRAINT payloads_size_matches CHECK (size = length(bytes))
);

CREATE TABLE indelible.rejections (
	id indelible.identifier NOT NULL,
	command indelible.identifier NOT NULL,
	code indelible.identifier NOT NULL,
	message indelible.nonblank_text NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	request_id indelible.identifier,
	command_digest indelible.digest NOT NULL,
	at indelible.instant NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT rejections_pkey PRIMARY KEY (id)
);

CREATE INDEX rejections_at ON indelible.rejections (at, id);

CREATE INDEX rejections_command ON indelible.rejections (command, at, id);

CREATE TABLE indelible.webhook_rejections (
	id indelible.identifier NOT NULL,
	endpoint indelible.identifier NOT NULL,
	code indelible.identifier NOT NULL,
	body_digest indelible.digest NOT NULL,
	body_size indelible.natural_number NOT NULL,
	at indelible.instant NOT NULL,
	request_id indelible.identifier,
	hash indelible.digest NOT NULL,
	CONSTRAINT webhook_rejections_pkey PRIMARY KEY (id)
);

CREATE INDEX webhook_rejections_at ON indelible.webhook_rejections (at, id);

CREATE INDEX webhook_rejections_endpoint ON indelible.webhook_rejections (endpoint, at, id);

CREATE TABLE indelible.declarations (
	lifecycle indelible.identifier NOT NULL,
	declared_at indelible.instant NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	document indelible.json_object NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT declarations_pkey PRIMARY KEY (lifecycle, declared_at)
);

CREATE TABLE indelible.runbook_execution_steps (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	command indelible.nonblank_text NOT NULL,
	expected TEXT NOT NULL,
	observed TEXT NOT NULL,
	ok indelible.flag NOT NULL,
	at indelible.instant NOT NULL,
	executed_by indelible.identifier NOT NULL,
	CONSTRAINT runbook_execution_steps_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT runbook_execution_steps_head FOREIGN KEY(entity_id) REFERENCES indelible.runbook_executions (id)
);

CREATE TABLE indelible.concepts (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('concept') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	current_version indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	name_key indelible.name_key NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT concepts_history FOREIGN KEY (lifecycle, id, seq, status, current_version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX concepts_created_at ON indelible.concepts (created_at, id);

CREATE INDEX concepts_name_key ON indelible.concepts (name_key);

CREATE INDEX concepts_status ON indelible.concepts (status, id);

CREATE INDEX concepts_updated_at ON indelible.concepts (updated_at, id);

CREATE TABLE indelible.concept_versions (
	id indelible.identifier NOT NULL,
	concept_id indelible.identifier NOT NULL,
	version_number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(version_number - 1, 0)) STORED,
	name TEXT COLLATE "C" NOT NULL,
	definition TEXT NOT NULL,
	explanation TEXT NOT NULL,
	examples indelible.json_array NOT NULL,
	prerequisites indelible.json_array NOT NULL,
	learning_objective TEXT NOT NULL,
	misconceptions indelible.json_array NOT NULL,
	scope_boundaries TEXT,
	created_by indelible.actor NOT NULL,
	created_at indelible.instant NOT NULL,
	change_note TEXT,
	name_key indelible.name_key NOT NULL,
	search_key TEXT NOT NULL,
	CONSTRAINT concept_versions_pkey PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_versions_id UNIQUE (id),
	CONSTRAINT concept_versions_created_at UNIQUE (concept_id, version_number, created_at),
	CONSTRAINT concept_versions_name_key UNIQUE (concept_id, version_number, name_key),
	CONSTRAINT concept_versions_concept FOREIGN KEY(concept_id) REFERENCES indelible.concepts (id),
	CONSTRAINT concept_versions_previous FOREIGN KEY(concept_id, previous_number) REFERENCES indelible.concept_versions (concept_id, version_number)
);

CREATE TABLE indelible.concept_warnings (
	concept_id indelible.identifier NOT NULL,
	version_number indelible.ordinal NOT NULL,
	computed_at indelible.instant NOT NULL,
	ruleset indelible.ordinal NOT NULL,
	warnings indelible.json_array NOT NULL,
	CONSTRAINT concept_warnings_pkey PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_warnings_version FOREIGN KEY(concept_id, version_number, computed_at) REFERENCES indelible.concept_versions (concept_id, version_number, created_at)
);

CREATE TABLE indelible.spaces (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('space') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	user_id indelible.identifier NOT NULL,
	name indelible.nonblank_text NOT NULL,
	model indelible.identifier NOT NULL,
	dimension indelible.ordinal NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT spaces_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT spaces_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX spaces_user_id ON indelible.spaces (user_id, id);

CREATE TABLE indelible.subspaces (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('subspace') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	space_id indelible.identifier NOT NULL,
	user_id indelible.identifier NOT NULL,
	name indelible.nonblank_text NOT NULL,
	description TEXT NOT NULL,
	seed indelible.embedding,
	PRIMARY KEY (id),
	CONSTRAINT subspaces_space FOREIGN KEY(space_id) REFERENCES indelible.spaces (id),
	CONSTRAINT subspaces_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT subspaces_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX subspaces_space_id ON indelible.subspaces (space_id, id);

CREATE TABLE indelible.algorithms (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('algorithm') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	formulas indelible.nonblank_text NOT NULL,
	checksum indelible.digest NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT algorithms_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT algorithms_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE UNIQUE INDEX algorithms_active ON indelible.algorithms (status) WHERE status = 'ACTIVE';

CREATE TABLE indelible.artifacts (
	id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	user_id indelible.identifier NOT NULL,
	space_id indelible.identifier NOT NULL,
	normalized_url TEXT COLLATE "C" NOT NULL,
	title TEXT,
	title_stamp TEXT COLLATE "C" NOT NULL,
	content TEXT,
	content_stamp TEXT COLLATE "C" NOT NULL,
	engagement_level indelible.engagement_level NOT NULL,
	reading_depth indelible.reading_depth NOT NULL,
	scroll_depth indelible.fraction NOT NULL,
	dwell_time_ms indelible.natural_number NOT NULL,
	word_count indelible.natural_number NOT NULL,
	vector indelible.embedding NOT NULL,
	content_source indelible.identifier NOT NULL,
	stamp TEXT COLLATE "C" NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT artifacts_normalized_url UNIQUE (space_id, normalized_url),
	CONSTRAINT artifacts_space FOREIGN KEY(space_id) REFERENCES indelible.spaces (id)
);

CREATE INDEX artifacts_created_at ON indelible.artifacts (space_id, created_at, id);

CREATE INDEX artifacts_space_id ON indelible.artifacts (space_id, id);

CREATE TABLE indelible.centroids (
	id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	space_id indelible.identifier NOT NULL,
	vector indelible.embedding NOT NULL,
	logged_vector indelible.embedding NOT NULL,
	logged_seq indelible.natural_number NOT NULL,
	confidence indelible.fraction NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT centroids_subspace FOREIGN KEY(id) REFERENCES indelible.subspaces (id)
);

CREATE INDEX centroids_space_id ON indelible.centroids (space_id, id);

CREATE TABLE indelible.signals (
	id indelible.identifier NOT NULL,
	capture_key indelible.nonblank_text NOT NULL,
	fingerprint indelible.digest NOT NULL,
	user_id indelible.identifier NOT NULL,
	space_id indelible.identifier NOT NULL,
	artifact_id indelible.identifier NOT NULL,
	artifact_seq indelible.ordinal NOT NULL,
	url TEXT NOT NULL,
	normalized_url TEXT NOT NULL,
	title TEXT,
	content TEXT,
	session_id indelible.identifier,
	named_subspace_id indelible.identifier,
	content_source indelible.identifier NOT NULL,
	engagement_level indelible.engagement_level NOT NULL,
	reading_depth indelible.reading_depth NOT NULL,
	scroll_depth indelible.fraction NOT NULL,
	dwell_time_ms indelible.natural_number NOT NULL,
	word_count indelible.natural_number NOT NULL,
	embedding_model indelible.identifier NOT NULL,
	vector indelible.embedding NOT NULL,
	captured_at indelible.instant,
	recorded_at indelible.instant NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	request_id indelible.identifier,
	algorithm_id indelible.identifier NOT NULL,
	threshold indelible.distance NOT NULL,
	magnitude indelible.number NOT NULL,
	subspace_id indelible.identifier,
	decision indelible.identifier NOT NULL,
	nearest_distance indelible.distance,
	second_distance indelible.distance,
	margin indelible.number,
	applied_seq indelible.ordinal,
	drift indelible.distance,
	logged_drift indelible.distance,
	centroid_digest indelible.digest,
	reached_level indelible.engagement_level NOT NULL,
	warnings indelible.json_array NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT signals_pkey PRIMARY KEY (id),
	CONSTRAINT signals_capture_key UNIQUE (user_id, capture_key),
	CONSTRAINT signals_artifact_seq UNIQUE (artifact_id, artifact_seq, hash),
	CONSTRAINT signals_applied_seq UNIQUE (subspace_id, applied_seq, hash),
	CONSTRAINT signals_artifact FOREIGN KEY(artifact_id) REFERENCES indelible.artifacts (id),
	CONSTRAINT signals_space FOREIGN KEY(space_id) REFERENCES indelible.spaces (id),
	CONSTRAINT signals_subspace FOREIGN KEY(subspace_id) REFERENCES indelible.subspaces (id),
	CONSTRAINT signals_algorithm FOREIGN KEY(algorithm_id) REFERENCES indelible.algorithms (id)
);

CREATE INDEX signals_recent ON indelible.signals (space_id, recorded_at, id);

CREATE TABLE indelible.authors (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('author') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	wallet_address indelible.wallet NOT NULL,
	twitter_handle TEXT COLLATE "C",
	farcaster_handle TEXT COLLATE "C",
	prompt_text indelible.nonblank_text,
	PRIMARY KEY (id),
	CONSTRAINT authors_wallet UNIQUE (wallet_address),
	CONSTRAINT authors_prompt_length CHECK (length(prompt_text) BETWEEN 1 AND 1000),
	CONSTRAINT authors_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT authors_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.mint_events (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('mint_event') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	tx_hash indelible.chain_hash NOT NULL,
	log_index indelible.natural_number NOT NULL,
	block_number indelible.ordinal NOT NULL,
	block_hash indelible.chain_hash NOT NULL,
	block_timestamp indelible.instant NOT NULL,
	token_id indelible.token_number NOT NULL,
	quantity indelible.ordinal NOT NULL,
	author_wallet indelible.wallet NOT NULL,
	recipient indelible.wallet NOT NULL,
	total_paid TEXT COLLATE "C" NOT NULL,
	detected_at indelible.instant NOT NULL,
	batch indelible.json_array,
	copies indelible.json_array,
	PRIMARY KEY (id),
	CONSTRAINT mint_events_occurrence UNIQUE (block_hash, tx_hash, log_index),
	CONSTRAINT mint_events_quantity CHECK (quantity <= 10000),
	CONSTRAINT mint_events_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT mint_events_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX mint_events_block ON indelible.mint_events (block_number, log_index, id);

CREATE UNIQUE INDEX mint_events_canonical ON indelible.mint_events (tx_hash, log_index) WHERE status = 'canonical';

CREATE INDEX mint_events_token ON indelible.mint_events (token_id, block_number, log_index, id);

CREATE TABLE indelible.tokens_s0 (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('token') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	token_id indelible.token_number NOT NULL,
	author_id indelible.identifier NOT NULL,
	minter_address indelible.wallet,
	mint_timestamp indelible.instant NOT NULL,
	mint_event_id indelible.identifier,
	image_url TEXT COLLATE "C",
	image_cid TEXT COLLATE "C",
	metadata_cid TEXT COLLATE "C",
	generation_attempts indelible.natural_number NOT NULL,
	generation_error indelible.nonblank_text,
	reveal_tx_hash indelible.chain_hash,
	error_data indelible.json_details,
	PRIMARY KEY (id),
	CONSTRAINT tokens_s0_token_id UNIQUE (token_id),
	CONSTRAINT tokens_s0_author FOREIGN KEY(author_id) REFERENCES indelible.authors (id) ON DELETE RESTRICT,
	CONSTRAINT tokens_s0_mint FOREIGN KEY(mint_event_id) REFERENCES indelible.mint_events (id),
	CONSTRAINT tokens_s0_has_metadata CHECK (status NOT IN ('ready', 'revealed') OR metadata_cid IS NOT NULL),
	CONSTRAINT tokens_s0_has_image CHECK (status <> 'ready' OR image_cid IS NOT NULL),
	CONSTRAINT tokens_s0_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT tokens_s0_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX tokens_s0_author_id ON indelible.tokens_s0 (author_id, token_id);

CREATE INDEX tokens_s0_created_at ON indelible.tokens_s0 (created_at, token_id);

CREATE INDEX tokens_s0_status_mint_timestamp ON indelible.tokens_s0 (status, mint_timestamp, token_id);

CREATE INDEX tokens_s0_updated_at ON indelible.tokens_s0 (updated_at, token_id);

CREATE TABLE indelible.image_generation_jobs (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('image_job') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	token_id indelible.identifier NOT NULL,
	service indelible.identifier NOT NULL,
	external_job_id TEXT COLLATE "C",
	retry_count indelible.natural_number NOT NULL,
	error_data indelible.json_details,
	completed_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT image_generation_jobs_token FOREIGN KEY(token_id) REFERENCES indelible.tokens_s0 (id) ON DELETE CASCADE,
	CONSTRAINT image_generation_jobs_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT image_generation_jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX image_generation_jobs_service_status ON indelible.image_generation_jobs (service, status);

CREATE INDEX image_generation_jobs_token_id ON indelible.image_generation_jobs (token_id);

CREATE TABLE indelible.ipfs_upload_records (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('ipfs_upload') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	token_id indelible.identifier NOT NULL,
	record_type indelible.identifier NOT NULL,
	cid TEXT COLLATE "C",
	retry_count indelible.natural_number NOT NULL,
	error_data indelible.json_details,
	completed_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT ipfs_upload_records_token FOREIGN KEY(token_id) REFERENCES indelible.tokens_s0 (id) ON DELETE CASCADE,
	CONSTRAINT ipfs_upload_records_type_known CHECK (record_type IN ('image', 'metadata')),
	CONSTRAINT ipfs_upload_records_has_cid CHECK (status <> 'completed' OR cid IS NOT NULL),
	CONSTRAINT ipfs_upload_records_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ipfs_upload_records_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX ipfs_upload_records_token_id ON indelible.ipfs_upload_records (token_id);

CREATE INDEX ipfs_upload_records_type_status ON indelible.ipfs_upload_records (record_type, status);

CREATE TABLE indelible.reveal_transactions (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('reveal_transaction') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	token_ids indelible.json_array NOT NULL,
	tx_hash indelible.chain_hash,
	block_number indelible.ordinal,
	gas_price_wei indelible.natural_number,
	confirmed_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT reveal_transactions_size CHECK (token_ids <> '[]' AND token_ids -> 50 IS NULL),
	CONSTRAINT reveal_transactions_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT reveal_transactions_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX reveal_transactions_status ON indelible.reveal_transactions (status);

CREATE INDEX reveal_transactions_tx_hash ON indelible.reveal_transactions (tx_hash);

CREATE TABLE indelible.system_state (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('system_state') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	state_value indelible.json_value,
	PRIMARY KEY (id),
	CONSTRAINT system_state_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT system_state_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.projects (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('project') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	prompt_count indelible.natural_number NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	prompt_number BIGINT GENERATED ALWAYS AS (NULLIF(prompt_count, 0)) STORED,
	user_id indelible.identifier NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	description TEXT NOT NULL,
	current_nodes indelible.json_array NOT NULL,
	latest_successful_job_id indelible.identifier,
	latest_successful_job_number indelible.ordinal,
	repository_host indelible.identifier,
	repository_name indelible.nonblank_text,
	repository_id indelible.identifier,
	repository_branch indelible.nonblank_text,
	github_repo_url indelible.nonblank_text,
	PRIMARY KEY (id),
	CONSTRAINT projects_owner UNIQUE (user_id, id),
	CONSTRAINT projects_name_not_blank CHECK (trim(name) <> ''),
	CONSTRAINT projects_repository_of_status CHECK (CASE status WHEN 'unbound' THEN repository_host IS NULL AND repository_name IS NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL WHEN 'requested' THEN repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL ELSE repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NOT NULL AND repository_branch IS NOT NULL AND github_repo_url IS NOT NULL END),
	CONSTRAINT projects_latest_job CHECK ((latest_successful_job_id IS NULL) = (latest_successful_job_number IS NULL) AND (seq > 1 OR latest_successful_job_id IS NULL)),
	CONSTRAINT projects_history FOREIGN KEY (lifecycle, id, seq, status, prompt_count, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT projects_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX projects_created_at ON indelible.projects (user_id, created_at, id);

CREATE INDEX projects_name ON indelible.projects (user_id, name, id);

CREATE INDEX projects_updated_at ON indelible.projects (user_id, updated_at, id);

CREATE TABLE indelible.jobs (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('job') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	output_number indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	project_id indelible.identifier NOT NULL,
	user_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	prompt TEXT NOT NULL,
	spec_digest indelible.digest NOT NULL,
	warning_count indelible.natural_number NOT NULL,
	phase indelible.identifier,
	result indelible.json_object,
	failure_reason indelible.nonblank_text,
	completed_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT jobs_owner UNIQUE (user_id, id),
	CONSTRAINT jobs_number UNIQUE (project_id, number),
	CONSTRAINT jobs_project FOREIGN KEY(user_id, project_id) REFERENCES indelible.projects (user_id, id),
	CONSTRAINT jobs_phase_known CHECK (phase IN ('cleanup', 'commit', 'finalize', 'generate', 'load', 'push', 'running', 'workspace')),
	CONSTRAINT jobs_completed_at_of_status CHECK (CASE WHEN status IN ('completed', 'completed_with_warnings', 'failed') THEN completed_at IS NOT NULL AND completed_at = updated_at ELSE completed_at IS NULL END),
	CONSTRAINT jobs_result_of_status CHECK ((result IS NOT NULL) = (status IN ('completed', 'completed_with_warnings'))),
	CONSTRAINT jobs_failure_of_status CHECK ((failure_reason IS NOT NULL) = (status = 'failed')),
	CONSTRAINT jobs_success_has_reason CHECK (CASE status WHEN 'completed' THEN warning_count = 0 AND (result ->> 'commit') IS NOT NULL WHEN 'completed_with_warnings' THEN warning_count > 0 ELSE TRUE END),
	CONSTRAINT jobs_history FOREIGN KEY (lifecycle, id, seq, status, output_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE UNIQUE INDEX jobs_one_running ON indelible.jobs (project_id) WHERE status = 'running';

CREATE INDEX jobs_status ON indelible.jobs (status, id);

CREATE TABLE indelible.project_prompts (
	project_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	prompt TEXT NOT NULL,
	timestamp indelible.instant NOT NULL,
	metadata indelible.json_details NOT NULL,
	CONSTRAINT project_prompts_pkey PRIMARY KEY (project_id, number),
	CONSTRAINT project_prompts_project FOREIGN KEY(project_id) REFERENCES indelible.projects (id),
	CONSTRAINT project_prompts_previous FOREIGN KEY(project_id, previous_number) REFERENCES indelible.project_prompts (project_id, number)
);

CREATE TABLE indelible.job_outputs (
	job_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	written_at indelible.instant NOT NULL,
	logs indelible.json_array NOT NULL,
	warnings indelible.json_array NOT NULL,
	CONSTRAINT job_outputs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_outputs_job FOREIGN KEY(job_id) REFERENCES indelible.jobs (id),
	CONSTRAINT job_outputs_previous FOREIGN KEY(job_id, previous_number) REFERENCES indelible.job_outputs (job_id, number),
	CONSTRAINT job_outputs_logs_size CHECK (logs -> 100 IS NULL),
	CONSTRAINT job_outputs_warnings_size CHECK (warnings -> 100 IS NULL)
);

CREATE TABLE indelible.job_specs (
	job_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	created_at indelible.instant NOT NULL,
	spec_digest indelible.digest NOT NULL,
	architecture_spec indelible.json_object NOT NULL,
	CONSTRAINT job_specs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_specs_job_id UNIQUE (job_id),
	CONSTRAINT job_specs_job FOREIGN KEY(job_id) REFERENCES indelible.jobs (id),
	CONSTRAINT job_specs_first CHECK (number = 1)
);

CREATE TABLE indelible.contests (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('contest') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	configuration_version indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	organizer_id indelible.identifier NOT NULL,
	contest_name TEXT COLLATE "C" NOT NULL,
	configuration_digest indelible.digest NOT NULL,
	provider_event_id indelible.identifier NOT NULL,
	lock_time indelible.instant NOT NULL,
	start_time indelible.instant NOT NULL,
	end_time indelible.instant NOT NULL,
	max_entries indelible.ordinal,
	min_entries indelible.ordinal,
	max_entries_per_user indelible.ordinal,
	fee_minor indelible.amount_minor NOT NULL,
	currency indelible.currency NOT NULL,
	payment_grace_seconds indelible.natural_number NOT NULL,
	settle_time indelible.instant,
	settlement_run_id indelible.identifier,
	settlement_run_status TEXT COLLATE "C" GENERATED ALWAYS AS (CASE WHEN settlement_run_id <> '' THEN 'COMPLETE' END) STORED,
	error_from_state indelible.identifier,
	error_code indelible.identifier,
	error_message TEXT,
	attempted_action indelible.identifier,
	PRIMARY KEY (id),
	CONSTRAINT contests_fee UNIQUE (id, fee_minor, currency),
	CONSTRAINT contests_tournament UNIQUE (id, provider_event_id),
	CONSTRAINT contests_settled_by UNIQUE (id, settlement_run_id),
	CONSTRAINT contests_time_invariant CHECK (created_at < lock_time AND lock_time <= start_time AND start_time < end_time),
	CONSTRAINT contests_name_not_blank CHECK (trim(contest_name) <> ''),
	CONSTRAINT contests_fee_not_negative CHECK (fee_minor >= 0),
	CONSTRAINT contests_entry_limits CHECK (min_entries <= max_entries),
	CONSTRAINT contests_error_of_status CHECK (CASE WHEN status = 'ERROR' THEN error_from_state IS NOT NULL AND error_code IS NOT NULL AND error_message IS NOT NULL AND attempted_action IS NOT NULL ELSE error_from_state IS NULL AND error_code IS NULL AND error_message IS NULL AND attempted_action IS NULL END),
	CONSTRAINT contests_error_described CHECK (error_from_state = CASE attempted_action WHEN 'lock' THEN 'SCHEDULED' WHEN 'start' THEN 'LOCKED' WHEN 'complete' THEN 'LIVE' ELSE '' END AND length(error_message) <= 1000),
	CONSTRAINT contests_settlement_of_status CHECK (CASE WHEN status = 'COMPLETE' THEN settle_time IS NOT NULL AND settlement_run_id IS NOT NULL ELSE settle_time IS NULL AND settlement_run_id IS NULL END),
	CONSTRAINT contests_settled_by_change CHECK (settle_time = updated_at),
	CONSTRAINT contests_history FOREIGN KEY (lifecycle, id, seq, status, configuration_version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contests_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX contests_created_at ON indelible.contests (created_at, id);

CREATE INDEX contests_lock_time ON indelible.contests (status, lock_time, id);

CREATE INDEX contests_name ON indelible.contests (contest_name, id);

CREATE INDEX contests_of_organizer ON indelible.contests (organizer_id, id);

CREATE INDEX contests_of_organizer_created_at ON indelible.contests (organizer_id, created_at, id);

CREATE INDEX contests_of_organizer_name ON indelible.contests (organizer_id, contest_name, id);

CREATE INDEX contests_of_organizer_updated_at ON indelible.contests (organizer_id, updated_at, id);

CREATE INDEX contests_of_tournament ON indelible.contests (provider_event_id, id);

CREATE INDEX contests_start_time ON indelible.contests (status, start_time, id);

CREATE INDEX contests_status ON indelible.contests (status, id);

CREATE INDEX contests_updated_at ON indelible.contests (updated_at, id);

CREATE TABLE indelible.entries (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('entry') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	roster_number indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	contest_id indelible.identifier NOT NULL,
	user_id indelible.identifier NOT NULL,
	entry_number indelible.ordinal NOT NULL,
	place_number indelible.ordinal,
	roster_digest indelible.digest NOT NULL,
	fee_minor indelible.amount_minor NOT NULL,
	currency indelible.currency NOT NULL,
	paid_minor indelible.amount_minor,
	paid_at indelible.instant,
	payment_ref indelible.identifier,
	rejection_reason TEXT,
	PRIMARY KEY (id),
	CONSTRAINT entries_number UNIQUE (contest_id, user_id, entry_number),
	CONSTRAINT entries_place_number UNIQUE (contest_id, place_number),
	CONSTRAINT entries_contest FOREIGN KEY(contest_id, fee_minor, currency) REFERENCES indelible.contests (id, fee_minor, currency),
	CONSTRAINT entries_place_of_status CHECK ((place_number IS NOT NULL) = (status IN ('ACTIVE', 'PENDING_PAYMENT', 'VOID'))),
	CONSTRAINT entries_payment_of_status CHECK (CASE WHEN status IN ('PENDING_PAYMENT', 'REJECTED') THEN paid_minor IS NULL AND paid_at IS NULL AND payment_ref IS NULL ELSE paid_minor IS NOT NULL AND paid_at IS NOT NULL AND (payment_ref IS NULL) = (paid_minor = 0) END),
	CONSTRAINT entries_paid_in_full CHECK (paid_minor = fee_minor AND (fee_minor > 0 OR paid_at = created_at)),
	CONSTRAINT entries_rejection_short CHECK (length(rejection_reason) <= 1000),
	CONSTRAINT entries_rejection_of_status CHECK ((rejection_reason IS NOT NULL) = (status = 'REJECTED')),
	CONSTRAINT entries_history FOREIGN KEY (lifecycle, id, seq, status, roster_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT entries_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX entries_created_at ON indelible.entries (contest_id, created_at, id);

CREATE INDEX entries_of_contest ON indelible.entries (contest_id, id);

CREATE INDEX entries_of_user ON indelible.entries (user_id, id);

CREATE INDEX entries_status ON indelible.entries (contest_id, status, id);

CREATE INDEX entries_updated_at ON indelible.entries (contest_id, updated_at, id);

CREATE TABLE indelible.contest_logs (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('contest_log') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	event_number indelible.natural_number NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	newest_event BIGINT GENERATED ALWAYS AS (NULLIF(event_number, 0)) STORED,
	newest_fetch BIGINT GENERATED ALWAYS AS (NULLIF(fetch_number, 0)) STORED,
	contest_id indelible.identifier NOT NULL,
	provider_event_id indelible.identifier NOT NULL,
	fetch_number indelible.natural_number NOT NULL,
	head_hash indelible.digest,
	event_hash indelible.digest_or_empty NOT NULL,
	field_number indelible.ordinal,
	leaderboard_number indelible.ordinal,
	leaderboard_at indelible.instant,
	leaderboard_hash indelible.digest,
	observations indelible.natural_number NOT NULL,
	observed_at indelible.instant,
	terminal_number indelible.ordinal,
	terminal_at indelible.instant,
	cancelled_number indelible.ordinal,
	pending_rewrite indelible.digest,
	pending_rewrite_at indelible.instant,
	pending_rewrite_number indelible.ordinal,
	conflict_number indelible.ordinal,
	PRIMARY KEY (id),
	CONSTRAINT contest_logs_contest FOREIGN KEY(contest_id, provider_event_id) REFERENCES indelible.contests (id, provider_event_id),
	CONSTRAINT contest_logs_same_id CHECK (contest_id = id),
	CONSTRAINT contest_logs_hash_of_number CHECK ((event_number = 0) = (event_hash = '')),
	CONSTRAINT contest_logs_marks_complete CHECK ((leaderboard_number IS NULL) = (leaderboard_at IS NULL) AND (leaderboard_number IS NULL) = (leaderboard_hash IS NULL) AND (leaderboard_number IS NULL) = (observed_at IS NULL) AND (terminal_number IS NULL) = (terminal_at IS NULL) AND (pending_rewrite IS NULL) = (pending_rewrite_at IS NULL) AND (pending_rewrite IS NULL) = (pending_rewrite_number IS NULL)),
	CONSTRAINT contest_logs_history FOREIGN KEY (lifecycle, id, seq, status, event_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT contest_logs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.provider_feeds (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('provider_feed') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	fetch_number indelible.natural_number NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	newest_fetch BIGINT GENERATED ALWAYS AS (NULLIF(fetch_number, 0)) STORED,
	last_success_at indelible.instant,
	last_payload_digest indelible.digest,
	failures indelible.natural_number NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT provider_feeds_success_complete CHECK (failures <= fetch_number AND (last_success_at IS NULL) = (last_payload_digest IS NULL)),
	CONSTRAINT provider_feeds_history FOREIGN KEY (lifecycle, id, seq, status, fetch_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT provider_feeds_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.settlement_runs (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('settlement_run') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	contest_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	engine_version indelible.identifier NOT NULL,
	configuration_version indelible.ordinal NOT NULL,
	configuration_digest indelible.digest NOT NULL,
	event_number indelible.ordinal NOT NULL,
	events_digest indelible.digest NOT NULL,
	entries_count indelible.natural_number NOT NULL,
	entries_seq_sum indelible.natural_number NOT NULL,
	currency indelible.currency NOT NULL,
	eligibility_digest indelible.digest,
	official_rounds indelible.ordinal,
	result_digest indelible.digest,
	pool_minor indelible.amount_minor,
	rake_minor indelible.amount_minor,
	rounding_minor indelible.amount_minor,
	retained_minor indelible.amount_minor,
	top_up_minor indelible.amount_minor,
	line_count indelible.natural_number,
	settled_at indelible.instant,
	error_code indelible.identifier,
	error_message TEXT,
	settles_as TEXT COLLATE "C" GENERATED ALWAYS AS (CASE WHEN status = 'COMPLETE' THEN id END) STORED,
	PRIMARY KEY (id),
	CONSTRAINT settlement_runs_number UNIQUE (contest_id, number),
	CONSTRAINT settlement_runs_of_contest UNIQUE (id, contest_id, status),
	CONSTRAINT settlement_runs_contest FOREIGN KEY(contest_id) REFERENCES indelible.contests (id),
	CONSTRAINT settlement_runs_result_of_status CHECK (CASE WHEN status = 'COMPLETE' THEN eligibility_digest IS NOT NULL AND official_rounds IS NOT NULL AND result_digest IS NOT NULL AND pool_minor IS NOT NULL AND rake_minor IS NOT NULL AND rounding_minor IS NOT NULL AND retained_minor IS NOT NULL AND top_up_minor IS NOT NULL AND line_count IS NOT NULL AND settled_at IS NOT NULL ELSE eligibility_digest IS NULL AND official_rounds IS NULL AND result_digest IS NULL AND pool_minor IS NULL AND rake_minor IS NULL AND rounding_minor IS NULL AND retained_minor IS NULL AND top_up_minor IS NULL AND line_count IS NULL AND settled_at IS NULL END),
	CONSTRAINT settlement_runs_error_of_status CHECK (CASE WHEN status = 'FAILED' THEN error_code IS NOT NULL AND error_message IS NOT NULL ELSE error_code IS NULL AND error_message IS NULL END),
	CONSTRAINT settlement_runs_amounts_not_negative CHECK (pool_minor >= 0 AND rake_minor >= 0 AND rounding_minor >= 0 AND retained_minor >= 0 AND top_up_minor >= 0),
	CONSTRAINT settlement_runs_settled_by_change CHECK (settled_at = updated_at),
	CONSTRAINT settlement_runs_lines_of_entries CHECK (line_count <= entries_count),
	CONSTRAINT settlement_runs_message_short CHECK (length(error_message) <= 1000),
	CONSTRAINT settlement_runs_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT settlement_runs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE UNIQUE INDEX settlement_runs_one_complete ON indelible.settlement_runs (contest_id) WHERE status = 'COMPLETE';

CREATE UNIQUE INDEX settlement_runs_one_started ON indelible.settlement_runs (contest_id) WHERE status = 'STARTED';

CREATE TABLE indelible.contest_configurations (
	contest_id indelible.identifier NOT NULL,
	version indelible.ordinal NOT NULL,
	previous_version BIGINT GENERATED ALWAYS AS (NULLIF(version - 1, 0)) STORED,
	created_at indelible.instant NOT NULL,
	configuration_digest indelible.digest NOT NULL,
	configuration indelible.json_object NOT NULL,
	CONSTRAINT contest_configurations_pkey PRIMARY KEY (contest_id, version),
	CONSTRAINT contest_configurations_digest UNIQUE (contest_id, version, configuration_digest),
	CONSTRAINT contest_configurations_contest FOREIGN KEY(contest_id) REFERENCES indelible.contests (id),
	CONSTRAINT contest_configurations_previous FOREIGN KEY(contest_id, previous_version) REFERENCES indelible.contest_configurations (contest_id, version)
);

CREATE TABLE indelible.rosters (
	entry_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	submitted_at indelible.instant NOT NULL,
	player_ids indelible.json_array NOT NULL,
	prediction BIGINT,
	roster_digest indelible.digest NOT NULL,
	CONSTRAINT rosters_pkey PRIMARY KEY (entry_id, number),
	CONSTRAINT rosters_digest UNIQUE (entry_id, number, roster_digest),
	CONSTRAINT rosters_entry FOREIGN KEY(entry_id) REFERENCES indelible.entries (id),
	CONSTRAINT rosters_previous FOREIGN KEY(entry_id, previous_number) REFERENCES indelible.rosters (entry_id, number)
);

CREATE TABLE indelible.provider_fetches (
	provider_event_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	requested_at indelible.instant NOT NULL,
	finished_at indelible.instant NOT NULL,
	outcome indelible.identifier NOT NULL,
	http_status indelible.ordinal,
	attempts indelible.ordinal NOT NULL,
	payload_digest indelible.digest,
	content_type TEXT,
	error TEXT,
	CONSTRAINT provider_fetches_pkey PRIMARY KEY (provider_event_id, number),
	CONSTRAINT provider_fetches_feed FOREIGN KEY(provider_event_id) REFERENCES indelible.provider_feeds (id),
	CONSTRAINT provider_fetches_previous FOREIGN KEY(provider_event_id, previous_number) REFERENCES indelible.provider_fetches (provider_event_id, number),
	CONSTRAINT provider_fetches_outcome_known CHECK (outcome IN ('HTTP_ERROR', 'NETWORK_ERROR', 'OK', 'REDIRECTED', 'TIMEOUT', 'TOO_LARGE', 'TRUNCATED')),
	CONSTRAINT provider_fetches_times CHECK (requested_at <= finished_at),
	CONSTRAINT provider_fetches_http_status_known CHECK (http_status BETWEEN 100 AND 599),
	CONSTRAINT provider_fetches_success_has_payload CHECK (outcome <> 'OK' OR payload_digest IS NOT NULL AND error IS NULL),
	CONSTRAINT provider_fetches_texts_short CHECK (length(error) <= 1000 AND length(content_type) <= 1000)
);

CREATE TABLE indelible.contest_events (
	contest_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	kind indelible.identifier NOT NULL,
	validity indelible.identifier NOT NULL,
	payload_digest indelible.digest NOT NULL,
	fetch_number indelible.ordinal,
	fetched_at indelible.instant NOT NULL,
	stored_at indelible.instant NOT NULL,
	body indelible.json_object,
	body_hash indelible.digest NOT NULL,
	supersedes indelible.ordinal,
	snapshot_number indelible.ordinal,
	fault_count indelible.natural_number NOT NULL,
	prev_hash indelible.digest_or_empty NOT NULL,
	event_hash indelible.digest NOT NULL,
	CONSTRAINT contest_events_pkey PRIMARY KEY (contest_id, number),
	CONSTRAINT contest_events_hash UNIQUE (contest_id, number, event_hash),
	CONSTRAINT contest_events_log FOREIGN KEY(contest_id) REFERENCES indelible.contest_logs (id),
	CONSTRAINT contest_events_previous FOREIGN KEY(contest_id, previous_number, prev_hash) REFERENCES indelible.contest_events (contest_id, number, event_hash),
	CONSTRAINT contest_events_superseded FOREIGN KEY(contest_id, supersedes) REFERENCES indelible.contest_events (contest_id, number),
	CONSTRAINT contest_events_snapshot FOREIGN KEY(contest_id, snapshot_number) REFERENCES indelible.contest_events (contest_id, number),
	CONSTRAINT contest_events_first CHECK ((number = 1) = (prev_hash = '')),
	CONSTRAINT contest_events_kind_known CHECK (kind IN ('CANCELLED', 'CONFIRMED', 'CORRECTION', 'FIELD', 'SNAPSHOT', 'TERMINAL') AND validity IN ('INVALID', 'VALID')),
	CONSTRAINT contest_events_points_back CHECK (supersedes < number AND snapshot_number < number)
);

CREATE TABLE indelible.event_faults (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	event_number indelible.ordinal NOT NULL,
	code indelible.identifier NOT NULL,
	path TEXT NOT NULL,
	value TEXT NOT NULL,
	required_action indelible.nonblank_text NOT NULL,
	CONSTRAINT event_faults_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT event_faults_of_event UNIQUE (entity_id, event_number, number),
	CONSTRAINT event_faults_event FOREIGN KEY(entity_id, event_number) REFERENCES indelible.contest_events (contest_id, number),
	CONSTRAINT event_faults_texts_short CHECK (length(value) <= 200 AND length(path) <= 1000),
	CONSTRAINT event_faults_head FOREIGN KEY(entity_id) REFERENCES indelible.contest_logs (id)
);

CREATE TABLE indelible.settlement_lines (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	entry_id indelible.identifier NOT NULL,
	user_id indelible.identifier NOT NULL,
	payment_ref indelible.identifier,
	paid_minor indelible.amount_minor NOT NULL,
	roster_digest indelible.digest NOT NULL,
	rank indelible.ordinal NOT NULL,
	score BIGINT,
	payout_minor indelible.amount_minor NOT NULL,
	CONSTRAINT settlement_lines_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT settlement_lines_entry UNIQUE (entity_id, entry_id),
	CONSTRAINT settlement_lines_amounts CHECK (paid_minor >= 0 AND payout_minor >= 0),
	CONSTRAINT settlement_lines_ineligible_unpaid CHECK (score IS NOT NULL OR payout_minor = 0),
	CONSTRAINT settlement_lines_head FOREIGN KEY(entity_id) REFERENCES indelible.settlement_runs (id)
);

CREATE INDEX settlement_lines_user ON indelible.settlement_lines (user_id, entity_id, number);

CREATE TABLE indelible.accounts (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('account') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	kind indelible.identifier NOT NULL,
	reference indelible.identifier,
	currency indelible.currency NOT NULL,
	balance_minor indelible.sum_minor NOT NULL,
	last_movement_id indelible.identifier,
	debited_minor indelible.sum_minor NOT NULL,
	credited_minor indelible.sum_minor NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT accounts_kind_known CHECK (kind IN ('dispute_losses', 'dispute_receivable', 'escrow', 'goodwill', 'platform_rake', 'platform_rounding', 'refund_clearing', 'stripe_balance', 'stripe_fees', 'unclaimed_prizes', 'winner_payable')),
	CONSTRAINT accounts_id_of_fields CHECK (id = kind || ':' || coalesce(reference, '-') || ':' || currency),
	CONSTRAINT accounts_reference_of_kind CHECK ((reference IS NOT NULL) = (kind IN ('escrow', 'refund_clearing', 'winner_payable'))),
	CONSTRAINT accounts_never_negative CHECK (balance_minor >= 0 OR kind NOT IN ('escrow', 'refund_clearing', 'winner_payable')),
	CONSTRAINT accounts_opened_empty CHECK ((seq = 1) = (last_movement_id IS NULL) AND (seq > 1 OR balance_minor = 0 AND debited_minor = 0 AND credited_minor = 0)),
	CONSTRAINT accounts_sums CHECK (debited_minor >= 0 AND credited_minor >= 0),
	CONSTRAINT accounts_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT accounts_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX accounts_created_at ON indelible.accounts (created_at, id);

CREATE INDEX accounts_last_movement ON indelible.accounts (last_movement_id);

CREATE INDEX accounts_of_kind ON indelible.accounts (kind, currency, id);

CREATE INDEX accounts_of_reference ON indelible.accounts (reference, id);

CREATE INDEX accounts_updated_at ON indelible.accounts (updated_at, id);

CREATE TABLE indelible.movements (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('movement') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	kind indelible.identifier NOT NULL,
	key indelible.identifier NOT NULL,
	fact_key indelible.identifier,
	reference indelible.identifier,
	currency indelible.currency NOT NULL,
	total_minor indelible.sum_minor NOT NULL,
	posting_count indelible.natural_number NOT NULL,
	reverses indelible.identifier,
	source indelible.identifier NOT NULL,
	occurred_at indelible.instant NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT movements_reversed FOREIGN KEY(reverses) REFERENCES indelible.movements (id),
	CONSTRAINT movements_kind_known CHECK (kind IN ('DISPUTE_LOST', 'DISPUTE_OPENED', 'DISPUTE_RESIDUE', 'DISPUTE_WON', 'ENTRY_FEE', 'GUARANTEE_TOPUP', 'PAYMENT_QUARANTINED', 'PAYOUT_CREATED', 'PAYOUT_FAILED', 'PAYOUT_REVERSED', 'PROCESSING_FEE', 'REFUND_FAILED', 'REFUND_REQUESTED', 'REFUND_SUCCEEDED', 'REVERSAL', 'REVERSAL_PROPOSED', 'SETTLEMENT', 'UNCLAIMED')),
	CONSTRAINT movements_mirror_of_kind CHECK ((reverses IS NOT NULL) = (kind = 'REVERSAL')),
	CONSTRAINT movements_sum_of_postings CHECK (CASE WHEN posting_count = 0 THEN total_minor = 0 AND kind IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED', 'SETTLEMENT') ELSE total_minor >= posting_count AND total_minor <= 1000000000000000 AND kind NOT IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED') END),
	CONSTRAINT movements_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT movements_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX movements_created_at ON indelible.movements (created_at, id);

CREATE INDEX movements_occurred_at ON indelible.movements (occurred_at, kind, currency, total_minor);

CREATE INDEX movements_of_kind ON indelible.movements (kind, id);

CREATE INDEX movements_of_reference ON indelible.movements (reference, id);

CREATE UNIQUE INDEX movements_one_fact ON indelible.movements (fact_key);

CREATE UNIQUE INDEX movements_one_key ON indelible.movements (key);

CREATE UNIQUE INDEX movements_one_reversal ON indelible.movements (reverses);

CREATE INDEX movements_updated_at ON indelible.movements (updated_at, id);

CREATE TABLE indelible.charges (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('charge') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	reference indelible.identifier NOT NULL,
	party indelible.identifier NOT NULL,
	item indelible.identifier NOT NULL,
	amount_minor indelible.amount_minor NOT NULL,
	currency indelible.currency NOT NULL,
	expires_at indelible.instant NOT NULL,
	intent_id indelible.identifier,
	generation indelible.ordinal NOT NULL,
	session_id indelible.identifier,
	failure_code indelible.identifier,
	last_event_at indelible.instant,
	received_minor indelible.amount_minor,
	received_currency indelible.currency,
	paid_at indelible.instant,
	refunded_minor indelible.sum_minor NOT NULL,
	disputed_from indelible.identifier,
	outcome_code indelible.identifier,
	PRIMARY KEY (id),
	CONSTRAINT charges_amounts_positive CHECK (amount_minor > 0 AND received_minor >= 0),
	CONSTRAINT charges_payment_of_status CHECK (CASE WHEN status IN ('CHARGED_BACK', 'DISPUTED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'REFUND_PENDING', 'SUCCEEDED') THEN received_minor IS NOT NULL AND received_currency IS NOT NULL AND paid_at IS NOT NULL ELSE received_minor IS NULL AND received_currency IS NULL AND paid_at IS NULL END),
	CONSTRAINT charges_paid_exactly CHECK (received_minor IS NULL OR (received_minor = amount_minor AND received_currency = currency) <> (coalesce(outcome_code, '') IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH'))),
	CONSTRAINT charges_quarantined_not_paid CHECK (status <> 'SUCCEEDED' OR NOT (coalesce(outcome_code, '') IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH'))),
	CONSTRAINT charges_refund_of_status CHECK (refunded_minor >= 0 AND refunded_minor <= coalesce(received_minor, 0) AND CASE status WHEN 'REFUNDED' THEN refunded_minor = received_minor WHEN 'PARTIALLY_REFUNDED' THEN refunded_minor > 0 AND refunded_minor < received_minor WHEN 'SUCCEEDED' THEN refunded_minor = 0 ELSE TRUE END),
	CONSTRAINT charges_dispute_of_status CHECK ((disputed_from IS NOT NULL) = (status IN ('CHARGED_BACK', 'DISPUTED')) AND (disputed_from IN ('CANCELED', 'CHARGED_BACK', 'DISPUTED', 'FAILED', 'PARTIALLY_REFUNDED', 'PENDING', 'PROCESSING', 'REFUNDED', 'REFUND_PENDING', 'REQUIRES_ACTION', 'SUCCEEDED')) IS NOT FALSE),
	CONSTRAINT charges_outcome_of_status CHECK ((status <> 'CANCELED' OR outcome_code IS NOT NULL) AND (outcome_code IN ('AMOUNT_MISMATCH', 'CANCELLED', 'CURRENCY_MISMATCH', 'EXPIRED', 'FULL', 'LATE_PAYMENT', 'LATE_WEBHOOK_AFTER_SETTLEMENT', 'OUTSIDE', 'REQUESTED')) IS NOT FALSE),
	CONSTRAINT charges_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT charges_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX charges_created_at ON indelible.charges (created_at, id);

CREATE INDEX charges_expires_at ON indelible.charges (status, expires_at, id);

CREATE INDEX charges_of_party ON indelible.charges (party, id);

CREATE INDEX charges_of_reference ON indelible.charges (reference, status, id);

CREATE INDEX charges_of_reference_id ON indelible.charges (reference, id);

CREATE UNIQUE INDEX charges_one_intent ON indelible.charges (intent_id);

CREATE UNIQUE INDEX charges_one_item ON indelible.charges (item);

CREATE UNIQUE INDEX charges_one_session ON indelible.charges (session_id);

CREATE INDEX charges_paid_at ON indelible.charges (paid_at, id);

CREATE INDEX charges_status ON indelible.charges (status, id);

CREATE INDEX charges_updated_at ON indelible.charges (updated_at, id);

CREATE TABLE indelible.refunds (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('refund') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	attempt_number indelible.natural_number NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	charge_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	amount_minor indelible.amount_minor NOT NULL,
	currency indelible.currency NOT NULL,
	reason_code indelible.identifier NOT NULL,
	covered indelible.flag NOT NULL,
	generation indelible.ordinal NOT NULL,
	stripe_refund_id indelible.identifier,
	failure_code indelible.identifier,
	PRIMARY KEY (id),
	CONSTRAINT refunds_number UNIQUE (charge_id, number),
	CONSTRAINT refunds_charge FOREIGN KEY(charge_id) REFERENCES indelible.charges (id),
	CONSTRAINT refunds_amount_positive CHECK (amount_minor > 0),
	CONSTRAINT refunds_reason_known CHECK (reason_code IN ('AMOUNT_MISMATCH', 'CANCELLED', 'CURRENCY_MISMATCH', 'FULL', 'LATE_PAYMENT', 'LATE_WEBHOOK_AFTER_SETTLEMENT', 'OUTSIDE', 'REQUESTED')),
	CONSTRAINT refunds_at_stripe CHECK (status NOT IN ('pending', 'requires_action', 'succeeded') OR stripe_refund_id IS NOT NULL),
	CONSTRAINT refunds_failure_of_status CHECK ((failure_code IS NOT NULL) = (status = 'failed')),
	CONSTRAINT refunds_history FOREIGN KEY (lifecycle, id, seq, status, attempt_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT refunds_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX refunds_created_at ON indelible.refunds (created_at, id);

CREATE UNIQUE INDEX refunds_one_running ON indelible.refunds (charge_id) WHERE status IN ('requested', 'pending', 'requires_action');

CREATE UNIQUE INDEX refunds_one_stripe_refund ON indelible.refunds (stripe_refund_id);

CREATE INDEX refunds_status ON indelible.refunds (status, id);

CREATE INDEX refunds_updated_at ON indelible.refunds (updated_at, id);

CREATE TABLE indelible.disputes (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('dispute') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	charge_id indelible.identifier NOT NULL,
	amount_minor indelible.amount_minor NOT NULL,
	currency indelible.currency NOT NULL,
	fee_minor indelible.amount_minor,
	reason_code indelible.identifier NOT NULL,
	evidence_due_by indelible.instant,
	withdrawn_at indelible.instant,
	reinstated_at indelible.instant,
	covered indelible.flag NOT NULL,
	closed_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT disputes_charge FOREIGN KEY(charge_id) REFERENCES indelible.charges (id),
	CONSTRAINT disputes_amounts_positive CHECK (amount_minor > 0 AND fee_minor >= 0),
	CONSTRAINT disputes_closed_of_status CHECK ((closed_at IS NULL) = (status IN ('needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'))),
	CONSTRAINT disputes_reinstated_after CHECK (reinstated_at IS NULL OR withdrawn_at IS NOT NULL),
	CONSTRAINT disputes_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT disputes_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX disputes_created_at ON indelible.disputes (created_at, id);

CREATE INDEX disputes_due ON indelible.disputes (status, evidence_due_by, id);

CREATE INDEX disputes_of_charge ON indelible.disputes (charge_id, id);

CREATE INDEX disputes_status ON indelible.disputes (status, id);

CREATE INDEX disputes_updated_at ON indelible.disputes (updated_at, id);

CREATE TABLE indelible.stripe_events (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('stripe_event') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	attempt_number indelible.natural_number NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	event_type indelible.identifier NOT NULL,
	api_version indelible.identifier,
	livemode indelible.flag NOT NULL,
	created indelible.instant NOT NULL,
	payload_digest indelible.digest NOT NULL,
	object_id indelible.identifier NOT NULL,
	account indelible.identifier,
	origin indelible.identifier NOT NULL,
	last_code indelible.identifier,
	PRIMARY KEY (id),
	CONSTRAINT stripe_events_origin_known CHECK (origin IN ('backfill', 'webhook')),
	CONSTRAINT stripe_events_outcome_of_attempt CHECK (status = 'RECEIVED' OR attempt_number > 0),
	CONSTRAINT stripe_events_history FOREIGN KEY (lifecycle, id, seq, status, attempt_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT stripe_events_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX stripe_events_created ON indelible.stripe_events (created);

CREATE INDEX stripe_events_created_at ON indelible.stripe_events (created_at, id);

CREATE INDEX stripe_events_of_object ON indelible.stripe_events (object_id, id);

CREATE INDEX stripe_events_of_type ON indelible.stripe_events (event_type, id);

CREATE INDEX stripe_events_received ON indelible.stripe_events (status, created_at, id);

CREATE INDEX stripe_events_status ON indelible.stripe_events (status, id);

CREATE INDEX stripe_events_updated_at ON indelible.stripe_events (updated_at, id);

CREATE TABLE indelible.reconciliations (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('reconciliation') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	scope indelible.identifier NOT NULL,
	started_at indelible.instant NOT NULL,
	checked indelible.json_array NOT NULL,
	discrepancy_count indelible.natural_number,
	finished_at indelible.instant,
	error_code indelible.identifier,
	error_message TEXT,
	PRIMARY KEY (id),
	CONSTRAINT reconciliations_scope_known CHECK (scope IN ('CHEAP', 'FULL')),
	CONSTRAINT reconciliations_result_of_status CHECK ((discrepancy_count IS NOT NULL) = (status = 'COMPLETE') AND (finished_at IS NULL) = (status = 'STARTED')),
	CONSTRAINT reconciliations_error_of_status CHECK (CASE WHEN status = 'FAILED' THEN error_code IS NOT NULL AND error_message IS NOT NULL ELSE error_code IS NULL AND error_message IS NULL END),
	CONSTRAINT reconciliations_message_short CHECK (length(error_message) <= 1000),
	CONSTRAINT reconciliations_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT reconciliations_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX reconciliations_created_at ON indelible.reconciliations (created_at, id);

CREATE INDEX reconciliations_of_scope ON indelible.reconciliations (scope, started_at, id);

CREATE UNIQUE INDEX reconciliations_one_running ON indelible.reconciliations (scope) WHERE status = 'STARTED';

CREATE INDEX reconciliations_started_at ON indelible.reconciliations (started_at, id);

CREATE INDEX reconciliations_status ON indelible.reconciliations (status, id);

CREATE INDEX reconciliations_updated_at ON indelible.reconciliations (updated_at, id);

CREATE TABLE indelible.payment_switches (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('payment_switch') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	reason_code indelible.identifier,
	halted_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT payment_switches_halt_of_status CHECK (CASE WHEN status = 'HALTED' THEN reason_code IS NOT NULL AND halted_at IS NOT NULL ELSE reason_code IS NULL AND halted_at IS NULL END),
	CONSTRAINT payment_switches_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT payment_switches_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE TABLE indelible.payees (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('payee') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	destination indelible.identifier,
	destination_set_by indelible.identifier,
	PRIMARY KEY (id),
	CONSTRAINT payees_destination_of_status CHECK (CASE WHEN status IN ('READY', 'RESTRICTED') THEN destination IS NOT NULL AND destination_set_by IS NOT NULL ELSE destination IS NULL AND destination_set_by IS NULL END),
	CONSTRAINT payees_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT payees_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX payees_created_at ON indelible.payees (created_at, id);

CREATE UNIQUE INDEX payees_one_destination ON indelible.payees (destination);

CREATE INDEX payees_status ON indelible.payees (status, id);

CREATE INDEX payees_updated_at ON indelible.payees (updated_at, id);

CREATE TABLE indelible.payout_jobs (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('payout_job') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	reference indelible.identifier NOT NULL,
	currency indelible.currency NOT NULL,
	transfer_count indelible.natural_number NOT NULL,
	total_minor indelible.sum_minor NOT NULL,
	completed_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT payout_jobs_of_reference UNIQUE (id, reference, currency),
	CONSTRAINT payout_jobs_total CHECK (total_minor >= transfer_count),
	CONSTRAINT payout_jobs_end_of_status CHECK ((completed_at IS NOT NULL) = (status = 'complete')),
	CONSTRAINT payout_jobs_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT payout_jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX payout_jobs_created_at ON indelible.payout_jobs (created_at, id);

CREATE INDEX payout_jobs_status ON indelible.payout_jobs (status, id);

CREATE INDEX payout_jobs_updated_at ON indelible.payout_jobs (updated_at, id);

CREATE TABLE indelible.transfers (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('transfer') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	attempt_number indelible.natural_number NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	job_id indelible.identifier,
	settlement_id indelible.identifier NOT NULL,
	reference indelible.identifier NOT NULL,
	party indelible.identifier NOT NULL,
	amount_minor indelible.amount_minor NOT NULL,
	currency indelible.currency NOT NULL,
	line_count indelible.ordinal NOT NULL,
	reissue_of indelible.identifier,
	approved_by indelible.identifier,
	approved_at indelible.instant,
	approval_reason TEXT,
	approved_destination indelible.identifier,
	destination indelible.identifier,
	generation indelible.ordinal NOT NULL,
	first_attempt_at indelible.instant,
	retry_until indelible.instant,
	must_look_up indelible.flag NOT NULL,
	failure_code indelible.identifier,
	failure_message TEXT,
	failure_count indelible.natural_number NOT NULL,
	failure_reason indelible.identifier,
	stripe_transfer_id indelible.identifier,
	parked_at indelible.instant,
	completed_at indelible.instant,
	reversed_minor indelible.sum_minor NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT transfers_reissued FOREIGN KEY(reissue_of) REFERENCES indelible.transfers (id),
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
	CONSTRAINT transfers_history FOREIGN KEY (lifecycle, id, seq, status, attempt_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT transfers_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
);

CREATE INDEX transfers_created_at ON indelible.transfers (created_at, id);

CREATE INDEX transfers_of_job ON indelible.transfers (job_id, id);

CREATE INDEX transfers_of_job_status ON indelible.transfers (job_id, status, id);

CREATE INDEX transfers_of_party ON indelible.transfers (party, status, id);

CREATE INDEX transfers_of_reference ON indelible.transfers (reference, id);

CREATE UNIQUE INDEX transfers_one_stripe_transfer ON indelible.transfers (stripe_transfer_id);

CREATE INDEX transfers_parked_at ON indelible.transfers (status, parked_at, id);

CREATE INDEX transfers_status ON indelible.transfers (status, id);

CREATE INDEX transfers_stuck ON indelible.transfers (status, updated_at, id);

CREATE INDEX transfers_updated_at ON indelible.transfers (updated_at, id);

CREATE TABLE indelible.postings (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	debit_account_id indelible.identifier NOT NULL,
	credit_account_id indelible.identifier NOT NULL,
	amount_minor indelible.amount_minor NOT NULL,
	party indelible.identifier,
	owed_movement_id indelible.identifier,
	owed_number indelible.ordinal,
	reversed_movement_id indelible.identifier,
	reversed_number indelible.ordinal,
	reversal_ref indelible.identifier,
	CONSTRAINT postings_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT postings_amount_positive CHECK (amount_minor > 0),
	CONSTRAINT postings_two_accounts CHECK (debit_account_id <> credit_account_id),
	CONSTRAINT postings_lines_complete CHECK ((owed_movement_id IS NULL) = (owed_number IS NULL) AND (reversed_movement_id IS NULL) = (reversed_number IS NULL) AND (reversed_movement_id IS NULL) = (reversal_ref IS NULL)),
	CONSTRAINT postings_payout_names_line CHECK ((substr(debit_account_id, 1, 15) = 'winner_payable:') = (owed_movement_id IS NOT NULL)),
	CONSTRAINT postings_owed_to_party CHECK (party IS NOT NULL OR NOT (substr(credit_account_id, 1, 15) = 'winner_payable:')),
	CONSTRAINT postings_reversal_is_owed CHECK (reversed_movement_id IS NULL OR substr(credit_account_id, 1, 15) = 'winner_payable:'),
	CONSTRAINT postings_head FOREIGN KEY(entity_id) REFERENCES indelible.movements (id)
);

CREATE INDEX postings_of_credit_account ON indelible.postings (credit_account_id, entity_id, number);

CREATE INDEX postings_of_debit_account ON indelible.postings (debit_account_id, entity_id, number);

CREATE INDEX postings_of_party ON indelible.postings (party, entity_id, number);

CREATE UNIQUE INDEX postings_owed_line ON indelible.postings (owed_movement_id, owed_number) WHERE owed_movement_id IS NOT NULL;

CREATE UNIQUE INDEX postings_reversal ON indelible.postings (reversed_movement_id, reversed_number, reversal_ref) WHERE reversed_movement_id IS NOT NULL;

CREATE TABLE indelible.covered_items (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	item indelible.identifier NOT NULL,
	CONSTRAINT covered_items_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT covered_items_item UNIQUE (item),
	CONSTRAINT covered_items_head FOREIGN KEY(entity_id) REFERENCES indelible.movements (id)
);

CREATE TABLE indelible.refund_attempts (
	refund_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	generation indelible.ordinal NOT NULL,
	idempotency_key indelible.identifier NOT NULL,
	kind indelible.identifier NOT NULL,
	started_at indelible.instant NOT NULL,
	CONSTRAINT refund_attempts_pkey PRIMARY KEY (refund_id, number),
	CONSTRAINT refund_attempts_refund FOREIGN KEY(refund_id) REFERENCES indelible.refunds (id),
	CONSTRAINT refund_attempts_previous FOREIGN KEY(refund_id, previous_number) REFERENCES indelible.refund_attempts (refund_id, number),
	CONSTRAINT refund_attempts_kind_known CHECK (kind IN ('CALL', 'LOOKUP')),
	CONSTRAINT refund_attempts_key_of_generation CHECK (idempotency_key = 'refund:' || refund_id || ':' || 'g' || CAST(generation AS text))
);

CREATE TABLE indelible.stripe_event_attempts (
	event_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	outcome indelible.identifier NOT NULL,
	code indelible.identifier,
	message TEXT,
	at indelible.instant NOT NULL,
	CONSTRAINT stripe_event_attempts_pkey PRIMARY KEY (event_id, number),
	CONSTRAINT stripe_event_attempts_event FOREIGN KEY(event_id) REFERENCES indelible.stripe_events (id),
	CONSTRAINT stripe_event_attempts_previous FOREIGN KEY(event_id, previous_number) REFERENCES indelible.stripe_event_attempts (event_id, number),
	CONSTRAINT stripe_event_attempts_outcome_known CHECK (outcome IN ('DUPLICATE', 'FAILED', 'IGNORED', 'PROCESSED')),
	CONSTRAINT stripe_event_attempts_message_short CHECK (length(message) <= 1000)
);

CREATE TABLE indelible.discrepancies (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	rule indelible.identifier NOT NULL,
	subject indelible.identifier NOT NULL,
	currency indelible.currency,
	expected TEXT NOT NULL,
	actual TEXT NOT NULL,
	difference_minor indelible.sum_minor,
	remedy indelible.identifier,
	CONSTRAINT discrepancies_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT discrepancies_rule_known CHECK (rule IN ('R1', 'R10', 'R11', 'R12', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9')),
	CONSTRAINT discrepancies_remedy_known CHECK (remedy IN ('AWAITED', 'STORED')),
	CONSTRAINT discrepancies_texts_short CHECK (length(expected) <= 1000 AND length(actual) <= 1000),
	CONSTRAINT discrepancies_head FOREIGN KEY(entity_id) REFERENCES indelible.reconciliations (id)
);

CREATE TABLE indelible.transfer_lines (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	owed_movement_id indelible.identifier NOT NULL,
	owed_number indelible.ordinal NOT NULL,
	amount_minor indelible.amount_minor NOT NULL,
	CONSTRAINT transfer_lines_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT transfer_lines_owed_line UNIQUE (owed_movement_id, owed_number),
	CONSTRAINT transfer_lines_amount_positive CHECK (amount_minor > 0),
	CONSTRAINT transfer_lines_head FOREIGN KEY(entity_id) REFERENCES indelible.transfers (id)
);

CREATE TABLE indelible.transfer_attempts (
	transfer_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	generation indelible.ordinal NOT NULL,
	idempotency_key indelible.identifier NOT NULL,
	kind indelible.identifier NOT NULL,
	started_at indelible.instant NOT NULL,
	CONSTRAINT transfer_attempts_pkey PRIMARY KEY (transfer_id, number),
	CONSTRAINT transfer_attempts_transfer FOREIGN KEY(transfer_id) REFERENCES indelible.transfers (id),
	CONSTRAINT transfer_attempts_previous FOREIGN KEY(transfer_id, previous_number) REFERENCES indelible.transfer_attempts (transfer_id, number),
	CONSTRAINT transfer_attempts_kind_known CHECK (kind IN ('CALL', 'LOOKUP')),
	CONSTRAINT transfer_attempts_key_of_generation CHECK (idempotency_key = 'payout:' || transfer_id || ':' || 'g' || CAST(generation AS text))
);

ALTER TABLE indelible.accounts ADD CONSTRAINT accounts_movement FOREIGN KEY(last_movement_id) REFERENCES indelible.movements (id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.artifacts ADD CONSTRAINT artifacts_signal FOREIGN KEY(id, seq, hash) REFERENCES indelible.signals (artifact_id, artifact_seq, hash) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.centroids ADD CONSTRAINT centroids_signal FOREIGN KEY(id, seq, hash) REFERENCES indelible.signals (subspace_id, applied_seq, hash) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.concepts ADD CONSTRAINT concepts_version FOREIGN KEY(id, current_version, name_key) REFERENCES indelible.concept_versions (concept_id, version_number, name_key) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.concepts ADD CONSTRAINT concepts_warnings FOREIGN KEY(id, current_version) REFERENCES indelible.concept_warnings (concept_id, version_number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_events ADD CONSTRAINT contest_events_payload FOREIGN KEY(payload_digest) REFERENCES indelible.payloads (digest) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_cancelled_number FOREIGN KEY(id, cancelled_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_conflict_number FOREIGN KEY(id, conflict_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_event FOREIGN KEY(id, newest_event, event_hash) REFERENCES indelible.contest_events (contest_id, number, event_hash) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_feed FOREIGN KEY(provider_event_id) REFERENCES indelible.provider_feeds (id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_fetch FOREIGN KEY(provider_event_id, newest_fetch) REFERENCES indelible.provider_fetches (provider_event_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_field_number FOREIGN KEY(id, field_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_leaderboard_number FOREIGN KEY(id, leaderboard_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_pending_rewrite_number FOREIGN KEY(id, pending_rewrite_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_terminal_number FOREIGN KEY(id, terminal_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contests ADD CONSTRAINT contests_configuration FOREIGN KEY(id, configuration_version, configuration_digest) REFERENCES indelible.contest_configurations (contest_id, version, configuration_digest) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.contests ADD CONSTRAINT contests_settlement FOREIGN KEY(settlement_run_id, id, settlement_run_status) REFERENCES indelible.settlement_runs (id, contest_id, status) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.entries ADD CONSTRAINT entries_roster FOREIGN KEY(id, roster_number, roster_digest) REFERENCES indelible.rosters (entry_id, number, roster_digest) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.jobs ADD CONSTRAINT jobs_output FOREIGN KEY(id, output_number) REFERENCES indelible.job_outputs (job_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.jobs ADD CONSTRAINT jobs_spec FOREIGN KEY(id) REFERENCES indelible.job_specs (job_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.projects ADD CONSTRAINT projects_prompt FOREIGN KEY(id, prompt_number) REFERENCES indelible.project_prompts (project_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.provider_feeds ADD CONSTRAINT provider_feeds_fetch FOREIGN KEY(id, newest_fetch) REFERENCES indelible.provider_fetches (provider_event_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.provider_fetches ADD CONSTRAINT provider_fetches_payload FOREIGN KEY(payload_digest) REFERENCES indelible.payloads (digest) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.settlement_runs ADD CONSTRAINT settlement_runs_configuration FOREIGN KEY(contest_id, configuration_version, configuration_digest) REFERENCES indelible.contest_configurations (contest_id, version, configuration_digest) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.settlement_runs ADD CONSTRAINT settlement_runs_event FOREIGN KEY(contest_id, event_number, events_digest) REFERENCES indelible.contest_events (contest_id, number, event_hash) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.settlement_runs ADD CONSTRAINT settlement_runs_settled FOREIGN KEY(contest_id, settles_as) REFERENCES indelible.contests (id, settlement_run_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.stripe_events ADD CONSTRAINT stripe_events_payload FOREIGN KEY(payload_digest) REFERENCES indelible.payloads (digest) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.transfers ADD CONSTRAINT transfers_job FOREIGN KEY(job_id, reference, currency) REFERENCES indelible.payout_jobs (id, reference, currency) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE indelible.history ADD CONSTRAINT history_seq PRIMARY KEY (lifecycle, entity_id, seq);

ALTER TABLE indelible.history ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE UNIQUE INDEX history_feed ON indelible.history (position);

CREATE INDEX history_by_lifecycle ON indelible.history ((lifecycle || ''), position);

CREATE INDEX history_by_actor ON indelible.history (actor, position);

CREATE INDEX history_by_action ON indelible.history (action, position);

CREATE INDEX history_by_at ON indelible.history (at, position);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('key', '', 'create', 'ACTIVE', 0), ('key', 'ACTIVE', 'revoke', 'REVOKED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('stage', '', 'pause', 'PAUSED', 0), ('stage', 'PAUSED', 'resume', 'RUNNING', 0), ('stage', 'RUNNING', 'pause', 'PAUSED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('setting', '', 'change', 'SET', 0), ('setting', 'SET', 'change', 'SET', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('runbook_execution', '', 'start', 'pending', 0), ('runbook_execution', 'pending', 'record_step', 'in_progress', 0), ('runbook_execution', 'in_progress', 'record_step', 'in_progress', 0), ('runbook_execution', 'in_progress', 'complete', 'completed', 0), ('runbook_execution', 'pending', 'fail', 'failed', 0), ('runbook_execution', 'in_progress', 'fail', 'failed', 0), ('runbook_execution', 'in_progress', 'complete_partially', 'partial', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('concept', '', 'create', 'DRAFT', 1), ('concept', 'DRAFT', 'edit', 'DRAFT', 1), ('concept', 'DRAFT', 'submit', 'REVIEW', 0), ('concept', 'REVIEW', 'edit', 'REVIEW', 1), ('concept', 'REVIEW', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'edit', 'APPROVED', 1), ('concept', 'APPROVED', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'publish', 'PUBLISHED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('space', '', 'create', 'ACTIVE', 0), ('space', 'ACTIVE', 'rename', 'ACTIVE', 0), ('space', 'ACTIVE', 'retire', 'RETIRED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('subspace', '', 'create', 'ACTIVE', 0), ('subspace', 'ACTIVE', 'rename', 'ACTIVE', 0), ('subspace', 'ACTIVE', 'seed', 'ACTIVE', 0), ('subspace', 'ACTIVE', 'retire', 'RETIRED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('algorithm', '', 'register', 'REGISTERED', 0), ('algorithm', 'REGISTERED', 'activate', 'ACTIVE', 0), ('algorithm', 'ACTIVE', 'replace', 'REPLACED', 0), ('algorithm', 'REPLACED', 'activate', 'ACTIVE', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('author', '', 'create', 'known', 0), ('author', 'known', 'edit', 'known', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('mint_event', '', 'detect', 'canonical', 0), ('mint_event', 'canonical', 'orphan', 'orphaned', 0), ('mint_event', 'orphaned', 'restore', 'canonical', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('token', '', 'detect', 'detected', 0), ('token', '', 'recover', 'revealed', 0), ('token', 'detected', 'generate', 'generating', 0), ('token', 'generating', 'upload', 'uploading', 0), ('token', 'uploading', 'ready', 'ready', 0), ('token', 'ready', 'reveal', 'revealed', 0), ('token', 'detected', 'fail', 'failed', 0), ('token', 'generating', 'fail', 'failed', 0), ('token', 'uploading', 'fail', 'failed', 0), ('token', 'ready', 'fail', 'failed', 0), ('token', 'generating', 'progress', 'generating', 0), ('token', 'uploading', 'progress', 'uploading', 0), ('token', 'generating', 'retry', 'detected', 0), ('token', 'failed', 'retry', 'detected', 0), ('token', 'detected', 'sync', 'revealed', 0), ('token', 'generating', 'sync', 'revealed', 0), ('token', 'uploading', 'sync', 'revealed', 0), ('token', 'failed', 'sync', 'revealed', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('image_job', '', 'create', 'pending', 0), ('image_job', 'pending', 'start', 'running', 0), ('image_job', 'running', 'progress', 'running', 0), ('image_job', 'running', 'retry', 'pending', 0), ('image_job', 'running', 'complete', 'completed', 0), ('image_job', 'pending', 'fail', 'failed', 0), ('image_job', 'running', 'fail', 'failed', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('ipfs_upload', '', 'create', 'pending', 0), ('ipfs_upload', 'pending', 'start', 'uploading', 0), ('ipfs_upload', 'uploading', 'retry', 'pending', 0), ('ipfs_upload', 'uploading', 'complete', 'completed', 0), ('ipfs_upload', 'pending', 'fail', 'failed', 0), ('ipfs_upload', 'uploading', 'fail', 'failed', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('reveal_transaction', '', 'create', 'pending', 0), ('reveal_transaction', 'pending', 'send', 'sent', 0), ('reveal_transaction', 'sent', 'replace', 'sent', 0), ('reveal_transaction', 'sent', 'confirm', 'confirmed', 0), ('reveal_transaction', 'pending', 'fail', 'failed', 0), ('reveal_transaction', 'sent', 'fail', 'failed', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('system_state', '', 'create', 'set', 0), ('system_state', 'set', 'set', 'set', 0), ('system_state', 'set', 'delete', 'deleted', 0), ('system_state', 'deleted', 'set', 'set', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('project', '', 'create', 'unbound', 0), ('project', 'unbound', 'rename', 'unbound', 0), ('project', 'requested', 'rename', 'requested', 0), ('project', 'bound', 'rename', 'bound', 0), ('project', 'unbound', 'set_nodes', 'unbound', 0), ('project', 'requested', 'set_nodes', 'requested', 0), ('project', 'bound', 'set_nodes', 'bound', 0), ('project', 'unbound', 'add_prompt', 'unbound', 1), ('project', 'requested', 'add_prompt', 'requested', 1), ('project', 'bound', 'add_prompt', 'bound', 1), ('project', 'unbound', 'update_latest_job', 'unbound', 0), ('project', 'requested', 'update_latest_job', 'requested', 0), ('project', 'bound', 'update_latest_job', 'bound', 0), ('project', 'unbound', 'request_repository', 'requested', 0), ('project', 'requested', 'request_repository', 'requested', 0), ('project', 'requested', 'set_github_repo_url', 'bound', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('job', '', 'create', 'pending', 1), ('job', 'pending', 'start', 'running', 1), ('job', 'pending', 'fail', 'failed', 1), ('job', 'running', 'progress', 'running', 1), ('job', 'running', 'complete', 'completed', 1), ('job', 'running', 'complete_with_warnings', 'completed_with_warnings', 1), ('job', 'running', 'fail', 'failed', 1);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest', '', 'publish', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'configure', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'lock', 'LOCKED', 0), ('contest', 'SCHEDULED', 'force_lock', 'LOCKED', 1), ('contest', 'LOCKED', 'start', 'LIVE', 0), ('contest', 'LIVE', 'complete', 'COMPLETE', 0), ('contest', 'SCHEDULED', 'cancel', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_unfilled', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_shortened', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'fail', 'ERROR', 0), ('contest', 'LOCKED', 'fail', 'ERROR', 0), ('contest', 'LIVE', 'fail', 'ERROR', 0), ('contest', 'ERROR', 'resolve_complete', 'COMPLETE', 0), ('contest', 'ERROR', 'resolve_cancel', 'CANCELLED', 0), ('contest', 'ERROR', 'resume_scheduled', 'SCHEDULED', 0), ('contest', 'ERROR', 'resume_locked', 'LOCKED', 0), ('contest', 'ERROR', 'resume_live', 'LIVE', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('entry', '', 'enter', 'PENDING_PAYMENT', 1), ('entry', '', 'enter_free', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'set_roster', 'PENDING_PAYMENT', 1), ('entry', 'ACTIVE', 'set_roster', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'activate', 'ACTIVE', 0), ('entry', 'PENDING_PAYMENT', 'reject', 'REJECTED', 0), ('entry', 'ACTIVE', 'refund', 'REFUNDED', 0), ('entry', 'ACTIVE', 'void', 'VOID', 0), ('entry', 'VOID', 'refund', 'REFUNDED', 0), ('entry', 'VOID', 'reinstate', 'ACTIVE', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest_log', '', 'open', 'OPEN', 0), ('contest_log', 'OPEN', 'append', 'OPEN', 1), ('contest_log', 'OPEN', 'correct', 'OPEN', 1), ('contest_log', 'PAUSED', 'correct', 'PAUSED', 1), ('contest_log', 'OPEN', 'skip', 'OPEN', 0), ('contest_log', 'OPEN', 'pause', 'PAUSED', 0), ('contest_log', 'PAUSED', 'resume', 'OPEN', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('provider_feed', '', 'open', 'POLLING', 0), ('provider_feed', 'POLLING', 'fetch', 'POLLING', 1), ('provider_feed', 'POLLING', 'stop', 'STOPPED', 0), ('provider_feed', 'STOPPED', 'poll', 'POLLING', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('settlement_run', '', 'start', 'STARTED', 0), ('settlement_run', 'STARTED', 'complete', 'COMPLETE', 0), ('settlement_run', 'STARTED', 'fail', 'FAILED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('account', '', 'open', 'OPEN', 0), ('account', 'OPEN', 'post', 'OPEN', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('movement', '', 'post', 'POSTED', 0), ('movement', '', 'settle', 'POSTED', 0), ('movement', '', 'note', 'POSTED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('charge', '', 'open', 'PENDING', 0), ('charge', 'PENDING', 'attach_intent', 'PENDING', 0), ('charge', 'FAILED', 'attach_intent', 'FAILED', 0), ('charge', 'PENDING', 'attach_session', 'PENDING', 0), ('charge', 'FAILED', 'attach_session', 'FAILED', 0), ('charge', 'PENDING', 'extend', 'PENDING', 0), ('charge', 'REQUIRES_ACTION', 'extend', 'REQUIRES_ACTION', 0), ('charge', 'PROCESSING', 'extend', 'PROCESSING', 0), ('charge', 'FAILED', 'extend', 'FAILED', 0), ('charge', 'PENDING', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'FAILED', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'PENDING', 'process', 'PROCESSING', 0), ('charge', 'FAILED', 'process', 'PROCESSING', 0), ('charge', 'REQUIRES_ACTION', 'process', 'PROCESSING', 0), ('charge', 'PENDING', 'succeed', 'SUCCEEDED', 0), ('charge', 'REQUIRES_ACTION', 'succeed', 'SUCCEEDED', 0), ('charge', 'PROCESSING', 'succeed', 'SUCCEEDED', 0), ('charge', 'FAILED', 'succeed', 'SUCCEEDED', 0), ('charge', 'PENDING', 'fail', 'FAILED', 0), ('charge', 'REQUIRES_ACTION', 'fail', 'FAILED', 0), ('charge', 'PROCESSING', 'fail', 'FAILED', 0), ('charge', 'PENDING', 'cancel', 'CANCELED', 0), ('charge', 'REQUIRES_ACTION', 'cancel', 'CANCELED', 0), ('charge', 'FAILED', 'cancel', 'CANCELED', 0), ('charge', 'PENDING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'REQUIRES_ACTION', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'PROCESSING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'FAILED', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'SUCCEEDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'PARTIALLY_REFUNDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUNDED', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'refund', 'REFUNDED', 0), ('charge', 'REFUND_PENDING', 'refund_part', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUND_PENDING', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUND_PENDING', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'dispute', 'DISPUTED', 0), ('charge', 'REFUNDED', 'dispute_refunded', 'DISPUTED', 0), ('charge', 'PARTIALLY_REFUNDED', 'dispute_part_refunded', 'DISPUTED', 0), ('charge', 'DISPUTED', 'win', 'SUCCEEDED', 0), ('charge', 'DISPUTED', 'win_refunded', 'REFUNDED', 0), ('charge', 'DISPUTED', 'win_part_refunded', 'PARTIALLY_REFUNDED', 0), ('charge', 'DISPUTED', 'lose', 'CHARGED_BACK', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('refund', '', 'request', 'requested', 0), ('refund', '', 'adopt', 'pending', 0), ('refund', 'requested', 'attempt', 'requested', 1), ('refund', 'requested', 'accept', 'pending', 0), ('refund', 'requires_action', 'accept', 'pending', 0), ('refund', 'requested', 'require_action', 'requires_action', 0), ('refund', 'pending', 'require_action', 'requires_action', 0), ('refund', 'requested', 'succeed', 'succeeded', 0), ('refund', 'pending', 'succeed', 'succeeded', 0), ('refund', 'requires_action', 'succeed', 'succeeded', 0), ('refund', 'requested', 'fail', 'failed', 0), ('refund', 'pending', 'fail', 'failed', 0), ('refund', 'requires_action', 'fail', 'failed', 0), ('refund', 'succeeded', 'fail', 'failed', 0), ('refund', 'requested', 'cancel', 'canceled', 0), ('refund', 'pending', 'cancel', 'canceled', 0), ('refund', 'requires_action', 'cancel', 'canceled', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('dispute', '', 'warn', 'warning_needs_response', 0), ('dispute', '', 'open', 'needs_response', 0), ('dispute', 'warning_needs_response', 'update', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'update', 'warning_under_review', 0), ('dispute', 'needs_response', 'update', 'needs_response', 0), ('dispute', 'under_review', 'update', 'under_review', 0), ('dispute', 'warning_needs_response', 'review_warning', 'warning_under_review', 0), ('dispute', 'warning_needs_response', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_under_review', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_needs_response', 'escalate', 'needs_response', 0), ('dispute', 'warning_under_review', 'escalate', 'needs_response', 0), ('dispute', 'warning_needs_response', 'review', 'under_review', 0), ('dispute', 'warning_under_review', 'review', 'under_review', 0), ('dispute', 'needs_response', 'review', 'under_review', 0), ('dispute', 'warning_needs_response', 'win', 'won', 0), ('dispute', 'warning_under_review', 'win', 'won', 0), ('dispute', 'needs_response', 'win', 'won', 0), ('dispute', 'under_review', 'win', 'won', 0), ('dispute', 'warning_needs_response', 'lose', 'lost', 0), ('dispute', 'warning_under_review', 'lose', 'lost', 0), ('dispute', 'needs_response', 'lose', 'lost', 0), ('dispute', 'under_review', 'lose', 'lost', 0), ('dispute', 'warning_needs_response', 'prevent', 'prevented', 0), ('dispute', 'warning_under_review', 'prevent', 'prevented', 0), ('dispute', 'needs_response', 'prevent', 'prevented', 0), ('dispute', 'under_review', 'prevent', 'prevented', 0), ('dispute', 'warning_needs_response', 'withdraw', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'withdraw', 'warning_under_review', 0), ('dispute', 'warning_closed', 'withdraw', 'warning_closed', 0), ('dispute', 'needs_response', 'withdraw', 'needs_response', 0), ('dispute', 'under_review', 'withdraw', 'under_review', 0), ('dispute', 'won', 'withdraw', 'won', 0), ('dispute', 'lost', 'withdraw', 'lost', 0), ('dispute', 'prevented', 'withdraw', 'prevented', 0), ('dispute', 'warning_needs_response', 'reinstate', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'reinstate', 'warning_under_review', 0), ('dispute', 'warning_closed', 'reinstate', 'warning_closed', 0), ('dispute', 'needs_response', 'reinstate', 'needs_response', 0), ('dispute', 'under_review', 'reinstate', 'under_review', 0), ('dispute', 'won', 'reinstate', 'won', 0), ('dispute', 'lost', 'reinstate', 'lost', 0), ('dispute', 'prevented', 'reinstate', 'prevented', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('stripe_event', '', 'receive', 'RECEIVED', 0), ('stripe_event', '', 'backfill', 'RECEIVED', 0), ('stripe_event', 'RECEIVED', 'process', 'PROCESSED', 1), ('stripe_event', 'RECEIVED', 'ignore', 'IGNORED', 1), ('stripe_event', 'RECEIVED', 'fail', 'RECEIVED', 1), ('stripe_event', 'RECEIVED', 'bury', 'DEAD', 1), ('stripe_event', 'DEAD', 'replay', 'RECEIVED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('reconciliation', '', 'start', 'STARTED', 0), ('reconciliation', 'STARTED', 'complete', 'COMPLETE', 0), ('reconciliation', 'STARTED', 'fail', 'FAILED', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payment_switch', '', 'halt', 'HALTED', 0), ('payment_switch', 'OPEN', 'halt', 'HALTED', 0), ('payment_switch', 'HALTED', 'halt', 'HALTED', 0), ('payment_switch', 'HALTED', 'resume', 'OPEN', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payee', '', 'register', 'NEW', 0), ('payee', 'NEW', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'attach', 'RESTRICTED', 0), ('payee', 'READY', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'enable', 'READY', 0), ('payee', 'READY', 'restrict', 'RESTRICTED', 0), ('payee', 'NEW', 'close', 'CLOSED', 0), ('payee', 'RESTRICTED', 'close', 'CLOSED', 0), ('payee', 'READY', 'close', 'CLOSED', 0), ('payee', 'CLOSED', 'reopen', 'NEW', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payout_job', '', 'plan', 'pending', 0), ('payout_job', 'pending', 'start', 'processing', 0), ('payout_job', 'pending', 'complete', 'complete', 0), ('payout_job', 'processing', 'complete', 'complete', 0), ('payout_job', 'complete', 'reopen', 'processing', 0);

INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('transfer', '', 'plan', 'pending', 0), ('transfer', 'pending', 'approve', 'pending', 0), ('transfer', 'pending', 'claim', 'processing', 1), ('transfer', 'retryable', 'claim', 'processing', 1), ('transfer', 'parked', 'claim', 'processing', 1), ('transfer', 'processing', 'claim', 'processing', 1), ('transfer', 'processing', 'complete', 'completed', 0), ('transfer', 'processing', 'retry', 'retryable', 0), ('transfer', 'pending', 'park', 'parked', 0), ('transfer', 'processing', 'park', 'parked', 0), ('transfer', 'retryable', 'park', 'parked', 0), ('transfer', 'parked', 'repark', 'parked', 0), ('transfer', 'parked', 'request_account', 'parked', 0), ('transfer', 'processing', 'fail', 'failed_terminal', 0), ('transfer', 'retryable', 'fail', 'failed_terminal', 0), ('transfer', 'parked', 'unclaim', 'failed_terminal', 0), ('transfer', 'parked', 'unpark', 'pending', 0), ('transfer', 'parked', 'approve', 'pending', 0), ('transfer', 'pending', 'adopt', 'completed', 0), ('transfer', 'retryable', 'adopt', 'completed', 0), ('transfer', 'parked', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'reissue', 'pending', 0), ('transfer', 'completed', 'record_reversal', 'completed', 0);

CREATE FUNCTION indelible.feed_end() RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE
  last bigint;
  lowest bigint;
BEGIN
  IF pg_is_in_recovery() OR current_setting('transaction_isolation') <> 'read committed' THEN
    RETURN greatest(
      (SELECT coalesce(max(ends_at::bigint), 0) FROM indelible.seals),
      (
        SELECT coalesce(max(substring(feed_cursor FROM '^[0-9]{1,18}')::bigint), 0)
        FROM indelible.subscriber_cursors
      )
    );
  END IF;
  last := coalesce(pg_sequence_last_value('indelible.history_position_seq'::regclass), 0);
  lowest := (
    SELECT min(((classid::bigint & 65535) << 32) | objid::bigint)
    FROM pg_locks
    WHERE locktype = 'advisory'
      AND mode = 'ShareLock'
      AND objsubid = 1
      AND classid::bigint >> 16 = ('indelible.history'::regclass::bigint & 32767)
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  );
  RETURN least(last, lowest);
END $$;

CREATE FUNCTION indelible.history_holds_feed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE
  last bigint := coalesce(pg_sequence_last_value('indelible.history_position_seq'::regclass), 0);
  earlier bigint := nullif(current_setting('indelible.feed_floor', true), '')::bigint;
  floor bigint := greatest(least(last, earlier, 281474976710655), 0);
BEGIN
  PERFORM pg_advisory_xact_lock_shared(
    (('indelible.history'::regclass::bigint & 32767) << 48) | floor
  );
  IF floor IS DISTINCT FROM earlier THEN
    PERFORM set_config('indelible.feed_floor', floor::text, true);
  END IF;
  PERFORM set_config('indelible.statement_floor', last::text, true);
  RETURN NULL;
END $$;

CREATE TRIGGER history_holds_feed BEFORE INSERT ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_holds_feed();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_holds_feed;

CREATE FUNCTION indelible.lifecycle_edges_no_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER lifecycle_edges_no_insert AFTER INSERT ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_insert();

ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_insert;

CREATE FUNCTION indelible.lifecycle_edges_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER lifecycle_edges_no_update BEFORE UPDATE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_update();

ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_update;

CREATE FUNCTION indelible.lifecycle_edges_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_delete();

ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_delete;

CREATE FUNCTION indelible.lifecycle_edges_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER lifecycle_edges_no_truncate BEFORE TRUNCATE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_truncate();

ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_truncate;

CREATE FUNCTION indelible.history_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_no_update BEFORE UPDATE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_update();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_update;

CREATE FUNCTION indelible.history_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_no_delete BEFORE DELETE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_delete();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_delete;

CREATE FUNCTION indelible.history_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_truncate();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_truncate;

CREATE FUNCTION indelible.history_no_position() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.position = currval('indelible.history_position_seq') AND NEW.position > current_setting('indelible.statement_floor')::bigint) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_no_position BEFORE INSERT ON indelible.history
FOR EACH ROW EXECUTE FUNCTION indelible.history_no_position();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_position;

CREATE FUNCTION indelible.receipts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER receipts_no_update BEFORE UPDATE ON indelible.receipts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.receipts_no_update();

ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_no_update;

CREATE FUNCTION indelible.receipts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER receipts_no_delete BEFORE DELETE ON indelible.receipts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.receipts_no_delete();

ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_no_delete;

CREATE FUNCTION indelible.receipts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER receipts_no_truncate BEFORE TRUNCATE ON indelible.receipts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.receipts_no_truncate();

ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_no_truncate;

CREATE FUNCTION indelible.task_attempts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER task_attempts_no_update BEFORE UPDATE ON indelible.task_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.task_attempts_no_update();

ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_no_update;

CREATE FUNCTION indelible.task_attempts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER task_attempts_no_truncate BEFORE TRUNCATE ON indelible.task_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.task_attempts_no_truncate();

ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_no_truncate;

CREATE FUNCTION indelible.seals_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seals_no_update BEFORE UPDATE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_update();

ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_update;

CREATE FUNCTION indelible.seals_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seals_no_delete BEFORE DELETE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_delete();

ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_delete;

CREATE FUNCTION indelible.seals_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_truncate();

ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_truncate;

CREATE FUNCTION indelible.seal_records_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seal_records_no_update BEFORE UPDATE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_update();

ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_update;

CREATE FUNCTION indelible.seal_records_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_delete();

ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_delete;

CREATE FUNCTION indelible.seal_records_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seal_records_no_truncate BEFORE TRUNCATE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_truncate();

ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_truncate;

CREATE FUNCTION indelible.payloads_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payloads_no_update BEFORE UPDATE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_update();

ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_update;

CREATE FUNCTION indelible.payloads_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payloads_no_delete BEFORE DELETE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_delete();

ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_delete;

CREATE FUNCTION indelible.payloads_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payloads_no_truncate BEFORE TRUNCATE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_truncate();

ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_truncate;

CREATE FUNCTION indelible.rejections_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rejections_no_update BEFORE UPDATE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_update();

ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_update;

CREATE FUNCTION indelible.rejections_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rejections_no_delete BEFORE DELETE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_delete();

ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_delete;

CREATE FUNCTION indelible.rejections_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rejections_no_truncate BEFORE TRUNCATE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_truncate();

ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_truncate;

CREATE FUNCTION indelible.webhook_rejections_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER webhook_rejections_no_update BEFORE UPDATE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_update();

ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_update;

CREATE FUNCTION indelible.webhook_rejections_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER webhook_rejections_no_truncate BEFORE TRUNCATE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_truncate();

ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_truncate;

CREATE FUNCTION indelible.declarations_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER declarations_no_update BEFORE UPDATE ON indelible.declarations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.declarations_no_update();

ALTER TABLE indelible.declarations ENABLE ALWAYS TRIGGER declarations_no_update;

CREATE FUNCTION indelible.declarations_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER declarations_no_delete BEFORE DELETE ON indelible.declarations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.declarations_no_delete();

ALTER TABLE indelible.declarations ENABLE ALWAYS TRIGGER declarations_no_delete;

CREATE FUNCTION indelible.declarations_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER declarations_no_truncate BEFORE TRUNCATE ON indelible.declarations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.declarations_no_truncate();

ALTER TABLE indelible.declarations ENABLE ALWAYS TRIGGER declarations_no_truncate;

CREATE FUNCTION indelible.runbook_execution_steps_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_execution_steps_no_update BEFORE UPDATE ON indelible.runbook_execution_steps
FOR EACH STATEMENT EXECUTE FUNCTION indelible.runbook_execution_steps_no_update();

ALTER TABLE indelible.runbook_execution_steps ENABLE ALWAYS TRIGGER runbook_execution_steps_no_update;

CREATE FUNCTION indelible.runbook_execution_steps_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_execution_steps_no_delete BEFORE DELETE ON indelible.runbook_execution_steps
FOR EACH STATEMENT EXECUTE FUNCTION indelible.runbook_execution_steps_no_delete();

ALTER TABLE indelible.runbook_execution_steps ENABLE ALWAYS TRIGGER runbook_execution_steps_no_delete;

CREATE FUNCTION indelible.runbook_execution_steps_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_execution_steps_no_truncate BEFORE TRUNCATE ON indelible.runbook_execution_steps
FOR EACH STATEMENT EXECUTE FUNCTION indelible.runbook_execution_steps_no_truncate();

ALTER TABLE indelible.runbook_execution_steps ENABLE ALWAYS TRIGGER runbook_execution_steps_no_truncate;

CREATE FUNCTION indelible.runbook_execution_steps_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.runbook_executions AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'runbook_execution' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{step,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.runbook_execution_steps AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_execution_steps_in_change AFTER INSERT ON indelible.runbook_execution_steps
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.runbook_execution_steps_in_change();

ALTER TABLE indelible.runbook_execution_steps ENABLE ALWAYS TRIGGER runbook_execution_steps_in_change;

CREATE FUNCTION indelible.history_needs_runbook_execution_steps() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'runbook_execution' OR (CASE WHEN NEW.action IN ('record_step') THEN NEW.data #>> '{step,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('record_step') THEN NEW.data #>> '{step,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_runbook_execution_steps AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution') EXECUTE FUNCTION indelible.history_needs_runbook_execution_steps();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_runbook_execution_steps;

CREATE FUNCTION indelible.keys_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keys_no_delete BEFORE DELETE ON indelible.keys
FOR EACH STATEMENT EXECUTE FUNCTION indelible.keys_no_delete();

ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_no_delete;

CREATE FUNCTION indelible.keys_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keys_no_truncate BEFORE TRUNCATE ON indelible.keys
FOR EACH STATEMENT EXECUTE FUNCTION indelible.keys_no_truncate();

ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_no_truncate;

CREATE FUNCTION indelible.keys_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keys_one_step BEFORE UPDATE ON indelible.keys
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.keys_one_step();

ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_one_step;

CREATE FUNCTION indelible.history_needs_keys() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'key' OR EXISTS (SELECT 1 FROM indelible.keys AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_keys AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'key') EXECUTE FUNCTION indelible.history_needs_keys();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_keys;

CREATE FUNCTION indelible.history_declares_data_of_keys() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'key' AND NEW.data - ARRAY['expires_at', 'owner', 'scopes', 'secret_digest']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_keys AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'key') EXECUTE FUNCTION indelible.history_declares_data_of_keys();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_keys;

CREATE FUNCTION indelible.stages_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stages_no_delete BEFORE DELETE ON indelible.stages
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stages_no_delete();

ALTER TABLE indelible.stages ENABLE ALWAYS TRIGGER stages_no_delete;

CREATE FUNCTION indelible.stages_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stages_no_truncate BEFORE TRUNCATE ON indelible.stages
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stages_no_truncate();

ALTER TABLE indelible.stages ENABLE ALWAYS TRIGGER stages_no_truncate;

CREATE FUNCTION indelible.stages_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stages_one_step BEFORE UPDATE ON indelible.stages
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.stages_one_step();

ALTER TABLE indelible.stages ENABLE ALWAYS TRIGGER stages_one_step;

CREATE FUNCTION indelible.history_needs_stages() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'stage' OR EXISTS (SELECT 1 FROM indelible.stages AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_stages AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'stage') EXECUTE FUNCTION indelible.history_needs_stages();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_stages;

CREATE FUNCTION indelible.history_declares_data_of_stages() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'stage' AND NEW.data - ARRAY[]::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_stages AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'stage') EXECUTE FUNCTION indelible.history_declares_data_of_stages();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_stages;

CREATE FUNCTION indelible.settings_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settings_no_delete BEFORE DELETE ON indelible.settings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settings_no_delete();

ALTER TABLE indelible.settings ENABLE ALWAYS TRIGGER settings_no_delete;

CREATE FUNCTION indelible.settings_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settings_no_truncate BEFORE TRUNCATE ON indelible.settings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settings_no_truncate();

ALTER TABLE indelible.settings ENABLE ALWAYS TRIGGER settings_no_truncate;

CREATE FUNCTION indelible.settings_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settings_one_step BEFORE UPDATE ON indelible.settings
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.settings_one_step();

ALTER TABLE indelible.settings ENABLE ALWAYS TRIGGER settings_one_step;

CREATE FUNCTION indelible.history_needs_settings() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'setting' OR EXISTS (SELECT 1 FROM indelible.settings AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_settings AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'setting') EXECUTE FUNCTION indelible.history_needs_settings();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_settings;

CREATE FUNCTION indelible.history_declares_data_of_settings() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'setting' AND NEW.data - ARRAY['value']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_settings AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'setting') EXECUTE FUNCTION indelible.history_declares_data_of_settings();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_settings;

CREATE FUNCTION indelible.runbook_executions_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_no_delete BEFORE DELETE ON indelible.runbook_executions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.runbook_executions_no_delete();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_no_delete;

CREATE FUNCTION indelible.runbook_executions_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_no_truncate BEFORE TRUNCATE ON indelible.runbook_executions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.runbook_executions_no_truncate();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_no_truncate;

CREATE FUNCTION indelible.runbook_executions_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_one_step BEFORE UPDATE ON indelible.runbook_executions
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.runbook_executions_one_step();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_one_step;

CREATE FUNCTION indelible.history_needs_runbook_executions() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'runbook_execution' OR EXISTS (SELECT 1 FROM indelible.runbook_executions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_runbook_executions AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution') EXECUTE FUNCTION indelible.history_needs_runbook_executions();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_runbook_executions;

CREATE FUNCTION indelible.history_declares_data_of_runbook_executions() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution' AND NEW.data - ARRAY['alert', 'ended_at', 'error_reason', 'executed_by', 'failed_step_count', 'result_json', 'runbook_name', 'runbook_version', 'step', 'step_count', 'system_state_after', 'system_state_before']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_runbook_executions AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution') EXECUTE FUNCTION indelible.history_declares_data_of_runbook_executions();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_runbook_executions;

CREATE FUNCTION indelible.runbook_executions_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('in_progress in_progress', 'pending in_progress') OR NEW.step_count = OLD.step_count AND NEW.failed_step_count = OLD.failed_step_count) AND (OLD.status || ' ' || NEW.status IN ('in_progress completed', 'in_progress failed', 'in_progress partial', 'pending failed') OR (NEW.system_state_after = OLD.system_state_after OR NEW.system_state_after IS NULL AND OLD.system_state_after IS NULL) AND (NEW.result_json = OLD.result_json OR NEW.result_json IS NULL AND OLD.result_json IS NULL) AND (NEW.ended_at = OLD.ended_at OR NEW.ended_at IS NULL AND OLD.ended_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('in_progress failed', 'in_progress partial', 'pending failed') OR (NEW.error_reason = OLD.error_reason OR NEW.error_reason IS NULL AND OLD.error_reason IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_keeps_fields BEFORE UPDATE ON indelible.runbook_executions
FOR EACH ROW EXECUTE FUNCTION indelible.runbook_executions_keeps_fields();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_keeps_fields;

CREATE FUNCTION indelible.runbook_executions_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.ended_at IS NULL AND NEW.error_reason IS NULL AND NEW.failed_step_count = 0 AND NEW.result_json IS NULL AND NEW.step_count = 0 AND NEW.system_state_after IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_initial_fields AFTER INSERT ON indelible.runbook_executions
FOR EACH ROW EXECUTE FUNCTION indelible.runbook_executions_initial_fields();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_initial_fields;

CREATE FUNCTION indelible.tasks_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_no_truncate BEFORE TRUNCATE ON indelible.tasks
FOR EACH STATEMENT EXECUTE FUNCTION indelible.tasks_no_truncate();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_no_truncate;

CREATE FUNCTION indelible.tasks_prune() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM indelible.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence) AND (OLD.succeeded_at IS NULL OR NOT EXISTS (SELECT 1 FROM indelible.watched_subjects AS subject WHERE subject.stage = OLD.stage AND (subject.kind = 'stage' OR subject.entity_id = OLD.entity_id) AND (subject.succeeded_at IS NULL OR subject.succeeded_at < OLD.succeeded_at)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER tasks_prune BEFORE DELETE ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_prune();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_prune;

CREATE FUNCTION indelible.tasks_new() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_new AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN ((NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.progress IS NULL AND NEW.error_class IS NULL AND NEW.succeeded_at IS NULL) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_new();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_new;

CREATE FUNCTION indelible.tasks_first_fence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.fence = coalesce((SELECT pruned.fence FROM indelible.pruned_stages AS pruned WHERE pruned.stage = NEW.stage), 0)) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_first_fence AFTER INSERT ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_first_fence();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_first_fence;

CREATE FUNCTION indelible.tasks_fence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_fence BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN ((NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= indelible.database_time(false)) OR NEW.fence = OLD.fence + 1 AND NEW.cancel_reason IS NOT NULL AND OLD.due_at IS NOT NULL OR NEW.fence = OLD.fence AND NEW.cancel_reason IS NULL AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_fence();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_fence;

CREATE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = indelible.database_time(false) WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= indelible.database_time(false) + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= indelible.database_time(false) + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = indelible.database_time(false)) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= indelible.database_time(false) + interval '172800 seconds' OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_edge BEFORE UPDATE ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_edge();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_edge;

CREATE FUNCTION indelible.tasks_due_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_due_on_insert AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN ((NEW.due_at <= indelible.database_time(false) + interval '86486400 seconds' AND (NEW.slot IS NULL OR NEW.slot <= indelible.database_time(false) + interval '86486400 seconds')) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_due_on_insert();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_due_on_insert;

CREATE FUNCTION indelible.tasks_due() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_due BEFORE UPDATE OF due_at, slot ON indelible.tasks
FOR EACH ROW WHEN (((NEW.due_at IS NULL OR NEW.due_at <= OLD.due_at OR NEW.due_at <= indelible.database_time(false) + interval '86486400 seconds') AND (NEW.slot IS NULL OR NEW.slot = OLD.slot OR NEW.slot <= indelible.database_time(false) + interval '86486400 seconds')) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_due();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_due;

CREATE FUNCTION indelible.tasks_run() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (((NEW.arguments = OLD.arguments OR NEW.arguments IS NULL AND OLD.arguments IS NULL) OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.priority <= OLD.priority OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.result IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) AND ((NEW.progress = OLD.progress OR NEW.progress IS NULL AND OLD.progress IS NULL) OR NEW.progress IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence) AND ((NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL) OR (OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL) AND ((NEW.error_class = OLD.error_class OR NEW.error_class IS NULL AND OLD.error_class IS NULL) OR NEW.error_class IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_run BEFORE UPDATE OF arguments, priority, result, progress, slot, error_class ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_run();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_run;

CREATE FUNCTION indelible.tasks_success() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.fence = OLD.fence AND NEW.dead_reason IS NULL AND (NEW.due_at IS NULL OR OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NEW.succeeded_at IS NOT NULL AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at) AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= indelible.database_time(false))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_success BEFORE UPDATE OF succeeded_at ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_success();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_success;

CREATE FUNCTION indelible.tasks_recorded() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= indelible.database_time(false) AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM indelible.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= indelible.database_time(false) AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_recorded BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN (NEW.lease_owner IS NULL AND (OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL OR NEW.dead_reason IS NOT NULL OR NEW.cancel_reason IS NOT NULL OR OLD.lease_owner IS NOT NULL AND NEW.due_at IS NOT NULL)) EXECUTE FUNCTION indelible.tasks_recorded();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_recorded;

CREATE FUNCTION indelible.task_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND CASE NEW.outcome WHEN 'REQUEUED' THEN head.fence = NEW.fence AND (head.dead_reason IS NOT NULL OR head.cancel_reason IS NOT NULL) WHEN 'CANCELED' THEN head.fence + 1 = NEW.fence AND head.due_at IS NOT NULL ELSE head.fence = NEW.fence AND head.lease_owner IS NOT NULL END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER task_attempts_needs_head AFTER INSERT ON indelible.task_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.task_attempts_needs_head();

ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_needs_head;

CREATE FUNCTION indelible.pruned_stages_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_stages_no_delete BEFORE DELETE ON indelible.pruned_stages
FOR EACH STATEMENT EXECUTE FUNCTION indelible.pruned_stages_no_delete();

ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_no_delete;

CREATE FUNCTION indelible.pruned_stages_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_stages_no_truncate BEFORE TRUNCATE ON indelible.pruned_stages
FOR EACH STATEMENT EXECUTE FUNCTION indelible.pruned_stages_no_truncate();

ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_no_truncate;

CREATE FUNCTION indelible.pruned_stages_needs_task() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_stages_needs_task AFTER INSERT ON indelible.pruned_stages
FOR EACH ROW EXECUTE FUNCTION indelible.pruned_stages_needs_task();

ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_needs_task;

CREATE FUNCTION indelible.pruned_stages_rises() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage = OLD.stage AND NEW.fence > OLD.fence AND EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_stages_rises BEFORE UPDATE ON indelible.pruned_stages
FOR EACH ROW EXECUTE FUNCTION indelible.pruned_stages_rises();

ALTER TABLE indelible.pruned_stages ENABLE ALWAYS TRIGGER pruned_stages_rises;

CREATE FUNCTION indelible.pruned_tables_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_tables_no_delete BEFORE DELETE ON indelible.pruned_tables
FOR EACH STATEMENT EXECUTE FUNCTION indelible.pruned_tables_no_delete();

ALTER TABLE indelible.pruned_tables ENABLE ALWAYS TRIGGER pruned_tables_no_delete;

CREATE FUNCTION indelible.pruned_tables_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_tables_no_truncate BEFORE TRUNCATE ON indelible.pruned_tables
FOR EACH STATEMENT EXECUTE FUNCTION indelible.pruned_tables_no_truncate();

ALTER TABLE indelible.pruned_tables ENABLE ALWAYS TRIGGER pruned_tables_no_truncate;

CREATE FUNCTION indelible.pruned_tables_retained() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND NEW.pruned_before <= CASE NEW.table_name WHEN 'tasks' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') WHEN 'task_attempts' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') WHEN 'webhook_rejections' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') END AND NEW.deleted_rows <= 1000) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_tables_retained AFTER INSERT ON indelible.pruned_tables
FOR EACH ROW EXECUTE FUNCTION indelible.pruned_tables_retained();

ALTER TABLE indelible.pruned_tables ENABLE ALWAYS TRIGGER pruned_tables_retained;

CREATE FUNCTION indelible.pruned_tables_rises() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND NEW.table_name = OLD.table_name AND NEW.deleted_rows BETWEEN OLD.deleted_rows AND OLD.deleted_rows + 1000 AND NEW.deleted_sealed_rows BETWEEN OLD.deleted_sealed_rows AND OLD.deleted_sealed_rows + 1000 AND (NEW.pruned_before = OLD.pruned_before OR NEW.pruned_before > OLD.pruned_before AND NEW.pruned_before <= CASE NEW.table_name WHEN 'tasks' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') WHEN 'task_attempts' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') WHEN 'webhook_rejections' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER pruned_tables_rises BEFORE UPDATE ON indelible.pruned_tables
FOR EACH ROW EXECUTE FUNCTION indelible.pruned_tables_rises();

ALTER TABLE indelible.pruned_tables ENABLE ALWAYS TRIGGER pruned_tables_rises;

CREATE FUNCTION indelible.task_attempts_prune() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND OLD.at < (SELECT pruned.pruned_before FROM indelible.pruned_tables AS pruned WHERE pruned.table_name = 'task_attempts') AND OLD.at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') AND NOT EXISTS (SELECT 1 FROM indelible.seal_records AS listed JOIN indelible.seals AS seal ON seal.number = listed.seal_number WHERE listed.record_table = 'task_attempts' AND listed.record_hash = OLD.hash AND (seal.at >= (SELECT pruned.pruned_before FROM indelible.pruned_tables AS pruned WHERE pruned.table_name = 'task_attempts') OR seal.at >= (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER task_attempts_prune BEFORE DELETE ON indelible.task_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.task_attempts_prune();

ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_prune;

CREATE FUNCTION indelible.webhook_rejections_prune() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND OLD.at < (SELECT pruned.pruned_before FROM indelible.pruned_tables AS pruned WHERE pruned.table_name = 'webhook_rejections') AND OLD.at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') AND NOT EXISTS (SELECT 1 FROM indelible.seal_records AS listed JOIN indelible.seals AS seal ON seal.number = listed.seal_number WHERE listed.record_table = 'webhook_rejections' AND listed.record_hash = OLD.hash AND (seal.at >= (SELECT pruned.pruned_before FROM indelible.pruned_tables AS pruned WHERE pruned.table_name = 'webhook_rejections') OR seal.at >= (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN indelible.database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting JOIN indelible.history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER webhook_rejections_prune BEFORE DELETE ON indelible.webhook_rejections
FOR EACH ROW EXECUTE FUNCTION indelible.webhook_rejections_prune();

ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_prune;

CREATE FUNCTION indelible.task_attempts_needed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.tasks AS head WHERE head.stage = OLD.stage AND head.entity_id = OLD.entity_id AND (head.finished_at IS NULL OR OLD.fence >= head.fence OR OLD.fence > head.fence - head.attempts OR OLD.fence = (SELECT min(start.fence) FROM indelible.task_attempts AS start WHERE start.stage = OLD.stage AND start.entity_id = OLD.entity_id AND start.outcome = 'STARTED')))) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER task_attempts_needed BEFORE DELETE ON indelible.task_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.task_attempts_needed();

ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_needed;

CREATE FUNCTION indelible.webhook_rejections_stays_deleted() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.seal_records AS listed JOIN indelible.seals AS seal ON seal.number = listed.seal_number JOIN indelible.pruned_tables AS pruned ON pruned.table_name = listed.record_table WHERE listed.record_table = 'webhook_rejections' AND listed.record_hash = NEW.hash AND NEW.at < pruned.pruned_before AND seal.at < pruned.pruned_before)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER webhook_rejections_stays_deleted AFTER INSERT ON indelible.webhook_rejections
FOR EACH ROW EXECUTE FUNCTION indelible.webhook_rejections_stays_deleted();

ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_stays_deleted;

CREATE FUNCTION indelible.rate_buckets_empty_by_now_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rate_buckets_empty_by_now_on_insert AFTER INSERT ON indelible.rate_buckets
FOR EACH ROW WHEN ((NEW.empty_at <= indelible.database_time(false) + interval '86400 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.rate_buckets_empty_by_now_on_insert();

ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_empty_by_now_on_insert;

CREATE FUNCTION indelible.rate_buckets_empty_by_now_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rate_buckets_empty_by_now_on_update BEFORE UPDATE ON indelible.rate_buckets
FOR EACH ROW WHEN ((NEW.empty_at <= indelible.database_time(false) + interval '86400 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.rate_buckets_empty_by_now_on_update();

ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_empty_by_now_on_update;

CREATE FUNCTION indelible.rate_buckets_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rate_buckets_no_delete BEFORE DELETE ON indelible.rate_buckets
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rate_buckets_no_delete();

ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_no_delete;

CREATE FUNCTION indelible.rate_buckets_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rate_buckets_no_truncate BEFORE TRUNCATE ON indelible.rate_buckets
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rate_buckets_no_truncate();

ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_no_truncate;

CREATE FUNCTION indelible.rate_buckets_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rate_buckets_fixed BEFORE UPDATE ON indelible.rate_buckets
FOR EACH ROW WHEN ((NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.rate_buckets_fixed();

ALTER TABLE indelible.rate_buckets ENABLE ALWAYS TRIGGER rate_buckets_fixed;

CREATE FUNCTION indelible.stage_breakers_probe_soon_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stage_breakers_probe_soon_on_insert AFTER INSERT ON indelible.stage_breakers
FOR EACH ROW WHEN ((NEW.probe_at IS NULL OR NEW.probe_at <= indelible.database_time(false) + interval '172800 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.stage_breakers_probe_soon_on_insert();

ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_probe_soon_on_insert;

CREATE FUNCTION indelible.stage_breakers_probe_soon_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stage_breakers_probe_soon_on_update BEFORE UPDATE ON indelible.stage_breakers
FOR EACH ROW WHEN ((NEW.probe_at IS NULL OR NEW.probe_at <= indelible.database_time(false) + interval '172800 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.stage_breakers_probe_soon_on_update();

ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_probe_soon_on_update;

CREATE FUNCTION indelible.stage_breakers_starts_clear() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stage_breakers_starts_clear AFTER INSERT ON indelible.stage_breakers
FOR EACH ROW WHEN ((NEW.outages = 0 AND NEW.probe_at IS NULL) IS NOT TRUE) EXECUTE FUNCTION indelible.stage_breakers_starts_clear();

ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_starts_clear;

CREATE FUNCTION indelible.stage_breakers_counts_one() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stage_breakers_counts_one BEFORE UPDATE ON indelible.stage_breakers
FOR EACH ROW WHEN ((NEW.outages = 0 OR NEW.outages - OLD.outages IN (0, 1)) IS NOT TRUE) EXECUTE FUNCTION indelible.stage_breakers_counts_one();

ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_counts_one;

CREATE FUNCTION indelible.stage_breakers_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stage_breakers_no_delete BEFORE DELETE ON indelible.stage_breakers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stage_breakers_no_delete();

ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_no_delete;

CREATE FUNCTION indelible.stage_breakers_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stage_breakers_no_truncate BEFORE TRUNCATE ON indelible.stage_breakers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stage_breakers_no_truncate();

ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_no_truncate;

CREATE FUNCTION indelible.stage_breakers_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stage_breakers_fixed BEFORE UPDATE ON indelible.stage_breakers
FOR EACH ROW WHEN ((NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.stage_breakers_fixed();

ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_fixed;

CREATE FUNCTION indelible.hung_threads_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER hung_threads_no_truncate BEFORE TRUNCATE ON indelible.hung_threads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.hung_threads_no_truncate();

ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_no_truncate;

CREATE FUNCTION indelible.hung_threads_expired() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER hung_threads_expired BEFORE DELETE ON indelible.hung_threads
FOR EACH ROW WHEN ((OLD.expires_at <= indelible.database_time(false)) IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_expired();

ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_expired;

CREATE FUNCTION indelible.hung_threads_expire_soon_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER hung_threads_expire_soon_on_insert AFTER INSERT ON indelible.hung_threads
FOR EACH ROW WHEN ((NEW.expires_at <= indelible.database_time(false) + interval '86460 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_expire_soon_on_insert();

ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_expire_soon_on_insert;

CREATE FUNCTION indelible.hung_threads_of_one_process_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER hung_threads_of_one_process_on_insert AFTER INSERT ON indelible.hung_threads
FOR EACH ROW WHEN ((NEW.threads <= 1000) IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_of_one_process_on_insert();

ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_of_one_process_on_insert;

CREATE FUNCTION indelible.hung_threads_expire_soon_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER hung_threads_expire_soon_on_update BEFORE UPDATE ON indelible.hung_threads
FOR EACH ROW WHEN ((NEW.expires_at <= indelible.database_time(false) + interval '86460 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_expire_soon_on_update();

ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_expire_soon_on_update;

CREATE FUNCTION indelible.hung_threads_of_one_process_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER hung_threads_of_one_process_on_update BEFORE UPDATE ON indelible.hung_threads
FOR EACH ROW WHEN ((NEW.threads <= 1000) IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_of_one_process_on_update();

ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_of_one_process_on_update;

CREATE FUNCTION indelible.hung_threads_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER hung_threads_fixed BEFORE UPDATE ON indelible.hung_threads
FOR EACH ROW WHEN ((NEW.stage = OLD.stage AND NEW.process = OLD.process) IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_fixed();

ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_fixed;

CREATE FUNCTION indelible.seals_finished() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seals_finished AFTER INSERT ON indelible.seals
FOR EACH ROW WHEN ((current_setting('transaction_isolation') = 'read committed' AND NEW.ends_at <= (CASE WHEN current_setting('transaction_isolation') = 'read committed' THEN indelible.feed_end() ELSE coalesce(pg_sequence_last_value('indelible.history_position_seq'::regclass), 0) END)) IS NOT TRUE) EXECUTE FUNCTION indelible.seals_finished();

ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_finished;

CREATE FUNCTION indelible.seals_not_ahead() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seals_not_ahead AFTER INSERT ON indelible.seals
FOR EACH ROW WHEN ((NEW.at <= indelible.database_time(false) + interval '86400 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.seals_not_ahead();

ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_not_ahead;

CREATE FUNCTION indelible.payloads_digest_matches() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payloads_digest_matches AFTER INSERT ON indelible.payloads
FOR EACH ROW WHEN ((NEW.digest = encode(sha256(NEW.bytes), 'hex')) IS NOT TRUE) EXECUTE FUNCTION indelible.payloads_digest_matches();

ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_digest_matches;

CREATE FUNCTION indelible.subscriber_cursors_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subscriber_cursors_no_delete BEFORE DELETE ON indelible.subscriber_cursors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subscriber_cursors_no_delete();

ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_no_delete;

CREATE FUNCTION indelible.subscriber_cursors_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subscriber_cursors_no_truncate BEFORE TRUNCATE ON indelible.subscriber_cursors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subscriber_cursors_no_truncate();

ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_no_truncate;

CREATE FUNCTION indelible.subscriber_cursors_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subscriber_cursors_fixed BEFORE UPDATE ON indelible.subscriber_cursors
FOR EACH ROW WHEN ((NEW.name = OLD.name AND NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.subscriber_cursors_fixed();

ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_fixed;

CREATE FUNCTION indelible.subscriber_cursors_first() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.feed_cursor IS NULL AND NEW.restarts = 0 AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subscriber_cursors_first AFTER INSERT ON indelible.subscriber_cursors
FOR EACH ROW EXECUTE FUNCTION indelible.subscriber_cursors_first();

ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_first;

CREATE FUNCTION indelible.subscriber_cursors_fence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.restarts = OLD.restarts THEN NEW.restarts = OLD.restarts AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL) AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL) AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL) AND NEW.feed_cursor IS NOT NULL AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL) ELSE NEW.restarts = OLD.restarts + 1 AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.cancel_reason = NEW.restart_reason) AND EXISTS (SELECT 1 FROM indelible.task_attempts AS attempt WHERE attempt.stage = NEW.stage AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence AND attempt.outcome = 'CANCELED' AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subscriber_cursors_fence BEFORE UPDATE ON indelible.subscriber_cursors
FOR EACH ROW EXECUTE FUNCTION indelible.subscriber_cursors_fence();

ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_fence;

CREATE FUNCTION indelible.subscriber_cursors_in_feed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.feed_cursor IS NULL OR ((CASE WHEN NEW.feed_cursor ~ '^(0|[1-9][0-9]{0,17}[.][0-9a-f]{16})$' THEN substring(NEW.feed_cursor FROM '^[0-9]+')::bigint END) <= (CASE WHEN current_setting('transaction_isolation') = 'read committed' THEN indelible.feed_end() ELSE coalesce(pg_sequence_last_value('indelible.history_position_seq'::regclass), 0) END) AND (NEW.restarts > OLD.restarts OR OLD.feed_cursor IS NULL OR (CASE WHEN NEW.feed_cursor ~ '^(0|[1-9][0-9]{0,17}[.][0-9a-f]{16})$' THEN substring(NEW.feed_cursor FROM '^[0-9]+')::bigint END) >= (CASE WHEN OLD.feed_cursor ~ '^(0|[1-9][0-9]{0,17}[.][0-9a-f]{16})$' THEN substring(OLD.feed_cursor FROM '^[0-9]+')::bigint END)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subscriber_cursors_in_feed BEFORE UPDATE ON indelible.subscriber_cursors
FOR EACH ROW EXECUTE FUNCTION indelible.subscriber_cursors_in_feed();

ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_in_feed;

CREATE FUNCTION indelible.watched_subjects_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER watched_subjects_no_delete BEFORE DELETE ON indelible.watched_subjects
FOR EACH STATEMENT EXECUTE FUNCTION indelible.watched_subjects_no_delete();

ALTER TABLE indelible.watched_subjects ENABLE ALWAYS TRIGGER watched_subjects_no_delete;

CREATE FUNCTION indelible.watched_subjects_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER watched_subjects_no_truncate BEFORE TRUNCATE ON indelible.watched_subjects
FOR EACH STATEMENT EXECUTE FUNCTION indelible.watched_subjects_no_truncate();

ALTER TABLE indelible.watched_subjects ENABLE ALWAYS TRIGGER watched_subjects_no_truncate;

CREATE FUNCTION indelible.watched_subjects_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER watched_subjects_fixed BEFORE UPDATE ON indelible.watched_subjects
FOR EACH ROW WHEN ((NEW.kind = OLD.kind AND NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND NEW.known_since = OLD.known_since) IS NOT TRUE) EXECUTE FUNCTION indelible.watched_subjects_fixed();

ALTER TABLE indelible.watched_subjects ENABLE ALWAYS TRIGGER watched_subjects_fixed;

CREATE FUNCTION indelible.watched_subjects_known_by_now() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER watched_subjects_known_by_now AFTER INSERT ON indelible.watched_subjects
FOR EACH ROW WHEN ((NEW.known_since <= indelible.database_time(false) AND (NEW.succeeded_at IS NULL OR NEW.succeeded_at <= indelible.database_time(false))) IS NOT TRUE) EXECUTE FUNCTION indelible.watched_subjects_known_by_now();

ALTER TABLE indelible.watched_subjects ENABLE ALWAYS TRIGGER watched_subjects_known_by_now;

CREATE FUNCTION indelible.watched_subjects_success_rises() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER watched_subjects_success_rises BEFORE UPDATE OF succeeded_at ON indelible.watched_subjects
FOR EACH ROW WHEN ((NEW.succeeded_at IS NOT NULL AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at) AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= indelible.database_time(false))) IS NOT TRUE) EXECUTE FUNCTION indelible.watched_subjects_success_rises();

ALTER TABLE indelible.watched_subjects ENABLE ALWAYS TRIGGER watched_subjects_success_rises;

CREATE FUNCTION indelible.keys_has_scopes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN jsonb_typeof(NEW.scopes) = 'array' THEN jsonb_array_length(NEW.scopes) BETWEEN 1 AND 50 AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(NEW.scopes) AS scope WHERE jsonb_typeof(scope) <> 'string' OR (scope #>> '{}') !~ '^([a-z][a-z0-9_]{0,39}(:[a-z]{1,40})?)$') END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keys_has_scopes AFTER INSERT ON indelible.keys
FOR EACH ROW EXECUTE FUNCTION indelible.keys_has_scopes();

ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_has_scopes;

CREATE FUNCTION indelible.keys_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keys_fixed BEFORE UPDATE ON indelible.keys
FOR EACH ROW WHEN ((NEW.owner = OLD.owner AND NEW.scopes = OLD.scopes AND NEW.secret_digest = OLD.secret_digest AND (NEW.expires_at = OLD.expires_at OR NEW.expires_at IS NULL AND OLD.expires_at IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.keys_fixed();

ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_fixed;

CREATE FUNCTION indelible.receipts_has_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER receipts_has_answer AFTER INSERT ON indelible.receipts
FOR EACH ROW WHEN ((CASE WHEN jsonb_typeof(NEW.result) = 'object' THEN NEW.result <> '{}' AND NEW.result - 'answer' = '{}' END) IS NOT TRUE) EXECUTE FUNCTION indelible.receipts_has_answer();

ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_has_answer;

CREATE FUNCTION indelible.receipts_not_far_ahead() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER receipts_not_far_ahead AFTER INSERT ON indelible.receipts
FOR EACH ROW WHEN ((NEW.at <= indelible.database_time(false) + interval '86486400 seconds') IS NOT TRUE) EXECUTE FUNCTION indelible.receipts_not_far_ahead();

ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_not_far_ahead;

CREATE FUNCTION indelible.declarations_has_edges() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER declarations_has_edges AFTER INSERT ON indelible.declarations
FOR EACH ROW WHEN ((CASE WHEN jsonb_typeof(NEW.document) = 'object' THEN jsonb_typeof(NEW.document -> 'edges') = 'array' AND jsonb_typeof(NEW.document -> 'retired') = 'array' END) IS NOT TRUE) EXECUTE FUNCTION indelible.declarations_has_edges();

ALTER TABLE indelible.declarations ENABLE ALWAYS TRIGGER declarations_has_edges;

CREATE FUNCTION indelible.runbook_executions_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_fixed BEFORE UPDATE ON indelible.runbook_executions
FOR EACH ROW WHEN ((NEW.runbook_name = OLD.runbook_name AND NEW.runbook_version = OLD.runbook_version AND NEW.executed_by = OLD.executed_by AND (NEW.alert = OLD.alert OR NEW.alert IS NULL AND OLD.alert IS NULL) AND (NEW.system_state_before = OLD.system_state_before OR NEW.system_state_before IS NULL AND OLD.system_state_before IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.runbook_executions_fixed();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_fixed;

CREATE FUNCTION indelible.runbook_executions_steps_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_steps_forward BEFORE UPDATE ON indelible.runbook_executions
FOR EACH ROW WHEN ((NEW.step_count >= OLD.step_count AND NEW.step_count <= OLD.step_count + 1) IS NOT TRUE) EXECUTE FUNCTION indelible.runbook_executions_steps_forward();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_steps_forward;

CREATE FUNCTION indelible.runbook_executions_failed_steps_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runbook_executions_failed_steps_forward BEFORE UPDATE ON indelible.runbook_executions
FOR EACH ROW WHEN ((NEW.failed_step_count >= OLD.failed_step_count AND NEW.failed_step_count <= OLD.failed_step_count + 1) IS NOT TRUE) EXECUTE FUNCTION indelible.runbook_executions_failed_steps_forward();

ALTER TABLE indelible.runbook_executions ENABLE ALWAYS TRIGGER runbook_executions_failed_steps_forward;

CREATE FUNCTION indelible.history_names_executed_by() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution' AND NEW.action = 'start') OR EXISTS (SELECT 1 FROM indelible.runbook_executions AS head WHERE head.id = NEW.entity_id AND head.executed_by = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_names_executed_by AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution' AND NEW.action = 'start') EXECUTE FUNCTION indelible.history_names_executed_by();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_names_executed_by;

CREATE FUNCTION indelible.history_needs_count_of_runbook_execution_steps() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution') OR (NEW.action <> 'record_step' OR (SELECT count(*) FROM indelible.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) = 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_count_of_runbook_execution_steps AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution') EXECUTE FUNCTION indelible.history_needs_count_of_runbook_execution_steps();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_count_of_runbook_execution_steps;

CREATE FUNCTION indelible.history_needs_at_of_runbook_execution_steps() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution') OR NOT EXISTS (SELECT 1 FROM indelible.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq AND line.at <> NEW.at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_at_of_runbook_execution_steps AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution') EXECUTE FUNCTION indelible.history_needs_at_of_runbook_execution_steps();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_at_of_runbook_execution_steps;

CREATE FUNCTION indelible.history_needs_executed_by_of_runbook_execution_steps() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution') OR NOT EXISTS (SELECT 1 FROM indelible.runbook_execution_steps AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq AND line.executed_by <> NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_executed_by_of_runbook_execution_steps AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution') EXECUTE FUNCTION indelible.history_needs_executed_by_of_runbook_execution_steps();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_executed_by_of_runbook_execution_steps;

CREATE FUNCTION indelible.history_counts_runbook_steps() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution') OR (CAST(NEW.data ->> 'step_count' AS bigint) = (SELECT count(*) FROM indelible.runbook_execution_steps AS step WHERE step.entity_id = NEW.entity_id AND step.seq <= NEW.seq) AND CAST(NEW.data ->> 'failed_step_count' AS bigint) = (SELECT count(*) FROM indelible.runbook_execution_steps AS step WHERE step.entity_id = NEW.entity_id AND step.seq <= NEW.seq AND step.ok = 0))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_counts_runbook_steps AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'runbook_execution') EXECUTE FUNCTION indelible.history_counts_runbook_steps();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_counts_runbook_steps;

CREATE FUNCTION indelible.concept_versions_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_versions_no_update BEFORE UPDATE ON indelible.concept_versions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_versions_no_update();

ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_no_update;

CREATE FUNCTION indelible.concept_versions_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_versions_no_delete BEFORE DELETE ON indelible.concept_versions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_versions_no_delete();

ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_no_delete;

CREATE FUNCTION indelible.concept_versions_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_versions_no_truncate BEFORE TRUNCATE ON indelible.concept_versions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_versions_no_truncate();

ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_no_truncate;

CREATE FUNCTION indelible.concept_warnings_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_warnings_no_update BEFORE UPDATE ON indelible.concept_warnings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_warnings_no_update();

ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_no_update;

CREATE FUNCTION indelible.concept_warnings_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_warnings_no_delete BEFORE DELETE ON indelible.concept_warnings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_warnings_no_delete();

ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_no_delete;

CREATE FUNCTION indelible.concept_warnings_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_warnings_no_truncate BEFORE TRUNCATE ON indelible.concept_warnings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_warnings_no_truncate();

ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_no_truncate;

CREATE FUNCTION indelible.concept_versions_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.created_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_versions_needs_head AFTER INSERT ON indelible.concept_versions
FOR EACH ROW EXECUTE FUNCTION indelible.concept_versions_needs_head();

ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_needs_head;

CREATE FUNCTION indelible.concept_warnings_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.computed_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concept_warnings_needs_head AFTER INSERT ON indelible.concept_warnings
FOR EACH ROW EXECUTE FUNCTION indelible.concept_warnings_needs_head();

ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_needs_head;

CREATE FUNCTION indelible.concepts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concepts_no_delete BEFORE DELETE ON indelible.concepts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concepts_no_delete();

ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_no_delete;

CREATE FUNCTION indelible.concepts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concepts_no_truncate BEFORE TRUNCATE ON indelible.concepts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concepts_no_truncate();

ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_no_truncate;

CREATE FUNCTION indelible.concepts_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER concepts_one_step BEFORE UPDATE ON indelible.concepts
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.concepts_one_step();

ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_one_step;

CREATE FUNCTION indelible.history_needs_concepts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'concept' OR EXISTS (SELECT 1 FROM indelible.concepts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.current_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_concepts AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'concept') EXECUTE FUNCTION indelible.history_needs_concepts();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_concepts;

CREATE FUNCTION indelible.history_declares_data_of_concepts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'concept' AND NEW.data - ARRAY['corrects', 'name_key', 'ruleset', 'version', 'warnings']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_concepts AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'concept') EXECUTE FUNCTION indelible.history_declares_data_of_concepts();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_concepts;

CREATE FUNCTION indelible.signals_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER signals_no_update BEFORE UPDATE ON indelible.signals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.signals_no_update();

ALTER TABLE indelible.signals ENABLE ALWAYS TRIGGER signals_no_update;

CREATE FUNCTION indelible.signals_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER signals_no_delete BEFORE DELETE ON indelible.signals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.signals_no_delete();

ALTER TABLE indelible.signals ENABLE ALWAYS TRIGGER signals_no_delete;

CREATE FUNCTION indelible.signals_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER signals_no_truncate BEFORE TRUNCATE ON indelible.signals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.signals_no_truncate();

ALTER TABLE indelible.signals ENABLE ALWAYS TRIGGER signals_no_truncate;

CREATE FUNCTION indelible.signals_needs_artifact() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.artifacts AS head WHERE head.id = NEW.artifact_id AND head.seq = NEW.artifact_seq AND head.hash = NEW.hash AND head.updated_at = NEW.recorded_at AND head.space_id = NEW.space_id AND head.user_id = NEW.user_id AND head.normalized_url = NEW.normalized_url AND head.engagement_level = NEW.reached_level)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER signals_needs_artifact AFTER INSERT ON indelible.signals
FOR EACH ROW EXECUTE FUNCTION indelible.signals_needs_artifact();

ALTER TABLE indelible.signals ENABLE ALWAYS TRIGGER signals_needs_artifact;

CREATE FUNCTION indelible.signals_needs_centroid() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.applied_seq IS NULL OR EXISTS (SELECT 1 FROM indelible.centroids AS head WHERE head.id = NEW.subspace_id AND head.seq = NEW.applied_seq AND head.hash = NEW.hash AND head.updated_at = NEW.recorded_at AND head.space_id = NEW.space_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER signals_needs_centroid AFTER INSERT ON indelible.signals
FOR EACH ROW EXECUTE FUNCTION indelible.signals_needs_centroid();

ALTER TABLE indelible.signals ENABLE ALWAYS TRIGGER signals_needs_centroid;

CREATE FUNCTION indelible.spaces_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER spaces_no_delete BEFORE DELETE ON indelible.spaces
FOR EACH STATEMENT EXECUTE FUNCTION indelible.spaces_no_delete();

ALTER TABLE indelible.spaces ENABLE ALWAYS TRIGGER spaces_no_delete;

CREATE FUNCTION indelible.spaces_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER spaces_no_truncate BEFORE TRUNCATE ON indelible.spaces
FOR EACH STATEMENT EXECUTE FUNCTION indelible.spaces_no_truncate();

ALTER TABLE indelible.spaces ENABLE ALWAYS TRIGGER spaces_no_truncate;

CREATE FUNCTION indelible.spaces_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER spaces_one_step BEFORE UPDATE ON indelible.spaces
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.spaces_one_step();

ALTER TABLE indelible.spaces ENABLE ALWAYS TRIGGER spaces_one_step;

CREATE FUNCTION indelible.history_needs_spaces() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'space' OR EXISTS (SELECT 1 FROM indelible.spaces AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_spaces AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'space') EXECUTE FUNCTION indelible.history_needs_spaces();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_spaces;

CREATE FUNCTION indelible.history_declares_data_of_spaces() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'space' AND NEW.data - ARRAY['dimension', 'model', 'name', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_spaces AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'space') EXECUTE FUNCTION indelible.history_declares_data_of_spaces();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_spaces;

CREATE FUNCTION indelible.spaces_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER spaces_keeps_fields BEFORE UPDATE ON indelible.spaces
FOR EACH ROW EXECUTE FUNCTION indelible.spaces_keeps_fields();

ALTER TABLE indelible.spaces ENABLE ALWAYS TRIGGER spaces_keeps_fields;

CREATE FUNCTION indelible.subspaces_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subspaces_no_delete BEFORE DELETE ON indelible.subspaces
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subspaces_no_delete();

ALTER TABLE indelible.subspaces ENABLE ALWAYS TRIGGER subspaces_no_delete;

CREATE FUNCTION indelible.subspaces_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subspaces_no_truncate BEFORE TRUNCATE ON indelible.subspaces
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subspaces_no_truncate();

ALTER TABLE indelible.subspaces ENABLE ALWAYS TRIGGER subspaces_no_truncate;

CREATE FUNCTION indelible.subspaces_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subspaces_one_step BEFORE UPDATE ON indelible.subspaces
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.subspaces_one_step();

ALTER TABLE indelible.subspaces ENABLE ALWAYS TRIGGER subspaces_one_step;

CREATE FUNCTION indelible.history_needs_subspaces() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'subspace' OR EXISTS (SELECT 1 FROM indelible.subspaces AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_subspaces AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'subspace') EXECUTE FUNCTION indelible.history_needs_subspaces();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_subspaces;

CREATE FUNCTION indelible.history_declares_data_of_subspaces() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'subspace' AND NEW.data - ARRAY['description', 'name', 'seed', 'space_id', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_subspaces AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'subspace') EXECUTE FUNCTION indelible.history_declares_data_of_subspaces();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_subspaces;

CREATE FUNCTION indelible.subspaces_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name AND NEW.description = OLD.description AND (NEW.seed = OLD.seed OR NEW.seed IS NULL AND OLD.seed IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subspaces_keeps_fields BEFORE UPDATE ON indelible.subspaces
FOR EACH ROW EXECUTE FUNCTION indelible.subspaces_keeps_fields();

ALTER TABLE indelible.subspaces ENABLE ALWAYS TRIGGER subspaces_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_subspaces() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'subspace' AND NEW.seq > 1 AND NEW.action IN ('rename', 'seed')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.subspaces AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('seed') OR (predecessor.data #>> '{name}') IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (head.name) IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (predecessor.data #>> '{description}') IS NOT DISTINCT FROM (NEW.data #>> '{description}') AND (head.description) IS NOT DISTINCT FROM (NEW.data #>> '{description}')) AND (NEW.action NOT IN ('rename') OR (predecessor.data #>> '{seed}') IS NOT DISTINCT FROM (NEW.data #>> '{seed}') AND TRUE))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_subspaces AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'subspace' AND NEW.seq > 1 AND NEW.action IN ('rename', 'seed')) EXECUTE FUNCTION indelible.history_keeps_fields_of_subspaces();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_subspaces;

CREATE FUNCTION indelible.algorithms_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER algorithms_no_delete BEFORE DELETE ON indelible.algorithms
FOR EACH STATEMENT EXECUTE FUNCTION indelible.algorithms_no_delete();

ALTER TABLE indelible.algorithms ENABLE ALWAYS TRIGGER algorithms_no_delete;

CREATE FUNCTION indelible.algorithms_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER algorithms_no_truncate BEFORE TRUNCATE ON indelible.algorithms
FOR EACH STATEMENT EXECUTE FUNCTION indelible.algorithms_no_truncate();

ALTER TABLE indelible.algorithms ENABLE ALWAYS TRIGGER algorithms_no_truncate;

CREATE FUNCTION indelible.algorithms_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER algorithms_one_step BEFORE UPDATE ON indelible.algorithms
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.algorithms_one_step();

ALTER TABLE indelible.algorithms ENABLE ALWAYS TRIGGER algorithms_one_step;

CREATE FUNCTION indelible.history_needs_algorithms() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'algorithm' OR EXISTS (SELECT 1 FROM indelible.algorithms AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_algorithms AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'algorithm') EXECUTE FUNCTION indelible.history_needs_algorithms();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_algorithms;

CREATE FUNCTION indelible.history_declares_data_of_algorithms() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'algorithm' AND NEW.data - ARRAY['checksum', 'formulas']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_algorithms AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'algorithm') EXECUTE FUNCTION indelible.history_declares_data_of_algorithms();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_algorithms;

CREATE FUNCTION indelible.artifacts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER artifacts_no_delete BEFORE DELETE ON indelible.artifacts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.artifacts_no_delete();

ALTER TABLE indelible.artifacts ENABLE ALWAYS TRIGGER artifacts_no_delete;

CREATE FUNCTION indelible.artifacts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER artifacts_no_truncate BEFORE TRUNCATE ON indelible.artifacts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.artifacts_no_truncate();

ALTER TABLE indelible.artifacts ENABLE ALWAYS TRIGGER artifacts_no_truncate;

CREATE FUNCTION indelible.artifacts_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER artifacts_one_step BEFORE UPDATE ON indelible.artifacts
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.artifacts_one_step();

ALTER TABLE indelible.artifacts ENABLE ALWAYS TRIGGER artifacts_one_step;

CREATE FUNCTION indelible.artifacts_begins() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER artifacts_begins AFTER INSERT ON indelible.artifacts
FOR EACH ROW WHEN ((NEW.seq = 1) IS NOT TRUE) EXECUTE FUNCTION indelible.artifacts_begins();

ALTER TABLE indelible.artifacts ENABLE ALWAYS TRIGGER artifacts_begins;

CREATE FUNCTION indelible.centroids_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER centroids_no_delete BEFORE DELETE ON indelible.centroids
FOR EACH STATEMENT EXECUTE FUNCTION indelible.centroids_no_delete();

ALTER TABLE indelible.centroids ENABLE ALWAYS TRIGGER centroids_no_delete;

CREATE FUNCTION indelible.centroids_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER centroids_no_truncate BEFORE TRUNCATE ON indelible.centroids
FOR EACH STATEMENT EXECUTE FUNCTION indelible.centroids_no_truncate();

ALTER TABLE indelible.centroids ENABLE ALWAYS TRIGGER centroids_no_truncate;

CREATE FUNCTION indelible.centroids_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER centroids_one_step BEFORE UPDATE ON indelible.centroids
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.centroids_one_step();

ALTER TABLE indelible.centroids ENABLE ALWAYS TRIGGER centroids_one_step;

CREATE FUNCTION indelible.centroids_begins() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER centroids_begins AFTER INSERT ON indelible.centroids
FOR EACH ROW WHEN ((NEW.seq = 1) IS NOT TRUE) EXECUTE FUNCTION indelible.centroids_begins();

ALTER TABLE indelible.centroids ENABLE ALWAYS TRIGGER centroids_begins;

CREATE FUNCTION indelible.spaces_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER spaces_fixed BEFORE UPDATE ON indelible.spaces
FOR EACH ROW WHEN ((NEW.user_id = OLD.user_id AND NEW.model = OLD.model AND NEW.dimension = OLD.dimension) IS NOT TRUE) EXECUTE FUNCTION indelible.spaces_fixed();

ALTER TABLE indelible.spaces ENABLE ALWAYS TRIGGER spaces_fixed;

CREATE FUNCTION indelible.subspaces_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subspaces_fixed BEFORE UPDATE ON indelible.subspaces
FOR EACH ROW WHEN ((NEW.user_id = OLD.user_id AND NEW.space_id = OLD.space_id) IS NOT TRUE) EXECUTE FUNCTION indelible.subspaces_fixed();

ALTER TABLE indelible.subspaces ENABLE ALWAYS TRIGGER subspaces_fixed;

CREATE FUNCTION indelible.algorithms_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER algorithms_fixed BEFORE UPDATE ON indelible.algorithms
FOR EACH ROW WHEN ((NEW.formulas = OLD.formulas AND NEW.checksum = OLD.checksum) IS NOT TRUE) EXECUTE FUNCTION indelible.algorithms_fixed();

ALTER TABLE indelible.algorithms ENABLE ALWAYS TRIGGER algorithms_fixed;

CREATE FUNCTION indelible.artifacts_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER artifacts_fixed BEFORE UPDATE ON indelible.artifacts
FOR EACH ROW WHEN ((NEW.user_id = OLD.user_id AND NEW.space_id = OLD.space_id AND NEW.normalized_url = OLD.normalized_url) IS NOT TRUE) EXECUTE FUNCTION indelible.artifacts_fixed();

ALTER TABLE indelible.artifacts ENABLE ALWAYS TRIGGER artifacts_fixed;

CREATE FUNCTION indelible.centroids_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER centroids_fixed BEFORE UPDATE ON indelible.centroids
FOR EACH ROW WHEN ((NEW.space_id = OLD.space_id) IS NOT TRUE) EXECUTE FUNCTION indelible.centroids_fixed();

ALTER TABLE indelible.centroids ENABLE ALWAYS TRIGGER centroids_fixed;

CREATE FUNCTION indelible.artifacts_rising() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER artifacts_rising BEFORE UPDATE ON indelible.artifacts
FOR EACH ROW WHEN ((NEW.engagement_level >= OLD.engagement_level AND NEW.reading_depth >= OLD.reading_depth AND NEW.scroll_depth >= OLD.scroll_depth AND NEW.dwell_time_ms >= OLD.dwell_time_ms AND NEW.word_count >= OLD.word_count AND NEW.stamp >= OLD.stamp AND NEW.title_stamp >= OLD.title_stamp AND NEW.content_stamp >= OLD.content_stamp) IS NOT TRUE) EXECUTE FUNCTION indelible.artifacts_rising();

ALTER TABLE indelible.artifacts ENABLE ALWAYS TRIGGER artifacts_rising;

CREATE FUNCTION indelible.subspaces_seeded_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (OLD.seed IS NULL AND (NEW.seed IS NULL OR NOT EXISTS (SELECT 1 FROM indelible.centroids AS centroid WHERE centroid.id = NEW.id)) OR NEW.seed = OLD.seed) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subspaces_seeded_once BEFORE UPDATE ON indelible.subspaces
FOR EACH ROW EXECUTE FUNCTION indelible.subspaces_seeded_once();

ALTER TABLE indelible.subspaces ENABLE ALWAYS TRIGGER subspaces_seeded_once;

CREATE FUNCTION indelible.subspaces_of_owner() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.spaces AS space WHERE space.id = NEW.space_id AND space.user_id = NEW.user_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subspaces_of_owner AFTER INSERT ON indelible.subspaces
FOR EACH ROW EXECUTE FUNCTION indelible.subspaces_of_owner();

ALTER TABLE indelible.subspaces ENABLE ALWAYS TRIGGER subspaces_of_owner;

CREATE FUNCTION indelible.algorithms_one_active() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.status <> 'ACTIVE' OR NOT EXISTS (SELECT 1 FROM indelible.algorithms AS other WHERE other.status = 'ACTIVE' AND other.id <> NEW.id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER algorithms_one_active BEFORE UPDATE ON indelible.algorithms
FOR EACH ROW EXECUTE FUNCTION indelible.algorithms_one_active();

ALTER TABLE indelible.algorithms ENABLE ALWAYS TRIGGER algorithms_one_active;

CREATE FUNCTION indelible.authors_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER authors_no_delete BEFORE DELETE ON indelible.authors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.authors_no_delete();

ALTER TABLE indelible.authors ENABLE ALWAYS TRIGGER authors_no_delete;

CREATE FUNCTION indelible.authors_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER authors_no_truncate BEFORE TRUNCATE ON indelible.authors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.authors_no_truncate();

ALTER TABLE indelible.authors ENABLE ALWAYS TRIGGER authors_no_truncate;

CREATE FUNCTION indelible.authors_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER authors_one_step BEFORE UPDATE ON indelible.authors
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.authors_one_step();

ALTER TABLE indelible.authors ENABLE ALWAYS TRIGGER authors_one_step;

CREATE FUNCTION indelible.history_needs_authors() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'author' OR EXISTS (SELECT 1 FROM indelible.authors AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_authors AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'author') EXECUTE FUNCTION indelible.history_needs_authors();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_authors;

CREATE FUNCTION indelible.history_declares_data_of_authors() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'author' AND NEW.data - ARRAY['farcaster_handle', 'prompt_text', 'twitter_handle', 'wallet_address']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_authors AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'author') EXECUTE FUNCTION indelible.history_declares_data_of_authors();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_authors;

CREATE FUNCTION indelible.mint_events_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mint_events_no_delete BEFORE DELETE ON indelible.mint_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.mint_events_no_delete();

ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_no_delete;

CREATE FUNCTION indelible.mint_events_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mint_events_no_truncate BEFORE TRUNCATE ON indelible.mint_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.mint_events_no_truncate();

ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_no_truncate;

CREATE FUNCTION indelible.mint_events_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mint_events_one_step BEFORE UPDATE ON indelible.mint_events
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.mint_events_one_step();

ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_one_step;

CREATE FUNCTION indelible.history_needs_mint_events() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'mint_event' OR EXISTS (SELECT 1 FROM indelible.mint_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_mint_events AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'mint_event') EXECUTE FUNCTION indelible.history_needs_mint_events();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_mint_events;

CREATE FUNCTION indelible.history_declares_data_of_mint_events() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'mint_event' AND NEW.data - ARRAY['author_wallet', 'batch', 'block_hash', 'block_number', 'block_timestamp', 'copies', 'detected_at', 'log_index', 'quantity', 'recipient', 'token_id', 'total_paid', 'tx_hash']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_mint_events AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'mint_event') EXECUTE FUNCTION indelible.history_declares_data_of_mint_events();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_mint_events;

CREATE FUNCTION indelible.mint_events_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.detected_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mint_events_latest_times_on_insert AFTER INSERT ON indelible.mint_events
FOR EACH ROW EXECUTE FUNCTION indelible.mint_events_latest_times_on_insert();

ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_latest_times_on_insert;

CREATE FUNCTION indelible.mint_events_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.detected_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mint_events_latest_times_on_update BEFORE UPDATE ON indelible.mint_events
FOR EACH ROW EXECUTE FUNCTION indelible.mint_events_latest_times_on_update();

ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_latest_times_on_update;

CREATE FUNCTION indelible.tokens_s0_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tokens_s0_no_delete BEFORE DELETE ON indelible.tokens_s0
FOR EACH STATEMENT EXECUTE FUNCTION indelible.tokens_s0_no_delete();

ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_no_delete;

CREATE FUNCTION indelible.tokens_s0_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tokens_s0_no_truncate BEFORE TRUNCATE ON indelible.tokens_s0
FOR EACH STATEMENT EXECUTE FUNCTION indelible.tokens_s0_no_truncate();

ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_no_truncate;

CREATE FUNCTION indelible.tokens_s0_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tokens_s0_one_step BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.tokens_s0_one_step();

ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_one_step;

CREATE FUNCTION indelible.history_needs_tokens_s0() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'token' OR EXISTS (SELECT 1 FROM indelible.tokens_s0 AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_tokens_s0 AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'token') EXECUTE FUNCTION indelible.history_needs_tokens_s0();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_tokens_s0;

CREATE FUNCTION indelible.history_declares_data_of_tokens_s0() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'token' AND NEW.data - ARRAY['author_id', 'error_data', 'generation_attempts', 'generation_error', 'image_cid', 'image_url', 'metadata_cid', 'mint_event_id', 'mint_timestamp', 'minter_address', 'reveal_tx_hash', 'token_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_tokens_s0 AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'token') EXECUTE FUNCTION indelible.history_declares_data_of_tokens_s0();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_tokens_s0;

CREATE FUNCTION indelible.tokens_s0_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('failed detected', 'generating detected') OR NEW.author_id = OLD.author_id AND (NEW.minter_address = OLD.minter_address OR NEW.minter_address IS NULL AND OLD.minter_address IS NULL) AND NEW.mint_timestamp = OLD.mint_timestamp AND (NEW.mint_event_id = OLD.mint_event_id OR NEW.mint_event_id IS NULL AND OLD.mint_event_id IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tokens_s0_keeps_fields BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW EXECUTE FUNCTION indelible.tokens_s0_keeps_fields();

ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_keeps_fields;

CREATE FUNCTION indelible.tokens_s0_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.error_data IS NULL AND NEW.generation_attempts = 0 AND NEW.generation_error IS NULL AND NEW.image_cid IS NULL AND NEW.image_url IS NULL AND (NEW.status IN ('revealed') OR NEW.metadata_cid IS NULL) AND NEW.reveal_tx_hash IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tokens_s0_initial_fields AFTER INSERT ON indelible.tokens_s0
FOR EACH ROW EXECUTE FUNCTION indelible.tokens_s0_initial_fields();

ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_initial_fields;

CREATE FUNCTION indelible.image_generation_jobs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER image_generation_jobs_no_delete BEFORE DELETE ON indelible.image_generation_jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.image_generation_jobs_no_delete();

ALTER TABLE indelible.image_generation_jobs ENABLE ALWAYS TRIGGER image_generation_jobs_no_delete;

CREATE FUNCTION indelible.image_generation_jobs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER image_generation_jobs_no_truncate BEFORE TRUNCATE ON indelible.image_generation_jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.image_generation_jobs_no_truncate();

ALTER TABLE indelible.image_generation_jobs ENABLE ALWAYS TRIGGER image_generation_jobs_no_truncate;

CREATE FUNCTION indelible.image_generation_jobs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER image_generation_jobs_one_step BEFORE UPDATE ON indelible.image_generation_jobs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.image_generation_jobs_one_step();

ALTER TABLE indelible.image_generation_jobs ENABLE ALWAYS TRIGGER image_generation_jobs_one_step;

CREATE FUNCTION indelible.history_needs_image_generation_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'image_job' OR EXISTS (SELECT 1 FROM indelible.image_generation_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_image_generation_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'image_job') EXECUTE FUNCTION indelible.history_needs_image_generation_jobs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_image_generation_jobs;

CREATE FUNCTION indelible.history_declares_data_of_image_generation_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'image_job' AND NEW.data - ARRAY['completed_at', 'error_data', 'external_job_id', 'retry_count', 'service', 'token_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_image_generation_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'image_job') EXECUTE FUNCTION indelible.history_declares_data_of_image_generation_jobs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_image_generation_jobs;

CREATE FUNCTION indelible.image_generation_jobs_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.external_job_id IS NULL AND NEW.retry_count = 0) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER image_generation_jobs_initial_fields AFTER INSERT ON indelible.image_generation_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.image_generation_jobs_initial_fields();

ALTER TABLE indelible.image_generation_jobs ENABLE ALWAYS TRIGGER image_generation_jobs_initial_fields;

CREATE FUNCTION indelible.image_generation_jobs_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER image_generation_jobs_latest_times_on_insert AFTER INSERT ON indelible.image_generation_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.image_generation_jobs_latest_times_on_insert();

ALTER TABLE indelible.image_generation_jobs ENABLE ALWAYS TRIGGER image_generation_jobs_latest_times_on_insert;

CREATE FUNCTION indelible.image_generation_jobs_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER image_generation_jobs_latest_times_on_update BEFORE UPDATE ON indelible.image_generation_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.image_generation_jobs_latest_times_on_update();

ALTER TABLE indelible.image_generation_jobs ENABLE ALWAYS TRIGGER image_generation_jobs_latest_times_on_update;

CREATE FUNCTION indelible.ipfs_upload_records_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ipfs_upload_records_no_delete BEFORE DELETE ON indelible.ipfs_upload_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.ipfs_upload_records_no_delete();

ALTER TABLE indelible.ipfs_upload_records ENABLE ALWAYS TRIGGER ipfs_upload_records_no_delete;

CREATE FUNCTION indelible.ipfs_upload_records_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ipfs_upload_records_no_truncate BEFORE TRUNCATE ON indelible.ipfs_upload_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.ipfs_upload_records_no_truncate();

ALTER TABLE indelible.ipfs_upload_records ENABLE ALWAYS TRIGGER ipfs_upload_records_no_truncate;

CREATE FUNCTION indelible.ipfs_upload_records_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ipfs_upload_records_one_step BEFORE UPDATE ON indelible.ipfs_upload_records
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.ipfs_upload_records_one_step();

ALTER TABLE indelible.ipfs_upload_records ENABLE ALWAYS TRIGGER ipfs_upload_records_one_step;

CREATE FUNCTION indelible.history_needs_ipfs_upload_records() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'ipfs_upload' OR EXISTS (SELECT 1 FROM indelible.ipfs_upload_records AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_ipfs_upload_records AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'ipfs_upload') EXECUTE FUNCTION indelible.history_needs_ipfs_upload_records();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_ipfs_upload_records;

CREATE FUNCTION indelible.history_declares_data_of_ipfs_upload_records() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'ipfs_upload' AND NEW.data - ARRAY['cid', 'completed_at', 'error_data', 'record_type', 'retry_count', 'token_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_ipfs_upload_records AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'ipfs_upload') EXECUTE FUNCTION indelible.history_declares_data_of_ipfs_upload_records();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_ipfs_upload_records;

CREATE FUNCTION indelible.ipfs_upload_records_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.cid IS NULL AND NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.retry_count = 0) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ipfs_upload_records_initial_fields AFTER INSERT ON indelible.ipfs_upload_records
FOR EACH ROW EXECUTE FUNCTION indelible.ipfs_upload_records_initial_fields();

ALTER TABLE indelible.ipfs_upload_records ENABLE ALWAYS TRIGGER ipfs_upload_records_initial_fields;

CREATE FUNCTION indelible.ipfs_upload_records_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ipfs_upload_records_latest_times_on_insert AFTER INSERT ON indelible.ipfs_upload_records
FOR EACH ROW EXECUTE FUNCTION indelible.ipfs_upload_records_latest_times_on_insert();

ALTER TABLE indelible.ipfs_upload_records ENABLE ALWAYS TRIGGER ipfs_upload_records_latest_times_on_insert;

CREATE FUNCTION indelible.ipfs_upload_records_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ipfs_upload_records_latest_times_on_update BEFORE UPDATE ON indelible.ipfs_upload_records
FOR EACH ROW EXECUTE FUNCTION indelible.ipfs_upload_records_latest_times_on_update();

ALTER TABLE indelible.ipfs_upload_records ENABLE ALWAYS TRIGGER ipfs_upload_records_latest_times_on_update;

CREATE FUNCTION indelible.reveal_transactions_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_no_delete BEFORE DELETE ON indelible.reveal_transactions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.reveal_transactions_no_delete();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_no_delete;

CREATE FUNCTION indelible.reveal_transactions_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_no_truncate BEFORE TRUNCATE ON indelible.reveal_transactions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.reveal_transactions_no_truncate();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_no_truncate;

CREATE FUNCTION indelible.reveal_transactions_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_one_step BEFORE UPDATE ON indelible.reveal_transactions
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.reveal_transactions_one_step();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_one_step;

CREATE FUNCTION indelible.history_needs_reveal_transactions() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'reveal_transaction' OR EXISTS (SELECT 1 FROM indelible.reveal_transactions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_reveal_transactions AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reveal_transaction') EXECUTE FUNCTION indelible.history_needs_reveal_transactions();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_reveal_transactions;

CREATE FUNCTION indelible.history_declares_data_of_reveal_transactions() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'reveal_transaction' AND NEW.data - ARRAY['block_number', 'confirmed_at', 'gas_price_wei', 'token_ids', 'tx_hash']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_reveal_transactions AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reveal_transaction') EXECUTE FUNCTION indelible.history_declares_data_of_reveal_transactions();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_reveal_transactions;

CREATE FUNCTION indelible.reveal_transactions_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.block_number IS NULL AND NEW.confirmed_at IS NULL AND NEW.gas_price_wei IS NULL AND NEW.tx_hash IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_initial_fields AFTER INSERT ON indelible.reveal_transactions
FOR EACH ROW EXECUTE FUNCTION indelible.reveal_transactions_initial_fields();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_initial_fields;

CREATE FUNCTION indelible.reveal_transactions_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_latest_times_on_insert AFTER INSERT ON indelible.reveal_transactions
FOR EACH ROW EXECUTE FUNCTION indelible.reveal_transactions_latest_times_on_insert();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_latest_times_on_insert;

CREATE FUNCTION indelible.reveal_transactions_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_latest_times_on_update BEFORE UPDATE ON indelible.reveal_transactions
FOR EACH ROW EXECUTE FUNCTION indelible.reveal_transactions_latest_times_on_update();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_latest_times_on_update;

CREATE FUNCTION indelible.system_state_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER system_state_no_delete BEFORE DELETE ON indelible.system_state
FOR EACH STATEMENT EXECUTE FUNCTION indelible.system_state_no_delete();

ALTER TABLE indelible.system_state ENABLE ALWAYS TRIGGER system_state_no_delete;

CREATE FUNCTION indelible.system_state_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER system_state_no_truncate BEFORE TRUNCATE ON indelible.system_state
FOR EACH STATEMENT EXECUTE FUNCTION indelible.system_state_no_truncate();

ALTER TABLE indelible.system_state ENABLE ALWAYS TRIGGER system_state_no_truncate;

CREATE FUNCTION indelible.system_state_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER system_state_one_step BEFORE UPDATE ON indelible.system_state
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.system_state_one_step();

ALTER TABLE indelible.system_state ENABLE ALWAYS TRIGGER system_state_one_step;

CREATE FUNCTION indelible.history_needs_system_state() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'system_state' OR EXISTS (SELECT 1 FROM indelible.system_state AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_system_state AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'system_state') EXECUTE FUNCTION indelible.history_needs_system_state();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_system_state;

CREATE FUNCTION indelible.history_declares_data_of_system_state() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'system_state' AND NEW.data - ARRAY['state_value']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_system_state AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'system_state') EXECUTE FUNCTION indelible.history_declares_data_of_system_state();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_system_state;

CREATE FUNCTION indelible.authors_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER authors_fixed BEFORE UPDATE ON indelible.authors
FOR EACH ROW WHEN ((NEW.wallet_address = OLD.wallet_address) IS NOT TRUE) EXECUTE FUNCTION indelible.authors_fixed();

ALTER TABLE indelible.authors ENABLE ALWAYS TRIGGER authors_fixed;

CREATE FUNCTION indelible.mint_events_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mint_events_fixed BEFORE UPDATE ON indelible.mint_events
FOR EACH ROW WHEN ((NEW.tx_hash = OLD.tx_hash AND NEW.log_index = OLD.log_index AND NEW.block_number = OLD.block_number AND NEW.block_hash = OLD.block_hash AND NEW.block_timestamp = OLD.block_timestamp AND NEW.token_id = OLD.token_id AND NEW.quantity = OLD.quantity AND NEW.author_wallet = OLD.author_wallet AND NEW.recipient = OLD.recipient AND NEW.total_paid = OLD.total_paid AND NEW.detected_at = OLD.detected_at AND (NEW.batch = OLD.batch OR NEW.batch IS NULL AND OLD.batch IS NULL) AND (NEW.copies = OLD.copies OR NEW.copies IS NULL AND OLD.copies IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.mint_events_fixed();

ALTER TABLE indelible.mint_events ENABLE ALWAYS TRIGGER mint_events_fixed;

CREATE FUNCTION indelible.tokens_s0_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tokens_s0_fixed BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW WHEN ((NEW.token_id = OLD.token_id) IS NOT TRUE) EXECUTE FUNCTION indelible.tokens_s0_fixed();

ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_fixed;

CREATE FUNCTION indelible.image_generation_jobs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER image_generation_jobs_fixed BEFORE UPDATE ON indelible.image_generation_jobs
FOR EACH ROW WHEN ((NEW.token_id = OLD.token_id AND NEW.service = OLD.service) IS NOT TRUE) EXECUTE FUNCTION indelible.image_generation_jobs_fixed();

ALTER TABLE indelible.image_generation_jobs ENABLE ALWAYS TRIGGER image_generation_jobs_fixed;

CREATE FUNCTION indelible.ipfs_upload_records_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ipfs_upload_records_fixed BEFORE UPDATE ON indelible.ipfs_upload_records
FOR EACH ROW WHEN ((NEW.token_id = OLD.token_id AND NEW.record_type = OLD.record_type) IS NOT TRUE) EXECUTE FUNCTION indelible.ipfs_upload_records_fixed();

ALTER TABLE indelible.ipfs_upload_records ENABLE ALWAYS TRIGGER ipfs_upload_records_fixed;

CREATE FUNCTION indelible.reveal_transactions_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_fixed BEFORE UPDATE ON indelible.reveal_transactions
FOR EACH ROW WHEN ((NEW.token_ids = OLD.token_ids) IS NOT TRUE) EXECUTE FUNCTION indelible.reveal_transactions_fixed();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_fixed;

CREATE FUNCTION indelible.tokens_s0_fixed_unless_retried() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tokens_s0_fixed_unless_retried BEFORE UPDATE ON indelible.tokens_s0
FOR EACH ROW WHEN ((OLD.status = 'failed' AND NEW.status = 'detected' OR NEW.author_id = OLD.author_id AND NEW.mint_timestamp = OLD.mint_timestamp AND coalesce(NEW.minter_address, '') = coalesce(OLD.minter_address, '') AND coalesce(NEW.mint_event_id, '') = coalesce(OLD.mint_event_id, '')) IS NOT TRUE) EXECUTE FUNCTION indelible.tokens_s0_fixed_unless_retried();

ALTER TABLE indelible.tokens_s0 ENABLE ALWAYS TRIGGER tokens_s0_fixed_unless_retried;

CREATE FUNCTION indelible.reveal_transactions_has_tokens() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(NEW.token_ids) = 'array' THEN NEW.token_ids ELSE '[]' END) AS listed (id) WHERE NOT EXISTS (SELECT 1 FROM indelible.tokens_s0 AS token WHERE token.id = listed.id))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reveal_transactions_has_tokens AFTER INSERT ON indelible.reveal_transactions
FOR EACH ROW EXECUTE FUNCTION indelible.reveal_transactions_has_tokens();

ALTER TABLE indelible.reveal_transactions ENABLE ALWAYS TRIGGER reveal_transactions_has_tokens;

CREATE FUNCTION indelible.tasks_needs_tokens_s0() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM indelible.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_tokens_s0 AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('generate', 'upload', 'reveal')) EXECUTE FUNCTION indelible.tasks_needs_tokens_s0();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_tokens_s0;

CREATE FUNCTION indelible.project_prompts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER project_prompts_no_update BEFORE UPDATE ON indelible.project_prompts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.project_prompts_no_update();

ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_no_update;

CREATE FUNCTION indelible.project_prompts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER project_prompts_no_delete BEFORE DELETE ON indelible.project_prompts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.project_prompts_no_delete();

ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_no_delete;

CREATE FUNCTION indelible.project_prompts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER project_prompts_no_truncate BEFORE TRUNCATE ON indelible.project_prompts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.project_prompts_no_truncate();

ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_no_truncate;

CREATE FUNCTION indelible.job_outputs_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_outputs_no_update BEFORE UPDATE ON indelible.job_outputs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_outputs_no_update();

ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_no_update;

CREATE FUNCTION indelible.job_outputs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_outputs_no_delete BEFORE DELETE ON indelible.job_outputs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_outputs_no_delete();

ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_no_delete;

CREATE FUNCTION indelible.job_outputs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_outputs_no_truncate BEFORE TRUNCATE ON indelible.job_outputs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_outputs_no_truncate();

ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_no_truncate;

CREATE FUNCTION indelible.job_specs_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_specs_no_update BEFORE UPDATE ON indelible.job_specs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_specs_no_update();

ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_no_update;

CREATE FUNCTION indelible.job_specs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_specs_no_delete BEFORE DELETE ON indelible.job_specs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_specs_no_delete();

ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_no_delete;

CREATE FUNCTION indelible.job_specs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_specs_no_truncate BEFORE TRUNCATE ON indelible.job_specs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_specs_no_truncate();

ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_no_truncate;

CREATE FUNCTION indelible.project_prompts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.projects AS head WHERE head.id = NEW.project_id AND head.prompt_count = NEW.number AND head.updated_at = NEW.timestamp)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER project_prompts_needs_head AFTER INSERT ON indelible.project_prompts
FOR EACH ROW EXECUTE FUNCTION indelible.project_prompts_needs_head();

ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_needs_head;

CREATE FUNCTION indelible.job_outputs_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.written_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_outputs_needs_head AFTER INSERT ON indelible.job_outputs
FOR EACH ROW EXECUTE FUNCTION indelible.job_outputs_needs_head();

ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_needs_head;

CREATE FUNCTION indelible.job_specs_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.created_at AND head.spec_digest = NEW.spec_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_specs_needs_head AFTER INSERT ON indelible.job_specs
FOR EACH ROW EXECUTE FUNCTION indelible.job_specs_needs_head();

ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_needs_head;

CREATE FUNCTION indelible.projects_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_no_delete BEFORE DELETE ON indelible.projects
FOR EACH STATEMENT EXECUTE FUNCTION indelible.projects_no_delete();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_no_delete;

CREATE FUNCTION indelible.projects_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_no_truncate BEFORE TRUNCATE ON indelible.projects
FOR EACH STATEMENT EXECUTE FUNCTION indelible.projects_no_truncate();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_no_truncate;

CREATE FUNCTION indelible.projects_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_one_step BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_one_step();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_one_step;

CREATE FUNCTION indelible.history_needs_projects() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'project' OR EXISTS (SELECT 1 FROM indelible.projects AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.prompt_count = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_projects AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'project') EXECUTE FUNCTION indelible.history_needs_projects();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_projects;

CREATE FUNCTION indelible.history_declares_data_of_projects() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'project' AND NEW.data - ARRAY['current_nodes', 'description', 'github_repo_url', 'latest_successful_job_id', 'latest_successful_job_number', 'name', 'prompt', 'repository_branch', 'repository_host', 'repository_id', 'repository_name', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_projects AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'project') EXECUTE FUNCTION indelible.history_declares_data_of_projects();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_projects;

CREATE FUNCTION indelible.projects_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('bound bound', 'requested requested', 'unbound unbound') OR NEW.name = OLD.name AND NEW.description = OLD.description AND NEW.current_nodes = OLD.current_nodes AND (NEW.latest_successful_job_id = OLD.latest_successful_job_id OR NEW.latest_successful_job_id IS NULL AND OLD.latest_successful_job_id IS NULL) AND (NEW.latest_successful_job_number = OLD.latest_successful_job_number OR NEW.latest_successful_job_number IS NULL AND OLD.latest_successful_job_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested requested', 'unbound requested') OR (NEW.repository_host = OLD.repository_host OR NEW.repository_host IS NULL AND OLD.repository_host IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound', 'requested requested', 'unbound requested') OR (NEW.repository_name = OLD.repository_name OR NEW.repository_name IS NULL AND OLD.repository_name IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound') OR (NEW.repository_id = OLD.repository_id OR NEW.repository_id IS NULL AND OLD.repository_id IS NULL) AND (NEW.repository_branch = OLD.repository_branch OR NEW.repository_branch IS NULL AND OLD.repository_branch IS NULL) AND (NEW.github_repo_url = OLD.github_repo_url OR NEW.github_repo_url IS NULL AND OLD.github_repo_url IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_keeps_fields BEFORE UPDATE ON indelible.projects
FOR EACH ROW EXECUTE FUNCTION indelible.projects_keeps_fields();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_projects() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'project' AND NEW.seq > 1 AND NEW.action IN ('add_prompt', 'rename', 'request_repository', 'set_nodes', 'update_latest_job')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.projects AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('add_prompt', 'request_repository', 'set_nodes', 'update_latest_job') OR (predecessor.data #>> '{name}') IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (head.name) IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (predecessor.data #>> '{description}') IS NOT DISTINCT FROM (NEW.data #>> '{description}') AND (head.description) IS NOT DISTINCT FROM (NEW.data #>> '{description}')) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'update_latest_job') OR (predecessor.data #>> '{current_nodes}') IS NOT DISTINCT FROM (NEW.data #>> '{current_nodes}') AND (head.current_nodes) IS NOT DISTINCT FROM (NULLIF(NEW.data -> 'current_nodes', 'null'))) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'set_nodes') OR (predecessor.data #>> '{latest_successful_job_id}') IS NOT DISTINCT FROM (NEW.data #>> '{latest_successful_job_id}') AND (head.latest_successful_job_id) IS NOT DISTINCT FROM (NEW.data #>> '{latest_successful_job_id}') AND (predecessor.data #>> '{latest_successful_job_number}') IS NOT DISTINCT FROM (NEW.data #>> '{latest_successful_job_number}') AND (head.latest_successful_job_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{latest_successful_job_number}' AS BIGINT))) AND (NEW.action NOT IN ('add_prompt', 'rename', 'set_nodes', 'update_latest_job') OR (predecessor.data #>> '{repository_host}') IS NOT DISTINCT FROM (NEW.data #>> '{repository_host}') AND (head.repository_host) IS NOT DISTINCT FROM (NEW.data #>> '{repository_host}') AND (predecessor.data #>> '{repository_name}') IS NOT DISTINCT FROM (NEW.data #>> '{repository_name}') AND (head.repository_name) IS NOT DISTINCT FROM (NEW.data #>> '{repository_name}')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_projects AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'project' AND NEW.seq > 1 AND NEW.action IN ('add_prompt', 'rename', 'request_repository', 'set_nodes', 'update_latest_job')) EXECUTE FUNCTION indelible.history_keeps_fields_of_projects();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_projects;

CREATE FUNCTION indelible.projects_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.current_nodes = '[]' AND NEW.github_repo_url IS NULL AND NEW.latest_successful_job_id IS NULL AND NEW.latest_successful_job_number IS NULL AND NEW.repository_branch IS NULL AND NEW.repository_host IS NULL AND NEW.repository_id IS NULL AND NEW.repository_name IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_initial_fields AFTER INSERT ON indelible.projects
FOR EACH ROW EXECUTE FUNCTION indelible.projects_initial_fields();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_initial_fields;

CREATE FUNCTION indelible.jobs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_no_delete BEFORE DELETE ON indelible.jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.jobs_no_delete();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_no_delete;

CREATE FUNCTION indelible.jobs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_no_truncate BEFORE TRUNCATE ON indelible.jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.jobs_no_truncate();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_no_truncate;

CREATE FUNCTION indelible.jobs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_one_step BEFORE UPDATE ON indelible.jobs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.jobs_one_step();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_one_step;

CREATE FUNCTION indelible.history_needs_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'job' OR EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.output_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'job') EXECUTE FUNCTION indelible.history_needs_jobs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_jobs;

CREATE FUNCTION indelible.history_declares_data_of_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'job' AND NEW.data - ARRAY['architecture_spec', 'completed_at', 'failure_reason', 'number', 'output', 'phase', 'project_id', 'prompt', 'result', 'spec_digest', 'user_id', 'warning_count']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'job') EXECUTE FUNCTION indelible.history_declares_data_of_jobs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_jobs;

CREATE FUNCTION indelible.jobs_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed_with_warnings', 'running failed', 'running running') OR NEW.warning_count = OLD.warning_count) AND (OLD.status || ' ' || NEW.status IN ('running running') OR (NEW.phase = OLD.phase OR NEW.phase IS NULL AND OLD.phase IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('running completed', 'running completed_with_warnings') OR (NEW.result = OLD.result OR NEW.result IS NULL AND OLD.result IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running failed') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed', 'running completed_with_warnings', 'running failed') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_keeps_fields BEFORE UPDATE ON indelible.jobs
FOR EACH ROW EXECUTE FUNCTION indelible.jobs_keeps_fields();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_keeps_fields;

CREATE FUNCTION indelible.jobs_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.completed_at IS NULL AND NEW.failure_reason IS NULL AND NEW.phase IS NULL AND NEW.result IS NULL AND NEW.warning_count = 0) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_initial_fields AFTER INSERT ON indelible.jobs
FOR EACH ROW EXECUTE FUNCTION indelible.jobs_initial_fields();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_initial_fields;

CREATE FUNCTION indelible.jobs_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_latest_times_on_insert AFTER INSERT ON indelible.jobs
FOR EACH ROW EXECUTE FUNCTION indelible.jobs_latest_times_on_insert();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_latest_times_on_insert;

CREATE FUNCTION indelible.jobs_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_latest_times_on_update BEFORE UPDATE ON indelible.jobs
FOR EACH ROW EXECUTE FUNCTION indelible.jobs_latest_times_on_update();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_latest_times_on_update;

CREATE FUNCTION indelible.projects_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_fixed BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((NEW.user_id = OLD.user_id) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_fixed();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_fixed;

CREATE FUNCTION indelible.jobs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_fixed BEFORE UPDATE ON indelible.jobs
FOR EACH ROW WHEN ((NEW.project_id = OLD.project_id AND NEW.user_id = OLD.user_id AND NEW.number = OLD.number AND NEW.prompt = OLD.prompt AND NEW.spec_digest = OLD.spec_digest) IS NOT TRUE) EXECUTE FUNCTION indelible.jobs_fixed();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_fixed;

CREATE FUNCTION indelible.projects_bound_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_bound_once BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((OLD.status <> 'bound' OR NEW.repository_host = OLD.repository_host AND NEW.repository_name = OLD.repository_name AND NEW.repository_id = OLD.repository_id AND NEW.repository_branch = OLD.repository_branch AND NEW.github_repo_url = OLD.github_repo_url) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_bound_once();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_bound_once;

CREATE FUNCTION indelible.projects_requested_host() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_requested_host BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((OLD.status <> 'requested' OR NEW.status <> 'bound' OR NEW.repository_host = OLD.repository_host) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_requested_host();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_requested_host;

CREATE FUNCTION indelible.projects_latest_rises() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_latest_rises BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((OLD.latest_successful_job_number IS NULL OR NEW.latest_successful_job_number >= OLD.latest_successful_job_number) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_latest_rises();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_latest_rises;

CREATE FUNCTION indelible.projects_latest_successful() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.latest_successful_job_id IS NULL OR EXISTS (SELECT 1 FROM indelible.jobs AS job WHERE job.id = NEW.latest_successful_job_id AND job.project_id = NEW.id AND job.number = NEW.latest_successful_job_number AND job.status IN ('completed', 'completed_with_warnings'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_latest_successful BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN (NEW.latest_successful_job_id IS NOT NULL) EXECUTE FUNCTION indelible.projects_latest_successful();

ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_latest_successful;

CREATE FUNCTION indelible.jobs_warnings_rise() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_warnings_rise BEFORE UPDATE ON indelible.jobs
FOR EACH ROW WHEN ((NEW.warning_count >= OLD.warning_count) IS NOT TRUE) EXECUTE FUNCTION indelible.jobs_warnings_rise();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_warnings_rise;

CREATE FUNCTION indelible.jobs_prompted() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.projects AS project, indelible.project_prompts AS record WHERE project.id = NEW.project_id AND project.prompt_count = NEW.number AND record.project_id = NEW.project_id AND record.number = NEW.number AND record.prompt = NEW.prompt AND record.timestamp = NEW.created_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_prompted AFTER INSERT ON indelible.jobs
FOR EACH ROW EXECUTE FUNCTION indelible.jobs_prompted();

ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_prompted;

CREATE FUNCTION indelible.job_specs_has_prompt() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.jobs AS job WHERE job.id = NEW.job_id AND job.prompt = NEW.architecture_spec ->> 'prompt')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER job_specs_has_prompt AFTER INSERT ON indelible.job_specs
FOR EACH ROW EXECUTE FUNCTION indelible.job_specs_has_prompt();

ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_has_prompt;

CREATE FUNCTION indelible.tasks_needs_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('process_job') OR EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_jobs AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('process_job')) EXECUTE FUNCTION indelible.tasks_needs_jobs();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_jobs;

CREATE FUNCTION indelible.contest_configurations_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_configurations_no_update BEFORE UPDATE ON indelible.contest_configurations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_configurations_no_update();

ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_no_update;

CREATE FUNCTION indelible.contest_configurations_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_configurations_no_delete BEFORE DELETE ON indelible.contest_configurations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_configurations_no_delete();

ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_no_delete;

CREATE FUNCTION indelible.contest_configurations_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_configurations_no_truncate BEFORE TRUNCATE ON indelible.contest_configurations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_configurations_no_truncate();

ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_no_truncate;

CREATE FUNCTION indelible.rosters_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rosters_no_update BEFORE UPDATE ON indelible.rosters
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rosters_no_update();

ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_no_update;

CREATE FUNCTION indelible.rosters_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rosters_no_delete BEFORE DELETE ON indelible.rosters
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rosters_no_delete();

ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_no_delete;

CREATE FUNCTION indelible.rosters_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rosters_no_truncate BEFORE TRUNCATE ON indelible.rosters
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rosters_no_truncate();

ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_no_truncate;

CREATE FUNCTION indelible.provider_fetches_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_fetches_no_update BEFORE UPDATE ON indelible.provider_fetches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_fetches_no_update();

ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_no_update;

CREATE FUNCTION indelible.provider_fetches_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_fetches_no_delete BEFORE DELETE ON indelible.provider_fetches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_fetches_no_delete();

ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_no_delete;

CREATE FUNCTION indelible.provider_fetches_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_fetches_no_truncate BEFORE TRUNCATE ON indelible.provider_fetches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_fetches_no_truncate();

ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_no_truncate;

CREATE FUNCTION indelible.contest_events_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_events_no_update BEFORE UPDATE ON indelible.contest_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_events_no_update();

ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_no_update;

CREATE FUNCTION indelible.contest_events_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_events_no_delete BEFORE DELETE ON indelible.contest_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_events_no_delete();

ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_no_delete;

CREATE FUNCTION indelible.contest_events_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_events_no_truncate BEFORE TRUNCATE ON indelible.contest_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_events_no_truncate();

ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_no_truncate;

CREATE FUNCTION indelible.event_faults_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER event_faults_no_update BEFORE UPDATE ON indelible.event_faults
FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_no_update();

ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_no_update;

CREATE FUNCTION indelible.event_faults_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER event_faults_no_delete BEFORE DELETE ON indelible.event_faults
FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_no_delete();

ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_no_delete;

CREATE FUNCTION indelible.event_faults_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER event_faults_no_truncate BEFORE TRUNCATE ON indelible.event_faults
FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_no_truncate();

ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_no_truncate;

CREATE FUNCTION indelible.settlement_lines_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_lines_no_update BEFORE UPDATE ON indelible.settlement_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_no_update();

ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_no_update;

CREATE FUNCTION indelible.settlement_lines_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_lines_no_delete BEFORE DELETE ON indelible.settlement_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_no_delete();

ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_no_delete;

CREATE FUNCTION indelible.settlement_lines_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_lines_no_truncate BEFORE TRUNCATE ON indelible.settlement_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_no_truncate();

ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_no_truncate;

CREATE FUNCTION indelible.event_faults_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'contest_log' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{faults,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.event_faults AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER event_faults_in_change AFTER INSERT ON indelible.event_faults
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_in_change();

ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_in_change;

CREATE FUNCTION indelible.history_needs_event_faults() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'contest_log' OR (CASE WHEN NEW.action IN ('append', 'correct') THEN NEW.data #>> '{faults,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('append', 'correct') THEN NEW.data #>> '{faults,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_event_faults AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest_log') EXECUTE FUNCTION indelible.history_needs_event_faults();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_event_faults;

CREATE FUNCTION indelible.settlement_lines_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.settlement_runs AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'settlement_run' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{lines,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.settlement_lines AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_lines_in_change AFTER INSERT ON indelible.settlement_lines
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_in_change();

ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_in_change;

CREATE FUNCTION indelible.history_needs_settlement_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'settlement_run' OR (CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{lines,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{lines,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_settlement_lines AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'settlement_run') EXECUTE FUNCTION indelible.history_needs_settlement_lines();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_settlement_lines;

CREATE FUNCTION indelible.contest_configurations_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.contest_id AND head.configuration_version = NEW.version AND head.updated_at = NEW.created_at AND head.configuration_digest = NEW.configuration_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_configurations_needs_head AFTER INSERT ON indelible.contest_configurations
FOR EACH ROW EXECUTE FUNCTION indelible.contest_configurations_needs_head();

ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_needs_head;

CREATE FUNCTION indelible.rosters_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.entries AS head WHERE head.id = NEW.entry_id AND head.roster_number = NEW.number AND head.updated_at = NEW.submitted_at AND head.roster_digest = NEW.roster_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER rosters_needs_head AFTER INSERT ON indelible.rosters
FOR EACH ROW EXECUTE FUNCTION indelible.rosters_needs_head();

ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_needs_head;

CREATE FUNCTION indelible.contest_events_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = NEW.contest_id AND head.event_number = NEW.number AND head.updated_at = NEW.stored_at AND head.event_hash = NEW.event_hash)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_events_needs_head AFTER INSERT ON indelible.contest_events
FOR EACH ROW EXECUTE FUNCTION indelible.contest_events_needs_head();

ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_needs_head;

CREATE FUNCTION indelible.provider_fetches_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND head.fetch_number = NEW.number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_fetches_needs_head AFTER INSERT ON indelible.provider_fetches
FOR EACH ROW EXECUTE FUNCTION indelible.provider_fetches_needs_head();

ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_needs_head;

CREATE FUNCTION indelible.contests_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_no_delete BEFORE DELETE ON indelible.contests
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contests_no_delete();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_no_delete;

CREATE FUNCTION indelible.contests_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_no_truncate BEFORE TRUNCATE ON indelible.contests
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contests_no_truncate();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_no_truncate;

CREATE FUNCTION indelible.contests_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_one_step BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_one_step();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_one_step;

CREATE FUNCTION indelible.history_needs_contests() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'contest' OR EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.configuration_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_contests AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest') EXECUTE FUNCTION indelible.history_needs_contests();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_contests;

CREATE FUNCTION indelible.history_declares_data_of_contests() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'contest' AND NEW.data - ARRAY['attempted_action', 'configuration', 'configuration_digest', 'contest_name', 'currency', 'end_time', 'error_code', 'error_from_state', 'error_message', 'evidence', 'fee_minor', 'lock_time', 'max_entries', 'max_entries_per_user', 'min_entries', 'organizer_id', 'payment_grace_seconds', 'provider_event_id', 'reason_code', 'settle_time', 'settlement_run_id', 'start_time']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_contests AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest') EXECUTE FUNCTION indelible.history_declares_data_of_contests();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_contests;

CREATE FUNCTION indelible.contests_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('SCHEDULED LOCKED', 'SCHEDULED SCHEDULED') OR NEW.configuration_digest = OLD.configuration_digest AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) AND (OLD.status || ' ' || NEW.status IN ('ERROR COMPLETE', 'LIVE COMPLETE') OR (NEW.settle_time = OLD.settle_time OR NEW.settle_time IS NULL AND OLD.settle_time IS NULL) AND (NEW.settlement_run_id = OLD.settlement_run_id OR NEW.settlement_run_id IS NULL AND OLD.settlement_run_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ERROR CANCELLED', 'ERROR COMPLETE', 'ERROR LIVE', 'ERROR LOCKED', 'ERROR SCHEDULED', 'LIVE ERROR', 'LOCKED ERROR', 'SCHEDULED ERROR') OR (NEW.error_from_state = OLD.error_from_state OR NEW.error_from_state IS NULL AND OLD.error_from_state IS NULL) AND (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL) AND (NEW.attempted_action = OLD.attempted_action OR NEW.attempted_action IS NULL AND OLD.attempted_action IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_keeps_fields BEFORE UPDATE ON indelible.contests
FOR EACH ROW EXECUTE FUNCTION indelible.contests_keeps_fields();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_contests() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'contest' AND NEW.seq > 1 AND NEW.action IN ('lock')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.contests AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('lock') OR (predecessor.data #>> '{configuration_digest}') IS NOT DISTINCT FROM (NEW.data #>> '{configuration_digest}') AND (head.configuration_digest) IS NOT DISTINCT FROM (NEW.data #>> '{configuration_digest}') AND (predecessor.data #>> '{lock_time}') IS NOT DISTINCT FROM (NEW.data #>> '{lock_time}') AND (head.lock_time) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{lock_time}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{start_time}') IS NOT DISTINCT FROM (NEW.data #>> '{start_time}') AND (head.start_time) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{start_time}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{end_time}') IS NOT DISTINCT FROM (NEW.data #>> '{end_time}') AND (head.end_time) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{end_time}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{max_entries}') IS NOT DISTINCT FROM (NEW.data #>> '{max_entries}') AND (head.max_entries) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{max_entries}' AS BIGINT)) AND (predecessor.data #>> '{min_entries}') IS NOT DISTINCT FROM (NEW.data #>> '{min_entries}') AND (head.min_entries) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{min_entries}' AS BIGINT)) AND (predecessor.data #>> '{max_entries_per_user}') IS NOT DISTINCT FROM (NEW.data #>> '{max_entries_per_user}') AND (head.max_entries_per_user) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{max_entries_per_user}' AS BIGINT)) AND (predecessor.data #>> '{fee_minor}') IS NOT DISTINCT FROM (NEW.data #>> '{fee_minor}') AND (head.fee_minor) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{fee_minor}' AS BIGINT)) AND (predecessor.data #>> '{currency}') IS NOT DISTINCT FROM (NEW.data #>> '{currency}') AND (head.currency) IS NOT DISTINCT FROM (NEW.data #>> '{currency}') AND (predecessor.data #>> '{payment_grace_seconds}') IS NOT DISTINCT FROM (NEW.data #>> '{payment_grace_seconds}') AND (head.payment_grace_seconds) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{payment_grace_seconds}' AS BIGINT))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_contests AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest' AND NEW.seq > 1 AND NEW.action IN ('lock')) EXECUTE FUNCTION indelible.history_keeps_fields_of_contests();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_contests;

CREATE FUNCTION indelible.contests_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.attempted_action IS NULL AND NEW.error_code IS NULL AND NEW.error_from_state IS NULL AND NEW.error_message IS NULL AND NEW.settle_time IS NULL AND NEW.settlement_run_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_initial_fields AFTER INSERT ON indelible.contests
FOR EACH ROW EXECUTE FUNCTION indelible.contests_initial_fields();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_initial_fields;

CREATE FUNCTION indelible.contests_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.end_time <= NEW.updated_at + interval '86400000 seconds' AND (NEW.settle_time IS NULL OR NEW.settle_time <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_latest_times_on_insert AFTER INSERT ON indelible.contests
FOR EACH ROW EXECUTE FUNCTION indelible.contests_latest_times_on_insert();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_latest_times_on_insert;

CREATE FUNCTION indelible.contests_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.end_time <= NEW.updated_at + interval '86400000 seconds' AND (NEW.settle_time IS NULL OR NEW.settle_time <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_latest_times_on_update BEFORE UPDATE ON indelible.contests
FOR EACH ROW EXECUTE FUNCTION indelible.contests_latest_times_on_update();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_latest_times_on_update;

CREATE FUNCTION indelible.entries_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_no_delete BEFORE DELETE ON indelible.entries
FOR EACH STATEMENT EXECUTE FUNCTION indelible.entries_no_delete();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_no_delete;

CREATE FUNCTION indelible.entries_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON indelible.entries
FOR EACH STATEMENT EXECUTE FUNCTION indelible.entries_no_truncate();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_no_truncate;

CREATE FUNCTION indelible.entries_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_one_step BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_one_step();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_one_step;

CREATE FUNCTION indelible.history_needs_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'entry' OR EXISTS (SELECT 1 FROM indelible.entries AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.roster_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_entries AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'entry') EXECUTE FUNCTION indelible.history_needs_entries();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_entries;

CREATE FUNCTION indelible.history_declares_data_of_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'entry' AND NEW.data - ARRAY['contest_id', 'currency', 'entry_number', 'fee_minor', 'paid_at', 'paid_minor', 'payment_ref', 'place_number', 'rejection_reason', 'roster', 'roster_digest', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_entries AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'entry') EXECUTE FUNCTION indelible.history_declares_data_of_entries();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_entries;

CREATE FUNCTION indelible.entries_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('ACTIVE REFUNDED', 'PENDING_PAYMENT REJECTED', 'VOID REFUNDED') OR (NEW.place_number = OLD.place_number OR NEW.place_number IS NULL AND OLD.place_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE', 'PENDING_PAYMENT PENDING_PAYMENT') OR NEW.roster_digest = OLD.roster_digest) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT ACTIVE') OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT REJECTED') OR (NEW.rejection_reason = OLD.rejection_reason OR NEW.rejection_reason IS NULL AND OLD.rejection_reason IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_keeps_fields BEFORE UPDATE ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_keeps_fields();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_keeps_fields;

CREATE FUNCTION indelible.entries_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.status IN ('ACTIVE') OR NEW.paid_at IS NULL) AND (NEW.status IN ('ACTIVE') OR NEW.paid_minor IS NULL) AND NEW.payment_ref IS NULL AND NEW.rejection_reason IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_initial_fields AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_initial_fields();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_initial_fields;

CREATE FUNCTION indelible.entries_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_latest_times_on_insert AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_latest_times_on_insert();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_latest_times_on_insert;

CREATE FUNCTION indelible.entries_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_latest_times_on_update BEFORE UPDATE ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_latest_times_on_update();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_latest_times_on_update;

CREATE FUNCTION indelible.contest_logs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_no_delete BEFORE DELETE ON indelible.contest_logs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_logs_no_delete();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_no_delete;

CREATE FUNCTION indelible.contest_logs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_no_truncate BEFORE TRUNCATE ON indelible.contest_logs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_logs_no_truncate();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_no_truncate;

CREATE FUNCTION indelible.contest_logs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_one_step BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.contest_logs_one_step();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_one_step;

CREATE FUNCTION indelible.history_needs_contest_logs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'contest_log' OR EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.event_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_contest_logs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest_log') EXECUTE FUNCTION indelible.history_needs_contest_logs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_contest_logs;

CREATE FUNCTION indelible.history_declares_data_of_contest_logs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'contest_log' AND NEW.data - ARRAY['cancelled_number', 'conflict_number', 'contest_id', 'event', 'event_hash', 'faults', 'fetch_number', 'field_number', 'head_hash', 'leaderboard_at', 'leaderboard_hash', 'leaderboard_number', 'observations', 'observed_at', 'pending_rewrite', 'pending_rewrite_at', 'pending_rewrite_number', 'provider_event_id', 'terminal_at', 'terminal_number']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_contest_logs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest_log') EXECUTE FUNCTION indelible.history_declares_data_of_contest_logs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_contest_logs;

CREATE FUNCTION indelible.contest_logs_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('OPEN OPEN', 'PAUSED PAUSED') OR NEW.fetch_number = OLD.fetch_number AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) AND NEW.event_hash = OLD.event_hash AND (NEW.field_number = OLD.field_number OR NEW.field_number IS NULL AND OLD.field_number IS NULL) AND (NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number IS NULL AND OLD.leaderboard_number IS NULL) AND (NEW.leaderboard_at = OLD.leaderboard_at OR NEW.leaderboard_at IS NULL AND OLD.leaderboard_at IS NULL) AND (NEW.leaderboard_hash = OLD.leaderboard_hash OR NEW.leaderboard_hash IS NULL AND OLD.leaderboard_hash IS NULL) AND NEW.observations = OLD.observations AND (NEW.observed_at = OLD.observed_at OR NEW.observed_at IS NULL AND OLD.observed_at IS NULL) AND (NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number IS NULL AND OLD.terminal_number IS NULL) AND (NEW.terminal_at = OLD.terminal_at OR NEW.terminal_at IS NULL AND OLD.terminal_at IS NULL) AND (NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number IS NULL AND OLD.cancelled_number IS NULL) AND (NEW.pending_rewrite = OLD.pending_rewrite OR NEW.pending_rewrite IS NULL AND OLD.pending_rewrite IS NULL) AND (NEW.pending_rewrite_at = OLD.pending_rewrite_at OR NEW.pending_rewrite_at IS NULL AND OLD.pending_rewrite_at IS NULL) AND (NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number IS NULL AND OLD.pending_rewrite_number IS NULL) AND (NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number IS NULL AND OLD.conflict_number IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_keeps_fields BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW EXECUTE FUNCTION indelible.contest_logs_keeps_fields();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_contest_logs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'contest_log' AND NEW.seq > 1 AND NEW.action IN ('skip')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.contest_logs AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('skip') OR (predecessor.data #>> '{head_hash}') IS NOT DISTINCT FROM (NEW.data #>> '{head_hash}') AND (head.head_hash) IS NOT DISTINCT FROM (NEW.data #>> '{head_hash}') AND (predecessor.data #>> '{event_hash}') IS NOT DISTINCT FROM (NEW.data #>> '{event_hash}') AND (head.event_hash) IS NOT DISTINCT FROM (NEW.data #>> '{event_hash}') AND (predecessor.data #>> '{field_number}') IS NOT DISTINCT FROM (NEW.data #>> '{field_number}') AND (head.field_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{field_number}' AS BIGINT)) AND (predecessor.data #>> '{leaderboard_number}') IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_number}') AND (head.leaderboard_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{leaderboard_number}' AS BIGINT)) AND (predecessor.data #>> '{leaderboard_at}') IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_at}') AND (head.leaderboard_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{leaderboard_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{leaderboard_hash}') IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_hash}') AND (head.leaderboard_hash) IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_hash}') AND (predecessor.data #>> '{observations}') IS NOT DISTINCT FROM (NEW.data #>> '{observations}') AND (head.observations) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{observations}' AS BIGINT)) AND (predecessor.data #>> '{observed_at}') IS NOT DISTINCT FROM (NEW.data #>> '{observed_at}') AND (head.observed_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{observed_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{terminal_number}') IS NOT DISTINCT FROM (NEW.data #>> '{terminal_number}') AND (head.terminal_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{terminal_number}' AS BIGINT)) AND (predecessor.data #>> '{terminal_at}') IS NOT DISTINCT FROM (NEW.data #>> '{terminal_at}') AND (head.terminal_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{terminal_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{cancelled_number}') IS NOT DISTINCT FROM (NEW.data #>> '{cancelled_number}') AND (head.cancelled_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{cancelled_number}' AS BIGINT)) AND (predecessor.data #>> '{conflict_number}') IS NOT DISTINCT FROM (NEW.data #>> '{conflict_number}') AND (head.conflict_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{conflict_number}' AS BIGINT))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_contest_logs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest_log' AND NEW.seq > 1 AND NEW.action IN ('skip')) EXECUTE FUNCTION indelible.history_keeps_fields_of_contest_logs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_contest_logs;

CREATE FUNCTION indelible.contest_logs_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.cancelled_number IS NULL AND NEW.conflict_number IS NULL AND NEW.event_hash = '' AND NEW.fetch_number = 0 AND NEW.field_number IS NULL AND NEW.head_hash IS NULL AND NEW.leaderboard_at IS NULL AND NEW.leaderboard_hash IS NULL AND NEW.leaderboard_number IS NULL AND NEW.observations = 0 AND NEW.observed_at IS NULL AND NEW.pending_rewrite IS NULL AND NEW.pending_rewrite_at IS NULL AND NEW.pending_rewrite_number IS NULL AND NEW.terminal_at IS NULL AND NEW.terminal_number IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_initial_fields AFTER INSERT ON indelible.contest_logs
FOR EACH ROW EXECUTE FUNCTION indelible.contest_logs_initial_fields();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_initial_fields;

CREATE FUNCTION indelible.contest_logs_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.observed_at IS NULL OR NEW.observed_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_latest_times_on_insert AFTER INSERT ON indelible.contest_logs
FOR EACH ROW EXECUTE FUNCTION indelible.contest_logs_latest_times_on_insert();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_latest_times_on_insert;

CREATE FUNCTION indelible.contest_logs_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.observed_at IS NULL OR NEW.observed_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_latest_times_on_update BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW EXECUTE FUNCTION indelible.contest_logs_latest_times_on_update();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_latest_times_on_update;

CREATE FUNCTION indelible.provider_feeds_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_feeds_no_delete BEFORE DELETE ON indelible.provider_feeds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_feeds_no_delete();

ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_no_delete;

CREATE FUNCTION indelible.provider_feeds_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_feeds_no_truncate BEFORE TRUNCATE ON indelible.provider_feeds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_feeds_no_truncate();

ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_no_truncate;

CREATE FUNCTION indelible.provider_feeds_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_feeds_one_step BEFORE UPDATE ON indelible.provider_feeds
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.provider_feeds_one_step();

ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_one_step;

CREATE FUNCTION indelible.history_needs_provider_feeds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'provider_feed' OR EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.fetch_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_provider_feeds AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'provider_feed') EXECUTE FUNCTION indelible.history_needs_provider_feeds();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_provider_feeds;

CREATE FUNCTION indelible.history_declares_data_of_provider_feeds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'provider_feed' AND NEW.data - ARRAY['failures', 'fetch', 'last_payload_digest', 'last_success_at']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_provider_feeds AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'provider_feed') EXECUTE FUNCTION indelible.history_declares_data_of_provider_feeds();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_provider_feeds;

CREATE FUNCTION indelible.provider_feeds_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('POLLING POLLING') OR (NEW.last_success_at = OLD.last_success_at OR NEW.last_success_at IS NULL AND OLD.last_success_at IS NULL) AND (NEW.last_payload_digest = OLD.last_payload_digest OR NEW.last_payload_digest IS NULL AND OLD.last_payload_digest IS NULL) AND NEW.failures = OLD.failures)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_feeds_keeps_fields BEFORE UPDATE ON indelible.provider_feeds
FOR EACH ROW EXECUTE FUNCTION indelible.provider_feeds_keeps_fields();

ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_keeps_fields;

CREATE FUNCTION indelible.provider_feeds_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.failures = 0 AND NEW.last_payload_digest IS NULL AND NEW.last_success_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_feeds_initial_fields AFTER INSERT ON indelible.provider_feeds
FOR EACH ROW EXECUTE FUNCTION indelible.provider_feeds_initial_fields();

ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_initial_fields;

CREATE FUNCTION indelible.provider_feeds_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.last_success_at IS NULL OR NEW.last_success_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_feeds_latest_times_on_insert AFTER INSERT ON indelible.provider_feeds
FOR EACH ROW EXECUTE FUNCTION indelible.provider_feeds_latest_times_on_insert();

ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_latest_times_on_insert;

CREATE FUNCTION indelible.provider_feeds_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.last_success_at IS NULL OR NEW.last_success_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_feeds_latest_times_on_update BEFORE UPDATE ON indelible.provider_feeds
FOR EACH ROW EXECUTE FUNCTION indelible.provider_feeds_latest_times_on_update();

ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_latest_times_on_update;

CREATE FUNCTION indelible.settlement_runs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_no_delete BEFORE DELETE ON indelible.settlement_runs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_runs_no_delete();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_no_delete;

CREATE FUNCTION indelible.settlement_runs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_no_truncate BEFORE TRUNCATE ON indelible.settlement_runs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_runs_no_truncate();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_no_truncate;

CREATE FUNCTION indelible.settlement_runs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_one_step BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.settlement_runs_one_step();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_one_step;

CREATE FUNCTION indelible.history_needs_settlement_runs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'settlement_run' OR EXISTS (SELECT 1 FROM indelible.settlement_runs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_settlement_runs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'settlement_run') EXECUTE FUNCTION indelible.history_needs_settlement_runs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_settlement_runs;

CREATE FUNCTION indelible.history_declares_data_of_settlement_runs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'settlement_run' AND NEW.data - ARRAY['configuration_digest', 'configuration_version', 'contest_id', 'currency', 'eligibility_digest', 'engine_version', 'entries_count', 'entries_seq_sum', 'error_code', 'error_message', 'event_number', 'events_digest', 'line_count', 'lines', 'number', 'official_rounds', 'pool_minor', 'rake_minor', 'result_digest', 'retained_minor', 'rounding_minor', 'settled_at', 'top_up_minor']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_settlement_runs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'settlement_run') EXECUTE FUNCTION indelible.history_declares_data_of_settlement_runs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_settlement_runs;

CREATE FUNCTION indelible.settlement_runs_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR (NEW.eligibility_digest = OLD.eligibility_digest OR NEW.eligibility_digest IS NULL AND OLD.eligibility_digest IS NULL) AND (NEW.official_rounds = OLD.official_rounds OR NEW.official_rounds IS NULL AND OLD.official_rounds IS NULL) AND (NEW.result_digest = OLD.result_digest OR NEW.result_digest IS NULL AND OLD.result_digest IS NULL) AND (NEW.pool_minor = OLD.pool_minor OR NEW.pool_minor IS NULL AND OLD.pool_minor IS NULL) AND (NEW.rake_minor = OLD.rake_minor OR NEW.rake_minor IS NULL AND OLD.rake_minor IS NULL) AND (NEW.rounding_minor = OLD.rounding_minor OR NEW.rounding_minor IS NULL AND OLD.rounding_minor IS NULL) AND (NEW.retained_minor = OLD.retained_minor OR NEW.retained_minor IS NULL AND OLD.retained_minor IS NULL) AND (NEW.top_up_minor = OLD.top_up_minor OR NEW.top_up_minor IS NULL AND OLD.top_up_minor IS NULL) AND (NEW.line_count = OLD.line_count OR NEW.line_count IS NULL AND OLD.line_count IS NULL) AND (NEW.settled_at = OLD.settled_at OR NEW.settled_at IS NULL AND OLD.settled_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_keeps_fields BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW EXECUTE FUNCTION indelible.settlement_runs_keeps_fields();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_keeps_fields;

CREATE FUNCTION indelible.settlement_runs_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.eligibility_digest IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.line_count IS NULL AND NEW.official_rounds IS NULL AND NEW.pool_minor IS NULL AND NEW.rake_minor IS NULL AND NEW.result_digest IS NULL AND NEW.retained_minor IS NULL AND NEW.rounding_minor IS NULL AND NEW.settled_at IS NULL AND NEW.top_up_minor IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_initial_fields AFTER INSERT ON indelible.settlement_runs
FOR EACH ROW EXECUTE FUNCTION indelible.settlement_runs_initial_fields();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_initial_fields;

CREATE FUNCTION indelible.settlement_runs_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.settled_at IS NULL OR NEW.settled_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_latest_times_on_insert AFTER INSERT ON indelible.settlement_runs
FOR EACH ROW EXECUTE FUNCTION indelible.settlement_runs_latest_times_on_insert();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_latest_times_on_insert;

CREATE FUNCTION indelible.settlement_runs_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.settled_at IS NULL OR NEW.settled_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_latest_times_on_update BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW EXECUTE FUNCTION indelible.settlement_runs_latest_times_on_update();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_latest_times_on_update;

CREATE FUNCTION indelible.contests_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_fixed BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.organizer_id = OLD.organizer_id AND NEW.contest_name = OLD.contest_name AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_fixed();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_fixed;

CREATE FUNCTION indelible.contests_frozen() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.configuration_version = OLD.configuration_version AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds AND NEW.configuration_digest = OLD.configuration_digest) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_frozen BEFORE UPDATE ON indelible.contests
FOR EACH ROW EXECUTE FUNCTION indelible.contests_frozen();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_frozen;

CREATE FUNCTION indelible.contests_fee_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency OR NOT EXISTS (SELECT 1 FROM indelible.entries AS entry WHERE entry.contest_id = OLD.id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_fee_fixed BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.fee_minor <> OLD.fee_minor OR NEW.currency <> OLD.currency)) EXECUTE FUNCTION indelible.contests_fee_fixed();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_fee_fixed;

CREATE FUNCTION indelible.contests_has_places() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.max_entries IS NULL OR NEW.max_entries >= OLD.max_entries OR NOT EXISTS (SELECT 1 FROM indelible.entries AS entry WHERE entry.contest_id = OLD.id AND entry.place_number > NEW.max_entries)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_has_places BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN (NEW.max_entries IS NOT NULL) EXECUTE FUNCTION indelible.contests_has_places();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_has_places;

CREATE FUNCTION indelible.contests_locks_in_time() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_locks_in_time BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((OLD.status <> 'SCHEDULED' OR NEW.status <> 'LOCKED' OR NEW.updated_at >= NEW.lock_time) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_locks_in_time();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_locks_in_time;

CREATE FUNCTION indelible.contests_starts_in_time() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (OLD.status = 'LOCKED' AND NEW.status = 'LIVE') OR NEW.updated_at >= NEW.start_time AND EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = NEW.id AND (log.field_number IS NOT NULL OR log.leaderboard_number IS NOT NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_starts_in_time BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN (OLD.status = 'LOCKED' AND NEW.status = 'LIVE') EXECUTE FUNCTION indelible.contests_starts_in_time();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_starts_in_time;

CREATE FUNCTION indelible.contests_error_origin() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_error_origin BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.status <> 'ERROR' OR NEW.error_from_state = OLD.status) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_error_origin();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_error_origin;

CREATE FUNCTION indelible.contests_resumes_origin() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_resumes_origin BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((OLD.status <> 'ERROR' OR CASE NEW.status WHEN 'CANCELLED' THEN TRUE WHEN 'COMPLETE' THEN OLD.error_from_state = 'LIVE' ELSE NEW.status = OLD.error_from_state END) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_resumes_origin();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_resumes_origin;

CREATE FUNCTION indelible.contests_ends_by_event() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = NEW.id AND log.terminal_number IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contests_ends_by_event BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN (NEW.status = 'COMPLETE') EXECUTE FUNCTION indelible.contests_ends_by_event();

ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_ends_by_event;

CREATE FUNCTION indelible.contest_configurations_matches_contest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.contest_id AND (CAST(head.provider_event_id AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{provider_event_id}') AND (CAST(head.max_entries AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{max_entries}') AND (CAST(head.min_entries AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{min_entries}') AND (CAST(head.max_entries_per_user AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{max_entries_per_user}') AND (CAST(head.fee_minor AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{entry_fee_cents}') AND (CAST(head.currency AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{currency}') AND (CAST(head.payment_grace_seconds AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{payment_grace_seconds}') AND to_char(head.lock_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{lock_time}', 1, 19) AND to_char(head.start_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{tournament_start_time}', 1, 19) AND to_char(head.end_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{tournament_end_time}', 1, 19))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_configurations_matches_contest AFTER INSERT ON indelible.contest_configurations
FOR EACH ROW EXECUTE FUNCTION indelible.contest_configurations_matches_contest();

ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_matches_contest;

CREATE FUNCTION indelible.contest_configurations_payout_kind_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.version = 1 OR NOT EXISTS (SELECT 1 FROM indelible.entries AS entry WHERE entry.contest_id = NEW.contest_id) OR EXISTS (SELECT 1 FROM indelible.contest_configurations AS previous WHERE previous.contest_id = NEW.contest_id AND previous.version = NEW.version - 1 AND (previous.configuration #>> '{payout,kind}') IS NOT DISTINCT FROM (NEW.configuration #>> '{payout,kind}'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_configurations_payout_kind_fixed AFTER INSERT ON indelible.contest_configurations
FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION indelible.contest_configurations_payout_kind_fixed();

ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_payout_kind_fixed;

CREATE FUNCTION indelible.entries_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_fixed BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((NEW.contest_id = OLD.contest_id AND NEW.user_id = OLD.user_id AND NEW.entry_number = OLD.entry_number AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_fixed();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_fixed;

CREATE FUNCTION indelible.entries_contest_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.created_at < contest.lock_time)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_contest_open AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_contest_open();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_contest_open;

CREATE FUNCTION indelible.entries_within_places() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries IS NULL OR NEW.place_number <= contest.max_entries))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_within_places AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_within_places();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_within_places;

CREATE FUNCTION indelible.entries_within_user_limit() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries_per_user IS NULL OR (SELECT count(*) FROM indelible.entries AS other WHERE other.contest_id = NEW.contest_id AND other.user_id = NEW.user_id AND other.status IN ('ACTIVE', 'PENDING_PAYMENT', 'VOID') AND other.id <> NEW.id) < contest.max_entries_per_user))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_within_user_limit AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_within_user_limit();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_within_user_limit;

CREATE FUNCTION indelible.entries_roster_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.roster_number = OLD.roster_number AND NEW.roster_digest = OLD.roster_digest OR EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.updated_at < contest.lock_time)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_roster_open BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN (NOT (NEW.roster_number = OLD.roster_number AND NEW.roster_digest = OLD.roster_digest)) EXECUTE FUNCTION indelible.entries_roster_open();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_roster_open;

CREATE FUNCTION indelible.entries_paid_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_paid_once BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((OLD.paid_at IS NULL OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_paid_once();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_paid_once;

CREATE FUNCTION indelible.entries_keeps_place_number() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_keeps_place_number BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((NEW.place_number IS NULL OR NEW.place_number = OLD.place_number) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_keeps_place_number();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_keeps_place_number;

CREATE FUNCTION indelible.entries_settled_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.status IN (OLD.status, 'REJECTED') OR EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status <> 'COMPLETE')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_settled_stays BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN (NOT (NEW.status IN (OLD.status, 'REJECTED'))) EXECUTE FUNCTION indelible.entries_settled_stays();

ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_settled_stays;

CREATE FUNCTION indelible.contest_logs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_fixed BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW WHEN ((NEW.contest_id = OLD.contest_id AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE) EXECUTE FUNCTION indelible.contest_logs_fixed();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_fixed;

CREATE FUNCTION indelible.contest_logs_moves_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_moves_forward BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW WHEN ((NEW.fetch_number >= OLD.fetch_number AND (NEW.event_number = OLD.event_number AND NEW.event_hash = OLD.event_hash AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) OR NEW.event_number = OLD.event_number + 1)) IS NOT TRUE) EXECUTE FUNCTION indelible.contest_logs_moves_forward();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_moves_forward;

CREATE FUNCTION indelible.contest_logs_points_to_newest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.field_number IS NULL OR NEW.field_number = OLD.field_number OR NEW.field_number = NEW.event_number) AND (NEW.leaderboard_number IS NULL OR NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number = NEW.event_number) AND (NEW.terminal_number IS NULL OR NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number = NEW.event_number) AND (NEW.cancelled_number IS NULL OR NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number = NEW.event_number) AND (NEW.pending_rewrite_number IS NULL OR NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number = NEW.event_number) AND (NEW.conflict_number IS NULL OR NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number = NEW.event_number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_points_to_newest BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW EXECUTE FUNCTION indelible.contest_logs_points_to_newest();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_points_to_newest;

CREATE FUNCTION indelible.contest_logs_marks_of_now() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.observations <= OLD.observations + 1 AND (NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.observed_at IS NULL OR NEW.observed_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_logs_marks_of_now BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW EXECUTE FUNCTION indelible.contest_logs_marks_of_now();

ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_marks_of_now;

CREATE FUNCTION indelible.contest_events_applied() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = NEW.contest_id AND head.head_hash = NEW.body_hash AND (head.field_number IS NULL OR head.field_number <> NEW.number OR NEW.kind IN ('FIELD') AND NEW.validity = 'VALID') AND (head.leaderboard_number IS NULL OR head.leaderboard_number <> NEW.number OR NEW.kind IN ('CORRECTION', 'SNAPSHOT') AND NEW.validity = 'VALID') AND (head.terminal_number IS NULL OR head.terminal_number <> NEW.number OR NEW.kind IN ('TERMINAL') AND NEW.validity = 'VALID') AND (head.cancelled_number IS NULL OR head.cancelled_number <> NEW.number OR NEW.kind IN ('CANCELLED') AND NEW.validity = 'VALID'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_events_applied AFTER INSERT ON indelible.contest_events
FOR EACH ROW EXECUTE FUNCTION indelible.contest_events_applied();

ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_applied;

CREATE FUNCTION indelible.contest_events_has_body() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.kind NOT IN ('CANCELLED', 'CORRECTION', 'FIELD', 'SNAPSHOT') THEN NEW.body IS NULL WHEN NEW.body IS NULL THEN NEW.validity = 'INVALID' WHEN NEW.kind = 'FIELD' THEN NOT jsonb_path_exists(NEW.body, '$ ? ((!(@.primary.type() == "array")) || (!(@.alternates.type() == "array")))') ELSE NOT jsonb_path_exists(NEW.body, '$ ? ((!(@.provider_event_id.type() == "string")) || (!(@.schema_version.type() == "number")) || (!(@.tournament.type() == "object")) || (exists(@.tournament ? ((!(@.status == "SCHEDULED" || @.status == "IN_PROGRESS" || @.status == "FINAL" || @.status == "CANCELLED" || @.status.type() == "null")) || (!(@.rounds.type() == "number" || @.rounds.type() == "null")) || (!(@.current_round.type() == "number" || @.current_round.type() == "null")) || (!(@.par.type() == "number" || @.par.type() == "null"))))) || (!(@.players.type() == "array")) || (@.players.type() == "array" && (@.players[*].type() != "object" || exists(@.players[*] ? ((!(@.player_id.type() == "string")) || (!(@.name.type() == "string")) || (!(@.status == "ACTIVE" || @.status == "FIN" || @.status == "CUT" || @.status == "WD" || @.status == "DQ" || @.status == "MDF" || @.status == "DNS")) || (!(@.position.type() == "string" || @.position.type() == "null")) || (!(@.playoff.type() == "boolean")) || (!(@.rounds.type() == "array")) || (@.rounds.type() == "array" && (@.rounds[*].type() != "object" || exists(@.rounds[*] ? ((!(@.n.type() == "number")) || (!(@.strokes.type() == "number" || @.strokes.type() == "null")) || (!(@.complete.type() == "boolean")) || (!(@.to_par.type() == "number" || @.to_par.type() == "null")) || (!(@.course_id.type() == "string" || @.course_id.type() == "null")) || (!(@.holes.type() == "array" || @.holes.type() == "null")) || (@.holes.type() == "array" && (@.holes[*].type() != "object" || exists(@.holes[*] ? ((!(@.h.type() == "number")) || (!(@.strokes.type() == "number")))))))))))))) || (!(@.corrections.type() == "array" || !(exists(@.corrections)))) || (@.corrections.type() == "array" && (@.corrections[*].type() != "object" || exists(@.corrections[*] ? ((!(@.player_id.type() == "string")) || (!(@.n.type() == "number" || @.n.type() == "null")) || (!(@.value.type() == "number" || @.value.type() == "string")) || (!(@.replaced.type() == "array")))))))') END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_events_has_body AFTER INSERT ON indelible.contest_events
FOR EACH ROW EXECUTE FUNCTION indelible.contest_events_has_body();

ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_has_body;

CREATE FUNCTION indelible.contest_events_of_fetch() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.fetch_number IS NULL OR EXISTS (SELECT 1 FROM indelible.contest_logs AS log JOIN indelible.provider_fetches AS stored ON stored.provider_event_id = log.provider_event_id WHERE log.id = NEW.contest_id AND stored.number = NEW.fetch_number AND stored.payload_digest = NEW.payload_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contest_events_of_fetch AFTER INSERT ON indelible.contest_events
FOR EACH ROW WHEN (NEW.fetch_number IS NOT NULL) EXECUTE FUNCTION indelible.contest_events_of_fetch();

ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_of_fetch;

CREATE FUNCTION indelible.event_faults_of_newest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS fault WHERE NOT EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = fault.entity_id AND log.event_number = fault.event_number))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER event_faults_of_newest AFTER INSERT ON indelible.event_faults
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_of_newest();

ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_of_newest;

CREATE FUNCTION indelible.provider_fetches_counted() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND CASE NEW.outcome WHEN 'OK' THEN head.failures = 0 AND head.last_payload_digest = NEW.payload_digest AND head.last_success_at = NEW.finished_at ELSE head.failures > 0 END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER provider_fetches_counted AFTER INSERT ON indelible.provider_fetches
FOR EACH ROW EXECUTE FUNCTION indelible.provider_fetches_counted();

ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_counted;

CREATE FUNCTION indelible.settlement_runs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_fixed BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW WHEN ((NEW.contest_id = OLD.contest_id AND NEW.number = OLD.number AND NEW.engine_version = OLD.engine_version AND NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.event_number = OLD.event_number AND NEW.events_digest = OLD.events_digest AND NEW.entries_count = OLD.entries_count AND NEW.entries_seq_sum = OLD.entries_seq_sum AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.settlement_runs_fixed();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_fixed;

CREATE FUNCTION indelible.settlement_runs_of_played_contest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND contest.configuration_version = NEW.configuration_version AND contest.currency = NEW.currency AND (contest.status IN ('COMPLETE', 'LIVE') OR contest.error_from_state = 'LIVE'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_of_played_contest AFTER INSERT ON indelible.settlement_runs
FOR EACH ROW EXECUTE FUNCTION indelible.settlement_runs_of_played_contest();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_of_played_contest;

CREATE FUNCTION indelible.settlement_runs_next_number() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.number = (SELECT count(*) FROM indelible.settlement_runs AS run WHERE run.contest_id = NEW.contest_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_next_number AFTER INSERT ON indelible.settlement_runs
FOR EACH ROW EXECUTE FUNCTION indelible.settlement_runs_next_number();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_next_number;

CREATE FUNCTION indelible.settlement_runs_input_current() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = NEW.contest_id AND log.event_number = NEW.event_number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_runs_input_current BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW WHEN (NEW.status = 'COMPLETE') EXECUTE FUNCTION indelible.settlement_runs_input_current();

ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_input_current;

CREATE FUNCTION indelible.settlement_lines_of_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS line WHERE NOT EXISTS (SELECT 1 FROM indelible.settlement_runs AS run JOIN indelible.entries AS entry ON entry.contest_id = run.contest_id WHERE run.id = line.entity_id AND entry.id = line.entry_id AND entry.status = 'ACTIVE' AND entry.user_id = line.user_id AND entry.paid_minor = line.paid_minor AND entry.roster_digest = line.roster_digest AND (entry.payment_ref) IS NOT DISTINCT FROM (line.payment_ref)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER settlement_lines_of_entries AFTER INSERT ON indelible.settlement_lines
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_of_entries();

ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_of_entries;

CREATE FUNCTION indelible.history_balances_settlement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'settlement_run' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM indelible.settlement_runs AS run WHERE run.id = NEW.entity_id AND run.line_count = (SELECT count(*) FROM indelible.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor = (SELECT coalesce(sum(line.paid_minor), 0) FROM indelible.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor + run.top_up_minor = (SELECT coalesce(sum(line.payout_minor), 0) FROM indelible.settlement_lines AS line WHERE line.entity_id = run.id) + run.rake_minor + run.rounding_minor + run.retained_minor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_balances_settlement AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'settlement_run' AND NEW.action = 'complete') EXECUTE FUNCTION indelible.history_balances_settlement();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_balances_settlement;

CREATE FUNCTION indelible.tasks_needs_contests() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest') OR EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_contests AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest')) EXECUTE FUNCTION indelible.tasks_needs_contests();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_contests;

CREATE FUNCTION indelible.tasks_needs_provider_feeds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('fetch_tournament') OR EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_provider_feeds AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('fetch_tournament')) EXECUTE FUNCTION indelible.tasks_needs_provider_feeds();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_provider_feeds;

CREATE FUNCTION indelible.postings_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER postings_no_update BEFORE UPDATE ON indelible.postings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_no_update();

ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_no_update;

CREATE FUNCTION indelible.postings_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER postings_no_delete BEFORE DELETE ON indelible.postings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_no_delete();

ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_no_delete;

CREATE FUNCTION indelible.postings_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON indelible.postings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_no_truncate();

ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_no_truncate;

CREATE FUNCTION indelible.covered_items_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER covered_items_no_update BEFORE UPDATE ON indelible.covered_items
FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_no_update();

ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_no_update;

CREATE FUNCTION indelible.covered_items_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER covered_items_no_delete BEFORE DELETE ON indelible.covered_items
FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_no_delete();

ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_no_delete;

CREATE FUNCTION indelible.covered_items_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER covered_items_no_truncate BEFORE TRUNCATE ON indelible.covered_items
FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_no_truncate();

ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_no_truncate;

CREATE FUNCTION indelible.refund_attempts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refund_attempts_no_update BEFORE UPDATE ON indelible.refund_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refund_attempts_no_update();

ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_no_update;

CREATE FUNCTION indelible.refund_attempts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refund_attempts_no_delete BEFORE DELETE ON indelible.refund_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refund_attempts_no_delete();

ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_no_delete;

CREATE FUNCTION indelible.refund_attempts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refund_attempts_no_truncate BEFORE TRUNCATE ON indelible.refund_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refund_attempts_no_truncate();

ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_no_truncate;

CREATE FUNCTION indelible.stripe_event_attempts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_event_attempts_no_update BEFORE UPDATE ON indelible.stripe_event_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_event_attempts_no_update();

ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_no_update;

CREATE FUNCTION indelible.stripe_event_attempts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_event_attempts_no_delete BEFORE DELETE ON indelible.stripe_event_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_event_attempts_no_delete();

ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_no_delete;

CREATE FUNCTION indelible.stripe_event_attempts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_event_attempts_no_truncate BEFORE TRUNCATE ON indelible.stripe_event_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_event_attempts_no_truncate();

ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_no_truncate;

CREATE FUNCTION indelible.discrepancies_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER discrepancies_no_update BEFORE UPDATE ON indelible.discrepancies
FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_no_update();

ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_no_update;

CREATE FUNCTION indelible.discrepancies_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER discrepancies_no_delete BEFORE DELETE ON indelible.discrepancies
FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_no_delete();

ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_no_delete;

CREATE FUNCTION indelible.discrepancies_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER discrepancies_no_truncate BEFORE TRUNCATE ON indelible.discrepancies
FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_no_truncate();

ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_no_truncate;

CREATE FUNCTION indelible.transfer_lines_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_lines_no_update BEFORE UPDATE ON indelible.transfer_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_no_update();

ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_no_update;

CREATE FUNCTION indelible.transfer_lines_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_lines_no_delete BEFORE DELETE ON indelible.transfer_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_no_delete();

ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_no_delete;

CREATE FUNCTION indelible.transfer_lines_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_lines_no_truncate BEFORE TRUNCATE ON indelible.transfer_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_no_truncate();

ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_no_truncate;

CREATE FUNCTION indelible.transfer_attempts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_attempts_no_update BEFORE UPDATE ON indelible.transfer_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_attempts_no_update();

ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_no_update;

CREATE FUNCTION indelible.transfer_attempts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_attempts_no_delete BEFORE DELETE ON indelible.transfer_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_attempts_no_delete();

ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_no_delete;

CREATE FUNCTION indelible.transfer_attempts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_attempts_no_truncate BEFORE TRUNCATE ON indelible.transfer_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_attempts_no_truncate();

ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_no_truncate;

CREATE FUNCTION indelible.postings_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.movements AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{postings,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.postings AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER postings_in_change AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_in_change();

ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_in_change;

CREATE FUNCTION indelible.history_needs_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('post', 'settle') THEN NEW.data #>> '{postings,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('post', 'settle') THEN NEW.data #>> '{postings,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_postings AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_needs_postings();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_postings;

CREATE FUNCTION indelible.covered_items_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.movements AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{covered_items,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.covered_items AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER covered_items_in_change AFTER INSERT ON indelible.covered_items
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_in_change();

ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_in_change;

CREATE FUNCTION indelible.history_needs_covered_items() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('settle') THEN NEW.data #>> '{covered_items,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('settle') THEN NEW.data #>> '{covered_items,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_covered_items AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_needs_covered_items();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_covered_items;

CREATE FUNCTION indelible.discrepancies_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.reconciliations AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'reconciliation' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{discrepancies,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.discrepancies AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER discrepancies_in_change AFTER INSERT ON indelible.discrepancies
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_in_change();

ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_in_change;

CREATE FUNCTION indelible.history_needs_discrepancies() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'reconciliation' OR (CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{discrepancies,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{discrepancies,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_discrepancies AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reconciliation') EXECUTE FUNCTION indelible.history_needs_discrepancies();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_discrepancies;

CREATE FUNCTION indelible.transfer_lines_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'transfer' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{transfer_lines,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.transfer_lines AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_lines_in_change AFTER INSERT ON indelible.transfer_lines
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_in_change();

ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_in_change;

CREATE FUNCTION indelible.history_needs_transfer_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'transfer' OR (CASE WHEN NEW.action IN ('plan') THEN NEW.data #>> '{transfer_lines,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('plan') THEN NEW.data #>> '{transfer_lines,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_transfer_lines AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer') EXECUTE FUNCTION indelible.history_needs_transfer_lines();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_transfer_lines;

CREATE FUNCTION indelible.refund_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.refunds AS head WHERE head.id = NEW.refund_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refund_attempts_needs_head AFTER INSERT ON indelible.refund_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.refund_attempts_needs_head();

ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_needs_head;

CREATE FUNCTION indelible.stripe_event_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.stripe_events AS head WHERE head.id = NEW.event_id AND head.attempt_number = NEW.number AND (head.last_code = NEW.code OR head.last_code IS NULL AND NEW.code IS NULL) AND head.updated_at = NEW.at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_event_attempts_needs_head AFTER INSERT ON indelible.stripe_event_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_event_attempts_needs_head();

ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_needs_head;

CREATE FUNCTION indelible.transfer_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = NEW.transfer_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_attempts_needs_head AFTER INSERT ON indelible.transfer_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.transfer_attempts_needs_head();

ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_needs_head;

CREATE FUNCTION indelible.accounts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_no_delete BEFORE DELETE ON indelible.accounts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.accounts_no_delete();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_no_delete;

CREATE FUNCTION indelible.accounts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_no_truncate BEFORE TRUNCATE ON indelible.accounts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.accounts_no_truncate();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_no_truncate;

CREATE FUNCTION indelible.accounts_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_one_step BEFORE UPDATE ON indelible.accounts
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.accounts_one_step();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_one_step;

CREATE FUNCTION indelible.history_needs_accounts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'account' OR EXISTS (SELECT 1 FROM indelible.accounts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_accounts AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'account') EXECUTE FUNCTION indelible.history_needs_accounts();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_accounts;

CREATE FUNCTION indelible.history_declares_data_of_accounts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'account' AND NEW.data - ARRAY['balance_minor', 'credited_minor', 'currency', 'debited_minor', 'kind', 'last_movement_id', 'movement_key', 'posting_count', 'postings_digest', 'reference']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_accounts AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'account') EXECUTE FUNCTION indelible.history_declares_data_of_accounts();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_accounts;

CREATE FUNCTION indelible.accounts_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.balance_minor = 0 AND NEW.credited_minor = 0 AND NEW.debited_minor = 0 AND NEW.last_movement_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_initial_fields AFTER INSERT ON indelible.accounts
FOR EACH ROW EXECUTE FUNCTION indelible.accounts_initial_fields();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_initial_fields;

CREATE FUNCTION indelible.movements_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_no_delete BEFORE DELETE ON indelible.movements
FOR EACH STATEMENT EXECUTE FUNCTION indelible.movements_no_delete();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_no_delete;

CREATE FUNCTION indelible.movements_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_no_truncate BEFORE TRUNCATE ON indelible.movements
FOR EACH STATEMENT EXECUTE FUNCTION indelible.movements_no_truncate();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_no_truncate;

CREATE FUNCTION indelible.movements_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_one_step BEFORE UPDATE ON indelible.movements
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.movements_one_step();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_one_step;

CREATE FUNCTION indelible.history_needs_movements() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'movement' OR EXISTS (SELECT 1 FROM indelible.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_movements AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_needs_movements();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_movements;

CREATE FUNCTION indelible.history_declares_data_of_movements() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'movement' AND NEW.data - ARRAY['covered_items', 'currency', 'fact_key', 'key', 'kind', 'occurred_at', 'posting_count', 'postings', 'reference', 'reverses', 'source', 'total_minor']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_movements AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_declares_data_of_movements();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_movements;

CREATE FUNCTION indelible.movements_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.occurred_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_latest_times_on_insert AFTER INSERT ON indelible.movements
FOR EACH ROW EXECUTE FUNCTION indelible.movements_latest_times_on_insert();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_latest_times_on_insert;

CREATE FUNCTION indelible.movements_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.occurred_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_latest_times_on_update BEFORE UPDATE ON indelible.movements
FOR EACH ROW EXECUTE FUNCTION indelible.movements_latest_times_on_update();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_latest_times_on_update;

CREATE FUNCTION indelible.charges_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_no_delete BEFORE DELETE ON indelible.charges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.charges_no_delete();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_no_delete;

CREATE FUNCTION indelible.charges_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_no_truncate BEFORE TRUNCATE ON indelible.charges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.charges_no_truncate();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_no_truncate;

CREATE FUNCTION indelible.charges_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_one_step BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_one_step();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_one_step;

CREATE FUNCTION indelible.history_needs_charges() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'charge' OR EXISTS (SELECT 1 FROM indelible.charges AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_charges AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'charge') EXECUTE FUNCTION indelible.history_needs_charges();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_charges;

CREATE FUNCTION indelible.history_declares_data_of_charges() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'charge' AND NEW.data - ARRAY['amount_minor', 'currency', 'disputed_from', 'expires_at', 'failure_code', 'generation', 'intent_id', 'item', 'last_event_at', 'outcome_code', 'paid_at', 'party', 'received_currency', 'received_minor', 'reference', 'refunded_minor', 'session_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_charges AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'charge') EXECUTE FUNCTION indelible.history_declares_data_of_charges();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_charges;

CREATE FUNCTION indelible.charges_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING', 'PROCESSING PROCESSING', 'REQUIRES_ACTION REQUIRES_ACTION') OR NEW.expires_at = OLD.expires_at) AND (OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING') OR (NEW.intent_id = OLD.intent_id OR NEW.intent_id IS NULL AND OLD.intent_id IS NULL) AND NEW.generation = OLD.generation AND (NEW.session_id = OLD.session_id OR NEW.session_id IS NULL AND OLD.session_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING FAILED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED PROCESSING', 'FAILED REFUND_PENDING', 'FAILED REQUIRES_ACTION', 'FAILED SUCCEEDED', 'PENDING CANCELED', 'PENDING FAILED', 'PENDING PROCESSING', 'PENDING REFUND_PENDING', 'PENDING REQUIRES_ACTION', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION PROCESSING', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.last_event_at = OLD.last_event_at OR NEW.last_event_at IS NULL AND OLD.last_event_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED CHARGED_BACK', 'DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED PARTIALLY_REFUNDED', 'PARTIALLY_REFUNDED REFUNDED', 'PARTIALLY_REFUNDED SUCCEEDED', 'REFUNDED PARTIALLY_REFUNDED', 'REFUNDED REFUND_PENDING', 'REFUNDED SUCCEEDED', 'REFUND_PENDING PARTIALLY_REFUNDED', 'REFUND_PENDING REFUNDED', 'REFUND_PENDING REFUND_PENDING', 'REFUND_PENDING SUCCEEDED', 'SUCCEEDED PARTIALLY_REFUNDED', 'SUCCEEDED REFUNDED') OR NEW.refunded_minor = OLD.refunded_minor) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED DISPUTED', 'REFUNDED DISPUTED', 'SUCCEEDED DISPUTED') OR (NEW.disputed_from = OLD.disputed_from OR NEW.disputed_from IS NULL AND OLD.disputed_from IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED REFUND_PENDING', 'PARTIALLY_REFUNDED REFUND_PENDING', 'PENDING CANCELED', 'PENDING REFUND_PENDING', 'PROCESSING REFUND_PENDING', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION REFUND_PENDING', 'SUCCEEDED REFUND_PENDING') OR (NEW.outcome_code = OLD.outcome_code OR NEW.outcome_code IS NULL AND OLD.outcome_code IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_keeps_fields BEFORE UPDATE ON indelible.charges
FOR EACH ROW EXECUTE FUNCTION indelible.charges_keeps_fields();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_charges() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'charge' AND NEW.seq > 1 AND NEW.action IN ('attach_intent', 'attach_session', 'extend')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.charges AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('attach_intent', 'attach_session') OR (predecessor.data #>> '{expires_at}') IS NOT DISTINCT FROM (NEW.data #>> '{expires_at}') AND (head.expires_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{expires_at}' AS TIMESTAMP WITH TIME ZONE))) AND (NEW.action NOT IN ('extend') OR (predecessor.data #>> '{intent_id}') IS NOT DISTINCT FROM (NEW.data #>> '{intent_id}') AND (head.intent_id) IS NOT DISTINCT FROM (NEW.data #>> '{intent_id}')) AND (NEW.action NOT IN ('attach_session', 'extend') OR (predecessor.data #>> '{generation}') IS NOT DISTINCT FROM (NEW.data #>> '{generation}') AND (head.generation) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{generation}' AS BIGINT))) AND (NEW.action NOT IN ('attach_intent', 'extend') OR (predecessor.data #>> '{session_id}') IS NOT DISTINCT FROM (NEW.data #>> '{session_id}') AND (head.session_id) IS NOT DISTINCT FROM (NEW.data #>> '{session_id}')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_charges AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'charge' AND NEW.seq > 1 AND NEW.action IN ('attach_intent', 'attach_session', 'extend')) EXECUTE FUNCTION indelible.history_keeps_fields_of_charges();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_charges;

CREATE FUNCTION indelible.charges_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.disputed_from IS NULL AND NEW.failure_code IS NULL AND NEW.generation = 1 AND NEW.intent_id IS NULL AND NEW.last_event_at IS NULL AND NEW.outcome_code IS NULL AND NEW.paid_at IS NULL AND NEW.received_currency IS NULL AND NEW.received_minor IS NULL AND NEW.refunded_minor = 0 AND NEW.session_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_initial_fields AFTER INSERT ON indelible.charges
FOR EACH ROW EXECUTE FUNCTION indelible.charges_initial_fields();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_initial_fields;

CREATE FUNCTION indelible.charges_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.expires_at <= NEW.updated_at + interval '86400000 seconds' AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_latest_times_on_insert AFTER INSERT ON indelible.charges
FOR EACH ROW EXECUTE FUNCTION indelible.charges_latest_times_on_insert();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_latest_times_on_insert;

CREATE FUNCTION indelible.charges_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.expires_at <= NEW.updated_at + interval '86400000 seconds' AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_latest_times_on_update BEFORE UPDATE ON indelible.charges
FOR EACH ROW EXECUTE FUNCTION indelible.charges_latest_times_on_update();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_latest_times_on_update;

CREATE FUNCTION indelible.refunds_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_no_delete BEFORE DELETE ON indelible.refunds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refunds_no_delete();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_no_delete;

CREATE FUNCTION indelible.refunds_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_no_truncate BEFORE TRUNCATE ON indelible.refunds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refunds_no_truncate();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_no_truncate;

CREATE FUNCTION indelible.refunds_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_one_step BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_one_step();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_one_step;

CREATE FUNCTION indelible.history_needs_refunds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'refund' OR EXISTS (SELECT 1 FROM indelible.refunds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_refunds AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'refund') EXECUTE FUNCTION indelible.history_needs_refunds();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_refunds;

CREATE FUNCTION indelible.history_declares_data_of_refunds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'refund' AND NEW.data - ARRAY['amount_minor', 'attempt', 'charge_id', 'covered', 'currency', 'failure_code', 'generation', 'number', 'reason_code', 'stripe_refund_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_refunds AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'refund') EXECUTE FUNCTION indelible.history_declares_data_of_refunds();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_refunds;

CREATE FUNCTION indelible.refunds_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('requested requested') OR NEW.generation = OLD.generation) AND (OLD.status || ' ' || NEW.status IN ('pending canceled', 'pending failed', 'pending requires_action', 'pending succeeded', 'requested canceled', 'requested failed', 'requested pending', 'requested requires_action', 'requested succeeded', 'requires_action canceled', 'requires_action failed', 'requires_action pending', 'requires_action succeeded', 'succeeded failed') OR (NEW.stripe_refund_id = OLD.stripe_refund_id OR NEW.stripe_refund_id IS NULL AND OLD.stripe_refund_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'requested failed', 'requires_action failed', 'succeeded failed') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_keeps_fields BEFORE UPDATE ON indelible.refunds
FOR EACH ROW EXECUTE FUNCTION indelible.refunds_keeps_fields();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_keeps_fields;

CREATE FUNCTION indelible.refunds_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.failure_code IS NULL AND NEW.generation = 1 AND (NEW.status IN ('pending') OR NEW.stripe_refund_id IS NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_initial_fields AFTER INSERT ON indelible.refunds
FOR EACH ROW EXECUTE FUNCTION indelible.refunds_initial_fields();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_initial_fields;

CREATE FUNCTION indelible.disputes_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_no_delete BEFORE DELETE ON indelible.disputes
FOR EACH STATEMENT EXECUTE FUNCTION indelible.disputes_no_delete();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_no_delete;

CREATE FUNCTION indelible.disputes_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_no_truncate BEFORE TRUNCATE ON indelible.disputes
FOR EACH STATEMENT EXECUTE FUNCTION indelible.disputes_no_truncate();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_no_truncate;

CREATE FUNCTION indelible.disputes_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_one_step BEFORE UPDATE ON indelible.disputes
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.disputes_one_step();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_one_step;

CREATE FUNCTION indelible.history_needs_disputes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'dispute' OR EXISTS (SELECT 1 FROM indelible.disputes AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_disputes AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'dispute') EXECUTE FUNCTION indelible.history_needs_disputes();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_disputes;

CREATE FUNCTION indelible.history_declares_data_of_disputes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'dispute' AND NEW.data - ARRAY['amount_minor', 'charge_id', 'closed_at', 'covered', 'currency', 'evidence_due_by', 'fee_minor', 'reason_code', 'reinstated_at', 'withdrawn_at']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_disputes AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'dispute') EXECUTE FUNCTION indelible.history_declares_data_of_disputes();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_disputes;

CREATE FUNCTION indelible.disputes_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('lost lost', 'needs_response needs_response', 'prevented prevented', 'under_review under_review', 'warning_closed warning_closed', 'warning_needs_response warning_needs_response', 'warning_under_review warning_under_review', 'won won') OR (NEW.fee_minor = OLD.fee_minor OR NEW.fee_minor IS NULL AND OLD.fee_minor IS NULL) AND (NEW.withdrawn_at = OLD.withdrawn_at OR NEW.withdrawn_at IS NULL AND OLD.withdrawn_at IS NULL) AND (NEW.reinstated_at = OLD.reinstated_at OR NEW.reinstated_at IS NULL AND OLD.reinstated_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response needs_response', 'needs_response prevented', 'needs_response under_review', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review under_review', 'under_review won', 'warning_needs_response lost', 'warning_needs_response needs_response', 'warning_needs_response prevented', 'warning_needs_response under_review', 'warning_needs_response warning_closed', 'warning_needs_response warning_needs_response', 'warning_needs_response warning_under_review', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review needs_response', 'warning_under_review prevented', 'warning_under_review under_review', 'warning_under_review warning_closed', 'warning_under_review warning_under_review', 'warning_under_review won') OR (NEW.evidence_due_by = OLD.evidence_due_by OR NEW.evidence_due_by IS NULL AND OLD.evidence_due_by IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response prevented', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review won', 'warning_needs_response lost', 'warning_needs_response prevented', 'warning_needs_response warning_closed', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review prevented', 'warning_under_review warning_closed', 'warning_under_review won') OR (NEW.closed_at = OLD.closed_at OR NEW.closed_at IS NULL AND OLD.closed_at IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_keeps_fields BEFORE UPDATE ON indelible.disputes
FOR EACH ROW EXECUTE FUNCTION indelible.disputes_keeps_fields();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_disputes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'dispute' AND NEW.seq > 1 AND NEW.action IN ('reinstate', 'update', 'withdraw')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.disputes AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('reinstate', 'update') OR (predecessor.data #>> '{fee_minor}') IS NOT DISTINCT FROM (NEW.data #>> '{fee_minor}') AND (head.fee_minor) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{fee_minor}' AS BIGINT)) AND (predecessor.data #>> '{withdrawn_at}') IS NOT DISTINCT FROM (NEW.data #>> '{withdrawn_at}') AND (head.withdrawn_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{withdrawn_at}' AS TIMESTAMP WITH TIME ZONE))) AND (NEW.action NOT IN ('reinstate', 'withdraw') OR (predecessor.data #>> '{evidence_due_by}') IS NOT DISTINCT FROM (NEW.data #>> '{evidence_due_by}') AND (head.evidence_due_by) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{evidence_due_by}' AS TIMESTAMP WITH TIME ZONE))) AND (NEW.action NOT IN ('update', 'withdraw') OR (predecessor.data #>> '{reinstated_at}') IS NOT DISTINCT FROM (NEW.data #>> '{reinstated_at}') AND (head.reinstated_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{reinstated_at}' AS TIMESTAMP WITH TIME ZONE))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_disputes AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'dispute' AND NEW.seq > 1 AND NEW.action IN ('reinstate', 'update', 'withdraw')) EXECUTE FUNCTION indelible.history_keeps_fields_of_disputes();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_disputes;

CREATE FUNCTION indelible.disputes_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.closed_at IS NULL AND NEW.fee_minor IS NULL AND NEW.reinstated_at IS NULL AND NEW.withdrawn_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_initial_fields AFTER INSERT ON indelible.disputes
FOR EACH ROW EXECUTE FUNCTION indelible.disputes_initial_fields();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_initial_fields;

CREATE FUNCTION indelible.disputes_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.closed_at IS NULL OR NEW.closed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_latest_times_on_insert AFTER INSERT ON indelible.disputes
FOR EACH ROW EXECUTE FUNCTION indelible.disputes_latest_times_on_insert();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_latest_times_on_insert;

CREATE FUNCTION indelible.disputes_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.closed_at IS NULL OR NEW.closed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_latest_times_on_update BEFORE UPDATE ON indelible.disputes
FOR EACH ROW EXECUTE FUNCTION indelible.disputes_latest_times_on_update();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_latest_times_on_update;

CREATE FUNCTION indelible.stripe_events_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_no_delete BEFORE DELETE ON indelible.stripe_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_events_no_delete();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_no_delete;

CREATE FUNCTION indelible.stripe_events_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_no_truncate BEFORE TRUNCATE ON indelible.stripe_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_events_no_truncate();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_no_truncate;

CREATE FUNCTION indelible.stripe_events_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_one_step BEFORE UPDATE ON indelible.stripe_events
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.stripe_events_one_step();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_one_step;

CREATE FUNCTION indelible.history_needs_stripe_events() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'stripe_event' OR EXISTS (SELECT 1 FROM indelible.stripe_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_stripe_events AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'stripe_event') EXECUTE FUNCTION indelible.history_needs_stripe_events();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_stripe_events;

CREATE FUNCTION indelible.history_declares_data_of_stripe_events() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'stripe_event' AND NEW.data - ARRAY['account', 'api_version', 'attempt', 'created', 'event_type', 'last_code', 'livemode', 'object_id', 'origin', 'payload_digest']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_stripe_events AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'stripe_event') EXECUTE FUNCTION indelible.history_declares_data_of_stripe_events();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_stripe_events;

CREATE FUNCTION indelible.stripe_events_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('RECEIVED DEAD', 'RECEIVED IGNORED', 'RECEIVED PROCESSED', 'RECEIVED RECEIVED') OR (NEW.last_code = OLD.last_code OR NEW.last_code IS NULL AND OLD.last_code IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_keeps_fields BEFORE UPDATE ON indelible.stripe_events
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_events_keeps_fields();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_keeps_fields;

CREATE FUNCTION indelible.stripe_events_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.last_code IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_initial_fields AFTER INSERT ON indelible.stripe_events
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_events_initial_fields();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_initial_fields;

CREATE FUNCTION indelible.stripe_events_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.created <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_latest_times_on_insert AFTER INSERT ON indelible.stripe_events
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_events_latest_times_on_insert();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_latest_times_on_insert;

CREATE FUNCTION indelible.stripe_events_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.created <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_latest_times_on_update BEFORE UPDATE ON indelible.stripe_events
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_events_latest_times_on_update();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_latest_times_on_update;

CREATE FUNCTION indelible.reconciliations_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_no_delete BEFORE DELETE ON indelible.reconciliations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.reconciliations_no_delete();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_no_delete;

CREATE FUNCTION indelible.reconciliations_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_no_truncate BEFORE TRUNCATE ON indelible.reconciliations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.reconciliations_no_truncate();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_no_truncate;

CREATE FUNCTION indelible.reconciliations_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_one_step BEFORE UPDATE ON indelible.reconciliations
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.reconciliations_one_step();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_one_step;

CREATE FUNCTION indelible.history_needs_reconciliations() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'reconciliation' OR EXISTS (SELECT 1 FROM indelible.reconciliations AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_reconciliations AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reconciliation') EXECUTE FUNCTION indelible.history_needs_reconciliations();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_reconciliations;

CREATE FUNCTION indelible.history_declares_data_of_reconciliations() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'reconciliation' AND NEW.data - ARRAY['checked', 'discrepancies', 'discrepancy_count', 'error_code', 'error_message', 'finished_at', 'scope', 'started_at']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_reconciliations AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reconciliation') EXECUTE FUNCTION indelible.history_declares_data_of_reconciliations();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_reconciliations;

CREATE FUNCTION indelible.reconciliations_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR NEW.checked = OLD.checked AND (NEW.discrepancy_count = OLD.discrepancy_count OR NEW.discrepancy_count IS NULL AND OLD.discrepancy_count IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_keeps_fields BEFORE UPDATE ON indelible.reconciliations
FOR EACH ROW EXECUTE FUNCTION indelible.reconciliations_keeps_fields();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_keeps_fields;

CREATE FUNCTION indelible.reconciliations_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.checked = '[]' AND NEW.discrepancy_count IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.finished_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_initial_fields AFTER INSERT ON indelible.reconciliations
FOR EACH ROW EXECUTE FUNCTION indelible.reconciliations_initial_fields();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_initial_fields;

CREATE FUNCTION indelible.reconciliations_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.started_at <= NEW.updated_at + interval '86400 seconds' AND (NEW.finished_at IS NULL OR NEW.finished_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_latest_times_on_insert AFTER INSERT ON indelible.reconciliations
FOR EACH ROW EXECUTE FUNCTION indelible.reconciliations_latest_times_on_insert();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_latest_times_on_insert;

CREATE FUNCTION indelible.reconciliations_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.started_at <= NEW.updated_at + interval '86400 seconds' AND (NEW.finished_at IS NULL OR NEW.finished_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_latest_times_on_update BEFORE UPDATE ON indelible.reconciliations
FOR EACH ROW EXECUTE FUNCTION indelible.reconciliations_latest_times_on_update();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_latest_times_on_update;

CREATE FUNCTION indelible.payment_switches_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payment_switches_no_delete BEFORE DELETE ON indelible.payment_switches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payment_switches_no_delete();

ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_no_delete;

CREATE FUNCTION indelible.payment_switches_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payment_switches_no_truncate BEFORE TRUNCATE ON indelible.payment_switches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payment_switches_no_truncate();

ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_no_truncate;

CREATE FUNCTION indelible.payment_switches_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payment_switches_one_step BEFORE UPDATE ON indelible.payment_switches
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.payment_switches_one_step();

ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_one_step;

CREATE FUNCTION indelible.history_needs_payment_switches() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'payment_switch' OR EXISTS (SELECT 1 FROM indelible.payment_switches AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_payment_switches AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payment_switch') EXECUTE FUNCTION indelible.history_needs_payment_switches();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_payment_switches;

CREATE FUNCTION indelible.history_declares_data_of_payment_switches() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'payment_switch' AND NEW.data - ARRAY['halted_at', 'reason_code']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_payment_switches AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payment_switch') EXECUTE FUNCTION indelible.history_declares_data_of_payment_switches();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_payment_switches;

CREATE FUNCTION indelible.payment_switches_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.halted_at IS NULL OR NEW.halted_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payment_switches_latest_times_on_insert AFTER INSERT ON indelible.payment_switches
FOR EACH ROW EXECUTE FUNCTION indelible.payment_switches_latest_times_on_insert();

ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_latest_times_on_insert;

CREATE FUNCTION indelible.payment_switches_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.halted_at IS NULL OR NEW.halted_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payment_switches_latest_times_on_update BEFORE UPDATE ON indelible.payment_switches
FOR EACH ROW EXECUTE FUNCTION indelible.payment_switches_latest_times_on_update();

ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_latest_times_on_update;

CREATE FUNCTION indelible.payees_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payees_no_delete BEFORE DELETE ON indelible.payees
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payees_no_delete();

ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_no_delete;

CREATE FUNCTION indelible.payees_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payees_no_truncate BEFORE TRUNCATE ON indelible.payees
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payees_no_truncate();

ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_no_truncate;

CREATE FUNCTION indelible.payees_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payees_one_step BEFORE UPDATE ON indelible.payees
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.payees_one_step();

ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_one_step;

CREATE FUNCTION indelible.history_needs_payees() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'payee' OR EXISTS (SELECT 1 FROM indelible.payees AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_payees AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payee') EXECUTE FUNCTION indelible.history_needs_payees();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_payees;

CREATE FUNCTION indelible.history_declares_data_of_payees() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'payee' AND NEW.data - ARRAY['destination', 'destination_set_by']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_payees AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payee') EXECUTE FUNCTION indelible.history_declares_data_of_payees();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_payees;

CREATE FUNCTION indelible.payees_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('NEW CLOSED', 'NEW RESTRICTED', 'READY CLOSED', 'READY RESTRICTED', 'RESTRICTED CLOSED', 'RESTRICTED RESTRICTED') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) AND (NEW.destination_set_by = OLD.destination_set_by OR NEW.destination_set_by IS NULL AND OLD.destination_set_by IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payees_keeps_fields BEFORE UPDATE ON indelible.payees
FOR EACH ROW EXECUTE FUNCTION indelible.payees_keeps_fields();

ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_payees() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'payee' AND NEW.seq > 1 AND NEW.action IN ('restrict')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.payees AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('restrict') OR (predecessor.data #>> '{destination}') IS NOT DISTINCT FROM (NEW.data #>> '{destination}') AND (head.destination) IS NOT DISTINCT FROM (NEW.data #>> '{destination}') AND (predecessor.data #>> '{destination_set_by}') IS NOT DISTINCT FROM (NEW.data #>> '{destination_set_by}') AND (head.destination_set_by) IS NOT DISTINCT FROM (NEW.data #>> '{destination_set_by}')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_payees AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payee' AND NEW.seq > 1 AND NEW.action IN ('restrict')) EXECUTE FUNCTION indelible.history_keeps_fields_of_payees();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_payees;

CREATE FUNCTION indelible.payees_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.destination IS NULL AND NEW.destination_set_by IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payees_initial_fields AFTER INSERT ON indelible.payees
FOR EACH ROW EXECUTE FUNCTION indelible.payees_initial_fields();

ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_initial_fields;

CREATE FUNCTION indelible.payout_jobs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_no_delete BEFORE DELETE ON indelible.payout_jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payout_jobs_no_delete();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_no_delete;

CREATE FUNCTION indelible.payout_jobs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_no_truncate BEFORE TRUNCATE ON indelible.payout_jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payout_jobs_no_truncate();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_no_truncate;

CREATE FUNCTION indelible.payout_jobs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_one_step BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.payout_jobs_one_step();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_one_step;

CREATE FUNCTION indelible.history_needs_payout_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'payout_job' OR EXISTS (SELECT 1 FROM indelible.payout_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_payout_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payout_job') EXECUTE FUNCTION indelible.history_needs_payout_jobs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_payout_jobs;

CREATE FUNCTION indelible.history_declares_data_of_payout_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'payout_job' AND NEW.data - ARRAY['completed_at', 'currency', 'reference', 'total_minor', 'transfer_count']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_payout_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payout_job') EXECUTE FUNCTION indelible.history_declares_data_of_payout_jobs();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_payout_jobs;

CREATE FUNCTION indelible.payout_jobs_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('complete processing', 'pending complete', 'processing complete') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_keeps_fields BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.payout_jobs_keeps_fields();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_keeps_fields;

CREATE FUNCTION indelible.payout_jobs_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.completed_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_initial_fields AFTER INSERT ON indelible.payout_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.payout_jobs_initial_fields();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_initial_fields;

CREATE FUNCTION indelible.payout_jobs_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_latest_times_on_insert AFTER INSERT ON indelible.payout_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.payout_jobs_latest_times_on_insert();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_latest_times_on_insert;

CREATE FUNCTION indelible.payout_jobs_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_latest_times_on_update BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.payout_jobs_latest_times_on_update();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_latest_times_on_update;

CREATE FUNCTION indelible.transfers_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_no_delete BEFORE DELETE ON indelible.transfers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfers_no_delete();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_no_delete;

CREATE FUNCTION indelible.transfers_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_no_truncate BEFORE TRUNCATE ON indelible.transfers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfers_no_truncate();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_no_truncate;

CREATE FUNCTION indelible.transfers_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_one_step BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_one_step();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_one_step;

CREATE FUNCTION indelible.history_needs_transfers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'transfer' OR EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_needs_transfers AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer') EXECUTE FUNCTION indelible.history_needs_transfers();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_transfers;

CREATE FUNCTION indelible.history_declares_data_of_transfers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.data - ARRAY['amount_minor', 'approval_reason', 'approved_at', 'approved_by', 'approved_destination', 'attempt', 'completed_at', 'currency', 'destination', 'failure_code', 'failure_count', 'failure_message', 'failure_reason', 'first_attempt_at', 'generation', 'job_id', 'line_count', 'must_look_up', 'parked_at', 'party', 'reference', 'reissue_of', 'retry_until', 'reversed_minor', 'settlement_id', 'stripe_transfer_id', 'transfer_lines']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_declares_data_of_transfers AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer') EXECUTE FUNCTION indelible.history_declares_data_of_transfers();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_declares_data_of_transfers;

CREATE FUNCTION indelible.transfers_keeps_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked pending', 'pending pending') OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'parked processing', 'pending completed', 'pending processing', 'processing completed', 'processing processing', 'retryable completed', 'retryable processing') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('parked processing', 'pending processing', 'processing processing', 'retryable processing') OR NEW.generation = OLD.generation AND (NEW.first_attempt_at = OLD.first_attempt_at OR NEW.first_attempt_at IS NULL AND OLD.first_attempt_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'retryable completed', 'retryable parked', 'retryable processing') OR (NEW.retry_until = OLD.retry_until OR NEW.retry_until IS NULL AND OLD.retry_until IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked', 'retryable processing') OR NEW.must_look_up = OLD.must_look_up) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked parked', 'parked pending', 'pending completed', 'pending parked', 'pending pending', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'pending completed', 'pending parked', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_message = OLD.failure_message OR NEW.failure_message IS NULL AND OLD.failure_message IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable parked', 'retryable processing') OR NEW.failure_count = OLD.failure_count) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked failed_terminal', 'pending completed', 'processing failed_terminal', 'retryable completed', 'retryable failed_terminal') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'pending completed', 'processing completed', 'retryable completed') OR (NEW.stripe_transfer_id = OLD.stripe_transfer_id OR NEW.stripe_transfer_id IS NULL AND OLD.stripe_transfer_id IS NULL) AND (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked parked', 'parked pending', 'pending parked', 'pending pending', 'processing parked', 'retryable parked') OR (NEW.parked_at = OLD.parked_at OR NEW.parked_at IS NULL AND OLD.parked_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('completed completed') OR NEW.reversed_minor = OLD.reversed_minor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_keeps_fields BEFORE UPDATE ON indelible.transfers
FOR EACH ROW EXECUTE FUNCTION indelible.transfers_keeps_fields();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_keeps_fields;

CREATE FUNCTION indelible.history_keeps_fields_of_transfers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.seq > 1 AND NEW.action IN ('request_account', 'unpark')) OR EXISTS (SELECT 1 FROM indelible.history AS predecessor JOIN indelible.transfers AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('unpark') OR (predecessor.data #>> '{approved_by}') IS NOT DISTINCT FROM (NEW.data #>> '{approved_by}') AND (head.approved_by) IS NOT DISTINCT FROM (NEW.data #>> '{approved_by}') AND (predecessor.data #>> '{approved_at}') IS NOT DISTINCT FROM (NEW.data #>> '{approved_at}') AND (head.approved_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{approved_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{approval_reason}') IS NOT DISTINCT FROM (NEW.data #>> '{approval_reason}') AND (head.approval_reason) IS NOT DISTINCT FROM (NEW.data #>> '{approval_reason}') AND (predecessor.data #>> '{approved_destination}') IS NOT DISTINCT FROM (NEW.data #>> '{approved_destination}') AND (head.approved_destination) IS NOT DISTINCT FROM (NEW.data #>> '{approved_destination}')) AND (NEW.action NOT IN ('request_account') OR (predecessor.data #>> '{failure_code}') IS NOT DISTINCT FROM (NEW.data #>> '{failure_code}') AND (head.failure_code) IS NOT DISTINCT FROM (NEW.data #>> '{failure_code}') AND (predecessor.data #>> '{parked_at}') IS NOT DISTINCT FROM (NEW.data #>> '{parked_at}') AND (head.parked_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{parked_at}' AS TIMESTAMP WITH TIME ZONE))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_keeps_fields_of_transfers AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer' AND NEW.seq > 1 AND NEW.action IN ('request_account', 'unpark')) EXECUTE FUNCTION indelible.history_keeps_fields_of_transfers();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_keeps_fields_of_transfers;

CREATE FUNCTION indelible.transfers_initial_fields() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.approval_reason IS NULL AND NEW.approved_at IS NULL AND NEW.approved_by IS NULL AND NEW.approved_destination IS NULL AND NEW.completed_at IS NULL AND NEW.destination IS NULL AND NEW.failure_code IS NULL AND NEW.failure_count = 0 AND NEW.failure_message IS NULL AND NEW.failure_reason IS NULL AND NEW.first_attempt_at IS NULL AND NEW.generation = 1 AND NEW.parked_at IS NULL AND NEW.retry_until IS NULL AND NEW.reversed_minor = 0 AND NEW.stripe_transfer_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_initial_fields AFTER INSERT ON indelible.transfers
FOR EACH ROW EXECUTE FUNCTION indelible.transfers_initial_fields();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_initial_fields;

CREATE FUNCTION indelible.transfers_latest_times_on_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.approved_at IS NULL OR NEW.approved_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.retry_until IS NULL OR NEW.retry_until <= NEW.updated_at + interval '345600 seconds') AND (NEW.parked_at IS NULL OR NEW.parked_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_latest_times_on_insert AFTER INSERT ON indelible.transfers
FOR EACH ROW EXECUTE FUNCTION indelible.transfers_latest_times_on_insert();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_latest_times_on_insert;

CREATE FUNCTION indelible.transfers_latest_times_on_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.approved_at IS NULL OR NEW.approved_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.retry_until IS NULL OR NEW.retry_until <= NEW.updated_at + interval '345600 seconds') AND (NEW.parked_at IS NULL OR NEW.parked_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_latest_times_on_update BEFORE UPDATE ON indelible.transfers
FOR EACH ROW EXECUTE FUNCTION indelible.transfers_latest_times_on_update();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_latest_times_on_update;

CREATE FUNCTION indelible.accounts_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_fixed BEFORE UPDATE ON indelible.accounts
FOR EACH ROW WHEN ((NEW.kind = OLD.kind AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.accounts_fixed();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_fixed;

CREATE FUNCTION indelible.accounts_balance() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.balance_minor - OLD.balance_minor = CASE WHEN NEW.kind IN ('dispute_losses', 'dispute_receivable', 'goodwill', 'stripe_balance', 'stripe_fees') THEN NEW.debited_minor - NEW.credited_minor ELSE NEW.credited_minor - NEW.debited_minor END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_balance BEFORE UPDATE ON indelible.accounts
FOR EACH ROW EXECUTE FUNCTION indelible.accounts_balance();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_balance;

CREATE FUNCTION indelible.accounts_new_movement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.movements AS movement WHERE movement.id = NEW.last_movement_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_new_movement BEFORE UPDATE ON indelible.accounts
FOR EACH ROW EXECUTE FUNCTION indelible.accounts_new_movement();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_new_movement;

CREATE FUNCTION indelible.accounts_left_movement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (OLD.last_movement_id IS NULL OR EXISTS (SELECT 1 FROM indelible.history AS posted WHERE posted.lifecycle = 'movement' AND posted.entity_id = OLD.last_movement_id AND posted.seq = 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accounts_left_movement BEFORE UPDATE ON indelible.accounts
FOR EACH ROW WHEN (OLD.last_movement_id IS NOT NULL) EXECUTE FUNCTION indelible.accounts_left_movement();

ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_left_movement;

CREATE FUNCTION indelible.movements_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_fixed BEFORE UPDATE ON indelible.movements
FOR EACH ROW WHEN ((NEW.kind = OLD.kind AND NEW.key = OLD.key AND (NEW.fact_key = OLD.fact_key OR NEW.fact_key IS NULL AND OLD.fact_key IS NULL) AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency AND NEW.total_minor = OLD.total_minor AND NEW.posting_count = OLD.posting_count AND (NEW.reverses = OLD.reverses OR NEW.reverses IS NULL AND OLD.reverses IS NULL) AND NEW.source = OLD.source AND NEW.occurred_at = OLD.occurred_at) IS NOT TRUE) EXECUTE FUNCTION indelible.movements_fixed();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_fixed;

CREATE FUNCTION indelible.movements_mirrors() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.reverses IS NULL OR EXISTS (SELECT 1 FROM indelible.movements AS original WHERE original.id = NEW.reverses AND original.currency = NEW.currency AND original.total_minor = NEW.total_minor AND original.posting_count = NEW.posting_count AND (NEW.source = 'operator' AND original.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (original.kind <> 'REVERSAL' OR original.source = 'operator') AND EXISTS (SELECT 1 FROM indelible.movements AS proposal WHERE proposal.key = 'reversal_proposed:' || NEW.reverses) OR NEW.source <> 'operator' AND original.kind = 'REFUND_SUCCEEDED' AND EXISTS (SELECT 1 FROM indelible.refunds AS refund WHERE refund.id = substr(original.key, 8, length(original.key) - 10) AND refund.status = 'failed')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_mirrors AFTER INSERT ON indelible.movements
FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION indelible.movements_mirrors();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_mirrors;

CREATE FUNCTION indelible.movements_notes_fact() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.kind IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED')) OR NEW.fact_key IS NULL AND (NEW.kind = 'PAYOUT_FAILED' AND EXISTS (SELECT 1 FROM indelible.transfers AS transfer WHERE transfer.id = substr(NEW.source, 10) AND NEW.source = 'transfer:' || transfer.id AND NEW.key = 'ledger:payout:' || transfer.id || ':' || CAST(transfer.attempt_number AS text) AND transfer.status IN ('failed_terminal', 'retryable') AND transfer.reference = NEW.reference AND transfer.currency = NEW.currency) OR NEW.kind = 'REVERSAL_PROPOSED' AND NEW.source = 'operator' AND EXISTS (SELECT 1 FROM indelible.movements AS proposed WHERE proposed.id = substr(NEW.key, 19) AND NEW.key = 'reversal_proposed:' || proposed.id AND proposed.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (proposed.reference) IS NOT DISTINCT FROM (NEW.reference) AND proposed.currency = NEW.currency))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER movements_notes_fact AFTER INSERT ON indelible.movements
FOR EACH ROW WHEN (NEW.kind IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED')) EXECUTE FUNCTION indelible.movements_notes_fact();

ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_notes_fact;

CREATE FUNCTION indelible.history_second_person_reverses() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'movement') OR NOT EXISTS (SELECT 1 FROM indelible.movements AS movement JOIN indelible.movements AS proposal ON proposal.key = 'reversal_proposed:' || movement.reverses JOIN indelible.history AS proposed ON proposed.lifecycle = 'movement' AND proposed.entity_id = proposal.id AND proposed.seq = 1 WHERE movement.id = NEW.entity_id AND movement.source = 'operator' AND movement.reverses IS NOT NULL AND proposed.actor = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_second_person_reverses AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_second_person_reverses();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_second_person_reverses;

CREATE FUNCTION indelible.postings_of_accounts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE (EXISTS (SELECT 1 FROM indelible.accounts AS account WHERE account.id = posting.debit_account_id AND account.last_movement_id = posting.entity_id) AND EXISTS (SELECT 1 FROM indelible.accounts AS account WHERE account.id = posting.credit_account_id AND account.last_movement_id = posting.entity_id)) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER postings_of_accounts AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_of_accounts();

ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_of_accounts;

CREATE FUNCTION indelible.postings_pays_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE posting.owed_movement_id IS NOT NULL AND (EXISTS (SELECT 1 FROM indelible.postings AS line WHERE line.entity_id = posting.owed_movement_id AND line.seq = 1 AND line.number = posting.owed_number AND line.party = posting.party AND line.amount_minor = posting.amount_minor AND line.credit_account_id = posting.debit_account_id)) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER postings_pays_line AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_pays_line();

ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_pays_line;

CREATE FUNCTION indelible.postings_reverses_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE posting.reversed_movement_id IS NOT NULL AND (EXISTS (SELECT 1 FROM indelible.postings AS line WHERE line.entity_id = posting.reversed_movement_id AND line.seq = 1 AND line.number = posting.reversed_number AND line.owed_movement_id IS NOT NULL AND line.party = posting.party AND line.debit_account_id = posting.credit_account_id AND line.amount_minor >= (SELECT coalesce(sum(earlier.amount_minor), 0) FROM indelible.postings AS earlier WHERE earlier.reversed_movement_id = posting.reversed_movement_id AND earlier.reversed_number = posting.reversed_number))) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER postings_reverses_line AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_reverses_line();

ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_reverses_line;

CREATE FUNCTION indelible.history_balances_movement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'movement') OR EXISTS (SELECT 1 FROM indelible.movements AS movement WHERE movement.id = NEW.entity_id AND movement.posting_count = (SELECT count(*) FROM indelible.postings AS line WHERE line.entity_id = movement.id) AND movement.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.postings AS line WHERE line.entity_id = movement.id) AND NOT EXISTS (SELECT 1 FROM indelible.accounts AS account WHERE account.last_movement_id = movement.id AND (account.currency = movement.currency AND (account.reference IS NULL OR account.reference = movement.reference) AND account.debited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.postings AS line WHERE line.entity_id = movement.id AND line.debit_account_id = account.id) AND account.credited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.postings AS line WHERE line.entity_id = movement.id AND line.credit_account_id = account.id)) IS NOT TRUE) AND NEW.action = CASE WHEN movement.kind = 'SETTLEMENT' THEN 'settle' WHEN movement.posting_count = 0 THEN 'note' ELSE 'post' END AND (movement.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM indelible.postings AS line LEFT JOIN indelible.postings AS original ON original.entity_id = movement.reverses AND original.seq = 1 AND original.number = line.number WHERE line.entity_id = movement.id AND (line.debit_account_id = original.credit_account_id AND line.credit_account_id = original.debit_account_id AND line.amount_minor = original.amount_minor AND (line.party) IS NOT DISTINCT FROM (original.party) AND (line.owed_movement_id IS NULL OR line.owed_movement_id = original.entity_id AND line.owed_number = original.number) AND (line.reversed_movement_id = original.entity_id AND line.reversed_number = original.number OR NOT (substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_balances_movement AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_balances_movement();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_balances_movement;

CREATE FUNCTION indelible.charges_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_fixed BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.item = OLD.item AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_fixed();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_fixed;

CREATE FUNCTION indelible.charges_paid_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_paid_once BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((OLD.paid_at IS NULL OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_paid_once();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_paid_once;

CREATE FUNCTION indelible.charges_sums_refunds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.refunded_minor = OLD.refunded_minor OR NEW.refunded_minor = (SELECT coalesce(sum(refund.amount_minor), 0) FROM indelible.refunds AS refund WHERE refund.charge_id = NEW.id AND refund.status = 'succeeded')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_sums_refunds BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN (NOT (NEW.refunded_minor = OLD.refunded_minor)) EXECUTE FUNCTION indelible.charges_sums_refunds();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_sums_refunds;

CREATE FUNCTION indelible.charges_generation_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER charges_generation_forward BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 20) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_generation_forward();

ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_generation_forward;

CREATE FUNCTION indelible.refunds_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_fixed BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((NEW.charge_id = OLD.charge_id AND NEW.number = OLD.number AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.reason_code = OLD.reason_code AND NEW.covered = OLD.covered) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_fixed();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_fixed;

CREATE FUNCTION indelible.refunds_refundable() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_currency = NEW.currency AND NEW.amount_minor <= charge.received_minor - charge.refunded_minor AND (NEW.status <> 'requested' OR charge.status IN ('PARTIALLY_REFUNDED', 'SUCCEEDED') OR charge.outcome_code IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_refundable AFTER INSERT ON indelible.refunds
FOR EACH ROW EXECUTE FUNCTION indelible.refunds_refundable();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_refundable;

CREATE FUNCTION indelible.refunds_next_number() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.number = (SELECT count(*) FROM indelible.refunds AS refund WHERE refund.charge_id = NEW.charge_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_next_number AFTER INSERT ON indelible.refunds
FOR EACH ROW EXECUTE FUNCTION indelible.refunds_next_number();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_next_number;

CREATE FUNCTION indelible.refunds_covered_by_settlement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.covered = 0 OR EXISTS (SELECT 1 FROM indelible.charges AS charge JOIN indelible.covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_covered_by_settlement AFTER INSERT ON indelible.refunds
FOR EACH ROW WHEN (NEW.covered = 1) EXECUTE FUNCTION indelible.refunds_covered_by_settlement();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_covered_by_settlement;

CREATE FUNCTION indelible.refunds_keeps_stripe_refund_id() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_keeps_stripe_refund_id BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((OLD.stripe_refund_id IS NULL OR NEW.stripe_refund_id = OLD.stripe_refund_id) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_keeps_stripe_refund_id();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_keeps_stripe_refund_id;

CREATE FUNCTION indelible.refunds_generation_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_generation_forward BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 1) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_generation_forward();

ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_generation_forward;

CREATE FUNCTION indelible.disputes_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_fixed BEFORE UPDATE ON indelible.disputes
FOR EACH ROW WHEN ((NEW.charge_id = OLD.charge_id AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.reason_code = OLD.reason_code AND NEW.covered = OLD.covered) IS NOT TRUE) EXECUTE FUNCTION indelible.disputes_fixed();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_fixed;

CREATE FUNCTION indelible.disputes_of_payment() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_minor IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_of_payment AFTER INSERT ON indelible.disputes
FOR EACH ROW EXECUTE FUNCTION indelible.disputes_of_payment();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_of_payment;

CREATE FUNCTION indelible.disputes_covered_by_settlement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.covered = 0 OR EXISTS (SELECT 1 FROM indelible.charges AS charge JOIN indelible.covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_covered_by_settlement AFTER INSERT ON indelible.disputes
FOR EACH ROW WHEN (NEW.covered = 1) EXECUTE FUNCTION indelible.disputes_covered_by_settlement();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_covered_by_settlement;

CREATE FUNCTION indelible.disputes_times_in_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.withdrawn_at IS NULL OR (NEW.reinstated_at IS NULL OR NEW.withdrawn_at <= NEW.reinstated_at + interval '86400 seconds') AND EXISTS (SELECT 1 FROM indelible.charges AS charge WHERE charge.id = NEW.charge_id AND charge.paid_at <= NEW.withdrawn_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER disputes_times_in_order BEFORE UPDATE ON indelible.disputes
FOR EACH ROW WHEN (NEW.withdrawn_at IS NOT NULL) EXECUTE FUNCTION indelible.disputes_times_in_order();

ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_times_in_order;

CREATE FUNCTION indelible.stripe_events_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_events_fixed BEFORE UPDATE ON indelible.stripe_events
FOR EACH ROW WHEN ((NEW.event_type = OLD.event_type AND (NEW.api_version = OLD.api_version OR NEW.api_version IS NULL AND OLD.api_version IS NULL) AND NEW.livemode = OLD.livemode AND NEW.created = OLD.created AND NEW.payload_digest = OLD.payload_digest AND NEW.object_id = OLD.object_id AND (NEW.account = OLD.account OR NEW.account IS NULL AND OLD.account IS NULL) AND NEW.origin = OLD.origin) IS NOT TRUE) EXECUTE FUNCTION indelible.stripe_events_fixed();

ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_fixed;

CREATE FUNCTION indelible.stripe_event_attempts_outcome_of_state() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.stripe_events AS event WHERE event.id = NEW.event_id AND CASE event.status WHEN 'PROCESSED' THEN NEW.outcome IN ('DUPLICATE', 'PROCESSED') WHEN 'IGNORED' THEN NEW.outcome = 'IGNORED' ELSE NEW.outcome = 'FAILED' END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stripe_event_attempts_outcome_of_state AFTER INSERT ON indelible.stripe_event_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_event_attempts_outcome_of_state();

ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_outcome_of_state;

CREATE FUNCTION indelible.reconciliations_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER reconciliations_fixed BEFORE UPDATE ON indelible.reconciliations
FOR EACH ROW WHEN ((NEW.scope = OLD.scope AND NEW.started_at = OLD.started_at) IS NOT TRUE) EXECUTE FUNCTION indelible.reconciliations_fixed();

ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_fixed;

CREATE FUNCTION indelible.history_counts_discrepancies() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'reconciliation' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM indelible.reconciliations AS reconciliation WHERE reconciliation.id = NEW.entity_id AND reconciliation.discrepancy_count = (SELECT count(*) FROM indelible.discrepancies AS line WHERE line.entity_id = reconciliation.id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_counts_discrepancies AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reconciliation' AND NEW.action = 'complete') EXECUTE FUNCTION indelible.history_counts_discrepancies();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_counts_discrepancies;

CREATE FUNCTION indelible.transfers_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_fixed BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN (((NEW.job_id = OLD.job_id OR NEW.job_id IS NULL AND OLD.job_id IS NULL) AND NEW.settlement_id = OLD.settlement_id AND NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.line_count = OLD.line_count AND (NEW.reissue_of = OLD.reissue_of OR NEW.reissue_of IS NULL AND OLD.reissue_of IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_fixed();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_fixed;

CREATE FUNCTION indelible.transfers_keeps_stripe_transfer_id() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_keeps_stripe_transfer_id BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN ((OLD.stripe_transfer_id IS NULL OR NEW.stripe_transfer_id = OLD.stripe_transfer_id) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_keeps_stripe_transfer_id();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_keeps_stripe_transfer_id;

CREATE FUNCTION indelible.transfers_generation_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_generation_forward BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN ((NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 1) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_generation_forward();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_generation_forward;

CREATE FUNCTION indelible.transfers_of_settlement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.reissue_of IS NULL AND NEW.job_id IS NOT NULL AND NEW.settlement_id = NEW.job_id AND NEW.must_look_up = 0 OR NEW.job_id IS NULL AND EXISTS (SELECT 1 FROM indelible.transfers AS replaced WHERE replaced.id = NEW.reissue_of AND replaced.settlement_id = NEW.settlement_id AND replaced.reference = NEW.reference AND replaced.party = NEW.party AND replaced.currency = NEW.currency)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_of_settlement AFTER INSERT ON indelible.transfers
FOR EACH ROW EXECUTE FUNCTION indelible.transfers_of_settlement();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_of_settlement;

CREATE FUNCTION indelible.transfers_reversed_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.reversed_minor = OLD.reversed_minor OR NEW.reversed_minor > OLD.reversed_minor AND NEW.reversed_minor = (SELECT coalesce(sum(posting.amount_minor), 0) FROM indelible.movements AS payout JOIN indelible.postings AS posting ON posting.reversed_movement_id = payout.id JOIN indelible.movements AS reversal ON reversal.id = posting.entity_id WHERE payout.key = 'payout:' || NEW.id AND reversal.kind = 'PAYOUT_REVERSED')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_reversed_forward BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN (NOT (NEW.reversed_minor = OLD.reversed_minor)) EXECUTE FUNCTION indelible.transfers_reversed_forward();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_reversed_forward;

CREATE FUNCTION indelible.transfers_approved_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN OLD.status = 'failed_terminal' AND NEW.status = 'pending' THEN NEW.approved_by IS NULL WHEN OLD.status = 'pending' AND NEW.status = 'pending' AND OLD.approved_by IS NULL OR OLD.status = 'parked' AND NEW.status = 'pending' AND OLD.failure_code = 'destination_unapproved' THEN NEW.approved_by IS NOT NULL ELSE (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_approved_once BEFORE UPDATE ON indelible.transfers
FOR EACH ROW EXECUTE FUNCTION indelible.transfers_approved_once();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_approved_once;

CREATE FUNCTION indelible.transfers_destination_approved_by_another() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.approved_destination IS NULL OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) OR substr(NEW.approved_by, 1, 7) <> 'system:' AND EXISTS (SELECT 1 FROM indelible.payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.approved_destination AND payee.destination_set_by <> NEW.approved_by)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_destination_approved_by_another BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN (NEW.approved_destination IS NOT NULL) EXECUTE FUNCTION indelible.transfers_destination_approved_by_another();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_destination_approved_by_another;

CREATE FUNCTION indelible.transfers_destination_approved() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.status <> 'completed') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) OR NEW.destination = NEW.approved_destination OR EXISTS (SELECT 1 FROM indelible.payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.destination AND payee.destination_set_by = 'user' || ':' || NEW.party)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_destination_approved BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN (NEW.status <> 'completed') EXECUTE FUNCTION indelible.transfers_destination_approved();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_destination_approved;

CREATE FUNCTION indelible.history_names_approved_by() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'approve') OR EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = NEW.entity_id AND head.approved_by = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_names_approved_by AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer' AND NEW.action = 'approve') EXECUTE FUNCTION indelible.history_names_approved_by();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_names_approved_by;

CREATE FUNCTION indelible.history_names_destination_set_by() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'payee' AND NEW.action = 'attach') OR EXISTS (SELECT 1 FROM indelible.payees AS head WHERE head.id = NEW.entity_id AND head.destination_set_by = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_names_destination_set_by AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payee' AND NEW.action = 'attach') EXECUTE FUNCTION indelible.history_names_destination_set_by();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_names_destination_set_by;

CREATE FUNCTION indelible.transfers_job_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.payout_jobs AS job WHERE job.id = NEW.job_id AND job.status = 'complete')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfers_job_open AFTER INSERT ON indelible.transfers
FOR EACH ROW WHEN (NEW.job_id IS NOT NULL) EXECUTE FUNCTION indelible.transfers_job_open();

ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_job_open;

CREATE FUNCTION indelible.transfer_lines_of_owed_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.transfers AS transfer JOIN indelible.postings AS owed ON owed.party = transfer.party WHERE transfer.id = NEW.entity_id AND owed.entity_id = NEW.owed_movement_id AND owed.seq = 1 AND owed.number = NEW.owed_number AND owed.amount_minor = NEW.amount_minor AND owed.credit_account_id = 'winner_payable:' || transfer.reference || ':' || transfer.currency)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_lines_of_owed_line AFTER INSERT ON indelible.transfer_lines
FOR EACH ROW EXECUTE FUNCTION indelible.transfer_lines_of_owed_line();

ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_of_owed_line;

CREATE FUNCTION indelible.history_counts_transfer_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'plan') OR EXISTS (SELECT 1 FROM indelible.transfers AS transfer WHERE transfer.id = NEW.entity_id AND transfer.line_count = (SELECT count(*) FROM indelible.transfer_lines AS line WHERE line.entity_id = transfer.id) AND transfer.amount_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.transfer_lines AS line WHERE line.entity_id = transfer.id))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER history_counts_transfer_lines AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer' AND NEW.action = 'plan') EXECUTE FUNCTION indelible.history_counts_transfer_lines();

ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_counts_transfer_lines;

CREATE FUNCTION indelible.payout_jobs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_fixed BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW WHEN ((NEW.reference = OLD.reference AND NEW.currency = OLD.currency AND NEW.transfer_count = OLD.transfer_count AND NEW.total_minor = OLD.total_minor) IS NOT TRUE) EXECUTE FUNCTION indelible.payout_jobs_fixed();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_fixed;

CREATE FUNCTION indelible.payout_jobs_of_settlement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.movements AS settlement WHERE settlement.key = 'settlement:' || NEW.id AND settlement.kind = 'SETTLEMENT' AND settlement.reference = NEW.reference AND settlement.currency = NEW.currency AND NEW.transfer_count = (SELECT count(DISTINCT line.party) FROM indelible.postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:') AND NEW.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_of_settlement AFTER INSERT ON indelible.payout_jobs
FOR EACH ROW EXECUTE FUNCTION indelible.payout_jobs_of_settlement();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_of_settlement;

CREATE FUNCTION indelible.payout_jobs_finished() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.status = 'complete') OR NEW.transfer_count = (SELECT count(*) FROM indelible.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NEW.total_minor = (SELECT coalesce(sum(transfer.amount_minor), 0) FROM indelible.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NOT EXISTS (SELECT 1 FROM indelible.transfers AS transfer WHERE transfer.job_id = NEW.id AND transfer.status NOT IN ('completed', 'failed_terminal'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payout_jobs_finished BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW WHEN (NEW.status = 'complete') EXECUTE FUNCTION indelible.payout_jobs_finished();

ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_finished;

CREATE FUNCTION indelible.tasks_needs_charges() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('expire_charge', 'record_fee') OR EXISTS (SELECT 1 FROM indelible.charges AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_charges AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('expire_charge', 'record_fee')) EXECUTE FUNCTION indelible.tasks_needs_charges();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_charges;

CREATE FUNCTION indelible.tasks_needs_refunds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('send_refund') OR EXISTS (SELECT 1 FROM indelible.refunds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_refunds AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('send_refund')) EXECUTE FUNCTION indelible.tasks_needs_refunds();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_refunds;

CREATE FUNCTION indelible.tasks_needs_stripe_events() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('process_stripe_event') OR EXISTS (SELECT 1 FROM indelible.stripe_events AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_stripe_events AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('process_stripe_event')) EXECUTE FUNCTION indelible.tasks_needs_stripe_events();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_stripe_events;

CREATE FUNCTION indelible.tasks_needs_payout_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('plan_transfers', 'complete_payout_job') OR EXISTS (SELECT 1 FROM indelible.payout_jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_payout_jobs AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('plan_transfers', 'complete_payout_job')) EXECUTE FUNCTION indelible.tasks_needs_payout_jobs();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_payout_jobs;

CREATE FUNCTION indelible.tasks_needs_transfers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('send_transfer') OR EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_needs_transfers AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('send_transfer')) EXECUTE FUNCTION indelible.tasks_needs_transfers();

ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_transfers;

CREATE FUNCTION indelible.vec_dot(a real[], b real[]) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT sum(x::double precision * y) FROM unnest(a, b) AS pair(x, y) $$;

CREATE FUNCTION indelible.vec_norm(a real[]) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT sqrt(indelible.vec_dot(a, a)) $$;

CREATE FUNCTION indelible.vec_unit(a real[]) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm) AS length $$;

CREATE FUNCTION indelible.vec_lerp(a real[], b real[], t double precision) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT ((1 - t) * x + t * y)::real FROM unnest(a, b) AS pair(x, y)) $$;

CREATE FUNCTION indelible.vec_dist(a real[], b real[]) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT 1 - greatest(-1, least(1, sum(x::double precision * y) / sqrt(sum(x::double precision * x) * sum(y::double precision * y)))) FROM unnest(a, b) AS pair(x, y) $$;

CREATE FUNCTION indelible.ingest_with_signal(request jsonb, vector real[]) RETURNS indelible.signals
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  version indelible.algorithms;
  signal indelible.signals;
BEGIN
  SELECT * INTO version FROM indelible.algorithms WHERE status = 'ACTIVE';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;

  -- Each algorithm version has a function of its own, named by its checksum.
  EXECUTE 'SELECT * FROM indelible.capture_' || left(version.checksum, 32) || '($1, $2)'
    INTO signal
    USING request || jsonb_build_object('algorithm_id', version.id), vector;
  RETURN signal;
END $$;

CREATE FUNCTION indelible.capture_b738201f7dc69ea4098e57289816819c(request jsonb, vector real[]) RETURNS indelible.signals
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  -- The request, the signal that is made of it, the artifact and the centroid before it.
  r record;
  s indelible.signals;
  page indelible.artifacts;
  old indelible.centroids;
  is_locked boolean;
  is_due boolean;
  moves boolean;
  named text;
  ids text[];
  distances double precision[];
  at timestamptz;
  f_stamp text;
  -- What the formulas take and give.
  f_centroid real[];
  f_moved real[];
  f_logged bigint;
  f_rate double precision;
  f_applied double precision;
  f_depth double precision;
  f_confidence double precision;
BEGIN
  SELECT * INTO r FROM jsonb_to_record(request) AS fields(
    signal_id text, artifact_id text, capture_key text, fingerprint text, user_id text,
    space_id text, url text, normalized_url text, title text, content text, session_id text,
    named_subspace_id text, content_source text, engagement_level bigint,
    reading_depth double precision, scroll_depth double precision, dwell_time_ms bigint,
    word_count bigint, embedding_model text, captured_at timestamptz, now timestamptz,
    captured_text text, actor text, reason text, request_id text, algorithm_id text,
    threshold double precision, max_assign_distance double precision,
    history_distance double precision, history_updates bigint,
    depth_tolerance double precision, weight double precision
  );

  -- Lock the space, so that its captures follow one another.
  PERFORM 1
    FROM indelible.spaces
    WHERE id = r.space_id
      AND user_id = r.user_id
      AND status = 'ACTIVE'
      AND model = r.embedding_model
      AND dimension = cardinality($2)
    FOR NO KEY UPDATE;
  is_locked := FOUND;

  -- A capture key that was saved before returns its signal.
  SELECT * INTO s
    FROM indelible.signals
    WHERE user_id = r.user_id AND capture_key = r.capture_key;
  IF FOUND THEN
    RETURN s;
  END IF;
  IF NOT is_locked THEN
    RETURN NULL;
  END IF;

  -- Compare with the centroids: the named one first, else the nearest.
  SELECT id INTO named
    FROM indelible.subspaces
    WHERE id = r.named_subspace_id AND space_id = r.space_id AND status = 'ACTIVE';
  SELECT array_agg(nearest.id), array_agg(nearest.distance) INTO ids, distances
    FROM (
      SELECT positions.id, indelible.vec_dist(positions.f_position, $2) AS distance
      FROM (
        SELECT p.id, coalesce(c.vector, p.seed)::real[] AS f_position
        FROM indelible.subspaces p
        LEFT JOIN indelible.centroids c ON c.id = p.id
        WHERE p.space_id = r.space_id AND p.status = 'ACTIVE'
      ) AS positions
      WHERE positions.f_position IS NOT NULL
      ORDER BY named IS NOT NULL AND positions.id <> named, 2, positions.id
      LIMIT 2
    ) AS nearest;

  -- Decide where the capture belongs, and whether it moves the centroid.
  IF ids IS NULL OR ids[1] <> named THEN
    s.decision := 'NO_CENTROID';
    s.subspace_id := named;
    moves := named IS NOT NULL;
  ELSE
    s.subspace_id := ids[1];
    s.nearest_distance := distances[1];
    IF cardinality(ids) = 1 THEN
      s.decision := 'SINGLE';
      moves := distances[1] <= r.max_assign_distance;
    ELSE
      s.second_distance := distances[2];
      s.margin := (distances[2] - distances[1]);
      moves := s.margin > 0 AND s.margin >= r.threshold;
      s.decision := CASE
        WHEN moves THEN 'UPDATED'
        WHEN s.margin < 0 THEN 'OVERRIDDEN'
        ELSE 'AMBIGUOUS'
      END;
    END IF;
  END IF;

  -- The times of an artifact and of a centroid never stand still.
  SELECT * INTO page
    FROM indelible.artifacts
    WHERE space_id = r.space_id AND normalized_url = r.normalized_url;
  IF moves THEN
    SELECT * INTO old FROM indelible.centroids WHERE id = s.subspace_id;
  END IF;
  at := greatest(
    r.now,
    page.updated_at + interval '1 microsecond',
    old.updated_at + interval '1 microsecond'
  );

  -- Move the centroid, and log it where it is due.
  IF moves THEN
    SELECT coalesce(old.vector, seed, $2)::real[] INTO f_centroid
      FROM indelible.subspaces
      WHERE id = s.subspace_id;
    f_applied := coalesce(old.seq, 0);
    f_rate := CAST(0.1 AS double precision);
    f_moved := indelible.vec_unit(indelible.vec_lerp(indelible.vec_unit(f_centroid), indelible.vec_unit($2), f_rate));
    s.applied_seq := coalesce(old.seq, 0) + 1;
    s.drift := indelible.vec_dist(f_moved, f_centroid);

    f_centroid := coalesce(old.logged_vector::real[], f_centroid);
    f_logged := coalesce(old.logged_seq, 0);
    s.logged_drift := indelible.vec_dist(f_moved, f_centroid);
    is_due := s.logged_drift >= r.history_distance
      OR s.applied_seq - f_logged >= r.history_updates;

    f_applied := s.applied_seq;
    f_confidence := least(CAST(1.0 AS double precision), (f_applied / CAST(20.0 AS double precision)));
    IF NOT s.drift BETWEEN -0.001 AND 2.001
      OR NOT s.logged_drift BETWEEN -0.001 AND 2.001
      OR NOT f_confidence BETWEEN 0 AND 1
    THEN
      RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
    END IF;

    IF is_due THEN
      f_centroid := f_moved;
      f_logged := s.applied_seq;
    ELSE
      s.logged_drift := NULL;
    END IF;
    s.centroid_digest := encode(
      sha256(
        array_send(f_moved) || array_send(f_centroid) || int8send(f_logged)
        || float8send(f_confidence)
      ),
      'hex'
    );
  END IF;

  -- Score the capture and remark on it.
  s.warnings := '[]';
  IF r.named_subspace_id IS DISTINCT FROM named THEN
    s.warnings := s.warnings || '["SUBSPACE_GONE"]';
  END IF;
  IF r.word_count > 0 THEN
    f_depth := ((CAST(0.6 AS double precision) * least(CAST(1.5 AS double precision), (CAST(r.dwell_time_ms AS double precision) / (CAST(r.word_count AS double precision) * CAST(300.0 AS double precision))))) + (CAST(0.4 AS double precision) * r.scroll_depth));
    IF abs(f_depth - r.reading_depth) > r.depth_tolerance THEN
      s.warnings := s.warnings || '["DEPTH_MISMATCH"]';
    END IF;
  END IF;
  s.magnitude := (r.weight * (CAST(0.5 AS double precision) + (CAST(0.5 AS double precision) * least(CAST(1.0 AS double precision), r.reading_depth))));
  IF NOT s.nearest_distance BETWEEN -0.001 AND 2.001
    OR NOT s.second_distance BETWEEN -0.001 AND 2.001
    OR NOT abs(s.margin) < 'Infinity'
    OR NOT abs(s.magnitude) < 'Infinity'
  THEN
    RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
  END IF;

  -- The signal records the capture and its outcome.
  s.id := r.signal_id;
  s.capture_key := r.capture_key;
  s.fingerprint := r.fingerprint;
  s.user_id := r.user_id;
  s.space_id := r.space_id;
  s.artifact_id := coalesce(page.id, r.artifact_id);
  s.url := r.url;
  s.artifact_seq := coalesce(page.seq, 0) + 1;
  s.normalized_url := r.normalized_url;
  s.title := r.title;
  s.content := r.content;
  s.session_id := r.session_id;
  s.named_subspace_id := r.named_subspace_id;
  s.content_source := r.content_source;
  s.engagement_level := r.engagement_level;
  s.reading_depth := r.reading_depth;
  s.scroll_depth := r.scroll_depth;
  s.dwell_time_ms := r.dwell_time_ms;
  s.word_count := r.word_count;
  s.embedding_model := r.embedding_model;
  s.vector := $2;
  s.captured_at := r.captured_at;
  s.recorded_at := at;
  s.actor := r.actor;
  s.reason := r.reason;
  s.request_id := r.request_id;
  s.algorithm_id := r.algorithm_id;
  s.threshold := r.threshold;
  s.reached_level := greatest(page.engagement_level, r.engagement_level);
  s.hash := encode(sha256(convert_to(coalesce(s.id::text, '')
    || E'\x1f' || coalesce(s.capture_key::text, '')
    || E'\x1f' || coalesce(s.fingerprint::text, '')
    || E'\x1f' || coalesce(s.artifact_id::text, '')
    || E'\x1f' || coalesce(s.artifact_seq::text, '')
    || E'\x1f' || coalesce(s.normalized_url::text, '')
    || E'\x1f' || coalesce(round(extract(epoch FROM s.recorded_at - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint::text, '')
    || E'\x1f' || coalesce(s.actor::text, '')
    || E'\x1f' || coalesce(s.reason::text, '')
    || E'\x1f' || coalesce(s.request_id::text, '')
    || E'\x1f' || coalesce(s.algorithm_id::text, '')
    || E'\x1f' || coalesce(encode(float8send(s.threshold), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.magnitude), 'hex'), '')
    || E'\x1f' || coalesce(s.subspace_id::text, '')
    || E'\x1f' || coalesce(s.decision::text, '')
    || E'\x1f' || coalesce(encode(float8send(s.nearest_distance), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.second_distance), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.margin), 'hex'), '')
    || E'\x1f' || coalesce(s.applied_seq::text, '')
    || E'\x1f' || coalesce(encode(float8send(s.drift), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.logged_drift), 'hex'), '')
    || E'\x1f' || coalesce(s.centroid_digest::text, '')
    || E'\x1f' || coalesce(s.reached_level::text, '')
    || E'\x1f' || coalesce(array_to_string(ARRAY(SELECT jsonb_array_elements_text(s.warnings)), ','), ''), 'UTF8')), 'hex');

  -- The artifact shows all of its signals, whatever their order: the stamp is time and key.
  f_stamp := coalesce(
    r.captured_text,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00')
  ) || ' ' || r.capture_key;
  IF page.id IS NULL THEN
    INSERT INTO indelible.artifacts (
      id, seq, hash, user_id, space_id, normalized_url, title, title_stamp, content,
      content_stamp, engagement_level, reading_depth, scroll_depth, dwell_time_ms, word_count, vector, content_source, stamp, created_at, updated_at
    )
    VALUES (
      s.artifact_id, 1, s.hash, s.user_id, s.space_id, s.normalized_url,
      s.title, CASE WHEN s.title IS NULL THEN '' ELSE f_stamp END,
      s.content, CASE WHEN s.content IS NULL THEN '' ELSE f_stamp END,
      s.engagement_level, s.reading_depth, s.scroll_depth, s.dwell_time_ms, s.word_count, $2, s.content_source, f_stamp, at, at
    );
  ELSE
    UPDATE indelible.artifacts a SET
      seq = s.artifact_seq,
      hash = s.hash,
      updated_at = at,
      title = CASE
        WHEN s.title IS NULL OR f_stamp <= a.title_stamp THEN a.title
        ELSE s.title
      END,
      title_stamp = CASE
        WHEN s.title IS NULL THEN a.title_stamp
        ELSE greatest(a.title_stamp, f_stamp COLLATE "C")
      END,
      content = CASE
        WHEN s.content IS NULL OR f_stamp <= a.content_stamp THEN a.content
        ELSE s.content
      END,
      content_stamp = CASE
        WHEN s.content IS NULL THEN a.content_stamp
        ELSE greatest(a.content_stamp, f_stamp COLLATE "C")
      END,
      engagement_level = greatest(a.engagement_level, s.engagement_level), reading_depth = greatest(a.reading_depth, s.reading_depth), scroll_depth = greatest(a.scroll_depth, s.scroll_depth), dwell_time_ms = greatest(a.dwell_time_ms, s.dwell_time_ms), word_count = greatest(a.word_count, s.word_count),
      vector = CASE WHEN f_stamp <= a.stamp THEN a.vector ELSE s.vector END,
      content_source = CASE
        WHEN f_stamp <= a.stamp THEN a.content_source
        ELSE s.content_source
      END,
      stamp = greatest(a.stamp, f_stamp COLLATE "C")
    WHERE a.id = page.id;
  END IF;

  -- The centroid, and the record of all this.
  IF moves AND old.id IS NULL THEN
    INSERT INTO indelible.centroids (
      id, seq, hash, space_id, vector, logged_vector, logged_seq, confidence,
      created_at, updated_at
    )
    VALUES (
      s.subspace_id, 1, s.hash, s.space_id, f_moved, f_centroid, f_logged, f_confidence,
      at, at
    );
  ELSIF moves THEN
    UPDATE indelible.centroids SET
      seq = s.applied_seq,
      hash = s.hash,
      vector = f_moved,
      updated_at = at,
      logged_vector = f_centroid,
      logged_seq = f_logged,
      confidence = f_confidence
    WHERE id = s.subspace_id;
  END IF;
  INSERT INTO indelible.signals SELECT s.*;
  RETURN s;
END $$;

CREATE FUNCTION indelible.capture_ece2e9c23443848c2c4d763232f099fd(request jsonb, vector real[]) RETURNS indelible.signals
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  -- The request, the signal that is made of it, the artifact and the centroid before it.
  r record;
  s indelible.signals;
  page indelible.artifacts;
  old indelible.centroids;
  is_locked boolean;
  is_due boolean;
  moves boolean;
  named text;
  ids text[];
  distances double precision[];
  at timestamptz;
  f_stamp text;
  -- What the formulas take and give.
  f_centroid real[];
  f_moved real[];
  f_logged bigint;
  f_rate double precision;
  f_applied double precision;
  f_depth double precision;
  f_confidence double precision;
BEGIN
  SELECT * INTO r FROM jsonb_to_record(request) AS fields(
    signal_id text, artifact_id text, capture_key text, fingerprint text, user_id text,
    space_id text, url text, normalized_url text, title text, content text, session_id text,
    named_subspace_id text, content_source text, engagement_level bigint,
    reading_depth double precision, scroll_depth double precision, dwell_time_ms bigint,
    word_count bigint, embedding_model text, captured_at timestamptz, now timestamptz,
    captured_text text, actor text, reason text, request_id text, algorithm_id text,
    threshold double precision, max_assign_distance double precision,
    history_distance double precision, history_updates bigint,
    depth_tolerance double precision, weight double precision
  );

  -- Lock the space, so that its captures follow one another.
  PERFORM 1
    FROM indelible.spaces
    WHERE id = r.space_id
      AND user_id = r.user_id
      AND status = 'ACTIVE'
      AND model = r.embedding_model
      AND dimension = cardinality($2)
    FOR NO KEY UPDATE;
  is_locked := FOUND;

  -- A capture key that was saved before returns its signal.
  SELECT * INTO s
    FROM indelible.signals
    WHERE user_id = r.user_id AND capture_key = r.capture_key;
  IF FOUND THEN
    RETURN s;
  END IF;
  IF NOT is_locked THEN
    RETURN NULL;
  END IF;

  -- Compare with the centroids: the named one first, else the nearest.
  SELECT id INTO named
    FROM indelible.subspaces
    WHERE id = r.named_subspace_id AND space_id = r.space_id AND status = 'ACTIVE';
  SELECT array_agg(nearest.id), array_agg(nearest.distance) INTO ids, distances
    FROM (
      SELECT positions.id, indelible.vec_dist(positions.f_position, $2) AS distance
      FROM (
        SELECT p.id, coalesce(c.vector, p.seed)::real[] AS f_position
        FROM indelible.subspaces p
        LEFT JOIN indelible.centroids c ON c.id = p.id
        WHERE p.space_id = r.space_id AND p.status = 'ACTIVE'
      ) AS positions
      WHERE positions.f_position IS NOT NULL
      ORDER BY named IS NOT NULL AND positions.id <> named, 2, positions.id
      LIMIT 2
    ) AS nearest;

  -- Decide where the capture belongs, and whether it moves the centroid.
  IF ids IS NULL OR ids[1] <> named THEN
    s.decision := 'NO_CENTROID';
    s.subspace_id := named;
    moves := named IS NOT NULL;
  ELSE
    s.subspace_id := ids[1];
    s.nearest_distance := distances[1];
    IF cardinality(ids) = 1 THEN
      s.decision := 'SINGLE';
      moves := distances[1] <= r.max_assign_distance;
    ELSE
      s.second_distance := distances[2];
      s.margin := (distances[2] - distances[1]);
      moves := s.margin > 0 AND s.margin >= r.threshold;
      s.decision := CASE
        WHEN moves THEN 'UPDATED'
        WHEN s.margin < 0 THEN 'OVERRIDDEN'
        ELSE 'AMBIGUOUS'
      END;
    END IF;
  END IF;

  -- The times of an artifact and of a centroid never stand still.
  SELECT * INTO page
    FROM indelible.artifacts
    WHERE space_id = r.space_id AND normalized_url = r.normalized_url;
  IF moves THEN
    SELECT * INTO old FROM indelible.centroids WHERE id = s.subspace_id;
  END IF;
  at := greatest(
    r.now,
    page.updated_at + interval '1 microsecond',
    old.updated_at + interval '1 microsecond'
  );

  -- Move the centroid, and log it where it is due.
  IF moves THEN
    SELECT coalesce(old.vector, seed, $2)::real[] INTO f_centroid
      FROM indelible.subspaces
      WHERE id = s.subspace_id;
    f_applied := coalesce(old.seq, 0);
    f_rate := (CAST(1.0 AS double precision) / (f_applied + CAST(10.0 AS double precision)));
    f_moved := indelible.vec_unit(indelible.vec_lerp(indelible.vec_unit(f_centroid), indelible.vec_unit($2), ((f_rate * greatest(CAST(0.0 AS double precision), (CAST(1.0 AS double precision) - indelible.vec_dist(f_centroid, $2)))) * greatest(CAST(0.0 AS double precision), (CAST(1.0 AS double precision) - indelible.vec_dist(f_centroid, $2))))));
    s.applied_seq := coalesce(old.seq, 0) + 1;
    s.drift := indelible.vec_dist(f_moved, f_centroid);

    f_centroid := coalesce(old.logged_vector::real[], f_centroid);
    f_logged := coalesce(old.logged_seq, 0);
    s.logged_drift := indelible.vec_dist(f_moved, f_centroid);
    is_due := s.logged_drift >= r.history_distance
      OR s.applied_seq - f_logged >= r.history_updates;

    f_applied := s.applied_seq;
    f_confidence := least(CAST(1.0 AS double precision), (f_applied / CAST(20.0 AS double precision)));
    IF NOT s.drift BETWEEN -0.001 AND 2.001
      OR NOT s.logged_drift BETWEEN -0.001 AND 2.001
      OR NOT f_confidence BETWEEN 0 AND 1
    THEN
      RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
    END IF;

    IF is_due THEN
      f_centroid := f_moved;
      f_logged := s.applied_seq;
    ELSE
      s.logged_drift := NULL;
    END IF;
    s.centroid_digest := encode(
      sha256(
        array_send(f_moved) || array_send(f_centroid) || int8send(f_logged)
        || float8send(f_confidence)
      ),
      'hex'
    );
  END IF;

  -- Score the capture and remark on it.
  s.warnings := '[]';
  IF r.named_subspace_id IS DISTINCT FROM named THEN
    s.warnings := s.warnings || '["SUBSPACE_GONE"]';
  END IF;
  IF r.word_count > 0 THEN
    f_depth := ((CAST(0.6 AS double precision) * least(CAST(1.5 AS double precision), (CAST(r.dwell_time_ms AS double precision) / (CAST(r.word_count AS double precision) * CAST(300.0 AS double precision))))) + (CAST(0.4 AS double precision) * r.scroll_depth));
    IF abs(f_depth - r.reading_depth) > r.depth_tolerance THEN
      s.warnings := s.warnings || '["DEPTH_MISMATCH"]';
    END IF;
  END IF;
  s.magnitude := (r.weight * (CAST(0.5 AS double precision) + (CAST(0.5 AS double precision) * least(CAST(1.0 AS double precision), r.reading_depth))));
  IF NOT s.nearest_distance BETWEEN -0.001 AND 2.001
    OR NOT s.second_distance BETWEEN -0.001 AND 2.001
    OR NOT abs(s.margin) < 'Infinity'
    OR NOT abs(s.magnitude) < 'Infinity'
  THEN
    RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
  END IF;

  -- The signal records the capture and its outcome.
  s.id := r.signal_id;
  s.capture_key := r.capture_key;
  s.fingerprint := r.fingerprint;
  s.user_id := r.user_id;
  s.space_id := r.space_id;
  s.artifact_id := coalesce(page.id, r.artifact_id);
  s.url := r.url;
  s.artifact_seq := coalesce(page.seq, 0) + 1;
  s.normalized_url := r.normalized_url;
  s.title := r.title;
  s.content := r.content;
  s.session_id := r.session_id;
  s.named_subspace_id := r.named_subspace_id;
  s.content_source := r.content_source;
  s.engagement_level := r.engagement_level;
  s.reading_depth := r.reading_depth;
  s.scroll_depth := r.scroll_depth;
  s.dwell_time_ms := r.dwell_time_ms;
  s.word_count := r.word_count;
  s.embedding_model := r.embedding_model;
  s.vector := $2;
  s.captured_at := r.captured_at;
  s.recorded_at := at;
  s.actor := r.actor;
  s.reason := r.reason;
  s.request_id := r.request_id;
  s.algorithm_id := r.algorithm_id;
  s.threshold := r.threshold;
  s.reached_level := greatest(page.engagement_level, r.engagement_level);
  s.hash := encode(sha256(convert_to(coalesce(s.id::text, '')
    || E'\x1f' || coalesce(s.capture_key::text, '')
    || E'\x1f' || coalesce(s.fingerprint::text, '')
    || E'\x1f' || coalesce(s.artifact_id::text, '')
    || E'\x1f' || coalesce(s.artifact_seq::text, '')
    || E'\x1f' || coalesce(s.normalized_url::text, '')
    || E'\x1f' || coalesce(round(extract(epoch FROM s.recorded_at - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint::text, '')
    || E'\x1f' || coalesce(s.actor::text, '')
    || E'\x1f' || coalesce(s.reason::text, '')
    || E'\x1f' || coalesce(s.request_id::text, '')
    || E'\x1f' || coalesce(s.algorithm_id::text, '')
    || E'\x1f' || coalesce(encode(float8send(s.threshold), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.magnitude), 'hex'), '')
    || E'\x1f' || coalesce(s.subspace_id::text, '')
    || E'\x1f' || coalesce(s.decision::text, '')
    || E'\x1f' || coalesce(encode(float8send(s.nearest_distance), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.second_distance), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.margin), 'hex'), '')
    || E'\x1f' || coalesce(s.applied_seq::text, '')
    || E'\x1f' || coalesce(encode(float8send(s.drift), 'hex'), '')
    || E'\x1f' || coalesce(encode(float8send(s.logged_drift), 'hex'), '')
    || E'\x1f' || coalesce(s.centroid_digest::text, '')
    || E'\x1f' || coalesce(s.reached_level::text, '')
    || E'\x1f' || coalesce(array_to_string(ARRAY(SELECT jsonb_array_elements_text(s.warnings)), ','), ''), 'UTF8')), 'hex');

  -- The artifact shows all of its signals, whatever their order: the stamp is time and key.
  f_stamp := coalesce(
    r.captured_text,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00')
  ) || ' ' || r.capture_key;
  IF page.id IS NULL THEN
    INSERT INTO indelible.artifacts (
      id, seq, hash, user_id, space_id, normalized_url, title, title_stamp, content,
      content_stamp, engagement_level, reading_depth, scroll_depth, dwell_time_ms, word_count, vector, content_source, stamp, created_at, updated_at
    )
    VALUES (
      s.artifact_id, 1, s.hash, s.user_id, s.space_id, s.normalized_url,
      s.title, CASE WHEN s.title IS NULL THEN '' ELSE f_stamp END,
      s.content, CASE WHEN s.content IS NULL THEN '' ELSE f_stamp END,
      s.engagement_level, s.reading_depth, s.scroll_depth, s.dwell_time_ms, s.word_count, $2, s.content_source, f_stamp, at, at
    );
  ELSE
    UPDATE indelible.artifacts a SET
      seq = s.artifact_seq,
      hash = s.hash,
      updated_at = at,
      title = CASE
        WHEN s.title IS NULL OR f_stamp <= a.title_stamp THEN a.title
        ELSE s.title
      END,
      title_stamp = CASE
        WHEN s.title IS NULL THEN a.title_stamp
        ELSE greatest(a.title_stamp, f_stamp COLLATE "C")
      END,
      content = CASE
        WHEN s.content IS NULL OR f_stamp <= a.content_stamp THEN a.content
        ELSE s.content
      END,
      content_stamp = CASE
        WHEN s.content IS NULL THEN a.content_stamp
        ELSE greatest(a.content_stamp, f_stamp COLLATE "C")
      END,
      engagement_level = greatest(a.engagement_level, s.engagement_level), reading_depth = greatest(a.reading_depth, s.reading_depth), scroll_depth = greatest(a.scroll_depth, s.scroll_depth), dwell_time_ms = greatest(a.dwell_time_ms, s.dwell_time_ms), word_count = greatest(a.word_count, s.word_count),
      vector = CASE WHEN f_stamp <= a.stamp THEN a.vector ELSE s.vector END,
      content_source = CASE
        WHEN f_stamp <= a.stamp THEN a.content_source
        ELSE s.content_source
      END,
      stamp = greatest(a.stamp, f_stamp COLLATE "C")
    WHERE a.id = page.id;
  END IF;

  -- The centroid, and the record of all this.
  IF moves AND old.id IS NULL THEN
    INSERT INTO indelible.centroids (
      id, seq, hash, space_id, vector, logged_vector, logged_seq, confidence,
      created_at, updated_at
    )
    VALUES (
      s.subspace_id, 1, s.hash, s.space_id, f_moved, f_centroid, f_logged, f_confidence,
      at, at
    );
  ELSIF moves THEN
    UPDATE indelible.centroids SET
      seq = s.applied_seq,
      hash = s.hash,
      vector = f_moved,
      updated_at = at,
      logged_vector = f_centroid,
      logged_seq = f_logged,
      confidence = f_confidence
    WHERE id = s.subspace_id;
  END IF;
  INSERT INTO indelible.signals SELECT s.*;
  RETURN s;
END $$;

INSERT INTO indelible.indelible_version (version_num) VALUES ('0001') RETURNING indelible.indelible_version.version_num;

COMMIT;

-- Run `indelible db upgrade` after it: the application's role gets its rights from that.
