"""Which ward is meant by what somebody typed after `--ward`: a code, a name, or a former name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.content import Ward
from nlu.normalise import fold

_KIND = re.compile(r"^(phuong|xa|dac khu|thi tran|p|x)\s+")
_DISTRICT = re.compile(r"\s*\(.*\)$")


@dataclass(frozen=True, slots=True)
class Meant:
    """The wards that may be meant; one is the answer, several or none are not."""

    wards: list[Ward]
    former: bool = False
    """They are found by the name of a unit they were formed from."""


def meant(typed: str, wards: Iterable[Ward]) -> Meant:
    """Today's code or name first; a former name only where no ward is called so today."""
    all_wards = list(wards)
    name = _bare(typed)
    today = [w for w in all_wards if w.code == typed.strip() or _bare(w.name) == name]
    if today:
        return Meant(today)
    return Meant([w for w in all_wards if name in map(_bare, w.formed_from)], former=True)


def _bare(name: str) -> str:
    """Folded, without kind and district: `tan dinh` of «Phường Tân Định (quận 1)»."""
    return _KIND.sub("", fold(_DISTRICT.sub("", name)))
