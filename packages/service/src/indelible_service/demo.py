"""`indelible demo`: a small curriculum is written through the REST API of a running instance, and then looked at."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from operator import attrgetter
from typing import ClassVar, Final

from attrs import define, field, frozen

from indelible.concepts import ConceptStatus, VersionDiff, to_unified
from indelible.kernel import Actor, Forbidden, SystemClock, TimeOrderedIds, Unavailable
from indelible.kernel.keys import CreateKey, create_key, key_for
from indelible_service.api import Api, Body, Headers
from indelible_service.database import opened
from indelible_service.lines import structured
from indelible_service.local import FIRST, find_key, keep_key
from indelible_service.settings import Settings
from indelible_sql import SqlStore

SCOPES: Final = tuple(f"concepts:{verb}" for verb in ("read", "write", "review", "approve", "publish"))
STATUS: Final = {
    "submit": ConceptStatus.REVIEW,
    "approve": ConceptStatus.APPROVED,
    "publish": ConceptStatus.PUBLISHED,
}
CREATED, CONFLICT, STALE = 201, 409, 412
PEOPLE: Final = ("ines", "maya", "noor", "tomas")

Layers = Sequence[Sequence[str]]


@frozen
class KeyNeeded(Forbidden):
    """A key of the running instance is needed: its database is not this machine's, and none is kept here."""

    code: ClassVar[str] = "KEY_NEEDED"
    address: str


@frozen(kw_only=True)
class Scene:
    """Something to show: a sentence or a text, and perhaps a table."""

    text: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()


@frozen(kw_only=True)
class Life:
    """A concept as the instance has it: its history there, and what the last of our own steps answered."""

    saved: Body
    changes: Sequence[Body]

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/v1/concepts/{self.saved['concept']['id']}"

    @property
    def name(self) -> str:
        """What our last version calls it."""
        return str(self.saved["version"]["content"]["name"])

    @property
    def status(self) -> str:
        """How far it has come."""
        return str(self.changes[-1]["to_state"])


@frozen(kw_only=True)
class Summary:
    """What came of the demo; a second run finds all steps done, and changes nothing."""

    address: str
    concepts: int
    steps: int
    steps_done_before: int
    refusals: int
    warnings: int


def keys_of_people(settings: Settings, given: str | None) -> Mapping[str, str]:
    """A key for each person of the curriculum: the given one, their own where we have the database, or the first."""
    if given:
        return dict.fromkeys(PEOPLE, given)
    try:
        with opened(settings, tells_keys=True) as store:
            return {person: _own_key(settings, store, person) for person in PEOPLE}
    except Unavailable as error:
        first = find_key(settings, FIRST)
        if first is None:
            raise KeyNeeded(settings.address) from error
        return dict.fromkeys(PEOPLE, first)


def _own_key(settings: Settings, store: SqlStore, person: str) -> str:
    kept = find_key(settings, person)
    if kept and store.read(key_for, kept, now=SystemClock().now()):
        return kept
    command = CreateKey(owner=Actor.user(person), scopes=SCOPES)
    made = store.run(create_key, command, actor=Actor.system("demo"), reason=f"the demo acts as {person}")
    keep_key(settings, person, made.text)
    return made.text


def curriculum() -> Iterator[tuple[str, Sequence[Body]]]:
    """Every concept that the package holds: where it stands, and its steps."""
    for file in sorted(files("indelible_service.curriculum").iterdir(), key=attrgetter("name")):
        if file.name.endswith(".toml"):
            for number, concept in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))["concept"]):
                yield f"{file.name}:{number}", concept["step"]


