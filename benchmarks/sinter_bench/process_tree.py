"""What a process and its descendants use, read from /proc. Linux only."""
import os

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _stat(pid):
    """-> the fields of /proc/PID/stat from the third on, or None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # The second field is a name in parentheses that may hold anything.
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def members(root):
    """-> the process and all its descendants."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += _children(pid)
    return found


def cpu_s(root):
    """-> processor time used so far by the tree, children that have ended and were waited for
    included. In ticks of the kernel (10 ms as a rule): measure over many requests."""
    ticks = 0
    for pid in members(root):
        fields = _stat(pid)
        if fields is not None:
            ticks += sum(int(field) for field in fields[11:15])
    return ticks * _TICK_S


def rss_bytes(pid):
    """-> resident memory of one process now; 0 if it is gone."""
    fields = _stat(pid)
    return int(fields[21]) * _PAGE if fields else 0


def tree_rss_bytes(root):
    """-> the sum over the tree. Pages that processes share count in each of them."""
    return sum(rss_bytes(pid) for pid in members(root))
