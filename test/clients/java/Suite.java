import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * ZooKeeper's own Java client and Curator's recipes against the quorum at args[0]. Prints OK/FAIL a case and DONE;
 * exit code 1 if any failed.
 */
public final class Suite {
  private static final int SESSION_MS = 6000;
  private static final long PATIENCE_MS = 20_000;
  private static String address;

  private interface Case {
    void run(Room room) throws Exception;
  }

  private interface Reached {
    boolean now() throws Exception;
  }

  /** What one case owns: a fresh root znode and the clients that are closed at its end. */
  private static final class Room implements AutoCloseable {
    final List<AutoCloseable> open = new ArrayList<>();
    final ZooKeeper zk = client();
    final String root;

    Room(String name) throws Exception {
      root = zk.create("/java-" + name + "-", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL);
    }

    ZooKeeper client() throws Exception {
      CountDownLatch connected = new CountDownLatch(1);
      ZooKeeper made = new ZooKeeper(address, SESSION_MS, event -> {
        if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
          connected.countDown();
        }
      });
      open.add(made);
      check(connected.await(PATIENCE_MS, TimeUnit.MILLISECONDS), "connected");
      return made;
    }

    CuratorFramework curator() throws Exception {
      CuratorFramework made = CuratorFrameworkFactory.newClient(address, SESSION_MS, 5000, new RetryOneTime(200));
      open.add(made);
      made.start();
      check(made.blockUntilConnected(20, TimeUnit.SECONDS), "connected");
      return made;
    }

    String create(String path, String data, CreateMode mode) throws Exception {
      return zk.create(root + path, bytes(data), Ids.OPEN_ACL_UNSAFE, mode);
    }

