DROP TRIGGER lifecycle_edges_no_insert
--;
DROP TRIGGER tasks_edge
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
CREATE INDEX rejections_at ON rejections (at, id)
--;
CREATE INDEX rejections_command ON rejections (command, at, id)
--;
CREATE INDEX contests_created_at ON contests (created_at, id)
--;
CREATE INDEX contests_lock_time ON contests (status, lock_time, id)
--;
CREATE INDEX contests_name ON contests (contest_name, id)
--;
CREATE INDEX contests_of_organizer ON contests (organizer_id, id)
--;
CREATE INDEX contests_of_organizer_created_at ON contests (organizer_id, created_at, id)
--;
CREATE INDEX contests_of_organizer_name ON contests (organizer_id, contest_name, id)
--;
CREATE INDEX contests_of_organizer_updated_at ON contests (organizer_id, updated_at, id)
--;
CREATE INDEX contests_of_tournament ON contests (provider_event_id, id)
--;
CREATE INDEX contests_start_time ON contests (status, start_time, id)
--;
CREATE INDEX contests_status ON contests (status, id)
--;
CREATE INDEX contests_updated_at ON contests (updated_at, id)
--;
CREATE INDEX entries_created_at ON entries (contest_id, created_at, id)
--;
CREATE INDEX entries_of_contest ON entries (contest_id, id)
--;
CREATE INDEX entries_of_user ON entries (user_id, id)
--;
CREATE INDEX entries_status ON entries (contest_id, status, id)
--;
CREATE INDEX entries_updated_at ON entries (contest_id, updated_at, id)
--;
CREATE UNIQUE INDEX settlement_runs_one_complete ON settlement_runs (contest_id) WHERE status = 'COMPLETE'
--;
CREATE UNIQUE INDEX settlement_runs_one_started ON settlement_runs (contest_id) WHERE status = 'STARTED'
--;
CREATE INDEX settlement_lines_user ON settlement_lines (user_id, entity_id, number)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest', '', 'publish', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'configure', 'SCHEDULED', 1), ('contest', 'SCHEDULED', 'lock', 'LOCKED', 0), ('contest', 'SCHEDULED', 'force_lock', 'LOCKED', 1), ('contest', 'LOCKED', 'start', 'LIVE', 0), ('contest', 'LIVE', 'complete', 'COMPLETE', 0), ('contest', 'SCHEDULED', 'cancel', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LOCKED', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_by_provider', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'cancel_unfilled', 'CANCELLED', 0), ('contest', 'LIVE', 'cancel_shortened', 'CANCELLED', 0), ('contest', 'SCHEDULED', 'fail', 'ERROR', 0), ('contest', 'LOCKED', 'fail', 'ERROR', 0), ('contest', 'LIVE', 'fail', 'ERROR', 0), ('contest', 'ERROR', 'resolve_complete', 'COMPLETE', 0), ('contest', 'ERROR', 'resolve_cancel', 'CANCELLED', 0), ('contest', 'ERROR', 'resume_scheduled', 'SCHEDULED', 0), ('contest', 'ERROR', 'resume_locked', 'LOCKED', 0), ('contest', 'ERROR', 'resume_live', 'LIVE', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('entry', '', 'enter', 'PENDING_PAYMENT', 1), ('entry', '', 'enter_free', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'set_roster', 'PENDING_PAYMENT', 1), ('entry', 'ACTIVE', 'set_roster', 'ACTIVE', 1), ('entry', 'PENDING_PAYMENT', 'activate', 'ACTIVE', 0), ('entry', 'PENDING_PAYMENT', 'reject', 'REJECTED', 0), ('entry', 'ACTIVE', 'refund', 'REFUNDED', 0), ('entry', 'ACTIVE', 'void', 'VOID', 0), ('entry', 'VOID', 'refund', 'REFUNDED', 0), ('entry', 'VOID', 'reinstate', 'ACTIVE', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('contest_log', '', 'open', 'OPEN', 0), ('contest_log', 'OPEN', 'append', 'OPEN', 1), ('contest_log', 'OPEN', 'correct', 'OPEN', 1), ('contest_log', 'PAUSED', 'correct', 'PAUSED', 1), ('contest_log', 'OPEN', 'skip', 'OPEN', 0), ('contest_log', 'OPEN', 'pause', 'PAUSED', 0), ('contest_log', 'PAUSED', 'resume', 'OPEN', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('provider_feed', '', 'open', 'POLLING', 0), ('provider_feed', 'POLLING', 'fetch', 'POLLING', 1), ('provider_feed', 'POLLING', 'stop', 'STOPPED', 0), ('provider_feed', 'STOPPED', 'poll', 'POLLING', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('settlement_run', '', 'start', 'STARTED', 0), ('settlement_run', 'STARTED', 'complete', 'COMPLETE', 0), ('settlement_run', 'STARTED', 'fail', 'FAILED', 0)
--;
CREATE TRIGGER lifecycle_edges_no_insert BEFORE INSERT ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_insert'); END
--;
CREATE TRIGGER payloads_no_update BEFORE UPDATE ON payloads
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_update'); END
--;
CREATE TRIGGER payloads_no_delete BEFORE DELETE ON payloads
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_delete'); END
--;
CREATE TRIGGER payloads_no_rowid BEFORE INSERT ON payloads
WHEN (coalesce(NEW.rowid, 0) < 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_rowid'); END
--;
CREATE TRIGGER payloads_no_replace BEFORE INSERT ON payloads
WHEN (NOT EXISTS (SELECT 1 FROM main.payloads WHERE digest = NEW.digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_replace'); END
--;
CREATE TRIGGER rejections_no_update BEFORE UPDATE ON rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_update'); END
--;
CREATE TRIGGER rejections_no_delete BEFORE DELETE ON rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_delete'); END
--;
CREATE TRIGGER rejections_no_replace BEFORE INSERT ON rejections
WHEN (NOT EXISTS (SELECT 1 FROM main.rejections WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_replace'); END
--;
CREATE TRIGGER tasks_edge BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END
--;
CREATE TRIGGER contest_configurations_no_update BEFORE UPDATE ON contest_configurations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_no_update'); END
--;
CREATE TRIGGER contest_configurations_no_delete BEFORE DELETE ON contest_configurations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_no_delete'); END
--;
CREATE TRIGGER contest_configurations_json_limits BEFORE INSERT ON contest_configurations
WHEN ((NEW.configuration IS NULL OR CASE WHEN json_valid(NEW.configuration) THEN length(CAST(NEW.configuration AS BLOB)) <= 33554432 AND (length(NEW.configuration) - length(replace(replace(NEW.configuration, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.configuration, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.configuration) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.configuration)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.configuration) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.configuration -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.configuration -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.configuration -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.configuration) - length(replace(replace(NEW.configuration, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_json_limits'); END
--;
CREATE TRIGGER contest_configurations_no_replace BEFORE INSERT ON contest_configurations
WHEN (NOT EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = NEW.contest_id AND version = NEW.version AND configuration_digest = NEW.configuration_digest) AND NOT EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = NEW.contest_id AND version = NEW.version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_no_replace'); END
--;
CREATE TRIGGER contest_configurations_contest_exists BEFORE INSERT ON contest_configurations
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_contest_exists'); END
--;
CREATE TRIGGER contest_configurations_previous_exists BEFORE INSERT ON contest_configurations
WHEN (NEW.previous_version IS NULL OR EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = NEW.contest_id AND version = NEW.previous_version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_previous_exists'); END
--;
CREATE TRIGGER rosters_no_update BEFORE UPDATE ON rosters
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_no_update'); END
--;
CREATE TRIGGER rosters_no_delete BEFORE DELETE ON rosters
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_no_delete'); END
--;
CREATE TRIGGER rosters_json_limits BEFORE INSERT ON rosters
WHEN ((NEW.player_ids IS NULL OR CASE WHEN json_valid(NEW.player_ids) THEN length(CAST(NEW.player_ids AS BLOB)) <= 33554432 AND (length(NEW.player_ids) - length(replace(replace(NEW.player_ids, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.player_ids, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.player_ids) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.player_ids)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.player_ids) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.player_ids -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.player_ids -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.player_ids -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.player_ids) - length(replace(replace(NEW.player_ids, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_json_limits'); END
--;
CREATE TRIGGER rosters_no_replace BEFORE INSERT ON rosters
WHEN (NOT EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = NEW.entry_id AND number = NEW.number AND roster_digest = NEW.roster_digest) AND NOT EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = NEW.entry_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_no_replace'); END
--;
CREATE TRIGGER rosters_entry_exists BEFORE INSERT ON rosters
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.entries WHERE id = NEW.entry_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_entry_exists'); END
--;
CREATE TRIGGER rosters_previous_exists BEFORE INSERT ON rosters
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = NEW.entry_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_previous_exists'); END
--;
CREATE TRIGGER provider_fetches_no_update BEFORE UPDATE ON provider_fetches
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_no_update'); END
--;
CREATE TRIGGER provider_fetches_no_delete BEFORE DELETE ON provider_fetches
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_no_delete'); END
--;
CREATE TRIGGER provider_fetches_no_replace BEFORE INSERT ON provider_fetches
WHEN (NOT EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = NEW.provider_event_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_no_replace'); END
--;
CREATE TRIGGER provider_fetches_feed_exists BEFORE INSERT ON provider_fetches
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.provider_feeds WHERE id = NEW.provider_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_feed_exists'); END
--;
CREATE TRIGGER provider_fetches_payload_exists BEFORE UPDATE ON provider_fetches
WHEN (OLD.payload_digest IS NULL OR EXISTS (SELECT 1 FROM main.payloads WHERE digest = OLD.payload_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_payload_exists'); END
--;
CREATE TRIGGER provider_fetches_previous_exists BEFORE INSERT ON provider_fetches
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = NEW.provider_event_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_previous_exists'); END
--;
CREATE TRIGGER contest_events_no_update BEFORE UPDATE ON contest_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_no_update'); END
--;
CREATE TRIGGER contest_events_no_delete BEFORE DELETE ON contest_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_no_delete'); END
--;
CREATE TRIGGER contest_events_json_limits BEFORE INSERT ON contest_events
WHEN ((NEW.body IS NULL OR CASE WHEN json_valid(NEW.body) THEN length(CAST(NEW.body AS BLOB)) <= 33554432 AND (length(NEW.body) - length(replace(replace(NEW.body, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.body, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.body) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.body)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.body) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.body -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.body -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.body -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.body) - length(replace(replace(NEW.body, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_json_limits'); END
--;
CREATE TRIGGER contest_events_no_replace BEFORE INSERT ON contest_events
WHEN (NOT EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.number AND event_hash = NEW.event_hash) AND NOT EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_no_replace'); END
--;
CREATE TRIGGER contest_events_log_exists BEFORE INSERT ON contest_events
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_logs WHERE id = NEW.contest_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_log_exists'); END
--;
CREATE TRIGGER contest_events_payload_exists BEFORE UPDATE ON contest_events
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.payloads WHERE digest = OLD.payload_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_payload_exists'); END
--;
CREATE TRIGGER contest_events_previous_exists BEFORE INSERT ON contest_events
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.previous_number AND event_hash = NEW.prev_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_previous_exists'); END
--;
CREATE TRIGGER contest_events_snapshot_exists BEFORE INSERT ON contest_events
WHEN (NEW.snapshot_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.snapshot_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_snapshot_exists'); END
--;
CREATE TRIGGER contest_events_superseded_exists BEFORE INSERT ON contest_events
WHEN (NEW.supersedes IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.contest_id AND number = NEW.supersedes)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_superseded_exists'); END
--;
CREATE TRIGGER event_faults_no_update BEFORE UPDATE ON event_faults
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_no_update'); END
--;
CREATE TRIGGER event_faults_no_delete BEFORE DELETE ON event_faults
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_no_delete'); END
--;
CREATE TRIGGER event_faults_no_replace BEFORE INSERT ON event_faults
WHEN (NOT EXISTS (SELECT 1 FROM main.event_faults WHERE entity_id = NEW.entity_id AND event_number = NEW.event_number AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.event_faults WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_no_replace'); END
--;
CREATE TRIGGER event_faults_event_exists BEFORE INSERT ON event_faults
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = NEW.entity_id AND number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_event_exists'); END
--;
CREATE TRIGGER event_faults_head_exists BEFORE INSERT ON event_faults
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_logs WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_head_exists'); END
--;
CREATE TRIGGER settlement_lines_no_update BEFORE UPDATE ON settlement_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_no_update'); END
--;
CREATE TRIGGER settlement_lines_no_delete BEFORE DELETE ON settlement_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_no_delete'); END
--;
CREATE TRIGGER settlement_lines_no_replace BEFORE INSERT ON settlement_lines
WHEN (NOT EXISTS (SELECT 1 FROM main.settlement_lines WHERE entity_id = NEW.entity_id AND entry_id = NEW.entry_id) AND NOT EXISTS (SELECT 1 FROM main.settlement_lines WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_no_replace'); END
--;
CREATE TRIGGER settlement_lines_head_exists BEFORE INSERT ON settlement_lines
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_head_exists'); END
--;
CREATE TRIGGER event_faults_in_change BEFORE INSERT ON event_faults
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'contest_log' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_in_change'); END
--;
CREATE TRIGGER history_needs_event_faults BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'contest_log' OR (CASE WHEN NEW.action IN ('append', 'correct') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.faults.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.faults.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('append', 'correct') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.faults.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.faults.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.event_faults AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_event_faults'); END
--;
CREATE TRIGGER settlement_lines_in_change BEFORE INSERT ON settlement_lines
WHEN (EXISTS (SELECT 1 FROM main.settlement_runs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'settlement_run' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_in_change'); END
--;
CREATE TRIGGER history_needs_settlement_lines BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'settlement_run' OR (CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.lines.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.lines.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.settlement_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_settlement_lines'); END
--;
CREATE TRIGGER contest_configurations_needs_head BEFORE INSERT ON contest_configurations
WHEN (EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.contest_id AND head.configuration_version = NEW.version AND head.updated_at = NEW.created_at AND head.configuration_digest = NEW.configuration_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_needs_head'); END
--;
CREATE TRIGGER rosters_needs_head BEFORE INSERT ON rosters
WHEN (EXISTS (SELECT 1 FROM main.entries AS head WHERE head.id = NEW.entry_id AND head.roster_number = NEW.number AND head.updated_at = NEW.submitted_at AND head.roster_digest = NEW.roster_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rosters_needs_head'); END
--;
CREATE TRIGGER contest_events_needs_head BEFORE INSERT ON contest_events
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.contest_id AND head.event_number = NEW.number AND head.updated_at = NEW.stored_at AND head.event_hash = NEW.event_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_needs_head'); END
--;
CREATE TRIGGER provider_fetches_needs_head BEFORE INSERT ON provider_fetches
WHEN (EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND head.fetch_number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_needs_head'); END
--;
CREATE TRIGGER contests_no_delete BEFORE DELETE ON contests
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_delete'); END
--;
CREATE TRIGGER contests_no_replace BEFORE INSERT ON contests
WHEN (NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND fee_minor = NEW.fee_minor AND currency = NEW.currency) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND provider_event_id = NEW.provider_event_id) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND settlement_run_id = NEW.settlement_run_id) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_replace'); END
--;
CREATE TRIGGER contests_configuration_exists BEFORE UPDATE ON contests
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = OLD.id AND version = OLD.configuration_version AND configuration_digest = OLD.configuration_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_configuration_exists'); END
--;
CREATE TRIGGER contests_settlement_exists BEFORE UPDATE ON contests
WHEN (OLD.settlement_run_id IS NULL OR OLD.settlement_run_status IS NULL OR EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = OLD.settlement_run_id AND contest_id = OLD.id AND status = OLD.settlement_run_status)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_settlement_exists'); END
--;
CREATE TRIGGER contests_history_exists BEFORE UPDATE ON contests
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.configuration_version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_history_exists'); END
--;
CREATE TRIGGER contests_no_replace_on_update BEFORE UPDATE ON contests
WHEN (NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND fee_minor = NEW.fee_minor AND currency = NEW.currency AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND provider_event_id = NEW.provider_event_id AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.id AND settlement_run_id = NEW.settlement_run_id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_replace_on_update'); END
--;
CREATE TRIGGER contests_no_nested_update BEFORE UPDATE ON contests
WHEN (EXISTS (SELECT 1 FROM main.contests AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.configuration_version IS OLD.configuration_version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.organizer_id IS OLD.organizer_id AND stored.contest_name IS OLD.contest_name AND stored.configuration_digest IS OLD.configuration_digest AND stored.provider_event_id IS OLD.provider_event_id AND stored.lock_time IS OLD.lock_time AND stored.start_time IS OLD.start_time AND stored.end_time IS OLD.end_time AND stored.max_entries IS OLD.max_entries AND stored.min_entries IS OLD.min_entries AND stored.max_entries_per_user IS OLD.max_entries_per_user AND stored.fee_minor IS OLD.fee_minor AND stored.currency IS OLD.currency AND stored.payment_grace_seconds IS OLD.payment_grace_seconds AND stored.settle_time IS OLD.settle_time AND stored.settlement_run_id IS OLD.settlement_run_id AND stored.settlement_run_status IS OLD.settlement_run_status AND stored.error_from_state IS OLD.error_from_state AND stored.error_code IS OLD.error_code AND stored.error_message IS OLD.error_message AND stored.attempted_action IS OLD.attempted_action)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_no_nested_update'); END
--;
CREATE TRIGGER contests_one_step BEFORE UPDATE ON contests
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_one_step'); END
--;
CREATE TRIGGER history_needs_contests BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'contest' OR EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.configuration_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_contests'); END
--;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_delete'); END
--;
CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries
WHEN (NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND place_number = NEW.place_number) AND NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND user_id = NEW.user_id AND entry_number = NEW.entry_number) AND NOT EXISTS (SELECT 1 FROM main.entries WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_replace'); END
--;
CREATE TRIGGER entries_contest_exists BEFORE INSERT ON entries
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id AND fee_minor = NEW.fee_minor AND currency = NEW.currency)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_contest_exists'); END
--;
CREATE TRIGGER entries_roster_exists BEFORE UPDATE ON entries
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.rosters WHERE entry_id = OLD.id AND number = OLD.roster_number AND roster_digest = OLD.roster_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_roster_exists'); END
--;
CREATE TRIGGER entries_history_exists BEFORE UPDATE ON entries
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.roster_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_history_exists'); END
--;
CREATE TRIGGER entries_no_replace_on_update BEFORE UPDATE ON entries
WHEN (NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND place_number = NEW.place_number AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.entries WHERE contest_id = NEW.contest_id AND user_id = NEW.user_id AND entry_number = NEW.entry_number AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_replace_on_update'); END
--;
CREATE TRIGGER entries_no_nested_update BEFORE UPDATE ON entries
WHEN (EXISTS (SELECT 1 FROM main.entries AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.roster_number IS OLD.roster_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.contest_id IS OLD.contest_id AND stored.user_id IS OLD.user_id AND stored.entry_number IS OLD.entry_number AND stored.place_number IS OLD.place_number AND stored.roster_digest IS OLD.roster_digest AND stored.fee_minor IS OLD.fee_minor AND stored.currency IS OLD.currency AND stored.paid_minor IS OLD.paid_minor AND stored.paid_at IS OLD.paid_at AND stored.payment_ref IS OLD.payment_ref AND stored.rejection_reason IS OLD.rejection_reason)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_no_nested_update'); END
--;
CREATE TRIGGER entries_one_step BEFORE UPDATE ON entries
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_one_step'); END
--;
CREATE TRIGGER history_needs_entries BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'entry' OR EXISTS (SELECT 1 FROM main.entries AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.roster_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_entries'); END
--;
CREATE TRIGGER contest_logs_no_delete BEFORE DELETE ON contest_logs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_no_delete'); END
--;
CREATE TRIGGER contest_logs_no_replace BEFORE INSERT ON contest_logs
WHEN (NOT EXISTS (SELECT 1 FROM main.contest_logs WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_no_replace'); END
--;
CREATE TRIGGER contest_logs_cancelled_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.cancelled_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.cancelled_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_cancelled_number_exists'); END
--;
CREATE TRIGGER contest_logs_conflict_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.conflict_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.conflict_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_conflict_number_exists'); END
--;
CREATE TRIGGER contest_logs_contest_exists BEFORE INSERT ON contest_logs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id AND provider_event_id = NEW.provider_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_contest_exists'); END
--;
CREATE TRIGGER contest_logs_event_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.newest_event IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.newest_event AND event_hash = OLD.event_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_event_exists'); END
--;
CREATE TRIGGER contest_logs_feed_exists BEFORE UPDATE ON contest_logs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.provider_feeds WHERE id = OLD.provider_event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_feed_exists'); END
--;
CREATE TRIGGER contest_logs_fetch_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.newest_fetch IS NULL OR EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = OLD.provider_event_id AND number = OLD.newest_fetch)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_fetch_exists'); END
--;
CREATE TRIGGER contest_logs_field_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.field_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.field_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_field_number_exists'); END
--;
CREATE TRIGGER contest_logs_leaderboard_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.leaderboard_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.leaderboard_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_leaderboard_number_exists'); END
--;
CREATE TRIGGER contest_logs_pending_rewrite_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.pending_rewrite_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.pending_rewrite_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_pending_rewrite_number_exists'); END
--;
CREATE TRIGGER contest_logs_terminal_number_exists BEFORE UPDATE ON contest_logs
WHEN (OLD.terminal_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.id AND number = OLD.terminal_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_terminal_number_exists'); END
--;
CREATE TRIGGER contest_logs_history_exists BEFORE UPDATE ON contest_logs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.event_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_history_exists'); END
--;
CREATE TRIGGER contest_logs_no_nested_update BEFORE UPDATE ON contest_logs
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.event_number IS OLD.event_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.newest_event IS OLD.newest_event AND stored.newest_fetch IS OLD.newest_fetch AND stored.contest_id IS OLD.contest_id AND stored.provider_event_id IS OLD.provider_event_id AND stored.fetch_number IS OLD.fetch_number AND stored.head_hash IS OLD.head_hash AND stored.event_hash IS OLD.event_hash AND stored.field_number IS OLD.field_number AND stored.leaderboard_number IS OLD.leaderboard_number AND stored.leaderboard_at IS OLD.leaderboard_at AND stored.leaderboard_hash IS OLD.leaderboard_hash AND stored.observations IS OLD.observations AND stored.observed_at IS OLD.observed_at AND stored.terminal_number IS OLD.terminal_number AND stored.terminal_at IS OLD.terminal_at AND stored.cancelled_number IS OLD.cancelled_number AND stored.pending_rewrite IS OLD.pending_rewrite AND stored.pending_rewrite_at IS OLD.pending_rewrite_at AND stored.pending_rewrite_number IS OLD.pending_rewrite_number AND stored.conflict_number IS OLD.conflict_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_no_nested_update'); END
--;
CREATE TRIGGER contest_logs_one_step BEFORE UPDATE ON contest_logs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_one_step'); END
--;
CREATE TRIGGER history_needs_contest_logs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'contest_log' OR EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.event_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_contest_logs'); END
--;
CREATE TRIGGER provider_feeds_no_delete BEFORE DELETE ON provider_feeds
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_no_delete'); END
--;
CREATE TRIGGER provider_feeds_no_replace BEFORE INSERT ON provider_feeds
WHEN (NOT EXISTS (SELECT 1 FROM main.provider_feeds WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_no_replace'); END
--;
CREATE TRIGGER provider_feeds_fetch_exists BEFORE UPDATE ON provider_feeds
WHEN (OLD.newest_fetch IS NULL OR EXISTS (SELECT 1 FROM main.provider_fetches WHERE provider_event_id = OLD.id AND number = OLD.newest_fetch)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_fetch_exists'); END
--;
CREATE TRIGGER provider_feeds_history_exists BEFORE UPDATE ON provider_feeds
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.fetch_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_history_exists'); END
--;
CREATE TRIGGER provider_feeds_no_nested_update BEFORE UPDATE ON provider_feeds
WHEN (EXISTS (SELECT 1 FROM main.provider_feeds AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.fetch_number IS OLD.fetch_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.newest_fetch IS OLD.newest_fetch AND stored.last_success_at IS OLD.last_success_at AND stored.last_payload_digest IS OLD.last_payload_digest AND stored.failures IS OLD.failures)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_no_nested_update'); END
--;
CREATE TRIGGER provider_feeds_one_step BEFORE UPDATE ON provider_feeds
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_one_step'); END
--;
CREATE TRIGGER history_needs_provider_feeds BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'provider_feed' OR EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.fetch_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_provider_feeds'); END
--;
CREATE TRIGGER settlement_runs_no_delete BEFORE DELETE ON settlement_runs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_delete'); END
--;
CREATE TRIGGER settlement_runs_no_replace BEFORE INSERT ON settlement_runs
WHEN (NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE contest_id = NEW.contest_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.id AND contest_id = NEW.contest_id AND status = NEW.status) AND NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_replace'); END
--;
CREATE TRIGGER settlement_runs_one_complete_on_insert BEFORE INSERT ON settlement_runs
WHEN ((NEW.status = 'COMPLETE') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'COMPLETE' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_complete_on_insert'); END
--;
CREATE TRIGGER settlement_runs_one_started_on_insert BEFORE INSERT ON settlement_runs
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_started_on_insert'); END
--;
CREATE TRIGGER settlement_runs_configuration_exists BEFORE UPDATE ON settlement_runs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_configurations WHERE contest_id = OLD.contest_id AND version = OLD.configuration_version AND configuration_digest = OLD.configuration_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_configuration_exists'); END
--;
CREATE TRIGGER settlement_runs_contest_exists BEFORE INSERT ON settlement_runs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contests WHERE id = NEW.contest_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_contest_exists'); END
--;
CREATE TRIGGER settlement_runs_event_exists BEFORE UPDATE ON settlement_runs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.contest_events WHERE contest_id = OLD.contest_id AND number = OLD.event_number AND event_hash = OLD.events_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_event_exists'); END
--;
CREATE TRIGGER settlement_runs_settled_exists BEFORE UPDATE ON settlement_runs
WHEN (OLD.settles_as IS NULL OR EXISTS (SELECT 1 FROM main.contests WHERE id = OLD.contest_id AND settlement_run_id = OLD.settles_as)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_settled_exists'); END
--;
CREATE TRIGGER settlement_runs_history_exists BEFORE UPDATE ON settlement_runs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_history_exists'); END
--;
CREATE TRIGGER settlement_runs_no_replace_on_update BEFORE UPDATE ON settlement_runs
WHEN (NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE contest_id = NEW.contest_id AND number = NEW.number AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.settlement_runs WHERE id = NEW.id AND contest_id = NEW.contest_id AND status = NEW.status AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_replace_on_update'); END
--;
CREATE TRIGGER settlement_runs_one_complete_on_update BEFORE UPDATE ON settlement_runs
WHEN ((NEW.status = 'COMPLETE') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'COMPLETE' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_complete_on_update'); END
--;
CREATE TRIGGER settlement_runs_one_started_on_update BEFORE UPDATE ON settlement_runs
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.contest_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.settlement_runs AS other WHERE other.contest_id = NEW.contest_id AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_started_on_update'); END
--;
CREATE TRIGGER settlement_runs_no_nested_update BEFORE UPDATE ON settlement_runs
WHEN (EXISTS (SELECT 1 FROM main.settlement_runs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.contest_id IS OLD.contest_id AND stored.number IS OLD.number AND stored.engine_version IS OLD.engine_version AND stored.configuration_version IS OLD.configuration_version AND stored.configuration_digest IS OLD.configuration_digest AND stored.event_number IS OLD.event_number AND stored.events_digest IS OLD.events_digest AND stored.entries_count IS OLD.entries_count AND stored.entries_seq_sum IS OLD.entries_seq_sum AND stored.currency IS OLD.currency AND stored.eligibility_digest IS OLD.eligibility_digest AND stored.official_rounds IS OLD.official_rounds AND stored.result_digest IS OLD.result_digest AND stored.pool_minor IS OLD.pool_minor AND stored.rake_minor IS OLD.rake_minor AND stored.rounding_minor IS OLD.rounding_minor AND stored.retained_minor IS OLD.retained_minor AND stored.top_up_minor IS OLD.top_up_minor AND stored.line_count IS OLD.line_count AND stored.settled_at IS OLD.settled_at AND stored.error_code IS OLD.error_code AND stored.error_message IS OLD.error_message AND stored.settles_as IS OLD.settles_as)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_no_nested_update'); END
--;
CREATE TRIGGER settlement_runs_one_step BEFORE UPDATE ON settlement_runs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_one_step'); END
--;
CREATE TRIGGER history_needs_settlement_runs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'settlement_run' OR EXISTS (SELECT 1 FROM main.settlement_runs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_settlement_runs'); END
--;
CREATE TRIGGER contests_fixed BEFORE UPDATE ON contests
WHEN (NEW.organizer_id = OLD.organizer_id AND NEW.contest_name = OLD.contest_name AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_fixed'); END
--;
CREATE TRIGGER contests_frozen BEFORE UPDATE ON contests
WHEN ((NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.provider_event_id = OLD.provider_event_id AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_frozen'); END
--;
CREATE TRIGGER contests_fee_fixed BEFORE UPDATE ON contests
WHEN (NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency OR NOT EXISTS (SELECT 1 FROM main.entries AS entry WHERE entry.contest_id = OLD.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_fee_fixed'); END
--;
CREATE TRIGGER contests_has_places BEFORE UPDATE ON contests
WHEN (NEW.max_entries IS NULL OR NEW.max_entries >= OLD.max_entries OR NOT EXISTS (SELECT 1 FROM main.entries AS entry WHERE entry.contest_id = OLD.id AND entry.place_number > NEW.max_entries)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_has_places'); END
--;
CREATE TRIGGER contests_locks_in_time BEFORE UPDATE ON contests
WHEN (OLD.status <> 'SCHEDULED' OR NEW.status <> 'LOCKED' OR NEW.updated_at >= NEW.lock_time) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_locks_in_time'); END
--;
CREATE TRIGGER contests_starts_in_time BEFORE UPDATE ON contests
WHEN (NOT (OLD.status = 'LOCKED' AND NEW.status = 'LIVE') OR NEW.updated_at >= NEW.start_time AND EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.id AND (log.field_number IS NOT NULL OR log.leaderboard_number IS NOT NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_starts_in_time'); END
--;
CREATE TRIGGER contests_error_origin BEFORE UPDATE ON contests
WHEN (NEW.status <> 'ERROR' OR NEW.error_from_state = OLD.status) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_error_origin'); END
--;
CREATE TRIGGER contests_resumes_origin BEFORE UPDATE ON contests
WHEN (OLD.status <> 'ERROR' OR CASE NEW.status WHEN 'CANCELLED' THEN TRUE WHEN 'COMPLETE' THEN OLD.error_from_state = 'LIVE' ELSE NEW.status = OLD.error_from_state END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_resumes_origin'); END
--;
CREATE TRIGGER contests_ends_by_event BEFORE UPDATE ON contests
WHEN (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.id AND log.terminal_number IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_ends_by_event'); END
--;
CREATE TRIGGER contest_configurations_matches_contest BEFORE INSERT ON contest_configurations
WHEN (EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.contest_id AND (CAST(head.provider_event_id AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.provider_event_id') AS text) END) AND (CAST(head.max_entries AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.max_entries') AS text) END) AND (CAST(head.min_entries AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.min_entries') AS text) END) AND (CAST(head.max_entries_per_user AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.max_entries_per_user') AS text) END) AND (CAST(head.fee_minor AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.entry_fee_cents') AS text) END) AND (CAST(head.currency AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.currency') AS text) END) AND (CAST(head.payment_grace_seconds AS text)) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.payment_grace_seconds') AS text) END) AND substr(head.lock_time, 1, 19) = substr(CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.lock_time') AS text) END, 1, 19) AND substr(head.start_time, 1, 19) = substr(CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.tournament_start_time') AS text) END, 1, 19) AND substr(head.end_time, 1, 19) = substr(CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.tournament_end_time') AS text) END, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_matches_contest'); END
--;
CREATE TRIGGER contest_configurations_payout_kind_fixed BEFORE INSERT ON contest_configurations
WHEN (NEW.version = 1 OR NOT EXISTS (SELECT 1 FROM main.entries AS entry WHERE entry.contest_id = NEW.contest_id) OR EXISTS (SELECT 1 FROM main.contest_configurations AS previous WHERE previous.contest_id = NEW.contest_id AND previous.version = NEW.version - 1 AND (CASE WHEN json_valid(previous.configuration) THEN CAST(json_extract(previous.configuration, '$.payout.kind') AS text) END) IS (CASE WHEN json_valid(NEW.configuration) THEN CAST(json_extract(NEW.configuration, '$.payout.kind') AS text) END))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_configurations_payout_kind_fixed'); END
--;
CREATE TRIGGER entries_fixed BEFORE UPDATE ON entries
WHEN (NEW.contest_id = OLD.contest_id AND NEW.user_id = OLD.user_id AND NEW.entry_number = OLD.entry_number AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_fixed'); END
--;
CREATE TRIGGER entries_contest_open BEFORE INSERT ON entries
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.created_at < contest.lock_time)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_contest_open'); END
--;
CREATE TRIGGER entries_within_places BEFORE INSERT ON entries
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries IS NULL OR NEW.place_number <= contest.max_entries))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_within_places'); END
--;
CREATE TRIGGER entries_within_user_limit BEFORE INSERT ON entries
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries_per_user IS NULL OR (SELECT count(*) FROM main.entries AS other WHERE other.contest_id = NEW.contest_id AND other.user_id = NEW.user_id AND other.status IN ('ACTIVE', 'PENDING_PAYMENT', 'VOID') AND other.id <> NEW.id) < contest.max_entries_per_user))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_within_user_limit'); END
--;
CREATE TRIGGER entries_roster_open BEFORE UPDATE ON entries
WHEN (NEW.roster_number = OLD.roster_number AND NEW.roster_digest = OLD.roster_digest OR EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.updated_at < contest.lock_time)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_roster_open'); END
--;
CREATE TRIGGER entries_paid_once BEFORE UPDATE ON entries
WHEN (OLD.paid_at IS NULL OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_paid_once'); END
--;
CREATE TRIGGER entries_keeps_place_number BEFORE UPDATE ON entries
WHEN (NEW.place_number IS NULL OR NEW.place_number = OLD.place_number) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_keeps_place_number'); END
--;
CREATE TRIGGER contest_logs_fixed BEFORE UPDATE ON contest_logs
WHEN (NEW.contest_id = OLD.contest_id AND NEW.provider_event_id = OLD.provider_event_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_fixed'); END
--;
CREATE TRIGGER contest_logs_moves_forward BEFORE UPDATE ON contest_logs
WHEN (NEW.fetch_number >= OLD.fetch_number AND (NEW.event_number = OLD.event_number AND NEW.event_hash = OLD.event_hash AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) OR NEW.event_number = OLD.event_number + 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_moves_forward'); END
--;
CREATE TRIGGER contest_logs_points_to_newest BEFORE UPDATE ON contest_logs
WHEN ((NEW.field_number IS NULL OR NEW.field_number = OLD.field_number OR NEW.field_number = NEW.event_number) AND (NEW.leaderboard_number IS NULL OR NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number = NEW.event_number) AND (NEW.terminal_number IS NULL OR NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number = NEW.event_number) AND (NEW.cancelled_number IS NULL OR NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number = NEW.event_number) AND (NEW.pending_rewrite_number IS NULL OR NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number = NEW.event_number) AND (NEW.conflict_number IS NULL OR NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_points_to_newest'); END
--;
CREATE TRIGGER contest_events_applied BEFORE INSERT ON contest_events
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS head WHERE head.id = NEW.contest_id AND head.head_hash = NEW.body_hash AND (head.field_number IS NULL OR head.field_number <> NEW.number OR NEW.kind IN ('FIELD') AND NEW.validity = 'VALID') AND (head.leaderboard_number IS NULL OR head.leaderboard_number <> NEW.number OR NEW.kind IN ('CORRECTION', 'SNAPSHOT') AND NEW.validity = 'VALID') AND (head.terminal_number IS NULL OR head.terminal_number <> NEW.number OR NEW.kind IN ('TERMINAL') AND NEW.validity = 'VALID') AND (head.cancelled_number IS NULL OR head.cancelled_number <> NEW.number OR NEW.kind IN ('CANCELLED') AND NEW.validity = 'VALID'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_applied'); END
--;
CREATE TRIGGER contest_events_of_fetch BEFORE INSERT ON contest_events
WHEN (NEW.fetch_number IS NULL OR EXISTS (SELECT 1 FROM main.contest_logs AS log JOIN main.provider_fetches AS stored ON stored.provider_event_id = log.provider_event_id WHERE log.id = NEW.contest_id AND stored.number = NEW.fetch_number AND stored.payload_digest = NEW.payload_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_of_fetch'); END
--;
CREATE TRIGGER event_faults_of_newest BEFORE INSERT ON event_faults
WHEN (EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.entity_id AND log.event_number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'event_faults_of_newest'); END
--;
CREATE TRIGGER provider_fetches_counted BEFORE INSERT ON provider_fetches
WHEN (EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.provider_event_id AND CASE NEW.outcome WHEN 'OK' THEN head.failures = 0 AND head.last_payload_digest = NEW.payload_digest AND head.last_success_at = NEW.finished_at ELSE head.failures > 0 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_fetches_counted'); END
--;
CREATE TRIGGER settlement_runs_fixed BEFORE UPDATE ON settlement_runs
WHEN (NEW.contest_id = OLD.contest_id AND NEW.number = OLD.number AND NEW.engine_version = OLD.engine_version AND NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.event_number = OLD.event_number AND NEW.events_digest = OLD.events_digest AND NEW.entries_count = OLD.entries_count AND NEW.entries_seq_sum = OLD.entries_seq_sum AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_fixed'); END
--;
CREATE TRIGGER settlement_runs_of_played_contest BEFORE INSERT ON settlement_runs
WHEN (EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.configuration_version = NEW.configuration_version AND contest.currency = NEW.currency AND (contest.status IN ('COMPLETE', 'LIVE') OR contest.error_from_state = 'LIVE'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_of_played_contest'); END
--;
CREATE TRIGGER settlement_runs_input_current BEFORE UPDATE ON settlement_runs
WHEN (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM main.contest_logs AS log WHERE log.id = NEW.contest_id AND log.event_number = NEW.event_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_input_current'); END
--;
CREATE TRIGGER settlement_lines_of_entries BEFORE INSERT ON settlement_lines
WHEN (EXISTS (SELECT 1 FROM main.settlement_runs AS run JOIN main.entries AS entry ON entry.contest_id = run.contest_id WHERE run.id = NEW.entity_id AND entry.id = NEW.entry_id AND entry.status = 'ACTIVE' AND entry.user_id = NEW.user_id AND entry.paid_minor = NEW.paid_minor AND entry.roster_digest = NEW.roster_digest AND (entry.payment_ref) IS (NEW.payment_ref))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_lines_of_entries'); END
--;
CREATE TRIGGER history_balances_settlement BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'settlement_run' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM main.settlement_runs AS run WHERE run.id = NEW.entity_id AND run.line_count = (SELECT count(*) FROM main.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor = (SELECT coalesce(sum(line.paid_minor), 0) FROM main.settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor + run.top_up_minor = (SELECT coalesce(sum(line.payout_minor), 0) FROM main.settlement_lines AS line WHERE line.entity_id = run.id) + run.rake_minor + run.rounding_minor + run.retained_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_balances_settlement'); END
--;
CREATE TRIGGER tasks_needs_contests BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest') OR EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_contests'); END
--;
CREATE TRIGGER tasks_needs_provider_feeds BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('fetch_tournament') OR EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_provider_feeds'); END
