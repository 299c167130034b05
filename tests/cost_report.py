"""Measure what each test costs, and report it: a plugin that `tests/conftest.py` registers.

Processor time is that of the test's process and of every process below it, servers included. With
`--costs`, the controller prints the slowest tests and the processor time of each folder, and fails
the run if a file needs more than `tests.cost_limits` allows. With `--costs-file`, it also counts
what the tests start and wait for, and writes a line of JSON for each phase of each test.
"""

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any, SupportsIndex

import pytest
from attrs import asdict, define, field, frozen
from tests import cost_limits

SLOWEST = 20
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PHASES = ("setup", "call", "teardown")
CALIBRATION_STEPS = 100_000
SECONDS_BETWEEN_CALIBRATIONS = 20


def family_seconds() -> float:
    """Return the processor seconds of this process and of its descendants, ended or alive.

    A process whose parent has ended is no descendant any more.
    """
    times = os.times()
    ended = times.children_user + times.children_system
    alive = sum(map(_live_seconds, _descendants(os.getpid())))
    return time.process_time() + ended + alive


def _descendants(pid: int) -> Iterator[int]:
    """Yield the ids of the processes that a process started and that still run, at any depth."""
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _children(pid: int) -> list[int]:
    """Return the ids of the children of all threads of a process, which may end meanwhile."""
    children: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - paths take ten times as long
            with suppress(OSError):
                children += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())

    return children


def _read(path: str) -> bytes:
    """Return the content of a file of the kernel."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - for the same reason
        return file.read()


def _live_seconds(pid: int) -> float:
    """Return the processor seconds of a running process and of its ended children."""
    try:
        status = _read(f"/proc/{pid}/stat")
    except OSError:  # it has ended in the meantime
        return 0.0

    after_name = status.rpartition(b")")[2].split()
    ticks = after_name[11:15]  # utime, stime, cutime, cstime
    return sum(map(int, ticks)) / TICKS_PER_SECOND


def calibration_seconds() -> float:
    """Return the processor seconds of a fixed loop, the unit of the limits of test files."""
    start = time.thread_time()
    total = 0
    for number in range(CALIBRATION_STEPS):
        total += number % 7

    return time.thread_time() - start


@frozen
class Cost:
    """The cost of one phase of one test."""

    test: str
    phase: str
    seconds: float
    processor_seconds: float
    counts: dict[str, float]


@define
class Counts:
    """Count what tests start and what they wait for, in this process."""

    numbers: dict[str, float] = field(factory=lambda: defaultdict[str, float](float))

    def take(self) -> dict[str, float]:
        """Return the counts since the last call."""
        numbers = dict(self.numbers)
        self.numbers.clear()
        return numbers

    def watch(self) -> None:
        """Count started processes, opened SQLite files, created databases and sleeps."""
        sys.addaudithook(self._count_event)
        sleep = time.sleep

        def counted_sleep(seconds: float | SupportsIndex, /) -> None:
            self.numbers["sleeps"] += 1
            self.numbers["sleep_seconds"] += float(seconds)
            sleep(seconds)

        time.sleep = counted_sleep

    def _count_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen":
            command = arguments[1]
            words = [command] if isinstance(command, str | bytes) else list(command)
            self.numbers["processes"] += 1
            names = {Path(os.fsdecode(word)).name for word in words[:4]}
            if names & {"indelible", "indelible_service"}:
                self.numbers["indelible_processes"] += 1
            if names & {"postgres", "redis-server", "valkey-server"}:
                self.numbers["servers"] += 1
        elif event == "sqlite3.connect":
            self.numbers["sqlite_connections"] += 1
        elif event == "os.fork":
            self.numbers["forks"] += 1


class CostPlugin:
    """Measure each phase of each test in the process that runs it."""

    def __init__(self, *, counted: bool) -> None:
        self._seconds = family_seconds()
        self._counts = Counts()
        self._calibrated = 0.0
        self.calibrations: list[float] = []
        self.collection_seconds = 0.0
        self._is_counted = counted

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        """Start to measure; calibrate once in a while, under the load of the run."""
        now = time.monotonic()
        if now - self._calibrated >= SECONDS_BETWEEN_CALIBRATIONS:
            self.calibrations.append(calibration_seconds())
            self._calibrated = now

        if self._is_counted:
            self._seconds = family_seconds()
            self._counts.take()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the cost of a phase to its report; without the file, the last phase has all of it."""
        spent = 0.0
        if self._is_counted or call.when == PHASES[-1]:
            seconds = family_seconds()
            spent = seconds - self._seconds
            self._seconds = seconds
        counts = self._counts.take()
        if self._is_counted and call.when == "call":
            counts.update(_fixture_counts(item))
        report = yield
        cost = Cost(item.nodeid, call.when, call.duration, round(spent, 3), counts)
        report.__dict__["cost"] = asdict(cost)
        return report

    def pytest_sessionstart(self) -> None:
        """Start to count."""
        if self._is_counted:
            self._counts.watch()

    def pytest_collection_finish(self) -> None:
        """Measure what it took to import and to collect the tests."""
        self.collection_seconds = round(family_seconds(), 3)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Pass the calibrations and the cost of the collection to the controller."""
        output: dict[str, Any] = getattr(session.config, "workeroutput", {})
        output["calibrations"] = self.calibrations
        output["collection_seconds"] = self.collection_seconds


def _fixture_counts(item: pytest.Item) -> dict[str, float]:
    names: list[str] = getattr(item, "fixturenames", [])
    counts: dict[str, float] = {}
    if "database" in names:
        counts["postgresql_databases"] = 1
    if "sqlite_url" in names:
        counts["sqlite_files"] = 1
    function = getattr(item, "function", None)
    if getattr(function, "is_hypothesis_test", False):
        counts["hypothesis_tests"] = 1
    statistics = str(getattr(item, "hypothesis_statistics", ""))
    for line in statistics.splitlines():
        words = line.split()
        if "passing" in words:
            counts["hypothesis_examples"] = counts.get("hypothesis_examples", 0) + int(words[1])
    return counts


class CostReport:
    """Collect the costs of all tests in the controller, report them, and check the limits."""

    def __init__(self, file: str | None, *, is_limited: bool, calibrations: list[float]) -> None:
        self._file = file
        self._is_limited = is_limited
        self.costs: list[Cost] = []
        self.calibrations = calibrations  # of a run in this process; those of others are added
        self.collections: list[float] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the cost out of a report."""
        values: dict[str, Any] | None = getattr(report, "cost", None)
        if values is not None:
            self.costs.append(Cost(**values))
            self._write(values)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's
        """Receive what a process measured."""
        output: dict[str, Any] = getattr(node, "workeroutput", {})
        self.calibrations += output.get("calibrations", [])
        self.collections.append(output.get("collection_seconds", 0.0))

    def excesses(self) -> list[str]:
        """Return a line for each file that needs more than its limit."""
        if not self._is_limited or not self.calibrations:
            return []
        return cost_limits.excesses(seconds_by_file(self.costs), median(self.calibrations))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run if a file needs more processor time than its limit."""
        if self.excesses() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the slowest tests, the folders and the excesses; write the file of costs."""
        self._write({"calibrations": self.calibrations, "collections": self.collections})

        terminalreporter.section(f"{SLOWEST} slowest tests, in seconds with their fixtures")
        for seconds, test in slowest(self.costs):
            terminalreporter.write_line(f"{seconds:8.2f} {test}")

        terminalreporter.section("processor seconds of each folder")
        terminalreporter.write_line(f"{sum(self.collections):8.1f} imports and collection")
        for folder, spent in largest_first(seconds_by_folder(self.costs)):
            terminalreporter.write_line(f"{spent:8.1f} {folder}")

        excesses = self.excesses()
        if excesses:
            terminalreporter.section("FAILED: test files over their limit")
        for line in excesses:
            terminalreporter.write_line(line)

    def _write(self, values: dict[str, Any]) -> None:
        """Append a line of JSON at once, so that a run that is stopped leaves what it measured."""
        if self._file is None:
            return
        with Path(self._file).open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")


