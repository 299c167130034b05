DROP TRIGGER lifecycle_edges_no_insert ON indelible.lifecycle_edges
--;
CREATE DOMAIN indelible.flag AS BIGINT CHECK (VALUE BETWEEN 0 AND 1)
--;
CREATE DOMAIN indelible.sum_minor AS BIGINT CHECK (VALUE BETWEEN -1000000000000000 AND 1000000000000000)
--;
CREATE TABLE indelible.stage_breakers (
	stage indelible.identifier NOT NULL,
	outages indelible.natural_number NOT NULL,
	probe_at indelible.instant,
	CONSTRAINT stage_breakers_pkey PRIMARY KEY (stage)
)
--;
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
 WITH (fillfactor = 20)
--;
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
)
--;
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
)
--;
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
	CONSTRAINT movements_kind_known CHECK (kind IN ('DISPUTE_LOST', 'DISPUTE_OPENED', 'DISPUTE_RESIDUE', 'DISPUTE_WON', 'ENTRY_FEE', 'GUARANTEE_TOPUP', 'PAYMENT_QUARANTINED', 'PAYOUT_CREATED', 'PAYOUT_FAILED', 'PAYOUT_REVERSED', 'PROCESSING_FEE', 'REFUND_FAILED', 'REFUND_REQUESTED', 'REFUND_SUCCEEDED', 'REVERSAL', 'SETTLEMENT', 'UNCLAIMED')),
	CONSTRAINT movements_mirror_of_kind CHECK ((reverses IS NOT NULL) = (kind = 'REVERSAL')),
	CONSTRAINT movements_sum_of_postings CHECK (CASE WHEN posting_count = 0 THEN total_minor = 0 AND kind IN ('PAYOUT_FAILED', 'SETTLEMENT') ELSE total_minor >= posting_count AND total_minor <= 1000000000000000 AND kind <> 'PAYOUT_FAILED' END),
	CONSTRAINT movements_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT movements_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
)
--;
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
	PRIMARY KEY (id),
	CONSTRAINT payees_destination_of_status CHECK ((destination IS NOT NULL) = (status IN ('READY', 'RESTRICTED'))),
	CONSTRAINT payees_history FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT payees_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
)
--;
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
)
--;
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
	CONSTRAINT transfers_approval_complete CHECK (CASE WHEN approved_by IS NOT NULL THEN approved_by IS NOT NULL AND approved_at IS NOT NULL AND approval_reason IS NOT NULL ELSE approved_by IS NULL AND approved_at IS NULL AND approval_reason IS NULL END),
	CONSTRAINT transfers_approved_before CHECK (status <> 'processing' OR approved_by IS NOT NULL AND destination IS NOT NULL),
	CONSTRAINT transfers_reversed_within CHECK (reversed_minor BETWEEN 0 AND CASE status WHEN 'completed' THEN amount_minor ELSE 0 END),
	CONSTRAINT transfers_texts_short CHECK (length(failure_message) <= 1000 AND length(approval_reason) <= 1000),
	CONSTRAINT transfers_history FOREIGN KEY (lifecycle, id, seq, status, attempt_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT transfers_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
)
--;
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
)
--;
CREATE TABLE indelible.covered_items (
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	number indelible.ordinal NOT NULL,
	item indelible.identifier NOT NULL,
	CONSTRAINT covered_items_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT covered_items_item UNIQUE (item),
	CONSTRAINT covered_items_head FOREIGN KEY(entity_id) REFERENCES indelible.movements (id)
)
--;
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
)
--;
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
)
--;
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
	CONSTRAINT discrepancies_pkey PRIMARY KEY (entity_id, seq, number),
	CONSTRAINT discrepancies_rule_known CHECK (rule IN ('R1', 'R10', 'R11', 'R12', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9')),
	CONSTRAINT discrepancies_texts_short CHECK (length(expected) <= 1000 AND length(actual) <= 1000),
	CONSTRAINT discrepancies_head FOREIGN KEY(entity_id) REFERENCES indelible.reconciliations (id)
)
--;
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
)
--;
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
)
--;
CREATE INDEX webhook_rejections_at ON indelible.webhook_rejections (at, id)
--;
CREATE INDEX webhook_rejections_endpoint ON indelible.webhook_rejections (endpoint, at, id)
--;
CREATE INDEX accounts_created_at ON indelible.accounts (created_at, id)
--;
CREATE INDEX accounts_last_movement ON indelible.accounts (last_movement_id)
--;
CREATE INDEX accounts_of_kind ON indelible.accounts (kind, currency, id)
--;
CREATE INDEX accounts_of_reference ON indelible.accounts (reference, id)
--;
CREATE INDEX accounts_updated_at ON indelible.accounts (updated_at, id)
--;
CREATE INDEX movements_created_at ON indelible.movements (created_at, id)
--;
CREATE INDEX movements_occurred_at ON indelible.movements (occurred_at, kind, currency, total_minor)
--;
CREATE INDEX movements_of_kind ON indelible.movements (kind, id)
--;
CREATE INDEX movements_of_reference ON indelible.movements (reference, id)
--;
CREATE UNIQUE INDEX movements_one_fact ON indelible.movements (fact_key)
--;
CREATE UNIQUE INDEX movements_one_key ON indelible.movements (key)
--;
CREATE UNIQUE INDEX movements_one_reversal ON indelible.movements (reverses)
--;
CREATE INDEX movements_updated_at ON indelible.movements (updated_at, id)
--;
CREATE INDEX charges_created_at ON indelible.charges (created_at, id)
--;
CREATE INDEX charges_expires_at ON indelible.charges (status, expires_at, id)
--;
CREATE INDEX charges_of_party ON indelible.charges (party, id)
--;
CREATE INDEX charges_of_reference ON indelible.charges (reference, status, id)
--;
CREATE INDEX charges_of_reference_id ON indelible.charges (reference, id)
--;
CREATE UNIQUE INDEX charges_one_intent ON indelible.charges (intent_id)
--;
CREATE UNIQUE INDEX charges_one_item ON indelible.charges (item)
--;
CREATE UNIQUE INDEX charges_one_session ON indelible.charges (session_id)
--;
CREATE INDEX charges_paid_at ON indelible.charges (paid_at, id)
--;
CREATE INDEX charges_status ON indelible.charges (status, id)
--;
CREATE INDEX charges_updated_at ON indelible.charges (updated_at, id)
--;
CREATE INDEX refunds_created_at ON indelible.refunds (created_at, id)
--;
CREATE UNIQUE INDEX refunds_one_running ON indelible.refunds (charge_id) WHERE status IN ('requested', 'pending', 'requires_action')
--;
CREATE UNIQUE INDEX refunds_one_stripe_refund ON indelible.refunds (stripe_refund_id)
--;
CREATE INDEX refunds_status ON indelible.refunds (status, id)
--;
CREATE INDEX refunds_updated_at ON indelible.refunds (updated_at, id)
--;
CREATE INDEX disputes_created_at ON indelible.disputes (created_at, id)
--;
CREATE INDEX disputes_due ON indelible.disputes (status, evidence_due_by, id)
--;
CREATE INDEX disputes_of_charge ON indelible.disputes (charge_id, id)
--;
CREATE INDEX disputes_status ON indelible.disputes (status, id)
--;
CREATE INDEX disputes_updated_at ON indelible.disputes (updated_at, id)
--;
CREATE INDEX stripe_events_created ON indelible.stripe_events (created)
--;
CREATE INDEX stripe_events_created_at ON indelible.stripe_events (created_at, id)
--;
CREATE INDEX stripe_events_of_object ON indelible.stripe_events (object_id, id)
--;
CREATE INDEX stripe_events_of_type ON indelible.stripe_events (event_type, id)
--;
CREATE INDEX stripe_events_received ON indelible.stripe_events (status, created_at, id)
--;
CREATE INDEX stripe_events_status ON indelible.stripe_events (status, id)
--;
CREATE INDEX stripe_events_updated_at ON indelible.stripe_events (updated_at, id)
--;
CREATE INDEX reconciliations_created_at ON indelible.reconciliations (created_at, id)
--;
CREATE INDEX reconciliations_of_scope ON indelible.reconciliations (scope, started_at, id)
--;
CREATE UNIQUE INDEX reconciliations_one_running ON indelible.reconciliations (scope) WHERE status = 'STARTED'
--;
CREATE INDEX reconciliations_started_at ON indelible.reconciliations (started_at, id)
--;
CREATE INDEX reconciliations_status ON indelible.reconciliations (status, id)
--;
CREATE INDEX reconciliations_updated_at ON indelible.reconciliations (updated_at, id)
--;
CREATE INDEX payees_created_at ON indelible.payees (created_at, id)
--;
CREATE UNIQUE INDEX payees_one_destination ON indelible.payees (destination)
--;
CREATE INDEX payees_status ON indelible.payees (status, id)
--;
CREATE INDEX payees_updated_at ON indelible.payees (updated_at, id)
--;
CREATE INDEX payout_jobs_created_at ON indelible.payout_jobs (created_at, id)
--;
CREATE INDEX payout_jobs_status ON indelible.payout_jobs (status, id)
--;
CREATE INDEX payout_jobs_updated_at ON indelible.payout_jobs (updated_at, id)
--;
CREATE INDEX transfers_created_at ON indelible.transfers (created_at, id)
--;
CREATE INDEX transfers_of_job ON indelible.transfers (job_id, id)
--;
CREATE INDEX transfers_of_job_status ON indelible.transfers (job_id, status, id)
--;
CREATE INDEX transfers_of_party ON indelible.transfers (party, status, id)
--;
CREATE INDEX transfers_of_reference ON indelible.transfers (reference, id)
--;
CREATE UNIQUE INDEX transfers_one_stripe_transfer ON indelible.transfers (stripe_transfer_id)
--;
CREATE INDEX transfers_parked_at ON indelible.transfers (status, parked_at, id)
--;
CREATE INDEX transfers_status ON indelible.transfers (status, id)
--;
CREATE INDEX transfers_stuck ON indelible.transfers (status, updated_at, id)
--;
CREATE INDEX transfers_updated_at ON indelible.transfers (updated_at, id)
--;
CREATE INDEX postings_of_credit_account ON indelible.postings (credit_account_id, entity_id, number)
--;
CREATE INDEX postings_of_debit_account ON indelible.postings (debit_account_id, entity_id, number)
--;
CREATE INDEX postings_of_party ON indelible.postings (party, entity_id, number)
--;
CREATE UNIQUE INDEX postings_owed_line ON indelible.postings (owed_movement_id, owed_number) WHERE owed_movement_id IS NOT NULL
--;
CREATE UNIQUE INDEX postings_reversal ON indelible.postings (reversed_movement_id, reversed_number, reversal_ref) WHERE reversed_movement_id IS NOT NULL
--;
ALTER TABLE indelible.accounts ADD CONSTRAINT accounts_movement FOREIGN KEY(last_movement_id) REFERENCES indelible.movements (id) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.stripe_events ADD CONSTRAINT stripe_events_payload FOREIGN KEY(payload_digest) REFERENCES indelible.payloads (digest) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.transfers ADD CONSTRAINT transfers_job FOREIGN KEY(job_id, reference, currency) REFERENCES indelible.payout_jobs (id, reference, currency) DEFERRABLE INITIALLY DEFERRED
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('account', '', 'open', 'OPEN', 0), ('account', 'OPEN', 'post', 'OPEN', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('movement', '', 'post', 'POSTED', 0), ('movement', '', 'settle', 'POSTED', 0), ('movement', '', 'note', 'POSTED', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('charge', '', 'open', 'PENDING', 0), ('charge', 'PENDING', 'attach_intent', 'PENDING', 0), ('charge', 'FAILED', 'attach_intent', 'FAILED', 0), ('charge', 'PENDING', 'attach_session', 'PENDING', 0), ('charge', 'FAILED', 'attach_session', 'FAILED', 0), ('charge', 'PENDING', 'extend', 'PENDING', 0), ('charge', 'REQUIRES_ACTION', 'extend', 'REQUIRES_ACTION', 0), ('charge', 'PROCESSING', 'extend', 'PROCESSING', 0), ('charge', 'FAILED', 'extend', 'FAILED', 0), ('charge', 'PENDING', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'FAILED', 'require_action', 'REQUIRES_ACTION', 0), ('charge', 'PENDING', 'process', 'PROCESSING', 0), ('charge', 'FAILED', 'process', 'PROCESSING', 0), ('charge', 'REQUIRES_ACTION', 'process', 'PROCESSING', 0), ('charge', 'PENDING', 'succeed', 'SUCCEEDED', 0), ('charge', 'REQUIRES_ACTION', 'succeed', 'SUCCEEDED', 0), ('charge', 'PROCESSING', 'succeed', 'SUCCEEDED', 0), ('charge', 'FAILED', 'succeed', 'SUCCEEDED', 0), ('charge', 'PENDING', 'fail', 'FAILED', 0), ('charge', 'REQUIRES_ACTION', 'fail', 'FAILED', 0), ('charge', 'PROCESSING', 'fail', 'FAILED', 0), ('charge', 'PENDING', 'cancel', 'CANCELED', 0), ('charge', 'REQUIRES_ACTION', 'cancel', 'CANCELED', 0), ('charge', 'FAILED', 'cancel', 'CANCELED', 0), ('charge', 'PENDING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'REQUIRES_ACTION', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'PROCESSING', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'FAILED', 'quarantine', 'REFUND_PENDING', 0), ('charge', 'SUCCEEDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'PARTIALLY_REFUNDED', 'request_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUNDED', 'retry_refund', 'REFUND_PENDING', 0), ('charge', 'REFUND_PENDING', 'refund', 'REFUNDED', 0), ('charge', 'REFUND_PENDING', 'refund_part', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUND_PENDING', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUND_PENDING', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_refund', 'SUCCEEDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'fail_part_refund', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_outside', 'REFUNDED', 0), ('charge', 'SUCCEEDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'PARTIALLY_REFUNDED', 'refund_part_outside', 'PARTIALLY_REFUNDED', 0), ('charge', 'SUCCEEDED', 'dispute', 'DISPUTED', 0), ('charge', 'REFUNDED', 'dispute_refunded', 'DISPUTED', 0), ('charge', 'PARTIALLY_REFUNDED', 'dispute_part_refunded', 'DISPUTED', 0), ('charge', 'DISPUTED', 'win', 'SUCCEEDED', 0), ('charge', 'DISPUTED', 'win_refunded', 'REFUNDED', 0), ('charge', 'DISPUTED', 'win_part_refunded', 'PARTIALLY_REFUNDED', 0), ('charge', 'DISPUTED', 'lose', 'CHARGED_BACK', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('refund', '', 'request', 'requested', 0), ('refund', '', 'adopt', 'pending', 0), ('refund', 'requested', 'attempt', 'requested', 1), ('refund', 'requested', 'accept', 'pending', 0), ('refund', 'requires_action', 'accept', 'pending', 0), ('refund', 'requested', 'require_action', 'requires_action', 0), ('refund', 'pending', 'require_action', 'requires_action', 0), ('refund', 'requested', 'succeed', 'succeeded', 0), ('refund', 'pending', 'succeed', 'succeeded', 0), ('refund', 'requires_action', 'succeed', 'succeeded', 0), ('refund', 'requested', 'fail', 'failed', 0), ('refund', 'pending', 'fail', 'failed', 0), ('refund', 'requires_action', 'fail', 'failed', 0), ('refund', 'succeeded', 'fail', 'failed', 0), ('refund', 'requested', 'cancel', 'canceled', 0), ('refund', 'pending', 'cancel', 'canceled', 0), ('refund', 'requires_action', 'cancel', 'canceled', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('dispute', '', 'warn', 'warning_needs_response', 0), ('dispute', '', 'open', 'needs_response', 0), ('dispute', 'warning_needs_response', 'update', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'update', 'warning_under_review', 0), ('dispute', 'needs_response', 'update', 'needs_response', 0), ('dispute', 'under_review', 'update', 'under_review', 0), ('dispute', 'warning_needs_response', 'review_warning', 'warning_under_review', 0), ('dispute', 'warning_needs_response', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_under_review', 'close_warning', 'warning_closed', 0), ('dispute', 'warning_needs_response', 'escalate', 'needs_response', 0), ('dispute', 'warning_under_review', 'escalate', 'needs_response', 0), ('dispute', 'warning_needs_response', 'review', 'under_review', 0), ('dispute', 'warning_under_review', 'review', 'under_review', 0), ('dispute', 'needs_response', 'review', 'under_review', 0), ('dispute', 'warning_needs_response', 'win', 'won', 0), ('dispute', 'warning_under_review', 'win', 'won', 0), ('dispute', 'needs_response', 'win', 'won', 0), ('dispute', 'under_review', 'win', 'won', 0), ('dispute', 'warning_needs_response', 'lose', 'lost', 0), ('dispute', 'warning_under_review', 'lose', 'lost', 0), ('dispute', 'needs_response', 'lose', 'lost', 0), ('dispute', 'under_review', 'lose', 'lost', 0), ('dispute', 'warning_needs_response', 'prevent', 'prevented', 0), ('dispute', 'warning_under_review', 'prevent', 'prevented', 0), ('dispute', 'needs_response', 'prevent', 'prevented', 0), ('dispute', 'under_review', 'prevent', 'prevented', 0), ('dispute', 'warning_needs_response', 'withdraw', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'withdraw', 'warning_under_review', 0), ('dispute', 'warning_closed', 'withdraw', 'warning_closed', 0), ('dispute', 'needs_response', 'withdraw', 'needs_response', 0), ('dispute', 'under_review', 'withdraw', 'under_review', 0), ('dispute', 'won', 'withdraw', 'won', 0), ('dispute', 'lost', 'withdraw', 'lost', 0), ('dispute', 'prevented', 'withdraw', 'prevented', 0), ('dispute', 'warning_needs_response', 'reinstate', 'warning_needs_response', 0), ('dispute', 'warning_under_review', 'reinstate', 'warning_under_review', 0), ('dispute', 'warning_closed', 'reinstate', 'warning_closed', 0), ('dispute', 'needs_response', 'reinstate', 'needs_response', 0), ('dispute', 'under_review', 'reinstate', 'under_review', 0), ('dispute', 'won', 'reinstate', 'won', 0), ('dispute', 'lost', 'reinstate', 'lost', 0), ('dispute', 'prevented', 'reinstate', 'prevented', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('stripe_event', '', 'receive', 'RECEIVED', 0), ('stripe_event', '', 'backfill', 'RECEIVED', 0), ('stripe_event', 'RECEIVED', 'process', 'PROCESSED', 1), ('stripe_event', 'RECEIVED', 'ignore', 'IGNORED', 1), ('stripe_event', 'RECEIVED', 'fail', 'RECEIVED', 1), ('stripe_event', 'RECEIVED', 'bury', 'DEAD', 1), ('stripe_event', 'DEAD', 'replay', 'RECEIVED', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('reconciliation', '', 'start', 'STARTED', 0), ('reconciliation', 'STARTED', 'complete', 'COMPLETE', 0), ('reconciliation', 'STARTED', 'fail', 'FAILED', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payment_switch', '', 'halt', 'HALTED', 0), ('payment_switch', 'OPEN', 'halt', 'HALTED', 0), ('payment_switch', 'HALTED', 'resume', 'OPEN', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payee', '', 'register', 'NEW', 0), ('payee', 'NEW', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'attach', 'RESTRICTED', 0), ('payee', 'READY', 'attach', 'RESTRICTED', 0), ('payee', 'RESTRICTED', 'enable', 'READY', 0), ('payee', 'READY', 'restrict', 'RESTRICTED', 0), ('payee', 'NEW', 'close', 'CLOSED', 0), ('payee', 'RESTRICTED', 'close', 'CLOSED', 0), ('payee', 'READY', 'close', 'CLOSED', 0), ('payee', 'CLOSED', 'reopen', 'NEW', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('payout_job', '', 'plan', 'pending', 0), ('payout_job', 'pending', 'start', 'processing', 0), ('payout_job', 'pending', 'complete', 'complete', 0), ('payout_job', 'processing', 'complete', 'complete', 0), ('payout_job', 'complete', 'reopen', 'processing', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('transfer', '', 'plan', 'pending', 0), ('transfer', 'pending', 'approve', 'pending', 0), ('transfer', 'pending', 'claim', 'processing', 1), ('transfer', 'retryable', 'claim', 'processing', 1), ('transfer', 'parked', 'claim', 'processing', 1), ('transfer', 'processing', 'claim', 'processing', 1), ('transfer', 'processing', 'complete', 'completed', 0), ('transfer', 'processing', 'retry', 'retryable', 0), ('transfer', 'pending', 'park', 'parked', 0), ('transfer', 'processing', 'park', 'parked', 0), ('transfer', 'retryable', 'park', 'parked', 0), ('transfer', 'parked', 'repark', 'parked', 0), ('transfer', 'processing', 'fail', 'failed_terminal', 0), ('transfer', 'retryable', 'fail', 'failed_terminal', 0), ('transfer', 'parked', 'unclaim', 'failed_terminal', 0), ('transfer', 'parked', 'unpark', 'pending', 0), ('transfer', 'pending', 'adopt', 'completed', 0), ('transfer', 'retryable', 'adopt', 'completed', 0), ('transfer', 'parked', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'adopt', 'completed', 0), ('transfer', 'failed_terminal', 'reissue', 'pending', 0), ('transfer', 'completed', 'record_reversal', 'completed', 0)
--;
CREATE TRIGGER lifecycle_edges_no_insert AFTER INSERT ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_insert()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_insert
--;
CREATE FUNCTION indelible.webhook_rejections_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER webhook_rejections_no_update BEFORE UPDATE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_update()
--;
ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_update
--;
CREATE FUNCTION indelible.webhook_rejections_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER webhook_rejections_no_delete BEFORE DELETE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_delete()
--;
ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_delete
--;
CREATE FUNCTION indelible.webhook_rejections_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER webhook_rejections_no_truncate BEFORE TRUNCATE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_truncate()
--;
ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_truncate
--;
CREATE FUNCTION indelible.stage_breakers_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stage_breakers_no_delete BEFORE DELETE ON indelible.stage_breakers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stage_breakers_no_delete()
--;
ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_no_delete
--;
CREATE FUNCTION indelible.stage_breakers_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stage_breakers_no_truncate BEFORE TRUNCATE ON indelible.stage_breakers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stage_breakers_no_truncate()
--;
ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_no_truncate
--;
CREATE FUNCTION indelible.stage_breakers_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stage_breakers_fixed BEFORE UPDATE ON indelible.stage_breakers
FOR EACH ROW WHEN ((NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.stage_breakers_fixed()
--;
ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_fixed
--;
CREATE FUNCTION indelible.subscriber_cursors_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_no_delete BEFORE DELETE ON indelible.subscriber_cursors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subscriber_cursors_no_delete()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_no_delete
--;
CREATE FUNCTION indelible.subscriber_cursors_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_no_truncate BEFORE TRUNCATE ON indelible.subscriber_cursors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subscriber_cursors_no_truncate()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_no_truncate
--;
CREATE FUNCTION indelible.subscriber_cursors_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_fixed BEFORE UPDATE ON indelible.subscriber_cursors
FOR EACH ROW WHEN ((NEW.name = OLD.name AND NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.subscriber_cursors_fixed()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_fixed
--;
CREATE FUNCTION indelible.subscriber_cursors_first() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.feed_cursor IS NULL AND NEW.restarts = 0 AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_first AFTER INSERT ON indelible.subscriber_cursors
FOR EACH ROW EXECUTE FUNCTION indelible.subscriber_cursors_first()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_first
--;
CREATE FUNCTION indelible.subscriber_cursors_fence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.restarts = OLD.restarts THEN NEW.restarts = OLD.restarts AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL) AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL) AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL) AND NEW.feed_cursor IS NOT NULL AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL) ELSE NEW.restarts = OLD.restarts + 1 AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.cancel_reason = NEW.restart_reason) AND EXISTS (SELECT 1 FROM indelible.task_attempts AS attempt WHERE attempt.stage = NEW.stage AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence AND attempt.outcome = 'CANCELED' AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_fence BEFORE UPDATE ON indelible.subscriber_cursors
FOR EACH ROW EXECUTE FUNCTION indelible.subscriber_cursors_fence()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_fence
--;
CREATE FUNCTION indelible.postings_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER postings_no_update BEFORE UPDATE ON indelible.postings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_no_update()
--;
ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_no_update
--;
CREATE FUNCTION indelible.postings_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER postings_no_delete BEFORE DELETE ON indelible.postings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_no_delete()
--;
ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_no_delete
--;
CREATE FUNCTION indelible.postings_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON indelible.postings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_no_truncate()
--;
ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_no_truncate
--;
CREATE FUNCTION indelible.covered_items_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER covered_items_no_update BEFORE UPDATE ON indelible.covered_items
FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_no_update()
--;
ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_no_update
--;
CREATE FUNCTION indelible.covered_items_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER covered_items_no_delete BEFORE DELETE ON indelible.covered_items
FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_no_delete()
--;
ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_no_delete
--;
CREATE FUNCTION indelible.covered_items_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER covered_items_no_truncate BEFORE TRUNCATE ON indelible.covered_items
FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_no_truncate()
--;
ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_no_truncate
--;
CREATE FUNCTION indelible.refund_attempts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refund_attempts_no_update BEFORE UPDATE ON indelible.refund_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refund_attempts_no_update()
--;
ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_no_update
--;
CREATE FUNCTION indelible.refund_attempts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refund_attempts_no_delete BEFORE DELETE ON indelible.refund_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refund_attempts_no_delete()
--;
ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_no_delete
--;
CREATE FUNCTION indelible.refund_attempts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refund_attempts_no_truncate BEFORE TRUNCATE ON indelible.refund_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refund_attempts_no_truncate()
--;
ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_no_truncate
--;
CREATE FUNCTION indelible.stripe_event_attempts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_event_attempts_no_update BEFORE UPDATE ON indelible.stripe_event_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_event_attempts_no_update()
--;
ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_no_update
--;
CREATE FUNCTION indelible.stripe_event_attempts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_event_attempts_no_delete BEFORE DELETE ON indelible.stripe_event_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_event_attempts_no_delete()
--;
ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_no_delete
--;
CREATE FUNCTION indelible.stripe_event_attempts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_event_attempts_no_truncate BEFORE TRUNCATE ON indelible.stripe_event_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_event_attempts_no_truncate()
--;
ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_no_truncate
--;
CREATE FUNCTION indelible.discrepancies_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER discrepancies_no_update BEFORE UPDATE ON indelible.discrepancies
FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_no_update()
--;
ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_no_update
--;
CREATE FUNCTION indelible.discrepancies_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER discrepancies_no_delete BEFORE DELETE ON indelible.discrepancies
FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_no_delete()
--;
ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_no_delete
--;
CREATE FUNCTION indelible.discrepancies_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER discrepancies_no_truncate BEFORE TRUNCATE ON indelible.discrepancies
FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_no_truncate()
--;
ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_no_truncate
--;
CREATE FUNCTION indelible.transfer_lines_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_lines_no_update BEFORE UPDATE ON indelible.transfer_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_no_update()
--;
ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_no_update
--;
CREATE FUNCTION indelible.transfer_lines_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_lines_no_delete BEFORE DELETE ON indelible.transfer_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_no_delete()
--;
ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_no_delete
--;
CREATE FUNCTION indelible.transfer_lines_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_lines_no_truncate BEFORE TRUNCATE ON indelible.transfer_lines
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_no_truncate()
--;
ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_no_truncate
--;
CREATE FUNCTION indelible.transfer_attempts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_attempts_no_update BEFORE UPDATE ON indelible.transfer_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_attempts_no_update()
--;
ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_no_update
--;
CREATE FUNCTION indelible.transfer_attempts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_attempts_no_delete BEFORE DELETE ON indelible.transfer_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_attempts_no_delete()
--;
ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_no_delete
--;
CREATE FUNCTION indelible.transfer_attempts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_attempts_no_truncate BEFORE TRUNCATE ON indelible.transfer_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_attempts_no_truncate()
--;
ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_no_truncate
--;
CREATE FUNCTION indelible.postings_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.movements AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{postings,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.postings AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER postings_in_change AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_in_change()
--;
ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_in_change
--;
CREATE FUNCTION indelible.history_needs_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('post', 'settle') THEN NEW.data #>> '{postings,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('post', 'settle') THEN NEW.data #>> '{postings,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.postings AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_postings AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_needs_postings()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_postings
--;
CREATE FUNCTION indelible.covered_items_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.movements AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{covered_items,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.covered_items AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER covered_items_in_change AFTER INSERT ON indelible.covered_items
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.covered_items_in_change()
--;
ALTER TABLE indelible.covered_items ENABLE ALWAYS TRIGGER covered_items_in_change
--;
CREATE FUNCTION indelible.history_needs_covered_items() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'movement' OR (CASE WHEN NEW.action IN ('settle') THEN NEW.data #>> '{covered_items,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('settle') THEN NEW.data #>> '{covered_items,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.covered_items AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_covered_items AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_needs_covered_items()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_covered_items
--;
CREATE FUNCTION indelible.discrepancies_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.reconciliations AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'reconciliation' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{discrepancies,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.discrepancies AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER discrepancies_in_change AFTER INSERT ON indelible.discrepancies
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.discrepancies_in_change()
--;
ALTER TABLE indelible.discrepancies ENABLE ALWAYS TRIGGER discrepancies_in_change
--;
CREATE FUNCTION indelible.history_needs_discrepancies() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'reconciliation' OR (CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{discrepancies,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('complete') THEN NEW.data #>> '{discrepancies,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.discrepancies AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_discrepancies AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reconciliation') EXECUTE FUNCTION indelible.history_needs_discrepancies()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_discrepancies
--;
CREATE FUNCTION indelible.transfer_lines_in_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM indelible.history AS change WHERE change.lifecycle = 'transfer' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{transfer_lines,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM indelible.transfer_lines AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_lines_in_change AFTER INSERT ON indelible.transfer_lines
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfer_lines_in_change()
--;
ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_in_change
--;
CREATE FUNCTION indelible.history_needs_transfer_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'transfer' OR (CASE WHEN NEW.action IN ('plan') THEN NEW.data #>> '{transfer_lines,count}' ELSE '0' END = (SELECT CAST(count(*) AS text) FROM indelible.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq) AND CASE WHEN NEW.action IN ('plan') THEN NEW.data #>> '{transfer_lines,count}' ELSE '0' END = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM indelible.transfer_lines AS line WHERE line.entity_id = NEW.entity_id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_transfer_lines AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer') EXECUTE FUNCTION indelible.history_needs_transfer_lines()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_transfer_lines
--;
CREATE FUNCTION indelible.refund_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.refunds AS head WHERE head.id = NEW.refund_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refund_attempts_needs_head AFTER INSERT ON indelible.refund_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.refund_attempts_needs_head()
--;
ALTER TABLE indelible.refund_attempts ENABLE ALWAYS TRIGGER refund_attempts_needs_head
--;
CREATE FUNCTION indelible.stripe_event_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.stripe_events AS head WHERE head.id = NEW.event_id AND head.attempt_number = NEW.number AND (head.last_code = NEW.code OR head.last_code IS NULL AND NEW.code IS NULL) AND head.updated_at = NEW.at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_event_attempts_needs_head AFTER INSERT ON indelible.stripe_event_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_event_attempts_needs_head()
--;
ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_needs_head
--;
CREATE FUNCTION indelible.transfer_attempts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = NEW.transfer_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_attempts_needs_head AFTER INSERT ON indelible.transfer_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.transfer_attempts_needs_head()
--;
ALTER TABLE indelible.transfer_attempts ENABLE ALWAYS TRIGGER transfer_attempts_needs_head
--;
CREATE FUNCTION indelible.accounts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER accounts_no_delete BEFORE DELETE ON indelible.accounts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.accounts_no_delete()
--;
ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_no_delete
--;
CREATE FUNCTION indelible.accounts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER accounts_no_truncate BEFORE TRUNCATE ON indelible.accounts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.accounts_no_truncate()
--;
ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_no_truncate
--;
CREATE FUNCTION indelible.accounts_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER accounts_one_step BEFORE UPDATE ON indelible.accounts
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.accounts_one_step()
--;
ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_one_step
--;
CREATE FUNCTION indelible.history_needs_accounts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'account' OR EXISTS (SELECT 1 FROM indelible.accounts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_accounts AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'account') EXECUTE FUNCTION indelible.history_needs_accounts()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_accounts
--;
CREATE FUNCTION indelible.movements_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER movements_no_delete BEFORE DELETE ON indelible.movements
FOR EACH STATEMENT EXECUTE FUNCTION indelible.movements_no_delete()
--;
ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_no_delete
--;
CREATE FUNCTION indelible.movements_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER movements_no_truncate BEFORE TRUNCATE ON indelible.movements
FOR EACH STATEMENT EXECUTE FUNCTION indelible.movements_no_truncate()
--;
ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_no_truncate
--;
CREATE FUNCTION indelible.movements_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER movements_one_step BEFORE UPDATE ON indelible.movements
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.movements_one_step()
--;
ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_one_step
--;
CREATE FUNCTION indelible.history_needs_movements() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'movement' OR EXISTS (SELECT 1 FROM indelible.movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_movements AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_needs_movements()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_movements
--;
CREATE FUNCTION indelible.charges_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER charges_no_delete BEFORE DELETE ON indelible.charges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.charges_no_delete()
--;
ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_no_delete
--;
CREATE FUNCTION indelible.charges_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER charges_no_truncate BEFORE TRUNCATE ON indelible.charges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.charges_no_truncate()
--;
ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_no_truncate
--;
CREATE FUNCTION indelible.charges_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER charges_one_step BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_one_step()
--;
ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_one_step
--;
CREATE FUNCTION indelible.history_needs_charges() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'charge' OR EXISTS (SELECT 1 FROM indelible.charges AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_charges AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'charge') EXECUTE FUNCTION indelible.history_needs_charges()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_charges
--;
CREATE FUNCTION indelible.refunds_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refunds_no_delete BEFORE DELETE ON indelible.refunds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refunds_no_delete()
--;
ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_no_delete
--;
CREATE FUNCTION indelible.refunds_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refunds_no_truncate BEFORE TRUNCATE ON indelible.refunds
FOR EACH STATEMENT EXECUTE FUNCTION indelible.refunds_no_truncate()
--;
ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_no_truncate
--;
CREATE FUNCTION indelible.refunds_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refunds_one_step BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_one_step()
--;
ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_one_step
--;
CREATE FUNCTION indelible.history_needs_refunds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'refund' OR EXISTS (SELECT 1 FROM indelible.refunds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_refunds AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'refund') EXECUTE FUNCTION indelible.history_needs_refunds()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_refunds
--;
CREATE FUNCTION indelible.disputes_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER disputes_no_delete BEFORE DELETE ON indelible.disputes
FOR EACH STATEMENT EXECUTE FUNCTION indelible.disputes_no_delete()
--;
ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_no_delete
--;
CREATE FUNCTION indelible.disputes_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER disputes_no_truncate BEFORE TRUNCATE ON indelible.disputes
FOR EACH STATEMENT EXECUTE FUNCTION indelible.disputes_no_truncate()
--;
ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_no_truncate
--;
CREATE FUNCTION indelible.disputes_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER disputes_one_step BEFORE UPDATE ON indelible.disputes
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.disputes_one_step()
--;
ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_one_step
--;
CREATE FUNCTION indelible.history_needs_disputes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'dispute' OR EXISTS (SELECT 1 FROM indelible.disputes AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_disputes AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'dispute') EXECUTE FUNCTION indelible.history_needs_disputes()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_disputes
--;
CREATE FUNCTION indelible.stripe_events_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_events_no_delete BEFORE DELETE ON indelible.stripe_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_events_no_delete()
--;
ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_no_delete
--;
CREATE FUNCTION indelible.stripe_events_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_events_no_truncate BEFORE TRUNCATE ON indelible.stripe_events
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stripe_events_no_truncate()
--;
ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_no_truncate
--;
CREATE FUNCTION indelible.stripe_events_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_events_one_step BEFORE UPDATE ON indelible.stripe_events
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.stripe_events_one_step()
--;
ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_one_step
--;
CREATE FUNCTION indelible.history_needs_stripe_events() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'stripe_event' OR EXISTS (SELECT 1 FROM indelible.stripe_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_stripe_events AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'stripe_event') EXECUTE FUNCTION indelible.history_needs_stripe_events()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_stripe_events
--;
CREATE FUNCTION indelible.reconciliations_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER reconciliations_no_delete BEFORE DELETE ON indelible.reconciliations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.reconciliations_no_delete()
--;
ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_no_delete
--;
CREATE FUNCTION indelible.reconciliations_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER reconciliations_no_truncate BEFORE TRUNCATE ON indelible.reconciliations
FOR EACH STATEMENT EXECUTE FUNCTION indelible.reconciliations_no_truncate()
--;
ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_no_truncate
--;
CREATE FUNCTION indelible.reconciliations_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER reconciliations_one_step BEFORE UPDATE ON indelible.reconciliations
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.reconciliations_one_step()
--;
ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_one_step
--;
CREATE FUNCTION indelible.history_needs_reconciliations() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'reconciliation' OR EXISTS (SELECT 1 FROM indelible.reconciliations AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_reconciliations AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reconciliation') EXECUTE FUNCTION indelible.history_needs_reconciliations()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_reconciliations
--;
CREATE FUNCTION indelible.payment_switches_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payment_switches_no_delete BEFORE DELETE ON indelible.payment_switches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payment_switches_no_delete()
--;
ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_no_delete
--;
CREATE FUNCTION indelible.payment_switches_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payment_switches_no_truncate BEFORE TRUNCATE ON indelible.payment_switches
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payment_switches_no_truncate()
--;
ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_no_truncate
--;
CREATE FUNCTION indelible.payment_switches_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payment_switches_one_step BEFORE UPDATE ON indelible.payment_switches
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.payment_switches_one_step()
--;
ALTER TABLE indelible.payment_switches ENABLE ALWAYS TRIGGER payment_switches_one_step
--;
CREATE FUNCTION indelible.history_needs_payment_switches() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'payment_switch' OR EXISTS (SELECT 1 FROM indelible.payment_switches AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_payment_switches AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payment_switch') EXECUTE FUNCTION indelible.history_needs_payment_switches()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_payment_switches
--;
CREATE FUNCTION indelible.payees_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payees_no_delete BEFORE DELETE ON indelible.payees
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payees_no_delete()
--;
ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_no_delete
--;
CREATE FUNCTION indelible.payees_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payees_no_truncate BEFORE TRUNCATE ON indelible.payees
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payees_no_truncate()
--;
ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_no_truncate
--;
CREATE FUNCTION indelible.payees_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payees_one_step BEFORE UPDATE ON indelible.payees
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.payees_one_step()
--;
ALTER TABLE indelible.payees ENABLE ALWAYS TRIGGER payees_one_step
--;
CREATE FUNCTION indelible.history_needs_payees() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'payee' OR EXISTS (SELECT 1 FROM indelible.payees AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_payees AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payee') EXECUTE FUNCTION indelible.history_needs_payees()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_payees
--;
CREATE FUNCTION indelible.payout_jobs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payout_jobs_no_delete BEFORE DELETE ON indelible.payout_jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payout_jobs_no_delete()
--;
ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_no_delete
--;
CREATE FUNCTION indelible.payout_jobs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payout_jobs_no_truncate BEFORE TRUNCATE ON indelible.payout_jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payout_jobs_no_truncate()
--;
ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_no_truncate
--;
CREATE FUNCTION indelible.payout_jobs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payout_jobs_one_step BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.payout_jobs_one_step()
--;
ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_one_step
--;
CREATE FUNCTION indelible.history_needs_payout_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'payout_job' OR EXISTS (SELECT 1 FROM indelible.payout_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_payout_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'payout_job') EXECUTE FUNCTION indelible.history_needs_payout_jobs()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_payout_jobs
--;
CREATE FUNCTION indelible.transfers_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_no_delete BEFORE DELETE ON indelible.transfers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfers_no_delete()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_no_delete
--;
CREATE FUNCTION indelible.transfers_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_no_truncate BEFORE TRUNCATE ON indelible.transfers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.transfers_no_truncate()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_no_truncate
--;
CREATE FUNCTION indelible.transfers_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_one_step BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_one_step()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_one_step
--;
CREATE FUNCTION indelible.history_needs_transfers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'transfer' OR EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_transfers AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer') EXECUTE FUNCTION indelible.history_needs_transfers()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_transfers
--;
CREATE FUNCTION indelible.accounts_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER accounts_fixed BEFORE UPDATE ON indelible.accounts
FOR EACH ROW WHEN ((NEW.kind = OLD.kind AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.accounts_fixed()
--;
ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_fixed
--;
CREATE FUNCTION indelible.accounts_balance() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.balance_minor - OLD.balance_minor = CASE WHEN NEW.kind IN ('dispute_losses', 'dispute_receivable', 'goodwill', 'stripe_balance', 'stripe_fees') THEN NEW.debited_minor - NEW.credited_minor ELSE NEW.credited_minor - NEW.debited_minor END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER accounts_balance BEFORE UPDATE ON indelible.accounts
FOR EACH ROW EXECUTE FUNCTION indelible.accounts_balance()
--;
ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_balance
--;
CREATE FUNCTION indelible.accounts_new_movement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.movements AS movement WHERE movement.id = NEW.last_movement_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER accounts_new_movement BEFORE UPDATE ON indelible.accounts
FOR EACH ROW EXECUTE FUNCTION indelible.accounts_new_movement()
--;
ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_new_movement
--;
CREATE FUNCTION indelible.accounts_left_movement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (OLD.last_movement_id IS NULL OR EXISTS (SELECT 1 FROM indelible.history AS posted WHERE posted.lifecycle = 'movement' AND posted.entity_id = OLD.last_movement_id AND posted.seq = 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER accounts_left_movement BEFORE UPDATE ON indelible.accounts
FOR EACH ROW WHEN (OLD.last_movement_id IS NOT NULL) EXECUTE FUNCTION indelible.accounts_left_movement()
--;
ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_left_movement
--;
CREATE FUNCTION indelible.movements_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER movements_fixed BEFORE UPDATE ON indelible.movements
FOR EACH ROW WHEN ((NEW.kind = OLD.kind AND NEW.key = OLD.key AND (NEW.fact_key = OLD.fact_key OR NEW.fact_key IS NULL AND OLD.fact_key IS NULL) AND (NEW.reference = OLD.reference OR NEW.reference IS NULL AND OLD.reference IS NULL) AND NEW.currency = OLD.currency AND NEW.total_minor = OLD.total_minor AND NEW.posting_count = OLD.posting_count AND (NEW.reverses = OLD.reverses OR NEW.reverses IS NULL AND OLD.reverses IS NULL) AND NEW.source = OLD.source AND NEW.occurred_at = OLD.occurred_at) IS NOT TRUE) EXECUTE FUNCTION indelible.movements_fixed()
--;
ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_fixed
--;
CREATE FUNCTION indelible.movements_mirrors() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.reverses IS NULL OR EXISTS (SELECT 1 FROM indelible.movements AS original WHERE original.id = NEW.reverses AND original.currency = NEW.currency AND original.total_minor = NEW.total_minor AND original.posting_count = NEW.posting_count AND original.kind NOT IN ('PAYOUT_FAILED', 'REVERSAL', 'SETTLEMENT'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER movements_mirrors AFTER INSERT ON indelible.movements
FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION indelible.movements_mirrors()
--;
ALTER TABLE indelible.movements ENABLE ALWAYS TRIGGER movements_mirrors
--;
CREATE FUNCTION indelible.postings_of_accounts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE (EXISTS (SELECT 1 FROM indelible.accounts AS account WHERE account.id = posting.debit_account_id AND account.last_movement_id = posting.entity_id) AND EXISTS (SELECT 1 FROM indelible.accounts AS account WHERE account.id = posting.credit_account_id AND account.last_movement_id = posting.entity_id)) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER postings_of_accounts AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_of_accounts()
--;
ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_of_accounts
--;
CREATE FUNCTION indelible.postings_pays_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE posting.owed_movement_id IS NOT NULL AND (EXISTS (SELECT 1 FROM indelible.postings AS line WHERE line.entity_id = posting.owed_movement_id AND line.seq = 1 AND line.number = posting.owed_number AND line.party = posting.party AND line.amount_minor = posting.amount_minor AND line.credit_account_id = posting.debit_account_id)) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER postings_pays_line AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_pays_line()
--;
ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_pays_line
--;
CREATE FUNCTION indelible.postings_reverses_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE posting.reversed_movement_id IS NOT NULL AND (EXISTS (SELECT 1 FROM indelible.postings AS line WHERE line.entity_id = posting.reversed_movement_id AND line.seq = 1 AND line.number = posting.reversed_number AND line.owed_movement_id IS NOT NULL AND line.party = posting.party AND line.debit_account_id = posting.credit_account_id AND line.amount_minor >= (SELECT coalesce(sum(earlier.amount_minor), 0) FROM indelible.postings AS earlier WHERE earlier.reversed_movement_id = posting.reversed_movement_id AND earlier.reversed_number = posting.reversed_number))) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER postings_reverses_line AFTER INSERT ON indelible.postings
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indelible.postings_reverses_line()
--;
ALTER TABLE indelible.postings ENABLE ALWAYS TRIGGER postings_reverses_line
--;
CREATE FUNCTION indelible.history_balances_movement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'movement') OR EXISTS (SELECT 1 FROM indelible.movements AS movement WHERE movement.id = NEW.entity_id AND movement.posting_count = (SELECT count(*) FROM indelible.postings AS line WHERE line.entity_id = movement.id) AND movement.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.postings AS line WHERE line.entity_id = movement.id) AND NOT EXISTS (SELECT 1 FROM indelible.accounts AS account WHERE account.last_movement_id = movement.id AND (account.currency = movement.currency AND (account.reference IS NULL OR account.reference = movement.reference) AND account.debited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.postings AS line WHERE line.entity_id = movement.id AND line.debit_account_id = account.id) AND account.credited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.postings AS line WHERE line.entity_id = movement.id AND line.credit_account_id = account.id)) IS NOT TRUE) AND NEW.action = CASE WHEN movement.kind = 'SETTLEMENT' THEN 'settle' WHEN movement.posting_count = 0 THEN 'note' ELSE 'post' END AND (movement.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM indelible.postings AS line LEFT JOIN indelible.postings AS original ON original.entity_id = movement.reverses AND original.seq = 1 AND original.number = line.number WHERE line.entity_id = movement.id AND (line.debit_account_id = original.credit_account_id AND line.credit_account_id = original.debit_account_id AND line.amount_minor = original.amount_minor AND (line.party) IS NOT DISTINCT FROM (original.party) AND (line.owed_movement_id IS NULL OR line.owed_movement_id = original.entity_id AND line.owed_number = original.number) AND (line.reversed_movement_id = original.entity_id AND line.reversed_number = original.number OR NOT (substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_balances_movement AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'movement') EXECUTE FUNCTION indelible.history_balances_movement()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_balances_movement
--;
CREATE FUNCTION indelible.charges_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER charges_fixed BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.item = OLD.item AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_fixed()
--;
ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_fixed
--;
CREATE FUNCTION indelible.charges_paid_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER charges_paid_once BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((OLD.paid_at IS NULL OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_paid_once()
--;
ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_paid_once
--;
CREATE FUNCTION indelible.charges_generation_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER charges_generation_forward BEFORE UPDATE ON indelible.charges
FOR EACH ROW WHEN ((NEW.generation >= OLD.generation) IS NOT TRUE) EXECUTE FUNCTION indelible.charges_generation_forward()
--;
ALTER TABLE indelible.charges ENABLE ALWAYS TRIGGER charges_generation_forward
--;
CREATE FUNCTION indelible.refunds_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refunds_fixed BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((NEW.charge_id = OLD.charge_id AND NEW.number = OLD.number AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.reason_code = OLD.reason_code AND NEW.covered = OLD.covered) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_fixed()
--;
ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_fixed
--;
CREATE FUNCTION indelible.refunds_keeps_stripe_refund_id() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refunds_keeps_stripe_refund_id BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((OLD.stripe_refund_id IS NULL OR NEW.stripe_refund_id = OLD.stripe_refund_id) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_keeps_stripe_refund_id()
--;
ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_keeps_stripe_refund_id
--;
CREATE FUNCTION indelible.refunds_generation_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER refunds_generation_forward BEFORE UPDATE ON indelible.refunds
FOR EACH ROW WHEN ((NEW.generation >= OLD.generation) IS NOT TRUE) EXECUTE FUNCTION indelible.refunds_generation_forward()
--;
ALTER TABLE indelible.refunds ENABLE ALWAYS TRIGGER refunds_generation_forward
--;
CREATE FUNCTION indelible.disputes_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER disputes_fixed BEFORE UPDATE ON indelible.disputes
FOR EACH ROW WHEN ((NEW.charge_id = OLD.charge_id AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.covered = OLD.covered) IS NOT TRUE) EXECUTE FUNCTION indelible.disputes_fixed()
--;
ALTER TABLE indelible.disputes ENABLE ALWAYS TRIGGER disputes_fixed
--;
CREATE FUNCTION indelible.stripe_events_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_events_fixed BEFORE UPDATE ON indelible.stripe_events
FOR EACH ROW WHEN ((NEW.event_type = OLD.event_type AND (NEW.api_version = OLD.api_version OR NEW.api_version IS NULL AND OLD.api_version IS NULL) AND NEW.livemode = OLD.livemode AND NEW.created = OLD.created AND NEW.payload_digest = OLD.payload_digest AND NEW.object_id = OLD.object_id AND (NEW.account = OLD.account OR NEW.account IS NULL AND OLD.account IS NULL) AND NEW.origin = OLD.origin) IS NOT TRUE) EXECUTE FUNCTION indelible.stripe_events_fixed()
--;
ALTER TABLE indelible.stripe_events ENABLE ALWAYS TRIGGER stripe_events_fixed
--;
CREATE FUNCTION indelible.stripe_event_attempts_outcome_of_state() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.stripe_events AS event WHERE event.id = NEW.event_id AND CASE event.status WHEN 'PROCESSED' THEN NEW.outcome IN ('DUPLICATE', 'PROCESSED') WHEN 'IGNORED' THEN NEW.outcome = 'IGNORED' ELSE NEW.outcome = 'FAILED' END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stripe_event_attempts_outcome_of_state AFTER INSERT ON indelible.stripe_event_attempts
FOR EACH ROW EXECUTE FUNCTION indelible.stripe_event_attempts_outcome_of_state()
--;
ALTER TABLE indelible.stripe_event_attempts ENABLE ALWAYS TRIGGER stripe_event_attempts_outcome_of_state
--;
CREATE FUNCTION indelible.reconciliations_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER reconciliations_fixed BEFORE UPDATE ON indelible.reconciliations
FOR EACH ROW WHEN ((NEW.scope = OLD.scope AND NEW.started_at = OLD.started_at) IS NOT TRUE) EXECUTE FUNCTION indelible.reconciliations_fixed()
--;
ALTER TABLE indelible.reconciliations ENABLE ALWAYS TRIGGER reconciliations_fixed
--;
CREATE FUNCTION indelible.history_counts_discrepancies() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'reconciliation' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM indelible.reconciliations AS reconciliation WHERE reconciliation.id = NEW.entity_id AND reconciliation.discrepancy_count = (SELECT count(*) FROM indelible.discrepancies AS line WHERE line.entity_id = reconciliation.id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_counts_discrepancies AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'reconciliation' AND NEW.action = 'complete') EXECUTE FUNCTION indelible.history_counts_discrepancies()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_counts_discrepancies
--;
CREATE FUNCTION indelible.transfers_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_fixed BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN (((NEW.job_id = OLD.job_id OR NEW.job_id IS NULL AND OLD.job_id IS NULL) AND NEW.settlement_id = OLD.settlement_id AND NEW.reference = OLD.reference AND NEW.party = OLD.party AND NEW.amount_minor = OLD.amount_minor AND NEW.currency = OLD.currency AND NEW.line_count = OLD.line_count AND (NEW.reissue_of = OLD.reissue_of OR NEW.reissue_of IS NULL AND OLD.reissue_of IS NULL)) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_fixed()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_fixed
--;
CREATE FUNCTION indelible.transfers_keeps_stripe_transfer_id() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_keeps_stripe_transfer_id BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN ((OLD.stripe_transfer_id IS NULL OR NEW.stripe_transfer_id = OLD.stripe_transfer_id) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_keeps_stripe_transfer_id()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_keeps_stripe_transfer_id
--;
CREATE FUNCTION indelible.transfers_generation_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_generation_forward BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN ((NEW.generation >= OLD.generation) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_generation_forward()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_generation_forward
--;
CREATE FUNCTION indelible.transfers_reversed_forward() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_reversed_forward BEFORE UPDATE ON indelible.transfers
FOR EACH ROW WHEN ((NEW.reversed_minor >= OLD.reversed_minor) IS NOT TRUE) EXECUTE FUNCTION indelible.transfers_reversed_forward()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_reversed_forward
--;
CREATE FUNCTION indelible.transfers_approved_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN OLD.status = 'failed_terminal' AND NEW.status = 'pending' THEN NEW.approved_by IS NULL WHEN OLD.status = 'pending' AND NEW.status = 'pending' AND OLD.approved_by IS NULL THEN NEW.approved_by IS NOT NULL ELSE (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_approved_once BEFORE UPDATE ON indelible.transfers
FOR EACH ROW EXECUTE FUNCTION indelible.transfers_approved_once()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_approved_once
--;
CREATE FUNCTION indelible.transfers_job_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.payout_jobs AS job WHERE job.id = NEW.job_id AND job.status = 'complete')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfers_job_open AFTER INSERT ON indelible.transfers
FOR EACH ROW WHEN (NEW.job_id IS NOT NULL) EXECUTE FUNCTION indelible.transfers_job_open()
--;
ALTER TABLE indelible.transfers ENABLE ALWAYS TRIGGER transfers_job_open
--;
CREATE FUNCTION indelible.transfer_lines_of_owed_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.transfers AS transfer JOIN indelible.postings AS owed ON owed.party = transfer.party WHERE transfer.id = NEW.entity_id AND owed.entity_id = NEW.owed_movement_id AND owed.seq = 1 AND owed.number = NEW.owed_number AND owed.amount_minor = NEW.amount_minor AND owed.credit_account_id = 'winner_payable:' || transfer.reference || ':' || transfer.currency)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER transfer_lines_of_owed_line AFTER INSERT ON indelible.transfer_lines
FOR EACH ROW EXECUTE FUNCTION indelible.transfer_lines_of_owed_line()
--;
ALTER TABLE indelible.transfer_lines ENABLE ALWAYS TRIGGER transfer_lines_of_owed_line
--;
CREATE FUNCTION indelible.history_counts_transfer_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'plan') OR EXISTS (SELECT 1 FROM indelible.transfers AS transfer WHERE transfer.id = NEW.entity_id AND transfer.line_count = (SELECT count(*) FROM indelible.transfer_lines AS line WHERE line.entity_id = transfer.id) AND transfer.amount_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM indelible.transfer_lines AS line WHERE line.entity_id = transfer.id))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_counts_transfer_lines AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'transfer' AND NEW.action = 'plan') EXECUTE FUNCTION indelible.history_counts_transfer_lines()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_counts_transfer_lines
--;
CREATE FUNCTION indelible.payout_jobs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payout_jobs_fixed BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW WHEN ((NEW.reference = OLD.reference AND NEW.currency = OLD.currency AND NEW.transfer_count = OLD.transfer_count AND NEW.total_minor = OLD.total_minor) IS NOT TRUE) EXECUTE FUNCTION indelible.payout_jobs_fixed()
--;
ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_fixed
--;
CREATE FUNCTION indelible.payout_jobs_finished() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT (NEW.status = 'complete') OR NEW.transfer_count = (SELECT count(*) FROM indelible.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NEW.total_minor = (SELECT coalesce(sum(transfer.amount_minor), 0) FROM indelible.transfers AS transfer WHERE transfer.job_id = NEW.id) AND NOT EXISTS (SELECT 1 FROM indelible.transfers AS transfer WHERE transfer.job_id = NEW.id AND transfer.status NOT IN ('completed', 'failed_terminal'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payout_jobs_finished BEFORE UPDATE ON indelible.payout_jobs
FOR EACH ROW WHEN (NEW.status = 'complete') EXECUTE FUNCTION indelible.payout_jobs_finished()
--;
ALTER TABLE indelible.payout_jobs ENABLE ALWAYS TRIGGER payout_jobs_finished
--;
CREATE FUNCTION indelible.tasks_needs_charges() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('expire_charge', 'record_fee') OR EXISTS (SELECT 1 FROM indelible.charges AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_charges AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('expire_charge', 'record_fee')) EXECUTE FUNCTION indelible.tasks_needs_charges()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_charges
--;
CREATE FUNCTION indelible.tasks_needs_refunds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('send_refund') OR EXISTS (SELECT 1 FROM indelible.refunds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_refunds AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('send_refund')) EXECUTE FUNCTION indelible.tasks_needs_refunds()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_refunds
--;
CREATE FUNCTION indelible.tasks_needs_stripe_events() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('process_stripe_event') OR EXISTS (SELECT 1 FROM indelible.stripe_events AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_stripe_events AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('process_stripe_event')) EXECUTE FUNCTION indelible.tasks_needs_stripe_events()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_stripe_events
--;
CREATE FUNCTION indelible.tasks_needs_payout_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('plan_transfers', 'complete_payout_job') OR EXISTS (SELECT 1 FROM indelible.payout_jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_payout_jobs AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('plan_transfers', 'complete_payout_job')) EXECUTE FUNCTION indelible.tasks_needs_payout_jobs()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_payout_jobs
--;
CREATE FUNCTION indelible.tasks_needs_transfers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('send_transfer') OR EXISTS (SELECT 1 FROM indelible.transfers AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_transfers AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('send_transfer')) EXECUTE FUNCTION indelible.tasks_needs_transfers()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_transfers
