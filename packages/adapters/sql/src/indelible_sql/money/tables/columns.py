"""The column types of money that no other context has."""

from typing import Any

from sqlalchemy import BigInteger, Column

from indelible.money.entities.values import MAX_SUM_MINOR
from indelible_sql.schema.columns import Domain, bigint


def _flag(value: object) -> bool:
    """Return a boolean of an export, or raise ValueError."""
    if type(value) is not bool:
        raise ValueError(f"{value!r} is not a boolean")
    return bool(value)


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


def sum_column(name: str) -> Column[Any]:
    """Return the column `<name>_minor` of a sum in whole minor units."""
    return Column(f"{name}_minor", SUM_MINOR, nullable=False)
