"""States of the chain that an operator must see: a fault, changed code, and quarantined logs.

They are values of system states, so each of their changes is in history.
"""

from typing import Any, Final, Self

from attrs import asdict, frozen

from indelible.kernel import Invalid
from indelible.tokens.entities.chain import ContractState, InvalidLog
from indelible.tokens.errors import (
    ChainIdMismatch,
    ContractCodeMissing,
    InterfaceMissing,
    WrongContract,
)

CHAIN_FAULT: Final = "chain_fault"  # the key of the state with the fault that pauses detection
CONTRACT_STATE: Final = "contract_state"  # the key of the state with the contract's code
QUARANTINE_PREFIX: Final = "quarantined_log_"
NUMBER_DIGITS: Final = 19  # of the largest block number, so that keys sort as numbers do

# The codes of notices that are no errors.
CONTRACT_CHANGED: Final = "CONTRACT_CHANGED"
LOGS_QUARANTINED: Final = "LOGS_QUARANTINED"

# Errors of a configuration or a contract: detection waits until they are gone.
CHAIN_FAULTS: Final = (ChainIdMismatch, ContractCodeMissing, InterfaceMissing, WrongContract)
FAULT_CODES: Final = tuple(error.code for error in CHAIN_FAULTS)
NOTICE_CODES: Final = (*FAULT_CODES, CONTRACT_CHANGED, LOGS_QUARANTINED)


@frozen(kw_only=True)
class ChainNotice:
    """A state of the chain that an operator must see. `since` is an instant as text."""

    code: str
    message: str
    since: str

    @property
    def pauses_detection(self) -> bool:
        """Return True if detection waits until the notice is gone."""
        return self.code in FAULT_CODES


@frozen(kw_only=True)
class ChainFault:
    """A fault of the chain or contract that pauses detection: the code and text of an error."""

    code: str
    message: str

    def state_value(self, since: str) -> dict[str, Any]:
        """Return the JSON value that stores the fault."""
        return {**asdict(self), "since": since}


@frozen(kw_only=True)
class KnownContract:
    """The code of a contract as it was last seen.

    `changed_at` is the instant, as text, at which it had become another code, '' before that.
    """

    contract: str
    state: ContractState
    changed_at: str = ""

    @classmethod
    def parse(cls, value: Any) -> Self | None:  # noqa: ANN401 - any JSON value
        """Return the contract stored as this JSON value, None for any other value."""
        try:
            return cls(
                contract=value["contract"],
                state=ContractState(**value["state"]),
                changed_at=value["changed_at"],
            )
        except (TypeError, KeyError):
            return None

    @property
    def state_value(self) -> dict[str, Any]:
        """Return the JSON value that stores the contract."""
        return asdict(self)


def parse_notice(value: Any) -> ChainNotice | None:  # noqa: ANN401 - any JSON value
    """Return the notice of a stored fault, None for any other value."""
    try:
        return ChainNotice(**value)
    except TypeError:
        return None


def changed_notice(known: KnownContract) -> ChainNotice | None:
    """Return the notice that a contract has other code, None if it has not."""
    if not known.changed_at:
        return None

    code = known.state.implementation or known.contract
    message = (
        f"The code of contract {known.contract} has changed: check that its events still mean"
        f" the same. The code is at {code}, with the digest "
        f"{known.state.implementation_hash or known.state.code_hash}."
    )
    return ChainNotice(code=CONTRACT_CHANGED, message=message, since=known.changed_at)


def quarantine_key(log: InvalidLog) -> str:
    """Return the key of the state of a quarantined log. Keys sort in chain order."""
    return f"{quarantine_start(log.block_number)}{log.log_index:0{NUMBER_DIGITS}d}_{log.tx_hash}"


def quarantine_start(block_number: int) -> str:
    """Return the text that sorts before the keys of logs in a block and after earlier ones."""
    return f"{QUARANTINE_PREFIX}{block_number:0{NUMBER_DIGITS}d}_"


def quarantine_end(block_number: int) -> str:
    """Return the text that sorts after the keys of logs in a block and before later ones."""
    return f"{QUARANTINE_PREFIX}{block_number:0{NUMBER_DIGITS}d}`"  # ` follows _ in ASCII


def parse_quarantined(value: Any) -> InvalidLog | None:  # noqa: ANN401 - any JSON value
    """Return the quarantined log stored as this JSON value, None for any other value."""
    try:
        return InvalidLog(**value)
    except (TypeError, Invalid):
        return None
