"""Licences of what is installed, out of its software bill of materials (CycloneDX): which may not be used here.

Refused are licences that would bind whoever uses the workspace (GPL, AGPL and the like), that forbid a use (commercial,
hosting), and packages of which nobody says what they are under. Called by ``make sbom``, which ``.ci/run`` calls.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

REFUSED = re.compile(
    r"(?<![A-Z])A?GPL|GNU (Affero )?General Public|SSPL|Server Side Public|Elastic|BUSL|Business Source|"
    r"Commons[- ]Clause|Non-?Commercial|CC-BY-NC|Proprietary|All rights reserved\.?$",
    re.IGNORECASE,
)
KNOWN = re.compile(
    r"MIT|BSD|Apache|MPL|Mozilla Public|ISC|PSF|Python Software Foundation|Python-2\.0|Unlicense|Zlib|HPND|CC0|LGPL|"
    r"Lesser General Public|Redistribution and use in source|Permission is hereby granted|OSI Approved",
    re.IGNORECASE,
)
OURSELVES = "rcommerce-helpers"


def said_of(component: dict) -> list[str]:
    """What a package says of its licence: identifiers, expressions, names; the whole text where there is no other."""
    found, texts = [], []
    for entry in component.get("licenses", []):
        licence = entry.get("license", {})
        name = entry.get("expression") or licence.get("id") or licence.get("name") or ""
        text = licence.get("text", {}).get("content", "")
        (texts if name.startswith("declared license") else found).append(text if name.startswith("declared") else name)
    return found or [text.strip()[:2000] for text in texts]


def refused(bill: dict) -> list[str]:
    """Packages that may not be used, each with what it says of its licence.

    A package that offers a choice ("MIT or GPL") is used under the other one.
    """
    found = []
    for component in bill["components"]:
        said = said_of(component)
        choices = [choice for text in said for choice in re.split(r"\bOR\b", text)]
        good = any(KNOWN.search(choice) and not REFUSED.search(choice) for choice in choices)
        if component["name"] != OURSELVES and not good:
            found.append(f"{component['name']} {component.get('version', '')}: {'; '.join(said)[:80] or 'no licence'}")
    return found


if __name__ == "__main__":
    problems = refused(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(*problems or ["No package under a licence that is refused."], sep="\n")
    sys.exit(bool(problems))
