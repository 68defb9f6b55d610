#!/usr/bin/env python3
"""Seeded random pickles with their oracle tree, for a differential test of a pickle decoder.

    gen_random.py --out DIR --seed 1 --count 100 [--protocols 0,1,2,3,4,5] [--mutants 3] [--check]

For every seed one object graph is made and dumped with every protocol, plain and through
pickletools.optimize, and (protocol 5) with out-of-band buffers. The oracle tree comes from walking
the OBJECTS (types, ids and __reduce_ex__), never from reading the pickle back; oracle.py's symbolic
machine then reads the pickle and must agree (a disagreement stops the run), and with --check
CPython loads the pickle and the loaded objects are walked again.

Files: sNNNNNN_pP.pkl, sNNNNNN_pPo.pkl (optimized), sNNNNNN_pPb.pkl (buffers out of band), the tree in
sNNNNNN_pP.json / sNNNNNN_pPb.json, mutants as sNNNNNN_pP_mK.pkl with a whole envelope in ..._mK.json,
and manifest.jsonl: {"file","tree"|"envelope","seed","protocol","variant","bytes","sha256","features"}.

The same seed, count and Python give the same bytes (PYTHONHASHSEED is pinned to 0 by re-exec).
Compare trees as parsed JSON, ints and floats told apart (see compare()).
Standard library only; Python 3.8+ (pickle bytes may differ between Python versions, trees with them).
"""
import os
import sys

if os.environ.get('PYTHONHASHSEED') != '0' and __name__ == '__main__':
    os.environ['PYTHONHASHSEED'] = '0'
    os.execv(sys.executable, [sys.executable] + sys.argv)

import _compat_pickle
import argparse
import array
import collections
import copyreg
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import io
import ipaddress
import json
import pathlib
import pickle
import pickletools
import random
import re
import types
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle
from oracle import A, BA, D, L, O, P

sys.setrecursionlimit(20000)

# ------------------------------------------------------------------ classes, under a fixed module name
genmod = types.ModuleType('genmod')
sys.modules['genmod'] = genmod
SRC = '''
import collections, enum
class Plain: pass
class Slots:
    __slots__ = ('a', 'b')
class SlotsDict(Slots): pass
class GetState:
    def __getstate__(self): return ('state', self.v)
    def __setstate__(self, s): self.v = s[1]
class FalseState:
    def __getstate__(self): return 0
    def __setstate__(self, s): self.v = s
class NewArgs:
    def __new__(cls, *a): return object.__new__(cls)
    def __getnewargs__(self): return (self.n, 'x')
class NewArgsEx:
    def __new__(cls, *a, **k): return object.__new__(cls)
    def __getnewargs_ex__(self): return ((self.n,), {'key': self.n})
class Reduces:
    def __init__(self, *a): self.a = a
    def __reduce__(self): return (Reduces, self.a)
class ReducesAll:
    def __init__(self): self.l = []; self.d = {}; self.st = None
    def __reduce__(self): return (ReducesAll, (), self.st, iter(self.l), iter(self.d.items()))
    def append(self, x): self.l.append(x)
    def extend(self, x): self.l.extend(x)
    def __setitem__(self, k, v): self.d[k] = v
    def __setstate__(self, s): self.st = s
class ListSub(list): pass
class DictSub(dict): pass
class TupleSub(tuple): pass
class SetSub(set): pass
class FrozenSub(frozenset): pass
class IntSub(int): pass
class StrSub(str): pass
class BytesSub(bytes): pass
class FloatSub(float): pass
class Err(ValueError): pass
NT = collections.namedtuple('NT', 'first second')
NT.__module__ = 'genmod'
class Color(enum.Enum):
    RED = 1
    BLUE = 'b'
class Flagged(enum.IntFlag):
    A = 1
    B = 2
class Outer:
    class Inner:
        class Deep: pass
class Blob:
    def __init__(self, n): self.n = n
class Ext1: pass
class Ext2: pass
class Ext4: pass
def func(*a): return a
'''
exec(compile(SRC, 'genmod', 'exec'), genmod.__dict__)
for _v in list(vars(genmod).values()):
    if isinstance(_v, type) and _v.__module__ != 'genmod' and _v.__module__ == __name__:
        _v.__module__ = 'genmod'
