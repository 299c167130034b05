"""`indelible demo`: a small curriculum is written through the REST API of a running instance, and then looked at."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from operator import attrgetter
from typing import Any, ClassVar, Final, NamedTuple, cast

import urllib3
from attrs import field, frozen
from cattrs.preconf.json import make_converter

from indelible.concepts import VersionDiff, to_unified
from indelible.kernel import Actor, Forbidden, SystemClock, TimeOrderedIds, Unavailable
from indelible.kernel.keys import CreateKey, create_key, key_for
from indelible_service.database import opened
from indelible_service.local import find_key, keep_key
from indelible_service.settings import Settings
from indelible_sql import SqlStore

SCOPES: Final = tuple(f"concepts:{verb}" for verb in ("read", "write", "review", "approve", "publish"))
PEOPLE: Final = ("ines", "maya", "noor", "tomas")
ANSWER_SECONDS: Final = 30
LONGEST_QUOTED: Final = 200  # characters of an answer that is not what it should be
OK, CREATED = 200, 201

Body = Mapping[str, Any]
Headers = Mapping[str, str]


@frozen
class NotRunning(Unavailable):
    """Nothing answers at this address."""

    code: ClassVar[str] = "NOT_RUNNING"
    address: str


@frozen
class UnexpectedAnswer(Unavailable):
    """The API did not answer as it should."""

    code: ClassVar[str] = "UNEXPECTED_ANSWER"
    request: str
    status: int
    answer: str


@frozen
class KeyNeeded(Forbidden):
    """A key of the running instance is needed: its database is not this machine's."""

    code: ClassVar[str] = "KEY_NEEDED"
    address: str


@frozen
class Scene:
    """Something to show: a text, and perhaps a table."""

    text: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()


class Life(NamedTuple):
    """A concept as the instance has it: where, what our last step answered, and how many steps this run took."""

    path: str
    saved: Body
    taken: int


@frozen
class Api:
    """A running instance, as those see it whose keys these are; no call is repeated."""

    address: str
    keys: Mapping[str, str] = field(repr=False)

    def call(self, by: str, method: str, path: str, body: Body | None, headers: Headers, *expected: int) -> Body:
        """What the answer says; NotRunning where there is none, UnexpectedAnswer where its status is another."""
        given = {"Authorization": f"Bearer {self.keys.get(by, '')}", **headers}
        try:
            with urllib3.PoolManager(timeout=ANSWER_SECONDS, retries=False) as http:
                answer = http.request(method, self.address + path, json=body, headers=given)
        except urllib3.exceptions.HTTPError as error:
            raise NotRunning(self.address) from error
        said = answer.data.decode(errors="replace")
        if answer.status not in expected or not said.startswith("{"):
            raise UnexpectedAnswer(f"{method} {path}", answer.status, said[:LONGEST_QUOTED])
        return cast("Body", answer.json())

    def get(self, by: str, path: str) -> Body:
        """What is there."""
        return self.call(by, "GET", path, None, {}, OK)


def running(settings: Settings, key: str | None) -> Api:
    """The instance that the settings name, with a key for everyone in the curriculum; NotRunning or KeyNeeded."""
    found = Api(settings.address, {}).get("", "/health/live")
    if found != {"status": "alive"}:
        raise UnexpectedAnswer("GET /health/live", OK, str(found)[:LONGEST_QUOTED])
    if key:
        return Api(settings.address, dict.fromkeys(PEOPLE, key))
    try:
        with opened(settings, tells_keys=True) as store:
            return Api(settings.address, {person: _own_key(settings, store, person) for person in PEOPLE})
    except Unavailable as error:
        raise KeyNeeded(settings.address) from error


def curriculum(kind: str) -> Iterator[Body]:
    """Every `concept` or every `scene` that the package holds."""
    for file in sorted(files("indelible_service.curriculum").iterdir(), key=attrgetter("name")):
        if file.name.endswith(".toml"):
            yield from tomllib.loads(file.read_text(encoding="utf-8")).get(kind, ())


def concepts_demo(api: Api) -> Iterator[Scene]:
    """Write every concept, step by step, then look at what is there; a second run finds all steps done."""
    run, lives = TimeOrderedIds().new(), dict[str, Life]()
    for number, concept in enumerate(curriculum("concept")):
        life = _live(api, run, number, concept["step"])
        lives[life.saved["version"]["content"]["name"]] = life
    steps, taken = sum(life.saved["seq"] for life in lives.values()), sum(life.taken for life in lives.values())
    yield Scene(f"{steps} steps of {len(lives)} concepts; {steps - taken} of them were done before.")
    for scene in curriculum("scene"):
        yield _looked_at(api, lives, scene)


def _own_key(settings: Settings, store: SqlStore, person: str) -> str:
    kept = find_key(settings, person)
    if kept and store.read(key_for, kept, now=SystemClock().now()):
        return kept
    command = CreateKey(owner=Actor.user(person), scopes=SCOPES)
    made = store.run(create_key, command, actor=Actor.system("demo"), reason=f"the demo acts as {person}")
    keep_key(settings, person, made.text)
    return made.text


def _live(api: Api, run: str, place: int, steps: Sequence[Body]) -> Life:
    path, saved = "/v1/concepts", cast("Body", {})
    for number, step in enumerate(steps):
        once = {"Idempotency-Key": f"demo:{place}:{number}", "X-Request-Id": f"{run}:{place}:{number}"}
        method, below = ("POST", "/status") if "status" in step else ("PUT" if saved else "POST", "")
        body = {name: value for name, value in step.items() if name != "by"}
        saved = api.call(step["by"], method, path + below, body, once | _seen(saved.get("seq")), OK, CREATED)
        path = f"/v1/concepts/{saved['concept']['id']}"
    changes = api.get("maya", f"{path}/history?limit=100")["items"]
    return Life(path, saved, sum(str(change["request_id"]).startswith(run) for change in changes))


def _looked_at(api: Api, lives: Mapping[str, Life], scene: Body) -> Scene:
    life = lives[scene["path"].partition("}")[0].removeprefix("{")]
    path = scene["path"].format_map({name: each.path for name, each in lives.items()})
    seen = _seen(scene.get("seen", life.saved["seq"])) if "body" in scene else {}
    method, expected = scene.get("method", "GET"), scene.get("expected", [OK])
    answer = api.call(scene["by"], method, path, scene.get("body"), seen, *expected)
    unified = to_unified(make_converter().structure(answer, VersionDiff).diff) if "diff" in answer else ""
    names: dict[str, str] = {each.saved["concept"]["id"]: name for name, each in lives.items()}
    layers: Sequence[Sequence[str]] = answer.get("layers", ())
    order = "\n".join(", ".join(names.get(each, each) for each in layer) for layer in layers)
    columns = scene.get("columns", ())
    rows = [[row[name] for name in columns] for row in answer[scene["table"]]] if columns else ()
    return Scene(scene["text"].format_map({**answer, "unified": unified, "order": order}), columns, rows)


def _seen(seq: int | None) -> dict[str, str]:
    return {"If-Match": f'"{seq}"'} if seq else {}


STORIES: Final = {"concepts": concepts_demo}
