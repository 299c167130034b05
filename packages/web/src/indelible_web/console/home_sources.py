"""The parts of the home page that need no context: tasks, changes, and failed logins."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.kernel.feed_delays import feed_delays
from indelible.kernel.minutes import MinuteCounts, sum_counts
from indelible.kernel.silence import SubjectKind, silent_subjects
from indelible.kernel.subscribers import FOLLOW_FEED
from indelible.kernel.tasks import MAX_COUNTED, TaskState
from indelible_web.console.charts import MAX_EVENTS, Chart, hour_before, make_chart
from indelible_web.console.home_parts import (
    AttentionItem,
    HomePart,
    HomeSource,
    Level,
    Section,
    Total,
    count_text,
    plural,
)
from indelible_web.console.times import duration
from indelible_web.http.admin import StageView, list_stages
from indelible_web.http.failed_logins import MAX_FAILED_LOGINS, FailedLogins
from indelible_web.http.request import OPS

URGENT_FAILED_LOGINS: Final = 100
SILENT_TASK: Final = (
    "See that a scheduler and a worker of its stage run, and read its last error; requeue a task"
    " that is dead or canceled. `indelible subjects forget` misses it no longer."
)


def own_sources(failed_logins: FailedLogins) -> tuple[HomeSource, ...]:
    """Return the parts of the home page that every application has."""
    return (
        HomeSource(query=tasks_part, scopes=(OPS,)),
        HomeSource(query=feed_part, scopes=(OPS,)),
        HomeSource(query=silent_subjects_part, scopes=(OPS,)),
        HomeSource(query=partial(failed_logins_part, failed_logins), scopes=(OPS,)),
        HomeSource(query=changes_part),
    )


def tasks_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return the stages with dead tasks, those that lag or are paused, and the sums of all."""
    stages = list_stages(tx, now)
    items: list[AttentionItem] = []
    for stage in stages:
        items += _stage_items(stage, now)

    charts = (_finished_tasks(tx, stages, now),) if stages else ()
    return HomePart(items=tuple(items), totals=_task_totals(stages), charts=charts)


def feed_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return what delays the feed."""
    items: list[AttentionItem] = []
    for writer in feed_delays(tx, now):
        problem = writer.problem(now)
        item = AttentionItem(
            text=f"{problem[0].upper()}{problem[1:]}.",
            detail="No subscriber sees what was written after it began. End the transaction.",
            url=url_for("console.show_stage", name=FOLLOW_FEED),
            level=Level.BAD,
            alert="FeedBlocked",
            section=Section.LAGS,
        )
        items.append(item)

    return HomePart(items=tuple(items))


def silent_subjects_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return what should succeed again and again, and has not for too long."""
    items: list[AttentionItem] = []
    for silent in silent_subjects(tx, now):
        url = url_for("console.show_stage", name=silent.state.stage)
        detail, alert, section = SILENT_TASK, "SubjectSilent", Section.SILENCES
        if silent.state.kind is SubjectKind.BACKUP:
            url = url_for("console.show_stages")
            detail, alert, section = "Run `indelible backup`.", "BackupMissing", Section.BACKUPS
        item = AttentionItem(
            text=f"The {silent}.",
            detail=detail,
            url=url,
            level=Level.BAD,
            alert=alert,
            section=section,
        )
        items.append(item)

    return HomePart(items=tuple(items))


def changes_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return the changes of the last hour as a chart."""
    counts = tx.history.count_by_minute(since=hour_before(now), limit=MAX_EVENTS)
    return HomePart(charts=(make_chart("changes", "Changes per minute", "changes", counts),))


def failed_logins_part(failed_logins: FailedLogins, _: ReadTx, __: datetime) -> HomePart:
    """Return the failed logins of the last hour, if there are any."""
    number = failed_logins.count()
    if not number:
        return HomePart()

    item = AttentionItem(
        text=f"{count_text(number, MAX_FAILED_LOGINS)} {plural(number, 'request')} in the last"
        " hour had a missing or wrong credential.",
        detail="" if failed_logins.is_shared else "Counted by this process since its start.",
        url=url_for("console.show_keys"),
        level=Level.BAD if number >= URGENT_FAILED_LOGINS else Level.WARN,
        alert="AuthenticationErrors",
        section=Section.OTHERS,
    )
    return HomePart(items=(item,))


def _stage_items(stage: StageView, now: datetime) -> list[AttentionItem]:
    url = url_for("console.show_stage", name=stage.stage)
    items: list[AttentionItem] = []
    if stage.dead:
        count = f"{count_text(stage.dead, MAX_COUNTED)} dead {plural(stage.dead, 'task')}"
        items.append(
            AttentionItem(
                text=f"{count} in the stage {stage.stage}.",
                detail="A dead task runs again only after somebody requeues it.",
                url=url_for("console.show_stage", name=stage.stage, state=TaskState.DEAD.value),
                level=Level.BAD,
                alert="DeadTasks",
                section=Section.LAGS,
            )
        )

    if stage.hung_threads:
        items.append(_hung_item(stage, url))

    if stage.is_paused:
        detail = f"{count_text(stage.due, MAX_COUNTED)} {plural(stage.due, 'task')} due."
        level = Level.WARN if stage.due else Level.INFO
        text = f"The stage {stage.stage} is paused."
        items.append(
            AttentionItem(text=text, detail=detail, url=url, level=level, section=Section.LAGS)
        )
    elif stage.oldest is not None and stage.is_late(now):
        age = duration(now - stage.oldest)
        text = f"The stage {stage.stage} lags: its oldest due task has waited for {age}."
        detail = f"{count_text(stage.due, MAX_COUNTED)} {plural(stage.due, 'task')} due."
        items.append(
            AttentionItem(text=text, detail=detail, url=url, alert="TasksOld", section=Section.LAGS)
        )

    return items


def _hung_item(stage: StageView, url: str) -> AttentionItem:
    """Return the item of a stage whose tasks occupy threads beyond their time limits."""
    number = stage.hung_threads
    threads = "1 thread is" if number == 1 else f"{number:,} threads are"
    return AttentionItem(
        text=f"{threads} occupied by hung tasks of the stage {stage.stage}.",
        detail="A thread is free again when its task returns or its process ends.",
        url=url,
        alert="WorkerThreadsHung",
        section=Section.LAGS,
    )


def _finished_tasks(tx: ReadTx, stages: Sequence[StageView], now: datetime) -> Chart:
    """Return the tasks of all stages that finished in the last hour."""
    since = hour_before(now)
    parts: list[MinuteCounts] = []
    for stage in stages:
        parts.append(tx.tasks.finished_by_minute(stage.stage, since=since, limit=MAX_COUNTED))

    counts = sum_counts(parts, since=since)
    return make_chart("finished-tasks", "Finished tasks per minute", "finished tasks", counts)


def _task_totals(stages: Sequence[StageView]) -> tuple[Total, ...]:
    if not stages:
        return ()

    totals: list[Total] = []
    for label, name in (("Tasks due", "due"), ("Tasks running", "running"), ("Dead tasks", "dead")):
        numbers = [getattr(stage, name) for stage in stages]
        text = f"{sum(numbers):,}"
        if max(numbers) >= MAX_COUNTED:
            text = f"{text} or more"
        totals.append(Total(label=label, text=text, url=url_for("console.show_stages")))

    return tuple(totals)
