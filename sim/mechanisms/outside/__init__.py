"""What comes from outside, whatever the policy: dated shocks, and rivals."""
