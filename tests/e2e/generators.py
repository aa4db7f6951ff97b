"""The bakery's pages built by generators with the packages of Footnoted, and the server that answers from them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.e2e.site import Site
from tests.support.bakery import Bakery
from tests.support.mkdocs_plugin import unpack_wheel
from tests.support.needs import SITE_PACKAGES, needs

DOCUSAURUS = ROOT / "tests" / "contract" / "docusaurus"
PLUGIN = ROOT / "packages" / "docusaurus-plugin-footnoted"
MKDOCS = ROOT / "build" / "site-generators" / "bin" / "mkdocs"


@contextmanager
def answering(folder: Path, origin: str) -> Iterator[Site]:
    """A Footnoted server over the folder's pages, ingested, for the block."""
    bakery = Bakery(folder, allowed_origins=(origin,))
    site = Site(bakery).open()
    try:
        site.wait_for(bakery.ingest)
        yield site
    finally:
        site.close()


def docusaurus_folder(name: str) -> Path:
    """An empty folder for a site, from where Docusaurus is found; skips the test where that is not installed."""
    needs((DOCUSAURUS / "node_modules").is_dir(), SITE_PACKAGES)
    site = DOCUSAURUS / "build" / name
    shutil.rmtree(site, ignore_errors=True)
    return site


def build_docusaurus(site: Path, plugins: str, *, out: str = "html", fails: bool = False) -> str:
    """Builds with the plugin as npm would install it: a copy among the site's packages. What the command said.

    `plugins` are the lines of the site's configuration that name it.
    """
    shutil.copytree(PLUGIN, site / "node_modules" / PLUGIN.name, dirs_exist_ok=True)
    (site / "package.json").write_text('{"private": true}', "utf-8")
    (site / "docusaurus.config.js").write_text(
        "module.exports = { title: 'Bakery', url: 'https://my.site', baseUrl: '/', onBrokenLinks: 'ignore',\n"
        f"  presets: [['classic', {{ blog: false, docs: {{ routeBasePath: '/' }} }}]],\n{plugins}\n}};\n",
        "utf-8",
    )
    program = DOCUSAURUS / "node_modules" / "@docusaurus" / "core" / "bin" / "docusaurus.mjs"
    command: list[str | Path] = ["node", program, "build", "--no-minify", "--out-dir", out]
    done = subprocess.run(command, cwd=site, capture_output=True, text=True, timeout=200)
    assert bool(done.returncode) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def build_mkdocs(site: Path, config: str, work: Path) -> None:
    """Builds `site/site` by that `mkdocs.yml`, with the plugin as pip would install it, made in the folder `work`.

    Skips the test where MkDocs is not installed.
    """
    needs(MKDOCS.is_file(), SITE_PACKAGES)
    (site / "mkdocs.yml").write_text(config, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(unpack_wheel(work))}
    command: list[str | Path] = [MKDOCS, "build", "--quiet"]
    subprocess.run(command, cwd=site, env=environment, timeout=120, check=True)
