"""Versions of the contract that a service has promised: the digest of each part, and the release.

A version is recorded when a release freezes its contract, and its content never changes. One that
was recorded by mistake is withdrawn, and stays readable. Its history says who did so, when and why.
"""

from enum import StrEnum
from typing import ClassVar, Final, Protocol

from attrs import field as attrs_field
from attrs import frozen

from indelible.kernel.actions import action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.errors import Conflict, NotFound
from indelible.kernel.execution import execute
from indelible.kernel.field_rules import field
from indelible.kernel.history import Head
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.kinds import Count, Identifier, kinds
from indelible.kernel.lifecycle import Lifecycle
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.questions import below
from indelible.kernel.repository import Repository
from indelible.kernel.transaction import ReadTransaction, Transaction, single_statement
from indelible.kernel.values import COUNT

NEWEST: Final[int] = COUNT["maximum"]  # no version has this number
ID_START: Final = "contract-"  # before the number


class ContractVersionStatus(StrEnum):
    """The states of a version."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


def _number_in(version_id: str) -> str:
    """Return the number in the id of a version, by which its callers name it."""
    return version_id.removeprefix(ID_START)


@frozen
class ContractVersionNotFound(NotFound):
    """No version of the contract has this number."""

    message: ClassVar[str] = "Contract version {version_id} not found."
    version_id: str = attrs_field(converter=_number_in)


@frozen
class ContractOfReleaseRecorded(Conflict):
    """A release that has another contract; `number` is None if it was recorded just now."""

    message: ClassVar[str] = (
        "Another contract of release {release} is recorded already, as version {number}:"
        " withdraw that version first."
    )
    release: str
    number: int | None = None


@frozen(kw_only=True, field_transformer=kinds)
class ContractVersion(Aggregate):
    """The contract of a release: `digests` has the SHA-256 of each part, by its name.

    The id is made of the number, so that no two versions have the same one.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="contract_version")
    missing_error = ContractVersionNotFound
    final_states = (ContractVersionStatus.WITHDRAWN,)
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (
        OnePerParent(
            parent_field="release",
            states=(ContractVersionStatus.RECORDED,),
            error=ContractOfReleaseRecorded,
            name="one_of_release",
        ),
    )

    status: ContractVersionStatus
    number: Count
    release: Identifier
    digests: JsonObject
    recorded_by: Identifier = field(actor_of="record")

    @creates(ContractVersionStatus.RECORDED)
    def record(
        self,
        id: Identifier,
        number: Count,
        release: Identifier,
        digests: JsonObject,
    ) -> None: ...
    @action(ContractVersionStatus.RECORDED, to=ContractVersionStatus.WITHDRAWN)
    def withdraw(self) -> None: ...


CONTRACT_VERSION: Final = ContractVersion.lifecycle


class ContractVersions(Repository[ContractVersion]):
    """The versions of the contract."""

    def newest(self, *, before: int, limit: int) -> tuple[Head[ContractVersion], ...]:
        """Return the next `limit` versions below a number, the newest first."""
        return self.select(below("number", before), order=("-number",), limit=limit)

    def of_release(self, release: str) -> Head[ContractVersion] | None:
        """Return the version that a release promises; a withdrawn one is none."""
        return self.only(release=release, status=ContractVersionStatus.RECORDED)


@frozen(kw_only=True, field_transformer=kinds)
class RecordContractVersion:
    """Record the contract of a release."""

    command_name: ClassVar[str] = "record_contract_version"
    release: Identifier
    digests: JsonObject


@frozen(kw_only=True, field_transformer=kinds)
class WithdrawContractVersion:
    """Withdraw a version that was recorded by mistake."""

    command_name: ClassVar[str] = "withdraw_contract_version"
    number: Count


class ContractVersionsRead(ReadTransaction, Protocol):
    """The transaction that queries on versions of the contract need."""

    @property
    def contract_versions(self) -> ContractVersions: ...


class ContractVersionsWrite(Transaction, Protocol):
    """The transaction that records a version of the contract."""

    @property
    def contract_versions(self) -> ContractVersions: ...


def record_contract_version(
    tx: ContractVersionsWrite, command: RecordContractVersion
) -> Head[ContractVersion]:
    """Record the contract of a release under the next number.

    The same contract again is the recorded version.

    Raises:
        ContractOfReleaseRecorded: The release has another contract.
    """
    recorded = tx.contract_versions.of_release(command.release)
    if recorded is not None:
        if recorded.entity.digests == command.digests:
            return recorded
        raise ContractOfReleaseRecorded(command.release, recorded.entity.number)

    newest = tx.contract_versions.newest(before=NEWEST, limit=1)
    number = newest[0].entity.number + 1 if newest else 1
    version = ContractVersion.record(
        id=_id_of(number),
        number=number,
        release=command.release,
        digests=command.digests,
    )
    return execute(tx, tx.contract_versions, version)


def withdraw_contract_version(
    tx: ContractVersionsWrite, command: WithdrawContractVersion
) -> Head[ContractVersion]:
    """Withdraw a version, so that the contract of its release can be recorded again.

    Raises:
        ContractVersionNotFound: No version has this number.
        InvalidTransition: The version is withdrawn already.
    """
    withdrawal = ContractVersion.withdraw(_id_of(command.number))
    return execute(tx, tx.contract_versions, withdrawal)


def _id_of(number: int) -> str:
    return f"{ID_START}{number}"


@single_statement
def list_contract_versions(
    tx: ContractVersionsRead, *, before: int = NEWEST, limit: int = 50
) -> tuple[Head[ContractVersion], ...]:
    """Return the next `limit` versions below a number, the newest first."""
    return tx.contract_versions.newest(before=before, limit=limit)
