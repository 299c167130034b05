"""The stages and subscribers that belong to no context."""
