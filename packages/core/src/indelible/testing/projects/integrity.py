"""Requirements on owners, hostile values, and what no store may change."""

from collections.abc import Callable
from functools import partial

from attrs import evolve

from indelible import projects
from indelible.app import WriteTx
from indelible.kernel.aggregates import save_change
from indelible.projects import (
    ArchitectureSpec,
    Job,
    JobRepository,
    JobStatus,
    Phase,
    ProjectRepository,
)
from indelible.projects.entities.values import NO_OUTPUT, OutputBatch
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.commands import add_prompt, rename, set_nodes
from indelible.testing.projects.scenarios import (
    OWNER,
    PUSHED,
    SHOP,
    STRANGER,
    ProjectScenario,
    Value,
    bind,
    line,
    make_spec,
    new_project,
    request_repository,
)
from indelible.testing.stores import AnyStore, do, within
from indelible.testing.suite import Suite

UNKNOWN = "nobody"


def nested(levels: int) -> dict[str, Value]:
    """Return objects within objects."""
    value: dict[str, Value] = {}
    for _ in range(levels - 1):
        value = {"inner": value}
    return value


def project_calls(store: AnyStore, user_id: str, project_id: str) -> list[Callable[[], object]]:
    """Return a call of everything that a user can ask of a project."""
    own: dict[str, Value] = {"user_id": user_id, "project_id": project_id}
    rename_it = projects.RenameProject(**own, expected_seq=9, name="Mine")
    set_its_nodes = projects.SetNodes(**own, expected_seq=9, nodes=())
    prompt_it = projects.AddPrompt(**own, expected_seq=9, prompt="Mine")
    create_job = projects.CreateJob(**own, architecture_spec=make_spec())

    def repository(method: str, *arguments: Value) -> object:
        def call(tx: WriteTx) -> object:
            return getattr(ProjectRepository(tx), method)(user_id, project_id, *arguments)

        return within(store, call)

    return [
        lambda: store.read(projects.get_project, user_id, project_id),
        lambda: store.read(projects.list_prompts, user_id, project_id),
        lambda: store.read(projects.list_jobs, user_id, project_id),
        partial(do, store, projects.rename_project, rename_it),
        partial(do, store, projects.set_nodes, set_its_nodes),
        partial(do, store, projects.add_prompt, prompt_it),
        partial(do, store, projects.create_job, create_job),
        partial(repository, "get"),
        partial(repository, "update_current_nodes", ()),
        partial(repository, "append_prompt_to_history", "Mine"),
        partial(repository, "set_github_repo_url", SHOP),
        partial(repository, "update_latest_job", UNKNOWN),
    ]


def job_calls(store: AnyStore, user_id: str, job_id: str) -> list[Callable[[], object]]:
    """Return a call of everything that a user can ask of a job."""
    cancel = projects.CancelJob(user_id=user_id, job_id=job_id, reason="mine", expected_seq=9)
    retry = projects.RetryJob(user_id=user_id, job_id=job_id)

    def repository(method: str, *arguments: Value) -> object:
        def call(tx: WriteTx) -> object:
            return getattr(JobRepository(tx), method)(user_id, job_id, *arguments)

        return within(store, call)

    return [
        lambda: store.read(projects.get_job, user_id, job_id),
        lambda: store.read(projects.job_logs, user_id, job_id),
        partial(do, store, projects.cancel_job, cancel),
        partial(do, store, projects.retry_job, retry),
        partial(repository, "get_job"),
        partial(repository, "update_job_status", JobStatus.RUNNING),
        partial(repository, "append_job_logs", (line("mine"),)),
        partial(repository, "append_job_warnings", ("mine",)),
    ]


