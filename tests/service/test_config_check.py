"""`indelible config check` finds what would end a start, and starts and opens nothing."""

import json
import socket
import sys
from collections.abc import Generator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.service.commands import error_code, json_result, run

from indelible_service.processes import checking
from indelible_service.settings.service import load

CANARY = "hunter2" * 5
CONTRACT = f"0x{'ab' * 20}"
CHECK = ("config", "check")
# What a start refuses before its first connection, with what its fault names.
REFUSED_BY_A_START = [
    ({"INDELIBLE_PORT": CANARY}, "INDELIBLE_PORT"),
    ({"INDELIBLE_PROT": CANARY}, "INDELIBLE_PROT"),
    ({"INDELIBLE_CONTEXTS": "concepts,no_such_module"}, "INDELIBLE_CONTEXTS"),
    ({"INDELIBLE_CONTEXTS": "contests"}, "INDELIBLE_CONTEXTS"),
    ({"STRIPE_WEBHOOK_SECRET": "whsec_hunter2"}, "STRIPE_API_KEY"),
    ({"INDELIBLE_SECRET": CANARY, "GITHUB_TOKEN": CANARY}, "GITHUB_TOKEN"),
    ({"DATABASE_URL": f"postgresql://app:{CANARY}@192.0.2.1/x"}, "DATABASE_URL"),
    (
        {"INDELIBLE_CHAIN": "builtins:dict", "ALCHEMY_WEBHOOK_SECRET": CANARY},
        "CHAIN_UNUSABLE: INDELIBLE_CHAIN",
    ),
    (
        {"INDELIBLE_RPC_URL": "http://127.0.0.1:1", "INDELIBLE_CONTRACT_ADDRESS": CONTRACT},
        "ALCHEMY_WEBHOOK_SECRET",
    ),
]


@pytest.fixture
def listening() -> Generator[list[socket.socket]]:
    """Listen at five addresses, to which nobody should connect."""
    with ExitStack() as stack:
        servers: list[socket.socket] = []
        for _ in range(5):
            server = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
            server.settimeout(0)
            servers.append(server)
        yield servers


def ports_of(servers: list[socket.socket]) -> list[int]:
    return [server.getsockname()[1] for server in servers]


def test_right_settings_have_no_faults() -> None:
    assert json_result(*CHECK) == {"faults": []}
    assert run(*CHECK).stdout.splitlines() == [
        "Faults: 0. Nothing was started and no connection was opened."
    ]


@pytest.mark.parametrize(("settings", "name"), REFUSED_BY_A_START)
def test_what_ends_a_start_is_a_fault(settings: dict[str, str], name: str) -> None:
    assert error_code(*CHECK, settings=settings, exit_code=2) == "SETTINGS_WRONG"
    text = run(*CHECK, settings=settings).stderr
    assert name in text
    assert "hunter2" not in text

    start = run("up", settings=settings)
    assert start.exit_code in (1, 2)
    assert name.rpartition(" ")[2] in start.stderr


def test_all_faults_are_listed_at_once_and_none_with_a_value() -> None:
    settings: dict[str, str] = {}
    for changes, _ in REFUSED_BY_A_START[:-1]:
        settings |= changes
    Path(".env").write_text(f"DB_POOL_SIZE={CANARY}\nno assignment {CANARY}\n")

    result = run(*CHECK, "--json", settings=settings)
    faults = json.loads(result.stderr)["detail"]["problems"]
    for name in ("INDELIBLE_PROT", "DB_POOL_SIZE", "line 2 of .env", "GITHUB_TOKEN"):
        assert any(name in fault for fault in faults)
    assert any(fault.startswith("INDELIBLE_CONTEXTS: ") for fault in faults)
    assert len(faults) == len(set(faults))
    assert "hunter2" not in result.stderr


def test_a_context_with_a_wrong_setting_is_not_built() -> None:
    chain = {"INDELIBLE_CHAIN": "builtins:dict", "INDELIBLE_CONFIRMATIONS": "-1"}
    text = run(*CHECK, settings=chain).stderr

    assert "INDELIBLE_CONFIRMATIONS" in text
    assert "CHAIN_UNUSABLE" not in text


def test_a_workspace_root_that_no_job_could_use_is_a_fault(tmp_path: Path) -> None:
    root = tmp_path / "root"
    settings = {"INDELIBLE_WORKSPACE_ROOT": str(root)}
    assert run(*CHECK, settings=settings).exit_code == 0
    assert not root.exists()

    root.mkdir(mode=0o755)
    assert "WORKSPACE_ROOT_REFUSED" in run(*CHECK, settings=settings).stderr


def test_a_secret_that_cannot_be_read_is_a_fault() -> None:
    Path("indelible-data/secret").mkdir(parents=True)

    assert "FILE_UNUSABLE" in run(*CHECK).stderr
    assert run(*CHECK, settings={"INDELIBLE_SECRET": CANARY}).exit_code == 0


def test_no_connection_is_opened_and_no_file_is_created(listening: list[socket.socket]) -> None:
    database, redis, node, stripe, monitor = ports_of(listening)
    settings = {
        "DATABASE_URL": f"postgresql://app:{CANARY}@127.0.0.1:{database}/x",
        "INDELIBLE_OWNER_URL": f"postgresql://owner:2{CANARY}@127.0.0.1:{database}/x",
        "INDELIBLE_REDIS_URL": f"redis://:3{CANARY}@127.0.0.1:{redis}/0",
        "INDELIBLE_RPC_URL": f"http://127.0.0.1:{node}/{CANARY}",
        "INDELIBLE_CONTRACT_ADDRESS": CONTRACT,
        "ALCHEMY_WEBHOOK_SECRET": f"4{CANARY}",
        "STRIPE_API_KEY": "sk_test_hunter2",
        "STRIPE_WEBHOOK_SECRET": "whsec_hunter2",
        "STRIPE_API_URL": f"http://127.0.0.1:{stripe}",
        "INDELIBLE_DEADMAN_URL": f"http://127.0.0.1:{monitor}/5{CANARY}",
    }
    opened: list[str] = []
    is_watching = True

    def note(event: str, _: tuple[object, ...]) -> None:
        if is_watching and event in ("socket.connect", "socket.bind", "sqlite3.connect"):
            opened.append(event)

    sys.addaudithook(note)  # it stays until the process ends
    files = set(Path().rglob("*"))
    try:
        result = run(*CHECK, settings=settings)
    finally:
        is_watching = False

    assert result.exit_code == 0, result.stderr
    assert opened == []
    assert set(Path().rglob("*")) == files
    for server in listening:  # also of libraries that are not written in Python
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_database_that_does_not_exist_is_no_fault() -> None:
    assert run(*CHECK, settings={"DATABASE_URL": "sqlite:////nowhere/none.db"}).exit_code == 0
    assert run(*CHECK, settings={"DATABASE_URL": "postgresql://a@127.0.0.1:1/x"}).exit_code == 0


def test_the_check_reads_what_a_start_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("INDELIBLE_PORT=8001\nDB_POOL_SIZE=7\n")
    monkeypatch.setenv("INDELIBLE_PORT", "8002")

    settings, faults = checking.load_and_check()

    assert faults == []
    assert settings == load()
