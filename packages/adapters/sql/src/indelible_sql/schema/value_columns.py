"""The column types of amounts of money, of flags and of raw bytes."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary

from indelible.kernel.money import MAX_AMOUNT_MINOR, MAX_SUM_MINOR, Money
from indelible.kernel.payloads import MAX_PAYLOAD_BYTES
from indelible_sql.schema.columns import C_COLLATED_TEXT, Domain, bigint

MONEY_SUFFIX = "_minor"


def _to_base64(value: bytes) -> str:
    return b64encode(value).decode()


def _from_base64(text: str) -> bytes:
    return b64decode(text, validate=True)


def _flag(value: object) -> bool:
    """Return a boolean of an export, or raise ValueError."""
    if type(value) is not bool:
        raise ValueError(f"{value!r} is not a boolean")
    return bool(value)


AMOUNT_MINOR = Domain(
    "amount_minor",
    BigInteger(),
    rule=f"{{0}} BETWEEN -{MAX_AMOUNT_MINOR} AND {MAX_AMOUNT_MINOR}",
    from_json=bigint,
)
# The sum of many amounts, such as the balance of an account.
SUM_MINOR = Domain(
    "sum_minor",
    BigInteger(),
    rule=f"{{0}} BETWEEN -{MAX_SUM_MINOR} AND {MAX_SUM_MINOR}",
    from_json=bigint,
)
FLAG = Domain(
    "flag",
    BigInteger(),
    rule="{0} BETWEEN 0 AND 1",
    dump=int,
    load=bool,
    dump_native=int,
    load_native=bool,
    from_json=_flag,
)
# Only the shape: a new code of ISO 4217 must not need a migration. The domain knows the codes.
CURRENCY = Domain(
    "currency",
    C_COLLATED_TEXT,
    rule="{0} ~ '^[A-Z][A-Z][A-Z]$'",
    sqlite_rule="{0} GLOB '[A-Z][A-Z][A-Z]'",
)
RAW_BYTES = Domain(
    "raw_bytes",
    LargeBinary(),
    rule=f"octet_length({{0}}) <= {MAX_PAYLOAD_BYTES}",
    sqlite_rule=f"typeof({{0}}) = 'blob' AND length({{0}}) <= {MAX_PAYLOAD_BYTES}",
    to_json=_to_base64,
    from_json=_from_base64,
)


def money_columns(
    name: str, *, currency: str = "currency", nullable: bool = False
) -> tuple[Column[Any], Column[Any]]:
    """Return the columns of an amount, `<name>_minor`, and of its currency.

    Amounts of one currency in one table share its column: declare it with the first of them, and
    the others with `amount_column`.
    """
    return amount_column(name, nullable=nullable), currency_column(currency, nullable=nullable)


def amount_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return the column `<name>_minor` of an amount in whole minor units."""
    return Column(f"{name}{MONEY_SUFFIX}", AMOUNT_MINOR, nullable=nullable)


def currency_column(name: str = "currency", *, nullable: bool = False) -> Column[Any]:
    """Return the column of a currency's code."""
    return Column(name, CURRENCY, nullable=nullable)


def money_row(name: str, money: Money, *, currency: str = "currency") -> dict[str, Any]:
    """Return the values of the columns that `money_columns` declares."""
    return {f"{name}{MONEY_SUFFIX}": money.amount_minor, currency: money.currency}


def money_of_row(name: str, row: Mapping[str, Any], *, currency: str = "currency") -> Money:
    """Return the amount of a row, or raise an error of Invalid for values that are no amount."""
    return Money(row[f"{name}{MONEY_SUFFIX}"], row[currency])
