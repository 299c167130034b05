"""Workers as threads of this process, and as processes of their own."""

import signal
from collections.abc import Collection, Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Event, Thread
from typing import ClassVar

from attrs import frozen
from prometheus_client import start_http_server

from indelible.kernel import Actor, NotFound
from indelible_service.composition import (
    WORKER,
    configure_process,
    enqueue_recurring,
    periodics_of,
    stages_of,
)
from indelible_service.database import check_connections, open_configured_store
from indelible_service.settings import Settings
from indelible_service.supervisor import Start, Supervisor, logger, program
from indelible_sql import SqlStore
from indelible_workers import WakeupBroker, Worker, redis_client, run_scheduler, run_workers
from indelible_workers.wakeups import Stages


@frozen
class StageUnknown(NotFound):
    """No stage of this name is set up here."""

    code: ClassVar[str] = "STAGE_UNKNOWN"
    message: ClassVar[str] = "Stage {stage} is not configured; configured stages: {known}."
    stage: str
    known: tuple[str, ...]


def chosen(stages: Stages, names: Collection[str]) -> Stages:
    """The stages of these names, or all; StageUnknown."""
    for name in names:
        if name not in stages:
            raise StageUnknown(name, tuple(sorted(stages)))
    return {name: stage for name, stage in stages.items() if not names or name in names}


@contextmanager
def at_work(settings: Settings, store: SqlStore, stages: Stages) -> Generator[Worker]:
    """The time in which threads of this process work, and are measured; at its end they finish what is in hand."""
    shift = Worker(store=store, actor=WORKER)
    enqueue_recurring(store, stages)
    with ExitStack() as stack:
        url, often = (
            settings.redis_url,
            {"threads": settings.worker_threads, "dispatch_seconds": settings.sweep_seconds},
        )
        brokers = [WakeupBroker(stack.enter_context(redis_client(url)), shift)] if url else []
        if settings.metrics_port:
            try:
                server, thread = start_http_server(
                    settings.metrics_port, settings.host, shift.registry
                )
            except OSError as error:  # work is worth more than what is told of it
                logger.warning("no metrics are told at port %s: %s", settings.metrics_port, error)
            else:
                for end in (thread.join, server.server_close, server.shutdown):
                    stack.callback(end)
        stack.enter_context(run_workers(shift, stages, brokers, **often))
        yield shift


def work_here(settings: Settings, names: Collection[str]) -> None:
    """A worker process, until SIGINT or SIGTERM."""
    ended = shutdown_event()
    with open_configured_store(settings) as store:
        stages = chosen(stages_of(settings, store), names)
        configure_process(settings)
        with at_work(settings, store, stages):
            ended.wait()


def work_beside(settings: Settings, names: Collection[str], processes: int) -> None:
    """Worker processes, each of which comes back when it is killed, until SIGINT or SIGTERM."""
    ended = shutdown_event()
    with open_configured_store(settings) as store:
        check_connections(settings, store, processes)
        chosen(stages_of(settings, store), names)  # a refusal is said once, here
    configure_process(settings)
    with Supervisor() as supervisor:
        for number in range(processes):
            supervisor.keep(f"worker {number + 1}", worker(settings, names, number))
        supervisor.run_until(ended.is_set)


def worker(settings: Settings, names: Collection[str], number: int, **told: str) -> Start:
    """How a worker process is started; each tells its metrics at a port of its own."""
    words = [word for name in names for word in ("--stage", name)]
    port = settings.metrics_port + number if settings.metrics_port else 0
    return partial(
        program, "work", "--alone", *words, settings={"INDELIBLE_METRICS_PORT": str(port), **told}
    )


def schedule_here(settings: Settings) -> None:
    """A scheduler process, until SIGINT or SIGTERM; several are as good as one."""
    ended = shutdown_event()
    with open_configured_store(settings) as store:
        check_connections(settings, store, 1)
        configure_process(settings)
        periodics = periodics_of(settings)
        logger.info(
            "made due by the clock: %s",
            ", ".join(each.name for each in periodics) or "nothing here",
        )
        run_scheduler(
            Worker(store=store, actor=Actor.system("scheduler"), stopping=ended), periodics
        )


def shutdown_event() -> Event:
    """What SIGINT and SIGTERM set from now on."""
    ended = Event()

    def end(*_: object) -> None:
        Thread(
            target=ended.set
        ).start()  # this one may be in the middle of `wait`, which holds what `set` waits for

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return ended
