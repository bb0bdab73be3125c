"""What the Python adapters have in common: the conversation with bench/peer.ts.

An adapter says who it is in a line of JSON, {"peer", "version", "threads"}. Then each line of stdin is a workload of
bench/workloads.ts with "steps", and each answer a line: {"microsecondsPerStep"} of one timing, with "differs" where the
peer does something else than the workload says, or {"unsupported"} with the reason.
"""
import json
import sys

BATCHES = 8  # of resident data
STEPS_PER_READ = 50


class Unsupported(Exception):
    pass


def threads_wanted():
    return int(sys.argv[1]) if len(sys.argv) > 1 else 1


def serve(peer, version, create):
    """create(workload) makes an object with `run(steps)`, which takes that many steps and returns the seconds of one."""
    known = {}
    print(json.dumps({'peer': peer, 'version': version, 'threads': threads_wanted()}), flush=True)
    for line in sys.stdin:
        workload = json.loads(line)
        name = workload['name']
        try:
            if name not in known:
                known[name] = create(workload)
            answer = {'microsecondsPerStep': known[name].run(workload['steps']) * 1e6}
            if getattr(known[name], 'differs', None):
                answer['differs'] = known[name].differs
        except Unsupported as reason:
            answer = {'unsupported': str(reason)}
        print(json.dumps(answer), flush=True)
