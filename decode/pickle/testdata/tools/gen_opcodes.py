#!/usr/bin/env python3
"""Random programs of pickle opcodes, which no pickler would write, with the oracle's envelope of each.

    gen_opcodes.py SEED COUNT       one JSON object a line: {"data": base64, "envelope": text, "soft": [...]}

Most programs keep to what the stack allows, so that they get far; some do not. "soft" names what CPython might refuse.
"""
import base64
import json
import os
import random
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle

NAMES = ['os', 'system', 'builtins', 'set', 'frozenset', 'bytearray', 'bytes', 'complex', '_codecs', 'encode', 'latin1', 'latin-1',
         'copyreg', 'copy_reg', '__builtin__', 'object', '_reconstructor', '__newobj__', 'a.b', 'x:y', '$k', 'k', 'é', '', 'q' * 300]
GLOBALS = [('os', 'system'), ('builtins', 'set'), ('__builtin__', 'frozenset'), ('builtins', 'bytearray'), ('builtins', 'bytes'),
           ('__builtin__', 'complex'), ('_codecs', 'encode'), ('copy_reg', '_reconstructor'), ('copyreg', '__newobj__'),
           ('__builtin__', 'object'), ('builtins', 'object'), ('m', 'C'), ('a', 'B.c'), ('a:b', 'c')]


def atom(r):
    k = r.randrange(26)
    s = r.choice(NAMES).encode()
    if k < 7:
        return r.choice([b'X' + struct.pack('<I', len(s)) + s, b'V' + s.decode().encode('raw_unicode_escape') + b'\n',
                         b'\x8d' + struct.pack('<Q', len(s)) + s] + ([b'\x8c' + bytes([len(s)]) + s] if len(s) < 256 else []))
    if k < 10:
        m, n = r.choice(GLOBALS)
        return b'c' + m.encode() + b'\n' + n.encode() + b'\n'
    return r.choice([
        b'N', b'\x88', b'\x89', b'I00\n', b'I01\n', b'I-5\n', b'I0007\n', b'L12345678901234567890L\n', b'L' + b'9' * 700 + b'L\n', b'F1e400\n', b'F-0.0\n',
        b'F2.50\n', b'K\x07', b'M\x00\x80', b'J\x00\x00\x00\x80', b'G' + struct.pack('>d', r.choice([0.5, -0.0, 1e300, float('nan')])),
        b'\x8a\x00', b'\x8a\x03\x00\x00\xff', b'\x8a\x09' + b'\xff' * 8 + b'\x00', b'\x8b\x28\x00\x00\x00' + b'\x01' + b'\x00' * 39,
        b'\x8b\x28\x01\x00\x00' + b'\xff' * 295 + b'\x7f', b"S'a\\x00\\n\\q\\101'\n", b'S"caf\xe9"\n', b'U\x03abc', b'U\x02\xc3\xa9',
        b'T\x04\x00\x00\x00true', b'C\x02ab', b'B\x01\x00\x00\x00\xff', b'\x8e\x2c\x01' + bytes(6) + b'z' * 300,
        b'\x96\x02' + bytes(7) + b'ba', b'\x97', b'P17\n', b')', b']', b'}', b'\x8f', b'\x82\x05', b'\x83\x00\x01', b'\x84\x05\x00\x00\x01'])


def program(r):
    out, depth, marks, memo = [r.choice([b'', b'\x80\x02', b'\x80\x04'])], 0, [], 0

    def put(op, pop=0, push=0):
        nonlocal depth
        out.append(op)
        depth += push - pop

    for _ in range(r.choice([5, 15, 40, 90])):
        have = depth - (marks[-1] if marks else 0)
        k = r.randrange(20)
        if r.random() < .01:
            put(bytes([r.randrange(256)]))
        elif k < 7 or have < 1:
            put(atom(r), 0, 1)
        elif k == 7 and len(marks) < 6:
            put(b'(')
            marks.append(depth)
        elif k == 8:
            put(r.choice([b'\x94', b'q' + bytes([r.randrange(20)]), b'p%d\n' % r.randrange(20), b'r' + struct.pack('<I', r.choice([3, 10**6]))]))
            memo += 1
        elif k == 9 and memo:
            put(r.choice([b'h' + bytes([r.randrange(min(memo, 8))]), b'g%d\n' % r.randrange(min(memo, 8)), b'2']), 0, 1)
        elif k in (10, 11) and marks:
            base = marks[-1]
            below = base - (marks[-2] if len(marks) > 1 else 0)
            ops = [b't', b'l', b'\x91', b'd'] + ([b'o'] if have else []) + [b'im\nC\n']
            if below > 0:
                ops += [b'e', b'u', b'\x90'] * 2
            op = r.choice(ops)
            if op in b'ud' and have % 2:
                put(b'0', 1)
            marks.pop()
            out.append(op)
            depth = base + (0 if op in (b'e', b'u', b'\x90') else 1)
        elif k == 12 and have >= 2:
            put(r.choice([b')R', b')\x81', b'\x85Q', b'Q']), 0, 0)
        elif k == 13 and have >= 2:
            put(r.choice([b'\x85R', b'\x85\x81', b'b', b'b', b'a', b'\x93', b'\x86']), 1)
        elif k == 14 and have >= 3:
            put(r.choice([b'\x86R', b'\x86\x81', b's', b'\x87', b'\x85}\x92']), 2)
        elif k == 15 and have >= 4:
            put(b'\x87R', 3)
        elif k == 16:
            put(b'0', 1)
        elif k == 17:
            put(b'\x98')
        elif k == 18:
            put(b'\x85', 0, 0)
    return b''.join(out) + r.choice([b'.', b'.', b'.', b'', b'.tail'])


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    for i in range(count):
        data = program(random.Random(seed * 1_000_003 + i))
        try:
            env, m, _ = oracle.envelope(data)
            env.encode('utf-8')
        except UnicodeEncodeError:
            continue
        print(json.dumps({'data': base64.b64encode(data).decode(), 'envelope': env, 'soft': sorted(set(m.soft))}))


if __name__ == '__main__':
    main()
