"""The migrations: one linear history, each step naming the decision record that allows it."""
