"""The provider's documents as leaderboards: `/leaderboard`, `/scoreboard`, `competitors` alone."""

from typing import Any, Final, cast

from attrs import frozen

from indelible.contests.rules.espn.competitors import read_competitors
from indelible.contests.rules.espn.nodes import Node
from indelible.contests.rules.espn.rounds import TournamentFacts
from indelible.contests.rules.espn.terms import TOURNAMENT_TERMS
from indelible.contests.rules.faults import Fault, FaultCode, FaultList
from indelible.contests.rules.values import Leaderboard, Tournament, TournamentStatus
from indelible.kernel.strict_json import MalformedJson, read_json

MAX_PAYLOAD_BYTES: Final = 2 * 1024 * 1024
MIN_PLAYERS: Final = 10
MAX_PLAYERS: Final = 500


@frozen
class Parsed:
    """A parsed document.

    With faults, `leaderboard` holds the part that could be read, for further checks only; it is
    None if nothing could be read.
    """

    leaderboard: Leaderboard | None
    faults: tuple[Fault, ...]


def parse_payload(data: bytes, *, provider_event_id: str, round_count: int) -> Parsed:
    """Return the normalized leaderboard of a document, or all its faults; never raise.

    `round_count` is the configured number of rounds: it decides when a player has finished, where
    the provider does not send its own number.
    """
    faults = FaultList()
    if len(data) > MAX_PAYLOAD_BYTES:
        faults.add(FaultCode.PAYLOAD_TOO_LARGE, "$", len(data))
        return Parsed(None, faults.done())
    try:
        document = read_json(data)
    except MalformedJson as error:
        faults.add(FaultCode.MALFORMED_JSON, "$", str(error))
        return Parsed(None, faults.done())
    if not isinstance(document, dict):
        faults.add(FaultCode.SCHEMA_VERSION_UNSUPPORTED, "$", document)
        return Parsed(None, faults.done())

    root = Node(cast("dict[str, Any]", document), "$", faults)
    leaderboard = _read_root(root, provider_event_id, round_count)
    return Parsed(leaderboard, faults.done())


def _read_root(root: Node, provider_event_id: str, round_count: int) -> Leaderboard | None:
    """Return the leaderboard of a document in one of the three known shapes."""
    if "events" in root.values:
        event = _find_event(root, provider_event_id)
        if event is None:
            return None
        competition = _only_competition(event)
        return _read_event(event, competition, provider_event_id, round_count)
    if "competitors" in root.values:
        document_id = root.optional_text("id")
        if document_id is not None and document_id != provider_event_id:
            root.add_fault(FaultCode.EVENT_ID_MISMATCH, "id", document_id)
        return _read_event(root, root, provider_event_id, round_count)

    root.faults.add(FaultCode.SCHEMA_VERSION_UNSUPPORTED, "$", root.values)
    return None


def _find_event(root: Node, provider_event_id: str) -> Node | None:
    ids: list[str] = []
    for event in root.optional_nodes("events"):
        event_id = event.text("id")
        if event_id == provider_event_id:
            return event
        if event_id is not None:
            ids.append(event_id)

    root.add_fault(FaultCode.EVENT_ID_MISMATCH, "events", ", ".join(ids))
    return None


def _only_competition(event: Node) -> Node | None:
    """Return the competition of an event; a document with several is not understood."""
    competitions = list(event.optional_nodes("competitions"))
    if len(competitions) == 1:
        return competitions[0]

    code = FaultCode.WRONG_TYPE if competitions else FaultCode.MISSING_FIELD
    event.add_fault(code, "competitions", len(competitions))
    return None


def _read_event(
    event: Node, competition: Node | None, provider_event_id: str, round_count: int
) -> Leaderboard:
    par, course_id = _read_course(event)
    tournament = _read_tournament(event, competition, par)
    is_cancelled = tournament.status is TournamentStatus.CANCELLED
    if competition is None or is_cancelled:
        return Leaderboard(provider_event_id, tournament, ())

    nodes = list(competition.optional_nodes("competitors"))
    if competition.values.get("competitors") is None:
        competition.add_fault(FaultCode.MISSING_FIELD, "competitors")
    elif len(nodes) < MIN_PLAYERS:
        competition.add_fault(FaultCode.FIELD_TOO_SMALL, "competitors", len(nodes))
    elif len(nodes) > MAX_PLAYERS:
        competition.add_fault(FaultCode.PAYLOAD_TOO_LARGE, "competitors", len(nodes))
        return Leaderboard(provider_event_id, tournament, ())

    facts = TournamentFacts(
        regulation=tournament.rounds or None,
        round_count=round_count,
        is_final=tournament.status is TournamentStatus.FINAL,
        course_id=course_id,
    )
    players = read_competitors(nodes, facts)
    return Leaderboard(provider_event_id, tournament, players)


def _read_tournament(event: Node, competition: Node | None, par: int | None) -> Tournament:
    node = event.optional_child("tournament")
    rounds = None if node is None else node.optional_number("numberOfRounds")
    current = None if node is None else node.optional_number("currentRound")
    status = _read_status(event, competition)
    return Tournament(status=status, rounds=rounds, current_round=current, par=par)


def _read_status(event: Node, competition: Node | None) -> TournamentStatus | None:
    """Return the status on which the event and its competition agree, None if neither has one.

    FINAL needs the state `post` and `completed` in each of them. Where they differ, the tournament
    is in progress.
    """
    owners = [event]
    if competition is not None and competition is not event:
        owners.append(competition)
    statuses: set[TournamentStatus] = set()
    for owner in owners:
        node = owner.optional_child("status")
        if node is not None:
            statuses.add(_read_one_status(node))

    if not statuses:
        return None
    if len(statuses) > 1:
        return TournamentStatus.IN_PROGRESS
    return statuses.pop()


def _read_one_status(status: Node) -> TournamentStatus:
    node = status.child("type")
    term = None if node is None else node.text("name")
    if node is None or term is None:
        return TournamentStatus.IN_PROGRESS
    known = TOURNAMENT_TERMS.get(term)
    if known is None:
        node.add_fault(FaultCode.UNKNOWN_STATUS, "name", term)
        return TournamentStatus.IN_PROGRESS

    is_over = node.values.get("state") == "post" and node.values.get("completed") is True
    if known is TournamentStatus.FINAL and not is_over:
        return TournamentStatus.IN_PROGRESS
    return known


def _read_course(event: Node) -> tuple[int | None, str | None]:
    """Return the par of the host course, and the id of the only course."""
    courses = list(event.optional_nodes("courses"))
    pars: list[int] = []
    for course in courses:
        par = course.optional_number("shotsToPar")
        is_host = len(courses) == 1 or course.optional_boolean("host")
        if par is not None and is_host:
            pars.append(par)

    par = pars[0] if len(pars) == 1 else None
    course_id = courses[0].optional_text("id") if len(courses) == 1 else None
    return par, course_id
