"""Print results as tables or JSON, and errors as one sentence with an exit code."""

import logging
import re
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Final, cast
from urllib.parse import urlsplit

import click
from attrs import frozen

from indelible.kernel import Forbidden, IndelibleError, errors, to_json_value
from indelible.kernel.distributions import SERVICE, check_versions
from indelible.kernel.json_numbers import ExactEncoder
from indelible.kernel.values import CONTROL
from indelible_service.cli.streams import translate_output_errors
from indelible_service.remote.errors import AnswerLost
from indelible_service.settings.environment import SettingsWrong

if TYPE_CHECKING:
    from indelible_service.settings.service import Settings
    from indelible_sql import SqlStore

REFUSED: Final = 1
USAGE: Final = 2
UNAVAILABLE: Final = 3
UNKNOWN: Final = 4
DEFECT: Final = 5
CODES: Final = (
    (SettingsWrong, USAGE),
    (errors.Unavailable, UNAVAILABLE),
    ((errors.OutcomeUnknown, AnswerLost), UNKNOWN),
    ((errors.NotFound, errors.Conflict, errors.Stale, errors.Invalid, errors.Forbidden), REFUSED),
)
FREE_SPACE: Final = "free some space on the disk and repeat the command"
HINTS: Final = {
    "ACCESS_DENIED": "check the user and the password in DATABASE_URL",
    "BACKUP_DAMAGED": "restore another backup, and copy this one again from where it was written",
    "BACKUP_EXISTS": "give each one a name of its own, such as the date",
    "BACKUP_KEY_WRONG": "`age-keygen` makes a secret key and prints its public key",
    "BACKUP_RUNNING": "wait for its end, or write below another folder",
    "BACKUP_SOURCE_WRONG": "set INDELIBLE_BACKUP_URL to the same database, by another role",
    "CANNOT_LISTEN": "set INDELIBLE_HOST and INDELIBLE_PORT to a free address of this machine",
    "CHAIN_UNUSABLE": "name a class or a function without arguments that returns a Chain",
    "COMPETITORS_UNUSABLE": "pass a leaderboard of the provider after its first round",
    "CONCEPT_NOT_FOUND": "`indelible list` shows the ids",
    "CONFIGURATION_UNREADABLE": "`indelible contests check --help` describes the file",
    "CONTEST_NOT_FOUND": "`/console/contests` shows the ids",
    "CONTEXTS_UNUSABLE": "INDELIBLE_CONTEXTS names built-in contexts, and modules of your own",
    "CONTEXT_OFF": "add it to INDELIBLE_CONTEXTS; without this setting all built-in ones are on",
    "CONTEXT_UNKNOWN": "INDELIBLE_CONTEXTS names the contexts that are on, your own and built-in",
    "CONTRACT_CODE_MISSING": (
        "check INDELIBLE_CONTRACT_ADDRESS, and that INDELIBLE_RPC_URL is a node of its network"
    ),
    "DATABASE_CORRUPT": "stop writing, keep the file, and restore the newest backup into another",
    "DATABASE_FAULT": "look up the SQLSTATE in the database's manual, and read its log",
    "DEMO_ENDPOINT_FOREIGN": (
        "leave INGESTION_ENDPOINT_URL blank for the instance and for the demo"
    ),
    "DEMO_INTERRUPTED": "start it again; what it has written stays",
    "DEMO_NOT_FINISHED": (
        "check that the instance has workers, the same data directory as the demo, and no"
        " INGESTION_ENDPOINT_URL"
    ),
    "DEMO_RUNNING": "wait for its end, or end it with Ctrl-C",
    "DEMO_STRIPE_FOREIGN": (
        "leave the settings of Stripe blank, or set STRIPE_API_URL to a free port of this machine,"
        " for the instance and for the demo"
    ),
    "DISK_FULL": FREE_SPACE,
    "DISTRIBUTION_VERSIONS_DIFFER": (
        "install all of them from one release, as at first, and uninstall those that you do not"
        " need"
    ),
    "EMBEDDER_DISABLED": "leave INDELIBLE_EMBEDDER blank",
    "EVENT_MAPPING_INVALID": (
        "check INDELIBLE_CONTRACT_ABI, INDELIBLE_MINT_EVENT and INDELIBLE_MINT_FIELDS"
    ),
    "EXPORT_DAMAGED": "copy the file again, or create a new export",
    "EXPORT_INCOMPLETE": "export it with the host's own program, or name it with `--leaving-out`",
    "FILE_UNUSABLE": "check that it exists, and its permissions",
    "FINGERPRINT_INVALID": "write it in the other environment: `indelible config fingerprint`",
    "HISTORY_DIFFERS": "compare it with `indelible history`; an existing history is never replaced",
    "HISTORY_NOT_FOUND": (
        "`indelible history` shows the ids of what changed last, and the console's search finds ids"
    ),
    "HOST_MODULE_UNUSABLE": (
        "a module is imported and exports `stages`, and for a scheduler `recurring_tasks`: lists,"
        " or functions that return them for the store"
    ),
    "INSTANCE_STARTING": "repeat the command when `indelible up` has printed its address",
    "INTERFACE_MISSING": "check INDELIBLE_CONTRACT_ADDRESS and INDELIBLE_CONTRACT_KIND",
    "LIFECYCLE_DIFFERS": "run `indelible db upgrade`",
    "LIFECYCLE_NOT_CHECKED": (
        "name the host's module with `--module`; it exports `contexts`, a list of `Context`"
    ),
    "NO_DATABASE": (
        "run `indelible up` or `indelible db upgrade`, set DATABASE_URL, or pass `demo --key`;"
        " the PostgreSQL of `up --full` is available while that runs"
    ),
    "NOTHING_TO_READ": "pass a folder with .md or .txt files",
    "NOT_RUNNING": "start it with `indelible up`",
    "OUTCOME_UNKNOWN": "check `indelible history` before you repeat the command",
    "OWNER_ADDRESS_WRONG": (
        "set INDELIBLE_OWNER_URL to the database of DATABASE_URL, by the role that owns its tables"
    ),
    "PAYEE_NOT_FOUND": (
        "check the id: a party is known once it has paid, is owed money, or is a payee"
    ),
    "PAYMENTS_NOT_CONFIGURED": "set STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET",
    "RECONCILIATION_NOT_FINISHED": "repeat the command when Stripe answers",
    "RECONCILIATION_RUNNING": "wait for its end, or an hour after its process has ended",
    "PROGRAM_FAILED": "read what it says; its own log or that of the server may say more",
    "REDIS_MISSING": (
        "set INDELIBLE_REDIS_URL (for tests INDELIBLE_TEST_REDIS_URL) to a running Redis"
    ),
    "ROLE_TOO_STRONG": (
        "set INDELIBLE_OWNER_URL to the schema's owner, and DATABASE_URL to a weaker role"
    ),
    "RESTORE_TARGET_EXISTS": "name a new file, an empty database or a new directory",
    "SCHEMA_DAMAGED": "run `indelible db check`, which lists each difference",
    "SCHEMA_OUT_OF_DATE": "run `indelible db upgrade`",
    "SCHEMA_TOO_NEW": "install the newer release, or restore the backup from before its migration",
    "SEAL_REFERENCE_INVALID": "copy the whole line that `indelible seal` printed",
    "SECRET_MISSING": (
        "set INDELIBLE_SECRET, or set INDELIBLE_DATA_DIR to the directory with the secret"
    ),
    "SETTINGS_WRONG": "`.env.example` lists every setting",
    "SIMULATOR_NOT_STARTED": ("if STRIPE_API_URL is set, it must name a free port of this machine"),
    "SNAPSHOT_INVALID": (
        "pass a file that `indelible db snapshot` wrote; each release has one for PostgreSQL and"
        " one for SQLite"
    ),
    "SPECIFICATION_INVALID": "`indelible projects plan --help` describes the file",
    "SUBSCRIBER_NOT_FOUND": "`indelible subscribers list` shows the names",
    "STAGE_UNKNOWN": "omit `--stage`, or name a configured stage",
    "STORE_FULL": FREE_SPACE,
    "STORE_READ_ONLY": "check the permissions of the database file and its directory",
    "STORE_UNREACHABLE": "check that the database runs, and the address in DATABASE_URL",
    "TOO_FEW_CONNECTIONS": (
        "lower DB_POOL_SIZE or DB_MAX_OVERFLOW, or raise the server's max_connections"
    ),
    "UNEXPECTED_ANSWER": (
        "check that INDELIBLE_HOST and INDELIBLE_PORT are those of the instance, and check the key"
    ),
    "WEB_NOT_READY": "read the log: `web.log` in the folder `logs` of the data directory",
}
# The hints of `indelible ops`, which has other settings than the commands of an instance.
HINTS_OF_OPS: Final = {
    "NOT_RUNNING": "check INDELIBLE_URL, and that the service runs there",
    "UNEXPECTED_ANSWER": "check that INDELIBLE_URL is the address of the service, not of a proxy",
}
# Commands print an error themselves; a server configures logging of its own.
NO_LOG: Final = logging.NullHandler()
JSON: Final = "indelible.json"
JSON_OPTION: Final = click.Option(("--json",), is_flag=True, help="Print one line of JSON.")
MODULE_OPTION: Final = click.option(
    "--module",
    "modules",
    metavar="PACKAGE.MODULE",
    multiple=True,
    help="A module of yours, imported from the working directory or where it is installed.",
)
ENCODER: Final = ExactEncoder(ensure_ascii=False)
FILE_WIDTH: Final = 240  # characters of a line where the output is no terminal
POSTGRESQL_PORT: Final = 5432
DIGEST: Final = re.compile("([0-9a-f]{12})[0-9a-f]{52}")  # a person compares its beginning


