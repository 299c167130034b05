"""The column types of tokens: addresses, hashes and token ids of a chain."""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Numeric

from indelible.tokens.entities.fields import MAX_UINT256
from indelible_sql.schema.columns import Domain, hex_domain

UINT256_DIGITS: Final = 78

WALLET = hex_domain("wallet", "length({0}) = 42 AND substr({0}, 1, 2) = '0x'", "substr({0}, 3)")
CHAIN_HASH = hex_domain(
    "chain_hash", "length({0}) = 66 AND substr({0}, 1, 2) = '0x'", "substr({0}, 3)"
)


def _padded(number: int) -> str:
    """Return a number with leading zeros, so that SQLite sorts texts as numbers."""
    return f"{number:0{UINT256_DIGITS}d}"


def _uint256(value: Any) -> int:
    """Return a whole number below 2**256; raise ValueError for everything else."""
    if type(value) is not int or not 0 <= value <= MAX_UINT256:
        raise ValueError(f"{value!r} is not a whole number below 2**256")
    return value


# SQLite's integers have 64 bits.
TOKEN_NUMBER = Domain(
    "token_number",
    Numeric(UINT256_DIGITS, 0),
    rule=f"{{0}} BETWEEN 0 AND {MAX_UINT256}",
    sqlite_rule=(
        f"length({{0}}) = {UINT256_DIGITS} AND {{0}} NOT GLOB '*[^0-9]*'"
        f" AND {{0}} <= '{MAX_UINT256}'"
    ),
    dump=_padded,
    load=int,
    dump_native=Decimal,
    load_native=int,
    from_json=_uint256,
)
DOMAINS = (WALLET, CHAIN_HASH, TOKEN_NUMBER)
