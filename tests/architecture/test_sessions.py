"""The sessions of nox: each test belongs to one, and no file becomes expensive unnoticed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests import cost_limits, cost_report, large_doses, proofs
from tests.architecture.sources import ROOT
from tests.cost_report import Cost

FILE = "tests/core/test_example.py"
LEAST_SECONDS = 0.15  # of children that compute for 0.2: the kernel counts ticks of 0.01


def cost(test: str, *, seconds: float = 0.0, processor_seconds: float = 0.0) -> Cost:
    return Cost(test, "call", seconds, processor_seconds, {})


def test_a_file_over_its_limit_is_named() -> None:
    spent = {FILE: 0.01 * (cost_limits.MAX_LOOPS + 1), "tests/core/test_other.py": 0.01}

    (line,) = cost_limits.excesses(spent, 0.01, expensive={})

    assert line == f"{FILE}: 8,001 loops of processor time, expected at most 8,000"


def test_a_listed_file_may_cost_more() -> None:
    spent = {FILE: 0.01 * (cost_limits.MAX_LOOPS + 1)}

    assert cost_limits.excesses(spent, 0.01, expensive={FILE: "a reason"}) == []


def test_each_listed_file_exists_and_is_no_proof() -> None:
    for file in cost_limits.EXPENSIVE:
        assert (ROOT / file).is_file(), file
        assert not proofs.contains_file(file), file


LARGE = (*large_doses.GROUPS, *large_doses.CASES)


@pytest.mark.parametrize("groups", [proofs.GROUPS, LARGE], ids=["proofs", "large"])
def test_each_group_exists_once(groups: tuple[str, ...]) -> None:
    for group in groups:
        path, *names = group.split("::")
        assert (ROOT / path).exists(), group
        for name in names:
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^ *(?:async )?(?:def|class) {name}\W", text, re.MULTILINE), group

        others = [other for other in groups if other != group]
        assert not any(proofs.begins(group, other) for other in others), group


def test_every_large_dose_is_a_proof() -> None:
    """A group that was no proof would be run by `nox -s tests`, whatever the list says."""
    for group in large_doses.GROUPS:
        assert proofs.contains(group), group
    for function, words in large_doses.CASES.items():
        for word in words:
            assert proofs.contains(f"{function}[{word}]"), function


def test_a_case_that_is_not_named_stays_in_the_gate() -> None:
    for function, words in large_doses.CASES.items():
        assert not large_doses.contains(f"{function}[another]"), function
        assert all(large_doses.contains(f"{function}[a {word}]") for word in words), function


def test_what_stays_is_run_by_the_tests() -> None:
    """A file that is left out as a proof would be collected by neither session."""
    for function in proofs.STAYING:
        assert not proofs.contains(function), function
        assert not proofs.contains_file(function.partition("::")[0]), function


def test_a_group_contains_what_is_below_it_and_no_name_that_only_begins_alike() -> None:
    assert proofs.begins("tests/a/test_b.py::test_c", "tests/a")
    assert proofs.begins("tests/a/test_b.py::test_c", "tests/a/test_b.py")
    assert proofs.begins("tests/a/test_b.py::test_c", "tests/a/test_b.py::test_c")
    assert not proofs.begins("tests/ab/test_b.py::test_c", "tests/a")
    assert not proofs.begins("tests/a/test_b.py::test_cd", "tests/a/test_b.py::test_c")


def test_a_case_on_postgresql_is_a_proof_where_the_same_test_runs_on_sqlite() -> None:
    assert proofs.contains("tests/web/test_a.py::test_b[postgresql-c]")
    assert not proofs.contains("tests/web/test_a.py::test_b[sqlite-c]")
    assert proofs.contains("tests/examples/test_a.py::test_b[c-database]")
    assert not proofs.contains("tests/examples/test_a.py::test_b[sqlite_url-c]")
    assert not proofs.contains("tests/examples/test_a.py::test_b[database_gone]")
    assert not proofs.contains("tests/sql/test_a.py::test_b[postgresql-c]")


def test_a_case_in_memory_is_a_proof_where_the_same_test_runs_on_sqlite() -> None:
    assert proofs.contains("tests/web/test_a.py::test_b[memory-c]")
    assert not proofs.contains("tests/workers/test_a.py::test_b[memory-c]")


def test_a_case_on_sqlite_is_a_proof_where_the_same_test_runs_on_postgresql() -> None:
    assert proofs.contains("tests/sql/test_a.py::test_b[sqlite-c]")
    assert proofs.contains("tests/sql/test_a.py::test_b[async_sqlite]")
    assert proofs.contains("tests/own/test_a.py::test_b[sqlite_url-c]")
    assert not proofs.contains("tests/own/test_a.py::test_b[database-c]")
    assert not proofs.contains("tests/sql/test_a.py::test_b[sqlite-postgresql]")
    assert not proofs.contains("tests/sql/test_a_sqlite_file.py::test_sqlite[c]")
    assert not proofs.contains("tests/conformance/test_stores.py::TestSqliteKernel::test_a[c]")


def test_a_function_may_have_cases_that_stay() -> None:
    for function, cases in proofs.STAYING_CASES.items():
        path, _, name = function.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), function
        for case in cases:
            assert not proofs.contains(f"{function}[{case}]"), case
        assert proofs.contains(f"{function}[another]")

    pages = {path.stem for path in (ROOT / "docs").rglob("*.md")} | {"README"}
    assert pages.issuperset(proofs.STAYING_CASES[proofs.FOLLOWED])


def test_the_attacks_of_the_application_belong_to_the_tests() -> None:
    function = "tests/guards/test_attacks.py::test_every_illegal_write_is_refused"
    assert not proofs.contains(f"{function}[postgresql, application]")
    assert not proofs.contains(f"{function}[sqlite, keys on]")
    assert proofs.contains(f"{function}[postgresql, owner]")
    assert proofs.contains(f"{function}[sqlite, keys off]")


def test_the_slowest_tests_come_first_with_their_fixtures() -> None:
    costs = [cost("a", seconds=1), cost("b", seconds=2), cost("a", seconds=3)]

    assert cost_report.slowest(costs) == [(4, "a"), (2, "b")]


def test_the_processor_time_of_a_folder_is_that_of_its_files() -> None:
    costs = [
        cost(f"{FILE}::test_a", processor_seconds=1),
        cost(f"{FILE}::test_b[1]", processor_seconds=2),
    ]

    assert cost_report.seconds_by_folder(costs) == {"tests/core": 3}


def test_children_count_for_the_processor_time() -> None:
    before = cost_report.family_seconds()
    work = "import time\nwhile time.process_time() < 0.2: pass"
    subprocess.run((sys.executable, "-S", "-c", work), check=True)

    assert cost_report.family_seconds() - before >= LEAST_SECONDS


def test_a_running_child_counts_for_the_processor_time() -> None:
    before = cost_report.family_seconds()
    compute = "import sys, time\nwhile time.process_time() < 0.2: pass\n"
    work = f"{compute}print(flush=True); sys.stdin.read()"
    command = (sys.executable, "-S", "-c", work)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        spent = cost_report.family_seconds() - before

    assert spent >= LEAST_SECONDS


def test_a_run_with_a_file_over_its_limit_fails(tmp_path: Path) -> None:
    """Run a file that only computes, in a pytest of its own, with a limit of two loops."""
    (tmp_path / "conftest.py").write_text(
        "from tests import cost_limits, cost_report\n"
        "cost_limits.MAX_LOOPS = 2\n"
        "def pytest_addoption(parser): cost_report.add_options(parser)\n"
        "def pytest_configure(config): cost_report.register(config, is_limited=True)\n"
    )
    (tmp_path / "test_busy.py").write_text(
        "from tests.cost_report import calibration_seconds\n"
        "def test_busy(): [calibration_seconds() for _ in range(40)]\n"
    )
    command = (
        sys.executable,
        "-m",
        "pytest",
        "--costs",
        "-c",
        os.devnull,
        "--rootdir",
        tmp_path,
        tmp_path,
    )
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    run = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)

    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout
    assert "test_busy.py: " in run.stdout
    assert "1 passed" in run.stdout
