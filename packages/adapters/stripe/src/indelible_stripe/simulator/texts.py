"""The texts that a client attaches to an object: metadata and description."""

from collections.abc import Mapping

from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.parts import check_number_of_keys


def new_metadata(params: Mapping[str, object]) -> dict[str, str]:
    """Return the metadata of a new object; a key with an empty value is left out."""
    return _changed({}, params.get("metadata"))


def update_texts(value: JsonObject, params: JsonObject) -> JsonObject:
    """Change metadata and description of an object; an empty value removes a key."""
    if "metadata" in params:
        metadata = _changed(value["metadata"], params["metadata"])
        check_number_of_keys(metadata)
        value["metadata"] = metadata
    if "description" in params:
        value["description"] = params["description"]
    return value


def _changed(metadata: Mapping[str, str], changes: object) -> dict[str, str]:
    """Return metadata with its changes; an empty text instead of changes removes every key."""
    if not isinstance(changes, Mapping):
        return {} if changes == "" else dict(metadata)
    merged: dict[str, str] = {**metadata, **changes}
    return {key: text for key, text in merged.items() if text != ""}
