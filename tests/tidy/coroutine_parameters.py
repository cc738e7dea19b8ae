"""What a coroutine may take by reference. A parameter lives in the frame of the coroutine, what it refers to does not:
after the first suspension a reference, string_view or span may point at nothing. So coroutines take values, except for
the services listed here, which are made before any coroutine runs on them and end after the last one."""
import re
from typing import NamedTuple

# The type as the last word of its name, and why it outlives the coroutines that borrow it.
SERVICES = {
    "Client": "the HTTP client: one for the life of the program",
    "Cluster": "one Elasticsearch: one for the life of the program, and a handle on shared state besides",
    "ObjectStore": "where a feed's objects lie: made with the feed, ends after the feed's last pass",
    "BulkWriter": "a handle on state that its own coroutines share; whoever makes it waits for drain()",
    "WorkerPool": "the threads: made before the io_context runs, joined after it has stopped",
    "Session": "everything made from one configuration; the daemon keeps it until its last pass has ended",
    "SessionFeed": "part of a Session",
    "Generation": "a Session while it serves; whoever waits for its coroutines holds the shared_ptr",
    "FeedObserver": "metrics and progress of a feed, part of a Session",
    "FeedLease": "belongs to the coroutine that attends the feed, which waits for all that borrow it",
    "Schedule": "belongs to the same coroutine",
    "tcp_stream": "an I/O object, which has to outlive the operations on it in any case",
    "stream_descriptor": "an I/O object likewise",
    "ResponseStream": "an I/O object likewise: an answer whose body is being read",
    "steady_timer": "an I/O object likewise",
}
# Buffers the caller owns and waits for; a value would copy every byte of a bill once more.
BUFFERS = {"std::span<char>"}

RETURN = re.compile(r"\b(?:Task|awaitable)\s*<")
ARROW = re.compile(r"\)[\s\w]*->\s*(?:[\w:]+::)?(?:Task|awaitable)\s*<")
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
CLOSERS = {"<": ">", "(": ")", "{": "}", "[": "]"}


class Finding(NamedTuple):
    line: int
    parameter: str


def without_noise(text):
    """`text` without comments and literals; every line stays where it was."""
    return NOISE.sub(lambda match: '""' + "\n" * match.group().count("\n"), text)


def closing(text, start):
    """Where the bracket that opens at `start` ends, or None."""
    depth, opener, closer = 0, text[start], CLOSERS[text[start]]
    for at in range(start, len(text)):
        if text[at] == opener:
            depth += 1
        elif text[at] == closer and text[at - 1] != "-":
            depth -= 1
            if depth == 0:
                return at
    return None


def opening(text, end):
    """Where the parenthesis that closes at `end` begins, or None."""
    depth = 0
    for at in range(end, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if depth == 0:
            return at
    return None


def parameter_lists(text):
    """(offset, text between the parentheses) of every function, lambda or signature that returns a coroutine."""
    for match in RETURN.finditer(text):
        end = closing(text, match.end() - 1)
        if end is None:
            continue
        named = re.compile(r"\s*[\w:]*\s*\(").match(text, end + 1)
        close = closing(text, named.end() - 1) if named else None
        if close is not None:
            yield named.end(), text[named.end():close]
    for match in ARROW.finditer(text):
        begin = opening(text, match.start())
        if begin is not None:
            yield begin + 1, text[begin + 1:match.start()]


def split(parameters):
    """(offset, parameter without its default) for each one of a list."""
    depth, begin = 0, 0
    for at, char in enumerate(parameters + ","):
        depth += (char in "<({[") - (char in ">)}]")
        if char == "," and depth == 0:
            text = parameters[begin:at]
            yield at - len(text.lstrip()), text.split("=")[0].strip()
            begin = at + 1


def flatten(parameter):
    """`parameter` without the parentheses of an array's name, the signatures and template arguments inside it."""
    before, parameter = None, re.sub(r"\(\s*(&&?)\s*(\w*)\s*\)", r"\1\2", parameter)
    while before != parameter:
        before = parameter
        parameter = re.sub(r"\([^()]*\)|<[^<>]*>", "", parameter)
    return parameter


def borrows(parameter):
    """Whether `parameter` refers to something that is neither a service nor a buffer of the caller."""
    if any(parameter.startswith(buffer + " ") or parameter == buffer for buffer in BUFFERS):
        return False
    reference = re.search(r"(\w+)\s*(?:const\s*)?(&&?)", flatten(parameter))
    if reference:
        return reference.group(2) == "&&" or reference.group(1) not in SERVICES
    return bool(re.search(r"\b(?:string_view|span)\b", re.sub(r"\([^()]*\)", "", parameter)))


def findings(text):
    text = without_noise(text)
    found = set()
    for offset, parameters in parameter_lists(text):
        for begin, parameter in split(parameters):
            if borrows(parameter):
                line = text.count("\n", 0, offset + begin) + 1
                found.add(Finding(line, " ".join(parameter.split())))
    return sorted(found)
