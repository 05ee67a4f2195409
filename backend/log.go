package backend

import (
	"context"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// zapLogger returns a zap logger, which etcd insists on, that writes to log what
// is at least as severe as least.
func zapLogger(log zerolog.Logger, least zapcore.Level) *zap.Logger {
	return zap.New(bridge{LevelEnabler: least, log: log})
}

// quiet are warnings of etcd that are none in this process: about listeners and
// logins that it does not have, and about requests that were refused, which the
// one who asked is told.
var quiet = map[string]bool{
	"Running http and grpc server on single port. This is not recommended for production.": true,
	"simple token is not cryptographically signed":                                         true,
	"failed to apply request": true,
}

// closing are the errors of what closing cut off.
var closing = map[string]bool{
	context.Canceled.Error():        true,
	"etcdserver: request cancelled": true,
	"etcdserver: server stopped":    true,
}

// longest bounds a field in bytes: etcd logs slow requests whole, which are then
// all keys of a batch.
const longest = 300

// bridge is a zapcore.Core.
type bridge struct {
	zapcore.LevelEnabler
	log zerolog.Logger
}

func (b bridge) With(fields []zapcore.Field) zapcore.Core {
	b.log = b.log.With().Fields(values(fields)).Logger()
	return b
}

func (b bridge) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if b.Enabled(entry.Level) && !quiet[entry.Message] {
		return checked.AddCore(entry, b)
	}
	return checked
}

// Write leaves the ending of the process on fatal entries to zap.
func (b bridge) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	shown := values(fields)
	if text, ok := shown["error"].(string); ok && closing[text] {
		return nil
	}
	b.log.WithLevel(level(entry.Level)).Fields(shown).Msg(entry.Message)
	return nil
}

func (bridge) Sync() error { return nil }

func values(fields []zapcore.Field) map[string]any {
	encoder := zapcore.NewMapObjectEncoder()
	for _, field := range fields {
		field.AddTo(encoder)
	}
	for key, value := range encoder.Fields {
		if text, ok := value.(string); ok && len(text) > longest {
			encoder.Fields[key] = text[:longest] + "..."
		}
	}
	return encoder.Fields
}

func level(l zapcore.Level) zerolog.Level {
	switch {
	case l <= zapcore.DebugLevel:
		return zerolog.DebugLevel
	case l == zapcore.InfoLevel:
		return zerolog.InfoLevel
	case l == zapcore.WarnLevel:
		return zerolog.WarnLevel
	case l == zapcore.ErrorLevel:
		return zerolog.ErrorLevel
	}
	return zerolog.FatalLevel
}
