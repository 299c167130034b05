"""The decision on a fetch that cannot be taken up because of an unexpected error."""

from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.assess import AssessInput, Assessment, NewEvent, marks_of
from indelible.contests.rules.faults import Fault, FaultCode
from indelible.contests.rules.fold import fold


def refuse_unassessed(request: AssessInput, problem: str) -> Assessment:
    """Return an INVALID event with the problem, so that the log can go on with the next fetch.

    A fetch without bytes, and one with the bytes of the newest event, adds no event.
    """
    fetch = request.fetch
    if fetch.payload_digest is None or fetch.payload_digest == request.head_hash:
        return Assessment(events=(), state=request.state, marks=request.marks)

    faults = (Fault.of(FaultCode.ASSESSMENT_FAILED, "$", problem),)
    event = NewEvent(
        number=request.state.number + 1,
        kind=EventKind.SNAPSHOT,
        validity=Validity.INVALID,
        payload_digest=fetch.payload_digest,
        fetch_number=fetch.number,
        fetched_at=fetch.fetched_at,
        body=None,
        body_hash=fetch.payload_digest,
        fault_count=len(faults),
        faults=faults,
    )
    state = fold(request.state, event)
    return Assessment(events=(event,), state=state, marks=marks_of(state, request.marks))
