"""The changes of one value that no guard refuses."""

from collections.abc import Mapping
from typing import Final

# The columns that the databases do not know to be wrong: `verify` compares them with a digest.
JUDGED_BY_VERIFY: Final[Mapping[str, str]] = {
    "algorithms": "checksum formulas",
    "artifacts": (
        "content content_source content_stamp created_at dwell_time_ms stamp title "
        "title_stamp word_count"
    ),
    "authors": "farcaster_handle prompt_text twitter_handle wallet_address",
    "centroids": "created_at logged_seq",
    "charges": (
        "amount_minor currency expires_at failure_code generation intent_id item "
        "last_event_at outcome_code party received_minor reference"
    ),
    "concept_versions": (
        "change_note created_by definition examples explanation id learning_objective "
        "misconceptions name prerequisites scope_boundaries search_key"
    ),
    "concept_warnings": "ruleset warnings",
    "contest_events": "fault_count fetch_number fetched_at snapshot_number supersedes",
    "contest_logs": (
        "cancelled_number conflict_number fetch_number field_number leaderboard_hash "
        "leaderboard_number observations"
    ),
    "contests": "contest_name error_code error_message organizer_id",
    "covered_items": "item",
    "discrepancies": "actual currency difference_minor expected subject",
    "disputes": "amount_minor currency evidence_due_by reason_code",
    "entries": "entry_number payment_ref place_number rejection_reason user_id",
    "event_faults": "code path required_action value",
    "history": "actor digest_scheme reason request_id",
    "image_generation_jobs": "error_data external_job_id retry_count service",
    "ipfs_upload_records": "cid error_data retry_count",
    "job_outputs": "logs warnings",
    "jobs": "failure_reason phase warning_count",
    "keys": "expires_at owner scopes secret_digest",
    "mint_events": (
        "author_wallet batch block_hash block_number block_timestamp copies log_index "
        "quantity recipient token_id total_paid tx_hash"
    ),
    "movements": "fact_key key source",
    "payees": "destination",
    "payloads": "content_type first_received_at hash",
    "payment_switches": "reason_code",
    "postings": "party reversal_ref",
    "project_prompts": "metadata",
    "projects": (
        "current_nodes description github_repo_url name repository_branch repository_host "
        "repository_id repository_name user_id"
    ),
    "provider_fetches": "attempts content_type http_status",
    "receipts": "at fingerprint hash key owner",
    "reconciliations": "checked error_code error_message",
    "refunds": "amount_minor failure_code stripe_refund_id",
    "rejections": "actor at code command command_digest hash id message reason request_id",
    "reveal_transactions": "block_number gas_price_wei tx_hash",
    "rosters": "player_ids",
    "runbook_execution_steps": "command expected observed",
    "runbook_executions": (
        "alert ended_at error_reason failed_step_count result_json runbook_name "
        "runbook_version step_count system_state_after system_state_before"
    ),
    "settings": "value",
    "settlement_lines": "rank score",
    "settlement_runs": (
        "eligibility_digest engine_version entries_count entries_seq_sum error_code "
        "error_message official_rounds result_digest"
    ),
    "signals": (
        "actor capture_key captured_at centroid_digest content content_source decision drift "
        "dwell_time_ms embedding_model fingerprint id logged_drift named_subspace_id "
        "nearest_distance reason request_id session_id title url warnings word_count"
    ),
    "spaces": "dimension model name user_id",
    "stripe_event_attempts": "message",
    "stripe_events": "account api_version event_type livemode object_id",
    "subspaces": "description name seed",
    "system_state": "state_value",
    "task_attempts": "actor at entity_id fence hash outcome reason request_id stage",
    "tokens_s0": (
        "error_data generation_attempts generation_error image_cid image_url metadata_cid "
        "mint_event_id mint_timestamp minter_address reveal_tx_hash token_id"
    ),
    "transfers": (
        "approval_reason approved_destination destination failure_code failure_count "
        "failure_message first_attempt_at must_look_up retry_until stripe_transfer_id"
    ),
    "webhook_rejections": "at body_digest body_size code endpoint hash id request_id",
}

# The columns of rows that no digest has, since they are no history: a program may set them.
OPERATIONAL: Final[Mapping[str, str]] = {
    "hung_threads": "expires_at process since stage threads",
    "pruned_tables": "deleted_rows deleted_sealed_rows",
    "rate_buckets": "stage",
    "stage_breakers": "outages probe_at stage",
    "subscriber_cursors": "changed_at updated_at",
    "tasks": (
        "attempts cancel_reason dead_reason due_at entity_id error_class fence finished_at "
        "lease_owner lease_until priority progress slot stage succeeded_at"
    ),
    "watched_subjects": "entity_id longest_silence_seconds stage",
}