@define
class ConceptsDemo:
    """The story of the curriculum, told scene by scene."""

    _address: str
    _keys: Mapping[str, str] = field(repr=False)
    _run: str = field(factory=TimeOrderedIds().new, init=False)
    _lives: Sequence[Life] = field(default=(), init=False)
    _warnings: Sequence[Body] = field(default=(), init=False)
    _refusals: int = field(default=0, init=False)

    def scenes(self) -> Iterator[Scene]:
        """Write every step, then look at what is there."""
        self._lives = [self._live(place, steps) for place, steps in curriculum()]
        self._warnings = self._find_warnings()
        yield self._written()
        yield self._stale()
        yield self._skipped()
        yield self._diff()
        yield self._warned()
        yield self._learning_order()
        yield self._life()

    def summary(self) -> Summary:
        """What came of it."""
        steps = sum(life.saved["seq"] for life in self._lives)
        return Summary(
            address=self._address,
            concepts=len(self._lives),
            steps=steps,
            steps_done_before=steps - sum(self._is_new(change) for life in self._lives for change in life.changes),
            refusals=self._refusals,
            warnings=len(self._warnings),
        )

    def _live(self, place: str, steps: Sequence[Body]) -> Life:
        saved: Body = {}
        for number, step in enumerate(steps):
            once = {"Idempotency-Key": f"demo:{place}:{number}", "X-Request-Id": f"{self._run}:{place}:{number}"}
            saved = self._take(self._as(step["by"]), step, saved, once)
        changes = self._as("maya").call("GET", f"/v1/concepts/{saved['concept']['id']}/history?limit=100")["items"]
        return Life(saved=saved, changes=changes)

    def _take(self, api: Api, step: Body, saved: Body, headers: Headers) -> Body:
        if step["action"] == "create":
            body = {"content": step["content"], "reason": step["reason"]}
            return api.call("POST", "/v1/concepts", body, headers=headers, expect=CREATED)
        path, tagged = f"/v1/concepts/{saved['concept']['id']}", {**headers, **_tag(saved["seq"])}
        if step["action"] == "edit":
            body = {"content": step["content"], "change_note": step["reason"]}
            return api.call("PUT", path, body, headers=tagged)
        body = {"status": STATUS[step["action"]], "reason": step["reason"]}
        return api.call("POST", f"{path}/status", body, headers=tagged)

    def _as(self, person: str) -> Api:
        return Api(self._address, self._keys[person])

    def _is_new(self, change: Body) -> bool:
        return str(change["request_id"]).startswith(self._run)

    def _written(self) -> Scene:
        by_status = Counter(life.status for life in self._lives)
        rows = [
            (status, by_status[status], next((life.name for life in self._lives if life.status == status), ""))
            for status in ConceptStatus
        ]
        done = self.summary()
        text = f"{done.steps} steps of {done.concepts} concepts; {done.steps_done_before} of them were done before."
        return Scene(text=text, columns=("status", "concepts", "such as"), rows=rows)

    def _stale(self) -> Scene:
        life = next(life for life in self._lives if life.saved["seq"] > 1)
        body = {"content": life.saved["version"]["content"], "change_note": "an edit of what somebody saw long ago"}
        refused = self._as("maya").call("PUT", life.path, body, headers=_tag(1), expect=STALE)
        self._refusals += 1
        said = f"{STALE} {refused['code']}. {refused['title']}"
        return Scene(text=f"An edit of {life.name} as it was after its first step: {said}")

    def _skipped(self) -> Scene:
        drafts = [life for life in self._lives if life.status == ConceptStatus.DRAFT]
        if not drafts:
            return Scene(text="Nothing is in DRAFT any more, so no step can be skipped.")
        body = {"status": ConceptStatus.PUBLISHED, "reason": "straight to the reader"}
        tag, path = _tag(drafts[0].changes[-1]["seq"]), f"{drafts[0].path}/status"
        refused = self._as("tomas").call("POST", path, body, headers=tag, expect=CONFLICT)
        self._refusals += 1
        allowed = ", ".join(refused["allowed"])
        return Scene(
            text=f"{drafts[0].name}, from DRAFT to PUBLISHED: {CONFLICT} {refused['code']}; allowed: {allowed}."
        )

    def _diff(self) -> Scene:
        life = self._most_revised()
        found = self._as("ines").call("GET", f"{life.path}/diff?from=1&to=2")
        return Scene(text=f"{life.name}, from version 1 to 2:\n{to_unified(structured(1, found, VersionDiff).diff)}")

    def _warned(self) -> Scene:
        such_as = {each["code"]: each for each in self._warnings}
        times = Counter(each["code"] for each in self._warnings)
        rows = [(code, such_as[code]["severity"], times[code], such_as[code]["message"]) for code in sorted(times)]
        text = "Warnings never block. These are kept with versions, or hold now:"
        return Scene(text=text, columns=("code", "severity", "times", "such as"), rows=rows)

    def _learning_order(self) -> Scene:
        names: dict[str, str] = {life.saved["concept"]["id"]: life.name for life in self._lives}
        everything: Layers = self._as("noor").call("GET", "/v1/learning-order")["layers"]
        last = [concept_id for layer in everything for concept_id in layer if concept_id in names][-1]
        layers: Layers = self._as("noor").call("GET", f"/v1/concepts/{last}/learning-order")["layers"]
        rows = [(number, ", ".join(names.get(each, each) for each in layer)) for number, layer in enumerate(layers, 1)]
        return Scene(text=f"What to learn before {names[last]}:", columns=("layer", "concepts"), rows=rows)

    def _life(self) -> Scene:
        life = self._most_revised()
        columns = ("seq", "action", "to_state", "version", "actor", "reason")
        rows = [[change[name] for name in columns] for change in life.changes]
        return Scene(text=f"The life of {life.name}:", columns=columns, rows=rows)

    def _most_revised(self) -> Life:
        return max(self._lives, key=lambda life: life.saved["concept"]["current_version"])

    def _find_warnings(self) -> Sequence[Body]:
        found = [self._as("ines").call("GET", f"{life.path}/warnings") for life in self._lives]
        return [each for remarks in found for each in (*remarks["warnings"], *remarks["current_warnings"])]


def _tag(seq: int) -> Headers:
    return {"If-Match": f'"{seq}"'}


STORIES: Final = {"concepts": ConceptsDemo}
