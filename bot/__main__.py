"""`python -m bot` is `chiedi`."""

from bot.cli import main

raise SystemExit(main())
