"""Count the calls of our own functions that one request makes.

`python -m tests.request_calls` prints a table for a GET and a PUT of a concept: the calls of each
file, then those of each function. `tests/cost_limits.py` limits the sums.

Counted are the calls of Python functions that a file below `packages/*/src` defines: functions,
methods, properties, lambdas, and generators once each. Not counted are comprehensions and generator
expressions, which belong to the function around them and which newer Pythons run without a call,
and methods that attrs generates, which have no file. A table shows the latter apart.
"""

import inspect
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

from attrs import Factory, define, frozen
from tests.architecture.sources import PACKAGES
from werkzeug.test import TestResponse

from indelible.app import AppContext
from indelible.concepts import ConceptContent, CreateConcept, create_concept
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.policy import Policy
from indelible_sql import open_store
from indelible_web import WebSettings, create_app

OPERATOR: Final = Actor.system("tests")
KEYS: Final = KeyPolicy(pepper=b"a pepper for tests, 32 bytes long")
SETTINGS: Final = WebSettings(
    secret=b"a secret for tests, 32 bytes long", requests_per_minute=1_000_000
)
WARMING_EDITS: Final = 3  # after the first requests, caches are full
SOURCE_FOLDER: Final = "/src/"
GENERATED: Final = "<attrs generated"  # the beginning of the file names of attrs' methods
BODY: Final = {
    "name": "Ratio",
    "explanation": "A ratio says how many times one quantity contains another.",
    "examples": ["3 : 2", "the ratio of a circle's circumference to its diameter"],
    "learning_objective": "Compare two quantities by their ratio.",
}


@frozen
class Function:
    """A function of our code."""

    file: str
    name: str
    line: int


@define
class CallCounts:
    """The calls of our functions, and of the methods that attrs has generated for our classes."""

    by_function: Counter[Function] = Factory(Counter[Function])
    by_generated: Counter[str] = Factory(Counter[str])

    @property
    def calls(self) -> int:
        return self.by_function.total()

    @property
    def functions(self) -> int:
        return len(self.by_function)

    @property
    def files(self) -> int:
        return len(self.by_file())

    @property
    def generated(self) -> int:
        return self.by_generated.total()

    def by_file(self) -> Counter[str]:
        """Return the calls of the functions of each file."""
        counts: Counter[str] = Counter()
        for function, number in self.by_function.items():
            counts[function.file] += number

        return counts

    def table(self) -> str:
        """Return the sums, the calls of each file, and below it those of each function."""
        places = f"{self.functions} functions in {self.files} files"
        lines = [f"{self.calls} calls of {places}, and {self.generated} of attrs' methods"]
        for file, number in self.by_file().most_common():
            lines.append(f"{number:5} {file}")
            for function, calls in sorted(self.by_function.items(), key=_by_line):
                if function.file == file:
                    lines.append(f"      {calls:5} {function.name}, line {function.line}")

        return "\n".join(lines)


def _by_line(item: tuple[Function, int]) -> int:
    function, _ = item
    return function.line


def count_calls(action: Callable[[], object]) -> CallCounts:
    """Return the calls of our functions that an action makes in this thread."""
    counts = CallCounts()
    generators: set[FrameType] = set()  # a generator is called again for each of its values

    def count(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or frame in generators:
            return
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            generators.add(frame)
        _count(counts, frame.f_code)

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)

    return counts


def _count(counts: CallCounts, code: CodeType) -> None:
    """Count a call, unless the function is not ours or belongs to the one around it."""
    if code.co_filename.startswith(GENERATED):
        counts.by_generated[code.co_filename] += 1
        return

    is_expression = code.co_name.startswith("<") and code.co_name != "<lambda>"
    if is_expression or not code.co_filename.startswith(str(PACKAGES)):
        return

    _, _, file = code.co_filename.partition(SOURCE_FOLDER)
    counts.by_function[Function(file, code.co_qualname, code.co_firstlineno)] += 1


class WarmApplication:
    """The application on SQLite, whose caller has a key; one concept was read and edited."""

    def __init__(self, folder: Path) -> None:
        store = open_store(f"sqlite:///{folder / 'concepts.db'}", policy=Policy(keys=KEYS))
        store.upgrade()
        self._client = create_app(AppContext(store=store), SETTINGS).test_client()

        owner = Actor.user("maya")
        scopes = ("concepts:read", "concepts:write")
        issued = store.run(
            create_key, CreateKey(owner=owner, scopes=scopes), actor=OPERATOR, reason="a test"
        )
        self._headers = {"Authorization": f"Bearer {issued.text}"}
        saved = store.run(
            create_concept,
            CreateConcept(content=ConceptContent(name="Ratio")),
            actor=owner,
            reason="a first draft",
        )
        self._path = f"/v1/concepts/{saved.concept.id}"
        self._seq = saved.seq
        for _ in range(WARMING_EDITS):
            self.put()
            self.get()
        self.close = store.dispose

    def get(self) -> None:
        """Read the concept."""
        _check(self._client.get(self._path, headers=self._headers))

    def put(self) -> None:
        """Save the concept's next version."""
        content = {**BODY, "definition": f"A comparison of two quantities, {self._seq}."}
        headers = {**self._headers, "If-Match": f'"{self._seq}"'}
        body = {"content": content, "change_note": "says it more clearly"}
        _check(self._client.put(self._path, json=body, headers=headers))
        self._seq += 1


def _check(response: TestResponse) -> None:
    assert response.status_code == 200, response.text


@contextmanager
def warm_application() -> Generator[WarmApplication]:
    """Yield an application in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        application = WarmApplication(Path(folder))
        try:
            yield application
        finally:
            application.close()


def main() -> None:
    """Print the tables of both requests."""
    with warm_application() as application:
        for name, request in (("GET", application.get), ("PUT", application.put)):
            print(f"{name}: {count_calls(request).table()}\n")  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
