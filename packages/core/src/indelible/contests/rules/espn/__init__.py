"""The parser of the provider's golf leaderboards."""
