"""Adopt the rows of a host's older table, and report before what would be refused."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import click

from indelible.kernel import Actor
from indelible_service.cli.keys import ACTOR_OPTION
from indelible_service.cli.output import (
    REFUSED,
    Command,
    open_settings_store,
    print_results,
    wants_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indelible.kernel.contexts import Context
    from indelible_sql import FieldMapping
    from indelible_sql.adoption.findings import Refusal

COLUMNS: Final = ("code", "field", "count", "example", "message")
NAME: Final = click.argument("name", metavar="NAME")
SOURCE: Final = click.argument("source", metavar="TABLE")
MAPPING: Final = click.option(
    "--mapping",
    metavar="PACKAGE.MODULE:NAME",
    help="The mapping from columns to fields. By default each field has the column of its name.",
)
EXAMPLES: Final = click.option(
    "--examples",
    type=click.IntRange(1, 1_000),
    default=20,
    show_default=True,
    help="The most rows that are named for each rule.",
)


@click.command(cls=Command)
@NAME
@SOURCE
@MAPPING
@EXAMPLES
@click.pass_context
def observe(
    context: click.Context, name: str, source: str, mapping: str | None, examples: int
) -> None:
    """Report which rows of TABLE the context NAME would refuse, and write nothing.

    NAME is a context of yours that INDELIBLE_CONTEXTS names, such as tickets. TABLE is in the
    database of the store, such as old_tickets or support.old_tickets. Exits with 1 if any row
    would be refused; repeat it as often as you like, also while programs write the table.
    """
    from indelible_sql import observe as observe_table

    chosen = _context_of(name)
    columns = _mapping_of(mapping)
    with open_settings_store() as store:
        observed = observe_table(store, chosen, source, mapping=columns, examples=examples)

    title = (
        f"Refused: {observed.refused_rows} of {observed.rows} rows;"
        f" {observed.adopted_rows} are adopted"
    )
    print_results(_lines(observed.refusals), COLUMNS, title)
    context.exit(REFUSED if observed.refused_rows else 0)


@click.command(cls=Command)
@NAME
@SOURCE
@MAPPING
@EXAMPLES
@click.option("--reason", required=True, help="Why; it is stored with each first change.")
@click.option(
    "--cut-over",
    is_flag=True,
    help="Let the table refuse every write in the end. Without it programs may go on writing.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 10_000),
    default=500,
    show_default=True,
    help="Rows in one transaction.",
)
@ACTOR_OPTION
@click.pass_context
def adopt(
    context: click.Context,
    name: str,
    source: str,
    *,
    mapping: str | None,
    examples: int,
    reason: str,
    cut_over: bool,
    batch: int,
    by: str,
) -> None:
    """Make each row of TABLE a record of the context NAME, while programs go on writing it.

    Repeat the command after an interruption: it goes on where it was. Exits with 1 if writes of
    adopted rows have no action that explains them; they are listed, and stop the cut-over.
    """
    from indelible_service.instance.record import command_settings
    from indelible_sql import adopt as adopt_table

    chosen = _context_of(name)
    with open_settings_store() as store:
        adopted = adopt_table(
            store,
            chosen,
            source,
            actor=Actor.parse(by),
            reason=reason,
            mapping=_mapping_of(mapping),
            cut_over=cut_over,
            batch=batch,
            examples=examples,
            owner_url=command_settings().owner_url or None,
        )
    state = "adopted" if adopted.is_finished else "not cut over yet"
    title = f"{source} is {state}: {adopted.births} new records, {adopted.changes} changes"
    print_results(_lines(adopted.problems), COLUMNS, title)
    if not wants_json() and adopted.is_finished:
        click.echo(f"Writers waited for {adopted.pause_seconds:.3f} s.")
    context.exit(REFUSED if adopted.problems else 0)


def _lines(refusals: "Iterable[Refusal]") -> list[dict[str, object]]:
    """Return a line for each example of each rule."""
    lines: list[dict[str, object]] = []
    for refusal in refusals:
        for example in refusal.examples:
            line: dict[str, object] = {
                "code": refusal.code,
                "field": refusal.field,
                "count": refusal.count,
                "example": example.key,
                "message": example.message,
            }
            lines.append(line)
    return lines


def _context_of(name: str) -> "Context[Any]":
    """Return a host's context that the settings name.

    Raises: ContextUnknown.
    """
    from indelible.kernel.contexts import Context
    from indelible_service.hosts.selection import selected_host_contexts
    from indelible_service.instance.record import command_settings
    from indelible_service.records import ContextUnknown

    own: dict[str, Context[Any]] = {}
    for context in selected_host_contexts(command_settings()):
        if isinstance(context, Context):
            own[context.name] = context
    if name not in own:
        raise ContextUnknown(name, ", ".join(sorted(own)) or "none")
    return own[name]


def _mapping_of(text: str | None) -> "FieldMapping":
    """Return the mapping at an import path.

    Raises: HostModuleUnusable if nothing is there.
    """
    from indelible_service.hosts.imports import import_host_module
    from indelible_service.hosts.modules import HostModuleUnusable

    if text is None:
        return {}
    module, _, name = text.partition(":")
    attribute = name or "mapping"
    try:
        columns: object = getattr(import_host_module(module), attribute)
    except Exception as error:
        raise HostModuleUnusable(module, f"{type(error).__name__}: {error}") from error
    if not isinstance(columns, Mapping):
        raise HostModuleUnusable(module, f"{attribute} is no mapping")
    return cast("FieldMapping", columns)