genmod.__name__ = 'genmod'
for _n, _c in (('Ext1', 0x7f), ('Ext2', 0x1234), ('Ext4', 0x123456)):
    copyreg.add_extension('genmod', _n, _c)
HAVE5 = sys.version_info >= (3, 8)

# ------------------------------------------------------------------ random graphs


class Gen:
    def __init__(self, seed, budget=60):
        self.r = random.Random(seed)
        self.left = budget
        self.pool = []      # made objects, for sharing
        self.mut = []       # containers that can take a back reference
        self.features = set()
        self.nblob = 0

    def f(self, name):
        self.features.add(name)

    def text(self):
        r = self.r
        k = r.randrange(12)
        if k < 6:
            return ''.join(r.choice('abcdefghijklmnopqrstuvwxyz_') for _ in range(r.randrange(12)))
        if k == 6:
            return ''.join(r.choice('é€😀ß\n\\\'"\t\x00\x7f\x1a\r\u2028中$') for _ in range(r.randrange(8)))
        if k == 7:
            return '$' + r.choice(['ref', 'def', 'x', ''])
        if k == 8:
            return 'long ' + ''.join(r.choice('abc €') for _ in range(r.choice([240, 251, 252, 300, 700])))
        if k == 9:
            self.f('surrogate')
            return r.choice(['\ud800', 'a\udfffb', '\udc80\ud83d'])
        if k == 10:
            return r.choice(['<p>x & y</p>', 'True', '1', 'null', '', ' ', '\\u0041', '\\', 'a\\nb'])
        return '%d-%s' % (r.randrange(10**6), 'k' * r.randrange(4))

    def int(self):
        r = self.r
        k = r.randrange(8)
        if k < 3:
            return r.randrange(-3, 300)
        if k == 3:
            return r.choice([255, 256, 65535, 65536, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**53 - 1, 2**53, -2**53, 2**63, -2**63])
        if k == 4:
            return r.randrange(-10**12, 10**12)
        if k == 5:
            return r.getrandbits(r.choice([64, 65, 200, 1023, 1024, 1025])) * r.choice([1, -1])
        if k == 6:
            self.f('bigint')
            return r.getrandbits(r.choice([2032, 2047, 2048, 2049, 4000])) * r.choice([1, -1])
        return -(1 << (8 * r.randrange(1, 40) - 1))

    def float(self):
        r = self.r
        return r.choice([0.0, -0.0, 1.0, -1.5, 1e22, 1e-7, 5e-324, 1.7976931348623157e308, float('inf'), float('-inf'), float('nan'),
                         r.random(), r.uniform(-1e6, 1e6), 100.0, 1e16, 123456789.125])

    def bytes(self):
        r = self.r
        return bytes(r.getrandbits(8) for _ in range(r.choice([0, 1, 3, 16, 255, 256, 257, 300])))

    def atom(self):
        r = self.r
        k = r.randrange(10)
        if k == 0:
            return None
        if k == 1:
            return r.random() < .5
        if k < 5:
            return self.int()
        if k == 5:
            return self.float()
        if k == 6:
            return self.bytes()
        return self.text()

    def hashable(self, d=0):
        """Hashes by value only (no addresses): sets of these iterate alike in every run."""
        r = self.r
        k = r.randrange(9)
        if k < 3:
            return r.randrange(-5, 500)
        if k < 5:
            return self.text()
        if k == 5:
            return r.choice([1.5, -2.25, 1e9, float('inf')])
        if k == 6:
            return self.bytes()
        if k == 7 and d < 2:
            return tuple(self.hashable(d + 1) for _ in range(r.randrange(3)))
        if d < 2:
            return frozenset(self.hashable(d + 1) for _ in range(r.randrange(3)))
        return r.randrange(100)

    def std(self):
        r = self.r
        k = r.randrange(20)
        self.f('std')
        n = r.randrange(1000)
        return [
            lambda: datetime.datetime(2000 + r.randrange(99), 1 + r.randrange(12), 1 + r.randrange(28), r.randrange(24), 5, 6, r.randrange(10**6), r.choice([None, datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=3))])),
            lambda: datetime.date(2024, 2, 1 + r.randrange(28)),
            lambda: datetime.timedelta(n, n, n),
            lambda: datetime.time(r.randrange(24), 1, fold=r.randrange(2)),
            lambda: decimal.Decimal(n) / 7,
            lambda: fractions.Fraction(n, 7),
            lambda: uuid.UUID(int=r.getrandbits(128)),
            lambda: collections.Counter(r.choice('abc') for _ in range(5)),
            lambda: collections.OrderedDict((self.text(), i) for i in range(r.randrange(4))),
            lambda: range(n, n + 10, 3),
            lambda: complex(self.float(), n),
            lambda: array.array(r.choice('bhld'), [1, 2, 3]),
            lambda: ipaddress.ip_address('10.0.0.%d' % (n % 250)),
            lambda: pathlib.PurePosixPath('a', 'b%d' % n),
            lambda: re.compile('a+%d' % n),
            lambda: types.SimpleNamespace(a=n, b=[n]),
            lambda: r.choice([len, print, dict, genmod.func, genmod.Plain, genmod.Outer.Inner, genmod.Outer.Inner.Deep, collections.OrderedDict, functools.reduce, range]),
            lambda: r.choice([Ellipsis, NotImplemented, OSError(2, 'no'), KeyError('k'), genmod.Err('a', n)]),
            lambda: r.choice([genmod.Color.RED, genmod.Color.BLUE, genmod.Flagged.A | genmod.Flagged.B]),
            lambda: genmod.NT(n, self.text()),
        ][k]()

    def make(self, d=0):
        r = self.r
        self.left -= 1
        if self.left <= 0 or d > 7:
            return self.atom()
        if self.pool and r.random() < .13:
            self.f('shared')
            return r.choice(self.pool)
        k = r.randrange(30)
        o = None
        many = lambda: [self.make(d + 1) for _ in range(r.choice([0, 1, 1, 2, 3, 4]))]
        if k < 9:
            o = self.atom()
            if isinstance(o, (str, bytes)):
                self.pool.append(o)
            return o
        if k < 13:
            o = many()
            self.mut.append(o)
        elif k < 17:
            o = {self.r.choice([self.text, self.text, self.text, self.hashable])(): v for v in many()}
            self.mut.append(o)
        elif k < 19:
            o = tuple(many())
        elif k == 19:
            o = set(self.hashable() for _ in range(r.randrange(4)))
        elif k == 20:
            o = frozenset(self.hashable() for _ in range(r.randrange(4)))
        elif k == 21:
            o = bytearray(self.bytes())
        elif k == 22:
            o = self.std()
        elif k == 23:
            self.f('persid')
            self.nblob += 1
            o = genmod.Blob(self.nblob)
        elif k == 24:
            self.f('ext')
            o = r.choice([genmod.Ext1, genmod.Ext2, genmod.Ext4])
            if r.random() < .5:
                o = o()
                o.attr = self.make(d + 1)
        elif k == 25 and HAVE5:
            self.f('buffer')
            return pickle.PickleBuffer(r.choice([bytes, bytearray])(self.bytes()))  # never shared
        else:
            o = self.inst(d)
        self.pool.append(o)
        return o

    def inst(self, d):
        r = self.r
        self.f('class')
        k = r.randrange(21)
        sub = lambda: self.make(d + 1)
        m = genmod
        if k < 5:
            o = m.Plain()
            for _ in range(r.randrange(4)):
                setattr(o, r.choice(['x', 'y', 'name', 'parent', 'items', 'é']), sub())
            self.mut.append(o)
        elif k == 5:
            o = m.Slots()
            if r.random() < .8:
                o.a = sub()
            if r.random() < .5:
                o.b = sub()
        elif k == 6:
            o = m.SlotsDict(); o.a = 1; o.other = sub()
        elif k == 7:
            o = m.GetState(); o.v = sub()
        elif k == 8:
            o = m.FalseState()
        elif k == 9:
            o = m.NewArgs(); o.n = r.randrange(9)
        elif k == 10:
            o = m.NewArgsEx(); o.n = r.randrange(9)
        elif k == 11:
            o = m.Reduces(*[sub() for _ in range(r.randrange(3))])
        elif k == 12:
            o = m.ReducesAll()
            o.l = [sub() for _ in range(r.randrange(3))]
            o.d = {self.text(): sub() for _ in range(r.randrange(3))}
            o.st = r.choice([None, 'st', 7])
        elif k == 13:
            o = m.ListSub([sub() for _ in range(r.randrange(3))])
            if r.random() < .5:
                o.attr = 1
        elif k == 14:
            o = m.DictSub({self.text(): sub() for _ in range(r.randrange(3))})
        elif k == 15:
            o = m.TupleSub((1, self.text()))
        elif k == 16:
            o = r.choice([m.SetSub, m.FrozenSub])([1, 'a'])
        elif k == 17:
            o = r.choice([m.IntSub(5), m.StrSub('s'), m.BytesSub(b'\xff'), m.FloatSub(1.5)])
        elif k == 18:
            o = m.Outer.Inner(); o.v = sub()
        elif k == 19:
            o = collections.deque([sub() for _ in range(r.randrange(3))], r.choice([None, 5]))
        else:
            o = collections.defaultdict(r.choice([list, int, None]), {self.text(): sub() for _ in range(r.randrange(3))})
        return o

    def graph(self):
        r = self.r
        k = r.randrange(12)
        if k == 0:      # long homogeneous rows: batches of 1000, shared key strings
            self.f('rows')
            keys = [self.text() for _ in range(4)]
            n = r.choice([3, 40, 1003])
            return [{kk: self.r.choice([i, str(i), i / 7, None]) for kk in keys} for i in range(n)]
        if k == 1:      # deep
            self.f('deep')
            o = self.atom()
            for i in range(r.choice([50, 200])):
                o = r.choice([lambda x: [x], lambda x: (x,), lambda x: {'k': x}])(o)
            return o
        if k == 2:      # one long list of atoms
            self.f('long')
            return [self.atom() for _ in range(r.choice([999, 1000, 1001, 2500]))]
        root = self.make()
        while isinstance(root, (str, int, float, bytes, type(None))) and r.random() < .9:
            root = self.make()
        if self.mut and r.random() < .5:
            for _ in range(r.randrange(1, 4)):
                tgt, src = r.choice(self.mut), r.choice(self.mut)
                self.f('cycle')
                if isinstance(tgt, list):
                    tgt.append(src)
                elif isinstance(tgt, dict):
                    tgt['back%d' % r.randrange(3)] = src
                else:
                    tgt.back = src
        return root


