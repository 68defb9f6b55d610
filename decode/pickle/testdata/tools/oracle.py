"""Symbolic pickle machine and the JSON convention it writes.

Executes nothing: no import, no class, no call. It reads opcodes itself (so it can say where a
broken pickle stops) and builds a graph of inert nodes. `python3 oracle.py FILE` prints the envelope.

Needs Python >= 3.8, standard library only.
"""
import base64
import codecs
import json
import struct
import sys

if hasattr(sys, 'set_int_max_str_digits'):
    sys.set_int_max_str_digits(0)

BIG = 256  # atoms with a payload above this many bytes are identity-tracked ($def/$ref)


class A:
    """Atom. k: none bool int float str str8 bytes complex global ext buffer mark"""
    __slots__ = ('k', 'v')

    def __init__(self, k, v=None):
        self.k, self.v = k, v


class L:
    """Sequence node. k: list tuple set frozenset"""
    __slots__ = ('k', 'items')

    def __init__(self, k, items):
        self.k, self.items = k, items


class D:
    __slots__ = ('pairs',)

    def __init__(self, pairs=None):
        self.pairs = [] if pairs is None else pairs


class BA:  # bytearray: mutable, so tracked
    __slots__ = ('v',)

    def __init__(self, v):
        self.v = v


class P:  # persistent id
    __slots__ = ('pid',)

    def __init__(self, pid):
        self.pid = pid


class O:
    """k: call (REDUCE), object (NEWOBJ, NEWOBJ_EX, INST, OBJ, copyreg reconstructors), build (BUILD and the like on
    anything else), global (STACK_GLOBAL with computed names: head module, args name)"""
    __slots__ = ('k', 'head', 'args', 'kwargs', 'items', 'entries', 'added', 'states')

    def __init__(self, k, head, args=None, kwargs=None):
        self.k, self.head, self.args, self.kwargs = k, head, args, kwargs
        self.items, self.entries, self.added, self.states = [], [], [], []


class Bad(Exception):
    def __init__(self, kind, offset, msg):
        super().__init__(kind, offset, msg)
        self.kind, self.offset, self.msg = kind, offset, msg


MARK = A('mark')
GLOBALS_BUILTIN = ('builtins', '__builtin__')


def is_global(n, mods, name):
    return isinstance(n, A) and n.k == 'global' and n.v[1] == name and n.v[0] in mods


