"""`python -m app.cli` is `footnoted`."""

from app.cli.console import main

main()
