"""Read a configuration from JSON, and report all of its faults at once."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, cast

from indelible.contests.rules.configuration.checks import check_keys
from indelible.contests.rules.configuration.faults import (
    ROOT_PATH,
    ConfigurationCode,
    ConfigurationInvalid,
    FaultList,
    actual_text,
    key_path,
)
from indelible.contests.rules.configuration.readers import UTC_MARK
from indelible.contests.rules.configuration.schema import CONFIGURATION
from indelible.contests.rules.configuration.values import (
    Configuration,
    Cut,
    FixedPayout,
    Par,
    Payout,
    PayoutKind,
    Rake,
    Selection,
    SharePayout,
    StatusPolicy,
    Tier,
)
from indelible.kernel.json_limits import VALUE_LIMITS, depth_of
from indelible.kernel.json_objects import JsonObject


def parse_configuration(value: Mapping[str, Any], *, created_at: datetime | None) -> Configuration:
    """Return the configuration of a JSON object.

    `created_at` is the instant of the write, which must be before `lock_time`; None leaves that
    rule out.

    Raises:
        ConfigurationInvalid: The object has faults; the error lists all of them.
    """
    faults = FaultList()
    values = CONFIGURATION.read(value, ROOT_PATH, faults)
    if isinstance(values, dict):
        check_keys(cast("dict[str, Any]", values), created_at, faults)
    if faults.faults:
        raise ConfigurationInvalid.of(faults.faults)

    return _configuration_of(cast("dict[str, Any]", values))


def parse_configuration_text(text: str, *, created_at: datetime | None) -> Configuration:
    """Return the configuration of a JSON text.

    Raises:
        ConfigurationInvalid: The text is not JSON, an object has a key twice, or the
            configuration has faults.
    """
    faults = FaultList()
    value = _read_json(text, faults)
    if faults.faults:
        raise ConfigurationInvalid.of(faults.faults)

    return parse_configuration(cast("Any", value), created_at=created_at)


def checked_document(value: object) -> JsonObject:
    """Return the canonical document of a configuration; a converter of commands.

    Raises:
        ConfigurationInvalid: The configuration has faults; the error lists all of them.
    """
    if isinstance(value, Configuration):
        return value.configuration_document
    return parse_configuration(cast("Any", value), created_at=None).configuration_document


def document_instant(instant: datetime) -> str:
    """Return an instant as configurations spell it: UTC with Z, decimals only where needed."""
    in_utc = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{in_utc.isoformat()}{UTC_MARK}"


def _read_json(text: str, faults: FaultList) -> object:
    """Return the value of a text; a number with a decimal point stays a Decimal."""

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        names = [name for name, _ in pairs]
        for name in values:
            if names.count(name) > 1:
                path = key_path(ROOT_PATH, name)
                code = ConfigurationCode.DUPLICATE_KEY
                faults.add(code, path, "a key that occurs once", actual_text(name))
        return values

    if depth_of(text) > VALUE_LIMITS.max_depth or len(text) > VALUE_LIMITS.max_bytes:
        expected = f"{VALUE_LIMITS.max_depth} levels and {VALUE_LIMITS.max_bytes} bytes at most"
        faults.add(ConfigurationCode.MALFORMED_JSON, ROOT_PATH, expected, "more")
        return None
    try:
        return json.loads(
            text, object_pairs_hook=object_of, parse_float=Decimal, parse_constant=_refuse
        )
    except (ValueError, ArithmeticError) as error:
        faults.add(ConfigurationCode.MALFORMED_JSON, ROOT_PATH, "JSON", str(error)[:200])
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _configuration_of(values: dict[str, Any]) -> Configuration:
    """Return the configuration of values without faults."""
    typed = dict(values)
    scoring = typed.pop("scoring")
    typed["par"] = _par_of(values["par"], values["round_count"])
    typed["cut"] = Cut(**values["cut"])
    typed["selection"] = _selection_of(values["selection"])
    typed["rake"] = Rake(**values["rake"])
    typed["payout"] = _payout_of(values["payout"])
    for name in ("missed_cut", "withdrawn", "disqualified", "dns"):
        typed[name] = StatusPolicy(**values[name])

    return Configuration(
        **typed,
        scoring_mode=scoring["mode"],
        scoring_direction=scoring["direction"],
        configuration_document=JsonObject.of(_json_of(values)),
    )


def _par_of(par: object, round_count: int) -> Par:
    if isinstance(par, int):
        return Par(by_round=(par,) * round_count)
    if isinstance(par, tuple):
        return Par(by_round=cast("tuple[int, ...]", par))

    by_course = cast("dict[str, int]", par)
    pars = set(by_course.values())
    if len(pars) == 1:  # the course of a round does not matter
        return Par(by_round=(*pars,) * round_count)
    return Par(by_course=by_course)


def _selection_of(values: dict[str, Any]) -> Selection:
    tiers = tuple(Tier(**tier) for tier in values["tiers"])
    return Selection(mode=values["mode"], tiers=tiers)


def _payout_of(values: dict[str, Any]) -> Payout:
    if values["kind"] == PayoutKind.BPS:
        return SharePayout(table=values["table"])
    return FixedPayout(amounts=values["amounts"], guarantee=values["guarantee"])


def _json_of(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value that was read as JSON spells it."""
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {name: _json_of(item) for name, item in items}
    if isinstance(value, tuple):
        return [_json_of(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return document_instant(value)
    if isinstance(value, date):
        return value.isoformat()

    return value
