"""SQL of captures."""
