"""The heads of accounts and movements, and the records of movements: postings and covered items."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Index, UniqueConstraint, literal_column

from indelible.kernel.money import MAX_SUM_MINOR
from indelible.money.entities.ledger import Account, CoveredItem, Movement, Posting
from indelible.money.entities.values import (
    MAY_BE_EMPTY,
    NOTES,
    REFERENCE_KINDS,
    AccountKind,
)
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_bulk, entity_head, list_indexes
from indelible_sql.schema.tables import key

# The beginning of the id of each account that holds what winners are owed.
PAYABLE_PREFIX: Final = f"{AccountKind.WINNER_PAYABLE}:"


def is_payable(account_id: str) -> str:
    """Return the condition that an account's id is one of a winner_payable account."""
    return f"substr({account_id}, 1, {len(PAYABLE_PREFIX)}) = '{PAYABLE_PREFIX}'"


def _unique_where_set(name: str, columns: Iterable[str]) -> Index:
    """Return a unique index of the rows whose first column has a value."""
    names = tuple(columns)
    predicate = literal_column(f"{names[0]} IS NOT NULL", Boolean())
    return Index(name, *names, unique=True, postgresql_where=predicate, sqlite_where=predicate)


ACCOUNTS = entity_head(
    "accounts",
    Account,
    # An account changes before its movement is stored.
    key("accounts_movement", ["last_movement_id"], "movements", ["id"], deferred=True),
    *entity_checks("accounts", Account, until="reference_of_kind"),
    # By hand: a text that is computed.
    CheckConstraint(
        "id = kind || ':' || coalesce(reference, '-') || ':' || currency",
        name="accounts_id_of_fields",
    ),
    *entity_checks("accounts", Account, since="reference_of_kind", until="sums"),
    # By hand: the domain reads a balance below 0, which the reconciliation reports.
    CheckConstraint(
        f"balance_minor >= 0 OR kind NOT IN ({quoted(REFERENCE_KINDS)})",
        name="accounts_never_negative",
    ),
    # By hand: `seq` is no field; an account is new in the domain until its times differ.
    CheckConstraint(
        "(seq = 1) = (last_movement_id IS NULL)"
        " AND (seq > 1 OR balance_minor = 0 AND debited_minor = 0 AND credited_minor = 0)",
        name="accounts_opened_empty",
    ),
    Index("accounts_last_movement", "last_movement_id"),
    Index("accounts_of_reference", "reference", "id"),
    Index("accounts_of_kind", "kind", "currency", "id"),
    *list_indexes("accounts", "created_at", "updated_at"),
)
MOVEMENTS = entity_head(
    "movements",
    Movement,
    key("movements_reversed", ["reverses"], "movements", ["id"]),
    *entity_checks("movements", Movement),
    # By hand: its errors are those of the ledger.
    # Each posting has one minor unit or more.
    CheckConstraint(
        "CASE WHEN posting_count = 0"
        f" THEN total_minor = 0 AND kind IN ({quoted(MAY_BE_EMPTY)})"
        # BETWEEN beside AND would not be the same text in a restored dump.
        f" ELSE total_minor >= posting_count AND total_minor <= {MAX_SUM_MINOR}"
        f" AND kind NOT IN ({quoted(NOTES)}) END",
        name="movements_sum_of_postings",
    ),
    Index("movements_of_kind", "kind", "id"),
    Index("movements_of_reference", "reference", "id"),
    Index("movements_occurred_at", "occurred_at", "kind", "currency", "total_minor"),
    *list_indexes("movements", "created_at", "updated_at"),
)
POSTINGS = entity_bulk(
    "postings",
    Posting,
    MOVEMENTS,
    # No foreign keys of the accounts: the guard `of_accounts` searches them once for all rows.
    *entity_checks("postings", Posting, until="lines_complete"),
    # By hand: the texts of ids are cut, and the error about two accounts is one of its own.
    CheckConstraint("debit_account_id <> credit_account_id", name="postings_two_accounts"),
    *entity_checks("postings", Posting, since="lines_complete"),
    # What winners are owed leaves its account for an owed line only, and arrives for a party.
    CheckConstraint(
        f"({is_payable('debit_account_id')}) = (owed_movement_id IS NOT NULL)",
        name="postings_payout_names_line",
    ),
    CheckConstraint(
        f"party IS NOT NULL OR NOT ({is_payable('credit_account_id')})",
        name="postings_owed_to_party",
    ),
    CheckConstraint(
        f"reversed_movement_id IS NULL OR {is_payable('credit_account_id')}",
        name="postings_reversal_is_owed",
    ),
    _unique_where_set("postings_owed_line", ("owed_movement_id", "owed_number")),
    _unique_where_set(
        "postings_reversal", ("reversed_movement_id", "reversed_number", "reversal_ref")
    ),
    Index("postings_of_debit_account", "debit_account_id", "entity_id", "number"),
    Index("postings_of_credit_account", "credit_account_id", "entity_id", "number"),
    Index("postings_of_party", "party", "entity_id", "number"),
)
COVERED_ITEMS = entity_bulk(
    "covered_items",
    CoveredItem,
    MOVEMENTS,
    UniqueConstraint("item", name="covered_items_item"),
)
