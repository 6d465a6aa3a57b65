"""`python -m lms.cli` is `lms`."""

from lms.cli import main

main()
