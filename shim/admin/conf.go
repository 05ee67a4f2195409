package admin

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// conf prints the configuration with ZooKeeper's keys. etcd's log is in the data
// directory, too.
func (w *Words) conf() string {
	s := w.source.Settings()
	data, log := sizes(s.DataDir)
	var b strings.Builder
	fmt.Fprintf(&b, "clientPort=%d\nsecureClientPort=-1\n", s.ClientPort)
	fmt.Fprintf(&b, "dataDir=%s\ndataDirSize=%d\ndataLogDir=%s\ndataLogSize=%d\n", s.DataDir, data, s.DataDir, log)
	fmt.Fprintf(&b, "tickTime=%d\nmaxClientCnxns=%d\n", s.TickTime.Milliseconds(), s.MaxClientCnxns)
	fmt.Fprintf(&b, "minSessionTimeout=%d\nmaxSessionTimeout=%d\n", s.MinSessionTimeout.Milliseconds(), s.MaxSessionTimeout.Milliseconds())
	b.WriteString("clientPortListenBacklog=-1\nserverId=0\n")
	return b.String()
}

func (w *Words) dirs() string {
	data, log := sizes(w.source.Settings().DataDir)
	return fmt.Sprintf("datadir_size: %d\nlogdir_size: %d\n", data, log)
}

// sizes returns the bytes of the data and of the write-ahead log in etcd's
// directory, 0 where there is none.
func sizes(dir string) (data, log int64) {
	if dir == "" {
		return 0, 0
	}
	// What cannot be read is not counted; files come and go meanwhile.
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // see above
		}
		info, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // see above
		}
		if filepath.Base(filepath.Dir(path)) == "wal" {
			log += info.Size()
		} else {
			data += info.Size()
		}
		return nil
	})
	return data, log
}
