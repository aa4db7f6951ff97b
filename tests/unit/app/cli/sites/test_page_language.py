from pathlib import Path

import pytest

from app.cli.init import write_corpus_file
from app.cli.sites.page_language import language_of_pages
from app.cli.sites.search import describe_site
from pipelines.corpus import read_corpora

PAGES = {
    "german": "# Einrichtung\n\nDer Dienst wird mit einem Befehl gestartet. Wenn er läuft, ist die Seite zu sehen.\n",
    "urdu": "# تنصیب\n\nسروس ایک کمانڈ سے شروع ہوتی ہے۔ جب وہ چلتی ہے تو صفحہ پتے پر نظر آتا ہے۔\n",
    "japanese": "# セットアップ\n\nサービスはコマンドで起動します。起動するとページが表示されます。\n",
    "english": "# Set-up\n\nThe service is started with a command. When it runs, the page is at the address.\n",
}  # fmt: skip


def site(folder: Path, language: str, pages: int = 3) -> Path:
    (folder / "docs" / "inner").mkdir(parents=True)
    for number in range(pages):
        place = folder / "docs" / ("inner" if number % 2 else ".") / f"{number}.md"
        place.write_text(f"---\ntitle: The page\n---\n{PAGES[language]}\n```sh\nrun the service with this\n```\n")
    return folder


@pytest.mark.parametrize("language", list(PAGES))
def test_most_pages_tell_it(tmp_path: Path, language: str) -> None:
    found = language_of_pages(site(tmp_path, language))
    assert found is not None
    assert found.name == language


def test_a_mixed_folder_tells_none(tmp_path: Path) -> None:
    site(tmp_path, "german", 2)
    for number in range(2):
        (tmp_path / "docs" / f"english{number}.md").write_text(PAGES["english"])
    assert language_of_pages(tmp_path) is None
    assert language_of_pages(tmp_path / "docs" / "inner" / "..") is None


def test_built_pages_are_read_without_their_markup(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        "<html><head><script>if (this is not the one) { for (it of that) {} }</script></head>"
        "<body><p>El servicio se inicia con una orden. Cuando está en marcha, la página se ve.</p></body>"
    )
    found = language_of_pages(tmp_path)
    assert found is not None
    assert found.name == "spanish"


@pytest.mark.parametrize("language", ["german", "urdu"])
def test_init_suggests_the_model_that_knows_it(tmp_path: Path, language: str) -> None:
    guess = describe_site(site(tmp_path, language))
    write_corpus_file(tmp_path / "footnoted.toml", guess, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert (guess.language, spec.language, spec.embedding) == (language, language, "local/e5-small")
    assert 'uv pip install "footnoted[multilingual]"' in (tmp_path / "footnoted.toml").read_text()


def test_init_leaves_the_default_to_english_pages(tmp_path: Path) -> None:
    guess = describe_site(site(tmp_path, "english"))
    write_corpus_file(tmp_path / "footnoted.toml", guess, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert (spec.language, spec.embedding) == ("english", "local/minilm")
