"""The entities and values of captures."""
