"""Problems of a parameter, in the words and with the codes of Stripe's errors."""

from typing import Any, Final

from attrs import field, frozen
from jsonschema import ValidationError

from indelible_stripe.simulator.answers import ApiError

MAX_VALUE_LENGTH: Final = 60  # of a value that a message quotes
CHOICES: Final = ("anyOf", "oneOf")
LIMITS: Final = ("maxLength", "minLength", "maxItems", "minItems", "maximum", "minimum")
OF_ANOTHER_KIND: Final = ("type", "enum")


@frozen
class Problem:
    """A fault of the parameter `name`, `line_items[0][quantity]`."""

    name: str
    message: str
    code: str | None = None
    is_limit: bool = False

    @property
    def text(self) -> str:
        """Return the message with the name of the parameter."""
        if self.name in self.message:
            return self.message
        return f"{self.name}: {self.message}"

    def error(self) -> ApiError:
        """Return the answer to a request with this problem."""
        return ApiError(self.message, code=self.code, param=self.name)


def unknown(name: str) -> Problem:
    """Return the problem of a parameter that Stripe does not describe."""
    return Problem(name, f"Received unknown parameter: {name}", "parameter_unknown")


def missing_parameter(name: str) -> Problem:
    """Return the problem of a parameter that a request needs."""
    return Problem(name, f"Missing required param: {name}.", "parameter_missing")


def problem_of(name: str, error: ValidationError) -> Problem:
    """Return the problem that an error of a schema is about."""
    deepest = _deepest(error)
    path = name + "".join(f"[{part}]" for part in deepest.absolute_path)
    value: Any = deepest.instance
    if deepest.validator == "additionalProperties":
        names: set[str] = value.keys() - deepest.schema.get("properties", {}).keys()
        return unknown(f"{path}[{min(names)}]")
    if deepest.validator == "required":
        names = set(deepest.validator_value) - value.keys()
        return missing_parameter(f"{path}[{min(names)}]")
    if deepest.validator in LIMITS:
        return Problem(path, f"Invalid {path}: {_limit(deepest)}", is_limit=True)
    if value == "":
        message = (
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to"
            f" unset a parameter; however '{path}' cannot be unset. You should remove '{path}' from"
            " your request or supply a non-empty value."
        )
        return Problem(path, message, "parameter_invalid_empty")
    return _wrong_kind(path, deepest, value)


def _wrong_kind(path: str, error: ValidationError, value: object) -> Problem:
    """Return the problem of a value of another type, or of none of the named values."""
    if error.validator == "enum":
        values = ", ".join(str(choice) for choice in error.validator_value)
        return Problem(path, f"Invalid {path}: must be one of {values}")
    kind = error.validator_value
    if error.validator != "type" or not isinstance(kind, str):
        return Problem(path, f"Invalid {path}")
    code = "parameter_invalid_integer" if kind == "integer" else None
    text = value[:MAX_VALUE_LENGTH] if isinstance(value, str) else type(value).__name__
    return Problem(path, f"Invalid {kind}: {text}", code)


def _limit(error: ValidationError) -> str:
    return f"{error.validator} is {error.validator_value}"


@frozen
class _Branch:
    """The errors of one choice of a schema."""

    errors: list[ValidationError] = field(factory=list[ValidationError])

    @property
    def is_meant(self) -> bool:
        """Return True if the value is of the kind of this choice, with a fault within."""
        return not any(
            error.validator in OF_ANOTHER_KIND and not error.path for error in self.errors
        )


def _deepest(error: ValidationError) -> ValidationError:
    """Return the error within the choice that is meant, where a schema has several."""
    while error.validator in CHOICES and error.context:
        branches: dict[object, _Branch] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], _Branch()).errors.append(inner)
        meant = [branch for branch in branches.values() if branch.is_meant]
        error = [*meant, *branches.values()][0].errors[0]
    return error
