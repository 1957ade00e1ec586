"""A live class as a file: what the teacher sends is written as it came, and becomes a lesson."""
