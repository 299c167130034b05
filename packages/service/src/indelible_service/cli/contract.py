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
)

REASON: Final = click.option("--reason", required=True, help="The reason in the history.")
BY: Final = click.option(
    "--by", default="system:cli", show_default=True, help="The actor in the history."
)
FOLDER: Final = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))


@click.group()
def contract() -> None:
    """Freeze what callers rely on: routes, operators' routes, error codes, states, feed events.

    The contract is that of the contexts that are on, your own among them. `record` and `withdraw`
    open the database, the others do not.
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


@contract.command(cls=Command)
@FOLDER
@click.option("--release", required=True, help="The release that promises it, such as 1.2.0.")
@REASON
@BY
@click.pass_context
def record(context: click.Context, folder: Path, release: str, reason: str, by: str) -> None:
    """Record in the database that a release promises the contract in FOLDER.

    The code must fulfill it: a difference that breaks a caller is listed, nothing is recorded, and
    the exit status is 1. The database gets the digest of each file. A release has one contract.
    """
    from hashlib import sha256

    from indelible.kernel.contract_versions import RecordContractVersion, record_contract_version
    from indelible.kernel.json_objects import JsonObject
    from indelible_service.contract.files import (
        breaks,
        configured_contract,
        read_contract,
        text_of,
    )

    promised = read_contract(folder)
    broken = breaks(promised, configured_contract())
    if broken:
        _print_breaks(broken, f"Nothing was recorded. Breaking differences: {len(broken)}")
        context.exit(REFUSED)

    digests: dict[str, object] = {}
    for name, content in promised.items():
        digests[name] = sha256(text_of(content).encode()).hexdigest()
    command = RecordContractVersion(release=release, digests=JsonObject.of(digests))
    with open_settings_store() as store:
        head = store.run(record_contract_version, command, actor=Actor.parse(by), reason=reason)
    number = head.entity.number
    result = {"number": number, "release": release, "digests": digests}
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


def _print_breaks(broken: list[str], title: str) -> None:
    print_result(broken, "\n".join((title, *broken)))