# ------------------------------------------------------------------ the object walk


class Walk:
    """Objects to nodes, by what the pickle protocol says an object is; it never sees pickle bytes."""

    def __init__(self, proto, oob=False):
        self.p, self.oob, self.memo, self.keep, self.nbuf = proto, oob, {}, [], 0

    def glob(self, obj, name=None):
        if name is None:
            name = getattr(obj, '__qualname__', None) or obj.__name__
        mod = pickle.whichmodule(obj, name)
        if self.p >= 2:
            code = copyreg._extension_registry.get((mod, name))
            if code:
                return A('ext', code)
        if self.p < 4 and '.' in name:
            parent, last = name.rsplit('.', 1)
            po = sys.modules[mod]
            for part in parent.split('.'):
                po = getattr(po, part)
            args = L('tuple', [self.node(po), A('str', last)])
            return O('call', self.glob(getattr), args)
        if self.p < 3:
            if (mod, name) in _compat_pickle.REVERSE_NAME_MAPPING:
                mod, name = _compat_pickle.REVERSE_NAME_MAPPING[(mod, name)]
            elif mod in _compat_pickle.REVERSE_IMPORT_MAPPING:
                mod = _compat_pickle.REVERSE_IMPORT_MAPPING[mod]
        return A('global', (mod, name))

    def node(self, x):
        t = type(x)
        if x is None:
            return A('none')
        if t is bool or t is int or t is float:
            return A(t.__name__, x)
        if t is tuple and not x:
            return L('tuple', [])
        if t is genmod.Blob:
            return P(A('str', 'blob-%d' % x.n))
        if HAVE5 and t is pickle.PickleBuffer:
            raw = x.raw()
            if self.oob:
                self.nbuf += 1
                return A('buffer', (self.nbuf - 1, raw.readonly))
            return A('bytes', raw.tobytes()) if raw.readonly else BA(raw.tobytes())
        if id(x) in self.memo:
            return self.memo[id(x)]
        self.keep.append(x)
        if t is str or t is bytes:
            return self.remember(x, A(t.__name__, x))
        if t is complex:
            return A('complex', (x.real, x.imag))
        if t is bytearray:
            return self.remember(x, BA(bytes(x)))
        if t in (list, tuple, set, frozenset):
            n = self.remember(x, L(t.__name__, []))
            for y in x:
                n.items.append(self.node(y))
            return n
        if t is dict:
            n = self.remember(x, D())
            for k, v in x.items():
                kn = self.node(k)
                n.pairs.append((kn, self.node(v)))
            return n
        # a nested name below protocol 4 is a getattr call, memoized like any object
        if issubclass(t, type):
            return self.remember(x, self.glob(x))
        if t in (types.FunctionType, types.BuiltinFunctionType):
            if getattr(x, '__self__', None) is None or isinstance(x.__self__, types.ModuleType):
                return self.remember(x, self.glob(x))
        red = copyreg.dispatch_table.get(t)
        rv = red(x) if red else x.__reduce_ex__(self.p)
        self.keep.append(rv)
        if isinstance(rv, str):
            return self.remember(x, self.glob(x, rv))
        return self.reduced(x, *rv)

    def remember(self, x, n):
        self.memo[id(x)] = n
        return n

    def reduced(self, x, func, args, state=None, items=None, entries=None, setter=None):
        assert setter is None
        fn = getattr(func, '__name__', '')
        if self.p >= 2 and fn == '__newobj__':
            cls = self.node(args[0])
            n = O('object', cls, L('tuple', [self.node(a) for a in args[1:]]))
        elif self.p >= 2 and fn == '__newobj_ex__':
            cls, a, kw = args
            if self.p >= 4:
                c = self.node(cls)
                an = self.node(a)
                n = O('object', c, an, self.node(kw))
            else:
                part = functools.partial(cls.__new__, cls, *a, **kw)
                n = O('call', self.node(part), L('tuple', []))
        elif fn == '_reconstructor' and args[1] is object and args[2] is None:
            n = O('object', self.node(args[0]), L('tuple', []))
        else:
            f = self.node(func)
            n = O('call', f, self.node(args))
        if id(x) in self.memo:      # the object came up inside its own arguments
            return self.memo[id(x)]
        self.remember(x, n)
        if items is not None:
            for i in items:
                self.keep.append(i)
                n.items.append(self.node(i))
        if entries is not None:
            for k, v in entries:
                self.keep.append((k, v))
                kn = self.node(k)
                n.entries.append((kn, self.node(v)))
        if state is not None:
            self.keep.append(state)
            n.states.append(self.node(state))
        return n


