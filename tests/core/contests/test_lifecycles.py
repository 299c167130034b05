"""The lifecycles of contests, entries and logs have the edges of the fact sheet."""

from indelible.contests import (
    CONTEST,
    ENTRY,
    ContestStatus,
    EntryStatus,
)
from indelible.contests.entities.contests import FALLIBLE_ACTIONS, RESUME_ACTIONS

# The states of seed 002, and the transitions between them of the fact sheet, section 2.
TRANSITIONS = {
    ("", "SCHEDULED"),
    ("SCHEDULED", "SCHEDULED"),
    ("SCHEDULED", "LOCKED"),
    ("LOCKED", "LIVE"),
    ("LIVE", "COMPLETE"),
    ("SCHEDULED", "CANCELLED"),
    ("LOCKED", "CANCELLED"),
    ("LIVE", "CANCELLED"),
    ("ERROR", "CANCELLED"),
    ("SCHEDULED", "ERROR"),
    ("LOCKED", "ERROR"),
    ("LIVE", "ERROR"),
    ("ERROR", "COMPLETE"),
    ("ERROR", "SCHEDULED"),
    ("ERROR", "LOCKED"),
    ("ERROR", "LIVE"),
}


def test_a_contest_has_the_transitions_of_the_fact_sheet() -> None:
    declared = {(str(edge.from_state), str(edge.to_state)) for edge in CONTEST.edges}

    assert declared == TRANSITIONS
    assert set(ContestStatus) == {"SCHEDULED", "LOCKED", "LIVE", "COMPLETE", "CANCELLED", "ERROR"}


def test_a_configuration_is_added_before_the_lock_only() -> None:
    adding = {(edge.from_state, edge.action) for edge in CONTEST.edges if edge.adds_version}

    assert adding == {("", "publish"), ("SCHEDULED", "configure"), ("SCHEDULED", "force_lock")}


def test_every_state_that_can_fail_has_an_action_that_returns_to_it() -> None:
    failing = {edge.from_state for edge in CONTEST.edges if edge.action == "fail"}

    assert set(RESUME_ACTIONS) == set(FALLIBLE_ACTIONS.values()) == failing
    for status, action in RESUME_ACTIONS.items():
        assert CONTEST.next(ContestStatus.ERROR, action) is status


def test_rosters_change_only_while_an_entry_waits_or_is_active() -> None:
    changing = {edge.from_state for edge in ENTRY.edges if edge.action == "set_roster"}

    assert changing == {EntryStatus.PENDING_PAYMENT, EntryStatus.ACTIVE}
