"""The things a day acts on: people, ties, items, requests and the fund."""
