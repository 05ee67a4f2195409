package load

import (
	"bytes"
	"encoding/binary"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

// Digits is the part of a Template's path that Append replaces by a number.
const Digits = "##########"

// Template is an encoded request whose path may have a number in it.
type Template struct {
	frame  []byte
	digits int // where the number is; 0 is nowhere
}

// encoder is what every request of package proto is.
type encoder interface{ Append(dst []byte) []byte }

func newTemplate(xid proto.Xid, op proto.OpCode, body encoder) *Template {
	frame, mark := proto.BeginFrame(nil)
	frame = proto.RequestHeader{Xid: xid, Type: op}.Append(frame)
	if body != nil {
		frame = body.Append(frame)
	}
	frame = proto.EndFrame(frame, mark)
	return &Template{frame: frame, digits: max(0, bytes.Index(frame, []byte(Digits)))}
}

// Append appends the request with its xid and number.
func (t *Template) Append(dst []byte, xid int32, number int) []byte {
	start := len(dst)
	dst = append(dst, t.frame...)
	frame := dst[start:]
	binary.BigEndian.PutUint32(frame[proto.FrameHeader:], uint32(xid))
	if t.digits > 0 {
		for i := t.digits + len(Digits) - 1; i >= t.digits; i-- {
			frame[i] = byte('0' + number%10)
			number /= 10
		}
	}
	return dst
}

// Create makes a znode that everybody may do everything with.
func Create(path string, data []byte, mode znode.CreateMode) *Template {
	return newTemplate(0, proto.OpCreate, createRequest(path, data, mode))
}

func createRequest(path string, data []byte, mode znode.CreateMode) proto.CreateRequest {
	open := []znode.ACL{{Perms: 31, ID: znode.ID{Scheme: "world", ID: "anyone"}}}
	return proto.CreateRequest{Path: znode.Path(path), Data: data, ACL: open, Mode: mode}
}

// Set sets a znode's data, whatever its version.
func Set(path string, data []byte) *Template {
	return newTemplate(0, proto.OpSetData, proto.SetDataRequest{Path: znode.Path(path), Data: data, Version: -1})
}

// Delete deletes a znode, whatever its version.
func Delete(path string) *Template {
	return newTemplate(0, proto.OpDelete, proto.DeleteRequest{Path: znode.Path(path), Version: -1})
}

// Get reads a znode's data.
func Get(path string, watch bool) *Template {
	return newTemplate(0, proto.OpGetData, proto.GetDataRequest{Path: znode.Path(path), Watch: watch})
}

// Exists reads a znode's Stat.
func Exists(path string) *Template {
	return newTemplate(0, proto.OpExists, proto.ExistsRequest{Path: znode.Path(path)})
}

// Children lists a znode's children.
func Children(path string, watch bool) *Template {
	return newTemplate(0, proto.OpGetChildren, proto.GetChildrenRequest{Path: znode.Path(path), Watch: watch})
}

// Ping keeps a session alive. Append's xid is to be PingXid.
func Ping() *Template { return newTemplate(proto.XidPing, proto.OpPing, nil) }

// PingXid is the xid of every ping.
const PingXid = int32(proto.XidPing)

var closeSession = newTemplate(0, proto.OpCloseSession, nil)

func connectFrame(timeoutMs int32) []byte {
	frame, mark := proto.BeginFrame(nil)
	request := proto.ConnectRequest{Timeout: timeoutMs, Password: make([]byte, 16), HasReadOnly: true}
	return proto.EndFrame(request.Append(frame), mark)
}

// granted returns the session that a server's first frame tells of.
func granted(frame []byte) (id znode.SessionID, timeoutMs int32, err error) {
	var response proto.ConnectResponse
	cursor := jute.NewCursor(frame)
	response.Decode(&cursor)
	return response.SessionID, response.Timeout, cursor.Err()
}
