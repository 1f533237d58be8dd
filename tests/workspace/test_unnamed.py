"""A page shows running numbers where its notebook shows pseudonyms."""

import nbformat
import pytest
from known_key import KEY, customer

from rcommerce_helpers.merging.pseudonyms import KINDS, pseudonyms
from rcommerce_helpers.sentences.invented import NAMES, invented_name
from rcommerce_helpers.workspace.export import notebook_page
from rcommerce_helpers.workspace.unnamed import WORDS, number_people

ONE, OTHER = customer("crm:1"), customer("crm:2")
HOME = pseudonyms("h", ["crm:1"], KEY)["crm:1"]


def test_the_same_person_keeps_its_number_and_each_kind_counts_for_itself():
    told = number_people([f"{OTHER} and {ONE}", {ONE: (OTHER, HOME)}, 7, None], "en")
    assert told == ["customer 1 and customer 2", {"customer 2": ["customer 1", "household 1"]}, 7, None]
    assert number_people([ONE, HOME], "de") == ["Kunde 1", "Haushalt 1"]


@pytest.mark.parametrize("text", ["x" + "c" + "0" * 20, "c" + "0" * 21, "c" + "0" * 19, "d" + "0" * 20, "C" + "0" * 20])
def test_what_only_resembles_a_pseudonym_stays(text):
    assert number_people(text, "en") == text


def test_every_kind_of_pseudonym_has_a_word():
    assert set(WORDS) == set(KINDS)


def everywhere() -> nbformat.NotebookNode:
    """A notebook that shows one customer in every place there is."""
    v4 = nbformat.v4
    chart = {
        "data": [{"type": "scatter", "x": [1], "y": [1], "text": [ONE], "hovertext": ONE, "customdata": [[ONE, 1]],
                  "hovertemplate": f"<b>{ONE}</b>", "ids": [ONE], "name": ONE, "meta": {ONE: ONE}}],
        "layout": {"title": {"text": ONE}},
    }  # fmt: skip
    outputs = [
        v4.new_output("display_data", data={"application/vnd.plotly.v1+json": chart}),
        v4.new_output("execute_result", data={"text/html": f"<td title='{ONE}'>{ONE}</td>", "text/plain": ONE}),
        v4.new_output("stream", text=f"looking at {ONE}\n"),
        v4.new_output("error", ename="KeyError", evalue=ONE, traceback=[f"KeyError: \x1b[31m'{ONE}'\x1b[0m"]),
    ]
    cells = [v4.new_markdown_cell(f"# About {ONE}"), v4.new_code_cell(f"find('{ONE}')", outputs=outputs)]
    return v4.new_notebook(cells=cells)


def test_no_place_of_a_page_carries_a_pseudonym(tmp_path):
    path = tmp_path / "n.ipynb"
    nbformat.write(everywhere(), path)
    text = notebook_page(path, "en")
    assert ONE not in text
    assert ONE[:12] not in text
    assert text.count("customer 1") >= 10
    assert ONE in path.read_text(encoding="utf-8")  # the notebook stays in the run and keeps it


@pytest.mark.parametrize("language", ["en", "de"])
def test_names_of_a_story_are_invented_each_with_its_chance(language):
    names = NAMES[language]
    assert len(set(names)) == len(names)
    drawn = [invented_name(customer(f"crm:{number}"), language) for number in range(2000)]
    assert set(drawn) == set(names)
    assert max(map(drawn.count, names)) < 2 * 2000 / len(names)
