"""The parameters of the routes of contests."""

from attrs import field, frozen
from attrs.validators import optional

from indelible.contests import ContestStatus
from indelible.kernel.json_objects import JSON_OBJECT
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    instance_of,
    is_identifier,
    non_blank_line,
)
from indelible_web.http.json_fields import WrittenObject
from indelible_web.http.paging import PageQuery

LEADERBOARD_LIMIT = {"minimum": 1, "maximum": 200}
AFTER = {**COUNT, "minimum": 0}


@frozen(kw_only=True)
class ContestQuery:
    """A query on one contest."""

    contest_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ContestListQuery(PageQuery):
    """The filters of a list of contests, and a page of it."""

    status: ContestStatus | None = field(
        default=None, validator=optional(instance_of(ContestStatus))
    )
    provider_event_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    organizer_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )

    @property
    def equalities(self) -> dict[str, str]:
        """Return the filters that are set, except the status."""
        values = {"provider_event_id": self.provider_event_id, "organizer_id": self.organizer_id}
        return {name: value for name, value in values.items() if value is not None}


@frozen(kw_only=True)
class NewContest:
    """A contest to publish; the caller is its organizer."""

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    contest_name: str = field(validator=non_blank_line, metadata=LINE)
    configuration: WrittenObject = field(metadata=JSON_OBJECT)


@frozen(kw_only=True)
class NewConfiguration(ContestQuery):
    """The next configuration of a contest, as its organizer last saw the contest."""

    configuration: WrittenObject = field(metadata=JSON_OBJECT)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class ConfigurationQuery(ContestQuery):
    """A query on a configuration; without a version it is the current one."""

    version: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)


@frozen(kw_only=True)
class LeaderboardQuery(ContestQuery, PageQuery):
    """A page of a contest's leaderboard."""

    limit: int = field(default=50, validator=bounded_int, metadata=LEADERBOARD_LIMIT)


@frozen(kw_only=True)
class EntryQuery:
    """A query on one entry of the caller."""

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entry_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class OwnEntriesQuery(ContestQuery):
    """A query on the caller's entries in a contest."""

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class EventQuery(ContestQuery):
    """A query on one event of a contest's log."""

    number: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class RunQuery(ContestQuery):
    """A query on one settlement run of a contest."""

    run_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ContestPageQuery(ContestQuery, PageQuery):
    """A page of a list that belongs to a contest."""


@frozen(kw_only=True)
class FaultListQuery(ContestPageQuery):
    """A page of the faults of a contest's log, of all events or of one."""

    event_number: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)


@frozen(kw_only=True)
class RunLinesQuery(RunQuery, PageQuery):
    """A page of the lines of a settlement run."""


@frozen(kw_only=True)
class FetchListQuery(PageQuery):
    """A page of the fetches of a tournament."""

    provider_event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class FetchQuery:
    """A query on one fetch of a tournament."""

    provider_event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class RejectionListQuery(PageQuery):
    """A page of the refused operator commands, of all commands or of one."""

    command: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
