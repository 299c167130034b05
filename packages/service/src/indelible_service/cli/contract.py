"""Freeze the contract of a service, and compare it with what the code says now."""

from pathlib import Path
from typing import Final

import click

from indelible.kernel import Actor
from indelible_service.cli.output import (
    REFUSED,
    Command,
    open_settings_store,
    print_result,
    print_results,
)

COLUMNS: Final = ("kind", "text")
CHANGELOG: Final = click.option(
    "--changelog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A changelog whose part `## [Unreleased]` must name each addition in backticks.",
)
REASON: Final = click.option("--reason", required=True, help="The reason in the history.")
BY: Final = click.option(
    "--by", default="system:cli", show_default=True, help="The actor in the history."
)
FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def contract() -> None:
    """Freeze what the callers of this service rely on: routes, codes, states, metrics, commands.

    The contract is that of the contexts that are on, your own among them. `record` and `withdraw`
    open the database, the others do not.
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


@contract.command(cls=Command)
@FILE
@click.option("--release", required=True, help="The release that promises it, such as 1.2.0.")
@REASON
@BY
@click.pass_context
def record(context: click.Context, file: Path, release: str, reason: str, by: str) -> None:
    """Record in the database that a release promises the contract in FILE.

    The code must fulfill it: a difference that breaks a caller is listed, nothing is recorded, and
    the exit status is 1. The database gets the digest of each part. A release has one contract.
    """
    from indelible.kernel.contract_versions import RecordContractVersion, record_contract_version
    from indelible.kernel.json_objects import JsonObject
    from indelible_service.contract.configured import configured_contract
    from indelible_service.contract.differences import Kind, compare
    from indelible_service.contract.files import digests_of, read_contract

    parts = read_contract(file)
    differences = compare(parts, configured_contract(), None)
    broken = tuple(one for one in differences if one.kind is Kind.BREAKING)
    if broken:
        print_results(broken, COLUMNS, f"Nothing was recorded: {len(broken)} break callers")
        context.exit(REFUSED)

    command = RecordContractVersion(release=release, digests=JsonObject.of(digests_of(parts)))
    with open_settings_store() as store:
        head = store.run(record_contract_version, command, actor=Actor.parse(by), reason=reason)
    number = head.entity.number
    result = {"number": number, "release": release, "digests": digests_of(parts)}
    print_result(result, f"The contract of {release} is recorded as version {number}.")


@contract.command(cls=Command)
@click.argument("number", type=click.IntRange(min=1))
@REASON
@BY
def withdraw(number: int, reason: str, by: str) -> None:
    """Withdraw version NUMBER of the contract, which was recorded by mistake; it stays readable."""
    from indelible.kernel.contract_versions import (
        WithdrawContractVersion,
        withdraw_contract_version,
    )

    command = WithdrawContractVersion(number=number)
    with open_settings_store() as store:
        head = store.run(withdraw_contract_version, command, actor=Actor.parse(by), reason=reason)
    result = {"number": number, "release": head.entity.release}
    print_result(result, f"Version {number}, of {head.entity.release}, is withdrawn.")


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
