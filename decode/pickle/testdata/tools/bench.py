#!/usr/bin/env python3
"""Times the Go reader beside CPython's C pickle.loads: the same bytes, in rounds that take turns.

    bench.py [ROUNDS]       run it anywhere; needs go in PATH

Prints for each workload the median ns of both, MB/s, allocations and the ratio (above 1: faster than CPython).
A call costs CPython about 50 ns more in timeit's loop than nothing, and b.Loop about 1 ns: neither is taken off.
Workloads that need a package (numpy, flask) are left out without it.
"""
import datetime
import os
import pickle
import random
import re
import statistics
import subprocess
import sys
import tempfile
import timeit

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def rows(n):
    r = random.Random(1)
    return [{'id': i, 'name': 'product %d' % i, 'price': r.random() * 100, 'stock': r.randrange(1000), 'tag': r.choice('abcdef') * 8,
             'created': datetime.datetime(2024, 1 + i % 12, 1 + i % 28, i % 24, 5, 6, i)} for i in range(n)]


def nested(n):
    o = []
    for _ in range(n - 1):
        o = [o]
    return o


def workloads():
    sys.setrecursionlimit(20000)
    r = random.Random(2)
    html = '<html>' + ''.join('<li>item %d</li>' % i for i in range(500))
    yield 'a-str200', pickle.dumps('x' * 200, 4)
    yield 'b-html8k', pickle.dumps(html[:8170], 4)
    yield 'c-rows', pickle.dumps(rows(1000), 4)
    yield 'c2-rows-p2', pickle.dumps(rows(1000), 2)
    yield 'd-nested', pickle.dumps(nested(1000), 4)
    yield 'e-bytes10m', pickle.dumps(bytes(10_000_000), 4)
    yield 'f-ints', pickle.dumps([r.randrange(300) for _ in range(100_000)], 4)
    try:
        import numpy
        yield 'g-numpy', pickle.dumps(numpy.arange(1_000_000, dtype='f8'), 4)
    except ImportError:
        pass
    try:
        import flask
        with flask.Flask('bench').app_context():
            yield 'h-response', pickle.dumps(flask.make_response(html[:1800], 200, {'X-A': 'b'}), 5)
    except ImportError:
        pass
    yield 'i-strings', pickle.dumps(['s%d' % i for i in range(100_000)], 4)
    yield 'j-rows-p0', pickle.dumps(rows(100), 0)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as tmp:
        binary = os.path.join(tmp, 'pickle.test')
        subprocess.run(['go', 'test', '-c', '-o', binary, '.'], cwd=PACKAGE, check=True)
        data = dict(workloads())
        for name, b in data.items():
            with open(os.path.join(tmp, name + '.pkl'), 'wb') as f:
                f.write(b)
        ours, theirs, allocs = {n: [] for n in data}, {n: [] for n in data}, {}
        for _ in range(rounds):
            for name, b in data.items():
                out = subprocess.run([binary, '-test.run=^$', '-test.bench=^BenchmarkDecode$/^%s$' % re.escape(name), '-test.benchtime=100ms'],
                                     env=dict(os.environ, PICKLE_BENCH=tmp), cwd=PACKAGE, check=True, stdout=subprocess.PIPE, text=True).stdout
                m = re.search(r'\s([\d.]+) ns/op.*?(\d+) allocs/op', out)
                ours[name].append(float(m.group(1)))
                allocs[name] = int(m.group(2))
                t = timeit.Timer('f(b)', globals={'f': pickle.loads, 'b': b})
                n = max(1, int(0.1 / max(min(t.repeat(2, 1)), 1e-7)))
                theirs[name].append(t.timeit(n) / n * 1e9)
        print('%-14s %10s %14s %14s %10s %8s %8s' % ('workload', 'bytes', 'CPython ns', 'cacheview ns', 'MB/s', 'allocs', 'ratio'))
        for name, b in data.items():
            us, they = statistics.median(ours[name]), statistics.median(theirs[name])
            print('%-14s %10d %14.0f %14.0f %10.0f %8d %7.2fx' % (name, len(b), they, us, len(b) / us * 1e3, allocs[name], they / us))


if __name__ == '__main__':
    main()
