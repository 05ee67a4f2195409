package peer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// CompileJava compiles one source file, called file (for example "Driver.java"), against classpath and returns the
// directory of its classes. The same source and class path are compiled once and kept.
func CompileJava(ctx context.Context, file string, source []byte, classpath string) (string, error) {
	sum := sha256.Sum256([]byte(classpath))
	key := append(sum[:], source...)
	return cached(ctx, "classes-"+file, key, func(dir string) error {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, source, 0o644); err != nil {
			return err
		}
		out, err := exec.CommandContext(ctx, "javac", "-nowarn", "-proc:none", "-d", dir, "-cp", classpath, path).CombinedOutput()
		if err != nil {
			return fmt.Errorf("javac %s: %w\n%s", file, err, lastLines(out, 30))
		}
		return nil
	})
}
