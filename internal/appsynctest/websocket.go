package appsynctest

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// websocket is a client's end of a connection, as far as AppSync's protocol needs
// it: text messages, one reader and one writer.
//
// Source: https://www.rfc-editor.org/rfc/rfc6455
type websocket struct {
	conn io.ReadWriteCloser
	in   *bufio.Reader
}

const (
	opContinuation = 0x0
	opText         = 0x1
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// dial opens a connection to a ws:// address; it ends with ctx.
func dial(ctx context.Context, address, protocol string) (*websocket, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http"+strings.TrimPrefix(address, "ws"), nil)
	if err != nil {
		return nil, err
	}
	key := base64.StdEncoding.EncodeToString([]byte(rand.Text()[:16]))
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": protocol,
	} {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	conn, ok := res.Body.(io.ReadWriteCloser)
	if !ok || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Accept") != accept(key) {
		res.Body.Close()
		return nil, fmt.Errorf("no WebSocket at %s: %s", address, res.Status)
	}
	return &websocket{conn: conn, in: bufio.NewReader(conn)}, nil
}

func accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// read returns the next message, and io.EOF when the server closes.
func (w *websocket) read() ([]byte, error) {
	var message []byte
	for {
		op, last, payload, err := w.frame()
		if err != nil {
			return nil, err
		}
		switch op {
		case opText, opContinuation:
			if message = append(message, payload...); last {
				return message, nil
			}
		case opPing:
			err = w.write(opPong, payload)
		case opClose:
			err = io.EOF
		case opPong:
		default:
			err = fmt.Errorf("frame with opcode %d", op)
		}
		if err != nil {
			return nil, err
		}
	}
}

func (w *websocket) frame() (op byte, last bool, payload []byte, err error) {
	var head [2]byte
	if _, err = io.ReadFull(w.in, head[:]); err != nil {
		return 0, false, nil, err
	}
	if head[1]&0x80 != 0 {
		return 0, false, nil, errors.New("masked frame from a server")
	}
	size := uint64(head[1])
	switch size {
	case 126:
		var n uint16
		err = binary.Read(w.in, binary.BigEndian, &n)
		size = uint64(n)
	case 127:
		err = binary.Read(w.in, binary.BigEndian, &size)
	}
	if err != nil || size > 16<<20 {
		return 0, false, nil, errors.Join(err, fmt.Errorf("frame of %d bytes", size))
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(w.in, payload)
	return head[0] & 0x0F, head[0]&0x80 != 0, payload, err
}

// write sends one frame, masked as a client's must be.
func (w *websocket) write(op byte, payload []byte) error {
	frame := []byte{0x80 | op}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n))
	}
	mask := []byte(rand.Text()[:4])
	frame = append(frame, mask...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%4])
	}
	_, err := w.conn.Write(frame)
	return err
}