class Machine:
    def __init__(self, buf):
        self.b = buf
        self.i = 0            # read position
        self.op = 0           # start of the current opcode
        self.stack = []       # with MARK sentinels
        self.marks = []       # positions of MARKs
        self.memo = {}
        self.proto = None
        self.made = []        # every O in creation order
        self.nbuf = 0
        self.soft = []        # leniencies used: CPython itself may refuse
        self.opaque = []      # done to things whose type only Python would know: CPython may refuse or not
        self.nops = 0

    # ---- reading
    def trunc(self, msg='data ended inside an opcode'):
        raise Bad('truncated', self.op, msg)

    def bad(self, msg):
        raise Bad('corrupt', self.op, msg)

    def take(self, n):
        if n > len(self.b) - self.i:
            self.trunc()
        s = self.b[self.i:self.i + n]
        self.i += n
        return s

    def u(self, n):
        return int.from_bytes(self.take(n), 'little')

    def line(self):
        j = self.b.find(b'\n', self.i)
        if j < 0:
            self.trunc('no newline')
        s = self.b[self.i:j]
        self.i = j + 1
        return s

    # ---- stack
    def fence(self):
        return self.marks[-1] + 1 if self.marks else 0

    def need(self, n):
        if len(self.stack) - self.fence() < n:
            self.bad('stack underflow')

    def pop(self):
        self.need(1)
        return self.stack.pop()

    def top(self):
        self.need(1)
        return self.stack[-1]

    def popmark(self):
        if not self.marks:
            self.bad('no MARK')
        k = self.marks.pop()
        items = self.stack[k + 1:]
        del self.stack[k:]
        return items

    def push(self, n):
        self.stack.append(n)

    def new(self, o):
        self.made.append(o)
        self.push(o)

    # ---- values
    def utf8(self, s):
        try:
            return A('str', s.decode('utf-8', 'surrogatepass'))
        except UnicodeDecodeError:
            self.soft.append('utf8')
            return A('badutf8', s)

    def str8(self, s):
        try:
            return A('str', s.decode('ascii'))
        except UnicodeDecodeError:
            return A('str8', s)

    def name(self, s):
        try:
            return s.decode('utf-8')
        except UnicodeDecodeError:
            self.soft.append('global-utf8')
            return s.decode('utf-8', 'replace')

    def put(self, k):
        self.memo[k] = self.top()

    def get(self, k):
        if k not in self.memo:
            self.bad('memo has no %r' % (k,))
        self.push(self.memo[k])

    def text_int(self, s, strip_l):
        t = s
        if strip_l and t.endswith(b'L'):
            t = t[:-1]
        try:
            d = t.decode('ascii')
            if d != d.strip() or '_' in d:
                self.soft.append('int-literal')
            try:
                return A('int', int(d, 10))
            except ValueError:
                v = int(d, 0)
                self.soft.append('int-literal')
                return A('int', v)
        except (ValueError, UnicodeDecodeError):
            self.bad('bad integer literal')

    # ---- operations shared by opcodes
    def target(self, pos):
        """The object at this stack position, ready to be added to. A global, persistent id, extension or buffer may be
        anything in Python, so it gets a $build wrapper in its place."""
        t = self.stack[pos]
        if isinstance(t, P) or isinstance(t, A) and t.k in ('global', 'ext', 'buffer') or isinstance(t, O) and t.k == 'global':
            t = O('build', t)
            self.made.append(t)
            self.stack[pos] = t
            self.opaque.append('target')
        return t

    def extend(self, target, items):
        if isinstance(target, L) and target.k == 'list':
            target.items.extend(items)
        elif isinstance(target, O):
            target.items.extend(items)
        else:
            self.bad('APPEND to something that is not a list or object')

    def setitems(self, target, flat):
        if len(flat) % 2:
            self.bad('odd number of items')
        pairs = [(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]
        for k, _ in pairs:
            if isinstance(k, (D, BA)) or isinstance(k, L) and k.k in ('list', 'set'):
                self.soft.append('unhashable-key')
        if isinstance(target, D):
            target.pairs.extend(pairs)
        elif isinstance(target, O):
            target.entries.extend(pairs)
        else:
            self.bad('SETITEM on something that is not a dict or object')

    def additems(self, target, items):
        if isinstance(target, L) and target.k == 'set':
            for it in items:
                if isinstance(it, (D, BA)) or isinstance(it, L) and it.k in ('list', 'set'):
                    self.soft.append('unhashable-item')
            target.items.extend(items)
        elif isinstance(target, O):
            target.added.extend(items)
        else:
            self.bad('ADDITEMS on something that is not a set or object')

    def reduce(self, fn, args):
        tup = isinstance(args, L) and args.k == 'tuple'
        if not tup:
            self.soft.append('reduce-args')
        if not isinstance(fn, (A, O, P)) or isinstance(fn, A) and fn.k not in ('global', 'ext', 'buffer'):
            self.soft.append('reduce-callee')
        r = self.fold(fn, args.items) if tup else None
        if r is None:
            r = O('call', fn, args)
        if isinstance(r, O):
            self.new(r)
        else:
            self.push(r)

    def fold(self, fn, a):
        """The short list of calls that every pickle writer uses for plain data."""
        if not (isinstance(fn, A) and fn.k == 'global'):
            return None
        mod, name = fn.v
        if mod in GLOBALS_BUILTIN:
            if name in ('set', 'frozenset'):
                if not a:
                    return L(name, [])
                if len(a) == 1 and isinstance(a[0], L) and a[0].k in ('list', 'tuple'):
                    return L(name, list(a[0].items))
            elif name == 'bytes' and not a:
                return A('bytes', b'')
            elif name == 'bytearray':
                if not a:
                    return BA(b'')
                if len(a) == 1 and isinstance(a[0], A) and a[0].k == 'bytes':
                    return BA(a[0].v)
                if len(a) == 2 and self.latin1(a) is not None:
                    return BA(self.latin1(a))
            elif name == 'complex' and len(a) == 2 and all(isinstance(x, A) and x.k == 'float' for x in a):
                return A('complex', (a[0].v, a[1].v))
        elif mod == '_codecs' and name == 'encode' and len(a) == 2:
            v = self.latin1(a)
            if v is not None:
                return A('bytes', v)
        elif mod in ('copyreg', 'copy_reg'):
            if name == '_reconstructor' and len(a) == 3 \
                    and is_global(a[1], GLOBALS_BUILTIN, 'object') and isinstance(a[2], A) and a[2].k == 'none':
                return O('object', a[0], L('tuple', []))
            if name == '__newobj__' and a:
                return O('object', a[0], L('tuple', list(a[1:])))
        return None

    @staticmethod
    def latin1(a):
        s, e = a
        if isinstance(s, A) and s.k == 'str' and isinstance(e, A) and e.k == 'str' and e.v in ('latin1', 'latin-1'):
            try:
                return s.v.encode('latin-1')
            except UnicodeEncodeError:
                return None
        return None

    def build(self, state):
        self.need(1)
        t = self.target(-1)
        if not isinstance(t, O):
            t = O('build', t)
            self.made.append(t)
            self.stack[-1] = t
            self.soft.append('build-target')
        t.states.append(state)

    # ---- run
    def run(self):
        b = self.b
        while True:
            self.op = self.i
            if self.i >= len(b):
                self.trunc('no STOP')
            c = b[self.i]
            self.i += 1
            self.nops += 1
            h = OPS.get(c)
            if h is None:
                self.bad('unknown opcode 0x%02x' % c)
            if h(self) is STOP:
                return self.stack[-1]


STOP = object()


def op(c):
    def deco(f):
        for x in c:
            OPS[x] = f
        return f
    return deco


OPS = {}


def _const(c, k, v):
    OPS[c] = lambda m: m.push(A(k, v))


_const(ord('N'), 'none', None)
_const(0x88, 'bool', True)
_const(0x89, 'bool', False)


@op(b'\x80')
def _(m):
    v = m.u(1)
    if m.proto is None:
        m.proto = v
    if v > 5:
        m.soft.append('proto')


@op(b'\x95')
def _(m):
    n = m.u(8)
    if n > len(m.b) - m.i:
        m.soft.append('frame')


@op(b'(')
def _(m):
    m.marks.append(len(m.stack))
    m.stack.append(MARK)


@op(b'.')
def _(m):
    m.need(1)
    return STOP


@op(b'0')
def _(m):
    if len(m.stack) - m.fence() > 0:
        m.stack.pop()
    elif m.marks:
        m.popmark()
    else:
        m.bad('stack underflow')


@op(b'1')
def _(m): m.popmark()


@op(b'2')
def _(m): m.push(m.top())


@op(b'I')
def _(m):
    s = m.line()
    if s in (b'00', b'01'):
        m.push(A('bool', s == b'01'))
    else:
        m.push(m.text_int(s, False))


@op(b'L')
def _(m): m.push(m.text_int(m.line(), True))


@op(b'F')
def _(m):
    s = m.line()
    try:
        d = s.decode('ascii')
        if '_' in d or d != d.strip():
            m.soft.append('float-literal')
        m.push(A('float', float(d)))
    except (ValueError, UnicodeDecodeError):
        m.bad('bad float literal')


@op(b'J')
def _(m): m.push(A('int', int.from_bytes(m.take(4), 'little', signed=True)))


@op(b'K')
def _(m): m.push(A('int', m.u(1)))


@op(b'M')
def _(m): m.push(A('int', m.u(2)))


@op(b'G')
def _(m): m.push(A('float', struct.unpack('>d', m.take(8))[0]))


@op(b'\x8a')
def _(m): m.push(A('int', int.from_bytes(m.take(m.u(1)), 'little', signed=True)))


@op(b'\x8b')
def _(m):
    n = int.from_bytes(m.take(4), 'little', signed=True)
    if n < 0:
        m.bad('negative length')
    m.push(A('int', int.from_bytes(m.take(n), 'little', signed=True)))


@op(b'S')
def _(m):
    s = m.line()
    if len(s) >= 2 and s[:1] == s[-1:] and s[:1] in (b"'", b'"'):
        try:
            m.push(m.str8(codecs.escape_decode(s[1:-1])[0]))
        except ValueError:
            m.bad('bad escape')
    else:
        m.bad('STRING is not quoted')


@op(b'T')
def _(m):
    n = int.from_bytes(m.take(4), 'little', signed=True)
    if n < 0:
        m.bad('negative length')
    m.push(m.str8(m.take(n)))


@op(b'U')
def _(m): m.push(m.str8(m.take(m.u(1))))


@op(b'V')
def _(m):
    try:
        m.push(A('str', m.line().decode('raw-unicode-escape')))
    except UnicodeDecodeError:
        m.bad('bad UNICODE escape')


@op(b'X')
def _(m): m.push(m.utf8(m.take(m.u(4))))


@op(b'\x8c')
def _(m): m.push(m.utf8(m.take(m.u(1))))


@op(b'\x8d')
def _(m): m.push(m.utf8(m.take(m.u(8))))


@op(b'B')
def _(m): m.push(A('bytes', m.take(m.u(4))))


@op(b'C')
def _(m): m.push(A('bytes', m.take(m.u(1))))


@op(b'\x8e')
def _(m): m.push(A('bytes', m.take(m.u(8))))


@op(b'\x96')
def _(m): m.push(BA(m.take(m.u(8))))


@op(b'\x97')
def _(m):
    m.push(A('buffer', (m.nbuf, False)))
    m.nbuf += 1


@op(b'\x98')
def _(m):
    t = m.top()
    if isinstance(t, A) and t.k == 'buffer':
        m.stack[-1] = A('buffer', (t.v[0], True))
    elif isinstance(t, BA) or isinstance(t, A) and t.k == 'bytes':
        pass
    else:
        m.soft.append('readonly')


@op(b'P')
def _(m):
    s = m.line()
    try:
        m.push(P(A('str', s.decode('ascii'))))
    except UnicodeDecodeError:
        m.soft.append('persid')
        m.push(P(m.str8(s)))


@op(b'Q')
def _(m): m.push(P(m.pop()))


@op(b')')
def _(m): m.push(L('tuple', []))


@op(b']')
def _(m): m.push(L('list', []))


@op(b'}')
def _(m): m.push(D())


@op(b'\x8f')
def _(m): m.push(L('set', []))


@op(b't')
def _(m): m.push(L('tuple', m.popmark()))


@op(b'l')
def _(m): m.push(L('list', m.popmark()))


@op(b'd')
def _(m):
    items = m.popmark()
    d = D()
    m.setitems(d, items)
    m.push(d)


@op(b'\x91')
def _(m): m.push(L('frozenset', m.popmark()))


@op(b'\x85\x86\x87')
def _(m):
    n = m.b[m.op] - 0x84
    m.need(n)
    items = m.stack[-n:]
    del m.stack[-n:]
    m.push(L('tuple', items))


@op(b'a')
def _(m):
    m.need(2)
    v = m.pop()
    m.extend(m.target(-1), [v])


def _under_mark(m):
    """A mark and one object below it, or the opcode fails leaving the stack as it was."""
    if not m.marks:
        m.bad('no MARK')
    k = m.marks[-1]
    below = m.marks[-2] + 1 if len(m.marks) > 1 else 0
    if k - below < 1:
        m.bad('stack underflow')
    return m.target(k - 1), m.stack[k + 1:]


@op(b'e')
def _(m):
    t, items = _under_mark(m)
    m.extend(t, items)
    m.popmark()


@op(b's')
def _(m):
    m.need(3)
    m.setitems(m.target(-3), m.stack[-2:])
    del m.stack[-2:]


@op(b'u')
def _(m):
    t, items = _under_mark(m)
    m.setitems(t, items)
    m.popmark()


@op(b'\x90')
def _(m):
    t, items = _under_mark(m)
    m.additems(t, items)
    m.popmark()


@op(b'p')
def _(m):
    a = m.text_int(m.line(), False)
    if a.v < 0:
        m.bad('negative PUT')
    m.put(a.v)


@op(b'q')
def _(m): m.put(m.u(1))


@op(b'r')
def _(m): m.put(m.u(4))


@op(b'\x94')
def _(m): m.put(len(m.memo))


@op(b'g')
def _(m): m.get(m.text_int(m.line(), False).v)


@op(b'h')
def _(m): m.get(m.u(1))


@op(b'j')
def _(m): m.get(m.u(4))


@op(b'\x82\x83\x84')
def _(m):
    n = 1 << (m.b[m.op] - 0x82)
    v = int.from_bytes(m.take(n), 'little', signed=n == 4)
    if v <= 0:
        m.soft.append('ext')
    m.push(A('ext', v))


@op(b'c')
def _(m):
    mod = m.line()
    name = m.line()
    m.push(A('global', (m.name(mod), m.name(name))))


@op(b'\x93')
def _(m):
    m.need(2)
    name, mod = m.stack[-1], m.stack[-2]
    if not all(isinstance(x, (O, P)) or isinstance(x, A) and x.k in ('str', 'global', 'ext', 'buffer') for x in (name, mod)):
        m.bad('STACK_GLOBAL needs str')
    del m.stack[-2:]
    if isinstance(mod, A) and mod.k == 'str' and isinstance(name, A) and name.k == 'str':
        m.push(A('global', (mod.v, name.v)))
    else:       # a name that only running the pickle would tell
        m.opaque.append('name')
        m.push(O('global', mod, name))


@op(b'R')
def _(m):
    m.need(2)
    args, fn = m.stack.pop(), m.stack.pop()
    m.reduce(fn, args)


@op(b'\x81')
def _(m):
    m.need(2)
    args, cls = m.stack.pop(), m.stack.pop()
    if not (isinstance(args, L) and args.k == 'tuple'):
        m.soft.append('newobj-args')
    m.new(O('object', cls, args))


@op(b'\x92')
def _(m):
    m.need(3)
    kw, args, cls = m.stack.pop(), m.stack.pop(), m.stack.pop()
    if not (isinstance(args, L) and args.k == 'tuple' and isinstance(kw, D)):
        m.soft.append('newobj-args')
    m.new(O('object', cls, args, kw))


@op(b'b')
def _(m):
    m.need(2)
    m.build(m.stack.pop())


@op(b'i')
def _(m):
    mod, name = m.line(), m.line()
    items = m.popmark()
    m.new(O('object', A('global', (m.name(mod), m.name(name))), L('tuple', items)))


@op(b'o')
def _(m):
    if not m.marks:
        m.bad('no MARK')
    if len(m.stack) - m.fence() < 1:
        m.bad('stack underflow')
    items = m.popmark()
    m.new(O('object', items[0], L('tuple', items[1:])))


# --------------------------------------------------------------------------- JSON

def jstr(s):
    return json.dumps(s, ensure_ascii=False)


def b64(b):
    return '"' + base64.b64encode(b).decode() + '"'


def has_surrogate(s):
    return any('\ud800' <= c <= '\udfff' for c in s)


def atom_size(n):
    if n.k == 'str':
        return len(n.v.encode('utf-8', 'surrogatepass'))
    if n.k in ('bytes', 'str8', 'badutf8'):
        return len(n.v)
    if n.k == 'int':
        return n.v.bit_length() // 8 + 1
    return 0


def tracked(n):
    if isinstance(n, A):
        return atom_size(n) > BIG
    return not (isinstance(n, L) and n.k == 'tuple' and not n.items)


def gname(v):
    mod, name = v
    return mod + (':' if '.' in name or ':' in mod else '.') + name


def plain_keys(n):
    """A dict is written as a JSON object when every key is an untracked str, valid, unique, not starting with $."""
    seen = set()
    for k, _ in n.pairs:
        if not (isinstance(k, A) and k.k == 'str') or k.v.startswith('$') or k.v in seen or has_surrogate(k.v) or tracked(k):
            return False
        seen.add(k.v)
    return True


def kids(n):
    """Children in the order they are written."""
    if isinstance(n, L):
        return n.items
    if isinstance(n, D):
        if plain_keys(n):
            return [v for _, v in n.pairs]
        return [x for kv in n.pairs for x in kv]
    if isinstance(n, P):
        return [n.pid]
    if isinstance(n, O):
        r = [n.head]
        if n.k == 'global':
            return [n.head, n.args]
        if n.args is not None:
            r.append(n.args)
        if n.kwargs is not None:
            r.append(n.kwargs)
        r += n.items
        r += n.added
        for kv in n.entries:
            r += kv
        return r + n.states
    return ()


class Writer:
    def __init__(self, roots):
        self.multi = set()
        self.seen = set()
        self.num = {}
        for r in roots:
            self.count(r)

    def count(self, root):
        st = [root]
        while st:
            n = st.pop()
            if tracked(n):
                if id(n) in self.seen:
                    self.multi.add(id(n))
                    continue
                self.seen.add(id(n))
            st.extend(kids(n))

    def text(self, root):
        out, st = [], [root]
        while st:
            n = st.pop()
            if isinstance(n, str):
                out.append(n)
                continue
            if id(n) in self.multi:
                if id(n) in self.num:
                    out.append('{"$ref":%d}' % self.num[id(n)])
                    continue
                k = self.num[id(n)] = len(self.num) + 1
                p = ['{"$def":%d,"value":' % k] + self.pieces(n) + ['}']
            else:
                p = self.pieces(n)
            st.extend(reversed(p))
        return ''.join(out)

    def seq(self, items, wrap=('[', ']')):
        p = [wrap[0]]
        for i, x in enumerate(items):
            if i:
                p.append(',')
            p.append(x)
        p.append(wrap[1])
        return p

    def pairs(self, pairs):
        p = ['[']
        for i, (k, v) in enumerate(pairs):
            p += [',[' if i else '[', k, ',', v, ']']
        return p + [']']

    def pieces(self, n):
        if isinstance(n, A):
            return [self.atom(n)]
        if isinstance(n, L):
            if n.k == 'list':
                return self.seq(n.items)
            return self.seq(n.items, ('{"$%s":[' % n.k, ']}'))
        if isinstance(n, BA):
            return ['{"$bytearray":' + b64(n.v) + '}']
        if isinstance(n, P):
            return ['{"$persid":', n.pid, '}']
        if isinstance(n, D):
            if plain_keys(n):
                p = ['{']
                for i, (k, v) in enumerate(n.pairs):
                    p += [(',' if i else '') + jstr(k.v) + ':', v]
                return p + ['}']
            return ['{"$dict":'] + self.pairs(n.pairs) + ['}']
        # O
        if n.k == 'global':
            return ['{"$global":{"module":', n.head, ',"name":', n.args, '}}']
        p = ['{"$%s":' % n.k]
        h = n.head
        if isinstance(h, A) and h.k == 'global' and not has_surrogate(gname(h.v)):
            p.append(jstr(gname(h.v)))
        elif isinstance(h, A) and h.k == 'str' and not tracked(h):
            p.append('{"$str":' + jstr(h.v) + '}')
        else:
            p.append(h)
        if n.args is not None:
            a = n.args
            if isinstance(a, L) and a.k == 'tuple' and id(a) not in self.multi:
                if a.items:
                    p += [',"args":'] + self.seq(a.items)
            else:
                p += [',"args":{"$node":', a, '}']
        if n.kwargs is not None:
            p += [',"kwargs":', n.kwargs]
        if n.items:
            p += [',"items":'] + self.seq(n.items)
        if n.added:
            p += [',"added":'] + self.seq(n.added)
        if n.entries:
            p += [',"entries":'] + self.pairs(n.entries)
        if len(n.states) == 1:
            p += [',"state":', n.states[0]]
        elif n.states:
            p += [',"states":'] + self.seq(n.states)
        return p + ['}']

    def atom(self, n):
        k, v = n.k, n.v
        if k == 'none':
            return 'null'
        if k == 'bool':
            return 'true' if v else 'false'
        if k == 'int':
            if -(2**53) < v < 2**53:
                return str(v)
            if v.bit_length() > 1024:
                return '{"$int":"%s"}' % hex(v)
            return '{"$int":"%d"}' % v
        if k == 'float':
            return self.float(v)
        if k == 'str':
            if has_surrogate(v):
                return '{"$wtf8":' + b64(v.encode('utf-8', 'surrogatepass')) + '}'
            return jstr(v)
        if k == 'badutf8':
            return '{"$wtf8":' + b64(v) + '}'
        if k == 'str8':
            return '{"$str8":' + b64(v) + '}'
        if k == 'bytes':
            return '{"$bytes":' + b64(v) + '}'
        if k == 'complex':
            return '{"$complex":[%s,%s]}' % (self.float(v[0]), self.float(v[1]))
        if k == 'global':
            g = gname(v)
            return '{"$global":%s}' % (jstr(g) if not has_surrogate(g) else '{"$wtf8":' + b64(g.encode('utf-8', 'surrogatepass')) + '}')
        if k == 'ext':
            return '{"$ext":%d}' % v
        if k == 'buffer':
            return '{"$buffer":%d%s}' % (v[0], ',"readonly":true' if v[1] else '')
        if k == 'mark':
            return '{"$mark":null}'
        raise AssertionError(k)

    @staticmethod
    def float(v):
        if v != v:
            return '{"$float":"nan"}'
        if v in (float('inf'), float('-inf')):
            return '{"$float":"%s"}' % v
        return repr(v)


def discarded(made, roots):
    """Calls and objects the pickle makes that its result does not hold: outermost ones, in order of making."""
    seen = set()

    def walk(r):
        st = [r]
        while st:
            n = st.pop()
            if isinstance(n, A) or id(n) in seen:
                continue
            seen.add(id(n))
            st.extend(kids(n))

    for r in roots:
        walk(r)
    out = []
    for o in reversed(made):
        if id(o) not in seen:
            out.append(o)
            walk(o)
    out.reverse()
    return out


def envelope(buf):
    """The whole answer as JSON text, plus the machine."""
    m = Machine(bytes(buf))
    try:
        root = m.run()
    except Bad as e:
        roots = list(m.stack)
        w = Writer(roots)
        parts = ','.join(w.text(r) for r in roots)
        return ('{"ok":false,"protocol":%s,"error":{"kind":"%s","offset":%d},"partial":[%s]'
                % (json.dumps(m.proto), e.kind, e.offset, parts)) + tail(discarded(m.made, roots)) + '}', m, e
    v = Writer([root]).text(root)
    t = '{"ok":true,"protocol":%s,"consumed":%d,"value":%s' % (json.dumps(m.proto), m.i, v)
    return t + tail(discarded(m.made, [root])) + '}', m, None


def tail(dis):
    if not dis:
        return ''
    w = Writer(dis)     # a document of its own: the numbering starts again
    return ',"discarded":[' + ','.join(w.text(x) for x in dis) + ']'


def value_json(root):
    return Writer([root]).text(root)


if __name__ == '__main__':
    t, m, e = envelope(open(sys.argv[1], 'rb').read())
    print(t)
    if e:
        print(e.kind, 'at', e.offset, e.msg, file=sys.stderr)
    if m.soft:
        print('lenient:', sorted(set(m.soft)), file=sys.stderr)
