"""Test that the seven tables of seed 004 have its columns, unique columns, keys and indexes."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Inspector, NullPool, create_engine, inspect

from indelible_sql import SqlStore

# The columns of seed 004, without those that docs/decisions/deviations.md explains. Columns in
# capitals are NOT NULL.
COLUMNS: Mapping[str, str] = {
    "authors": "ID WALLET_ADDRESS twitter_handle farcaster_handle prompt_text CREATED_AT",
    "tokens_s0": (
        "ID TOKEN_ID AUTHOR_ID minter_address STATUS MINT_TIMESTAMP image_cid metadata_cid"
        " error_data CREATED_AT image_url GENERATION_ATTEMPTS generation_error reveal_tx_hash"
    ),
    "mint_events": (
        "ID TX_HASH LOG_INDEX BLOCK_NUMBER BLOCK_TIMESTAMP TOKEN_ID DETECTED_AT AUTHOR_WALLET"
        " RECIPIENT"
    ),
    "image_generation_jobs": (
        "ID TOKEN_ID SERVICE STATUS external_job_id RETRY_COUNT error_data CREATED_AT completed_at"
    ),
    "ipfs_upload_records": (
        "ID TOKEN_ID RECORD_TYPE cid STATUS RETRY_COUNT error_data CREATED_AT completed_at"
    ),
    "reveal_transactions": ("ID TOKEN_IDS tx_hash block_number STATUS CREATED_AT confirmed_at"),
    "system_state": "ID state_value UPDATED_AT",
}
UNIQUES = {
    ("authors", ("wallet_address",)),
    ("tokens_s0", ("token_id",)),
    ("mint_events", ("block_hash", "tx_hash", "log_index")),
    ("mint_events", ("tx_hash", "log_index")),
}
# The table, the column, the referred table, and ON DELETE.
FOREIGN_KEYS = {
    ("tokens_s0", "author_id", "authors", "RESTRICT"),
    ("tokens_s0", "mint_event_id", "mint_events", ""),
    ("image_generation_jobs", "token_id", "tokens_s0", "CASCADE"),
    ("ipfs_upload_records", "token_id", "tokens_s0", "CASCADE"),
}
INDEXES = {
    ("tokens_s0", ("status", "mint_timestamp")),
    ("tokens_s0", ("author_id",)),
    ("mint_events", ("block_number",)),
    ("image_generation_jobs", ("token_id",)),
    ("image_generation_jobs", ("service", "status")),
    ("ipfs_upload_records", ("token_id",)),
    ("ipfs_upload_records", ("record_type", "status")),
    ("reveal_transactions", ("tx_hash",)),
    ("reveal_transactions", ("status",)),
}


Schema = tuple[Inspector, str | None]  # with the schema's name


@pytest.fixture
def schema(store: SqlStore) -> Schema:
    """Return an inspector and the schema's name."""
    if store.engines.writer.dialect.name != "sqlite":
        return inspect(store.engines.writer), "indelible"

    # The store's own connections to SQLite refuse to list indexes.
    return inspect(create_engine(store.own_url, poolclass=NullPool)), None


def test_the_seven_tables_have_the_columns_and_nullability_of_the_seed(schema: Schema) -> None:
    inspector, name = schema
    for table, expected in COLUMNS.items():
        is_nullable: dict[str, bool] = {}
        for column in inspector.get_columns(table, name):
            is_nullable[column["name"]] = bool(column["nullable"])

        for expected_name in expected.split():
            is_expected_nullable = expected_name.islower()
            assert is_nullable[expected_name.lower()] == is_expected_nullable, expected_name


def test_the_unique_columns_are_those_of_the_seed(schema: Schema) -> None:
    inspector, name = schema
    uniques: set[tuple[str, tuple[Any, ...]]] = set()
    for table in COLUMNS:
        for constraint in inspector.get_unique_constraints(table, name):
            uniques.add((table, tuple(constraint["column_names"])))
        for index in inspector.get_indexes(table, name):
            if index["unique"]:
                uniques.add((table, tuple(index["column_names"])))

    assert uniques == UNIQUES


def test_the_foreign_keys_are_those_of_the_seed(schema: Schema) -> None:
    inspector, name = schema
    keys: set[tuple[str, str, str, str]] = set()
    for table in COLUMNS:
        for key in inspector.get_foreign_keys(table, name):
            if key["referred_table"] == "history":
                continue  # every head has this key
            on_delete = key.get("options", {}).get("ondelete", "")
            keys.add((table, key["constrained_columns"][0], key["referred_table"], on_delete))

    assert keys == FOREIGN_KEYS


def test_the_columns_of_each_index_of_the_seed_begin_an_index(schema: Schema) -> None:
    inspector, name = schema
    prefixes: set[tuple[str, tuple[Any, ...]]] = set()
    for table in COLUMNS:
        for index in inspector.get_indexes(table, name):
            columns = tuple(index["column_names"])
            prefixes.add((table, columns[:1]))
            prefixes.add((table, columns[:2]))

    assert prefixes >= INDEXES
