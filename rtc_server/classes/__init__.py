"""Classes: a teacher and learners at one clock (docs/protocol.md, "A class")."""
