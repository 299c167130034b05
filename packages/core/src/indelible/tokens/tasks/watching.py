"""Check the chain and the contract: the chain id at each scan, the contract's code at intervals."""

from datetime import datetime, timedelta

from attrs import define, field

from indelible.tokens.entities.chain import ContractState
from indelible.tokens.errors import WrongContract
from indelible.tokens.ports import Chain
from indelible.tokens.rules.scanning import Checkpoint, ScanSettings


@define(kw_only=True)
class ContractWatch:
    """The checks of one chain, and the instant of the last check of its contract's code."""

    chain: Chain
    settings: ScanSettings
    _checked_at: datetime | None = field(default=None, init=False)

    def check_chain(self, checkpoint: Checkpoint | None) -> None:
        """Raise ChainIdMismatch or WrongContract unless the checkpoint is on this chain."""
        self.chain.check()
        if checkpoint and checkpoint.contract not in ("", self.chain.contract_id):
            raise WrongContract(expected=checkpoint.contract, actual=self.chain.contract_id)

    def is_due(self, now: datetime) -> bool:
        """Return True at the start, and when the last check is `check_seconds` old."""
        if self._checked_at is None:
            return True

        interval = timedelta(seconds=self.settings.check_seconds)
        return abs(now - self._checked_at) >= interval  # a clock that is set back counts as well

    def inspect(self, now: datetime) -> ContractState | None:
        """Return the contract's code. Only a check that succeeds counts for the interval.

        Raises: ContractCodeMissing, InterfaceMissing.
        """
        self._checked_at = None
        state = self.chain.inspect()
        self._checked_at = now
        return state
