"""Scenes: hostile requests that need preparation, with the expected answer."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import count
from typing import Any, cast

from attrs import Factory, evolve, frozen
from tests.fuzz.attack import rows
from tests.web.console.visitor import Site
from tests.web.harness import SETTINGS, Json, Web, saved
from tests.web.hostile.line import Line, get
from tests.web.reader import Reader, reader_of
from werkzeug.test import TestResponse

from indelible.testing.stores import AnyStore
from indelible_sql import SqlStore

LIMIT, MOST = 3, 100_000
Request = Callable[[], TestResponse]


@frozen
class Stage:
    """The API, the console, and an API with low rate limits, over one store and created lazily."""

    store: AnyStore
    numbers: Iterator[int] = Factory(count)

    @cached_property
    def web(self) -> Web:
        return Web(self.store)

    @cached_property
    def tired(self) -> Web:
        return Web(
            self.store, evolve(SETTINGS, requests_per_minute=LIMIT, wrong_keys_per_minute=LIMIT)
        )

    @cached_property
    def site(self) -> Site:
        return Site(self.store)

    @cached_property
    def here(self) -> str:
        """A concept that nothing changes."""
        return str(self.web.create()["concept"]["id"])

    @cached_property
    def space(self) -> str:
        """A space that nothing changes."""
        return reader_of(self.web).space_id

    @cached_property
    def retired(self) -> str:
        """A space that takes nothing any more."""
        space_id = reader_of(self.web).space_id
        saved(self.web.post(f"/v1/spaces/{space_id}/retire", json={"reason": "a test"}, seq=1), 200)
        return space_id

    @cached_property
    def part(self) -> str:
        """A subspace that nothing changes."""
        return Reader(self.web, self.space, self.web.key).subspace()

    def address(self) -> dict[str, str]:
        """An address from which nobody has asked."""
        return {"REMOTE_ADDR": f"198.51.{next(self.numbers)}.7"}

    def written(self) -> tuple[Any, ...]:
        """How much was ever written; in memory the feed has it all, and is never late."""
        return (
            rows(self.store)
            if isinstance(self.store, SqlStore)
            else self.store.feed(limit=MOST).changes
        )


@frozen
class Scene:
    """What is prepared, the request that follows, and its answer; of a page, the code is blank."""

    row: int
    name: str
    status: int
    code: str
    prepare: Callable[[Stage], Request]

    def __str__(self) -> str:
        return f"{self.row} {self.name}"[:80].encode("ascii", "backslashreplace").decode()


def of_line(line: Line) -> Scene:
    """A line, on a stage."""

    def prepare(stage: Stage) -> Request:
        web, path, sent = stage.web, line.path.format(here=stage.here), line.sent
        if "data" in sent:
            own = (
                sent["data"]
                .replace(b"{space}", stage.space.encode())
                .replace(b"{retired}", stage.retired.encode())
            )
            sent = sent | {"data": own}
        return lambda: web.send(line.method, path, **sent)

    return Scene(line.row, str(line).partition(" ")[2], line.status, line.code, prepare)


STILL = of_line(get(0, 200, "", "/v1/concepts/{here}"))


def faults(scene: Scene, stage: Stage) -> list[str]:
    """What is wrong with the answer, or with what it leaves behind."""
    request, still = scene.prepare(stage), STILL.prepare(stage)
    before = stage.written()
    answer = request()
    found = (answer.status_code, _code(answer))
    wrong = (
        []
        if found == (scene.status, scene.code)
        else [f"{scene}: {found}, not {(scene.status, scene.code)}"]
    )
    if stage.written() != before:
        wrong.append(f"{scene}: something was written")
    if answer.status_code == 405 and "Allow" not in answer.headers:
        wrong.append(f"{scene}: no methods are named")
    if (next_one := still().status_code) != STILL.status:
        wrong.append(f"{scene}: then {next_one}")
    return wrong


def _code(answer: TestResponse) -> str:
    """The code of a problem; of a list, whether it found anything."""
    said = cast("Json", answer.get_json(silent=True) or {})
    return str(said.get("code", "FOUND" if said.get("items") else ""))
