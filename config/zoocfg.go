package config

import (
	"fmt"
	"net"
	"os"
	"sort"
	"strings"

	"github.com/magiconair/properties"
)

// zooOption maps a key of zoo.cfg to the option that means the same.
var zooOption = map[string]string{
	"dataDir":                                  "data-dir",
	"tickTime":                                 "tick-time",
	"minSessionTimeout":                        "min-session-timeout",
	"maxSessionTimeout":                        "max-session-timeout",
	"maxClientCnxns":                           "max-client-cnxns",
	"4lw.commands.whitelist":                   "4lw-whitelist",
	"extendedTypesEnabled":                     "extended-types",
	"znode.container.checkIntervalMs":          "container-check-interval",
	"jute.maxbuffer":                           "jute-maxbuffer",
	"DigestAuthenticationProvider.superDigest": "super-digest",
}

// readZooCfg reads a ZooKeeper configuration file (Java properties; see
// "Configuration Parameters" in the ZooKeeper Administrator's Guide). Keys may
// carry the prefix "zookeeper." of their system property. The warnings name
// the keys that have no meaning here.
func readZooCfg(path string) (settings []setting, warnings []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, readError("--zoo-cfg", path, err)
	}
	loader := properties.Loader{Encoding: properties.UTF8, DisableExpansion: true}
	props, err := loader.LoadBytes(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}

	var ignored []string
	var host, port string
	for _, key := range props.Keys() {
		value, _ := props.Get(key)
		value = strings.TrimSpace(value)
		switch name := strings.TrimPrefix(key, "zookeeper."); name {
		case "clientPort":
			port = value
		case "clientPortAddress":
			host = value
		default:
			option, ok := zooOption[name]
			switch {
			case !ok:
				ignored = append(ignored, key)
			case value == "-1" && strings.HasSuffix(name, "SessionTimeout"):
				// -1 is ZooKeeper's word for "the default".
			default:
				if option == "4lw-whitelist" {
					value = strings.ReplaceAll(value, " ", "")
				}
				settings = append(settings, setting{option, value, path + ": " + key})
			}
		}
	}
	switch {
	case port != "":
		settings = append(settings, setting{"listen", net.JoinHostPort(host, port), path + ": clientPort"})
	case host != "":
		settings = append(settings, setting{"listen", net.JoinHostPort(host, "2181"), path + ": clientPortAddress"})
	}
	if len(ignored) > 0 {
		sort.Strings(ignored)
		warnings = append(warnings, fmt.Sprintf("%s: no meaning here, ignored: %s", path, strings.Join(ignored, ", ")))
	}
	return settings, warnings, nil
}
