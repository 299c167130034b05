"""The builders of a simulation: users who create projects and their jobs over HTTP."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from attrs import define, field

from indelible.projects.lifecycle import JOB, PROJECT
from indelible_service.simulation.answers import Answer
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import DAY, HOUR, MINUTE, PlannedJob, PlannedProject
from indelible_service.simulation.world import Action

SCOPES: Final = ("projects:read", "projects:write")
PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "shop": ("frontend", "Shop"),
    "api": ("backend", "Orders API"),
    "login": ("auth", "Login"),
    "orders": ("database", "Orders"),
    "stock": ("database", "Stock"),
    "mail": ("backend", "Mail"),
    "files": ("storage", "Files"),
}
MIDDLE: Final = "api"  # with which all other parts are connected
WATCH_SECONDS: Final = 30 * MINUTE
CALM_SECONDS: Final = 8 * HOUR  # at the end, in which nobody creates a job again
FAILED: Final = "failed"
ENDED: Final = ("completed", "completed_with_warnings", FAILED)
CANCELED: Final = "CANCELED"


@define(kw_only=True, eq=False)
class Builders:
    """Lets builders act by the plan; a job that has failed is created again."""

    people: People
    project_ids: dict[str, str] = field(factory=dict[str, str])
    job_ids: dict[str, str] = field(factory=dict[str, str])  # the newest of each planned job
    canceled: int = 0
    repeated: int = 0
    _tries: dict[str, int] = field(factory=dict[str, int])

    def begin(self) -> None:
        """Give the builders keys, and let the plan come."""
        plan = self.people.plan
        for user in sorted({project.user for project in plan.projects}):
            self.people.admit(user, SCOPES)
        world = self.people.world
        for project in plan.projects:
            world.at(project.at, project.name, "create", self._project_creator(project))
        for job in plan.jobs:
            world.at(job.at, job.name, "create", self._job_creator(job))

    def _project(self, job: PlannedJob) -> PlannedProject:
        for project in self.people.plan.projects:
            if project.name == job.project:
                return project
        raise KeyError(job.project)

    def _project_creator(self, project: PlannedProject) -> Action:
        def create() -> str:
            body = {"name": project.name, "description": "", "reason": "simulation"}
            key = f"create:{project.name}"
            answer = self.people.ask(project.user, "/v1/projects", key, body)
            if not answer.is_success:
                return self.people.retry(project.name, "create", answer, create)
            self.project_ids[project.name] = str(answer.document["id"])
            return answer.code

        return create

    def _job_creator(self, job: PlannedJob) -> Action:
        def create() -> str:
            project_id = self.project_ids.get(job.project)
            if project_id is None:
                no_project = Answer(0, {"code": "NO_PROJECT"})
                return self.people.retry(job.name, "create", no_project, create)
            body = {
                "project_id": project_id,
                "architecture_spec": specification(job),
                "reason": "simulation",
            }
            key = f"create:{job.name}:{self._tries.get(job.name, 0)}"
            answer = self.people.ask(self._project(job).user, "/v1/jobs", key, body)
            if not answer.is_success:
                return self.people.retry(job.name, "create", answer, create)
            self._created(job, str(answer.document["id"]))
            return answer.code

        return create

    def _created(self, job: PlannedJob, job_id: str) -> None:
        is_first = job.name not in self.job_ids
        self.job_ids[job.name] = job_id
        world = self.people.world
        if job.cancel_after_seconds is not None and is_first:
            world.after(job.cancel_after_seconds, job.name, "cancel", self._canceler(job))
        world.after(WATCH_SECONDS, job.name, "watch", self._watcher(job, job_id))

    def _canceler(self, job: PlannedJob) -> Action:
        def cancel() -> str:
            path = f"/v1/jobs/{self.job_ids.get(job.name)}"
            user = self._project(job).user
            seen = self.people.see(user, path)
            if not seen.is_success or seen.document["status"] in ENDED:
                return ""
            body = {"reason": "changed my mind"}
            answer = self.people.ask(
                user, f"{path}/cancel", f"cancel:{job.name}", body, match=seen.tag
            )
            self.canceled += answer.is_success
            return answer.code

        return cancel

    def _watcher(self, job: PlannedJob, job_id: str) -> Action:
        def watch() -> str:
            if self.job_ids.get(job.name) != job_id:
                return ""  # a restore has lost it
            user = self._project(job).user
            seen = self.people.see(user, f"/v1/jobs/{job_id}")
            status = str(seen.document.get("status", ""))
            if status not in ENDED:
                return self._watch_again(job, watch, seen)
            if status == FAILED and not str(seen.document["error"]).startswith(CANCELED):
                self._create_again(job)
            return status

        return watch

    def _watch_again(self, job: PlannedJob, watch: Action, seen: Answer) -> str:
        self.people.world.after(WATCH_SECONDS, job.name, "watch", watch)
        return seen.code

    def notice_losses(self, births: Collection[tuple[str, str]]) -> None:
        """Create the projects and jobs again whose births a restore has lost."""
        world = self.people.world
        for project in self.people.plan.projects:
            if (PROJECT.name, self.project_ids.get(project.name, "")) in births:
                del self.project_ids[project.name]
                world.after(MINUTE, project.name, "create again", self._project_creator(project))
        for job in self.people.plan.jobs:
            if (JOB.name, self.job_ids.get(job.name, "")) in births:
                del self.job_ids[job.name]
                self._tries[job.name] = self._tries.get(job.name, 0) + 1
                world.after(2 * MINUTE, job.name, "create again", self._job_creator(job))

    def _create_again(self, job: PlannedJob) -> None:
        """Create the job again, unless the end of the simulation is near."""
        world = self.people.world
        if world.clock.seconds > self.people.plan.days * DAY - CALM_SECONDS:
            return
        self.repeated += 1
        self._tries[job.name] = self._tries.get(job.name, 0) + 1
        world.after(MINUTE, job.name, "create again", self._job_creator(job))


def specification(job: PlannedJob) -> dict[str, Any]:
    """Return the architecture that a job builds."""
    nodes: list[dict[str, str]] = []
    edges: list[dict[str, str]] = []
    for part in job.parts:
        kind, label = PARTS[part]
        nodes.append({"id": part, "type": kind, "label": label})
        if part != MIDDLE:
            edges.append({"source": MIDDLE, "target": part})

    return {
        "name": "Fruit Shop",
        "description": f"Revision {job.revision}.",
        "prompt": "An online shop that sells fruit, with a catalogue and a basket",
        "nodes": nodes,
        "edges": edges,
    }
