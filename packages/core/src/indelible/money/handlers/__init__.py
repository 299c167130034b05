"""The handlers of money."""
