"""Build what every process of the service has, from the settings: gateways, stages, tasks, logging.

No web framework is imported here: workers, schedulers and supervisors start without one.
"""

import os
import time
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, Final

from indelible.kernel import Actor
from indelible.kernel.silence import Subject
from indelible_service.contexts.declaration import AnyStage
from indelible_service.logs.files import create_log_file
from indelible_service.logs.lines import configure_logging
from indelible_service.settings.service import Settings
from indelible_service.stages import pruning, subscribers
from indelible_service.stages.sealing import STAGE, seal_stage, seal_task
from indelible_sql import SqlStore
from indelible_workers import RecurringTask
from indelible_workers.subjects import declare_subjects

WORKER: Final = Actor.system("worker")
WEB: Final = Actor.system("web")
HOUR_SECONDS: Final = 3_600


def build_gateways(settings: Settings) -> dict[str, Any]:
    """Return the configured gateways, by their fields of `AppContext`.

    Raises: DistributionMissing, ChainUnusable, EventMappingInvalid.
    """
    gateways: dict[str, Any] = {}
    for context in settings.built_in_contexts:
        section = settings.section(context.settings)
        for name, build in context.gateways.items():
            gateways[name] = build(section)

    return gateways


def build_stages(settings: Settings, store: SqlStore) -> dict[str, AnyStage]:
    """Return the configured stages of contexts, subscribers, seals and pruning, by name."""
    stages: dict[str, AnyStage] = {
        STAGE: seal_stage(store),
        subscribers.STAGE: subscribers.feed_stage(settings, store),
    }
    days = pruning.retention_days(settings)
    if days:
        stages[pruning.STAGE] = pruning.prune_stage(store, days)
    for context in settings.built_in_contexts:
        for stage in context.stages(settings.section(context.settings), store):
            stages[stage.name] = stage

    return stages


def recurring_tasks(settings: Settings) -> Sequence[RecurringTask]:
    """Return the recurring tasks of all contexts, of seals and of pruning."""
    tasks = [seal_task(settings.seal_seconds)]
    if pruning.retention_days(settings):
        tasks.append(pruning.prune_task())
    for context in settings.built_in_contexts:
        tasks.extend(context.recurring(settings.section(context.settings)))

    return tasks


def check_stages(settings: Settings, store: SqlStore, stages: Container[str]) -> None:
    """Raise the error of a stage that can never succeed with these settings.

    Supervised processes do not check this: a stage that fails later pauses, and alerts.
    """
    for context in settings.built_in_contexts:
        for stage, check in context.start_checks.items():
            if stage in stages:
                check(settings.section(context.settings), store)


def prepare_stages(settings: Settings, store: SqlStore, stages: Container[str]) -> None:
    """Do what contexts do once before a worker performs these stages."""
    for context in settings.built_in_contexts:
        for stage, prepare in context.preparations.items():
            if stage in stages:
                prepare(store)


def enqueue_standing_tasks(store: SqlStore, stages: Iterable[AnyStage]) -> None:
    """Enqueue the standing tasks of these stages, which enqueue themselves again from then on."""
    stages = [stage for stage in stages if stage.standing_tasks]
    if not stages:
        return

    with store.transaction(actor=WORKER, reason="worker start") as tx:
        for stage in stages:
            now = tx.clock.now()
            tx.tasks.enqueue(stage.name, {task.entity_id: now for task in stage.standing_tasks})


def declare_configured_subjects(settings: Settings, store: SqlStore) -> None:
    """Declare recurring tasks and subscribers, also where no worker or scheduler was ever started.

    Workers declare the other stages: building them takes what a web process does not have.
    """
    subjects = list(subscribers.feed_stage(settings, store).subjects)
    for task in recurring_tasks(settings):
        subjects.append(task.subject)
    declare_subjects(store, subjects, WEB)


def backup_subject(settings: Settings) -> Subject:
    """Return the newest backup, which is missed only where a longest silence is configured."""
    hours = settings.backup_hours
    return Subject.of_backup(hours * HOUR_SECONDS if hours else None)


def publish_commits(settings: Settings, store: SqlStore) -> Callable[[], None]:
    """Tell the workers of other processes of the commits of this one, through Redis.

    The returned function ends it. Workers do so by their broker.
    """
    if not settings.redis_url:
        return _publish_nothing

    from indelible_workers.redis.commit_channel import publish_commits as publish
    from indelible_workers.redis.connection import redis_client

    return publish(store.commits, redis_client(settings.redis_url))


def _publish_nothing() -> None:
    """End nothing: no other process is told."""


def prepare_log(settings: Settings) -> None:
    """Create the log file of this process, if it has one; its processes write beside it.

    Raises: FileUnusable, DiskFull.
    """
    if settings.log_file is not None:
        create_log_file(settings.log_file)


def configure_process(settings: Settings) -> None:
    """Set the time zone and the logging of this process, which no library may set."""
    os.environ.update({"TZ": "UTC", "PGTZ": "UTC"})
    time.tzset()
    configure_logging(settings.log_level, settings.log_file)
