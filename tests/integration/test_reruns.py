"""The cost of an unchanged re-run, in short form: nothing embedded, and time that grows with the pages, not faster."""

from pathlib import Path

from storage_config.postgres.database import Database
from tests.load.bench_reruns import measure
from tests.support.ingesting import Site

PAGES = 40


async def test_an_unchanged_run_embeds_nothing_and_is_linear(tmp_path: Path, database: Database) -> None:
    site = Site(tmp_path / "tree")
    for number in range(PAGES):
        site.write(f"page{number}", paragraphs=12)
    small, large = await measure(database, tmp_path, "plain", [1, 6])
    assert (small.pages, large.pages) == (PAGES, 6 * PAGES)
    assert (small.embedded, large.embedded) == (0, 0)
    # Six times the pages: quadratic work would take 36 times as long. A busy machine gets a factor of two.
    assert large.seconds < 12 * small.seconds
    assert large.ratio < 4 * small.ratio
