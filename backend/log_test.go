package backend

import (
	"context"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func TestLog(t *testing.T) {
	var out strings.Builder
	log := zapLogger(zerolog.New(&out), zapcore.WarnLevel).With(zap.String("member", "one"))
	log.Info("too low")
	log.Warn("failed to apply request")
	log.Warn("closing", zap.Error(context.Canceled))
	log.Warn("slow", zap.Int("took", 7), zap.String("request", strings.Repeat("x", 1<<20)))
	log.Error("bad")
	want := `{"level":"warn","member":"one","request":"` + strings.Repeat("x", longest) + `...","took":7,"message":"slow"}
{"level":"error","member":"one","message":"bad"}
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}
