"""`indelible demo`: a small curriculum is written through the REST API of a running instance, and then looked at."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from operator import attrgetter
from typing import Any, ClassVar, Final, cast

import urllib3
from attrs import field, frozen
from cattrs.preconf.json import make_converter

from indelible.concepts import VersionDiff, to_unified
from indelible.kernel import Actor, SystemClock, Unavailable
from indelible.kernel.keys import CreateKey, authenticate_key, create_key
from indelible_service.data_directory import atomic_file, directory, translate_os_errors
from indelible_service.database import open_configured_store
from indelible_service.settings import Settings
from indelible_sql import SqlStore

SCOPES: Final = tuple(
    f"concepts:{verb}" for verb in ("read", "write", "review", "approve", "publish")
)
PEOPLE: Final = ("ines", "maya", "noor", "tomas")
ANSWER_SECONDS: Final = 30
LONGEST_QUOTED: Final = 200  # characters of an answer that is not what it should be
DONE: Final = (200, 201)

Body = Mapping[str, Any]


@frozen
class NotRunning(Unavailable):
    """Nothing answers at this address."""

    code: ClassVar[str] = "NOT_RUNNING"
    message: ClassVar[str] = "No server answers at {address}."
    address: str


@frozen
class UnexpectedAnswer(Unavailable):
    """The API did not answer as it should."""

    code: ClassVar[str] = "UNEXPECTED_ANSWER"
    message: ClassVar[str] = "The API answered {request} with status {status}: {answer}."
    request: str
    status: int
    answer: str


@frozen
class DemoStep:
    """Something to show: a text, and perhaps a table."""

    text: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()


@frozen
class Api:
    """A running instance, as those see it whose keys these are; no call is repeated."""

    address: str
    keys: Mapping[str, str] = field(repr=False)

    def call(
        self,
        by: str,
        method: str,
        path: str,
        body: Body | None,
        headers: Body,
        expected: Sequence[int],
    ) -> Body:
        """What the answer says; NotRunning where there is none, UnexpectedAnswer where its status is another."""
        given = {"Authorization": f"Bearer {self.keys.get(by, '')}", **headers}
        address = self.address + path
        try:
            answer = urllib3.request(
                method, address, json=body, headers=given, timeout=ANSWER_SECONDS, retries=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise NotRunning(self.address) from error
        said = answer.data.decode(errors="replace")
        if answer.status not in expected or not said.startswith("{"):
            raise UnexpectedAnswer(f"{method} {path}", answer.status, said[:LONGEST_QUOTED])
        return cast("Body", answer.json())


def running(settings: Settings, key: str | None) -> Api:
    """The instance that the settings name, with a key for everyone in the curriculum."""
    found = Api(settings.address, {}).call("", "GET", "/health/live", None, {}, DONE)
    if found != {"status": "alive"}:
        raise UnexpectedAnswer("GET /health/live", DONE[0], str(found)[:LONGEST_QUOTED])
    if key:
        return Api(settings.address, dict.fromkeys(PEOPLE, key))
    with open_configured_store(settings, tells_keys=True) as store:
        return Api(
            settings.address, {person: _key_of(person, settings, store) for person in PEOPLE}
        )


def curriculum(kind: str) -> Iterator[Body]:
    """Every `concept` or every `scene` that the package holds."""
    for file in sorted(files("indelible_service.curriculum").iterdir(), key=attrgetter("name")):
        if file.name.endswith(".toml"):
            yield from tomllib.loads(file.read_text(encoding="utf-8")).get(kind, ())


def concepts_demo(api: Api) -> Iterator[DemoStep]:
    """Write every concept, step by step, then look at what is there; a second run finds all steps done."""
    lives = dict[str, Body]()
    for number, concept in enumerate(curriculum("concept")):
        saved = _live(api, number, concept["step"])
        lives[saved["version"]["content"]["name"]] = saved
    yield DemoStep(
        f"{sum(saved['seq'] for saved in lives.values())} steps of {len(lives)} concepts."
    )
    for scene in curriculum("scene"):
        yield _looked_at(api, lives, scene)


def _key_of(person: str, settings: Settings, store: SqlStore) -> str:
    """The person's key that an earlier run kept on this machine, or a new one."""
    path = directory(settings) / f"{person}.key"
    with translate_os_errors(path):
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if store.read(authenticate_key, kept, now=SystemClock().now()):
        return kept
    command = CreateKey(owner=Actor.user(person), scopes=SCOPES)
    made = store.run(
        create_key, command, actor=Actor.system("demo"), reason=f"the demo acts as {person}"
    )
    with atomic_file(path) as out:
        out.write(made.text.encode())
    return made.text


def _live(api: Api, place: int, steps: Sequence[Body]) -> Body:
    """What the API answered to the concept's last step."""
    path, saved = "/v1/concepts", cast("Body", {})
    for number, step in enumerate(steps):
        method, below = (
            ("POST", "/status") if "status" in step else ("PUT" if saved else "POST", "")
        )
        body = {name: value for name, value in step.items() if name != "by"}
        headers = {"Idempotency-Key": f"demo:{place}:{number}"} | _seen(saved.get("seq"))
        saved = api.call(step["by"], method, path + below, body, headers, DONE)
        path = f"/v1/concepts/{saved['concept']['id']}"
    return saved


def _looked_at(api: Api, lives: Mapping[str, Body], scene: Body) -> DemoStep:
    saved = lives[scene["concept"]]
    path = f"/v1/concepts/{saved['concept']['id']}{scene['path']}"
    seen = _seen(scene.get("seen", saved["seq"])) if "body" in scene else {}
    method, expected = scene.get("method", "GET"), scene.get("expected", DONE)
    answer = api.call(scene["by"], method, path, scene.get("body"), seen, expected)
    unified = (
        to_unified(make_converter().structure(answer, VersionDiff).diff) if "diff" in answer else ""
    )
    names: dict[str, str] = {each["concept"]["id"]: name for name, each in lives.items()}
    layers: Sequence[Sequence[str]] = answer.get("layers", ())
    order = "\n".join(", ".join(names.get(each, each) for each in layer) for layer in layers)
    columns = scene.get("columns", ())
    rows = [[row[name] for name in columns] for row in answer[scene["table"]]] if columns else ()
    return DemoStep(
        scene["text"].format_map({**answer, "unified": unified, "order": order}), columns, rows
    )


def _seen(seq: int | None) -> dict[str, str]:
    return {"If-Match": f'"{seq}"'} if seq else {}
