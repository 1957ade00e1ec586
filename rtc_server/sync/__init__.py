"""The clocks of lesson, learner and screen. Pure; time is handed in (docs/sync.md)."""
