"""Pure functions over captures: vectors, formulas, decisions, addresses, joins, settings and records."""
