# Short names for what is done often; `just` lists them.

bin := ".venv/bin"

_list:
    @just --list

# A virtual environment with everything for working on Plaza
setup:
    python3 -m venv .venv
    {{bin}}/pip install -e '.[dev]'

# Put the code in order
fmt:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .

# Lint, types, import contracts
check:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .
    {{bin}}/mypy
    {{bin}}/lint-imports

# The quick tests
test *words:
    {{bin}}/pytest {{words}}

# All tests, the slow ones too
test-all:
    {{bin}}/pytest -m "slow or not slow"

# Build the documentation
docs:
    {{bin}}/sphinx-build -W docs docs/_build

# How fast it runs here
bench *words:
    {{bin}}/plaza bench {{words}}
