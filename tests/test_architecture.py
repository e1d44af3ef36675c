"""The house rules that a reader of the imports can check."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "sources", "bot")
ROWS = [  # a file imports only from the rows above it
    "index.types index.errors index.text index.stopwords index.columns",
    "index.lexicon index.bundled index.tokens index.runtime index.vectors index.grammar index.marks index.scope index.when",
    "index.served index.phrases index.timewords",
    "index.models index.wording index.chunking",
    "index.reference",
    "index.ellipsis",
    "index.articles index.language index.conversation index.smalltalk index.embedding index.reranking "
    "index.lexical index.store index.journal index.reader index.metrics",
    "index.scale index.duplicates index.summary index.about index.writing",
    "index.build index.retrieval index.answering index.whole",
    "index.timely",
    "index.engine",
    "index.evaluation index.plots",
    "sources.errors sources.types sources.near sources.addresses",
    "sources.packed sources.guard sources.robots sources.watch sources.writing sources.feeds",
    "sources.child",
    "sources.sandbox sources.fetch sources.library sources.repair sources.encodings",
    "sources.kinds sources.listings sources.markup sources.heads sources.columns",
    "sources.paragraphs sources.html sources.docx sources.epub sources.markdown sources.plain",
    "sources.pdf sources.extract",
    "sources.reading",
    "sources.visiting",
    "sources.sync",
    "bot.messages bot.settings bot.markup bot.database bot.logs bot.terminal",
    "bot.records bot.chart bot.gaps bot.clock bot.soundness bot.limits bot.monitoring bot.links",
    "bot.replies bot.inbox bot.outbox bot.ledger bot.statistics bot.rebuilding bot.proposals",
    "bot.incoming bot.understood bot.judged bot.users bot.addressing bot.feedback bot.privacy bot.editing",
    "bot.sending bot.owner bot.paging",
    "bot.buttons",
    "bot.asking",
    "bot.pressing bot.inline bot.examples bot.menus",
    "bot.handlers bot.dispatch bot.receiving bot.posting bot.desk bot.housekeeping bot.syncing",
    "bot.adding",
    "bot.admin bot.collecting bot.uploads",
    "bot.app",
    "bot.cli",
    "bot.__main__",
]
ROW = {name: row for row, names in enumerate(ROWS) for name in names.split()}


def _files() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).glob("*.py") if path.name != "__init__.py")


def _module(path: Path) -> str:
    return f"{path.parent.name}.{path.stem}"


def _imported(path: Path) -> set[str]:
    """Every module of ours that a file names in an import, wherever it stands in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in PACKAGES:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in PACKAGES}


@pytest.mark.parametrize("path", _files(), ids=_module)
def test_imports_point_one_way(path: Path) -> None:
    """A file imports only from lower rows; siblings are strangers."""
    assert _module(path) in ROW, "give the new file a row"
    assert {name for name in _imported(path) if ROW[name] >= ROW[_module(path)]} == set()


def _calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", [path for path in _files() if _module(path) != "bot.cli"], ids=_module)
def test_only_the_command_line_prints(path: Path) -> None:
    """print() stands in the command line only."""
    assert "print" not in _calls(path)


@pytest.mark.parametrize("path", [path for path in _files() if _module(path) != "bot.settings"], ids=_module)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    """os.environ and os.getenv stand in the settings only."""
    assert "environ" not in path.read_text(encoding="utf-8")
    assert "os.getenv" not in _calls(path)
