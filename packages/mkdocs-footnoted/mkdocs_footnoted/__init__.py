"""The chat of a Footnoted server on the pages of a MkDocs site: one module script and one element a page.

Nothing of the server is installed into the site's environment, and nothing is fetched while the site is built.
"""

from __future__ import annotations

import html
import json
import re
from fnmatch import fnmatch
from urllib.parse import urlsplit

from mkdocs.config import config_options as options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.pages import Page

_ELEMENT = "footnoted-chat"
_END_OF_HEAD, _END_OF_BODY = re.compile(r"</head\s*>", re.I), re.compile(r"</body\s*>", re.I)


class FootnotedConfig(Config):
    """What stands below `footnoted:` in `mkdocs.yml`."""

    server = options.URL(is_dir=False)  # of the Footnoted server, from where readers reach it
    corpus = options.Optional(options.Type(str))
    theme = options.Optional(options.Choice(("light", "dark")))  # without it, as the page is
    heading = options.Optional(options.Type(str))
    shortcut = options.Optional(options.Type(str))
    texts = options.DictOfItems(options.Type(str), default={})
    visitors = options.Type(bool, default=False)
    credentials = options.Type(bool, default=False)
    selection = options.Type(bool, default=True)
    sections = options.Type(bool, default=False)
    exclude = options.ListOfItems(options.Type(str), default=[])  # pages without it: patterns of their files


class FootnotedPlugin(BasePlugin[FootnotedConfig]):
    """Adds the element to every page that is not excluded."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Raises PluginError where the browser could not load the script."""
        server = urlsplit(self.config.server)
        if server.scheme not in ("http", "https") or server.query or server.fragment:
            raise PluginError(f"footnoted: server: {self.config.server!r} is no http(s) address without ? and #.")
        site = urlsplit(config.site_url or "")
        if site.scheme == "https" and server.scheme == "http":
            raise PluginError("footnoted: server: pages over https load no script over http.")
        return config

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """The page with the script in its head and the element at the end of its body."""
        if any(fnmatch(page.file.src_uri, pattern) for pattern in self.config.exclude):
            return output
        output = _insert(output, _END_OF_HEAD.search(output), self._script())
        # Scripts of the page may say the tag; the page's own is the last.
        *_, last = [None, *_END_OF_BODY.finditer(output)]
        return _insert(output, last, self._element())

    def _script(self) -> str:
        source = f"{self.config.server.rstrip('/')}/assets/{_ELEMENT}.mjs"
        return f'<script type="module" src="{html.escape(source)}"></script>'

    def _element(self) -> str:
        chosen = {name: self.config[name] for name in ("corpus", "theme", "heading", "shortcut")}
        attributes = {name: value for name, value in chosen.items() if value is not None}
        attributes.update({name: "" for name in ("visitors", "credentials", "sections") if self.config[name]})
        if not self.config.selection:
            attributes["selection"] = "off"
        if self.config.texts:
            attributes["texts"] = json.dumps(self.config.texts, ensure_ascii=False)
        said = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        return f"<{_ELEMENT}{said}></{_ELEMENT}>"


def _insert(output: str, place: re.Match[str] | None, added: str) -> str:
    """A theme's page without the place is left as it is."""
    return output if place is None else f"{output[: place.start()]}{added}\n{output[place.start() :]}"
