"""What <footnoted-chat> costs the page that shows it, and how soon it answers: `python -m tests.load.bench_element`.

The sample book is served by a real process, the page by another origin, both on loopback; Chromium has its cache empty
at each load. Medians of several loads: what is fetched before the reader does anything, in bytes of the files and in
those that Chromium received, with their heads; the milliseconds of the main thread, less those of the same page without
the element; and the time from asking to the first word of an extractive answer on the screen.
"""

import json
import statistics
import tempfile
from collections import Counter
from pathlib import Path

from selenium.webdriver import Chrome

from tests.e2e.chromium import open_chromium
from tests.support.served_book import serve_book
from tests.support.static_site import serving_folder

LOADS = 7
PAGE = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Page</title>{script}</head>"
    "<body><h1>Page</h1>{element}</body></html>"
)
QUESTION = "How does BM25 limit the weight of a repeated term?"
MADE = "return Boolean(document.querySelector('footnoted-chat').shadowRoot?.querySelector('.widget:not([hidden])'))"
FIRST_WORD = """
const [question, done] = arguments;
const chat = document.querySelector("footnoted-chat");
const began = performance.now();
const watch = new MutationObserver(() => {
  if (!chat.shadowRoot.querySelector(".prose")?.textContent) return;
  watch.disconnect();
  requestAnimationFrame(() => { const took = performance.now() - began; asked.then(() => done(took)); });
});
watch.observe(chat.shadowRoot, { subtree: true, childList: true });
const asked = chat.ask(question);
"""


def load(browser: Chrome, url: str) -> float:
    """Loads the page with an empty cache. The milliseconds of its main thread until it is idle."""
    browser.get("about:blank")
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    before = task_seconds(browser)
    browser.get(url)
    idle = "const [done] = arguments; setTimeout(() => requestIdleCallback(() => done()), 600)"
    browser.execute_async_script(idle)
    return (task_seconds(browser) - before) * 1000


def task_seconds(browser: Chrome) -> float:
    """What the tasks of the main thread took until now."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def read_fetched(browser: Chrome, server: str) -> dict[str, tuple[int, int]]:
    """What was fetched whole from that server since the last look, by address: bytes of its body, bytes received."""
    addresses, decoded, received = {}, Counter[str](), {}
    for entry in browser.get_log("performance"):  # type: ignore[no-untyped-call]
        message = json.loads(entry["message"])["message"]
        told = message["params"]
        if message["method"] == "Network.requestWillBeSent" and told["request"]["url"].startswith(server):
            addresses[told["requestId"]] = told["request"]["url"]
        elif message["method"] == "Network.dataReceived":
            decoded[told["requestId"]] += told["dataLength"]
        elif message["method"] == "Network.loadingFinished":
            received[told["requestId"]] = told["encodedDataLength"]
    return {url: (decoded[one], received[one]) for one, url in addresses.items() if one in received}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "site").mkdir()
        with (
            serving_folder(work / "site") as origin,
            serve_book(work / "book", FOOTNOTED_ALLOWED_ORIGINS=origin) as served,
            open_chromium(work / "chromium", logs=("performance",)) as browser,
        ):
            script = f'<script type="module" src="{served.url}/assets/footnoted-chat.mjs"></script>'
            (work / "site" / "with.html").write_text(
                PAGE.format(script=script, element="<footnoted-chat></footnoted-chat>")
            )
            (work / "site" / "without.html").write_text(PAGE.format(script="", element=""))
            plain, shown, words = [], [], []
            for _ in range(LOADS):
                plain.append(load(browser, f"{origin}/without.html"))
                read_fetched(browser, served.url)
                shown.append(load(browser, f"{origin}/with.html"))
                assert browser.execute_script(MADE)
                fetched = read_fetched(browser, served.url)
                words.append(float(browser.execute_async_script(FIRST_WORD, QUESTION)))
                browser.execute_script("sessionStorage.clear(); localStorage.clear()")
    print(
        json.dumps(
            {
                "requests": len(fetched),
                "bytes": sum(body for body, _ in fetched.values()),
                "bytes_on_the_wire": sum(received for _, received in fetched.values()),
                "main_thread_ms": round(statistics.median(shown) - statistics.median(plain), 1),
                "first_word_ms": {"median": round(statistics.median(words)), "first": round(words[0])},
            }
        )
    )


if __name__ == "__main__":
    main()
