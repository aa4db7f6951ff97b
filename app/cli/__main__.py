"""`python -m app.cli` is `footnoted`."""

from app.cli.main import main

main()
