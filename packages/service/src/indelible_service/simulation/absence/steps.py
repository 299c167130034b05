"""The steps of runbooks that the operator of an absence may carry out; any other call is refused.

A step is a command of its page in `docs/runbooks/`: `indelible ops` and the name of an operation,
whose method and path are those of the service's OpenAPI documents. A test compares the steps with
the pages.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen

from indelible.failure_modes import FAILURE_MODES, FailureMode

MODES: Final[Mapping[str, FailureMode]] = {mode.slug: mode for mode in FAILURE_MODES}


class Section(StrEnum):
    """The sections of a runbook that have commands of an operator."""

    DETECT = "Detect"
    DIAGNOSE = "Diagnose"
    RECOVER = "Recover"


@frozen
class RunbookStep:
    """A command of a runbook; `slug` is the runbook's, `operation` the name of the command."""

    slug: str
    section: Section
    operation: str

    @property
    def mode(self) -> FailureMode:
        """Return the failure that the runbook is for."""
        return MODES[self.slug]

    @property
    def command(self) -> str:
        """Return the beginning of the command, as the page has it."""
        return f"indelible ops {self.operation}"


_OPERATIONS: Final[Mapping[str, Mapping[Section, tuple[str, ...]]]] = {
    "contest-not-locked": {
        Section.DIAGNOSE: ("get-contest",),
        Section.RECOVER: ("force-lock",),
    },
    "contest-in-error": {
        Section.DETECT: ("list-contests",),
        Section.DIAGNOSE: ("get-contest",),
        Section.RECOVER: ("resolve-error",),
    },
    "provider-refuses": {Section.DETECT: ("list-fetches",)},
    "dead-task": {
        Section.DETECT: ("show-stages", "list-tasks"),
        Section.DIAGNOSE: ("show-task",),
        Section.RECOVER: ("requeue-dead-tasks",),
    },
    "unknown-intent": {
        Section.DETECT: ("list-stripe-events",),
        Section.RECOVER: ("replay-stripe-event",),
    },
    "webhook-outage": {
        Section.DETECT: ("list-stripe-events",),
        Section.RECOVER: ("backfill-stripe-events",),
    },
    "orphan-payment": {Section.DETECT: ("list-all-charges",)},
    "dispute": {Section.DETECT: ("list-due-disputes",)},
    "reconciliation-discrepancy": {
        Section.DETECT: ("get-payment-switch",),
        Section.DIAGNOSE: ("list-reconciliations",),
        Section.RECOVER: ("start-reconciliation", "resume-all-payments"),
    },
    "payouts-stuck": {
        Section.DETECT: ("list-payout-transfers",),
        Section.DIAGNOSE: ("list-transfer-attempts",),
    },
    "payout-processing": {Section.DETECT: ("get-payout-transfer",)},
    "payouts-parked": {Section.DETECT: ("list-payout-transfers",)},
    "idempotency-mismatch": {Section.DETECT: ("list-payout-transfers",)},
    "ledger-unbalanced": {Section.DETECT: ("get-balances",)},
    "settlement-without-payout": {Section.DETECT: ("list-owed-lines",)},
}


def _steps() -> dict[tuple[str, str], RunbookStep]:
    """Return the steps by runbook and operation."""
    steps: dict[tuple[str, str], RunbookStep] = {}
    for slug, sections in _OPERATIONS.items():
        for section, operations in sections.items():
            for operation in operations:
                steps[slug, operation] = RunbookStep(slug, section, operation)
    return steps


STEPS: Final[Mapping[tuple[str, str], RunbookStep]] = _steps()
# The commands that record an execution of any runbook, and the list of these records.
EXECUTION: Final[Mapping[tuple[str, str], RunbookStep]] = {
    (slug, operation): RunbookStep(slug, Section.RECOVER, operation)
    for slug in MODES
    for operation in ("start-execution", "add-step", "complete-execution", "list-all-executions")
}
