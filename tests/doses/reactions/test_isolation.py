"""No fault of a payment changes the way of a contest (Show 5 of issue 17)."""

from pathlib import Path
from random import Random

import pytest
from tests.core.reactions.faults import FAULTS, Ending, FaultyContest, Story
from tests.money_contests import PaidContestRun

from indelible.contests.lifecycle import EntryStatus
from indelible.money.lifecycle.payments import ChargeStatus

pytestmark = pytest.mark.slow

ALL_PAID = (Story.PAID,) * 4
SEEDS = range(12)
# The stories whose entries a settlement counts.
COUNTED = frozenset(
    {
        Story.PAID,
        Story.RETRIED,
        Story.DUPLICATED,
        Story.DISPUTE_WON,
        Story.LOST_AFTERWARDS,
        Story.REFUND_FAILED,
    }
)


def played(
    folder: Path, stories: tuple[Story, ...], ending: Ending, *, number: int = 0, lags: bool = False
) -> FaultyContest:
    """Return a contest that was played to its end."""
    folder.mkdir(exist_ok=True)
    random = Random(number)  # noqa: S311 - no secret
    contest = FaultyContest(PaidContestRun.in_memory(folder), stories, ending, random, lags)
    contest.play()
    return contest


def transitions(faulty: FaultyContest) -> list[tuple[str, str, str, object]]:
    """Return the transitions of the only contest."""
    contest_id = faulty.entries[0].contest_id
    contest = faulty.run.store.read(lambda tx: tx.contests.contests.get(contest_id)).entity
    return faulty.run.transitions(contest)


def counted(faulty: FaultyContest) -> set[str]:
    """Return the users whose entries the settlement has counted."""
    contest_id = faulty.entries[0].contest_id
    contest = faulty.run.store.read(lambda tx: tx.contests.contests.get(contest_id)).entity
    (settled,) = [run for run in faulty.run.contests.runs(contest) if run.status == "COMPLETE"]
    return {line.user_id for line in faulty.run.contests.lines(settled)}


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("number", SEEDS)
def test_the_way_of_a_contest_is_the_same_with_every_fault_of_payments(
    tmp_path: Path, number: int, ending: Ending, seed: int
) -> None:
    number += seed * len(SEEDS)
    random = Random(number)  # noqa: S311 - no secret
    stories = (Story.PAID, *random.choices(FAULTS, k=3))

    calm = played(tmp_path / "calm", ALL_PAID, ending)
    faulty = played(tmp_path / "faulty", stories, ending, number=number, lags=number % 2 == 1)

    assert transitions(faulty) == transitions(calm), stories
    assert faulty.run.ledger_sum() == 0
    for entry in faulty.entries:
        is_active = faulty.run.entry(entry).status is EntryStatus.ACTIVE
        assert not is_active or faulty.run.charge(entry).paid_at is not None


@pytest.mark.parametrize("story", Story)
def test_a_settlement_differs_only_by_the_entry_that_is_not_eligible(
    tmp_path: Path, story: Story
) -> None:
    stories = (Story.PAID, Story.PAID, Story.PAID, story)

    faulty = played(tmp_path / "faulty", stories, Ending.SETTLED)

    expected = {"ann", "bob", "cem"}
    if story in COUNTED:
        expected.add("dora")
    assert counted(faulty) == expected
    assert faulty.run.ledger_sum() == 0


@pytest.mark.parametrize("story", Story)
def test_a_canceled_contest_returns_every_payment(tmp_path: Path, story: Story) -> None:
    stories = (Story.PAID, Story.PAID, Story.PAID, story)

    faulty = played(tmp_path / "faulty", stories, Ending.CANCELED_BY_OPERATOR)

    charges = faulty.run.charge_statuses(faulty.entries[:3])
    assert charges == [ChargeStatus.REFUNDED] * 3
    assert faulty.run.statuses(faulty.entries[:3]) == [EntryStatus.REFUNDED] * 3
    last = faulty.run.charge(faulty.entries[3]).status
    assert last is not ChargeStatus.SUCCEEDED


@pytest.mark.parametrize("story", FAULTS)
def test_a_contest_without_one_eligible_entry_ends_as_well(tmp_path: Path, story: Story) -> None:
    calm = played(tmp_path / "calm", ALL_PAID, Ending.SETTLED)

    faulty = played(tmp_path / "faulty", (story,) * 4, Ending.SETTLED)

    assert transitions(faulty) == transitions(calm)
    assert faulty.run.ledger_sum() == 0
