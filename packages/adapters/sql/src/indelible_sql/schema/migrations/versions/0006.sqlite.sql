DROP TRIGGER contests_frozen
--;
DROP TRIGGER lifecycle_edges_no_insert
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
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
 STRICT
--;
CREATE TABLE upgraded_tasks AS SELECT * FROM tasks
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
 STRICT
--;
INSERT INTO tasks (stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, dead_reason, priority, arguments,
result, progress, slot, error_class, cancel_reason, finished_at, succeeded_at)
SELECT stage, entity_id, due_at, lease_owner, lease_until, fence, attempts, dead_reason, priority, arguments,
result, progress, slot, error_class, cancel_reason, finished_at,
CASE WHEN cancel_reason IS NULL THEN finished_at END
FROM upgraded_tasks
--;
DROP TABLE upgraded_tasks
--;
CREATE INDEX tasks_canceled ON tasks (stage, finished_at, entity_id) WHERE cancel_reason IS NOT NULL
--;
CREATE INDEX tasks_dead ON tasks (stage, entity_id) WHERE dead_reason IS NOT NULL
--;
CREATE INDEX tasks_due ON tasks (stage, priority, due_at, entity_id) WHERE due_at IS NOT NULL
--;
CREATE INDEX tasks_finished ON tasks (stage, finished_at, entity_id) WHERE finished_at IS NOT NULL
--;
CREATE INDEX tasks_succeeded ON tasks (stage, succeeded_at) WHERE succeeded_at IS NOT NULL
--;
CREATE INDEX webhook_rejections_at ON webhook_rejections (at, id)
--;
CREATE INDEX webhook_rejections_endpoint ON webhook_rejections (endpoint, at, id)
--;
CREATE INDEX accounts_created_at ON accounts (created_at, id)
--;
CREATE INDEX accounts_last_movement ON accounts (last_movement_id)
--;
CREATE INDEX accounts_of_kind ON accounts (kind, currency, id)
--;
CREATE INDEX accounts_of_reference ON accounts (reference, id)
--;
CREATE INDEX accounts_updated_at ON accounts (updated_at, id)
--;
CREATE INDEX movements_created_at ON movements (created_at, id)
--;
CREATE INDEX movements_occurred_at ON movements (occurred_at, kind, currency, total_minor)
--;
CREATE INDEX movements_of_kind ON movements (kind, id)
--;
CREATE INDEX movements_of_reference ON movements (reference, id)
--;
CREATE UNIQUE INDEX movements_one_fact ON movements (fact_key)
--;
CREATE UNIQUE INDEX movements_one_key ON movements ("key")
--;
CREATE UNIQUE INDEX movements_one_reversal ON movements (reverses)
--;
CREATE INDEX movements_updated_at ON movements (updated_at, id)
--;
CREATE INDEX charges_created_at ON charges (created_at, id)
--;
CREATE INDEX charges_expires_at ON charges (status, expires_at, id)
--;
CREATE INDEX charges_of_party ON charges (party, id)
--;
CREATE INDEX charges_of_reference ON charges (reference, status, id)
--;
CREATE INDEX charges_of_reference_id ON charges (reference, id)
--;
CREATE UNIQUE INDEX charges_one_intent ON charges (intent_id)
--;
CREATE UNIQUE INDEX charges_one_item ON charges (item)
--;
CREATE UNIQUE INDEX charges_one_session ON charges (session_id)
--;
CREATE INDEX charges_paid_at ON charges (paid_at, id)
--;
CREATE INDEX charges_status ON charges (status, id)
--;
CREATE INDEX charges_updated_at ON charges (updated_at, id)
--;
CREATE INDEX refunds_created_at ON refunds (created_at, id)
--;
CREATE UNIQUE INDEX refunds_one_running ON refunds (charge_id) WHERE status IN ('requested', 'pending', 'requires_action')
--;
CREATE UNIQUE INDEX refunds_one_stripe_refund ON refunds (stripe_refund_id)
--;
CREATE INDEX refunds_status ON refunds (status, id)
--;
CREATE INDEX refunds_updated_at ON refunds (updated_at, id)
--;
CREATE INDEX disputes_created_at ON disputes (created_at, id)
--;
CREATE INDEX disputes_due ON disputes (status, evidence_due_by, id)
--;
CREATE INDEX disputes_of_charge ON disputes (charge_id, id)
--;
CREATE INDEX disputes_status ON disputes (status, id)
--;
CREATE INDEX disputes_updated_at ON disputes (updated_at, id)
--;
CREATE INDEX stripe_events_created ON stripe_events (created)
--;
CREATE INDEX stripe_events_created_at ON stripe_events (created_at, id)
--;
CREATE INDEX stripe_events_of_object ON stripe_events (object_id, id)
--;
CREATE INDEX stripe_events_of_type ON stripe_events (event_type, id)
--;
CREATE INDEX stripe_events_received ON stripe_events (status, created_at, id)
--;
CREATE INDEX stripe_events_status ON stripe_events (status, id)
--;
CREATE INDEX stripe_events_updated_at ON stripe_events (updated_at, id)
--;
CREATE INDEX reconciliations_created_at ON reconciliations (created_at, id)
--;
CREATE INDEX reconciliations_of_scope ON reconciliations (scope, started_at, id)
--;
CREATE UNIQUE INDEX reconciliations_one_running ON reconciliations (scope) WHERE status = 'STARTED'
--;
CREATE INDEX reconciliations_started_at ON reconciliations (started_at, id)
--;
CREATE INDEX reconciliations_status ON reconciliations (status, id)
--;
CREATE INDEX reconciliations_updated_at ON reconciliations (updated_at, id)
--;
CREATE INDEX payees_created_at ON payees (created_at, id)
--;
CREATE UNIQUE INDEX payees_one_destination ON payees (destination)
--;
CREATE INDEX payees_status ON payees (status, id)
--;
CREATE INDEX payees_updated_at ON payees (updated_at, id)
--;
CREATE INDEX payout_jobs_created_at ON payout_jobs (created_at, id)
--;
CREATE INDEX payout_jobs_status ON payout_jobs (status, id)
--;
CREATE INDEX payout_jobs_updated_at ON payout_jobs (updated_at, id)
--;
CREATE INDEX transfers_created_at ON transfers (created_at, id)
--;
CREATE INDEX transfers_of_job ON transfers (job_id, id)
--;
CREATE INDEX transfers_of_job_status ON transfers (job_id, status, id)
--;
CREATE INDEX transfers_of_party ON transfers (party, status, id)
--;
CREATE INDEX transfers_of_reference ON transfers (reference, id)
--;
CREATE UNIQUE INDEX transfers_one_stripe_transfer ON transfers (stripe_transfer_id)
--;
CREATE INDEX transfers_parked_at ON transfers (status, parked_at, id)
--;
CREATE INDEX transfers_status ON transfers (status, id)
--;
CREATE INDEX transfers_stuck ON transfers (status, updated_at, id)
--;
CREATE INDEX transfers_updated_at ON transfers (updated_at, id)
--;
CREATE INDEX postings_of_credit_account ON postings (credit_account_id, entity_id, number)
--;
CREATE INDEX postings_of_debit_account ON postings (debit_account_id, entity_id, number)
--;
CREATE INDEX postings_of_party ON postings (party, entity_id, number)
--;
CREATE UNIQUE INDEX postings_owed_line ON postings (owed_movement_id, owed_number) WHERE owed_movement_id IS NOT NULL
--;
CREATE UNIQUE INDEX postings_reversal ON postings (reversed_movement_id, reversed_number, reversal_ref) WHERE reversed_movement_id IS NOT NULL
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('account', '', 'open', 'OPEN', 0), ('account', 'OPEN', 'post', 'OPEN', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('movement', '', 'post', 'POSTED', 0), ('movement', '', 'settle', 'POSTED', 0), ('movement', '', 'note', 'POSTED', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('charge', '', 'open', 'PENDING', 0), ('charge', 'PENDING', 'attach_intent', 'PENDING', 0), ('charge', 'FAILED', 'attach_intent', 'FAILED', 0), ('charge', 'PENDING', 'attach_session', 'PENDING', 0), ('charge', 'FAILED', 'attach_session', 'FAILED', 0), ('charge', 'PENDING', 'extend', 'PENDING', 0), ('charge', 'REQUIRES_ACTION', 'extend', 'REQUIRES_ACTION', 0), ('charge', 'PROCESSING', 'extend', 'PROCESSING', 0), ('charge', 'FAILED', 'extend', 'FAILED', 0), ('charge', 'PENDING', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'FAILED', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'PENDING', 'process', 'PROCESSING', 0), ('charge', 'FAILED', 'process', 'PROCESSING', 0), ('charge', 'REQUIRES_ACTION', 'process', 'PROCESSING', 0), ('charge', 'PENDING', 'succeed', 'SUCCEEDED', 0), ('charge', 'REQUIRES_ACTION', 'succeed', 'SUCCEEDED', 0), ('charge', 'PROCESSING', 'succeed', 'SUCCEEDED', 0), ('charge', 'FAILED', 'succeed', 'SUCCEEDED', 0), ('charge', 'PENDING', 'fail', 'FAILED', 0), ('charge', 'REQUIRES_ACTION', 'fail', 'FAILED', 0), ('charge', 'PROCESSING', 'fail', 'FAILED', 0), ('charge', 'PENDING', 'cancel', 'CANCELED', 0), ('charge', 'REQUIRES_ACTION', 'cancel', 'CANCELED', 0), ('charge', 'FAILED', 'cancel', 'CANCELED', 0), ('charge', 'PENDING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'REQUIRES_ACTION', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'PROCESSING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'FAILED', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'SUCCEEDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'PARTIALLY_REFUNDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUNDED', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'refund', 'REFUNDED', 0), ('charge', 'REFUND_PENDING', 'refund_part', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUND_PENDING', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUND_PENDING', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'dispute', 'DISPUTED', 0), ('charge', 'REFUNDED', 'dispute_refunded', 'DISPUTED', 0), ('charge', 'PARTIALLY_REFUNDED', 'dispute_part_refunded', 'DISPUTED', 0), ('charge', 'DISPUTED', 'win', 'SUCCEEDED', 0), ('charge', 'DISPUTED', 'win_refunded', 'REFUNDED', 0), ('charge', 'DISPUTED', 'win_part_refunded', 'PARTIALLY_REFUNDED', 0), ('charge', 'DISPUTED', 'lose', 'CHARGED_BACK', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('refund', '', 'request', 'requested', 0), ('refund', '', 'adopt', 'pending', 0), ('refund', 'requested', 'attempt', 'requested', 1), ('refund', 'requested', 'accept', 'pending', 0), ('refund', 'requires_action', 'accept', 'pending', 0), ('refund', 'requested', 'require_action', 'requires_action', 0), ('refund', 'pending', 'require_action', 'requires_action', 0), ('refund', 'requested', 'succeed', 'succeeded', 0), ('refund', 'pending', 'succeed', 'succeeded', 0), ('refund', 'requires_action', 'succeed', 'succeeded', 0), ('refund', 'requested', 'fail', 'failed', 0), ('refund', 'pending', 'fail', 'failed', 0), ('refund', 'requires_action', 'fail', 'failed', 0), ('refund', 'succeeded', 'fail', 'failed', 0), ('refund', 'requested', 'cancel', 'canceled', 0), ('refund', 'pending', 'cancel', 'canceled', 0), ('refund', 'requires_action', 'cancel', 'canceled', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('dispute', '', 'warn', 'warning_needs_response', 0), ('dispute', '', 'open', 'needs_response', 0), ('dispute', 'warning_needs_response', 'update', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'update', 'warning_under_review', 0), ('dispute', 'needs_response', 'update', 'needs_response', 0), ('dispute', 'under_review', 'update', 'under_review', 0), ('dispute', 'warning_needs_response', 'review_warning', 'warning_under_review', 0), ('dispute', 'warning_needs_response', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_under_review', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_needs_response', 'escalate', 'needs_response', 0), ('dispute', 'warning_under_review', 'escalate', 'needs_response', 0), ('dispute', 'warning_needs_response', 'review', 'under_review', 0), ('dispute', 'warning_under_review', 'review', 'under_review', 0), ('dispute', 'needs_response', 'review', 'under_review', 0), ('dispute', 'warning_needs_response', 'win', 'won', 0), ('dispute', 'warning_under_review', 'win', 'won', 0), ('dispute', 'needs_response', 'win', 'won', 0), ('dispute', 'under_review', 'win', 'won', 0), ('dispute', 'warning_needs_response', 'lose', 'lost', 0), ('dispute', 'warning_under_review', 'lose', 'lost', 0), ('dispute', 'needs_response', 'lose', 'lost', 0), ('dispute', 'under_review', 'lose', 'lost', 0), ('dispute', 'warning_needs_response', 'prevent', 'prevented', 0), ('dispute', 'warning_under_review', 'prevent', 'prevented', 0), ('dispute', 'needs_response', 'prevent', 'prevented', 0), ('dispute', 'under_review', 'prevent', 'prevented', 0), ('dispute', 'warning_needs_response', 'withdraw', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'withdraw', 'warning_under_review', 0), ('dispute', 'warning_closed', 'withdraw', 'warning_closed', 0), ('dispute', 'needs_response', 'withdraw', 'needs_response', 0), ('dispute', 'under_review', 'withdraw', 'under_review', 0), ('dispute', 'won', 'withdraw', 'won', 0), ('dispute', 'lost', 'withdraw', 'lost', 0), ('dispute', 'prevented', 'withdraw', 'prevented', 0), ('dispute', 'warning_needs_response', 'reinstate', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'reinstate', 'warning_under_review', 0), ('dispute', 'warning_closed', 'reinstate', 'warning_closed', 0), ('dispute', 'needs_response', 'reinstate', 'needs_response', 0), ('dispute', 'under_review', 'reinstate', 'under_review', 0), ('dispute', 'won', 'reinstate', 'won', 0), ('dispute', 'lost', 'reinstate', 'lost', 0), ('dispute', 'prevented', 'reinstate', 'prevented', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('stripe_event', '', 'receive', 'RECEIVED', 0), ('stripe_event', '', 'backfill', 'RECEIVED', 0), ('stripe_event', 'RECEIVED', 'process', 'PROCESSED', 1), ('stripe_event', 'RECEIVED', 'ignore', 'IGNORED', 1), ('stripe_event', 'RECEIVED', 'fail', 'RECEIVED', 1), ('stripe_event', 'RECEIVED', 'bury', 'DEAD', 1), ('stripe_event', 'DEAD', 'replay', 'RECEIVED', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('reconciliation', '', 'start', 'STARTED', 0), ('reconciliation', 'STARTED', 'complete', 'COMPLETE', 0), ('reconciliation', 'STARTED', 'fail', 'FAILED', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payment_switch', '', 'halt', 'HALTED', 0), ('payment_switch', 'OPEN', 'halt', 'HALTED', 0), ('payment_switch', 'HALTED', 'halt', 'HALTED', 0), ('payment_switch', 'HALTED', 'resume', 'OPEN', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payee', '', 'register', 'NEW', 0), ('payee', 'NEW', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'attach', 'RESTRICTED', 0), ('payee', 'READY', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'enable', 'READY', 0), ('payee', 'READY', 'restrict', 'RESTRICTED', 0), ('payee', 'NEW', 'close', 'CLOSED', 0), ('payee', 'RESTRICTED', 'close', 'CLOSED', 0), ('payee', 'READY', 'close', 'CLOSED', 0), ('payee', 'CLOSED', 'reopen', 'NEW', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payout_job', '', 'plan', 'pending', 0), ('payout_job', 'pending', 'start', 'processing', 0), ('payout_job', 'pending', 'complete', 'complete', 0), ('payout_job', 'processing', 'complete', 'complete', 0), ('payout_job', 'complete', 'reopen', 'processing', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('transfer', '', 'plan', 'pending', 0), ('transfer', 'pending', 'approve', 'pending', 0), ('transfer', 'pending', 'claim', 'processing', 1), ('transfer', 'retryable', 'claim', 'processing', 1), ('transfer', 'parked', 'claim', 'processing', 1), ('transfer', 'processing', 'claim', 'processing', 1), ('transfer', 'processing', 'complete', 'completed', 0), ('transfer', 'processing', 'retry', 'retryable', 0), ('transfer', 'pending', 'park', 'parked', 0), ('transfer', 'processing', 'park', 'parked', 0), ('transfer', 'retryable', 'park', 'parked', 0), ('transfer', 'parked', 'repark', 'parked', 0), ('transfer', 'parked', 'request_account', 'parked', 0), ('transfer', 'processing', 'fail', 'failed_terminal', 0), ('transfer', 'retryable', 'fail', 'failed_terminal', 0), ('transfer', 'parked', 'unclaim', 'failed_terminal', 0), ('transfer', 'parked', 'unpark', 'pending', 0), ('transfer', 'parked', 'approve', 'pending', 0), ('transfer', 'pending', 'adopt', 'completed', 0), ('transfer', 'retryable', 'adopt', 'completed', 0), ('transfer', 'parked', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'reissue', 'pending', 0), ('transfer', 'completed', 'record_reversal', 'completed', 0)
--;
CREATE TRIGGER lifecycle_edges_no_insert BEFORE INSERT ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_insert'); END
--;
CREATE TRIGGER webhook_rejections_no_update BEFORE UPDATE ON webhook_rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_update'); END
--;
CREATE TRIGGER webhook_rejections_no_delete BEFORE DELETE ON webhook_rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_delete'); END
--;
CREATE TRIGGER webhook_rejections_no_replace BEFORE INSERT ON webhook_rejections
WHEN (NOT EXISTS (SELECT 1 FROM main.webhook_rejections WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_replace'); END
--;
CREATE TRIGGER history_declares_data_of_keys BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'key' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('expires_at', 'owner', 'scopes', 'secret_digest')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_keys'); END
--;
CREATE TRIGGER history_declares_data_of_stages BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'stage' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ()) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_stages'); END
--;
CREATE TRIGGER history_declares_data_of_settings BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'setting' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('value')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_settings'); END
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
WHEN (EXISTS (SELECT 1 FROM main.tasks AS stored WHERE stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.due_at IS OLD.due_at AND stored.lease_owner IS OLD.lease_owner AND stored.lease_until IS OLD.lease_until AND stored.fence IS OLD.fence AND stored.attempts IS OLD.attempts AND stored.dead_reason IS OLD.dead_reason AND stored.priority IS OLD.priority AND stored.arguments IS OLD.arguments AND stored.result IS OLD.result AND stored.progress IS OLD.progress AND stored.slot IS OLD.slot AND stored.error_class IS OLD.error_class AND stored.cancel_reason IS OLD.cancel_reason AND stored.finished_at IS OLD.finished_at AND stored.succeeded_at IS OLD.succeeded_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_no_nested_update'); END
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON tasks
WHEN (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM main.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence) AND (OLD.succeeded_at IS NULL OR NOT EXISTS (SELECT 1 FROM main.watched_subjects AS subject WHERE subject.stage = OLD.stage AND (subject.kind = 'stage' OR subject.entity_id = OLD.entity_id) AND (subject.succeeded_at IS NULL OR subject.succeeded_at < OLD.succeeded_at)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_prune'); END
--;
CREATE TRIGGER tasks_new BEFORE INSERT ON tasks
WHEN (NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.progress IS NULL AND NEW.error_class IS NULL AND NEW.succeeded_at IS NULL) IS NOT TRUE
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
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END
--;
CREATE TRIGGER tasks_due_on_insert BEFORE INSERT ON tasks
WHEN (NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds') AND (NEW.slot IS NULL OR NEW.slot <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_due_on_insert'); END
--;
CREATE TRIGGER tasks_due BEFORE UPDATE OF due_at, slot ON tasks
WHEN ((NEW.due_at IS NULL OR NEW.due_at <= OLD.due_at OR NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds')) AND (NEW.slot IS NULL OR NEW.slot = OLD.slot OR NEW.slot <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_due'); END
--;
CREATE TRIGGER tasks_run BEFORE UPDATE OF arguments, priority, result, progress, slot, error_class ON tasks
WHEN (((NEW.arguments = OLD.arguments OR NEW.arguments IS NULL AND OLD.arguments IS NULL) OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.priority <= OLD.priority OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.result IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) AND ((NEW.progress = OLD.progress OR NEW.progress IS NULL AND OLD.progress IS NULL) OR NEW.progress IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence) AND ((NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL) OR (OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL) AND ((NEW.error_class = OLD.error_class OR NEW.error_class IS NULL AND OLD.error_class IS NULL) OR NEW.error_class IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_run'); END
--;
CREATE TRIGGER tasks_success BEFORE UPDATE OF succeeded_at ON tasks
WHEN (OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.fence = OLD.fence AND NEW.dead_reason IS NULL AND (NEW.due_at IS NULL OR OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NEW.succeeded_at IS NOT NULL AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at) AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_success'); END
--;
CREATE TRIGGER tasks_recorded BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_recorded'); END
--;
CREATE TRIGGER tasks_values_on_insert BEFORE INSERT ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19)) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_on_insert'); END
--;
CREATE TRIGGER tasks_values_of_lease BEFORE UPDATE OF lease_owner, lease_until ON tasks
WHEN ((NEW.lease_owner IS NULL OR instr(NEW.lease_owner, char(0)) = 0) AND (NEW.lease_until IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.lease_until, 1, 19), '+0 seconds') = substr(NEW.lease_until, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_lease'); END
--;
CREATE TRIGGER tasks_values_of_end BEFORE UPDATE OF due_at, finished_at, succeeded_at ON tasks
WHEN ((NEW.due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.due_at, 1, 19), '+0 seconds') = substr(NEW.due_at, 1, 19)) AND (NEW.finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.finished_at, 1, 19), '+0 seconds') = substr(NEW.finished_at, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_end'); END
--;
CREATE TRIGGER tasks_values_of_run BEFORE UPDATE OF stage, entity_id, dead_reason, slot, error_class, cancel_reason ON tasks
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.dead_reason IS NULL OR instr(NEW.dead_reason, char(0)) = 0) AND (NEW.slot IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.slot, 1, 19), '+0 seconds') = substr(NEW.slot, 1, 19)) AND (NEW.error_class IS NULL OR instr(NEW.error_class, char(0)) = 0) AND (NEW.cancel_reason IS NULL OR instr(NEW.cancel_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_values_of_run'); END
--;
CREATE TRIGGER rate_buckets_empty_by_now_on_insert BEFORE INSERT ON rate_buckets
WHEN (NEW.empty_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_empty_by_now_on_insert'); END
--;
CREATE TRIGGER rate_buckets_empty_by_now_on_update BEFORE UPDATE ON rate_buckets
WHEN (NEW.empty_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rate_buckets_empty_by_now_on_update'); END
--;
CREATE TRIGGER stage_breakers_probe_soon_on_insert BEFORE INSERT ON stage_breakers
WHEN (NEW.probe_at IS NULL OR NEW.probe_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_probe_soon_on_insert'); END
--;
CREATE TRIGGER stage_breakers_probe_soon_on_update BEFORE UPDATE ON stage_breakers
WHEN (NEW.probe_at IS NULL OR NEW.probe_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_probe_soon_on_update'); END
--;
CREATE TRIGGER stage_breakers_starts_clear BEFORE INSERT ON stage_breakers
WHEN (NEW.outages = 0 AND NEW.probe_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_starts_clear'); END
--;
CREATE TRIGGER stage_breakers_counts_one BEFORE UPDATE ON stage_breakers
WHEN (NEW.outages = 0 OR NEW.outages - OLD.outages IN (0, 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_counts_one'); END
--;
CREATE TRIGGER stage_breakers_no_delete BEFORE DELETE ON stage_breakers
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_delete'); END
--;
CREATE TRIGGER stage_breakers_no_replace BEFORE INSERT ON stage_breakers
WHEN (NOT EXISTS (SELECT 1 FROM main.stage_breakers WHERE stage = NEW.stage)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_replace'); END
--;
CREATE TRIGGER stage_breakers_no_nested_update BEFORE UPDATE ON stage_breakers
WHEN (EXISTS (SELECT 1 FROM main.stage_breakers AS stored WHERE stored.stage IS OLD.stage AND stored.outages IS OLD.outages AND stored.probe_at IS OLD.probe_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_nested_update'); END
--;
CREATE TRIGGER stage_breakers_fixed BEFORE UPDATE ON stage_breakers
WHEN (NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_fixed'); END
--;
CREATE TRIGGER stage_breakers_values_on_insert BEFORE INSERT ON stage_breakers
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.probe_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.probe_at, 1, 19), '+0 seconds') = substr(NEW.probe_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_values_on_insert'); END
--;
CREATE TRIGGER stage_breakers_values_on_update BEFORE UPDATE ON stage_breakers
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.probe_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.probe_at, 1, 19), '+0 seconds') = substr(NEW.probe_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_values_on_update'); END
--;
CREATE TRIGGER hung_threads_expire_soon_on_insert BEFORE INSERT ON hung_threads
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86460 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_expire_soon_on_insert'); END
--;
CREATE TRIGGER hung_threads_of_one_process_on_insert BEFORE INSERT ON hung_threads
WHEN (NEW.threads <= 1000) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_of_one_process_on_insert'); END
--;
CREATE TRIGGER hung_threads_expire_soon_on_update BEFORE UPDATE ON hung_threads
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86460 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_expire_soon_on_update'); END
--;
CREATE TRIGGER hung_threads_of_one_process_on_update BEFORE UPDATE ON hung_threads
WHEN (NEW.threads <= 1000) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'hung_threads_of_one_process_on_update'); END
--;
CREATE TRIGGER subscriber_cursors_no_delete BEFORE DELETE ON subscriber_cursors
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_delete'); END
--;
CREATE TRIGGER subscriber_cursors_no_replace BEFORE INSERT ON subscriber_cursors
WHEN (NOT EXISTS (SELECT 1 FROM main.subscriber_cursors WHERE name = NEW.name)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_replace'); END
--;
CREATE TRIGGER subscriber_cursors_no_nested_update BEFORE UPDATE ON subscriber_cursors
WHEN (EXISTS (SELECT 1 FROM main.subscriber_cursors AS stored WHERE stored.name IS OLD.name AND stored.stage IS OLD.stage AND stored.feed_cursor IS OLD.feed_cursor AND stored.changed_at IS OLD.changed_at AND stored.fence IS OLD.fence AND stored.updated_at IS OLD.updated_at AND stored.restarts IS OLD.restarts AND stored.restarted_at IS OLD.restarted_at AND stored.restarted_by IS OLD.restarted_by AND stored.restart_reason IS OLD.restart_reason)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_nested_update'); END
--;
CREATE TRIGGER subscriber_cursors_fixed BEFORE UPDATE ON subscriber_cursors
WHEN (NEW.name = OLD.name AND NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_fixed'); END
--;
CREATE TRIGGER subscriber_cursors_first BEFORE INSERT ON subscriber_cursors
WHEN (NEW.feed_cursor IS NULL AND NEW.restarts = 0 AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_first'); END
--;
CREATE TRIGGER subscriber_cursors_fence BEFORE UPDATE ON subscriber_cursors
WHEN (CASE WHEN NEW.restarts = OLD.restarts THEN NEW.restarts = OLD.restarts AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL) AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL) AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL) AND NEW.feed_cursor IS NOT NULL AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL) ELSE NEW.restarts = OLD.restarts + 1 AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.cancel_reason = NEW.restart_reason) AND EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = NEW.stage AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence AND attempt.outcome = 'CANCELED' AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_fence'); END
--;
CREATE TRIGGER subscriber_cursors_in_feed BEFORE UPDATE ON subscriber_cursors
WHEN (NEW.feed_cursor IS NULL OR ((CASE WHEN NEW.feed_cursor = '0' THEN 0 WHEN length(NEW.feed_cursor) - 17 BETWEEN 1 AND 18 AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) GLOB '[1-9]*' AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) NOT GLOB '*[^0-9]*' AND substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1) GLOB '.*' AND substr(substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1), 2) NOT GLOB '*[^0-9a-f]*' THEN CAST(substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) AS INTEGER) END) <= (SELECT coalesce(max(position), 0) FROM main.history) AND (NEW.restarts > OLD.restarts OR OLD.feed_cursor IS NULL OR (CASE WHEN NEW.feed_cursor = '0' THEN 0 WHEN length(NEW.feed_cursor) - 17 BETWEEN 1 AND 18 AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) GLOB '[1-9]*' AND substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) NOT GLOB '*[^0-9]*' AND substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1) GLOB '.*' AND substr(substr(NEW.feed_cursor, length(NEW.feed_cursor) - 17 + 1), 2) NOT GLOB '*[^0-9a-f]*' THEN CAST(substr(NEW.feed_cursor, 1, length(NEW.feed_cursor) - 17) AS INTEGER) END) >= (CASE WHEN OLD.feed_cursor = '0' THEN 0 WHEN length(OLD.feed_cursor) - 17 BETWEEN 1 AND 18 AND substr(OLD.feed_cursor, 1, length(OLD.feed_cursor) - 17) GLOB '[1-9]*' AND substr(OLD.feed_cursor, 1, length(OLD.feed_cursor) - 17) NOT GLOB '*[^0-9]*' AND substr(OLD.feed_cursor, length(OLD.feed_cursor) - 17 + 1) GLOB '.*' AND substr(substr(OLD.feed_cursor, length(OLD.feed_cursor) - 17 + 1), 2) NOT GLOB '*[^0-9a-f]*' THEN CAST(substr(OLD.feed_cursor, 1, length(OLD.feed_cursor) - 17) AS INTEGER) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_in_feed'); END
--;
CREATE TRIGGER subscriber_cursors_values_on_insert BEFORE INSERT ON subscriber_cursors
WHEN ((NEW.name IS NULL OR instr(NEW.name, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.feed_cursor IS NULL OR instr(NEW.feed_cursor, char(0)) = 0) AND (NEW.changed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.changed_at, 1, 19), '+0 seconds') = substr(NEW.changed_at, 1, 19)) AND (NEW.updated_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.updated_at, 1, 19), '+0 seconds') = substr(NEW.updated_at, 1, 19)) AND (NEW.restarted_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.restarted_at, 1, 19), '+0 seconds') = substr(NEW.restarted_at, 1, 19)) AND (NEW.restarted_by IS NULL OR instr(NEW.restarted_by, char(0)) = 0) AND (NEW.restart_reason IS NULL OR instr(NEW.restart_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_values_on_insert'); END
--;
CREATE TRIGGER subscriber_cursors_values_on_update BEFORE UPDATE ON subscriber_cursors
WHEN ((NEW.name IS NULL OR instr(NEW.name, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.feed_cursor IS NULL OR instr(NEW.feed_cursor, char(0)) = 0) AND (NEW.changed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.changed_at, 1, 19), '+0 seconds') = substr(NEW.changed_at, 1, 19)) AND (NEW.updated_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.updated_at, 1, 19), '+0 seconds') = substr(NEW.updated_at, 1, 19)) AND (NEW.restarted_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.restarted_at, 1, 19), '+0 seconds') = substr(NEW.restarted_at, 1, 19)) AND (NEW.restarted_by IS NULL OR instr(NEW.restarted_by, char(0)) = 0) AND (NEW.restart_reason IS NULL OR instr(NEW.restart_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_values_on_update'); END
--;
CREATE TRIGGER watched_subjects_no_delete BEFORE DELETE ON watched_subjects
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_no_delete'); END
--;
CREATE TRIGGER watched_subjects_no_replace BEFORE INSERT ON watched_subjects
WHEN (NOT EXISTS (SELECT 1 FROM main.watched_subjects WHERE kind = NEW.kind AND stage = NEW.stage AND entity_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_no_replace'); END
--;
CREATE TRIGGER watched_subjects_no_nested_update BEFORE UPDATE ON watched_subjects
WHEN (EXISTS (SELECT 1 FROM main.watched_subjects AS stored WHERE stored.kind IS OLD.kind AND stored.stage IS OLD.stage AND stored.entity_id IS OLD.entity_id AND stored.longest_silence_seconds IS OLD.longest_silence_seconds AND stored.known_since IS OLD.known_since AND stored.succeeded_at IS OLD.succeeded_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_no_nested_update'); END
--;
CREATE TRIGGER watched_subjects_fixed BEFORE UPDATE ON watched_subjects
WHEN (NEW.kind = OLD.kind AND NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND NEW.known_since = OLD.known_since) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_fixed'); END
--;
CREATE TRIGGER watched_subjects_known_by_now BEFORE INSERT ON watched_subjects
WHEN (NEW.known_since <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') AND (NEW.succeeded_at IS NULL OR NEW.succeeded_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_known_by_now'); END
--;
CREATE TRIGGER watched_subjects_success_rises BEFORE UPDATE OF succeeded_at ON watched_subjects
WHEN (NEW.succeeded_at IS NOT NULL AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at) AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_success_rises'); END
--;
CREATE TRIGGER watched_subjects_values_on_insert BEFORE INSERT ON watched_subjects
WHEN ((NEW.kind IS NULL OR instr(NEW.kind, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.known_since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.known_since, 1, 19), '+0 seconds') = substr(NEW.known_since, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_values_on_insert'); END
--;
CREATE TRIGGER watched_subjects_values_on_update BEFORE UPDATE ON watched_subjects
WHEN ((NEW.kind IS NULL OR instr(NEW.kind, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.entity_id IS NULL OR instr(NEW.entity_id, char(0)) = 0) AND (NEW.known_since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.known_since, 1, 19), '+0 seconds') = substr(NEW.known_since, 1, 19)) AND (NEW.succeeded_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.succeeded_at, 1, 19), '+0 seconds') = substr(NEW.succeeded_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'watched_subjects_values_on_update'); END
--;
CREATE TRIGGER keys_has_scopes BEFORE INSERT ON keys
WHEN (CASE WHEN json_valid(NEW.scopes) THEN json_array_length(NEW.scopes) BETWEEN 1 AND 50 AND NOT EXISTS (SELECT 1 FROM json_each(NEW.scopes) WHERE type <> 'text' OR instr(value, char(0)) > 0 OR value GLOB '*[^a-z:]*' OR value GLOB '*:*:*' OR value GLOB ':*' OR value GLOB '*:' OR value = '') END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_has_scopes'); END
--;
CREATE TRIGGER receipts_has_answer BEFORE INSERT ON receipts
WHEN (CASE WHEN json_valid(NEW.result) THEN (SELECT group_concat(key, ',') FROM json_each(NEW.result)) = 'answer' END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_has_answer'); END
--;
CREATE TRIGGER receipts_not_far_ahead BEFORE INSERT ON receipts
WHEN (NEW.at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+86486400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_not_far_ahead'); END
--;
CREATE TRIGGER receipts_values_on_insert BEFORE INSERT ON receipts
WHEN ((NEW.owner IS NULL OR instr(NEW.owner, char(0)) = 0) AND (NEW.key IS NULL OR instr(NEW.key, char(0)) = 0) AND (NEW.fingerprint IS NULL OR instr(NEW.fingerprint, char(0)) = 0) AND (NEW.at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.at, 1, 19), '+0 seconds') = substr(NEW.at, 1, 19)) AND (NEW.hash IS NULL OR instr(NEW.hash, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_values_on_insert'); END
--;
CREATE TRIGGER history_declares_data_of_concepts BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'concept' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('corrects', 'imported', 'name_key', 'ruleset', 'version', 'warnings')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_concepts'); END
--;
CREATE TRIGGER history_declares_data_of_spaces BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'space' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('dimension', 'model', 'name', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_spaces'); END
--;
CREATE TRIGGER spaces_keeps_fields BEFORE UPDATE ON spaces
WHEN ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'spaces_keeps_fields'); END
--;
CREATE TRIGGER history_declares_data_of_subspaces BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'subspace' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('description', 'name', 'seed', 'space_id', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_subspaces'); END
--;
CREATE TRIGGER subspaces_keeps_fields BEFORE UPDATE ON subspaces
WHEN ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name AND NEW.description = OLD.description AND (NEW.seed = OLD.seed OR NEW.seed IS NULL AND OLD.seed IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_subspaces BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'subspace' AND NEW.seq > 1 AND NEW.action IN ('rename', 'seed')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.subspaces AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('seed') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.name') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CAST(head.name AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.description') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END) AND (CAST(head.description AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END)) AND (NEW.action NOT IN ('rename') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.seed') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.seed') AS text) END) AND TRUE))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_subspaces'); END
--;
CREATE TRIGGER history_declares_data_of_algorithms BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'algorithm' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('checksum', 'formulas')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_algorithms'); END
--;
CREATE TRIGGER subspaces_of_owner BEFORE INSERT ON subspaces
WHEN (EXISTS (SELECT 1 FROM main.spaces AS space WHERE space.id = NEW.space_id AND space.user_id = NEW.user_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subspaces_of_owner'); END
--;
CREATE TRIGGER history_declares_data_of_authors BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'author' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('farcaster_handle', 'prompt_text', 'twitter_handle', 'wallet_address')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_authors'); END
--;
CREATE TRIGGER history_declares_data_of_mint_events BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'mint_event' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('author_wallet', 'batch', 'block_hash', 'block_number', 'block_timestamp', 'copies', 'detected_at', 'log_index', 'quantity', 'recipient', 'token_id', 'total_paid', 'tx_hash')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_mint_events'); END
--;
CREATE TRIGGER mint_events_latest_times_on_insert BEFORE INSERT ON mint_events
WHEN (NEW.detected_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_latest_times_on_insert'); END
--;
CREATE TRIGGER mint_events_latest_times_on_update BEFORE UPDATE ON mint_events
WHEN (NEW.detected_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'mint_events_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_tokens_s0 BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'token' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('author_id', 'error_data', 'generation_attempts', 'generation_error', 'image_cid', 'image_url', 'metadata_cid', 'mint_event_id', 'mint_timestamp', 'minter_address', 'reveal_tx_hash', 'token_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_tokens_s0'); END
--;
CREATE TRIGGER tokens_s0_keeps_fields BEFORE UPDATE ON tokens_s0
WHEN ((OLD.status || ' ' || NEW.status IN ('failed detected', 'generating detected') OR NEW.author_id = OLD.author_id AND (NEW.minter_address = OLD.minter_address OR NEW.minter_address IS NULL AND OLD.minter_address IS NULL) AND NEW.mint_timestamp = OLD.mint_timestamp AND (NEW.mint_event_id = OLD.mint_event_id OR NEW.mint_event_id IS NULL AND OLD.mint_event_id IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_keeps_fields'); END
--;
CREATE TRIGGER tokens_s0_initial_fields BEFORE INSERT ON tokens_s0
WHEN (NEW.error_data IS NULL AND NEW.generation_attempts = 0 AND NEW.generation_error IS NULL AND NEW.image_cid IS NULL AND NEW.image_url IS NULL AND (NEW.status IN ('revealed') OR NEW.metadata_cid IS NULL) AND NEW.reveal_tx_hash IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tokens_s0_initial_fields'); END
--;
CREATE TRIGGER history_declares_data_of_image_generation_jobs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'image_job' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('completed_at', 'error_data', 'external_job_id', 'retry_count', 'service', 'token_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_image_generation_jobs'); END
--;
CREATE TRIGGER image_generation_jobs_initial_fields BEFORE INSERT ON image_generation_jobs
WHEN (NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.external_job_id IS NULL AND NEW.retry_count = 0) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_initial_fields'); END
--;
CREATE TRIGGER image_generation_jobs_latest_times_on_insert BEFORE INSERT ON image_generation_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_latest_times_on_insert'); END
--;
CREATE TRIGGER image_generation_jobs_latest_times_on_update BEFORE UPDATE ON image_generation_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'image_generation_jobs_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_ipfs_upload_records BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'ipfs_upload' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('cid', 'completed_at', 'error_data', 'record_type', 'retry_count', 'token_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_ipfs_upload_records'); END
--;
CREATE TRIGGER ipfs_upload_records_initial_fields BEFORE INSERT ON ipfs_upload_records
WHEN (NEW.cid IS NULL AND NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.retry_count = 0) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_initial_fields'); END
--;
CREATE TRIGGER ipfs_upload_records_latest_times_on_insert BEFORE INSERT ON ipfs_upload_records
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_latest_times_on_insert'); END
--;
CREATE TRIGGER ipfs_upload_records_latest_times_on_update BEFORE UPDATE ON ipfs_upload_records
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ipfs_upload_records_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_reveal_transactions BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'reveal_transaction' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('block_number', 'confirmed_at', 'gas_price_wei', 'token_ids', 'tx_hash')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_reveal_transactions'); END
--;
CREATE TRIGGER reveal_transactions_initial_fields BEFORE INSERT ON reveal_transactions
WHEN (NEW.block_number IS NULL AND NEW.confirmed_at IS NULL AND NEW.gas_price_wei IS NULL AND NEW.tx_hash IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_initial_fields'); END
--;
CREATE TRIGGER reveal_transactions_latest_times_on_insert BEFORE INSERT ON reveal_transactions
WHEN ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_latest_times_on_insert'); END
--;
CREATE TRIGGER reveal_transactions_latest_times_on_update BEFORE UPDATE ON reveal_transactions
WHEN ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reveal_transactions_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_system_state BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'system_state' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('state_value')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_system_state'); END
--;
CREATE TRIGGER tasks_needs_tokens_s0 BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM main.tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_tokens_s0'); END
--;
CREATE TRIGGER history_declares_data_of_projects BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'project' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('current_nodes', 'description', 'github_repo_url', 'latest_successful_job_id', 'latest_successful_job_number', 'name', 'prompt', 'repository_branch', 'repository_host', 'repository_id', 'repository_name', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_projects'); END
--;
CREATE TRIGGER projects_keeps_fields BEFORE UPDATE ON projects
WHEN ((OLD.status || ' ' || NEW.status IN ('bound bound', 'requested requested', 'unbound unbound') OR NEW.name = OLD.name AND NEW.description = OLD.description AND NEW.current_nodes = OLD.current_nodes AND (NEW.latest_successful_job_id = OLD.latest_successful_job_id OR NEW.latest_successful_job_id IS NULL AND OLD.latest_successful_job_id IS NULL) AND (NEW.latest_successful_job_number = OLD.latest_successful_job_number OR NEW.latest_successful_job_number IS NULL AND OLD.latest_successful_job_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested requested', 'unbound requested') OR (NEW.repository_host = OLD.repository_host OR NEW.repository_host IS NULL AND OLD.repository_host IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound', 'requested requested', 'unbound requested') OR (NEW.repository_name = OLD.repository_name OR NEW.repository_name IS NULL AND OLD.repository_name IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound') OR (NEW.repository_id = OLD.repository_id OR NEW.repository_id IS NULL AND OLD.repository_id IS NULL) AND (NEW.repository_branch = OLD.repository_branch OR NEW.repository_branch IS NULL AND OLD.repository_branch IS NULL) AND (NEW.github_repo_url = OLD.github_repo_url OR NEW.github_repo_url IS NULL AND OLD.github_repo_url IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_projects BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'project' AND NEW.seq > 1 AND NEW.action IN ('add_prompt', 'rename', 'request_repository', 'set_nodes', 'update_latest_job')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.projects AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('add_prompt', 'request_repository', 'set_nodes', 'update_latest_job') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.name') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CAST(head.name AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.name') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.description') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END) AND (CAST(head.description AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.description') AS text) END)) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'update_latest_job') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.current_nodes') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.current_nodes') AS text) END) AND (CAST(head.current_nodes AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.current_nodes') AS text) END)) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'set_nodes') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.latest_successful_job_id') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_id') AS text) END) AND (CAST(head.latest_successful_job_id AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_id') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.latest_successful_job_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_number') AS text) END) AND (CAST(head.latest_successful_job_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.latest_successful_job_number') AS text) END)) AND (NEW.action NOT IN ('add_prompt', 'rename', 'set_nodes', 'update_latest_job') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.repository_host') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_host') AS text) END) AND (CAST(head.repository_host AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_host') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.repository_name') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_name') AS text) END) AND (CAST(head.repository_name AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.repository_name') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_projects'); END
--;
CREATE TRIGGER projects_initial_fields BEFORE INSERT ON projects
WHEN (NEW.current_nodes = '[]' AND NEW.github_repo_url IS NULL AND NEW.latest_successful_job_id IS NULL AND NEW.latest_successful_job_number IS NULL AND NEW.repository_branch IS NULL AND NEW.repository_host IS NULL AND NEW.repository_id IS NULL AND NEW.repository_name IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_initial_fields'); END
--;
CREATE TRIGGER history_declares_data_of_jobs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'job' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('architecture_spec', 'completed_at', 'failure_reason', 'number', 'output', 'phase', 'project_id', 'prompt', 'result', 'spec_digest', 'user_id', 'warning_count')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_jobs'); END
--;
CREATE TRIGGER jobs_keeps_fields BEFORE UPDATE ON jobs
WHEN ((OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed_with_warnings', 'running failed', 'running running') OR NEW.warning_count = OLD.warning_count) AND (OLD.status || ' ' || NEW.status IN ('running running') OR (NEW.phase = OLD.phase OR NEW.phase IS NULL AND OLD.phase IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('running completed', 'running completed_with_warnings') OR (NEW.result = OLD.result OR NEW.result IS NULL AND OLD.result IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running failed') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed', 'running completed_with_warnings', 'running failed') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_keeps_fields'); END
--;
CREATE TRIGGER jobs_initial_fields BEFORE INSERT ON jobs
WHEN (NEW.completed_at IS NULL AND NEW.failure_reason IS NULL AND NEW.phase IS NULL AND NEW.result IS NULL AND NEW.warning_count = 0) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_initial_fields'); END
--;
CREATE TRIGGER jobs_latest_times_on_insert BEFORE INSERT ON jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_latest_times_on_insert'); END
--;
CREATE TRIGGER jobs_latest_times_on_update BEFORE UPDATE ON jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_latest_times_on_update'); END
--;
CREATE TRIGGER tasks_needs_jobs BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('process_job') OR EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_jobs'); END
--;
CREATE TRIGGER history_declares_data_of_contests BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('attempted_action', 'configuration', 'configuration_digest', 'contest_name', 'currency', 'end_time', 'error_code', 'error_from_state', 'error_message', 'evidence', 'fee_minor', 'lock_time', 'max_entries', 'max_entries_per_user', 'min_entries', 'organizer_id', 'payment_grace_seconds', 'provider_event_id', 'reason_code', 'settle_time', 'settlement_run_id', 'start_time')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_contests'); END
--;
CREATE TRIGGER contests_keeps_fields BEFORE UPDATE ON contests
WHEN ((OLD.status || ' ' || NEW.status IN ('SCHEDULED LOCKED', 'SCHEDULED SCHEDULED') OR NEW.configuration_digest = OLD.configuration_digest AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) AND (OLD.status || ' ' || NEW.status IN ('ERROR COMPLETE', 'LIVE COMPLETE') OR (NEW.settle_time = OLD.settle_time OR NEW.settle_time IS NULL AND OLD.settle_time IS NULL) AND (NEW.settlement_run_id = OLD.settlement_run_id OR NEW.settlement_run_id IS NULL AND OLD.settlement_run_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ERROR CANCELLED', 'ERROR COMPLETE', 'ERROR LIVE', 'ERROR LOCKED', 'ERROR SCHEDULED', 'LIVE ERROR', 'LOCKED ERROR', 'SCHEDULED ERROR') OR (NEW.error_from_state = OLD.error_from_state OR NEW.error_from_state IS NULL AND OLD.error_from_state IS NULL) AND (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL) AND (NEW.attempted_action = OLD.attempted_action OR NEW.attempted_action IS NULL AND OLD.attempted_action IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_contests BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest' AND NEW.seq > 1 AND NEW.action IN ('lock')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.contests AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('lock') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.configuration_digest') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.configuration_digest') AS text) END) AND (CAST(head.configuration_digest AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.configuration_digest') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.lock_time') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.lock_time') AS text) END) AND (CAST(head.lock_time AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.lock_time') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.start_time') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.start_time') AS text) END) AND (CAST(head.start_time AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.start_time') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.end_time') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.end_time') AS text) END) AND (CAST(head.end_time AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.end_time') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.max_entries') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries') AS text) END) AND (CAST(head.max_entries AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.min_entries') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.min_entries') AS text) END) AND (CAST(head.min_entries AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.min_entries') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.max_entries_per_user') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries_per_user') AS text) END) AND (CAST(head.max_entries_per_user AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.max_entries_per_user') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.fee_minor') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CAST(head.fee_minor AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.currency') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.currency') AS text) END) AND (CAST(head.currency AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.currency') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.payment_grace_seconds') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.payment_grace_seconds') AS text) END) AND (CAST(head.payment_grace_seconds AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.payment_grace_seconds') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_contests'); END
--;
CREATE TRIGGER contests_initial_fields BEFORE INSERT ON contests
WHEN (NEW.attempted_action IS NULL AND NEW.error_code IS NULL AND NEW.error_from_state IS NULL AND NEW.error_message IS NULL AND NEW.settle_time IS NULL AND NEW.settlement_run_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_initial_fields'); END
--;
CREATE TRIGGER contests_latest_times_on_insert BEFORE INSERT ON contests
WHEN (NEW.end_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.settle_time IS NULL OR NEW.settle_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_latest_times_on_insert'); END
--;
CREATE TRIGGER contests_latest_times_on_update BEFORE UPDATE ON contests
WHEN (NEW.end_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.settle_time IS NULL OR NEW.settle_time <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_entries BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'entry' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('contest_id', 'currency', 'entry_number', 'fee_minor', 'paid_at', 'paid_minor', 'payment_ref', 'place_number', 'rejection_reason', 'roster', 'roster_digest', 'user_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_entries'); END
--;
CREATE TRIGGER entries_keeps_fields BEFORE UPDATE ON entries
WHEN ((OLD.status || ' ' || NEW.status IN ('ACTIVE REFUNDED', 'PENDING_PAYMENT REJECTED', 'VOID REFUNDED') OR (NEW.place_number = OLD.place_number OR NEW.place_number IS NULL AND OLD.place_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE', 'PENDING_PAYMENT PENDING_PAYMENT') OR NEW.roster_digest = OLD.roster_digest) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT ACTIVE') OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT REJECTED') OR (NEW.rejection_reason = OLD.rejection_reason OR NEW.rejection_reason IS NULL AND OLD.rejection_reason IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_keeps_fields'); END
--;
CREATE TRIGGER entries_initial_fields BEFORE INSERT ON entries
WHEN ((NEW.status IN ('ACTIVE') OR NEW.paid_at IS NULL) AND (NEW.status IN ('ACTIVE') OR NEW.paid_minor IS NULL) AND NEW.payment_ref IS NULL AND NEW.rejection_reason IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_initial_fields'); END
--;
CREATE TRIGGER entries_latest_times_on_insert BEFORE INSERT ON entries
WHEN ((NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_latest_times_on_insert'); END
--;
CREATE TRIGGER entries_latest_times_on_update BEFORE UPDATE ON entries
WHEN ((NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_contest_logs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest_log' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('cancelled_number', 'conflict_number', 'contest_id', 'event', 'event_hash', 'faults', 'fetch_number', 'field_number', 'head_hash', 'leaderboard_at', 'leaderboard_hash', 'leaderboard_number', 'observations', 'observed_at', 'pending_rewrite', 'pending_rewrite_at', 'pending_rewrite_number', 'provider_event_id', 'terminal_at', 'terminal_number')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_contest_logs'); END
--;
CREATE TRIGGER contest_logs_keeps_fields BEFORE UPDATE ON contest_logs
WHEN ((OLD.status || ' ' || NEW.status IN ('OPEN OPEN', 'PAUSED PAUSED') OR NEW.fetch_number = OLD.fetch_number AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) AND NEW.event_hash = OLD.event_hash AND (NEW.field_number = OLD.field_number OR NEW.field_number IS NULL AND OLD.field_number IS NULL) AND (NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number IS NULL AND OLD.leaderboard_number IS NULL) AND (NEW.leaderboard_at = OLD.leaderboard_at OR NEW.leaderboard_at IS NULL AND OLD.leaderboard_at IS NULL) AND (NEW.leaderboard_hash = OLD.leaderboard_hash OR NEW.leaderboard_hash IS NULL AND OLD.leaderboard_hash IS NULL) AND NEW.observations = OLD.observations AND (NEW.observed_at = OLD.observed_at OR NEW.observed_at IS NULL AND OLD.observed_at IS NULL) AND (NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number IS NULL AND OLD.terminal_number IS NULL) AND (NEW.terminal_at = OLD.terminal_at OR NEW.terminal_at IS NULL AND OLD.terminal_at IS NULL) AND (NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number IS NULL AND OLD.cancelled_number IS NULL) AND (NEW.pending_rewrite = OLD.pending_rewrite OR NEW.pending_rewrite IS NULL AND OLD.pending_rewrite IS NULL) AND (NEW.pending_rewrite_at = OLD.pending_rewrite_at OR NEW.pending_rewrite_at IS NULL AND OLD.pending_rewrite_at IS NULL) AND (NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number IS NULL AND OLD.pending_rewrite_number IS NULL) AND (NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number IS NULL AND OLD.conflict_number IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_contest_logs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'contest_log' AND NEW.seq > 1 AND NEW.action IN ('skip')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.contest_logs AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('skip') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.head_hash') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.head_hash') AS text) END) AND (CAST(head.head_hash AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.head_hash') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.event_hash') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.event_hash') AS text) END) AND (CAST(head.event_hash AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.event_hash') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.field_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.field_number') AS text) END) AND (CAST(head.field_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.field_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.leaderboard_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_number') AS text) END) AND (CAST(head.leaderboard_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.leaderboard_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_at') AS text) END) AND (CAST(head.leaderboard_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.leaderboard_hash') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_hash') AS text) END) AND (CAST(head.leaderboard_hash AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.leaderboard_hash') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.observations') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observations') AS text) END) AND (CAST(head.observations AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observations') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.observed_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observed_at') AS text) END) AND (CAST(head.observed_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.observed_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.terminal_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_number') AS text) END) AND (CAST(head.terminal_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.terminal_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_at') AS text) END) AND (CAST(head.terminal_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.terminal_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.cancelled_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.cancelled_number') AS text) END) AND (CAST(head.cancelled_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.cancelled_number') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.conflict_number') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.conflict_number') AS text) END) AND (CAST(head.conflict_number AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.conflict_number') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_contest_logs'); END
--;
CREATE TRIGGER contest_logs_initial_fields BEFORE INSERT ON contest_logs
WHEN (NEW.cancelled_number IS NULL AND NEW.conflict_number IS NULL AND NEW.event_hash = '' AND NEW.fetch_number = 0 AND NEW.field_number IS NULL AND NEW.head_hash IS NULL AND NEW.leaderboard_at IS NULL AND NEW.leaderboard_hash IS NULL AND NEW.leaderboard_number IS NULL AND NEW.observations = 0 AND NEW.observed_at IS NULL AND NEW.pending_rewrite IS NULL AND NEW.pending_rewrite_at IS NULL AND NEW.pending_rewrite_number IS NULL AND NEW.terminal_at IS NULL AND NEW.terminal_number IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_initial_fields'); END
--;
CREATE TRIGGER contest_logs_latest_times_on_insert BEFORE INSERT ON contest_logs
WHEN ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.observed_at IS NULL OR NEW.observed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_latest_times_on_insert'); END
--;
CREATE TRIGGER contest_logs_latest_times_on_update BEFORE UPDATE ON contest_logs
WHEN ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.observed_at IS NULL OR NEW.observed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_provider_feeds BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'provider_feed' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('failures', 'fetch', 'last_payload_digest', 'last_success_at')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_provider_feeds'); END
--;
CREATE TRIGGER provider_feeds_keeps_fields BEFORE UPDATE ON provider_feeds
WHEN ((OLD.status || ' ' || NEW.status IN ('POLLING POLLING') OR (NEW.last_success_at = OLD.last_success_at OR NEW.last_success_at IS NULL AND OLD.last_success_at IS NULL) AND (NEW.last_payload_digest = OLD.last_payload_digest OR NEW.last_payload_digest IS NULL AND OLD.last_payload_digest IS NULL) AND NEW.failures = OLD.failures)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_keeps_fields'); END
--;
CREATE TRIGGER provider_feeds_initial_fields BEFORE INSERT ON provider_feeds
WHEN (NEW.failures = 0 AND NEW.last_payload_digest IS NULL AND NEW.last_success_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_initial_fields'); END
--;
CREATE TRIGGER provider_feeds_latest_times_on_insert BEFORE INSERT ON provider_feeds
WHEN ((NEW.last_success_at IS NULL OR NEW.last_success_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_latest_times_on_insert'); END
--;
CREATE TRIGGER provider_feeds_latest_times_on_update BEFORE UPDATE ON provider_feeds
WHEN ((NEW.last_success_at IS NULL OR NEW.last_success_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'provider_feeds_latest_times_on_update'); END
--;
CREATE TRIGGER history_declares_data_of_settlement_runs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'settlement_run' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('configuration_digest', 'configuration_version', 'contest_id', 'currency', 'eligibility_digest', 'engine_version', 'entries_count', 'entries_seq_sum', 'error_code', 'error_message', 'event_number', 'events_digest', 'line_count', 'lines', 'number', 'official_rounds', 'pool_minor', 'rake_minor', 'result_digest', 'retained_minor', 'rounding_minor', 'settled_at', 'top_up_minor')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_settlement_runs'); END
--;
CREATE TRIGGER settlement_runs_keeps_fields BEFORE UPDATE ON settlement_runs
WHEN ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR (NEW.eligibility_digest = OLD.eligibility_digest OR NEW.eligibility_digest IS NULL AND OLD.eligibility_digest IS NULL) AND (NEW.official_rounds = OLD.official_rounds OR NEW.official_rounds IS NULL AND OLD.official_rounds IS NULL) AND (NEW.result_digest = OLD.result_digest OR NEW.result_digest IS NULL AND OLD.result_digest IS NULL) AND (NEW.pool_minor = OLD.pool_minor OR NEW.pool_minor IS NULL AND OLD.pool_minor IS NULL) AND (NEW.rake_minor = OLD.rake_minor OR NEW.rake_minor IS NULL AND OLD.rake_minor IS NULL) AND (NEW.rounding_minor = OLD.rounding_minor OR NEW.rounding_minor IS NULL AND OLD.rounding_minor IS NULL) AND (NEW.retained_minor = OLD.retained_minor OR NEW.retained_minor IS NULL AND OLD.retained_minor IS NULL) AND (NEW.top_up_minor = OLD.top_up_minor OR NEW.top_up_minor IS NULL AND OLD.top_up_minor IS NULL) AND (NEW.line_count = OLD.line_count OR NEW.line_count IS NULL AND OLD.line_count IS NULL) AND (NEW.settled_at = OLD.settled_at OR NEW.settled_at IS NULL AND OLD.settled_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_keeps_fields'); END
--;
CREATE TRIGGER settlement_runs_initial_fields BEFORE INSERT ON settlement_runs
WHEN (NEW.eligibility_digest IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.line_count IS NULL AND NEW.official_rounds IS NULL AND NEW.pool_minor IS NULL AND NEW.rake_minor IS NULL AND NEW.result_digest IS NULL AND NEW.retained_minor IS NULL AND NEW.rounding_minor IS NULL AND NEW.settled_at IS NULL AND NEW.top_up_minor IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_initial_fields'); END
--;
CREATE TRIGGER settlement_runs_latest_times_on_insert BEFORE INSERT ON settlement_runs
WHEN ((NEW.settled_at IS NULL OR NEW.settled_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_latest_times_on_insert'); END
--;
CREATE TRIGGER settlement_runs_latest_times_on_update BEFORE UPDATE ON settlement_runs
WHEN ((NEW.settled_at IS NULL OR NEW.settled_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_latest_times_on_update'); END
--;
CREATE TRIGGER contests_frozen BEFORE UPDATE ON contests
WHEN ((NEW.configuration_version = OLD.configuration_version AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds AND NEW.configuration_digest = OLD.configuration_digest) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contests_frozen'); END
--;
CREATE TRIGGER entries_settled_stays BEFORE UPDATE ON entries
WHEN (NEW.status IN (OLD.status, 'REJECTED') OR EXISTS (SELECT 1 FROM main.contests AS contest WHERE contest.id = NEW.contest_id AND contest.status <> 'COMPLETE')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'entries_settled_stays'); END
--;
CREATE TRIGGER contest_logs_marks_of_now BEFORE UPDATE ON contest_logs
WHEN (NEW.observations <= OLD.observations + 1 AND (NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.observed_at IS NULL OR NEW.observed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_logs_marks_of_now'); END
--;
CREATE TRIGGER contest_events_has_body BEFORE INSERT ON contest_events
WHEN (CASE WHEN NEW.kind NOT IN ('CANCELLED', 'CORRECTION', 'FIELD', 'SNAPSHOT') THEN NEW.body IS NULL WHEN NEW.body IS NULL THEN NEW.validity = 'INVALID' WHEN NEW.kind = 'FIELD' THEN CASE WHEN json_valid(NEW.body) THEN NOT ((json_type(NEW.body, '$') IS NOT 'object') OR ((json_type(NEW.body, '$.primary') IN ('array')) IS NOT TRUE) OR ((json_type(NEW.body, '$.alternates') IN ('array')) IS NOT TRUE)) ELSE TRUE END ELSE CASE WHEN json_valid(NEW.body) THEN NOT ((json_type(NEW.body, '$') IS NOT 'object') OR ((json_type(NEW.body, '$.provider_event_id') IN ('text')) IS NOT TRUE) OR ((json_type(NEW.body, '$.schema_version') IN ('integer')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament') IS NOT 'object') OR ((json_extract(NEW.body, '$.tournament.status') IN ('CANCELLED', 'FINAL', 'IN_PROGRESS', 'SCHEDULED') OR json_type(NEW.body, '$.tournament.status') IN ('null')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament.rounds') IN ('integer') OR json_type(NEW.body, '$.tournament.rounds') IN ('null')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament.current_round') IN ('integer') OR json_type(NEW.body, '$.tournament.current_round') IN ('null')) IS NOT TRUE) OR ((json_type(NEW.body, '$.tournament.par') IN ('integer') OR json_type(NEW.body, '$.tournament.par') IN ('null')) IS NOT TRUE)) OR ((json_type(NEW.body, '$.players') = 'array') IS NOT TRUE OR json_type(NEW.body, '$.players') = 'array' AND EXISTS (SELECT 1 FROM json_each(NEW.body, '$.players') AS players_item WHERE CASE players_item.type WHEN 'object' THEN (json_type(players_item.value, '$') IS NOT 'object') OR ((json_type(players_item.value, '$.player_id') IN ('text')) IS NOT TRUE) OR ((json_type(players_item.value, '$.name') IN ('text')) IS NOT TRUE) OR ((json_extract(players_item.value, '$.status') IN ('ACTIVE', 'CUT', 'DNS', 'DQ', 'FIN', 'MDF', 'WD')) IS NOT TRUE) OR ((json_type(players_item.value, '$.position') IN ('text') OR json_type(players_item.value, '$.position') IN ('null')) IS NOT TRUE) OR ((json_type(players_item.value, '$.playoff') IN ('false', 'true')) IS NOT TRUE) OR ((json_type(players_item.value, '$.rounds') = 'array') IS NOT TRUE OR json_type(players_item.value, '$.rounds') = 'array' AND EXISTS (SELECT 1 FROM json_each(players_item.value, '$.rounds') AS rounds_item WHERE CASE rounds_item.type WHEN 'object' THEN (json_type(rounds_item.value, '$') IS NOT 'object') OR ((json_type(rounds_item.value, '$.n') IN ('integer')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.strokes') IN ('integer') OR json_type(rounds_item.value, '$.strokes') IN ('null')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.complete') IN ('false', 'true')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.to_par') IN ('integer') OR json_type(rounds_item.value, '$.to_par') IN ('null')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.course_id') IN ('text') OR json_type(rounds_item.value, '$.course_id') IN ('null')) IS NOT TRUE) OR ((json_type(rounds_item.value, '$.holes') = 'array' OR json_type(rounds_item.value, '$.holes') = 'null') IS NOT TRUE OR json_type(rounds_item.value, '$.holes') = 'array' AND EXISTS (SELECT 1 FROM json_each(rounds_item.value, '$.holes') AS holes_item WHERE CASE holes_item.type WHEN 'object' THEN (json_type(holes_item.value, '$') IS NOT 'object') OR ((json_type(holes_item.value, '$.h') IN ('integer')) IS NOT TRUE) OR ((json_type(holes_item.value, '$.strokes') IN ('integer')) IS NOT TRUE) ELSE TRUE END)) ELSE TRUE END)) ELSE TRUE END)) OR ((json_type(NEW.body, '$.corrections') = 'array' OR json_type(NEW.body, '$.corrections') IS NULL) IS NOT TRUE OR json_type(NEW.body, '$.corrections') = 'array' AND EXISTS (SELECT 1 FROM json_each(NEW.body, '$.corrections') AS corrections_item WHERE CASE corrections_item.type WHEN 'object' THEN (json_type(corrections_item.value, '$') IS NOT 'object') OR ((json_type(corrections_item.value, '$.player_id') IN ('text')) IS NOT TRUE) OR ((json_type(corrections_item.value, '$.n') IN ('integer') OR json_type(corrections_item.value, '$.n') IN ('null')) IS NOT TRUE) OR ((json_type(corrections_item.value, '$.value') IN ('integer') OR json_type(corrections_item.value, '$.value') IN ('text')) IS NOT TRUE) OR ((json_type(corrections_item.value, '$.replaced') IN ('array')) IS NOT TRUE) ELSE TRUE END))) ELSE TRUE END END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'contest_events_has_body'); END
--;
CREATE TRIGGER settlement_runs_next_number BEFORE INSERT ON settlement_runs
WHEN (NEW.number = (SELECT count(*) FROM main.settlement_runs AS run WHERE run.contest_id = NEW.contest_id) + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'settlement_runs_next_number'); END
--;
CREATE TRIGGER tasks_needs_contests BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest') OR EXISTS (SELECT 1 FROM main.contests AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_contests'); END
--;
CREATE TRIGGER tasks_needs_provider_feeds BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('fetch_tournament') OR EXISTS (SELECT 1 FROM main.provider_feeds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_provider_feeds'); END
--;
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_no_update'); END
--;
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_no_delete'); END
--;
CREATE TRIGGER postings_no_replace BEFORE INSERT ON postings
WHEN (((NEW.owed_movement_id IS NOT NULL) IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.postings WHERE owed_movement_id = NEW.owed_movement_id AND owed_number = NEW.owed_number AND owed_movement_id IS NOT NULL)) AND ((NEW.reversed_movement_id IS NOT NULL) IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM main.postings WHERE reversed_movement_id = NEW.reversed_movement_id AND reversed_number = NEW.reversed_number AND reversal_ref = NEW.reversal_ref AND reversed_movement_id IS NOT NULL)) AND NOT EXISTS (SELECT 1 FROM main.postings WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_no_replace'); END
--;
CREATE TRIGGER postings_head_exists BEFORE INSERT ON postings
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_head_exists'); END
--;
CREATE TRIGGER covered_items_no_update BEFORE UPDATE ON covered_items
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_no_update'); END
--;
CREATE TRIGGER covered_items_no_delete BEFORE DELETE ON covered_items
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_no_delete'); END
--;
CREATE TRIGGER covered_items_no_replace BEFORE INSERT ON covered_items
WHEN (NOT EXISTS (SELECT 1 FROM main.covered_items WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.covered_items WHERE item = NEW.item)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_no_replace'); END
--;
CREATE TRIGGER covered_items_head_exists BEFORE INSERT ON covered_items
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_head_exists'); END
--;
CREATE TRIGGER refund_attempts_no_update BEFORE UPDATE ON refund_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_no_update'); END
--;
CREATE TRIGGER refund_attempts_no_delete BEFORE DELETE ON refund_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_no_delete'); END
--;
CREATE TRIGGER refund_attempts_no_replace BEFORE INSERT ON refund_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.refund_attempts WHERE refund_id = NEW.refund_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_no_replace'); END
--;
CREATE TRIGGER refund_attempts_previous_exists BEFORE INSERT ON refund_attempts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.refund_attempts WHERE refund_id = NEW.refund_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_previous_exists'); END
--;
CREATE TRIGGER refund_attempts_refund_exists BEFORE INSERT ON refund_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.refunds WHERE id = NEW.refund_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_refund_exists'); END
--;
CREATE TRIGGER stripe_event_attempts_no_update BEFORE UPDATE ON stripe_event_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_no_update'); END
--;
CREATE TRIGGER stripe_event_attempts_no_delete BEFORE DELETE ON stripe_event_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_no_delete'); END
--;
CREATE TRIGGER stripe_event_attempts_no_replace BEFORE INSERT ON stripe_event_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.stripe_event_attempts WHERE event_id = NEW.event_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_no_replace'); END
--;
CREATE TRIGGER stripe_event_attempts_event_exists BEFORE INSERT ON stripe_event_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.stripe_events WHERE id = NEW.event_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_event_exists'); END
--;
CREATE TRIGGER stripe_event_attempts_previous_exists BEFORE INSERT ON stripe_event_attempts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.stripe_event_attempts WHERE event_id = NEW.event_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_previous_exists'); END
--;
CREATE TRIGGER discrepancies_no_update BEFORE UPDATE ON discrepancies
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_no_update'); END
--;
CREATE TRIGGER discrepancies_no_delete BEFORE DELETE ON discrepancies
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_no_delete'); END
--;
CREATE TRIGGER discrepancies_no_replace BEFORE INSERT ON discrepancies
WHEN (NOT EXISTS (SELECT 1 FROM main.discrepancies WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_no_replace'); END
--;
CREATE TRIGGER discrepancies_head_exists BEFORE INSERT ON discrepancies
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.reconciliations WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_head_exists'); END
--;
CREATE TRIGGER transfer_lines_no_update BEFORE UPDATE ON transfer_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_no_update'); END
--;
CREATE TRIGGER transfer_lines_no_delete BEFORE DELETE ON transfer_lines
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_no_delete'); END
--;
CREATE TRIGGER transfer_lines_no_replace BEFORE INSERT ON transfer_lines
WHEN (NOT EXISTS (SELECT 1 FROM main.transfer_lines WHERE entity_id = NEW.entity_id AND seq = NEW.seq AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.transfer_lines WHERE owed_movement_id = NEW.owed_movement_id AND owed_number = NEW.owed_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_no_replace'); END
--;
CREATE TRIGGER transfer_lines_head_exists BEFORE INSERT ON transfer_lines
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_head_exists'); END
--;
CREATE TRIGGER transfer_attempts_no_update BEFORE UPDATE ON transfer_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_no_update'); END
--;
CREATE TRIGGER transfer_attempts_no_delete BEFORE DELETE ON transfer_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_no_delete'); END
--;
CREATE TRIGGER transfer_attempts_no_replace BEFORE INSERT ON transfer_attempts
WHEN (NOT EXISTS (SELECT 1 FROM main.transfer_attempts WHERE transfer_id = NEW.transfer_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_no_replace'); END
--;
CREATE TRIGGER transfer_attempts_previous_exists BEFORE INSERT ON transfer_attempts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.transfer_attempts WHERE transfer_id = NEW.transfer_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_previous_exists'); END
--;
CREATE TRIGGER transfer_attempts_transfer_exists BEFORE INSERT ON transfer_attempts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.transfer_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_transfer_exists'); END
--;
CREATE TRIGGER postings_in_change BEFORE INSERT ON postings
WHEN (EXISTS (SELECT 1 FROM main.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_in_change'); END
--;
CREATE TRIGGER history_needs_postings BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('post', 'settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.postings.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.postings.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('post', 'settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.postings.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.postings.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_postings'); END
--;
CREATE TRIGGER covered_items_in_change BEFORE INSERT ON covered_items
WHEN (EXISTS (SELECT 1 FROM main.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'covered_items_in_change'); END
--;
CREATE TRIGGER history_needs_covered_items BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.covered_items.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.covered_items.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('settle') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.covered_items.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.covered_items.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_covered_items'); END
--;
CREATE TRIGGER discrepancies_in_change BEFORE INSERT ON discrepancies
WHEN (EXISTS (SELECT 1 FROM main.reconciliations AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'reconciliation' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'discrepancies_in_change'); END
--;
CREATE TRIGGER history_needs_discrepancies BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'reconciliation' OR (CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.discrepancies.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.discrepancies.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.discrepancies.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.discrepancies.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_discrepancies'); END
--;
CREATE TRIGGER transfer_lines_in_change BEFORE INSERT ON transfer_lines
WHEN (EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history AS change WHERE change.lifecycle = 'transfer' AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_in_change'); END
--;
CREATE TRIGGER history_needs_transfer_lines BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'transfer' OR (CASE WHEN NEW.action IN ('plan') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.transfer_lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.transfer_lines.count') AS text) END ELSE '0' END = (SELECT CAST(count(*) AS text) FROM main.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('plan') THEN CASE WHEN json_valid(NEW.data) AND json_type(NEW.data, '$.transfer_lines.count') = 'integer' THEN CAST(json_extract(NEW.data, '$.transfer_lines.count') AS text) END ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM main.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_transfer_lines'); END
--;
CREATE TRIGGER refund_attempts_needs_head BEFORE INSERT ON refund_attempts
WHEN (EXISTS (SELECT 1 FROM main.refunds AS head WHERE head.id = NEW.refund_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refund_attempts_needs_head'); END
--;
CREATE TRIGGER stripe_event_attempts_needs_head BEFORE INSERT ON stripe_event_attempts
WHEN (EXISTS (SELECT 1 FROM main.stripe_events AS head WHERE head.id = NEW.event_id AND head.attempt_number = NEW.number AND (head.last_code = NEW.code OR head.last_code IS NULL AND NEW.code IS NULL) AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_needs_head'); END
--;
CREATE TRIGGER transfer_attempts_needs_head BEFORE INSERT ON transfer_attempts
WHEN (EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.transfer_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_attempts_needs_head'); END
--;
CREATE TRIGGER accounts_no_delete BEFORE DELETE ON accounts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_no_delete'); END
--;
CREATE TRIGGER accounts_no_replace BEFORE INSERT ON accounts
WHEN (NOT EXISTS (SELECT 1 FROM main.accounts WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_no_replace'); END
--;
CREATE TRIGGER accounts_movement_exists BEFORE UPDATE ON accounts
WHEN (OLD.last_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.movements WHERE id = OLD.last_movement_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_movement_exists'); END
--;
CREATE TRIGGER accounts_history_exists BEFORE UPDATE ON accounts
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_history_exists'); END
--;
CREATE TRIGGER accounts_no_nested_update BEFORE UPDATE ON accounts
WHEN (EXISTS (SELECT 1 FROM main.accounts AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.kind IS OLD.kind AND stored.reference IS OLD.reference AND stored.currency IS OLD.currency AND stored.balance_minor IS OLD.balance_minor AND stored.last_movement_id IS OLD.last_movement_id AND stored.debited_minor IS OLD.debited_minor AND stored.credited_minor IS OLD.credited_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_no_nested_update'); END
--;
CREATE TRIGGER accounts_one_step BEFORE UPDATE ON accounts
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_one_step'); END
--;
CREATE TRIGGER history_needs_accounts BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'account' OR EXISTS (SELECT 1 FROM main.accounts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_accounts'); END
--;
CREATE TRIGGER history_declares_data_of_accounts BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'account' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('balance_minor', 'credited_minor', 'currency', 'debited_minor', 'kind', 'last_movement_id', 'movement_key', 'posting_count', 'postings_digest', 'reference')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_accounts'); END
--;
CREATE TRIGGER accounts_initial_fields BEFORE INSERT ON accounts
WHEN (NEW.balance_minor = 0 AND NEW.credited_minor = 0 AND NEW.debited_minor = 0 AND NEW.last_movement_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_initial_fields'); END
--;
CREATE TRIGGER movements_no_delete BEFORE DELETE ON movements
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_no_delete'); END
--;
CREATE TRIGGER movements_no_replace BEFORE INSERT ON movements
WHEN (NOT EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_no_replace'); END
--;
CREATE TRIGGER movements_one_fact_on_insert BEFORE INSERT ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.fact_key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.fact_key = NEW.fact_key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_fact_on_insert'); END
--;
CREATE TRIGGER movements_one_key_on_insert BEFORE INSERT ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.key = NEW.key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_key_on_insert'); END
--;
CREATE TRIGGER movements_one_reversal_on_insert BEFORE INSERT ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.reverses = NEW.reverses AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_reversal_on_insert'); END
--;
CREATE TRIGGER movements_reversed_exists BEFORE INSERT ON movements
WHEN (NEW.reverses IS NULL OR EXISTS (SELECT 1 FROM main.movements WHERE id = NEW.reverses)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_reversed_exists'); END
--;
CREATE TRIGGER movements_history_exists BEFORE UPDATE ON movements
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_history_exists'); END
--;
CREATE TRIGGER movements_one_fact_on_update BEFORE UPDATE ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.fact_key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.fact_key = NEW.fact_key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_fact_on_update'); END
--;
CREATE TRIGGER movements_one_key_on_update BEFORE UPDATE ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.key IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.key = NEW.key AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_key_on_update'); END
--;
CREATE TRIGGER movements_one_reversal_on_update BEFORE UPDATE ON movements
WHEN ((NEW.status = 'POSTED') IS NOT TRUE OR NEW.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM main.movements AS other WHERE other.reverses = NEW.reverses AND other.status = 'POSTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_reversal_on_update'); END
--;
CREATE TRIGGER movements_no_nested_update BEFORE UPDATE ON movements
WHEN (EXISTS (SELECT 1 FROM main.movements AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.kind IS OLD.kind AND stored.key IS OLD.key AND stored.fact_key IS OLD.fact_key AND stored.reference IS OLD.reference AND stored.currency IS OLD.currency AND stored.total_minor IS OLD.total_minor AND stored.posting_count IS OLD.posting_count AND stored.reverses IS OLD.reverses AND stored.source IS OLD.source AND stored.occurred_at IS OLD.occurred_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_no_nested_update'); END
--;
CREATE TRIGGER movements_one_step BEFORE UPDATE ON movements
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_one_step'); END
--;
CREATE TRIGGER history_needs_movements BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'movement' OR EXISTS (SELECT 1 FROM main.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_movements'); END
--;
CREATE TRIGGER history_declares_data_of_movements BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'movement' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('covered_items', 'currency', 'fact_key', 'key', 'kind', 'occurred_at', 'posting_count', 'postings', 'reference', 'reverses', 'source', 'total_minor')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_movements'); END
--;
CREATE TRIGGER movements_latest_times_on_insert BEFORE INSERT ON movements
WHEN (NEW.occurred_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_latest_times_on_insert'); END
--;
CREATE TRIGGER movements_latest_times_on_update BEFORE UPDATE ON movements
WHEN (NEW.occurred_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_latest_times_on_update'); END
--;
CREATE TRIGGER charges_no_delete BEFORE DELETE ON charges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_no_delete'); END
--;
CREATE TRIGGER charges_no_replace BEFORE INSERT ON charges
WHEN (NOT EXISTS (SELECT 1 FROM main.charges WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_no_replace'); END
--;
CREATE TRIGGER charges_one_intent_on_insert BEFORE INSERT ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.intent_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.intent_id = NEW.intent_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_intent_on_insert'); END
--;
CREATE TRIGGER charges_one_item_on_insert BEFORE INSERT ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.item IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.item = NEW.item AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_item_on_insert'); END
--;
CREATE TRIGGER charges_one_session_on_insert BEFORE INSERT ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.session_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.session_id = NEW.session_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_session_on_insert'); END
--;
CREATE TRIGGER charges_history_exists BEFORE UPDATE ON charges
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_history_exists'); END
--;
CREATE TRIGGER charges_one_intent_on_update BEFORE UPDATE ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.intent_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.intent_id = NEW.intent_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_intent_on_update'); END
--;
CREATE TRIGGER charges_one_item_on_update BEFORE UPDATE ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.item IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.item = NEW.item AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_item_on_update'); END
--;
CREATE TRIGGER charges_one_session_on_update BEFORE UPDATE ON charges
WHEN ((NEW.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK')) IS NOT TRUE OR NEW.session_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.charges AS other WHERE other.session_id = NEW.session_id AND other.status IN ('PENDING', 'REQUIRES_ACTION', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CHARGED_BACK') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_session_on_update'); END
--;
CREATE TRIGGER charges_no_nested_update BEFORE UPDATE ON charges
WHEN (EXISTS (SELECT 1 FROM main.charges AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.reference IS OLD.reference AND stored.party IS OLD.party AND stored.item IS OLD.item AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.expires_at IS OLD.expires_at AND stored.intent_id IS OLD.intent_id AND stored.generation IS OLD.generation AND stored.session_id IS OLD.session_id AND stored.failure_code IS OLD.failure_code AND stored.last_event_at IS OLD.last_event_at AND stored.received_minor IS OLD.received_minor AND stored.received_currency IS OLD.received_currency AND stored.paid_at IS OLD.paid_at AND stored.refunded_minor IS OLD.refunded_minor AND stored.disputed_from IS OLD.disputed_from AND stored.outcome_code IS OLD.outcome_code)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_no_nested_update'); END
--;
CREATE TRIGGER charges_one_step BEFORE UPDATE ON charges
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_one_step'); END
--;
CREATE TRIGGER history_needs_charges BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'charge' OR EXISTS (SELECT 1 FROM main.charges AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_charges'); END
--;
CREATE TRIGGER history_declares_data_of_charges BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'charge' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'currency', 'disputed_from', 'expires_at', 'failure_code', 'generation', 'intent_id', 'item', 'last_event_at', 'outcome_code', 'paid_at', 'party', 'received_currency', 'received_minor', 'reference', 'refunded_minor', 'session_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_charges'); END
--;
CREATE TRIGGER charges_keeps_fields BEFORE UPDATE ON charges
WHEN ((OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING', 'PROCESSING PROCESSING', 'REQUIRES_ACTION REQUIRES_ACTION') OR NEW.expires_at = OLD.expires_at) AND (OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING') OR (NEW.intent_id = OLD.intent_id OR NEW.intent_id IS NULL AND OLD.intent_id IS NULL) AND NEW.generation = OLD.generation AND (NEW.session_id = OLD.session_id OR NEW.session_id IS NULL AND OLD.session_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING FAILED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED PROCESSING', 'FAILED REFUND_PENDING', 'FAILED REQUIRES_ACTION', 'FAILED SUCCEEDED', 'PENDING CANCELED', 'PENDING FAILED', 'PENDING PROCESSING', 'PENDING REFUND_PENDING', 'PENDING REQUIRES_ACTION', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION PROCESSING', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.last_event_at = OLD.last_event_at OR NEW.last_event_at IS NULL AND OLD.last_event_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED CHARGED_BACK', 'DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED PARTIALLY_REFUNDED', 'PARTIALLY_REFUNDED REFUNDED', 'PARTIALLY_REFUNDED SUCCEEDED', 'REFUNDED PARTIALLY_REFUNDED', 'REFUNDED REFUND_PENDING', 'REFUNDED SUCCEEDED', 'REFUND_PENDING PARTIALLY_REFUNDED', 'REFUND_PENDING REFUNDED', 'REFUND_PENDING REFUND_PENDING', 'REFUND_PENDING SUCCEEDED', 'SUCCEEDED PARTIALLY_REFUNDED', 'SUCCEEDED REFUNDED') OR NEW.refunded_minor = OLD.refunded_minor) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED DISPUTED', 'REFUNDED DISPUTED', 'SUCCEEDED DISPUTED') OR (NEW.disputed_from = OLD.disputed_from OR NEW.disputed_from IS NULL AND OLD.disputed_from IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED REFUND_PENDING', 'PARTIALLY_REFUNDED REFUND_PENDING', 'PENDING CANCELED', 'PENDING REFUND_PENDING', 'PROCESSING REFUND_PENDING', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION REFUND_PENDING', 'SUCCEEDED REFUND_PENDING') OR (NEW.outcome_code = OLD.outcome_code OR NEW.outcome_code IS NULL AND OLD.outcome_code IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_charges BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'charge' AND NEW.seq > 1 AND NEW.action IN ('attach_intent', 'attach_session', 'extend')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.charges AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('attach_intent', 'attach_session') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.expires_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.expires_at') AS text) END) AND (CAST(head.expires_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.expires_at') AS text) END)) AND (NEW.action NOT IN ('extend') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.intent_id') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.intent_id') AS text) END) AND (CAST(head.intent_id AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.intent_id') AS text) END)) AND (NEW.action NOT IN ('attach_session', 'extend') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.generation') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.generation') AS text) END) AND (CAST(head.generation AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.generation') AS text) END)) AND (NEW.action NOT IN ('attach_intent', 'extend') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.session_id') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.session_id') AS text) END) AND (CAST(head.session_id AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.session_id') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_charges'); END
--;
CREATE TRIGGER charges_initial_fields BEFORE INSERT ON charges
WHEN (NEW.disputed_from IS NULL AND NEW.failure_code IS NULL AND NEW.generation = 1 AND NEW.intent_id IS NULL AND NEW.last_event_at IS NULL AND NEW.outcome_code IS NULL AND NEW.paid_at IS NULL AND NEW.received_currency IS NULL AND NEW.received_minor IS NULL AND NEW.refunded_minor = 0 AND NEW.session_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_initial_fields'); END
--;
CREATE TRIGGER charges_latest_times_on_insert BEFORE INSERT ON charges
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_latest_times_on_insert'); END
--;
CREATE TRIGGER charges_latest_times_on_update BEFORE UPDATE ON charges
WHEN (NEW.expires_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400000 seconds') AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.paid_at IS NULL OR NEW.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_latest_times_on_update'); END
--;
CREATE TRIGGER refunds_no_delete BEFORE DELETE ON refunds
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_delete'); END
--;
CREATE TRIGGER refunds_no_replace BEFORE INSERT ON refunds
WHEN (NOT EXISTS (SELECT 1 FROM main.refunds WHERE charge_id = NEW.charge_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.refunds WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_replace'); END
--;
CREATE TRIGGER refunds_one_running_on_insert BEFORE INSERT ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action')) IS NOT TRUE OR NEW.charge_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.charge_id = NEW.charge_id AND other.status IN ('requested', 'pending', 'requires_action') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_running_on_insert'); END
--;
CREATE TRIGGER refunds_one_stripe_refund_on_insert BEFORE INSERT ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled')) IS NOT TRUE OR NEW.stripe_refund_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.stripe_refund_id = NEW.stripe_refund_id AND other.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_stripe_refund_on_insert'); END
--;
CREATE TRIGGER refunds_charge_exists BEFORE INSERT ON refunds
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.charges WHERE id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_charge_exists'); END
--;
CREATE TRIGGER refunds_history_exists BEFORE UPDATE ON refunds
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.attempt_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_history_exists'); END
--;
CREATE TRIGGER refunds_no_replace_on_update BEFORE UPDATE ON refunds
WHEN (NOT EXISTS (SELECT 1 FROM main.refunds WHERE charge_id = NEW.charge_id AND number = NEW.number AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_replace_on_update'); END
--;
CREATE TRIGGER refunds_one_running_on_update BEFORE UPDATE ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action')) IS NOT TRUE OR NEW.charge_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.charge_id = NEW.charge_id AND other.status IN ('requested', 'pending', 'requires_action') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_running_on_update'); END
--;
CREATE TRIGGER refunds_one_stripe_refund_on_update BEFORE UPDATE ON refunds
WHEN ((NEW.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled')) IS NOT TRUE OR NEW.stripe_refund_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.refunds AS other WHERE other.stripe_refund_id = NEW.stripe_refund_id AND other.status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_stripe_refund_on_update'); END
--;
CREATE TRIGGER refunds_no_nested_update BEFORE UPDATE ON refunds
WHEN (EXISTS (SELECT 1 FROM main.refunds AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.attempt_number IS OLD.attempt_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.charge_id IS OLD.charge_id AND stored.number IS OLD.number AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.reason_code IS OLD.reason_code AND stored.covered IS OLD.covered AND stored.generation IS OLD.generation AND stored.stripe_refund_id IS OLD.stripe_refund_id AND stored.failure_code IS OLD.failure_code)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_no_nested_update'); END
--;
CREATE TRIGGER refunds_one_step BEFORE UPDATE ON refunds
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_one_step'); END
--;
CREATE TRIGGER history_needs_refunds BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'refund' OR EXISTS (SELECT 1 FROM main.refunds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_refunds'); END
--;
CREATE TRIGGER history_declares_data_of_refunds BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'refund' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'attempt', 'charge_id', 'covered', 'currency', 'failure_code', 'generation', 'number', 'reason_code', 'stripe_refund_id')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_refunds'); END
--;
CREATE TRIGGER refunds_keeps_fields BEFORE UPDATE ON refunds
WHEN ((OLD.status || ' ' || NEW.status IN ('requested requested') OR NEW.generation = OLD.generation) AND (OLD.status || ' ' || NEW.status IN ('pending canceled', 'pending failed', 'pending requires_action', 'pending succeeded', 'requested canceled', 'requested failed', 'requested pending', 'requested requires_action', 'requested succeeded', 'requires_action canceled', 'requires_action failed', 'requires_action pending', 'requires_action succeeded', 'succeeded failed') OR (NEW.stripe_refund_id = OLD.stripe_refund_id OR NEW.stripe_refund_id IS NULL AND OLD.stripe_refund_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'requested failed', 'requires_action failed', 'succeeded failed') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_keeps_fields'); END
--;
CREATE TRIGGER refunds_initial_fields BEFORE INSERT ON refunds
WHEN (NEW.failure_code IS NULL AND NEW.generation = 1 AND (NEW.status IN ('pending') OR NEW.stripe_refund_id IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_initial_fields'); END
--;
CREATE TRIGGER disputes_no_delete BEFORE DELETE ON disputes
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_no_delete'); END
--;
CREATE TRIGGER disputes_no_replace BEFORE INSERT ON disputes
WHEN (NOT EXISTS (SELECT 1 FROM main.disputes WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_no_replace'); END
--;
CREATE TRIGGER disputes_charge_exists BEFORE INSERT ON disputes
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.charges WHERE id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_charge_exists'); END
--;
CREATE TRIGGER disputes_history_exists BEFORE UPDATE ON disputes
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_history_exists'); END
--;
CREATE TRIGGER disputes_no_nested_update BEFORE UPDATE ON disputes
WHEN (EXISTS (SELECT 1 FROM main.disputes AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.charge_id IS OLD.charge_id AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.fee_minor IS OLD.fee_minor AND stored.reason_code IS OLD.reason_code AND stored.evidence_due_by IS OLD.evidence_due_by AND stored.withdrawn_at IS OLD.withdrawn_at AND stored.reinstated_at IS OLD.reinstated_at AND stored.covered IS OLD.covered AND stored.closed_at IS OLD.closed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_no_nested_update'); END
--;
CREATE TRIGGER disputes_one_step BEFORE UPDATE ON disputes
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_one_step'); END
--;
CREATE TRIGGER history_needs_disputes BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'dispute' OR EXISTS (SELECT 1 FROM main.disputes AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_disputes'); END
--;
CREATE TRIGGER history_declares_data_of_disputes BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'dispute' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'charge_id', 'closed_at', 'covered', 'currency', 'evidence_due_by', 'fee_minor', 'reason_code', 'reinstated_at', 'withdrawn_at')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_disputes'); END
--;
CREATE TRIGGER disputes_keeps_fields BEFORE UPDATE ON disputes
WHEN ((OLD.status || ' ' || NEW.status IN ('lost lost', 'needs_response needs_response', 'prevented prevented', 'under_review under_review', 'warning_closed warning_closed', 'warning_needs_response warning_needs_response', 'warning_under_review warning_under_review', 'won won') OR (NEW.fee_minor = OLD.fee_minor OR NEW.fee_minor IS NULL AND OLD.fee_minor IS NULL) AND (NEW.withdrawn_at = OLD.withdrawn_at OR NEW.withdrawn_at IS NULL AND OLD.withdrawn_at IS NULL) AND (NEW.reinstated_at = OLD.reinstated_at OR NEW.reinstated_at IS NULL AND OLD.reinstated_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response needs_response', 'needs_response prevented', 'needs_response under_review', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review under_review', 'under_review won', 'warning_needs_response lost', 'warning_needs_response needs_response', 'warning_needs_response prevented', 'warning_needs_response under_review', 'warning_needs_response warning_closed', 'warning_needs_response warning_needs_response', 'warning_needs_response warning_under_review', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review needs_response', 'warning_under_review prevented', 'warning_under_review under_review', 'warning_under_review warning_closed', 'warning_under_review warning_under_review', 'warning_under_review won') OR (NEW.evidence_due_by = OLD.evidence_due_by OR NEW.evidence_due_by IS NULL AND OLD.evidence_due_by IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response prevented', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review won', 'warning_needs_response lost', 'warning_needs_response prevented', 'warning_needs_response warning_closed', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review prevented', 'warning_under_review warning_closed', 'warning_under_review won') OR (NEW.closed_at = OLD.closed_at OR NEW.closed_at IS NULL AND OLD.closed_at IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_disputes BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'dispute' AND NEW.seq > 1 AND NEW.action IN ('reinstate', 'update', 'withdraw')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.disputes AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('reinstate', 'update') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.fee_minor') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CAST(head.fee_minor AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.fee_minor') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.withdrawn_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.withdrawn_at') AS text) END) AND (CAST(head.withdrawn_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.withdrawn_at') AS text) END)) AND (NEW.action NOT IN ('reinstate', 'withdraw') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.evidence_due_by') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.evidence_due_by') AS text) END) AND (CAST(head.evidence_due_by AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.evidence_due_by') AS text) END)) AND (NEW.action NOT IN ('update', 'withdraw') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.reinstated_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.reinstated_at') AS text) END) AND (CAST(head.reinstated_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.reinstated_at') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_disputes'); END
--;
CREATE TRIGGER disputes_initial_fields BEFORE INSERT ON disputes
WHEN (NEW.closed_at IS NULL AND NEW.fee_minor IS NULL AND NEW.reinstated_at IS NULL AND NEW.withdrawn_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_initial_fields'); END
--;
CREATE TRIGGER disputes_latest_times_on_insert BEFORE INSERT ON disputes
WHEN ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.closed_at IS NULL OR NEW.closed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_latest_times_on_insert'); END
--;
CREATE TRIGGER disputes_latest_times_on_update BEFORE UPDATE ON disputes
WHEN ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.closed_at IS NULL OR NEW.closed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_latest_times_on_update'); END
--;
CREATE TRIGGER stripe_events_no_delete BEFORE DELETE ON stripe_events
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_no_delete'); END
--;
CREATE TRIGGER stripe_events_no_replace BEFORE INSERT ON stripe_events
WHEN (NOT EXISTS (SELECT 1 FROM main.stripe_events WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_no_replace'); END
--;
CREATE TRIGGER stripe_events_history_exists BEFORE UPDATE ON stripe_events
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.attempt_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_history_exists'); END
--;
CREATE TRIGGER stripe_events_no_nested_update BEFORE UPDATE ON stripe_events
WHEN (EXISTS (SELECT 1 FROM main.stripe_events AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.attempt_number IS OLD.attempt_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.event_type IS OLD.event_type AND stored.api_version IS OLD.api_version AND stored.livemode IS OLD.livemode AND stored.created IS OLD.created AND stored.payload_digest IS OLD.payload_digest AND stored.object_id IS OLD.object_id AND stored.account IS OLD.account AND stored.origin IS OLD.origin AND stored.last_code IS OLD.last_code)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_no_nested_update'); END
--;
CREATE TRIGGER stripe_events_one_step BEFORE UPDATE ON stripe_events
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_one_step'); END
--;
CREATE TRIGGER history_needs_stripe_events BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'stripe_event' OR EXISTS (SELECT 1 FROM main.stripe_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_stripe_events'); END
--;
CREATE TRIGGER history_declares_data_of_stripe_events BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'stripe_event' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('account', 'api_version', 'attempt', 'created', 'event_type', 'last_code', 'livemode', 'object_id', 'origin', 'payload_digest')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_stripe_events'); END
--;
CREATE TRIGGER stripe_events_keeps_fields BEFORE UPDATE ON stripe_events
WHEN ((OLD.status || ' ' || NEW.status IN ('RECEIVED DEAD', 'RECEIVED IGNORED', 'RECEIVED PROCESSED', 'RECEIVED RECEIVED') OR (NEW.last_code = OLD.last_code OR NEW.last_code IS NULL AND OLD.last_code IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_keeps_fields'); END
--;
CREATE TRIGGER stripe_events_initial_fields BEFORE INSERT ON stripe_events
WHEN (NEW.last_code IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_initial_fields'); END
--;
CREATE TRIGGER stripe_events_latest_times_on_insert BEFORE INSERT ON stripe_events
WHEN (NEW.created <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_latest_times_on_insert'); END
--;
CREATE TRIGGER stripe_events_latest_times_on_update BEFORE UPDATE ON stripe_events
WHEN (NEW.created <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_latest_times_on_update'); END
--;
CREATE TRIGGER reconciliations_no_delete BEFORE DELETE ON reconciliations
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_no_delete'); END
--;
CREATE TRIGGER reconciliations_json_limits BEFORE INSERT ON reconciliations
WHEN ((NEW.checked IS NULL OR CASE WHEN json_valid(NEW.checked) THEN length(CAST(NEW.checked AS BLOB)) <= 33554432 AND (length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.checked, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.checked) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.checked)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.checked) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.checked -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.checked -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.checked -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_json_limits'); END
--;
CREATE TRIGGER reconciliations_no_replace BEFORE INSERT ON reconciliations
WHEN (NOT EXISTS (SELECT 1 FROM main.reconciliations WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_no_replace'); END
--;
CREATE TRIGGER reconciliations_one_running_on_insert BEFORE INSERT ON reconciliations
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.scope IS NULL OR NOT EXISTS (SELECT 1 FROM main.reconciliations AS other WHERE other.scope = NEW.scope AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_one_running_on_insert'); END
--;
CREATE TRIGGER reconciliations_history_exists BEFORE UPDATE ON reconciliations
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_history_exists'); END
--;
CREATE TRIGGER reconciliations_json_limits_on_update BEFORE UPDATE ON reconciliations
WHEN ((NEW.checked IS NULL OR CASE WHEN json_valid(NEW.checked) THEN length(CAST(NEW.checked AS BLOB)) <= 33554432 AND (length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.checked, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.checked) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.checked)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.checked) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.checked -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.checked -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.checked -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.checked) - length(replace(replace(NEW.checked, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_json_limits_on_update'); END
--;
CREATE TRIGGER reconciliations_one_running_on_update BEFORE UPDATE ON reconciliations
WHEN ((NEW.status = 'STARTED') IS NOT TRUE OR NEW.scope IS NULL OR NOT EXISTS (SELECT 1 FROM main.reconciliations AS other WHERE other.scope = NEW.scope AND other.status = 'STARTED' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_one_running_on_update'); END
--;
CREATE TRIGGER reconciliations_no_nested_update BEFORE UPDATE ON reconciliations
WHEN (EXISTS (SELECT 1 FROM main.reconciliations AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.scope IS OLD.scope AND stored.started_at IS OLD.started_at AND stored.checked IS OLD.checked AND stored.discrepancy_count IS OLD.discrepancy_count AND stored.finished_at IS OLD.finished_at AND stored.error_code IS OLD.error_code AND stored.error_message IS OLD.error_message)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_no_nested_update'); END
--;
CREATE TRIGGER reconciliations_one_step BEFORE UPDATE ON reconciliations
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_one_step'); END
--;
CREATE TRIGGER history_needs_reconciliations BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'reconciliation' OR EXISTS (SELECT 1 FROM main.reconciliations AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_reconciliations'); END
--;
CREATE TRIGGER history_declares_data_of_reconciliations BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'reconciliation' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('checked', 'discrepancies', 'discrepancy_count', 'error_code', 'error_message', 'finished_at', 'scope', 'started_at')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_reconciliations'); END
--;
CREATE TRIGGER reconciliations_keeps_fields BEFORE UPDATE ON reconciliations
WHEN ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR NEW.checked = OLD.checked AND (NEW.discrepancy_count = OLD.discrepancy_count OR NEW.discrepancy_count IS NULL AND OLD.discrepancy_count IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_keeps_fields'); END
--;
CREATE TRIGGER reconciliations_initial_fields BEFORE INSERT ON reconciliations
WHEN (NEW.checked = '[]' AND NEW.discrepancy_count IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.finished_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_initial_fields'); END
--;
CREATE TRIGGER reconciliations_latest_times_on_insert BEFORE INSERT ON reconciliations
WHEN (NEW.started_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds') AND (NEW.finished_at IS NULL OR NEW.finished_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_latest_times_on_insert'); END
--;
CREATE TRIGGER reconciliations_latest_times_on_update BEFORE UPDATE ON reconciliations
WHEN (NEW.started_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds') AND (NEW.finished_at IS NULL OR NEW.finished_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_latest_times_on_update'); END
--;
CREATE TRIGGER payment_switches_no_delete BEFORE DELETE ON payment_switches
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_no_delete'); END
--;
CREATE TRIGGER payment_switches_no_replace BEFORE INSERT ON payment_switches
WHEN (NOT EXISTS (SELECT 1 FROM main.payment_switches WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_no_replace'); END
--;
CREATE TRIGGER payment_switches_history_exists BEFORE UPDATE ON payment_switches
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_history_exists'); END
--;
CREATE TRIGGER payment_switches_no_nested_update BEFORE UPDATE ON payment_switches
WHEN (EXISTS (SELECT 1 FROM main.payment_switches AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.reason_code IS OLD.reason_code AND stored.halted_at IS OLD.halted_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_no_nested_update'); END
--;
CREATE TRIGGER payment_switches_one_step BEFORE UPDATE ON payment_switches
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_one_step'); END
--;
CREATE TRIGGER history_needs_payment_switches BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'payment_switch' OR EXISTS (SELECT 1 FROM main.payment_switches AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_payment_switches'); END
--;
CREATE TRIGGER history_declares_data_of_payment_switches BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payment_switch' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('halted_at', 'reason_code')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_payment_switches'); END
--;
CREATE TRIGGER payment_switches_latest_times_on_insert BEFORE INSERT ON payment_switches
WHEN ((NEW.halted_at IS NULL OR NEW.halted_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_latest_times_on_insert'); END
--;
CREATE TRIGGER payment_switches_latest_times_on_update BEFORE UPDATE ON payment_switches
WHEN ((NEW.halted_at IS NULL OR NEW.halted_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payment_switches_latest_times_on_update'); END
--;
CREATE TRIGGER payees_no_delete BEFORE DELETE ON payees
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_no_delete'); END
--;
CREATE TRIGGER payees_no_replace BEFORE INSERT ON payees
WHEN (NOT EXISTS (SELECT 1 FROM main.payees WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_no_replace'); END
--;
CREATE TRIGGER payees_one_destination_on_insert BEFORE INSERT ON payees
WHEN ((NEW.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED')) IS NOT TRUE OR NEW.destination IS NULL OR NOT EXISTS (SELECT 1 FROM main.payees AS other WHERE other.destination = NEW.destination AND other.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_one_destination_on_insert'); END
--;
CREATE TRIGGER payees_history_exists BEFORE UPDATE ON payees
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_history_exists'); END
--;
CREATE TRIGGER payees_one_destination_on_update BEFORE UPDATE ON payees
WHEN ((NEW.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED')) IS NOT TRUE OR NEW.destination IS NULL OR NOT EXISTS (SELECT 1 FROM main.payees AS other WHERE other.destination = NEW.destination AND other.status IN ('NEW', 'RESTRICTED', 'READY', 'CLOSED') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_one_destination_on_update'); END
--;
CREATE TRIGGER payees_no_nested_update BEFORE UPDATE ON payees
WHEN (EXISTS (SELECT 1 FROM main.payees AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.destination IS OLD.destination AND stored.destination_set_by IS OLD.destination_set_by)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_no_nested_update'); END
--;
CREATE TRIGGER payees_one_step BEFORE UPDATE ON payees
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_one_step'); END
--;
CREATE TRIGGER history_needs_payees BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'payee' OR EXISTS (SELECT 1 FROM main.payees AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_payees'); END
--;
CREATE TRIGGER history_declares_data_of_payees BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payee' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('destination', 'destination_set_by')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_payees'); END
--;
CREATE TRIGGER payees_keeps_fields BEFORE UPDATE ON payees
WHEN ((OLD.status || ' ' || NEW.status IN ('NEW CLOSED', 'NEW RESTRICTED', 'READY CLOSED', 'READY RESTRICTED', 'RESTRICTED CLOSED', 'RESTRICTED RESTRICTED') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) AND (NEW.destination_set_by = OLD.destination_set_by OR NEW.destination_set_by IS NULL AND OLD.destination_set_by IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_payees BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payee' AND NEW.seq > 1 AND NEW.action IN ('restrict')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.payees AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('restrict') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.destination') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination') AS text) END) AND (CAST(head.destination AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.destination_set_by') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination_set_by') AS text) END) AND (CAST(head.destination_set_by AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.destination_set_by') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_payees'); END
--;
CREATE TRIGGER payees_initial_fields BEFORE INSERT ON payees
WHEN (NEW.destination IS NULL AND NEW.destination_set_by IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payees_initial_fields'); END
--;
CREATE TRIGGER payout_jobs_no_delete BEFORE DELETE ON payout_jobs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_delete'); END
--;
CREATE TRIGGER payout_jobs_no_replace BEFORE INSERT ON payout_jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.payout_jobs WHERE id = NEW.id AND reference = NEW.reference AND currency = NEW.currency) AND NOT EXISTS (SELECT 1 FROM main.payout_jobs WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_replace'); END
--;
CREATE TRIGGER payout_jobs_history_exists BEFORE UPDATE ON payout_jobs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_history_exists'); END
--;
CREATE TRIGGER payout_jobs_no_replace_on_update BEFORE UPDATE ON payout_jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.payout_jobs WHERE id = NEW.id AND reference = NEW.reference AND currency = NEW.currency AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_replace_on_update'); END
--;
CREATE TRIGGER payout_jobs_no_nested_update BEFORE UPDATE ON payout_jobs
WHEN (EXISTS (SELECT 1 FROM main.payout_jobs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.version IS OLD.version AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.reference IS OLD.reference AND stored.currency IS OLD.currency AND stored.transfer_count IS OLD.transfer_count AND stored.total_minor IS OLD.total_minor AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_no_nested_update'); END
--;
CREATE TRIGGER payout_jobs_one_step BEFORE UPDATE ON payout_jobs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_one_step'); END
--;
CREATE TRIGGER history_needs_payout_jobs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'payout_job' OR EXISTS (SELECT 1 FROM main.payout_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_payout_jobs'); END
--;
CREATE TRIGGER history_declares_data_of_payout_jobs BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payout_job' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('completed_at', 'currency', 'reference', 'total_minor', 'transfer_count')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_payout_jobs'); END
--;
CREATE TRIGGER payout_jobs_keeps_fields BEFORE UPDATE ON payout_jobs
WHEN ((OLD.status || ' ' || NEW.status IN ('complete processing', 'pending complete', 'processing complete') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_keeps_fields'); END
--;
CREATE TRIGGER payout_jobs_initial_fields BEFORE INSERT ON payout_jobs
WHEN (NEW.completed_at IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_initial_fields'); END
--;
CREATE TRIGGER payout_jobs_latest_times_on_insert BEFORE INSERT ON payout_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_latest_times_on_insert'); END
--;
CREATE TRIGGER payout_jobs_latest_times_on_update BEFORE UPDATE ON payout_jobs
WHEN ((NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_latest_times_on_update'); END
--;
CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_no_delete'); END
--;
CREATE TRIGGER transfers_no_replace BEFORE INSERT ON transfers
WHEN (NOT EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_no_replace'); END
--;
CREATE TRIGGER transfers_one_stripe_transfer_on_insert BEFORE INSERT ON transfers
WHEN ((NEW.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked')) IS NOT TRUE OR NEW.stripe_transfer_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.transfers AS other WHERE other.stripe_transfer_id = NEW.stripe_transfer_id AND other.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_one_stripe_transfer_on_insert'); END
--;
CREATE TRIGGER transfers_reissued_exists BEFORE INSERT ON transfers
WHEN (NEW.reissue_of IS NULL OR EXISTS (SELECT 1 FROM main.transfers WHERE id = NEW.reissue_of)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_reissued_exists'); END
--;
CREATE TRIGGER transfers_history_exists BEFORE UPDATE ON transfers
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.attempt_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_history_exists'); END
--;
CREATE TRIGGER transfers_one_stripe_transfer_on_update BEFORE UPDATE ON transfers
WHEN ((NEW.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked')) IS NOT TRUE OR NEW.stripe_transfer_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.transfers AS other WHERE other.stripe_transfer_id = NEW.stripe_transfer_id AND other.status IN ('pending', 'processing', 'completed', 'retryable', 'failed_terminal', 'parked') AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_one_stripe_transfer_on_update'); END
--;
CREATE TRIGGER transfers_no_nested_update BEFORE UPDATE ON transfers
WHEN (EXISTS (SELECT 1 FROM main.transfers AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.attempt_number IS OLD.attempt_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.job_id IS OLD.job_id AND stored.settlement_id IS OLD.settlement_id AND stored.reference IS OLD.reference AND stored.party IS OLD.party AND stored.amount_minor IS OLD.amount_minor AND stored.currency IS OLD.currency AND stored.line_count IS OLD.line_count AND stored.reissue_of IS OLD.reissue_of AND stored.approved_by IS OLD.approved_by AND stored.approved_at IS OLD.approved_at AND stored.approval_reason IS OLD.approval_reason AND stored.approved_destination IS OLD.approved_destination AND stored.destination IS OLD.destination AND stored.generation IS OLD.generation AND stored.first_attempt_at IS OLD.first_attempt_at AND stored.retry_until IS OLD.retry_until AND stored.must_look_up IS OLD.must_look_up AND stored.failure_code IS OLD.failure_code AND stored.failure_message IS OLD.failure_message AND stored.failure_count IS OLD.failure_count AND stored.failure_reason IS OLD.failure_reason AND stored.stripe_transfer_id IS OLD.stripe_transfer_id AND stored.parked_at IS OLD.parked_at AND stored.completed_at IS OLD.completed_at AND stored.reversed_minor IS OLD.reversed_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_no_nested_update'); END
--;
CREATE TRIGGER transfers_one_step BEFORE UPDATE ON transfers
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_one_step'); END
--;
CREATE TRIGGER history_needs_transfers BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'transfer' OR EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_transfers'); END
--;
CREATE TRIGGER history_declares_data_of_transfers BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND CASE WHEN json_valid(NEW.data) THEN EXISTS (SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ('amount_minor', 'approval_reason', 'approved_at', 'approved_by', 'approved_destination', 'attempt', 'completed_at', 'currency', 'destination', 'failure_code', 'failure_count', 'failure_message', 'failure_reason', 'first_attempt_at', 'generation', 'job_id', 'line_count', 'must_look_up', 'parked_at', 'party', 'reference', 'reissue_of', 'retry_until', 'reversed_minor', 'settlement_id', 'stripe_transfer_id', 'transfer_lines')) ELSE FALSE END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_declares_data_of_transfers'); END
--;
CREATE TRIGGER transfers_keeps_fields BEFORE UPDATE ON transfers
WHEN ((OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked pending', 'pending pending') OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'parked processing', 'pending completed', 'pending processing', 'processing completed', 'processing processing', 'retryable completed', 'retryable processing') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('parked processing', 'pending processing', 'processing processing', 'retryable processing') OR NEW.generation = OLD.generation AND (NEW.first_attempt_at = OLD.first_attempt_at OR NEW.first_attempt_at IS NULL AND OLD.first_attempt_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'retryable completed', 'retryable parked', 'retryable processing') OR (NEW.retry_until = OLD.retry_until OR NEW.retry_until IS NULL AND OLD.retry_until IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked', 'retryable processing') OR NEW.must_look_up = OLD.must_look_up) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked parked', 'parked pending', 'pending completed', 'pending parked', 'pending pending', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'pending completed', 'pending parked', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_message = OLD.failure_message OR NEW.failure_message IS NULL AND OLD.failure_message IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable parked', 'retryable processing') OR NEW.failure_count = OLD.failure_count) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked failed_terminal', 'pending completed', 'processing failed_terminal', 'retryable completed', 'retryable failed_terminal') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'pending completed', 'processing completed', 'retryable completed') OR (NEW.stripe_transfer_id = OLD.stripe_transfer_id OR NEW.stripe_transfer_id IS NULL AND OLD.stripe_transfer_id IS NULL) AND (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked parked', 'parked pending', 'pending parked', 'pending pending', 'processing parked', 'retryable parked') OR (NEW.parked_at = OLD.parked_at OR NEW.parked_at IS NULL AND OLD.parked_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('completed completed') OR NEW.reversed_minor = OLD.reversed_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_keeps_fields'); END
--;
CREATE TRIGGER history_keeps_fields_of_transfers BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND NEW.seq > 1 AND NEW.action IN ('request_account', 'unpark')) OR EXISTS (SELECT 1 FROM main.history AS predecessor JOIN main.transfers AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('unpark') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approved_by') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_by') AS text) END) AND (CAST(head.approved_by AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_by') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approved_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_at') AS text) END) AND (CAST(head.approved_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_at') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approval_reason') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approval_reason') AS text) END) AND (CAST(head.approval_reason AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approval_reason') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.approved_destination') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_destination') AS text) END) AND (CAST(head.approved_destination AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.approved_destination') AS text) END)) AND (NEW.action NOT IN ('request_account') OR (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.failure_code') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.failure_code') AS text) END) AND (CAST(head.failure_code AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.failure_code') AS text) END) AND (CASE WHEN json_valid(predecessor.data) THEN CAST(json_extract(predecessor.data, '$.parked_at') AS text) END) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.parked_at') AS text) END) AND (CAST(head.parked_at AS text)) IS (CASE WHEN json_valid(NEW.data) THEN CAST(json_extract(NEW.data, '$.parked_at') AS text) END)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_fields_of_transfers'); END
--;
CREATE TRIGGER transfers_initial_fields BEFORE INSERT ON transfers
WHEN (NEW.approval_reason IS NULL AND NEW.approved_at IS NULL AND NEW.approved_by IS NULL AND NEW.approved_destination IS NULL AND NEW.completed_at IS NULL AND NEW.destination IS NULL AND NEW.failure_code IS NULL AND NEW.failure_count = 0 AND NEW.failure_message IS NULL AND NEW.failure_reason IS NULL AND NEW.first_attempt_at IS NULL AND NEW.generation = 1 AND NEW.parked_at IS NULL AND NEW.retry_until IS NULL AND NEW.reversed_minor = 0 AND NEW.stripe_transfer_id IS NULL) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_initial_fields'); END
--;
CREATE TRIGGER transfers_latest_times_on_insert BEFORE INSERT ON transfers
WHEN ((NEW.approved_at IS NULL OR NEW.approved_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.retry_until IS NULL OR NEW.retry_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+345600 seconds')) AND (NEW.parked_at IS NULL OR NEW.parked_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_latest_times_on_insert'); END
--;
CREATE TRIGGER transfers_latest_times_on_update BEFORE UPDATE ON transfers
WHEN ((NEW.approved_at IS NULL OR NEW.approved_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.retry_until IS NULL OR NEW.retry_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+345600 seconds')) AND (NEW.parked_at IS NULL OR NEW.parked_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds')) AND (NEW.completed_at IS NULL OR NEW.completed_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.updated_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_latest_times_on_update'); END
--;
CREATE TRIGGER accounts_fixed BEFORE UPDATE ON accounts
WHEN (NEW.kind = OLD.kind AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_fixed'); END
--;
CREATE TRIGGER accounts_balance BEFORE UPDATE ON accounts
WHEN (NEW.balance_minor - OLD.balance_minor = CASE WHEN NEW.kind IN ('dispute_losses', 'dispute_receivable', 'goodwill', 'stripe_balance', 'stripe_fees') THEN NEW.debited_minor - NEW.credited_minor ELSE NEW.credited_minor - NEW.debited_minor END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_balance'); END
--;
CREATE TRIGGER accounts_new_movement BEFORE UPDATE ON accounts
WHEN (NOT EXISTS (SELECT 1 FROM main.movements AS movement WHERE movement.id = NEW.last_movement_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_new_movement'); END
--;
CREATE TRIGGER accounts_left_movement BEFORE UPDATE ON accounts
WHEN (OLD.last_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.history AS posted WHERE posted.lifecycle = 'movement' AND posted.entity_id = OLD.last_movement_id AND posted.seq = 1)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'accounts_left_movement'); END
--;
CREATE TRIGGER movements_fixed BEFORE UPDATE ON movements
WHEN (NEW.kind = OLD.kind AND NEW.key = OLD.key AND (NEW.fact_key = OLD.fact_key OR NEW.fact_key IS NULL AND OLD.fact_key IS NULL) AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency AND NEW.total_minor = OLD.total_minor AND NEW.posting_count = OLD.posting_count AND (NEW.reverses = OLD.reverses OR NEW.reverses IS NULL AND OLD.reverses IS NULL) AND NEW.source = OLD.source AND NEW.occurred_at = OLD.occurred_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_fixed'); END
--;
CREATE TRIGGER movements_mirrors BEFORE INSERT ON movements
WHEN (NEW.reverses IS NULL OR EXISTS (SELECT 1 FROM main.movements AS original WHERE original.id = NEW.reverses AND original.currency = NEW.currency AND original.total_minor = NEW.total_minor AND original.posting_count = NEW.posting_count AND (NEW.source = 'operator' AND original.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (original.kind <> 'REVERSAL' OR original.source = 'operator') AND EXISTS (SELECT 1 FROM main.movements AS proposal WHERE proposal.key = 'reversal_proposed:' || NEW.reverses) OR NEW.source <> 'operator' AND original.kind = 'REFUND_SUCCEEDED' AND EXISTS (SELECT 1 FROM main.refunds AS refund WHERE refund.id = substr(original.key, 8, length(original.key) - 10) AND refund.status = 'failed')))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_mirrors'); END
--;
CREATE TRIGGER movements_notes_fact BEFORE INSERT ON movements
WHEN (NOT (NEW.kind IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED')) OR NEW.fact_key IS NULL AND (NEW.kind = 'PAYOUT_FAILED' AND EXISTS (SELECT 1 FROM main.transfers AS transfer WHERE transfer.id = substr(NEW.source, 10) AND NEW.source = 'transfer:' || transfer.id AND NEW.key = 'ledger:payout:' || transfer.id || ':' || CAST(transfer.attempt_number AS text) AND transfer.status IN ('failed_terminal', 'retryable') AND transfer.reference = NEW.reference AND transfer.currency = NEW.currency) OR NEW.kind = 'REVERSAL_PROPOSED' AND NEW.source = 'operator' AND EXISTS (SELECT 1 FROM main.movements AS proposed WHERE proposed.id = substr(NEW.key, 19) AND NEW.key = 'reversal_proposed:' || proposed.id AND proposed.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (proposed.reference) IS (NEW.reference) AND proposed.currency = NEW.currency))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'movements_notes_fact'); END
--;
CREATE TRIGGER history_second_person_reverses BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'movement') OR NOT EXISTS (SELECT 1 FROM main.movements AS movement JOIN main.movements AS proposal ON proposal.key = 'reversal_proposed:' || movement.reverses JOIN main.history AS proposed ON proposed.lifecycle = 'movement' AND proposed.entity_id = proposal.id AND proposed.seq = 1 WHERE movement.id = NEW.entity_id AND movement.source = 'operator' AND movement.reverses IS NOT NULL AND proposed.actor = NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_second_person_reverses'); END
--;
CREATE TRIGGER postings_of_accounts BEFORE INSERT ON postings
WHEN (EXISTS (SELECT 1 FROM main.accounts AS account WHERE account.id = NEW.debit_account_id AND account.last_movement_id = NEW.entity_id) AND EXISTS (SELECT 1 FROM main.accounts AS account WHERE account.id = NEW.credit_account_id AND account.last_movement_id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_of_accounts'); END
--;
CREATE TRIGGER postings_pays_line BEFORE INSERT ON postings
WHEN (NEW.owed_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.postings AS line WHERE line.entity_id = NEW.owed_movement_id AND line.seq = 1 AND line.number = NEW.owed_number AND line.party = NEW.party AND line.amount_minor = NEW.amount_minor AND line.credit_account_id = NEW.debit_account_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_pays_line'); END
--;
CREATE TRIGGER postings_reverses_line BEFORE INSERT ON postings
WHEN (NEW.reversed_movement_id IS NULL OR EXISTS (SELECT 1 FROM main.postings AS line WHERE line.entity_id = NEW.reversed_movement_id AND line.seq = 1 AND line.number = NEW.reversed_number AND line.owed_movement_id IS NOT NULL AND line.party = NEW.party AND line.debit_account_id = NEW.credit_account_id AND line.amount_minor >= (SELECT coalesce(sum(earlier.amount_minor), 0) FROM main.postings AS earlier WHERE earlier.reversed_movement_id = NEW.reversed_movement_id AND earlier.reversed_number = NEW.reversed_number) + NEW.amount_minor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'postings_reverses_line'); END
--;
CREATE TRIGGER history_balances_movement BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'movement') OR EXISTS (SELECT 1 FROM main.movements AS movement WHERE movement.id = NEW.entity_id AND movement.posting_count = (SELECT count(*) FROM main.postings AS line WHERE line.entity_id = movement.id) AND movement.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = movement.id) AND NOT EXISTS (SELECT 1 FROM main.accounts AS account WHERE account.last_movement_id = movement.id AND (account.currency = movement.currency AND (account.reference IS NULL OR account.reference = movement.reference) AND account.debited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = movement.id AND line.debit_account_id = account.id) AND account.credited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = movement.id AND line.credit_account_id = account.id)) IS NOT TRUE) AND NEW.action = CASE WHEN movement.kind = 'SETTLEMENT' THEN 'settle' WHEN movement.posting_count = 0 THEN 'note' ELSE 'post' END AND (movement.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM main.postings AS line LEFT JOIN main.postings AS original ON original.entity_id = movement.reverses AND original.seq = 1 AND original.number = line.number WHERE line.entity_id = movement.id AND (line.debit_account_id = original.credit_account_id AND line.credit_account_id = original.debit_account_id AND line.amount_minor = original.amount_minor AND (line.party) IS (original.party) AND (line.owed_movement_id IS NULL OR line.owed_movement_id = original.entity_id AND line.owed_number = original.number) AND (line.reversed_movement_id = original.entity_id AND line.reversed_number = original.number OR NOT (substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE)))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_balances_movement'); END
--;
CREATE TRIGGER charges_fixed BEFORE UPDATE ON charges
WHEN (NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.item = OLD.item AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_fixed'); END
--;
CREATE TRIGGER charges_paid_once BEFORE UPDATE ON charges
WHEN (OLD.paid_at IS NULL OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_paid_once'); END
--;
CREATE TRIGGER charges_sums_refunds BEFORE UPDATE ON charges
WHEN (NEW.refunded_minor = OLD.refunded_minor OR NEW.refunded_minor = (SELECT coalesce(sum(refund.amount_minor), 0) FROM main.refunds AS refund WHERE refund.charge_id = NEW.id AND refund.status = 'succeeded')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_sums_refunds'); END
--;
CREATE TRIGGER charges_generation_forward BEFORE UPDATE ON charges
WHEN (NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 20) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'charges_generation_forward'); END
--;
CREATE TRIGGER refunds_fixed BEFORE UPDATE ON refunds
WHEN (NEW.charge_id = OLD.charge_id AND NEW.number = OLD.number AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.reason_code = OLD.reason_code AND NEW.covered = OLD.covered) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_fixed'); END
--;
CREATE TRIGGER refunds_refundable BEFORE INSERT ON refunds
WHEN (EXISTS (SELECT 1 FROM main.charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_currency = NEW.currency AND NEW.amount_minor <= charge.received_minor - charge.refunded_minor AND (NEW.status <> 'requested' OR charge.status IN ('PARTIALLY_REFUNDED', 'SUCCEEDED') OR charge.outcome_code IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH')))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_refundable'); END
--;
CREATE TRIGGER refunds_next_number BEFORE INSERT ON refunds
WHEN (NEW.number = (SELECT count(*) FROM main.refunds AS refund WHERE refund.charge_id = NEW.charge_id) + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_next_number'); END
--;
CREATE TRIGGER refunds_covered_by_settlement BEFORE INSERT ON refunds
WHEN (NEW.covered = 0 OR EXISTS (SELECT 1 FROM main.charges AS charge JOIN main.covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_covered_by_settlement'); END
--;
CREATE TRIGGER refunds_keeps_stripe_refund_id BEFORE UPDATE ON refunds
WHEN (OLD.stripe_refund_id IS NULL OR NEW.stripe_refund_id = OLD.stripe_refund_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_keeps_stripe_refund_id'); END
--;
CREATE TRIGGER refunds_generation_forward BEFORE UPDATE ON refunds
WHEN (NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'refunds_generation_forward'); END
--;
CREATE TRIGGER disputes_fixed BEFORE UPDATE ON disputes
WHEN (NEW.charge_id = OLD.charge_id AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.reason_code = OLD.reason_code AND NEW.covered = OLD.covered) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_fixed'); END
--;
CREATE TRIGGER disputes_of_payment BEFORE INSERT ON disputes
WHEN (EXISTS (SELECT 1 FROM main.charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_minor IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_of_payment'); END
--;
CREATE TRIGGER disputes_covered_by_settlement BEFORE INSERT ON disputes
WHEN (NEW.covered = 0 OR EXISTS (SELECT 1 FROM main.charges AS charge JOIN main.covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_covered_by_settlement'); END
--;
CREATE TRIGGER disputes_times_in_order BEFORE UPDATE ON disputes
WHEN (NEW.withdrawn_at IS NULL OR (NEW.reinstated_at IS NULL OR NEW.withdrawn_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.reinstated_at, '+86400 seconds')) AND EXISTS (SELECT 1 FROM main.charges AS charge WHERE charge.id = NEW.charge_id AND charge.paid_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', NEW.withdrawn_at, '+86400 seconds'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'disputes_times_in_order'); END
--;
CREATE TRIGGER stripe_events_fixed BEFORE UPDATE ON stripe_events
WHEN (NEW.event_type = OLD.event_type AND (NEW.api_version = OLD.api_version OR NEW.api_version IS NULL AND OLD.api_version IS NULL) AND NEW.livemode = OLD.livemode AND NEW.created = OLD.created AND NEW.payload_digest = OLD.payload_digest AND NEW.object_id = OLD.object_id AND (NEW.account = OLD.account OR NEW.account IS NULL AND OLD.account IS NULL) AND NEW.origin = OLD.origin) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_events_fixed'); END
--;
CREATE TRIGGER stripe_event_attempts_outcome_of_state BEFORE INSERT ON stripe_event_attempts
WHEN (EXISTS (SELECT 1 FROM main.stripe_events AS event WHERE event.id = NEW.event_id AND CASE event.status WHEN 'PROCESSED' THEN NEW.outcome IN ('DUPLICATE', 'PROCESSED') WHEN 'IGNORED' THEN NEW.outcome = 'IGNORED' ELSE NEW.outcome = 'FAILED' END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stripe_event_attempts_outcome_of_state'); END
--;
CREATE TRIGGER reconciliations_fixed BEFORE UPDATE ON reconciliations
WHEN (NEW.scope = OLD.scope AND NEW.started_at = OLD.started_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'reconciliations_fixed'); END
--;
CREATE TRIGGER history_counts_discrepancies BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'reconciliation' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM main.reconciliations AS reconciliation WHERE reconciliation.id = NEW.entity_id AND reconciliation.discrepancy_count = (SELECT count(*) FROM main.discrepancies AS line WHERE line.entity_id = reconciliation.id AND line.seq = NEW.seq))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_counts_discrepancies'); END
--;
CREATE TRIGGER transfers_fixed BEFORE UPDATE ON transfers
WHEN ((NEW.job_id = OLD.job_id OR NEW.job_id IS NULL AND OLD.job_id IS NULL) AND NEW.settlement_id = OLD.settlement_id AND NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.line_count = OLD.line_count AND (NEW.reissue_of = OLD.reissue_of OR NEW.reissue_of IS NULL AND OLD.reissue_of IS NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_fixed'); END
--;
CREATE TRIGGER transfers_keeps_stripe_transfer_id BEFORE UPDATE ON transfers
WHEN (OLD.stripe_transfer_id IS NULL OR NEW.stripe_transfer_id = OLD.stripe_transfer_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_keeps_stripe_transfer_id'); END
--;
CREATE TRIGGER transfers_generation_forward BEFORE UPDATE ON transfers
WHEN (NEW.generation >= OLD.generation AND NEW.generation <= OLD.generation + 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_generation_forward'); END
--;
CREATE TRIGGER transfers_of_settlement BEFORE INSERT ON transfers
WHEN (NEW.reissue_of IS NULL AND NEW.job_id IS NOT NULL AND NEW.settlement_id = NEW.job_id AND NEW.must_look_up = 0 OR NEW.job_id IS NULL AND EXISTS (SELECT 1 FROM main.transfers AS replaced WHERE replaced.id = NEW.reissue_of AND replaced.settlement_id = NEW.settlement_id AND replaced.reference = NEW.reference AND replaced.party = NEW.party AND replaced.currency = NEW.currency)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_of_settlement'); END
--;
CREATE TRIGGER transfers_reversed_forward BEFORE UPDATE ON transfers
WHEN (NEW.reversed_minor = OLD.reversed_minor OR NEW.reversed_minor > OLD.reversed_minor AND NEW.reversed_minor = (SELECT coalesce(sum(posting.amount_minor), 0) FROM main.movements AS payout JOIN main.postings AS posting ON posting.reversed_movement_id = payout.id JOIN main.movements AS reversal ON reversal.id = posting.entity_id WHERE payout.key = 'payout:' || NEW.id AND reversal.kind = 'PAYOUT_REVERSED')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_reversed_forward'); END
--;
CREATE TRIGGER transfers_approved_once BEFORE UPDATE ON transfers
WHEN (CASE WHEN OLD.status = 'failed_terminal' AND NEW.status = 'pending' THEN NEW.approved_by IS NULL WHEN OLD.status = 'pending' AND NEW.status = 'pending' AND OLD.approved_by IS NULL OR OLD.status = 'parked' AND NEW.status = 'pending' AND OLD.failure_code = 'destination_unapproved' THEN NEW.approved_by IS NOT NULL ELSE (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_approved_once'); END
--;
CREATE TRIGGER transfers_destination_approved_by_another BEFORE UPDATE ON transfers
WHEN (NEW.approved_destination IS NULL OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) OR substr(NEW.approved_by, 1, 7) <> 'system:' AND EXISTS (SELECT 1 FROM main.payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.approved_destination AND payee.destination_set_by <> NEW.approved_by)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_destination_approved_by_another'); END
--;
CREATE TRIGGER transfers_destination_approved BEFORE UPDATE ON transfers
WHEN (NOT (NEW.status <> 'completed') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) OR NEW.destination = NEW.approved_destination OR EXISTS (SELECT 1 FROM main.payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.destination AND payee.destination_set_by = 'user' || ':' || NEW.party)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_destination_approved'); END
--;
CREATE TRIGGER history_names_approved_by BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'approve') OR EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id AND head.approved_by = NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_names_approved_by'); END
--;
CREATE TRIGGER history_names_destination_set_by BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'payee' AND NEW.action = 'attach') OR EXISTS (SELECT 1 FROM main.payees AS head WHERE head.id = NEW.entity_id AND head.destination_set_by = NEW.actor)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_names_destination_set_by'); END
--;
CREATE TRIGGER transfers_job_open BEFORE INSERT ON transfers
WHEN (NOT EXISTS (SELECT 1 FROM main.payout_jobs AS job WHERE job.id = NEW.job_id AND job.status = 'complete')) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfers_job_open'); END
--;
CREATE TRIGGER transfer_lines_of_owed_line BEFORE INSERT ON transfer_lines
WHEN (EXISTS (SELECT 1 FROM main.transfers AS transfer JOIN main.postings AS owed ON owed.party = transfer.party WHERE transfer.id = NEW.entity_id AND owed.entity_id = NEW.owed_movement_id AND owed.seq = 1 AND owed.number = NEW.owed_number AND owed.amount_minor = NEW.amount_minor AND owed.credit_account_id = 'winner_payable:' || transfer.reference || ':' || transfer.currency)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'transfer_lines_of_owed_line'); END
--;
CREATE TRIGGER history_counts_transfer_lines BEFORE INSERT ON history
WHEN (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'plan') OR EXISTS (SELECT 1 FROM main.transfers AS transfer WHERE transfer.id = NEW.entity_id AND transfer.line_count = (SELECT count(*) FROM main.transfer_lines AS line WHERE line.entity_id = transfer.id) AND transfer.amount_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.transfer_lines AS line WHERE line.entity_id = transfer.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_counts_transfer_lines'); END
--;
CREATE TRIGGER payout_jobs_fixed BEFORE UPDATE ON payout_jobs
WHEN (NEW.reference = OLD.reference AND NEW.currency = OLD.currency AND NEW.transfer_count = OLD.transfer_count AND NEW.total_minor = OLD.total_minor) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_fixed'); END
--;
CREATE TRIGGER payout_jobs_of_settlement BEFORE INSERT ON payout_jobs
WHEN (EXISTS (SELECT 1 FROM main.movements AS settlement WHERE settlement.key = 'settlement:' || NEW.id AND settlement.kind = 'SETTLEMENT' AND settlement.reference = NEW.reference AND settlement.currency = NEW.currency AND NEW.transfer_count = (SELECT count(DISTINCT line.party) FROM main.postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:') AND NEW.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM main.postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_of_settlement'); END
--;
CREATE TRIGGER payout_jobs_finished BEFORE UPDATE ON payout_jobs
WHEN (NOT (NEW.status = 'complete') OR NEW.transfer_count = (SELECT count(*) FROM main.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NEW.total_minor = (SELECT coalesce(sum(transfer.amount_minor), 0) FROM main.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.transfers AS transfer WHERE transfer.job_id = NEW.id AND transfer.status NOT IN ('completed', 'failed_terminal'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payout_jobs_finished'); END
--;
CREATE TRIGGER tasks_needs_charges BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('expire_charge', 'record_fee') OR EXISTS (SELECT 1 FROM main.charges AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_charges'); END
--;
CREATE TRIGGER tasks_needs_refunds BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('send_refund') OR EXISTS (SELECT 1 FROM main.refunds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_refunds'); END
--;
CREATE TRIGGER tasks_needs_stripe_events BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('process_stripe_event') OR EXISTS (SELECT 1 FROM main.stripe_events AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_stripe_events'); END
--;
CREATE TRIGGER tasks_needs_payout_jobs BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('plan_transfers', 'complete_payout_job') OR EXISTS (SELECT 1 FROM main.payout_jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_payout_jobs'); END
--;
CREATE TRIGGER tasks_needs_transfers BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('send_transfer') OR EXISTS (SELECT 1 FROM main.transfers AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_transfers'); END
