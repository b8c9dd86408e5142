"""``python -m plaza_lab`` is ``plaza``."""

import sys

from plaza_lab.scenarios.cli import main

if __name__ == "__main__":
    sys.exit(main())
