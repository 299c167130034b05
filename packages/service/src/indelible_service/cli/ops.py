"""Operate a running service: each of its operators' routes as a command, over HTTP only."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

import click

from indelible.kernel import IndelibleError, TimeOrderedIds
from indelible_service.cli.output import (
    DEFECT,
    ENCODER,
    JSON,
    REFUSED,
    UNAVAILABLE,
    Command,
    error_text,
    escaped,
    exit_code,
    wants_json,
)
from indelible_service.cli.waiting import (
    DEFAULT_TIMEOUT,
    ENTRIES,
    TIMEOUT,
    UNAVAILABLE_STATUSES,
    UNTIL,
    WHILE,
    Condition,
    await_answer,
)
from indelible_service.remote.calls import Answer, DocumentRefused, RemoteService
from indelible_service.remote.operations import (
    IN_PATH,
    Parameter,
    RemoteOperation,
    public_queries,
    remote_operations,
)
from indelible_service.remote.shapes import ITEMS

ADDRESS: Final = "http://127.0.0.1:8000"
ADDRESS_VARIABLE: Final = "INDELIBLE_URL"
KEY_VARIABLE: Final = "INDELIBLE_KEY"
# Parameters of operations whose names are options of every query.
FILTERS: Final = {"until": "filter_until", "timeout": "filter_timeout"}
KEY: Final = re.compile("[!-~]*")  # what a header can carry
WITHOUT_SERVICE: Final = "The operations are those of the running service, which did not list them:"


class Operations(click.Group):
    """The operations of a running service, which its OpenAPI documents describe."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of an operation; an error ends the process as it ends a command."""
        ctx.meta.setdefault(JSON, False)
        service = _service(ctx)
        try:
            operations = _known_operations(service, cmd_name)
        except IndelibleError as error:
            click.echo(error_text(error), err=True)
            ctx.exit(exit_code(error))
        except DocumentRefused as refused:
            _print_refusal(refused.answer, idempotency_key="")
            ctx.exit(_exit_code(refused.answer.status))
        if cmd_name not in operations:
            nearest = ", ".join(get_close_matches(cmd_name, operations)) or "none"
            ctx.fail(f"The service has no operation {cmd_name!r}; with a similar name: {nearest}.")
        return _command(service, operations[cmd_name])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the operations of the service, or why they are unknown."""
        try:
            operations = remote_operations(_service(ctx))
        except (IndelibleError, DocumentRefused) as error:
            formatter.write_paragraph()
            formatter.write_text(f"{WITHOUT_SERVICE} {_cause(error)}")
            return
        for title, is_command in (("Commands", True), ("Queries", False)):
            rows = [
                (operation.name, operation.summary)
                for operation in operations.values()
                if operation.is_command is is_command
            ]
            with formatter.section(title):
                formatter.write_dl(rows)


@click.group(cls=Operations)
@click.option(
    "--url",
    envvar=ADDRESS_VARIABLE,
    default=ADDRESS,
    show_default=True,
    is_eager=True,
    metavar="URL",
    help=f"The address of the service, or {ADDRESS_VARIABLE}.",
)
@click.option(
    "--key",
    envvar=KEY_VARIABLE,
    default="",
    show_default=False,
    is_eager=True,
    help=f"A key with the scope `ops`, better from {KEY_VARIABLE}: others can read arguments.",
)
@click.pass_context
def ops(context: click.Context, url: str, key: str) -> None:
    """Operate a running service over HTTP: run its operators' routes by their names.

    The commands and queries are those that the service describes at `/admin/openapi.json`, and
    its public queries; `indelible ops --help` lists them. Each command needs a `--reason`, which
    history keeps, and runs once for each `--idempotency-key`. No database is opened.
    """
    context.obj = _remote_service(url, key)


def _remote_service(url: str, key: str) -> RemoteService:
    """Return the service at an address; the texts may come from files and end with a line."""
    key = key.strip()
    if KEY.fullmatch(key) is None:
        problem = "a key has only letters, digits and signs of ASCII: copy it again."
        raise click.BadParameter(problem, param_hint=f"--key or {KEY_VARIABLE}")
    return RemoteService(url.strip().rstrip("/"), key)


def _known_operations(service: RemoteService, name: str) -> dict[str, RemoteOperation]:
    """Return the operations; without its database a service lists its public queries only.

    Raises: DocumentRefused unless the named operation is known.
    """
    try:
        return remote_operations(service)
    except DocumentRefused:
        public = public_queries(service)
        if name not in public:
            raise
        return public


def _cause(error: IndelibleError | DocumentRefused) -> str:
    if isinstance(error, IndelibleError):
        return error.describe()
    return _problem_line(cast("Mapping[str, Any]", error.answer.document))


def _service(context: click.Context) -> RemoteService:
    """Return the service of the command line; for help the options are not all read yet."""
    if isinstance(context.obj, RemoteService):
        return context.obj
    url = context.params.get("url") or os.environ.get(ADDRESS_VARIABLE) or ADDRESS
    key = context.params.get("key") or os.environ.get(KEY_VARIABLE, "")
    return _remote_service(str(url), str(key))


def _command(service: RemoteService, operation: RemoteOperation) -> click.Command:
    """Return the command that calls an operation."""
    parameters: list[click.Parameter] = [*_parameters(operation), FIELD]
    parameters += [KEY_OPTION] if operation.is_command else [UNTIL, WHILE, TIMEOUT]
    return Command(
        operation.name,
        callback=partial(_run, service, operation),
        params=parameters,
        help=f"{operation.summary}\n\n{operation.description}",
        short_help=operation.summary,
    )


FIELD: Final = click.Option(
    ("--field", "fields"),
    multiple=True,
    metavar="NAME",
    help="Print the value of this field alone, such as `status` or `contest.status`: one line for"
    " each entry of a list.",
)
KEY_OPTION: Final = click.Option(
    ("--idempotency-key",),
    metavar="TEXT",
    help="The name of this request: sent again under it, it has no second effect. By default a"
    " new one, which is printed if the answer is lost.",
)


def _parameters(operation: RemoteOperation) -> Iterator[click.Parameter]:
    """Yield an argument for each part of the path, and an option for each other value."""
    for parameter in operation.parameters:
        kind = click.Choice(parameter.choices) if parameter.choices else click.STRING
        if parameter.location == IN_PATH:
            yield click.Argument((parameter.name,), type=kind)
        else:
            name = FILTERS.get(parameter.name, parameter.name)
            yield click.Option(
                (f"--{name.replace('_', '-')}", name),
                required=parameter.is_required,
                type=kind,
                metavar=None if parameter.choices else _metavar(parameter),
                help=parameter.description,
            )


def _metavar(parameter: Parameter) -> str:
    return "TEXT" if parameter.is_text else "JSON"


def _run(
    service: RemoteService,
    operation: RemoteOperation,
    fields: tuple[str, ...],
    idempotency_key: str | None = None,
    until: Condition | None = None,
    while_: Condition | None = None,
    timeout: int = DEFAULT_TIMEOUT,
    **values: str | None,
) -> None:
    """Call an operation, print its answer, and exit with the code of a refusal."""
    if until and while_:
        raise click.UsageError("Give --until or --while, not both.")
    condition = until or while_
    _check_fields(operation, fields, condition)
    parameters = {option: name for name, option in FILTERS.items()}
    texts = {
        parameters.get(option, option): text for option, text in values.items() if text is not None
    }
    key = idempotency_key or TimeOrderedIds().new()
    call = partial(operation.call, service, texts, key)
    answer = call() if condition is None else await_answer(call, condition, timeout, _values_of)
    if answer.is_refusal:
        _print_refusal(answer, idempotency_key=key if operation.is_command else "")
        click.get_current_context().exit(_exit_code(answer.status))
    _print_answer(answer, fields)


def _check_fields(
    operation: RemoteOperation, fields: tuple[str, ...], condition: Condition | None
) -> None:
    """Refuse names of fields that no answer has, before anything is sent."""
    names = [("--field", name) for name in fields]
    if condition and not (condition.name == ENTRIES and operation.answer.is_list):
        names.append(("--until" if condition.is_wanted else "--while", condition.name))
    for option, name in names:
        if not operation.answer.has_field(name):
            existing = ", ".join(operation.answer.fields_near(name))
            problem = f"the answer has no field {name!r}; it has: {existing}."
            raise click.BadParameter(problem, param_hint=option)


def _values_of(answer: Answer, name: str) -> list[str]:
    """Return the values of a field in all entries of an answer, or the number of entries."""
    if name == ENTRIES:
        return [str(len(_entries(answer)))]
    return [_text(_value(entry, name)) for entry in _entries(answer)]


def _exit_code(status: int) -> int:
    if status in UNAVAILABLE_STATUSES:
        return UNAVAILABLE
    return DEFECT if status >= HTTPStatus.INTERNAL_SERVER_ERROR else REFUSED


def _print_refusal(answer: Answer, *, idempotency_key: str) -> None:
    """Print a problem document as the errors of other commands are printed.

    After a fault of the server it has the key of the command, for a safe repetition.
    """
    problem = answer.document
    if not isinstance(problem, dict):
        click.echo(f"The service answered with status {answer.status}.", err=True)
        return
    document = dict(cast("Mapping[str, Any]", problem))
    if idempotency_key and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        document["fields"] = {**document.get("fields", {}), "idempotency_key": idempotency_key}
    if wants_json():
        click.echo(ENCODER.encode(document), err=True)
        return
    if "error" in document:  # of `/health`, which seed 004 defines
        document = {**document["error"], **document}
    line = _problem_line(document)
    click.echo(line, err=True)
    for name, value in document.get("fields", {}).items():
        text = _text(value)
        if text not in line:
            click.echo(f"  {name}: {text}", err=True)


def _problem_line(problem: Mapping[str, Any]) -> str:
    """Return the code of a problem, and its sentence."""
    sentence = problem.get("detail") or problem.get("message") or problem.get("title")
    return f"{problem.get('code')}: {_text(sentence)}"


def _print_answer(answer: Answer, fields: tuple[str, ...]) -> None:
    """Print the answer: as JSON, as the values of fields, or as a line for each field."""
    if answer.document is None:
        _print_download(answer.content)
    elif wants_json():
        click.echo(ENCODER.encode(answer.document))
    elif fields:
        for entry in _entries(answer):
            click.echo(" ".join(_text(_value(entry, name)) for name in fields))
    else:
        _print_entries(answer)


def _print_download(content: bytes) -> None:
    """Print bytes as they are, but for a terminal as a text without control characters."""
    if sys.stdout.isatty():
        click.echo(escaped(content.decode(errors="replace")))
    else:
        click.echo(content, nl=False)


def _print_entries(answer: Answer) -> None:
    """Print each entry as lines `name: value`, with an empty line between two."""
    document = cast("Mapping[str, Any]", answer.document)
    entries = _entries(answer)
    if ITEMS in document:
        more = "; there are more: pass `--cursor`" if document.get("next") else ""
        click.echo(f"{len(entries)} entries{more}")
    for number, entry in enumerate(entries):
        if number:
            click.echo()
        for name, value in entry.items():
            click.echo(f"{name}: {_text(value)}")
    if document.get("next"):
        click.echo(f"\nnext: {document['next']}")


def _entries(answer: Answer) -> list[Mapping[str, Any]]:
    """Return the entries of a page, or the one object of another answer."""
    document = cast("Mapping[str, Any]", answer.document)
    items = document.get(ITEMS)
    return cast("list[Mapping[str, Any]]", items) if isinstance(items, list) else [document]


def _value(entry: Mapping[str, Any], name: str) -> object:
    """Return a field of an entry; `contest.status` is one of an object in it."""
    value: object = entry
    for part in name.split("."):
        value = cast("Mapping[str, object]", value).get(part) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str:
    """Return a value on one line: a text as it is, anything else as JSON."""
    return escaped(value if isinstance(value, str) else ENCODER.encode(value))
