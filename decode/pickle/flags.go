package pickle

import (
	"slices"
	"strings"
)

// Globals returns the full names of the classes and functions that the pickle
// refers to, each once, in the order of the input.
func (d *Document) Globals() []string {
	var names []string
	seen := make(map[string]bool)
	for _, r := range d.globals {
		if name := d.fullName(r); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// Flags returns the warnings: "unsafe-global:NAME" for each function by which
// a load could do anything at all, "discarded-call" for calls that the value
// does not show, "trailing-bytes" for bytes after STOP.
func (d *Document) Flags() []string {
	var flags []string
	names := d.Globals()
	if d.failure != nil { // a load fails too: only what it did before counts
		names = d.usedGlobals()
	}
	for _, name := range names {
		if isUnsafe(name) {
			flags = append(flags, "unsafe-global:"+name)
		}
	}
	for _, name := range d.unsafeGetattr() {
		if f := "unsafe-global:" + name; !slices.Contains(flags, f) {
			flags = append(flags, f)
		}
	}
	if d.failure == nil {
		if len(d.discarded(d.roots())) > 0 {
			flags = append(flags, "discarded-call")
		}
		if d.consumed < len(d.data) {
			flags = append(flags, "trailing-bytes")
		}
	}
	return flags
}

// usedGlobals are the names that calls and objects refer to.
func (d *Document) usedGlobals() []string {
	w := walker{table: &d.table, seen: make([]bool, d.nodes), atoms: make(map[ref]bool)}
	for i := range d.nodes {
		if r := nodeBit | ref(i); d.node(r).kind >= kCall {
			w.walk(r)
		}
	}
	var names []string
	for _, r := range d.globals {
		used := w.atoms[r]
		if isNode(r) {
			used = w.seen[r&^nodeBit]
		}
		if name := d.fullName(r); used && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// unsafeGetattr finds what getattr reaches: a dangerous function of a module
// or class, or anything of something that is itself only known by running.
// getattr of a plain class is how pickle writes nested names and enums.
func (d *Document) unsafeGetattr() []string {
	if !slices.Contains(d.Globals(), "builtins.getattr") {
		return nil
	}
	var names []string
	for i := range d.nodes {
		n := d.node(nodeBit | ref(i))
		if n.kind != kCall || n.b == none || d.kind(n.a) != kGlobal || d.kind(n.b) != kTuple || d.fullName(n.a) != "builtins.getattr" {
			continue
		}
		name := "builtins.getattr"
		if args := d.seq(n.b); len(args) >= 2 {
			attr, _ := d.strOf(args[1])
			switch d.kind(args[0]) {
			case kGlobal:
				// cls.__new__ is how protocols before 4 make an object with
				// keyword arguments (copyreg.__newobj_ex__).
				if name = d.fullName(args[0]) + "." + attr; !isUnsafe(name) && (!strings.HasPrefix(attr, "__") || attr == "__new__") {
					continue
				}
			case kCall, kComputed, kBuild:
			default:
				if !strings.HasPrefix(attr, "__") {
					continue
				}
			}
		}
		names = append(names, name)
	}
	return names
}

// isUnsafe says whether a name is a way to run code, reach the system or load
// other code. Classes of applications are not judged: a load calls those too.
func isUnsafe(name string) bool {
	if isHarmless(name) {
		return false
	}
	for {
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			return false
		}
		module, attr := name[:dot], name[dot+1:]
		if attrs, ok := unsafeNames[module]; ok && (attrs == "*" || slices.Contains(strings.Fields(attrs), attr)) {
			return true
		}
		name = module // a method of a dangerous class, a module below a dangerous one
	}
}

// isHarmless reports whether a name of a dangerous module is a record, an enum
// or an error: data that the module's functions return or raise.
func isHarmless(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return false
	}
	module, attr := name[:dot], name[dot+1:]
	if names, ok := harmlessNames[module]; ok && slices.Contains(strings.Fields(names), attr) {
		return true
	}
	return false
}

const statRecords = "stat_result statvfs_result terminal_size times_result uname_result sched_param waitid_result"

// harmlessNames are the exceptions to unsafeNames.
var harmlessNames = map[string]string{
	"os": statRecords, "posix": statRecords, "nt": statRecords,
	"subprocess": "CompletedProcess CalledProcessError TimeoutExpired SubprocessError",
	"shutil":     "usage _ntuple_diskusage Error SameFileError SpecialFileError ReadError",
	"signal":     "Signals Handlers Sigmasks", "socket": "AddressFamily SocketKind AddressInfo MsgFlag error gaierror herror timeout",
	"_socket": "error gaierror herror timeout", "ssl": "TLSVersion VerifyMode VerifyFlags Options Purpose AlertDescription SSLErrorNumber " +
		"SSLError SSLEOFError SSLZeroReturnError SSLCertVerificationError",
	"http.client": "HTTPException IncompleteRead RemoteDisconnected BadStatusLine InvalidURL ResponseNotReady",
	"smtplib": "SMTPException SMTPServerDisconnected SMTPResponseException SMTPSenderRefused SMTPRecipientsRefused SMTPDataError " +
		"SMTPConnectError SMTPAuthenticationError",
	"concurrent.futures": "TimeoutError CancelledError", "concurrent.futures._base": "TimeoutError CancelledError",
	"inspect": "_ParameterKind",
	"celery.exceptions": "CeleryError Retry Ignore Reject TimeoutError TaskRevokedError MaxRetriesExceededError SoftTimeLimitExceeded " +
		"TimeLimitExceeded WorkerLostError NotRegistered TaskError",
}

// unsafeNames are the functions of a module that a pickle of data has no
// reason to name, "*" for all of them.
var unsafeNames = map[string]string{
	"builtins": "__import__ apply breakpoint compile delattr eval exec execfile exit globals input locals memoryview.cast " +
		"open quit raw_input reload setattr vars",
	"os": "*", "posix": "*", "nt": "*", "posixpath": "*", "ntpath": "*", "subprocess": "*", "_posixsubprocess": "*", "pty": "*",
	"commands": "*", "popen2": "*", "shutil": "*", "sys": "*", "runpy": "*", "importlib": "*", "imp": "*", "pkgutil": "*",
	"zipimport": "*", "code": "*", "codeop": "*", "pdb": "*", "bdb": "*", "trace": "*", "timeit": "*", "cProfile": "*", "profile": "*",
	"doctest": "*", "webbrowser": "*", "antigravity": "*", "ctypes": "*", "_ctypes": "*", "cffi": "*", "mmap": "*",
	"socket": "*", "_socket": "*", "socketserver": "*", "ssl": "*", "http.client": "*", "http.server": "*", "urllib.request": "*",
	"urllib2": "*", "ftplib": "*", "smtplib": "*", "poplib": "*", "imaplib": "*", "telnetlib": "*", "nntplib": "*", "xmlrpc": "*",
	"requests": "get post put patch delete head options request Session session", "requests.api": "*", "httpx": "get post put request stream",
	"aiohttp": "request", "asyncio.subprocess": "*", "asyncio": "create_subprocess_exec create_subprocess_shell run",
	"multiprocessing": "Process Pool", "multiprocessing.process": "*", "multiprocessing.pool": "*", "threading": "Thread Timer", "_thread": "*",
	"concurrent.futures": "*", "signal": "*", "pickle": "load loads Unpickler _load _loads _Unpickler", "_pickle": "load loads Unpickler",
	"marshal": "load loads", "shelve": "*", "dill": "load loads", "cloudpickle": "load loads", "joblib": "load", "numpy": "load fromfile loads",
	"numpy.lib.npyio": "load", "pandas": "read_pickle eval", "torch": "load", "yaml": "load unsafe_load full_load",
	"types":     "CodeType FunctionType LambdaType",
	"operator":  "methodcaller attrgetter itemgetter.__call__",
	"_operator": "methodcaller attrgetter", "functools": "partial.__call__ partialmethod",
	"tempfile": "*", "glob": "*", "fileinput": "*", "pip": "*", "setuptools": "*", "distutils": "*", "ensurepip": "*", "venv": "*",
	"platform": "popen", "uuid": "_popen _get_command_stdout", "inspect": "*", "gc": "*", "atexit": "*", "sqlite3": "connect",
	"idlelib": "*", "lib2to3": "*", "logging.config": "*", "io": "open FileIO open_code", "_io": "open FileIO open_code", "codecs": "open",
	"pathlib": "Path.write_text Path.write_bytes Path.unlink Path.open Path.read_text Path.read_bytes",
	"site":    "*", "pydoc": "*", "test": "*", "unittest.mock": "*", "celery": "*",
}