# The commands that read one built-in context.
CONTEXT_OF_COMMAND: Final = {
    "captures": "captures",
    "contests": "contests",
    "diff": "concepts",
    "money": "money",
    "projects": "projects",
    "recover-events": "tokens",
    "recover-tokens": "tokens",
}


@frozen
class ContextOff(Forbidden):
    """A command needs a built-in context that INDELIBLE_CONTEXTS does not name."""

    message: ClassVar[str] = "The context {context} is off: INDELIBLE_CONTEXTS does not name it."
    context: str


class Command(click.Command):
    """A command that can print JSON, and prints an error as one sentence."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's parameters and `--json`."""
        return [*super().get_params(ctx), JSON_OPTION]

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; print an error and exit with its code."""
        logging.getLogger("indelible").addHandler(NO_LOG)
        ctx.meta[JSON] = ctx.params.pop("json")
        try:
            check_versions(SERVICE)
            with translate_output_errors():
                return super().invoke(ctx)
        except IndelibleError as error:
            if ctx.params.get("settings_from_stdin"):  # a supervisor's log, which no person asked
                _log_refusal(error)
            else:
                click.echo(error_text(error), err=True)
            ctx.exit(exit_code(error))


def _log_refusal(error: IndelibleError) -> None:
    from indelible_service.logs.lines import log_refusal

    log_refusal(error)


def exit_code(error: IndelibleError) -> int:
    """Return the exit code for an error."""
    return exit_code_of(type(error))


def exit_code_of(error_type: type[IndelibleError]) -> int:
    """Return the exit code for errors of a type."""
    for kinds, code in CODES:
        if issubclass(error_type, kinds):
            return code

    return DEFECT


@contextmanager
def open_settings_store(*, needs_key_secret: bool = False) -> Generator["SqlStore"]:
    """Open the store that the settings name; import what that needs only now, so help is fast.

    Raises: ContextOff where the command is one of a context that is off.
    """
    from indelible_service import database
    from indelible_service.instance.record import command_settings

    settings = command_settings()
    check_on(settings, CONTEXT_OF_COMMAND.get(_first_word(), ""))
    with database.open_configured_store(settings, needs_key_secret=needs_key_secret) as store:
        yield store


def check_on(settings: "Settings", *names: str) -> None:
    """Raise ContextOff for the first of these contexts that is off."""
    for name in names:
        if name in settings.contexts_off:
            raise ContextOff(name)


def contexts_off() -> frozenset[str]:
    """Return the names of the built-in contexts that are off."""
    from indelible_service.instance.record import command_settings

    return command_settings().contexts_off


def _first_word() -> str:
    """Return the name of the command below `indelible` that runs, such as `money`."""
    context = click.get_current_context()
    name = ""
    while context.parent is not None:
        name = context.info_name or ""
        context = context.parent

    return name


def error_text(error: IndelibleError) -> str:
    """Return an error as text for standard error.

    With `--json` it is a JSON object. Otherwise it is the message, then a line for each value
    that the message omits, then the hint.
    """
    hint = _hint(error)
    if wants_json():
        document = {
            "code": error.code,
            "message": error.describe(),
            "detail": error.detail,
            "hint": hint,
        }
        return ENCODER.encode(to_json_value(document))

    message = printable(error.describe())
    lines = [f"{error.code}: {message}"]
    for name, value in error.detail.items():
        items = [printable(item) for item in _as_sequence(value)]
        lines.extend(f"  {name}: {item}" for item in items if item not in message)
    if hint:
        lines.append(f"Hint: {hint}.")

    return "\n".join(lines)


def _hint(error: IndelibleError) -> str:
    """Return the next step for an error, with the database's address if that is unreachable."""
    hint = HINTS.get(error.code, "")
    if _first_word() == "ops":
        return HINTS_OF_OPS.get(error.code, hint)
    if not isinstance(error, errors.StoreUnreachable):
        return hint

    from indelible_service.instance.record import InstanceStarting, command_settings

    try:
        address = urlsplit(command_settings().url)
    except InstanceStarting:  # another instance, since the command read its settings
        return hint

    if address.hostname is None:
        return hint

    return f"{hint} ({address.hostname}:{address.port or POSTGRESQL_PORT})"