    @Override
    public void close() throws Exception {
      Collections.reverse(open);
      for (AutoCloseable each : open) {
        each.close();
      }
    }
  }

  /** Events in the order of their arrival, as "Type path". */
  private static final class Seen implements Watcher {
    final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void process(WatchedEvent event) {
      if (event.getType() != EventType.None) {
        events.add(event.getType() + " " + event.getPath());
      }
    }

    void expect(String... wanted) throws Exception {
      for (String want : wanted) {
        equal(events.poll(PATIENCE_MS, TimeUnit.MILLISECONDS), want);
      }
    }

    void expectNothingMore(ZooKeeper zk) throws Exception {
      zk.exists("/", false); // an event that precedes this reply has been handed over by now, in order
      CountDownLatch drained = new CountDownLatch(1);
      zk.exists("/", false, (rc, path, ctx, stat) -> drained.countDown(), null); // callbacks follow earlier events
      check(drained.await(PATIENCE_MS, TimeUnit.MILLISECONDS), "drained");
      equal(events.poll(), null);
    }
  }

  public static void main(String[] args) throws Exception {
    address = args[0];
    int failed = 0;
    Map<String, Case> cases = cases();
    for (Map.Entry<String, Case> each : cases.entrySet()) {
      long begun = System.nanoTime();
      try (Room room = new Room(each.getKey())) {
        each.getValue().run(room);
        System.out.println("OK " + each.getKey() + " " + (System.nanoTime() - begun) / 1_000_000 + " ms");
      } catch (Throwable problem) {
        failed++;
        problem.printStackTrace(System.out);
        System.out.println("FAIL " + each.getKey() + " " + problem);
      }
    }
    System.out.println("DONE " + cases.size());
    System.exit(failed == 0 ? 0 : 1);
  }

  private static Map<String, Case> cases() {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("one_shot_watches", Suite::oneShotWatches);
    cases.put("persistent_watch", Suite::persistentWatch);
    cases.put("recursive_watch", Suite::recursiveWatch);
    cases.put("remove_watches", Suite::removeWatches);
    cases.put("ephemerals", Suite::ephemerals);
    cases.put("session_resumed_elsewhere", Suite::sessionResumedElsewhere);
    cases.put("sequence_and_stat", Suite::sequenceAndStat);
    cases.put("null_and_empty_data", Suite::nullAndEmptyData);
    cases.put("container", Suite::container);
    cases.put("ttl", Suite::ttl);
    cases.put("multi", Suite::multi);
    cases.put("digest_acl", Suite::digestAcl);
    cases.put("large_data", Suite::largeData);
    cases.put("curator_leader_latch", Suite::leaderLatch);
    cases.put("curator_leader_selector", Suite::leaderSelector);
    cases.put("curator_mutex", Suite::mutex);
    cases.put("curator_mutex_goes_with_its_session", Suite::mutexGoesWithItsSession);
    cases.put("curator_read_write_lock", Suite::readWriteLock);
    cases.put("curator_semaphore", Suite::semaphore);
    cases.put("curator_cache", Suite::cache);
    cases.put("curator_atomic_long", Suite::atomicLong);
    cases.put("curator_double_barrier", Suite::doubleBarrier);
    cases.put("curator_persistent_node", Suite::persistentNode);
    cases.put("curator_transaction", Suite::transaction);
    return cases;
  }

  private static void oneShotWatches(Room room) throws Exception {
    ZooKeeper writer = room.client();
    String path = room.root + "/n";
    Seen exists = new Seen(), data = new Seen(), children = new Seen();
    equal(room.zk.exists(path, exists), null);
    room.zk.getChildren(room.root, children);
    writer.create(path, bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    exists.expect("NodeCreated " + path);
    children.expect("NodeChildrenChanged " + room.root);
    room.zk.getData(path, data, null);
    writer.setData(path, bytes("2"), 0);
    writer.setData(path, bytes("3"), 1);
    data.expect("NodeDataChanged " + path);
    data.expectNothingMore(room.zk);
    room.zk.getData(path, data, null);
    room.zk.getChildren(path, children);
    writer.delete(path, 2);
    data.expect("NodeDeleted " + path);
    children.expect("NodeDeleted " + path);
    exists.expectNothingMore(room.zk);
  }

  private static void persistentWatch(Room room) throws Exception {
    ZooKeeper writer = room.client();
    Seen seen = new Seen();
    room.zk.addWatch(room.root, seen, AddWatchMode.PERSISTENT);
    for (int round = 0; round < 2; round++) {
      writer.setData(room.root, bytes("r" + round), -1);
      writer.create(room.root + "/c", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      writer.setData(room.root + "/c", bytes("unseen"), -1);
      writer.delete(room.root + "/c", -1);
      seen.expect("NodeDataChanged " + room.root, "NodeChildrenChanged " + room.root, "NodeChildrenChanged " + room.root);
    }
    seen.expectNothingMore(room.zk);
  }

  private static void recursiveWatch(Room room) throws Exception {
    ZooKeeper writer = room.client();
    String child = room.root + "/a", deep = child + "/b";
    Seen seen = new Seen();
    room.zk.addWatch(room.root, seen, AddWatchMode.PERSISTENT_RECURSIVE);
    writer.create(child, null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    writer.create(deep, null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    writer.setData(deep, bytes("1"), 0);
    writer.delete(deep, 1);
    writer.delete(child, 0);
    writer.setData(room.root, bytes("x"), -1);
    seen.expect("NodeCreated " + child, "NodeCreated " + deep, "NodeDataChanged " + deep, "NodeDeleted " + deep,
        "NodeDeleted " + child, "NodeDataChanged " + room.root);
    seen.expectNothingMore(room.zk);
  }

  private static void removeWatches(Room room) throws Exception {
    Seen seen = new Seen();
    room.zk.addWatch(room.root, seen, AddWatchMode.PERSISTENT);
    room.zk.removeWatches(room.root, seen, Watcher.WatcherType.Any, false);
    seen.expect("PersistentWatchRemoved " + room.root);
    room.zk.setData(room.root, bytes("x"), -1);
    seen.expectNothingMore(room.zk);
    fails(Code.NOWATCHER, () -> {
      room.zk.removeWatches(room.root, seen, Watcher.WatcherType.Any, false);
      return null;
    });
  }

  private static void ephemerals(Room room) throws Exception {
    ZooKeeper owner = room.client();
    String path = owner.create(room.root + "/e", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    equal(room.zk.exists(path, false).getEphemeralOwner(), owner.getSessionId());
    equal(owner.getEphemerals(room.root), List.of(path));
    equal(room.zk.getEphemerals(room.root), List.of());
    fails(Code.NOCHILDRENFOREPHEMERALS,
        () -> room.zk.create(path + "/c", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
    Seen seen = new Seen();
    room.zk.exists(path, seen);
    owner.close();
    seen.expect("NodeDeleted " + path);
  }

  /** A second client takes a session over with its id and password; the first is disconnected, the ephemeral stays. */
  private static void sessionResumedElsewhere(Room room) throws Exception {
    ZooKeeper first = room.client();
    String path = first.create(room.root + "/e", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper second = new ZooKeeper(address, SESSION_MS, event -> {
      if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
        connected.countDown();
      }
    }, first.getSessionId(), first.getSessionPasswd());
    room.open.add(second);
    check(connected.await(PATIENCE_MS, TimeUnit.MILLISECONDS), "resumed");
    equal(second.getSessionId(), first.getSessionId());
    check(second.exists(path, false) != null, "the ephemeral is kept");
    second.close();
    await("the ephemeral to go", () -> room.zk.exists(path, false) == null);
  }

  private static void sequenceAndStat(Room room) throws Exception {
    for (int i = 0; i < 3; i++) {
      equal(room.create("/s-", "", CreateMode.PERSISTENT_SEQUENTIAL), room.root + String.format("/s-%010d", i));
    }
    room.zk.delete(room.root + "/s-0000000001", -1);
    Stat stat = new Stat();
    List<String> children = room.zk.getChildren(room.root, false, stat);
    Collections.sort(children);
    equal(children, List.of("s-0000000000", "s-0000000002"));
    equal(stat.getCversion(), 4);
    equal(stat.getNumChildren(), 2);
    Stat made = new Stat();
    room.zk.create(room.root + "/with-stat", bytes("abc"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, made);
    equal(made.getDataLength(), 3);
    check(made.getCzxid() > stat.getPzxid(), "zxids rise");
    equal(room.zk.getAllChildrenNumber(room.root), 3);
    check(room.zk.whoAmI().stream().anyMatch(who -> who.getAuthScheme().equals("ip")), "whoAmI knows the address");
  }

  private static void nullAndEmptyData(Room room) throws Exception {
    room.zk.create(room.root + "/null", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    room.zk.create(room.root + "/empty", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    equal(room.zk.getData(room.root + "/null", false, null), null);
    equal(room.zk.getData(room.root + "/empty", false, null).length, 0);
  }

  private static void container(Room room) throws Exception {
    room.create("/box", "", CreateMode.CONTAINER);
    room.create("/box/only", "", CreateMode.PERSISTENT);
    Seen seen = new Seen();
    room.zk.exists(room.root + "/box", seen);
    room.zk.delete(room.root + "/box/only", -1);
    seen.expect("NodeDeleted " + room.root + "/box");
  }

  private static void ttl(Room room) throws Exception {
    Stat stat = new Stat();
    String path = room.zk.create(
        room.root + "/brief", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, stat, 300);
    equal(stat.getEphemeralOwner(), 0L);
    String kept = room.zk.create(
        room.root + "/long", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, stat, 3_600_000);
    Seen seen = new Seen();
    if (room.zk.exists(path, seen) != null) {
      seen.expect("NodeDeleted " + path);
    }
    check(room.zk.exists(kept, false) != null, "an hour has not passed");
  }

  private static void multi(Room room) throws Exception {
    String a = room.root + "/a", b = room.root + "/b";
    List<OpResult> results = room.zk.multi(List.of(
        Op.create(a, bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT), Op.setData(a, bytes("2"), 0),
        Op.create(b, null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL), Op.check(b, 0), Op.delete(b, 0)));
    equal(((OpResult.SetDataResult) results.get(1)).getStat().getVersion(), 1);
    try {
      room.zk.multi(List.of(Op.setData(a, bytes("lost"), 1), Op.check(a, 9), Op.delete(b, -1)));
      throw new AssertionError("a multi with a failing check succeeded");
    } catch (KeeperException.BadVersionException expected) {
      List<Integer> codes = new ArrayList<>();
      for (OpResult result : expected.getResults()) {
        codes.add(((OpResult.ErrorResult) result).getErr());
      }
      equal(codes, List.of(0, Code.BADVERSION.intValue(), Code.RUNTIMEINCONSISTENCY.intValue()));
    }
    List<OpResult> reads = room.zk.multi(List.of(Op.getData(a), Op.getChildren(room.root), Op.getData(b)));
    equal(text(((OpResult.GetDataResult) reads.get(0)).getData()), "2");
    equal(((OpResult.GetChildrenResult) reads.get(1)).getChildren(), List.of("a"));
    equal(((OpResult.ErrorResult) reads.get(2)).getErr(), Code.NONODE.intValue());
  }

  private static void digestAcl(Room room) throws Exception {
    ZooKeeper owner = room.client(), stranger = room.client();
    owner.addAuthInfo("digest", bytes("ann:secret"));
    String path = owner.create(room.root + "/p", bytes("hidden"), Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
    equal(text(owner.getData(path, false, null)), "hidden");
    fails(Code.NOAUTH, () -> stranger.getData(path, false, null));
    fails(Code.NOAUTH, () -> stranger.setACL(path, Ids.OPEN_ACL_UNSAFE, -1));
    stranger.addAuthInfo("digest", bytes("ann:wrong"));
    fails(Code.NOAUTH, () -> stranger.getData(path, false, null));
    equal(owner.getACL(path, null).get(0).getId().getScheme(), "digest");
  }

  private static void largeData(Room room) throws Exception {
    byte[] data = new byte[900_000];
    Arrays.fill(data, (byte) 7);
    String path = room.zk.create(room.root + "/large", data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    check(Arrays.equals(room.zk.getData(path, false, null), data), "the same 900,000 bytes");
  }

  private static void leaderLatch(Room room) throws Exception {
    LeaderLatch first = new LeaderLatch(room.curator(), room.root + "/latch", "first");
    first.start();
    await("the first to lead", first::hasLeadership);
    LeaderLatch second = new LeaderLatch(room.curator(), room.root + "/latch", "second");
    second.start();
    await("both to take part", () -> first.getParticipants().size() == 2);
    equal(first.getLeader().getId(), "first");
    check(!second.hasLeadership(), "one leader");
    first.close();
    await("the second to lead", second::hasLeadership);
    second.close();
  }

  private static void leaderSelector(Room room) throws Exception {
    List<Integer> terms = new CopyOnWriteArrayList<>();
    AtomicInteger leading = new AtomicInteger();
    List<LeaderSelector> selectors = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      LeaderSelector selector = new LeaderSelector(room.curator(), room.root + "/select", new LeaderSelectorListenerAdapter() {
        @Override
        public void takeLeadership(CuratorFramework client) throws Exception {
          check(leading.incrementAndGet() == 1, "one leader");
          terms.add(number);
          Thread.sleep(20);
          leading.decrementAndGet();
        }
      });
      selectors.add(selector);
      selector.start();
    }
    await("three terms", () -> terms.size() == 3);
    List<Integer> sorted = new ArrayList<>(terms);
    Collections.sort(sorted);
    equal(sorted, List.of(0, 1, 2));
    selectors.forEach(LeaderSelector::close);
  }

  private static void mutex(Room room) throws Exception {
    AtomicInteger inside = new AtomicInteger(), entries = new AtomicInteger();
    List<Throwable> problems = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      InterProcessMutex lock = new InterProcessMutex(room.curator(), room.root + "/mutex");
      Thread thread = new Thread(() -> {
        try {
          for (int round = 0; round < 5; round++) {
            check(lock.acquire(20, TimeUnit.SECONDS), "acquired");
            check(inside.incrementAndGet() == 1, "one holder");
            entries.incrementAndGet();
            inside.decrementAndGet();
            lock.release();
          }
        } catch (Throwable problem) {
          problems.add(problem);
        }
      });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join(PATIENCE_MS);
    }
    equal(problems, List.of());
    equal(entries.get(), 15);
  }

  private static void mutexGoesWithItsSession(Room room) throws Exception {
    CuratorFramework holder = room.curator();
    check(new InterProcessMutex(holder, room.root + "/mutex").acquire(20, TimeUnit.SECONDS), "acquired");
    InterProcessMutex waiting = new InterProcessMutex(room.curator(), room.root + "/mutex");
    check(!waiting.acquire(100, TimeUnit.MILLISECONDS), "held by another");
    holder.close();
    check(waiting.acquire(20, TimeUnit.SECONDS), "handed over");
  }

  private static void readWriteLock(Room room) throws Exception {
    InterProcessReadWriteLock one = new InterProcessReadWriteLock(room.curator(), room.root + "/rw");
    InterProcessReadWriteLock two = new InterProcessReadWriteLock(room.curator(), room.root + "/rw");
    check(one.readLock().acquire(20, TimeUnit.SECONDS), "first reader");
    check(two.readLock().acquire(20, TimeUnit.SECONDS), "second reader");
    two.readLock().release();
    check(!two.writeLock().acquire(100, TimeUnit.MILLISECONDS), "no writer beside a reader");
    one.readLock().release();
    check(two.writeLock().acquire(20, TimeUnit.SECONDS), "writer");
    check(!one.readLock().acquire(100, TimeUnit.MILLISECONDS), "no reader beside a writer");
  }

  private static void semaphore(Room room) throws Exception {
    InterProcessSemaphoreV2 one = new InterProcessSemaphoreV2(room.curator(), room.root + "/sem", 1);
    InterProcessSemaphoreV2 two = new InterProcessSemaphoreV2(room.curator(), room.root + "/sem", 1);
    var lease = one.acquire(20, TimeUnit.SECONDS);
    check(lease != null, "the only lease");
    equal(two.acquire(100, TimeUnit.MILLISECONDS), null);
    one.returnLease(lease);
    check(two.acquire(20, TimeUnit.SECONDS) != null, "the returned lease");
  }

  /** CuratorCache is a persistent recursive watch plus reads. */
  private static void cache(Room room) throws Exception {
    CuratorFramework writer = room.curator();
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (CuratorCache cache = CuratorCache.build(room.curator(), room.root)) {
      CountDownLatch initialized = new CountDownLatch(1);
      cache.listenable().addListener(CuratorCacheListener.builder().afterInitialized()
          .forCreates(node -> seen.add("create " + node.getPath()))
          .forChanges((before, after) -> seen.add("change " + text(after.getData())))
          .forDeletes(node -> seen.add("delete " + node.getPath())).build());
      cache.listenable().addListener(CuratorCacheListener.builder().forInitialized(initialized::countDown).build());
      cache.start();
      check(initialized.await(PATIENCE_MS, TimeUnit.MILLISECONDS), "initialized");
      String path = room.root + "/a/b";
      writer.create().creatingParentsIfNeeded().forPath(path, bytes("1"));
      List<String> created = new ArrayList<>(List.of(next(seen), next(seen)));
      Collections.sort(created);
      equal(created, List.of("create " + room.root + "/a", "create " + path));
      await("the data", () -> cache.get(path).map(node -> text(node.getData())).orElse("").equals("1"));
      writer.setData().forPath(path, bytes("2"));
      equal(next(seen), "change 2");
      writer.delete().forPath(path);
      equal(next(seen), "delete " + path);
    }
  }

  private static String next(LinkedBlockingQueue<String> seen) throws InterruptedException {
    return seen.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }

  private static void atomicLong(Room room) throws Exception {
    DistributedAtomicLong one = new DistributedAtomicLong(room.curator(), room.root + "/long", new RetryOneTime(50));
    DistributedAtomicLong two = new DistributedAtomicLong(room.curator(), room.root + "/long", new RetryOneTime(50));
    for (int i = 0; i < 10; i++) {
      check(one.increment().succeeded() && two.increment().succeeded(), "incremented");
    }
    equal(two.get().postValue(), 20L);
  }

  private static void doubleBarrier(Room room) throws Exception {
    DistributedDoubleBarrier one = new DistributedDoubleBarrier(room.curator(), room.root + "/barrier", 2);
    DistributedDoubleBarrier two = new DistributedDoubleBarrier(room.curator(), room.root + "/barrier", 2);
    CountDownLatch left = new CountDownLatch(1);
    Thread other = new Thread(() -> {
      try {
        if (two.enter(20, TimeUnit.SECONDS) && two.leave(20, TimeUnit.SECONDS)) {
          left.countDown();
        }
      } catch (Exception problem) {
        problem.printStackTrace(System.out);
      }
    });
    other.start();
    check(one.enter(20, TimeUnit.SECONDS), "entered");
    check(one.leave(20, TimeUnit.SECONDS), "left");
    check(left.await(PATIENCE_MS, TimeUnit.MILLISECONDS), "the other left");
  }

  /** PersistentNode creates its ephemeral again after somebody deleted it. */
  private static void persistentNode(Room room) throws Exception {
    try (PersistentNode node =
        new PersistentNode(room.curator(), CreateMode.EPHEMERAL, false, room.root + "/node", bytes("here"))) {
      node.start();
      check(node.waitForInitialCreate(20, TimeUnit.SECONDS), "created");
      long first = room.zk.exists(node.getActualPath(), false).getCzxid();
      room.zk.delete(node.getActualPath(), -1);
      await("its return", () -> {
        Stat stat = room.zk.exists(room.root + "/node", false);
        return stat != null && stat.getCzxid() > first;
      });
    }
  }

  private static void transaction(Room room) throws Exception {
    CuratorFramework curator = room.curator();
    var results = curator.transaction().forOperations(
        curator.transactionOp().create().forPath(room.root + "/a", bytes("1")),
        curator.transactionOp().setData().withVersion(0).forPath(room.root + "/a", bytes("2")),
        curator.transactionOp().check().withVersion(1).forPath(room.root + "/a"));
    equal(results.size(), 3);
    equal(text(curator.getData().forPath(room.root + "/a")), "2");
  }

  private static void await(String what, Reached reached) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    while (!reached.now()) {
      check(System.nanoTime() < deadline, "waited in vain for " + what);
      Thread.sleep(20);
    }
  }

  private static void fails(Code want, Callable<?> call) throws Exception {
    try {
      call.call();
    } catch (KeeperException problem) {
      equal(problem.code(), want);
      return;
    }
    throw new AssertionError("no " + want);
  }

  private static void check(boolean right, String what) {
    if (!right) {
      throw new AssertionError("not true: " + what);
    }
  }

  private static void equal(Object got, Object want) {
    if (got == null ? want != null : !got.equals(want)) {
      throw new AssertionError("got " + got + ", want " + want);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }
}