def slowest(costs: list[Cost]) -> list[tuple[float, str]]:
    """Return the slowest tests, waits included, as (seconds, test), the slowest first."""
    seconds = defaultdict[str, float](float)
    for cost in costs:
        seconds[cost.test] += cost.seconds

    return [(value, test) for test, value in largest_first(seconds)[:SLOWEST]]


def seconds_by_file(costs: list[Cost]) -> dict[str, float]:
    """Add up the processor seconds of the tests of each file."""
    seconds = defaultdict[str, float](float)
    for cost in costs:
        seconds[cost.test.partition("::")[0]] += cost.processor_seconds

    return seconds


def seconds_by_folder(costs: list[Cost]) -> dict[str, float]:
    """Add up the processor seconds of the tests of each folder in `tests`."""
    seconds = defaultdict[str, float](float)
    for file, spent in seconds_by_file(costs).items():
        seconds["/".join(file.split("/")[:2])] += spent

    return seconds


def largest_first(values: dict[str, float]) -> list[tuple[str, float]]:
    """Return the items, the largest value first."""
    return sorted(values.items(), key=lambda item: -item[1])


def add_options(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("costs")
    group.addoption("--costs", action="store_true", help="print what the tests cost")
    group.addoption("--costs-file", metavar="FILE", help="write what each test costs")


def register(config: pytest.Config, *, is_limited: bool) -> None:
    """Measure in the processes that run tests; report, and check, in the one that controls them."""
    file: str | None = config.getoption("--costs-file")
    if not (file or config.getoption("--costs")):
        return

    is_worker = hasattr(config, "workerinput")
    plugin = CostPlugin(counted=file is not None)
    if is_worker or not config.getoption("numprocesses", default=None):
        config.pluginmanager.register(plugin)
    if not is_worker:
        report = CostReport(file, is_limited=is_limited, calibrations=plugin.calibrations)
        config.pluginmanager.register(report)
