package peer

import (
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// freePort returns a TCP port of 127.0.0.1 that nobody listened on a moment ago.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// FourLetters sends one of ZooKeeper's four-letter words to addr and returns the whole answer, within 2 s.
func FourLetters(addr, word string) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, 2*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, word); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 1<<20))
	if len(answer) > 0 {
		return string(answer), nil
	}
	return "", err
}

// serves reports whether the ZooKeeper-protocol server at addr is ready for clients: srvr names a mode only then,
// whereas ruok already answers imok while a server loads its data.
func serves(addr string) bool {
	answer, err := FourLetters(addr, "srvr")
	return err == nil && strings.Contains(answer, "Mode: ")
}
