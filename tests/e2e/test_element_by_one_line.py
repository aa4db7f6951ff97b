"""The line of docs/element.md that brings the element to VitePress and Starlight, in Chromium on pages they built."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e.element import Element
from tests.e2e.generators import answering
from tests.support.bakery import write_bakery
from tests.support.needs import SITE_PACKAGES, needs
from tests.support.quickstarts import read_block
from tests.support.static_site import serving_folder

pytestmark = pytest.mark.sites

CONTRACT = ROOT / "tests" / "contract"
SHOWN = "https://chat.example.org"
QUESTION = "What temperature must be set before the bread goes in?"
COLLECTIONS = """
import { defineCollection } from 'astro:content';
import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) };
"""


def line_for(generator: str, server: str) -> str:
    """What the document shows, with this server in place of its own."""
    return read_block(f"// {generator}", file="docs/element.md").replace(SHOWN, server)


def build_vitepress(site: Path, server: str) -> Path:
    """The folder that is served."""
    config = site / "docs" / ".vitepress" / "config.mjs"
    config.parent.mkdir()
    config.write_text(f"export default {{ title: 'Bakery', \n{line_for('VitePress', server)} }};\n", "utf-8")
    run(["node", CONTRACT / "vitepress" / "node_modules" / "vitepress" / "bin" / "vitepress.js", "build", "docs"], site)
    return site / "docs" / ".vitepress" / "dist"


def build_starlight(site: Path, server: str) -> Path:
    """The folder that is served."""
    pages = site / "src" / "content" / "docs"
    pages.mkdir(parents=True)
    for path in (site / "docs").glob("*.md"):
        title, _, rest = path.read_text("utf-8").partition("\n")
        (pages / path.name).write_text(f"---\ntitle: {json.dumps(title.removeprefix('# '))}\n---\n{rest}", "utf-8")
    (site / "src" / "content.config.ts").write_text(COLLECTIONS, "utf-8")
    (site / "astro.config.mjs").write_text(
        "import { defineConfig, passthroughImageService } from 'astro/config';\n"
        "import starlight from '@astrojs/starlight';\n"
        "export default defineConfig({ image: { service: passthroughImageService() }, integrations: [starlight({\n"
        f"  title: 'Bakery', pagefind: false,\n{line_for('Starlight', server)} }})] }});\n",
        "utf-8",
    )
    (site / "package.json").write_text('{"type": "module"}', "utf-8")
    run(["node", CONTRACT / "starlight" / "node_modules" / "astro" / "astro.js", "build"], site)
    return site / "dist"


def run(command: list[str | Path], folder: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "ASTRO_TELEMETRY_DISABLED": "1", "HOME": str(folder)}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=200, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("flavour", "build", "dark", "url"),
    [
        ("vitepress", build_vitepress, "classList.add('dark')", "/oven.html#setting-the-temperature"),
        ("starlight", build_starlight, "dataset.theme = 'dark'", "/oven/#setting-the-temperature"),
    ],
)
def test_one_line_asks_cites_jumps_and_follows_the_theme(
    chat: Element, flavour: str, build: Callable[[Path, str], Path], dark: str, url: str
) -> None:
    packages = CONTRACT / flavour
    needs((packages / "node_modules").is_dir(), SITE_PACKAGES)
    # Their packages are found from where the pages are.
    site = packages / "build" / "one-line"
    subprocess.run(["rm", "-rf", site], check=True)
    served = site / ("docs/.vitepress/dist" if flavour == "vitepress" else "dist")
    with serving_folder(served) as origin:
        write_bakery(site, base_url=origin)
        config = site / "footnoted.toml"
        config.write_text(config.read_text("utf-8").replace("docusaurus", flavour), "utf-8")
        with answering(site, origin) as server:
            assert build(site, server.url) == served
            chat.browser.get(f"{origin}/dough{'.html' if flavour == 'vitepress' else '/'}")
            chat.open()
            chat.ask(QUESTION)
            assert "230 degrees" in chat.texts(".prose")[0]
            link = str(chat.all(".sources .where a")[0].get_attribute("href"))
            assert link.split(":~:")[0] == f"{origin}{url}"
            chat.browser.execute_script(f"document.documentElement.{dark}")
            chat.until(lambda: chat.script("return root.querySelector('.widget').dataset.theme") == "dark")
            chat.browser.get(link)
            heading = "return document.getElementById('setting-the-temperature') !== null"
            chat.until(lambda: chat.browser.execute_script(heading))
            chat.until(lambda: len(chat.all(".turn")) == 1)
            assert chat.shown(".panel")
