"""The Genomic Policy Assistant: grounded answers and deterministic verdicts about moving genomic data."""
