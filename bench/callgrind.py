"""Reads what valgrind's callgrind wrote, and shares instructions out among stages."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

NAME = re.compile(r"^(c?)(fn|ob)=\((\d+)\)(?: (.*))?$")
COST = re.compile(r"^(?:[+-]?\d+|\*|0x[0-9a-f]+) (\d+)$")

DEPTH = 20


@dataclass
class Profile:
    """Instructions of one run. A function is (object file's name, function's name)."""

    own: Counter = field(default_factory=Counter)  # function -> instructions of its own
    calls: Counter = field(default_factory=Counter)  # (caller, callee) -> instructions of callee and below
    total: int = 0

    def __sub__(self, start: "Profile") -> "Profile":
        """What this run did beyond the other, negative where it did less."""
        own, calls = Counter(self.own), Counter(self.calls)
        own.subtract(start.own)
        calls.subtract(start.calls)
        return Profile(own, calls, self.total - start.total)


def read(path: Path) -> Profile:
    """The profile in a file of one event and one thread; ValueError when it is not one."""
    profile = Profile()
    names: dict[tuple[str, str], str] = {}
    now = {"fn": "", "ob": "", "cfn": "", "cob": ""}
    a_call_follows = False
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if match := NAME.match(line):
                called, kind, number, name = match.groups()
                if name is not None:
                    names[kind, number] = re.sub(r"'\d+$", "", name)
                now[called + kind] = names[kind, number]
            elif line.startswith("calls="):
                a_call_follows = True
            elif match := COST.match(line):
                here, cost = (Path(now["ob"]).name, now["fn"]), int(match[1])
                if a_call_follows:
                    # Without cob= the callee is in the caller's object file.
                    callee = (Path(now["cob"] or now["ob"]).name, now["cfn"])
                    profile.calls[here, callee] += cost
                    now["cob"], a_call_follows = "", False
                else:
                    profile.own[here] += cost
            elif line.startswith(("totals:", "summary:")):
                profile.total = int(line.split()[1])
            elif line.startswith("events:") and line.split() != ["events:", "Ir"]:
                raise ValueError(f"{path}: not instructions alone, but {line}")
    if not profile.total or sum(profile.own.values()) != profile.total:
        raise ValueError(
            f"{path}: its functions have {sum(profile.own.values())} instructions, it says {profile.total}"
        )
    return profile


def by_stage(profile: Profile, stage_of) -> Counter:
    """Stage -> instructions; together they are the profile's total.

    stage_of(function) names the stage, or None for what everybody calls, such as memcpy: its instructions are
    shared out among the stages that called it, as their calls cost. What nobody known called is "other".
    """
    callers: dict[tuple, list] = {}
    for (caller, callee), cost in profile.calls.items():
        if cost > 0 and caller != callee and not stage_of(callee):
            callers.setdefault(callee, []).append((caller, cost))
    shares: dict[tuple, Counter] = {function: Counter() for function in callers}
    # Each round looks one caller further up; shares settle well before this depth, cycles included.
    for _ in range(DEPTH):
        for function, called_by in callers.items():
            total, share = sum(cost for _, cost in called_by), Counter()
            for caller, cost in called_by:
                stage = stage_of(caller)
                for name, part in [(stage, 1.0)] if stage else shares.get(caller, {}).items():
                    share[name] += part * cost / total
            shares[function] = share
    stages: Counter = Counter()
    for function, cost in profile.own.items():
        stage = stage_of(function)
        for name, part in [(stage, 1.0)] if stage else shares.get(function, {}).items():
            stages[name] += cost * part
    stages["other"] += profile.total - sum(stages.values())
    return stages
