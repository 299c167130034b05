"""The parser of the provider's golf leaderboards."""

from indelible.contests.rules.espn.parser import MAX_PAYLOAD_BYTES, Parsed, parse_payload

__all__ = ["MAX_PAYLOAD_BYTES", "Parsed", "parse_payload"]
