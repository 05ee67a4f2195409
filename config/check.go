package config

import (
	"encoding/base64"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Check says what is wrong with the values taken together, in one line that
// names the option. It opens nothing.
func (o *Options) Check() error {
	if len(o.Listen) == 0 {
		return fmt.Errorf("--listen is empty: give an address such as :2181")
	}
	for _, address := range o.Listen {
		if err := checkAddress("--listen", address); err != nil {
			return err
		}
	}
	if o.AdminListen != "" {
		if err := checkAddress("--admin-listen", o.AdminListen); err != nil {
			return err
		}
	}
	for _, endpoint := range o.EtcdEndpoints {
		hostPort := endpoint
		for _, scheme := range []string{"http://", "https://"} {
			hostPort = strings.TrimPrefix(hostPort, scheme)
		}
		if err := checkAddress("--etcd-endpoints", hostPort); err != nil {
			return err
		}
	}
	switch {
	case o.Pprof && o.AdminListen == "":
		return fmt.Errorf("--pprof needs --admin-listen: profiles are served there")
	case o.Embedded() && o.DataDir == "":
		return fmt.Errorf("--data-dir is empty: name a directory, or use an existing etcd with --etcd-endpoints")
	case o.Embedded() && (o.EtcdCACert != "" || o.EtcdCert != "" || o.EtcdUser != ""):
		return fmt.Errorf("--etcd-cacert, --etcd-cert and --etcd-user need --etcd-endpoints: the embedded etcd has no client port")
	case (o.EtcdCert == "") != (o.EtcdKey == ""):
		return fmt.Errorf("--etcd-cert and --etcd-key go together: give both or neither")
	case !strings.HasPrefix(o.Prefix, "/") || !strings.HasSuffix(o.Prefix, "/"):
		return fmt.Errorf("--prefix %q must start and end with /, such as /hquorum/", o.Prefix)
	case o.TickTime < time.Millisecond:
		return fmt.Errorf("--tick-time %v is too short: ZooKeeper's default is 2s", o.TickTime)
	case o.MinSessionTimeout < 0:
		return fmt.Errorf("--min-session-timeout %v is negative", o.MinSessionTimeout)
	case o.MaxSessionTimeout < o.MinSession():
		return fmt.Errorf("--max-session-timeout %v is shorter than the minimum of %v", o.MaxSessionTimeout, o.MinSession())
	case o.MaxSessionTimeout > 24*time.Hour:
		return fmt.Errorf("--max-session-timeout %v is too long: at most 24h", o.MaxSessionTimeout)
	case o.MaxClientCnxns < 0:
		return fmt.Errorf("--max-client-cnxns %d is negative: 0 means no limit", o.MaxClientCnxns)
	case o.JuteMaxBuffer < 1024 || o.JuteMaxBuffer > 1<<28:
		return fmt.Errorf("--jute-maxbuffer %d is out of range: 1024 to %d", o.JuteMaxBuffer, 1<<28)
	case o.ContainerCheckInterval < time.Millisecond:
		return fmt.Errorf("--container-check-interval %v is too short: ZooKeeper's default is 60s", o.ContainerCheckInterval)
	case o.DrainTimeout < 0:
		return fmt.Errorf("--drain-timeout %v is negative", o.DrainTimeout)
	}
	if o.SuperDigest != "" {
		if err := checkDigest(o.SuperDigest); err != nil {
			return err
		}
	}
	switch o.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		return fmt.Errorf("--log-level %q: use debug, info, warn or error", o.LogLevel)
	}
	switch o.LogFormat {
	case "console", "json":
	default:
		return fmt.Errorf("--log-format %q: use console or json", o.LogFormat)
	}
	return nil
}

// MinSession returns the shortest session timeout: the option, or two ticks.
func (o *Options) MinSession() time.Duration {
	if o.MinSessionTimeout != 0 {
		return o.MinSessionTimeout
	}
	return 2 * o.TickTime
}

func checkAddress(flag, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		var n uint64
		if n, err = strconv.ParseUint(port, 10, 16); err == nil && n == 0 && flag == "--etcd-endpoints" {
			err = strconv.ErrRange
		}
	}
	if err != nil {
		return fmt.Errorf("%s %q is not host:port, such as 127.0.0.1:2181 or :2181", flag, address)
	}
	return nil
}

// checkDigest never repeats the value: it is a secret.
func checkDigest(digest string) error {
	user, hash, ok := strings.Cut(digest, ":")
	sum, err := base64.StdEncoding.DecodeString(hash)
	if !ok || user != "super" || err != nil || len(sum) != 20 {
		return fmt.Errorf("--super-digest must be super:<base64 of the SHA-1 of super:password>")
	}
	return nil
}
