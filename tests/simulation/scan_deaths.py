"""Workers that die while they record what a scan has read."""

from typing import Any, Final

import pytest
from attrs import asdict, define, evolve
from tests.simulation.defects import always

from indelible.tokens import Repositories
from indelible.tokens.rules.scanning import BlockBatch
from indelible.tokens.rules.tasks import CHECKPOINT
from indelible.tokens.tasks.detection import DETECTION, Detection
from indelible_service.simulation import chain_node
from indelible_service.simulation.chain_node import SimulatedNode
from indelible_service.simulation.crashes import CrashPlan, Mortality
from indelible_service.simulation.plan import MINUTE

DOWN_SECONDS: Final = 10 * MINUTE


@define(eq=False)
class Deaths:
    """Lets each second worker that has read blocks die at the COMMIT of what it records."""

    reader: Mortality | None = None  # the process that asked the node last
    readings: int = 0

    def plant(self, patch: pytest.MonkeyPatch, *, is_checkpoint_early: bool = False) -> None:
        """Let workers die; an early checkpoint is committed before its mints."""
        exchange, perform = SimulatedNode.exchange, Detection.perform

        def exchange_and_note(node: SimulatedNode, mortality: Mortality, body: bytes) -> object:
            self.reader = mortality
            return exchange(node, mortality, body)

        def perform_and_die(stage: Detection, start: Any, handle: Any) -> object:  # noqa: ANN401 - of the method
            scan = perform(stage, start, handle)
            if isinstance(scan.result, BlockBatch):
                if is_checkpoint_early:
                    commit_checkpoint(stage, scan.result)
                self._doom()
            return scan

        patch.setattr(SimulatedNode, "exchange", exchange_and_note)
        patch.setattr(Detection, "perform", perform_and_die)

    def _doom(self) -> None:
        self.readings += 1
        if self.readings % 2 and self.reader is not None:
            now = self.reader.clock.seconds
            self.reader.planned.insert(0, CrashPlan(now, 0, DOWN_SECONDS, is_inside=True))


def commit_checkpoint(stage: Detection, batch: BlockBatch) -> None:
    """Store the checkpoint of a batch in a transaction of its own."""
    with stage.store.transaction(actor=DETECTION, reason="planted") as tx:
        Repositories.over(tx).system_state.set_state(CHECKPOINT, asdict(batch.end))


def plant_early_checkpoint(patch: pytest.MonkeyPatch) -> None:
    """Let a checkpoint be stored before its mints, and each block be read once."""
    Deaths().plant(patch, is_checkpoint_early=True)
    patch.setattr(BlockBatch, "follows", always(value=True))
    patch.setattr(chain_node, "SETTINGS", evolve(chain_node.SETTINGS, overlap=0))
