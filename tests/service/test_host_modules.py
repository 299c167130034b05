"""`indelible work --module` runs the stages that a module of the host exports."""

import sys
from collections.abc import Generator
from pathlib import Path
from textwrap import dedent

import pytest
from tests.service.commands import error_code
from tests.service.processes import run, start_command, stop_command
from tests.workers.bakery import enqueue, get_task, wait_until

from indelible_service.database import open_configured_store
from indelible_service.hosts.modules import (
    HostModuleUnusable,
    host_recurring_tasks,
    host_stages,
)
from indelible_service.processes.building import build_stages
from indelible_service.processes.workers import StageSelection, StageUnknown, selected_stages
from indelible_service.settings.service import Settings, load
from indelible_sql import SqlStore

START_SECONDS = 240  # of three interpreters, on a machine that runs other tests

STAGE = """
from indelible.kernel.stages import Stage
from indelible_workers import RecurringTask

def bake(name, handle):
    handle.check()

LOAF = Stage(name="bake", batch=1, lifecycle=None, acts_outside=True, perform=bake)
HOURLY = RecurringTask(name="hourly", stage="bake", every_seconds=3600)
"""


@pytest.fixture(autouse=True)
def own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Work in an empty directory, and forget the modules that were imported from it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("shop_"):
            del sys.modules[name]


def write_module(name: str, source: str) -> str:
    """Write a module into the working directory and return its name."""
    Path(f"{name}.py").write_text(STAGE + dedent(source))
    return name


@pytest.mark.parametrize(
    "source",
    ["stages = [LOAF]", "stages = (LOAF,)", "def stages(store):\n    return [LOAF]"],
)
def test_a_module_exports_a_sequence_or_a_function_of_the_store(
    sqlite: SqlStore, source: str
) -> None:
    module = write_module("shop_good", source)

    assert [stage.name for stage in host_stages([module], sqlite)] == ["bake"]
    assert host_recurring_tasks([module], sqlite) == []


def test_a_module_may_export_recurring_tasks(
    sqlite: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    module = write_module("shop_hourly", "recurring_tasks = [HOURLY]")

    assert [task.name for task in host_recurring_tasks([module], sqlite)] == ["hourly"]
    assert not caplog.messages


def test_a_module_without_recurring_tasks_is_logged(
    sqlite: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    misspelled = write_module("shop_typo", "recurring_task = [HOURLY]")

    assert host_recurring_tasks([misspelled], sqlite) == []
    assert caplog.messages == ["scheduler: module shop_typo exports no 'recurring_tasks'"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "it exports no 'stages'"),
        ("stages = []", "it exports no 'stages'"),
        ("stages = LOAF", "'stages' is Stage, expected a sequence or a function"),
        ("stages = 'bake'", "'stages' is str, expected a sequence or a function"),
        ("stages = {'bake': LOAF}", "'stages' is dict, expected a sequence or a function"),
        ("stages = [LOAF, 7]", "'stages' contains int, expected Stage"),
        ("def stages(store):\n    return store.secret", "'stages' fails (AttributeError: "),
        ("raise ValueError('password=hunter2')", "its import fails (ValueError: password=***)"),
    ],
)
def test_a_module_that_exports_no_stages_is_refused(
    sqlite: SqlStore, source: str, problem: str
) -> None:
    module = write_module("shop_bad", source)

    with pytest.raises(HostModuleUnusable) as refused:
        host_stages([module], sqlite)

    assert refused.value.module == module
    assert problem in refused.value.problem


def test_the_stages_of_modules_are_selected_by_name(sqlite: SqlStore) -> None:
    module = write_module("shop_good", "stages = [LOAF]")
    settings = Settings(database_url=sqlite.own_url)
    own_names = set(build_stages(settings, sqlite))

    def names(*stages: str) -> set[str]:
        return set(selected_stages(settings, sqlite, StageSelection(stages, (module,))))

    assert set(selected_stages(settings, sqlite, StageSelection())) == own_names
    assert names() == {"bake"}
    assert names("bake", "seal") == {"bake", "seal"}
    with pytest.raises(StageUnknown):
        names("unknown")


def test_a_name_that_exists_already_is_refused(sqlite: SqlStore) -> None:
    module = write_module(
        "shop_seal", "from attrs import evolve\nstages = [evolve(LOAF, name='seal')]"
    )
    settings = Settings(database_url=sqlite.own_url)

    with pytest.raises(HostModuleUnusable, match="stage 'seal' exists already"):
        selected_stages(settings, sqlite, StageSelection((), (module,)))
    twice = write_module("shop_good", "stages = [LOAF, LOAF]")
    with pytest.raises(HostModuleUnusable, match="exists already"):
        selected_stages(settings, sqlite, StageSelection((), (twice,)))


@pytest.mark.slow
def test_a_command_refuses_a_module_with_a_code() -> None:
    run("db", "upgrade")

    assert error_code("work", "--module", "shop_missing") == "HOST_MODULE_UNUSABLE"
    module = write_module(
        "shop_child",
        """
        from attrs import evolve

        stages = [evolve(LOAF, in_child=True, perform=lambda name, handle: name)]
        """,
    )
    assert error_code("work", "--module", module) == "PERFORM_NOT_PICKLABLE"


@pytest.mark.dose
@pytest.mark.parametrize("is_alone", [True, False])
def test_a_worker_process_runs_the_stages_of_a_module(tmp_path: Path, *, is_alone: bool) -> None:
    run("db", "upgrade")
    write_module(
        "shop_good",
        "from attrs import evolve\nstages = [LOAF, evolve(LOAF, name='toast', in_child=True)]",
    )
    words = ["work", "--module", "shop_good"]
    if is_alone:
        words.append("--alone")
    with open_configured_store(load()) as store:
        enqueue(store, "loaf")
        enqueue(store, "slice", stage="toast")
        with start_command(*words, cwd=tmp_path, INDELIBLE_DISPATCH_SECONDS="1") as process:
            wait_until(lambda: get_task(store, "loaf").due_at is None, START_SECONDS)
            wait_until(lambda: get_task(store, "slice", "toast").due_at is None, START_SECONDS)
            assert stop_command(process) == 0
