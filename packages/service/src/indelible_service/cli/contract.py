"""Freeze the contract of a service, and compare it with what the code says now."""

from pathlib import Path
from typing import Final

import click

from indelible_service.cli.output import (
    REFUSED,
    Command,
    escaped,
    print_result,
)

FOLDER: Final = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))


@click.group()
def contract() -> None:
    """Freeze what callers rely on: routes, operators' routes, error codes, states, feed events.

    The contract is that of the contexts that are on, your own among them. No database is opened.
    """


@contract.command(cls=Command)
@FOLDER
@click.pass_context
def check(context: click.Context, folder: Path) -> None:
    """Compare the code with the contract in FOLDER, and list what breaks a caller.

    The exit status is 1 if anything does.
    """
    from indelible_service.contract.files import breaks, configured_contract, read_contract

    broken = breaks(read_contract(folder), configured_contract())
    _print_breaks(broken, f"Breaking differences: {len(broken)}")
    context.exit(REFUSED if broken else 0)


@contract.command(cls=Command)
@FOLDER
@click.option("--break", "may_break", is_flag=True, help="Write it although it breaks callers.")
@click.pass_context
def write(context: click.Context, folder: Path, *, may_break: bool) -> None:
    """Write the contract of the code to FOLDER: two OpenAPI documents and contract.json.

    A contract that is there already is replaced by one that breaks nothing, or with `--break`.
    """
    from indelible_service.contract.files import configured_contract, write_contract

    new = configured_contract()
    broken = write_contract(folder, new, may_break=may_break)
    if broken:
        _print_breaks(broken, f"Nothing was written. Breaking differences: {len(broken)}")
        context.exit(REFUSED)

    result = {"folder": str(folder), "files": list(new)}
    print_result(result, f"{folder} has {', '.join(new)}.")


def _print_breaks(broken: list[str], title: str) -> None:
    print_result(broken, "\n".join((title, *map(escaped, broken))))
