"""What a program finds its signals to be when it starts: functions for Popen's preexec_fn."""

import signal


def default_signals():
    """Undoes what the child would inherit: Python ignores SIGPIPE, and a shell that runs tests in the background
    ignores SIGINT."""
    for sig in (signal.SIGPIPE, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(sig, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def ignoring(*signals):
    def before():
        default_signals()
        for sig in signals:
            signal.signal(sig, signal.SIG_IGN)
    return before
