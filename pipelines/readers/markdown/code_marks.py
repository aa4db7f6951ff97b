"""Comments in code that its generator takes for marks: which lines to light up, where a note belongs.

No page shows them. Each function gives the lines of a code block as its page shows them, by what stands behind the
opening fence.
"""

import re

_OPENED, _CLOSED = r"(?://|\#|--|;|%|/\*|<!--|\{/\*)[ \t]{0,20}", r"[ \t]{0,20}(?:\*/\}?|-->)?"
_DOCUSAURUS = re.compile(rf"{_OPENED}(?:highlight|code-block-[\w-]+)-(?:next-line|start|end){_CLOSED}")
_VITEPRESS = re.compile(rf"{_OPENED}\[!code[ \t][^\]\n]{{1,80}}\]{_CLOSED}$")
_MATERIAL = re.compile(rf"{_OPENED}(?:\(\d{{1,3}}\)![ \t]{{0,20}}){{1,9}}{_CLOSED}$")


def docusaurus_code(info: str, lines: list[str]) -> list[str]:
    """Without the lines that are `// highlight-next-line` or the like."""
    marks = ("highlight-", "code-block-")
    return [line for line in lines if not (any(m in line for m in marks) and _DOCUSAURUS.fullmatch(line.strip()))]


def vitepress_code(info: str, lines: list[str]) -> list[str]:
    """Without `// [!code focus]` at the ends of lines."""
    return [_cut(_VITEPRESS, line) if "[!code" in line else line for line in lines]


def material_code(info: str, lines: list[str]) -> list[str]:
    """Without `# (1)!` at the ends of lines."""
    return [_cut(_MATERIAL, line) if ")!" in line else line for line in lines]


def _cut(mark: re.Pattern[str], line: str) -> str:
    found = mark.search(line.rstrip())
    return line[: found.start()].rstrip() if found else line
