"""Write a small curriculum through the REST API of a running instance, then show the results."""

import time
import tomllib
from collections.abc import Generator, Iterator, Mapping, Sequence
from importlib.resources import files
from operator import attrgetter
from typing import Any, Final, cast

import urllib3
from attrs import field, frozen
from cattrs.preconf.json import make_converter

from indelible.concepts import VersionDiff, to_unified
from indelible.kernel import Actor, SystemClock
from indelible.kernel.keys import CreateKey, authenticate_key, create_key
from indelible_service.database import key_file, open_configured_store
from indelible_service.files.access import atomic_file, translate_os_errors
from indelible_service.remote.calls import MAX_QUOTED_CHARACTERS, TIMEOUT_SECONDS
from indelible_service.remote.errors import NotRunning, UnexpectedAnswer
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore

SCOPES: Final = (
    "concepts:read",
    "concepts:write",
    "concepts:review",
    "concepts:approve",
    "concepts:publish",
)
PEOPLE: Final = ("ines", "maya", "noor", "tomas")
SUCCESS: Final = (200, 201)
IN_FLIGHT: Final = '"code": "REQUEST_IN_FLIGHT"'
PAUSE_SECONDS: Final = 0.1
ALIVE: Final = {"status": "alive"}

Body = Mapping[str, Any]


@frozen
class DemoStep:
    """A step of a demonstration to print: a text, and a table where it has rows."""

    text: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()


@frozen(kw_only=True)
class ApiCall:
    """A request by a person of the demo, and the statuses that it expects."""

    by: str
    method: str
    path: str
    body: Body | None = None
    headers: Mapping[str, str] = field(factory=dict[str, str])
    expected: Sequence[int] = SUCCESS


@frozen
class Api:
    """A running instance, and a key for each person."""

    address: str
    keys: Mapping[str, str] = field(repr=False)

    def send(self, call: ApiCall) -> Body:
        """Send the request and return the body of the answer.

        While another demonstration has sent the same request, wait for its end.

        Raises: NotRunning, UnexpectedAnswer.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                return self._send(call)
            except UnexpectedAnswer as answer:
                if IN_FLIGHT not in answer.answer or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE_SECONDS)

    def _send(self, call: ApiCall) -> Body:
        headers = {"Authorization": f"Bearer {self.keys.get(call.by, '')}", **call.headers}
        try:
            answer = urllib3.request(
                call.method,
                self.address + call.path,
                json=call.body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise NotRunning(self.address) from error

        text = answer.data.decode(errors="replace")
        if answer.status not in call.expected or not text.startswith("{"):
            request = f"{call.method} {call.path}"
            raise UnexpectedAnswer(request, answer.status, text[:MAX_QUOTED_CHARACTERS])

        return cast("Body", answer.json())


def running_api(settings: Settings, key: str | None) -> Api:
    """Return the instance that the settings name, with a key for each person of the curriculum.

    Without the key that is passed, each person gets a key of its own in the settings' database.
    Raises: NotRunning, UnexpectedAnswer, NoDatabase.
    """
    check_running(settings)
    if key:
        return Api(settings.address, dict.fromkeys(PEOPLE, key))

    with open_configured_store(settings, needs_key_secret=True) as store:
        keys = {person: _read_or_create_key(person, settings, store) for person in PEOPLE}
    return Api(settings.address, keys)


def check_running(settings: Settings) -> None:
    """Return if an instance answers at the address of the settings.

    Raises: NotRunning, UnexpectedAnswer.
    """
    body = Api(settings.address, {}).send(ApiCall(by="", method="GET", path="/health/live"))
    if body != ALIVE:
        answer = str(body)[:MAX_QUOTED_CHARACTERS]
        raise UnexpectedAnswer("GET /health/live", SUCCESS[0], answer)


def variables_of_own_database(settings: Settings, folder: str) -> dict[str, str]:
    """Return the variables for a database that only one demonstration uses, in a folder of it."""
    return {
        **settings.variables,
        "DATABASE_URL": "",
        "INDELIBLE_OWNER_URL": "",
        "INDELIBLE_DATA_DIR": str(settings.data_dir.absolute() / folder),
    }


def curriculum(kind: str) -> Iterator[Body]:
    """Yield every `concept` or every `scene` of the package's TOML files."""
    folder = files("indelible_service.demos.curriculum")
    for file in sorted(folder.iterdir(), key=attrgetter("name")):
        if file.name.endswith(".toml"):
            yield from tomllib.loads(file.read_text(encoding="utf-8")).get(kind, ())


