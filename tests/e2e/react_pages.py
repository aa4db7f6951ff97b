"""Components of React, bundled as a site would, on pages of another origin than the server's."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PACKAGES = Path(__file__).parent / "react" / "node_modules"
MOUNT = 'import { createRoot } from "react-dom/client";\ncreateRoot(document.body).render(<AskTheDocs />);\n'


class QuietHandler(SimpleHTTPRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """The origin that the folder is served at for the block."""
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(5)


def bundle(code: str, folder: Path) -> None:
    """The component with its packages as one script, and the page that loads it."""
    (folder / "page.jsx").write_text(code + MOUNT, encoding="utf-8")
    command = [str(PACKAGES / ".bin" / "esbuild"), "page.jsx", "--bundle", "--outfile=page.js", "--jsx=automatic"]
    command += ['--define:process.env.NODE_ENV="production"']
    subprocess.run(command, cwd=folder, check=True, timeout=60, capture_output=True, env={"NODE_PATH": str(PACKAGES)})
    (folder / "index.html").write_text("<!doctype html><body></body><script src=page.js></script>", encoding="utf-8")
