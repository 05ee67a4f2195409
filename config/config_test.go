package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// fill parses args and then the sources, as serve does.
func fill(t *testing.T, args []string, env map[string]string, yaml, zoo string) (*Options, []string, error) {
	t.Helper()
	var o Options
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.Register(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	sources := Sources{Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	dir := t.TempDir()
	write := func(name, text string) string {
		if text == "" {
			return ""
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sources.File, sources.ZooCfg = write("h.yaml", yaml), write("zoo.cfg", zoo)
	warnings, err := sources.Fill(set)
	if err == nil {
		err = o.Check()
	}
	return &o, warnings, err
}

func TestPrecedence(t *testing.T) {
	const zoo = "tickTime=1000\nminSessionTimeout=5000\nmaxSessionTimeout=50000\nmaxClientCnxns=10\n"
	const yaml = "min-session-timeout: 6s\nmax-session-timeout: 60s\nmax-client-cnxns: 20\n"
	env := map[string]string{"HQUORUM_MAX_SESSION_TIMEOUT": "70000", "HQUORUM_MAX_CLIENT_CNXNS": "30"}
	o, _, err := fill(t, []string{"--max-client-cnxns=40"}, env, yaml, zoo)
	if err != nil {
		t.Fatal(err)
	}
	if o.TickTime != time.Second || o.MinSessionTimeout != 6*time.Second || o.MaxSessionTimeout != 70*time.Second || o.MaxClientCnxns != 40 {
		t.Errorf("got tick %v min %v max %v cnxns %d", o.TickTime, o.MinSessionTimeout, o.MaxSessionTimeout, o.MaxClientCnxns)
	}
	if o.DataDir != "./hquorum-data" {
		t.Errorf("default data-dir: %q", o.DataDir)
	}
}

func TestZooCfg(t *testing.T) {
	const digest = "super:xQJmxLMiHGwaqBvst5y6rkB6HQs="
	o, warnings, err := fill(t, nil, nil, "", `
clientPort=2182
clientPortAddress=127.0.0.1
dataDir=/var/lib/zk
tickTime=3000
minSessionTimeout=-1
maxSessionTimeout=120000
maxClientCnxns=0
4lw.commands.whitelist=ruok, srvr
extendedTypesEnabled=false
DigestAuthenticationProvider.superDigest=`+digest+`
znode.container.checkIntervalMs=500
jute.maxbuffer=2000000
initLimit=5
server.1=a:2888:3888
`)
	if err != nil {
		t.Fatal(err)
	}
	if o.Listen[0] != "127.0.0.1:2182" || o.DataDir != "/var/lib/zk" || o.TickTime != 3*time.Second || o.MinSession() != 6*time.Second ||
		o.MaxSessionTimeout != 2*time.Minute || o.MaxClientCnxns != 0 || strings.Join(o.Whitelist, "+") != "ruok+srvr" || o.ExtendedTypes ||
		o.SuperDigest != digest || o.ContainerCheckInterval != 500*time.Millisecond || o.JuteMaxBuffer != 2000000 {
		t.Errorf("got %+v", o)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "initLimit, server.1") {
		t.Errorf("warnings: %q", warnings)
	}
}

func TestBadValues(t *testing.T) {
	cases := []struct {
		name      string
		args      []string
		env       map[string]string
		yaml, zoo string
		want      string
	}{
		{name: "address", args: []string{"--listen=2181"}, want: `--listen "2181" is not host:port`},
		{name: "no address", args: []string{"--listen="}, want: "--listen is empty"},
		{name: "pprof", args: []string{"--pprof"}, want: "--admin-listen"},
		{name: "admin", args: []string{"--admin-listen=nowhere"}, want: "--admin-listen"},
		{name: "port range", args: []string{"--listen=:70000"}, want: "is not host:port"},
		{name: "endpoint", args: []string{"--etcd-endpoints=http://a"}, want: "--etcd-endpoints"},
		{name: "tls without etcd", args: []string{"--etcd-cacert=x"}, want: "need --etcd-endpoints"},
		{name: "cert without key", args: []string{"--etcd-endpoints=a:1", "--etcd-cert=x"}, want: "go together"},
		{name: "prefix", args: []string{"--prefix=x"}, want: "--prefix"},
		{name: "max below min", args: []string{"--max-session-timeout=1s"}, want: "shorter than the minimum of 4s"},
		{name: "digest", args: []string{"--super-digest=super:hunter2"}, want: "--super-digest must be"},
		{name: "level", args: []string{"--log-level=loud"}, want: "--log-level"},
		{name: "env", env: map[string]string{"HQUORUM_TICK_TIME": "soon"}, want: `HQUORUM_TICK_TIME: "soon" is neither`},
		{name: "yaml value", yaml: "tick-time: soon", want: `h.yaml:1: "soon" is neither`},
		{name: "yaml name", yaml: "lisen: :1", want: `no option is called "lisen"`},
		{name: "yaml twice", yaml: "prefix: /a/\nprefix: /b/", want: "prefix is set twice"},
		{name: "yaml shape", yaml: "- a", want: "a mapping of options"},
		{name: "yaml nested", yaml: "listen: {a: b}", want: "takes a plain value or a list"},
		{name: "zoo value", zoo: "tickTime=soon", want: `zoo.cfg: tickTime: "soon" is neither`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := fill(t, c.args, c.env, c.yaml, c.zoo)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a secret in an error: %v", err)
			}
		})
	}
}

func TestMissingFiles(t *testing.T) {
	for _, s := range []Sources{{File: "/nowhere/h.yaml"}, {ZooCfg: "/nowhere/zoo.cfg"}} {
		s.Getenv = func(string) (string, bool) { return "", false }
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		new(Options).Register(set)
		if _, err := s.Fill(set); err == nil || !strings.Contains(err.Error(), "/nowhere/") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestEffectiveHidesSecretsAndReadsBack(t *testing.T) {
	var o Options
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.Register(set)
	if err := set.Parse([]string{"--etcd-password=hunter2", "--listen=:1,:2", "--tick-time=1500"}); err != nil {
		t.Fatal(err)
	}
	settings := Effective(set)
	found := map[string]string{}
	for _, s := range settings {
		found[s.Name] = s.Value
	}
	if found["etcd-password"] != "(hidden)" || found["super-digest"] != "" || found["listen"] != ":1,:2" || found["tick-time"] != "1.5s" {
		t.Errorf("got %v", found)
	}
	text, err := YAML(settings)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := fill(t, nil, nil, string(text), "")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if again.TickTime != o.TickTime || len(again.Listen) != 2 || again.EtcdPassword != "" {
		t.Errorf("read back %+v", again)
	}
}
