DROP TRIGGER accounts_balance ON indelible.accounts
--;
DROP TRIGGER accounts_fixed ON indelible.accounts
--;
DROP TRIGGER accounts_initial_fields ON indelible.accounts
--;
DROP TRIGGER accounts_left_movement ON indelible.accounts
--;
DROP TRIGGER accounts_new_movement ON indelible.accounts
--;
DROP TRIGGER accounts_no_delete ON indelible.accounts
--;
DROP TRIGGER accounts_no_truncate ON indelible.accounts
--;
DROP TRIGGER accounts_one_step ON indelible.accounts
--;
DROP TRIGGER charges_fixed ON indelible.charges
--;
DROP TRIGGER charges_generation_forward ON indelible.charges
--;
DROP TRIGGER charges_initial_fields ON indelible.charges
--;
DROP TRIGGER charges_keeps_fields ON indelible.charges
--;
DROP TRIGGER charges_latest_times_on_insert ON indelible.charges
--;
DROP TRIGGER charges_latest_times_on_update ON indelible.charges
--;
DROP TRIGGER charges_no_delete ON indelible.charges
--;
DROP TRIGGER charges_no_truncate ON indelible.charges
--;
DROP TRIGGER charges_one_step ON indelible.charges
--;
DROP TRIGGER charges_paid_once ON indelible.charges
--;
DROP TRIGGER charges_sums_refunds ON indelible.charges
--;
DROP TRIGGER contest_events_has_body ON indelible.contest_events
--;
DROP TRIGGER contest_logs_initial_fields ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_keeps_fields ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_latest_times_on_insert ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_latest_times_on_update ON indelible.contest_logs
--;
DROP TRIGGER contest_logs_marks_of_now ON indelible.contest_logs
--;
DROP TRIGGER contests_initial_fields ON indelible.contests
--;
DROP TRIGGER contests_keeps_fields ON indelible.contests
--;
DROP TRIGGER contests_latest_times_on_insert ON indelible.contests
--;
DROP TRIGGER contests_latest_times_on_update ON indelible.contests
--;
DROP TRIGGER covered_items_in_change ON indelible.covered_items
--;
DROP TRIGGER covered_items_no_delete ON indelible.covered_items
--;
DROP TRIGGER covered_items_no_truncate ON indelible.covered_items
--;
DROP TRIGGER covered_items_no_update ON indelible.covered_items
--;
DROP TRIGGER discrepancies_in_change ON indelible.discrepancies
--;
DROP TRIGGER discrepancies_no_delete ON indelible.discrepancies
--;
DROP TRIGGER discrepancies_no_truncate ON indelible.discrepancies
--;
DROP TRIGGER discrepancies_no_update ON indelible.discrepancies
--;
DROP TRIGGER disputes_covered_by_settlement ON indelible.disputes
--;
DROP TRIGGER disputes_fixed ON indelible.disputes
--;
DROP TRIGGER disputes_initial_fields ON indelible.disputes
--;
DROP TRIGGER disputes_keeps_fields ON indelible.disputes
--;
DROP TRIGGER disputes_latest_times_on_insert ON indelible.disputes
--;
DROP TRIGGER disputes_latest_times_on_update ON indelible.disputes
--;
DROP TRIGGER disputes_no_delete ON indelible.disputes
--;
DROP TRIGGER disputes_no_truncate ON indelible.disputes
--;
DROP TRIGGER disputes_of_payment ON indelible.disputes
--;
DROP TRIGGER disputes_one_step ON indelible.disputes
--;
DROP TRIGGER disputes_times_in_order ON indelible.disputes
--;
DROP TRIGGER entries_initial_fields ON indelible.entries
--;
DROP TRIGGER entries_keeps_fields ON indelible.entries
--;
DROP TRIGGER entries_latest_times_on_insert ON indelible.entries
--;
DROP TRIGGER entries_latest_times_on_update ON indelible.entries
--;
DROP TRIGGER entries_settled_stays ON indelible.entries
--;
DROP TRIGGER history_balances_movement ON indelible.history
--;
DROP TRIGGER history_counts_discrepancies ON indelible.history
--;
DROP TRIGGER history_counts_transfer_lines ON indelible.history
--;
DROP TRIGGER history_declares_data_of_accounts ON indelible.history
--;
DROP TRIGGER history_declares_data_of_algorithms ON indelible.history
--;
DROP TRIGGER history_declares_data_of_authors ON indelible.history
--;
DROP TRIGGER history_declares_data_of_charges ON indelible.history
--;
DROP TRIGGER history_declares_data_of_concepts ON indelible.history
--;
DROP TRIGGER history_declares_data_of_contest_logs ON indelible.history
--;
DROP TRIGGER history_declares_data_of_contests ON indelible.history
--;
DROP TRIGGER history_declares_data_of_disputes ON indelible.history
--;
DROP TRIGGER history_declares_data_of_entries ON indelible.history
--;
DROP TRIGGER history_declares_data_of_image_generation_jobs ON indelible.history
--;
DROP TRIGGER history_declares_data_of_ipfs_upload_records ON indelible.history
--;
DROP TRIGGER history_declares_data_of_jobs ON indelible.history
--;
DROP TRIGGER history_declares_data_of_keys ON indelible.history
--;
DROP TRIGGER history_declares_data_of_mint_events ON indelible.history
--;
DROP TRIGGER history_declares_data_of_movements ON indelible.history
--;
DROP TRIGGER history_declares_data_of_payees ON indelible.history
--;
DROP TRIGGER history_declares_data_of_payment_switches ON indelible.history
--;
DROP TRIGGER history_declares_data_of_payout_jobs ON indelible.history
--;
DROP TRIGGER history_declares_data_of_projects ON indelible.history
--;
DROP TRIGGER history_declares_data_of_provider_feeds ON indelible.history
--;
DROP TRIGGER history_declares_data_of_reconciliations ON indelible.history
--;
DROP TRIGGER history_declares_data_of_refunds ON indelible.history
--;
DROP TRIGGER history_declares_data_of_reveal_transactions ON indelible.history
--;
DROP TRIGGER history_declares_data_of_settings ON indelible.history
--;
DROP TRIGGER history_declares_data_of_settlement_runs ON indelible.history
--;
DROP TRIGGER history_declares_data_of_spaces ON indelible.history
--;
DROP TRIGGER history_declares_data_of_stages ON indelible.history
--;
DROP TRIGGER history_declares_data_of_stripe_events ON indelible.history
--;
DROP TRIGGER history_declares_data_of_subspaces ON indelible.history
--;
DROP TRIGGER history_declares_data_of_system_state ON indelible.history
--;
DROP TRIGGER history_declares_data_of_tokens_s0 ON indelible.history
--;
DROP TRIGGER history_declares_data_of_transfers ON indelible.history
--;
DROP TRIGGER history_holds_feed ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_charges ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_contest_logs ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_contests ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_disputes ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_payees ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_projects ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_subspaces ON indelible.history
--;
DROP TRIGGER history_keeps_fields_of_transfers ON indelible.history
--;
DROP TRIGGER history_names_approved_by ON indelible.history
--;
DROP TRIGGER history_names_destination_set_by ON indelible.history
--;
DROP TRIGGER history_needs_accounts ON indelible.history
--;
DROP TRIGGER history_needs_charges ON indelible.history
--;
DROP TRIGGER history_needs_covered_items ON indelible.history
--;
DROP TRIGGER history_needs_discrepancies ON indelible.history
--;
DROP TRIGGER history_needs_disputes ON indelible.history
--;
DROP TRIGGER history_needs_movements ON indelible.history
--;
DROP TRIGGER history_needs_payees ON indelible.history
--;
DROP TRIGGER history_needs_payment_switches ON indelible.history
--;
DROP TRIGGER history_needs_payout_jobs ON indelible.history
--;
DROP TRIGGER history_needs_postings ON indelible.history
--;
DROP TRIGGER history_needs_reconciliations ON indelible.history
--;
DROP TRIGGER history_needs_refunds ON indelible.history
--;
DROP TRIGGER history_needs_stripe_events ON indelible.history
--;
DROP TRIGGER history_needs_transfer_lines ON indelible.history
--;
DROP TRIGGER history_needs_transfers ON indelible.history
--;
DROP TRIGGER history_no_delete ON indelible.history
--;
DROP TRIGGER history_no_update ON indelible.history
--;
DROP TRIGGER history_second_person_reverses ON indelible.history
--;
DROP TRIGGER hung_threads_expire_soon_on_insert ON indelible.hung_threads
--;
DROP TRIGGER hung_threads_expire_soon_on_update ON indelible.hung_threads
--;
DROP TRIGGER hung_threads_expired ON indelible.hung_threads
--;
DROP TRIGGER hung_threads_of_one_process_on_insert ON indelible.hung_threads
--;
DROP TRIGGER hung_threads_of_one_process_on_update ON indelible.hung_threads
--;
DROP TRIGGER image_generation_jobs_initial_fields ON indelible.image_generation_jobs
--;
DROP TRIGGER image_generation_jobs_latest_times_on_insert ON indelible.image_generation_jobs
--;
DROP TRIGGER image_generation_jobs_latest_times_on_update ON indelible.image_generation_jobs
--;
DROP TRIGGER ipfs_upload_records_initial_fields ON indelible.ipfs_upload_records
--;
DROP TRIGGER ipfs_upload_records_latest_times_on_insert ON indelible.ipfs_upload_records
--;
DROP TRIGGER ipfs_upload_records_latest_times_on_update ON indelible.ipfs_upload_records
--;
DROP TRIGGER jobs_initial_fields ON indelible.jobs
--;
DROP TRIGGER jobs_keeps_fields ON indelible.jobs
--;
DROP TRIGGER jobs_latest_times_on_insert ON indelible.jobs
--;
DROP TRIGGER jobs_latest_times_on_update ON indelible.jobs
--;
DROP TRIGGER keys_has_scopes ON indelible.keys
--;
DROP TRIGGER lifecycle_edges_no_delete ON indelible.lifecycle_edges
--;
DROP TRIGGER mint_events_latest_times_on_insert ON indelible.mint_events
--;
DROP TRIGGER mint_events_latest_times_on_update ON indelible.mint_events
--;
DROP TRIGGER movements_fixed ON indelible.movements
--;
DROP TRIGGER movements_latest_times_on_insert ON indelible.movements
--;
DROP TRIGGER movements_latest_times_on_update ON indelible.movements
--;
DROP TRIGGER movements_mirrors ON indelible.movements
--;
DROP TRIGGER movements_no_delete ON indelible.movements
--;
DROP TRIGGER movements_no_truncate ON indelible.movements
--;
DROP TRIGGER movements_notes_fact ON indelible.movements
--;
DROP TRIGGER movements_one_step ON indelible.movements
--;
DROP TRIGGER payees_initial_fields ON indelible.payees
--;
DROP TRIGGER payees_keeps_fields ON indelible.payees
--;
DROP TRIGGER payees_no_delete ON indelible.payees
--;
DROP TRIGGER payees_no_truncate ON indelible.payees
--;
DROP TRIGGER payees_one_step ON indelible.payees
--;
DROP TRIGGER payment_switches_latest_times_on_insert ON indelible.payment_switches
--;
DROP TRIGGER payment_switches_latest_times_on_update ON indelible.payment_switches
--;
DROP TRIGGER payment_switches_no_delete ON indelible.payment_switches
--;
DROP TRIGGER payment_switches_no_truncate ON indelible.payment_switches
--;
DROP TRIGGER payment_switches_one_step ON indelible.payment_switches
--;
DROP TRIGGER payout_jobs_finished ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_fixed ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_initial_fields ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_keeps_fields ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_latest_times_on_insert ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_latest_times_on_update ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_no_delete ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_no_truncate ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_of_settlement ON indelible.payout_jobs
--;
DROP TRIGGER payout_jobs_one_step ON indelible.payout_jobs
--;
DROP TRIGGER postings_in_change ON indelible.postings
--;
DROP TRIGGER postings_no_delete ON indelible.postings
--;
DROP TRIGGER postings_no_truncate ON indelible.postings
--;
DROP TRIGGER postings_no_update ON indelible.postings
--;
DROP TRIGGER postings_of_accounts ON indelible.postings
--;
DROP TRIGGER postings_pays_line ON indelible.postings
--;
DROP TRIGGER postings_reverses_line ON indelible.postings
--;
DROP TRIGGER projects_initial_fields ON indelible.projects
--;
DROP TRIGGER projects_keeps_fields ON indelible.projects
--;
DROP TRIGGER provider_feeds_initial_fields ON indelible.provider_feeds
--;
DROP TRIGGER provider_feeds_keeps_fields ON indelible.provider_feeds
--;
DROP TRIGGER provider_feeds_latest_times_on_insert ON indelible.provider_feeds
--;
DROP TRIGGER provider_feeds_latest_times_on_update ON indelible.provider_feeds
--;
DROP TRIGGER rate_buckets_empty_by_now_on_insert ON indelible.rate_buckets
--;
DROP TRIGGER rate_buckets_empty_by_now_on_update ON indelible.rate_buckets
--;
DROP TRIGGER receipts_has_answer ON indelible.receipts
--;
DROP TRIGGER receipts_not_far_ahead ON indelible.receipts
--;
DROP TRIGGER reconciliations_fixed ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_initial_fields ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_keeps_fields ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_latest_times_on_insert ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_latest_times_on_update ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_no_delete ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_no_truncate ON indelible.reconciliations
--;
DROP TRIGGER reconciliations_one_step ON indelible.reconciliations
--;
DROP TRIGGER refund_attempts_needs_head ON indelible.refund_attempts
--;
DROP TRIGGER refund_attempts_no_delete ON indelible.refund_attempts
--;
DROP TRIGGER refund_attempts_no_truncate ON indelible.refund_attempts
--;
DROP TRIGGER refund_attempts_no_update ON indelible.refund_attempts
--;
DROP TRIGGER refunds_covered_by_settlement ON indelible.refunds
--;
DROP TRIGGER refunds_fixed ON indelible.refunds
--;
DROP TRIGGER refunds_generation_forward ON indelible.refunds
--;
DROP TRIGGER refunds_initial_fields ON indelible.refunds
--;
DROP TRIGGER refunds_keeps_fields ON indelible.refunds
--;
DROP TRIGGER refunds_keeps_stripe_refund_id ON indelible.refunds
--;
DROP TRIGGER refunds_next_number ON indelible.refunds
--;
DROP TRIGGER refunds_no_delete ON indelible.refunds
--;
DROP TRIGGER refunds_no_truncate ON indelible.refunds
--;
DROP TRIGGER refunds_one_step ON indelible.refunds
--;
DROP TRIGGER refunds_refundable ON indelible.refunds
--;
DROP TRIGGER reveal_transactions_initial_fields ON indelible.reveal_transactions
--;
DROP TRIGGER reveal_transactions_latest_times_on_insert ON indelible.reveal_transactions
--;
DROP TRIGGER reveal_transactions_latest_times_on_update ON indelible.reveal_transactions
--;
DROP TRIGGER seal_records_no_delete ON indelible.seal_records
--;
DROP TRIGGER seals_finished ON indelible.seals
--;
DROP TRIGGER seals_no_delete ON indelible.seals
--;
DROP TRIGGER settlement_runs_initial_fields ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_keeps_fields ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_latest_times_on_insert ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_latest_times_on_update ON indelible.settlement_runs
--;
DROP TRIGGER settlement_runs_next_number ON indelible.settlement_runs
--;
DROP TRIGGER spaces_keeps_fields ON indelible.spaces
--;
DROP TRIGGER stage_breakers_counts_one ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_fixed ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_delete ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_truncate ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_probe_soon_on_insert ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_probe_soon_on_update ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_starts_clear ON indelible.stage_breakers
--;
DROP TRIGGER stripe_event_attempts_needs_head ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_no_delete ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_no_truncate ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_no_update ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_event_attempts_outcome_of_state ON indelible.stripe_event_attempts
--;
DROP TRIGGER stripe_events_fixed ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_initial_fields ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_keeps_fields ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_latest_times_on_insert ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_latest_times_on_update ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_no_delete ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_no_truncate ON indelible.stripe_events
--;
DROP TRIGGER stripe_events_one_step ON indelible.stripe_events
--;
DROP TRIGGER subscriber_cursors_fence ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_first ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_fixed ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_in_feed ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_no_delete ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_no_truncate ON indelible.subscriber_cursors
--;
DROP TRIGGER subspaces_keeps_fields ON indelible.subspaces
--;
DROP TRIGGER subspaces_of_owner ON indelible.subspaces
--;
DROP TRIGGER task_attempts_no_delete ON indelible.task_attempts
--;
DROP TRIGGER tasks_due ON indelible.tasks
--;
DROP TRIGGER tasks_due_on_insert ON indelible.tasks
--;
DROP TRIGGER tasks_fence ON indelible.tasks
--;
DROP TRIGGER tasks_needs_charges ON indelible.tasks
--;
DROP TRIGGER tasks_needs_payout_jobs ON indelible.tasks
--;
DROP TRIGGER tasks_needs_refunds ON indelible.tasks
--;
DROP TRIGGER tasks_needs_stripe_events ON indelible.tasks
--;
DROP TRIGGER tasks_needs_transfers ON indelible.tasks
--;
DROP TRIGGER tasks_new ON indelible.tasks
--;
DROP TRIGGER tasks_prune ON indelible.tasks
--;
DROP TRIGGER tasks_success ON indelible.tasks
--;
DROP TRIGGER tokens_s0_initial_fields ON indelible.tokens_s0
--;
DROP TRIGGER tokens_s0_keeps_fields ON indelible.tokens_s0
--;
DROP TRIGGER transfer_attempts_needs_head ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_attempts_no_delete ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_attempts_no_truncate ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_attempts_no_update ON indelible.transfer_attempts
--;
DROP TRIGGER transfer_lines_in_change ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_no_delete ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_no_truncate ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_no_update ON indelible.transfer_lines
--;
DROP TRIGGER transfer_lines_of_owed_line ON indelible.transfer_lines
--;
DROP TRIGGER transfers_approved_once ON indelible.transfers
--;
DROP TRIGGER transfers_destination_approved ON indelible.transfers
--;
DROP TRIGGER transfers_destination_approved_by_another ON indelible.transfers
--;
DROP TRIGGER transfers_fixed ON indelible.transfers
--;
DROP TRIGGER transfers_generation_forward ON indelible.transfers
--;
DROP TRIGGER transfers_initial_fields ON indelible.transfers
--;
DROP TRIGGER transfers_job_open ON indelible.transfers
--;
DROP TRIGGER transfers_keeps_fields ON indelible.transfers
--;
DROP TRIGGER transfers_keeps_stripe_transfer_id ON indelible.transfers
--;
DROP TRIGGER transfers_latest_times_on_insert ON indelible.transfers
--;
DROP TRIGGER transfers_latest_times_on_update ON indelible.transfers
--;
DROP TRIGGER transfers_no_delete ON indelible.transfers
--;
DROP TRIGGER transfers_no_truncate ON indelible.transfers
--;
DROP TRIGGER transfers_of_settlement ON indelible.transfers
--;
DROP TRIGGER transfers_one_step ON indelible.transfers
--;
DROP TRIGGER transfers_reversed_forward ON indelible.transfers
--;
DROP TRIGGER watched_subjects_fixed ON indelible.watched_subjects
--;
DROP TRIGGER watched_subjects_known_by_now ON indelible.watched_subjects
--;
DROP TRIGGER watched_subjects_no_delete ON indelible.watched_subjects
--;
DROP TRIGGER watched_subjects_no_truncate ON indelible.watched_subjects
--;
DROP TRIGGER watched_subjects_success_rises ON indelible.watched_subjects
--;
DROP TRIGGER webhook_rejections_no_delete ON indelible.webhook_rejections
--;
DROP TRIGGER webhook_rejections_no_truncate ON indelible.webhook_rejections
--;
DROP TRIGGER webhook_rejections_no_update ON indelible.webhook_rejections
--;
DROP FUNCTION indelible.database_time
--;
DROP INDEX indelible.tasks_succeeded
--;
DROP INDEX indelible.webhook_rejections_at
--;
DROP INDEX indelible.webhook_rejections_endpoint
--;
DROP INDEX indelible.accounts_created_at
--;
DROP INDEX indelible.accounts_last_movement
--;
DROP INDEX indelible.accounts_of_kind
--;
DROP INDEX indelible.accounts_of_reference
--;
DROP INDEX indelible.accounts_updated_at
--;
DROP INDEX indelible.movements_created_at
--;
DROP INDEX indelible.movements_occurred_at
--;
DROP INDEX indelible.movements_of_kind
--;
DROP INDEX indelible.movements_of_reference
--;
DROP INDEX indelible.movements_one_fact
--;
DROP INDEX indelible.movements_one_key
--;
DROP INDEX indelible.movements_one_reversal
--;
DROP INDEX indelible.movements_updated_at
--;
DROP INDEX indelible.charges_created_at
--;
DROP INDEX indelible.charges_expires_at
--;
DROP INDEX indelible.charges_of_party
--;
DROP INDEX indelible.charges_of_reference
--;
DROP INDEX indelible.charges_of_reference_id
--;
DROP INDEX indelible.charges_one_intent
--;
DROP INDEX indelible.charges_one_item
--;
DROP INDEX indelible.charges_one_session
--;
DROP INDEX indelible.charges_paid_at
--;
DROP INDEX indelible.charges_status
--;
DROP INDEX indelible.charges_updated_at
--;
DROP INDEX indelible.refunds_created_at
--;
DROP INDEX indelible.refunds_one_running
--;
DROP INDEX indelible.refunds_one_stripe_refund
--;
DROP INDEX indelible.refunds_status
--;
DROP INDEX indelible.refunds_updated_at
--;
DROP INDEX indelible.disputes_created_at
--;
DROP INDEX indelible.disputes_due
--;
DROP INDEX indelible.disputes_of_charge
--;
DROP INDEX indelible.disputes_status
--;
DROP INDEX indelible.disputes_updated_at
--;
DROP INDEX indelible.stripe_events_created
--;
DROP INDEX indelible.stripe_events_created_at
--;
DROP INDEX indelible.stripe_events_of_object
--;
DROP INDEX indelible.stripe_events_of_type
--;
DROP INDEX indelible.stripe_events_received
--;
DROP INDEX indelible.stripe_events_status
--;
DROP INDEX indelible.stripe_events_updated_at
--;
DROP INDEX indelible.reconciliations_created_at
--;
DROP INDEX indelible.reconciliations_of_scope
--;
DROP INDEX indelible.reconciliations_one_running
--;
DROP INDEX indelible.reconciliations_started_at
--;
DROP INDEX indelible.reconciliations_status
--;
DROP INDEX indelible.reconciliations_updated_at
--;
DROP INDEX indelible.payees_created_at
--;
DROP INDEX indelible.payees_one_destination
--;
DROP INDEX indelible.payees_status
--;
DROP INDEX indelible.payees_updated_at
--;
DROP INDEX indelible.payout_jobs_created_at
--;
DROP INDEX indelible.payout_jobs_status
--;
DROP INDEX indelible.payout_jobs_updated_at
--;
DROP INDEX indelible.transfers_created_at
--;
DROP INDEX indelible.transfers_of_job
--;
DROP INDEX indelible.transfers_of_job_status
--;
DROP INDEX indelible.transfers_of_party
--;
DROP INDEX indelible.transfers_of_reference
--;
DROP INDEX indelible.transfers_one_stripe_transfer
--;
DROP INDEX indelible.transfers_parked_at
--;
DROP INDEX indelible.transfers_status
--;
DROP INDEX indelible.transfers_stuck
--;
DROP INDEX indelible.transfers_updated_at
--;
DROP INDEX indelible.postings_of_credit_account
--;
DROP INDEX indelible.postings_of_debit_account
--;
DROP INDEX indelible.postings_of_party
--;
DROP INDEX indelible.postings_owed_line
--;
DROP INDEX indelible.postings_reversal
--;
DROP INDEX indelible.history_feed
--;
DROP INDEX indelible.history_by_lifecycle
--;
DROP INDEX indelible.history_by_actor
--;
DROP INDEX indelible.history_by_action
--;
DROP INDEX indelible.history_by_at
--;
DROP FUNCTION indelible.feed_end
--;
DROP FUNCTION indelible.history_holds_feed
--;
DROP FUNCTION indelible.webhook_rejections_no_update
--;
DROP FUNCTION indelible.webhook_rejections_no_delete
--;
DROP FUNCTION indelible.webhook_rejections_no_truncate
--;
DROP FUNCTION indelible.history_declares_data_of_keys
--;
DROP FUNCTION indelible.history_declares_data_of_stages
--;
DROP FUNCTION indelible.history_declares_data_of_settings
--;
DROP FUNCTION indelible.tasks_due_on_insert
--;
DROP FUNCTION indelible.tasks_due
--;
DROP FUNCTION indelible.tasks_success
--;
DROP FUNCTION indelible.rate_buckets_empty_by_now_on_insert
--;
DROP FUNCTION indelible.rate_buckets_empty_by_now_on_update
--;
DROP FUNCTION indelible.stage_breakers_probe_soon_on_insert
--;
DROP FUNCTION indelible.stage_breakers_probe_soon_on_update
--;
DROP FUNCTION indelible.stage_breakers_starts_clear
--;
DROP FUNCTION indelible.stage_breakers_counts_one
--;
DROP FUNCTION indelible.stage_breakers_no_delete
--;
DROP FUNCTION indelible.stage_breakers_no_truncate
--;
DROP FUNCTION indelible.stage_breakers_fixed
--;
DROP FUNCTION indelible.hung_threads_expire_soon_on_insert
--;
DROP FUNCTION indelible.hung_threads_of_one_process_on_insert
--;
DROP FUNCTION indelible.hung_threads_expire_soon_on_update
--;
DROP FUNCTION indelible.hung_threads_of_one_process_on_update
--;
DROP FUNCTION indelible.subscriber_cursors_no_delete
--;
DROP FUNCTION indelible.subscriber_cursors_no_truncate
--;
DROP FUNCTION indelible.subscriber_cursors_fixed
--;
DROP FUNCTION indelible.subscriber_cursors_first
--;
DROP FUNCTION indelible.subscriber_cursors_fence
--;
DROP FUNCTION indelible.subscriber_cursors_in_feed
--;
DROP FUNCTION indelible.watched_subjects_no_delete
--;
DROP FUNCTION indelible.watched_subjects_no_truncate
--;
DROP FUNCTION indelible.watched_subjects_fixed
--;
DROP FUNCTION indelible.watched_subjects_known_by_now
--;
DROP FUNCTION indelible.watched_subjects_success_rises
--;
DROP FUNCTION indelible.keys_has_scopes
--;
DROP FUNCTION indelible.receipts_has_answer
--;
DROP FUNCTION indelible.receipts_not_far_ahead
--;
DROP FUNCTION indelible.history_declares_data_of_concepts
--;
DROP FUNCTION indelible.history_declares_data_of_spaces
--;
DROP FUNCTION indelible.spaces_keeps_fields
--;
DROP FUNCTION indelible.history_declares_data_of_subspaces
--;
DROP FUNCTION indelible.subspaces_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_subspaces
--;
DROP FUNCTION indelible.history_declares_data_of_algorithms
--;
DROP FUNCTION indelible.subspaces_of_owner
--;
DROP FUNCTION indelible.history_declares_data_of_authors
--;
DROP FUNCTION indelible.history_declares_data_of_mint_events
--;
DROP FUNCTION indelible.mint_events_latest_times_on_insert
--;
DROP FUNCTION indelible.mint_events_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_tokens_s0
--;
DROP FUNCTION indelible.tokens_s0_keeps_fields
--;
DROP FUNCTION indelible.tokens_s0_initial_fields
--;
DROP FUNCTION indelible.history_declares_data_of_image_generation_jobs
--;
DROP FUNCTION indelible.image_generation_jobs_initial_fields
--;
DROP FUNCTION indelible.image_generation_jobs_latest_times_on_insert
--;
DROP FUNCTION indelible.image_generation_jobs_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_ipfs_upload_records
--;
DROP FUNCTION indelible.ipfs_upload_records_initial_fields
--;
DROP FUNCTION indelible.ipfs_upload_records_latest_times_on_insert
--;
DROP FUNCTION indelible.ipfs_upload_records_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_reveal_transactions
--;
DROP FUNCTION indelible.reveal_transactions_initial_fields
--;
DROP FUNCTION indelible.reveal_transactions_latest_times_on_insert
--;
DROP FUNCTION indelible.reveal_transactions_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_system_state
--;
DROP FUNCTION indelible.history_declares_data_of_projects
--;
DROP FUNCTION indelible.projects_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_projects
--;
DROP FUNCTION indelible.projects_initial_fields
--;
DROP FUNCTION indelible.history_declares_data_of_jobs
--;
DROP FUNCTION indelible.jobs_keeps_fields
--;
DROP FUNCTION indelible.jobs_initial_fields
--;
DROP FUNCTION indelible.jobs_latest_times_on_insert
--;
DROP FUNCTION indelible.jobs_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_contests
--;
DROP FUNCTION indelible.contests_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_contests
--;
DROP FUNCTION indelible.contests_initial_fields
--;
DROP FUNCTION indelible.contests_latest_times_on_insert
--;
DROP FUNCTION indelible.contests_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_entries
--;
DROP FUNCTION indelible.entries_keeps_fields
--;
DROP FUNCTION indelible.entries_initial_fields
--;
DROP FUNCTION indelible.entries_latest_times_on_insert
--;
DROP FUNCTION indelible.entries_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_contest_logs
--;
DROP FUNCTION indelible.contest_logs_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_contest_logs
--;
DROP FUNCTION indelible.contest_logs_initial_fields
--;
DROP FUNCTION indelible.contest_logs_latest_times_on_insert
--;
DROP FUNCTION indelible.contest_logs_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_provider_feeds
--;
DROP FUNCTION indelible.provider_feeds_keeps_fields
--;
DROP FUNCTION indelible.provider_feeds_initial_fields
--;
DROP FUNCTION indelible.provider_feeds_latest_times_on_insert
--;
DROP FUNCTION indelible.provider_feeds_latest_times_on_update
--;
DROP FUNCTION indelible.history_declares_data_of_settlement_runs
--;
DROP FUNCTION indelible.settlement_runs_keeps_fields
--;
DROP FUNCTION indelible.settlement_runs_initial_fields
--;
DROP FUNCTION indelible.settlement_runs_latest_times_on_insert
--;
DROP FUNCTION indelible.settlement_runs_latest_times_on_update
--;
DROP FUNCTION indelible.entries_settled_stays
--;
DROP FUNCTION indelible.contest_logs_marks_of_now
--;
DROP FUNCTION indelible.contest_events_has_body
--;
DROP FUNCTION indelible.settlement_runs_next_number
--;
DROP FUNCTION indelible.postings_no_update
--;
DROP FUNCTION indelible.postings_no_delete
--;
DROP FUNCTION indelible.postings_no_truncate
--;
DROP FUNCTION indelible.covered_items_no_update
--;
DROP FUNCTION indelible.covered_items_no_delete
--;
DROP FUNCTION indelible.covered_items_no_truncate
--;
DROP FUNCTION indelible.refund_attempts_no_update
--;
DROP FUNCTION indelible.refund_attempts_no_delete
--;
DROP FUNCTION indelible.refund_attempts_no_truncate
--;
DROP FUNCTION indelible.stripe_event_attempts_no_update
--;
DROP FUNCTION indelible.stripe_event_attempts_no_delete
--;
DROP FUNCTION indelible.stripe_event_attempts_no_truncate
--;
DROP FUNCTION indelible.discrepancies_no_update
--;
DROP FUNCTION indelible.discrepancies_no_delete
--;
DROP FUNCTION indelible.discrepancies_no_truncate
--;
DROP FUNCTION indelible.transfer_lines_no_update
--;
DROP FUNCTION indelible.transfer_lines_no_delete
--;
DROP FUNCTION indelible.transfer_lines_no_truncate
--;
DROP FUNCTION indelible.transfer_attempts_no_update
--;
DROP FUNCTION indelible.transfer_attempts_no_delete
--;
DROP FUNCTION indelible.transfer_attempts_no_truncate
--;
DROP FUNCTION indelible.postings_in_change
--;
DROP FUNCTION indelible.history_needs_postings
--;
DROP FUNCTION indelible.covered_items_in_change
--;
DROP FUNCTION indelible.history_needs_covered_items
--;
DROP FUNCTION indelible.discrepancies_in_change
--;
DROP FUNCTION indelible.history_needs_discrepancies
--;
DROP FUNCTION indelible.transfer_lines_in_change
--;
DROP FUNCTION indelible.history_needs_transfer_lines
--;
DROP FUNCTION indelible.refund_attempts_needs_head
--;
DROP FUNCTION indelible.stripe_event_attempts_needs_head
--;
DROP FUNCTION indelible.transfer_attempts_needs_head
--;
DROP FUNCTION indelible.accounts_no_delete
--;
DROP FUNCTION indelible.accounts_no_truncate
--;
DROP FUNCTION indelible.accounts_one_step
--;
DROP FUNCTION indelible.history_needs_accounts
--;
DROP FUNCTION indelible.history_declares_data_of_accounts
--;
DROP FUNCTION indelible.accounts_initial_fields
--;
DROP FUNCTION indelible.movements_no_delete
--;
DROP FUNCTION indelible.movements_no_truncate
--;
DROP FUNCTION indelible.movements_one_step
--;
DROP FUNCTION indelible.history_needs_movements
--;
DROP FUNCTION indelible.history_declares_data_of_movements
--;
DROP FUNCTION indelible.movements_latest_times_on_insert
--;
DROP FUNCTION indelible.movements_latest_times_on_update
--;
DROP FUNCTION indelible.charges_no_delete
--;
DROP FUNCTION indelible.charges_no_truncate
--;
DROP FUNCTION indelible.charges_one_step
--;
DROP FUNCTION indelible.history_needs_charges
--;
DROP FUNCTION indelible.history_declares_data_of_charges
--;
DROP FUNCTION indelible.charges_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_charges
--;
DROP FUNCTION indelible.charges_initial_fields
--;
DROP FUNCTION indelible.charges_latest_times_on_insert
--;
DROP FUNCTION indelible.charges_latest_times_on_update
--;
DROP FUNCTION indelible.refunds_no_delete
--;
DROP FUNCTION indelible.refunds_no_truncate
--;
DROP FUNCTION indelible.refunds_one_step
--;
DROP FUNCTION indelible.history_needs_refunds
--;
DROP FUNCTION indelible.history_declares_data_of_refunds
--;
DROP FUNCTION indelible.refunds_keeps_fields
--;
DROP FUNCTION indelible.refunds_initial_fields
--;
DROP FUNCTION indelible.disputes_no_delete
--;
DROP FUNCTION indelible.disputes_no_truncate
--;
DROP FUNCTION indelible.disputes_one_step
--;
DROP FUNCTION indelible.history_needs_disputes
--;
DROP FUNCTION indelible.history_declares_data_of_disputes
--;
DROP FUNCTION indelible.disputes_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_disputes
--;
DROP FUNCTION indelible.disputes_initial_fields
--;
DROP FUNCTION indelible.disputes_latest_times_on_insert
--;
DROP FUNCTION indelible.disputes_latest_times_on_update
--;
DROP FUNCTION indelible.stripe_events_no_delete
--;
DROP FUNCTION indelible.stripe_events_no_truncate
--;
DROP FUNCTION indelible.stripe_events_one_step
--;
DROP FUNCTION indelible.history_needs_stripe_events
--;
DROP FUNCTION indelible.history_declares_data_of_stripe_events
--;
DROP FUNCTION indelible.stripe_events_keeps_fields
--;
DROP FUNCTION indelible.stripe_events_initial_fields
--;
DROP FUNCTION indelible.stripe_events_latest_times_on_insert
--;
DROP FUNCTION indelible.stripe_events_latest_times_on_update
--;
DROP FUNCTION indelible.reconciliations_no_delete
--;
DROP FUNCTION indelible.reconciliations_no_truncate
--;
DROP FUNCTION indelible.reconciliations_one_step
--;
DROP FUNCTION indelible.history_needs_reconciliations
--;
DROP FUNCTION indelible.history_declares_data_of_reconciliations
--;
DROP FUNCTION indelible.reconciliations_keeps_fields
--;
DROP FUNCTION indelible.reconciliations_initial_fields
--;
DROP FUNCTION indelible.reconciliations_latest_times_on_insert
--;
DROP FUNCTION indelible.reconciliations_latest_times_on_update
--;
DROP FUNCTION indelible.payment_switches_no_delete
--;
DROP FUNCTION indelible.payment_switches_no_truncate
--;
DROP FUNCTION indelible.payment_switches_one_step
--;
DROP FUNCTION indelible.history_needs_payment_switches
--;
DROP FUNCTION indelible.history_declares_data_of_payment_switches
--;
DROP FUNCTION indelible.payment_switches_latest_times_on_insert
--;
DROP FUNCTION indelible.payment_switches_latest_times_on_update
--;
DROP FUNCTION indelible.payees_no_delete
--;
DROP FUNCTION indelible.payees_no_truncate
--;
DROP FUNCTION indelible.payees_one_step
--;
DROP FUNCTION indelible.history_needs_payees
--;
DROP FUNCTION indelible.history_declares_data_of_payees
--;
DROP FUNCTION indelible.payees_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_payees
--;
DROP FUNCTION indelible.payees_initial_fields
--;
DROP FUNCTION indelible.payout_jobs_no_delete
--;
DROP FUNCTION indelible.payout_jobs_no_truncate
--;
DROP FUNCTION indelible.payout_jobs_one_step
--;
DROP FUNCTION indelible.history_needs_payout_jobs
--;
DROP FUNCTION indelible.history_declares_data_of_payout_jobs
--;
DROP FUNCTION indelible.payout_jobs_keeps_fields
--;
DROP FUNCTION indelible.payout_jobs_initial_fields
--;
DROP FUNCTION indelible.payout_jobs_latest_times_on_insert
--;
DROP FUNCTION indelible.payout_jobs_latest_times_on_update
--;
DROP FUNCTION indelible.transfers_no_delete
--;
DROP FUNCTION indelible.transfers_no_truncate
--;
DROP FUNCTION indelible.transfers_one_step
--;
DROP FUNCTION indelible.history_needs_transfers
--;
DROP FUNCTION indelible.history_declares_data_of_transfers
--;
DROP FUNCTION indelible.transfers_keeps_fields
--;
DROP FUNCTION indelible.history_keeps_fields_of_transfers
--;
DROP FUNCTION indelible.transfers_initial_fields
--;
DROP FUNCTION indelible.transfers_latest_times_on_insert
--;
DROP FUNCTION indelible.transfers_latest_times_on_update
--;
DROP FUNCTION indelible.accounts_fixed
--;
DROP FUNCTION indelible.accounts_balance
--;
DROP FUNCTION indelible.accounts_new_movement
--;
DROP FUNCTION indelible.accounts_left_movement
--;
DROP FUNCTION indelible.movements_fixed
--;
DROP FUNCTION indelible.movements_mirrors
--;
DROP FUNCTION indelible.movements_notes_fact
--;
DROP FUNCTION indelible.history_second_person_reverses
--;
DROP FUNCTION indelible.postings_of_accounts
--;
DROP FUNCTION indelible.postings_pays_line
--;
DROP FUNCTION indelible.postings_reverses_line
--;
DROP FUNCTION indelible.history_balances_movement
--;
DROP FUNCTION indelible.charges_fixed
--;
DROP FUNCTION indelible.charges_paid_once
--;
DROP FUNCTION indelible.charges_sums_refunds
--;
DROP FUNCTION indelible.charges_generation_forward
--;
DROP FUNCTION indelible.refunds_fixed
--;
DROP FUNCTION indelible.refunds_refundable
--;
DROP FUNCTION indelible.refunds_next_number
--;
DROP FUNCTION indelible.refunds_covered_by_settlement
--;
DROP FUNCTION indelible.refunds_keeps_stripe_refund_id
--;
DROP FUNCTION indelible.refunds_generation_forward
--;
DROP FUNCTION indelible.disputes_fixed
--;
DROP FUNCTION indelible.disputes_of_payment
--;
DROP FUNCTION indelible.disputes_covered_by_settlement
--;
DROP FUNCTION indelible.disputes_times_in_order
--;
DROP FUNCTION indelible.stripe_events_fixed
--;
DROP FUNCTION indelible.stripe_event_attempts_outcome_of_state
--;
DROP FUNCTION indelible.reconciliations_fixed
--;
DROP FUNCTION indelible.history_counts_discrepancies
--;
DROP FUNCTION indelible.transfers_fixed
--;
DROP FUNCTION indelible.transfers_keeps_stripe_transfer_id
--;
DROP FUNCTION indelible.transfers_generation_forward
--;
DROP FUNCTION indelible.transfers_of_settlement
--;
DROP FUNCTION indelible.transfers_reversed_forward
--;
DROP FUNCTION indelible.transfers_approved_once
--;
DROP FUNCTION indelible.transfers_destination_approved_by_another
--;
DROP FUNCTION indelible.transfers_destination_approved
--;
DROP FUNCTION indelible.history_names_approved_by
--;
DROP FUNCTION indelible.history_names_destination_set_by
--;
DROP FUNCTION indelible.transfers_job_open
--;
DROP FUNCTION indelible.transfer_lines_of_owed_line
--;
DROP FUNCTION indelible.history_counts_transfer_lines
--;
DROP FUNCTION indelible.payout_jobs_fixed
--;
DROP FUNCTION indelible.payout_jobs_of_settlement
--;
DROP FUNCTION indelible.payout_jobs_finished
--;
DROP FUNCTION indelible.tasks_needs_charges
--;
DROP FUNCTION indelible.tasks_needs_refunds
--;
DROP FUNCTION indelible.tasks_needs_stripe_events
--;
DROP FUNCTION indelible.tasks_needs_payout_jobs
--;
DROP FUNCTION indelible.tasks_needs_transfers
--;
DROP FUNCTION indelible.capture_ece2e9c23443848c2c4d763232f099fd
--;
ALTER TABLE indelible.accounts DROP CONSTRAINT accounts_movement
--;
ALTER TABLE indelible.stripe_events DROP CONSTRAINT stripe_events_payload
--;
ALTER TABLE indelible.transfers DROP CONSTRAINT transfers_job
--;
TRUNCATE indelible.transfer_attempts, indelible.transfer_lines, indelible.transfers, indelible.payout_jobs, indelible.payees, indelible.payment_switches, indelible.discrepancies, indelible.reconciliations, indelible.stripe_event_attempts, indelible.stripe_events, indelible.disputes, indelible.refund_attempts, indelible.refunds, indelible.charges, indelible.covered_items, indelible.postings, indelible.movements, indelible.accounts
--;
DELETE FROM indelible.task_attempts
WHERE stage IN (
  'complete_payout_job', 'expire_charge', 'process_stripe_event', 'record_fee',
  'send_refund', 'send_transfer'
)
--;
DELETE FROM indelible.tasks
WHERE stage IN (
  'complete_payout_job', 'expire_charge', 'process_stripe_event', 'record_fee',
  'send_refund', 'send_transfer'
)
--;
DELETE FROM indelible.seal_records
--;
DELETE FROM indelible.seals
--;
DELETE FROM indelible.history
WHERE lifecycle IN (
  'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
  'reconciliation', 'refund', 'stripe_event', 'transfer'
)
--;
DELETE FROM indelible.lifecycle_edges
WHERE lifecycle IN (
  'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
  'reconciliation', 'refund', 'stripe_event', 'transfer'
)
--;
UPDATE indelible.history SET txid = pg_current_xact_id()
--;
SET CONSTRAINTS ALL IMMEDIATE
--;
ALTER TABLE indelible.tasks DROP COLUMN succeeded_at
--;
CREATE UNIQUE INDEX history_feed ON indelible.history (txid, position)
--;
CREATE INDEX history_by_lifecycle ON indelible.history ((lifecycle || ''), txid, position)
--;
CREATE INDEX history_by_actor ON indelible.history (actor, txid, position)
--;
CREATE INDEX history_by_action ON indelible.history (action, txid, position)
--;
CREATE INDEX history_by_at ON indelible.history (at, txid, position)
--;
CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_delete()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_delete
--;
CREATE FUNCTION indelible.history_in_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.history AS predecessor WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND predecessor.txid > NEW.txid)) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_in_order AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.seq > 1) EXECUTE FUNCTION indelible.history_in_order()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_in_order
--;
CREATE TRIGGER history_no_update BEFORE UPDATE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_update()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_update
--;
CREATE TRIGGER history_no_delete BEFORE DELETE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_delete()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_delete
--;
CREATE OR REPLACE FUNCTION indelible.history_no_position() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.position = currval('indelible.history_position_seq')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER task_attempts_no_delete BEFORE DELETE ON indelible.task_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.task_attempts_no_delete()
--;
ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_no_delete
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_delete()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_delete
--;
CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_delete()
--;
ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_delete
--;
CREATE OR REPLACE FUNCTION indelible.tasks_prune() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN statement_timestamp() - make_interval(secs => CAST(setting.value AS integer)) END FROM indelible.settings AS setting WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM indelible.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_prune()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_prune
--;
CREATE TRIGGER tasks_new AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN ((NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.progress IS NULL AND NEW.error_class IS NULL) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_new()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_new
--;
CREATE TRIGGER tasks_fence BEFORE UPDATE ON indelible.tasks
FOR EACH ROW WHEN ((NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id AND (NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL AND (OLD.lease_until IS NULL OR OLD.lease_until <= statement_timestamp()) OR NEW.fence = OLD.fence + 1 AND NEW.cancel_reason IS NOT NULL AND OLD.due_at IS NOT NULL OR NEW.fence = OLD.fence AND NEW.cancel_reason IS NULL AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner))) IS NOT TRUE) EXECUTE FUNCTION indelible.tasks_fence()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_fence
--;
CREATE OR REPLACE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = statement_timestamp() WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = statement_timestamp()) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= statement_timestamp() + interval '172800 seconds' OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE OR REPLACE FUNCTION indelible.tasks_recorded() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= statement_timestamp() AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM indelible.task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= statement_timestamp() AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER hung_threads_expired BEFORE DELETE ON indelible.hung_threads
FOR EACH ROW WHEN ((OLD.expires_at <= statement_timestamp()) IS NOT TRUE) EXECUTE FUNCTION indelible.hung_threads_expired()
--;
ALTER TABLE indelible.hung_threads ENABLE ALWAYS TRIGGER hung_threads_expired
--;
CREATE OR REPLACE FUNCTION indelible.seals_finished() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_finished AFTER INSERT ON indelible.seals
FOR EACH ROW WHEN ((NEW.ends_at <= CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - 1) IS NOT TRUE) EXECUTE FUNCTION indelible.seals_finished()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_finished
--;
CREATE OR REPLACE FUNCTION indelible.contests_frozen() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF ((NEW.configuration_version = OLD.configuration_version AND NEW.configuration_digest = OLD.configuration_digest AND NEW.provider_event_id = OLD.provider_event_id AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
DROP TABLE indelible.transfer_attempts
--;
DROP TABLE indelible.transfer_lines
--;
DROP TABLE indelible.discrepancies
--;
DROP TABLE indelible.stripe_event_attempts
--;
DROP TABLE indelible.refund_attempts
--;
DROP TABLE indelible.covered_items
--;
DROP TABLE indelible.postings
--;
DROP TABLE indelible.transfers
--;
DROP TABLE indelible.payout_jobs
--;
DROP TABLE indelible.payees
--;
DROP TABLE indelible.payment_switches
--;
DROP TABLE indelible.reconciliations
--;
DROP TABLE indelible.stripe_events
--;
DROP TABLE indelible.disputes
--;
DROP TABLE indelible.refunds
--;
DROP TABLE indelible.charges
--;
DROP TABLE indelible.movements
--;
DROP TABLE indelible.accounts
--;
DROP TABLE indelible.webhook_rejections
--;
DROP TABLE indelible.watched_subjects
--;
DROP TABLE indelible.subscriber_cursors
--;
DROP TABLE indelible.stage_breakers
--;
DROP DOMAIN indelible.sum_minor
--;
DROP DOMAIN indelible.flag
