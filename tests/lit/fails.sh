#!/bin/sh
# Runs a command that must report a user error: exit status 1 exactly (2 is wrong usage, 3 an internal error).
"$@"
status=$?
[ "$status" -eq 1 ] && exit 0
echo "expected exit status 1, got $status: $*" >&2
exit 1
