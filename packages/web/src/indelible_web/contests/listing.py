"""Lists of contests, grouped by state in the order in which people need them."""

from collections.abc import Sequence
from typing import Final

from indelible import contests
from indelible.app import ReadTx
from indelible.contests import Contest, ContestFilter, ContestStatus
from indelible.kernel import Head
from indelible_web.contests.queries import ContestListQuery
from indelible_web.http.errors import InvalidCursor
from indelible_web.http.request import ADMIN, Caller

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


def is_operator(caller: Caller) -> bool:
    """Return True if the caller may see and resolve errors."""
    return ADMIN in caller.scopes


def visible_states(caller: Caller, status: ContestStatus | None) -> tuple[ContestStatus, ...]:
    """Return the states of the contests that a list shows to the caller, in order."""
    states = OPERATOR_STATES if is_operator(caller) else PUBLIC_STATES
    return tuple(state for state in states if status in (None, state))


def get_visible(tx: ReadTx, caller: Caller, contest_id: str) -> Head[Contest]:
    """Return a contest that the caller may see.

    Raises:
        ContestNotFound: There is none, or it is in ERROR and the caller is no operator.
    """
    head = tx.contests.contests.get(contest_id)
    if head.entity.is_in_error and not is_operator(caller):
        raise contests.errors.ContestNotFound(contest_id)

    return head


def list_contests(
    tx: ReadTx, states: Sequence[ContestStatus], query: ContestListQuery, *, after: str, limit: int
) -> tuple[Head[Contest], ...]:
    """Return the next contests of these states after a position, state by state."""
    heads: list[Head[Contest]] = []
    state_of_position, position = split_position(after)
    for state in _states_from(states, state_of_position):
        matching = ContestFilter(
            status=state,
            provider_event_id=query.provider_event_id,
            organizer_id=query.organizer_id,
        )
        start = position if state.value == state_of_position else ""
        heads += tx.contests.contests.list_page(matching, after=start, limit=limit - len(heads))
        if len(heads) == limit:
            break

    return tuple(heads)


def position_of(head: Head[Contest]) -> str:
    """Return the position of a contest in a list."""
    own_position = ContestFilter().position_of(head.entity)
    return f"{head.entity.status.value}{STATE_END}{own_position}"


def split_position(position: str) -> tuple[str, str]:
    """Return the state of a position, and the position within the state."""
    state, _, own_position = position.partition(STATE_END)
    return state, own_position


def _states_from(states: Sequence[ContestStatus], first: str) -> Sequence[ContestStatus]:
    """Return the states from the one of a position on; all of them for the first page.

    Raises: InvalidCursor for a state that the caller's list does not have.
    """
    if not first:
        return states
    values = [state.value for state in states]
    if first not in values:
        raise InvalidCursor

    return states[values.index(first) :]
