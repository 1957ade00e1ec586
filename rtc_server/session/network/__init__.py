"""What keeps a session connected while its learner's network changes."""
