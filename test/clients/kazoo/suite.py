"""kazoo's recipes against the quorum at sys.argv[1]. Prints OK/FAIL a case and DONE; exit code 1 if any failed."""

import logging
import sys
import threading
import time
import traceback

from kazoo.client import KazooClient
from kazoo.exceptions import (
    BadVersionError,
    NoAuthError,
    NodeExistsError,
    NoNodeError,
    NotEmptyError,
    RolledBackError,
    RuntimeInconsistency,
)
from kazoo.protocol.states import EventType
from kazoo.recipe.watchers import ChildrenWatch, DataWatch, PatientChildrenWatch
from kazoo.security import make_digest_acl

PATIENCE = 20.0
ADDRESS = sys.argv[1]
logging.basicConfig(level=logging.ERROR)


class Case:
    """One case: a fresh root znode, and clients that are stopped at its end."""

    def __init__(self, name):
        self.clients = []
        self.root = self.client().create("/kazoo-" + name + "-", sequence=True)

    def client(self, **options):
        client = KazooClient(hosts=ADDRESS, timeout=6.0, **options)
        client.start(timeout=PATIENCE)
        self.clients.append(client)
        return client

    def close(self):
        for client in self.clients:
            client.stop()
            client.close()


def wait(what, reached):
    deadline = time.monotonic() + PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.02)


