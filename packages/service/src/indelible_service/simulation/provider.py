"""The provider of tournaments inside the process: its answers without a socket."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlsplit

import urllib3
from attrs import define, evolve

from indelible.contests.tasks.provider_requests import FetchFunction
from indelible_service.contexts.contest_provider import EVENT_ID, ProviderClient
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import Moment, Tournament, encode
from indelible_service.demos.provider import ProviderFault, ProviderStub, Step, Story, reply_of
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.draws import Draws, Seed
from indelible_service.simulation.plan import DAY, HOUR, Ending, PlannedTournament
from indelible_service.simulation.planning import FINAL, PLAY

ADDRESS: Final = "http://127.0.0.1:12112"
ENDPOINT: Final = f"{ADDRESS}/leaderboard?event={EVENT_ID}"
TIMEOUT_SECONDS: Final = 5
CANCELED_AT: Final = 13 * HOUR  # of the last day, in which play has begun
CANCELED: Final = {"name": "STATUS_CANCELED", "state": "post", "completed": False}
STEPS_PER_ROUND: Final = 2
CUT_AFTER: Final = 2  # rounds
REQUIRED_FIELD: Final = b'"competitors"'
OTHER_FIELD: Final = b'"contestants"'
MAX_TOURNAMENTS: Final = 64  # that are kept: to invent the players takes milliseconds


@define(eq=False)
class SimulatedProvider:
    """The stand-in of the provider, whose stories follow the virtual clock."""

    clock: SimulatedClock
    stub: ProviderStub
    draws: Draws
    requests: int = 0
    fault_rate: float = 0.0
    incomplete_rate: float = 0.0  # of leaderboards without a field that they must have
    faults: int = 0

    @classmethod
    def open(cls, clock: SimulatedClock, seed: Seed) -> "SimulatedProvider":
        """Return a provider without a tournament."""
        draws = seed.draws("provider", "faults")
        return cls(clock, ProviderStub(monotonic=clock.monotonic), draws)

    def plan_fault(self) -> None:
        """Let the next request fail, by the rate."""
        if self.fault_rate and self.draws.happens(self.fault_rate):
            self.faults += 1
            self.stub.plan(self.draws.choice(list(ProviderFault)))

    def is_incomplete(self) -> bool:
        """Return True if the next leaderboard lacks a field, by the rate."""
        is_incomplete = bool(self.incomplete_rate) and self.draws.happens(self.incomplete_rate)
        self.faults += is_incomplete
        return is_incomplete

    def tell(self, planned: PlannedTournament) -> None:
        """Tell the story of a tournament by the time of the clock."""
        self.stub.tell(planned.event_id, story_of(planned, self.clock))

    def fetch_function(self, mortality: Mortality) -> FetchFunction:
        """Return the real client for a process; its requests go to the stand-in."""
        pool = cast("urllib3.PoolManager", _Pool(self, mortality))
        return ProviderClient(endpoint=ENDPOINT, clock=self.clock, pool=pool).fetch


@define(eq=False)
class _Pool:
    """The part of a pool of connections that the client uses."""

    _provider: SimulatedProvider
    _mortality: Mortality

    def request(self, method: str, url: str, **_: object) -> urllib3.BaseHTTPResponse:
        """Return the answer of the stand-in.

        Raises: ReadTimeoutError.
        """
        self._mortality.require_life()
        provider = self._provider
        provider.requests += 1
        provider.plan_fault()
        event_id = parse_qs(urlsplit(url).query)["event"][0]
        reply = reply_of(provider.stub.next_step(event_id), ADDRESS)
        if provider.is_incomplete():
            reply = evolve(reply, body=reply.body.replace(REQUIRED_FIELD, OTHER_FIELD))
        if reply.hangs:
            provider.clock.advance(TIMEOUT_SECONDS)
            raise urllib3.exceptions.ReadTimeoutError(cast("Any", None), url, "no answer")
        length = len(reply.body) if reply.length is None else reply.length
        headers: Mapping[str, str] = {
            "Content-Type": reply.kind,
            "Content-Length": str(length),
            **reply.headers,
        }
        return urllib3.HTTPResponse(
            body=BytesIO(reply.body),
            headers=headers,
            status=int(reply.status),
            preload_content=False,
            decode_content=False,
            request_method=method,
            enforce_content_length=True,
        )


def tournament_of(planned: PlannedTournament, clock: SimulatedClock) -> Tournament:
    """Return the invented tournament of a plan."""
    first_day = clock.start_at.date() + timedelta(days=planned.first_day)
    return _tournament(planned, first_day)


@lru_cache(MAX_TOURNAMENTS)
def _tournament(planned: PlannedTournament, first_day: date) -> Tournament:
    options = TournamentOptions(
        provider_event_id=planned.event_id,
        name=f"Tournament {planned.event_id[-2:]}",
        seed=planned.seed,
        players=planned.players,
        pars=(72,) * planned.rounds,
        cut_after=CUT_AFTER if planned.rounds > CUT_AFTER + 1 else None,
        cut_size=planned.players // 2,
        has_playoff=planned.has_playoff,
        first_day=first_day,
    )
    return Tournament(options)


def story_of(planned: PlannedTournament, clock: SimulatedClock) -> Story:
    """Return the leaderboards of a tournament by seconds since the start."""
    tournament = tournament_of(planned, clock)
    steps: list[Step] = []
    for moment in tournament.moments(steps=STEPS_PER_ROUND):
        body = encode(tournament.document(moment))
        steps.append(Step(body=body, at_seconds=float(seconds_of(planned, moment))))

    if planned.ending is Ending.CANCELED:
        steps = _canceled(planned, tournament, steps)
    return Story(steps=tuple(steps))


def _canceled(planned: PlannedTournament, tournament: Tournament, steps: list[Step]) -> list[Step]:
    """Return the leaderboards before the last round, and one that cancels the tournament."""
    last_day = planned.first_day + planned.rounds - 1
    at = last_day * DAY + CANCELED_AT
    document: Any = tournament.document(Moment(n=planned.rounds, progress=0.0))
    (event,) = document["events"]
    for owner in (event, *event["competitions"]):
        owner["status"] = {**owner["status"], "type": dict(CANCELED)}
    before = [step for step in steps if step.at_seconds < at]
    return [*before, Step(body=encode(document), at_seconds=float(at))]


def seconds_of(planned: PlannedTournament, moment: Moment) -> int:
    """Return when a leaderboard is shown first."""
    if moment.n == 1 and not moment.progress and not moment.is_over:
        return 0
    begin, end = PLAY
    day = (planned.first_day + min(moment.n, planned.rounds) - 1) * DAY
    if moment.is_final:
        return day + FINAL
    if moment.n > planned.rounds:
        return day + (end + FINAL) // 2
    if moment.is_over:
        return day + end

    return day + begin + int((end - begin) * moment.progress)
