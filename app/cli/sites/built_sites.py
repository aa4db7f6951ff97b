"""Sites that only their own generator's build tells: each is known by its configuration and read as built HTML."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from app.cli.sites.files import HTML, find_excludes, find_excludes_to_come, read_text
from app.cli.sites.guess import SiteGuess
from app.cli.sites.literals import values_of, without_comments
from app.cli.sites.markdown_sites import relative


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator by the files of its configuration.

    `beside` must stand in the same folder, `says` be found in the configuration (or in the package.json beside it).
    `output` is where its build lands and `build` the command, both seen from the folder of the configuration, which is
    `{here}` in the command; no output says that it is hosted. `leaves` are files of which each of its builds has one;
    others say its name in their first page. `url` and `base` are the keys of its address.
    """

    name: str
    configs: tuple[str, ...]
    output: str | None
    build: str | None
    beside: str | None = None
    says: str | None = None
    url: str | None = None
    base: str | None = None
    leaves: tuple[str, ...] = ()
    weak: bool = False  # others' repositories have such files, too


# Where builds land, seen from the folder of the configuration or one above it.
BUILT = (
    "site", "build", "public", "dist", "_site", "_build/html", "_build/dirhtml", "build/html", "build/dirhtml",
    "docs/_build/html", "docs/build/html", "html", "out",
)  # fmt: skip
_SPHINX = ("objects.inv", ".buildinfo")
_MADE_BY = re.compile(r"""<meta\s+name=["']?generator["']?\s+content=["']?([^"'>]+)""", re.IGNORECASE)
_CANONICAL = re.compile(r"""<link[^>]+rel=["']?canonical["']?[^>]+href=["'](https?://[^"'?#]+)""")
_JS = ("js", "mjs", "ts", "mts", "cjs")
GENERATORS = (
    Generator("Jupyter Book", ("_config.yml",), "_build/html", "jupyter-book build {here}", beside="_toc.yml",
              leaves=_SPHINX),
    Generator("MyST", ("myst.yml",), "_build/html", "myst build --html"),
    Generator(
        "Sphinx", ("conf.py",), "_build/html", "sphinx-build -b html {here} {output}",
        says=r"^(?:extensions|html_theme|master_doc|root_doc|html_static_path)\s*[=:]", url="html_baseurl",
        leaves=_SPHINX,
    ),
    Generator("VuePress", tuple(f".vuepress/config.{end}" for end in _JS), ".vuepress/dist",
              "npx vuepress build {here}", url="hostname", base="base"),
    Generator("Starlight", tuple(f"astro.config.{end}" for end in _JS), "dist", "npx astro build --root {here}",
              says="starlight", url="site", base="base"),
    Generator("Nextra", tuple(f"next.config.{end}" for end in _JS), "out", "npx next build {here}", says="nextra"),
    Generator("Docus", tuple(f"nuxt.config.{end}" for end in _JS), ".output/public", "npx nuxi generate {here}",
              says="docus|@nuxt/content"),
    Generator("mdBook", ("book.toml",), "book", "mdbook build {here}", url="cname", base="site-url"),
    Generator("Hugo", tuple(f"hugo.{end}" for end in ("toml", "yaml", "yml", "json")), "public", "hugo -s {here}",
              url="baseURL"),
    Generator("Hugo", tuple(f"config.{end}" for end in ("toml", "yaml", "yml", "json")), "public", "hugo -s {here}",
              says="baseURL", beside="content", url="baseURL"),
    Generator("Hugo", ("config/_default/hugo.toml", "config/_default/config.toml", "config/_default/hugo.yaml"),
              "public", "hugo -s {here}", url="baseURL"),
    Generator("Antora (AsciiDoc)", ("antora-playbook.yml", "antora-playbook.yaml"), "build/site",
              "npx antora {here}/antora-playbook.yml", url="url"),
    Generator("Quarto", ("_quarto.yml", "_quarto.yaml"), "_site", "quarto render {here}", url="site-url"),
    Generator("Mintlify", ("docs.json", "mint.json"), None, None, says=r"mintlify|\"navigation\"", url="canonical"),
    Generator("GitBook", (".gitbook.yaml",), None, None),
    Generator("Jekyll", ("_config.yml",), "_site", "bundle exec jekyll build -s {here} -d {output}", url="url",
              base="baseurl", weak=True),
)  # fmt: skip

# Formats of pages that are written without a generator's configuration, by the ending of their files.
FORMATS = {
    "rst": Generator("reStructuredText", (), "_build/html", None, leaves=_SPHINX),
    "adoc": Generator("AsciiDoc", (), "_build/html", "asciidoctor -R {here} -D {output} '{here}/**/*.adoc'"),
    "asciidoc": Generator("AsciiDoc", (), "_build/html", "asciidoctor -R {here} -D {output} '{here}/**/*.asciidoc'"),
}


