"""What models are given to work on, all of it fenced, and no name of a member in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.council.anonymity import Disguise, exhibit, nonce
from bot.council.quoting import cut, fence, folded
from bot.domain import Check, Deliberation, Flag, Remark, Verdict
from bot.untrusted import clean

_CONTEXT_CHARS = 16_000  # the newest remarks that fit
_FILE_CHARS = 64_000  # of all text files together
_MOST_LINES = 24  # of faults or unique points: what a reader can still weigh


def question(deliberation: Deliberation) -> str:
    """Show the question, what was said before it, and the text files that came with it."""
    asked, mark = deliberation.question, nonce(deliberation)
    parts: list[str] = []
    recent = _recent(asked.context)
    if recent:
        parts.append("What was said before:\n" + fence("TEXT", "CONTEXT", mark, recent))
    left = _FILE_CHARS
    texts = (file for file in asked.attachments if file.is_usable and not file.is_image)
    for place, file in enumerate(texts, 1):
        text = cut(file.data.decode("utf-8", "replace"), max(left, 0))
        left -= len(text)
        shown = fence("TEXT", f"FILE{place}", mark, f"{_line(file.name)}\n{text}")
        parts.append(f"Attached file {place}:\n{shown}")
    parts.append("The question:\n" + fence("QUESTION", "Q", mark, asked.text))
    return "\n\n".join(parts)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a reader of answers is told from: nameless texts and checkers' findings, by member.

    Every part is a text of its own, empty where there is nothing to tell.
    """

    deliberation: Deliberation
    texts: Mapping[str, str]
    checks: Mapping[str, Check]

    def exhibit(self, disguise: Disguise, *, own: str | None = None) -> str:
        """Show the answers under a reader's labels; a revised one may speak of other members."""
        revised = {a.member for a in self.deliberation.answers if a.revised_because}
        hide = _hiding(disguise, own)
        texts = {m: hide(t) if m in revised else t for m, t in self.texts.items()}
        return exhibit(disguise, texts, nonce(self.deliberation))

    def order(self, disguise: Disguise) -> str:
        """Tell the members' order of the answers, ties as ties."""
        places: dict[int, list[str]] = {}
        for standing in self.deliberation.standings.order if self.deliberation.standings else ():
            places.setdefault(standing.place, []).append(disguise.label(standing.member))
        lines = [f"{place}. {' = '.join(labels)}" for place, labels in sorted(places.items())]
        return "The members' order of the answers:\n" + "\n".join(lines) if lines else ""

    def findings(self, disguise: Disguise, *, own: str | None = None) -> str:
        """Tell what the checkers found; `own` is the reader's answer."""
        lines = [
            f"- {_whose(member, disguise, own)}: {check.verdict.value}. {check.detail}"
            for member, check in sorted(self.checks.items())
            if check.verdict is not Verdict.UNKNOWN
        ]
        return "Checks by program:\n" + "\n".join(lines) if lines else ""

    def faults(self, disguise: Disguise) -> str:
        """Tell all faults that reviewers quoted, those that were upheld first."""
        upheld = self._upheld()
        known = {(flag.author, flag.quote) for flag in upheld}
        raised = [flag for review in self.deliberation.reviews for flag in review.flags]
        others = [flag for flag in raised if (flag.author, flag.quote) not in known]
        return self._faults((*upheld, *others), disguise, None)

    def upheld_faults(self, disguise: Disguise, *, own: str) -> str:
        """Tell the faults that several reviewers saw, or a checker backs; no counts."""
        return self._faults(self._upheld(), disguise, own)

    def unique_points(self, disguise: Disguise) -> str:
        """Tell the points that only one answer makes."""
        lines = [
            f"Answer {disguise.label(appraisal.author)}: {disguise.hide(point)}"
            for review in self.deliberation.reviews
            for appraisal in review.appraisals
            for point in appraisal.unique_points
        ]
        return self._listed("Points that only one answer makes:", "POINTS", lines)

    def _upheld(self) -> tuple[Flag, ...]:
        return self.deliberation.standings.upheld if self.deliberation.standings else ()

    def _faults(self, flags: Collection[Flag], disguise: Disguise, own: str | None) -> str:
        # A revised answer may no longer hold what was quoted from it.
        known = {author: folded(self.texts[author]) for author in {flag.author for flag in flags}}
        hide = _hiding(disguise, own)
        lines = [
            f"{_whose(flag.author, disguise, own)}: “{flag.quote}” ({flag.severity}, {flag.kind}"
            f"{', upheld' if flag.is_upheld else ''}). {hide(flag.why)}"
            for flag in flags
            if folded(flag.quote) in known[flag.author]
        ]
        return self._listed("Faults found by reviewers:", "FAULTS", lines)

    def _listed(self, heading: str, kind: str, lines: Iterable[str]) -> str:
        once = list(dict.fromkeys(lines))[:_MOST_LINES]
        if not once:
            return ""
        shown = fence("TEXT", kind, nonce(self.deliberation), "\n".join(once))
        return f"{heading}\n{shown}"


def _hiding(disguise: Disguise, own: str | None) -> Callable[[str], str]:
    """Return what hides names, the reader's own too: nobody learns what a member is called."""
    return (Disguise({**disguise.names, "your answer": own}) if own else disguise).hide


def _whose(member: str, disguise: Disguise, own: str | None) -> str:
    return "Your answer" if member == own else f"Answer {disguise.label(member)}"


def _recent(remarks: Iterable[Remark]) -> str:
    lines = [_said(remark) for remark in remarks]
    kept: list[str] = []
    room = _CONTEXT_CHARS
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            kept.append(cut(line, _CONTEXT_CHARS) if not kept else "[… earlier remarks left out]")
            break
        kept.append(line)
    return "\n".join(reversed(kept))


def _said(remark: Remark) -> str:
    """Indent all lines but the first, so that nobody can speak in another's name."""
    text = clean(remark.text).replace("\n", "\n    ")
    return f"{_line(remark.speaker)}: {text}"


def _line(text: str) -> str:
    return " ".join(clean(text).split())
