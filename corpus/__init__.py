"""The law as data: instruments, restatements, places, terms. It holds no code; `FOLDER` says where it lies."""

from pathlib import Path

FOLDER = Path(__file__).parent
