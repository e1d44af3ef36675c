"""`python -m bench NAME [--json | --table]` runs one measurement; without a name it lists them."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys

import bench


def main() -> int:
    """Runs the measurement that is named; each is a module of this package with ``run() -> dict``."""
    paths = [module.name for module in pkgutil.walk_packages(bench.__path__, "bench.") if not module.ispkg]
    names = {name: path for path in paths if not (name := path.rpartition(".")[2]).startswith("_")}
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measures Chiedi on this machine; ratios are the claim, absolute times the illustration."
    )
    parser.add_argument("name", nargs="?", choices=sorted(names))
    parser.add_argument("--table", action="store_true", help="print the tables of the documentation, where there are any")
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    options = parser.parse_args()
    if options.name is None:
        for name, path in sorted(names.items()):
            print(f"{name:12} {(importlib.import_module(path).__doc__ or '').splitlines()[0]}")
        return 0
    module = importlib.import_module(names[options.name])
    result = module.run()
    print(module.page(result) if options.table else json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
