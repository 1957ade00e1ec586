"""How many learners a front takes, and on which hosts there is room for one more."""
