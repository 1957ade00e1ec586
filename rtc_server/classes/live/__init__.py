"""A teacher who dances live: their media, their poses, and what is judged after the class."""
