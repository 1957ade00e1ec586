"""`python run.py …`: see `python run.py --help`."""

import sys

from rtc_server.cli import main

if __name__ == "__main__":
    sys.exit(main())
