"""The seven tables of tokens, each the head of its lifecycle.

Foreign keys have the ON DELETE rules of seed 004, although the guards refuse every DELETE.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, UniqueConstraint, literal_column

from indelible.tokens import AUTHOR, IMAGE_JOB, MINT, REVEAL, SYSTEM_STATE, TOKEN, UPLOAD
from indelible.tokens.entities.fields import QUANTITY
from indelible.tokens.entities.pipeline import MAX_TOKENS_PER_REVEAL, IPFSUploadRecord
from indelible.tokens.entities.tokens import Token
from indelible_sql.schema.columns import (
    C_COLLATED_TEXT,
    IDENTIFIER,
    INSTANT,
    JSON_ARRAY,
    JSON_DETAILS,
    JSON_VALUE,
    NATURAL,
    NONBLANK_TEXT,
    ORDINAL,
    required,
)
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.tables import head, key
from indelible_sql.tokens.columns import CHAIN_HASH, TOKEN_NUMBER, WALLET

AUTHORS = head(
    "authors",
    AUTHOR,
    required("wallet_address", WALLET),
    Column("twitter_handle", C_COLLATED_TEXT),
    Column("farcaster_handle", C_COLLATED_TEXT),
    Column("prompt_text", NONBLANK_TEXT),
    UniqueConstraint("wallet_address", name="authors_wallet"),
    # By hand: derived CHECKs of a text have no least length.
    CheckConstraint("length(prompt_text) BETWEEN 1 AND 1000", name="authors_prompt_length"),
)
MINT_EVENTS = head(
    "mint_events",
    MINT,
    required("tx_hash", CHAIN_HASH),
    required("log_index", NATURAL),
    required("block_number", ORDINAL),
    required("block_hash", CHAIN_HASH),
    required("block_timestamp", INSTANT),
    required("token_id", TOKEN_NUMBER),
    required("quantity", ORDINAL),
    required("author_wallet", WALLET),
    required("recipient", WALLET),
    required("total_paid", C_COLLATED_TEXT),
    required("detected_at", INSTANT),
    Column("batch", JSON_ARRAY),
    Column("copies", JSON_ARRAY),
    UniqueConstraint("block_hash", "tx_hash", "log_index", name="mint_events_occurrence"),
    # By hand: the derived CHECK of a number has only its minimum, which the column's type has here.
    CheckConstraint(f"quantity <= {QUANTITY['maximum']}", name="mint_events_quantity"),
    Index("mint_events_block", "block_number", "log_index", "id"),
    Index("mint_events_token", "token_id", "block_number", "log_index", "id"),
    # A mint of one log is in the chain at most once, whatever its block.
    Index(
        "mint_events_canonical",
        "tx_hash",
        "log_index",
        unique=True,
        postgresql_where=literal_column("status = 'canonical'", Boolean()),
        sqlite_where=literal_column("status = 'canonical'", Boolean()),
    ),
)
TOKENS = head(
    "tokens_s0",
    TOKEN,
    required("token_id", TOKEN_NUMBER),
    required("author_id", IDENTIFIER),
    Column("minter_address", WALLET),
    required("mint_timestamp", INSTANT),
    Column("mint_event_id", IDENTIFIER),
    Column("image_url", C_COLLATED_TEXT),
    Column("image_cid", C_COLLATED_TEXT),
    Column("metadata_cid", C_COLLATED_TEXT),
    required("generation_attempts", NATURAL),
    Column("generation_error", NONBLANK_TEXT),
    Column("reveal_tx_hash", CHAIN_HASH),
    Column("error_data", JSON_DETAILS),
    UniqueConstraint("token_id", name="tokens_s0_token_id"),
    key("tokens_s0_author", ["author_id"], "authors", ["id"], on_delete="RESTRICT"),
    key("tokens_s0_mint", ["mint_event_id"], "mint_events", ["id"]),
    *entity_checks("tokens_s0", Token),
    Index("tokens_s0_status_mint_timestamp", "status", "mint_timestamp", "token_id"),
    Index("tokens_s0_author_id", "author_id", "token_id"),
    Index("tokens_s0_created_at", "created_at", "token_id"),
    Index("tokens_s0_updated_at", "updated_at", "token_id"),
)
IMAGE_JOBS = head(
    "image_generation_jobs",
    IMAGE_JOB,
    required("token_id", IDENTIFIER),
    required("service", IDENTIFIER),
    Column("external_job_id", C_COLLATED_TEXT),
    required("retry_count", NATURAL),
    Column("error_data", JSON_DETAILS),
    Column("completed_at", INSTANT),
    key("image_generation_jobs_token", ["token_id"], "tokens_s0", ["id"], on_delete="CASCADE"),
    Index("image_generation_jobs_token_id", "token_id"),
    Index("image_generation_jobs_service_status", "service", "status"),
)
UPLOADS = head(
    "ipfs_upload_records",
    UPLOAD,
    required("token_id", IDENTIFIER),
    required("record_type", IDENTIFIER),
    Column("cid", C_COLLATED_TEXT),
    required("retry_count", NATURAL),
    Column("error_data", JSON_DETAILS),
    Column("completed_at", INSTANT),
    key("ipfs_upload_records_token", ["token_id"], "tokens_s0", ["id"], on_delete="CASCADE"),
    *entity_checks("ipfs_upload_records", IPFSUploadRecord),
    Index("ipfs_upload_records_token_id", "token_id"),
    Index("ipfs_upload_records_type_status", "record_type", "status"),
)
REVEALS = head(
    "reveal_transactions",
    REVEAL,
    required("token_ids", JSON_ARRAY),
    Column("tx_hash", CHAIN_HASH),
    Column("block_number", ORDINAL),
    Column("gas_price_wei", NATURAL),
    Column("confirmed_at", INSTANT),
    # By hand: the databases count the items of a list in different ways.
    CheckConstraint(
        f"json_array_length(token_ids) BETWEEN 1 AND {MAX_TOKENS_PER_REVEAL}",
        name="reveal_transactions_size",
    ).ddl_if(dialect="sqlite"),
    CheckConstraint(
        f"token_ids <> '[]' AND token_ids -> {MAX_TOKENS_PER_REVEAL} IS NULL",
        name="reveal_transactions_size",
    ).ddl_if(dialect="postgresql"),
    Index("reveal_transactions_tx_hash", "tx_hash"),
    Index("reveal_transactions_status", "status"),
)
SYSTEM_STATES = head("system_state", SYSTEM_STATE, Column("state_value", JSON_VALUE))
