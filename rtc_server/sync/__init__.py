"""The clocks of lesson, learner and screen. Pure: the time is passed in (docs/sync.md)."""
