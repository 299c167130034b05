"""`indelible contract` freezes the contract of a service, with a host's own contexts."""

import gc
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import fields_dict, frozen
from tests.service.commands import error_code, json_result, run

from indelible.kernel.errors import Conflict
from indelible_service.contract.errors import errors_of_modules
from indelible_service.contract.files import FORMAT, MAX_BYTES, digests_of

pytestmark = pytest.mark.slow

TICKETS = {"INDELIBLE_CONTEXTS": "tests.examples.tickets"}
NEXT = {"INDELIBLE_CONTEXTS": "tests.examples.tickets_next"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contract.json"
    assert run("contract", "write", str(path), settings=TICKETS).exit_code == 0
    return path


def read(path: Path) -> Any:  # noqa: ANN401 - a document
    return json.loads(path.read_text("utf-8"))


def rewritten(path: Path, document: Any) -> None:  # noqa: ANN401 - a document
    """Write a contract with true digests."""
    parts = {key: value for key, value in document.items() if key not in ("format", "digests")}
    path.write_text(json.dumps({**document, "digests": digests_of(parts)}), "utf-8")


def test_the_contract_of_a_host_has_its_routes_codes_states_and_no_other_context(
    file: Path,
) -> None:
    document = read(file)

    assert "POST /v1/tickets/{ticket_id}/assign" in document["routes"]
    assert document["routes"]["AssignTicketBody"]["assignee"] == "required"
    assert document["error codes"]["TICKET_NUMBER_TAKEN"]["HTTP status"] == "409"
    assert "state ASSIGNED" in document["lifecycles"]["ticket"]
    assert document["feed"]["ticket.assign"] == {"to ASSIGNED": "known"}
    assert "concept" not in document["lifecycles"]
    assert not [name for name in document["routes"] if "concepts" in name]
    assert document["digests"] == digests_of(
        {key: value for key, value in document.items() if key not in ("format", "digests")}
    )


def test_the_same_code_has_no_difference(file: Path) -> None:
    before = file.read_bytes()

    assert json_result("contract", "check", str(file), settings=TICKETS) == []
    assert run("contract", "write", str(file), settings=TICKETS).exit_code == 0
    assert file.read_bytes() == before


def test_a_breaking_difference_is_listed_and_nothing_is_written(file: Path) -> None:
    document = read(file)
    document["routes"]["GET /v1/gone"] = {"answer 200": "known"}
    rewritten(file, document)
    before = file.read_bytes()
    expected = {"kind": "breaking", "text": "routes: GET /v1/gone is gone"}

    assert json_result("contract", "check", str(file), settings=TICKETS, code=1) == [expected]
    assert json_result("contract", "write", str(file), settings=TICKETS, code=1) == [expected]
    assert file.read_bytes() == before
    assert run("contract", "write", str(file), "--break", settings=TICKETS).exit_code == 0
    assert "GET /v1/gone" not in read(file)["routes"]


def test_an_addition_is_accepted_or_asks_for_a_line_of_the_changelog(
    file: Path, tmp_path: Path
) -> None:
    document = read(file)
    del document["routes"]["POST /v1/tickets/{ticket_id}/assign"]
    rewritten(file, document)
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## [Unreleased]\n\n## [1.0.0]\n", "utf-8")
    name = "POST /v1/tickets/{ticket_id}/assign"
    command = ("contract", "check", str(file))

    assert json_result(*command, settings=TICKETS) == [{"kind": "added", "text": name}]
    logged = (*command, "--changelog", str(changelog))
    expected = [{"kind": "not in the changelog", "text": name}]
    assert json_result(*logged, settings=TICKETS, code=1) == expected
    changelog.write_text(f"# Changelog\n\n## [Unreleased]\n\n- `{name}` is new.\n", "utf-8")
    assert json_result(*logged, settings=TICKETS) == [{"kind": "added", "text": name}]


def test_no_flag_accepts_an_addition_that_the_changelog_does_not_name(
    file: Path, tmp_path: Path
) -> None:
    document = read(file)
    del document["routes"]["POST /v1/tickets/{ticket_id}/assign"]
    rewritten(file, document)
    before = file.read_bytes()
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("## [Unreleased]\n", "utf-8")
    command = ("contract", "write", str(file), "--break", "--changelog", str(changelog))

    assert run(*command, settings=TICKETS).exit_code == 1
    assert file.read_bytes() == before
    changelog.write_bytes(b"## [1.0.0]\n\xff")
    refused = run(*command, settings=TICKETS)
    assert (refused.exit_code, "no heading `## [Unreleased]`" in refused.stderr) == (2, True)


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


def test_another_release_of_a_host_is_compared(file: Path) -> None:
    differences = json_result("contract", "check", str(file), settings=NEXT, code=1)

    assert {one["kind"] for one in differences} == {"breaking", "added"}
    assert any(one["text"].startswith("lifecycles: ticket ") for one in differences)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": "another"}',
        f'{{"format": "{FORMAT}", "digests": {{}}, "routes": {{"a": {{}}}}}}',
        f'{{"format": "{FORMAT}", "digests": {{}}, "routes": []}}',
        f'{{"format": "{FORMAT}", "digests": {{}}, "routes": {{"a": {{"b": 1}}}}}}',
        f'{{"format": "{FORMAT}", "digests": {{}}, "routes": {{"a": null}}}}',
        "[" * 100_000,
        f'{{"format": "{FORMAT}", "digests": {{}}, "routes": {{"\\ud800": {{}}}}}}',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "NaN",
    ],
)
def test_a_file_that_is_no_contract_is_refused(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")

    for command in ("check", "write"):
        code = error_code("contract", command, str(file), settings=TICKETS)
        assert code == "CONTRACT_UNREADABLE"
    assert file.read_text("utf-8") == text


def test_bytes_that_are_no_text_and_a_file_that_is_too_large_are_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert error_code("contract", "check", str(file), settings=TICKETS) == "CONTRACT_UNREADABLE"
    with file.open("wb") as content:
        content.truncate(MAX_BYTES + 1)
    assert error_code("contract", "check", str(file), settings=TICKETS) == "CONTRACT_UNREADABLE"


def test_a_missing_file_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "no" / "contract.json")

    assert error_code("contract", "check", missing, settings=TICKETS) == "CONTRACT_UNREADABLE"
    assert (
        error_code("contract", "write", missing, settings=TICKETS, exit_code=3) == "FILE_UNUSABLE"
    )


