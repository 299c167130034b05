"""How a command answers: a table or JSON, one sentence when it is refused, and an exit code that says which."""

import json
import logging
import re
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

import click

from indelible.kernel import IndelibleError, errors, to_json_value
from indelible.kernel.values import CONTROL
from indelible_service.settings import SettingsWrong, load

if TYPE_CHECKING:
    from indelible_sql import SqlStore

REFUSED, USAGE, UNAVAILABLE, UNKNOWN, DEFECT = 1, 2, 3, 4, 5
CODES: Final = (
    (SettingsWrong, USAGE),
    (errors.Unavailable, UNAVAILABLE),
    (errors.OutcomeUnknown, UNKNOWN),
    ((errors.NotFound, errors.Conflict, errors.Stale, errors.Invalid, errors.Forbidden), REFUSED),
)
HINTS: Final = {
    "ACCESS_DENIED": "check the user and the password in DATABASE_URL",
    "CHAIN_ADAPTER_MISSING": "install `indelible-evm` (./packages/adapters/evm), or leave INDELIBLE_RPC_URL blank",
    "CANNOT_LISTEN": "set INDELIBLE_HOST and INDELIBLE_PORT to a free address of this machine, or free that one",
    "CONCEPT_NOT_FOUND": "ids are listed by GET /v1/concepts",
    "DATABASE_FAULT": "look up the state in the database's manual, and read its log",
    "EMBEDDER_MISSING": "install `indelible-wordllama` (./packages/adapters/wordllama), and see INDELIBLE_EMBEDDER",
    "EXPORT_DAMAGED": "fetch the file again, or make a new export",
    "EXPORT_INCOMPLETE": "copy the database, or name each of them by `--leaving-out`",
    "FILE_UNUSABLE": "check that it exists, and who may read and write it",
    "HISTORY_DIFFERS": "compare it by `indelible history`; a kept history is never replaced",
    "LIFECYCLE_DIFFERS": "run `indelible db upgrade`",
    "NO_DATABASE": "run `indelible up` or `indelible db upgrade`, or set DATABASE_URL; or `demo --key`",
    "NOTHING_TO_READ": "name a folder with .md or .txt files below it",
    "NOT_RUNNING": "start it by `indelible up`",
    "OUTCOME_UNKNOWN": "look at `indelible history` before you repeat the command",
    "REDIS_MISSING": "set INDELIBLE_REDIS_URL to a Redis that runs, for tests INDELIBLE_TEST_REDIS_URL",
    "ROLE_TOO_STRONG": "give the schema's owner in INDELIBLE_OWNER_URL, and a weaker role in DATABASE_URL",
    "SCHEMA_DAMAGED": "run `indelible db check`, which names each difference",
    "SCHEMA_OUT_OF_DATE": "run `indelible db upgrade`",
    "SECRET_MISSING": "set INDELIBLE_SECRET, or INDELIBLE_DATA_DIR to the directory that holds it",
    "SETTINGS_WRONG": "`.env.example` lists every setting",
    "STAGE_UNKNOWN": "leave `--stage` out, or name one of those that are set up",
    "STORE_READ_ONLY": "check who may write the database's file and its directory",
    "STORE_UNREACHABLE": "check that the database runs, and the address in DATABASE_URL",
    "TOO_FEW_CONNECTIONS": "lower DB_POOL_SIZE or DB_MAX_OVERFLOW, or raise the server's max_connections",
    "UNEXPECTED_ANSWER": "check that INDELIBLE_HOST and INDELIBLE_PORT are the instance's, and the key too",
    "WEB_NOT_READY": "read the log above",
}
QUIET: Final = (
    logging.NullHandler()
)  # a refusal is said once, by us; a server sets up a log of its own
JSON: Final = "indelible.json"
JSON_OPTION: Final = click.Option(("--json",), is_flag=True, help="Answer with JSON, in one line.")
WIDE: Final = 240  # characters of a line that no terminal limits
DIGEST: Final = re.compile("([0-9a-f]{12})[0-9a-f]{52}")  # of which a person compares the beginning


class Command(click.Command):
    """A command that can answer with JSON, and lets no refusal out as a traceback."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """What the command declares, and `--json`."""
        return [*super().get_params(ctx), JSON_OPTION]

    def invoke(self, ctx: click.Context) -> object:
        """The command's work, or its refusal and the exit code of that."""
        logging.getLogger("indelible").addHandler(QUIET)
        ctx.meta[JSON] = ctx.params.pop("json")
        try:
            return super().invoke(ctx)
        except IndelibleError as error:
            click.echo(refusal(error), err=True)
            ctx.exit(next((code for kinds, code in CODES if isinstance(error, kinds)), DEFECT))


@contextmanager
def open_settings_store(*, tells_keys: bool = False) -> Generator["SqlStore"]:
    """The store that the settings name; what it needs is imported when a command needs it, so that help is quick."""
    from indelible_service import database

    with database.open_configured_store(load(), tells_keys=tells_keys) as store:
        yield store


def refusal(error: IndelibleError) -> str:
    """What a person is told: the code and its sentence, the facts, and what to do."""
    hint = HINTS.get(error.code, "")
    if wants_json():
        told = {
            "code": error.code,
            "message": error.describe(),
            "detail": error.detail,
            "hint": hint,
        }
        return json.dumps(to_json_value(told), ensure_ascii=False)
    facts = [
        f"  {name}: {visible(each)}"
        for name, value in error.detail.items()
        for each in _each(value)
    ]
    return "\n".join(
        (
            f"{error.code}: {visible(error.describe())}",
            *facts,
            *([f"Hint: {hint}."] if hint else []),
        )
    )


def wants_json() -> bool:
    """Whether a program reads the answer."""
    return bool(click.get_current_context().meta[JSON])


def visible(value: object) -> str:
    """The value for a terminal, which must not obey what is in it; of a digest, the beginning."""
    text = ", ".join(map(str, _each(value)))
    return DIGEST.sub(r"\1", CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def _each(value: object) -> Sequence[object]:
    return (
        cast("Sequence[object]", value)
        if isinstance(value, list | tuple)
        else ()
        if value is None
        else (value,)
    )


def answer(value: object, text: str) -> None:
    """Print the value for a program, in one line, or else the text for a person."""
    click.echo(json.dumps(to_json_value(value), ensure_ascii=False) if wants_json() else text)


def answer_table(value: Sequence[object], columns: Sequence[str], title: str) -> None:
    """Print the values for a program, or else these fields of them for a person."""
    answer(value, title)
    if not wants_json():
        rows = cast("list[dict[str, object]]", to_json_value(value))
        show_table(columns, [[row[name] for name in columns] for row in rows])


def show_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print the rows, where there are any, for a person; nothing of them is cut off."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    if rows:
        Console(width=None if sys.stdout.isatty() else WIDE).print(table)
