"""What an import assumed, what it found wrong in the input, and what it did not use: nothing is lost in silence."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Report:
    """Sentences about an import, in the order in which they were found."""

    folder: str
    assumptions: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()  # what looks wrong in the input, and what was done about it
    left_out: tuple[str, ...] = ()  # what the input holds and the scenario does not

    def markdown(self) -> str:
        """The report as a page."""
        parts = [f"# Import of {self.folder}\n\nA Flee input folder, as it was read. Nothing else was changed.\n"]
        for title, sentences, none in (
            ("What looks wrong in the input", self.faults, "Nothing was found."),
            ("What was assumed", self.assumptions, "Nothing."),
            ("What was left out", self.left_out, "Nothing."),
        ):
            lines = "\n".join(f"- {text}" for text in sentences) or none
            parts.append(f"## {title}\n\n{lines}\n")
        return "\n".join(parts)


@dataclass
class Notes:
    """What is gathered for the report while files are read."""

    assumptions: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    marks: dict[str, list[str]] = field(default_factory=dict)

    def mark(self, file: str, what: str) -> None:
        """Note what is odd about how a file was written, and does not matter."""
        self.marks.setdefault(what, []).append(file)

    def assume(self, text: str) -> None:
        """Note an assumption."""
        self.assumptions.append(text)

    def fault(self, where: str, what: str) -> None:
        """Note what looks wrong in the input: where it stands, what it is, and what was done."""
        self.faults.append(f"{where}: {what}")

    def leave_out(self, where: str, what: str) -> None:
        """Note what is not used, and why."""
        self.left_out.append(f"{where}: {what}")

    def report(self, folder: str) -> Report:
        """The report, each sentence once."""
        marks = (f"{', '.join(files)}: {what}; read without" for what, files in self.marks.items())
        return Report(
            folder,
            tuple(dict.fromkeys(self.assumptions)),
            tuple(dict.fromkeys([*self.faults, *marks])),
            tuple(dict.fromkeys(self.left_out)),
        )
