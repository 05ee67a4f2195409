package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/hquorum/hquorum/backend"
	"github.com/hquorum/hquorum/config"
	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store/etcd"
)

func serveCommand() *cobra.Command {
	var options config.Options
	var file, zooCfg string
	var printConfig bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve ZooKeeper's protocol",
		Long: `Serve ZooKeeper's protocol, with the data in an embedded etcd or in one that exists.

A value is taken from the first of: the flag, the environment (HQUORUM_DATA_DIR for
--data-dir, and so on), the file of --config, the file of --zoo-cfg, the default.

SIGTERM and SIGINT drain: no new connections, requests under way are answered, and
sessions can be resumed after a restart. A second signal ends the wait.

Garbage is not collected before the heap has 128 MiB; from there on, when it has
doubled. GOGC or GOMEMLIMIT in the environment replace this by Go's own rules.`,
		Example: `  hquorum serve
  hquorum serve --listen 10.0.0.5:2181 --data-dir /var/lib/hquorum --admin-listen 127.0.0.1:8080
  hquorum serve --config /etc/hquorum.yaml
  hquorum serve --zoo-cfg /etc/zookeeper/conf/zoo.cfg
  hquorum serve --etcd-endpoints etcd1:2379,etcd2:2379 --etcd-cacert ca.pem --prefix /hbase-quorum/
  hquorum serve --max-client-cnxns 0 --print-config > hquorum.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sources := config.Sources{File: file, ZooCfg: zooCfg, Getenv: os.LookupEnv}
			warnings, err := sources.Fill(cmd.Flags())
			if err != nil {
				return err
			}
			if err := options.Check(); err != nil {
				return err
			}
			options.MinSessionTimeout = options.MinSession()
			effective := config.Effective(cmd.Flags())
			if printConfig {
				text, err := config.YAML(effective)
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(text)
				return err
			}
			log := newLog(options)
			for _, w := range warnings {
				log.Warn().Msg(w)
			}
			event := log.Info().Str("version", version)
			for _, s := range effective {
				event = event.Str(s.Name, s.Value)
			}
			event.Msg("effective configuration")
			roomy(os.LookupEnv)
			return serve(cmd.Context(), options, log)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	options.Register(flags)
	flags.StringVar(&file, "config", "", "YAML file with options as keys")
	flags.StringVar(&zooCfg, "zoo-cfg", "", "zoo.cfg of a ZooKeeper whose settings to take over")
	flags.BoolVar(&printConfig, "print-config", false, "print the effective configuration as YAML for --config, without secrets, and exit")
	return cmd
}

func newLog(o config.Options) zerolog.Logger {
	level, _ := zerolog.ParseLevel(o.LogLevel) // Check has seen it
	if o.LogFormat == "json" {
		return zerolog.New(os.Stderr).Level(level).With().Timestamp().Logger()
	}
	_, plain := os.LookupEnv("NO_COLOR")
	info, err := os.Stderr.Stat()
	plain = plain || err != nil || info.Mode()&os.ModeCharDevice == 0
	w := zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: "2006-01-02T15:04:05.000Z07:00", NoColor: plain}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}

// serve runs a server until a signal or a failure ends it. Ports are taken
// before the data is touched, so that a busy one changes nothing.
func serve(ctx context.Context, o config.Options, log zerolog.Logger) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	var listeners []net.Listener
	defer func() {
		for _, l := range listeners {
			l.Close()
		}
	}()
	for _, address := range o.Listen {
		l, err := listen("--listen", address)
		if err != nil {
			return err
		}
		listeners = append(listeners, l)
	}
	var adminListener net.Listener
	if o.AdminListen != "" {
		if adminListener, err = listen("--admin-listen", o.AdminListen); err != nil {
			return err
		}
		defer adminListener.Close()
	}

	b, err := openBackend(ctx, o, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	store, err := etcd.New(b.Conn, etcd.Options{Prefix: o.Prefix, ID: fmt.Sprintf("%d", os.Getpid())})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	mark, err := openHighWater(o)
	if err != nil {
		return err
	}
	server, err := shim.New(ctx, shimConfig(o, mark, log), store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()

	group, running := errgroup.WithContext(ctx)
	for _, l := range listeners {
		log.Info().Stringer("address", l.Addr()).Msg("serving ZooKeeper clients")
		group.Go(func() error { return server.Serve(l) })
	}
	if adminListener != nil {
		admin := &http.Server{Handler: adminHandler(server, o.Pprof), ReadHeaderTimeout: 10 * time.Second}
		log.Info().Stringer("address", adminListener.Addr()).Msg("serving admin HTTP")
		group.Go(func() error {
			if err := admin.Serve(adminListener); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
		defer admin.Close()
	}
	group.Go(func() error { return mark.keep(running, server) })

	select {
	case <-running.Done():
	case <-b.Done():
		err = errors.New("the embedded etcd has stopped; its last log lines say why")
	}
	stop() // a second signal ends the process
	log.Info().Msg("draining: no new connections, requests under way are answered")
	drain, cancel := context.WithTimeout(context.Background(), o.DrainTimeout)
	defer cancel()
	if e := server.Drain(drain); e != nil {
		log.Warn().Dur("after", o.DrainTimeout).Msg("some requests were still under way")
	}
	if adminListener != nil {
		adminListener.Close()
	}
	if e := group.Wait(); err == nil && !errors.Is(e, net.ErrClosed) {
		err = e
	}
	log.Info().Msg("stopped")
	return err
}

func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s %s is in use: stop what listens there (a ZooKeeper? another hquorum?) or choose another address", flag, address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s %s: not allowed: choose a port above 1023 or run with the privilege to bind it", flag, address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s %s: this machine has no such address", flag, address)
	}
	return nil, fmt.Errorf("%s %s: %w", flag, address, err)
}

func openBackend(ctx context.Context, o config.Options, log zerolog.Logger) (*backend.Backend, error) {
	log = log.With().Str("part", "etcd").Logger()
	if o.Embedded() {
		return backend.Embedded(ctx, backend.EmbeddedConfig{Dir: o.DataDir, MaxBuffer: o.JuteMaxBuffer, Log: log})
	}
	return backend.External(ctx, backend.ExternalConfig{
		Endpoints: o.EtcdEndpoints,
		TLS:       backend.TLS{CA: o.EtcdCACert, Cert: o.EtcdCert, Key: o.EtcdKey},
		User:      o.EtcdUser, Password: o.EtcdPassword,
		Log: log,
	})
}

func shimConfig(o config.Options, mark *highWater, log zerolog.Logger) shim.Config {
	c := shim.Config{
		Version: version, Log: log,
		TickTime: o.TickTime, MinSessionTimeout: o.MinSessionTimeout, MaxSessionTimeout: o.MaxSessionTimeout,
		MaxClientCnxns: o.MaxClientCnxns, MaxBuffer: o.JuteMaxBuffer, Whitelist: o.Whitelist,
		PlainTypes: !o.ExtendedTypes, SuperDigest: o.SuperDigest, ContainerCheckInterval: o.ContainerCheckInterval,
		ZxidFloor: mark.zxid, Restored: o.Restored,
	}
	if o.Embedded() {
		c.DataDir = o.DataDir
	}
	if c.MaxClientCnxns == 0 {
		c.MaxClientCnxns = -1 // no limit, as ZooKeeper says it
	}
	return c
}