def raises(kind, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except kind:
        return
    raise AssertionError("no " + kind.__name__)


def equal(got, want):
    if got != want:
        raise AssertionError("got %r, want %r" % (got, want))


def lock_excludes(case):
    inside, entries, overlaps = [], [], []

    def contend(client, name):
        lock = client.Lock(case.root + "/lock", name)
        for _ in range(3):
            with lock:
                inside.append(name)
                if len(inside) != 1:
                    overlaps.append(list(inside))
                time.sleep(0.005)
                inside.remove(name)
                entries.append(name)

    threads = [threading.Thread(target=contend, args=(case.client(), "c%d" % i)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    equal(overlaps, [])
    equal(len(entries), 12)


def lock_goes_with_its_session(case):
    first, second = case.client(), case.client()
    held, waiting = first.Lock(case.root + "/lock", "first"), second.Lock(case.root + "/lock", "second")
    assert held.acquire(timeout=PATIENCE)
    assert not waiting.acquire(blocking=False)
    taken = threading.Event()
    threading.Thread(target=lambda: waiting.acquire() and taken.set(), daemon=True).start()
    wait("the second to queue", lambda: len(held.contenders()) == 2)
    equal(held.contenders(), ["first", "second"])
    first.stop()
    assert taken.wait(PATIENCE), "the lock was not handed over"
    waiting.release()


def read_write_locks(case):
    a, b, c = case.client(), case.client(), case.client()
    one, two = a.ReadLock(case.root + "/rw", "r1"), b.ReadLock(case.root + "/rw", "r2")
    write = c.WriteLock(case.root + "/rw", "w")
    assert one.acquire(timeout=PATIENCE) and two.acquire(timeout=PATIENCE)
    assert not write.acquire(blocking=False)
    one.release()
    two.release()
    assert write.acquire(timeout=PATIENCE)
    assert not one.acquire(blocking=False)
    write.release()


def semaphore(case):
    leases = [case.client().Semaphore(case.root + "/sem", max_leases=2) for _ in range(3)]
    assert leases[0].acquire(timeout=PATIENCE) and leases[1].acquire(timeout=PATIENCE)
    assert not leases[2].acquire(blocking=False)
    leases[0].release()
    assert leases[2].acquire(timeout=PATIENCE)


def election(case):
    led, resign = [], [threading.Event() for _ in range(3)]

    def run(client, number):
        def lead():
            led.append(number)
            resign[number].wait(PATIENCE)

        client.Election(case.root + "/election", "c%d" % number).run(lead)

    for number in range(3):
        threading.Thread(target=run, args=(case.client(), number), daemon=True).start()
        queue = case.clients[0].Election(case.root + "/election")
        wait("candidate %d" % number, lambda: len(queue.contenders()) == number + 1)
    for number in range(3):
        wait("leader %d" % number, lambda: led == list(range(number + 1)))
        resign[number].set()


def data_watch(case):
    watcher, writer, path, seen = case.client(), case.client(), case.root + "/d", []

    @DataWatch(watcher, path)
    def changed(data, stat, event):
        seen.append((data, stat and stat.version, event and event.type))

    writer.create(path, b"0")
    wait("created", lambda: len(seen) == 2)
    writer.set(path, b"1", version=0)
    wait("changed", lambda: len(seen) == 3)
    writer.delete(path, version=1)
    wait("deleted", lambda: len(seen) == 4)
    equal(seen, [
        (None, None, None), (b"0", 0, EventType.CREATED), (b"1", 1, EventType.CHANGED), (None, None, EventType.DELETED),
    ])


def children_watch(case):
    watcher, writer, seen = case.client(), case.client(), []

    @ChildrenWatch(watcher, case.root)
    def changed(children):
        seen.append(sorted(children))

    for step in range(3):
        wait("step %d" % step, lambda: len(seen) == step + 1)
        writer.create(case.root + "/c%d" % step)
    wait("three children", lambda: seen[-1] == ["c0", "c1", "c2"])
    writer.delete(case.root + "/c1")
    wait("two children", lambda: seen[-1] == ["c0", "c2"])
    children, _ = PatientChildrenWatch(watcher, case.root, time_boundary=0.1).start().get(timeout=PATIENCE)
    equal(sorted(children), ["c0", "c2"])


def tree_cache(case):
    from kazoo.recipe.cache import TreeCache

    writer, cache = case.client(), TreeCache(case.client(), case.root)
    cache.start()
    writer.create(case.root + "/a/b/c", b"deep", makepath=True)
    wait("the deep znode", lambda: (cache.get_data(case.root + "/a/b/c") or (None,))[0] is not None)
    equal(cache.get_data(case.root + "/a/b/c").data, b"deep")
    writer.delete(case.root + "/a", recursive=True)
    wait("an empty tree", lambda: list(cache.get_children(case.root) or []) == [])
    cache.close()


def transaction(case):
    client, a, b = case.clients[0], case.root + "/a", case.root + "/b"
    commit = client.transaction()
    commit.create(a, b"1")
    commit.set_data(a, b"2", version=0)
    commit.create(b, b"x")
    commit.check(b, version=0)
    commit.delete(b, version=0)
    results = commit.commit()
    equal(results[0], a)
    equal(results[1].version, 1)
    equal(results[2:], [b, True, True])
    failing = client.transaction()
    failing.set_data(a, b"lost")
    failing.check(a, version=7)
    failing.delete(b)
    kinds = [type(result) for result in failing.commit()]
    equal(kinds, [RolledBackError, BadVersionError, RuntimeInconsistency])
    equal(client.get(a)[0], b"2")


def counter(case):
    def add(client):
        shared = client.Counter(case.root + "/counter")
        for _ in range(20):
            shared += 1

    threads = [threading.Thread(target=add, args=(case.client(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    equal(case.clients[0].Counter(case.root + "/counter").value, 40)


def barriers(case):
    a, b, order = case.client(), case.client(), []
    barrier = a.Barrier(case.root + "/barrier")
    barrier.create()
    assert not b.Barrier(case.root + "/barrier").wait(0.1)
    threading.Timer(0.1, barrier.remove).start()
    assert b.Barrier(case.root + "/barrier").wait(PATIENCE)

    def party(client, name):
        double = client.DoubleBarrier(case.root + "/double", 2, name)
        double.enter()
        order.append("in")
        double.leave()
        order.append("out")

    threads = [threading.Thread(target=party, args=(client, name)) for client, name in ((a, "a"), (b, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    equal(sorted(order), ["in", "in", "out", "out"])


def queues(case):
    producer, consumer = case.client(), case.client()
    plain = producer.Queue(case.root + "/queue")
    for value, priority in ((b"late", 200), (b"first", 100), (b"second", 100)):
        plain.put(value, priority=priority)
    other = consumer.Queue(case.root + "/queue")
    equal([other.get(), other.get(), other.get(), other.get()], [b"first", b"second", b"late", None])
    producer.LockingQueue(case.root + "/locking").put(b"job")
    locking = consumer.LockingQueue(case.root + "/locking")
    equal(locking.get(PATIENCE), b"job")
    assert locking.consume()


def party(case):
    a, b = case.client(), case.client()
    a.Party(case.root + "/party", "a").join()
    b.Party(case.root + "/party", "b").join()
    wait("both members", lambda: sorted(case.clients[0].Party(case.root + "/party")) == ["a", "b"])
    b.stop()
    wait("one member", lambda: sorted(case.clients[0].Party(case.root + "/party")) == ["a"])


def ephemerals_and_sequences(case):
    owner, observer = case.client(), case.clients[0]
    names = [owner.create(case.root + "/n-", ephemeral=True, sequence=True) for _ in range(3)]
    equal([name[-10:] for name in names], ["0000000000", "0000000001", "0000000002"])
    equal(observer.get(names[0])[1].owner_session_id, owner.client_id[0])
    owner.stop()
    wait("all ephemerals to go", lambda: observer.get_children(case.root) == [])


def acls(case):
    owner = case.client(auth_data=[("digest", "ann:secret")])
    stranger, path = case.client(), case.root + "/private"
    owner.create(path, b"hidden", acl=[make_digest_acl("ann", "secret", all=True)])
    equal(owner.get(path)[0], b"hidden")
    raises(NoAuthError, stranger.get, path)
    raises(NoAuthError, stranger.create, path + "/child")
    stranger.add_auth("digest", "ann:secret")
    equal(stranger.get(path)[0], b"hidden")


def errors(case):
    client, path = case.clients[0], case.root + "/x"
    raises(NoNodeError, client.get, path)
    raises(NoNodeError, client.create, path + "/y")
    client.create(path, b"")
    raises(NodeExistsError, client.create, path)
    raises(BadVersionError, client.set, path, b"1", version=3)
    client.create(path + "/y")
    raises(NotEmptyError, client.delete, path)
    equal(client.get(path)[1].numChildren, 1)
    equal(client.sync(path), path)


def main():
    cases = [
        lock_excludes, lock_goes_with_its_session, read_write_locks, semaphore, election, data_watch, children_watch,
        tree_cache, transaction, counter, barriers, queues, party, ephemerals_and_sequences, acls, errors,
    ]
    failed = 0
    for run in cases:
        begun = time.monotonic()
        try:
            case = Case(run.__name__)
            try:
                run(case)
            finally:
                case.close()
            print("OK", run.__name__, int((time.monotonic() - begun) * 1000), "ms")
        except Exception as problem:
            failed += 1
            traceback.print_exc(file=sys.stdout)
            print("FAIL", run.__name__, type(problem).__name__, problem)
    print("DONE", len(cases))
    sys.exit(1 if failed else 0)


main()
