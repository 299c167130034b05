"""Values of columns by domain: malformed ones, and another well-formed one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import inf
from typing import Any, Final

from indelible.kernel.money import MAX_AMOUNT_MINOR, MAX_SUM_MINOR
from indelible.kernel.payloads import MAX_PAYLOAD_BYTES
from indelible.testing.stores import BEGINNING
from indelible_sql.captures import columns as capture_columns
from indelible_sql.kernel.task_tables import TASK_ARGUMENTS, TASK_RESULT
from indelible_sql.schema import columns, value_columns
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.value_columns import FLAG, SUM_MINOR
from indelible_sql.tokens import columns as token_columns

MALFORMED: Final[Mapping[Domain, Sequence[Any]]] = {
    columns.IDENTIFIER: ("", "x" * 201),
    columns.NAME_KEY: ("x" * 201,),
    columns.STATE: ("x" * 61,),
    columns.ACTOR: ("maya", "robot:x"),
    columns.NONBLANK_TEXT: (" ",),
    columns.DIGEST: ("b", "B" * 64),
    columns.DIGEST_OR_EMPTY: ("b", "g" * 64),
    columns.ORDINAL: (0,),
    columns.NATURAL: (-1,),
    columns.INSTANT: (
        "1999-12-31T23:59:59.999999+00:00",
        "3000-01-01T00:00:00.000000+00:00",
    ),
    columns.JSON_OBJECT: (["a list"],),
    columns.JSON_ARRAY: ({"an": "object"},),
    columns.JSON_DETAILS: (["a list"],),
    capture_columns.LEVEL: ("-1", "4"),
    columns.NUMBER: (inf, -inf),
    columns.FRACTION: (-0.1, 1.1),
    capture_columns.DEPTH: (-0.1, 1.6),
    capture_columns.DISTANCE: (-0.1, 2.1),
    capture_columns.EMBEDDING: ((), (0.0, 0.0, 0.0)),
    token_columns.WALLET: ("0x" + "A" * 40, "0x" + "a" * 39),
    token_columns.CHAIN_HASH: ("0x" + "g" * 64, "a" * 66),
    token_columns.TOKEN_NUMBER: (-1, 2**256),
    columns.JSON_VALUE: ("null",),
    value_columns.AMOUNT_MINOR: (-MAX_AMOUNT_MINOR - 1, MAX_AMOUNT_MINOR + 1),
    value_columns.CURRENCY: ("usd", "USDX"),
    value_columns.RAW_BYTES: (b"\x00" * (MAX_PAYLOAD_BYTES + 1),),
    SUM_MINOR: (-MAX_SUM_MINOR - 1, MAX_SUM_MINOR + 1),
    FLAG: ("2", "-1"),
    TASK_ARGUMENTS: (["a list"],),
    TASK_RESULT: ("null",),
}

# Well-formed values that no row of the situation has.
UNUSED: Final[Mapping[Domain, Any]] = {
    columns.ACTOR: "user:eve",
    columns.IDENTIFIER: "other",
    columns.NONBLANK_TEXT: "other",
    columns.DIGEST: "c" * 64,
    columns.ORDINAL: 7,
    columns.NATURAL: 7,
    columns.INSTANT: BEGINNING + timedelta(days=901),
    columns.JSON_ARRAY: ["other"],
    columns.JSON_DETAILS: {"other": 1},
    value_columns.AMOUNT_MINOR: 7,
    value_columns.CURRENCY: "CHF",
    SUM_MINOR: 7,
    FLAG: True,
    value_columns.RAW_BYTES: b"other",
    token_columns.WALLET: "0x" + "7" * 40,
    token_columns.CHAIN_HASH: "0x" + "7" * 64,
    token_columns.TOKEN_NUMBER: 2**255,
}

KINDS: Final[Mapping[Domain, str]] = {
    columns.JSON_OBJECT: "object",
    columns.JSON_ARRAY: "array",
    columns.JSON_DETAILS: "object",
    TASK_ARGUMENTS: "object",
}


def kind_of(domain: Domain) -> str:
    """Return the kind of JSON values that a domain takes."""
    return KINDS.get(domain, "value")
