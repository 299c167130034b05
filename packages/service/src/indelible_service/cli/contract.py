"""Freeze the contract of a service, and compare it with what the code says now."""

from pathlib import Path
from typing import Final

import click

from indelible_service.cli.output import REFUSED, Command, print_result, print_results

COLUMNS: Final = ("kind", "text")
CHANGELOG: Final = click.option(
    "--changelog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A changelog whose part `## [Unreleased]` must name each addition in backticks.",
)
FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def contract() -> None:
    """Freeze what the callers of this service rely on: routes, codes, states, metrics, commands.

    The contract is that of the contexts that are on, your own among them. No database is opened.
    """


@contract.command(cls=Command)
@FILE
@CHANGELOG
@click.pass_context
def check(context: click.Context, file: Path, changelog: Path | None) -> None:
    """Compare the code with the contract in FILE, and list each difference.

    The exit status is 1 if a difference breaks a caller, or the changelog does not name an
    addition.
    """
    from indelible_service.contract.configured import configured_contract
    from indelible_service.contract.differences import compare
    from indelible_service.contract.files import read_contract

    differences = compare(read_contract(file), configured_contract(), _text(changelog))
    refused = sum(difference.is_refused for difference in differences)
    title = f"Differences: {len(differences)}, of which {refused} are refused"
    print_results(differences, COLUMNS, title)
    context.exit(REFUSED if refused else 0)


@contract.command(cls=Command)
@FILE
@CHANGELOG
@click.option("--break", "may_break", is_flag=True, help="Write it although it breaks callers.")
@click.pass_context
def write(context: click.Context, file: Path, changelog: Path | None, *, may_break: bool) -> None:
    """Write the contract of the code to FILE.

    A contract that is there already is replaced by one that breaks nothing, or with `--break`. An
    addition that the changelog does not name is refused in any case.
    """
    from indelible_service.contract.configured import configured_contract
    from indelible_service.contract.files import replace_contract

    parts = configured_contract()
    refused = replace_contract(file, parts, changelog=_text(changelog), may_break=may_break)
    if refused:
        print_results(refused, COLUMNS, f"Nothing was written: {len(refused)} are refused")
        context.exit(REFUSED)

    names = sum(len(part) for part in parts.values())
    result = {"file": str(file), "names": names, "parts": len(parts)}
    print_result(result, f"{file} has {names} names in {len(parts)} parts.")


def _text(changelog: Path | None) -> str | None:
    """Return the text of a changelog, which must have the part about the next release."""
    from indelible_service.contract.differences import unreleased_part

    if changelog is None:
        return None
    text = changelog.read_text("utf-8", errors="replace")
    if unreleased_part(text) is None:
        problem = "the file has no heading `## [Unreleased]`"
        raise click.BadParameter(problem, param_hint="--changelog")
    return text
