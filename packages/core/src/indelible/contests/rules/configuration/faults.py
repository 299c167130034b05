"""The faults of a configuration: all of them are reported at once, with JSON paths."""

from enum import StrEnum
from typing import ClassVar, Final, cast

from attrs import frozen

from indelible.kernel.errors import Invalid
from indelible.kernel.values import UNSTORABLE, value_text

MAX_FAULTS: Final = 1_000
MAX_PATH_CHARACTERS: Final = 200
MAX_PATHS_IN_MESSAGE: Final = 5
ROOT_PATH: Final = "$"


class ConfigurationCode(StrEnum):
    """The codes of a configuration's faults."""

    MALFORMED_JSON = "MALFORMED_JSON"
    DUPLICATE_KEY = "DUPLICATE_KEY"
    MISSING_KEY = "MISSING_KEY"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    WRONG_TYPE = "WRONG_TYPE"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    VALUE_NOT_ALLOWED = "VALUE_NOT_ALLOWED"
    INVALID_TEXT = "INVALID_TEXT"
    INVALID_DATE = "INVALID_DATE"
    INVALID_INSTANT = "INVALID_INSTANT"
    INSTANT_WITHOUT_ZONE = "INSTANT_WITHOUT_ZONE"
    CURRENCY_UNKNOWN = "CURRENCY_UNKNOWN"
    TOO_FEW_ITEMS = "TOO_FEW_ITEMS"
    TOO_MANY_ITEMS = "TOO_MANY_ITEMS"
    DUPLICATE_ITEM = "DUPLICATE_ITEM"
    NOT_DESCENDING = "NOT_DESCENDING"
    WRONG_SUM = "WRONG_SUM"
    CONTRADICTION = "CONTRADICTION"
    TIME_INVARIANT_VIOLATION = "TIME_INVARIANT_VIOLATION"
    FAULTS_TRUNCATED = "FAULTS_TRUNCATED"

    @property
    def meaning(self) -> str:
        """Return a sentence about the fault."""
        return CODE_MEANINGS[self]


CODE_MEANINGS: Final = {
    ConfigurationCode.MALFORMED_JSON: "The text is not JSON.",
    ConfigurationCode.DUPLICATE_KEY: "An object has the same key twice.",
    ConfigurationCode.MISSING_KEY: "A required key is missing; every key is required.",
    ConfigurationCode.UNKNOWN_KEY: "A key is not part of the schema.",
    ConfigurationCode.WRONG_TYPE: (
        'A value has another type. Nothing is converted: `4.0`, `true` and `"4"` are no integer.'
    ),
    ConfigurationCode.OUT_OF_RANGE: "A number is outside its range.",
    ConfigurationCode.VALUE_NOT_ALLOWED: "A value is not one of the allowed values.",
    ConfigurationCode.INVALID_TEXT: (
        "A text is empty or too long, or contains a character that an id or a name cannot have."
    ),
    ConfigurationCode.INVALID_DATE: "A text is no date of the form `YYYY-MM-DD`.",
    ConfigurationCode.INVALID_INSTANT: (
        "A text is no instant in UTC of the form `YYYY-MM-DDTHH:MM:SSZ`."
    ),
    ConfigurationCode.INSTANT_WITHOUT_ZONE: "An instant has no time zone; expected UTC with `Z`.",
    ConfigurationCode.CURRENCY_UNKNOWN: (
        "A text is not the code of an active currency of ISO 4217."
    ),
    ConfigurationCode.TOO_FEW_ITEMS: "A list or an object has too few items.",
    ConfigurationCode.TOO_MANY_ITEMS: "A list or an object has too many items.",
    ConfigurationCode.DUPLICATE_ITEM: "An item occurs twice where items must be different.",
    ConfigurationCode.NOT_DESCENDING: "A later rank is paid more than an earlier one.",
    ConfigurationCode.WRONG_SUM: "The sum of several numbers is not the required one.",
    ConfigurationCode.CONTRADICTION: "Two keys contradict each other, or a key has no effect.",
    ConfigurationCode.TIME_INVARIANT_VIOLATION: (
        "The instants are not in the order created < lock <= start < end."
    ),
    ConfigurationCode.FAULTS_TRUNCATED: "More faults exist than are listed.",
}


@frozen
class ConfigurationFault:
    """A fault of a configuration: its code, its JSON path, and both values as texts."""

    code: ConfigurationCode
    path: str
    expected: str
    actual: str

    def document(self) -> dict[str, str]:
        """Return the fault as a JSON object."""
        return {
            "code": self.code.value,
            "path": self.path,
            "expected": self.expected,
            "actual": self.actual,
        }


@frozen
class ConfigurationInvalid(Invalid):
    """A configuration with faults; nothing of it is stored."""

    message: ClassVar[str] = "The configuration has {count} faults, the first ones at {paths}."
    faults: tuple[ConfigurationFault, ...]
    count: int
    paths: tuple[str, ...]

    @classmethod
    def of(cls, faults: tuple[ConfigurationFault, ...]) -> "ConfigurationInvalid":
        """Return the error about these faults."""
        paths = tuple(fault.path for fault in faults[:MAX_PATHS_IN_MESSAGE])
        return cls(faults, len(faults), paths)


class FaultList:
    """Collects faults up to a limit, so that a hostile document cannot fill the memory."""

    def __init__(self) -> None:
        """Start without faults."""
        self._faults: list[ConfigurationFault] = []
        self._is_truncated = False

    def add(self, code: ConfigurationCode, path: str, expected: str, actual: str) -> None:
        """Add a fault."""
        if self._is_truncated:
            return
        if len(self._faults) == MAX_FAULTS:
            self._is_truncated = True
            code, path = ConfigurationCode.FAULTS_TRUNCATED, ROOT_PATH
            expected, actual = f"at most {MAX_FAULTS} faults", "more faults"
        self._faults.append(ConfigurationFault(code, path, expected, actual))

    @property
    def faults(self) -> tuple[ConfigurationFault, ...]:
        """Return the faults in the order in which they were added."""
        return tuple(self._faults)


def actual_text(value: object) -> str:
    """Return a value of JSON as a short text without characters that cannot be stored."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, list | tuple):
        return f"a list of {len(cast('list[object]', value))} items"
    if hasattr(value, "keys"):
        return "an object"

    return UNSTORABLE.sub("?", value_text(value))


def key_path(path: str, key: object) -> str:
    """Return the JSON path of a key in an object."""
    text = UNSTORABLE.sub("?", str(key))
    if text.isidentifier() and text.isascii():
        return f"{path}.{text}"[:MAX_PATH_CHARACTERS]

    return f"{path}[{value_text(text)}]"[:MAX_PATH_CHARACTERS]
