"""Handlers of the contract that is scanned: its code, and faults of its chain."""

from attrs import evolve

from indelible.kernel.json import instant_text
from indelible.tokens import commands
from indelible.tokens.repositories import Repositories
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.rules.notices import CHAIN_FAULT, CONTRACT_STATE, KnownContract, parse_notice


def report_chain_fault(tx: TokensWrite, command: commands.ReportChainFault) -> bool:
    """Show that detection pauses because of a fault. Return False when the fault is known."""
    states = Repositories.over(tx).system_state
    known = parse_notice(states.get_state(CHAIN_FAULT))
    fault = command.fault
    if known and (known.code, known.message) == (fault.code, fault.message):
        return False

    states.set_state(CHAIN_FAULT, fault.state_value(instant_text(tx.clock.now())))
    return True


def has_chain_fault(tx: TokensWrite) -> bool:
    """Return True while detection pauses because of a fault."""
    return Repositories.over(tx).system_state.get_state(CHAIN_FAULT) is not None


def record_contract(tx: TokensWrite, command: commands.RecordContract) -> KnownContract | None:
    """Record the code that a contract has now, and end a fault of the chain.

    Return the contract if it had other code before, None otherwise.
    """
    states = Repositories.over(tx).system_state
    states.delete_state(CHAIN_FAULT)
    if command.state is None:
        return None

    known = KnownContract.parse(states.get_state(CONTRACT_STATE))
    is_known = known is not None and known.contract == command.contract_id
    if known and is_known and known.state == command.state:
        return None

    changed_at = instant_text(tx.clock.now()) if is_known else ""
    contract = KnownContract(
        contract=command.contract_id, state=command.state, changed_at=changed_at
    )
    states.set_state(CONTRACT_STATE, contract.state_value)
    return contract if is_known else None


def acknowledge_contract(tx: TokensWrite, _: commands.AcknowledgeContract) -> None:
    """Remove the notice that the contract's code has changed."""
    states = Repositories.over(tx).system_state
    known = KnownContract.parse(states.get_state(CONTRACT_STATE))
    if known and known.changed_at:
        states.set_state(CONTRACT_STATE, evolve(known, changed_at="").state_value)