def wants_json() -> bool:
    """Return True where the command was called with `--json`."""
    return bool(click.get_current_context().meta[JSON])


def printable(value: object) -> str:
    """Return a value for a terminal: control characters escaped, digests shortened."""
    text = ", ".join(str(item) for item in _as_sequence(value))
    return DIGEST.sub(r"\1", escaped(text))


def escaped(text: str) -> str:
    """Return a text for a terminal, whole, with its control characters escaped."""
    return CONTROL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _as_sequence(value: object) -> Sequence[object]:
    if value is None:
        return ()

    if isinstance(value, list | tuple):
        return cast("Sequence[object]", value)

    return (value,)


def print_result(value: object, text: str) -> None:
    """Print the value as one line of JSON, or the text for a person."""
    if wants_json():
        click.echo(ENCODER.encode(to_json_value(value)))
    else:
        click.echo(text)


def print_line(text: str) -> None:
    """Print a line for a person while a command goes on; JSON says all at the end."""
    if not wants_json():
        click.echo(text)


def print_results(values: Sequence[object], columns: Sequence[str], title: str) -> None:
    """Print the values as one line of JSON, or a table of some fields for a person."""
    print_result(values, title)
    if wants_json():
        return

    records = cast("list[dict[str, object]]", to_json_value(values))
    rows = [[record[name] for name in columns] for record in records]
    print_table(columns, rows)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, unless it is empty; long cells are folded and never cut off."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return

    table = Table(box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))

    width = None if sys.stdout.isatty() else FILE_WIDTH
    Console(width=width).print(table)
