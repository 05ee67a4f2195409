package peer

import (
	"encoding/xml"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// writeConfig writes the hbase-site.xml and log4j.properties that all processes of the cluster share.
func (o HBaseOptions) writeConfig(dir string) error {
	conf := filepath.Join(dir, "conf")
	if err := os.MkdirAll(conf, 0o755); err != nil {
		return err
	}
	properties := o.siteProperties(dir)
	if strings.HasPrefix(string(o.Version), "3.") { // its clients ask the masters unless told otherwise
		properties["hbase.client.registry.impl"] = "org.apache.hadoop.hbase.client.ZKConnectionRegistry"
	}
	maps.Copy(properties, o.Properties)
	var site strings.Builder
	site.WriteString("<configuration>\n")
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		site.WriteString("  <property><name>" + name + "</name><value>")
		if err := xml.EscapeText(&site, []byte(properties[name])); err != nil {
			return err
		}
		site.WriteString("</value></property>\n")
	}
	site.WriteString("</configuration>\n")
	if err := os.WriteFile(filepath.Join(conf, "hbase-site.xml"), []byte(site.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(conf, "log4j.properties"), []byte(log4j), 0o644)
}

// log4j sends everything to stderr, which is the process's log file.
const log4j = `log4j.rootLogger=INFO,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{HH:mm:ss,SSS} %-5p [%t] %c{2}: %m%n
`

// siteProperties is a distributed cluster on the local file system and loopback. The raw local file system, because
// the checksumming one keeps the last bytes of a write-ahead log in the process, where kill -9 loses them. No web
// pages, because the jars of 2.6 come without them.
func (o HBaseOptions) siteProperties(dir string) map[string]string {
	_, port, _ := strings.Cut(o.Quorum, ":")
	return map[string]string{
		"hbase.cluster.distributed":                     "true",
		"hbase.rootdir":                                 "file://" + filepath.Join(dir, "root"),
		"hbase.tmp.dir":                                 filepath.Join(dir, "tmp"),
		"fs.file.impl":                                  "org.apache.hadoop.fs.RawLocalFileSystem",
		"hbase.unsafe.stream.capability.enforce":        "false",
		"hbase.wal.provider":                            "filesystem",
		"hbase.zookeeper.quorum":                        o.Quorum,
		"hbase.zookeeper.property.clientPort":           strings.Split(port, ",")[0],
		"zookeeper.session.timeout":                     milliseconds(o.SessionTimeout),
		"hbase.master.ipc.address":                      "127.0.0.1",
		"hbase.regionserver.ipc.address":                "127.0.0.1",
		"hbase.master.info.port":                        "-1",
		"hbase.regionserver.info.port":                  "-1",
		"hbase.master.hostname":                         "localhost",
		"hbase.unsafe.regionserver.hostname":            "localhost",
		"hbase.regionserver.hostname":                   "localhost",
		"hbase.master.wait.on.regionservers.mintostart": "1",
		"hbase.master.wait.on.regionservers.timeout":    "1500",
		"hbase.master.wait.on.regionservers.interval":   "200",
		"hbase.client.operation.timeout":                milliseconds(2 * time.Minute),
		"hbase.client.meta.operation.timeout":           milliseconds(2 * time.Minute),
		"hbase.rpc.timeout":                             milliseconds(20 * time.Second),
		"hbase.client.pause":                            "50",
		"hbase.client.retries.number":                   "60",
		"hbase.regionserver.handler.count":              "10",
		"hbase.master.cleaner.interval":                 milliseconds(10 * time.Minute),
		"hbase.regionserver.msginterval":                "1000",
	}
}
