package proto

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/jute"
)

// golden are captures of real ZooKeeper's connections; their README describes
// the form.
const golden = "../../test/diff/testdata/golden"

// again decodes a T and encodes what came out.
func again[T any, P interface {
	*T
	record
}](c *jute.Cursor) []byte {
	r := P(new(T))
	r.Decode(c)
	return r.Append(nil)
}

type codec func(*jute.Cursor) []byte

func nothing(*jute.Cursor) []byte { return nil }

// bodies are the request's and the response's codec of each opcode.
var bodies = map[OpCode][2]codec{
	OpCreate:               {again[CreateRequest], again[CreateResponse]},
	OpCreate2:              {again[CreateRequest], again[Create2Response]},
	OpCreateContainer:      {again[CreateRequest], again[Create2Response]},
	OpCreateTTL:            {again[CreateTTLRequest], again[Create2Response]},
	OpDelete:               {again[DeleteRequest], nothing},
	OpExists:               {again[ExistsRequest], again[StatResponse]},
	OpGetData:              {again[GetDataRequest], again[GetDataResponse]},
	OpSetData:              {again[SetDataRequest], again[StatResponse]},
	OpGetACL:               {again[GetACLRequest], again[GetACLResponse]},
	OpSetACL:               {again[SetACLRequest], again[StatResponse]},
	OpGetChildren:          {again[GetChildrenRequest], again[GetChildrenResponse]},
	OpGetChildren2:         {again[GetChildrenRequest], again[GetChildren2Response]},
	OpSync:                 {again[SyncRequest], again[SyncResponse]},
	OpPing:                 {nothing, nothing},
	OpMulti:                {again[MultiRequest], again[MultiResponse]},
	OpMultiRead:            {again[MultiRequest], again[MultiResponse]},
	OpAuth:                 {again[AuthPacket], nothing},
	OpSetWatches:           {again[SetWatches], nothing},
	OpSetWatches2:          {again[SetWatches2], nothing},
	OpAddWatch:             {again[AddWatchRequest], again[ErrorResponse]},
	OpCheckWatches:         {again[CheckWatchesRequest], nothing},
	OpRemoveWatches:        {again[RemoveWatchesRequest], nothing},
	OpGetEphemerals:        {again[GetEphemeralsRequest], again[GetEphemeralsResponse]},
	OpGetAllChildrenNumber: {again[GetAllChildrenNumberRequest], again[GetAllChildrenNumberResponse]},
	OpWhoAmI:               {nothing, again[WhoAmIResponse]},
	OpCloseSession:         {nothing, nothing},
}

// odd are captures of requests that are not what their opcode asks for, or of
// opcodes without a record here.
var odd = map[string]bool{"malformed.txt": true, "unimplemented.txt": true, "check-alone.txt": true}

// TestGolden decodes every frame of the captures and encodes it again: it must
// come out as real clients and the real server wrote it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob(golden + "/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	for _, file := range files {
		if name := filepath.Base(file); !odd[name] {
			t.Run(name, func(t *testing.T) { capture(t, file) })
		}
	}
}

func capture(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[Xid]OpCode{}
	var greeted [2]bool // the connect request and response have been seen
	for line := range strings.Lines(string(text)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word != ">" && word != "<" || rest == "end" {
			continue
		}
		frame, err := hex.DecodeString(rest)
		if err != nil || len(frame) < 4 {
			t.Fatalf("%s: %v", line, err)
		}
		c := jute.NewCursor(frame[4:])
		var out []byte
		switch {
		case word == ">" && !greeted[0]:
			greeted[0] = true
			out = again[ConnectRequest](&c)
		case word == "<" && !greeted[1]:
			greeted[1] = true
			out = again[ConnectResponse](&c)
		case word == ">":
			var h RequestHeader
			h.Decode(&c)
			asked[h.Xid] = h.Type
			codec, known := bodies[h.Type]
			if !known {
				t.Fatalf("%v has no record", h.Type)
			}
			out = append(h.Append(nil), codec[0](&c)...)
		default:
			var h ReplyHeader
			h.Decode(&c)
			out = h.Append(nil)
			switch {
			case h.Xid == XidWatcherEvent:
				out = append(out, again[WatcherEvent](&c)...)
			case h.Err == OK:
				out = append(out, bodies[asked[h.Xid]][1](&c)...)
			}
		}
		if c.Err() != nil || len(c.Rest()) > 0 || !bytes.Equal(out, frame[4:]) {
			t.Errorf("%s %x\nbecame %x, %v, %d bytes left", word, frame[4:], out, c.Err(), len(c.Rest()))
		}
	}
}
