package proto

import (
	"strconv"
	"strings"
	"testing"
)

// ZooDefs.OpCode of ZooKeeper 3.9.5.
const opcodes = `
notification 0
create 1
delete 2
exists 3
getData 4
setData 5
getACL 6
setACL 7
getChildren 8
sync 9
ping 11
getChildren2 12
check 13
multi 14
create2 15
reconfig 16
checkWatches 17
removeWatches 18
createContainer 19
deleteContainer 20
createTTL 21
multiRead 22
auth 100
setWatches 101
sasl 102
getEphemerals 103
getAllChildrenNumber 104
setWatches2 105
addWatch 106
whoAmI 107
createSession -10
closeSession -11
error -1`

// KeeperException.Code of ZooKeeper 3.9.5.
const codes = `
OK 0
SYSTEMERROR -1
RUNTIMEINCONSISTENCY -2
DATAINCONSISTENCY -3
CONNECTIONLOSS -4
MARSHALLINGERROR -5
UNIMPLEMENTED -6
OPERATIONTIMEOUT -7
BADARGUMENTS -8
UNKNOWNSESSION -12
NEWCONFIGNOQUORUM -13
RECONFIGINPROGRESS -14
APIERROR -100
NONODE -101
NOAUTH -102
BADVERSION -103
NOCHILDRENFOREPHEMERALS -108
NODEEXISTS -110
NOTEMPTY -111
SESSIONEXPIRED -112
INVALIDCALLBACK -113
INVALIDACL -114
AUTHFAILED -115
SESSIONMOVED -118
NOTREADONLY -119
EPHEMERALONLOCALSESSION -120
NOWATCHER -121
REQUESTTIMEOUT -122
RECONFIGDISABLED -123
SESSIONCLOSEDREQUIRESASLAUTH -124
QUOTAEXCEEDED -125
THROTTLEDOP -127`

func TestNames(t *testing.T) {
	for _, tt := range []struct {
		list  string
		name  func(int) string
		known int
	}{
		{opcodes, func(n int) string { return OpCode(n).String() }, len(opNames)},
		{codes, func(n int) string { return Code(n).String() }, len(codeNames)},
	} {
		lines := strings.Split(strings.TrimSpace(tt.list), "\n")
		for _, line := range lines {
			name, number, _ := strings.Cut(line, " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.name(n); got != name {
				t.Errorf("%d is called %s, not %s", n, got, name)
			}
		}
		if tt.known != len(lines) {
			t.Errorf("%d names, want %d", tt.known, len(lines))
		}
		if got := tt.name(4711); got != "4711" {
			t.Errorf("4711 is called %s", got)
		}
	}
}
