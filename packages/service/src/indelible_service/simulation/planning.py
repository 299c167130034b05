"""Make the plan of a simulation from a seed."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from indelible_service.simulation.draws import Draws, Seed
from indelible_service.simulation.hosts import simulated_hosts
from indelible_service.simulation.plan import (
    DAY,
    HOUR,
    MINUTE,
    Ending,
    Fate,
    Plan,
    PlannedContest,
    PlannedEntry,
    PlannedTournament,
    Profile,
)
from indelible_service.simulation.planned_absence import make_absence_plan
from indelible_service.simulation.planned_chain import planned_chain
from indelible_service.simulation.planned_faults import planned_faults
from indelible_service.simulation.planned_host_steps import planned_steps
from indelible_service.simulation.planned_operations import planned_restores, planned_upgrades
from indelible_service.simulation.planned_projects import planned_jobs, planned_projects

ACTOR: Final = "plan"
FIRST_EVENT: Final = 700_000_001
LOCK: Final = 11 * HOUR + 30 * MINUTE  # of the first day of a tournament
START: Final = 12 * HOUR
PLAY: Final = (12 * HOUR + 5 * MINUTE, 17 * HOUR)  # of each round
FINAL: Final = 17 * HOUR + 10 * MINUTE  # of the last day
ROSTER_SIZE: Final = 4
FEES_MINOR: Final = (2_501, 5_000, 9_999)
# A rake pays more than Stripe's fee of each entry: the platform can pay all prizes.
RAKES_BPS: Final = (1_000, 1_250, 1_500)
MAX_ROUNDS: Final = 4
# After the last tournament everything is to come to rest.
CALM_DAYS: Final = 1
DAYS_OF_WEEK: Final = 7
CANCELED: Final = 0.15  # the share of tournaments that are canceled
USUAL_FATE: Final = 0.7  # the share of entries that are simply paid
DISTURBED: Final = (Profile.MONEY, Profile.STORM)  # where the others are not


@frozen(kw_only=True)
class Size:
    """The numbers of what happens in a simulation of some days."""

    tournaments: int
    contests_per_tournament: int
    entries_per_contest: int
    players: int
    users: int

    @classmethod
    def of(cls, days: int) -> "Size":
        """Return the size for a number of days: 30 have 8 weeks, 24 contests and 504 entries."""
        if days == 1:
            return cls(
                tournaments=1,
                contests_per_tournament=1,
                entries_per_contest=6,
                players=24,
                users=8,
            )
        if days < DAYS_OF_WEEK:
            return cls(
                tournaments=2,
                contests_per_tournament=2,
                entries_per_contest=8,
                players=24,
                users=16,
            )
        return cls(
            tournaments=max(2, round(days / 3.75)),
            contests_per_tournament=3,
            entries_per_contest=21,
            players=40,
            users=120,
        )


def make_plan(seed_number: int, days: int, profile: Profile, modules: tuple[str, ...] = ()) -> Plan:
    """Return the plan of a seed, with the steps of the hosts of the modules.

    Raises: HostModuleUnusable.
    """
    if profile is Profile.ABSENCE:
        return make_absence_plan(seed_number, days)
    seed = Seed(seed_number)
    size = Size.of(days)
    tournaments = tuple(_tournaments(seed, days, size, profile))
    contests: list[PlannedContest] = []
    for tournament in tournaments:
        contests.extend(_contests(seed, tournament, size))
    entries: list[PlannedEntry] = []
    for contest in contests:
        entries.extend(_entries(seed, contest, size, profile))
    projects = tuple(planned_projects(seed, days, profile))

    return Plan(
        seed=seed_number,
        days=days,
        profile=profile,
        tournaments=tournaments,
        contests=tuple(contests),
        entries=tuple(entries),
        modules=modules,
        host_steps=tuple(planned_steps(seed, days, simulated_hosts(modules))),
        projects=projects,
        jobs=tuple(planned_jobs(seed, days, projects)),
        chain=tuple(planned_chain(seed, days, profile)),
        faults=tuple(planned_faults(seed, days, profile)),
        restores=tuple(planned_restores(seed, days)) if profile is Profile.STORM else (),
        upgrades=tuple(planned_upgrades(seed, days)) if profile is Profile.STORM else (),
    )


def _tournaments(
    seed: Seed, days: int, size: Size, profile: Profile
) -> Iterator[PlannedTournament]:
    """Yield tournaments that overlap and end before the calm at the end."""
    last_day = max(0, days - 1 - CALM_DAYS)
    for number in range(size.tournaments):
        draws = seed.draws(ACTOR, f"tournament {number}")
        rounds = min(MAX_ROUNDS, last_day + 1)
        latest = last_day + 1 - rounds
        spread = latest * number // max(1, size.tournaments - 1)
        first_day = max(0, min(latest, spread - draws.whole(0, 1)))
        yield PlannedTournament(
            event_id=str(FIRST_EVENT + number),
            seed=draws.whole(1, 1_000_000),
            first_day=first_day,
            rounds=rounds,
            players=size.players,
            has_playoff=draws.happens(0.5),
            ending=_ending(seed, number, size, profile),
        )


def _ending(seed: Seed, number: int, size: Size, profile: Profile) -> Ending:
    """Return the ending of a tournament: some of several are canceled in a storm."""
    is_canceled = seed.draws(ACTOR, f"ending {number}").happens(CANCELED)
    may_be_canceled = profile is Profile.STORM and size.tournaments > 1
    return Ending.CANCELED if is_canceled and may_be_canceled else Ending.PLAYED


def _contests(seed: Seed, tournament: PlannedTournament, size: Size) -> Iterator[PlannedContest]:
    for number in range(size.contests_per_tournament):
        name = f"contest-{tournament.event_id[-2:]}-{number + 1}"
        draws = seed.draws(ACTOR, name)
        day_starts = tournament.first_day * DAY
        early = draws.whole(6 * HOUR, 3 * DAY)
        yield PlannedContest(
            name=name,
            event_id=tournament.event_id,
            published_at=max(5 * MINUTE + number, day_starts + LOCK - early),
            lock_at=day_starts + LOCK,
            start_at=day_starts + START,
            end_at=day_starts + (tournament.rounds - 1) * DAY + FINAL,
            fee_minor=draws.choice(FEES_MINOR),
            rake_bps=draws.choice(RAKES_BPS),
            min_entries=2,
        )


def _entries(
    seed: Seed, contest: PlannedContest, size: Size, profile: Profile
) -> Iterator[PlannedEntry]:
    users = seed.draws(ACTOR, f"{contest.name} users").shuffled(range(size.users))
    for number in range(size.entries_per_contest):
        name = f"{contest.name}-entry-{number + 1:02}"
        draws = seed.draws(ACTOR, name)
        opens_at = contest.published_at + 40 * MINUTE
        yield PlannedEntry(
            name=name,
            contest=contest.name,
            user=f"user-{users[number] + 1:03}",
            at=draws.whole(opens_at, max(opens_at, contest.lock_at - HOUR)),
            roster=tuple(draws.shuffled(range(size.players))[:ROSTER_SIZE]),
            fate=_fate(draws, profile),
            pay_after_seconds=draws.whole(1, 20 * MINUTE),
            enroll_after_seconds=draws.whole(0, 4 * HOUR),
        )


def _fate(draws: Draws, profile: Profile) -> Fate:
    if profile not in DISTURBED or draws.happens(USUAL_FATE):
        return Fate.PAID
    return draws.choice([fate for fate in Fate if fate is not Fate.PAID])
