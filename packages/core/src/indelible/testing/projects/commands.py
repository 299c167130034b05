"""Requirements on the commands on projects and jobs."""

from functools import partial

from attrs import evolve

from indelible import projects
from indelible.kernel import Head, Idempotency, ListOrder
from indelible.projects import (
    PROCESS_JOB_STAGE,
    Job,
    JobFilter,
    JobStatus,
    Project,
    ProjectRepository,
    ProjectStatus,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import (
    OWNER,
    SHOP,
    ProjectScenario,
    Value,
    bind,
    make_spec,
    new_project,
    request_repository,
    with_jobs,
)
from indelible.testing.stores import AnyStore, claim, do, ids, within
from indelible.testing.suite import Suite


def rename(scenario: ProjectScenario, seq: int, **fields: Value) -> Head[Project]:
    """Rename a project."""
    command = projects.RenameProject(
        user_id=OWNER, project_id=scenario.project_id, expected_seq=seq, **fields
    )
    return do(scenario.store, projects.rename_project, command)


def set_nodes(scenario: ProjectScenario, seq: int, nodes: Value) -> Head[Project]:
    """Set the nodes of a project."""
    command = projects.SetNodes(
        user_id=OWNER, project_id=scenario.project_id, expected_seq=seq, nodes=nodes
    )
    return do(scenario.store, projects.set_nodes, command)


def add_prompt(scenario: ProjectScenario, seq: int, prompt: str, **fields: Value) -> Head[Project]:
    """Append a prompt to the history of a project."""
    command = projects.AddPrompt(
        user_id=OWNER, project_id=scenario.project_id, expected_seq=seq, prompt=prompt, **fields
    )
    return do(scenario.store, projects.add_prompt, command)


def cancel(scenario: ProjectScenario, job: Job, seq: int) -> Job:
    """Cancel a job."""
    command = projects.CancelJob(
        user_id=OWNER, job_id=job.id, reason="not needed", expected_seq=seq
    )
    return do(scenario.store, projects.cancel_job, command).entity


def retry(scenario: ProjectScenario, job: Job) -> Job:
    """Retry a job."""
    command = projects.RetryJob(user_id=OWNER, job_id=job.id)
    return do(scenario.store, projects.retry_job, command).entity


class ProjectCommandsConformance(Suite):
    """Requirements on the commands on projects."""

    def test_a_new_project_has_nothing_but_its_name(self, store: AnyStore) -> None:
        command = projects.CreateProject(user_id=OWNER, name="Shop", description="Books")
        saved = do(store, projects.create_project, command)
        project = saved.entity

        assert (saved.revision.seq, project.name, project.description) == (1, "Shop", "Books")
        assert project.status is ProjectStatus.UNBOUND
        assert project.latest_successful_job_id is None
        assert (project.current_nodes, project.prompt_count) == ((), 0)
        assert project.github_repo_url is None
        assert store.read(projects.get_project, OWNER, project.id) == saved
        assert store.read(projects.list_prompts, OWNER, project.id) == ()

    def test_a_rename_without_a_description_keeps_it(self, store: AnyStore) -> None:
        scenario = new_project(store)
        first = rename(scenario, 1, name="Books", description="A shop")
        second = rename(scenario, 2, name="Music")

        assert (first.revision.seq, first.entity.name) == (2, "Books")
        assert (second.entity.name, second.entity.description) == ("Music", "A shop")
        assert rename(scenario, 3, name="Music", description="").entity.description == ""
        assert code(partial(rename, scenario, 2, name="Late")) == "STALE"

    def test_nodes_come_back_as_they_were_set(self, store: AnyStore) -> None:
        scenario = new_project(store)
        nodes = [{"id": "a", "x": 12.5, "data": {"deep": [1, None, True, "ü"]}}, {}]
        saved = set_nodes(scenario, 1, nodes)
        nodes[0]["id"] = "changed"

        assert saved.entity.current_nodes[0] == {
            "id": "a",
            "x": 12.5,
            "data": {"deep": [1, None, True, "ü"]},
        }
        assert saved.entity.current_nodes[1] == {}
        assert scenario.saved == saved
        assert set_nodes(scenario, saved.revision.seq, saved.entity.current_nodes) == saved
        assert set_nodes(scenario, saved.revision.seq, ()).entity.current_nodes == ()

    def test_prompts_are_kept_in_order_with_instant_and_metadata(self, store: AnyStore) -> None:
        scenario = new_project(store)
        first = add_prompt(scenario, 1, "A shop", metadata={"model": "m", "t": 0.5})
        second = add_prompt(scenario, 2, "")
        prompts = store.read(projects.list_prompts, OWNER, scenario.project_id)

        assert [(prompt.number, prompt.prompt) for prompt in prompts] == [(1, "A shop"), (2, "")]
        assert prompts[0].metadata == {"model": "m", "t": 0.5}
        assert [prompt.timestamp for prompt in prompts] == [
            first.entity.updated_at,
            second.entity.updated_at,
        ]
        assert second.entity.prompt_count == len(prompts)
        page = store.read(projects.list_prompts, OWNER, scenario.project_id, after=1, limit=1)
        start = store.read(projects.list_prompts, OWNER, scenario.project_id, after=-1, limit=1)

        assert page == prompts[1:]
        assert start == prompts[:1]

    def test_a_repository_is_requested_until_it_is_set_once(self, store: AnyStore) -> None:
        scenario = new_project(store)
        assert code(partial(bind, scenario)) == "INVALID_TRANSITION"
        first = request_repository(scenario, "taken")
        assert request_repository(scenario, "taken") == first
        second = request_repository(scenario)
        assert second.revision.seq == first.revision.seq + 1
        other_host = evolve(SHOP, host="github")
        assert code(partial(bind, scenario, other_host)) == "REPOSITORY_NOT_REQUESTED"

        bound = bind(scenario)
        assert bound.entity.status is ProjectStatus.BOUND
        assert bound.entity.repository == SHOP
        assert bound.entity.github_repo_url == SHOP.url
        assert code(partial(bind, scenario)) == "REPOSITORY_ALREADY_SET"
        assert code(partial(bind, scenario, other_host)) == "REPOSITORY_ALREADY_SET"
        assert request_repository(scenario, "another") == bound
        assert scenario.saved == bound

    def test_a_bound_project_still_changes_its_name_nodes_and_prompts(
        self, store: AnyStore
    ) -> None:
        scenario = new_project(store)
        request_repository(scenario)
        bound = bind(scenario)
        scenario.finish(scenario.running_job())
        saved = rename(scenario, scenario.saved.revision.seq, name="Books")

        assert saved.entity.repository == bound.entity.repository
        assert saved.entity.prompt_count == 1

    def test_the_methods_of_the_seed_write_through_the_commands(self, store: AnyStore) -> None:
        scenario = new_project(store)
        request_repository(scenario)

        def change(repository: ProjectRepository) -> None:
            project_id = scenario.project_id
            repository.append_prompt_to_history(OWNER, project_id, "A shop", {"a": 1})
            repository.update_current_nodes(OWNER, project_id, ({"id": "a"},))
            repository.set_github_repo_url(OWNER, project_id, SHOP)

        within(store, lambda tx: change(ProjectRepository(tx)))
        other = within(store, lambda tx: ProjectRepository(tx).create(OWNER, "Other", "text"))
        listed = within(store, lambda tx: ProjectRepository(tx).list(OWNER))
        changes = store.read(lambda tx: tx.history.of("project", scenario.project_id))

        assert listed == (other, scenario.project)
        assert within(store, lambda tx: ProjectRepository(tx).get(OWNER, other.id)) == other
        assert [change.action for change in changes] == [
            "create",
            "request_repository",
            "add_prompt",
            "set_nodes",
            "set_github_repo_url",
        ]


class JobCommandsConformance(Suite):
    """Requirements on the commands on jobs."""

    def test_a_job_is_a_snapshot_with_its_prompt(self, store: AnyStore) -> None:
        scenario = new_project(store)
        spec = make_spec(
            "Sell books.", edges=[{"source": "a"}], metadata={"m": 1}, description="text"
        )
        job = scenario.create_job(spec)
        details = scenario.details(job)

        assert details.job == job
        assert details.seq == 1
        assert details.architecture_spec == spec
        assert job.spec_digest == details.architecture_spec.digest()
        assert (job.prompt, job.number, job.status) == ("Sell books.", 1, JobStatus.PENDING)
        assert (details.warnings, details.logs) == ((), ())
        assert (job.result, job.failure_reason, job.completed_at) == (None, None, None)

    def test_a_job_adds_its_prompt_and_nodes_to_the_project(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.create_job(make_spec("Sell books.", metadata={"m": 1}))
        (prompt,) = store.read(projects.list_prompts, OWNER, scenario.project_id)

        assert scenario.project.current_nodes == make_spec().nodes
        assert (prompt.prompt, prompt.number) == ("Sell books.", 1)
        assert prompt.metadata == {"m": 1}
        assert prompt.timestamp == job.created_at

        second = scenario.create_job(make_spec("Sell music."))
        changes = store.read(lambda tx: tx.history.of("project", scenario.project_id))
        assert second.number == job.number + 1
        assert second.created_at > job.created_at
        actions = [change.action for change in changes]
        assert actions == ["create", "set_nodes", "add_prompt", "add_prompt"]

    def test_a_job_is_created_with_its_task(self, store: AnyStore) -> None:
        scenario = new_project(store)
        jobs = [scenario.create_job() for _ in range(2)]

        assert ids(claim(store, 9, stage=PROCESS_JOB_STAGE)) == [job.id for job in jobs]

    def test_a_repeated_job_is_the_head_of_the_first(self, store: AnyStore) -> None:
        scenario = new_project(store)
        command = projects.CreateJob(
            user_id=OWNER, project_id=scenario.project_id, architecture_spec=make_spec()
        )
        once = Idempotency("key-1", Head[Job])
        first = do(store, projects.create_job, command, idempotency=once)
        scenario.start(first.entity)

        assert do(store, projects.create_job, command, idempotency=once) == first
        assert scenario.project.prompt_count == 1

    def test_a_refused_job_leaves_nothing_behind(self, store: AnyStore) -> None:
        scenario = new_project(store)
        before = scenario.saved

        def create_and_start_twice() -> None:
            with_jobs(
                store,
                lambda jobs: [
                    jobs.update_job_status(
                        OWNER,
                        jobs.create_job(OWNER, scenario.project_id, make_spec()).id,
                        JobStatus.RUNNING,
                    )
                    for _ in range(2)
                ],
            )

        assert code(create_and_start_twice) == "JOB_ALREADY_RUNNING"
        assert scenario.saved == before
        assert claim(store, stage=PROCESS_JOB_STAGE) == ()

    def test_jobs_are_listed_newest_first(self, store: AnyStore) -> None:
        scenario = new_project(store)
        jobs = [scenario.create_job(make_spec(f"Prompt {number}")) for number in range(4)]
        new_project(store).create_job()
        failed = scenario.fail(jobs[1])
        newest = store.read(projects.list_jobs, OWNER, scenario.project_id, limit=2)
        position = JobFilter().position_of(newest[-1].entity)
        rest = store.read(projects.list_jobs, OWNER, scenario.project_id, after=position)
        oldest = store.read(
            projects.list_jobs,
            OWNER,
            scenario.project_id,
            matching=JobFilter(order=ListOrder.OLDEST, status=JobStatus.PENDING),
        )

        assert [saved.entity for saved in newest] == [jobs[3], jobs[2]]
        assert [saved.entity for saved in rest] == [failed, jobs[0]]
        assert [saved.entity for saved in oldest] == [jobs[0], jobs[2], jobs[3]]
        listed = with_jobs(
            store, lambda jobs: jobs.list_jobs_for_project(OWNER, scenario.project_id, limit=1)
        )
        assert listed == [jobs[3]]

    def test_a_waiting_job_is_canceled_with_its_task(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.create_job()
        assert code(partial(cancel, scenario, job, 7)) == "STALE"
        canceled = cancel(scenario, job, 1)

        assert canceled.status is JobStatus.FAILED
        assert canceled.failure_reason == "CANCELED: not needed"
        assert canceled.completed_at is not None
        assert claim(store, stage=PROCESS_JOB_STAGE) == ()
        task = store.read(lambda tx: tx.tasks.get(PROCESS_JOB_STAGE, job.id))
        assert task.cancel_reason is not None

    def test_a_running_job_is_canceled_and_its_lease_ends(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.create_job()
        leases = claim(store, stage=PROCESS_JOB_STAGE)
        scenario.start(job)
        assert cancel(scenario, job, 2).status is JobStatus.FAILED

        complete = partial(within, store, lambda tx: tx.tasks.complete(leases))
        assert code(complete) == "LEASE_LOST"

    def test_a_job_whose_task_has_ended_can_be_canceled(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        leases = claim(store, stage=PROCESS_JOB_STAGE)
        within(store, lambda tx: tx.tasks.complete(leases))

        assert cancel(scenario, job, 2).status is JobStatus.FAILED

    def test_an_ended_job_is_not_canceled(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.job_in(JobStatus.COMPLETED)

        assert code(partial(cancel, scenario, job, 3)) == "INVALID_TRANSITION"

    def test_only_a_failed_job_is_retried_as_a_new_one(self, store: AnyStore) -> None:
        scenario = new_project(store)
        spec = make_spec("Sell books.")
        job = scenario.create_job(spec)
        assert code(partial(retry, scenario, job)) == "JOB_NOT_FAILED"
        failed = scenario.fail(job)
        again = retry(scenario, job)

        assert again.id != job.id
        assert (again.status, again.number) == (JobStatus.PENDING, 2)
        assert again.spec_digest == job.spec_digest
        assert scenario.details(again).architecture_spec == spec
        assert scenario.details(job).job == failed
        scenario.finish(scenario.start(again))
        assert code(partial(retry, scenario, again)) == "JOB_NOT_FAILED"

    def test_a_retry_keeps_the_nodes_that_the_project_has_by_now(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.create_job(make_spec())
        scenario.fail(job)
        seq = scenario.store.read(projects.get_project, OWNER, scenario.project_id).revision.seq
        newer = set_nodes(scenario, seq, ({"id": "newer"},)).entity

        retry(scenario, job)

        assert scenario.project.current_nodes == newer.current_nodes