class ProjectIntegrityConformance(Suite):
    """Requirements on owners, on values, and on fixed fields."""

    def test_another_user_finds_neither_project_nor_job(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        before = scenario.saved
        for user_id, project_id in ((STRANGER, scenario.project_id), (OWNER, UNKNOWN)):
            for number, call in enumerate(project_calls(store, user_id, project_id)):
                assert code(call) == "PROJECT_NOT_FOUND", number
        for user_id, job_id in ((STRANGER, job.id), (OWNER, UNKNOWN)):
            for number, call in enumerate(job_calls(store, user_id, job_id)):
                assert code(call) == "JOB_NOT_FOUND", number

        assert scenario.saved == before
        assert scenario.details(job).job == job
        assert store.read(projects.list_projects, STRANGER) == ()

    def test_commands_of_the_system_refuse_unknown_ids(self, store: AnyStore) -> None:
        unknown = ProjectScenario(store, UNKNOWN)
        job = evolve(new_project(store).create_job(), id=UNKNOWN)
        of_projects = (request_repository, bind)
        of_jobs = (unknown.start, unknown.progress, unknown.finish, unknown.fail)

        for call in of_projects:
            assert code(partial(call, unknown)) == "PROJECT_NOT_FOUND"
        for job_call in of_jobs:
            assert code(partial(job_call, job)) == "JOB_NOT_FOUND"

    def test_hostile_values_of_projects_are_refused_with_a_code(self, store: AnyStore) -> None:
        scenario = new_project(store)
        before = scenario.saved
        seq = before.revision.seq
        cases: list[tuple[str, Callable[[], object]]] = [
            ("TEXT_BLANK", partial(rename, scenario, seq, name=" ")),
            ("TEXT_TOO_LONG", partial(rename, scenario, seq, name="n" * 1_001)),
            ("TEXT_HAS_CONTROLS", partial(rename, scenario, seq, name="a\x07b")),
            ("TEXT_UNSTORABLE", partial(rename, scenario, seq, name="a", description="\0")),
            ("WRONG_TYPE", partial(set_nodes, scenario, seq, "nodes")),
            ("WRONG_TYPE", partial(set_nodes, scenario, seq, [1])),
            ("JSON_LIMIT_EXCEEDED", partial(set_nodes, scenario, seq, [nested(40)])),
            ("JSON_LIMIT_EXCEEDED", partial(set_nodes, scenario, seq, [{"t": "x" * 2_000_000}])),
            ("JSON_LIMIT_EXCEEDED", partial(set_nodes, scenario, seq, [{"n": 10**700}])),
            ("TEXT_UNSTORABLE", partial(set_nodes, scenario, seq, [{"t": "\0"}])),
            ("DUPLICATE_JSON_KEY", partial(set_nodes, scenario, seq, [{1: 1, "1": 2}])),
            ("LIST_TOO_LONG", partial(set_nodes, scenario, seq, [{}] * 10_001)),
            ("WRONG_USE", partial(set_nodes, scenario, seq, [{"n": float("nan")}])),
            ("TEXT_TOO_LONG", partial(add_prompt, scenario, seq, "p" * 20_001)),
            ("WRONG_TYPE", partial(add_prompt, scenario, seq, "p", metadata=[])),
            ("WRONG_TYPE", partial(scenario.progress, _job("j"), phase="push")),
            ("WRONG_TYPE", partial(scenario.progress, _job("j"), logs=("text",))),
            ("WRONG_TYPE", partial(scenario.progress, _job("j"), warnings="text")),
            ("TEXT_BLANK", partial(scenario.fail, _job("j"), "")),
        ]
        for number, (expected, call) in enumerate(cases):
            assert code(call) == expected, number

        assert scenario.saved == before

    def test_the_largest_specification_comes_back_as_it_was(self, store: AnyStore) -> None:
        scenario = new_project(store)
        text = "ü" * 500_000
        spec = ArchitectureSpec(
            name="n" * 1_000,
            description="d" * 20_000,
            prompt="\t\n\x07" + "p" * 19_997,
            nodes=[{"text": text, "deep": nested(30)}],
            edges=[{"text": text}, *[{"id": number} for number in range(1_000)]],
            metadata={"text": text, "fraction": 0.1, "large": 10**600},
        )
        job = scenario.create_job(spec)

        assert scenario.details(job).architecture_spec == spec
        assert scenario.project.current_nodes == spec.nodes

    def test_a_prompt_of_spaces_is_stored_as_it_is(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.create_job(make_spec("  \n ", nodes=()))
        (prompt,) = store.read(projects.list_prompts, OWNER, scenario.project_id)

        assert job.prompt == prompt.prompt == "  \n "

    def test_a_project_keeps_its_owner_and_its_repository(self, store: AnyStore) -> None:
        scenario = new_project(store)
        request_repository(scenario)
        bind(scenario)
        changes: tuple[dict[str, Value], ...] = (
            {"user_id": STRANGER},
            {"github_repo_url": "local:other"},
            {"repository_id": "18"},
            {"repository_host": "github"},
            {"repository_name": "other"},
            {"repository_branch": "other"},
        )
        for fields in changes:
            assert code(partial(_force_project, scenario, fields)) == "FIELD_FIXED", fields

    def test_a_job_keeps_what_it_was_created_with(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        changes: tuple[dict[str, Value], ...] = (
            {"project_id": new_project(store).project_id},
            {"user_id": STRANGER},
            {"number": 2},
            {"prompt": "Sell music."},
            {"spec_digest": make_spec("Sell music.").digest()},
        )
        for fields in changes:
            assert code(partial(_force_job, scenario, job, fields)) == "FIELD_FIXED", fields

    def test_a_job_is_completed_at_the_time_of_the_change(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()

        def save(tx: WriteTx) -> None:
            head = tx.projects.jobs.lock(job.id)
            ended = head.entity.finished(PUSHED, NO_OUTPUT, now=tx.clock.now())
            earlier = evolve(ended, completed_at=job.created_at)
            save_change(tx, tx.projects.jobs, head, earlier, "complete")

        assert code(partial(within, store, save)) == "FIELD_NOT_OF_STATE"

    def test_a_change_of_a_job_adds_its_output_and_no_second_specification(
        self, store: AnyStore
    ) -> None:
        scenario = new_project(store)
        job = scenario.running_job()

        def save(tx: WriteTx, batch: OutputBatch | None, *, with_spec: bool) -> None:
            head = tx.projects.jobs.lock(job.id)
            ended = head.entity.finished(PUSHED, NO_OUTPUT, now=tx.clock.now())
            records: list[Value] = []
            if batch is not None:
                records.append(ended.new_output(batch))
            if with_spec:
                records.append(ended.new_spec(make_spec()))
            save_change(tx, tx.projects.jobs, head, ended, "complete", records=records)

        without_output = partial(save, batch=None, with_spec=False)
        with_spec = partial(save, batch=NO_OUTPUT, with_spec=True)
        for attempt in (without_output, with_spec):
            assert code(partial(within, store, attempt)) == "RECORDS_DIFFER"


def _job(job_id: str) -> Job:
    """Return a job that is not stored."""
    return Job.create(
        "create",
        now=line("").ts,
        id=job_id,
        project_id="p",
        user_id=OWNER,
        number=1,
        prompt="",
        spec_digest="0" * 64,
    )


def _force_project(scenario: ProjectScenario, fields: dict[str, Value]) -> None:
    """Save a renamed project with other values of its fields."""

    def save(tx: WriteTx) -> None:
        head = tx.projects.projects.lock(scenario.project_id)
        renamed = head.entity.renamed("Other", None, now=tx.clock.now())
        forced = evolve(renamed, **fields)
        save_change(tx, tx.projects.projects, head, forced, "rename")

    within(scenario.store, save)


def _force_job(scenario: ProjectScenario, job: Job, fields: dict[str, Value]) -> None:
    """Save a job's next phase with other values of its fields."""

    def save(tx: WriteTx) -> None:
        head = tx.projects.jobs.lock(job.id)
        progressed = head.entity.progressed(NO_OUTPUT, phase=Phase.PUSH, now=tx.clock.now())
        forced = evolve(progressed, **fields)
        records = (forced.new_output(NO_OUTPUT),)
        save_change(tx, tx.projects.jobs, head, forced, "progress", records=records)

    within(scenario.store, save)
