package peer

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// ErrNoJava says that java, javac or mvn is missing and could not be installed; the message has the command to run.
var ErrNoJava = errors.New("a JDK 17 and Maven are needed")

// Progress receives one line for each step that may take long, for people who wait. nil is allowed.
type Progress func(line string)

func (p Progress) say(format string, args ...any) {
	if p != nil {
		p(fmt.Sprintf(format, args...))
	}
}

// EnsureJava makes sure that java, javac and mvn are on the PATH. On Debian and Ubuntu, as root, what is missing is
// installed with apt-get; elsewhere the error says what to run.
func EnsureJava(ctx context.Context, progress Progress) error {
	missing := missingPrograms("java", "javac", "mvn")
	if len(missing) == 0 {
		return nil
	}
	if err := aptInstall(ctx, progress, "openjdk-17-jdk-headless", "maven"); err != nil {
		return fmt.Errorf("%w (%s not found): %w", ErrNoJava, strings.Join(missing, ", "), err)
	}
	if missing = missingPrograms("java", "javac", "mvn"); len(missing) > 0 {
		return fmt.Errorf("%w: %s still not found after the installation", ErrNoJava, strings.Join(missing, ", "))
	}
	return nil
}

func missingPrograms(names ...string) (missing []string) {
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// javaFlags keeps a JVM small and quick to start, and opens what HBase and Hadoop of these versions reach into on
// Java 17; without the openings a 2.6 master dies at start and a 2.2 master never becomes active.
func javaFlags(heapMB int) []string {
	flags := []string{
		fmt.Sprintf("-Xmx%dm", heapMB),
		"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=256m",
		"-Dorg.apache.hbase.thirdparty.io.netty.tryReflectionSetAccessible=true",
	}
	for _, opened := range []string{
		"java.lang", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util", "java.util.concurrent",
		"java.util.concurrent.atomic", "sun.nio.ch", "sun.net.dns", "jdk.internal.misc",
	} {
		flags = append(flags, "--add-opens", "java.base/"+opened+"=ALL-UNNAMED")
	}
	for _, exported := range []string{
		"java.base/jdk.internal.misc", "java.base/sun.net.dns", "java.base/sun.net.util", "java.security.jgss/sun.security.krb5",
	} {
		flags = append(flags, "--add-exports", exported+"=ALL-UNNAMED")
	}
	return flags
}
