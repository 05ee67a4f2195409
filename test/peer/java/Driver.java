import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.ClusterMetrics;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.SnapshotDescription;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.replication.ReplicationPeerConfig;
import org.apache.hadoop.hbase.replication.ReplicationPeerDescription;

/**
 * HBase's client API as a line protocol, for tests in another language. Each line of stdin is a number and a command
 * with its arguments, separated by tabs; each answer is one line of JSON on stdout with the same number, and either a
 * result or an error. Commands run at the same time; the end of stdin ends the program. With arguments, it runs that
 * one command instead and exits with 1 if it failed.
 *
 * <p>The same source compiles against HBase 2.2, 2.6 and 3.0.
 */
public final class Driver {
  private final Configuration conf = HBaseConfiguration.create();
  private Connection connection;
  private Loader loader;

  /** Connects on first use; a 3.0 client cannot before a master has written its id into the quorum, hence the wait. */
  private synchronized Connection connection() throws Exception {
    for (int attempt = 0; connection == null; attempt++) {
      try {
        connection = ConnectionFactory.createConnection(conf);
      } catch (IOException problem) {
        if (attempt == 240) {
          throw problem;
        }
        Thread.sleep(500);
      }
    }
    return connection;
  }

  public static void main(String[] args) throws Exception {
    Driver driver = new Driver();
    if (args.length > 0) {
      String answer = driver.answer("1", args);
      System.out.println(answer);
      System.exit(answer.contains("\"error\":") ? 1 : 0);
    }
    ExecutorService commands = Executors.newCachedThreadPool();
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split("\t", -1);
      String[] command = new String[words.length - 1];
      System.arraycopy(words, 1, command, 0, command.length);
      commands.execute(() -> System.out.println(driver.answer(words[0], command)));
    }
    Runtime.getRuntime().halt(0); // the client's own threads may be in the middle of retries
  }

  private String answer(String id, String[] command) {
    try {
      return "{\"id\":" + id + ",\"result\":" + json(run(command)) + "}";
    } catch (Throwable problem) {
      problem.printStackTrace();
      return "{\"id\":" + id + ",\"error\":" + json(String.valueOf(problem)) + "}";
    }
  }

  private Object run(String[] a) throws Exception {
    switch (a[0]) {
      case "put":
      case "get":
      case "fill":
      case "scan":
        return rows(a);
      case "load":
        loader = new Loader(a[1], a[2]);
        loader.start();
        return null;
      case "loaded":
        return loader.report();
      case "stop-load":
        loader.finish();
        return loader.report();
      case "verify":
        return loader.lost(a[1], a[2]);
      case "regions":
        return regions(a[1]);
      default:
        try (Admin admin = connection().getAdmin()) {
          return administer(admin, a);
        }
    }
  }

  private Object rows(String[] a) throws Exception {
    try (Table table = connection().getTable(TableName.valueOf(a[1]))) {
      switch (a[0]) {
        case "put":
          table.put(put(a[2], a[3], a[4]));
          return null;
        case "get":
          return value(table.get(new Get(bytes(a[2])).addColumn(family(a[3]), qualifier(a[3]))));
        case "fill":
          List<Put> puts = new ArrayList<>();
          for (int i = 0; i < Integer.parseInt(a[3]); i++) {
            puts.add(put(String.format("row%05d", i), a[2], "value" + i));
          }
          table.put(puts);
          return null;
        default:
          Map<String, Object> found = new LinkedHashMap<>();
          try (ResultScanner scanner = table.getScanner(new Scan())) {
            for (Result result : scanner) {
              found.put(text(result.getRow()), value(result));
            }
          }
          return found;
      }
    }
  }

  private Object administer(Admin admin, String[] a) throws Exception {
    switch (a[0]) {
      case "status":
        return status(admin);
      case "await-initialised":
        admin.listNamespaceDescriptors(); // a master that is not initialised yet makes the client wait here
        return null;
      case "shutdown":
        admin.shutdown();
        return null;
      case "create":
        admin.createTable(TableDescriptorBuilder.newBuilder(TableName.valueOf(a[1]))
            .setColumnFamily(ColumnFamilyDescriptorBuilder.of(a[2])).build());
        return null;
      case "drop":
        if (admin.isTableEnabled(TableName.valueOf(a[1]))) {
          admin.disableTable(TableName.valueOf(a[1]));
        }
        admin.deleteTable(TableName.valueOf(a[1]));
        return null;
      case "split":
        admin.split(TableName.valueOf(a[1]), bytes(a[2]));
        return null;
      case "disable":
        admin.disableTable(TableName.valueOf(a[1]));
        return null;
      case "enable":
        admin.enableTable(TableName.valueOf(a[1]));
        return null;
      case "enabled":
        return admin.isTableEnabled(TableName.valueOf(a[1]));
      case "snapshot":
        admin.snapshot(a[1], TableName.valueOf(a[2]));
        return null;
      case "snapshots":
        List<String> names = new ArrayList<>();
        for (SnapshotDescription snapshot : admin.listSnapshots()) {
          names.add(snapshot.getName());
        }
        return names;
      case "delete-snapshot":
        admin.deleteSnapshot(a[1]);
        return null;
      case "add-peer":
        admin.addReplicationPeer(a[1], ReplicationPeerConfig.newBuilder().setClusterKey(a[2]).build());
        return null;
      case "peers":
        List<String> ids = new ArrayList<>();
        for (ReplicationPeerDescription peer : admin.listReplicationPeers()) {
          ids.add(peer.getPeerId());
        }
        return ids;
      case "remove-peer":
        admin.removeReplicationPeer(a[1]);
        return null;
      default:
        throw new IllegalArgumentException("unknown command " + a[0]);
    }
  }

  private static Object status(Admin admin) throws Exception {
    ClusterMetrics metrics = admin.getClusterMetrics(EnumSet.of(ClusterMetrics.Option.MASTER,
        ClusterMetrics.Option.BACKUP_MASTERS, ClusterMetrics.Option.LIVE_SERVERS, ClusterMetrics.Option.DEAD_SERVERS));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("active", metrics.getMasterName() == null ? "" : metrics.getMasterName().toString());
    status.put("backups", names(metrics.getBackupMasterNames()));
    status.put("regionServers", names(metrics.getLiveServerMetrics().keySet()));
    status.put("dead", names(metrics.getDeadServerNames()));
    return status;
  }

  private static List<String> names(Collection<ServerName> servers) {
    List<String> names = new ArrayList<>();
    for (ServerName server : servers) {
      names.add(server.toString());
    }
    return names;
  }

  private List<Map<String, Object>> regions(String name) throws Exception {
    List<Map<String, Object>> regions = new ArrayList<>();
    try (RegionLocator locator = connection().getRegionLocator(TableName.valueOf(name))) {
      locator.clearRegionLocationCache();
      for (HRegionLocation location : locator.getAllRegionLocations()) {
        Map<String, Object> region = new LinkedHashMap<>();
        region.put("start", text(location.getRegion().getStartKey()));
        region.put("server", location.getServerName() == null ? "" : location.getServerName().toString());
        regions.add(region);
      }
    }
    return regions;
  }

  /** Puts one row after the other until it is told to finish, and remembers which were acknowledged. */
  private final class Loader extends Thread {
    private final String table;
    private final String column;
    private final List<Integer> acked = new ArrayList<>();
    private volatile boolean finished;
    private int failed;
    private long longestGap;

    Loader(String table, String column) {
      this.table = table;
      this.column = column;
      setDaemon(true);
    }

    @Override
    public void run() {
      long previous = System.nanoTime();
      try (Table open = connection().getTable(TableName.valueOf(table))) {
        for (int i = 0; !finished; i++) {
          try {
            open.put(put(name(i), column, "load" + i));
          } catch (Exception problem) {
            problem.printStackTrace();
            synchronized (this) {
              failed++;
            }
            continue;
          }
          long now = System.nanoTime();
          synchronized (this) {
            acked.add(i);
            longestGap = Math.max(longestGap, now - previous);
          }
          previous = now;
          Thread.sleep(2);
        }
      } catch (Exception problem) {
        problem.printStackTrace();
      }
    }

    void finish() throws InterruptedException {
      finished = true;
      join();
    }

    synchronized Object report() {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("acked", acked.size());
      report.put("failed", failed);
      report.put("longestGapMs", longestGap / 1_000_000);
      return report;
    }

    /** Reads through a connection of its own, so that its look-ups start at the quorum. */
    List<String> lost(String from, String of) throws Exception {
      List<String> lost = new ArrayList<>();
      try (Connection fresh = ConnectionFactory.createConnection(conf);
          Table open = fresh.getTable(TableName.valueOf(from))) {
        List<Get> gets = new ArrayList<>();
        synchronized (this) {
          for (int i : acked) {
            gets.add(new Get(bytes(name(i))).addColumn(family(of), qualifier(of)));
          }
        }
        Result[] results = open.get(gets);
        for (int i = 0; i < results.length; i++) {
          String row = text(gets.get(i).getRow());
          if (!("load" + Integer.parseInt(row.substring(4))).equals(value(results[i]))) {
            lost.add(row);
          }
        }
      }
      return lost;
    }

    private String name(int i) {
      return String.format("load%07d", i);
    }
  }

  private static Put put(String row, String column, String value) {
    return new Put(bytes(row)).addColumn(family(column), qualifier(column), bytes(value));
  }

  private static byte[] family(String column) {
    return bytes(column.substring(0, column.indexOf(':')));
  }

  private static byte[] qualifier(String column) {
    return bytes(column.substring(column.indexOf(':') + 1));
  }

  private static String value(Result result) {
    for (Cell cell : result.rawCells()) {
      return text(CellUtil.cloneValue(cell));
    }
    return "";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }

  private static String json(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return String.valueOf(value);
    }
    List<String> parts = new ArrayList<>();
    if (value instanceof Map) {
      ((Map<?, ?>) value).forEach((key, each) -> parts.add(json(key) + ":" + json(each)));
      return "{" + String.join(",", parts) + "}";
    }
    if (value instanceof Collection) {
      ((Collection<?>) value).forEach(each -> parts.add(json(each)));
      return "[" + String.join(",", parts) + "]";
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : value.toString().toCharArray()) {
      if (c == '"' || c == '\\' || c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
