"""Plan days without engineers: a few contests that differ, and faults that an operator outlives."""

from collections.abc import Iterator
from typing import Final

from indelible.contests.rules.tasks import LOCK_CONTEST_STAGE, SETTLE_CONTEST_STAGE
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.reactions.settlements import POST_SETTLEMENT_STAGE
from indelible_service.simulation.draws import Draws, Seed
from indelible_service.simulation.plan import (
    DAY,
    HOUR,
    MINUTE,
    Fate,
    FaultKind,
    Plan,
    PlannedContest,
    PlannedEntry,
    PlannedFault,
    PlannedTournament,
    Profile,
)

ACTOR: Final = "absence"
FIRST_EVENT: Final = 700_000_001
CONTESTS: Final = (3, 5)
ROUNDS: Final = (2, 3)
ENTRIES: Final = (5, 10)
SHORT_DAYS: Final = 4  # up to which a plan is a small one: few contests, rounds and entries
SHORT_CONTESTS: Final = 3
SHORT_ROUNDS: Final = 2
SHORT_ENTRIES: Final = 5
PLAYERS: Final = 24
USERS: Final = 24
ROSTER_SIZE: Final = 4
LOCK: Final = 11 * HOUR + 30 * MINUTE  # of the first day of a tournament
START: Final = 12 * HOUR
FINAL: Final = 17 * HOUR + 10 * MINUTE  # of the last day
SETTLED: Final = 18 * HOUR  # of the last day, at the latest: the hold is over
ENDS_BEFORE: Final = 2 * DAY  # the end of the days: money becomes available, faults end
FEES_MINOR: Final = (2_501, 5_000, 9_999, 12_345, 20_000)
# The rake pays Stripe's fees, also those of a dispute in each contest.
RAKES_BPS: Final = (1_500, 1_750, 2_000)
SHARES_BPS: Final = ((10_000,), (7_000, 3_000), (5_000, 3_000, 2_000), (4_000, 3_000, 2_000, 1_000))
AVAILABLE_SECONDS: Final = (0, 12 * HOUR, DAY, 2 * DAY)
ENROLLED_WITHIN: Final = 4 * HOUR  # of the end of the tournament
# The fates of one entry each; the others are paid, so that each contest has its entries.
SPECIAL_FATES: Final = (
    Fate.DECLINED,
    Fate.UNPAID,
    Fate.LATE,
    Fate.DISPUTE_WON,
    Fate.DISPUTE_LOST,
)
# Some absences have dead letters: no event is processed for longer than its attempts last. Their
# contests end so early that all of it is over in time.
DEAD_LETTERS: Final = 0.3
DEAD_LETTERS_DAYS: Final = 10
DEAD_LETTERS_BEFORE: Final = 6 * DAY
EVENTS_FAIL: Final = (73 * HOUR, 76 * HOUR)
SWARM: Final = 0.6  # the share of seeds that have a kind of fault
PROCESSES: Final = ("web", "worker-1", "worker-2", "scheduler")
CRASHES: Final = 4
TIMEOUTS_LAST: Final = 6 * HOUR
# Half of it comes before the lock; the other half is longer than late payers wait.
LOCK_OUTAGE: Final = 90 * MINUTE
# Longer than all attempts of a settlement, which are over in about an hour.
SETTLEMENT_FAILS: Final = (2 * HOUR, 5 * HOUR)
POSTING_FAILS: Final = (HOUR, 3 * HOUR)  # the attempts are over in half an hour
LOCK_FAILS: Final = (20 * MINUTE, 2 * HOUR)
SPANS: Final = (20 * MINUTE, 8 * HOUR)
OUTAGES: Final = (20 * MINUTE, 4 * HOUR)
RATES: Final = (0.1, 0.9)
OF_STRIPE: Final = (
    FaultKind.STRIPE_OUTAGE,
    FaultKind.STRIPE_ERRORS,
    FaultKind.STRIPE_SILENCE,
)
OF_PROVIDER: Final = (FaultKind.PROVIDER_FAILS, FaultKind.PROVIDER_SCHEMA)


def make_absence_plan(seed_number: int, days: int) -> Plan:
    """Return the plan of a seed."""
    seed = Seed(seed_number)
    tournaments = tuple(_tournaments(seed, days))
    contests = tuple(_contest(seed, one) for one in tournaments)
    entries: list[PlannedEntry] = []
    for contest in contests:
        highest = SHORT_ENTRIES if days <= SHORT_DAYS else ENTRIES[1]
        entries.extend(_entries(seed, contest, highest))
    faults = [*_certain_faults(seed, contests), *_drawn_faults(seed, contests)]
    faults.extend(_outages_at_locks(contests, entries))
    if _has_dead_letters(seed, days):
        faults.append(_failing_events(seed, contests))
    return Plan(
        seed=seed_number,
        days=days,
        profile=Profile.ABSENCE,
        tournaments=tournaments,
        contests=contests,
        entries=tuple(entries),
        faults=tuple(faults),
        available_after_seconds=seed.draws(ACTOR, "balance").choice(AVAILABLE_SECONDS),
    )


