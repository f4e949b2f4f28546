"""The program in the cage that a unit of ours describes, on a machine where systemd does not run.

Nobody runs it, on a file system that cannot be written to, with a state folder and a credential of its own. The system
calls that the unit refuses end it, as systemd has it; so does what MemoryDenyWriteExecute= and
RestrictAddressFamilies= refuse, but with an error. `python3 confined.py UNIT STATE PROGRAM ARGUMENT...` needs a mount
namespace of its own.
"""

import errno
import mmap
import os
import pathlib
import re
import resource
import shlex
import socket
import subprocess
import sys

NOBODY = 65534
ROOM = pathlib.Path("/mnt")  # a folder that every system has
PROGRAM, STATE, CREDENTIAL = ROOM / "backfill-health", ROOM / "state", ROOM / "api-key"


def enter(script: pathlib.Path, unit: pathlib.Path, state: pathlib.Path, program: pathlib.Path) -> pathlib.Path:
    """Writes a script that runs the program so. In the state folder are the state, and the credential `api-key`."""
    command = ["unshare", "--mount", "/usr/bin/python3", __file__, unit, state, program]
    script.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n')
    script.chmod(0o755)
    return script


def settings(unit: pathlib.Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.M)


def members(name: str) -> set[str]:
    """The system calls that a name in SystemCallFilter= stands for."""
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True,
                          timeout=60).stdout
    words = [line.strip() for line in told.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*map(members, words))


def allowed_calls(unit: pathlib.Path) -> set[str]:
    found = members("@default")
    for line in settings(unit, "SystemCallFilter"):
        of_line = set().union(*map(members, line.lstrip("~").split()))
        found = found - of_line if line.startswith("~") else found | of_line
    return found


def filter_of(unit: pathlib.Path) -> "seccomp.SyscallFilter":
    import seccomp

    cage = seccomp.SyscallFilter(seccomp.KILL_PROCESS)
    calls = allowed_calls(unit)
    for call in sorted(calls - {"socket", "mmap", "mprotect"}):
        try:
            cage.add_rule(seccomp.ALLOW, call)
        except RuntimeError:
            pass  # another machine's
    (families,) = settings(unit, "RestrictAddressFamilies")
    for family in socket.AddressFamily:
        action = seccomp.ALLOW if family.name in families.split() else seccomp.ERRNO(errno.EAFNOSUPPORT)
        cage.add_rule(action, "socket", seccomp.Arg(0, seccomp.EQ, family))
    assert settings(unit, "MemoryDenyWriteExecute") == ["yes"]
    both = mmap.PROT_WRITE | mmap.PROT_EXEC
    for rights in (0, mmap.PROT_WRITE, mmap.PROT_EXEC):
        cage.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, both, rights))
    cage.add_rule(seccomp.ERRNO(errno.EPERM), "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, both, both))
    cage.add_rule(seccomp.ALLOW, "mprotect", seccomp.Arg(2, seccomp.MASKED_EQ, mmap.PROT_EXEC, 0))
    cage.add_rule(seccomp.ERRNO(errno.EPERM), "mprotect", seccomp.Arg(2, seccomp.MASKED_EQ, mmap.PROT_EXEC, mmap.PROT_EXEC))
    return cage


def furnish(state: str, program: str) -> None:
    def mount(*arguments: object) -> None:
        subprocess.run(["mount", *map(str, arguments)], check=True, timeout=60)

    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "tmpfs", ROOM)
    STATE.mkdir()
    mount("--bind", state, STATE)
    for path in (STATE, *STATE.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    PROGRAM.touch()
    mount("--bind", program, PROGRAM)
    for folder in (ROOM, "/"):
        mount("-o", "remount,bind,ro", folder)
    # Its own mount, and so still to be written to.
    mount("-o", "remount,bind,rw", STATE)


def main(unit: str, state: str, program: str, *arguments: str) -> None:
    cage = filter_of(pathlib.Path(unit))
    furnish(state, program)
    os.chdir("/")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))  # what systemd gives
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)  # and with it all capabilities are gone
    cage.load()
    os.execv(PROGRAM, [str(PROGRAM), *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