def concepts_demo(api: Api) -> Generator[DemoStep]:
    """Write every concept step by step, then show the scenes; a second run changes nothing."""
    saved_by_name: dict[str, Body] = {}
    step_count = 0
    for number, concept in enumerate(curriculum("concept")):
        saved = _write_concept(api, number, concept["step"])
        saved_by_name[saved["version"]["content"]["name"]] = saved

    for saved in saved_by_name.values():
        step_count += saved["seq"]
    yield DemoStep(f"{step_count} steps of {len(saved_by_name)} concepts.")

    for scene in curriculum("scene"):
        yield _show_scene(api, saved_by_name, scene)


def _read_or_create_key(person: str, settings: Settings, store: SqlStore) -> str:
    """Return the person's key from the data directory, or a new one where it is not valid."""
    path = key_file(settings, person)
    with translate_os_errors(path):
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    if store.read(authenticate_key, text, now=SystemClock().now()):
        return text

    command = CreateKey(owner=Actor.user(person), scopes=SCOPES)
    created = store.run(
        create_key, command, actor=Actor.system("demo"), reason=f"demo key of {person}"
    )
    with atomic_file(path) as out:
        out.write(created.text.encode())

    return created.text


def _write_concept(api: Api, concept_number: int, steps: Sequence[Body]) -> Body:
    """Send the steps of one concept and return the answer to the last one.

    Each step has an idempotency key, so a second run gets the same answers.
    """
    path = "/v1/concepts"
    saved: Body = {}
    for number, step in enumerate(steps):
        headers = {"Idempotency-Key": f"demo:{concept_number}:{number}"}
        if saved:
            headers["If-Match"] = _etag(saved["seq"])

        if "status" in step:
            method, step_path = "POST", f"{path}/status"
        else:
            method, step_path = ("PUT" if saved else "POST"), path

        body = {name: value for name, value in step.items() if name != "by"}
        call = ApiCall(by=step["by"], method=method, path=step_path, body=body, headers=headers)
        saved = api.send(call)
        path = f"/v1/concepts/{saved['concept']['id']}"

    return saved


def _show_scene(api: Api, saved_by_name: Mapping[str, Body], scene: Body) -> DemoStep:
    """Send the request of a scene and fill its text and its table with the answer."""
    saved = saved_by_name[scene["concept"]]
    headers: dict[str, str] = {}
    if "body" in scene:
        headers["If-Match"] = _etag(scene.get("seen", saved["seq"]))

    call = ApiCall(
        by=scene["by"],
        method=scene.get("method", "GET"),
        path=f"/v1/concepts/{saved['concept']['id']}{scene['path']}",
        body=scene.get("body"),
        headers=headers,
        expected=scene.get("expected", SUCCESS),
    )
    answer = api.send(call)

    values = {
        **answer,
        "unified": _unified_diff(answer),
        "order": _learning_order(answer, saved_by_name),
    }
    columns: Sequence[str] = scene.get("columns", ())
    records: Sequence[Body] = answer[scene["table"]] if columns else ()
    rows = [_cells(record, columns) for record in records]
    return DemoStep(scene["text"].format_map(values), columns, rows)


def _cells(record: Body, columns: Sequence[str]) -> list[object]:
    return [record[name] for name in columns]


def _unified_diff(answer: Body) -> str:
    if "diff" not in answer:
        return ""

    return to_unified(make_converter().structure(answer, VersionDiff).diff)


def _learning_order(answer: Body, saved_by_name: Mapping[str, Body]) -> str:
    """Return the layers of a learning order, one a line, with names in place of ids."""
    names = {saved["concept"]["id"]: name for name, saved in saved_by_name.items()}
    layers: Sequence[Sequence[str]] = answer.get("layers", ())
    return "\n".join(_layer_text(layer, names) for layer in layers)


def _layer_text(layer: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(concept_id, concept_id) for concept_id in layer)


def _etag(seq: int) -> str:
    return f'"{seq}"'
