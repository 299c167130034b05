"""Routes and pages of captures."""
