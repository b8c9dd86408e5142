"""Two pages for who decides: question, advice or why there is none, price, risk, and origin."""
