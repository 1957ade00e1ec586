"""A synthetic dancer whose joints are known exactly: demo lesson, test learners, fake cameras."""
