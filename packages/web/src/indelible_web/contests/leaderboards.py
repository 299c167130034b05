"""The view of a leaderboard."""

from indelible.app import ReadTx
from indelible_web.contests.details import configuration_of
from indelible_web.contests.listing import get_visible
from indelible_web.contests.queries import LeaderboardQuery
from indelible_web.contests.schemas import COLUMNS, CONTEST_TYPE, LeaderboardView, Pagination
from indelible_web.contests.standings import leaderboard_state, read_rows
from indelible_web.contests.viewers import Viewer
from indelible_web.http.paging import Cursors


def leaderboard_view(
    tx: ReadTx, viewer: Viewer, query: LeaderboardQuery, cursors: Cursors
) -> LeaderboardView:
    """Return a page of a contest's leaderboard.

    Raises:
        ContestNotFound: There is no contest that the viewer may see.
        InvalidCursor: The cursor belongs to another list.
    """
    contest = get_visible(tx, viewer, query.contest_id).entity
    start = int(cursors.start() or 0)
    configuration = configuration_of(tx, contest)
    rows, total = read_rows(tx, contest, configuration, after=start, limit=query.limit)

    end = start + len(rows)
    next_cursor = cursors.after(str(end)) if end < total else None
    return LeaderboardView(
        contest_id=contest.id,
        contest_type=CONTEST_TYPE,
        leaderboard_state=leaderboard_state(contest),
        column_schema=COLUMNS,
        rows=rows,
        pagination=Pagination(limit=query.limit, total=total, next=next_cursor),
    )
