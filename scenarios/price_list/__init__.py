"""``plaza policy effects``: what each shipped option does and costs, beside what trials found."""
