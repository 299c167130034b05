"""The parameters of the routes of contests."""

from attrs import field, frozen

from indelible.contests import ContestStatus
from indelible.kernel.json_objects import JSON_OBJECT
from indelible.kernel.kinds import Count, Identifier, kinds
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    is_identifier,
    non_blank_line,
)
from indelible_web.http.json_fields import WrittenObject
from indelible_web.http.paging import PageQuery

LEADERBOARD_LIMIT = {"minimum": 1, "maximum": 200}


@frozen(kw_only=True, field_transformer=kinds)
class ContestQuery:
    """A query on one contest."""

    contest_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ContestListQuery(PageQuery):
    """The filters of a list of contests, and a page of it."""

    status: ContestStatus | None = None
    provider_event_id: Identifier | None = None
    organizer_id: Identifier | None = None

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


@frozen(kw_only=True, field_transformer=kinds)
class ConfigurationQuery(ContestQuery):
    """A query on a configuration; without a version it is the current one."""

    version: Count | None = None


@frozen(kw_only=True)
class LeaderboardQuery(ContestQuery, PageQuery):
    """A page of a contest's leaderboard."""

    limit: int = field(default=50, validator=bounded_int, metadata=LEADERBOARD_LIMIT)


@frozen(kw_only=True, field_transformer=kinds)
class EntryQuery:
    """A query on one entry of the caller."""

    user_id: Identifier
    entry_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class OwnEntriesQuery(ContestQuery):
    """A query on the caller's entries in a contest."""

    user_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class EventQuery(ContestQuery):
    """A query on one event of a contest's log."""

    number: Count


@frozen(kw_only=True, field_transformer=kinds)
class RunQuery(ContestQuery):
    """A query on one settlement run of a contest."""

    run_id: Identifier


@frozen(kw_only=True)
class ContestPageQuery(ContestQuery, PageQuery):
    """A page of a list that belongs to a contest."""


@frozen(kw_only=True, field_transformer=kinds)
class FaultListQuery(ContestPageQuery):
    """A page of the faults of a contest's log, of all events or of one."""

    event_number: Count | None = None


@frozen(kw_only=True)
class RunLinesQuery(RunQuery, PageQuery):
    """A page of the lines of a settlement run."""


@frozen(kw_only=True, field_transformer=kinds)
class FetchListQuery(PageQuery):
    """A page of the fetches of a tournament."""

    provider_event_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class FetchQuery:
    """A query on one fetch of a tournament."""

    provider_event_id: Identifier
    number: Count