def find_generator(folder: Path, *, weak: bool) -> tuple[Generator, Path] | None:
    """The generator whose configuration stands in the folder, and that file."""
    for generator in GENERATORS:
        if generator.weak == weak:
            for name in generator.configs:
                config = folder / name
                if config.is_file() and _fits(generator, config, folder):
                    return generator, config
    return None


def read_built(name: str, generator: Generator, folder: Path, root: Path, config: Path | None = None) -> SiteGuess:
    """The site as its build is read: a finished one that is there, else the one to come."""
    url = _address(generator, config) if config else None
    if generator.output is None:
        return SiteGuess(name, "plain", ".", url, "sitemap", generator=generator.name)
    here = relative(folder, root)
    if folder.name == "source" and generator.name == "Sphinx":
        usual = folder.parent / "build" / "html"  # as its quickstart separates them
    else:
        usual = folder / generator.output
    built = _find_build(generator, usual, folder, root)
    output, command = relative(built or usual, root), generator.build or ""
    # Sphinx' other builder gives other addresses than the command would.
    fills_it = built in (None, usual) or ("{output}" in command and not output.endswith("dirhtml"))
    return SiteGuess(
        name, "plain", output, url or (canonical_of(built) if built else None), "html", generator=generator.name,
        build=tuple(word.format(here=here, output=output) for word in shlex.split(command)) if fills_it else (),
        is_built=built is not None,
        exclude=find_excludes(built, is_root=False, endings=HTML) if built else find_excludes_to_come(folder),
    )  # fmt: skip


def read_html_folder(name: str, folder: Path, root: Path) -> SiteGuess:
    """A built site of which nothing tells the generator."""
    # Where the root is no site of its own, it is a repository's, with its tests and reports.
    is_repository = folder == root and not (root / "index.html").is_file()
    excluded = find_excludes(folder, is_root=is_repository, endings=HTML)
    return SiteGuess(name, "plain", relative(folder, root), canonical_of(folder), "html", exclude=excluded)


def canonical_of(built: Path) -> str | None:
    """The address that the first page of a built site gives itself."""
    found = _CANONICAL.search(read_text(built / "index.html"))
    return found[1].removesuffix("index.html").rstrip("/") if found else None


def _find_build(generator: Generator, usual: Path, folder: Path, root: Path) -> Path | None:
    """The folder of a finished build: where it usually lands, else where one is that this generator has made."""
    if (usual / "index.html").is_file():
        return usual
    above = [place for place in (folder, *folder.parents) if place.is_relative_to(root)]
    places = (place / name for place in above for name in BUILT)
    return next((place for place in places if _is_build_of(generator, place)), None)


def _is_build_of(generator: Generator, place: Path) -> bool:
    if not (place / "index.html").is_file():
        return False
    if generator.leaves:
        return any((place / name).is_file() for name in generator.leaves)
    made_by = _MADE_BY.search(read_text(place / "index.html"))
    return made_by is not None and generator.name.split()[0].lower() in made_by[1].lower()


def _fits(generator: Generator, config: Path, folder: Path) -> bool:
    if generator.beside is not None and not (folder / generator.beside).exists():
        return False
    if generator.says is None:
        return True
    texts = (read_text(config), read_text(folder / "package.json") if config.suffix[1:] in _JS else "")
    return any(re.search(generator.says, text, re.MULTILINE) for text in texts)


def _address(generator: Generator, config: Path) -> str | None:
    """The site's address, where the configuration says it in literals."""
    text = read_text(config)
    url, base = (_value(config, text, key) if key else None for key in (generator.url, generator.base))
    if url is None:
        return None
    url = url if re.match(r"https?://", url) else f"https://{url}"
    if not re.fullmatch(r"https?://[^\s'\"{}<>\\]+", url):
        return None
    return "/".join(part for part in (url.rstrip("/"), (base or "").strip("/")) if part)


def _value(config: Path, text: str, key: str) -> str | None:
    if config.suffix[1:] in _JS or config.suffix == ".json":
        return next((value.text for value in values_of(without_comments(text), key) if value.text), None)
    if config.suffix == ".py":  # Python says more than texts: `os.environ.get(…)` is no address
        text_alone = rf"^{re.escape(key)}[ \t]*=[ \t]*(?P<quote>['\"])(?P<value>[^'\"\n]+)(?P=quote)[ \t]*(?:#.*)?$"
        literal = re.search(text_alone, text, re.MULTILINE)
        return literal["value"] if literal else None
    found = re.search(rf"^[ \t]*{re.escape(key)}\s*[:=]\s*['\"]?([^\s'\"#]+)", text, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else None
