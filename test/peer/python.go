package peer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// KazooVersion is the Python client that the client suites run, from PyPI.
const KazooVersion = "2.11.0"

// ErrNoPython says that Python 3 with venv is missing and could not be installed; the message has the command to run.
var ErrNoPython = errors.New("python3 with venv is needed")

// KazooPython returns a Python interpreter that can import kazoo: a virtual environment, made on first use.
func KazooPython(ctx context.Context, progress Progress) (string, error) {
	dir, err := cached(ctx, "kazoo", []byte(KazooVersion), func(dir string) error {
		progress.say("fetching kazoo %s (first time only)", KazooVersion)
		if err := makeVenv(ctx, dir, progress); err != nil {
			return err
		}
		pip := exec.CommandContext(ctx, filepath.Join(dir, "bin", "python"), "-m", "pip", "install", "--quiet",
			"--disable-pip-version-check", "kazoo=="+KazooVersion)
		if out, err := pip.CombinedOutput(); err != nil {
			return fmt.Errorf("pip install kazoo: %w\n%s", err, lastLines(out, 10))
		}
		return nil
	})
	return filepath.Join(dir, "bin", "python"), err
}

func makeVenv(ctx context.Context, dir string, progress Progress) error {
	venv := func() error { return exec.CommandContext(ctx, "python3", "-m", "venv", dir).Run() }
	if venv() == nil {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := aptInstall(ctx, progress, "python3-venv"); err != nil {
		return fmt.Errorf("%w: %w", ErrNoPython, err)
	}
	return venv()
}
