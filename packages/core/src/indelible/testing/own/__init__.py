"""Tests of the aggregate that a host declares: a conformance suite, and a state machine.

    from indelible.testing.own import conformance, machine

    TestTickets = conformance(tickets)
    TestWalks = machine(tickets)

`machine` needs Hypothesis: `pip install "indelible[testing]"`.
"""

from typing import TYPE_CHECKING

from indelible.testing.own.suites import ContextConformance, Plan, conformance

if TYPE_CHECKING:
    from indelible.testing.own.machines import machine

__all__ = ["ContextConformance", "Plan", "conformance", "machine"]


def __getattr__(name: str) -> object:
    """Return `machine`, which imports Hypothesis, when it is used first.

    Raises:
        DistributionMissing: Hypothesis is not installed.
    """
    if name == "machine":
        from indelible.testing.own.machines import machine  # noqa: PLC0415 - it needs the extra

        return machine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
