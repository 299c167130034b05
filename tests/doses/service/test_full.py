"""`up --full` restarts each of its processes, keeps its data, and leaves no process behind.

All tests look at the same runs, see `full_runs.py`.
"""

from collections.abc import Generator

import pytest
from tests.conftest import folder
from tests.service.conftest import VARIABLES
from tests.service.full_runs import PARTS, SECRETS, Runs, run_instances
from tests.service.log_lines import (
    REFUSED_KEY,
    codes_of_requests,
    lines_in_the_format,
    loggers_of,
)
from tests.service.processes import TIMEOUT_SECONDS, only_choice_of_ports, start_command
from tests.service.scrapes import SCHEDULER, WEB, WORKERS, differences

from indelible_service.cli.serving import STARTING
from indelible_service.settings.service import Settings

LABELS = "Address, Console, API docs, Key, Database, Redis, Logs, Metrics, Next, Stop"
ENDED = " WARNING worker 1 ended with exit code -9; restarting it [up.log]"
pytestmark = pytest.mark.slow

# A chain of a host, whose contract does not exist.
WRONG_CHAIN = """
from indelible.tokens.errors import ContractCodeMissing
from indelible.tokens import Chain


class WrongChain(Chain):
    contract_id = "ledger:wrong"

    def check(self):
        raise ContractCodeMissing(self.contract_id)

    def newest(self):
        return 0

    def block(self, number):
        return None

    def mints(self, first, last):
        return ()
"""


@pytest.fixture(scope="module")
def runs(redis_url: str) -> Generator[Runs]:
    """Run the instances in folders that only their owner can enter.

    Root starts PostgreSQL as nobody.
    """
    with folder() as one, folder() as two:
        with only_choice_of_ports():
            runs = run_instances(one, two, redis_url)
        yield runs


def test_every_killed_part_is_restarted_and_none_is_left_at_the_end(runs: Runs) -> None:
    assert runs.first.is_complete
    assert list(runs.first.restored) == list(PARTS)
    assert runs.first.exit_code == 0
    assert list(runs.first.left) == []


def test_an_instance_says_how_its_workers_and_servers_are_reached(runs: Runs) -> None:
    assert runs.first.output["workers"] == "woken up by Redis"
    assert runs.first.can_connect
    assert runs.first.output["servers"][1].startswith("redis://127.0.0.1:")


def test_no_secret_is_in_the_output_the_log_or_the_processes(runs: Runs) -> None:
    assert len(runs.first.secrets) >= 5
    assert not [secret for secret in runs.first.secrets if secret in runs.first.visible]


def test_a_second_instance_in_a_directory_says_in_one_line_where_the_first_one_is(
    runs: Runs,
) -> None:
    texts = (str(runs.directory), runs.first.output["address"], str(runs.first.pid))

    assert len(runs.first.refused_starts) == 2
    for refusal in runs.first.refused_starts:
        assert refusal.exit_code == 3
        assert refusal.line.startswith("ALREADY_RUNNING: ")
        assert all(text in refusal.line for text in texts)


def test_every_line_of_a_full_instance_has_one_format(runs: Runs) -> None:
    lines = lines_in_the_format(runs.first.log)

    assert loggers_of(lines) >= {"indelible.service", "indelible.web", "_granian"}
    assert codes_of_requests(lines) >= {"OK", "UNAUTHENTICATED", "ROUTE_NOT_FOUND"}
    assert any("worker 1 ended with exit code -9" in line["event"] for line in lines)
    assert runs.first.output["key"] not in runs.first.log
    assert REFUSED_KEY not in runs.first.log


def test_each_process_exports_the_metrics_of_the_page_and_prometheus_finds_it(runs: Runs) -> None:
    urls = runs.last.screen["Metrics"].splitlines()[:-1]
    sections = {
        "web": (WEB,),
        "worker 1": (WORKERS,),
        "worker 2": (WORKERS,),
        "scheduler": (SCHEDULER,),
    }

    expected: list[str] = []
    for target in runs.last.targets:
        expected.append(f"http://{target['targets'][0]}/metrics ({target['labels']['process']})")
    assert urls == expected
    assert list(runs.last.scrapes) == list(sections)
    for process, text in runs.last.scrapes.items():
        assert differences(text, sections[process]) == []
    assert not runs.last.has_targets_left


