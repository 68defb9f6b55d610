package cli

import (
	"cmp"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/joho/godotenv"

	"cacheview/inspect"
)

// flaskNames are the settings of Flask-Caching that say where its cache is, as
// an app usually takes them from the environment.
var flaskNames = []string{
	"CACHE_REDIS_URL", "CACHE_REDIS_HOST", "CACHE_REDIS_PORT", "CACHE_REDIS_DB", "CACHE_REDIS_PASSWORD", flaskPrefix,
}

// dotEnv is the file with an app's variables, in the working directory.
const dotEnv = ".env"

// flaskServer is a server that nobody named but Flask's settings.
type flaskServer struct {
	url, password, prefix string
	source                string // for people, such as "CACHE_REDIS_URL in .env"
	// fromFile says that a file of the working directory has a part in where the
	// server is.
	fromFile bool
}

// dotEnvLimit is more than any such file has.
const dotEnvLimit = 1 << 20

// readDotEnv reads .env as text: nothing in it is executed. A file that is not
// there, or not for us, is an empty one. Lines that cannot be meant are only an
// error where they name a setting that is looked for.
func readDotEnv() (map[string]string, error) {
	info, err := os.Stat(dotEnv)
	if err != nil || !info.Mode().IsRegular() || info.Size() > dotEnvLimit {
		return nil, nil
	}
	raw, err := os.ReadFile(dotEnv)
	if err != nil {
		return nil, nil
	}
	all, err := godotenv.UnmarshalBytes(raw)
	if err == nil {
		return all, nil
	}
	var ours []string
	for line := range strings.Lines(string(raw)) {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if slices.Contains(flaskNames, strings.TrimSpace(name)) {
			ours = append(ours, line)
		}
	}
	if all, err = godotenv.Unmarshal(strings.Join(ours, "")); err != nil {
		// The error quotes the file, which is full of passwords.
		return nil, usagef("the settings of Flask-Caching in %s cannot be read: a line is NAME=value; with -u URL the file is not looked at", dotEnv)
	}
	return all, nil
}

// findFlask reads the settings of Flask-Caching from the environment and, where
// that does not have them, from .env. The zero value is no such settings.
func (a *app) findFlask() (flaskServer, error) {
	file, err := readDotEnv()
	if err != nil {
		return flaskServer{}, err
	}
	value, from := map[string]string{}, map[string]string{}
	for _, name := range flaskNames {
		if v := a.getenv(name); v != "" {
			value[name], from[name] = v, name
		} else if v := file[name]; v != "" {
			value[name], from[name] = v, name+" in "+dotEnv
		}
	}
	f := flaskServer{prefix: value[flaskPrefix], source: from[flaskPrefix]}
	switch host := value["CACHE_REDIS_HOST"]; {
	case value["CACHE_REDIS_URL"] != "":
		// As Flask-Caching has it: the URL says it all but the database, and
		// its own counts more.
		f.url, f.source = value["CACHE_REDIS_URL"], from["CACHE_REDIS_URL"]
		f.fromFile = strings.HasSuffix(f.source, " in "+dotEnv)
		full, err := inspect.ParseURL(f.url)
		if err != nil {
			return f, usagef("%s: %v", f.source, err)
		}
		f.url = withDB(full, value["CACHE_REDIS_DB"])
	case host != "" || value["CACHE_REDIS_PORT"] != "" || value["CACHE_REDIS_DB"] != "":
		if host == "" {
			host = "localhost"
		}
		port := value["CACHE_REDIS_PORT"]
		if port == "" {
			port = "6379"
		}
		f.url = "redis://" + net.JoinHostPort(host, port) + "/" + value["CACHE_REDIS_DB"]
		f.password = value["CACHE_REDIS_PASSWORD"]
		named := ""
		for _, name := range []string{"CACHE_REDIS_HOST", "CACHE_REDIS_PORT", "CACHE_REDIS_DB"} {
			if from[name] != "" {
				named = cmp.Or(named, from[name])
				f.fromFile = f.fromFile || strings.HasSuffix(from[name], " in "+dotEnv)
			}
		}
		f.source = named
		if f.fromFile && !strings.HasSuffix(from["CACHE_REDIS_PASSWORD"], " in "+dotEnv) {
			f.password = "" // of the environment, for a server that the file chose
		}
		if _, err := inspect.ParseURL(f.url); err != nil {
			return f, usagef("%s: this makes no address of a server: %v", f.source, err)
		}
	}
	return f, nil
}

// withDB is a URL with that database unless it has one itself.
func withDB(full, db string) string {
	u, err := url.Parse(full)
	if err != nil || db == "" || u.Scheme == "unix" || len(u.Path) > 1 {
		return full
	}
	u.Path = "/" + db
	return u.String()
}

// adoptFlask uses what Flask's settings say where nobody has said which server
// is meant.
func (a *app) adoptFlask() error {
	v := &a.flags
	if v.url != "" || v.sentinel != "" || v.connection != "" {
		return nil
	}
	f, err := a.findFlask()
	if err != nil {
		return err
	}
	if f.url != "" {
		v.url = f.url
		a.fromFlask = f
	}
	if v.prefix == "" {
		v.prefix = f.prefix
	}
	return nil
}
