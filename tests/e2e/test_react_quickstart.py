"""The README's React component, bundled as a site would, on a page of another origin, in Chromium."""

import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.e2e.accessibility import needs_packages
from tests.support.quickstarts import aimed_at, read_blocks
from tests.support.served_book import serve_book

pytestmark = pytest.mark.sites
PACKAGES = Path(__file__).parent / "react" / "node_modules"
MOUNT = 'import { createRoot } from "react-dom/client";\ncreateRoot(document.body).render(<AskTheDocs />);\n'


class QuietHandler(SimpleHTTPRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the origin that it is served at."""
    folder = tmp_path / "pages"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(5)


def bundle(code: str, folder: Path) -> None:
    """The component with its packages as one script, and the page that loads it."""
    (folder / "page.jsx").write_text(code + MOUNT, encoding="utf-8")
    command = [str(PACKAGES / ".bin" / "esbuild"), "page.jsx", "--bundle", "--outfile=page.js", "--jsx=automatic"]
    command += ['--define:process.env.NODE_ENV="production"']
    subprocess.run(command, cwd=folder, check=True, timeout=60, capture_output=True, env={"NODE_PATH": str(PACKAGES)})
    (folder / "index.html").write_text("<!doctype html><body></body><script src=page.js></script>", encoding="utf-8")


def test_the_component_shows_answer_footnotes_and_verdicts(
    browser: Chrome, pages: tuple[Path, str], tmp_path: Path
) -> None:
    needs_packages(PACKAGES)
    folder, origin = pages
    (code,) = read_blocks("React", "jsx")
    with serve_book(tmp_path / "book", FOOTNOTED_ALLOWED_ORIGINS=origin) as served:
        bundle(aimed_at(code, served.url), folder)
        browser.get(f"{origin}/index.html")
        browser.find_element(By.CSS_SELECTOR, "input").send_keys(
            "How does BM25 limit the weight of a repeated term?", Keys.ENTER
        )
        wait = WebDriverWait(browser, 20, 0.05)
        link = wait.until(lambda page: page.find_element(By.CSS_SELECTOR, "article.assistant a"))
        assert str(link.get_attribute("href")).endswith("/search/bm25#term-frequency-saturates")
        assert link.text.startswith("[1] ")
        assert wait.until(lambda page: page.find_element(By.CSS_SELECTOR, "article small")).text == "supported"
        assert "saturation" in browser.find_element(By.CSS_SELECTOR, "article.assistant p").text
        assert not browser.find_elements(By.CSS_SELECTOR, "[role=alert]")
    browser.get("about:blank")
