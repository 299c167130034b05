"""The metrics of jobs: outcomes, phases, pushes and cleanups that failed."""

from pathlib import Path

from tests.project_jobs import AheadClock, JobSetup

from indelible.memory import MemoryStore
from indelible.projects.entities.values import Phase
from indelible_service.contexts.project_metrics import JobMetrics


def value(metrics: JobMetrics, name: str, **labels: str) -> float | None:
    """Return the value of a sample, None without one."""
    return metrics.registry.get_sample_value(name, labels)


def test_every_series_exists_before_the_first_job() -> None:
    metrics = JobMetrics()

    assert value(metrics, "indelible_jobs_total", outcome="failed", phase="push") == 0
    assert value(metrics, "indelible_job_pushes_total", outcome="rejected") == 0
    assert value(metrics, "indelible_job_phase_seconds_count", phase="commit") == 0
    assert value(metrics, "indelible_job_workspaces") == 0


def test_a_job_is_counted_by_its_end_and_measured_by_its_phases(tmp_path: Path) -> None:
    clock = AheadClock()
    setup = JobSetup(store=MemoryStore(clock=clock), folder=tmp_path, clock=clock)
    metrics = JobMetrics()
    setup.job(setup.project())
    setup.job(setup.project(), nodes=(), edges=())

    setup.process(observer=metrics)

    assert value(metrics, "indelible_jobs_total", outcome="completed", phase="push") == 1
    assert value(metrics, "indelible_jobs_total", outcome="failed", phase="generate") == 1
    assert value(metrics, "indelible_job_pushes_total", outcome="pushed") == 1
    assert value(metrics, "indelible_job_workspaces") == 0
    for phase in Phase:
        assert value(metrics, "indelible_job_phase_seconds_count", phase=phase.value)


def test_a_failed_cleanup_is_counted() -> None:
    metrics = JobMetrics()

    metrics.workspace_created()
    metrics.workspace_left()
    metrics.cleanup_failed()
    metrics.remaining_requests(4_999)

    assert value(metrics, "indelible_job_cleanup_failures_total") == 1
    assert value(metrics, "indelible_git_host_remaining_requests") == 4_999
