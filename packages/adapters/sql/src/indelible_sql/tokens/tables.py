"""The seven tables of tokens, each the head of its lifecycle.

Foreign keys have the ON DELETE rules of seed 004, although the guards refuse every DELETE.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, UniqueConstraint, literal_column

from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.fields import QUANTITY
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.pipeline import (
    MAX_TOKENS_PER_REVEAL,
    ImageGenerationJob,
    IPFSUploadRecord,
    RevealTransaction,
)
from indelible.tokens.entities.tokens import Token
from indelible.tokens.lifecycle import SYSTEM_STATE
from indelible_sql.schema.columns import JSON_ARRAY, JSON_VALUE
from indelible_sql.schema.entity_tables import entity_head
from indelible_sql.schema.tables import head, key
from indelible_sql.tokens.columns import DOMAINS, TOKEN_NUMBER

AUTHORS = entity_head(
    "authors",
    Author,
    UniqueConstraint("wallet_address", name="authors_wallet"),
    # By hand: derived CHECKs of a text have no least length.
    CheckConstraint("length(prompt_text) BETWEEN 1 AND 1000", name="authors_prompt_length"),
    domains=DOMAINS,
)
MINT_EVENTS = entity_head(
    "mint_events",
    MintEvent,
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
    domains=DOMAINS,
    types={"token_id": TOKEN_NUMBER},
)
TOKENS = entity_head(
    "tokens_s0",
    Token,
    UniqueConstraint("token_id", name="tokens_s0_token_id"),
    key("tokens_s0_author", ["author_id"], "authors", ["id"], on_delete="RESTRICT"),
    key("tokens_s0_mint", ["mint_event_id"], "mint_events", ["id"]),
    Index("tokens_s0_status_mint_timestamp", "status", "mint_timestamp", "token_id"),
    Index("tokens_s0_author_id", "author_id", "token_id"),
    Index("tokens_s0_created_at", "created_at", "token_id"),
    Index("tokens_s0_updated_at", "updated_at", "token_id"),
    domains=DOMAINS,
    types={"token_id": TOKEN_NUMBER},
)
IMAGE_JOBS = entity_head(
    "image_generation_jobs",
    ImageGenerationJob,
    key("image_generation_jobs_token", ["token_id"], "tokens_s0", ["id"], on_delete="CASCADE"),
    Index("image_generation_jobs_token_id", "token_id"),
    Index("image_generation_jobs_service_status", "service", "status"),
)
UPLOADS = entity_head(
    "ipfs_upload_records",
    IPFSUploadRecord,
    key("ipfs_upload_records_token", ["token_id"], "tokens_s0", ["id"], on_delete="CASCADE"),
    Index("ipfs_upload_records_token_id", "token_id"),
    Index("ipfs_upload_records_type_status", "record_type", "status"),
)
REVEALS = entity_head(
    "reveal_transactions",
    RevealTransaction,
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
    domains=DOMAINS,
    types={"token_ids": JSON_ARRAY},
)
# By hand: any JSON value has no kind, and null is stored as NULL.
SYSTEM_STATES = head("system_state", SYSTEM_STATE, Column("state_value", JSON_VALUE))