def test_an_installation_without_extras_has_a_contract_too(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules.update(indelible_evm=None, distributed=None);"
        "sys.argv[1:] = ['contract', 'write', 'contract.json'];"
        "from indelible_service.__main__ import main; main()"
    )
    subprocess.run((sys.executable, "-c", program), cwd=tmp_path, check=True)

    codes = read(tmp_path / "contract.json")["error codes"]
    assert "CONCEPT_NOT_FOUND" in codes
    assert "CHAIN_KIND_UNKNOWN" not in codes


def recorded(file: Path, release: str, **settings: str) -> Any:  # noqa: ANN401 - a document
    """Record the contract in a file, and return what the command prints."""
    arguments = ("contract", "record", str(file), "--release", release, "--reason", "a release")
    return json_result(*arguments, settings={**TICKETS, **settings})


def test_a_release_records_the_contract_that_the_code_fulfills(file: Path, tmp_path: Path) -> None:
    url = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}"}
    assert run("db", "upgrade", settings={**TICKETS, **url}).exit_code == 0

    first = recorded(file, "1.0.0", **url)

    assert (first["number"], first["release"]) == (1, "1.0.0")
    assert first["digests"] == read(file)["digests"]
    assert recorded(file, "1.0.0", **url) == first  # the answer was lost
    document = read(file)
    del document["metrics"]
    rewritten(file, document)
    other = ("contract", "record", str(file), "--release", "1.0.0", "--reason", "once more")
    assert error_code(*other, settings={**TICKETS, **url}) == "CONTRACT_OF_RELEASE_RECORDED"
    withdrawal = ("contract", "withdraw", "1", "--reason", "the wrong file")
    assert run(*withdrawal, settings={**TICKETS, **url}).exit_code == 0
    assert recorded(file, "1.0.0", **url)["number"] == 2
    assert run(*other, settings={**TICKETS, **url}).exit_code == 0
    assert error_code(*withdrawal, settings={**TICKETS, **url}) == "INVALID_TRANSITION"
    unknown = ("contract", "withdraw", "9", "--reason", "no such version")
    code = error_code(*unknown, settings={**TICKETS, **url})
    assert code == "CONTRACT_VERSION_NOT_FOUND"


def test_a_contract_that_the_code_breaks_is_not_recorded(file: Path, tmp_path: Path) -> None:
    url = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}"}
    assert run("db", "upgrade", settings={**TICKETS, **url}).exit_code == 0
    document = read(file)
    document["routes"]["GET /v1/gone"] = {"scope": "tickets:read"}
    rewritten(file, document)

    arguments = ("contract", "record", str(file), "--release", "1.0.0", "--reason", "a release")
    result = run(*arguments, settings={**TICKETS, **url})

    assert result.exit_code == 1
    assert "GET /v1/gone is gone" in result.stdout
    assert "Nothing was recorded" in result.stdout
    document["routes"].pop("GET /v1/gone")
    rewritten(file, document)
    assert recorded(file, "1.0.0", **url)["number"] == 1
