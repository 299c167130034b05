"""The console's page of a job: live, with the forms to cancel it and to try again."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Final

from attrs import frozen
from flask import copy_current_request_context, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from indelible import projects
from indelible.app import ReadTx
from indelible.kernel import Feed, IndelibleError, Stale, canonical_json
from indelible.kernel.kinds import Identifier, Natural, kinds
from indelible.projects import (
    JOB,
    PROCESS_JOB_STAGE,
    SUCCESSFUL,
    TERMINAL,
    ArchitectureSpec,
    CancelJob,
    Job,
    JobStatus,
    LogEntry,
    Phase,
    RetryJob,
)
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.events import HEARTBEAT, event_frame, event_stream, mode_frame
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.http.operation import OperationContext
from indelible_web.projects.job_attempts import JobAttempt, attempts_of
from indelible_web.projects.jobs import cancel_and_show, logs_view, retry_and_show
from indelible_web.projects.routes import READ, WRITE
from indelible_web.projects.schemas import JobView

MAX_LINES: Final = 1_000  # Of the log on the page, the last ones, unless all are asked for.
MAX_OUTPUTS: Final = 100  # Of one event of the stream.
MAX_RECORDS: Final = 100  # Of attempts; an attempt that failed has two.
MAX_STALE_CANCELS: Final = 3  # A running job may record progress between its reading and the edge.
ALL_LINES: Final = "all"
FLAT_FIELDS: Final = ("name", "description", "prompt", "metadata")  # Of a specification.


class PhaseState(StrEnum):
    """The state of a phase: its end, its course, its failure, its absence, or its turn to come."""

    PAST = "past"
    NOW = "now"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    NEXT = "next"


@frozen(kw_only=True, field_transformer=kinds)
class JobPathQuery:
    """The query for one job."""

    job_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class JobStreamQuery(JobPathQuery):
    """The query for what a page does not show yet: the output after a number."""

    after: Natural = 0


@frozen(kw_only=True)
class JobUpdate:
    """The state of a job, and its output after a number; `after` is the number of the last."""

    job: Job
    phases: tuple[tuple[Phase, PhaseState], ...]
    attempts: tuple[JobAttempt, ...]
    logs: tuple[LogEntry, ...]
    warnings: tuple[str, ...]
    after: int

    @property
    def is_final(self) -> bool:
        """Return True if the job changes no more."""
        return self.job.status in TERMINAL


@frozen(kw_only=True)
class JobPageView:
    """A job with its specification, all of its warnings, the end of its log, and its project."""

    update: JobUpdate
    project_name: str
    spec_text: str
    hidden_lines: int
    skipped_outputs: int


def job(console: ConsoleContext, job_id: str, error: IndelibleError | None = None) -> Response:
    """Render a job; after an error the form keeps the reason."""
    context = console.operation(scope=READ)
    query = parse_fields(JobPathQuery, {}, job_id=job_id)
    max_lines = None if ALL_LINES in request.args else MAX_LINES
    view = context.store.read(_read_page, context.caller.user_id, query.job_id, max_lines)

    return render_page(
        "projects/job",
        error=error,
        view=view,
        update=view.update,
        once=console.app_context.ids.new(),
        reason=request.form.get("reason", ""),
    )


def job_stream(console: ConsoleContext, job_id: str) -> Response:
    """Stream what happens to a job as server-sent events, to its owner alone.

    If too many streams are open, the answer is what there is now, and the browser polls.
    """
    context = console.operation(scope=READ)
    after = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    query = parse_fields(JobStreamQuery, {"after": after}, job_id=job_id)
    user_id = context.caller.user_id
    cursor = context.store.read(_newest_cursor, user_id, query.job_id)

    # The request ends before its stream, so that its context must be copied now.
    render = copy_current_request_context(_update_event)

    def next_event(after: int) -> tuple[str, int]:
        update = context.store.read(_read_update, user_id, query.job_id, after)
        if update.after == after:
            return "", after
        return render(update), update.after

    streams = console.streams
    if not streams.enter():
        # An answer of known length keeps the connection open for the next poll.
        return event_stream("".join(_frames(query, next_event, (), "polled")))

    feeds = streams.follow(cursor)
    response = event_stream(_frames(query, next_event, feeds, "open"))
    response.call_on_close(streams.leave)
    return response


def cancel_job(console: ConsoleContext, job_id: str) -> Response:
    """Cancel a job, whatever progress it has made since the page was loaded."""
    context = console.operation(scope=WRITE, reason=form_text("reason"), response_type=JobView)
    query = parse_fields(JobPathQuery, {}, job_id=job_id)
    try:
        _cancel(context, query.job_id)
    except IndelibleError as error:
        return job(console, job_id, error)

    console.notices.leave("Canceled. The job has failed with your reason.")
    return redirect(url_for("console.job", job_id=job_id), 303)


def retry_job(console: ConsoleContext, job_id: str) -> Response:
    """Create a new job with the specification of a failed one, and show it."""
    context = console.operation(scope=WRITE, reason=form_text("reason"), response_type=JobView)
    query = parse_fields(JobPathQuery, {}, job_id=job_id)
    try:
        command = RetryJob(user_id=context.caller.user_id, job_id=query.job_id)
        created = context.run(retry_and_show, command)
    except IndelibleError as error:
        return job(console, job_id, error)

    console.notices.leave("Created. This new job has the specification of the failed one.")
    return redirect(url_for("console.job", job_id=created.id), 303)


def phase_states(job: Job) -> tuple[tuple[Phase, PhaseState], ...]:
    """Return every phase with its state, in order.

    `job.phase` is the last one that began; a failed job has failed in it.
    """
    phases = tuple(Phase)
    current = phases.index(job.phase) if job.phase is not None else -1

    states: list[tuple[Phase, PhaseState]] = []
    for index, phase in enumerate(phases):
        if job.status in SUCCESSFUL:
            state = _state_in_success(job, phase)
        elif index < current:
            state = PhaseState.PAST
        elif index > current:
            state = PhaseState.NEXT
        elif job.status is JobStatus.FAILED:
            state = PhaseState.STOPPED
        else:
            state = PhaseState.NOW
        states.append((phase, state))

    return tuple(states)


def _state_in_success(job: Job, phase: Phase) -> PhaseState:
    """Return the state of a phase of a successful job; without a commit, no push has happened."""
    has_commit = job.result is not None and job.result.commit is not None
    if phase is Phase.PUSH and not has_commit:
        return PhaseState.SKIPPED

    return PhaseState.PAST


def _cancel(context: OperationContext, job_id: str) -> None:
    """Cancel the job at the seq that it has now, again where it has moved on meanwhile."""
    user_id = context.caller.user_id
    for attempt in range(1, MAX_STALE_CANCELS + 1):
        seq = context.store.read(projects.get_job, user_id, job_id).seq
        command = CancelJob(user_id=user_id, job_id=job_id, reason=context.reason, expected_seq=seq)
        try:
            context.run(cancel_and_show, command)
        except Stale:
            if attempt == MAX_STALE_CANCELS:
                raise
        else:
            return


def _read_page(tx: ReadTx, user_id: str, job_id: str, max_lines: int | None) -> JobPageView:
    details = projects.get_job(tx, user_id, job_id)
    logs = details.logs
    if max_lines is not None:
        logs = logs[-max_lines:]
    update = _update(
        tx, details.job, logs=logs, warnings=details.warnings, after=details.job.output_number
    )

    return JobPageView(
        update=update,
        spec_text=_spec_text(details.architecture_spec),
        project_name=tx.projects.projects.get(details.job.project_id).entity.name,
        hidden_lines=len(details.logs) - len(logs),
        skipped_outputs=details.skipped_outputs,
    )


def _spec_text(spec: ArchitectureSpec) -> str:
    """Return a specification as JSON, with a line for each field, node and edge.

    Deeper values are not indented: a deep one would grow far beyond the size of the specification.
    """
    lines = [f'  "{name}": {canonical_json(getattr(spec, name))}' for name in FLAT_FIELDS]
    for name, items in (("nodes", spec.nodes), ("edges", spec.edges)):
        rows = ",".join(f"\n    {canonical_json(item)}" for item in items)
        lines.append(f'  "{name}": [{rows}]')

    return "{\n" + ",\n".join(lines) + "\n}"


def _read_update(tx: ReadTx, user_id: str, job_id: str, after: int) -> JobUpdate:
    new = projects.job_logs(tx, user_id, job_id, after=after, limit=MAX_OUTPUTS)
    view = logs_view(new, after)

    return _update(tx, new.job, logs=view.logs, warnings=view.warnings, after=view.after)


def _update(
    tx: ReadTx, job: Job, *, logs: tuple[LogEntry, ...], warnings: tuple[str, ...], after: int
) -> JobUpdate:
    records = tx.tasks.attempts_of(PROCESS_JOB_STAGE, job.id, limit=MAX_RECORDS)
    return JobUpdate(
        job=job,
        phases=phase_states(job),
        attempts=attempts_of(job, records),
        logs=logs,
        warnings=warnings,
        after=after,
    )


def _newest_cursor(tx: ReadTx, user_id: str, job_id: str) -> str:
    """Return where the feed goes on; the job must be the caller's."""
    projects.job_logs(tx, user_id, job_id, after=0, limit=1)
    return tx.history.newest(limit=1).cursor