def test_a_restart_keeps_the_data(runs: Runs) -> None:
    for killed in (runs.killed, runs.killed_beside):
        assert killed.output["key"] is None
        assert killed.old_key == 200


def test_two_full_instances_run_in_two_directories_and_keep_their_addresses(runs: Runs) -> None:
    addresses: list[tuple[str, ...]] = []
    for one, two in ((runs.first, runs.configured), (runs.killed, runs.killed_beside)):
        outputs = (one.output, two.output)
        addresses.append(tuple(output["address"] for output in outputs))
        addresses[-1] += tuple(output["database"] for output in outputs)

    assert addresses[0] == addresses[1]
    assert len(set(addresses[0])) == len(addresses[0])


def test_all_processes_end_when_the_supervisor_is_killed(runs: Runs) -> None:
    assert runs.killed_beside.descendants >= sum(PARTS.values())
    assert list(runs.left_beside) == []


def test_an_instance_starts_at_once_after_its_supervisor_was_killed(runs: Runs) -> None:
    assert runs.killed.readiness == runs.killed_again.readiness == 200
    assert (runs.last.readiness, runs.last.exit_code) == (200, 0)
    for output in (runs.killed.output, runs.killed_again.output):
        assert output["address"] == runs.last.screen["Address"]
        assert output["database"].endswith(runs.last.screen["Database"].split()[0].split("@")[1])


def test_the_screen_is_for_a_person_and_each_process_has_a_log_file(runs: Runs) -> None:
    starting, *warnings = runs.last.terminal.splitlines()
    names = ["scheduler.log", "up.log", "web.log", "worker-1.log", "worker-2.log"]
    written = "".join(runs.last.logs.values())

    assert ", ".join(runs.last.screen) == LABELS
    assert runs.last.screen["Key"] == "in indelible-data/first.postgresql.key"
    assert starting == STARTING
    assert [line for line in warnings if line.endswith(ENDED)], warnings
    assert not [line for line in warnings if line.startswith("{")]
    assert sorted(runs.last.logs) == names
    lines = lines_in_the_format(written)
    assert loggers_of(lines) >= {"indelible.service", "indelible.web", "_granian"}
    assert not [secret for secret in runs.first.secrets if secret in written]


def test_the_embedded_server_is_sized_for_pools_of_200(runs: Runs) -> None:
    assert (runs.configured.readiness, runs.configured.exit_code) == (200, 0)


def test_no_child_has_a_setting_in_its_environment(runs: Runs, redis_url: str) -> None:
    secrets = [redis_url, *SECRETS.values()]

    assert len(runs.configured.environments) >= sum(PARTS.values()) - 1
    for environment in runs.configured.environments:
        assert not [text for text in secrets if text in environment.values()]
        assert not set(environment) & set(VARIABLES)


def test_a_configured_redis_is_used(runs: Runs) -> None:
    assert runs.configured.children == {**PARTS, "redis-server": 0}


def test_the_default_pools_are_small() -> None:
    settings = Settings.read({})

    assert 2 * (settings.pool_size + settings.max_overflow) <= 200


def test_a_wrong_contract_is_refused_before_any_part_runs() -> None:
    settings = {"INDELIBLE_CHAIN": "wrong_chain:WrongChain"}
    with folder() as path:
        (path / "wrong_chain.py").write_text(WRONG_CHAIN)
        command = start_command("up", "--full", "--json", cwd=path, **settings)
        with only_choice_of_ports(), command as process:
            output, _ = process.communicate(timeout=TIMEOUT_SECONDS)
        log = (path / "log").read_text()

    assert (process.returncode, output) == (1, "")
    assert "CONTRACT_CODE_MISSING" in log
    assert "ledger:wrong" in log
    assert "worker 1" not in log
