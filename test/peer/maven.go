package peer

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed maven
var poms embed.FS

const dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"

// Classpath returns the class path of maven/<name>/pom.xml, downloading its jars on first use. The answer is kept
// and is computed again when the pom changes or a jar has gone.
func Classpath(ctx context.Context, name string, progress Progress) (string, error) {
	pom, err := poms.ReadFile("maven/" + name + "/pom.xml")
	if err != nil {
		return "", fmt.Errorf("no such set of jars %q: %w", name, err)
	}
	if err := EnsureJava(ctx, progress); err != nil {
		return "", err
	}
	dir, err := cached(ctx, "classpath-"+name, pom, func(dir string) error {
		return resolve(ctx, name, dir, pom, progress)
	})
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, "classpath"))
	if err != nil {
		return "", err
	}
	classpath := strings.TrimSpace(string(text))
	for _, jar := range strings.Split(classpath, ":") {
		if !exists(jar) { // the local Maven repository was cleaned
			if err := os.RemoveAll(dir); err != nil {
				return "", err
			}
			return Classpath(ctx, name, progress)
		}
	}
	return classpath, nil
}

// resolve runs Maven on pom in dir and leaves the class path in dir/classpath. Maven's local repository is not safe
// for several processes at once, so one lock covers all poms.
func resolve(ctx context.Context, name, dir string, pom []byte, progress Progress) error {
	root, err := CacheDir()
	if err != nil {
		return err
	}
	unlock, err := lockFile(ctx, filepath.Join(root, "maven.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.WriteFile(filepath.Join(dir, "pom.xml"), pom, 0o644); err != nil {
		return err
	}
	progress.say("resolving the jars of %s with Maven (first time only)", name)
	cmd := exec.CommandContext(ctx, "mvn", "-B", "-f", filepath.Join(dir, "pom.xml"), dependencyPlugin+":build-classpath",
		"-Dmdep.includeScope=runtime", "-Dmdep.outputFile="+filepath.Join(dir, "classpath"), "-Dstyle.color=never")
	cmd.WaitDelay = 5 * time.Second
	output, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("mvn: %w", err)
	}
	all := followDownloads(bufio.NewScanner(output), progress)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("mvn could not resolve the jars of %s: %w\n%s", name, err, lastLines(all, 15))
	}
	return nil
}

// followDownloads reads Maven's output to its end and reports at most once a second what has been fetched so far.
func followDownloads(lines *bufio.Scanner, progress Progress) []byte {
	var all bytes.Buffer
	jars, begun, reported := 0, time.Now(), time.Now()
	for lines.Scan() {
		line := lines.Text()
		if _, fetched, ok := strings.Cut(line, "Downloaded from "); ok {
			address, size, _ := strings.Cut(fetched, " (")
			if strings.HasSuffix(address, ".jar") {
				jars++
			}
			if time.Since(reported) >= time.Second {
				reported = time.Now()
				progress.say("  %3d jars, %s: %s (%s", jars, time.Since(begun).Round(time.Second), filepath.Base(address), size)
			}
			continue
		}
		if !strings.Contains(line, "Downloading from ") {
			all.WriteString(line + "\n")
		}
	}
	if jars > 0 {
		progress.say("  %d jars fetched in %s", jars, time.Since(begun).Round(100*time.Millisecond))
	}
	return all.Bytes()
}
