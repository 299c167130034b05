"""The operator's routes of what must go on: subjects, subscribers, and the feed behind them."""

from datetime import datetime
from typing import Final

from attrs import frozen

from indelible.app import WriteTx
from indelible.kernel import silence
from indelible.kernel.feed_delays import feed_delays
from indelible.kernel.keys import ADMIN
from indelible.kernel.silence import (
    ForgetSubject,
    SubjectKind,
    SubjectState,
    find_subject,
    subject_states,
)
from indelible.kernel.subscriber_checks import leaves_out_changes
from indelible.kernel.subscribers import (
    RestartSubscriber,
    SubscriberCursor,
    SubscriberLag,
    move_subscriber,
    subscriber_lags,
)
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import OPS
from indelible_web.http.routing import Routes

routes: Final = Routes("liveness_admin", "What must succeed again and again, for an operator.")


@frozen(kw_only=True)
class SubjectQuery:
    """The subjects of a kind, and only those that are silent, or are not."""

    kind: SubjectKind | None = None
    is_silent: bool | None = None


@frozen(kw_only=True)
class SubjectView:
    """A subject with its last success; without a longest silence it is not missed.

    `problem` is what a silent subject does instead of succeeding.
    """

    kind: SubjectKind
    name: str
    stage: str
    entity_id: str
    problem: str | None
    succeeded_at: datetime | None
    known_since: datetime
    longest_silence_seconds: int | None

    @property
    def is_silent(self) -> bool:
        """Return True if the subject has not succeeded for longer than it may."""
        return self.problem is not None


@frozen(kw_only=True)
class SubscriberView:
    """A subscriber of the feed, the age of its first unhandled change, and its cursor.

    `problem` says why it has stopped. `changed_at` is the time of the last handled change.
    """

    name: str
    stage: str
    seconds: int
    problem: str | None
    feed_cursor: str | None
    changed_at: datetime | None
    restarts: int


@frozen(kw_only=True)
class FeedDelay:
    """A transaction behind which the feed shows nothing until it ends.

    `transaction` names what has to end: a process of the database's server, or a prepared one.
    `role` and `program` tell whose it is, where the server knows that.
    """

    transaction: str
    database: str
    since: datetime
    seconds: int
    role: str | None
    program: str | None


@routes.pages("GET /subjects", OPS, request_type=SubjectQuery, response_type=SubjectView)
def list_subjects(context: OperationContext, query: SubjectQuery) -> Page[SubjectView]:
    """List stages, recurring tasks, subscribers and the backup, with the last success of each."""
    now = context.clock.now()
    views: list[SubjectView] = []
    for state in context.store.read(subject_states):
        view = _subject_view(state, now)
        if query.kind in (None, view.kind) and query.is_silent in (None, view.is_silent):
            views.append(view)

    return Page(items=tuple(views), next=None)


@routes.add(
    "POST /subjects/forget",
    OPS,
    request_type=ForgetSubject,
    response_type=SubjectView,
    requires_idempotency_key=True,
)
def forget_subject(context: OperationContext, command: ForgetSubject) -> SubjectView:
    """Miss a subject no longer: it was removed from the configuration.

    A process that still has it misses it again after its next start.
    """
    return context.run_recorded(forget_and_show, command)


@routes.pages("GET /subscribers", OPS, request_type=EmptyQuery, response_type=SubscriberView)
def list_subscribers(context: OperationContext, _: EmptyQuery) -> Page[SubscriberView]:
    """List the subscribers of the feed, with their lag in seconds and why one has stopped."""
    lags = context.store.read(subscriber_lags, context.clock.now())

    return Page(items=tuple(_subscriber_view(lag) for lag in lags), next=None)


@routes.add(
    "POST /subscribers/<name>/restart",
    OPS,
    request_type=RestartSubscriber,
    response_type=SubscriberCursor,
    requires_idempotency_key=True,
)
def restart_subscriber(context: OperationContext, command: RestartSubscriber) -> SubscriberCursor:
    """Let a subscriber continue from another position of the feed.

    A change that was handled before has no second effect. Changes that a later position leaves out
    are never handled: to leave out any, the key needs the scope `admin`.
    """

    def restart(tx: WriteTx, command: RestartSubscriber) -> SubscriberCursor:
        restart = move_subscriber(tx, command)
        if leaves_out_changes(tx, restart):
            context.caller.require_scope(ADMIN)
        return restart.after

    return context.run_recorded(restart, command)


@routes.pages("GET /feed-delays", OPS, request_type=EmptyQuery, response_type=FeedDelay)
def list_feed_delays(context: OperationContext, _: EmptyQuery) -> Page[FeedDelay]:
    """List the transactions that have been open for a minute and hold back the feed."""
    now = context.clock.now()
    delays: list[FeedDelay] = []
    for writer in context.store.read(feed_delays, now):
        delay = FeedDelay(
            transaction=writer.name,
            database=writer.database,
            since=writer.since,
            seconds=writer.seconds(now),
            role=writer.role,
            program=writer.program,
        )
        delays.append(delay)

    return Page(items=tuple(delays), next=None)


def forget_and_show(tx: WriteTx, command: ForgetSubject) -> SubjectView:
    """Forget a subject and return it."""
    silence.forget_subject(tx, command)

    return _subject_view(find_subject(tx, command.kind, command.name), tx.clock.now())


def _subject_view(state: SubjectState, now: datetime) -> SubjectView:
    subject = state.subject
    return SubjectView(
        kind=subject.kind,
        name=subject.name,
        stage=subject.stage,
        entity_id=subject.entity_id,
        problem=state.problem(now),
        succeeded_at=state.succeeded_at,
        known_since=state.known_since,
        longest_silence_seconds=subject.longest_silence_seconds,
    )


def _subscriber_view(lag: SubscriberLag) -> SubscriberView:
    cursor = lag.cursor
    return SubscriberView(
        name=lag.name,
        stage=lag.stage,
        seconds=lag.seconds,
        problem=lag.problem,
        feed_cursor=cursor.feed_cursor,
        changed_at=cursor.changed_at,
        restarts=cursor.restarts,
    )
