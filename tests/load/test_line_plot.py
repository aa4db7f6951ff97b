from xml.etree import ElementTree

from tests.load.line_plot import LinePlot, draw

PLOT = LinePlot("Milliseconds, by readers", series="server", across="readers", up="retrieval_p95_ms", bound=200.0)
ROWS = [
    {"server": server, "readers": readers, "retrieval_p95_ms": ms + run}
    for server, ms in (("footnoted", 100.0), ("floor", 40.0))
    for readers in (1, 100, 1000)
    for run in range(3)
]


def test_each_server_has_a_line_over_all_loads_and_its_name() -> None:
    tree = ElementTree.fromstring(draw(ROWS, PLOT))
    space = "{http://www.w3.org/2000/svg}"
    assert len(tree.findall(f"{space}circle")) == 2 * 3
    texts = {one.text for one in tree.findall(f"{space}text")}
    assert {"footnoted", "floor", "1", "100", "1000"} <= texts
    assert all(0 <= float(one.attrib["cy"]) <= 380 for one in tree.findall(f"{space}circle"))


def test_one_row_is_a_picture_too() -> None:
    assert "circle" in draw(ROWS[:1], PLOT)
