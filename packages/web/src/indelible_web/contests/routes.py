"""The routes of contests: the list, one contest, its configuration, its field, its leaderboard."""

from collections.abc import Callable
from typing import Final, TypeVar

from indelible import contests
from indelible.app import WriteTx
from indelible.contests import ConfigureContest, ContestSaved, PublishContest
from indelible_web.contests.details import (
    configuration_view,
    contest_summary,
    contest_view,
    field_view,
)
from indelible_web.contests.leaderboards import leaderboard_view
from indelible_web.contests.listing import get_visible, position_of, visible_states
from indelible_web.contests.listing import list_contests as list_visible
from indelible_web.contests.queries import (
    ConfigurationQuery,
    ContestListQuery,
    ContestQuery,
    LeaderboardQuery,
    NewConfiguration,
    NewContest,
)
from indelible_web.contests.schemas import (
    ConfigurationView,
    ContestSummary,
    ContestView,
    FieldView,
    LeaderboardView,
)
from indelible_web.contests.viewers import Viewer
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.routing import Routes

Command = TypeVar("Command")

READ: Final = "contests:read"
WRITE: Final = "contests:write"
ORGANIZE: Final = "contests:organize"

routes = Routes("contests", "Golf contests, from their configuration to their settlement.")


@routes.pages(
    "GET /contests",
    READ,
    request_type=ContestListQuery,
    response_type=ContestSummary,
    reads_standby=True,
)
def list_contests(context: OperationContext, query: ContestListQuery) -> Page[ContestSummary]:
    """List contests: live, locked, scheduled, complete, canceled.

    An operator also sees contests in ERROR, before all others.
    """
    cursors = context.cursors(query)
    heads = context.store.read(
        list_visible,
        visible_states(Viewer.of(context), query.status),
        query,
        after=cursors.start(),
        limit=query.limit + 1,
    )
    page = cursors.page(heads, lambda head: position_of(head.entity))
    return Page(items=tuple(contest_summary(head) for head in page.items), next=page.next)


@routes.add(
    "POST /contests",
    ORGANIZE,
    request_type=NewContest,
    response_type=ContestView,
    location_id=lambda view: view.id,
)
def publish_contest(context: OperationContext, new: NewContest) -> ContestView:
    """Publish a contest, which then runs by itself: lock, start, settlement.

    All faults of the configuration are reported at once, with their JSON paths.
    """
    command = PublishContest(
        organizer_id=new.user_id,
        contest_name=new.contest_name,
        configuration=new.configuration,
    )
    return context.run(_showing(context, contests.publish_contest), command)


@routes.add(
    "GET /contests/<contest_id>", READ, request_type=ContestQuery, response_type=ContestView
)
def get_contest(context: OperationContext, query: ContestQuery) -> ContestView:
    """Show a contest; `actions` says what the caller can do with it now."""
    return context.store.read(contest_view, Viewer.of(context), query.contest_id)


@routes.add(
    "GET /contests/<contest_id>/configuration",
    READ,
    request_type=ConfigurationQuery,
    response_type=ConfigurationView,
    shows_head_alone=True,
)
def get_configuration(context: OperationContext, query: ConfigurationQuery) -> ConfigurationView:
    """Show the current configuration of a contest, or an earlier version."""
    return context.store.read(
        configuration_view, Viewer.of(context), query.contest_id, query.version
    )


@routes.add(
    "PUT /contests/<contest_id>/configuration",
    ORGANIZE,
    request_type=NewConfiguration,
    response_type=ContestView,
)
def configure_contest(context: OperationContext, new: NewConfiguration) -> ContestView:
    """Replace the configuration of a contest of the caller, before its lock.

    Earlier versions stay. After the first entry, the fee, the currency and the kind of payouts
    are fixed.
    """
    viewer = Viewer.of(context)
    command = ConfigureContest(
        contest_id=new.contest_id,
        configuration=new.configuration,
        expected_seq=new.expected_seq,
        organizer_id=viewer.organizer_id,
    )

    def configure(tx: WriteTx, command: ConfigureContest) -> ContestSaved:
        get_visible(tx, viewer, command.contest_id)
        return contests.configure_contest(tx, command)

    return context.run(_showing(context, configure), command)


@routes.add(
    "GET /contests/<contest_id>/field", READ, request_type=ContestQuery, response_type=FieldView
)
def get_field(context: OperationContext, query: ContestQuery) -> FieldView:
    """Show the players of the tournament; a roster picks among the primary ones."""
    return context.store.read(field_view, Viewer.of(context), query.contest_id)


@routes.add(
    "GET /contests/<contest_id>/leaderboard",
    READ,
    request_type=LeaderboardQuery,
    response_type=LeaderboardView,
    reads_standby=True,
)
def get_leaderboard(context: OperationContext, query: LeaderboardQuery) -> LeaderboardView:
    """Show a page of the leaderboard, whose rows are in their final order.

    While the contest is live, the rows are computed from its log; afterwards they are the lines
    of the settlement, and name its run.
    """
    return context.store.read(leaderboard_view, Viewer.of(context), query, context.cursors(query))


def _showing(
    context: OperationContext, handler: Callable[[WriteTx, Command], ContestSaved]
) -> Callable[[WriteTx, Command], ContestView]:
    """Return a handler that answers with the view of the contest that it has saved."""

    def show(tx: WriteTx, command: Command) -> ContestView:
        saved = handler(tx, command)
        return contest_view(tx, Viewer.of(context), saved.contest.id)

    return show