def _tournaments(seed: Seed, days: int) -> Iterator[PlannedTournament]:
    """Yield tournaments that begin one after the other and end in time."""
    draws = seed.draws(ACTOR, "tournaments")
    number_of_contests = draws.whole(*CONTESTS) if days > SHORT_DAYS else SHORT_CONTESTS
    for number in range(number_of_contests):
        own = seed.draws(ACTOR, f"tournament {number}")
        rounds = own.whole(*ROUNDS) if days > SHORT_DAYS else SHORT_ROUNDS
        ends_before = DEAD_LETTERS_BEFORE if _has_dead_letters(seed, days) else ENDS_BEFORE
        latest = max(0, (days * DAY - ends_before) // DAY - rounds)
        spread = latest * number // (number_of_contests - 1)
        yield PlannedTournament(
            event_id=str(FIRST_EVENT + number),
            seed=own.whole(1, 1_000_000),
            first_day=max(0, spread - own.whole(0, 1)),
            rounds=rounds,
            players=PLAYERS,
            has_playoff=own.happens(0.5),
        )


def _has_dead_letters(seed: Seed, days: int) -> bool:
    return days >= DEAD_LETTERS_DAYS and seed.draws(ACTOR, "dead letters").happens(DEAD_LETTERS)


def _failing_events(seed: Seed, contests: tuple[PlannedContest, ...]) -> PlannedFault:
    """Return the fault that makes dead letters of the events of the last payouts."""
    draws = seed.draws(ACTOR, "failing events")
    last = max(contest.end_at for contest in contests)
    return PlannedFault(
        kind=FaultKind.STAGE_FAILS,
        at=last + HOUR,
        seconds=draws.whole(*EVENTS_FAIL),
        stage=PROCESS_STRIPE_EVENT_STAGE,
    )


def _contest(seed: Seed, tournament: PlannedTournament) -> PlannedContest:
    """Return the contest of a tournament; the days begin with its publication at the earliest."""
    number = int(tournament.event_id) - FIRST_EVENT
    draws = seed.draws(ACTOR, f"contest {number}")
    day_starts = tournament.first_day * DAY
    early = draws.whole(8 * HOUR, 2 * DAY)
    # Each contest has another fee and another table of prizes than the one before.
    return PlannedContest(
        name=f"contest-{number + 1}",
        event_id=tournament.event_id,
        published_at=max(5 * MINUTE + number, day_starts + LOCK - early),
        lock_at=day_starts + LOCK,
        start_at=day_starts + START,
        end_at=day_starts + (tournament.rounds - 1) * DAY + FINAL,
        fee_minor=FEES_MINOR[(number + seed.number) % len(FEES_MINOR)],
        rake_bps=draws.choice(RAKES_BPS),
        min_entries=2,
        shares_bps=SHARES_BPS[(number + seed.number) % len(SHARES_BPS)],
    )


def _entries(seed: Seed, contest: PlannedContest, highest: int) -> Iterator[PlannedEntry]:
    """Yield the entries of a contest, some of which are not simply paid."""
    draws = seed.draws(ACTOR, f"{contest.name} entries")
    users = draws.shuffled(range(USERS))
    fates = draws.shuffled(SPECIAL_FATES)[: draws.whole(0, 2)]
    number_of_entries = min(draws.whole(*ENTRIES), highest)
    for number in range(number_of_entries):
        name = f"{contest.name}-entry-{number + 1:02}"
        own = seed.draws(ACTOR, name)
        opens_at = contest.published_at + 40 * MINUTE
        yield PlannedEntry(
            name=name,
            contest=contest.name,
            user=f"user-{users[number] + 1:03}",
            at=own.whole(opens_at, max(opens_at, contest.lock_at - 2 * HOUR)),
            roster=tuple(own.shuffled(range(PLAYERS))[:ROSTER_SIZE]),
            fate=fates[number] if number < len(fates) else Fate.PAID,
            pay_after_seconds=own.whole(1, 20 * MINUTE),
            enroll_after_seconds=own.whole(0, ENROLLED_WITHIN),
        )


def _certain_faults(seed: Seed, contests: tuple[PlannedContest, ...]) -> Iterator[PlannedFault]:
    """Yield the faults that every absence has: a timeout, a repetition and a delay.

    Transfers of a contest can wait for longer than its fault lasts, such as for an account. So each
    contest has the fault of transfers, which is in force until one had a timeout.
    """
    first, second, *_ = seed.draws(ACTOR, "certain faults").shuffled(contests)
    for contest in contests:
        at = contest.end_at - 10 * MINUTE
        yield PlannedFault(kind=FaultKind.TRANSFER_TIMEOUT, at=at, seconds=TIMEOUTS_LAST)
    for kind, contest in ((FaultKind.WEBHOOK_TWICE, first), (FaultKind.WEBHOOK_DELAY, second)):
        seconds = contest.lock_at - contest.published_at
        yield PlannedFault(kind=kind, at=contest.published_at, seconds=seconds)


def _outages_at_locks(
    contests: tuple[PlannedContest, ...], entries: list[PlannedEntry]
) -> Iterator[PlannedFault]:
    """Yield an outage of Stripe at each lock after which somebody pays.

    Nothing can cancel the payment: it succeeds too late, and is given back after the outage.
    """
    late = {entry.contest for entry in entries if entry.fate is Fate.LATE}
    for contest in contests:
        if contest.name in late:
            at = contest.lock_at - LOCK_OUTAGE // 2
            yield PlannedFault(kind=FaultKind.STRIPE_OUTAGE, at=at, seconds=LOCK_OUTAGE)


def _drawn_faults(seed: Seed, contests: tuple[PlannedContest, ...]) -> Iterator[PlannedFault]:
    """Yield the faults that some absences have, each at a moment at which it hurts."""
    for kind in (*OF_STRIPE, *OF_PROVIDER, FaultKind.WEBHOOK_OUTAGE, FaultKind.CRASH):
        draws = seed.draws(ACTOR, kind.name)
        if draws.happens(SWARM):
            yield from _faults_of(draws, kind, contests)
    for stage in (LOCK_CONTEST_STAGE, SETTLE_CONTEST_STAGE, POST_SETTLEMENT_STAGE):
        draws = seed.draws(ACTOR, stage)
        if draws.happens(SWARM):
            yield _failing_stage(draws, stage, draws.choice(contests))


def _faults_of(
    draws: Draws, kind: FaultKind, contests: tuple[PlannedContest, ...]
) -> Iterator[PlannedFault]:
    contest = draws.choice(contests)
    if kind is FaultKind.CRASH:
        for _ in range(CRASHES):
            yield _crash(draws, contests)
    elif kind in OF_STRIPE:
        at = contest.end_at + draws.whole(0, 3 * HOUR)
        seconds = round(draws.log_uniform(*OUTAGES))
        yield PlannedFault(kind=kind, at=at, seconds=seconds, rate=_rate(draws))
    elif kind in OF_PROVIDER:
        at = contest.start_at + draws.whole(0, 4 * HOUR)
        seconds = round(draws.log_uniform(*SPANS))
        yield PlannedFault(kind=kind, at=at, seconds=seconds, rate=_rate(draws))
    else:
        at = draws.whole(contest.published_at, contest.lock_at - 4 * HOUR)
        yield PlannedFault(kind=kind, at=at, seconds=round(draws.log_uniform(*OUTAGES)))


def _crash(draws: Draws, contests: tuple[PlannedContest, ...]) -> PlannedFault:
    """Return the death of a process in the evening in which a contest is settled and paid."""
    contest = draws.choice(contests)
    return PlannedFault(
        kind=FaultKind.CRASH,
        at=contest.end_at + draws.whole(0, 2 * HOUR),
        seconds=round(draws.log_uniform(5, HOUR)),
        process=draws.choice(PROCESSES),
        failpoints=draws.whole(1, 20),
        is_inside=draws.happens(0.5),
    )


def _failing_stage(draws: Draws, stage: str, contest: PlannedContest) -> PlannedFault:
    """Return a stage that fails when a contest needs it."""
    at, span = contest.end_at, SETTLEMENT_FAILS
    if stage == LOCK_CONTEST_STAGE:
        at, span = contest.lock_at - MINUTE, LOCK_FAILS
    elif stage == POST_SETTLEMENT_STAGE:
        span = POSTING_FAILS
    return PlannedFault(
        kind=FaultKind.STAGE_FAILS, at=at, seconds=round(draws.log_uniform(*span)), stage=stage
    )


def _rate(draws: Draws) -> float:
    return round(draws.log_uniform(*RATES), 3)
