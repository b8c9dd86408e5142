"""Coming by and staying: visits, belonging, needs, the relation to the brand, churn."""
