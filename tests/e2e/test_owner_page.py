"""The owner's page in Chromium, over the sample book that a real process serves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.conftest import ROOT
from tests.e2e.accessibility import SEVERE, accessibility_problems
from tests.e2e.owner import Desk, looked_at, open_desk
from tests.support.served_book import Served, serve_book
from tests.support.static_site import serving_folder

ANSWERED = "How does BM25 limit the weight of a repeated term?"
REFUSED = "Who won the last election in France?"
PARTS = ("Pages", "Questions", "Answers", "Evaluations", "Costs", "Keys")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The book with a draft that is left out, and two questions that were asked."""
    folder = tmp_path_factory.mktemp("owner") / "book"
    golden = tmp_path_factory.mktemp("golden") / "golden.jsonl"
    asked = [{"must": ["saturat"], "id": "right"}, {"must": ["words nobody wrote there"], "id": "wrong"}]
    golden.write_text("".join(json.dumps({**one, "question": ANSWERED}) + "\n" for one in asked), "utf-8")
    with serve_book(folder, golden=[str(golden)], FOOTNOTED_DAILY_LLM_CALLS="all=200, anonymous=50") as server:
        (folder / "book" / "draft.md").write_text("---\ndraft: true\n---\n# Draft\n\nNot yet.\n", "utf-8")
        for question in (ANSWERED, REFUSED, REFUSED):
            body = {"question": question, "stream": False}
            assert httpx.post(f"{server.url}/api/v1/chat", json=body, timeout=60).status_code == 200
        yield server


@pytest.fixture
def desk(browser: Chrome, served: Served) -> Iterator[Desk]:
    """The page, signed out."""
    with open_desk(browser, served) as desk:
        yield desk


