package jute

import "encoding/binary"

// AppendInt appends a 4-byte int.
func AppendInt(dst []byte, v int32) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(v))
}

// AppendLong appends an 8-byte long.
func AppendLong(dst []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(v))
}

// AppendBool appends a boolean, one byte of 0 or 1.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// AppendBuffer appends a buffer; nil is written as null, which is not the same
// as an empty one. It must be shorter than 2 GiB.
func AppendBuffer(dst, v []byte) []byte {
	if v == nil {
		return AppendInt(dst, null)
	}
	return append(AppendInt(dst, int32(len(v))), v...)
}

// AppendString appends a string, never null. It must be shorter than 2 GiB.
func AppendString[S ~string](dst []byte, v S) []byte {
	return append(AppendInt(dst, int32(len(v))), v...)
}

// AppendVectorLen appends the count that starts a vector of n elements; −1
// stands for the null vector.
func AppendVectorLen(dst []byte, n int) []byte {
	return AppendInt(dst, int32(n))
}

// AppendStrings appends a vector of strings; nil is written as null.
func AppendStrings[S ~string](dst []byte, v []S) []byte {
	if v == nil {
		return AppendInt(dst, null)
	}
	dst = AppendVectorLen(dst, len(v))
	for _, s := range v {
		dst = AppendString(dst, s)
	}
	return dst
}

// null is the length of a null buffer, string or vector.
const null = -1
