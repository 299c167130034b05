"""The commands on event logs and on feeds of tournaments."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.contests.commands.contests import ContestCommand
from indelible.contests.entities.values import FetchResult, FieldPlayers
from indelible.contests.rules.assess import Assessment
from indelible.contests.rules.corrections import CorrectedRound
from indelible.contests.rules.values import PlayerStatus
from indelible.kernel.kinds import Count, Identifier, kinds
from indelible.kernel.values import COUNT, bounded_int


@frozen(kw_only=True, field_transformer=kinds)
class ImportField(ContestCommand):
    """Add a FIELD event with the given players."""

    command_name: ClassVar[str] = "import_field"
    primary: FieldPlayers
    alternates: FieldPlayers = ()

    def request(self) -> dict[str, object]:
        """Return the JSON object whose bytes are the payload of the event."""
        return {
            "command": self.command_name,
            "contest_id": self.contest_id,
            "primary": list(self.primary),
            "alternates": list(self.alternates),
        }


@frozen(kw_only=True, field_transformer=kinds)
class AppendEvents(ContestCommand):
    """Append what the assessment of a fetch has decided; without events, skip the fetch.

    `expected_seq` is the seq of the log, and `contest_seq` that of the contest, with which the
    assessment was made.
    """

    command_name: ClassVar[str] = "append_events"
    expected_seq: Count
    contest_seq: Count
    fetch_number: Count
    assessment: Assessment


@frozen(kw_only=True)
class CorrectLog(ContestCommand):
    """Add an operator's CORRECTION, whose reason is that of the transaction.

    It starts from the leaderboard of `accept_event`, or else from the applied one, and replaces
    the given rounds and statuses.
    """

    command_name: ClassVar[str] = "correct_log"
    supersedes: int = field(validator=bounded_int, metadata=COUNT)
    accept_event: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)
    rounds: tuple[CorrectedRound, ...] = field(default=(), converter=tuple[CorrectedRound, ...])
    statuses: Mapping[str, PlayerStatus] = field(factory=dict[str, PlayerStatus])

    def request(self) -> dict[str, object]:
        """Return the JSON object whose bytes are the payload of the event."""
        rounds: list[dict[str, object]] = []
        for item in self.rounds:
            rounds.append({"player_id": item.player_id, "n": item.n, "strokes": item.strokes})

        statuses = {player_id: status.value for player_id, status in self.statuses.items()}
        return {
            "command": self.command_name,
            "contest_id": self.contest_id,
            "supersedes": self.supersedes,
            "accept_event": self.accept_event,
            "rounds": rounds,
            "statuses": statuses,
        }


@frozen(kw_only=True)
class PauseIngestion(ContestCommand):
    """Let a contest's log take only an operator's corrections; nothing settles the contest."""

    command_name: ClassVar[str] = "pause_ingestion"


@frozen(kw_only=True)
class ResumeIngestion(ContestCommand):
    """Let a contest's log take the provider's events again."""

    command_name: ClassVar[str] = "resume_ingestion"


@frozen(kw_only=True, field_transformer=kinds)
class RecordFetch:
    """Store a fetch of a tournament's data with its bytes, and enqueue its contests."""

    command_name: ClassVar[str] = "record_fetch"
    provider_event_id: Identifier
    result: FetchResult


@frozen(kw_only=True, field_transformer=kinds)
class StopFeed:
    """Fetch a tournament no longer."""

    command_name: ClassVar[str] = "stop_feed"
    provider_event_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class PollFeed:
    """Fetch a tournament again."""

    command_name: ClassVar[str] = "poll_feed"
    provider_event_id: Identifier
