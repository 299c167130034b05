"""`indelible contract` freezes the contract of a service, with a host's own contexts."""

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import fields_dict, frozen
from tests.service.commands import error_code, json_result, run

from indelible.kernel.errors import Conflict
from indelible_service.contract.errors import errors_of_modules

TICKETS = {"INDELIBLE_CONTEXTS": "tests.examples.tickets"}
NEXT = {"INDELIBLE_CONTEXTS": "tests.examples.tickets_next"}
GONE = "/v1/gone"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "contract"
    assert run("contract", "write", str(path), settings=TICKETS).exit_code == 0
    return path


def change(path: Path, edit: Callable[[Any], object]) -> None:
    """Edit a file of a contract."""
    document = json.loads(path.read_text("utf-8"))
    edit(document)
    path.write_text(json.dumps(document), "utf-8")


def add_route(folder: Path) -> None:
    """Promise a route that the code has not."""
    change(
        folder / "openapi.json",
        lambda document: document["paths"].update({GONE: {"get": {"responses": {}}}}),
    )


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_the_contract_of_a_host_has_its_routes_codes_states_and_no_other_context(
    folder: Path,
) -> None:
    document = json.loads((folder / "openapi.json").read_text("utf-8"))
    other = json.loads((folder / "contract.json").read_text("utf-8"))

    assert "post" in document["paths"]["/v1/tickets/{ticket_id}/assign"]
    assert not [path for path in document["paths"] if "concepts" in path]
    assert other["errors"]["TICKET_NUMBER_TAKEN"] == 409
    assert other["states"]["ticket"] == ["ASSIGNED", "CLOSED", "OPEN"]
    assert "ticket.assign" in other["events"]
    assert "concept" not in other["states"]


@pytest.mark.slow
def test_the_same_code_has_no_difference(folder: Path) -> None:
    before = texts(folder)

    assert json_result("contract", "check", str(folder), settings=TICKETS) == []
    assert run("contract", "write", str(folder), settings=TICKETS).exit_code == 0
    assert texts(folder) == before


@pytest.mark.slow
def test_a_breaking_difference_is_listed_and_nothing_is_written(folder: Path) -> None:
    promised = texts(folder)
    add_route(folder)
    before = texts(folder)
    expected = [f"GET {GONE} is gone"]

    assert json_result("contract", "check", str(folder), settings=TICKETS, code=1) == expected
    assert json_result("contract", "write", str(folder), settings=TICKETS, code=1) == expected
    assert texts(folder) == before
    assert run("contract", "write", str(folder), "--break", settings=TICKETS).exit_code == 0
    assert texts(folder) == promised


@pytest.mark.slow
def test_another_release_of_a_host_is_compared(folder: Path) -> None:
    broken = json_result("contract", "check", str(folder), settings=NEXT, code=1)

    assert "POST /v1/tickets/{ticket_id}/rename is gone" in broken


def test_the_errors_of_a_module_do_not_depend_on_the_garbage_collector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "host_errors"
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    annotations = {"ticket": str}
    body = {"__module__": name, "message": "Locked {ticket}.", "__annotations__": annotations}
    gc.disable()
    try:
        vars(module)["HostLocked"] = frozen(type("HostLocked", (Conflict,), body))
        (error,) = errors_of_modules({name})
    finally:
        gc.enable()

    assert list(fields_dict(error)) == ["ticket"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["openapi.json", "contract.json"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"paths": {}}',
        b'{"errors": [], "states": {}, "events": []}',
        b'{"errors": {}, "states": {"ticket": null}, "events": []}',
        b'{"components": {"schemas": {}}, "paths": {"/v1/x": {"get": {"responses": []}}}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_file_that_is_no_contract_is_refused(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)

    for command in ("check", "write"):
        code = error_code("contract", command, str(folder), settings=TICKETS)
        assert code == "CONTRACT_UNREADABLE"
    assert (folder / name).read_bytes() == content


@pytest.mark.slow
def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "no" / "contract")

    assert error_code("contract", "check", missing, settings=TICKETS) == "CONTRACT_UNREADABLE"
    written = error_code("contract", "write", missing, settings=TICKETS, exit_code=3)
    assert written == "FILE_UNUSABLE"


@pytest.mark.dose
def test_an_installation_without_extras_has_a_contract_too(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules.update(indelible_evm=None, distributed=None);"
        "sys.argv[1:] = ['contract', 'write', 'contract'];"
        "from indelible_service.__main__ import main; main()"
    )
    subprocess.run((sys.executable, "-c", program), cwd=tmp_path, check=True)

    codes = json.loads((tmp_path / "contract" / "contract.json").read_text("utf-8"))["errors"]
    assert "CONCEPT_NOT_FOUND" in codes
    assert "CHAIN_KIND_UNKNOWN" not in codes
