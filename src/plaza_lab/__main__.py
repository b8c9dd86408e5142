"""``python -m plaza_lab`` is ``plaza``."""

import sys

from plaza_lab.scenarios.command_line.cli import main

if __name__ == "__main__":
    sys.exit(main())
