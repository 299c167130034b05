DROP TRIGGER lifecycle_edges_no_insert ON indelible.lifecycle_edges
--;
CREATE DOMAIN indelible.amount_minor AS BIGINT CHECK (VALUE BETWEEN -1000000000000 AND 1000000000000)
--;
CREATE DOMAIN indelible.currency AS TEXT COLLATE "C" CHECK (VALUE ~ '^[A-Z][A-Z][A-Z]$')
--;
CREATE DOMAIN indelible.raw_bytes AS BYTEA CHECK (octet_length(VALUE) <= 2097152)
--;
CREATE TABLE indelible.payloads (
	digest indelible.digest NOT NULL,
	bytes indelible.raw_bytes NOT NULL,
	size indelible.natural_number NOT NULL,
	content_type indelible.identifier NOT NULL,
	first_received_at indelible.instant NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT payloads_pkey PRIMARY KEY (digest),
	CONSTRAINT payloads_size_matches CHECK (size = length(bytes))
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
CREATE INDEX rejections_at ON indelible.rejections (at, id)
--;
CREATE INDEX rejections_command ON indelible.rejections (command, at, id)
--;
CREATE INDEX contests_created_at ON indelible.contests (created_at, id)
--;
CREATE INDEX contests_lock_time ON indelible.contests (status, lock_time, id)
--;
CREATE INDEX contests_name ON indelible.contests (contest_name, id)
--;
CREATE INDEX contests_of_organizer ON indelible.contests (organizer_id, id)
--;
CREATE INDEX contests_of_organizer_created_at ON indelible.contests (organizer_id, created_at, id)
--;
CREATE INDEX contests_of_organizer_name ON indelible.contests (organizer_id, contest_name, id)
--;
CREATE INDEX contests_of_organizer_updated_at ON indelible.contests (organizer_id, updated_at, id)
--;
CREATE INDEX contests_of_tournament ON indelible.contests (provider_event_id, id)
--;
CREATE INDEX contests_start_time ON indelible.contests (status, start_time, id)
--;
CREATE INDEX contests_status ON indelible.contests (status, id)
--;
CREATE INDEX contests_updated_at ON indelible.contests (updated_at, id)
--;
CREATE INDEX entries_created_at ON indelible.entries (contest_id, created_at, id)
--;
CREATE INDEX entries_of_contest ON indelible.entries (contest_id, id)
--;
CREATE INDEX entries_of_user ON indelible.entries (user_id, id)
--;
CREATE INDEX entries_status ON indelible.entries (contest_id, status, id)
--;
CREATE INDEX entries_updated_at ON indelible.entries (contest_id, updated_at, id)
--;
CREATE UNIQUE INDEX settlement_runs_one_complete ON indelible.settlement_runs (contest_id) WHERE status = 'COMPLETE'
--;
CREATE UNIQUE INDEX settlement_runs_one_started ON indelible.settlement_runs (contest_id) WHERE status = 'STARTED'
--;
CREATE INDEX settlement_lines_user ON indelible.settlement_lines (user_id, entity_id, number)
--;
ALTER TABLE indelible.contest_events ADD CONSTRAINT contest_events_payload FOREIGN KEY(payload_digest) REFERENCES indelible.payloads (digest) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_cancelled_number FOREIGN KEY(id, cancelled_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_conflict_number FOREIGN KEY(id, conflict_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_event FOREIGN KEY(id, newest_event, event_hash) REFERENCES indelible.contest_events (contest_id, number, event_hash) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_feed FOREIGN KEY(provider_event_id) REFERENCES indelible.provider_feeds (id) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_fetch FOREIGN KEY(provider_event_id, newest_fetch) REFERENCES indelible.provider_fetches (provider_event_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_field_number FOREIGN KEY(id, field_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_leaderboard_number FOREIGN KEY(id, leaderboard_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_pending_rewrite_number FOREIGN KEY(id, pending_rewrite_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contest_logs ADD CONSTRAINT contest_logs_terminal_number FOREIGN KEY(id, terminal_number) REFERENCES indelible.contest_events (contest_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contests ADD CONSTRAINT contests_configuration FOREIGN KEY(id, configuration_version, configuration_digest) REFERENCES indelible.contest_configurations (contest_id, version, configuration_digest) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.contests ADD CONSTRAINT contests_settlement FOREIGN KEY(settlement_run_id, id, settlement_run_status) REFERENCES indelible.settlement_runs (id, contest_id, status) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.entries ADD CONSTRAINT entries_roster FOREIGN KEY(id, roster_number, roster_digest) REFERENCES indelible.rosters (entry_id, number, roster_digest) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.provider_feeds ADD CONSTRAINT provider_feeds_fetch FOREIGN KEY(id, newest_fetch) REFERENCES indelible.provider_fetches (provider_event_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.provider_fetches ADD CONSTRAINT provider_fetches_payload FOREIGN KEY(payload_digest) REFERENCES indelible.payloads (digest) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.settlement_runs ADD CONSTRAINT settlement_runs_configuration FOREIGN KEY(contest_id, configuration_version, configuration_digest) REFERENCES indelible.contest_configurations (contest_id, version, configuration_digest) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.settlement_runs ADD CONSTRAINT settlement_runs_event FOREIGN KEY(contest_id, event_number, events_digest) REFERENCES indelible.contest_events (contest_id, number, event_hash) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.settlement_runs ADD CONSTRAINT settlement_runs_settled FOREIGN KEY(contest_id, settles_as) REFERENCES indelible.contests (id, settlement_run_id) DEFERRABLE INITIALLY DEFERRED
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest', '', 'publish', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'configure', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'lock', 'LOCKED', 0), ('contest', 'SCHEDULED', 'force_lock', 'LOCKED', 1), ('contest', 'LOCKED', 'start', 'LIVE', 0), ('contest', 'LIVE', 'complete', 'COMPLETE', 0), ('contest', 'SCHEDULED', 'cancel', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_unfilled', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_shortened', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'fail', 'ERROR', 0), ('contest', 'LOCKED', 'fail', 'ERROR', 0), ('contest', 'LIVE', 'fail', 'ERROR', 0), ('contest', 'ERROR', 'resolve_complete', 'COMPLETE', 0), ('contest', 'ERROR', 'resolve_cancel', 'CANCELLED', 0), ('contest', 'ERROR', 'resume_scheduled', 'SCHEDULED', 0), ('contest', 'ERROR', 'resume_locked', 'LOCKED', 0), ('contest', 'ERROR', 'resume_live', 'LIVE', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('entry', '', 'enter', 'PENDING_PAYMENT', 1), ('entry', '', 'enter_free', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'set_roster', 'PENDING_PAYMENT', 1), ('entry', 'ACTIVE', 'set_roster', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'activate', 'ACTIVE', 0), ('entry', 'PENDING_PAYMENT', 'reject', 'REJECTED', 0), ('entry', 'ACTIVE', 'refund', 'REFUNDED', 0), ('entry', 'ACTIVE', 'void', 'VOID', 0), ('entry', 'VOID', 'refund', 'REFUNDED', 0), ('entry', 'VOID', 'reinstate', 'ACTIVE', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest_log', '', 'open', 'OPEN', 0), ('contest_log', 'OPEN', 'append', 'OPEN', 1), ('contest_log', 'OPEN', 'correct', 'OPEN', 1), ('contest_log', 'PAUSED', 'correct', 'PAUSED', 1), ('contest_log', 'OPEN', 'skip', 'OPEN', 0), ('contest_log', 'OPEN', 'pause', 'PAUSED', 0), ('contest_log', 'PAUSED', 'resume', 'OPEN', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('provider_feed', '', 'open', 'POLLING', 0), ('provider_feed', 'POLLING', 'fetch', 'POLLING', 1), ('provider_feed', 'POLLING', 'stop', 'STOPPED', 0), ('provider_feed', 'STOPPED', 'poll', 'POLLING', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('settlement_run', '', 'start', 'STARTED', 0), ('settlement_run', 'STARTED', 'complete', 'COMPLETE', 0), ('settlement_run', 'STARTED', 'fail', 'FAILED', 0)
--;
CREATE TRIGGER lifecycle_edges_no_insert AFTER INSERT ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_insert()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_insert
--;
CREATE FUNCTION indelible.payloads_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_no_update BEFORE UPDATE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_update()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_update
--;
CREATE FUNCTION indelible.payloads_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_no_delete BEFORE DELETE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_delete()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_delete
--;
CREATE FUNCTION indelible.payloads_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_no_truncate BEFORE TRUNCATE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_truncate()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_truncate
--;
CREATE FUNCTION indelible.rejections_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rejections_no_update BEFORE UPDATE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_update()
--;
ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_update
--;
CREATE FUNCTION indelible.rejections_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rejections_no_delete BEFORE DELETE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_delete()
--;
ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_delete
--;
CREATE FUNCTION indelible.rejections_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rejections_no_truncate BEFORE TRUNCATE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_truncate()
--;
ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_truncate
--;
CREATE OR REPLACE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = statement_timestamp() WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = statement_timestamp()) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= statement_timestamp() + interval '172800 seconds' OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE FUNCTION indelible.payloads_digest_matches() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_digest_matches AFTER INSERT ON indelible.payloads
FOR EACH ROW WHEN ((NEW.digest = encode(sha256(NEW.bytes), 'hex')) IS NOT TRUE) EXECUTE FUNCTION indelible.payloads_digest_matches()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_digest_matches
--;
CREATE FUNCTION indelible.contest_configurations_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_configurations_no_update BEFORE UPDATE ON indelible.contest_configurations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_configurations_no_update()
--;
ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_no_update
--;
CREATE FUNCTION indelible.contest_configurations_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_configurations_no_delete BEFORE DELETE ON indelible.contest_configurations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_configurations_no_delete()
--;
ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_no_delete
--;
CREATE FUNCTION indelible.contest_configurations_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_configurations_no_truncate BEFORE TRUNCATE ON indelible.contest_configurations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_configurations_no_truncate()
--;
ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_no_truncate
--;
CREATE FUNCTION indelible.rosters_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rosters_no_update BEFORE UPDATE ON indelible.rosters
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rosters_no_update()
--;
ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_no_update
--;
CREATE FUNCTION indelible.rosters_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rosters_no_delete BEFORE DELETE ON indelible.rosters
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rosters_no_delete()
--;
ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_no_delete
--;
CREATE FUNCTION indelible.rosters_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rosters_no_truncate BEFORE TRUNCATE ON indelible.rosters
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rosters_no_truncate()
--;
ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_no_truncate
--;
CREATE FUNCTION indelible.provider_fetches_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_fetches_no_update BEFORE UPDATE ON indelible.provider_fetches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_fetches_no_update()
--;
ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_no_update
--;
CREATE FUNCTION indelible.provider_fetches_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_fetches_no_delete BEFORE DELETE ON indelible.provider_fetches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_fetches_no_delete()
--;
ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_no_delete
--;
CREATE FUNCTION indelible.provider_fetches_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_fetches_no_truncate BEFORE TRUNCATE ON indelible.provider_fetches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_fetches_no_truncate()
--;
ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_no_truncate
--;
CREATE FUNCTION indelible.contest_events_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_events_no_update BEFORE UPDATE ON indelible.contest_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_events_no_update()
--;
ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_no_update
--;
CREATE FUNCTION indelible.contest_events_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_events_no_delete BEFORE DELETE ON indelible.contest_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_events_no_delete()
--;
ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_no_delete
--;
CREATE FUNCTION indelible.contest_events_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_events_no_truncate BEFORE TRUNCATE ON indelible.contest_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_events_no_truncate()
--;
ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_no_truncate
--;
CREATE FUNCTION indelible.event_faults_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER event_faults_no_update BEFORE UPDATE ON indelible.event_faults
FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_no_update()
--;
ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_no_update
--;
CREATE FUNCTION indelible.event_faults_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER event_faults_no_delete BEFORE DELETE ON indelible.event_faults
FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_no_delete()
--;
ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_no_delete
--;
CREATE FUNCTION indelible.event_faults_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER event_faults_no_truncate BEFORE TRUNCATE ON indelible.event_faults
FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_no_truncate()
--;
ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_no_truncate
--;
CREATE FUNCTION indelible.settlement_lines_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_lines_no_update BEFORE UPDATE ON indelible.settlement_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_no_update()
--;
ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_no_update
--;
CREATE FUNCTION indelible.settlement_lines_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_lines_no_delete BEFORE DELETE ON indelible.settlement_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_no_delete()
--;
ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_no_delete
--;
CREATE FUNCTION indelible.settlement_lines_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_lines_no_truncate BEFORE TRUNCATE ON indelible.settlement_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_no_truncate()
--;
ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_no_truncate
--;
CREATE FUNCTION indelible.event_faults_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'contest_log' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{faults,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.event_faults AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER event_faults_in_change AFTER INSERT ON indelible.event_faults
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_in_change()
--;
ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_in_change
--;
CREATE FUNCTION indelible.history_needs_event_faults() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'contest_log' OR (CASE WHEN NEW.action IN ('append', 'correct') THEN NEW.data #>> '{faults,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('append', 'correct') THEN NEW.data #>> '{faults,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_event_faults AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest_log') EXECUTE FUNCTION indelible.history_needs_event_faults()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_event_faults
--;
CREATE FUNCTION indelible.settlement_lines_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.settlement_runs AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'settlement_run' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{lines,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.settlement_lines AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_lines_in_change AFTER INSERT ON indelible.settlement_lines
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_in_change()
--;
ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_in_change
--;
CREATE FUNCTION indelible.history_needs_settlement_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'settlement_run' OR (CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{lines,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{lines,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_settlement_lines AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'settlement_run') EXECUTE FUNCTION indelible.history_needs_settlement_lines()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_settlement_lines
--;
CREATE FUNCTION indelible.contest_configurations_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.contest_id AND head.configuration_version = NEW.version AND head.updated_at = NEW.created_at AND head.configuration_digest = NEW.configuration_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_configurations_needs_head AFTER INSERT ON indelible.contest_configurations
FOR EACH ROW EXECUTE FUNCTION indelible.contest_configurations_needs_head()
--;
ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_needs_head
--;
CREATE FUNCTION indelible.rosters_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.entries AS head WHERE head.id = NEW.entry_id AND head.roster_number = NEW.number AND head.updated_at = NEW.submitted_at AND head.roster_digest = NEW.roster_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rosters_needs_head AFTER INSERT ON indelible.rosters
FOR EACH ROW EXECUTE FUNCTION indelible.rosters_needs_head()
--;
ALTER TABLE indelible.rosters ENABLE ALWAYS TRIGGER rosters_needs_head
--;
CREATE FUNCTION indelible.contest_events_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = NEW.contest_id AND head.event_number = NEW.number AND head.updated_at = NEW.stored_at AND head.event_hash = NEW.event_hash)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_events_needs_head AFTER INSERT ON indelible.contest_events
FOR EACH ROW EXECUTE FUNCTION indelible.contest_events_needs_head()
--;
ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_needs_head
--;
CREATE FUNCTION indelible.provider_fetches_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND head.fetch_number = NEW.number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_fetches_needs_head AFTER INSERT ON indelible.provider_fetches
FOR EACH ROW EXECUTE FUNCTION indelible.provider_fetches_needs_head()
--;
ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_needs_head
--;
CREATE FUNCTION indelible.contests_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_no_delete BEFORE DELETE ON indelible.contests
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contests_no_delete()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_no_delete
--;
CREATE FUNCTION indelible.contests_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_no_truncate BEFORE TRUNCATE ON indelible.contests
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contests_no_truncate()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_no_truncate
--;
CREATE FUNCTION indelible.contests_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_one_step BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_one_step()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_one_step
--;
CREATE FUNCTION indelible.history_needs_contests() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'contest' OR EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.configuration_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_contests AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest') EXECUTE FUNCTION indelible.history_needs_contests()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_contests
--;
CREATE FUNCTION indelible.entries_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON indelible.entries
FOR EACH STATEMENT EXECUTE FUNCTION indelible.entries_no_delete()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_no_delete
--;
CREATE FUNCTION indelible.entries_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON indelible.entries
FOR EACH STATEMENT EXECUTE FUNCTION indelible.entries_no_truncate()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_no_truncate
--;
CREATE FUNCTION indelible.entries_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_one_step BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_one_step()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_one_step
--;
CREATE FUNCTION indelible.history_needs_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'entry' OR EXISTS (SELECT 1 FROM indelible.entries AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.roster_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_entries AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'entry') EXECUTE FUNCTION indelible.history_needs_entries()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_entries
--;
CREATE FUNCTION indelible.contest_logs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_logs_no_delete BEFORE DELETE ON indelible.contest_logs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_logs_no_delete()
--;
ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_no_delete
--;
CREATE FUNCTION indelible.contest_logs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_logs_no_truncate BEFORE TRUNCATE ON indelible.contest_logs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.contest_logs_no_truncate()
--;
ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_no_truncate
--;
CREATE FUNCTION indelible.contest_logs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_logs_one_step BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.contest_logs_one_step()
--;
ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_one_step
--;
CREATE FUNCTION indelible.history_needs_contest_logs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'contest_log' OR EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.event_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_contest_logs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'contest_log') EXECUTE FUNCTION indelible.history_needs_contest_logs()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_contest_logs
--;
CREATE FUNCTION indelible.provider_feeds_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_feeds_no_delete BEFORE DELETE ON indelible.provider_feeds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_feeds_no_delete()
--;
ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_no_delete
--;
CREATE FUNCTION indelible.provider_feeds_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_feeds_no_truncate BEFORE TRUNCATE ON indelible.provider_feeds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.provider_feeds_no_truncate()
--;
ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_no_truncate
--;
CREATE FUNCTION indelible.provider_feeds_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_feeds_one_step BEFORE UPDATE ON indelible.provider_feeds
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.provider_feeds_one_step()
--;
ALTER TABLE indelible.provider_feeds ENABLE ALWAYS TRIGGER provider_feeds_one_step
--;
CREATE FUNCTION indelible.history_needs_provider_feeds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'provider_feed' OR EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.fetch_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_provider_feeds AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'provider_feed') EXECUTE FUNCTION indelible.history_needs_provider_feeds()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_provider_feeds
--;
CREATE FUNCTION indelible.settlement_runs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_runs_no_delete BEFORE DELETE ON indelible.settlement_runs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_runs_no_delete()
--;
ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_no_delete
--;
CREATE FUNCTION indelible.settlement_runs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_runs_no_truncate BEFORE TRUNCATE ON indelible.settlement_runs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_runs_no_truncate()
--;
ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_no_truncate
--;
CREATE FUNCTION indelible.settlement_runs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_runs_one_step BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.settlement_runs_one_step()
--;
ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_one_step
--;
CREATE FUNCTION indelible.history_needs_settlement_runs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'settlement_run' OR EXISTS (SELECT 1 FROM indelible.settlement_runs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_settlement_runs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'settlement_run') EXECUTE FUNCTION indelible.history_needs_settlement_runs()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_settlement_runs
--;
CREATE FUNCTION indelible.contests_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_fixed BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.organizer_id = OLD.organizer_id AND NEW.contest_name = OLD.contest_name AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_fixed()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_fixed
--;
CREATE FUNCTION indelible.contests_frozen() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.provider_event_id = OLD.provider_event_id AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_frozen BEFORE UPDATE ON indelible.contests
FOR EACH ROW EXECUTE FUNCTION indelible.contests_frozen()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_frozen
--;
CREATE FUNCTION indelible.contests_fee_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency OR NOT EXISTS (SELECT 1 FROM indelible.entries AS entry WHERE entry.contest_id = OLD.id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_fee_fixed BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.fee_minor <> OLD.fee_minor OR NEW.currency <> OLD.currency)) EXECUTE FUNCTION indelible.contests_fee_fixed()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_fee_fixed
--;
CREATE FUNCTION indelible.contests_has_places() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.max_entries IS NULL OR NEW.max_entries >= OLD.max_entries OR NOT EXISTS (SELECT 1 FROM indelible.entries AS entry WHERE entry.contest_id = OLD.id AND entry.place_number > NEW.max_entries)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_has_places BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN (NEW.max_entries IS NOT NULL) EXECUTE FUNCTION indelible.contests_has_places()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_has_places
--;
CREATE FUNCTION indelible.contests_locks_in_time() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_locks_in_time BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((OLD.status <> 'SCHEDULED' OR NEW.status <> 'LOCKED' OR NEW.updated_at >= NEW.lock_time) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_locks_in_time()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_locks_in_time
--;
CREATE FUNCTION indelible.contests_starts_in_time() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (OLD.status = 'LOCKED' AND NEW.status = 'LIVE') OR NEW.updated_at >= NEW.start_time AND EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = NEW.id AND (log.field_number IS NOT NULL OR log.leaderboard_number IS NOT NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_starts_in_time BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN (OLD.status = 'LOCKED' AND NEW.status = 'LIVE') EXECUTE FUNCTION indelible.contests_starts_in_time()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_starts_in_time
--;
CREATE FUNCTION indelible.contests_error_origin() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_error_origin BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((NEW.status <> 'ERROR' OR NEW.error_from_state = OLD.status) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_error_origin()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_error_origin
--;
CREATE FUNCTION indelible.contests_resumes_origin() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_resumes_origin BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN ((OLD.status <> 'ERROR' OR CASE NEW.status WHEN 'CANCELLED' THEN TRUE WHEN 'COMPLETE' THEN OLD.error_from_state = 'LIVE' ELSE NEW.status = OLD.error_from_state END) IS NOT TRUE) EXECUTE FUNCTION indelible.contests_resumes_origin()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_resumes_origin
--;
CREATE FUNCTION indelible.contests_ends_by_event() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = NEW.id AND log.terminal_number IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contests_ends_by_event BEFORE UPDATE ON indelible.contests
FOR EACH ROW WHEN (NEW.status = 'COMPLETE') EXECUTE FUNCTION indelible.contests_ends_by_event()
--;
ALTER TABLE indelible.contests ENABLE ALWAYS TRIGGER contests_ends_by_event
--;
CREATE FUNCTION indelible.contest_configurations_matches_contest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.contest_id AND (CAST(head.provider_event_id AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{provider_event_id}') AND (CAST(head.max_entries AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{max_entries}') AND (CAST(head.min_entries AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{min_entries}') AND (CAST(head.max_entries_per_user AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{max_entries_per_user}') AND (CAST(head.fee_minor AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{entry_fee_cents}') AND (CAST(head.currency AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{currency}') AND (CAST(head.payment_grace_seconds AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{payment_grace_seconds}') AND to_char(head.lock_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{lock_time}', 1, 19) AND to_char(head.start_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{tournament_start_time}', 1, 19) AND to_char(head.end_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{tournament_end_time}', 1, 19))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_configurations_matches_contest AFTER INSERT ON indelible.contest_configurations
FOR EACH ROW EXECUTE FUNCTION indelible.contest_configurations_matches_contest()
--;
ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_matches_contest
--;
CREATE FUNCTION indelible.contest_configurations_payout_kind_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.version = 1 OR NOT EXISTS (SELECT 1 FROM indelible.entries AS entry WHERE entry.contest_id = NEW.contest_id) OR EXISTS (SELECT 1 FROM indelible.contest_configurations AS previous WHERE previous.contest_id = NEW.contest_id AND previous.version = NEW.version - 1 AND (previous.configuration #>> '{payout,kind}') IS NOT DISTINCT FROM (NEW.configuration #>> '{payout,kind}'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_configurations_payout_kind_fixed AFTER INSERT ON indelible.contest_configurations
FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION indelible.contest_configurations_payout_kind_fixed()
--;
ALTER TABLE indelible.contest_configurations ENABLE ALWAYS TRIGGER contest_configurations_payout_kind_fixed
--;
CREATE FUNCTION indelible.entries_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_fixed BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((NEW.contest_id = OLD.contest_id AND NEW.user_id = OLD.user_id AND NEW.entry_number = OLD.entry_number AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_fixed()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_fixed
--;
CREATE FUNCTION indelible.entries_contest_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.created_at < contest.lock_time)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_contest_open AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_contest_open()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_contest_open
--;
CREATE FUNCTION indelible.entries_within_places() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries IS NULL OR NEW.place_number <= contest.max_entries))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_within_places AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_within_places()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_within_places
--;
CREATE FUNCTION indelible.entries_within_user_limit() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries_per_user IS NULL OR (SELECT count(*) FROM indelible.entries AS other WHERE other.contest_id = NEW.contest_id AND other.user_id = NEW.user_id AND other.status IN ('ACTIVE', 'PENDING_PAYMENT', 'VOID') AND other.id <> NEW.id) < contest.max_entries_per_user))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_within_user_limit AFTER INSERT ON indelible.entries
FOR EACH ROW EXECUTE FUNCTION indelible.entries_within_user_limit()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_within_user_limit
--;
CREATE FUNCTION indelible.entries_roster_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.roster_number = OLD.roster_number AND NEW.roster_digest = OLD.roster_digest OR EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.updated_at < contest.lock_time)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_roster_open BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN (NOT (NEW.roster_number = OLD.roster_number AND NEW.roster_digest = OLD.roster_digest)) EXECUTE FUNCTION indelible.entries_roster_open()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_roster_open
--;
CREATE FUNCTION indelible.entries_paid_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_paid_once BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((OLD.paid_at IS NULL OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_paid_once()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_paid_once
--;
CREATE FUNCTION indelible.entries_keeps_place_number() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER entries_keeps_place_number BEFORE UPDATE ON indelible.entries
FOR EACH ROW WHEN ((NEW.place_number IS NULL OR NEW.place_number = OLD.place_number) IS NOT TRUE) EXECUTE FUNCTION indelible.entries_keeps_place_number()
--;
ALTER TABLE indelible.entries ENABLE ALWAYS TRIGGER entries_keeps_place_number
--;
CREATE FUNCTION indelible.contest_logs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_logs_fixed BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW WHEN ((NEW.contest_id = OLD.contest_id AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE) EXECUTE FUNCTION indelible.contest_logs_fixed()
--;
ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_fixed
--;
CREATE FUNCTION indelible.contest_logs_moves_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_logs_moves_forward BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW WHEN ((NEW.fetch_number >= OLD.fetch_number AND (NEW.event_number = OLD.event_number AND NEW.event_hash = OLD.event_hash AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) OR NEW.event_number = OLD.event_number + 1)) IS NOT TRUE) EXECUTE FUNCTION indelible.contest_logs_moves_forward()
--;
ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_moves_forward
--;
CREATE FUNCTION indelible.contest_logs_points_to_newest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.field_number IS NULL OR NEW.field_number = OLD.field_number OR NEW.field_number = NEW.event_number) AND (NEW.leaderboard_number IS NULL OR NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number = NEW.event_number) AND (NEW.terminal_number IS NULL OR NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number = NEW.event_number) AND (NEW.cancelled_number IS NULL OR NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number = NEW.event_number) AND (NEW.pending_rewrite_number IS NULL OR NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number = NEW.event_number) AND (NEW.conflict_number IS NULL OR NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number = NEW.event_number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_logs_points_to_newest BEFORE UPDATE ON indelible.contest_logs
FOR EACH ROW EXECUTE FUNCTION indelible.contest_logs_points_to_newest()
--;
ALTER TABLE indelible.contest_logs ENABLE ALWAYS TRIGGER contest_logs_points_to_newest
--;
CREATE FUNCTION indelible.contest_events_applied() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contest_logs AS head WHERE head.id = NEW.contest_id AND head.head_hash = NEW.body_hash AND (head.field_number IS NULL OR head.field_number <> NEW.number OR NEW.kind IN ('FIELD') AND NEW.validity = 'VALID') AND (head.leaderboard_number IS NULL OR head.leaderboard_number <> NEW.number OR NEW.kind IN ('CORRECTION', 'SNAPSHOT') AND NEW.validity = 'VALID') AND (head.terminal_number IS NULL OR head.terminal_number <> NEW.number OR NEW.kind IN ('TERMINAL') AND NEW.validity = 'VALID') AND (head.cancelled_number IS NULL OR head.cancelled_number <> NEW.number OR NEW.kind IN ('CANCELLED') AND NEW.validity = 'VALID'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_events_applied AFTER INSERT ON indelible.contest_events
FOR EACH ROW EXECUTE FUNCTION indelible.contest_events_applied()
--;
ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_applied
--;
CREATE FUNCTION indelible.contest_events_of_fetch() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.fetch_number IS NULL OR EXISTS (SELECT 1 FROM indelible.contest_logs AS log JOIN indelible.provider_fetches AS stored ON stored.provider_event_id = log.provider_event_id WHERE log.id = NEW.contest_id AND stored.number = NEW.fetch_number AND stored.payload_digest = NEW.payload_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER contest_events_of_fetch AFTER INSERT ON indelible.contest_events
FOR EACH ROW WHEN (NEW.fetch_number IS NOT NULL) EXECUTE FUNCTION indelible.contest_events_of_fetch()
--;
ALTER TABLE indelible.contest_events ENABLE ALWAYS TRIGGER contest_events_of_fetch
--;
CREATE FUNCTION indelible.event_faults_of_newest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS fault WHERE NOT EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = fault.entity_id AND log.event_number = fault.event_number))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER event_faults_of_newest AFTER INSERT ON indelible.event_faults
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.event_faults_of_newest()
--;
ALTER TABLE indelible.event_faults ENABLE ALWAYS TRIGGER event_faults_of_newest
--;
CREATE FUNCTION indelible.provider_fetches_counted() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND CASE NEW.outcome WHEN 'OK' THEN head.failures = 0 AND head.last_payload_digest = NEW.payload_digest AND head.last_success_at = NEW.finished_at ELSE head.failures > 0 END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER provider_fetches_counted AFTER INSERT ON indelible.provider_fetches
FOR EACH ROW EXECUTE FUNCTION indelible.provider_fetches_counted()
--;
ALTER TABLE indelible.provider_fetches ENABLE ALWAYS TRIGGER provider_fetches_counted
--;
CREATE FUNCTION indelible.settlement_runs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_runs_fixed BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW WHEN ((NEW.contest_id = OLD.contest_id AND NEW.number = OLD.number AND NEW.engine_version = OLD.engine_version AND NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.event_number = OLD.event_number AND NEW.events_digest = OLD.events_digest AND NEW.entries_count = OLD.entries_count AND NEW.entries_seq_sum = OLD.entries_seq_sum AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.settlement_runs_fixed()
--;
ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_fixed
--;
CREATE FUNCTION indelible.settlement_runs_of_played_contest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.contests AS contest WHERE contest.id = NEW.contest_id AND contest.configuration_version = NEW.configuration_version AND contest.currency = NEW.currency AND (contest.status IN ('COMPLETE', 'LIVE') OR contest.error_from_state = 'LIVE'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_runs_of_played_contest AFTER INSERT ON indelible.settlement_runs
FOR EACH ROW EXECUTE FUNCTION indelible.settlement_runs_of_played_contest()
--;
ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_of_played_contest
--;
CREATE FUNCTION indelible.settlement_runs_input_current() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM indelible.contest_logs AS log WHERE log.id = NEW.contest_id AND log.event_number = NEW.event_number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_runs_input_current BEFORE UPDATE ON indelible.settlement_runs
FOR EACH ROW WHEN (NEW.status = 'COMPLETE') EXECUTE FUNCTION indelible.settlement_runs_input_current()
--;
ALTER TABLE indelible.settlement_runs ENABLE ALWAYS TRIGGER settlement_runs_input_current
--;
CREATE FUNCTION indelible.settlement_lines_of_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS line WHERE NOT EXISTS (SELECT 1 FROM indelible.settlement_runs AS run JOIN indelible.entries AS entry ON entry.contest_id = run.contest_id WHERE run.id = line.entity_id AND entry.id = line.entry_id AND entry.status = 'ACTIVE' AND entry.user_id = line.user_id AND entry.paid_minor = line.paid_minor AND entry.roster_digest = line.roster_digest AND (entry.payment_ref) IS NOT DISTINCT FROM (line.payment_ref)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER settlement_lines_of_entries AFTER INSERT ON indelible.settlement_lines
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.settlement_lines_of_entries()
--;
ALTER TABLE indelible.settlement_lines ENABLE ALWAYS TRIGGER settlement_lines_of_entries
--;
CREATE FUNCTION indelible.history_balances_settlement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'settlement_run' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM indelible.settlement_runs AS run WHERE run.id = NEW.entity_id AND run.line_count = (SELECT count(*) FROM indelible.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor = (SELECT coalesce(sum(line.paid_minor), 0) FROM indelible.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor + run.top_up_minor = (SELECT coalesce(sum(line.payout_minor), 0) FROM indelible.settlement_lines AS line WHERE line.entity_id = run.id) + run.rake_minor + run.rounding_minor + run.retained_minor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_balances_settlement AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'settlement_run' AND NEW.action = 'complete') EXECUTE FUNCTION indelible.history_balances_settlement()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_balances_settlement
--;
CREATE FUNCTION indelible.tasks_needs_contests() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest') OR EXISTS (SELECT 1 FROM indelible.contests AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_contests AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest')) EXECUTE FUNCTION indelible.tasks_needs_contests()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_contests
--;
CREATE FUNCTION indelible.tasks_needs_provider_feeds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('fetch_tournament') OR EXISTS (SELECT 1 FROM indelible.provider_feeds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_provider_feeds AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('fetch_tournament')) EXECUTE FUNCTION indelible.tasks_needs_provider_feeds()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_provider_feeds
