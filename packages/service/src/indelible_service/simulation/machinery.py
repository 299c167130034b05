"""The machinery of an installation: when workers, schedulers and Stripe's webhooks act."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from attrs import define, field

from indelible_service.simulation.crashes import SimulatedCrash
from indelible_service.simulation.draws import Draws
from indelible_service.simulation.plan import MINUTE
from indelible_service.simulation.processes import (
    CommitNotes,
    SchedulerProcess,
    SimulatedProcess,
    WebProcess,
    WorkerProcess,
)
from indelible_service.simulation.stripe import SimulatedStripe
from indelible_service.simulation.world import Action, World
from indelible_workers.processing.claims import MIN_RESTART_SECONDS

WEB: Final = "web"
SCHEDULER: Final = "scheduler"
STRIPE: Final = "stripe"
MAX_LOOK_SECONDS: Final = 30 * MINUTE  # between two looks of a worker that nothing wakes
# A scheduler enqueues the newest slots only. A task of each minute may be silent for 61 minutes.
SCHEDULER_SECONDS: Final = (40 * MINUTE, 50 * MINUTE)
MAX_WAKE_SECONDS: Final = 2  # from a commit to the look that it causes
# A claim that follows another one begins at the front only after this.
RESTART_SECONDS: Final = MIN_RESTART_SECONDS + 1
# When leases of stages end after a death. A worker of an installation looks every few seconds.
LEASES_END_SECONDS: Final = (61, 121, 301, 601)
NO_ANSWER: Final = 0


@define(kw_only=True, eq=False)
class Machinery:
    """Lets processes act: a worker after commits and when a task is due, the others by time."""

    world: World
    web: WebProcess
    workers: Mapping[str, WorkerProcess]
    scheduler: SchedulerProcess
    stripe: SimulatedStripe
    commits: CommitNotes
    crashes: int = 0
    crashes_of_commits: int = 0  # just before or after a COMMIT
    is_lost: bool = False  # the whole machine, until it is replaced
    started_at: int = 0  # when the last process was started
    _wake_at: dict[str, int] = field(factory=dict[str, int])
    _webhook_at: int | None = None
    _draws: dict[tuple[str, str], Draws] = field(factory=dict[tuple[str, str], Draws])

    def begin(self) -> None:
        """Let every process look for the first time."""
        for name in self.workers:
            self.wake(name, 1)
        self.world.after(1, SCHEDULER, "look", self._schedule)

    def draws(self, actor: str, purpose: str) -> Draws:
        """Return the draws of an actor for a purpose."""
        key = (actor, purpose)
        if key not in self._draws:
            self._draws[key] = self.world.seed.draws(actor, purpose)
        return self._draws[key]

    def processes(self) -> list[SimulatedProcess]:
        """Return all processes."""
        return [self.web, self.scheduler, *self.workers.values()]

    @property
    def running_since(self) -> int | None:
        """Return since when all processes run, in seconds; None while one is dead."""
        if any(process.mortality.is_dead for process in self.processes()):
            return None
        return self.started_at

    def failpoints(self) -> dict[str, int]:
        """Return how often the processes have reached each failpoint."""
        reached: Counter[str] = Counter()
        for process in self.processes():
            reached.update(process.mortality.reached)
        return dict(sorted(reached.items()))

    # After each step

    def after_step(self) -> None:
        """Wake a worker after a commit, and plan the next webhook."""
        living = self._living_workers()
        if self.commits.take() and living:
            name = self.draws("commits", "worker").choice(living)
            self.wake(name, self.draws("commits", "wait").whole(0, MAX_WAKE_SECONDS))
        due = self.stripe.next_webhook_seconds()
        if due is not None and (self._webhook_at is None or due < self._webhook_at):
            self._webhook_at = due
            self.world.at(due, STRIPE, "webhook", self._send_webhook)

    def on_crash(self, _: str) -> None:
        """Let dead processes be started again after their time."""
        for process in self.processes():
            if process.mortality.is_dead and not process.is_restarting:
                process.is_restarting = True
                self.crashes += 1
                self.crashes_of_commits += process.mortality.crashed_at.endswith("_COMMIT")
                wait = process.mortality.down_until - self.world.clock.seconds
                name = process.name
                self.world.note(name, "dies at", process.mortality.crashed_at)
                self.world.after(wait, name, "restart", self._restarter(process))
                for seconds in LEASES_END_SECONDS:
                    self.world.after(seconds, name, "leases end", self._wake_all)

    def _living_workers(self) -> list[str]:
        """Return the names of the workers that neither are dead nor hang, in order."""
        return [name for name in sorted(self.workers) if self.workers[name].is_working]

    def _restarter(self, process: SimulatedProcess) -> Action:
        def restart() -> str:
            if self.is_lost or not process.mortality.is_dead:
                return ""
            self.start_again(process)
            return "done"

        return restart

    def kill(self, process: SimulatedProcess) -> None:
        """Let a process die, and do not start it again."""
        process.mortality.is_dead = True
        process.is_restarting = True

    def start_again(self, process: SimulatedProcess) -> None:
        """Start a process that is dead or hangs, with an empty memory."""
        process.is_restarting = False
        self.started_at = self.world.clock.seconds
        process.restart()
        if isinstance(process, WorkerProcess):
            self.wake(process.name, 0)

    # A lost machine

    def lose(self) -> None:
        """Let all processes die, and start none again."""
        self.is_lost = True
        for process in self.processes():
            self.kill(process)
            process.end()

    def replace(self) -> None:
        """Start all processes again."""
        self.is_lost = False
        for process in self.processes():
            self.world.ids.begin(f"{process.name} starts at {self.world.clock.seconds}")
            self.start_again(process)

    # Workers

    def _wake_all(self) -> str:
        for name in self.workers:
            self.wake(name, 0)
        return ""

    def wake(self, name: str, seconds: int) -> None:
        """Let a worker look in so many seconds, unless it looks sooner."""
        at = self.world.clock.seconds + seconds
        planned = self._wake_at.get(name)
        if planned is not None and planned <= at:
            return
        self._wake_at[name] = at
        self.world.at(at, name, "work", lambda: self._work(name, at))

    def _work(self, name: str, at: int) -> str:
        if self._wake_at.get(name) != at:
            return ""  # it looks sooner than was planned
        del self._wake_at[name]
        process = self.workers[name]
        if not process.is_working:
            return ""

        look = process.look()
        done: list[str] = []
        for stage in self.draws(name, "order").shuffled(process.ready_stages()):
            claimed = process.process(stage)
            if claimed:
                done.append(f"{claimed} {stage}")
        if done:
            self.wake(name, 0)
        elif look.ready:
            self.wake(name, RESTART_SECONDS)
        else:
            wait = MAX_LOOK_SECONDS
            if look.next_at is not None:
                wait = min(wait, max(1, self.world.clock.seconds_until(look.next_at)))
            self.wake(name, wait)
        return ", ".join(done)

    def _schedule(self) -> str:
        lowest, highest = SCHEDULER_SECONDS
        wait = self.draws(SCHEDULER, "wait").whole(lowest, highest)
        self.world.after(wait, SCHEDULER, "look", self._schedule)
        if not self.scheduler.is_working:
            return ""
        self.scheduler.look()
        return "done"

    # Webhooks

    def _send_webhook(self) -> str:
        self._webhook_at = None
        if not self.stripe.engine.sender.send_due():
            return ""
        return "sent"

    def post(self, url: str, payload: bytes, headers: Mapping[str, str]) -> int:
        """Send a webhook to the web process, and return the status; a dead one does not answer."""
        if self.web.mortality.is_dead:
            return NO_ANSWER
        path = url.removeprefix("http://127.0.0.1")
        try:
            answer = self.web.client.post(path, data=payload, headers=dict(headers))
        except SimulatedCrash:
            self.on_crash(WEB)
            return NO_ANSWER
        return answer.status_code
