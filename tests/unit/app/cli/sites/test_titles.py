"""What sites call themselves, by the configuration of their generators."""

from pathlib import Path

import pytest

from app.cli.sites.search import describe_site
from app.cli.sites.titles import title_of_site


@pytest.mark.parametrize(
    ("file", "text", "title"),
    [
        ("docusaurus.config.js", "module.exports = {\n  // title: 'Old',\n  title: 'The Bakery' }", "The Bakery"),
        ("website/docusaurus.config.ts", 'const config: Config = { title: "Bread" };', "Bread"),
        ("mkdocs.yml", "site_name: Bread & butter  # ours\nnav: []\n", "Bread & butter"),
        ("mkdocs.yml", 'site_name: "Bread: a book"\n', "Bread: a book"),
        ("docs/.vitepress/config.mts", "export default defineConfig({ title: `Ovens` })", "Ovens"),
        ("astro.config.mjs", "starlight({ title: 'Doughs', pagefind: false })", "Doughs"),
        ("book.toml", '[book]\ntitle = "Flour"\n', "Flour"),
        ("docs/conf.py", "project = 'Yeast'\nextensions = []\n", "Yeast"),

        ("mkdocs.yml", "site_name: C# docs\n", "C# docs"),
        ("mkdocs.yml", "site_name: null  # later\n", None),
        ("mkdocs.yml", "site_name: ~\n", None),
        ("docs/source/conf.py", "project = about.name()\n", None),
        ("mkdocs.yml", "site_name: !ENV [NAME, Bread]\n", None),
        ("docusaurus.config.js", "module.exports = { title: `${name} docs` }", None),
        ("package.json", '{"title": "no site"}', None),
    ],
)  # fmt: skip
def test_the_title_is_that_of_the_configuration(tmp_path: Path, file: str, text: str, title: str | None) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text, "utf-8")
    assert title_of_site(tmp_path) == title


@pytest.mark.parametrize(
    ("title", "name"), [("The Bakery, bread", "the-bakery-bread"), ("面包", "docs"), ("x" * 90, "x" * 40)]
)
def test_a_corpus_is_named_after_its_site_else_after_its_folder(tmp_path: Path, title: str, name: str) -> None:
    folder = tmp_path / "docs"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# Home\n\nA page.\n", "utf-8")
    (folder / "mkdocs.yml").write_text(f"site_name: {title}\n", "utf-8")
    assert describe_site(folder).name == name
