package peer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// aptInstall installs Debian packages where this process may; otherwise its error is the command for a person.
func aptInstall(ctx context.Context, progress Progress, packages ...string) error {
	command := "apt-get update && apt-get install -y --no-install-recommends " + strings.Join(packages, " ")
	if _, err := exec.LookPath("apt-get"); runtime.GOOS != "linux" || os.Geteuid() != 0 || err != nil {
		return fmt.Errorf("on Debian or Ubuntu run: sudo sh -c '%s'", command)
	}
	progress.say("installing with: %s", command)
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command, err, lastLines(out, 15))
	}
	return nil
}
