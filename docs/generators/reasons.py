"""The page of the reason codes of contests, with the transitions that have each."""

from collections.abc import Iterator, Mapping
from typing import Final

from docs.generators.markdown import cell, page, table

from indelible.contests import CONTEST, ReasonCode

LEAD = """
Each change of a contest has a reason code and its evidence in the data of the change, next to the
actor and the reason in words. The evidence is a JSON object: the value of the clock, and what the
change rests on, such as an event's number or a configuration's digest.

The history of a contest shows both: `GET /v1/history?lifecycle=contest&entity_id=<id>`, or the
timeline on its page in the console. An operator's own words are the reason of the change, never
its code.
"""
ACTIONS: Final[Mapping[ReasonCode, tuple[str, ...]]] = {
    ReasonCode.CONTEST_PUBLISHED: ("publish",),
    ReasonCode.CONFIGURATION_CHANGED: ("configure",),
    ReasonCode.LOCK_TIME_REACHED: ("lock",),
    ReasonCode.ADMIN_FORCE_LOCK: ("force_lock",),
    ReasonCode.TOURNAMENT_START_TIME_REACHED: ("start",),
    ReasonCode.PROVIDER_TERMINAL_STATUS: ("complete",),
    ReasonCode.FINAL_ROUND_VERIFIED: ("complete",),
    ReasonCode.PROVIDER_TOURNAMENT_CANCELLED: ("cancel_by_provider",),
    ReasonCode.ADMIN_CANCEL: ("cancel",),
    ReasonCode.ORGANIZER_CANCEL: ("cancel",),
    ReasonCode.MIN_ENTRIES_NOT_MET: ("cancel_unfilled",),
    ReasonCode.INSUFFICIENT_ROUNDS: ("cancel_shortened",),
    ReasonCode.TRANSITION_FAILED: ("fail",),
    ReasonCode.SETTLEMENT_FAILED: ("fail",),
    ReasonCode.ERROR_RESOLVED_COMPLETE: ("resolve_complete",),
    ReasonCode.ERROR_RESOLVED_CANCELLED: ("resolve_cancel",),
    ReasonCode.ERROR_RESOLVED_RESUMED: ("resume_scheduled", "resume_locked", "resume_live"),
}


def reasons_page() -> str:
    """Return the page with every reason code."""
    head = ("code", "meaning", "action", "from", "to")
    return page("Reason codes of contests", LEAD.lstrip(), table(head, _rows()))


def _rows() -> Iterator[tuple[str, ...]]:
    for code in ReasonCode:
        actions = ACTIONS[code]
        sources: list[str] = []
        targets: list[str] = []
        for edge in CONTEST.edges:
            if edge.action in actions:
                sources.append(edge.from_state or "(new)")
                targets.append(edge.to_state)

        yield (
            f"`{code}`",
            cell(code.meaning),
            ", ".join(f"`{action}`" for action in actions),
            ", ".join(dict.fromkeys(sources)),
            ", ".join(dict.fromkeys(targets)),
        )
