package pickle

import "strings"

// isPlain says whether a name makes plain data: loading it does nothing but
// build the value that its arguments spell out. It is a list of what is
// allowed. What is not in it is named to the user, harmless or not.
func isPlain(name string) bool {
	for module := name; ; {
		dot := strings.LastIndexByte(module, '.')
		if dot < 0 {
			return false
		}
		module = module[:dot]
		if names, ok := plainNames[module]; ok {
			return strings.Contains(names, " "+name[dot+1:]+" ")
		}
	}
}

// plainNames are the constructors of plain data by their module, with a blank
// before and after each: Python's own types, and those that numpy, pandas,
// Flask, Werkzeug, Django and what they are built on leave in caches.
var plainNames = map[string]string{
	"builtins": " bool bytearray bytes complex dict float frozenset int iter list object range reversed set slice str tuple " +
		builtinExceptions,
	"_operator": " or_ ", "operator": " or_ ", "_codecs": " encode ", "codecs": " encode ", "copyreg": " _reconstructor __newobj__ __newobj_ex__ ",
	"datetime": " date datetime time timedelta timezone ", "_pydatetime": " date datetime time timedelta timezone ",
	"zoneinfo": " ZoneInfo ZoneInfo._unpickle ", "zoneinfo._zoneinfo": " ZoneInfo ZoneInfo._unpickle ",
	"decimal": " Decimal ", "_decimal": " Decimal ", "cdecimal": " Decimal ", "_pydecimal": " Decimal ",
	"fractions": " Fraction ", "uuid": " UUID SafeUUID ", "array": " array _array_reconstructor ",
	"collections":       " ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque ",
	"types":             " SimpleNamespace MappingProxyType ",
	"ipaddress":         " IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network ",
	"pathlib":           purePaths,
	"pathlib._local":    purePaths,
	"time":              " struct_time ",
	"http.cookies":      " Morsel SimpleCookie ",
	"urllib.parse":      " DefragResult ParseResult SplitResult DefragResultBytes ParseResultBytes SplitResultBytes ",
	"pytz":              " _UTC _p ",
	"dateutil.tz.tz":    " tzutc tzoffset ",
	"dateutil.tz":       " tzutc tzoffset ",
	"markupsafe":        " Markup ",
	"flask_caching":     " CachedResponse ",
	"flask.wrappers":    " Response ",
	"werkzeug":          " Response ",
	"werkzeug.routing":  " RequestRedirect ",
	"werkzeug.wrappers": " Response BaseResponse ", "werkzeug.wrappers.response": " Response ", "werkzeug.wrappers.base_response": " BaseResponse ",
	"werkzeug.datastructures":            werkzeugStructures,
	"werkzeug.datastructures.headers":    werkzeugStructures,
	"werkzeug.datastructures.structures": werkzeugStructures,
	"django.utils.safestring":            " SafeString SafeText SafeBytes SafeData mark_safe ",
	"django.utils.datastructures":        " CaseInsensitiveMapping ImmutableList MultiValueDict ",
	"django.http.request":                " QueryDict ",
	"django.http.response":               djangoResponses,
	"django.http":                        djangoResponses,
	"django.template.response":           " TemplateResponse SimpleTemplateResponse ",
	"numpy":                              numpyPlain,
	"numpy.core.multiarray":              numpyPlain, "numpy._core.multiarray": numpyPlain,
	"numpy.core.numeric": numpyPlain, "numpy._core.numeric": numpyPlain,
	"numpy.ma.core":                  " _mareconstruct MaskedArray ",
	"pandas":                         pandasPlain,
	"pandas.core.frame":              pandasPlain,
	"pandas.core.series":             pandasPlain,
	"pandas.core.indexes.base":       pandasPlain,
	"pandas.core.indexes.range":      pandasPlain,
	"pandas.core.indexes.datetimes":  pandasPlain,
	"pandas.core.indexes.multi":      pandasPlain,
	"pandas.core.indexes.category":   pandasPlain,
	"pandas.core.internals.managers": pandasPlain,
	"pandas.core.internals.blocks":   pandasPlain,
	"pandas.core.arrays.datetimes":   pandasPlain,
	"pandas.core.arrays.timedeltas":  pandasPlain,
	"pandas.core.arrays.categorical": pandasPlain,
	"pandas.core.dtypes.dtypes":      pandasPlain,
	"pandas._libs.arrays":            pandasPlain,
	"pandas._libs.internals":         pandasPlain,
	"pandas._libs.tslibs.timestamps": pandasPlain,
	"pandas._libs.tslibs.timedeltas": pandasPlain,
	"pandas._libs.tslibs.nattype":    pandasPlain,
	"pandas._libs.missing":           " NAType ",
}

const (
	purePaths          = " PurePath PurePosixPath PureWindowsPath Path PosixPath WindowsPath "
	werkzeugStructures = " Headers EnvironHeaders MultiDict ImmutableDict ImmutableList ImmutableMultiDict ImmutableOrderedMultiDict " +
		"ImmutableTypeConversionDict OrderedMultiDict TypeConversionDict HeaderSet ContentSecurityPolicy ResponseCacheControl "
	djangoResponses = " HttpResponse HttpResponseBase HttpResponseRedirect HttpResponsePermanentRedirect HttpResponseNotFound " +
		"HttpResponseBadRequest HttpResponseForbidden HttpResponseGone HttpResponseNotModified JsonResponse ResponseHeaders "
	numpyPlain  = " _frombuffer _reconstruct dtype ndarray scalar "
	pandasPlain = " BlockManager Categorical CategoricalDtype CategoricalIndex DataFrame DatetimeArray DatetimeIndex DatetimeTZDtype " +
		"Index MultiIndex NDArrayBacked RangeIndex Series SingleBlockManager TimedeltaArray TimedeltaIndex __pyx_unpickle_NDArrayBacked " +
		"_nat_unpickle _new_DatetimeIndex _new_Index _timedelta_unpickle _unpickle_block _unpickle_timestamp new_block "
	builtinExceptions = "ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError BufferError " +
		"BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError " +
		"DeprecationWarning EOFError Exception ExceptionGroup BaseExceptionGroup FileExistsError FileNotFoundError " +
		"FloatingPointError FutureWarning GeneratorExit ImportError ImportWarning IndentationError IndexError InterruptedError " +
		"IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError " +
		"NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError RecursionError " +
		"ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning " +
		"SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError " +
		"UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError "
)
