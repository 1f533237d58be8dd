"""What answers of a review say of all links; asking, and keeping what was said."""

import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers import cli
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.by_hand import read_decided
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import LinkingParams
from rcommerce_helpers.merging.reviewing import measure_links, to_review
from rcommerce_helpers.sources.facts import write_facts
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.reviewing import at_terminal, review

TODAY = date(2024, 6, 30)


def links(joined: int, apart: int) -> pd.DataFrame:
    """One row = one pair; the pairs of a pile differ in certainty."""
    size = joined + apart
    return pd.DataFrame({
        "record_a": [f"a:{i:04d}" for i in range(size)], "record_b": [f"b:{i:04d}" for i in range(size)],
        "certainty": np.r_[np.linspace(0.6, 1, joined), np.linspace(0.05, 0.9, apart)],
        "joined": [True] * joined + [False] * apart,
    })  # fmt: skip


def answers(pairs: pd.DataFrame, is_one: pd.Series) -> pd.DataFrame:
    verdict = np.where(is_one.loc[pairs["record_a"]], "same", "different")
    return pairs[["record_a", "record_b", "drawn"]].assign(verdict=verdict, reason="seen", day="2024-06-30")


@pytest.fixture(scope="module")
def identity():
    people = pd.DataFrame({"record_id": ["crm:1", "shop:1"], "email": ["a@web.de", "a@web.de"]})
    return identify(people, LinkingParams(matching="exact"), key=KEY)


NOBODY = answers(links(0, 0).assign(drawn=""), pd.Series(dtype=bool))


@pytest.mark.parametrize("number", [40, 120])
def test_precision_and_recall_of_a_review_cover_the_truth_as_often_as_they_say(identity, number):
    """.94 of the links are right, a tenth of the pairs that stay apart are one person: 200 reviews, 95 % intervals."""
    piles = links(1_000, 2_000)
    rng = np.random.default_rng(5)
    covered = []
    for seed in range(200):
        one = pd.Series(np.r_[rng.permutation(1_000) < 940, rng.permutation(2_000) < 200], index=piles["record_a"])
        drawn = to_review(piles, NOBODY, number=number, seed=seed, least_sure=False)
        whole = identity.__class__(**{**vars(identity), "pairs": piles})
        told = {f.name: f for f in measure_links(whole, answers(drawn, one), seed=seed).figures}
        covered.append(
            [
                told["measured_precision"].low <= 0.94 <= told["measured_precision"].high,
                told["measured_recall"].low <= 940 / 1_140 <= told["measured_recall"].high,
            ]
        )
    assert (np.mean(covered, axis=0) >= 0.9).all()


def test_a_pair_is_asked_once_and_the_most_doubtful_come_first():
    piles = links(100, 100)
    first = to_review(piles, NOBODY, number=5, seed=0, least_sure=True)
    assert (first["certainty"] - 0.5).abs().max() < 0.05
    again = to_review(
        piles, answers(first, pd.Series(True, index=piles["record_a"])), number=5, seed=0, least_sure=True
    )
    assert not set(first["record_a"]) & set(again["record_a"])


def test_few_answers_measure_nothing(identity):
    with pytest.raises(NotEnoughData, match="got 0 and 0 answers"):
        measure_links(identity, NOBODY, seed=1)


def test_answers_are_kept_as_they_are_given_and_shown_values_are_not(tmp_path, make_facts):
    run = RunFolder(tmp_path / "run")
    run.landed.mkdir(parents=True)
    write_facts(run.landed, make_facts(name="shop"))
    records = pd.DataFrame({"record_id": ["a:0000", "b:0000", "a:0001", "b:0001"], "given_name": ["Anna", "Hanna"] * 2})
    records.to_parquet(run.landed / "source_records.parquet", index=False)
    links(2, 0).to_parquet(run.table_path("links"), index=False)
    said, asked = iter(["x", "s", "u"]), []

    def ask(text: str) -> str:
        asked.append(text)
        return next(said)

    done = review(run, tmp_path, ask, number=4, measure=True, today=TODAY)
    assert done.number == 2
    assert done.path == tmp_path / "decisions" / "shop" / "identity.toml"
    assert "Anna" in asked[0]
    assert "Hanna" in asked[0]
    assert "Anna" not in done.path.read_text()
    kept = read_decided(done.path)
    assert sorted(kept["verdict"]) == ["same", "unsure"]
    assert set(kept["drawn"]) == {"joined"}
    assert set(kept["day"]) == {"2024-06-30"}


def test_who_stops_keeps_what_was_answered_before(tmp_path, make_facts):
    run = RunFolder(tmp_path / "run")
    run.landed.mkdir(parents=True)
    write_facts(run.landed, make_facts(name="shop"))
    pd.DataFrame({"record_id": [f"{s}:{i:04d}" for s in "ab" for i in range(3)]}).to_parquet(
        run.landed / "source_records.parquet", index=False
    )
    links(3, 0).to_parquet(run.table_path("links"), index=False)
    said = iter(["d", "q"])
    done = review(run, tmp_path, lambda _: next(said), number=3, measure=False, today=TODAY)
    assert done.number == 1
    assert read_decided(done.path)["verdict"].tolist() == ["different"]


def test_nothing_is_asked_where_the_answer_would_stay_in_a_file(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["rcommerce", "review"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "review: got an output that is no terminal" in capsys.readouterr().err


def test_the_end_of_the_input_stops(monkeypatch):
    def nobody(text):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert at_terminal("s, d, u or q: ") == "q"
