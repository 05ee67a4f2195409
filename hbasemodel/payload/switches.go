package payload

import "fmt"

// Switch is a switch that a master keeps: LoadBalancerState at balancer,
// RegionNormalizerState at normalizer, SwitchState at switch/split and
// switch/merge, SnapshotCleanupState at snapshot-cleanup, one bool at field 1
// in each. HBase writes a switch when somebody first turns it, up to 2.5; 2.6
// and later keep them in the master's own region. The byte at rpc-throttle is
// one too, since 2.2.
type Switch struct {
	On      bool
	Unknown []byte
}

// DecodeSwitch reads the body of any switch but rpc-throttle.
func DecodeSwitch(body []byte) (Switch, Form, error) { return decodePBUF(body, (*Switch).read) }

func (s *Switch) read(b []byte) error {
	f := fieldsOf("switch", b)
	for f.next() {
		if f.tag == 1<<3|asVarint {
			s.On = f.bool()
		} else {
			f.keep()
		}
	}
	s.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable. It is not for rpc-throttle.
func (s Switch) AppendBody(dst []byte) []byte {
	var on uint64
	if s.On {
		on = 1
	}
	return append(appendVarint(append(dst, magic...), 1, on), s.Unknown...)
}

// Summary implements Message.
func (s Switch) Summary() string { return onOff(s.On) }

// DecodeRPCThrottle reads the body of rpc-throttle: one raw byte, as
// Bytes.toBytes(boolean) makes it (RpcThrottleStorage).
func DecodeRPCThrottle(body []byte) (Switch, Form, error) {
	switch len(body) {
	case 0:
		return Switch{}, formOf(body), ErrNoPayload
	case 1:
		return Switch{On: body[0] != 0}, FormRaw, nil
	}
	return Switch{}, FormUnknown, fmt.Errorf("%w: %d bytes where one byte says on or off", ErrMalformed, len(body))
}
