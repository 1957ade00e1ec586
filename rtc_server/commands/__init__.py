"""The commands of `python run.py`, one module each: `add_parser(subparsers)`, `run(args)`."""
