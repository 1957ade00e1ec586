"""The commands of `python run.py`, a module each: `add_parser(subparsers)` and `run(args)`."""
