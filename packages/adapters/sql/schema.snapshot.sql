-- iteration 5, 2026-11-30, revision 0006

column accounts.balance_minor "sum_minor" required

column accounts.created_at "instant" required

column accounts.credited_minor "sum_minor" required

column accounts.currency "currency" required

column accounts.debited_minor "sum_minor" required

column accounts.hash "digest" required

column accounts.id "identifier" required

column accounts.kind "identifier" required

column accounts.last_movement_id "identifier"

column accounts.lifecycle "identifier" required s 'account'::"text"

column accounts.reference "identifier"

column accounts.seq "ordinal" required

column accounts.status "identifier" required

column accounts.updated_at "instant" required

column accounts.version bigint required s 0

column algorithms.checksum "digest" required

column algorithms.created_at "instant" required

column algorithms.formulas "nonblank_text" required

column algorithms.hash "digest" required

column algorithms.id "identifier" required

column algorithms.lifecycle "identifier" required s 'algorithm'::"text"

column algorithms.seq "ordinal" required

column algorithms.status "identifier" required

column algorithms.updated_at "instant" required

column algorithms.version bigint required s 0

column api_contract_versions.created_at "instant" required

column api_contract_versions.digests "json_details" required

column api_contract_versions.hash "digest" required

column api_contract_versions.id "identifier" required

column api_contract_versions.lifecycle "identifier" required s 'contract_version'::"text"

column api_contract_versions.number "ordinal" required

column api_contract_versions.recorded_by "identifier" required

column api_contract_versions.release "identifier" required

column api_contract_versions.seq "ordinal" required

column api_contract_versions.status "identifier" required

column api_contract_versions.updated_at "instant" required

column api_contract_versions.version bigint required s 0

column artifacts.content "text"

column artifacts.content_source "identifier" required

column artifacts.content_stamp "text" required

column artifacts.created_at "instant" required

column artifacts.dwell_time_ms "natural_number" required

column artifacts.engagement_level "engagement_level" required

column artifacts.hash "digest" required

column artifacts.id "identifier" required

column artifacts.normalized_url "text" required

column artifacts.reading_depth "reading_depth" required

column artifacts.scroll_depth "fraction" required

column artifacts.seq "ordinal" required

column artifacts.space_id "identifier" required

column artifacts.stamp "text" required

column artifacts.title "text"

column artifacts.title_stamp "text" required

column artifacts.updated_at "instant" required

column artifacts.user_id "identifier" required

column artifacts.vector "embedding" required

column artifacts.word_count "natural_number" required

column authors.created_at "instant" required

column authors.farcaster_handle "text"

column authors.hash "digest" required

column authors.id "identifier" required

column authors.lifecycle "identifier" required s 'author'::"text"

column authors.prompt_text "nonblank_text"

column authors.seq "ordinal" required

column authors.status "identifier" required

column authors.twitter_handle "text"

column authors.updated_at "instant" required

column authors.version bigint required s 0

column authors.wallet_address "wallet" required

column centroids.confidence "fraction" required

column centroids.created_at "instant" required

column centroids.hash "digest" required

column centroids.id "identifier" required

column centroids.logged_seq "natural_number" required

column centroids.logged_vector "embedding" required

column centroids.seq "ordinal" required

column centroids.space_id "identifier" required

column centroids.updated_at "instant" required

column centroids.vector "embedding" required

column charges.amount_minor "amount_minor" required

column charges.created_at "instant" required

column charges.currency "currency" required

column charges.disputed_from "identifier"

column charges.expires_at "instant" required

column charges.failure_code "identifier"

column charges.generation "ordinal" required

column charges.hash "digest" required

column charges.id "identifier" required

column charges.intent_id "identifier"

column charges.item "identifier" required

column charges.last_event_at "instant"

column charges.lifecycle "identifier" required s 'charge'::"text"

column charges.outcome_code "identifier"

column charges.paid_at "instant"

column charges.party "identifier" required

column charges.received_currency "currency"

column charges.received_minor "amount_minor"

column charges.reference "identifier" required

column charges.refunded_minor "sum_minor" required

column charges.seq "ordinal" required

column charges.session_id "identifier"

column charges.status "identifier" required

column charges.updated_at "instant" required

column charges.version bigint required s 0

column concept_versions.change_note "text"

column concept_versions.concept_id "identifier" required

column concept_versions.created_at "instant" required

column concept_versions.created_by "actor" required

column concept_versions.definition "text" required

column concept_versions.examples "json_array" required

column concept_versions.explanation "text" required

column concept_versions.id "identifier" required

column concept_versions.learning_objective "text" required

column concept_versions.misconceptions "json_array" required

column concept_versions.name "text" required

column concept_versions.name_key "name_key" required

column concept_versions.prerequisites "json_array" required

column concept_versions.previous_number bigint s NULLIF((("version_number")::bigint - 1), 0)

column concept_versions.scope_boundaries "text"

column concept_versions.search_key "text" required

column concept_versions.version_number "ordinal" required

column concept_warnings.computed_at "instant" required

column concept_warnings.concept_id "identifier" required

column concept_warnings.ruleset "ordinal" required

column concept_warnings.version_number "ordinal" required

column concept_warnings.warnings "json_array" required

column concepts.created_at "instant" required

column concepts.current_version "ordinal" required

column concepts.hash "digest" required

column concepts.id "identifier" required

column concepts.lifecycle "identifier" required s 'concept'::"text"

column concepts.name_key "name_key" required

column concepts.seq "ordinal" required

column concepts.status "identifier" required

column concepts.updated_at "instant" required

column contest_configurations.configuration "json_object" required

column contest_configurations.configuration_digest "digest" required

column contest_configurations.contest_id "identifier" required

column contest_configurations.created_at "instant" required

column contest_configurations.previous_version bigint s NULLIF((("version")::bigint - 1), 0)

column contest_configurations.version "ordinal" required

column contest_events.body "json_object"

column contest_events.body_hash "digest" required

column contest_events.contest_id "identifier" required

column contest_events.event_hash "digest" required

column contest_events.fault_count "natural_number" required

column contest_events.fetch_number "ordinal"

column contest_events.fetched_at "instant" required

column contest_events.kind "identifier" required

column contest_events.number "ordinal" required

column contest_events.payload_digest "digest" required

column contest_events.prev_hash "digest_or_empty" required

column contest_events.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column contest_events.snapshot_number "ordinal"

column contest_events.stored_at "instant" required

column contest_events.supersedes "ordinal"

column contest_events.validity "identifier" required

column contest_logs.cancelled_number "ordinal"

column contest_logs.conflict_number "ordinal"

column contest_logs.contest_id "identifier" required

column contest_logs.created_at "instant" required

column contest_logs.event_hash "digest_or_empty" required

column contest_logs.event_number "natural_number" required

column contest_logs.fetch_number "natural_number" required

column contest_logs.field_number "ordinal"

column contest_logs.hash "digest" required

column contest_logs.head_hash "digest"

column contest_logs.id "identifier" required

column contest_logs.leaderboard_at "instant"

column contest_logs.leaderboard_hash "digest"

column contest_logs.leaderboard_number "ordinal"

column contest_logs.lifecycle "identifier" required s 'contest_log'::"text"

column contest_logs.newest_event bigint s NULLIF(("event_number")::bigint, 0)

column contest_logs.newest_fetch bigint s NULLIF(("fetch_number")::bigint, 0)

column contest_logs.observations "natural_number" required

column contest_logs.observed_at "instant"

column contest_logs.pending_rewrite "digest"

column contest_logs.pending_rewrite_at "instant"

column contest_logs.pending_rewrite_number "ordinal"

column contest_logs.provider_event_id "identifier" required

column contest_logs.seq "ordinal" required

column contest_logs.status "identifier" required

column contest_logs.terminal_at "instant"

column contest_logs.terminal_number "ordinal"

column contest_logs.updated_at "instant" required

column contests.attempted_action "identifier"

column contests.configuration_digest "digest" required

column contests.configuration_version "ordinal" required

column contests.contest_name "text" required

column contests.created_at "instant" required

column contests.currency "currency" required

column contests.end_time "instant" required

column contests.error_code "identifier"

column contests.error_from_state "identifier"

column contests.error_message "text"

column contests.fee_minor "amount_minor" required

column contests.hash "digest" required

column contests.id "identifier" required

column contests.lifecycle "identifier" required s 'contest'::"text"

column contests.lock_time "instant" required

column contests.max_entries "ordinal"

column contests.max_entries_per_user "ordinal"

column contests.min_entries "ordinal"

column contests.organizer_id "identifier" required

column contests.payment_grace_seconds "natural_number" required

column contests.provider_event_id "identifier" required

column contests.seq "ordinal" required

column contests.settle_time "instant"

column contests.settlement_run_id "identifier"

column contests.settlement_run_status "text" s 
CASE
    WHEN (("settlement_run_id")::"text" <> ''::"text") THEN 'COMPLETE'::"text"
    ELSE NULL::"text"
END

column contests.start_time "instant" required

column contests.status "identifier" required

column contests.updated_at "instant" required

column covered_items.entity_id "identifier" required

column covered_items.item "identifier" required

column covered_items.number "ordinal" required

column covered_items.seq "ordinal" required

column declarations.actor "actor" required

column declarations.declared_at "instant" required

column declarations.document "json_object" required

column declarations.hash "digest" required

column declarations.lifecycle "identifier" required

column declarations.reason "nonblank_text" required

column discrepancies.actual "text" required

column discrepancies.currency "currency"

column discrepancies.difference_minor "sum_minor"

column discrepancies.entity_id "identifier" required

column discrepancies.expected "text" required

column discrepancies.number "ordinal" required

column discrepancies.remedy "identifier"

column discrepancies.rule "identifier" required

column discrepancies.seq "ordinal" required

column discrepancies.subject "identifier" required

column disputes.amount_minor "amount_minor" required

column disputes.charge_id "identifier" required

column disputes.closed_at "instant"

column disputes.covered "flag" required

column disputes.created_at "instant" required

column disputes.currency "currency" required

column disputes.evidence_due_by "instant"

column disputes.fee_minor "amount_minor"

column disputes.hash "digest" required

column disputes.id "identifier" required

column disputes.lifecycle "identifier" required s 'dispute'::"text"

column disputes.reason_code "identifier" required

column disputes.reinstated_at "instant"

column disputes.seq "ordinal" required

column disputes.status "identifier" required

column disputes.updated_at "instant" required

column disputes.version bigint required s 0

column disputes.withdrawn_at "instant"

column entries.contest_id "identifier" required

column entries.created_at "instant" required

column entries.currency "currency" required

column entries.entry_number "ordinal" required

column entries.fee_minor "amount_minor" required

column entries.hash "digest" required

column entries.id "identifier" required

column entries.lifecycle "identifier" required s 'entry'::"text"

column entries.paid_at "instant"

column entries.paid_minor "amount_minor"

column entries.payment_ref "identifier"

column entries.place_number "ordinal"

column entries.rejection_reason "text"

column entries.roster_digest "digest" required

column entries.roster_number "ordinal" required

column entries.seq "ordinal" required

column entries.status "identifier" required

column entries.updated_at "instant" required

column entries.user_id "identifier" required

column event_faults.code "identifier" required

column event_faults.entity_id "identifier" required

column event_faults.event_number "ordinal" required

column event_faults.number "ordinal" required

column event_faults.path "text" required

column event_faults.required_action "nonblank_text" required

column event_faults.seq "ordinal" required

column event_faults.value "text" required

column history.action "identifier" required

column history.actor "actor" required

column history.adds_version "natural_number" required

column history.at "instant" required

column history.data "json_object" required

column history.digest_scheme "ordinal" required  1

column history.entity_id "identifier" required

column history.from_state "state" required

column history.hash "digest" required

column history.lifecycle "identifier" required

column history.position bigint required a

column history.prev_hash "digest_or_empty" required

column history.previous_seq bigint s NULLIF((("seq")::bigint - 1), 0)

column history.previous_version bigint required s (("version")::bigint - ("adds_version")::bigint)

column history.reason "nonblank_text" required

column history.request_id "identifier"

column history.seq "ordinal" required

column history.to_state "identifier" required

column history.txid "xid8" required  "pg_current_xact_id"()

column history.version "natural_number" required

column hung_threads.expires_at "instant" required

column hung_threads.process "identifier" required

column hung_threads.since "instant" required

column hung_threads.stage "identifier" required

column hung_threads.threads "natural_number" required

column image_generation_jobs.completed_at "instant"

column image_generation_jobs.created_at "instant" required

column image_generation_jobs.error_data "json_details"

column image_generation_jobs.external_job_id "text"

column image_generation_jobs.hash "digest" required

column image_generation_jobs.id "identifier" required

column image_generation_jobs.lifecycle "identifier" required s 'image_job'::"text"

column image_generation_jobs.retry_count "natural_number" required

column image_generation_jobs.seq "ordinal" required

column image_generation_jobs.service "identifier" required

column image_generation_jobs.status "identifier" required

column image_generation_jobs.token_id "identifier" required

column image_generation_jobs.updated_at "instant" required

column image_generation_jobs.version bigint required s 0

column ipfs_upload_records.cid "text"

column ipfs_upload_records.completed_at "instant"

column ipfs_upload_records.created_at "instant" required

column ipfs_upload_records.error_data "json_details"

column ipfs_upload_records.hash "digest" required

column ipfs_upload_records.id "identifier" required

column ipfs_upload_records.lifecycle "identifier" required s 'ipfs_upload'::"text"

column ipfs_upload_records.record_type "identifier" required

column ipfs_upload_records.retry_count "natural_number" required

column ipfs_upload_records.seq "ordinal" required

column ipfs_upload_records.status "identifier" required

column ipfs_upload_records.token_id "identifier" required

column ipfs_upload_records.updated_at "instant" required

column ipfs_upload_records.version bigint required s 0

column job_outputs.job_id "identifier" required

column job_outputs.logs "json_array" required

column job_outputs.number "ordinal" required

column job_outputs.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column job_outputs.warnings "json_array" required

column job_outputs.written_at "instant" required

column job_specs.architecture_spec "json_object" required

column job_specs.created_at "instant" required

column job_specs.job_id "identifier" required

column job_specs.number "ordinal" required

column job_specs.spec_digest "digest" required

column jobs.completed_at "instant"

column jobs.created_at "instant" required

column jobs.failure_reason "nonblank_text"

column jobs.hash "digest" required

column jobs.id "identifier" required

column jobs.lifecycle "identifier" required s 'job'::"text"

column jobs.number "ordinal" required

column jobs.output_number "ordinal" required

column jobs.phase "identifier"

column jobs.project_id "identifier" required

column jobs.prompt "text" required

column jobs.result "json_object"

column jobs.seq "ordinal" required

column jobs.spec_digest "digest" required

column jobs.status "identifier" required

column jobs.updated_at "instant" required

column jobs.user_id "identifier" required

column jobs.warning_count "natural_number" required

column keys.created_at "instant" required

column keys.expires_at "instant"

column keys.hash "digest" required

column keys.id "identifier" required

column keys.lifecycle "identifier" required s 'key'::"text"

column keys.owner "actor" required

column keys.scopes "json_array" required

column keys.secret_digest "digest" required

column keys.seq "ordinal" required

column keys.status "identifier" required

column keys.updated_at "instant" required

column keys.version bigint required s 0

column lifecycle_edges.action "identifier" required

column lifecycle_edges.adds_version "natural_number" required

column lifecycle_edges.from_state "state" required

column lifecycle_edges.lifecycle "identifier" required

column lifecycle_edges.to_state "identifier" required

column mint_events.author_wallet "wallet" required

column mint_events.batch "json_array"

column mint_events.block_hash "chain_hash" required

column mint_events.block_number "ordinal" required

column mint_events.block_timestamp "instant" required

column mint_events.copies "json_array"

column mint_events.created_at "instant" required

column mint_events.detected_at "instant" required

column mint_events.hash "digest" required

column mint_events.id "identifier" required

column mint_events.lifecycle "identifier" required s 'mint_event'::"text"

column mint_events.log_index "natural_number" required

column mint_events.quantity "ordinal" required

column mint_events.recipient "wallet" required

column mint_events.seq "ordinal" required

column mint_events.status "identifier" required

column mint_events.token_id "token_number" required

column mint_events.total_paid "text" required

column mint_events.tx_hash "chain_hash" required

column mint_events.updated_at "instant" required

column mint_events.version bigint required s 0

column movements.created_at "instant" required

column movements.currency "currency" required

column movements.fact_key "identifier"

column movements.hash "digest" required

column movements.id "identifier" required

column movements.key "identifier" required

column movements.kind "identifier" required

column movements.lifecycle "identifier" required s 'movement'::"text"

column movements.occurred_at "instant" required

column movements.posting_count "natural_number" required

column movements.reference "identifier"

column movements.reverses "identifier"

column movements.seq "ordinal" required

column movements.source "identifier" required

column movements.status "identifier" required

column movements.total_minor "sum_minor" required

column movements.updated_at "instant" required

column movements.version bigint required s 0

column payees.created_at "instant" required

column payees.destination "identifier"

column payees.destination_set_by "identifier"

column payees.hash "digest" required

column payees.id "identifier" required

column payees.lifecycle "identifier" required s 'payee'::"text"

column payees.seq "ordinal" required

column payees.status "identifier" required

column payees.updated_at "instant" required

column payees.version bigint required s 0

column payloads.bytes "raw_bytes" required

column payloads.content_type "identifier" required

column payloads.digest "digest" required

column payloads.first_received_at "instant" required

column payloads.hash "digest" required

column payloads.size "natural_number" required

column payment_switches.created_at "instant" required

column payment_switches.halted_at "instant"

column payment_switches.hash "digest" required

column payment_switches.id "identifier" required

column payment_switches.lifecycle "identifier" required s 'payment_switch'::"text"

column payment_switches.reason_code "identifier"

column payment_switches.seq "ordinal" required

column payment_switches.status "identifier" required

column payment_switches.updated_at "instant" required

column payment_switches.version bigint required s 0

column payout_jobs.completed_at "instant"

column payout_jobs.created_at "instant" required

column payout_jobs.currency "currency" required

column payout_jobs.hash "digest" required

column payout_jobs.id "identifier" required

column payout_jobs.lifecycle "identifier" required s 'payout_job'::"text"

column payout_jobs.reference "identifier" required

column payout_jobs.seq "ordinal" required

column payout_jobs.status "identifier" required

column payout_jobs.total_minor "sum_minor" required

column payout_jobs.transfer_count "natural_number" required

column payout_jobs.updated_at "instant" required

column payout_jobs.version bigint required s 0

column postings.amount_minor "amount_minor" required

column postings.credit_account_id "identifier" required

column postings.debit_account_id "identifier" required

column postings.entity_id "identifier" required

column postings.number "ordinal" required

column postings.owed_movement_id "identifier"

column postings.owed_number "ordinal"

column postings.party "identifier"

column postings.reversal_ref "identifier"

column postings.reversed_movement_id "identifier"

column postings.reversed_number "ordinal"

column postings.seq "ordinal" required

column project_prompts.metadata "json_details" required

column project_prompts.number "ordinal" required

column project_prompts.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column project_prompts.project_id "identifier" required

column project_prompts.prompt "text" required

column project_prompts.timestamp "instant" required

column projects.created_at "instant" required

column projects.current_nodes "json_array" required

column projects.description "text" required

column projects.github_repo_url "nonblank_text"

column projects.hash "digest" required

column projects.id "identifier" required

column projects.latest_successful_job_id "identifier"

column projects.latest_successful_job_number "ordinal"

column projects.lifecycle "identifier" required s 'project'::"text"

column projects.name "text" required

column projects.prompt_count "natural_number" required

column projects.prompt_number bigint s NULLIF(("prompt_count")::bigint, 0)

column projects.repository_branch "nonblank_text"

column projects.repository_host "identifier"

column projects.repository_id "identifier"

column projects.repository_name "nonblank_text"

column projects.seq "ordinal" required

column projects.status "identifier" required

column projects.updated_at "instant" required

column projects.user_id "identifier" required

column provider_feeds.created_at "instant" required

column provider_feeds.failures "natural_number" required

column provider_feeds.fetch_number "natural_number" required

column provider_feeds.hash "digest" required

column provider_feeds.id "identifier" required

column provider_feeds.last_payload_digest "digest"

column provider_feeds.last_success_at "instant"

column provider_feeds.lifecycle "identifier" required s 'provider_feed'::"text"

column provider_feeds.newest_fetch bigint s NULLIF(("fetch_number")::bigint, 0)

column provider_feeds.seq "ordinal" required

column provider_feeds.status "identifier" required

column provider_feeds.updated_at "instant" required

column provider_fetches.attempts "ordinal" required

column provider_fetches.content_type "text"

column provider_fetches.error "text"

column provider_fetches.finished_at "instant" required

column provider_fetches.http_status "ordinal"

column provider_fetches.number "ordinal" required

column provider_fetches.outcome "identifier" required

column provider_fetches.payload_digest "digest"

column provider_fetches.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column provider_fetches.provider_event_id "identifier" required

column provider_fetches.requested_at "instant" required

column pruned_stages.entity_id "identifier" required

column pruned_stages.fence "natural_number" required

column pruned_stages.stage "identifier" required

column pruned_tables.deleted_rows "natural_number" required

column pruned_tables.deleted_sealed_rows "natural_number" required

column pruned_tables.pruned_before "instant" required

column pruned_tables.table_name "identifier" required

column rate_buckets.empty_at "instant" required

column rate_buckets.stage "identifier" required

column receipts.at "instant" required

column receipts.fingerprint "digest" required

column receipts.hash "digest" required

column receipts.key "nonblank_text" required

column receipts.owner "actor" required

column receipts.result "json_object" required

column reconciliations.checked "json_array" required

column reconciliations.created_at "instant" required

column reconciliations.discrepancy_count "natural_number"

column reconciliations.error_code "identifier"

column reconciliations.error_message "text"

column reconciliations.finished_at "instant"

column reconciliations.hash "digest" required

column reconciliations.id "identifier" required

column reconciliations.lifecycle "identifier" required s 'reconciliation'::"text"

column reconciliations.scope "identifier" required

column reconciliations.seq "ordinal" required

column reconciliations.started_at "instant" required

column reconciliations.status "identifier" required

column reconciliations.updated_at "instant" required

column reconciliations.version bigint required s 0

column refund_attempts.generation "ordinal" required

column refund_attempts.idempotency_key "identifier" required

column refund_attempts.kind "identifier" required

column refund_attempts.number "ordinal" required

column refund_attempts.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column refund_attempts.refund_id "identifier" required

column refund_attempts.started_at "instant" required

column refunds.amount_minor "amount_minor" required

column refunds.attempt_number "natural_number" required

column refunds.charge_id "identifier" required

column refunds.covered "flag" required

column refunds.created_at "instant" required

column refunds.currency "currency" required

column refunds.failure_code "identifier"

column refunds.generation "ordinal" required

column refunds.hash "digest" required

column refunds.id "identifier" required

column refunds.lifecycle "identifier" required s 'refund'::"text"

column refunds.number "ordinal" required

column refunds.reason_code "identifier" required

column refunds.seq "ordinal" required

column refunds.status "identifier" required

column refunds.stripe_refund_id "identifier"

column refunds.updated_at "instant" required

column rejections.actor "actor" required

column rejections.at "instant" required

column rejections.code "identifier" required

column rejections.command "identifier" required

column rejections.command_digest "digest" required

column rejections.hash "digest" required

column rejections.id "identifier" required

column rejections.message "nonblank_text" required

column rejections.reason "nonblank_text" required

column rejections.request_id "identifier"

column reveal_transactions.block_number "ordinal"

column reveal_transactions.confirmed_at "instant"

column reveal_transactions.created_at "instant" required

column reveal_transactions.gas_price_wei "natural_number"

column reveal_transactions.hash "digest" required

column reveal_transactions.id "identifier" required

column reveal_transactions.lifecycle "identifier" required s 'reveal_transaction'::"text"

column reveal_transactions.seq "ordinal" required

column reveal_transactions.status "identifier" required

column reveal_transactions.token_ids "json_array" required

column reveal_transactions.tx_hash "chain_hash"

column reveal_transactions.updated_at "instant" required

column reveal_transactions.version bigint required s 0

column rosters.entry_id "identifier" required

column rosters.number "ordinal" required

column rosters.player_ids "json_array" required

column rosters.prediction bigint

column rosters.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column rosters.roster_digest "digest" required

column rosters.submitted_at "instant" required

column runbook_execution_steps.at "instant" required

column runbook_execution_steps.command "nonblank_text" required

column runbook_execution_steps.entity_id "identifier" required

column runbook_execution_steps.executed_by "identifier" required

column runbook_execution_steps.expected "text" required

column runbook_execution_steps.number "ordinal" required

column runbook_execution_steps.observed "text" required

column runbook_execution_steps.ok "flag" required

column runbook_execution_steps.seq "ordinal" required

column runbook_executions.alert "identifier"

column runbook_executions.created_at "instant" required

column runbook_executions.ended_at "instant"

column runbook_executions.error_reason "nonblank_text"

column runbook_executions.executed_by "identifier" required

column runbook_executions.failed_step_count "natural_number" required

column runbook_executions.hash "digest" required

column runbook_executions.id "identifier" required

column runbook_executions.lifecycle "identifier" required s 'runbook_execution'::"text"

column runbook_executions.result_json "json_details"

column runbook_executions.runbook_name "identifier" required

column runbook_executions.runbook_version "identifier" required

column runbook_executions.seq "ordinal" required

column runbook_executions.status "identifier" required

column runbook_executions.step_count "natural_number" required

column runbook_executions.system_state_after "json_details"

column runbook_executions.system_state_before "json_details"

column runbook_executions.updated_at "instant" required

column runbook_executions.version bigint required s 0

column seal_records.record_hash "digest" required

column seal_records.record_table "identifier" required

column seal_records.seal_number "ordinal" required

column seals.actor "actor" required

column seals.at "instant" required

column seals.changes "natural_number" required

column seals.ends_at "natural_number" required

column seals.feed_digest "digest" required

column seals.hash "digest" required

column seals.number "ordinal" required

column seals.prev_hash "digest_or_empty" required

column seals.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column seals.reason "nonblank_text" required

column seals.records "natural_number" required

column seals.records_digest "digest" required

column seals.starts_after "natural_number" required

column settings.created_at "instant" required

column settings.hash "digest" required

column settings.id "identifier" required

column settings.lifecycle "identifier" required s 'setting'::"text"

column settings.seq "ordinal" required

column settings.status "identifier" required

column settings.updated_at "instant" required

column settings.value "nonblank_text" required

column settings.version bigint required s 0

column settlement_lines.entity_id "identifier" required

column settlement_lines.entry_id "identifier" required

column settlement_lines.number "ordinal" required

column settlement_lines.paid_minor "amount_minor" required

column settlement_lines.payment_ref "identifier"

column settlement_lines.payout_minor "amount_minor" required

column settlement_lines.rank "ordinal" required

column settlement_lines.roster_digest "digest" required

column settlement_lines.score bigint

column settlement_lines.seq "ordinal" required

column settlement_lines.user_id "identifier" required

column settlement_runs.configuration_digest "digest" required

column settlement_runs.configuration_version "ordinal" required

column settlement_runs.contest_id "identifier" required

column settlement_runs.created_at "instant" required

column settlement_runs.currency "currency" required

column settlement_runs.eligibility_digest "digest"

column settlement_runs.engine_version "identifier" required

column settlement_runs.entries_count "natural_number" required

column settlement_runs.entries_seq_sum "natural_number" required

column settlement_runs.error_code "identifier"

column settlement_runs.error_message "text"

column settlement_runs.event_number "ordinal" required

column settlement_runs.events_digest "digest" required

column settlement_runs.hash "digest" required

column settlement_runs.id "identifier" required

column settlement_runs.lifecycle "identifier" required s 'settlement_run'::"text"

column settlement_runs.line_count "natural_number"

column settlement_runs.number "ordinal" required

column settlement_runs.official_rounds "ordinal"

column settlement_runs.pool_minor "amount_minor"

column settlement_runs.rake_minor "amount_minor"

column settlement_runs.result_digest "digest"

column settlement_runs.retained_minor "amount_minor"

column settlement_runs.rounding_minor "amount_minor"

column settlement_runs.seq "ordinal" required

column settlement_runs.settled_at "instant"

column settlement_runs.settles_as "text" s 
CASE
    WHEN (("status")::"text" = 'COMPLETE'::"text") THEN ("id")::"text"
    ELSE NULL::"text"
END

column settlement_runs.status "identifier" required

column settlement_runs.top_up_minor "amount_minor"

column settlement_runs.updated_at "instant" required

column settlement_runs.version bigint required s 0

column signals.actor "actor" required

column signals.algorithm_id "identifier" required

column signals.applied_seq "ordinal"

column signals.artifact_id "identifier" required

column signals.artifact_seq "ordinal" required

column signals.capture_key "nonblank_text" required

column signals.captured_at "instant"

column signals.centroid_digest "digest"

column signals.content "text"

column signals.content_source "identifier" required

column signals.decision "identifier" required

column signals.drift "distance"

column signals.dwell_time_ms "natural_number" required

column signals.embedding_model "identifier" required

column signals.engagement_level "engagement_level" required

column signals.fingerprint "digest" required

column signals.hash "digest" required

column signals.id "identifier" required

column signals.logged_drift "distance"

column signals.magnitude "number" required

column signals.margin "number"

column signals.named_subspace_id "identifier"

column signals.nearest_distance "distance"

column signals.normalized_url "text" required

column signals.reached_level "engagement_level" required

column signals.reading_depth "reading_depth" required

column signals.reason "nonblank_text" required

column signals.recorded_at "instant" required

column signals.request_id "identifier"

column signals.scroll_depth "fraction" required

column signals.second_distance "distance"

column signals.session_id "identifier"

column signals.space_id "identifier" required

column signals.subspace_id "identifier"

column signals.threshold "distance" required

column signals.title "text"

column signals.url "text" required

column signals.user_id "identifier" required

column signals.vector "embedding" required

column signals.warnings "json_array" required

column signals.word_count "natural_number" required

column spaces.created_at "instant" required

column spaces.dimension "ordinal" required

column spaces.hash "digest" required

column spaces.id "identifier" required

column spaces.lifecycle "identifier" required s 'space'::"text"

column spaces.model "identifier" required

column spaces.name "nonblank_text" required

column spaces.seq "ordinal" required

column spaces.status "identifier" required

column spaces.updated_at "instant" required

column spaces.user_id "identifier" required

column spaces.version bigint required s 0

column stage_breakers.outages "natural_number" required

column stage_breakers.probe_at "instant"

column stage_breakers.stage "identifier" required

column stages.created_at "instant" required

column stages.hash "digest" required

column stages.id "identifier" required

column stages.lifecycle "identifier" required s 'stage'::"text"

column stages.seq "ordinal" required

column stages.status "identifier" required

column stages.updated_at "instant" required

column stages.version bigint required s 0

column stripe_event_attempts.at "instant" required

column stripe_event_attempts.code "identifier"

column stripe_event_attempts.event_id "identifier" required

column stripe_event_attempts.message "text"

column stripe_event_attempts.number "ordinal" required

column stripe_event_attempts.outcome "identifier" required

column stripe_event_attempts.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column stripe_events.account "identifier"

column stripe_events.api_version "identifier"

column stripe_events.attempt_number "natural_number" required

column stripe_events.created "instant" required

column stripe_events.created_at "instant" required

column stripe_events.event_type "identifier" required

column stripe_events.hash "digest" required

column stripe_events.id "identifier" required

column stripe_events.last_code "identifier"

column stripe_events.lifecycle "identifier" required s 'stripe_event'::"text"

column stripe_events.livemode "flag" required

column stripe_events.object_id "identifier" required

column stripe_events.origin "identifier" required

column stripe_events.payload_digest "digest" required

column stripe_events.seq "ordinal" required

column stripe_events.status "identifier" required

column stripe_events.updated_at "instant" required

column subscriber_cursors.changed_at "instant"

column subscriber_cursors.feed_cursor "identifier"

column subscriber_cursors.fence "ordinal" required

column subscriber_cursors.name "identifier" required

column subscriber_cursors.restart_reason "nonblank_text"

column subscriber_cursors.restarted_at "instant"

column subscriber_cursors.restarted_by "actor"

column subscriber_cursors.restarts "natural_number" required

column subscriber_cursors.stage "identifier" required

column subscriber_cursors.updated_at "instant" required

column subspaces.created_at "instant" required

column subspaces.description "text" required

column subspaces.hash "digest" required

column subspaces.id "identifier" required

column subspaces.lifecycle "identifier" required s 'subspace'::"text"

column subspaces.name "nonblank_text" required

column subspaces.seed "embedding"

column subspaces.seq "ordinal" required

column subspaces.space_id "identifier" required

column subspaces.status "identifier" required

column subspaces.updated_at "instant" required

column subspaces.user_id "identifier" required

column subspaces.version bigint required s 0

column system_state.created_at "instant" required

column system_state.hash "digest" required

column system_state.id "identifier" required

column system_state.lifecycle "identifier" required s 'system_state'::"text"

column system_state.seq "ordinal" required

column system_state.state_value "json_value"

column system_state.status "identifier" required

column system_state.updated_at "instant" required

column system_state.version bigint required s 0

column task_attempts.actor "actor" required

column task_attempts.at "instant" required

column task_attempts.entity_id "identifier" required

column task_attempts.fence "natural_number" required

column task_attempts.hash "digest" required

column task_attempts.outcome "identifier" required

column task_attempts.reason "nonblank_text" required

column task_attempts.request_id "identifier"

column task_attempts.stage "identifier" required

column tasks.arguments "task_arguments"

column tasks.attempts "natural_number" required

column tasks.cancel_reason "nonblank_text"

column tasks.dead_reason "nonblank_text"

column tasks.due_at "instant"

column tasks.entity_id "identifier" required

column tasks.error_class "identifier"

column tasks.fence "natural_number" required

column tasks.finished_at "instant"

column tasks.lease_owner "actor"

column tasks.lease_until "instant"

column tasks.priority "natural_number" required  2

column tasks.progress "natural_number"

column tasks.result "task_result"

column tasks.slot "instant"

column tasks.stage "identifier" required

column tasks.succeeded_at "instant"

column tokens_s0.author_id "identifier" required

column tokens_s0.created_at "instant" required

column tokens_s0.error_data "json_details"

column tokens_s0.generation_attempts "natural_number" required

column tokens_s0.generation_error "nonblank_text"

column tokens_s0.hash "digest" required

column tokens_s0.id "identifier" required

column tokens_s0.image_cid "text"

column tokens_s0.image_url "text"

column tokens_s0.lifecycle "identifier" required s 'token'::"text"

column tokens_s0.metadata_cid "text"

column tokens_s0.mint_event_id "identifier"

column tokens_s0.mint_timestamp "instant" required

column tokens_s0.minter_address "wallet"

column tokens_s0.reveal_tx_hash "chain_hash"

column tokens_s0.seq "ordinal" required

column tokens_s0.status "identifier" required

column tokens_s0.token_id "token_number" required

column tokens_s0.updated_at "instant" required

column tokens_s0.version bigint required s 0

column transfer_attempts.generation "ordinal" required

column transfer_attempts.idempotency_key "identifier" required

column transfer_attempts.kind "identifier" required

column transfer_attempts.number "ordinal" required

column transfer_attempts.previous_number bigint s NULLIF((("number")::bigint - 1), 0)

column transfer_attempts.started_at "instant" required

column transfer_attempts.transfer_id "identifier" required

column transfer_lines.amount_minor "amount_minor" required

column transfer_lines.entity_id "identifier" required

column transfer_lines.number "ordinal" required

column transfer_lines.owed_movement_id "identifier" required

column transfer_lines.owed_number "ordinal" required

column transfer_lines.seq "ordinal" required

column transfers.amount_minor "amount_minor" required

column transfers.approval_reason "text"

column transfers.approved_at "instant"

column transfers.approved_by "identifier"

column transfers.approved_destination "identifier"

column transfers.attempt_number "natural_number" required

column transfers.completed_at "instant"

column transfers.created_at "instant" required

column transfers.currency "currency" required

column transfers.destination "identifier"

column transfers.failure_code "identifier"

column transfers.failure_count "natural_number" required

column transfers.failure_message "text"

column transfers.failure_reason "identifier"

column transfers.first_attempt_at "instant"

column transfers.generation "ordinal" required

column transfers.hash "digest" required

column transfers.id "identifier" required

column transfers.job_id "identifier"

column transfers.lifecycle "identifier" required s 'transfer'::"text"

column transfers.line_count "ordinal" required

column transfers.must_look_up "flag" required

column transfers.parked_at "instant"

column transfers.party "identifier" required

column transfers.reference "identifier" required

column transfers.reissue_of "identifier"

column transfers.retry_until "instant"

column transfers.reversed_minor "sum_minor" required

column transfers.seq "ordinal" required

column transfers.settlement_id "identifier" required

column transfers.status "identifier" required

column transfers.stripe_transfer_id "identifier"

column transfers.updated_at "instant" required

column watched_subjects.entity_id "identifier" required

column watched_subjects.kind "identifier" required

column watched_subjects.known_since "instant" required

column watched_subjects.longest_silence_seconds "natural_number"

column watched_subjects.stage "identifier" required

column watched_subjects.succeeded_at "instant"

column webhook_rejections.at "instant" required

column webhook_rejections.body_digest "digest" required

column webhook_rejections.body_size "natural_number" required

column webhook_rejections.code "identifier" required

column webhook_rejections.endpoint "identifier" required

column webhook_rejections.hash "digest" required

column webhook_rejections.id "identifier" required

column webhook_rejections.request_id "identifier"

constraint accounts.accounts_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint accounts.accounts_id_of_fields CHECK ((("id")::"text" = ((((("kind")::"text" || ':'::"text") || COALESCE(("reference")::"text", '-'::"text")) || ':'::"text") || ("currency")::"text"))) true true

constraint accounts.accounts_kind_known CHECK ((("kind")::"text" = ANY (ARRAY['dispute_losses'::"text", 'dispute_receivable'::"text", 'escrow'::"text", 'goodwill'::"text", 'platform_rake'::"text", 'platform_rounding'::"text", 'refund_clearing'::"text", 'stripe_balance'::"text", 'stripe_fees'::"text", 'unclaimed_prizes'::"text", 'winner_payable'::"text"]))) true true

constraint accounts.accounts_movement FOREIGN KEY ("last_movement_id") REFERENCES "movements"("id") DEFERRABLE INITIALLY DEFERRED true true

constraint accounts.accounts_never_negative CHECK (((("balance_minor")::bigint >= 0) OR (("kind")::"text" <> ALL (ARRAY['escrow'::"text", 'refund_clearing'::"text", 'winner_payable'::"text"])))) true true

constraint accounts.accounts_opened_empty CHECK ((((("seq")::bigint = 1) = ("last_movement_id" IS NULL)) AND ((("seq")::bigint > 1) OR ((("balance_minor")::bigint = 0) AND (("debited_minor")::bigint = 0) AND (("credited_minor")::bigint = 0))))) true true

constraint accounts.accounts_pkey PRIMARY KEY ("id") true true

constraint accounts.accounts_reference_of_kind CHECK ((("reference" IS NOT NULL) = (("kind")::"text" = ANY (ARRAY['escrow'::"text", 'refund_clearing'::"text", 'winner_payable'::"text"])))) true true

constraint accounts.accounts_sums CHECK (((("debited_minor")::bigint >= 0) AND (("credited_minor")::bigint >= 0))) true true

constraint accounts.accounts_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint algorithms.algorithms_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint algorithms.algorithms_pkey PRIMARY KEY ("id") true true

constraint algorithms.algorithms_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint api_contract_versions.api_contract_versions_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint api_contract_versions.api_contract_versions_pkey PRIMARY KEY ("id") true true

constraint api_contract_versions.api_contract_versions_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint artifacts.artifacts_normalized_url UNIQUE ("space_id", "normalized_url") true true

constraint artifacts.artifacts_pkey PRIMARY KEY ("id") true true

constraint artifacts.artifacts_signal FOREIGN KEY ("id", "seq", "hash") REFERENCES "signals"("artifact_id", "artifact_seq", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint artifacts.artifacts_space FOREIGN KEY ("space_id") REFERENCES "spaces"("id") true true

constraint authors.authors_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint authors.authors_pkey PRIMARY KEY ("id") true true

constraint authors.authors_prompt_length CHECK ((("length"(("prompt_text")::"text") >= 1) AND ("length"(("prompt_text")::"text") <= 1000))) true true

constraint authors.authors_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint authors.authors_wallet UNIQUE ("wallet_address") true true

constraint centroids.centroids_pkey PRIMARY KEY ("id") true true

constraint centroids.centroids_signal FOREIGN KEY ("id", "seq", "hash") REFERENCES "signals"("subspace_id", "applied_seq", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint centroids.centroids_subspace FOREIGN KEY ("id") REFERENCES "subspaces"("id") true true

constraint charges.charges_amounts_positive CHECK (((("amount_minor")::bigint > 0) AND (("received_minor")::bigint >= 0))) true true

constraint charges.charges_dispute_of_status CHECK (((("disputed_from" IS NOT NULL) = (("status")::"text" = ANY (ARRAY['CHARGED_BACK'::"text", 'DISPUTED'::"text"]))) AND ((("disputed_from")::"text" = ANY (ARRAY['CANCELED'::"text", 'CHARGED_BACK'::"text", 'DISPUTED'::"text", 'FAILED'::"text", 'PARTIALLY_REFUNDED'::"text", 'PENDING'::"text", 'PROCESSING'::"text", 'REFUNDED'::"text", 'REFUND_PENDING'::"text", 'REQUIRES_ACTION'::"text", 'SUCCEEDED'::"text"])) IS NOT FALSE))) true true

constraint charges.charges_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint charges.charges_outcome_of_status CHECK ((((("status")::"text" <> 'CANCELED'::"text") OR ("outcome_code" IS NOT NULL)) AND ((("outcome_code")::"text" = ANY (ARRAY['AMOUNT_MISMATCH'::"text", 'CANCELLED'::"text", 'CURRENCY_MISMATCH'::"text", 'EXPIRED'::"text", 'FULL'::"text", 'LATE_PAYMENT'::"text", 'LATE_WEBHOOK_AFTER_SETTLEMENT'::"text", 'OUTSIDE'::"text", 'REQUESTED'::"text"])) IS NOT FALSE))) true true

constraint charges.charges_paid_exactly CHECK ((("received_minor" IS NULL) OR (((("received_minor")::bigint = ("amount_minor")::bigint) AND (("received_currency")::"text" = ("currency")::"text")) <> (COALESCE(("outcome_code")::"text", ''::"text") = ANY (ARRAY['AMOUNT_MISMATCH'::"text", 'CURRENCY_MISMATCH'::"text"]))))) true true

constraint charges.charges_payment_of_status CHECK (
CASE
    WHEN (("status")::"text" = ANY (ARRAY['CHARGED_BACK'::"text", 'DISPUTED'::"text", 'PARTIALLY_REFUNDED'::"text", 'REFUNDED'::"text", 'REFUND_PENDING'::"text", 'SUCCEEDED'::"text"])) THEN (("received_minor" IS NOT NULL) AND ("received_currency" IS NOT NULL) AND ("paid_at" IS NOT NULL))
    ELSE (("received_minor" IS NULL) AND ("received_currency" IS NULL) AND ("paid_at" IS NULL))
END) true true

constraint charges.charges_pkey PRIMARY KEY ("id") true true

constraint charges.charges_quarantined_not_paid CHECK (((("status")::"text" <> 'SUCCEEDED'::"text") OR (NOT (COALESCE(("outcome_code")::"text", ''::"text") = ANY (ARRAY['AMOUNT_MISMATCH'::"text", 'CURRENCY_MISMATCH'::"text"]))))) true true

constraint charges.charges_refund_of_status CHECK (((("refunded_minor")::bigint >= 0) AND (("refunded_minor")::bigint <= COALESCE(("received_minor")::bigint, (0)::bigint)) AND
CASE "status"
    WHEN 'REFUNDED'::"text" THEN (("refunded_minor")::bigint = ("received_minor")::bigint)
    WHEN 'PARTIALLY_REFUNDED'::"text" THEN ((("refunded_minor")::bigint > 0) AND (("refunded_minor")::bigint < ("received_minor")::bigint))
    WHEN 'SUCCEEDED'::"text" THEN (("refunded_minor")::bigint = 0)
    ELSE true
END)) true true

constraint charges.charges_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint concept_versions.concept_versions_concept FOREIGN KEY ("concept_id") REFERENCES "concepts"("id") true true

constraint concept_versions.concept_versions_created_at UNIQUE ("concept_id", "version_number", "created_at") true true

constraint concept_versions.concept_versions_id UNIQUE ("id") true true

constraint concept_versions.concept_versions_name_key UNIQUE ("concept_id", "version_number", "name_key") true true

constraint concept_versions.concept_versions_pkey PRIMARY KEY ("concept_id", "version_number") true true

constraint concept_versions.concept_versions_previous FOREIGN KEY ("concept_id", "previous_number") REFERENCES "concept_versions"("concept_id", "version_number") true true

constraint concept_warnings.concept_warnings_pkey PRIMARY KEY ("concept_id", "version_number") true true

constraint concept_warnings.concept_warnings_version FOREIGN KEY ("concept_id", "version_number", "computed_at") REFERENCES "concept_versions"("concept_id", "version_number", "created_at") true true

constraint concepts.concepts_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "current_version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint concepts.concepts_pkey PRIMARY KEY ("id") true true

constraint concepts.concepts_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint concepts.concepts_version FOREIGN KEY ("id", "current_version", "name_key") REFERENCES "concept_versions"("concept_id", "version_number", "name_key") DEFERRABLE INITIALLY DEFERRED true true

constraint concepts.concepts_warnings FOREIGN KEY ("id", "current_version") REFERENCES "concept_warnings"("concept_id", "version_number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_configurations.contest_configurations_contest FOREIGN KEY ("contest_id") REFERENCES "contests"("id") true true

constraint contest_configurations.contest_configurations_digest UNIQUE ("contest_id", "version", "configuration_digest") true true

constraint contest_configurations.contest_configurations_pkey PRIMARY KEY ("contest_id", "version") true true

constraint contest_configurations.contest_configurations_previous FOREIGN KEY ("contest_id", "previous_version") REFERENCES "contest_configurations"("contest_id", "version") true true

constraint contest_events.contest_events_first CHECK (((("number")::bigint = 1) = (("prev_hash")::"text" = ''::"text"))) true true

constraint contest_events.contest_events_hash UNIQUE ("contest_id", "number", "event_hash") true true

constraint contest_events.contest_events_kind_known CHECK (((("kind")::"text" = ANY (ARRAY['CANCELLED'::"text", 'CONFIRMED'::"text", 'CORRECTION'::"text", 'FIELD'::"text", 'SNAPSHOT'::"text", 'TERMINAL'::"text"])) AND (("validity")::"text" = ANY (ARRAY['INVALID'::"text", 'VALID'::"text"])))) true true

constraint contest_events.contest_events_log FOREIGN KEY ("contest_id") REFERENCES "contest_logs"("id") true true

constraint contest_events.contest_events_payload FOREIGN KEY ("payload_digest") REFERENCES "payloads"("digest") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_events.contest_events_pkey PRIMARY KEY ("contest_id", "number") true true

constraint contest_events.contest_events_points_back CHECK (((("supersedes")::bigint < ("number")::bigint) AND (("snapshot_number")::bigint < ("number")::bigint))) true true

constraint contest_events.contest_events_previous FOREIGN KEY ("contest_id", "previous_number", "prev_hash") REFERENCES "contest_events"("contest_id", "number", "event_hash") true true

constraint contest_events.contest_events_snapshot FOREIGN KEY ("contest_id", "snapshot_number") REFERENCES "contest_events"("contest_id", "number") true true

constraint contest_events.contest_events_superseded FOREIGN KEY ("contest_id", "supersedes") REFERENCES "contest_events"("contest_id", "number") true true

constraint contest_logs.contest_logs_cancelled_number FOREIGN KEY ("id", "cancelled_number") REFERENCES "contest_events"("contest_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_conflict_number FOREIGN KEY ("id", "conflict_number") REFERENCES "contest_events"("contest_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_contest FOREIGN KEY ("contest_id", "provider_event_id") REFERENCES "contests"("id", "provider_event_id") true true

constraint contest_logs.contest_logs_event FOREIGN KEY ("id", "newest_event", "event_hash") REFERENCES "contest_events"("contest_id", "number", "event_hash") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_feed FOREIGN KEY ("provider_event_id") REFERENCES "provider_feeds"("id") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_fetch FOREIGN KEY ("provider_event_id", "newest_fetch") REFERENCES "provider_fetches"("provider_event_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_field_number FOREIGN KEY ("id", "field_number") REFERENCES "contest_events"("contest_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_hash_of_number CHECK (((("event_number")::bigint = 0) = (("event_hash")::"text" = ''::"text"))) true true

constraint contest_logs.contest_logs_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "event_number", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_leaderboard_number FOREIGN KEY ("id", "leaderboard_number") REFERENCES "contest_events"("contest_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_marks_complete CHECK (((("leaderboard_number" IS NULL) = ("leaderboard_at" IS NULL)) AND (("leaderboard_number" IS NULL) = ("leaderboard_hash" IS NULL)) AND (("leaderboard_number" IS NULL) = ("observed_at" IS NULL)) AND (("terminal_number" IS NULL) = ("terminal_at" IS NULL)) AND (("pending_rewrite" IS NULL) = ("pending_rewrite_at" IS NULL)) AND (("pending_rewrite" IS NULL) = ("pending_rewrite_number" IS NULL)))) true true

constraint contest_logs.contest_logs_pending_rewrite_number FOREIGN KEY ("id", "pending_rewrite_number") REFERENCES "contest_events"("contest_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_pkey PRIMARY KEY ("id") true true

constraint contest_logs.contest_logs_same_id CHECK ((("contest_id")::"text" = ("id")::"text")) true true

constraint contest_logs.contest_logs_terminal_number FOREIGN KEY ("id", "terminal_number") REFERENCES "contest_events"("contest_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint contest_logs.contest_logs_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint contests.contests_configuration FOREIGN KEY ("id", "configuration_version", "configuration_digest") REFERENCES "contest_configurations"("contest_id", "version", "configuration_digest") DEFERRABLE INITIALLY DEFERRED true true

constraint contests.contests_entry_limits CHECK ((("min_entries")::bigint <= ("max_entries")::bigint)) true true

constraint contests.contests_error_described CHECK (((("error_from_state")::"text" =
CASE "attempted_action"
    WHEN 'lock'::"text" THEN 'SCHEDULED'::"text"
    WHEN 'start'::"text" THEN 'LOCKED'::"text"
    WHEN 'complete'::"text" THEN 'LIVE'::"text"
    ELSE ''::"text"
END) AND ("length"("error_message") <= 1000))) true true

constraint contests.contests_error_of_status CHECK (
CASE
    WHEN (("status")::"text" = 'ERROR'::"text") THEN (("error_from_state" IS NOT NULL) AND ("error_code" IS NOT NULL) AND ("error_message" IS NOT NULL) AND ("attempted_action" IS NOT NULL))
    ELSE (("error_from_state" IS NULL) AND ("error_code" IS NULL) AND ("error_message" IS NULL) AND ("attempted_action" IS NULL))
END) true true

constraint contests.contests_fee UNIQUE ("id", "fee_minor", "currency") true true

constraint contests.contests_fee_not_negative CHECK ((("fee_minor")::bigint >= 0)) true true

constraint contests.contests_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "configuration_version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint contests.contests_name_not_blank CHECK ((TRIM(BOTH FROM "contest_name") <> ''::"text")) true true

constraint contests.contests_pkey PRIMARY KEY ("id") true true

constraint contests.contests_settled_by UNIQUE ("id", "settlement_run_id") true true

constraint contests.contests_settled_by_change CHECK ((("settle_time")::timestamp with time zone = ("updated_at")::timestamp with time zone)) true true

constraint contests.contests_settlement FOREIGN KEY ("settlement_run_id", "id", "settlement_run_status") REFERENCES "settlement_runs"("id", "contest_id", "status") DEFERRABLE INITIALLY DEFERRED true true

constraint contests.contests_settlement_of_status CHECK (
CASE
    WHEN (("status")::"text" = 'COMPLETE'::"text") THEN (("settle_time" IS NOT NULL) AND ("settlement_run_id" IS NOT NULL))
    ELSE (("settle_time" IS NULL) AND ("settlement_run_id" IS NULL))
END) true true

constraint contests.contests_time_invariant CHECK (((("created_at")::timestamp with time zone < ("lock_time")::timestamp with time zone) AND (("lock_time")::timestamp with time zone <= ("start_time")::timestamp with time zone) AND (("start_time")::timestamp with time zone < ("end_time")::timestamp with time zone))) true true

constraint contests.contests_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint contests.contests_tournament UNIQUE ("id", "provider_event_id") true true

constraint covered_items.covered_items_head FOREIGN KEY ("entity_id") REFERENCES "movements"("id") true true

constraint covered_items.covered_items_item UNIQUE ("item") true true

constraint covered_items.covered_items_pkey PRIMARY KEY ("entity_id", "seq", "number") true true

constraint declarations.declarations_pkey PRIMARY KEY ("lifecycle", "declared_at") true true

constraint discrepancies.discrepancies_head FOREIGN KEY ("entity_id") REFERENCES "reconciliations"("id") true true

constraint discrepancies.discrepancies_pkey PRIMARY KEY ("entity_id", "seq", "number") true true

constraint discrepancies.discrepancies_remedy_known CHECK ((("remedy")::"text" = ANY (ARRAY['AWAITED'::"text", 'STORED'::"text"]))) true true

constraint discrepancies.discrepancies_rule_known CHECK ((("rule")::"text" = ANY (ARRAY['R1'::"text", 'R10'::"text", 'R11'::"text", 'R12'::"text", 'R2'::"text", 'R3'::"text", 'R4'::"text", 'R5'::"text", 'R6'::"text", 'R7'::"text", 'R8'::"text", 'R9'::"text"]))) true true

constraint discrepancies.discrepancies_texts_short CHECK ((("length"("expected") <= 1000) AND ("length"("actual") <= 1000))) true true

constraint disputes.disputes_amounts_positive CHECK (((("amount_minor")::bigint > 0) AND (("fee_minor")::bigint >= 0))) true true

constraint disputes.disputes_charge FOREIGN KEY ("charge_id") REFERENCES "charges"("id") true true

constraint disputes.disputes_closed_of_status CHECK ((("closed_at" IS NULL) = (("status")::"text" = ANY (ARRAY['needs_response'::"text", 'under_review'::"text", 'warning_needs_response'::"text", 'warning_under_review'::"text"])))) true true

constraint disputes.disputes_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint disputes.disputes_pkey PRIMARY KEY ("id") true true

constraint disputes.disputes_reinstated_after CHECK ((("reinstated_at" IS NULL) OR ("withdrawn_at" IS NOT NULL))) true true

constraint disputes.disputes_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint entries.entries_contest FOREIGN KEY ("contest_id", "fee_minor", "currency") REFERENCES "contests"("id", "fee_minor", "currency") true true

constraint entries.entries_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "roster_number", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint entries.entries_number UNIQUE ("contest_id", "user_id", "entry_number") true true

constraint entries.entries_paid_in_full CHECK (((("paid_minor")::bigint = ("fee_minor")::bigint) AND ((("fee_minor")::bigint > 0) OR (("paid_at")::timestamp with time zone = ("created_at")::timestamp with time zone)))) true true

constraint entries.entries_payment_of_status CHECK (
CASE
    WHEN (("status")::"text" = ANY (ARRAY['PENDING_PAYMENT'::"text", 'REJECTED'::"text"])) THEN (("paid_minor" IS NULL) AND ("paid_at" IS NULL) AND ("payment_ref" IS NULL))
    ELSE (("paid_minor" IS NOT NULL) AND ("paid_at" IS NOT NULL) AND (("payment_ref" IS NULL) = (("paid_minor")::bigint = 0)))
END) true true

constraint entries.entries_pkey PRIMARY KEY ("id") true true

constraint entries.entries_place_number UNIQUE ("contest_id", "place_number") true true

constraint entries.entries_place_of_status CHECK ((("place_number" IS NOT NULL) = (("status")::"text" = ANY (ARRAY['ACTIVE'::"text", 'PENDING_PAYMENT'::"text", 'VOID'::"text"])))) true true

constraint entries.entries_rejection_of_status CHECK ((("rejection_reason" IS NOT NULL) = (("status")::"text" = 'REJECTED'::"text"))) true true

constraint entries.entries_rejection_short CHECK (("length"("rejection_reason") <= 1000)) true true

constraint entries.entries_roster FOREIGN KEY ("id", "roster_number", "roster_digest") REFERENCES "rosters"("entry_id", "number", "roster_digest") DEFERRABLE INITIALLY DEFERRED true true

constraint entries.entries_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint event_faults.event_faults_event FOREIGN KEY ("entity_id", "event_number") REFERENCES "contest_events"("contest_id", "number") true true

constraint event_faults.event_faults_head FOREIGN KEY ("entity_id") REFERENCES "contest_logs"("id") true true

constraint event_faults.event_faults_of_event UNIQUE ("entity_id", "event_number", "number") true true

constraint event_faults.event_faults_pkey PRIMARY KEY ("entity_id", "seq", "number") true true

constraint event_faults.event_faults_texts_short CHECK ((("length"("value") <= 200) AND ("length"("path") <= 1000))) true true

constraint history.history_edge FOREIGN KEY ("lifecycle", "from_state", "action", "to_state", "adds_version") REFERENCES "lifecycle_edges"("lifecycle", "from_state", "action", "to_state", "adds_version") true true

constraint history.history_first_change CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN ((("from_state")::"text" = ''::"text") AND (("prev_hash")::"text" = ''::"text") AND ("previous_version" = 0))
    ELSE ((("from_state")::"text" <> ''::"text") AND (("prev_hash")::"text" <> ''::"text"))
END) true true

constraint history.history_predecessor FOREIGN KEY ("lifecycle", "entity_id", "previous_seq", "from_state", "previous_version", "prev_hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") true true

constraint history.history_revision UNIQUE ("lifecycle", "entity_id", "seq", "to_state", "version", "hash") true true

constraint history.history_seq PRIMARY KEY ("lifecycle", "entity_id", "seq") true true

constraint hung_threads.hung_threads_expire_after CHECK ((("expires_at")::timestamp with time zone >= ("since")::timestamp with time zone)) true true

constraint hung_threads.hung_threads_not_empty CHECK ((("threads")::bigint >= 1)) true true

constraint hung_threads.hung_threads_pkey PRIMARY KEY ("stage", "process") true true

constraint image_generation_jobs.image_generation_jobs_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint image_generation_jobs.image_generation_jobs_pkey PRIMARY KEY ("id") true true

constraint image_generation_jobs.image_generation_jobs_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint image_generation_jobs.image_generation_jobs_token FOREIGN KEY ("token_id") REFERENCES "tokens_s0"("id") ON DELETE CASCADE true true

constraint ipfs_upload_records.ipfs_upload_records_has_cid CHECK (((("status")::"text" <> 'completed'::"text") OR ("cid" IS NOT NULL))) true true

constraint ipfs_upload_records.ipfs_upload_records_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint ipfs_upload_records.ipfs_upload_records_pkey PRIMARY KEY ("id") true true

constraint ipfs_upload_records.ipfs_upload_records_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint ipfs_upload_records.ipfs_upload_records_token FOREIGN KEY ("token_id") REFERENCES "tokens_s0"("id") ON DELETE CASCADE true true

constraint ipfs_upload_records.ipfs_upload_records_type_known CHECK ((("record_type")::"text" = ANY (ARRAY['image'::"text", 'metadata'::"text"]))) true true

constraint job_outputs.job_outputs_job FOREIGN KEY ("job_id") REFERENCES "jobs"("id") true true

constraint job_outputs.job_outputs_logs_size CHECK (((("logs")::"jsonb" -> 100) IS NULL)) true true

constraint job_outputs.job_outputs_pkey PRIMARY KEY ("job_id", "number") true true

constraint job_outputs.job_outputs_previous FOREIGN KEY ("job_id", "previous_number") REFERENCES "job_outputs"("job_id", "number") true true

constraint job_outputs.job_outputs_warnings_size CHECK (((("warnings")::"jsonb" -> 100) IS NULL)) true true

constraint job_specs.job_specs_first CHECK ((("number")::bigint = 1)) true true

constraint job_specs.job_specs_job FOREIGN KEY ("job_id") REFERENCES "jobs"("id") true true

constraint job_specs.job_specs_job_id UNIQUE ("job_id") true true

constraint job_specs.job_specs_pkey PRIMARY KEY ("job_id", "number") true true

constraint jobs.jobs_completed_at_of_status CHECK (
CASE
    WHEN (("status")::"text" = ANY (ARRAY['completed'::"text", 'completed_with_warnings'::"text", 'failed'::"text"])) THEN (("completed_at" IS NOT NULL) AND (("completed_at")::timestamp with time zone = ("updated_at")::timestamp with time zone))
    ELSE ("completed_at" IS NULL)
END) true true

constraint jobs.jobs_failure_of_status CHECK ((("failure_reason" IS NOT NULL) = (("status")::"text" = 'failed'::"text"))) true true

constraint jobs.jobs_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "output_number", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint jobs.jobs_number UNIQUE ("project_id", "number") true true

constraint jobs.jobs_output FOREIGN KEY ("id", "output_number") REFERENCES "job_outputs"("job_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint jobs.jobs_owner UNIQUE ("user_id", "id") true true

constraint jobs.jobs_phase_known CHECK ((("phase")::"text" = ANY (ARRAY['cleanup'::"text", 'commit'::"text", 'finalize'::"text", 'generate'::"text", 'load'::"text", 'push'::"text", 'running'::"text", 'workspace'::"text"]))) true true

constraint jobs.jobs_pkey PRIMARY KEY ("id") true true

constraint jobs.jobs_project FOREIGN KEY ("user_id", "project_id") REFERENCES "projects"("user_id", "id") true true

constraint jobs.jobs_result_of_status CHECK ((("result" IS NOT NULL) = (("status")::"text" = ANY (ARRAY['completed'::"text", 'completed_with_warnings'::"text"])))) true true

constraint jobs.jobs_spec FOREIGN KEY ("id") REFERENCES "job_specs"("job_id") DEFERRABLE INITIALLY DEFERRED true true

constraint jobs.jobs_success_has_reason CHECK (
CASE "status"
    WHEN 'completed'::"text" THEN ((("warning_count")::bigint = 0) AND ((("result")::"jsonb" ->> 'commit'::"text") IS NOT NULL))
    WHEN 'completed_with_warnings'::"text" THEN (("warning_count")::bigint > 0)
    ELSE true
END) true true

constraint jobs.jobs_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint keys.keys_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint keys.keys_pkey PRIMARY KEY ("id") true true

constraint keys.keys_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint lifecycle_edges.lifecycle_edges_adds_version_range CHECK ((("adds_version")::bigint = ANY (ARRAY[(0)::bigint, (1)::bigint]))) true true

constraint lifecycle_edges.lifecycle_edges_all_columns UNIQUE ("lifecycle", "from_state", "action", "to_state", "adds_version") true true

constraint lifecycle_edges.lifecycle_edges_pkey PRIMARY KEY ("lifecycle", "from_state", "action") true true

constraint mint_events.mint_events_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint mint_events.mint_events_occurrence UNIQUE ("block_hash", "tx_hash", "log_index") true true

constraint mint_events.mint_events_pkey PRIMARY KEY ("id") true true

constraint mint_events.mint_events_quantity CHECK ((("quantity")::bigint <= 10000)) true true

constraint mint_events.mint_events_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint movements.movements_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint movements.movements_kind_known CHECK ((("kind")::"text" = ANY (ARRAY['DISPUTE_LOST'::"text", 'DISPUTE_OPENED'::"text", 'DISPUTE_RESIDUE'::"text", 'DISPUTE_WON'::"text", 'ENTRY_FEE'::"text", 'GUARANTEE_TOPUP'::"text", 'PAYMENT_QUARANTINED'::"text", 'PAYOUT_CREATED'::"text", 'PAYOUT_FAILED'::"text", 'PAYOUT_REVERSED'::"text", 'PROCESSING_FEE'::"text", 'REFUND_FAILED'::"text", 'REFUND_REQUESTED'::"text", 'REFUND_SUCCEEDED'::"text", 'REVERSAL'::"text", 'REVERSAL_PROPOSED'::"text", 'SETTLEMENT'::"text", 'UNCLAIMED'::"text"]))) true true

constraint movements.movements_mirror_of_kind CHECK ((("reverses" IS NOT NULL) = (("kind")::"text" = 'REVERSAL'::"text"))) true true

constraint movements.movements_pkey PRIMARY KEY ("id") true true

constraint movements.movements_reversed FOREIGN KEY ("reverses") REFERENCES "movements"("id") true true

constraint movements.movements_sum_of_postings CHECK (
CASE
    WHEN (("posting_count")::bigint = 0) THEN ((("total_minor")::bigint = 0) AND (("kind")::"text" = ANY (ARRAY['PAYOUT_FAILED'::"text", 'REVERSAL_PROPOSED'::"text", 'SETTLEMENT'::"text"])))
    ELSE ((("total_minor")::bigint >= ("posting_count")::bigint) AND (("total_minor")::bigint <= '1000000000000000'::bigint) AND (("kind")::"text" <> ALL (ARRAY['PAYOUT_FAILED'::"text", 'REVERSAL_PROPOSED'::"text"])))
END) true true

constraint movements.movements_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint payees.payees_destination_of_status CHECK (
CASE
    WHEN (("status")::"text" = ANY (ARRAY['READY'::"text", 'RESTRICTED'::"text"])) THEN (("destination" IS NOT NULL) AND ("destination_set_by" IS NOT NULL))
    ELSE (("destination" IS NULL) AND ("destination_set_by" IS NULL))
END) true true

constraint payees.payees_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint payees.payees_pkey PRIMARY KEY ("id") true true

constraint payees.payees_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint payloads.payloads_pkey PRIMARY KEY ("digest") true true

constraint payloads.payloads_size_matches CHECK ((("size")::bigint = "length"(("bytes")::"bytea"))) true true

constraint payment_switches.payment_switches_halt_of_status CHECK (
CASE
    WHEN (("status")::"text" = 'HALTED'::"text") THEN (("reason_code" IS NOT NULL) AND ("halted_at" IS NOT NULL))
    ELSE (("reason_code" IS NULL) AND ("halted_at" IS NULL))
END) true true

constraint payment_switches.payment_switches_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint payment_switches.payment_switches_pkey PRIMARY KEY ("id") true true

constraint payment_switches.payment_switches_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint payout_jobs.payout_jobs_end_of_status CHECK ((("completed_at" IS NOT NULL) = (("status")::"text" = 'complete'::"text"))) true true

constraint payout_jobs.payout_jobs_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint payout_jobs.payout_jobs_of_reference UNIQUE ("id", "reference", "currency") true true

constraint payout_jobs.payout_jobs_pkey PRIMARY KEY ("id") true true

constraint payout_jobs.payout_jobs_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint payout_jobs.payout_jobs_total CHECK ((("total_minor")::bigint >= ("transfer_count")::bigint)) true true

constraint postings.postings_amount_positive CHECK ((("amount_minor")::bigint > 0)) true true

constraint postings.postings_head FOREIGN KEY ("entity_id") REFERENCES "movements"("id") true true

constraint postings.postings_lines_complete CHECK (((("owed_movement_id" IS NULL) = ("owed_number" IS NULL)) AND (("reversed_movement_id" IS NULL) = ("reversed_number" IS NULL)) AND (("reversed_movement_id" IS NULL) = ("reversal_ref" IS NULL)))) true true

constraint postings.postings_owed_to_party CHECK ((("party" IS NOT NULL) OR (NOT ("substr"(("credit_account_id")::"text", 1, 15) = 'winner_payable:'::"text")))) true true

constraint postings.postings_payout_names_line CHECK ((("substr"(("debit_account_id")::"text", 1, 15) = 'winner_payable:'::"text") = ("owed_movement_id" IS NOT NULL))) true true

constraint postings.postings_pkey PRIMARY KEY ("entity_id", "seq", "number") true true

constraint postings.postings_reversal_is_owed CHECK ((("reversed_movement_id" IS NULL) OR ("substr"(("credit_account_id")::"text", 1, 15) = 'winner_payable:'::"text"))) true true

constraint postings.postings_two_accounts CHECK ((("debit_account_id")::"text" <> ("credit_account_id")::"text")) true true

constraint project_prompts.project_prompts_pkey PRIMARY KEY ("project_id", "number") true true

constraint project_prompts.project_prompts_previous FOREIGN KEY ("project_id", "previous_number") REFERENCES "project_prompts"("project_id", "number") true true

constraint project_prompts.project_prompts_project FOREIGN KEY ("project_id") REFERENCES "projects"("id") true true

constraint projects.projects_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "prompt_count", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint projects.projects_latest_job CHECK (((("latest_successful_job_id" IS NULL) = ("latest_successful_job_number" IS NULL)) AND ((("seq")::bigint > 1) OR ("latest_successful_job_id" IS NULL)))) true true

constraint projects.projects_name_not_blank CHECK ((TRIM(BOTH FROM "name") <> ''::"text")) true true

constraint projects.projects_owner UNIQUE ("user_id", "id") true true

constraint projects.projects_pkey PRIMARY KEY ("id") true true

constraint projects.projects_prompt FOREIGN KEY ("id", "prompt_number") REFERENCES "project_prompts"("project_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint projects.projects_repository_of_status CHECK (
CASE "status"
    WHEN 'unbound'::"text" THEN (("repository_host" IS NULL) AND ("repository_name" IS NULL) AND ("repository_id" IS NULL) AND ("repository_branch" IS NULL) AND ("github_repo_url" IS NULL))
    WHEN 'requested'::"text" THEN (("repository_host" IS NOT NULL) AND ("repository_name" IS NOT NULL) AND ("repository_id" IS NULL) AND ("repository_branch" IS NULL) AND ("github_repo_url" IS NULL))
    ELSE (("repository_host" IS NOT NULL) AND ("repository_name" IS NOT NULL) AND ("repository_id" IS NOT NULL) AND ("repository_branch" IS NOT NULL) AND ("github_repo_url" IS NOT NULL))
END) true true

constraint projects.projects_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint provider_feeds.provider_feeds_fetch FOREIGN KEY ("id", "newest_fetch") REFERENCES "provider_fetches"("provider_event_id", "number") DEFERRABLE INITIALLY DEFERRED true true

constraint provider_feeds.provider_feeds_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "fetch_number", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint provider_feeds.provider_feeds_pkey PRIMARY KEY ("id") true true

constraint provider_feeds.provider_feeds_success_complete CHECK (((("failures")::bigint <= ("fetch_number")::bigint) AND (("last_success_at" IS NULL) = ("last_payload_digest" IS NULL)))) true true

constraint provider_feeds.provider_feeds_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint provider_fetches.provider_fetches_feed FOREIGN KEY ("provider_event_id") REFERENCES "provider_feeds"("id") true true

constraint provider_fetches.provider_fetches_http_status_known CHECK (((("http_status")::bigint >= 100) AND (("http_status")::bigint <= 599))) true true

constraint provider_fetches.provider_fetches_outcome_known CHECK ((("outcome")::"text" = ANY (ARRAY['HTTP_ERROR'::"text", 'NETWORK_ERROR'::"text", 'OK'::"text", 'REDIRECTED'::"text", 'TIMEOUT'::"text", 'TOO_LARGE'::"text", 'TRUNCATED'::"text"]))) true true

constraint provider_fetches.provider_fetches_payload FOREIGN KEY ("payload_digest") REFERENCES "payloads"("digest") DEFERRABLE INITIALLY DEFERRED true true

constraint provider_fetches.provider_fetches_pkey PRIMARY KEY ("provider_event_id", "number") true true

constraint provider_fetches.provider_fetches_previous FOREIGN KEY ("provider_event_id", "previous_number") REFERENCES "provider_fetches"("provider_event_id", "number") true true

constraint provider_fetches.provider_fetches_success_has_payload CHECK (((("outcome")::"text" <> 'OK'::"text") OR (("payload_digest" IS NOT NULL) AND ("error" IS NULL)))) true true

constraint provider_fetches.provider_fetches_texts_short CHECK ((("length"("error") <= 1000) AND ("length"("content_type") <= 1000))) true true

constraint provider_fetches.provider_fetches_times CHECK ((("requested_at")::timestamp with time zone <= ("finished_at")::timestamp with time zone)) true true

constraint pruned_stages.pruned_stages_pkey PRIMARY KEY ("stage") true true

constraint pruned_tables.pruned_tables_counted CHECK ((("deleted_rows")::bigint <= '1000000000000000'::bigint)) true true

constraint pruned_tables.pruned_tables_known CHECK ((("table_name")::"text" = ANY (ARRAY['tasks'::"text", 'task_attempts'::"text", 'webhook_rejections'::"text"]))) true true

constraint pruned_tables.pruned_tables_pkey PRIMARY KEY ("table_name") true true

constraint pruned_tables.pruned_tables_sealed CHECK ((("deleted_sealed_rows")::bigint <= ("deleted_rows")::bigint)) true true

constraint rate_buckets.rate_buckets_pkey PRIMARY KEY ("stage") true true

constraint receipts.receipts_key PRIMARY KEY ("owner", "key") true true

constraint reconciliations.reconciliations_error_of_status CHECK (
CASE
    WHEN (("status")::"text" = 'FAILED'::"text") THEN (("error_code" IS NOT NULL) AND ("error_message" IS NOT NULL))
    ELSE (("error_code" IS NULL) AND ("error_message" IS NULL))
END) true true

constraint reconciliations.reconciliations_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint reconciliations.reconciliations_message_short CHECK (("length"("error_message") <= 1000)) true true

constraint reconciliations.reconciliations_pkey PRIMARY KEY ("id") true true

constraint reconciliations.reconciliations_result_of_status CHECK (((("discrepancy_count" IS NOT NULL) = (("status")::"text" = 'COMPLETE'::"text")) AND (("finished_at" IS NULL) = (("status")::"text" = 'STARTED'::"text")))) true true

constraint reconciliations.reconciliations_scope_known CHECK ((("scope")::"text" = ANY (ARRAY['CHEAP'::"text", 'FULL'::"text"]))) true true

constraint reconciliations.reconciliations_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint refund_attempts.refund_attempts_key_of_generation CHECK ((("idempotency_key")::"text" = (((('refund:'::"text" || ("refund_id")::"text") || ':'::"text") || 'g'::"text") || ("generation")::"text"))) true true

constraint refund_attempts.refund_attempts_kind_known CHECK ((("kind")::"text" = ANY (ARRAY['CALL'::"text", 'LOOKUP'::"text"]))) true true

constraint refund_attempts.refund_attempts_pkey PRIMARY KEY ("refund_id", "number") true true

constraint refund_attempts.refund_attempts_previous FOREIGN KEY ("refund_id", "previous_number") REFERENCES "refund_attempts"("refund_id", "number") true true

constraint refund_attempts.refund_attempts_refund FOREIGN KEY ("refund_id") REFERENCES "refunds"("id") true true

constraint refunds.refunds_amount_positive CHECK ((("amount_minor")::bigint > 0)) true true

constraint refunds.refunds_at_stripe CHECK (((("status")::"text" <> ALL (ARRAY['pending'::"text", 'requires_action'::"text", 'succeeded'::"text"])) OR ("stripe_refund_id" IS NOT NULL))) true true

constraint refunds.refunds_charge FOREIGN KEY ("charge_id") REFERENCES "charges"("id") true true

constraint refunds.refunds_failure_of_status CHECK ((("failure_code" IS NOT NULL) = (("status")::"text" = 'failed'::"text"))) true true

constraint refunds.refunds_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "attempt_number", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint refunds.refunds_number UNIQUE ("charge_id", "number") true true

constraint refunds.refunds_pkey PRIMARY KEY ("id") true true

constraint refunds.refunds_reason_known CHECK ((("reason_code")::"text" = ANY (ARRAY['AMOUNT_MISMATCH'::"text", 'CANCELLED'::"text", 'CURRENCY_MISMATCH'::"text", 'FULL'::"text", 'LATE_PAYMENT'::"text", 'LATE_WEBHOOK_AFTER_SETTLEMENT'::"text", 'OUTSIDE'::"text", 'REQUESTED'::"text"]))) true true

constraint refunds.refunds_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint rejections.rejections_pkey PRIMARY KEY ("id") true true

constraint reveal_transactions.reveal_transactions_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint reveal_transactions.reveal_transactions_pkey PRIMARY KEY ("id") true true

constraint reveal_transactions.reveal_transactions_size CHECK (((("token_ids")::"jsonb" <> '[]'::"jsonb") AND ((("token_ids")::"jsonb" -> 50) IS NULL))) true true

constraint reveal_transactions.reveal_transactions_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint rosters.rosters_digest UNIQUE ("entry_id", "number", "roster_digest") true true

constraint rosters.rosters_entry FOREIGN KEY ("entry_id") REFERENCES "entries"("id") true true

constraint rosters.rosters_pkey PRIMARY KEY ("entry_id", "number") true true

constraint rosters.rosters_previous FOREIGN KEY ("entry_id", "previous_number") REFERENCES "rosters"("entry_id", "number") true true

constraint runbook_execution_steps.runbook_execution_steps_head FOREIGN KEY ("entity_id") REFERENCES "runbook_executions"("id") true true

constraint runbook_execution_steps.runbook_execution_steps_pkey PRIMARY KEY ("entity_id", "seq", "number") true true

constraint runbook_executions.runbook_executions_completed_as_expected CHECK (((("status")::"text" <> 'completed'::"text") OR ((("step_count")::bigint > 0) AND (("failed_step_count")::bigint = 0)))) true true

constraint runbook_executions.runbook_executions_ended_at_of_status CHECK ((("ended_at" IS NOT NULL) = (("status")::"text" = ANY (ARRAY['completed'::"text", 'failed'::"text", 'partial'::"text"])))) true true

constraint runbook_executions.runbook_executions_error_reason_of_status CHECK ((("error_reason" IS NOT NULL) = (("status")::"text" = ANY (ARRAY['failed'::"text", 'partial'::"text"])))) true true

constraint runbook_executions.runbook_executions_failed_steps_are_steps CHECK ((("failed_step_count")::bigint <= ("step_count")::bigint)) true true

constraint runbook_executions.runbook_executions_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint runbook_executions.runbook_executions_pkey PRIMARY KEY ("id") true true

constraint runbook_executions.runbook_executions_result_json_of_status CHECK (((("status")::"text" <> ALL (ARRAY['in_progress'::"text", 'pending'::"text"])) OR ("result_json" IS NULL))) true true

constraint runbook_executions.runbook_executions_steps_bounded CHECK ((("step_count")::bigint <= 200)) true true

constraint runbook_executions.runbook_executions_system_state_after_of_status CHECK (((("status")::"text" <> ALL (ARRAY['in_progress'::"text", 'pending'::"text"])) OR ("system_state_after" IS NULL))) true true

constraint runbook_executions.runbook_executions_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint seal_records.seal_records_pkey PRIMARY KEY ("record_table", "record_hash") true true

constraint seal_records.seal_records_seal FOREIGN KEY ("seal_number") REFERENCES "seals"("number") true true

constraint seals.seals_end UNIQUE ("number", "ends_at", "hash") true true

constraint seals.seals_first CHECK (
CASE
    WHEN (("number")::bigint = 1) THEN ((("starts_after")::bigint = 0) AND (("prev_hash")::"text" = ''::"text"))
    ELSE (("prev_hash")::"text" <> ''::"text")
END) true true

constraint seals.seals_pkey PRIMARY KEY ("number") true true

constraint seals.seals_predecessor FOREIGN KEY ("previous_number", "starts_after", "prev_hash") REFERENCES "seals"("number", "ends_at", "hash") true true

constraint seals.seals_stretch CHECK ((("starts_after")::bigint <= ("ends_at")::bigint)) true true

constraint settings.settings_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint settings.settings_pkey PRIMARY KEY ("id") true true

constraint settings.settings_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint settlement_lines.settlement_lines_amounts CHECK (((("paid_minor")::bigint >= 0) AND (("payout_minor")::bigint >= 0))) true true

constraint settlement_lines.settlement_lines_entry UNIQUE ("entity_id", "entry_id") true true

constraint settlement_lines.settlement_lines_head FOREIGN KEY ("entity_id") REFERENCES "settlement_runs"("id") true true

constraint settlement_lines.settlement_lines_ineligible_unpaid CHECK ((("score" IS NOT NULL) OR (("payout_minor")::bigint = 0))) true true

constraint settlement_lines.settlement_lines_pkey PRIMARY KEY ("entity_id", "seq", "number") true true

constraint settlement_runs.settlement_runs_amounts_not_negative CHECK (((("pool_minor")::bigint >= 0) AND (("rake_minor")::bigint >= 0) AND (("rounding_minor")::bigint >= 0) AND (("retained_minor")::bigint >= 0) AND (("top_up_minor")::bigint >= 0))) true true

constraint settlement_runs.settlement_runs_configuration FOREIGN KEY ("contest_id", "configuration_version", "configuration_digest") REFERENCES "contest_configurations"("contest_id", "version", "configuration_digest") DEFERRABLE INITIALLY DEFERRED true true

constraint settlement_runs.settlement_runs_contest FOREIGN KEY ("contest_id") REFERENCES "contests"("id") true true

constraint settlement_runs.settlement_runs_error_of_status CHECK (
CASE
    WHEN (("status")::"text" = 'FAILED'::"text") THEN (("error_code" IS NOT NULL) AND ("error_message" IS NOT NULL))
    ELSE (("error_code" IS NULL) AND ("error_message" IS NULL))
END) true true

constraint settlement_runs.settlement_runs_event FOREIGN KEY ("contest_id", "event_number", "events_digest") REFERENCES "contest_events"("contest_id", "number", "event_hash") DEFERRABLE INITIALLY DEFERRED true true

constraint settlement_runs.settlement_runs_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint settlement_runs.settlement_runs_lines_of_entries CHECK ((("line_count")::bigint <= ("entries_count")::bigint)) true true

constraint settlement_runs.settlement_runs_message_short CHECK (("length"("error_message") <= 1000)) true true

constraint settlement_runs.settlement_runs_number UNIQUE ("contest_id", "number") true true

constraint settlement_runs.settlement_runs_of_contest UNIQUE ("id", "contest_id", "status") true true

constraint settlement_runs.settlement_runs_pkey PRIMARY KEY ("id") true true

constraint settlement_runs.settlement_runs_result_of_status CHECK (
CASE
    WHEN (("status")::"text" = 'COMPLETE'::"text") THEN (("eligibility_digest" IS NOT NULL) AND ("official_rounds" IS NOT NULL) AND ("result_digest" IS NOT NULL) AND ("pool_minor" IS NOT NULL) AND ("rake_minor" IS NOT NULL) AND ("rounding_minor" IS NOT NULL) AND ("retained_minor" IS NOT NULL) AND ("top_up_minor" IS NOT NULL) AND ("line_count" IS NOT NULL) AND ("settled_at" IS NOT NULL))
    ELSE (("eligibility_digest" IS NULL) AND ("official_rounds" IS NULL) AND ("result_digest" IS NULL) AND ("pool_minor" IS NULL) AND ("rake_minor" IS NULL) AND ("rounding_minor" IS NULL) AND ("retained_minor" IS NULL) AND ("top_up_minor" IS NULL) AND ("line_count" IS NULL) AND ("settled_at" IS NULL))
END) true true

constraint settlement_runs.settlement_runs_settled FOREIGN KEY ("contest_id", "settles_as") REFERENCES "contests"("id", "settlement_run_id") DEFERRABLE INITIALLY DEFERRED true true

constraint settlement_runs.settlement_runs_settled_by_change CHECK ((("settled_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)) true true

constraint settlement_runs.settlement_runs_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint signals.signals_algorithm FOREIGN KEY ("algorithm_id") REFERENCES "algorithms"("id") true true

constraint signals.signals_applied_seq UNIQUE ("subspace_id", "applied_seq", "hash") true true

constraint signals.signals_artifact FOREIGN KEY ("artifact_id") REFERENCES "artifacts"("id") true true

constraint signals.signals_artifact_seq UNIQUE ("artifact_id", "artifact_seq", "hash") true true

constraint signals.signals_capture_key UNIQUE ("user_id", "capture_key") true true

constraint signals.signals_pkey PRIMARY KEY ("id") true true

constraint signals.signals_space FOREIGN KEY ("space_id") REFERENCES "spaces"("id") true true

constraint signals.signals_subspace FOREIGN KEY ("subspace_id") REFERENCES "subspaces"("id") true true

constraint spaces.spaces_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint spaces.spaces_pkey PRIMARY KEY ("id") true true

constraint spaces.spaces_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint stage_breakers.stage_breakers_pkey PRIMARY KEY ("stage") true true

constraint stages.stages_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint stages.stages_pkey PRIMARY KEY ("id") true true

constraint stages.stages_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint stripe_event_attempts.stripe_event_attempts_event FOREIGN KEY ("event_id") REFERENCES "stripe_events"("id") true true

constraint stripe_event_attempts.stripe_event_attempts_message_short CHECK (("length"("message") <= 1000)) true true

constraint stripe_event_attempts.stripe_event_attempts_outcome_known CHECK ((("outcome")::"text" = ANY (ARRAY['DUPLICATE'::"text", 'FAILED'::"text", 'IGNORED'::"text", 'PROCESSED'::"text"]))) true true

constraint stripe_event_attempts.stripe_event_attempts_pkey PRIMARY KEY ("event_id", "number") true true

constraint stripe_event_attempts.stripe_event_attempts_previous FOREIGN KEY ("event_id", "previous_number") REFERENCES "stripe_event_attempts"("event_id", "number") true true

constraint stripe_events.stripe_events_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "attempt_number", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint stripe_events.stripe_events_origin_known CHECK ((("origin")::"text" = ANY (ARRAY['backfill'::"text", 'webhook'::"text"]))) true true

constraint stripe_events.stripe_events_outcome_of_attempt CHECK (((("status")::"text" = 'RECEIVED'::"text") OR (("attempt_number")::bigint > 0))) true true

constraint stripe_events.stripe_events_payload FOREIGN KEY ("payload_digest") REFERENCES "payloads"("digest") DEFERRABLE INITIALLY DEFERRED true true

constraint stripe_events.stripe_events_pkey PRIMARY KEY ("id") true true

constraint stripe_events.stripe_events_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint subscriber_cursors.subscriber_cursors_change_has_position CHECK ((("feed_cursor" IS NOT NULL) OR ("changed_at" IS NULL))) true true

constraint subscriber_cursors.subscriber_cursors_pkey PRIMARY KEY ("name") true true

constraint subscriber_cursors.subscriber_cursors_restart_has_cause CHECK ((((("restarts")::bigint = 0) = ("restarted_at" IS NULL)) AND ((("restarts")::bigint = 0) = ("restarted_by" IS NULL)) AND ((("restarts")::bigint = 0) = ("restart_reason" IS NULL)))) true true

constraint subspaces.subspaces_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint subspaces.subspaces_pkey PRIMARY KEY ("id") true true

constraint subspaces.subspaces_space FOREIGN KEY ("space_id") REFERENCES "spaces"("id") true true

constraint subspaces.subspaces_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint system_state.system_state_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint system_state.system_state_pkey PRIMARY KEY ("id") true true

constraint system_state.system_state_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint task_attempts.task_attempts_outcome_known CHECK ((("outcome")::"text" = ANY (ARRAY['STARTED'::"text", 'FAILED'::"text", 'DEAD'::"text", 'REQUEUED'::"text", 'CANCELED'::"text"]))) true true

constraint task_attempts.task_attempts_pkey PRIMARY KEY ("stage", "entity_id", "fence", "outcome") true true

constraint tasks.tasks_attempts_fenced CHECK ((("attempts")::bigint <= ("fence")::bigint)) true true

constraint tasks.tasks_canceled_is_not_due CHECK ((("cancel_reason" IS NULL) OR (("due_at" IS NULL) AND ("dead_reason" IS NULL)))) true true

constraint tasks.tasks_dead_is_not_due CHECK ((("dead_reason" IS NULL) OR ("due_at" IS NULL))) true true

constraint tasks.tasks_finished_once CHECK ((("finished_at" IS NOT NULL) = (("due_at" IS NULL) AND ("dead_reason" IS NULL)))) true true

constraint tasks.tasks_lease CHECK ((("lease_owner" IS NULL) = ("lease_until" IS NULL))) true true

constraint tasks.tasks_leased_is_due CHECK ((("lease_owner" IS NULL) OR ((("fence")::bigint >= 1) AND ("due_at" IS NOT NULL)))) true true

constraint tasks.tasks_pkey PRIMARY KEY ("stage", "entity_id") true true

constraint tasks.tasks_priority_known CHECK (((("priority")::bigint >= 1) AND (("priority")::bigint <= 3))) true true

constraint tasks.tasks_progress_percent CHECK ((("progress")::bigint <= 100)) true true

constraint tasks.tasks_result_of_completed CHECK ((("result" IS NULL) OR (("finished_at" IS NOT NULL) AND ("cancel_reason" IS NULL)))) true true

constraint tokens_s0.tokens_s0_author FOREIGN KEY ("author_id") REFERENCES "authors"("id") ON DELETE RESTRICT true true

constraint tokens_s0.tokens_s0_has_image CHECK (((("status")::"text" <> 'ready'::"text") OR ("image_cid" IS NOT NULL))) true true

constraint tokens_s0.tokens_s0_has_metadata CHECK (((("status")::"text" <> ALL (ARRAY['ready'::"text", 'revealed'::"text"])) OR ("metadata_cid" IS NOT NULL))) true true

constraint tokens_s0.tokens_s0_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "version", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint tokens_s0.tokens_s0_mint FOREIGN KEY ("mint_event_id") REFERENCES "mint_events"("id") true true

constraint tokens_s0.tokens_s0_pkey PRIMARY KEY ("id") true true

constraint tokens_s0.tokens_s0_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint tokens_s0.tokens_s0_token_id UNIQUE ("token_id") true true

constraint transfer_attempts.transfer_attempts_key_of_generation CHECK ((("idempotency_key")::"text" = (((('payout:'::"text" || ("transfer_id")::"text") || ':'::"text") || 'g'::"text") || ("generation")::"text"))) true true

constraint transfer_attempts.transfer_attempts_kind_known CHECK ((("kind")::"text" = ANY (ARRAY['CALL'::"text", 'LOOKUP'::"text"]))) true true

constraint transfer_attempts.transfer_attempts_pkey PRIMARY KEY ("transfer_id", "number") true true

constraint transfer_attempts.transfer_attempts_previous FOREIGN KEY ("transfer_id", "previous_number") REFERENCES "transfer_attempts"("transfer_id", "number") true true

constraint transfer_attempts.transfer_attempts_transfer FOREIGN KEY ("transfer_id") REFERENCES "transfers"("id") true true

constraint transfer_lines.transfer_lines_amount_positive CHECK ((("amount_minor")::bigint > 0)) true true

constraint transfer_lines.transfer_lines_head FOREIGN KEY ("entity_id") REFERENCES "transfers"("id") true true

constraint transfer_lines.transfer_lines_owed_line UNIQUE ("owed_movement_id", "owed_number") true true

constraint transfer_lines.transfer_lines_pkey PRIMARY KEY ("entity_id", "seq", "number") true true

constraint transfers.transfers_amount_of_lines CHECK ((("amount_minor")::bigint >= ("line_count")::bigint)) true true

constraint transfers.transfers_approval_complete CHECK (
CASE
    WHEN ("approved_by" IS NOT NULL) THEN (("approved_by" IS NOT NULL) AND ("approved_at" IS NOT NULL) AND ("approval_reason" IS NOT NULL))
    ELSE (("approved_by" IS NULL) AND ("approved_at" IS NULL) AND ("approval_reason" IS NULL))
END) true true

constraint transfers.transfers_approved_before CHECK (((("status")::"text" <> 'processing'::"text") OR (("approved_by" IS NOT NULL) AND ("destination" IS NOT NULL)))) true true

constraint transfers.transfers_destination_of_approval CHECK ((("approved_destination" IS NULL) OR ("approved_by" IS NOT NULL))) true true

constraint transfers.transfers_destination_of_attempt CHECK ((("destination" IS NULL) OR (("attempt_number")::bigint > 0) OR (("status")::"text" = 'completed'::"text"))) true true

constraint transfers.transfers_failure_of_status CHECK (((("failure_reason" IS NOT NULL) = (("status")::"text" = 'failed_terminal'::"text")) AND ((("failure_reason")::"text" = ANY (ARRAY['BUDGET_SPENT'::"text", 'REJECTED'::"text", 'UNCLAIMED'::"text"])) IS NOT FALSE))) true true

constraint transfers.transfers_history FOREIGN KEY ("lifecycle", "id", "seq", "status", "attempt_number", "hash") REFERENCES "history"("lifecycle", "entity_id", "seq", "to_state", "version", "hash") DEFERRABLE INITIALLY DEFERRED true true

constraint transfers.transfers_job FOREIGN KEY ("job_id", "reference", "currency") REFERENCES "payout_jobs"("id", "reference", "currency") DEFERRABLE INITIALLY DEFERRED true true

constraint transfers.transfers_parked_since CHECK (((("status")::"text" <> 'parked'::"text") OR ("parked_at" IS NOT NULL))) true true

constraint transfers.transfers_pending_waits_for_nothing CHECK (((("status")::"text" <> 'pending'::"text") OR (("parked_at" IS NULL) AND ("failure_code" IS NULL) AND ("failure_message" IS NULL)))) true true

constraint transfers.transfers_pkey PRIMARY KEY ("id") true true

constraint transfers.transfers_reissued FOREIGN KEY ("reissue_of") REFERENCES "transfers"("id") true true

constraint transfers.transfers_result_of_status CHECK (
CASE
    WHEN (("status")::"text" = 'completed'::"text") THEN (("stripe_transfer_id" IS NOT NULL) AND ("completed_at" IS NOT NULL))
    ELSE (("stripe_transfer_id" IS NULL) AND ("completed_at" IS NULL))
END) true true

constraint transfers.transfers_reversed_within CHECK (((("reversed_minor")::bigint >= 0) AND (("reversed_minor")::bigint <=
CASE "status"
    WHEN 'completed'::"text" THEN ("amount_minor")::bigint
    ELSE (0)::bigint
END))) true true

constraint transfers.transfers_texts_short CHECK ((("length"("failure_message") <= 1000) AND ("length"("approval_reason") <= 1000))) true true

constraint transfers.transfers_times CHECK (
CASE
    WHEN (("seq")::bigint = 1) THEN (("created_at")::timestamp with time zone = ("updated_at")::timestamp with time zone)
    ELSE (("created_at")::timestamp with time zone < ("updated_at")::timestamp with time zone)
END) true true

constraint watched_subjects.watched_subjects_kind_known CHECK ((("kind")::"text" = ANY (ARRAY['stage'::"text", 'recurring'::"text", 'standing'::"text", 'subscriber'::"text", 'backup'::"text"]))) true true

constraint watched_subjects.watched_subjects_pkey PRIMARY KEY ("kind", "stage", "entity_id") true true

constraint watched_subjects.watched_subjects_silence_bounded CHECK (((("longest_silence_seconds")::bigint >= 1) AND (("longest_silence_seconds")::bigint <= 316224000))) true true

constraint webhook_rejections.webhook_rejections_pkey PRIMARY KEY ("id") true true

domain actor "text" C CHECK ((((("substr"(VALUE, 1, 5) = 'user:'::"text") AND (("length"(VALUE) >= 6) AND ("length"(VALUE) <= 205))) OR (("substr"(VALUE, 1, 7) = 'system:'::"text") AND (("length"(VALUE) >= 8) AND ("length"(VALUE) <= 207))) OR (("substr"(VALUE, 1, 4) = 'key:'::"text") AND (("length"(VALUE) >= 5) AND ("length"(VALUE) <= 204)))) AND (VALUE !~ '\s'::"text"))) true

domain amount_minor bigint  CHECK (((VALUE >= '-1000000000000'::bigint) AND (VALUE <= '1000000000000'::bigint))) true

domain chain_hash "text" C CHECK ((("length"(VALUE) = 66) AND ("substr"(VALUE, 1, 2) = '0x'::"text") AND ("substr"(VALUE, 3) !~ '[^0-9a-f]'::"text"))) true

domain currency "text" C CHECK ((VALUE ~ '^[A-Z][A-Z][A-Z]$'::"text")) true

domain digest "text" C CHECK ((("length"(VALUE) = 64) AND (VALUE !~ '[^0-9a-f]'::"text"))) true

domain digest_or_empty "text" C CHECK ((("length"(VALUE) = ANY (ARRAY[0, 64])) AND (VALUE !~ '[^0-9a-f]'::"text"))) true

domain distance double precision  CHECK (((VALUE >= ('-0.001'::numeric)::double precision) AND (VALUE <= (2.001)::double precision))) true

domain embedding real[]  CHECK ((("array_ndims"(VALUE) = 1) AND ("array_position"(VALUE, NULL::real) IS NULL) AND ((0)::double precision <> ANY (VALUE)) AND (NOT ('NaN'::real = ANY (VALUE))) AND (NOT ('Infinity'::real = ANY (VALUE))) AND (NOT ('-Infinity'::real = ANY (VALUE))))) true

domain engagement_level bigint  CHECK (((VALUE >= 0) AND (VALUE <= 3))) true

domain flag bigint  CHECK (((VALUE >= 0) AND (VALUE <= 1))) true

domain fraction double precision  CHECK (((VALUE >= (0)::double precision) AND (VALUE <= (1)::double precision))) true

domain identifier "text" C CHECK ((("length"(VALUE) >= 1) AND ("length"(VALUE) <= 200))) true

domain instant timestamp with time zone  CHECK (((VALUE >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (VALUE < '3000-01-01 00:00:00+00'::timestamp with time zone))) true

domain json_array "jsonb"  CHECK ("json_is_within"(VALUE, 40, 33554432, 1000000)) NOT VALID false

domain json_array "jsonb"  CHECK (("jsonb_typeof"(VALUE) = 'array'::"text")) true

domain json_details "jsonb"  CHECK ("json_is_within"(VALUE, 32, 1048576, 100000)) NOT VALID false

domain json_details "jsonb"  CHECK (("jsonb_typeof"(VALUE) = 'object'::"text")) true

domain json_object "jsonb"  CHECK ("json_is_within"(VALUE, 40, 33554432, 1000000)) NOT VALID false

domain json_object "jsonb"  CHECK (("jsonb_typeof"(VALUE) = 'object'::"text")) true

domain json_value "jsonb"  CHECK ("json_is_within"(VALUE, 32, 1048576, 100000)) NOT VALID false

domain json_value "jsonb"  CHECK (("jsonb_typeof"(VALUE) <> 'null'::"text")) true

domain name_key "text" C CHECK (("length"(VALUE) <= 200)) true

domain natural_number bigint  CHECK ((VALUE >= 0)) true

domain nonblank_text "text" default CHECK ((VALUE ~ '\S'::"text")) true

domain number double precision  CHECK (("abs"(VALUE) < 'Infinity'::double precision)) true

domain ordinal bigint  CHECK ((VALUE >= 1)) true

domain raw_bytes "bytea"  CHECK (("octet_length"(VALUE) <= 2097152)) true

domain reading_depth double precision  CHECK (((VALUE >= (0)::double precision) AND (VALUE <= (1.5)::double precision))) true

domain state "text" C CHECK (("length"(VALUE) <= 60)) true

domain sum_minor bigint  CHECK (((VALUE >= '-1000000000000000'::bigint) AND (VALUE <= '1000000000000000'::bigint))) true

domain task_arguments "jsonb"  CHECK ("json_is_within"(VALUE, 16, 16384, 1000)) NOT VALID false

domain task_arguments "jsonb"  CHECK (("jsonb_typeof"(VALUE) = 'object'::"text")) true

domain task_result "jsonb"  CHECK ("json_is_within"(VALUE, 16, 16384, 1000)) NOT VALID false

domain task_result "jsonb"  CHECK (("jsonb_typeof"(VALUE) <> 'null'::"text")) true

domain token_number numeric(78,0)  CHECK (((VALUE >= (0)::numeric) AND (VALUE <= '115792089237316195423570985008687907853269984665640564039457584007913129639935'::numeric))) true

domain wallet "text" C CHECK ((("length"(VALUE) = 42) AND ("substr"(VALUE, 1, 2) = '0x'::"text") AND ("substr"(VALUE, 3) !~ '[^0-9a-f]'::"text"))) true

edge account  open OPEN 0

edge account OPEN post OPEN 0

edge algorithm  register REGISTERED 0

edge algorithm ACTIVE replace REPLACED 0

edge algorithm REGISTERED activate ACTIVE 0

edge algorithm REPLACED activate ACTIVE 0

edge author  create known 0

edge author known edit known 0

edge charge  open PENDING 0

edge charge DISPUTED lose CHARGED_BACK 0

edge charge DISPUTED win SUCCEEDED 0

edge charge DISPUTED win_part_refunded PARTIALLY_REFUNDED 0

edge charge DISPUTED win_refunded REFUNDED 0

edge charge FAILED attach_intent FAILED 0

edge charge FAILED attach_session FAILED 0

edge charge FAILED cancel CANCELED 0

edge charge FAILED extend FAILED 0

edge charge FAILED process PROCESSING 0

edge charge FAILED quarantine REFUND_PENDING 0

edge charge FAILED require_action REQUIRES_ACTION 0

edge charge FAILED succeed SUCCEEDED 0

edge charge PARTIALLY_REFUNDED dispute_part_refunded DISPUTED 0

edge charge PARTIALLY_REFUNDED fail_part_refund PARTIALLY_REFUNDED 0

edge charge PARTIALLY_REFUNDED fail_refund SUCCEEDED 0

edge charge PARTIALLY_REFUNDED refund_outside REFUNDED 0

edge charge PARTIALLY_REFUNDED refund_part_outside PARTIALLY_REFUNDED 0

edge charge PARTIALLY_REFUNDED request_refund REFUND_PENDING 0

edge charge PENDING attach_intent PENDING 0

edge charge PENDING attach_session PENDING 0

edge charge PENDING cancel CANCELED 0

edge charge PENDING extend PENDING 0

edge charge PENDING fail FAILED 0

edge charge PENDING process PROCESSING 0

edge charge PENDING quarantine REFUND_PENDING 0

edge charge PENDING require_action REQUIRES_ACTION 0

edge charge PENDING succeed SUCCEEDED 0

edge charge PROCESSING extend PROCESSING 0

edge charge PROCESSING fail FAILED 0

edge charge PROCESSING quarantine REFUND_PENDING 0

edge charge PROCESSING succeed SUCCEEDED 0

edge charge REFUNDED dispute_refunded DISPUTED 0

edge charge REFUNDED fail_part_refund PARTIALLY_REFUNDED 0

edge charge REFUNDED fail_refund SUCCEEDED 0

edge charge REFUNDED retry_refund REFUND_PENDING 0

edge charge REFUND_PENDING fail_part_refund PARTIALLY_REFUNDED 0

edge charge REFUND_PENDING fail_refund SUCCEEDED 0

edge charge REFUND_PENDING refund REFUNDED 0

edge charge REFUND_PENDING refund_part PARTIALLY_REFUNDED 0

edge charge REFUND_PENDING retry_refund REFUND_PENDING 0

edge charge REQUIRES_ACTION cancel CANCELED 0

edge charge REQUIRES_ACTION extend REQUIRES_ACTION 0

edge charge REQUIRES_ACTION fail FAILED 0

edge charge REQUIRES_ACTION process PROCESSING 0

edge charge REQUIRES_ACTION quarantine REFUND_PENDING 0

edge charge REQUIRES_ACTION succeed SUCCEEDED 0

edge charge SUCCEEDED dispute DISPUTED 0

edge charge SUCCEEDED refund_outside REFUNDED 0

edge charge SUCCEEDED refund_part_outside PARTIALLY_REFUNDED 0

edge charge SUCCEEDED request_refund REFUND_PENDING 0

edge concept  create DRAFT 1

edge concept APPROVED approve APPROVED 0

edge concept APPROVED edit APPROVED 1

edge concept APPROVED publish PUBLISHED 0

edge concept DRAFT edit DRAFT 1

edge concept DRAFT submit REVIEW 0

edge concept REVIEW approve APPROVED 0

edge concept REVIEW edit REVIEW 1

edge contest  publish SCHEDULED 1

edge contest ERROR resolve_cancel CANCELLED 0

edge contest ERROR resolve_complete COMPLETE 0

edge contest ERROR resume_live LIVE 0

edge contest ERROR resume_locked LOCKED 0

edge contest ERROR resume_scheduled SCHEDULED 0

edge contest LIVE cancel CANCELLED 0

edge contest LIVE cancel_by_provider CANCELLED 0

edge contest LIVE cancel_shortened CANCELLED 0

edge contest LIVE complete COMPLETE 0

edge contest LIVE fail ERROR 0

edge contest LOCKED cancel CANCELLED 0

edge contest LOCKED cancel_by_provider CANCELLED 0

edge contest LOCKED fail ERROR 0

edge contest LOCKED start LIVE 0

edge contest SCHEDULED cancel CANCELLED 0

edge contest SCHEDULED cancel_by_provider CANCELLED 0

edge contest SCHEDULED cancel_unfilled CANCELLED 0

edge contest SCHEDULED configure SCHEDULED 1

edge contest SCHEDULED fail ERROR 0

edge contest SCHEDULED force_lock LOCKED 1

edge contest SCHEDULED lock LOCKED 0

edge contest_log  open OPEN 0

edge contest_log OPEN append OPEN 1

edge contest_log OPEN correct OPEN 1

edge contest_log OPEN pause PAUSED 0

edge contest_log OPEN skip OPEN 0

edge contest_log PAUSED correct PAUSED 1

edge contest_log PAUSED resume OPEN 0

edge contract_version  record recorded 0

edge contract_version recorded withdraw withdrawn 0

edge dispute  open needs_response 0

edge dispute  warn warning_needs_response 0

edge dispute lost reinstate lost 0

edge dispute lost withdraw lost 0

edge dispute needs_response lose lost 0

edge dispute needs_response prevent prevented 0

edge dispute needs_response reinstate needs_response 0

edge dispute needs_response review under_review 0

edge dispute needs_response update needs_response 0

edge dispute needs_response win won 0

edge dispute needs_response withdraw needs_response 0

edge dispute prevented reinstate prevented 0

edge dispute prevented withdraw prevented 0

edge dispute under_review lose lost 0

edge dispute under_review prevent prevented 0

edge dispute under_review reinstate under_review 0

edge dispute under_review update under_review 0

edge dispute under_review win won 0

edge dispute under_review withdraw under_review 0

edge dispute warning_closed reinstate warning_closed 0

edge dispute warning_closed withdraw warning_closed 0

edge dispute warning_needs_response close_warning warning_closed 0

edge dispute warning_needs_response escalate needs_response 0

edge dispute warning_needs_response lose lost 0

edge dispute warning_needs_response prevent prevented 0

edge dispute warning_needs_response reinstate warning_needs_response 0

edge dispute warning_needs_response review under_review 0

edge dispute warning_needs_response review_warning warning_under_review 0

edge dispute warning_needs_response update warning_needs_response 0

edge dispute warning_needs_response win won 0

edge dispute warning_needs_response withdraw warning_needs_response 0

edge dispute warning_under_review close_warning warning_closed 0

edge dispute warning_under_review escalate needs_response 0

edge dispute warning_under_review lose lost 0

edge dispute warning_under_review prevent prevented 0

edge dispute warning_under_review reinstate warning_under_review 0

edge dispute warning_under_review review under_review 0

edge dispute warning_under_review update warning_under_review 0

edge dispute warning_under_review win won 0

edge dispute warning_under_review withdraw warning_under_review 0

edge dispute won reinstate won 0

edge dispute won withdraw won 0

edge entry  enter PENDING_PAYMENT 1

edge entry  enter_free ACTIVE 1

edge entry ACTIVE refund REFUNDED 0

edge entry ACTIVE set_roster ACTIVE 1

edge entry ACTIVE void VOID 0

edge entry PENDING_PAYMENT activate ACTIVE 0

edge entry PENDING_PAYMENT reject REJECTED 0

edge entry PENDING_PAYMENT set_roster PENDING_PAYMENT 1

edge entry VOID refund REFUNDED 0

edge entry VOID reinstate ACTIVE 0

edge image_job  create pending 0

edge image_job pending fail failed 0

edge image_job pending start running 0

edge image_job running complete completed 0

edge image_job running fail failed 0

edge image_job running progress running 0

edge image_job running retry pending 0

edge ipfs_upload  create pending 0

edge ipfs_upload pending fail failed 0

edge ipfs_upload pending start uploading 0

edge ipfs_upload uploading complete completed 0

edge ipfs_upload uploading fail failed 0

edge ipfs_upload uploading retry pending 0

edge job  create pending 1

edge job pending fail failed 1

edge job pending start running 1

edge job running complete completed 1

edge job running complete_with_warnings completed_with_warnings 1

edge job running fail failed 1

edge job running progress running 1

edge key  create ACTIVE 0

edge key ACTIVE revoke REVOKED 0

edge mint_event  detect canonical 0

edge mint_event canonical orphan orphaned 0

edge mint_event orphaned restore canonical 0

edge movement  note POSTED 0

edge movement  post POSTED 0

edge movement  settle POSTED 0

edge payee  register NEW 0

edge payee CLOSED reopen NEW 0

edge payee NEW attach RESTRICTED 0

edge payee NEW close CLOSED 0

edge payee READY attach RESTRICTED 0

edge payee READY close CLOSED 0

edge payee READY restrict RESTRICTED 0

edge payee RESTRICTED attach RESTRICTED 0

edge payee RESTRICTED close CLOSED 0

edge payee RESTRICTED enable READY 0

edge payment_switch  halt HALTED 0

edge payment_switch HALTED halt HALTED 0

edge payment_switch HALTED resume OPEN 0

edge payment_switch OPEN halt HALTED 0

edge payout_job  plan pending 0

edge payout_job complete reopen processing 0

edge payout_job pending complete complete 0

edge payout_job pending start processing 0

edge payout_job processing complete complete 0

edge project  create unbound 0

edge project bound add_prompt bound 1

edge project bound rename bound 0

edge project bound set_nodes bound 0

edge project bound update_latest_job bound 0

edge project requested add_prompt requested 1

edge project requested rename requested 0

edge project requested request_repository requested 0

edge project requested set_github_repo_url bound 0

edge project requested set_nodes requested 0

edge project requested update_latest_job requested 0

edge project unbound add_prompt unbound 1

edge project unbound rename unbound 0

edge project unbound request_repository requested 0

edge project unbound set_nodes unbound 0

edge project unbound update_latest_job unbound 0

edge provider_feed  open POLLING 0

edge provider_feed POLLING fetch POLLING 1

edge provider_feed POLLING stop STOPPED 0

edge provider_feed STOPPED poll POLLING 0

edge reconciliation  start STARTED 0

edge reconciliation STARTED complete COMPLETE 0

edge reconciliation STARTED fail FAILED 0

edge refund  adopt pending 0

edge refund  request requested 0

edge refund pending cancel canceled 0

edge refund pending fail failed 0

edge refund pending require_action requires_action 0

edge refund pending succeed succeeded 0

edge refund requested accept pending 0

edge refund requested attempt requested 1

edge refund requested cancel canceled 0

edge refund requested fail failed 0

edge refund requested require_action requires_action 0

edge refund requested succeed succeeded 0

edge refund requires_action accept pending 0

edge refund requires_action cancel canceled 0

edge refund requires_action fail failed 0

edge refund requires_action succeed succeeded 0

edge refund succeeded fail failed 0

edge reveal_transaction  create pending 0

edge reveal_transaction pending fail failed 0

edge reveal_transaction pending send sent 0

edge reveal_transaction sent confirm confirmed 0

edge reveal_transaction sent fail failed 0

edge reveal_transaction sent replace sent 0

edge runbook_execution  start pending 0

edge runbook_execution in_progress complete completed 0

edge runbook_execution in_progress complete_partially partial 0

edge runbook_execution in_progress fail failed 0

edge runbook_execution in_progress record_step in_progress 0

edge runbook_execution pending fail failed 0

edge runbook_execution pending record_step in_progress 0

edge setting  change SET 0

edge setting SET change SET 0

edge settlement_run  start STARTED 0

edge settlement_run STARTED complete COMPLETE 0

edge settlement_run STARTED fail FAILED 0

edge space  create ACTIVE 0

edge space ACTIVE rename ACTIVE 0

edge space ACTIVE retire RETIRED 0

edge stage  pause PAUSED 0

edge stage PAUSED resume RUNNING 0

edge stage RUNNING pause PAUSED 0

edge stripe_event  backfill RECEIVED 0

edge stripe_event  receive RECEIVED 0

edge stripe_event DEAD replay RECEIVED 0

edge stripe_event RECEIVED bury DEAD 1

edge stripe_event RECEIVED fail RECEIVED 1

edge stripe_event RECEIVED ignore IGNORED 1

edge stripe_event RECEIVED process PROCESSED 1

edge subspace  create ACTIVE 0

edge subspace ACTIVE rename ACTIVE 0

edge subspace ACTIVE retire RETIRED 0

edge subspace ACTIVE seed ACTIVE 0

edge system_state  create set 0

edge system_state deleted set set 0

edge system_state set delete deleted 0

edge system_state set set set 0

edge token  detect detected 0

edge token  recover revealed 0

edge token detected fail failed 0

edge token detected generate generating 0

edge token detected sync revealed 0

edge token failed retry detected 0

edge token failed sync revealed 0

edge token generating fail failed 0

edge token generating progress generating 0

edge token generating retry detected 0

edge token generating sync revealed 0

edge token generating upload uploading 0

edge token ready fail failed 0

edge token ready reveal revealed 0

edge token uploading fail failed 0

edge token uploading progress uploading 0

edge token uploading ready ready 0

edge token uploading sync revealed 0

edge transfer  plan pending 0

edge transfer completed record_reversal completed 0

edge transfer failed_terminal adopt completed 0

edge transfer failed_terminal reissue pending 0

edge transfer parked adopt completed 0

edge transfer parked approve pending 0

edge transfer parked claim processing 1

edge transfer parked repark parked 0

edge transfer parked request_account parked 0

edge transfer parked unclaim failed_terminal 0

edge transfer parked unpark pending 0

edge transfer pending adopt completed 0

edge transfer pending approve pending 0

edge transfer pending claim processing 1

edge transfer pending park parked 0

edge transfer processing claim processing 1

edge transfer processing complete completed 0

edge transfer processing fail failed_terminal 0

edge transfer processing park parked 0

edge transfer processing retry retryable 0

edge transfer retryable adopt completed 0

edge transfer retryable claim processing 1

edge transfer retryable fail failed_terminal 0

edge transfer retryable park parked 0

function accounts_balance  BEGIN
  IF (NEW.balance_minor - OLD.balance_minor = CASE WHEN NEW.kind IN ('dispute_losses', 'dispute_receivable', 'goodwill', 'stripe_balance', 'stripe_fees') THEN NEW.debited_minor - NEW.credited_minor ELSE NEW.credited_minor - NEW.debited_minor END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function accounts_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function accounts_initial_fields  BEGIN
  IF (NEW.balance_minor = 0 AND NEW.credited_minor = 0 AND NEW.debited_minor = 0 AND NEW.last_movement_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function accounts_left_movement  BEGIN
  IF (OLD.last_movement_id IS NULL OR EXISTS (SELECT 1 FROM history AS posted WHERE posted.lifecycle = 'movement' AND posted.entity_id = OLD.last_movement_id AND posted.seq = 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function accounts_new_movement  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM movements AS movement WHERE movement.id = NEW.last_movement_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function accounts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function accounts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function accounts_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function algorithms_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function algorithms_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function algorithms_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function algorithms_one_active  BEGIN
  IF (NEW.status <> 'ACTIVE' OR NOT EXISTS (SELECT 1 FROM algorithms AS other WHERE other.status = 'ACTIVE' AND other.id <> NEW.id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function algorithms_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function api_contract_versions_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function api_contract_versions_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function api_contract_versions_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function api_contract_versions_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function artifacts_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function artifacts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function artifacts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function artifacts_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function artifacts_rising  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function authors_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function authors_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function authors_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function authors_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function capture_b738201f7dc69ea4098e57289816819c 
#variable_conflict use_column
DECLARE
  -- The request, the signal that is made of it, the artifact and the centroid before it.
  r record;
  s signals;
  page artifacts;
  old centroids;
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
--
  -- Lock the space, so that its captures follow one another.
  PERFORM 1
    FROM spaces
    WHERE id = r.space_id
      AND user_id = r.user_id
      AND status = 'ACTIVE'
      AND model = r.embedding_model
      AND dimension = cardinality($2)
    FOR NO KEY UPDATE;
  is_locked := FOUND;
--
  -- A capture key that was saved before returns its signal.
  SELECT * INTO s
    FROM signals
    WHERE user_id = r.user_id AND capture_key = r.capture_key;
  IF FOUND THEN
    RETURN s;
  END IF;
  IF NOT is_locked THEN
    RETURN NULL;
  END IF;
--
  -- Compare with the centroids: the named one first, else the nearest.
  SELECT id INTO named
    FROM subspaces
    WHERE id = r.named_subspace_id AND space_id = r.space_id AND status = 'ACTIVE';
  SELECT array_agg(nearest.id), array_agg(nearest.distance) INTO ids, distances
    FROM (
      SELECT positions.id, vec_dist(positions.f_position, $2) AS distance
      FROM (
        SELECT p.id, coalesce(c.vector, p.seed)::real[] AS f_position
        FROM subspaces p
        LEFT JOIN centroids c ON c.id = p.id
        WHERE p.space_id = r.space_id AND p.status = 'ACTIVE'
      ) AS positions
      WHERE positions.f_position IS NOT NULL
      ORDER BY named IS NOT NULL AND positions.id <> named, 2, positions.id
      LIMIT 2
    ) AS nearest;
--
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
--
  -- The times of an artifact and of a centroid never stand still.
  SELECT * INTO page
    FROM artifacts
    WHERE space_id = r.space_id AND normalized_url = r.normalized_url;
  IF moves THEN
    SELECT * INTO old FROM centroids WHERE id = s.subspace_id;
  END IF;
  at := greatest(
    r.now,
    page.updated_at + interval '1 microsecond',
    old.updated_at + interval '1 microsecond'
  );
--
  -- Move the centroid, and log it where it is due.
  IF moves THEN
    SELECT coalesce(old.vector, seed, $2)::real[] INTO f_centroid
      FROM subspaces
      WHERE id = s.subspace_id;
    f_applied := coalesce(old.seq, 0);
    f_rate := CAST(0.1 AS double precision);
    f_moved := vec_unit(vec_lerp(vec_unit(f_centroid), vec_unit($2), f_rate));
    s.applied_seq := coalesce(old.seq, 0) + 1;
    s.drift := vec_dist(f_moved, f_centroid);
--
    f_centroid := coalesce(old.logged_vector::real[], f_centroid);
    f_logged := coalesce(old.logged_seq, 0);
    s.logged_drift := vec_dist(f_moved, f_centroid);
    is_due := s.logged_drift >= r.history_distance
      OR s.applied_seq - f_logged >= r.history_updates;
--
    f_applied := s.applied_seq;
    f_confidence := least(CAST(1.0 AS double precision), (f_applied / CAST(20.0 AS double precision)));
    IF NOT s.drift BETWEEN -0.001 AND 2.001
      OR NOT s.logged_drift BETWEEN -0.001 AND 2.001
      OR NOT f_confidence BETWEEN 0 AND 1
    THEN
      RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
    END IF;
--
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
--
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
--
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
--
  -- The artifact shows all of its signals, whatever their order: the stamp is time and key.
  f_stamp := coalesce(
    r.captured_text,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00')
  ) || ' ' || r.capture_key;
  IF page.id IS NULL THEN
    INSERT INTO artifacts (
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
    UPDATE artifacts a SET
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
--
  -- The centroid, and the record of all this.
  IF moves AND old.id IS NULL THEN
    INSERT INTO centroids (
      id, seq, hash, space_id, vector, logged_vector, logged_seq, confidence,
      created_at, updated_at
    )
    VALUES (
      s.subspace_id, 1, s.hash, s.space_id, f_moved, f_centroid, f_logged, f_confidence,
      at, at
    );
  ELSIF moves THEN
    UPDATE centroids SET
      seq = s.applied_seq,
      hash = s.hash,
      vector = f_moved,
      updated_at = at,
      logged_vector = f_centroid,
      logged_seq = f_logged,
      confidence = f_confidence
    WHERE id = s.subspace_id;
  END IF;
  INSERT INTO signals SELECT s.*;
  RETURN s;
END  false {search_path=pg_catalog}

function capture_ece2e9c23443848c2c4d763232f099fd 
#variable_conflict use_column
DECLARE
  -- The request, the signal that is made of it, the artifact and the centroid before it.
  r record;
  s signals;
  page artifacts;
  old centroids;
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
--
  -- Lock the space, so that its captures follow one another.
  PERFORM 1
    FROM spaces
    WHERE id = r.space_id
      AND user_id = r.user_id
      AND status = 'ACTIVE'
      AND model = r.embedding_model
      AND dimension = cardinality($2)
    FOR NO KEY UPDATE;
  is_locked := FOUND;
--
  -- A capture key that was saved before returns its signal.
  SELECT * INTO s
    FROM signals
    WHERE user_id = r.user_id AND capture_key = r.capture_key;
  IF FOUND THEN
    RETURN s;
  END IF;
  IF NOT is_locked THEN
    RETURN NULL;
  END IF;
--
  -- Compare with the centroids: the named one first, else the nearest.
  SELECT id INTO named
    FROM subspaces
    WHERE id = r.named_subspace_id AND space_id = r.space_id AND status = 'ACTIVE';
  SELECT array_agg(nearest.id), array_agg(nearest.distance) INTO ids, distances
    FROM (
      SELECT positions.id, vec_dist(positions.f_position, $2) AS distance
      FROM (
        SELECT p.id, coalesce(c.vector, p.seed)::real[] AS f_position
        FROM subspaces p
        LEFT JOIN centroids c ON c.id = p.id
        WHERE p.space_id = r.space_id AND p.status = 'ACTIVE'
      ) AS positions
      WHERE positions.f_position IS NOT NULL
      ORDER BY named IS NOT NULL AND positions.id <> named, 2, positions.id
      LIMIT 2
    ) AS nearest;
--
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
--
  -- The times of an artifact and of a centroid never stand still.
  SELECT * INTO page
    FROM artifacts
    WHERE space_id = r.space_id AND normalized_url = r.normalized_url;
  IF moves THEN
    SELECT * INTO old FROM centroids WHERE id = s.subspace_id;
  END IF;
  at := greatest(
    r.now,
    page.updated_at + interval '1 microsecond',
    old.updated_at + interval '1 microsecond'
  );
--
  -- Move the centroid, and log it where it is due.
  IF moves THEN
    SELECT coalesce(old.vector, seed, $2)::real[] INTO f_centroid
      FROM subspaces
      WHERE id = s.subspace_id;
    f_applied := coalesce(old.seq, 0);
    f_rate := (CAST(1.0 AS double precision) / (f_applied + CAST(10.0 AS double precision)));
    f_moved := vec_unit(vec_lerp(vec_unit(f_centroid), vec_unit($2), ((f_rate * greatest(CAST(0.0 AS double precision), (CAST(1.0 AS double precision) - vec_dist(f_centroid, $2)))) * greatest(CAST(0.0 AS double precision), (CAST(1.0 AS double precision) - vec_dist(f_centroid, $2))))));
    s.applied_seq := coalesce(old.seq, 0) + 1;
    s.drift := vec_dist(f_moved, f_centroid);
--
    f_centroid := coalesce(old.logged_vector::real[], f_centroid);
    f_logged := coalesce(old.logged_seq, 0);
    s.logged_drift := vec_dist(f_moved, f_centroid);
    is_due := s.logged_drift >= r.history_distance
      OR s.applied_seq - f_logged >= r.history_updates;
--
    f_applied := s.applied_seq;
    f_confidence := least(CAST(1.0 AS double precision), (f_applied / CAST(20.0 AS double precision)));
    IF NOT s.drift BETWEEN -0.001 AND 2.001
      OR NOT s.logged_drift BETWEEN -0.001 AND 2.001
      OR NOT f_confidence BETWEEN 0 AND 1
    THEN
      RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
    END IF;
--
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
--
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
--
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
--
  -- The artifact shows all of its signals, whatever their order: the stamp is time and key.
  f_stamp := coalesce(
    r.captured_text,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00')
  ) || ' ' || r.capture_key;
  IF page.id IS NULL THEN
    INSERT INTO artifacts (
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
    UPDATE artifacts a SET
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
--
  -- The centroid, and the record of all this.
  IF moves AND old.id IS NULL THEN
    INSERT INTO centroids (
      id, seq, hash, space_id, vector, logged_vector, logged_seq, confidence,
      created_at, updated_at
    )
    VALUES (
      s.subspace_id, 1, s.hash, s.space_id, f_moved, f_centroid, f_logged, f_confidence,
      at, at
    );
  ELSIF moves THEN
    UPDATE centroids SET
      seq = s.applied_seq,
      hash = s.hash,
      vector = f_moved,
      updated_at = at,
      logged_vector = f_centroid,
      logged_seq = f_logged,
      confidence = f_confidence
    WHERE id = s.subspace_id;
  END IF;
  INSERT INTO signals SELECT s.*;
  RETURN s;
END  false {search_path=pg_catalog}

function centroids_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function centroids_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function centroids_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function centroids_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_generation_forward  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_initial_fields  BEGIN
  IF (NEW.disputed_from IS NULL AND NEW.failure_code IS NULL AND NEW.generation = 1 AND NEW.intent_id IS NULL AND NEW.last_event_at IS NULL AND NEW.outcome_code IS NULL AND NEW.paid_at IS NULL AND NEW.received_currency IS NULL AND NEW.received_minor IS NULL AND NEW.refunded_minor = 0 AND NEW.session_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING', 'PROCESSING PROCESSING', 'REQUIRES_ACTION REQUIRES_ACTION') OR NEW.expires_at = OLD.expires_at) AND (OLD.status || ' ' || NEW.status IN ('FAILED FAILED', 'PENDING PENDING') OR (NEW.intent_id = OLD.intent_id OR NEW.intent_id IS NULL AND OLD.intent_id IS NULL) AND NEW.generation = OLD.generation AND (NEW.session_id = OLD.session_id OR NEW.session_id IS NULL AND OLD.session_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING FAILED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED PROCESSING', 'FAILED REFUND_PENDING', 'FAILED REQUIRES_ACTION', 'FAILED SUCCEEDED', 'PENDING CANCELED', 'PENDING FAILED', 'PENDING PROCESSING', 'PENDING REFUND_PENDING', 'PENDING REQUIRES_ACTION', 'PENDING SUCCEEDED', 'PROCESSING FAILED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION FAILED', 'REQUIRES_ACTION PROCESSING', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.last_event_at = OLD.last_event_at OR NEW.last_event_at IS NULL AND OLD.last_event_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED REFUND_PENDING', 'FAILED SUCCEEDED', 'PENDING REFUND_PENDING', 'PENDING SUCCEEDED', 'PROCESSING REFUND_PENDING', 'PROCESSING SUCCEEDED', 'REQUIRES_ACTION REFUND_PENDING', 'REQUIRES_ACTION SUCCEEDED') OR (NEW.received_minor = OLD.received_minor OR NEW.received_minor IS NULL AND OLD.received_minor IS NULL) AND (NEW.received_currency = OLD.received_currency OR NEW.received_currency IS NULL AND OLD.received_currency IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED CHARGED_BACK', 'DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED PARTIALLY_REFUNDED', 'PARTIALLY_REFUNDED REFUNDED', 'PARTIALLY_REFUNDED SUCCEEDED', 'REFUNDED PARTIALLY_REFUNDED', 'REFUNDED REFUND_PENDING', 'REFUNDED SUCCEEDED', 'REFUND_PENDING PARTIALLY_REFUNDED', 'REFUND_PENDING REFUNDED', 'REFUND_PENDING REFUND_PENDING', 'REFUND_PENDING SUCCEEDED', 'SUCCEEDED PARTIALLY_REFUNDED', 'SUCCEEDED REFUNDED') OR NEW.refunded_minor = OLD.refunded_minor) AND (OLD.status || ' ' || NEW.status IN ('DISPUTED PARTIALLY_REFUNDED', 'DISPUTED REFUNDED', 'DISPUTED SUCCEEDED', 'PARTIALLY_REFUNDED DISPUTED', 'REFUNDED DISPUTED', 'SUCCEEDED DISPUTED') OR (NEW.disputed_from = OLD.disputed_from OR NEW.disputed_from IS NULL AND OLD.disputed_from IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('FAILED CANCELED', 'FAILED REFUND_PENDING', 'PARTIALLY_REFUNDED REFUND_PENDING', 'PENDING CANCELED', 'PENDING REFUND_PENDING', 'PROCESSING REFUND_PENDING', 'REQUIRES_ACTION CANCELED', 'REQUIRES_ACTION REFUND_PENDING', 'SUCCEEDED REFUND_PENDING') OR (NEW.outcome_code = OLD.outcome_code OR NEW.outcome_code IS NULL AND OLD.outcome_code IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_latest_times_on_insert  BEGIN
  IF (NEW.expires_at <= NEW.updated_at + interval '86400000 seconds' AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_latest_times_on_update  BEGIN
  IF (NEW.expires_at <= NEW.updated_at + interval '86400000 seconds' AND (NEW.last_event_at IS NULL OR NEW.last_event_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_paid_once  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function charges_sums_refunds  BEGIN
  IF (NEW.refunded_minor = OLD.refunded_minor OR NEW.refunded_minor = (SELECT coalesce(sum(refund.amount_minor), 0) FROM refunds AS refund WHERE refund.charge_id = NEW.id AND refund.status = 'succeeded')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_versions_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.created_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_versions_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_versions_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_versions_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.computed_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concepts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concepts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concepts_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_configurations_matches_contest  BEGIN
  IF (EXISTS (SELECT 1 FROM contests AS head WHERE head.id = NEW.contest_id AND (CAST(head.provider_event_id AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{provider_event_id}') AND (CAST(head.max_entries AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{max_entries}') AND (CAST(head.min_entries AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{min_entries}') AND (CAST(head.max_entries_per_user AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{max_entries_per_user}') AND (CAST(head.fee_minor AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{entry_fee_cents}') AND (CAST(head.currency AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{currency}') AND (CAST(head.payment_grace_seconds AS text)) IS NOT DISTINCT FROM (NEW.configuration #>> '{payment_grace_seconds}') AND to_char(head.lock_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{lock_time}', 1, 19) AND to_char(head.start_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{tournament_start_time}', 1, 19) AND to_char(head.end_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') = substr(NEW.configuration #>> '{tournament_end_time}', 1, 19))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_configurations_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM contests AS head WHERE head.id = NEW.contest_id AND head.configuration_version = NEW.version AND head.updated_at = NEW.created_at AND head.configuration_digest = NEW.configuration_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_configurations_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_configurations_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_configurations_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_configurations_payout_kind_fixed  BEGIN
  IF (NEW.version = 1 OR NOT EXISTS (SELECT 1 FROM entries AS entry WHERE entry.contest_id = NEW.contest_id) OR EXISTS (SELECT 1 FROM contest_configurations AS previous WHERE previous.contest_id = NEW.contest_id AND previous.version = NEW.version - 1 AND (previous.configuration #>> '{payout,kind}') IS NOT DISTINCT FROM (NEW.configuration #>> '{payout,kind}'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_events_applied  BEGIN
  IF (EXISTS (SELECT 1 FROM contest_logs AS head WHERE head.id = NEW.contest_id AND head.head_hash = NEW.body_hash AND (head.field_number IS NULL OR head.field_number <> NEW.number OR NEW.kind IN ('FIELD') AND NEW.validity = 'VALID') AND (head.leaderboard_number IS NULL OR head.leaderboard_number <> NEW.number OR NEW.kind IN ('CORRECTION', 'SNAPSHOT') AND NEW.validity = 'VALID') AND (head.terminal_number IS NULL OR head.terminal_number <> NEW.number OR NEW.kind IN ('TERMINAL') AND NEW.validity = 'VALID') AND (head.cancelled_number IS NULL OR head.cancelled_number <> NEW.number OR NEW.kind IN ('CANCELLED') AND NEW.validity = 'VALID'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_events_has_body  BEGIN
  IF (CASE WHEN NEW.kind NOT IN ('CANCELLED', 'CORRECTION', 'FIELD', 'SNAPSHOT') THEN NEW.body IS NULL WHEN NEW.body IS NULL THEN NEW.validity = 'INVALID' WHEN NEW.kind = 'FIELD' THEN NOT jsonb_path_exists(NEW.body, '$ ? ((!(@.primary.type() == "array")) || (!(@.alternates.type() == "array")))') ELSE NOT jsonb_path_exists(NEW.body, '$ ? ((!(@.provider_event_id.type() == "string")) || (!(@.schema_version.type() == "number")) || (!(@.tournament.type() == "object")) || (exists(@.tournament ? ((!(@.status == "SCHEDULED" || @.status == "IN_PROGRESS" || @.status == "FINAL" || @.status == "CANCELLED" || @.status.type() == "null")) || (!(@.rounds.type() == "number" || @.rounds.type() == "null")) || (!(@.current_round.type() == "number" || @.current_round.type() == "null")) || (!(@.par.type() == "number" || @.par.type() == "null"))))) || (!(@.players.type() == "array")) || (@.players.type() == "array" && (@.players[*].type() != "object" || exists(@.players[*] ? ((!(@.player_id.type() == "string")) || (!(@.name.type() == "string")) || (!(@.status == "ACTIVE" || @.status == "FIN" || @.status == "CUT" || @.status == "WD" || @.status == "DQ" || @.status == "MDF" || @.status == "DNS")) || (!(@.position.type() == "string" || @.position.type() == "null")) || (!(@.playoff.type() == "boolean")) || (!(@.rounds.type() == "array")) || (@.rounds.type() == "array" && (@.rounds[*].type() != "object" || exists(@.rounds[*] ? ((!(@.n.type() == "number")) || (!(@.strokes.type() == "number" || @.strokes.type() == "null")) || (!(@.complete.type() == "boolean")) || (!(@.to_par.type() == "number" || @.to_par.type() == "null")) || (!(@.course_id.type() == "string" || @.course_id.type() == "null")) || (!(@.holes.type() == "array" || @.holes.type() == "null")) || (@.holes.type() == "array" && (@.holes[*].type() != "object" || exists(@.holes[*] ? ((!(@.h.type() == "number")) || (!(@.strokes.type() == "number")))))))))))))) || (!(@.corrections.type() == "array" || !(exists(@.corrections)))) || (@.corrections.type() == "array" && (@.corrections[*].type() != "object" || exists(@.corrections[*] ? ((!(@.player_id.type() == "string")) || (!(@.n.type() == "number" || @.n.type() == "null")) || (!(@.value.type() == "number" || @.value.type() == "string")) || (!(@.replaced.type() == "array")))))))') END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_events_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM contest_logs AS head WHERE head.id = NEW.contest_id AND head.event_number = NEW.number AND head.updated_at = NEW.stored_at AND head.event_hash = NEW.event_hash)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_events_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_events_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_events_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_events_of_fetch  BEGIN
  IF (NEW.fetch_number IS NULL OR EXISTS (SELECT 1 FROM contest_logs AS log JOIN provider_fetches AS stored ON stored.provider_event_id = log.provider_event_id WHERE log.id = NEW.contest_id AND stored.number = NEW.fetch_number AND stored.payload_digest = NEW.payload_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_initial_fields  BEGIN
  IF (NEW.cancelled_number IS NULL AND NEW.conflict_number IS NULL AND NEW.event_hash = '' AND NEW.fetch_number = 0 AND NEW.field_number IS NULL AND NEW.head_hash IS NULL AND NEW.leaderboard_at IS NULL AND NEW.leaderboard_hash IS NULL AND NEW.leaderboard_number IS NULL AND NEW.observations = 0 AND NEW.observed_at IS NULL AND NEW.pending_rewrite IS NULL AND NEW.pending_rewrite_at IS NULL AND NEW.pending_rewrite_number IS NULL AND NEW.terminal_at IS NULL AND NEW.terminal_number IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('OPEN OPEN', 'PAUSED PAUSED') OR NEW.fetch_number = OLD.fetch_number AND (NEW.head_hash = OLD.head_hash OR NEW.head_hash IS NULL AND OLD.head_hash IS NULL) AND NEW.event_hash = OLD.event_hash AND (NEW.field_number = OLD.field_number OR NEW.field_number IS NULL AND OLD.field_number IS NULL) AND (NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number IS NULL AND OLD.leaderboard_number IS NULL) AND (NEW.leaderboard_at = OLD.leaderboard_at OR NEW.leaderboard_at IS NULL AND OLD.leaderboard_at IS NULL) AND (NEW.leaderboard_hash = OLD.leaderboard_hash OR NEW.leaderboard_hash IS NULL AND OLD.leaderboard_hash IS NULL) AND NEW.observations = OLD.observations AND (NEW.observed_at = OLD.observed_at OR NEW.observed_at IS NULL AND OLD.observed_at IS NULL) AND (NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number IS NULL AND OLD.terminal_number IS NULL) AND (NEW.terminal_at = OLD.terminal_at OR NEW.terminal_at IS NULL AND OLD.terminal_at IS NULL) AND (NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number IS NULL AND OLD.cancelled_number IS NULL) AND (NEW.pending_rewrite = OLD.pending_rewrite OR NEW.pending_rewrite IS NULL AND OLD.pending_rewrite IS NULL) AND (NEW.pending_rewrite_at = OLD.pending_rewrite_at OR NEW.pending_rewrite_at IS NULL AND OLD.pending_rewrite_at IS NULL) AND (NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number IS NULL AND OLD.pending_rewrite_number IS NULL) AND (NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number IS NULL AND OLD.conflict_number IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_latest_times_on_insert  BEGIN
  IF ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.observed_at IS NULL OR NEW.observed_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_latest_times_on_update  BEGIN
  IF ((NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.observed_at IS NULL OR NEW.observed_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_marks_of_now  BEGIN
  IF (NEW.observations <= OLD.observations + 1 AND (NEW.leaderboard_at IS NULL OR NEW.leaderboard_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.observed_at IS NULL OR NEW.observed_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.terminal_at IS NULL OR NEW.terminal_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.pending_rewrite_at IS NULL OR NEW.pending_rewrite_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_moves_forward  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contest_logs_points_to_newest  BEGIN
  IF ((NEW.field_number IS NULL OR NEW.field_number = OLD.field_number OR NEW.field_number = NEW.event_number) AND (NEW.leaderboard_number IS NULL OR NEW.leaderboard_number = OLD.leaderboard_number OR NEW.leaderboard_number = NEW.event_number) AND (NEW.terminal_number IS NULL OR NEW.terminal_number = OLD.terminal_number OR NEW.terminal_number = NEW.event_number) AND (NEW.cancelled_number IS NULL OR NEW.cancelled_number = OLD.cancelled_number OR NEW.cancelled_number = NEW.event_number) AND (NEW.pending_rewrite_number IS NULL OR NEW.pending_rewrite_number = OLD.pending_rewrite_number OR NEW.pending_rewrite_number = NEW.event_number) AND (NEW.conflict_number IS NULL OR NEW.conflict_number = OLD.conflict_number OR NEW.conflict_number = NEW.event_number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_ends_by_event  BEGIN
  IF (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM contest_logs AS log WHERE log.id = NEW.id AND log.terminal_number IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_error_origin  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_fee_fixed  BEGIN
  IF (NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency OR NOT EXISTS (SELECT 1 FROM entries AS entry WHERE entry.contest_id = OLD.id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_frozen  BEGIN
  IF ((NEW.configuration_version = OLD.configuration_version AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds AND NEW.configuration_digest = OLD.configuration_digest) OR (OLD.status = 'SCHEDULED' AND NEW.configuration_version = OLD.configuration_version + 1)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_has_places  BEGIN
  IF (NEW.max_entries IS NULL OR NEW.max_entries >= OLD.max_entries OR NOT EXISTS (SELECT 1 FROM entries AS entry WHERE entry.contest_id = OLD.id AND entry.place_number > NEW.max_entries)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_initial_fields  BEGIN
  IF (NEW.attempted_action IS NULL AND NEW.error_code IS NULL AND NEW.error_from_state IS NULL AND NEW.error_message IS NULL AND NEW.settle_time IS NULL AND NEW.settlement_run_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('SCHEDULED LOCKED', 'SCHEDULED SCHEDULED') OR NEW.configuration_digest = OLD.configuration_digest AND NEW.lock_time = OLD.lock_time AND NEW.start_time = OLD.start_time AND NEW.end_time = OLD.end_time AND (NEW.max_entries = OLD.max_entries OR NEW.max_entries IS NULL AND OLD.max_entries IS NULL) AND (NEW.min_entries = OLD.min_entries OR NEW.min_entries IS NULL AND OLD.min_entries IS NULL) AND (NEW.max_entries_per_user = OLD.max_entries_per_user OR NEW.max_entries_per_user IS NULL AND OLD.max_entries_per_user IS NULL) AND NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency AND NEW.payment_grace_seconds = OLD.payment_grace_seconds) AND (OLD.status || ' ' || NEW.status IN ('ERROR COMPLETE', 'LIVE COMPLETE') OR (NEW.settle_time = OLD.settle_time OR NEW.settle_time IS NULL AND OLD.settle_time IS NULL) AND (NEW.settlement_run_id = OLD.settlement_run_id OR NEW.settlement_run_id IS NULL AND OLD.settlement_run_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ERROR CANCELLED', 'ERROR COMPLETE', 'ERROR LIVE', 'ERROR LOCKED', 'ERROR SCHEDULED', 'LIVE ERROR', 'LOCKED ERROR', 'SCHEDULED ERROR') OR (NEW.error_from_state = OLD.error_from_state OR NEW.error_from_state IS NULL AND OLD.error_from_state IS NULL) AND (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL) AND (NEW.attempted_action = OLD.attempted_action OR NEW.attempted_action IS NULL AND OLD.attempted_action IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_latest_times_on_insert  BEGIN
  IF (NEW.end_time <= NEW.updated_at + interval '86400000 seconds' AND (NEW.settle_time IS NULL OR NEW.settle_time <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_latest_times_on_update  BEGIN
  IF (NEW.end_time <= NEW.updated_at + interval '86400000 seconds' AND (NEW.settle_time IS NULL OR NEW.settle_time <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_locks_in_time  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_resumes_origin  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function contests_starts_in_time  BEGIN
  IF (NOT (OLD.status = 'LOCKED' AND NEW.status = 'LIVE') OR NEW.updated_at >= NEW.start_time AND EXISTS (SELECT 1 FROM contest_logs AS log WHERE log.id = NEW.id AND (log.field_number IS NOT NULL OR log.leaderboard_number IS NOT NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function covered_items_in_change  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM movements AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{covered_items,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM covered_items AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function covered_items_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function covered_items_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function covered_items_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function database_time 
  SELECT CASE
    WHEN has_waited THEN pg_catalog.clock_timestamp()
    ELSE pg_catalog.statement_timestamp()
  END
 false

function declarations_has_edges  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function declarations_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function declarations_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function declarations_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function discrepancies_in_change  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM reconciliations AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM history AS change WHERE change.lifecycle = 'reconciliation' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{discrepancies,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM discrepancies AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function discrepancies_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function discrepancies_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function discrepancies_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_covered_by_settlement  BEGIN
  IF (NEW.covered = 0 OR EXISTS (SELECT 1 FROM charges AS charge JOIN covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_initial_fields  BEGIN
  IF (NEW.closed_at IS NULL AND NEW.fee_minor IS NULL AND NEW.reinstated_at IS NULL AND NEW.withdrawn_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('lost lost', 'needs_response needs_response', 'prevented prevented', 'under_review under_review', 'warning_closed warning_closed', 'warning_needs_response warning_needs_response', 'warning_under_review warning_under_review', 'won won') OR (NEW.fee_minor = OLD.fee_minor OR NEW.fee_minor IS NULL AND OLD.fee_minor IS NULL) AND (NEW.withdrawn_at = OLD.withdrawn_at OR NEW.withdrawn_at IS NULL AND OLD.withdrawn_at IS NULL) AND (NEW.reinstated_at = OLD.reinstated_at OR NEW.reinstated_at IS NULL AND OLD.reinstated_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response needs_response', 'needs_response prevented', 'needs_response under_review', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review under_review', 'under_review won', 'warning_needs_response lost', 'warning_needs_response needs_response', 'warning_needs_response prevented', 'warning_needs_response under_review', 'warning_needs_response warning_closed', 'warning_needs_response warning_needs_response', 'warning_needs_response warning_under_review', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review needs_response', 'warning_under_review prevented', 'warning_under_review under_review', 'warning_under_review warning_closed', 'warning_under_review warning_under_review', 'warning_under_review won') OR (NEW.evidence_due_by = OLD.evidence_due_by OR NEW.evidence_due_by IS NULL AND OLD.evidence_due_by IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('needs_response lost', 'needs_response prevented', 'needs_response won', 'under_review lost', 'under_review prevented', 'under_review won', 'warning_needs_response lost', 'warning_needs_response prevented', 'warning_needs_response warning_closed', 'warning_needs_response won', 'warning_under_review lost', 'warning_under_review prevented', 'warning_under_review warning_closed', 'warning_under_review won') OR (NEW.closed_at = OLD.closed_at OR NEW.closed_at IS NULL AND OLD.closed_at IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_latest_times_on_insert  BEGIN
  IF ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.closed_at IS NULL OR NEW.closed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_latest_times_on_update  BEGIN
  IF ((NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.reinstated_at IS NULL OR NEW.reinstated_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.closed_at IS NULL OR NEW.closed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_of_payment  BEGIN
  IF (EXISTS (SELECT 1 FROM charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_minor IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function disputes_times_in_order  BEGIN
  IF (NEW.withdrawn_at IS NULL OR (NEW.reinstated_at IS NULL OR NEW.withdrawn_at <= NEW.reinstated_at + interval '86400 seconds') AND EXISTS (SELECT 1 FROM charges AS charge WHERE charge.id = NEW.charge_id AND charge.paid_at <= NEW.withdrawn_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_contest_open  BEGIN
  IF (EXISTS (SELECT 1 FROM contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.created_at < contest.lock_time)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_initial_fields  BEGIN
  IF ((NEW.status IN ('ACTIVE') OR NEW.paid_at IS NULL) AND (NEW.status IN ('ACTIVE') OR NEW.paid_minor IS NULL) AND NEW.payment_ref IS NULL AND NEW.rejection_reason IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('ACTIVE REFUNDED', 'PENDING_PAYMENT REJECTED', 'VOID REFUNDED') OR (NEW.place_number = OLD.place_number OR NEW.place_number IS NULL AND OLD.place_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE', 'PENDING_PAYMENT PENDING_PAYMENT') OR NEW.roster_digest = OLD.roster_digest) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT ACTIVE') OR (NEW.paid_minor = OLD.paid_minor OR NEW.paid_minor IS NULL AND OLD.paid_minor IS NULL) AND (NEW.paid_at = OLD.paid_at OR NEW.paid_at IS NULL AND OLD.paid_at IS NULL) AND (NEW.payment_ref = OLD.payment_ref OR NEW.payment_ref IS NULL AND OLD.payment_ref IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('PENDING_PAYMENT REJECTED') OR (NEW.rejection_reason = OLD.rejection_reason OR NEW.rejection_reason IS NULL AND OLD.rejection_reason IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_keeps_place_number  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_latest_times_on_insert  BEGIN
  IF ((NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_latest_times_on_update  BEGIN
  IF ((NEW.paid_at IS NULL OR NEW.paid_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_paid_once  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_roster_open  BEGIN
  IF (NEW.roster_number = OLD.roster_number AND NEW.roster_digest = OLD.roster_digest OR EXISTS (SELECT 1 FROM contests AS contest WHERE contest.id = NEW.contest_id AND contest.status = 'SCHEDULED' AND NEW.updated_at < contest.lock_time)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_settled_stays  BEGIN
  IF (NEW.status IN (OLD.status, 'REJECTED') OR EXISTS (SELECT 1 FROM contests AS contest WHERE contest.id = NEW.contest_id AND contest.status <> 'COMPLETE')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_within_places  BEGIN
  IF (EXISTS (SELECT 1 FROM contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries IS NULL OR NEW.place_number <= contest.max_entries))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function entries_within_user_limit  BEGIN
  IF (EXISTS (SELECT 1 FROM contests AS contest WHERE contest.id = NEW.contest_id AND (contest.max_entries_per_user IS NULL OR (SELECT count(*) FROM entries AS other WHERE other.contest_id = NEW.contest_id AND other.user_id = NEW.user_id AND other.status IN ('ACTIVE', 'PENDING_PAYMENT', 'VOID') AND other.id <> NEW.id) < contest.max_entries_per_user))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function event_faults_in_change  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM contest_logs AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM history AS change WHERE change.lifecycle = 'contest_log' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{faults,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM event_faults AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function event_faults_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function event_faults_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function event_faults_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function event_faults_of_newest  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS fault WHERE NOT EXISTS (SELECT 1 FROM contest_logs AS log WHERE log.id = fault.entity_id AND log.event_number = fault.event_number))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function feed_end 
DECLARE
  last bigint;
  lowest bigint;
BEGIN
  IF pg_is_in_recovery() OR current_setting('transaction_isolation') <> 'read committed' THEN
    RETURN greatest(
      (SELECT coalesce(max(ends_at::bigint), 0) FROM seals),
      (
        SELECT coalesce(max(substring(feed_cursor FROM '^[0-9]{1,18}')::bigint), 0)
        FROM subscriber_cursors
      )
    );
  END IF;
  last := coalesce(pg_sequence_last_value('history_position_seq'::regclass), 0);
  lowest := (
    SELECT min(((classid::bigint & 65535) << 32) | objid::bigint)
    FROM pg_locks
    WHERE locktype = 'advisory'
      AND mode = 'ShareLock'
      AND objsubid = 1
      AND classid::bigint >> 16 = ('history'::regclass::bigint & 32767)
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  );
  RETURN least(last, lowest);
END  false {search_path=pg_catalog}

function history_balances_movement  BEGIN
  IF (NOT (NEW.lifecycle = 'movement') OR EXISTS (SELECT 1 FROM movements AS movement WHERE movement.id = NEW.entity_id AND movement.posting_count = (SELECT count(*) FROM postings AS line WHERE line.entity_id = movement.id) AND movement.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM postings AS line WHERE line.entity_id = movement.id) AND NOT EXISTS (SELECT 1 FROM accounts AS account WHERE account.last_movement_id = movement.id AND (account.currency = movement.currency AND (account.reference IS NULL OR account.reference = movement.reference) AND account.debited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM postings AS line WHERE line.entity_id = movement.id AND line.debit_account_id = account.id) AND account.credited_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM postings AS line WHERE line.entity_id = movement.id AND line.credit_account_id = account.id)) IS NOT TRUE) AND NEW.action = CASE WHEN movement.kind = 'SETTLEMENT' THEN 'settle' WHEN movement.posting_count = 0 THEN 'note' ELSE 'post' END AND (movement.reverses IS NULL OR NOT EXISTS (SELECT 1 FROM postings AS line LEFT JOIN postings AS original ON original.entity_id = movement.reverses AND original.seq = 1 AND original.number = line.number WHERE line.entity_id = movement.id AND (line.debit_account_id = original.credit_account_id AND line.credit_account_id = original.debit_account_id AND line.amount_minor = original.amount_minor AND (line.party) IS NOT DISTINCT FROM (original.party) AND (line.owed_movement_id IS NULL OR line.owed_movement_id = original.entity_id AND line.owed_number = original.number) AND (line.reversed_movement_id = original.entity_id AND line.reversed_number = original.number OR NOT (substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_balances_settlement  BEGIN
  IF (NOT (NEW.lifecycle = 'settlement_run' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM settlement_runs AS run WHERE run.id = NEW.entity_id AND run.line_count = (SELECT count(*) FROM settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor = (SELECT coalesce(sum(line.paid_minor), 0) FROM settlement_lines AS line WHERE line.entity_id = run.id) AND run.pool_minor + run.top_up_minor = (SELECT coalesce(sum(line.payout_minor), 0) FROM settlement_lines AS line WHERE line.entity_id = run.id) + run.rake_minor + run.rounding_minor + run.retained_minor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_counts_discrepancies  BEGIN
  IF (NOT (NEW.lifecycle = 'reconciliation' AND NEW.action = 'complete') OR EXISTS (SELECT 1 FROM reconciliations AS reconciliation WHERE reconciliation.id = NEW.entity_id AND reconciliation.discrepancy_count = (SELECT count(*) FROM discrepancies AS line WHERE line.entity_id = reconciliation.id AND line.seq = NEW.seq))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_counts_runbook_steps  BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution') OR (CAST(NEW.data ->> 'step_count' AS bigint) = (SELECT count(*) FROM runbook_execution_steps AS step WHERE step.entity_id = NEW.entity_id AND step.seq <= NEW.seq) AND CAST(NEW.data ->> 'failed_step_count' AS bigint) = (SELECT count(*) FROM runbook_execution_steps AS step WHERE step.entity_id = NEW.entity_id AND step.seq <= NEW.seq AND step.ok = 0))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_counts_transfer_lines  BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'plan') OR EXISTS (SELECT 1 FROM transfers AS transfer WHERE transfer.id = NEW.entity_id AND transfer.line_count = (SELECT count(*) FROM transfer_lines AS line WHERE line.entity_id = transfer.id) AND transfer.amount_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM transfer_lines AS line WHERE line.entity_id = transfer.id))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_accounts  BEGIN
  IF (NOT (NEW.lifecycle = 'account' AND NEW.data - ARRAY['balance_minor', 'credited_minor', 'currency', 'debited_minor', 'kind', 'last_movement_id', 'movement_key', 'posting_count', 'postings_digest', 'reference']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_algorithms  BEGIN
  IF (NOT (NEW.lifecycle = 'algorithm' AND NEW.data - ARRAY['checksum', 'formulas']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_api_contract_versions  BEGIN
  IF (NOT (NEW.lifecycle = 'contract_version' AND NEW.data - ARRAY['digests', 'number', 'recorded_by', 'release']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_authors  BEGIN
  IF (NOT (NEW.lifecycle = 'author' AND NEW.data - ARRAY['farcaster_handle', 'prompt_text', 'twitter_handle', 'wallet_address']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_charges  BEGIN
  IF (NOT (NEW.lifecycle = 'charge' AND NEW.data - ARRAY['amount_minor', 'currency', 'disputed_from', 'expires_at', 'failure_code', 'generation', 'intent_id', 'item', 'last_event_at', 'outcome_code', 'paid_at', 'party', 'received_currency', 'received_minor', 'reference', 'refunded_minor', 'session_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_concepts  BEGIN
  IF (NOT (NEW.lifecycle = 'concept' AND NEW.data - ARRAY['corrects', 'imported', 'name_key', 'ruleset', 'version', 'warnings']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_contest_logs  BEGIN
  IF (NOT (NEW.lifecycle = 'contest_log' AND NEW.data - ARRAY['cancelled_number', 'conflict_number', 'contest_id', 'event', 'event_hash', 'faults', 'fetch_number', 'field_number', 'head_hash', 'leaderboard_at', 'leaderboard_hash', 'leaderboard_number', 'observations', 'observed_at', 'pending_rewrite', 'pending_rewrite_at', 'pending_rewrite_number', 'provider_event_id', 'terminal_at', 'terminal_number']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_contests  BEGIN
  IF (NOT (NEW.lifecycle = 'contest' AND NEW.data - ARRAY['attempted_action', 'configuration', 'configuration_digest', 'contest_name', 'currency', 'end_time', 'error_code', 'error_from_state', 'error_message', 'evidence', 'fee_minor', 'lock_time', 'max_entries', 'max_entries_per_user', 'min_entries', 'organizer_id', 'payment_grace_seconds', 'provider_event_id', 'reason_code', 'settle_time', 'settlement_run_id', 'start_time']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_disputes  BEGIN
  IF (NOT (NEW.lifecycle = 'dispute' AND NEW.data - ARRAY['amount_minor', 'charge_id', 'closed_at', 'covered', 'currency', 'evidence_due_by', 'fee_minor', 'reason_code', 'reinstated_at', 'withdrawn_at']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_entries  BEGIN
  IF (NOT (NEW.lifecycle = 'entry' AND NEW.data - ARRAY['contest_id', 'currency', 'entry_number', 'fee_minor', 'paid_at', 'paid_minor', 'payment_ref', 'place_number', 'rejection_reason', 'roster', 'roster_digest', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_image_generation_jobs  BEGIN
  IF (NOT (NEW.lifecycle = 'image_job' AND NEW.data - ARRAY['completed_at', 'error_data', 'external_job_id', 'retry_count', 'service', 'token_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_ipfs_upload_records  BEGIN
  IF (NOT (NEW.lifecycle = 'ipfs_upload' AND NEW.data - ARRAY['cid', 'completed_at', 'error_data', 'record_type', 'retry_count', 'token_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_jobs  BEGIN
  IF (NOT (NEW.lifecycle = 'job' AND NEW.data - ARRAY['architecture_spec', 'completed_at', 'failure_reason', 'number', 'output', 'phase', 'project_id', 'prompt', 'result', 'spec_digest', 'user_id', 'warning_count']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_keys  BEGIN
  IF (NOT (NEW.lifecycle = 'key' AND NEW.data - ARRAY['expires_at', 'owner', 'scopes', 'secret_digest']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_mint_events  BEGIN
  IF (NOT (NEW.lifecycle = 'mint_event' AND NEW.data - ARRAY['author_wallet', 'batch', 'block_hash', 'block_number', 'block_timestamp', 'copies', 'detected_at', 'log_index', 'quantity', 'recipient', 'token_id', 'total_paid', 'tx_hash']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_movements  BEGIN
  IF (NOT (NEW.lifecycle = 'movement' AND NEW.data - ARRAY['covered_items', 'currency', 'fact_key', 'key', 'kind', 'occurred_at', 'posting_count', 'postings', 'reference', 'reverses', 'source', 'total_minor']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_payees  BEGIN
  IF (NOT (NEW.lifecycle = 'payee' AND NEW.data - ARRAY['destination', 'destination_set_by']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_payment_switches  BEGIN
  IF (NOT (NEW.lifecycle = 'payment_switch' AND NEW.data - ARRAY['halted_at', 'reason_code']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_payout_jobs  BEGIN
  IF (NOT (NEW.lifecycle = 'payout_job' AND NEW.data - ARRAY['completed_at', 'currency', 'reference', 'total_minor', 'transfer_count']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_projects  BEGIN
  IF (NOT (NEW.lifecycle = 'project' AND NEW.data - ARRAY['current_nodes', 'description', 'github_repo_url', 'latest_successful_job_id', 'latest_successful_job_number', 'name', 'prompt', 'repository_branch', 'repository_host', 'repository_id', 'repository_name', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_provider_feeds  BEGIN
  IF (NOT (NEW.lifecycle = 'provider_feed' AND NEW.data - ARRAY['failures', 'fetch', 'last_payload_digest', 'last_success_at']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_reconciliations  BEGIN
  IF (NOT (NEW.lifecycle = 'reconciliation' AND NEW.data - ARRAY['checked', 'discrepancies', 'discrepancy_count', 'error_code', 'error_message', 'finished_at', 'scope', 'started_at']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_refunds  BEGIN
  IF (NOT (NEW.lifecycle = 'refund' AND NEW.data - ARRAY['amount_minor', 'attempt', 'charge_id', 'covered', 'currency', 'failure_code', 'generation', 'number', 'reason_code', 'stripe_refund_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_reveal_transactions  BEGIN
  IF (NOT (NEW.lifecycle = 'reveal_transaction' AND NEW.data - ARRAY['block_number', 'confirmed_at', 'gas_price_wei', 'token_ids', 'tx_hash']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_runbook_executions  BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution' AND NEW.data - ARRAY['alert', 'ended_at', 'error_reason', 'executed_by', 'failed_step_count', 'result_json', 'runbook_name', 'runbook_version', 'step', 'step_count', 'system_state_after', 'system_state_before']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_settings  BEGIN
  IF (NOT (NEW.lifecycle = 'setting' AND NEW.data - ARRAY['value']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_settlement_runs  BEGIN
  IF (NOT (NEW.lifecycle = 'settlement_run' AND NEW.data - ARRAY['configuration_digest', 'configuration_version', 'contest_id', 'currency', 'eligibility_digest', 'engine_version', 'entries_count', 'entries_seq_sum', 'error_code', 'error_message', 'event_number', 'events_digest', 'line_count', 'lines', 'number', 'official_rounds', 'pool_minor', 'rake_minor', 'result_digest', 'retained_minor', 'rounding_minor', 'settled_at', 'top_up_minor']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_spaces  BEGIN
  IF (NOT (NEW.lifecycle = 'space' AND NEW.data - ARRAY['dimension', 'model', 'name', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_stages  BEGIN
  IF (NOT (NEW.lifecycle = 'stage' AND NEW.data - ARRAY[]::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_stripe_events  BEGIN
  IF (NOT (NEW.lifecycle = 'stripe_event' AND NEW.data - ARRAY['account', 'api_version', 'attempt', 'created', 'event_type', 'last_code', 'livemode', 'object_id', 'origin', 'payload_digest']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_subspaces  BEGIN
  IF (NOT (NEW.lifecycle = 'subspace' AND NEW.data - ARRAY['description', 'name', 'seed', 'space_id', 'user_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_system_state  BEGIN
  IF (NOT (NEW.lifecycle = 'system_state' AND NEW.data - ARRAY['state_value']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_tokens_s0  BEGIN
  IF (NOT (NEW.lifecycle = 'token' AND NEW.data - ARRAY['author_id', 'error_data', 'generation_attempts', 'generation_error', 'image_cid', 'image_url', 'metadata_cid', 'mint_event_id', 'mint_timestamp', 'minter_address', 'reveal_tx_hash', 'token_id']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_declares_data_of_transfers  BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.data - ARRAY['amount_minor', 'approval_reason', 'approved_at', 'approved_by', 'approved_destination', 'attempt', 'completed_at', 'currency', 'destination', 'failure_code', 'failure_count', 'failure_message', 'failure_reason', 'first_attempt_at', 'generation', 'job_id', 'line_count', 'must_look_up', 'parked_at', 'party', 'reference', 'reissue_of', 'retry_until', 'reversed_minor', 'settlement_id', 'stripe_transfer_id', 'transfer_lines']::text[] <> '{}')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_holds_feed 
DECLARE
  last bigint := coalesce(pg_sequence_last_value('history_position_seq'::regclass), 0);
  earlier bigint := nullif(current_setting('feed_floor', true), '')::bigint;
  floor bigint := greatest(least(last, earlier, 281474976710655), 0);
BEGIN
  PERFORM pg_advisory_xact_lock_shared(
    (('history'::regclass::bigint & 32767) << 48) | floor
  );
  IF floor IS DISTINCT FROM earlier THEN
    PERFORM set_config('feed_floor', floor::text, true);
  END IF;
  PERFORM set_config('statement_floor', last::text, true);
  RETURN NULL;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_charges  BEGIN
  IF (NOT (NEW.lifecycle = 'charge' AND NEW.seq > 1 AND NEW.action IN ('attach_intent', 'attach_session', 'extend')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN charges AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('attach_intent', 'attach_session') OR (predecessor.data #>> '{expires_at}') IS NOT DISTINCT FROM (NEW.data #>> '{expires_at}') AND (head.expires_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{expires_at}' AS TIMESTAMP WITH TIME ZONE))) AND (NEW.action NOT IN ('extend') OR (predecessor.data #>> '{intent_id}') IS NOT DISTINCT FROM (NEW.data #>> '{intent_id}') AND (head.intent_id) IS NOT DISTINCT FROM (NEW.data #>> '{intent_id}')) AND (NEW.action NOT IN ('attach_session', 'extend') OR (predecessor.data #>> '{generation}') IS NOT DISTINCT FROM (NEW.data #>> '{generation}') AND (head.generation) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{generation}' AS BIGINT))) AND (NEW.action NOT IN ('attach_intent', 'extend') OR (predecessor.data #>> '{session_id}') IS NOT DISTINCT FROM (NEW.data #>> '{session_id}') AND (head.session_id) IS NOT DISTINCT FROM (NEW.data #>> '{session_id}')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_contest_logs  BEGIN
  IF (NOT (NEW.lifecycle = 'contest_log' AND NEW.seq > 1 AND NEW.action IN ('skip')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN contest_logs AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('skip') OR (predecessor.data #>> '{head_hash}') IS NOT DISTINCT FROM (NEW.data #>> '{head_hash}') AND (head.head_hash) IS NOT DISTINCT FROM (NEW.data #>> '{head_hash}') AND (predecessor.data #>> '{event_hash}') IS NOT DISTINCT FROM (NEW.data #>> '{event_hash}') AND (head.event_hash) IS NOT DISTINCT FROM (NEW.data #>> '{event_hash}') AND (predecessor.data #>> '{field_number}') IS NOT DISTINCT FROM (NEW.data #>> '{field_number}') AND (head.field_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{field_number}' AS BIGINT)) AND (predecessor.data #>> '{leaderboard_number}') IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_number}') AND (head.leaderboard_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{leaderboard_number}' AS BIGINT)) AND (predecessor.data #>> '{leaderboard_at}') IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_at}') AND (head.leaderboard_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{leaderboard_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{leaderboard_hash}') IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_hash}') AND (head.leaderboard_hash) IS NOT DISTINCT FROM (NEW.data #>> '{leaderboard_hash}') AND (predecessor.data #>> '{observations}') IS NOT DISTINCT FROM (NEW.data #>> '{observations}') AND (head.observations) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{observations}' AS BIGINT)) AND (predecessor.data #>> '{observed_at}') IS NOT DISTINCT FROM (NEW.data #>> '{observed_at}') AND (head.observed_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{observed_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{terminal_number}') IS NOT DISTINCT FROM (NEW.data #>> '{terminal_number}') AND (head.terminal_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{terminal_number}' AS BIGINT)) AND (predecessor.data #>> '{terminal_at}') IS NOT DISTINCT FROM (NEW.data #>> '{terminal_at}') AND (head.terminal_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{terminal_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{cancelled_number}') IS NOT DISTINCT FROM (NEW.data #>> '{cancelled_number}') AND (head.cancelled_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{cancelled_number}' AS BIGINT)) AND (predecessor.data #>> '{conflict_number}') IS NOT DISTINCT FROM (NEW.data #>> '{conflict_number}') AND (head.conflict_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{conflict_number}' AS BIGINT))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_contests  BEGIN
  IF (NOT (NEW.lifecycle = 'contest' AND NEW.seq > 1 AND NEW.action IN ('lock')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN contests AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('lock') OR (predecessor.data #>> '{configuration_digest}') IS NOT DISTINCT FROM (NEW.data #>> '{configuration_digest}') AND (head.configuration_digest) IS NOT DISTINCT FROM (NEW.data #>> '{configuration_digest}') AND (predecessor.data #>> '{lock_time}') IS NOT DISTINCT FROM (NEW.data #>> '{lock_time}') AND (head.lock_time) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{lock_time}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{start_time}') IS NOT DISTINCT FROM (NEW.data #>> '{start_time}') AND (head.start_time) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{start_time}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{end_time}') IS NOT DISTINCT FROM (NEW.data #>> '{end_time}') AND (head.end_time) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{end_time}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{max_entries}') IS NOT DISTINCT FROM (NEW.data #>> '{max_entries}') AND (head.max_entries) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{max_entries}' AS BIGINT)) AND (predecessor.data #>> '{min_entries}') IS NOT DISTINCT FROM (NEW.data #>> '{min_entries}') AND (head.min_entries) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{min_entries}' AS BIGINT)) AND (predecessor.data #>> '{max_entries_per_user}') IS NOT DISTINCT FROM (NEW.data #>> '{max_entries_per_user}') AND (head.max_entries_per_user) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{max_entries_per_user}' AS BIGINT)) AND (predecessor.data #>> '{fee_minor}') IS NOT DISTINCT FROM (NEW.data #>> '{fee_minor}') AND (head.fee_minor) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{fee_minor}' AS BIGINT)) AND (predecessor.data #>> '{currency}') IS NOT DISTINCT FROM (NEW.data #>> '{currency}') AND (head.currency) IS NOT DISTINCT FROM (NEW.data #>> '{currency}') AND (predecessor.data #>> '{payment_grace_seconds}') IS NOT DISTINCT FROM (NEW.data #>> '{payment_grace_seconds}') AND (head.payment_grace_seconds) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{payment_grace_seconds}' AS BIGINT))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_disputes  BEGIN
  IF (NOT (NEW.lifecycle = 'dispute' AND NEW.seq > 1 AND NEW.action IN ('reinstate', 'update', 'withdraw')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN disputes AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('reinstate', 'update') OR (predecessor.data #>> '{fee_minor}') IS NOT DISTINCT FROM (NEW.data #>> '{fee_minor}') AND (head.fee_minor) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{fee_minor}' AS BIGINT)) AND (predecessor.data #>> '{withdrawn_at}') IS NOT DISTINCT FROM (NEW.data #>> '{withdrawn_at}') AND (head.withdrawn_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{withdrawn_at}' AS TIMESTAMP WITH TIME ZONE))) AND (NEW.action NOT IN ('reinstate', 'withdraw') OR (predecessor.data #>> '{evidence_due_by}') IS NOT DISTINCT FROM (NEW.data #>> '{evidence_due_by}') AND (head.evidence_due_by) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{evidence_due_by}' AS TIMESTAMP WITH TIME ZONE))) AND (NEW.action NOT IN ('update', 'withdraw') OR (predecessor.data #>> '{reinstated_at}') IS NOT DISTINCT FROM (NEW.data #>> '{reinstated_at}') AND (head.reinstated_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{reinstated_at}' AS TIMESTAMP WITH TIME ZONE))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_payees  BEGIN
  IF (NOT (NEW.lifecycle = 'payee' AND NEW.seq > 1 AND NEW.action IN ('restrict')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN payees AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('restrict') OR (predecessor.data #>> '{destination}') IS NOT DISTINCT FROM (NEW.data #>> '{destination}') AND (head.destination) IS NOT DISTINCT FROM (NEW.data #>> '{destination}') AND (predecessor.data #>> '{destination_set_by}') IS NOT DISTINCT FROM (NEW.data #>> '{destination_set_by}') AND (head.destination_set_by) IS NOT DISTINCT FROM (NEW.data #>> '{destination_set_by}')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_projects  BEGIN
  IF (NOT (NEW.lifecycle = 'project' AND NEW.seq > 1 AND NEW.action IN ('add_prompt', 'rename', 'request_repository', 'set_nodes', 'update_latest_job')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN projects AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('add_prompt', 'request_repository', 'set_nodes', 'update_latest_job') OR (predecessor.data #>> '{name}') IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (head.name) IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (predecessor.data #>> '{description}') IS NOT DISTINCT FROM (NEW.data #>> '{description}') AND (head.description) IS NOT DISTINCT FROM (NEW.data #>> '{description}')) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'update_latest_job') OR (predecessor.data #>> '{current_nodes}') IS NOT DISTINCT FROM (NEW.data #>> '{current_nodes}') AND (head.current_nodes) IS NOT DISTINCT FROM (NULLIF(NEW.data -> 'current_nodes', 'null'))) AND (NEW.action NOT IN ('add_prompt', 'rename', 'request_repository', 'set_nodes') OR (predecessor.data #>> '{latest_successful_job_id}') IS NOT DISTINCT FROM (NEW.data #>> '{latest_successful_job_id}') AND (head.latest_successful_job_id) IS NOT DISTINCT FROM (NEW.data #>> '{latest_successful_job_id}') AND (predecessor.data #>> '{latest_successful_job_number}') IS NOT DISTINCT FROM (NEW.data #>> '{latest_successful_job_number}') AND (head.latest_successful_job_number) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{latest_successful_job_number}' AS BIGINT))) AND (NEW.action NOT IN ('add_prompt', 'rename', 'set_nodes', 'update_latest_job') OR (predecessor.data #>> '{repository_host}') IS NOT DISTINCT FROM (NEW.data #>> '{repository_host}') AND (head.repository_host) IS NOT DISTINCT FROM (NEW.data #>> '{repository_host}') AND (predecessor.data #>> '{repository_name}') IS NOT DISTINCT FROM (NEW.data #>> '{repository_name}') AND (head.repository_name) IS NOT DISTINCT FROM (NEW.data #>> '{repository_name}')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_subspaces  BEGIN
  IF (NOT (NEW.lifecycle = 'subspace' AND NEW.seq > 1 AND NEW.action IN ('rename', 'seed')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN subspaces AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('seed') OR (predecessor.data #>> '{name}') IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (head.name) IS NOT DISTINCT FROM (NEW.data #>> '{name}') AND (predecessor.data #>> '{description}') IS NOT DISTINCT FROM (NEW.data #>> '{description}') AND (head.description) IS NOT DISTINCT FROM (NEW.data #>> '{description}')) AND (NEW.action NOT IN ('rename') OR (predecessor.data #>> '{seed}') IS NOT DISTINCT FROM (NEW.data #>> '{seed}') AND TRUE))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_keeps_fields_of_transfers  BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.seq > 1 AND NEW.action IN ('request_account', 'unpark')) OR EXISTS (SELECT 1 FROM history AS predecessor JOIN transfers AS head ON head.id = NEW.entity_id WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND (NEW.action NOT IN ('unpark') OR (predecessor.data #>> '{approved_by}') IS NOT DISTINCT FROM (NEW.data #>> '{approved_by}') AND (head.approved_by) IS NOT DISTINCT FROM (NEW.data #>> '{approved_by}') AND (predecessor.data #>> '{approved_at}') IS NOT DISTINCT FROM (NEW.data #>> '{approved_at}') AND (head.approved_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{approved_at}' AS TIMESTAMP WITH TIME ZONE)) AND (predecessor.data #>> '{approval_reason}') IS NOT DISTINCT FROM (NEW.data #>> '{approval_reason}') AND (head.approval_reason) IS NOT DISTINCT FROM (NEW.data #>> '{approval_reason}') AND (predecessor.data #>> '{approved_destination}') IS NOT DISTINCT FROM (NEW.data #>> '{approved_destination}') AND (head.approved_destination) IS NOT DISTINCT FROM (NEW.data #>> '{approved_destination}')) AND (NEW.action NOT IN ('request_account') OR (predecessor.data #>> '{failure_code}') IS NOT DISTINCT FROM (NEW.data #>> '{failure_code}') AND (head.failure_code) IS NOT DISTINCT FROM (NEW.data #>> '{failure_code}') AND (predecessor.data #>> '{parked_at}') IS NOT DISTINCT FROM (NEW.data #>> '{parked_at}') AND (head.parked_at) IS NOT DISTINCT FROM (CAST(NEW.data #>> '{parked_at}' AS TIMESTAMP WITH TIME ZONE))))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_names_approved_by  BEGIN
  IF (NOT (NEW.lifecycle = 'transfer' AND NEW.action = 'approve') OR EXISTS (SELECT 1 FROM transfers AS head WHERE head.id = NEW.entity_id AND head.approved_by = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_names_destination_set_by  BEGIN
  IF (NOT (NEW.lifecycle = 'payee' AND NEW.action = 'attach') OR EXISTS (SELECT 1 FROM payees AS head WHERE head.id = NEW.entity_id AND head.destination_set_by = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_names_executed_by  BEGIN
  IF (NOT (NEW.lifecycle = 'runbook_execution' AND NEW.action = 'start') OR EXISTS (SELECT 1 FROM runbook_executions AS head WHERE head.id = NEW.entity_id AND head.executed_by = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_names_recorded_by  BEGIN
  IF (NOT (NEW.lifecycle = 'contract_version' AND NEW.action = 'record') OR EXISTS (SELECT 1 FROM api_contract_versions AS head WHERE head.id = NEW.entity_id AND head.recorded_by = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_accounts  BEGIN
  IF (NEW.lifecycle <> 'account' OR EXISTS (SELECT 1 FROM accounts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_algorithms  BEGIN
  IF (NEW.lifecycle <> 'algorithm' OR EXISTS (SELECT 1 FROM algorithms AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_api_contract_versions  BEGIN
  IF (NEW.lifecycle <> 'contract_version' OR EXISTS (SELECT 1 FROM api_contract_versions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_authors  BEGIN
  IF (NEW.lifecycle <> 'author' OR EXISTS (SELECT 1 FROM authors AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_charges  BEGIN
  IF (NEW.lifecycle <> 'charge' OR EXISTS (SELECT 1 FROM charges AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_concepts  BEGIN
  IF (NEW.lifecycle <> 'concept' OR EXISTS (SELECT 1 FROM concepts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.current_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_contest_logs  BEGIN
  IF (NEW.lifecycle <> 'contest_log' OR EXISTS (SELECT 1 FROM contest_logs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.event_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_contests  BEGIN
  IF (NEW.lifecycle <> 'contest' OR EXISTS (SELECT 1 FROM contests AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.configuration_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_disputes  BEGIN
  IF (NEW.lifecycle <> 'dispute' OR EXISTS (SELECT 1 FROM disputes AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_entries  BEGIN
  IF (NEW.lifecycle <> 'entry' OR EXISTS (SELECT 1 FROM entries AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.roster_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_image_generation_jobs  BEGIN
  IF (NEW.lifecycle <> 'image_job' OR EXISTS (SELECT 1 FROM image_generation_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_ipfs_upload_records  BEGIN
  IF (NEW.lifecycle <> 'ipfs_upload' OR EXISTS (SELECT 1 FROM ipfs_upload_records AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_jobs  BEGIN
  IF (NEW.lifecycle <> 'job' OR EXISTS (SELECT 1 FROM jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.output_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_keys  BEGIN
  IF (NEW.lifecycle <> 'key' OR EXISTS (SELECT 1 FROM keys AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_mint_events  BEGIN
  IF (NEW.lifecycle <> 'mint_event' OR EXISTS (SELECT 1 FROM mint_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_movements  BEGIN
  IF (NEW.lifecycle <> 'movement' OR EXISTS (SELECT 1 FROM movements AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_payees  BEGIN
  IF (NEW.lifecycle <> 'payee' OR EXISTS (SELECT 1 FROM payees AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_payment_switches  BEGIN
  IF (NEW.lifecycle <> 'payment_switch' OR EXISTS (SELECT 1 FROM payment_switches AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_payout_jobs  BEGIN
  IF (NEW.lifecycle <> 'payout_job' OR EXISTS (SELECT 1 FROM payout_jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_projects  BEGIN
  IF (NEW.lifecycle <> 'project' OR EXISTS (SELECT 1 FROM projects AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.prompt_count = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_provider_feeds  BEGIN
  IF (NEW.lifecycle <> 'provider_feed' OR EXISTS (SELECT 1 FROM provider_feeds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.fetch_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_reconciliations  BEGIN
  IF (NEW.lifecycle <> 'reconciliation' OR EXISTS (SELECT 1 FROM reconciliations AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_refunds  BEGIN
  IF (NEW.lifecycle <> 'refund' OR EXISTS (SELECT 1 FROM refunds AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_reveal_transactions  BEGIN
  IF (NEW.lifecycle <> 'reveal_transaction' OR EXISTS (SELECT 1 FROM reveal_transactions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_runbook_executions  BEGIN
  IF (NEW.lifecycle <> 'runbook_execution' OR EXISTS (SELECT 1 FROM runbook_executions AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_settings  BEGIN
  IF (NEW.lifecycle <> 'setting' OR EXISTS (SELECT 1 FROM settings AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_settlement_runs  BEGIN
  IF (NEW.lifecycle <> 'settlement_run' OR EXISTS (SELECT 1 FROM settlement_runs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_spaces  BEGIN
  IF (NEW.lifecycle <> 'space' OR EXISTS (SELECT 1 FROM spaces AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_stages  BEGIN
  IF (NEW.lifecycle <> 'stage' OR EXISTS (SELECT 1 FROM stages AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_stripe_events  BEGIN
  IF (NEW.lifecycle <> 'stripe_event' OR EXISTS (SELECT 1 FROM stripe_events AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_subspaces  BEGIN
  IF (NEW.lifecycle <> 'subspace' OR EXISTS (SELECT 1 FROM subspaces AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_system_state  BEGIN
  IF (NEW.lifecycle <> 'system_state' OR EXISTS (SELECT 1 FROM system_state AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_tokens_s0  BEGIN
  IF (NEW.lifecycle <> 'token' OR EXISTS (SELECT 1 FROM tokens_s0 AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_transfers  BEGIN
  IF (NEW.lifecycle <> 'transfer' OR EXISTS (SELECT 1 FROM transfers AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.attempt_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_position  BEGIN
  IF (NEW.position = currval('history_position_seq') AND NEW.position > current_setting('statement_floor')::bigint) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_second_person_reverses  BEGIN
  IF (NOT (NEW.lifecycle = 'movement') OR NOT EXISTS (SELECT 1 FROM movements AS movement JOIN movements AS proposal ON proposal.key = 'reversal_proposed:' || movement.reverses JOIN history AS proposed ON proposed.lifecycle = 'movement' AND proposed.entity_id = proposal.id AND proposed.seq = 1 WHERE movement.id = NEW.entity_id AND movement.source = 'operator' AND movement.reverses IS NOT NULL AND proposed.actor = NEW.actor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function hung_threads_expire_soon_on_insert  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function hung_threads_expire_soon_on_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function hung_threads_expired  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END  false {search_path=pg_catalog}

function hung_threads_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function hung_threads_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function hung_threads_of_one_process_on_insert  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function hung_threads_of_one_process_on_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function image_generation_jobs_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function image_generation_jobs_initial_fields  BEGIN
  IF (NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.external_job_id IS NULL AND NEW.retry_count = 0) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function image_generation_jobs_latest_times_on_insert  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function image_generation_jobs_latest_times_on_update  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function image_generation_jobs_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function image_generation_jobs_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function image_generation_jobs_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function ingest_with_signal 
DECLARE
  version algorithms;
  signal signals;
BEGIN
  SELECT * INTO version FROM algorithms WHERE status = 'ACTIVE';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
--
  -- Each algorithm version has a function of its own, named by its checksum.
  EXECUTE 'SELECT * FROM capture_' || left(version.checksum, 32) || '($1, $2)'
    INTO signal
    USING request || jsonb_build_object('algorithm_id', version.id), vector;
  RETURN signal;
END  false {search_path=pg_catalog}

function ipfs_upload_records_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function ipfs_upload_records_initial_fields  BEGIN
  IF (NEW.cid IS NULL AND NEW.completed_at IS NULL AND NEW.error_data IS NULL AND NEW.retry_count = 0) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function ipfs_upload_records_latest_times_on_insert  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function ipfs_upload_records_latest_times_on_update  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function ipfs_upload_records_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function ipfs_upload_records_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function ipfs_upload_records_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_outputs_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.written_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_outputs_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_outputs_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_outputs_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_specs_has_prompt  BEGIN
  IF (EXISTS (SELECT 1 FROM jobs AS job WHERE job.id = NEW.job_id AND job.prompt = NEW.architecture_spec ->> 'prompt')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_specs_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.created_at AND head.spec_digest = NEW.spec_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_specs_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_specs_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function job_specs_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_initial_fields  BEGIN
  IF (NEW.completed_at IS NULL AND NEW.failure_reason IS NULL AND NEW.phase IS NULL AND NEW.result IS NULL AND NEW.warning_count = 0) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed_with_warnings', 'running failed', 'running running') OR NEW.warning_count = OLD.warning_count) AND (OLD.status || ' ' || NEW.status IN ('running running') OR (NEW.phase = OLD.phase OR NEW.phase IS NULL AND OLD.phase IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('running completed', 'running completed_with_warnings') OR (NEW.result = OLD.result OR NEW.result IS NULL AND OLD.result IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running failed') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'running completed', 'running completed_with_warnings', 'running failed') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_latest_times_on_insert  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_latest_times_on_update  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_prompted  BEGIN
  IF (EXISTS (SELECT 1 FROM projects AS project, project_prompts AS record WHERE project.id = NEW.project_id AND project.prompt_count = NEW.number AND record.project_id = NEW.project_id AND record.number = NEW.number AND record.prompt = NEW.prompt AND record.timestamp = NEW.created_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function jobs_warnings_rise  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function json_is_within 
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
--
  bare := regexp_replace(document, '"([^"\\]|\\.)*"', '""', 'g');
  empty := (length(bare) - length(replace(replace(bare, '[]', ''), '{}', ''))) / 2;
  brackets := length(bare) - length(replace(replace(bare, '[', ''), '{', ''));
  RETURN bytes - length(bare) + length(replace(bare, ' ', '')) <= max_bytes
    AND 1 + length(bare) - length(replace(bare, ',', '')) + brackets - empty <= max_values
    AND bare !~ '[0-9](\.?[0-9]){255}(\.?[0-9]){255}(\.?[0-9]){130}';
END  false {search_path=pg_catalog}

function keys_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function keys_has_scopes  BEGIN
  IF (CASE WHEN jsonb_typeof(NEW.scopes) = 'array' THEN jsonb_array_length(NEW.scopes) BETWEEN 1 AND 50 AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(NEW.scopes) AS scope WHERE jsonb_typeof(scope) <> 'string' OR (scope #>> '{}') !~ '^([a-z][a-z0-9_]{0,39}(:[a-z]{1,40})?)$') END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function keys_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function keys_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function keys_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_insert  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function mint_events_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function mint_events_latest_times_on_insert  BEGIN
  IF (NEW.detected_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function mint_events_latest_times_on_update  BEGIN
  IF (NEW.detected_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function mint_events_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function mint_events_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function mint_events_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_latest_times_on_insert  BEGIN
  IF (NEW.occurred_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_latest_times_on_update  BEGIN
  IF (NEW.occurred_at <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_mirrors  BEGIN
  IF (NEW.reverses IS NULL OR EXISTS (SELECT 1 FROM movements AS original WHERE original.id = NEW.reverses AND original.currency = NEW.currency AND original.total_minor = NEW.total_minor AND original.posting_count = NEW.posting_count AND (NEW.source = 'operator' AND original.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (original.kind <> 'REVERSAL' OR original.source = 'operator') AND EXISTS (SELECT 1 FROM movements AS proposal WHERE proposal.key = 'reversal_proposed:' || NEW.reverses) OR NEW.source <> 'operator' AND original.kind = 'REFUND_SUCCEEDED' AND EXISTS (SELECT 1 FROM refunds AS refund WHERE refund.id = substr(original.key, 8, length(original.key) - 10) AND refund.status = 'failed')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_notes_fact  BEGIN
  IF (NOT (NEW.kind IN ('PAYOUT_FAILED', 'REVERSAL_PROPOSED')) OR NEW.fact_key IS NULL AND (NEW.kind = 'PAYOUT_FAILED' AND EXISTS (SELECT 1 FROM transfers AS transfer WHERE transfer.id = substr(NEW.source, 10) AND NEW.source = 'transfer:' || transfer.id AND NEW.key = 'ledger:payout:' || transfer.id || ':' || CAST(transfer.attempt_number AS text) AND transfer.status IN ('failed_terminal', 'retryable') AND transfer.reference = NEW.reference AND transfer.currency = NEW.currency) OR NEW.kind = 'REVERSAL_PROPOSED' AND NEW.source = 'operator' AND EXISTS (SELECT 1 FROM movements AS proposed WHERE proposed.id = substr(NEW.key, 19) AND NEW.key = 'reversal_proposed:' || proposed.id AND proposed.kind IN ('GUARANTEE_TOPUP', 'REVERSAL', 'UNCLAIMED') AND (proposed.reference) IS NOT DISTINCT FROM (NEW.reference) AND proposed.currency = NEW.currency))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function movements_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payees_initial_fields  BEGIN
  IF (NEW.destination IS NULL AND NEW.destination_set_by IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payees_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('NEW CLOSED', 'NEW RESTRICTED', 'READY CLOSED', 'READY RESTRICTED', 'RESTRICTED CLOSED', 'RESTRICTED RESTRICTED') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) AND (NEW.destination_set_by = OLD.destination_set_by OR NEW.destination_set_by IS NULL AND OLD.destination_set_by IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payees_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payees_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payees_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payloads_digest_matches  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payloads_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payloads_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payloads_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payment_switches_latest_times_on_insert  BEGIN
  IF ((NEW.halted_at IS NULL OR NEW.halted_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payment_switches_latest_times_on_update  BEGIN
  IF ((NEW.halted_at IS NULL OR NEW.halted_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payment_switches_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payment_switches_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payment_switches_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_finished  BEGIN
  IF (NOT (NEW.status = 'complete') OR NEW.transfer_count = (SELECT count(*) FROM transfers AS transfer WHERE transfer.job_id = NEW.id) AND NEW.total_minor = (SELECT coalesce(sum(transfer.amount_minor), 0) FROM transfers AS transfer WHERE transfer.job_id = NEW.id) AND NOT EXISTS (SELECT 1 FROM transfers AS transfer WHERE transfer.job_id = NEW.id AND transfer.status NOT IN ('completed', 'failed_terminal'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_initial_fields  BEGIN
  IF (NEW.completed_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('complete processing', 'pending complete', 'processing complete') OR (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_latest_times_on_insert  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_latest_times_on_update  BEGIN
  IF ((NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_of_settlement  BEGIN
  IF (EXISTS (SELECT 1 FROM movements AS settlement WHERE settlement.key = 'settlement:' || NEW.id AND settlement.kind = 'SETTLEMENT' AND settlement.reference = NEW.reference AND settlement.currency = NEW.currency AND NEW.transfer_count = (SELECT count(DISTINCT line.party) FROM postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:') AND NEW.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) FROM postings AS line WHERE line.entity_id = settlement.id AND substr(line.credit_account_id, 1, 15) = 'winner_payable:'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function payout_jobs_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function postings_in_change  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM movements AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM history AS change WHERE change.lifecycle = 'movement' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{postings,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM postings AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function postings_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function postings_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function postings_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function postings_of_accounts  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE (EXISTS (SELECT 1 FROM accounts AS account WHERE account.id = posting.debit_account_id AND account.last_movement_id = posting.entity_id) AND EXISTS (SELECT 1 FROM accounts AS account WHERE account.id = posting.credit_account_id AND account.last_movement_id = posting.entity_id)) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function postings_pays_line  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE posting.owed_movement_id IS NOT NULL AND (EXISTS (SELECT 1 FROM postings AS line WHERE line.entity_id = posting.owed_movement_id AND line.seq = 1 AND line.number = posting.owed_number AND line.party = posting.party AND line.amount_minor = posting.amount_minor AND line.credit_account_id = posting.debit_account_id)) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function postings_reverses_line  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS posting WHERE posting.reversed_movement_id IS NOT NULL AND (EXISTS (SELECT 1 FROM postings AS line WHERE line.entity_id = posting.reversed_movement_id AND line.seq = 1 AND line.number = posting.reversed_number AND line.owed_movement_id IS NOT NULL AND line.party = posting.party AND line.debit_account_id = posting.credit_account_id AND line.amount_minor >= (SELECT coalesce(sum(earlier.amount_minor), 0) FROM postings AS earlier WHERE earlier.reversed_movement_id = posting.reversed_movement_id AND earlier.reversed_number = posting.reversed_number))) IS NOT TRUE)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function project_prompts_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM projects AS head WHERE head.id = NEW.project_id AND head.prompt_count = NEW.number AND head.updated_at = NEW.timestamp)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function project_prompts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function project_prompts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function project_prompts_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_bound_once  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_initial_fields  BEGIN
  IF (NEW.current_nodes = '[]' AND NEW.github_repo_url IS NULL AND NEW.latest_successful_job_id IS NULL AND NEW.latest_successful_job_number IS NULL AND NEW.repository_branch IS NULL AND NEW.repository_host IS NULL AND NEW.repository_id IS NULL AND NEW.repository_name IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('bound bound', 'requested requested', 'unbound unbound') OR NEW.name = OLD.name AND NEW.description = OLD.description AND NEW.current_nodes = OLD.current_nodes AND (NEW.latest_successful_job_id = OLD.latest_successful_job_id OR NEW.latest_successful_job_id IS NULL AND OLD.latest_successful_job_id IS NULL) AND (NEW.latest_successful_job_number = OLD.latest_successful_job_number OR NEW.latest_successful_job_number IS NULL AND OLD.latest_successful_job_number IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested requested', 'unbound requested') OR (NEW.repository_host = OLD.repository_host OR NEW.repository_host IS NULL AND OLD.repository_host IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound', 'requested requested', 'unbound requested') OR (NEW.repository_name = OLD.repository_name OR NEW.repository_name IS NULL AND OLD.repository_name IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('requested bound') OR (NEW.repository_id = OLD.repository_id OR NEW.repository_id IS NULL AND OLD.repository_id IS NULL) AND (NEW.repository_branch = OLD.repository_branch OR NEW.repository_branch IS NULL AND OLD.repository_branch IS NULL) AND (NEW.github_repo_url = OLD.github_repo_url OR NEW.github_repo_url IS NULL AND OLD.github_repo_url IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_latest_rises  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_latest_successful  BEGIN
  IF (NEW.latest_successful_job_id IS NULL OR EXISTS (SELECT 1 FROM jobs AS job WHERE job.id = NEW.latest_successful_job_id AND job.project_id = NEW.id AND job.number = NEW.latest_successful_job_number AND job.status IN ('completed', 'completed_with_warnings'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function projects_requested_host  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_feeds_initial_fields  BEGIN
  IF (NEW.failures = 0 AND NEW.last_payload_digest IS NULL AND NEW.last_success_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_feeds_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('POLLING POLLING') OR (NEW.last_success_at = OLD.last_success_at OR NEW.last_success_at IS NULL AND OLD.last_success_at IS NULL) AND (NEW.last_payload_digest = OLD.last_payload_digest OR NEW.last_payload_digest IS NULL AND OLD.last_payload_digest IS NULL) AND NEW.failures = OLD.failures)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_feeds_latest_times_on_insert  BEGIN
  IF ((NEW.last_success_at IS NULL OR NEW.last_success_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_feeds_latest_times_on_update  BEGIN
  IF ((NEW.last_success_at IS NULL OR NEW.last_success_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_feeds_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_feeds_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_feeds_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_fetches_counted  BEGIN
  IF (EXISTS (SELECT 1 FROM provider_feeds AS head WHERE head.id = NEW.provider_event_id AND CASE NEW.outcome WHEN 'OK' THEN head.failures = 0 AND head.last_payload_digest = NEW.payload_digest AND head.last_success_at = NEW.finished_at ELSE head.failures > 0 END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_fetches_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM provider_feeds AS head WHERE head.id = NEW.provider_event_id AND head.fetch_number = NEW.number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_fetches_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_fetches_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function provider_fetches_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_stages_needs_task  BEGIN
  IF (EXISTS (SELECT 1 FROM tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_stages_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_stages_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_stages_rises  BEGIN
  IF (NEW.stage = OLD.stage AND NEW.fence > OLD.fence AND EXISTS (SELECT 1 FROM tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence AND head.finished_at IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_tables_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_tables_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_tables_retained  BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND NEW.pruned_before <= CASE NEW.table_name WHEN 'tasks' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') WHEN 'task_attempts' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') WHEN 'webhook_rejections' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') END AND NEW.deleted_rows <= 1000) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function pruned_tables_rises  BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND NEW.table_name = OLD.table_name AND NEW.deleted_rows BETWEEN OLD.deleted_rows AND OLD.deleted_rows + 1000 AND NEW.deleted_sealed_rows BETWEEN OLD.deleted_sealed_rows AND OLD.deleted_sealed_rows + 1000 AND (NEW.pruned_before = OLD.pruned_before OR NEW.pruned_before > OLD.pruned_before AND NEW.pruned_before <= CASE NEW.table_name WHEN 'tasks' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') WHEN 'task_attempts' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') WHEN 'webhook_rejections' THEN (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rate_buckets_empty_by_now_on_insert  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rate_buckets_empty_by_now_on_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rate_buckets_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rate_buckets_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rate_buckets_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_has_answer  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_not_far_ahead  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_initial_fields  BEGIN
  IF (NEW.checked = '[]' AND NEW.discrepancy_count IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.finished_at IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR NEW.checked = OLD.checked AND (NEW.discrepancy_count = OLD.discrepancy_count OR NEW.discrepancy_count IS NULL AND OLD.discrepancy_count IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_latest_times_on_insert  BEGIN
  IF (NEW.started_at <= NEW.updated_at + interval '86400 seconds' AND (NEW.finished_at IS NULL OR NEW.finished_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_latest_times_on_update  BEGIN
  IF (NEW.started_at <= NEW.updated_at + interval '86400 seconds' AND (NEW.finished_at IS NULL OR NEW.finished_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reconciliations_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refund_attempts_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM refunds AS head WHERE head.id = NEW.refund_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refund_attempts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refund_attempts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refund_attempts_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_covered_by_settlement  BEGIN
  IF (NEW.covered = 0 OR EXISTS (SELECT 1 FROM charges AS charge JOIN covered_items AS covered ON covered.item = charge.item WHERE charge.id = NEW.charge_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_generation_forward  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_initial_fields  BEGIN
  IF (NEW.failure_code IS NULL AND NEW.generation = 1 AND (NEW.status IN ('pending') OR NEW.stripe_refund_id IS NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('requested requested') OR NEW.generation = OLD.generation) AND (OLD.status || ' ' || NEW.status IN ('pending canceled', 'pending failed', 'pending requires_action', 'pending succeeded', 'requested canceled', 'requested failed', 'requested pending', 'requested requires_action', 'requested succeeded', 'requires_action canceled', 'requires_action failed', 'requires_action pending', 'requires_action succeeded', 'succeeded failed') OR (NEW.stripe_refund_id = OLD.stripe_refund_id OR NEW.stripe_refund_id IS NULL AND OLD.stripe_refund_id IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('pending failed', 'requested failed', 'requires_action failed', 'succeeded failed') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_keeps_stripe_refund_id  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_next_number  BEGIN
  IF (NEW.number = (SELECT count(*) FROM refunds AS refund WHERE refund.charge_id = NEW.charge_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function refunds_refundable  BEGIN
  IF (EXISTS (SELECT 1 FROM charges AS charge WHERE charge.id = NEW.charge_id AND charge.received_currency = NEW.currency AND NEW.amount_minor <= charge.received_minor - charge.refunded_minor AND (NEW.status <> 'requested' OR charge.status IN ('PARTIALLY_REFUNDED', 'SUCCEEDED') OR charge.outcome_code IN ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rejections_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rejections_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rejections_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_has_tokens  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(NEW.token_ids) = 'array' THEN NEW.token_ids ELSE '[]' END) AS listed (id) WHERE NOT EXISTS (SELECT 1 FROM tokens_s0 AS token WHERE token.id = listed.id))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_initial_fields  BEGIN
  IF (NEW.block_number IS NULL AND NEW.confirmed_at IS NULL AND NEW.gas_price_wei IS NULL AND NEW.tx_hash IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_latest_times_on_insert  BEGIN
  IF ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_latest_times_on_update  BEGIN
  IF ((NEW.confirmed_at IS NULL OR NEW.confirmed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function reveal_transactions_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rosters_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM entries AS head WHERE head.id = NEW.entry_id AND head.roster_number = NEW.number AND head.updated_at = NEW.submitted_at AND head.roster_digest = NEW.roster_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rosters_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rosters_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function rosters_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_execution_steps_in_change  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM runbook_executions AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM history AS change WHERE change.lifecycle = 'runbook_execution' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{step,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM runbook_execution_steps AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_execution_steps_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_execution_steps_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_execution_steps_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_failed_steps_forward  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_initial_fields  BEGIN
  IF (NEW.ended_at IS NULL AND NEW.error_reason IS NULL AND NEW.failed_step_count = 0 AND NEW.result_json IS NULL AND NEW.step_count = 0 AND NEW.system_state_after IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('in_progress in_progress', 'pending in_progress') OR NEW.step_count = OLD.step_count AND NEW.failed_step_count = OLD.failed_step_count) AND (OLD.status || ' ' || NEW.status IN ('in_progress completed', 'in_progress failed', 'in_progress partial', 'pending failed') OR (NEW.system_state_after = OLD.system_state_after OR NEW.system_state_after IS NULL AND OLD.system_state_after IS NULL) AND (NEW.result_json = OLD.result_json OR NEW.result_json IS NULL AND OLD.result_json IS NULL) AND (NEW.ended_at = OLD.ended_at OR NEW.ended_at IS NULL AND OLD.ended_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('in_progress failed', 'in_progress partial', 'pending failed') OR (NEW.error_reason = OLD.error_reason OR NEW.error_reason IS NULL AND OLD.error_reason IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function runbook_executions_steps_forward  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seal_records_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seal_records_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seal_records_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seals_finished  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seals_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seals_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seals_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function seals_not_ahead  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settings_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settings_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settings_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_lines_in_change  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM settlement_runs AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM history AS change WHERE change.lifecycle = 'settlement_run' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{lines,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM settlement_lines AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_lines_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_lines_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_lines_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_lines_of_entries  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM inserted AS line WHERE NOT EXISTS (SELECT 1 FROM settlement_runs AS run JOIN entries AS entry ON entry.contest_id = run.contest_id WHERE run.id = line.entity_id AND entry.id = line.entry_id AND entry.status = 'ACTIVE' AND entry.user_id = line.user_id AND entry.paid_minor = line.paid_minor AND entry.roster_digest = line.roster_digest AND (entry.payment_ref) IS NOT DISTINCT FROM (line.payment_ref)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_initial_fields  BEGIN
  IF (NEW.eligibility_digest IS NULL AND NEW.error_code IS NULL AND NEW.error_message IS NULL AND NEW.line_count IS NULL AND NEW.official_rounds IS NULL AND NEW.pool_minor IS NULL AND NEW.rake_minor IS NULL AND NEW.result_digest IS NULL AND NEW.retained_minor IS NULL AND NEW.rounding_minor IS NULL AND NEW.settled_at IS NULL AND NEW.top_up_minor IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_input_current  BEGIN
  IF (NEW.status <> 'COMPLETE' OR EXISTS (SELECT 1 FROM contest_logs AS log WHERE log.id = NEW.contest_id AND log.event_number = NEW.event_number)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('STARTED COMPLETE') OR (NEW.eligibility_digest = OLD.eligibility_digest OR NEW.eligibility_digest IS NULL AND OLD.eligibility_digest IS NULL) AND (NEW.official_rounds = OLD.official_rounds OR NEW.official_rounds IS NULL AND OLD.official_rounds IS NULL) AND (NEW.result_digest = OLD.result_digest OR NEW.result_digest IS NULL AND OLD.result_digest IS NULL) AND (NEW.pool_minor = OLD.pool_minor OR NEW.pool_minor IS NULL AND OLD.pool_minor IS NULL) AND (NEW.rake_minor = OLD.rake_minor OR NEW.rake_minor IS NULL AND OLD.rake_minor IS NULL) AND (NEW.rounding_minor = OLD.rounding_minor OR NEW.rounding_minor IS NULL AND OLD.rounding_minor IS NULL) AND (NEW.retained_minor = OLD.retained_minor OR NEW.retained_minor IS NULL AND OLD.retained_minor IS NULL) AND (NEW.top_up_minor = OLD.top_up_minor OR NEW.top_up_minor IS NULL AND OLD.top_up_minor IS NULL) AND (NEW.line_count = OLD.line_count OR NEW.line_count IS NULL AND OLD.line_count IS NULL) AND (NEW.settled_at = OLD.settled_at OR NEW.settled_at IS NULL AND OLD.settled_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('STARTED FAILED') OR (NEW.error_code = OLD.error_code OR NEW.error_code IS NULL AND OLD.error_code IS NULL) AND (NEW.error_message = OLD.error_message OR NEW.error_message IS NULL AND OLD.error_message IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_latest_times_on_insert  BEGIN
  IF ((NEW.settled_at IS NULL OR NEW.settled_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_latest_times_on_update  BEGIN
  IF ((NEW.settled_at IS NULL OR NEW.settled_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_next_number  BEGIN
  IF (NEW.number = (SELECT count(*) FROM settlement_runs AS run WHERE run.contest_id = NEW.contest_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_of_played_contest  BEGIN
  IF (EXISTS (SELECT 1 FROM contests AS contest WHERE contest.id = NEW.contest_id AND contest.configuration_version = NEW.configuration_version AND contest.currency = NEW.currency AND (contest.status IN ('COMPLETE', 'LIVE') OR contest.error_from_state = 'LIVE'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function settlement_runs_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function signals_needs_artifact  BEGIN
  IF (EXISTS (SELECT 1 FROM artifacts AS head WHERE head.id = NEW.artifact_id AND head.seq = NEW.artifact_seq AND head.hash = NEW.hash AND head.updated_at = NEW.recorded_at AND head.space_id = NEW.space_id AND head.user_id = NEW.user_id AND head.normalized_url = NEW.normalized_url AND head.engagement_level = NEW.reached_level)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function signals_needs_centroid  BEGIN
  IF (NEW.applied_seq IS NULL OR EXISTS (SELECT 1 FROM centroids AS head WHERE head.id = NEW.subspace_id AND head.seq = NEW.applied_seq AND head.hash = NEW.hash AND head.updated_at = NEW.recorded_at AND head.space_id = NEW.space_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function signals_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function signals_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function signals_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function spaces_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function spaces_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function spaces_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function spaces_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function spaces_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stage_breakers_counts_one  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stage_breakers_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stage_breakers_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stage_breakers_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stage_breakers_probe_soon_on_insert  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stage_breakers_probe_soon_on_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stage_breakers_starts_clear  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stages_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stages_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stages_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_event_attempts_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM stripe_events AS head WHERE head.id = NEW.event_id AND head.attempt_number = NEW.number AND (head.last_code = NEW.code OR head.last_code IS NULL AND NEW.code IS NULL) AND head.updated_at = NEW.at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_event_attempts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_event_attempts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_event_attempts_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_event_attempts_outcome_of_state  BEGIN
  IF (EXISTS (SELECT 1 FROM stripe_events AS event WHERE event.id = NEW.event_id AND CASE event.status WHEN 'PROCESSED' THEN NEW.outcome IN ('DUPLICATE', 'PROCESSED') WHEN 'IGNORED' THEN NEW.outcome = 'IGNORED' ELSE NEW.outcome = 'FAILED' END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_initial_fields  BEGIN
  IF (NEW.last_code IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('RECEIVED DEAD', 'RECEIVED IGNORED', 'RECEIVED PROCESSED', 'RECEIVED RECEIVED') OR (NEW.last_code = OLD.last_code OR NEW.last_code IS NULL AND OLD.last_code IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_latest_times_on_insert  BEGIN
  IF (NEW.created <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_latest_times_on_update  BEGIN
  IF (NEW.created <= NEW.updated_at + interval '86400 seconds') IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function stripe_events_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subscriber_cursors_fence  BEGIN
  IF (CASE WHEN NEW.restarts = OLD.restarts THEN NEW.restarts = OLD.restarts AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL) AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL) AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL) AND NEW.feed_cursor IS NOT NULL AND EXISTS (SELECT 1 FROM tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL) ELSE NEW.restarts = OLD.restarts + 1 AND EXISTS (SELECT 1 FROM tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.cancel_reason = NEW.restart_reason) AND EXISTS (SELECT 1 FROM task_attempts AS attempt WHERE attempt.stage = NEW.stage AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence AND attempt.outcome = 'CANCELED' AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subscriber_cursors_first  BEGIN
  IF (NEW.feed_cursor IS NULL AND NEW.restarts = 0 AND EXISTS (SELECT 1 FROM tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subscriber_cursors_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subscriber_cursors_in_feed  BEGIN
  IF (NEW.feed_cursor IS NULL OR ((CASE WHEN NEW.feed_cursor ~ '^(0|[1-9][0-9]{0,17}[.][0-9a-f]{16})$' THEN substring(NEW.feed_cursor FROM '^[0-9]+')::bigint END) <= (CASE WHEN current_setting('transaction_isolation') = 'read committed' THEN feed_end() ELSE coalesce(pg_sequence_last_value('history_position_seq'::regclass), 0) END) AND (NEW.restarts > OLD.restarts OR OLD.feed_cursor IS NULL OR (CASE WHEN NEW.feed_cursor ~ '^(0|[1-9][0-9]{0,17}[.][0-9a-f]{16})$' THEN substring(NEW.feed_cursor FROM '^[0-9]+')::bigint END) >= (CASE WHEN OLD.feed_cursor ~ '^(0|[1-9][0-9]{0,17}[.][0-9a-f]{16})$' THEN substring(OLD.feed_cursor FROM '^[0-9]+')::bigint END)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subscriber_cursors_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subscriber_cursors_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subspaces_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subspaces_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('ACTIVE ACTIVE') OR NEW.name = OLD.name AND NEW.description = OLD.description AND (NEW.seed = OLD.seed OR NEW.seed IS NULL AND OLD.seed IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subspaces_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subspaces_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subspaces_of_owner  BEGIN
  IF (EXISTS (SELECT 1 FROM spaces AS space WHERE space.id = NEW.space_id AND space.user_id = NEW.user_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subspaces_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function subspaces_seeded_once  BEGIN
  IF (OLD.seed IS NULL AND (NEW.seed IS NULL OR NOT EXISTS (SELECT 1 FROM centroids AS centroid WHERE centroid.id = NEW.id)) OR NEW.seed = OLD.seed) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function system_state_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function system_state_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function system_state_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function task_attempts_needed  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM tasks AS head WHERE head.stage = OLD.stage AND head.entity_id = OLD.entity_id AND (head.finished_at IS NULL OR OLD.fence >= head.fence OR OLD.fence > head.fence - head.attempts OR OLD.fence = (SELECT min(start.fence) FROM task_attempts AS start WHERE start.stage = OLD.stage AND start.entity_id = OLD.entity_id AND start.outcome = 'STARTED')))) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END  false {search_path=pg_catalog}

function task_attempts_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM tasks AS head WHERE head.stage = NEW.stage AND head.entity_id = NEW.entity_id AND CASE NEW.outcome WHEN 'REQUEUED' THEN head.fence = NEW.fence AND (head.dead_reason IS NOT NULL OR head.cancel_reason IS NOT NULL) WHEN 'CANCELED' THEN head.fence + 1 = NEW.fence AND head.due_at IS NOT NULL ELSE head.fence = NEW.fence AND head.lease_owner IS NOT NULL END)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function task_attempts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function task_attempts_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function task_attempts_prune  BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND OLD.at < (SELECT pruned.pruned_before FROM pruned_tables AS pruned WHERE pruned.table_name = 'task_attempts') AND OLD.at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds') AND NOT EXISTS (SELECT 1 FROM seal_records AS listed JOIN seals AS seal ON seal.number = listed.seal_number WHERE listed.record_table = 'task_attempts' AND listed.record_hash = OLD.hash AND (seal.at >= (SELECT pruned.pruned_before FROM pruned_tables AS pruned WHERE pruned.table_name = 'task_attempts') OR seal.at >= (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'attempt_retention_seconds')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END  false {search_path=pg_catalog}

function tasks_due  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_due_on_insert  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_edge  BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = database_time(false) WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= database_time(false) + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= database_time(false) + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = database_time(false)) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= database_time(false) + interval '172800 seconds' OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_fence  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_first_fence  BEGIN
  IF (NEW.fence = coalesce((SELECT pruned.fence FROM pruned_stages AS pruned WHERE pruned.stage = NEW.stage), 0)) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_charges  BEGIN
  IF (NEW.stage NOT IN ('expire_charge', 'record_fee') OR EXISTS (SELECT 1 FROM charges AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_contests  BEGIN
  IF (NEW.stage NOT IN ('ingest_contest', 'lock_contest', 'start_contest', 'settle_contest') OR EXISTS (SELECT 1 FROM contests AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_jobs  BEGIN
  IF (NEW.stage NOT IN ('process_job') OR EXISTS (SELECT 1 FROM jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_payout_jobs  BEGIN
  IF (NEW.stage NOT IN ('plan_transfers', 'complete_payout_job') OR EXISTS (SELECT 1 FROM payout_jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_provider_feeds  BEGIN
  IF (NEW.stage NOT IN ('fetch_tournament') OR EXISTS (SELECT 1 FROM provider_feeds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_refunds  BEGIN
  IF (NEW.stage NOT IN ('send_refund') OR EXISTS (SELECT 1 FROM refunds AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_stripe_events  BEGIN
  IF (NEW.stage NOT IN ('process_stripe_event') OR EXISTS (SELECT 1 FROM stripe_events AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_tokens_s0  BEGIN
  IF (NEW.stage NOT IN ('generate', 'upload', 'reveal') OR EXISTS (SELECT 1 FROM tokens_s0 AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_needs_transfers  BEGIN
  IF (NEW.stage NOT IN ('send_transfer') OR EXISTS (SELECT 1 FROM transfers AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_new  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_prune  BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence) AND (OLD.succeeded_at IS NULL OR NOT EXISTS (SELECT 1 FROM watched_subjects AS subject WHERE subject.stage = OLD.stage AND (subject.kind = 'stage' OR subject.entity_id = OLD.entity_id) AND (subject.succeeded_at IS NULL OR subject.succeeded_at < OLD.succeeded_at)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END  false {search_path=pg_catalog}

function tasks_recorded  BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= database_time(false) AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END IS NULL OR EXISTS (SELECT 1 FROM task_attempts AS attempt WHERE attempt.stage = OLD.stage AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence AND attempt.outcome = CASE WHEN NEW.cancel_reason IS NOT NULL THEN 'CANCELED' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN 'REQUEUED' WHEN NEW.dead_reason IS NOT NULL THEN 'DEAD' WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts AND NOT (OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NOT (OLD.lease_until <= database_time(false) AND NEW.due_at <= OLD.due_at) THEN 'FAILED' END AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason) AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_run  BEGIN
  IF (((NEW.arguments = OLD.arguments OR NEW.arguments IS NULL AND OLD.arguments IS NULL) OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.priority <= OLD.priority OR OLD.due_at IS NULL AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL) AND (NEW.result IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) AND ((NEW.progress = OLD.progress OR NEW.progress IS NULL AND OLD.progress IS NULL) OR NEW.progress IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence) AND ((NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL) OR (OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL) AND ((NEW.error_class = OLD.error_class OR NEW.error_class IS NULL AND OLD.error_class IS NULL) OR NEW.error_class IS NULL AND OLD.due_at IS NULL OR OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tasks_success  BEGIN
  IF (OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.fence = OLD.fence AND NEW.dead_reason IS NULL AND (NEW.due_at IS NULL OR OLD.attempts = 0 AND NEW.due_at = OLD.due_at) AND NEW.succeeded_at IS NOT NULL AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at) AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= database_time(false))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tokens_s0_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tokens_s0_fixed_unless_retried  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tokens_s0_initial_fields  BEGIN
  IF (NEW.error_data IS NULL AND NEW.generation_attempts = 0 AND NEW.generation_error IS NULL AND NEW.image_cid IS NULL AND NEW.image_url IS NULL AND (NEW.status IN ('revealed') OR NEW.metadata_cid IS NULL) AND NEW.reveal_tx_hash IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tokens_s0_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('failed detected', 'generating detected') OR NEW.author_id = OLD.author_id AND (NEW.minter_address = OLD.minter_address OR NEW.minter_address IS NULL AND OLD.minter_address IS NULL) AND NEW.mint_timestamp = OLD.mint_timestamp AND (NEW.mint_event_id = OLD.mint_event_id OR NEW.mint_event_id IS NULL AND OLD.mint_event_id IS NULL))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tokens_s0_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tokens_s0_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function tokens_s0_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_attempts_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM transfers AS head WHERE head.id = NEW.transfer_id AND head.attempt_number = NEW.number AND head.generation = NEW.generation AND head.updated_at = NEW.started_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_attempts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_attempts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_attempts_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_lines_in_change  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM inserted) AS added WHERE NOT EXISTS (SELECT 1 FROM transfers AS head WHERE head.id = added.entity_id AND head.seq = added.seq) OR EXISTS (SELECT 1 FROM history AS change WHERE change.lifecycle = 'transfer' AND change.entity_id = added.entity_id AND change.seq = added.seq AND change.data #>> '{transfer_lines,count}' IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM transfer_lines AS line WHERE line.entity_id = added.entity_id AND line.seq = added.seq)))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_lines_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_lines_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_lines_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfer_lines_of_owed_line  BEGIN
  IF (EXISTS (SELECT 1 FROM transfers AS transfer JOIN postings AS owed ON owed.party = transfer.party WHERE transfer.id = NEW.entity_id AND owed.entity_id = NEW.owed_movement_id AND owed.seq = 1 AND owed.number = NEW.owed_number AND owed.amount_minor = NEW.amount_minor AND owed.credit_account_id = 'winner_payable:' || transfer.reference || ':' || transfer.currency)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_approved_once  BEGIN
  IF (CASE WHEN OLD.status = 'failed_terminal' AND NEW.status = 'pending' THEN NEW.approved_by IS NULL WHEN OLD.status = 'pending' AND NEW.status = 'pending' AND OLD.approved_by IS NULL OR OLD.status = 'parked' AND NEW.status = 'pending' AND OLD.failure_code = 'destination_unapproved' THEN NEW.approved_by IS NOT NULL ELSE (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_destination_approved  BEGIN
  IF (NOT (NEW.status <> 'completed') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL) OR NEW.destination = NEW.approved_destination OR EXISTS (SELECT 1 FROM payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.destination AND payee.destination_set_by = 'user' || ':' || NEW.party)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_destination_approved_by_another  BEGIN
  IF (NEW.approved_destination IS NULL OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL) OR substr(NEW.approved_by, 1, 7) <> 'system:' AND EXISTS (SELECT 1 FROM payees AS payee WHERE payee.id = NEW.party AND payee.destination = NEW.approved_destination AND payee.destination_set_by <> NEW.approved_by)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_generation_forward  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_initial_fields  BEGIN
  IF (NEW.approval_reason IS NULL AND NEW.approved_at IS NULL AND NEW.approved_by IS NULL AND NEW.approved_destination IS NULL AND NEW.completed_at IS NULL AND NEW.destination IS NULL AND NEW.failure_code IS NULL AND NEW.failure_count = 0 AND NEW.failure_message IS NULL AND NEW.failure_reason IS NULL AND NEW.first_attempt_at IS NULL AND NEW.generation = 1 AND NEW.parked_at IS NULL AND NEW.retry_until IS NULL AND NEW.reversed_minor = 0 AND NEW.stripe_transfer_id IS NULL) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_job_open  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM payout_jobs AS job WHERE job.id = NEW.job_id AND job.status = 'complete')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_keeps_fields  BEGIN
  IF ((OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked pending', 'pending pending') OR (NEW.approved_by = OLD.approved_by OR NEW.approved_by IS NULL AND OLD.approved_by IS NULL) AND (NEW.approved_at = OLD.approved_at OR NEW.approved_at IS NULL AND OLD.approved_at IS NULL) AND (NEW.approval_reason = OLD.approval_reason OR NEW.approval_reason IS NULL AND OLD.approval_reason IS NULL) AND (NEW.approved_destination = OLD.approved_destination OR NEW.approved_destination IS NULL AND OLD.approved_destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'parked processing', 'pending completed', 'pending processing', 'processing completed', 'processing processing', 'retryable completed', 'retryable processing') OR (NEW.destination = OLD.destination OR NEW.destination IS NULL AND OLD.destination IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('parked processing', 'pending processing', 'processing processing', 'retryable processing') OR NEW.generation = OLD.generation AND (NEW.first_attempt_at = OLD.first_attempt_at OR NEW.first_attempt_at IS NULL AND OLD.first_attempt_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'retryable completed', 'retryable parked', 'retryable processing') OR (NEW.retry_until = OLD.retry_until OR NEW.retry_until IS NULL AND OLD.retry_until IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked', 'retryable processing') OR NEW.must_look_up = OLD.must_look_up) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked parked', 'parked pending', 'pending completed', 'pending parked', 'pending pending', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_code = OLD.failure_code OR NEW.failure_code IS NULL AND OLD.failure_code IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'pending completed', 'pending parked', 'processing completed', 'processing failed_terminal', 'processing parked', 'processing retryable', 'retryable completed', 'retryable failed_terminal', 'retryable parked') OR (NEW.failure_message = OLD.failure_message OR NEW.failure_message IS NULL AND OLD.failure_message IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked processing', 'pending completed', 'pending parked', 'pending processing', 'processing completed', 'processing parked', 'processing processing', 'processing retryable', 'retryable completed', 'retryable parked', 'retryable processing') OR NEW.failure_count = OLD.failure_count) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'failed_terminal pending', 'parked completed', 'parked failed_terminal', 'pending completed', 'processing failed_terminal', 'retryable completed', 'retryable failed_terminal') OR (NEW.failure_reason = OLD.failure_reason OR NEW.failure_reason IS NULL AND OLD.failure_reason IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal completed', 'parked completed', 'pending completed', 'processing completed', 'retryable completed') OR (NEW.stripe_transfer_id = OLD.stripe_transfer_id OR NEW.stripe_transfer_id IS NULL AND OLD.stripe_transfer_id IS NULL) AND (NEW.completed_at = OLD.completed_at OR NEW.completed_at IS NULL AND OLD.completed_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('failed_terminal pending', 'parked parked', 'parked pending', 'pending parked', 'pending pending', 'processing parked', 'retryable parked') OR (NEW.parked_at = OLD.parked_at OR NEW.parked_at IS NULL AND OLD.parked_at IS NULL)) AND (OLD.status || ' ' || NEW.status IN ('completed completed') OR NEW.reversed_minor = OLD.reversed_minor)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_keeps_stripe_transfer_id  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_latest_times_on_insert  BEGIN
  IF ((NEW.approved_at IS NULL OR NEW.approved_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.retry_until IS NULL OR NEW.retry_until <= NEW.updated_at + interval '345600 seconds') AND (NEW.parked_at IS NULL OR NEW.parked_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_latest_times_on_update  BEGIN
  IF ((NEW.approved_at IS NULL OR NEW.approved_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.first_attempt_at IS NULL OR NEW.first_attempt_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.retry_until IS NULL OR NEW.retry_until <= NEW.updated_at + interval '345600 seconds') AND (NEW.parked_at IS NULL OR NEW.parked_at <= NEW.updated_at + interval '86400 seconds') AND (NEW.completed_at IS NULL OR NEW.completed_at <= NEW.updated_at + interval '86400 seconds')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_of_settlement  BEGIN
  IF (NEW.reissue_of IS NULL AND NEW.job_id IS NOT NULL AND NEW.settlement_id = NEW.job_id AND NEW.must_look_up = 0 OR NEW.job_id IS NULL AND EXISTS (SELECT 1 FROM transfers AS replaced WHERE replaced.id = NEW.reissue_of AND replaced.settlement_id = NEW.settlement_id AND replaced.reference = NEW.reference AND replaced.party = NEW.party AND replaced.currency = NEW.currency)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_one_step  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function transfers_reversed_forward  BEGIN
  IF (NEW.reversed_minor = OLD.reversed_minor OR NEW.reversed_minor > OLD.reversed_minor AND NEW.reversed_minor = (SELECT coalesce(sum(posting.amount_minor), 0) FROM movements AS payout JOIN postings AS posting ON posting.reversed_movement_id = payout.id JOIN movements AS reversal ON reversal.id = posting.entity_id WHERE payout.key = 'payout:' || NEW.id AND reversal.kind = 'PAYOUT_REVERSED')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function watched_subjects_fixed  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function watched_subjects_known_by_now  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function watched_subjects_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function watched_subjects_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function watched_subjects_success_rises  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function webhook_rejections_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function webhook_rejections_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function webhook_rejections_prune  BEGIN
  IF (current_setting('transaction_isolation') = 'read committed' AND OLD.at < (SELECT pruned.pruned_before FROM pruned_tables AS pruned WHERE pruned.table_name = 'webhook_rejections') AND OLD.at < (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds') AND NOT EXISTS (SELECT 1 FROM seal_records AS listed JOIN seals AS seal ON seal.number = listed.seal_number WHERE listed.record_table = 'webhook_rejections' AND listed.record_hash = OLD.hash AND (seal.at >= (SELECT pruned.pruned_before FROM pruned_tables AS pruned WHERE pruned.table_name = 'webhook_rejections') OR seal.at >= (SELECT CASE WHEN setting.value ~ '^[0-9]{1,9}$' THEN database_time(false) - make_interval(secs => CAST(setting.value AS integer)) END FROM settings AS setting JOIN history AS change ON change.lifecycle = 'setting' AND change.entity_id = setting.id AND change.seq = setting.seq AND change.data ->> 'value' = setting.value WHERE setting.id = 'webhook_rejection_retention_seconds')))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END  false {search_path=pg_catalog}

function webhook_rejections_stays_deleted  BEGIN
  IF (NOT EXISTS (SELECT 1 FROM seal_records AS listed JOIN seals AS seal ON seal.number = listed.seal_number JOIN pruned_tables AS pruned ON pruned.table_name = listed.record_table WHERE listed.record_table = 'webhook_rejections' AND listed.record_hash = NEW.hash AND NEW.at < pruned.pruned_before AND seal.at < pruned.pruned_before)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

index CREATE INDEX "accounts_created_at" ON "accounts" USING "btree" ("created_at", "id") true

index CREATE INDEX "accounts_last_movement" ON "accounts" USING "btree" ("last_movement_id") true

index CREATE INDEX "accounts_of_kind" ON "accounts" USING "btree" ("kind", "currency", "id") true

index CREATE INDEX "accounts_of_reference" ON "accounts" USING "btree" ("reference", "id") true

index CREATE INDEX "accounts_updated_at" ON "accounts" USING "btree" ("updated_at", "id") true

index CREATE INDEX "artifacts_created_at" ON "artifacts" USING "btree" ("space_id", "created_at", "id") true

index CREATE INDEX "artifacts_space_id" ON "artifacts" USING "btree" ("space_id", "id") true

index CREATE INDEX "centroids_space_id" ON "centroids" USING "btree" ("space_id", "id") true

index CREATE INDEX "charges_created_at" ON "charges" USING "btree" ("created_at", "id") true

index CREATE INDEX "charges_expires_at" ON "charges" USING "btree" ("status", "expires_at", "id") true

index CREATE INDEX "charges_of_party" ON "charges" USING "btree" ("party", "id") true

index CREATE INDEX "charges_of_reference" ON "charges" USING "btree" ("reference", "status", "id") true

index CREATE INDEX "charges_of_reference_id" ON "charges" USING "btree" ("reference", "id") true

index CREATE INDEX "charges_paid_at" ON "charges" USING "btree" ("paid_at", "id") true

index CREATE INDEX "charges_status" ON "charges" USING "btree" ("status", "id") true

index CREATE INDEX "charges_updated_at" ON "charges" USING "btree" ("updated_at", "id") true

index CREATE INDEX "concepts_created_at" ON "concepts" USING "btree" ("created_at", "id") true

index CREATE INDEX "concepts_name_key" ON "concepts" USING "btree" ("name_key") true

index CREATE INDEX "concepts_status" ON "concepts" USING "btree" ("status", "id") true

index CREATE INDEX "concepts_updated_at" ON "concepts" USING "btree" ("updated_at", "id") true

index CREATE INDEX "contests_created_at" ON "contests" USING "btree" ("created_at", "id") true

index CREATE INDEX "contests_lock_time" ON "contests" USING "btree" ("status", "lock_time", "id") true

index CREATE INDEX "contests_name" ON "contests" USING "btree" ("contest_name", "id") true

index CREATE INDEX "contests_of_organizer" ON "contests" USING "btree" ("organizer_id", "id") true

index CREATE INDEX "contests_of_organizer_created_at" ON "contests" USING "btree" ("organizer_id", "created_at", "id") true

index CREATE INDEX "contests_of_organizer_name" ON "contests" USING "btree" ("organizer_id", "contest_name", "id") true

index CREATE INDEX "contests_of_organizer_updated_at" ON "contests" USING "btree" ("organizer_id", "updated_at", "id") true

index CREATE INDEX "contests_of_tournament" ON "contests" USING "btree" ("provider_event_id", "id") true

index CREATE INDEX "contests_start_time" ON "contests" USING "btree" ("status", "start_time", "id") true

index CREATE INDEX "contests_status" ON "contests" USING "btree" ("status", "id") true

index CREATE INDEX "contests_updated_at" ON "contests" USING "btree" ("updated_at", "id") true

index CREATE INDEX "disputes_created_at" ON "disputes" USING "btree" ("created_at", "id") true

index CREATE INDEX "disputes_due" ON "disputes" USING "btree" ("status", "evidence_due_by", "id") true

index CREATE INDEX "disputes_of_charge" ON "disputes" USING "btree" ("charge_id", "id") true

index CREATE INDEX "disputes_status" ON "disputes" USING "btree" ("status", "id") true

index CREATE INDEX "disputes_updated_at" ON "disputes" USING "btree" ("updated_at", "id") true

index CREATE INDEX "entries_created_at" ON "entries" USING "btree" ("contest_id", "created_at", "id") true

index CREATE INDEX "entries_of_contest" ON "entries" USING "btree" ("contest_id", "id") true

index CREATE INDEX "entries_of_user" ON "entries" USING "btree" ("user_id", "id") true

index CREATE INDEX "entries_status" ON "entries" USING "btree" ("contest_id", "status", "id") true

index CREATE INDEX "entries_updated_at" ON "entries" USING "btree" ("contest_id", "updated_at", "id") true

index CREATE INDEX "history_by_action" ON "history" USING "btree" ("action", "position") true

index CREATE INDEX "history_by_actor" ON "history" USING "btree" ("actor", "position") true

index CREATE INDEX "history_by_at" ON "history" USING "btree" ("at", "position") true

index CREATE INDEX "history_by_lifecycle" ON "history" USING "btree" (((("lifecycle")::"text" || ''::"text")), "position") true

index CREATE INDEX "image_generation_jobs_service_status" ON "image_generation_jobs" USING "btree" ("service", "status") true

index CREATE INDEX "image_generation_jobs_token_id" ON "image_generation_jobs" USING "btree" ("token_id") true

index CREATE INDEX "ipfs_upload_records_token_id" ON "ipfs_upload_records" USING "btree" ("token_id") true

index CREATE INDEX "ipfs_upload_records_type_status" ON "ipfs_upload_records" USING "btree" ("record_type", "status") true

index CREATE INDEX "jobs_status" ON "jobs" USING "btree" ("status", "id") true

index CREATE INDEX "mint_events_block" ON "mint_events" USING "btree" ("block_number", "log_index", "id") true

index CREATE INDEX "mint_events_token" ON "mint_events" USING "btree" ("token_id", "block_number", "log_index", "id") true

index CREATE INDEX "movements_created_at" ON "movements" USING "btree" ("created_at", "id") true

index CREATE INDEX "movements_occurred_at" ON "movements" USING "btree" ("occurred_at", "kind", "currency", "total_minor") true

index CREATE INDEX "movements_of_kind" ON "movements" USING "btree" ("kind", "id") true

index CREATE INDEX "movements_of_reference" ON "movements" USING "btree" ("reference", "id") true

index CREATE INDEX "movements_updated_at" ON "movements" USING "btree" ("updated_at", "id") true

index CREATE INDEX "payees_created_at" ON "payees" USING "btree" ("created_at", "id") true

index CREATE INDEX "payees_status" ON "payees" USING "btree" ("status", "id") true

index CREATE INDEX "payees_updated_at" ON "payees" USING "btree" ("updated_at", "id") true

index CREATE INDEX "payout_jobs_created_at" ON "payout_jobs" USING "btree" ("created_at", "id") true

index CREATE INDEX "payout_jobs_status" ON "payout_jobs" USING "btree" ("status", "id") true

index CREATE INDEX "payout_jobs_updated_at" ON "payout_jobs" USING "btree" ("updated_at", "id") true

index CREATE INDEX "postings_of_credit_account" ON "postings" USING "btree" ("credit_account_id", "entity_id", "number") true

index CREATE INDEX "postings_of_debit_account" ON "postings" USING "btree" ("debit_account_id", "entity_id", "number") true

index CREATE INDEX "postings_of_party" ON "postings" USING "btree" ("party", "entity_id", "number") true

index CREATE INDEX "projects_created_at" ON "projects" USING "btree" ("user_id", "created_at", "id") true

index CREATE INDEX "projects_name" ON "projects" USING "btree" ("user_id", "name", "id") true

index CREATE INDEX "projects_updated_at" ON "projects" USING "btree" ("user_id", "updated_at", "id") true

index CREATE INDEX "reconciliations_created_at" ON "reconciliations" USING "btree" ("created_at", "id") true

index CREATE INDEX "reconciliations_of_scope" ON "reconciliations" USING "btree" ("scope", "started_at", "id") true

index CREATE INDEX "reconciliations_started_at" ON "reconciliations" USING "btree" ("started_at", "id") true

index CREATE INDEX "reconciliations_status" ON "reconciliations" USING "btree" ("status", "id") true

index CREATE INDEX "reconciliations_updated_at" ON "reconciliations" USING "btree" ("updated_at", "id") true

index CREATE INDEX "refunds_created_at" ON "refunds" USING "btree" ("created_at", "id") true

index CREATE INDEX "refunds_status" ON "refunds" USING "btree" ("status", "id") true

index CREATE INDEX "refunds_updated_at" ON "refunds" USING "btree" ("updated_at", "id") true

index CREATE INDEX "rejections_at" ON "rejections" USING "btree" ("at", "id") true

index CREATE INDEX "rejections_command" ON "rejections" USING "btree" ("command", "at", "id") true

index CREATE INDEX "reveal_transactions_status" ON "reveal_transactions" USING "btree" ("status") true

index CREATE INDEX "reveal_transactions_tx_hash" ON "reveal_transactions" USING "btree" ("tx_hash") true

index CREATE INDEX "runbook_executions_created_at" ON "runbook_executions" USING "btree" ("created_at", "id") true

index CREATE INDEX "runbook_executions_runbook_name" ON "runbook_executions" USING "btree" ("runbook_name", "id") true

index CREATE INDEX "runbook_executions_status" ON "runbook_executions" USING "btree" ("status", "id") true

index CREATE INDEX "runbook_executions_updated_at" ON "runbook_executions" USING "btree" ("updated_at", "id") true

index CREATE INDEX "settlement_lines_user" ON "settlement_lines" USING "btree" ("user_id", "entity_id", "number") true

index CREATE INDEX "signals_recent" ON "signals" USING "btree" ("space_id", "recorded_at", "id") true

index CREATE INDEX "spaces_user_id" ON "spaces" USING "btree" ("user_id", "id") true

index CREATE INDEX "stripe_events_created" ON "stripe_events" USING "btree" ("created") true

index CREATE INDEX "stripe_events_created_at" ON "stripe_events" USING "btree" ("created_at", "id") true

index CREATE INDEX "stripe_events_of_object" ON "stripe_events" USING "btree" ("object_id", "id") true

index CREATE INDEX "stripe_events_of_type" ON "stripe_events" USING "btree" ("event_type", "id") true

index CREATE INDEX "stripe_events_received" ON "stripe_events" USING "btree" ("status", "created_at", "id") true

index CREATE INDEX "stripe_events_status" ON "stripe_events" USING "btree" ("status", "id") true

index CREATE INDEX "stripe_events_updated_at" ON "stripe_events" USING "btree" ("updated_at", "id") true

index CREATE INDEX "subspaces_space_id" ON "subspaces" USING "btree" ("space_id", "id") true

index CREATE INDEX "task_attempts_actor" ON "task_attempts" USING "btree" ("stage", "actor", "entity_id") true

index CREATE INDEX "task_attempts_at" ON "task_attempts" USING "btree" ("at") true

index CREATE INDEX "task_attempts_deaths" ON "task_attempts" USING "btree" ("stage", "at", "entity_id") WHERE (("outcome")::"text" = 'DEAD'::"text") true

index CREATE INDEX "tasks_canceled" ON "tasks" USING "btree" ("stage", "finished_at", "entity_id") WHERE ("cancel_reason" IS NOT NULL) true

index CREATE INDEX "tasks_dead" ON "tasks" USING "btree" ("stage", "entity_id") WHERE ("dead_reason" IS NOT NULL) true

index CREATE INDEX "tasks_due" ON "tasks" USING "btree" ("stage", "priority", "due_at", "entity_id") WHERE ("due_at" IS NOT NULL) true

index CREATE INDEX "tasks_finished" ON "tasks" USING "btree" ("stage", "finished_at", "entity_id") WHERE ("finished_at" IS NOT NULL) true

index CREATE INDEX "tasks_succeeded" ON "tasks" USING "btree" ("stage", "succeeded_at") WHERE ("succeeded_at" IS NOT NULL) true

index CREATE INDEX "tokens_s0_author_id" ON "tokens_s0" USING "btree" ("author_id", "token_id") true

index CREATE INDEX "tokens_s0_created_at" ON "tokens_s0" USING "btree" ("created_at", "token_id") true

index CREATE INDEX "tokens_s0_status_mint_timestamp" ON "tokens_s0" USING "btree" ("status", "mint_timestamp", "token_id") true

index CREATE INDEX "tokens_s0_updated_at" ON "tokens_s0" USING "btree" ("updated_at", "token_id") true

index CREATE INDEX "transfers_created_at" ON "transfers" USING "btree" ("created_at", "id") true

index CREATE INDEX "transfers_of_job" ON "transfers" USING "btree" ("job_id", "id") true

index CREATE INDEX "transfers_of_job_status" ON "transfers" USING "btree" ("job_id", "status", "id") true

index CREATE INDEX "transfers_of_party" ON "transfers" USING "btree" ("party", "status", "id") true

index CREATE INDEX "transfers_of_reference" ON "transfers" USING "btree" ("reference", "id") true

index CREATE INDEX "transfers_parked_at" ON "transfers" USING "btree" ("status", "parked_at", "id") true

index CREATE INDEX "transfers_status" ON "transfers" USING "btree" ("status", "id") true

index CREATE INDEX "transfers_stuck" ON "transfers" USING "btree" ("status", "updated_at", "id") true

index CREATE INDEX "transfers_updated_at" ON "transfers" USING "btree" ("updated_at", "id") true

index CREATE INDEX "webhook_rejections_at" ON "webhook_rejections" USING "btree" ("at", "id") true

index CREATE INDEX "webhook_rejections_endpoint" ON "webhook_rejections" USING "btree" ("endpoint", "at", "id") true

index CREATE UNIQUE INDEX "accounts_pkey" ON "accounts" USING "btree" ("id") true

index CREATE UNIQUE INDEX "algorithms_active" ON "algorithms" USING "btree" ("status") WHERE (("status")::"text" = 'ACTIVE'::"text") true

index CREATE UNIQUE INDEX "algorithms_pkey" ON "algorithms" USING "btree" ("id") true

index CREATE UNIQUE INDEX "api_contract_versions_number" ON "api_contract_versions" USING "btree" ("number") true

index CREATE UNIQUE INDEX "api_contract_versions_one_of_release" ON "api_contract_versions" USING "btree" ("release") WHERE (("status")::"text" = 'recorded'::"text") true

index CREATE UNIQUE INDEX "api_contract_versions_pkey" ON "api_contract_versions" USING "btree" ("id") true

index CREATE UNIQUE INDEX "artifacts_normalized_url" ON "artifacts" USING "btree" ("space_id", "normalized_url") true

index CREATE UNIQUE INDEX "artifacts_pkey" ON "artifacts" USING "btree" ("id") true

index CREATE UNIQUE INDEX "authors_pkey" ON "authors" USING "btree" ("id") true

index CREATE UNIQUE INDEX "authors_wallet" ON "authors" USING "btree" ("wallet_address") true

index CREATE UNIQUE INDEX "centroids_pkey" ON "centroids" USING "btree" ("id") true

index CREATE UNIQUE INDEX "charges_one_intent" ON "charges" USING "btree" ("intent_id") true

index CREATE UNIQUE INDEX "charges_one_item" ON "charges" USING "btree" ("item") true

index CREATE UNIQUE INDEX "charges_one_session" ON "charges" USING "btree" ("session_id") true

index CREATE UNIQUE INDEX "charges_pkey" ON "charges" USING "btree" ("id") true

index CREATE UNIQUE INDEX "concept_versions_created_at" ON "concept_versions" USING "btree" ("concept_id", "version_number", "created_at") true

index CREATE UNIQUE INDEX "concept_versions_id" ON "concept_versions" USING "btree" ("id") true

index CREATE UNIQUE INDEX "concept_versions_name_key" ON "concept_versions" USING "btree" ("concept_id", "version_number", "name_key") true

index CREATE UNIQUE INDEX "concept_versions_pkey" ON "concept_versions" USING "btree" ("concept_id", "version_number") true

index CREATE UNIQUE INDEX "concept_warnings_pkey" ON "concept_warnings" USING "btree" ("concept_id", "version_number") true

index CREATE UNIQUE INDEX "concepts_pkey" ON "concepts" USING "btree" ("id") true

index CREATE UNIQUE INDEX "contest_configurations_digest" ON "contest_configurations" USING "btree" ("contest_id", "version", "configuration_digest") true

index CREATE UNIQUE INDEX "contest_configurations_pkey" ON "contest_configurations" USING "btree" ("contest_id", "version") true

index CREATE UNIQUE INDEX "contest_events_hash" ON "contest_events" USING "btree" ("contest_id", "number", "event_hash") true

index CREATE UNIQUE INDEX "contest_events_pkey" ON "contest_events" USING "btree" ("contest_id", "number") true

index CREATE UNIQUE INDEX "contest_logs_pkey" ON "contest_logs" USING "btree" ("id") true

index CREATE UNIQUE INDEX "contests_fee" ON "contests" USING "btree" ("id", "fee_minor", "currency") true

index CREATE UNIQUE INDEX "contests_pkey" ON "contests" USING "btree" ("id") true

index CREATE UNIQUE INDEX "contests_settled_by" ON "contests" USING "btree" ("id", "settlement_run_id") true

index CREATE UNIQUE INDEX "contests_tournament" ON "contests" USING "btree" ("id", "provider_event_id") true

index CREATE UNIQUE INDEX "covered_items_item" ON "covered_items" USING "btree" ("item") true

index CREATE UNIQUE INDEX "covered_items_pkey" ON "covered_items" USING "btree" ("entity_id", "seq", "number") true

index CREATE UNIQUE INDEX "declarations_pkey" ON "declarations" USING "btree" ("lifecycle", "declared_at") true

index CREATE UNIQUE INDEX "discrepancies_pkey" ON "discrepancies" USING "btree" ("entity_id", "seq", "number") true

index CREATE UNIQUE INDEX "disputes_pkey" ON "disputes" USING "btree" ("id") true

index CREATE UNIQUE INDEX "entries_number" ON "entries" USING "btree" ("contest_id", "user_id", "entry_number") true

index CREATE UNIQUE INDEX "entries_pkey" ON "entries" USING "btree" ("id") true

index CREATE UNIQUE INDEX "entries_place_number" ON "entries" USING "btree" ("contest_id", "place_number") true

index CREATE UNIQUE INDEX "event_faults_of_event" ON "event_faults" USING "btree" ("entity_id", "event_number", "number") true

index CREATE UNIQUE INDEX "event_faults_pkey" ON "event_faults" USING "btree" ("entity_id", "seq", "number") true

index CREATE UNIQUE INDEX "history_feed" ON "history" USING "btree" ("position") true

index CREATE UNIQUE INDEX "history_revision" ON "history" USING "btree" ("lifecycle", "entity_id", "seq", "to_state", "version", "hash") true

index CREATE UNIQUE INDEX "history_seq" ON "history" USING "btree" ("lifecycle", "entity_id", "seq") true

index CREATE UNIQUE INDEX "hung_threads_pkey" ON "hung_threads" USING "btree" ("stage", "process") true

index CREATE UNIQUE INDEX "image_generation_jobs_pkey" ON "image_generation_jobs" USING "btree" ("id") true

index CREATE UNIQUE INDEX "ipfs_upload_records_pkey" ON "ipfs_upload_records" USING "btree" ("id") true

index CREATE UNIQUE INDEX "job_outputs_pkey" ON "job_outputs" USING "btree" ("job_id", "number") true

index CREATE UNIQUE INDEX "job_specs_job_id" ON "job_specs" USING "btree" ("job_id") true

index CREATE UNIQUE INDEX "job_specs_pkey" ON "job_specs" USING "btree" ("job_id", "number") true

index CREATE UNIQUE INDEX "jobs_number" ON "jobs" USING "btree" ("project_id", "number") true

index CREATE UNIQUE INDEX "jobs_one_running" ON "jobs" USING "btree" ("project_id") WHERE (("status")::"text" = 'running'::"text") true

index CREATE UNIQUE INDEX "jobs_owner" ON "jobs" USING "btree" ("user_id", "id") true

index CREATE UNIQUE INDEX "jobs_pkey" ON "jobs" USING "btree" ("id") true

index CREATE UNIQUE INDEX "keys_pkey" ON "keys" USING "btree" ("id") true

index CREATE UNIQUE INDEX "lifecycle_edges_all_columns" ON "lifecycle_edges" USING "btree" ("lifecycle", "from_state", "action", "to_state", "adds_version") true

index CREATE UNIQUE INDEX "lifecycle_edges_pkey" ON "lifecycle_edges" USING "btree" ("lifecycle", "from_state", "action") true

index CREATE UNIQUE INDEX "mint_events_canonical" ON "mint_events" USING "btree" ("tx_hash", "log_index") WHERE (("status")::"text" = 'canonical'::"text") true

index CREATE UNIQUE INDEX "mint_events_occurrence" ON "mint_events" USING "btree" ("block_hash", "tx_hash", "log_index") true

index CREATE UNIQUE INDEX "mint_events_pkey" ON "mint_events" USING "btree" ("id") true

index CREATE UNIQUE INDEX "movements_one_fact" ON "movements" USING "btree" ("fact_key") true

index CREATE UNIQUE INDEX "movements_one_key" ON "movements" USING "btree" ("key") true

index CREATE UNIQUE INDEX "movements_one_reversal" ON "movements" USING "btree" ("reverses") true

index CREATE UNIQUE INDEX "movements_pkey" ON "movements" USING "btree" ("id") true

index CREATE UNIQUE INDEX "payees_one_destination" ON "payees" USING "btree" ("destination") true

index CREATE UNIQUE INDEX "payees_pkey" ON "payees" USING "btree" ("id") true

index CREATE UNIQUE INDEX "payloads_pkey" ON "payloads" USING "btree" ("digest") true

index CREATE UNIQUE INDEX "payment_switches_pkey" ON "payment_switches" USING "btree" ("id") true

index CREATE UNIQUE INDEX "payout_jobs_of_reference" ON "payout_jobs" USING "btree" ("id", "reference", "currency") true

index CREATE UNIQUE INDEX "payout_jobs_pkey" ON "payout_jobs" USING "btree" ("id") true

index CREATE UNIQUE INDEX "postings_owed_line" ON "postings" USING "btree" ("owed_movement_id", "owed_number") WHERE ("owed_movement_id" IS NOT NULL) true

index CREATE UNIQUE INDEX "postings_pkey" ON "postings" USING "btree" ("entity_id", "seq", "number") true

index CREATE UNIQUE INDEX "postings_reversal" ON "postings" USING "btree" ("reversed_movement_id", "reversed_number", "reversal_ref") WHERE ("reversed_movement_id" IS NOT NULL) true

index CREATE UNIQUE INDEX "project_prompts_pkey" ON "project_prompts" USING "btree" ("project_id", "number") true

index CREATE UNIQUE INDEX "projects_owner" ON "projects" USING "btree" ("user_id", "id") true

index CREATE UNIQUE INDEX "projects_pkey" ON "projects" USING "btree" ("id") true

index CREATE UNIQUE INDEX "provider_feeds_pkey" ON "provider_feeds" USING "btree" ("id") true

index CREATE UNIQUE INDEX "provider_fetches_pkey" ON "provider_fetches" USING "btree" ("provider_event_id", "number") true

index CREATE UNIQUE INDEX "pruned_stages_pkey" ON "pruned_stages" USING "btree" ("stage") true

index CREATE UNIQUE INDEX "pruned_tables_pkey" ON "pruned_tables" USING "btree" ("table_name") true

index CREATE UNIQUE INDEX "rate_buckets_pkey" ON "rate_buckets" USING "btree" ("stage") true

index CREATE UNIQUE INDEX "receipts_key" ON "receipts" USING "btree" ("owner", "key") true

index CREATE UNIQUE INDEX "reconciliations_one_running" ON "reconciliations" USING "btree" ("scope") WHERE (("status")::"text" = 'STARTED'::"text") true

index CREATE UNIQUE INDEX "reconciliations_pkey" ON "reconciliations" USING "btree" ("id") true

index CREATE UNIQUE INDEX "refund_attempts_pkey" ON "refund_attempts" USING "btree" ("refund_id", "number") true

index CREATE UNIQUE INDEX "refunds_number" ON "refunds" USING "btree" ("charge_id", "number") true

index CREATE UNIQUE INDEX "refunds_one_running" ON "refunds" USING "btree" ("charge_id") WHERE (("status")::"text" = ANY (ARRAY['requested'::"text", 'pending'::"text", 'requires_action'::"text"])) true

index CREATE UNIQUE INDEX "refunds_one_stripe_refund" ON "refunds" USING "btree" ("stripe_refund_id") true

index CREATE UNIQUE INDEX "refunds_pkey" ON "refunds" USING "btree" ("id") true

index CREATE UNIQUE INDEX "rejections_pkey" ON "rejections" USING "btree" ("id") true

index CREATE UNIQUE INDEX "reveal_transactions_pkey" ON "reveal_transactions" USING "btree" ("id") true

index CREATE UNIQUE INDEX "rosters_digest" ON "rosters" USING "btree" ("entry_id", "number", "roster_digest") true

index CREATE UNIQUE INDEX "rosters_pkey" ON "rosters" USING "btree" ("entry_id", "number") true

index CREATE UNIQUE INDEX "runbook_execution_steps_pkey" ON "runbook_execution_steps" USING "btree" ("entity_id", "seq", "number") true

index CREATE UNIQUE INDEX "runbook_executions_pkey" ON "runbook_executions" USING "btree" ("id") true

index CREATE UNIQUE INDEX "seal_records_pkey" ON "seal_records" USING "btree" ("record_table", "record_hash") true

index CREATE UNIQUE INDEX "seals_end" ON "seals" USING "btree" ("number", "ends_at", "hash") true

index CREATE UNIQUE INDEX "seals_pkey" ON "seals" USING "btree" ("number") true

index CREATE UNIQUE INDEX "settings_pkey" ON "settings" USING "btree" ("id") true

index CREATE UNIQUE INDEX "settlement_lines_entry" ON "settlement_lines" USING "btree" ("entity_id", "entry_id") true

index CREATE UNIQUE INDEX "settlement_lines_pkey" ON "settlement_lines" USING "btree" ("entity_id", "seq", "number") true

index CREATE UNIQUE INDEX "settlement_runs_number" ON "settlement_runs" USING "btree" ("contest_id", "number") true

index CREATE UNIQUE INDEX "settlement_runs_of_contest" ON "settlement_runs" USING "btree" ("id", "contest_id", "status") true

index CREATE UNIQUE INDEX "settlement_runs_one_complete" ON "settlement_runs" USING "btree" ("contest_id") WHERE (("status")::"text" = 'COMPLETE'::"text") true

index CREATE UNIQUE INDEX "settlement_runs_one_started" ON "settlement_runs" USING "btree" ("contest_id") WHERE (("status")::"text" = 'STARTED'::"text") true

index CREATE UNIQUE INDEX "settlement_runs_pkey" ON "settlement_runs" USING "btree" ("id") true

index CREATE UNIQUE INDEX "signals_applied_seq" ON "signals" USING "btree" ("subspace_id", "applied_seq", "hash") true

index CREATE UNIQUE INDEX "signals_artifact_seq" ON "signals" USING "btree" ("artifact_id", "artifact_seq", "hash") true

index CREATE UNIQUE INDEX "signals_capture_key" ON "signals" USING "btree" ("user_id", "capture_key") true

index CREATE UNIQUE INDEX "signals_pkey" ON "signals" USING "btree" ("id") true

index CREATE UNIQUE INDEX "spaces_pkey" ON "spaces" USING "btree" ("id") true

index CREATE UNIQUE INDEX "stage_breakers_pkey" ON "stage_breakers" USING "btree" ("stage") true

index CREATE UNIQUE INDEX "stages_pkey" ON "stages" USING "btree" ("id") true

index CREATE UNIQUE INDEX "stripe_event_attempts_pkey" ON "stripe_event_attempts" USING "btree" ("event_id", "number") true

index CREATE UNIQUE INDEX "stripe_events_pkey" ON "stripe_events" USING "btree" ("id") true

index CREATE UNIQUE INDEX "subscriber_cursors_pkey" ON "subscriber_cursors" USING "btree" ("name") true

index CREATE UNIQUE INDEX "subspaces_pkey" ON "subspaces" USING "btree" ("id") true

index CREATE UNIQUE INDEX "system_state_pkey" ON "system_state" USING "btree" ("id") true

index CREATE UNIQUE INDEX "task_attempts_pkey" ON "task_attempts" USING "btree" ("stage", "entity_id", "fence", "outcome") true

index CREATE UNIQUE INDEX "tasks_pkey" ON "tasks" USING "btree" ("stage", "entity_id") true

index CREATE UNIQUE INDEX "tokens_s0_pkey" ON "tokens_s0" USING "btree" ("id") true

index CREATE UNIQUE INDEX "tokens_s0_token_id" ON "tokens_s0" USING "btree" ("token_id") true

index CREATE UNIQUE INDEX "transfer_attempts_pkey" ON "transfer_attempts" USING "btree" ("transfer_id", "number") true

index CREATE UNIQUE INDEX "transfer_lines_owed_line" ON "transfer_lines" USING "btree" ("owed_movement_id", "owed_number") true

index CREATE UNIQUE INDEX "transfer_lines_pkey" ON "transfer_lines" USING "btree" ("entity_id", "seq", "number") true

index CREATE UNIQUE INDEX "transfers_one_stripe_transfer" ON "transfers" USING "btree" ("stripe_transfer_id") true

index CREATE UNIQUE INDEX "transfers_pkey" ON "transfers" USING "btree" ("id") true

index CREATE UNIQUE INDEX "watched_subjects_pkey" ON "watched_subjects" USING "btree" ("kind", "stage", "entity_id") true

index CREATE UNIQUE INDEX "webhook_rejections_pkey" ON "webhook_rejections" USING "btree" ("id") true

key trigger accounts accounts_history 17 O

key trigger accounts accounts_history 5 O

key trigger accounts accounts_movement 17 O

key trigger accounts accounts_movement 5 O

key trigger algorithms algorithms_history 17 O

key trigger algorithms algorithms_history 5 O

key trigger algorithms signals_algorithm 17 O

key trigger algorithms signals_algorithm 9 O

key trigger api_contract_versions api_contract_versions_history 17 O

key trigger api_contract_versions api_contract_versions_history 5 O

key trigger artifacts artifacts_signal 17 O

key trigger artifacts artifacts_signal 5 O

key trigger artifacts artifacts_space 17 O

key trigger artifacts artifacts_space 5 O

key trigger artifacts signals_artifact 17 O

key trigger artifacts signals_artifact 9 O

key trigger authors authors_history 17 O

key trigger authors authors_history 5 O

key trigger authors tokens_s0_author 17 O

key trigger authors tokens_s0_author 9 O

key trigger centroids centroids_signal 17 O

key trigger centroids centroids_signal 5 O

key trigger centroids centroids_subspace 17 O

key trigger centroids centroids_subspace 5 O

key trigger charges charges_history 17 O

key trigger charges charges_history 5 O

key trigger charges disputes_charge 17 O

key trigger charges disputes_charge 9 O

key trigger charges refunds_charge 17 O

key trigger charges refunds_charge 9 O

key trigger concept_versions concept_versions_concept 17 O

key trigger concept_versions concept_versions_concept 5 O

key trigger concept_versions concept_versions_previous 17 O

key trigger concept_versions concept_versions_previous 17 O

key trigger concept_versions concept_versions_previous 5 O

key trigger concept_versions concept_versions_previous 9 O

key trigger concept_versions concept_warnings_version 17 O

key trigger concept_versions concept_warnings_version 9 O

key trigger concept_versions concepts_version 17 O

key trigger concept_versions concepts_version 9 O

key trigger concept_warnings concept_warnings_version 17 O

key trigger concept_warnings concept_warnings_version 5 O

key trigger concept_warnings concepts_warnings 17 O

key trigger concept_warnings concepts_warnings 9 O

key trigger concepts concept_versions_concept 17 O

key trigger concepts concept_versions_concept 9 O

key trigger concepts concepts_history 17 O

key trigger concepts concepts_history 5 O

key trigger concepts concepts_version 17 O

key trigger concepts concepts_version 5 O

key trigger concepts concepts_warnings 17 O

key trigger concepts concepts_warnings 5 O

key trigger contest_configurations contest_configurations_contest 17 O

key trigger contest_configurations contest_configurations_contest 5 O

key trigger contest_configurations contest_configurations_previous 17 O

key trigger contest_configurations contest_configurations_previous 17 O

key trigger contest_configurations contest_configurations_previous 5 O

key trigger contest_configurations contest_configurations_previous 9 O

key trigger contest_configurations contests_configuration 17 O

key trigger contest_configurations contests_configuration 9 O

key trigger contest_configurations settlement_runs_configuration 17 O

key trigger contest_configurations settlement_runs_configuration 9 O

key trigger contest_events contest_events_log 17 O

key trigger contest_events contest_events_log 5 O

key trigger contest_events contest_events_payload 17 O

key trigger contest_events contest_events_payload 5 O

key trigger contest_events contest_events_previous 17 O

key trigger contest_events contest_events_previous 17 O

key trigger contest_events contest_events_previous 5 O

key trigger contest_events contest_events_previous 9 O

key trigger contest_events contest_events_snapshot 17 O

key trigger contest_events contest_events_snapshot 17 O

key trigger contest_events contest_events_snapshot 5 O

key trigger contest_events contest_events_snapshot 9 O

key trigger contest_events contest_events_superseded 17 O

key trigger contest_events contest_events_superseded 17 O

key trigger contest_events contest_events_superseded 5 O

key trigger contest_events contest_events_superseded 9 O

key trigger contest_events contest_logs_cancelled_number 17 O

key trigger contest_events contest_logs_cancelled_number 9 O

key trigger contest_events contest_logs_conflict_number 17 O

key trigger contest_events contest_logs_conflict_number 9 O

key trigger contest_events contest_logs_event 17 O

key trigger contest_events contest_logs_event 9 O

key trigger contest_events contest_logs_field_number 17 O

key trigger contest_events contest_logs_field_number 9 O

key trigger contest_events contest_logs_leaderboard_number 17 O

key trigger contest_events contest_logs_leaderboard_number 9 O

key trigger contest_events contest_logs_pending_rewrite_number 17 O

key trigger contest_events contest_logs_pending_rewrite_number 9 O

key trigger contest_events contest_logs_terminal_number 17 O

key trigger contest_events contest_logs_terminal_number 9 O

key trigger contest_events event_faults_event 17 O

key trigger contest_events event_faults_event 9 O

key trigger contest_events settlement_runs_event 17 O

key trigger contest_events settlement_runs_event 9 O

key trigger contest_logs contest_events_log 17 O

key trigger contest_logs contest_events_log 9 O

key trigger contest_logs contest_logs_cancelled_number 17 O

key trigger contest_logs contest_logs_cancelled_number 5 O

key trigger contest_logs contest_logs_conflict_number 17 O

key trigger contest_logs contest_logs_conflict_number 5 O

key trigger contest_logs contest_logs_contest 17 O

key trigger contest_logs contest_logs_contest 5 O

key trigger contest_logs contest_logs_event 17 O

key trigger contest_logs contest_logs_event 5 O

key trigger contest_logs contest_logs_feed 17 O

key trigger contest_logs contest_logs_feed 5 O

key trigger contest_logs contest_logs_fetch 17 O

key trigger contest_logs contest_logs_fetch 5 O

key trigger contest_logs contest_logs_field_number 17 O

key trigger contest_logs contest_logs_field_number 5 O

key trigger contest_logs contest_logs_history 17 O

key trigger contest_logs contest_logs_history 5 O

key trigger contest_logs contest_logs_leaderboard_number 17 O

key trigger contest_logs contest_logs_leaderboard_number 5 O

key trigger contest_logs contest_logs_pending_rewrite_number 17 O

key trigger contest_logs contest_logs_pending_rewrite_number 5 O

key trigger contest_logs contest_logs_terminal_number 17 O

key trigger contest_logs contest_logs_terminal_number 5 O

key trigger contest_logs event_faults_head 17 O

key trigger contest_logs event_faults_head 9 O

key trigger contests contest_configurations_contest 17 O

key trigger contests contest_configurations_contest 9 O

key trigger contests contest_logs_contest 17 O

key trigger contests contest_logs_contest 9 O

key trigger contests contests_configuration 17 O

key trigger contests contests_configuration 5 O

key trigger contests contests_history 17 O

key trigger contests contests_history 5 O

key trigger contests contests_settlement 17 O

key trigger contests contests_settlement 5 O

key trigger contests entries_contest 17 O

key trigger contests entries_contest 9 O

key trigger contests settlement_runs_contest 17 O

key trigger contests settlement_runs_contest 9 O

key trigger contests settlement_runs_settled 17 O

key trigger contests settlement_runs_settled 9 O

key trigger covered_items covered_items_head 17 O

key trigger covered_items covered_items_head 5 O

key trigger discrepancies discrepancies_head 17 O

key trigger discrepancies discrepancies_head 5 O

key trigger disputes disputes_charge 17 O

key trigger disputes disputes_charge 5 O

key trigger disputes disputes_history 17 O

key trigger disputes disputes_history 5 O

key trigger entries entries_contest 17 O

key trigger entries entries_contest 5 O

key trigger entries entries_history 17 O

key trigger entries entries_history 5 O

key trigger entries entries_roster 17 O

key trigger entries entries_roster 5 O

key trigger entries rosters_entry 17 O

key trigger entries rosters_entry 9 O

key trigger event_faults event_faults_event 17 O

key trigger event_faults event_faults_event 5 O

key trigger event_faults event_faults_head 17 O

key trigger event_faults event_faults_head 5 O

key trigger history accounts_history 17 O

key trigger history accounts_history 9 O

key trigger history algorithms_history 17 O

key trigger history algorithms_history 9 O

key trigger history api_contract_versions_history 17 O

key trigger history api_contract_versions_history 9 O

key trigger history authors_history 17 O

key trigger history authors_history 9 O

key trigger history charges_history 17 O

key trigger history charges_history 9 O

key trigger history concepts_history 17 O

key trigger history concepts_history 9 O

key trigger history contest_logs_history 17 O

key trigger history contest_logs_history 9 O

key trigger history contests_history 17 O

key trigger history contests_history 9 O

key trigger history disputes_history 17 O

key trigger history disputes_history 9 O

key trigger history entries_history 17 O

key trigger history entries_history 9 O

key trigger history history_edge 17 O

key trigger history history_edge 5 O

key trigger history history_predecessor 17 O

key trigger history history_predecessor 17 O

key trigger history history_predecessor 5 O

key trigger history history_predecessor 9 O

key trigger history image_generation_jobs_history 17 O

key trigger history image_generation_jobs_history 9 O

key trigger history ipfs_upload_records_history 17 O

key trigger history ipfs_upload_records_history 9 O

key trigger history jobs_history 17 O

key trigger history jobs_history 9 O

key trigger history keys_history 17 O

key trigger history keys_history 9 O

key trigger history mint_events_history 17 O

key trigger history mint_events_history 9 O

key trigger history movements_history 17 O

key trigger history movements_history 9 O

key trigger history payees_history 17 O

key trigger history payees_history 9 O

key trigger history payment_switches_history 17 O

key trigger history payment_switches_history 9 O

key trigger history payout_jobs_history 17 O

key trigger history payout_jobs_history 9 O

key trigger history projects_history 17 O

key trigger history projects_history 9 O

key trigger history provider_feeds_history 17 O

key trigger history provider_feeds_history 9 O

key trigger history reconciliations_history 17 O

key trigger history reconciliations_history 9 O

key trigger history refunds_history 17 O

key trigger history refunds_history 9 O

key trigger history reveal_transactions_history 17 O

key trigger history reveal_transactions_history 9 O

key trigger history runbook_executions_history 17 O

key trigger history runbook_executions_history 9 O

key trigger history settings_history 17 O

key trigger history settings_history 9 O

key trigger history settlement_runs_history 17 O

key trigger history settlement_runs_history 9 O

key trigger history spaces_history 17 O

key trigger history spaces_history 9 O

key trigger history stages_history 17 O

key trigger history stages_history 9 O

key trigger history stripe_events_history 17 O

key trigger history stripe_events_history 9 O

key trigger history subspaces_history 17 O

key trigger history subspaces_history 9 O

key trigger history system_state_history 17 O

key trigger history system_state_history 9 O

key trigger history tokens_s0_history 17 O

key trigger history tokens_s0_history 9 O

key trigger history transfers_history 17 O

key trigger history transfers_history 9 O

key trigger image_generation_jobs image_generation_jobs_history 17 O

key trigger image_generation_jobs image_generation_jobs_history 5 O

key trigger image_generation_jobs image_generation_jobs_token 17 O

key trigger image_generation_jobs image_generation_jobs_token 5 O

key trigger ipfs_upload_records ipfs_upload_records_history 17 O

key trigger ipfs_upload_records ipfs_upload_records_history 5 O

key trigger ipfs_upload_records ipfs_upload_records_token 17 O

key trigger ipfs_upload_records ipfs_upload_records_token 5 O

key trigger job_outputs job_outputs_job 17 O

key trigger job_outputs job_outputs_job 5 O

key trigger job_outputs job_outputs_previous 17 O

key trigger job_outputs job_outputs_previous 17 O

key trigger job_outputs job_outputs_previous 5 O

key trigger job_outputs job_outputs_previous 9 O

key trigger job_outputs jobs_output 17 O

key trigger job_outputs jobs_output 9 O

key trigger job_specs job_specs_job 17 O

key trigger job_specs job_specs_job 5 O

key trigger job_specs jobs_spec 17 O

key trigger job_specs jobs_spec 9 O

key trigger jobs job_outputs_job 17 O

key trigger jobs job_outputs_job 9 O

key trigger jobs job_specs_job 17 O

key trigger jobs job_specs_job 9 O

key trigger jobs jobs_history 17 O

key trigger jobs jobs_history 5 O

key trigger jobs jobs_output 17 O

key trigger jobs jobs_output 5 O

key trigger jobs jobs_project 17 O

key trigger jobs jobs_project 5 O

key trigger jobs jobs_spec 17 O

key trigger jobs jobs_spec 5 O

key trigger keys keys_history 17 O

key trigger keys keys_history 5 O

key trigger lifecycle_edges history_edge 17 O

key trigger lifecycle_edges history_edge 9 O

key trigger mint_events mint_events_history 17 O

key trigger mint_events mint_events_history 5 O

key trigger mint_events tokens_s0_mint 17 O

key trigger mint_events tokens_s0_mint 9 O

key trigger movements accounts_movement 17 O

key trigger movements accounts_movement 9 O

key trigger movements covered_items_head 17 O

key trigger movements covered_items_head 9 O

key trigger movements movements_history 17 O

key trigger movements movements_history 5 O

key trigger movements movements_reversed 17 O

key trigger movements movements_reversed 17 O

key trigger movements movements_reversed 5 O

key trigger movements movements_reversed 9 O

key trigger movements postings_head 17 O

key trigger movements postings_head 9 O

key trigger payees payees_history 17 O

key trigger payees payees_history 5 O

key trigger payloads contest_events_payload 17 O

key trigger payloads contest_events_payload 9 O

key trigger payloads provider_fetches_payload 17 O

key trigger payloads provider_fetches_payload 9 O

key trigger payloads stripe_events_payload 17 O

key trigger payloads stripe_events_payload 9 O

key trigger payment_switches payment_switches_history 17 O

key trigger payment_switches payment_switches_history 5 O

key trigger payout_jobs payout_jobs_history 17 O

key trigger payout_jobs payout_jobs_history 5 O

key trigger payout_jobs transfers_job 17 O

key trigger payout_jobs transfers_job 9 O

key trigger postings postings_head 17 O

key trigger postings postings_head 5 O

key trigger project_prompts project_prompts_previous 17 O

key trigger project_prompts project_prompts_previous 17 O

key trigger project_prompts project_prompts_previous 5 O

key trigger project_prompts project_prompts_previous 9 O

key trigger project_prompts project_prompts_project 17 O

key trigger project_prompts project_prompts_project 5 O

key trigger project_prompts projects_prompt 17 O

key trigger project_prompts projects_prompt 9 O

key trigger projects jobs_project 17 O

key trigger projects jobs_project 9 O

key trigger projects project_prompts_project 17 O

key trigger projects project_prompts_project 9 O

key trigger projects projects_history 17 O

key trigger projects projects_history 5 O

key trigger projects projects_prompt 17 O

key trigger projects projects_prompt 5 O

key trigger provider_feeds contest_logs_feed 17 O

key trigger provider_feeds contest_logs_feed 9 O

key trigger provider_feeds provider_feeds_fetch 17 O

key trigger provider_feeds provider_feeds_fetch 5 O

key trigger provider_feeds provider_feeds_history 17 O

key trigger provider_feeds provider_feeds_history 5 O

key trigger provider_feeds provider_fetches_feed 17 O

key trigger provider_feeds provider_fetches_feed 9 O

key trigger provider_fetches contest_logs_fetch 17 O

key trigger provider_fetches contest_logs_fetch 9 O

key trigger provider_fetches provider_feeds_fetch 17 O

key trigger provider_fetches provider_feeds_fetch 9 O

key trigger provider_fetches provider_fetches_feed 17 O

key trigger provider_fetches provider_fetches_feed 5 O

key trigger provider_fetches provider_fetches_payload 17 O

key trigger provider_fetches provider_fetches_payload 5 O

key trigger provider_fetches provider_fetches_previous 17 O

key trigger provider_fetches provider_fetches_previous 17 O

key trigger provider_fetches provider_fetches_previous 5 O

key trigger provider_fetches provider_fetches_previous 9 O

key trigger reconciliations discrepancies_head 17 O

key trigger reconciliations discrepancies_head 9 O

key trigger reconciliations reconciliations_history 17 O

key trigger reconciliations reconciliations_history 5 O

key trigger refund_attempts refund_attempts_previous 17 O

key trigger refund_attempts refund_attempts_previous 17 O

key trigger refund_attempts refund_attempts_previous 5 O

key trigger refund_attempts refund_attempts_previous 9 O

key trigger refund_attempts refund_attempts_refund 17 O

key trigger refund_attempts refund_attempts_refund 5 O

key trigger refunds refund_attempts_refund 17 O

key trigger refunds refund_attempts_refund 9 O

key trigger refunds refunds_charge 17 O

key trigger refunds refunds_charge 5 O

key trigger refunds refunds_history 17 O

key trigger refunds refunds_history 5 O

key trigger reveal_transactions reveal_transactions_history 17 O

key trigger reveal_transactions reveal_transactions_history 5 O

key trigger rosters entries_roster 17 O

key trigger rosters entries_roster 9 O

key trigger rosters rosters_entry 17 O

key trigger rosters rosters_entry 5 O

key trigger rosters rosters_previous 17 O

key trigger rosters rosters_previous 17 O

key trigger rosters rosters_previous 5 O

key trigger rosters rosters_previous 9 O

key trigger runbook_execution_steps runbook_execution_steps_head 17 O

key trigger runbook_execution_steps runbook_execution_steps_head 5 O

key trigger runbook_executions runbook_execution_steps_head 17 O

key trigger runbook_executions runbook_execution_steps_head 9 O

key trigger runbook_executions runbook_executions_history 17 O

key trigger runbook_executions runbook_executions_history 5 O

key trigger seal_records seal_records_seal 17 O

key trigger seal_records seal_records_seal 5 O

key trigger seals seal_records_seal 17 O

key trigger seals seal_records_seal 9 O

key trigger seals seals_predecessor 17 O

key trigger seals seals_predecessor 17 O

key trigger seals seals_predecessor 5 O

key trigger seals seals_predecessor 9 O

key trigger settings settings_history 17 O

key trigger settings settings_history 5 O

key trigger settlement_lines settlement_lines_head 17 O

key trigger settlement_lines settlement_lines_head 5 O

key trigger settlement_runs contests_settlement 17 O

key trigger settlement_runs contests_settlement 9 O

key trigger settlement_runs settlement_lines_head 17 O

key trigger settlement_runs settlement_lines_head 9 O

key trigger settlement_runs settlement_runs_configuration 17 O

key trigger settlement_runs settlement_runs_configuration 5 O

key trigger settlement_runs settlement_runs_contest 17 O

key trigger settlement_runs settlement_runs_contest 5 O

key trigger settlement_runs settlement_runs_event 17 O

key trigger settlement_runs settlement_runs_event 5 O

key trigger settlement_runs settlement_runs_history 17 O

key trigger settlement_runs settlement_runs_history 5 O

key trigger settlement_runs settlement_runs_settled 17 O

key trigger settlement_runs settlement_runs_settled 5 O

key trigger signals artifacts_signal 17 O

key trigger signals artifacts_signal 9 O

key trigger signals centroids_signal 17 O

key trigger signals centroids_signal 9 O

key trigger signals signals_algorithm 17 O

key trigger signals signals_algorithm 5 O

key trigger signals signals_artifact 17 O

key trigger signals signals_artifact 5 O

key trigger signals signals_space 17 O

key trigger signals signals_space 5 O

key trigger signals signals_subspace 17 O

key trigger signals signals_subspace 5 O

key trigger spaces artifacts_space 17 O

key trigger spaces artifacts_space 9 O

key trigger spaces signals_space 17 O

key trigger spaces signals_space 9 O

key trigger spaces spaces_history 17 O

key trigger spaces spaces_history 5 O

key trigger spaces subspaces_space 17 O

key trigger spaces subspaces_space 9 O

key trigger stages stages_history 17 O

key trigger stages stages_history 5 O

key trigger stripe_event_attempts stripe_event_attempts_event 17 O

key trigger stripe_event_attempts stripe_event_attempts_event 5 O

key trigger stripe_event_attempts stripe_event_attempts_previous 17 O

key trigger stripe_event_attempts stripe_event_attempts_previous 17 O

key trigger stripe_event_attempts stripe_event_attempts_previous 5 O

key trigger stripe_event_attempts stripe_event_attempts_previous 9 O

key trigger stripe_events stripe_event_attempts_event 17 O

key trigger stripe_events stripe_event_attempts_event 9 O

key trigger stripe_events stripe_events_history 17 O

key trigger stripe_events stripe_events_history 5 O

key trigger stripe_events stripe_events_payload 17 O

key trigger stripe_events stripe_events_payload 5 O

key trigger subspaces centroids_subspace 17 O

key trigger subspaces centroids_subspace 9 O

key trigger subspaces signals_subspace 17 O

key trigger subspaces signals_subspace 9 O

key trigger subspaces subspaces_history 17 O

key trigger subspaces subspaces_history 5 O

key trigger subspaces subspaces_space 17 O

key trigger subspaces subspaces_space 5 O

key trigger system_state system_state_history 17 O

key trigger system_state system_state_history 5 O

key trigger tokens_s0 image_generation_jobs_token 17 O

key trigger tokens_s0 image_generation_jobs_token 9 O

key trigger tokens_s0 ipfs_upload_records_token 17 O

key trigger tokens_s0 ipfs_upload_records_token 9 O

key trigger tokens_s0 tokens_s0_author 17 O

key trigger tokens_s0 tokens_s0_author 5 O

key trigger tokens_s0 tokens_s0_history 17 O

key trigger tokens_s0 tokens_s0_history 5 O

key trigger tokens_s0 tokens_s0_mint 17 O

key trigger tokens_s0 tokens_s0_mint 5 O

key trigger transfer_attempts transfer_attempts_previous 17 O

key trigger transfer_attempts transfer_attempts_previous 17 O

key trigger transfer_attempts transfer_attempts_previous 5 O

key trigger transfer_attempts transfer_attempts_previous 9 O

key trigger transfer_attempts transfer_attempts_transfer 17 O

key trigger transfer_attempts transfer_attempts_transfer 5 O

key trigger transfer_lines transfer_lines_head 17 O

key trigger transfer_lines transfer_lines_head 5 O

key trigger transfers transfer_attempts_transfer 17 O

key trigger transfers transfer_attempts_transfer 9 O

key trigger transfers transfer_lines_head 17 O

key trigger transfers transfer_lines_head 9 O

key trigger transfers transfers_history 17 O

key trigger transfers transfers_history 5 O

key trigger transfers transfers_job 17 O

key trigger transfers transfers_job 5 O

key trigger transfers transfers_reissued 17 O

key trigger transfers transfers_reissued 17 O

key trigger transfers transfers_reissued 5 O

key trigger transfers transfers_reissued 9 O

sequence history_position_seq bigint increment 1 from 1 to 9223372036854775807 cache 1 cycle false

table accounts rp false false

table algorithms rp false false

table api_contract_versions rp false false

table artifacts rp false false

table authors rp false false

table centroids rp false false

table charges rp false false

table concept_versions rp false false

table concept_warnings rp false false

table concepts rp false false

table contest_configurations rp false false

table contest_events rp false false

table contest_logs rp false false

table contests rp false false

table covered_items rp false false

table declarations rp false false

table discrepancies rp false false

table disputes rp false false

table entries rp false false

table event_faults rp false false

table history rp false false

table hung_threads rp false false

table image_generation_jobs rp false false

table ipfs_upload_records rp false false

table job_outputs rp false false

table job_specs rp false false

table jobs rp false false

table keys rp false false

table lifecycle_edges rp false false

table mint_events rp false false

table movements rp false false

table payees rp false false

table payloads rp false false

table payment_switches rp false false

table payout_jobs rp false false

table postings rp false false

table project_prompts rp false false

table projects rp false false

table provider_feeds rp false false

table provider_fetches rp false false

table pruned_stages rp false false

table pruned_tables rp false false

table rate_buckets rp false false

table receipts rp false false

table reconciliations rp false false

table refund_attempts rp false false

table refunds rp false false

table rejections rp false false

table reveal_transactions rp false false

table rosters rp false false

table runbook_execution_steps rp false false

table runbook_executions rp false false

table seal_records rp false false

table seals rp false false

table settings rp false false

table settlement_lines rp false false

table settlement_runs rp false false

table signals rp false false

table spaces rp false false

table stage_breakers rp false false

table stages rp false false

table stripe_event_attempts rp false false

table stripe_events rp false false

table subscriber_cursors rp false false

table subspaces rp false false

table system_state rp false false

table task_attempts rp false false

table tasks rp false false

table tokens_s0 rp false false

table transfer_attempts rp false false

table transfer_lines rp false false

table transfers rp false false

table watched_subjects rp false false

table webhook_rejections rp false false

trigger A CREATE TRIGGER "accounts_balance" BEFORE UPDATE ON "accounts" FOR EACH ROW EXECUTE FUNCTION "accounts_balance"()

trigger A CREATE TRIGGER "accounts_fixed" BEFORE UPDATE ON "accounts" FOR EACH ROW WHEN ((((("new"."kind")::"text" = ("old"."kind")::"text") AND ((("new"."reference")::"text" = ("old"."reference")::"text") OR (("new"."reference" IS NULL) AND ("old"."reference" IS NULL))) AND (("new"."currency")::"text" = ("old"."currency")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "accounts_fixed"()

trigger A CREATE TRIGGER "accounts_initial_fields" AFTER INSERT ON "accounts" FOR EACH ROW EXECUTE FUNCTION "accounts_initial_fields"()

trigger A CREATE TRIGGER "accounts_left_movement" BEFORE UPDATE ON "accounts" FOR EACH ROW WHEN (("old"."last_movement_id" IS NOT NULL)) EXECUTE FUNCTION "accounts_left_movement"()

trigger A CREATE TRIGGER "accounts_new_movement" BEFORE UPDATE ON "accounts" FOR EACH ROW EXECUTE FUNCTION "accounts_new_movement"()

trigger A CREATE TRIGGER "accounts_no_delete" BEFORE DELETE ON "accounts" FOR EACH STATEMENT EXECUTE FUNCTION "accounts_no_delete"()

trigger A CREATE TRIGGER "accounts_no_truncate" BEFORE TRUNCATE ON "accounts" FOR EACH STATEMENT EXECUTE FUNCTION "accounts_no_truncate"()

trigger A CREATE TRIGGER "accounts_one_step" BEFORE UPDATE ON "accounts" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "accounts_one_step"()

trigger A CREATE TRIGGER "algorithms_fixed" BEFORE UPDATE ON "algorithms" FOR EACH ROW WHEN ((((("new"."formulas")::"text" = ("old"."formulas")::"text") AND (("new"."checksum")::"text" = ("old"."checksum")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "algorithms_fixed"()

trigger A CREATE TRIGGER "algorithms_no_delete" BEFORE DELETE ON "algorithms" FOR EACH STATEMENT EXECUTE FUNCTION "algorithms_no_delete"()

trigger A CREATE TRIGGER "algorithms_no_truncate" BEFORE TRUNCATE ON "algorithms" FOR EACH STATEMENT EXECUTE FUNCTION "algorithms_no_truncate"()

trigger A CREATE TRIGGER "algorithms_one_active" BEFORE UPDATE ON "algorithms" FOR EACH ROW EXECUTE FUNCTION "algorithms_one_active"()

trigger A CREATE TRIGGER "algorithms_one_step" BEFORE UPDATE ON "algorithms" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "algorithms_one_step"()

trigger A CREATE TRIGGER "api_contract_versions_fixed" BEFORE UPDATE ON "api_contract_versions" FOR EACH ROW WHEN ((((("new"."number")::bigint = ("old"."number")::bigint) AND (("new"."release")::"text" = ("old"."release")::"text") AND (("new"."digests")::"jsonb" = ("old"."digests")::"jsonb") AND (("new"."recorded_by")::"text" = ("old"."recorded_by")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "api_contract_versions_fixed"()

trigger A CREATE TRIGGER "api_contract_versions_no_delete" BEFORE DELETE ON "api_contract_versions" FOR EACH STATEMENT EXECUTE FUNCTION "api_contract_versions_no_delete"()

trigger A CREATE TRIGGER "api_contract_versions_no_truncate" BEFORE TRUNCATE ON "api_contract_versions" FOR EACH STATEMENT EXECUTE FUNCTION "api_contract_versions_no_truncate"()

trigger A CREATE TRIGGER "api_contract_versions_one_step" BEFORE UPDATE ON "api_contract_versions" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "api_contract_versions_one_step"()

trigger A CREATE TRIGGER "artifacts_fixed" BEFORE UPDATE ON "artifacts" FOR EACH ROW WHEN ((((("new"."user_id")::"text" = ("old"."user_id")::"text") AND (("new"."space_id")::"text" = ("old"."space_id")::"text") AND ("new"."normalized_url" = "old"."normalized_url")) IS NOT TRUE)) EXECUTE FUNCTION "artifacts_fixed"()

trigger A CREATE TRIGGER "artifacts_no_delete" BEFORE DELETE ON "artifacts" FOR EACH STATEMENT EXECUTE FUNCTION "artifacts_no_delete"()

trigger A CREATE TRIGGER "artifacts_no_truncate" BEFORE TRUNCATE ON "artifacts" FOR EACH STATEMENT EXECUTE FUNCTION "artifacts_no_truncate"()

trigger A CREATE TRIGGER "artifacts_one_step" BEFORE UPDATE ON "artifacts" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "artifacts_one_step"()

trigger A CREATE TRIGGER "artifacts_rising" BEFORE UPDATE ON "artifacts" FOR EACH ROW WHEN ((((("new"."engagement_level")::bigint >= ("old"."engagement_level")::bigint) AND (("new"."reading_depth")::double precision >= ("old"."reading_depth")::double precision) AND (("new"."scroll_depth")::double precision >= ("old"."scroll_depth")::double precision) AND (("new"."dwell_time_ms")::bigint >= ("old"."dwell_time_ms")::bigint) AND (("new"."word_count")::bigint >= ("old"."word_count")::bigint) AND ("new"."stamp" >= "old"."stamp") AND ("new"."title_stamp" >= "old"."title_stamp") AND ("new"."content_stamp" >= "old"."content_stamp")) IS NOT TRUE)) EXECUTE FUNCTION "artifacts_rising"()

trigger A CREATE TRIGGER "authors_fixed" BEFORE UPDATE ON "authors" FOR EACH ROW WHEN (((("new"."wallet_address")::"text" = ("old"."wallet_address")::"text") IS NOT TRUE)) EXECUTE FUNCTION "authors_fixed"()

trigger A CREATE TRIGGER "authors_no_delete" BEFORE DELETE ON "authors" FOR EACH STATEMENT EXECUTE FUNCTION "authors_no_delete"()

trigger A CREATE TRIGGER "authors_no_truncate" BEFORE TRUNCATE ON "authors" FOR EACH STATEMENT EXECUTE FUNCTION "authors_no_truncate"()

trigger A CREATE TRIGGER "authors_one_step" BEFORE UPDATE ON "authors" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "authors_one_step"()

trigger A CREATE TRIGGER "centroids_fixed" BEFORE UPDATE ON "centroids" FOR EACH ROW WHEN (((("new"."space_id")::"text" = ("old"."space_id")::"text") IS NOT TRUE)) EXECUTE FUNCTION "centroids_fixed"()

trigger A CREATE TRIGGER "centroids_no_delete" BEFORE DELETE ON "centroids" FOR EACH STATEMENT EXECUTE FUNCTION "centroids_no_delete"()

trigger A CREATE TRIGGER "centroids_no_truncate" BEFORE TRUNCATE ON "centroids" FOR EACH STATEMENT EXECUTE FUNCTION "centroids_no_truncate"()

trigger A CREATE TRIGGER "centroids_one_step" BEFORE UPDATE ON "centroids" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "centroids_one_step"()

trigger A CREATE TRIGGER "charges_fixed" BEFORE UPDATE ON "charges" FOR EACH ROW WHEN ((((("new"."reference")::"text" = ("old"."reference")::"text") AND (("new"."party")::"text" = ("old"."party")::"text") AND (("new"."item")::"text" = ("old"."item")::"text") AND (("new"."amount_minor")::bigint = ("old"."amount_minor")::bigint) AND (("new"."currency")::"text" = ("old"."currency")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "charges_fixed"()

trigger A CREATE TRIGGER "charges_generation_forward" BEFORE UPDATE ON "charges" FOR EACH ROW WHEN ((((("new"."generation")::bigint >= ("old"."generation")::bigint) AND (("new"."generation")::bigint <= (("old"."generation")::bigint + 20))) IS NOT TRUE)) EXECUTE FUNCTION "charges_generation_forward"()

trigger A CREATE TRIGGER "charges_initial_fields" AFTER INSERT ON "charges" FOR EACH ROW EXECUTE FUNCTION "charges_initial_fields"()

trigger A CREATE TRIGGER "charges_keeps_fields" BEFORE UPDATE ON "charges" FOR EACH ROW EXECUTE FUNCTION "charges_keeps_fields"()

trigger A CREATE TRIGGER "charges_latest_times_on_insert" AFTER INSERT ON "charges" FOR EACH ROW EXECUTE FUNCTION "charges_latest_times_on_insert"()

trigger A CREATE TRIGGER "charges_latest_times_on_update" BEFORE UPDATE ON "charges" FOR EACH ROW EXECUTE FUNCTION "charges_latest_times_on_update"()

trigger A CREATE TRIGGER "charges_no_delete" BEFORE DELETE ON "charges" FOR EACH STATEMENT EXECUTE FUNCTION "charges_no_delete"()

trigger A CREATE TRIGGER "charges_no_truncate" BEFORE TRUNCATE ON "charges" FOR EACH STATEMENT EXECUTE FUNCTION "charges_no_truncate"()

trigger A CREATE TRIGGER "charges_one_step" BEFORE UPDATE ON "charges" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "charges_one_step"()

trigger A CREATE TRIGGER "charges_paid_once" BEFORE UPDATE ON "charges" FOR EACH ROW WHEN (((("old"."paid_at" IS NULL) OR (((("new"."received_minor")::bigint = ("old"."received_minor")::bigint) OR (("new"."received_minor" IS NULL) AND ("old"."received_minor" IS NULL))) AND ((("new"."received_currency")::"text" = ("old"."received_currency")::"text") OR (("new"."received_currency" IS NULL) AND ("old"."received_currency" IS NULL))) AND ((("new"."paid_at")::timestamp with time zone = ("old"."paid_at")::timestamp with time zone) OR (("new"."paid_at" IS NULL) AND ("old"."paid_at" IS NULL))))) IS NOT TRUE)) EXECUTE FUNCTION "charges_paid_once"()

trigger A CREATE TRIGGER "charges_sums_refunds" BEFORE UPDATE ON "charges" FOR EACH ROW WHEN ((NOT (("new"."refunded_minor")::bigint = ("old"."refunded_minor")::bigint))) EXECUTE FUNCTION "charges_sums_refunds"()

trigger A CREATE TRIGGER "concept_versions_needs_head" AFTER INSERT ON "concept_versions" FOR EACH ROW EXECUTE FUNCTION "concept_versions_needs_head"()

trigger A CREATE TRIGGER "concept_versions_no_delete" BEFORE DELETE ON "concept_versions" FOR EACH STATEMENT EXECUTE FUNCTION "concept_versions_no_delete"()

trigger A CREATE TRIGGER "concept_versions_no_truncate" BEFORE TRUNCATE ON "concept_versions" FOR EACH STATEMENT EXECUTE FUNCTION "concept_versions_no_truncate"()

trigger A CREATE TRIGGER "concept_versions_no_update" BEFORE UPDATE ON "concept_versions" FOR EACH STATEMENT EXECUTE FUNCTION "concept_versions_no_update"()

trigger A CREATE TRIGGER "concept_warnings_needs_head" AFTER INSERT ON "concept_warnings" FOR EACH ROW EXECUTE FUNCTION "concept_warnings_needs_head"()

trigger A CREATE TRIGGER "concept_warnings_no_delete" BEFORE DELETE ON "concept_warnings" FOR EACH STATEMENT EXECUTE FUNCTION "concept_warnings_no_delete"()

trigger A CREATE TRIGGER "concept_warnings_no_truncate" BEFORE TRUNCATE ON "concept_warnings" FOR EACH STATEMENT EXECUTE FUNCTION "concept_warnings_no_truncate"()

trigger A CREATE TRIGGER "concept_warnings_no_update" BEFORE UPDATE ON "concept_warnings" FOR EACH STATEMENT EXECUTE FUNCTION "concept_warnings_no_update"()

trigger A CREATE TRIGGER "concepts_no_delete" BEFORE DELETE ON "concepts" FOR EACH STATEMENT EXECUTE FUNCTION "concepts_no_delete"()

trigger A CREATE TRIGGER "concepts_no_truncate" BEFORE TRUNCATE ON "concepts" FOR EACH STATEMENT EXECUTE FUNCTION "concepts_no_truncate"()

trigger A CREATE TRIGGER "concepts_one_step" BEFORE UPDATE ON "concepts" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "concepts_one_step"()

trigger A CREATE TRIGGER "contest_configurations_matches_contest" AFTER INSERT ON "contest_configurations" FOR EACH ROW EXECUTE FUNCTION "contest_configurations_matches_contest"()

trigger A CREATE TRIGGER "contest_configurations_needs_head" AFTER INSERT ON "contest_configurations" FOR EACH ROW EXECUTE FUNCTION "contest_configurations_needs_head"()

trigger A CREATE TRIGGER "contest_configurations_no_delete" BEFORE DELETE ON "contest_configurations" FOR EACH STATEMENT EXECUTE FUNCTION "contest_configurations_no_delete"()

trigger A CREATE TRIGGER "contest_configurations_no_truncate" BEFORE TRUNCATE ON "contest_configurations" FOR EACH STATEMENT EXECUTE FUNCTION "contest_configurations_no_truncate"()

trigger A CREATE TRIGGER "contest_configurations_no_update" BEFORE UPDATE ON "contest_configurations" FOR EACH STATEMENT EXECUTE FUNCTION "contest_configurations_no_update"()

trigger A CREATE TRIGGER "contest_configurations_payout_kind_fixed" AFTER INSERT ON "contest_configurations" FOR EACH ROW WHEN ((("new"."version")::bigint > 1)) EXECUTE FUNCTION "contest_configurations_payout_kind_fixed"()

trigger A CREATE TRIGGER "contest_events_applied" AFTER INSERT ON "contest_events" FOR EACH ROW EXECUTE FUNCTION "contest_events_applied"()

trigger A CREATE TRIGGER "contest_events_has_body" AFTER INSERT ON "contest_events" FOR EACH ROW EXECUTE FUNCTION "contest_events_has_body"()

trigger A CREATE TRIGGER "contest_events_needs_head" AFTER INSERT ON "contest_events" FOR EACH ROW EXECUTE FUNCTION "contest_events_needs_head"()

trigger A CREATE TRIGGER "contest_events_no_delete" BEFORE DELETE ON "contest_events" FOR EACH STATEMENT EXECUTE FUNCTION "contest_events_no_delete"()

trigger A CREATE TRIGGER "contest_events_no_truncate" BEFORE TRUNCATE ON "contest_events" FOR EACH STATEMENT EXECUTE FUNCTION "contest_events_no_truncate"()

trigger A CREATE TRIGGER "contest_events_no_update" BEFORE UPDATE ON "contest_events" FOR EACH STATEMENT EXECUTE FUNCTION "contest_events_no_update"()

trigger A CREATE TRIGGER "contest_events_of_fetch" AFTER INSERT ON "contest_events" FOR EACH ROW WHEN (("new"."fetch_number" IS NOT NULL)) EXECUTE FUNCTION "contest_events_of_fetch"()

trigger A CREATE TRIGGER "contest_logs_fixed" BEFORE UPDATE ON "contest_logs" FOR EACH ROW WHEN ((((("new"."contest_id")::"text" = ("old"."contest_id")::"text") AND (("new"."provider_event_id")::"text" = ("old"."provider_event_id")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "contest_logs_fixed"()

trigger A CREATE TRIGGER "contest_logs_initial_fields" AFTER INSERT ON "contest_logs" FOR EACH ROW EXECUTE FUNCTION "contest_logs_initial_fields"()

trigger A CREATE TRIGGER "contest_logs_keeps_fields" BEFORE UPDATE ON "contest_logs" FOR EACH ROW EXECUTE FUNCTION "contest_logs_keeps_fields"()

trigger A CREATE TRIGGER "contest_logs_latest_times_on_insert" AFTER INSERT ON "contest_logs" FOR EACH ROW EXECUTE FUNCTION "contest_logs_latest_times_on_insert"()

trigger A CREATE TRIGGER "contest_logs_latest_times_on_update" BEFORE UPDATE ON "contest_logs" FOR EACH ROW EXECUTE FUNCTION "contest_logs_latest_times_on_update"()

trigger A CREATE TRIGGER "contest_logs_marks_of_now" BEFORE UPDATE ON "contest_logs" FOR EACH ROW EXECUTE FUNCTION "contest_logs_marks_of_now"()

trigger A CREATE TRIGGER "contest_logs_moves_forward" BEFORE UPDATE ON "contest_logs" FOR EACH ROW WHEN ((((("new"."fetch_number")::bigint >= ("old"."fetch_number")::bigint) AND (((("new"."event_number")::bigint = ("old"."event_number")::bigint) AND (("new"."event_hash")::"text" = ("old"."event_hash")::"text") AND ((("new"."head_hash")::"text" = ("old"."head_hash")::"text") OR (("new"."head_hash" IS NULL) AND ("old"."head_hash" IS NULL)))) OR (("new"."event_number")::bigint = (("old"."event_number")::bigint + 1)))) IS NOT TRUE)) EXECUTE FUNCTION "contest_logs_moves_forward"()

trigger A CREATE TRIGGER "contest_logs_no_delete" BEFORE DELETE ON "contest_logs" FOR EACH STATEMENT EXECUTE FUNCTION "contest_logs_no_delete"()

trigger A CREATE TRIGGER "contest_logs_no_truncate" BEFORE TRUNCATE ON "contest_logs" FOR EACH STATEMENT EXECUTE FUNCTION "contest_logs_no_truncate"()

trigger A CREATE TRIGGER "contest_logs_one_step" BEFORE UPDATE ON "contest_logs" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "contest_logs_one_step"()

trigger A CREATE TRIGGER "contest_logs_points_to_newest" BEFORE UPDATE ON "contest_logs" FOR EACH ROW EXECUTE FUNCTION "contest_logs_points_to_newest"()

trigger A CREATE TRIGGER "contests_ends_by_event" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN ((("new"."status")::"text" = 'COMPLETE'::"text")) EXECUTE FUNCTION "contests_ends_by_event"()

trigger A CREATE TRIGGER "contests_error_origin" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN ((((("new"."status")::"text" <> 'ERROR'::"text") OR (("new"."error_from_state")::"text" = ("old"."status")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "contests_error_origin"()

trigger A CREATE TRIGGER "contests_fee_fixed" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN (((("new"."fee_minor")::bigint <> ("old"."fee_minor")::bigint) OR (("new"."currency")::"text" <> ("old"."currency")::"text"))) EXECUTE FUNCTION "contests_fee_fixed"()

trigger A CREATE TRIGGER "contests_fixed" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN ((((("new"."organizer_id")::"text" = ("old"."organizer_id")::"text") AND ("new"."contest_name" = "old"."contest_name") AND (("new"."provider_event_id")::"text" = ("old"."provider_event_id")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "contests_fixed"()

trigger A CREATE TRIGGER "contests_frozen" BEFORE UPDATE ON "contests" FOR EACH ROW EXECUTE FUNCTION "contests_frozen"()

trigger A CREATE TRIGGER "contests_has_places" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN (("new"."max_entries" IS NOT NULL)) EXECUTE FUNCTION "contests_has_places"()

trigger A CREATE TRIGGER "contests_initial_fields" AFTER INSERT ON "contests" FOR EACH ROW EXECUTE FUNCTION "contests_initial_fields"()

trigger A CREATE TRIGGER "contests_keeps_fields" BEFORE UPDATE ON "contests" FOR EACH ROW EXECUTE FUNCTION "contests_keeps_fields"()

trigger A CREATE TRIGGER "contests_latest_times_on_insert" AFTER INSERT ON "contests" FOR EACH ROW EXECUTE FUNCTION "contests_latest_times_on_insert"()

trigger A CREATE TRIGGER "contests_latest_times_on_update" BEFORE UPDATE ON "contests" FOR EACH ROW EXECUTE FUNCTION "contests_latest_times_on_update"()

trigger A CREATE TRIGGER "contests_locks_in_time" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN ((((("old"."status")::"text" <> 'SCHEDULED'::"text") OR (("new"."status")::"text" <> 'LOCKED'::"text") OR (("new"."updated_at")::timestamp with time zone >= ("new"."lock_time")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "contests_locks_in_time"()

trigger A CREATE TRIGGER "contests_no_delete" BEFORE DELETE ON "contests" FOR EACH STATEMENT EXECUTE FUNCTION "contests_no_delete"()

trigger A CREATE TRIGGER "contests_no_truncate" BEFORE TRUNCATE ON "contests" FOR EACH STATEMENT EXECUTE FUNCTION "contests_no_truncate"()

trigger A CREATE TRIGGER "contests_one_step" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "contests_one_step"()

trigger A CREATE TRIGGER "contests_resumes_origin" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN ((((("old"."status")::"text" <> 'ERROR'::"text") OR
        CASE "new"."status"
            WHEN 'CANCELLED'::"text" THEN true
            WHEN 'COMPLETE'::"text" THEN (("old"."error_from_state")::"text" = 'LIVE'::"text")
            ELSE (("new"."status")::"text" = ("old"."error_from_state")::"text")
        END) IS NOT TRUE)) EXECUTE FUNCTION "contests_resumes_origin"()

trigger A CREATE TRIGGER "contests_starts_in_time" BEFORE UPDATE ON "contests" FOR EACH ROW WHEN (((("old"."status")::"text" = 'LOCKED'::"text") AND (("new"."status")::"text" = 'LIVE'::"text"))) EXECUTE FUNCTION "contests_starts_in_time"()

trigger A CREATE TRIGGER "covered_items_in_change" AFTER INSERT ON "covered_items" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "covered_items_in_change"()

trigger A CREATE TRIGGER "covered_items_no_delete" BEFORE DELETE ON "covered_items" FOR EACH STATEMENT EXECUTE FUNCTION "covered_items_no_delete"()

trigger A CREATE TRIGGER "covered_items_no_truncate" BEFORE TRUNCATE ON "covered_items" FOR EACH STATEMENT EXECUTE FUNCTION "covered_items_no_truncate"()

trigger A CREATE TRIGGER "covered_items_no_update" BEFORE UPDATE ON "covered_items" FOR EACH STATEMENT EXECUTE FUNCTION "covered_items_no_update"()

trigger A CREATE TRIGGER "declarations_has_edges" AFTER INSERT ON "declarations" FOR EACH ROW WHEN ((
        CASE
            WHEN ("jsonb_typeof"(("new"."document")::"jsonb") = 'object'::"text") THEN (("jsonb_typeof"((("new"."document")::"jsonb" -> 'edges'::"text")) = 'array'::"text") AND ("jsonb_typeof"((("new"."document")::"jsonb" -> 'retired'::"text")) = 'array'::"text"))
            ELSE NULL::boolean
        END IS NOT TRUE)) EXECUTE FUNCTION "declarations_has_edges"()

trigger A CREATE TRIGGER "declarations_no_delete" BEFORE DELETE ON "declarations" FOR EACH STATEMENT EXECUTE FUNCTION "declarations_no_delete"()

trigger A CREATE TRIGGER "declarations_no_truncate" BEFORE TRUNCATE ON "declarations" FOR EACH STATEMENT EXECUTE FUNCTION "declarations_no_truncate"()

trigger A CREATE TRIGGER "declarations_no_update" BEFORE UPDATE ON "declarations" FOR EACH STATEMENT EXECUTE FUNCTION "declarations_no_update"()

trigger A CREATE TRIGGER "discrepancies_in_change" AFTER INSERT ON "discrepancies" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "discrepancies_in_change"()

trigger A CREATE TRIGGER "discrepancies_no_delete" BEFORE DELETE ON "discrepancies" FOR EACH STATEMENT EXECUTE FUNCTION "discrepancies_no_delete"()

trigger A CREATE TRIGGER "discrepancies_no_truncate" BEFORE TRUNCATE ON "discrepancies" FOR EACH STATEMENT EXECUTE FUNCTION "discrepancies_no_truncate"()

trigger A CREATE TRIGGER "discrepancies_no_update" BEFORE UPDATE ON "discrepancies" FOR EACH STATEMENT EXECUTE FUNCTION "discrepancies_no_update"()

trigger A CREATE TRIGGER "disputes_covered_by_settlement" AFTER INSERT ON "disputes" FOR EACH ROW WHEN ((("new"."covered")::bigint = 1)) EXECUTE FUNCTION "disputes_covered_by_settlement"()

trigger A CREATE TRIGGER "disputes_fixed" BEFORE UPDATE ON "disputes" FOR EACH ROW WHEN ((((("new"."charge_id")::"text" = ("old"."charge_id")::"text") AND (("new"."amount_minor")::bigint = ("old"."amount_minor")::bigint) AND (("new"."currency")::"text" = ("old"."currency")::"text") AND (("new"."reason_code")::"text" = ("old"."reason_code")::"text") AND (("new"."covered")::bigint = ("old"."covered")::bigint)) IS NOT TRUE)) EXECUTE FUNCTION "disputes_fixed"()

trigger A CREATE TRIGGER "disputes_initial_fields" AFTER INSERT ON "disputes" FOR EACH ROW EXECUTE FUNCTION "disputes_initial_fields"()

trigger A CREATE TRIGGER "disputes_keeps_fields" BEFORE UPDATE ON "disputes" FOR EACH ROW EXECUTE FUNCTION "disputes_keeps_fields"()

trigger A CREATE TRIGGER "disputes_latest_times_on_insert" AFTER INSERT ON "disputes" FOR EACH ROW EXECUTE FUNCTION "disputes_latest_times_on_insert"()

trigger A CREATE TRIGGER "disputes_latest_times_on_update" BEFORE UPDATE ON "disputes" FOR EACH ROW EXECUTE FUNCTION "disputes_latest_times_on_update"()

trigger A CREATE TRIGGER "disputes_no_delete" BEFORE DELETE ON "disputes" FOR EACH STATEMENT EXECUTE FUNCTION "disputes_no_delete"()

trigger A CREATE TRIGGER "disputes_no_truncate" BEFORE TRUNCATE ON "disputes" FOR EACH STATEMENT EXECUTE FUNCTION "disputes_no_truncate"()

trigger A CREATE TRIGGER "disputes_of_payment" AFTER INSERT ON "disputes" FOR EACH ROW EXECUTE FUNCTION "disputes_of_payment"()

trigger A CREATE TRIGGER "disputes_one_step" BEFORE UPDATE ON "disputes" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "disputes_one_step"()

trigger A CREATE TRIGGER "disputes_times_in_order" BEFORE UPDATE ON "disputes" FOR EACH ROW WHEN (("new"."withdrawn_at" IS NOT NULL)) EXECUTE FUNCTION "disputes_times_in_order"()

trigger A CREATE TRIGGER "entries_contest_open" AFTER INSERT ON "entries" FOR EACH ROW EXECUTE FUNCTION "entries_contest_open"()

trigger A CREATE TRIGGER "entries_fixed" BEFORE UPDATE ON "entries" FOR EACH ROW WHEN ((((("new"."contest_id")::"text" = ("old"."contest_id")::"text") AND (("new"."user_id")::"text" = ("old"."user_id")::"text") AND (("new"."entry_number")::bigint = ("old"."entry_number")::bigint) AND (("new"."fee_minor")::bigint = ("old"."fee_minor")::bigint) AND (("new"."currency")::"text" = ("old"."currency")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "entries_fixed"()

trigger A CREATE TRIGGER "entries_initial_fields" AFTER INSERT ON "entries" FOR EACH ROW EXECUTE FUNCTION "entries_initial_fields"()

trigger A CREATE TRIGGER "entries_keeps_fields" BEFORE UPDATE ON "entries" FOR EACH ROW EXECUTE FUNCTION "entries_keeps_fields"()

trigger A CREATE TRIGGER "entries_keeps_place_number" BEFORE UPDATE ON "entries" FOR EACH ROW WHEN (((("new"."place_number" IS NULL) OR (("new"."place_number")::bigint = ("old"."place_number")::bigint)) IS NOT TRUE)) EXECUTE FUNCTION "entries_keeps_place_number"()

trigger A CREATE TRIGGER "entries_latest_times_on_insert" AFTER INSERT ON "entries" FOR EACH ROW EXECUTE FUNCTION "entries_latest_times_on_insert"()

trigger A CREATE TRIGGER "entries_latest_times_on_update" BEFORE UPDATE ON "entries" FOR EACH ROW EXECUTE FUNCTION "entries_latest_times_on_update"()

trigger A CREATE TRIGGER "entries_no_delete" BEFORE DELETE ON "entries" FOR EACH STATEMENT EXECUTE FUNCTION "entries_no_delete"()

trigger A CREATE TRIGGER "entries_no_truncate" BEFORE TRUNCATE ON "entries" FOR EACH STATEMENT EXECUTE FUNCTION "entries_no_truncate"()

trigger A CREATE TRIGGER "entries_one_step" BEFORE UPDATE ON "entries" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "entries_one_step"()

trigger A CREATE TRIGGER "entries_paid_once" BEFORE UPDATE ON "entries" FOR EACH ROW WHEN (((("old"."paid_at" IS NULL) OR (((("new"."paid_minor")::bigint = ("old"."paid_minor")::bigint) OR (("new"."paid_minor" IS NULL) AND ("old"."paid_minor" IS NULL))) AND ((("new"."paid_at")::timestamp with time zone = ("old"."paid_at")::timestamp with time zone) OR (("new"."paid_at" IS NULL) AND ("old"."paid_at" IS NULL))) AND ((("new"."payment_ref")::"text" = ("old"."payment_ref")::"text") OR (("new"."payment_ref" IS NULL) AND ("old"."payment_ref" IS NULL))))) IS NOT TRUE)) EXECUTE FUNCTION "entries_paid_once"()

trigger A CREATE TRIGGER "entries_roster_open" BEFORE UPDATE ON "entries" FOR EACH ROW WHEN ((NOT ((("new"."roster_number")::bigint = ("old"."roster_number")::bigint) AND (("new"."roster_digest")::"text" = ("old"."roster_digest")::"text")))) EXECUTE FUNCTION "entries_roster_open"()

trigger A CREATE TRIGGER "entries_settled_stays" BEFORE UPDATE ON "entries" FOR EACH ROW WHEN ((NOT ((("new"."status")::"text" = ("old"."status")::"text") OR (("new"."status")::"text" = 'REJECTED'::"text")))) EXECUTE FUNCTION "entries_settled_stays"()

trigger A CREATE TRIGGER "entries_within_places" AFTER INSERT ON "entries" FOR EACH ROW EXECUTE FUNCTION "entries_within_places"()

trigger A CREATE TRIGGER "entries_within_user_limit" AFTER INSERT ON "entries" FOR EACH ROW EXECUTE FUNCTION "entries_within_user_limit"()

trigger A CREATE TRIGGER "event_faults_in_change" AFTER INSERT ON "event_faults" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "event_faults_in_change"()

trigger A CREATE TRIGGER "event_faults_no_delete" BEFORE DELETE ON "event_faults" FOR EACH STATEMENT EXECUTE FUNCTION "event_faults_no_delete"()

trigger A CREATE TRIGGER "event_faults_no_truncate" BEFORE TRUNCATE ON "event_faults" FOR EACH STATEMENT EXECUTE FUNCTION "event_faults_no_truncate"()

trigger A CREATE TRIGGER "event_faults_no_update" BEFORE UPDATE ON "event_faults" FOR EACH STATEMENT EXECUTE FUNCTION "event_faults_no_update"()

trigger A CREATE TRIGGER "event_faults_of_newest" AFTER INSERT ON "event_faults" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "event_faults_of_newest"()

trigger A CREATE TRIGGER "history_balances_movement" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'movement'::"text")) EXECUTE FUNCTION "history_balances_movement"()

trigger A CREATE TRIGGER "history_balances_settlement" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'settlement_run'::"text") AND (("new"."action")::"text" = 'complete'::"text"))) EXECUTE FUNCTION "history_balances_settlement"()

trigger A CREATE TRIGGER "history_counts_discrepancies" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'reconciliation'::"text") AND (("new"."action")::"text" = 'complete'::"text"))) EXECUTE FUNCTION "history_counts_discrepancies"()

trigger A CREATE TRIGGER "history_counts_runbook_steps" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'runbook_execution'::"text")) EXECUTE FUNCTION "history_counts_runbook_steps"()

trigger A CREATE TRIGGER "history_counts_transfer_lines" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'transfer'::"text") AND (("new"."action")::"text" = 'plan'::"text"))) EXECUTE FUNCTION "history_counts_transfer_lines"()

trigger A CREATE TRIGGER "history_declares_data_of_accounts" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'account'::"text")) EXECUTE FUNCTION "history_declares_data_of_accounts"()

trigger A CREATE TRIGGER "history_declares_data_of_algorithms" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'algorithm'::"text")) EXECUTE FUNCTION "history_declares_data_of_algorithms"()

trigger A CREATE TRIGGER "history_declares_data_of_api_contract_versions" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'contract_version'::"text")) EXECUTE FUNCTION "history_declares_data_of_api_contract_versions"()

trigger A CREATE TRIGGER "history_declares_data_of_authors" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'author'::"text")) EXECUTE FUNCTION "history_declares_data_of_authors"()

trigger A CREATE TRIGGER "history_declares_data_of_charges" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'charge'::"text")) EXECUTE FUNCTION "history_declares_data_of_charges"()

trigger A CREATE TRIGGER "history_declares_data_of_concepts" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'concept'::"text")) EXECUTE FUNCTION "history_declares_data_of_concepts"()

trigger A CREATE TRIGGER "history_declares_data_of_contest_logs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'contest_log'::"text")) EXECUTE FUNCTION "history_declares_data_of_contest_logs"()

trigger A CREATE TRIGGER "history_declares_data_of_contests" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'contest'::"text")) EXECUTE FUNCTION "history_declares_data_of_contests"()

trigger A CREATE TRIGGER "history_declares_data_of_disputes" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'dispute'::"text")) EXECUTE FUNCTION "history_declares_data_of_disputes"()

trigger A CREATE TRIGGER "history_declares_data_of_entries" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'entry'::"text")) EXECUTE FUNCTION "history_declares_data_of_entries"()

trigger A CREATE TRIGGER "history_declares_data_of_image_generation_jobs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'image_job'::"text")) EXECUTE FUNCTION "history_declares_data_of_image_generation_jobs"()

trigger A CREATE TRIGGER "history_declares_data_of_ipfs_upload_records" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'ipfs_upload'::"text")) EXECUTE FUNCTION "history_declares_data_of_ipfs_upload_records"()

trigger A CREATE TRIGGER "history_declares_data_of_jobs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'job'::"text")) EXECUTE FUNCTION "history_declares_data_of_jobs"()

trigger A CREATE TRIGGER "history_declares_data_of_keys" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'key'::"text")) EXECUTE FUNCTION "history_declares_data_of_keys"()

trigger A CREATE TRIGGER "history_declares_data_of_mint_events" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'mint_event'::"text")) EXECUTE FUNCTION "history_declares_data_of_mint_events"()

trigger A CREATE TRIGGER "history_declares_data_of_movements" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'movement'::"text")) EXECUTE FUNCTION "history_declares_data_of_movements"()

trigger A CREATE TRIGGER "history_declares_data_of_payees" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'payee'::"text")) EXECUTE FUNCTION "history_declares_data_of_payees"()

trigger A CREATE TRIGGER "history_declares_data_of_payment_switches" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'payment_switch'::"text")) EXECUTE FUNCTION "history_declares_data_of_payment_switches"()

trigger A CREATE TRIGGER "history_declares_data_of_payout_jobs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'payout_job'::"text")) EXECUTE FUNCTION "history_declares_data_of_payout_jobs"()

trigger A CREATE TRIGGER "history_declares_data_of_projects" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'project'::"text")) EXECUTE FUNCTION "history_declares_data_of_projects"()

trigger A CREATE TRIGGER "history_declares_data_of_provider_feeds" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'provider_feed'::"text")) EXECUTE FUNCTION "history_declares_data_of_provider_feeds"()

trigger A CREATE TRIGGER "history_declares_data_of_reconciliations" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'reconciliation'::"text")) EXECUTE FUNCTION "history_declares_data_of_reconciliations"()

trigger A CREATE TRIGGER "history_declares_data_of_refunds" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'refund'::"text")) EXECUTE FUNCTION "history_declares_data_of_refunds"()

trigger A CREATE TRIGGER "history_declares_data_of_reveal_transactions" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'reveal_transaction'::"text")) EXECUTE FUNCTION "history_declares_data_of_reveal_transactions"()

trigger A CREATE TRIGGER "history_declares_data_of_runbook_executions" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'runbook_execution'::"text")) EXECUTE FUNCTION "history_declares_data_of_runbook_executions"()

trigger A CREATE TRIGGER "history_declares_data_of_settings" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'setting'::"text")) EXECUTE FUNCTION "history_declares_data_of_settings"()

trigger A CREATE TRIGGER "history_declares_data_of_settlement_runs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'settlement_run'::"text")) EXECUTE FUNCTION "history_declares_data_of_settlement_runs"()

trigger A CREATE TRIGGER "history_declares_data_of_spaces" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'space'::"text")) EXECUTE FUNCTION "history_declares_data_of_spaces"()

trigger A CREATE TRIGGER "history_declares_data_of_stages" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'stage'::"text")) EXECUTE FUNCTION "history_declares_data_of_stages"()

trigger A CREATE TRIGGER "history_declares_data_of_stripe_events" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'stripe_event'::"text")) EXECUTE FUNCTION "history_declares_data_of_stripe_events"()

trigger A CREATE TRIGGER "history_declares_data_of_subspaces" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'subspace'::"text")) EXECUTE FUNCTION "history_declares_data_of_subspaces"()

trigger A CREATE TRIGGER "history_declares_data_of_system_state" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'system_state'::"text")) EXECUTE FUNCTION "history_declares_data_of_system_state"()

trigger A CREATE TRIGGER "history_declares_data_of_tokens_s0" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'token'::"text")) EXECUTE FUNCTION "history_declares_data_of_tokens_s0"()

trigger A CREATE TRIGGER "history_declares_data_of_transfers" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'transfer'::"text")) EXECUTE FUNCTION "history_declares_data_of_transfers"()

trigger A CREATE TRIGGER "history_holds_feed" BEFORE INSERT ON "history" FOR EACH STATEMENT EXECUTE FUNCTION "history_holds_feed"()

trigger A CREATE TRIGGER "history_keeps_fields_of_charges" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'charge'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = ANY (ARRAY['attach_intent'::"text", 'attach_session'::"text", 'extend'::"text"])))) EXECUTE FUNCTION "history_keeps_fields_of_charges"()

trigger A CREATE TRIGGER "history_keeps_fields_of_contest_logs" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'contest_log'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = 'skip'::"text"))) EXECUTE FUNCTION "history_keeps_fields_of_contest_logs"()

trigger A CREATE TRIGGER "history_keeps_fields_of_contests" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'contest'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = 'lock'::"text"))) EXECUTE FUNCTION "history_keeps_fields_of_contests"()

trigger A CREATE TRIGGER "history_keeps_fields_of_disputes" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'dispute'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = ANY (ARRAY['reinstate'::"text", 'update'::"text", 'withdraw'::"text"])))) EXECUTE FUNCTION "history_keeps_fields_of_disputes"()

trigger A CREATE TRIGGER "history_keeps_fields_of_payees" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'payee'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = 'restrict'::"text"))) EXECUTE FUNCTION "history_keeps_fields_of_payees"()

trigger A CREATE TRIGGER "history_keeps_fields_of_projects" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'project'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = ANY (ARRAY['add_prompt'::"text", 'rename'::"text", 'request_repository'::"text", 'set_nodes'::"text", 'update_latest_job'::"text"])))) EXECUTE FUNCTION "history_keeps_fields_of_projects"()

trigger A CREATE TRIGGER "history_keeps_fields_of_subspaces" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'subspace'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = ANY (ARRAY['rename'::"text", 'seed'::"text"])))) EXECUTE FUNCTION "history_keeps_fields_of_subspaces"()

trigger A CREATE TRIGGER "history_keeps_fields_of_transfers" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'transfer'::"text") AND (("new"."seq")::bigint > 1) AND (("new"."action")::"text" = ANY (ARRAY['request_account'::"text", 'unpark'::"text"])))) EXECUTE FUNCTION "history_keeps_fields_of_transfers"()

trigger A CREATE TRIGGER "history_names_approved_by" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'transfer'::"text") AND (("new"."action")::"text" = 'approve'::"text"))) EXECUTE FUNCTION "history_names_approved_by"()

trigger A CREATE TRIGGER "history_names_destination_set_by" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'payee'::"text") AND (("new"."action")::"text" = 'attach'::"text"))) EXECUTE FUNCTION "history_names_destination_set_by"()

trigger A CREATE TRIGGER "history_names_executed_by" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'runbook_execution'::"text") AND (("new"."action")::"text" = 'start'::"text"))) EXECUTE FUNCTION "history_names_executed_by"()

trigger A CREATE TRIGGER "history_names_recorded_by" AFTER INSERT ON "history" FOR EACH ROW WHEN (((("new"."lifecycle")::"text" = 'contract_version'::"text") AND (("new"."action")::"text" = 'record'::"text"))) EXECUTE FUNCTION "history_names_recorded_by"()

trigger A CREATE TRIGGER "history_needs_accounts" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'account'::"text")) EXECUTE FUNCTION "history_needs_accounts"()

trigger A CREATE TRIGGER "history_needs_algorithms" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'algorithm'::"text")) EXECUTE FUNCTION "history_needs_algorithms"()

trigger A CREATE TRIGGER "history_needs_api_contract_versions" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'contract_version'::"text")) EXECUTE FUNCTION "history_needs_api_contract_versions"()

trigger A CREATE TRIGGER "history_needs_authors" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'author'::"text")) EXECUTE FUNCTION "history_needs_authors"()

trigger A CREATE TRIGGER "history_needs_charges" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'charge'::"text")) EXECUTE FUNCTION "history_needs_charges"()

trigger A CREATE TRIGGER "history_needs_concepts" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'concept'::"text")) EXECUTE FUNCTION "history_needs_concepts"()

trigger A CREATE TRIGGER "history_needs_contest_logs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'contest_log'::"text")) EXECUTE FUNCTION "history_needs_contest_logs"()

trigger A CREATE TRIGGER "history_needs_contests" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'contest'::"text")) EXECUTE FUNCTION "history_needs_contests"()

trigger A CREATE TRIGGER "history_needs_disputes" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'dispute'::"text")) EXECUTE FUNCTION "history_needs_disputes"()

trigger A CREATE TRIGGER "history_needs_entries" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'entry'::"text")) EXECUTE FUNCTION "history_needs_entries"()

trigger A CREATE TRIGGER "history_needs_image_generation_jobs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'image_job'::"text")) EXECUTE FUNCTION "history_needs_image_generation_jobs"()

trigger A CREATE TRIGGER "history_needs_ipfs_upload_records" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'ipfs_upload'::"text")) EXECUTE FUNCTION "history_needs_ipfs_upload_records"()

trigger A CREATE TRIGGER "history_needs_jobs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'job'::"text")) EXECUTE FUNCTION "history_needs_jobs"()

trigger A CREATE TRIGGER "history_needs_keys" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'key'::"text")) EXECUTE FUNCTION "history_needs_keys"()

trigger A CREATE TRIGGER "history_needs_mint_events" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'mint_event'::"text")) EXECUTE FUNCTION "history_needs_mint_events"()

trigger A CREATE TRIGGER "history_needs_movements" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'movement'::"text")) EXECUTE FUNCTION "history_needs_movements"()

trigger A CREATE TRIGGER "history_needs_payees" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'payee'::"text")) EXECUTE FUNCTION "history_needs_payees"()

trigger A CREATE TRIGGER "history_needs_payment_switches" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'payment_switch'::"text")) EXECUTE FUNCTION "history_needs_payment_switches"()

trigger A CREATE TRIGGER "history_needs_payout_jobs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'payout_job'::"text")) EXECUTE FUNCTION "history_needs_payout_jobs"()

trigger A CREATE TRIGGER "history_needs_projects" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'project'::"text")) EXECUTE FUNCTION "history_needs_projects"()

trigger A CREATE TRIGGER "history_needs_provider_feeds" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'provider_feed'::"text")) EXECUTE FUNCTION "history_needs_provider_feeds"()

trigger A CREATE TRIGGER "history_needs_reconciliations" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'reconciliation'::"text")) EXECUTE FUNCTION "history_needs_reconciliations"()

trigger A CREATE TRIGGER "history_needs_refunds" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'refund'::"text")) EXECUTE FUNCTION "history_needs_refunds"()

trigger A CREATE TRIGGER "history_needs_reveal_transactions" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'reveal_transaction'::"text")) EXECUTE FUNCTION "history_needs_reveal_transactions"()

trigger A CREATE TRIGGER "history_needs_runbook_executions" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'runbook_execution'::"text")) EXECUTE FUNCTION "history_needs_runbook_executions"()

trigger A CREATE TRIGGER "history_needs_settings" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'setting'::"text")) EXECUTE FUNCTION "history_needs_settings"()

trigger A CREATE TRIGGER "history_needs_settlement_runs" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'settlement_run'::"text")) EXECUTE FUNCTION "history_needs_settlement_runs"()

trigger A CREATE TRIGGER "history_needs_spaces" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'space'::"text")) EXECUTE FUNCTION "history_needs_spaces"()

trigger A CREATE TRIGGER "history_needs_stages" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'stage'::"text")) EXECUTE FUNCTION "history_needs_stages"()

trigger A CREATE TRIGGER "history_needs_stripe_events" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'stripe_event'::"text")) EXECUTE FUNCTION "history_needs_stripe_events"()

trigger A CREATE TRIGGER "history_needs_subspaces" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'subspace'::"text")) EXECUTE FUNCTION "history_needs_subspaces"()

trigger A CREATE TRIGGER "history_needs_system_state" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'system_state'::"text")) EXECUTE FUNCTION "history_needs_system_state"()

trigger A CREATE TRIGGER "history_needs_tokens_s0" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'token'::"text")) EXECUTE FUNCTION "history_needs_tokens_s0"()

trigger A CREATE TRIGGER "history_needs_transfers" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'transfer'::"text")) EXECUTE FUNCTION "history_needs_transfers"()

trigger A CREATE TRIGGER "history_no_delete" BEFORE DELETE ON "history" FOR EACH STATEMENT EXECUTE FUNCTION "history_no_delete"()

trigger A CREATE TRIGGER "history_no_position" BEFORE INSERT ON "history" FOR EACH ROW EXECUTE FUNCTION "history_no_position"()

trigger A CREATE TRIGGER "history_no_truncate" BEFORE TRUNCATE ON "history" FOR EACH STATEMENT EXECUTE FUNCTION "history_no_truncate"()

trigger A CREATE TRIGGER "history_no_update" BEFORE UPDATE ON "history" FOR EACH STATEMENT EXECUTE FUNCTION "history_no_update"()

trigger A CREATE TRIGGER "history_second_person_reverses" AFTER INSERT ON "history" FOR EACH ROW WHEN ((("new"."lifecycle")::"text" = 'movement'::"text")) EXECUTE FUNCTION "history_second_person_reverses"()

trigger A CREATE TRIGGER "hung_threads_expire_soon_on_insert" AFTER INSERT ON "hung_threads" FOR EACH ROW WHEN (((("new"."expires_at")::timestamp with time zone <= ("database_time"(false) + '24:01:00'::interval)) IS NOT TRUE)) EXECUTE FUNCTION "hung_threads_expire_soon_on_insert"()

trigger A CREATE TRIGGER "hung_threads_expire_soon_on_update" BEFORE UPDATE ON "hung_threads" FOR EACH ROW WHEN (((("new"."expires_at")::timestamp with time zone <= ("database_time"(false) + '24:01:00'::interval)) IS NOT TRUE)) EXECUTE FUNCTION "hung_threads_expire_soon_on_update"()

trigger A CREATE TRIGGER "hung_threads_expired" BEFORE DELETE ON "hung_threads" FOR EACH ROW WHEN (((("old"."expires_at")::timestamp with time zone <= "database_time"(false)) IS NOT TRUE)) EXECUTE FUNCTION "hung_threads_expired"()

trigger A CREATE TRIGGER "hung_threads_fixed" BEFORE UPDATE ON "hung_threads" FOR EACH ROW WHEN ((((("new"."stage")::"text" = ("old"."stage")::"text") AND (("new"."process")::"text" = ("old"."process")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "hung_threads_fixed"()

trigger A CREATE TRIGGER "hung_threads_no_truncate" BEFORE TRUNCATE ON "hung_threads" FOR EACH STATEMENT EXECUTE FUNCTION "hung_threads_no_truncate"()

trigger A CREATE TRIGGER "hung_threads_of_one_process_on_insert" AFTER INSERT ON "hung_threads" FOR EACH ROW WHEN (((("new"."threads")::bigint <= 1000) IS NOT TRUE)) EXECUTE FUNCTION "hung_threads_of_one_process_on_insert"()

trigger A CREATE TRIGGER "hung_threads_of_one_process_on_update" BEFORE UPDATE ON "hung_threads" FOR EACH ROW WHEN (((("new"."threads")::bigint <= 1000) IS NOT TRUE)) EXECUTE FUNCTION "hung_threads_of_one_process_on_update"()

trigger A CREATE TRIGGER "image_generation_jobs_fixed" BEFORE UPDATE ON "image_generation_jobs" FOR EACH ROW WHEN ((((("new"."token_id")::"text" = ("old"."token_id")::"text") AND (("new"."service")::"text" = ("old"."service")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "image_generation_jobs_fixed"()

trigger A CREATE TRIGGER "image_generation_jobs_initial_fields" AFTER INSERT ON "image_generation_jobs" FOR EACH ROW EXECUTE FUNCTION "image_generation_jobs_initial_fields"()

trigger A CREATE TRIGGER "image_generation_jobs_latest_times_on_insert" AFTER INSERT ON "image_generation_jobs" FOR EACH ROW EXECUTE FUNCTION "image_generation_jobs_latest_times_on_insert"()

trigger A CREATE TRIGGER "image_generation_jobs_latest_times_on_update" BEFORE UPDATE ON "image_generation_jobs" FOR EACH ROW EXECUTE FUNCTION "image_generation_jobs_latest_times_on_update"()

trigger A CREATE TRIGGER "image_generation_jobs_no_delete" BEFORE DELETE ON "image_generation_jobs" FOR EACH STATEMENT EXECUTE FUNCTION "image_generation_jobs_no_delete"()

trigger A CREATE TRIGGER "image_generation_jobs_no_truncate" BEFORE TRUNCATE ON "image_generation_jobs" FOR EACH STATEMENT EXECUTE FUNCTION "image_generation_jobs_no_truncate"()

trigger A CREATE TRIGGER "image_generation_jobs_one_step" BEFORE UPDATE ON "image_generation_jobs" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "image_generation_jobs_one_step"()

trigger A CREATE TRIGGER "ipfs_upload_records_fixed" BEFORE UPDATE ON "ipfs_upload_records" FOR EACH ROW WHEN ((((("new"."token_id")::"text" = ("old"."token_id")::"text") AND (("new"."record_type")::"text" = ("old"."record_type")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "ipfs_upload_records_fixed"()

trigger A CREATE TRIGGER "ipfs_upload_records_initial_fields" AFTER INSERT ON "ipfs_upload_records" FOR EACH ROW EXECUTE FUNCTION "ipfs_upload_records_initial_fields"()

trigger A CREATE TRIGGER "ipfs_upload_records_latest_times_on_insert" AFTER INSERT ON "ipfs_upload_records" FOR EACH ROW EXECUTE FUNCTION "ipfs_upload_records_latest_times_on_insert"()

trigger A CREATE TRIGGER "ipfs_upload_records_latest_times_on_update" BEFORE UPDATE ON "ipfs_upload_records" FOR EACH ROW EXECUTE FUNCTION "ipfs_upload_records_latest_times_on_update"()

trigger A CREATE TRIGGER "ipfs_upload_records_no_delete" BEFORE DELETE ON "ipfs_upload_records" FOR EACH STATEMENT EXECUTE FUNCTION "ipfs_upload_records_no_delete"()

trigger A CREATE TRIGGER "ipfs_upload_records_no_truncate" BEFORE TRUNCATE ON "ipfs_upload_records" FOR EACH STATEMENT EXECUTE FUNCTION "ipfs_upload_records_no_truncate"()

trigger A CREATE TRIGGER "ipfs_upload_records_one_step" BEFORE UPDATE ON "ipfs_upload_records" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "ipfs_upload_records_one_step"()

trigger A CREATE TRIGGER "job_outputs_needs_head" AFTER INSERT ON "job_outputs" FOR EACH ROW EXECUTE FUNCTION "job_outputs_needs_head"()

trigger A CREATE TRIGGER "job_outputs_no_delete" BEFORE DELETE ON "job_outputs" FOR EACH STATEMENT EXECUTE FUNCTION "job_outputs_no_delete"()

trigger A CREATE TRIGGER "job_outputs_no_truncate" BEFORE TRUNCATE ON "job_outputs" FOR EACH STATEMENT EXECUTE FUNCTION "job_outputs_no_truncate"()

trigger A CREATE TRIGGER "job_outputs_no_update" BEFORE UPDATE ON "job_outputs" FOR EACH STATEMENT EXECUTE FUNCTION "job_outputs_no_update"()

trigger A CREATE TRIGGER "job_specs_has_prompt" AFTER INSERT ON "job_specs" FOR EACH ROW EXECUTE FUNCTION "job_specs_has_prompt"()

trigger A CREATE TRIGGER "job_specs_needs_head" AFTER INSERT ON "job_specs" FOR EACH ROW EXECUTE FUNCTION "job_specs_needs_head"()

trigger A CREATE TRIGGER "job_specs_no_delete" BEFORE DELETE ON "job_specs" FOR EACH STATEMENT EXECUTE FUNCTION "job_specs_no_delete"()

trigger A CREATE TRIGGER "job_specs_no_truncate" BEFORE TRUNCATE ON "job_specs" FOR EACH STATEMENT EXECUTE FUNCTION "job_specs_no_truncate"()

trigger A CREATE TRIGGER "job_specs_no_update" BEFORE UPDATE ON "job_specs" FOR EACH STATEMENT EXECUTE FUNCTION "job_specs_no_update"()

trigger A CREATE TRIGGER "jobs_fixed" BEFORE UPDATE ON "jobs" FOR EACH ROW WHEN ((((("new"."project_id")::"text" = ("old"."project_id")::"text") AND (("new"."user_id")::"text" = ("old"."user_id")::"text") AND (("new"."number")::bigint = ("old"."number")::bigint) AND ("new"."prompt" = "old"."prompt") AND (("new"."spec_digest")::"text" = ("old"."spec_digest")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "jobs_fixed"()

trigger A CREATE TRIGGER "jobs_initial_fields" AFTER INSERT ON "jobs" FOR EACH ROW EXECUTE FUNCTION "jobs_initial_fields"()

trigger A CREATE TRIGGER "jobs_keeps_fields" BEFORE UPDATE ON "jobs" FOR EACH ROW EXECUTE FUNCTION "jobs_keeps_fields"()

trigger A CREATE TRIGGER "jobs_latest_times_on_insert" AFTER INSERT ON "jobs" FOR EACH ROW EXECUTE FUNCTION "jobs_latest_times_on_insert"()

trigger A CREATE TRIGGER "jobs_latest_times_on_update" BEFORE UPDATE ON "jobs" FOR EACH ROW EXECUTE FUNCTION "jobs_latest_times_on_update"()

trigger A CREATE TRIGGER "jobs_no_delete" BEFORE DELETE ON "jobs" FOR EACH STATEMENT EXECUTE FUNCTION "jobs_no_delete"()

trigger A CREATE TRIGGER "jobs_no_truncate" BEFORE TRUNCATE ON "jobs" FOR EACH STATEMENT EXECUTE FUNCTION "jobs_no_truncate"()

trigger A CREATE TRIGGER "jobs_one_step" BEFORE UPDATE ON "jobs" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "jobs_one_step"()

trigger A CREATE TRIGGER "jobs_prompted" AFTER INSERT ON "jobs" FOR EACH ROW EXECUTE FUNCTION "jobs_prompted"()

trigger A CREATE TRIGGER "jobs_warnings_rise" BEFORE UPDATE ON "jobs" FOR EACH ROW WHEN (((("new"."warning_count")::bigint >= ("old"."warning_count")::bigint) IS NOT TRUE)) EXECUTE FUNCTION "jobs_warnings_rise"()

trigger A CREATE TRIGGER "keys_fixed" BEFORE UPDATE ON "keys" FOR EACH ROW WHEN ((((("new"."owner")::"text" = ("old"."owner")::"text") AND (("new"."scopes")::"jsonb" = ("old"."scopes")::"jsonb") AND (("new"."secret_digest")::"text" = ("old"."secret_digest")::"text") AND ((("new"."expires_at")::timestamp with time zone = ("old"."expires_at")::timestamp with time zone) OR (("new"."expires_at" IS NULL) AND ("old"."expires_at" IS NULL)))) IS NOT TRUE)) EXECUTE FUNCTION "keys_fixed"()

trigger A CREATE TRIGGER "keys_has_scopes" AFTER INSERT ON "keys" FOR EACH ROW EXECUTE FUNCTION "keys_has_scopes"()

trigger A CREATE TRIGGER "keys_no_delete" BEFORE DELETE ON "keys" FOR EACH STATEMENT EXECUTE FUNCTION "keys_no_delete"()

trigger A CREATE TRIGGER "keys_no_truncate" BEFORE TRUNCATE ON "keys" FOR EACH STATEMENT EXECUTE FUNCTION "keys_no_truncate"()

trigger A CREATE TRIGGER "keys_one_step" BEFORE UPDATE ON "keys" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "keys_one_step"()

trigger A CREATE TRIGGER "lifecycle_edges_no_delete" BEFORE DELETE ON "lifecycle_edges" FOR EACH STATEMENT EXECUTE FUNCTION "lifecycle_edges_no_delete"()

trigger A CREATE TRIGGER "lifecycle_edges_no_insert" AFTER INSERT ON "lifecycle_edges" FOR EACH STATEMENT EXECUTE FUNCTION "lifecycle_edges_no_insert"()

trigger A CREATE TRIGGER "lifecycle_edges_no_truncate" BEFORE TRUNCATE ON "lifecycle_edges" FOR EACH STATEMENT EXECUTE FUNCTION "lifecycle_edges_no_truncate"()

trigger A CREATE TRIGGER "lifecycle_edges_no_update" BEFORE UPDATE ON "lifecycle_edges" FOR EACH STATEMENT EXECUTE FUNCTION "lifecycle_edges_no_update"()

trigger A CREATE TRIGGER "mint_events_fixed" BEFORE UPDATE ON "mint_events" FOR EACH ROW WHEN ((((("new"."tx_hash")::"text" = ("old"."tx_hash")::"text") AND (("new"."log_index")::bigint = ("old"."log_index")::bigint) AND (("new"."block_number")::bigint = ("old"."block_number")::bigint) AND (("new"."block_hash")::"text" = ("old"."block_hash")::"text") AND (("new"."block_timestamp")::timestamp with time zone = ("old"."block_timestamp")::timestamp with time zone) AND (("new"."token_id")::numeric = ("old"."token_id")::numeric) AND (("new"."quantity")::bigint = ("old"."quantity")::bigint) AND (("new"."author_wallet")::"text" = ("old"."author_wallet")::"text") AND (("new"."recipient")::"text" = ("old"."recipient")::"text") AND ("new"."total_paid" = "old"."total_paid") AND (("new"."detected_at")::timestamp with time zone = ("old"."detected_at")::timestamp with time zone) AND ((("new"."batch")::"jsonb" = ("old"."batch")::"jsonb") OR (("new"."batch" IS NULL) AND ("old"."batch" IS NULL))) AND ((("new"."copies")::"jsonb" = ("old"."copies")::"jsonb") OR (("new"."copies" IS NULL) AND ("old"."copies" IS NULL)))) IS NOT TRUE)) EXECUTE FUNCTION "mint_events_fixed"()

trigger A CREATE TRIGGER "mint_events_latest_times_on_insert" AFTER INSERT ON "mint_events" FOR EACH ROW EXECUTE FUNCTION "mint_events_latest_times_on_insert"()

trigger A CREATE TRIGGER "mint_events_latest_times_on_update" BEFORE UPDATE ON "mint_events" FOR EACH ROW EXECUTE FUNCTION "mint_events_latest_times_on_update"()

trigger A CREATE TRIGGER "mint_events_no_delete" BEFORE DELETE ON "mint_events" FOR EACH STATEMENT EXECUTE FUNCTION "mint_events_no_delete"()

trigger A CREATE TRIGGER "mint_events_no_truncate" BEFORE TRUNCATE ON "mint_events" FOR EACH STATEMENT EXECUTE FUNCTION "mint_events_no_truncate"()

trigger A CREATE TRIGGER "mint_events_one_step" BEFORE UPDATE ON "mint_events" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "mint_events_one_step"()

trigger A CREATE TRIGGER "movements_fixed" BEFORE UPDATE ON "movements" FOR EACH ROW WHEN ((((("new"."kind")::"text" = ("old"."kind")::"text") AND (("new"."key")::"text" = ("old"."key")::"text") AND ((("new"."fact_key")::"text" = ("old"."fact_key")::"text") OR (("new"."fact_key" IS NULL) AND ("old"."fact_key" IS NULL))) AND ((("new"."reference")::"text" = ("old"."reference")::"text") OR (("new"."reference" IS NULL) AND ("old"."reference" IS NULL))) AND (("new"."currency")::"text" = ("old"."currency")::"text") AND (("new"."total_minor")::bigint = ("old"."total_minor")::bigint) AND (("new"."posting_count")::bigint = ("old"."posting_count")::bigint) AND ((("new"."reverses")::"text" = ("old"."reverses")::"text") OR (("new"."reverses" IS NULL) AND ("old"."reverses" IS NULL))) AND (("new"."source")::"text" = ("old"."source")::"text") AND (("new"."occurred_at")::timestamp with time zone = ("old"."occurred_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "movements_fixed"()

trigger A CREATE TRIGGER "movements_latest_times_on_insert" AFTER INSERT ON "movements" FOR EACH ROW EXECUTE FUNCTION "movements_latest_times_on_insert"()

trigger A CREATE TRIGGER "movements_latest_times_on_update" BEFORE UPDATE ON "movements" FOR EACH ROW EXECUTE FUNCTION "movements_latest_times_on_update"()

trigger A CREATE TRIGGER "movements_mirrors" AFTER INSERT ON "movements" FOR EACH ROW WHEN (("new"."reverses" IS NOT NULL)) EXECUTE FUNCTION "movements_mirrors"()

trigger A CREATE TRIGGER "movements_no_delete" BEFORE DELETE ON "movements" FOR EACH STATEMENT EXECUTE FUNCTION "movements_no_delete"()

trigger A CREATE TRIGGER "movements_no_truncate" BEFORE TRUNCATE ON "movements" FOR EACH STATEMENT EXECUTE FUNCTION "movements_no_truncate"()

trigger A CREATE TRIGGER "movements_notes_fact" AFTER INSERT ON "movements" FOR EACH ROW WHEN ((("new"."kind")::"text" = ANY (ARRAY['PAYOUT_FAILED'::"text", 'REVERSAL_PROPOSED'::"text"]))) EXECUTE FUNCTION "movements_notes_fact"()

trigger A CREATE TRIGGER "movements_one_step" BEFORE UPDATE ON "movements" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "movements_one_step"()

trigger A CREATE TRIGGER "payees_initial_fields" AFTER INSERT ON "payees" FOR EACH ROW EXECUTE FUNCTION "payees_initial_fields"()

trigger A CREATE TRIGGER "payees_keeps_fields" BEFORE UPDATE ON "payees" FOR EACH ROW EXECUTE FUNCTION "payees_keeps_fields"()

trigger A CREATE TRIGGER "payees_no_delete" BEFORE DELETE ON "payees" FOR EACH STATEMENT EXECUTE FUNCTION "payees_no_delete"()

trigger A CREATE TRIGGER "payees_no_truncate" BEFORE TRUNCATE ON "payees" FOR EACH STATEMENT EXECUTE FUNCTION "payees_no_truncate"()

trigger A CREATE TRIGGER "payees_one_step" BEFORE UPDATE ON "payees" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "payees_one_step"()

trigger A CREATE TRIGGER "payloads_digest_matches" AFTER INSERT ON "payloads" FOR EACH ROW WHEN (((("new"."digest")::"text" = "encode"("sha256"(("new"."bytes")::"bytea"), 'hex'::"text")) IS NOT TRUE)) EXECUTE FUNCTION "payloads_digest_matches"()

trigger A CREATE TRIGGER "payloads_no_delete" BEFORE DELETE ON "payloads" FOR EACH STATEMENT EXECUTE FUNCTION "payloads_no_delete"()

trigger A CREATE TRIGGER "payloads_no_truncate" BEFORE TRUNCATE ON "payloads" FOR EACH STATEMENT EXECUTE FUNCTION "payloads_no_truncate"()

trigger A CREATE TRIGGER "payloads_no_update" BEFORE UPDATE ON "payloads" FOR EACH STATEMENT EXECUTE FUNCTION "payloads_no_update"()

trigger A CREATE TRIGGER "payment_switches_latest_times_on_insert" AFTER INSERT ON "payment_switches" FOR EACH ROW EXECUTE FUNCTION "payment_switches_latest_times_on_insert"()

trigger A CREATE TRIGGER "payment_switches_latest_times_on_update" BEFORE UPDATE ON "payment_switches" FOR EACH ROW EXECUTE FUNCTION "payment_switches_latest_times_on_update"()

trigger A CREATE TRIGGER "payment_switches_no_delete" BEFORE DELETE ON "payment_switches" FOR EACH STATEMENT EXECUTE FUNCTION "payment_switches_no_delete"()

trigger A CREATE TRIGGER "payment_switches_no_truncate" BEFORE TRUNCATE ON "payment_switches" FOR EACH STATEMENT EXECUTE FUNCTION "payment_switches_no_truncate"()

trigger A CREATE TRIGGER "payment_switches_one_step" BEFORE UPDATE ON "payment_switches" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "payment_switches_one_step"()

trigger A CREATE TRIGGER "payout_jobs_finished" BEFORE UPDATE ON "payout_jobs" FOR EACH ROW WHEN ((("new"."status")::"text" = 'complete'::"text")) EXECUTE FUNCTION "payout_jobs_finished"()

trigger A CREATE TRIGGER "payout_jobs_fixed" BEFORE UPDATE ON "payout_jobs" FOR EACH ROW WHEN ((((("new"."reference")::"text" = ("old"."reference")::"text") AND (("new"."currency")::"text" = ("old"."currency")::"text") AND (("new"."transfer_count")::bigint = ("old"."transfer_count")::bigint) AND (("new"."total_minor")::bigint = ("old"."total_minor")::bigint)) IS NOT TRUE)) EXECUTE FUNCTION "payout_jobs_fixed"()

trigger A CREATE TRIGGER "payout_jobs_initial_fields" AFTER INSERT ON "payout_jobs" FOR EACH ROW EXECUTE FUNCTION "payout_jobs_initial_fields"()

trigger A CREATE TRIGGER "payout_jobs_keeps_fields" BEFORE UPDATE ON "payout_jobs" FOR EACH ROW EXECUTE FUNCTION "payout_jobs_keeps_fields"()

trigger A CREATE TRIGGER "payout_jobs_latest_times_on_insert" AFTER INSERT ON "payout_jobs" FOR EACH ROW EXECUTE FUNCTION "payout_jobs_latest_times_on_insert"()

trigger A CREATE TRIGGER "payout_jobs_latest_times_on_update" BEFORE UPDATE ON "payout_jobs" FOR EACH ROW EXECUTE FUNCTION "payout_jobs_latest_times_on_update"()

trigger A CREATE TRIGGER "payout_jobs_no_delete" BEFORE DELETE ON "payout_jobs" FOR EACH STATEMENT EXECUTE FUNCTION "payout_jobs_no_delete"()

trigger A CREATE TRIGGER "payout_jobs_no_truncate" BEFORE TRUNCATE ON "payout_jobs" FOR EACH STATEMENT EXECUTE FUNCTION "payout_jobs_no_truncate"()

trigger A CREATE TRIGGER "payout_jobs_of_settlement" AFTER INSERT ON "payout_jobs" FOR EACH ROW EXECUTE FUNCTION "payout_jobs_of_settlement"()

trigger A CREATE TRIGGER "payout_jobs_one_step" BEFORE UPDATE ON "payout_jobs" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "payout_jobs_one_step"()

trigger A CREATE TRIGGER "postings_in_change" AFTER INSERT ON "postings" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "postings_in_change"()

trigger A CREATE TRIGGER "postings_no_delete" BEFORE DELETE ON "postings" FOR EACH STATEMENT EXECUTE FUNCTION "postings_no_delete"()

trigger A CREATE TRIGGER "postings_no_truncate" BEFORE TRUNCATE ON "postings" FOR EACH STATEMENT EXECUTE FUNCTION "postings_no_truncate"()

trigger A CREATE TRIGGER "postings_no_update" BEFORE UPDATE ON "postings" FOR EACH STATEMENT EXECUTE FUNCTION "postings_no_update"()

trigger A CREATE TRIGGER "postings_of_accounts" AFTER INSERT ON "postings" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "postings_of_accounts"()

trigger A CREATE TRIGGER "postings_pays_line" AFTER INSERT ON "postings" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "postings_pays_line"()

trigger A CREATE TRIGGER "postings_reverses_line" AFTER INSERT ON "postings" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "postings_reverses_line"()

trigger A CREATE TRIGGER "project_prompts_needs_head" AFTER INSERT ON "project_prompts" FOR EACH ROW EXECUTE FUNCTION "project_prompts_needs_head"()

trigger A CREATE TRIGGER "project_prompts_no_delete" BEFORE DELETE ON "project_prompts" FOR EACH STATEMENT EXECUTE FUNCTION "project_prompts_no_delete"()

trigger A CREATE TRIGGER "project_prompts_no_truncate" BEFORE TRUNCATE ON "project_prompts" FOR EACH STATEMENT EXECUTE FUNCTION "project_prompts_no_truncate"()

trigger A CREATE TRIGGER "project_prompts_no_update" BEFORE UPDATE ON "project_prompts" FOR EACH STATEMENT EXECUTE FUNCTION "project_prompts_no_update"()

trigger A CREATE TRIGGER "projects_bound_once" BEFORE UPDATE ON "projects" FOR EACH ROW WHEN ((((("old"."status")::"text" <> 'bound'::"text") OR ((("new"."repository_host")::"text" = ("old"."repository_host")::"text") AND (("new"."repository_name")::"text" = ("old"."repository_name")::"text") AND (("new"."repository_id")::"text" = ("old"."repository_id")::"text") AND (("new"."repository_branch")::"text" = ("old"."repository_branch")::"text") AND (("new"."github_repo_url")::"text" = ("old"."github_repo_url")::"text"))) IS NOT TRUE)) EXECUTE FUNCTION "projects_bound_once"()

trigger A CREATE TRIGGER "projects_fixed" BEFORE UPDATE ON "projects" FOR EACH ROW WHEN (((("new"."user_id")::"text" = ("old"."user_id")::"text") IS NOT TRUE)) EXECUTE FUNCTION "projects_fixed"()

trigger A CREATE TRIGGER "projects_initial_fields" AFTER INSERT ON "projects" FOR EACH ROW EXECUTE FUNCTION "projects_initial_fields"()

trigger A CREATE TRIGGER "projects_keeps_fields" BEFORE UPDATE ON "projects" FOR EACH ROW EXECUTE FUNCTION "projects_keeps_fields"()

trigger A CREATE TRIGGER "projects_latest_rises" BEFORE UPDATE ON "projects" FOR EACH ROW WHEN (((("old"."latest_successful_job_number" IS NULL) OR (("new"."latest_successful_job_number")::bigint >= ("old"."latest_successful_job_number")::bigint)) IS NOT TRUE)) EXECUTE FUNCTION "projects_latest_rises"()

trigger A CREATE TRIGGER "projects_latest_successful" BEFORE UPDATE ON "projects" FOR EACH ROW WHEN (("new"."latest_successful_job_id" IS NOT NULL)) EXECUTE FUNCTION "projects_latest_successful"()

trigger A CREATE TRIGGER "projects_no_delete" BEFORE DELETE ON "projects" FOR EACH STATEMENT EXECUTE FUNCTION "projects_no_delete"()

trigger A CREATE TRIGGER "projects_no_truncate" BEFORE TRUNCATE ON "projects" FOR EACH STATEMENT EXECUTE FUNCTION "projects_no_truncate"()

trigger A CREATE TRIGGER "projects_one_step" BEFORE UPDATE ON "projects" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "projects_one_step"()

trigger A CREATE TRIGGER "projects_requested_host" BEFORE UPDATE ON "projects" FOR EACH ROW WHEN ((((("old"."status")::"text" <> 'requested'::"text") OR (("new"."status")::"text" <> 'bound'::"text") OR (("new"."repository_host")::"text" = ("old"."repository_host")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "projects_requested_host"()

trigger A CREATE TRIGGER "provider_feeds_initial_fields" AFTER INSERT ON "provider_feeds" FOR EACH ROW EXECUTE FUNCTION "provider_feeds_initial_fields"()

trigger A CREATE TRIGGER "provider_feeds_keeps_fields" BEFORE UPDATE ON "provider_feeds" FOR EACH ROW EXECUTE FUNCTION "provider_feeds_keeps_fields"()

trigger A CREATE TRIGGER "provider_feeds_latest_times_on_insert" AFTER INSERT ON "provider_feeds" FOR EACH ROW EXECUTE FUNCTION "provider_feeds_latest_times_on_insert"()

trigger A CREATE TRIGGER "provider_feeds_latest_times_on_update" BEFORE UPDATE ON "provider_feeds" FOR EACH ROW EXECUTE FUNCTION "provider_feeds_latest_times_on_update"()

trigger A CREATE TRIGGER "provider_feeds_no_delete" BEFORE DELETE ON "provider_feeds" FOR EACH STATEMENT EXECUTE FUNCTION "provider_feeds_no_delete"()

trigger A CREATE TRIGGER "provider_feeds_no_truncate" BEFORE TRUNCATE ON "provider_feeds" FOR EACH STATEMENT EXECUTE FUNCTION "provider_feeds_no_truncate"()

trigger A CREATE TRIGGER "provider_feeds_one_step" BEFORE UPDATE ON "provider_feeds" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "provider_feeds_one_step"()

trigger A CREATE TRIGGER "provider_fetches_counted" AFTER INSERT ON "provider_fetches" FOR EACH ROW EXECUTE FUNCTION "provider_fetches_counted"()

trigger A CREATE TRIGGER "provider_fetches_needs_head" AFTER INSERT ON "provider_fetches" FOR EACH ROW EXECUTE FUNCTION "provider_fetches_needs_head"()

trigger A CREATE TRIGGER "provider_fetches_no_delete" BEFORE DELETE ON "provider_fetches" FOR EACH STATEMENT EXECUTE FUNCTION "provider_fetches_no_delete"()

trigger A CREATE TRIGGER "provider_fetches_no_truncate" BEFORE TRUNCATE ON "provider_fetches" FOR EACH STATEMENT EXECUTE FUNCTION "provider_fetches_no_truncate"()

trigger A CREATE TRIGGER "provider_fetches_no_update" BEFORE UPDATE ON "provider_fetches" FOR EACH STATEMENT EXECUTE FUNCTION "provider_fetches_no_update"()

trigger A CREATE TRIGGER "pruned_stages_needs_task" AFTER INSERT ON "pruned_stages" FOR EACH ROW EXECUTE FUNCTION "pruned_stages_needs_task"()

trigger A CREATE TRIGGER "pruned_stages_no_delete" BEFORE DELETE ON "pruned_stages" FOR EACH STATEMENT EXECUTE FUNCTION "pruned_stages_no_delete"()

trigger A CREATE TRIGGER "pruned_stages_no_truncate" BEFORE TRUNCATE ON "pruned_stages" FOR EACH STATEMENT EXECUTE FUNCTION "pruned_stages_no_truncate"()

trigger A CREATE TRIGGER "pruned_stages_rises" BEFORE UPDATE ON "pruned_stages" FOR EACH ROW EXECUTE FUNCTION "pruned_stages_rises"()

trigger A CREATE TRIGGER "pruned_tables_no_delete" BEFORE DELETE ON "pruned_tables" FOR EACH STATEMENT EXECUTE FUNCTION "pruned_tables_no_delete"()

trigger A CREATE TRIGGER "pruned_tables_no_truncate" BEFORE TRUNCATE ON "pruned_tables" FOR EACH STATEMENT EXECUTE FUNCTION "pruned_tables_no_truncate"()

trigger A CREATE TRIGGER "pruned_tables_retained" AFTER INSERT ON "pruned_tables" FOR EACH ROW EXECUTE FUNCTION "pruned_tables_retained"()

trigger A CREATE TRIGGER "pruned_tables_rises" BEFORE UPDATE ON "pruned_tables" FOR EACH ROW EXECUTE FUNCTION "pruned_tables_rises"()

trigger A CREATE TRIGGER "rate_buckets_empty_by_now_on_insert" AFTER INSERT ON "rate_buckets" FOR EACH ROW WHEN (((("new"."empty_at")::timestamp with time zone <= ("database_time"(false) + '24:00:00'::interval)) IS NOT TRUE)) EXECUTE FUNCTION "rate_buckets_empty_by_now_on_insert"()

trigger A CREATE TRIGGER "rate_buckets_empty_by_now_on_update" BEFORE UPDATE ON "rate_buckets" FOR EACH ROW WHEN (((("new"."empty_at")::timestamp with time zone <= ("database_time"(false) + '24:00:00'::interval)) IS NOT TRUE)) EXECUTE FUNCTION "rate_buckets_empty_by_now_on_update"()

trigger A CREATE TRIGGER "rate_buckets_fixed" BEFORE UPDATE ON "rate_buckets" FOR EACH ROW WHEN (((("new"."stage")::"text" = ("old"."stage")::"text") IS NOT TRUE)) EXECUTE FUNCTION "rate_buckets_fixed"()

trigger A CREATE TRIGGER "rate_buckets_no_delete" BEFORE DELETE ON "rate_buckets" FOR EACH STATEMENT EXECUTE FUNCTION "rate_buckets_no_delete"()

trigger A CREATE TRIGGER "rate_buckets_no_truncate" BEFORE TRUNCATE ON "rate_buckets" FOR EACH STATEMENT EXECUTE FUNCTION "rate_buckets_no_truncate"()

trigger A CREATE TRIGGER "receipts_has_answer" AFTER INSERT ON "receipts" FOR EACH ROW WHEN ((
        CASE
            WHEN ("jsonb_typeof"(("new"."result")::"jsonb") = 'object'::"text") THEN ((("new"."result")::"jsonb" <> '{}'::"jsonb") AND ((("new"."result")::"jsonb" - 'answer'::"text") = '{}'::"jsonb"))
            ELSE NULL::boolean
        END IS NOT TRUE)) EXECUTE FUNCTION "receipts_has_answer"()

trigger A CREATE TRIGGER "receipts_no_delete" BEFORE DELETE ON "receipts" FOR EACH STATEMENT EXECUTE FUNCTION "receipts_no_delete"()

trigger A CREATE TRIGGER "receipts_no_truncate" BEFORE TRUNCATE ON "receipts" FOR EACH STATEMENT EXECUTE FUNCTION "receipts_no_truncate"()

trigger A CREATE TRIGGER "receipts_no_update" BEFORE UPDATE ON "receipts" FOR EACH STATEMENT EXECUTE FUNCTION "receipts_no_update"()

trigger A CREATE TRIGGER "receipts_not_far_ahead" AFTER INSERT ON "receipts" FOR EACH ROW WHEN (((("new"."at")::timestamp with time zone <= ("database_time"(false) + '24024:00:00'::interval)) IS NOT TRUE)) EXECUTE FUNCTION "receipts_not_far_ahead"()

trigger A CREATE TRIGGER "reconciliations_fixed" BEFORE UPDATE ON "reconciliations" FOR EACH ROW WHEN ((((("new"."scope")::"text" = ("old"."scope")::"text") AND (("new"."started_at")::timestamp with time zone = ("old"."started_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "reconciliations_fixed"()

trigger A CREATE TRIGGER "reconciliations_initial_fields" AFTER INSERT ON "reconciliations" FOR EACH ROW EXECUTE FUNCTION "reconciliations_initial_fields"()

trigger A CREATE TRIGGER "reconciliations_keeps_fields" BEFORE UPDATE ON "reconciliations" FOR EACH ROW EXECUTE FUNCTION "reconciliations_keeps_fields"()

trigger A CREATE TRIGGER "reconciliations_latest_times_on_insert" AFTER INSERT ON "reconciliations" FOR EACH ROW EXECUTE FUNCTION "reconciliations_latest_times_on_insert"()

trigger A CREATE TRIGGER "reconciliations_latest_times_on_update" BEFORE UPDATE ON "reconciliations" FOR EACH ROW EXECUTE FUNCTION "reconciliations_latest_times_on_update"()

trigger A CREATE TRIGGER "reconciliations_no_delete" BEFORE DELETE ON "reconciliations" FOR EACH STATEMENT EXECUTE FUNCTION "reconciliations_no_delete"()

trigger A CREATE TRIGGER "reconciliations_no_truncate" BEFORE TRUNCATE ON "reconciliations" FOR EACH STATEMENT EXECUTE FUNCTION "reconciliations_no_truncate"()

trigger A CREATE TRIGGER "reconciliations_one_step" BEFORE UPDATE ON "reconciliations" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "reconciliations_one_step"()

trigger A CREATE TRIGGER "refund_attempts_needs_head" AFTER INSERT ON "refund_attempts" FOR EACH ROW EXECUTE FUNCTION "refund_attempts_needs_head"()

trigger A CREATE TRIGGER "refund_attempts_no_delete" BEFORE DELETE ON "refund_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "refund_attempts_no_delete"()

trigger A CREATE TRIGGER "refund_attempts_no_truncate" BEFORE TRUNCATE ON "refund_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "refund_attempts_no_truncate"()

trigger A CREATE TRIGGER "refund_attempts_no_update" BEFORE UPDATE ON "refund_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "refund_attempts_no_update"()

trigger A CREATE TRIGGER "refunds_covered_by_settlement" AFTER INSERT ON "refunds" FOR EACH ROW WHEN ((("new"."covered")::bigint = 1)) EXECUTE FUNCTION "refunds_covered_by_settlement"()

trigger A CREATE TRIGGER "refunds_fixed" BEFORE UPDATE ON "refunds" FOR EACH ROW WHEN ((((("new"."charge_id")::"text" = ("old"."charge_id")::"text") AND (("new"."number")::bigint = ("old"."number")::bigint) AND (("new"."amount_minor")::bigint = ("old"."amount_minor")::bigint) AND (("new"."currency")::"text" = ("old"."currency")::"text") AND (("new"."reason_code")::"text" = ("old"."reason_code")::"text") AND (("new"."covered")::bigint = ("old"."covered")::bigint)) IS NOT TRUE)) EXECUTE FUNCTION "refunds_fixed"()

trigger A CREATE TRIGGER "refunds_generation_forward" BEFORE UPDATE ON "refunds" FOR EACH ROW WHEN ((((("new"."generation")::bigint >= ("old"."generation")::bigint) AND (("new"."generation")::bigint <= (("old"."generation")::bigint + 1))) IS NOT TRUE)) EXECUTE FUNCTION "refunds_generation_forward"()

trigger A CREATE TRIGGER "refunds_initial_fields" AFTER INSERT ON "refunds" FOR EACH ROW EXECUTE FUNCTION "refunds_initial_fields"()

trigger A CREATE TRIGGER "refunds_keeps_fields" BEFORE UPDATE ON "refunds" FOR EACH ROW EXECUTE FUNCTION "refunds_keeps_fields"()

trigger A CREATE TRIGGER "refunds_keeps_stripe_refund_id" BEFORE UPDATE ON "refunds" FOR EACH ROW WHEN (((("old"."stripe_refund_id" IS NULL) OR (("new"."stripe_refund_id")::"text" = ("old"."stripe_refund_id")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "refunds_keeps_stripe_refund_id"()

trigger A CREATE TRIGGER "refunds_next_number" AFTER INSERT ON "refunds" FOR EACH ROW EXECUTE FUNCTION "refunds_next_number"()

trigger A CREATE TRIGGER "refunds_no_delete" BEFORE DELETE ON "refunds" FOR EACH STATEMENT EXECUTE FUNCTION "refunds_no_delete"()

trigger A CREATE TRIGGER "refunds_no_truncate" BEFORE TRUNCATE ON "refunds" FOR EACH STATEMENT EXECUTE FUNCTION "refunds_no_truncate"()

trigger A CREATE TRIGGER "refunds_one_step" BEFORE UPDATE ON "refunds" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "refunds_one_step"()

trigger A CREATE TRIGGER "refunds_refundable" AFTER INSERT ON "refunds" FOR EACH ROW EXECUTE FUNCTION "refunds_refundable"()

trigger A CREATE TRIGGER "rejections_no_delete" BEFORE DELETE ON "rejections" FOR EACH STATEMENT EXECUTE FUNCTION "rejections_no_delete"()

trigger A CREATE TRIGGER "rejections_no_truncate" BEFORE TRUNCATE ON "rejections" FOR EACH STATEMENT EXECUTE FUNCTION "rejections_no_truncate"()

trigger A CREATE TRIGGER "rejections_no_update" BEFORE UPDATE ON "rejections" FOR EACH STATEMENT EXECUTE FUNCTION "rejections_no_update"()

trigger A CREATE TRIGGER "reveal_transactions_fixed" BEFORE UPDATE ON "reveal_transactions" FOR EACH ROW WHEN (((("new"."token_ids")::"jsonb" = ("old"."token_ids")::"jsonb") IS NOT TRUE)) EXECUTE FUNCTION "reveal_transactions_fixed"()

trigger A CREATE TRIGGER "reveal_transactions_has_tokens" AFTER INSERT ON "reveal_transactions" FOR EACH ROW EXECUTE FUNCTION "reveal_transactions_has_tokens"()

trigger A CREATE TRIGGER "reveal_transactions_initial_fields" AFTER INSERT ON "reveal_transactions" FOR EACH ROW EXECUTE FUNCTION "reveal_transactions_initial_fields"()

trigger A CREATE TRIGGER "reveal_transactions_latest_times_on_insert" AFTER INSERT ON "reveal_transactions" FOR EACH ROW EXECUTE FUNCTION "reveal_transactions_latest_times_on_insert"()

trigger A CREATE TRIGGER "reveal_transactions_latest_times_on_update" BEFORE UPDATE ON "reveal_transactions" FOR EACH ROW EXECUTE FUNCTION "reveal_transactions_latest_times_on_update"()

trigger A CREATE TRIGGER "reveal_transactions_no_delete" BEFORE DELETE ON "reveal_transactions" FOR EACH STATEMENT EXECUTE FUNCTION "reveal_transactions_no_delete"()

trigger A CREATE TRIGGER "reveal_transactions_no_truncate" BEFORE TRUNCATE ON "reveal_transactions" FOR EACH STATEMENT EXECUTE FUNCTION "reveal_transactions_no_truncate"()

trigger A CREATE TRIGGER "reveal_transactions_one_step" BEFORE UPDATE ON "reveal_transactions" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "reveal_transactions_one_step"()

trigger A CREATE TRIGGER "rosters_needs_head" AFTER INSERT ON "rosters" FOR EACH ROW EXECUTE FUNCTION "rosters_needs_head"()

trigger A CREATE TRIGGER "rosters_no_delete" BEFORE DELETE ON "rosters" FOR EACH STATEMENT EXECUTE FUNCTION "rosters_no_delete"()

trigger A CREATE TRIGGER "rosters_no_truncate" BEFORE TRUNCATE ON "rosters" FOR EACH STATEMENT EXECUTE FUNCTION "rosters_no_truncate"()

trigger A CREATE TRIGGER "rosters_no_update" BEFORE UPDATE ON "rosters" FOR EACH STATEMENT EXECUTE FUNCTION "rosters_no_update"()

trigger A CREATE TRIGGER "runbook_execution_steps_in_change" AFTER INSERT ON "runbook_execution_steps" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "runbook_execution_steps_in_change"()

trigger A CREATE TRIGGER "runbook_execution_steps_no_delete" BEFORE DELETE ON "runbook_execution_steps" FOR EACH STATEMENT EXECUTE FUNCTION "runbook_execution_steps_no_delete"()

trigger A CREATE TRIGGER "runbook_execution_steps_no_truncate" BEFORE TRUNCATE ON "runbook_execution_steps" FOR EACH STATEMENT EXECUTE FUNCTION "runbook_execution_steps_no_truncate"()

trigger A CREATE TRIGGER "runbook_execution_steps_no_update" BEFORE UPDATE ON "runbook_execution_steps" FOR EACH STATEMENT EXECUTE FUNCTION "runbook_execution_steps_no_update"()

trigger A CREATE TRIGGER "runbook_executions_failed_steps_forward" BEFORE UPDATE ON "runbook_executions" FOR EACH ROW WHEN ((((("new"."failed_step_count")::bigint >= ("old"."failed_step_count")::bigint) AND (("new"."failed_step_count")::bigint <= (("old"."failed_step_count")::bigint + 1))) IS NOT TRUE)) EXECUTE FUNCTION "runbook_executions_failed_steps_forward"()

trigger A CREATE TRIGGER "runbook_executions_fixed" BEFORE UPDATE ON "runbook_executions" FOR EACH ROW WHEN ((((("new"."runbook_name")::"text" = ("old"."runbook_name")::"text") AND (("new"."runbook_version")::"text" = ("old"."runbook_version")::"text") AND (("new"."executed_by")::"text" = ("old"."executed_by")::"text") AND ((("new"."alert")::"text" = ("old"."alert")::"text") OR (("new"."alert" IS NULL) AND ("old"."alert" IS NULL))) AND ((("new"."system_state_before")::"jsonb" = ("old"."system_state_before")::"jsonb") OR (("new"."system_state_before" IS NULL) AND ("old"."system_state_before" IS NULL)))) IS NOT TRUE)) EXECUTE FUNCTION "runbook_executions_fixed"()

trigger A CREATE TRIGGER "runbook_executions_initial_fields" AFTER INSERT ON "runbook_executions" FOR EACH ROW EXECUTE FUNCTION "runbook_executions_initial_fields"()

trigger A CREATE TRIGGER "runbook_executions_keeps_fields" BEFORE UPDATE ON "runbook_executions" FOR EACH ROW EXECUTE FUNCTION "runbook_executions_keeps_fields"()

trigger A CREATE TRIGGER "runbook_executions_no_delete" BEFORE DELETE ON "runbook_executions" FOR EACH STATEMENT EXECUTE FUNCTION "runbook_executions_no_delete"()

trigger A CREATE TRIGGER "runbook_executions_no_truncate" BEFORE TRUNCATE ON "runbook_executions" FOR EACH STATEMENT EXECUTE FUNCTION "runbook_executions_no_truncate"()

trigger A CREATE TRIGGER "runbook_executions_one_step" BEFORE UPDATE ON "runbook_executions" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "runbook_executions_one_step"()

trigger A CREATE TRIGGER "runbook_executions_steps_forward" BEFORE UPDATE ON "runbook_executions" FOR EACH ROW WHEN ((((("new"."step_count")::bigint >= ("old"."step_count")::bigint) AND (("new"."step_count")::bigint <= (("old"."step_count")::bigint + 1))) IS NOT TRUE)) EXECUTE FUNCTION "runbook_executions_steps_forward"()

trigger A CREATE TRIGGER "seal_records_no_delete" BEFORE DELETE ON "seal_records" FOR EACH STATEMENT EXECUTE FUNCTION "seal_records_no_delete"()

trigger A CREATE TRIGGER "seal_records_no_truncate" BEFORE TRUNCATE ON "seal_records" FOR EACH STATEMENT EXECUTE FUNCTION "seal_records_no_truncate"()

trigger A CREATE TRIGGER "seal_records_no_update" BEFORE UPDATE ON "seal_records" FOR EACH STATEMENT EXECUTE FUNCTION "seal_records_no_update"()

trigger A CREATE TRIGGER "seals_finished" AFTER INSERT ON "seals" FOR EACH ROW WHEN (((("current_setting"('transaction_isolation'::"text") = 'read committed'::"text") AND (("new"."ends_at")::bigint <=
        CASE
            WHEN ("current_setting"('transaction_isolation'::"text") = 'read committed'::"text") THEN "feed_end"()
            ELSE COALESCE("pg_sequence_last_value"('"history_position_seq"'::"regclass"), (0)::bigint)
        END)) IS NOT TRUE)) EXECUTE FUNCTION "seals_finished"()

trigger A CREATE TRIGGER "seals_no_delete" BEFORE DELETE ON "seals" FOR EACH STATEMENT EXECUTE FUNCTION "seals_no_delete"()

trigger A CREATE TRIGGER "seals_no_truncate" BEFORE TRUNCATE ON "seals" FOR EACH STATEMENT EXECUTE FUNCTION "seals_no_truncate"()

trigger A CREATE TRIGGER "seals_no_update" BEFORE UPDATE ON "seals" FOR EACH STATEMENT EXECUTE FUNCTION "seals_no_update"()

trigger A CREATE TRIGGER "seals_not_ahead" AFTER INSERT ON "seals" FOR EACH ROW WHEN (((("new"."at")::timestamp with time zone <= ("database_time"(false) + '24:00:00'::interval)) IS NOT TRUE)) EXECUTE FUNCTION "seals_not_ahead"()

trigger A CREATE TRIGGER "settings_no_delete" BEFORE DELETE ON "settings" FOR EACH STATEMENT EXECUTE FUNCTION "settings_no_delete"()

trigger A CREATE TRIGGER "settings_no_truncate" BEFORE TRUNCATE ON "settings" FOR EACH STATEMENT EXECUTE FUNCTION "settings_no_truncate"()

trigger A CREATE TRIGGER "settings_one_step" BEFORE UPDATE ON "settings" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "settings_one_step"()

trigger A CREATE TRIGGER "settlement_lines_in_change" AFTER INSERT ON "settlement_lines" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "settlement_lines_in_change"()

trigger A CREATE TRIGGER "settlement_lines_no_delete" BEFORE DELETE ON "settlement_lines" FOR EACH STATEMENT EXECUTE FUNCTION "settlement_lines_no_delete"()

trigger A CREATE TRIGGER "settlement_lines_no_truncate" BEFORE TRUNCATE ON "settlement_lines" FOR EACH STATEMENT EXECUTE FUNCTION "settlement_lines_no_truncate"()

trigger A CREATE TRIGGER "settlement_lines_no_update" BEFORE UPDATE ON "settlement_lines" FOR EACH STATEMENT EXECUTE FUNCTION "settlement_lines_no_update"()

trigger A CREATE TRIGGER "settlement_lines_of_entries" AFTER INSERT ON "settlement_lines" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "settlement_lines_of_entries"()

trigger A CREATE TRIGGER "settlement_runs_fixed" BEFORE UPDATE ON "settlement_runs" FOR EACH ROW WHEN ((((("new"."contest_id")::"text" = ("old"."contest_id")::"text") AND (("new"."number")::bigint = ("old"."number")::bigint) AND (("new"."engine_version")::"text" = ("old"."engine_version")::"text") AND (("new"."configuration_version")::bigint = ("old"."configuration_version")::bigint) AND (("new"."configuration_digest")::"text" = ("old"."configuration_digest")::"text") AND (("new"."event_number")::bigint = ("old"."event_number")::bigint) AND (("new"."events_digest")::"text" = ("old"."events_digest")::"text") AND (("new"."entries_count")::bigint = ("old"."entries_count")::bigint) AND (("new"."entries_seq_sum")::bigint = ("old"."entries_seq_sum")::bigint) AND (("new"."currency")::"text" = ("old"."currency")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "settlement_runs_fixed"()

trigger A CREATE TRIGGER "settlement_runs_initial_fields" AFTER INSERT ON "settlement_runs" FOR EACH ROW EXECUTE FUNCTION "settlement_runs_initial_fields"()

trigger A CREATE TRIGGER "settlement_runs_input_current" BEFORE UPDATE ON "settlement_runs" FOR EACH ROW WHEN ((("new"."status")::"text" = 'COMPLETE'::"text")) EXECUTE FUNCTION "settlement_runs_input_current"()

trigger A CREATE TRIGGER "settlement_runs_keeps_fields" BEFORE UPDATE ON "settlement_runs" FOR EACH ROW EXECUTE FUNCTION "settlement_runs_keeps_fields"()

trigger A CREATE TRIGGER "settlement_runs_latest_times_on_insert" AFTER INSERT ON "settlement_runs" FOR EACH ROW EXECUTE FUNCTION "settlement_runs_latest_times_on_insert"()

trigger A CREATE TRIGGER "settlement_runs_latest_times_on_update" BEFORE UPDATE ON "settlement_runs" FOR EACH ROW EXECUTE FUNCTION "settlement_runs_latest_times_on_update"()

trigger A CREATE TRIGGER "settlement_runs_next_number" AFTER INSERT ON "settlement_runs" FOR EACH ROW EXECUTE FUNCTION "settlement_runs_next_number"()

trigger A CREATE TRIGGER "settlement_runs_no_delete" BEFORE DELETE ON "settlement_runs" FOR EACH STATEMENT EXECUTE FUNCTION "settlement_runs_no_delete"()

trigger A CREATE TRIGGER "settlement_runs_no_truncate" BEFORE TRUNCATE ON "settlement_runs" FOR EACH STATEMENT EXECUTE FUNCTION "settlement_runs_no_truncate"()

trigger A CREATE TRIGGER "settlement_runs_of_played_contest" AFTER INSERT ON "settlement_runs" FOR EACH ROW EXECUTE FUNCTION "settlement_runs_of_played_contest"()

trigger A CREATE TRIGGER "settlement_runs_one_step" BEFORE UPDATE ON "settlement_runs" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "settlement_runs_one_step"()

trigger A CREATE TRIGGER "signals_needs_artifact" AFTER INSERT ON "signals" FOR EACH ROW EXECUTE FUNCTION "signals_needs_artifact"()

trigger A CREATE TRIGGER "signals_needs_centroid" AFTER INSERT ON "signals" FOR EACH ROW EXECUTE FUNCTION "signals_needs_centroid"()

trigger A CREATE TRIGGER "signals_no_delete" BEFORE DELETE ON "signals" FOR EACH STATEMENT EXECUTE FUNCTION "signals_no_delete"()

trigger A CREATE TRIGGER "signals_no_truncate" BEFORE TRUNCATE ON "signals" FOR EACH STATEMENT EXECUTE FUNCTION "signals_no_truncate"()

trigger A CREATE TRIGGER "signals_no_update" BEFORE UPDATE ON "signals" FOR EACH STATEMENT EXECUTE FUNCTION "signals_no_update"()

trigger A CREATE TRIGGER "spaces_fixed" BEFORE UPDATE ON "spaces" FOR EACH ROW WHEN ((((("new"."user_id")::"text" = ("old"."user_id")::"text") AND (("new"."model")::"text" = ("old"."model")::"text") AND (("new"."dimension")::bigint = ("old"."dimension")::bigint)) IS NOT TRUE)) EXECUTE FUNCTION "spaces_fixed"()

trigger A CREATE TRIGGER "spaces_keeps_fields" BEFORE UPDATE ON "spaces" FOR EACH ROW EXECUTE FUNCTION "spaces_keeps_fields"()

trigger A CREATE TRIGGER "spaces_no_delete" BEFORE DELETE ON "spaces" FOR EACH STATEMENT EXECUTE FUNCTION "spaces_no_delete"()

trigger A CREATE TRIGGER "spaces_no_truncate" BEFORE TRUNCATE ON "spaces" FOR EACH STATEMENT EXECUTE FUNCTION "spaces_no_truncate"()

trigger A CREATE TRIGGER "spaces_one_step" BEFORE UPDATE ON "spaces" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "spaces_one_step"()

trigger A CREATE TRIGGER "stage_breakers_counts_one" BEFORE UPDATE ON "stage_breakers" FOR EACH ROW WHEN ((((("new"."outages")::bigint = 0) OR ((("new"."outages")::bigint - ("old"."outages")::bigint) = ANY (ARRAY[(0)::bigint, (1)::bigint]))) IS NOT TRUE)) EXECUTE FUNCTION "stage_breakers_counts_one"()

trigger A CREATE TRIGGER "stage_breakers_fixed" BEFORE UPDATE ON "stage_breakers" FOR EACH ROW WHEN (((("new"."stage")::"text" = ("old"."stage")::"text") IS NOT TRUE)) EXECUTE FUNCTION "stage_breakers_fixed"()

trigger A CREATE TRIGGER "stage_breakers_no_delete" BEFORE DELETE ON "stage_breakers" FOR EACH STATEMENT EXECUTE FUNCTION "stage_breakers_no_delete"()

trigger A CREATE TRIGGER "stage_breakers_no_truncate" BEFORE TRUNCATE ON "stage_breakers" FOR EACH STATEMENT EXECUTE FUNCTION "stage_breakers_no_truncate"()

trigger A CREATE TRIGGER "stage_breakers_probe_soon_on_insert" AFTER INSERT ON "stage_breakers" FOR EACH ROW WHEN (((("new"."probe_at" IS NULL) OR (("new"."probe_at")::timestamp with time zone <= ("database_time"(false) + '48:00:00'::interval))) IS NOT TRUE)) EXECUTE FUNCTION "stage_breakers_probe_soon_on_insert"()

trigger A CREATE TRIGGER "stage_breakers_probe_soon_on_update" BEFORE UPDATE ON "stage_breakers" FOR EACH ROW WHEN (((("new"."probe_at" IS NULL) OR (("new"."probe_at")::timestamp with time zone <= ("database_time"(false) + '48:00:00'::interval))) IS NOT TRUE)) EXECUTE FUNCTION "stage_breakers_probe_soon_on_update"()

trigger A CREATE TRIGGER "stage_breakers_starts_clear" AFTER INSERT ON "stage_breakers" FOR EACH ROW WHEN ((((("new"."outages")::bigint = 0) AND ("new"."probe_at" IS NULL)) IS NOT TRUE)) EXECUTE FUNCTION "stage_breakers_starts_clear"()

trigger A CREATE TRIGGER "stages_no_delete" BEFORE DELETE ON "stages" FOR EACH STATEMENT EXECUTE FUNCTION "stages_no_delete"()

trigger A CREATE TRIGGER "stages_no_truncate" BEFORE TRUNCATE ON "stages" FOR EACH STATEMENT EXECUTE FUNCTION "stages_no_truncate"()

trigger A CREATE TRIGGER "stages_one_step" BEFORE UPDATE ON "stages" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "stages_one_step"()

trigger A CREATE TRIGGER "stripe_event_attempts_needs_head" AFTER INSERT ON "stripe_event_attempts" FOR EACH ROW EXECUTE FUNCTION "stripe_event_attempts_needs_head"()

trigger A CREATE TRIGGER "stripe_event_attempts_no_delete" BEFORE DELETE ON "stripe_event_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "stripe_event_attempts_no_delete"()

trigger A CREATE TRIGGER "stripe_event_attempts_no_truncate" BEFORE TRUNCATE ON "stripe_event_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "stripe_event_attempts_no_truncate"()

trigger A CREATE TRIGGER "stripe_event_attempts_no_update" BEFORE UPDATE ON "stripe_event_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "stripe_event_attempts_no_update"()

trigger A CREATE TRIGGER "stripe_event_attempts_outcome_of_state" AFTER INSERT ON "stripe_event_attempts" FOR EACH ROW EXECUTE FUNCTION "stripe_event_attempts_outcome_of_state"()

trigger A CREATE TRIGGER "stripe_events_fixed" BEFORE UPDATE ON "stripe_events" FOR EACH ROW WHEN ((((("new"."event_type")::"text" = ("old"."event_type")::"text") AND ((("new"."api_version")::"text" = ("old"."api_version")::"text") OR (("new"."api_version" IS NULL) AND ("old"."api_version" IS NULL))) AND (("new"."livemode")::bigint = ("old"."livemode")::bigint) AND (("new"."created")::timestamp with time zone = ("old"."created")::timestamp with time zone) AND (("new"."payload_digest")::"text" = ("old"."payload_digest")::"text") AND (("new"."object_id")::"text" = ("old"."object_id")::"text") AND ((("new"."account")::"text" = ("old"."account")::"text") OR (("new"."account" IS NULL) AND ("old"."account" IS NULL))) AND (("new"."origin")::"text" = ("old"."origin")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "stripe_events_fixed"()

trigger A CREATE TRIGGER "stripe_events_initial_fields" AFTER INSERT ON "stripe_events" FOR EACH ROW EXECUTE FUNCTION "stripe_events_initial_fields"()

trigger A CREATE TRIGGER "stripe_events_keeps_fields" BEFORE UPDATE ON "stripe_events" FOR EACH ROW EXECUTE FUNCTION "stripe_events_keeps_fields"()

trigger A CREATE TRIGGER "stripe_events_latest_times_on_insert" AFTER INSERT ON "stripe_events" FOR EACH ROW EXECUTE FUNCTION "stripe_events_latest_times_on_insert"()

trigger A CREATE TRIGGER "stripe_events_latest_times_on_update" BEFORE UPDATE ON "stripe_events" FOR EACH ROW EXECUTE FUNCTION "stripe_events_latest_times_on_update"()

trigger A CREATE TRIGGER "stripe_events_no_delete" BEFORE DELETE ON "stripe_events" FOR EACH STATEMENT EXECUTE FUNCTION "stripe_events_no_delete"()

trigger A CREATE TRIGGER "stripe_events_no_truncate" BEFORE TRUNCATE ON "stripe_events" FOR EACH STATEMENT EXECUTE FUNCTION "stripe_events_no_truncate"()

trigger A CREATE TRIGGER "stripe_events_one_step" BEFORE UPDATE ON "stripe_events" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "stripe_events_one_step"()

trigger A CREATE TRIGGER "subscriber_cursors_fence" BEFORE UPDATE ON "subscriber_cursors" FOR EACH ROW EXECUTE FUNCTION "subscriber_cursors_fence"()

trigger A CREATE TRIGGER "subscriber_cursors_first" AFTER INSERT ON "subscriber_cursors" FOR EACH ROW EXECUTE FUNCTION "subscriber_cursors_first"()

trigger A CREATE TRIGGER "subscriber_cursors_fixed" BEFORE UPDATE ON "subscriber_cursors" FOR EACH ROW WHEN ((((("new"."name")::"text" = ("old"."name")::"text") AND (("new"."stage")::"text" = ("old"."stage")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "subscriber_cursors_fixed"()

trigger A CREATE TRIGGER "subscriber_cursors_in_feed" BEFORE UPDATE ON "subscriber_cursors" FOR EACH ROW EXECUTE FUNCTION "subscriber_cursors_in_feed"()

trigger A CREATE TRIGGER "subscriber_cursors_no_delete" BEFORE DELETE ON "subscriber_cursors" FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_cursors_no_delete"()

trigger A CREATE TRIGGER "subscriber_cursors_no_truncate" BEFORE TRUNCATE ON "subscriber_cursors" FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_cursors_no_truncate"()

trigger A CREATE TRIGGER "subspaces_fixed" BEFORE UPDATE ON "subspaces" FOR EACH ROW WHEN ((((("new"."user_id")::"text" = ("old"."user_id")::"text") AND (("new"."space_id")::"text" = ("old"."space_id")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "subspaces_fixed"()

trigger A CREATE TRIGGER "subspaces_keeps_fields" BEFORE UPDATE ON "subspaces" FOR EACH ROW EXECUTE FUNCTION "subspaces_keeps_fields"()

trigger A CREATE TRIGGER "subspaces_no_delete" BEFORE DELETE ON "subspaces" FOR EACH STATEMENT EXECUTE FUNCTION "subspaces_no_delete"()

trigger A CREATE TRIGGER "subspaces_no_truncate" BEFORE TRUNCATE ON "subspaces" FOR EACH STATEMENT EXECUTE FUNCTION "subspaces_no_truncate"()

trigger A CREATE TRIGGER "subspaces_of_owner" AFTER INSERT ON "subspaces" FOR EACH ROW EXECUTE FUNCTION "subspaces_of_owner"()

trigger A CREATE TRIGGER "subspaces_one_step" BEFORE UPDATE ON "subspaces" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "subspaces_one_step"()

trigger A CREATE TRIGGER "subspaces_seeded_once" BEFORE UPDATE ON "subspaces" FOR EACH ROW EXECUTE FUNCTION "subspaces_seeded_once"()

trigger A CREATE TRIGGER "system_state_no_delete" BEFORE DELETE ON "system_state" FOR EACH STATEMENT EXECUTE FUNCTION "system_state_no_delete"()

trigger A CREATE TRIGGER "system_state_no_truncate" BEFORE TRUNCATE ON "system_state" FOR EACH STATEMENT EXECUTE FUNCTION "system_state_no_truncate"()

trigger A CREATE TRIGGER "system_state_one_step" BEFORE UPDATE ON "system_state" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "system_state_one_step"()

trigger A CREATE TRIGGER "task_attempts_needed" BEFORE DELETE ON "task_attempts" FOR EACH ROW EXECUTE FUNCTION "task_attempts_needed"()

trigger A CREATE TRIGGER "task_attempts_needs_head" AFTER INSERT ON "task_attempts" FOR EACH ROW EXECUTE FUNCTION "task_attempts_needs_head"()

trigger A CREATE TRIGGER "task_attempts_no_truncate" BEFORE TRUNCATE ON "task_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "task_attempts_no_truncate"()

trigger A CREATE TRIGGER "task_attempts_no_update" BEFORE UPDATE ON "task_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "task_attempts_no_update"()

trigger A CREATE TRIGGER "task_attempts_prune" BEFORE DELETE ON "task_attempts" FOR EACH ROW EXECUTE FUNCTION "task_attempts_prune"()

trigger A CREATE TRIGGER "tasks_due" BEFORE UPDATE OF "due_at", "slot" ON "tasks" FOR EACH ROW WHEN ((((("new"."due_at" IS NULL) OR (("new"."due_at")::timestamp with time zone <= ("old"."due_at")::timestamp with time zone) OR (("new"."due_at")::timestamp with time zone <= ("database_time"(false) + '24024:00:00'::interval))) AND (("new"."slot" IS NULL) OR (("new"."slot")::timestamp with time zone = ("old"."slot")::timestamp with time zone) OR (("new"."slot")::timestamp with time zone <= ("database_time"(false) + '24024:00:00'::interval)))) IS NOT TRUE)) EXECUTE FUNCTION "tasks_due"()

trigger A CREATE TRIGGER "tasks_due_on_insert" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((((("new"."due_at")::timestamp with time zone <= ("database_time"(false) + '24024:00:00'::interval)) AND (("new"."slot" IS NULL) OR (("new"."slot")::timestamp with time zone <= ("database_time"(false) + '24024:00:00'::interval)))) IS NOT TRUE)) EXECUTE FUNCTION "tasks_due_on_insert"()

trigger A CREATE TRIGGER "tasks_edge" BEFORE UPDATE ON "tasks" FOR EACH ROW EXECUTE FUNCTION "tasks_edge"()

trigger A CREATE TRIGGER "tasks_fence" BEFORE UPDATE ON "tasks" FOR EACH ROW WHEN ((((("new"."stage")::"text" = ("old"."stage")::"text") AND (("new"."entity_id")::"text" = ("old"."entity_id")::"text") AND (((("new"."fence")::bigint = (("old"."fence")::bigint + 1)) AND ("new"."lease_owner" IS NOT NULL) AND (("old"."lease_until" IS NULL) OR (("old"."lease_until")::timestamp with time zone <= "database_time"(false)))) OR ((("new"."fence")::bigint = (("old"."fence")::bigint + 1)) AND ("new"."cancel_reason" IS NOT NULL) AND ("old"."due_at" IS NOT NULL)) OR ((("new"."fence")::bigint = ("old"."fence")::bigint) AND ("new"."cancel_reason" IS NULL) AND (("new"."lease_owner" IS NULL) OR (("new"."lease_owner")::"text" = ("old"."lease_owner")::"text"))))) IS NOT TRUE)) EXECUTE FUNCTION "tasks_fence"()

trigger A CREATE TRIGGER "tasks_first_fence" AFTER INSERT ON "tasks" FOR EACH ROW EXECUTE FUNCTION "tasks_first_fence"()

trigger A CREATE TRIGGER "tasks_needs_charges" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = ANY (ARRAY['expire_charge'::"text", 'record_fee'::"text"]))) EXECUTE FUNCTION "tasks_needs_charges"()

trigger A CREATE TRIGGER "tasks_needs_contests" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = ANY (ARRAY['ingest_contest'::"text", 'lock_contest'::"text", 'start_contest'::"text", 'settle_contest'::"text"]))) EXECUTE FUNCTION "tasks_needs_contests"()

trigger A CREATE TRIGGER "tasks_needs_jobs" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = 'process_job'::"text")) EXECUTE FUNCTION "tasks_needs_jobs"()

trigger A CREATE TRIGGER "tasks_needs_payout_jobs" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = ANY (ARRAY['plan_transfers'::"text", 'complete_payout_job'::"text"]))) EXECUTE FUNCTION "tasks_needs_payout_jobs"()

trigger A CREATE TRIGGER "tasks_needs_provider_feeds" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = 'fetch_tournament'::"text")) EXECUTE FUNCTION "tasks_needs_provider_feeds"()

trigger A CREATE TRIGGER "tasks_needs_refunds" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = 'send_refund'::"text")) EXECUTE FUNCTION "tasks_needs_refunds"()

trigger A CREATE TRIGGER "tasks_needs_stripe_events" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = 'process_stripe_event'::"text")) EXECUTE FUNCTION "tasks_needs_stripe_events"()

trigger A CREATE TRIGGER "tasks_needs_tokens_s0" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = ANY (ARRAY['generate'::"text", 'upload'::"text", 'reveal'::"text"]))) EXECUTE FUNCTION "tasks_needs_tokens_s0"()

trigger A CREATE TRIGGER "tasks_needs_transfers" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((("new"."stage")::"text" = 'send_transfer'::"text")) EXECUTE FUNCTION "tasks_needs_transfers"()

trigger A CREATE TRIGGER "tasks_new" AFTER INSERT ON "tasks" FOR EACH ROW WHEN ((((("new"."attempts")::bigint = 0) AND ("new"."due_at" IS NOT NULL) AND ("new"."lease_owner" IS NULL) AND ("new"."progress" IS NULL) AND ("new"."error_class" IS NULL) AND ("new"."succeeded_at" IS NULL)) IS NOT TRUE)) EXECUTE FUNCTION "tasks_new"()

trigger A CREATE TRIGGER "tasks_no_truncate" BEFORE TRUNCATE ON "tasks" FOR EACH STATEMENT EXECUTE FUNCTION "tasks_no_truncate"()

trigger A CREATE TRIGGER "tasks_prune" BEFORE DELETE ON "tasks" FOR EACH ROW EXECUTE FUNCTION "tasks_prune"()

trigger A CREATE TRIGGER "tasks_recorded" BEFORE UPDATE ON "tasks" FOR EACH ROW WHEN ((("new"."lease_owner" IS NULL) AND (("old"."dead_reason" IS NOT NULL) OR ("old"."cancel_reason" IS NOT NULL) OR ("new"."dead_reason" IS NOT NULL) OR ("new"."cancel_reason" IS NOT NULL) OR (("old"."lease_owner" IS NOT NULL) AND ("new"."due_at" IS NOT NULL))))) EXECUTE FUNCTION "tasks_recorded"()

trigger A CREATE TRIGGER "tasks_run" BEFORE UPDATE OF "arguments", "priority", "result", "progress", "slot", "error_class" ON "tasks" FOR EACH ROW EXECUTE FUNCTION "tasks_run"()

trigger A CREATE TRIGGER "tasks_success" BEFORE UPDATE OF "succeeded_at" ON "tasks" FOR EACH ROW EXECUTE FUNCTION "tasks_success"()

trigger A CREATE TRIGGER "tokens_s0_fixed" BEFORE UPDATE ON "tokens_s0" FOR EACH ROW WHEN (((("new"."token_id")::numeric = ("old"."token_id")::numeric) IS NOT TRUE)) EXECUTE FUNCTION "tokens_s0_fixed"()

trigger A CREATE TRIGGER "tokens_s0_fixed_unless_retried" BEFORE UPDATE ON "tokens_s0" FOR EACH ROW WHEN (((((("old"."status")::"text" = 'failed'::"text") AND (("new"."status")::"text" = 'detected'::"text")) OR ((("new"."author_id")::"text" = ("old"."author_id")::"text") AND (("new"."mint_timestamp")::timestamp with time zone = ("old"."mint_timestamp")::timestamp with time zone) AND (COALESCE(("new"."minter_address")::"text", ''::"text") = COALESCE(("old"."minter_address")::"text", ''::"text")) AND (COALESCE(("new"."mint_event_id")::"text", ''::"text") = COALESCE(("old"."mint_event_id")::"text", ''::"text")))) IS NOT TRUE)) EXECUTE FUNCTION "tokens_s0_fixed_unless_retried"()

trigger A CREATE TRIGGER "tokens_s0_initial_fields" AFTER INSERT ON "tokens_s0" FOR EACH ROW EXECUTE FUNCTION "tokens_s0_initial_fields"()

trigger A CREATE TRIGGER "tokens_s0_keeps_fields" BEFORE UPDATE ON "tokens_s0" FOR EACH ROW EXECUTE FUNCTION "tokens_s0_keeps_fields"()

trigger A CREATE TRIGGER "tokens_s0_no_delete" BEFORE DELETE ON "tokens_s0" FOR EACH STATEMENT EXECUTE FUNCTION "tokens_s0_no_delete"()

trigger A CREATE TRIGGER "tokens_s0_no_truncate" BEFORE TRUNCATE ON "tokens_s0" FOR EACH STATEMENT EXECUTE FUNCTION "tokens_s0_no_truncate"()

trigger A CREATE TRIGGER "tokens_s0_one_step" BEFORE UPDATE ON "tokens_s0" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "tokens_s0_one_step"()

trigger A CREATE TRIGGER "transfer_attempts_needs_head" AFTER INSERT ON "transfer_attempts" FOR EACH ROW EXECUTE FUNCTION "transfer_attempts_needs_head"()

trigger A CREATE TRIGGER "transfer_attempts_no_delete" BEFORE DELETE ON "transfer_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "transfer_attempts_no_delete"()

trigger A CREATE TRIGGER "transfer_attempts_no_truncate" BEFORE TRUNCATE ON "transfer_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "transfer_attempts_no_truncate"()

trigger A CREATE TRIGGER "transfer_attempts_no_update" BEFORE UPDATE ON "transfer_attempts" FOR EACH STATEMENT EXECUTE FUNCTION "transfer_attempts_no_update"()

trigger A CREATE TRIGGER "transfer_lines_in_change" AFTER INSERT ON "transfer_lines" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "transfer_lines_in_change"()

trigger A CREATE TRIGGER "transfer_lines_no_delete" BEFORE DELETE ON "transfer_lines" FOR EACH STATEMENT EXECUTE FUNCTION "transfer_lines_no_delete"()

trigger A CREATE TRIGGER "transfer_lines_no_truncate" BEFORE TRUNCATE ON "transfer_lines" FOR EACH STATEMENT EXECUTE FUNCTION "transfer_lines_no_truncate"()

trigger A CREATE TRIGGER "transfer_lines_no_update" BEFORE UPDATE ON "transfer_lines" FOR EACH STATEMENT EXECUTE FUNCTION "transfer_lines_no_update"()

trigger A CREATE TRIGGER "transfer_lines_of_owed_line" AFTER INSERT ON "transfer_lines" FOR EACH ROW EXECUTE FUNCTION "transfer_lines_of_owed_line"()

trigger A CREATE TRIGGER "transfers_approved_once" BEFORE UPDATE ON "transfers" FOR EACH ROW EXECUTE FUNCTION "transfers_approved_once"()

trigger A CREATE TRIGGER "transfers_destination_approved" BEFORE UPDATE ON "transfers" FOR EACH ROW WHEN ((("new"."status")::"text" <> 'completed'::"text")) EXECUTE FUNCTION "transfers_destination_approved"()

trigger A CREATE TRIGGER "transfers_destination_approved_by_another" BEFORE UPDATE ON "transfers" FOR EACH ROW WHEN (("new"."approved_destination" IS NOT NULL)) EXECUTE FUNCTION "transfers_destination_approved_by_another"()

trigger A CREATE TRIGGER "transfers_fixed" BEFORE UPDATE ON "transfers" FOR EACH ROW WHEN (((((("new"."job_id")::"text" = ("old"."job_id")::"text") OR (("new"."job_id" IS NULL) AND ("old"."job_id" IS NULL))) AND (("new"."settlement_id")::"text" = ("old"."settlement_id")::"text") AND (("new"."reference")::"text" = ("old"."reference")::"text") AND (("new"."party")::"text" = ("old"."party")::"text") AND (("new"."amount_minor")::bigint = ("old"."amount_minor")::bigint) AND (("new"."currency")::"text" = ("old"."currency")::"text") AND (("new"."line_count")::bigint = ("old"."line_count")::bigint) AND ((("new"."reissue_of")::"text" = ("old"."reissue_of")::"text") OR (("new"."reissue_of" IS NULL) AND ("old"."reissue_of" IS NULL)))) IS NOT TRUE)) EXECUTE FUNCTION "transfers_fixed"()

trigger A CREATE TRIGGER "transfers_generation_forward" BEFORE UPDATE ON "transfers" FOR EACH ROW WHEN ((((("new"."generation")::bigint >= ("old"."generation")::bigint) AND (("new"."generation")::bigint <= (("old"."generation")::bigint + 1))) IS NOT TRUE)) EXECUTE FUNCTION "transfers_generation_forward"()

trigger A CREATE TRIGGER "transfers_initial_fields" AFTER INSERT ON "transfers" FOR EACH ROW EXECUTE FUNCTION "transfers_initial_fields"()

trigger A CREATE TRIGGER "transfers_job_open" AFTER INSERT ON "transfers" FOR EACH ROW WHEN (("new"."job_id" IS NOT NULL)) EXECUTE FUNCTION "transfers_job_open"()

trigger A CREATE TRIGGER "transfers_keeps_fields" BEFORE UPDATE ON "transfers" FOR EACH ROW EXECUTE FUNCTION "transfers_keeps_fields"()

trigger A CREATE TRIGGER "transfers_keeps_stripe_transfer_id" BEFORE UPDATE ON "transfers" FOR EACH ROW WHEN (((("old"."stripe_transfer_id" IS NULL) OR (("new"."stripe_transfer_id")::"text" = ("old"."stripe_transfer_id")::"text")) IS NOT TRUE)) EXECUTE FUNCTION "transfers_keeps_stripe_transfer_id"()

trigger A CREATE TRIGGER "transfers_latest_times_on_insert" AFTER INSERT ON "transfers" FOR EACH ROW EXECUTE FUNCTION "transfers_latest_times_on_insert"()

trigger A CREATE TRIGGER "transfers_latest_times_on_update" BEFORE UPDATE ON "transfers" FOR EACH ROW EXECUTE FUNCTION "transfers_latest_times_on_update"()

trigger A CREATE TRIGGER "transfers_no_delete" BEFORE DELETE ON "transfers" FOR EACH STATEMENT EXECUTE FUNCTION "transfers_no_delete"()

trigger A CREATE TRIGGER "transfers_no_truncate" BEFORE TRUNCATE ON "transfers" FOR EACH STATEMENT EXECUTE FUNCTION "transfers_no_truncate"()

trigger A CREATE TRIGGER "transfers_of_settlement" AFTER INSERT ON "transfers" FOR EACH ROW EXECUTE FUNCTION "transfers_of_settlement"()

trigger A CREATE TRIGGER "transfers_one_step" BEFORE UPDATE ON "transfers" FOR EACH ROW WHEN ((((("new"."id")::"text" = ("old"."id")::"text") AND (("new"."created_at")::timestamp with time zone = ("old"."created_at")::timestamp with time zone) AND (("new"."seq")::bigint = (("old"."seq")::bigint + 1)) AND (("new"."updated_at")::timestamp with time zone > ("old"."updated_at")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "transfers_one_step"()

trigger A CREATE TRIGGER "transfers_reversed_forward" BEFORE UPDATE ON "transfers" FOR EACH ROW WHEN ((NOT (("new"."reversed_minor")::bigint = ("old"."reversed_minor")::bigint))) EXECUTE FUNCTION "transfers_reversed_forward"()

trigger A CREATE TRIGGER "watched_subjects_fixed" BEFORE UPDATE ON "watched_subjects" FOR EACH ROW WHEN ((((("new"."kind")::"text" = ("old"."kind")::"text") AND (("new"."stage")::"text" = ("old"."stage")::"text") AND (("new"."entity_id")::"text" = ("old"."entity_id")::"text") AND (("new"."known_since")::timestamp with time zone = ("old"."known_since")::timestamp with time zone)) IS NOT TRUE)) EXECUTE FUNCTION "watched_subjects_fixed"()

trigger A CREATE TRIGGER "watched_subjects_known_by_now" AFTER INSERT ON "watched_subjects" FOR EACH ROW WHEN ((((("new"."known_since")::timestamp with time zone <= "database_time"(false)) AND (("new"."succeeded_at" IS NULL) OR (("new"."succeeded_at")::timestamp with time zone <= "database_time"(false)))) IS NOT TRUE)) EXECUTE FUNCTION "watched_subjects_known_by_now"()

trigger A CREATE TRIGGER "watched_subjects_no_delete" BEFORE DELETE ON "watched_subjects" FOR EACH STATEMENT EXECUTE FUNCTION "watched_subjects_no_delete"()

trigger A CREATE TRIGGER "watched_subjects_no_truncate" BEFORE TRUNCATE ON "watched_subjects" FOR EACH STATEMENT EXECUTE FUNCTION "watched_subjects_no_truncate"()

trigger A CREATE TRIGGER "watched_subjects_success_rises" BEFORE UPDATE OF "succeeded_at" ON "watched_subjects" FOR EACH ROW WHEN (((("new"."succeeded_at" IS NOT NULL) AND (("old"."succeeded_at" IS NULL) OR (("new"."succeeded_at")::timestamp with time zone >= ("old"."succeeded_at")::timestamp with time zone)) AND ((("new"."succeeded_at")::timestamp with time zone = ("old"."succeeded_at")::timestamp with time zone) OR (("new"."succeeded_at")::timestamp with time zone <= "database_time"(false)))) IS NOT TRUE)) EXECUTE FUNCTION "watched_subjects_success_rises"()

trigger A CREATE TRIGGER "webhook_rejections_no_truncate" BEFORE TRUNCATE ON "webhook_rejections" FOR EACH STATEMENT EXECUTE FUNCTION "webhook_rejections_no_truncate"()

trigger A CREATE TRIGGER "webhook_rejections_no_update" BEFORE UPDATE ON "webhook_rejections" FOR EACH STATEMENT EXECUTE FUNCTION "webhook_rejections_no_update"()

trigger A CREATE TRIGGER "webhook_rejections_prune" BEFORE DELETE ON "webhook_rejections" FOR EACH ROW EXECUTE FUNCTION "webhook_rejections_prune"()

trigger A CREATE TRIGGER "webhook_rejections_stays_deleted" AFTER INSERT ON "webhook_rejections" FOR EACH ROW EXECUTE FUNCTION "webhook_rejections_stays_deleted"()