def _frames(
    query: JobStreamQuery,
    next_event: Callable[[int], tuple[str, int]],
    feeds: Iterable[Feed],
    mode: str,
) -> Iterator[str]:
    """Yield the frames of a stream: what the page lacks, then what the feed announces."""
    yield mode_frame(mode)
    after = query.after
    try:
        event, after = next_event(after)
        while event:
            yield event
            event, after = next_event(after)

        for feed in feeds:
            if not _has_change_of(feed, query.job_id):
                yield HEARTBEAT
                continue
            event, after = next_event(after)
            while event:
                yield event
                event, after = next_event(after)
    except IndelibleError:
        return  # The browser reconnects, and its session is checked again.


def _has_change_of(feed: Feed, job_id: str) -> bool:
    for change in feed.changes:
        if change.lifecycle == JOB.name and change.entity_id == job_id:
            return True

    return False


def _update_event(update: JobUpdate) -> str:
    text = render_template("projects/_update.html", update=update)
    return event_frame("job", text, event_id=str(update.after))


PAGES: Final = (
    ConsolePage(rule="/jobs/<job_id>", view=job),
    ConsolePage(rule="/jobs/<job_id>/stream", view=job_stream, is_live=True),
    ConsolePage(rule="/jobs/<job_id>/cancel", view=cancel_job, method="POST"),
    ConsolePage(rule="/jobs/<job_id>/retry", view=retry_job, method="POST"),
)