def tree(obj, proto, oob=False):
    return oracle.value_json(Walk(proto, oob).node(obj))


class CP(pickle.Pickler):
    def persistent_id(self, o):
        return 'blob-%d' % o.n if type(o) is genmod.Blob else None


class PP(pickle._Pickler):
    persistent_id = CP.persistent_id


class UP(pickle.Unpickler):
    def persistent_load(self, pid):
        return genmod.Blob(int(pid[5:]))


def dump(obj, proto, cls, oob=False):
    f = io.BytesIO()
    bufs = []
    cls(f, proto, **({'buffer_callback': bufs.append} if oob else {})).dump(obj)
    return f.getvalue(), bufs


# ------------------------------------------------------------------ comparing


def compare(a, b):
    """Type-strict JSON equality: 1, 1.0 and true differ, so do 0.0 and -0.0."""
    st = [(a, b)]
    while st:
        a, b = st.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, dict):
            if list(a) != list(b):      # key order is the pickle's order
                return False
            st.extend((a[k], b[k]) for k in a)
        elif isinstance(a, list):
            if len(a) != len(b):
                return False
            st.extend(zip(a, b))
        elif isinstance(a, float):
            if repr(a) != repr(b):
                return False
        elif a != b:
            return False
    return True


def mutate(r, b):
    b = bytearray(b)
    k = r.randrange(6)
    i = r.randrange(len(b))
    if k == 0:
        del b[i:]
    elif k == 1:
        b[i] = r.getrandbits(8)
    elif k == 2:
        b[i] ^= 1 << r.randrange(8)
    elif k == 3:
        del b[i:i + r.randrange(1, 5)]
    elif k == 4:
        j = r.randrange(len(b))
        b[i:i] = b[j:j + r.randrange(1, 12)]
    else:
        b[i] = r.choice(b'(.012Rabesu}])tld\x81\x85\x86\x87\x90\x91\x92\x93\x94\x97hjq')
    return bytes(b)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--out', required=True)
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--count', type=int, default=20)
    ap.add_argument('--protocols', default='0,1,2,3,4,5' if HAVE5 else '0,1,2,3,4')
    ap.add_argument('--mutants', type=int, default=0)
    ap.add_argument('--max-bytes', type=int, default=200000, help='pickles above this are left out')
    ap.add_argument('--check', action='store_true')
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    man = open(os.path.join(a.out, 'manifest.jsonl'), 'w', encoding='utf-8')
    total, skipped, checked = 0, 0, 0

    def put(name, data):
        with open(os.path.join(a.out, name), 'wb') as f:
            f.write(data)

    def row(file, key, jname, seed, proto, variant, data, feats):
        nonlocal total
        total += 1
        put(file, data)
        man.write(json.dumps({'file': file, key: jname, 'seed': seed, 'protocol': proto, 'variant': variant, 'bytes': len(data),
                              'sha256': hashlib.sha256(data).hexdigest(), 'features': sorted(feats)}) + '\n')

    for seed in range(a.seed, a.seed + a.count):
        g = Gen(seed)
        obj = g.graph()
        r = random.Random('variant %d' % seed)
        for proto in map(int, a.protocols.split(',')):
            cls = r.choice([CP, CP, PP])
            variants = [('', False)]
            if proto == 5 and 'buffer' in g.features:
                variants.append(('b', True))
            for suffix, oob in variants:
                if 'buffer' in g.features and proto < 5:
                    skipped += 1
                    continue        # PickleBuffer needs protocol 5
                try:
                    data, bufs = dump(obj, proto, cls, oob)
                except (pickle.PicklingError, TypeError):    # __slots__ below protocol 2
                    skipped += 1
                    continue
                if len(data) > a.max_bytes:
                    skipped += 1
                    continue
                t = tree(obj, proto, oob)
                base = 's%06d_p%d%s' % (seed, proto, suffix)
                opt = pickletools.optimize(data)
                for d in (data, opt):
                    m = oracle.Machine(d)
                    got = oracle.value_json(m.run())
                    if got != t:
                        put('MISMATCH.pkl', d)
                        put('MISMATCH_walk.json', t.encode('utf-8'))
                        put('MISMATCH_read.json', got.encode('utf-8'))
                        sys.exit('seed %d protocol %d: the walk and the symbolic reader differ (MISMATCH.* in %s)' % (seed, proto, a.out))
                if a.check and '"$set"' not in t and '"$frozenset"' not in t:
                    back = UP(io.BytesIO(data), **({'buffers': bufs} if oob else {})).load()
                    if oob is False and tree(back, proto) != t and 'buffer' not in g.features:
                        put('MISMATCH.pkl', data)
                        put('MISMATCH_walk.json', t.encode('utf-8'))
                        put('MISMATCH_read.json', tree(back, proto).encode('utf-8'))
                        sys.exit('seed %d protocol %d: the loaded objects walk to another tree' % (seed, proto))
                    checked += 1
                put(base + '.json', t.encode('utf-8'))
                impl = 'c' if cls is CP else 'py'
                row(base + '.pkl', 'tree', base + '.json', seed, proto, suffix + impl, data, g.features)
                if opt != data:
                    row(base + 'o.pkl', 'tree', base + '.json', seed, proto, suffix + 'opt', opt, g.features)
                for k in range(a.mutants):
                    md = mutate(r, r.choice([data, opt]))
                    env, m, e = oracle.envelope(md)
                    if m.soft:
                        continue    # CPython may differ there: no sure truth
                    n = '%s_m%d' % (base, k)
                    put(n + '.json', env.encode('utf-8'))
                    row(n + '.pkl', 'envelope', n + '.json', seed, proto, 'mutant', md, g.features)
    man.close()
    print('%d pickles, %d left out, %d also loaded by CPython and walked again' % (total, skipped, checked))


if __name__ == '__main__':
    main()
