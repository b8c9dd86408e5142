"""The output folder of a run or comparison: what it holds, where it comes from, making it again."""
