"""What the Python suites share: a check prints one line, `ok NAME` or `not ok NAME: REASON`."""

import contextlib
import os
import sys
import time

failed = False


@contextlib.contextmanager
def check(name):
    """Passes if the block ends without an exception."""
    global failed
    try:
        yield
    except Exception as error:  # a failed check must not hide those after it
        failed = True
        reason = " ".join(f"{type(error).__name__} {error}".split())[:500]
        print(f"not ok {name}: {reason}", flush=True)
    else:
        print(f"ok {name}", flush=True)


def equal(got, want):
    if got != want:
        raise AssertionError(f"wanted {want!r}, got {got!r}"[:480])


def eventually(condition, seconds=15):
    """Calls `condition` until it is true."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s; last: {value!r}")
        time.sleep(0.05)


def raises(kind, call):
    """The error of `kind` that the call raises."""
    try:
        result = call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind}, but {result!r}")


def bootstrap():
    return os.environ["BOOTSTRAP"]


def finish():
    sys.exit(1 if failed else 0)
