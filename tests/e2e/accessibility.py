"""What axe-core finds wrong with what a browser shows."""

from collections.abc import Collection
from pathlib import Path

from selenium.webdriver import Chrome

from tests.support.needs import NPM_PACKAGES, needs

_AXE = Path(__file__).parents[1] / "contract" / "node" / "node_modules" / "axe-core" / "axe.min.js"
SEVERE = ("serious", "critical")


def accessibility_problems(browser: Chrome, impacts: Collection[str] = ()) -> list[str]:
    """Violations of WCAG 2.2 A and AA and of best practices on the page and in its shadow roots; of these impacts."""
    needs(_AXE.exists(), NPM_PACKAGES)
    browser.execute_script(_AXE.read_text())
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run(document).then((results) => done(results.violations))"
    )
    counted = [problem for problem in found if not impacts or problem["impact"] in impacts]
    return [f"{problem['id']}: {node['html']}" for problem in counted for node in problem["nodes"]]
