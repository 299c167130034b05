"""Tasks of contests: fetching tournaments, taking up their events, and timed transitions."""
