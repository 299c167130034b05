"""Lists of contests, grouped by state in the order in which people need them."""

from collections.abc import Sequence
from typing import Final

from indelible import contests
from indelible.app import ReadTx
from indelible.contests import Contest, ContestFilter, ContestStatus
from indelible.kernel import Head
from indelible_web.contests.queries import ContestListQuery
from indelible_web.contests.viewers import Viewer
from indelible_web.http.errors import InvalidCursor

# The order of all lists (facts/contests.md, section 2); only operators see contests in ERROR.
PUBLIC_STATES: Final = (
    ContestStatus.LIVE,
    ContestStatus.LOCKED,
    ContestStatus.SCHEDULED,
    ContestStatus.COMPLETE,
    ContestStatus.CANCELLED,
)
OPERATOR_STATES: Final = (ContestStatus.ERROR, *PUBLIC_STATES)
STATE_END: Final = ":"


def visible_states(viewer: Viewer, status: ContestStatus | None) -> tuple[ContestStatus, ...]:
    """Return the states of the contests that a list shows to the viewer, in order."""
    states = OPERATOR_STATES if viewer.is_operator else PUBLIC_STATES
    return tuple(state for state in states if status in (None, state))


def is_visible(contest: Contest, *, is_operator: bool) -> bool:
    """Return True for a contest that a caller may see; only operators see those in ERROR."""
    return is_operator or not contest.is_in_error


def get_visible(tx: ReadTx, viewer: Viewer, contest_id: str) -> Head[Contest]:
    """Return a contest that the viewer may see.

    Raises:
        ContestNotFound: There is none, or it is in ERROR and the viewer is no operator.
    """
    return contests.get_contest(tx, contest_id, can_see_errors=viewer.is_operator)


def list_contests(
    tx: ReadTx, states: Sequence[ContestStatus], query: ContestListQuery, *, after: str, limit: int
) -> tuple[Head[Contest], ...]:
    """Return the next contests of these states after a position, state by state.

    Raises:
        InvalidCursor: The position is in a state that the list does not have.
    """
    first_state, _, position = after.partition(STATE_END)
    heads: list[Head[Contest]] = []
    for state in _states_from(states, first_state):
        heads += tx.contests.contests.list_page(
            ContestFilter(status=state),
            where=query.equalities,
            after=position if state.value == first_state else "",
            limit=limit - len(heads),
        )
        if len(heads) == limit:
            break

    return tuple(heads)


def position_of(contest: Contest) -> str:
    """Return the position of a contest in a list."""
    own_position = ContestFilter().position_of(contest)
    return f"{contest.status.value}{STATE_END}{own_position}"


def _states_from(states: Sequence[ContestStatus], first: str) -> Sequence[ContestStatus]:
    """Return the states from the one of a position on; all of them for the first page."""
    if not first:
        return states

    values = [state.value for state in states]
    if first not in values:
        raise InvalidCursor

    return states[values.index(first) :]