def link_of(served: Served) -> str:
    """What `footnoted owner` prints."""
    command = [sys.executable, "-m", "app.cli", "owner"]
    done = subprocess.run(
        command,
        cwd=served.folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_a_link_opens_it_once(desk: Desk) -> None:
    link = link_of(desk.served)
    assert link.startswith(f"{desk.served.url}/owner#")
    desk.open(link.removeprefix(f"{desk.served.url}/owner"))
    desk.until(lambda: desk.all(".part h2"))
    assert desk.browser.current_url == f"{desk.served.url}/owner", "the secret is not left in the address"
    desk.browser.refresh()
    desk.until(lambda: desk.all(".part h2"))
    desk.press("Sign out")
    desk.open(link.removeprefix(f"{desk.served.url}/owner"))
    assert "used before" in desk.until(lambda: desk.texts("#refused:not([hidden])"))[0]


def test_only_an_owner_is_let_in(desk: Desk) -> None:
    desk.sign_in("fn_nothing")
    assert desk.until(lambda: desk.texts("#refused:not([hidden])")) == ["That is no key of an owner."]
    owner = {"authorization": f"Bearer {desk.served.token}"}
    body = {"name": "a writer", "role": "writer"}
    made = httpx.post(f"{desk.served.url}/api/v1/keys", json=body, headers=owner).json()
    desk.open()
    desk.sign_in(made["key"])
    assert desk.until(lambda: desk.texts("#refused:not([hidden])")) == ["That is no key of an owner."]
    assert desk.texts("#page") == [""]


def test_an_ingestion_is_planned_followed_and_listed(desk: Desk) -> None:
    desk.sign_in(desk.served.token)
    desk.until(lambda: desk.all(".part h2"))
    (desk.served.folder / "book" / "new.md").write_text("# New\n\nA new page about queues.\n", "utf-8")
    desk.press("What would it do?")
    plan = desk.until(lambda: desk.texts(".plan p"))
    assert plan[0].startswith("1 pages to add, 0 to do anew, 0 to remove; 1 of ")
    desk.browser.execute_script("""
        window.seen = [];
        const watch = new MutationObserver(() => window.seen.push(document.querySelector(".running p")?.textContent));
        watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    """)
    before = len(desk.all("[aria-label=Ingestions] tbody tr"))
    desk.press("Bring up to date")
    desk.until(lambda: len(desk.all("[aria-label=Ingestions] tbody tr")) == before + 1)
    desk.until(lambda: not desk.all("[aria-busy]"))
    assert any(one for one in desk.browser.execute_script("return window.seen") if one), "its progress was shown"
    cells = [one.text for one in desk.all("[aria-label=Ingestions] tbody tr")[0].find_elements(By.CSS_SELECTOR, "td")]
    assert cells[1:7] == ["✓done" if cells[1].startswith("✓") else "done", "1", "0", "0", "0", "1"]
    assert desk.row("Left out", "draft.md")[1] == "draft"
    assert desk.row("Documents", "New")[1:] == ["indexed", "book", "", "1"]
    assert desk.texts("meter") == ["", ""]


def test_questions_are_counted_plotted_and_what_is_lacking_can_be_written(desk: Desk) -> None:
    desk.sign_in(desk.served.token)
    desk.show("Questions")
    cards = dict(zip(desk.texts(".card .name"), desk.texts(".card .value"), strict=True))
    assert cards["Questions"] == "3"
    assert cards["Refused"] == "67 %"
    assert len(desk.all(".plot svg .bar")) >= 2
    numbers = desk.texts(".plot tbody tr:last-child td")
    assert numbers[:4] == ["1", "0", "2", "0"]
    assert REFUSED in desk.texts(".gaps strong")
    desk.browser.execute_script("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    desk.press("Copy a section to write")
    desk.until(lambda: desk.browser.execute_script("return window.copied"))
    assert desk.browser.execute_script("return window.copied").startswith(f"## {REFUSED}\n")
    assert any("Term frequency saturates" in one for one in desk.texts("[aria-label='Cited most'] td"))


def test_a_key_is_made_shown_once_and_revoked(desk: Desk) -> None:
    desk.sign_in(desk.served.token)
    desk.show("Keys")
    desk.all("#key-name")[0].send_keys("a program")
    desk.press("Make a key")
    secret = desk.until(lambda: desk.texts(".told code"))[0]
    headers = {"authorization": f"Bearer {secret}"}
    assert httpx.post(f"{desk.served.url}/api/v1/search", json={"query": "BM25"}, headers=headers).status_code == 200
    revoke = next(one for one in desk.all("td button") if one.accessible_name == "Revoke a program")
    revoke.click()
    assert revoke.text == "Really revoke?"
    revoke.click()
    desk.until(lambda: not desk.all("[aria-busy]") and desk.row("API keys", "a program")[4].startswith("ended"))
    assert secret not in desk.browser.page_source


def test_a_page_of_another_site_can_do_nothing_in_the_owner_s_name(desk: Desk, tmp_path: Path) -> None:
    desk.sign_in(desk.served.token)
    desk.until(lambda: desk.all(".part h2"))
    (tmp_path / "index.html").write_text("<!doctype html><title>Elsewhere</title>", "utf-8")
    forge = """
        const [url, done] = arguments;
        const asked = { method: "POST", mode: "no-cors", credentials: "include", body: "{}" };
        fetch(url, asked).then((answer) => done(answer.type), (error) => done(error.name));
    """
    with serving_folder(tmp_path) as origin:
        desk.browser.get(f"{origin}/index.html")
        assert desk.browser.execute_async_script(forge, f"{desk.served.url}/api/v1/keys") == "opaque"
        framed = "document.body.innerHTML = `<iframe src='${arguments[0]}'></iframe>`"
        desk.browser.execute_script(framed, f"{desk.served.url}/owner")
    owner = {"authorization": f"Bearer {desk.served.token}"}
    keys = httpx.get(f"{desk.served.url}/api/v1/keys", headers=owner).json()["items"]
    assert all(key["name"] in ("owner's page", "a writer", "a program") for key in keys), json.dumps(keys)
    page = httpx.get(f"{desk.served.url}/owner")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert not page.cookies
    desk.browser.get(f"{desk.served.url}/owner")
    desk.browser.get_log("browser")  # type: ignore[no-untyped-call]


def test_what_a_golden_set_found_is_plotted_over_time(desk: Desk) -> None:
    desk.sign_in(desk.served.token)
    desk.show("Evaluations")
    assert desk.texts(".part h2") == ["golden.jsonl"]
    assert desk.texts(".plot tbody td") == ["1", "0", "1"]
    (cells,) = [row.find_elements(By.CSS_SELECTOR, "td") for row in desk.all("[aria-label^='Runs'] tbody tr")]
    assert [cell.text for cell in cells[1:4]] == ["2", "50 %", "–"]


def test_what_vendors_cost_stands_against_the_budget(desk: Desk) -> None:
    desk.sign_in(desk.served.token)
    desk.show("Costs")
    assert desk.row("Spending", "everybody") == ["0", "200", "$ 0.00", "no bound"]
    assert desk.row("Spending", "readers without a name") == ["0", "50", "$ 0.00", "no bound"]
    assert desk.texts(".card .soft") == ["0.0 % of 200", "not bounded"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_is_hard_to_reach(desk: Desk, dark: bool, width: int, direction: str) -> None:
    with looked_at(desk.browser, dark=dark, width=width, direction=direction):
        assert accessibility_problems(desk.browser, SEVERE) == []
        desk.sign_in(desk.served.token)
        for part in PARTS:
            desk.show(part)
            assert accessibility_problems(desk.browser, SEVERE) == []
            assert desk.browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
