"""The closed list of random decisions; a draw's address names one of them."""

from __future__ import annotations

TRAITS = 1
VISIT = 2
POST = 3
POST_COUNT = 4
REVIEW = 6
READ = 7
REACT = 8
REQUEST = 9
ANSWER = 10
TRIAD = 11
MATCH = 12
QUIT = 13
EXIT = 14
BUY = 15
SPEND = 16
BUY_QUIT = 17
INVITE = 18
ACCEPT = 19
ARRIVE = 20
GATE = 21
WELCOME = 22
VOLUNTEER = 23
SIGN_UP = 24
FILLER = 25
KOC_POST = 27
PARTNER_TRAITS = 28
PARTNER_REVIEW = 29
BRAND_ITEM = 30
SURVEY = 31
JUDGE = 32
FOUNDER = 33
RESERVE_WAGE = 34
PARTNER_ITEM = 35
FOUNDING_TIE = 36
REDEEM = 37
SEGMENT = 100
SHARE = 101
REPOST = 102
CURATE = 103
RECOMMEND = 104
BOOK = 106
SELL = 107

NAMES: dict[str, int] = {
    name: value for name, value in list(globals().items()) if name.isupper() and name != "NAMES"
}
