"""One reply of the corpus with what is to be read in it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Case:
    """`leftover`: pieces of free text that must remain, in order; none means that nothing may remain."""

    name: str
    raw: bytes
    sent: str
    client: str
    style: str
    answers: dict[int, str] = field(default_factory=dict)
    kind: str = "human"
    leftover: tuple[str, ...] = ()
    return_date: str = ""
