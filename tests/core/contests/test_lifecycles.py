"""All pairs of states and actions of contests: the declared edges, and no others."""

from collections import Counter
from enum import StrEnum
from itertools import product

import pytest

from indelible.contests import (
    CONTEST,
    CONTEST_LOG,
    ENTRY,
    OCCUPYING,
    TERMINAL,
    ContestStatus,
    EntryStatus,
    LogStatus,
)
from indelible.contests.entities.contests import FALLIBLE_ACTIONS, RESUME_ACTIONS
from indelible.contests.entities.entries import JOINED, UNPAID
from indelible.kernel import InvalidTransition, Lifecycle
from indelible_sql.contests import CONTEXT

LIFECYCLES = [mapping.entity.lifecycle for mapping in CONTEXT.mappings]
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


def states_of(lifecycle: Lifecycle[StrEnum]) -> list[str]:
    """Return the states of a lifecycle, with the one before creation."""
    return sorted({""} | {str(edge.to_state) for edge in lifecycle.edges})


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.name)
def test_an_action_without_an_edge_is_refused_with_the_allowed_ones(
    lifecycle: Lifecycle[StrEnum],
) -> None:
    actions = sorted({edge.action for edge in lifecycle.edges})
    declared = {(edge.from_state, edge.action) for edge in lifecycle.edges}
    refused = 0
    for state, action in product(states_of(lifecycle), actions):
        if (state, action) in declared:
            assert lifecycle.next(state, action) in states_of(lifecycle)
            continue
        with pytest.raises(InvalidTransition) as caught:
            lifecycle.next(state, action)
        assert caught.value.allowed == lifecycle.allowed(state)
        refused += 1

    assert refused == len(states_of(lifecycle)) * len(actions) - len(declared)


def test_a_contest_has_the_transitions_of_the_fact_sheet() -> None:
    declared = {(str(edge.from_state), str(edge.to_state)) for edge in CONTEST.edges}

    assert declared == TRANSITIONS
    assert set(ContestStatus) == {"SCHEDULED", "LOCKED", "LIVE", "COMPLETE", "CANCELLED", "ERROR"}


def test_nothing_leads_out_of_a_terminal_state() -> None:
    for status in TERMINAL:
        assert CONTEST.allowed(status) == ()


def test_a_configuration_is_added_before_the_lock_only() -> None:
    adding = {(edge.from_state, edge.action) for edge in CONTEST.edges if edge.adds_version}

    assert adding == {("", "publish"), ("SCHEDULED", "configure"), ("SCHEDULED", "force_lock")}


def test_every_state_that_can_fail_has_an_action_that_returns_to_it() -> None:
    failing = {edge.from_state for edge in CONTEST.edges if edge.action == "fail"}

    assert set(RESUME_ACTIONS) == set(FALLIBLE_ACTIONS.values()) == failing
    for status, action in RESUME_ACTIONS.items():
        assert CONTEST.next(ContestStatus.ERROR, action) is status


def test_an_entry_has_a_place_in_the_states_that_occupy_one() -> None:
    assert {EntryStatus.PENDING_PAYMENT, EntryStatus.ACTIVE, EntryStatus.VOID} == OCCUPYING
    assert JOINED < OCCUPYING
    assert set(EntryStatus) - set(UNPAID) == {
        EntryStatus.ACTIVE,
        EntryStatus.REFUNDED,
        EntryStatus.VOID,
    }


def test_rosters_change_only_while_an_entry_waits_or_is_active() -> None:
    changing = {edge.from_state for edge in ENTRY.edges if edge.action == "set_roster"}

    assert changing == {EntryStatus.PENDING_PAYMENT, EntryStatus.ACTIVE}


def test_a_paused_log_takes_corrections_only() -> None:
    assert CONTEST_LOG.allowed(LogStatus.PAUSED) == ("correct", "resume")


def test_names_of_actions_are_unique_in_each_state() -> None:
    for lifecycle in LIFECYCLES:
        steps = Counter((edge.from_state, edge.action) for edge in lifecycle.edges)
        assert set(steps.values()) == {1}
